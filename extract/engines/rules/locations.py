"""Where the job is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from extract.cleaning.document import Kind, Segment
from extract.engines.base import TextReference
from extract.engines.rules.page import DraftBuilder, Page, part
from extract.engines.rules.statements import Statement, stating
from extract.readers.places import Place, find_places, read_places
from extract.readers.reading import Reading

_MOST_STATED = 8  # places that lines state; more are a menu of all offices
_MOST_FOUND = 3  # places that sentences name: the fourth is hardly ever one of this job
_PARTS = ("street", "city", "region", "postal_code", "country")

# How far what stands beside a place speaks for its being the place of work, in points. Set on real postings: what can announce
# nothing but a place of work counts most, what merely proves that it is a place counts for less.
_CUES = {
    "label": 5.0,
    "based": 4.0,
    "office": 3.5,
    "postal": 3.5,
    "region": 3.0,
    "country": 3.0,
    "area": 2.5,
    "preposition": 2.0,
    "adjective": 1.5,
    "municipality": 1.5,
    "seat": 1.0,
    "line": 0.6,
}
_OTHER_CUE = 0.5
# Where in a posting the place of work is named, and where the places of others (offices, seats, courts) are
_SECTIONS = {
    "meta": 1.5,
    "description": 1.0,
    "responsibilities": 0.3,
    "benefits": -0.3,
    "apply": -0.5,
    "company": -1.5,
    "legal": -2.0,
}
_TOP, _TOP_BONUS = 6, 1.0  # the first segments, and what standing there is worth
_AS_GOOD = 0.6  # points that another place may be behind the best one and still be one more place of work
# A line alone is read as a place where it is short and early, or a heading, and something proves that it is one
_LINE, _EARLY = 60, 12
_PROOFS = frozenset(("postal", "region", "country"))


class _Found(NamedTuple):
    """A place in a segment's text; ``offset`` is where the text began that was read."""

    segment: Segment
    place: Reading[Place]
    offset: int = 0


def fill_locations(page: Page, draft: DraftBuilder, stated: Sequence[Statement]) -> None:
    """The places of lines that say where; else the places in the text for which most speaks."""
    if draft.has("locations"):
        return
    found = list(_stated_places(stated))
    if not any(place.value.city for _, place, _ in found):
        company = draft.values.get("company.name")
        found += _best_places(page, company=str(company.value) if company else "")
    for index, one in enumerate(found[:_MOST_STATED]):
        _put_place(draft, f"locations.{index}", one)


def _stated_places(stated: Sequence[Statement]) -> Iterator[_Found]:
    for statement in stating(stated, "locations"):
        for place in read_places(statement.text):
            # below the word "Locations" there may as well be the next entry of a menu
            if not statement.below or place.value.cue != "shape":
                yield _Found(statement.segment, place, statement.start)


def _best_places(page: Page, *, company: str) -> list[_Found]:
    """The different cities for which about as much speaks as for the best one; a company may be called like a city."""
    scored = [
        (_place_score(page, segment, place.value), city.value, _Found(segment, place))
        for segment in page.outside("related")
        for place in _places_in(segment)
        if (city := place.value.city) and city.value != company
    ]
    if not scored:
        return []
    least = max(score for score, _, _ in scored) - _AS_GOOD
    kept: dict[str, _Found] = {}
    for score, name, found in scored:
        if score >= least:
            kept.setdefault(name.casefold(), found)
    return list(kept.values())[:_MOST_FOUND]


def _place_score(page: Page, segment: Segment, place: Place) -> float:
    score = _CUES.get(place.cue, _OTHER_CUE) + _SECTIONS.get(page.section(segment), 0.0)
    return score + _TOP_BONUS * (segment.number < _TOP)


def _places_in(segment: Segment) -> list[Reading[Place]]:
    """The places that a text names beside a cue; a short line may be a place as a whole."""
    places = find_places(segment.text)
    if not places and len(segment.text) < _LINE and (segment.number < _EARLY or segment.kind is Kind.HEADING):
        places = [place for place in read_places(segment.text) if place.value.cue in _PROOFS]
    return places


def _put_place(draft: DraftBuilder, base: str, found: _Found) -> None:
    segment, place, offset = found
    start, end = place.start + offset, place.end + offset
    shown = segment.text[start:end]
    if segment.text[end : end + 1] == ")" and shown.count("(") > shown.count(")"):
        end += 1  # a bracket that opens inside of the place closes inside of it
    draft.put(f"{base}.raw", segment.text[start:end], TextReference(segment.number, start, end))
    for name in _PARTS:
        if reading := getattr(place.value, name):
            draft.put(f"{base}.{name}", reading.value, part(segment, reading, offset=offset))

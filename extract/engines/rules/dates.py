"""The dates of the job: until when one can apply, when the work begins, when the posting was published."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from extract.cleaning.document import Segment
from extract.engines.rules.page import DraftBuilder, Page, part
from extract.engines.rules.statements import Statement, stating
from extract.once import once
from extract.readers.date_purposes import DATES, flat, purpose_of
from extract.readers.dates import order_of_days, read_ambiguous_dates, read_dates
from extract.readers.places import read_places
from extract.readers.reading import Reading, alternation
from extract.readers.wording import wording
from extract.result import Severity
from extract.vocabulary import load

_SHOWN = 80  # characters of a line in a message
_FIGURE = re.compile(r"\d")


def fill_dates(page: Page, draft: DraftBuilder, stated: Sequence[Statement]) -> None:
    """Dates of lines that name them, then dates in sentences with a word before them that says what they are."""
    order = _Order(page, draft, stated)
    for path in DATES:
        for statement in stating(stated, path):
            _put_stated_date(draft, path, statement, order)
    for segment in page.outside("related", "company", "legal"):
        if all(map(draft.has, DATES)):
            return
        _put_said_dates(draft, segment, order)
    _note_open_end(page, draft)


class _Order:
    """Whether the day or the month comes first in the figures of a page; found out when it is first asked."""

    def __init__(self, page: Page, draft: DraftBuilder, stated: Sequence[Statement]) -> None:
        self._page, self._draft, self._stated = page, draft, stated
        self._known: bool | None = None
        self._asked = False

    def day_first(self) -> bool | None:
        """By another date of the page, by the country of the job, by the language; None where nothing tells."""
        if not self._asked:
            self._asked = True
            self._known = self._found()
        return self._known

    def _found(self) -> bool | None:
        longest = longest_passage(self._page)
        return order_of_days(self._page.lowered, countries=set(self._countries()), passage=longest.text if longest else "")

    def _countries(self) -> list[str]:
        placed = [
            str(v.value) for path, v in self._draft.values.items() if path.startswith("locations.") and path.endswith(".country")
        ]
        if placed:
            return placed
        places = [place.value for statement in stating(self._stated, "locations") for place in read_places(statement.text)]
        return [place.country.value for place in places if place.country]


def longest_passage(page: Page) -> Segment | None:
    """The longest passage on the job itself, else the longest of all: the language of a posting is read from it."""
    body = list(page.of("description", "responsibilities", "qualifications", "preferred_qualifications")) or page.segments
    return max(body, key=lambda segment: len(segment.text), default=None)


class _Dated(NamedTuple):
    """A date that a text states, or the two that it may state."""

    reading: Reading[date] | None
    either: Reading[tuple[date, date]] | None

    @property
    def start(self) -> int:
        found = self.reading or self.either
        return found.start if found else 0


def _dated(text: str, order: _Order) -> list[_Dated]:
    """The dates of a text in order, those in figures as the page writes them."""
    ambiguous = read_ambiguous_dates(text)
    day_first = order.day_first() if ambiguous else None
    found = [_Dated(reading, None) for reading in read_dates(text, day_first=day_first)]
    if day_first is None:
        found += [_Dated(None, either) for either in ambiguous]
    return sorted(found, key=lambda one: one.start)


def note_ambiguous(draft: DraftBuilder, path: str, text: str, either: Reading[tuple[date, date]]) -> None:
    """Say that a date is left out because it has two readings."""
    shown = text[either.start : either.end]
    ways = " or ".join(way.isoformat() for way in either.value)
    draft.note("ambiguous_date", path, f'"{shown}" is {ways}, and nothing says which', Severity.WARNING)


def _put_stated_date(draft: DraftBuilder, path: str, statement: Statement, order: _Order) -> None:
    if draft.has(path):
        return
    for found in _dated(statement.text, order)[:1]:
        if found.either:
            note_ambiguous(draft, path, statement.text, found.either)
        elif found.reading:
            draft.put(path, found.reading.value.isoformat(), part(statement.segment, found.reading, offset=statement.start))
        return
    if path == "valid_through" and (_FIGURE.search(statement.text) or wording("no_date").pattern.search(statement.text)):
        draft.note("no_date", path, f'"{statement.text[:_SHOWN]}" names no day')


def _put_said_dates(draft: DraftBuilder, segment: Segment, order: _Order) -> None:
    """The dates of a sentence that says what they are."""
    if not _FIGURE.search(segment.text):
        return
    for found in _dated(segment.text, order):
        purpose = purpose_of(segment.text, found.start)
        if purpose and found.reading:
            draft.put(purpose, found.reading.value.isoformat(), part(segment, found.reading))
        elif purpose and found.either and not draft.has(purpose) and not _is_noted(draft, purpose):
            note_ambiguous(draft, purpose, segment.text, found.either)


def _is_noted(draft: DraftBuilder, path: str) -> bool:
    return any(issue.path == path for issue in draft.issues)


@once
def _open_ended() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){alternation(flat(load('dates')['open_ended']))}(?!\w)", re.IGNORECASE)


def _note_open_end(page: Page, draft: DraftBuilder) -> None:
    """Say that a sentence states that there is no last day for applications."""
    if draft.has("valid_through") or _is_noted(draft, "valid_through") or not _open_ended().search(page.lowered):
        return
    for segment in page.outside("related", "company", "legal"):
        if _open_ended().search(segment.text):
            draft.note("no_date", "valid_through", f'"{segment.text[:_SHOWN]}" names no day')
            return

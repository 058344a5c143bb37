"""Where the job is, which team it belongs to, whom to write to, and under which number and address it is posted."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extract.cleaning.document import Kind, Segment
from extract.engines.base import FactReference, TextReference
from extract.engines.rules.cues import Scores
from extract.engines.rules.page import DraftBuilder, Page, part
from extract.engines.rules.statements import Statement
from extract.engines.rules.terms import of
from extract.readers.contacts import is_accommodation_mailbox, read_emails, read_phones
from extract.readers.language import read_language
from extract.readers.places import Place, find_places, read_places
from extract.readers.reading import Reading

MOST_PLACES = 8
# How far what stands beside a place speaks for its being the place of work
CUES = {
    "label": 5,
    "based": 4,
    "office": 3.5,
    "postal": 3.5,
    "region": 3,
    "country": 3,
    "line": 0.6,
    "area": 2.5,
    "preposition": 2,
    "adjective": 1.5,
    "municipality": 1.5,
    "seat": 1,
}
SECTION = {
    "meta": 1.5,
    "description": 1.0,
    "responsibilities": 0.3,
    "apply": -0.5,
    "company": -1.5,
    "legal": -2.0,
    "benefits": -0.3,
}
_TEAM = re.compile(
    r"\b(?:our|the|of|rejoindre|au sein de|within)\s+((?:[A-Z0-9][\w&+/-]*\s?(?:(?:and|&|of|for)\s)?){1,5}?)\s*(?:team|organi[sz]ation|department|group|division|lab|unit|practice)\b"
)
_JOINED = re.compile(r"\b(?:join|rejoindre|joining|intégrer)\s+((?:[A-Z][\w&-]*)(?:\s[A-Z][\w&-]*){1,5}(?:\s\([A-Z]{2,8}\))?)")
_HIRES = re.compile(
    r"\b(?:looking for|seeking|hiring|to join|recruiting|recherch|recrut|such(?:en|t)|busca|söker|søker)", re.IGNORECASE
)
ABOUT_THE_TEAM = 6.0
_URL_ID = re.compile(
    r"(?:/(?:details|jobs?|positions?|openings?|vacanc\w+|offres?|annonser?|req|posting|stellen?\w*)/(?:[\w%-]*[-/_])?|[?&](?:gh_jid|jk|job_?id|jid|id|req\w*|pid)=|[-_/])((?:[A-Z]{1,4}[-_]?)?\d{5,}(?:-\d+)?)(?=[/?&#_-]|$)"
)
_CODE = re.compile(r"(?=[\w./-]*\d)[A-Z0-9][\w./-]{1,29}", re.IGNORECASE)
_CODE_IN_TEXT = re.compile(
    r"\b(?:req(?:uisition)?|job|position|posting|reference|ref|vacancy|kennziffer|référence|referens)\.?\s?(?:id|no|number|nr|code|#)?\s?[.:#]{1,2}\s?((?=[\w-]*\d)[A-Z0-9][\w-]{2,19})\b",
    re.IGNORECASE,
)


def fill_whereabouts(page: Page, draft: DraftBuilder, stated: Sequence[Statement]) -> None:
    """Everything of the module."""
    fill_locations(page, draft, stated)
    fill_department(page, draft, stated)
    fill_contact(page, draft, stated)
    fill_addresses(page, draft, stated)
    fill_job_id(page, draft, stated)
    fill_language(page, draft)


def fill_locations(page: Page, draft: DraftBuilder, stated: Sequence[Statement]) -> None:
    """The places of lines that say where; else the places in the text for which most speaks."""
    if draft.has("locations"):
        return
    found: list[tuple[Segment, Reading[Place], int]] = []
    for statement in of(stated, "locations"):
        # below the word "Locations" there may as well be the next entry of a menu
        trusted = (p for p in read_places(statement.text) if not statement.below or p.value.cue != "shape")
        found += [(statement.segment, p, statement.start) for p in trusted]
    if not any(p.value.city for _, p, _ in found):
        found += in_text(page, str(draft.values["company.name"].value) if draft.has("company.name") else "")
    for index, (segment, place, offset) in enumerate(found[:MOST_PLACES]):
        put_place(draft, f"locations.{index}", segment, place, offset)


def in_text(page: Page, company: str) -> list[tuple[Segment, Reading[Place], int]]:
    scored: list[tuple[float, Segment, Reading[Place]]] = []
    for segment in page.outside("related"):
        bonus = SECTION.get(page.section(segment), 0.0) + (1.0 if segment.number < 6 else 0.0)
        places = find_places(segment.text)
        if not places and len(segment.text) < 60 and (segment.number < 12 or segment.kind is Kind.HEADING):
            places = [p for p in read_places(segment.text) if p.value.city and p.value.cue in ("postal", "region", "country")]
        scored += [
            (CUES.get(p.value.cue, 0.5) + bonus, segment, p) for p in places if p.value.city and p.value.city.value != company
        ]
    if not scored:
        return []
    best = max(score for score, _, _ in scored)
    seen: set[str] = set()
    kept: list[tuple[Segment, Reading[Place], int]] = []
    for score, segment, place in scored:
        city = place.value.city.value.casefold() if place.value.city else ""
        if score >= best - 0.6 and city not in seen:
            seen.add(city)
            kept.append((segment, place, 0))
    return kept[:3]


def put_place(draft: DraftBuilder, base: str, segment: Segment, place: Reading[Place], offset: int) -> None:
    number = segment.number
    raw = segment.text[place.start + offset : place.end + offset]
    draft.put(f"{base}.raw", raw, TextReference(number, place.start + offset, place.end + offset))
    for name in ("street", "city", "region", "postal_code", "country"):
        if found := getattr(place.value, name):
            draft.put(f"{base}.{name}", found.value, TextReference(number, found.start + offset, found.end + offset))


def team_hints(segments: Sequence[Segment]) -> list[Scores]:
    """What a sentence says of the team that a sentence hires for is about the job, not about the company."""
    teams = {found[1].strip() for s in segments if _HIRES.search(s.text) for found in _TEAM.finditer(s.text)}
    return [
        {"description": ABOUT_THE_TEAM} if any(team in s.text for team in teams) and s.kind is Kind.SENTENCE else {}
        for s in segments
    ]


def fill_department(page: Page, draft: DraftBuilder, stated: Sequence[Statement]) -> None:
    for statement in of(stated, "department"):
        if len(statement.text) < 80 and not statement.text.endswith("."):
            draft.put("department", statement.text, TextReference(statement.segment.number, statement.start, statement.end))
    company = draft.values.get("company.name")
    for segment in page.of("description", "meta", "responsibilities"):
        for pattern in (_TEAM, _JOINED):
            for found in pattern.finditer(segment.text):
                name = found[1].strip()
                if pattern is _JOINED and not (company and str(company.value).split()[0] in name.split()):
                    continue
                if name and not (company and name.casefold() == str(company.value).casefold()):
                    start = found.start(1)
                    draft.put("department", name, TextReference(segment.number, start, start + len(name)))


def fill_contact(page: Page, draft: DraftBuilder, stated: Sequence[Statement]) -> None:
    """The first mailbox that is for applications, with the name and number of lines that name them."""
    for segment in page.outside("related"):
        for reading in read_emails(segment.text):
            around = " ".join(s.text for s in page.segments[max(0, segment.number - 1) : segment.number + 1])
            if not is_accommodation_mailbox(reading.value, around):
                draft.put("contact.email", reading.value, part(segment, reading))
    for statement in of(stated, "contact.phone"):
        for reading in read_phones(statement.text, country=None)[:1]:
            start = statement.start + reading.start
            draft.put(
                "contact.phone", reading.value, TextReference(statement.segment.number, start, statement.start + reading.end)
            )
    for statement in of(stated, "contact.name"):
        if not statement.below and (name := re.match(r"(?:[A-ZÀ-Þ][\w'’.-]+\s?){2,4}(?=$|[,;(–-])", statement.text)):
            text = name[0].strip()
            draft.put("contact.name", text, TextReference(statement.segment.number, statement.start, statement.start + len(text)))


def fill_addresses(page: Page, draft: DraftBuilder, stated: Sequence[Statement]) -> None:
    for index, fact in enumerate(page.clean.facts):
        if fact.path in ("markdown.url", "html.canonical", "html.og:url") and re.match(r"https?://\S+$", fact.body.text):
            draft.put("source_url", fact.body.text, FactReference(index, 0, len(fact.body)))
    for path in ("source_url", "apply_url"):
        for statement in of(stated, path):
            if found := re.match(r"https?://\S+$", statement.text):
                draft.put(path, found[0], TextReference(statement.segment.number, statement.start, statement.end))


def fill_job_id(page: Page, draft: DraftBuilder, stated: Sequence[Statement]) -> None:
    """The number of a line that names it, of a phrase in the text, or in the address of the posting."""
    for statement in of(stated, "job_id"):
        if found := _CODE.match(statement.text):
            start = statement.start + found.start()
            draft.put(
                "job_id",
                found[0].rstrip("./-"),
                TextReference(statement.segment.number, start, start + len(found[0].rstrip("./-"))),
            )
    for segment in page.outside("related", "legal"):
        if found := _CODE_IN_TEXT.search(segment.text):
            draft.put("job_id", found[1], TextReference(segment.number, *found.span(1)))
    for index, fact in enumerate(page.clean.facts):
        if fact.path in ("markdown.url", "html.canonical", "html.og:url") and (ids := list(_URL_ID.finditer(fact.body.text))):
            draft.put("job_id", ids[-1][1], FactReference(index, *ids[-1].span(1)))


def fill_language(page: Page, draft: DraftBuilder) -> None:
    """The language of the longest passage on the job itself; the company's text on itself may be in another."""
    body = list(page.of("description", "responsibilities", "qualifications", "preferred_qualifications")) or list(page.segments)
    if body:
        longest = max(body, key=lambda segment: len(segment.text))
        if found := read_language(longest.text):
            draft.put("language", found.value, part(longest, found))

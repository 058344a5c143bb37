"""The verbatim fields: lists of what one does, brings and gets, and the description of the role and of the company."""

from __future__ import annotations

from collections.abc import Sequence

from extract.cleaning.document import Kind, Segment
from extract.engines.base import TextReference
from extract.engines.rules.enumerations import enumerated
from extract.engines.rules.page import DraftBuilder, Page, whole

LISTS = ("responsibilities", "qualifications", "preferred_qualifications", "skills", "benefits")
_LONGEST_LEAD_IN = 200  # characters: what is longer and ends in a colon says something of its own
_FEWEST_WORDS = 5  # of a line without a full stop that is still prose: labels and links of a footer have fewer
_FEWEST_ITEMS = 2  # bullets that make a list of benefits; with fewer, the sentences are searched for enumerations


def fill_lists(page: Page, draft: DraftBuilder) -> None:
    """An entry for each bullet of a section, in order; where a section has no bullets, an entry for each sentence."""
    by_section: dict[str, list[Segment]] = {path: [] for path in LISTS}
    for segment in page.of(*LISTS):
        by_section[page.section(segment)].append(segment)
    for path, segments in by_section.items():
        draft.put_each(path, (_benefits(segments) if path == "benefits" else []) or _entries(segments, page))


def _entries(segments: Sequence[Segment], page: Page) -> list[tuple[str, list[TextReference]]]:
    return [(s.text, [whole(s)]) for s in segments if not is_lead_in(s, page)]


def _benefits(segments: Sequence[Segment]) -> list[tuple[str, list[TextReference]]]:
    """The things that sentences enumerate, where there is no list of bullets."""
    if sum(s.kind is Kind.ITEM for s in segments) >= _FEWEST_ITEMS:
        return []
    return [entry for segment in segments for entry in enumerated(segment)]


def is_lead_in(segment: Segment, page: Page) -> bool:
    """Whether it only announces what follows ("You will:")."""
    if segment.kind is Kind.ITEM or not segment.text.endswith(":") or len(segment.text) > _LONGEST_LEAD_IN:
        return False
    following = segment.number + 1
    return following < len(page.segments) and page.segments[following].kind is not Kind.HEADING


def fill_prose(page: Page, draft: DraftBuilder) -> None:
    """The description of the role, and the company's of itself."""
    for path, section in (("description", "description"), ("company.description", "company")):
        segments = [s for s in page.of(section) if is_prose(s)]
        if segments:
            draft.put(path, joined(segments), *map(whole, segments))


def is_prose(segment: Segment) -> bool:
    """Whether it says something: no link of a footer, no label."""
    return segment.text.endswith((".", "!", "?", ":", ";")) or len(segment.text.split(None, _FEWEST_WORDS)) >= _FEWEST_WORDS


def joined(segments: Sequence[Segment]) -> str:
    """The segments as one text: sentences of a paragraph with a blank between, paragraphs and items on lines of their own."""
    parts: list[str] = []
    block = None
    for segment in segments:
        if parts:
            parts.append(" " if segment.block == block else "\n")
        parts.append(segment.text)
        block = segment.block
    return "".join(parts)

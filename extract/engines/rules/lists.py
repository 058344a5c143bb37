"""The verbatim fields: lists of what one does, brings and gets, and the description of the role and of the company."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from extract.cleaning.document import Kind, Segment
from extract.engines.base import TextReference
from extract.engines.rules.enumerations import enumerated
from extract.engines.rules.page import DraftBuilder, Page, whole

LISTS = ("responsibilities", "qualifications", "preferred_qualifications", "skills", "benefits")
_LEAD_IN = re.compile(r":\s*$")
LONGEST_LEAD_IN = 200
FEWEST_WORDS = 5


def fill_lists(page: Page, draft: DraftBuilder) -> None:
    """An entry for each bullet of a section, in order; where a section has no bullets, an entry for each sentence."""
    for path in LISTS:
        segments = list(page.of(path))
        items = [s for s in segments if s.kind is Kind.ITEM]
        entries = [s for s in segments if not is_lead_in(s, page)]
        if path == "benefits" and len(items) < 2:
            listed = [entry for s in segments for entry in enumerated(s)]
            if listed:
                draft.put_each(path, listed)
                continue
        draft.put_each(path, ((s.text, [whole(s)]) for s in entries))


def is_lead_in(segment: Segment, page: Page) -> bool:
    """Whether it only announces what follows ("You will:")."""
    if segment.kind is Kind.ITEM or not _LEAD_IN.search(segment.text) or len(segment.text) > LONGEST_LEAD_IN:
        return False
    following = segment.number + 1
    return following < len(page.segments) and page.segments[following].kind is not Kind.HEADING


def fill_prose(page: Page, draft: DraftBuilder) -> None:
    """The description of the role, and the company's of itself."""
    for path, section in (("description", "description"), ("company.description", "company")):
        put_text(draft, path, [s for s in page.of(section) if is_prose(s)])


def is_prose(segment: Segment) -> bool:
    """Whether it says something: no link of a footer, no label."""
    return len(segment.text.split()) >= FEWEST_WORDS or segment.text.endswith((".", "!", "?", ":", ";"))


def put_text(draft: DraftBuilder, path: str, segments: Sequence[Segment]) -> None:
    """The segments as one text: sentences of a paragraph with a blank between, paragraphs and items on lines of their own."""
    if segments:
        text = "".join(joined(segments))
        draft.put(path, text, *(TextReference(s.number, 0, len(s.text)) for s in segments))


def joined(segments: Sequence[Segment]) -> Iterator[str]:
    block = segments[0].block
    for index, segment in enumerate(segments):
        if index:
            yield " " if segment.block == block else "\n"
        block = segment.block
        yield segment.text

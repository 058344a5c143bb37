"""Lines that name a field and state it: "Location: Zurich", or the word "Location" over "Zurich"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from extract.cleaning.document import Kind, Segment
from extract.engines.base import TextReference
from extract.engines.rules.page import DraftBuilder, Page
from extract.readers.field_names import paths_of

LONGEST_NAME = 40  # characters of a line that names a field
LONGEST_BELOW = 120  # characters of a line that can be the value of the heading above it


@dataclass(frozen=True, slots=True)
class Statement:
    """``[start, end)`` of a segment's text states the field ``path``; ``below``: a heading names it, not the line itself."""

    path: str
    segment: Segment
    start: int
    end: int
    below: bool = False

    @property
    def text(self) -> str:
        return self.segment.text[self.start : self.end]

    @property
    def reference(self) -> TextReference:
        return TextReference(self.segment.number, self.start, self.end)


def statements(page: Page) -> Iterator[Statement]:
    """All statements of a page, in order; related openings state nothing about this job."""
    segments = page.segments
    for segment in page.outside("related"):
        if segment.kind is Kind.FIELD:
            for path in paths_of(segment.key):
                yield Statement(path, segment, segment.value_start, len(segment.text))
        elif segment.kind is not Kind.ITEM and len(segment.text) <= LONGEST_NAME and segment.number + 1 < len(segments):
            below = segments[segment.number + 1]
            if below.kind is not Kind.HEADING and below.kind is not Kind.FIELD and len(below.text) <= LONGEST_BELOW:
                for path in paths_of(segment.text):
                    yield Statement(path, below, 0, len(below.text), below=True)


def stating(stated: Iterable[Statement], path: str) -> Iterator[Statement]:
    """The statements of one field."""
    return (statement for statement in stated if statement.path == path)


def state_text(draft: DraftBuilder, path: str, stated: Iterable[Statement]) -> None:
    """Fill a field with the first line that states it, if it is short enough to be a name."""
    for statement in stating(stated, path):
        if not statement.below and 1 < len(statement.text) <= LONGEST_BELOW:
            draft.put(path, statement.text, statement.reference)

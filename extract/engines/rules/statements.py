"""Lines that name a field and state it: "Location: Zurich", or the word "Location" over "Zurich"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from extract.cleaning.document import Kind, Segment
from extract.engines.base import TextReference
from extract.engines.rules.page import DraftBuilder, Page
from extract.once import once
from extract.vocabulary import fold, load

LONGEST_NAME = 40  # characters of a line that names a field
LONGEST_BELOW = 120  # characters of a line that can be the value of the heading above it
_QUALIFIER = re.compile(r"\s?\([^()]*+\)")
_ARTICLE = re.compile(r"^(?:the|your|our|le|la|votre|die|der|das|dein|ihr|el|tu)\s", re.IGNORECASE)


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


@once
def _fields_by_name() -> Mapping[str, tuple[str, ...]]:
    """The fields that each name stands for; a few names stand for several ("Contract")."""
    found: dict[str, list[str]] = {}
    for path, names in _names(load("fields")):
        for name in map(fold, names):
            if path not in found.setdefault(name, []):
                found[name].append(path)
    return {name: tuple(paths) for name, paths in found.items()}


def _names(table: Mapping[str, object], path: str = "") -> Iterator[tuple[str, list[str]]]:
    """The lists of a nested table, each with the path of the table that it stands in."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _names(value, f"{path}.{key}" if path else key)
        elif isinstance(value, list):
            yield path, value


def paths_of(name: str) -> tuple[str, ...]:
    """The fields that a name stands for; what stands in brackets and an article before it do not matter.

    >>> paths_of("Job Title (m/f)"), paths_of("Your location"), paths_of("Favourite colour")
    (('title',), ('locations',), ())
    """
    known = _fields_by_name()
    for form in (name, _QUALIFIER.sub("", name), _ARTICLE.sub("", name)):
        if found := known.get(fold(form)):
            return found
    return ()


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

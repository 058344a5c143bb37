"""A clean document as the rules read it, and the draft that they fill."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from extract.cleaning.document import CleanDocument, Kind, Scalar, Segment
from extract.engines.base import Draft, DraftValue, FactReference, TextReference
from extract.readers.reading import Reading
from extract.result import Issue, Severity

Reference = TextReference | FactReference


@dataclass(frozen=True)
class Page:
    """A clean document with the section of each of its segments."""

    clean: CleanDocument
    sections: tuple[str, ...]

    @property
    def segments(self) -> tuple[Segment, ...]:
        return self.clean.segments

    @cached_property
    def lowered(self) -> str:
        """The text in lower case, a line a segment: what does not stand in it needs not be looked for in each segment."""
        return "\n".join([segment.text for segment in self.segments]).lower()

    def section(self, segment: Segment) -> str:
        return self.sections[segment.number]

    def of(self, *sections: str) -> Iterator[Segment]:
        """The segments of these sections that are no headings."""
        return (s for s in self.segments if self.sections[s.number] in sections and s.kind is not Kind.HEADING)

    def outside(self, *sections: str) -> Iterator[Segment]:
        """The segments that are not of these sections."""
        return (s for s in self.segments if self.sections[s.number] not in sections)


def whole(segment: Segment) -> TextReference:
    """All of a segment's text."""
    return TextReference(segment.number, 0, len(segment.text))


def part(segment: Segment, reading: Reading[object], *, offset: int = 0) -> TextReference:
    """Where a reading of a segment's text stands; ``offset`` is where in it the text began that was read."""
    return TextReference(segment.number, offset + reading.start, offset + reading.end)


@dataclass(slots=True)
class DraftBuilder:
    """Collects values by path; the first value of a path stays, so rules run from the most certain to the least."""

    values: dict[str, DraftValue] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)
    _above: set[str] = field(default_factory=set, init=False, repr=False)  # all paths that lead to a value

    def has(self, path: str) -> bool:
        """Whether the path, or anything below it, is filled."""
        return path in self.values or path in self._above

    def put(self, path: str, value: Scalar | None, *references: Reference, inferred: bool = False) -> bool:
        """Fill a leaf, unless it is filled or there is nothing to fill it with; says whether it did."""
        if value is None or value == "" or path in self.values or not references:
            return False
        self.values[path] = DraftValue(value, references, inferred)
        end = path.rfind(".")
        while end > 0 and path[:end] not in self._above:
            self._above.add(path[:end])
            end = path.rfind(".", 0, end)
        return True

    def put_each(self, path: str, values: Iterable[tuple[Scalar, Sequence[Reference]]]) -> None:
        """Fill a list of leaves, unless it has entries already; equal entries are kept once."""
        if self.has(path):
            return
        seen: set[Scalar] = set()
        for value, references in values:
            if value not in seen and self.put(f"{path}.{len(seen)}", value, *references):
                seen.add(value)

    def note(self, code: str, path: str, message: str, severity: Severity = Severity.INFO) -> None:
        """Report a doubt about a path."""
        self.issues.append(Issue(code=code, path=path, message=message, severity=severity))

    def draft(self) -> Draft:
        """What was collected, as the answer of an engine."""
        return Draft(dict(self.values), tuple(self.issues))

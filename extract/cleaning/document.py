"""What cleaning hands on: numbered segments and facts, each with an exact map back to the source."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

from extract.source import Source


class Span(NamedTuple):
    """A half-open range ``[start, end)`` of the source, in Unicode code points."""

    start: int
    end: int


class Origin(StrEnum):
    """How a piece of cleaned text came to be."""

    COPY = "copy"  # the characters of the source, one for one
    REPLACE = "replace"  # written differently in the source: an entity, an escape, a run of blanks
    REPAIR = "repair"  # damaged in the source and put right: recorded, never silent


class Edit(NamedTuple):
    """Replace ``[start, end)`` of a text by ``text``: the one thing that a cleaner can do to it.

    Empty ``text`` deletes; ``start == end`` puts a separator in. ``repair`` marks what changes the reading.
    """

    start: int
    end: int
    text: str = ""
    repair: bool = False


class Piece(NamedTuple):
    """A stretch of text that came from one range of the source in one way."""

    at: int
    source: Span
    origin: Origin


class MappedText:
    """A text that knows for each of its characters where in the source it came from.

    Edits compose: the map always leads to the source, through as many layers as there were.
    Immutable; slices and edits give new texts.

    >>> body = MappedText.of("Tom &amp; Co").edit([Edit(4, 9, "&")])
    >>> body.text, body[4:].spans
    ('Tom & Co', (Span(start=4, end=12),))
    """

    __slots__ = ("_at", "_pieces", "text")

    def __init__(self, text: str, pieces: Sequence[Piece]) -> None:
        self.text = text
        self._pieces = tuple(pieces)
        self._at = [piece.at for piece in self._pieces]

    @classmethod
    def of(cls, text: str, start: int = 0) -> MappedText:
        """The text as it stands in the source from ``start`` on."""
        return cls(text, [Piece(0, Span(start, start + len(text)), Origin.COPY)] if text else [])

    @classmethod
    def join(cls, parts: Iterable[MappedText], separator: str = " ") -> MappedText:
        """The parts in this order, with a separator that no character of the source stands for."""
        texts: list[str] = []
        pieces: list[Piece] = []
        length = 0
        for part in parts:
            if texts and separator:
                edge = pieces[-1].source.end if pieces else 0
                pieces.append(Piece(length, Span(edge, edge), Origin.REPLACE))
                texts.append(separator)
                length += len(separator)
            pieces.extend(Piece(length + piece.at, piece.source, piece.origin) for piece in part.pieces)
            texts.append(part.text)
            length += len(part.text)
        return cls("".join(texts), pieces)

    @property
    def pieces(self) -> tuple[Piece, ...]:
        return self._pieces

    @property
    def spans(self) -> tuple[Span, ...]:
        """The ranges of the source that produced this text, ordered and merged."""
        ordered = sorted(piece.source for piece in self._pieces if piece.source.end > piece.source.start)
        merged: list[Span] = []
        for span in ordered:
            if merged and span.start <= merged[-1].end:
                merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
            else:
                merged.append(span)
        return tuple(merged)

    @property
    def repaired(self) -> bool:
        """Whether some of it was damaged in the source and put right."""
        return any(piece.origin is Origin.REPAIR for piece in self._pieces)

    def quote(self, source: str) -> str:
        """How it reads in the source, in reading order: replacements undone, separators that cleaning put in kept."""
        ends = [*self._at[1:], len(self.text)]
        parts = [
            source[piece.source.start : piece.source.end] or self.text[piece.at : end]
            for piece, end in zip(self._pieces, ends, strict=True)
        ]
        return " ".join("".join(parts).split())

    def __len__(self) -> int:
        return len(self.text)

    def __repr__(self) -> str:
        return f"MappedText({self.text!r}, {list(self.spans)})"

    def __getitem__(self, part: slice) -> MappedText:
        """The text of a slice (without a step), with its share of the map."""
        start, end, _ = part.indices(len(self.text))
        return MappedText(self.text[start:end], list(self._cut(start, end, 0)))

    def strip(self, characters: str | None = None) -> MappedText:
        """Without blanks (or the given characters) at both ends."""
        right = self.text.rstrip(characters)
        left = len(right) - len(right.lstrip(characters))
        return self if left == 0 and len(right) == len(self.text) else self[left : len(right)]

    def edit(self, edits: Iterable[Edit]) -> MappedText:
        """The text after edits that are in order and do not overlap."""
        texts: list[str] = []
        pieces: list[Piece] = []
        length = done = 0
        for start, end, text, repair in edits:
            if start < done or end < start or end > len(self.text):
                raise ValueError(f"edit [{start}, {end}) overlaps the one before it, which ends at {done}, or leaves the text")
            if start > done:
                pieces.extend(self._cut(done, start, length))
                texts.append(self.text[done:start])
                length += start - done
            if text:
                pieces.append(Piece(length, self._range(start, end), Origin.REPAIR if repair else self._replaced(start, end)))
                texts.append(text)
                length += len(text)
            done = end
        if not texts and done == 0:
            return self
        pieces.extend(self._cut(done, len(self.text), length))
        texts.append(self.text[done:])
        return MappedText("".join(texts), pieces)

    def _cut(self, start: int, end: int, at: int) -> Iterator[Piece]:
        """The pieces of ``[start, end)``, as they stand in a new text from ``at`` on."""
        if start >= end:
            return
        index = bisect_right(self._at, start) - 1
        while index < len(self._pieces) and self._at[index] < end:
            piece = self._pieces[index]
            index += 1
            piece_end = self._at[index] if index < len(self._at) else len(self.text)
            first, last = max(start, piece.at), min(end, piece_end)
            source = piece.source
            if piece.origin is Origin.COPY:
                source = Span(source.start + first - piece.at, source.start + last - piece.at)
            yield Piece(at + first - start, source, piece.origin)

    def _range(self, start: int, end: int) -> Span:
        """The range of the source from the first to the last character of ``[start, end)``; empty for a place between two."""
        if start == end:
            before = list(self._cut(start - 1, start, 0)) if start else []
            after = [] if before else list(self._cut(start, start + 1, 0))
            edge = before[0].source.end if before else after[0].source.start if after else 0
            return Span(edge, edge)
        spans = [piece.source for piece in self._cut(start, end, 0)]
        return Span(min(span.start for span in spans), max(span.end for span in spans))

    def _replaced(self, start: int, end: int) -> Origin:
        """A replacement of what was repaired stays a repair."""
        repaired = start < end and any(piece.origin is Origin.REPAIR for piece in self._cut(start, end, 0))
        return Origin.REPAIR if repaired else Origin.REPLACE


class Kind(StrEnum):
    """What a segment is on the page."""

    HEADING = "heading"
    ITEM = "item"  # of a list
    SENTENCE = "sentence"  # of a paragraph
    FIELD = "field"  # a line that names a thing and states it: "Location: Zurich"
    CELL = "cell"  # of a table


@dataclass(frozen=True, slots=True)
class Block:
    """A block of the page as a cleaner sees it, before it is cut into segments.

    ``kind`` SENTENCE stands for a paragraph; ``part_of`` is the path of the fact that the block was read from, if any.
    ``level`` is that of a heading (1 to 6), or how deep a list is nested (1 = not).
    """

    body: MappedText
    kind: Kind = Kind.SENTENCE
    level: int = 0
    part_of: str | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """The smallest addressable piece of cleaned text.

    ``block`` is the same for the sentences of one paragraph and differs from block to block. ``list`` is the same
    for all items of one list, and None for what is no item. ``key_end`` is where the name of a field ends (0: no field).
    """

    number: int
    kind: Kind
    body: MappedText
    block: int
    level: int = 0
    list: int | None = None
    key_end: int = 0
    part_of: str | None = None

    @property
    def text(self) -> str:
        return self.body.text

    @property
    def spans(self) -> tuple[Span, ...]:
        return self.body.spans

    @property
    def key(self) -> str:
        """The name of a field, without its colon; empty for any other segment."""
        return self.text[: self.key_end].rstrip(" :\t")

    @property
    def value_start(self) -> int:
        """Where what a field states begins in its text."""
        rest = self.text[self.key_end :]
        return self.key_end + len(rest) - len(rest.lstrip(" :\t")) if self.key_end else 0


Scalar = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Fact:
    """A value that the markup itself states.

    ``path`` is dotted, list positions are numbers ("JobPosting.jobLocation.0.address.addressLocality"); its first part
    is the type of the object. ``node`` tells objects of one document apart. ``body`` is the value as text.
    """

    path: str
    value: Scalar
    body: MappedText
    node: int = 0

    @property
    def spans(self) -> tuple[Span, ...]:
        return self.body.spans


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What a cleaner answers: blocks in reading order, facts, and the names of the steps that changed something."""

    blocks: tuple[Block, ...]
    facts: tuple[Fact, ...] = ()
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CleanDocument:
    """A document after cleaning: its segments, numbered from 0 in reading order, and its facts."""

    source: Source
    format: str
    segments: tuple[Segment, ...]
    facts: tuple[Fact, ...] = ()
    steps: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The cleaned text, a segment a paragraph; headings begin with "# " and items with "- "."""
        marks = {Kind.HEADING: "# ", Kind.ITEM: "- "}
        return "\n\n".join(marks.get(segment.kind, "") + segment.text for segment in self.segments)

    @property
    def repairs(self) -> tuple[tuple[Span, str], ...]:
        """The places of the source that were damaged, each with what it was read as."""
        return tuple(
            (piece.source, segment.text[piece.at : end])
            for segment in self.segments
            for piece, end in zip(
                segment.body.pieces, [*(p.at for p in segment.body.pieces[1:]), len(segment.text)], strict=True
            )
            if piece.origin is Origin.REPAIR
        )


def renumbered(segments: Iterable[Segment]) -> tuple[Segment, ...]:
    """The segments with numbers from 0 on."""
    return tuple(replace(segment, number=number) for number, segment in enumerate(segments))

"""What cleaning hands on: numbered segments and facts, each with an exact map back to the source."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
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

    __slots__ = ("_runs", "text")

    def __init__(self, text: str, runs: _Runs) -> None:
        self.text = text
        self._runs = runs

    @classmethod
    def of(cls, text: str, start: int = 0) -> MappedText:
        """The text as it stands in the source from ``start`` on."""
        runs = _Runs()
        if text:
            runs.add(0, start, start + len(text), _COPY)
        return cls(text, runs)

    @classmethod
    def join(cls, parts: Iterable[MappedText], separator: str = " ") -> MappedText:
        """The parts in this order, with a separator that no character of the source stands for."""
        texts: list[str] = []
        runs = _Runs()
        length = 0
        for part in parts:
            if texts and separator:
                edge = runs.ends[-1] if runs.ends else 0
                runs.add(length, edge, edge, _REPLACE)
                texts.append(separator)
                length += len(separator)
            part._copy(0, len(part), runs, length)  # noqa: SLF001 - of the same class
            texts.append(part.text)
            length += len(part)
        return cls("".join(texts), runs)

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """The stretches that the text is made of, in reading order."""
        rows = zip(self._runs.at, self._runs.starts, self._runs.ends, self._runs.origins, strict=True)
        return tuple(Piece(at, Span(start, end), _ORIGINS[origin]) for at, start, end, origin in rows)

    @property
    def stops(self) -> list[int]:
        """Where in the text each of the pieces ends."""
        return [*self._runs.at[1:], len(self.text)] if self._runs.at else []

    @property
    def spans(self) -> tuple[Span, ...]:
        """The ranges of the source that produced this text, ordered and merged."""
        merged: list[list[int]] = []
        for start, end in sorted(zip(self._runs.starts, self._runs.ends, strict=True)):
            if merged and start <= merged[-1][1]:
                merged[-1][1] = max(merged[-1][1], end)
            elif end > start:
                merged.append([start, end])
        return tuple(Span(start, end) for start, end in merged)

    @property
    def repaired(self) -> bool:
        """Whether some of it was damaged in the source and put right."""
        return _REPAIR in self._runs.origins

    def quote(self, source: str) -> str:
        """How it reads in the source, in reading order: replacements undone, separators that cleaning put in kept."""
        rows = zip(self._runs.at, self.stops, self._runs.starts, self._runs.ends, strict=True)
        return " ".join("".join(source[start:end] or self.text[at:stop] for at, stop, start, end in rows).split())

    def __len__(self) -> int:
        return len(self.text)

    def __repr__(self) -> str:
        return f"MappedText({self.text!r}, {list(self.spans)})"

    def __getitem__(self, part: slice) -> MappedText:
        """The text of a slice (without a step), with its share of the map."""
        start, end, _ = part.indices(len(self.text))
        runs = _Runs()
        self._copy(start, end, runs, 0)
        return MappedText(self.text[start:end], runs)

    def strip(self, characters: str | None = None) -> MappedText:
        """Without blanks (or the given characters) at both ends."""
        right = self.text.rstrip(characters)
        left = len(right) - len(right.lstrip(characters))
        return self if left == 0 and len(right) == len(self.text) else self[left : len(right)]

    def edit(self, edits: Iterable[Edit]) -> MappedText:
        """The text after edits that are in order and do not overlap; one sweep over map and edits."""
        texts: list[str] = []
        runs = _Runs()
        length = done = index = 0
        for start, end, text, repair in edits:
            if start < done or end < start or end > len(self.text):
                raise ValueError(f"edit [{start}, {end}) overlaps the one before it, which ends at {done}, or leaves the text")
            if start > done:
                index = self._copy(done, start, runs, length, index=index)
                texts.append(self.text[done:start])
                length += start - done
            if text:
                low, high, damaged = self._range(start, end, index)
                runs.add(length, low, high, _REPAIR if repair or damaged else _REPLACE)
                texts.append(text)
                length += len(text)
            done = end
        if not texts and done == 0:
            return self
        texts.append(self.text[done:])
        self._copy(done, len(self.text), runs, length, index=index)
        return MappedText("".join(texts), runs)

    def _copy(self, start: int, end: int, into: _Runs, length: int, *, index: int | None = None) -> int:
        """Append the map of ``[start, end)`` for a new text in which it stands from ``length`` on.

        ``index`` is a run at or before ``start``; answers the one at or before ``end``.
        """
        if start >= end:
            return index or 0
        runs = self._runs
        at = runs.at
        index = bisect_right(at, start) - 1 if index is None else index
        last = len(at) - 1
        while index < last and at[index + 1] <= start:
            index += 1
        while True:
            first, origin = at[index], runs.origins[index]
            stop = at[index + 1] if index < last else end
            if origin == _COPY:
                offset = runs.starts[index] - first
                into.add(length, start + offset, min(end, stop) + offset, _COPY)
            else:
                into.add(length, runs.starts[index], runs.ends[index], origin)
            if stop >= end:
                return index
            length += stop - start
            start = stop
            index += 1

    def _range(self, start: int, end: int, index: int) -> tuple[int, int, bool]:
        """The range of the source behind ``[start, end)``, and whether some of it is a repair; empty for a place between two."""
        runs = _Runs()
        if start < end:
            self._copy(start, end, runs, 0, index=index)
            return min(runs.starts), max(runs.ends), _REPAIR in runs.origins
        if start:
            self._copy(start - 1, start, runs, 0)
            return runs.ends[-1], runs.ends[-1], False
        edge = self._runs.starts[0] if self._runs.starts else 0
        return edge, edge, False


_ORIGINS = (Origin.COPY, Origin.REPLACE, Origin.REPAIR)
_COPY, _REPLACE, _REPAIR = range(3)


class _Runs:
    """The map of a text as columns, a row a piece: four lists of numbers, because a hostile page has a million pieces."""

    __slots__ = ("at", "ends", "origins", "starts")

    def __init__(self) -> None:
        self.at: list[int] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.origins: list[int] = []

    def add(self, at: int, start: int, end: int, origin: int) -> None:
        """Append a piece; one that goes on where a copied piece ends is the same piece."""
        if origin == _COPY and self.origins and self.origins[-1] == _COPY and self.ends[-1] == start:
            self.ends[-1] = end
            return
        self.at.append(at)
        self.starts.append(start)
        self.ends.append(end)
        self.origins.append(origin)


class Kind(StrEnum):
    """What a segment is on the page."""

    HEADING = "heading"
    ITEM = "item"  # of a list
    SENTENCE = "sentence"  # of a paragraph
    FIELD = "field"  # a line that names a thing and states it: "Location: Zurich"
    CELL = "cell"  # of a table


class Dropped(StrEnum):
    """Why a piece of a page is no part of its posting."""

    HIDDEN = "hidden"  # the page does not show it
    DRAWING = "drawing"  # words in a picture
    NAVIGATION = "navigation"  # menus, bread crumbs, links to other places
    FOOTER = "footer"  # what stands below every page of the site
    COOKIES = "cookies"
    FORM = "form"  # fields to fill in and their labels, sign-in
    CONTROL = "control"  # buttons, and links that act like them
    SHARE = "share"
    RELATED = "related"  # other openings
    ADVERT = "advert"


@dataclass(frozen=True, slots=True)
class Block:
    """A block of the page as a cleaner sees it, before it is cut into segments.

    ``kind`` SENTENCE stands for a paragraph; ``part_of`` is the path of the fact that the block was read from, if any.
    ``level`` is that of a heading (1 to 6), or how deep a list is nested (1 = not). ``dropped``: why it is no part of the
    posting, if it is none.
    """

    body: MappedText
    kind: Kind = Kind.SENTENCE
    level: int = 0
    part_of: str | None = None
    dropped: Dropped | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """The smallest addressable piece of cleaned text.

    ``block`` is the same for the sentences of one paragraph and differs from block to block. ``list`` is the same
    for all items of one list, and None for what is no item. ``key_end`` is where the name of a field ends (0: no field).
    ``dropped``: why it is no part of the posting; such a segment is a whole block, not cut any further.
    """

    number: int
    kind: Kind
    body: MappedText
    block: int
    level: int = 0
    list: int | None = None
    key_end: int = 0
    part_of: str | None = None
    dropped: Dropped | None = None

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


def _nothing() -> tuple[Block, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What a cleaner answers: blocks in reading order, facts, and the names of the steps that changed something.

    ``dropped`` makes the blocks that are no part of the posting: a page has many, and they are seldom looked at.
    """

    blocks: tuple[Block, ...]
    facts: tuple[Fact, ...] = ()
    steps: tuple[str, ...] = ()
    dropped: Callable[[], tuple[Block, ...]] = field(default=_nothing, compare=False)


@dataclass(frozen=True)
class CleanDocument:
    """A document after cleaning: its segments, numbered from 0 in reading order, and its facts.

    ``dropped_blocks`` makes what was dropped; ``dropped`` is the same as segments.
    """

    source: Source
    format: str
    segments: tuple[Segment, ...]
    facts: tuple[Fact, ...] = ()
    steps: tuple[str, ...] = ()
    dropped_blocks: Callable[[], tuple[Block, ...]] = field(default=_nothing, compare=False, repr=False)

    @cached_property
    def dropped(self) -> tuple[Segment, ...]:
        """The segments that are no part of the posting, each with its reason, in the order of the source.

        They are numbered on from the others, so that a reference can name them. Made when they are first asked for.
        """
        blocks = sorted(self.dropped_blocks(), key=lambda block: block.body.spans[:1])
        first = len(self.segments)
        last_block = self.segments[-1].block + 1 if self.segments else 0
        return tuple(
            Segment(first + at, block.kind, block.body, last_block + at, block.level, dropped=block.dropped)
            for at, block in enumerate(blocks)
        )

    def segment(self, number: int) -> Segment | None:
        """The segment of that number, dropped or not; None where there is none."""
        if 0 <= number < len(self.segments):
            return self.segments[number]
        left = number - len(self.segments)
        return self.dropped[left] if number >= 0 and left < len(self.dropped) else None

    @property
    def text(self) -> str:
        """The cleaned text, a segment a paragraph; headings begin with "# " and items with "- "."""
        marks = {Kind.HEADING: "# ", Kind.ITEM: "- "}
        return "\n\n".join(marks.get(segment.kind, "") + segment.text for segment in self.segments)

    @property
    def repairs(self) -> tuple[tuple[Span, str], ...]:
        """The places of the source that were damaged, each with what it was read as."""
        return tuple(
            (piece.source, segment.text[piece.at : stop])
            for segment in self.segments
            for piece, stop in zip(segment.body.pieces, segment.body.stops, strict=True)
            if piece.origin is Origin.REPAIR
        )

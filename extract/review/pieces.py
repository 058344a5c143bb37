"""Spans that may overlap, cut into pieces that do not: what an element can be put around."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from extract.cleaning.document import Span

FOLDED = 5_000
"""Characters without evidence, from which on a stretch of the source is folded."""
_CONTEXT = 300  # characters around evidence that are never folded
_REACH = 500  # how far a fold gives way to begin or end with a line


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the source that the same fields claim: ``depth`` of them; ``opens`` where a span of one begins with it."""

    start: int
    end: int
    depth: int
    opens: bool


@dataclass(frozen=True, slots=True)
class Cut:
    """The pieces of a source in order, and for each field the ranges (first, last) of the pieces that are its own.

    Ranges, not lists: many fields that claim the whole source would make as many numbers as their square.
    """

    pieces: tuple[Piece, ...]
    ranges: tuple[tuple[tuple[int, int], ...], ...]


def cut(claims: Sequence[Iterable[Span]], length: int) -> Cut:
    """The spans of each field as pieces of a source of that length; what lies outside of it is left out.

    >>> cut([[Span(0, 19)], [Span(0, 6)], [Span(8, 19)]], 40).ranges
    (((0, 2),), ((0, 0),), ((2, 2),))
    """
    merged = [_merged(spans, length) for spans in claims]
    opened = {span.start for spans in merged for span in spans}
    bounds = sorted(opened | {span.end for spans in merged for span in spans})
    steps = [0] * len(bounds)
    for span in (span for spans in merged for span in spans):
        steps[bisect_left(bounds, span.start)] += 1
        steps[bisect_left(bounds, span.end)] -= 1
    depths = list(accumulate(steps))
    pieces = [
        Piece(start, end, depth, start in opened) for (start, end), depth in zip(pairwise(bounds), depths, strict=False) if depth
    ]
    starts = [piece.start for piece in pieces]
    ranges = (tuple((bisect_left(starts, start), bisect_left(starts, end) - 1) for start, end in spans) for spans in merged)
    return Cut(tuple(pieces), tuple(ranges))


def _merged(spans: Iterable[Span], length: int) -> list[Span]:
    """The spans of one field in order, inside of the source, and without overlap."""
    merged: list[Span] = []
    for start, end in sorted((max(0, start), min(end, length)) for start, end in spans):
        if start >= end:
            continue
        if merged and start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(end, merged[-1].end))
        else:
            merged.append(Span(start, end))
    return merged


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the source as the page shows it: a piece by its number, a fold, or plain text."""

    start: int
    end: int
    piece: int | None = None
    folded: bool = False


def stretches(source: str, pieces: Sequence[Piece]) -> Iterator[Stretch]:
    """The whole source in order, without gap or overlap."""
    at = 0
    for number, piece in enumerate(pieces):
        yield from _between(source, at, piece.start)
        yield Stretch(piece.start, piece.end, piece=number)
        at = piece.end
    yield from _between(source, at, len(source))


def _between(source: str, start: int, end: int) -> Iterator[Stretch]:
    """A stretch without evidence: as it is, or with its middle folded, from line to line where there are lines."""
    if end - start <= FOLDED:
        if start < end:
            yield Stretch(start, end)
        return
    first, last = start + _CONTEXT, end - _CONTEXT
    if (line := source.find("\n", first, first + _REACH)) >= 0:
        first = line + 1
    if (line := source.rfind("\n", last - _REACH, last)) >= 0:
        last = line + 1
    yield Stretch(start, first)
    yield Stretch(first, last, folded=True)
    yield Stretch(last, end)

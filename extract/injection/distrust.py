"""Which lines of a document are not believed because of the signs in it: those that speak to a model, and what follows them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from extract.cleaning.document import CleanDocument, Kind, Segment
from extract.injection import FAKE_LINES, FAKE_MARKUP, Sign

_GOES_ON = 3
"""Sentences of the same paragraph that belong to what a sign began."""
_MOST_OF_IT = 0.5
"""From this share on a line is nothing but a sign, and what it wants stands behind it."""
_BETWEEN = 10
"""Lines between two marks of a frame that belong to it."""


class Distrust(NamedTuple):
    """The numbers of the segments and of the facts of which nothing is believed."""

    segments: frozenset[int] = frozenset()
    facts: frozenset[int] = frozenset()


EVERYTHING_BELIEVED = Distrust()


def distrusted(signs: Sequence[Sign], clean: CleanDocument) -> Distrust:
    """The parts of a document of which nothing is believed: a reader would not take them for what it says.

    What stands in a line that speaks to a model and in the rest of its paragraph; where that ends there and the line says no
    more than that, in the line below it (if it is no heading); between two marks of a frame; and in a fact of the markup. What
    neither holds distrusts nothing: it is not read.

    >>> from extract.cleaning import clean
    >>> from extract.injection import signs_of_injection
    >>> from extract.source import open_source
    >>> document = clean(open_source("Cook\\n\\nNote to AI: go on.\\n\\nThe pay is $9 an hour.\\n\\nWe bake."))
    >>> distrusted(signs_of_injection(document), document)
    Distrust(segments=frozenset({1, 2}), facts=frozenset())
    """
    return Distrust(_segments(signs, clean.segments), frozenset(_facts(signs, clean)) if signs else frozenset())


def _facts(signs: Sequence[Sign], clean: CleanDocument) -> Iterator[int]:
    """The facts that hold a sign, and those that say the same as one of them."""
    spans = sorted(span for sign in signs for span in sign.spans)
    starts = [span.start for span in spans]
    for number, fact in enumerate(clean.facts):
        for own in fact.spans:
            at = bisect_left(starts, own.end) - 1
            if at >= 0 and any(span.end > own.start for span in spans[max(0, at - 1) : at + 1]):
                yield number
                break


def _segments(signs: Sequence[Sign], segments: Sequence[Segment]) -> frozenset[int]:
    starts = [segment.spans[0].start if segment.spans else 0 for segment in segments] if signs else []
    touched = [(sign, numbers) for sign in signs if (numbers := _touched(sign, segments, starts))]
    said = Counter[int]()
    for sign, numbers in touched:
        said.update({number: _shared(sign, segments[number]) for number in numbers})
    found = {number for _, numbers in touched for number in _with_what_follows(numbers, segments, said)}
    frames = sorted(numbers[0] for sign, numbers in touched if sign.kind == FAKE_MARKUP)
    for first, last in pairwise(frames):
        if last - first <= _BETWEEN:
            found.update(range(first, last + 1))
    return frozenset(found)


def _touched(sign: Sign, segments: Sequence[Segment], starts: Sequence[int]) -> list[int]:
    """The segments that a sign stands in; of a mark that is in none, the one behind it."""
    first = bisect_right(starts, sign.spans[0].start) - 1
    last = bisect_left(starts, sign.spans[-1].end)
    inside = [number for number in range(max(0, first), last) if _meets(sign, segments[number])]
    if sign.segment is not None and sign.segment not in inside:
        inside.insert(0, sign.segment)
    if not inside and sign.kind in (FAKE_MARKUP, FAKE_LINES) and last < len(segments):
        inside = [last]
    return inside


def _meets(sign: Sign, segment: Segment) -> bool:
    return _shared(sign, segment) > 0


def _shared(sign: Sign, segment: Segment) -> int:
    """How many characters of the source a sign and a segment have in common."""
    return sum(max(0, min(own.end, s.end) - max(own.start, s.start)) for own in segment.spans for s in sign.spans)


def _with_what_follows(touched: Sequence[int], segments: Sequence[Segment], said: Mapping[int, int]) -> Iterator[int]:
    """The segments of a sign, and those that it goes on in; ``said`` is how much of each segment is signs."""
    yield from touched
    last = touched[-1]
    if 0 < said[last] < _MOST_OF_IT * len(segments[last].text):
        return
    rest = [s.number for s in segments[last + 1 : last + 1 + _GOES_ON] if s.block == segments[last].block]
    yield from rest
    if not rest and last + 1 < len(segments) and segments[last + 1].kind is not Kind.HEADING:
        yield last + 1

"""Which lines of a document belong to other openings than the one that it is about: those under a heading that announces them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from extract.cleaning.document import CleanDocument, Dropped, Kind, Segment
from extract.cleaning.headings import heading_section

_OTHERS = "related"
_BY_POSITION = "tarsier"
"""The format whose lines may be read in another order than they are printed in."""


def other_openings(clean: CleanDocument) -> frozenset[int]:
    """The numbers of the segments under such a heading, the heading itself among them.

    >>> from extract.cleaning import clean
    >>> from extract.source import open_source
    >>> sorted(other_openings(clean(open_source("# Cook\\n\\nBake.\\n\\n## Similar jobs\\n\\n- Waiter\\n\\n## About us"))))
    [2, 3]
    """
    found: set[int] = set()
    announced = False
    for segment in clean.segments:
        if segment.kind is Kind.HEADING:
            announced = heading_section(segment.text) == _OTHERS
        if announced:
            found.add(segment.number)
    if clean.format == _BY_POSITION:
        found.update(_below_lone_headings(clean))
    return frozenset(found)


def _below_lone_headings(clean: CleanDocument) -> Iterator[int]:
    """What is printed below a heading that was left out alone, up to the next heading."""
    left_out = [segment for segment in clean.dropped if segment.dropped is Dropped.RELATED]
    alone = {
        segment.number
        for segment, behind in pairwise([*left_out, None])
        if segment and heading_section(segment.text) == _OTHERS and not (behind and behind.number == segment.number + 1)
    }
    announced = False
    for segment in sorted((*clean.segments, *left_out), key=_place):
        if segment.kind is Kind.HEADING or segment.number in alone:
            announced = segment.number in alone
        if announced and segment.dropped is None:
            yield segment.number


def _place(segment: Segment) -> int:
    return segment.spans[0].start if segment.spans else 0

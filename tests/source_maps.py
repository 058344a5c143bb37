"""What holds for the map of every cleaned document back to its source."""

from __future__ import annotations

from itertools import pairwise

from extract.cleaning.document import CleanDocument, Origin, Segment


def check(document: CleanDocument) -> None:
    """Of all that is kept and all that was dropped."""
    for segment in (*document.segments, *document.dropped):
        check_segment(segment, document.source.text)


def check_segment(segment: Segment, text: str) -> None:
    """Spans are inside of the text and in order, and what was copied is spelled as there."""
    assert all(0 <= start < end <= len(text) for start, end in segment.spans)
    assert all(a.end < b.start for a, b in pairwise(segment.spans))
    for piece, stop in zip(segment.body.pieces, segment.body.stops, strict=True):
        if piece.origin is Origin.COPY:
            assert text[piece.source.start : piece.source.end] == segment.text[piece.at : stop]

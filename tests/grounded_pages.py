"""Pages, and answers about them that are grounded in their lines."""

from __future__ import annotations

from extract.cleaning import clean
from extract.cleaning.document import CleanDocument, Scalar
from extract.engines.base import DraftValue, TextReference
from extract.source import Format, open_source


def page(text: str, format: Format = Format.TEXT) -> CleanDocument:
    """A document of which the first segment is a line of the text."""
    return clean(open_source(text), format=format)


def drafted(document: CleanDocument, quote: str, value: Scalar, *, inferred: bool = False) -> DraftValue:
    """The value with a reference to the first place of the quote."""
    for segment in document.segments:
        if (at := segment.text.find(quote)) >= 0:
            return DraftValue(value, (TextReference(segment.number, at, at + len(quote)),), inferred)
    raise AssertionError(f"{quote!r} stands in no segment")

"""An engine that answers fixed values, and what the checks say of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from extract.cleaning.document import CleanDocument, Scalar
from extract.engines.base import Draft, DraftValue, FactReference, Origin, TextReference
from extract.finding import find_words
from extract.result import Extraction, Severity


class Fixed:
    """An engine that answers each value with the line that holds its quote, or with the fact of that path."""

    name, origin = "fixed", Origin()

    def __init__(self, values: Mapping[str, tuple[Scalar, str]]) -> None:
        self.values = values

    def fill(self, clean: CleanDocument) -> Draft:
        return Draft(
            {path: DraftValue(value, (self._place(value, quote, clean),)) for path, (value, quote) in self.values.items()}
        )

    @staticmethod
    def _place(value: Scalar, quote: str, clean: CleanDocument) -> TextReference | FactReference:
        for number, fact in enumerate(clean.facts):
            if fact.path == quote:
                return FactReference(number, 0, len(fact.body))
        segments = (*clean.segments, *clean.dropped)
        segment = next(segment for segment in segments if quote in segment.text)
        return TextReference(segment.number, *(find_words(str(value), segment.text) or (0, len(segment.text))))


def told(found: Extraction[Any], severity: Severity = Severity.ERROR) -> list[tuple[str, str]]:
    """Codes and paths of the issues of a severity."""
    return [(issue.code, issue.path) for issue in found.issues if issue.severity is severity]

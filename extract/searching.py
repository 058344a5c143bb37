"""Where else a document states a value, when it does not stand where the engine says: the nearest place of the right section.

A text, a date, an address or a number to call is looked for in the whole document. What says something only beside its
neighbours (an amount, a currency, a country, a choice, a truth value) is looked for right beside them alone: somewhere in a
document every number stands. Other openings are never looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from extract.cleaning.document import CleanDocument, Kind, Scalar, Segment
from extract.engines.base import FactReference, TextReference
from extract.fields import Leaf
from extract.finding import alike, find_folded, find_repaired, find_words
from extract.openings import other_openings
from extract.readers import Conventions
from extract.readers.countries import find_countries
from extract.readers.dates import order_of_days
from extract.readers.denial import is_denied
from extract.readers.stating import is_read_by_type, readings
from extract.result import Status

NEAR = 2
"""How many lines away what needs its neighbours may stand."""
MOST_READ = 400
"""Lines that a typed reader looks at for one value, the nearest first."""
MOST_PLACES = 20
"""Places of one value that are told apart."""

_ANYWHERE = frozenset({"date", "moment", "email", "phone", "url", "employment_type", "workplace", "education"})
"""Readers of values that say by themselves what they are."""
_ADDRESSES = ("https://", "http://")


class Place(NamedTuple):
    """Where a document states a value, and how; ``value`` is how a text that is copied stands there."""

    status: Status
    reference: TextReference | FactReference
    value: Scalar


def is_printed(leaf: Leaf) -> bool:
    """Whether values of a leaf stand in the text as they are, and no reader has to tell what they are."""
    if leaf.reader is not None:
        return leaf.reader == "region"
    return not leaf.choices and not is_read_by_type(leaf)


@dataclass(frozen=True)
class Search:
    """Looks values up in one document, but not in the lines that are ``distrusted``."""

    clean: CleanDocument
    conventions: Conventions = field(default=Conventions())
    distrusted: frozenset[int] = frozenset()

    def places(self, value: Scalar, leaf: Leaf, near: Sequence[int]) -> list[Place]:
        """The places that state a value, the best first: in the strictest way, and nearest to the lines in ``near``."""
        if leaf.reader == "language":
            return list(self._language(value, leaf))
        ways = (self._printed, self._read, self._folded, self._repaired) if not leaf.verbatim else (self._printed,)
        for way in ways:
            found = [place for _, place in zip(range(MOST_PLACES), way(value, leaf, self._lines(leaf, near)), strict=False)]
            if found:
                return sorted(found, key=lambda place: self._distance(place, near))
        return list(self._facts(value, leaf))

    def heading(self, number: int) -> str:
        """The text of the heading above a line; empty where there is none."""
        return self._headings[number] if 0 <= number < len(self._headings) else ""

    @cached_property
    def _headings(self) -> list[str]:
        above, found = "", []
        for segment in self.clean.segments:
            above = segment.text if segment.kind is Kind.HEADING else above
            found.append(above)
        return found

    @cached_property
    def _own(self) -> tuple[Segment, ...]:
        """The lines that can be believed and do not belong to other openings."""
        left_out = self.distrusted | other_openings(self.clean)
        return tuple(segment for segment in self.clean.segments if segment.number not in left_out)

    @cached_property
    def _text(self) -> str:
        return " ".join(alike(segment.text) for segment in self._own)

    def _lines(self, leaf: Leaf, near: Sequence[int]) -> Sequence[Segment]:
        """The lines that may state a value, the nearest first where there are any to be near to."""
        if is_printed(leaf) or leaf.verbatim or leaf.reader in _ANYWHERE or self._is_day(leaf):
            return sorted(self._own, key=lambda segment: _gap(segment.number, near)) if near else self._own
        return sorted(
            (segment for segment in self._own if near and _gap(segment.number, near) <= NEAR),
            key=lambda segment: _gap(segment.number, near),
        )

    @staticmethod
    def _is_day(leaf: Leaf) -> bool:
        return leaf.reader is None and getattr(leaf.annotation, "__module__", "") == "datetime"

    def _printed(self, value: Scalar, leaf: Leaf, lines: Sequence[Segment]) -> Iterator[Place]:
        """As it is, but for white space, quotes and dashes."""
        if not (isinstance(value, str) and (leaf.verbatim or is_printed(leaf)) and find_words(value, self._text)):
            return
        for segment in lines:
            at = 0
            while place := find_words(value, segment.text, at):
                at = place[1]
                if not is_denied(segment.text, *place):
                    part = segment.body[place[0] : place[1]]
                    status = Status.REPAIRED if part.repaired else Status.QUOTED
                    yield Place(status, TextReference(segment.number, *place), part.text if leaf.verbatim else value)

    def _read(self, value: Scalar, leaf: Leaf, lines: Sequence[Segment]) -> Iterator[Place]:
        """By a typed reader; what it is not certain of states nothing."""
        for segment in lines[:MOST_READ]:
            for found in readings(segment.text, value, leaf, self.conventions):
                if found.certain and not is_denied(segment.text, found.start, found.end):
                    status = Status.QUOTED if segment.text[found.start : found.end] == value else Status.NORMALISED
                    yield Place(status, TextReference(segment.number, found.start, found.end), value)

    def _folded(self, value: Scalar, leaf: Leaf, lines: Sequence[Segment]) -> Iterator[Place]:
        """In other capitals, with other accents or punctuation."""
        if isinstance(value, str) and is_printed(leaf) and leaf.reader is None:
            for segment in lines:
                if (place := find_folded(value, segment.text)) and not is_denied(segment.text, *place):
                    yield Place(Status.NORMALISED, TextReference(segment.number, *place), value)

    def _repaired(self, value: Scalar, leaf: Leaf, lines: Sequence[Segment]) -> Iterator[Place]:
        """With the damage that OCR does."""
        if isinstance(value, str) and is_printed(leaf) and leaf.reader is None:
            for segment in lines:
                if (place := find_repaired(value, segment.text)) and not is_denied(segment.text, *place):
                    yield Place(Status.REPAIRED, TextReference(segment.number, *place), value)

    def _facts(self, value: Scalar, leaf: Leaf) -> Iterator[Place]:
        """A fact that says just the value, or an address that holds its words, as that of a page holds its title."""
        if not (isinstance(value, str) and is_printed(leaf)) or leaf.verbatim:
            return
        words, held = value.split(), list[Place]()
        for number, fact in enumerate(self.clean.facts):
            text = fact.body.text
            if text.split() == words != []:
                yield Place(Status.FACT, FactReference(number, 0, len(text)), value)
            elif len(words) > 1 and text.startswith(_ADDRESSES) and (place := find_folded(value, text)):
                held.append(Place(Status.NORMALISED, FactReference(number, *place), value))
        yield from held

    def _language(self, value: Scalar, leaf: Leaf) -> Iterator[Place]:
        """The longest line says what language a document is in."""
        longest = max(self._own, key=lambda segment: len(segment.text), default=None)
        if longest:
            for found in readings(longest.text, value, leaf):
                yield Place(Status.NORMALISED, TextReference(longest.number, found.start, found.end), value)

    @staticmethod
    def _distance(place: Place, near: Sequence[int]) -> int:
        return _gap(place.reference.segment, near) if isinstance(place.reference, TextReference) else 0


def _gap(number: int, near: Sequence[int]) -> int:
    return min((abs(number - other) for other in near), default=0)


def conventions_of(clean: CleanDocument, countries: Sequence[str]) -> Conventions:
    """How a document means its figures: by its dates, by the countries that it is about, by its language."""
    text = "\n".join(segment.text for segment in clean.segments)
    longest = max((segment.text for segment in clean.segments), key=len, default="")
    named = set(countries) or {found.value for segment in clean.segments for found in find_countries(segment.text)}
    country = named.pop() if len(named) == 1 else None
    return Conventions(day_first=order_of_days(text.lower(), countries=countries, passage=longest), country=country)

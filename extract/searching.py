"""Where else a document states a value, when it does not stand where the engine says: the nearest place of the right section.

A text is looked for in the whole document; a date, an address or a number to call in those lines that can hold one, the
MOST_READ nearest to the one that was named, or the first. What says something only beside its neighbours (an amount, a
currency, a country, a choice, a truth value) is looked for right beside them alone: somewhere in a document every number
stands. Other openings are never looked at.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from heapq import nsmallest
from itertools import accumulate, islice
from typing import NamedTuple

from extract.cleaning.document import CleanDocument, Kind, Scalar
from extract.engines.base import FactReference, TextReference
from extract.fields import Leaf
from extract.finding import alike, find_all_words, find_folded, find_repaired, find_words, skeleton
from extract.injection.distrust import EVERYTHING_BELIEVED, Distrust
from extract.openings import other_openings
from extract.readers import Conventions, Locate, Stated, remembering
from extract.readers.countries import find_countries
from extract.readers.dates import order_of_days
from extract.readers.denial import is_denied
from extract.readers.gazetteer import fold
from extract.readers.stating import is_read_by_type, reader_of, readings, same_value
from extract.result import Status

NEAR = 2
"""How many lines away what needs its neighbours may stand."""
MOST_READ = 2000
"""Lines that a typed reader looks at for one value, the nearest first, of those that can hold such a value at all."""
MOST_PLACES = 1000
"""Places of one value that are looked at in one way."""
MOST_SEARCHED = 200_000_000
"""Characters that are looked through for the values of one document."""

_ANYWHERE = frozenset({"date", "moment", "email", "phone", "url", "employment_type", "workplace", "education"})
"""Readers of values that say by themselves what they are."""
_HINTS = {"date": r"\d", "moment": r"\d", "phone": r"\d", "email": "@", "url": r"://|www\."}
"""What a line has that such a reader reads anything in."""
_ADDRESSES = ("https://", "http://")
Line = tuple[int, str]


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
    """Looks values up in one document, but not in what is in ``distrust``."""

    clean: CleanDocument
    conventions: Conventions = field(default=Conventions())
    distrust: Distrust = EVERYTHING_BELIEVED
    _looked_through: Counter[str] = field(default_factory=Counter, init=False)
    _locate: Locate = field(default_factory=remembering, init=False)

    def places(self, value: Scalar, leaf: Leaf, near: Sequence[int]) -> list[Place]:
        """The places that state a value, the best first: in the strictest way, and nearest to the lines in ``near``."""
        if leaf.reader == "language":
            return list(self._language(value, leaf))
        close = sorted(set(near))
        for way in (self._printed,) if leaf.verbatim else (self._printed, self._read, self._folded, self._repaired):
            found = list(islice(way(value, leaf, close), MOST_PLACES)) if self._goes_on() else []
            if found:
                return sorted(found, key=lambda place: _distance(place, close))
        return list(self._facts(value, leaf))

    def is_said_by_the_distrusted(self, value: Scalar, leaf: Leaf) -> bool:
        """Whether what is not believed says a value, in any way in which a document can."""
        bodies = [self.clean.segments[number].text for number in sorted(self.distrust.segments)]
        bodies += [self.clean.facts[number].body.text for number in sorted(self.distrust.facts)]
        if len(bodies) > MOST_READ:  # a document that is nothing but that
            return True
        if isinstance(value, str) and is_printed(leaf):
            return any(find(value, text) for text in bodies for find in (find_words, find_folded, find_repaired))
        return any(
            next(self._readings(text, value, leaf), None)
            or any(same_value(read.value, value) for read in self._locate("figure", text, self.conventions))
            for text in bodies
        )

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
    def _own(self) -> tuple[Line, ...]:
        """The lines that can be believed and do not belong to other openings, by number."""
        left_out = self.distrust.segments | other_openings(self.clean)
        return tuple((segment.number, segment.text) for segment in self.clean.segments if segment.number not in left_out)

    @cached_property
    def _text(self) -> str:
        return "\n".join(text for _, text in self._own)

    @cached_property
    def _alike_text(self) -> str:
        return alike(self._text)

    @cached_property
    def _spaced_text(self) -> str:
        return " ".join(self._alike_text.split())

    @cached_property
    def _starts(self) -> list[int]:
        """Where each line begins in the text."""
        return [0, *accumulate(len(text) + 1 for _, text in self._own)]

    @cached_property
    def _folded_text(self) -> str:
        return "\n".join(f" {fold(text)} " for _, text in self._own)

    @cached_property
    def _skeleton(self) -> str:
        return "\n".join(skeleton(text) for _, text in self._own)

    def _goes_on(self) -> bool:
        """Whether there is time for one more look at the document."""
        self._looked_through["characters"] += len(self._text)
        return self._looked_through["characters"] <= MOST_SEARCHED

    def _printed(self, value: Scalar, leaf: Leaf, _near: Sequence[int]) -> Iterator[Place]:
        """As it is, but for white space, quotes and dashes."""
        if not (isinstance(value, str) and (leaf.verbatim or is_printed(leaf))):
            return
        if " ".join(alike(value).split()) not in self._spaced_text:  # much quicker than what finds whole words
            return
        for start, end in islice(find_all_words(value, self._alike_text), MOST_PLACES):
            index = bisect_right(self._starts, start) - 1
            number, text = self._own[index]
            place = (start - self._starts[index], end - self._starts[index])
            if place[1] <= len(text) and not is_denied(text, *place):
                part = self.clean.segments[number].body[place[0] : place[1]]
                status = Status.REPAIRED if part.repaired else Status.QUOTED
                yield Place(status, TextReference(number, *place), part.text if leaf.verbatim else value)

    def _read(self, value: Scalar, leaf: Leaf, near: Sequence[int]) -> Iterator[Place]:
        """By a typed reader; what it is not certain of states nothing."""
        for number, text in self._readable(leaf, near):
            for found in self._readings(text, value, leaf):
                if found.certain and not is_denied(text, found.start, found.end):
                    status = Status.QUOTED if text[found.start : found.end] == value else Status.NORMALISED
                    yield Place(status, TextReference(number, found.start, found.end), value)

    def _readings(self, text: str, value: Scalar, leaf: Leaf) -> Iterator[Stated]:
        return readings(text, value, leaf, self.conventions, locate=self._locate)

    def _readable(self, leaf: Leaf, near: Sequence[int]) -> Sequence[Line]:
        """The lines that a typed reader may look at: all that can hold such a value, or those beside what belongs to it."""
        reader = reader_of(leaf)
        if reader in _ANYWHERE:
            hint = re.compile(_HINTS[reader]) if reader in _HINTS else None
            lines = [line for line in self._own if hint is None or hint.search(line[1])]
        else:
            lines = [line for line in self._own if near and _gap(line[0], near) <= NEAR]
        return nsmallest(MOST_READ, lines, key=lambda line: _gap(line[0], near)) if near else lines[:MOST_READ]

    def _folded(self, value: Scalar, leaf: Leaf, _near: Sequence[int]) -> Iterator[Place]:
        """In other capitals, with other accents or punctuation."""
        if isinstance(value, str) and is_printed(leaf) and leaf.reader is None and f" {fold(value)} " in self._folded_text:
            yield from self._found(find_folded, value, Status.NORMALISED)

    def _repaired(self, value: Scalar, leaf: Leaf, _near: Sequence[int]) -> Iterator[Place]:
        """With the damage that OCR does."""
        if isinstance(value, str) and is_printed(leaf) and leaf.reader is None and skeleton(value) in self._skeleton:
            yield from self._found(find_repaired, value, Status.REPAIRED)

    def _found(self, find: Callable[[str, str], tuple[int, int] | None], value: str, status: Status) -> Iterator[Place]:
        for number, text in self._own:
            if (place := find(value, text)) and not is_denied(text, *place):
                yield Place(status, TextReference(number, *place), value)

    def _facts(self, value: Scalar, leaf: Leaf) -> Iterator[Place]:
        """A fact that says just the value, or an address that holds its words, as that of a page holds its title."""
        if not (isinstance(value, str) and is_printed(leaf)) or leaf.verbatim:
            return
        words, held = value.split(), list[Place]()
        for number, fact in enumerate(self.clean.facts):
            text = fact.body.text if number not in self.distrust.facts else ""
            if text.split() == words != []:
                yield Place(Status.FACT, FactReference(number, 0, len(text)), value)
            elif len(words) > 1 and text.startswith(_ADDRESSES) and (place := find_folded(value, text)):
                held.append(Place(Status.NORMALISED, FactReference(number, *place), value))
        yield from held

    def _language(self, value: Scalar, leaf: Leaf) -> Iterator[Place]:
        """The longest line says what language a document is in."""
        number, text = max(self._own, key=lambda line: len(line[1]), default=(0, ""))
        for found in readings(text, value, leaf):
            yield Place(Status.NORMALISED, TextReference(number, found.start, found.end), value)


def _distance(place: Place, near: Sequence[int]) -> int:
    return _gap(place.reference.segment, near) if isinstance(place.reference, TextReference) else 0


def _gap(number: int, near: Sequence[int]) -> int:
    """How many lines there are to the nearest of these, which are in order; 0 where there is none."""
    at = bisect_left(near, number)
    return min((abs(number - other) for other in near[max(0, at - 1) : at + 1]), default=0)


def conventions_of(clean: CleanDocument, countries: Sequence[str]) -> Conventions:
    """How a document means its figures: by its dates, by the countries that it is about, by its language."""
    text = "\n".join(segment.text for segment in clean.segments)
    longest = max((segment.text for segment in clean.segments), key=len, default="")
    named = set(countries) or {found.value for segment in clean.segments for found in find_countries(segment.text)}
    country = named.pop() if len(named) == 1 else None
    return Conventions(day_first=order_of_days(text.lower(), countries=countries, passage=longest), country=country)

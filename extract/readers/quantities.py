"""Spans of time with their numbers, units and bounds: what durations and years of experience are read from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from extract.once import once
from extract.readers.reading import MOST, alternation
from extract.readers.spelled import number_words
from extract.vocabulary import load

_SHORT = 500  # characters of a line that is worth remembering
_REACH = 30  # characters before a span in which its bound ends


class Bound(StrEnum):
    """Which end of a span the text states."""

    EXACT = "exact"
    LOWER = "lower"  # "at least", "or more"
    UPPER = "upper"  # "up to", "maximum"


class Amount(NamedTuple):
    """A number of units (WEEK, MONTH or YEAR) at ``[start, end)``."""

    number: float
    unit: str
    start: int
    end: int


class Quantity(NamedTuple):
    """A span of time, or a range of spans, over ``[start, end)`` together with the word that bounds it."""

    low: Amount
    high: Amount | None
    bound: Bound
    start: int
    end: int


class _Words(NamedTuple):
    units: Mapping[str, str]
    numbers: Mapping[str, float]
    languages: Mapping[str, frozenset[str]]  # of units and of words for numbers
    span: re.Pattern[str]
    before: re.Pattern[str]
    behind: re.Pattern[str]
    lower: frozenset[str]
    hint: re.Pattern[str]


def _languages() -> dict[str, frozenset[str]]:
    """The languages in which a word is a number or a unit: "en mois" is no Swedish month."""
    spoken: dict[str, set[str]] = {}
    numbers = load("numbers")
    for name in ("words", "bound"):
        for language, words in numbers[name].items():
            for word in words:
                spoken.setdefault(word, set()).add(language[:2])
    for language, halves in load("durations")["half"]["words"].items():
        for word in halves:
            spoken.setdefault(word, set()).add(language)
    for language, units in load("durations")["unit"].items():
        for word in (word for words in units.values() for word in words):
            spoken.setdefault(word, set()).add(language)
    return {word: frozenset(languages) for word, languages in spoken.items()}


@once
def _words() -> _Words:
    table = load("durations")
    units = {word: unit for names in table["unit"].values() for unit, words in names.items() for word in words}
    unit = rf"{alternation(units)}(?!\w|-end)(?:\(s\))?"
    numbers = {**number_words(), **{word: half for halves in table["half"]["words"].values() for word, half in halves.items()}}
    number = rf"(?:[0-9]{{1,3}}(?:[.,][0-9]{{1,2}})?(?![0-9])|{alternation(numbers)}(?!\w)(?:\s?\([0-9]{{1,3}}\))?)"
    join = rf"(?:\s?[-–—~/]\s?|\s{alternation(table['range']['join'])}\s)"
    gap = rf"[\s-]{{0,2}}(?:{alternation(table['range']['between'])}\s)?"
    more = rf"\s{alternation(table['range']['more'])}(?!\w)"
    half = alternation(table["half"]["behind"]["words"])
    last = rf"(?P<high>{number})(?P<high_plus>\+|{more})?{gap}(?P<unit>{unit})(?P<half>\s{half}(?!\w))?"
    first = rf"(?P<low>{number})(?P<low_plus>\+)?(?:{gap}(?P<low_unit>{unit}))?"
    lower, upper = table["lower"], table["upper"]
    return _Words(
        units=units,
        numbers=numbers,
        languages=_languages(),
        span=re.compile(rf"(?<![\w.,/-])(?:{first}{join})?{last}"),
        before=re.compile(rf"(?<!\w){alternation([*lower['before'], *upper['before']])}\s?:?\s?\(?\Z"),
        behind=re.compile(rf"[\s,]{{0,2}}\(?{alternation([*lower['behind'], *upper['behind']])}(?!\w)"),
        lower=frozenset([*lower["before"], *lower["behind"]]),
        hint=re.compile(rf"[\s0-9)+-]{alternation(units.keys() - {'an'})}(?!\w)|[0-9n]\san(?!\w)"),  # "an" is English, too
    )


def lowered(text: str) -> str:
    """The text in lower case, of the same length: a letter whose lower case is longer stays as it is."""
    small = text.lower()
    return small if len(small) == len(text) else "".join(low if len(low := letter.lower()) == 1 else letter for letter in text)


def read_quantities(text: str) -> tuple[str, tuple[Quantity, ...]]:
    """The text in lower case, and the spans of time in weeks, months and years that it states, in order.

    >>> small, quantities = read_quantities("Sixteen (16) to twenty-four (24) weeks, 6 mois à 1 an, min. 3 Monate, 2+ years")
    >>> [(q.low.number, q.low.unit, q.high and q.high.number, str(q.bound)) for q in quantities]
    [(16.0, 'WEEK', 24.0, 'exact'), (6.0, 'MONTH', 1.0, 'exact'), (3.0, 'MONTH', None, 'lower'), (2.0, 'YEAR', None, 'lower')]
    """
    return _remembered(text) if len(text) <= _SHORT else _read(text)


def _read(text: str) -> tuple[str, tuple[Quantity, ...]]:
    words = _words()
    small = lowered(text)
    if not words.hint.search(small):
        return small, ()
    spans = islice(words.span.finditer(small), MOST)
    return small, tuple(quantity for match in spans if (quantity := _quantity(small, match, words)))


# Two readers look at each line of a document, one after the other.
_remembered = lru_cache(maxsize=512)(_read)


def _quantity(text: str, match: re.Match[str], words: _Words) -> Quantity | None:
    unit_word = match["unit"].removesuffix("(s)")
    whole = match["low"] and text[match.start("low") : match.end("high")] in words.numbers  # "two and a half" is no range
    first_end = "low" if whole else "high"
    high = _number(text[match.start(first_end) : match.end("high")], unit_word, words)
    if high is None:
        return None
    unit = words.units[unit_word]
    high += 0.5 if match["half"] else 0.0  # "two years and a half"
    last = Amount(high, unit, match.start(first_end), max(match.end("half"), match.end("unit")))
    named = match["low"] and not whole
    low = _number(match["low"], (match["low_unit"] or unit_word).removesuffix("(s)"), words) if named else None
    if low is None:
        return _bounded(text, last, None, plus=bool(match["high_plus"]))
    low_unit = words.units[match["low_unit"].removesuffix("(s)")] if match["low_unit"] else unit
    first = Amount(low, low_unit, match.start("low"), match.end("low_unit") if match["low_unit"] else match.end("unit"))
    if low_unit == unit and low >= high:
        return _bounded(text, last, None, plus=bool(match["high_plus"]))
    return _bounded(text, first, last, plus=False)


def _number(written: str, unit: str, words: _Words) -> float | None:
    """The value of figures or of a word; None for a word of another language than its unit."""
    if written[0].isdecimal():
        return float(written.replace(",", "."))
    word = " ".join(written.partition("(")[0].split())
    if not words.languages[word] & words.languages[unit]:
        return None
    return float(words.numbers[word])


def _bounded(text: str, low: Amount, high: Amount | None, *, plus: bool) -> Quantity:
    """The span with the word before or behind it that says which end it is."""
    end = (high or low).end
    if high:
        return Quantity(low, high, Bound.EXACT, low.start, end)
    if plus:
        return Quantity(low, None, Bound.LOWER, low.start, end)
    words = _words()
    base = max(0, low.start - _REACH)
    if before := words.before.search(text[base : low.start]):
        word = before[0].rstrip(" :(")
        return Quantity(low, None, Bound.LOWER if word in words.lower else Bound.UPPER, base + before.start(), end)
    if behind := words.behind.match(text, end):
        word = behind[0].strip(" ,(")
        return Quantity(low, None, Bound.LOWER if word in words.lower else Bound.UPPER, low.start, behind.end())
    return Quantity(low, None, Bound.EXACT, low.start, end)

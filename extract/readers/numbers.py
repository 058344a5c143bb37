"""Numbers of a text: figures in the notations of the world, and small numbers written as words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from itertools import islice
from typing import NamedTuple

from extract.once import once
from extract.readers.reading import MOST, Reading, alternation
from extract.readers.spelled import read_spelled
from extract.vocabulary import load

_DIGITS = re.compile("[0-9]++")
_SAME_IN_FIGURES = re.compile(r"\s?\(([0-9]{1,3})\)")  # "sixteen (16)"
_BLANK = " \u00a0\u202f\u2009'’"  # what separates thousands beside comma and point
_BLANKS = str.maketrans("", "", _BLANK)
# Every alternative ends where its notation ends; what follows may not go on as a number ("03.02.2025" holds none).
_NOTATION = rf"""
    (?>
        [0-9]{{1,3}}(?P<blank>[{_BLANK}])[0-9]{{3}}(?:(?P=blank)[0-9]{{3}}){{0,4}}(?![0-9])(?:[.,][0-9]{{1,2}}(?![0-9]))?
      | [0-9]{{1,3}}(?:,[0-9]{{3}}){{1,5}}(?![0-9])(?:\.[0-9]{{1,4}}(?![0-9]))?
      | [0-9]{{1,3}}(?:\.[0-9]{{3}}){{1,5}}(?![0-9])(?:,[0-9]{{1,4}}(?![0-9]))?
      | [0-9]{{1,2}}(?:,[0-9]{{2}}){{1,4}},[0-9]{{3}}(?![0-9])(?:\.[0-9]{{1,2}}(?![0-9]))?
      | [0-9]{{1,15}}(?![0-9])(?:[.,][0-9]{{1,6}}(?![0-9]))?
    )(?![.,]?[0-9])"""
# A currency code may touch its figure, and so may a letter of a script that has no blanks; any other word may not.
_BEFORE = r"(?:(?<![\w.,])|(?<=[A-Z]{3})(?<!\w[A-Z]{3}))"
_SIGN = re.compile(r"(?<![\w.,)])(?<![\d.,)]\s)[-−][$€£]?\Z")
_JOINT = r"\s?[$€£]?\s?(?:[-–—~]|(?:to|à|a|bis|et|and|und|y|och|og|till|til|až|do|tot|até|e|en)(?=\s))\s?[$€£]?\s?"


# An entity that nobody decoded: what stands on both sides of it may be one figure ("80&#8217;000"), so neither is read
_ENTITY_AFTER = re.compile(r"&(?:#|[A-Za-z]{2,10};)")
_ENTITY_BEFORE = re.compile(r"[0-9]&(?:#x?[0-9A-Fa-f]{0,6}|[A-Za-z]{2,10};|#x?[0-9A-Fa-f]{1,6};)\Z")


class Figure(NamedTuple):
    """A number in digits: ``value`` is ``plain`` times ``scale`` ("35k": 35000 = 35 * 1000), at ``[start, end)``."""

    value: Decimal
    plain: Decimal
    scale: int
    start: int
    end: int


@once
def _scales() -> Mapping[str, int]:
    tables = load("numbers")["scale"]
    return {word: int(scale) for table in tables.values() for scale, words in table.items() for word in words}


@once
def _figure() -> re.Pattern[str]:
    tables = load("numbers")["scale"]
    apart, joined = (alternation(word for words in tables[name].values() for word in words) for name in ("apart", "joined"))
    scale = rf"(?:(?P<scale>[ \u00a0\u202f]?{apart}|{joined})(?!\w))?"
    return re.compile(rf"{_BEFORE}(?P<plain>(?x:{_NOTATION})){scale}(?!\s?%)")


@once
def _joint() -> re.Pattern[str]:
    return re.compile(_JOINT)


def plain_value(notation: str) -> Decimal:
    """The value of a figure in any notation of thousands and decimals.

    One separator with three digits behind it means thousands, unless a zero stands before it.

    >>> [str(plain_value(n)) for n in ("1,234.56", "1.234,56", "1 234,56", "1'234", "12,00,000", "3.200", "0,475", "10.5")]
    ['1234.56', '1234.56', '1234.56', '1234', '1200000', '3200', '0.475', '10.5']
    """
    digits = notation.translate(_BLANKS)
    comma, point = digits.rfind(","), digits.rfind(".")
    last = max(comma, point)
    if last < 0:
        return Decimal(digits)
    alone = min(comma, point) < 0
    repeated = digits.count(digits[last]) > 1
    thousands = alone and len(digits) - last == 4 and digits[:last] != "0" and last <= 3 and len(digits) == len(notation)
    if repeated or thousands:
        return Decimal(digits.replace(",", "").replace(".", ""))
    whole = digits[:last].replace(",", "").replace(".", "")
    return Decimal(f"{whole}.{digits[last + 1 :]}")


def read_figures(text: str) -> list[Figure]:
    """The numbers that are written in digits, in order; percentages and parts of dates with points are none.

    Nor is what touches an entity that was not decoded: "80&#8217;000" says neither 80 nor 8217.

    >>> [(str(f.value), f.scale) for f in read_figures("£35k, 12 000 kr, 1.5 million, 03.02.2025, 401k, 30 %")]
    [('35000', 1000), ('12000', 1), ('1500000.0', 1000000)]
    """
    if not _DIGITS.search(text):
        return []
    scales, figure = _scales(), _figure()
    found: list[Figure] = []
    for digits in islice(_DIGITS.finditer(text), MOST):
        if found and digits.start() < found[-1].end:
            continue
        if not (match := figure.match(text, digits.start())) or _in_entity(text, digits.start(), match.end()):
            continue
        word = match["scale"]
        scale = scales[word.strip(" \u00a0\u202f")] if word else 1
        plain = plain_value(match["plain"])
        if scale == 1000 and plain in (401, 403):  # the American retirement plans, 401k and 403b
            continue
        found.append(Figure(plain * scale, plain, scale, match.start(), match.end()))
    return found


def _in_entity(text: str, start: int, end: int) -> bool:
    """Whether a figure stands right beside an undecoded entity that stands beside another one, or within one."""
    if _ENTITY_AFTER.match(text, end):
        return True
    return start > 0 and text[start - 1] in "#;x" and _ENTITY_BEFORE.search(text[max(0, start - 14) : start]) is not None


def shares_scale(text: str, low: Figure, high: Figure) -> bool:
    """Whether the two are a range of which only the end carries the "k" of both ("80-95k")."""
    if low.scale != 1 or high.scale == 1 or low.plain > high.plain:
        return False
    return _joint().fullmatch(text, low.end, high.start) is not None


def read_numbers(text: str) -> list[Reading[Decimal]]:
    """The numbers that the text states, in order, in digits or as words.

    In a range, "80-95k", both ends are thousands, and the reading of the first goes on to the "k".

    >>> [str(r.value) for r in read_numbers("sixteen (16) to twenty-four (24) weeks, 80-95k, 1 234,56 €")]
    ['16', '24', '80000', '95000', '1234.56']
    >>> [str(r.value) for r in read_numbers("fünf Tage, douze mois, tres, sexton, femten")]
    ['5', '12', '3', '16', '15']
    """
    figures = sorted([*read_figures(text), *spelled_figures(text)], key=lambda figure: figure.start)
    following = [*figures[1:], None]
    readings = []
    for figure, after in zip(figures, following, strict=False):
        if after and shares_scale(text, figure, after):
            readings.append(Reading(figure.plain * after.scale, figure.start, after.end))
        else:
            readings.append(Reading(figure.value, figure.start, figure.end))
    return _said_once(text, readings)


def read_signed(text: str) -> list[Reading[Decimal]]:
    """The numbers of a text as accounts write them: with their signs, and those that are percentages too.

    A dash between blanks, or one between two numbers, is no sign.

    >>> [str(r.value) for r in read_signed("-12,50 €; −€3; 19 %; 5-10; total - 7; Total -7")]
    ['-12.50', '-3', '19', '5', '10', '7', '-7']
    """
    readings = read_numbers(text.replace("%", " "))
    return [replace(r, value=-r.value) if _SIGN.search(text[max(0, r.start - 4) : r.start]) else r for r in readings]


def spelled_figures(text: str) -> list[Figure]:
    """The numbers that are written as words, as figures: "forty-four thousand" as 44 times a thousand.

    >>> [(str(figure.value), figure.scale) for figure in spelled_figures("between thirty-eight and forty-four thousand euros")]
    [('38', 1), ('44000', 1000)]
    """
    found = []
    for number in read_spelled(text):
        scale = 1000 if number.in_thousands else 1
        found.append(Figure(number.value, number.value / scale, scale, number.start, number.end))
    return found


def _said_once(text: str, readings: list[Reading[Decimal]]) -> list[Reading[Decimal]]:
    """The readings, of which a word and the same number in figures behind it ("sixteen (16)") are one."""
    kept: list[Reading[Decimal]] = []
    for reading in readings:
        before = kept[-1] if kept else None
        same = before and before.value == reading.value and _SAME_IN_FIGURES.fullmatch(text, before.end, reading.end + 1)
        if before and same and not text[before.start].isdecimal():
            kept[-1] = Reading(before.value, before.start, reading.end + 1)
        else:
            kept.append(reading)
    return kept

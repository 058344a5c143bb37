"""Dates that a text states in full, in the notations and languages of postings; nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from itertools import islice
from typing import NamedTuple

from extract.once import once
from extract.readers.language import read_language
from extract.readers.reading import MOST, Reading, alternation, proven
from extract.vocabulary import load

_DIGIT = re.compile("[0-9]")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}(?!\.?[0-9])(?<![0-9]{5})")
_LONGEST_DAY = 32  # characters from the day or the month to the year ("22nd of September de 2024")
_AFTER_YEAR = re.compile(r"(?P<sign>[-/.])(?P<month>[0-9]{1,2})(?P=sign)(?P<day>[0-9]{1,2})(?![0-9])")
_EAST_ASIAN = re.compile(r"\s?[年년]\s?(?P<month>[0-9]{1,2})\s?[月월]\s?(?P<day>[0-9]{1,2})\s?[日일]")
_NUMERIC = re.compile(r"(?<![0-9])(?<![0-9][./-])(?P<first>[0-9]{1,2})(?P<sign>[-/]|\.\s?)(?P<second>[0-9]{1,2})(?P=sign)\Z")
# Behind the name of a month, and at the end of what is said: not an hour, a number of people or the beginning of a range
_SHORT_YEAR = re.compile(r"[0-9]{2}(?<=[\s'’-][0-9]{2})(?=\s?(?:\Z|[^\w\s]))(?!\s?[-–—:%]|[.,][0-9])")
_FIGURES = re.compile(
    r"(?<![0-9./-])(?P<first>[0-9]{1,2})(?P<sign>[-/])(?P<second>[0-9]{1,2})(?P=sign)(?:19|20)[0-9]{2}(?![0-9])"
)
_YEAR_MARKS = "'’"


class _Words(NamedTuple):
    months: Mapping[str, int]
    day_month: re.Pattern[str]
    month_day: re.Pattern[str]
    month: re.Pattern[str]
    yearless: re.Pattern[str]
    ago: re.Pattern[str]
    ago_units: Mapping[str, int]
    posted: re.Pattern[str]
    posted_days: Mapping[str, int]


@once
def _months() -> dict[str, int]:
    """The number of each month by its names in lower case."""
    tables = load("dates")["months"].values()
    return {name: number for table in tables for number, names in enumerate(table, start=1) for name in names.split()}


class _Parts(NamedTuple):
    """Patterns of a day and a month in either order, without a year, and of a month; groups end in the suffix asked for."""

    day_month: str
    month_day: str
    month: str
    year_joint: str


def _parts(suffix: str = "") -> _Parts:
    joints = load("dates")["joints"]
    month = rf"(?P<month{suffix}>{alternation(_months())})(?!\w)\.?"
    ordinal = rf"(?:{alternation(joints['ordinals'])}(?!\w)|\.)?"
    joint = rf"(?:{alternation(joints['words'])}\s|d['’])"
    day = rf"(?<![0-9])(?<![0-9][.,:/])(?P<day{suffix}>[0-9]{{1,2}}){ordinal}"
    return _Parts(
        day_month=rf"{day}[\s-]{{0,2}}{joint}?{month}",
        month_day=rf"(?<!\w){month}[\s-]{{0,2}}{day}",
        month=month,
        year_joint=rf"(?:,?\s?-?|[\s,]{{1,2}}{joint})",
    )


@once
def _words() -> _Words:
    table = load("dates")
    parts, other = _parts(), _parts("_2")
    units = {unit: int(days) for days, words in table["ago_units"].items() for unit in words}
    number, unit = r"(?<![\w.,])([0-9]{1,3})", f"({alternation(units)})"
    phrases = [phrase.replace(" ", r"\s") for phrases in table["ago"].values() for phrase in phrases]
    ago = "|".join(phrase.replace("{n}", number).replace("{unit}", unit) for phrase in phrases)
    days = {word: int(n) for n in ("0", "1") for word in table["posted"][n]}
    return _Words(
        months=_months(),
        day_month=re.compile(rf"(?i){parts.day_month}{parts.year_joint}\Z"),
        month_day=re.compile(rf"(?i){parts.month_day}(?:,\s?|\s|-)\Z"),
        month=re.compile(rf"(?i)(?<!\w){parts.month}{parts.year_joint}\Z"),
        yearless=re.compile(rf"(?i)(?:{parts.day_month}|{other.month_day})(?![\w:])"),
        ago=re.compile(rf"(?i)(?<!\w)(?:{ago})(?!\w)"),
        ago_units=units,
        posted=re.compile(rf"(?i)(?<!\w){alternation(table['posted']['words'])}\s?:?\s?(?P<day>{alternation(days)})(?!\w)"),
        posted_days=days,
    )


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:  # no such day
        return None


def read_dates(text: str, *, day_first: bool | None = None, reference: date | None = None) -> list[Reading[date]]:
    """The full dates that the text states, in order. The time of day beside a date is not part of its reading.

    ``day_first`` tells how 03/04/2025 is meant; without it only figures that can be read one way are a date (15/03/2025).
    With points the day is first everywhere. ``reference`` is the day on which the text was current: with it, "15 March" is
    the nearest such day, and "3 days ago" a date; without it they are none. A year or a month alone is never a date.

    >>> def show(text, **known):
    ...     return [reading.value.isoformat() for reading in read_dates(text, **known)]
    >>> show("May 30, 2024; 20 January 2004; Jan-22-2024; 14 May 04; 2025-05-14T05:42:35.000Z; © 2023; February 2004")
    ['2024-05-30', '2004-01-20', '2024-01-22', '2004-05-14', '2025-05-14']
    >>> show("1er septembre 2024, 1. Juni 2024, 30 de abril de 2024, 2 februari 2019, 3. desember 2018, 1. září 2024")
    ['2024-09-01', '2024-06-01', '2024-04-30', '2019-02-02', '2018-12-03', '2024-09-01']
    >>> show("03.02.2025, 15/03/2025, 03/15/2025, 03/04/2025"), show("03/04/2025", day_first=False)
    (['2025-02-03', '2025-03-15', '2025-03-15'], ['2025-03-04'])
    >>> show("Posted 10 Days Ago, il y a 12 jours, from 15 March", reference=date(2024, 5, 30))
    ['2024-05-20', '2024-05-18', '2024-03-15']
    """
    if not (_DIGIT.search(text) or reference):
        return []

    def read(part: str) -> list[Reading[date]]:
        return _read_unproven(part, day_first=day_first, reference=reference)

    return proven(read(text), text, read)


def _read_unproven(text: str, *, day_first: bool | None, reference: date | None) -> list[Reading[date]]:
    found = [reading for year in islice(_YEAR.finditer(text), MOST) if (reading := _around_year(text, year, day_first=day_first))]
    found += _short_years(text)
    if reference:
        taken = list(found)
        found += [r for r in _yearless(text, reference) if not any(r.start < t.end and t.start < r.end for t in taken)]
        found += _relative(text, reference)
    return sorted(found, key=lambda reading: (reading.start, reading.end))


def _around_year(text: str, year: re.Match[str], *, day_first: bool | None) -> Reading[date] | None:
    """The date that a year of four figures belongs to."""
    number = int(year[0])
    if after := _AFTER_YEAR.match(text, year.end()) or _EAST_ASIAN.match(text, year.end()):
        value = _date(number, int(after["month"]), int(after["day"]))
        return Reading(value, year.start(), after.end()) if value else None
    base = max(0, year.start() - _LONGEST_DAY)
    left = text[base : year.start()]
    words = _words()
    if named := words.day_month.search(left) or words.month_day.search(left):
        value = _date(number, words.months[named["month"].lower()], int(named["day"]))
        return Reading(value, base + named.start(), year.end()) if value else None
    if figures := _NUMERIC.search(left):
        value = _numeric(figures, number, day_first=day_first)
        return Reading(value, base + figures.start(), year.end()) if value else None
    return None


def _numeric(figures: re.Match[str], year: int, *, day_first: bool | None) -> date | None:
    """A date in three figures, the year last, where it can be read in one way only."""
    first, second = int(figures["first"]), int(figures["second"])
    european = _date(year, second, first)
    american = None if figures["sign"].startswith(".") else _date(year, first, second)
    if european and american and european != american:
        return None if day_first is None else european if day_first else american
    return european or american


def _short_years(text: str) -> list[Reading[date]]:
    """Dates with a year of two figures, which count only behind a day and the name of a month ("14 May 04")."""
    found = []
    for year in islice(_SHORT_YEAR.finditer(text), MOST):
        base = max(0, year.start() - _LONGEST_DAY)
        if named := _words().day_month.search(text[base : year.start()].rstrip(_YEAR_MARKS)):
            number = 2000 + int(year[0]) - (100 if int(year[0]) > 69 else 0)
            value = _date(number, _words().months[named["month"].lower()], int(named["day"]))
            if value:
                found.append(Reading(value, base + named.start(), year.end()))
    return found


def _yearless(text: str, reference: date) -> list[Reading[date]]:
    """Days and months without a year: the nearest such day before or after the reference."""
    found = []
    for match in islice(_words().yearless.finditer(text), MOST):
        month = _words().months[(match["month"] or match["month_2"]).lower()]
        day = int(match["day"] or match["day_2"])
        near = [value for step in (-1, 0, 1) if (value := _date(reference.year + step, month, day))]
        if near:
            found.append(Reading(min(near, key=lambda value: abs(value - reference)), match.start(), match.end()))
    return found


def _relative(text: str, reference: date) -> list[Reading[date]]:
    """Days counted back from the reference."""
    words = _words()
    found = []
    for match in islice(words.ago.finditer(text), MOST):
        number, unit = (part for part in match.groups() if part)
        found.append(Reading(reference - timedelta(int(number) * words.ago_units[unit.lower()]), match.start(), match.end()))
    for match in islice(words.posted.finditer(text), MOST):
        days = words.posted_days[" ".join(match["day"].lower().split())]
        found.append(Reading(reference - timedelta(days), match.start(), match.end()))
    return found


def read_ambiguous_dates(text: str) -> list[Reading[tuple[date, date]]]:
    """The dates in figures that can be read in two ways, each with the day first and with the month first.

    >>> [tuple(map(str, found.value)) for found in read_ambiguous_dates("by 03/04/2026, not 25/12/2026, 03.04.2026 or 3/3/2026")]
    [('2026-04-03', '2026-03-04')]
    """
    if not _FIGURES.search(text):  # a quick look: most texts hold none
        return []
    return [
        Reading((european.value, american.value), european.start, european.end)
        for european in read_dates(text, day_first=True)
        for american in read_dates(text[european.start : european.end], day_first=False)
        if american.value != european.value
    ]


def day_comes_first(text: str) -> bool | None:
    """Whether the day stands first in the dates of a text, as those say that can be read in one way only; None if unknown.

    >>> day_comes_first("from 25/12/2025"), day_comes_first("from 12/25/2025"), day_comes_first("from 25.12.2025")
    (True, False, None)
    """
    firsts = set()
    for found in islice(_FIGURES.finditer(text), MOST):
        first, second = int(found["first"]), int(found["second"])
        if max(first, second) <= 31 and (first > 12) != (second > 12):
            firsts.add(first > 12)
    return firsts.pop() if len(firsts) == 1 else None


def order_of_days(lowered: str, *, countries: Collection[str], passage: str) -> bool | None:
    """Whether the day comes first in the dates of a document; None where nothing tells.

    By another date of its text in lower case, by the countries that it is about, by the language of its longest passage.

    >>> order_of_days("", countries=["US"], passage=""), order_of_days("", countries=["DE", "US"], passage="")
    (False, None)
    """
    by_figures = day_comes_first(lowered)
    if by_figures is not None:
        return by_figures
    if countries:
        table = load("dates")["figures"]
        ways = {None if code in table["either"] else code not in table["month_first"] for code in countries}
        return ways.pop() if len(ways) == 1 else None
    language = read_language(passage) if passage else None
    return True if language and language.value != "en" else None


def read_months(text: str) -> list[Reading[tuple[int, int]]]:
    """The months that the text states with their year but without a day, as (year, month).

    >>> [reading.value for reading in read_months("from February 2004, septembre 2024, 1 May 2004, ab Juni 2025")]
    [(2004, 2), (2024, 9), (2025, 6)]
    """
    found = []
    for year in islice(_YEAR.finditer(text), MOST):
        base = max(0, year.start() - _LONGEST_DAY)
        left = text[base : year.start()]
        words = _words()
        named = words.month.search(left)
        if named and not words.day_month.search(left) and not words.month_day.search(left):
            month = words.months[named["month"].lower()]
            found.append(Reading((int(year[0]), month), base + named.start(), year.end()))
    return found

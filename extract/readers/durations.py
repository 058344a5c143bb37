"""How long a job lasts, as a text states it, in weeks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from extract.readers.quantities import Amount, Bound, Quantity, lowered, read_quantities
from extract.readers.reading import Reading, proven, sentence, spoken
from extract.vocabulary import load

_WEEKS = {"WEEK": 1.0, "MONTH": 52 / 12, "YEAR": 52.0}
_BEFORE, _AFTER = 60, 40  # characters in which a word says what lasts so long
_LONGEST = {True: 5 * 52, False: 2 * 52}  # weeks: what is longer, and not plainly a contract, is a history or an experience


@dataclass(frozen=True, slots=True)
class Duration:
    """The shortest and the longest that a job lasts, with their places in the text that was read.

    An exact duration stands at both ends. ``of_job``: a word beside it says that it is the length of the job (internship,
    contract, duration); without one it is merely not plainly another time.
    """

    min: Reading[float] | None
    max: Reading[float] | None
    of_job: bool

    @property
    def min_weeks(self) -> float | None:
        return self.min.value if self.min else None

    @property
    def max_weeks(self) -> float | None:
        return self.max.value if self.max else None


class _Beginnings(NamedTuple):
    job: tuple[str, ...]
    other: frozenset[str]


@cache
def _beginnings() -> _Beginnings:
    table = load("durations")
    return _Beginnings(tuple(table["job"]["words"]), frozenset(table["no_job"]["words"]))


def weeks(amount: Amount) -> float:
    """An amount of time in weeks, to a tenth: a year has 52 of them, a month the twelfth part of that.

    >>> [weeks(Amount(n, "MONTH", 0, 0)) for n in (1, 2, 3, 6, 12)]
    [4.3, 8.7, 13.0, 26.0, 52.0]
    """
    return round(amount.number * _WEEKS[amount.unit], 1)


def read_durations(text: str) -> list[Reading[Duration]]:
    """The durations that may be that of the job, in order; experience, probation, notice, holidays and "within" are none.

    >>> def show(text):
    ...     return [(r.value.min_weeks, r.value.max_weeks, r.value.of_job) for r in read_durations(text)]
    >>> show("Our internships are sixteen (16) to twenty-four (24) weeks long"), show("12-month contract")
    ([(16.0, 24.0, True)], [(52.0, 52.0, True)])
    >>> show("Ce stage a une durée minimale de 12 semaines."), show("Stage de 4 à 6 mois")
    ([(12.0, None, True)], [(17.3, 26.0, True)])
    >>> show("Praktikum, mindestens 3 Monate"), show("befristet auf max. 6 Monate"), show("contrato de un año")
    ([(13.0, None, True)], [(None, 26.0, True)], [(52.0, 52.0, True)])
    >>> show("vikariat i 6 månader"), show("engasjement på to måneder"), show("stáž na 3 měsíce")
    ([(26.0, 26.0, True)], [(8.7, 8.7, True)], [(13.0, 13.0, True)])
    >>> show("5 years of experience; within 3 months; Probezeit von 6 Monaten")
    []
    """
    return proven(_read_unproven(text), text, _read_unproven, key=_values)


def _values(duration: Duration) -> tuple[float | None, float | None, bool]:
    return duration.min_weeks, duration.max_weeks, duration.of_job


def _read_unproven(text: str) -> list[Reading[Duration]]:
    small = lowered(text)
    return [reading for quantity in read_quantities(small) if (reading := _duration(text, small, quantity))]


def _duration(text: str, small: str, quantity: Quantity) -> Reading[Duration] | None:
    """The quantity as the length of a job, unless the nearest word makes it another time."""
    nearest: tuple[int, int, int] | None = None
    for distance, other, at, end in _said(text, small, quantity):
        if nearest is None or distance < nearest[0]:
            nearest = None if other and distance == 0 else (distance, at, -1 if other else end)
    if nearest and nearest[2] < 0:
        return None
    low, high = quantity.low, quantity.high or quantity.low
    if weeks(high) > _LONGEST[nearest is not None]:
        return None
    shortest = Reading(weeks(low), low.start, low.end)
    longest = Reading(weeks(high), high.start, high.end)
    value = Duration(
        None if quantity.bound is Bound.UPPER else shortest,
        None if quantity.bound is Bound.LOWER else longest,
        nearest is not None,
    )
    start, end = (min(quantity.start, nearest[1]), max(quantity.end, nearest[2])) if nearest else (quantity.start, quantity.end)
    return Reading(value, start, end)


def _said(text: str, small: str, quantity: Quantity) -> Iterator[tuple[int, bool, int, int]]:
    """The words around that decide: how far away, whether they make it another time than that of the job, and where."""
    words = _beginnings()
    start, end = sentence(text, quantity.start, quantity.end, reach=_BEFORE)
    for word, at, stop in spoken(small, start, quantity.start):
        if word in words.other or word.startswith(words.job):
            yield quantity.start - stop, word in words.other, at, stop
    for word, at, stop in spoken(small, quantity.end, min(end, quantity.end + _AFTER)):
        if word in words.other or word.startswith(words.job):
            yield at - quantity.end, word in words.other, at, stop

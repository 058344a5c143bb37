"""How long a job lasts, as a text states it, in weeks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from extract.once import once
from extract.readers.quantities import Amount, Bound, Quantity, read_quantities
from extract.readers.reading import Reading, openings, proven, sentence, spoken
from extract.vocabulary import load

_WEEKS = {"WEEK": 1.0, "MONTH": 52 / 12, "YEAR": 52.0}
_BEFORE, _AFTER = 60, 40  # characters in which a word says what lasts so long
_CLAUSE_END = re.compile("[,;]")
_RIGHT_BEFORE = 10  # characters between "within" and its span ("within the first 3 months")
_LONGEST = {True: 5 * 52, False: 2 * 52}  # weeks: what is longer, and not plainly a contract, is a history or an experience


@dataclass(frozen=True, slots=True)
class Duration:
    """The shortest and the longest that a job lasts, with their places in the text that was read.

    Both are weeks; an exact duration stands at both ends. ``of_job``: a word beside it says that it is the length of the
    job (internship, contract, duration); without one it is merely not plainly another time.
    """

    min_weeks: Reading[float] | None
    max_weeks: Reading[float] | None
    of_job: bool


class _Cues(NamedTuple):
    job: tuple[str, ...]
    job_words: frozenset[str]
    other: tuple[str, ...]
    other_words: frozenset[str]
    before: frozenset[str]
    behind: frozenset[str]
    pairs: frozenset[str]


@once
def _cues() -> _Cues:
    job, other = load("durations")["job"], load("durations")["no_job"]
    return _Cues(
        job=tuple(job["beginnings"]),
        job_words=frozenset(job["words"]),
        other=tuple(other["beginnings"]),
        other_words=frozenset(other["words"]),
        before=frozenset(other["before"]),
        behind=frozenset(other["behind"]),
        pairs=openings([*job["words"], *other["words"], *other["before"]]),
    )


def weeks(amount: Amount) -> float:
    """An amount of time in weeks, to a tenth: a year has 52 of them, a month the twelfth part of that.

    >>> [weeks(Amount(n, "MONTH", 0, 0)) for n in (1, 2, 3, 6, 12)]
    [4.3, 8.7, 13.0, 26.0, 52.0]
    """
    return round(amount.number * _WEEKS[amount.unit], 1)


def read_durations(text: str) -> list[Reading[Duration]]:
    """The durations that may be that of the job, in order; experience, probation, notice, holidays and "within" are none.

    >>> def show(text):
    ...     ends = [(r.value.min_weeks, r.value.max_weeks, r.value.of_job) for r in read_durations(text)]
    ...     return [(low and low.value, high and high.value, of_job) for low, high, of_job in ends]
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
    low, high = duration.min_weeks, duration.max_weeks
    return low.value if low else None, high.value if high else None, duration.of_job


def _read_unproven(text: str) -> list[Reading[Duration]]:
    small, quantities = read_quantities(text)
    return [reading for quantity in quantities if (reading := _duration(text, small, quantity))]


class _Said(NamedTuple):
    """A word that says what a span is: how far away it stands, whether it is the length of the job, and where it is."""

    distance: int
    of_job: bool
    start: int
    end: int


def _duration(text: str, small: str, quantity: Quantity) -> Reading[Duration] | None:
    """The quantity as the length of a job, unless the nearest word makes it another time."""
    nearest = min(_said(text, small, quantity), default=None)
    if nearest and not nearest.of_job:
        return None
    if not nearest and not _stands_alone(small, quantity):
        return None
    low, high = quantity.low, quantity.high or quantity.low
    if weeks(high) > _LONGEST[nearest is not None]:
        return None
    start, end = (nearest.start, nearest.end) if nearest else (quantity.start, quantity.end)
    start, end = min(quantity.start, start), max(quantity.end, end)
    shortest = _end(low, low.start, quantity.end if quantity.high else low.end, whole=(start, end))
    longest = _end(high, high.start, high.end, whole=(start, end))
    value = Duration(
        None if quantity.bound is Bound.UPPER else shortest,
        None if quantity.bound is Bound.LOWER else longest,
        nearest is not None,
    )
    return Reading(value, start, end)


def _end(amount: Amount, start: int, end: int, *, whole: tuple[int, int]) -> Reading[float]:
    """One end of a duration; what is so long that only the word beside it makes it one stands there together with the word."""
    number = weeks(amount)
    return Reading(number, start, end) if number <= _LONGEST[False] else Reading(number, *whole)


def _stands_alone(small: str, quantity: Quantity) -> bool:
    """Whether a text begins with the quantity, as the value of a field does, and does not go on to say what it is of."""
    if small[: quantity.start].strip(" (:-"):
        return False
    following = next(spoken(small, quantity.end, min(len(small), quantity.end + _AFTER), pairs=()), None)
    aside = small.startswith(" (", quantity.end)
    years = quantity.low.unit == "YEAR" and (quantity.bound is Bound.LOWER or quantity.high is not None)
    return not years and (aside or not (following and following[0] in _cues().behind))


def _said(text: str, small: str, quantity: Quantity) -> Iterator[_Said]:
    """The words around that decide; of those equally near, one that makes it another time comes first."""
    before, pairs = _cues().before, _cues().pairs
    start, end = sentence(text, quantity.start, quantity.end, reach=_BEFORE)
    for word, at, stop in spoken(small, start, quantity.start, pairs=pairs):
        distance = quantity.start - stop
        of_job = False if distance <= _RIGHT_BEFORE and word in before else _is_of_job(word)
        if of_job is not None:
            yield _Said(distance=distance, of_job=of_job, start=at, end=stop)
    clause = _CLAUSE_END.search(small, quantity.end, min(end, quantity.end + _AFTER))
    until = clause.start() if clause else min(end, quantity.end + _AFTER)
    for word, at, stop in spoken(small, quantity.end, until, pairs=pairs):
        of_job = _is_of_job(word)
        if of_job is not None:
            distance = at - quantity.end if of_job else max(0, at - quantity.end - _RIGHT_BEFORE // 2)
            yield _Said(distance=distance, of_job=of_job, start=at, end=stop)


def _is_of_job(word: str) -> bool | None:
    """Whether a word makes a span the length of the job (True) or another time (False)."""
    cues = _cues()
    if word.startswith(cues.other) or word in cues.other_words:
        return False
    return True if word.startswith(cues.job) or word in cues.job_words else None

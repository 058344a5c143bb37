"""Years of experience that a posting asks for."""

from __future__ import annotations

from typing import NamedTuple

from extract.once import once
from extract.readers.denial import is_denied
from extract.readers.quantities import Bound, Quantity, read_quantities
from extract.readers.reading import Reading, proven, sentence, spoken
from extract.vocabulary import load

_REACH = 110  # characters in which a word says that the years are experience
_BULLETS = " \u00a0-–—•*·▪◦●"
_MOST = 15  # years: more are the history of a company


class _Cues(NamedTuple):
    strong: tuple[str, ...]
    weak: tuple[str, ...]
    against: frozenset[str]
    against_before: tuple[str, ...]
    opens: frozenset[str]
    opens_not: frozenset[str]


@once
def _cues() -> _Cues:
    table = load("durations")["experience"]
    before = tuple(f" {words} " for words in table["against_before"])
    opens, opens_not = frozenset(table["opens"]), frozenset(table["opens_not"])
    return _Cues(tuple(table["strong"]), tuple(table["weak"]), frozenset(table["against"]), before, opens, opens_not)


def read_experience_years(text: str) -> list[Reading[float]]:
    """The years of experience that the text asks for, in order; of a range the lower end, months as parts of a year.

    Only where the sentence says that it is experience: the age of a person or a company is none.

    >>> def show(text):
    ...     return [reading.value for reading in read_experience_years(text)]
    >>> show("2+ years of experience"), show("at least two years' experience"), show("3-5 years in a similar role, minimum")
    ([2.0], [2.0], [])
    >>> show("minimum 3 ans d'expérience"), show("mindestens 3 Jahre Berufserfahrung"), show("al menos 2 años de experiencia")
    ([3.0], [3.0], [2.0])
    >>> show("minst 2 års erfarenhet"), show("minst tre års erfaring"), show("alespoň 2 roky praxe"), show("6 mois d'expérience")
    ([2.0], [3.0], [2.0], [0.5])
    >>> show("- 7+ years in structural steel work"), show("10+ years in business")
    ([7.0], [])
    >>> show("mehrjährige Berufserfahrung"), show("30 years of history and experience"), show("must be 18 years old")
    ([], [], [])
    """
    return proven(_read_unproven(text), text, _read_unproven)


def _read_unproven(text: str) -> list[Reading[float]]:
    small, quantities = read_quantities(text)
    return [reading for quantity in quantities if (reading := _experience(text, small, quantity))]


def _experience(text: str, small: str, quantity: Quantity) -> Reading[float] | None:
    years = _years(quantity)
    if years is None or quantity.bound is Bound.UPPER or is_denied(text, quantity.start, quantity.end):
        return None
    start, end = sentence(text, quantity.start, quantity.end, reach=_REACH)
    cues = _cues()
    parts = cues.strong + cues.weak if quantity.bound is Bound.LOWER else cues.strong
    around = small[start:end]
    if not any(part in around for part in parts):
        return _opening(small, quantity, years, until=end)
    before = f" {small[start : quantity.start]} "
    if any(words in before for words in cues.against_before):
        return None
    found: list[tuple[int, int, int]] = []
    for word, at, stop in spoken(small, start, end, pairs=()):
        if word in cues.against:
            return None
        if any(part in word for part in parts) and (stop <= quantity.start or at >= quantity.end):
            found.append((max(quantity.start - stop, at - quantity.end), at, stop))
    if not found:
        return _opening(small, quantity, years, until=end)
    _, at, stop = min(found)
    return Reading(years, min(quantity.start, at), max(quantity.end, stop))


def _opening(small: str, quantity: Quantity, years: float, *, until: int) -> Reading[float] | None:
    """The years that an item begins with: "7+ years in steel work"; of a contract, a company or a study they are none."""
    if quantity.bound is not Bound.LOWER or quantity.low.unit != "YEAR" or small[: quantity.start].strip(_BULLETS):
        return None
    cues = _cues()
    if until < len(small):  # the reach may end inside of a word
        until = max(small.rfind(" ", quantity.end, until), quantity.end)
    following = [word for word, _, _ in spoken(small, quantity.end, until, pairs=())]
    if not following or following[0] not in cues.opens or not cues.opens_not.isdisjoint(following[1:4]):
        return None
    return Reading(years, quantity.start, until)


def _years(quantity: Quantity) -> float | None:
    """The lower end in years; None for weeks, and for more years than a posting asks for."""
    low = quantity.low
    if low.unit == "WEEK":
        return None
    years = low.number if low.unit == "YEAR" else round(low.number / 12, 2)
    return years if years <= _MOST else None

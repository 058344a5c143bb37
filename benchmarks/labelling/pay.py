"""Pay as labels: the amounts of a listing, if they stand next to each other in the text, or plainly as pay."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import JsonValue

from benchmarks.labelling.cases import Label
from benchmarks.labelling.text import Text

_NUMBER = r"\d{1,3}(?:[.,'’ ]\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d+(?:[.,]\d{1,2})?(?!\d)"
_SIGN = r"(?:[$€£]|USD|EUR|GBP|euros?|dollars?)"
_AMOUNT = rf"{_SIGN}?\s?(?P<%s>{_NUMBER})\s?(?P<%sk>[kK]\b)?"
_PERIOD = (
    r"(?:/|per|an?|par|de)?\s*(?:hours?|hr\.?|years?|yr\.?|annum|annually|month|week|day|heure|mois|an|annuel|mensuel|brut)?"
)
_BETWEEN = rf"\s*{_SIGN}?\s*{_PERIOD}\s*\W{{0,4}}\s*(?:[-–—/]|to|and|à|a|et|bis|until|up to)\s*"
_RANGE = re.compile(rf"(?<![\d.,]){_AMOUNT % ('low', 'low')}{_BETWEEN}{_AMOUNT % ('high', 'high')}", re.IGNORECASE)
_SINGLE = re.compile(rf"(?<![\d.,]){_AMOUNT % ('low', 'low')}(?P<high>)(?P<highk>)", re.IGNORECASE)
_PAY = re.compile(r"salar|pay\b|pays\b|wage|rate\b|compensation|remun|rémun|brut", re.IGNORECASE)
_AT_LEAST = re.compile(r"\b(?:from|starting(?: at)?|[àa] partir de|dès|minimum|at least|ab|desde)\s*$", re.IGNORECASE)
_AT_MOST = re.compile(r"(?:up to|jusqu['’]à|maximum|at most|bis zu|hasta)\s*$", re.IGNORECASE)
UNITS = {
    "HOUR": re.compile(r"hour|/\s?hr|\bhr\b|/h\b|heure|horaire|stunde", re.IGNORECASE),
    "DAY": re.compile(r"(?:per|a|par|/)\s*(?:day|jour)", re.IGNORECASE),
    "MONTH": re.compile(r"(?:per|a|par|/|in a)\s*(?:month|mois)|monthly|mensuel", re.IGNORECASE),
    "YEAR": re.compile(r"(?:per|a|/)\s*(?:year|yr)|annum|annual|yearly|annuel|par an\b|/\s?an\b|brut an\b", re.IGNORECASE),
}


@dataclass(frozen=True, slots=True)
class Pay:
    """Pay as a label has it; 0 or None for an end that it does not name. A single figure stands at both ends."""

    low: float | None
    high: float | None
    currency: str | None = None
    unit: str | None = None


def pay_labels(text: Text, pay: Pay) -> list[Label]:
    """Amounts that stand next to each other in the text, or a single one that is plainly pay; the unit if it stands there.

    Amounts of which the label has lost the cents are those of the text. Left out where the text states other pay as well, as
    it is open then which is meant.
    """
    if not (pay.low or pay.high):
        return []
    flat = " ".join(text.plain.split())
    is_range = bool(pay.low and pay.high and pay.low != pay.high)
    spots = [amount for amount in _amounts(flat, _RANGE if is_range else _SINGLE) if _is_pay(flat, amount) and amount.fits(pay)]
    others = [amount for amount in _amounts(flat, _RANGE) if _is_other_pay(flat, amount) and not amount.fits(pay)]
    if not spots or others:
        return []
    spot = spots[0]
    before = flat[max(0, spot.start - 25) : spot.start]
    ends = {"min": spot.low, "max": spot.high if is_range else spot.low}
    if not is_range and (_AT_LEAST.search(before) or not pay.high):
        del ends["max"]
    elif not is_range and (_AT_MOST.search(before) or not pay.low):
        del ends["min"]
    labels = [Label(f"salary.{end}", _plain(amount)) for end, amount in ends.items()]
    labels += [Label("salary.currency", pay.currency)] if pay.currency else []
    near = flat[max(0, spot.start - 50) : spot.end + 30]
    stated = [unit for unit, words in UNITS.items() if words.search(near)]
    return labels + ([Label("salary.unit", pay.unit)] if pay.unit and stated == [pay.unit] else [])


@dataclass(frozen=True, slots=True)
class _Amount:
    """An amount of a text, or two of them; a single one is both."""

    start: int
    end: int
    low: float
    high: float

    def fits(self, pay: Pay) -> bool:
        """Whether it is what the label says, but for cents that the label has lost."""
        pairs = [(mine, wanted) for mine, wanted in ((self.low, pay.low), (self.high, pay.high)) if wanted]
        return all(wanted in {mine, int(mine)} for mine, wanted in pairs)


def _amounts(flat: str, pattern: re.Pattern[str]) -> Iterator[_Amount]:
    for match in pattern.finditer(flat):
        thousand = bool(match["lowk"] or match["highk"])
        low = _value(match["low"], thousand=thousand)
        yield _Amount(match.start(), match.end(), low, _value(match["high"], thousand=thousand) if match["high"] else low)


def _value(written: str, *, thousand: bool) -> float:
    digits = re.sub(r"[ '’]", "", written)
    digits = re.sub(r"[.,](?=\d{3})", "", digits).replace(",", ".")
    return float(digits) * (1000 if thousand and float(digits) < 1000 else 1)


def _is_pay(flat: str, amount: _Amount) -> bool:
    near = flat[max(0, amount.start - 40) : amount.end + 15]
    return (_PAY.search(near) or re.search(_SIGN, near, re.IGNORECASE)) is not None


def _is_other_pay(flat: str, amount: _Amount) -> bool:
    is_money = re.search(_SIGN, flat[amount.start : amount.end + 5], re.IGNORECASE)
    return is_money is not None and _PAY.search(flat[max(0, amount.start - 40) : amount.start]) is not None


def _plain(amount: float) -> JsonValue:
    return int(amount) if amount == int(amount) else amount

"""Pay as a text states it: two ends, a currency and a unit of time, each with its own place."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple

from extract.readers.money_words import About, key_of, money_words
from extract.readers.numbers import Figure
from extract.readers.reading import Reading, proven, sentence, spoken
from extract.readers.spelled import number_words
from extract.readers.sums import LONGEST_SIGN, Sum, low_value, opener_before, read_sums, unit_after
from extract.vocabulary import load

_REACH = 80  # characters in which a word still says what a figure is about
_HINT_REACH = 120  # ... and in which another currency of the same sign may be named
_SMALLEST = {"YEAR": 2000, "MONTH": 50, "WEEK": 20, "DAY": 10, "HOUR": 1}  # less is an allowance, or pay of no country
_LONGEST_LABEL = 40  # characters of a label such as "Monthly stipend: "
_DIGIT = re.compile("[0-9]")
_LETTER = re.compile(r"[^\W\d_]")
_ITEM_END = re.compile(r"[;|•+]")
# What follows these is another thing
_ASIDE = re.compile(r"[,;:+(|•.&]|(?<!\w)(?i:plus|and|with|et|avec|und|mit|y|con|och|med|og)(?!\w)")


@dataclass(frozen=True, slots=True)
class Pay:
    """A sum, or a range of sums, with the places of its parts in the text that was read.

    A single figure is ``min``, except after "up to". ``unit`` is HOUR, DAY, WEEK, MONTH or YEAR. ``currency_stated`` is
    False where the text has only a sign that several currencies share ("$", "kr"), and where it has none.
    """

    min: Reading[Decimal] | None
    max: Reading[Decimal] | None
    currency: Reading[str] | None
    unit: Reading[str] | None
    currency_stated: bool
    about: About


def read_currencies(text: str) -> list[Reading[str]]:
    """The currencies that the text names, as ISO 4217 codes; a sign that several share is read as the most usual.

    That of a bonus, of revenue or of an allowance is none of them: it says nothing of the pay.

    >>> [r.value for r in read_currencies("AU$, 10 €, CHF, couronnes tchèques, $")]
    ['AUD', 'EUR', 'CHF', 'CZK', 'USD']
    >>> read_currencies("a funding round of USD 40 million")
    []
    """
    words = money_words()
    found = [Reading(words.currency(m[0])[0], m.start(), m.end()) for m in words.any_currency.finditer(text)]
    other = _of_other_money(text) if found else []
    return [currency for currency in found if not any(start <= currency.start < end for start, end in other)]


def read_units(text: str) -> list[Reading[str]]:
    """The units of time in which pay is stated: HOUR, DAY, WEEK, MONTH or YEAR.

    A text that is more than units has to speak of pay: "24 hours per week" and "an allowance of $400 a month" state no unit.

    >>> [r.value for r in read_units("/hr, p.a., par mois, Stundenlohn, al mes, i månaden, denně")]
    ['HOUR', 'YEAR', 'MONTH', 'HOUR', 'MONTH', 'MONTH', 'DAY']
    >>> [r.value for r in read_units("Salary: paid monthly, for 24 hours per week. Car allowance: $400 a year")]
    ['MONTH']
    """
    words = money_words()
    found = [(key_of(m["noun"] or m["adjective"] or m[0]), m) for m in words.any_unit.finditer(text)]
    units = [Reading(words.units[word], m.start(), m.end()) for word, m in found]
    ends = [0, *(end for unit in units for end in (unit.start, unit.end)), len(text)]
    if not any(_LETTER.search(text, start, end) for start, end in zip(ends[::2], ends[1::2], strict=True)):
        return units
    other = _of_other_money(text) if units else []
    pays = [(pay.start, pay.end) for pay in read_pay(text) if pay.value.about is About.PAY] if units else []
    return [
        unit
        for unit in units
        if any(start <= unit.start < end for start, end in pays)
        or (not any(start <= unit.start < end for start, end in other) and _speaks_of_pay(text, unit))
    ]


def _of_other_money(text: str) -> list[tuple[int, int]]:
    """Where sums stand that are not the pay, with their signs and units."""
    found = []
    for reading in read_pay(text):
        pay = reading.value
        start = min(end.start for end in (pay.min, pay.max) if end)
        if pay.about is About.OTHER:
            near = pay.currency and start - LONGEST_SIGN <= pay.currency.start < start
            found.append((pay.currency.start if pay.currency and near else start, reading.end))
    return found


def _speaks_of_pay(text: str, unit: Reading[str]) -> bool:
    """Whether the sentence around a unit speaks of pay, and the unit is not that of things that are counted."""
    words = money_words()
    before = text[max(0, unit.start - _REACH) : unit.start].lower().split()[-2:]
    if before and (before[-1] in words.counted or any(_DIGIT.match(word) for word in before) or before[0] in number_words()):
        return False
    low, high = sentence(text, unit.start, unit.end, reach=_REACH)
    said = [word for word, _, _ in spoken(text, low, high, pairs=words.pairs)]
    return any(words.about.get(word) is About.PAY or word in words.units_of_pay for word in said)


def is_legal_minimum(text: str) -> bool:
    """Whether a note speaks of the least that the law lets anyone be paid, which is no offer.

    >>> is_legal_minimum("The minimum salary in Colorado is $50,000."), is_legal_minimum("The salary is $50,000.")
    (True, False)
    """
    return money_words().legal_minimum.search(text) is not None


def read_pay(text: str) -> list[Reading[Pay]]:
    """The sums of money that the text states, in order, each with what it is about; only sums about pay are pay.

    English, French, German, Spanish, Swedish, Norwegian, Czech:

    >>> def show(text):
    ...     for reading in read_pay(text):
    ...         pay = reading.value
    ...         ends = [end and str(end.value) for end in (pay.min, pay.max)]
    ...         print(*ends, *(part and part.value for part in (pay.currency, pay.unit)), pay.about)
    >>> show("$7,500/month to $11,333/month + bonus; up to CA$120,000; £35k; 2 billion users; a $5,000 referral bonus")
    7500 11333 USD MONTH pay
    None 120000 CAD None unsaid
    35000 None GBP None unsaid
    5000 None USD None other
    >>> show("Mensuel de 1802.00 Euros à 2000.00 Euros sur 12 mois, ou entre 45 et 50 k€ brut annuel")
    1802.00 2000.00 EUR MONTH pay
    45000 50000 EUR YEAR pay
    >>> show("ab 3.200 € brutto im Monat, Jahresgehalt 45.000 bis 52.000 Euro, Jahresumsatz 20 Mio. €")
    3200 None EUR MONTH pay
    45000 52000 EUR YEAR pay
    20000000 None EUR None other
    >>> show("Salario: 15.000,00€-26.000,00€ al año")
    15000.00 26000.00 EUR YEAR pay
    >>> show("Timlön 150 kr, 35 tkr i månaden")
    150 None SEK HOUR pay
    35000 None SEK MONTH pay
    >>> show("Årslønn kr 550 000 - 620 000")
    550000 620000 NOK YEAR pay
    >>> show("Mzda 30 000 – 45 000 Kč měsíčně")
    30000 45000 CZK MONTH pay
    """
    return proven(_read_unproven(text), text, _read_unproven, key=_values)


def offered_pay(text: str) -> list[Pay]:
    """The sums of money of a text that may be the pay: no bonus, no revenue, no allowance.

    >>> [str(pay.min.value) for pay in offered_pay("$5,000 signing bonus. We pay $25 per hour.")]
    ['25']
    """
    return [found.value for found in read_pay(text) if found.value.about is not About.OTHER]


def is_the_least(text: str, pay: Pay) -> bool:
    """Whether the words before a single sum make it a lower end: "from $85,000", "ab 3.200 €".

    >>> [is_the_least(text, pay) for text in ("From $85,000", "We pay $85,000") for pay in offered_pay(text)]
    [True, False]
    """
    start = min(part.start for part in (pay.min, pay.currency) if part) if pay.min else 0
    return pay.max is None and money_words().lower.search(text[max(0, start - 20) : start]) is not None


def is_shared_sign(sign: str) -> bool:
    """Whether a sign, code or word that ``read_currencies`` found can stand for several currencies.

    >>> is_shared_sign("$"), is_shared_sign("US$"), is_shared_sign("euros")
    (True, False, False)
    """
    return not money_words().currency(sign)[1]


def plausible_pay(amount: Decimal, currency: str, unit: str) -> bool:
    """Whether somebody may be paid so much (in an ISO 4217 currency) for an HOUR, DAY, WEEK, MONTH or YEAR.

    >>> plausible_pay(Decimal(85000), "USD", "YEAR"), plausible_pay(Decimal(85000), "USD", "HOUR")
    (True, False)
    >>> plausible_pay(Decimal(1), "XAU", "DAY")  # nothing is known of it
    True
    """
    table = load("pay")
    rate, bounds = table["per_dollar"].get(currency), table["dollars"].get(unit)
    return rate is None or bounds is None or bounds[0] <= float(amount) / rate <= bounds[1]


def _values(pay: Pay) -> tuple[object, ...]:
    """What a second reading of the same words must give again: everything but the places."""
    parts = [part and part.value for part in (pay.min, pay.max, pay.currency, pay.unit)]
    return (*parts, pay.currency_stated, pay.about)


def _read_unproven(text: str) -> list[Reading[Pay]]:
    if not _hints_at_money(text):
        return []
    readings = []
    done = 0  # where the last sum ended: what stands before it says nothing about the next one
    for low, high in read_sums(text):
        if pay := _pay(text, low, high, floor=done):
            readings.append(pay)
        if low.currency or (high and high.currency):
            done = (high or low).end
    return readings


def _hints_at_money(text: str) -> bool:
    words = money_words()
    return words.hint.search(text.lower()) is not None or words.code.search(text) is not None


class _Context(NamedTuple):
    """What the words around a sum say, and the range that they and the sum take."""

    about: About
    unit: Reading[str] | None
    start: int
    end: int


def _pay(text: str, low: Sum, high: Sum | None, *, floor: int) -> Reading[Pay] | None:
    """The reading of a range or a single sum; None where nothing says that it is money."""
    last = high or low
    start, end = low.start, last.end
    if money_words().denial.search(text[max(0, start - 16) : start]):
        return None
    if high and (opener := opener_before(text, start)):
        start -= len(opener[0])
    upper = None if high else money_words().upper.search(text[max(0, start - 16) : start])
    if upper:
        start -= len(upper[0])
    currency, stated = _currency_of(text, low, last)
    unit = low.unit or last.unit
    if not unit and not last.currency and (unit := unit_after(text, end)):
        end = unit.end
    context = _context(text, start, end, unit=unit, floor=floor)
    least = low_value(low, high) if high else low.figure.value
    labelled = context.unit and money_words().stipend.search(text[max(0, low.start - _LONGEST_LABEL) : low.start])
    about = _plausible(About.PAY if labelled else context.about, context.unit, last.figure)
    if not currency and not (about is About.PAY and (unit or (high and least >= 1000)) and context.start < start):
        return None
    bottom = Reading(least, low.figure.start, last.figure.end if least != low.figure.value else low.figure.end)
    top = Reading(last.figure.value, last.figure.start, last.figure.end)
    places = [part for part in (currency, context.unit) if part]
    start, end = min([context.start, *(p.start for p in places)]), max([context.end, *(p.end for p in places)])
    if currency and not stated:
        currency = replace(currency, value=_whose_crowns(currency.value, text[start:end].lower()))
    pay = Pay(None if upper else bottom, top if high or upper else None, currency, context.unit, stated, about)
    return Reading(pay, start, end)


def _whose_crowns(code: str, words: str) -> str:
    """Of the crowns that are all written "kr", those of the language around them."""
    if code != "SEK":
        return code
    return next((other for other, signs in money_words().crowns.items() if any(sign in words for sign in signs)), code)


def _currency_of(text: str, low: Sum, last: Sum) -> tuple[Reading[str] | None, bool]:
    """The currency of a sum; for a bare "$" also from a word nearby that says whose dollars they are."""
    candidates = [(part.currency, part.stated) for part in (low, last) if part.currency]
    if not candidates:
        return None, False
    currency, stated = next((found for found in candidates if found[1]), candidates[0])
    if stated or text[currency.start : currency.end] != "$":
        return currency, stated
    near = money_words().dollar.search(text, max(0, low.start - _HINT_REACH), min(len(text), last.end + _HINT_REACH))
    if near:
        return Reading(money_words().currency(near[0])[0], near.start(), near.end()), True
    return currency, False


def _context(text: str, start: int, end: int, *, unit: Reading[str] | None, floor: int) -> _Context:
    """What the nearest words of the sentence say: those before the sum first, then those after it."""
    low, high = sentence(text, start, end, reach=_REACH)
    low = max(low, floor, *(stop.end() for stop in _ITEM_END.finditer(text, low, start)))
    aside = _ASIDE.search(text, end, min(high, end + _REACH // 2))
    until = aside.start() if aside else min(high, end + _REACH // 2)
    words = money_words()
    about: About | None = None
    first, last = start, end
    paired = 0  # where the last pair of words ended: of "shift pay" the second word alone says nothing
    for word, at, stop in spoken(text, low, start, pairs=words.pairs):
        if word in words.about and stop > paired:
            about, first = words.about[word], at
            paired = stop if " " in word else paired
        if word in words.units_before and not (unit and unit.start >= start):
            unit = Reading(words.units_before[word], at, stop)
    if about is None:
        for word, _, stop in spoken(text, end, until, pairs=words.pairs):
            if word in words.about:
                about, last = words.about[word], stop
                break
    if about is None:
        about = About.PAY if unit else About.UNSAID
    return _Context(about, unit, first, last)


def _plausible(about: About, unit: Reading[str] | None, figure: Figure) -> About:
    """Millions are revenue or funding, and very little is an allowance, whatever the words say."""
    if figure.scale >= 1_000_000 or (unit and figure.value < _SMALLEST[unit.value]):
        return About.OTHER
    return about

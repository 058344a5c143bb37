"""Pay as a text states it: two ends, a currency and a unit of time, each with its own place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple

from extract.readers.money_words import About, key_of, money_words
from extract.readers.numbers import Figure, read_figures
from extract.readers.reading import Reading, proven, sentence, spoken
from extract.vocabulary import load

_REACH = 80  # characters in which a word still says what a figure is about
_HINT_REACH = 120  # ... and in which another currency of the same sign may be named
_SMALLEST = {"YEAR": 2000, "MONTH": 50, "WEEK": 20, "DAY": 10, "HOUR": 1}  # less is an allowance, or pay of no country
_WIDEST = 10  # the ends of a range of pay differ by no more than this factor
_YEARS = (1900, 2100)
_LONGEST_LABEL = 40  # characters of a label such as "Monthly stipend: "
_LONGEST_SIGN = 5  # characters of a sign or code before a figure ("USD $")
_DIGIT = re.compile("[0-9]")
_ITEM_END = re.compile(r"[;|•+]")
# What follows these is another thing
_ASIDE = re.compile(r"[,;:+(|•.&]|(?<!\w)(?i:plus|and|with|et|avec|und|mit|y|con|och|med|og)(?!\w)")
_SCALE_WORD = re.compile(r"[A-Za-z]+\Z")


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


class _Sum(NamedTuple):
    """A figure with what stands right beside it, over [start, end)."""

    figure: Figure
    currency: Reading[str] | None
    stated: bool
    unit: Reading[str] | None
    start: int
    end: int


def read_currencies(text: str) -> list[Reading[str]]:
    """The currencies that the text names, as ISO 4217 codes; a sign that several share is read as the most usual.

    >>> [r.value for r in read_currencies("CA$, 10 €, CHF, couronnes tchèques, $")]
    ['CAD', 'EUR', 'CHF', 'CZK', 'USD']
    """
    words = money_words()
    return [Reading(words.currency(m[0])[0], m.start(), m.end()) for m in words.any_currency.finditer(text)]


def read_units(text: str) -> list[Reading[str]]:
    """The units of time in which pay is stated: HOUR, DAY, WEEK, MONTH or YEAR.

    >>> [r.value for r in read_units("/hr, p.a., par mois, Stundenlohn, al mes, i månaden, denně")]
    ['HOUR', 'YEAR', 'MONTH', 'HOUR', 'MONTH', 'MONTH', 'DAY']
    """
    words = money_words()
    found = [(key_of(m["noun"] or m["adjective"] or m[0]), m) for m in words.any_unit.finditer(text)]
    return [Reading(words.units[word], m.start(), m.end()) for word, m in found]


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

    >>> plausible_pay(Decimal(85000), "USD", "YEAR"), plausible_pay(Decimal(85000), "USD", "HOUR"), plausible_pay(Decimal(1), "XAU", "DAY")
    (True, False, True)
    """
    table = load("pay")
    rate, bounds = table["per_dollar"].get(currency), table["dollars"].get(unit)
    return rate is None or bounds is None or bounds[0] <= float(amount) / rate <= bounds[1]


def _values(pay: Pay) -> tuple[object, ...]:
    """What a second reading of the same words must give again: everything but the places."""
    parts = [part and part.value for part in (pay.min, pay.max, pay.currency, pay.unit)]
    return (*parts, pay.currency_stated, pay.about)


def _read_unproven(text: str) -> list[Reading[Pay]]:
    if not (_DIGIT.search(text) and _hints_at_money(text)):
        return []
    figures = read_figures(text)
    sums = [_sum(text, figure) for figure in figures]
    readings = []
    done = 0  # where the last sum ended: what stands before it says nothing about the next one
    for low, high in _grouped(text, sums):
        if pay := _pay(text, low, high, floor=done):
            readings.append(pay)
        if low.currency or (high and high.currency):
            done = (high or low).end
    return readings


def _hints_at_money(text: str) -> bool:
    words = money_words()
    lowered = text.lower()
    return any(hint in lowered for hint in words.hints) or any(code in text for code in words.codes)


def _sum(text: str, figure: Figure) -> _Sum:
    """The figure with the currency and the unit right beside it."""
    before, stated = _currency_before(text, figure.start)
    start, end, currency = (before.start if before else figure.start), figure.end, before
    if not (before and stated) and (after := money_words().currency_after.match(text, end)):
        code, certain = money_words().currency(after["currency"])
        if certain or not before:
            currency, stated = Reading(code, after.start("currency"), after.end("currency")), certain
        end = after.end()
    if not currency and figure.scale > 1 and (joined := _SCALE_WORD.search(text, figure.start, figure.end)):
        code, stated = money_words().currencies.get(joined[0].lower(), ("", False))  # "tkr" is both: thousands, and crowns
        currency = Reading(code, joined.start(), joined.end()) if code else None
    unit = _unit_after(text, end) if currency else None
    return _Sum(figure, currency, stated, unit, start, unit.end if unit else end)


def _currency_before(text: str, at: int) -> tuple[Reading[str] | None, bool]:
    """The currency that ends right before a figure, and whether it is stated."""
    end = at
    while end > max(0, at - 3) and text[end - 1] in " :)\u00a0\u202f":
        end -= 1
    known = money_words().currencies
    for start in range(max(0, end - _LONGEST_SIGN), end):
        sign = text[start:end]
        inside_word = sign[0].isalpha() and start and text[start - 1].isalpha()
        if not inside_word and (found := known.get(sign) or known.get(sign.lower())):
            return Reading(found[0], start, end), found[1]
    return None, False


def _unit_after(text: str, at: int) -> Reading[str] | None:
    match = money_words().unit_after.match(text, at)
    if not match:
        return None
    word = key_of(match["noun"] or match["adjective"])
    return Reading(money_words().units[word], match.start("unit"), match.end("unit"))


def _grouped(text: str, sums: list[_Sum]) -> Iterator[tuple[_Sum, _Sum | None]]:
    """Ranges and single sums, in order."""
    position = 0
    while position < len(sums):
        low = sums[position]
        high = sums[position + 1] if position + 1 < len(sums) else None
        if high and _is_range(text, low, high):
            yield low, high
            position += 2
        else:
            yield low, None
            position += 1


def _is_range(text: str, low: _Sum, high: _Sum) -> bool:
    """Whether the two are the ends of one range, by what joins them and by their size."""
    if low.currency and high.currency and low.currency.value != high.currency.value and low.stated and high.stated:
        return False
    first, last = _low_value(low, high), high.figure.value
    if not 0 < first <= last <= _WIDEST * first:
        return False
    if not (low.currency or high.currency) and last < _YEARS[1] and first >= _YEARS[0]:
        return False
    words = money_words()
    if words.join.fullmatch(text, low.end, high.start):
        return True
    return bool(words.join_opened.fullmatch(text, low.end, high.start) and _opener(text, low.start))


def _low_value(low: _Sum, high: _Sum) -> Decimal:
    """The lower end; where only the upper one carries the "k" of both, that holds for it too."""
    shared = low.figure.scale == 1 and high.figure.scale > 1 and low.figure.plain <= high.figure.plain
    return low.figure.plain * high.figure.scale if shared else low.figure.value


def _opener(text: str, at: int) -> re.Match[str] | None:
    return money_words().opener.search(text[max(0, at - 12) : at])


class _Context(NamedTuple):
    """What the words around a sum say, and the range that they and the sum take."""

    about: About
    unit: Reading[str] | None
    start: int
    end: int


def _pay(text: str, low: _Sum, high: _Sum | None, *, floor: int) -> Reading[Pay] | None:
    """The reading of a range or a single sum; None where nothing says that it is money."""
    last = high or low
    start, end = low.start, last.end
    if money_words().denial.search(text[max(0, start - 16) : start]):
        return None
    if high and (opener := _opener(text, start)):
        start -= len(opener[0])
    upper = None if high else money_words().upper.search(text[max(0, start - 16) : start])
    if upper:
        start -= len(upper[0])
    currency, stated = _currency_of(text, low, last)
    unit = low.unit or last.unit
    if not unit and not last.currency and (unit := _unit_after(text, end)):
        end = unit.end
    context = _context(text, start, end, unit=unit, floor=floor)
    least = _low_value(low, high) if high else low.figure.value
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


def _currency_of(text: str, low: _Sum, last: _Sum) -> tuple[Reading[str] | None, bool]:
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
    for word, at, stop in spoken(text, low, start, pairs=words.pairs):
        if word in words.about:
            about, first = words.about[word], at
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

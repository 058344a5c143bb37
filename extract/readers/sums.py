"""Sums of money: figures with the currencies and units right beside them, singly and as the two ends of a range."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from extract.readers.money_words import key_of, money_words
from extract.readers.numbers import Figure, read_figures, spelled_figures
from extract.readers.reading import Reading

LONGEST_SIGN = 5  # characters of a sign or code before a figure ("USD $")
_WIDEST = 10  # the ends of a range of pay differ by no more than this factor
_YEARS = (1900, 2100)
_DIGIT = re.compile("[0-9]")
_NO_CENTS = re.compile(r"[.,][–—-](?![0-9])")  # "€ 2.650,-"
_SCALE_WORD = re.compile(r"[A-Za-z]+\Z")


class Sum(NamedTuple):
    """A figure with what stands right beside it, over [start, end)."""

    figure: Figure
    currency: Reading[str] | None
    stated: bool
    unit: Reading[str] | None
    start: int
    end: int


def read_sums(text: str) -> Iterator[tuple[Sum, Sum | None]]:
    """The ranges and single sums of a text, in order; whether a figure without a currency is money is for the caller to say.

    >>> [(str(low.figure.value), high and str(high.figure.value)) for low, high in read_sums("$25 to $30, forty euros, 7")]
    [('25', '30'), ('40', None), ('7', None)]
    """
    sums = [_sum(text, figure) for figure in read_figures(text)] if _DIGIT.search(text) else []
    if spelled := _spelled_sums(text):
        sums = sorted([*sums, *spelled], key=lambda found: found.start)
    return _grouped(text, sums)


def _spelled_sums(text: str) -> list[Sum]:
    """The numbers in words that a currency makes money, and those that are the lower end of such a one."""
    if not money_words().named_currency.search(text):
        return []
    sums = [_sum(text, figure) for figure in spelled_figures(text)]
    money = [found.currency is not None and found.currency.start > found.start for found in sums]
    pairs = zip(sums, [*sums[1:], None], money, [*money[1:], False], strict=False)
    return [low for low, high, first, last in pairs if first or (high and last and _is_range(text, low, high))]


def _sum(text: str, figure: Figure) -> Sum:
    """The figure with the currency and the unit right beside it."""
    before, stated = _currency_before(text, figure.start)
    start, end, currency = (before.start if before else figure.start), figure.end, before
    if not (before and stated) and (after := money_words().currency_after.match(text, end)):
        code, certain = money_words().currency(after["currency"])
        if certain or not before:
            currency, stated = Reading(code, after.start("currency"), after.end("currency")), certain
        end = after.end()
    elif no_cents := _NO_CENTS.match(text, end):
        end = no_cents.end()
    if not currency and figure.scale > 1 and (joined := _SCALE_WORD.search(text, figure.start, figure.end)):
        code, stated = money_words().currencies.get(joined[0].lower(), ("", False))  # "tkr" is both: thousands, and crowns
        currency = Reading(code, joined.start(), joined.end()) if code else None
    if not currency and (inside := money_words().named_currency.search(text, figure.start, figure.end)):  # "ten euros five cents"
        code, stated = money_words().currency(inside[0])
        currency = Reading(code, inside.start(), inside.end())
    unit = unit_after(text, end) if currency else None
    return Sum(figure, currency, stated, unit, start, unit.end if unit else end)


def _currency_before(text: str, at: int) -> tuple[Reading[str] | None, bool]:
    """The currency that ends right before a figure, and whether it is stated."""
    end = at
    while end > max(0, at - 3) and text[end - 1] in " :)\u00a0\u202f":
        end -= 1
    known = money_words().currencies
    for start in range(max(0, end - LONGEST_SIGN), end):
        sign = text[start:end]
        inside_word = sign[0].isalpha() and start and text[start - 1].isalpha()
        if not inside_word and (found := known.get(sign) or known.get(sign.lower())):
            return Reading(found[0], start, end), found[1]
    return None, False


def unit_after(text: str, at: int) -> Reading[str] | None:
    """The unit of time that follows a sum."""
    match = money_words().unit_after.match(text, at)
    if not match:
        return None
    word = key_of(match["noun"] or match["adjective"])
    return Reading(money_words().units[word], match.start("unit"), match.end("unit"))


def _grouped(text: str, sums: list[Sum]) -> Iterator[tuple[Sum, Sum | None]]:
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


def _is_range(text: str, low: Sum, high: Sum) -> bool:
    """Whether the two are the ends of one range, by what joins them and by their size."""
    if low.currency and high.currency and low.currency.value != high.currency.value and low.stated and high.stated:
        return False
    first, last = low_value(low, high), high.figure.value
    if not 0 < first <= last <= _WIDEST * first:
        return False
    if not (low.currency or high.currency) and last < _YEARS[1] and first >= _YEARS[0]:
        return False
    words = money_words()
    if words.join.fullmatch(text, low.end, high.start):
        return True
    return bool(words.join_opened.fullmatch(text, low.end, high.start) and opener_before(text, low.start))


def low_value(low: Sum, high: Sum) -> Decimal:
    """The lower end; where only the upper one carries the "k" of both, that holds for it too."""
    shared = low.figure.scale == 1 and high.figure.scale > 1 and low.figure.plain <= high.figure.plain
    return low.figure.plain * high.figure.scale if shared else low.figure.value


def opener_before(text: str, at: int) -> re.Match[str] | None:
    """The word that opens a range ("between") right before a sum, as the match in at most 12 characters before it."""
    return money_words().opener.search(text[max(0, at - 12) : at])

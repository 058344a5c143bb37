"""The words and signs of pay, compiled from ``money.toml``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from extract.once import once
from extract.readers.reading import alternation, openings
from extract.vocabulary import load

_UNITS = ("noun", "adjective", "pay")
_DOLLARS = ("CAD", "AUD", "NZD", "SGD", "HKD", "USD")


class About(StrEnum):
    """What the words around a sum say that it is."""

    PAY = "pay"
    OTHER = "other"  # a bonus, revenue, funding, an allowance, or too much or too little for pay
    UNSAID = "unsaid"


class MoneyWords(NamedTuple):
    """The compiled tables: patterns, and what their words (in lower case) stand for."""

    currencies: Mapping[str, tuple[str, bool]]
    units: Mapping[str, str]
    units_before: Mapping[str, str]  # those that may stand some words away before a figure
    units_of_pay: frozenset[str]  # words for pay that name one
    counted: frozenset[str]  # words before a unit that is not that of pay ("40 hours per week")
    about: Mapping[str, About]
    pairs: frozenset[str]  # first words of phrases of two words among these
    hint: re.Pattern[str]  # in lower case; a text without any states no pay, unless it has a code
    code: re.Pattern[str]
    crowns: Mapping[str, list[str]]
    currency_after: re.Pattern[str]
    any_currency: re.Pattern[str]
    named_currency: re.Pattern[str]  # by a word
    dollar: re.Pattern[str]
    unit_after: re.Pattern[str]
    any_unit: re.Pattern[str]
    join: re.Pattern[str]
    join_opened: re.Pattern[str]
    opener: re.Pattern[str]
    upper: re.Pattern[str]
    lower: re.Pattern[str]
    denial: re.Pattern[str]
    stipend: re.Pattern[str]
    legal_minimum: re.Pattern[str]

    def currency(self, sign: str) -> tuple[str, bool]:
        """The currency that a sign, code or word stands for, and whether it can stand for no other."""
        return self.currencies.get(sign) or self.currencies[key_of(sign)]


def _flat(table: Mapping[str, list[str]]) -> list[str]:
    return [word for words in table.values() for word in words]


def key_of(word: str) -> str:
    """How a word stands in the tables: lower case, single blanks."""
    return " ".join(word.lower().split())


@once
def _currencies() -> dict[str, tuple[str, bool]]:
    """Currency and whether it is stated, by sign or word in lower case, or by code in capitals."""
    table = load("money")["currency"]
    known = {code: ("CNY" if code == "RMB" else code, True) for code in table["codes"]}
    for name, stated in (("sign", True), ("word", True), ("unsaid", False), ("word_unsaid", False)):
        known |= {sign.lower(): (code, stated) for code, signs in table[name].items() for sign in signs}
    return known


@once
def _currency_pattern() -> str:
    table = load("money")["currency"]
    signs = alternation([*_flat(table["sign"]), *_flat(table["unsaid"])])
    words = alternation([*_flat(table["word"]), *_flat(table["word_unsaid"])])
    return rf"(?:{signs}|{alternation(table['codes'])}(?![A-Za-z])|(?i:{words})(?!\w))"


def _named_currencies() -> str:
    table = load("money")["currency"]
    return rf"(?<!\w)(?i:{alternation([*_flat(table['word']), *_flat(table['word_unsaid'])])})(?!\w)"


def _unit_patterns(table: Mapping[str, dict[str, list[str]]], connectors: list[str]) -> tuple[str, str]:
    """A unit of time right of a figure, and one that may stand left of it."""
    nouns = alternation(_flat(table["noun"]))
    joined = alternation(word for word in connectors if word[-1] in "/'.")
    apart = alternation(word for word in connectors if word[-1] not in "/'.")
    adjectives = alternation(_flat(table["adjective"]))
    right = rf"(?:(?:[/∕]\s?|{joined}\s?|{apart}\s)(?P<noun>{nouns})|(?P<adjective>{adjectives}))(?-i:(?![a-zà-ÿ0-9]))"
    left = rf"(?<!\w)(?:{alternation([*_flat(table['adjective']), *_flat(table['pay'])])})(?!\w)"
    return right, left


def _hints(money: Mapping[str, Mapping[str, list[str]]]) -> tuple[str, ...]:
    """The fewest pieces of lower-case text of which a text that states money holds one."""
    words = sorted({sign for sign in [*_currencies(), *money["hint"]["pay"]] if not sign.isupper()}, key=len)
    kept: list[str] = []
    for word in words:
        if not any(piece in word for piece in kept):
            kept.append(word)
    return tuple(kept)


@once
def money_words() -> MoneyWords:
    """The tables, compiled once a process."""
    money = load("money")
    currency = _currency_pattern()
    right, left = _unit_patterns(money["unit"], _flat(money["connector"]))
    fill = alternation(money["filler"]["words"])
    ranges, about = money["range"], money["about"]
    dollars = [word for code in _DOLLARS for word in [code, *money["currency"]["word"].get(code, [])]]
    spoken = [(name, _flat(about[name])) for name in ("other", "pay")]
    before = [money["unit"][kind].items() for kind in ("adjective", "pay")]
    before_words = [words for kind in before for _, words in kind]
    return MoneyWords(
        currencies=_currencies(),
        units={word: unit for name in _UNITS for unit, words in money["unit"][name].items() for word in words},
        units_before={word: unit for kind in before for unit, words in kind for word in words},
        units_of_pay=frozenset(_flat(money["unit"]["pay"])),
        counted=frozenset(money["unit"]["counted"]),
        about={word: About(name) for name, words in spoken for word in words},
        pairs=openings(word for words in (*(words for _, words in spoken), *before_words) for word in words),
        hint=re.compile(alternation(_hints(money))),
        code=re.compile(alternation(money["currency"]["codes"])),
        crowns=money["currency"]["crowns"],
        currency_after=re.compile(rf"(?:\.[–-]|,-)?\s?(?P<currency>{currency})"),
        any_currency=re.compile(rf"(?<![A-Za-z]){currency}|[$€£]"),
        named_currency=re.compile(_named_currencies()),
        dollar=re.compile(rf"(?<![A-Za-z])(?i:{alternation(dollars)})(?![A-Za-z])"),
        unit_after=re.compile(rf"(?i)[\s*+(,]{{0,4}}(?:{fill}(?!\w)\.?(?:\s[12](?!\w))?[\s*+(,]{{0,4}}){{0,3}}(?P<unit>{right})"),
        any_unit=re.compile(rf"(?i)(?<!\w)(?:{right})|{left}"),
        join=re.compile(rf"(?i)[\s*)+]{{0,4}}(?:[-–—~]|{alternation(ranges['join'])}(?=\s))[\s*(]{{0,3}}"),
        join_opened=re.compile(rf"(?i)\s{{0,2}}{alternation(ranges['join_opened'])}\s{{1,2}}"),
        opener=re.compile(rf"(?i)(?<!\w){alternation(ranges['open'])}\s{{1,2}}\Z"),
        upper=re.compile(rf"(?i)(?<!\w){alternation(money['limit']['upper'])}\s?\Z"),
        lower=re.compile(rf"(?i)(?<!\w){alternation(money['limit']['lower'])}\s?\Z"),
        denial=re.compile(rf"(?i)(?<!\w){alternation(money['denial']['words'])}\s?\Z"),
        stipend=re.compile(rf"(?i)(?:^|[.;|]\s){alternation(money['stipend']['labels'])}\s?:\s?\Z"),
        legal_minimum=re.compile(rf"(?i)(?<!\w){alternation(_flat(money['legal_minimum']))}(?!\w)"),
    )

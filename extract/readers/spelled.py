"""Numbers that are written as words: small ones in all languages of ``numbers.toml``, up to 999 thousand in some of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from extract.once import once
from extract.readers.reading import alternation
from extract.vocabulary import load

_BLANKS = re.compile(r"[\s\u2010\u2011]+")


class Spelled(NamedTuple):
    """A number in words: its value, and whether it ends in the word for a thousand ("forty-four thousand")."""

    value: Decimal
    in_thousands: bool


@once
def number_words() -> Mapping[str, int]:
    """The single words for numbers in lower case, those that are a number only before a unit of time included."""
    return {word: value for name in ("bound", "words") for words in load("numbers")[name].values() for word, value in words.items()}


class _Grammar(NamedTuple):
    """How a language builds its numbers: patterns with the groups ``many`` and ``rest``, and those without groups."""

    small: Mapping[str, int]
    tens: Mapping[str, int]
    ten: re.Pattern[str]  # tens with units
    hundred: re.Pattern[str]
    hundreds: Mapping[str, int]
    thousand: re.Pattern[str]
    anywhere: str  # what is a number wherever it stands and is no single word


def _small(language: str) -> dict[str, int]:
    tables = load("numbers")
    return {
        word: value
        for name in ("bound", "words")
        for key, words in tables[name].items()
        if key[:2] == language
        for word, value in words.items()
    }


@once
def _grammars() -> dict[str, _Grammar]:
    return {language: _grammar(language, table) for language, table in load("numbers")["compound"].items()}


def _grammar(language: str, table: dict[str, dict[str, int]]) -> _Grammar:
    """The patterns of a language; every part of them is there once or not at all, so that no text makes them slow."""
    small, tens, hundreds, shape = _small(language), table["tens"], table["hundreds"], load("numbers")["shape"][language]
    units = alternation(word for word, value in small.items() if value < 20)
    ten_words, joint, gap, linked = alternation(tens), shape["joint"], shape["gap"], shape["linked"]
    first, last = (units, ten_words) if shape["units_first"] else (ten_words, units)
    ten = rf"(?P<many>{first}){joint}(?P<rest>{last})"
    below = _bare(rf"(?:{ten}|{ten_words}|{alternation(small)})")
    lead = rf"(?:{units}{gap})" + ("" if shape["lead"] else "?")
    hundred = rf"(?P<many>{lead}{alternation(hundreds)})(?:{linked}(?P<rest>{below}))?"
    triple = rf"(?:{_bare(hundred)}|{below})"
    thousand = rf"(?:(?P<many>{triple}){shape['before_thousand']})?{shape['thousand']}(?:{linked}(?P<rest>{triple}))?"
    many_thousand = _bare(thousand.replace("(?:(?P<many>", "(?:(?P<many>", 1))
    anywhere = rf"(?:(?!{shape['thousand']}(?!\w)){many_thousand}|(?!{shape['never']}(?!\w)){_bare(hundred)}|{_bare(ten)}|{ten_words})"
    compiled = (re.compile(pattern) for pattern in (ten, hundred, thousand))
    return _Grammar(small, tens, next(compiled), next(compiled), hundreds, next(compiled), anywhere)


def _bare(pattern: str) -> str:
    """The pattern without the names of its groups, to stand in others."""
    return pattern.replace("(?P<many>", "(?:").replace("(?P<rest>", "(?:")

"""Where sentences begin in a paragraph.

A rule of ours, because the libraries that give offsets need to be told the language, and a posting mixes them: told "fr",
sentencex 1.0 cuts "M. | Dupont" and "art. | 5", told "en" it cuts "i.e. | Go" and "approx. | 5". Here one table of
abbreviations serves all languages, and the answer depends on nothing but the text, so that a sentence is never cut again.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from extract.cleaning.joints import starters
from extract.once import once
from extract.vocabulary import load

_END = re.compile(r"[.!?…。！？](?:(?<=[。！？])(?=\S)|[.!?…]*+[\"'”’»)\]]{0,3} (?=\S))")
_OPENING = frozenset("\"'“„«‹([¿¡*#")
_CLOSING = "\"'”’»)]"
_TRIM = "\"'“„«‹([{–-/"
_BACK = 24


class _Abbreviations(NamedTuple):
    never: frozenset[str]
    closing: frozenset[str]
    ordinals: frozenset[str]


@once
def _abbreviations() -> _Abbreviations:
    tables = load("sentences")
    listed = frozenset(word for words in tables["abbreviations"].values() for word in words)
    closing = frozenset(tables["closing"]["words"])
    return _Abbreviations(listed - closing, closing, frozenset(tables["months"]["words"]))


def is_abbreviation(word: str) -> bool:
    """Whether a full stop after this word ends no sentence, or need not."""
    known = _abbreviations()
    folded = word.casefold()
    return folded in known.never or folded in known.closing


_DATE = re.compile(r"\(?\d{1,2}[.)] ([^\W\d_]+)")


def begins_with_date(text: str) -> bool:
    """Whether a line begins with a number that counts days or ranks and no items: "1. Januar".

    >>> begins_with_date("1. Januar 2027"), begins_with_date("1. Write tests")
    (True, False)
    """
    match = _DATE.match(text)
    return match is not None and match[1].casefold() in _abbreviations().ordinals


def sentence_starts(text: str) -> list[int]:
    """Where each sentence after the first begins.

    >>> text = "Work with Dr. Smith, e.g. on C++. Apply by 5 p.m. Questions? Ask M. Dupont."
    >>> [text[start:] for start in sentence_starts(text)]
    ['Apply by 5 p.m. Questions? Ask M. Dupont.', 'Questions? Ask M. Dupont.', 'Ask M. Dupont.']
    """
    return [match.end() for match in _END.finditer(text) if _ends(text, match)]


def _ends(text: str, match: re.Match[str]) -> bool:
    following = match.end()
    while following < len(text) - 1 and text[following] in _OPENING and following < match.end() + 3:
        following += 1
    if text[following].islower():
        return False
    mark = match[0]
    if mark[0] != "." or mark.startswith(".."):
        return True
    return _full_stop_ends(text, match.start(), following)


def _full_stop_ends(text: str, stop: int, following: int) -> bool:
    window = text[max(0, stop - _BACK) : stop]
    word = window[window.rfind(" ") + 1 :].lstrip(_TRIM).casefold()
    known = _abbreviations()
    if word in known.closing:
        return text[following].isupper()
    next_word = _word_at(text, following)
    if len(word) == 1 and word.isalpha():  # an initial, or the language C at the end of a sentence
        return next_word in starters()
    if word in known.never:
        return False
    if word.isdigit() and len(word) <= 2:
        return next_word.casefold() not in known.ordinals and len(window) > len(word)
    return bool(word)


def _word_at(text: str, start: int) -> str:
    end = start
    while end < len(text) and end < start + _BACK and text[end].isalpha():
        end += 1
    return text[start:end]

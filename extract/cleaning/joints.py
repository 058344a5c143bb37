"""Whether a capital inside a word belongs to a name ("PyTorch") or begins a new word ("algorithmsResearch")."""

from __future__ import annotations

import re
from enum import IntEnum
from functools import lru_cache

from extract.cleaning.characters import LOWER, UPPER
from extract.once import once
from extract.vocabulary import load

MAX_TOKEN = 48
"""Letters: a longer word is not looked up as a name."""
_BOUNDARY = re.compile(rf"(?<=[{LOWER}])(?=[{UPPER}])|(?<=[{UPPER}])(?=[{UPPER}][{LOWER}])")


class Evidence(IntEnum):
    """How sure it is that a separator was lost."""

    NONE = 0
    WEAK = 1  # only where others around it are sure
    LIKELY = 2  # by its shape: a small word before a capital
    SURE = 3  # the word that begins is one that begins sentences and items


@once
def starters() -> frozenset[str]:
    """Words that begin sentences and items, as they are written there."""
    tables = load("separators")["starters"]
    return frozenset(word for words in tables.values() for word in words)


@once
def _names() -> frozenset[str]:
    return frozenset(name.casefold() for name in load("camel_case")["names"])


@once
def _prefixes() -> frozenset[str]:
    return frozenset(load("camel_case")["prefixes"])


@once
def _gender_endings() -> frozenset[str]:
    return frozenset(load("camel_case")["gender_endings"])


@once
def after_a_name() -> frozenset[str]:
    """Words that follow a name inside a sentence, not the first word of an item."""
    return frozenset(load("separators")["after_a_name"]["words"])


def is_name(token: str) -> bool:
    """Whether a word with capitals inside is a known name, or the plural of one.

    >>> is_name("PyTorch"), is_name("PhDs"), is_name("algorithmsResearch")
    (True, True, False)
    """
    folded = token.casefold()
    return folded in _names() or (folded.endswith("s") and folded[:-1] in _names())


@lru_cache(maxsize=8192)
def token_joints(token: str) -> tuple[tuple[int, Evidence], ...]:
    """The places inside a run of letters where a small letter meets a capital, each with the evidence for a lost separator.

    >>> token_joints("algorithmsVision"), token_joints("andJavaScript"), token_joints("eBay"), token_joints("McDonald")
    (((10, <Evidence.LIKELY: 2>),), ((3, <Evidence.LIKELY: 2>),), (), ())
    >>> token_joints("HadoopUne"), token_joints("MarketStreet")
    (((6, <Evidence.SURE: 3>),), ((6, <Evidence.WEAK: 1>),))
    """
    if len(token) <= MAX_TOKEN and is_name(token):
        return ()
    free = _outside_names(token, [match.start() for match in _BOUNDARY.finditer(token)])
    edges = [0, *free, len(token)]
    found: list[tuple[int, Evidence]] = []
    for index, bound in enumerate(free):
        left, right = token[edges[index] : bound], token[bound : edges[index + 2]]
        evidence = _evidence(left, right, first=edges[index] == 0, last=edges[index + 2] == len(token))
        if evidence:
            found.append((bound, evidence))
    strongest = max((evidence for _, evidence in found), default=Evidence.NONE)
    if len(free) > 1 and token[0].islower() and strongest is Evidence.LIKELY is found[0][1]:
        return tuple((bound, Evidence.WEAK) for bound, _ in found)  # "getElementById"
    return tuple(found)


def _outside_names(token: str, bounds: list[int]) -> list[int]:
    """The boundaries that lie inside no known name; at most four parts in a row are looked up.

    Between two capitals a boundary counts only where a name ends ("MySQL|Grafana").
    """
    edges = [0, *bounds, len(token)]
    free: list[int] = []
    index = 1
    start = 0
    while index < len(edges):
        ends = range(min(index + 4, len(edges) - 1), index, -1)
        reach = next((end for end in ends if is_name(token[start : edges[end]])), index)
        bound = edges[reach]
        if bound < len(token) and (token[bound - 1].islower() or is_name(token[start:bound])):
            free.append(bound)
            start = bound
        index = reach + 1
    return free


def _evidence(left: str, right: str, *, first: bool, last: bool) -> Evidence:
    if last and right in _gender_endings() and len(left) > 3:
        return Evidence.NONE  # "MitarbeiterInnen" names all genders
    if right in starters() and len(left) > 1 and left not in _prefixes():
        return Evidence.SURE
    if len(left) == 1 or left in _prefixes():
        return Evidence.NONE
    if is_name(left):
        return Evidence.LIKELY if len(right) > 2 and right[1].islower() else Evidence.NONE
    if len(right) == 1:  # a word of one letter, if the text goes on accordingly
        return Evidence.SURE if last and len(left) > 2 and left[0].islower() else Evidence.NONE
    if right.isupper():  # "MySQL" is a name, "studiesKNOWLEDGE" is none, "generativeAI" may be either
        longer = Evidence.LIKELY if len(right) > 3 else Evidence.WEAK
        return longer if first and left[0].islower() and len(left) > 3 else Evidence.NONE
    if not right[:2].isascii():
        return Evidence.SURE  # names of products have no accents
    if first and left[0].islower():
        return Evidence.LIKELY if (len(left) > 2 and len(right) > 2) or is_name(right) else Evidence.WEAK
    if not left.isascii() or is_name(right):
        return Evidence.LIKELY
    return Evidence.WEAK if len(left) > 2 and len(right) > 2 else Evidence.NONE

"""Whether the words beside a value deny it: "not in Germany", "5 years are not required"."""

from __future__ import annotations

import re
from typing import NamedTuple

from extract.once import once
from extract.readers.gazetteer import fold
from extract.readers.reading import alternation
from extract.vocabulary import load

_BEFORE, _AFTER = 48, 100  # characters that are looked at on either side
_STOP = re.compile(r"[.;!?•|\n](?=\s)|[,:(\n]")  # what stands beyond is said of something else


class _Words(NamedTuple):
    before: re.Pattern[str]
    after: re.Pattern[str]


@once
def _verbs() -> re.Pattern[str]:
    table = load("phrases")["phrases"]
    between, verbs = alternation(table["between"]), alternation(table["verbs"])
    return re.compile(rf"\s{alternation(table['negations'])}(?:\s{between}){{0,2}}\s{verbs}(?:\s{between}){{0,2}}\s\Z")


def is_not_offered(before: str) -> bool:
    """Whether folded words with a blank at both ends say that what follows them is not offered.

    >>> is_not_offered(" we do not currently offer any "), is_not_offered(" we do not just offer ")
    (True, False)
    """
    return _verbs().search(before) is not None


@once
def _words(reach: int) -> _Words:
    table = load("phrases")
    between, behind = alternation(table["between"]), alternation(table["after"])
    return _Words(
        before=re.compile(rf"(?:^|\s){alternation(table['before'])}(?:\s{between}){{0,3}}\Z"),
        after=re.compile(rf"(?:\w+\s){{0,{reach}}}?{behind}(?!\w)"),
    )


def is_denied(text: str, start: int, end: int, *, reach: int = 4) -> bool:
    """Whether a word right before ``[start, end)``, or one at most ``reach`` words after it in the same clause, denies it.

    >>> is_denied("Germany is not served", 0, 7), is_denied("We serve Germany, but not Austria", 9, 16)
    (True, False)
    >>> is_denied("We are not located in Berlin", 22, 28), is_denied("Nicht in Bern, sondern in Thun", 26, 30)
    (True, False)
    >>> is_denied("not currently enrolled", 14, 22), is_denied("not only in Lyon", 12, 16)
    (True, False)
    """
    words = _words(reach)
    left, right = text[max(0, start - _BEFORE) : start], text[end : end + _AFTER]
    if words.before.search(fold(_STOP.split(left)[-1])):
        return True
    return words.after.match(fold(_STOP.split(right, maxsplit=1)[0])) is not None

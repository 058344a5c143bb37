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
def _words(reach: int) -> _Words:
    table = load("phrases")
    between, behind = alternation(table["between"]), alternation(table["after"])
    return _Words(
        before=re.compile(rf"(?:^|\s){alternation(table['before'])}(?:\s{between}){{0,2}}\Z"),
        after=re.compile(rf"(?:\w+\s){{0,{reach}}}?{behind}(?!\w)"),
    )


def is_denied(text: str, start: int, end: int, *, reach: int = 4) -> bool:
    """Whether a word right before ``[start, end)``, or one at most ``reach`` words after it in the same clause, denies it.

    >>> is_denied("Germany is not served", 0, 7), is_denied("We serve Germany, but not Austria", 9, 16)
    (True, False)
    >>> is_denied("not currently enrolled", 14, 22), is_denied("not only in Lyon", 12, 16)
    (True, False)
    """
    words = _words(reach)
    left, right = text[max(0, start - _BEFORE) : start], text[end : end + _AFTER]
    if words.before.search(fold(_STOP.split(left)[-1])):
        return True
    return words.after.match(fold(_STOP.split(right, maxsplit=1)[0])) is not None

"""The mark that makes a document one of a kind: its serial number in letters, which stands at the end of some of its words.

Letters, because a number might be read: as pay, as a year, as a telephone.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_DIGITS = 5
_MARK = re.compile(rb"zq([a-z]{%d})qz" % _DIGITS)


class Document(NamedTuple):
    """A line of the table that a run reads."""

    id: str
    text: str


def mark(serial: int) -> str:
    """The serial number in letters; there are 26⁵, some 11 million.

    >>> mark(0), mark(27)
    ('zqaaaaaqz', 'zqaaabbqz')
    """
    letters = ""
    for _ in range(_DIGITS):
        serial, letter = divmod(serial, 26)
        letters = chr(ord("a") + letter) + letters
    assert not serial, "there are no more marks"
    return f"zq{letters}qz"


def serial_in(content: bytes) -> int | None:
    """The serial number of the document that stands in a request; None where there is no mark.

    >>> serial_in(b'{"content": "a pastryzqaaabbqz cook"}')
    27
    """
    found = _MARK.search(content)
    if found is None:
        return None
    serial = 0
    for letter in found[1]:
        serial = 26 * serial + letter - ord("a")
    return serial


def unmarked(content: bytes) -> bytes:
    """The same without marks.

    >>> unmarked(b"a pastryzqaaabbqz cook")
    b'a pastry cook'
    """
    return _MARK.sub(b"", content)

"""How an answer names lines of the document, read and written.

``12`` is a line, ``12-15`` lines in a row, ``7+8`` and ``7+12-15`` lines that belong together, ``12: some words`` a part of line
12, and ``12: some … words`` the part from the first of these words to the last. In a list a bare range stands for one entry a
line; lines joined by "+" are one entry. Where a single text is asked for, all of its lines are that text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_RANGE = r"[0-9]{1,7}(?:\s*[-–]\s*[0-9]{1,7})?"
_REFERENCE = re.compile(rf"\s*{_RANGE}(?:\s*\+\s*{_RANGE})*\s*")
_QUOTE = re.compile(r"\s*(?:line\s+)?\[?([0-9]{1,7})\]?\s*:\s*(\S.*)", re.DOTALL | re.IGNORECASE)
_PART = re.compile(r"([0-9]+)(?:\s*[-–]\s*([0-9]+))?")


def read_reference(text: str) -> tuple[range, ...]:
    """The ranges of lines that a reference names, in its order; ValueError for what is none.

    >>> read_reference("7+12-15")
    (range(7, 8), range(12, 16))
    >>> read_reference("15-12")
    Traceback (most recent call last):
    ...
    ValueError: '15-12' runs backwards
    """
    if not _REFERENCE.fullmatch(text):
        raise ValueError(f"{text[:80]!r} is no reference to lines, such as 12, 12-15 or 7+8")
    ranges = tuple(range(int(first), int(last or first) + 1) for first, last in _PART.findall(text))
    if not all(ranges):
        raise ValueError(f"{text.strip()!r} runs backwards")
    return ranges


def read_quote(text: str) -> tuple[int, str] | None:
    """The line and the words of it that a text names; None where it names no line.

    >>> read_quote("12: Free bread"), read_quote("Free bread"), read_quote("12")
    ((12, 'Free bread'), None, None)
    """
    found = _QUOTE.fullmatch(text)
    return (int(found[1]), found[2]) if found else None


def is_several(text: str) -> bool:
    """Whether a reference in a list stands for one entry a line.

    >>> [is_several(text) for text in ("12", "12-15", "7+8", "7+12-15")]
    [False, True, False, False]
    """
    return "+" not in text and ("-" in text or "–" in text)


def write_reference(numbers: Sequence[int]) -> str:
    """The reference to lines that are one text, in this order.

    >>> write_reference([3]), write_reference([3, 4, 5]), write_reference([3, 4, 9])
    ('3', '3-5', '3-4+9')
    """
    return "+".join(_written(first, last) for first, last in runs(numbers))


def write_entries(numbers: Iterable[int]) -> list[str]:
    """The references to lines that are an entry of a list each, in this order.

    >>> write_entries([12, 13, 14, 20])
    ['12-14', '20']
    """
    return [_written(first, last) for first, last in runs(numbers)]


def joined_reference(numbers: Sequence[int]) -> str:
    """The reference to lines that are one entry of a list: never a bare range, which would be several.

    >>> joined_reference([12, 13, 14]), joined_reference([7])
    ('12+13-14', '7')
    """
    first, *rest = numbers
    return f"{first}+{write_reference(rest)}" if rest else str(first)


def runs(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """The first and last of each stretch of numbers that go up by one.

    >>> runs([1, 2, 3, 7, 5, 6])
    [(1, 3), (7, 7), (5, 6)]
    """
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and number == found[-1][1] + 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found


def _written(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"

"""Whether a text states a value, and where: a typed reader reads the very value, or the words are the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import get_args

from extract.fields import Leaf
from extract.finding import find_folded, signs
from extract.readers import Conventions, Locate, Stated, locate
from extract.vocabulary import fold

Scalar = str | int | float | bool

_CONVERTED = frozenset({"duration", "shortest", "longest"})
"""Readers of what is written in another unit than it is read in, so a whole number of it is rounded."""
_READERS: Mapping[type, str] = {Decimal: "figure", float: "figure", int: "figure", date: "date", datetime: "moment"}
"""Who reads the leaves of a schema that names no reader, by their type."""
_UNKNOWN = Conventions()
_JOINED_BEFORE, _JOINED_BEHIND = re.compile(r"\w[-‐‑]"), re.compile(r"[-‐‑]\w")


def states(text: str, value: Scalar, leaf: Leaf) -> bool:
    """Whether a text, and nothing but that text, states the value of a leaf.

    >>> states("We pay $85,000.", "85000", Leaf(Decimal)), states("We pay $85,000.", "95000", Leaf(Decimal))
    (True, False)
    """
    if isinstance(value, str) and value.split() == text.split() != []:
        return True
    return not leaf.verbatim and (next(readings(text, value, leaf), None) is not None or says_the_same(text, value, leaf))


def is_read_by_type(leaf: Leaf) -> bool:
    """Whether a leaf is a number or a day, so that a value of it is seldom printed as it is."""
    kinds = get_args(leaf.annotation) or (leaf.annotation,)
    return str not in kinds and any(kind in _READERS for kind in kinds)


def reader_of(leaf: Leaf) -> str | None:
    """The reader that a leaf names, or that reads values of its type; None for texts and choices."""
    if leaf.reader or leaf.choices:
        return leaf.reader
    kinds = get_args(leaf.annotation) or (leaf.annotation,)
    return next((_READERS[kind] for kind in kinds if kind in _READERS), None)


def readings(
    text: str, value: Scalar, leaf: Leaf, conventions: Conventions = _UNKNOWN, *, locate: Locate = locate
) -> Iterator[Stated]:
    """The places of a text that a typed reader reads as the very value, or that name the choice that it is.

    ``locate`` is how the reader is asked: whoever looks many values up in the same lines may remember what was read.
    """
    if leaf.reader:
        whole = leaf.annotation is int and leaf.reader in _CONVERTED
        for found in locate(leaf.reader, text, conventions):
            read = round(found.value) if whole and isinstance(found.value, float) else found.value
            if same_value(read, value):
                yield found
    elif leaf.choices:
        named = next((str(choice) for choice in leaf.choices if same_value(choice, value)), "")
        place = find_folded(named.replace("_", " "), text)
        if place and not is_in_a_compound(text, *place):
            yield Stated(named, *place)
    else:
        for kind in get_args(leaf.annotation) or (leaf.annotation,):
            yield from _read_by_type(text, value, kind, conventions, locate)


def is_in_a_compound(text: str, start: int, end: int) -> bool:
    """Whether a hyphen joins a word on: "un-paid" is not "paid", nor "vegan-free" "vegan"."""
    return bool(_JOINED_BEFORE.fullmatch(text, max(0, start - 2), start) or _JOINED_BEHIND.fullmatch(text, end, end + 2))


def _read_by_type(text: str, value: Scalar, kind: object, conventions: Conventions, locate: Locate) -> Iterator[Stated]:
    """The places that what reads values of that type reads as the very value."""
    reader = _READERS.get(kind) if isinstance(kind, type) else None
    if reader == "moment" and (moment := _moment(value)) is not None:
        value = moment
    if reader is not None:
        yield from (found for found in locate(reader, text, conventions) if same_value(found.value, value))


def says_the_same(quoted: str, value: Scalar, leaf: Leaf) -> bool:
    """Whether a whole text is the value in another spelling, or is the value as it is written in JSON."""
    if leaf.reader:
        return False
    if isinstance(value, str) and not leaf.choices:
        return fold(value) == fold(quoted) != "" and signs(value) == signs(quoted)
    return same_value(quoted.strip(), value)


def _moment(value: Scalar) -> str | None:
    """A moment in the one way in which it is read, however much of it was left out."""
    try:
        return datetime.fromisoformat(str(value)).isoformat()
    except ValueError:
        return None


def same_value(read: object, value: object) -> bool:
    """Equal as they are, as they are written, or as numbers; a truth value equals only itself.

    >>> from datetime import date
    >>> same_value(Decimal("7500.00"), "7500"), same_value(date(2024, 5, 30), "2024-05-30"), same_value(1, True)
    (True, True, False)
    """
    if isinstance(read, bool) or isinstance(value, bool):
        return read is value
    try:
        if read == value:
            return True
        written, other = str(read).strip(), str(value).strip()
        return written == other or Decimal(written) == Decimal(other)
    except (InvalidOperation, ValueError):  # no number; an int of more than sys.get_int_max_str_digits() figures
        return False

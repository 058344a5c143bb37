"""Whether a text states a value: the same words, or a typed reader reads the very value. Nothing fuzzy counts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import get_args

from extract.fields import Leaf
from extract.readers import read_as
from extract.vocabulary import fold

Scalar = str | int | float | bool

_CONVERTED = frozenset({"duration"})  # read in another unit than it is written in, so a whole number of it is rounded
_READERS: Mapping[type, str] = {Decimal: "figure", float: "figure", int: "figure", date: "date", datetime: "moment"}
"""Who reads the leaves of a schema that names no reader, by their type."""
_SIGN = re.compile(r"[+#&%@*$€£]")  # these make another word or another amount: "C" is not "C++"


def states(text: str, value: Scalar, leaf: Leaf) -> bool:
    """Whether a text, and nothing but that text, states the value of a leaf.

    >>> states("We pay $85,000.", "85000", Leaf(Decimal)), states("We pay $85,000.", "95000", Leaf(Decimal))
    (True, False)
    """
    if isinstance(value, str) and value.split() == text.split() != []:
        return True
    return not leaf.verbatim and reads_as(text, value, leaf)


def is_read_by_type(leaf: Leaf) -> bool:
    """Whether a leaf is a number or a day, so that a value of it is seldom printed as it is."""
    kinds = get_args(leaf.annotation) or (leaf.annotation,)
    return str not in kinds and any(kind in _READERS for kind in kinds)


def reads_as(quoted: str, value: Scalar, leaf: Leaf) -> bool:
    """Whether reading the quoted text gives the very value."""
    if leaf.reader:
        read = read_as(leaf.reader, quoted)
        if leaf.annotation is int and leaf.reader in _CONVERTED:
            return any(isinstance(found, float) and same_value(round(found), value) for found in read)
        return any(same_value(found, value) for found in read)
    if leaf.choices:
        return same_value(quoted.strip(), value) or f" {fold(str(value).replace('_', ' '))} " in f" {fold(quoted)} "
    if any(_reads_by_type(quoted, value, kind) for kind in get_args(leaf.annotation) or (leaf.annotation,)):
        return True
    if isinstance(value, str):
        return fold(value) == fold(quoted) != "" and _SIGN.findall(value) == _SIGN.findall(quoted)
    return same_value(quoted.strip(), value)


def _reads_by_type(quoted: str, value: Scalar, kind: object) -> bool:
    """Whether what reads values of that type reads the very value."""
    reader = _READERS.get(kind) if isinstance(kind, type) else None
    if reader == "moment" and (moment := _moment(value)) is not None:
        return any(found == moment for found in read_as(reader, quoted))
    return reader is not None and any(same_value(found, value) for found in read_as(reader, quoted))


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
    if read == value:
        return True
    try:
        written, other = str(read).strip(), str(value).strip()
        return written == other or Decimal(written) == Decimal(other)
    except (InvalidOperation, ValueError):  # no number; an int of more than sys.get_int_max_str_digits() figures
        return False

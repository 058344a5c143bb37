"""What needs no asking: values that the markup states or the rules are certain of, and fields that no line can fill.

A field whose typed reader reads nothing in any line is not asked for: grounding would refuse any answer. Nor is one whose reader
reads nothing that is not the value of another field already: the day of publication is not the closing date too.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from pydantic import BaseModel

from extract.engines.base import Draft, DraftValue
from extract.engines.llm.lines import Lines
from extract.engines.llm.wire import askable
from extract.fields import Leaf, leaf_annotations, path_pattern, paths_above
from extract.readers import read_as

_ONCE = frozenset({"date", "email", "phone", "url"})
"""Readers of values that belong to one field only."""
_ANYTHING = frozenset({"language", "region"})
"""Readers that read something in any line."""


def certain_values(draft: Draft) -> dict[str, DraftValue]:
    """The values of a draft that its engine is certain of, in its order."""
    return {path: value for path, value in draft.values.items() if path in draft.certain}


def left_to_ask(schema: type[BaseModel], known: Draft, lines: Lines) -> frozenset[str]:
    """The paths that another engine is not certain of, and that some line holds something for."""
    leaves = leaf_annotations(schema)
    filled = {place for path in known.certain for place in (path, *paths_above(path))}
    taken = {str(value.value) for path, value in certain_values(known).items() if _wanted(leaves, path).reader in _ONCE}
    wanted = {path: _wanted(leaves, path) for path in askable(schema) if path not in filled}
    found = {wish: _is_met(wish, lines, taken) for wish in set(wanted.values())}
    return frozenset(path for path, wish in wanted.items() if found[wish])


class _Wish(NamedTuple):
    """Who reads the values of a field, and which of them there may be (any, where there are none)."""

    reader: str | None = None
    choices: tuple[str | int | float | bool, ...] = ()


def _wanted(leaves: Mapping[str, Leaf], path: str) -> _Wish:
    """What has to stand in some line for a leaf, or for the entries of a list; nothing in particular for objects."""
    leaf = leaves.get(path_pattern(path)) or leaves.get(f"{path_pattern(path)}.*")
    return _Wish(leaf.reader, leaf.choices) if leaf and leaf.reader not in _ANYTHING else _Wish()


def _is_met(wish: _Wish, lines: Lines, taken: AbstractSet[str]) -> bool:
    """Whether some line holds a value that is not taken."""
    if wish.reader is None:
        return True
    gone = taken if wish.reader in _ONCE else frozenset()
    values = (value for body in lines.bodies() for value in read_as(wish.reader, body.text))
    return any(value in wish.choices if wish.choices else str(value) not in gone for value in values)

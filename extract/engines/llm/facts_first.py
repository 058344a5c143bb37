"""What needs no asking: values that the markup states or the rules are certain of, and fields that no line can fill.

A field whose typed reader reads nothing in any line is not asked for: grounding would refuse any answer. Nor is one whose reader
reads nothing that is not the value of another field already: the day of publication is not the closing date too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet

from pydantic import BaseModel

from extract.engines.base import Draft, DraftValue
from extract.engines.llm.lines import Lines
from extract.engines.llm.wire import askable
from extract.fields import Leaf, leaf_annotations, path_pattern
from extract.readers import read_as

_ONCE = frozenset({"date", "email", "phone", "url"})
"""Readers of values that belong to one field only."""
_ANYTHING = frozenset({"language", "region"})
"""Readers that read something in any line."""


def certain_values(draft: Draft) -> dict[str, DraftValue]:
    """The values of a draft that its engine is certain of, in its order."""
    return {path: value for path, value in draft.values.items() if path in draft.certain}


def left_to_ask(schema: type[BaseModel], filled: Mapping[str, DraftValue], lines: Lines) -> frozenset[str]:
    """The paths that are neither filled nor without anything in the lines that could fill them."""
    leaves = leaf_annotations(schema)
    beginnings = {above for path in filled for above in _beginnings(path)}
    taken = {str(value.value) for path, value in filled.items() if leaves[path_pattern(path)].reader in _ONCE}
    return frozenset(
        path for path in askable(schema) if path not in beginnings and _fillable(leaves.get(path_pattern(path)), lines, taken)
    )


def _fillable(leaf: Leaf | None, lines: Lines, taken: AbstractSet[str]) -> bool:
    """Whether some line holds what a leaf's reader reads; true where the leaf has no reader, or is a list or an object."""
    if leaf is None or leaf.reader is None or leaf.reader in _ANYTHING:
        return True
    bodies = (lines.body(number) for number in range(len(lines)))
    found = (value for body in bodies if body for value in read_as(leaf.reader, body.text))
    return any(leaf.reader not in _ONCE or str(value) not in taken for value in found)


def _beginnings(path: str) -> Iterator[str]:
    """The path and all that stands above it."""
    parts = path.split(".")
    return (".".join(parts[:end]) for end in range(len(parts), 0, -1))

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
    taken = {str(value.value) for path, value in filled.items() if _reader(leaves, path) in _ONCE}
    missing = [path for path in askable(schema) if path not in beginnings]
    readers = {reader for path in missing if (reader := _reader(leaves, path)) is not None and reader not in _ANYTHING}
    idle = {reader for reader in readers if not _reads_something(reader, lines, taken)}
    return frozenset(path for path in missing if _reader(leaves, path) not in idle)


def _reader(leaves: Mapping[str, Leaf], path: str) -> str | None:
    """The reader of a leaf; None where it has none, or where the path leads to a list or to nothing."""
    leaf = leaves.get(path_pattern(path))
    return leaf.reader if leaf else None


def _reads_something(reader: str, lines: Lines, taken: AbstractSet[str]) -> bool:
    """Whether a reader reads in some line what is not taken."""
    bodies = (lines.body(number) for number in range(len(lines)))
    return any(str(value) not in taken for body in bodies if body for value in read_as(reader, body.text))


def _beginnings(path: str) -> Iterator[str]:
    """The path and all that stands above it."""
    parts = path.split(".")
    return (".".join(parts[:end]) for end in range(len(parts), 0, -1))

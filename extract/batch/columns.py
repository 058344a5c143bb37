"""Records as the columns of a table: objects are columns of their parts, and a list is one column."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeGuard

from pydantic import BaseModel

from extract.batch.rows import json_text
from extract.fields import ObjectShape, Shape, below, shape_of

BESIDE = ("id", "path", "sha256", "status")
"""The columns of a row before those of its record."""
TOLD = ("error_code", "error_message", "issues", "evidence", "usage", "provenance", "configuration")
"""The columns behind them: the first two are texts, the others JSON."""
RECORD = "record"


def flat_columns(schema: type[BaseModel]) -> list[str]:
    """The columns of a flat table: each leaf of the record that is in no list has one, and each list has one.

    >>> from extract.schemas.invoice import Invoice
    >>> [name for name in flat_columns(Invoice) if name.startswith("record.s")][:3]
    ['record.seller.name', 'record.seller.tax_id', 'record.seller.address']
    """
    return [*BESIDE, *_paths(shape_of(schema), RECORD), *TOLD]


def flat_row(row: dict[str, object], columns: list[str]) -> list[str]:
    """The cells of a row of JSON in these columns: a text as it is, null as an empty cell, anything else as JSON."""
    error = row.get("error") or {}
    told = dict(row) | {f"error_{key}": value for key, value in error.items()} if isinstance(error, dict) else row
    return [_cell(_at(told, column)) for column in columns]


def _paths(shape: Shape, path: str) -> Iterator[str]:
    if isinstance(shape, ObjectShape):
        for name, part in shape.fields.items():
            yield from _paths(part, below(path, name))
    else:
        yield path


def _at(row: dict[str, object], path: str) -> object:
    value: object = row
    for name in path.split("."):
        if not _is_object(value):
            return None
        value = value.get(name)
    return value


def _is_object(value: object) -> TypeGuard[dict[str, object]]:
    return isinstance(value, dict)


def _cell(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json_text(value)

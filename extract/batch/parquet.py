"""Rows as a Parquet file with nested types, made from the schema of the record; a row group is in memory at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import islice
from pathlib import Path

import pyarrow as pa
from pyarrow.parquet import ParquetWriter
from pydantic import BaseModel

from extract.batch.columns import BESIDE
from extract.batch.rows import json_text
from extract.errors import UsageError
from extract.fields import Leaf, ListShape, ObjectShape, Shape, shape_of
from extract.journal import replacing

_GROUP = 1000
"""Rows of a row group."""
_TYPES = {bool: pa.bool_(), int: pa.int64(), float: pa.float64(), date: pa.date32()}
_SPAN = pa.struct([("start", pa.int64()), ("end", pa.int64())])
_EVIDENCE = pa.struct(
    [
        ("status", pa.string()),
        ("quote", pa.string()),
        ("spans", pa.list_(_SPAN)),
        ("segments", pa.list_(pa.int32())),
        ("pages", pa.list_(pa.int32())),
    ]
)
_ISSUE = pa.struct([(name, pa.string()) for name in ("code", "path", "message", "severity")])
_COUNTS = ("calls", "input_tokens", "cached_tokens", "output_tokens", "cache_hits", "saved_input_tokens", "saved_output_tokens")
_USAGE = pa.struct([*((name, pa.int64()) for name in _COUNTS), ("cost", pa.float64()), ("seconds", pa.float64())])
_MADE = (
    *("engine", "task", "format", "schema_hash", "source", "source_sha256", "encoding", "version"),
    *("model", "endpoint", "prompt", "prompt_hash"),
)
_PROVENANCE = pa.struct([*((name, pa.string()) for name in _MADE), ("cleaning", pa.list_(pa.string()))])
_FAULT = pa.struct([("code", pa.string()), ("message", pa.string())])


def write_parquet(rows: Iterable[Mapping[str, object]], output: Path, *, schema: type[BaseModel]) -> None:
    """Write rows of JSON, whole or not at all; UsageError for a number that no column can hold."""
    shape = shape_of(schema)
    columns = arrow_schema(shape)
    with replacing(output) as file, ParquetWriter(file, columns, compression="zstd") as writer:
        left = iter(rows)
        try:
            while group := [_columns(row, shape) for row in islice(left, _GROUP)]:
                writer.write_table(pa.Table.from_pylist(group, schema=columns))
        except (pa.ArrowException, OverflowError, TypeError, ValueError) as error:
            way_out = "choose an output that ends in .jsonl"
            raise UsageError(f"{output}: a value fits into no column ({error}): {way_out}") from error


def arrow_schema(shape: Shape) -> pa.Schema:
    """The columns of the rows of a record of that shape."""
    return pa.schema(
        [
            *((name, pa.string()) for name in BESIDE),
            ("record", _type(shape)),
            ("fields", pa.map_(pa.string(), pa.string())),
            ("evidence", pa.map_(pa.string(), _EVIDENCE)),
            ("issues", pa.list_(_ISSUE)),
            ("usage", _USAGE),
            ("provenance", _PROVENANCE),
            ("error", _FAULT),
            ("configuration", pa.string()),
        ]
    )


def _type(shape: Shape) -> pa.DataType:
    """Objects are structs, lists are lists; what may be one of several kinds, and a dict, is text: JSON."""
    if isinstance(shape, ObjectShape) and shape.fields:
        return pa.struct([(name, _type(part)) for name, part in shape.fields.items()])
    if isinstance(shape, ListShape):
        return pa.list_(_type(shape.item))
    if isinstance(shape, Leaf) and isinstance(shape.annotation, type):
        return _TYPES.get(shape.annotation, pa.string())
    return pa.string()


def _columns(row: Mapping[str, object], shape: Shape) -> dict[str, object]:
    kept = {name: row.get(name) for name in (*BESIDE, "issues", "usage", "provenance", "error", "configuration")}
    maps = {name: list(_items(row.get(name))) for name in ("fields", "evidence")}
    return kept | maps | {"record": _value(row.get("record"), shape)}


def _items(found: object) -> Iterator[tuple[object, object]]:
    if isinstance(found, dict):
        yield from found.items()


def _value(value: object, shape: Shape) -> object:
    """A value of JSON as its column holds it."""
    if value is None:
        return None
    if isinstance(shape, ObjectShape) and shape.fields and isinstance(value, dict):
        return {name: _value(value.get(name), part) for name, part in shape.fields.items()}
    if isinstance(shape, ListShape) and isinstance(value, list):
        return [_value(item, shape.item) for item in value]
    kind = _type(shape)
    if kind == pa.date32() and isinstance(value, str):
        return date.fromisoformat(value)
    if kind == pa.string() and not isinstance(value, str):
        return json_text(value)
    return float(value) if kind == pa.float64() and isinstance(value, int) else value

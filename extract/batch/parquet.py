"""Rows as a Parquet file with nested types, made from the schema of the record; a row group is in memory at a time.

A column has one type in all of a file. The schema names it, but not how many digits an amount has, and a value may be written in
a way of its own: the rows are gone through first, and a column is made as wide as its longest number, or text, so that no value
is rounded and none is the end of a table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal, DecimalException
from itertools import islice
from pathlib import Path

import pyarrow as pa
from pyarrow.parquet import ParquetWriter
from pydantic import BaseModel

from extract.batch.columns import BESIDE
from extract.batch.rows import json_text
from extract.errors import UsageError
from extract.fields import Leaf, ListShape, ObjectShape, Shape, below, shape_of
from extract.journal import replacing

_GROUP = 1000
"""Rows of a row group."""
_AMOUNT = pa.decimal128(29, 9)
"""20 digits before the point and 9 behind it; wider where a number has more, so that files of most batches go together."""
_MOST_DIGITS = 38
"""Of a decimal128; few readers know a wider type."""
_INT64 = 2**63
_EXACT = 2**53
"""Above it, a float skips integers."""
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TYPES = {bool: pa.bool_(), int: pa.int64(), float: pa.float64(), Decimal: _AMOUNT, date: pa.date32()}
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
Rows = Iterable[Mapping[str, object]]


def write_parquet(rows: Callable[[], Rows], output: Path, *, schema: type[BaseModel]) -> None:
    """Write rows of JSON, whole or not at all; UsageError where one is not of that schema. ``rows`` is called twice."""
    shape = shape_of(schema)
    columns = arrow_schema(shape, rows())
    record = columns.field("record").type
    with replacing(output) as file, ParquetWriter(file, columns, compression="zstd") as writer:
        left = iter(rows())
        try:
            while group := [_columns(row, record) for row in islice(left, _GROUP)]:
                writer.write_table(pa.Table.from_pylist(group, schema=columns))
        except (pa.ArrowException, OverflowError, TypeError, ValueError) as error:
            way_out = "choose an output that ends in .jsonl"
            raise UsageError(f"{output}: a value fits into no column ({error}): {way_out}") from error


def arrow_schema(shape: Shape, rows: Rows = ()) -> pa.Schema:
    """The columns of the rows of a record of that shape, wide enough for these rows."""
    kinds: dict[str, pa.DataType] = {}
    for row in rows:
        for path, leaf, value in _leaves(row.get("record"), shape):
            kinds[path] = _wide_enough(kinds.get(path) or _kind(leaf), value)
    return pa.schema(
        [
            *((name, pa.string()) for name in BESIDE),
            ("record", _type(shape, kinds)),
            ("fields", pa.map_(pa.string(), pa.string())),
            ("evidence", pa.map_(pa.string(), _EVIDENCE)),
            ("issues", pa.list_(_ISSUE)),
            ("usage", _USAGE),
            ("provenance", _PROVENANCE),
            ("error", _FAULT),
            ("configuration", pa.string()),
        ]
    )


def _type(shape: Shape, kinds: Mapping[str, pa.DataType], path: str = "") -> pa.DataType:
    """Objects are structs, lists are lists, leaves what ``kinds`` says; what may be one of several kinds is text: JSON."""
    if isinstance(shape, ObjectShape) and shape.fields:
        return pa.struct([(name, _type(part, kinds, below(path, name))) for name, part in shape.fields.items()])
    if isinstance(shape, ListShape):
        return pa.list_(_type(shape.item, kinds, below(path, "*")))
    return kinds.get(path) or _kind(shape) if isinstance(shape, Leaf) else pa.string()


def _kind(leaf: Leaf) -> pa.DataType:
    """The type of a leaf by its schema; text where that is one of no column, such as a dict, or of several."""
    kinds: set[object] = {type(choice) for choice in leaf.choices}  # of an enum or a Literal
    (kind, *others) = kinds or {leaf.annotation}
    return _TYPES.get(kind, pa.string()) if isinstance(kind, type) and not others else pa.string()


def _leaves(value: object, shape: Shape, path: str = "") -> Iterator[tuple[str, Leaf, object]]:
    """The values of a record in JSON, with "*" in their paths for the position in a list."""
    if isinstance(shape, ObjectShape) and isinstance(value, dict):
        for name, part in shape.fields.items():
            yield from _leaves(value.get(name), part, below(path, name))
    elif isinstance(shape, ListShape) and isinstance(value, list):
        for item in value:
            yield from _leaves(item, shape.item, below(path, "*"))
    elif value is not None and isinstance(shape, Leaf):
        yield path, shape, value


def _wide_enough(kind: pa.DataType, value: object) -> pa.DataType:
    """The type that holds a value of JSON as it is, beside all that ``kind`` holds; text holds everything."""
    if kind == pa.string():
        return kind
    if not pa.types.is_decimal(kind):
        return kind if _fits(value, kind) else pa.string()
    number = _number(value)
    if number is None:
        return pa.string()
    digits, exponent = number.as_tuple()[1:]
    behind = max(-int(exponent), kind.scale)
    before = max(len(digits) + int(exponent), kind.precision - kind.scale)
    return pa.decimal128(before + behind, behind) if before + behind <= _MOST_DIGITS else pa.string()


def _fits(value: object, kind: pa.DataType) -> bool:
    """Whether a value of JSON is one of that type; Arrow itself cuts 1.5 off to an integer without a word."""
    if kind == pa.date32():
        return isinstance(value, str) and _DAY.fullmatch(value) is not None
    if kind == pa.bool_():
        return isinstance(value, bool)
    if kind == pa.float64() and isinstance(value, float):
        return True
    most = _EXACT if kind == pa.float64() else _INT64
    return isinstance(value, int) and not isinstance(value, bool) and -most <= value < most


def _number(value: object) -> Decimal | None:
    """What a value of JSON says, which writes a decimal as text or as a number; None where that is no finite number."""
    try:
        number = Decimal(value if isinstance(value, (str, int)) else repr(value))
    except DecimalException:
        return None
    return number if number.is_finite() and not isinstance(value, bool) else None


def _columns(row: Mapping[str, object], record: pa.DataType) -> dict[str, object]:
    kept = {name: row.get(name) for name in (*BESIDE, "issues", "usage", "provenance", "error", "configuration")}
    maps = {name: list(_items(row.get(name))) for name in ("fields", "evidence")}
    return kept | maps | {"record": _value(row.get("record"), record)}


def _items(found: object) -> Iterator[tuple[object, object]]:
    if isinstance(found, dict):
        yield from found.items()


def _value(value: object, kind: pa.DataType) -> object:
    """A value of JSON as a column of that type takes it."""
    if value is None:
        return None
    if pa.types.is_struct(kind) and isinstance(value, dict):
        return {part.name: _value(value.get(part.name), part.type) for part in kind}
    if pa.types.is_list(kind) and isinstance(value, list):
        return [_value(item, kind.value_type) for item in value]
    if pa.types.is_decimal(kind):
        return _number(value)
    if kind == pa.date32() and isinstance(value, str):
        return date.fromisoformat(value)
    if kind == pa.string() and not isinstance(value, str):
        return json_text(value)
    return float(value) if kind == pa.float64() and isinstance(value, int) else value

"""Documents in a column of a table: JSON lines, CSV, Parquet; read row by row, however long the table is."""

from __future__ import annotations

import gzip
import io
import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from extract.batch.delimited import Record, Unclosed, records
from extract.batch.items import Content, Item, NoContent, Skipped, item_of, place_of, until_broken
from extract.decoding import encodable
from extract.errors import DamagedSource, EmptySource, MissingExtra, SourceError, SourceTooLarge, UndecodableSource, UsageError

if TYPE_CHECKING:
    from pyarrow import RecordBatch, Scalar
    from pyarrow.parquet import ParquetFile

PARQUET = ".parquet"
TABLES = (".jsonl", ".ndjson", ".csv", ".tsv", PARQUET, ".jsonl.gz", ".ndjson.gz", ".csv.gz", ".tsv.gz")
MAX_ROW = 100_000_000
"""The longest row that is read: bytes of a line of JSON, characters of a row of CSV."""
_DELIMITERS = {".csv": ",", ".tsv": "\t"}
_ROWS = 16
"""Rows of a Parquet file that are in memory at once."""
_BUFFER_BYTES = 1024 * 1024
"""How much of a column of a Parquet file is in memory, compressed; without a number, all that a group of rows has."""
_BOM = b"\xef\xbb\xbf"
_NAMED = 12
"""Columns that a message names."""
_ABSENT = object()
"""Stands for a column that is not there, which is something else than one with nothing in it."""
_OUT_OF_RANGE = "<value out of range: "
"""What Arrow writes, with the number and ">" behind it, for a day that no calendar has."""
_NO_TEXT = re.compile(r"[\x00\udc80-\udcff]")
"""NUL, and what "surrogateescape" makes of bytes that are no UTF-8."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns hold the text and the name of a document; dotted for what is inside of objects in JSON."""

    text: str = "text"
    id: str | None = None

    @property
    def named(self) -> list[str]:
        return [self.text] if self.id is None else [self.text, self.id]


def in_table(path: Path, kind: str, *, columns: Columns) -> Iterator[Item | Skipped]:
    """The documents of a table in the order of its rows; UsageError where CSV or Parquet has no such column.

    The place of a row is the line that it begins on; in Parquet its number, from 1. A row that is broken raises its SourceError
    when it is loaded; where the table breaks, the rows before come, and an Item at the place of the table that says so.
    """
    place = place_of(path)
    rows = _parquet(path, place, columns) if kind == PARQUET else _lines_of(path, kind, place, columns)
    yield from until_broken(rows, place=place, kind=f"{kind[1:]} file")


def count_rows(path: Path, kind: str) -> int | None:
    """How many Items a table holds, where its lines or its head tell that; None where only reading it would."""
    try:
        if kind == PARQUET:
            with path.open("rb") as file, _parquet_file(file, str(path)) as table:
                return int(table.metadata.num_rows)
        if kind in {".jsonl", ".ndjson"}:
            with path.open("rb") as file:
                return sum(1 for _ in _whole_lines(file))
    except (OSError, SourceError):
        return 1  # the Item that says so
    return None


def _lines_of(path: Path, kind: str, place: str, columns: Columns) -> Iterator[Item]:
    delimiter = _DELIMITERS.get(kind.removesuffix(".gz"))
    if kind.endswith(".gz") and path.stat().st_size == 0:  # for Python, a gzip file of nothing
        raise EOFError("it is empty")
    with cast("BinaryIO", gzip.open(path) if kind.endswith(".gz") else path.open("rb")) as file:
        yield from _jsonl(file, place, columns) if delimiter is None else _csv(file, place, columns, delimiter=delimiter)


def _jsonl(file: BinaryIO, place: str, columns: Columns) -> Iterator[Item]:
    for number, line in _whole_lines(file):
        here = f"{place}:{number}"
        row = _object(line, here)
        if isinstance(row, NoContent):
            yield item_of(row, place=here)
        else:
            there = list(row)
            called = None if columns.id is None else _value(row, columns.id, _ABSENT)
            text = _text(_value(row, columns.text, _ABSENT), columns.text, here, there)
            if called is _ABSENT and columns.id is not None:
                text = NoContent(
                    DamagedSource, f"{here} has no column {columns.id!r}; it has {_some(there)}: choose with --id-column"
                )
            yield item_of(text, place=here, called=_name(called))


def _whole_lines(file: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """The lines of a file that are not empty, with their numbers; None for one that is too long to be read."""
    for number in count(1):
        line = file.readline(MAX_ROW + 1)
        if not line:
            return
        if number == 1:
            line = line.removeprefix(_BOM)
        if len(line) > MAX_ROW and not line.endswith(b"\n"):
            while line and not line.endswith(b"\n"):
                line = file.readline(MAX_ROW)
            yield number, None
        elif line.strip():
            yield number, line


def _object(line: bytes | None, place: str) -> dict[str, object] | NoContent:
    if line is None:
        return _too_long(place)
    try:
        row = json.loads(line.decode())
    except UnicodeDecodeError as error:
        return NoContent(UndecodableSource, f"{place} is not UTF-8 (byte {error.start} of the line): save the table as UTF-8")
    except (ValueError, RecursionError) as error:
        return NoContent(DamagedSource, f"{place} is no JSON ({error}): write one object to a line")
    if not isinstance(row, dict):
        return NoContent(DamagedSource, f"{place} is no JSON object, but {type(row).__name__}: write one object to a line")
    return row


def _csv(file: BinaryIO, place: str, columns: Columns, *, delimiter: str) -> Iterator[Item]:
    with io.TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="") as text:
        rows = records(text, delimiter, max_chars=MAX_ROW)
        try:
            head = _head(next(rows, None), place)
            text_at = _position(columns.text, head, place)
            id_at = None if columns.id is None else _position(columns.id, head, place)
            for record in rows:
                here = f"{place}:{record.line}"
                cells = _cells(record, len(head), here)
                if isinstance(cells, NoContent):
                    yield item_of(cells, place=here)
                else:
                    called = None if id_at is None else _name(cells[id_at])
                    yield item_of(cells[text_at], place=here, called=called)
        except Unclosed as error:
            raise DamagedSource(f"{place} is cut off, or a quote is missing: {error}") from error


def _head(record: Record | None, place: str) -> Sequence[str]:
    if record is None:
        raise EmptySource(f"{place} is empty: a table begins with the names of its columns")
    if record.cells is None or any(_NO_TEXT.search(cell) for cell in record.cells):
        raise DamagedSource(f"{place} does not begin with names of columns in UTF-8: save it as CSV in UTF-8")
    return record.cells


def _position(column: str, head: Sequence[str], place: str) -> int:
    if column not in head:
        raise _without(place, [column], head)
    return head.index(column)


def _cells(record: Record, width: int, place: str) -> tuple[str, ...] | NoContent:
    if record.cells is None:
        return _too_long(place)
    for cell in record.cells:
        if found := _NO_TEXT.search(cell):
            if found[0] == "\0":
                return NoContent(DamagedSource, f"{place} holds a NUL character: write the table anew")
            return NoContent(
                UndecodableSource, f"{place} is not UTF-8 (byte 0x{ord(found[0]) - 0xDC00:02x}): save the table as UTF-8"
            )
    if len(record.cells) != width:  # not filled up: where one is missing, or one too many, the text may be cut off
        many = f"{len(record.cells):,} cells, and the head of the table has {width:,}"
        return NoContent(DamagedSource, f"{place} has {many}: put a cell with a delimiter or a line break in it in quotes")
    return record.cells


def _parquet(path: Path, place: str, columns: Columns) -> Iterator[Item]:
    number = 0
    with path.open("rb") as raw, _parquet_file(raw, place) as table:
        there: list[str] = table.schema_arrow.names
        if missing := [column for column in columns.named if column not in there]:
            raise _without(place, missing, there)
        for batch in table.iter_batches(batch_size=_ROWS, columns=columns.named, use_threads=False):
            for at in range(batch.num_rows):
                number += 1
                here = f"{place}:{number}"
                text = _cell(batch, columns.text, at, here, read=_value_of)
                called = None if columns.id is None else _cell(batch, columns.id, at, here, read=_label_of)
                if isinstance(called, NoContent):
                    yield item_of(called, place=here)
                else:
                    yield item_of(_text(text, columns.text, here, there), place=here, called=_name(called))


@contextmanager
def _parquet_file(file: BinaryIO, place: str) -> Iterator[ParquetFile]:
    """An open file as a table; MissingExtra where nothing reads it, DamagedSource where it breaks, now or while it is read."""
    try:
        from pyarrow import ArrowException
        from pyarrow.parquet import ParquetFile
    except ModuleNotFoundError as error:
        way_out = "pip install 'extract-service[parquet]' (in a clone: pip install '.[parquet]'), or save it as JSON lines"
        raise MissingExtra(f"{place} is a Parquet file, and the package that reads these is not installed: {way_out}") from error
    try:
        # With buffers ahead, or without a size of theirs, all of a column that a group of rows has is in memory at once.
        with ParquetFile(file, buffer_size=_BUFFER_BYTES, pre_buffer=False, page_checksum_verification=True) as table:
            yield table
    except ArrowException as error:
        raise DamagedSource(f"{place} is a damaged parquet file, or none: {error}; save or fetch it again") from error


def _cell(batch: RecordBatch, column: str, at: int, place: str, *, read: Callable[[Scalar], object]) -> object:
    """What is read of a cell of a Parquet file; NoContent where it holds what Python has no value for."""
    from pyarrow import ArrowException

    try:
        return read(batch.column(batch.schema.names.index(column))[at])
    except UnicodeDecodeError as error:
        return NoContent(UndecodableSource, f"{place} is not UTF-8 in column {column!r} ({error}): write the table anew")
    except (ArrowException, ArithmeticError, ValueError) as error:
        reason = f"a value in column {column!r} that cannot be read ({error})"
        return NoContent(DamagedSource, f"{place} has {reason}: write the column as text")


def _value_of(cell: Scalar) -> object:
    value: object = cell.as_py()
    return value


def _label_of(cell: Scalar) -> object:
    """The value of a cell, but a day, a time or a duration as Arrow writes it: Python's own end earlier, or have no nanoseconds.

    A time with a zone is written in UTC, which is what Parquet holds: the zone may be one that nobody knows.
    """
    from pyarrow import DictionaryScalar, string, timestamp, types

    if isinstance(cell, DictionaryScalar):
        cell = cell.value
    if not cell.is_valid or not types.is_temporal(cell.type) or types.is_interval(cell.type):
        return _value_of(cell)
    if types.is_timestamp(cell.type) and cell.type.tz is not None:
        cell = cell.cast(timestamp(cell.type.unit, "UTC"))
    text: str = cell.cast(string()).as_py()
    return text.removeprefix(_OUT_OF_RANGE).removesuffix(">")


def _text(value: object, column: str, place: str, there: Sequence[str]) -> Content | NoContent:
    if isinstance(value, (str, bytes, NoContent)):
        return value
    if isinstance(value, (dict, list)):  # JSON-LD as crawlers keep it
        return json.dumps(value, ensure_ascii=False, default=_written)
    if value is None:
        return NoContent(EmptySource, f"{place} has nothing in column {column!r}")
    if value is _ABSENT:
        way_out = f"its columns are {_some(there)}: choose one with --text-column"
        return NoContent(EmptySource, f"{place} has no text in column {column!r}; {way_out}")
    return NoContent(DamagedSource, f"{place} has no text in column {column!r}, but {type(value).__name__}")


def _name(value: object) -> str | None:
    """What a row is called; None where it has no name that could be written."""
    if value is None or value is _ABSENT or isinstance(value, (dict, list)):
        return None
    return encodable(_written(value)) or None


def _written(value: object) -> str:
    r"""A value as text: bytes as the UTF-8 that they are, or with escapes, and what JSON has a word for as JSON.

    >>> _written(b"SKU-1"), _written(b"a\xff"), _written(True), _written(7), _written("é")
    ('SKU-1', 'a\\xff', 'true', '7', 'é')
    """
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return json.dumps(value) if isinstance(value, (bool, float)) else str(value)


def _value(row: object, column: str, absent: object) -> object:
    """What stands in a column of an object in JSON, or further in by a dotted path; ``absent`` where there is no such column.

    >>> _value({"a": {"b": "x"}}, "a.b", 0), _value({"a.b": "y", "a": {"b": "x"}}, "a.b", 0), _value({"a": "x"}, "a.b", 0)
    ('x', 'y', 0)
    """
    if not isinstance(row, dict):
        return absent
    if column in row:
        return row[column]
    outer, dot, inner = column.partition(".")
    return _value(row.get(outer), inner, absent) if dot else absent


def _without(place: str, missing: Sequence[str], there: Sequence[str]) -> UsageError:
    named = " and no column ".join(map(repr, missing))
    return UsageError(f"{place} has no column {named}; it has {_some(there)}: choose with --text-column and --id-column")


def _some(columns: Sequence[str]) -> str:
    return ", ".join(columns[:_NAMED]) + (", …" if len(columns) > _NAMED else "") or "none"


def _too_long(place: str) -> NoContent:
    return NoContent(SourceTooLarge, f"{place} is longer than {MAX_ROW:,} characters: a row of a table holds one document")

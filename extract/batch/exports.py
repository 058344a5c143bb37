"""The rows of a batch as a table: CSV or Parquet, written from the journal row by row, however many there are."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable
from importlib.util import find_spec
from pathlib import Path

from pydantic import BaseModel

from extract.batch.columns import flat_columns, flat_row
from extract.errors import UsageError
from extract.journal import replacing

JSONL = ".jsonl"
CSV = ".csv"
PARQUET = ".parquet"
JOURNALS = ("", JSONL, ".ndjson")
"""Endings of outputs that are the journal itself."""


def journal_of(output: Path) -> Path:
    """The journal of an output: the output itself, or for a table the file beside it that the table is made from.

    UsageError for an ending that no output has.

    >>> journal_of(Path("out/rows.jsonl")).name, journal_of(Path("out/rows.csv")).name
    ('rows.jsonl', 'rows.csv.jsonl')
    """
    ending = output.suffix.lower()
    if ending in JOURNALS:
        return output
    if ending not in {CSV, PARQUET}:
        raise UsageError(f"{output}: outputs end in .jsonl, .csv or .parquet (or -o - for a stream of JSON lines)")
    return output.with_name(output.name + JSONL)


def write_table(lines: Callable[[], Iterable[bytes]], output: Path, *, schema: type[BaseModel]) -> None:
    """Write the rows as the table that the ending of the output names, whole or not at all; nothing where it names none.

    ``lines`` gives them anew each time that it is called.
    """
    ending = output.suffix.lower()
    if ending == CSV:
        _write_csv(lines(), output, schema)
    elif ending == PARQUET:
        from extract.batch.parquet import write_parquet  # of the extra parquet

        write_parquet(lambda: (json.loads(line) for line in lines()), output, schema=schema)


def check_table(output: Path, journal: Path) -> None:
    """UsageError where such a table could not be written, or would replace a file that no batch wrote."""
    if output == journal:
        return
    try:
        if output.is_dir() or (output.exists() and not journal.exists()):
            reason = "is a folder" if output.is_dir() else f"was not written by a batch (there is no {journal.name} beside it)"
            raise UsageError(f"{output} {reason}, and would be lost: choose another with -o")
    except OSError as error:
        raise UsageError(f"{output} cannot be written: {error.strerror}. Choose another place with -o.") from error
    if output.suffix.lower() == PARQUET and find_spec("pyarrow") is None:
        raise UsageError(f"{output} needs the extra parquet: pip install 'extract-service[parquet]'")


def _write_csv(lines: Iterable[bytes], output: Path, schema: type[BaseModel]) -> None:
    columns = flat_columns(schema)
    with replacing(output) as raw:
        file = io.TextIOWrapper(raw, encoding="utf-8", newline="")
        writer = csv.writer(file)  # ends lines as RFC 4180 has it: else a lone carriage return in a text would not be quoted
        writer.writerow(columns)
        writer.writerows(flat_row(json.loads(line), columns) for line in lines)
        file.detach()  # which flushes it, and leaves the file open

"""Rows as tables: what each column holds, and that a table is whole or not there."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow.parquet import ParquetFile, read_table
from pydantic import BaseModel, RootModel

from extract.batch.columns import flat_columns
from extract.batch.exports import journal_of, write_table
from extract.batch.reading import failure
from extract.batch.rows import json_text, row_line
from extract.errors import EmptySource, UsageError


class Part(BaseModel):
    name: str | None = None
    count: int | None = None


class Everything(BaseModel):
    """One field of each kind."""

    text: str | None = None
    count: int | None = None
    share: float | None = None
    sure: bool | None = None
    day: date | None = None
    amount: Decimal | None = None
    part: Part | None = None
    parts: list[Part] = []
    words: list[str] = []
    either: Part | str | None = None
    named: dict[str, int] | None = None


FULL = {
    "text": 'a, "b"\nc',
    "count": 3,
    "share": 2,
    "sure": True,
    "day": "2026-11-26",
    "amount": "9.50",
    "part": {"name": "p", "count": None},
    "parts": [{"name": "q", "count": 1}, {"name": None, "count": None}],
    "words": ["é", "b"],
    "either": {"name": "x", "count": 1},
    "named": {"a": 1},
}
EVIDENCE = {"text": {"status": "quoted", "quote": "a", "spans": [{"start": 1, "end": 2}], "segments": [1], "pages": []}}


def line(record: object, **told: object) -> bytes:
    """A row with that record."""
    body = {
        "record": record,
        "status": "complete",
        "fields": {"text": "found"},
        "evidence": EVIDENCE,
        "issues": [{"code": "moved", "path": "text", "message": "m", "severity": "info", "hint": "", "related": []}],
        "usage": {"calls": 1, "cost": None, "seconds": 0.5},
        "provenance": {"engine": "rules", "task": "t", "format": "text", "cleaning": ["text"], "source": "a"},
        "error": None,
    }
    return row_line(json_text(body | told), name="1", path="a.txt", sha256="ab", configuration="c")


def failed() -> bytes:
    return row_line(failure(EmptySource("a.txt is empty")).body, name="2", path="b.txt", sha256="", configuration="c")


def test_a_flat_table_has_a_column_for_each_leaf_outside_of_lists(tmp_path: Path) -> None:
    """Texts as they are, nothing for null, and JSON for all else."""
    out = tmp_path / "rows.csv"
    write_table([line(FULL), failed()], out, schema=Everything)
    full, bad = csv.DictReader(io.StringIO(out.read_text("utf-8")))
    assert list(full) == flat_columns(Everything)
    assert (full["id"], full["path"], full["sha256"], full["status"]) == ("1", "a.txt", "ab", "complete")
    assert (full["record.text"], full["record.day"], full["record.amount"]) == ('a, "b"\nc', "2026-11-26", "9.50")
    assert (full["record.count"], full["record.sure"], full["record.part.name"], full["record.part.count"]) == (
        "3",
        "true",
        "p",
        "",
    )
    assert json.loads(full["record.parts"]) == FULL["parts"]
    assert (full["record.words"], full["record.named"]) == ('["é","b"]', '{"a":1}')
    assert json.loads(full["evidence"]) == EVIDENCE
    assert (bad["error_code"], bad["error_message"], bad["record.text"]) == ("empty", "a.txt is empty", "")


def test_a_nested_table_has_the_types_of_the_schema(tmp_path: Path) -> None:
    """Structs, lists, dates and numbers; JSON only for what may be one of several kinds."""
    out = tmp_path / "rows.parquet"
    write_table([line(FULL), failed()], out, schema=Everything)
    full, bad = read_table(out).to_pylist()
    expected = FULL | {"day": date(2026, 11, 26), "share": 2.0, "either": '{"name":"x","count":1}', "named": '{"a":1}'}
    assert full["record"] == expected
    assert dict(full["evidence"])["text"]["spans"] == [{"start": 1, "end": 2}]
    assert (full["issues"][0]["code"], full["usage"]["calls"], full["provenance"]["cleaning"]) == ("moved", 1, ["text"])
    assert (bad["record"], bad["error"], bad["status"]) == (None, {"code": "empty", "message": "a.txt is empty"}, "failed")


def test_a_long_table_is_written_in_groups(tmp_path: Path) -> None:
    """A group is in memory at a time."""
    out = tmp_path / "rows.parquet"
    write_table((line(FULL) for _ in range(2500)), out, schema=Everything)
    file = ParquetFile(out)
    assert (file.num_row_groups, file.metadata.num_rows) == (3, 2500)


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_table_without_rows_has_its_columns(tmp_path: Path, ending: str) -> None:
    """A reader finds what it looks for."""
    out = tmp_path / f"rows.{ending}"
    write_table([], out, schema=Everything)
    names = read_table(out).column_names if ending == "parquet" else out.read_text("utf-8").strip().split(",")
    assert names[:4] == ["id", "path", "sha256", "status"]


def test_a_schema_with_one_value_is_one_column(tmp_path: Path) -> None:
    """A list or a text at the root."""

    class Words(RootModel[list[str]]):
        pass

    out = tmp_path / "rows.parquet"
    write_table([line(["a", "b"])], out, schema=Words)
    assert read_table(out).to_pylist()[0]["record"] == ["a", "b"]
    assert "record" in flat_columns(Words)


def test_what_fits_into_no_column_is_told_and_leaves_what_was_there(tmp_path: Path) -> None:
    """The journal has it, whatever it is."""
    out = tmp_path / "rows.parquet"
    out.write_bytes(b"old")
    with pytest.raises(UsageError, match=r"fits into no column.*\.jsonl"):
        write_table([line(FULL | {"count": 10**30})], out, schema=Everything)
    assert (out.read_bytes(), [path.name for path in tmp_path.iterdir()]) == (b"old", ["rows.parquet"])


@given(texts=st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), min_size=1, max_size=5))
def test_texts_come_back_as_they_are(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    """Quotes, commas, line breaks and all letters, from both kinds of table."""
    folder = tmp_path_factory.mktemp("tables")
    lines = [line({"text": text}) for text in texts]
    write_table(lines, folder / "rows.csv", schema=Everything)
    write_table(lines, folder / "rows.parquet", schema=Everything)
    with (folder / "rows.csv").open(encoding="utf-8", newline="") as file:
        assert [row["record.text"] for row in csv.DictReader(file)] == texts
    found: list[dict[str, Any]] = read_table(folder / "rows.parquet").to_pylist()
    assert [row["record"]["text"] for row in found] == texts


@pytest.mark.parametrize(
    ("output", "journal"),
    [
        ("a/rows", "a/rows"),
        ("a/rows.NDJSON", "a/rows.NDJSON"),
        ("rows.csv", "rows.csv.jsonl"),
        ("rows.parquet", "rows.parquet.jsonl"),
    ],
)
def test_where_the_journal_of_an_output_is(output: str, journal: str) -> None:
    """The output itself, or beside the table."""
    assert journal_of(Path(output)) == Path(journal)

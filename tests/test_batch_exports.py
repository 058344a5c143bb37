"""Rows as tables: what each column holds, and that a table is whole or not there."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, IntEnum
from pathlib import Path
from typing import Annotated, Any, Literal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow.parquet import ParquetFile, read_table
from pydantic import BaseModel, Field, RootModel

from extract.batch.columns import flat_columns
from extract.batch.exports import check_table, journal_of, write_table
from extract.batch.reading import failure
from extract.batch.rows import json_text, row_line
from extract.errors import EmptySource, UsageError
from extract.schemas.invoice import Invoice
from extract.schemas.job_posting import JobPosting


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
    write_table(lambda: [line(FULL), failed()], out, schema=Everything)
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
    write_table(lambda: [line(FULL), failed()], out, schema=Everything)
    full, bad = read_table(out).to_pylist()
    expected = FULL | {"day": date(2026, 11, 26), "share": 2.0, "either": '{"name":"x","count":1}', "named": '{"a":1}'}
    expected |= {"amount": Decimal("9.50")}
    assert full["record"] == expected
    assert dict(full["evidence"])["text"]["spans"] == [{"start": 1, "end": 2}]
    assert (full["issues"][0]["code"], full["usage"]["calls"], full["provenance"]["cleaning"]) == ("moved", 1, ["text"])
    assert (bad["record"], bad["error"], bad["status"]) == (None, {"code": "empty", "message": "a.txt is empty"}, "failed")


def test_a_long_table_is_written_in_groups(tmp_path: Path) -> None:
    """A group is in memory at a time."""
    out = tmp_path / "rows.parquet"
    write_table(lambda: (line(FULL) for _ in range(2500)), out, schema=Everything)
    file = ParquetFile(out)
    assert (file.num_row_groups, file.metadata.num_rows) == (3, 2500)


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_table_without_rows_has_its_columns(tmp_path: Path, ending: str) -> None:
    """A reader finds what it looks for."""
    out = tmp_path / f"rows.{ending}"
    write_table(list, out, schema=Everything)
    names = read_table(out).column_names if ending == "parquet" else out.read_text("utf-8").strip().split(",")
    assert names[:4] == ["id", "path", "sha256", "status"]


def test_a_schema_with_one_value_is_one_column(tmp_path: Path) -> None:
    """A list or a text at the root."""

    class Words(RootModel[list[str]]):
        pass

    out = tmp_path / "rows.parquet"
    write_table(lambda: [line(["a", "b"])], out, schema=Words)
    assert read_table(out).to_pylist()[0]["record"] == ["a", "b"]
    assert "record" in flat_columns(Words)


def record_of(out: Path, schema: type[BaseModel], *records: object) -> pa.DataType:
    """The type of the column of the record, of a table with these."""
    write_table(lambda: [line(record) for record in records], out, schema=schema)
    return read_table(out).schema.field("record").type


AMOUNT = pa.decimal128(29, 9)


@pytest.mark.parametrize(
    ("schema", "kinds"),
    [
        (JobPosting, {"salary.min": AMOUNT, "salary.max": AMOUNT, "salary.currency": pa.string(), "date_posted": pa.date32()}),
        (JobPosting, {"duration.min_weeks": pa.int64(), "experience_years_min": pa.float64(), "workplace_type": pa.string()}),
        (Invoice, {"net_total": AMOUNT, "lines.quantity": AMOUNT, "lines.tax_rate": AMOUNT, "lines.total": AMOUNT}),
        (Invoice, {"issued": pa.date32(), "period.end": pa.date32(), "kind": pa.string(), "seller.tax_id": pa.string()}),
    ],
)
def test_shipped_schemas_have_numbers_for_amounts_and_days(
    tmp_path: Path, schema: type[BaseModel], kinds: dict[str, pa.DataType]
) -> None:
    """So that sums and comparisons need no cast."""
    record = record_of(tmp_path / "rows.parquet", schema)
    for path, kind in kinds.items():
        found = record
        for name in path.split("."):
            found = (found.value_type if pa.types.is_list(found) else found).field(name).type
        assert found == kind, path


class Grade(IntEnum):
    LOW = 1


class Mixed(Enum):
    ONE = 1
    TWO = "two"


class Kinds(BaseModel):
    """One field of each kind that is asked about."""

    numbers: Literal[1, 2] | None = None
    words: Literal["a", "b"] | None = None
    sure: Literal[True] | None = None
    grade: Grade | None = None
    mixed: Mixed | None = None
    either: Literal[1, "a"] | None = None
    number: int | float | None = None
    amounts: list[Annotated[Decimal, Field(ge=0)]] = []
    moment: datetime | None = None
    lasts: timedelta | None = None
    clock: time | None = None
    words_twice: set[int] | None = None


def test_constants_have_the_type_that_they_all_have(tmp_path: Path) -> None:
    """And what is of several types, or of one that a table has no column for, is text, as it stands in JSON."""
    out = tmp_path / "rows.parquet"
    full = Kinds(
        numbers=2,
        words="b",
        sure=True,
        grade=Grade.LOW,
        mixed=Mixed.ONE,
        either=1,
        number=1.5,
        amounts=[Decimal("1.25")],
        moment=datetime(2026, 11, 26, 9, 30, tzinfo=UTC),
        lasts=timedelta(hours=1),
        clock=time(9, 30),
        words_twice={7},
    )
    kinds = record_of(out, Kinds, json.loads(full.model_dump_json()))
    assert {part.name: part.type for part in kinds if part.type != pa.string()} == {
        "numbers": pa.int64(),
        "sure": pa.bool_(),
        "grade": pa.int64(),
        "amounts": pa.list_(AMOUNT),
    }
    (row,) = read_table(out).to_pylist()
    told = {"numbers": 2, "words": "b", "sure": True, "grade": 1, "mixed": "1", "either": "1", "number": "1.5"}
    texts = {"moment": "2026-11-26T09:30:00Z", "lasts": "PT1H", "clock": "09:30:00", "words_twice": "[7]"}
    assert row["record"] == told | texts | {"amounts": [Decimal("1.25")]}


@pytest.mark.parametrize(
    ("amounts", "kind"),
    [
        (["9.50", "-1E+3", "0"], AMOUNT),
        (["12345678901234567890.123456789"], AMOUNT),
        (["0.1234567891"], pa.decimal128(30, 10)),
        (["123456789012345678901", "0.1234567891"], pa.decimal128(31, 10)),
        (["0.123456789012345678", "12345678901234567890"], pa.decimal128(38, 18)),
        (["0.1234567890123456789"], pa.string()),
        (["1E+30", "1"], pa.string()),
        (["Infinity", "1.50"], pa.string()),
        (["about 5", "1.50"], pa.string()),
        ([5, 0.5, 1e-07], AMOUNT),
        ([1e-12], pa.decimal128(32, 12)),
        ([True, 5], pa.string()),
    ],
)
def test_a_column_is_as_wide_as_its_longest_amount(tmp_path: Path, amounts: list[object], kind: pa.DataType) -> None:
    """No digit is lost: where 38 do not suffice, and where one is no number, the column is text, as it stands in JSON."""
    out = tmp_path / "rows.parquet"
    record = record_of(out, Everything, *({"amount": amount} for amount in amounts))
    assert record.field("amount").type == kind
    found = [row["record"]["amount"] for row in read_table(out).to_pylist()]
    texts = [amount if isinstance(amount, str) else json.dumps(amount) for amount in amounts]
    assert found == (texts if kind == pa.string() else [Decimal(text) for text in texts])


@given(amounts=st.lists(st.decimals(allow_nan=False, allow_infinity=False), min_size=1, max_size=5))
def test_no_amount_is_changed(tmp_path_factory: pytest.TempPathFactory, amounts: list[Decimal]) -> None:
    """However long it is, and whatever stands beside it."""
    out = tmp_path_factory.mktemp("tables") / "rows.parquet"
    record_of(out, Everything, *({"amount": str(amount)} for amount in amounts))
    assert [Decimal(row["record"]["amount"]) for row in read_table(out).to_pylist()] == amounts


@pytest.mark.parametrize(
    ("name", "odd", "good"),
    [
        ("count", 10**30, 7),
        ("count", 1.5, 7),
        ("count", True, 7),
        ("share", 2**60 + 1, 0.5),
        ("share", "half", 0.5),
        ("sure", 1, True),
        ("day", "26.11.2026", "2026-11-26"),
    ],
)
def test_a_column_with_a_value_of_another_type_is_text(tmp_path: Path, name: str, odd: object, good: object) -> None:
    """As a serialiser of a schema may write it; no value is changed, and the table is there."""
    out = tmp_path / "rows.parquet"
    record_of(out, Everything, {name: good}, {name: odd})
    texts = [value if isinstance(value, str) else json.dumps(value) for value in (good, odd)]
    assert [row["record"][name] for row in read_table(out).to_pylist()] == texts


def test_what_fits_into_no_column_is_told_and_leaves_what_was_there(tmp_path: Path) -> None:
    """The journal has it, whatever it is."""
    out = tmp_path / "rows.parquet"
    out.write_bytes(b"old")
    with pytest.raises(UsageError, match=r"fits into no column.*\.jsonl"):
        record_of(out, Everything, FULL | {"part": "no object"})
    assert (out.read_bytes(), [path.name for path in tmp_path.iterdir()]) == (b"old", ["rows.parquet"])


def test_a_table_that_could_not_be_written_is_told_before_anything_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And not when hours of work are done: Parquet needs its package; CSV and JSON lines need none."""
    monkeypatch.setattr("extract.batch.exports.find_spec", lambda name: None if name == "pyarrow" else object())
    for name in ("rows.csv", "rows.jsonl"):
        check_table(tmp_path / name, journal_of(tmp_path / name))
    with pytest.raises(UsageError, match=r"needs the extra parquet: pip install 'extract-service\[parquet\]'"):
        check_table(tmp_path / "rows.parquet", journal_of(tmp_path / "rows.parquet"))


@given(texts=st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), min_size=1, max_size=5))
def test_texts_come_back_as_they_are(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    """Quotes, commas, line breaks and all letters, from both kinds of table."""
    folder = tmp_path_factory.mktemp("tables")
    lines = [line({"text": text}) for text in texts]
    write_table(lambda: lines, folder / "rows.csv", schema=Everything)
    write_table(lambda: lines, folder / "rows.parquet", schema=Everything)
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

"""Documents in tables: rows that come back as they were written, rows that are broken, and tables that break."""

from __future__ import annotations

import csv
import gzip
import io
import json
import sys
import tracemalloc
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from loaded import content_of, loaded
from pyarrow import parquet

from extract.batch import tables
from extract.batch.delimited import Record, Unclosed, records
from extract.batch.inputs import Inputs
from extract.batch.items import Content, Item
from extract.errors import UsageError

Rows = list[dict[str, str]]
Write = Callable[[Path, Rows], None]
NAMES = ("t.jsonl", "t.ndjson", "t.csv", "t.tsv", "t.parquet", "t.jsonl.gz", "t.csv.gz", "T.JSONL")


def written(path: Path, rows: Rows) -> Path:
    """A table of the kind that its name says."""
    kind = path.name.lower().removesuffix(".gz").rpartition(".")[2]
    if kind == "parquet":
        schema = pa.schema([("id", pa.string()), ("text", pa.string()), ("more", pa.string())])
        with path.open("wb") as file:  # pyarrow itself opens no name that is no UTF-8
            parquet.write_table(pa.Table.from_pylist(rows, schema=schema), file, row_group_size=50)
        return path
    if kind in {"csv", "tsv"}:
        text = io.StringIO(newline="")
        table = csv.DictWriter(text, ["id", "text", "more"], delimiter="," if kind == "csv" else "\t")
        table.writeheader()
        table.writerows(rows)
        raw = text.getvalue().encode()
    else:
        raw = "".join(json.dumps(row) + "\n" for row in rows).encode()
    path.write_bytes(gzip.compress(raw) if path.suffix == ".gz" else raw)
    return path


def read(path: Path, **how: object) -> list[tuple[str, Content]]:
    """What comes of a table; places without the folder that it is in."""
    found = loaded(Inputs(**how).items([str(path)]))  # type: ignore[arg-type]
    folder = f"{path.parent}/"
    return [
        (place.removeprefix(folder), content.replace(folder, "") if isinstance(content, str) else content)
        for place, content in found
    ]


def ids(path: Path, **how: object) -> list[str]:
    """What the documents of a table are called."""
    return [item.id.removeprefix(f"{path.parent}/") for item in Inputs(**how).items([str(path)]) if isinstance(item, Item)]  # type: ignore[arg-type]


# --- rows that are whole -------------------------------------------------------------------------------------------------

# Python's csv writes no NUL that it could read, and neither do we read one.
TEXTS = st.text(
    st.characters(exclude_characters="\0", exclude_categories=["Cs"]) | st.sampled_from('",\r\n\t;\u2028\ufeff'), max_size=40
)


@given(texts=st.lists(TEXTS, max_size=12), name=st.sampled_from(NAMES))
def test_what_was_written_comes_back(tmp_path_factory: pytest.TempPathFactory, texts: list[str], name: str) -> None:
    """Each text in order and to the character, line breaks too."""
    rows = [{"id": f"n{at}", "text": text, "more": text[::-1]} for at, text in enumerate(texts)]
    path = written(tmp_path_factory.mktemp("table") / name, rows)
    found = read(path, id_column="id")
    assert [content for _, content in found] == texts
    assert len({place for place, _ in found}) == len(texts)
    assert ids(path, id_column="id") == [row["id"] for row in rows]
    assert ids(path) == [place for place, _ in found]


def test_places_are_lines(tmp_path: Path) -> None:
    """Of the file, from 1, where a row begins; of Parquet, which has none, rows."""
    (tmp_path / "t.jsonl").write_text('\n{"text": "a"}\n  \n{"text": "b"}')
    (tmp_path / "t.csv").write_text('text\n"a\nb"\n\nc\n"d"')
    written(tmp_path / "t.parquet", [{"text": "a"}, {"text": "b"}])
    assert read(tmp_path / "t.jsonl") == [("t.jsonl:2", "a"), ("t.jsonl:4", "b")]
    assert read(tmp_path / "t.csv") == [("t.csv:2", "a\nb"), ("t.csv:5", "c"), ("t.csv:6", "d")]
    assert read(tmp_path / "t.parquet") == [("t.parquet:1", "a"), ("t.parquet:2", "b")]


@pytest.mark.parametrize("bom", ["", "\ufeff"])
@pytest.mark.parametrize("name", ["t.jsonl", "t.csv", "t.jsonl.gz", "t.csv.gz"])
def test_a_byte_order_mark_is_dropped(tmp_path: Path, name: str, bom: str) -> None:
    """At the beginning of a table, as Excel writes it; one in a text stays."""
    raw = (bom + ('text\nÜ\ufeff"\n' if "csv" in name else '{"text": "Ü\ufeff\\""}\n')).encode()
    (tmp_path / name).write_bytes(gzip.compress(raw) if name.endswith(".gz") else raw)
    assert [content for _, content in read(tmp_path / name)] == ['Ü\ufeff"']


def test_columns_are_chosen(tmp_path: Path) -> None:
    """By name; by a dotted path in objects of JSON, where a key with a dot comes first."""
    row = {"page": {"html": "one", "meta": {"id": 7}}, "page.x": "two", "id": 0}
    (tmp_path / "t.jsonl").write_text(json.dumps(row))
    assert read(tmp_path / "t.jsonl", text_column="page.html") == [("t.jsonl:1", "one")]
    assert read(tmp_path / "t.jsonl", text_column="page.x") == [("t.jsonl:1", "two")]
    assert ids(tmp_path / "t.jsonl", text_column="page.x", id_column="page.meta.id") == ["7"]
    assert ids(tmp_path / "t.jsonl", text_column="page.x", id_column="id") == ["0"]
    (tmp_path / "t.jsonl").write_text('{"text": "a", "id": true}\n{"text": "b", "id": 1.50}\n')
    assert ids(tmp_path / "t.jsonl", id_column="id") == ["true", "1.5"]
    (tmp_path / "t.csv").write_text("a.b,c,c\n1,2,3\n")
    assert read(tmp_path / "t.csv", text_column="a.b") == [("t.csv:2", "1")]
    assert ids(tmp_path / "t.csv", text_column="a.b", id_column="c") == ["2"]


@pytest.mark.parametrize("value", [None, "", [], {}, ["a"]])
def test_a_row_without_a_name_is_called_by_its_place(tmp_path: Path, value: object) -> None:
    """What is no name either."""
    (tmp_path / "t.jsonl").write_text(json.dumps({"text": "one", "id": value}))
    assert ids(tmp_path / "t.jsonl", id_column="id") == ["t.jsonl:1"]


def test_a_name_can_be_written(tmp_path: Path) -> None:
    """Half of a character is an escape."""
    (tmp_path / "t.jsonl").write_text('{"text": "one", "id": "a\\ud800\\n"}')
    assert ids(tmp_path / "t.jsonl", id_column="id") == ["a\\ud800\n"]


def test_parquet_of_many_kinds(tmp_path: Path) -> None:
    """Texts of all types, and bytes; other columns are not read."""
    texts = ["one", "two", None]
    columns = {
        "string": pa.array(texts),
        "large": pa.array(texts, pa.large_string()),
        "dictionary": pa.array(texts).dictionary_encode(),
        "bytes": pa.array([b"one", b"t\xff", None]),
        "number": pa.array([1, 2, None]),
        "broken": pa.Array.from_buffers(
            pa.string(), 3, [None, pa.py_buffer(b"\0\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0"), pa.py_buffer(b"a\xffb")]
        ),
    }
    parquet.write_table(pa.table(columns), tmp_path / "t.parquet")
    for column in ("string", "large", "dictionary"):
        found = read(tmp_path / "t.parquet", text_column=column, id_column="number")
        assert found[:2] == [("t.parquet:1", "one"), ("t.parquet:2", "two")]
        assert "EmptySource: t.parquet:3 has nothing in column" in str(found[2][1])
    assert ids(tmp_path / "t.parquet", text_column="string", id_column="number") == ["1", "2", "t.parquet:3"]
    assert [content for _, content in read(tmp_path / "t.parquet", text_column="bytes")[:2]] == [b"one", b"t\xff"]
    assert "t.parquet:1 has no text in column 'number', but int" in str(read(tmp_path / "t.parquet", text_column="number")[0][1])
    broken = read(tmp_path / "t.parquet", text_column="broken")
    assert [str(content).partition(":")[0] for _, content in broken] == ["a", "UndecodableSource", "b"]


@pytest.mark.parametrize(
    ("column", "names"),
    [
        (pa.array([1, 4102444800000], pa.timestamp("s")), ["1970-01-01 00:00:01.000", "4102444800000000"]),
        (pa.array([1, 123456789], pa.timestamp("ns")), ["1970-01-01 00:00:00.000000001", "1970-01-01 00:00:00.123456789"]),
        (pa.array([1, 2], pa.timestamp("ms", "Foo/Bar")), ["1970-01-01 00:00:00.001Z", "1970-01-01 00:00:00.002Z"]),
        (pa.array([1, 2], pa.timestamp("us", "Europe/Zurich")), ["1970-01-01 00:00:00.000001Z", "1970-01-01 00:00:00.000002Z"]),
        (pa.array([1, 2 * 10**9], pa.date32()), ["1970-01-02", "2000000000"]),
        (pa.array([1, 2**62], pa.duration("s")), ["1", str(2**62)]),
        (pa.array([1, 10**9], pa.time64("ns")), ["00:00:00.000000001", "00:00:01.000000000"]),
        (pa.array([1, 2], pa.date32()).dictionary_encode(), ["1970-01-02", "1970-01-03"]),
        (pa.array([b"SKU-1", b"a\xff"]), ["SKU-1", "a\\xff"]),
        (pa.array([b"", None], pa.large_binary()), ["t.parquet:1", "t.parquet:2"]),
        (pa.array([True, False]), ["true", "false"]),
        (pa.array([Decimal("1.10"), None]), ["1.10", "t.parquet:2"]),
    ],
)
def test_names_of_any_type_of_parquet(tmp_path: Path, column: pa.Array, names: list[str]) -> None:
    """Days and times as Arrow writes them, in UTC, or their number where no calendar has them; bytes are text."""
    parquet.write_table(pa.table({"text": ["one", "two"], "id": column}), tmp_path / "t.parquet")
    assert [content for _, content in read(tmp_path / "t.parquet", id_column="id")] == ["one", "two"]
    assert ids(tmp_path / "t.parquet", id_column="id") == names


@pytest.mark.parametrize("role", ["text_column", "id_column"])
def test_a_cell_of_parquet_that_cannot_be_read_costs_its_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, role: str) -> None:
    """And no other: the row says which column it is."""
    odd = pa.array([[1], [2**62], [3]], pa.list_(pa.duration("s")))  # the middle one is more days than Python has
    parquet.write_table(pa.table({"text": ["one", "two", "three"], "odd": odd}), tmp_path / "t.parquet")
    found = [content for _, content in read(tmp_path / "t.parquet", **{role: "odd"})]
    assert len(found) == 3
    assert str(found[1]).startswith("DamagedSource: t.parquet:2 has a value in column 'odd' that cannot be read (")
    assert not any("cannot be read" in str(content) for content in (found[0], found[2]))


def test_bytes_inside_of_a_document_of_json_are_text(tmp_path: Path) -> None:
    """And not Python's way to write them."""
    parquet.write_table(pa.table({"text": [{"title": b"Nurse", "more": [b"a"]}]}), tmp_path / "t.parquet")
    ((_, content),) = read(tmp_path / "t.parquet")
    assert json.loads(content) == {"title": "Nurse", "more": ["a"]}


def test_a_table_with_a_name_that_is_no_utf_8(tmp_path: Path) -> None:
    """Is read like any other."""
    for name in ("t\udcff.jsonl", "t\udcff.csv", "t\udcff.parquet"):
        path = written(tmp_path / name, [{"text": "one"}])
        assert [content for _, content in read(path)] == ["one"]
        assert next(place for place, _ in read(path)).startswith("t\\xff.")


# --- rows that are broken ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (b'{"text": "cut', "DamagedSource: t.jsonl:2 is no JSON"),
        (b"[1]", "DamagedSource: t.jsonl:2 is no JSON object, but list"),
        (b"[" * 100_000, "DamagedSource: t.jsonl:2 is no JSON"),
        (b'{"text": ' + b"1" * 5000 + b"}", "DamagedSource: t.jsonl:2 is no JSON"),
        (b'{"text": "\xff"}', "UndecodableSource: t.jsonl:2 is not UTF-8 (byte 10 of the line)"),
        (b'{"text": "a\0b"}', "DamagedSource: t.jsonl:2 is no JSON"),
        (
            b'{"texts": "a", "b": 1}',
            "EmptySource: t.jsonl:2 has no text in column 'text'; its columns are texts, b: choose one with",
        ),
        (b'{"text": null}', "EmptySource: t.jsonl:2 has nothing in column 'text'"),
        (b'{"text": 7}', "DamagedSource: t.jsonl:2 has no text in column 'text', but int"),
        (b"{}", "EmptySource: t.jsonl:2 has no text in column 'text'; its columns are none"),
        (b'{"text": "' + b"x" * 3000 + b'"}', "SourceTooLarge: t.jsonl:2 is longer than 2,000 characters"),
    ],
)
def test_a_broken_line_of_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: bytes, error: str) -> None:
    """Says what is wrong with it, and where; the others come."""
    if "2,000" in error:
        monkeypatch.setattr(tables, "MAX_ROW", 2000)
    (tmp_path / "t.jsonl").write_bytes(b'{"text": "one"}\n' + line + b'\n{"text": "three"}\n')
    first, broken, last = read(tmp_path / "t.jsonl")
    assert (first, last) == (("t.jsonl:1", "one"), ("t.jsonl:3", "three"))
    assert broken[0] == "t.jsonl:2"
    assert str(broken[1]).startswith(error)


@pytest.mark.parametrize(
    ("row", "error"),
    [
        (b"2,caf\xe9", "UndecodableSource: t.csv:3 is not UTF-8 (byte 0xe9): save the table as UTF-8"),
        (b"caf\xe9,2", "UndecodableSource: t.csv:3 is not UTF-8 (byte 0xe9)"),
        (b"2,a\0b", "DamagedSource: t.csv:3 holds a NUL character"),
        (b"2", "DamagedSource: t.csv:3 has 1 cells, and the head of the table has 2"),
        (b"2,two, and more", "DamagedSource: t.csv:3 has 3 cells, and the head of the table has 2"),
        (b"2," + b"x" * 3000, "SourceTooLarge: t.csv:3 is longer than 2,000 characters"),
        (b'2,"' + b"x\n" * 990 + b"x" * 3000 + b'"', "SourceTooLarge: t.csv:3 is longer than 2,000 characters"),
    ],
)
def test_a_broken_row_of_csv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, row: bytes, error: str) -> None:
    """Says what is wrong with it, and where; no character is replaced without a word, and the others come."""
    if "2,000" in error:
        monkeypatch.setattr(tables, "MAX_ROW", 2000)
    (tmp_path / "t.csv").write_bytes(b"id,text\r\n1,one\r\n" + row + b"\r\n3,three\r\n")
    first, broken, last = read(tmp_path / "t.csv", id_column="id")
    assert (first, last[1]) == (("t.csv:2", "one"), "three")
    assert broken[0] == "t.csv:3"
    assert str(broken[1]).startswith(error)


def test_texts_longer_than_csv_allows_elsewhere(tmp_path: Path) -> None:
    """The limit that Python's csv has for all of a process is neither met nor changed."""
    limit = csv.field_size_limit()
    text = 'x"\n' * limit
    assert read(written(tmp_path / "t.csv", [{"text": text}])) == [("t.csv:2", text)]
    assert csv.field_size_limit() == limit


# --- tables that break ---------------------------------------------------------------------------------------------------

MANY = [{"id": str(at), "text": f"{at} " + "text " * 30, "more": str(at * 7919 % 1000)} for at in range(300)]


@pytest.mark.parametrize("name", ["t.jsonl.gz", "t.csv.gz"])
def test_a_compressed_table_that_is_cut_off(tmp_path: Path, name: str) -> None:
    """Wherever that is: the rows before come as they were, and the cut is a document that cannot be read."""
    whole = written(tmp_path / name, MANY).read_bytes()
    counts = set()
    for cut in [*range(0, len(whole), 173), *range(len(whole) - 9, len(whole))]:
        (tmp_path / name).write_bytes(whole[:cut])
        *found, (place, message) = read(tmp_path / name)
        assert [content for _, content in found] == [row["text"] for row in MANY[: len(found)]]
        assert place == name
        assert str(message).startswith(("DamagedSource: ", "EmptySource: ")), cut
        counts.add(len(found))
    assert len(counts) > 3
    assert max(counts) == 300


@pytest.mark.parametrize("name", ["t.jsonl.gz", "t.csv.gz"])
@pytest.mark.parametrize("damage", [lambda raw: raw[:-8] + bytes(8), lambda raw: raw + b"more", lambda raw: b"no gzip" + raw])
def test_a_compressed_table_that_is_damaged(tmp_path: Path, name: str, damage: Callable[[bytes], bytes]) -> None:
    """It is told once, behind the rows that could be read."""
    (tmp_path / name).write_bytes(damage(written(tmp_path / name, MANY).read_bytes()))
    *found, (place, message) = read(tmp_path / name)
    assert len(found) in {0, 300}
    assert (place, str(message).partition(" is a damaged ")[0]) == (name, f"DamagedSource: {name}")


def test_a_table_that_is_cut_off_in_a_quoted_cell(tmp_path: Path) -> None:
    """What is there of that row is no document."""
    (tmp_path / "t.csv").write_text('id,text\n1,one\n2,"two\nand more\n3,three\n')
    assert read(tmp_path / "t.csv") == [
        ("t.csv:2", "one"),
        (
            "t.csv",
            "DamagedSource: t.csv is cut off, or a quote is missing: it ends inside of a quoted cell that begins in line 3",
        ),
    ]


@pytest.mark.parametrize(
    ("name", "raw", "error"),
    [
        ("t.csv", b"", "EmptySource: t.csv is empty"),
        ("t.csv", b"\n\n", "EmptySource: t.csv is empty"),
        ("t.csv", "id,text\n1,é\n".encode("utf-16"), "DamagedSource: t.csv does not begin with names of columns in UTF-8"),
        ("t.csv", b"PK\x03\x04\0\0", "DamagedSource: t.csv does not begin with names of columns in UTF-8"),
        ("t.csv", b'id,"text\n1,2\n', "DamagedSource: t.csv is cut off, or a quote is missing"),
        ("t.parquet", b"", "DamagedSource: t.parquet is a damaged parquet file, or none"),
        ("t.parquet", b"text\none\n", "DamagedSource: t.parquet is a damaged parquet file, or none"),
        ("t.jsonl.gz", b"{}", "DamagedSource: t.jsonl.gz is a damaged jsonl.gz file, or none: Not a gzipped file"),
    ],
)
def test_what_is_no_table_says_so(tmp_path: Path, name: str, raw: bytes, error: str) -> None:
    """As one document, and the others of the batch come."""
    (tmp_path / name).write_bytes(raw)
    (tmp_path / "other.html").write_text("other")
    ((place, message), other) = loaded(Inputs().items([str(tmp_path / name), str(tmp_path / "other.html")]))
    assert place == str(tmp_path / name)
    assert str(message).replace(f"{tmp_path}/", "").startswith(error)
    assert other[1] == b"other"


def test_an_empty_table_of_json_has_no_documents(tmp_path: Path) -> None:
    """And one of CSV that has a head alone."""
    (tmp_path / "t.jsonl").write_bytes(b"\xef\xbb\xbf\n")
    (tmp_path / "t.csv").write_bytes(b"text")
    assert read(tmp_path / "t.jsonl") == read(tmp_path / "t.csv") == []


def test_a_parquet_file_that_breaks_in_the_middle(tmp_path: Path) -> None:
    """The rows of the groups before come; one that lost its end has nothing that could be read."""
    raw = written(tmp_path / "t.parquet", MANY).read_bytes()
    middle = raw.index(b"150 text")
    (tmp_path / "t.parquet").write_bytes(raw[: middle - 40] + b"\xff" * 60 + raw[middle + 20 :])
    *found, (place, message) = read(tmp_path / "t.parquet")
    assert [content for _, content in found] == [row["text"] for row in MANY[: len(found)]]
    assert 100 < len(found) <= 150
    assert (place, str(message)[:46]) == ("t.parquet", "DamagedSource: t.parquet is a damaged parquet ")
    (tmp_path / "t.parquet").write_bytes(raw[:-20])
    assert [place for place, _ in read(tmp_path / "t.parquet")] == ["t.parquet"]


@pytest.mark.parametrize("name", ["t.csv", "t.tsv", "t.csv.gz", "t.parquet"])
@pytest.mark.parametrize("how", [{"text_column": "html"}, {"id_column": "html"}])
def test_a_column_that_is_not_there(tmp_path: Path, name: str, how: dict[str, str]) -> None:
    """Is a mistake of whoever named it; the message says what there is."""
    path = written(tmp_path / name, MANY)
    with pytest.raises(UsageError, match=rf"{name} has no column 'html'; it has id, text, more: choose with --text-column"):
        read(path, **how)
    with pytest.raises(UsageError, match="no column 'a' and no column 'b'") if name == "t.parquet" else pytest.raises(UsageError):
        read(path, text_column="a", id_column="b")


def test_parquet_without_its_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Says what to install, as one document."""
    path = written(tmp_path / "t.parquet", MANY)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    ((place, message),) = read(path)
    assert place == "t.parquet"
    assert str(message).startswith("MissingExtra: t.parquet is a Parquet file")
    assert "extract-service[parquet]" in str(message)
    assert Inputs().count([str(path)]) == 1


@pytest.mark.parametrize(("name", "number"), [("t.parquet", 300), ("t.jsonl", 300), ("t.csv", None), ("t.jsonl.gz", None)])
def test_rows_are_counted(tmp_path: Path, name: str, number: int | None) -> None:
    """Where that takes no reading of what is in them."""
    assert Inputs().count([str(written(tmp_path / name, MANY))]) == number


def test_a_group_of_rows_is_not_in_memory_at_once(tmp_path: Path) -> None:
    """Of a column of 20 MB in one group, some pages are."""
    texts = [f"{at:07}" * 3000 for at in range(1000)]
    parquet.write_table(
        pa.table({"text": texts}), tmp_path / "t.parquet", compression="none", use_dictionary=False, write_batch_size=10
    )
    before, most = pa.total_allocated_bytes(), 0
    tracemalloc.start()
    for item in Inputs().items([str(tmp_path / "t.parquet")]):
        assert isinstance(item, Item)
        assert len(content_of(item)) == 21_000
        most = max(most, pa.total_allocated_bytes() - before)
    read = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert 0 < most < 8_000_000
    assert read < 8_000_000


# --- cells ---------------------------------------------------------------------------------------------------------------


@given(text=st.text(st.sampled_from('ab",;\r\n \u2028'), max_size=60), delimiter=st.sampled_from([",", ";", "\t"]))
def test_cells_are_those_of_pythons_csv(text: str, delimiter: str) -> None:
    """For whatever text, but that one which ends inside of quotes is told."""
    expected = [tuple(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row]
    found: list[Record] = []
    try:
        found.extend(records(io.StringIO(text, newline=""), delimiter, max_chars=1000))
    except Unclosed:
        strict = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        assert text.count('"') > 0
        assert list(strict)[-1] == list(expected[-1])
    else:
        assert [record.cells for record in found] == expected


def test_a_row_of_too_many_lines_is_given_up() -> None:
    """A quote that is never closed does not take the rest of a table into memory; the next line begins a row again."""
    text = 'a,b\n1,"' + "x\n" * 40 + "y,z\n"
    found = list(records(io.StringIO(text, newline=""), ",", max_chars=82))
    assert found == [Record(1, ("a", "b")), Record(2, None), Record(42, ("y", "z"))]
    with pytest.raises(Unclosed, match="line 2"):
        list(records(io.StringIO(text, newline=""), ",", max_chars=999))


@given(rows=st.lists(st.tuples(TEXTS, TEXTS), max_size=8))
def test_lines_are_where_rows_begin(rows: list[tuple[str, str]]) -> None:
    """Counted as an editor does."""
    text, begins = io.StringIO(newline=""), []
    for row in rows:
        before = text.getvalue()
        begins.append(1 + len(io.StringIO(before, newline="").readlines()))
        csv.writer(text).writerow(row)
    found = list(records(io.StringIO(text.getvalue(), newline=""), ",", max_chars=1000))
    assert [(record.line, record.cells) for record in found] == list(zip(begins, rows, strict=True))


def test_an_object_in_a_column_is_a_document_of_json(tmp_path: Path) -> None:
    """JSON-LD as crawlers keep it, and a list of it."""
    texts: list[object] = [{"@type": "JobPosting", "title": "Köchin"}, [{"@type": "JobPosting"}]]
    (tmp_path / "t.jsonl").write_text("".join(f"{json.dumps({'text': text})}\n" for text in texts), "utf-8")
    assert [json.loads(content) for _, content in read(tmp_path / "t.jsonl")] == texts

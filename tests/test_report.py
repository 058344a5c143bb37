"""How results are written for people and for programs."""

from __future__ import annotations

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, JsonValue

from extract import report
from extract.cleaning.document import CleanDocument, Fact, Kind, MappedText, Segment, Span
from extract.errors import UsageError
from extract.report import SourceLines
from extract.result import Evidence, Extraction, Provenance, RecordStatus, Status, Usage
from extract.source import Source

TEXT = "Pump Fitter\r\n\r\nBasel\tNord\nPay: 90"


class Place(BaseModel):
    """A nested part."""

    city: str | None = None


class Toy(BaseModel):
    """A record with a leaf of each shape."""

    title: str | None = None
    places: list[Place] = []
    pay: float | None = None
    remote: bool | None = None

    def to_schema_org(self) -> dict[str, JsonValue]:
        return {"@type": "JobPosting", "title": self.title}


def result(record: BaseModel, **evidence: Evidence) -> Extraction[BaseModel]:
    """A result with this record; the keys of evidence have "__" for a dot."""
    made = Provenance(
        engine="rules",
        task="toy",
        format="text",
        cleaning=(),
        schema_hash="0",
        source="toy.txt",
        source_sha256="0",
        encoding="utf-8",
        version="0",
    )
    found = {path.replace("__", "."): value for path, value in evidence.items()}
    return Extraction[BaseModel](
        record=record, status=RecordStatus.COMPLETE, fields={}, evidence=found, usage=Usage(), provenance=made
    )


def document() -> CleanDocument:
    """Two segments and a fact of TEXT."""
    body = MappedText.of(TEXT)
    return CleanDocument(
        source=Source(text=TEXT, name="toy.txt", sha256="0", encoding="str"),
        format="text",
        segments=(
            Segment(0, Kind.HEADING, body[0:11], block=0, level=1),
            Segment(1, Kind.FIELD, MappedText.join([body[26:30], body[31:33]]), block=1, key_end=4),
        ),
        facts=(Fact("JobPosting.title", "Pump Fitter", body[0:11]),),
        steps=("text:fields",),
    )


@pytest.mark.parametrize(
    ("offset", "place"),
    [(0, "1:1"), (11, "1:12"), (12, "1:13"), (13, "2:1"), (15, "3:1"), (21, "3:7"), (26, "4:1"), (33, "4:8")],
)
def test_offset_is_a_line_and_a_column(offset: int, place: str) -> None:
    """Lines end with LF, CR or CR LF; a tab is one column; the end of the text has a place."""
    assert str(SourceLines(TEXT).at(offset)) == place


@pytest.mark.parametrize("offset", [-1, len(TEXT) + 1])
def test_offset_outside_of_the_text_is_refused(offset: int) -> None:
    """An offset that the text does not have is an error of the caller, never a wrong place."""
    with pytest.raises(ValueError, match="outside"):
        SourceLines(TEXT).at(offset)


@given(st.text(alphabet="ab\r\n\u2028é", max_size=30), st.data())
def test_line_and_column_lead_back_to_the_offset(text: str, data: st.DataObject) -> None:
    """The place names one offset only: the start of its line and the column give it back."""
    offset = data.draw(st.integers(0, len(text)))
    line, column = SourceLines(text).at(offset)
    starts = [0]
    for index, character in enumerate(text):
        if character == "\n" or (character == "\r" and text[index + 1 : index + 2] != "\n"):
            starts.append(index + 1)
    assert starts[line - 1] + column - 1 == offset


@pytest.mark.parametrize("character", ["\0", "\x1b", "\x7f", "\x9b", "\u202e", "\u2066"], ids=ascii)
def test_document_cannot_steer_the_terminal(character: str) -> None:
    """Escape sequences and turned writing of a hostile document are shown as a replacement character."""
    assert report.printable(f"a{character}b") == "a\N{REPLACEMENT CHARACTER}b"


@given(st.text(max_size=50), st.integers(1, 60))
def test_shortened_text_keeps_to_its_limit(text: str, limit: int) -> None:
    """Short text stays; long text ends with an ellipsis within the limit."""
    short = report.shorten(text, limit)
    assert len(short) <= limit
    assert short == text if len(text) <= limit else short.endswith("…")


def test_rows_are_the_leaves_that_are_there() -> None:
    """A row a leaf, in the order of the schema, with the place of its first span; what is null is listed apart."""
    found = result(
        Toy(title="Pump Fitter", places=[Place(city="Basel Nord"), Place()], remote=False),
        title=Evidence(status=Status.QUOTED, quote="Pump Fitter", spans=(Span(0, 11),), segments=(0,)),
        places__0__city=Evidence(
            status=Status.REPAIRED, quote="Basel\tNord", spans=(Span(15, 20), Span(21, 25)), segments=(1, 2)
        ),
    )
    shown = [(row.field, row.value, row.status, row.quote, str(row.position)) for row in report.rows(found, SourceLines(TEXT))]
    assert shown == [
        ("title", "Pump Fitter", Status.QUOTED, "Pump Fitter", "1:1"),
        ("places.0.city", "Basel Nord", Status.REPAIRED, "Basel Nord", "3:1"),
        ("remote", "False", None, "", "None"),
    ]
    assert report.absent(found) == ["places.1.city", "pay"]


def test_yaml_keeps_order_and_letters() -> None:
    """YAML has the keys that were asked for, in that order, and letters as they are."""
    written = report.as_yaml(result(Toy(title="Schweißer")), keys=("issues", "record"))
    assert list(yaml.safe_load(written)) == ["issues", "record"]
    assert "Schweißer" in written


def test_jsonld_can_stand_in_a_script() -> None:
    """An end tag in a value does not end the script that the JSON-LD is put into."""
    written = report.as_jsonld(Toy(title="</script><b>"))
    assert "</script>" not in written
    assert json.loads(written)["title"] == "</script><b>"


def test_schema_without_jsonld_is_wrong_use() -> None:
    """A model without ``to_schema_org`` is told which formats it has."""
    with pytest.raises(UsageError, match="json, yaml or table"):
        report.as_jsonld(Place())


def test_listing_says_where_each_segment_stands() -> None:
    """A listed segment has its number, kind, text and all its spans; a fact has its path and value."""
    lines = SourceLines(TEXT)
    assert report.segment_listing(document().segments, lines) == [
        ("0", "heading", "Pump Fitter", "1:1-1:12 [0, 11)"),
        ("1", "field", "Pay: 90", "4:1-4:5 [26, 30), 4:6-4:8 [31, 33)"),
    ]
    assert report.fact_listing(document(), lines) == [("JobPosting.title", "fact", "Pump Fitter", "1:1-1:12 [0, 11)")]


def test_document_json_holds_segments_and_facts() -> None:
    """Segments and facts with their offsets, and with lines and columns where those are asked for."""
    plain = json.loads(report.document_json(document(), document().segments))
    assert (plain["format"], plain["cleaning"]) == ("text", ["text:fields"])
    assert plain["segments"][1] == {
        "number": 1,
        "kind": "field",
        "level": 0,
        "block": 1,
        "list": None,
        "key": "Pay",
        "dropped": None,
        "text": "Pay: 90",
        "spans": [{"start": 26, "end": 30}, {"start": 31, "end": 33}],
    }
    mapped = json.loads(report.document_json(document(), document().segments, SourceLines(TEXT)))
    assert mapped["facts"][0]["spans"] == [{"start": 0, "end": 11, "line": 1, "column": 1, "end_line": 1, "end_column": 12}]

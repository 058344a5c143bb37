"""The result as it is written out, and read again."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from extract.cleaning.document import Span
from extract.errors import MissingFields, UsageError
from extract.result import Evidence, Extraction, FieldStatus, Issue, Provenance, RecordStatus, Severity, Status, Usage


class Pay(BaseModel):
    """A nested value with a type that JSON does not have."""

    min: Decimal | None = None
    currency: str | None = None


class Toy(BaseModel):
    """A record small enough to read."""

    title: str | None = None
    posted: date | None = None
    pay: Pay | None = None
    tags: list[str] = []


def extraction(*spans: Span) -> Extraction[Toy]:
    """A whole result with these spans for its title."""
    return Extraction[Toy](
        record=Toy(title="Fitter", posted=date(2025, 3, 1), pay=Pay(min=Decimal("41.50"), currency="CHF"), tags=["night"]),
        status=RecordStatus.COMPLETE,
        fields={"title": FieldStatus.FOUND, "pay.max": FieldStatus.ABSENT},
        evidence={
            "title": Evidence(status=Status.QUOTED, quote="Fitter", spans=spans, segments=(12,)),
            "pay.max": Evidence(status=Status.ABSENT),
        },
        issues=(Issue(code="until_filled", path="valid_through", message="open until filled", severity=Severity.INFO),),
        usage=Usage(seconds=0.01),
        provenance=Provenance(
            engine="rules",
            task="toy",
            format="text",
            cleaning=("text:separators",),
            schema_hash="0",
            source="-",
            source_sha256="0",
            encoding="utf-8",
            version="0.1.0",
        ),
    )


def test_span_is_written_with_named_ends() -> None:
    """A span in JSON says which number is its start and which its end."""
    written = json.loads(extraction(Span(641, 647)).model_dump_json())
    assert written["evidence"]["title"] == {
        "status": "quoted",
        "quote": "Fitter",
        "spans": [{"start": 641, "end": 647}],
        "segments": [12],
        "pages": [],
    }


def test_plain_data_has_the_shape_of_the_json() -> None:
    """Who dumps to Python values finds the same keys as in JSON."""
    result = extraction(Span(641, 647))
    assert result.model_dump()["evidence"]["title"]["spans"] == ({"start": 641, "end": 647},)
    assert result.model_dump(mode="json") == json.loads(result.model_dump_json())


def test_keys_stand_in_the_documented_order() -> None:
    """The record comes first and how it was made last."""
    assert list(json.loads(extraction().model_dump_json())) == [
        "record",
        "status",
        "fields",
        "evidence",
        "issues",
        "usage",
        "provenance",
    ]


@given(st.lists(st.tuples(st.integers(0, 10**7), st.integers(0, 10**7)), max_size=4))
def test_json_reads_back_as_the_same_result(pairs: list[tuple[int, int]]) -> None:
    """Writing a result as JSON and reading that loses nothing, and spans are named tuples again."""
    result = extraction(*(Span(*pair) for pair in pairs))
    again = Extraction[Toy].model_validate_json(result.model_dump_json())
    assert again == result
    assert all(type(span) is Span for span in again.evidence["title"].spans)


@pytest.mark.parametrize("named", [Extraction, Extraction[BaseModel]], ids=["bare", "base"])
def test_record_is_written_whole_whatever_type_is_named(named: type[Extraction[BaseModel]]) -> None:
    """An Extraction of no type, or of a base of the record's, writes every field of the record too."""
    result = extraction(Span(0, 6))
    parts = {key: getattr(result, key) for key in Extraction.model_fields}
    assert named(**parts).model_dump_json() == result.model_dump_json()


@pytest.mark.parametrize(
    "span",
    [{"start": 1}, {"start": 1, "end": 2, "length": 1}, {"start": "one", "end": 2}, [1], [1, 2, 3], {"start": 1.5, "end": 2}],
    ids=str,
)
def test_what_is_no_span_is_refused(span: object) -> None:
    """A span lacks an end, has too many keys or is no number: a validation error, not a guess."""
    with pytest.raises(ValidationError):
        Evidence.model_validate_json(json.dumps({"status": "quoted", "spans": [span]}))


def test_a_result_cannot_be_changed() -> None:
    """Results are values: nobody downstream can move a span."""
    result = extraction(Span(0, 6))
    with pytest.raises(ValidationError):
        result.evidence["title"].quote = "Welder"


@pytest.mark.parametrize("mode", ["serialization", "validation"])
def test_the_schema_names_the_keys_of_a_span(mode: Literal["serialization", "validation"]) -> None:
    """The JSON Schema of the output describes spans as they are written."""
    schema = Evidence.model_json_schema(mode=mode)
    assert set(schema["properties"]["spans"]["items"]["properties"]) == {"start", "end"}


class Job(BaseModel):
    """A record with parts that may lack something."""

    title: str | None = None
    pay: Pay | None = None
    tags: list[str] = []
    note: str | None = None


def job(**states: FieldStatus) -> Extraction[Job]:
    """A result with these states, and errors for what is wrong."""
    made = extraction()
    fields = {path.replace("__", "."): state for path, state in states.items()}
    errors = [path for path, state in fields.items() if state is FieldStatus.INVALID]
    return Extraction[Job](
        record=Job(),
        status=RecordStatus.PARTIAL,
        fields=fields,
        evidence={},
        issues=tuple(Issue(code="x", path=path, message=f"{path}: it is wrong", severity=Severity.ERROR) for path in errors),
        usage=made.usage,
        provenance=made.provenance,
    )


FOUND, ABSENT, UNGROUNDED, INVALID, NOT_ASKED = FieldStatus


@pytest.mark.parametrize(
    ("states", "path", "reason"),
    [
        ({"title": FOUND}, "title", None),
        ({"title": ABSENT}, "title", "the document does not state it"),
        ({"title": UNGROUNDED}, "title", "the document does not state it"),
        ({"title": NOT_ASKED}, "title", "nobody looked for it"),
        ({"title": INVALID}, "title", "it is wrong"),
        ({"pay__min": FOUND, "pay__currency": ABSENT}, "pay", None),
        ({"pay__min": FOUND, "pay__currency": ABSENT}, "pay.currency", "the document does not state it"),
        ({"pay__min": FOUND, "pay__currency": INVALID}, "pay", "pay.currency: it is wrong"),
        ({"pay": ABSENT}, "pay.min", "the document does not state it"),
        ({"tags__0": FOUND, "tags": INVALID}, "tags", "it is wrong"),
        ({"tags__0": FOUND}, "tags.0", None),
        ({"tags__0": FOUND}, "tags.1", "the document does not state it"),
        ({"tags": ABSENT}, "tags", "the document does not state it"),
    ],
)
def test_what_a_caller_requires(states: dict[str, FieldStatus], path: str, reason: str | None) -> None:
    """A field that was found is fine; for any other, the error says why."""
    result = job(**states)
    if reason is None:
        result.require(path)
        return
    with pytest.raises(MissingFields) as error:
        result.require(path)
    assert error.value.reasons == {path: reason}
    assert str(error.value) == f"-: {path}: {reason}"


def test_all_that_is_missing_is_told_at_once() -> None:
    """One error names each of them; what the schema does not have is wrong use."""
    result = job(title=ABSENT, note=FOUND, pay=NOT_ASKED)
    with pytest.raises(MissingFields) as error:
        result.require("title", "note", "pay")
    assert list(error.value.reasons) == ["title", "pay"]
    for path in ("titel", "pay.sum", "tags.0.x", ""):
        with pytest.raises(UsageError, match="has no field"):
            result.require(path)

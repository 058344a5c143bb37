"""Answers that are wrong: nothing of an answer is taken on trust, whatever it holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from drafted_answers import LINES, Thing, codes, document, drafted, texts
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from extract.engines.base import Draft, TextReference
from extract.engines.llm.answers import MAX_LINES, answer_object, draft_of
from extract.engines.llm.lines import Lines
from extract.engines.llm.wire import wire_schema
from extract.errors import InvalidAnswer
from extract.fields import leaf_annotations, path_pattern
from extract.grounding import ground
from extract.readers import read_as
from extract.readers.stating import same_value
from extract.result import Severity, Status
from extract.schemas.job_posting import JobPosting
from extract.validation import validate


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"text": "8"}, "reference_out_of_range"),
        ({"text": "0-8"}, "reference_out_of_range"),
        ({"text": "0+9999999"}, "reference_out_of_range"),
        ({"text": "12: Free bread"}, "reference_out_of_range"),
        ({"text": {"at": -1, "quote": "Free"}}, "reference_out_of_range"),
        ({"text": "4-3"}, "malformed_answer"),
        ({"text": "3,4"}, "malformed_answer"),
        ({"text": "12345678"}, "malformed_answer"),
        ({"text": ""}, "malformed_answer"),
        ({"text": "Bakery"}, "malformed_answer"),
        ({"text": "You bake cakes"}, "malformed_answer"),
        ({"text": True}, "malformed_answer"),
        ({"text": 1.5}, "malformed_answer"),
        ({"text": ["1"]}, "malformed_answer"),
        ({"text": {"at": True, "quote": "Free"}}, "malformed_answer"),
        ({"text": {"at": 1}}, "malformed_answer"),
        ({"text": "5: paid bread"}, "ungrounded"),
        ({"text": "2: since … baked"}, "ungrounded"),
        ({"text": {"at": 5, "quote": "…"}}, "ungrounded"),
        ({"texts": "3"}, "malformed_answer"),
        ({"texts": ["4-3"]}, "malformed_answer"),
        ({"texts": [["3"]]}, "malformed_answer"),
        ({"name": {"value": 3, "at": 0}}, "malformed_answer"),
        ({"name": {"value": "\ud800", "at": 0}}, "malformed_answer"),
        ({"name": {"text": "Cook"}}, "malformed_answer"),
        ({"name": ["Cook"]}, "malformed_answer"),
        ({"count": {"value": "3", "at": 0}}, "malformed_answer"),
        ({"count": {"value": 3.5, "at": 0}}, "malformed_answer"),
        ({"count": {"value": True, "at": 0}}, "malformed_answer"),
        ({"count": {"value": 10**400, "at": 0}}, "malformed_answer"),
        ({"sure": {"value": 1, "at": 0}}, "malformed_answer"),
        ({"pay": {"value": "2400", "at": 0}}, "malformed_answer"),
        ({"pet": "3"}, "malformed_answer"),
        ({"pet": [1]}, "malformed_answer"),
    ],
)
def test_what_is_unusable_is_refused(answer: dict[str, Any], code: str) -> None:
    """A value of the wrong kind, a line that there is not, a quote that is not there: one error, and no value."""
    draft = drafted(**answer)
    assert draft.values == {}
    assert [issue.code for issue in draft.issues] == [code]
    assert draft.issues[0].severity is Severity.ERROR
    assert draft.issues[0].message.startswith(f"{draft.issues[0].path}: ")


@pytest.mark.parametrize("entry", ["0-9999999", "0-7", "7+0-7"])
def test_huge_ranges_are_bounded(entry: str) -> None:
    """However many lines an answer names, it costs no more than the bound, and that is told once."""
    draft = drafted(texts=[entry] * 20_000)
    assert MAX_LINES - 8 <= sum(len(value.references) for value in draft.values.values()) <= MAX_LINES
    assert [issue.code for issue in draft.issues].count("malformed_answer") == 1
    assert len(draft.issues) <= MAX_LINES // 8 + 2


def test_texts_are_not_looked_up_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that writes out thousands of texts that no line holds takes a bounded time; what is not looked up is an issue."""
    monkeypatch.setattr("extract.engines.llm.answers.MAX_SEARCHED", 2 * len(LINES))
    draft = drafted(texts=["no such words", "Free bread", "Keep the ovens clean"])
    assert texts(draft) == {"texts.0": "Free bread"}
    assert sorted(codes(draft)) == [
        ("coerced", "texts.0"),
        ("malformed_answer", "texts.0"),
        ("malformed_answer", "texts.1"),
    ]


def test_ranges_that_lead_out_are_told_once() -> None:
    """Of a range that is too long, the first line too many is an issue, and not millions of them."""
    draft = drafted(texts=["6-9999999"])
    assert texts(draft) == {"texts.0": "good pay", "texts.1": document().clean.segments[7].text}
    assert codes(draft) == [("reference_out_of_range", "texts.2")]


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1}',
        ' \n{"a": 1}\n',
        '```json\n{"a": 1}\n```',
        '```\n{"a": 1}```',
        '\n\n``` {"a": 1} ```\n',
        '{"a": 2, "a": 1}',
    ],
)
def test_an_answer_is_an_object(text: str) -> None:
    """It may stand between the marks of a code block; of a key that comes twice the last one counts."""
    assert answer_object(text) == {"a": 1}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no JSON"),
        ("Here you are.", "no JSON"),
        ('{"a": ', "no JSON"),
        ('{"a": NaN}', "NaN is no number"),
        ('{"a": -Infinity}', "-Infinity is no number"),
        ('{"a": 1e99999999999999999999999}', "no JSON"),
        ('{"a": ' + "9" * 5000 + "}", "no JSON"),
        ('{"a":' * 50_000, "nests too deeply"),
        ("[1]", "no object"),
        ("null", "no object"),
        ('"{}"', "no object"),
        ("```json\n[]\n```", "no object"),
        ('{"a": 1} {"b": 2}', "no JSON"),
        ("```" + " " * 100_000, "no JSON"),
        ('```json\n{"a": 1}and', "no JSON"),
    ],
)
def test_what_is_no_object_is_an_invalid_answer(text: str, told: str) -> None:
    """Anything else is the one error for it, whose message is short."""
    with pytest.raises(InvalidAnswer, match=told) as error:
        answer_object(text)
    assert len(str(error.value)) < 300


@pytest.mark.parametrize("inner", ["[" * 900 + "]" * 900, '{"a":' * 900 + "1" + "}" * 900, "[" + "9" * 4000 + "]"])
def test_what_is_hard_to_show_is_shown_all_the_same(inner: str) -> None:
    """Deep and long answers are refused like any other, with a short message."""
    draft = draft_of(answer_object(f'{{"text": {inner}, "name": {inner}}}'), wire_schema(Thing), LINES)
    assert {code for code, _ in codes(draft)} == {"malformed_answer"}
    assert all(len(issue.message) < 300 for issue in draft.issues)


def test_values_that_no_json_can_hold_are_shown_too() -> None:
    """Whoever calls: lists far too deep to be written, and numbers that Python refuses to write."""
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    draft = draft_of({"text": deep, "name": {"value": "Cook", "at": 10**5000}}, wire_schema(Thing), LINES)
    assert codes(draft) == [("malformed_answer", "text"), ("reference_out_of_range", "name")]


# Properties

POSTING = document(
    "Pastry Cook (m/f)\nAcme Ltd, Bern, Switzerland\nRemote work is not possible.\nThe salary is $85,000 to $119,000 a year.\n"
    "- You hold a bachelor's degree\n- 3+ years of experience\nPosted: May 30, 2024\nStage de 4 à 6 mois"
)
WORDS = [
    "Pastry Cook",
    "Bern",
    "CH",
    "REMOTE",
    "YEAR",
    "USD",
    "2024-05-30",
    "BACHELOR",
    "1",
    "0-2",
    "1+2",
    "3: The salary",
    "2: Remote … possible",
    "Acme Ltd",
    "\ud800",
    "",
]
json_values: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 12)
    | st.sampled_from([85000, 119000, 10**400, Decimal("85000.0"), Decimal("1e999999"), 17, 3])
    | st.sampled_from(WORDS)
    | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.fixed_dictionaries({"value": inner, "at": st.none() | st.integers(-1, 9)})
        | st.dictionaries(st.sampled_from(["value", "at", "quote", "kind", "name", "x"]), inner, max_size=3)
    ),
    max_leaves=12,
)


def filled(shape: object, value: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Answers that have the keys of a schema, and anything at all at its ends."""
    if not isinstance(shape, dict):
        return value
    return value | st.fixed_dictionaries({}, optional={key: filled(inner, value) for key, inner in shape.items()})


def keys_of(schema: type[BaseModel]) -> dict[str, Any]:
    """The keys of the objects of a schema, as they nest."""
    properties = wire_schema(schema).schema["properties"]
    return {name: _keys(inner) for name, inner in properties.items()}  # type: ignore[union-attr, union-attr]


def _keys(schema: Any) -> Any:
    options = [part for part in schema.get("anyOf", ()) if part.get("type") == "object" and "value" not in part["properties"]]
    return {name: _keys(inner) for part in options for name, inner in part["properties"].items()} or None


answers: st.SearchStrategy[tuple[type[BaseModel], Any]] = st.one_of(
    *(
        st.tuples(st.just(schema), filled(keys_of(schema), json_values | st.lists(json_values, max_size=3)))
        for schema in (JobPosting, Thing)
    )
)


def places(draft: Draft, lines: Lines) -> Iterator[bool]:
    """For each reference of a draft whether it is to a part of the document."""
    for value in draft.values.values():
        for reference in value.references:
            assert isinstance(reference, TextReference)
            yield 0 <= reference.start <= reference.end <= len(lines.clean.segments[reference.segment].text)


@settings(max_examples=150, deadline=None)
@given(case=answers)
def test_no_answer_says_what_the_document_does_not(case: tuple[type[BaseModel], Any]) -> None:
    """For any answer: no exception, references inside of the document, and stated only what the quoted characters state."""
    schema, answer = case
    draft = draft_of(answer if isinstance(answer, dict) else {"title": answer, "text": answer}, wire_schema(schema), POSTING)
    assert all(places(draft, POSTING))
    told = {issue.path for issue in draft.issues}  # of a line that there is not
    assert all(value.references or value.inferred or path in told for path, value in draft.values.items())
    for issue in draft.issues:
        issue.model_dump_json()
    leaves = leaf_annotations(schema)
    grounding = ground(draft, POSTING.clean, schema)
    found = validate(grounding.values, schema)
    for path, evidence in found.evidence.items():
        if evidence.status is Status.QUOTED:
            held = [POSTING.clean.source.text[span.start : span.end] for span in evidence.spans]
            assert "".join(" ".join(held).split()) == "".join(evidence.quote.split())
            assert evidence.quote.split() in [str(value.value).split() for value in draft.values.values()]
        elif evidence.status is Status.NORMALISED and (reader := leaves[path_pattern(path)].reader):
            read = list(read_as(reader, evidence.quote))
            whole = [round(value) for value in read if isinstance(value, float)]
            stated = [value.value for value in draft.values.values()]
            assert any(same_value(one, other) for one in (*read, *whole) for other in stated)
        else:
            assert evidence.status in {Status.NORMALISED, Status.ABSENT, Status.INFERRED}


@settings(max_examples=100, deadline=None)
@given(text=st.text(max_size=40) | json_values.map(repr))
def test_any_text_is_an_object_or_an_invalid_answer(text: str) -> None:
    """No text makes any other error."""
    with suppress(InvalidAnswer):
        assert isinstance(answer_object(text), dict)

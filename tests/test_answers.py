"""Answers: what references lead to, and that nothing of an answer is taken on trust."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field, RootModel

from extract.cleaning import clean
from extract.engines.base import Draft, DraftValue, FactReference, TextReference
from extract.engines.llm.answers import MAX_LINES, answer_object, draft_of
from extract.engines.llm.lines import Lines, shown_facts
from extract.engines.llm.nodes import ROOT
from extract.engines.llm.wire import wire_schema
from extract.errors import InvalidAnswer
from extract.fields import ReadAs, Verbatim, leaf_annotations, path_pattern
from extract.grounding import ground
from extract.readers import read_as
from extract.readers.stating import same_value
from extract.result import Severity, Status
from extract.schemas.job_posting import JobPosting
from extract.source import Format, open_source
from extract.validation import validate

TEXT = """Pastry Cook
Acme Bakery, Lyon
We have baked in Lyon since 1921.
- Bake croissants before dawn
- Keep the ovens clean
- Free bread, a company bicycle and
- good pay
The salary is 2.400 € per month, paid on May 30, 2024 at 10:00.
"""


def document(text: str = TEXT) -> Lines:
    """The lines of a text."""
    return Lines(clean(open_source(text), format=Format.TEXT))


LINES = document()


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Cat(BaseModel):
    kind: Literal["cat"]
    name: str | None = None
    lives: int | None = None


class Dog(BaseModel):
    kind: Literal["dog"]
    name: Annotated[str, Verbatim] | None = None
    born: date | None = None


class Thing(BaseModel):
    text: Annotated[str, Verbatim] | None = None
    texts: list[Annotated[str, Verbatim]] = []
    name: str | None = None
    count: int | None = None
    pay: Decimal | None = None
    share: float | None = None
    paid: date | None = None
    moment: datetime | None = None
    sure: bool | None = None
    colour: Colour | None = None
    pet: Annotated[Cat | Dog, Field(discriminator="kind")] | None = None
    either: Cat | int | None = None
    rows: list[list[int]] | list[str] = []
    marks: list[int] | list[str] = []
    mail: Annotated[str, ReadAs("email")] | None = None


def drafted(lines: Lines = LINES, schema: type[BaseModel] = Thing, **answer: object) -> Draft:
    """What becomes of an answer, by way of its JSON."""
    return draft_of(answer_object(json.dumps(answer)), wire_schema(schema), lines)


def texts(draft: Draft) -> dict[str, object]:
    """The values of a draft."""
    return {path: value.value for path, value in draft.values.items()}


def codes(draft: Draft) -> list[tuple[str, str]]:
    """What a draft has doubts about: code and path."""
    return [(issue.code, issue.path) for issue in draft.issues]


COMPANY = "Acme Bakery, Lyon"


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ("1", COMPANY),
        (" 1 ", COMPANY),
        ("0-1", f"Pastry Cook {COMPANY}"),
        ("5+6", "Free bread, a company bicycle and good pay"),
        ("0+5-6", "Pastry Cook Free bread, a company bicycle and good pay"),
        ("5: a company bicycle", "a company bicycle"),
        ("line 5: a company bicycle", "a company bicycle"),
        ("[5]: a   company bicycle", "a company bicycle"),
        ("2: We have … since 1921.", "We have baked in Lyon since 1921."),
        ("2: We have ... Lyon", "We have baked in Lyon"),
        ({"at": 5, "quote": "Free bread"}, "Free bread"),
    ],
)
def test_references_become_the_text_of_the_document(answer: object, found: str) -> None:
    """Whatever is named, the words are those of the document, and there is no doubt about it."""
    draft = drafted(text=answer)
    assert (texts(draft), codes(draft)) == ({"text": found}, [])


def test_a_part_of_a_line_is_referred_to_exactly() -> None:
    """The reference covers the quoted words alone, that of lines covers each of them whole."""
    draft = drafted(text="5: a company bicycle", texts=["5+6"])
    assert draft.values["text"].references == (TextReference(5, 12, 29),)
    assert draft.values["texts.0"].references == (TextReference(5, 0, 33), TextReference(6, 0, 8))


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (["3-5"], ["Bake croissants before dawn", "Keep the ovens clean", "Free bread, a company bicycle and"]),
        (["3", "5+6"], ["Bake croissants before dawn", "Free bread, a company bicycle and good pay"]),
        (["4", None, "3"], ["Keep the ovens clean", "Bake croissants before dawn"]),
        (["5: Free bread", "6: good pay"], ["Free bread", "good pay"]),
        ([], []),
        (None, []),
    ],
)
def test_entries_of_a_list(answer: object, found: list[str]) -> None:
    """A bare range is an entry a line, lines that are joined are one; null is none."""
    draft = drafted(texts=answer)
    assert (texts(draft), codes(draft)) == ({f"texts.{n}": text for n, text in enumerate(found)}, [])


def test_entries_that_are_refused_leave_no_gap() -> None:
    """The next entry takes the place, and the issue says what was wrong."""
    draft = drafted(texts=["3", "99", "4"])
    assert texts(draft) == {"texts.0": "Bake croissants before dawn", "texts.1": "Keep the ovens clean"}
    assert codes(draft) == [("reference_out_of_range", "texts.1")]


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


@pytest.mark.parametrize(
    ("number", "found"),
    [
        ("2400", 2400),
        ("2400.0", "2400.0"),
        ("17.50", "17.50"),
        ("0.1000000000000000055", "0.1000000000000000055"),
        ("1e3", "1000"),
        ("1e999999", None),
        ("1e-999999", None),
        ("1" + "0" * 60 + ".5", None),
        ("1." + "0" * 60 + "5", None),
    ],
)
def test_no_digit_of_an_amount_is_lost(number: str, found: object) -> None:
    """A Decimal is what the answer says, figure by figure; one of absurd size is refused, not written out."""
    draft = draft_of(answer_object(f'{{"pay": {{"value": {number}, "at": 7}}}}'), wire_schema(Thing), LINES)
    assert draft.values["pay"].value == found if found is not None else codes(draft) == [("malformed_answer", "pay")]


@pytest.mark.parametrize(
    ("answer", "values"),
    [
        ({"text": 1}, {"text": COMPANY}),
        ({"text": "a company bicycle"}, {"text": "a company bicycle"}),
        ({"texts": ["Keep the  ovens clean"]}, {"texts.0": "Keep the ovens clean"}),
        ({"name": "Cook"}, {"name": "Cook"}),
        ({"name": {"value": "Acme Bakery", "at": "1"}}, {"name": "Acme Bakery"}),
    ],
)
def test_what_is_read_in_another_way_is_said(answer: dict[str, Any], values: dict[str, object]) -> None:
    """An answer that means something but was not asked for in that way is taken, with a warning."""
    draft = drafted(**answer)
    assert texts(draft) == values
    assert [(issue.code, issue.severity) for issue in draft.issues] == [("coerced", Severity.WARNING)]


def test_text_that_was_written_out_must_stand_there_as_words() -> None:
    """Half a word is not what was meant."""
    assert texts(drafted(text="ompany bicycle")) == {}
    assert drafted(text="company bicycle").values["text"].references == (TextReference(5, 14, 29),)


def test_keys_that_were_not_asked_for_are_told_in_their_order() -> None:
    """One that says nothing is no matter; what they hold is left out."""
    extra: dict[str, Any] = {"\ud800": 1}
    draft = drafted(zebra=1, name=None, apple={"a": 2}, nothing=None, **extra)
    assert draft.values == {}
    assert codes(draft) == [("unasked_field", "zebra"), ("unasked_field", "apple"), ("unasked_field", "\\ud800")]


@pytest.mark.parametrize("at", [8, -1, True, 0.0, "top", 10**400])
def test_a_value_in_a_line_that_there_is_not_has_no_place(at: object) -> None:
    """The number of the line is told; whether the document states the value is for grounding to find out."""
    draft = drafted(name={"value": "Cook", "at": at})
    assert draft.values == {"name": DraftValue("Cook")}
    assert [(issue.code, issue.path, issue.severity) for issue in draft.issues] == [
        ("reference_out_of_range", "name", Severity.WARNING)
    ]


def test_values_without_a_line_are_what_the_model_concluded() -> None:
    """Grounding looks for a line that states them."""
    draft = drafted(name={"value": "Acme Bakery", "at": None}, count={"value": 7, "at": None})
    assert draft.values == {"name": DraftValue("Acme Bakery", inferred=True), "count": DraftValue(7, inferred=True)}
    assert draft.issues == ()
    nothing = drafted(name={"value": None, "at": 3})
    assert (nothing.values, nothing.issues) == ({}, ())


def test_numbers_of_lines_are_only_read_where_lines_are_asked_for() -> None:
    """A job number that is "12" is no reference."""
    draft = drafted(document("Job number: 12\nCook"), name={"value": "12", "at": 0})
    assert draft.values["name"].value == "12"
    assert draft.values["name"].references == (TextReference(0, 12, 14),)


@pytest.mark.parametrize(
    ("answer", "values"),
    [
        ({"pet": {"kind": "dog", "name": "0", "born": None}}, {"pet.kind": "dog", "pet.name": "Pastry Cook"}),
        ({"pet": {"kind": "cat", "name": {"value": "Cook", "at": 0}}}, {"pet.kind": "cat", "pet.name": "Cook"}),
        ({"pet": {"kind": "cat", "name": None, "lives": None}}, {}),
        ({"pet": None}, {}),
        ({"either": {"value": 3, "at": 0}}, {"either": 3}),
        ({"either": {"kind": "cat", "lives": {"value": 9, "at": 0}}}, {"either.kind": "cat", "either.lives": 9}),
        ({"rows": [[{"value": 1, "at": 0}, {"value": 2, "at": 0}]]}, {"rows.0.0": 1, "rows.0.1": 2}),
        ({"rows": [{"value": "Cook", "at": 0}]}, {"rows.0": "Cook"}),
        ({"marks": [{"value": "Cook", "at": 0}]}, {"marks.0": "Cook"}),
        ({"marks": [{"value": 3, "at": 0}]}, {"marks.0": 3}),
    ],
)
def test_members_of_unions(answer: dict[str, Any], values: dict[str, object]) -> None:
    """A member is known by its constant, its keys or its kind; a constant alone says nothing."""
    draft = drafted(**answer)
    assert (texts(draft), codes(draft)) == (values, [])


def test_another_constant_than_the_one_there_is_is_told() -> None:
    """A member is taken for the one that it must be, and not in silence."""

    class Dog(BaseModel):
        kind: Literal["dog"]
        name: str | None = None

    class Kennel(BaseModel):
        dogs: list[Dog] = []

    draft = drafted(schema=Kennel, dogs=[{"kind": "wolf", "name": {"value": "Cook", "at": 0}}])
    assert (draft.values["dogs.0.kind"].value, codes(draft)) == ("dog", [("coerced", "dogs.0.kind")])
    assert "'wolf' was read as 'dog'" in draft.issues[0].message


def test_a_wrapped_answer() -> None:
    """What is no object stands under its key; without it there is nothing."""

    class Names(RootModel[list[Annotated[str, Verbatim]]]):
        pass

    answer: dict[str, Any] = {ROOT: ["3-4"]}
    assert texts(drafted(schema=Names, **answer)) == {"0": "Bake croissants before dawn", "1": "Keep the ovens clean"}
    assert drafted(schema=Names).values == {}


def test_lines_of_facts() -> None:
    """What the markup states is referred to by its line, and the reference is to the fact."""
    stated = '{"@type": "JobPosting", "title": "Cook", "salaryCurrency": "CHF"}'
    page = f'<script type="application/ld+json">{stated}</script><p>We bake.</p>'
    held = clean(open_source(page))
    lines = Lines(held, shown_facts(held))
    number = next(n for n in range(len(lines)) if (body := lines.body(n)) and body.text == "CHF")
    draft = drafted(lines, name={"value": "CHF", "at": number}, text=str(number))
    (reference,) = draft.values["name"].references
    assert isinstance(reference, FactReference)
    assert held.facts[reference.fact].path == "JobPosting.salaryCurrency"
    assert ground(draft, held, Thing).values["name"].evidence.status is Status.FACT


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


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({"count": 3}, [("coerced", "count")]),
        ({"name": {"value": "Acme Bakery", "at": None}}, []),
        ({"name": {"value": "Acme Bakery", "at": 1, "sure": True}}, [("unasked_field", "name")]),
    ],
)
def test_what_was_answered_in_another_way_is_said(answer: dict[str, Any], told: list[tuple[str, str]]) -> None:
    """A value that is no object, and what is said beyond what was asked."""
    assert codes(drafted(**answer)) == told

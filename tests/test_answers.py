"""Answers: what references lead to, and how values and entries of lists are read."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pytest
from drafted_answers import LINES, Dog, Thing, codes, document, drafted, texts
from pydantic import BaseModel, RootModel

from extract.cleaning import clean
from extract.engines.base import DraftValue, FactReference, TextReference
from extract.engines.llm.answers import answer_object, draft_of
from extract.engines.llm.lines import Lines, shown_facts
from extract.engines.llm.nodes import ROOT
from extract.engines.llm.wire import wire_schema
from extract.fields import Verbatim
from extract.grounding import ground
from extract.result import Severity, Status
from extract.source import open_source

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

"""From a record to its answer and back: what comes from a document survives the wire."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, RootModel

from extract.cleaning import clean
from extract.engines.base import Draft, Engine
from extract.engines.llm.answers import answer_object, draft_of
from extract.engines.llm.encoding import NotStated, answer_of
from extract.engines.llm.engine import Asking, LlmEngine
from extract.engines.llm.lines import Lines
from extract.engines.llm.nodes import ROOT
from extract.engines.llm.prompts import prompt_for
from extract.engines.llm.seam import Completion, Request
from extract.engines.llm.wire import wire_schema
from extract.engines.rules import RulesEngine
from extract.evals.agreement import cell_matches, gold_cells
from extract.evals.cases import Case, shipped_cases
from extract.fields import Verbatim
from extract.finding import is_cut_out
from extract.grounding import ground
from extract.readers.denial import is_denied
from extract.result import Severity, Status
from extract.source import Format, open_source
from extract.tasks import task_named
from extract.validation import validate

CASES = shipped_cases()


class Part(BaseModel):
    text: Annotated[str, Verbatim] | None = None
    notes: list[Annotated[str, Verbatim]] = []


class Held(BaseModel):
    text: Annotated[str, Verbatim] | None = None
    texts: list[Annotated[str, Verbatim]] = []
    parts: list[Part] = []
    rows: list[list[Annotated[str, Verbatim]]] = []


def document(text: str) -> Lines:
    """The lines of a text."""
    return Lines(clean(open_source(text), format=Format.TEXT))


def survives(record: BaseModel, lines: Lines) -> tuple[BaseModel, list[str]]:
    """The record that comes back over the wire, and what there was to say about it."""
    schema = type(record)
    wire = wire_schema(schema)
    answer = json.dumps(answer_of(record, wire, lines), ensure_ascii=False)
    draft = draft_of(answer_object(answer), wire, lines)
    grounding = ground(draft, lines.clean, schema)
    found = validate(grounding.values, schema)
    issues = (*draft.issues, *grounding.issues, *found.issues)
    return found.record, [issue.message for issue in issues if issue.code != "inferred"]  # a truth value has no line


LINES = document(
    "Cook wanted\nWe bake bread, cakes and very many other good things every morning in Bern.\n"
    "- Oven\n- Dough\nPay: 12.50 €\nOne or two"
)


@pytest.mark.parametrize(
    ("record", "answer"),
    [
        (Held(text="Cook wanted"), {"text": "0"}),
        (Held(text="Oven Dough"), {"text": "2-3"}),
        (Held(text="Dough Cook wanted"), {"text": "3+0"}),
        (Held(text="We bake bread"), {"text": "1: We bake bread"}),
        (Held(text="or"), {"text": "5: or"}),  # and not that of "morning"
        (
            Held(text="bread, cakes and very many other good things every morning"),
            {"text": "1: bread, cakes and … things every morning"},
        ),
        (Held(texts=["Oven", "Dough"]), {"texts": ["2-3"]}),
        (Held(texts=["Dough", "Oven"]), {"texts": ["3", "2"]}),
        (Held(texts=["Oven Dough"]), {"texts": ["2+3"]}),
        (Held(texts=["Oven", "Cook wanted Oven Dough", "Dough"]), {"texts": ["2", "0+2-3", "3"]}),
        (
            Held(parts=[Part(text="Oven"), Part(notes=["Dough"])]),
            {"parts": [{"text": "2", "notes": []}, {"text": None, "notes": ["3"]}]},
        ),
        (Held(rows=[["Oven", "Dough"], ["Cook wanted"]]), {"rows": [["2-3"], ["0"]]}),
    ],
)
def test_texts_are_written_as_short_as_they_go(record: Held, answer: dict[str, object]) -> None:
    """Lines, ranges, joined lines and parts of lines, each in its shortest form, and back."""
    nothing: dict[str, object] = {"text": None, "texts": [], "parts": [], "rows": []}
    assert answer_of(record, wire_schema(Held), LINES) == nothing | answer
    assert survives(record, LINES) == (record, [])


def test_lines_in_a_row_are_taken_where_lines_repeat() -> None:
    """They make the shortest reference, and are what was meant."""
    lines = document("- Oven\n- Dough\n- Oven\n- Dough")
    assert answer_of(Held(text="Dough Oven Dough"), wire_schema(Held), lines)["text"] == "1-3"


@pytest.mark.parametrize("text", ["Baker wanted", "Cook wanted We bake", "Cook wanted Oven bread"])
def test_a_text_that_is_no_part_of_the_document_is_an_error(text: str) -> None:
    """No answer could be it: the path is told."""
    with pytest.raises(NotStated, match=r"^parts\.0\.notes\.1: "):
        answer_of(Held(parts=[Part(notes=["Oven", text])]), wire_schema(Held), LINES)


class Cat(BaseModel):
    kind: Literal["cat"]
    name: str


class Dog(BaseModel):
    kind: Literal["dog"]
    name: str
    age: int | None = None


class Values(BaseModel):
    model_config = ConfigDict(serialize_by_alias=True)

    title: str | None = Field(default=None, alias="jobTitle")
    pay: Decimal | None = None
    share: float | None = None
    day: date | None = None
    moment: datetime | None = None
    open: bool | None = None
    size: Literal["S", "L"] | None = None
    pet: Annotated[Cat | Dog, Field(discriminator="kind")] | None = None
    pets: list[Cat | Dog] = []
    either: Cat | int | None = None
    rows: list[list[int]] | list[str] = []
    perhaps: list[int] | None = None
    word: int | str | None = None


STATED = document(
    "Title: Pastry Cook\nPay: 1.249,50 €, that is 12.5 of all\nFrom May 30, 2024 at 10:00\nSize L\nRex is 7 and Tom is 9\n"
    "We are open"
)


@pytest.mark.parametrize(
    "content",
    [
        {"title": "Pastry Cook"},
        {"pay": "1249.50"},
        {"share": 12.5},
        {"day": "2024-05-30"},
        {"moment": "2024-05-30T10:00:00"},
        {"open": True},
        {"size": "L"},
        {"word": "Pastry Cook"},
        {"word": 9},
        {"pet": {"kind": "dog", "name": "Rex", "age": 7}},
        {"pets": [{"kind": "cat", "name": "Tom"}, {"kind": "dog", "name": "Rex", "age": None}]},
        {"either": 9},
        {"either": {"kind": "cat", "name": "Tom"}},
        {"rows": [[7, 9], [7]]},
        {"rows": ["Rex", "Tom"]},
        {},
    ],
)
def test_values_survive(content: dict[str, object]) -> None:
    """Each kind of value, members of unions among them, comes back equal."""
    record = Values.model_validate(content, by_name=True)
    assert survives(record, STATED) == (record, [])


def test_values_name_their_line() -> None:
    """The first line that states a value; none where no line does."""
    record = Values.model_validate({"title": "Pastry Cook", "pay": "1249.50", "share": 0.25}, by_name=True)
    answer = answer_of(record, wire_schema(Values), STATED)
    assert answer["title"] == {"value": "Pastry Cook", "at": 0}
    assert answer["pay"] == {"value": 1249.5, "at": 1}
    assert answer["share"] == {"value": 0.25, "at": None}
    assert (answer["day"], answer["perhaps"]) == (None, [])


@pytest.mark.parametrize(
    "record", [RootModel[list[int]]([7, 9]), RootModel[int](9), RootModel[Cat | Dog](Cat(kind="cat", name="Tom"))]
)
def test_roots_that_are_no_objects_survive(record: RootModel[Any]) -> None:
    """They stand under a key of their own."""
    assert list(answer_of(record, wire_schema(type(record)), STATED)) == [ROOT]
    assert survives(record, STATED) == (record, [])


WORDS = [
    "We",
    "bake",
    "bread",
    "and",
    "cakes",
    "Dr. Who",
    "C++",
    "5 – 10",
    "Master’s",
    "“best”",
    "12:",
    "7+8",
    "…",
    "naïve",
    "x" * 30,
]
sentences = st.lists(st.sampled_from(WORDS), min_size=1, max_size=14).map(" ".join)
made = st.lists(st.tuples(st.sampled_from(["", "- ", "# "]), sentences).map("".join), min_size=1, max_size=9).map("\n".join)


@st.composite
def held(draw: st.DrawFn) -> tuple[Lines, Held]:
    """A document, and a record of whole lines of it or parts of one that are neither denied nor cut out of a number."""
    text = draw(made | st.sampled_from([case.source for case in CASES.values()]))
    lines = Lines(clean(open_source(text)))
    assume(lines.clean.segments)
    bodies = [segment.text for segment in lines.clean.segments]
    whole = st.integers(0, len(bodies) - 1)

    def several(numbers: list[int]) -> str:
        return " ".join(bodies[number] for number in numbers)

    def part(place: tuple[int, int, int]) -> str:
        words = bodies[place[0]].split(" ")
        start = place[1] % len(words)
        before, taken = " ".join([*words[:start], ""]), " ".join(words[start : start + place[2]])
        line, span = bodies[place[0]], (len(before), len(before) + len(taken))
        if taken == line:
            return taken
        # "escompte" is not to be had of "aucun escompte", nor "606" of "02 606"
        return "" if is_denied(line, *span) or is_cut_out(line, *span) else taken

    a_range = st.tuples(whole, st.integers(1, 4)).map(lambda ends: bodies[ends[0] : ends[0] + ends[1]])
    a_part = st.tuples(whole, st.integers(0, 200), st.integers(1, 20)).map(part).filter(str.strip)
    a_text = st.lists(whole, min_size=1, max_size=4).map(several) | a_range.map(" ".join) | a_part
    a_list = st.lists(a_text, max_size=4) | a_range
    parts = st.lists(st.builds(Part, text=a_text, notes=a_list), max_size=2)
    rows = st.lists(a_list.filter(bool), max_size=2)
    return lines, draw(st.builds(Held, text=st.none() | a_text, texts=a_list, parts=parts, rows=rows))


@settings(max_examples=120, deadline=None)
@given(case=held())
def test_any_record_of_lines_survives(case: tuple[Lines, Held]) -> None:
    """Whatever is taken from a document comes back character for character, but for runs of blanks."""
    lines, record = case
    back, told = survives(record, lines)
    assert " ".join(back.model_dump_json().split()) == " ".join(record.model_dump_json().split())
    assert told == []


class Silent:
    """A model that nothing is asked of."""

    def complete(self, request: Request) -> Completion:
        raise AssertionError(request)


def answered(case: Case, rules: Engine | None) -> tuple[Draft, Lines]:
    """The draft that the right answer to the request of a gold case gives."""
    task = task_named(case.schema)
    record = task.schema.model_validate(case.expected)
    held = clean(open_source(case.source))
    plan = LlmEngine(task, prompt_for(task.name), Silent(), Asking("m", "e"), rules).plan(held)
    answer = json.dumps(answer_of(record, plan.wire, plan.lines))
    draft = draft_of(answer_object(answer), plan.wire, plan.lines)
    return Draft({**plan.filled.values, **draft.values}, draft.issues), plan.lines


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("ask", ["all", "missing"])
def test_gold_records_survive(name: str, ask: str) -> None:
    """All gold cells are right after the wire, whether everything is asked or what the rules leave; nothing is an error."""
    case = CASES[name]
    rules = RulesEngine() if ask == "missing" and case.schema == "job_posting" else None
    draft, lines = answered(case, rules)
    schema = task_named(case.schema).schema
    grounding = ground(draft, lines.clean, schema)
    found = validate(grounding.values, schema)
    issues = [issue for issue in (*draft.issues, *grounding.issues, *found.issues) if issue.severity is Severity.ERROR]
    assert issues == []
    content = found.record.model_dump(mode="json")
    cells = [cell_matches(cell, content) for cell in gold_cells(case.expected, case.accept)]
    assert [told for right, told in cells if not right] == []
    assert Status.QUOTED in {evidence.status for evidence in found.evidence.values()}

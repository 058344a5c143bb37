"""Asking again: only for what was wrong, how often, what it costs, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import pytest
from baked import RIGHT, TEXT, Oven, asked, errors, run, wrong
from scripted import USED, Scripted, answer, answered

from extract.checks import Checked
from extract.cleaning import clean
from extract.cleaning.document import CleanDocument
from extract.engines.base import Draft, DraftValue, Engine, Repairs, TextReference
from extract.engines.llm.engine import Asking, LlmEngine
from extract.engines.llm.prompts import prompt_for
from extract.engines.llm.seam import Completion
from extract.engines.llm.tokens import count_tokens
from extract.engines.rules import RulesEngine
from extract.errors import BudgetExceeded, EndpointUnavailable
from extract.evals.cases import shipped_cases
from extract.pipeline import extract
from extract.result import FieldStatus, Issue, RecordStatus, Severity, Usage
from extract.schemas.job_posting import JobPosting
from extract.source import Format, open_source
from extract.tasks import Task, task_named


def test_what_is_right_is_asked_once() -> None:
    """A complete record makes no second call."""
    result, model = run(answer(**RIGHT))
    assert (result.status, len(model.requests), result.usage.calls) == (RecordStatus.COMPLETE, 1, 1)


def test_a_broken_field_is_asked_again_alone() -> None:
    """The second request has that field and no other, and what was wrong with it; the rest of the record stays."""
    result, model = run(wrong(heat={"value": 290, "at": 1}), answered({"heat": {"value": 280, "at": 1}}))
    assert result.record == Oven.model_validate({**result.record.model_dump(), "heat": 280, "name": "Vesuvio"})
    assert [tray.price for tray in result.record.trays] == [30, 45]
    assert (result.status, errors(result)) == (RecordStatus.COMPLETE, [])
    again = model.requests[1]
    assert asked(model) == ["heat"]
    user = again.messages[1].content
    assert "'290'" in user
    assert "1 It heats up to 280 degrees." in user
    assert "lamps" not in user
    assert "…" in user
    assert ("asked_again", "heat") in [(issue.code, issue.path) for issue in result.issues]


def test_usage_counts_both_calls() -> None:
    """Tokens, money and calls are those of all that was asked."""
    result, _ = run(wrong(heat={"value": 290, "at": 1}), answered({"heat": {"value": 280, "at": 1}}))
    assert result.usage.model_copy(update={"seconds": 0.0}) == USED + USED


def test_one_field_of_one_entry_is_asked_again() -> None:
    """Its key is its path; the other entries are neither asked for nor changed."""
    trays = [RIGHT["trays"][0], {"material": {"value": "clay", "at": 4}, "price": {"value": 54, "at": 4}}]  # type: ignore[index]
    result, model = run(wrong(trays=trays), answered({"trays.1.price": {"value": 45, "at": 4}}))
    assert asked(model) == ["trays.1.price"]
    assert [(tray.material, tray.price) for tray in result.record.trays] == [("steel", 30), ("clay", 45)]


def test_a_text_is_asked_again_by_reference() -> None:
    """An entry that refers to a line which there is not is answered with another line."""
    result, model = run(wrong(steps=["8", "99"]), answered({"steps.1": "9"}))
    assert result.record.steps == ["Heat it before you bake.", "Clean it when it is cold."]
    assert model.requests[1].schema["properties"] == {"steps.1": {"type": ["string", "null"]}}


def test_a_repair_that_does_not_help_leaves_null() -> None:
    """The error stays with the field, and the record is partial; nothing is raised."""
    result, model = run(wrong(heat={"value": 290, "at": 1}), answered({"heat": {"value": 299, "at": 1}}))
    assert (result.record.heat, result.record.name) == (None, "Vesuvio")
    assert errors(result) == [("ungrounded", "heat")]
    assert "299" in next(issue.message for issue in result.issues if issue.code == "ungrounded")
    assert (result.status, result.fields["heat"]) == (RecordStatus.PARTIAL, FieldStatus.UNGROUNDED)
    assert len(model.requests) == 2


def test_a_repair_may_take_a_value_back() -> None:
    """Null says that the document does not state it: the field is absent, and no error is left."""
    result, _ = run(wrong(heat={"value": 290, "at": 1}), answered({"heat": None}))
    assert (result.record.heat, errors(result)) == (None, [])
    assert (result.status, result.fields["heat"]) == (RecordStatus.COMPLETE, FieldStatus.ABSENT)


def test_not_strict_keeps_the_value_with_its_error() -> None:
    """It is marked as inferred, and the record is partial all the same."""
    result, _ = run(wrong(heat={"value": 290, "at": 1}), answered({"heat": {"value": 299, "at": 1}}), strict=False)
    assert (result.record.heat, result.evidence["heat"].status) == (299, "inferred")
    assert (result.status, errors(result)) == (RecordStatus.PARTIAL, [("ungrounded", "heat")])


@pytest.mark.parametrize(("most", "calls"), [(0, 1), (1, 2), (2, 3)])
def test_how_often_is_a_setting(most: int, calls: int) -> None:
    """Each repair is one call, however many fields are wrong."""
    bad = answered({"heat": {"value": 299, "at": 1}, "name": {"value": "Etna", "at": 0}})
    first = wrong(heat={"value": 290, "at": 1}, name={"value": "Etna", "at": 0})
    result, model = run(first, bad, bad, asking={"max_repairs": most})
    assert (len(model.requests), result.usage.calls) == (calls, calls)
    assert sorted(errors(result)) == [("ungrounded", "heat"), ("ungrounded", "name")]


@pytest.mark.parametrize(
    "fault",
    [
        EndpointUnavailable("no answer", usage=Usage(calls=3)),
        BudgetExceeded("the next call could pass the limit"),
        Completion("no JSON", usage=USED),
    ],
)
def test_a_call_that_fails_costs_nothing_but_itself(fault: Completion | Exception) -> None:
    """The record of the first answer stands, with a warning and what the call used."""
    result, _ = run(wrong(heat={"value": 290, "at": 1}), fault)
    assert result.record.name == "Vesuvio"
    assert errors(result) == [("ungrounded", "heat")]
    assert [issue.severity for issue in result.issues if issue.code == "repair_failed"] == [Severity.WARNING]
    used = fault.usage if isinstance(fault, (Completion, EndpointUnavailable)) and fault.usage else Usage()
    assert result.usage.calls == 1 + used.calls


def test_no_time_is_left_for_a_repair() -> None:
    """The deadline of a document holds for all that is asked about it."""
    model = Scripted(wrong(heat={"value": 290, "at": 1}))
    engine = LlmEngine(Task("oven", Oven), prompt_for("oven"), model, Asking("m", "https://e", deadline=5.0))
    document = clean(open_source(TEXT))
    draft = engine.fill(document)
    broken = [Issue(code="ungrounded", path="heat", message="no", severity=Severity.ERROR)]
    late = engine.repair(document, draft, broken, spent=6.0)
    assert late is not None
    assert [issue.code for issue in late.issues] == ["repair_failed"]
    assert len(model.requests) == 1
    assert isinstance(engine, Repairs)


def too_hot(oven: Checked[Oven]) -> Iterator[Issue]:
    """A check of a user."""
    if oven.record.heat and oven.record.heat < 100:
        yield oven.issue("heat", "nothing bakes at that heat", code="cold", hint="ovens are hotter than 100", related=["name"])


def test_what_a_check_refuses_is_asked_again_with_what_is_related() -> None:
    """The model is told the hint of the check."""
    result, model = run(
        wrong(heat={"value": 30, "at": 3}),
        answered({"heat": {"value": 280, "at": 1}, "name": {"value": "Vesuvio", "at": 0}}),
        checks=[too_hot],
    )
    assert (result.record.heat, errors(result)) == (280, [])
    assert asked(model) == ["heat", "name"]
    assert "ovens are hotter than 100" in model.requests[1].messages[1].content


def sample(name: str) -> CleanDocument:
    """One of the shipped documents."""
    case = shipped_cases()[name]
    return clean(open_source(case.source), format=Format(case.format))


@pytest.mark.parametrize(
    ("case", "path", "value", "rules"),
    [
        ("meta_reality_labs_intern", "salary.max", 11933, None),
        ("apple_ml_researcher", "title", "Machine Learning Engineer", None),
        ("meta_research_scientist", "locations.0.country", "DE", None),
        ("snap_ml_engineer", "date_posted", "2021-01-01", None),
        ("fair_stagiaire", "employment_types.0", "FULL_TIME", None),
        ("meta_reality_labs_intern", "title", "Machine Learning", RulesEngine()),
        ("apple_ml_researcher", "title", "Machine Learning Engineer", RulesEngine()),
        ("meta_research_scientist", "department", "Reality Labs", RulesEngine()),
        ("snap_ml_engineer", "company.url", "https://snap.example", RulesEngine()),
        ("fair_stagiaire", "company.name", "Meta", RulesEngine()),
    ],
)
def test_a_wrong_field_costs_a_quarter_of_a_second_call_at_most(
    case: str, path: str, value: str | float, rules: Engine | None
) -> None:
    """Counted in tokens of the request, against that for the whole record, or for what the rules leave open of it."""
    document = sample(case)
    model = Scripted()
    engine = LlmEngine(task_named("job_posting"), prompt_for("job_posting"), model, Asking("m", "https://e"), rules)
    whole = engine.plan(document).request
    assert whole is not None
    reference = TextReference(0, 0, len(document.segments[0].text))
    broken = [
        Issue(code="ungrounded", path=path, message=f"{path}: the document does not state {value!r}", severity=Severity.ERROR)
    ]
    model.answers = [answered({path: None})]
    engine.repair(document, Draft({path: DraftValue(value, (reference,))}), broken, spent=0.0)
    assert tokens(model.requests[0]) <= 0.25 * tokens(whole)


def tokens(request: Any) -> int:
    """The tokens of the messages and the schema of a request."""
    texts: Mapping[str, str] = {
        "messages": "".join(message.content for message in request.messages),
        "schema": str(dict(request.schema)),
    }
    return sum(count_tokens(text) for text in texts.values())


def test_ends_that_were_taken_for_each_other_are_asked_again() -> None:
    """Neither end of a range is stated by the other one."""
    text = "Cook\n\nThe salary is $85,000 to $119,000 a year.\n\nWe bake."
    model = Scripted(
        answer(salary={"min": {"value": 119000, "at": 1}, "max": {"value": 85000, "at": 1}, "unit": None, "currency": None}),
        answered({"salary.min": {"value": 85000, "at": 1}, "salary.max": {"value": 119000, "at": 1}}),
    )
    engine = LlmEngine(task_named("job_posting"), prompt_for("job_posting"), model, Asking("m", "https://e"))
    result = extract(text, schema=JobPosting, engine=engine)
    assert result.record.salary is not None
    assert (result.record.salary.min, result.record.salary.max) == (Decimal(85000), Decimal(119000))


@pytest.mark.parametrize("said", [{"heat": [1], "name": [1]}, {"heat": None}, {"heat": None, "name": None}, {}])
def test_what_is_only_related_is_not_lost(said: dict[str, object]) -> None:
    """A field that was right and asked for beside a wrong one stays, unless there is another answer for it."""
    result, _ = run(wrong(heat={"value": 30, "at": 3}), answered(said), checks=[too_hot])
    assert (result.record.name, result.record.heat) == ("Vesuvio", None)
    assert not any(path == "name" for _, path in errors(result))


def test_the_same_answer_is_not_asked_for_again() -> None:
    """However many repairs are allowed: one that changes nothing is the last."""
    bad = answered({"heat": {"value": 290, "at": 1}})
    result, model = run(wrong(heat={"value": 290, "at": 1}), bad, bad, bad, asking={"max_repairs": 3})
    assert (len(model.requests), errors(result)) == (2, [("ungrounded", "heat")])
    result, model = run(wrong(heat={"value": 290, "at": 1}), BudgetExceeded("enough"), asking={"max_repairs": 3})
    assert (len(model.requests), result.record.name) == (2, "Vesuvio")

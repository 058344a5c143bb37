"""Checks of any schema: an error takes the value out, a warning only tells, and no check breaks a run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from threading import Lock
from typing import Any, ClassVar

import pytest
from fixed_engine import Fixed, told
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, PrivateAttr

from extract import extract
from extract.checks import Check, Checked, checks_of
from extract.cleaning import clean
from extract.cleaning.document import CleanDocument, Scalar
from extract.engines.base import Draft, DraftValue, Origin, TextReference
from extract.errors import UsageError
from extract.fields import leaf_annotations
from extract.pipeline import Judging, judge
from extract.result import FieldStatus, Issue, RecordStatus, Severity, Status
from extract.schemas.job_posting import JobPosting
from extract.source import open_source
from extract.tasks import task_named
from extract.validation import Validated


class Order(BaseModel):
    total: float | None = None
    paid: float | None = None
    checks: ClassVar[tuple[Check, ...]] = ()


def paid_in_full(order: Checked[Order]) -> Iterator[Issue]:
    """A check as a user writes it."""
    if order.record.total != order.record.paid:
        yield order.issue("paid", f"{order.record.paid} is not the total", code="part_payment", related=["total"])


class Paid(Order):
    checks: ClassVar[tuple[Check, ...]] = (paid_in_full,)


ORDER = "The total is 9.50 euros.\n\nPaid: 5 euros."
VALUES: Mapping[str, tuple[Scalar, str]] = {"total": (9.5, "total"), "paid": (5, "Paid")}


@pytest.mark.parametrize(("schema", "checks"), [(Paid, []), (Order, [paid_in_full])])
def test_checks_of_a_schema_and_of_a_call(schema: type[Order], checks: Sequence[Check]) -> None:
    """Both are one function each; the value that an error is about is taken out."""
    found = extract(ORDER, schema=schema, engine=Fixed(VALUES), checks=checks)
    assert (found.record.total, found.record.paid) == (9.5, None)
    assert told(found) == [("part_payment", "paid")]
    assert (found.status, found.fields["paid"]) == (RecordStatus.PARTIAL, FieldStatus.INVALID)
    kept = extract(ORDER, schema=schema, engine=Fixed(VALUES), checks=checks, strict=False)
    assert (kept.record.paid, told(kept), kept.status) == (5, [("part_payment", "paid")], RecordStatus.PARTIAL)


def test_a_check_that_fails_says_so() -> None:
    """It costs neither the record nor what the other checks find."""

    def broken(order: Checked[Order]) -> Iterator[Issue]:
        raise ZeroDivisionError(order.record.total)

    found = extract(ORDER, schema=Order, engine=Fixed(VALUES), checks=[broken, paid_in_full])
    assert told(found) == [("part_payment", "paid")]
    assert [issue.message for issue in found.issues if issue.code == "check_failed"] == [
        "the check test_a_check_that_fails_says_so.<locals>.broken failed and says nothing: ZeroDivisionError: 9.5"
    ]


def test_what_the_schema_needs_stays() -> None:
    """A check cannot take out what there is no record without: the value stays with its error."""

    class Needed(BaseModel):
        total: float

    def never(needed: Checked[Needed]) -> Iterator[Issue]:
        yield needed.issue("total", "no", code="never")

    found = extract(ORDER, schema=Needed, engine=Fixed({"total": (9.5, "total")}), checks=[never])
    assert (found.record.total, told(found), found.status) == (9.5, [("never", "total")], RecordStatus.PARTIAL)


def test_a_field_of_that_name_is_no_check() -> None:
    """A schema may have a field that is called checks."""

    class Cheque(BaseModel):
        checks: list[str] = []

    assert checks_of(Cheque) == ()
    assert checks_of(JobPosting)


def test_the_model_is_told_the_hint() -> None:
    """People get the path before the message, a model the hint, or else the message."""
    document = clean(open_source("x"))
    checked = Checked(Order(), {}, document)
    assert checked.issue("paid", "no", code="c").hint == "no"
    assert checked.issue("paid", "no", code="c", hint="pay").hint == "pay"
    assert checked.issue("paid", "no", code="c").message == "paid: no"
    assert checked.issue("", "no", code="c").message == "no"


TEXT = (
    "Pastry Cook (m/f) wanted\n\nAcme Ltd, Bern, Switzerland. Remote work is not possible. "
    "The salary is $85,000 to $119,000 a year."
    "\n\n- You hold a bachelor's degree\n- 3+ years of experience\n\nPosted: May 30, 2024. Stage de 4 à 6 mois."
    "\n\n# Similar jobs\n\n- Chef"
)
DOCUMENT = clean(open_source(TEXT))
paths = st.sampled_from([pattern.replace("*", number) for pattern in leaf_annotations(JobPosting) for number in "012"]) | st.text(
    max_size=4
)
values: st.SearchStrategy[Scalar] = st.one_of(
    st.sampled_from(
        ["Bern", "CH", "REMOTE", "YEAR", "2024-05-30", "85000", "119000", "Chef", "en", "You hold a bachelor's degree"]
    ),
    st.sampled_from([17, 26, 3, True, 10**5000, -1, float("nan"), float("inf")]),
    st.text(max_size=5),
)
references = st.builds(TextReference, st.integers(-1, 12), st.integers(-1, 30), st.integers(-1, 60)) | st.sampled_from(
    [TextReference(segment.number, 0, len(segment.text)) for segment in DOCUMENT.segments]
)
drafts = st.dictionaries(
    paths, st.builds(DraftValue, values, st.lists(references, max_size=2).map(tuple), st.booleans()), max_size=8
).map(Draft)


@settings(max_examples=150, deadline=None)
@given(draft=drafts, strict=st.booleans())
def test_any_draft_is_judged(draft: Draft, *, strict: bool) -> None:
    """For any draft whatever: no exception, and no value is quoted or normalised but from characters of the source."""
    judged = judge(draft, DOCUMENT, task_named("job_posting"), Judging(strict=strict))
    assert isinstance(judged, Validated)
    for evidence in judged.evidence.values():
        if evidence.status in {Status.QUOTED, Status.NORMALISED, Status.REPAIRED}:
            covered = "".join(TEXT[span.start : span.end] for span in evidence.spans)
            assert "".join(evidence.quote.split()) == "".join(covered.split()) != ""


def nonsense(given: object) -> Check:
    """A check that gives what it likes."""
    return lambda _: given  # type: ignore[return-value]  # which is the point


class Unsayable(Exception):
    def __str__(self) -> str:
        raise ValueError


def raising(_: Checked[Order]) -> Iterator[Issue]:
    raise Unsayable


def forever(order: Checked[Order]) -> Iterator[Issue]:
    while True:
        yield order.issue("paid", "again", code="again", severity=Severity.INFO)


def half(order: Checked[Order]) -> Iterator[Issue]:
    yield order.issue("paid", "wrong", code="half")
    raise ZeroDivisionError


@pytest.mark.parametrize("given", [None, 7, "bad", [None], {"a": 1}, [("a", "bad")]])
def test_a_check_that_gives_nonsense_costs_nothing(given: object) -> None:
    """It is told, and the record stays."""
    found = extract(ORDER, schema=Order, engine=Fixed(VALUES), checks=[nonsense(given)])
    assert (found.record.total, found.record.paid) == (9.5, 5)
    assert [issue.code for issue in found.issues] == ["check_failed"]


@pytest.mark.parametrize("check", [raising, half])
def test_a_check_that_breaks_off_says_nothing(check: Check) -> None:
    """What it said before does not count, also where its error cannot be written."""
    found = extract(ORDER, schema=Order, engine=Fixed(VALUES), checks=[check])
    assert (found.record.paid, [issue.code for issue in found.issues]) == (5, ["check_failed"])


def test_a_check_comes_to_an_end() -> None:
    """One that never stops is cut off."""
    found = extract(ORDER, schema=Order, engine=Fixed(VALUES), checks=[forever])
    assert [issue.code for issue in found.issues] == ["again"]


def test_a_check_that_finds_another_error_each_time_comes_to_an_end() -> None:
    """It sees the smaller record a few times; the rest stays, with its error."""

    class Row(BaseModel):
        tags: list[str] = []

    def first(row: Checked[Row]) -> Iterator[Issue]:
        for path in list(row.values)[:1]:
            yield row.issue(path, f"no {row.values[path]}", code=f"no_{row.values[path]}")

    text = "\n\n".join(f"word{number}" for number in range(40))
    values: dict[str, tuple[Scalar, str]] = {f"tags.{number}": (f"word{number}", f"word{number}") for number in range(40)}
    found = extract(text, schema=Row, engine=Fixed(values), checks=[first])
    assert 0 < len(found.record.tags) < 40
    assert found.status is RecordStatus.PARTIAL


def test_what_the_schema_needs_does_not_save_the_rest() -> None:
    """Of two values that checks refuse, only the one that is required stays."""

    class Needed(BaseModel):
        total: float
        paid: float | None = None

    def never(needed: Checked[Needed]) -> Iterator[Issue]:
        yield from (needed.issue(path, "no", code="never") for path in ("total", "paid"))

    found = extract(ORDER, schema=Needed, engine=Fixed(VALUES), checks=[never])
    assert (found.record.total, found.record.paid) == (9.5, None)
    assert told(found) == [("never", "total"), ("never", "paid")]


def test_an_error_about_no_field_is_about_the_document() -> None:
    """A slip in a path neither makes up a field nor takes one out."""

    def slip(order: Checked[Order]) -> Iterator[Issue]:
        yield order.issue("totl", "no", code="slip")
        yield order.issue("total.0", "no", code="slip")

    found = extract(ORDER, schema=Order, engine=Fixed(VALUES), checks=[slip])
    assert set(found.fields) == {"total", "paid"}
    assert {issue.path for issue in found.issues} == {""}
    assert found.record.total == 9.5


def test_a_check_cannot_change_the_record() -> None:
    """It sees a copy, and evidence that is read-only."""

    def meddling(order: Checked[Order]) -> Iterator[Issue]:
        order.record.total = 1000.0
        order.evidence.clear()  # type: ignore[attr-defined]  # which is the point
        yield from ()

    found = extract(ORDER, schema=Order, engine=Fixed(VALUES), checks=[meddling])
    assert (found.record.total, list(found.evidence)) == (9.5, ["total", "paid"])


@pytest.mark.parametrize("given", [paid_in_full, None, {paid_in_full}, ["paid_in_full"], [7]])
def test_checks_are_a_list_of_functions(given: Any) -> None:
    """Anything else is wrong use, where it is declared and where it is given."""
    with pytest.raises(UsageError, match="checks is a list or tuple of functions"):
        extract(ORDER, schema=Order, engine=Fixed(VALUES), checks=given)
    wrong = type("Wrong", (BaseModel,), {"__annotations__": {"checks": ClassVar[object]}, "checks": given})
    if given is not paid_in_full:  # which is a method there
        with pytest.raises(UsageError, match=r"Wrong\.checks"):
            checks_of(wrong)


def test_messages_name_the_path_that_the_issue_has() -> None:
    """Also where entries before it are gone."""

    class Row(BaseModel):
        tags: list[str] = []

    class Two:
        name, origin = "two", Origin()

        def fill(self, clean: CleanDocument) -> Draft:
            line = TextReference(0, 0, len(clean.segments[0].text))
            return Draft({"tags.0": DraftValue("gone", (line,)), "tags.1": DraftValue("there", (line,))})

    found = extract("Nothing here.\n\nthere", schema=Row, engine=Two())
    assert found.record.tags == ["there"]
    assert [(issue.code, issue.path, issue.message.partition(":")[0]) for issue in found.issues] == [
        ("ungrounded", "tags", "tags"),
        ("moved", "tags.0", "tags.0"),
    ]


def test_a_default_is_nothing_found() -> None:
    """A record that the schema alone filled has failed."""

    class Kind(BaseModel):
        kind: str = "order"
        total: float | None = None

    assert extract(ORDER, schema=Kind, engine=Fixed({})).status is RecordStatus.FAILED
    assert extract(ORDER, schema=Kind, engine=Fixed({"total": (9.5, "total")})).status is RecordStatus.COMPLETE


class Held(BaseModel):
    """A record that cannot be copied."""

    total: str | None = None
    _lock: Any = PrivateAttr(default_factory=Lock)


def test_a_record_that_cannot_be_copied_is_checked() -> None:
    """What a schema keeps in its records besides fields costs no check and no record."""
    found = extract("In all: 9.50", schema=Held, engine=Fixed({"total": ("9.50", "9.50")}), checks=[lambda _: ()])
    assert found.record.total == "9.50"
    assert found.status is RecordStatus.COMPLETE

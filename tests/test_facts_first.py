"""What needs no asking: values that are certain, and fields that nothing in the document could fill."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated

import pytest
from pydantic import BaseModel

from extract.cleaning import clean
from extract.engines.base import Draft, DraftValue
from extract.engines.llm.facts_first import certain_values, left_to_ask
from extract.engines.llm.lines import Lines
from extract.engines.llm.wire import askable
from extract.fields import ReadAs, Verbatim
from extract.source import Format, open_source


class Pay(BaseModel):
    low: Annotated[Decimal, ReadAs("amount")] | None = None
    currency: Annotated[str, ReadAs("currency")] | None = None


class Job(BaseModel):
    title: str | None = None
    posted: Annotated[date, ReadAs("date")] | None = None
    closes: Annotated[date, ReadAs("date")] | None = None
    mail: Annotated[str, ReadAs("email")] | None = None
    site: Annotated[str, ReadAs("url")] | None = None
    phone: Annotated[str, ReadAs("phone")] | None = None
    tongue: Annotated[str, ReadAs("language")] | None = None
    region: Annotated[str, ReadAs("region")] | None = None
    odd: Annotated[str, ReadAs("no such reader")] | None = None
    count: int | None = None
    pay: Pay | None = None
    tasks: list[Annotated[str, Verbatim]] = []
    kinds: list[Annotated[str, ReadAs("employment_type")]] = []


ALWAYS = {"title", "tongue", "region", "count", "tasks", "kinds"}


def asked(text: str, **filled: str) -> set[str]:
    """What is asked for, beside what always is."""
    lines = Lines(clean(open_source(text), format=Format.TEXT))
    values = {path.replace("__", "."): DraftValue(value) for path, value in filled.items()}
    return set(left_to_ask(Job, Draft(values, certain=frozenset(values)), lines)) - ALWAYS


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Cook wanted", set()),
        ("Posted: May 30, 2024", {"posted", "closes", "pay.low"}),
        ("Write to jobs@acme.example", {"mail"}),
        ("See https://acme.example/jobs", {"site"}),
        ("We pay 4500 euros", {"pay.low", "pay.currency"}),
        ("Call +41 44 668 18 00", {"phone", "pay.low"}),
    ],
)
def test_a_field_that_no_line_can_fill_is_not_asked(text: str, left: set[str]) -> None:
    """Its reader reads nothing, so any answer would be refused; without a reader anything may be said."""
    assert asked(text) == left


def test_fields_without_a_reader_and_lists_are_always_asked() -> None:
    """So are those whose readers read something in any line."""
    lines = Lines(clean(open_source("Cook wanted"), format=Format.TEXT))
    assert left_to_ask(Job, Draft({}), lines) == ALWAYS
    assert left_to_ask(Job, Draft({}), lines) <= set(askable(Job))


@pytest.mark.parametrize(
    ("text", "filled", "left"),
    [
        ("Posted: May 30, 2024", {"posted": "2024-05-30"}, set()),
        ("Posted: May 30, 2024. Closes: June 12, 2024", {"posted": "2024-05-30"}, {"closes"}),
        ("Posted: 03/04/2024", {"posted": "2024-04-03"}, {"closes"}),
        ("jobs@acme.example", {"mail": "jobs@acme.example"}, set()),
        ("We pay 4500 euros", {"pay__low": "4500"}, {"pay.currency"}),
    ],
)
def test_a_value_that_belongs_to_one_field_fills_no_other(text: str, filled: dict[str, str], left: set[str]) -> None:
    """The day of publication is not the last day too, unless another day stands there."""
    assert asked(text, **filled) - {"pay.low"} == left


@pytest.mark.parametrize("path", ["tasks.0", "tasks.3", "kinds.0"])
def test_a_list_that_is_begun_is_filled(path: str) -> None:
    """An entry takes its list from what is asked."""
    lines = Lines(clean(open_source("Cook wanted"), format=Format.TEXT))
    left = left_to_ask(Job, Draft({path: DraftValue("x")}, certain=frozenset({path})), lines)
    assert left == ALWAYS - {path.partition(".")[0]}


def test_a_value_that_the_schema_does_not_know_is_no_matter() -> None:
    """Rules may fill more than a schema has."""
    assert asked("Cook wanted", title="Cook", unknown__path="x") == set()


def test_certain_values() -> None:
    """Those that the draft calls certain, in its order."""
    values = {path: DraftValue(path) for path in ("c", "a", "b")}
    assert list(certain_values(Draft(values, certain=frozenset({"b", "c", "gone"})))) == ["c", "b"]

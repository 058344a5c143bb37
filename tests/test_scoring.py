"""Scores worked out by hand: a row says what gold has, what a record has, each cell's outcome, and the F1 of the document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from itertools import permutations
from random import Random
from typing import Annotated

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, JsonValue

from extract.errors import UsageError
from extract.evals.matching import _best, pair_objects, pair_texts
from extract.evals.normalising import bare
from extract.evals.scorers import Scorer, Scorers, scorers_of
from extract.evals.scoring import Cell, Outcome, f1, score_record
from extract.fields import ReadAs, ScoredAs, Verbatim
from extract.schemas.conventions import Identifier, LongText, WebAddress
from extract.schemas.invoice import Invoice
from extract.schemas.job_posting import JobPosting

C, W, M, I, N = Outcome.CORRECT, Outcome.WRONG, Outcome.MISSING, Outcome.INVENTED, Outcome.CORRECT_NULL  # noqa: E741


Outcomes = Mapping[str, Outcome | Sequence[Outcome]]


class Kind(StrEnum):
    FULL = "FULL"
    PART = "PART"


class Pay(BaseModel):
    min: Decimal | None = None
    max: Decimal | None = None
    currency: str | None = None


class Place(BaseModel):
    city: str | None = None
    country: Annotated[str, ReadAs("country")] | None = None


def _same_length(expected: object, found: object) -> bool:
    return len(str(expected)) == len(str(found))


class Toy(BaseModel):
    """A field for each scorer."""

    title: str | None = None
    number: Identifier | None = None
    url: WebAddress | None = None
    mail: Annotated[str, ReadAs("email")] | None = None
    kind: Kind | None = None
    kinds: list[Kind] = []
    day: date | None = None
    moment: datetime | None = None
    years: float | None = None
    open: bool | None = None
    pay: Annotated[Pay, ScoredAs("joint")] | None = None
    amounts: list[Decimal] = []
    about: LongText | None = None
    tasks: list[Annotated[str, Verbatim]] = []
    places: list[Place] = []
    extras: dict[str, int] | None = None
    own: Annotated[str, ScoredAs(_same_length)] | None = None
    point: tuple[float, float] | None = None
    row: tuple[float, ...] = ()


TOY = scorers_of(Toy)
NINE = "one two three four five six seven eight nine"
HUNDRED = " ".join(f"word{number}" for number in range(100))
PAY: JsonValue = {"min": 85000, "max": 119000, "currency": "USD"}

# name, gold, record, outcomes by path, F1
ROWS: list[tuple[str, dict[str, JsonValue], dict[str, JsonValue], Outcomes, float]] = [
    # null against a value
    ("right", {"title": "Cook"}, {"title": "Cook"}, {"title": C}, 1.0),
    ("another value counts twice", {"title": "Cook"}, {"title": "Baker"}, {"title": W}, 0.0),
    ("missing", {"title": "Cook"}, {"title": None}, {"title": M}, 0.0),
    ("missing key", {"title": "Cook"}, {}, {"title": M}, 0.0),
    ("invented", {"title": None}, {"title": "Cook"}, {"title": I}, 0.0),
    ("rightly null", {"title": None}, {"title": None}, {"title": N}, 1.0),
    ("blank is null", {"title": None}, {"title": "  "}, {"title": N}, 1.0),
    ("what gold does not mention is not scored", {"title": "Cook"}, {"title": "Cook", "number": "7"}, {"title": C}, 1.0),
    (
        "nulls are no part of F1: an empty answer scores nothing, whatever else is null",
        {"title": "Cook", "number": None, "url": None, "day": None},
        {},
        {"title": M, "number": N, "url": N, "day": N},
        0.0,
    ),
    (
        "one right, one wrong: 2/(2+2)",
        {"title": "Cook", "number": "7"},
        {"title": "Cook", "number": "8"},
        {"title": C, "number": W},
        0.5,
    ),
    ("one right, one missing: 2/(2+1)", {"title": "Cook", "number": "7"}, {"title": "Cook"}, {"title": C, "number": M}, 2 / 3),
    (
        "one right, one invented: 2/(2+1)",
        {"title": "Cook", "number": None},
        {"title": "Cook", "number": "7"},
        {"title": C, "number": I},
        2 / 3,
    ),
    # texts
    ("case", {"title": "Pastry Cook"}, {"title": "PASTRY COOK"}, {"title": C}, 1.0),
    ("white space", {"title": "Pastry Cook"}, {"title": " Pastry\u00a0 Cook\n"}, {"title": C}, 1.0),
    ("punctuation", {"title": "Cook, Pastry (Lyon)"}, {"title": "Cook - Pastry / Lyon."}, {"title": C}, 1.0),
    ("quotes and dashes", {"title": "Chef’s – aide"}, {"title": "Chef's - aide"}, {"title": C}, 1.0),
    ("unicode: composed", {"title": "Café"}, {"title": "Cafe\u0301"}, {"title": C}, 1.0),
    ("unicode: full width", {"title": "ＡＢ Co"}, {"title": "AB Co"}, {"title": C}, 1.0),
    ("unicode: ligature", {"title": "Office"}, {"title": "O\ufb03ce"}, {"title": C}, 1.0),
    ("unicode: sharp s", {"title": "Straße"}, {"title": "STRASSE"}, {"title": C}, 1.0),
    ("unicode: accents tell", {"title": "Cote"}, {"title": "Côté"}, {"title": W}, 0.0),
    ("a word more", {"title": "Cook"}, {"title": "Cook (m/w/d)"}, {"title": W}, 0.0),
    ("nearly is wrong", {"title": "Data Engineer"}, {"title": "Data Engineers"}, {"title": W}, 0.0),
    ("a sign makes another word", {"title": "C Developer"}, {"title": "C++ Developer"}, {"title": W}, 0.0),
    ("a not", {"title": "US citizenship required"}, {"title": "US citizenship not required"}, {"title": W}, 0.0),
    ("order of words", {"title": "Cook Pastry"}, {"title": "Pastry Cook"}, {"title": W}, 0.0),
    ("a decimal point", {"title": "Shift 1.5"}, {"title": "Shift 15"}, {"title": W}, 0.0),
    ("only punctuation", {"title": "—"}, {"title": "…"}, {"title": W}, 0.0),
    # exact
    ("id", {"number": "R-17 b"}, {"number": "R-17b"}, {"number": C}, 1.0),
    ("id: punctuation tells", {"number": "R-17"}, {"number": "R17"}, {"number": W}, 0.0),
    ("id: case tells", {"number": "a7"}, {"number": "A7"}, {"number": W}, 0.0),
    ("id: one figure", {"number": "200123456"}, {"number": "200123457"}, {"number": W}, 0.0),
    ("url: case of the host", {"url": "https://A.org/x"}, {"url": "HTTPS://a.org:443/x"}, {"url": C}, 1.0),
    ("url: no path", {"url": "https://a.org"}, {"url": "https://a.org/"}, {"url": C}, 1.0),
    ("url: case of the path", {"url": "https://a.org/x"}, {"url": "https://a.org/X"}, {"url": W}, 0.0),
    ("url: query", {"url": "https://a.org/?id=1"}, {"url": "https://a.org/?id=2"}, {"url": W}, 0.0),
    ("e-mail", {"mail": "Jobs@A.org"}, {"mail": "jobs@a.org"}, {"mail": C}, 1.0),
    ("choice", {"kind": "FULL"}, {"kind": "FULL"}, {"kind": C}, 1.0),
    ("another choice", {"kind": "FULL"}, {"kind": "PART"}, {"kind": W}, 0.0),
    ("choices in another order", {"kinds": ["FULL", "PART"]}, {"kinds": ["PART", "FULL"]}, {"kinds.0": C, "kinds.1": C}, 1.0),
    ("a choice too many", {"kinds": ["FULL"]}, {"kinds": ["PART", "FULL"]}, {"kinds.0": [C, I]}, 2 / 3),
    ("day", {"day": "2025-03-07"}, {"day": "2025-03-07"}, {"day": C}, 1.0),
    ("day and month for each other", {"day": "2025-03-07"}, {"day": "2025-07-03"}, {"day": W}, 0.0),
    ("no day at all", {"day": "2025-03-07"}, {"day": "7 March"}, {"day": W}, 0.0),
    ("a moment in another zone", {"moment": "2025-03-07T12:00:00Z"}, {"moment": "2025-03-07T13:00:00+01:00"}, {"moment": C}, 1.0),
    ("number", {"years": 2}, {"years": 2.0}, {"years": C}, 1.0),
    ("nearly the number", {"years": 2}, {"years": 2.001}, {"years": W}, 0.0),
    ("truth value", {"open": False}, {"open": False}, {"open": C}, 1.0),
    ("false is not null", {"open": False}, {"open": None}, {"open": M}, 0.0),
    ("true is no number", {"years": 1}, {"years": True}, {"years": W}, 0.0),
    ("null is not zero", {"years": None}, {"years": 0}, {"years": I}, 0.0),
    ("a table of one's own", {"extras": {"a": 1, "b": 2}}, {"extras": {"b": 2, "a": 1}}, {"extras": C}, 1.0),
    ("another table", {"extras": {"a": 1}}, {"extras": {"a": 2}}, {"extras": W}, 0.0),
    ("scorer of one's own", {"own": "abc"}, {"own": "xyz"}, {"own": C}, 1.0),
    ("scorer of one's own: wrong", {"own": "abc"}, {"own": "ab"}, {"own": W}, 0.0),
    # money, as cells and as a whole
    (
        "money is a number, however written",
        {"pay": PAY},
        {"pay": {"min": "85000.00", "max": 119000.0, "currency": "USD"}},
        {"pay.min": C, "pay.max": C, "pay.currency": C, "pay": C},
        1.0,
    ),
    (
        "a changed salary is wrong, and as a whole too: 2*2/(2*2+2)",
        {"pay": PAY},
        {"pay": {"min": 95000, "max": 119000, "currency": "USD"}},
        {"pay.min": W, "pay.max": C, "pay.currency": C, "pay": W},
        2 / 3,
    ),
    ("no number at all", {"pay": {"min": 1}}, {"pay": {"min": "sNaN"}}, {"pay.min": W, "pay": W}, 0.0),
    ("no pay", {"pay": PAY}, {"pay": None}, {"pay.min": M, "pay.max": M, "pay.currency": M, "pay": M}, 0.0),
    ("invented pay", {"pay": None}, {"pay": {"min": 1, "max": None}}, {"pay.min": I, "pay": I}, 0.0),
    ("rightly no pay", {"pay": None}, {"pay": None}, {"pay": N}, 1.0),
    (
        "half of a range",
        {"pay": {"min": 85000, "max": None}},
        {"pay": {"min": 85000, "max": 85000}},
        {"pay.min": C, "pay.max": I, "pay": W},
        2 / 3,
    ),
    ("text for an object", {"pay": PAY}, {"pay": "$85k"}, {"pay.min": W, "pay.max": W, "pay.currency": W, "pay": W}, 0.0),
    (
        "amounts: one-to-one",
        {"amounts": [1, 2, 2]},
        {"amounts": [2, 2, 3]},
        {"amounts.0": M, "amounts.1": C, "amounts.2": [C, I]},
        2 / 3,
    ),
    ("a tuple has places", {"point": [1.5, 2.5]}, {"point": [2.5, 1.5]}, {"point.0": [M, I], "point.1": [M, I]}, 0.0),
    ("a tuple of any length is a list", {"row": [1.5, 2.5]}, {"row": [2.5, 1.5]}, {"row.0": C, "row.1": C}, 1.0),
    ("an object of nulls is null", {"pay": None}, {"pay": {"min": None, "max": None}}, {"pay": N}, 1.0),
    ("so it is in gold", {"pay": {"min": None, "max": None}}, {"pay": None}, {"pay.min": N, "pay.max": N, "pay": N}, 1.0),
    (
        "what gold does not label is not invented",
        {"pay": {"min": None}},
        {"pay": {"min": None, "currency": "EUR"}},
        {"pay.min": N, "pay": N},
        1.0,
    ),
    # long texts
    ("long text: same words", {"about": NINE}, {"about": NINE.upper() + "!"}, {"about": C}, 1.0),
    ("long text: 2*99/(100+99) of the words", {"about": HUNDRED}, {"about": HUNDRED.removesuffix(" word99")}, {"about": C}, 1.0),
    ("long text: 2*91/(100+91) is enough", {"about": HUNDRED}, {"about": " ".join(HUNDRED.split()[:91])}, {"about": C}, 1.0),
    ("long text: 2*90/(100+90) is not", {"about": HUNDRED}, {"about": " ".join(HUNDRED.split()[:90])}, {"about": W}, 1.0),
    ("long text: 2*8/(9+8) is not enough", {"about": NINE}, {"about": NINE[:-5]}, {"about": W}, 1.0),
    (
        "long text: beside the headline",
        {"about": NINE, "title": "Cook"},
        {"about": "something else", "title": "Cook"},
        {"about": W, "title": C},
        1.0,
    ),
    # lists of texts
    ("list", {"tasks": ["Bake", "Clean"]}, {"tasks": ["Bake", "Clean"]}, {"tasks.0": C, "tasks.1": C}, 1.0),
    ("another order", {"tasks": ["Bake", "Clean"]}, {"tasks": ["Clean", "Bake"]}, {"tasks.0": C, "tasks.1": C}, 1.0),
    ("a duplicate is invented", {"tasks": ["Bake"]}, {"tasks": ["Bake", "Bake"]}, {"tasks.0": C, "tasks.1": I}, 2 / 3),
    ("a duplicate that gold has", {"tasks": ["Bake", "Bake"]}, {"tasks": ["Bake"]}, {"tasks.0": C, "tasks.1": M}, 2 / 3),
    ("one missing: 2*1/(2*1+1)", {"tasks": ["Bake", "Clean"]}, {"tasks": ["Clean"]}, {"tasks.0": M, "tasks.1": C}, 2 / 3),
    ("all missing", {"tasks": ["Bake", "Clean"]}, {"tasks": []}, {"tasks.0": M, "tasks.1": M}, 0.0),
    ("null for a list", {"tasks": ["Bake"]}, {"tasks": None}, {"tasks.0": M}, 0.0),
    ("rightly empty", {"tasks": []}, {"tasks": []}, {"tasks": N}, 1.0),
    ("null and empty are one", {"tasks": []}, {"tasks": None}, {"tasks": N}, 1.0),
    ("two invented", {"tasks": []}, {"tasks": ["Bake", "Clean"]}, {"tasks.0": I, "tasks.1": I}, 0.0),
    ("a word for a list", {"tasks": ["Bake"]}, {"tasks": "Bake"}, {"tasks.0": C}, 1.0),
    ("similar", {"tasks": ["Keep the ovens clean"]}, {"tasks": ["Keep ovens clean."]}, {"tasks.0": C}, 1.0),
    (
        "not similar enough",
        {"tasks": ["Keep the ovens clean"]},
        {"tasks": ["Keep the records of sales"]},
        {"tasks.0": [M, I]},
        0.0,
    ),
    (
        "not similar enough: a ratio of 0.71",
        {"tasks": ["Keep the ovens clean"]},
        {"tasks": ["Keep the big old ovens clean and dry"]},
        {"tasks.0": [M, I]},
        0.0,
    ),
    (
        "similar, but another number",
        {"tasks": ["3+ years of experience in baking"]},
        {"tasks": ["5+ years of experience in baking"]},
        {"tasks.0": [M, I]},
        0.0,
    ),
    (
        "similar, but denied",
        {"tasks": ["US citizenship is required"]},
        {"tasks": ["US citizenship is not required"]},
        {"tasks.0": [M, I]},
        0.0,
    ),
    (
        "similar, with another preposition",
        {"tasks": ["Knowledge of baking and pastry"]},
        {"tasks": ["Knowledge in baking and pastry"]},
        {"tasks.0": C},
        1.0,
    ),
    (
        "similar, but denied by an ending",
        {"tasks": ["Applicants need to have a driving licence"]},
        {"tasks": ["Applicants needn't have a driving licence"]},
        {"tasks.0": [M, I]},
        0.0,
    ),
    (
        "similar, but denied in German",
        {"tasks": ["Deutschkenntnisse sind erforderlich"]},
        {"tasks": ["Deutschkenntnisse sind nicht erforderlich"]},
        {"tasks.0": [M, I]},
        0.0,
    ),
    (
        "similar words in another order, with the same figures",
        {"tasks": ["C++: 3 years at least"]},
        {"tasks": ["At least 3 years C++"]},
        {"tasks.0": C},
        1.0,
    ),
    (
        "similar, but in another order of figures",
        {"tasks": ["From 80 to 95 hours a month"]},
        {"tasks": ["From 95 to 80 hours a month"]},
        {"tasks.0": [M, I]},
        0.0,
    ),
    (
        "similar, but a day and a month for each other",
        {"tasks": ["Apply before 03/04/2026 by mail"]},
        {"tasks": ["Apply before 04/03/2026 by mail"]},
        {"tasks.0": [M, I]},
        0.0,
    ),
    (
        "similar, but with figures of other decimals",
        {"tasks": ["Paid at grade 1.5 of the table"]},
        {"tasks": ["Paid at grade 5.1 of the table"]},
        {"tasks.0": [M, I]},
        0.0,
    ),
    (
        "similar, but what is denied is another thing",
        {"tasks": ["Java is required, Python is not required"]},
        {"tasks": ["Python is required, Java is not required"]},
        {"tasks.0": [M, I]},
        0.0,
    ),
    (
        "similar, but with another number in words",
        {"tasks": ["At least two years of experience"]},
        {"tasks": ["At least ten years of experience"]},
        {"tasks.0": [M, I]},
        0.0,
    ),
    ("similar, but a maximum", {"tasks": ["At least 40 hours"]}, {"tasks": ["At most 40 hours"]}, {"tasks.0": [M, I]}, 0.0),
    ("similar, but unpaid", {"tasks": ["Paid internship"]}, {"tasks": ["Unpaid internship"]}, {"tasks.0": [M, I]}, 0.0),
    ("similar, but needless", {"tasks": ["A visa is necessary"]}, {"tasks": ["A visa is unnecessary"]}, {"tasks.0": [M, I]}, 0.0),
    ("similar, but of another level", {"tasks": ["Cook Level II"]}, {"tasks": ["Cook Level III"]}, {"tasks.0": [M, I]}, 0.0),
    ("similar, but another class", {"tasks": ["Driving licence B"]}, {"tasks": ["Driving licence C"]}, {"tasks.0": [M, I]}, 0.0),
    (
        "similar, but denied in Russian",
        {"tasks": ["Опыт работы требуется"]},
        {"tasks": ["Опыт работы не требуется"]},
        {"tasks.0": [M, I]},
        0.0,
    ),
    (
        "a set of words would call these the same",
        {"tasks": ["Bread"]},
        {"tasks": ["Bread and butter and jam"]},
        {"tasks.0": [M, I]},
        0.0,
    ),
    (
        "two entries run together",
        {"tasks": ["Bake the bread", "Clean the ovens"]},
        {"tasks": ["Bake the bread Clean the ovens"]},
        {"tasks.0": [M, I], "tasks.1": M},
        0.0,
    ),
    (
        "the best assignment, not the first that fits",
        {"tasks": ["Clean the big ovens", "Clean the ovens"]},
        {"tasks": ["Clean the ovens", "Clean the big oven"]},
        {"tasks.0": C, "tasks.1": C},
        1.0,
    ),
    # lists of objects
    (
        "objects in another order",
        {"places": [{"city": "Bern", "country": "CH"}, {"city": "Rome", "country": "IT"}]},
        {"places": [{"city": "Rome", "country": "IT"}, {"city": "Bern", "country": "CH"}]},
        {"places.0.city": C, "places.0.country": C, "places.1.city": C, "places.1.country": C},
        1.0,
    ),
    (
        "the assignment with the fewest wrong cells: 2*3/(2*3+2)",
        {"places": [{"city": "Bern", "country": "CH"}, {"city": "Basel", "country": "CH"}]},
        {"places": [{"city": "Basel", "country": "DE"}, {"city": "Bern", "country": "CH"}]},
        {"places.0.city": C, "places.0.country": C, "places.1.city": C, "places.1.country": W},
        0.75,
    ),
    (
        "an object too many counts by its values: 2*1/(2*1+2)",
        {"places": [{"city": "Bern", "country": None}]},
        {"places": [{"city": "Bern", "country": None}, {"city": "Rome", "country": "IT"}]},
        {"places.0.city": C, "places.0.country": N, "places.1.city": I, "places.1.country": I},
        0.5,
    ),
    (
        "an object too few",
        {"places": [{"city": "Bern", "country": "CH"}, {"city": "Rome", "country": None}]},
        {"places": [{"city": "Bern", "country": "CH"}]},
        {"places.0.city": C, "places.0.country": C, "places.1.city": M, "places.1.country": N},
        0.8,
    ),
    (
        "only what is labelled of objects",
        {"places": [{"city": "Bern"}]},
        {"places": [{"city": "Bern", "country": "CH"}, {"city": None, "country": "IT"}]},
        {"places.0.city": C},
        1.0,
    ),
    (
        "a duplicate object",
        {"places": [{"city": "Bern"}]},
        {"places": [{"city": "Bern"}, {"city": "Bern"}]},
        {"places.0.city": C, "places.1.city": I},
        2 / 3,
    ),
    ("objects for none", {"places": []}, {"places": [{"city": "Bern", "country": None}]}, {"places.0.city": I}, 0.0),
]  # fmt: skip


def outcomes(cells: tuple[Cell, ...]) -> Outcomes:
    """The outcomes by path; a list where gold and what was invented have one path."""
    found: dict[str, list[Outcome]] = {}
    for cell in cells:
        found.setdefault(cell.path, []).append(cell.outcome)
    return {path: each[0] if len(each) == 1 else each for path, each in found.items()}


@pytest.mark.parametrize(("gold", "record", "right", "score"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_score(gold: dict[str, JsonValue], record: dict[str, JsonValue], right: Outcomes, score: float) -> None:
    """Each cell has the outcome, and the document the F1, that a person worked out."""
    cells = score_record(gold, record, TOY)
    assert outcomes(cells) == right
    assert f1(cells) == pytest.approx(score)


def test_there_are_enough_rows() -> None:
    """The table is not cut down, and no row is there twice."""
    assert len({row[0] for row in ROWS}) == len(ROWS) >= 60


@pytest.mark.parametrize(
    ("gold", "accept", "record", "right"),
    [
        ({"title": "Cook"}, {"title": ["Chef"]}, {"title": "chef"}, {"title": C}),
        ({"title": "Cook"}, {"title": ["Chef"]}, {"title": "Baker"}, {"title": W}),
        ({"title": "Cook"}, {"title": [None]}, {"title": None}, {"title": N}),
        ({"title": "Cook"}, {"title": [None]}, {"title": "Baker"}, {"title": W}),
        ({"title": None}, {"title": ["Cook"]}, {"title": "Cook"}, {"title": C}),
        ({"title": None}, {"title": ["Cook"]}, {"title": "Baker"}, {"title": I}),
        ({"tasks": ["A b"]}, {"tasks": [["C d", "E f"]]}, {"tasks": ["E f", "C d"]}, {"tasks.0": C, "tasks.1": C}),
        ({"tasks": ["A b"]}, {"tasks": [[]]}, {"tasks": []}, {"tasks": N}),
        ({"tasks": ["A b"]}, {"tasks": [[]]}, {"tasks": ["A b"]}, {"tasks.0": C}),
        (
            {"pay": {"min": 1, "max": None}},
            {"pay.max": [2]},
            {"pay": {"min": 1, "max": 2}},
            {"pay.min": C, "pay.max": C, "pay": C},
        ),
        ({"places": [{"city": "Genf"}]}, {"places.0.city": ["Geneva"]}, {"places": [{"city": "Geneva"}]}, {"places.0.city": C}),
    ],
)  # fmt: skip
def test_alternatives(
    gold: dict[str, JsonValue], accept: dict[str, list[JsonValue]], record: dict[str, JsonValue], right: Outcomes
) -> None:
    """What is accepted is right too; an accepted null earns nothing and costs nothing."""
    assert outcomes(score_record(gold, record, TOY, accept=accept)) == right


def test_a_cell_says_where_its_value_stands() -> None:
    """Positions in the record are its own, not those of gold."""
    (first, second, extra) = score_record({"tasks": ["Bake", "Clean"]}, {"tasks": ["Clean", "Sell"]}, TOY)
    assert (first.path, first.at, first.expected, first.found, first.absent) == ("tasks.0", "", "Bake", None, "")
    assert (second.path, second.at, second.found, second.field) == ("tasks.1", "tasks.0", "Clean", "tasks.*")
    assert (extra.at, extra.expected, extra.found, extra.absent) == ("tasks.1", None, "Sell", "")
    assert [cell.absent for cell in score_record({"tasks": [], "title": None}, {"tasks": ["Bake"]}, TOY)] == ["tasks", "title"]


def test_of_alternatives_that_fit_as_well_the_one_with_more_that_is_right() -> None:
    """Two of five right with one too many has the F1 of one of one with two too many, and more of the record is right."""
    gold: dict[str, JsonValue] = {"tasks": ["Aa bb"]}
    accept: dict[str, list[JsonValue]] = {"tasks": [["Aa bb", "Cc dd", "Ee ff", "Gg hh", "Ii jj"]]}
    cells = score_record(gold, {"tasks": ["Aa bb", "Cc dd", "Kk ll"]}, TOY, accept=accept)
    assert [cell.outcome for cell in cells].count(C) == 2


def test_a_surplus_object_is_nothing_that_gold_calls_absent() -> None:
    """Gold has places: one too many is no invention where there should be none."""
    cells = score_record({"places": [{"city": "Bern"}]}, {"places": [{"city": "Bern"}, {"city": "Rome"}]}, TOY)
    assert [(cell.outcome, cell.absent) for cell in cells] == [(C, ""), (I, "")]


def test_objects_find_their_partners_by_what_counts() -> None:
    """Long texts, whose edges are a matter of taste, say nothing about which object is which."""

    class Team(BaseModel):
        name: str
        about: LongText

    class Firm(BaseModel):
        teams: list[Team]

    gold: dict[str, JsonValue] = {"teams": [{"name": "A", "about": "x y"}, {"name": "B", "about": "v w"}]}
    record: dict[str, JsonValue] = {"teams": [{"name": "B", "about": "x y"}, {"name": "A", "about": "v w"}]}
    cells = score_record(gold, record, scorers_of(Firm))
    assert f1(cells) == 1.0
    assert [cell.outcome for cell in cells if not cell.counts] == [W, W]


def test_long_lists_are_matched_to_their_end() -> None:
    """A hundred entries in another order are all right."""
    entries: list[JsonValue] = [f"Task number {number}" for number in range(100)]
    assert f1(score_record({"tasks": entries}, {"tasks": entries[::-1]}, TOY)) == 1.0


def test_as_many_pairs_as_possible_come_before_how_similar_they_are() -> None:
    """Six pairs that are alike at 0.8 are better than five that are equal."""
    weights = np.zeros((6, 6))
    weights[range(6), range(6)] = 0.8
    weights[range(5), range(1, 6)] = 1.0
    names = list("abcdef")
    assert _best(weights, names, names) == [(at, at) for at in range(6)]
    assert _best(np.ones((3, 3)), ["same"] * 3, ["same"] * 3) == [(at, at) for at in range(3)]


def test_the_field_itself_has_the_last_word() -> None:
    """A type brings a scorer, and the field that uses it may choose another."""

    class Own(BaseModel):
        note: Annotated[LongText, ScoredAs("text")]

    assert scorers_of(Own).described == {"note": "text"}


def test_what_counts_for_the_headline() -> None:
    """Long texts and objects as a whole are told beside it."""
    cells = score_record({"about": "x", "pay": PAY, "title": "Cook"}, {}, TOY)
    assert [cell.path for cell in cells if not cell.counts] == ["about", "pay"]


def test_scorers_of_the_shipped_schemas() -> None:
    """Ids, codes, choices, days and money are exact; descriptions are long texts; pay is a whole too."""
    posting, invoice = scorers_of(JobPosting).described, scorers_of(Invoice).described
    exact = ["job_id", "source_url", "locations.*.country", "workplace_type", "salary.min", "date_posted", "contact.email"]
    assert {posting[path] for path in exact} == {"exact"}
    assert [path for path, name in posting.items() if name == "long_text"] == ["company.description", "description"]
    assert [path for path, name in posting.items() if name == "joint"] == ["salary"]
    assert {invoice[path] for path in ["number", "payment.iban", "seller.tax_id", "lines.*.total", "issued"]} == {"exact"}


def test_a_suite_may_choose_other_scorers() -> None:
    """By path or pattern, for all that lies below; what is ignored is not scored."""
    scorers = scorers_of(Toy, {"title": "exact", "tasks": "ignored", "places": "ignored", "places.0.city": "long_text"})
    assert scorers.of("title", "x").kind is Scorer.EXACT
    gold: dict[str, JsonValue] = {"title": "Cook", "tasks": ["Bake"], "places": [{"city": "Bern", "country": "CH"}]}
    cells = score_record(gold, {"title": "cook"}, scorers)
    assert outcomes(cells) == {"title": W, "places.0.city": M}
    assert scorers_of(Toy, {"pay": "ignored"}).joint == frozenset()
    assert scorers_of(Toy, {"places.*": "joint"}).joint == {"pay", "places.*"}


@pytest.mark.parametrize(("path", "name"), [("titel", "exact"), ("title", "fuzzy"), ("pay.sum", "exact")])
def test_a_slip_in_a_choice_of_scorers_is_told(path: str, name: str) -> None:
    """A field or a scorer that there is not would change nothing, unnoticed."""
    with pytest.raises(UsageError, match=path if name == "exact" else name):
        scorers_of(Toy, {path: name})


def test_the_hash_of_scorers_changes_with_them() -> None:
    """Another scorer, or other code in one of one's own, is another way to score."""

    class Other(BaseModel):
        own: Annotated[str, ScoredAs(lambda expected, found: expected != found)]

    class Own(BaseModel):
        own: Annotated[str, ScoredAs(_same_length)]

    assert scorers_of(Toy).hash == TOY.hash != scorers_of(Toy, {"title": "exact"}).hash
    assert scorers_of(Other).hash != scorers_of(Own).hash


def test_a_failing_scorer_comes_through() -> None:
    """Whoever runs many documents has to keep it as a result; here it is not hidden."""

    def fails(expected: object, found: object) -> bool:
        raise ZeroDivisionError

    class Own(BaseModel):
        own: Annotated[str, ScoredAs(fails)]

    with pytest.raises(ZeroDivisionError):
        score_record({"own": "a"}, {"own": "b"}, scorers_of(Own))


VALUES: st.SearchStrategy[JsonValue] = st.one_of(
    st.none(), st.sampled_from(["Bake bread", "bake bread", "Clean", "3 years", "5 years", "", "C++", "Ünï"])
)
RECORDS = st.fixed_dictionaries(
    {
        "title": VALUES,
        "years": st.none() | st.sampled_from([0, 1, 2.5]),
        "tasks": st.lists(VALUES.filter(bool), max_size=4),
        "pay": st.none() | st.fixed_dictionaries({"min": st.none() | st.integers(1, 3), "max": st.none() | st.integers(1, 3)}),
        "places": st.lists(st.fixed_dictionaries({"city": VALUES, "country": st.sampled_from([None, "CH", "IT"])}), max_size=3),
    }
)


@given(RECORDS)
def test_a_record_agrees_with_itself(record: dict[str, JsonValue]) -> None:
    """Gold beside itself has nothing wrong, missing or invented."""
    assert {cell.outcome for cell in score_record(record, record, TOY)} <= {C, N}


@given(RECORDS, RECORDS, st.randoms(use_true_random=False))
def test_order_of_lists_changes_nothing(gold: dict[str, JsonValue], record: dict[str, JsonValue], random: Random) -> None:
    """The same entries in another order have the same F1, in gold and in the record."""

    def shuffled(content: dict[str, JsonValue]) -> dict[str, JsonValue]:
        return {name: random.sample(value, len(value)) if isinstance(value, list) else value for name, value in content.items()}

    score = f1(score_record(gold, record, TOY))
    assert f1(score_record(shuffled(gold), record, TOY)) == pytest.approx(score)
    assert f1(score_record(gold, shuffled(record), TOY)) == pytest.approx(score)


@given(RECORDS, RECORDS)
def test_exchanging_the_sides(gold: dict[str, JsonValue], record: dict[str, JsonValue]) -> None:
    """What is missing on one side is invented on the other: F1 is the same."""
    assert f1(score_record(gold, record, TOY)) == pytest.approx(f1(score_record(record, gold, TOY)))


@given(st.lists(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=3, max_size=3), min_size=1, max_size=3))
def test_objects_have_the_best_partners(scores: list[list[tuple[int, int]]]) -> None:
    """No other assignment has more right cells, or as many and fewer wrong ones."""

    def total(pairs: Iterable[tuple[int, int]]) -> tuple[int, int]:
        chosen = [scores[row][column] for row, column in pairs]
        return sum(right for right, _ in chosen), -sum(wrong for _, wrong in chosen)

    best = max(total(enumerate(order)) for order in permutations(range(3), len(scores)))
    assert total(pair_objects(scores, list("abc"), list("xyz"))) == best


@given(RECORDS, RECORDS, st.randoms(use_true_random=False))
def test_order_of_a_record_changes_no_cell_of_gold(
    gold: dict[str, JsonValue], record: dict[str, JsonValue], random: Random
) -> None:
    """The cells of gold have the same outcomes, so that no critical one flips, also where nothing fits well."""
    turned = {name: random.sample(value, len(value)) if isinstance(value, list) else value for name, value in record.items()}
    one, other = (
        [(cell.path, cell.outcome) for cell in score_record(gold, each, TOY) if cell.expected] for each in (record, turned)
    )
    assert one == other


def test_texts_that_are_too_long_are_equal_or_are_not() -> None:
    """A bomb of words costs no time, and two of them are not the same for being long."""
    one, other = "bread " * 50_000, "bread " * 50_000 + "jam"
    assert pair_texts([one], [one]) == {(0, 0): 1.0}
    assert pair_texts([one], [other]) == {}


@given(st.text(max_size=30))
def test_bare_text_stays_bare(text: str) -> None:
    """Comparing is done once: the bare form of a bare text is itself."""
    assert bare(bare(text)) == bare(text)


def test_an_unknown_field_is_compared_by_its_kind() -> None:
    """A record of a schema that has grown since is scored too."""
    cells = score_record({"new": "A b", "news": [1, 2]}, {"new": "a B!", "news": [2, 1]}, Scorers({}))
    assert [cell.outcome for cell in cells] == [C, C, C]

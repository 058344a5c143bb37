"""Gold cells, and what counts as right."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from extract.evals.agreement import Cell, cell_matches, gold_cells
from extract.evals.normalising import normalised, token_f1

EXPECTED: dict[str, JsonValue] = {
    "title": "Cook",
    "company": {"name": "Inn", "description": "An inn by the lake"},
    "salary": None,
    "duration": {"min_weeks": 12, "max_weeks": None},
    "locations": [{"city": "Bern", "country": "CH"}, {"city": "Chur", "country": None}],
    "contacts": [],
    "benefits": ["Meals", "A room"],
}


def test_cells_of_a_record() -> None:
    """A cell a scalar, a null object and a list of texts; objects in lists by position, and their number."""
    cells = {cell.path: cell.expected for cell in gold_cells(EXPECTED, {})}
    assert cells == {
        "title": "Cook",
        "company.name": "Inn",
        "company.description": "An inn by the lake",
        "salary": None,
        "duration.min_weeks": 12,
        "duration.max_weeks": None,
        "locations.length": 2,
        "locations.0.city": "Bern",
        "locations.0.country": "CH",
        "locations.1.city": "Chur",
        "locations.1.country": None,
        "contacts": [],
        "benefits": ["Meals", "A room"],
    }


def test_only_descriptions_are_free_text() -> None:
    """Shared words count for the fields that are named for it."""
    assert [cell.path for cell in gold_cells(EXPECTED, {}) if cell.free_text] == ["company.description"]
    assert [cell.path for cell in gold_cells(EXPECTED, {}, free_text={"title"}) if cell.free_text] == ["title"]


def test_alternatives_belong_to_their_cell() -> None:
    """An alternative of a list is a whole list, and null can be one."""
    cells = {cell.path: cell.accepted for cell in gold_cells(EXPECTED, {"benefits": [["Meals"], []], "title": [None]})}
    assert cells["benefits"] == (["Meals"], [])
    assert cells["title"] == (None,)
    assert cells["salary"] == ()


@pytest.mark.parametrize("path", ["titel", "salary.unit", "locations", "locations.2.city", "company"])
def test_an_alternative_for_no_cell_is_an_error(path: str) -> None:
    """A slip in a path of ``accept`` is told."""
    with pytest.raises(ValueError, match=path):
        list(gold_cells(EXPECTED, {path: ["x"]}))


def test_a_record_agrees_with_itself() -> None:
    """Every cell of a record is right in that record."""
    assert all(cell_matches(cell, EXPECTED)[0] for cell in gold_cells(EXPECTED, {}))


LONG = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen"


@pytest.mark.parametrize(
    ("cell", "value", "right"),
    [
        (Cell("f", "Master’s – CAFÉ"), "master's - cafe\u0301", True),
        (Cell("f", "a  b\n c"), "a\u00a0b c", True),
        (Cell("f", "“a” …"), '"a" ...', True),
        (Cell("f", "top-tier"), "top tier", False),
        (Cell("f", "Cook (m/w/d)"), "Cook", False),
        (Cell("f", "Cook", ("Chef",)), "chef", True),
        (Cell("f", "Cook", ("Chef", None)), None, True),
        (Cell("f", "Cook"), None, False),
        (Cell("f", None), "Cook", False),
        (Cell("f", None), None, True),
        (Cell("f", 120500), 120500.0, True),
        (Cell("f", 0.1), 0.1, True),
        (Cell("f", 120500), 120501, False),
        (Cell("f", 120500), "120500", False),
        (Cell("f", 1), True, False),
        (Cell("f", False), None, False),
        (Cell("f", True), True, True),
        (Cell("f", "2025-03-07"), "2025-03-07", True),
        (Cell("f", "2025-03-07"), "2025-07-03", False),
        (Cell("f", ["A", "B"]), ["a", "b"], True),
        (Cell("f", ["A", "B"]), ["B", "A"], False),
        (Cell("f", ["A", "B"]), ["A"], False),
        (Cell("f", ["A", "B"]), ["A", "B", "C"], False),
        (Cell("f", ["A", "B"], (["A"], [])), [], True),
        (Cell("f", ["A", "B"], (["A"],)), "A", False),
        (Cell("f", []), None, False),
        (Cell("f", LONG, free_text=True), LONG + " nineteen", True),
        (Cell("f", LONG, free_text=True), LONG + " not at all", False),
        (Cell("f", LONG, free_text=False), LONG + " nineteen", False),
        (Cell("f", LONG, free_text=True), None, False),
        (Cell("f", LONG, (None,), free_text=True), None, True),
    ],
)
def test_what_is_right(cell: Cell, value: JsonValue, right: bool) -> None:
    """Spelling and the kind of number do not matter; words, order and type do."""
    assert cell_matches(cell, {"f": value})[0] is right


@pytest.mark.parametrize(
    ("path", "record", "right"),
    [
        ("salary.unit", {"salary": None}, True),
        ("salary.unit", {}, True),
        ("salary.unit", {"salary": {"unit": "YEAR"}}, False),
        ("salary", {"salary": {"unit": None}}, False),
        ("locations.1.city", {"locations": [{"city": "Bern"}]}, True),
        ("locations.0.city", {"locations": [{"city": "Bern"}]}, False),
    ],
)
def test_absent_is_null(path: str, record: dict[str, JsonValue], right: bool) -> None:
    """Where an object is null or a list too short, its fields are null."""
    assert cell_matches(Cell(path, None), record)[0] is right


def test_a_failure_says_what_was_wanted_and_what_is_there() -> None:
    """Of two lists, the first entry that differs."""
    assert cell_matches(Cell("title", "Cook"), {"title": "Chef"})[1] == "title: expected 'Cook', got 'Chef'"
    message = cell_matches(Cell("l", ["a", "b", "c"], ([],)), {"l": ["a", "x", "c"]})[1]
    assert message == "l: expected ['a', 'b', 'c'] or one of 1 alternatives, got 3 entries, entry 1: 'x' for 'b'"
    assert cell_matches(Cell("l", ["a", "b"]), {"l": ["a"]})[1].endswith("got 1 entries, ['b'] missing")
    assert "token-F1 0.500" in cell_matches(Cell("t", "a b", free_text=True), {"t": "b c"})[1]


@given(st.text(alphabet=st.characters(codec="latin-1") | st.sampled_from("’“–—…\u00a0ΐﬁß")))
def test_normalising_twice_changes_nothing(text: str) -> None:
    """A normalised text is in its one spelling."""
    assert normalised(normalised(text)) == normalised(text)


@given(st.text(), st.text())
def test_f1_is_symmetric_and_bounded(text: str, other: str) -> None:
    """It does not matter which text is the gold."""
    assert token_f1(text, other) == token_f1(other, text)
    assert 0.0 <= token_f1(text, other) <= 1.0

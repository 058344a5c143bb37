"""Scores where there is a choice: alternatives in gold, partners of objects, scorers of a suite; and what any record keeps to."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import permutations
from random import Random
from typing import Annotated

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import BaseModel, JsonValue
from toy_records import PAY, TOY, C, I, M, N, Outcomes, Toy, W, _same_length, outcomes

from extract.errors import UsageError
from extract.evals.matching import _best, pair_objects, pair_texts
from extract.evals.normalising import bare
from extract.evals.scorers import Scorer, Scorers, scorers_of
from extract.evals.scoring import f1, score_record
from extract.fields import ScoredAs
from extract.schemas.conventions import LongText
from extract.schemas.invoice import Invoice
from extract.schemas.job_posting import JobPosting


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
@example("0:°")
@example("0:-0")
def test_bare_text_stays_bare(text: str) -> None:
    """Comparing is done once: the bare form of a bare text is itself."""
    assert bare(bare(text)) == bare(text)


def test_an_unknown_field_is_compared_by_its_kind() -> None:
    """A record of a schema that has grown since is scored too."""
    cells = score_record({"new": "A b", "news": [1, 2]}, {"new": "a B!", "news": [2, 1]}, Scorers({}))
    assert [cell.outcome for cell in cells] == [C, C, C]

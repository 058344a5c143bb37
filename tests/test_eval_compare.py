"""Two runs beside each other: what is a difference, what is chance, and which runs are not alike."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import misread_runs
import pytest
from eval_suites import OWNERS, lines, memo_suite, write_suite
from misread_runs import every, run_of
from pydantic import JsonValue

from extract.errors import RunError
from extract.evals.comparison import Comparison, compare, halves
from extract.evals.measures import Measures
from extract.evals.planning import Variant, plan_run
from extract.evals.running import make_run, rescored
from extract.evals.runs import Run
from extract.evals.scorers import scorers_of
from extract.evals.suites import Suite, open_suite
from extract.evals.summaries import comparison_summary

suite = misread_runs.suite

pytestmark = pytest.mark.block_network(allowed_hosts=["127.0.0.1"])


def test_equal_runs_do_not_differ(suite: Suite) -> None:
    """All ties, p is 1, and no field changed."""
    comparison = compare(run_of(suite), run_of(suite))
    assert (comparison.wins, comparison.ties, comparison.losses) == (0, 20, 0)
    assert (comparison.test.p, comparison.test.difference, comparison.changed, comparison.fields) == (1.0, 0.0, [], [])
    assert comparison.verdict.startswith("no difference shown")


def test_a_worse_run_is_told_with_its_fields_and_documents(suite: Suite) -> None:
    """Every second owner wrong: F1 of ten documents falls from 1 to a half."""
    comparison = compare(run_of(suite), run_of(suite, every(2)))
    assert comparison.test.difference == pytest.approx(-0.25)
    assert (comparison.wins, comparison.ties, comparison.losses) == (0, 10, 10)
    assert comparison.test.p == pytest.approx(2 / 2**10)  # of ten units that differ, all in one direction
    assert comparison.verdict == f"B is worse than A (-0.250, p = {2 / 2**10:.3f})"
    (change,) = comparison.fields
    assert (change.name, change.gained, change.lost) == ("owner", 0, 10)
    assert change.p == pytest.approx(2 / 2**10)
    assert change.differs
    assert [pair.case for pair in comparison.changed] == [f"memo-{number:03}" for number in range(0, 20, 2)]


def test_the_other_way_round(suite: Suite) -> None:
    """What is a loss from A to B is a win from B to A."""
    comparison = compare(run_of(suite, every(2)), run_of(suite))
    assert (comparison.wins, comparison.losses, comparison.fields[0].gained) == (10, 0, 10)
    assert comparison.verdict.startswith("B is better")


@pytest.mark.parametrize(("count", "decides"), [(1, False), (5, False), (6, True)])
def test_few_documents(tmp_path: Path, count: int, decides: bool) -> None:
    """Under six nothing is decided, and the reason is said."""
    suite = memo_suite(tmp_path, count)
    comparison = compare(run_of(suite), run_of(suite, every(1)))
    assert comparison.test.too_few is not decides
    assert (comparison.smallest is None) is not decides or decides
    if not decides:
        told = f"too few documents to decide: with {count} there are {2**count} ways to flip signs"
        assert comparison.verdict.startswith(told)


def test_repeats_are_averaged_first(suite: Suite) -> None:
    """A document that is half right in one of two repeats has 0.75, and is one document."""
    one = compare(run_of(suite, every(2), every(40)), run_of(suite, every(40), every(40)))
    assert one.test.documents == 20
    assert {round(pair.before, 3) for pair in one.documents} == {0.5, 0.75, 1.0}


def test_a_field_is_right_in_most_repeats(suite: Suite) -> None:
    """One of three repeats wrong is right, two are not."""
    assert compare(run_of(suite, *[every(40, "")] * 3), run_of(suite, every(2), every(40, ""), every(40, ""))).fields == []
    (change,) = compare(run_of(suite, *[every(40, "")] * 3), run_of(suite, every(2), every(2), every(40, ""))).fields
    assert change.lost == 10
    (half,) = compare(run_of(suite, *[every(40, "")] * 2), run_of(suite, every(2), every(40, ""))).fields
    assert half.lost == 10  # in one of two is not in most


def test_repeats_that_fail_are_wrong_ones(suite: Suite) -> None:
    """Two failures of three are a failure, and one is none."""
    right = run_of(suite, *[every(40, "")] * 3)
    failing = compare(right, run_of(suite, every(2, "fails"), every(2, "fails"), every(40, "")))
    assert (failing.records.lost, failing.fields) == (10, [])
    (owner,) = compare(right, run_of(suite, every(2, "fails"), every(2), every(40, ""))).fields
    assert (owner.name, owner.lost) == ("owner", 10)  # one failed, one wrong, one right; the topic is right in two
    once = compare(right, run_of(suite, every(2, "fails"), every(40, ""), every(40, "")))
    assert (once.fields, once.records.lost, once.read_by_both) == ([], 0, None)


def test_clusters_are_what_chance_deals_with(tmp_path: Path) -> None:
    """Twenty notes of five people are five units, which are too few."""
    cases = [case | {"cluster": f"site-{n % 5}"} for n, case in enumerate(lines(20))]
    data, schema = write_suite(tmp_path, cases)
    suite = open_suite(data, schema=schema)
    comparison = compare(run_of(suite), run_of(suite, every(2)))
    assert (comparison.test.documents, comparison.test.units) == (20, 5)
    assert comparison.verdict.startswith("too few clusters to decide")
    both = compare(run_of(suite), run_of(suite, every(4, "fails"))).read_by_both
    assert both is not None
    assert (both.documents, both.units) == (15, 5)


def test_fields_are_compared_by_clusters_too(tmp_path: Path) -> None:
    """Ten documents of one site that change together are one observation, and no sure change of a field."""
    cases = [case | {"cluster": f"site-{n // 10}"} for n, case in enumerate(lines(70))]
    data, schema = write_suite(tmp_path, cases)
    suite = open_suite(data, schema=schema)
    (change,) = compare(run_of(suite), run_of(suite, lambda number: "owner" if number < 20 else "")).fields
    assert change.lost == 20
    assert change.p == pytest.approx(0.5)  # of the four ways to flip two sites, two are as far from none
    assert not change.differs


def test_repeats_make_no_rate_surer(suite: Suite) -> None:
    """The same answers three times are no more values than once."""
    once, thrice = Measures(run_of(suite)), Measures(run_of(suite, *[every(40, "")] * 3))
    assert thrice.evidence == once.evidence
    assert thrice.evidence.of == 2 * 20


def test_a_document_that_fails_scores_zero_and_is_counted_apart(suite: Suite) -> None:
    """It is not dropped; what both have read is compared beside the whole."""
    comparison = compare(run_of(suite), run_of(suite, every(4, "fails")))
    assert comparison.test.difference == pytest.approx(-5 / 20)
    assert (comparison.records.gained, comparison.records.lost) == (0, 5)
    assert comparison.records.p == pytest.approx(2 / 2**5)
    assert comparison.read_by_both is not None
    assert (comparison.read_by_both.documents, comparison.read_by_both.difference) == (15, 0.0)
    assert comparison.fields == []  # each of them would be a loss in every field


def test_resampling_needs_fifty_documents(tmp_path: Path, suite: Suite) -> None:
    """Under that its interval is too narrow, and there is none."""
    assert compare(run_of(suite), run_of(suite, every(2))).bootstrap is None
    (tmp_path / "many").mkdir()
    many = memo_suite(tmp_path / "many", 50)
    interval = compare(run_of(many), run_of(many, every(2))).bootstrap
    assert interval is not None
    assert -0.35 < interval.low < -0.25 < interval.high < -0.15
    of_sites = [case | {"cluster": f"site-{n % 10}"} for n, case in enumerate(lines(50))]
    (tmp_path / "sites").mkdir()
    data, schema = write_suite(tmp_path / "sites", of_sites)
    sites = open_suite(data, schema=schema)
    assert compare(run_of(sites), run_of(sites, every(2))).bootstrap is None  # ten sites, however many documents


def test_an_a_a_comparison(suite: Suite) -> None:
    """The even repeats beside the odd ones of one run; one repeat has no halves."""
    even, odd = halves(run_of(suite, every(2), every(3), every(2), every(3)))
    assert [len(part.results) for part in (even, odd)] == [40, 40]
    assert compare(even, odd).test.difference == pytest.approx(10 / 40 - 7 / 40)
    with pytest.raises(RunError, match="--repeats 2"):
        halves(run_of(suite))


def test_only_what_is_alike_is_compared(tmp_path: Path, suite: Suite) -> None:
    """Other documents, other gold and other scorers are refused, with the way out."""
    run = run_of(suite)
    (tmp_path / "b").mkdir()
    other_gold = [case | {"expected": {"owner": "Nobody", "topic": None}} for case in lines(20)]
    data, schema = write_suite(tmp_path / "b", other_gold)
    others = {
        "documents differ; run one of them again": memo_suite(tmp_path, 19),
        "gold differ": open_suite(data, schema=schema),
        "scorers differ": replace(suite, scorers=scorers_of(suite.task.schema, {"topic": "exact"})),
    }
    for told, other in others.items():
        with pytest.raises(RunError, match=told):
            compare(run, run_of(other))


def test_order_and_white_space_of_a_data_set_change_nothing(tmp_path: Path, suite: Suite) -> None:
    """The same cases in another order, and written otherwise, are the same data set."""
    (tmp_path / "b").mkdir()
    data, schema = write_suite(tmp_path / "b", list(reversed(lines(20))))
    spaced = "\n\n".join(
        json.dumps(json.loads(line), indent=None, separators=(" , ", " : ")) for line in Path(data).read_text().splitlines()
    )
    Path(data).write_text(spaced, encoding="utf-8")
    other = open_suite(data, schema=schema)
    assert other.hash == suite.hash
    assert [result.case for result in run_of(other).results] == [result.case for result in run_of(suite).results]
    assert compare(run_of(suite), run_of(other)).ties == 20


def test_invention_abstention_and_evidence(tmp_path: Path) -> None:
    """Gold says that no topic is stated: a reader that names one invents, and what it names does stand where it says."""
    cases = [case | {"expected": {"owner": OWNERS[n % 3], "topic": None}} for n, case in enumerate(lines(4))]
    data, schema = write_suite(tmp_path, cases)
    measures = Measures(run_of(open_suite(data, schema=schema), every(2, "nothing")))
    assert (measures.invented.share, measures.invented.of, measures.abstained.share) == (0.5, 4, 0.5)
    assert (measures.evidence.share, measures.evidence.of) == (1.0, 4)


def test_what_is_absent_is_counted_by_gold_alone(tmp_path: Path) -> None:
    """An invented salary is one thing too much, however many parts it has; a list is too."""
    suite = open_suite("job_posting")
    run = make_run(plan_run(suite, Variant("rules"), folder=tmp_path))
    before = Measures(run).invented
    salary: JsonValue = {"min": 1, "max": 2, "currency": "EUR", "unit": "HOUR"}
    added = [
        result.model_copy(update={"record": {**(result.record or {}), "salary": salary, "skills": ["a", "b"]}})
        if result.case == "meta_research_scientist"
        else result
        for result in run.results
    ]
    after = Measures(rescored(Run(run.head, added, run.times), suite)).invented
    assert (before.share, after.of) == (0.0, before.of)
    assert after.share == pytest.approx(2 / before.of)


def test_misplaced_evidence_is_told(suite: Suite) -> None:
    """A value that stands elsewhere than its evidence says counts against it."""
    run = run_of(suite)
    moved = [
        result.model_copy(update={"evidence": dict.fromkeys(result.evidence, run.results[0].evidence["topic"])})
        for result in run.results[:1]
    ]
    from extract.evals.extracting import scored

    result = scored(suite, moved[0])
    assert result.scores is not None
    assert (result.scores.claimed, result.scores.stated, result.scores.misplaced) == (2, 1, ("owner",))


def comparisons(runs: Sequence[Run]) -> list[Comparison]:
    return [compare(runs[0], run) for run in runs[1:]]


def test_a_comparison_says_the_same_each_time(suite: Suite) -> None:
    """Seeded, and independent of the order of results in a file."""
    runs = [run_of(suite), run_of(suite, every(2)), run_of(suite, every(3))]
    turned = [Run(run.head, list(reversed(run.results)), run.times) for run in runs]
    assert [comparison_summary(each) for each in comparisons(runs)] == [comparison_summary(each) for each in comparisons(turned)]

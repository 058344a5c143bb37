"""The report of runs as text: the figures of each run, what differs, the fields and the plot."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import reported_runs
from hypothesis import example, given
from hypothesis import strategies as st
from parsed_page import Page
from reported_runs import edited, postings, rows_of, rules_run, unchanged, wrong_titles

from extract.evals.comparison import compare
from extract.evals.measures import Measures, Rate
from extract.evals.report import report_page
from extract.evals.report.axes import cost_axis, known_cost, score_axis
from extract.evals.report.study import run_labels
from extract.evals.runs import Run, Time
from extract.evals.statistics import Interval
from extract.evals.suites import Suite

suite = reported_runs.suite
rules = reported_runs.rules
model = reported_runs.model
page = reported_runs.page


# Runs


def rate_of(rate: Rate) -> str:
    """A share as the page writes it."""
    return f"{rate.share:.1%} {100 * rate.interval.low:.1f}–{rate.interval.high:.1%} of {rate.of}"


def test_matrix_has_the_figures_of_each_run(page: Page, model: Run) -> None:
    """A row for each run, with all that it came to, and how sure that is."""
    first, second = rows_of(page, "Runs")
    assert first[0].startswith("rules baseline made with engine rules")
    assert first[1:4] == ["8", "1.000 1.000 to 1.000", "100.0% 67.6–100.0% of 8"]
    measures = Measures(model)
    assert measures.headline < 0.9
    assert measures.invented.share > 0
    assert measures.interval is not None
    low, high = measures.interval
    assert second[1:] == [
        "8",
        f"{measures.headline:.3f} {low:.3f} to {min(high, 1):.3f}",
        "87.5% 52.9–97.8% of 8",
        rate_of(measures.invented),
        rate_of(measures.abstained),
        rate_of(measures.evidence),
        "$0.002000",
        "1,000 + 200",
        "2.000 / 2.000 of 8 documents",
        "0",
        "1 truncated",
    ]


def test_run_says_what_it_was_made_with(page: Page) -> None:
    """Model, prompt and code, a click away."""
    told = page.all("details", class_="made")
    assert "gpt-5.4-mini" in told[1][1]
    assert "job_posting/v2" in told[1][1]
    assert "gpt" not in told[0][1]


def test_time_is_told_only_of_documents_that_were_asked(rules: Run, model: Run, suite: Suite) -> None:
    """Where all came from the cache there is none, and the hits are counted; also where nobody measured."""
    cached = Run(model.head, model.results, [Time(case=time.case, seconds=0.01, hits=2) for time in model.times])
    timeless = Run(model.head, model.results)
    _, one, other = rows_of(Page(report_page([rules, cached, timeless], suite)), "Runs")
    assert one[9:11] == ["– all from the cache", "16"]
    assert other[9:11] == ["– not measured", "0"]


def test_interval_is_drawn_to_scale(page: Page) -> None:
    """The band of a bar begins and ends where the figures say, between its two ends."""
    (_, bands) = [[has for has, _ in page.all("rect", class_="band")], [has for has, _ in page.all("circle", class_="point")]]
    (_, second) = [has for has, _ in page.all("rect", class_="band")][:2]
    assert 4 <= float(second["x"]) < float(bands[1]["cx"]) <= float(second["x"]) + float(second["width"]) <= 100


def test_difference_has_interval_p_counts_and_verdict(page: Page, rules: Run, model: Run) -> None:
    """The baseline is named, and the run beside it has what may be said of it."""
    comparison = compare(rules, model)
    ((name, difference, interval, p, counts, fields),) = rows_of(page, "Differences from the baseline")
    assert name == "gpt-5.4-mini v2"
    assert difference == f"{comparison.test.difference:+.3f}"
    assert comparison.test.interval is not None
    assert interval == f"{comparison.test.interval.low:+.3f} to {comparison.test.interval.high:+.3f}"
    assert p.split()[0] == f"{comparison.test.p:.3f}".rstrip("0")
    assert counts == "0 / 5 / 3"
    assert fields.startswith("0 of ")
    both = comparison.read_by_both
    assert both is not None
    assert comparison.smallest is not None
    ((_, said),) = page.all("dl", class_="verdicts")
    assert said == (
        f"gpt-5.4-mini v2{comparison.verdict}These documents show a difference of {comparison.smallest:.3f} in 80 % of cases, "
        "and smaller ones less often.A record more in 0, none any more in 1 (p = 1)."
        f"Of the 7 documents that both read: {both.difference:+.3f}, p = {both.p:.3f}".rstrip("0")
        + "."
    )
    assert "A is rules, B is the run that is named." in page.text


def test_other_baseline_turns_the_difference(rules: Run, model: Run, suite: Suite) -> None:
    """What the others are compared with is chosen by position, and marked."""
    page = Page(report_page([rules, model], suite, baseline=1))
    ((name, difference, *_, counts, _),) = rows_of(page, "Differences from the baseline")
    assert (name, difference[0], counts) == ("rules", "+", "3 / 5 / 0")
    assert [("baseline" in row[0]) for row in rows_of(page, "Runs")] == [False, True]


def test_few_documents_decide_nothing_and_the_page_says_so(tmp_path: Path) -> None:
    """The sentence is in sight."""
    few = postings(tmp_path, 3)
    run = rules_run(few, tmp_path)
    page = Page(report_page([run, edited(run, few, wrong_titles)], few))
    ((_, verdict),) = page.all("span", class_="verdict")
    assert verdict.startswith("too few documents to decide")


def test_one_run_is_compared_with_nothing(rules: Run, suite: Suite) -> None:
    """There is no table of differences, no mark of a baseline, and a sentence."""
    page = Page(report_page([rules], suite))
    assert "There is one run, so that there is nothing to compare it with." in page.text
    assert 'aria-label="Differences from the baseline"' not in page.html
    assert page.all("span", class_="badge") == []


@pytest.mark.parametrize(
    ("names", "paths", "labels"),
    [
        (["a", "b"], ["x/a.jsonl", "x/b.jsonl"], ["a", "b"]),
        (["a", "a"], ["x/one.jsonl", "x/two.jsonl"], ["a (one)", "a (two)"]),
        (["a", "a", "b"], ["x/run.jsonl", "y/run.jsonl", "y/run.jsonl"], ["a (x)", "a (y)", "b"]),
        (["a", "a"], [None, None], ["a (1)", "a (2)"]),
        (["a", "a"], ["x/run.jsonl", "x/run.jsonl"], ["a (1)", "a (2)"]),
        (["a", "a", "a (1)"], [None, None, None], ["a (1)", "a (2)", "a (1) (3)"]),
        (["", "m" * 100], [None, None], ["unnamed", "m" * 59 + "…"]),
    ],
)
def test_each_run_has_a_name_of_its_own(rules: Run, names: list[str], paths: list[str | None], labels: list[str]) -> None:
    """That of its engine or model; with its file, folder or number where several have it."""
    runs = [
        Run(rules.head.model_copy(update={"engine": name}), rules.results, path=Path(path) if path else None)
        for name, path in zip(names, paths, strict=True)
    ]
    assert run_labels(runs) == labels


# Fields


def test_heat_map_has_the_share_of_documents_that_are_right(page: Page) -> None:
    """Fields in the order of the schema and runs, with colour, figure and counts."""
    rows = rows_of(page, "Fields")
    assert [row[0] for row in rows] == [
        "title",
        "job_id",
        "locations.*.city",
        "description not in F1",
        "responsibilities",
        "benefits",
    ]
    title = page.all("td", class_="heat")[1]
    assert title[1].startswith("86%")
    assert title[0]["class"] == "heat heat-3"
    assert title[0]["title"] == "85.7% of 7 documents; cells: 6 correct, 1 wrong"
    assert rows[4][2] == "86% of 7 documents: 13 correct, 1 missing, 1 invented"
    assert page.all("td", class_="heat")[0][0]["class"] == "heat heat-0"


def test_significant_change_of_a_field_is_marked(rules: Run, suite: Suite) -> None:
    """In which direction, and how sure, also for whoever sees no colour and no triangle."""
    page = Page(report_page([rules, edited(rules, suite, wrong_titles), edited(rules, suite, unchanged, model="m")], suite))
    ((has, text),) = page.all("span", class_="change")
    assert has["class"] == "change worse"
    assert text == "▼ worse than the baseline: right in 0 more, wrong in 8 more, p = 0.008 after Holm"
    better = Page(report_page([rules, edited(rules, suite, wrong_titles)], suite, baseline=1))
    assert [has["class"] for has, _ in better.all("span", class_="change")] == ["change better"]
    assert rows_of(page, "Differences from the baseline")[0][-1] == "1 of 1 after Holm"
    assert page.all("span", class_="verdict")[0][1].startswith("B is worse than A")
    assert [has["class"] for has, _ in page.all("span", class_="verdict")] == ["verdict worse", "verdict"]


def test_field_that_no_document_of_a_run_has_is_not_known(rules: Run, suite: Suite) -> None:
    """A run in which all failed has no shares, and is no reason to fail."""
    page = Page(report_page([rules, edited(rules, suite, lambda *_: None)], suite))
    assert {row[2] for row in rows_of(page, "Fields")} == {"–"}
    assert "A document that gave no record has no fields" in page.text
    assert rows_of(page, "Runs")[1][3].startswith("0.0% 0.0–")


# Cost and quality


def test_plot_says_in_words_what_it_draws(rules: Run, model: Run, suite: Suite) -> None:
    """An image with a name and a text; each run with its score, interval and cost, also without a price."""
    unpriced = edited(rules, suite, wrong_titles, model="local", cost=None)
    page = Page(report_page([rules, model, unpriced], suite))
    ((has, _),) = page.all("svg", role="img")
    texts = {
        own["id"]: text for name, own, _ in page.elements for _, text in page.all(name, id=own.get("id", "-")) if "id" in own
    }
    assert texts[has["aria-labelledby"].split()[0]] == "F1 by cost of a document"
    told = texts["plot-told"]
    assert "rules: F1 1.000 (1.000 to 1.000), $0 a document." in told
    assert "gpt-5.4-mini v2: F1 0." in told
    assert "$0.002000 a document." in told
    assert re.search(r"local v2: F1 0\.\d+ \(.*\), cost unknown\.", told)
    named = [text for _, text in page.all("text", class_="name")]
    assert sorted(named) == ["gpt-5.4-mini v2", "local v2", "rules"]
    assert len(page.all("line", class_="whisker")) == 3  # of the one run whose documents differ
    assert {"$0", "no price", "$0.002"} <= {text for _, text in page.all("text")}


@pytest.mark.parametrize(
    ("costs", "places", "ticks"),
    [
        ([0.0], [50], ["$0"]),
        ([None, None], [50, 50], ["no price"]),
        ([0.0, None], [25, 75], ["$0", "no price"]),
        ([0.0, 0.01], [0, 100], ["$0", "$0.002", "$0.004", "$0.006", "$0.008", "$0.01"]),
        ([0.01], [100], ["$0", "$0.002", "$0.004", "$0.006", "$0.008", "$0.01"]),
        ([0.001, 1.0], [0, 100], ["$0.001", "$0.01", "$0.1", "$1"]),
    ],
)
def test_cost_axis(costs: list[float | None], places: list[float], ticks: list[str]) -> None:
    """Linear where costs are alike, else logarithmic; what costs nothing or has no price has a place of its own."""
    axis = cost_axis(costs, left=0, right=100)
    assert [round(axis.at(cost)) for cost in costs] == places
    assert [told for _, told in axis.ticks] == ticks


def test_free_run_stands_left_of_a_logarithmic_axis() -> None:
    """It has no logarithm."""
    axis = cost_axis([0.0, 0.001, 1.0, None], left=0, right=400)
    assert axis.at(0.0) < axis.at(0.001) < axis.at(1.0) < axis.at(None) < 400


@given(st.lists(st.one_of(st.none(), st.floats()), min_size=1, max_size=6))
@example([1e-9, 1e6, 0.0, None])
def test_any_cost_has_a_place(costs: list[float | None]) -> None:
    """Whatever a run file says: also nan, infinite and negative ones; and there are few ticks, all on the axis."""
    known = [known_cost(cost) for cost in costs]
    axis = cost_axis(known, left=60, right=700)
    assert all(60 <= axis.at(cost) <= 700 for cost in known)
    assert 1 <= len(axis.ticks) <= 10
    assert all(59 <= at <= 701 for at, _ in axis.ticks)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=5), st.floats(0, 2))
def test_any_score_has_a_place(scores: list[float], half: float) -> None:
    """Intervals that leave [0, 1] are cut, and the ends of the axis are ticks."""
    axis = score_axis(scores, [Interval(score - half, score + half) for score in scores], bottom=280, top=16)
    assert all(16 <= axis.at(score) <= 280 for score in (*scores, -1, 2))
    assert 0 <= axis.low < axis.high <= 1.0000001
    assert 3 <= len(axis.ticks) <= 8

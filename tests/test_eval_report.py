"""The report of runs as text: what each section says, what is marked, what is escaped, and what is refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from parsed_page import Page, hash_of, policy_of, runs_only_its_own
from reported_runs import (
    ABOUT,
    CITIES,
    Record,
    edited,
    posting,
    postings,
    repeated,
    rules_run,
    suite_of,
    unchanged,
    worse,
    wrong_titles,
)

from extract.errors import RunError
from extract.evals.comparison import compare
from extract.evals.measures import Measures, Rate
from extract.evals.report import cells, documents, report_page
from extract.evals.report.axes import cost_axis, known_cost, score_axis
from extract.evals.report.study import run_labels
from extract.evals.report.words import compared, start_of
from extract.evals.runs import Run, Time
from extract.evals.scoring import RIGHT
from extract.evals.statistics import Interval
from extract.evals.suites import Suite
from extract.result import Fault

HOSTILE = '</section></details><x-evil onmouseover="y">\'"&amp;\u202e\x1b[31m\0</title></style></script><script>alert(1)</script>'


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Suite:
    """Eight postings."""
    return postings(tmp_path_factory.mktemp("suite"))


@pytest.fixture(scope="module")
def rules(suite: Suite, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """What the rules make of them: all is right."""
    return rules_run(suite, tmp_path_factory.mktemp("runs"))


@pytest.fixture(scope="module")
def model(rules: Run, suite: Suite) -> Run:
    """A run that gets half of them wrong, in every way."""
    return edited(rules, suite, worse)


@pytest.fixture(scope="module")
def page(rules: Run, model: Run, suite: Suite) -> Page:
    """The report of both."""
    return Page(report_page([rules, model], suite))


def rows_of(page: Page, label: str) -> list[list[str]]:
    """The cells of a table by its name, row by row, with white space folded."""
    html = page.html[page.html.index(f'aria-label="{label}"') :].replace("<wbr>", "")
    body = re.search(r"<tbody>(.*?)</tbody>", html, re.DOTALL)
    assert body is not None
    rows = re.findall(r"<tr>(.*?)</tr>", body[1], re.DOTALL)
    texts = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    return [[" ".join(re.sub(r"<[^>]*>", " ", text).split()) for text in row] for row in texts]


def with_head(run: Run, **changes: object) -> Run:
    return Run(run.head.model_copy(update=changes), run.results, run.times, path=run.path)


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


# Documents


def summaries(page: Page) -> list[str]:
    return [text for has, text in page.all("h3", class_="document-name")]


def test_documents_are_listed_the_worst_first(page: Page) -> None:
    """By F1; those in which all is right in every run are left out, and counted."""
    assert summaries(page) == ["posting/2", "posting/3", "posting/1", "posting/4"]
    assert "4 documents in which every cell is right in every run are left out." in page.text
    assert [text for _, text in page.all("span", class_="score")][:2] == [
        "rules 1.00 all right",
        "gpt-5.4-mini v2 0.00 no record",
    ]
    assert all("open" not in has for has, _ in page.all("details", class_="document"))


@pytest.mark.parametrize(
    ("most", "shown", "told"),
    [
        (2, 2, "2 documents in which something is not right are left out: the worst are shown."),
        (3, 3, "1 document in which something is not right is left out: the worst are shown."),
        (0, 0, "4 documents in which something is not right are left out: none is shown."),
        (-1, 0, "4 documents in which something is not right are left out: none is shown."),
    ],
)
def test_page_says_how_many_documents_are_left_out(
    rules: Run, model: Run, suite: Suite, most: int, shown: int, told: str
) -> None:
    """At most so many are shown, with their sources."""
    page = Page(report_page([rules, model], suite, max_documents=most))
    assert len(page.all("details", class_="document")) == len(page.all("section", class_="source")) == shown
    assert told in page.text
    assert len(page.all("fieldset")) == bool(shown)


def test_all_right_leaves_no_document(rules: Run, suite: Suite) -> None:
    """A sentence stands in the place of the list, and there is nothing to filter."""
    page = Page(report_page([rules], suite))
    assert "Every cell of every document is right in every run." in page.text
    assert page.all("details", class_="document") == page.all("fieldset") == page.all("p", id="shown") == []


def cells_of(page: Page, document: int, run: int) -> list[list[str]]:
    """Name, expected, found and badges of each cell of a run in a document."""
    html = page.html.split('<details class="document"')[document + 1].split('<section class="group"')[run + 1]
    found = []
    for item in re.findall(r'<li class="field cell".*?</li>', html, re.DOTALL):
        parts = Page(item)
        values = [text for has, text in parts.all("div", class_="value")]
        found.append([parts.all("button")[0][1], *values, *(text for _, text in parts.all("span", class_="badge"))])
    return found


def test_cells_that_are_not_right_are_listed_by_run(page: Page) -> None:
    """With what was expected and found, the outcome, and whether they are critical or outside of the headline."""
    assert cells_of(page, 2, 0) == []
    assert cells_of(page, 2, 1) == [
        ["title", "Cook 1", "Cook one", "wrong", "critical"],
        ["job_id", "nothing", "7", "invented"],
    ]
    assert cells_of(page, 1, 1) == [
        ["locations.0.city", "Basel", "nothing", "missing"],
        ["responsibilities.1", "Keep the kitchen clean", "nothing", "missing"],
        ["responsibilities.1", "nothing", "Drive a van", "invented"],
        ["benefits.0", "Free meals", "nothing", "missing"],
    ]
    ((name, expected, found, *badges),) = cells_of(page, 3, 1)
    assert (name, found, badges) == ("description", "A large hotel.", ["wrong", "not in F1"])
    assert expected == ABOUT


def test_words_that_differ_are_marked(page: Page) -> None:
    """Those that the other text does not have, on either side."""
    assert '<div class="value" dir="auto">Cook <del>1</del></div>' in page.html
    assert '<div class="value" dir="auto">Cook <ins>one</ins></div>' in page.html
    assert page.html.count("<del>") == page.html.count("<ins>") == 1


def test_document_without_a_record_shows_its_fault(page: Page) -> None:
    """In the place of all that would have been found."""
    ((has, text),) = page.all("li", class_="fault")
    assert has["data-outcome"] == "failed"
    assert text == "truncatedThe answer was cut off at 4,096 tokens.no record"


def test_document_that_could_not_be_scored_shows_why(rules: Run, suite: Suite) -> None:
    """The crash of a scorer is told; so is a result that simply has no scores."""
    broken = [
        result.model_copy(update={"scores": None, "scoring_fault": Fault(code="crashed", message="KeyError: x") if at else None})
        for at, result in enumerate(rules.results[:2])
    ]
    page = Page(report_page([Run(rules.head, [*broken, *rules.results[2:]])], suite))
    assert [text for _, text in page.all("li", class_="fault")] == [
        "unscoredthe run has no scores of this documentno score",
        "crashedKeyError: xno score",
    ]


def test_repeats_that_are_wrong_alike_are_one_row(rules: Run, suite: Suite) -> None:
    """It says in how many; another value is another row, and a repeat that failed is told."""

    def other(case: str, record: Record) -> Record:
        return {**record, "title": "Waiter"}

    run = repeated(rules, suite, [wrong_titles, wrong_titles, other, lambda *_: None])
    page = Page(report_page([run], suite))
    assert [(own[2], own[-1]) for own in cells_of(page, 0, 0)] == [
        ("Head cook 0", "2 of 4 repeats"),
        ("Waiter", "1 of 4 repeats"),
    ]
    assert page.all("li", class_="fault")[0][1].endswith("no record1 of 4 repeats")
    assert rows_of(page, "Runs")[0][1] == "8 × 4"


def test_evidence_of_what_was_found_is_marked_in_its_source(rules: Run, model: Run, suite: Suite) -> None:
    """Each cell of each run has exactly the pieces that its evidence claims; each link leads to one, and no id is there twice."""
    runs = [model, edited(rules, suite, lambda _, record: {**record, "benefits": ["Free meals", "Keep"], "locations": []}), rules]
    runs.append(edited(rules, suite, lambda _, record: {**record, "benefits": ["A room"], "title": "Waiter"}))
    page = Page(report_page(runs, suite))
    parts = page.html.split('<p class="nothing"')[0].split('<details class="document"')[1:]
    for html, case in zip(parts, summaries(page), strict=True):
        part = Page(f"<details{html}")
        marks = {has["data-piece"]: text for has, text in part.all("mark")}
        results = [result for run in runs for result in run.by_case[case]]
        wrong = [(result, cell) for result in results for cell in result.cells if cell.outcome not in RIGHT]
        items = [has for has, _ in part.all("li", class_="cell")]
        for (result, cell), has in zip(wrong, items, strict=True):
            spans = result.evidence[cell.at].spans if cell.at in result.evidence else ()
            ranges = [list(map(int, own.split("-"))) for own in has.get("data-pieces", "").split()]
            shown = "".join(marks[str(piece)] for own in ranges for piece in range(own[0], own[-1] + 1))
            assert shown == "".join(posting(int(case[-1]))[span.start : span.end] for span in spans)
    ids = [has["id"] for _, has, _ in page.elements if "id" in has]
    assert len(ids) == len(set(ids))
    links = [has["href"] for has, _ in page.all("a", class_="where")]
    assert len(links) > 10
    assert set(links) <= {f"#{name}" for name in ids}


def test_sources_are_shown_as_they_are(page: Page) -> None:
    """One for each document that is shown, character by character."""
    assert "".join(page.source) == "".join(posting(number) for number in (2, 3, 1, 4))


def test_without_a_suite_there_are_no_sources(rules: Run, model: Run) -> None:
    """The cells are there, no link leads to a place, and the page says so."""
    page = Page(report_page([rules, model], None))
    assert page.all("section", class_="source") == page.all("a", class_="where") == page.all("mark") == []
    assert "There are no sources: the suite of these runs was not given." in page.text
    assert len(page.all("li", class_="cell")) == 7


def test_source_that_is_gone_is_told(rules: Run, model: Run, suite: Suite, tmp_path: Path) -> None:
    """A document that cannot be opened any more leaves the rest of the page as it is."""
    gone = replace(suite, cases=[replace(case, document=tmp_path / "gone.txt") for case in suite.cases])
    runs = [with_head(run, inputs_hash=gone.inputs_hash) for run in (rules, model)]
    page = Page(report_page(runs, gone))
    assert page.all("section", class_="source") == []
    assert page.text.count("The source cannot be read: ") == 4
    missing = replace(suite, cases=suite.cases[:1])
    runs = [with_head(run, inputs_hash=missing.inputs_hash) for run in (rules, model)]
    assert report_page(runs, missing).count("The suite has no document of this name.") == 4


def test_gold_that_has_changed_since_is_told(rules: Run, model: Run, suite: Suite) -> None:
    """The figures are those of the run files, and the page says that the suite would give others."""
    warning = "Gold or scorers have changed since these runs were scored"
    assert warning not in report_page([rules, model], suite)
    assert warning in report_page([rules, model], replace(suite, critical=["title", "benefits"]))


def test_evidence_that_points_elsewhere_is_named(rules: Run, suite: Suite) -> None:
    """In the documents that are shown."""
    page = Page(report_page([edited(rules, suite, wrong_titles)], suite))
    assert page.text.count("Not stated where the evidence points: title") == 8


# What is refused


def cut_off(run: Run) -> Run:
    return Run(run.head, run.results[1:])


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda run: with_head(run, inputs_hash="x"), "their documents differ"),
        (lambda run: with_head(run, dataset_hash="x"), "their gold differ"),
        (lambda run: with_head(run, scorer_hash="x"), "their scorers differ"),
        (cut_off, "hold other documents than their heads say"),
    ],
)
def test_runs_that_cannot_be_compared_are_refused(
    rules: Run, model: Run, suite: Suite, change: Callable[[Run], Run], told: str
) -> None:
    """Other documents, gold or scorers; and a run that lies about its documents."""
    with pytest.raises(RunError, match=told):
        report_page([rules, change(model)], suite)


def test_other_suite_is_refused(rules: Run, tmp_path: Path) -> None:
    """Its sources would not be what was read."""
    with pytest.raises(RunError, match="holds other documents than the runs were made on"):
        report_page([rules], postings(tmp_path, 3))


@pytest.mark.parametrize(("count", "baseline", "told"), [(0, 0, "needs a run"), (1, 1, "no run 1"), (2, -1, "no run -1")])
def test_wrong_call_is_refused(rules: Run, suite: Suite, count: int, baseline: int, told: str) -> None:
    """Without runs, and with a baseline that is none of them."""
    with pytest.raises(RunError, match=told):
        report_page([rules] * count, suite, baseline=baseline)


def test_run_without_documents_is_refused(rules: Run) -> None:
    """There is nothing to say of it."""
    with pytest.raises(RunError, match="has no documents"):
        report_page([Run(rules.head, [])], None)


# Filters


def test_each_choice_leads_to_what_it_names(page: Page) -> None:
    """Numbers of tags, fields and runs are those that documents, cells and groups have."""
    html = {name: page.html[page.html.index(f'id="filter-{name}"') :].split("</select>")[0] for name in ("tag", "field", "run")}
    options = {name: dict(re.findall(r'<option value="([^"]+)">(.*?)</option>', part)) for name, part in html.items()}
    assert set(options["tag"].values()) == {"en", "even", "odd"}
    assert list(options["run"].items()) == [("0", "rules"), ("1", "gpt-5.4-mini v2")]
    assert set(options["field"].values()) == {
        "title",
        "job_id",
        "locations.*.city",
        "description",
        "responsibilities",
        "benefits",
    }
    for (has, _), name in zip(page.all("details", class_="document"), summaries(page), strict=True):
        named = {options["tag"][number] for number in has["data-tags"].split()}
        assert ("odd" if int(name[-1]) % 2 else "even") in named
    for has, text in page.all("li", class_="cell"):
        assert options["field"][has["data-field"]].split(".")[0] == text.split("expected")[0].split(".")[0]
    links = {text: has["data-field"] for has, text in page.all("a") if "data-field" in has}
    assert links == {text: number for number, text in options["field"].items()}


def test_only_fields_that_are_wrong_somewhere_can_be_chosen(rules: Run, suite: Suite) -> None:
    """Choosing another would show nothing."""
    page = Page(report_page([rules, edited(rules, suite, wrong_titles)], suite))
    assert re.findall(r'<option value="\d+">(.*?)</option>', page.html.split('id="filter-field"')[1].split("</select>")[0]) == [
        "title"
    ]


def test_controls_have_names_and_wait_for_the_script(page: Page) -> None:
    """Each has a label; without a script they do not show, and what is shown is counted all the same."""
    ((has, _),) = page.all("fieldset")
    assert "hidden" in has
    named = {own["for"] for own, _ in page.all("label") if "for" in own}
    assert named == {own["id"] for name, own, _ in page.elements if name in {"select", "input"} and own["id"] != "counts"}
    assert [text for _, text in page.all("p", role="status")] == ["4 documents, 8 differences"]
    assert "form" not in {name for name, _, _ in page.elements}


# A page that is safe, whatever it shows


def test_policy_lets_only_our_style_and_script_run(page: Page) -> None:
    """The hashes are those of what stands in the page, and nothing else may be loaded, run or sent."""
    runs_only_its_own(page)
    ((_, style),) = page.all("style")
    assert not re.search(r"url\(|@import", style)


def test_page_leads_nowhere_but_into_itself(page: Page) -> None:
    """Every address is a place of this page, which is there; there is no style beside the one of the head."""
    ids = {has["id"] for _, has, _ in page.elements if "id" in has}
    addresses = {has[name] for _, has, _ in page.elements for name in ("href", "src", "action", "srcset") if name in has}
    assert addresses - {"data:,"} <= {f"#{name}" for name in ids}
    assert not [name for _, has, _ in page.elements for name in has if name.startswith("on") or name == "style"]
    referred = " ".join(has.get("aria-labelledby", "") for _, has, _ in page.elements).split()
    assert set(referred) <= ids


def hostile_page(tmp_path: Path) -> Page:
    """A report in which everything that can be a text is one that would leave it."""
    text = f"# Cook {HOSTILE}\n\nLocation: Bern\n".replace("\0", "").replace("\x1b", "")
    line: Mapping[str, object] = {"id": HOSTILE, "input": text, "expected": {"title": HOSTILE, "benefits": [HOSTILE]}}
    suite = suite_of(tmp_path, [{**line, "tags": [HOSTILE], "cluster": HOSTILE}])  # type: ignore[dict-item]
    run = rules_run(suite, tmp_path)
    bad = edited(run, suite, lambda _, record: {**record, "title": f"x{HOSTILE}", "benefits": [HOSTILE * 2]}, model=HOSTILE)
    failed = edited(run, suite, lambda *_: None, model=f"{HOSTILE}2")
    told = Fault(code=HOSTILE, message=HOSTILE)
    failed = Run(failed.head, [result.model_copy(update={"fault": told}) for result in failed.results])
    names = dict.fromkeys(("endpoint", "prompt", "dataset", "schema_name", "version", "code_hash"), HOSTILE)
    heads = [one.head.model_copy(update={**names, "settings": {HOSTILE: HOSTILE}}) for one in (bad, failed)]
    odd = [
        [replace(cell, path=f"{HOSTILE}.{cell.path}") for cell in result.scores.cells] for result in bad.results if result.scores
    ]
    (result,) = bad.results
    assert result.scores is not None
    scores = result.scores.model_copy(update={"cells": tuple(odd[0]), "misplaced": (HOSTILE,)})
    bad = Run(heads[0], [result.model_copy(update={"scores": scores})])
    return Page(report_page([bad, Run(heads[1], failed.results)], suite))


def test_hostile_text_stays_text_wherever_it_stands(tmp_path: Path) -> None:
    """Names, tags, paths, values, messages, settings and sources bring no element and no attribute."""
    page = hostile_page(tmp_path)
    assert page.all("x-evil") == []
    assert len(page.all("script")) == len(page.all("style")) == len(page.all("details", class_="document")) == 1
    assert not [name for _, has, _ in page.elements for name in has if name.startswith("on") or name == "style"]
    assert page.text.count("alert(1)") > 12
    assert "\u202e" not in re.sub(r"<i hidden>[^<]*</i>", "", page.html)
    assert "\0" not in page.html
    assert policy_of(page)["script-src"] == [hash_of(page.all("script")[0][1])]


def test_long_values_are_shortened_and_cut_with_a_word_about_it(rules: Run, suite: Suite) -> None:
    """A megabyte in a value, a message or a name makes no page that a browser cannot open."""
    huge = "word " * 200_000

    def long(case: str, record: Record) -> Record:
        if case != "posting/1":
            return {**record, "description": "y " * 1_000}
        return {**record, "title": huge, "benefits": ["x" * 1_000_000]}

    run = edited(rules, suite, long, model="m" * 1_000_000)
    failed = edited(rules, suite, lambda *_: None)
    faults = [result.model_copy(update={"fault": Fault(code="z" * 1_000_000, message=huge)}) for result in failed.results]
    page = Page(report_page([run, Run(failed.head, faults)], suite))
    assert len(page.html) < 1_500_000
    assert "the first 10,000 of 1,000,000 characters" in page.text
    whole = [text for _, text in page.all("details", class_="long") if "all 2,000 characters" in text]
    assert len(whole) == 7
    assert all(text.count("y") > 1_000 for text in whole)


def test_long_names_of_documents_and_tags_are_cut(tmp_path: Path) -> None:
    """So that a document is still a line."""
    line = {
        "id": "n" * 1_000_000,
        "input": posting(1),
        "expected": {"title": "Waiter"},
        "tags": ["t" * 1_000_000] * 2 + ["u"] * 30,
    }
    suite = suite_of(tmp_path, [line])  # type: ignore[list-item]
    page = Page(report_page([rules_run(suite, tmp_path)], suite))
    assert summaries(page) == ["n" * 199 + "…"]
    assert len(page.html) < 100_000


def test_many_cells_are_listed_up_to_a_limit(rules: Run, suite: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    """By number and by size; the rest is counted."""

    def many(case: str, record: Record) -> Record:
        return {**record, "benefits": [f"benefit number {number}" for number in range(250)]}

    run = edited(rules, suite, many)
    page = Page(report_page([run], suite, max_documents=1))
    assert len(page.all("li", class_="cell")) == 200
    assert "51 cells more not right" in page.text
    assert page.all("span", class_="score")[0][1].endswith("251 not right")
    monkeypatch.setattr(cells, "MAX_LIST", 3_000)
    page = Page(report_page([run], suite, max_documents=1))
    listed = len(page.all("li", class_="cell"))
    assert 1 < listed < 10
    assert f"{251 - listed} cells more not right" in page.text


def test_sources_are_shown_up_to_a_limit(rules: Run, model: Run, suite: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents behind it keep their cells, and say that their source is left out."""
    monkeypatch.setattr(documents, "MAX_SOURCES", 1_500)
    page = Page(report_page([rules, model], suite))
    assert 1 <= len(page.all("section", class_="source")) < 4
    assert page.text.count("The source is left out") == 4 - len(page.all("section", class_="source"))
    assert len(page.all("details", class_="document")) == 4


def test_documents_are_listed_up_to_a_limit(rules: Run, model: Run, suite: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not fit is counted among what is left out."""
    monkeypatch.setattr(documents, "MAX_PAGE", 3_000)
    page = Page(report_page([rules, model], suite))
    shown = len(page.all("details", class_="document"))
    assert 1 <= shown < 4
    assert f"{4 - shown} document" in page.text
    assert "left out: the worst are shown." in page.text


TEXTS = st.text(st.sampled_from("ab c,.\n\t-é") | st.characters(exclude_categories=["Cs"]), max_size=60)


@given(TEXTS, TEXTS)
def test_compared_texts_are_whole(expected: str, found: str) -> None:
    """For any texts, the parts are the text, and what is the same on one side is the same on the other."""
    both = compared(expected, found)
    if both is None:
        return
    assert "".join(part.text for part in both[0]) == expected.rstrip()
    assert "".join(part.text for part in both[1]) == found.rstrip()
    same = ["".join("".join(part.text.split()) for part in side if part.same) for side in both]
    assert same[0] == same[1]


@pytest.mark.parametrize(
    ("expected", "found", "differing"),
    [
        ("two cooks in Bern", "two cooks in Bern", ([], [])),
        ("two cooks in Bern", "three cooks in Bern", (["two"], ["three"])),
        ("cooks, in Bern", "cooks in Bern", ([","], [])),
        ("a cook", "a  cook\n", ([], [])),
        (f"{'word ' * 5000}x{' end' * 5000}", f"{'word ' * 5000}y{' end' * 5000}", ([" x"], [" y"])),
    ],
)
def test_words_that_differ(expected: str, found: str, differing: tuple[list[str], list[str]]) -> None:
    """White space is no difference, and what two long texts begin and end with costs nothing."""
    both = compared(expected, found)
    assert both is not None
    assert tuple([part.text for part in side if not part.same] for side in both) == differing


def test_texts_that_differ_too_long_are_not_compared() -> None:
    """It would take too long."""
    assert compared("a " + "x " * 4000, "a " + "y " * 4000) is None


@given(TEXTS, st.integers(-1, 80))
def test_start_has_no_more_than_it_may(text: str, limit: int) -> None:
    """For any text and limit."""
    both = compared(text, f"{text} more") or ([], [])
    for side in both:
        whole = "".join(part.text for part in side)
        assert "".join(part.text for part in start_of(side, limit)) == whole[: max(limit, 0)]


def test_report_of_many_documents_stays_small(rules: Run, model: Run, suite: Suite) -> None:
    """What a document adds is its source and its cells, and those that are right add nothing."""
    small = len(report_page([rules], suite))
    assert small < 60_000
    per_document = (len(report_page([rules, model], suite)) - small) / 4
    assert per_document < 8_000
    assert CITIES[0] not in report_page([rules], suite)

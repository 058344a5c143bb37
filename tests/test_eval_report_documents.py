"""The documents of a report of runs: which are listed, what is wrong in each, and what is cut at a limit."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
import reported_runs
from parsed_page import Page
from reported_runs import (
    ABOUT,
    Record,
    edited,
    posting,
    repeated,
    rows_of,
    rules_run,
    suite_of,
    summaries,
    with_head,
    wrong_titles,
)

from extract.evals.report import cells, documents, report_page
from extract.evals.runs import Run
from extract.evals.scoring import RIGHT
from extract.evals.suites import Suite
from extract.result import Fault

suite = reported_runs.suite
rules = reported_runs.rules
model = reported_runs.model
page = reported_runs.page


# Documents


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


# What is cut at a limit


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

"""The page of a report of runs: what is refused, what its controls do, and that nothing breaks out of it or grows."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import reported_runs
from hypothesis import given
from hypothesis import strategies as st
from parsed_page import Page, hash_of, policy_of, runs_only_its_own
from reported_runs import CITIES, edited, postings, rules_run, suite_of, summaries, with_head, wrong_titles

from extract.errors import RunError
from extract.evals.report import report_page
from extract.evals.report.words import compared, start_of
from extract.evals.runs import Run
from extract.evals.suites import Suite
from extract.result import Fault

suite = reported_runs.suite
rules = reported_runs.rules
model = reported_runs.model
page = reported_runs.page

HOSTILE = '</section></details><x-evil onmouseover="y">\'"&amp;\u202e\x1b[31m\0</title></style></script><script>alert(1)</script>'


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

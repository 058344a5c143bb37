"""Runs for the tests of the report: what the rules make of a few made-up postings, copies that are worse, and a page of both."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from parsed_page import Page
from pydantic import JsonValue

from extract.evals.planning import Variant, plan_run
from extract.evals.report import report_page
from extract.evals.running import make_run, rescored
from extract.evals.runs import Result, Run, Spent, Time
from extract.evals.suites import Suite, open_suite
from extract.result import Fault

ABOUT = "Our bakery by the lake is looking for somebody who likes to work with dough before the sun is up."
CITIES = ("Bern", "Oslo", "Hull", "Basel", "Zug", "Genf", "Lugano", "Thun")
Record = dict[str, JsonValue]
Edit = Callable[[str, Record], Mapping[str, JsonValue] | None]


def posting(number: int) -> str:
    """The text of a posting."""
    duties = "## Responsibilities\n\n- Bake bread every morning\n- Keep the kitchen clean\n"
    return f"# Cook {number}\n\nLocation: {CITIES[number]}, Switzerland\n\n{ABOUT}\n\n{duties}\n## Benefits\n\n- Free meals\n"


def gold(number: int) -> Record:
    """What is right for it."""
    return {
        "title": f"Cook {number}",
        "job_id": None,
        "locations": [{"city": CITIES[number]}],
        "description": ABOUT,
        "responsibilities": ["Bake bread every morning", "Keep the kitchen clean"],
        "benefits": ["Free meals"],
    }


def suite_of(folder: Path, lines: Sequence[Mapping[str, JsonValue]]) -> Suite:
    """The suite of these cases, written to a file and opened."""
    path = folder / "postings.jsonl"
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    return open_suite(str(path), schema="job_posting")


def postings(folder: Path, count: int = len(CITIES)) -> Suite:
    """A suite of so many postings; odd ones have another tag, and the title of all is critical."""
    return suite_of(
        folder,
        [
            {
                "id": f"posting/{number}",
                "input": posting(number),
                "expected": gold(number),
                "tags": ["en", "odd" if number % 2 else "even"],
                "critical": ["title"],
            }
            for number in range(count)
        ],
    )


def rules_run(suite: Suite, folder: Path) -> Run:
    """What the rules make of a suite, without a path."""
    run = make_run(plan_run(suite, Variant("rules"), folder=folder))
    return Run(run.head, run.results, run.times)


def edited(run: Run, suite: Suite, edit: Edit, *, model: str = "gpt-5.4-mini", cost: float | None = 0.002) -> Run:
    """The run with its records edited, scored anew; it is that of a model. ``edit`` answers None for a document that fails."""
    results = [_edited(result, edit, cost) for result in run.results]
    times = [Time(case=result.case, seconds=2.0, calls=1, cost=cost) for result in results]
    head = run.head.model_copy(update={"engine": "llm", "model": model, "prompt": "job_posting/v2"})
    return rescored(Run(head, results, times), suite)


def _edited(result: Result, edit: Edit, cost: float | None) -> Result:
    record = edit(result.case, json.loads(json.dumps(result.record)))
    spent = Spent(input_tokens=1000, output_tokens=200, cost=cost)
    if record is None:
        fault = Fault(code="truncated", message="The answer was cut off at 4,096 tokens.")
        return Result(case=result.case, status="error", fault=fault, spent=spent)
    return result.model_copy(update={"record": dict(record), "spent": spent})


def repeated(run: Run, suite: Suite, edits: Sequence[Edit]) -> Run:
    """A run with a repeat for each edit."""
    each = [edited(run, suite, edit) for edit in edits]
    results = [result.model_copy(update={"repeat": at}) for at, one in enumerate(each) for result in one.results]
    return Run(each[0].head.model_copy(update={"repeats": len(edits)}), results)


def unchanged(_: str, record: Record) -> Record:
    """The record as it is."""
    return record


def wrong_titles(_: str, record: Record) -> Record:
    """Each title with another word."""
    return {**record, "title": f"Head {str(record['title']).lower()}"}


def worse(case: str, record: Record) -> Record | None:
    """Several documents with something wrong, one that failed; the others as they are."""
    match case:
        case "posting/1":
            return {**record, "title": "Cook one", "job_id": "7"}
        case "posting/2":
            return None
        case "posting/3":
            return {**record, "locations": [], "benefits": [], "responsibilities": ["Bake bread every morning", "Drive a van"]}
        case "posting/4":
            return {**record, "description": "A large hotel."}
    return record


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


def summaries(page: Page) -> list[str]:
    return [text for has, text in page.all("h3", class_="document-name")]

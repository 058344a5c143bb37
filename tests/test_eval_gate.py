"""A gate for runs: what shuts it, what passes, what is refused, and how the verdict is written."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import misread_runs
import pytest
from eval_suites import answer_memo, lines, memo_suite, write_suite
from fault_server import Received, serving
from misread_runs import Misreads, every, run_of
from pydantic import JsonValue

from extract.errors import RunError
from extract.evals.comparison import compare
from extract.evals.gate import Limits, as_json, baseline_of, judge_run, read_baseline
from extract.evals.gate_reports import as_junit, as_markdown
from extract.evals.measures import Measures
from extract.evals.planning import Variant, plan_run
from extract.evals.running import make_run, rescored
from extract.evals.runs import Result, Run
from extract.evals.scorers import scorers_of
from extract.evals.suites import Suite, open_suite
from extract.evals.summaries import comparison_summary, run_summary, verdict_summary
from extract.settings import Settings

suite = misread_runs.suite

NOTHING = Limits()
pytestmark = pytest.mark.block_network(allowed_hosts=["127.0.0.1"])


def verdict_of(suite: Suite, *wrong: Misreads, limits: Limits = NOTHING) -> list[str]:
    """The rules that a run breaks beside a baseline that is right throughout."""
    verdict = judge_run(run_of(suite, *wrong), baseline_of(run_of(suite), limits))
    assert verdict.passed is all(check.passed for check in verdict.checks)
    return [check.name for check in verdict.checks if not check.passed]


def uncritical(folder: Path, count: int = 20) -> Suite:
    """A suite in which no field is critical."""
    data, schema = write_suite(folder, [case | {"critical": []} for case in lines(count)])
    return open_suite(data, schema=schema)


def test_the_same_run_passes(suite: Suite) -> None:
    """No rule is broken by a run beside itself."""
    assert verdict_of(suite) == []


def test_a_lower_headline_that_is_hardly_chance_shuts_the_gate(tmp_path: Path) -> None:
    """Five wrong of twenty: one-sided p is 1 in 32. Four are 1 in 16, which may be chance."""
    suite = uncritical(tmp_path)
    assert verdict_of(suite, every(4)) == ["quality"]
    assert verdict_of(suite, every(5)) == []


def test_the_gate_deals_in_clusters_too(tmp_path: Path) -> None:
    """Twenty documents of five sites are five units: what is the same everywhere may still be chance."""
    cases = [case | {"cluster": f"site-{n % 5}", "critical": []} for n, case in enumerate(lines(20))]
    data, schema = write_suite(tmp_path, cases)
    assert verdict_of(open_suite(data, schema=schema), every(1)) == []


def test_a_better_run_passes(tmp_path: Path) -> None:
    """However surely it differs."""
    suite = uncritical(tmp_path)
    assert judge_run(run_of(suite), baseline_of(run_of(suite, every(2)), NOTHING)).passed


def test_one_critical_cell_is_enough(suite: Suite) -> None:
    """The owner is critical in each case, the topic is not."""
    assert verdict_of(suite, every(19)) == ["critical: memo-000: owner", "critical: memo-019: owner"]
    assert verdict_of(suite, every(19, "topic")) == []
    assert verdict_of(suite, every(19, "nothing")) == ["critical: memo-000: owner", "critical: memo-019: owner"]
    assert verdict_of(suite, every(19, "fails")) == ["critical: memo-000: owner", "critical: memo-019: owner"]


def test_few_documents_are_held_to_their_critical_cells(tmp_path: Path) -> None:
    """Where chance cannot be told, the critical rule still holds."""
    suite = memo_suite(tmp_path, 5)
    assert verdict_of(suite, every(1, "topic")) == []
    assert verdict_of(suite, every(4)) == ["critical: memo-000: owner", "critical: memo-004: owner"]


def reordered(value: JsonValue) -> JsonValue:
    """The value with each list turned round, and with other white space, capitals and punctuation in its texts."""
    if isinstance(value, dict):
        return {name: reordered(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [reordered(inner) for inner in reversed(value)]
    return value


def respaced(record: JsonValue) -> JsonValue:
    """The record with other white space, and with a full stop at the end of each text that is no code."""
    if isinstance(record, dict):
        return {name: respaced(inner) for name, inner in record.items()}
    if isinstance(record, list):
        return [respaced(inner) for inner in record]
    return f"  {record.replace(' ', '  ')}. " if isinstance(record, str) and " " in record and "://" not in record else record


@pytest.mark.parametrize("change", [reordered, respaced], ids=["reordered", "respaced"])
def test_another_order_or_spelling_passes(tmp_path: Path, change: Callable[[JsonValue], JsonValue]) -> None:
    """The shipped postings with lists turned round, or other blanks and full stops: all ties, and the gate is open."""
    suite = open_suite("job_posting")
    run = make_run(plan_run(suite, Variant("rules"), folder=tmp_path))
    changed = [result.model_copy(update={"record": change(result.record)}) for result in run.results]
    assert [result.record for result in changed] != [result.record for result in run.results]
    other = rescored(Run(run.head, changed, run.times), suite)
    assert judge_run(other, baseline_of(run, NOTHING)).passed
    assert (compare(run, other).ties, Measures(other).headline) == (5, 1.0)


def test_a_worse_prompt_is_caught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An endpoint that does what the prompt says: without the sentence on owners, it takes numbers for them."""
    monkeypatch.chdir(tmp_path)
    told = "The owner is the person who wrote the note."
    for name, sentence in (("good", told), ("bad", "")):
        text = f"---\nid: memo/{name}\nversion: 1\ndescription: d\n---\n<!-- system -->\n{sentence}\n{{{{fields}}}}\n"
        Path(f"{name}.md").write_text(f"{text}\n<!-- user -->\n{{{{document}}}}\n", encoding="utf-8")

    def answer(received: Received) -> str:
        return answer_memo(received.body, wrong=() if told in received.body.decode() else range(20))

    suite = uncritical(tmp_path)
    with serving(answer=answer) as server:
        settings = Settings(base_url=server.base_url, api_key="k", model="m", cache_dir=tmp_path / "cache")
        good, bad = (
            make_run(
                plan_run(
                    suite, Variant("llm", "m", prompt), folder=tmp_path, settings=settings.model_copy(update={"prompt": prompt})
                )
            )
            for prompt in ("good.md", "bad.md")
        )
    assert good.head.prompt_hash != bad.head.prompt_hash
    assert compare(good, bad).verdict.startswith("B is worse than A (-0.500")
    assert not judge_run(bad, baseline_of(good, NOTHING)).passed
    assert judge_run(good, baseline_of(bad, NOTHING)).passed


def test_what_was_wrong_may_stay_wrong(suite: Suite) -> None:
    """A flip is from right to wrong; the other way, and no change, pass."""
    baseline = baseline_of(run_of(suite, every(2)), NOTHING)
    assert judge_run(run_of(suite, every(2)), baseline).passed
    assert judge_run(run_of(suite), baseline).passed
    assert not judge_run(run_of(suite, every(3)), baseline).passed


def test_critical_cells_are_right_in_most_repeats(suite: Suite) -> None:
    """One repeat of three that is wrong flips nothing."""
    right = every(40, "")
    assert verdict_of(suite, every(19), right, right) == []
    broken = ["critical: memo-000: owner", "critical: memo-019: owner"]
    assert verdict_of(suite, every(19), every(19), right) == broken
    assert verdict_of(suite, every(19, "fails"), every(19, "fails"), right) == broken
    assert verdict_of(suite, every(19), right) == broken  # in one of two is not in most


def test_a_list_that_should_be_empty_is_watched(tmp_path: Path) -> None:
    """What is put into a critical list of which gold says that it is empty was not there before."""
    suite = open_suite("job_posting")
    run = make_run(plan_run(suite, Variant("rules"), folder=tmp_path))
    (case,) = [case for case in suite.cases if case.name == "meta_reality_labs_intern"]
    assert case.expected["locations"] == []
    changed = [_with_place(result) if result.case == case.name else result for result in run.results]
    verdict = judge_run(rescored(Run(run.head, changed, run.times), suite), baseline_of(run, NOTHING))
    assert [check.name for check in verdict.checks if not check.passed] == [f"critical: {case.name}: locations.+"]


def _with_place(result: Result) -> Result:
    return result.model_copy(update={"record": {**(result.record or {}), "locations": [{"city": "Sacramento"}]}})


@pytest.mark.parametrize(
    ("limits", "broken"),
    [
        (Limits(valid=0.9), []),
        (Limits(valid=0.95), []),
        (Limits(valid=0.96), ["valid"]),
        (Limits(cost=0.0), ["cost"]),
        (Limits(seconds=0.6), []),
        (Limits(seconds=0.4), ["seconds"]),
    ],
)
def test_limits(tmp_path: Path, limits: Limits, broken: list[str]) -> None:
    """On records, on cost (unknown is no way round it), and on time: one document of twenty fails here."""
    run = run_of(uncritical(tmp_path), every(30, "fails"))
    times = [time.model_copy(update={"seconds": 0.5}) for time in run.times]
    measured = Run(run.head, [_costing(result) for result in run.results], times)
    checks = judge_run(measured, baseline_of(run, limits)).checks
    assert [check.name for check in checks if not check.passed] == broken


def _costing(result: Result) -> Result:
    return result.model_copy(update={"spent": result.spent.model_copy(update={"cost": None})})


def test_another_data_set_is_refused(tmp_path: Path, suite: Suite) -> None:
    """Nothing can be said then; neither can it with other scorers."""
    baseline = baseline_of(run_of(suite), NOTHING)
    with pytest.raises(RunError, match="data set of the run"):
        judge_run(run_of(memo_suite(tmp_path, 19)), baseline)
    with pytest.raises(RunError, match="scorers of the run"):
        judge_run(run_of(replace(suite, scorers=scorers_of(suite.task.schema, {"topic": "exact"}))), baseline)


def test_a_baseline_is_kept(tmp_path: Path, suite: Suite) -> None:
    """What is written is read back, and judges the same."""
    baseline = baseline_of(run_of(suite, every(3)), Limits(valid=1.0))
    path = tmp_path / "baseline.json"
    path.write_text(as_json(baseline), encoding="utf-8")
    assert read_baseline(path) == baseline
    assert baseline.headline == pytest.approx(Measures(run_of(suite, every(3))).headline)


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"head": 1}', "[" * 100_000])
def test_a_file_that_is_no_baseline_is_refused(tmp_path: Path, content: str) -> None:
    """With its name, and how to make one."""
    path = tmp_path / "baseline.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(RunError, match=r"baseline\.json is no baseline.*extract eval baseline"):
        read_baseline(path)
    with pytest.raises(RunError, match="cannot be read"):
        read_baseline(tmp_path / "none.json")


def test_a_baseline_with_other_documents_is_refused(suite: Suite) -> None:
    """One that was edited by hand."""
    baseline = baseline_of(run_of(suite), NOTHING)
    documents = {f"{case}x": document for case, document in baseline.documents.items()}
    with pytest.raises(RunError, match="other documents"):
        judge_run(run_of(suite), baseline.model_copy(update={"documents": documents}))


def test_junit_and_markdown(suite: Suite) -> None:
    """A test a rule, failed where it is broken; nothing in names of documents can break out."""
    hostile = [case | {"id": f"a|b <img src=x> \x07 {n}"} for n, case in enumerate(lines(6))]
    data, schema = write_suite(Path(suite.place).parent, hostile)
    other = open_suite(data, schema=schema)
    verdict = judge_run(run_of(other, every(6)), baseline_of(run_of(other), NOTHING))
    root = ET.fromstring(as_junit(verdict))  # noqa: S314  # our own
    (tests,) = root
    assert (tests.get("tests"), tests.get("failures")) == ("2", "1")
    assert [case.find("failure") is not None for case in tests] == [False, True]
    markdown = as_markdown(verdict)
    assert markdown.startswith("## Eval gate: shut\n")
    assert "<img" not in markdown.replace("\\<img", "")
    assert all(line.replace("\\|", "").count("|") == 4 for line in markdown.splitlines() if line.startswith("|"))


def test_summaries_are_json(suite: Suite) -> None:
    """For programs: all figures of a run, of a comparison, and of a verdict."""
    run, other = run_of(suite), run_of(suite, every(2, "fails"))
    figures = json.loads(json.dumps(run_summary(other)))
    assert (figures["f1"], figures["valid"]["share"], figures["faults"]) == (0.5, 0.5, {"invalid_answer": 10})
    assert json.loads(json.dumps(run_summary(run)))["fields"]["owner"]["right"] == 1.0
    changed = json.loads(json.dumps(comparison_summary(compare(run, other))))
    assert (changed["differs"], changed["losses"], len(changed["changed"])) == (True, 10, 10)
    told = json.loads(json.dumps(verdict_summary(judge_run(other, baseline_of(run, NOTHING)))))
    assert (told["passed"], told["checks"][0]["name"]) == (False, "quality")

"""Runs of a suite: what becomes of each document, what a run costs, and what is scored again."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import planned_runs
import pytest
from eval_suites import SCHEMA, answer_memo, lines, memo, memo_suite, write_suite
from fault_server import FaultServer, Received, Step, serving
from planned_runs import COUNT, LLM, Crashing, Interrupting, in_memory, planned
from pydantic import BaseModel

from extract.configuration import code_hash
from extract.errors import BudgetExceeded, RunError, SettingsError, UsageError
from extract.evals.cases import Case
from extract.evals.extracting import Extracting
from extract.evals.measures import Measures
from extract.evals.planning import Variant, matrix, plan_run
from extract.evals.quoting import quote_run
from extract.evals.running import Conduct, make_matrix, make_run, rescored, write_run
from extract.evals.runs import Head, read_run, times_path
from extract.evals.scorers import scorers_of
from extract.evals.suites import Suite, open_suite
from extract.fields import ScoredAs
from extract.settings import Settings
from extract.tasks import Task

suite = planned_runs.suite
server = planned_runs.server
settings = planned_runs.settings

PROMPT = "---\nid: m/v3\nversion: 3\ndescription: d\n---\n<!-- system -->\n{{fields}}\n\n<!-- user -->\n{{document}}\n"

pytestmark = pytest.mark.block_network(allowed_hosts=["127.0.0.1"])


def test_a_run_has_a_result_for_each_case_and_repeat(suite: Suite, settings: Settings, tmp_path: Path) -> None:
    """In order, right, and counted; the file says the same as the run."""
    run = make_run(planned(suite, settings, tmp_path / "runs", repeats=2))
    assert [(result.case, result.repeat) for result in run.results] == [(f"memo-{n:03}", r) for n in range(COUNT) for r in (0, 1)]
    assert {result.f1 for result in run.results} == {1.0}
    assert {result.spent.output_tokens for result in run.results} == {20}
    assert run.path is not None
    read = read_run(run.path)
    assert (read.head, read.results, read.times) == (run.head, run.results, run.times)
    assert (read.head.model, read.head.engine, read.head.cases, read.head.repeats) == ("gpt-4o", "llm", COUNT, 2)
    assert not list((tmp_path / "runs").glob("*.part"))


def test_each_repeat_is_asked_once(suite: Suite, settings: Settings, server: FaultServer, tmp_path: Path) -> None:
    """A repeat is another call, and another run of the same is none."""
    make_run(planned(suite, settings, tmp_path / "one", repeats=2))
    assert len(server.requests) == 2 * COUNT
    again = make_run(planned(suite, settings, tmp_path / "two", repeats=2))
    assert len(server.requests) == 2 * COUNT
    assert {time.hits for time in again.times} == {1}


def test_what_was_used_does_not_depend_on_the_cache(suite: Suite, settings: Settings, tmp_path: Path) -> None:
    """Run files are the same, byte by byte, whether answers were asked for or came from the cache."""
    asked = planned(suite, settings, tmp_path / "one")
    kept = planned(suite, settings, tmp_path / "two")
    make_run(asked)
    make_run(kept)
    assert asked.path.read_bytes() == kept.path.read_bytes()
    run = read_run(kept.path)
    assert {(result.spent.input_tokens, result.spent.output_tokens) for result in run.results} == {(100, 20)}
    assert all(result.spent.cost for result in run.results)


def test_faults_on_the_way_leave_no_trace_in_a_run_file(suite: Suite, tmp_path: Path) -> None:
    """An answer that took two attempts, and a document that got none however often it was asked for, look the same each time."""
    bodies: list[bytes] = []
    for steps in ([Step(status=500)], [], [Step(status=503, headers={"Retry-After": "0"})]):
        refused = Step(status=400, body={"error": {"message": "no"}})

        def answer(received: Received) -> str:
            return answer_memo(received.body)

        with serving([*steps, *[Step()] * 3, refused], answer=answer) as server:
            settings = Settings(base_url=server.base_url, api_key="key", model="gpt-4o", cache=False, concurrency=1)
            plan = planned(suite, settings, tmp_path / f"runs-{len(bodies)}")
            head = plan.head.model_copy(update={"endpoint": "http://somewhere/v1"})
            make_run(replace(plan, head=head))
            bodies.append(plan.path.read_bytes().replace(server.base_url.encode(), b""))
    assert bodies[0] == bodies[1] == bodies[2]
    assert b'"request_rejected"' in bodies[0]


def test_an_endpoint_that_is_not_there_is_told_without_seconds(suite: Suite, tmp_path: Path) -> None:
    """How long it was waited for differs each time: it stands beside the run."""
    settings = Settings(base_url="http://127.0.0.1:9/v1", api_key="key", model="gpt-4o", cache=False, max_attempts=2)
    run = make_run(planned(suite, settings, tmp_path / "runs"))
    assert {result.fault.code for result in run.results if result.fault} == {"unavailable"}
    assert len({result.fault.message for result in run.results if result.fault}) == 1
    assert all("attempts in" in time.told for time in run.times)


def test_runs_that_would_overwrite_each_other_are_refused(
    suite: Suite, settings: Settings, server: FaultServer, tmp_path: Path
) -> None:
    """Two prompts in files of one name: before anything is asked."""
    pairs = []
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        path = tmp_path / folder / "v3.md"
        path.write_text(PROMPT, encoding="utf-8")
        pairs.append((Variant("llm", "gpt-4o", str(path)), settings.model_copy(update={"prompt": str(path)})))
    with pytest.raises(UsageError, match="several runs would be written to"):
        next(make_matrix(suite, pairs, folder=tmp_path / "runs"))
    assert server.requests == []


def test_a_crash_is_a_result(tmp_path: Path) -> None:
    """Whatever a document does to the engine, the others are done, and it scores 0."""
    cases = [*lines(6), {"id": "memo-bad", "input": "\x00\x01\x02", "expected": {"owner": None}}]
    data, schema = write_suite(tmp_path, cases)
    suite = open_suite(data, schema=schema)
    run = make_run(in_memory(suite, Crashing(), tmp_path / "runs"))
    faults = {result.case: result.fault for result in run.results if result.fault}
    assert {case: fault.code for case, fault in faults.items()} == {
        "memo-001": "crashed",
        "memo-002": "invalid_answer",
        "memo-003": "crashed",
        "memo-bad": "binary",
    }
    assert faults["memo-001"].message == "ZeroDivisionError: 1 / 0"
    assert all(result.f1 == 0.0 for result in run.results if result.fault)
    measures = Measures(run)
    assert measures.headline == pytest.approx(sum(result.f1 for result in run.results) / 7)
    assert measures.valid.share == pytest.approx(3 / 7)
    assert measures.valid.of == 7


def _fails(expected: object, found: object) -> bool:
    raise ZeroDivisionError("in a scorer")


class Scored(BaseModel):
    """A schema with a scorer that fails."""

    owner: Annotated[str, ScoredAs(_fails)] | None = None
    topic: str | None = None


def test_a_failing_scorer_is_a_result(suite: Suite, tmp_path: Path) -> None:
    """The record is kept, the document scores 0, and scoring it again needs no call."""
    broken = replace(suite, task=Task("Memo", Scored), scorers=scorers_of(Scored))
    run = make_run(replace(in_memory(suite, Crashing(), tmp_path / "runs"), extracting=Extracting(broken, (Crashing(),))))
    kept = [result for result in run.results if result.record is not None]
    assert len(kept) == COUNT - 3
    assert {result.scoring_fault.message for result in kept if result.scoring_fault} == {"ZeroDivisionError: in a scorer"}
    assert {result.f1 for result in run.results} == {0.0}
    mended = rescored(run, suite)
    assert max(result.f1 for result in mended.results) > 0
    assert not any(result.scoring_fault for result in mended.results)


def test_rescoring_asks_nothing(suite: Suite, settings: Settings, server: FaultServer, tmp_path: Path) -> None:
    """Other gold or scorers change scores and hashes, not records; other documents are refused."""
    run = make_run(planned(suite, settings, tmp_path / "runs"))
    asked = len(server.requests)
    (tmp_path / "gold").mkdir()
    changed = [case | {"expected": {"owner": "Nobody", "topic": None}} if n == 0 else case for n, case in enumerate(lines(COUNT))]
    data, schema = write_suite(tmp_path / "gold", changed)
    other = rescored(run, open_suite(data, schema=schema))
    assert len(server.requests) == asked
    assert [result.f1 for result in other.results[:2]] == [0.0, 1.0]
    assert [result.record for result in other.results] == [result.record for result in run.results]
    assert other.head.dataset_hash != run.head.dataset_hash
    assert other.head.inputs_hash == run.head.inputs_hash
    with pytest.raises(RunError, match="other documents"):
        rescored(run, memo_suite(tmp_path, COUNT - 1))


def test_rescored_files_are_as_if_run_so(suite: Suite, settings: Settings, tmp_path: Path) -> None:
    """Scoring again what nothing changed in gives the same bytes."""
    plan = planned(suite, settings, tmp_path / "runs")
    make_run(plan)
    before = plan.path.read_bytes()
    write_run(rescored(read_run(plan.path), suite), plan.path)
    assert plan.path.read_bytes() == before


def test_what_a_failed_document_used_is_counted(suite: Suite, tmp_path: Path) -> None:
    """An answer that cannot be used was paid for."""
    with serving(answer="no JSON") as server:
        settings = Settings(base_url=server.base_url, api_key="key", model="gpt-4o", cache=False)
        results = make_run(planned(suite, settings, tmp_path / "runs")).results
    assert {result.fault.code for result in results if result.fault} == {"invalid_answer"}
    assert all(result.spent.input_tokens >= 100 and result.spent.cost for result in results)


def test_the_matrix(suite: Suite, settings: Settings, tmp_path: Path) -> None:
    """A run for the rules, and one for each model with each prompt, with names of their own."""
    variants = matrix(engines=["rules"], models=["a", "b"], prompts=["v1", "v2"])
    assert [variant.name for variant in variants] == ["rules", "a.v1", "a.v2", "b.v1", "b.v2"]
    posting = open_suite("job_posting")
    plans = [
        plan_run(
            posting, each, folder=tmp_path, settings=settings.model_copy(update={"model": each.model, "prompt": each.prompt})
        )
        for each in variants[1:3]
    ]
    assert [plan.head.prompt for plan in plans] == ["job_posting/v1", "job_posting/v2"]
    assert plans[0].head.prompt_hash != plans[1].head.prompt_hash
    assert plans[0].path != plans[1].path


def test_a_slip_in_the_last_variant_costs_nothing(suite: Suite, settings: Settings, server: FaultServer, tmp_path: Path) -> None:
    """All are planned before the first is made."""
    bad = Variant("llm", "gpt-4o", "v99")
    runs = make_matrix(suite, [(LLM, settings), (bad, settings.model_copy(update={"prompt": "v99"}))], folder=tmp_path / "runs")
    with pytest.raises(UsageError, match="v99"):
        next(runs)
    assert server.requests == []


def test_a_budget_holds_for_all_variants_together(suite: Suite, settings: Settings, server: FaultServer, tmp_path: Path) -> None:
    """What the first run spent is not there for the second; what was done is kept."""
    first = make_run(planned(suite, settings, tmp_path / "measure"))
    cost = sum(time.cost or 0 for time in first.times)
    server.requests.clear()
    poor = settings.model_copy(update={"max_cost": cost * 1.5, "cache": False, "concurrency": 1, "max_output_tokens": 25})
    other = Variant("llm", "gpt-4o-2024-11-20", "")
    pairs = [(LLM, poor), (other, poor.model_copy(update={"model": other.model}))]
    runs = make_matrix(suite, pairs, folder=tmp_path / "runs")
    with pytest.raises(BudgetExceeded):
        list(runs)
    assert COUNT <= len(server.requests) < 2 * COUNT
    assert (tmp_path / "runs" / "memos.gpt-4o.newest.jsonl").exists()


def test_a_quote_asks_nothing(suite: Suite, settings: Settings, server: FaultServer, tmp_path: Path) -> None:
    """It knows what is done, what the cache holds, and what is left."""
    plan = planned(suite, settings.model_copy(update={"concurrency": 1}), tmp_path / "runs")
    quote = quote_run(plan, settings)
    assert (quote.done, quote.answered, quote.asked, server.requests) == (0, 0, COUNT, [])
    assert quote.input_tokens > COUNT * 50
    assert 0 < (quote.cost_low or 0) < (quote.cost_high or 0)
    with pytest.raises(KeyboardInterrupt):
        make_run(plan, Conduct(watch=Interrupting(5)))
    plan.part.write_bytes(plan.part.read_bytes() + b"torn")
    later = quote_run(plan, settings)
    assert later.done == 5
    assert later.answered + later.asked == COUNT - 5
    make_run(plan)
    assert quote_run(plan, settings).done == COUNT


def test_the_rules_are_asked_once(tmp_path: Path) -> None:
    """They answer the same each time; repeats would only pretend to say more."""
    plan = plan_run(open_suite("job_posting"), Variant("rules"), folder=tmp_path, repeats=5)
    assert (plan.head.repeats, len(plan.jobs), plan.head.model) == (1, 5, None)


def test_a_model_has_to_be_named(suite: Suite, tmp_path: Path) -> None:
    """Before anything is asked."""
    with pytest.raises(SettingsError, match="EXTRACT_MODEL"):
        planned(suite, Settings(), tmp_path)


def test_the_hash_of_the_code_is_that_of_what_decides_records() -> None:
    """It is the same in a process, and has nothing to do with where the package lies or with the harness itself."""
    assert code_hash() == code_hash()
    assert len(code_hash()) == 64


def test_times_stand_beside(suite: Suite, settings: Settings, tmp_path: Path) -> None:
    """A run file without them is read, and has no latency."""
    plan = planned(suite, settings, tmp_path / "runs")
    run = make_run(plan)
    latency = Measures(run).latency
    assert latency is not None
    assert latency.of == COUNT
    assert 0 < latency.median <= latency.slow
    times_path(plan.path).unlink()
    assert Measures(read_run(plan.path)).latency is None


def test_answers_from_the_cache_have_no_latency(suite: Suite, settings: Settings, tmp_path: Path) -> None:
    """They say nothing about how long a model takes."""
    make_run(planned(suite, settings, tmp_path / "one"))
    assert Measures(make_run(planned(suite, settings, tmp_path / "two"))).latency is None


def test_a_head_names_its_run() -> None:
    """The rules by themselves, a model with its prompt."""
    assert Head.model_construct(engine="rules").name == "rules"
    assert Head.model_construct(engine="llm", model="m", prompt="job_posting/v1").name == "m v1"


def test_the_schema_of_the_notes_is_what_the_text_says() -> None:
    """The suite of these tests is not empty by mistake."""
    assert "class Memo" in SCHEMA
    assert memo(4) == "Memo no. 004\n\nWritten by Grace Hopper\n\nAbout compilers"
    assert json.loads(
        answer_memo(json.dumps({"messages": [{"content": "0 Memo no. 004\n1 Written by x\n2 About y"}]}).encode())
    ) == {
        "owner": {"value": "Grace Hopper", "at": 1},
        "topic": {"value": "compilers", "at": 2},
    }
    assert Case("x", "text", "s", {}).source == "text"

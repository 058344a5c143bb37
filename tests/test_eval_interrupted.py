"""Runs of a suite that are interrupted, killed or damaged: nothing is lost, repeated or mixed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import planned_runs
import pytest
from eval_suites import answer_memo, memo_suite
from fault_server import Fault, FaultServer, Step, serving
from planned_runs import COUNT, LLM, Crashing, Interrupting, in_memory, planned
from pydantic import BaseModel, field_serializer
from waiting import until

from extract.cleaning.document import CleanDocument
from extract.engines.base import Draft
from extract.errors import AccessDenied, BudgetExceeded, RunError, RunStopped, UsageError
from extract.evals.extracting import Extracting
from extract.evals.planning import plan_run
from extract.evals.quoting import quote_run
from extract.evals.running import Conduct, make_run
from extract.evals.runs import read_run
from extract.evals.scorers import scorers_of
from extract.evals.suites import Suite, open_suite
from extract.journal import open_journal
from extract.settings import Settings
from extract.tasks import Task

suite = planned_runs.suite
server = planned_runs.server
settings = planned_runs.settings

pytestmark = pytest.mark.block_network(allowed_hosts=["127.0.0.1"])


@pytest.mark.parametrize("at", [1, 5, COUNT - 1])
def test_interrupted_and_resumed(suite: Suite, settings: Settings, server: FaultServer, tmp_path: Path, at: int) -> None:
    """The result file is that of a run that was not interrupted, and no document is asked for twice, also without a cache."""
    whole = planned(suite, settings, tmp_path / "whole")
    make_run(whole)
    server.requests.clear()
    fresh = settings.model_copy(update={"cache": False})
    torn = planned(suite, fresh, tmp_path / "torn")
    with pytest.raises(KeyboardInterrupt):
        make_run(torn, Conduct(watch=Interrupting(at)))
    assert not torn.path.exists()
    kept = len(torn.part.read_text("utf-8").splitlines()) - 1
    assert at <= kept <= at + 3  # those that were under way are kept
    watch = Interrupting(-1)
    make_run(torn, Conduct(watch=watch))
    assert watch.seen[0] == kept
    assert torn.path.read_bytes() == whole.path.read_bytes()
    assert len(server.requests) == COUNT


def test_force_begins_anew(suite: Suite, settings: Settings, server: FaultServer, tmp_path: Path) -> None:
    """Also where a run was begun, or was finished and its journal is left: no old result is taken."""
    fresh = settings.model_copy(update={"cache": False})
    plan = planned(suite, fresh, tmp_path / "runs")
    with pytest.raises(KeyboardInterrupt):
        make_run(plan, Conduct(watch=Interrupting(3)))
    journal = plan.part.read_bytes()
    assert quote_run(plan, fresh, Conduct(force=True)).done == 0
    server.requests.clear()
    make_run(plan, Conduct(force=True))
    assert len(server.requests) == COUNT
    plan.part.write_bytes(journal)
    make_run(plan)
    assert not plan.part.exists()
    plan.part.write_bytes(journal)
    server.requests.clear()
    make_run(plan, Conduct(force=True))
    assert len(server.requests) == COUNT


def test_a_fault_of_the_machine_ends_the_run(suite: Suite, tmp_path: Path) -> None:
    """A full disk is no mistake of a document; a serializer that fails is one of that document."""

    class Full(Crashing):
        def fill(self, clean: CleanDocument) -> Draft:
            raise OSError(28, f"No space left for {clean.source.name}")

    with pytest.raises(RunStopped, match=r"^(memo-\d+): OSError: .*No space left for \1$"):  # whichever of them fails first
        make_run(in_memory(suite, Full(), tmp_path / "runs"))

    class Unwritable(BaseModel):
        owner: str | None = None

        @field_serializer("owner")
        def _fails(self, value: str | None) -> str:
            raise ZeroDivisionError(value)

    broken = replace(suite, task=Task("Memo", Unwritable), scorers=scorers_of(Unwritable))
    plan = in_memory(suite, Crashing(), tmp_path / "other")
    run = make_run(replace(plan, extracting=Extracting(broken, (Crashing(),))))
    assert len(run.results) == COUNT
    assert {result.fault.code for result in run.results if result.fault} == {"crashed", "invalid_answer"}


def test_a_second_run_does_nothing(suite: Suite, settings: Settings, tmp_path: Path) -> None:
    """A run that is there is read: not even the cache is asked."""
    plan = planned(suite, settings, tmp_path / "runs")
    make_run(plan)
    before = plan.path.stat().st_mtime_ns
    failing = replace(plan, extracting=replace(plan.extracting, engines=()))
    assert len(make_run(failing).results) == COUNT
    assert plan.path.stat().st_mtime_ns == before


def test_a_torn_line_is_done_again(suite: Suite, settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Half a line at the end is dropped without a word, a damaged one in the middle with one; the others are kept."""
    plan = planned(suite, settings, tmp_path / "runs")
    with pytest.raises(KeyboardInterrupt):
        make_run(plan, Conduct(watch=Interrupting(6)))
    head, *kept = plan.part.read_bytes().splitlines(keepends=True)
    kept[2] = kept[2][:40] + b"\xff" + kept[2][41:]
    plan.part.write_bytes(b"".join([head, *kept[:5], kept[5][:-20]]))
    watch = Interrupting(-1)
    make_run(plan, Conduct(watch=watch))
    assert watch.seen[0] == 4
    assert "line 4" in caplog.text
    assert [result.case for result in read_run(plan.path).results] == [case.name for case in suite.cases]


def test_a_process_at_a_time(suite: Suite, settings: Settings, tmp_path: Path) -> None:
    """The second of two that write one run is refused, and the first is not disturbed."""
    plan = planned(suite, settings, tmp_path / "runs")
    plan.path.parent.mkdir()
    with open_journal(plan.part), pytest.raises(UsageError, match="another process"):
        make_run(plan)


def test_another_run_is_not_overwritten(suite: Suite, settings: Settings, tmp_path: Path) -> None:
    """Other settings are another run: the message names what differs, and ``force`` makes it anew."""
    plan = planned(suite, settings, tmp_path / "runs")
    make_run(plan)
    warmer = planned(suite, settings.model_copy(update={"temperature": 0.5}), tmp_path / "runs")
    with pytest.raises(RunError, match=r"settings differ.*--force"):
        make_run(warmer)
    make_run(warmer, Conduct(force=True))
    assert read_run(plan.path).head.settings == {"temperature": 0.5}


def test_a_run_that_another_began_is_not_mixed(suite: Suite, settings: Settings, tmp_path: Path) -> None:
    """What was begun with other settings is refused."""
    plan = planned(suite, settings, tmp_path / "runs")
    with pytest.raises(KeyboardInterrupt):
        make_run(plan, Conduct(watch=Interrupting(3)))
    warmer = planned(suite, settings.model_copy(update={"temperature": 0.5}), tmp_path / "runs")
    with pytest.raises(RunError, match="begun by another run"):
        make_run(warmer)


def test_a_refused_key_ends_the_run_and_keeps_what_was_done(suite: Suite, tmp_path: Path) -> None:
    """No further document is asked for; the same call goes on where it stopped."""
    steps = [*[Step()] * 5, *[Step(status=401, body={"error": {"message": "bad key"}})] * 20]
    with serving(steps, answer=lambda received: answer_memo(received.body)) as server:
        settings = Settings(base_url=server.base_url, api_key="key", model="gpt-4o", cache=False, concurrency=1)
        plan = planned(suite, settings, tmp_path / "runs")
        with pytest.raises(AccessDenied):
            make_run(plan)
        assert len(server.requests) == 6
    with serving(answer=lambda received: answer_memo(received.body)) as server:
        other = settings.model_copy(update={"base_url": server.base_url})
        moved = plan_run(suite, LLM, folder=tmp_path / "runs", settings=other)
        run = make_run(replace(moved, head=plan.head))
        assert len(server.requests) == COUNT - 5
    assert len(run.results) == COUNT


def test_failed_documents_are_tried_again_on_demand(suite: Suite, tmp_path: Path) -> None:
    """Only those, and only if asked to; what failed once is a result."""
    steps = [Step(status=400, body={"error": {"message": "no"}})] * 2
    with serving(steps, answer=lambda received: answer_memo(received.body)) as server:
        settings = Settings(base_url=server.base_url, api_key="key", model="gpt-4o", cache=False, concurrency=1)
        plan = planned(suite, settings, tmp_path / "runs")
        assert [result.case for result in make_run(plan).results if result.fault] == ["memo-000", "memo-001"]
        asked = len(server.requests)
        make_run(plan)
        assert len(server.requests) == asked
        run = make_run(plan, Conduct(retry_failed=True))
        assert len(server.requests) == asked + 2
    assert not any(result.fault for result in run.results)
    assert run.results == read_run(plan.path).results


def test_trying_again_what_failed_can_be_interrupted(suite: Suite, tmp_path: Path) -> None:
    """What the run file has right is asked for neither now nor later."""
    steps = [Step(status=400, body={"error": {"message": "no"}})] * 3
    with serving(steps, answer=lambda received: answer_memo(received.body)) as server:
        settings = Settings(base_url=server.base_url, api_key="key", model="gpt-4o", cache=False, concurrency=1)
        plan = planned(suite, settings, tmp_path / "runs")
        make_run(plan)
        asked = len(server.requests)
        with pytest.raises(KeyboardInterrupt):
            make_run(plan, Conduct(retry_failed=True, watch=Interrupting(1)))
        run = make_run(plan, Conduct(retry_failed=True))
        assert len(server.requests) == asked + 3
    assert not any(result.fault for result in run.results)
    assert not plan.part.exists()


def test_what_failed_before_an_interruption_is_tried_again_on_demand(suite: Suite, tmp_path: Path) -> None:
    """Of a run that was begun, too; and where nothing failed, nothing is done."""
    steps = [Step(status=400, body={"error": {"message": "no"}})] * 2
    with serving(steps, answer=lambda received: answer_memo(received.body)) as server:
        settings = Settings(base_url=server.base_url, api_key="key", model="gpt-4o", cache=False, concurrency=1)
        plan = planned(suite, settings, tmp_path / "runs")
        with pytest.raises(KeyboardInterrupt):
            make_run(plan, Conduct(watch=Interrupting(4)))
        watch = Interrupting(-1)
        assert not any(result.fault for result in make_run(plan, Conduct(watch=watch, retry_failed=True)).results)
        assert watch.seen[0] == 2
        asked = len(server.requests)
        make_run(plan, Conduct(retry_failed=True))
        assert len(server.requests) == asked


def test_what_stops_a_run_begins_no_further_document(suite: Suite, tmp_path: Path) -> None:
    """One engine says that no further call can succeed."""
    filled: list[str] = []

    class Broke(Crashing):
        def fill(self, clean: CleanDocument) -> Draft:
            filled.append(clean.source.name)
            raise BudgetExceeded("nothing left")

    with pytest.raises(BudgetExceeded):
        make_run(replace(in_memory(suite, Broke(), tmp_path / "runs"), at_once=1))
    assert len(filled) == 1


def test_results_of_other_documents_in_a_journal_are_left_out(suite: Suite, settings: Settings, tmp_path: Path) -> None:
    """A file that somebody put lines into has no more results than the run has documents."""
    plan = planned(suite, settings, tmp_path / "runs")
    with pytest.raises(KeyboardInterrupt):
        make_run(plan, Conduct(watch=Interrupting(2)))
    head, first, second, *_ = plan.part.read_text("utf-8").splitlines()
    foreign = first.replace('"case":"memo-', '"case":"other-')
    plan.part.write_text(f"{head}\n{first}\n{second}\n{foreign}\n", encoding="utf-8")
    assert len(make_run(plan).results) == COUNT
    assert len(read_run(plan.path).results) == COUNT


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda _: b"", "is empty"),
        (lambda _: b"{}\n", "line 1 is no head"),
        (lambda raw: raw[: len(raw) // 2], "line"),
        (lambda raw: b"\n".join(raw.splitlines()[:-1]), "says 12"),
        (lambda raw: raw + raw.splitlines(keepends=True)[-1], "says 12"),
        (lambda raw: raw.replace(b'"status":"complete"', b'"status":{"a":1}', 1), "line 2 is no result of a run: status"),
        (lambda _: b"[" * 100_000, "line 1 is no head"),
        (lambda raw: raw.replace(b'"format":1', b'"format":99', 1), "line 1 is no head of a run: format"),
    ],
)
def test_a_damaged_run_file_is_refused(suite: Suite, settings: Settings, tmp_path: Path, damage: object, told: str) -> None:
    """With the file and the line; nothing of it is believed."""
    plan = planned(suite, settings, tmp_path / "runs")
    make_run(plan)
    plan.path.write_bytes(damage(plan.path.read_bytes()))  # type: ignore[operator]
    with pytest.raises(RunError, match=told) as caught:
        read_run(plan.path)
    assert str(plan.path) in str(caught.value)


MAIN = """
import sys, test_eval_interrupted
test_eval_interrupted.main(*sys.argv[1:])
"""


def main(folder: str, base_url: str) -> None:
    """What the process does that is killed: a run over the suite of the folder, two documents at a time."""
    settings = Settings(base_url=base_url, api_key="key", model="gpt-4o", cache_dir=Path(folder, "cache"), concurrency=2)
    suite = open_suite(str(Path(folder, "memos.jsonl")), schema=f"{folder}/memos.py:Memo")
    make_run(planned(suite, settings, Path(folder, "runs")))


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_killed_run_goes_on(tmp_path: Path) -> None:
    """After SIGKILL only what was under way is asked again, and the file is that of a run that was never killed."""
    suite = memo_suite(tmp_path, COUNT)
    tests = Path(__file__).resolve().parent
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(tests.parent), str(tests)])}
    steps = [*[Step()] * 3, *[Step(fault=Fault.SILENT)] * 2]  # so that it cannot come to its end before it is killed
    with serving(steps, answer=lambda received: answer_memo(received.body)) as server:
        command = [sys.executable, "-c", MAIN, str(tmp_path), server.base_url]
        process = subprocess.Popen(command, env=environment, cwd=tmp_path)
        part = tmp_path / "runs" / "memos.gpt-4o.newest.jsonl.part"
        until(lambda: len(server.requests) >= 5 and part.read_bytes().count(b"\n") >= 4)
        process.send_signal(signal.SIGKILL)
        process.wait()
        asked = len(server.requests)
        assert 3 <= asked < COUNT
        settings = Settings(base_url=server.base_url, api_key="key", model="gpt-4o", cache_dir=tmp_path / "cache", concurrency=2)
        resumed = planned(suite, settings, tmp_path / "runs")
        make_run(resumed)
        assert len(server.requests) <= COUNT + 2
        whole = planned(suite, settings, tmp_path / "whole")
        make_run(whole)
    assert resumed.path.read_bytes() == whole.path.read_bytes()

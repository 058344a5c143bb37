"""Runs of ``extract batch``: a second one, a dry one and a sample, one that asks a model, and one that Ctrl-C ends."""

from __future__ import annotations

import errno
import json
import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import batch_commands
import pytest
from batch_commands import ANSWER, RULES, batch, events
from batches import posting, rows
from fault_server import FaultServer, Received, Step
from waiting import until

from extract.engines.llm.stack import close_models

folder = batch_commands.folder
server = batch_commands.server

pytestmark = pytest.mark.block_network(allowed_hosts=["127.0.0.1"])

MEMOS = ("memos.jsonl", "--text-column", "body", "--id-column", "id", "--schema", "memos.py:Memo")


def test_a_second_run_keeps_what_is_there(folder: Path) -> None:
    """And says so."""
    batch("jobs", "-o", "out.jsonl", *RULES)
    before = (folder / "out.jsonl").read_bytes()
    result = batch("jobs", "-o", "out.jsonl", *RULES)
    assert (result.exit_code, (folder / "out.jsonl").read_bytes()) == (0, before)
    assert "going on with out.jsonl, which has 3 rows" in result.stderr


def test_rows_of_other_documents_stay_and_are_told(folder: Path) -> None:
    """Another input, or another sample, adds to an output."""
    batch("jobs/old", "-o", "out.jsonl", *RULES)
    result = batch("jobs/a.txt", "-o", "out.jsonl", *RULES)
    assert "1 rows of documents that did not come up stay in out.jsonl" in result.stderr
    assert len(rows(folder / "out.jsonl")) == 2


def test_an_output_without_rows_is_gone_on_with(folder: Path, server: FaultServer) -> None:
    """Of a run that was stopped before its first row, such as by a wrong key."""
    server.steps = iter([Step(status=401, body={"error": {"message": "no"}})])
    assert batch(*MEMOS, "-o", "out.csv", "--concurrency", "1").exit_code == 1
    close_models()  # the refusal is remembered for half a minute
    result = batch(*MEMOS, "-o", "out.csv")
    assert (result.exit_code, len(rows(folder / "out.csv.jsonl"))) == (0, 6), result.stderr


def test_another_schema_or_engine_is_a_new_run(folder: Path, server: FaultServer) -> None:
    """Which says what differs, and where the rows of the old one are."""
    (folder / "jobs" / "ada.txt").write_text("A nurse in Basel\n\nWritten by Ada", "utf-8")
    batch("jobs/ada.txt", "-o", "out.jsonl", *RULES)
    before = (folder / "out.jsonl").read_bytes()
    result = batch("jobs/ada.txt", "-o", "out.jsonl", "--schema", "memos.py:Memo")
    assert result.exit_code == 0
    assert "a new run: out.jsonl was made another way (engine, model" in result.stderr
    assert "it is kept as out.1.jsonl" in result.stderr
    assert (folder / "out.1.jsonl").read_bytes() == before
    assert {row["provenance"]["engine"] for row in rows(folder / "out.jsonl")} == {"llm"}


def test_only_what_changed(folder: Path) -> None:
    """Documents that changed are read again in place; those that are new are not."""
    batch("jobs", "-o", "out.jsonl", *RULES)
    (folder / "jobs" / "a.txt").write_text(posting(77), "utf-8")
    (folder / "jobs" / "new.txt").write_text(posting(78), "utf-8")
    result = batch("jobs", "-o", "out.jsonl", *RULES, "--only", "changed", "--log-json")
    assert [event["path"] for event in events(result) if event["event"] == "document"] == ["jobs/a.txt"]
    assert {row["record"]["title"] for row in rows(folder / "out.jsonl")} == {"Nurse 77", "Nurse 1", "Nurse 2"}


def test_force_begins_anew(folder: Path) -> None:
    """Everything is read again."""
    batch("jobs", "-o", "out.jsonl", *RULES)
    result = batch("jobs/a.txt", "-o", "out.jsonl", *RULES, "--force")
    assert (result.exit_code, len(rows(folder / "out.jsonl"))) == (0, 1)


def test_a_dry_run_lists_and_writes_nothing(folder: Path) -> None:
    """What would be done with each document, and why."""
    batch("jobs/a.txt", "-o", "out.jsonl", *RULES)
    before = (folder / "out.jsonl").read_bytes()
    (folder / "jobs" / "copy.txt").write_text(posting(0), "utf-8")
    result = batch("jobs", "-o", "out.jsonl", *RULES, "--dry-run")
    found = {each["place"]: each["step"] for each in map(json.loads, result.stdout.splitlines())}
    assert found == {"jobs/a.txt": "keep", "jobs/b.txt": "read", "jobs/copy.txt": "copy", "jobs/old/c.txt": "read"}
    assert "2 to read, 1 to copy, 1 to keep" in result.stderr
    assert (folder / "out.jsonl").read_bytes() == before


def test_a_dry_run_quotes_a_model(folder: Path, server: FaultServer) -> None:
    """Tokens and money, and nobody is asked; what is answered costs nothing the next time."""
    result = batch(*MEMOS, "-o", "out.jsonl", "--dry-run")
    assert "6 to ask" in result.stderr
    assert "$0.00" in result.stderr
    assert not server.requests
    batch(*MEMOS, "-o", "out.jsonl")
    again = batch(*MEMOS, "-o", "other.jsonl", "--dry-run")
    assert "0 to ask" in again.stderr
    assert "6 answered from the cache" in again.stderr


def test_a_sample_is_the_same_each_time(folder: Path) -> None:
    """And another one with another seed."""
    for number in range(20):
        (folder / "jobs" / f"{number}.txt").write_text(posting(number), "utf-8")

    def sampled(seed: int) -> set[str]:
        result = batch("jobs", "-o", "-", *RULES, "--sample", "4", "--seed", str(seed))
        return {json.loads(line)["path"] for line in result.stdout.splitlines()}

    assert len(sampled(1)) == 4
    assert sampled(1) == sampled(1) != sampled(2)


def test_a_model_is_asked_once_for_each_document(folder: Path, server: FaultServer) -> None:
    """Rows have the ids of the table, what was used, and no key; a new output is made from the cache."""
    result = batch(*MEMOS, "-o", "out.jsonl")
    assert (result.exit_code, len(server.requests)) == (0, 6), result.stderr
    found = rows(folder / "out.jsonl")
    assert sorted(row["id"] for row in found) == [f"m{number}" for number in range(6)]
    assert {(row["record"]["owner"], row["usage"]["calls"]) for row in found} == {("Ada", 1)}
    assert "asking gpt-4.1-mini, prompt _default/v1, at most 64 at once, in 1 process" in result.stderr
    assert "720 tokens, $0." in result.stderr
    assert b"sk-never" not in (folder / "out.jsonl").read_bytes()
    again = batch(*MEMOS, "-o", "again.jsonl")
    assert (len(server.requests), again.exit_code) == (6, 0)
    assert "6 from the cache" in again.stderr


def test_other_processes_read_and_this_one_asks(folder: Path, server: FaultServer) -> None:
    """With one cache and one budget for all of them."""
    result = batch(*MEMOS, "-o", "out.jsonl", "--jobs", "2")
    assert (result.exit_code, len(server.requests)) == (0, 6), result.stderr
    assert {row["record"]["owner"] for row in rows(folder / "out.jsonl")} == {"Ada"}
    again = batch(*MEMOS, "-o", "again.jsonl", "--jobs", "2")
    assert (again.exit_code, len(server.requests)) == (0, 6)


@pytest.mark.parametrize(
    ("step", "told"),
    [
        (Step(status=401, body={"error": {"message": "no"}}), "stopped: "),
        (Step(status=429, body={"error": {"code": "insufficient_quota", "message": "no"}}), "stopped: "),
    ],
)
def test_a_refused_key_or_an_empty_account_stops_the_run(folder: Path, server: FaultServer, step: Step, told: str) -> None:
    """At once: exit code 1, no row for what was not read, and how to go on."""
    server.steps = iter([step] * 100)
    result = batch(*MEMOS, "-o", "out.jsonl", "--concurrency", "1")
    assert result.exit_code == 1
    assert told in result.stderr
    assert "the same command goes on" in result.stderr
    assert len(server.requests) < 6
    assert not rows(folder / "out.jsonl")
    server.steps = iter(())
    if step.status == 401:
        assert "sk-never" not in result.stderr


def test_a_budget_stops_the_run(folder: Path, server: FaultServer) -> None:
    """Before the call that could pass it."""
    result = batch(*MEMOS, "-o", "out.jsonl", "--max-tokens", "3000", "--concurrency", "1")
    assert result.exit_code == 1
    assert "--max-tokens" in result.stderr


def process(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """``extract batch`` in a process of its own."""
    heed = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"  # a shell's background jobs ignore it
    code = f"{heed}; from extract.cli import main; main()"
    paths = str(Path(__file__).resolve().parent.parent)
    return subprocess.Popen(
        [sys.executable, "-c", code, "batch", *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": paths},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
def test_ctrl_c_finishes_what_is_under_way(folder: Path, server: FaultServer) -> None:
    """Exit code 130; the rows of what was asked are there, and the same command goes on with the others."""
    pressed = threading.Event()

    def answer(_: Received) -> str:
        pressed.wait(30)
        return ANSWER

    server.answer = answer
    with process(folder, *MEMOS, "-o", "out.jsonl", "--concurrency", "1") as running:
        until(lambda: bool(server.requests))
        running.send_signal(signal.SIGINT)
        assert running.stderr
        assert any("finishing" in line for line in running.stderr)
        pressed.set()
        _, told = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "the same command goes on" in told
    done = len(rows(folder / "out.jsonl"))
    assert 0 < done < 6
    assert batch(*MEMOS, "-o", "out.jsonl").exit_code == 0
    assert (len(rows(folder / "out.jsonl")), len(server.requests)) == (6, 6)


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
def test_ctrl_c_twice_stops_now(folder: Path, server: FaultServer) -> None:
    """Also where an answer takes its time."""
    server.steps = iter([Step(delay=60)] * 6)
    with process(folder, *MEMOS, "-o", "out.jsonl") as running:
        until(lambda: len(server.requests) == 6)  # all at once
        running.send_signal(signal.SIGINT)
        assert running.stderr
        assert any("finishing" in line for line in running.stderr)
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=60)
    assert running.returncode == 130


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are looked up as Linux shows them")
def test_a_run_that_is_killed_leaves_no_process(folder: Path) -> None:
    """The processes that read end with it."""
    for number in range(300):
        (folder / "jobs" / f"{number}.txt").write_text(posting(number) * 20, "utf-8")
    with process(folder, "jobs", "-o", "out.jsonl", "--engine", "rules", "--jobs", "2") as running:
        until(lambda: len(_children(running.pid)) == 2)
        children = _children(running.pid)
        running.kill()
        running.wait(30)
        until(lambda: not any(map(_is_running, children)))


def _children(parent: int) -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdecimal() and _stat(path)[1:2] == [str(parent)]]


def _is_running(pid: int) -> bool:
    return _stat(Path(f"/proc/{pid}"))[:1] not in ([], ["Z"])


def _stat(process: Path) -> list[str]:
    """State, parent and so on of a process; nothing of one that is gone."""
    try:
        return (process / "stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        return []


def test_without_the_cache_all_is_asked_again(folder: Path, server: FaultServer) -> None:
    """And nothing of it is kept in the cache."""
    for output, asked in (("out.jsonl", 6), ("again.jsonl", 12)):
        result = batch(*MEMOS, "-o", output, "--no-cache")
        assert (result.exit_code, len(server.requests)) == (0, asked)
        assert "0 from the cache" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["jobs/a.txt", "--engine", "rules"], "the rules read, in 3 processes"),
        ([*MEMOS, "--sample", "1"], "asking gpt-4.1-mini, prompt _default/v1, at most 64 at once, in 1 process"),
    ],
)
def test_the_rules_read_in_a_process_for_each_core(
    folder: Path, server: FaultServer, monkeypatch: pytest.MonkeyPatch, arguments: list[str], told: str
) -> None:
    """As long as nothing else is said; a model is waited for, which takes no cores."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 2, 5}, raising=False)
    result = batch(*arguments, "-o", "out.jsonl")
    assert result.exit_code == 0
    assert f"extract: {told}\n" in result.stderr


def test_a_dry_run_quotes_a_content_once(folder: Path, server: FaultServer) -> None:
    """However many documents have it, none of which has a row yet."""
    for name in ("a", "b", "c"):
        (folder / f"memo-{name}.txt").write_text("Memo\n\nWritten by Ada", "utf-8")
    result = batch("memo-*.txt", "--schema", "memos.py:Memo", "--dry-run")
    steps = [(each["place"], each["step"]) for each in map(json.loads, result.stdout.splitlines())]
    assert steps == [("memo-a.txt", "read"), ("memo-b.txt", "copy"), ("memo-c.txt", "copy")]
    assert "1 to read, 2 to copy; 1 to ask," in result.stderr


def test_a_document_that_is_named_twice_is_kept_once(folder: Path) -> None:
    """In the count of a second run too; and its row is none of a document that did not come up."""
    batch("jobs", "-o", "out.jsonl", *RULES)
    result = batch("jobs", "jobs/a.txt", "-o", "out.jsonl", *RULES, "--log-json")
    (end,) = (event for event in events(result) if event["event"] == "end")
    assert (result.exit_code, end["kept"], end["documents"]) == (0, 3, 3)
    assert "did not come up" not in result.stderr


def test_a_run_that_is_stopped_makes_table_and_report(folder: Path) -> None:
    """Of what it has done: who looks for the cause finds it there."""
    for number in range(3):
        (folder / "jobs" / f"0{number}.txt").write_bytes(b" " * (number + 1))
    result = batch("jobs", "-o", "out.csv", *RULES, "--max-failures", "1", "--report", "report")
    assert (result.exit_code, "stopped: 2 of 2 documents failed" in result.stderr) == (1, True)
    assert (folder / "out.csv").read_text("utf-8").count(",empty,") == len(rows(folder / "out.csv.jsonl")) >= 2
    assert re.search(r"jobs/0[0-2]\.txt", (folder / "report" / "index.html").read_text("utf-8"))  # whichever failed first


def test_a_run_goes_on_when_nobody_reads_what_it_tells(folder: Path) -> None:
    """Such as a log that is gone, with its disk or its terminal: rows are what it is for."""
    with process(folder, "jobs", "-o", "out.jsonl", *RULES) as running:
        assert running.stderr
        running.stderr.close()
        running.wait(60)
    assert (running.returncode, len(rows(folder / "out.jsonl"))) == (0, 3)


def test_a_stream_that_nobody_reads_any_longer_ends_the_run_in_order(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 1 and one line that says why, without what Python says of a buffer that it cannot write at its end."""
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)  # with which there is no buffer
    with process(folder, "jobs", "-o", "-", *RULES, "-q", "--no-evidence") as running:  # rows that a buffer has room for
        assert running.stdout
        assert running.stderr
        running.stdout.close()
        told = running.stderr.read()
        running.wait(60)
    assert (running.returncode, told) == (1, f"extract: stopped: standard output cannot be written: {os.strerror(errno.EPIPE)}\n")

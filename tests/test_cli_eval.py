"""``extract eval`` as a person at a terminal uses it: right, wrong and no input, Ctrl-C, and a second run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from eval_suites import answer_memo, lines, write_suite
from fault_server import FaultServer, Step, serving
from typer.testing import CliRunner, Result
from waiting import until

from extract.cli import app
from extract.evals.runs import read_run

COUNT = 8
pytestmark = pytest.mark.block_network(allowed_hosts=["127.0.0.1"])
BASELINE = Path(__file__).resolve().parent.parent / "evals" / "baselines" / "job_posting.rules.json"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with a suite of notes, and a cache of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EXTRACT_CACHE_DIR", str(tmp_path / "answers"))
    monkeypatch.setenv("COLUMNS", "200")
    write_suite(tmp_path, lines(COUNT))
    return tmp_path


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultServer]:
    """An endpoint that is configured, and reads notes right."""
    with serving(answer=lambda received: answer_memo(received.body)) as serving_one:
        configure(serving_one, monkeypatch)
        yield serving_one


def configure(server: FaultServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-never-to-be-seen")
    monkeypatch.setenv("EXTRACT_MODEL", "gpt-4.1-mini")


NAMED = ("--schema", "memos.py:Memo")
MEMOS = ("run", "memos.jsonl", *NAMED)
RUN = "runs/memos.gpt-4.1-mini.newest.jsonl"


def evaluate(*arguments: str | Path) -> Result:
    """``extract eval`` in this process."""
    return CliRunner().invoke(app, ["eval", *map(str, arguments)])


def printed(result: Result) -> Any:
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_a_run_of_the_shipped_gold_needs_no_key(folder: Path) -> None:
    """The rules on all five samples; figures as JSON in a pipe, and a run file."""
    (figures,) = printed(evaluate("run", "job_posting"))
    assert (figures["name"], figures["documents"], figures["f1"]) == ("rules", 5, 1.0)
    assert figures["evidence"]["share"] == 1.0
    assert len(read_run(folder / "runs" / "job_posting.rules.jsonl").results) == 5


def test_a_run_of_a_model(folder: Path, server: FaultServer) -> None:
    """A table on demand, and a second run that asks nothing."""
    first = evaluate(*MEMOS, "--format", "table")
    assert first.exit_code == 0, first.stderr
    assert "gpt-4.1-mini v1" in first.stdout
    assert "1.000" in first.stdout
    assert len(server.requests) == COUNT
    assert printed(evaluate(*MEMOS))[0]["f1"] == 1.0
    assert len(server.requests) == COUNT


def test_a_matrix(folder: Path, server: FaultServer, tmp_path: Path) -> None:
    """Models and prompts, each a run file; repeats are in it."""
    runs = printed(evaluate(*MEMOS, "--model", "gpt-4o", "--model", "gpt-4.1-mini", "--repeats", "2", "-o", "out"))
    assert [run["name"] for run in runs] == ["gpt-4o v1", "gpt-4.1-mini v1"]
    assert {run["repeats"] for run in runs} == {2}
    assert len(server.requests) == 2 * 2 * COUNT
    assert sorted(path.name for path in (tmp_path / "out").glob("*newest.jsonl")) == [
        "memos.gpt-4.1-mini.newest.jsonl",
        "memos.gpt-4o.newest.jsonl",
    ]


def test_a_dry_run_asks_and_writes_nothing(folder: Path, server: FaultServer) -> None:
    """It says what each run would ask and cost."""
    (quote,) = printed(evaluate(*MEMOS, "--dry-run"))
    assert (quote["asked"], quote["done"]) == (COUNT, 0)
    assert quote["cost_high"] > quote["cost_low"] > 0
    table = evaluate(*MEMOS, "--dry-run", "--format", "table")
    assert "to ask" in table.stdout
    assert server.requests == []
    assert not (folder / "runs").exists()


def test_compare_show_rescore_and_report(folder: Path, server: FaultServer) -> None:
    """From two runs to a table, a page, and scores anew."""
    evaluate(*MEMOS)
    evaluate(*MEMOS, "--model", "gpt-4o", "-o", "other")
    other = "other/memos.gpt-4o.newest.jsonl"
    changed = printed(evaluate("compare", RUN, other))
    assert (changed["ties"], changed["p"], changed["differs"]) == (COUNT, 1.0, False)
    table = evaluate("compare", RUN, other, "--format", "table")
    assert "no difference shown" in table.stdout
    assert "owner" in evaluate("show", RUN, "--fields", "--format", "table").stdout
    assert printed(evaluate("rescore", RUN, "--schema", "memos.py:Memo"))[0]["f1"] == 1.0
    done = evaluate("report", RUN, other, "-o", "page.html", "--schema", "memos.py:Memo")
    assert done.exit_code == 0, done.stderr
    page = Path("page.html").read_text("utf-8")
    assert all(told in page for told in ("gpt-4o v1", "gpt-4.1-mini v1", "owner", "no difference shown"))


def test_an_a_a_comparison(folder: Path, server: FaultServer) -> None:
    """Of a run with repeats; of one without, the message says what to do."""
    evaluate(*MEMOS, "--repeats", "2")
    assert printed(evaluate("compare", "--aa", RUN))["ties"] == COUNT
    evaluate(*MEMOS, "-o", "one")
    done = evaluate("compare", "--aa", f"one/{Path(RUN).name}")
    assert done.exit_code == 2
    assert "--repeats 2" in done.stderr


def test_a_gate_opens_and_shuts(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A deliberately worse model is caught with exit code 1, and the files for servers and people say why."""
    with serving(answer=lambda received: answer_memo(received.body)) as good:
        configure(good, monkeypatch)
        evaluate(*MEMOS)
        assert evaluate("baseline", RUN, "-o", "kept/base.json").exit_code == 0
        assert evaluate("gate", RUN, "--baseline", "kept/base.json", *NAMED).exit_code == 0
    with serving(answer=lambda received: answer_memo(received.body, wrong=[3])) as bad:
        configure(bad, monkeypatch)
        evaluate(*MEMOS, "-o", "worse", "--no-cache")
        done = evaluate(
            "gate", f"worse/{Path(RUN).name}", "--baseline", "kept/base.json", *NAMED, "--junit", "g.xml", "--markdown", "g.md"
        )
    assert done.exit_code == 1
    assert "the gate is shut" in done.stderr
    assert {check["name"]: check["passed"] for check in json.loads(done.stdout)["checks"]} == {
        "quality": True,
        "critical: memo-003: owner": False,
    }
    (suite,) = ET.fromstring(Path("g.xml").read_text("utf-8"))  # noqa: S314  # our own
    assert suite.get("failures") == "1"
    assert "shut" in Path("g.md").read_text("utf-8")


def test_the_gate_of_the_project_is_open(folder: Path) -> None:
    """The rules do on their gold what the baseline says; the run is made now, and not kept."""
    done = evaluate("gate", "--baseline", BASELINE)
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["passed"] is True
    assert not (folder / "runs").exists()


def test_a_gate_refuses_what_cannot_be_compared(folder: Path) -> None:
    """Another data set is wrong use, and no failure of the run."""
    evaluate("run", "job_posting")
    done = evaluate("gate", "runs/job_posting.rules.jsonl", "--baseline", BASELINE)
    assert done.exit_code == 0
    data = json.loads(BASELINE.read_text("utf-8"))
    data["head"]["dataset_hash"] = "0" * 64
    Path("other.json").write_text(json.dumps(data), encoding="utf-8")
    refused = evaluate("gate", "runs/job_posting.rules.jsonl", "--baseline", "other.json")
    assert refused.exit_code == 2
    assert "data set of the run" in refused.stderr


def test_a_run_file_cannot_have_code_run(folder: Path, server: FaultServer) -> None:
    """Nor a baseline: the schema of either is loaded only where it is named."""
    evaluate(*MEMOS)
    evaluate("baseline", RUN, "-o", "base.json")
    Path("memos.py").write_text("raise SystemExit('it ran')\n", encoding="utf-8")
    for arguments in (["rescore", RUN], ["gate", "--baseline", "base.json"], ["gate", RUN, "--baseline", "base.json"]):
        done = evaluate(*arguments)
        assert (done.exit_code, "is code: if you trust it, name it with --schema" in done.stderr) == (2, True)


def test_a_baseline_cannot_choose_where_the_key_goes(folder: Path, server: FaultServer) -> None:
    """Its head may say how a model is asked, and not which address is."""
    evaluate(*MEMOS)
    evaluate("baseline", RUN, "-o", "base.json")
    data = json.loads(Path("base.json").read_text("utf-8"))
    data["head"]["settings"] = {"base_url": "http://127.0.0.1:9/v1"}
    Path("base.json").write_text(json.dumps(data), encoding="utf-8")
    asked = len(server.requests)
    done = evaluate("gate", "--baseline", "base.json", *NAMED)
    assert done.exit_code == 2
    assert "base_url cannot be set by a run file" in done.stderr
    assert len(server.requests) == asked


def test_the_gate_runs_the_prompt_of_the_baseline(folder: Path, server: FaultServer) -> None:
    """Also one that is a file, whatever it calls itself."""
    text = "---\nid: _default/v1\nversion: 1\ndescription: d\n---\n<!-- system -->\nMARKED {{fields}}\n\n<!-- user -->\n"
    text += "{{document}}\n"
    Path("own.md").write_text(text, encoding="utf-8")
    evaluate(*MEMOS, "--prompt", "own.md")
    evaluate("baseline", "runs/memos.gpt-4.1-mini.own.jsonl", "-o", "base.json")
    server.requests.clear()
    Path("own.md").write_text(text.replace("MARKED", "MARKED anew"), encoding="utf-8")
    assert evaluate("gate", "--baseline", "base.json", *NAMED).exit_code == 0
    assert len(server.requests) == COUNT
    assert all(b"MARKED anew" in request.body for request in server.requests)


def test_a_limit_on_a_fall_holds_for_few_documents(folder: Path) -> None:
    """Rules answer the same each time: any fall is one. The project's own baseline has such a limit."""
    assert json.loads(BASELINE.read_text("utf-8"))["limits"]["drop"] == 0.0
    evaluate("run", "job_posting")
    head, *results = map(json.loads, Path("runs/job_posting.rules.jsonl").read_text("utf-8").splitlines())
    for result in results:
        result["record"]["benefits"] = ["Something invented"]
    Path("runs/worse.jsonl").write_text("".join(json.dumps(part) + "\n" for part in (head, *results)), encoding="utf-8")
    done = evaluate("gate", "runs/worse.jsonl", "--baseline", BASELINE)
    assert done.exit_code == 1
    assert [check["name"] for check in json.loads(done.stdout)["checks"] if not check["passed"]] == ["drop"]


def test_gold_is_checked(folder: Path) -> None:
    """All that ships, and a suite of one's own; a fault is exit code 1 and is named."""
    assert printed(evaluate("check"))["faults"] == []
    wrong = [case | {"expected": {"owner": "Nobody"}} for case in lines(2)]
    write_suite(folder, wrong)
    done = evaluate("check", "memos.jsonl", "--schema", "memos.py:Memo", "--format", "table")
    assert done.exit_code == 1
    assert "memo-000: owner: the document does not state 'Nobody'" in done.stdout


def test_a_case_is_drafted(folder: Path) -> None:
    """From a document to a folder to correct; the next step is said."""
    Path("posting.txt").write_text("Pastry Cook\n\nAcme Bakery is looking for a pastry cook.\n", encoding="utf-8")
    done = evaluate("new", "posting.txt", "-o", "gold", "--name", "cook", "--engine", "rules")
    assert done.exit_code == 0, done.stderr
    assert done.stdout.strip() == str(Path("gold", "cook"))
    assert json.loads(Path("gold/cook/expected.json").read_text("utf-8"))["draft"] is True
    assert evaluate("check", "gold").exit_code == 1
    again = evaluate("new", "posting.txt", "-o", "gold", "--name", "cook", "--engine", "rules")
    assert (again.exit_code, "--name" in again.stderr) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["run", "nothing"], 2, "There is no suite 'nothing'"),
        (["run", "job_posting", "--engine", "llm"], 2, "EXTRACT_MODEL"),
        (["run", "job_posting", "--prompt", "v1"], 2, "EXTRACT_MODEL"),
        (["run", "invoice", "--engine", "rules"], 2, "reads job postings only"),
        (["run", "memos.jsonl"], 2, "expected.owner"),
        (["run"], 2, "SUITE"),
        (["show", "nothing.jsonl"], 2, "cannot be read"),
        (["show", "memos.py"], 2, "is no head of a run"),
        (["compare", "memos.py"], 2, "two run files"),
        (["gate", "--baseline", "nothing.json"], 2, "cannot be read"),
        (["gate"], 2, "--baseline"),
        (["gate", "x.jsonl", "--baseline", str(BASELINE), "--model", "m"], 2, "and not both"),
        (["run", "job_posting", "-o", "memos.py"], 2, "cannot be"),
        (["baseline", "nothing.jsonl", "-o", "x.json"], 2, "cannot be read"),
        (["report", "nothing.jsonl"], 2, "cannot be read"),
        (["rescore", "nothing.jsonl"], 2, "cannot be read"),
        (["check", "nothing"], 2, "There is no suite"),
        (["new", "nothing.txt"], 1, "nothing.txt"),
        (["new", "memos.py", "--schema", "nothing"], 2, "no task 'nothing'"),
    ],
)
def test_wrong_use_is_said_in_a_line(folder: Path, arguments: list[str], code: int, told: str) -> None:
    """Without a traceback, and with a way out."""
    done = evaluate(*arguments)
    assert done.exit_code == code
    assert told in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("missing", ["scipy", "rapidfuzz", "numpy"])
def test_without_the_extra_the_way_out_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    """Who installed the package alone reads which extra it takes."""

    class Absent:
        def find_spec(self, name: str, *_: object) -> None:
            if name.partition(".")[0] == missing:
                raise ModuleNotFoundError(f"No module named {missing!r}", name=missing)

    for name in [name for name in sys.modules if name.startswith(("extract.evals", missing))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [Absent(), *sys.meta_path])
    done = evaluate("run", "job_posting")
    assert done.exit_code == 2
    assert f"needs the extra evals, of which {missing} is not installed: pip install 'extract-service[evals]'" in done.stderr


def test_a_run_that_is_stopped_says_how_to_go_on(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refused key ends it with 1; what was done is kept."""
    steps = [*[Step()] * 3, *[Step(status=401, body={"error": {"message": "bad key"}})] * 9]
    with serving(steps, answer=lambda received: answer_memo(received.body)) as server:
        configure(server, monkeypatch)
        done = evaluate(*MEMOS, "--concurrency", "1", "--no-cache")
        assert done.exit_code == 1
        assert f"stopped after 3 of {COUNT} documents of gpt-4.1-mini v1, which are kept: the same command goes on" in done.stderr
        assert "sk-never" not in done.stderr
    with serving(answer=lambda received: answer_memo(received.body)) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        moved = Path(f"{RUN}.part").read_text("utf-8")
        Path(f"{RUN}.part").write_text(moved.replace(moved.partition('"endpoint":"')[2].partition('"')[0], server.base_url))
        assert printed(evaluate(*MEMOS, "--concurrency", "1", "--no-cache"))[0]["f1"] == 1.0
        assert len(server.requests) == COUNT - 3


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
def test_ctrl_c_finishes_what_is_under_way(folder: Path) -> None:
    """It ends with 130, says how to go on, and the same command then asks for the rest alone."""
    held = threading.Event()
    steps = [*[Step()] * 2, *[Step(held=held)] * 2]
    with serving(steps, answer=lambda received: answer_memo(received.body)) as server:
        environment = os.environ | {"OPENAI_BASE_URL": server.base_url, "OPENAI_API_KEY": "k", "EXTRACT_MODEL": "gpt-4.1-mini"}
        heed = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
        code = f"{heed}import sys; sys.argv[1:1] = ['eval', *{list(MEMOS)!r}]; from extract.cli import main; main()"
        command = [sys.executable, "-c", code, "--concurrency", "2"]
        paths = {"PYTHONPATH": str(Path(__file__).resolve().parent.parent)}
        with (folder / "told").open("wb") as stderr:
            process = subprocess.Popen(command, env=environment | paths, stdout=subprocess.DEVNULL, stderr=stderr)
        until(lambda: len(server.requests) == 4)  # the results of the first two are kept then
        process.send_signal(signal.SIGINT)
        until(lambda: b"finishing" in (folder / "told").read_bytes())
        held.set()
        ended = process.wait(60)
        told = (folder / "told").read_text("utf-8")
        assert ended == 130, told
        assert "finishing 2 documents" in told
        assert "the same command goes on" in told
        assert "Traceback" not in told
        asked = len(server.requests)
        assert len(Path(f"{RUN}.part").read_text("utf-8").splitlines()) == 1 + asked < 1 + COUNT
        subprocess.run(command, env=environment | paths, check=True, capture_output=True, timeout=60)
        assert len(server.requests) == COUNT
    assert [result.f1 for result in read_run(folder / RUN).results] == [1.0] * COUNT


@pytest.mark.parametrize(
    "command", [[], ["run"], ["show"], ["compare"], ["gate"], ["baseline"], ["report"], ["rescore"], ["check"], ["new"]]
)
def test_help_has_examples_and_exit_codes(command: list[str]) -> None:
    """Each command says how it is used."""
    done = evaluate(*command, "--help")
    assert done.exit_code == 0
    assert "Examples" in done.stdout
    assert "Exit codes" in done.stdout

"""Two prompts compared from recorded answers, without a network: what ``evals/recorded/README.md`` shows.

What answered was a model of random weights, so nothing is asserted about which prompt is better; but that nothing is asked, and
that the harness tells what a person can check by hand.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from extract.cli import app
from extract.evals.measures import Measures
from extract.evals.runs import read_run

ROOT = Path(__file__).resolve().parent.parent
RECORDED = ROOT / "evals" / "recorded" / "job_posting.tiny-random.jsonl"
BASELINE = ROOT / "evals" / "baselines" / "job_posting.rules.json"
RUNS = [Path("runs", f"job_posting.tiny-random.{prompt}.jsonl") for prompt in ("v1", "v2")]
ANEW = "the requests are not as recorded: if that was meant, record anew as evals/recorded/README.md says"


def evaluate(*arguments: str | Path) -> Any:
    """What a command prints, as JSON."""
    done = CliRunner().invoke(app, list(map(str, arguments)))
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The figures of both runs; no request can leave."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:18080/v1")
    monkeypatch.setenv("EXTRACT_CACHE_DIR", str(tmp_path / "answers"))
    monkeypatch.setenv("EXTRACT_MAX_ATTEMPTS", "1")
    imported = CliRunner().invoke(app, ["cache", "import", str(RECORDED)])
    assert imported.exit_code == 0, imported.stderr
    asked = "eval run job_posting --model tiny-random --prompt v1 --prompt v2 --repeats 2".split()
    return evaluate(*asked)


def test_both_prompts_are_run_from_what_was_recorded(runs: Any) -> None:
    """No document fails, each answer is a recorded one, and all of them are used."""
    assert [run["faults"] for run in runs] == [{}, {}], ANEW
    read = [read_run(path) for path in RUNS]
    assert sum(time.calls for run in read for time in run.times) == 0, ANEW
    assert sum(Measures(run).hits for run in read) == len(RECORDED.read_text("utf-8").splitlines()), ANEW
    assert [run["name"] for run in runs] == ["tiny-random v1", "tiny-random v2"]
    assert runs[0]["input_tokens"] > runs[1]["input_tokens"] > 0  # v2 has no example


def test_gibberish_is_told_from_the_rules(runs: Any) -> None:
    """What a model of random weights adds makes records worse than the rules alone leave them; its evidence still holds."""
    (rules,) = evaluate("eval", "run", "job_posting", "--engine", "rules", "-o", "rules")
    for run in runs:
        assert run["f1"] < rules["f1"] - 0.2
        assert run["evidence"]["share"] == 1.0


def test_the_gate_of_the_project_shuts_for_it(runs: Any) -> None:
    """The baseline of the rules lets no engine pass that gets critical cells wrong, however few documents there are."""
    done = CliRunner().invoke(app, ["eval", "gate", str(RUNS[0]), "--baseline", str(BASELINE)])
    assert done.exit_code == 1
    broken = [check["name"] for check in json.loads(done.stdout)["checks"] if not check["passed"]]
    assert "drop" in broken
    assert any(name.startswith("critical: ") for name in broken)


def test_prompts_are_compared(runs: Any) -> None:
    """Five documents of three employers decide nothing, and the comparison says why; its difference is that of the means."""
    compared = evaluate("eval", "compare", *RUNS)
    assert (compared["documents"], compared["units"], compared["too_few"]) == (5, 3, True)
    assert compared["difference"] == pytest.approx(runs[1]["f1"] - runs[0]["f1"], abs=2e-6)
    assert compared["verdict"].startswith("too few clusters to decide: with 3")
    assert compared["wins"] + compared["ties"] + compared["losses"] == 5


def test_a_prompt_beside_itself(runs: Any) -> None:
    """Its repeats differ by what chance does, and no field passes for a change."""
    alike = evaluate("eval", "compare", "--aa", RUNS[0])
    assert alike["a"] == alike["b"]
    assert not any(field["adjusted"] < 0.05 for field in alike["fields"])


def test_recorded_answers_hold_no_more_than_they_must() -> None:
    """No key and no path of a machine; small, since every clone has them."""
    text = RECORDED.read_text("utf-8")
    assert len(text) < 60_000
    assert not any(secret in text for secret in ("sk-", "Bearer", "/home/", "/root/", "/Users/"))

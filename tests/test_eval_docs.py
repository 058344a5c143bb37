"""docs/evals.md says what is true."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from extract.cli import app
from extract.evals.cases import GoldFile, GoldLine
from extract.evals.scorers import Scorer
from extract.evals.scoring import Outcome
from extract.evals.suites import SuiteFile

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "docs" / "evals.md").read_text("utf-8")
PAGES = [TEXT, (ROOT / "evals" / "recorded" / "README.md").read_text("utf-8")]
COMMANDS = [line for page in PAGES for line in re.findall(r"^(?:\.venv/bin/)?extract .*", page, flags=re.MULTILINE)]


@pytest.mark.parametrize("command", sorted(set(COMMANDS)))
def test_options_of_the_commands_exist(command: str) -> None:
    """Each option of each example is one of its command."""
    words = shlex.split(command, comments=True)[1:]
    name = words[:2]
    shown = CliRunner().invoke(app, [*name, "--help"], env={"COLUMNS": "250"}).stdout
    assert "Usage" in shown
    assert [word for word in words[2:] if re.fullmatch("--?[a-z-]+", word) and not re.search(rf"{word}\b", shown)] == []


def test_there_are_commands() -> None:
    """They are found: a change of the fences would silence the test above."""
    assert len(COMMANDS) >= 9


@pytest.mark.parametrize("key", sorted({field.alias or name for name, field in GoldFile.model_fields.items()} - {"unsolved"}))
def test_keys_of_gold_are_documented(key: str) -> None:
    """Whoever adds a key says what it means; ``unsolved`` is for the rules of this project alone."""
    assert f"`{key}`" in TEXT


def test_lines_and_suites_are_documented() -> None:
    """The keys that only they have."""
    assert all(f'"{key}"' in TEXT for key in GoldLine.model_fields.keys() - GoldFile.model_fields.keys())
    (toml,) = re.findall(r"```toml\n(.*?)```", TEXT, flags=re.DOTALL)
    assert all(key in toml for key in SuiteFile.model_fields if key != "schema_")


@pytest.mark.parametrize("word", [*Outcome, *(scorer for scorer in Scorer if scorer is not Scorer.IGNORED)])
def test_outcomes_and_scorers_are_documented(word: str) -> None:
    """Each has a row."""
    assert f"| `{word}` |" in TEXT


def test_python_block_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """As it is printed."""
    monkeypatch.chdir(tmp_path)
    (block,) = re.findall(r"```python\n(.*?)```", TEXT, flags=re.DOTALL)
    exec(compile(block, "docs/evals.md", "exec"), {})  # noqa: S102  # that is the test
    assert capsys.readouterr().out.startswith("too few clusters to decide")


@pytest.mark.parametrize("name", sorted(set(re.findall(r"\]\(([^)#:]+)\)", TEXT))))
def test_files_that_are_linked_exist(name: str) -> None:
    """No link leads nowhere."""
    assert (ROOT / "docs" / name).exists()

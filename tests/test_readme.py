"""The README says what is true.

Its two commands are not run here, since they install from the package index: ``.ci/run`` takes them out of README.md by the
same marks and runs them literally, each in a fresh copy with a fresh virtual environment.
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import tomllib
from collections.abc import Sequence
from pathlib import Path

import pytest
from fault_server import serving
from typer.testing import CliRunner

from extract import Extraction, extract
from extract.cli import RecordFormat, app
from extract.errors import ModelError, RunStopped
from extract.result import Status
from extract.settings import Settings, variable
from extract.source import Format

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
COMMANDS = dict(re.findall(r"<!-- command: (\w+) -->\n```sh\n(.+)\n```", README))
PYTHON = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)


def test_two_commands_are_marked() -> None:
    """The marks that .ci/run looks for stand before one line each: the sample and the tests."""
    assert sorted(COMMANDS) == ["sample", "tests"]
    assert README.count("<!-- command: ") == 2


def test_ci_runs_the_commands_of_the_readme() -> None:
    """.ci/run reads the commands out of README.md, and holds no copy that could drift."""
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    assert "readme_command tests" in script
    assert "readme_command sample" in script
    assert not any(command in script for command in COMMANDS.values())


def test_ci_is_executable_and_parses() -> None:
    """The script can be started, and bash can read it."""
    path = ROOT / ".ci" / "run"
    assert path.stat().st_mode & 0o111
    assert subprocess.run(["bash", "-n", path], check=False).returncode == 0


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_files_that_the_commands_name_exist(command: str) -> None:
    """A command that starts from a clone can only name files that are in it."""
    named = [word for word in shlex.split(command) if "/" in word and not word.startswith(".venv/")]
    assert [word for word in named if not (ROOT / word).exists()] == []


@pytest.mark.parametrize("name", sorted(set(re.findall(r"\]\(([^)#:]+)\)", README))))
def test_files_that_are_linked_exist(name: str) -> None:
    """No link of the README leads nowhere."""
    assert (ROOT / name).exists()


@pytest.mark.block_network(allowed_hosts=["127.0.0.1"])
@pytest.mark.parametrize("number", range(len(PYTHON)))
def test_python_block_runs(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each Python example runs from the root of the repository, as it is printed; one for a model against an endpoint of ours."""
    monkeypatch.chdir(ROOT)
    run = compile(PYTHON[number], f"README.md, Python block {number}", "exec")
    answer = {"number": {"value": "7-11", "at": 0}, "total": {"value": 9.5, "at": 0}}
    with serving(answer=json.dumps(answer)) as server:
        if "schema=Order" in PYTHON[number]:
            monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
            monkeypatch.setenv("EXTRACT_MODEL", "gpt-4.1-mini")
        names: dict[str, object] = {"__name__": "readme"}
        exec(run, names)  # noqa: S102  # that is the test
    assert isinstance(names["result"], Extraction)


def test_there_is_a_python_example() -> None:
    """The blocks are found: a change of the fences would silence the test above."""
    assert len(PYTHON) == 2


def test_sample_that_ships_is_extracted() -> None:
    """The file that the first command names gives a record with a title, without the installing."""
    arguments = shlex.split(COMMANDS["sample"].rsplit("extract ", 1)[1])
    result = CliRunner().invoke(app, [argument if "/" not in argument else str(ROOT / argument) for argument in arguments])
    assert (result.exit_code, result.stderr) == (0, "")
    assert '"title": "' in result.stdout


@pytest.mark.parametrize("word", [*Format, *RecordFormat, *Status])
def test_choices_and_statuses_are_named(word: str) -> None:
    """Whoever adds a format or a status says so in the README."""
    assert f"`{word}`" in README


OF_THE_README: tuple[list[str], ...] = (
    [],
    ["run"],
    ["batch"],
    ["clean"],
    ["prompt"],
    ["doctor"],
    ["cache", "export"],
    ["cache", "clear"],
)
BATCH = (["batch"], ["batch", "submit"], ["batch", "status"], ["batch", "collect"])


@pytest.mark.parametrize(("document", "commands"), [("README.md", OF_THE_README), ("docs/batch.md", BATCH)])
def test_options_of_the_command_line_exist(document: str, commands: Sequence[list[str]]) -> None:
    """Each option that a document names is one of the command line."""
    helps = "".join(CliRunner().invoke(app, [*command, "--help"], env={"COLUMNS": "200"}).stdout for command in commands)
    named = set(re.findall(r"`(--[a-z-]+)", (ROOT / document).read_text("utf-8")))
    assert named
    assert {option for option in named if option not in helps} == set()


def test_options_of_batches_are_documented() -> None:
    """Each option that only batches have stands in docs/batch.md."""
    shown, run = (CliRunner().invoke(app, [name, "--help"], env={"COLUMNS": "200"}).stdout for name in ("batch", "run"))
    text = (ROOT / "docs" / "batch.md").read_text("utf-8")
    own = set(re.findall(r"--[a-z-]+", shown)) - set(re.findall(r"--[a-z-]+", run))
    assert {"--jobs", "--sample"} < own
    assert {option for option in own if option not in text} == set()


def test_all_settings_are_documented() -> None:
    """Each variable stands in docs/model.md, and none that there is not."""
    named = set(re.findall(r"`((?:EXTRACT|OPENAI)_[A-Z_]+)`", (ROOT / "docs" / "model.md").read_text("utf-8")))
    known = {variable(name) for name in Settings.model_fields}
    assert known <= named
    assert named - known == {"EXTRACT_API_KEY", "EXTRACT_BASE_URL"}


def test_all_errors_of_calls_are_documented() -> None:
    """Whoever adds a way to fail says in docs/model.md what it means."""
    text = (ROOT / "docs" / "model.md").read_text("utf-8")
    names = [kind.__name__ for kind in (*ModelError.__subclasses__(), *RunStopped.__subclasses__())]
    assert [name for name in names if name not in text] == []


def test_python_version_is_that_of_the_project() -> None:
    """The README asks for the Python that pyproject.toml requires."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert f"Python {project['requires-python'].removeprefix('>=')} or newer" in README


def test_what_comes_out_is_what_is_shown() -> None:
    """The rows of the table and the line of JSON are those of the document that the first command names."""
    result = extract(ROOT / "evals/gold/meta_research_scientist/input.txt")
    source = (ROOT / "evals/gold/meta_research_scientist/input.txt").read_text("utf-8")
    shown = dict(re.findall(r"^ (\S+) .*? (\d+:\d+)$", README.partition("## What comes out")[2], flags=re.MULTILINE))
    assert len(shown) == 4
    for path, place in shown.items():
        start = result.evidence[path].spans[0].start
        line = source.count("\n", 0, start) + 1
        assert place == f"{line}:{start - source.rfind(chr(10), 0, start)}"
    (fragment,) = re.findall(r"```json\n(.*)\n```", README)
    (path, evidence), *_ = json.loads(f"{{{fragment}}}").items()
    assert result.evidence[path].model_dump(mode="json") == evidence

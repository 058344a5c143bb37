"""The command line with a model: what is asked, what it costs, what is kept, and what is said when it fails."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fault_server import FaultServer, Step, serving
from typer.testing import CliRunner, Result

from extract.cli import app
from extract.tasks import task_named

KEY = "sk-never-to-be-seen"
POSTING = "Acme Bakery\n\nWe are looking for someone who bakes.\n\n- Bake croissants\n- Keep the ovens clean\n"
ANSWER = json.dumps({"title": {"value": "someone who bakes", "at": 1}, "responsibilities": ["2-3"], "skills": []})
ORDER = '"""A schema of a user."""\nfrom pydantic import BaseModel\n\n\nclass Order(BaseModel):\n    baker: str | None\n'

pytestmark = pytest.mark.block_network(allowed_hosts=["127.0.0.1"])


@pytest.fixture
def posting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small document in the working directory, and a cache of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EXTRACT_CACHE_DIR", str(tmp_path / "answers"))
    monkeypatch.setenv("EXTRACT_MAX_ATTEMPTS", "2")
    path = tmp_path / "posting.txt"
    path.write_text(POSTING, encoding="utf-8")
    return path


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultServer]:
    """An endpoint that is configured, and answers."""
    with serving(answer=ANSWER) as serving_one:
        configure(serving_one, monkeypatch)
        yield serving_one


def configure(server: FaultServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("EXTRACT_MODEL", "gpt-4.1-mini")


def run(*arguments: str | Path, stdin: str | None = None) -> Result:
    """The command in this process."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=stdin)


def printed(result: Result) -> Any:
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_a_configured_model_is_asked(posting: Path, server: FaultServer) -> None:
    """The record has what the model answered, with its evidence; provenance and usage say who answered and what it took."""
    found = printed(run("run", posting))
    assert found["record"]["title"] == "someone who bakes"
    assert found["record"]["responsibilities"] == ["Bake croissants", "Keep the ovens clean"]
    assert found["evidence"]["responsibilities.1"]["status"] == "quoted"
    made = found["provenance"]
    assert (made["engine"], made["model"], made["prompt"]) == ("llm", "gpt-4.1-mini", "job_posting/v2")
    assert made["endpoint"] == server.base_url
    assert len(made["prompt_hash"]) == 64
    assert found["usage"]["calls"] == len(server.requests) == 1
    assert found["usage"]["cost"] > 0


def test_without_a_model_the_rules_read(posting: Path) -> None:
    """Nothing is asked where nothing is configured, and the result says so."""
    found = printed(run("run", posting))
    assert (found["provenance"]["engine"], found["provenance"]["model"], found["usage"]["calls"]) == ("rules", None, 0)


def test_rules_can_be_asked_for(posting: Path, server: FaultServer) -> None:
    """With a model configured too."""
    assert printed(run("run", posting, "--engine", "rules"))["provenance"]["engine"] == "rules"
    assert server.requests == []


def test_a_model_that_is_asked_for_and_not_configured_is_wrong_use(posting: Path) -> None:
    """The message names the variable to set."""
    result = run("run", posting, "--engine", "llm")
    assert (result.exit_code, "EXTRACT_MODEL" in result.stderr) == (2, True)


def test_a_second_run_asks_nothing(posting: Path, server: FaultServer) -> None:
    """The answer is in the cache, also for another key; --repeat and --no-cache ask again."""
    first = printed(run("run", posting))
    second = printed(run("run", posting))
    assert (second["usage"]["calls"], second["usage"]["cache_hits"], second["usage"]["cost"]) == (0, 1, 0.0)
    assert second["record"] == first["record"]
    assert len(server.requests) == 1
    printed(run("run", posting, "--repeat", "1"))
    printed(run("run", posting, "--no-cache"))
    assert len(server.requests) == 3


def test_options_win_over_the_environment(posting: Path, server: FaultServer) -> None:
    """Model, prompt and what is asked, for one command."""
    printed(run("run", posting, "--model", "gpt-4o", "--prompt", "v1", "--ask", "all"))
    (received,) = server.requests
    assert received.json["model"] == "gpt-4o"
    assert len(received.json["messages"]) == 4  # v1 has an example
    assert "language" in received.json["response_format"]["json_schema"]["schema"]["properties"]


@pytest.mark.parametrize(
    ("step", "code", "told"),
    [
        (Step(status=401, body={"error": {"message": f"wrong key {KEY}"}}), 1, "OPENAI_API_KEY"),
        (Step(status=500), 1, "2 attempts"),
        (Step(body="<html>"), 1, "2 attempts"),
    ],
)
def test_a_fault_is_one_line(posting: Path, monkeypatch: pytest.MonkeyPatch, step: Step, code: int, told: str) -> None:
    """It names the document and what to do, and never the key."""
    monkeypatch.setenv("EXTRACT_DEADLINE", "5")
    with serving([step, step], answer=ANSWER) as server:
        configure(server, monkeypatch)
        result = run("run", posting)
    lines = result.stderr.strip().splitlines()
    assert result.exit_code == code
    assert told in lines[-1]
    assert "posting.txt" in lines[-1]
    assert KEY not in result.output


def test_a_budget_stops_before_the_call(posting: Path, server: FaultServer) -> None:
    """Neither money nor tokens are spent beyond what was allowed."""
    assert "--max-cost" in run("run", posting, "--max-cost", "0.000001").stderr
    assert "--max-tokens" in run("run", posting, "--max-tokens", "10").stderr
    assert server.requests == []


def test_a_warning_is_a_line_on_standard_error(posting: Path, server: FaultServer) -> None:
    """What the user should know and is no error: here, that nobody knows the price. The result stays apart."""
    command = "from extract.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", command, "run", str(posting), "--model", "mine"], capture_output=True, text=True, check=False
    )
    assert json.loads(done.stdout)["provenance"]["model"] == "mine"
    assert done.stderr.startswith("extract: the price of the model 'mine' is not known")
    assert len(done.stderr.splitlines()) == 1


def test_a_price_that_is_not_known_cannot_be_limited(posting: Path, server: FaultServer) -> None:
    """A limit that could not be kept is an error, not a hope; a price table of the user's mends it."""
    result = run("run", posting, "--model", "mine", "--max-cost", "1")
    assert (result.exit_code, "--prices" in result.stderr) == (2, True)
    table = posting.with_name("prices.toml")
    table.write_text("[models]\nmine = {input = 1, output = 4}\n", encoding="utf-8")
    assert printed(run("run", posting, "--model", "mine", "--max-cost", "1", "--prices", table))["usage"]["cost"] > 0


def test_a_quote_asks_nothing(posting: Path, server: FaultServer) -> None:
    """--dry-run says what the call would take, and that a call that was made before is free."""
    quoted = printed(run("run", posting, "--dry-run"))
    assert server.requests == []
    assert (quoted["calls"], quoted["model"], quoted["tokens_by"]) == (1, "gpt-4.1-mini", "o200k_base")
    assert 0 < quoted["cost"]["from"] < quoted["cost"]["to"]
    printed(run("run", posting))
    again = printed(run("run", posting, "--dry-run"))
    assert (again["calls"], again["cost"]) == (0, 0.0)


def test_a_quote_of_the_rules_is_nothing(posting: Path) -> None:
    """Without a model nothing is asked and nothing costs."""
    assert printed(run("run", posting, "--dry-run")) == {"engine": "rules", "calls": 0, "cost": 0.0}


def test_a_prompt_is_shown_as_it_is_sent(posting: Path, server: FaultServer) -> None:
    """What `extract prompt` prints is what leaves, to the last field; nothing leaves for it."""
    for api in ("chat", "responses"):
        shown = CliRunner().invoke(app, ["prompt", str(posting)], env={"EXTRACT_API": api})
        body = printed(shown)["body"]
        assert len(server.requests) == (api == "responses")
        sent = CliRunner().invoke(app, ["run", str(posting), "--no-cache"], env={"EXTRACT_API": api})
        assert sent.exit_code in {0, 1}
        assert server.requests[-1].json == body
        assert printed(shown)["url"] == server.base_url + server.requests[-1].path.removeprefix("/v1")


def test_a_prompt_is_shown_without_a_model(posting: Path) -> None:
    """No key and no name of a model are needed to look; the table has the messages line by line."""
    result = run("prompt", posting, "--format", "table")
    assert result.exit_code == 0
    assert "<document>\n0 Acme Bakery\n1 We are looking for someone who bakes.\n2 - Bake croissants\n" in result.stdout
    assert "tokens (o200k_base), at most 4,096 in answer, price unknown" in result.stdout
    assert run("prompt", posting, "--prompt", "v99").exit_code == 2


def test_a_schema_in_a_file(posting: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """FILE.py:Class is loaded and filled; what is no such thing says so."""
    posting.with_name("order.py").write_text(ORDER, encoding="utf-8")
    with serving(answer=json.dumps({"baker": {"value": "someone", "at": 1}})) as server:
        configure(server, monkeypatch)
        assert printed(run("run", posting, "--schema", "order.py:Order"))["record"] == {"baker": "someone"}
    for wrong, told in (("order.py:Nothing", "It has: Order."), ("none.py:Order", "no Python file"), ("order", "Shipped tasks")):
        result = run("run", posting, "--schema", wrong)
        assert (result.exit_code, told in result.stderr) == (2, True), result.stderr


def test_another_schema_needs_a_model(posting: Path) -> None:
    """The rules read job postings alone; the message says what to set."""
    result = run("run", posting, "--schema", "invoice")
    assert (result.exit_code, "EXTRACT_MODEL" in result.stderr) == (2, True)
    assert run("run", posting, "--schema", "invoice", "--engine", "rules").exit_code == 2
    quoted = run("run", posting, "--schema", "invoice", "--dry-run")
    assert (quoted.exit_code, "EXTRACT_MODEL" in quoted.stderr) == (2, True)


def test_the_cache_is_looked_at_carried_and_cleared(posting: Path, server: FaultServer) -> None:
    """Info, export, clear and import: afterwards nothing has to be asked again."""
    printed(run("run", posting))
    assert printed(run("cache", "info"))["entries"] == 1
    kept = posting.with_name("answers.jsonl")
    assert run("cache", "export", "--output", kept).exit_code == 0
    assert run("cache", "export").stdout == kept.read_text("utf-8")
    assert KEY not in kept.read_text("utf-8")
    assert "1 answers removed" in run("cache", "clear", "--yes").stdout
    assert printed(run("cache", "info"))["entries"] == 0
    assert "1 answers added, 0 known already, 0 refused" in run("cache", "import", kept).stdout
    printed(run("run", posting))
    assert len(server.requests) == 1


def test_names_in_the_cache_are_shown_as_they_are(posting: Path, server: FaultServer) -> None:
    """An import may have brought any: neither markup nor a control character of theirs does anything."""
    printed(run("run", posting))
    (kept,) = (json.loads(line) for line in run("cache", "export").stdout.splitlines())
    stdin = json.dumps({**kept, "key": "a" * 64, "requested_model": "odd[/x]\x1b[31m"})
    assert run("cache", "import", "-", stdin=stdin).exit_code == 0
    shown = run("cache", "info", "--format", "table")
    assert (shown.exit_code, "odd[/x]" in shown.stdout, "\x1b" in shown.stdout) == (0, True, False)


def test_without_the_extra_it_is_said_how_to_install_it(posting: Path) -> None:
    """One line and the code of wrong use, and no traceback; in a process of its own, where nothing of it is loaded."""
    script = (
        "import sys\n"
        "sys.modules['diskcache'] = None\n"
        "from typer.testing import CliRunner\n"
        "from extract.cli import app\n"
        f"for command in (['cache', 'info'], ['cache', 'clear', '--yes'], ['prompt', {str(posting)!r}]):\n"
        "    result = CliRunner().invoke(app, command)\n"
        "    print(result.exit_code, 'diskcache is not installed: pip install' in result.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "2 True\n" * 3


def test_clearing_the_cache_asks_first(posting: Path, server: FaultServer) -> None:
    """What costs money to make again is not thrown away by a slip; where nobody can be asked, --yes is named."""
    printed(run("run", posting))
    result = run("cache", "clear", stdin="n\n")
    assert (result.exit_code, "--yes" in result.stderr) == (2, True)
    assert printed(run("cache", "info"))["entries"] == 1


def test_a_bad_line_does_not_stop_an_import(posting: Path) -> None:
    """It is named, the others are taken, and the exit code says that something was refused."""
    result = run("cache", "import", "-", stdin="nonsense\n")
    assert (result.exit_code, "line 1" in result.stderr) == (1, True)
    assert run("cache", "import", posting.with_name("none")).exit_code == 2


def test_doctor_shows_what_is_set_and_no_secret(posting: Path, server: FaultServer) -> None:
    """Each setting with its origin, the packages, the cache, and what the endpoint can do."""
    result = run("doctor")
    found = json.loads(result.stdout)
    settings = {row["setting"]: row for row in found["settings"]}
    assert (settings["api_key"]["value"], settings["api_key"]["from"]) == ("set", "environment")
    assert settings["model"]["value"] == "gpt-4.1-mini"
    assert {row["package"] for row in found["packages"]} >= {"openai", "instructor", "diskcache"}
    assert [row["kept"] for row in found["kept"]] == ["cache", "prices"]
    assert len(found["endpoint"]) == 6
    assert KEY not in result.output


def test_doctor_without_a_model_says_what_is_missing(posting: Path) -> None:
    """Nothing is sent, and that is no failure: the rules work."""
    result = run("doctor", "--format", "table")
    assert result.exit_code == 0
    assert "No model is configured: set EXTRACT_MODEL" in result.stdout


def test_doctor_names_variables_that_nothing_reads(posting: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the one that was probably meant."""
    monkeypatch.setenv("EXTRACT_MODLE", "x")
    assert printed(run("doctor"))["unknown"] == [{"unknown": "EXTRACT_MODLE", "closest": "EXTRACT_MODEL"}]
    shown = run("doctor", "--format", "table").stdout
    assert "EXTRACT_MODLE" in shown


def test_a_line_of_the_file_that_cannot_be_read_is_one_line(posting: Path) -> None:
    """On standard error, with the file, however often the settings are looked at."""
    posting.with_name(".env").write_text("EXTRACT_SEED=1\nwhat is this\n", encoding="utf-8")
    command = "from extract.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", command, "doctor"], capture_output=True, text=True, check=True)
    assert done.stderr == "extract: .env: line 2 is not of the form NAME=value, and is left out\n"


@pytest.mark.parametrize("options", [[], ["--no-probe"]])
def test_doctor_without_the_extra_says_what_is_missing(
    posting: Path, server: FaultServer, monkeypatch: pytest.MonkeyPatch, options: list[str]
) -> None:
    """It shows what there is, says in sentences what is not known, and how to install what is missing."""
    monkeypatch.setitem(sys.modules, "extract.engines.llm.stack", None)
    monkeypatch.delattr("extract.engines.llm.stack", raising=False)
    result = run("doctor", *options)
    found = json.loads(result.stdout)
    assert result.exit_code == 1
    assert len(found["settings"]) > 10
    assert {row["what"] for row in found["kept"]} == {"not known without the extra llm"}
    assert [(row["tried"], row["answers"]) for row in found["endpoint"]] == [("extra llm", "no")]
    assert "pip install 'extract-service[llm]'" in found["endpoint"][0]["detail"]
    assert server.requests == []
    monkeypatch.delenv("EXTRACT_MODEL")
    assert printed(run("doctor", *options))["endpoint"] == []


def test_doctor_needs_no_list_of_models(posting: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An endpoint that answers is one, also where it has no such list."""
    with serving([Step(status=404)], answer='{"blue": true}') as server:
        configure(server, monkeypatch)
        assert [row["answers"] for row in printed(run("doctor"))["endpoint"]][:2] == ["no", "yes"]


def test_doctor_fails_where_the_endpoint_does(posting: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a refused key nothing more is tried; --no-probe sends nothing."""
    with serving([Step(status=401)] * 9) as server:
        configure(server, monkeypatch)
        assert run("doctor", "--no-probe").exit_code == 0
        assert server.requests == []
        result = run("doctor")
    assert result.exit_code == 1
    assert len(json.loads(result.stdout)["endpoint"]) == len(server.requests) == 1


def test_doctor_fails_where_the_model_cannot_be_asked(posting: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list of models is no answer."""
    listed = Step(body={"object": "list", "data": [{"id": "gpt-4.1-mini"}]})
    with serving([listed, *[Step(status=400)] * 5]) as server:
        configure(server, monkeypatch)
        assert run("doctor").exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--output", "none/such.json"], "no such folder"),
        (["--output", "."], "it is a folder"),
        (["--schema", "invoice", "--format", "jsonld"], "Invoice has no JSON-LD form"),
    ],
)
def test_what_cannot_be_written_is_said_before_a_call_is_paid_for(
    posting: Path, server: FaultServer, arguments: list[str], told: str
) -> None:
    """A wrong option costs nothing."""
    result = run("run", posting, *arguments)
    assert (result.exit_code, told in result.stderr) == (2, True), result.stderr
    assert server.requests == []


@pytest.mark.parametrize("option", [["--model", "mine"], ["--base-url", "http://127.0.0.1:9/v1"]])
def test_whoever_names_a_model_does_not_get_the_rules_instead(posting: Path, option: list[str]) -> None:
    """What is missing for it is said."""
    result = run("run", posting, *option)
    assert (result.exit_code, "set " in result.stderr) == (2, True), result.stderr


def test_a_schema_file_finds_the_modules_beside_it(posting: Path, server: FaultServer) -> None:
    """As if Python were started with it; one that leaves the process does not take ours along."""
    posting.with_name("words.py").write_text("NAME = str | None\n", encoding="utf-8")
    text = "import words\nfrom pydantic import BaseModel\n\n\nclass Bakery(BaseModel):\n    name: words.NAME = None\n"
    posting.with_name("bakery.py").write_text(text, encoding="utf-8")
    assert printed(run("prompt", posting, "--schema", "bakery.py:Bakery"))["body"]
    posting.with_name("leaving.py").write_text("raise SystemExit(3)\n", encoding="utf-8")
    assert run("prompt", posting, "--schema", "leaving.py:Bakery").exit_code == 2


def test_the_same_name_from_another_folder_is_another_schema(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that changes its working directory does not go on with the file of the one before."""
    found = []
    for field in ("first", "second"):
        (tmp_path / field).mkdir()
        (tmp_path / field / "kept.py").write_text(
            f"from pydantic import BaseModel\n\n\nclass Kept(BaseModel):\n    {field}: str\n"
        )
        monkeypatch.chdir(tmp_path / field)
        found += list(task_named("kept.py:Kept").schema.model_fields)
    assert found == ["first", "second"]

"""``extract batch`` as a person at a terminal uses it: right, wrong and no input, and what is written and told."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path

import batch_commands
import pytest
from batch_commands import RULES, batch, events
from batches import paths, posting, rows
from fault_server import FaultServer
from typer.testing import CliRunner

from extract.cli import app

folder = batch_commands.folder
server = batch_commands.server

pytestmark = pytest.mark.block_network(allowed_hosts=["127.0.0.1"])


def test_a_folder_becomes_rows(folder: Path) -> None:
    """Files at every depth; a summary on standard error, and nothing on standard output."""
    result = batch("jobs", "-o", "out.jsonl", *RULES)
    assert (result.exit_code, result.stdout) == (0, ""), result.stderr
    assert paths(rows(folder / "out.jsonl")) == ["jobs/a.txt", "jobs/b.txt", "jobs/old/c.txt"]
    assert "3 ok, 0 partial, 0 failed" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["jobs", "--include", "*.txt", "--exclude", "old"], ["jobs/a.txt", "jobs/b.txt"]),
        (["jobs/**/c.txt"], ["jobs/old/c.txt"]),
        (["jobs/a.txt", "jobs/old"], ["jobs/a.txt", "jobs/old/c.txt"]),
        (["jobs.zip"], ["jobs.zip!x.txt"]),
        (["table.csv", "--text-column", "body"], ["table.csv:2", "table.csv:9"]),
    ],
)
def test_inputs(folder: Path, arguments: list[str], expected: list[str]) -> None:
    """Folders with patterns, globs, files, members of archives, and columns of tables."""
    with zipfile.ZipFile("jobs.zip", "w") as archive:
        archive.writestr("x.txt", posting(7))
    with (folder / "table.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["id", "body"], ["1", posting(8)], ["2", posting(9)]])
    result = batch(*arguments, "-o", "out.jsonl", *RULES)
    assert result.exit_code == 0, result.stderr
    assert paths(rows(folder / "out.jsonl")) == expected


def test_a_wrong_column_of_ids_is_told_and_mended(folder: Path) -> None:
    """A row says so; with the right one, rows get their ids, and nothing is read again."""
    lines = "".join(json.dumps({"nr": f"A{number}", "text": posting(number)}) + "\n" for number in range(3))
    (folder / "crawl.jsonl").write_text(lines, "utf-8")
    wrong = batch("crawl.jsonl", "--id-column", "number", "-o", "out.jsonl", *RULES)
    assert wrong.exit_code == 3
    assert "has no column 'number'; it has nr, text: choose with --id-column" in wrong.stderr
    assert batch("crawl.jsonl", "-o", "out.jsonl", *RULES).exit_code == 0
    right = batch("crawl.jsonl", "--id-column", "nr", "-o", "out.jsonl", *RULES)
    assert "of these copied" in right.stderr
    assert sorted(row["id"] for row in rows(folder / "out.jsonl")) == ["A0", "A1", "A2"]


def test_no_documents_are_wrong_use(folder: Path) -> None:
    """A folder in which nothing is wanted; an empty list is none, since nobody may have found anything."""
    result = batch("jobs", "--include", "*.pdf", "-o", "out.jsonl", *RULES)
    assert result.exit_code == 2
    assert "no documents: check INPUT, --include" in result.stderr
    assert batch("-", "-o", "out.jsonl", *RULES, given=b"").exit_code == 0


def test_a_list_on_standard_input(folder: Path) -> None:
    """A file of it that is not there is a row that says so, and exit code 3."""
    result = batch("-", "-o", "out.jsonl", *RULES, given=b"jobs/a.txt\njobs/gone.txt\n")
    assert result.exit_code == 3
    assert {row["path"]: row["error"] and row["error"]["code"] for row in rows(folder / "out.jsonl")} == {
        "jobs/a.txt": None,
        "jobs/gone.txt": "unreadable",
    }
    assert "failed: unreadable" in result.stderr


def test_rows_as_a_stream(folder: Path) -> None:
    """For a pipe; nothing else is on standard output."""
    result = batch("jobs", "-o", "-", *RULES)
    assert result.exit_code == 0
    assert sorted(json.loads(line)["path"] for line in result.stdout.splitlines()) == [
        "jobs/a.txt",
        "jobs/b.txt",
        "jobs/old/c.txt",
    ]


def test_rows_as_csv(folder: Path) -> None:
    """A column for each leaf that is in no list; the journal stands beside it, and a second run goes on with that."""
    batch("jobs", "-o", "out.csv", *RULES)
    (folder / "jobs" / "d.txt").write_text(posting(3), "utf-8")
    result = batch("jobs", "-o", "out.csv", *RULES)
    assert "which has 3 rows" in result.stderr
    found = list(csv.DictReader(io.StringIO((folder / "out.csv").read_text("utf-8"))))
    assert sorted(row["record.title"] for row in found) == ["Nurse 0", "Nurse 1", "Nurse 2", "Nurse 3"]
    assert {row["error_code"] for row in found} == {""}
    assert len(rows(folder / "out.csv.jsonl")) == 4


def test_rows_as_parquet(folder: Path) -> None:
    """With nested types."""
    from pyarrow.parquet import read_table

    assert batch("jobs", "-o", "out.parquet", *RULES).exit_code == 0
    found = read_table(folder / "out.parquet").to_pylist()
    assert sorted(row["record"]["title"] for row in found) == ["Nurse 0", "Nurse 1", "Nurse 2"]
    assert {row["record"]["locations"][0]["city"] for row in found} == {"Basel"}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "no INPUT"),
        (["jobs"], "no output: name a file with -o"),
        (["nowhere", "-o", "out.jsonl"], "nowhere does not exist"),
        (["jobs/*.pdf", "-o", "out.jsonl"], "nothing matches"),
        (["jobs", "-o", "out.xlsx"], "outputs end in .jsonl, .csv or .parquet"),
        (["jobs", "-o", "jobs"], "jobs is an input"),
        (["jobs", "-o", "jobs/a.txt/out.jsonl"], "cannot be made"),
        (["jobs", "-o", "out.jsonl", "--schema", "nothing"], "There is no task 'nothing'"),
        (["jobs", "-o", "out.jsonl", "--max-failures", "many"], "--max-failures is 'many'"),
        (["jobs", "-o", "out.jsonl", "--engine", "llm"], "set EXTRACT_MODEL"),
        (["jobs", "-o", "out.jsonl", "--force", "--only", "changed"], "choose one"),
        (["jobs", "-o", "table.csv"], "was not written by a batch"),
        (["table.csv", "--text-column", "body", "-o", "table.csv"], "is an input"),
        (["table.csv", "-o", "out.jsonl"], "no column 'text'"),
    ],
)
def test_wrong_use_is_told_before_anything_is_read(folder: Path, arguments: list[str], told: str) -> None:
    """In one line with the way out, and exit code 2; no output is made."""
    (folder / "table.csv").write_text("id,body\n1,x\n", "utf-8")
    before = sorted(folder.rglob("*"))
    result = batch(*arguments)
    assert result.exit_code == 2
    assert told in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert sorted(folder.rglob("*")) == before
    assert (folder / "table.csv").read_text("utf-8") == "id,body\n1,x\n"


@pytest.mark.parametrize("inputs", [["."], ["./**/*"], ["jobs", "*.jsonl", "*.csv"], ["-"]])
@pytest.mark.parametrize(
    ("output", "earlier"), [("out.csv", "out.csv.1.jsonl"), ("out.jsonl", "out.1.jsonl"), ("./jobs/../out", "out.1")]
)
def test_a_batch_does_not_read_what_it_writes(folder: Path, inputs: list[str], output: str, earlier: str) -> None:
    """Output, journal, earlier outputs and report, in a folder, by a pattern, and in a list: there would be no end of it."""
    (folder / "a.jsonl").write_text(json.dumps({"text": posting(50)}) + "\n", "utf-8")
    (folder / "a.csv").write_text("text\nNurse\n", "utf-8")
    (folder / earlier).write_text('{"text": "Nurse"}\n', "utf-8")
    names = set()
    for _ in range(3):
        given = "".join(f"{path}\n" for path in sorted(folder.rglob("*")) if path.is_file()).encode()
        options = ("-o", output, *RULES, "--report", "report", "--exclude", "answers", "--log-json")
        names |= {Path(event["path"]).name for event in events(batch(*inputs, *options, given=given)) if "path" in event}
    assert names - {"a.jsonl:1", "a.csv:2", "a.jsonl", "a.csv"} == {"a.txt", "b.txt", "c.txt"}


def test_what_cannot_be_written_in_the_end_is_told_first(folder: Path) -> None:
    """A folder in the place of the table, and a page of somebody else in that of the report."""
    batch("jobs", "-o", "out.csv", *RULES)
    (folder / "out.csv").unlink()
    (folder / "out.csv").mkdir()
    first = batch("jobs", "-o", "out.csv", *RULES)
    assert (first.exit_code, "is a folder" in first.stderr) == (2, True)
    (folder / "report").mkdir()
    (folder / "report" / "index.html").write_text("mine", "utf-8")
    assert batch("jobs", "-o", "out.jsonl", *RULES, "--report", "report").exit_code == 2


def test_documents_that_fail_are_rows(folder: Path) -> None:
    """Exit code 3; the summary groups them with a cause; a later run says how many there are, and tries them when asked."""
    (folder / "jobs" / "bad.txt").write_bytes(b"\x89PNG\r\n\x1a\n")
    (folder / "jobs" / "empty.txt").write_bytes(b"")
    first = batch("jobs", "-o", "out.jsonl", *RULES)
    assert first.exit_code == 3
    assert "failed: binary" in first.stderr
    assert "jobs/empty.txt holds no visible character" in first.stderr
    again = batch("jobs", "-o", "out.jsonl", *RULES)
    assert again.exit_code == 3
    assert "2 of them failed: --retry-failed" in again.stderr
    (folder / "jobs" / "empty.txt").write_text(posting(5), "utf-8")
    retried = batch("jobs", "-o", "out.jsonl", *RULES, "--retry-failed")
    assert "1 ok, 0 partial, 1 failed" in retried.stderr
    assert len(rows(folder / "out.jsonl")) == 5


def test_bad_encodings_are_rows(folder: Path) -> None:
    """What is no text in any encoding fails; what is one in another than UTF-8 is read."""
    (folder / "jobs" / "latin.txt").write_bytes("Développeur à Genève, salaire élevé\n\nGenève".encode("latin-1"))
    (folder / "half.jsonl").write_bytes(b'{"text": "Nurse \\ud83d"}\n{"text": "Nurse"}\n')
    (folder / "wrong.csv").write_bytes(b"text\nNurse in Z\xfcrich\nNurse\n")
    result = batch("jobs/latin.txt", "half.jsonl", "wrong.csv", "-o", "out.jsonl", *RULES)
    found = {row["path"]: row["error"] and row["error"]["code"] for row in rows(folder / "out.jsonl")}
    bad = {"half.jsonl:1": "undecodable", "wrong.csv:2": "undecodable"}
    assert found == {"jobs/latin.txt": None, "half.jsonl:2": None, "wrong.csv:3": None} | bad
    assert result.exit_code == 3


def test_a_run_that_goes_wrong_is_stopped(folder: Path) -> None:
    """Exit code 1; what is done is kept."""
    for number in range(5):
        (folder / "jobs" / f"0{number}.txt").write_bytes(b" " * (number + 1))
    result = batch("jobs", "-o", "out.jsonl", *RULES, "--max-failures", "3")
    assert result.exit_code == 1
    assert "stopped: 4 of 4 documents failed" in result.stderr
    assert len(rows(folder / "out.jsonl")) >= 4


def test_a_table_that_cannot_hold_a_value_is_no_wrong_use(folder: Path, server: FaultServer) -> None:
    """Exit code 1: the rows are there, the summary is shown, and the message says what to do."""
    (folder / "sums.py").write_text(
        "from pydantic import BaseModel, model_serializer\n\n\nclass Sum(BaseModel):\n    total: int | None = None\n\n"
        "    @model_serializer\n    def text(self) -> str:\n        return f'{self.total} francs'\n",
        "utf-8",
    )
    (folder / "sum.txt").write_text(f"Bill\n\nTotal: {10**20}", "utf-8")
    server.answer = lambda _: json.dumps({"total": {"value": 10**20, "at": 1}})
    result = batch("sum.txt", "-o", "out.parquet", "--schema", "sums.py:Sum", "--lenient")
    assert result.exit_code == 1
    assert "1 partial" in result.stderr
    assert "choose an output that ends in .jsonl" in result.stderr
    assert rows(folder / "out.parquet.jsonl")[0]["record"] == f"{10**20} francs"


def test_quiet_runs_say_nothing(folder: Path) -> None:
    """But what goes wrong with the run."""
    assert batch("jobs", "-o", "out.jsonl", *RULES, "-q").stderr == ""


def test_a_log_for_programs(folder: Path) -> None:
    """A line of JSON for each document, and the figures at the end."""
    (folder / "jobs" / "empty.txt").write_bytes(b"")
    found = events(batch("jobs", "-o", "out.jsonl", *RULES, "--log-json"))
    assert [event["event"] for event in found] == ["message", *["document"] * 4, "end", "message"]
    assert found[0]["message"] == "the rules read, in 1 process"
    assert (found[5]["documents"], found[5]["failed"]) == (4, {"empty": 1})


@pytest.mark.parametrize("inputs", [["jobs"], ["-"]])
def test_a_report_with_pages_to_check(folder: Path, inputs: list[str]) -> None:
    """Also of documents that a list names, which is gone by then; a second run makes it again."""
    given = b"jobs/a.txt\njobs/old\n"
    for _ in range(2):
        result = batch(*inputs, "-o", "out.jsonl", *RULES, "--report", "report", given=given)
        assert result.exit_code == 0, result.stderr
        assert "see report/index.html" in result.stderr
    index = (folder / "report" / "index.html").read_text("utf-8")
    pages = [path.name for path in (folder / "report").iterdir() if path.name != "index.html"]
    assert len(pages) == len(rows(folder / "out.jsonl"))
    assert all(f'href="{page}"' in index for page in pages)


def test_a_report_that_cannot_be_written_is_told_first(folder: Path) -> None:
    """Before anything is read."""
    (folder / "file").write_bytes(b"")
    result = batch("jobs", "-o", "out.jsonl", *RULES, "--report", "file")
    assert (result.exit_code, (folder / "out.jsonl").exists()) == (2, False)
    assert "--report" in result.stderr


def test_help_shows_all_that_a_first_run_needs() -> None:
    """Examples, exit codes, and that the same command goes on."""
    shown = CliRunner().invoke(app, ["batch", "--help"], env={"COLUMNS": "150"}).stdout
    for part in (
        "extract batch jobs -o jobs.jsonl",
        "The same command goes on",
        "3 some failed",
        "--text-column",
        "--max-failures",
    ):
        assert part in shown

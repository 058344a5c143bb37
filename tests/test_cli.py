"""The command line, as a person and as a shell script meet it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from extract import Extraction
from extract.cli import app
from extract.pipeline import package_version
from extract.schemas.job_posting import JobPosting

ROOT = Path(__file__).resolve().parent.parent
COMMAND = [sys.executable, "-c", "from extract.cli import main; main()"]
POSTING = """{
  "@context": "https://schema.org",
  "@type": "JobPosting",
  "title": "Pump Fitter",
  "hiringOrganization": {"@type": "Organization", "name": "Wasserwerk Zürich"},
  "description": "<p>You build and test pumps.</p>"
}
"""
posix = pytest.mark.skipif(os.name == "nt", reason="signals, pipes and terminals of POSIX")


@pytest.fixture
def posting(tmp_path: Path) -> Path:
    """A small document in a folder of its own."""
    path = tmp_path / "posting.json"
    path.write_text(POSTING, encoding="utf-8")
    return path


def run(*arguments: str | Path, stdin: str | bytes | None = None) -> Result:
    """The command in this process; standard input is no terminal."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=stdin)


def start(*arguments: str | Path, command: Sequence[str] = COMMAND, **environment: str) -> subprocess.Popen[bytes]:
    """The command in a process of its own, with pipes to all its streams."""
    return subprocess.Popen(
        [*command, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )


def errors(result: Result) -> list[str]:
    """The lines on standard error."""
    return result.stderr.splitlines()


def test_piped_result_is_the_whole_extraction_as_json(posting: Path) -> None:
    """Without a terminal the output is JSON that reads back as an Extraction, and nothing stands on stderr."""
    result = run("run", posting)
    assert (result.exit_code, result.stderr) == (0, "")
    read = Extraction[JobPosting].model_validate_json(result.stdout)
    assert read.record.title == "Pump Fitter"
    assert read.provenance.source == str(posting)
    start_, end = read.evidence["title"].spans[0]
    assert POSTING[start_:end] == "Pump Fitter"


def test_table_shows_field_value_status_source_and_place(posting: Path) -> None:
    """A row of the table says what was found, how, and at which line and column."""
    result = run("run", posting, "--format", "table")
    assert result.exit_code == 0
    title = next(line for line in result.stdout.splitlines() if line.split()[:1] == ["title"])
    assert [cell.strip() for cell in title.split("   ") if cell.strip()] == [
        "title",
        "Pump Fitter",
        "fact",
        "Pump Fitter",
        "4:13",
    ]
    assert "absent: " in result.stdout


def test_evidence_adds_offsets_to_the_table(posting: Path) -> None:
    """--evidence shows the offsets of each span beside line and column."""
    at = POSTING.index("Pump Fitter")
    assert f"[{at}, {at + 11})" not in run("run", posting, "-f", "table").stdout
    assert f"4:13-4:24 [{at}, {at + 11})" in run("run", posting, "-f", "table", "--evidence").stdout


@pytest.mark.parametrize(
    ("arguments", "keys"),
    [([], ["record", "issues"]), (["--evidence"], ["record", "evidence", "issues"])],
    ids=["plain", "evidence"],
)
def test_yaml_holds_the_record_and_what_was_asked_for(posting: Path, arguments: list[str], keys: list[str]) -> None:
    """YAML has the record and the issues; --evidence puts the evidence between them."""
    read = yaml.safe_load(run("run", posting, "-f", "yaml", *arguments).stdout)
    assert list(read) == keys
    assert read["record"]["title"] == "Pump Fitter"


def test_jsonld_is_a_job_posting_of_schema_org(posting: Path) -> None:
    """--format jsonld prints what may be published."""
    read = json.loads(run("run", posting, "-f", "jsonld").stdout)
    assert (read["@type"], read["title"]) == ("JobPosting", "Pump Fitter")


@pytest.mark.parametrize("arguments", [("run", "-"), ("run",), ("clean", "-"), ("clean",)], ids=" ".join)
def test_standard_input_is_read(arguments: Sequence[str]) -> None:
    """A document can be piped in, with or without a dash."""
    result = run(*arguments, stdin=POSTING.encode())
    assert (result.exit_code, result.stderr) == (0, "")
    assert "Pump Fitter" in result.stdout
    assert "<stdin>" in result.stdout


@pytest.mark.parametrize("command", ["run", "clean"])
def test_output_goes_to_a_file_as_json(posting: Path, tmp_path: Path, command: str) -> None:
    """--output writes UTF-8 to the file and nothing to the screen."""
    target = tmp_path / "out.json"
    result = run(command, posting, "--output", target)
    assert (result.exit_code, result.stdout) == (0, "")
    written = target.read_text("utf-8")
    assert json.loads(written)
    assert "Zürich" in written


@pytest.mark.parametrize("command", ["run", "clean"])
def test_the_document_is_not_overwritten(posting: Path, command: str) -> None:
    """A result that would go to the document's own file is wrong use, and the document stays."""
    before = posting.read_bytes()
    result = run(command, posting, "--output", posting)
    assert result.exit_code == 2
    assert "would be lost" in result.stderr
    assert posting.read_bytes() == before


@pytest.mark.parametrize(("arguments", "word"), [(["run", ""], "empty"), (["run", "-", "--max-chars", str(2**63)], "max-chars")])
def test_odd_arguments_are_wrong_use(arguments: list[str], word: str) -> None:
    """An empty name and an absurd limit are said to be wrong, without a traceback."""
    result = run(*arguments, stdin=b"x")
    assert result.exit_code == 2
    assert word in result.stderr


def test_clean_numbers_the_segments_and_lists_the_facts(posting: Path) -> None:
    """The listing shows each segment with its number and kind, and the facts of the markup."""
    shown = run("clean", posting, "-f", "table").stdout
    assert "You build and test pumps." in shown
    assert "JobPosting.title" in shown
    assert "4:13" not in shown


def test_clean_with_map_shows_where_things_stand(posting: Path) -> None:
    """--map adds line, column and offsets of each span."""
    at = POSTING.index("Pump Fitter")
    assert f"4:13-4:24 [{at}, {at + 11})" in run("clean", posting, "-f", "table", "--map").stdout


def test_clean_as_json_maps_each_segment(posting: Path) -> None:
    """The segments in JSON carry their offsets; --map adds lines and columns to them."""
    plain = json.loads(run("clean", posting).stdout)
    assert [segment["number"] for segment in plain["segments"]] == list(range(len(plain["segments"])))
    fact = next(fact for fact in json.loads(run("clean", posting, "--map").stdout)["facts"] if fact["value"] == "Pump Fitter")
    at = POSTING.index("Pump Fitter")
    assert fact["spans"] == [{"start": at, "end": at + 11, "line": 4, "column": 13, "end_line": 4, "end_column": 24}]


@pytest.mark.parametrize("command", ["run", "clean"])
@pytest.mark.parametrize(
    ("name", "content"), [("empty.txt", b""), ("image.png", b"\x89PNG\r\n\x1a\n\0\0"), ("missing.txt", None)], ids=str
)
def test_document_that_cannot_be_read_ends_with_1(tmp_path: Path, command: str, name: str, content: bytes | None) -> None:
    """What is wrong with a document is one line that names it, without a traceback."""
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    result = run(command, path)
    assert (result.exit_code, result.stdout) == (1, "")
    assert len(errors(result)) == 1
    assert result.stderr.startswith(f"extract: {path}")


def test_folder_is_refused(tmp_path: Path) -> None:
    """A folder is no document."""
    result = run("run", tmp_path)
    assert result.exit_code == 1
    assert "directory" in result.stderr


def test_document_over_the_limit_is_refused(posting: Path) -> None:
    """--max-chars bounds the document, from a file and from a pipe."""
    for result in (run("run", posting, "--max-chars", "10"), run("run", "-", "--max-chars", "10", stdin=POSTING)):
        assert result.exit_code == 1
        assert len(errors(result)) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["--format", "xml"],
        ["--input-format", "rtf"],
        ["--engine", "oracle"],
        ["--schema", "recipe"],
        ["--max-chars", "0"],
        ["--max-chars", "many"],
        ["--no-such-option"],
        ["--output", "no/such/folder/out.json"],
    ],
    ids=" ".join,
)
def test_wrong_use_ends_with_2(posting: Path, arguments: list[str]) -> None:
    """A call that would be wrong for any document ends with 2, and says so on stderr only."""
    result = run("run", posting, *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr
    assert "Traceback" not in result.stderr


def test_wrong_format_is_reported_with_the_document(posting: Path) -> None:
    """A document that is not what the caller said it is fails, and its name is in the line."""
    path = posting.with_name("broken.txt")
    path.write_text("['Pump Fitter", encoding="utf-8")
    result = run("run", path, "--input-format", "python_repr")
    assert result.exit_code == 1
    assert str(path) in result.stderr


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["clean", "--help"]], ids=" ".join)
def test_help_shows_examples_and_exit_codes(arguments: list[str]) -> None:
    """Each help page ends with commands to copy."""
    result = run(*arguments)
    assert result.exit_code == 0
    assert "extract run posting.html" in result.stdout
    assert "130 Ctrl-C" in result.stdout


def test_version_is_that_of_the_distribution() -> None:
    """--version names the distribution and its version."""
    assert run("--version").stdout == f"extract-service {package_version()}\n"


@pytest.mark.parametrize("output_format", ["table", "yaml", "json"])
def test_output_is_utf8_whatever_the_locale(posting: Path, output_format: str) -> None:
    """Under an ASCII locale names keep their letters."""
    process = start("run", posting, "-f", output_format, LC_ALL="C", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    written, complaints = process.communicate(timeout=30)
    assert (process.returncode, complaints) == (0, b"")
    assert "Wasserwerk Zürich" in written.decode("utf-8")


@posix
def test_reader_that_leaves_early_is_no_error(tmp_path: Path) -> None:
    """`extract … | head -1` prints one line and ends quietly, with 0."""
    path = tmp_path / "long.html"
    path.write_text("".join(f"<p>Line {number} of a long document.</p>\n" for number in range(10_000)), encoding="utf-8")
    process = start("clean", path, "--format", "json")
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    with process, process.stdin, process.stdout, process.stderr:
        assert process.stdout.readline() == b"{\n"
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=30) == 0


@posix
def test_ctrl_c_ends_with_130_and_without_a_traceback() -> None:
    """Who interrupts the command gets the exit code of shells for it."""
    heed = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "  # a shell's background jobs ignore it
    process = start("run", "-", command=[sys.executable, "-c", heed + COMMAND[-1]])
    assert process.stdin is not None
    assert process.stderr is not None
    with process:
        process.stdin.write(b"x" * 500_000)  # more than a pipe holds: once it is gone, the command is reading
        process.stdin.flush()
        time.sleep(0.5)  # so that it waits for more: a signal between two reads is only noticed at the end of the second
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 130
        assert b"Traceback" not in process.stderr.read()


@posix
@pytest.mark.parametrize("arguments", [["run"], ["run", "-"], ["clean"]], ids=" ".join)
def test_terminal_for_standard_input_is_wrong_use(arguments: list[str]) -> None:
    """Nobody is left waiting before a cursor: without a document the command says how to name one."""
    import pty  # not there on Windows

    controller, terminal = pty.openpty()
    try:
        process = subprocess.run(
            [*COMMAND, *arguments],
            stdin=terminal,
            capture_output=True,
            check=False,
            timeout=30,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
    finally:
        os.close(controller)
        os.close(terminal)
    assert process.returncode == 2
    assert process.stderr.startswith(b"extract: no document. ")


@posix
def test_terminal_gets_a_table_and_a_notice(posting: Path) -> None:
    """On a terminal the default is the table, and which engine worked is said on stderr."""
    import pty

    controller, terminal = pty.openpty()
    with os.fdopen(controller, "rb", buffering=0) as screen:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm", "COLUMNS": "140", "NO_COLOR": "1"}
        process = subprocess.Popen(
            [*COMMAND, "run", str(posting)], stdin=subprocess.DEVNULL, stdout=terminal, stderr=terminal, env=environment
        )
        os.close(terminal)
        shown = b""
        try:
            while block := screen.read(4096):
                shown += block
        except OSError:  # how Linux says that the other side has hung up
            process.wait(timeout=30)
    assert process.wait(timeout=30) == 0
    assert b"line:col" in shown
    assert b"engine rules" in shown


@posix
def test_named_pipe_is_read_once(tmp_path: Path) -> None:
    """`extract run <(curl …)` works: what can be read only once is read only once."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    process = start("run", path, "-f", "table")
    path.write_text(POSTING, encoding="utf-8")
    written, complaints = process.communicate(timeout=30)
    assert (process.returncode, complaints) == (0, b"")
    assert b"Pump Fitter" in written


@posix
@pytest.mark.skipif(sys.platform == "darwin", reason="file names are UTF-8 there")
def test_file_name_need_not_be_text(tmp_path: Path) -> None:
    """A file whose name is no UTF-8 is read like any other."""
    path = tmp_path / os.fsdecode(b"\xe9.json")
    path.write_text(POSTING, encoding="utf-8")
    process = subprocess.run(
        [*COMMAND, "run", path], capture_output=True, check=False, timeout=30, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert (process.returncode, process.stderr) == (0, b"")
    assert json.loads(process.stdout)["provenance"]["source"].endswith("\N{REPLACEMENT CHARACTER}.json")


def test_a_file_gets_json_also_at_a_terminal(posting: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a list goes decides on its form, not where the command runs."""
    monkeypatch.setattr("extract.cli.output.is_terminal", lambda: True)
    written = tmp_path / "segments.json"
    assert run("clean", posting, "--output", written).exit_code == 0
    assert json.loads(written.read_text(encoding="utf-8"))["facts"]
    assert "segment" in run("clean", posting).stdout.lstrip().splitlines()[0]

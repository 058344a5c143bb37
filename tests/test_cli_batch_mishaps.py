"""``extract batch`` where something is not as its user thinks: no row is lost for it, and no document without a word."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import batch_commands
import pytest
from batch_commands import RULES, batch
from batches import posting, rows
from fault_server import FaultServer

from extract.batch.choosing import Choice
from extract.batch.inputs import Inputs
from extract.batch.results import open_results
from extract.batch.running import Job
from extract.errors import RunStopped

ROOT = Path(__file__).resolve().parent.parent
folder, server = batch_commands.folder, batch_commands.server
posix = pytest.mark.skipif(sys.platform == "win32", reason="links, pipes and full devices are POSIX")
UNASKABLE = "from pydantic import BaseModel\n\n\nclass Bag(BaseModel):\n    more: dict[str, int] = {}\n"
LOST = "import tempfile; tempfile.tempdir = 'gone'; from extract import extract; extract('Nurse wanted in Basel', engine='rules')"


def test_going_on_after_force_is_without_it(folder: Path) -> None:
    """The same command would drop what was done."""
    (folder / "jobs" / "empty.txt").write_text("", "utf-8")
    stopped = batch("jobs", "-o", "out.jsonl", "--max-failures", "0", "--force", *RULES)
    assert stopped.exit_code == 1
    assert "what is done is kept in out.jsonl, and the same command without --force goes on" in stopped.stderr
    assert "and the same command goes on" in batch("jobs", "-o", "new.jsonl", "--max-failures", "0", *RULES).stderr


@pytest.mark.parametrize("arguments", [["jobs", "--include", "*.pdf"], ["jobs", "--schema", "bag.py:Bag", "--model", "m"]])
def test_rows_are_not_dropped_for_a_run_that_cannot_be(server: FaultServer, folder: Path, arguments: list[str]) -> None:
    """Nothing to read, or a schema that nobody can be asked for, is wrong use: also with ``--force``."""
    (folder / "bag.py").write_text(UNASKABLE, "utf-8")
    batch("jobs", "-o", "out.jsonl", *RULES)
    before = (folder / "out.jsonl").read_bytes()
    for more in ([], ["--force"]):
        assert batch(*arguments, "-o", "out.jsonl", *more).exit_code == 2
        assert (folder / "out.jsonl").read_bytes() == before
        assert not (folder / "out.1.jsonl").exists()
    assert server.requests == []


def test_no_room_for_temporary_files_is_the_machines_fault(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It ends a run, with what to do, and makes no document a failed one."""
    done = subprocess.run(
        [sys.executable, "-c", LOST], capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert "RunStopped: the model that tells languages cannot be unpacked" in done.stderr
    monkeypatch.setattr(tempfile, "tempdir", str(folder / "gone"))
    for arguments in (["--dry-run"], ["-o", "-"]):
        told = batch("jobs", *arguments, *RULES)
        assert told.exit_code == 2
        assert "no temporary file can be made" in told.stderr


@posix
def test_links_in_a_circle_are_a_row(folder: Path) -> None:
    """Below an input, and in the place of the output."""
    (folder / "jobs" / "one.txt").symlink_to("two.txt")
    (folder / "jobs" / "two.txt").symlink_to("one.txt")
    assert batch("jobs", "-o", "out.jsonl", *RULES).exit_code == 3
    codes = {row["path"]: row["error"] and row["error"]["code"] for row in rows(folder / "out.jsonl")}
    assert {path for path, code in codes.items() if code} == {"jobs/one.txt", "jobs/two.txt"}
    assert batch("jobs", "-o", "jobs/one.txt", *RULES).exit_code == 2


@pytest.mark.parametrize("names", [["jobs"], ["jobs/old"], ["jobs/old/*.txt"], ["jobs/old/c.txt", "jobs/a.txt"]])
def test_a_report_is_not_written_over_documents(folder: Path, names: list[str]) -> None:
    """What is in its folder is none, so that they would be left out without a word; below an input it may be."""
    report = "jobs" if names == ["jobs"] else "jobs/old"
    told = batch(*names, "-o", "out.jsonl", "--report", report, *RULES)
    assert told.exit_code == 2
    assert "is an input: choose another folder" in told.stderr
    assert batch("jobs", "-o", "out.jsonl", "--report", "jobs/report", *RULES).exit_code == 0


def test_documents_that_are_gone_before_they_come_up_are_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table that has become shorter since it was counted, with exit code 3."""
    monkeypatch.setattr(Choice, "count", lambda _: 5)
    told = batch("jobs", "-o", "out.jsonl", *RULES)
    assert told.exit_code == 3
    assert "2 of 5 documents that were counted at the start did not come up" in told.stderr


@posix
@pytest.mark.parametrize("other", [None, "mine"])
def test_an_output_that_is_taken_away_is_told(tmp_path: Path, other: str | None) -> None:
    """Removed, or another file in its place, which stays as it is."""
    out = tmp_path / "out.jsonl"

    def take_away() -> None:
        out.unlink()
        if other is not None:
            out.write_text(other, "utf-8")

    with pytest.raises(RunStopped, match="was removed or replaced"), open_results(out, "c"):
        take_away()
    assert (out.read_text("utf-8") if out.exists() else None) == other


@pytest.mark.parametrize("arguments", [["head.csv"], ["head.jsonl"], ["old.tar.gz", "--include", "*.htlm"]])
def test_inputs_without_a_document_are_wrong_use(folder: Path, arguments: list[str]) -> None:
    """Whatever holds none: a table of a head alone, an archive of which nothing is wanted."""
    (folder / "head.csv").write_text("id,text\n", "utf-8")
    (folder / "head.jsonl").write_text("", "utf-8")
    subprocess.run([sys.executable, "-m", "tarfile", "-c", "old.tar.gz", "jobs/a.txt"], check=True, cwd=folder)
    told = batch(*arguments, "-o", "out.jsonl", *RULES)
    assert told.exit_code == 2
    assert "no documents: check INPUT" in told.stderr


def test_a_record_made_another_way_stays_when_its_file_is_gone(folder: Path) -> None:
    """With ``--only changed`` after a change of the settings: nothing better can be had."""
    batch("-", "-o", "out.jsonl", *RULES, given=b"jobs/a.txt\njobs/b.txt\n")
    (folder / "jobs" / "a.txt").unlink()
    batch("-", "-o", "out.jsonl", "--only", "changed", "--max-chars", "4000", *RULES, given=b"jobs/a.txt\njobs/b.txt\n")
    records = {row["path"]: row["record"] for row in rows(folder / "out.jsonl")}
    assert records["jobs/a.txt"] is not None
    assert len({row["configuration"] for row in rows(folder / "out.jsonl")}) == 2


@posix
def test_a_pipe_is_not_counted(tmp_path: Path) -> None:
    """What is read to count it is gone; nobody writes into this one, so that opening it would wait for ever."""
    os.mkfifo(tmp_path / "pipe.jsonl")
    assert Inputs().count([str(tmp_path / "pipe.jsonl")]) is None


@posix
def test_a_plan_that_cannot_be_written_is_told(folder: Path) -> None:
    """As any output: the disk may be full."""
    command = [sys.executable, "-c", "from extract.cli import main; main()", "batch", "jobs", "--dry-run", *RULES]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)}
        )
    assert done.returncode == 2
    assert b"standard output cannot be written: No space left" in done.stderr


def test_a_plan_refuses_what_the_run_would(folder: Path) -> None:
    """A file of somebody else as the output, and a folder."""
    (folder / "mine.jsonl").write_text("mine\n", "utf-8")
    for output, told in (("mine.jsonl", "is no output of extract batch"), ("results/", "is a folder: name a file")):
        for more in (["--dry-run"], []):
            result = batch("jobs", "-o", output, *more, *RULES)
            assert result.exit_code == 2
            assert told in result.stderr


@posix
def test_an_output_may_be_a_link(folder: Path) -> None:
    """A new run is written where it leads, beside what was there."""
    (folder / "disk").mkdir()
    (folder / "out.jsonl").symlink_to("disk/rows.jsonl")
    batch("jobs", "-o", "out.jsonl", *RULES)
    batch("jobs", "-o", "out.jsonl", "--max-chars", "4000", *RULES)
    assert (folder / "out.jsonl").is_symlink()
    assert len(rows(folder / "disk" / "rows.jsonl")) == len(rows(folder / "disk" / "rows.1.jsonl")) == 3
    batch("jobs", "-o", "out.jsonl", "--force", *RULES)
    assert (folder / "out.jsonl").is_symlink()


def test_what_is_under_way_is_weighed_in_bytes() -> None:
    """A letter of Chinese takes two, and an emoji four."""
    assert Job("1", "1", "日" * 1000, "").size >= 2000
    assert Job("1", "1", b"a" * 1000, "").size < 1100


def test_the_same_text_as_a_name_is_another_file(folder: Path) -> None:
    """A byte that is no text is shown as an escape, and a name that reads like one is shown otherwise."""
    (folder / "odd").mkdir()
    for name in (b"caf\xe9.txt", b"caf\\xe9.txt"):
        Path(os.fsdecode(b"odd/" + name)).write_text(posting(len(name)), "utf-8")
    batch("odd", "-o", "out.jsonl", *RULES)
    assert sorted(row["path"] for row in rows(folder / "out.jsonl")) == ["odd/caf\\x5cxe9.txt", "odd/caf\\xe9.txt"]

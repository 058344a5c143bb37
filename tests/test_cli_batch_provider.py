"""``extract batch submit``, ``status`` and ``collect``: from documents to rows at half the price."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from batch_server import BatchServer, Trip, failed, serving_batches
from batches import rows
from provider_memos import memos, numbered, reads
from typer.testing import CliRunner, Result

from extract.cli import app

pytestmark = pytest.mark.block_network(allowed_hosts=["127.0.0.1"])
MEMO = (
    "from pydantic import BaseModel\n\n\nclass Memo(BaseModel):\n"
    '    """A note."""\n\n    owner: str | None = None\n    pages: int | None = None\n'
)
MEMOS = ("memos", "-o", "out.jsonl", "--schema", "memo.py:Memo")


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[BatchServer]:
    """An endpoint with batches that misreads the second memo once; four memos in a folder, and one file that is none."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EXTRACT_CACHE_DIR", str(tmp_path / "answers"))
    monkeypatch.setenv("COLUMNS", "200")
    (tmp_path / "memo.py").write_text(MEMO, "utf-8")
    (tmp_path / "memos").mkdir()
    for name, text in memos(range(1, 5)):
        (tmp_path / "memos" / name).write_text(text, "utf-8")
    (tmp_path / "memos" / "empty.txt").write_bytes(b"")
    with serving_batches(reads(2)) as running:
        monkeypatch.setenv("OPENAI_BASE_URL", running.base_url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-never-to-be-seen")
        monkeypatch.setenv("EXTRACT_MODEL", "gpt-4.1-mini")
        yield running


def batch(*arguments: str) -> Result:
    """``extract batch`` in this process."""
    return CliRunner().invoke(app, ["batch", *arguments])


def test_from_documents_to_rows(server: BatchServer, tmp_path: Path) -> None:
    """First answers, a repair, and rows from the cache: the document that cannot be read is a row too, and no call was live."""
    submitted = batch("submit", *MEMOS)
    assert (submitted.exit_code, submitted.stdout) == (0, "")
    assert "4 requests under way, 4 of them new" in submitted.stderr
    early = batch("collect", *MEMOS)
    assert early.exit_code == 4
    assert not (tmp_path / "out.jsonl").exists()
    server.finish()
    first = batch("collect", *MEMOS)
    assert first.exit_code == 4
    assert "4 answers from 1 batches, $0." in first.stderr
    assert "1 requests under way, 1 of them new" in first.stderr
    server.finish()
    last = batch("collect", *MEMOS)
    assert last.exit_code == 3  # the empty file
    found = {row["path"]: row for row in rows(tmp_path / "out.jsonl")}
    assert {path: row["record"] and row["record"]["pages"] for path, row in found.items()} == {
        "memos/empty.txt": None,
        **{f"memos/{number}.txt": number for number in range(1, 5)},
    }
    assert {row["usage"]["calls"] for row in found.values()} == {0}
    assert "sk-never" not in submitted.stderr + first.stderr + last.stderr


def test_how_batches_stand(server: BatchServer) -> None:
    """As JSON in a pipe, as a table on demand."""
    batch("submit", *MEMOS)
    (part,) = json.loads(batch("status", "-o", "out.jsonl").stdout)
    assert (part["part"], part["requests"], part["state"]) == ("part-0001", 4, "in_progress")
    assert "in_progress" in batch("status", "-o", "out.jsonl", "--format", "table").stdout
    server.finish()
    (part,) = json.loads(batch("status", "-o", "out.jsonl").stdout)
    assert (part["state"], part["completed"]) == ("completed", 4)


def test_a_second_submit_sends_nothing_twice(server: BatchServer) -> None:
    """It says what is under way."""
    batch("submit", *MEMOS)
    again = batch("submit", *MEMOS)
    assert "4 requests under way" in again.stderr
    assert "new" not in again.stderr
    assert len(server.batches) == 1


def test_what_no_batch_can_answer_is_told(server: BatchServer, tmp_path: Path) -> None:
    """And asked directly by the run that follows."""
    batch("submit", *MEMOS)
    server.finish(reply=lambda line, _: failed(line, 400))
    result = batch("collect", *MEMOS)
    assert "4 failed (" in result.stderr
    assert "4 are left to be asked directly" in result.stderr
    found = [row for row in rows(tmp_path / "out.jsonl") if row["path"] != "memos/empty.txt"]
    assert all(row["record"] and row["usage"]["calls"] for row in found)
    assert len(found) == 4


def test_a_limit_that_holds_all_back_is_told(server: BatchServer) -> None:
    """With exit code 1, and not as something that would pass."""
    for command in (["submit"], ["collect"], ["collect", "--wait"]):
        result = batch(*command, *MEMOS, "--max-tokens", "10")
        assert result.exit_code == 1
        assert "raise --max-tokens" in result.stderr
    assert not server.batches


def test_waiting_for_all_that_is_to_come(server: BatchServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``--wait`` looks again until the rows are written."""
    waited: list[float] = []

    def wait(seconds: float) -> None:
        waited.append(seconds)
        server.finish()

    monkeypatch.setattr(sys.modules["extract.cli.batch.provider"], "sleep", wait)
    batch("submit", *MEMOS)
    result = batch("collect", *MEMOS, "--wait")
    assert (result.exit_code, waited) == (3, [60.0, 60.0])
    assert len(rows(tmp_path / "out.jsonl")) == 5


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["submit", "memos"], "no output: name a file with -o"),
        (["submit", "-", "-o", "out.jsonl"], "a list on standard input cannot be read again"),
        (["submit", "nowhere", "-o", "out.jsonl"], "nowhere does not exist"),
        (["submit", "memos", "-o", "out.jsonl", "--engine", "rules"], "asks a model"),
        (["status"], "no output"),
        (["status", "-o", "out.jsonl"], "holds no batch"),
        (["collect", *MEMOS], "holds no batch"),
    ],
)
def test_wrong_use_is_told(server: BatchServer, arguments: list[str], told: str) -> None:
    """In one line, and nothing is sent."""
    result = batch(*arguments)
    assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1)
    assert told in result.stderr
    assert not server.batches


@pytest.fixture
def recorded(server: BatchServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> BatchServer:
    """An endpoint that has declined the first memo, and answered the other three, which no cache knows any longer."""
    server.trips = [Trip("POST /chat/completions", status=400)]
    for documents in ("memos/1.txt", "memos"):
        assert batch(documents, *MEMOS[1:]).exit_code == 3
    monkeypatch.setenv("EXTRACT_CACHE_DIR", str(tmp_path / "other answers"))
    return server


def without_record(folder: Path) -> list[str]:
    """The documents whose rows have no record."""
    return sorted(row["path"] for row in rows(folder / "out.jsonl") if row["record"] is None)


def test_documents_with_a_record_are_not_sent(recorded: BatchServer, tmp_path: Path) -> None:
    """Whoever asked for it: new documents are, and those that changed or failed."""
    assert without_record(tmp_path) == ["memos/1.txt", "memos/empty.txt"]
    for name, text in memos([7, 8]):
        (tmp_path / "memos" / name.replace("8", "3")).write_text(text, "utf-8")
    assert "3 requests under way, 3 of them new" in batch("submit", *MEMOS).stderr
    (sent,) = recorded.batches.values()
    assert sorted(map(numbered, recorded.sent(sent))) == [1, 7, 8]


def test_collect_makes_rows_of_documents_that_failed(recorded: BatchServer, tmp_path: Path) -> None:
    """Their answers were paid for; no call is live."""
    calls = recorded.asked_live
    batch("submit", *MEMOS)
    recorded.finish()
    assert batch("collect", *MEMOS).exit_code == 3  # the empty file
    assert (without_record(tmp_path), recorded.asked_live) == (["memos/empty.txt"], calls)

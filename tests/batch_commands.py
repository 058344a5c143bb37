"""``extract batch`` in this process, and a working directory with documents for it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from batches import posting
from fault_server import FaultServer, serving
from typer.testing import CliRunner, Result

from extract.cli import app

RULES = ("--engine", "rules", "--jobs", "1")
ANSWER = json.dumps({"owner": {"value": "Ada", "at": 1}})
MEMO = 'from pydantic import BaseModel\n\n\nclass Memo(BaseModel):\n    """A note."""\n\n    owner: str | None = None\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with three postings in a folder, and a cache of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EXTRACT_CACHE_DIR", str(tmp_path / "answers"))
    monkeypatch.setenv("COLUMNS", "200")
    (tmp_path / "jobs" / "old").mkdir(parents=True)
    for number, name in enumerate(("a.txt", "b.txt", "old/c.txt")):
        (tmp_path / "jobs" / name).write_text(posting(number), "utf-8")
    return tmp_path


@pytest.fixture
def server(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultServer]:
    """An endpoint that is configured, and knows who wrote a memo; memos lie in a table, and their schema beside it."""
    (folder / "memos.py").write_text(MEMO, "utf-8")
    lines = (json.dumps({"id": f"m{number}", "body": f"Memo {number}\n\nWritten by Ada"}) for number in range(6))
    (folder / "memos.jsonl").write_text("".join(f"{line}\n" for line in lines), "utf-8")
    with serving(answer=ANSWER) as one:
        monkeypatch.setenv("OPENAI_BASE_URL", one.base_url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-never-to-be-seen")
        monkeypatch.setenv("EXTRACT_MODEL", "gpt-4.1-mini")
        yield one


def batch(*arguments: str | Path, given: bytes | None = None) -> Result:
    """``extract batch`` in this process."""
    return CliRunner().invoke(app, ["batch", *map(str, arguments)], input=given)


def events(result: Result) -> list[dict[str, Any]]:
    """What --log-json wrote."""
    return [json.loads(line) for line in result.stderr.splitlines()]

"""Suites that tests of the eval harness run: notes by people, gold that says who wrote each, and an endpoint that reads them."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from extract.evals.suites import Suite, open_suite

SCHEMA = '''
from pydantic import BaseModel, Field


class Memo(BaseModel):
    """A note."""

    owner: str | None = Field(default=None, description="Who wrote it.")
    topic: str | None = Field(default=None, description="What it is about.")
'''
OWNERS = ("Ada Lovelace", "Grace Hopper", "Alan Turing")
TOPICS = ("looms", "compilers", "machines")


def memo(number: int) -> str:
    """The text of a note."""
    return f"Memo no. {number:03}\n\nWritten by {OWNERS[number % 3]}\n\nAbout {TOPICS[number % 3]}"


def lines(count: int) -> list[dict[str, Any]]:
    """So many cases as they stand in a JSONL file."""
    return [
        {
            "id": f"memo-{n:03}",
            "input": memo(n),
            "expected": {"owner": OWNERS[n % 3], "topic": TOPICS[n % 3]},
            "critical": ["owner"],
        }
        for n in range(count)
    ]


def write_suite(folder: Path, cases: Sequence[dict[str, Any]]) -> tuple[str, str]:
    """A JSONL file with these cases, and the file of their schema; both as they are named on a command line."""
    data, schema = folder / "memos.jsonl", folder / "memos.py"
    data.write_text("".join(json.dumps(case) + "\n" for case in cases), encoding="utf-8")
    schema.write_text(SCHEMA, encoding="utf-8")
    return str(data), f"{schema}:Memo"


def memo_suite(folder: Path, count: int) -> Suite:
    """A suite of so many notes."""
    data, schema = write_suite(folder, lines(count))
    return open_suite(data, schema=schema)


def answer_memo(body: bytes, *, wrong: Sequence[int] = ()) -> str:
    """What a model that reads well answers about a note; of the notes that are ``wrong`` it takes the owner for another."""
    text = json.loads(body)["messages"][-1]["content"]
    number = int(re.findall(r"Memo no\. (\d+)", text)[-1])
    at = {word: int(line) for line, word in re.findall(r"^(\d+) (\w+)", text, flags=re.MULTILINE)}
    owner: dict[str, object] = {"value": OWNERS[number % 3], "at": at["Written"]}
    if number in wrong:
        owner = {"value": f"{number:03}", "at": at["Memo"]}
    return json.dumps({"owner": owner, "topic": {"value": TOPICS[number % 3], "at": at["About"]}})

"""The peer with many documents: instructor over the SDK's asynchronous client, as a script of an afternoon has it.

    python -m benchmarks.batching.peer TABLE OUTPUT BASE_URL AT_ONCE

All documents are gathered, so many at once, and the rows are written at the end. The SDK sends a request again twice by itself,
which is its default; ``max_retries`` of instructor is about answers that do not fit the schema.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import instructor  # noqa: TID253  # what this file is about
import openai  # noqa: TID253
from pydantic import BaseModel

from benchmarks.asking.peer import MODE, messages
from benchmarks.batching.marks import Document
from extract.tasks import task_named

TASK = "job_posting"
RETRIES = 3


def peer_command(base_url: str, *, table: str, output: str, at_once: int) -> list[str]:
    """What runs it in a process of its own."""
    return [sys.executable, "-P", "-m", "benchmarks.batching.peer", table, output, base_url, str(at_once)]


async def records(documents: list[Document], base_url: str, *, at_once: int) -> list[BaseModel | BaseException]:
    """The record of each document, or what was raised instead."""
    schema = task_named(TASK).schema
    client = instructor.from_openai(openai.AsyncOpenAI(base_url=base_url, api_key="none"), mode=MODE)
    turn = asyncio.Semaphore(at_once)

    async def record(document: Document) -> BaseModel:
        async with turn:
            found: BaseModel = await client.chat.completions.create(
                model="gpt-4o",
                messages=messages(TASK, document.text),
                response_model=schema,
                max_retries=RETRIES,
                strict=False,
            )
            return found

    return await asyncio.gather(*(record(document) for document in documents), return_exceptions=True)


def row(document: Document, found: BaseModel | BaseException) -> dict[str, object]:
    """What became of a document, with the keys that rows of ours have."""
    if isinstance(found, BaseModel):
        return {"id": document.id, "record": found.model_dump(mode="json"), "error": None}
    return {"id": document.id, "record": None, "error": {"code": type(found.__cause__ or found).__name__, "message": str(found)}}


def main() -> None:
    """Reads a table, and writes the rows."""
    table, output, base_url, at_once = sys.argv[1:]
    documents = [Document(**json.loads(line)) for line in Path(table).read_text("utf-8").splitlines()]
    found = asyncio.run(records(documents, base_url, at_once=int(at_once)))
    with Path(output).open("w", encoding="utf-8") as rows:
        rows.writelines(json.dumps(row(*pair)) + "\n" for pair in zip(documents, found, strict=True))


if __name__ == "__main__":
    main()

"""Notes, and a model that reads them: documents for tests of batches, of which some need a repair."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from batch_server import BatchServer, Body, Reply, answered
from pydantic import BaseModel, Field

from extract import extract
from extract.batch.provider.collecting import Collected, collect
from extract.batch.provider.deferring import missing_requests
from extract.batch.provider.order import Limits, Order
from extract.batch.provider.submitting import submit
from extract.batch.reading import Reading
from extract.engines.llm.answer_cache import AnswerCache
from extract.engines.llm.retrying import RetryPolicy
from extract.engines.llm.seam import Request
from extract.settings import Settings

KEY = "sk-test-secret-of-nobody"
WRONG = 900
"""What the model adds to the pages of a memo that it misreads."""
OWNER = "Ada Lovelace"


class Memo(BaseModel):
    """A note."""

    owner: str | None = Field(default=None, description="Who wrote it.")
    pages: int | None = None


def memos(numbers: Iterable[int]) -> list[tuple[str, str]]:
    """The documents of these numbers."""
    return [(f"{number}.txt", f"Memo no. {number}\n\nWritten by {OWNER}\n\nIt has {number} pages.") for number in numbers]


def reads(*misread: int) -> Any:
    """A model that reads memos, and misreads these the first time."""

    def answer(body: Body) -> str:
        said = (body.get("messages") or body["input"])[-1]["content"]
        match = re.search(r"Memo no\. (\d+)", said)
        assert match is not None
        number = int(match[1])
        is_wrong = number in misread and "What was wrong" not in said
        values = {"owner": {"value": OWNER, "at": 1}, "pages": {"value": number + WRONG * is_wrong, "at": 2}}
        return json.dumps({name: values[name] for name in _asked(body)})

    return answer


def _asked(body: Body) -> Iterable[str]:
    """The fields that a request asks for."""
    schema = body["tools"][0]["parameters"] if "tools" in body else body["response_format"]["json_schema"]["schema"]
    fields: Iterable[str] = schema["properties"]
    return fields


def order(base_url: str, folder: Path, *, limits: Limits | None = None, attempts: int = 3, **settings: Any) -> Order:
    """An order of memos, with its state and the cache below a folder; pauses have no length."""
    given = {"base_url": base_url, "api_key": KEY, "model": "gpt-5.4-mini", "cache_dir": folder / "cache"}
    reading = Reading(schema=Memo, engine="llm", settings=Settings(**(given | settings)))
    return Order(reading, folder / "out.jsonl.batch", limits or Limits(), RetryPolicy(max_attempts=attempts, base=0.0))


def read_alone(order: Order, document: tuple[str, str]) -> Memo:
    """The record of a document, made by an ordinary run with the settings of an order."""
    name, text = document
    result = extract(text, schema=Memo, engine="llm", settings=order.settings, name=name)
    assert result.usage.calls == 0
    return result.record


def entries(order: Order) -> list[Body]:
    """What the cache of an order holds."""
    assert order.settings.cache_dir is not None
    with closing(AnswerCache(order.settings.cache_dir)) as cache:
        path = order.settings.cache_dir.parent / "export.jsonl"
        with path.open("w+", encoding="utf-8") as file:
            cache.export(file)
            file.seek(0)
            return [json.loads(line) for line in file]


def requests_of(order: Order, documents: list[tuple[str, str]]) -> dict[str, Request]:
    """The requests that documents need, by their keys, where nothing is answered."""
    return {request.key: request for request in missing_requests(documents, order.reading, store=_Empty())}


class _Empty:
    """A cache with nothing in it."""

    def get(self, _: str) -> None:
        return None

    def put(self, *_: object) -> None:
        raise AssertionError


def numbered(line: Body) -> int:
    """The number of the memo that a line asks about."""
    said = (line["body"].get("messages") or line["body"]["input"])[-1]["content"]
    return int(said.partition("Memo no. ")[2].partition("\n")[0])


def replying(**replies: Reply) -> Reply:
    """A reply that is another one for some memos: ``_2`` is that for the second."""

    def reply(line: Body, answer: Any) -> Body | None:
        return replies.get(f"_{numbered(line)}", answered)(line, answer)

    return reply


def rounds(ordered: Order, server: BatchServer, documents: list[tuple[str, str]], reply: Reply = answered) -> list[Collected]:
    """What each collect brings, until nothing is under way."""
    submit(ordered, documents)
    collected = []
    for _ in range(6):
        server.finish(reply=reply)
        collected.append(collect(ordered, documents))
        if not collected[-1].standing.running:
            return collected
    raise AssertionError("it does not end")

"""A run that is killed loses only what was under way: the cache holds every answer that arrived, for whoever asks next."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import repeat
from pathlib import Path

import pytest
from fault_server import FaultServer, Received, Step, serving
from pydantic import BaseModel, Field

from extract import aextract, extract
from extract.engines.llm.answer_cache import AnswerCache
from extract.settings import Settings

DOCUMENTS, THREADS, KILLED_AT = 200, 8, 90
PAUSE = 0.01  # seconds that an answer takes, so that some are always under way
TESTS = Path(__file__).resolve().parent
MAIN = "import sys, test_llm_kill; test_llm_kill.main(sys.argv[1:])"


class Memo(BaseModel):
    """A note."""

    owner: str | None = Field(default=None, description="Who wrote it.")


def memo(number: int) -> str:
    return f"Memo no. {number:03}\n\nWritten by Ada Lovelace"


def in_threads(settings: Settings) -> Sequence[str | None]:
    """The owners of all memos, asked for by threads."""
    with ThreadPoolExecutor(THREADS) as pool:
        return list(
            pool.map(lambda n: extract(memo(n), schema=Memo, engine="llm", settings=settings).record.owner, range(DOCUMENTS))
        )


def in_tasks(settings: Settings) -> Sequence[str | None]:
    """The same from an event loop."""

    async def gathered() -> Sequence[str | None]:
        asked = (aextract(memo(n), schema=Memo, engine="llm", settings=settings) for n in range(DOCUMENTS))
        return [result.record.owner for result in await asyncio.gather(*asked)]

    return asyncio.run(gathered())


RUNS: dict[str, Callable[[Settings], Sequence[str | None]]] = {"threads": in_threads, "tasks": in_tasks}


def main(arguments: Sequence[str]) -> None:
    """What the other processes do: the owners are printed, as JSON, for each way of running."""
    base_url, folder, key, *ways = arguments
    settings = Settings(base_url=base_url, cache_dir=Path(folder), api_key=key, model="model")
    sys.stdout.write(json.dumps([RUNS[way](settings) for way in ways]))


def started(server: FaultServer, folder: Path, *, key: str, ways: Sequence[str]) -> subprocess.Popen[str]:
    """A process that runs over all memos; no setting from outside reaches it."""
    paths = os.pathsep.join([str(TESTS.parent), str(TESTS)])
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("EXTRACT_", "OPENAI_"))}
    command = [sys.executable, "-c", MAIN, server.base_url, str(folder), key, *ways]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=folder.parent, env=kept | {"PYTHONPATH": paths})


def finished(process: subprocess.Popen[str]) -> object:
    """What a process that came to its end printed."""
    with process:
        printed, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    return json.loads(printed)


def sent_with(key: str, server: FaultServer) -> int:
    """How many requests came with a key."""
    return sum(request.headers["authorization"] == f"Bearer {key}" for request in server.requests)


class Killer:
    """Answers, and kills a process the moment that so many requests have come."""

    def __init__(self) -> None:
        self.ready = threading.Event()
        self.process: subprocess.Popen[str] | None = None
        self.seen = 0

    def __call__(self, _: Received) -> str:
        self.seen += 1
        if self.seen == KILLED_AT and self.ready.wait(30) and self.process:
            self.process.kill()
        return json.dumps({"owner": {"value": "Ada Lovelace", "at": 1}})


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
@pytest.mark.block_network(allowed_hosts=["127.0.0.1"])
def test_killed_run(tmp_path: Path) -> None:
    """After kill -9 only what was under way is asked again; then nothing is, by threads or tasks, whatever the key."""
    folder, killer = tmp_path / "cache", Killer()
    owners = ["Ada Lovelace"] * DOCUMENTS
    with serving(repeat(Step(delay=PAUSE)), answer=killer) as server:
        with started(server, folder, key="first", ways=["threads"]) as killer.process:
            killer.ready.set()
            assert killer.process.wait(60) == -signal.SIGKILL
        with closing(AnswerCache(folder)) as cache:
            kept = cache.info().entries
        assert KILLED_AT - THREADS <= kept < KILLED_AT
        assert finished(started(server, folder, key="second", ways=["threads"])) == [owners]
        assert finished(started(server, folder, key="third", ways=["threads", "tasks"])) == [owners, owners]
        sent = [sent_with(key, server) for key in ("first", "second", "third")]
    assert sent[1:] == [DOCUMENTS - kept, 0]
    assert sum(sent) <= DOCUMENTS + THREADS

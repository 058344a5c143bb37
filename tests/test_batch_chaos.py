"""A batch that is killed again and again: in the end there is a row for each document, and no answer was asked for twice."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing, suppress
from io import StringIO
from itertools import repeat
from pathlib import Path

import pytest
from batches import item, paths, rows
from fault_server import FaultServer, Received, Step, serving
from pydantic import BaseModel, Field

from extract.batch.reading import Reading
from extract.batch.results import open_results
from extract.batch.running import Conduct, run_batch
from extract.engines.llm.answer_cache import AnswerCache
from extract.settings import Settings

DOCUMENTS, KILLS, AT_ONCE = 500, 50, 8
EACH = 9  # documents that a run may get done before it is killed, with those that earlier ones did not: there are enough for all
PAUSE = 0.002  # seconds that an answer takes, so that some are always under way
TESTS = Path(__file__).resolve().parent
MAIN = "import sys, test_batch_chaos; test_batch_chaos.main(sys.argv[1:])"


class Memo(BaseModel):
    """A note."""

    owner: str | None = Field(default=None, description="Who wrote it.")


def memo(number: int) -> str:
    return f"Memo no. {number:03}\n\nWritten by {owner(f'{number:03}')}"


def owner(number: str) -> str:
    return f"Ada {number}"


def run(settings: Settings, output: Path) -> None:
    """A run over all memos, from where it stands."""
    reader = Reading(schema=Memo, engine="llm", settings=settings).reader()
    with open_results(output, reader.configuration) as results:
        items = [item(f"{number:03}", memo(number)) for number in range(DOCUMENTS)]
        run_batch(items, results, answer=reader.answer, conduct=Conduct(at_once=AT_ONCE))


def main(arguments: Sequence[str]) -> None:
    """Runs again and again, each time in a child that has all loaded already: a key on a line begins one, and its end is told."""
    import extract.engines.llm.stack  # noqa: F401  # takes a second, which no child has to wait for

    base_url, folder, output = arguments
    for key in sys.stdin:
        settings = Settings(base_url=base_url, cache_dir=Path(folder), api_key=key.strip(), model="model")
        child = os.fork()
        if child == 0:
            run(settings, Path(output))
            os._exit(0)
        print(child, flush=True)  # noqa: T201  # to the test
        print(os.waitpid(child, 0)[1], flush=True)  # noqa: T201  # as above


class Run:
    """What a run asked for beside what was answered before it, and when it is killed: a moment after so many requests, or never.

    No more than ``most`` of its requests are answered before that, so that it does not come to its end if the kill is late.
    """

    def __init__(self, answered: set[str], *, killed_after: int | None, most: int) -> None:
        self.answered = answered
        self.asked = Counter[str]()
        self.ended = threading.Event()
        self._killed_after = killed_after
        self._most = most
        self._reached = threading.Event()
        self._look()

    def see(self, number: str) -> None:
        """A request for that memo; the answer to one too many waits for the end of the run."""
        self.asked[number] += 1
        self._look()
        if self.asked.total() > self._most:
            self.ended.wait(30)

    def kill(self, child: int, *, later: float) -> None:
        """Kills its process, so many seconds after the requests that it was to make."""
        assert self._reached.wait(30)
        time.sleep(later)
        with suppress(ProcessLookupError):  # it ended by itself, as its status tells
            os.kill(child, signal.SIGKILL)

    def _look(self) -> None:
        if self._killed_after is not None and self.asked.total() >= self._killed_after:
            self._reached.set()


class Runs:
    """Answers each run, which is known by its key: what the server reads of one after its kill is taken for none of the next."""

    def __init__(self) -> None:
        self.by_key: dict[str, Run] = {}

    def __call__(self, received: Received) -> str:
        number = _number(received)
        self.by_key[received.headers["authorization"].removeprefix("Bearer ")].see(number)
        return json.dumps({"owner": {"value": owner(number), "at": 1}})


def _number(received: Received) -> str:
    text = received.body.decode()
    at = text.index("Memo no. ")
    return text[at + 9 : at + 12]


def kept(folder: Path) -> set[str]:
    """The memos of which the answer is kept."""
    lines = StringIO()
    with closing(AnswerCache(folder)) as cache:
        count = cache.export(lines)
    texts = [json.loads(line)["text"] for line in lines.getvalue().splitlines()]
    found = {json.loads(text)["owner"]["value"].removeprefix("Ada ") for text in texts}
    assert len(found) == count
    return found


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
@pytest.mark.block_network(allowed_hosts=["127.0.0.1"])
def test_a_run_that_is_killed_fifty_times(tmp_path: Path) -> None:
    """Every document has one sound row, and only what was under way at a kill was asked for again."""
    runs, output, folder = Runs(), tmp_path / "rows.jsonl", tmp_path / "answers"
    with serving(repeat(Step(delay=PAUSE)), answer=runs) as server:
        killed = _until_done(runs, server, output, folder)
        answered = kept(folder)
    found = rows(output)
    numbers = [f"{number:03}" for number in range(DOCUMENTS)]
    assert paths(found) == numbers
    assert all(row["record"]["owner"] == owner(row["path"]) for row in found)
    assert (killed, sorted(answered)) == (KILLS, numbers)
    begun = list(runs.by_key.values())
    for run, after in zip(begun, [*(run.answered for run in begun[1:]), answered], strict=True):
        assert not run.asked.keys() & run.answered
        assert set(run.asked.values()) <= {1}
        assert len(run.asked.keys() - after) <= AT_ONCE


def _until_done(runs: Runs, server: FaultServer, output: Path, folder: Path) -> int:
    """How many runs were killed before one came to its end."""
    chance = random.Random(20261126)  # noqa: S311  # nothing is kept secret with it
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("EXTRACT_", "OPENAI_"))}
    environment["PYTHONPATH"] = os.pathsep.join([str(TESTS.parent), str(TESTS)])
    command = [sys.executable, "-c", MAIN, server.base_url, str(folder), str(output)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    ) as process:
        assert process.stdin
        assert process.stdout
        for killed in range(KILLS + 1):
            answered = kept(folder) if killed else set()
            if killed < KILLS:
                most = EACH * (killed + 1) - len(answered)
                run = Run(answered, killed_after=chance.randint(0, min(most, 3 * EACH)), most=most)
            else:
                run = Run(answered, killed_after=None, most=DOCUMENTS)
            runs.by_key[f"key-{killed}"] = run
            process.stdin.write(f"key-{killed}\n")
            process.stdin.flush()
            child = int(process.stdout.readline())
            if killed < KILLS:
                run.kill(child, later=chance.uniform(0, 0.02))
            status = int(process.stdout.readline())
            run.ended.set()
            if status == 0:
                process.stdin.close()
                return killed
            assert os.WTERMSIG(status) == signal.SIGKILL
    raise AssertionError("no run came to its end")

"""A batch that is killed again and again: in the end there is a row for each document, and no answer was asked for twice."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
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
PAUSE = 0.002  # seconds that an answer takes, so that some are always under way
TESTS = Path(__file__).resolve().parent
MAIN = "import sys, test_batch_chaos; test_batch_chaos.main(sys.argv[1:])"


class Memo(BaseModel):
    """A note."""

    owner: str | None = Field(default=None, description="Who wrote it.")


def memo(number: int) -> str:
    return f"Memo no. {number:03}\n\nWritten by Ada Lovelace"


def run(settings: Settings, output: Path) -> None:
    """A run over all memos, from where it stands."""
    reader = Reading(schema=Memo, engine="llm", settings=settings).reader()
    with open_results(output, reader.configuration) as results:
        items = [item(f"{number:03}", memo(number)) for number in range(DOCUMENTS)]
        run_batch(items, results, answer=reader.answer, conduct=Conduct(at_once=AT_ONCE))


def main(arguments: Sequence[str]) -> None:
    """Runs again and again, each time in a child that has all loaded already: a line of input begins one, and its end is told."""
    import extract.engines.llm.stack  # noqa: F401  # takes a second, which no child has to wait for

    base_url, folder, output = arguments
    settings = Settings(base_url=base_url, cache_dir=Path(folder), api_key="key", model="model")
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            run(settings, Path(output))
            os._exit(0)
        print(child, flush=True)  # noqa: T201  # to the test
        print(os.waitpid(child, 0)[1], flush=True)  # noqa: T201  # as above


class Killer:
    """Answers, and at each of these counts of requests kills the run a moment later; one that meets two is killed once.

    ``child`` is the process that runs.
    """

    def __init__(self, moments: Sequence[int]) -> None:
        self.child = 0
        self.asked = Counter[str]()
        self._chance = random.Random(len(moments))  # noqa: S311  # nothing is kept secret with it
        self._moments = list(moments)
        self._aimed_at = 0

    def __call__(self, received: Received) -> str:
        self.asked[_number(received)] += 1
        child = self.child
        if self._moments and self.asked.total() >= self._moments[0] and self._aimed_at != child:
            del self._moments[0]
            self._aimed_at = child
            threading.Timer(self._chance.uniform(0, 0.02), self._kill, [child]).start()
        return json.dumps({"owner": {"value": "Ada Lovelace", "at": 1}})

    def _kill(self, child: int) -> None:
        try:
            os.kill(child, signal.SIGKILL)
        except ProcessLookupError:  # the last one, which the first request of the next came before
            self._moments.insert(0, 0)


def _number(received: Received) -> str:
    text = received.body.decode()
    at = text.index("Memo no. ")
    return text[at + 9 : at + 12]


def kept(folder: Path) -> int:
    with closing(AnswerCache(folder)) as cache:
        return cache.info().entries


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
@pytest.mark.block_network(allowed_hosts=["127.0.0.1"])
def test_a_run_that_is_killed_fifty_times(tmp_path: Path) -> None:
    """Every document has one sound row, and only what was under way at a kill was asked for again."""
    chance = random.Random(20261126)  # noqa: S311  # nothing is kept secret with it
    killer = Killer(sorted(chance.sample(range(DOCUMENTS - 50), KILLS)))
    output, folder = tmp_path / "rows.jsonl", tmp_path / "answers"
    with serving(repeat(Step(delay=PAUSE)), answer=killer) as server:
        killed = _until_done(killer, server, output, folder)
        answered = kept(folder)
    found = rows(output)
    assert paths(found) == [f"{number:03}" for number in range(DOCUMENTS)]
    assert {row["record"]["owner"] for row in found} == {"Ada Lovelace"}
    assert (killed, answered) == (KILLS, DOCUMENTS)


def _until_done(killer: Killer, server: FaultServer, output: Path, folder: Path) -> int:
    """How many runs were killed before one came to its end; what was answered by then is not asked for again."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("EXTRACT_", "OPENAI_"))}
    environment["PYTHONPATH"] = os.pathsep.join([str(TESTS.parent), str(TESTS)])
    command = [sys.executable, "-c", MAIN, server.base_url, str(folder), str(output)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    ) as process:
        assert process.stdin
        assert process.stdout
        for killed in range(2 * KILLS):
            before, answered = killer.asked.total(), kept(folder) if killed else 0
            process.stdin.write("run\n")
            process.stdin.flush()
            killer.child = int(process.stdout.readline())
            status = int(process.stdout.readline())
            assert killer.asked.total() - before <= DOCUMENTS - answered
            if status == 0:
                process.stdin.close()
                return killed
            assert os.WTERMSIG(status) == signal.SIGKILL
    raise AssertionError("no run came to its end")

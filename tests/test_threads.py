"""Calls in threads: as many at once as are allowed, given up when nobody waits, and no hindrance at the end."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fault_server import Fault, Received, Step, serving
from pydantic import BaseModel

from extract import aextract
from extract.cleaning.document import CleanDocument
from extract.engines.base import Draft, Origin
from extract.errors import AccessDenied
from extract.settings import Settings
from extract.threads import InFlight, Work, _workers, abandoned, in_thread, work_through

ROOT = Path(__file__).resolve().parent.parent


class Cake(BaseModel):
    """A schema of a user."""

    name: str | None = None


def test_results_and_errors_come_back() -> None:
    """What the call returns is returned, and what it raises is raised."""

    def wrong() -> None:
        raise KeyError("x")

    assert asyncio.run(in_thread(lambda: 7)) == 7
    with pytest.raises(KeyError):
        asyncio.run(in_thread(wrong))


def test_threads_are_used_again() -> None:
    """One call after the other needs one thread."""

    async def some() -> list[int]:
        return [await in_thread(lambda: 7) for _ in range(20)]

    def ours() -> int:
        return sum(thread.name == "extract" for thread in threading.enumerate())

    asyncio.run(some())
    before = ours()
    asyncio.run(some())
    assert ours() == before >= 1


def test_a_call_knows_that_nobody_waits() -> None:
    """After a cancellation the event of its context is set, and not before."""
    seen: list[bool] = []
    begun, go_on, ended = threading.Event(), threading.Event(), threading.Event()

    def call() -> None:
        event = abandoned.get()
        assert event is not None
        seen.append(event.is_set())
        begun.set()
        go_on.wait(30)
        seen.append(event.is_set())
        ended.set()

    async def cancelled() -> None:
        task = asyncio.create_task(in_thread(call))
        assert await asyncio.to_thread(begun.wait, 30)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        go_on.set()

    asyncio.run(cancelled())
    assert ended.wait(30)
    assert seen == [False, True]


@pytest.mark.block_network(allowed_hosts=["127.0.0.1"])
def test_a_cancelled_document_is_not_asked_about_again(tmp_path: Path) -> None:
    """The attempt that is under way ends by itself; no other follows it."""
    asked, gone = threading.Event(), threading.Event()

    def answer(_: Received) -> str:
        asked.set()
        gone.wait(30)
        return "{}"

    with serving([Step(status=503)] * 9, answer=answer) as server:
        used = Settings(base_url=server.base_url, model="m", cache_dir=tmp_path)

        async def cancelled() -> None:
            document = asyncio.create_task(aextract("A cake", schema=Cake, settings=used))
            assert await asyncio.to_thread(asked.wait, 30)
            document.cancel()
            with pytest.raises(asyncio.CancelledError):
                await document
            gone.set()

        asyncio.run(cancelled())
        time.sleep(1.0)  # the pause before a second attempt is half a second at most
        assert len(server.requests) == 1


def test_many_documents_are_under_way_at_once() -> None:
    """As many as the settings allow, and no more: not as many as there are cores."""
    under_way, most, lock = 0, 0, threading.Lock()
    together = threading.Barrier(24)

    class Counting:
        """An engine whose documents are done when 24 of them are under way."""

        name = "counting"
        origin = Origin()

        def fill(self, clean: CleanDocument) -> Draft:
            nonlocal under_way, most
            with lock:
                under_way += 1
                most = max(most, under_way)
            together.wait(30)
            time.sleep(0.05)  # in which one too many would come
            with lock:
                under_way -= 1
            return Draft({}) if clean.segments else Draft({}, ())

    async def all_of_them() -> None:
        used = Settings(model="m", concurrency=24)
        calls = [aextract(f"Cake {n}", schema=Cake, engine=Counting(), settings=used) for n in range(2 * 24)]
        await asyncio.gather(*calls)

    asyncio.run(all_of_them())
    assert most == 24


@pytest.mark.block_network(allowed_hosts=["127.0.0.1"])
def test_a_process_ends_while_a_document_is_under_way() -> None:
    """A call that nobody waits for keeps no process from ending."""
    with serving([Step(fault=Fault.SILENT)] * 9) as server:
        script = (
            "import asyncio\nfrom extract import aextract\nfrom extract.settings import Settings\n"
            "from pydantic import BaseModel\n"
            "class Cake(BaseModel):\n    name: str | None = None\n"
            f"used = Settings(base_url={server.base_url!r}, model='m', cache=False)\n"
            "async def main():\n    try:\n        await asyncio.wait_for(aextract('A cake', schema=Cake, settings=used), 2)\n"
            "    except TimeoutError:\n        print('given up')\nasyncio.run(main())\n"
        )
        done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False, timeout=40)
    assert (done.returncode, done.stdout.strip()) == (0, "given up"), done.stderr


# Jobs as they are done ----------------------------------------------------------------------------------------------------


class Counting:
    """Counts how many calls are under way, and holds each until so many of them have been it together."""

    def __init__(self, together: int = 1) -> None:
        self.together = together
        self.lock = threading.Lock()
        self.now = self.most = self.begun = 0
        self.go_on = threading.Event()

    def __call__(self, job: int) -> int:
        with self.lock:
            self.begun += 1
            self.now += 1
            self.most = max(self.most, self.now)
            if self.most >= self.together:
                self.go_on.set()
        assert self.go_on.wait(30)
        time.sleep(0.002)
        with self.lock:
            self.now -= 1
        return job * job


def test_each_job_is_done_once_and_few_at_a_time() -> None:
    """All results come, each with its job, and no more are under way than was said."""
    call = Counting(together=4)
    assert sorted(InFlight(range(50), call, at_once=4)) == [(job, job * job) for job in range(50)]
    assert (call.begun, call.most) == (50, 4)


def test_jobs_are_taken_as_they_are_needed() -> None:
    """A million of them is no list in memory."""
    taken: list[int] = []

    def jobs() -> Iterator[int]:
        for job in range(10**6):
            taken.append(job)
            yield job

    flight = InFlight(jobs(), lambda job: job, at_once=3)
    assert [next(flight)[1] for _ in range(5)]
    assert len(taken) <= 5 + 3


def test_what_a_call_raises_is_raised_and_the_others_come() -> None:
    """Whoever goes on after it loses nothing."""

    def call(job: int) -> int:
        if job == 2:
            raise ZeroDivisionError
        return job

    flight = InFlight(range(4), call, at_once=1)
    assert [next(flight)[1], next(flight)[1]] == [0, 1]
    with pytest.raises(ZeroDivisionError):
        next(flight)
    assert [job for job, _ in flight] == [3]


def test_after_stop_those_under_way_come_and_none_is_begun() -> None:
    """As after a first Ctrl-C."""
    call = Counting(together=3)
    flight = InFlight(range(10), call, at_once=3)
    next(flight)
    flight.stop()
    assert len(list(flight)) == 2 == call.begun - 1


def test_after_leave_those_under_way_make_no_further_attempt() -> None:
    """As after a second Ctrl-C: whoever asks a model sees that nobody waits."""
    seen: list[bool] = []
    reached, left = threading.Event(), threading.Event()

    def call(job: int) -> int:
        reached.set()
        left.wait(30)
        given_up = abandoned.get()
        seen.append(given_up is not None and given_up.is_set())
        return job

    flight = InFlight(range(2), call, at_once=2)
    flight._begin()  # noqa: SLF001  # what next() does before it waits
    assert reached.wait(30)
    flight.leave()
    left.set()
    deadline = time.monotonic() + 30
    while len(seen) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert seen == [True, True]


def test_a_result_that_was_lost_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Ctrl-C comes in the moment in which one was taken out, the loop still ends."""
    monkeypatch.setattr(sys.modules["extract.threads"], "_LOOK_AGAIN", 0.01)
    flight = InFlight(range(2), lambda job: job, at_once=2)
    flight._begin()  # noqa: SLF001  # as above
    _lost, kept = [flight._done.get(timeout=30) for _ in range(2)]  # noqa: SLF001  # both are done: they do not come meanwhile
    flight._done.put(kept)  # noqa: SLF001
    assert len(list(flight)) == 1


def test_ctrl_c_while_a_job_is_begun_leaves_nothing_to_wait_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody would ever be done with it."""
    flight = InFlight(range(3), lambda job: job, at_once=2)

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(threading.Thread, "start", interrupted)
    monkeypatch.setattr(sys.modules["extract.threads"], "_workers", type(_workers)())
    with pytest.raises(KeyboardInterrupt):
        next(flight)
    flight.stop()
    assert flight.under_way == 0
    assert list(flight) == []


def test_ctrl_c_when_a_job_was_begun_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thread has it, and what it makes still comes: it may have cost something."""
    begun, go_on = threading.Event(), threading.Event()
    workers = type(_workers)()
    hand_over = workers.do

    def interrupted(work: Work) -> None:
        hand_over(work)
        assert begun.wait(30)
        raise KeyboardInterrupt

    def call(job: int) -> int:
        begun.set()
        assert go_on.wait(30)
        return job

    monkeypatch.setattr(workers, "do", interrupted)
    monkeypatch.setattr(sys.modules["extract.threads"], "_workers", workers)
    flight = InFlight([7], call, at_once=1)
    with pytest.raises(KeyboardInterrupt):
        next(flight)
    assert flight.under_way == 1
    go_on.set()
    assert list(flight) == [(7, 7)]


def test_a_cause_is_told_also_where_ctrl_c_follows_it() -> None:
    """What stopped the run is what its user has to know; a second press still ends it at once."""
    pressed: list[int] = []
    refused = threading.Event()

    def call(job: int) -> int:
        if job == 0:
            raise AccessDenied("the key is wrong")
        assert refused.wait(30)
        return job

    class Told(InFlight[int, int]):
        def stop(self) -> None:
            refused.set()  # the first that is told is the refusal
            super().stop()

    def keep(presses: int) -> Callable[[int, int], None]:
        def interrupted(_: int, __: int) -> None:
            if len(pressed) < presses:
                raise KeyboardInterrupt

        return interrupted

    with pytest.raises(AccessDenied):
        work_through(Told(range(3), call, at_once=3), keep(1), stopping=pressed.append)
    assert len(pressed) == 1
    pressed.clear()
    refused.clear()
    with pytest.raises(KeyboardInterrupt):
        work_through(Told(range(3), call, at_once=3), keep(2), stopping=pressed.append)


def test_jobs_that_are_none_hold_nothing_up() -> None:
    """What is under way is handed out before the next one is looked for; heavy jobs wait for each other."""
    seen: list[int] = []

    def jobs() -> Iterator[int | None]:
        for job in range(4):
            yield job
            yield None
            assert seen[-1:] == [job]

    for job, _ in InFlight(jobs(), lambda job: job, at_once=4):
        seen.append(job)
    assert seen == [0, 1, 2, 3]
    call = Counting()
    assert len(list(InFlight(range(20), call, at_once=4, weigh=lambda _: 5, bound=5))) == 20
    assert call.most == 1

"""Calls in threads that nobody has to wait for: off the event loop, or several at once."""

from __future__ import annotations

import asyncio
import math
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextvars import ContextVar, copy_context
from functools import partial
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

from extract.errors import ExtractError

T = TypeVar("T")
J = TypeVar("J")
_LOOK_AGAIN = 1.0
"""Seconds after which it is looked whether what is waited for was handed out already."""
Work = Callable[[], Callable[[], None]]

abandoned: ContextVar[threading.Event | None] = ContextVar("abandoned", default=None)
"""Set once nobody waits any longer for what the code in this context makes: it need not begin anything that costs."""


async def in_thread(call: Callable[[], T]) -> T:
    """What a call returns or raises, made in a daemon thread.

    ``asyncio.to_thread`` has a few threads more than there are cores, and a loop waits for them at its end: too few for calls
    that mostly wait, and too long after Ctrl-C.
    """
    done: Future[T] = Future()
    given_up = threading.Event()
    context = copy_context()
    context.run(abandoned.set, given_up)
    _workers.do(lambda: context.run(_outcome, call, done))
    try:
        return await asyncio.wrap_future(done)
    finally:
        given_up.set()


def _outcome(call: Callable[[], T], done: Future[T]) -> Callable[[], None]:
    """Makes the call, and answers how to tell whoever waits."""
    if not done.set_running_or_notify_cancel():
        return lambda: None
    try:
        result = call()
    except BaseException as error:  # noqa: BLE001  # whatever it is, it belongs to whoever waits
        return partial(done.set_exception, error)
    return lambda: done.set_result(result)


class _Workers:
    """Daemon threads, as many as there was work at once; each is used again, since it may hold connections of its own."""

    def __init__(self) -> None:
        self._work: SimpleQueue[Work] = SimpleQueue()
        self._lock = threading.Lock()
        self._idle = 0

    def do(self, work: Work) -> None:
        """Have that done by a thread that is idle, or by a new one."""
        with self._lock:
            if self._idle:
                self._idle -= 1
            else:
                threading.Thread(target=self._serve, name="extract", daemon=True).start()
        self._work.put(work)

    def _serve(self) -> None:
        while True:
            tell = self._work.get()()
            with self._lock:  # before it tells: who waits may have more to do at once
                self._idle += 1
            tell()


_workers = _Workers()


def in_background(call: Callable[[], None]) -> None:
    """Have a call made in a daemon thread; what it raises is told nobody."""
    done: Future[None] = Future()
    _workers.do(partial(_outcome, call, done))


class InFlight(Generic[J, T]):
    """Jobs with what a call makes of them, as they are done; at most ``at_once`` are under way, and at most ``bound`` of weight.

    A job None is none: what is under way is handed out before the next one is looked for, so that jobs that take long to find
    hold nothing up. ``weigh`` says how heavy a job is; one alone may weigh more than the bound.

    What the call raises is raised where the jobs are gone through. An exception that comes from outside in that place (Ctrl-C)
    changes nothing: whoever goes on gets the next. After ``stop`` no job is begun, and those under way still come; after
    ``leave`` these are left to themselves, and make no further attempt.
    """

    def __init__(
        self,
        jobs: Iterable[J | None],
        call: Callable[[J], T],
        *,
        at_once: int,
        weigh: Callable[[J], float] = lambda _: 0.0,
        bound: float = math.inf,
    ) -> None:
        self._jobs = iter(jobs)
        self._call = call
        self._at_once = at_once
        self._weigh = weigh
        self._bound = bound
        self._done: SimpleQueue[tuple[J, Future[T]]] = SimpleQueue()
        self._pending: dict[Future[T], float] = {}
        self._given_up = threading.Event()

    @property
    def under_way(self) -> int:
        """How many jobs were begun and have not been handed out."""
        return len(self._pending)

    def stop(self) -> None:
        """Begin no further job."""
        self._jobs = iter(())

    def leave(self) -> None:
        """Begin no further job, and no further attempt of those that are under way."""
        self.stop()
        self._given_up.set()

    def __iter__(self) -> Iterator[tuple[J, T]]:
        return self

    def __next__(self) -> tuple[J, T]:
        while not self._begin():
            continue
        lost: set[Future[T]] = set()
        while self._pending:
            try:
                job, future = self._done.get(timeout=_LOOK_AGAIN)
            except Empty:  # one may have been taken out when Ctrl-C came, and lost: it is not waited for
                for future in lost:
                    self._pending.pop(future, None)
                lost = {future for future in self._pending if future.done()}
                continue
            self._pending.pop(future, None)
            return job, future.result()
        raise StopIteration

    def _begin(self) -> bool:
        """Begin as many jobs as may be under way; whether there is something to wait for, or nothing left."""
        while len(self._pending) < self._at_once and sum(self._pending.values()) < self._bound:
            try:
                job = next(self._jobs)
            except StopIteration:
                return True
            if job is None:
                return bool(self._pending)
            future: Future[T] = Future()
            try:
                self._pending[future] = self._weigh(job)
                self._have_done(job, future)
            except BaseException:  # Ctrl-C
                if future.cancel():  # before a thread had it: nobody would ever be done with it
                    self._pending.pop(future, None)
                raise
        return True

    def _have_done(self, job: J, future: Future[T]) -> None:
        future.add_done_callback(lambda done: None if done.cancelled() else self._done.put((job, done)))
        context = copy_context()
        context.run(abandoned.set, self._given_up)
        _workers.do(lambda: context.run(_outcome, lambda: self._call(job), future))


def work_through(flight: InFlight[J, T], keep: Callable[[J, T], ExtractError | None], *, stopping: Callable[[int], None]) -> None:
    """Do all jobs, and keep what comes of each as it comes.

    What ends the work before its end (Ctrl-C, an ExtractError that a job or the list of jobs raises, one that ``keep`` answers)
    is raised when those under way are kept too, or at once at a second Ctrl-C. ``stopping`` is told how many these are when
    somebody presses it first. What ``keep`` raises ends all at once.
    """
    ending: BaseException | None = None
    is_pressed = False
    try:
        while True:
            try:
                try:
                    job, outcome = next(flight)
                except ExtractError as error:
                    ended: ExtractError | None = error
                else:
                    ended = keep(job, outcome)
                if ended is not None:
                    ending = ending or ended
                    flight.stop()
            except StopIteration:
                break
            except KeyboardInterrupt as error:
                if is_pressed:
                    raise
                is_pressed = True
                ending = ending or error
                flight.stop()
                stopping(flight.under_way)
    finally:
        flight.leave()
    if ending is not None:
        raise ending

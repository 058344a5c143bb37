"""Calls off the event loop, in threads that nobody has to wait for."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextvars import ContextVar, copy_context
from functools import partial
from queue import SimpleQueue
from typing import TypeVar

T = TypeVar("T")
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

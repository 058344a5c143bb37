"""Requests kept below what an endpoint allows: so many at once, so many requests and tokens a minute.

Written here because one decision is made over requests, tokens and concurrency, and what was reserved is corrected when an answer
says what was used; pyrate-limiter takes a weight when a request starts, and for good.
"""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from extract.engines.llm.seam import Completion, Model, Request
from extract.engines.llm.tokens import request_tokens
from extract.errors import CallError, EndpointUnavailable
from extract.result import Usage

WINDOW = 60.0
"""Seconds that limits a minute are counted over: any such stretch, not the minutes of a clock."""
_LONGEST_WAIT = 1.0  # seconds: an interrupt is seen in between also where a lock cannot be interrupted
_SHORTEST_WAIT = 0.001  # seconds: a moment that was rounded down is waited for once


@dataclass(frozen=True, slots=True)
class Limits:
    """How many requests may be under way at once, and how many requests and tokens may leave in 60 seconds; None = any number."""

    concurrency: int | None = None
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None


@dataclass(frozen=True, slots=True)
class Obstacle:
    """The limit that the next request waits for, as it is set, and for how many seconds; infinite = until another one ends."""

    limit: str
    seconds: float


@dataclass(frozen=True, slots=True)
class _Sent:
    moment: float
    tokens: int


class Window:
    """What left in the last 60 seconds and what is under way. Its moments are the caller's; one thread at a time may ask it."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._sent: OrderedDict[int, _Sent] = OrderedDict()
        self._tokens = 0
        self._running = 0
        self._numbers = count()

    def obstacle(self, now: float, tokens: int) -> Obstacle | None:
        """What keeps a request of so many tokens from leaving at that moment; None = nothing does."""
        self._forget(now)
        limits = self._limits
        if limits.concurrency is not None and self._running >= limits.concurrency:
            return Obstacle(f"EXTRACT_CONCURRENCY={limits.concurrency}", math.inf)
        if limits.requests_per_minute is not None and len(self._sent) >= limits.requests_per_minute:
            oldest = next(iter(self._sent.values()))
            name = f"EXTRACT_REQUESTS_PER_MINUTE={limits.requests_per_minute}"
            return Obstacle(name, oldest.moment + WINDOW - now)
        if limits.tokens_per_minute is not None and self._tokens + tokens > limits.tokens_per_minute:
            name = f"EXTRACT_TOKENS_PER_MINUTE={limits.tokens_per_minute}"
            return Obstacle(name, self._room(limits.tokens_per_minute - tokens) + WINDOW - now)
        return None

    def start(self, now: float, tokens: int) -> int:
        """The number of a request that leaves at that moment with so many tokens reserved."""
        number = next(self._numbers)
        self._sent[number] = _Sent(now, tokens)
        self._tokens += tokens
        self._running += 1
        return number

    def end(self, number: int, *, used: int | None) -> None:
        """That request is over: what it used stands for what was reserved; None = not known, the reservation stays."""
        self._running -= 1
        sent = self._sent.get(number)
        if sent is not None and used is not None:
            self._tokens += used - sent.tokens
            self._sent[number] = _Sent(sent.moment, used)

    def _room(self, allowed: int) -> float:
        """The moment of the request after whose minute no more than the allowed tokens are left."""
        left = self._tokens
        moment = -math.inf
        for sent in self._sent.values():
            if left <= allowed:
                break
            left -= sent.tokens
            moment = sent.moment
        return moment

    def _forget(self, now: float) -> None:
        while self._sent and (oldest := next(iter(self._sent.values()))).moment + WINDOW <= now:
            self._sent.popitem(last=False)
            self._tokens -= oldest.tokens


@dataclass(frozen=True, slots=True, eq=False)
class _Place:
    """A place in the queue, and what wakes the thread that stands there."""

    tokens: int
    turn: threading.Condition


class Limited:
    """A model whose requests wait, first come, first served, until the limits let them leave.

    A request takes its own tokens and the most that its answer may have from the minute, until it is known what it used; where
    that is never said, they stay taken. One that is larger than the limit leaves when nothing else counts. Raises
    EndpointUnavailable when ``request.deadline`` passes before its turn. ``clock``, and ``pause``, which waits on a condition for
    so many seconds, are there for tests.
    """

    def __init__(
        self,
        model: Model,
        limits: Limits,
        *,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[threading.Condition, float], object] = threading.Condition.wait,
    ) -> None:
        self._model = model
        self._limits = limits
        self._window = Window(limits)
        self._lock = threading.Lock()
        self._queue: deque[_Place] = deque()
        self._clock = clock
        self._pause = pause

    def complete(self, request: Request) -> Completion:
        """The completion of the model, asked when the limits allow it."""
        number = self._admit(request)
        used: Usage | None = None
        try:
            completion = self._model.complete(request)
            used = completion.usage
        except CallError as error:
            used = error.usage
            raise
        finally:
            self._end(number, used)
        return completion

    def _admit(self, request: Request) -> int:
        place = _Place(self._reservation(request), threading.Condition(self._lock))
        with self._lock:
            self._queue.append(place)
            try:
                self._wait(place, request.deadline)
                return self._window.start(self._clock(), place.tokens)
            finally:
                self._queue.remove(place)
                self._wake()

    def _wait(self, place: _Place, deadline: float | None) -> None:
        """Return when the place is the first and nothing is in its way; the lock is held except while waiting."""
        while True:
            now = self._clock()
            first = self._queue[0]
            obstacle = self._window.obstacle(now, first.tokens)
            if obstacle is None and first is place:
                return
            left = math.inf if deadline is None else deadline - now
            if obstacle is not None and left <= 0:
                waited = f"the limit {obstacle.limit} made the request wait until its deadline"
                raise EndpointUnavailable(f"{waited}: raise one of both (EXTRACT_DEADLINE is the time for a document)")
            seconds = obstacle.seconds if obstacle is not None and first is place else math.inf
            self._pause(place.turn, max(_SHORTEST_WAIT, min(seconds, left, _LONGEST_WAIT)))

    def _end(self, number: int, usage: Usage | None) -> None:
        tokens = 0 if usage is None else usage.input_tokens + usage.output_tokens
        with self._lock:
            self._window.end(number, used=tokens or None)  # an endpoint that reports nothing has used something
            self._wake()

    def _wake(self) -> None:
        """Only the first can go, so only it is woken."""
        if self._queue:
            self._queue[0].turn.notify()

    def _reservation(self, request: Request) -> int:
        limit = self._limits.tokens_per_minute
        return 0 if limit is None else min(limit, request_tokens(request) + request.max_output_tokens)

"""Requests kept below what an endpoint allows: so many at once, so many requests and tokens a minute.

How many at once is what is set, or less while the endpoint answers too many of them with 429 (adapting.py).

Written here because one decision is made over requests, tokens and concurrency, and what was reserved is corrected when an answer
says what was used; pyrate-limiter takes a weight when a request starts, and for good.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass

from extract.engines.llm.adapting import Adapting
from extract.engines.llm.seam import Completion, Model, Request
from extract.engines.llm.tokens import request_tokens
from extract.errors import CallError, EndpointUnavailable, ModelError
from extract.result import Usage

WINDOW = 60.0
"""Seconds that limits a minute are counted over: any such stretch, not the minutes of a clock."""
_LOG = logging.getLogger("extract")
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
    """Why the next request has to wait, and for how many seconds; infinite = until another one ends.

    ``throttled``: whether it is the endpoint that asks for fewer requests, and not a limit that is set.
    """

    reason: str
    seconds: float
    throttled: bool = False

    @property
    def remedy(self) -> str:
        """What to do where the wait is too long."""
        if self.throttled:
            return "try again later, or allow more time (EXTRACT_DEADLINE)"
        return "raise one of both (EXTRACT_DEADLINE is the time for a document)"


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
        self._adapting = Adapting(limits.concurrency)

    @property
    def allowed(self) -> int | None:
        """How many may be under way at once now; None = any number."""
        return self._adapting.allowed

    def obstacle(self, now: float, tokens: int) -> Obstacle | None:
        """What keeps a request of so many tokens from leaving at that moment; None = nothing does."""
        self._forget(now)
        limits = self._limits
        if self.allowed is not None and self._adapting.under_way >= self.allowed:
            return _crowd(self.allowed, limits.concurrency)
        if limits.requests_per_minute is not None and len(self._sent) >= limits.requests_per_minute:
            oldest = next(iter(self._sent.values()))
            name = f"EXTRACT_REQUESTS_PER_MINUTE={limits.requests_per_minute}"
            return Obstacle(f"{name} allows no more", oldest.moment + WINDOW - now)
        if limits.tokens_per_minute is not None and self._tokens + tokens > limits.tokens_per_minute:
            name = f"EXTRACT_TOKENS_PER_MINUTE={limits.tokens_per_minute}"
            return Obstacle(f"{name} allows no more", self._room(limits.tokens_per_minute - tokens) + WINDOW - now)
        return None

    def start(self, now: float, tokens: int) -> int:
        """The number of a request that leaves at that moment with so many tokens reserved."""
        number = self._adapting.start()
        self._sent[number] = _Sent(now, tokens)
        self._tokens += tokens
        return number

    def end(self, number: int, *, used: int | None, throttled: bool | None = None) -> None:
        """That request is over: what it used stands for what was reserved; None = not known, the reservation stays.

        ``throttled``: whether the endpoint asked for fewer requests; None = it did not get so far as to say.
        """
        self._adapting.ended(number, throttled=throttled)
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


def _crowd(allowed: int, most: int | None) -> Obstacle:
    """The obstacle that so many requests are under way; ``most`` is how many are allowed when the endpoint asks for nothing."""
    if allowed == most:
        return Obstacle(f"EXTRACT_CONCURRENCY={most} allows no more", math.inf)
    return Obstacle(f"the endpoint asks for fewer requests ({_instead(allowed, most)})", math.inf, throttled=True)


def _instead(allowed: int | None, before: int | None) -> str:
    return f"{allowed} at once instead of {'any number' if before is None else before}"


def _tell(allowed: int | None, *, before: int | None, level: int) -> None:
    """Logs that another number is allowed than before."""
    fewer = before is None or (allowed is not None and allowed < before)
    what = "asks for fewer requests" if fewer else "takes more requests again"
    _LOG.log(level, "the endpoint %s: %s", what, _instead(allowed, before))


def _throttled(error: CallError) -> bool | None:
    """Whether the endpoint asked for fewer requests; None where it was not asked, or was not up to saying so."""
    if isinstance(error, EndpointUnavailable):
        return error.throttled or None
    return False if isinstance(error, ModelError) else None


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
        self._told = False

    @property
    def allowed(self) -> int | None:
        """How many may be under way at once now: as set, or fewer while the endpoint asks for fewer; None = any number."""
        return self._window.allowed

    def complete(self, request: Request) -> Completion:
        """The completion of the model, asked when the limits allow it."""
        number = self._admit(request)
        used: Usage | None = None
        throttled: bool | None = None
        try:
            completion = self._model.complete(request)
            used, throttled = completion.usage, False
        except CallError as error:
            used, throttled = error.usage, _throttled(error)
            raise
        finally:
            self._end(number, usage=used, throttled=throttled)
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
                waited = f"the request waited until its deadline, since {obstacle.reason}"
                raise EndpointUnavailable(f"{waited}; {obstacle.remedy}", throttled=obstacle.throttled)
            seconds = obstacle.seconds if obstacle is not None and first is place else math.inf
            self._pause(place.turn, max(_SHORTEST_WAIT, min(seconds, left, _LONGEST_WAIT)))

    def _end(self, number: int, *, usage: Usage | None, throttled: bool | None) -> None:
        tokens = 0 if usage is None else usage.input_tokens + usage.output_tokens
        with self._lock:
            before = self._window.allowed
            # An endpoint that reports no tokens has used some.
            self._window.end(number, used=tokens or None, throttled=throttled)
            allowed = self._window.allowed
            level = logging.INFO if self._told else logging.WARNING
            self._told |= allowed != before
            self._wake()
        if allowed != before:
            _tell(allowed, before=before, level=level)

    def _wake(self) -> None:
        """Only the first can go, so only it is woken."""
        if self._queue:
            self._queue[0].turn.notify()

    def _reservation(self, request: Request) -> int:
        limit = self._limits.tokens_per_minute
        return 0 if limit is None else min(limit, request_tokens(request) + request.max_output_tokens)

"""The one layer that asks again: with pauses that grow, within the time of a document, and not at all where that is no use."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import NoReturn

import tenacity

from extract.engines.llm.seam import Completion, Model, Request
from extract.errors import Abandoned, CallError, EndpointUnavailable
from extract.result import Usage
from extract.threads import abandoned

Uniform = Callable[[float, float], float]
"""A number between two, each as likely as any other."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often a request is sent at most, and how long a document may take.

    ``deadline``, ``base`` and ``cap``, the longest pause, are in seconds.
    """

    max_attempts: int = 6
    deadline: float = 180.0
    base: float = 0.5
    cap: float = 20.0

    def pause(self, failures: int, *, retry_after: float | None, uniform: Uniform) -> float:
        """The seconds to wait after so many failures: any number up to a limit that doubles each time, or what was asked for.

        What the endpoint asked for comes with a little more, so that all who were sent away do not return at once.

        >>> RetryPolicy().pause(3, retry_after=None, uniform=max)
        2.0
        >>> RetryPolicy().pause(1, retry_after=7.0, uniform=max)
        7.5
        """
        backoff = uniform(0.0, min(self.cap, self.base * 2.0 ** min(failures - 1, 60)))
        if retry_after is None:
            return backoff
        return max(backoff, retry_after + uniform(0.0, max(self.base, retry_after / 20)))


class Retrying:
    """A model that is asked again while its endpoint is unavailable; other errors go through at once.

    The usage of what it returns or raises is that of all attempts. ``sleep`` waits so many seconds, or less if there is a reason.
    """

    def __init__(
        self,
        model: Model,
        policy: RetryPolicy,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        random: Uniform = random.uniform,
    ) -> None:
        self._model = model
        self._policy = policy
        self._sleep = sleep
        self._clock = clock
        self._uniform = random

    def complete(self, request: Request) -> Completion:
        """The completion, after as many attempts as it takes; raises what the last attempt ended in."""
        started = self._clock()
        deadline = started + self._policy.deadline if request.deadline is None else request.deadline
        if started >= deadline:
            raise EndpointUnavailable("the time for this document was over before it was asked; allow more (EXTRACT_DEADLINE)")
        course = _Course(self._policy, replace(request, deadline=deadline), started, self._clock, self._uniform)
        retrying = tenacity.Retrying(
            sleep=self._sleep,
            stop=course.is_over,
            wait=course.pause,
            retry=tenacity.retry_if_exception_type(EndpointUnavailable),
            retry_error_callback=course.give_up,
        )
        completion: Completion = retrying(self._attempt, course)
        return completion

    def _attempt(self, course: _Course) -> Completion:
        """One attempt; what it used is added to what those before it used."""
        try:
            if (given_up := abandoned.get()) is not None and given_up.is_set():
                raise Abandoned("nobody waits for this answer any longer")
            completion = self._model.complete(course.request)
        except CallError as error:
            error.usage = course.spent = course.spent + (error.usage or Usage())
            raise
        return replace(completion, usage=course.spent + completion.usage)


@dataclass(slots=True)
class _Course:
    """The attempts at one request: until when, and what they have used so far."""

    policy: RetryPolicy
    request: Request
    started: float
    clock: Callable[[], float]
    uniform: Uniform
    spent: Usage = field(default=Usage())

    def pause(self, state: tenacity.RetryCallState) -> float:
        error = _error(state)
        asked = error.retry_after if isinstance(error, EndpointUnavailable) else None
        return self.policy.pause(state.attempt_number, retry_after=asked, uniform=self.uniform)

    def is_over(self, state: tenacity.RetryCallState) -> bool:
        """Whether there is no attempt left, or none that would begin in time."""
        late = self.request.deadline is not None and self.clock() + state.upcoming_sleep >= self.request.deadline
        return late or state.attempt_number >= self.policy.max_attempts

    def give_up(self, state: tenacity.RetryCallState) -> NoReturn:
        last = _error(state)
        count = f"{state.attempt_number} attempt{'s' if state.attempt_number > 1 else ''}"
        asked, throttled = (last.retry_after, last.throttled) if isinstance(last, EndpointUnavailable) else (None, False)
        message = f"no answer after {count} in {self.clock() - self.started:.1f} s; the last: {last}"
        raise EndpointUnavailable(message, usage=self.spent, retry_after=asked, throttled=throttled) from last


def _error(state: tenacity.RetryCallState) -> BaseException | None:
    """What the last attempt ended in."""
    return state.outcome.exception() if state.outcome else None

"""An endpoint that answers at once and a clock that a test moves, for the tests of limits."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from extract.engines.llm.limited import Limited, Limits
from extract.engines.llm.seam import Completion, Message, Request
from extract.result import Usage

ROOM = 100


def asked(*, deadline: float | None = None, room: int = ROOM) -> Request:
    return Request("m", "http://here/v1", (Message("user", "A cook."),), {}, max_output_tokens=room, deadline=deadline)


@dataclass
class Clock:
    """A clock that goes on when somebody waits."""

    now: float = 1000.0
    pauses: int = 0

    def __call__(self) -> float:
        return self.now

    def pause(self, _turn: threading.Condition, seconds: float) -> None:
        assert 0 < seconds <= 1, "no wait is so long that an interrupt would not be seen"
        self.now += seconds
        self.pauses += 1
        assert self.pauses < 10_000, "it waits for ever"


@dataclass
class Endpoint:
    """A model that notes when it was asked, and answers as it is told."""

    clock: Callable[[], float]
    answer: Callable[[], Usage] = Usage
    moments: list[float] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    def complete(self, request: Request) -> Completion:
        self.moments.append(self.clock())
        self.requests.append(request)
        return Completion("{}", usage=self.answer())


def paced(limits: Limits, answer: Callable[[], Usage] = Usage) -> tuple[Limited, Endpoint, Clock]:
    clock = Clock()
    endpoint = Endpoint(clock, answer)
    return Limited(endpoint, limits, clock=clock, pause=clock.pause), endpoint, clock

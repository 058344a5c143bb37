"""How many requests are under way at once follows what an endpoint takes: down at once, up again, and not for a few 429s."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import count, cycle, pairwise
from random import Random

import pytest

from extract.engines.llm.adapting import Adapting
from extract.engines.llm.retrying import RetryPolicy

Throttles = Callable[[int, int, Random], bool]
"""Whether an attempt is turned away: its number, how many the endpoint is at, and chance."""
Seconds = Callable[[Random], float]


@dataclass(frozen=True)
class Pace:
    """How long an endpoint takes to turn away, and to answer."""

    throttling: Seconds
    answering: Seconds


AT_ONCE = Pace(lambda chance: chance.uniform(0.03, 0.08), lambda chance: chance.lognormvariate(1.2, 0.5))
"""429s in milliseconds, answers in seconds, some of them in many: what endpoints do."""
ALIKE = Pace(lambda chance: chance.uniform(1, 3), lambda chance: chance.uniform(1, 3))
STEADY = Pace(lambda _: 1.0, lambda _: 1.0)


@dataclass(frozen=True)
class Step:
    """An attempt that ended: when, how many were allowed then, and whether it was turned away."""

    moment: float
    allowed: int
    throttled: bool


@dataclass
class Simulation:
    """Workers, each with one request after the other, that wait for their turn in a queue and pause after a 429 as ours do."""

    throttles: Throttles
    pace: Pace
    chance: Random
    adapting: Adapting
    workers: int = 64
    steps: list[Step] = field(default_factory=list)
    now: float = 0.0

    def __post_init__(self) -> None:
        self.queue = deque([0] * self.workers)  # how often each was turned away
        self.events: list[tuple[float, int, Callable[[], None]]] = []
        self.order = count()
        self.begun = count()
        self.serving = 0

    def run(self, attempts: int) -> list[Step]:
        while len(self.steps) < attempts:
            while self.queue and self.adapting.under_way < (self.adapting.allowed or self.workers):
                self.begin(self.queue.popleft())
            self.now, _, event = heapq.heappop(self.events)
            event()
        return self.steps

    def after(self, seconds: float, event: Callable[[], None]) -> None:
        heapq.heappush(self.events, (self.now + seconds, next(self.order), event))

    def begin(self, failures: int) -> None:
        number = self.adapting.start()
        throttled = self.throttles(next(self.begun), self.serving, self.chance)
        self.serving += not throttled
        seconds = self.pace.throttling(self.chance) if throttled else self.pace.answering(self.chance)
        self.after(seconds, lambda: self.end(number, throttled, failures + 1 if throttled else 0))

    def end(self, number: int, throttled: bool, failures: int) -> None:
        self.serving -= not throttled
        self.adapting.ended(number, throttled=throttled)
        self.steps.append(Step(self.now, self.adapting.allowed or 0, throttled))
        pause = RetryPolicy().pause(failures, retry_after=None, uniform=self.chance.uniform) if failures else 0.0
        self.after(pause, lambda: self.queue.append(failures))


def simulation(throttles: Throttles, pace: Pace, *, seed: int, most: int | None = 64) -> Simulation:
    chance = Random(seed)  # noqa: S311  # nothing is kept secret with it
    return Simulation(throttles, pace, chance, Adapting(most))


def simulated(throttles: Throttles, pace: Pace, *, attempts: int, seed: int) -> list[Step]:
    return simulation(throttles, pace, seed=seed).run(attempts)


def at_most(room: int) -> Throttles:
    return lambda _, serving, __: serving >= room


def mean_allowed(steps: list[Step]) -> float:
    """Over time, not over attempts."""
    whole = sum(step.allowed * (later.moment - step.moment) for step, later in pairwise(steps))
    return whole / (steps[-1].moment - steps[0].moment)


def throttled_share(steps: list[Step]) -> float:
    return sum(step.throttled for step in steps) / len(steps)


PACES = pytest.mark.parametrize("pace", [AT_ONCE, ALIKE, STEADY], ids=["429s at once", "alike", "steady"])
SEEDS = pytest.mark.parametrize("seed", range(3))


@PACES
@SEEDS
def test_an_endpoint_gets_about_as_many_at_once_as_it_takes(pace: Pace, seed: int) -> None:
    """Of 64 that could be, eight stay under way, and less than a fifth of the attempts is turned away."""
    steps = simulated(at_most(8), pace, attempts=4000, seed=seed)[500:]
    assert 6.5 < mean_allowed(steps) < 9.5
    assert throttled_share(steps) < 0.2


@PACES
@pytest.mark.parametrize("room", [1, 3, 30, 50])
def test_few_attempts_are_turned_away_whatever_the_room(pace: Pace, room: int) -> None:
    """What finding out costs does not depend on how many the endpoint takes."""
    steps = simulated(at_most(room), pace, attempts=4000, seed=1)[1000:]
    assert room * 0.8 < mean_allowed(steps) < room * 1.2 + 1
    assert throttled_share(steps) < 0.2


@PACES
@SEEDS
def test_a_few_429s_at_random_leave_nearly_all_allowed(pace: Pace, seed: int) -> None:
    """One attempt in twenty says nothing about how many are under way at once."""
    steps = simulated(lambda _, __, chance: chance.random() < 0.05, pace, attempts=6000, seed=seed)
    assert mean_allowed(steps) > 50


@PACES
@SEEDS
def test_after_an_outage_all_are_allowed_again(pace: Pace, seed: int) -> None:
    """429 to everything leaves one at a time; once it takes all, a bounded number of attempts leads back to all."""
    outage = 300
    steps = simulated(lambda number, _, __: number < outage, pace, attempts=outage + 1500, seed=seed)
    assert {step.allowed for step in steps[200:outage]} == {1}
    assert steps[-1].allowed == 64


@SEEDS
def test_without_a_number_it_is_found_all_the_same(seed: int) -> None:
    """None allows any number until too many are turned away."""
    unlimited = simulation(at_most(8), AT_ONCE, seed=seed, most=None)
    assert unlimited.adapting.allowed is None
    steps = unlimited.run(4000)[500:]
    assert 6.5 < mean_allowed(steps) < 9.5


def begin(adapting: Adapting, times: int) -> list[int]:
    return [adapting.start() for _ in range(times)]


def end(adapting: Adapting, numbers: Iterable[int], throttled: bool | None) -> None:
    for number in numbers:
        adapting.ended(number, throttled=throttled)


@pytest.mark.parametrize(
    ("most", "throttled", "allowed"),
    [(64, 9, 64), (64, 10, 54), (20, 3, 20), (20, 4, 16), (8, 1, 8), (8, 2, 6), (8, 0, 8), (None, 0, None), (None, 2, 6)],
)
def test_more_than_15_percent_are_too_many(most: int | None, throttled: int, allowed: int | None) -> None:
    """Up to that share of a window changes nothing; more leave as many as were taken."""
    adapting = Adapting(most)
    numbers = begin(adapting, most or 8)
    end(adapting, reversed(numbers[throttled:]), False)
    end(adapting, numbers[:throttled], True)
    assert adapting.allowed == allowed


@pytest.mark.parametrize(("outcomes", "allowed"), [("+-", 32), ("++-", 42), ("+----", 14), ("-", 1)])
def test_as_many_as_were_taken_are_left(outcomes: str, allowed: int) -> None:
    """The share of those that were not turned away is the share that goes on, until one is left."""
    adapting = Adapting(64)
    for number, outcome in zip(begin(adapting, 64), cycle(outcomes), strict=False):
        if adapting.allowed == 64:
            adapting.ended(number, throttled=outcome == "-")
    assert adapting.allowed == allowed


@pytest.mark.parametrize(("most", "room"), [(9, 8), (64, 60), (2, 1)])
def test_what_is_being_answered_is_taken(most: int, room: int) -> None:
    """Where 429s come at once and answers do not, those that wait stay, and what is turned away in their time is soon no more."""
    adapting = Adapting(most)
    begin(adapting, room)
    for _ in range(max(2, most // 5)):
        if adapting.allowed == most:
            end(adapting, begin(adapting, 1), True)
    assert adapting.allowed == room


def test_a_few_429s_while_others_wait_change_nothing() -> None:
    """Of those that begin while a window waits for its answers, one in twenty is still one in twenty."""
    adapting = Adapting(64)
    begin(adapting, 60)
    for number in range(400):
        end(adapting, begin(adapting, 1), number % 20 == 0)
        assert adapting.allowed == 64


def test_later_answers_do_not_stand_for_one_that_is_due() -> None:
    """A window is decided by its own attempts, however many come and go meanwhile."""
    adapting = fallen(4)
    for _ in range(8):
        end(adapting, begin(adapting, 1), False)
    slow = begin(adapting, 1)
    for _ in range(20):
        end(adapting, begin(adapting, 1), False)
    assert adapting.allowed == 2
    end(adapting, slow, False)
    assert adapting.allowed == 3


def test_it_falls_as_soon_as_nothing_can_change_it() -> None:
    """Two of eight are more than 15 %, whatever the other six end in."""
    adapting = Adapting(8)
    numbers = begin(adapting, 8)
    end(adapting, numbers[:1], True)
    assert adapting.allowed == 8
    end(adapting, numbers[1:2], True)
    assert adapting.allowed == 1


def test_what_began_before_a_fall_does_not_count_again() -> None:
    """Of 64 that are all turned away, the first ten decide, and the others change nothing."""
    adapting = Adapting(64)
    numbers = begin(adapting, 64)
    end(adapting, reversed(numbers[-10:]), True)
    assert adapting.allowed == 54  # who began before the last of the ten still waits
    end(adapting, numbers[:-10], True)
    assert adapting.allowed == 54


@pytest.mark.parametrize(("most", "allowed"), [(4, [2, 3, 4, 4]), (64, [2, 3, 4, 5, 6, 7, 8, 9])])
def test_a_window_without_429s_allows_more(most: int, allowed: list[int]) -> None:
    """One more after eight attempts, and never more than are set."""
    adapting = fallen(most)
    seen = []
    for _ in allowed:
        for _ in range(8):
            end(adapting, begin(adapting, 1), False)
        seen.append(adapting.allowed)
    assert seen == allowed


def test_it_grows_by_an_eighth() -> None:
    """From 32 to 36, after as many attempts as are under way at once."""
    adapting = Adapting(64)
    numbers = begin(adapting, 64)
    for taken, turned_away in zip(numbers[::2], numbers[1::2], strict=True):
        adapting.ended(taken, throttled=False)
        adapting.ended(turned_away, throttled=True)
    assert adapting.allowed == 32
    end(adapting, begin(adapting, 32), False)
    assert adapting.allowed == 36


def fallen(most: int) -> Adapting:
    """One attempt is allowed, and none is under way."""
    adapting = Adapting(most)
    for _ in range(2):
        end(adapting, begin(adapting, 1), True)
    assert adapting.allowed == 1
    return adapting


def test_an_end_that_says_nothing_does_not_count() -> None:
    """Connections that break neither allow more nor fewer, and the next attempt takes their place in the window."""
    adapting = fallen(4)
    for _ in range(100):
        end(adapting, begin(adapting, 1), None)
    assert adapting.allowed == 1
    for _ in range(8):
        assert adapting.allowed == 1
        end(adapting, begin(adapting, 1), False)
    assert adapting.allowed == 2


def test_few_workers_are_judged_by_what_they_do() -> None:
    """Where four of 64 that are allowed are under way, eight attempts decide and not 64."""
    adapting = Adapting(64)
    for throttled in (False, True):
        end(adapting, reversed(begin(adapting, 4)), throttled)
    assert adapting.allowed == 2

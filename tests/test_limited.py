"""Limits on requests, tokens and concurrency hold in every stretch of a minute, and everyone gets a turn."""

from __future__ import annotations

import heapq
import logging
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import repeat

import pytest
from fault_server import Step, serving
from hypothesis import given
from hypothesis import strategies as st

from extract.engines.llm.limited import WINDOW, Limited, Limits, Window
from extract.engines.llm.openai_model import OpenAIModel
from extract.engines.llm.retrying import Retrying, RetryPolicy
from extract.engines.llm.seam import Completion, Message, Request
from extract.engines.llm.tokens import request_tokens
from extract.errors import AccessDenied, BudgetExceeded, EndpointUnavailable, Refused
from extract.result import Usage
from extract.settings import Settings

ROOM = 100


def asked(*, deadline: float | None = None, room: int = ROOM) -> Request:
    return Request("m", "http://here/v1", (Message("user", "A cook."),), {}, max_output_tokens=room, deadline=deadline)


SENT = request_tokens(asked())


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


def failing(error: BaseException) -> Callable[[], Usage]:
    def answer() -> Usage:
        raise error

    return answer


def paced(limits: Limits, answer: Callable[[], Usage] = Usage) -> tuple[Limited, Endpoint, Clock]:
    clock = Clock()
    endpoint = Endpoint(clock, answer)
    return Limited(endpoint, limits, clock=clock, pause=clock.pause), endpoint, clock


def most_in_a_minute(sent: Iterable[tuple[float, int]]) -> int:
    """The largest sum in any half-open stretch of 60 seconds: it begins at one of the moments."""
    pairs = list(sent)
    return max((sum(count for moment, count in pairs if begin <= moment < begin + WINDOW) for begin, _ in pairs), default=0)


@given(
    arrivals=st.lists(
        st.tuples(
            st.floats(0, 200),  # when it comes
            st.integers(1, 60),  # what it reserves
            st.integers(0, 60),  # what it uses at most
            st.floats(0, 90),  # how long it takes
        ),
        max_size=40,
    ),
    concurrency=st.none() | st.integers(1, 5),
    requests=st.none() | st.integers(1, 8),
    tokens=st.none() | st.integers(60, 200),
)
def test_no_minute_has_more_than_is_allowed(
    arrivals: list[tuple[float, int, int, float]], concurrency: int | None, requests: int | None, tokens: int | None
) -> None:
    """However requests arrive, overlap and use less than they reserved: every minute keeps the limits, and all of them leave."""
    window = Window(Limits(concurrency, requests, tokens))
    now = 0.0
    under_way: list[tuple[float, int, int]] = []  # when it ends, its number, what it has used
    left: list[tuple[float, int]] = []
    for arrival, reserved, used, duration in sorted(arrivals):
        now = max(now, arrival)
        for _ in range(1000):
            while under_way and under_way[0][0] <= now:
                _, number, really = heapq.heappop(under_way)
                window.end(number, used=really)
            obstacle = window.obstacle(now, reserved)
            if obstacle is None:
                break
            ends = under_way[0][0] if under_way else float("inf")
            later = min(now + max(obstacle.seconds, 0.001), ends)
            assert now < later < float("inf"), "something it waits for happens"
            now = later
        else:
            pytest.fail("it waits for ever")
        number = window.start(now, reserved)
        really = min(used, reserved)
        heapq.heappush(under_way, (now + duration, number, really))
        left.append((now, really))
        assert concurrency is None or len(under_way) <= concurrency
    assert len(left) == len(arrivals)
    assert requests is None or most_in_a_minute((moment, 1) for moment, _ in left) <= requests
    assert tokens is None or most_in_a_minute(left) <= tokens


@given(
    requests=st.none() | st.integers(1, 7),
    tokens=st.none() | st.integers(1, 5 * (SENT + ROOM)),
    used=st.lists(st.integers(1, SENT + ROOM), max_size=25),
)
def test_requests_are_paced(requests: int | None, tokens: int | None, used: list[int]) -> None:
    """Through the whole wrapper the minutes keep the limits, and a request that alone is over the limit leaves alone."""
    amounts = iter(used)
    limited, endpoint, _ = paced(
        Limits(requests_per_minute=requests, tokens_per_minute=tokens), lambda: Usage(output_tokens=next(amounts))
    )
    for _ in used:
        limited.complete(asked())
    assert len(endpoint.moments) == len(used)
    assert requests is None or most_in_a_minute((moment, 1) for moment in endpoint.moments) <= requests
    sent = list(zip(endpoint.moments, used, strict=True))
    assert tokens is None or most_in_a_minute(sent) <= max(tokens, max(used, default=0))


def test_a_full_minute_is_waited_for_and_no_longer() -> None:
    """The third request of two a minute leaves 60 seconds after the first."""
    limited, endpoint, _ = paced(Limits(requests_per_minute=2))
    requests = [asked(room=number) for number in range(3)]
    for request in requests:
        limited.complete(request)
    assert endpoint.requests == requests
    assert endpoint.moments == [1000.0, 1000.0, pytest.approx(1060.0, abs=0.01)]


@pytest.mark.parametrize(
    ("answer", "at_once"),
    [
        (lambda: Usage(input_tokens=SENT, output_tokens=1), True),  # it used a hundredth of what was reserved
        (lambda: Usage(input_tokens=SENT, output_tokens=ROOM), False),  # all of it
        (Usage, False),  # not said: what was reserved stays taken
        (failing(EndpointUnavailable("busy", usage=Usage(calls=1, input_tokens=SENT))), True),
        (failing(EndpointUnavailable("busy", usage=Usage(calls=1))), False),
        (failing(EndpointUnavailable("busy")), False),
        (failing(KeyboardInterrupt()), False),
    ],
)
def test_what_was_really_used_counts(answer: Callable[[], Usage], at_once: bool) -> None:
    """Whether a second request fits into the minute of the first depends on what the first used, also where it failed."""
    limited, endpoint, clock = paced(Limits(concurrency=1, tokens_per_minute=SENT + ROOM + SENT + 50), answer)
    for _ in range(2):
        try:
            limited.complete(asked(room=ROOM))
        except (EndpointUnavailable, KeyboardInterrupt):
            clock.now += 1
    waited = endpoint.moments[1] - endpoint.moments[0]
    assert (waited < 2) is at_once


def test_tokens_are_waited_for_no_longer_than_they_are_needed() -> None:
    """A request leaves as soon as the oldest ones that it needs the tokens of are a minute old, not when all are."""
    limited, endpoint, clock = paced(Limits(tokens_per_minute=2 * (SENT + ROOM)))
    for seconds in (30, 10.5, 0):
        limited.complete(asked())
        clock.now += seconds
    assert endpoint.moments == [1000.0, 1030.0, pytest.approx(1060.0, abs=0.01)]


def test_a_document_over_the_limit_leaves_alone() -> None:
    """It waits until nothing else counts, and does not wait for ever."""
    limited, endpoint, _ = paced(Limits(tokens_per_minute=50), lambda: Usage(input_tokens=10))
    for room in (1, 4000, 1):
        limited.complete(asked(room=room))
    first, large, last = endpoint.moments
    assert large == pytest.approx(first + WINDOW, abs=0.01)
    assert last == large


@pytest.mark.parametrize(
    ("limits", "named"),
    [
        (Limits(requests_per_minute=1), "EXTRACT_REQUESTS_PER_MINUTE=1 "),
        (Limits(tokens_per_minute=120), "EXTRACT_TOKENS_PER_MINUTE=120 "),
    ],
)
def test_nobody_waits_past_a_deadline(limits: Limits, named: str) -> None:
    """When the deadline comes first, the error names the limit; the endpoint is not asked."""
    limited, endpoint, clock = paced(limits)
    limited.complete(asked())
    with pytest.raises(EndpointUnavailable, match=named):
        limited.complete(asked(deadline=clock.now + 20.5))
    assert clock.now == pytest.approx(1020.5, abs=0.01)
    assert len(endpoint.moments) == 1


def test_a_deadline_that_passed_keeps_nobody_from_leaving_at_once() -> None:
    """Only waiting is bounded here: what need not wait is the network's to time."""
    limited, endpoint, clock = paced(Limits(requests_per_minute=1))
    limited.complete(asked(deadline=clock.now - 1))
    assert len(endpoint.moments) == 1


def test_who_gave_up_is_in_nobodys_way() -> None:
    """After a request that ran into its deadline, the next one gets its turn."""
    limited, endpoint, clock = paced(Limits(requests_per_minute=1))
    limited.complete(asked())
    with pytest.raises(EndpointUnavailable):
        limited.complete(asked(deadline=clock.now + 1))
    limited.complete(asked())
    assert len(endpoint.moments) == 2


def test_an_interrupt_ends_the_wait() -> None:
    """Ctrl-C while waiting gets out, and leaves the queue in order."""
    clock = Clock()
    endpoint = Endpoint(clock)
    interrupts = iter([KeyboardInterrupt()])

    def pause(turn: threading.Condition, seconds: float) -> None:
        for interrupt in interrupts:
            raise interrupt
        clock.pause(turn, seconds)

    limited = Limited(endpoint, Limits(requests_per_minute=1), clock=clock, pause=pause)
    limited.complete(asked())
    with pytest.raises(KeyboardInterrupt):
        limited.complete(asked())
    limited.complete(asked())
    assert len(endpoint.moments) == 2


def test_no_limits_never_wait() -> None:
    """Without a limit nothing is counted, and a thousand requests leave at the same moment."""
    limited, endpoint, clock = paced(Limits())
    for _ in range(1000):
        limited.complete(asked())
    assert set(endpoint.moments) == {clock.now}


@dataclass
class Crowd:
    """A model that notes how many are inside at once, and in which order they came."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    inside: int = 0
    most: int = 0
    order: list[int] = field(default_factory=list)

    def complete(self, request: Request) -> Completion:
        with self.lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
            self.order.append(request.repeat)
        time.sleep(0.001)
        with self.lock:
            self.inside -= 1
        if request.repeat % 3 == 0:
            raise AccessDenied("no")
        return Completion("{}")


def test_no_more_threads_than_allowed_are_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sixteen threads share three places, those whose request fails give theirs back, and who waits is woken by that."""
    monkeypatch.setattr("extract.engines.llm.limited._LONGEST_WAIT", 60.0)
    deadline = time.monotonic() + 10
    crowd = Crowd()
    limited = Limited(crowd, Limits(concurrency=3))

    def complete(number: int) -> bool:
        try:
            limited.complete(Request("m", "e", (), {}, repeat=number, deadline=deadline))
        except AccessDenied:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        answered = list(pool.map(complete, range(300)))
    assert crowd.most == 3
    assert answered == [number % 3 != 0 for number in range(300)]


def test_first_come_first_served() -> None:
    """Threads that wait for one place get it in the order in which they came."""
    release = threading.Event()
    order: list[int] = []

    class Slow:
        def complete(self, request: Request) -> Completion:
            assert release.wait(10)
            order.append(request.repeat)
            return Completion("{}")

    waiting: set[int] = set()

    def pause(turn: threading.Condition, seconds: float) -> None:
        waiting.add(threading.get_ident())
        turn.wait(seconds)

    limited = Limited(Slow(), Limits(concurrency=1), pause=pause)
    threads = []
    for number in range(8):
        thread = threading.Thread(target=limited.complete, args=(Request("m", "e", (), {}, repeat=number),))
        thread.start()
        threads.append(thread)
        while len(waiting) < number:  # one is inside, the others wait
            time.sleep(0.001)
    release.set()
    for thread in threads:
        thread.join(10)
    assert order == list(range(8))


def test_a_newcomer_overtakes_nobody() -> None:
    """Who comes at the moment at which there is room stands behind those who waited for it, and waits like them."""
    clock = Clock()
    endpoint = Endpoint(clock)
    newcomer_waits = threading.Event()
    outcomes: list[str] = []

    def come_late() -> None:
        try:
            limited.complete(asked(room=3, deadline=1030.0))
        except EndpointUnavailable as error:
            outcomes.append(str(error))
        newcomer_waits.set()

    late = threading.Thread(target=come_late)

    def pause(turn: threading.Condition, _seconds: float) -> None:
        if threading.current_thread() is late:
            newcomer_waits.set()
            turn.wait(0.01)
        else:
            clock.now = 1060.0
            turn.release()
            late.start()
            assert newcomer_waits.wait(10)
            turn.acquire()

    limited = Limited(endpoint, Limits(requests_per_minute=1), clock=clock, pause=pause)
    limited.complete(asked(room=1))
    limited.complete(asked(room=2))
    late.join(10)
    assert [request.max_output_tokens for request in endpoint.requests] == [1, 2]
    assert "EXTRACT_REQUESTS_PER_MINUTE=1 " in outcomes[0]


def test_a_thread_in_the_queue_gives_up_at_its_deadline() -> None:
    """A place that is not given back in time ends in an error that names the limit on requests at once."""
    inside, release = threading.Event(), threading.Event()

    class Stuck:
        def complete(self, request: Request) -> Completion:
            inside.set()
            assert release.wait(10)
            return Completion("{}", model=request.model)

    limited = Limited(Stuck(), Limits(concurrency=1))
    thread = threading.Thread(target=limited.complete, args=(asked(),))
    thread.start()
    assert inside.wait(10)
    with pytest.raises(EndpointUnavailable, match="EXTRACT_CONCURRENCY=1 "):
        limited.complete(asked(deadline=time.monotonic() + 0.02))
    release.set()
    thread.join(10)


def throttled(times: int) -> list[EndpointUnavailable]:
    return [EndpointUnavailable("slow down", throttled=True) for _ in range(times)]


def answering(*outcomes: BaseException | None) -> Callable[[], Usage]:
    """Answers that end so, one after the other; None = an answer."""
    left = iter(outcomes)

    def answer() -> Usage:
        if (error := next(left)) is not None:
            raise error
        return Usage()

    return answer


def complete_all(limited: Limited, times: int) -> None:
    for _ in range(times):
        with suppress(EndpointUnavailable, AccessDenied, BudgetExceeded, Refused):
            limited.complete(asked())


def test_fewer_are_allowed_while_the_endpoint_asks_for_fewer(caplog: pytest.LogCaptureFixture) -> None:
    """429s lower the number and answers raise it again; the first fall alone is a warning."""
    outcomes = [*throttled(2), *[None] * 16, *throttled(2), *[None] * 24]
    limited, _, _ = paced(Limits(concurrency=4), answering(*outcomes))
    seen: list[int | None] = [limited.allowed]
    with caplog.at_level(logging.INFO, "extract"):
        for _ in outcomes:
            complete_all(limited, 1)
            if limited.allowed != seen[-1]:
                seen.append(limited.allowed)
    assert seen == [4, 1, 2, 3, 1, 2, 3, 4]
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == [
        "the endpoint asks for fewer requests: 1 at once instead of 4"
    ]
    assert [record.getMessage() for record in caplog.records if record.levelno == logging.INFO] == [
        "the endpoint takes more requests again: 2 at once instead of 1",
        "the endpoint takes more requests again: 3 at once instead of 2",
        "the endpoint asks for fewer requests: 1 at once instead of 3",
        "the endpoint takes more requests again: 2 at once instead of 1",
        "the endpoint takes more requests again: 3 at once instead of 2",
        "the endpoint takes more requests again: 4 at once instead of 3",
    ]


@pytest.mark.parametrize(
    ("outcome", "allowed"),
    [
        (None, 2),
        (Refused("no"), 2),  # it was asked and answered
        (EndpointUnavailable("no connection"), 1),
        (AccessDenied("the gate is shut"), 1),
        (BudgetExceeded("nothing left"), 1),
    ],
    ids=["an answer", "a refusal", "no connection", "no access", "no budget"],
)
def test_only_what_the_endpoint_says_counts(outcome: BaseException | None, allowed: int) -> None:
    """Whatever is an answer allows more again; what is none says nothing about how many the endpoint takes."""
    limited, _, _ = paced(Limits(concurrency=4), answering(*throttled(2), *[outcome] * 8))
    complete_all(limited, 10)
    assert limited.allowed == allowed


def test_without_a_limit_the_endpoint_sets_one(caplog: pytest.LogCaptureFixture) -> None:
    """None is any number until there are too many 429s."""
    limited, _, _ = paced(Limits(), answering(*throttled(2)))
    seen = [limited.allowed]
    complete_all(limited, 2)
    assert [*seen, limited.allowed] == [None, 1]
    assert caplog.messages == ["the endpoint asks for fewer requests: 1 at once instead of any number"]


@pytest.mark.parametrize(("most", "named"), [(4, "1 at once instead of 4"), (None, "1 at once instead of any number")])
def test_who_waits_too_long_is_told_that_the_endpoint_asked(most: int | None, named: str) -> None:
    """The error names what is in the way, which is not the limit that is set, and is marked as a 429 is."""
    outcomes: list[EndpointUnavailable | None] = [*throttled(2), None]
    inside, release = threading.Event(), threading.Event()

    class Stuck:
        def complete(self, request: Request) -> Completion:
            if (error := outcomes.pop(0)) is not None:
                raise error
            inside.set()
            assert release.wait(10)
            return Completion("{}", model=request.model)

    limited = Limited(Stuck(), Limits(concurrency=most))
    complete_all(limited, 2)
    thread = threading.Thread(target=limited.complete, args=(asked(),))
    thread.start()
    assert inside.wait(10)
    with pytest.raises(EndpointUnavailable, match=rf"since the endpoint asks for fewer requests \({named}\); try") as caught:
        limited.complete(asked(deadline=time.monotonic() + 0.02))
    assert caught.value.throttled
    assert "EXTRACT_CONCURRENCY" not in str(caught.value)
    release.set()
    thread.join(10)


def test_the_limit_that_is_set_is_named_as_long_as_it_is_the_limit() -> None:
    """One that the endpoint has nothing against can be raised; its error is not marked."""
    limited, _, _ = paced(Limits(requests_per_minute=1))
    limited.complete(asked())
    with pytest.raises(EndpointUnavailable, match="EXTRACT_REQUESTS_PER_MINUTE=1 allows no more; raise one of both") as caught:
        limited.complete(asked(deadline=1001.0))
    assert not caught.value.throttled


@dataclass
class Busy:
    """A model that takes a few at once, and turns away all others at once."""

    room: int
    lock: threading.Lock = field(default_factory=threading.Lock)
    inside: int = 0
    turned_away: int = 0

    def complete(self, request: Request) -> Completion:
        with self.lock:
            if self.inside >= self.room:
                self.turned_away += 1
                raise EndpointUnavailable("slow down", throttled=True)
            self.inside += 1
        time.sleep(0.002)
        with self.lock:
            self.inside -= 1
        return Completion("{}", model=request.model)


def test_threads_come_down_to_what_the_endpoint_takes() -> None:
    """Thirty-two threads that ask until they get an answer are turned away a few times, and not each of them again and again."""
    busy = Busy(room=4)
    limited = Limited(busy, Limits(concurrency=32))
    lowest: list[int] = []

    def complete(_: int) -> str:
        while True:
            lowest.append(limited.allowed or 0)
            try:
                return limited.complete(asked()).text
            except EndpointUnavailable:
                continue

    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(complete, range(400)))
    assert answers == ["{}"] * 400
    assert min(lowest) <= 5
    assert busy.turned_away < 400


@pytest.mark.block_network(allowed_hosts=["127.0.0.1"])
def test_a_server_that_takes_few_at_once_answers_all() -> None:
    """Over the network: sixteen at once, of which the server takes three, all get their answer, and most at the first attempt."""
    settings = Settings(api_key="k", model="m", concurrency=16)
    with (
        serving(repeat(Step(delay=0.02)), at_once=3) as server,
        OpenAIModel(settings.model_copy(update={"base_url": server.base_url})) as network,
    ):
        limited = Limited(network, Limits(concurrency=16))
        model = Retrying(limited, RetryPolicy(max_attempts=50), sleep=lambda _: None)
        with ThreadPoolExecutor(16) as pool:
            answers = list(pool.map(lambda _: model.complete(asked()).text, range(100)))
        assert answers == ["{}"] * 100
        assert len(server.requests) == 100 + server.turned_away
        assert 0 < server.turned_away < 100
    assert limited.allowed is not None
    assert limited.allowed <= 8


def test_who_gives_up_is_told_that_there_were_too_many() -> None:
    """After the last attempt the error is marked as the attempt was."""
    limited, _, _ = paced(Limits(), answering(EndpointUnavailable("busy"), *throttled(2), EndpointUnavailable("busy")))
    model = Retrying(limited, RetryPolicy(max_attempts=2), sleep=lambda _: None)
    for marked in (True, False):
        with pytest.raises(EndpointUnavailable, match="no answer after 2 attempts") as caught:
            model.complete(asked())
        assert caught.value.throttled is marked

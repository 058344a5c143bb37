"""Limits on concurrency: everyone gets a turn, and fewer are allowed while the endpoint takes fewer."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain, repeat

import pytest
from fault_server import Step, serving
from paced import Clock, Endpoint, asked, paced
from waiting import until

from extract.engines.llm.limited import Limited, Limits
from extract.engines.llm.openai_model import OpenAIModel
from extract.engines.llm.retrying import Retrying, RetryPolicy
from extract.engines.llm.seam import Completion, Request
from extract.errors import AccessDenied, BudgetExceeded, EndpointUnavailable, Refused
from extract.result import Usage
from extract.settings import Settings


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
    deadline = time.monotonic() + 55  # less than that, so that a wake-up that is lost is an error
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
    inside, release = threading.Event(), threading.Event()
    order: list[int] = []

    class Slow:
        def complete(self, request: Request) -> Completion:
            inside.set()
            assert release.wait(30)
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
        assert inside.wait(30)
        until(lambda: len(waiting) >= len(threads) - 1)  # one is inside, the others wait
    release.set()
    for thread in threads:
        thread.join(30)
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
            assert newcomer_waits.wait(30)
            turn.acquire()

    limited = Limited(endpoint, Limits(requests_per_minute=1), clock=clock, pause=pause)
    limited.complete(asked(room=1))
    limited.complete(asked(room=2))
    late.join(30)
    assert [request.max_output_tokens for request in endpoint.requests] == [1, 2]
    assert "EXTRACT_REQUESTS_PER_MINUTE=1 " in outcomes[0]


def test_a_thread_in_the_queue_gives_up_at_its_deadline() -> None:
    """A place that is not given back in time ends in an error that names the limit on requests at once."""
    inside, release = threading.Event(), threading.Event()

    class Stuck:
        def complete(self, request: Request) -> Completion:
            inside.set()
            assert release.wait(30)
            return Completion("{}", model=request.model)

    limited = Limited(Stuck(), Limits(concurrency=1))
    thread = threading.Thread(target=limited.complete, args=(asked(),))
    thread.start()
    assert inside.wait(30)
    with pytest.raises(EndpointUnavailable, match="EXTRACT_CONCURRENCY=1 "):
        limited.complete(asked(deadline=time.monotonic() + 0.02))
    release.set()
    thread.join(30)


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
            assert release.wait(30)
            return Completion("{}", model=request.model)

    limited = Limited(Stuck(), Limits(concurrency=most))
    complete_all(limited, 2)
    thread = threading.Thread(target=limited.complete, args=(asked(),))
    thread.start()
    assert inside.wait(30)
    with pytest.raises(EndpointUnavailable, match=rf"since the endpoint asks for fewer requests \({named}\); try") as caught:
        limited.complete(asked(deadline=time.monotonic() + 0.02))
    assert caught.value.throttled
    assert "EXTRACT_CONCURRENCY" not in str(caught.value)
    release.set()
    thread.join(30)


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
    steps = chain(repeat(Step(delay=1), 3), repeat(Step(delay=0.02)))  # others come while the first three are answered
    lowest: list[int] = []
    with (
        serving(steps, at_once=3) as server,
        OpenAIModel(settings.model_copy(update={"base_url": server.base_url})) as network,
    ):
        limited = Limited(network, Limits(concurrency=16))
        model = Retrying(limited, RetryPolicy(max_attempts=50), sleep=lambda _: lowest.append(limited.allowed or 16))
        with ThreadPoolExecutor(16) as pool:
            answers = list(pool.map(lambda _: model.complete(asked()).text, range(100)))
        assert answers == ["{}"] * 100
        assert len(server.requests) == 100 + server.turned_away
        assert 0 < server.turned_away < 100
    assert min(lowest) <= 8


def test_who_gives_up_is_told_that_there_were_too_many() -> None:
    """After the last attempt the error is marked as the attempt was."""
    limited, _, _ = paced(Limits(), answering(EndpointUnavailable("busy"), *throttled(2), EndpointUnavailable("busy")))
    model = Retrying(limited, RetryPolicy(max_attempts=2), sleep=lambda _: None)
    for marked in (True, False):
        with pytest.raises(EndpointUnavailable, match="no answer after 2 attempts") as caught:
            model.complete(asked())
        assert caught.value.throttled is marked

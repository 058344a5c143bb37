"""The one layer that asks again: what it asks again, when, for how long, and what all attempts together used."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import pytest
from fault_server import Fault, Step, serving

from extract.engines.llm.gated import CLOSED_FOR, Gated
from extract.engines.llm.openai_model import OpenAIModel
from extract.engines.llm.retrying import Retrying, RetryPolicy
from extract.engines.llm.seam import Completion, Request
from extract.errors import (
    AccessDenied,
    BudgetExceeded,
    CallError,
    ContextOverflow,
    EndpointUnavailable,
    Filtered,
    QuotaExhausted,
    RequestRejected,
)
from extract.result import Usage
from extract.settings import Settings

REQUEST = Request("model", "", (), {})
ONE = Usage(calls=1)
DONE = Completion("{}", usage=Usage(calls=1, output_tokens=5, cost=None))


@dataclass
class Clock:
    """A time that passes by sleeping alone."""

    now: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@dataclass
class Script:
    """A model that does one thing after the other, and then answers; ``lasting`` is how long each attempt takes."""

    outcomes: list[CallError | Completion]
    clock: Clock
    lasting: float = 0.0
    requests: list[Request] = field(default_factory=list)

    def complete(self, request: Request) -> Completion:
        self.requests.append(request)
        self.clock.now += self.lasting
        outcome = self.outcomes.pop(0) if self.outcomes else DONE
        if isinstance(outcome, CallError):
            raise outcome
        return outcome


def longest(_: float, most: float) -> float:
    """The longest pause that may be."""
    return most


def scripted(
    *outcomes: CallError | Completion, policy: RetryPolicy | None = None, lasting: float = 0.0
) -> tuple[Retrying, Script, Clock]:
    """A model that is asked again, what it asks, and its time."""
    clock = Clock()
    script = Script(list(outcomes), clock, lasting)
    return (
        Retrying(Gated(script, clock=clock), policy or RetryPolicy(), sleep=clock.sleep, clock=clock, random=longest),
        script,
        clock,
    )


def unavailable(retry_after: float | None = None) -> EndpointUnavailable:
    """One failed attempt."""
    return EndpointUnavailable("busy", usage=ONE, retry_after=retry_after)


def test_pauses_double_up_to_a_cap() -> None:
    """The longest pause is half a second, then twice as much each time, and never more than twenty."""
    model, script, clock = scripted(*[unavailable() for _ in range(8)], policy=RetryPolicy(max_attempts=9))
    model.complete(REQUEST)
    assert clock.slept == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 20.0, 20.0]
    assert len(script.requests) == 9


def test_pauses_are_spread_from_nothing_to_the_longest() -> None:
    """Any pause up to the longest may come out, so that many who failed together do not return together."""
    clock, asked = Clock(), list[tuple[float, float]]()

    def spread(least: float, most: float) -> float:
        asked.append((least, most))
        return most / 4

    model = Retrying(Script([unavailable(), unavailable()], clock), RetryPolicy(), sleep=clock.sleep, clock=clock, random=spread)
    model.complete(REQUEST)
    assert asked == [(0.0, 0.5), (0.0, 1.0)]
    assert clock.slept == [0.125, 0.25]


@pytest.mark.parametrize(("stated", "slept"), [(7.0, 7.5), (100.0, 105.0), (0.0, 0.5), (0.1, 0.6)])
def test_what_the_endpoint_asks_for_is_waited_and_a_little_more(stated: float, slept: float) -> None:
    """Nobody comes back before the time that was asked for, nor all at that moment."""
    model, _, clock = scripted(unavailable(stated))
    model.complete(REQUEST)
    assert clock.slept == [slept]


def test_the_usage_of_all_attempts_is_that_of_the_completion() -> None:
    """What failed attempts used is not lost."""
    model, _, _ = scripted(unavailable(), EndpointUnavailable("cut off", usage=Usage(calls=2, output_tokens=3)))
    assert model.complete(REQUEST).usage == Usage(calls=4, output_tokens=8, cost=None)


@pytest.mark.parametrize("kind", [RequestRejected, ContextOverflow, Filtered, AccessDenied, QuotaExhausted, BudgetExceeded])
def test_other_errors_go_through_at_once_with_what_was_used(kind: type[CallError]) -> None:
    """An error that another attempt would not mend ends the call; its usage has the attempts before it."""
    error = kind("no", usage=ONE)
    model, script, _ = scripted(unavailable(), error)
    with pytest.raises(kind) as caught:
        model.complete(REQUEST)
    assert caught.value is error
    assert caught.value.usage == Usage(calls=2)
    assert len(script.requests) == 2


def test_after_the_last_attempt_the_error_says_how_many() -> None:
    """How many attempts, how long, and what the last one met; all of their usage."""
    model, script, clock = scripted(*[unavailable(2.0) for _ in range(9)], policy=RetryPolicy(max_attempts=3), lasting=1.0)
    with pytest.raises(EndpointUnavailable, match=r"^no answer after 3 attempts in 8\.0 s; the last: busy$") as caught:
        model.complete(REQUEST)
    assert caught.value.usage == Usage(calls=3)
    assert caught.value.retry_after == 2.0
    assert isinstance(caught.value.__cause__, EndpointUnavailable)
    assert (len(script.requests), len(clock.slept)) == (3, 2)


def test_nobody_sleeps_past_the_deadline() -> None:
    """A pause that would end after the time of the document is not begun."""
    model, script, clock = scripted(unavailable(), unavailable(60.0), policy=RetryPolicy(deadline=30.0))
    with pytest.raises(EndpointUnavailable, match="after 2 attempts"):
        model.complete(REQUEST)
    assert clock.slept == [0.5]
    assert len(script.requests) == 2


def test_the_deadline_is_handed_on() -> None:
    """Each attempt knows until when its document may take; a deadline that the request has already is the one that holds."""
    model, script, _ = scripted(unavailable(), policy=RetryPolicy(deadline=30.0))
    model.complete(REQUEST)
    model.complete(replace(REQUEST, deadline=1009.0))
    assert [request.deadline for request in script.requests] == [1030.0, 1030.0, 1009.0]


def test_a_document_whose_time_is_over_is_not_asked_about() -> None:
    """No request is made, and nothing is counted."""
    model, script, _ = scripted()
    with pytest.raises(EndpointUnavailable, match="time for this document") as caught:
        model.complete(replace(REQUEST, deadline=1000.0))
    assert script.requests == []
    assert caught.value.usage in {None, Usage()}


@pytest.mark.parametrize("kind", [AccessDenied, QuotaExhausted])
def test_an_endpoint_that_refused_is_left_alone_for_a_while(kind: type[CallError]) -> None:
    """Later calls raise the same error without a request; after a while one call tries again, and opens the way for all."""
    model, script, clock = scripted(kind("the key is wrong", usage=ONE))
    for used in (ONE, Usage(), Usage()):
        with pytest.raises(kind, match="the key is wrong") as caught:
            model.complete(REQUEST)
        assert caught.value.usage == used
    assert len(script.requests) == 1
    clock.now += CLOSED_FOR
    assert [model.complete(REQUEST).text for _ in range(2)] == ["{}", "{}"]
    assert len(script.requests) == 3


def test_an_endpoint_that_refuses_again_is_left_alone_again() -> None:
    """The one call that tries again decides for all others, for as long as the first did."""
    model, script, clock = scripted(AccessDenied("first", usage=ONE), AccessDenied("second", usage=ONE))
    for passed, words in ((0.0, "first"), (CLOSED_FOR, "second"), (CLOSED_FOR - 1, "second")):
        clock.now += passed
        with pytest.raises(AccessDenied, match=words):
            model.complete(REQUEST)
    assert len(script.requests) == 2


def test_a_trial_that_meets_a_busy_endpoint_goes_on_and_decides() -> None:
    """The call that tries again may wait and try once more, as any other."""
    model, script, clock = scripted(AccessDenied("no", usage=ONE), unavailable(), DONE)
    with pytest.raises(AccessDenied):
        model.complete(REQUEST)
    clock.now += CLOSED_FOR
    assert model.complete(REQUEST).usage.calls == 2
    assert model.complete(REQUEST).usage.calls == 1
    assert len(script.requests) == 4


@pytest.mark.parametrize("kind", [RequestRejected, ContextOverflow])
def test_a_trial_that_gets_any_answer_opens_the_way(kind: type[CallError]) -> None:
    """An endpoint that calls a request wrong has accepted the key."""
    model, script, clock = scripted(AccessDenied("no", usage=ONE), kind("wrong", usage=ONE))
    with pytest.raises(AccessDenied):
        model.complete(REQUEST)
    clock.now += CLOSED_FOR
    with pytest.raises(kind):
        model.complete(REQUEST)
    assert model.complete(REQUEST) == DONE
    assert len(script.requests) == 3


def test_only_one_call_tries_again() -> None:
    """While it does, all others get the refusal."""
    clock = Clock()
    under_way: list[Callable[[], object]] = []

    class Nested:
        def complete(self, _: Request) -> Completion:
            if not under_way:
                raise AccessDenied("no", usage=ONE)
            with pytest.raises(AccessDenied, match="no"):
                under_way[0]()
            return DONE

    model = Retrying(Gated(Nested(), clock=clock), RetryPolicy(), sleep=clock.sleep, clock=clock)
    with pytest.raises(AccessDenied):
        model.complete(REQUEST)
    clock.now += CLOSED_FOR
    under_way.append(lambda: model.complete(REQUEST))
    assert model.complete(REQUEST) == DONE


def test_a_trial_that_gets_no_answer_decides_nothing() -> None:
    """Where the endpoint was busy, the next call tries again at once, and it alone."""
    clock = Clock()
    outcomes: list[CallError] = [AccessDenied("no", usage=ONE), unavailable()]

    class Nested:
        def complete(self, request: Request) -> Completion:
            if outcomes:
                raise outcomes.pop(0)
            with pytest.raises(AccessDenied):
                model.complete(request)
            return DONE

    model = Gated(Nested(), clock=clock)
    with pytest.raises(AccessDenied):
        model.complete(REQUEST)
    clock.now += CLOSED_FOR
    with pytest.raises(EndpointUnavailable):
        model.complete(REQUEST)
    assert model.complete(REQUEST) == DONE


def test_a_trial_pauses_as_any_other_call() -> None:
    """The refusal that it puts to the test does not wake it from its pauses."""
    clock = Clock()
    gated = Gated(Script([AccessDenied("no", usage=ONE), unavailable()], clock), clock=clock)
    model = Retrying(gated, RetryPolicy(), sleep=gated.wait, clock=clock, random=lambda *_: 0.1)
    with pytest.raises(AccessDenied):
        model.complete(REQUEST)
    clock.now += CLOSED_FOR
    started = time.monotonic()
    assert model.complete(REQUEST).usage.calls == 2
    assert time.monotonic() - started >= 0.1


def test_a_call_that_waits_gives_up_when_the_endpoint_refuses_another() -> None:
    """It is woken, and raises the refusal with what it has used, without a request."""
    asked = threading.Semaphore(0)

    class Divided:
        requests = 0

        def complete(self, request: Request) -> Completion:
            self.requests += 1
            if request.model == "patient":
                asked.release()
                raise unavailable(60.0)
            raise AccessDenied("the key is wrong", usage=ONE)

    divided = Divided()
    gated = Gated(divided)
    model = Retrying(gated, RetryPolicy(max_attempts=2), sleep=gated.wait)
    with ThreadPoolExecutor(4) as pool:
        waiting = [pool.submit(model.complete, replace(REQUEST, model="patient")) for _ in range(4)]
        for _ in waiting:
            assert asked.acquire(timeout=30)
        with pytest.raises(AccessDenied):
            model.complete(REQUEST)
        errors = [call.exception(timeout=30) for call in waiting]
    assert {type(error) for error in errors} == {AccessDenied}
    assert [error.usage for error in errors if isinstance(error, AccessDenied)] == [ONE] * 4
    assert divided.requests == 5


@pytest.mark.skipif(os.name == "nt", reason="a signal for one thread is POSIX")
def test_a_person_can_interrupt_a_pause() -> None:
    """Ctrl-C ends a call that waits for its next attempt."""
    main = threading.main_thread().ident
    assert main is not None

    class Busy:
        def complete(self, _: Request) -> Completion:
            threading.Timer(0.05, signal.pthread_kill, [main, signal.SIGINT]).start()
            raise unavailable(8.0)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            Retrying(Busy(), RetryPolicy(max_attempts=2)).complete(REQUEST)
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def real(*steps: Step, max_attempts: int = 4, timeout: float = 30) -> Iterator[tuple[Retrying, Clock, list[object]]]:
    """The whole network side against a server with that script, with a time of its own for the pauses."""
    clock = Clock(time.monotonic())
    with (
        serving(steps) as server,
        OpenAIModel(Settings(base_url=server.base_url, api_key="k", model="m", timeout=timeout)) as model,
    ):
        policy = RetryPolicy(max_attempts=max_attempts, deadline=1000.0)
        requests: list[object] = server.requests  # type: ignore[assignment]  # only counted
        yield Retrying(model, policy, sleep=clock.sleep, clock=clock, random=longest), clock, requests


@pytest.mark.block_network(allowed_hosts=["127.0.0.1"])
@pytest.mark.parametrize(
    ("step", "slept"),
    [
        (Step(status=429, headers={"Retry-After": "7"}), 7.5),
        (Step(status=429, headers={"retry-after-ms": "1500"}), 2.0),
        (Step(status=503, headers={"Retry-After": "3"}), 3.5),
        (Step(status=500), 0.5),
        (Step(status=408), 0.5),
        (Step(fault=Fault.DROPPED), 0.5),
        (Step(fault=Fault.HALF), 0.5),
        (Step(fault=Fault.SILENT), 0.5),
        (Step(fault=Fault.TRICKLE), 0.5),
        (Step(body="<html>Sign in</html>"), 0.5),
    ],
    ids=lambda value: f"{value.status} {value.fault.name.lower()}" if isinstance(value, Step) else "",
)
def test_a_fault_on_the_way_costs_one_more_request(step: Step, slept: float) -> None:
    """One fault, one pause, one more request, and the answer: no other layer asks again."""
    with real(step, timeout=2 if step.fault in {Fault.SILENT, Fault.TRICKLE} else 30) as (model, clock, requests):
        completion = model.complete(REQUEST)
    assert (completion.text, completion.usage.calls, len(requests)) == ("{}", 2, 2)
    assert clock.slept == [slept]


@pytest.mark.block_network(allowed_hosts=["127.0.0.1"])
@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, None, RequestRejected),
        (400, "context_length_exceeded", ContextOverflow),
        (401, None, AccessDenied),
        (403, None, AccessDenied),
        (404, None, AccessDenied),
        (429, "insufficient_quota", QuotaExhausted),
    ],
)
def test_what_is_final_costs_one_request(status: int, code: str | None, kind: type[CallError]) -> None:
    """A request that no repetition would mend leaves once."""
    step = Step(status=status, body={"error": {"message": "no", "code": code}})
    with real(step) as (model, clock, requests), pytest.raises(kind):
        model.complete(REQUEST)
    assert (len(requests), clock.slept) == (1, [])


@pytest.mark.block_network(allowed_hosts=["127.0.0.1"])
def test_attempts_are_the_requests_that_the_server_saw() -> None:
    """After the last attempt the server has seen exactly as many requests as usage says."""
    steps = [Step(status=500)] * 9
    with real(*steps, max_attempts=3) as (model, _, requests), pytest.raises(EndpointUnavailable) as caught:
        model.complete(REQUEST)
    assert caught.value.usage == Usage(calls=len(requests))
    assert len(requests) == 3

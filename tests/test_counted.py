"""What calls cost is counted after each of them, quoted before any, and never passes a budget."""

from __future__ import annotations

import datetime as dt
import logging
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal

import pytest
from waiting import until

from extract.engines.llm.counted import Budget, Claim, Counted, Meter, Quote, quote
from extract.engines.llm.prices import Price, PriceTable
from extract.engines.llm.seam import Completion, Message, Request
from extract.engines.llm.tokens import count_tokens, request_tokens
from extract.errors import BudgetExceeded, EndpointUnavailable, Refused, SettingsError
from extract.result import Usage

PRICES = PriceTable(dt.date(2026, 1, 1), "a test", {"m": Price(Decimal(10), Decimal(1), Decimal(100))})
ROOM = 50
UNLIMITED = Budget()


def asked(model: str = "m", *, seconds: float = 30) -> Request:
    """A request whose deadline ends a test that would wait for ever."""
    deadline = time.monotonic() + seconds
    return Request(model, "http://here/v1", (Message("user", "A cook."),), {}, max_output_tokens=ROOM, deadline=deadline)


SENT = request_tokens(asked())
WORST = Usage(input_tokens=SENT, output_tokens=ROOM)
WORST_COST = (SENT * 10 + ROOM * 100) / 1_000_000


@dataclass
class Endpoint:
    """A model that answers, or fails, as it is told, and keeps what it was asked."""

    answer: Completion | BaseException = field(default_factory=lambda: Completion("{}", usage=WORST))
    requests: list[Request] = field(default_factory=list)

    def complete(self, request: Request) -> Completion:
        self.requests.append(request)
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer


@pytest.fixture
def meter() -> Meter:
    return Meter()


def counted(endpoint: Endpoint, meter: Meter, budget: Budget = UNLIMITED) -> Counted:
    return Counted(endpoint, prices=PRICES, meter=meter, budget=budget)


def test_the_completion_comes_back_with_its_cost(meter: Meter) -> None:
    """Text, finish and model are the endpoint's; the usage has a call and what it cost."""
    answer = Completion("{}", model="m-2026", usage=Usage(input_tokens=100, cached_tokens=60, output_tokens=20, seconds=1.5))
    completion = counted(Endpoint(answer), meter).complete(asked())
    cost = (40 * 10 + 60 * 1 + 20 * 100) / 1_000_000
    assert completion.usage == Usage(calls=1, input_tokens=100, cached_tokens=60, output_tokens=20, cost=cost, seconds=1.5)
    assert (completion.text, completion.finish, completion.model) == (answer.text, answer.finish, answer.model)
    assert meter.usage == completion.usage


def test_every_call_is_in_the_sum(meter: Meter) -> None:
    """The meter has the calls of all models that share it."""
    for model in (counted(Endpoint(), meter), counted(Endpoint(), meter)):
        model.complete(asked())
    assert meter.usage == Usage(calls=2, input_tokens=2 * SENT, output_tokens=2 * ROOM, cost=2 * WORST_COST)


def test_a_call_that_the_endpoint_counted_is_not_counted_twice(meter: Meter) -> None:
    """The seam to the network may say that it made a call: that is the same one."""
    counted(Endpoint(Completion("{}", usage=WORST + Usage(calls=1))), meter).complete(asked())
    assert meter.usage.calls == 1


@pytest.mark.parametrize(
    ("reported", "sent", "answered"),
    [
        (Usage(), SENT, count_tokens('{"title": "Cook"}')),
        (Usage(input_tokens=7), 7, count_tokens('{"title": "Cook"}')),
        (Usage(output_tokens=9), SENT, 9),
    ],
)
def test_what_is_not_reported_is_estimated(meter: Meter, reported: Usage, sent: int, answered: int) -> None:
    """An endpoint without usage is counted by our own tokens, so that a budget holds there too."""
    completion = counted(Endpoint(Completion('{"title": "Cook"}', usage=reported)), meter).complete(asked())
    assert (completion.usage.input_tokens, completion.usage.output_tokens) == (sent, answered)
    assert completion.usage.cost == (sent * 10 + answered * 100) / 1_000_000


@pytest.mark.parametrize("error", [EndpointUnavailable("busy"), EndpointUnavailable("busy", usage=Usage()), KeyboardInterrupt()])
def test_failed_calls_count_and_free_what_was_set_aside(meter: Meter, error: BaseException) -> None:
    """An attempt without any usage is a call without tokens: a budget for one call lets the next attempt leave."""
    model = counted(Endpoint(error), meter, Budget(max_tokens=SENT + ROOM))
    for _ in range(2):
        with pytest.raises(type(error)):
            model.complete(asked())
    assert meter.usage == Usage(calls=2)


def test_an_error_tells_its_cost(meter: Meter) -> None:
    """Who catches the error and asks again can add up what all attempts cost."""
    with pytest.raises(Refused) as caught:
        counted(Endpoint(Refused("no", usage=Usage(input_tokens=100, output_tokens=3))), meter).complete(asked())
    assert caught.value.usage == Usage(calls=1, input_tokens=100, output_tokens=3, cost=0.0013)
    assert meter.usage == caught.value.usage


@pytest.mark.parametrize("budget", [Budget(max_cost=2.5 * WORST_COST), Budget(max_tokens=2 * (SENT + ROOM) + 1)])
def test_the_call_that_could_pass_the_budget_is_not_made(meter: Meter, budget: Budget) -> None:
    """Two calls leave; the third is stopped before it does."""
    endpoint = Endpoint()
    model = counted(endpoint, meter, budget)
    for _ in range(2):
        model.complete(asked())
    with pytest.raises(BudgetExceeded):
        model.complete(asked())
    assert len(endpoint.requests) == 2
    assert meter.usage.calls == 2


SPENT_MONEY = (
    "$4.75 of the budget of $5.00 are spent, and the next call could cost $0.2512: raise it with --max-cost or EXTRACT_MAX_COST"
)
SPENT_TOKENS = (
    "9,500 of the budget of 10,000 tokens are used, and the next call could take 1,200: "
    "raise it with --max-tokens or EXTRACT_MAX_TOKENS"
)


@pytest.mark.parametrize(
    ("budget", "message"),
    [(Budget(max_cost=5.0), SPENT_MONEY), (Budget(max_tokens=10_000), SPENT_TOKENS)],
    ids=["money", "tokens"],
)
def test_the_message_says_what_is_spent_and_what_to_raise(meter: Meter, budget: Budget, message: str) -> None:
    """Spent, the limit, what the next call could take, and the option."""
    meter.settle(Claim(), Usage(calls=9, input_tokens=9000, output_tokens=500, cost=4.75))
    with pytest.raises(BudgetExceeded, match=f"^{re.escape(message)}$"):
        meter.reserve(Claim(Decimal("0.2512"), 1200), budget)


@pytest.mark.parametrize("budget", [Budget(max_cost=3 * WORST_COST), Budget(max_tokens=3 * (SENT + ROOM))])
def test_a_budget_can_be_used_up_to_its_last_cent(meter: Meter, budget: Budget) -> None:
    """What fits exactly is made: money is added up without the errors of binary fractions."""
    endpoint = Endpoint()
    model = counted(endpoint, meter, budget)
    for _ in range(3):
        model.complete(asked())
    assert len(endpoint.requests) == 3


def test_what_was_really_used_counts(meter: Meter) -> None:
    """Answers far below the worst case leave money for more calls than worst cases would."""
    endpoint = Endpoint(Completion("{}", usage=Usage(input_tokens=1, output_tokens=1)))
    model = counted(endpoint, meter, Budget(max_tokens=SENT + ROOM + 20))
    for _ in range(10):
        model.complete(asked())
    assert len(endpoint.requests) == 10


class Gate:
    """A model in which threads stay until the gate opens; it counts them."""

    def __init__(self, usage: Usage = WORST) -> None:
        self.usage = usage
        self.left = 0
        self.open = threading.Event()
        self.someone = threading.Event()
        self._lock = threading.Lock()

    def complete(self, request: Request) -> Completion:
        with self._lock:
            self.left += 1
        self.someone.set()
        assert self.open.wait(30)
        return Completion("{}", usage=self.usage, model=request.model)


@pytest.mark.parametrize("budget", [Budget(max_cost=5 * WORST_COST), Budget(max_tokens=5 * (SENT + ROOM))])
def test_threads_together_keep_the_budget(meter: Meter, budget: Budget) -> None:
    """Sixteen threads with a budget for five calls make five, and eleven are told."""
    gate = Gate()
    model = Counted(gate, prices=PRICES, meter=meter, budget=budget)

    def complete(_: int) -> bool:
        try:
            model.complete(asked())
        except BudgetExceeded:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        outcomes = [pool.submit(complete, number) for number in range(16)]
        until(lambda: gate.left >= 5)
        time.sleep(0.05)  # a sixth would leave now
        at_the_gate = gate.left
        gate.open.set()
        made = sum(outcome.result(30) for outcome in outcomes)
    assert (at_the_gate, gate.left, made) == (5, 5, 5)


def test_a_call_waits_for_those_under_way(meter: Meter, monkeypatch: pytest.MonkeyPatch) -> None:
    """A budget that would only be passed if all calls under way took their worst stops nobody: who waits is woken by each end."""
    monkeypatch.setattr("extract.engines.llm.counted._LONGEST_WAIT", 60.0)
    gate = Gate(Usage(input_tokens=1, output_tokens=1))
    model = Counted(gate, prices=PRICES, meter=meter, budget=Budget(max_tokens=SENT + ROOM + 10))
    with ThreadPoolExecutor(4) as pool:
        outcomes = [pool.submit(model.complete, asked(seconds=55)) for _ in range(4)]  # longer than the results are waited for
        assert gate.someone.wait(30)
        time.sleep(0.02)  # the others come to the gate only one by one
        at_the_gate = gate.left
        gate.open.set()
        assert [outcome.result(30).text for outcome in outcomes] == ["{}"] * 4
    assert at_the_gate == 1


def test_nobody_waits_for_calls_past_a_deadline(meter: Meter) -> None:
    """A document whose time is up while others hold the rest of the budget fails alone: the run goes on."""
    gate = Gate()
    model = Counted(gate, prices=PRICES, meter=meter, budget=Budget(max_tokens=2 * (SENT + ROOM) - 1))
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(model.complete, asked())
        assert gate.someone.wait(30)
        with pytest.raises(EndpointUnavailable, match="under way have to end first"):
            model.complete(asked(seconds=0.02))
        gate.open.set()
        first.result(30)
    assert (gate.left, meter.usage.calls) == (1, 1)


def test_money_cannot_be_limited_without_a_price(meter: Meter) -> None:
    """A limit on money for a model whose price is not known is an error before the call, with the ways out."""
    endpoint = Endpoint()
    with pytest.raises(SettingsError, match=r"'mine'.*--prices, EXTRACT_PRICES.*--max-tokens"):
        counted(endpoint, meter, Budget(max_cost=1.0)).complete(asked("mine"))
    assert endpoint.requests == []
    assert meter.usage == Usage()


def test_an_unknown_price_is_said_once(meter: Meter, caplog: pytest.LogCaptureFixture) -> None:
    """Without a limit on money such a model is used: tokens are counted, its cost is null, and one line says so."""
    model = counted(Endpoint(), meter, Budget(max_tokens=100_000))
    with caplog.at_level(logging.WARNING, logger="extract"):
        usages = [model.complete(asked(name)).usage for name in ("mine", "mine", "m")]
    assert [usage.cost for usage in usages] == [None, None, WORST_COST]
    assert meter.usage.cost is None
    assert meter.usage.output_tokens == 3 * ROOM
    (record,) = caplog.records
    assert (record.name, record.levelname) == ("extract", "WARNING")
    assert "'mine'" in record.getMessage()


def test_tokens_are_limited_without_a_price(meter: Meter) -> None:
    """The way out that the error names works."""
    model = counted(Endpoint(), meter, Budget(max_tokens=SENT + ROOM))
    model.complete(asked("mine"))
    with pytest.raises(BudgetExceeded):
        model.complete(asked("mine"))


@pytest.mark.parametrize(
    ("model", "low", "high"),
    [("m", SENT * 10 / 1_000_000, WORST_COST), ("m-2026-01-01", SENT * 10 / 1_000_000, WORST_COST), ("mine", None, None)],
)
def test_a_quote_has_the_input_alone_and_the_longest_answer(model: str, low: float | None, high: float | None) -> None:
    """A dry run says what a request costs at least and at most; both are unknown where the price is."""
    assert quote(asked(model), PRICES) == Quote(SENT, ROOM, low, high)


def test_a_quote_is_what_a_budget_sets_aside(meter: Meter) -> None:
    """A budget of exactly the quote lets the request leave, one of a millionth less does not."""
    high = quote(asked(), PRICES).cost_high
    assert high is not None
    with pytest.raises(BudgetExceeded):
        counted(Endpoint(), meter, Budget(max_cost=high - 0.000001)).complete(asked())
    counted(Endpoint(), meter, Budget(max_cost=high)).complete(asked())

"""Limits on requests and tokens hold in every stretch of a minute."""

from __future__ import annotations

import heapq
import threading
from collections.abc import Callable, Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paced import ROOM, Clock, Endpoint, asked, paced

from extract.engines.llm.limited import WINDOW, Limited, Limits, Window
from extract.engines.llm.tokens import request_tokens
from extract.errors import EndpointUnavailable
from extract.result import Usage

SENT = request_tokens(asked())


def failing(error: BaseException) -> Callable[[], Usage]:
    def answer() -> Usage:
        raise error

    return answer


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

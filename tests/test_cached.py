"""A model whose answers are kept: one call for one question, whoever asks it and however often."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.engines.llm.answer_cache import AnswerCache
from extract.engines.llm.cached import Cached, keepable
from extract.engines.llm.seam import Completion, Finish, Message, Request, Sampling
from extract.errors import Abandoned, AccessDenied, EndpointUnavailable, ModelError
from extract.result import Usage

REQUEST = Request(
    model="small",
    endpoint="https://api.example/v1",
    messages=(Message("system", "Answer by line."), Message("user", "0: Pastry Cook")),
    schema={"type": "object", "properties": {"title": {"type": "string"}}},
)
ANSWER = Completion('{"title": "0"}', usage=Usage(calls=1, input_tokens=900, output_tokens=40, cost=0.01, seconds=2.0), model="m")
SAVED = Usage(cache_hits=1, saved_input_tokens=900, saved_output_tokens=40)
HIT = replace(ANSWER, usage=SAVED)

RERUN = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from test_cached import REQUEST, Cached, AnswerCache

class NoModel:
    def complete(self, request):
        raise AssertionError("a call was made")

print(Cached(NoModel(), AnswerCache(Path(sys.argv[1]))).complete(REQUEST).text)
"""


class Shelf:
    """A store in memory."""

    def __init__(self) -> None:
        self.held: dict[str, Completion] = {}

    def get(self, key: str) -> Completion | None:
        return self.held.get(key)

    def put(self, request: Request, completion: Completion) -> None:
        self.held[request.key] = replace(completion, usage=SAVED)


class Scripted:
    """Gives its answers in turn, the last one for ever, and holds them back until it may go on."""

    def __init__(self, *answers: Completion | BaseException, held: bool = False) -> None:
        self.answers = list(answers)
        self.asked: list[Request] = []
        self.reached = threading.Semaphore(0)
        self.go_on = threading.Event()
        if not held:
            self.go_on.set()

    def complete(self, request: Request) -> Completion:
        self.asked.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        self.reached.release()
        assert self.go_on.wait(30)
        if isinstance(answer, BaseException):
            raise answer
        return answer


class Crowd:
    """Threads that ask at once: one has reached the model and is held there, and all others wait for it."""

    def __init__(self, *answers: Completion | BaseException) -> None:
        self.model = Scripted(*answers, held=True)
        self.shelf = Shelf()
        self.waiting = threading.Semaphore(0)
        self.cached = Cached(self.model, self.shelf, clock=self._clock)
        self.results: list[Completion | BaseException | None] = []
        self.threads: list[threading.Thread] = []

    def ask(self, *followers: Request) -> list[Completion | BaseException | None]:
        """What the leader, and then each follower, got or had to raise."""
        self.lead()
        for follower in followers:
            self.start(replace(follower, deadline=time.monotonic() + 60))
            assert self.waiting.acquire(timeout=30)
        return self.finish()

    def lead(self) -> None:
        self.start(REQUEST)
        assert self.model.reached.acquire(timeout=30)

    def _clock(self) -> float:
        """Read by a thread that has found another one's request and is about to wait for it."""
        self.waiting.release()
        return time.monotonic()

    def start(self, request: Request) -> None:
        place = len(self.results)
        self.results.append(None)

        def run() -> None:
            try:
                self.results[place] = self.cached.complete(request)
            except BaseException as error:  # noqa: BLE001  # interruptions are among what is tested
                self.results[place] = error

        self.threads.append(threading.Thread(target=run, daemon=True))
        self.threads[-1].start()

    def finish(self) -> list[Completion | BaseException | None]:
        self.model.go_on.set()
        for thread in self.threads:
            thread.join(30)
        return self.results


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[AnswerCache]:
    with closing(AnswerCache(tmp_path / "answers")) as cache:
        yield cache


def test_the_second_time_no_call_is_made(cache: AnswerCache) -> None:
    """The first answer is what the model gave, with its usage; the second the same text as a hit, from another object too."""
    model = Scripted(ANSWER)
    assert [Cached(model, cache).complete(REQUEST) for _ in range(3)] == [ANSWER, HIT, HIT]
    assert len(model.asked) == 1


def test_another_process_makes_no_call(cache: AnswerCache, tmp_path: Path) -> None:
    """The answer is on disk before it is returned."""
    Cached(Scripted(ANSWER), cache).complete(REQUEST)
    command = [sys.executable, "-c", RERUN, str(tmp_path / "answers"), str(Path(__file__).parent)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == ANSWER.text + "\n"


@pytest.mark.parametrize(
    ("changes", "calls"),
    [
        ({"messages": (*REQUEST.messages[:1], Message("user", "0: Pastry Chef"))}, 2),
        ({"messages": REQUEST.messages[::-1]}, 2),
        ({"messages": (Message("user", "Answer by line."), REQUEST.messages[1])}, 2),
        ({"schema": {"type": "object"}}, 2),
        ({"schema_name": "posting"}, 2),
        ({"model": "big"}, 2),
        ({"endpoint": "https://other.example/v1"}, 2),
        ({"sampling": Sampling(temperature=0)}, 2),
        ({"sampling": Sampling(top_p=0.5)}, 2),
        ({"sampling": Sampling(seed=1)}, 2),
        ({"sampling": Sampling(reasoning_effort="low")}, 2),
        ({"repeat": 1}, 2),
        ({"max_output_tokens": 9}, 1),
        ({"deadline": float("inf")}, 1),
        ({"schema": dict(reversed(list(REQUEST.schema.items())))}, 1),
    ],
)
def test_what_decides_the_answer_is_asked_again(cache: AnswerCache, changes: dict[str, Any], calls: int) -> None:
    """Prompt, schema, model, endpoint, sampling and repeat do; room, deadline and the order of keys do not."""
    model = Scripted(ANSWER)
    cached = Cached(model, cache)
    cached.complete(REQUEST)
    cached.complete(replace(REQUEST, **changes))
    assert len(model.asked) == calls


NOT_KEPT = [
    Completion('{"title": "0"}', Finish.LENGTH),
    Completion('{"title": "0"}', Finish.REFUSED),
    Completion('{"title": "0"}', Finish.FILTERED),
    Completion('{"title": "0"}', Finish.EMPTY),
    Completion(""),
    Completion("I cannot help with that."),
    Completion('["0"]'),
    Completion('"0"'),
    Completion("null"),
    Completion('{"title": "0"'),
    Completion('{"title": "\ud800"}'),
    Completion('{"pay": ' + "9" * 5_000 + "}"),
    Completion('{"a":' * 100_000),
]


@pytest.mark.parametrize("answer", NOT_KEPT)
def test_an_unusable_answer_is_returned_and_not_kept(answer: Completion) -> None:
    """Refused, filtered, cut off, empty, no JSON object: each is asked again, and whoever asked gets it as it came."""
    model, shelf = Scripted(answer), Shelf()
    cached = Cached(model, shelf)
    assert [cached.complete(REQUEST), cached.complete(REQUEST)] == [answer, answer]
    assert (len(model.asked), shelf.held) == (2, {})


@given(st.dictionaries(st.text(), st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text())))
def test_every_object_is_kept(answer: dict[str, object]) -> None:
    """Whatever it says: what an answer is worth is decided when it is read."""
    assert keepable(Completion(json.dumps(answer)))


def test_a_failure_is_not_kept(cache: AnswerCache) -> None:
    """The next request makes a call."""
    cached = Cached(Scripted(EndpointUnavailable("no answer"), ANSWER), cache)
    with pytest.raises(EndpointUnavailable):
        cached.complete(REQUEST)
    assert cached.complete(REQUEST) == ANSWER


def test_threads_that_ask_the_same_make_one_call() -> None:
    """One of them gets the usage of the call, the others a hit."""
    crowd = Crowd(ANSWER)
    assert crowd.ask(*[REQUEST] * 15) == [ANSWER, *[HIT] * 15]
    assert len(crowd.model.asked) == 1


def test_followers_share_an_answer_that_is_not_kept() -> None:
    """A refusal is one for all that asked at that moment, and for nobody later."""
    refusal = Completion("", Finish.REFUSED, usage=ANSWER.usage)
    crowd = Crowd(refusal, ANSWER)
    assert crowd.ask(*[REQUEST] * 3) == [refusal, *[replace(refusal, usage=SAVED)] * 3]
    assert crowd.cached.complete(REQUEST) == ANSWER


def test_more_room_does_not_take_an_answer_that_was_cut_off() -> None:
    """A thread that allows a longer answer asks for it; one that does not has it as it is."""
    cut = Completion('{"title"', Finish.LENGTH, usage=ANSWER.usage)
    crowd = Crowd(cut, ANSWER)
    roomy = replace(REQUEST, max_output_tokens=REQUEST.max_output_tokens * 2)
    assert crowd.ask(REQUEST, roomy) == [cut, replace(cut, usage=SAVED), ANSWER]


@pytest.mark.parametrize(
    "error",
    [
        EndpointUnavailable("busy", usage=Usage(calls=6), retry_after=3.0),
        AccessDenied("the key is wrong", usage=Usage(calls=1)),
        ModelError("no", usage=Usage(calls=1)),
    ],
)
def test_followers_fail_as_the_leader_did(error: ModelError) -> None:
    """With the same error, but without usage: the attempts are counted once. The next request is not concerned."""
    crowd = Crowd(error, ANSWER)
    first, *others = crowd.ask(*[REQUEST] * 3)
    assert first is error
    for other in others:
        assert isinstance(other, type(error))
        assert other is not error
        assert (str(other), other.usage, other.__cause__) == (str(error), None, error)
        assert getattr(other, "retry_after", None) == getattr(error, "retry_after", None)
    assert error.usage
    assert len(crowd.model.asked) == 1
    assert crowd.cached.complete(REQUEST) == ANSWER


def test_followers_see_a_fault_of_the_program() -> None:
    """An exception that is none of ours reaches all of them too."""
    error = ZeroDivisionError("a bug")
    assert Crowd(error).ask(*[REQUEST] * 3) == [error] * 4


@pytest.mark.parametrize("interruption", [KeyboardInterrupt(), SystemExit(), Abandoned("nobody waits")])
def test_another_thread_takes_over_from_an_interrupted_one(interruption: BaseException) -> None:
    """The interruption is that of one thread: one of the others asks, and nobody hangs."""
    crowd = Crowd(interruption, ANSWER)
    first, *others = crowd.ask(*[REQUEST] * 3)
    assert first is interruption
    assert sorted(other.usage.calls for other in others if isinstance(other, Completion)) == [0, 0, 1]
    assert len(crowd.model.asked) == 2


def test_a_follower_waits_no_longer_than_its_deadline() -> None:
    """It gives up while the other is still asking, and that one gets its answer."""
    crowd = Crowd(ANSWER)
    crowd.lead()
    with pytest.raises(EndpointUnavailable, match="EXTRACT_DEADLINE") as raised:
        crowd.cached.complete(replace(REQUEST, deadline=time.monotonic() - 1))
    assert raised.value.usage is None
    assert crowd.finish() == [ANSWER]


@pytest.mark.parametrize("deadline", [None, float("inf")])
def test_a_follower_without_a_deadline_waits(deadline: float | None) -> None:
    """As long as it takes."""
    crowd = Crowd(ANSWER)
    crowd.lead()
    crowd.start(replace(REQUEST, deadline=deadline))
    assert crowd.finish() == [ANSWER, HIT]


def test_different_requests_do_not_wait_for_each_other() -> None:
    """While one is under way, another is looked up and answered."""
    crowd = Crowd(ANSWER)
    other = replace(REQUEST, repeat=1)
    crowd.shelf.put(other, ANSWER)
    crowd.lead()
    assert crowd.cached.complete(other) == HIT
    assert crowd.finish() == [ANSWER]


@pytest.mark.parametrize("answer", [ANSWER, ModelError("no"), KeyboardInterrupt()])
def test_what_was_asked_is_forgotten(answer: Completion | BaseException) -> None:
    """However it ended, nothing of a request stays in memory."""
    crowd = Crowd(answer)
    assert crowd.ask() == [answer]
    assert not crowd.cached._flights  # noqa: SLF001  # it does not show from outside


def test_an_answer_that_came_between_two_looks_is_found() -> None:
    """A thread that finds nobody asking looks into the store after that: the answer may just have been put there."""
    shelf, model = Shelf(), Scripted(ANSWER)
    cached = Cached(model, shelf)
    moments: list[bool] = []

    class Watched(Shelf):
        def get(self, key: str) -> Completion | None:
            moments.append(key in cached._flights)  # noqa: SLF001  # the order does not show from outside
            return shelf.get(key)

    cached = Cached(model, Watched())
    cached.complete(REQUEST)
    assert moments == [True]

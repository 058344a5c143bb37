"""A model whose answers are kept: the same request is asked once, in all runs and by all threads."""

from __future__ import annotations

import copy
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from extract.engines.llm.answers import answer_object
from extract.engines.llm.seam import Completion, Finish, Model, Request
from extract.errors import Abandoned, CallError, EndpointUnavailable, InvalidAnswer
from extract.result import Usage

if TYPE_CHECKING:
    from extract.engines.llm.answer_cache import AnswerStore  # it loads diskcache, which another store may do without


@dataclass(slots=True)
class _Flight:
    """A request that one thread asks and others wait for; ``room`` is how many output tokens it allows."""

    room: int
    done: threading.Event = field(default_factory=threading.Event)
    outcome: Completion | Exception | None = None  # None after `done`: the thread was interrupted


@dataclass(frozen=True, slots=True)
class Cached:
    """Answers from ``store``, and from ``model`` what is not there yet; what is worth keeping is stored before it is returned.

    Threads that ask the same at once make one request. The one that asks gets what the model answered or raised; the others get
    the same answer as a hit, or the same error without usage: another attempt each would multiply those that were just made. An
    answer that was cut off is none for a thread that allows a longer one. Where the asking thread was interrupted
    (KeyboardInterrupt, SystemExit), or nobody waits for it any longer, another one takes over. Raises EndpointUnavailable in a
    thread whose ``deadline``, a moment of ``clock``, passes while it waits.
    """

    model: Model
    store: AnswerStore
    clock: Callable[[], float] = field(default=time.monotonic, kw_only=True)
    _flights: dict[str, _Flight] = field(default_factory=dict, init=False, repr=False, compare=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False, compare=False)

    def complete(self, request: Request) -> Completion:
        while True:
            own = _Flight(request.max_output_tokens)
            try:
                with self._lock:
                    flight = self._flights.setdefault(request.key, own)
                if flight is own:
                    return self._asked(request, own)
            finally:
                self._land(request.key, own)
            wait = threading.TIMEOUT_MAX if request.deadline is None else request.deadline - self.clock()
            if not flight.done.wait(max(0.0, min(wait, threading.TIMEOUT_MAX))):
                raise EndpointUnavailable(
                    "the deadline passed while another thread was asking the same: raise EXTRACT_DEADLINE, or try again"
                )
            if (answer := _shared(flight, request)) is not None:
                return answer

    def _asked(self, request: Request, flight: _Flight) -> Completion:
        try:
            # Looked up in flight: a thread that looked before might find neither the entry nor the flight that made it.
            completion = self.store.get(request.key)
            if completion is None:
                completion = self.model.complete(request)
                if keepable(completion):
                    self.store.put(request, completion)
        except Exception as error:
            flight.outcome = error
            raise
        flight.outcome = completion
        return completion

    def _land(self, key: str, own: _Flight) -> None:
        """Forget the flight, if it is the one that others wait for, and let them go on."""
        with self._lock:
            if self._flights.get(key) is own:
                del self._flights[key]
        own.done.set()


def keepable(completion: Completion) -> bool:
    """Whether an answer is worth keeping: whole, a JSON object, and text that can be written as UTF-8.

    >>> keepable(Completion('{"title": "7"}')), keepable(Completion('{"title": ', Finish.LENGTH)), keepable(Completion("No."))
    (True, False, False)
    """
    if completion.finish is not Finish.STOP:
        return False
    try:
        completion.text.encode()
        answer_object(completion.text)
    except (InvalidAnswer, UnicodeEncodeError):
        return False
    return True


def _shared(flight: _Flight, request: Request) -> Completion | None:
    """What another thread's request came to; None where it came to nothing that serves this one."""
    match flight.outcome:
        case Abandoned():  # by whoever waited for the other thread, and by nobody else
            return None
        case CallError() as error:
            raise _unpaid(error) from error
        case Exception() as error:
            raise error
        case Completion(finish=Finish.LENGTH) if request.max_output_tokens > flight.room:
            return None
        case Completion() as completion:
            return replace(completion, usage=_of_hit(completion.usage))
    return None


def _of_hit(used: Usage) -> Usage:
    """What an answer used for somebody else, as a hit."""
    tokens = used.input_tokens + used.saved_input_tokens, used.output_tokens + used.saved_output_tokens
    return Usage(cache_hits=1, saved_input_tokens=tokens[0], saved_output_tokens=tokens[1])


def _unpaid(error: CallError) -> CallError:
    """The same failure for a thread that made no attempt."""
    twin = copy.copy(error)
    twin.usage = None
    return twin

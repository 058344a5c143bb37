"""Nobody asks an endpoint that has refused us: a wrong key or an empty account stops a whole run at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from extract.engines.llm.seam import Completion, Model, Request
from extract.errors import AccessDenied, EndpointUnavailable, ModelError, QuotaExhausted, RunStopped
from extract.result import Usage

CLOSED_FOR = 30.0
"""Seconds after which an endpoint that refused us is tried again, by one call, so that a long-lived process recovers."""


class Gated:
    """A model that is left alone once its endpoint has refused the key or has no quota left.

    For CLOSED_FOR seconds all calls raise the same refusal. After that it lets through one, which opens the way for all if it
    gets an answer. It stands behind what makes calls wait, so that those that were waiting are refused too.
    """

    def __init__(self, model: Model, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._model = model
        self._clock = clock
        self._lock = threading.Lock()
        self._shut = threading.Event()
        self._refusal: RunStopped | None = None
        self._until = 0.0

    def wait(self, seconds: float) -> None:
        """Sleep, but not on when the gate is shut meanwhile."""
        self._shut.wait(seconds)

    def complete(self, request: Request) -> Completion:
        """The completion of the model; raises the refusal, without a call, while the gate is shut."""
        with self._passage():
            return self._model.complete(request)

    @contextmanager
    def _passage(self) -> Iterator[None]:
        """The way through, for one attempt, whose end decides for all; raises the refusal while the gate is shut."""
        trial = self._admit()
        try:
            yield
        except (AccessDenied, QuotaExhausted) as refusal:
            self._close(refusal)
            raise
        except BaseException as error:
            answered = isinstance(error, ModelError) and not isinstance(error, EndpointUnavailable)
            if trial is not None:
                self._settle(None if answered else trial)
            raise
        if trial is not None:
            self._settle(None)

    def _admit(self) -> RunStopped | None:
        """The refusal that this attempt is to put to the test; None where the gate stands open."""
        with self._lock:
            if self._refusal is None:
                return None
            now = self._clock()
            if now < self._until:
                raise type(self._refusal)(str(self._refusal), usage=Usage()) from self._refusal
            self._until = now + CLOSED_FOR  # for all others, while this one tries
            self._shut.clear()  # it may have to wait
            return self._refusal

    def _close(self, refusal: RunStopped) -> None:
        with self._lock:
            self._refusal = refusal
            self._until = self._clock() + CLOSED_FOR
            self._shut.set()

    def _settle(self, refusal: RunStopped | None) -> None:
        """What is left of the refusal after a trial: nothing, or all of it, with the next trial free."""
        with self._lock:
            self._refusal = refusal
            self._until = self._clock()
            self._shut.clear()

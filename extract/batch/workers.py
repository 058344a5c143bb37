"""Documents read in other processes: so many at once, started when they are needed, and begun anew where one dies."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from itertools import count
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Self

from extract.batch.channel import Channel, Document, Done, Instructions, Message, Question, Refusal, Reply
from extract.batch.reading import Answer, Reader, Reading, failure
from extract.errors import ExtractError, RunStopped, UsageError
from extract.pipeline import Document as Input
from extract.threads import in_background

if TYPE_CHECKING:
    from extract.engines.llm.seam import Completion, Model, Request

_KEYS = frozenset({"OPENAI_API_KEY", "EXTRACT_API_KEY"})
_SPARE = 2
"""Documents for each process beside those that wait for a model: it has the next one when it is done with one."""


class WorkerDied(Exception):
    """The process that read a document came to an end of its own."""


class _Worker:
    """One process, and the threads here that wait for what it says."""

    def __init__(self, instructions: Instructions) -> None:
        self.load = 0
        self._waiting: dict[int, SimpleQueue[Message | None]] = {}
        self._lock = threading.Lock()
        self._tickets = count(1)
        self._gone = False
        self._refusal: ExtractError | None = None
        paths = os.pathsep.join(path or str(Path.cwd()) for path in sys.path)  # what can be imported here can be there
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "extract.batch.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=_environment(instructions.reading) | {"PYTHONPATH": paths},
                process_group=0 if os.name == "posix" else None,  # Ctrl-C is for this process to see to
            )
        except OSError as error:
            raise RunStopped(f"no process could be started to read with: {error.strerror}: try fewer with --jobs") from error
        self._channel = _channel_of(self._process)
        in_background(self._receive)
        with suppress(OSError):  # it is gone already, which is seen as the end of what it says
            self._channel.send(instructions)

    @property
    def gone(self) -> bool:
        return self._gone

    def answer(self, document: Document, model: Model | None) -> Answer:
        """What becomes of a document; WorkerDied where the process ends before that is known."""
        ticket, said = next(self._tickets), SimpleQueue[Message | None]()
        with self._lock:
            if self._gone:
                raise self._refusal or WorkerDied
            self._waiting[ticket] = said
        try:
            self._send(replace(document, ticket=ticket))
            while isinstance(message := said.get(), Question):
                self._send(Reply(ticket, _asked(model, message.request)))
        finally:
            with self._lock:
                self._waiting.pop(ticket, None)
        if not isinstance(message, Done):
            raise self._refusal or WorkerDied
        if isinstance(message.outcome, ExtractError):
            raise message.outcome
        return message.outcome

    def end(self) -> None:
        """Stop the process, whatever it is doing."""
        self._process.kill()
        self._process.wait()
        with suppress(OSError):
            self._channel.close()

    def _send(self, message: Message) -> None:
        with suppress(OSError):  # whoever waits is told by the end of what it says
            self._channel.send(message)

    def _receive(self) -> None:
        """Hand each message to the thread that waits for it; at the end, tell all that there is none."""
        try:
            while (message := self._channel.receive()) is not None:
                if isinstance(message, Refusal):
                    self._refusal = message.error
                elif isinstance(message, Done | Question):
                    with self._lock:
                        waiting = self._waiting.get(message.ticket)
                    if waiting is not None:
                        waiting.put(message)
        finally:
            with self._lock:
                self._gone = True
                for waiting in self._waiting.values():
                    waiting.put(None)


def _environment(reading: Reading) -> dict[str, str]:
    """The variables of this process, without a key where this one asks; an engine of a user's own may need it."""
    hidden = _KEYS if isinstance(reading.engine, str) else frozenset[str]()
    return {name: value for name, value in os.environ.items() if name not in hidden}


def _channel_of(process: subprocess.Popen[bytes]) -> Channel:
    if process.stdin is None or process.stdout is None:
        raise UsageError("a worker has no pipes to be spoken to")
    return Channel(process.stdout, process.stdin)


class Workers:
    """Processes that read as ``reader`` does; what a model has to say is asked in this one, by ``model``.

    ``answer`` may be called in any number of threads. A document whose process dies is read once more, alone in a process; where
    that one dies too, that is what became of the document. Close them, or use them in a ``with``.
    """

    def __init__(self, reader: Reader, *, jobs: int, model: Model | None = None) -> None:
        self._instructions = Instructions(reader.elsewhere(), asks=model is not None)
        self._jobs = jobs
        self._model = model
        self._lock = threading.Lock()
        self._alone = threading.Lock()
        self._workers: list[_Worker] = []
        self._lone: _Worker | None = None
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def answer(self, name: str, content: Input) -> Answer:
        """What becomes of a document; raises what ends the run: RunStopped, UsageError."""
        return self._answered(Document(0, name, content))

    def whole_answer(self, name: str, content: Input) -> Answer:
        """The same with the record as it is."""
        return self._answered(Document(0, name, content, whole=True))

    def close(self) -> None:
        """Stop all processes."""
        with self._lock:
            self._closed = True
            workers, self._workers = self._workers, []
            lone, self._lone = self._lone, None
        for worker in (*workers, *([lone] if lone else [])):
            worker.end()

    def _answered(self, document: Document) -> Answer:
        worker = self._taken()
        try:
            return worker.answer(document, self._model)
        except WorkerDied:
            return self._once_more(document)
        finally:
            with self._lock:
                worker.load -= 1

    def _taken(self) -> _Worker:
        """The process that has the least to do; a new one where all have something, and there may be more."""
        with self._lock:
            self._check_open()
            for worker in [worker for worker in self._workers if worker.gone]:
                worker.end()
                self._workers.remove(worker)
            least = min(self._workers, key=lambda worker: worker.load, default=None)
            if least is None or (least.load and len(self._workers) < self._jobs):
                least = _Worker(self._instructions)
                self._workers.append(least)
            least.load += 1
        return least

    def _once_more(self, document: Document) -> Answer:
        """Of several documents that a process was reading, one was its end: each gets a process of its own."""
        with self._alone:
            with self._lock:
                self._check_open()
                worker = self._lone = _Worker(self._instructions)
            try:
                return worker.answer(document, self._model)
            except WorkerDied:
                return failure(WorkerDied(f"{document.name}: the process that read it died, perhaps for want of memory"))
            finally:
                worker.end()

    def _check_open(self) -> None:
        if self._closed:
            raise UsageError("the processes that read documents are stopped")


@contextmanager
def answering(reader: Reader, *, jobs: int) -> Iterator[Callable[[str, Input], Answer]]:
    """What reads a document, in so many processes; one is this one."""
    with ExitStack() as stack:
        yield reader.answer if jobs == 1 else stack.enter_context(Workers(reader, jobs=jobs, model=reader.model)).answer


def documents_at_once(reader: Reader, jobs: int) -> int:
    """How many documents are under way at once: those that wait for a model, and some for each process."""
    settings = reader.reading.settings
    waiting = settings.concurrency if reader.asks and settings is not None else 0
    return waiting + _SPARE * jobs


def _asked(model: Model | None, request: Request) -> Completion | Exception:
    if model is None:
        return UsageError("a worker asks, and nobody is there to be asked")
    try:
        return model.complete(request)
    except ExtractError as error:
        return error
    except Exception as error:  # noqa: BLE001  # a fault of ours belongs to the document, as it does without workers
        return RuntimeError(f"{type(error).__name__}: {error}")

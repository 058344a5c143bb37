"""What a run and its worker processes say to each other over pipes: pickled messages, each after its length.

Both ends are this package in processes of one user, and the pipes are theirs alone.
"""

from __future__ import annotations

import pickle
import threading
from dataclasses import dataclass
from typing import IO

from extract.batch.reading import Answer, Reading
from extract.engines.llm.seam import Completion, Request
from extract.errors import ExtractError, UsageError
from extract.pipeline import Document as Input

_LENGTH = 8


@dataclass(frozen=True, slots=True)
class Instructions:
    """The first message to a worker: how it reads, and whether what it has to ask is asked for it."""

    reading: Reading
    asks: bool


@dataclass(frozen=True, slots=True)
class Document:
    """To a worker: a document to read; ``whole``: its record is wanted as it is, and not as JSON."""

    ticket: int
    name: str
    content: Input
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """From a worker: what it has to know of a model before it can go on with a document."""

    ticket: int
    request: Request


@dataclass(frozen=True, slots=True)
class Reply:
    """To a worker: what the model said, or why it said nothing."""

    ticket: int
    outcome: Completion | Exception


@dataclass(frozen=True, slots=True)
class Done:
    """From a worker: what became of a document, or why the run has to end."""

    ticket: int
    outcome: Answer | ExtractError


@dataclass(frozen=True, slots=True)
class Refusal:
    """From a worker: why it cannot read anything at all."""

    error: ExtractError


Message = Instructions | Document | Question | Reply | Done | Refusal


class Channel:
    """Two pipes; any thread may send, one receives."""

    def __init__(self, incoming: IO[bytes], outgoing: IO[bytes]) -> None:
        self._incoming = incoming
        self._outgoing = outgoing
        self._lock = threading.Lock()

    def send(self, message: Message) -> None:
        """Send a message; OSError where nobody receives it, UsageError for what cannot be sent to another process."""
        try:
            raw = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
        except Exception as error:  # whatever the code of a user's types raises
            way_out = "put the schema and the checks into a module that can be imported, or use one process (jobs=1)"
            raise UsageError(f"other processes cannot be handed what reads the documents ({error}): {way_out}") from error
        with self._lock:
            if self._outgoing.closed:
                raise BrokenPipeError("nobody receives anything any longer")
            self._outgoing.write(len(raw).to_bytes(_LENGTH, "big"))
            self._outgoing.write(raw)
            self._outgoing.flush()

    def receive(self) -> Message | None:
        """The next message; None when the other end is gone."""
        head = self._incoming.read(_LENGTH)
        size = int.from_bytes(head, "big")
        raw = self._incoming.read(size) if len(head) == _LENGTH else b""
        if not raw or len(raw) < size:
            self._incoming.close()
            return None
        message: Message = pickle.loads(raw)  # noqa: S301  # from our own process, see above
        return message

    def close(self) -> None:
        """Say that nothing more will be sent."""
        with self._lock:
            self._outgoing.close()

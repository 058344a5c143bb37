"""A worker process: reads documents for a run in another process, and asks nobody: what a model has to say, the run finds out.

    python -P -m extract.batch.worker

It ends when its standard input does, so that none is left behind by a run that was killed.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from functools import partial
from queue import SimpleQueue

from extract.batch.channel import Channel, Document, Done, Instructions, Question, Refusal, Reply
from extract.batch.reading import Reader, failure
from extract.engines.llm.seam import Completion, Request
from extract.errors import ExtractError, RunStopped, UsageError
from extract.once import leave_in_memory
from extract.threads import in_background


class Relayed:
    """A model that is asked over the channel, for the document that the thread is reading."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._replies: dict[int, SimpleQueue[Completion | Exception]] = {}
        self._reading = threading.local()
        self.warm = False
        """Whether a document was read, so that what all of them need is loaded."""

    def begin(self, ticket: int) -> None:
        """Whatever this thread asks from now on is about that document."""
        self._reading.ticket = ticket
        self._replies[ticket] = SimpleQueue()

    def end(self) -> None:
        del self._replies[self._reading.ticket]

    def take(self, reply: Reply) -> None:
        """Hand a reply to the thread that waits for it."""
        self._replies[reply.ticket].put(reply.outcome)

    def complete(self, request: Request) -> Completion:
        """What the model says, or the error that it ended in."""
        ticket: int = self._reading.ticket
        self._channel.send(Question(ticket, request))
        outcome = self._replies[ticket].get()
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


def main() -> None:
    """Reads what comes over standard input until it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # where it reaches all processes, the run decides what is finished
    channel = _own_channel()
    logging.getLogger("extract").addHandler(logging.StreamHandler())
    try:
        instructions = channel.receive()
    except Exception as error:  # noqa: BLE001  # whatever the module of a schema raises
        told = f"{type(error).__name__}: {error}"
        channel.send(Refusal(UsageError(f"a worker process cannot load what it is to read with ({told})")))
        return
    if not isinstance(instructions, Instructions):
        return
    model = Relayed(channel)
    try:
        reader = instructions.reading.reader(model if instructions.asks else None)
    except ExtractError as error:
        channel.send(Refusal(error))
        return
    while (message := channel.receive()) is not None:
        if isinstance(message, Reply):
            model.take(message)
        elif isinstance(message, Document):
            in_background(partial(_read, message, reader=reader, model=model, channel=channel))
    os._exit(0)  # whoever is still reading reads for nobody


def _read(document: Document, *, reader: Reader, model: Relayed, channel: Channel) -> None:
    model.begin(document.ticket)
    try:
        answer = reader.whole_answer if document.whole else reader.answer
        done = Done(document.ticket, answer(document.name, document.content))
    except (RunStopped, UsageError) as error:
        done = Done(document.ticket, error)
    except BaseException as error:  # noqa: BLE001  # such as the SystemExit of a schema: somebody waits
        done = Done(document.ticket, failure(RuntimeError(f"{type(error).__name__}: {error}")))
    finally:
        model.end()
    if not model.warm:
        model.warm = True
        leave_in_memory()
    try:
        channel.send(done)
    except UsageError as error:  # of a record that cannot be handed over
        channel.send(Done(document.ticket, error))


def _own_channel() -> Channel:
    """Standard input and output, which are nobody else's from now on: what code of a schema prints goes to standard error."""
    incoming, outgoing = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    sys.stdin = open(0, closefd=False, encoding="utf-8")  # noqa: SIM115  # for the whole life of the process
    return Channel(incoming, outgoing)


if __name__ == "__main__":
    main()

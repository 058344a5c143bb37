"""An endpoint that answers at once, or after a time: in a process of its own, so that it takes no time of the one that asks.

A line of JSON on its standard input says what to answer: by the first part of the path, a list of pairs of a word and a body, of
which the first whose word stands in the request is taken. It writes the port that it took, and ends when its input is closed.

    python benchmarks/asking/server.py [LATENCY]
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

Answers = Mapping[str, Sequence[tuple[bytes, bytes]]]
_LENGTH = b"content-length:"
ROOT = Path(__file__).resolve().parents[2]
"""Where servers are started: what they are made of can be imported there."""


def answer_to(path: bytes, body: bytes, answers: Answers) -> bytes:
    """The whole answer to a request, head and body; status 404 where no word fits.

    >>> answer_to(b"/all/v1/chat/completions", b"a pastry", {"all": [(b"cook", b"1"), (b"pastry", b"22")]})[-6:]
    b'\\r\\n\\r\\n22'
    """
    pairs = answers.get(path.split(b"/")[1].decode(), ())
    found = next((content for word, content in pairs if word in body), None)
    status = b"404 Not Found" if found is None else b"200 OK"
    content = b"{}" if found is None else found
    return b"HTTP/1.1 %s\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (status, len(content), content)


class Connection(asyncio.Protocol):
    """HTTP/1.1 with keep-alive, as far as the clients that are measured use it."""

    transport: asyncio.Transport

    def __init__(self, answers: Answers, latency: float) -> None:
        self._answers = answers
        self._latency = latency
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, separator, rest = self._buffer.partition(b"\r\n\r\n")
        if not separator:
            return
        lengths = [line for line in head.split(b"\r\n") if line.lower().startswith(_LENGTH)]
        length = int(lengths[0][len(_LENGTH) :]) if lengths else 0
        if len(rest) < length:
            return
        self._buffer = rest[length:]
        self.received(head.split(b" ", 2)[1], rest[:length])

    def received(self, path: bytes, body: bytes) -> None:
        """A request is here as a whole: its answer goes out when the time for it is over."""
        answer = answer_to(path, body, self._answers)
        asyncio.get_running_loop().call_later(self._latency, self.transport.write, answer)


async def serve(connection: Callable[[], Connection]) -> None:
    """Answers until the standard input is closed."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(connection, "127.0.0.1", 0, backlog=256)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await loop.run_in_executor(None, sys.stdin.read)


@contextmanager
def serving(answers: Answers, *, latency: float = 0.0) -> Iterator[str]:
    """The address of an endpoint in another process: its parts are ``{address}/{part}/v1``. ``latency`` is in seconds."""
    command = [sys.executable, str(Path(__file__).resolve()), str(latency)]
    with running(command, json.dumps(as_text(answers))) as address:
        yield address


@contextmanager
def running(command: Sequence[str], told: str) -> Iterator[str]:
    """The address of a server that a command starts, which is told one line; it is there until its standard input is closed."""
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(told + "\n")
        process.stdin.flush()
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.stdin.close()


def as_text(answers: Answers) -> dict[str, list[tuple[str, str]]]:
    """Answers as JSON can hold them."""
    return {part: [(word.decode(), body.decode()) for word, body in pairs] for part, pairs in answers.items()}


def as_bytes(told: Mapping[str, Sequence[tuple[str, str]]]) -> Answers:
    """The answers that such text says."""
    return {part: [(word.encode(), body.encode()) for word, body in pairs] for part, pairs in told.items()}


def main() -> None:
    """Serves what the first line of the standard input says."""
    answers = as_bytes(json.loads(sys.stdin.readline()))
    latency = float(sys.argv[1]) if len(sys.argv) > 1 else 0.0
    asyncio.run(serve(lambda: Connection(answers, latency)))


if __name__ == "__main__":
    main()

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
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

Answers = Mapping[str, Sequence[tuple[bytes, bytes]]]
_LENGTH = b"content-length:"


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
        answer = answer_to(head.split(b" ", 2)[1], rest[:length], self._answers)
        asyncio.get_running_loop().call_later(self._latency, self.transport.write, answer)


async def serve(answers: Answers, latency: float) -> None:
    """Answers until the standard input is closed."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(answers, latency), "127.0.0.1", 0, backlog=256)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await loop.run_in_executor(None, sys.stdin.read)


@contextmanager
def serving(answers: Answers, *, latency: float = 0.0) -> Iterator[str]:
    """The address of an endpoint in another process: its parts are ``{address}/{part}/v1``. ``latency`` is in seconds."""
    told = {part: [(word.decode(), body.decode()) for word, body in pairs] for part, pairs in answers.items()}
    command = [sys.executable, str(Path(__file__).resolve()), str(latency)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps(told) + "\n")
        process.stdin.flush()
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.stdin.close()


def main() -> None:
    """Serves what the first line of the standard input says."""
    told = json.loads(sys.stdin.readline())
    answers = {part: [(word.encode(), body.encode()) for word, body in pairs] for part, pairs in told.items()}
    latency = float(sys.argv[1]) if len(sys.argv) > 1 else 0.0
    asyncio.run(serve(answers, latency))


if __name__ == "__main__":
    main()

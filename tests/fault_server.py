"""An OpenAI-compatible endpoint of our own on 127.0.0.1, which does what its script says: answers, faults, and slow ones.

``with serving([Step(status=429), Step()]) as server`` answers the first request with 429 and all others as an endpoint should. It
keeps every request as it came. With ``at_once=8`` it turns away with 429 what comes while eight others are being answered, which
takes steps with a delay. One thread, no threads per request, so that 64 clients at once find it quick.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from http import HTTPStatus
from typing import Any


class Fault(Enum):
    """What goes wrong on the way, whatever the answer is."""

    NONE = auto()
    DROPPED = auto()  # the connection is closed before a byte of the answer
    HALF = auto()  # half of the body, then the connection is closed
    TRICKLE = auto()  # the body byte by byte, with `pace` seconds between them
    SILENT = auto()  # no answer, and the connection stays open


@dataclass(frozen=True, slots=True)
class Step:
    """What the server does with one request; the body None is the answer that the request is due.

    A body that is no text or bytes is sent as JSON. ``delay`` and ``pace`` are in seconds; what is ``held`` waits for that
    event, for half a minute at most.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: object = None
    fault: Fault = Fault.NONE
    delay: float = 0.0
    pace: float = 0.02
    held: threading.Event | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it came; the names of headers are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


Answer = Callable[[Received], str]


@dataclass
class FaultServer:
    """What a running server is reached by and what it saw; ``steps`` may be added to while it runs."""

    steps: Iterator[Step]
    answer: Answer
    at_once: int | None = None
    base_url: str = ""
    under_way: int = 0
    turned_away: int = 0
    connections: int = 0
    requests: list[Received] = field(default_factory=list)
    open: set[asyncio.Transport] = field(default_factory=set)

    def step(self, received: Received) -> Step:
        """What the script says about this request."""
        self.requests.append(received)
        if self.at_once is not None and self.under_way >= self.at_once:
            self.turned_away += 1
            return Step(status=429, body={"error": {"message": "too many at once", "code": "rate_limit_exceeded"}})
        step = next(self.steps, Step())
        return step if step.body is not None else replace(step, body=due(received, self.answer(received)))


def chat_completion(content: str | None, **message: object) -> dict[str, Any]:
    """The body of a chat completion with one choice; ``finish_reason`` and parts of the message may be given."""
    finish = message.pop("finish_reason", "stop")
    choice = {"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": content, **message}}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "model-2026-01-01",
        "choices": [choice],
        "usage": {
            "prompt_tokens": 100,
            "completion_tokens": 20,
            "total_tokens": 120,
            "prompt_tokens_details": {"cached_tokens": 64},
        },
    }


def tool_response(arguments: str, **response: object) -> dict[str, Any]:
    """The body of an answer of the Responses API: one call of the tool; parts of the response may be given."""
    call = {
        "type": "function_call",
        "id": "fc_1",
        "call_id": "c_1",
        "name": "record",
        "arguments": arguments,
        "status": "completed",
    }
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": 1,
        "model": "model-2026-01-01",
        "status": "completed",
        "output": [call],
        "usage": {
            "input_tokens": 100,
            "output_tokens": 20,
            "total_tokens": 120,
            "input_tokens_details": {"cached_tokens": 64},
            "output_tokens_details": {"reasoning_tokens": 0},
        },
        **response,
    }


def due(received: Received, text: str) -> object:
    """The body that a request of that path is answered with."""
    if received.path.endswith("/chat/completions"):
        return chat_completion(text)
    if received.path.endswith("/responses"):
        return tool_response(text)
    return {"object": "list", "data": [{"id": "model", "object": "model"}]}


class _Connection(asyncio.Protocol):
    """HTTP/1.1 with keep-alive, one request after the other."""

    transport: asyncio.Transport

    def __init__(self, server: FaultServer) -> None:
        self._server = server
        self._buffer = bytearray()
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._server.connections += 1
        self._server.open.add(transport)

    def connection_lost(self, _: Exception | None) -> None:
        self._server.open.discard(self.transport)
        if self._task:
            self._task.cancel()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (received := self._next_request()) is not None:
            step = self._server.step(received)
            if step.fault is Fault.NONE and not step.delay and step.held is None:
                self.transport.write(_whole(step))
            else:
                self._server.under_way += 1
                self._task = asyncio.get_running_loop().create_task(self._play(step))
                self._task.add_done_callback(self._done)

    def _next_request(self) -> Received | None:
        """The first request of what has arrived, taken out of it; None while it is not complete."""
        head, separator, rest = self._buffer.partition(b"\r\n\r\n")
        if not separator:
            return None
        first, *lines = head.decode("latin-1").split("\r\n")
        pairs = (line.partition(":") for line in lines)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        length = int(headers.get("content-length", 0))
        if len(rest) < length:
            return None
        self._buffer = rest[length:]
        method, path, _ = first.split(" ", 2)
        return Received(method, path, headers, bytes(rest[:length]))

    def _done(self, _: asyncio.Task[None]) -> None:
        self._server.under_way -= 1

    async def _play(self, step: Step) -> None:
        await asyncio.sleep(step.delay)
        if step.held is not None:
            await asyncio.to_thread(step.held.wait, 30)
        if step.fault is Fault.SILENT:
            return
        head, body = _parts(step)
        if step.fault is Fault.NONE:
            self.transport.write(head + body)
            return
        if step.fault is Fault.HALF:
            self.transport.write(head + body[: len(body) // 2])
        if step.fault is Fault.TRICKLE:
            self.transport.write(head)
            for byte in body:
                self.transport.write(bytes([byte]))
                await asyncio.sleep(step.pace)
        self.transport.close()


def _whole(step: Step) -> bytes:
    head, body = _parts(step)
    return head + body


def _parts(step: Step) -> tuple[bytes, bytes]:
    """Head and body of the answer."""
    body, kind = _encoded(step.body)
    headers = {
        "content-type": kind,
        "content-length": str(len(body)),
        **{name.lower(): text for name, text in step.headers.items()},
    }
    phrase = HTTPStatus(step.status).phrase
    lines = [f"HTTP/1.1 {step.status} {phrase}", *(f"{name}: {text}" for name, text in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1"), body


def _encoded(body: object) -> tuple[bytes, str]:
    if isinstance(body, bytes):
        return body, "application/json"
    if isinstance(body, str):
        return body.encode(), "text/html; charset=utf-8"
    return json.dumps(body, separators=(",", ":")).encode(), "application/json"


@contextmanager
def serving(steps: Iterable[Step] = (), *, answer: str | Answer = "{}", at_once: int | None = None) -> Iterator[FaultServer]:
    """A running server; after the last step, every request gets ``answer``, or what it makes of the request."""
    server = FaultServer(iter(steps), answer if callable(answer) else lambda _: answer, at_once)
    loop = asyncio.new_event_loop()
    listener = loop.run_until_complete(loop.create_server(lambda: _Connection(server), "127.0.0.1", 0, backlog=256))
    server.base_url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}/v1"
    thread = threading.Thread(target=loop.run_forever, name="fault server", daemon=True)
    thread.start()
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(_stop(server, listener), loop).result(30)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(30)
        loop.close()


async def _stop(server: FaultServer, listener: asyncio.Server) -> None:
    """Closed with all connections, so that no test leaves a socket behind."""
    listener.close()
    for transport in tuple(server.open):
        transport.abort()
    tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.sleep(0)  # a transport closes in the next round of the loop

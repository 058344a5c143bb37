"""An endpoint of our own on 127.0.0.1 with the files and batches of OpenAI's Batch API; batches end when a test says so.

``with serving_batches(answer) as server`` takes files and batches as the real one does: a file is checked line by line, and a
batch of a wrong one fails. ``server.finish()`` answers what is under way: ``answer`` makes the text of each request, ``reply``
may put another line in its place, or none. Faults are scripted: ``server.trips`` are met one by one by the calls that they name.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from fault_server import chat_completion, tool_response

Body = dict[str, Any]
AnswerTo = Callable[[Body], str]
"""The text of the answer to the body of a request."""
Reply = Callable[[Body, AnswerTo], Body | None]
"""The line for a line that was sent; None = there is none."""
ENDPOINTS = {"/v1/chat/completions", "/v1/responses"}
RUNNING = "in_progress"


@dataclass(frozen=True, slots=True)
class Trip:
    """What goes wrong with the next call of that kind ("POST /batches"): a status, or None for a connection that is dropped.

    ``after``: when the call has taken effect. ``half``: in the middle of the answer. An ``error`` in bytes is the whole body.
    """

    call: str
    status: int | None = None
    after: bool = False
    half: bool = False
    error: Body | bytes = field(default_factory=lambda: {"message": "scripted", "code": None})


def ok(line: Body, text: str, **message: object) -> Body:
    """The line of a request that was answered; ``finish_reason`` and parts of the message may be given."""
    body = tool_response(text, **message) if line["url"].endswith("responses") else chat_completion(text, **message)
    return _line(line, {"status_code": 200, "request_id": "r", "body": body})


def failed(line: Body, status: int, code: str | None = None) -> Body:
    """The line of a request that failed by itself."""
    error = {"message": "scripted", "type": "scripted_error", "param": None, "code": code}
    return _line(line, {"status_code": status, "request_id": "r", "body": {"error": error}})


def not_run(line: Body, code: str) -> Body:
    """The line of a request that was not tried, as ``batch_expired``."""
    return _line(line, None) | {"error": {"code": code, "message": "scripted"}}


def answered(line: Body, answer: AnswerTo) -> Body:
    """The reply of an endpoint without faults."""
    return ok(line, answer(line["body"]))


def _line(line: Body, response: Body | None) -> Body:
    return {"id": f"batch_req_{line['custom_id'][:8]}", "custom_id": line["custom_id"], "response": response, "error": None}


class BatchServer:
    """What a running server holds, and what it saw; ``calls`` are those that came, as "POST /batches"."""

    def __init__(self, answer: AnswerTo) -> None:
        self.answer = answer
        self.base_url = ""
        self.files: dict[str, bytes] = {}
        self.batches: dict[str, Body] = {}
        self.calls: list[str] = []
        self.trips: list[Trip] = []
        self.step: Callable[[], bool | None] = lambda: None
        """Asked at each call: whether the connection is dropped, before (True) or after (False) it has taken effect."""
        self.most_queued = 10**9
        """Requests that may be under way; a batch beyond them fails, as with OpenAI's limit on tokens."""
        self.lock = threading.RLock()
        self._numbers = iter(range(1, 10**6))

    @property
    def asked_live(self) -> int:
        """How many requests came that were in no batch."""
        return sum(call.endswith(("/chat/completions", "/responses")) for call in self.calls)

    def sent(self, batch: Body) -> list[Body]:
        """The lines of the file of a batch."""
        return [json.loads(line) for line in self.files[batch["input_file_id"]].split(b"\n")[:-1]]

    def asked(self) -> list[str]:
        """The ids of all requests in batches that were taken, in the order in which they came."""
        taken = (batch for batch in self.batches.values() if batch["status"] != "failed")
        return [line["custom_id"] for batch in taken for line in self.sent(batch)]

    def finish(
        self,
        batch_id: str | None = None,
        *,
        status: str = "completed",
        reply: Reply = answered,
        mangle: Callable[[list[bytes]], list[bytes]] = lambda lines: lines,
    ) -> None:
        """End a batch, or all that are under way; ``mangle`` is given the lines of the output, in an order that means nothing."""
        for batch in self.batches.values():
            if batch["status"] == RUNNING and batch_id in {None, batch["id"]}:
                self._finish(batch, status, reply, mangle)

    def fail(self, code: str, *, line: int | None = None, message: str = "scripted") -> None:
        """Let all batches that are under way fail their validation."""
        for batch in self.batches.values():
            if batch["status"] == RUNNING:
                batch["status"] = "failed"
                batch["errors"] = {
                    "object": "list",
                    "data": [{"code": code, "message": message, "param": None, "line": line}],
                }

    def _finish(self, batch: Body, status: str, reply: Reply, mangle: Callable[[list[bytes]], list[bytes]]) -> None:
        replies = [made for line in self.sent(batch) if (made := reply(line, self.answer)) is not None]
        replies.sort(key=lambda made: str(made["custom_id"])[::-1])  # as good as by chance
        good = [made for made in replies if (made["response"] or {}).get("status_code") == 200]
        bad = [made for made in replies if made not in good]
        output = mangle([json.dumps(made).encode() + b"\n" for made in good])
        batch["status"] = status
        batch["request_counts"].update(completed=len(good), failed=len(bad))
        batch["output_file_id"] = self.add_file(b"".join(output)) if output else None
        batch["error_file_id"] = self.add_file(b"".join(json.dumps(made).encode() + b"\n" for made in bad)) if bad else None

    def add_file(self, content: bytes) -> str:
        name = f"file-{next(self._numbers)}"
        self.files[name] = content
        return name

    def add_batch(self, given: Body) -> Body:
        """A batch, as the endpoint answers it."""
        batch = {
            "id": f"batch_{next(self._numbers)}",
            "object": "batch",
            "endpoint": given["endpoint"],
            "errors": None,
            "input_file_id": given["input_file_id"],
            "completion_window": given["completion_window"],
            "status": RUNNING,
            "output_file_id": None,
            "error_file_id": None,
            "created_at": int(time.time()),
            "expires_at": 2_000_000_000,
            "request_counts": {"total": 0, "completed": 0, "failed": 0},
            "metadata": given.get("metadata"),
        }
        queued = sum(other["request_counts"]["total"] for other in self.batches.values() if other["status"] == RUNNING)
        self.batches[str(batch["id"])] = batch
        if faults := list(self._faults(batch)):
            batch |= {"status": "failed", "errors": {"object": "list", "data": faults}}
            return batch
        count = len(self.sent(batch))
        batch["request_counts"] = {"total": count, "completed": 0, "failed": 0}
        if queued + count > self.most_queued:
            fault = {"code": "token_limit_exceeded", "message": "Enqueued token limit reached", "param": None, "line": None}
            batch |= {"status": "failed", "errors": {"object": "list", "data": [fault]}}
        return batch

    def _faults(self, batch: Body) -> Iterator[Body]:
        """What is wrong with the lines of the file of a batch."""
        seen: set[str] = set()
        for number, raw in enumerate(self.files[batch["input_file_id"]].split(b"\n")[:-1], 1):
            line = json.loads(raw)
            wrong = ""
            if set(line) != {"custom_id", "method", "url", "body"} or not 0 < len(line["custom_id"]) <= 64:
                wrong = "invalid_request"
            elif line["custom_id"] in seen:
                wrong = "duplicate_custom_id"
            elif line["method"] != "POST" or line["url"] != batch["endpoint"]:
                wrong = "mismatched_endpoint"
            seen.add(line["custom_id"])
            if wrong:
                yield {"code": wrong, "message": wrong, "param": None, "line": number}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body at once: apart, each waits for the other side
    server: _Listening

    def do_GET(self) -> None:
        self._serve(b"")

    def do_POST(self) -> None:
        self._serve(self.rfile.read(int(self.headers["content-length"])))

    def log_message(self, *_: object) -> None:
        """Nothing."""

    def _serve(self, sent: bytes) -> None:
        held = self.server.held
        call = f"{self.command} {urlsplit(self.path).path.removeprefix('/v1')}"
        with held.lock:
            held.calls.append(call)
            dropped = held.step()
            trip = next((trip for trip in held.trips if call.startswith(trip.call)), None)
            if trip is not None:
                held.trips.remove(trip)
            if dropped is True or (trip is not None and not trip.after and not trip.half):
                self._fail(trip)
                return
            status, answer = self._answer(call, sent)
            if dropped is False or (trip is not None and trip.after):
                self._fail(trip)
                return
        body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self._write(status, body, part=len(body) // 2 if trip else len(body))

    def _fail(self, trip: Trip | None) -> None:
        if trip is not None and trip.status is not None:
            told = trip.error if isinstance(trip.error, bytes) else json.dumps({"error": trip.error}).encode()
            self._write(trip.status, told)
        else:
            self.close_connection = True

    def _write(self, status: int, body: bytes, *, part: int | None = None) -> None:
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:part])
        self.close_connection = self.close_connection or len(body[:part]) < len(body)

    def _answer(self, call: str, sent: bytes) -> tuple[int, Any]:
        held = self.server.held
        match self.command, call.split("/")[1:]:
            case "POST", ["files"]:
                return 200, self._uploaded(sent)
            case "GET", ["files", name, "content"]:
                return (200, held.files[name]) if name in held.files else (404, {"error": {"message": "No such File object"}})
            case "POST", ["batches"]:
                given = json.loads(sent)
                if given["input_file_id"] not in held.files or given["endpoint"] not in ENDPOINTS:
                    return 400, {"error": {"message": "no such file or endpoint", "code": "invalid_request"}}
                return 200, held.add_batch(given)
            case "GET", ["batches"]:
                return 200, self._listed()
            case "GET", ["batches", name] if name in held.batches:
                return 200, held.batches[name]
            case "POST", ["chat", "completions"]:
                return 200, chat_completion(held.answer(json.loads(sent)))
        return 404, {"error": {"message": f"no such path: {call}"}}

    def _uploaded(self, sent: bytes) -> Body:
        """The file of a form, with the purpose that it was sent for."""
        head = f"content-type: {self.headers['content-type']}\r\n\r\n".encode()
        form = BytesParser(policy=HTTP).parsebytes(head + sent)
        parts = {str(part.get_param("name", header="content-disposition")): part for part in form.iter_parts()}
        contents = {name: part.get_payload(decode=True) for name, part in parts.items()}
        content = contents["file"]
        assert isinstance(content, bytes)
        assert contents["purpose"] == b"batch"
        name = self.server.held.add_file(content)
        return {"id": name, "object": "file", "bytes": len(content), "purpose": "batch", "filename": "x", "created_at": 1}

    def _listed(self) -> Body:
        """A page of batches, the newest first."""
        query = parse_qs(urlsplit(self.path).query)
        newest = list(self.server.held.batches.values())[::-1]
        start = [batch["id"] for batch in newest].index(query["after"][0]) + 1 if "after" in query else 0
        end = start + min(100, int(query.get("limit", ["20"])[0]))
        return {"object": "list", "data": newest[start:end], "has_more": end < len(newest)}


class _Listening(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, held: BatchServer) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.held = held


@contextmanager
def serving_batches(answer: AnswerTo) -> Iterator[BatchServer]:
    """A running server; it also answers requests that are in no batch."""
    held = BatchServer(answer)
    with _Listening(held) as listening:
        held.base_url = f"http://127.0.0.1:{listening.server_address[1]}/v1"
        thread = threading.Thread(target=lambda: listening.serve_forever(0.01), name="batch server", daemon=True)
        thread.start()
        try:
            yield held
        finally:
            listening.shutdown()
            thread.join(30)

"""Stands in front of an endpoint, hands everything on, and keeps what passed: ``with relaying(base_url) as relay``."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

_PASSED_ON = ("content-type", "authorization")


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its answer, as they were on the wire."""

    sent: bytes
    came: bytes

    @property
    def schema(self) -> Any:
        """The schema that the answer was to be held to."""
        body = json.loads(self.sent)
        return body["tools"][0]["parameters"] if "tools" in body else body["response_format"]["json_schema"]["schema"]

    @property
    def answer(self) -> str:
        """What the model wrote."""
        body = json.loads(self.came)
        if "choices" in body:
            return str(body["choices"][0]["message"]["content"])
        return "".join(item["arguments"] for item in body["output"] if item["type"] == "function_call")

    @property
    def usage(self) -> tuple[int, int]:
        """The tokens that the endpoint counted: of the request, and of the answer."""
        usage = json.loads(self.came)["usage"]
        first, second = ("prompt_tokens", "completion_tokens") if "prompt_tokens" in usage else ("input_tokens", "output_tokens")
        return usage[first], usage[second]


@dataclass(frozen=True, slots=True)
class Relay:
    """Where a running relay is reached, and what passed so far."""

    base_url: str
    exchanges: list[Exchange] = field(default_factory=list)


class _Server(ThreadingHTTPServer):
    request_queue_size = 64
    target: str
    relay: Relay


class _Handler(BaseHTTPRequestHandler):
    """One request per connection, as HTTP/1.0 has it: nothing stays open."""

    server: _Server

    def do_POST(self) -> None:  # the name that http.server looks for
        sent = self.rfile.read(int(self.headers["content-length"]))
        headers = {name: self.headers[name] for name in _PASSED_ON if name in self.headers}
        with closing(HTTPConnection(self.server.target)) as connection:
            connection.request("POST", self.path, sent, headers)
            response = connection.getresponse()
            came = response.read()
        self.server.relay.exchanges.append(Exchange(sent, came))
        self.send_response(response.status)
        self.send_header("content-type", response.headers["content-type"])
        self.send_header("content-length", str(len(came)))
        self.end_headers()
        self.wfile.write(came)

    def log_message(self, *_: object) -> None:
        """Nothing: what passed is kept."""


@contextmanager
def relaying(base_url: str) -> Iterator[Relay]:
    """A relay in front of that endpoint, as long as the ``with`` runs."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        address = urlsplit(base_url)
        server.target = address.netloc
        server.relay = Relay(f"http://127.0.0.1:{server.server_port}{address.path}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, name="relay", daemon=True)
        thread.start()
        yield server.relay
        server.shutdown()
        thread.join()

"""An endpoint with faults, in a process of its own, which counts the requests for each document.

Whether a request fails, and how, is drawn from the serial number of its document and from how many requests for it came before:
whoever asks meets the same faults. Each answer takes the same time, that of a fault too. A 429 comes without Retry-After.

    python -m benchmarks.batching.server

A line of JSON on its standard input says what to serve. GET /counts answers what was counted.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import random
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit

from benchmarks.asking.server import Answers, Connection, answer_to, as_bytes, as_text, running, serve
from benchmarks.batching.marks import serial_in

COUNTS = "/counts"


class Fault(StrEnum):
    """What becomes of a request."""

    NONE = "none"
    BUSY = "429"
    BROKEN = "500"
    DROPPED = "closed without an answer"
    HALF = "half a body"


SHARES = {Fault.BUSY: 0.05, Fault.BROKEN: 0.02, Fault.DROPPED: 0.01, Fault.HALF: 0.01}
_BODIES = {
    Fault.BUSY: (b"429 Too Many Requests", b'{"error": {"message": "scripted", "code": "rate_limit_exceeded"}}'),
    Fault.BROKEN: (b"500 Internal Server Error", b'{"error": {"message": "scripted", "code": null}}'),
}


@dataclass(frozen=True, slots=True)
class Script:
    """How it is served: the seconds that each answer takes, the share of each fault, and the seed they are drawn with."""

    latency: float
    shares: Mapping[Fault, float] = field(default_factory=lambda: SHARES)
    seed: int = 7

    def fault(self, serial: int, attempt: int) -> Fault:
        """What becomes of the request for a document that so many were before."""
        drawn = random.Random(f"{self.seed} {serial} {attempt}").random()  # noqa: S311  # nothing is kept secret with it
        for fault, share in self.shares.items():
            if drawn < share:
                return fault
            drawn -= share
        return Fault.NONE


@dataclass(frozen=True, slots=True)
class Counts:
    """What was asked for: requests in all, the documents that they were about, and the most for one of them.

    ``at_once``: the most requests that were under way. ``strangers``: requests about none of the documents. ``faults``: how many
    were answered how.
    """

    requests: int
    documents: int
    most: int
    at_once: int
    strangers: int
    faults: Mapping[str, int]


class Tally:
    """Counts requests as they begin and end."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self._attempts = Counter[int]()
        self._faults = Counter[str]()
        self._strangers = 0
        self._under_way = 0
        self._at_once = 0

    def begin(self, body: bytes) -> Fault:
        """A request is here: what becomes of it."""
        self._under_way += 1
        self._at_once = max(self._at_once, self._under_way)
        serial = serial_in(body)
        if serial is None:
            self._strangers += 1
            return Fault.NONE
        fault = self._script.fault(serial, self._attempts[serial])
        self._attempts[serial] += 1
        self._faults[fault] += 1
        return fault

    def end(self) -> None:
        """A request was answered."""
        self._under_way -= 1

    @property
    def counts(self) -> Counts:
        """What was counted until now."""
        attempts = self._attempts
        most = max(attempts.values(), default=0)
        return Counts(attempts.total(), len(attempts), most, self._at_once, self._strangers, dict(self._faults))


def parts_of(fault: Fault, answer: bytes) -> tuple[bytes, bool]:
    """What is sent where that answer is due, and whether the connection is closed then.

    >>> parts_of(Fault.HALF, b"HTTP/1.1 200 OK\\r\\ncontent-length: 4\\r\\n\\r\\n1234")[0][-6:]
    b'\\r\\n\\r\\n12'
    """
    if fault in _BODIES:
        status, body = _BODIES[fault]
        return _whole(status, body), False
    if fault is Fault.HALF:
        head, separator, body = answer.partition(b"\r\n\r\n")
        return head + separator + body[: len(body) // 2], True
    return (b"", True) if fault is Fault.DROPPED else (answer, False)


class FaultyConnection(Connection):
    """A connection on which requests fail as the script says."""

    def __init__(self, answers: Answers, script: Script, tally: Tally) -> None:
        super().__init__(answers, script.latency)
        self._tally = tally

    def received(self, path: bytes, body: bytes) -> None:
        if path == COUNTS.encode():
            self.transport.write(_whole(b"200 OK", json.dumps(asdict(self._tally.counts)).encode()))
            return
        fault = self._tally.begin(body)
        sent, closes = parts_of(fault, answer_to(path, body, self._answers))
        asyncio.get_running_loop().call_later(self._latency, self._send, sent, closes)

    def _send(self, sent: bytes, closes: bool) -> None:  # noqa: FBT001  # call_later takes positions only
        self._tally.end()
        self.transport.write(sent)
        if closes:
            self.transport.close()


@contextmanager
def serving(answers: Answers, script: Script) -> Iterator[str]:
    """The address of an endpoint in another process: its parts are ``{address}/{part}/v1``."""
    told = {"answers": as_text(answers), "script": asdict(script)}
    with running([sys.executable, "-m", "benchmarks.batching.server"], json.dumps(told)) as address:
        yield address


def counts_of(address: str) -> Counts:
    """What the endpoint has counted until now."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    try:
        connection.request("GET", COUNTS)
        return Counts(**json.loads(connection.getresponse().read()))
    finally:
        connection.close()


def _whole(status: bytes, body: bytes) -> bytes:
    return b"HTTP/1.1 %s\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (status, len(body), body)


def main() -> None:
    """Serves what the first line of the standard input says."""
    told = json.loads(sys.stdin.readline())
    answers, script = as_bytes(told["answers"]), Script(**told["script"])
    script = Script(script.latency, {Fault(name): share for name, share in script.shares.items()}, script.seed)
    tally = Tally(script)
    asyncio.run(serve(lambda: FaultyConnection(answers, script, tally)))


if __name__ == "__main__":
    main()

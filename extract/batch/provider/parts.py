"""Requests as the lines of a file, in parts that a batch can take; written one after the other, however many they are."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, NamedTuple

from extract.batch.provider.manifest import Ledger, Part
from extract.engines.llm.bodies import Form
from extract.engines.llm.preview import sent_body
from extract.engines.llm.seam import Request
from extract.errors import UsageError
from extract.settings import Api

ENDPOINTS = {Api.CHAT: "/v1/chat/completions", Api.RESPONSES: "/v1/responses"}
"""Where each request of a batch goes, as a batch names it."""
_ROOMS = ("max_completion_tokens", "max_output_tokens", "max_tokens")
_BREAKS = {ord(char): f"\\u{ord(char):04x}" for char in "\x85\u2028\u2029"}
"""What some readers of lines take for the end of one."""


class Line(NamedTuple):
    """A request as a line; ``cost`` (US dollars) and ``tokens`` are the most that it could take."""

    raw: bytes
    cost: float = 0.0
    tokens: int = 0


def line_of(request: Request, form: Form) -> bytes:
    """The line of a request. Its key is its name, of 64 characters, which is as long as a name may be."""
    content = {"custom_id": request.key, "method": "POST", "url": ENDPOINTS[form.api], "body": sent_body(request, form)}
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False).translate(_BREAKS).encode() + b"\n"


def write_parts(lines: Iterator[Line], ledger: Ledger, *, most_requests: int, most_bytes: int) -> int:
    """Write all lines as new parts of the ledger, each of which counts when it is whole; the answer is how many lines there were.

    A part has at most so many requests and bytes; a line alone may have more.
    """
    count = 0
    line = next(lines, None)
    while line is not None:
        name = ledger.next_name()
        path = ledger.path(name, "requests")
        try:
            with _owned(path) as file:
                part, line = _filled(file, line, lines, name=name, most_requests=most_requests, most_bytes=most_bytes)
        except OSError as error:
            raise UsageError(f"{path} cannot be written: {error.strerror}") from error
        ledger.put(part)
        count += part.requests
    return count


def rooms_of(ledger: Ledger, part: Part) -> dict[str, int]:
    """The keys of the requests of a part, each with its room for output tokens; UsageError where the file is not as it was."""
    path = ledger.path(part.name, "requests")
    rooms: dict[str, int] = {}
    try:
        with path.open("rb") as file:
            for line in file:
                content = json.loads(line)
                body = content["body"]
                rooms[str(content["custom_id"])] = next((body[name] for name in _ROOMS if type(body.get(name)) is int), 0)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}; {_ways(ledger)}") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UsageError(f"{path} was changed since it was written; {_ways(ledger)}") from error
    if len(rooms) != part.requests or not all(len(key) == 64 for key in rooms):
        raise UsageError(f"{path} was changed since it was written; {_ways(ledger)}")
    return rooms


def _ways(ledger: Ledger) -> str:
    return f"put it back from a copy, or remove {ledger.folder}, which gives up what was not collected"


def _owned(path: Path) -> BinaryIO:
    """A new file for its user alone."""
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _filled(
    file: BinaryIO, line: Line, lines: Iterator[Line], *, name: str, most_requests: int, most_bytes: int
) -> tuple[Part, Line | None]:
    """The part that a file was filled for, and the line that did not fit any more; that is on the disk when this returns."""
    size = requests = tokens = 0
    cost = 0.0
    following: Line | None = line
    while following is not None and (not requests or (requests < most_requests and size + len(following.raw) <= most_bytes)):
        file.write(following.raw)
        requests += 1
        size += len(following.raw)
        cost += following.cost
        tokens += following.tokens
        following = next(lines, None)
    file.flush()
    os.fsync(file.fileno())
    part = Part(
        name=name,
        id=uuid.uuid4().hex,
        requests=requests,
        size=size,
        written=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        most_cost=cost,
        most_tokens=tokens,
    )
    return part, following

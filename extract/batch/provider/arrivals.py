"""What stands in the files of a finished batch, in any order: answers for the cache, and why other requests have none."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from extract.batch.provider.endpoint import QUEUE_CODES, Batch
from extract.batch.provider.order import Configuration
from extract.batch.provider.tally import MOST_TOLD, Tally
from extract.batch.provider.unanswered import Unanswered, Why
from extract.engines.llm.answer_cache import AnswerCache
from extract.engines.llm.answer_entry import KeyedEntry
from extract.engines.llm.cached import keepable
from extract.engines.llm.connection import MOST_BYTES
from extract.engines.llm.faults import NoAnswer, StatedFault, report_of
from extract.engines.llm.openai_model import completion_of
from extract.engines.llm.seam import Completion, Finish
from extract.result import Usage

_AGAIN = frozenset({408, 409, 425, 429})
_MOST_CODES = 50
_MOST_TOKENS = 10**9  # of one answer: what is said beyond is no count
_CODES = {"batch_expired": Why.EXPIRED, "batch_cancelled": Why.CANCELLED}
_BY_STATUS = {"expired": Why.EXPIRED, "cancelled": Why.CANCELLED, "failed": Why.FAILED}
Fate = Completion | tuple[Why, str]
"""What became of a request: an answer, whole or not, or why there is none, with a word for it."""


@dataclass(slots=True)
class Arrivals:
    """What has come so far of the requests of a part; ``rooms`` are their keys, with the room for output tokens of each.

    An answer is in the cache as soon as its line was read. What no line speaks of is missing until the files are read.
    """

    rooms: Mapping[str, int]
    configuration: Configuration
    cache: AnswerCache
    answered: set[str] = field(default_factory=set)
    unanswered: dict[str, Unanswered] = field(default_factory=dict)
    lines: Counter[str] = field(default_factory=Counter)
    usage: Usage = field(default=Usage())

    def read(self, path: Path) -> None:
        """Take in all lines of a file; those that are none are counted."""
        for line in _lines(path):
            content = _object(line)
            key = None if content is None else content.get("custom_id")
            if content is None or not isinstance(key, str):
                self.lines["broken"] += 1
            elif key not in self.rooms:
                self.lines["unknown"] += 1
            else:
                self._take(key, content)

    def close(self, batch: Batch) -> None:
        """Say of all requests that no line spoke of why they have no answer."""
        faults = {fault.line: fault for fault in batch.faults if fault.line is not None}
        queued = any(fault.code in QUEUE_CODES for fault in batch.faults)
        why, code = _BY_STATUS.get(batch.status, Why.MISSING), next((_word(fault.code) for fault in batch.faults), batch.status)
        if why is Why.FAILED and queued:
            why = Why.QUEUED
        for number, key in enumerate(self.rooms, 1):  # in the order of the lines that were sent
            if key in self.answered or key in self.unanswered:
                continue
            if number in faults:
                self._leave(key, Why.REJECTED, _word(faults[number].code))
            else:
                self._leave(key, why, code)

    def tally(self, batch: Batch, cost: float | None) -> Tally:
        """All of it, counted."""
        by_why = Counter(each.why for each in self.unanswered.values())
        failed = (each for each in self.unanswered.values() if each.why in {Why.FAILED, Why.REJECTED})
        return Tally(
            answered=len(self.answered),
            unusable=_counts(each.code for each in self.unanswered.values() if each.why is Why.UNUSABLE),
            failed=_counts(each.code for each in failed),
            expired=by_why[Why.EXPIRED],
            cancelled=by_why[Why.CANCELLED],
            missing=by_why[Why.MISSING],
            queued=by_why[Why.QUEUED],
            unknown=self.lines["unknown"],
            duplicates=self.lines["duplicates"],
            broken=self.lines["broken"],
            input_tokens=self.usage.input_tokens,
            cached_tokens=self.usage.cached_tokens,
            output_tokens=self.usage.output_tokens,
            cost=cost,
            told=tuple(dict.fromkeys(fault.message[:1000] for fault in batch.faults if fault.message))[:MOST_TOLD],
        )

    def _take(self, key: str, content: dict[str, Any]) -> None:
        """Take in a line of a request that was sent; of two, an answer wins, and else the first."""
        if key in self.answered:
            self.lines["duplicates"] += 1
            return
        fate = _fate(content, self.configuration, room=self.rooms[key])
        is_answer = isinstance(fate, Completion) and keepable(fate)
        if key in self.unanswered:
            self.lines["duplicates"] += 1
            if not is_answer:
                return
        if not isinstance(fate, Completion):
            self._leave(key, *fate)
            return
        self._count(fate.usage)
        if is_answer:
            self._keep(key, fate)
        else:
            self._leave(key, Why.UNUSABLE, "no_json" if fate.finish is Finish.STOP else fate.finish.value)

    def _keep(self, key: str, completion: Completion) -> None:
        """Put an answer into the cache, as one to what was submitted, whatever else the endpoint says."""
        used = completion.usage
        try:
            entry = KeyedEntry(
                key=key,
                version=1,
                text=completion.text,
                model=completion.model,
                requested_model=self.configuration.model,
                endpoint=self.configuration.endpoint,
                input_tokens=used.input_tokens,
                cached_tokens=used.cached_tokens,
                output_tokens=used.output_tokens,
                created=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            )
        except ValidationError:  # an answer that is too long to be kept, or a model with a name of a mile
            self._leave(key, Why.UNUSABLE, "not_kept")
            return
        self.cache.add(entry)
        self.answered.add(key)
        self.unanswered.pop(key, None)

    def _leave(self, key: str, why: Why, code: str) -> None:
        self.unanswered[key] = Unanswered(key=key, why=why, code=code)

    def _count(self, usage: Usage) -> None:
        counts = {name: min(getattr(usage, name), _MOST_TOKENS) for name in ("input_tokens", "cached_tokens", "output_tokens")}
        self.usage += Usage(**counts)


def _lines(path: Path) -> Iterator[bytes]:
    """The lines of a file that are not empty; of one that is longer than any answer, the beginning."""
    with path.open("rb") as file:
        while line := file.readline(MOST_BYTES):
            whole = line.endswith(b"\n")
            if line.strip():
                yield line
            while not whole and (rest := file.readline(MOST_BYTES)):
                whole = rest.endswith(b"\n")


def _object(line: bytes) -> dict[str, Any] | None:
    """The object of a line, without keys that begin with "_", which the SDK would take for its own; None where it is none."""
    try:
        content = json.loads(line, object_hook=lambda found: {key: found[key] for key in found if not key.startswith("_")})
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def _fate(content: dict[str, Any], configuration: Configuration, *, room: int) -> Fate:
    """What a line says of its request."""
    response, error = content.get("response"), content.get("error")
    if not isinstance(response, dict):
        code = _word(error.get("code")) if isinstance(error, dict) else "no_answer"
        return _CODES.get(code, Why.FAILED), code
    status, body = response.get("status_code"), response.get("body")
    if type(status) is not int or not isinstance(body, dict):
        return Why.FAILED, "no_answer"
    if not 200 <= status < 300:
        return _failed(status, body.get("error"))
    try:
        return completion_of(body, configuration.api, room=room)
    except NoAnswer:
        return Why.FAILED, "no_answer"
    except StatedFault as fault:
        report = report_of(fault)
        return _failed(500 if report is None else report.status, fault.body)


def _failed(status: int, error: object) -> tuple[Why, str]:
    """Why a request failed, and under which code."""
    named = error.get("code") or error.get("type") if isinstance(error, dict) else None
    again = status in _AGAIN or status >= 500
    return (Why.FAILED if again else Why.REJECTED), _word(named) if isinstance(named, str) else str(status)


def _counts(codes: Iterable[str]) -> dict[str, int]:
    """How often each code came; those beyond the first fifty are "others"."""
    counts = Counter(codes).most_common()
    told = dict(counts[:_MOST_CODES])
    if rest := sum(count for _, count in counts[_MOST_CODES:]):
        told["others"] = told.get("others", 0) + rest
    return dict(sorted(told.items()))


def _word(said: object) -> str:
    """A code as it can be kept.

    >>> _word("rate_limit_exceeded"), _word("a b\\n"), _word(None)
    ('rate_limit_exceeded', 'a_b_', 'unknown')
    """
    text = said[:80] if isinstance(said, str) else ""
    return "".join(char if char.isascii() and (char.isalnum() or char in "_-.") else "_" for char in text) or "unknown"

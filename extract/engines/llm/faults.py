"""What went wrong between us and an endpoint, as one of our errors: what the caller should do decides which.

Pure functions over what the SDK raised. Messages are one line of at most 300 characters, without keys.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from json import JSONDecodeError
from math import isfinite

import openai

from extract.errors import (
    AccessDenied,
    CallError,
    ContextOverflow,
    EndpointUnavailable,
    Filtered,
    ModelError,
    QuotaExhausted,
    RequestRejected,
)
from extract.result import Usage

LONGEST_MESSAGE = 300
LONGEST_WAIT = 3600.0
"""Seconds; an endpoint that asks for more is taken to mean this much, which is past any deadline of a document."""

_AGAIN = frozenset({408, 409, 425, 429})
_NO_API = frozenset({404, 405, 410, 415, 501})  # what a web server says of a path or a method that it does not know
_NO_QUOTA = frozenset({"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"})
_TOO_LONG = frozenset({"context_length_exceeded", "exceed_context_size_error"})
_TOO_MANY = "rate_limit_exceeded"
_FILTER = frozenset({"content_filter", "content_policy_violation", "responsibleaipolicyviolation"})
_LONG_TEXT = re.compile(
    r"maximum context length|context (?:length|window|size)|prompt is too long|too many tokens", re.IGNORECASE
)
_ROOM = re.compile(r"(?:context length|context window|context size)\D{0,30}+(\d{1,9}+)", re.IGNORECASE)
_SENT = re.compile(
    r"(?:resulted in|requested|contains?|has|\() ?(?:about |at least )?(\d{1,9}+) (?:input )?tokens", re.IGNORECASE
)
_FEATURE = re.compile(r"response[_ ]format|json_schema|text\.format|\bstrict\b|\btools?\b|\btool_choice\b", re.IGNORECASE)
_UNKNOWN = re.compile(
    r"unsupported|not (?:currently )?support|n't support|unknown|unrecogni[sz]ed|unexpected|\bextra\b|not permitted|not allowed"
    r"|invalid (?:value|type)|unavailable|not available|input should be|must be",
    re.IGNORECASE,
)
# These speak of what stands in the schema. Sent without its promise, it would be the same schema.
_SCHEMA_ITSELF = re.compile(
    r"invalid[_ ](?:json[_ ])?schema|in context=|grammar|unrecognized schema|schema conversion|convert"
    r"|schema contains|schema features|schema error",
    re.IGNORECASE,
)
_TAG = re.compile(r"<[^<>]*+>")
_KEY = re.compile(r"\bsk-[\w*-]{4,}+")  # also shortened ones, as "sk-abc***xyz"


class NoAnswer(Exception):
    """The endpoint said 200, and what it sent is no answer; the message says what it is instead."""


class StatedFault(Exception):
    """The endpoint said 200 and stated an error in the body, as gateways do once they have begun to answer."""

    def __init__(self, body: object) -> None:
        super().__init__(_said(body))
        self.body = body


Failure = openai.OpenAIError | NoAnswer | StatedFault | JSONDecodeError | UnicodeDecodeError | RecursionError
"""What a call can end in for reasons that lie outside; anything else is a fault of ours and is not to be hidden."""


@dataclass(frozen=True, slots=True)
class Target:
    """Who was asked: the address and the model, as they may be shown, and what must not be."""

    endpoint: str
    model: str
    secrets: tuple[str, ...] = field(default=(), repr=False)

    def shown(self, text: str) -> str:
        """The text on one line, without secrets and without characters that are not printed."""
        for secret in self.secrets:
            text = text.replace(secret, "[key]")
        text = _KEY.sub("[key]", text[:4000])
        return " ".join("".join(char if char.isprintable() else " " for char in text).split())


@dataclass(frozen=True, slots=True)
class Report:
    """What an endpoint said about a request that it did not answer; ``codes`` are its machine-readable words, in lower case."""

    status: int
    said: str = ""
    codes: frozenset[str] = frozenset()
    headers: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[str, int] = field(default_factory=dict)
    is_foreign: bool = False
    """Whether it is what a server says that is no API at all: of that, ``said`` has nothing."""

    @property
    def text(self) -> str:
        """All that it said, to be searched."""
        return f"{self.said} {' '.join(sorted(self.codes))}"


def report_of(error: BaseException) -> Report | None:
    """What the endpoint said, or None where it said nothing."""
    if isinstance(error, openai.APIStatusError):
        if error.status_code in _NO_API and _is_page(error):
            return Report(error.status_code, headers=error.response.headers, is_foreign=True)
        return _report(error.status_code, error.body, error.response.headers)
    if isinstance(error, StatedFault):
        return _report(_stated_status(error.body), error.body, {})
    return None


def fault_of(error: Failure, target: Target, *, now: datetime | None = None) -> CallError:
    """The error of ours for what a call ended in, with one call as its usage; the caller gives it its cause."""
    report = report_of(error)
    if report is not None:
        return _reported(report, target, now or datetime.now(UTC))
    if isinstance(error, openai.APITimeoutError):
        told = _told(target, "did not answer in time", "", "try again later, or allow more (EXTRACT_TIMEOUT)")
    elif isinstance(error, openai.APIConnectionError):
        cause = str(error.__cause__ or error)
        told = _told(target, "could not be reached, or broke off", cause, "check the address and the network")
    else:
        told = _told(target, "sent no valid answer", str(error), "check that the address is that of an OpenAI-compatible API")
    return EndpointUnavailable(told, usage=Usage(calls=1))


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """The seconds that the endpoint wants to be left alone: ``retry-after-ms``, or ``Retry-After`` in seconds or as a date.

    >>> noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    >>> retry_after({"retry-after-ms": "1500", "retry-after": "9"}, noon)
    1.5
    >>> retry_after({"retry-after": "Thu, 01 Jan 2026 12:00:20 GMT"}, noon)
    20.0
    >>> retry_after({"retry-after": "soon"}, noon), retry_after({"retry-after": "nan"}, noon)
    (None, None)
    """
    milliseconds = _number(headers.get("retry-after-ms", ""))
    if milliseconds is not None:
        return min(milliseconds / 1000, LONGEST_WAIT)
    stated = headers.get("retry-after", "")
    seconds = _number(stated)
    if seconds is None:
        seconds = _until(stated, now)
    return None if seconds is None else min(seconds, LONGEST_WAIT)


def lacks_constraint(report: Report) -> bool:
    """Whether the endpoint says that it does not know the way in which the answer is held to the schema.

    A schema that it knows how to take and cannot use is another matter: that is final.

    >>> lacks_constraint(Report(400, "'response_format' of type 'json_schema' is not supported with this model."))
    True
    >>> lacks_constraint(Report(400, "Invalid schema for response_format 'record': 'uniqueItems' is not permitted."))
    False
    """
    if report.status not in {400, 404, 422, 501} or _SCHEMA_ITSELF.search(report.text):
        return False
    return bool(_FEATURE.search(report.text) and _UNKNOWN.search(report.text))


def lacks_parameter(report: Report, name: str) -> bool:
    """Whether the endpoint says that it does not know that parameter.

    >>> lacks_parameter(Report(400, "Unsupported parameter: 'max_tokens' is not supported with this model."), "max_tokens")
    True
    >>> lacks_parameter(Report(400, "max_tokens is too large: 50000"), "max_tokens")
    False
    """
    if report.status not in {400, 422}:
        return False
    return bool(re.search(rf"\b{re.escape(name)}\b", report.text) and _UNKNOWN.search(report.text))


def _reported(report: Report, target: Target, now: datetime) -> CallError:
    """The error for what the endpoint said: first by what it names, then by its status."""
    usage = Usage(calls=1)
    if report.codes & _NO_QUOTA or report.status == 402:
        return QuotaExhausted(_status(report, target, "has no quota left", "top up the account, or use another key"), usage=usage)
    if named := _about_the_document(report, target):
        return named
    if report.is_foreign or report.status < 400 or report.status in {401, 403, 404}:
        return AccessDenied(_denied(report, target), usage=usage)
    if report.status in _AGAIN or (report.status >= 500 and report.status != 501):
        throttled = report.status == 429 or _TOO_MANY in report.codes
        what = "asks for fewer requests" if throttled else "cannot answer now"
        told = _status(report, target, what, "try again later, or with fewer at once (EXTRACT_CONCURRENCY)")
        return EndpointUnavailable(told, usage=usage, retry_after=retry_after(report.headers, now), throttled=throttled)
    return RequestRejected(_status(report, target, "rejects the request", "check the settings of the model"), usage=usage)


def _about_the_document(report: Report, target: Target) -> ModelError | None:
    """The error of a document that is too long, or that a filter stopped."""
    usage = Usage(calls=1)
    if report.codes & _TOO_LONG or report.status == 413 or (report.status in {400, 422} and _LONG_TEXT.search(report.said)):
        what = f"cannot read a request that long{_lengths(report)}"
        return ContextOverflow(_status(report, target, what, "cut the document, or use a model that reads more"), usage=usage)
    moderated = report.status == 403 and re.search(r"moderation|flagged", report.said, re.IGNORECASE)
    if report.codes & _FILTER or moderated:
        return Filtered(_status(report, target, "stopped the request with its content filter", "skip the document"), usage=usage)
    return None


def _denied(report: Report, target: Target) -> str:
    if report.status < 400:
        where = report.headers.get("location", "").split("?")[0]
        way_out = "set OPENAI_BASE_URL to the address that is meant; documents are not sent on to others"
        return _told(target, f"points elsewhere ({report.status})", where, way_out)
    if report.is_foreign:
        way_out = "check OPENAI_BASE_URL, which often ends with /v1"
        return _status(report, target, "is no OpenAI-compatible API: it answers with a page, and not with JSON", way_out)
    if report.status == 404:
        return _status(
            report, target, f"has no model {target.model!r}, or no such path", "check EXTRACT_MODEL and OPENAI_BASE_URL"
        )
    what = "does not accept the key" if report.status == 401 else "does not allow this"
    return _status(report, target, what, "check OPENAI_API_KEY, and what the account may use")


def _status(report: Report, target: Target, what: str, way_out: str) -> str:
    return _told(target, f"{what} ({report.status})", report.said, way_out)


def _told(target: Target, what: str, said: str, way_out: str) -> str:
    """One line: who, what, in whose words as far as there is room, and what to do."""
    head, end = target.shown(f"{target.endpoint} {what}")[:200], f"; {way_out}"
    room = LONGEST_MESSAGE - len(head) - len(end) - 2
    said = target.shown(said)
    if said and room > 20:
        head = f"{head}: {said if len(said) <= room else said[: room - 1] + '…'}"
    return (head + end)[:LONGEST_MESSAGE]


def _report(status: int, body: object, headers: Mapping[str, str]) -> Report:
    fields = body if isinstance(body, dict) else {}
    inner = fields.get("innererror")
    words = [fields.get("code"), fields.get("type"), fields.get("param"), inner.get("code") if isinstance(inner, dict) else None]
    numbers = {name: value for name in ("n_prompt_tokens", "n_ctx") if isinstance(value := fields.get(name), int)}
    return Report(status, _said(body), frozenset(word.lower() for word in words if isinstance(word, str)), headers, numbers)


def _is_page(error: openai.APIStatusError) -> bool:
    """Whether something else than JSON came; the SDK makes a text of it, as it does of an error that is one string."""
    return isinstance(error.body, str) and error.response.text.lstrip()[:1] not in {"", "{", "[", '"'}


def _said(body: object) -> str:
    """What a person would read of a body of an error; not what it repeats of the request, which may be the whole document."""
    if isinstance(body, str):
        return _TAG.sub(" ", body[:4000])
    if isinstance(body, list):  # FastAPI: one object for each thing that is wrong
        return "; ".join(_said(item) for item in body[:5])
    if not isinstance(body, dict):
        return ""
    if isinstance(body.get("loc"), list):
        return f"{'.'.join(map(str, body['loc']))}: {body.get('msg', '')}"
    for name in ("message", "detail", "error", "msg"):
        if body.get(name):
            return _said(body[name])
    return json.dumps(body)[:500]


def _stated_status(body: object) -> int:
    """The status that an error in a body of status 200 stands for; 500 where it names none."""
    code = body.get("code") if isinstance(body, dict) else None
    if isinstance(code, int) and 400 <= code <= 599:
        return code
    return {_TOO_MANY: 429, "insufficient_quota": 429, "context_length_exceeded": 400}.get(str(code), 500)


def _lengths(report: Report) -> str:
    """The tokens that were sent and that there is room for, as far as they are known."""
    sent, room = report.numbers.get("n_prompt_tokens"), report.numbers.get("n_ctx")
    if sent is None and (match := _SENT.search(report.said)):
        sent = int(match[1])
    if room is None and (match := _ROOM.search(report.said)):
        room = int(match[1])
    known = [f"{sent:,} tokens" if sent is not None else "", f"room for {room:,}" if room is not None else ""]
    return f" ({', '.join(filter(None, known))})" if any(known) else ""


def _number(text: str) -> float | None:
    """A number of 0 or more; None for anything else."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if isfinite(number) and number >= 0 else None


def _until(text: str, now: datetime) -> float | None:
    """The seconds from now until a date in the form of HTTP; None where it is none, or is over."""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    seconds = (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds()
    return seconds if seconds >= 0 else None

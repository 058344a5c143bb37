"""What each thing that an endpoint says, or fails to say, becomes: which error, in which words, to be tried again or not."""

from __future__ import annotations

import inspect
import pickle
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import httpx2
import openai
import pytest

from extract import errors
from extract.engines.llm.faults import (
    Failure,
    NoAnswer,
    StatedFault,
    Target,
    fault_of,
    lacks_constraint,
    lacks_parameter,
    report_of,
)
from extract.errors import (
    AccessDenied,
    CallError,
    ContextOverflow,
    EndpointUnavailable,
    ExtractError,
    Filtered,
    QuotaExhausted,
    RequestRejected,
)
from extract.result import Issue, Severity, Usage

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
ADDRESS = httpx2.Request("POST", "https://endpoint.example/v1/chat/completions")
TARGET = Target("https://endpoint.example/v1", "some-model", ("hidden-key-1",))
CONTEXT_OPENAI = "This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens."
CONTEXT_VLLM = "This model's maximum context length is 512 tokens. However, you requested 700 tokens (600 in the messages)."
CONTEXT_LLAMA = {
    "code": 400,
    "message": "the request exceeds the available context size",
    "type": "exceed_context_size_error",
    "n_prompt_tokens": 40000,
    "n_ctx": 32768,
}


def stated(status: int, body: object = None, **headers: str) -> openai.APIStatusError:
    """The SDK's error for that answer; names of headers with _ for -."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    response = httpx2.Response(status, headers=named, request=ADDRESS)
    return openai.APIStatusError("Error code", response=response, body=body)


def page(status: int, text: str) -> openai.APIStatusError:
    """The SDK's error for an answer that is no JSON."""
    return openai.APIStatusError("Error code", response=httpx2.Response(status, text=text, request=ADDRESS), body=text)


def fault(error: Failure) -> CallError:
    """The error of ours for it, at noon."""
    return fault_of(error, TARGET, now=NOON)


def said(message: str, **fields: Any) -> dict[str, Any]:
    """The body of an error."""
    return {"message": message, **fields}


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (
            stated(307, "", location="https://other.example/v1?key=1"),
            AccessDenied,
            "points elsewhere (307): https://other.example/v1;",
        ),
        (stated(400, said("bad temperature")), RequestRejected, "rejects the request (400): bad temperature"),
        (stated(400, said(CONTEXT_OPENAI, code="context_length_exceeded")), ContextOverflow, "(9,001 tokens, room for 8,192)"),
        (stated(400, said(CONTEXT_VLLM)), ContextOverflow, "(700 tokens, room for 512)"),
        (stated(400, CONTEXT_LLAMA), ContextOverflow, "(40,000 tokens, room for 32,768)"),
        (stated(500, CONTEXT_LLAMA), ContextOverflow, "(40,000 tokens, room for 32,768)"),
        (stated(400, said("too long", code="context_length_exceeded")), ContextOverflow, "a request that long (400)"),
        (stated(400, said("The response was filtered", code="content_filter")), Filtered, "content filter"),
        (stated(400, said("no", innererror={"code": "ResponsibleAIPolicyViolation"})), Filtered, "content filter"),
        (stated(401, said("Incorrect API key")), AccessDenied, "check OPENAI_API_KEY"),
        (stated(402, said("Insufficient credits")), QuotaExhausted, "top up"),
        (stated(403, said("country not supported")), AccessDenied, "does not allow this"),
        (stated(403, said("your input was flagged")), Filtered, "skip the document"),
        (stated(404, said("no such model")), AccessDenied, "has no model 'some-model', or no such path (404)"),
        (stated(405), RequestRejected, "(405)"),
        (stated(408), EndpointUnavailable, "(408)"),
        (stated(409), EndpointUnavailable, "(409)"),
        (stated(413, "<h1>Too large</h1>"), ContextOverflow, "Too large"),
        (
            stated(422, {"detail": [{"loc": ["body", "seed"], "msg": "must be an integer"}]}),
            RequestRejected,
            "body.seed: must be an",
        ),
        (stated(425), EndpointUnavailable, "(425)"),
        (stated(429, said("slow down")), EndpointUnavailable, "asks for fewer requests (429): slow down"),
        (stated(429, said("You exceeded your current quota", code="insufficient_quota")), QuotaExhausted, "no quota left"),
        (stated(429, said("limit", type="billing_hard_limit_reached")), QuotaExhausted, "no quota left"),
        (stated(500, said("boom")), EndpointUnavailable, "cannot answer now (500): boom"),
        (stated(501), RequestRejected, "(501)"),
        (stated(529), EndpointUnavailable, "(529)"),
        (openai.APITimeoutError(ADDRESS), EndpointUnavailable, "did not answer in time"),
        (openai.APIConnectionError(request=ADDRESS), EndpointUnavailable, "could not be reached"),
        (NoAnswer("it is no JSON"), EndpointUnavailable, "no valid answer: it is no JSON"),
        (StatedFault(said("upstream", code=503)), EndpointUnavailable, "(503): upstream"),
        (StatedFault(said("slow down", code="rate_limit_exceeded")), EndpointUnavailable, "asks for fewer"),
        (StatedFault(said("no money", code=402)), QuotaExhausted, "no money"),
        (StatedFault("odd"), EndpointUnavailable, "(500): odd"),
    ],
    ids=lambda value: getattr(value, "__name__", None) or (str(value)[:40] if isinstance(value, str) else ""),
)
def test_each_fault_is_the_error_that_says_what_to_do(error: Failure, kind: type[CallError], words: str) -> None:
    """The kind says whether to try again, skip the document or stop; the message says where, what, and what to do."""
    found = fault(error)
    assert type(found) is kind
    assert words in str(found)
    assert "https://endpoint.example/v1" in str(found)
    assert ";" in str(found)
    assert found.usage == Usage(calls=1)


@pytest.mark.parametrize("status", [404, 405, 410, 415, 501])
@pytest.mark.parametrize(
    "text",
    [
        "<!DOCTYPE HTML><title>Error response</title><p>Unsupported method ('POST'), strict tools are unknown.",
        "404 page not found, unsupported",
    ],
)
def test_a_web_server_is_told_from_an_api(status: int, text: str) -> None:
    """A page in the place of JSON ends the run, names the address to check, and is neither repeated nor read for reasons."""
    error = page(status, text)
    report = report_of(error)
    assert report is not None
    assert not lacks_constraint(report)
    found = fault(error)
    assert type(found) is AccessDenied
    assert "is no OpenAI-compatible API" in str(found)
    assert "check OPENAI_BASE_URL" in str(found)
    assert "nsupported" not in str(found)


@pytest.mark.parametrize(
    ("status", "text", "kind"),
    [
        (404, '{"error": "no such model"}', AccessDenied),
        (404, '"no such model"', AccessDenied),
        (501, '["not here"]', RequestRejected),
        (503, "<h1>Service unavailable</h1>", EndpointUnavailable),
        (400, "bad temperature", RequestRejected),
    ],
)
def test_an_api_in_trouble_is_no_web_server(status: int, text: str, kind: type[CallError]) -> None:
    """An error that is one string of JSON, a page of a gateway, and plain words about the request are shown as they are."""
    found = fault(page(status, text))
    assert type(found) is kind
    assert "OpenAI-compatible" not in str(found)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry_after_ms": "250"}, 0.25),
        ({"retry_after_ms": "250", "retry_after": "9"}, 0.25),
        ({"retry_after_ms": "soon", "retry_after": "9"}, 9.0),
        ({"retry_after": "1.5"}, 1.5),
        ({"retry_after": "0"}, 0.0),
        ({"retry_after": "Thu, 01 Jan 2026 12:01:00 GMT"}, 60.0),
        ({"retry_after": "Thu, 01 Jan 2026 13:00:30 +0100"}, 30.0),
        ({"retry_after": "Thu, 01 Jan 2026 11:59:00 GMT"}, None),
        ({"retry_after": "Thu, 01 Jan 99999 12:00:00 GMT"}, None),
        ({"retry_after": "86400"}, 3600.0),
        ({"retry_after": "-1"}, None),
        ({"retry_after": "nan"}, None),
        ({"retry_after": "inf"}, None),
        ({"retry_after": "1e999"}, None),
        ({"retry_after": ""}, None),
        ({"retry_after": "tomorrow"}, None),
        ({}, None),
    ],
)
def test_the_endpoint_says_when_to_come_back(headers: Mapping[str, str], seconds: float | None) -> None:
    """Milliseconds win over seconds and dates; what is no time, or is over, is none; an hour is the longest."""
    found = fault(stated(429, None, **headers))
    assert isinstance(found, EndpointUnavailable)
    assert found.retry_after == seconds


@pytest.mark.parametrize(
    ("error", "throttled"),
    [
        (stated(429), True),
        (stated(503, said("slow down", code="rate_limit_exceeded")), True),
        (StatedFault(said("slow down", code=429)), True),
        (StatedFault(said("slow down", type="rate_limit_exceeded")), True),
        (stated(503, said("overloaded")), False),
        (stated(408), False),
        (openai.APITimeoutError(ADDRESS), False),
        (NoAnswer("it is no JSON"), False),
    ],
    ids=["429", "503 that says so", "stated status", "stated type", "503", "408", "time-out", "no answer"],
)
def test_a_request_for_fewer_requests_is_marked(error: Failure, throttled: bool) -> None:
    """Only a 429, by status or by name, says that there were too many; other faults say nothing about that."""
    found = fault(error)
    assert isinstance(found, EndpointUnavailable)
    assert found.throttled is throttled
    assert ("asks for fewer requests" in str(found)) is throttled


PARTS = {
    "usage": Usage(calls=2, output_tokens=3),
    "issues": (Issue(code="code", path="path", message="message", severity=Severity.ERROR),),
    "retry_after": 7.0,
    "throttled": True,
}
"""A value for each keyword of our errors that has a default, and not that default."""


def optional_parts(kind: type[ExtractError]) -> list[str]:
    parameters = inspect.signature(kind.__init__).parameters.values()
    return [each.name for each in parameters if each.kind is each.KEYWORD_ONLY and each.default is not each.empty]


@pytest.mark.parametrize(
    "kind",
    [kind for kind in vars(errors).values() if inspect.isclass(kind) and issubclass(kind, ExtractError) and optional_parts(kind)],
)
def test_an_error_comes_out_of_another_process_as_it_went_in(kind: type[ExtractError]) -> None:
    """Pickling keeps the message and all that an error carries."""
    parts = {name: PARTS[name] for name in optional_parts(kind)}
    error = pickle.loads(pickle.dumps(kind("what was wrong", **parts)))  # noqa: S301  # it was pickled here
    assert type(error) is kind
    assert str(error) == "what was wrong"
    assert {name: getattr(error, name) for name in parts} == parts


@pytest.mark.parametrize(
    "body",
    [
        said("key hidden-key-1 is wrong\r\n\x1b[2J\u202e and sk-abcd1234***wxyz too " + "x" * 5000),
        "<html><style>" + "a" * 5000 + "</style> hidden-key-1 sk-abcd1234***wxyz",
        said("x" * 3995 + "hidden-key-1 sk-abcd1234***wxyz"),
        [said("hidden-key-1"), "sk-abcd1234***wxyz"],
        {"error": {"inner": "hidden-key-1", "other": "sk-abcd1234***wxyz"}},
        7,
    ],
)
@pytest.mark.parametrize("status", [307, 400, 401, 404, 413, 429, 500])
def test_messages_are_one_bounded_line_without_keys(status: int, body: object) -> None:
    """Whatever the endpoint says: at most 300 characters that can be printed, no key, and what to do at their end."""
    message = str(fault(stated(status, body, location="https://other.example/" + "y" * 1000)))
    assert message.isprintable()
    assert len(message) <= 300
    assert "hidden-key" not in message
    assert "1234" not in message
    assert ";" in message


def test_the_document_is_not_repeated_from_a_refused_request() -> None:
    """An endpoint that sends back what it was sent does not fill the message, nor decide what the error is."""
    detail = [{"loc": ["body", "n"], "msg": "wrong", "input": "response_format strict is unknown: a maximum context length"}]
    error = stated(422, {"detail": detail})
    report = report_of(error)
    assert report is not None
    assert not lacks_constraint(report)
    assert type(fault(error)) is RequestRejected
    assert "unknown" not in str(fault(error))


@pytest.mark.parametrize(
    ("status", "body", "lacking"),
    [
        (400, said("'response_format' of type 'json_schema' is not supported with this model."), True),
        (400, said("Unknown parameter: 'response_format.json_schema.strict'."), True),
        (400, said("Unrecognized request argument supplied: response_format"), True),
        (400, said("This model does not support response format `json_schema`."), True),
        (400, said("This response_format type is unavailable now"), True),
        (400, said("'response_format.type' must be 'text'"), True),
        (400, said("Invalid value", param="response_format"), True),
        (404, said("text.format is not supported here"), True),
        (
            422,
            {"detail": [{"loc": ["body", "response_format", "json_schema", "strict"], "msg": "Extra inputs are not permitted"}]},
            True,
        ),
        (422, {"detail": [{"loc": ["body", "response_format"], "msg": "Input should be 'json_object'"}]}, True),
        (501, said("tools are not supported"), True),
        (400, said("Invalid schema for response_format 'record': In context=(), 'uniqueItems' is not permitted."), False),
        (
            400,
            said("Invalid schema for function 'record'", code="invalid_function_parameters", param="tools[0].parameters"),
            False,
        ),
        (400, said("Failed to parse grammar of json_schema: unsupported"), False),
        (400, said('JSON schema conversion failed: Unrecognized schema: {"type": "odd"}'), False),
        (400, said("Unable to generate parser for this template. JSON schema error at #: unrecognized type odd"), False),
        (400, said("The provided JSON schema contains features not supported by the engine."), False),
        (400, said("temperature is not supported"), False),
        (400, said("response_format"), False),
        (401, said("response_format is not supported for this key"), False),
        (500, said("response_format is not supported"), False),
        (429, said("json_schema requests are unavailable"), False),
    ],
)
def test_an_unknown_constraint_is_told_from_a_wrong_schema(status: int, body: object, lacking: bool) -> None:
    """Only what the endpoint says that it does not know is left out; a schema that it cannot use is final."""
    report = report_of(stated(status, body))
    assert report is not None
    assert lacks_constraint(report) is lacking


@pytest.mark.parametrize(
    ("status", "message", "lacking"),
    [
        (400, "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.", True),
        (400, "Unrecognized request argument supplied: max_tokens", True),
        (400, "max_tokens is too large: 50000. This model supports at most 16384 completion tokens", False),
        (400, "Unknown parameter: 'max_tokens_per_day'", False),
        (500, "Unknown parameter: 'max_tokens'", False),
    ],
)
def test_an_unknown_name_of_the_limit_is_told_from_a_wrong_limit(status: int, message: str, lacking: bool) -> None:
    """The other name is tried where this one is unknown, not where its number is wrong."""
    report = report_of(stated(status, said(message)))
    assert report is not None
    assert lacks_parameter(report, "max_tokens") is lacking

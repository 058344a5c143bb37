"""The model behind an endpoint: what leaves for it byte by byte, and what each answer and each fault of it becomes."""

from __future__ import annotations

import gzip
import json
import logging
import sys
import threading
import time
import traceback
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from typing import Any

import httpx2
import pytest
from fault_server import Fault, Received, Step, chat_completion, serving, tool_response

from extract.engines.llm.connection import MOST_BYTES, secrets
from extract.engines.llm.openai_model import OpenAIModel
from extract.engines.llm.seam import Completion, Finish, Message, Request, Sampling
from extract.errors import AccessDenied, CallError, EndpointUnavailable, RequestRejected, SettingsError
from extract.result import Usage
from extract.settings import Settings

pytestmark = pytest.mark.block_network(allowed_hosts=["127.0.0.1"])

KEY = "sk-test-secret-of-nobody"
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"title": {"anyOf": [{"type": "string"}, {"type": "null"}]}},
    "required": ["title"],
    "additionalProperties": False,
}
# What instructor's templates, image detection and merging of messages would change.
MESSAGES = (
    Message("system", "Read the document."),
    Message("user", "{{ 7*7 }} {% if x %} data:image/png;base64,iVBORw0KGgo= \t\r\n"),
    Message("user", "https://example.org/y.png\n  Zürich \u2028 “quoted” \\ 😀 "),
)
REQUEST = Request("model", "", MESSAGES, SCHEMA)
PLAIN = [{"role": message.role, "content": message.content} for message in MESSAGES]
TOLD = [
    {
        "role": "system",
        "content": "Read the document.\n\nAnswer with one JSON object that fits this JSON Schema, and with nothing else:\n"
        + json.dumps(SCHEMA, separators=(",", ":")),
    },
    *PLAIN[1:],
]
ITEMS = [{"type": "message", **message} for message in PLAIN]
TOLD_ITEMS = [{"type": "message", **message} for message in TOLD]
NAMED = {"name": "record", "strict": True, "schema": SCHEMA}
TOOL = {"type": "function", "name": "record", "parameters": SCHEMA, "strict": True}
CHOICE = {"type": "function", "name": "record"}


def asking(base_url: str, **values: Any) -> OpenAIModel:
    """A model at that address."""
    return OpenAIModel(Settings(**{"base_url": base_url, "api_key": KEY, "model": "model", **values}))


def mocked(respond: Callable[[httpx2.Request], httpx2.Response], **values: Any) -> OpenAIModel:
    """A model whose endpoint is a function."""
    client = httpx2.Client(transport=httpx2.MockTransport(respond))
    settings = Settings(**{"base_url": "https://endpoint.example/v1", "api_key": KEY, "model": "model", **values})
    return OpenAIModel(settings, http_client=client)


def complete(*steps: Step, **values: Any) -> Completion:
    """What becomes of one request to a server with that script."""
    with serving(steps) as server, asking(server.base_url, **values) as model:
        return model.complete(REQUEST)


@pytest.mark.parametrize(
    ("values", "path", "body"),
    [
        (
            {"api": "chat", "constraint": "strict"},
            "/v1/chat/completions",
            {"messages": PLAIN, "response_format": {"type": "json_schema", "json_schema": NAMED}, "max_tokens": 4096},
        ),
        (
            {"api": "chat", "constraint": "schema"},
            "/v1/chat/completions",
            {
                "messages": PLAIN,
                "response_format": {"type": "json_schema", "json_schema": {"name": "record", "schema": SCHEMA}},
                "max_tokens": 4096,
            },
        ),
        (
            {"api": "chat", "constraint": "json"},
            "/v1/chat/completions",
            {"messages": TOLD, "response_format": {"type": "json_object"}, "max_tokens": 4096},
        ),
        (
            {"api": "responses", "constraint": "strict"},
            "/v1/responses",
            {"tools": [TOOL], "tool_choice": CHOICE, "input": ITEMS, "store": False, "max_output_tokens": 4096},
        ),
        (
            {"api": "responses", "constraint": "schema"},
            "/v1/responses",
            {
                "tools": [TOOL | {"strict": False}],
                "tool_choice": CHOICE,
                "input": ITEMS,
                "store": False,
                "max_output_tokens": 4096,
            },
        ),
        (
            {"api": "responses", "constraint": "json"},
            "/v1/responses",
            {"input": TOLD_ITEMS, "store": False, "text": {"format": {"type": "json_object"}}, "max_output_tokens": 4096},
        ),
    ],
    ids=lambda value: "-".join(value.values()) if isinstance(value, dict) and "api" in value else "",
)
def test_what_leaves_is_exactly_the_request(values: dict[str, str], path: str, body: dict[str, Any]) -> None:
    """Each form of a request has nothing but what it needs: our schema, strict where it is said, messages unchanged, no key."""
    with serving() as server, asking(server.base_url, **values) as model:
        model.complete(REQUEST)
    (received,) = server.requests
    expected = {"model": "model", **body}
    assert received.path == path
    assert received.json == expected
    assert len(received.body) == len(json.dumps(expected, separators=(",", ":"), ensure_ascii=False).encode())
    assert (b'"strict":true' in received.body) == (values["constraint"] == "strict")
    assert KEY.encode() not in received.body
    assert received.headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize(
    ("api", "effort"), [("chat", {"reasoning_effort": "low"}), ("responses", {"reasoning": {"effort": "low"}})]
)
def test_sampling_is_sent_as_set(api: str, effort: dict[str, Any]) -> None:
    """What is set of the sampling leaves under the names of the interface."""
    sampling = Sampling(temperature=0.0, top_p=0.5, seed=7, reasoning_effort="low")
    with serving() as server, asking(server.base_url, api=api) as model:
        model.complete(replace(REQUEST, sampling=sampling))
    sent = server.requests[0].json
    assert {"temperature": 0.0, "top_p": 0.5, "seed": 7, **effort}.items() <= sent.items()


@pytest.mark.parametrize("api", ["chat", "responses"])
def test_an_answer_is_its_text_its_end_and_its_usage(api: str) -> None:
    """The completion has the raw text, what it used, and the name that the endpoint gives the model."""
    with serving(answer='{"title": "Fitter" }') as server, asking(server.base_url, api=api) as model:
        completion = model.complete(REQUEST)
    usage = Usage(calls=1, input_tokens=100, cached_tokens=64, output_tokens=20, cost=None)
    assert completion == Completion('{"title": "Fitter" }', Finish.STOP, usage, "model-2026-01-01")


REFUSAL = {"type": "message", "id": "m", "role": "assistant", "content": [{"type": "refusal", "refusal": "I cannot."}]}
WORDS = {"type": "message", "id": "m", "role": "assistant", "content": [{"type": "output_text", "text": '{"a": 1}'}]}


@pytest.mark.parametrize(
    ("api", "body", "finish", "text"),
    [
        ("chat", chat_completion('{"title": "Fit', finish_reason="length"), Finish.LENGTH, '{"title": "Fit'),
        ("chat", chat_completion(None, finish_reason="length"), Finish.LENGTH, ""),
        ("chat", chat_completion(None, finish_reason="content_filter"), Finish.FILTERED, ""),
        ("chat", chat_completion(None, refusal="I cannot."), Finish.REFUSED, "I cannot."),
        ("chat", chat_completion(""), Finish.EMPTY, ""),
        ("chat", chat_completion(None, finish_reason="tool_calls"), Finish.EMPTY, ""),
        ("chat", chat_completion("{}") | {"choices": []}, Finish.EMPTY, ""),
        ("chat", chat_completion("{}") | {"choices": None}, Finish.EMPTY, ""),
        (
            "responses",
            tool_response('{"ti', status="incomplete", incomplete_details={"reason": "max_output_tokens"}),
            Finish.LENGTH,
            '{"ti',
        ),
        (
            "responses",
            tool_response("", status="incomplete", output=[], incomplete_details={"reason": "content_filter"}),
            Finish.FILTERED,
            "",
        ),
        ("responses", tool_response("", output=[REFUSAL]), Finish.REFUSED, "I cannot."),
        ("responses", tool_response("", output=[WORDS]), Finish.STOP, '{"a": 1}'),
        ("responses", tool_response("", output=[]), Finish.EMPTY, ""),
        ("responses", tool_response("", output=None), Finish.EMPTY, ""),
    ],
)
def test_an_answer_that_is_not_whole_is_no_error(api: str, body: object, finish: Finish, text: str) -> None:
    """Cut off, filtered, refused or empty: the completion says so, with what there is of a text."""
    completion = complete(Step(body=body), api=api)
    assert (completion.finish, completion.text) == (finish, text)


@pytest.mark.parametrize("usage", [None, {"prompt_tokens": None, "completion_tokens": "many"}, {"prompt_tokens": -1}, 7])
def test_usage_that_is_missing_or_no_number_counts_as_nothing(usage: object) -> None:
    """An endpoint that does not count its tokens is no fault; the call itself is counted."""
    completion = complete(Step(body=chat_completion("{}") | {"usage": usage}))
    assert completion.usage == Usage(calls=1, cost=None)


UNAVAILABLE = [
    Step(status=500, body={"error": {"message": "boom"}}),
    Step(status=503, body="<html><h1>Service unavailable</h1></html>"),
    Step(status=408),
    Step(status=409),
    Step(status=429),
    Step(fault=Fault.DROPPED),
    Step(fault=Fault.HALF),
    Step(fault=Fault.SILENT),
    Step(fault=Fault.TRICKLE),
    Step(body="<!doctype html><title>Sign in</title>"),
    Step(body=b"\xff\xfe\x00"),
    Step(body=b"[" * 100_000),
    Step(body=[1, 2]),
    Step(body={"error": {"code": 502, "message": "the provider is down"}}),
    Step(body=json.dumps(chat_completion("{}")).encode() + b" " * (16 * 1024 * 1024)),
]
NO_COMPLETION = [
    Step(body=b'{"choices": [{"message": {"content": "{'),
    Step(body={"choices": "none"}),
    Step(body={"choices": [{"message": None}]}),
    Step(body={"choices": [{"message": {"content": 7}}]}),
]


@pytest.mark.parametrize(
    ("api", "step"),
    [*(("chat", step) for step in (*UNAVAILABLE, *NO_COMPLETION)), *(("responses", step) for step in UNAVAILABLE)],
    ids=lambda value: value if isinstance(value, str) else f"{value.status} {value.fault.name.lower()} {str(value.body)[:30]}",
)
def test_an_endpoint_that_does_not_answer_is_unavailable(api: str, step: Step) -> None:
    """A fault of the endpoint or of the network is one to try again, after one request, and says where it was."""
    with serving([step]) as server, asking(server.base_url, api=api, timeout=0.4) as model:
        with pytest.raises(EndpointUnavailable) as caught:
            model.complete(REQUEST)
        assert len(server.requests) == 1
    message = str(caught.value)
    assert server.base_url in message
    assert message.isprintable()
    assert len(message) <= 300
    assert caught.value.usage == Usage(calls=1)
    assert caught.value.__cause__ is not None


@pytest.mark.parametrize(
    ("api", "body"),
    [
        ("responses", chat_completion("{}")),
        ("responses", {"status": "ok"}),
        ("responses", {}),
        ("responses", {"output": "text"}),
        ("responses", chat_completion("{}") | {"output": []}),
        ("chat", tool_response("{}")),
        ("chat", {"status": "ok"}),
        ("chat", {}),
    ],
)
def test_an_answer_of_another_interface_is_none(api: str, body: object) -> None:
    """JSON that is no answer of the interface that was asked, also where instructor stumbles over it, says what to check."""
    with pytest.raises(EndpointUnavailable, match=r"no valid answer: it is no .*: check EXTRACT_API") as caught:
        complete(Step(body=body), api=api)
    assert caught.value.usage == Usage(calls=1)


@pytest.mark.parametrize(
    ("api", "body"),
    [
        ("responses", {"output": [3, None, {"type": "message"}, {"type": "message", "content": 7}, {"type": "function_call"}]}),
        ("responses", tool_response("{}", output=[{"type": "function_call", "name": "record", "arguments": {"title": None}}])),
        ("responses", tool_response("{}", usage=7, incomplete_details=["why"])),
        ("responses", tool_response("{}", incomplete_details={"reason": ["why"]})),
        ("chat", chat_completion("{}", finish_reason=["stop"])),
        ("chat", chat_completion("{}", refusal={"no": 1})),
        ("chat", chat_completion("{}") | {"model": 3, "usage": [1]}),
        ("chat", {"choices": [{"message": {}}]}),
        ("chat", {"choices": [{"message": {"content": "{}", "tool_calls": 3}}, 4]}),
    ],
)
@pytest.mark.parametrize("constraint", ["strict", "json"])
def test_an_odd_answer_is_read_or_is_none(api: str, body: object, constraint: str) -> None:
    """Whatever stands in the fields of an answer: there is a completion of text, or an error of ours, and never another."""
    with suppress(EndpointUnavailable):
        assert isinstance(complete(Step(body=body), api=api, constraint=constraint).text, str)


@pytest.mark.parametrize("key", ["key", "sk-1234"])
def test_a_short_key_does_not_blot_words_out(key: str) -> None:
    """What is shorter than any key that is given out is not looked for in messages; longer ones are, wherever they stand."""
    with pytest.raises(AccessDenied, match="the monkey broke sk off"):
        complete(Step(status=401, body={"error": {"message": "the monkey broke sk off"}}), api_key=key)
    settings = Settings(base_url="http://me:short@host/v1?a=key&b=long-enough", api_key=key)
    assert secrets(settings) == ("long-enough",)


def test_nobody_listening_is_unavailable() -> None:
    """An address where nobody answers is named, and may be tried again."""
    with serving() as server:
        address = server.base_url
    with asking(address) as model, pytest.raises(EndpointUnavailable, match="could not be reached"):
        model.complete(REQUEST)


def test_the_deadline_of_a_document_bounds_the_attempt() -> None:
    """An attempt ends with the time of its document, also where the time-out is longer."""
    with (
        serving([Step(delay=2.0)]) as server,
        asking(server.base_url, timeout=500) as model,
        pytest.raises(EndpointUnavailable, match="in time"),
    ):
        model.complete(replace(REQUEST, deadline=time.monotonic() + 0.2))


def test_no_request_is_made_after_the_deadline() -> None:
    """Where no time is left, nothing leaves, and nothing is counted."""
    with (
        serving() as server,
        asking(server.base_url) as model,
        pytest.raises(EndpointUnavailable, match="no time was left") as caught,
    ):
        model.complete(replace(REQUEST, deadline=time.monotonic() - 1))
    assert server.requests == []
    assert caught.value.usage == Usage()


def test_a_redirect_is_not_followed() -> None:
    """Neither key nor document goes to another address than the one that was set."""
    with serving() as elsewhere:
        moved = Step(status=307, headers={"location": f"{elsewhere.base_url}/chat/completions?token=t"})
        told = pytest.raises(AccessDenied, match=f"points elsewhere.*{elsewhere.base_url}")
        with serving([moved]) as server, asking(server.base_url) as model, told:
            model.complete(REQUEST)
    assert elsewhere.requests == []


@pytest.mark.parametrize("where", ["error", "body"])
def test_a_key_that_the_endpoint_repeats_is_not_shown(where: str) -> None:
    """The message has no key in it, whatever the endpoint says."""
    said: object = {"error": {"message": f"no such key:\x1b[31m {KEY}\n"}} if where == "error" else f"<p>{KEY}</p>"
    with pytest.raises(AccessDenied, match=r"\[key\]") as caught:
        complete(Step(status=401, body=said))
    assert KEY not in str(caught.value)
    assert "\x1b" not in str(caught.value)


def test_user_and_password_of_the_address_are_basic_authentication() -> None:
    """They leave in the header alone, and in no message."""
    with serving([Step(body=chat_completion("{}")), Step(status=500)]) as server:
        address = server.base_url.replace("://", "://me:p%40ss-word@") + "?version=2"
        with asking(address) as model:
            model.complete(REQUEST)
            with pytest.raises(EndpointUnavailable) as caught:
                model.complete(REQUEST)
    received = server.requests[0]
    assert received.headers["authorization"] == "Basic bWU6cEBzcy13b3Jk"
    assert received.path == "/v1/chat/completions?version=2"
    assert received.headers["host"] == server.base_url.split("/")[2]
    assert "p@ss-word" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("address", ["://tok%2Dalone@", "://me:tok-alone@"])
def test_secrets_of_the_address_that_the_endpoint_repeats_are_not_shown(address: str) -> None:
    """A token in the place of the user, a password, and one in the query; the version of an API is told."""
    step = Step(status=400, body={"error": {"message": "tok-alone query-token 2026-01-01"}})
    with serving([step]) as server:
        given = server.base_url.replace("://", address) + "?token=query-token&api-version=2026-01-01"
        with asking(given) as model, pytest.raises(RequestRejected, match=r"\[key\] \[key\] 2026-01-01"):
            model.complete(REQUEST)


def test_an_answer_that_unpacks_to_too_much_is_none() -> None:
    """A few kilobytes may stand for gigabytes: unpacked they are counted as they come, and never held."""
    packed = gzip.compress(b" " * (4 * MOST_BYTES))
    assert len(packed) < MOST_BYTES / 100
    with pytest.raises(EndpointUnavailable, match="longer than"):
        complete(Step(headers={"content-encoding": "gzip"}, body=packed))


@pytest.mark.parametrize(("encoding", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress), ("GZip", gzip.compress)])
def test_an_answer_may_be_packed(encoding: str, pack: Callable[[bytes], bytes]) -> None:
    """Gateways pack answers; they are asked for nothing else than what is unpacked here."""
    body = pack(json.dumps(chat_completion("{}")).encode())
    assert complete(Step(headers={"content-encoding": encoding}, body=body)).text == "{}"


@pytest.mark.parametrize(("encoding", "body"), [("gzip", b"no gzip"), ("zstd", b"x"), ("gzip", gzip.compress(b"{}")[:-12])])
def test_an_answer_that_cannot_be_unpacked_is_none(encoding: str, body: bytes) -> None:
    """Damaged, cut off, or packed in a way that was not asked for."""
    with pytest.raises(EndpointUnavailable):
        complete(Step(headers={"content-encoding": encoding}, body=body))


def test_a_name_of_a_host_that_cannot_be_one_is_a_wrong_setting() -> None:
    """It is told before anything leaves, with the variable."""
    with asking("http://hö$t/v1") as model, pytest.raises(SettingsError, match=r"^OPENAI_BASE_URL: "):
        model.complete(REQUEST)


def test_a_failed_call_writes_nothing_to_a_log_that_is_set_up(caplog: pytest.LogCaptureFixture) -> None:
    """What the endpoint repeats of the key stands in no log of the packages below either."""
    caplog.set_level(logging.INFO)
    for step in (Step(status=401, body={"error": {"message": KEY}}), Step(body=chat_completion("", finish_reason="length"))):
        with serving([step]) as server, asking(server.base_url) as model, suppress(AccessDenied):
            model.complete(REQUEST)
    assert "instructor" not in {record.name.partition(".")[0] for record in caplog.records}
    assert KEY not in caplog.text


def test_without_a_key_an_endpoint_of_ones_own_gets_a_placeholder() -> None:
    """A server that wants no key is asked without one."""
    with serving() as server, asking(server.base_url, api_key="") as model:
        model.complete(REQUEST)
    assert server.requests[0].headers["authorization"] == "Bearer none"


@pytest.mark.parametrize("key", ["", "schlüssel", "a\nb"])
def test_a_key_that_cannot_be_one_is_said_before_any_request(key: str) -> None:
    """OpenAI is not asked without a key, nor with one that no header can carry."""
    model = mocked(lambda _: pytest.fail("a request left"), base_url="", api_key=key)
    with pytest.raises(AccessDenied, match="OPENAI_API_KEY") as caught:
        model.complete(REQUEST)
    assert caught.value.usage == Usage()


STRICT_UNKNOWN = {"error": {"message": "Unknown parameter: 'response_format.json_schema.strict'.", "code": "unknown_parameter"}}
SCHEMA_UNKNOWN = {"detail": [{"loc": ["body", "response_format", "type"], "msg": "Input should be 'text' or 'json_object'"}]}
SCHEMA_WRONG = {"error": {"message": "Invalid schema for response_format 'record': 'uniqueItems' is not permitted."}}
OTHER_LIMIT = {"error": {"message": "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."}}


def shapes(requests: list[Received]) -> list[str]:
    """The constraint of each request, as it stood on the wire."""
    named = []
    for received in requests:
        stated = received.json["response_format"]
        named.append("json" if stated["type"] == "json_object" else "strict" if stated["json_schema"].get("strict") else "schema")
    return named


def test_an_endpoint_that_does_not_know_a_constraint_gets_the_next(caplog: pytest.LogCaptureFixture) -> None:
    """Strict, then the schema, then JSON mode: each step is remembered, counted, and said once."""
    caplog.set_level(logging.WARNING, logger="extract")
    with (
        serving([Step(status=400, body=STRICT_UNKNOWN), Step(status=422, body=SCHEMA_UNKNOWN)]) as server,
        asking(server.base_url) as model,
    ):
        first, second = model.complete(REQUEST), model.complete(REQUEST)
    assert shapes(server.requests) == ["strict", "schema", "json", "json"]
    assert (first.usage.calls, second.usage.calls) == (3, 1)
    assert [record.getMessage().split(" ", 1)[1].split(":")[0] for record in caplog.records if record.name == "extract"] == [
        "takes no strict schema",
        "takes no schema",
    ]


def test_many_threads_that_find_out_at_once_say_it_once(caplog: pytest.LogCaptureFixture) -> None:
    """Sixteen calls that meet the same limit step down together, and get their answers."""

    def respond(request: httpx2.Request) -> httpx2.Response:
        if b'"strict":true' not in request.content:
            return httpx2.Response(200, json=chat_completion("{}"))
        together.wait(10)
        return httpx2.Response(400, json=STRICT_UNKNOWN)

    together = threading.Barrier(16)
    with mocked(respond) as model, ThreadPoolExecutor(16) as pool:
        completions = list(pool.map(model.complete, [REQUEST] * 16))
    assert {completion.usage.calls for completion in completions} == {2}
    assert len([record for record in caplog.records if record.name == "extract"]) == 1


@pytest.mark.parametrize(
    ("values", "body"),
    [({"constraint": "strict"}, STRICT_UNKNOWN), ({"constraint": "auto"}, SCHEMA_WRONG)],
    ids=["asked for", "the schema itself"],
)
def test_nothing_steps_down_where_that_is_not_wanted_or_no_use(values: dict[str, str], body: object) -> None:
    """A constraint that was asked for holds, and a schema that cannot be used is final."""
    with (
        serving([Step(status=400, body=body)]) as server,
        asking(server.base_url, **values) as model,
        pytest.raises(RequestRejected),
    ):
        model.complete(REQUEST)
    assert shapes(server.requests) == ["strict"]


def test_the_limit_on_tokens_takes_the_name_that_the_endpoint_knows() -> None:
    """It is sent under its other name once the endpoint says so, and under that from then on."""
    with serving([Step(status=400, body=OTHER_LIMIT)]) as server, asking(server.base_url) as model:
        calls = [model.complete(REQUEST).usage.calls for _ in range(2)]
    assert calls == [2, 1]
    assert ["max_tokens" in received.json for received in server.requests] == [True, False, False]
    assert all(received.json["max_completion_tokens"] == 4096 for received in server.requests[1:])


def test_both_names_of_the_limit_unknown_is_an_error() -> None:
    """An endpoint that knows neither name is not asked forever."""
    unknown = Step(status=400, body={"error": {"message": "unknown: max_tokens, max_completion_tokens"}})
    with serving([unknown] * 9) as server, asking(server.base_url) as model, pytest.raises(RequestRejected) as caught:
        model.complete(REQUEST)
    assert len(server.requests) == 2
    assert caught.value.usage == Usage(calls=2)


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("", "max_completion_tokens"),
        ("https://me.openai.azure.com/openai/v1", "max_completion_tokens"),
        ("https://azure.com.example/v1", "max_tokens"),
    ],
)
def test_the_limit_begins_with_the_name_of_the_endpoint(address: str, name: str) -> None:
    """OpenAI and Azure know the new name, the others the old one."""
    sent: list[httpx2.Request] = []

    def respond(request: httpx2.Request) -> httpx2.Response:
        sent.append(request)
        return httpx2.Response(200, json=chat_completion("{}"))

    with mocked(respond, base_url=address) as model:
        model.complete(REQUEST)
    assert json.loads(sent[0].content)[name] == 4096


def test_one_connection_serves_calls_that_follow_each_other() -> None:
    """Fifty calls open one connection."""
    with serving() as server, asking(server.base_url) as model:
        for _ in range(50):
            model.complete(REQUEST)
    assert (len(server.requests), server.connections) == (50, 1)


def test_threads_get_their_own_answers() -> None:
    """Sixteen threads at once: each gets the answer to what it asked."""

    def last_words(received: Received) -> str:
        return str(received.json["messages"][-1]["content"])

    requests = [replace(REQUEST, messages=(Message("user", f"document {number}"),)) for number in range(160)]
    with serving(answer=last_words) as server, asking(server.base_url) as model, ThreadPoolExecutor(16) as pool:
        answers = [completion.text for completion in pool.map(model.complete, requests)]
    assert answers == [f"document {number}" for number in range(160)]
    assert server.connections <= 16


def test_a_failed_call_writes_nothing_to_standard_error(capfd: pytest.CaptureFixture[str]) -> None:
    """A failure is an error that is raised, and no line of a log that nobody set up."""
    import subprocess

    with serving([Step(status=500)]) as server:
        script = (
            "from extract.engines.llm.openai_model import OpenAIModel\n"
            "from extract.engines.llm.seam import Message, Request\n"
            "from extract.errors import EndpointUnavailable\n"
            "from extract.settings import Settings\n"
            f"model = OpenAIModel(Settings(base_url={server.base_url!r}, model='m'))\n"
            "try: model.complete(Request('m', '', (Message('user', 'x'),), {}))\n"
            "except EndpointUnavailable: print('raised')\n"
        )
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("raised\n", "")


def test_a_closed_model_opens_again() -> None:
    """Closing gives the connections back, and does not end the object."""
    with serving() as server, asking(server.base_url) as model:
        model.complete(REQUEST)
        model.close()
        assert model.complete(REQUEST).finish is Finish.STOP
    assert server.connections == 2


def test_a_client_of_the_caller_stays_open() -> None:
    """What was handed over is not ours to close, and is bounded once, however many models it serves."""
    client = httpx2.Client(transport=httpx2.MockTransport(lambda _: httpx2.Response(200, json=chat_completion("{}"))))
    for _ in range(2):
        with OpenAIModel(Settings(base_url="https://endpoint.example/v1", api_key=KEY, model="m"), http_client=client) as model:
            model.complete(REQUEST)
    assert not client.is_closed
    assert [len(hooks) for hooks in client.event_hooks.values()] == [1, 1]
    client.close()


def test_a_fault_of_ours_is_not_hidden() -> None:
    """What goes wrong inside of this package is no fault of the endpoint, and comes out as it is."""

    def respond(_: httpx2.Request) -> httpx2.Response:
        pytest.fail("a request left")

    schema: Any = {"default": {1, 2}}
    with mocked(respond) as model, pytest.raises(TypeError) as caught:
        model.complete(replace(REQUEST, schema=schema))
    assert not isinstance(caught.value, CallError)


@pytest.mark.parametrize(
    ("text", "tokens", "finish"),
    [
        ('{"title": {"val', 20, Finish.LENGTH),
        ('{"title": {"val', 19, Finish.STOP),
        ('{"title": null}', 20, Finish.STOP),
        ("", 20, Finish.EMPTY),
    ],
)
@pytest.mark.block_network(allowed_hosts=["127.0.0.1"])
def test_an_answer_that_ends_with_its_room_is_cut_off(text: str, tokens: int, finish: Finish) -> None:
    """Some endpoints call it completed: half of a JSON text that took all the room that there was is none the less cut off."""
    body = tool_response(text)
    body["usage"]["output_tokens"] = tokens
    with serving([Step(body=body)]) as server, asking(server.base_url, api="responses") as model:
        assert model.complete(replace(REQUEST, max_output_tokens=20)).finish is finish

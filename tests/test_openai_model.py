"""The model behind an endpoint: what leaves for it byte by byte, and what each answer of it becomes."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from fault_server import Step, chat_completion, serving, tool_response
from openai_calls import KEY, MESSAGES, REQUEST, SCHEMA, asking, complete

from extract.engines.llm.connection import MOST_BYTES
from extract.engines.llm.seam import Completion, Finish, Sampling
from extract.errors import EndpointUnavailable
from extract.result import Usage

pytestmark = pytest.mark.block_network(allowed_hosts=["127.0.0.1"])

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

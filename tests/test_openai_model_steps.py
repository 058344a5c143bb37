"""The model behind an endpoint that knows less than others, and its connections: steps down, threads, and closed clients."""

from __future__ import annotations

import json
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import httpx2
import pytest
from fault_server import Received, Step, chat_completion, serving
from openai_calls import KEY, REQUEST, asking, mocked

from extract.engines.llm.openai_model import OpenAIModel
from extract.engines.llm.seam import Finish, Message
from extract.errors import CallError, RequestRejected
from extract.result import Usage
from extract.settings import Settings

pytestmark = pytest.mark.block_network(allowed_hosts=["127.0.0.1"])

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
        together.wait(30)
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

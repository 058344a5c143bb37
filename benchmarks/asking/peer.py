"""The peer: instructor over the openai SDK, as its documentation shows it, with the same model class on the raw text."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version

import httpx2  # noqa: TID253  # what this file is about
import instructor  # noqa: TID253
import openai  # noqa: TID253
from openai.types.chat import ChatCompletionMessageParam, ChatCompletionToolParam  # noqa: TID253
from pydantic import BaseModel, JsonValue

from extract.engines.llm.openai_model import OpenAIModel
from extract.engines.llm.seam import Request
from extract.settings import Settings

Body = Mapping[str, JsonValue]
MODE = instructor.Mode.TOOLS
"""Its default."""


def versions() -> str:
    """What is compared with."""
    return f"instructor {version('instructor')} (mode {MODE.name}) over openai {version('openai')}"


def messages(task: str, text: str) -> list[ChatCompletionMessageParam]:
    """A short instruction, and the text as it was received."""
    return [{"role": "system", "content": f"Extract the {task.replace('_', ' ')}."}, {"role": "user", "content": text}]


def client(base_url: str) -> openai.OpenAI:
    """The SDK's client for an endpoint of our own, which never retries."""
    return openai.OpenAI(base_url=base_url, api_key="none", max_retries=0)


def caller(schema: type[BaseModel], task: str, through: openai.OpenAI) -> Callable[[str], BaseModel]:
    """A function from a text to a record. Not strict in Pydantic's sense: dates come as text."""
    patched = instructor.from_openai(through, mode=MODE)

    def call(text: str) -> BaseModel:
        return patched.chat.completions.create(
            model="gpt-4o",
            messages=messages(task, text),
            response_model=schema,
            strict=False,
        )

    return call


def bare_caller(schema: type[BaseModel], task: str, through: openai.OpenAI) -> Callable[[str], object]:
    """A function from a text to the answer as the SDK returns it: the same request, and nothing read."""
    tool: ChatCompletionToolParam = {
        "type": "function",
        "function": {"name": schema.__name__, "parameters": schema.model_json_schema()},
    }
    return lambda text: through.chat.completions.create(model="gpt-4o", messages=messages(task, text), tools=[tool])


def tool_call(schema: type[BaseModel], record: str) -> Body:
    """The message in which a model calls the tool that instructor makes of a schema, with a record as JSON."""
    call: JsonValue = {"id": "call_1", "type": "function", "function": {"name": schema.__name__, "arguments": record}}
    return {"role": "assistant", "content": None, "tool_calls": [call]}


def peer_body(schema: type[BaseModel], task: str, text: str, *, record: str) -> Body:
    """The body of the request that instructor makes for a text, when the answer is that record."""
    with answering(tool_call(schema, record)) as (reached, bodies):
        caller(schema, task, openai.OpenAI(api_key="none", max_retries=0, http_client=reached))(text)
    (body,) = bodies
    return body


def own_body(request: Request, settings: Settings, *, answer: str) -> Body:
    """The body that leaves for a request of ours, when that is the answer."""
    with answering({"role": "assistant", "content": answer}) as (reached, bodies):
        OpenAIModel(settings, http_client=reached).complete(request)
    (body,) = bodies
    return body


@contextmanager
def answering(message: Body) -> Iterator[tuple[httpx2.Client, list[Body]]]:
    """A client that reaches no network: all requests get this message; and the bodies of the requests so far."""
    bodies: list[Body] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        bodies.append(json.loads(request.content))
        return httpx2.Response(200, json=completion(message))

    with httpx2.Client(transport=httpx2.MockTransport(answer)) as client_without_network:
        yield client_without_network, bodies


def completion(message: Body) -> Body:
    """The body of a chat completion that holds one message."""
    usage: JsonValue = {"prompt_tokens": 10, "completion_tokens": 10, "total_tokens": 20}
    choice: JsonValue = {"index": 0, "finish_reason": "stop", "message": dict(message)}
    return {"id": "c", "object": "chat.completion", "created": 1, "model": "gpt-4o", "choices": [choice], "usage": usage}

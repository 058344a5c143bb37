"""The bodies of requests, as they leave for an endpoint: in which form it takes them, and what it is to do when it does not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from pydantic import JsonValue

from extract.engines.llm.seam import Message, Request
from extract.settings import OPENAI, Api, Constraint, Settings

_INSTRUCTION = "Answer with one JSON object that fits this JSON Schema, and with nothing else:\n"
_LOOSER = {Constraint.STRICT: Constraint.SCHEMA, Constraint.SCHEMA: Constraint.JSON}


@dataclass(frozen=True, slots=True)
class Form:
    """In which form an endpoint takes requests; ``limits`` are the names left to try for the limit on output tokens."""

    api: Api
    constraint: Constraint
    limits: tuple[str, ...]

    def renamed(self) -> Form | None:
        """The same with the next name for the limit; None where there is none."""
        return replace(self, limits=self.limits[1:]) if len(self.limits) > 1 else None

    def looser(self) -> Form | None:
        """The same with the next weaker constraint; None where there is none."""
        weaker = _LOOSER.get(self.constraint)
        return None if weaker is None else replace(self, constraint=weaker)


def first_form(settings: Settings) -> Form:
    """The form to begin with: what was set, or the best; OpenAI and Azure have their own name for the limit on tokens."""
    host = urlsplit(settings.endpoint).hostname or ""
    limits: tuple[str, ...] = ("max_completion_tokens", "max_tokens")
    if settings.api is Api.RESPONSES:
        limits = ("max_output_tokens",)
    elif host != urlsplit(OPENAI).hostname and not host.endswith(".azure.com"):
        limits = limits[::-1]
    return Form(settings.api, Constraint.STRICT if settings.constraint is Constraint.AUTO else settings.constraint, limits)


def chat_body(request: Request, form: Form, *, shaped: Mapping[str, Any]) -> dict[str, Any]:
    """The body of a request for a chat completion.

    instructor leaves "strict" out and names the schema after the class. In JSON mode it adds a system message that tells the
    model that it is a genius, with the schema indented, and joins messages of one role: ours go out as they are.
    """
    body = dict(shaped)
    if form.constraint is Constraint.JSON:
        body["messages"] = _with_schema(request)
    else:
        strict: dict[str, JsonValue] = {"strict": True} if form.constraint is Constraint.STRICT else {}
        named = {"name": request.schema_name, **strict, "schema": request.schema}
        body["response_format"] = {**body["response_format"], "json_schema": named}
    return body | _options(request, form)


def responses_body(request: Request, form: Form, *, shaped: Mapping[str, Any]) -> dict[str, Any]:
    """The body of a request to the Responses API: one tool, whose arguments are the answer.

    Of the two ways to hold an answer to a schema, llama.cpp knows the tool alone, and OpenAI's own endpoint both. instructor
    adds the other one, ``text.format``, which would charge the tokens of the schema twice, and a description that says nothing.
    """
    body = {name: value for name, value in shaped.items() if name not in {"messages", "text", "response_format"}}
    body["input"] = [_item(message_body(message)) for message in request.messages]
    body["store"] = False
    if form.constraint is Constraint.JSON:
        body["input"] = [_item(message) for message in _with_schema(request)]
        body["text"] = {"format": {"type": "json_object"}}
    else:
        name, strict = request.schema_name, form.constraint is Constraint.STRICT  # left out, it would count as true
        body["tools"] = [{"type": "function", "name": name, "parameters": request.schema, "strict": strict}]
        body["tool_choice"] = {"type": "function", "name": name}
    return body | _options(request, form)


def _options(request: Request, form: Form) -> dict[str, Any]:
    """The limit on tokens, and of the sampling what is set."""
    sampling, effort = request.sampling, request.sampling.reasoning_effort
    chosen: dict[str, Any] = {"temperature": sampling.temperature, "top_p": sampling.top_p, "seed": sampling.seed}
    if form.api is Api.RESPONSES:
        chosen["reasoning"] = None if effort is None else {"effort": effort}
    else:
        chosen["reasoning_effort"] = effort
    limit = {form.limits[0]: request.max_output_tokens}
    return limit | {name: value for name, value in chosen.items() if value is not None}


def message_body(message: Message) -> dict[str, str]:
    """The message, byte for byte."""
    return {"role": message.role, "content": message.content}


def _item(message: dict[str, str]) -> dict[str, str]:
    """A message among the items of an input; llama.cpp cannot tell an assistant's one from others without its type."""
    return {"type": "message", **message}


def _with_schema(request: Request) -> list[dict[str, str]]:
    """The messages, the schema at the end of the system's."""
    told = _INSTRUCTION + json.dumps(request.schema, separators=(",", ":"), ensure_ascii=False)
    first, *rest = [message_body(message) for message in request.messages]
    if first["role"] == "system":
        return [{"role": "system", "content": f"{first['content']}\n\n{told}"}, *rest]
    return [{"role": "system", "content": told}, first, *rest]

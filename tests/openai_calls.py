"""Requests to an endpoint of our own or a made-up one, for the tests of the model behind it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx2
from fault_server import Step, serving

from extract.engines.llm.openai_model import OpenAIModel
from extract.engines.llm.seam import Completion, Message, Request
from extract.settings import Settings

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

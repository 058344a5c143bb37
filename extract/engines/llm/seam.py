"""The seam between the engine and the network: a request, a completion, and the one method that leads from one to the other.

Everything above it is tested without a network. Caching, retrying, limits and counting are wrappers of the same shape.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Literal, Protocol

from pydantic import JsonValue

from extract.result import Usage

KEY_VERSION = 1
"""Goes up when the same key would stand for another request."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a chat."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the model chooses its words; None = the endpoint's default, and is not sent."""

    temperature: float | None = None
    top_p: float | None = None
    seed: int | None = None
    reasoning_effort: str | None = None


@dataclass(frozen=True)
class Request:
    """What is asked of a model.

    ``endpoint`` is the base URL without user, password and query. ``schema`` is the wire schema that the answer has to fit.
    ``repeat`` tells the same request apart that is made several times on purpose. ``deadline`` is a moment of
    ``time.monotonic()`` after which nobody waits for the answer.
    """

    model: str
    endpoint: str
    messages: tuple[Message, ...]
    schema: Mapping[str, JsonValue]
    schema_name: str = "record"
    sampling: Sampling = field(default=Sampling())
    repeat: int = 0
    max_output_tokens: int = 4096
    deadline: float | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "schema", dict(self.schema))  # JSON encoders, the SDK's too, know no other mapping

    @cached_property
    def key(self) -> str:
        """SHA-256 of all that decides the answer: not the key to the endpoint, time-outs or attempts.

        Nor the limit on output tokens: it decides only whether the answer is whole, and what is cut off is not kept.
        """
        content = {
            "version": KEY_VERSION,
            "endpoint": self.endpoint,
            "model": self.model,
            "messages": [[message.role, message.content] for message in self.messages],
            "schema": self.schema,
            "schema_name": self.schema_name,
            "sampling": [self.sampling.temperature, self.sampling.top_p, self.sampling.seed, self.sampling.reasoning_effort],
            "repeat": self.repeat,
        }
        canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(canonical.encode()).hexdigest()


class Finish(StrEnum):
    """Why the model stopped."""

    STOP = "stop"  # it was done
    LENGTH = "length"  # the limit on output tokens, or the end of its context
    REFUSED = "refused"
    FILTERED = "filtered"
    EMPTY = "empty"  # the endpoint sent no answer at all


@dataclass(frozen=True, slots=True)
class Completion:
    """What came back: the raw text of the answer, why it ended, and what it used; ``model`` is what the endpoint calls it."""

    text: str
    finish: Finish = Finish.STOP
    usage: Usage = field(default=Usage())
    model: str = ""


class Model(Protocol):
    """Anything that answers requests.

    Raises ModelError for a request that got no answer, and RunStopped where no further one can get any.
    """

    def complete(self, request: Request) -> Completion: ...

"""What is ordered: how documents are read, the folder that keeps the state, and within which limits."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field, JsonValue

from extract.batch.reading import RULES, Reading
from extract.configuration import unusual_settings
from extract.engines.llm.retrying import RetryPolicy
from extract.engines.llm.seam import Completion, Request
from extract.errors import SettingsError, UsageError
from extract.pipeline import hash_of
from extract.result import Value
from extract.settings import Api, Settings, current_settings

FEW = RetryPolicy(max_attempts=4)
"""How often a call to the endpoint is tried."""
Name = Annotated[str, Field(max_length=2_000)]


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a part may be, how small one is made that finds no place, and in how many batches a request is tried.

    OpenAI takes 50,000 requests and 200 MB in a batch; the most that is sent stays below, for what surrounds the file.
    """

    most_requests: int = 50_000
    most_bytes: int = 190_000_000
    fewest_requests: int = 100
    max_rounds: int = 3


@dataclass(frozen=True, slots=True)
class Order:
    """Documents that a provider answers in its own time; ``folder`` holds the state, and belongs to one order.

    ``retry`` is for the calls that submit and collect make, not for the requests in a batch. The checks of ``reading`` decide
    what is asked for again: whoever collects gives the same.
    """

    reading: Reading
    folder: Path
    limits: Limits = Limits()
    retry: RetryPolicy = field(default=FEW)

    @property
    def settings(self) -> Settings:
        return self.reading.settings or current_settings()


class Configuration(Value):
    """What decides which requests documents need, and where they go."""

    model_config: ClassVar[ConfigDict] = ConfigDict(strict=True)

    task: Name
    schema_hash: Name
    model: Name
    endpoint: Name
    api: Api
    prompt: Name
    prompt_hash: Name
    repeat: int
    settings: dict[str, JsonValue]
    input_format: Name
    max_chars: int
    strict: bool

    @classmethod
    def of(cls, order: Order) -> Configuration:
        """That of an order; UsageError where no batch can be made of it."""
        reading, settings = order.reading, order.settings
        if not isinstance(reading.engine, str) or reading.engine == RULES:
            raise UsageError("a batch at the provider asks a model: leave --engine out, or give --engine llm")
        if settings.missing:
            raise SettingsError(f"no batch can be submitted: {settings.missing}")
        if not settings.cache:
            raise SettingsError("the answers of a batch come by way of the cache: leave --no-cache and EXTRACT_CACHE=false out")
        reader = reading.reader(_Nobody())
        origin = reader.engine.origin
        return cls(
            task=reader.task.name,
            schema_hash=hash_of(reader.task),
            model=settings.model,
            endpoint=settings.endpoint,
            api=settings.api,
            prompt=origin["prompt"],
            prompt_hash=origin["prompt_hash"],
            repeat=settings.repeat,
            settings=unusual_settings(settings),
            input_format=str(reading.input_format or ""),
            max_chars=reading.max_chars,
            strict=reading.strict,
        )

    def differing(self, other: Configuration) -> list[str]:
        """The names of what differs between the two."""
        return [name for name in type(self).model_fields if getattr(self, name) != getattr(other, name)]


class _Nobody:
    """A model that is never asked: an engine is made to see its prompt."""

    def complete(self, request: Request) -> Completion:
        raise NotImplementedError(request.key)

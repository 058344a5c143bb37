"""An answer as the cache keeps it and as an export writes it, and what a cache says about itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import AfterValidator, ConfigDict, Field, ValidationError

from extract.engines.llm.seam import Completion, Request
from extract.result import Value

MAX_TEXT = 16_000_000
"""Characters of the longest answer that is kept."""

_MAX_LINE = 12 * MAX_TEXT  # a character beyond the basic plane is two escapes of six


def _calendar(moment: str) -> str:
    datetime.fromisoformat(moment)
    return moment


Name = Annotated[str, Field(max_length=2_000)]
Tokens = Annotated[int, Field(ge=0, le=10**12)]
Moment = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"), AfterValidator(_calendar)]


class Entry(Value):
    """An answer as it is kept: its raw text, who gave it, what it used, and when, in UTC.

    ``model`` is what the endpoint calls the model that the request named ``requested_model``.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(strict=True)

    version: Annotated[int, Field(ge=1, le=1)]  # Literal[1] takes true for 1
    text: Annotated[str, Field(min_length=1, max_length=MAX_TEXT)]
    model: Name
    requested_model: Name
    endpoint: Name
    input_tokens: Tokens
    cached_tokens: Tokens
    output_tokens: Tokens
    created: Moment

    @classmethod
    def of(cls, request: Request, completion: Completion) -> Entry:
        """What is kept of an answer that came just now; ValidationError where it cannot be kept."""
        return cls(
            version=1,
            text=completion.text,
            model=completion.model,
            requested_model=request.model,
            endpoint=request.endpoint,
            input_tokens=completion.usage.input_tokens,
            cached_tokens=completion.usage.cached_tokens,
            output_tokens=completion.usage.output_tokens,
            created=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        )


class KeyedEntry(Entry):
    """An entry as a line of an export."""

    key: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


@dataclass(frozen=True, slots=True)
class CacheInfo:
    """What the cache holds: entries that can be read, and how many cannot.

    ``size`` is in bytes on disk. ``answers`` counts the entries by the model that was asked; the tokens are those that answering
    from the cache saves each time.
    """

    directory: Path
    entries: int
    unreadable: int
    size: int
    oldest: datetime | None
    newest: datetime | None
    answers: Mapping[str, int]
    input_tokens: int
    output_tokens: int


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of the lines of an import: how many were added, how many were known, and what is wrong with the others."""

    added: int
    known: int
    refused: tuple[str, ...]


def read_entry(line: str) -> KeyedEntry:
    """The entry of a line of an export; ValueError says what is wrong with it, without repeating it."""
    if len(line) > _MAX_LINE:
        raise ValueError(f"it is longer than {_MAX_LINE:,} characters")
    try:
        return KeyedEntry.model_validate_json(line)
    except ValidationError as error:
        raise ValueError(first_fault(error)) from None


def first_fault(error: ValidationError) -> str:
    """The first thing that is wrong with an entry, without its content."""
    detail = error.errors(include_url=False, include_context=False, include_input=False)[0]
    return ": ".join([*(ascii(part)[:40] for part in detail["loc"]), detail["msg"]])

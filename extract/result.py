"""What the caller gets: a record, and for each of its leaves where it came from."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, SerializeAsAny, WithJsonSchema

from extract.cleaning.document import Span

T_co = TypeVar("T_co", bound=BaseModel, covariant=True)


class Status(StrEnum):
    """How a value stands to the source."""

    QUOTED = "quoted"  # stands there as it is, white space aside
    NORMALISED = "normalised"  # a reader of ours turns the quoted text into the value
    REPAIRED = "repaired"  # equal up to OCR damage or spacing
    FACT = "fact"  # read from markup
    INFERRED = "inferred"  # the engine says so; nothing in the source says the same
    ABSENT = "absent"  # null, and the engine said null


class Severity(StrEnum):
    """How bad an issue is."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Value(BaseModel):
    """The base of all parts of a result: frozen, and closed to unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Issue(Value):
    """Something wrong or doubtful; ``code`` is stable and meant for machines, ``path`` is dotted ("" = the document)."""

    code: str
    path: str
    message: str
    severity: Severity


def span_keys(span: Span) -> dict[str, int]:
    """The span with its ends named: a bare pair in JSON does not say whether it is start and end or start and length.

    >>> span_keys(Span(641, 647))
    {'start': 641, 'end': 647}
    """
    return {"start": span.start, "end": span.end}


_OFFSET = {"type": "integer"}
_SPAN_SCHEMA = {"type": "object", "properties": {"start": _OFFSET, "end": _OFFSET}, "required": ["start", "end"]}

WrittenSpan = Annotated[
    Span,
    PlainSerializer(span_keys, return_type=dict[str, int]),
    WithJsonSchema(_SPAN_SCHEMA | {"additionalProperties": False}),
]


class Evidence(Value):
    """Where a leaf of the record comes from.

    ``spans`` are half-open ranges of the source in code points, ``quote`` is the source text that they cover, in reading
    order and with runs of white space folded, ``segments`` are the numbers of the segments that it stands in. ``pages`` are the
    pages that it stands on, counted from 1, where the document has pages.
    """

    status: Status
    quote: str = ""
    spans: tuple[WrittenSpan, ...] = ()
    segments: tuple[int, ...] = ()
    pages: tuple[int, ...] = ()


class Usage(Value):
    """What an extraction used: model calls, tokens, money (US dollars; None = price unknown), cache hits, seconds.

    ``calls`` counts every attempt that left for the endpoint, also those that failed; ``cached_tokens`` are those of
    ``input_tokens`` that the provider had in its own prompt cache.
    """

    calls: int = 0
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = 0.0
    cache_hits: int = 0
    seconds: float = 0.0

    def __add__(self, other: Usage) -> Usage:
        """Both together; money is unknown where one of them is."""
        return Usage(
            calls=self.calls + other.calls,
            input_tokens=self.input_tokens + other.input_tokens,
            cached_tokens=self.cached_tokens + other.cached_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            cost=None if self.cost is None or other.cost is None else self.cost + other.cost,
            cache_hits=self.cache_hits + other.cache_hits,
            seconds=self.seconds + other.seconds,
        )


class Provenance(Value):
    """How a record was made, enough to make it again.

    ``model``, ``endpoint``, ``prompt`` and ``prompt_hash`` are null where no model is part of the engine.
    """

    engine: str
    task: str
    format: str
    cleaning: tuple[str, ...]
    schema_hash: str
    source: str
    source_sha256: str
    encoding: str
    version: str
    model: str | None = None
    endpoint: str | None = None
    prompt: str | None = None
    prompt_hash: str | None = None


class Extraction(Value, Generic[T_co]):
    """A validated record with the evidence for each leaf, by dotted field path ("locations.0.city")."""

    record: SerializeAsAny[T_co]  # written whole, also where the type that was named is only a base of it
    evidence: dict[str, Evidence]
    issues: tuple[Issue, ...] = Field(default=())
    usage: Usage
    provenance: Provenance

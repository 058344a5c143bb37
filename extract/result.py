"""What the caller gets: a record, and for each of its leaves where it came from."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, SerializeAsAny, WithJsonSchema

from extract.cleaning.document import Span
from extract.errors import ExtractError, MissingFields, UsageError
from extract.fields import is_within, leaf_annotations, path_pattern

T_co = TypeVar("T_co", bound=BaseModel, covariant=True)
CRASHED = "crashed"
"""The code of a fault that is none of ours."""
_LONGEST = 500  # characters of the message of a fault


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


class RecordStatus(StrEnum):
    """How much of a record can be relied on."""

    COMPLETE = "complete"  # no field has an error
    PARTIAL = "partial"  # some field has one, and is null because of it
    FAILED = "failed"  # no field has a value


class FieldStatus(StrEnum):
    """What became of a field."""

    FOUND = "found"  # it has a value that the source states
    ABSENT = "absent"  # the source states nothing for it
    UNGROUNDED = "ungrounded"  # there was a value that the source does not state: it is null, or kept as inferred
    INVALID = "invalid"  # there was a value that the schema or a check refuses
    NOT_ASKED = "not_asked"  # nobody looked for it


class Issue(Value):
    """Something wrong or doubtful; ``code`` is stable and meant for machines, ``path`` is dotted ("" = the document).

    ``hint`` is what a model is told when it is asked for the field again; empty = the message. ``related`` are other fields
    that are asked for again with it, because either may be the one that is wrong.
    """

    code: str
    path: str
    message: str
    severity: Severity
    hint: str = ""
    related: tuple[str, ...] = ()


def span_keys(span: Span) -> dict[str, int]:
    """The span with its ends named: a bare pair in JSON does not say whether it is start and end or start and length.

    >>> span_keys(Span(641, 647))
    {'start': 641, 'end': 647}
    """
    return {"start": span.start, "end": span.end}


class Fault(Value):
    """Why there is no record: a stable code, and a message."""

    code: str
    message: str

    @classmethod
    def of(cls, error: Exception) -> Fault:
        """What an error says; one that is none of ours is a mistake in the code of an engine, a check or a schema."""
        if isinstance(error, ExtractError):
            return cls(code=error.code, message=_in_a_line(str(error)))
        return cls(code=CRASHED, message=_in_a_line(f"{type(error).__name__}: {error}"))


def _in_a_line(text: str) -> str:
    return " ".join(text.split())[:_LONGEST]


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
    ``input_tokens`` that the provider had in its own prompt cache. ``saved_input_tokens`` and ``saved_output_tokens`` are those
    that the answers from our cache used when they were asked for.
    """

    calls: int = 0
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = 0.0
    cache_hits: int = 0
    saved_input_tokens: int = 0
    saved_output_tokens: int = 0
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
            saved_input_tokens=self.saved_input_tokens + other.saved_input_tokens,
            saved_output_tokens=self.saved_output_tokens + other.saved_output_tokens,
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
    """A validated record with the evidence for each leaf, by dotted field path ("locations.0.city").

    ``fields`` says what became of each leaf, and of each list and object without one; its paths and those of the issues are
    paths of the record. An error about an entry that is no longer in its list has the path of the list.
    """

    record: SerializeAsAny[T_co]  # written whole, also where the type that was named is only a base of it
    status: RecordStatus
    fields: dict[str, FieldStatus]
    evidence: dict[str, Evidence]
    issues: tuple[Issue, ...] = Field(default=())
    usage: Usage
    provenance: Provenance

    def require(self, *paths: str) -> None:
        """Raises MissingFields, with the reason for each, unless all of these fields were found.

        A path that leads to a list or an object ("locations", "company") needs one value below it, and no error there. What is
        only inferred was not found. UsageError for a path that the schema does not have.
        """
        known = {path_pattern(path) for path in (*self.fields, *leaf_annotations(type(self.record)))}
        for path in paths:
            if not any(is_within(other, path_pattern(path)) for other in known):
                raise UsageError(f"{type(self.record).__name__} has no field {path!r}, so it cannot be required.")
        missing = {path: reason for path in paths if (reason := self._lack(path))}
        if missing:
            told = "; ".join(f"{path}: {reason}" for path, reason in missing.items())
            raise MissingFields(f"{self.provenance.source}: {told}", reasons=missing)

    def _lack(self, path: str) -> str:
        """Why a field cannot be relied on; empty where it can."""
        below = {place: state for place, state in self.fields.items() if is_within(place, path)}
        bad = [place for place, state in below.items() if state in {FieldStatus.UNGROUNDED, FieldStatus.INVALID}]
        if not bad and FieldStatus.FOUND in below.values():
            return ""
        told = [issue.message for issue in self.issues if issue.path in {path, *bad} and issue.severity is not Severity.INFO]
        if told:
            return told[0].removeprefix(f"{path}: ")
        return "the document does not state it" if bad or FieldStatus.NOT_ASKED not in below.values() else "nobody looked for it"

"""A result as it is written to JSON, whatever its schema: the record is free-form here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from extract.cleaning.document import Scalar
from extract.result import Evidence, Extraction, Fault, FieldStatus, Issue, Provenance, RecordStatus, Severity, Usage, Value

T = TypeVar("T", bound=BaseModel)
Parts = tuple[str | int, ...]
"""The way to a value: keys of objects, and positions in lists."""


class StoredResult(Value):
    """What ``extract run --format json`` writes; ``StoredResult.model_validate_json`` reads it without the schema.

    So is a row of a batch with a record, whose ``evidence`` may be left out. Keys that this version does not know are left aside:
    a later one may have written them.
    """

    model_config = ConfigDict(extra="ignore")

    record: JsonValue
    status: RecordStatus
    fields: dict[str, FieldStatus]
    evidence: dict[str, Evidence] = Field(default={})
    issues: tuple[Issue, ...] = ()
    usage: Usage
    provenance: Provenance

    @classmethod
    def of(cls, result: Extraction[T]) -> StoredResult:
        """The same result without its schema."""
        return cls(
            record=result.record.model_dump(mode="json", by_alias=False),
            status=result.status,
            fields=result.fields,
            evidence=result.evidence,
            issues=result.issues,
            usage=result.usage,
            provenance=result.provenance,
        )

    @property
    def states(self) -> Counter[FieldStatus]:
        """How many fields have each status."""
        return Counter(self.fields.values())

    @property
    def severities(self) -> Counter[Severity]:
        """How many issues are how bad."""
        return Counter(issue.severity for issue in self.issues)


class StoredFailure(Value):
    """A row of a batch that has no record, but the cause why."""

    model_config = ConfigDict(extra="ignore")

    record: None
    error: Fault


def placed_leaves(value: JsonValue, at: Parts = ()) -> Iterator[tuple[Parts, Scalar | None]]:
    """The leaves of JSON data as ``report.leaves`` finds them, with positions told from keys that are numbers.

    >>> list(placed_leaves({"places": [{"city": "Basel"}], "sales": {"2024": None}}))
    [(('places', 0, 'city'), 'Basel'), (('sales', '2024'), None)]
    """
    if isinstance(value, dict) and value:
        for key, child in value.items():
            yield from placed_leaves(child, (*at, key))
    elif isinstance(value, list) and value:
        for position, child in enumerate(value):
            yield from placed_leaves(child, (*at, position))
    else:
        yield at, None if isinstance(value, (dict, list)) else value


def dotted(parts: Parts) -> str:
    """The path that evidence and issues have.

    >>> dotted(("places", 0, "city"))
    'places.0.city'
    """
    return ".".join(map(str, parts))

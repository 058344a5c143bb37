"""What every engine is, and what it answers: a draft, which nobody trusts yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol, TypedDict, runtime_checkable

from extract.cleaning.document import CleanDocument, Scalar
from extract.result import Issue, Usage


class TextReference(NamedTuple):
    """``[start, end)`` of the text of a segment."""

    segment: int
    start: int
    end: int


class FactReference(NamedTuple):
    """``[start, end)`` of the text of a fact; ``fact`` is its position in ``CleanDocument.facts``."""

    fact: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class DraftValue:
    """A leaf as an engine answers it: a JSON value, and where it is stated (in reading order).

    ``inferred``: the engine itself says that the document does not state it.
    """

    value: Scalar
    references: tuple[TextReference | FactReference, ...] = ()
    inferred: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """The answer of an engine: values by field path ("locations.0.city"), and what it had doubts about.

    A path that is not there is absent; list positions run from 0 without a gap. ``certain`` are the paths that no other
    engine needs to be asked for: of values, and of what is absent for certain. ``not_asked`` are the paths of fields, lists
    and objects that nobody looked for. ``usage`` is what asking models took.
    """

    values: Mapping[str, DraftValue]
    issues: tuple[Issue, ...] = field(default=())
    certain: frozenset[str] = field(default=frozenset())
    not_asked: frozenset[str] = field(default=frozenset())
    usage: Usage = field(default=Usage())


class Origin(TypedDict, total=False):
    """What an engine adds to the provenance of a record."""

    model: str
    endpoint: str
    prompt: str
    prompt_hash: str


class Engine(Protocol):
    """Fills a schema from a clean document."""

    @property
    def name(self) -> str: ...

    @property
    def origin(self) -> Origin: ...

    def fill(self, clean: CleanDocument) -> Draft: ...


@runtime_checkable
class Repairs(Engine, Protocol):
    """An engine that can be asked again for the fields that were wrong.

    ``repair`` answers the draft with what it was told instead of them, all else as it was; None where nothing of it can be
    asked again. ``spent`` is how many seconds the document has taken so far. It never raises a CallError: a call that failed
    is an issue of the draft.
    """

    @property
    def max_repairs(self) -> int: ...

    def repair(self, clean: CleanDocument, draft: Draft, broken: Sequence[Issue], *, spent: float) -> Draft | None: ...


@runtime_checkable
class KnowsMarkup(Engine, Protocol):
    """An engine that can compare the values of another one with what the markup states."""

    def contradictions(self, values: Mapping[str, DraftValue], clean: CleanDocument) -> tuple[Issue, ...]: ...

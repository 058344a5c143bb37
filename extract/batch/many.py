"""Many documents from Python: their results one by one, and one document as a row, which is never an error."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Generic, Literal, TypedDict, TypeVar, Unpack, overload

from pydantic import BaseModel, JsonValue

from extract.batch.reading import Answer, Reader, Reading, content_hash, failure
from extract.batch.workers import Workers, documents_at_once
from extract.checks import Check, as_checks
from extract.decoding import encodable
from extract.engines.base import Engine
from extract.errors import EmptySource, UsageError
from extract.pipeline import Document, extraction_of
from extract.result import Extraction, Fault, Usage
from extract.source import MAX_CHARS, Format, Source
from extract.threads import InFlight

if TYPE_CHECKING:
    from extract.schemas.job_posting import JobPosting  # at run time a schema is loaded when it is asked for
    from extract.settings import Settings  # the rules read none

T = TypeVar("T", bound=BaseModel)
T_co = TypeVar("T_co", bound=BaseModel, covariant=True)
_AHEAD = 4
"""How many times as many documents as are under way at once may be done before the one whose turn it is."""


class ReadOptions(TypedDict, total=False):
    """How documents are read: as the keywords of ``extract``."""

    engine: str | Engine
    settings: Settings | None
    input_format: str | Format | None
    max_chars: int
    strict: bool
    checks: Sequence[Check]


class ManyOptions(ReadOptions, total=False):
    """``jobs``: processes that read. ``ordered``: results come in the order of the sources, and not as they are done."""

    jobs: int
    ordered: bool


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T_co]):
    """What became of a document: either there is an ``extraction``, or ``fault`` says why there is none.

    ``index`` is its position among the sources, ``id`` what its caller calls it, or the position. ``usage`` is what asking models
    took.
    """

    index: int
    id: str
    extraction: Extraction[T_co] | None
    fault: Fault | None = None
    usage: Usage = field(default=Usage())

    @property
    def record(self) -> T_co | None:
        return None if self.extraction is None else self.extraction.record


_ROW_KEYWORDS = ("schema", *ReadOptions.__annotations__)
_MANY_KEYWORDS = ("schema", *ManyOptions.__annotations__)
Sources = Iterable[Document | tuple[str | int, Document]]
"""Documents, each with an id before it or without."""
_NULLS = {"None", "nan", "NaN", "NaT", "<NA>"}
"""What stands in a data frame where there is nothing."""


@overload
def extract_many(
    sources: Sources, *, schema: Literal["job_posting"] = ..., **options: Unpack[ManyOptions]
) -> Iterator[Outcome[JobPosting]]: ...
@overload
def extract_many(sources: Sources, *, schema: type[T], **options: Unpack[ManyOptions]) -> Iterator[Outcome[T]]: ...
@overload
def extract_many(sources: Sources, *, schema: str, **options: Unpack[ManyOptions]) -> Iterator[Outcome[BaseModel]]: ...
def extract_many(
    sources: Sources,
    *,
    schema: str | type[BaseModel] = "job_posting",
    jobs: int = 1,
    ordered: bool = True,
    **options: Unpack[ReadOptions],
) -> Iterator[Outcome[BaseModel]]:
    """The results of many documents, in their order, or as they are done (``ordered=False``); memory stays flat.

    ``sources`` are what ``extract`` takes, or pairs of an id and that; they are taken as they are needed. The other keywords are
    those of ``extract``; ``jobs`` processes read (1 = this one), and as many documents are under way as the settings allow
    requests at once. A document that fails is an outcome with a ``fault``, and so is a null. What no document would fare better
    with is raised: RunStopped, UsageError; TypeError for an unknown keyword. Whoever stops in the middle leaves nothing running.
    """
    if jobs < 1:
        raise UsageError(f"jobs is {jobs}; it must be at least 1")
    _check_keywords(options, _MANY_KEYWORDS, call="extract_many", error=TypeError)
    return _outcomes(sources, _reader(schema, options), jobs=jobs, ordered=ordered)


def extract_row(
    id: str | int,  # noqa: A002  # the name of the key in the row
    text: str | bytes | None,
    *,
    schema: str | type[BaseModel] = "job_posting",
    **options: Unpack[ReadOptions],
) -> dict[str, JsonValue]:
    """A document as a row of a batch: plain JSON values. It never raises: ``error`` says why there is no record.

    Fit for ``map_batches`` and user-defined functions of any engine of data frames; the keywords are those of ``extract``.
    """
    name, configuration, sha256 = encodable(str(id)), "", ""
    try:
        _check_keywords(options, _ROW_KEYWORDS, call="extract_row", error=UsageError)
        reader = _reader(schema, options)
        configuration = reader.configuration
        content = _content(name, text)
        sha256 = content_hash(content)
        answer = reader.answer(name, content)
    except Exception as error:  # noqa: BLE001  # whatever it is, the other rows of the caller are not concerned
        answer = failure(error)
    told: dict[str, JsonValue] = json.loads(answer.body)
    return {"id": name, "path": name, "sha256": sha256, **told, "configuration": configuration}


def _check_keywords(options: Mapping[str, object], known: Sequence[str], *, call: str, error: type[Exception]) -> None:
    """Raises that error for a keyword that a function does not have: ``**options`` takes any."""
    if unknown := [repr(name) for name in options if name not in known]:
        raise error(f"{call}() has no keyword {', '.join(unknown)}; it has {', '.join(known)}")


def _content(name: str, text: str | bytes | None) -> str | bytes:
    if text is None or _is_null(text):
        raise _nothing(name)
    return text


def _is_null(document: object) -> bool:
    """Whether that is no document, but what a data frame has in its place: None, NaN, and the like.

    >>> _is_null(None), _is_null(float("nan")), _is_null("nan"), _is_null("")
    (True, True, False, False)
    """
    return not isinstance(document, (str, bytes, Path, Source)) and str(document) in _NULLS


def _nothing(name: str) -> EmptySource:
    return EmptySource(f"{name} has no text: there is a null in its place; leave such rows out")


def _reader(schema: str | type[BaseModel], options: ReadOptions) -> Reader:
    reading = Reading(
        schema,
        engine=options.get("engine", "auto"),
        settings=options.get("settings"),
        input_format=options.get("input_format"),
        max_chars=options.get("max_chars", MAX_CHARS),
        strict=options.get("strict", True),
        checks=as_checks(options.get("checks", ()), "checks"),
    )
    return reading.reader()


@dataclass(frozen=True, slots=True)
class _Numbered:
    index: int
    id: str
    document: Document


def _outcomes(sources: Sources, reader: Reader, *, jobs: int, ordered: bool) -> Iterator[Outcome[BaseModel]]:
    at_once = documents_at_once(reader, jobs)
    turn = _Turn(bound=_AHEAD * at_once)
    with ExitStack() as stack:
        if jobs == 1:
            flight = InFlight(turn.jobs(sources), lambda job: _outcome_here(job, reader), at_once=at_once)
        else:
            workers = stack.enter_context(Workers(reader, jobs=jobs, model=reader.model))
            flight = InFlight(turn.jobs(sources), lambda job: _outcome_there(job, reader, workers), at_once=at_once)
        stack.callback(flight.leave)
        for _, outcome in flight:
            if ordered:
                yield from turn.taken(outcome)
            else:
                turn.next = max(turn.next, outcome.index)
                yield outcome


class _Turn:
    """Whose turn it is, and who is done before it."""

    def __init__(self, *, bound: int) -> None:
        self.next = 0
        self._bound = bound
        self._early: dict[int, Outcome[BaseModel]] = {}

    def jobs(self, sources: Sources) -> Iterator[_Numbered | None]:
        """The sources with their positions; None as long as too many are ahead of the one whose turn it is."""
        for index, source in enumerate(sources):
            while index - self.next >= self._bound:
                yield None
            name, document = source if isinstance(source, tuple) else (_name(source, index), source)
            yield _Numbered(index, encodable(str(name)), document)

    def taken(self, outcome: Outcome[BaseModel]) -> Iterator[Outcome[BaseModel]]:
        """That outcome and those that waited for it, if it is its turn."""
        self._early[outcome.index] = outcome
        while self.next in self._early:
            outcome = self._early.pop(self.next)
            self.next += 1
            yield outcome


def _name(source: Document, index: int) -> str:
    if isinstance(source, Source):
        return source.name
    return str(source) if isinstance(source, Path) else str(index)


def _outcome_here(job: _Numbered, reader: Reader) -> Outcome[BaseModel]:
    found = failure(_nothing(job.id)) if _is_null(job.document) else reader.outcome(job.id, job.document)
    if isinstance(found, Answer):
        return Outcome(job.index, job.id, None, found.fault, found.usage)
    return Outcome(job.index, job.id, found, usage=found.usage)


def _outcome_there(job: _Numbered, reader: Reader, workers: Workers) -> Outcome[BaseModel]:
    answer = failure(_nothing(job.id)) if _is_null(job.document) else workers.whole_answer(job.id, job.document)
    if answer.parts is None:
        return Outcome(job.index, job.id, None, answer.fault, answer.usage)
    return Outcome(job.index, job.id, extraction_of(reader.task.schema)(**answer.parts), usage=answer.usage)

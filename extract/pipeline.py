"""The five rooms in one call: source, cleaning, engine, grounding, validation."""

from __future__ import annotations

import asyncio
import time
from functools import cache, partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TypeVar, overload

from pydantic import BaseModel

from extract.cleaning import clean as clean_source
from extract.cleaning.document import CleanDocument
from extract.engines.base import Engine
from extract.errors import UsageError
from extract.grounding import ground
from extract.result import Extraction, Provenance, Usage
from extract.source import Format, open_source
from extract.tasks import Task, task_named, task_of
from extract.validation import validate

T = TypeVar("T", bound=BaseModel)
MAX_CHARS = 2_000_000


@overload
def extract(
    source: str | bytes | Path,
    *,
    schema: str = ...,
    engine: str = ...,
    input_format: str | Format | None = ...,
    max_chars: int = ...,
    name: str | None = ...,
) -> Extraction[BaseModel]: ...
@overload
def extract(
    source: str | bytes | Path,
    *,
    schema: type[T],
    engine: str = ...,
    input_format: str | Format | None = ...,
    max_chars: int = ...,
    name: str | None = ...,
) -> Extraction[T]: ...
def extract(
    source: str | bytes | Path,
    *,
    schema: str | type[BaseModel] = "job_posting",
    engine: str = "rules",
    input_format: str | Format | None = None,
    max_chars: int = MAX_CHARS,
    name: str | None = None,
) -> Extraction[BaseModel]:
    """A validated record of a document, with the evidence for each of its values.

    ``source`` is the text itself, its bytes, or the path of a file (a ``str`` is never a path). ``schema`` is the name of
    a shipped task or its Pydantic model. ``input_format`` overrides the detected format. ``name`` stands for the document
    in messages and provenance.

    Raises SourceError for a document that cannot be read, FormatError where it is not of the format asked for, UsageError
    for an unknown schema, engine or format: all of them ``extract.errors.ExtractError``.
    """
    started = time.perf_counter()
    task = task_named(schema) if isinstance(schema, str) else task_of(schema)
    chosen = engine_named(engine, task)
    document = clean_source(open_source(source, max_chars=max_chars, name=name), format=format_named(input_format))
    return run(document, task, chosen, started=started)


async def aextract(
    source: str | bytes | Path,
    *,
    schema: str | type[BaseModel] = "job_posting",
    engine: str = "rules",
    input_format: str | Format | None = None,
    max_chars: int = MAX_CHARS,
    name: str | None = None,
) -> Extraction[BaseModel]:
    """``extract`` in a thread, so that the event loop goes on."""
    call = partial(extract, source, engine=engine, input_format=input_format, max_chars=max_chars, name=name)
    return await asyncio.to_thread(partial(call, schema=schema))


def run(document: CleanDocument, task: Task[T], engine: Engine, *, started: float) -> Extraction[T]:
    """The last three rooms: a draft, its grounding, the record."""
    draft = engine.fill(document)
    grounding = ground(draft, document, task.schema)
    validated = validate(grounding.values, task.schema)
    return Extraction[task.schema](  # type: ignore[name-defined]  # a class made at run time, for serialisation by field
        record=validated.record,
        evidence=dict(validated.evidence),
        issues=(*draft.issues, *grounding.issues, *validated.issues),
        usage=Usage(seconds=round(time.perf_counter() - started, 6)),
        provenance=provenance(document, task, engine),
    )


def provenance(document: CleanDocument, task: Task[T], engine: Engine) -> Provenance:
    return Provenance(
        engine=engine.name,
        task=task.name,
        format=document.format,
        cleaning=document.steps,
        schema_hash=hash_of(task),
        source=document.source.name,
        source_sha256=document.source.sha256,
        encoding=document.source.encoding,
        version=package_version(),
    )


@cache
def hash_of(task: Task[BaseModel]) -> str:
    return task.schema_hash


@cache
def package_version() -> str:
    try:
        return version("extract-service")
    except PackageNotFoundError:  # run from a checkout that is not installed
        return "0+unknown"


def engine_named(name: str, task: Task[T]) -> Engine:
    """The engine of that name, if it can fill the task."""
    if name != "rules":
        raise UsageError(f"There is no engine {name!r}. Engines of this version: rules.")
    if task.name != "job_posting":
        raise UsageError(f"The rules engine reads job postings only, and cannot fill {task.name}. Use schema='job_posting'.")
    from extract.engines.rules import RulesEngine  # its vocabularies are not needed for --help

    return RulesEngine()


def format_named(name: str | Format | None) -> Format | None:
    """The format of that name; UsageError for a word that is none."""
    if name is None:
        return None
    try:
        return Format(name)
    except ValueError:
        raise UsageError(f"There is no format {name!r}. Formats: {', '.join(Format)}.") from None

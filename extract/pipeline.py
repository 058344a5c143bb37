"""The five rooms in one call: source, cleaning, engine, grounding, validation."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypedDict, TypeVar, Unpack, overload
from weakref import WeakKeyDictionary

from pydantic import BaseModel

from extract.checks import Check, as_checks, checks_of
from extract.cleaning import clean as clean_source
from extract.cleaning.document import CleanDocument
from extract.engines.base import Draft, Engine, Repairs
from extract.errors import IncompleteRecord, SettingsError, UsageError
from extract.grounding import ground
from extract.injection import injection_issues, signs_of_injection
from extract.injection.distrust import EVERYTHING_BELIEVED, Distrust, distrusted
from extract.result import Extraction, Provenance
from extract.source import MAX_CHARS, Format, Source, open_source
from extract.tasks import Task, task_named, task_of
from extract.threads import in_thread
from extract.validation import Validated, field_states, validate

if TYPE_CHECKING:
    from extract.engines.llm.engine import LlmEngine  # of the extra llm
    from extract.engines.llm.seam import Model
    from extract.schemas.job_posting import JobPosting  # at run time a schema is loaded when it is asked for
    from extract.settings import Settings  # read only where a model may be asked

T = TypeVar("T", bound=BaseModel)
_CONCURRENT = 64
"""Documents of one event loop that are under way at once, where no settings say otherwise."""
_slots_of: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()
_ENGINES = ("auto", "rules", "llm")
_RULED = "job_posting"
"""The task that the rules know."""
_logger = logging.getLogger("extract")
Document = str | bytes | Path | Source
"""What can be extracted from: the text itself, its bytes, the path of a file, or a source that is open."""


class Options(TypedDict, total=False):
    """The keywords of ``extract`` that do not decide what type of record comes out."""

    engine: str | Engine
    settings: Settings | None
    input_format: str | Format | None
    max_chars: int
    name: str | None
    strict: bool
    checks: Sequence[Check]


@overload
def extract(source: Document, *, schema: Literal["job_posting"] = ..., **options: Unpack[Options]) -> Extraction[JobPosting]: ...
@overload
def extract(source: Document, *, schema: type[T], **options: Unpack[Options]) -> Extraction[T]: ...
@overload
def extract(source: Document, *, schema: str, **options: Unpack[Options]) -> Extraction[BaseModel]: ...
def extract(
    source: Document,
    *,
    schema: str | type[BaseModel] = "job_posting",
    engine: str | Engine = "auto",
    settings: Settings | None = None,
    input_format: str | Format | None = None,
    max_chars: int = MAX_CHARS,
    name: str | None = None,
    strict: bool = True,
    checks: Sequence[Check] = (),
) -> Extraction[BaseModel]:
    """A validated record of a document, with the evidence for each of its values.

    ``source`` is the text itself, its bytes, or the path of a file (a ``str`` is never a path); a source that is open
    already is taken as it is, whatever ``max_chars`` and ``name`` say. ``schema`` is the name of a shipped task, its
    Pydantic model, or any other model ("FILE.py:Class" loads one). ``engine`` is "rules" (offline, job postings), "llm", or
    "auto": the model where one is configured, else the rules; an engine of your own works too. ``settings`` are those of the
    model; None reads them from the environment. ``input_format`` overrides the detected format. ``name`` stands for the document
    in messages and provenance.

    A value that the document does not state, or that a check refuses, is null, with an error in ``issues``; not ``strict`` it
    stays, with its error. ``checks`` are functions of your own beside those that the schema declares: see ``extract.checks``.

    Raises SourceError for a document that cannot be read, FormatError where it is not of the format asked for, CallError where
    no model answered, IncompleteRecord where the document lacks what the schema requires, UsageError for an unknown schema,
    engine, format or a wrong setting: all of them ``extract.errors.ExtractError``. What a validator of the schema raises beside
    ValueError and AssertionError comes through as it is.
    """
    started = time.perf_counter()
    _check_types(schema, settings)
    task = task_named(schema) if isinstance(schema, str) else task_of(schema)
    chosen = engine_named(engine, task, settings) if isinstance(engine, str) else engine
    opened = source if isinstance(source, Source) else open_source(source, max_chars=max_chars, name=name)
    judging = Judging(strict=strict, checks=as_checks(checks, "checks"))
    return run(cleaned(opened, input_format), task, chosen, started=started, judging=judging)


@overload
async def aextract(
    source: Document, *, schema: Literal["job_posting"] = ..., **options: Unpack[Options]
) -> Extraction[JobPosting]: ...
@overload
async def aextract(source: Document, *, schema: type[T], **options: Unpack[Options]) -> Extraction[T]: ...
@overload
async def aextract(source: Document, *, schema: str, **options: Unpack[Options]) -> Extraction[BaseModel]: ...
async def aextract(
    source: Document, *, schema: str | type[BaseModel] = "job_posting", **options: Unpack[Options]
) -> Extraction[BaseModel]:
    """``extract`` in a thread of its own, with the same keywords, so that the event loop goes on.

    At most as many are under way in a loop as the settings of the first allow requests at once (64). After a cancellation the
    call that is under way is left to itself, and none is made after it; it keeps no process from ending.
    """
    async with _slots(options.get("settings")):
        return await in_thread(lambda: extract(source, schema=schema, **options))


def _slots(settings: Settings | None) -> asyncio.Semaphore:
    """The places for documents under way in this loop."""
    loop = asyncio.get_running_loop()
    if loop not in _slots_of:
        _slots_of[loop] = asyncio.Semaphore(_CONCURRENT if settings is None else settings.concurrency)
    return _slots_of[loop]


def cleaned(source: Source, input_format: str | Format | None = None) -> CleanDocument:
    """The second room, for a format by its name."""
    return clean_source(source, format=format_named(input_format))


def _check_types(schema: object, settings: object) -> None:
    """UsageError for what is no schema or no settings: without types to check, it would fail somewhere inside."""
    if not isinstance(schema, str) and not (isinstance(schema, type) and issubclass(schema, BaseModel)):
        raise UsageError(f"A schema is the name of a task or a Pydantic model (the class), not {schema!r:.80}.")
    if settings is not None and not hasattr(settings, "configured"):
        raise UsageError(f"settings are a Settings of extract.settings, not {type(settings).__name__}.")


@dataclass(frozen=True, slots=True)
class Judging:
    """How strictly a draft is judged.

    ``checks`` are those of the caller, beside those that the schema declares; ``distrust`` is what of the document speaks to a
    model.
    """

    strict: bool = True
    checks: tuple[Check, ...] = ()
    distrust: Distrust = EVERYTHING_BELIEVED


def run(document: CleanDocument, task: Task[T], engine: Engine, *, started: float, judging: Judging = Judging()) -> Extraction[T]:
    """The last three rooms: a draft, its grounding, the record; and once more for the fields that were wrong."""
    signs = signs_of_injection(document)
    judging = replace(judging, distrust=distrusted(signs, document))
    draft = engine.fill(document)
    draft = replace(draft, issues=(*injection_issues(signs), *draft.issues))
    judged = judge(draft, document, task, judging)
    for _ in range(engine.max_repairs if isinstance(engine, Repairs) else 0):
        broken = [issue for issue in judged.broken if issue.path]
        if not broken or not isinstance(engine, Repairs):
            break
        repaired = engine.repair(document, draft, broken, spent=time.perf_counter() - started)
        if repaired is None:
            break
        learned = repaired.values != draft.values
        draft = repaired
        judged = judge(draft, document, task, judging)
        if not learned:
            break
    if isinstance(judged, IncompleteRecord):
        judged.usage = draft.usage
        raise judged
    fields = field_states(judged.record, judged.evidence, judged.issues, not_asked=draft.not_asked)
    return extraction_of(task.schema)(
        record=judged.record,
        status=judged.status,
        fields=fields,
        evidence=dict(judged.evidence),
        issues=judged.issues,
        usage=draft.usage.model_copy(update={"seconds": round(time.perf_counter() - started, 6)}),
        provenance=provenance(document, task, engine),
    )


def judge(draft: Draft, document: CleanDocument, task: Task[T], judging: Judging) -> Validated[T] | IncompleteRecord:
    """What of a draft may be believed: its values looked up in the document, then validated and checked.

    The error is answered, not raised: the fields that are missing may be asked for again.
    """
    grounding = ground(draft, document, task.schema, strict=judging.strict, distrust=judging.distrust)
    try:
        return validate(
            grounding.values,
            task.schema,
            doubts=(*draft.issues, *grounding.issues),
            document=document,
            checks=(*checks_of(task.schema), *judging.checks),
            strict=judging.strict,
        )
    except IncompleteRecord as error:
        return error


@cache
def extraction_of(schema: type[T]) -> type[Extraction[T]]:
    """The result class of a schema. Pydantic forgets one that nobody holds, and takes 2 ms to make it again."""
    return Extraction[schema]  # type: ignore[valid-type]  # a class made at run time, so that its record serialises by field


def provenance(document: CleanDocument, task: Task[T], engine: Engine) -> Provenance:
    """Where the record comes from, and what made it."""
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
        **engine.origin,
    )


@cache
def hash_of(task: Task[BaseModel]) -> str:
    """The schema hash of a task, worked out once a process."""
    return task.schema_hash


@cache
def package_version() -> str:
    """The version of the installed distribution."""
    try:
        return version("extract-service")
    except PackageNotFoundError:  # run from a checkout that is not installed
        return "0+unknown"


def engine_named(name: str, task: Task[T], settings: Settings | None = None) -> Engine:
    """The engine of that name, if it can fill the task; "auto" is the model where one is configured, else the rules."""
    if name not in _ENGINES:
        raise UsageError(f"There is no engine {name!r}. Engines of this version: {', '.join(_ENGINES)}.")
    if name == "rules":
        return _rules_for(task)
    from extract.settings import current_settings  # pydantic-settings takes 0.1 s to import, which the rules can do without

    used = current_settings() if settings is None else settings
    if name == "auto" and not used.configured and task.name == _RULED:
        _logger.info("no model is configured, so the rules are used: %s", used.missing)
        return _rules_for(task)
    if used.missing:
        raise SettingsError(f"no model can be asked for {task.name}: {used.missing}")
    return asking_engine(task, used)


def _rules_for(task: Task[T]) -> Engine:
    if task.name != _RULED:
        raise UsageError(f"The rules engine reads job postings only, and cannot fill {task.name}. Configure a model for it.")
    from extract.engines.rules import RulesEngine  # its vocabularies are not needed for --help

    return RulesEngine()


def asking_engine(task: Task[T], settings: Settings, *, model: Model | None = None) -> LlmEngine:
    """The engine that asks a model; UsageError where the extra is not installed, or a setting or the prompt is wrong.

    ``model`` takes the place of the endpoint.
    """
    from extract.engines.llm.assembly import engine_of

    answering = _model_of(settings) if model is None else model
    return engine_of(task, settings, model=answering, rules=_rules_for(task) if task.name == _RULED else None)


def _model_of(settings: Settings) -> Model:
    try:
        from extract.engines.llm.stack import model_of  # takes a second to import
    except ModuleNotFoundError as error:
        raise without_llm(error) from error
    return model_of(settings)


def without_llm(error: ModuleNotFoundError) -> UsageError:
    """The error for a package of the extra llm that is not there."""
    return without_extra(error, "Asking a model", "llm")


def without_extra(error: ModuleNotFoundError, what: str, extra: str) -> UsageError:
    """The error for a package of an extra that is not there, with the way out."""
    return UsageError(
        f"{what} needs the extra {extra}, of which {error.name} is not installed: pip install 'extract-service[{extra}]'."
    )


def format_named(name: str | Format | None) -> Format | None:
    """The format of that name; UsageError for a word that is none."""
    if name is None:
        return None
    try:
        return Format(name)
    except ValueError:
        raise UsageError(f"There is no format {name!r}. Formats: {', '.join(Format)}.") from None

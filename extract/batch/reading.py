"""How the documents of a batch are read, and what comes of one, whatever happens."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, SecretStr

from extract.batch.items import Content
from extract.batch.rows import json_text
from extract.checks import Check
from extract.configuration import code_hash, unusual_settings
from extract.engines.base import Engine
from extract.errors import CallError, IncompleteRecord, RunStopped, UsageError
from extract.pipeline import Document, asking_engine, engine_named, extract, format_named, hash_of
from extract.result import Extraction, Fault, RecordStatus, Usage
from extract.source import MAX_CHARS, Format
from extract.tasks import Task, task_named, task_of

if TYPE_CHECKING:
    from extract.engines.llm.seam import Model
    from extract.settings import Settings  # the rules read none

RULES = "rules"
LLM = "llm"


@dataclass(frozen=True, slots=True)
class Reading:
    """How documents are read: the keywords of ``extract``; plain values, so that another process can be handed them.

    Not ``evidence``: answers say nothing of where values come from.
    """

    schema: str | type[BaseModel] = "job_posting"
    engine: str | Engine = "auto"
    settings: Settings | None = None
    input_format: str | Format | None = None
    max_chars: int = MAX_CHARS
    strict: bool = True
    checks: tuple[Check, ...] = ()
    evidence: bool = True

    @property
    def task(self) -> Task[BaseModel]:
        return task_named(self.schema) if isinstance(self.schema, str) else task_of(self.schema)

    def reader(self, model: Model | None = None) -> Reader:
        """What reads documents this way; UsageError where that cannot be. ``model`` takes the place of the endpoint."""
        format_named(self.input_format)
        task = self.task
        if not isinstance(self.engine, str):
            return Reader(self, task, self.engine)
        if self.engine == RULES:
            return Reader(self, task, engine_named(RULES, task))
        from extract.settings import current_settings  # pydantic-settings takes 0.1 s to import, which the rules can do without

        settings = self.settings or current_settings()
        if model is not None:
            return Reader(replace(self, settings=settings), task, asking_engine(task, settings, model=model))
        return Reader(replace(self, settings=settings), task, engine_named(self.engine, task, settings))


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a document. ``body`` are the keys of its row from ``record`` to ``error``, as a JSON object.

    ``issues`` are the codes of its issues. ``parts`` are those of its Extraction, for who wants it whole: then there is no body.
    """

    body: str
    status: RecordStatus
    usage: Usage = field(default=Usage())
    fault: Fault | None = None
    issues: tuple[str, ...] = ()
    parts: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Reader:
    """Reads one document after the other, in any number of threads."""

    reading: Reading
    task: Task[BaseModel]
    engine: Engine

    def extraction(self, name: str | None, content: Document) -> Extraction[BaseModel]:
        """The record of a document, or what ``extract`` raises."""
        reading = self.reading
        return extract(
            content,
            schema=self.reading.schema,
            engine=self.engine,
            settings=reading.settings,
            input_format=reading.input_format,
            max_chars=reading.max_chars,
            name=name,
            strict=reading.strict,
            checks=reading.checks,
        )

    def outcome(self, name: str | None, content: Document) -> Extraction[BaseModel] | Answer:
        """The record of a document, or the answer of one without. Raises only what the next ones would meet too: RunStopped,
        UsageError.
        """
        try:
            return self.extraction(name, content)
        except (RunStopped, UsageError):
            raise
        except Exception as error:  # noqa: BLE001  # also a crash belongs to its document, and is not the end of the others
            return failure(error)

    def answer(self, name: str | None, content: Document) -> Answer:
        """What becomes of a document; raises as ``outcome``."""
        found = self.outcome(name, content)
        return found if isinstance(found, Answer) else self._answered(found)

    def whole_answer(self, name: str | None, content: Document) -> Answer:
        """The same with the record as it is, and not as JSON, which not every schema reads back as it wrote it."""
        found = self.outcome(name, content)
        if isinstance(found, Answer):
            return found
        parts = {key: getattr(found, key) for key in type(found).model_fields}
        return Answer("", found.status, found.usage, parts=parts)

    @cached_property
    def asks(self) -> bool:
        """Whether a model is asked."""
        return "model" in self.engine.origin

    @property
    def model(self) -> Model | None:
        """The model that is asked, with its wrappers; None where none is."""
        from extract.engines.llm.engine import LlmEngine

        return self.engine.model if isinstance(self.engine, LlmEngine) else None

    @cached_property
    def configuration(self) -> str:
        """A short hash of all that decides a row beside its document: what has another one was made another way."""
        reading = self.reading
        content = {
            "engine": self.engine.name,
            "origin": dict(self.engine.origin),
            "task": self.task.name,
            "schema": hash_of(self.task),
            "code": code_hash(),
            "settings": unusual_settings(reading.settings) if self.asks and reading.settings is not None else {},
            "repeat": reading.settings.repeat if self.asks and reading.settings is not None else 0,
            "user's code": sorted(_code_of(self.task.schema, *reading.checks)),
            "format": str(reading.input_format or ""),
            "max_chars": reading.max_chars,
            "strict": reading.strict,
            "checks": [f"{getattr(check, '__module__', '')}.{getattr(check, '__qualname__', '')}" for check in reading.checks],
            "evidence": reading.evidence,
        }
        return sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]

    def elsewhere(self) -> Reading:
        """The same for another process, which is given no key: it asks nobody."""
        if not isinstance(self.reading.engine, str):
            return self.reading
        if not self.asks or self.reading.settings is None:
            return replace(self.reading, engine=RULES, settings=None)
        keyless = self.reading.settings.model_copy(update={"api_key": SecretStr("")})
        return replace(self.reading, engine=LLM, settings=keyless)

    def _answered(self, found: Extraction[BaseModel]) -> Answer:
        kept = found if self.reading.evidence else found.model_copy(update={"evidence": {}})  # all rows have the same keys
        body = kept.model_dump_json(by_alias=False)
        codes = tuple(issue.code for issue in found.issues)
        return Answer(f'{body[:-1]},"error":null}}', found.status, found.usage, issues=codes)


def _code_of(*used: object) -> set[str]:
    """The hashes of the files that classes and functions stand in, but for those of this package."""
    modules = {getattr(each, "__module__", "") for each in used}
    files = {getattr(sys.modules.get(name), "__file__", None) for name in modules if not name.startswith("extract.")}
    return {_file_hash(Path(file)) for file in files if file is not None and Path(file).is_file()}


@cache
def _file_hash(file: Path) -> str:
    """SHA-256 of a file that was loaded: once a process, as what was loaded from it, and not for each row."""
    return sha256(file.read_bytes()).hexdigest()


def failure(error: Exception) -> Answer:
    """The answer for a document without a record."""
    used = error.usage or Usage() if isinstance(error, (CallError, IncompleteRecord)) else Usage()
    issues = error.issues if isinstance(error, IncompleteRecord) else ()
    fault = Fault.of(error)
    content = {
        "record": None,
        "status": RecordStatus.FAILED.value,
        "fields": {},
        "evidence": {},
        "issues": [issue.model_dump(mode="json") for issue in issues],
        "usage": used.model_dump(mode="json"),
        "provenance": None,
        "error": fault.model_dump(mode="json"),
    }
    return Answer(json_text(content), RecordStatus.FAILED, used, fault, tuple(issue.code for issue in issues))


def content_hash(content: Content) -> str:
    """SHA-256 of a document as it was received: of its bytes, or of the UTF-8 of a text.

    >>> content_hash("é") == content_hash("é".encode())
    True
    """
    raw = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    return sha256(raw).hexdigest()

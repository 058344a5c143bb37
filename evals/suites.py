"""A suite: a data set, and how it is scored. It is named by a shipped task, a folder of cases, a JSONL file, or a TOML file."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from extract.errors import DatasetError, RunError, SourceError
from extract.evals.cases import EXPECTED, Case, case_folders, read_folder, read_line, shipped_cases
from extract.evals.files import content_of, faults_in, first_faults, lines_of
from extract.evals.runs import Head
from extract.evals.scorers import Scorers, scorers_of
from extract.fields import below, is_within, leaf_annotations, path_pattern
from extract.report import leaves
from extract.tasks import Task, task_named

MAX_SUITE_BYTES = 1_000_000
_DEFAULT = "job_posting"
T = TypeVar("T")


@dataclass(frozen=True)
class Suite:
    """Cases of one task, in the order of their names, and how they are scored.

    ``place`` is what was named to open it, and ``schema`` its task ("job_posting", "orders.py:Order"). ``critical`` are fields
    that must not get worse in any case, beside those that a case names itself.
    """

    name: str
    place: str
    schema: str
    task: Task[BaseModel]
    cases: Sequence[Case]
    scorers: Scorers
    critical: Sequence[str] = ()

    @cached_property
    def inputs_hash(self) -> str:
        """SHA-256 of the names and the documents of the cases."""
        return _hash([[case.name, _sha256(case)] for case in self.cases])

    @cached_property
    def hash(self) -> str:
        """SHA-256 of documents and gold: all that decides what a right answer is."""
        gold = [[case.name, case.expected, case.accept, sorted(self.critical_of(case)), case.cluster] for case in self.cases]
        return _hash([self.inputs_hash, self.task.name, gold])

    @cached_property
    def by_name(self) -> dict[str, Case]:
        return {case.name: case for case in self.cases}

    def critical_of(self, case: Case) -> set[str]:
        """The patterns of the fields of a case that must not get worse."""
        return {path_pattern(path) for path in (*self.critical, *case.critical)}


class SuiteFile(BaseModel):
    """What the TOML file of a suite may say; ``data`` counts from where the file stands."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid", strict=True, frozen=True)

    data: Annotated[str, Field(min_length=1)]
    schema_: str = Field(default="", alias="schema")
    critical: list[str] = []
    scorers: dict[str, str] = {}


def open_suite(place: str, *, schema: str | None = None) -> Suite:
    """The suite of that name or at that place.

    ``schema`` chooses among cases of several, and is that of gold that names none (there "job_posting" where it is None). A
    schema that is code ("orders.py:Order") is loaded only where it is named here: gold may come from anybody.
    DatasetError where a case cannot be used, so that no run begins which would have to end.
    """
    form = suite_file(Path(place)) if place.endswith(".toml") else None
    found = list(read_cases(place))
    cases = [case for case in found if isinstance(case, Case)]
    faults = [str(error) for error in found if isinstance(error, DatasetError)]
    named, cases = _of_one_task(cases, place, schema_named(form, schema))
    task = task_named(named)
    faults += [f"{case.name}: {fault}" for case in cases for fault in faults_of(case, task)]
    faults += unknown_critical(form, task) if form else []
    faults += [f"the id {name} is there {n} times" for name, n in Counter(case.name for case in cases).items() if n > 1]
    if faults:
        raise DatasetError(f"{place}: {first_faults(faults)}. `extract eval check {place}` lists all.")
    if not cases:
        raise DatasetError(f"{place} holds no case: a folder needs */{EXPECTED}, a JSONL file a case a line.")
    return Suite(
        name=_name(place),
        place=place,
        schema=named,
        task=task,
        cases=sorted((replace(case, schema=task.name) for case in cases), key=lambda case: case.name),
        scorers=scorers_of(task.schema, form.scorers if form else None),
        critical=form.critical if form else (),
    )


def suite_of(head: Head, *, place: str | None = None, schema: str | None = None) -> Suite:
    """The suite of a run, as it is now: where its head says, or at ``place``.

    RunError where the schema of the run is code and ``schema`` does not name it: a run file may come from anybody.
    """
    if ":" in head.schema_name and schema is None:
        raise RunError(f"the run is of the schema {head.schema_name}, which is code: if you trust it, name it with --schema")
    return open_suite(place or head.suite, schema=schema or head.schema_name)


def read_cases(place: str) -> Iterator[Case | DatasetError]:
    """The cases at a place as they are read, with an error in the place of each that is none.

    DatasetError where there is nothing of that name.
    """
    path = Path(place)
    if path.suffix == ".toml" and path.is_file():
        data = path.parent / suite_file(path).data
        if data.suffix == ".toml":
            raise DatasetError(f"{path}: data names another suite, and must be a folder or a JSONL file")
        yield from read_cases(str(data))
    elif path.suffix in {".jsonl", ".ndjson"} and path.is_file():
        yield from _in_lines(path)
    elif path.is_dir():
        yield from (_or_error(read_folder, folder) for folder in case_folders(path))
    elif place in tasks_with_gold():
        yield from shipped_cases(place).values()
    else:
        raise DatasetError(
            f"There is no suite {place!r}: name a task with gold of its own ({', '.join(tasks_with_gold())}), a folder of cases, "
            "a JSONL file, or the TOML file of a suite."
        )


def suite_file(path: Path) -> SuiteFile:
    """What the TOML file of a suite says; DatasetError where it is none."""
    raw = content_of(path, limit=MAX_SUITE_BYTES, error=DatasetError)
    try:
        return SuiteFile.model_validate(tomllib.loads(raw.decode()))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DatasetError(f"{path} is no TOML: {error}") from None
    except ValidationError as error:
        raise DatasetError(f"{path}: {first_faults(faults_in(error))}") from None


def tasks_with_gold() -> list[str]:
    """The shipped tasks that have cases."""
    return sorted({case.schema for case in shipped_cases().values()})


def faults_of(case: Case, task: Task[BaseModel]) -> Iterator[str]:
    """What is wrong with the gold of a case, as far as the schema says; values that are left out are not asked for."""
    if case.draft:
        yield "it is a draft, which says what an engine says: correct it, and take draft out of it"
    yield from (f"expected.{fault}" for fault in _refused(case.expected, task))
    known = leaf_annotations(task.schema)
    for path, _ in leaves(dict(case.expected)):
        if not any(is_within(path_pattern(path), pattern) or is_within(pattern, path_pattern(path)) for pattern in known):
            yield f"expected: {task.schema.__name__} has no field {path}"
    for name, paths in (("accept", case.accept), ("critical", case.critical), ("inferred", case.inferred)):
        for path in paths:
            if not _is_field(path, task):
                yield f"{name}: {task.schema.__name__} has no field {path}"
    for path, alternatives in case.accept.items():
        if not _is_labelled(case.expected, path.split(".")):
            yield f"accept: {path} is not in expected"
        elif _is_field(path, task):
            yield from (f"accept.{path}: {fault}" for value in alternatives for fault in _no_alternative(case, task, path, value))


def unknown_critical(form: SuiteFile, task: Task[BaseModel]) -> list[str]:
    """What is wrong with the critical fields that a suite names."""
    return [f"critical: {task.schema.__name__} has no field {path}" for path in form.critical if not _is_field(path, task)]


def schema_named(form: SuiteFile | None, given: str | None) -> str | None:
    """The schema of a suite: as it was named, or as its file says; DatasetError for code that only a file names."""
    return _trusted(form.schema_ if form else "", given, "the suite") or given


def _refused(expected: Mapping[str, JsonValue], task: Task[BaseModel]) -> list[str]:
    """What the schema refuses; what is left out is not labelled, and may be left out of what it requires too."""
    try:
        task.schema.model_validate(expected, by_name=True, by_alias=False)
    except ValidationError as error:
        return faults_in(error, leave_out="missing")
    return []


def _no_alternative(case: Case, task: Task[BaseModel], path: str, value: JsonValue) -> Iterator[str]:
    """Why a value cannot stand in the place of another: only a leaf, or a whole list, has alternatives."""
    pattern = path_pattern(path)
    known = leaf_annotations(task.schema)
    entries = below(pattern, "*")
    if pattern not in known and not any(is_within(each, entries) for each in known):
        yield "an object has no alternatives: name the field in it"
    elif pattern not in known and not isinstance(value, list):
        yield f"{value!r:.60} is no list, and the field is one"
    elif pattern.endswith(".*"):
        yield "an entry of a list has no alternatives: name the list, and give whole lists"
    else:
        yield from _refused(_with_value(case.expected, path.split("."), value), task)


def _with_value(expected: Mapping[str, JsonValue], path: Sequence[str], value: JsonValue) -> dict[str, JsonValue]:
    """Gold with another value at a path, which is there."""
    changed: dict[str, JsonValue] = json.loads(json.dumps(expected))
    place: Any = changed
    for part in path[:-1]:
        place = place[int(part) if isinstance(place, list) else part]
    place[int(path[-1]) if isinstance(place, list) else path[-1]] = value
    return changed


def _is_field(path: str, task: Task[BaseModel]) -> bool:
    """Whether a path leads to a leaf of the schema, or to what holds one."""
    return any(is_within(pattern, path_pattern(path)) for pattern in leaf_annotations(task.schema))


def _is_labelled(value: object, path: Sequence[str]) -> bool:
    """Whether gold says anything under a path; below a null it does not."""
    if not path:
        return True
    if isinstance(value, list):
        return path[0].isdecimal() and int(path[0]) < len(value) and _is_labelled(value[int(path[0])], path[1:])
    return isinstance(value, Mapping) and path[0] in value and _is_labelled(value[path[0]], path[1:])


def task_for(case: Case, given: str | None) -> Task[BaseModel]:
    """The task of a case: its own, else the one that was given, else job postings; DatasetError for code that was not named."""
    return task_named(_trusted(case.schema or given or _DEFAULT, given, "it"))


def _of_one_task(cases: Sequence[Case], place: str, given: str | None) -> tuple[str, list[Case]]:
    """The schema that cases are of, and those that are of it."""
    chosen = [case for case in cases if given is None or not case.schema or _located(case.schema) == _located(given)]
    named = {given or case.schema or _DEFAULT for case in chosen} or {given or _DEFAULT}
    if len(named) > 1:
        raise DatasetError(f"{place} holds cases of several schemas ({', '.join(sorted(named))}): choose one with --schema.")
    return _trusted(named.pop(), given, place), chosen


def _trusted(schema: str, given: str | None, who: str) -> str:
    """The schema that ``who`` asks for; DatasetError for code that was not named on the command line."""
    if ":" in schema and (given is None or _located(schema) != _located(given)):
        raise DatasetError(f"{who} asks for the schema {schema}, which is code: if you trust it, name it with --schema {schema}")
    return schema


def _located(schema: str) -> str:
    """The schema with its file as a whole path, where it is one."""
    path, colon, name = schema.rpartition(":")
    return f"{Path(path).resolve()}:{name}" if colon else schema


def _name(place: str) -> str:
    """What files and tables call a suite.

    >>> _name("job_posting"), _name("data/postings.jsonl"), _name("evals/gold/")
    ('job_posting', 'postings', 'gold')
    """
    path = Path(place)
    return path.stem if path.suffix in {".toml", ".jsonl", ".ndjson"} else path.resolve().name


def _in_lines(path: Path) -> Iterator[Case | DatasetError]:
    for number, line in lines_of(path, error=DatasetError):
        yield _or_error(partial(read_line, place=f"{path}, line {number}"), line)


def _or_error(read: Callable[[T], Case], given: T) -> Case | DatasetError:
    try:
        return read(given)
    except DatasetError as error:
        return error


def _sha256(case: Case) -> str:
    """That of the document as it was received; where it cannot be read, of the reason, so that a run can say so."""
    try:
        return case.opened.sha256
    except SourceError as error:
        return error.code


def _hash(content: object) -> str:
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()

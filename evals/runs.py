"""Run files: what one way of extracting made of each case of a suite, with all hashes that say what was compared with what.

A run file is JSONL: a head, then a result a line, in the order of cases and repeats. It holds nothing that depends on when or how
often it was written: how long each document took stands in a file beside it (``NAME.times``).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Annotated, ClassVar, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError, field_validator

from extract.configuration import MODEL_SETTINGS
from extract.errors import RunError
from extract.evals.files import faults_in, lines_of
from extract.evals.scoring import Cell, f1
from extract.result import Evidence, Fault, Issue

FORMAT = 1
"""Goes up when older versions of this package could not read a run file."""
SUFFIX = ".jsonl"
TIMES = ".times"

Count = Annotated[int, Field(ge=0, le=10**12)]
Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Form = TypeVar("Form", bound=BaseModel)


class Stored(BaseModel):
    """The base of what run files hold: frozen, and closed to unknown keys."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid")


class Head(Stored):
    """What was run on what: the first line of a run file.

    ``suite`` and ``asked_prompt`` are what was named to open the suite and the prompt. ``dataset_hash`` is that of its documents
    and gold, ``scorer_hash`` that of all that decides a score, ``code_hash`` that of the code that cleans, fills and grounds.
    ``settings`` are those of the model that are not the usual ones.
    """

    format: Annotated[int, Field(ge=1, le=FORMAT)]
    suite: str
    dataset: str
    cases: Annotated[int, Field(ge=1, le=10**9)]
    repeats: Annotated[int, Field(ge=1)]
    schema_name: str
    engine: Literal["rules", "llm"]
    model: str | None = None
    endpoint: str | None = None
    prompt: str | None = None
    asked_prompt: str = ""
    settings: dict[str, JsonValue] = {}
    dataset_hash: str
    inputs_hash: str
    schema_hash: str
    prompt_hash: str | None = None
    scorer_hash: str
    scorers: dict[str, str] = {}
    code_hash: str
    version: str

    @field_validator("settings")
    @classmethod
    def _only_of_the_model(cls, value: dict[str, JsonValue]) -> dict[str, JsonValue]:
        if unknown := value.keys() - MODEL_SETTINGS:
            raise ValueError(f"{', '.join(sorted(unknown))} cannot be set by a run file")
        return value

    @property
    def name(self) -> str:
        """What tables call it.

        >>> Head.model_construct(engine="llm", model="gpt-5.4-mini", prompt="job_posting/v2").name
        'gpt-5.4-mini v2'
        """
        return self.engine if self.model is None else f"{self.model} {(self.prompt or '').rpartition('/')[2]}"


class Spent(Stored):
    """What the answers used when they were asked for, whether they came from the cache this time or not; ``cost`` in US dollars.

    None is a model without a known price. What a provider found in its own cache is counted in full, so that runs compare.
    """

    input_tokens: Count = 0
    output_tokens: Count = 0
    cost: Amount | None = 0.0


class Scores(Stored):
    """How a record stands to gold; ``claimed`` values say where they stand, and ``stated`` of them stand there."""

    cells: tuple[Cell, ...] = ()
    claimed: Count = 0
    stated: Count = 0
    misplaced: tuple[str, ...] = ()


class Result(Stored):
    """What became of a document: a record, or a fault. ``scores`` are null where there is no record, or where scoring failed."""

    case: str
    repeat: Count = 0
    status: str
    fault: Fault | None = None
    scoring_fault: Fault | None = None
    record: dict[str, JsonValue] | None = None
    evidence: dict[str, Evidence] = {}
    issues: tuple[Issue, ...] = ()
    spent: Spent = Spent()
    scores: Scores | None = None
    tags: tuple[str, ...] = ()
    cluster: str = ""
    critical: tuple[str, ...] = ()

    @property
    def is_valid(self) -> bool:
        """Whether there is a record that the schema allows."""
        return self.fault is None

    @property
    def cells(self) -> tuple[Cell, ...]:
        return self.scores.cells if self.scores else ()

    @cached_property
    def f1(self) -> float:
        """That of the document; 0 where there is no record, or none that could be scored."""
        return f1(self.cells) if self.scores is not None else 0.0


class Time(Stored):
    """How long a document took this time, in seconds, and what was asked and paid for; ``hits`` are answers from the cache.

    ``told`` is the message of its fault as it was, which may name addresses and seconds.
    """

    case: str
    repeat: Count = 0
    seconds: Amount
    calls: Count = 0
    hits: Count = 0
    cost: Amount | None = 0.0
    told: str = ""


class Run:
    """A run file that was read: its head, its results in the order of cases and repeats, and the times beside it."""

    def __init__(self, head: Head, results: Sequence[Result], times: Sequence[Time] = (), *, path: Path | None = None) -> None:
        self.head = head
        self.results = sorted(results, key=lambda result: (result.case, result.repeat))
        self.times = sorted(times, key=lambda time: (time.case, time.repeat))
        self.path = path

    @cached_property
    def by_case(self) -> Mapping[str, list[Result]]:
        """The repeats of each case."""
        found: dict[str, list[Result]] = {}
        for result in self.results:
            found.setdefault(result.case, []).append(result)
        return found

    @property
    def name(self) -> str:
        return self.head.name


def as_lines(head: Head, results: Iterable[Result]) -> str:
    """The content of a run file."""
    return "".join(f"{line_of(part)}\n" for part in (head, *results))


def line_of(part: Stored) -> str:
    """A part of a run file as a line: without what is as it is where nothing is said, which is most of a cell."""
    content = part.model_dump(mode="json", exclude_defaults=True)
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def read_run(path: Path) -> Run:
    """The run of a file; RunError, with the line, where it is none or is cut off.

    Nothing in it is believed beyond its form: it may come from somebody else.
    """
    lines = list(lines_of(path, error=RunError))
    if not lines:
        raise RunError(f"{path} is empty: `extract eval run` writes run files.")
    head = read_line(Head, lines[0][1], f"{path}, line {lines[0][0]}")
    results = [read_line(Result, line, f"{path}, line {number}") for number, line in lines[1:]]
    expected = head.cases * head.repeats
    if len({(result.case, result.repeat) for result in results}) != len(results) or len(results) != expected:
        raise RunError(f"{path} has {len(results)} results, and its head says {expected}: it was cut off or put together.")
    return Run(head, results, read_times(path), path=path)


def times_path(path: Path) -> Path:
    """The file with the times of a run.

    >>> times_path(Path("runs/job_posting.rules.jsonl")).name
    'job_posting.rules.times'
    """
    return path.with_name(path.name.removesuffix(SUFFIX) + TIMES)


def read_times(path: Path) -> list[Time]:
    """The times of a run; none where the file beside it is not there."""
    beside = times_path(path)
    if not beside.is_file():
        return []
    return [read_line(Time, line, f"{beside}, line {number}") for number, line in lines_of(beside, error=RunError)]


def read_line(form: type[Form], line: bytes, place: str) -> Form:
    """A line as what it should be; RunError where it is not."""
    try:
        return form.model_validate_json(line)
    except ValidationError as error:
        raise RunError(f"{place} is no {form.__name__.lower()} of a run: {faults_in(error)[0]}") from None

"""Runs of a suite: a matrix of engines, models and prompts, each cell of it a run file, interrupted and resumed at will."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import as_file, files
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from extract.engines.base import Engine
from extract.errors import ExtractError, RunError, RunStopped, UsageError
from extract.evals.cases import Case
from extract.evals.extracting import ERROR, Extracting, Priced, scored
from extract.evals.runs import (
    SUFFIX,
    Head,
    Result,
    Run,
    Time,
    as_lines,
    line_of,
    read_line,
    read_run,
    times_path,
)
from extract.evals.suites import Suite
from extract.journal import Journal, open_journal, replace_file
from extract.pipeline import engine_named, hash_of, package_version
from extract.threads import InFlight

if TYPE_CHECKING:
    from extract.settings import Settings  # a run of the rules reads none

RULES = "rules"
PART = ".part"
"""The end of the name of a run file that is being written."""
_CODE = (".py", ".toml", ".txt", ".json", ".gz")
_NOT_CODE = frozenset({"evals", "cli", "review", "prompts", "__pycache__"})
_OF_THE_MODEL = (
    "api",
    "constraint",
    "ask",
    "temperature",
    "top_p",
    "seed",
    "reasoning_effort",
    "max_output_tokens",
    "max_repairs",
)
Job = tuple[Case, int]


@dataclass(frozen=True, slots=True)
class Variant:
    """One cell of the matrix: an engine, and for a model which one and with which prompt ("" = the newest)."""

    engine: str
    model: str = ""
    prompt: str = ""

    @property
    def name(self) -> str:
        """What its run file is called.

        >>> Variant("llm", "org/gpt-5.4 mini", "drafts/v3.md").name, Variant("rules").name
        ('org-gpt-5.4-mini.v3', 'rules')
        """
        if self.engine == RULES:
            return RULES
        parts = self.model, Path(self.prompt).stem if self.prompt else "newest"
        return ".".join("".join(c if c.isalnum() or c in "._-" else "-" for c in part) for part in parts)


def matrix(*, engines: Sequence[str] = (), models: Sequence[str] = (), prompts: Sequence[str] = ()) -> list[Variant]:
    """The variants that are asked for: the rules, if they are named, and each model with each prompt.

    >>> [variant.name for variant in matrix(engines=["rules"], models=["m"], prompts=["v1", "v2"])]
    ['rules', 'm.v1', 'm.v2']
    """
    rules = [Variant(RULES)] if RULES in engines else []
    asked = [Variant("llm", model, prompt) for model, prompt in product(models, prompts or [""])]
    return [*rules, *asked]


@dataclass(frozen=True)
class Plan:
    """A run that is about to be made: its head, its jobs in order, and how each is done."""

    head: Head
    path: Path
    extracting: Extracting
    jobs: tuple[Job, ...]
    at_once: int = 1

    @property
    def part(self) -> Path:
        return self.path.with_name(self.path.name + PART)


@dataclass(slots=True)
class Progress:
    """How far a run is: jobs in all, those that an earlier process had done, those done now; what it cost now."""

    plan: Plan
    total: int
    kept: int = 0
    done: int = 0
    failed: int = 0
    hits: int = 0
    cost: float = 0.0
    unpriced: bool = False

    def add(self, result: Result, time: Time) -> None:
        """Count a document that was done now."""
        self.done += 1
        self.failed += result.status == ERROR
        self.hits += time.hits
        self.cost += time.cost or 0.0
        self.unpriced = self.unpriced or time.cost is None

    @property
    def estimate(self) -> float:
        """What the whole run will have cost, at the mean of the documents so far, in US dollars."""
        return self.cost / self.done * (self.total - self.kept) if self.done else 0.0


@dataclass(frozen=True, slots=True)
class Conduct:
    """How runs are made: whether a run that is there is made anew, whether what failed is tried again, and who watches.

    ``watch`` is called after each document, and ``stopping`` when somebody pressed Ctrl-C and some are still under way.
    """

    force: bool = False
    retry_failed: bool = False
    watch: Callable[[Progress], None] = field(default=lambda _: None)
    stopping: Callable[[int], None] = field(default=lambda _: None)


def plan_run(suite: Suite, variant: Variant, *, folder: Path, repeats: int = 1, settings: Settings | None = None) -> Plan:
    """The run of a variant; UsageError where it cannot be made, before anything is asked.

    The rules answer the same each time, so that they are asked once, whatever ``repeats`` says.
    """
    repeats = 1 if variant.engine == RULES else repeats
    engines, price, at_once = _engines(suite, variant, repeats=repeats, settings=settings)
    head = _head(suite, variant, engines, repeats=repeats, settings=settings)
    return Plan(
        head=head,
        path=folder / f"{suite.name}.{variant.name}{SUFFIX}",
        extracting=Extracting(suite, engines, price),
        jobs=tuple((case, repeat) for case in suite.cases for repeat in range(repeats)),
        at_once=at_once,
    )


def make_run(plan: Plan, conduct: Conduct = Conduct()) -> Run:
    """The run, from where it stands: a run file that is there is read, one that was begun is finished, else all is done.

    Each result is kept as it comes, and the run file is written when all are there; its bytes are the same however often the run
    was interrupted. RunError where a file of that name is of another run, and where another process writes it. What ends a run
    (RunStopped, KeyboardInterrupt) comes through; then the same call goes on where it stopped.
    """
    if (kept := _finished(plan, conduct)) is not None:
        return kept
    plan.path.parent.mkdir(parents=True, exist_ok=True)
    with open_journal(plan.part) as journal:
        results = _resumed(plan, conduct, journal)
        progress = Progress(plan, total=len(plan.jobs), kept=len(results))
        conduct.watch(progress)
        for result, time in _new(plan, conduct, [job for job in plan.jobs if (job[0].name, job[1]) not in results]):
            results[result.case, result.repeat] = result, time
            journal.append(f"{line_of(result)}\t{line_of(time)}")
            progress.add(result, time)
            conduct.watch(progress)
        run = Run(plan.head, [result for result, _ in results.values()], [time for _, time in results.values()], path=plan.path)
        write_run(run, plan.path)
        plan.part.unlink()
    return run


def write_run(run: Run, path: Path) -> None:
    """Write a run file, and the times beside it."""
    replace_file(times_path(path), "".join(f"{line_of(time)}\n" for time in run.times))
    replace_file(path, as_lines(run.head, run.results))


def rescored(run: Run, suite: Suite) -> Run:
    """The run with its records scored as the suite and its scorers say now; nothing is asked.

    RunError where the documents of the suite are not those of the run.
    """
    if run.head.inputs_hash != suite.inputs_hash:
        raise RunError(f"{run.path or run.name} was run on other documents than {suite.place} holds now: run it again.")
    head = run.head.model_copy(
        update={"dataset_hash": suite.hash, "scorer_hash": suite.scorers.hash, "scorers": suite.scorers.described}
    )
    return Run(head, [scored(suite, result) for result in run.results], run.times, path=run.path)


@cache
def code_hash() -> str:
    """SHA-256 of the code and the word lists that clean, fill, ground and check: what the rules answer depends on them."""
    digest = hashlib.sha256()
    with as_file(files("extract")) as root:
        found = []
        for folder, names, entries in os.walk(root, followlinks=True):
            names[:] = [name for name in names if name not in _NOT_CODE]
            found += [Path(folder, entry) for entry in entries if entry.endswith(_CODE)]
        for path in sorted(found, key=lambda path: path.relative_to(root).as_posix()):
            digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _engines(
    suite: Suite, variant: Variant, *, repeats: int, settings: Settings | None
) -> tuple[tuple[Engine, ...], Priced, int]:
    """The engine of each repeat, what tokens cost, and how many documents may be under way at once."""
    if variant.engine == RULES or settings is None:
        return (engine_named(RULES, suite.task),), lambda _: 0.0, 1
    asked = [settings.model_copy(update={"repeat": repeat}) for repeat in range(repeats)]
    engines = tuple(engine_named("llm", suite.task, each) for each in asked)
    from extract.engines.llm.assembly import prices_of  # of the extra llm, which is there: the engines are

    prices = prices_of(settings)
    return engines, lambda used: prices.cost(settings.model, used), settings.concurrency


def _head(suite: Suite, variant: Variant, engines: Sequence[Engine], *, repeats: int, settings: Settings | None) -> Head:
    origin = engines[0].origin
    defaults = {} if settings is None else {name: type(settings).model_fields[name].default for name in _OF_THE_MODEL}
    given = {} if settings is None or variant.engine == RULES else settings.model_dump(mode="json", include=set(_OF_THE_MODEL))
    return Head(
        suite=suite.place,
        dataset=suite.name,
        cases=len(suite.cases),
        repeats=repeats,
        schema_name=suite.task.name,
        engine=variant.engine,
        model=origin.get("model"),
        endpoint=origin.get("endpoint"),
        prompt=origin.get("prompt"),
        settings={name: given[name] for name in _OF_THE_MODEL if given.get(name) != defaults.get(name)},
        dataset_hash=suite.hash,
        inputs_hash=suite.inputs_hash,
        schema_hash=hash_of(suite.task),
        prompt_hash=origin.get("prompt_hash"),
        scorer_hash=suite.scorers.hash,
        scorers=suite.scorers.described,
        code_hash=code_hash(),
        version=package_version(),
    )


def _finished(plan: Plan, conduct: Conduct) -> Run | None:
    """The run of a file that is there and is this very run; None where it has to be made."""
    if not plan.path.exists() or conduct.force:
        return None
    run = read_run(plan.path)
    if differing := _differing(run.head, plan.head):
        raise RunError(
            f"{plan.path} is of another run ({', '.join(differing)} differ): choose another folder with -o, or --force to lose it"
        )
    return None if conduct.retry_failed and any(not result.is_valid for result in run.results) else run


def _differing(one: Head, other: Head) -> list[str]:
    return [name for name in type(one).model_fields if getattr(one, name) != getattr(other, name) and name != "suite"]


def _resumed(plan: Plan, conduct: Conduct, journal: Journal) -> dict[tuple[str, int], tuple[Result, Time]]:
    """What an earlier process had done of this very run."""
    results: dict[tuple[str, int], tuple[Result, Time]] = {}
    if plan.path.exists() and conduct.retry_failed and not conduct.force:
        run = read_run(plan.path)
        times = {(time.case, time.repeat): time for time in run.times}
        for result in run.results:
            key = result.case, result.repeat
            results[key] = result, times.get(key, Time(case=key[0], repeat=key[1], seconds=0.0))
    if not journal.lines:
        journal.append(line_of(plan.head))
        for result, time in results.values():
            if result.is_valid:
                journal.append(f"{line_of(result)}\t{line_of(time)}")
        return {key: pair for key, pair in results.items() if pair[0].is_valid}
    return _journalled(plan, conduct, journal)


def _journalled(plan: Plan, conduct: Conduct, journal: Journal) -> dict[tuple[str, int], tuple[Result, Time]]:
    head = read_line(Head, journal.lines[0], f"{plan.part}, line 1")
    if differing := _differing(head, plan.head):
        raise RunError(
            f"{plan.part} was begun by another run ({', '.join(differing)} differ): choose another folder with -o, or remove it"
        )
    pairs = [_pair(line, f"{plan.part}, line {number}") for number, line in enumerate(journal.lines[1:], 2)]
    kept = {(result.case, result.repeat): (result, time) for result, time in pairs}
    return {key: pair for key, pair in kept.items() if pair[0].is_valid or not conduct.retry_failed}


def _pair(line: bytes, place: str) -> tuple[Result, Time]:
    result, _, time = line.partition(b"\t")
    return read_line(Result, result, place), read_line(Time, time, place)


def _new(plan: Plan, conduct: Conduct, jobs: Sequence[Job]) -> Iterator[tuple[Result, Time]]:
    """The results of jobs as they come. What ends the run ends it when those under way are there, or at a second Ctrl-C."""
    flight = InFlight(jobs, lambda job: _outcome(plan.extracting, job), at_once=plan.at_once)
    ending: BaseException | None = None
    try:
        while True:
            try:
                _, outcome = next(flight)
            except StopIteration:
                break
            except KeyboardInterrupt as error:
                if ending is not None:
                    raise
                ending = error
                flight.stop()
                conduct.stopping(flight.under_way)
                continue
            if isinstance(outcome, ExtractError):
                ending = ending or outcome
                flight.stop()
            else:
                yield outcome
    finally:
        flight.leave()
    if ending is not None:
        raise ending


def _outcome(extracting: Extracting, job: Job) -> tuple[Result, Time] | ExtractError:
    """The result of a job, or what no further job would fare better with."""
    try:
        return extracting.result(*job)
    except (RunStopped, UsageError) as error:
        return error

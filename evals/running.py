"""Runs as they are made: each result kept as it comes, interrupted and resumed at will, and then a run file."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from extract.errors import BudgetExceeded, RunError, UsageError
from extract.evals.extracting import ERROR, scored
from extract.evals.planning import Job, Plan, Variant, plan_run
from extract.evals.runs import Head, Result, Run, Time, as_lines, line_of, read_line, read_run, times_path
from extract.evals.suites import Suite
from extract.journal import Journal, open_journal, replace_file
from extract.threads import InFlight, work_through

if TYPE_CHECKING:
    from extract.settings import Settings  # a run of the rules reads none

Key = tuple[str, int]
"""A case and a repeat."""
_LOG = logging.getLogger("extract")
_PLACES = frozenset({"suite", "schema_name", "asked_prompt"})
"""Parts of a head that say where things are; what they are say its hashes."""


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


def make_matrix(
    suite: Suite,
    variants: Sequence[tuple[Variant, Settings | None]],
    *,
    folder: Path,
    repeats: int = 1,
    conduct: Conduct | None = None,
) -> Iterator[Run]:
    """The run of each variant, one after the other; each has the settings beside it.

    All are planned before the first is made, so that a slip in the last costs nothing. A limit on money holds for all together:
    BudgetExceeded where nothing is left of it.
    """
    plans = [plan_run(suite, variant, folder=folder, repeats=repeats, settings=settings) for variant, settings in variants]
    twice = [str(path) for path, count in Counter(plan.path for plan in plans).items() if count > 1]
    if twice:
        raise UsageError(f"several runs would be written to {', '.join(twice)}: give prompts, or models, names of their own")
    spent = 0.0
    for variant, settings in variants:
        left = settings
        if settings is not None and settings.max_cost is not None:
            if spent >= settings.max_cost:
                raise BudgetExceeded(f"${spent:.6f} of ${settings.max_cost:.6f} are spent: raise --max-cost, and run again")
            left = settings.model_copy(update={"max_cost": settings.max_cost - spent})
        plan = plan_run(suite, variant, folder=folder, repeats=repeats, settings=left)
        progress = Progress(plan, total=len(plan.jobs))
        yield make_run(plan, conduct, progress=progress)
        spent += progress.cost


def make_run(plan: Plan, conduct: Conduct | None = None, *, progress: Progress | None = None) -> Run:
    """The run, from where it stands: a run file that is there is read, one that was begun is finished, else all is done.

    Each result is kept as it comes, and the run file is written when all are there; its bytes are the same however often the run
    was interrupted. RunError where a file of that name is of another run, and where another process writes it. What ends a run
    (RunStopped, KeyboardInterrupt) comes through; then the same call goes on where it stopped.
    """
    conduct = conduct or Conduct()
    progress = progress or Progress(plan, total=len(plan.jobs))
    if (kept := _finished(plan, conduct)) is not None:
        return kept
    _make_folder(plan.path.parent)
    with open_journal(plan.part) as journal:
        results = _resumed(plan, conduct, journal)
        progress.kept = len(results)
        conduct.watch(progress)

        def keep(_: Job, outcome: tuple[Result, Time]) -> None:
            result, time = outcome
            journal.append(f"{line_of(result)}\t{line_of(time)}")
            results[result.case, result.repeat] = result, time
            progress.add(result, time)
            conduct.watch(progress)

        left = [job for job in plan.jobs if (job[0].name, job[1]) not in results]
        flight = InFlight(left, lambda job: plan.extracting.result(*job), at_once=plan.at_once)
        work_through(flight, keep, stopping=conduct.stopping)
        run = Run(plan.head, [result for result, _ in results.values()], [time for _, time in results.values()], path=plan.path)
        write_run(run, plan.path)
        plan.part.unlink(missing_ok=True)
    return run


def done_jobs(plan: Plan, conduct: Conduct | None = None) -> set[Key]:
    """The cases and repeats of which a run file, or one that was begun, has a result of this very run that would be kept."""
    conduct = conduct or Conduct()
    if conduct.force:
        return set()
    if plan.path.exists():
        run = read_run(plan.path)
        kept = (result for result in run.results if result.is_valid or not conduct.retry_failed)
        return set() if _differing(run.head, plan.head) else {(result.case, result.repeat) for result in kept}
    lines = plan.part.read_bytes().split(b"\n")[:-1] if plan.part.exists() else []
    if not lines or _differing(read_line(Head, lines[0], f"{plan.part}, line 1"), plan.head):
        return set()
    return set(_journalled(plan, conduct, lines))


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder} cannot be made: {error.strerror}. Choose another folder with -o.") from error


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


def _finished(plan: Plan, conduct: Conduct) -> Run | None:
    """The run of a file that is there and is this very run; None where it has to be made."""
    if conduct.force:
        plan.part.unlink(missing_ok=True)
        return None
    if not plan.path.exists():
        return None
    run = read_run(plan.path)
    if differing := _differing(run.head, plan.head):
        raise RunError(
            f"{plan.path} is of another run ({', '.join(differing)} differ): choose another folder with -o, or --force to lose it"
        )
    if conduct.retry_failed and any(not result.is_valid for result in run.results):
        return None
    plan.part.unlink(missing_ok=True)  # of a process that was killed between writing the one and removing the other
    return run


def _differing(one: Head, other: Head) -> list[str]:
    return [name for name in type(one).model_fields if name not in _PLACES and getattr(one, name) != getattr(other, name)]


def _resumed(plan: Plan, conduct: Conduct, journal: Journal) -> dict[Key, tuple[Result, Time]]:
    """What an earlier process had done of this very run; where failures are tried again, also what the run file has right."""
    kept: dict[Key, tuple[Result, Time]] = {}
    if plan.path.exists() and not conduct.force:
        run = read_run(plan.path)
        times = {(time.case, time.repeat): time for time in run.times}
        for result in run.results:
            key = result.case, result.repeat
            if result.is_valid:
                kept[key] = result, times.get(key, Time(case=key[0], repeat=key[1], seconds=0.0))
    lines = [line for _, line in journal.lines()]
    if not lines:
        journal.append(line_of(plan.head))
        return kept
    head = read_line(Head, lines[0], f"{plan.part}, line 1")
    if differing := _differing(head, plan.head):
        raise RunError(
            f"{plan.part} was begun by another run ({', '.join(differing)} differ): choose another folder with -o, or remove it"
        )
    return kept | _journalled(plan, conduct, lines)


def _journalled(plan: Plan, conduct: Conduct, lines: Sequence[bytes]) -> dict[Key, tuple[Result, Time]]:
    """The results that a journal holds below its head, and that would be kept."""
    kept = {}
    for number, line in enumerate(lines[1:], 2):
        try:
            result, time = _pair(line, f"{plan.part}, line {number}")
        except RunError as error:
            _LOG.warning("%s; that document is done again", error)
            continue
        kept[result.case, result.repeat] = result, time
    wanted = {(case.name, repeat) for case, repeat in plan.jobs}
    return {key: pair for key, pair in kept.items() if key in wanted and (pair[0].is_valid or not conduct.retry_failed)}


def _pair(line: bytes, place: str) -> tuple[Result, Time]:
    result, _, time = line.partition(b"\t")
    return read_line(Result, result, place), read_line(Time, time, place)

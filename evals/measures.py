"""What a run comes to: its headline, its fields, what it invents, where its evidence points, its cost and its time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import fmean, median

from extract.evals.runs import Result, Run
from extract.evals.scorers import Scorer
from extract.evals.scoring import RIGHT, Cell, Outcome
from extract.evals.statistics import Interval, mean_interval, wilson
from extract.fields import is_within, path_pattern

WHOLE = " (as a whole)"
"""What is put behind the name of a field that is scored as a whole too."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of several, with Wilson's 95 % interval."""

    share: float
    of: int

    @property
    def interval(self) -> Interval:
        return wilson(round(self.share * self.of), self.of)


@dataclass(frozen=True, slots=True)
class FieldMeasure:
    """A field over all documents: how often which outcome, and in how many documents all of it is right."""

    name: str
    outcomes: Mapping[Outcome, int]
    right: Rate
    counts: bool

    @property
    def f1(self) -> float | None:
        """That of all its cells together; None where gold has no value and none was found."""
        right = self.outcomes.get(Outcome.CORRECT, 0)
        wrong = 2 * self.outcomes.get(Outcome.WRONG, 0)
        errors = wrong + self.outcomes.get(Outcome.MISSING, 0) + self.outcomes.get(Outcome.INVENTED, 0)
        return 2 * right / (2 * right + errors) if right or errors else None


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds of the documents that asked something, or of all where nothing is ever asked; ``of`` of them."""

    median: float
    slow: float
    of: int


@dataclass(frozen=True)
class Measures:
    """The figures of a run. A document counts as the mean of its repeats, and one that failed counts as 0."""

    run: Run

    @cached_property
    def scores(self) -> Mapping[str, float]:
        """The F1 of each document."""
        return {case: fmean(result.f1 for result in results) for case, results in self.run.by_case.items()}

    @cached_property
    def clusters(self) -> list[str] | None:
        """What each document shares with others, in the order of the scores; None where no case says."""
        return cluster_names({case: results[0].cluster for case, results in self.run.by_case.items()})

    @cached_property
    def headline(self) -> float:
        """The unweighted mean of the F1 of all documents."""
        return fmean(self.scores.values()) if self.scores else 0.0

    @cached_property
    def interval(self) -> Interval | None:
        """That of the headline, 95 %, as far as an F1 can lie in it."""
        interval = mean_interval(list(self.scores.values()), clusters=self.clusters) if self.scores else None
        return interval and Interval(max(0.0, interval.low), min(1.0, interval.high))

    @cached_property
    def valid(self) -> Rate:
        """Documents of which there is a record."""
        return _mean_rate(fmean(result.is_valid for result in results) for results in self.run.by_case.values())

    @cached_property
    def invented(self) -> Rate:
        """Of what gold says is absent, how much was filled in all the same."""
        units = [absent_units(result) for result in self.run.results]
        absent = sum(map(len, units))
        filled = sum(sum(each.values()) for each in units)
        return Rate(filled / absent if absent else 0.0, round(absent / self.run.head.repeats))

    @property
    def abstained(self) -> Rate:
        """Of what gold says is absent, how much was left null, as it should be."""
        return Rate(1 - self.invented.share if self.invented.of else 0.0, self.invented.of)

    @cached_property
    def evidence(self) -> Rate:
        """Of the values that say where they stand, how many are stated there."""
        claimed = sum(result.scores.claimed for result in self.run.results if result.scores)
        stated = sum(result.scores.stated for result in self.run.results if result.scores)
        return Rate(stated / claimed if claimed else 0.0, round(claimed / self.run.head.repeats))

    @cached_property
    def cost(self) -> float | None:
        """US dollars a document would cost if nothing came from the cache; None where no price is known."""
        costs = [result.spent.cost for result in self.run.results]
        return None if None in costs or not costs else fmean(cost for cost in costs if cost is not None)

    @cached_property
    def tokens(self) -> tuple[float, float]:
        """Tokens a document: sent and answered."""
        spent = [result.spent for result in self.run.results]
        return (fmean(each.input_tokens for each in spent), fmean(each.output_tokens for each in spent)) if spent else (0.0, 0.0)

    @cached_property
    def latency(self) -> Latency | None:
        """Of the documents that were asked this time: an answer from the cache takes no time worth telling."""
        is_model = self.run.head.model is not None
        seconds = sorted(time.seconds for time in self.run.times if time.calls or not (is_model and time.hits))
        if not seconds:
            return None
        return Latency(median(seconds), seconds[min(len(seconds) - 1, int(0.95 * len(seconds)))], len(seconds))

    @cached_property
    def hits(self) -> int:
        """Answers that came from the cache this time."""
        return sum(time.hits for time in self.run.times)

    @cached_property
    def faults(self) -> Counter[str]:
        """Why there is no record or no score, by code."""
        faults = (fault for result in self.run.results for fault in (result.fault, result.scoring_fault) if fault)
        return Counter(fault.code for fault in faults)

    @cached_property
    def fields(self) -> list[FieldMeasure]:
        """The fields in the order of the schema, those as a whole behind their parts."""
        outcomes: dict[str, Counter[Outcome]] = {}
        counts: dict[str, bool] = {}
        for cell, name in ((cell, self.field_name(cell)) for result in self.run.results for cell in result.cells):
            outcomes.setdefault(name, Counter())[cell.outcome] += 1
            counts[name] = counts.get(name, True) and cell.counts
        order = {name: at for at, name in enumerate(self._names())}
        rights = self.rights
        return [
            FieldMeasure(
                name, outcomes[name], _mean_rate([right[name] for right in rights.values() if name in right]), counts[name]
            )
            for name in sorted(outcomes, key=lambda name: (order.get(name, len(order)), name))
        ]

    @cached_property
    def rights(self) -> Mapping[str, Mapping[str, float]]:
        """For each document and each of its fields, in what share of the repeats all of the field was right.

        The fields of a document that failed each time are not known.
        """
        found: dict[str, dict[str, float]] = {}
        for case, results in self.run.by_case.items():
            names = {self.field_name(cell) for result in results for cell in result.cells}
            wrong = [{self.field_name(cell) for cell in result.cells if cell.outcome not in RIGHT} for result in results]
            failed = [result.scores is None for result in results]
            found[case] = {
                name: fmean(not (failed[at] or name in wrong[at]) for at in range(len(results))) for name in sorted(names)
            }
        return found

    def field_name(self, cell: Cell) -> str:
        """The field that a cell belongs to: its path without positions in lists.

        A list of texts is one field; an object that is scored as a whole is one beside its parts.
        """
        pattern = cell.field.removesuffix(".*")
        return pattern + WHOLE if self.run.head.scorers.get(cell.field) == Scorer.JOINT else pattern

    def _names(self) -> list[str]:
        """All fields in the order of the schema, an object as a whole behind its parts."""
        scorers = self.run.head.scorers
        parts = [path for path, name in scorers.items() if name != Scorer.JOINT]
        for whole in (path for path, name in scorers.items() if name == Scorer.JOINT):
            last = max((at for at, path in enumerate(parts) if is_within(path, whole)), default=len(parts) - 1)
            parts.insert(last + 1, whole)
        return [path.removesuffix(".*") + (WHOLE if scorers[path] == Scorer.JOINT else "") for path in parts]


def cluster_names(named: Mapping[str, str]) -> list[str] | None:
    """A cluster for each document, in its order, from those that are named; None where none is. One without is its own."""
    return [cluster or f"\0{case}" for case, cluster in named.items()] if any(named.values()) else None


def absent_units(result: Result) -> dict[str, bool]:
    """What gold says is absent in a document, by path, and whether it was filled; a list or an object counts once."""
    units: dict[str, bool] = {}
    for cell in result.cells:
        if cell.absent:
            units[cell.absent] = units.get(cell.absent, False) or cell.outcome is Outcome.INVENTED
    return units


def critical_cells(result: Result) -> dict[str, bool]:
    """Whether each cell of a critical field is right, by path; all that a list has too much is one cell of it ("benefits.+").

    Empty for a document that failed.
    """
    found: dict[str, bool] = {}
    for cell in result.cells:
        if any(is_within(cell.field, pattern) for pattern in result.critical):
            key = _surplus(cell) if cell.outcome is Outcome.INVENTED else cell.path
            found[key] = found.get(key, True) and cell.outcome in RIGHT
    return found


def _surplus(cell: Cell) -> str:
    pattern = path_pattern(cell.path)
    return f"{pattern[: pattern.index('*')]}+" if "*" in pattern else cell.path


def mean_cells(results: Sequence[Result]) -> dict[str, float]:
    """In what share of its repeats each critical cell of a document is right."""
    found = [critical_cells(result) for result in results]
    failed = [result.scores is None for result in results]
    keys = dict.fromkeys(key for cells in found for key in cells)
    return {key: fmean(not failed[at] and cells.get(key, True) for at, cells in enumerate(found)) for key in keys}


def _mean_rate(shares: Iterable[float]) -> Rate:
    """The mean over documents."""
    known = list(shares)
    return Rate(fmean(known) if known else 0.0, len(known))

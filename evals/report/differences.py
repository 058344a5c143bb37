"""The cells of each document that are not right, run by run, with what they claim of the source."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean

from extract.cleaning.document import Span
from extract.evals.measures import WHOLE, Measures
from extract.evals.report.study import Study
from extract.evals.runs import Result
from extract.evals.scoring import RIGHT, Cell
from extract.fields import is_within
from extract.result import Fault

MAX_CELLS = 200
"""Cells of a document that are listed of each run."""


@dataclass(frozen=True, slots=True)
class CellDifference:
    """A cell that is not right in ``repeats`` of the repeats; ``spans`` are what the found value claims of the source."""

    cell: Cell
    field: str
    spans: tuple[Span, ...]
    critical: bool
    repeats: int

    @property
    def name(self) -> str:
        """The path of the cell; one that is scored as a whole says so."""
        return self.cell.path + WHOLE * self.field.endswith(WHOLE)


@dataclass(frozen=True, slots=True)
class FaultDifference:
    """Why there is no record, or no score, in ``repeats`` of the repeats."""

    fault: Fault
    recorded: bool
    repeats: int

    @property
    def state(self) -> str:
        """What there is not."""
        return "no score" if self.recorded else "no record"


@dataclass(frozen=True, slots=True)
class RunDifferences:
    """What one run got wrong in a document; ``more`` cells are not listed, ``misplaced`` values do not stand where they say."""

    score: float
    repeats: int
    faults: tuple[FaultDifference, ...]
    cells: tuple[CellDifference, ...]
    more: int
    misplaced: tuple[str, ...]

    @property
    def wrong(self) -> int:
        """How many things are not right."""
        return len(self.faults) + len(self.cells) + self.more

    @property
    def state(self) -> str:
        """What came of the document, in words."""
        if self.faults and not self.cells:
            return self.faults[0].state
        return f"{self.wrong:,} not right" if self.wrong else "all right"


@dataclass(frozen=True, slots=True)
class DocumentDifferences:
    """A document that some run got wrong somewhere: the runs in their order."""

    case: str
    tags: tuple[str, ...]
    runs: tuple[RunDifferences, ...]

    @property
    def wrong(self) -> int:
        return sum(run.wrong for run in self.runs)

    @property
    def score(self) -> float:
        """The mean F1 of the runs."""
        return fmean(run.score for run in self.runs)


def differing_documents(study: Study) -> list[DocumentDifferences]:
    """The documents in which something is not right in some run, the worst first: by F1, then by how much is wrong."""
    found = [_of_document(study, case) for case in study.runs[0].by_case]
    return sorted((each for each in found if each.wrong), key=lambda each: (each.score, -each.wrong, each.case))


def _of_document(study: Study, case: str) -> DocumentDifferences:
    runs = tuple(_of_run(measures, case) for measures in study.measures)
    tags = dict.fromkeys(tag for run in study.runs for result in run.by_case[case] for tag in result.tags)
    return DocumentDifferences(case, tuple(tags), runs)


def _of_run(measures: Measures, case: str) -> RunDifferences:
    results = measures.run.by_case[case]
    cells = _cells(results)
    listed = tuple(_cell(measures, own) for own in cells[:MAX_CELLS])
    misplaced = dict.fromkeys(path for result in results if result.scores for path in result.scores.misplaced)
    score = measures.scores[case]
    return RunDifferences(score, len(results), tuple(_faults(results)), listed, len(cells) - len(listed), tuple(misplaced))


def _cells(results: Iterable[Result]) -> list[list[tuple[Result, Cell]]]:
    """The cells that are not right, in the order of gold; the same in several repeats are one."""
    found: dict[str, list[tuple[Result, Cell]]] = {}
    for result in results:
        for cell in result.cells:
            if cell.outcome not in RIGHT:
                found.setdefault(_same(cell), []).append((result, cell))
    return list(found.values())


def _same(cell: Cell) -> str:
    return json.dumps([cell.path, cell.outcome, cell.expected, cell.found], sort_keys=True)


def _cell(measures: Measures, own: Sequence[tuple[Result, Cell]]) -> CellDifference:
    result, cell = own[0]
    critical = any(is_within(cell.field, pattern) for pattern in result.critical)
    repeats = len({each.repeat for each, _ in own})
    return CellDifference(cell, measures.field_name(cell), tuple(_claimed(result, cell.at)), critical, repeats)


def _claimed(result: Result, at: str) -> Iterator[Span]:
    """What the value at a path, and all below it, claims of the source."""
    if at:
        for path, evidence in result.evidence.items():
            if is_within(path, at):
                yield from evidence.spans


def _faults(results: Sequence[Result]) -> Iterator[FaultDifference]:
    found: dict[tuple[str, str, bool], list[Fault]] = {}
    for result in results:
        for fault, recorded in ((result.fault, False), (result.scoring_fault, True)):
            if fault is not None:
                found.setdefault((fault.code, fault.message, recorded), []).append(fault)
        if result.scores is None and result.fault is None and result.scoring_fault is None:
            unscored = Fault(code="unscored", message="the run has no scores of this document")
            found.setdefault((unscored.code, unscored.message, True), []).append(unscored)
    return (FaultDifference(same[0], recorded, len(same)) for (_, _, recorded), same in found.items())

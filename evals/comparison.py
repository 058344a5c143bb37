"""Two runs of the same suite beside each other, document by document: whether they differ, by how much, and where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from extract.errors import RunError
from extract.evals.measures import Measures, cluster_names
from extract.evals.runs import Result, Run
from extract.evals.statistics import (
    LEVEL,
    MIN_UNITS,
    Interval,
    PairedTest,
    bootstrap,
    holm,
    mcnemar,
    paired,
)

_TIE = 1e-9
"""A difference of F1 below which two documents are equal."""


@dataclass(frozen=True, slots=True)
class DocumentChange:
    """A document in two runs; scores are means of its repeats."""

    case: str
    before: float
    after: float

    @property
    def difference(self) -> float:
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field in two runs: in how many documents it became right, and wrong; ``p`` by McNemar's exact test, then by Holm.

    Where documents have clusters, these are flipped together, which is the same test where each document is its own.
    """

    name: str
    gained: int
    lost: int
    p: float
    adjusted: float

    @property
    def differs(self) -> bool:
        return self.adjusted < LEVEL


@dataclass(frozen=True)
class Comparison:
    """What changed from one run to another: ``before`` is A, ``after`` is B, and a difference above zero speaks for B."""

    before: Measures
    after: Measures

    @cached_property
    def documents(self) -> list[DocumentChange]:
        """All documents, those that changed most first."""
        pairs = [DocumentChange(case, score, self.after.scores[case]) for case, score in self.before.scores.items()]
        return sorted(pairs, key=lambda pair: (-abs(pair.difference), pair.case))

    @cached_property
    def test(self) -> PairedTest:
        """The test of the headline's difference: paired by document, whole clusters together."""
        return paired(list(self._differences.values()), clusters=self._clusters)

    @cached_property
    def bootstrap(self) -> Interval | None:
        """The difference by resampling; None under 50 documents or clusters, where it is too narrow."""
        return bootstrap(list(self._differences.values()), clusters=self._clusters)

    @property
    def wins(self) -> int:
        """Documents that B has better."""
        return sum(pair.difference > _TIE for pair in self.documents)

    @property
    def losses(self) -> int:
        """Documents that B has worse."""
        return sum(pair.difference < -_TIE for pair in self.documents)

    @property
    def ties(self) -> int:
        return len(self.documents) - self.wins - self.losses

    @property
    def changed(self) -> list[DocumentChange]:
        """The documents with another score, those that changed most first."""
        return [pair for pair in self.documents if abs(pair.difference) > _TIE]

    @cached_property
    def fields(self) -> list[FieldChange]:
        """The fields that became right or wrong in any document of which both have a record, the surest change first.

        A document that failed would be a loss in every field, and is one of ``records``.
        """
        moves: dict[str, dict[str, int]] = {}
        for case in self._both:
            before, after = self.before.rights[case], self.after.rights[case]
            for name in before.keys() | after.keys():
                moves.setdefault(name, {})[case] = _is_right(name, after) - _is_right(name, before)
        moved = {name: cases for name, cases in sorted(moves.items()) if any(cases.values())}
        ps = [self._chance(cases) for cases in moved.values()]
        changes = [_change(name, moved[name], p, adjusted) for name, p, adjusted in zip(moved, ps, holm(ps), strict=True)]
        return sorted(changes, key=lambda change: (change.p, change.name))

    @cached_property
    def records(self) -> FieldChange:
        """In how many documents there is a record now and was none before, and the other way round: failures by themselves."""
        before, after = self.before.run.by_case, self.after.run.by_case
        moves = {case: _has_record(after[case]) - _has_record(before[case]) for case in before}
        p = self._chance(moves)
        return _change("record", moves, p, p)

    @cached_property
    def read_by_both(self) -> PairedTest | None:
        """The test on the documents of which both have a record; None where that is all of them, or none.

        A document that fails as a whole moves the headline so far that it hides what else changed.
        """
        if len(self._both) in {0, len(self._differences)}:
            return None
        return paired([self._differences[case] for case in self._both], clusters=self._clusters_of(self._both))

    @property
    def smallest(self) -> float | None:
        """The smallest difference that these documents would show in 80 % of cases; None where they can show none."""
        return None if self.test.too_few else self.test.smallest

    @property
    def verdict(self) -> str:
        """In a sentence, what may be said."""
        test = self.test
        unit = "documents" if self._clusters is None else "clusters"
        if test.too_few:
            return (
                f"too few {unit} to decide: with {test.units} there are {2**test.units} ways to flip signs, so that p cannot "
                f"fall below {LEVEL} whatever the result; {MIN_UNITS} are needed"
            )
        shown = f"{test.difference:+.3f}, {written_p(test.p)}"
        if test.differs:
            return f"B is {'better' if test.difference > 0 else 'worse'} than A ({shown})"
        return f"no difference shown ({shown})"

    @cached_property
    def _differences(self) -> Mapping[str, float]:
        return {case: self.after.scores[case] - score for case, score in self.before.scores.items()}

    @property
    def _clusters(self) -> list[str] | None:
        return self.before.clusters

    def _clusters_of(self, cases: Iterable[str]) -> list[str] | None:
        return cluster_names({case: self.before.run.by_case[case][0].cluster for case in cases})

    def _chance(self, moves: Mapping[str, int]) -> float:
        """How likely moves (1, 0 or -1 a document) are by chance: McNemar's exact test, or whole clusters flipped together."""
        clusters = self._clusters_of(moves)
        if clusters is None:
            return mcnemar(sum(move > 0 for move in moves.values()), sum(move < 0 for move in moves.values()))
        return paired(list(moves.values()), clusters=clusters).p

    @cached_property
    def _both(self) -> list[str]:
        """The documents of which both have a record in most repeats."""
        before, after = self.before.run.by_case, self.after.run.by_case
        return [case for case in before if _has_record(before[case]) and _has_record(after[case])]


def compare(before: Run, after: Run) -> Comparison:
    """B beside A; RunError where they are not of the same documents, gold and scorers."""
    for name, what, way_out in (
        ("inputs_hash", "documents", "run one of them again"),
        ("dataset_hash", "gold", "`extract eval rescore` brings both up to the same"),
        ("scorer_hash", "scorers", "`extract eval rescore` brings both up to the same"),
    ):
        if getattr(before.head, name) != getattr(after.head, name):
            raise RunError(f"{_called(before)} and {_called(after)} cannot be compared: their {what} differ; {way_out}.")
    if before.by_case.keys() != after.by_case.keys():
        raise RunError(f"{_called(before)} and {_called(after)} hold other documents than their heads say: run them again.")
    return Comparison(Measures(before), Measures(after))


def halves(run: Run) -> tuple[Run, Run]:
    """The even and the odd repeats of a run as two runs, between which nothing differs but chance; RunError for one repeat."""
    if run.head.repeats < 2:
        raise RunError(f"{_called(run)} has one repeat: an A/A comparison needs --repeats 2 or more.")
    parts = [[result for result in run.results if result.repeat % 2 == rest] for rest in (0, 1)]
    return Run(run.head, parts[0], path=run.path), Run(run.head, parts[1], path=run.path)


def written_p(p: float) -> str:
    """A p value with the figures that mean something.

    >>> written_p(0.04321), written_p(0.00001), written_p(1.0)
    ('p = 0.043', 'p < 0.001', 'p = 1')
    """
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}".rstrip("0").rstrip(".")


def _change(name: str, moves: Mapping[str, int], p: float, adjusted: float) -> FieldChange:
    return FieldChange(name, sum(move > 0 for move in moves.values()), sum(move < 0 for move in moves.values()), p, adjusted)


def _is_right(name: str, rights: Mapping[str, float]) -> bool:
    """Whether a field is right in most repeats; what no cell speaks of is: nothing was invented there."""
    return rights.get(name, 1.0) > 0.5


def _has_record(results: Sequence[Result]) -> bool:
    """Whether most repeats of a document have a record."""
    return sum(result.is_valid for result in results) * 2 > len(results)


def _called(run: Run) -> str:
    return str(run.path) if run.path else run.name

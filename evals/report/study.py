"""What a report is about: runs that can be compared, their figures, and the suite that holds their documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from extract.errors import RunError
from extract.evals.comparison import Comparison, compare
from extract.evals.measures import Measures
from extract.evals.runs import Run
from extract.evals.suites import Suite
from extract.report import shorten

_LABEL = 60  # characters of the name of a run


@dataclass(frozen=True)
class Study:
    """Runs of the same documents, gold and scorers; the one at ``baseline`` is what the others are compared with.

    Without ``suite`` there are no sources.
    """

    runs: tuple[Run, ...]
    suite: Suite | None = None
    baseline: int = 0

    @cached_property
    def measures(self) -> tuple[Measures, ...]:
        return tuple(map(Measures, self.runs))

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """What the runs are called, each with another name."""
        return tuple(run_labels(self.runs))

    @cached_property
    def comparisons(self) -> tuple[Comparison | None, ...]:
        """What changed from the baseline to each run; None in the place of the baseline."""
        before = self.measures[self.baseline]
        return tuple(None if at == self.baseline else Comparison(before, after) for at, after in enumerate(self.measures))

    @property
    def name(self) -> str:
        """What the data set is called."""
        return shorten(self.runs[0].head.dataset, _LABEL)

    @property
    def gold_changed(self) -> bool:
        """Whether the suite holds other gold, or scores otherwise, than when the runs were scored."""
        head = self.runs[0].head
        return self.suite is not None and (self.suite.hash, self.suite.scorers.hash) != (head.dataset_hash, head.scorer_hash)


def study_of(runs: Sequence[Run], suite: Suite | None = None, *, baseline: int = 0) -> Study:
    """The study of these runs; RunError where they cannot stand beside each other, or the suite holds other documents."""
    if not runs:
        raise RunError("a report needs a run: name the file of one or more")
    if not 0 <= baseline < len(runs):
        raise RunError(f"there is no run {baseline} to compare with: the {len(runs)} runs are counted from 0")
    first = runs[baseline]
    for run in runs:
        compare(first, run)
    if not first.by_case:
        raise RunError(f"{first.path or first.name} has no documents, so that there is nothing to report.")
    if suite is not None and suite.inputs_hash != first.head.inputs_hash:
        raise RunError(f"{suite.place} holds other documents than the runs were made on: name their suite, or none.")
    return Study(tuple(runs), suite, baseline)


def run_labels(runs: Sequence[Run]) -> list[str]:
    """A name for each run: that of its model or engine; where several have it, with their file, their folder or a number."""
    names = [shorten(run.name.strip() or "unnamed", _LABEL) for run in runs]
    shared = {name for name, count in Counter(names).items() if count > 1}
    labels = list(names)
    for name in shared:
        own = [at for at, other in enumerate(names) if other == name]
        told = next(known for tell in _TELLING if len(set(known := [tell(runs[at], at) for at in own])) == len(own))
        for at, word in zip(own, told, strict=True):
            labels[at] = f"{name} ({shorten(word, _LABEL)})"
    return labels if len(set(labels)) == len(labels) else [f"{name} ({at})" for at, name in enumerate(names, 1)]


def _stem(run: Run, at: int) -> str:
    return run.path.name.removesuffix(".jsonl") if run.path else f"{at + 1}"


def _folder(run: Run, at: int) -> str:
    return run.path.absolute().parent.name if run.path else f"{at + 1}"


def _number(_: Run, at: int) -> str:
    return f"{at + 1}"


_TELLING: tuple[Callable[[Run, int], str], ...] = (_stem, _folder, _number)

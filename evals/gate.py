"""A gate before a change goes in: a run beside a baseline, with rules that an engineer can defend.

It is shut where the headline is lower and that is hardly chance, where a critical cell that was right is wrong, and where a limit
on valid records, cost or time is passed. It decides nothing where data set or scorers are not those of the baseline.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from extract.errors import RunError
from extract.evals.comparison import written_p
from extract.evals.files import content_of, faults_in
from extract.evals.measures import Measures, cluster_names, mean_cells
from extract.evals.runs import Head, Run, Stored
from extract.evals.statistics import LEVEL, MIN_UNITS, paired

MAX_BASELINE_BYTES = 100_000_000
_ROUNDED = 2e-6  # what the six figures of a baseline may be off
Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Limits(Stored):
    """What a run may not pass: the least share of documents with a record, the most US dollars and seconds a document takes.

    ``drop`` is the most that the headline may fall, whether chance explains it or not: for an engine that answers the same each
    time there is no chance, and few documents decide too.
    """

    valid: Share | None = None
    drop: Share | None = None
    cost: Positive | None = None
    seconds: Positive | None = None


class BaselineDocument(Stored):
    """A document of a baseline: its F1, and in what share of its repeats each cell of a critical field was right."""

    f1: Share
    cluster: str = ""
    critical: dict[str, Share] = Field(default_factory=dict)


class Baseline(Stored):
    """A run to compare with, small enough to keep in a repository."""

    head: Head
    limits: Limits = Limits()
    documents: dict[str, BaselineDocument]

    @property
    def headline(self) -> float:
        return sum(document.f1 for document in self.documents.values()) / len(self.documents) if self.documents else 0.0


@dataclass(frozen=True, slots=True)
class Check:
    """One rule of the gate: what was looked at, whether it holds, and what there is to say."""

    name: str
    passed: bool
    message: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate says of a run."""

    baseline: Baseline
    run: Run
    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        return all(check.passed for check in self.checks)


def baseline_of(run: Run, limits: Limits) -> Baseline:
    """The baseline that a run is."""
    measures = Measures(run)
    documents = {
        case: BaselineDocument(f1=round(score, 6), cluster=run.by_case[case][0].cluster, critical=mean_cells(run.by_case[case]))
        for case, score in measures.scores.items()
    }
    return Baseline(head=run.head, limits=limits, documents=documents)


def read_baseline(path: Path) -> Baseline:
    """The baseline of a file; RunError where it is none."""
    way_out = f"`extract eval baseline RUN -o {path}` writes one"
    raw = content_of(path, limit=MAX_BASELINE_BYTES, error=RunError, way_out=way_out)
    try:
        return Baseline.model_validate_json(raw)
    except ValidationError as error:
        raise RunError(f"{path} is no baseline: {faults_in(error)[0]}. {way_out}.") from None


def judge_run(run: Run, baseline: Baseline) -> Verdict:
    """The run beside the baseline; RunError where they are not of the same data set and scorers."""
    for name, what in (("dataset_hash", "data set"), ("scorer_hash", "scorers")):
        ours, theirs = getattr(run.head, name), getattr(baseline.head, name)
        if ours != theirs:
            raise RunError(
                f"the {what} of the run ({ours[:12]}…) and of the baseline ({theirs[:12]}…) differ, so that nothing can be said: "
                "look at the change, and write a new baseline with `extract eval baseline`"
            )
    if run.by_case.keys() != baseline.documents.keys():
        raise RunError("the baseline has other documents than its own head says: write a new one with `extract eval baseline`")
    measures = Measures(run)
    checks = (
        _quality(measures, baseline),
        *_drop(measures, baseline),
        *_critical(measures, baseline),
        *_limits(measures, baseline),
    )
    return Verdict(baseline, run, checks)


def _quality(measures: Measures, baseline: Baseline) -> Check:
    """Whether the headline is lower than chance explains."""
    cases = sorted(baseline.documents)
    differences = [_without_rounding(measures.scores[case] - baseline.documents[case].f1) for case in cases]
    test = paired(differences, clusters=cluster_names({case: baseline.documents[case].cluster for case in cases}))
    shown = f"headline {measures.headline:.3f}, {test.difference:+.3f} to the baseline"
    if test.too_few:
        told = f"{shown}; too few documents or clusters to tell a loss from chance ({test.units}; {MIN_UNITS} are needed)"
        return Check("quality", passed=True, message=told)
    told = f"{shown}, one-sided {written_p(test.p_worse)} (shut below {LEVEL})"
    return Check("quality", passed=not test.is_worse, message=told)


def _critical(measures: Measures, baseline: Baseline) -> Iterator[Check]:
    """A check for each critical cell that was right and is not any more; one for all where there is none."""
    flips = list(critical_flips(measures, baseline))
    for case, path in flips:
        yield Check(f"critical: {case}: {path}", passed=False, message=f"{path} of {case} was right, and is not any more")
    watched = sum(share > 0.5 for document in baseline.documents.values() for share in document.critical.values())
    if not flips:
        yield Check("critical", passed=True, message=f"all {watched} critical cells that were right still are")


def critical_flips(measures: Measures, baseline: Baseline) -> Iterator[tuple[str, str]]:
    """The critical cells that were right in most repeats and now are wrong in most, by document and path."""
    for case, before in sorted(baseline.documents.items()):
        results = measures.run.by_case[case]
        now = mean_cells(results)
        failed = all(result.scores is None for result in results)
        for key in sorted(before.critical.keys() | now.keys()):
            was = before.critical.get(key, 1.0 if before.critical else 0.0)  # what gold does not have was not invented
            if was > 0.5 and now.get(key, 0.0 if failed else 1.0) <= 0.5:
                yield case, key


def _drop(measures: Measures, baseline: Baseline) -> Iterator[Check]:
    if (allowed := baseline.limits.drop) is not None:
        fall = _without_rounding(baseline.headline - measures.headline)
        message = f"the headline fell by {max(fall, 0.0):.3f}; {allowed:.3f} is allowed"
        yield Check("drop", passed=fall <= allowed + _ROUNDED, message=message)


def _limits(measures: Measures, baseline: Baseline) -> Iterator[Check]:
    limits = baseline.limits
    if limits.valid is not None:
        share = measures.valid.share
        yield Check(
            name="valid",
            passed=share >= limits.valid,
            message=f"{share:.1%} of the documents have a record, {limits.valid:.1%} are needed",
        )
    if limits.cost is not None:
        cost = measures.cost
        shown = "unknown, the model has no price" if cost is None else f"${cost:.6f}"
        passed = cost is not None and cost <= limits.cost
        yield Check("cost", passed, f"a document costs {shown}; at most ${limits.cost:.6f} is allowed")
    if limits.seconds is not None:
        latency = measures.latency
        if latency is None:
            cached = bool(measures.run.times)
            told = "all answers came from the cache, so that no time was measured" if cached else "the run has no times beside it"
            yield Check("seconds", passed=cached, message=told)
        else:
            passed = latency.median <= limits.seconds
            yield Check(
                "seconds", passed, f"a document takes {latency.median:.3f} s (median); {limits.seconds:.3f} s are allowed"
            )


def _without_rounding(difference: float) -> float:
    """Zero for what only the rounding of the baseline made."""
    return 0.0 if abs(difference) < _ROUNDED else difference


def as_json(baseline: Baseline) -> str:
    """The baseline as it is kept."""
    return baseline.model_dump_json(indent=1, exclude_defaults=True)

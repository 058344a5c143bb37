"""Runs, comparisons and verdicts as JSON, for programs; the figures of the tables and of the report."""

from __future__ import annotations

from pydantic import JsonValue

from extract.evals.comparison import Comparison, FieldChange
from extract.evals.gate import Verdict
from extract.evals.measures import FieldMeasure, Measures, Rate
from extract.evals.runs import Run
from extract.evals.statistics import Interval


def run_summary(run: Run) -> dict[str, JsonValue]:
    """The figures of a run. Shares and F1 are from 0 to 1, money is in US dollars, times are in seconds."""
    measures, head = Measures(run), run.head
    latency = measures.latency
    return {
        "run": str(run.path) if run.path else None,
        "name": run.name,
        "dataset": head.dataset,
        "documents": head.cases,
        "repeats": head.repeats,
        "f1": _rounded(measures.headline),
        "interval": _ends(measures.interval),
        "valid": _rate(measures.valid),
        "invented": _rate(measures.invented),
        "abstained": _rate(measures.abstained),
        "evidence": _rate(measures.evidence),
        "cost": measures.cost,
        "input_tokens": _rounded(measures.tokens[0]),
        "output_tokens": _rounded(measures.tokens[1]),
        "seconds": None if latency is None else {"median": latency.median, "p95": latency.slow, "documents": latency.of},
        "cache_hits": measures.hits,
        "faults": dict(sorted(measures.faults.items())),
        "fields": {field.name: _field(field) for field in measures.fields},
    }


def comparison_summary(comparison: Comparison) -> dict[str, JsonValue]:
    """What changed from A to B, and what may be said of it; a difference above zero speaks for B."""
    test, both = comparison.test, comparison.read_by_both
    return {
        "a": comparison.before.run.name,
        "b": comparison.after.run.name,
        "documents": test.documents,
        "units": test.units,
        "difference": _rounded(test.difference),
        "interval": _ends(test.interval),
        "bootstrap": _ends(comparison.bootstrap),
        "p": _rounded(test.p),
        "exact": test.exact,
        "too_few": test.too_few,
        "differs": test.differs,
        "smallest": None if comparison.smallest is None else _rounded(comparison.smallest),
        "records": _change(comparison.records),
        "read_by_both": None
        if both is None
        else {"documents": both.documents, "difference": _rounded(both.difference), "p": both.p},
        "wins": comparison.wins,
        "ties": comparison.ties,
        "losses": comparison.losses,
        "verdict": comparison.verdict,
        "fields": [_change(change) for change in comparison.fields],
        "changed": [{"case": pair.case, "a": _rounded(pair.before), "b": _rounded(pair.after)} for pair in comparison.changed],
    }


def verdict_summary(verdict: Verdict) -> dict[str, JsonValue]:
    """What the gate says, rule by rule."""
    return {
        "passed": verdict.passed,
        "checks": [{"name": check.name, "passed": check.passed, "message": check.message} for check in verdict.checks],
    }


def _change(change: FieldChange) -> dict[str, JsonValue]:
    """A field that became right or wrong, in how many documents, with McNemar's p and that after Holm."""
    return {
        "field": change.name,
        "gained": change.gained,
        "lost": change.lost,
        "p": _rounded(change.p),
        "adjusted": _rounded(change.adjusted),
    }


def _field(field: FieldMeasure) -> dict[str, JsonValue]:
    return {
        "right": _rounded(field.right.share),
        "documents": field.right.of,
        "f1": None if field.f1 is None else _rounded(field.f1),
        "counts": field.counts,
        **{outcome.value: count for outcome, count in field.outcomes.items()},
    }


def _rate(rate: Rate) -> dict[str, JsonValue]:
    return {"share": _rounded(rate.share), "of": rate.of, "interval": _ends(rate.interval)}


def _ends(interval: Interval | None) -> list[JsonValue] | None:
    return None if interval is None else [_rounded(interval.low), _rounded(interval.high)]


def _rounded(value: float) -> float:
    return round(value, 6)

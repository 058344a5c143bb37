"""Figures of runs and comparisons as tables on a terminal; what they mean says ``extract.evals``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from extract.cli.output import table
from extract.report import printable

if TYPE_CHECKING:
    from extract.evals.comparison import Comparison
    from extract.evals.gate import Verdict
    from extract.evals.measures import Measures, Rate
    from extract.evals.planning import Plan
    from extract.evals.quoting import RunQuote
    from extract.evals.runs import Run
    from extract.evals.statistics import Interval

_FIGURES = ("documents", "F1", "95 %", "records", "invented", "evidence", "cost", "tokens", "seconds", "faults")
_FEW = 4
"""Runs that fit beside each other."""
_MOST_CHANGED = 20
"""Documents of a comparison that are listed."""


def run_tables(runs: Sequence[Run], *, fields: bool = False) -> Iterator[Table | Text]:
    """The figures of runs, a column each where they are few, else a row each; with ``fields``, a table of the fields of each."""
    from extract.evals.measures import Measures  # of the extra evals

    measured = [Measures(run) for run in runs]
    if len(runs) <= _FEW:
        shown = _table("", *(printable(each.run.name) for each in measured))
        for figure in zip(_FIGURES, *(_row(each) for each in measured), strict=True):
            shown.add_row(*map(Text, figure))
    else:
        shown = _table("run", *_FIGURES)
        for each in measured:
            shown.add_row(Text(printable(each.run.name)), *map(Text, _row(each)))
    yield shown
    if fields:
        yield from (_fields(each) for each in measured)


def comparison_tables(comparison: Comparison) -> Iterator[Table | Text]:
    """The verdict, the fields that changed, and the documents that did."""
    test = comparison.test
    yield Text(f"A: {printable(comparison.before.run.name)}, F1 {comparison.before.headline:.3f}")
    yield Text(f"B: {printable(comparison.after.run.name)}, F1 {comparison.after.headline:.3f}")
    yield Text(f"B - A: {test.difference:+.3f}, 95 % {_interval(test.interval, signed=True)}{_resampled(comparison)}")
    units = "" if test.units == test.documents else f" in {test.units} clusters"
    flips = "all sign flips" if test.exact else "10,000 sign flips"
    told = f"{comparison.wins} better, {comparison.ties} equal, {comparison.losses} worse"
    yield Text(f"{test.documents} documents{units}: {told} ({flips})")
    if comparison.smallest is not None:
        yield Text(
            f"these documents show a difference of {comparison.smallest:.3f} in 80 % of cases, and smaller ones less often"
        )
    if (both := comparison.read_by_both) is not None:
        records = comparison.records
        failures = f"a record more in {records.gained} documents, none any more in {records.lost} (p = {records.p:.3f})"
        yield Text(f"{failures}; of the {both.documents} that both read: {both.difference:+.3f}, p = {both.p:.3f}")
    yield Text(comparison.verdict, style="bold")
    if comparison.fields:
        shown = _table("field", "became right", "became wrong", "p", "after Holm")
        for change in comparison.fields:
            style = "bold" if change.differs else ""
            counts = str(change.gained), str(change.lost), f"{change.p:.3f}", f"{change.adjusted:.3f}"
            shown.add_row(Text(printable(change.name), style=style), *counts)
        yield shown
    if comparison.changed:
        shown = _table("document", "A", "B", "B - A")
        for pair in comparison.changed[:_MOST_CHANGED]:
            shown.add_row(Text(printable(pair.case)), f"{pair.before:.3f}", f"{pair.after:.3f}", f"{pair.difference:+.3f}")
        yield shown
        if (more := len(comparison.changed) - _MOST_CHANGED) > 0:
            yield Text(f"and {more} more documents that changed", style="dim")


def verdict_table(verdict: Verdict) -> Table:
    """A row for each rule of the gate."""
    shown = table("rule", "", "")
    for check in verdict.checks:
        state = Text("holds", style="green") if check.passed else Text("broken", style="bold red")
        shown.add_row(Text(printable(check.name)), state, Text(printable(check.message)))
    return shown


def quote_table(quotes: Sequence[tuple[Plan, RunQuote]]) -> Table:
    """A row for each run that would be made."""
    shown = _table("run", "done", "from the cache", "cannot be read", "to ask", "tokens", "cost without repairs")
    for plan, quote in quotes:
        low, high = quote.cost_low, quote.cost_high
        cost = "price unknown" if low is None or high is None else f"${low:.4f} to ${high:.4f}"
        counts = (quote.done, quote.answered, quote.failing, quote.asked, quote.input_tokens)
        shown.add_row(Text(printable(plan.head.name)), *(f"{count:,}" for count in counts), cost)
    return shown


def _row(measures: Measures) -> list[str]:
    tokens = measures.tokens
    latency = measures.latency
    cost = "unknown" if measures.cost is None else f"${measures.cost:.6f}"
    return [
        f"{measures.run.head.cases:,}" + (f" x {measures.run.head.repeats}" if measures.run.head.repeats > 1 else ""),
        f"{measures.headline:.3f}",
        _interval(measures.interval),
        _share(measures.valid),
        _share(measures.invented),
        _share(measures.evidence),
        cost,
        f"{tokens[0]:,.0f} + {tokens[1]:,.0f}",
        "–" if latency is None else f"{latency.median:.3f}",
        printable(", ".join(f"{count} {code}" for code, count in sorted(measures.faults.items()))) or "none",
    ]


def _fields(measures: Measures) -> Table:
    from extract.evals.scoring import Outcome

    shown = _table(
        f"fields of {printable(measures.run.name)}", "right in", "F1", *(outcome.value.replace("_", " ") for outcome in Outcome)
    )
    for field in measures.fields:
        counts = (f"{field.outcomes.get(outcome, 0):,}" for outcome in Outcome)
        score = "–" if field.f1 is None else f"{field.f1:.3f}"
        shown.add_row(
            Text(printable(field.name), style="" if field.counts else "dim"), f"{field.right.share:.1%}", score, *counts
        )
    return shown


def _table(name: str, *figures: str) -> Table:
    """A table with figures on the right."""
    shown = table()
    shown.add_column(Text(name), overflow="fold")
    for figure in figures:
        shown.add_column(Text(figure), justify="right", overflow="fold")
    return shown


def _share(rate: Rate) -> str:
    """A share with its interval, in per cent: "98.0 % (89–100)"."""
    if not rate.of:
        return "–"
    low, high = rate.interval
    return f"{100 * rate.share:.1f} % ({100 * low:.0f}–{100 * high:.0f})"


def _interval(interval: Interval | None, *, signed: bool = False) -> str:
    if interval is None:
        return "–"
    sign = "+" if signed else ""
    return f"{interval.low:{sign}.3f} to {interval.high:{sign}.3f}"


def _resampled(comparison: Comparison) -> str:
    return "" if comparison.bootstrap is None else f", by resampling {_interval(comparison.bootstrap, signed=True)}"

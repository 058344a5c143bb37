"""What changed from the baseline to each other run, and what may be said of it."""

from __future__ import annotations

from collections.abc import Iterator

from extract.evals.comparison import Comparison, written_p
from extract.evals.report.bars import difference_bar
from extract.evals.report.figures import difference_ends
from extract.evals.report.study import Study
from extract.evals.report.tables import small, table_of
from extract.review.markup import Markup, classes, joined, tag

_COLUMNS = ("run", "B − A", "95 %", "p", "better / equal / worse", "fields that changed")


def changes(study: Study) -> Markup:
    """A sentence for each run but the baseline, and below them the figures."""
    compared = [(study.labels[at], found) for at, found in enumerate(study.comparisons) if found is not None]
    if not compared:
        return tag("p", "There is one run, so that there is nothing to compare it with.", class_="hint")
    names = tag("p", "A is ", tag("b", study.labels[study.baseline], dir="auto"), ", B is the run that is named.", class_="hint")
    said = tag("dl", joined(_said(label, found) for label, found in compared), class_="verdicts")
    reach = max(_reach(found) for _, found in compared)
    rows = joined(_figures(label, found, reach) for label, found in compared)
    return joined([names, said, table_of(_COLUMNS, rows, label="Differences from the baseline")])


def _said(label: str, comparison: Comparison) -> Markup:
    """The verdict, and what else there is to say."""
    test = comparison.test
    better = ("better" if test.difference > 0 else "worse") if test.differs else None
    verdict = tag("span", comparison.verdict, class_=classes("verdict", better))
    return tag("div", tag("dt", label, dir="auto"), tag("dd", verdict, *map(small, _beside(comparison))))


def _beside(comparison: Comparison) -> Iterator[str]:
    """How small a difference would be seen, and what failures hide."""
    if comparison.smallest is not None:
        yield f"These documents show a difference of {comparison.smallest:.3f} in 80 % of cases, and smaller ones less often."
    if (both := comparison.read_by_both) is not None:
        records = comparison.records
        yield f"A record more in {records.gained:,}, none any more in {records.lost:,} ({written_p(records.p)})."
        yield f"Of the {both.documents:,} documents that both read: {both.difference:+.3f}, {written_p(both.p)}."


def _figures(label: str, comparison: Comparison, reach: float) -> Markup:
    test = comparison.test
    changed = sum(change.differs for change in comparison.fields)
    return tag(
        "tr",
        tag("th", label, scope="row", dir="auto"),
        tag("td", tag("b", f"{test.difference:+.3f}"), difference_bar(test.difference, test.interval, reach=reach)),
        tag("td", difference_ends(test.interval)),
        tag(
            "td",
            written_p(test.p).removeprefix("p = ").removeprefix("p "),
            small("all sign flips" if test.exact else "10,000 sign flips"),
        ),
        tag("td", f"{comparison.wins:,} / {comparison.ties:,} / {comparison.losses:,}"),
        tag("td", f"{changed:,} of {len(comparison.fields):,}", small("after Holm")),
    )


def _reach(comparison: Comparison) -> float:
    """How far from zero the drawing of a difference goes."""
    test = comparison.test
    return max(0.01, abs(test.difference), *map(abs, test.interval or (0.0,)))

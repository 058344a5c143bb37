"""The runs as a table: what each came to, with intervals."""

from __future__ import annotations

from collections.abc import Iterator

from extract.evals.measures import Measures, Rate
from extract.evals.report.bars import score_bar
from extract.evals.report.figures import counted, dollars, percent, score_ends
from extract.evals.report.study import Study
from extract.evals.report.tables import small, table_of
from extract.evals.runs import Head
from extract.report import shorten
from extract.review.markup import Markup, joined, tag

_COLUMNS = {
    "run": "",
    "documents": "how many, and how often each was done",
    "F1": "the mean over documents, with its 95 % interval",
    "records": "documents of which there is a valid record, with Wilson's 95 % interval",
    "invented": "of what gold says is absent, how much was filled in all the same",
    "abstained": "of what gold says is absent, how much was left null, as it should be",
    "evidence": "of the values that say where they stand, how many are stated there",
    "cost": "US dollars a document, if nothing came from the cache",
    "tokens": "a document: sent + answered",
    "seconds": "a document: median / 95th percentile, of those that were asked this time",
    "cached": "answers that came from the cache this time",
    "faults": "why there is no record or no score",
}
_MOST_FAULTS = 6  # codes that are listed
_CODE = 40  # characters of a code
_DETAIL = 200  # characters of a setting
_HASH = 12  # of its digits


def matrix(study: Study) -> Markup:
    """A row for each run, and what the columns say; the baseline is marked."""
    rows = joined(_row(study, at, measures) for at, measures in enumerate(study.measures))
    told = joined(tag("div", tag("dt", name), tag("dd", what)) for name, what in _COLUMNS.items() if what)
    legend = tag("details", tag("summary", "What the columns say"), tag("dl", told), class_="hint columns")
    return joined([table_of(_COLUMNS, rows, label="Runs"), legend])


def _row(study: Study, at: int, measures: Measures) -> Markup:
    mark = tag("span", "baseline", class_="badge") if at == study.baseline and len(study.runs) > 1 else None
    name = tag("th", tag("span", study.labels[at], dir="auto"), " ", mark, _made_with(measures.run.head), scope="row")
    return tag("tr", name, *(tag("td", *cell) for cell in _cells(measures)))


def _cells(measures: Measures) -> Iterator[list[Markup | str]]:
    repeats, documents = measures.run.head.repeats, len(measures.run.by_case)
    yield [f"{documents:,}", f" × {repeats}" if repeats > 1 else ""]
    bar = score_bar(measures.headline, measures.interval)
    yield [tag("b", f"{measures.headline:.3f}"), bar, small(score_ends(measures.interval))]
    yield _rate(measures.valid)
    yield _rate(measures.invented)
    yield _rate(measures.abstained)
    yield _rate(measures.evidence)
    yield [dollars(measures.cost)]
    yield [f"{measures.tokens[0]:,.0f} + {measures.tokens[1]:,.0f}"]
    yield _seconds(measures)
    yield [f"{measures.hits:,}"]
    yield [_faults(measures)]


def _rate(rate: Rate) -> list[Markup | str]:
    """A share with its interval, and of how many."""
    if not rate.of:
        return ["–", small("of none")]
    interval = rate.interval
    return [percent(rate), small(f"{100 * interval.low:.1f}–{interval.high:.1%}"), small(f"of {rate.of:,}")]


def _seconds(measures: Measures) -> list[Markup | str]:
    if (latency := measures.latency) is None:
        return ["–", small("all from the cache" if measures.hits else "not measured")]
    return [f"{latency.median:.3f} / {latency.slow:.3f}", small(f"of {counted(latency.of, 'document')}")]


def _faults(measures: Measures) -> str:
    found = measures.faults.most_common()
    told = [f"{count:,} {shorten(code, _CODE)}" for code, count in found[:_MOST_FAULTS]]
    if len(found) > _MOST_FAULTS:
        told.append(f"{sum(count for _, count in found[_MOST_FAULTS:]):,} others")
    return ", ".join(told) or "none"


def _made_with(head: Head) -> Markup:
    """All that decides what a run answers, closed."""
    said = joined(tag("div", tag("dt", term), tag("dd", shorten(what, _DETAIL))) for term, what in _made(head) if what)
    return tag("details", tag("summary", "made with"), tag("dl", said), class_="made")


def _made(head: Head) -> Iterator[tuple[str, str]]:
    yield "engine", head.engine
    yield "model", head.model or ""
    yield "endpoint", head.endpoint or ""
    yield "prompt", f"{head.prompt} {(head.prompt_hash or '')[:_HASH]}".strip() if head.prompt else ""
    yield "settings", ", ".join(f"{name}={value}" for name, value in head.settings.items())
    yield "schema", f"{head.schema_name} {head.schema_hash[:_HASH]}"
    yield "code", f"{head.version} {head.code_hash[:_HASH]}"

"""The report as one page that asks the network for nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from string import Template

from extract.evals.report.changes import changes
from extract.evals.report.differences import DocumentDifferences, differing_documents
from extract.evals.report.documents import document_list
from extract.evals.report.figures import counted
from extract.evals.report.filters import choices_of, filter_controls, shown_counts
from extract.evals.report.heat_map import field_names, heat_map
from extract.evals.report.matrix import matrix
from extract.evals.report.plot import cost_plot
from extract.evals.report.study import Study, study_of
from extract.evals.runs import Run
from extract.evals.suites import Suite
from extract.review.markup import Markup, joined, tag
from extract.review.page import asset, page_with

GENERATOR = '<meta name="generator" content="extract eval report">'
_PACKAGE = "extract.evals.report"
_HASH = 12  # of its digits


def report_page(runs: Sequence[Run], suite: Suite | None, *, baseline: int = 0, max_documents: int = 100) -> str:
    """One self-contained HTML page about runs of the same documents, gold and scorers.

    ``suite`` holds the documents; without it there are no sources. ``baseline`` is the position of the run that the others are
    compared with. The ``max_documents`` worst documents are shown with the cells that are not right. RunError where the runs
    cannot stand beside each other, or the suite holds other documents. All text is escaped.
    """
    study = study_of(runs, suite, baseline=baseline)
    found = differing_documents(study)
    listed = found[: max(max_documents, 0)]
    choices = choices_of(listed, fields=field_names(study), runs=study.labels)
    documents = document_list(study, listed, choices=choices)
    listed = listed[: len(documents)]
    heading = f"{study.name}: {counted(len(study.runs), 'run')}"
    script = asset("panes.js") + asset("report.js", _PACKAGE)
    body = Template(asset("page.html", _PACKAGE)).substitute(
        heading=tag("h1", heading, dir="auto"),
        facts=_facts(study),
        matrix=joined([matrix(study), *_warnings(study)]),
        changes=changes(study),
        fields=heat_map(study, links=choices.fields),
        plot=cost_plot(study),
        notes=joined(tag("p", note, class_="hint") for note in _notes(study, len(found), listed)),
        filters=joined([filter_controls(choices), _shown(listed)]) if documents else Markup(),
        documents=joined(documents),
        script=script,
    )
    style = asset("style.css") + asset("report.css", _PACKAGE)
    return page_with(body, title=f"Report: {heading}", style=style, script=script, generator=GENERATOR)


def _facts(study: Study) -> Markup:
    head = study.runs[0].head
    documents = len(study.runs[0].by_case)
    told = {
        "data set": study.name,
        "documents": f"{documents:,}",
        "schema": head.schema_name,
        "documents and gold": head.dataset_hash[:_HASH],
        "scorers": head.scorer_hash[:_HASH],
    }
    return joined(tag("div", tag("dt", term), tag("dd", said, dir="auto")) for term, said in told.items())


def _warnings(study: Study) -> Iterator[Markup]:
    """What a reader has to know before the figures are believed."""
    if study.gold_changed:
        told = "Gold or scorers have changed since these runs were scored: extract eval rescore brings them up to date."
        yield tag("p", told, class_="issue warning")


def _notes(study: Study, differing: int, listed: Sequence[DocumentDifferences]) -> Iterator[str]:
    """How many documents are shown, which are not, and why."""
    right = len(study.runs[0].by_case) - differing
    if not differing:
        yield "Every cell of every document is right in every run."
    elif right:
        yield f"{counted(right, 'document')} in which every cell is right in every run {'is' if right == 1 else 'are'} left out."
    if left := differing - len(listed):
        order = "the worst are shown" if listed else "none is shown"
        yield f"{counted(left, 'document')} in which something is not right {'is' if left == 1 else 'are'} left out: {order}."
    if listed:
        yield "The worst documents come first, by the mean F1 of the runs."
    if listed and study.suite is None:
        yield "There are no sources: the suite of these runs was not given."


def _shown(listed: Sequence[DocumentDifferences]) -> Markup:
    cells = sum(len(run.cells) + len(run.faults) for document in listed for run in document.runs)
    return shown_counts(len(listed), cells)

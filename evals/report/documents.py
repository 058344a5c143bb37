"""The documents in which something is not right: for each its cells, run by run, beside its source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from extract.errors import SourceError
from extract.evals.report.cells import run_section
from extract.evals.report.differences import DocumentDifferences, RunDifferences
from extract.evals.report.filters import Choices
from extract.evals.report.heat_map import level
from extract.evals.report.study import Study
from extract.report import SourceLines, shorten
from extract.review.markup import Markup, breakable, classes, joined, tag
from extract.review.pieces import cut
from extract.review.record_pane import Places
from extract.review.source_pane import source_pane

MAX_SOURCES = 20_000_000
"""Characters of all source panes together; documents behind it have none."""
MAX_PAGE = 40_000_000
"""Characters of all documents together, without their sources; those behind it are left out."""
_NAME = 200  # characters of the name of a document
_RUN = 24  # characters of the name of a run beside a score
_TAGS = 12  # tags of a document that are shown
_TAG = 40  # characters of one


@dataclass(frozen=True, slots=True)
class _Pane:
    """The source of a document, or why it is not there; ``places`` has the pieces of each cell where it is."""

    markup: Markup
    places: Places | None = None


def document_list(study: Study, documents: Sequence[DocumentDifferences], *, choices: Choices) -> list[Markup]:
    """An element for each document, closed; fewer where the page would become too long to be opened."""
    made: list[Markup] = []
    size = sources = 0
    for number, document in enumerate(documents):
        pane = _source(study, document, number)
        if (sources := sources + len(pane.markup)) > MAX_SOURCES:
            sources -= len(pane.markup)
            pane = _without_source("The source is left out: this page holds as much of sources as a browser can show.")
        markup = _document(document, pane, choices)
        size += len(markup) - len(pane.markup)
        if made and size > MAX_PAGE:
            break
        made.append(markup)
    return made


def _source(study: Study, document: DocumentDifferences, number: int) -> _Pane:
    """The source with what the cells claim of it marked; a cell's number is its place in the document."""
    if study.suite is None:
        return _Pane(Markup())
    case = study.suite.by_name.get(document.case)
    if case is None:
        return _without_source("The suite has no document of this name.")
    try:
        source = case.source
    except SourceError as error:
        return _without_source(f"The source cannot be read: {shorten(str(error), _NAME)}")
    claimed = cut([cell.spans for run in document.runs for cell in run.cells], len(source))
    anchor = f"d{number}-"
    told = f"Source of {shorten(document.case, _NAME)}"
    pane = tag("section", source_pane(source, claimed.pieces, anchor=anchor), class_="source", aria_label=told, tabindex=0)
    return _Pane(pane, Places(claimed, SourceLines(source), anchor))


def _without_source(reason: str) -> _Pane:
    return _Pane(tag("p", reason, class_="hint no-source"))


def _document(document: DocumentDifferences, pane: _Pane, choices: Choices) -> Markup:
    groups, number = [], 0
    for at, run in enumerate(document.runs):
        groups.append(run_section(run, at, first=number, places=pane.places, choices=choices))
        number += len(run.cells)
    record = tag("section", *groups, class_="record", aria_label=f"Differences in {shorten(document.case, _NAME)}")
    numbers = " ".join(str(choices.tags[name]) for name in document.tags if name in choices.tags)
    pair = tag("div", pane.markup, record, class_=classes("pair", None if pane.places else "alone"))
    return tag("details", _summary(document, choices), pair, class_="document", data_tags=numbers)


def _summary(document: DocumentDifferences, choices: Choices) -> Markup:
    name = tag("h3", breakable(shorten(document.case, _NAME)), class_="document-name", dir="auto")
    scores = joined(_score(label, run) for label, run in zip(choices.runs, document.runs, strict=True))
    tags = [tag("span", shorten(each, _TAG), class_="badge") for each in document.tags[:_TAGS]]
    more = tag("span", f"+{len(document.tags) - _TAGS}", class_="badge") if len(document.tags) > _TAGS else None
    tagged = tag("span", joined(tags), more, class_="tags") if tags else None
    return tag("summary", name, tag("span", scores, class_="scores"), tagged)


def _score(label: str, run: RunDifferences) -> Markup:
    """The F1 of a run, and how much is not right."""
    figure = tag("span", f"{run.score:.2f}", class_=f"heat heat-{level(run.score)}")
    wrong = tag("small", run.state)
    return tag("span", tag("span", shorten(label, _RUN), class_="run-name", dir="auto"), " ", figure, " ", wrong, class_="score")

"""What one run got wrong in one document: a row for each cell, as the review page has one for each field."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from extract.evals.report.differences import CellDifference, FaultDifference, RunDifferences
from extract.evals.report.figures import counted
from extract.evals.report.filters import FAILED, Choices
from extract.evals.report.heat_map import breakable_path
from extract.evals.report.values import both_sides, value_of
from extract.evals.report.words import Part
from extract.report import shorten
from extract.review.markup import Markup, tag
from extract.review.record_pane import Places

MAX_LIST = 1_000_000
"""Characters of the cells of one run in one document."""
_PATH = 160  # characters of a path, and of a code
_MISPLACED = 8  # paths that are named


def run_section(run: RunDifferences, at: int, *, first: int, places: Places | None, choices: Choices) -> Markup:
    """The cells of a run under its name; ``first`` is the number of its first cell among those of the document.

    ``places`` are None where there is no source.
    """
    heading = tag("h4", tag("span", choices.runs[at], dir="auto"), " ", tag("small", f"F1 {run.score:.3f}"))
    faults = [_fault(fault, run.repeats) for fault in run.faults]
    cells = _fitting(
        [
            _cell(cell, first + place, places, field=choices.fields.get(cell.field), of=run.repeats)
            for place, cell in enumerate(run.cells)
        ]
    )
    listed = tag("ul", *faults, *cells, class_="fields") if faults or cells else tag("p", "All cells are right.", class_="hint")
    more = run.more + len(run.cells) - len(cells)
    left = tag("p", f"{counted(more, 'cell')} more not right", class_="hint more") if more else None
    return tag("section", heading, listed, left, _misplaced(run), class_="group", data_run=at, aria_label=choices.runs[at])


def _fitting(cells: Sequence[Markup]) -> Sequence[Markup]:
    """The first cells, as many as fit; one always does."""
    size = 0
    for at, cell in enumerate(cells):
        size += len(cell)
        if at and size > MAX_LIST:
            return cells[:at]
    return cells


def _fault(fault: FaultDifference, of: int) -> Markup:
    """A document without a record, or without a score: the fault stands in the place of all that would have been found."""
    code = tag("code", shorten(fault.fault.code, _PATH))
    badges = tag(
        "div", tag("span", _badge(fault.state, "failed"), *_repeated(fault.repeats, of), class_="badges"), class_="marks"
    )
    return tag(
        "li",
        tag("div", code, class_="name"),
        tag("div", value_of([Part(fault.fault.message)]), class_="content"),
        badges,
        class_="fault",
        data_outcome=FAILED,
    )


def _cell(difference: CellDifference, number: int, places: Places | None, *, field: int | None, of: int) -> Markup:
    cell = difference.cell
    path = shorten(difference.name, _PATH)
    name = tag("button", breakable_path(path), type="button", class_="name", aria_pressed="false", aria_label=path)
    badges = tag("span", *_badges(difference, of), class_="badges")
    return tag(
        "li",
        name,
        tag("div", both_sides(cell.expected, cell.found), class_="content"),
        tag("div", badges, places.link(number, None) if places else None, class_="marks"),
        class_="field cell",
        data_field=field,
        data_outcome=cell.outcome.value,
        data_pieces=places.pieces(number) if places else None,
    )


def _badges(difference: CellDifference, of: int) -> Iterator[Markup]:
    yield _badge(difference.cell.outcome.value, difference.cell.outcome.value)
    if difference.critical:
        yield _badge("critical", "critical")
    if not difference.cell.counts:
        yield _badge("not in F1")
    yield from _repeated(difference.repeats, of)


def _repeated(repeats: int, of: int) -> Iterator[Markup]:
    if of > 1:
        yield _badge(f"{repeats} of {of} repeats")


def _badge(told: str, kind: str = "") -> Markup:
    return tag("span", told, class_=f"badge {kind}".strip())


def _misplaced(run: RunDifferences) -> Markup | None:
    """The values whose evidence points at something else."""
    if not run.misplaced:
        return None
    named = ", ".join(shorten(path, _PATH) for path in run.misplaced[:_MISPLACED])
    more = f" and {len(run.misplaced) - _MISPLACED:,} more" if len(run.misplaced) > _MISPLACED else ""
    return tag("p", f"Not stated where the evidence points: {named}{more}", class_="hint misplaced")

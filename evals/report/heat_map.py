"""The fields of all runs as a table of colours with figures: in how many documents all of a field is right."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from functools import partial

from extract.evals.comparison import FieldChange, written_p
from extract.evals.measures import WHOLE, FieldMeasure
from extract.evals.report.figures import counted
from extract.evals.report.study import Study
from extract.evals.report.tables import table_of
from extract.evals.scoring import Outcome
from extract.fields import is_within
from extract.report import shorten
from extract.review.markup import Markup, classes, joined, shown, tag

STEPS = (0.5, 0.75, 0.9, 0.95, 1.0)
"""Shares from which on a lighter colour begins; below the first is the deepest."""
_NAME = 120  # characters of a field


def heat_map(study: Study, *, links: Mapping[str, int]) -> Markup:
    """Fields and runs; ``links`` has the number of each field that the documents can be filtered by.

    Marked are fields outside of the headline, and changes from the baseline that are significant after Holm.
    """
    measured = [{field.name: field for field in measures.fields} for measures in study.measures]
    changes = [{change.name: change for change in found.fields if change.differs} if found else {} for found in study.comparisons]
    rows = []
    for name in field_names(study):
        cells = joined(_cell(each.get(name), own.get(name)) for each, own in zip(measured, changes, strict=True))
        counts = all(each[name].counts for each in measured if name in each)
        rows.append(tag("tr", _head(name, counts=counts, link=links.get(name)), cells))
    shown = tag("label", tag("input", type="checkbox", id="counts"), " Outcome counts in each cell", class_="switch")
    return joined(
        [
            tag("div", shown, _legend(), class_="key"),
            table_of(("field", *study.labels), joined(rows), label="Fields", kind="fields-table"),
            *_notes(study),
        ]
    )


def field_names(study: Study) -> list[str]:
    """The fields of all runs in the order of the schema, one that is scored as a whole behind its parts."""
    names = dict.fromkeys(field.name for measures in study.measures for field in measures.fields)
    scorers = list(study.runs[0].head.scorers)
    return sorted(names, key=partial(_place, scorers))


def _place(scorers: list[str], name: str) -> tuple[int, str]:
    """Where a field stands: an object or a list that was null stands before its parts."""
    own = name.removesuffix(WHOLE)
    places = [at for at, path in enumerate(scorers) if is_within(path, own) or is_within(path, f"{own}.*")]
    if name == own:
        return min(places, default=len(scorers)), name
    parts = [at for at in places if scorers[at] != own]
    return max(parts, default=len(scorers)), f"\U0010ffff{name}"


def breakable_path(path: str) -> Markup:
    """A path that may go on in the next line behind each dot and underscore; read out, it would have blanks there.

    >>> breakable_path("company.name_of")
    'company.<wbr>name_<wbr>of'
    """
    return Markup(tag("wbr").join(map(shown, re.split("(?<=[._])", path))))


def _head(name: str, *, counts: bool, link: int | None) -> Markup:
    named = shorten(name, _NAME)
    told, label = breakable_path(named), named if counts else f"{named}, not in F1"
    where = {"href": "#documents", "title": "the documents where it is wrong", "aria_label": named}
    linked = told if link is None else tag("a", told, data_field=link, **where)
    beside = None if counts else tag("small", "not in F1", class_="beside")
    return tag("th", linked, " ", beside, scope="row", aria_label=label)


def _cell(field: FieldMeasure | None, change: FieldChange | None) -> Markup:
    if field is None or not field.right.of:
        return tag("td", "–", class_="heat none", title="no document of this run has it")
    outcomes = ", ".join(outcome_counts(field.outcomes))
    return tag(
        "td",
        whole_percent(field.right.share),
        _mark(change),
        tag("small", f"of {counted(field.right.of, 'document')}: {outcomes}", class_="outcomes"),
        class_=f"heat heat-{level(field.right.share)}",
        title=f"{field.right.share:.1%} of {counted(field.right.of, 'document')}; cells: {outcomes}",
    )


def whole_percent(share: float) -> str:
    """A share in few figures, where all and none are never said of less.

    >>> whole_percent(1.0), whole_percent(0.999), whole_percent(0.001), whole_percent(0.0)
    ('100%', '99%', '1%', '0%')
    """
    return f"{share:.0%}" if share in {0.0, 1.0} else f"{min(max(round(100 * share), 1), 99)}%"


def level(share: float) -> int:
    """The colour of a share: 0 where all is right, 5 where less than half is.

    >>> level(1.0), level(0.99), level(0.9), level(0.2)
    (0, 1, 2, 5)
    """
    return len(STEPS) - bisect_right(STEPS, share)


def outcome_counts(outcomes: Mapping[Outcome, int]) -> Iterator[str]:
    """How many cells came out how."""
    return (f"{outcomes[outcome]:,} {outcome.value.replace('_', ' ')}" for outcome in Outcome if outcomes.get(outcome))


def _mark(change: FieldChange | None) -> Markup | None:
    """That a field changed, in which direction, and how sure that is."""
    if change is None:
        return None
    better = change.gained > change.lost
    told = f"{'better' if better else 'worse'} than the baseline: right in {change.gained:,} more, wrong in {change.lost:,} more"
    p = f"{written_p(change.adjusted)} after Holm"
    return tag(
        "span",
        tag("span", "▲" if better else "▼", aria_hidden="true"),
        tag("span", f" {told}, {p}", class_="vh"),
        class_=classes("change", "better" if better else "worse"),
        title=f"{told}, {p}",
    )


def _legend() -> Markup:
    """The colours from right to wrong, with what they mean."""
    shares = ["100%", *(f"≥ {step:.0%}" for step in reversed(STEPS[:-1])), f"< {STEPS[0]:.0%}"]
    steps = joined(tag("li", told, class_=f"heat heat-{at}") for at, told in enumerate(shares))
    return tag("ul", steps, class_="legend", aria_label="Colours: documents in which all of a field is right")


def _notes(study: Study) -> Iterator[Markup]:
    if len(study.runs) > 1:
        marks = (
            "▲ and ▼ mark fields that became better or worse than in the baseline, after Holm's correction for so many fields."
        )
        yield tag("p", marks, class_="hint")
    if any(not result.scores for run in study.runs for result in run.results):
        told = "A document that gave no record has no fields: shares and marks leave it out."
        yield tag("p", told, class_="hint")

"""What the documents can be filtered by, and the controls for it; they show themselves where there is a script."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from extract.evals.report.differences import DocumentDifferences
from extract.evals.report.figures import counted
from extract.evals.scoring import RIGHT, Outcome
from extract.report import shorten
from extract.review.markup import Markup, joined, tag

FAILED = "failed"
"""The outcome of a document without a record, or without a score."""
MAX_CHOICES = 300
_CHOICE = 60  # characters of one


@dataclass(frozen=True, slots=True)
class Choices:
    """Each tag and each field with the number that the page has for it, and the names of the runs."""

    tags: Mapping[str, int]
    fields: Mapping[str, int]
    runs: Sequence[str]


def choices_of(documents: Sequence[DocumentDifferences], *, fields: Iterable[str], runs: Sequence[str]) -> Choices:
    """What there is to choose: the tags that most documents have, by name, and the fields in which something is wrong."""
    counts = Counter(tag for document in documents for tag in document.tags)
    tags = sorted(name for name, _ in counts.most_common(MAX_CHOICES))
    wrong = {cell.field for document in documents for run in document.runs for cell in run.cells}
    named = [name for name in fields if name in wrong][:MAX_CHOICES]
    return Choices(_numbered(tags), _numbered(named), runs)


def filter_controls(choices: Choices) -> Markup:
    """A control for each kind of choice, and one that lets go of all."""
    outcomes = [*(outcome.value for outcome in Outcome if outcome not in RIGHT), FAILED]
    name = tag("input", type="search", id="filter-name", autocomplete="off", spellcheck="false", placeholder="part of its name")
    controls = [
        _labelled("name", "Document", name),
        _select("tag", "Tag", [(str(number), told) for told, number in choices.tags.items()]),
        _select("field", "Field", [(str(number), told) for told, number in choices.fields.items()]),
        _select("outcome", "Outcome", [(value, "no record or score" if value == FAILED else value) for value in outcomes]),
        _select("run", "Run", [(str(at), told) for at, told in enumerate(choices.runs)]),
        tag("button", "Show all", type="button", id="filter-reset"),
    ]
    return tag("fieldset", tag("legend", "Documents shown", class_="vh"), *controls, class_="filters", hidden=True)


def shown_counts(documents: int, cells: int) -> Markup:
    """How much is shown, as the script goes on to tell it."""
    told = f"{counted(documents, 'document')}, {counted(cells, 'difference')}"
    return tag("p", told, id="shown", role="status")


def _numbered(names: Iterable[str]) -> dict[str, int]:
    return {name: number for number, name in enumerate(names)}


def _select(name: str, told: str, options: Iterable[tuple[str, str]]) -> Markup:
    chosen = joined(tag("option", shorten(label, _CHOICE), value=value) for value, label in options)
    return _labelled(name, told, tag("select", tag("option", "all", value=""), chosen, id=f"filter-{name}"))


def _labelled(name: str, told: str, control: Markup) -> Markup:
    return tag("div", tag("label", told, for_=f"filter-{name}"), control, class_="control")

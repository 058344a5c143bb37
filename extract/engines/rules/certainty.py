"""Which values of the rules no other engine needs to be asked for.

What is certain was measured on 580 labelled postings: of the kinds of values that are listed here, each was right in at least
97 of 100 of them. A title in a sentence (89), a company that is named in passing (92) and what needs prose to be understood are
better asked for; so is what too few labels tell of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from extract.cleaning.document import CleanDocument, Kind, Segment
from extract.engines.base import DraftValue, FactReference, TextReference

_READ = frozenset(
    {
        "date_posted",
        "education.in_progress_ok",
        "education.level",
        "education.text",
        "employment_types",
        "job_id",
        "language",
        "salary.currency",
        "salary.max",
        "salary.min",
        "salary.unit",
        "start_date",
        "valid_through",
        "workplace_type",
    }
)
"""Fields that typed readers fill, wherever the value stands."""
_FIRST = 3
"""How many lines are the top of a posting."""


def certain_paths(values: Mapping[str, DraftValue], clean: CleanDocument) -> frozenset[str]:
    """The paths of the values that the markup states, that a typed reader read, or that stand where such values stand.

    A list is certain if all of its entries are: half of one is no list.
    """
    certain = {path for path, value in values.items() if _is_certain(path, value.references, clean)}
    lists: dict[str, set[str]] = {}
    for path in values:
        if (name := _list_of(path)) is not None:
            lists.setdefault(name, set()).add(path)
    uncertain = {path for paths in lists.values() if not paths <= certain for path in paths}
    return frozenset(certain - uncertain)


def _is_certain(path: str, references: Sequence[TextReference | FactReference], clean: CleanDocument) -> bool:
    name = _list_of(path) or path
    if name in _READ or (references and all(isinstance(reference, FactReference) for reference in references)):
        return True
    places = [(part, clean.segment(part.segment)) for part in references if isinstance(part, TextReference)]
    return bool(places) and all(segment is not None and _stands_well(name, part, segment) for part, segment in places)


def _stands_well(name: str, part: TextReference, segment: Segment) -> bool:
    """Whether a value stands where values of its kind are as good as always right."""
    top = segment.number < _FIRST
    match name:
        case "title":
            return segment.kind is Kind.HEADING or (segment.kind is Kind.FIELD and top)
        case "company.name":
            return top and part.start == 0 and part.end == len(segment.text)
        case "locations":
            return segment.kind in {Kind.HEADING, Kind.FIELD} or (top and segment.kind is not Kind.ITEM)
        case "contact.email" | "contact.phone":
            return segment.kind is Kind.FIELD
        case _:
            return False


def _list_of(path: str) -> str | None:
    """The list that a path leads into; None where it leads into none."""
    parts = path.split(".")
    at = next((n for n, part in enumerate(parts) if part.isdecimal()), None)
    return None if at is None else ".".join(parts[:at])

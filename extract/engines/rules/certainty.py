"""Which fields no other engine needs to be asked for, because the rules have them, or would have them.

What is certain was measured on 580 labelled postings: of the kinds of values that are listed here and have labels, each was right
in at least 97 of 100 (14 to 147 values of each). The language, the unit of a salary, whether education in progress is enough, its
text, and e-mail addresses and telephone numbers have no labels: they are listed because typed readers fill them. A title in a
sentence (89) and a company that is named in passing (92) are better asked for, and so is what needs prose to be understood.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet

from extract.cleaning.document import CleanDocument, Kind, Segment
from extract.engines.base import DraftValue, FactReference, TextReference
from extract.result import Issue, Severity

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
_NEVER_MISSED = frozenset({"date_posted", "salary.currency", "salary.max", "salary.min", "salary.unit", "valid_through"})
"""Fields of which the rules missed fewer than 4 in 100: 0 of 36 salaries, 0 of 32 days of publication, 3 of 100 closing dates."""
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


def certain_absences(values: Mapping[str, DraftValue], issues: Iterable[Issue]) -> frozenset[str]:
    """The paths that the rules would have filled, if the document stated anything for them.

    Of pay that was found, what is missing is none: a unit may stand where the rules do not look. Nor is what they doubted.
    """
    doubtful = {issue.path for issue in issues if issue.severity is not Severity.INFO}
    if any(path.startswith("salary.") for path in values):
        doubtful |= {path for path in _NEVER_MISSED if path.startswith("salary.")}
    return frozenset(path for path in _NEVER_MISSED if path not in values and not _concerned(path, doubtful))


def _concerned(path: str, doubtful: AbstractSet[str]) -> bool:
    return path in doubtful or path.partition(".")[0] in doubtful or any(other.startswith(f"{path}.") for other in doubtful)


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

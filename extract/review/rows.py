"""What the right side of the page shows, as values: a row for each field, in groups as the record nests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from extract.cleaning.document import Scalar
from extract.result import Evidence, FieldStatus, Issue, Status
from extract.review.stored import Parts, StoredResult, dotted, placed_leaves

_BROKEN = {FieldStatus.UNGROUNDED, FieldStatus.INVALID}
_PLAIN = {Status.QUOTED, Status.FACT}


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A field with all that is known of it; ``value`` is None where it has none, or others below it."""

    parts: Parts
    value: Scalar | None
    state: FieldStatus | None
    evidence: Evidence | None
    issues: tuple[Issue, ...]

    @property
    def path(self) -> str:
        return dotted(self.parts)

    @property
    def name(self) -> str:
        """The last part of the path; positions are counted from 1, as people do."""
        return titled(self.parts[-1:]) or "record"

    @property
    def group(self) -> str:
        """What the rows of one object or list have in common; empty at the top."""
        return titled(self.parts[:-1])

    @property
    def is_absent(self) -> bool:
        """Whether there is nothing to look at."""
        return self.value is None and not self.issues and self.state not in _BROKEN

    @property
    def is_quoted(self) -> bool:
        """Whether the value needs no second look: it stands in the source as it is, or its markup says so."""
        return self.state not in _BROKEN and self.evidence is not None and self.evidence.status in _PLAIN


def titled(parts: Parts) -> str:
    """A path for people.

    >>> titled(("locations", 0, "city"))
    'locations 1 city'
    """
    return " ".join(str(part + 1) if isinstance(part, int) else part for part in parts)


def field_rows(result: StoredResult) -> list[FieldRow]:
    """A row for each leaf of the record, in its order, and one for each other field that something is to be said of."""
    issues: dict[str, list[Issue]] = {}
    for issue in result.issues:
        if issue.path:
            issues.setdefault(issue.path, []).append(issue)
    return [
        FieldRow(parts, value, result.fields.get(path), result.evidence.get(path), tuple(issues.get(path, ())))
        for path, parts, value in _places(result, issues)
    ]


def _places(result: StoredResult, issues: dict[str, list[Issue]]) -> Iterator[tuple[str, Parts, Scalar | None]]:
    """Each path once: leaves in their order, a list or an object before what is in it, and at the end what is nowhere."""
    leaves = {dotted(parts): (parts, value) for parts, value in placed_leaves(result.record)}
    told = [path for path, state in result.fields.items() if state in _BROKEN] + list(issues)
    others = dict.fromkeys(path for path in told if path not in leaves)
    for path, (parts, value) in leaves.items():
        for depth in range(1, len(parts)):
            above = dotted(parts[:depth])
            if above in others:
                del others[above]
                yield above, parts[:depth], None
        yield path, parts, value
    for path in others:
        yield path, tuple(path.split(".")), None


def grouped(rows: list[FieldRow]) -> Iterator[tuple[str, list[FieldRow]]]:
    """Runs of rows that stand below the same object or list."""
    for name, run in groupby(rows, key=lambda row: row.group):
        yield name, list(run)

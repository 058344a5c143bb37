"""In how many documents each field of a schema was found, and what became of it in the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel

from extract.fields import below, leaf_annotations, path_pattern, paths_above
from extract.result import FieldStatus

ORDER = (FieldStatus.INVALID, FieldStatus.UNGROUNDED, FieldStatus.FOUND, FieldStatus.ABSENT, FieldStatus.NOT_ASKED)
"""A document counts once for a field, as the first of these that any of its entries is: what needs a look comes first."""
_RANK = {status: rank for rank, status in enumerate(ORDER)}


@dataclass(frozen=True, slots=True)
class FieldCounts:
    """A field, "*" for the position in a list, and the documents by what became of it there."""

    field: str
    documents: Mapping[FieldStatus, int]


class Coverage:
    """Counts documents by field and status.

    What is said of a list or an object as a whole counts for each field below it of which nothing else is said; of a list of
    plain values it counts as one more entry, because an error about a list is about an entry that it has no longer. A field of
    which nothing is said at all is absent; paths that are none of the schema are left out.
    """

    def __init__(self, schema: type[BaseModel]) -> None:
        self.documents = 0
        self._leaves = tuple(leaf_annotations(schema))
        self._known = frozenset(self._leaves)
        self._below: dict[str, list[str]] = {}
        for leaf in self._leaves:
            for place in (*paths_above(leaf), "") if leaf else ():
                self._below.setdefault(place, []).append(leaf)
        self._counts: Counter[tuple[str, FieldStatus]] = Counter()

    def add(self, fields: Mapping[str, FieldStatus]) -> None:
        """Count a document with a record; ``fields`` as ``Extraction.fields``."""
        self.documents += 1
        own: dict[str, FieldStatus] = {}
        above: dict[str, FieldStatus] = {}
        for path, status in fields.items():
            pattern = path_pattern(path)
            if pattern in self._below:
                _note(above, pattern, status)
                pattern = pattern if pattern in self._known else below(pattern, "*")
            if pattern in self._known:
                _note(own, pattern, status)
        for place in sorted(above, key=len, reverse=True):  # the nearest one counts
            for leaf in self._below[place]:
                own.setdefault(leaf, above[place])
        self._counts.update(own.items())

    def rows(self) -> list[FieldCounts]:
        """The fields in the order of the schema."""
        return [FieldCounts(leaf, self._of(leaf)) for leaf in self._leaves]

    def _of(self, leaf: str) -> dict[FieldStatus, int]:
        counts = {status: self._counts[leaf, status] for status in ORDER}
        counts[FieldStatus.ABSENT] += self.documents - sum(counts.values())
        return counts


def _note(states: dict[str, FieldStatus], place: str, status: FieldStatus) -> None:
    if place not in states or _RANK[status] < _RANK[states[place]]:
        states[place] = status

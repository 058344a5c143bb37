"""The documents that a report lists, and those among them that get a page: what needs a look first, then a sample."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from extract.batch.report.kept import Chosen, Key, spread
from extract.batch.rows import Row
from extract.report import shorten
from extract.result import FieldStatus, RecordStatus, Severity

LISTED = 1_000
"""Documents that the table has; each page is one of theirs, so there are no more of these either."""
_NAME = 120  # characters of what a user calls a document


class Look(IntEnum):
    """Why somebody should look at a document, the best reason first."""

    FAILED = 0  # there is no record, or no value in it
    PARTIAL = 1
    ERRORS = 2  # issues of that severity
    NOTHING = 3


_PAGE_FIRST = {Look.PARTIAL: 0, Look.ERRORS: 0, Look.FAILED: 1, Look.NOTHING: 2}
"""Which documents get a page first: on that of one without values there is less to see."""
_NO_PAGE = 3


@dataclass(frozen=True, slots=True)
class Listed:
    """A document in a line; ``number`` is its place among the rows, ``fault`` the code of what failed, empty with a record."""

    number: int
    path: str
    name: str
    status: RecordStatus
    look: Look
    states: Mapping[FieldStatus, int]
    severities: Mapping[Severity, int]
    fault: str

    @classmethod
    def of(cls, row: Row, number: int) -> Listed:
        """What a list says of a row."""
        severities = {
            severity: count for severity in Severity if (count := sum(issue.severity is severity for issue in row.issues))
        }
        states = list(row.fields.values())
        return cls(
            number=number,
            path=row.path,
            name="" if row.id == row.path else shorten(row.id, _NAME),
            status=row.status,
            look=_look(row.status, severities),
            states={state: states.count(state) for state in FieldStatus},
            severities=severities,
            fault="" if row.error is None else row.error.code,
        )

    @property
    def key(self) -> Key:
        """The smaller it is, the sooner the document gets a page; without a record it never does."""
        return (_NO_PAGE if self.fault else _PAGE_FIRST[self.look], 0, spread(self.path))


class Listing:
    """Chooses among documents as they come; those of a kind have the same chance, and the same ones are chosen each time.

    ``pages`` are as many as get a page.
    """

    def __init__(self, pages: int) -> None:
        self._first: Chosen[Listed] = Chosen(LISTED)
        self._pages: Chosen[Listed] = Chosen(min(pages, LISTED))

    def add(self, document: Listed) -> None:
        self._first.add((document.look, 0, spread(document.path)), document)
        if not document.fault:
            self._pages.add(document.key, document)

    def paged(self) -> list[Listed]:
        """The documents that get a page."""
        return sorted(self._pages, key=_in_list)

    def rows(self) -> list[Listed]:
        """The documents of the table: those with a page, and as many more as there is room for."""
        rows = {document.path: document for document in self._pages}
        for document in self._first:
            if len(rows) == LISTED:
                break
            rows[document.path] = document
        return sorted(rows.values(), key=_in_list)


def _look(status: RecordStatus, severities: Mapping[Severity, int]) -> Look:
    if status is RecordStatus.FAILED:
        return Look.FAILED
    if status is RecordStatus.PARTIAL:
        return Look.PARTIAL
    return Look.ERRORS if Severity.ERROR in severities else Look.NOTHING


def _in_list(document: Listed) -> tuple[Look, str]:
    return document.look, document.path

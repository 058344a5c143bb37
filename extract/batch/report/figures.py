"""What a report has to tell of a batch: counted in one pass over its rows, and as small for a million of them as for ten."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from pydantic import BaseModel

from extract.batch.report.coverage import Coverage
from extract.batch.report.kept import Chosen, Example, Key, Kinds, Tally, spread
from extract.batch.report.listing import Listed, Listing
from extract.batch.rows import Row, read_row
from extract.errors import FormatError
from extract.report import shorten
from extract.result import Issue, Provenance, RecordStatus, Severity, Status, Usage

NO_VALUE = "no value"
"""In the place of a code: there is a record, and nothing in it."""
_EMPTY = "the record has no value"
_ISSUE_EXAMPLES = 3
_FAULT_EXAMPLES = 5
_DEAREST = 10
_CONFIGURATIONS = 20
_SAID = 300  # characters of what is said of a document


@dataclass(frozen=True, slots=True)
class Priced:
    """What a document took."""

    path: str
    usage: Usage


@dataclass(slots=True)
class Spending:
    """What a batch took. ``asked`` documents had an answer from a model or the cache.

    ``priced`` is the money that is known of, in US dollars; of ``unpriced`` documents it is not.
    """

    usage: Usage = field(default_factory=Usage)
    asked: int = 0
    priced: float = 0.0
    unpriced: int = 0
    dearest: Chosen[Priced] = field(default_factory=lambda: Chosen(_DEAREST))

    def add(self, row: Row) -> None:
        used = row.usage
        self.usage += used
        self.priced += used.cost or 0.0
        self.unpriced += used.cost is None
        if used.calls or used.cache_hits:
            self.asked += 1
        if used.calls:
            tokens = used.input_tokens + used.output_tokens
            self.dearest.add((-(used.cost or 0.0), -tokens, spread(row.path)), Priced(row.path, used))


@dataclass(slots=True)
class Figures:
    """Documents by what became of them, what was found and what is wrong.

    ``failed`` documents have no record, or one without any value: these are ``faults`` of the kind NO_VALUE. ``unreadable`` are
    lines that this version cannot read. ``made`` says how the rows of each configuration were made, of which all others are
    counted. ``evidence`` counts values; without any, the rows were written without evidence.
    """

    coverage: Coverage
    listing: Listing
    documents: int = 0
    unreadable: int = 0
    statuses: Counter[RecordStatus] = field(default_factory=Counter)
    configurations: Tally[str] = field(default_factory=lambda: Tally(_CONFIGURATIONS))
    made: dict[str, Provenance] = field(default_factory=dict)
    spending: Spending = field(default_factory=Spending)
    evidence: Counter[Status] = field(default_factory=Counter)
    issues: Kinds[tuple[Severity, str]] = field(default_factory=lambda: Kinds(_ISSUE_EXAMPLES))
    faults: Kinds[str] = field(default_factory=lambda: Kinds(_FAULT_EXAMPLES))

    def add(self, row: Row, number: int) -> None:
        """Count a row; ``number`` is its place among all."""
        self.documents += 1
        self.statuses[row.status] += 1
        if self.configurations.add(row.configuration) and row.provenance is not None:
            self.made.setdefault(row.configuration, row.provenance)
        self.spending.add(row)
        document = Listed.of(row, number)
        self.listing.add(document)
        if row.error is None:
            self.coverage.add(row.fields)
            self.evidence.update(evidence.status for evidence in row.evidence.values())
        self._add_kinds(row, document.key)

    def _add_kinds(self, row: Row, key: Key) -> None:
        if row.error is not None:
            self.faults.add(row.error.code, key, Example(row.path, shorten(row.error.message, _SAID)))
        elif row.status is RecordStatus.FAILED:
            self.faults.add(NO_VALUE, key, Example(row.path, _EMPTY))
        found: dict[tuple[Severity, str], Issue] = {}
        for issue in row.issues:
            found.setdefault((issue.severity, shorten(issue.code, _SAID)), issue)
        for kind, issue in found.items():
            self.issues.add(kind, key, Example(row.path, shorten(_said(issue), _SAID)))


def figures_of(lines: Iterable[bytes], *, schema: type[BaseModel], pages: int = 0) -> Figures:
    """What there is to tell of these rows of a schema; ``pages`` documents are chosen to get a page."""
    figures = Figures(Coverage(schema), Listing(pages))
    for number, line in enumerate(lines):
        try:
            row = read_row(line, f"row {number + 1}")
        except FormatError:
            figures.unreadable += 1
        else:
            figures.add(row, number)
    return figures


def _said(issue: Issue) -> str:
    """The message of an issue, which begins with its field."""
    if not issue.path or issue.message.startswith(issue.path):
        return issue.message
    return f"{issue.path}: {issue.message}"

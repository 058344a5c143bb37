"""The page that lists all documents of a review."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from extract.result import FieldStatus
from extract.review.markup import Markup, breakable, joined, tag
from extract.review.page import filled, issue_counts, status_badge
from extract.review.stored import StoredResult

_COLUMNS = ("document", "status", "found", "ungrounded", "invalid", "issues", "read as", "made by")


@dataclass(frozen=True, slots=True)
class IndexRow:
    """A document of the index, small enough to keep thousands: the name of its page, and the cells beside it."""

    page: str
    document: str
    cells: tuple[Markup, ...]

    @classmethod
    def of(cls, result: StoredResult, page: str) -> IndexRow:
        """What the index says of a result."""
        states, made = result.states, result.provenance
        counts = [_count(states[state]) for state in (FieldStatus.FOUND, FieldStatus.UNGROUNDED, FieldStatus.INVALID)]
        issues = issue_counts(result)
        return cls(
            page,
            made.source,
            (
                tag("td", status_badge(result.status)),
                *counts,
                tag("td", issues or "none", class_=None if issues else "zero"),
                tag("td", made.format),
                tag("td", made.model or made.engine),
            ),
        )


def index_page(rows: Sequence[IndexRow], *, refused: Sequence[str] = (), failed: int = 0) -> str:
    """A table of all documents with links to their pages, and what could not be shown, line by line.

    ``failed`` is how many documents there is no record of.
    """
    head = tag("tr", *(tag("th", column, scope="col") for column in _COLUMNS))
    body = joined(_row(row) for row in rows)
    table = tag("table", tag("thead", head), tag("tbody", body))
    counted = f"{len(rows):,} {'document' if len(rows) == 1 else 'documents'}"
    return filled(
        "index.html",
        title=f"Review: {counted}",
        count=tag(
            "p",
            counted,
            f", {len(refused):,} not shown" if refused else None,
            f", {failed:,} without a record" if failed else None,
        ),
        table=tag("div", table, class_="table", tabindex=0, role="region", aria_label="Documents") if rows else Markup(),
        refused=_refused(refused),
    )


def _row(row: IndexRow) -> Markup:
    name = tag("th", tag("a", breakable(row.document or "unnamed"), href=row.page, dir="auto"), scope="row")
    return tag("tr", name, *row.cells)


def _count(number: int) -> Markup:
    return tag("td", f"{number:,}", class_="number" if number else "number zero")


def _refused(lines: Sequence[str]) -> Markup:
    if not lines:
        return Markup()
    return tag("section", tag("h2", "Not shown"), tag("ul", *(tag("li", line) for line in lines)), class_="refused")

"""The right side of the page: issues of the document, the fields in groups, and what is absent."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from extract.cleaning.document import Scalar, Span
from extract.report import SourceLines, page_numbers, shorten
from extract.result import Evidence, FieldStatus, Issue, Severity, Status
from extract.review.markup import Markup, classes, joined, shown, tag
from extract.review.pieces import Cut
from extract.review.rows import FieldRow, grouped
from extract.review.source_pane import ANCHOR

LONG = 420
"""Characters of a value that are always shown; the rest is a click away."""
_QUOTED = 160  # characters of a quote: enough to find it, and it is marked beside
_WORDS = {FieldStatus.NOT_ASKED: "not asked"}


@dataclass(frozen=True, slots=True)
class Places:
    """Where the fields stand: the pieces of each by its number, and the lines of the source.

    ``anchor`` begins the ids of the pieces.
    """

    cut: Cut
    lines: SourceLines
    anchor: str = ANCHOR

    def pieces(self, number: int) -> str | None:
        """The ranges of a field as the script reads them: "0-2 5"."""
        ranges = self.cut.ranges[number]
        return " ".join(str(first) if first == last else f"{first}-{last}" for first, last in ranges) or None

    def link(self, number: int, evidence: Evidence | None) -> Markup | None:
        """Where a field begins, as a link to its first piece: the page it stands on, or its line and column."""
        if not self.cut.ranges[number]:
            return None
        first = self.cut.ranges[number][0][0]
        at = str(self.lines.at(self.cut.pieces[first].start))
        place = page_numbers(evidence.pages) if evidence is not None and evidence.pages else at
        target = f"#{self.anchor}{first}"
        return tag("a", tag("span", "at ", class_="vh"), place, href=target, class_="where", title=f"line:column {at}")


def document_issues(issues: Iterable[Issue]) -> Markup:
    """Issues of the document as a whole."""
    told = [_issue(issue) for issue in issues if not issue.path]
    if not told:
        return Markup()
    return tag("section", tag("ul", joined(told), class_="issues"), class_="about", aria_label="Issues of the document")


def field_groups(rows: Sequence[FieldRow], places: Places) -> Markup:
    """The rows in groups; a field's number is its place among these rows."""
    groups, number = [], 0
    for name, run in grouped(list(rows)):
        items = joined(_field(row, number + at, places) for at, row in enumerate(run))
        heading = tag("h3", name) if name else None
        groups.append(tag("section", heading, tag("ul", items, class_="fields"), class_="group", aria_label=name or "record"))
        number += len(run)
    return joined(groups)


def absent_fields(rows: Sequence[FieldRow]) -> Markup:
    """The fields that have no value and no issue, closed."""
    if not rows:
        return Markup()
    names = joined(tag("li", row.path or "record", _not_asked(row)) for row in rows)
    summary = tag("summary", f"{len(rows)} {'field' if len(rows) == 1 else 'fields'} without a value")
    return tag("details", summary, tag("ul", names), class_="absent")


def _not_asked(row: FieldRow) -> Markup | None:
    return tag("small", " not asked") if row.state is FieldStatus.NOT_ASKED else None


def spans_of(rows: Iterable[FieldRow]) -> list[tuple[Span, ...]]:
    """What each field claims of the source."""
    return [row.evidence.spans if row.evidence is not None else () for row in rows]


def _field(row: FieldRow, number: int, places: Places) -> Markup:
    group = tag("span", f"{row.group} ", class_="vh") if row.group else None
    name = tag("button", group, row.name, type="button", class_="name", aria_pressed="false", title=row.path)
    content = tag("div", _value(row), _quote(row), _issues(row.issues), class_="content")
    marks = tag("div", tag("span", *_badges(row), class_="badges"), places.link(number, row.evidence), class_="marks")
    return tag(
        "li",
        name,
        content,
        marks,
        class_=classes("field", "with-issue" if row.issues else None, None if row.is_quoted else "not-quoted"),
        data_path=row.path,
        data_pieces=places.pieces(number),
    )


def _badges(row: FieldRow) -> list[Markup]:
    """How the value stands to the source, and what became of the field where that says more."""
    words = [row.evidence.status.value] if row.evidence is not None and row.evidence.status is not Status.ABSENT else []
    if row.state is not None and (not words or row.state is not FieldStatus.FOUND):
        words.append(_WORDS.get(row.state, row.state.value))
    return [tag("span", word, class_=f"badge {word.replace(' ', '-')}") for word in words]


def _value(row: FieldRow) -> Markup:
    if row.value is None:
        return tag("div", "no value", class_="value none")
    text = written(row.value)
    if len(text) <= LONG:
        return tag("div", text, class_="value", dir="auto")
    return folded_value(shown(text[:LONG].rsplit(" ", 1)[0]), shown(text), more=f"all {len(text):,} characters")


def folded_value(start: Markup, whole: Markup, *, more: str) -> Markup:
    """A long value: how it starts, and the whole of it a click away, which ``more`` is the word for."""
    summary = tag(
        "summary",
        tag("span", start, "…", class_="start", dir="auto"),
        tag("span", more, class_="more"),
        tag("span", "less", class_="less"),
    )
    return tag("details", summary, tag("div", whole, dir="auto"), class_="value long")


def written(value: Scalar) -> str:
    """A value as it is read: texts as they are, all else as JSON has it.

    >>> written("Zug"), written(True), written(12.5)
    ('Zug', 'true', '12.5')
    """
    return value if isinstance(value, str) else json.dumps(value)


def _quote(row: FieldRow) -> Markup | None:
    """The words of the source, where the value is not the same."""
    if row.evidence is None or row.value is None or row.evidence.status is Status.QUOTED:
        return None
    quote = row.evidence.quote
    if not quote or quote == " ".join(written(row.value).split()):
        return None
    label = tag("span", "in the source: ", class_="vh")
    return tag("div", label, tag("q", shorten(quote, _QUOTED), dir="auto"), class_="quote")


def _issues(issues: Sequence[Issue]) -> Markup | None:
    return tag("ul", joined(map(_issue, issues)), class_="issues") if issues else None


def _issue(issue: Issue) -> Markup:
    """An issue; the script moves the focus to it, the Tab key does not."""
    told = issue.message.removeprefix(f"{issue.path}: ") if issue.path else issue.message
    severity = tag("strong", issue.severity.value)
    return tag("li", severity, " ", shown(told), " ", tag("code", issue.code), class_=f"issue {issue.severity}", tabindex=-1)


def severity_words(count: int, severity: Severity) -> str:
    """A number of issues in words.

    >>> severity_words(1, Severity.ERROR), severity_words(2, Severity.INFO)
    ('1 error', '2 infos')
    """
    return f"{count} {severity}{'' if count == 1 else 's'}"

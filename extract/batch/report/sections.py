"""The sections of a report: what became of fields, how values are proved, what is wrong, what it cost, and the documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from extract.batch.report.coverage import FieldCounts
from extract.batch.report.drawings import Parts, hint, key_of, number, small, stacked_bar, swatch, table_of, told
from extract.batch.report.figures import Figures, Priced, Spending
from extract.batch.report.kept import Example, Kind
from extract.batch.report.listing import Listed
from extract.batch.report.words import counted, document_name, dollars, duration, money, share, tokens
from extract.report import shorten
from extract.result import FieldStatus, Severity, Status
from extract.review.markup import Markup, breakable, joined, tag
from extract.review.page import status_badge
from extract.review.record_pane import severity_words

Links = Mapping[str, str]
"""The pages of documents by their paths."""
_NAME = 200  # characters of the name of a field
_FIELDS = 1_000  # fields that are shown
_SHOWN = (FieldStatus.FOUND, FieldStatus.UNGROUNDED, FieldStatus.INVALID, FieldStatus.ABSENT, FieldStatus.NOT_ASKED)
_COUNTED = _SHOWN[:3]
"""Statuses that a document in the list has counts of: there is, or was, a value."""
_WAYS = {
    Status.QUOTED: "stands in the document as it is",
    Status.NORMALISED: "is what a parser reads from the words of the document",
    Status.REPAIRED: "stands there but for spacing or the errors of a scan",
    Status.FACT: "is stated by the markup",
    Status.INFERRED: "was concluded; nothing in the document says the same",
}
_COVERAGE = (
    "A document counts once for each field: as the first of invalid, ungrounded, found, absent and not asked that any of its "
    "entries is. What became of a whole list or object counts for the fields below it of which nothing else is known."
)


def fields(figures: Figures) -> Markup:
    """What became of each field, in the order of the schema."""
    rows = figures.coverage.rows()
    if not figures.coverage.documents or not rows:
        return Markup()
    told_first = f"In the {counted(figures.coverage.documents, 'document')} with a record. {_COVERAGE}"
    cut = hint(f"The first {_FIELDS:,} of {len(rows):,} fields are shown.") if len(rows) > _FIELDS else Markup()
    columns = ("field", "documents", *map(_word, _SHOWN))
    table = table_of(columns, map(_field, rows[:_FIELDS]), label="Fields", kind="fields-table")
    return joined([hint(told_first), key_of(map(_word, _SHOWN)), cut, table])


def evidence(figures: Figures) -> Markup:
    """How values stand to their documents; nothing where rows do not say it."""
    if not figures.evidence:
        return Markup()
    parts = [(way.value, figures.evidence[way]) for way in _WAYS]
    whole = sum(count for _, count in parts)
    rows = (
        tag(
            "tr",
            tag("th", swatch(way.value), way.value, scope="row"),
            tag("td", said),
            number(count),
            tag("td", share(count, whole), class_="number"),
        )
        for (way, said), (_, count) in zip(_WAYS.items(), parts, strict=True)
    )
    table = table_of(("evidence", "the value", "values", "share"), rows, label="Evidence", kind="narrow")
    return joined([hint(f"{counted(whole, 'value')} in all records."), stacked_bar(parts), table])


def issues(figures: Figures, links: Links) -> Markup:
    """What was wrong or doubtful, the worst first."""
    kinds = figures.issues
    order = list(Severity)
    ranked = sorted(kinds.tally.counts.items(), key=lambda item: (order.index(item[0][0]), -item[1], item[0][1]))
    if not ranked:
        return Markup()
    rows = (
        tag(
            "tr",
            tag("th", tag("code", code), " ", _severity(severity), scope="row"),
            number(count, " ", small(share(count, figures.documents))),
            tag("td", _examples(kinds.known[severity, code], links)),
        )
        for (severity, code), count in ranked
    )
    return joined([table_of(("issue", "documents", "for example"), rows, label="Issues"), _others(kinds.tally.others, "issues")])


def failures(figures: Figures, links: Links) -> Markup:
    """Why documents have no record, or nothing in it, by code."""
    kinds = figures.faults
    ranked = sorted(kinds.tally.counts.items(), key=lambda item: (-item[1], item[0]))
    if not ranked:
        return Markup()
    rows = (
        tag(
            "tr",
            tag("th", tag("code", code), scope="row"),
            number(count, " ", small(share(count, figures.documents))),
            tag("td", kinds.known[code].cause, class_="said", dir="auto"),
            tag("td", tag("ul", joined(tag("li", _link(each.path, links)) for each in kinds.known[code].examples))),
        )
        for code, count in ranked
    )
    columns = ("failure", "documents", "what the first one said", "documents such as")
    return joined([table_of(columns, rows, label="Failures"), _others(kinds.tally.others, "failures")])


def costs(figures: Figures, links: Links) -> Markup:
    """What asking models took, and which documents took most of it; nothing where none was asked."""
    spent = figures.spending
    if not spent.asked:
        return Markup()
    facts = tag("dl", told(_spent(spent, figures.documents)), class_="facts")
    if not len(spent.dearest):
        return facts
    rows = (_dear(each, links) for each in spent.dearest)
    columns = ("dearest documents", "cost", "calls", "tokens in", "tokens out", "time")
    return joined([facts, table_of(columns, rows, label="Dearest documents")])


def documents(figures: Figures, links: Links) -> Markup:
    """The documents that need a look, and others as far as there is room."""
    listed = figures.listing.rows()
    if not listed:
        return Markup()
    columns = ("document", "status", *map(_word, _COUNTED), "issues")
    table = table_of(columns, (_document(each, links) for each in listed), label="Documents")
    return joined([*(hint(line) for line in _about_documents(figures, listed, links)), table])


def _field(row: FieldCounts) -> Markup:
    whole = sum(row.documents.values())
    parts: Parts = [(_word(status), row.documents[status]) for status in _SHOWN]
    found, *others = (row.documents[status] for status in _SHOWN)
    cells = (number(found, " ", small(share(found, whole))), *map(number, others))
    return tag("tr", _heading(row.field or "record"), tag("td", stacked_bar(parts), class_="drawn"), *cells)


def _word(status: FieldStatus) -> str:
    return status.value.replace("_", " ")


def _heading(text: str) -> Markup:
    """The name of a field, which may go on in the next line after each dot."""
    return tag("th", Markup(tag("wbr").join(tag("span", part) for part in _parts(text))), scope="row", dir="auto")


def _parts(text: str) -> list[str]:
    *heads, last = shorten(text, _NAME).split(".")
    return [*(f"{head}." for head in heads), last]


def _severity(severity: Severity) -> Markup:
    return tag("span", severity.value, class_=f"badge {severity}")


def _examples(kind: Kind, links: Links) -> Markup:
    return tag("ul", joined(tag("li", _example(each, links)) for each in kind.examples))


def _example(example: Example, links: Links) -> Markup:
    said = tag("small", example.said, class_="said", dir="auto")
    return joined([_link(example.path, links), Markup(" "), said])


def _link(path: str, links: Links) -> Markup:
    """The name of a document, which leads to its page where there is one."""
    name = breakable(document_name(path))
    page = links.get(path)
    return tag("span", name, dir="auto") if page is None else tag("a", name, href=page, dir="auto")


def _others(count: int, what: str) -> Markup:
    return hint(f"{count:,} {what} of further kinds are left out.") if count else Markup()


def _spent(spent: Spending, documents: int) -> Iterator[tuple[str, str]]:
    used = spent.usage
    yield "documents asked about", f"{spent.asked:,}"
    yield "calls", f"{used.calls:,}"
    yield "from the cache", counted(used.cache_hits, "answer")
    yield "tokens", tokens(used).removesuffix(" tokens")
    unknown = f"price unknown for {counted(spent.unpriced, 'document')}" if spent.unpriced else ""
    known = dollars(spent.priced) if spent.priced or not unknown else ""
    yield "cost", ", ".join(filter(None, (known, unknown)))
    if not unknown:
        yield "mean cost of a document", dollars(spent.priced / documents)


def _dear(document: Priced, links: Links) -> Markup:
    used = document.usage
    cells = (number(count) for count in (used.calls, used.input_tokens, used.output_tokens))
    cost, time = tag("td", money(used), class_="number"), tag("td", duration(used.seconds), class_="number")
    return tag("tr", tag("th", _link(document.path, links), scope="row"), cost, *cells, time)


def _document(document: Listed, links: Links) -> Markup:
    called = tag("small", document.name, dir="auto") if document.name else None
    name = tag("th", _link(document.path, links), " ", called, scope="row")
    counts = (number(document.states[state]) for state in _COUNTED)
    issues = ", ".join(severity_words(count, severity) for severity, count in document.severities.items())
    code = tag("code", document.fault) if document.fault else None
    wrong = tag("td", code, " ", issues) if code or issues else tag("td", "none", class_="zero")
    return tag("tr", name, tag("td", status_badge(document.status)), *counts, wrong)


def _about_documents(figures: Figures, listed: list[Listed], links: Links) -> Iterable[str]:
    """How many are listed, and how many of them have a page."""
    if len(listed) < figures.documents:
        yield f"{len(listed):,} of {figures.documents:,} are listed, first those that need a look: failed, partial, with errors."
    chosen = len(figures.listing.paged())
    if links:
        yield f"{counted(len(links), 'document')} {'has' if len(links) == 1 else 'have'} a review page, to which the name leads."
    if gone := chosen - len(links):
        told_of = f"{counted(gone, 'document')} would have one, but {'its' if gone == 1 else 'their'} content"
        yield f"{told_of} is gone, has changed or cannot be read."

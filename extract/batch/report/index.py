"""The page about a batch, from its figures."""

from __future__ import annotations

from collections.abc import Iterator
from string import Template

from extract.batch.report import sections
from extract.batch.report.drawings import hint, legend, number, stacked_bar, table_of, told
from extract.batch.report.figures import Figures
from extract.batch.report.sections import Links
from extract.batch.report.words import counted, dollars, duration, tokens
from extract.report import shorten
from extract.result import Provenance, RecordStatus
from extract.review.markup import Markup, joined, tag
from extract.review.page import asset, page_with

_PACKAGE = "extract.batch.report"
_HASH = 12  # of its digits
_NAME = 120  # characters of the name of a model or a prompt


def index_page(figures: Figures, links: Links) -> str:
    """One self-contained page; ``links`` are the review pages beside it, by the paths of their documents.

    It asks the network for nothing, runs no script, and all text is escaped.
    """
    heading = counted(figures.documents, "document")
    shown = [(title, content) for title, content in _sections(figures, links) if content]
    counts = [(status.value, figures.statuses[status]) for status in RecordStatus]
    body = Template(asset("index.html", _PACKAGE)).substitute(
        heading=tag("h1", f"Batch: {heading}"),
        links=joined(tag("a", title, href=f"#{title.lower()}") for title, _ in shown),
        bar=stacked_bar(counts) if figures.documents else Markup(),
        counts=legend(counts) if figures.documents else Markup(),
        facts=told(_facts(figures)),
        notes=_notes(figures),
        sections=joined(_section(title, content) for title, content in shown),
    )
    style = asset("style.css") + asset("report.css", _PACKAGE)
    return page_with(body, title=f"Batch: {heading}", style=style, script="")


def _sections(figures: Figures, links: Links) -> Iterator[tuple[str, Markup]]:
    yield "Configurations", _configurations(figures)
    yield "Fields", sections.fields(figures)
    yield "Evidence", sections.evidence(figures)
    yield "Issues", sections.issues(figures, links)
    yield "Failures", sections.failures(figures, links)
    yield "Costs", sections.costs(figures, links)
    yield "Documents", sections.documents(figures, links)


def _section(title: str, content: Markup) -> Markup:
    name = title.lower()
    return tag("section", tag("h2", title, id=name), content, aria_labelledby=name)


def _facts(figures: Figures) -> Iterator[tuple[str, str]]:
    """How the rows were made, where all were made the same way, and what making them took."""
    if not _differ(figures):
        yield from (pair for made in figures.made.values() for pair in _made(made).items())
    spent, used, documents = figures.spending, figures.spending.usage, figures.documents
    if not documents:
        return
    mean = [f"{duration(used.seconds / documents)} of work"]
    if spent.asked:
        yield "calls", f"{used.calls:,}"
        yield "tokens", tokens(used).removesuffix(" tokens")
        yield "cost", "price unknown" if spent.unpriced else dollars(spent.priced)
        yield "from the cache", counted(used.cache_hits, "answer")
        each = used.input_tokens / documents, used.output_tokens / documents
        mean = [f"{used.calls / documents:.2f} calls", f"{each[0]:,.0f} + {each[1]:,.0f} tokens", *mean]
        if not spent.unpriced:
            mean.insert(2, dollars(spent.priced / documents))
    yield "work", duration(used.seconds)
    yield "a document", ", ".join(mean)


def _made(made: Provenance) -> dict[str, str]:
    prompt = made.prompt and " ".join(filter(None, (made.prompt, (made.prompt_hash or "")[:_HASH])))
    return {
        "engine": shorten(made.engine, _NAME),
        "model": shorten(made.model or "", _NAME),
        "prompt": shorten(prompt or "", _NAME),
        "schema": shorten(f"{made.task} {made.schema_hash[:_HASH]}", _NAME),
        "version": shorten(made.version, _NAME),
    }


def _differ(figures: Figures) -> bool:
    return len(figures.configurations.counts) + figures.configurations.others > 1


def _configurations(figures: Figures) -> Markup:
    """How many rows were made in which way, where there are several."""
    if not _differ(figures):
        return Markup()
    known = figures.configurations
    rows = [_configuration(name, count, figures.made.get(name)) for name, count in known.counts.most_common()]
    if known.others:
        rows.append(tag("tr", tag("th", "others", scope="row"), number(known.others), *(tag("td", "–") for _ in range(5))))
    columns = ("configuration", "documents", "engine", "model", "prompt", "schema", "version")
    said = "Rows that differ in nothing that stands here were made with other settings, or by other code."
    return joined([hint(said), table_of(columns, rows, label="Configurations")])


def _configuration(name: str, count: int, made: Provenance | None) -> Markup:
    said = list(_made(made).values()) if made is not None else [""] * 5
    cells = (tag("td", each or "–", dir="auto") for each in said)
    return tag("tr", tag("th", tag("code", shorten(name, _NAME)), scope="row"), number(count), *cells)


def _notes(figures: Figures) -> Markup:
    """What a reader has to know before the figures are believed."""
    notes = []
    if _differ(figures):
        notes.append("These rows were not all made the same way: their figures stand for a mixture.")
    if figures.unreadable:
        lines = counted(figures.unreadable, "row")
        notes.append(f"{lines} cannot be read by this version, and {'is' if figures.unreadable == 1 else 'are'} left out.")
    if not figures.documents:
        notes.append("There are no rows.")
    return joined(tag("p", note, class_="issue warning") for note in notes)

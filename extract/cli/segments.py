"""``extract clean``: the numbered segments of a document, and its facts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from extract import report
from extract.cleaning import clean
from extract.cleaning.document import CleanDocument, Segment
from extract.cli import options
from extract.cli.output import errors_of, keep_apart, notice, read_document, rendered, table, wants_json, write
from extract.source import MAX_CHARS, open_source


def show_segments(
    file: options.File = None,
    *,
    output_format: options.OutputFormat = None,
    where: Annotated[bool, typer.Option("--map", help="Show where in the document each segment stands.")] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="Show also what is no part of the posting (menus, forms, hidden text), and why.")
    ] = False,
    input_format: options.InputFormat = None,
    max_chars: options.MaxChars = MAX_CHARS,
    output: options.Output = None,
) -> None:
    """Show the numbered segments of FILE, or of standard input, and the facts that its markup states."""
    name, source = read_document(file, max_chars)
    keep_apart(source, output)
    with errors_of(name):
        opened = open_source(source, max_chars=max_chars, name=name)
        document = clean(opened, format=input_format)
        lines = report.SourceLines(opened.text)
        segments = report.in_source_order(document) if everything else document.segments
        if wants_json(output_format, output):
            written = report.document_json(document, segments, lines if where else None)
        else:
            columns = ("kind", "text", "where") if where else ("kind", "text")
            written = rendered(_listings(document, segments, lines, columns), output)
    left_out = "" if everything or not document.dropped else f", {len(document.dropped)} left out (--all shows them)"
    notice(f"{name}: read as {document.format}, {len(document.segments)} segments{left_out}, {len(document.facts)} facts")
    write(written, output)


def _listings(
    document: CleanDocument, segments: Sequence[Segment], lines: report.SourceLines, columns: Sequence[str]
) -> Iterator[Table]:
    listings = {"segment": report.segment_listing(segments, lines), "fact": report.fact_listing(document, lines)}
    for first, listed in listings.items():
        if listed:
            shown = table(first, *columns)
            for line in listed:
                shown.add_row(*map(Text, line[: 1 + len(columns)]))
            yield shown

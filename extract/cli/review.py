"""``extract review``: a page for each result, and one that lists them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, BinaryIO

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from extract import report
from extract.cli import options
from extract.cli.output import FAILED, errors_of, fail, notice
from extract.errors import ExtractError, UsageError
from extract.review import IndexRow, index_page, review_page
from extract.review.folder import PageNames, write_page
from extract.review.reading import StoredAt, source_of, split_results
from extract.review.stored import StoredFailure
from extract.source import MAX_CHARS

INDEX = "index.html"
REVIEW_EXAMPLES = """[bold]Examples[/bold]

extract run posting.html --format jsonl >> results.jsonl

extract review results.jsonl -o review

extract review first.json second.json -o review --sources documents

cat results.jsonl | extract review - -o review

[bold]Exit codes[/bold]: 0 fine, 1 a result could not be shown, 2 wrong use, 130 Ctrl-C.
"""

Results = Annotated[
    list[str],
    typer.Argument(
        metavar="RESULTS",
        help="Files of results, as run --format json or jsonl and batch write them; - is standard input.",
        show_default=False,
    ),
]
Folder = Annotated[
    Path, typer.Option("--output", "-o", help="The folder for the pages; it is made if need be.", show_default=False)
]
Sources = Annotated[
    Path | None,
    typer.Option("--sources", help="Where the documents are. Default: where the results say.", show_default=False),
]


def review(results: Results, *, output: Folder, sources: Sources = None, max_chars: options.MaxChars = MAX_CHARS) -> None:
    """Write a page for each result in RESULTS, the document beside the record, and an index of them all.

    Exit code 1 where a result could not be shown: a line says which and why, and the others are written.
    """
    with errors_of("review"):
        _check_folders(results, output, sources)
        pages = _Pages(output, sources, max_chars)
        try:
            with _progress(results) as advance:
                for name in results:
                    with _opened(name) as file:
                        for found in split_results(file, "<stdin>" if name == "-" else name):
                            pages.add(found)
                            advance(found.size)
        finally:  # after Ctrl-C too: what was written can be found
            pages.close()
    if not pages.rows and not pages.refused:
        fail(f"{report.printable(', '.join(results))}: {_nothing(pages.failed)}", FAILED)
    notice(f"{len(pages.rows):,} pages in {output}")
    if pages.failed:
        notice(f"rows without a record, and so without a page: {pages.failed:,} (their error says why)")
    if pages.bare:
        notice(f"results without evidence, so that nothing is marked on their pages: {pages.bare:,}")
    typer.echo(report.printable(str(output / INDEX)))
    if pages.refused:
        raise typer.Exit(FAILED)


def _nothing(failed: int) -> str:
    if failed:
        return f"no record in it. Rows that say in their error why there is none: {failed:,}"
    return "no result in it. extract run FILE --format jsonl writes some."


def _check_folders(results: list[str], output: Path, sources: Path | None) -> None:
    """Before anything is read: what cannot be written to or read from at all."""
    if "-" in results and (sys.stdin is None or sys.stdin.isatty()):
        raise UsageError("no results on standard input. Name a file, or send one: extract review - -o DIR < FILE")
    for name in results:
        if name != "-" and (not Path(name).exists() or Path(name).is_dir()):
            reason = "is a folder" if Path(name).is_dir() else "does not exist"
            raise UsageError(f"{name} {reason}: name a file of results, or - for standard input")
    if sources is not None and not sources.is_dir():
        raise UsageError(f"{sources} is no folder: name the one that holds the documents with --sources")
    if output.exists() and not output.is_dir():
        raise UsageError(f"{output} is a file, and pages need a folder: choose another with --output")
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{output}: cannot be made: {error.strerror}. Choose another folder with --output.") from error


@dataclass(slots=True)
class _Pages:
    """The pages that were written so far, and what could not be shown.

    ``failed`` counts rows without a record, ``bare`` results without evidence.
    """

    folder: Path
    sources: Path | None
    max_chars: int
    rows: list[IndexRow] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    names: PageNames = field(default_factory=PageNames)
    failed: int = 0
    bare: int = 0

    def add(self, found: StoredAt) -> None:
        """Writes the page of a result; says so where that cannot be done."""
        try:
            result = found.read()
            if isinstance(result, StoredFailure):
                self.failed += 1
                return
            name = self.names.of(result.provenance.source)
            source = source_of(result, folder=self.sources, max_chars=self.max_chars)
            write_page(self.folder / name, review_page(result, source.text, index=INDEX))
            self.rows.append(IndexRow.of(result, name))
            self.bare += not result.evidence
        except UsageError:
            raise
        except ExtractError as error:
            line = report.printable(f"{found.place}: {error}")
            self.refused.append(line)
            typer.echo(f"extract: {line}", err=True)

    def close(self) -> None:
        """Writes the index, where there is anything to list."""
        if self.rows or self.refused:
            write_page(self.folder / INDEX, index_page(self.rows, refused=self.refused, failed=self.failed))


@contextmanager
def _opened(name: str) -> Iterator[BinaryIO]:
    if name == "-":
        yield sys.stdin.buffer
        return
    try:
        with Path(name).open("rb") as file:
            yield file
    except OSError as error:
        raise UsageError(f"{name}: cannot be read: {error.strerror}. Name a file of results, or - for standard input.") from error


@contextmanager
def _progress(results: list[str]) -> Iterator[_Advance]:
    """A bar on a terminal, as far as the files are read; nothing in a log."""
    shown = sys.stderr is not None and sys.stderr.isatty()
    total = None if "-" in results else sum(Path(name).stat().st_size for name in results if Path(name).is_file())
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), disable=not shown, transient=True) as bar:
        yield _Advance(bar, bar.add_task("pages", total=total))


@dataclass(frozen=True, slots=True)
class _Advance:
    bar: Progress
    task: TaskID

    def __call__(self, size: int) -> None:
        self.bar.advance(self.task, size)

"""The command line: reads the arguments, calls the package, prints what ``extract.report`` made of it. No logic of its own."""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn, TypeVar

import typer
from pydantic import BaseModel
from rich import box
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from extract import Extraction, extract, report
from extract.cleaning import clean
from extract.cleaning.document import CleanDocument, Segment
from extract.errors import ExtractError, UsageError
from extract.pipeline import package_version
from extract.result import Severity, Status
from extract.source import MAX_CHARS, Format, open_source, read_bounded

T = TypeVar("T", bound=BaseModel)
Choice = TypeVar("Choice", bound=StrEnum)

WRONG_USE = 2  # also what typer answers to an unknown option
DOCUMENT_FAILED = 1

_STATUS_STYLES = {
    Status.QUOTED: "green",
    Status.FACT: "green",
    Status.NORMALISED: "cyan",
    Status.REPAIRED: "yellow",
    Status.INFERRED: "magenta",
    Status.ABSENT: "dim",
}
_SEVERITY_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.INFO: "dim"}

_EXAMPLES = """[bold]Examples[/bold]

extract run posting.html

extract run posting.pdf --format json > posting.json

curl -s https://example.org/job | extract run - --format jsonld

extract clean posting.md --map

extract clean page.html --all

[bold]Exit codes[/bold]: 0 fine, 1 the document failed, 2 wrong use, 130 Ctrl-C.
"""

app = typer.Typer(
    add_completion=False,
    epilog=_EXAMPLES,
    help="Turn messy documents into validated records in which every value points at the text that it came from.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


class RecordFormat(StrEnum):
    """How a result is printed."""

    JSON = "json"
    TABLE = "table"
    YAML = "yaml"
    JSONLD = "jsonld"


class SegmentFormat(StrEnum):
    """How a clean document is printed."""

    JSON = "json"
    TABLE = "table"


File = Annotated[
    str | None,
    typer.Argument(help="The document: text, a page, MHTML, PDF or Word; - or nothing: standard input.", show_default=False),
]
InputFormat = Annotated[Format | None, typer.Option(help="What the document is. Default: found out.", show_default=False)]
MaxChars = Annotated[int, typer.Option(min=1, max=2**31 - 1, help="Refuse a document with more characters.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file.", show_default=False)]
_FORMAT_HELP = "Default: table on a terminal, json in a pipe or a file."


def _print_version(*, asked: bool) -> None:
    if asked:
        typer.echo(f"extract-service {package_version()}")
        raise typer.Exit


@app.callback()
def _options(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    """Options that stand before the command."""


@app.command(epilog=_EXAMPLES)
def run(
    file: File = None,
    *,
    output_format: Annotated[RecordFormat | None, typer.Option("--format", "-f", help=_FORMAT_HELP, show_default=False)] = None,
    evidence: Annotated[bool, typer.Option("--evidence", help="More about where values come from, in table and yaml.")] = False,
    input_format: InputFormat = None,
    engine: Annotated[str, typer.Option(help="Who fills the record: rules (offline).")] = "rules",
    schema: Annotated[str, typer.Option(help="What the record is.")] = "job_posting",
    max_chars: MaxChars = MAX_CHARS,
    output: Output = None,
) -> None:
    """Extract a record from FILE, or from standard input."""
    name, source = _read(file, max_chars)
    _keep_apart(source, output)
    with _errors_of(name):
        opened = open_source(source, max_chars=max_chars, name=name)  # once: a file may change, and a pipe is gone
        result = extract(opened, schema=schema, engine=engine, input_format=input_format)
        match output_format or _default(RecordFormat.TABLE, RecordFormat.JSON, output):
            case RecordFormat.JSON:
                written = report.as_json(result)
            case RecordFormat.YAML:
                keys = ("record", "evidence", "issues") if evidence else ("record", "issues")
                written = report.as_yaml(result, keys=keys)
            case RecordFormat.JSONLD:
                written = report.as_jsonld(result.record)
            case RecordFormat.TABLE:
                rows = report.rows(result, lines := report.SourceLines(opened.text))
                paged = bool(opened.layout.pages)
                shown = _evidence_table(rows, lines, paged=paged) if evidence else _record_table(rows, paged=paged)
                written = _rendered([shown, *_remarks(result)], output)
    _notice(f"{name}: engine {result.provenance.engine}, read as {result.provenance.format}, {result.usage.seconds:.3f} s")
    _write(written, output)


@app.command("clean", epilog=_EXAMPLES)
def show_segments(
    file: File = None,
    *,
    output_format: Annotated[SegmentFormat | None, typer.Option("--format", "-f", help=_FORMAT_HELP, show_default=False)] = None,
    where: Annotated[bool, typer.Option("--map", help="Show where in the document each segment stands.")] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="Show also what is no part of the posting (menus, forms, hidden text), and why.")
    ] = False,
    input_format: InputFormat = None,
    max_chars: MaxChars = MAX_CHARS,
    output: Output = None,
) -> None:
    """Show the numbered segments of FILE, or of standard input, and the facts that its markup states."""
    name, source = _read(file, max_chars)
    _keep_apart(source, output)
    with _errors_of(name):
        opened = open_source(source, max_chars=max_chars, name=name)
        document = clean(opened, format=input_format)
        lines = report.SourceLines(opened.text)
        segments = report.in_source_order(document) if everything else document.segments
        if (output_format or _default(SegmentFormat.TABLE, SegmentFormat.JSON, output)) is SegmentFormat.JSON:
            written = report.document_json(document, segments, lines if where else None)
        else:
            columns = ("kind", "text", "where") if where else ("kind", "text")
            written = _rendered(_listings(document, segments, lines, columns), output)
    left_out = "" if everything or not document.dropped else f", {len(document.dropped)} left out (--all shows them)"
    _notice(f"{name}: read as {document.format}, {len(document.segments)} segments{left_out}, {len(document.facts)} facts")
    _write(written, output)


def main() -> None:
    """The console script. What is printed is UTF-8, whatever the locale says: documents are."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    app(prog_name="extract")


def _read(file: str | None, max_chars: int) -> tuple[str, bytes | Path]:
    """The name of the document, and its path, or its content where it can be read only once."""
    if file is None or file == "-":
        if sys.stdin is None or sys.stdin.isatty():
            _fail("no document. Name a FILE, or send one to standard input: extract run - < FILE", WRONG_USE)
        return "<stdin>", read_bounded(sys.stdin.buffer, max_chars)
    if not file:
        _fail("the name of the FILE is empty. Name a file, or - for standard input", WRONG_USE)
    path = Path(file)
    name = file.encode("utf-8", "surrogateescape").decode("utf-8", "replace")  # a file's name need not be text
    if not path.is_fifo():
        return name, path
    with path.open("rb") as pipe:
        return name, read_bounded(pipe, max_chars)


def _keep_apart(source: bytes | Path, output: Path | None) -> None:
    """Ends the process where the result would overwrite the document."""
    if output is not None and isinstance(source, Path) and output.exists() and source.exists() and output.samefile(source):
        _fail(f"{output} is the document itself, which would be lost. Choose another file with --output.", WRONG_USE)


def _default(terminal: Choice, pipe: Choice, output: Path | None) -> Choice:
    return terminal if output is None and _is_terminal() else pipe


def _is_terminal() -> bool:
    """Whether results go to a person; a process may also have no standard output at all."""
    return sys.stdout is not None and sys.stdout.isatty()


@contextmanager
def _errors_of(name: str) -> Iterator[None]:
    """Ends the process with one line about the document, where reading it fails."""
    try:
        yield
    except ExtractError as error:
        message = report.printable(str(error))
        shown = report.printable(name)
        line = message if message.startswith(shown) else f"{shown}: {message}"
        _fail(line, WRONG_USE if isinstance(error, UsageError) else DOCUMENT_FAILED)


def _fail(message: str, code: int) -> NoReturn:
    typer.echo(f"extract: {message}", err=True)
    raise typer.Exit(code)


def _notice(message: str) -> None:
    """For a person who watches; a log that collects stderr holds errors only."""
    if sys.stderr is not None and sys.stderr.isatty():
        typer.echo(f"extract: {message}", err=True)


def _write(text: str, output: Path | None) -> None:
    try:
        if output is None and sys.stdout is None:
            _fail("standard output is closed. Name a file with --output.", WRONG_USE)
        elif output is None:
            sys.stdout.write(text + "\n")
            sys.stdout.flush()
        else:
            output.write_text(text + "\n", encoding="utf-8")
    except BrokenPipeError:
        # The reader has had enough, as `head` does: nothing is wrong. What is left in the buffer has to go somewhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        _fail(f"{output or '<stdout>'}: cannot be written: {error.strerror}. Choose another file with --output.", WRONG_USE)


def _record_table(rows: Iterable[report.Row], *, paged: bool) -> Table:
    """Where a value stands is its page, where the document has pages: it has no lines that a reader could count."""
    table = _table("field", "value", "status", "source", "page" if paged else "line:col")
    for row in rows:
        place = report.page_numbers(row.pages) if paged else str(row.position or "")
        table.add_row(
            Text(row.field), Text(report.shorten(row.value, 120)), _status(row.status), Text(report.shorten(row.quote, 50)), place
        )
    return table


def _evidence_table(rows: Iterable[report.Row], lines: report.SourceLines, *, paged: bool) -> Table:
    """Nothing shortened, and each span with its offsets, the segments that it stands in, and its pages where there are any."""
    table = _table("field", "value", "status", "source", "spans", "segments", *(["page"] if paged else []))
    for row in rows:
        spans = "\n".join(lines.of(span) for span in row.spans)
        places = [spans, ", ".join(map(str, row.segments)), *([report.page_numbers(row.pages)] if paged else [])]
        table.add_row(Text(row.field), Text(row.value), _status(row.status), Text(row.quote), *places)
    return table


def _remarks(result: Extraction[T]) -> Iterator[Text]:
    """What stands under the table: what is absent, and the issues."""
    absent = report.absent(result)
    if absent:
        yield Text(f"absent: {', '.join(absent)}", style="dim")
    for issue in result.issues:
        about = f"{issue.path}: " if issue.path else ""
        line = report.printable(f"{about}{issue.message} ({issue.code})")
        yield Text.assemble((issue.severity.value, _SEVERITY_STYLES[issue.severity]), f": {line}")


def _listings(
    document: CleanDocument, segments: Sequence[Segment], lines: report.SourceLines, columns: Sequence[str]
) -> Iterator[Table]:
    listings = {"segment": report.segment_listing(segments, lines), "fact": report.fact_listing(document, lines)}
    for first, listed in listings.items():
        if listed:
            table = _table(first, *columns)
            for line in listed:
                table.add_row(*map(Text, line[: 1 + len(columns)]))
            yield table


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False)
    for column in columns:
        short = column in {"segment", "kind", "status", "line:col", "page"}
        table.add_column(column, no_wrap=short, overflow="fold")
    return table


def _status(status: Status | None) -> Text:
    return Text("") if status is None else Text(status.value, style=_STATUS_STYLES[status])


def _rendered(parts: Iterable[RenderableType], output: Path | None) -> str:
    """The parts as text as wide as the terminal, coloured if they go to one."""
    terminal = output is None and _is_terminal()
    console = Console(file=io.StringIO(), width=shutil.get_terminal_size((120, 40)).columns, force_terminal=terminal)
    with console.capture() as capture:
        for part in parts:
            console.print(part)
    return "\n".join(line.rstrip() for line in capture.get().splitlines()).strip("\n")

"""``extract run``: a record of one document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from pydantic import BaseModel
from rich.table import Table
from rich.text import Text

from extract import Extraction, extract, report
from extract.cli import options
from extract.cli.asking import Asked, show_quote
from extract.cli.grouping import grouped
from extract.cli.output import (
    FAILED,
    WRONG_USE,
    check_writable,
    default_format,
    errors_of,
    fail,
    keep_apart,
    notice,
    read_document,
    rendered,
    table,
    write,
)
from extract.errors import UsageError
from extract.result import FieldStatus, RecordStatus, Severity, Status
from extract.review import review_page
from extract.source import MAX_CHARS, Source, open_source
from extract.tasks import task_named

T = TypeVar("T", bound=BaseModel)

_STATUS_STYLES = {
    Status.QUOTED: "green",
    Status.FACT: "green",
    Status.NORMALISED: "cyan",
    Status.REPAIRED: "yellow",
    Status.INFERRED: "magenta",
    Status.ABSENT: "dim",
}
_SEVERITY_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.INFO: "dim"}


_RECORD_STYLES = {RecordStatus.COMPLETE: "green", RecordStatus.PARTIAL: "yellow", RecordStatus.FAILED: "bold red"}


class RecordFormat(StrEnum):
    """How a result is printed."""

    JSON = "json"
    JSONL = "jsonl"
    TABLE = "table"
    YAML = "yaml"
    JSONLD = "jsonld"


@grouped
def run(
    file: options.File = None,
    *,
    output_format: Annotated[
        RecordFormat | None, typer.Option("--format", "-f", help=options.FORMAT_HELP, show_default=False)
    ] = None,
    evidence: Annotated[bool, typer.Option("--evidence", help="More about where values come from, in table and yaml.")] = False,
    input_format: options.InputFormat = None,
    schema: options.Schema = "job_posting",
    max_chars: options.MaxChars = MAX_CHARS,
    output: options.Output = None,
    html: Annotated[
        Path | None,
        typer.Option("--html", help="Also write a page: the document beside the record, to check it.", show_default=False),
    ] = None,
    strict: options.Strict = False,
    lenient: options.Lenient = False,
    asked: Asked,
    repeat: options.Repeat = None,
    no_cache: options.NoCache = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Ask nothing: say what the call would cost.", rich_help_panel="Model")
    ] = False,
) -> None:
    """Extract a record from FILE, or from standard input."""
    name, source = read_document(file, max_chars)
    for path, option in ((output, "--output"), (html, "--html")):
        keep_apart(source, path, option=option)
        check_writable(path, option=option)
    if html is not None and output is not None and html.resolve() == output.resolve():
        fail(f"{html} is to hold both the record and the page. Choose another file with --html.", WRONG_USE)
    with errors_of(name):
        if output_format is RecordFormat.JSONLD and (reason := report.no_jsonld(task_named(schema).schema)):
            raise UsageError(reason)  # before a call is paid for
        engine, settings = asked.chosen, asked.settings(repeat=repeat, cache=False if no_cache else None)
        opened = open_source(source, max_chars=max_chars, name=name)  # once: a file may change, and a pipe is gone
        if dry_run:
            show_quote(opened, schema, engine, settings=settings, input_format=input_format, output=output)
            return
        result = extract(opened, schema=schema, engine=engine, settings=settings, input_format=input_format, strict=not lenient)
        form = output_format or default_format(RecordFormat.TABLE, RecordFormat.JSON, output)
        written = _written(result, opened, form=form, evidence=evidence, output=output)
        page = review_page(result, opened.text) if html is not None else ""
    unset = f" ({settings.missing}, to ask a model)" if settings and result.provenance.model is None else ""
    notice(f"{name}: {_told(result)}{unset}")
    write(written, output)
    if html is not None:
        write(page, html, option="--html")
    if strict and result.status is not RecordStatus.COMPLETE:
        wrong = [path for path, state in result.fields.items() if state in {FieldStatus.UNGROUNDED, FieldStatus.INVALID}]
        about = f", look at {', '.join(wrong)}" if wrong else ""
        fail(f"{name}: the record is {result.status}{about}", FAILED)


def _written(result: Extraction[T], opened: Source, *, form: RecordFormat, evidence: bool, output: Path | None) -> str:
    match form:
        case RecordFormat.JSON:
            return report.as_json(result)
        case RecordFormat.JSONL:
            return result.model_dump_json(by_alias=False)
        case RecordFormat.YAML:
            return report.as_yaml(result, keys=("record", "evidence", "issues") if evidence else ("record", "issues"))
        case RecordFormat.JSONLD:
            return report.as_jsonld(result.record)
        case RecordFormat.TABLE:
            rows = report.rows(result, lines := report.SourceLines(opened.text))
            paged = bool(opened.layout.pages)
            shown = _evidence_table(rows, lines, paged=paged) if evidence else _record_table(rows, paged=paged)
            return rendered([shown, *_remarks(result)], output)


def _told(result: Extraction[T]) -> str:
    """In a line, who worked, on what, and what it took."""
    used, made = result.usage, result.provenance
    engine = f"engine {made.engine}" if made.model is None else f"model {made.model}, prompt {made.prompt}"
    asked = f", {used.calls} calls, {used.input_tokens:,} + {used.output_tokens:,} tokens" if used.calls else ""
    cost = f", ${used.cost:.6f}" if used.calls and used.cost is not None else ""
    kept = ", from the cache" if used.cache_hits else ""
    return f"{result.status}, {engine}, read as {made.format}{asked}{cost}{kept}, {used.seconds:.3f} s"


def _record_table(rows: Iterable[report.Row], *, paged: bool) -> Table:
    """Where a value stands is its page, where the document has pages: it has no lines that a reader could count."""
    shown = table("field", "value", "status", "source", "page" if paged else "line:col")
    for row in rows:
        place = report.page_numbers(row.pages) if paged else str(row.position or "")
        shown.add_row(
            Text(row.field), Text(report.shorten(row.value, 120)), _status(row.status), Text(report.shorten(row.quote, 50)), place
        )
    return shown


def _evidence_table(rows: Iterable[report.Row], lines: report.SourceLines, *, paged: bool) -> Table:
    """Nothing shortened, and each span with its offsets, the segments that it stands in, and its pages where there are any."""
    shown = table("field", "value", "status", "source", "spans", "segments", *(["page"] if paged else []))
    for row in rows:
        spans = "\n".join(lines.of(span) for span in row.spans)
        places = [spans, ", ".join(map(str, row.segments)), *([report.page_numbers(row.pages)] if paged else [])]
        shown.add_row(Text(row.field), Text(row.value), _status(row.status), Text(row.quote), *places)
    return shown


def _remarks(result: Extraction[T]) -> Iterator[Text]:
    """What stands under the table: what is absent, the issues, and whether the record is whole."""
    absent = report.absent(result)
    if absent:
        yield Text(f"absent: {', '.join(absent)}", style="dim")
    for issue in result.issues:
        about = "" if not issue.path or issue.message.startswith(f"{issue.path}: ") else f"{issue.path}: "
        line = report.printable(f"{about}{issue.message} ({issue.code})")
        yield Text.assemble((issue.severity.value, _SEVERITY_STYLES[issue.severity]), f": {line}")
    yield Text.assemble("the record is ", (result.status.value, _RECORD_STYLES[result.status]))


def _status(status: Status | None) -> Text:
    return Text("") if status is None else Text(status.value, style=_STATUS_STYLES[status])

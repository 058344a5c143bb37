"""``extract cache``: the answers of models that are kept on disk."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from extract import report
from extract.cli import options
from extract.cli.output import FAILED, drop_output, errors_of, fail, notice, rendered, wants_json, write
from extract.errors import UsageError

if TYPE_CHECKING:
    from extract.engines.llm.answer_cache import AnswerCache
    from extract.engines.llm.answer_entry import CacheInfo

app = typer.Typer(
    help="Look at the answers of models that are kept on disk, carry them to another machine, or throw them away.",
    no_args_is_help=True,
)


@app.command()
def info(
    *,
    cache_dir: options.CacheDir = None,
    output_format: options.OutputFormat = None,
) -> None:
    """Say where the cache is, how many answers it holds, and the tokens that they save."""
    with errors_of("cache"):
        known = _cache(cache_dir).info()
    if wants_json(output_format):
        write(json.dumps(asdict(known), default=str, indent=2), None)
    else:
        write(rendered([_table(known)], None), None)


@app.command()
def clear(
    *,
    cache_dir: options.CacheDir = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask first.")] = False,
) -> None:
    """Throw all answers away; what was asked has to be paid for again."""
    with errors_of("cache"):
        from extract.engines.llm.answer_cache import clear_answers  # of the extra llm

        directory = _directory(cache_dir)
        if not yes:
            if sys.stdin is None or not sys.stdin.isatty():
                raise UsageError(f"nobody can be asked whether to throw away all answers in {directory}: say --yes")
            typer.confirm(f"Throw away all answers in {directory}?", abort=True, err=True)
        removed = clear_answers(directory)
    typer.echo(f"{removed} answers removed from {directory}")


@app.command("export")
def export_answers(*, output: options.Output = None, cache_dir: options.CacheDir = None) -> None:
    """Write all answers as JSON Lines, one a line, to a file or to standard output."""
    with errors_of("cache"):
        cache = _cache(cache_dir)
        try:
            if output is None:
                count = cache.export(sys.stdout)
                sys.stdout.flush()
            else:
                with output.open("w", encoding="utf-8") as file:
                    count = cache.export(file)
        except BrokenPipeError:
            drop_output()
            return
        except OSError as error:
            fail(f"{output or '<stdout>'}: cannot be written: {error.strerror}. Choose another file with --output.", FAILED)
    notice(f"{count} answers written")


@app.command("import")
def import_answers(
    file: Annotated[Path, typer.Argument(help="A file that export wrote; - is standard input.", allow_dash=True)],
    *,
    cache_dir: options.CacheDir = None,
) -> None:
    """Take answers from FILE into the cache; those that are there already stay as they are."""
    with errors_of("cache"):
        cache = _cache(cache_dir)
        try:
            if str(file) == "-":
                taken = cache.import_entries(sys.stdin, "<stdin>")
            else:
                with file.open(encoding="utf-8", errors="replace") as lines:
                    taken = cache.import_entries(lines, str(file))
        except OSError as error:
            raise UsageError(f"{file}: cannot be read: {error.strerror}") from error
    for message in taken.refused:
        typer.echo(f"extract: {message}", err=True)
    typer.echo(f"{taken.added} answers added, {taken.known} known already, {len(taken.refused)} refused")
    if taken.refused:
        raise typer.Exit(FAILED)


def _directory(given: Path | None) -> Path:
    from extract.engines.llm.answer_cache import default_directory  # of the extra llm
    from extract.settings import current_settings  # 0.1 s, which the other commands do without

    return given or current_settings().cache_dir or default_directory()


def _cache(given: Path | None) -> AnswerCache:
    from extract.engines.llm.answer_cache import AnswerCache  # of the extra llm

    return AnswerCache(_directory(given))


def _table(known: CacheInfo) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    for name, value in asdict(known).items():
        shown = ", ".join(f"{model}: {count:,}" for model, count in value.items()) if isinstance(value, dict) else value
        said = f"{shown:,}" if isinstance(shown, int) else str(shown or "-")
        table.add_row(name.replace("_", " "), Text(report.printable(said)))  # an import may have brought names with markup
    return table

"""The command line: reads the arguments, calls the package, prints what it got. No logic of its own.

``extraction`` is ``extract run``, ``segments`` is ``extract clean``, ``asking`` is ``extract prompt``; ``cache``, ``doctor`` and
``review`` are the commands of these names.
"""

from __future__ import annotations

import io
import logging
import sys
from typing import Annotated

import typer

from extract.cli import cache
from extract.cli.asking import show_prompt
from extract.cli.batch import app as batch
from extract.cli.doctor import examine
from extract.cli.evaluation import app as evaluation
from extract.cli.extraction import RecordFormat, run
from extract.cli.review import REVIEW_EXAMPLES, review
from extract.cli.segments import show_segments
from extract.pipeline import package_version

__all__ = ["RecordFormat", "app", "main"]

_EXAMPLES = """[bold]Examples[/bold]

extract run posting.html

extract run posting.pdf --format json > posting.json

curl -s https://example.org/job | extract run - --format jsonld

extract run posting.html --model gpt-5.4-mini --max-cost 0.01

extract run invoice.txt --schema invoice --dry-run

extract run order.html --schema orders.py:Order

extract prompt posting.html

extract clean page.html --all

extract run posting.html --html review.html

extract eval run job_posting --engine rules

extract batch jobs -o jobs.jsonl

extract doctor

[bold]Exit codes[/bold]: 0 fine, 1 the document failed or the endpoint did, 2 wrong use, 130 Ctrl-C; batch has more.
"""

app = typer.Typer(
    add_completion=False,
    epilog=_EXAMPLES,
    help="Turn messy documents into validated records in which every value points at the text that it came from.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


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


app.command(epilog=_EXAMPLES)(run)
app.command("clean", epilog=_EXAMPLES)(show_segments)
app.command("prompt", epilog=_EXAMPLES)(show_prompt)
app.command("review", epilog=REVIEW_EXAMPLES)(review)
app.command("doctor", epilog=_EXAMPLES)(examine)
app.add_typer(batch, name="batch")
app.add_typer(cache.app, name="cache")
app.add_typer(evaluation, name="eval")


def main() -> None:
    """The console script. What is printed is UTF-8, whatever the locale says: documents are."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    handler = logging.StreamHandler()  # of our warnings only: what packages below us log becomes an error of ours anyway
    handler.setFormatter(logging.Formatter("extract: %(message)s"))
    logging.getLogger("extract").addHandler(handler)
    app(prog_name="extract")

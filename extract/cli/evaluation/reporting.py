"""``extract eval report`` and ``rescore``: runs as a page, and runs scored again without a call."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from extract.cli import options
from extract.cli.evaluation.comparing import Runs
from extract.cli.evaluation.running import SchemaOf, show
from extract.cli.output import check_writable, errors_of, notice, write
from extract.errors import DatasetError

Suite = Annotated[
    str | None,
    typer.Option("--suite", help="Where the suite is. Default: where the first run says.", show_default=False),
]


def report_runs(
    runs: Runs,
    *,
    output: Annotated[Path, typer.Option("--output", "-o", help="The page to write.")] = Path("report.html"),
    suite: Suite = None,
    schema: SchemaOf = None,
    documents: Annotated[
        int, typer.Option(min=0, help="How many documents are shown with their differences, the worst first.")
    ] = 100,
) -> None:
    """Write one page of RUNs: figures with intervals, fields, cost beside quality, and each wrong cell in its document.

    The first run is the one that the others are compared with.
    """
    with errors_of("eval report"):
        from extract.evals.report import report_page  # of the extra evals
        from extract.evals.runs import read_run
        from extract.evals.suites import suite_of

        check_writable(output)
        read = [read_run(path) for path in runs]
        head = read[0].head
        try:
            opened = suite_of(head, place=suite, schema=schema)
        except DatasetError:
            if suite is not None:
                raise
            opened = None
            typer.echo(f"extract: {head.suite} is not here, so that the page has no sources: name it with --suite", err=True)
        page = report_page(read, opened, max_documents=documents)
    write(page, output)
    notice(f"{output}: {len(read)} runs")


def rescore(runs: Runs, *, suite: Suite = None, schema: SchemaOf = None, output_format: options.OutputFormat = None) -> None:
    """Score the records of RUNs again, as gold and scorers say now, and write the run files anew. Nothing is asked."""
    with errors_of("eval rescore"):
        from extract.evals.running import rescored, write_run  # of the extra evals
        from extract.evals.runs import read_run
        from extract.evals.suites import suite_of

        read = [read_run(path) for path in runs]
        new = [rescored(run, suite_of(run.head, place=suite, schema=schema)) for run in read]
        for path, run in zip(runs, new, strict=True):
            write_run(run, path)
    show(new, output_format)

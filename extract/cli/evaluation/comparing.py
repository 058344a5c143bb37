"""``extract eval compare`` and ``show``: what runs came to, and whether two of them differ."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from extract.cli import options
from extract.cli.evaluation.running import show
from extract.cli.evaluation.tables import comparison_tables
from extract.cli.output import errors_of, rendered, wants_json, write
from extract.errors import UsageError

Runs = Annotated[
    list[Path], typer.Argument(metavar="RUN…", help="Run files, as `extract eval run` writes them.", show_default=False)
]


def show_runs(
    runs: Runs,
    *,
    fields: Annotated[bool, typer.Option("--fields", help="Also a table of the fields of each run.")] = False,
    output_format: options.OutputFormat = None,
) -> None:
    """Show what runs came to: F1, records, inventions, evidence, cost, tokens and time."""
    with errors_of("eval show"):
        from extract.evals.runs import read_run  # of the extra evals

        show([read_run(path) for path in runs], output_format, fields=fields)


def compare_runs(
    runs: Annotated[
        list[Path], typer.Argument(metavar="A [B]", help="Two run files of the same suite; with --aa one.", show_default=False)
    ],
    *,
    aa: Annotated[
        bool, typer.Option("--aa", help="Compare the even with the odd repeats of one run: what chance alone does.")
    ] = False,
    output_format: options.OutputFormat = None,
) -> None:
    """Say whether B differs from A, by how much, in which fields and in which documents.

    Documents are paired by name, and repeats averaged first; where cases name clusters, these are what chance deals with. Under
    six documents nothing is decided.
    """
    with errors_of("eval compare"):
        from extract.evals.comparison import compare, halves  # of the extra evals
        from extract.evals.runs import read_run

        if len(runs) != (1 if aa else 2):
            raise UsageError("name two run files to compare, or one with --aa")
        comparison = compare(*(halves(read_run(runs[0])) if aa else (read_run(runs[0]), read_run(runs[1]))))
        if wants_json(output_format):
            from extract.evals.summaries import comparison_summary

            write(json.dumps(comparison_summary(comparison), ensure_ascii=False, indent=2), None)
        else:
            write(rendered(comparison_tables(comparison), None), None)

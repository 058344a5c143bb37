"""``extract eval``: what a change of a prompt, a model or an engine is worth. No logic of its own."""

from __future__ import annotations

import typer

from extract.cli.evaluation.comparing import compare_runs, show_runs
from extract.cli.evaluation.examples import COMPARING, GATING, GOLD, RUNNING
from extract.cli.evaluation.gating import gate, write_baseline
from extract.cli.evaluation.gold import check, new
from extract.cli.evaluation.reporting import report_runs, rescore
from extract.cli.evaluation.running import run_suite

__all__ = ["app"]

app = typer.Typer(
    help="Measure extractions against gold, with honest statistics: run, compare, gate, report.",
    no_args_is_help=True,
    epilog=RUNNING,
    rich_markup_mode="rich",
)
app.command("run", epilog=RUNNING)(run_suite)
app.command("show", epilog=COMPARING)(show_runs)
app.command("compare", epilog=COMPARING)(compare_runs)
app.command("gate", epilog=GATING)(gate)
app.command("baseline", epilog=GATING)(write_baseline)
app.command("report", epilog=COMPARING)(report_runs)
app.command("rescore", epilog=COMPARING)(rescore)
app.command("check", epilog=GOLD)(check)
app.command("new", epilog=GOLD)(new)

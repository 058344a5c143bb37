"""``extract eval gate`` and ``baseline``: whether a change may go in."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from extract.cli import options
from extract.cli.asking import given_settings
from extract.cli.evaluation.running import Models, Prompts, SchemaOf, chosen_variants, watched
from extract.cli.evaluation.tables import verdict_table
from extract.cli.output import FAILED, check_writable, errors_of, fail, notice, rendered, wants_json, write
from extract.errors import UsageError

if TYPE_CHECKING:
    from extract.evals.gate import Baseline
    from extract.evals.runs import Run
    from extract.evals.suites import Suite

File = Annotated[Path, typer.Option("--baseline", help="The baseline, as `extract eval baseline` writes it.", show_default=False)]
RunFile = Annotated[
    Path | None,
    typer.Argument(metavar="[RUN]", help="The run to judge. Default: the suite of the baseline is run now.", show_default=False),
]


def gate(
    run: RunFile = None,
    *,
    baseline: File,
    suite: Annotated[
        str | None, typer.Option("--suite", help="Where the suite is now. Default: where the baseline says.", show_default=False)
    ] = None,
    schema: SchemaOf = None,
    engine: Annotated[
        options.EngineName | None, typer.Option(help="Who fills the records. Default: as in the baseline.", show_default=False)
    ] = None,
    model: Models = None,
    prompt: Prompts = None,
    junit: Annotated[Path | None, typer.Option("--junit", help="Also write JUnit XML.", show_default=False)] = None,
    markdown: Annotated[
        Path | None, typer.Option("--markdown", help="Also write a summary in Markdown, for a pull request.", show_default=False)
    ] = None,
    output_format: options.OutputFormat = None,
) -> None:
    """Judge RUN beside a baseline. Exit code 1 where it may not go in.

    That is where F1 is lower and chance does not explain it (one-sided p < 0.05), where a critical cell that was right is wrong,
    and where a limit of the baseline on records, cost or seconds is passed. Another data set or other scorers are refused (2).
    """
    with errors_of(str(baseline)):
        from extract.evals.gate import judge_run, read_baseline  # of the extra evals
        from extract.evals.gate_reports import as_junit, as_markdown
        from extract.evals.running import rescored
        from extract.evals.runs import read_run
        from extract.evals.suites import suite_of
        from extract.evals.summaries import verdict_summary

        for path, option in ((junit, "--junit"), (markdown, "--markdown")):
            check_writable(path, option=option)
        known = read_baseline(baseline)
        if run is not None and (engine or model or prompt):
            raise UsageError("name a run to judge, or the engine, model and prompt of a new one, and not both")
        opened = suite_of(known.head, place=suite, schema=schema)
        judged = (
            rescored(read_run(run), opened) if run is not None else _run_now(known, opened, engine, model or [], prompt or [])
        )
        verdict = judge_run(judged, known)
        if junit is not None:
            write(as_junit(verdict), junit, option="--junit")
        if markdown is not None:
            write(as_markdown(verdict), markdown, option="--markdown")
        if wants_json(output_format):
            write(json.dumps(verdict_summary(verdict), ensure_ascii=False, indent=2), None)
        else:
            write(rendered([verdict_table(verdict)], None), None)
    broken = sum(not check.passed for check in verdict.checks)
    if broken:
        fail(f"{baseline}: the gate is shut, {broken} {'rule is' if broken == 1 else 'rules are'} broken", FAILED)
    notice(f"{baseline}: the gate is open")


def write_baseline(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="The run that others are to be compared with.", show_default=False)],
    *,
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write.", show_default=False)],
    min_valid: Annotated[
        float | None, typer.Option(min=0, max=1, help="The least share of documents with a record.", show_default=False)
    ] = None,
    max_drop: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=1,
            help="The most that F1 may fall, chance or not; for engines that answer the same each time.",
            show_default=False,
        ),
    ] = None,
    max_cost: Annotated[
        float | None, typer.Option(min=0, help="The most that a document may cost, in US dollars.", show_default=False)
    ] = None,
    max_seconds: Annotated[
        float | None, typer.Option(min=0, help="The most that a document may take, in seconds (median).", show_default=False)
    ] = None,
) -> None:
    """Make a baseline of RUN, which a gate then holds other runs to."""
    with errors_of(str(run)):
        from extract.evals.gate import Limits, as_json, baseline_of  # of the extra evals
        from extract.evals.runs import read_run

        limits = Limits(valid=min_valid, drop=max_drop, cost=max_cost, seconds=max_seconds)
        output.parent.mkdir(parents=True, exist_ok=True)
        write(as_json(baseline_of(read_run(run), limits)), output)
    notice(f"{output}: {run} is the baseline")


def _run_now(baseline: Baseline, suite: Suite, engine: options.EngineName | None, models: list[str], prompts: list[str]) -> Run:
    """The suite of a baseline, run as it was then, or as options say, and not kept."""
    from extract.evals.running import make_matrix

    head = baseline.head
    then = options.EngineName(head.engine)
    if then is options.EngineName.LLM and engine is None:
        models, prompts = models or [head.model or ""], prompts or [head.asked_prompt]
    settings = given_settings(**head.settings)
    variants = chosen_variants(settings, engines=[engine or then], models=models, prompts=prompts)
    if len(variants) > 1:
        raise UsageError("a gate judges one run: name one model and one prompt")
    with tempfile.TemporaryDirectory() as folder, watched(kept="") as conduct:
        (run,) = make_matrix(suite, variants, folder=Path(folder), repeats=head.repeats, conduct=conduct)
    return run

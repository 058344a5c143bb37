"""``extract eval run``: a matrix of engines, models and prompts over a suite."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from extract.cli import options
from extract.cli.asking import given_settings
from extract.cli.evaluation.tables import quote_table, run_tables
from extract.cli.output import FAILED, INTERRUPTED, errors_of, fail, finishing, notice, rendered, wants_json, write
from extract.errors import RunStopped, UsageError
from extract.report import printable

if TYPE_CHECKING:
    from extract.evals.planning import Plan, Variant
    from extract.evals.running import Conduct
    from extract.evals.running import Progress as Done
    from extract.evals.runs import Run
    from extract.settings import Settings

_KEPT = ", which are kept: the same command goes on"

SuiteName = Annotated[
    str,
    typer.Argument(
        metavar="SUITE", help="A task with gold of its own, a folder of cases, a JSONL file, or the TOML file of a suite."
    ),
]
Folder = Annotated[Path, typer.Option("--output", "-o", help="The folder for run files; it is made if need be.")]
SchemaOf = Annotated[
    str | None,
    typer.Option(
        "--schema", help="Which schema, where gold is of several or names none. Default: job_posting.", show_default=False
    ),
]
Models = Annotated[
    list[str] | None,
    typer.Option("--model", help="A model to ask; may be given several times. Default: EXTRACT_MODEL.", show_default=False),
]
Prompts = Annotated[
    list[str] | None,
    typer.Option(
        "--prompt",
        help="A version of a shipped prompt (v1), or a file; may be given several times. Default: the newest.",
        show_default=False,
    ),
]
Engines = Annotated[
    list[options.EngineName] | None,
    typer.Option(
        "--engine", help="rules, llm, or both. Default: llm where a model is named or configured, else rules.", show_default=False
    ),
]


def run_suite(
    suite: SuiteName,
    *,
    engine: Engines = None,
    model: Models = None,
    prompt: Prompts = None,
    repeats: Annotated[int, typer.Option(min=1, max=100, help="How often each document is asked; the rules are asked once.")] = 1,
    output: Folder = Path("runs"),
    schema: SchemaOf = None,
    base_url: options.BaseUrl = None,
    ask: options.Ask = None,
    max_cost: options.MaxCost = None,
    max_tokens: options.MaxTokens = None,
    max_repairs: options.MaxRepairs = None,
    prices: options.Prices = None,
    no_cache: options.NoCache = False,
    concurrency: Annotated[
        int | None, typer.Option(min=1, help="Documents under way at once. Default: EXTRACT_CONCURRENCY.", show_default=False)
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Ask nothing: say what the runs would cost.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Make a run again that is there, and lose it.")] = False,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Try documents again that have no record.")] = False,
    output_format: options.OutputFormat = None,
) -> None:
    """Run SUITE with each engine, and each model with each prompt: a run file each, in a folder.

    A run that was interrupted goes on where it stopped, and answers come from the cache: nothing is asked twice. A document that
    fails is a result, and scores 0.
    """
    with errors_of(suite):
        from extract.evals.planning import plan_run  # of the extra evals
        from extract.evals.running import Conduct, make_matrix
        from extract.evals.suites import open_suite

        settings = given_settings(
            base_url=base_url,
            ask=ask,
            max_cost=max_cost,
            max_tokens=max_tokens,
            max_repairs=max_repairs,
            prices=prices,
            cache=False if no_cache else None,
            concurrency=concurrency,
        )
        opened = open_suite(suite, schema=schema)
        variants = chosen_variants(settings, engines=engine or [], models=model or [], prompts=prompt or [])
        if dry_run:
            plans = [(plan_run(opened, each, folder=output, repeats=repeats, settings=used), used) for each, used in variants]
            _quote(plans, Conduct(force=force, retry_failed=retry_failed), output_format)
            return
        with watched(force=force, retry_failed=retry_failed) as conduct:
            runs = list(make_matrix(opened, variants, folder=output, repeats=repeats, conduct=conduct))
    for run in runs:
        notice(f"{run.name}: {run.path}")
    show(runs, output_format)
    if empty := [run.name for run in runs if not any(result.is_valid for result in run.results)]:
        fail(f"no document has a record in {', '.join(map(printable, empty))}: --retry-failed tries them again", FAILED)


def show(runs: Sequence[Run], output_format: options.ListFormat | None, *, fields: bool = False) -> None:
    """Print the figures of runs, as a table for people or as JSON."""
    if wants_json(output_format):
        from extract.evals.summaries import run_summary

        write(json.dumps([run_summary(run) for run in runs], ensure_ascii=False, indent=2), None)
    else:
        write(rendered(run_tables(runs, fields=fields), None), None)


def chosen_variants(
    settings: Settings, *, engines: Sequence[options.EngineName], models: Sequence[str], prompts: Sequence[str]
) -> list[tuple[Variant, Settings | None]]:
    """What is to be run, with its settings: whoever names a model or a prompt wants a model, and the rules if they are named."""
    from extract.evals.planning import RULES, matrix

    asks = bool(models or prompts or options.EngineName.LLM in engines)
    if not asks and (not engines or options.EngineName.AUTO in engines):
        asks = settings.configured
    named = list(models) or ([settings.model] if asks else [])
    if asks and not all(named):
        raise UsageError(f"no model is named: {settings.missing}")
    with_rules = options.EngineName.RULES in engines or not asks
    variants = matrix(engines=[RULES] if with_rules else [], models=named, prompts=list(prompts) or [settings.prompt])
    return [
        (each, None if each.engine == RULES else settings.model_copy(update={"model": each.model, "prompt": each.prompt}))
        for each in variants
    ]


@contextmanager
def watched(*, force: bool = False, retry_failed: bool = False, kept: str = _KEPT) -> Iterator[Conduct]:
    """How runs are made at a command line: with a bar on a terminal, and with a word on what to do where one ends early.

    ``kept`` is what there is to say then of the documents that were done.
    """
    from extract.evals.running import Conduct

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[cost]}"))
    shown = sys.stderr is not None and sys.stderr.isatty()
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True), disable=not shown) as bar:
        watching = _Watching(bar, kept)
        try:
            yield Conduct(force=force, retry_failed=retry_failed, watch=watching.see, stopping=watching.stopping)
        except KeyboardInterrupt:
            bar.stop()
            typer.echo(f"extract: interrupted{watching.kept}", err=True)
            raise typer.Exit(INTERRUPTED) from None
        except RunStopped as error:
            bar.stop()
            fail(f"stopped{watching.kept}: {printable(str(error))}", FAILED)


@dataclass(slots=True)
class _Watching:
    bar: Progress
    told: str
    task: TaskID | None = None
    last: Done | None = None

    def see(self, done: Done) -> None:
        if self.task is None or self.last is not done:
            self.task = self.bar.add_task(done.plan.head.name, total=done.total, cost="")
        self.last = done
        self.bar.update(self.task, completed=done.kept + done.done, cost=_cost(done))

    def stopping(self, under_way: int) -> None:
        typer.echo(f"extract: {finishing(under_way)}", err=True)

    @property
    def kept(self) -> str:
        """What there is to say when a run ends before its end."""
        if self.last is None:
            return ""
        done, name = self.last.kept + self.last.done, printable(self.last.plan.head.name)
        return f" after {done:,} of {self.last.total:,} documents of {name}{self.told}"


def _cost(done: Done) -> str:
    """What a run cost so far, and what it will have cost."""
    failed = f", {done.failed} failed" if done.failed else ""
    if done.plan.head.model is None:
        return failed.removeprefix(", ")
    if done.unpriced:
        return f"price unknown{failed}"
    return f"${done.cost:.4f} of about ${done.estimate:.4f}{failed}"


def _quote(plans: Sequence[tuple[Plan, Settings | None]], conduct: Conduct, output_format: options.ListFormat | None) -> None:
    """Say what runs would ask and cost; each repair is one more call, of a fraction of the first."""
    from extract.evals.quoting import quote_run

    quotes = [(plan, quote_run(plan, settings, conduct)) for plan, settings in plans]
    if wants_json(output_format):
        write(
            json.dumps([{"run": str(plan.path), "name": plan.head.name, **asdict(quote)} for plan, quote in quotes], indent=2),
            None,
        )
    else:
        write(rendered([quote_table(quotes)], None), None)

"""``extract batch``: a row for each of many documents."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from extract.batch.batches import Batch, cores, differences, opened
from extract.batch.batches import run as run_batch
from extract.batch.choosing import LIST
from extract.batch.report.pages import INDEX
from extract.batch.results import Found, Results
from extract.batch.running import Conduct, Event, Failures, Only
from extract.batch.totals import Totals
from extract.cli import options
from extract.cli.asking import Asked
from extract.cli.batch.dry_run import show_plan
from extract.cli.batch.options import Documents
from extract.cli.batch.watching import Watch, watching
from extract.cli.grouping import grouped
from extract.cli.output import FAILED, INTERRUPTED, WRONG_USE, drop_output, errors_of, finishing
from extract.errors import RunStopped, UsageError
from extract.once import leave_in_memory
from extract.report import printable

SOME_FAILED = 3
_RUN, _SHOW = "How it runs", "What is shown"
NOTHING = "no documents: check INPUT, --include and --exclude (a table or an archive in a folder has to be named)"
_LIMIT = re.compile(r"(?P<number>\d{1,9}(?:\.\d{1,6})?(?=%)|\d{1,9})(?P<share>%?)")

Concurrency = Annotated[
    int | None,
    typer.Option(
        min=1,
        help="Requests under way at once, fewer where the endpoint asks for fewer. Default: EXTRACT_CONCURRENCY, or 64.",
        show_default=False,
        rich_help_panel=_RUN,
    ),
]
Jobs = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=256,
        help="Processes that read documents, 200 MB each. Default: one for each core for the rules, 1 for a model.",
        show_default=False,
        rich_help_panel=_RUN,
    ),
]
MaxFailures = Annotated[
    str | None,
    typer.Option(
        metavar="N|P%",
        help="Stop when more documents than that fail: a number, or a share of those that were read.",
        show_default=False,
        rich_help_panel=_RUN,
    ),
]
RetryFailed = Annotated[
    bool, typer.Option("--retry-failed", help="Read documents again whose row says that they failed.", rich_help_panel=_RUN)
]
OnlyWhat = Annotated[
    Only | None,
    typer.Option(
        help="changed: in place, only documents whose content, prompt, schema or model is not that of their row.",
        show_default=False,
        rich_help_panel=_RUN,
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Begin anew, and lose the rows that are there.", rich_help_panel=_RUN)]
NoEvidence = Annotated[
    bool, typer.Option("--no-evidence", help="Rows without where values come from, which is most of them.", rich_help_panel=_SHOW)
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Ask and write nothing: list what would be done, and what it would cost.")
]
Report = Annotated[
    Path | None,
    typer.Option(
        help="Also write an HTML report into this folder: fields, issues, costs, and pages to check a hundred documents on.",
        show_default=False,
        rich_help_panel=_SHOW,
    ),
]
QuietRun = Annotated[bool, typer.Option("--quiet", "-q", help="Only say what goes wrong with the run.", rich_help_panel=_SHOW)]
LogJson = Annotated[
    bool,
    typer.Option("--log-json", help="A line of JSON for each document that is read, to standard error.", rich_help_panel=_SHOW),
]


@grouped
def run(
    documents: Documents,
    asked: Asked,
    *,
    no_cache: options.NoCache = False,
    concurrency: Concurrency = None,
    jobs: Jobs = None,
    max_failures: MaxFailures = None,
    retry_failed: RetryFailed = False,
    only: OnlyWhat = None,
    force: Force = False,
    no_evidence: NoEvidence = False,
    report: Report = None,
    quiet: QuietRun = False,
    log_json: LogJson = False,
    dry_run: DryRun = False,
) -> None:
    """Write a row for each document of INPUT: its record, the evidence for it, or why there is none.

    The output is the journal of the run. Each row is written as its document is
    done: nothing is lost by Ctrl-C, a crash or a full disk. A document that fails
    is a row with the cause, and never the end of the others.
    """
    with errors_of("batch"):
        if force and only:
            raise UsageError("--force begins anew, and --only reads what has a row already: choose one")
        reading = documents.reading(asked, evidence=not no_evidence, cache=False if no_cache else None, concurrency=concurrency)
        reader, choice = reading.reader(), documents.choice(report)
        total = choice.count()
        batch = Batch(
            choice.items,
            reader,
            None if documents.streams or (documents.output is None and dry_run) else documents.path,
            jobs=jobs or (1 if reader.asks else cores()),
            force=force,
            report=report,
            contents=choice.contents,
            is_listed=LIST in choice.places,
        )
        conduct = Conduct(retry_failed=retry_failed, only=only, failures=failures_named(max_failures))
        if dry_run:
            show_plan(batch, conduct)
        elif total == 0:
            raise UsageError(NOTHING)  # before an output is put aside for nothing
        else:
            with watching(total=total, quiet=quiet, log_json=log_json) as watch:
                carry_out(batch, conduct, watch=watch, total=total)


def failures_named(text: str | None) -> Failures:
    """How many documents may fail, as an option says it.

    >>> failures_named("20"), failures_named("2.5%")
    (Failures(number=20, share=None), Failures(number=None, share=0.025))
    """
    if text is None:
        return Failures()
    stated = _LIMIT.fullmatch(text.strip())
    if stated is None or (stated["share"] and float(stated["number"]) > 100):
        raise UsageError(f"--max-failures is {text!r}: give a number (20) or a share (5%)")
    if stated["share"]:
        return Failures(share=float(stated["number"]) / 100)
    return Failures(number=int(stated["number"]))


def carry_out(batch: Batch, conduct: Conduct, *, watch: Watch, total: int | None) -> None:
    """The run, to its end; where it ends before, or documents have failed, the process does, with what there is to do.

    ``total``: how many documents there are, where that is known.
    """
    totals, left = Totals(), 0
    is_begun = False

    def see(seen: Totals, event: Event | None) -> None:
        if seen.done == 1 and event is not None:
            leave_in_memory()
        watch.see(seen, event)

    conduct = replace(conduct, watch=see, skipped=watch.skipped, stopping=lambda count: watch.say(finishing(count)))
    try:
        with opened(batch, only=conduct.only) as results:
            is_begun = True
            _tell_beginning(batch, results, watch)
            run_batch(batch, results, conduct=conduct, totals=totals)
            left = results.untouched()
    except KeyboardInterrupt:
        of = "" if total is None else f" of {total:,}"
        _end(batch, watch, totals, told=f"interrupted after {totals.met:,}{of} documents", code=INTERRUPTED)
    except (RunStopped, UsageError) as error:
        if not is_begun:
            raise
        if batch.output is None:
            drop_output()
        _end(batch, watch, totals, told=f"stopped: {printable(str(error))}", code=FAILED)
    watch.end(totals)
    _conclude(batch, totals, watch, left=left, total=total)


def _conclude(batch: Batch, totals: Totals, watch: Watch, *, left: int, total: int | None) -> None:
    """What there is to say at the end, and the exit code."""
    if left:
        watch.say(f"{left:,} rows of documents that did not come up stay in {batch.journal}")
    for made in (batch.output, batch.report and batch.report / INDEX):
        if made is not None:
            watch.say(f"see {made}")
    if totals.met == 0 and not batch.is_listed:
        watch.stopped(NOTHING)
        raise typer.Exit(WRONG_USE)
    missing = 0 if total is None else total - totals.met
    if missing > 0:
        watch.stopped(
            f"{missing:,} of {total:,} documents that were counted at the start did not come up: INPUT has changed, or is damaged"
        )
    if totals.failed or totals.kept_failed or missing > 0:
        raise typer.Exit(SOME_FAILED)


def _end(batch: Batch, watch: Watch, totals: Totals, *, told: str, code: int) -> NoReturn:
    """End the process before the end of the run."""
    watch.end(totals)
    if batch.journal is not None and batch.journal.exists():
        same = "the same command without --force" if batch.force else "the same command"
        told += f"; what is done is kept in {batch.journal}, and {same} goes on"
    watch.stopped(told)
    raise typer.Exit(code)


def _tell_beginning(batch: Batch, results: Results, watch: Watch) -> None:
    """Who reads, and what becomes of rows that were there."""
    watch.say(_who(batch))
    if results.moved is not None and results.earlier is not None:
        made = _made(results.earlier, batch)
        watch.say(f"a new run: {batch.journal} was made another way ({made}); it is kept as {results.moved}")
    elif results.earlier is not None and results.earlier.current + results.earlier.others:
        watch.say(f"--force: {results.earlier.current + results.earlier.others:,} rows of {batch.journal} are dropped")
    elif results.found.others:
        told = f"{results.found.others:,} rows were made another way ({_made(results.found, batch)})"
        watch.say(f"going on with {batch.journal}, in place: {told}, and are replaced as their documents come up")
    elif results.found.current:
        watch.say(f"going on with {batch.journal}, which has {results.found.current:,} rows")


def _made(found: Found, batch: Batch) -> str:
    return ", ".join(differences(found.other, batch.reader))


def _who(batch: Batch) -> str:
    """Who fills the records, in words."""
    reader, processes = batch.reader, "1 process" if batch.jobs == 1 else f"{batch.jobs} processes"
    settings, origin = reader.reading.settings, reader.engine.origin
    if not reader.asks or settings is None:
        unset = f"; to ask a model, {settings.missing}" if settings is not None and settings.missing else ""
        return f"the {reader.engine.name} read, in {processes}{unset}"
    return f"asking {origin['model']}, prompt {origin['prompt']}, at most {settings.concurrency} at once, in {processes}"

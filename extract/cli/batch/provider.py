"""``extract batch submit``, ``status`` and ``collect``: the same rows through a provider's batch endpoint, for half the price."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from extract.batch.batches import Batch
from extract.batch.exports import journal_of
from extract.batch.items import Content
from extract.batch.own import state_of
from extract.batch.planning import without_record
from extract.batch.results import known_results
from extract.batch.running import Conduct
from extract.cli import options
from extract.cli.asking import Asked, given_settings
from extract.cli.batch.options import Documents
from extract.cli.batch.running import carry_out
from extract.cli.batch.watching import watching
from extract.cli.grouping import grouped
from extract.cli.output import FAILED, errors_of, fail, rendered, table, wants_json, write
from extract.errors import EndpointUnavailable, UsageError
from extract.report import printable

if TYPE_CHECKING:
    from extract.batch.provider.collecting import Collected
    from extract.batch.provider.order import Order
    from extract.batch.provider.status import PartStatus
    from extract.batch.provider.submitting import Submitted

NOT_YET = 4
"""The exit code of ``collect`` while batches are under way."""
_STUCK = "no batch is under way, and a limit keeps the rest back: raise it, or let `extract batch` ask directly"
_LOOK_EVERY = 60.0
"""Seconds."""

Wait = Annotated[bool, typer.Option("--wait", help="Look again every minute, until all is there and the rows are written.")]
Output = Annotated[str | None, typer.Option("--output", "-o", help="The output that was submitted for.", show_default=False)]


@grouped
def submit(documents: Documents, asked: Asked) -> None:
    """Send what a model has to be asked about the documents of INPUT in batches, which cost half and take up to a day.

    Requests that are answered in the cache are not sent. The state is kept in a
    folder beside the output; whoever is interrupted gives the same command again,
    and nothing is sent twice. Then collect, with the same arguments, brings the
    answers.
    """
    with errors_of("batch submit"):
        from extract.batch.provider.submitting import submit as submitted  # of the extra llm

        order = _order(documents, asked)
        done = submitted(order, _contents(documents, order))
        typer.echo(f"extract: {_standing(done)}", err=True)
        if done.is_stuck:
            fail(_STUCK, FAILED)
        if done.is_done:
            typer.echo(
                "extract: nothing is under way: `extract batch collect`, with the same arguments, writes the rows", err=True
            )


def status(*, output: Output = None, base_url: options.BaseUrl = None, output_format: options.OutputFormat = None) -> None:
    """Show how the batches stand that were submitted for an output."""
    with errors_of("batch status"):
        from extract.batch.provider.status import status as found  # of the extra llm

        if not output:
            raise UsageError("no output: name the file that was submitted for with -o")
        parts = found(state_of(Path(output)), given_settings(base_url=base_url))
    if wants_json(output_format):
        write(json.dumps([asdict(part) for part in parts], default=str, indent=2), None)
    else:
        write(rendered([_table(parts)], None), None)


@grouped
def collect(documents: Documents, asked: Asked, *, wait: Wait = False) -> None:
    """Bring the answers that are there, send what is missing then (repairs, what failed), and at last write the rows.

    Exit code 4 as long as batches are under way. The rows are those that a run
    writes: what no batch could answer is asked directly.
    """
    with errors_of("batch collect"):
        from extract.batch.provider.collecting import collect as collected  # of the extra llm

        order = _order(documents, asked)
        while not _is_done(lambda: collected(order, _contents(documents, order)), patient=wait):
            if not wait:
                raise typer.Exit(NOT_YET)
            sleep(_LOOK_EVERY)
        choice = documents.choice()
        total = choice.count()
        batch = Batch(choice.items, order.reading.reader(), documents.path)
        with watching(total=total, quiet=False, log_json=False) as watch:
            carry_out(batch, Conduct(retry_failed=True), watch=watch, total=total)


def _is_done(collected: Callable[[], Collected], *, patient: bool) -> bool:
    """Whether a call of collect leaves nothing to come; who is patient waits for an endpoint that does not answer."""
    try:
        brought = collected()
    except EndpointUnavailable as error:
        if not patient:
            raise
        typer.echo(f"extract: {printable(str(error))}", err=True)
        return False
    typer.echo(f"extract: {_brought(brought)}; {_standing(brought.standing)}", err=True)
    if brought.standing.is_stuck:
        fail(_STUCK, FAILED)
    return brought.standing.is_done


def _order(documents: Documents, asked: Asked) -> Order:
    from extract.batch.provider.order import Order  # of the extra llm

    if "-" in (documents.inputs or ()):
        raise UsageError("a list on standard input cannot be read again by collect: name the inputs, or a file of them (xargs)")
    documents.choice().count()  # which says what is wrong with the inputs
    return Order(documents.reading(asked), state_of(documents.path))


def _contents(documents: Documents, order: Order) -> Iterator[tuple[str, Content]]:
    """The documents that have no record yet."""
    with known_results(journal_of(documents.path), order.reading.reader().configuration) as results:
        yield from without_record(documents.choice().items(), results)


def _standing(now: Submitted) -> str:
    """How the order stands, in words."""
    told = [f"{now.running:,} requests under way"]
    if now.new:
        told.append(f"{now.new:,} of them new")
    if now.waiting:
        told.append(f"{now.waiting:,} wait to be sent")
    if now.left:
        told.append(f"{now.left:,} are left to be asked directly")
    return ", ".join([*told, *map(printable, filter(None, (*now.reasons, now.limit)))])


def _brought(brought: Collected) -> str:
    """What came, in words."""
    came = brought.came
    cost = "price unknown" if came.cost is None else f"${came.cost:.4f}"
    lost = came.expired + came.cancelled + came.missing + came.queued
    told = [f"{came.answered:,} answers from {brought.parts:,} batches, {cost}"]
    if came.unusable:
        told.append(f"{sum(came.unusable.values()):,} unusable ({', '.join(came.unusable)})")
    if came.failed:
        told.append(f"{sum(came.failed.values()):,} failed ({printable(', '.join(came.failed))})")
    if lost:
        told.append(f"{lost:,} not answered")
    return ", ".join([*told, *map(printable, came.told)])


def _table(parts: Sequence[PartStatus]) -> Table:
    shown = table("part", "state", "requests", "completed", "failed", "until")
    for part in parts:
        until = "" if part.expires is None else f"{part.expires:%Y-%m-%d %H:%M} UTC"
        counts = (f"{count:,}" for count in (part.requests, part.completed, part.failed))
        shown.add_row(part.part, Text(printable(part.state)), *counts, until)
    return shown

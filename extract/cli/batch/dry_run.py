"""``extract batch --dry-run``: what would be done with each document, and what asking would cost."""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import asdict

import typer

from extract.batch.batches import Batch
from extract.batch.planning import Planned, Step, planned
from extract.batch.running import Conduct
from extract.cli.output import drop_output, is_terminal
from extract.errors import UsageError
from extract.quoting import Quotation
from extract.report import printable


def show_plan(batch: Batch, conduct: Conduct) -> None:
    """Print a line for each document (JSON where nobody reads it), and the counts with the quote to standard error."""
    quotation, steps = Quotation(), Counter[Step]()
    for each in planned(batch, conduct, quotation=quotation):
        steps[each.step] += 1
        if not _print(each):
            break
    told = ", ".join(f"{steps[step]:,} to {step}" for step in Step if steps[step]) or "no documents"
    typer.echo(f"extract: {told}{_quoted(quotation) if batch.reader.asks else ''}", err=True)


def _print(each: Planned) -> bool:
    """Whether somebody still reads."""
    try:
        if is_terminal():
            typer.echo(printable(f"{each.step:5} {each.place} ({each.why})"))
        elif sys.stdout is not None:
            sys.stdout.write(json.dumps(asdict(each), ensure_ascii=False) + "\n")
            sys.stdout.flush()
    except BrokenPipeError:
        drop_output()
        return False
    except OSError as error:
        drop_output()
        raise UsageError(f"standard output cannot be written: {error.strerror}") from error
    return True


def _quoted(quotation: Quotation) -> str:
    low, high = quotation.cost_low, quotation.cost_high
    cost = "the price of the model is not known" if low is None or high is None else f"${low:.4f} to ${high:.4f} without repairs"
    answered = f", {quotation.answered:,} answered from the cache or without asking" if quotation.answered else ""
    return f"; {quotation.asked:,} to ask, {quotation.input_tokens:,} tokens, {cost}{answered}"

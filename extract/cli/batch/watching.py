"""What a person, a log or a program sees of a batch while it runs, and at its end."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.text import Text

from extract.batch.items import Skipped
from extract.batch.running import Event
from extract.batch.totals import Totals
from extract.cli.output import rendered, table
from extract.report import printable, shorten

_LINE_EVERY = 10.0
"""Seconds between the lines of a log."""
_MOST_ISSUES = 10


class Watch(Protocol):
    """Sees what happens."""

    def see(self, totals: Totals, event: Event | None) -> None: ...

    def skipped(self, item: Skipped) -> None: ...

    def say(self, message: str) -> None: ...

    def stopped(self, message: str) -> None: ...

    def end(self, totals: Totals) -> None: ...


class Quiet:
    """Says nothing but what stopped the run."""

    def see(self, totals: Totals, event: Event | None) -> None:
        """Nothing."""

    def skipped(self, item: Skipped) -> None:
        """Nothing."""

    def say(self, message: str) -> None:
        """Nothing."""

    def stopped(self, message: str) -> None:
        _write(f"extract: {message}")

    def end(self, totals: Totals) -> None:
        """Nothing."""


@dataclass(slots=True)
class Events:
    """A line of JSON for each document, for what is said, and for the end."""

    started: float = field(default_factory=time.monotonic)

    def see(self, totals: Totals, event: Event | None) -> None:
        if event is None:
            return
        answer = event.answer
        told: dict[str, object] = {"path": event.place, "status": answer.status.value, "copied": event.copied}
        if answer.fault is not None:
            told |= {"code": answer.fault.code, "message": answer.fault.message}
        used = answer.usage
        self._write("document", told | {"calls": used.calls, "cost": used.cost, "seconds": used.seconds, "done": totals.done})

    def skipped(self, item: Skipped) -> None:
        self._write("skipped", {"path": item.place, "message": item.reason})

    def say(self, message: str) -> None:
        self._write("message", {"message": message})

    def stopped(self, message: str) -> None:
        self._write("stopped", {"message": message})

    def end(self, totals: Totals) -> None:
        self._write("end", summary(totals, seconds=time.monotonic() - self.started))

    def _write(self, event: str, told: dict[str, object]) -> None:
        moment = datetime.now(UTC).isoformat(timespec="milliseconds")
        _write(json.dumps({"time": moment, "event": event, **told}, ensure_ascii=False))


@dataclass(slots=True)
class Lines:
    """A line now and then, and the summary."""

    total: int | None
    started: float = field(default_factory=time.monotonic)
    told: float = field(default_factory=time.monotonic)

    def see(self, totals: Totals, _: Event | None) -> None:
        now = time.monotonic()
        if now - self.told >= _LINE_EVERY:
            self.told = now
            self.say(_progress_line(totals, self.total, seconds=now - self.started))

    def skipped(self, item: Skipped) -> None:
        self.say(f"{item.place} {item.reason}")

    def say(self, message: str) -> None:
        _write(f"extract: {printable(message)}")

    def stopped(self, message: str) -> None:
        self.say(message)

    def end(self, totals: Totals) -> None:
        _write(_summary_text(totals, time.monotonic() - self.started))


@dataclass(slots=True)
class Bar:
    """A bar on a terminal, and the summary."""

    bar: Progress
    task: TaskID
    started: float = field(default_factory=time.monotonic)

    def see(self, totals: Totals, _: Event | None) -> None:
        seconds = time.monotonic() - self.started
        rate = f"{totals.done / seconds:,.1f}/s" if totals.done and seconds > 0 else ""
        self.bar.update(self.task, completed=totals.met, told=_counts(totals), rate=rate)

    def skipped(self, item: Skipped) -> None:
        self.say(f"{item.place} {item.reason}")

    def say(self, message: str) -> None:
        self.bar.console.print(Text(f"extract: {printable(message)}"))

    def stopped(self, message: str) -> None:
        self.say(message)

    def end(self, totals: Totals) -> None:
        self.bar.stop()
        _write(_summary_text(totals, time.monotonic() - self.started))


@contextmanager
def watching(*, total: int | None, quiet: bool, log_json: bool) -> Iterator[Watch]:
    """What fits: nothing, JSON, a bar on a terminal, or lines in a log."""
    if log_json:
        yield Events()
    elif quiet:
        yield Quiet()
    elif sys.stderr is None or not sys.stderr.isatty():
        yield Lines(total)
    else:
        columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"), TimeRemainingColumn())
        with Progress(*columns, TextColumn("{task.fields[told]}"), console=Console(stderr=True), transient=True) as bar:
            yield Bar(bar, bar.add_task("documents", total=total, told="", rate=""))


def summary(totals: Totals, *, seconds: float) -> dict[str, object]:
    """The counts of a run as plain values."""
    used = totals.usage
    return {
        "documents": totals.met,
        "kept": totals.kept,
        "left": totals.left,
        "copied": totals.copied,
        "skipped": totals.skipped,
        "complete": totals.complete,
        "partial": totals.partial,
        "empty": totals.empty,
        "failed": dict(totals.faults),
        "failed_before": totals.kept_failed,
        "issues": dict(totals.issues.most_common()),
        "calls": used.calls,
        "input_tokens": used.input_tokens,
        "output_tokens": used.output_tokens,
        "cost": used.cost,
        "cache_hits": used.cache_hits,
        "seconds": round(seconds, 3),
    }


def _write(line: str) -> None:
    """A line on standard error; a run does not end because nobody reads it any longer."""
    try:
        if sys.stderr is not None:
            sys.stderr.write(line + "\n")
            sys.stderr.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


def _counts(totals: Totals) -> str:
    """How many documents ended how, and what was used."""
    told = f"{totals.complete:,} ok, {totals.partial:,} partial, {totals.failed:,} failed"
    used = totals.usage
    if used.calls or used.cache_hits:
        cost = "price unknown" if used.cost is None else f"${used.cost:.4f}"
        told += f"; {used.input_tokens + used.output_tokens:,} tokens, {cost}, {used.cache_hits:,} from the cache"
    return told


def _progress_line(totals: Totals, total: int | None, *, seconds: float) -> str:
    """How far a run is, for a log.

    >>> _progress_line(Totals(complete=60, kept=40), 160, seconds=6.0)
    '100 of 160 documents, 10.0/s, 0:00:06 left; 60 ok, 0 partial, 0 failed'
    """
    at = totals.met
    rate = totals.done / seconds if seconds > 0 else 0.0
    left = "" if total is None or rate == 0 else f", {_clock((total - at) / rate)} left"
    of = "" if total is None else f" of {total:,}"
    return f"{at:,}{of} documents, {rate:,.1f}/s{left}; {_counts(totals)}"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(max(0, round(seconds)), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"


def _summary_text(totals: Totals, seconds: float) -> str:
    """The table at the end: what became of the documents, and of those that failed how many for which cause."""
    shown = table("documents", "", "")
    shown.add_row("complete", f"{totals.complete:,}", "")
    shown.add_row("partial", f"{totals.partial:,}", "some field has an error, see issues" if totals.partial else "")
    if totals.empty:
        shown.add_row("empty", f"{totals.empty:,}", "the record has no value")
    for code, count in totals.faults.most_common():
        shown.add_row(Text(f"failed: {printable(code)}"), f"{count:,}", Text(printable(shorten(totals.causes[code], 160))))
    if totals.kept:
        before = f"{totals.kept_failed:,} of them failed: --retry-failed" if totals.kept_failed else ""
        shown.add_row("had a row", f"{totals.kept:,}", before)
    if totals.left:
        shown.add_row("left", f"{totals.left:,}", "without a row, and not wanted")
    if totals.copied:
        shown.add_row("of these copied", f"{totals.copied:,}", "from documents with the same content")
    if totals.skipped:
        shown.add_row("skipped", f"{totals.skipped:,}", "no documents")
    told = [f"issue {printable(code)}: {count:,}" for code, count in totals.issues.most_common(_MOST_ISSUES)]
    rate = f", {totals.done / seconds:,.1f} a second" if totals.done and seconds > 0 else ""
    last = f"in this run: {_counts(totals)}; {totals.usage.calls:,} calls, {seconds:,.1f} s{rate}"
    return "\n".join([rendered([shown], None), *told, last])

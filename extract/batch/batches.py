"""A batch from its inputs to its output: the rows, the processes that read, and the table that is made in the end."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from extract.batch.exports import check_table, journal_of, write_table
from extract.batch.items import Item, Skipped
from extract.batch.reading import Reader
from extract.batch.report import check_report, write_report
from extract.batch.report.pages import Contents
from extract.batch.results import Earlier, Results, open_results, streamed_results
from extract.batch.running import Conduct, Only, run_batch
from extract.batch.totals import Totals
from extract.batch.workers import answering, documents_at_once
from extract.errors import RunStopped, UsageError
from extract.pipeline import hash_of, package_version

_LOG = logging.getLogger("extract")


@dataclass(frozen=True)
class Batch:
    """Documents, how they are read, and where their rows go; ``output`` None is standard output.

    ``jobs`` are the processes that read; one is this one. ``force``: an output that is there is begun anew. ``report`` is a
    folder for one, and ``contents`` gives the documents at some places once more, for its pages. ``is_listed``: what is read
    was listed by another program, which may list nothing.
    """

    items: Callable[[], Iterable[Item | Skipped]]
    reader: Reader
    output: Path | None
    jobs: int = 1
    force: bool = False
    report: Path | None = None
    contents: Contents = lambda _: ()
    is_listed: bool = False

    @property
    def journal(self) -> Path | None:
        return None if self.output is None else journal_of(self.output)


def cores() -> int:
    """How many processes can run at once on this machine."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def opened(batch: Batch, *, only: Only | None = None) -> Iterator[Results]:
    """The rows of a batch; UsageError where they could not be written."""
    configuration = batch.reader.configuration
    if batch.report is not None:
        check_report(batch.report)
    if batch.journal is None or batch.output is None:
        if sys.stdout is None:
            raise UsageError("standard output is closed: name a file with -o")
        with streamed_results(sys.stdout.buffer, configuration) as results:
            yield results
        return
    check_table(batch.output, batch.journal)
    _make_folder(batch.journal.parent)
    earlier = Earlier.DROP if batch.force else Earlier.KEEP if only else Earlier.ASIDE
    with open_results(batch.journal, configuration, earlier=earlier) as results:
        yield results


def run(batch: Batch, results: Results, *, conduct: Conduct, totals: Totals) -> None:
    """Read what has to be read, and write the rows, and then the table where the output is one, and the report.

    What ends it before its end comes through when those under way are written. Table and report are written also where the run
    was stopped, but not where somebody pressed Ctrl-C.
    """
    try:
        conduct = replace(conduct, at_once=documents_at_once(batch.reader, batch.jobs))
        with answering(batch.reader, jobs=batch.jobs) as answer:
            run_batch(batch.items(), results, answer=answer, conduct=conduct, totals=totals)
    except RunStopped:
        try:
            _conclude(batch, results)
        except UsageError as error:  # the disk is full, perhaps: what stopped the run is what is raised
            _LOG.warning("%s", error)
        raise
    _conclude(batch, results)


def differences(row: bytes, reader: Reader) -> list[str]:
    """In what a row was made in another way, in words."""
    made = json.loads(row)["provenance"] or {}
    now = {
        "engine": reader.engine.name,
        "model": None,
        "endpoint": None,
        "prompt": None,
        "prompt_hash": None,
        "schema_hash": hash_of(reader.task),
        "version": package_version(),
    } | dict(reader.engine.origin)
    named = {"prompt_hash": "text of the prompt", "schema_hash": "schema", "version": "version of this package"}
    found = [named.get(name, name) for name, value in now.items() if made and made.get(name) != value]
    return found or ["settings or code"]


def _conclude(batch: Batch, results: Results) -> None:
    """Write what is made of the rows."""
    schema = batch.reader.task.schema
    if batch.output is not None and batch.output != batch.journal:
        write_table(results.lines, batch.output, schema=schema)
    if batch.report is not None:
        max_chars = batch.reader.reading.max_chars
        write_report(results.lines, batch.report, contents=batch.contents, schema=schema, max_chars=max_chars)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder} cannot be made: {error.strerror}. Choose another place with -o.") from error

"""A batch as it runs: each document is read once, and its row is written as it comes; none of them ends the run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from sys import getsizeof
from typing import NamedTuple

from extract.batch.items import Content, Item, Skipped
from extract.batch.reading import Answer, content_hash, failure
from extract.batch.results import Results, Standing
from extract.batch.rows import Row, copied, line_of, read_row, row_line
from extract.batch.totals import Totals
from extract.errors import ExtractError, TooManyFailures
from extract.result import RecordStatus
from extract.threads import InFlight, work_through

MOST_BYTES = 256 * 1024 * 1024
"""Bytes of documents that are under way at once; one alone may have more."""
_LOOK_UP = 256  # documents that need no reading, after which those that were read are written
_WAITING = 1024  # documents that wait for another one with their content
_JUDGED = 20  # documents after which a share of failures says something


class Only(StrEnum):
    """Which documents are read."""

    CHANGED = "changed"  # those whose row is of another content, or was made another way


@dataclass(frozen=True, slots=True)
class Failures:
    """How many documents may fail before a run is stopped: a number, or a share of those that were read; None = any."""

    number: int | None = None
    share: float | None = None

    def passed(self, totals: Totals) -> bool:
        """Whether that is passed; a share is judged after 20 documents.

        >>> Failures(share=0.5).passed(Totals(complete=5, empty=14)), Failures(share=0.5).passed(Totals(complete=9, empty=11))
        (False, True)
        """
        if self.number is not None and totals.failed > self.number:
            return True
        return self.share is not None and totals.done >= _JUDGED and totals.failed > self.share * totals.done


@dataclass(frozen=True, slots=True)
class Job:
    """A document that is to be read; ``sha256`` is that of its content."""

    id: str
    place: str
    content: Content
    sha256: str

    @property
    def size(self) -> int:
        """Bytes in memory: up to four for a character."""
        return getsizeof(self.content)


class Mention(NamedTuple):
    """A document without its content."""

    id: str
    place: str


@dataclass(frozen=True, slots=True)
class Event:
    """What became of a document: read, copied from one with its content, or not there to be read."""

    id: str
    place: str
    answer: Answer
    copied: bool = False


@dataclass(frozen=True, slots=True)
class Conduct:
    """How a batch runs: which documents are read again, when it is stopped, how many are under way, and who watches.

    ``watch`` is called after each document, with None where it needed no reading; ``skipped`` for what is no document;
    ``stopping`` when somebody pressed Ctrl-C and some are still under way.
    """

    at_once: int = 1
    retry_failed: bool = False
    only: Only | None = None
    failures: Failures = Failures()
    watch: Callable[[Totals, Event | None], None] = field(default=lambda _, __: None)
    skipped: Callable[[Skipped], None] = field(default=lambda _: None)
    stopping: Callable[[int], None] = field(default=lambda _: None)


def run_batch(
    items: Iterable[Item | Skipped],
    results: Results,
    *,
    answer: Callable[[str, Content], Answer],
    conduct: Conduct = Conduct(),
    totals: Totals | None = None,
) -> Totals:
    """Read the documents that need it, and write a row for each; the answer is what became of them.

    Rows come in the order in which documents are done. What ends a run before its end comes through when those under way are
    written: RunStopped, UsageError, KeyboardInterrupt; a second KeyboardInterrupt at once. Then the same call goes on.
    """
    batch = _Batch(results, conduct, totals if totals is not None else Totals())
    flight = InFlight(
        batch.jobs(items),
        lambda job: answer(job.place, job.content),
        at_once=conduct.at_once,
        weigh=lambda job: job.size,
        bound=MOST_BYTES,
    )
    work_through(flight, batch.keep, stopping=conduct.stopping)
    return batch.totals


def wanted(standing: Standing, conduct: Conduct) -> bool:
    """Whether a document that stands so is read."""
    match standing:
        case Standing.NEW:
            return conduct.only is None
        case Standing.CHANGED:
            return True
        case Standing.FAILED:
            return conduct.retry_failed
        case Standing.DONE:
            return False


def standing_unread(results: Results, item: Item) -> Standing:
    """How a document stands that cannot be had: a record that it has from before stays."""
    return Standing.DONE if results.has_record(item.place) else results.standing(item.place, "", name=item.id)


class _Batch:
    """What is under way, and who waits for it."""

    def __init__(self, results: Results, conduct: Conduct, totals: Totals) -> None:
        self.totals = totals
        self._results = results
        self._conduct = conduct
        self._waiting: dict[str, list[Mention]] = {}
        """The documents with the same content, by its hash, for each that is under way."""
        self._waiters = 0

    def jobs(self, items: Iterable[Item | Skipped]) -> Iterator[Job | None]:
        """The documents that have to be read, and None now and then where many need no reading."""
        looked = 0
        for item in items:
            if isinstance(item, Skipped):
                self.totals.skipped += 1
                self._conduct.skipped(item)
            elif self._results.take(item.place):
                job = self._job(item)
                if job is not None:
                    yield job
                    looked = 0
                elif (error := self._too_many()) is not None:
                    raise error
            looked += 1
            if looked >= _LOOK_UP or self._waiters >= _WAITING:
                looked = 0
                yield None

    def keep(self, job: Job, answer: Answer) -> ExtractError | None:
        """Write the row of a document, and of those that waited for it; the error that ends the run."""
        line = self._line(job, answer)
        waiting = self._waiting.pop(job.sha256, [])
        self._waiters -= len(waiting)
        self._results.add(line, path=job.place, name=job.id, content=job.sha256, failed=answer.status is RecordStatus.FAILED)
        self.totals.add(answer)
        self._conduct.watch(self.totals, Event(job.id, job.place, answer))
        if waiting:
            row = read_row(line, job.place)
            for item in waiting:
                self._copy(row, item)
        return self._too_many()

    def _too_many(self) -> TooManyFailures | None:
        if not self._conduct.failures.passed(self.totals):
            return None
        told = f"{self.totals.failed:,} of {self.totals.done:,} documents failed"
        return TooManyFailures(f"{told}, which is more than --max-failures allows: look at the summary, and mend the cause")

    def _job(self, item: Item) -> Job | None:
        """The document, if it has to be read; where it cannot be had, or its content is known, its row is written."""
        content = item.content()
        if isinstance(content, Exception):
            self._fail(item, content)
            return None
        sha256 = content_hash(content)
        standing = self._results.standing(item.place, sha256, name=item.id)
        if not wanted(standing, self._conduct):
            self._keep_row(standing)
        elif sha256 in self._waiting:
            self._waiting[sha256].append(Mention(item.id, item.place))
            self._waiters += 1
        elif (line := self._results.same(sha256)) is not None:
            self._copy(read_row(line, item.place), Mention(item.id, item.place))
        else:
            self._waiting[sha256] = []
            return Job(item.id, item.place, content, sha256)
        return None

    def _keep_row(self, standing: Standing) -> None:
        if standing is Standing.NEW:
            self.totals.left += 1
        else:
            self.totals.kept += 1
        self.totals.kept_failed += standing is Standing.FAILED
        self._conduct.watch(self.totals, None)

    def _fail(self, item: Item, error: Exception) -> None:
        """The row of a document that cannot be had; a record that it has from before stays."""
        standing = standing_unread(self._results, item)
        if not wanted(standing, self._conduct):
            self._keep_row(standing)
            return
        answer = failure(error)
        line = row_line(answer.body, name=item.id, path=item.place, sha256="", configuration=self._results.configuration)
        self._results.add(line, path=item.place, name=item.id, content="", failed=True)
        self.totals.add(answer)
        self._conduct.watch(self.totals, Event(item.id, item.place, answer))

    def _copy(self, row: Row, item: Mention) -> None:
        row = copied(row, name=item.id, path=item.place)
        answer = Answer("", row.status, row.usage, row.error, tuple(issue.code for issue in row.issues))
        failed = row.status is RecordStatus.FAILED
        self._results.add(line_of(row), path=row.path, name=row.id, content=row.sha256, failed=failed)
        self.totals.add_copy(answer)
        self._conduct.watch(self.totals, Event(item.id, item.place, answer, copied=True))

    def _line(self, job: Job, answer: Answer) -> bytes:
        configuration = self._results.configuration
        return row_line(answer.body, name=job.id, path=job.place, sha256=job.sha256, configuration=configuration)

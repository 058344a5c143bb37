"""What a batch keeps in memory: so many bytes of documents under way, and so many that wait for one with their content."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from batches import Reads, batched, item, posting

from extract.batch.items import Item
from extract.batch.reading import Answer
from extract.batch.running import Conduct, Event, Job
from extract.batch.totals import Totals

COPIES = 200
"""Documents with the content of the first one before each other one: fewer than are looked through before rows are written."""
OTHERS = 20
MOST_COPIES = 1024
"""That wait for a document with their content."""


class Held:
    """Does jobs in this thread, in an order that takes no luck: the first one last, or when nothing more is begun before it."""

    def __init__(self, jobs: Iterator[Job | None], call: Callable[[Job], Answer], **_: object) -> None:
        self._jobs = jobs
        self._call = call
        self._first: Job | None = None

    def __next__(self) -> tuple[Job, Answer]:
        for job in self._jobs:
            if job is None and self._first is None:
                continue
            if job is None:
                break
            if self._first is not None:
                return job, self._call(job)
            self._first = job
        if self._first is None:
            raise StopIteration
        first, self._first = self._first, None
        return first, self._call(first)

    def leave(self) -> None:
        """Nothing is under way."""


@pytest.mark.parametrize(("room", "ahead"), [(1, 0), (2, 1), (100, 3)])
def test_documents_under_way_are_bounded_by_their_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: int, ahead: int
) -> None:
    """Where they fill the room for them, the next one is taken when one is done, and not when a process could have it."""
    monkeypatch.setattr("extract.batch.running.MOST_BYTES", room * Job("0", "0.txt", posting(0), "").size)
    found: list[int] = []
    totals = Totals()

    def items() -> Iterator[Item]:
        for number in range(8):
            found.append(number - totals.done)
            yield item(f"{number}.txt", posting(number))

    def see(seen: Totals, _: Event | None) -> None:
        totals.complete = seen.complete

    batched(items(), tmp_path / "rows.jsonl", Reads(), conduct=Conduct(at_once=4, watch=see))
    assert (totals.done, max(found)) == (8, ahead)


def test_documents_that_wait_for_one_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that takes long holds back no million of its copies: when enough wait, it is waited for, and then no longer."""
    monkeypatch.setattr("extract.batch.running.InFlight", Held)

    def items() -> Iterator[Item]:
        yield item("slow", posting(1000))
        for other in range(OTHERS):
            yield from (item(f"copy {other}.{number}", posting(1000)) for number in range(COPIES))
            yield item(f"{other}", posting(other))

    reads = Reads()
    totals = batched(items(), tmp_path / "rows.jsonl", reads)
    before = MOST_COPIES // COPIES
    assert reads.names[:before] == [f"{other}" for other in range(before)]
    assert reads.names[before] == "slow"
    assert reads.names[before + 1 :] == [*(f"{other}" for other in range(before + 1, OTHERS)), f"{before}"]  # one is held again
    assert totals.copied == COPIES * OTHERS

"""Whoever is interrupted at any step of submit or collect calls again: nothing is asked twice, lost, or counted twice."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import pytest
from batch_server import BatchServer, Body, answered, failed, serving_batches
from provider_memos import OWNER, Memo, memos, order, read_alone, reads

from extract.batch.provider import manifest, parts, unanswered
from extract.batch.provider.collecting import Collected, collect
from extract.batch.provider.manifest import read_manifest
from extract.batch.provider.order import Limits, Order
from extract.batch.provider.submitting import submit
from extract.batch.provider.tally import Tally
from extract.engines.llm.answer_cache import AnswerCache
from extract.errors import EndpointUnavailable

pytestmark = pytest.mark.block_network(allowed_hosts=["127.0.0.1"])
T = TypeVar("T")
DOCUMENTS = memos([1, 2, 3])


class Crash(BaseException):
    """The end of a process, which nobody catches."""


class Steps:
    """Counts steps, and says of one of them that it is the last of a process."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.seen = 0

    @property
    def is_met(self) -> bool:
        return self.seen > self.target

    def is_last(self) -> bool:
        self.seen += 1
        return self.seen == self.target + 1

    def around(self, call: Callable[..., T], *, before: bool) -> Callable[..., T]:
        """The same call, which may end the process before or after it has taken effect."""

        def stepped(*args: Any, **kwargs: Any) -> T:
            is_last = self.is_last()
            if is_last and before:
                raise Crash
            answer = call(*args, **kwargs)
            if is_last:
                raise Crash
            return answer

        return stepped


def watch(steps: Steps, server: BatchServer, patch: pytest.MonkeyPatch, *, before: bool) -> None:
    """Make steps of all that leaves a trace: files that are written, calls that are made, answers that are kept."""
    for module, name in ((manifest, "replace_file"), (unanswered, "replace_file"), (parts, "_filled"), (AnswerCache, "add")):
        patch.setattr(module, name, steps.around(getattr(module, name), before=before))
    server.step = lambda: before if steps.is_last() else None


def again(call: Callable[[], T]) -> T:
    """What a call answers, made again by another process where the first ends."""
    try:
        return call()
    except (Crash, EndpointUnavailable):
        return call()


def goes_all_the_way(ordered: Order, server: BatchServer) -> Collected:
    """Submit and collect until nothing is under way: one memo is misread, and one fails the first time."""
    unlucky: list[str] = []

    def reply(line: Body, answer: Any) -> Body:
        if "Memo no. 3" in line["body"]["messages"][-1]["content"] and not unlucky:
            unlucky.append(line["custom_id"])
            return failed(line, 429)
        return answered(line, answer)

    again(lambda: submit(ordered, DOCUMENTS))
    for _ in range(5):
        server.finish(reply=reply)
        collected = again(lambda: collect(ordered, DOCUMENTS))
        if collected.standing.is_done:
            return collected
    raise AssertionError("it does not end")


def holds(ordered: Order, server: BatchServer) -> Tally:
    """What came of it, where all is as it should be."""
    asked = Counter(server.asked())
    assert sorted(asked.values()) == [1, 1, 1, 2]
    assert max(Counter(batch["metadata"]["extract_part"] for batch in server.batches.values()).values()) == 1
    assert [read_alone(ordered, document) for document in DOCUMENTS] == [Memo(owner=OWNER, pages=n) for n in (1, 2, 3)]
    assert ordered.settings.cache_dir is not None
    with closing(AnswerCache(ordered.settings.cache_dir)) as cache:
        assert cache.info().entries == len(asked)
    assert not [path.name for path in ordered.folder.iterdir() if path.name.endswith((".requests.jsonl", ".output.jsonl"))]
    assert server.asked_live == 0
    return sum((part.tally for part in read_manifest(ordered.folder).parts if part.tally is not None), Tally())


@pytest.mark.skipif(sys.platform == "win32", reason="an open file cannot be removed there")
@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_a_crash_at_any_step_loses_nothing(before: bool, tmp_path: Path) -> None:
    """Each step in turn is the last of its process, before it took effect and after; the steps are found by counting."""
    totals = set()
    for target in count(-1):  # without a crash first
        with serving_batches(reads(2)) as server, pytest.MonkeyPatch.context() as patch:
            ordered = order(server.base_url, tmp_path / str(target), limits=Limits(most_requests=2), attempts=1)
            steps = Steps(target)
            watch(steps, server, patch, before=before)
            collected = goes_all_the_way(ordered, server)
            patch.undo()
            total = holds(ordered, server)
            assert total == collected.total, f"step {target}"
            totals.add(total.model_dump_json())
            if target >= 0 and not steps.is_met:
                break
    assert target > 30
    assert len(totals) == 1

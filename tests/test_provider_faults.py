"""What stands in the way of a batch: calls that fail, queues that are full, endpoints that have none."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from batch_server import Body, Trip, failed, serving_batches
from provider_memos import KEY, memos, order, reads, rounds

from extract.batch.provider.collecting import collect
from extract.batch.provider.manifest import read_manifest
from extract.batch.provider.order import Limits
from extract.batch.provider.status import PartStatus, status
from extract.batch.provider.submitting import Submitted, submit
from extract.batch.reading import Reading
from extract.engines.rules import RulesEngine
from extract.errors import AccessDenied, EndpointUnavailable, QuotaExhausted, UsageError

pytestmark = pytest.mark.block_network(allowed_hosts=["127.0.0.1"])
IDLE = Submitted()


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("code", [None, 503, 429])
@pytest.mark.parametrize("call", ["POST /files", "GET /batches", "POST /batches", "GET /batches/", "GET /files/"])
def test_a_call_that_fails_is_tried_again(call: str, code: int | None, after: bool, tmp_path: Path) -> None:
    """Also one that has taken effect: no batch is begun twice."""
    documents = memos([1, 2])
    with serving_batches(reads()) as server:
        ordered = order(server.base_url, tmp_path)
        has_begun = after and call == "POST /batches"  # then it is found, and not tried again
        server.trips = [Trip(call, code, after=after)] * (1 if has_begun else 2)
        (only,) = rounds(ordered, server, documents)
        assert (only.total.answered, only.standing, server.trips) == (2, IDLE, [])
        assert len(server.batches) == 1


@pytest.mark.parametrize("body", [b"<html>", b"{}", b'{"data": null}', b'"x"', b"[]", b'{"data": {"a": 1}}'])
@pytest.mark.parametrize("call", ["POST /files", "GET /batches", "POST /batches", "GET /batches/"])
def test_what_is_no_answer_is_not_taken_for_one(call: str, body: bytes, tmp_path: Path) -> None:
    """A page of a proxy, say, in the place of the list of batches: it does not mean that there are none."""
    with serving_batches(reads()) as server:
        ordered = order(server.base_url, tmp_path)
        server.trips = [Trip(call, 200, error=body)] * 2
        (only,) = rounds(ordered, server, memos([1]))
        assert (only.total.answered, server.trips, len(server.batches)) == (1, [], 1)


def test_half_a_file_is_fetched_again(tmp_path: Path) -> None:
    """A connection that breaks in the middle of the answers loses none."""
    with serving_batches(reads()) as server:
        ordered = order(server.base_url, tmp_path)
        server.trips = [Trip("GET /files/", half=True), Trip("GET /files/", half=True)]
        (only,) = rounds(ordered, server, memos([1, 2]))
        assert (only.total.answered, only.total.broken, server.trips) == (2, 0, [])


def test_a_batch_is_found_among_many(tmp_path: Path) -> None:
    """One that began though we were told nothing is looked for on all pages of a day, and not on those before."""
    with serving_batches(reads()) as server:
        ordered = order(server.base_url, tmp_path, attempts=1)
        server.trips = [Trip("POST /batches", after=True)]
        with pytest.raises(EndpointUnavailable):
            submit(ordered, memos([1]))
        (ours,) = server.batches.values()
        old = {f"old_{number}": ours | {"id": f"old_{number}", "metadata": None, "created_at": 1} for number in range(300)}
        new = {f"new_{number}": ours | {"id": f"new_{number}", "metadata": {}, "input_file_id": "x"} for number in range(150)}
        server.batches = old | {ours["id"]: ours} | new
        server.calls.clear()
        assert submit(ordered, memos([1])) == Submitted(sent=1, running=1)
        assert server.calls == ["GET /batches"] * 2
        (part,) = read_manifest(ordered.folder).parts
        assert part.batch == ours["id"]
        server.batches = old
        server.calls.clear()
        submit(ordered, memos([2]))
        assert server.calls == ["POST /files", "GET /batches", "POST /batches"]


@pytest.mark.parametrize("call", ["POST /files", "POST /batches"])
@pytest.mark.parametrize(
    ("code", "error"),
    [
        (429, {"message": "Enqueued token limit reached", "code": "token_limit_exceeded"}),
        (400, {"message": "Enqueued token limit reached", "code": "token_limit_exceeded"}),
        (429, {"message": "too many requests", "code": "rate_limit_exceeded"}),
    ],
    ids=["queue", "queue as 400", "rate"],
)
def test_what_the_endpoint_refuses_waits(call: str, code: int, error: Body, tmp_path: Path) -> None:
    """It stays as it is, with the reason, and the next collect sends it."""
    documents = memos([1, 2, 3])
    with serving_batches(reads()) as server:
        ordered = order(server.base_url, tmp_path, limits=Limits(most_requests=1), attempts=1)
        submit(ordered, memos([1]))
        server.trips = [Trip(call, code, error=error)]
        told = submit(ordered, documents)
        assert (told.new, told.sent, told.running, told.waiting) == (2, 0, 1, 2)
        assert error["message"] in told.reasons[0]
        assert not told.is_done
        assert collect(ordered, documents).standing == Submitted(sent=2, running=3)


@pytest.mark.parametrize("call", ["POST /files", "POST /batches"])
@pytest.mark.parametrize(("code", "name"), [(429, "insufficient_quota"), (402, None)])
def test_an_empty_account_stops_it(call: str, code: int, name: str | None, tmp_path: Path) -> None:
    """At once, and said as what it is; when there is money again, the same call sends what was written."""
    with serving_batches(reads()) as server:
        ordered = order(server.base_url, tmp_path, attempts=1)
        server.trips = [Trip(call, code, error={"message": "you have no money", "code": name})]
        with pytest.raises(QuotaExhausted, match="no money"):
            submit(ordered, memos([1, 2]))
        assert submit(ordered, memos([1, 2])) == Submitted(sent=1, running=2)


def test_small_batches_that_find_no_place_wait(tmp_path: Path) -> None:
    """Somebody else fills the queue: they are not made ever smaller."""
    with serving_batches(reads()) as server:
        server.most_queued = 0
        ordered = order(server.base_url, tmp_path)
        submit(ordered, memos([1, 2, 3]))
        for _ in range(3):
            server.finish()
            now = collect(ordered, memos([1, 2, 3])).standing
        assert (now.is_done, now.is_stuck) == (False, False)
        assert {len(server.sent(batch)) for batch in server.batches.values()} == {3}


def test_a_file_that_is_gone_is_asked_for_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The endpoint removes files after some time; that holds up no other batch."""
    documents = memos([1, 2])
    with serving_batches(reads()) as server:
        ordered = order(server.base_url, tmp_path)
        submit(ordered, documents)
        server.finish()
        server.trips = [Trip("GET /files", 404)]
        brought = collect(ordered, documents)
        assert (brought.came.missing, brought.standing.running) == (2, 2)
        assert "is not at the endpoint any longer" in caplog.text


def test_a_batch_too_large_for_the_queue_is_halved(tmp_path: Path) -> None:
    """As often as it takes; what found no place was not tried, and does not count."""
    documents = memos(range(10, 26))
    with serving_batches(reads()) as server:
        server.most_queued = 3
        ordered = order(server.base_url, tmp_path, limits=Limits(fewest_requests=1))
        submit(ordered, documents)
        sizes = []
        for _ in range(20):
            server.finish()
            now = collect(ordered, documents)
            sizes.append(max((len(server.sent(batch)) for batch in server.batches.values()), default=0))
            if now.standing.is_done:
                break
        assert now.total.answered == 16
        assert now.total.queued
        assert now.standing == IDLE
        assert max(len(server.sent(batch)) for batch in server.batches.values() if batch["status"] == "completed") == 2


def test_a_batch_that_finds_the_queue_full_of_ours_waits_for_them(tmp_path: Path) -> None:
    """It keeps its size, and is sent when one has ended."""
    documents = memos(range(10, 16))
    with serving_batches(reads()) as server:
        server.most_queued = 4
        ordered = order(server.base_url, tmp_path, limits=Limits(most_requests=3))
        submit(ordered, documents)
        full = collect(ordered, documents)
        assert (full.came.queued, full.came.told) == (3, ("Enqueued token limit reached",))
        assert (full.standing.running, full.standing.waiting, full.standing.sent) == (3, 3, 0)
        assert "queue" in full.standing.reasons[0]
        server.finish()
        assert collect(ordered, documents).standing == Submitted(sent=1, running=3)
        server.finish()
        last = collect(ordered, documents)
        assert (last.total.answered, read_manifest(ordered.folder).most_bytes) == (6, None)


def test_an_endpoint_without_batches_is_told(tmp_path: Path) -> None:
    """And a key that is refused, without showing it."""
    with serving_batches(reads()) as server:
        ordered = order(server.base_url, tmp_path)
        server.trips = [Trip("POST /files", 404)]
        with pytest.raises(UsageError, match="has no files and batches"):
            submit(ordered, memos([1]))
        server.trips = [Trip("POST /files", 401, error={"message": f"wrong key {KEY}", "code": None})]
        with pytest.raises(AccessDenied) as caught:
            submit(ordered, memos([1]))
        assert KEY not in str(caught.value)


def test_status_says_how_the_parts_stand(tmp_path: Path) -> None:
    """In the words of the endpoint, and in ours for those that it does not have."""
    documents = memos(range(1, 4))
    expires = datetime.fromtimestamp(2_000_000_000, UTC)
    with serving_batches(reads()) as server:
        ordered = order(server.base_url, tmp_path, limits=Limits(most_requests=1), attempts=1)
        server.trips = [Trip("POST /files", 429)]
        submit(ordered, documents)
        assert status(ordered.folder, ordered.settings) == [PartStatus(f"part-000{n}", 1, "waiting") for n in (1, 2, 3)]
        submit(ordered, documents)
        first, second, _ = server.batches
        server.finish(first)
        server.finish(second, reply=lambda line, _: failed(line, 400))
        assert status(ordered.folder, ordered.settings) == [
            PartStatus("part-0001", 1, "completed", completed=1, expires=expires),
            PartStatus("part-0002", 1, "completed", failed=1, expires=expires),
            PartStatus("part-0003", 1, "in_progress", expires=expires),
        ]
        collect(ordered, documents)
        assert [each.state for each in status(ordered.folder, ordered.settings)] == ["collected", "collected", "in_progress"]
        elsewhere = ordered.settings.model_copy(update={"base_url": "http://127.0.0.1:9/v1"})
        with pytest.raises(UsageError, match="was submitted to"):
            status(ordered.folder, elsewhere)


def test_what_no_batch_can_be_made_of_is_told(tmp_path: Path) -> None:
    """Before anything is written."""
    ordered = order("http://127.0.0.1:9/v1", tmp_path)
    for wrong, told in [
        (Reading(engine="rules"), "asks a model"),
        (Reading(engine=RulesEngine()), "asks a model"),
        (replace(ordered.reading, settings=ordered.settings.model_copy(update={"cache": False})), "cache"),
        (replace(ordered.reading, settings=ordered.settings.model_copy(update={"model": ""})), "EXTRACT_MODEL"),
    ]:
        for call in (submit, collect):
            with pytest.raises(UsageError, match=told):
                call(replace(ordered, reading=wrong), memos([1]))
    assert not ordered.folder.exists()

"""The whole way of a batch at the provider: submitted, ended, collected, repaired, and then a run that asks nobody."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from batch_server import serving_batches
from provider_memos import KEY, OWNER, Memo, memos, order, read_alone, reads, requests_of
from pydantic import BaseModel

from extract import extract
from extract.batch.provider.collecting import collect
from extract.batch.provider.deferring import Deferred, Deferring, missing_requests
from extract.batch.provider.manifest import read_manifest
from extract.batch.provider.order import Limits
from extract.batch.provider.parts import line_of
from extract.batch.provider.submitting import Submitted, submit
from extract.engines.llm.answer_cache import AnswerCache
from extract.engines.llm.answer_entry import KeyedEntry
from extract.engines.llm.bodies import first_form
from extract.engines.llm.preview import sent_body
from extract.engines.llm.seam import Message, Request
from extract.errors import CallError, SchemaError, UsageError
from extract.settings import Settings

pytestmark = pytest.mark.block_network(allowed_hosts=["127.0.0.1"])
IDLE = Submitted()


@pytest.mark.parametrize("api", ["chat", "responses"])
@pytest.mark.parametrize("most_requests", [1, 3, 50_000])
def test_documents_are_answered_by_way_of_batches(api: str, most_requests: int, tmp_path: Path) -> None:
    """What was misread is asked again in a second batch; the run that follows makes right records of the answers alone."""
    documents = memos(range(1, 8))
    with serving_batches(reads(2, 5)) as server:
        ordered = order(server.base_url, tmp_path, limits=Limits(most_requests=most_requests), api=api)
        parts = -(-7 // most_requests)
        assert submit(ordered, documents) == Submitted(new=7, sent=parts, running=7)
        assert collect(ordered, documents).standing == Submitted(running=7)
        server.finish()
        first = collect(ordered, documents)
        assert (first.came.answered, first.parts) == (7, parts)
        assert first.standing == Submitted(new=2, sent=-(-2 // most_requests), running=2)
        assert not first.standing.is_done
        server.finish()
        second = collect(ordered, documents)
        assert (second.came.answered, second.total.answered, second.standing) == (2, 9, IDLE)
        assert second.standing.is_done
        assert len(set(server.asked())) == len(server.asked()) == 9
        assert [read_alone(ordered, document) for document in documents] == [Memo(owner=OWNER, pages=n) for n in range(1, 8)]
        assert collect(ordered, documents).standing == IDLE
        assert server.asked_live == 0


def test_lines_are_the_requests_as_they_would_leave(tmp_path: Path) -> None:
    """Each has its key as its name, the body that a live call would have, nothing that ends a line early, and no secret."""
    text = f"Memo no. 7\n\nWritten by {OWNER} \u2028 \x85 😀 “Zürich”\n\nIt has 7 pages."
    with serving_batches(reads()) as server:
        ordered = order(server.base_url, tmp_path)
        submit(ordered, [("a", text)])
        (raw,) = (content for content in server.files.values() if b"custom_id" in content)
        (batch,) = server.batches.values()
    requests = requests_of(ordered, [("a", text)])
    assert raw.endswith(b"\n")
    assert len(raw.decode().splitlines()) == 1
    line = json.loads(raw)
    assert list(line) == ["custom_id", "method", "url", "body"]
    assert line["body"] == sent_body(requests[line["custom_id"]], first_form(ordered.settings))
    assert (line["method"], line["url"], batch["endpoint"]) == ("POST", "/v1/chat/completions", "/v1/chat/completions")
    assert batch["completion_window"] == "24h"
    assert KEY not in json.dumps(server.batches) + raw.decode() + (ordered.folder / "manifest.json").read_text()


def test_no_character_ends_a_line_early() -> None:
    """Readers of lines differ in what they take for the end of one."""
    request = Request("m", "e", (Message("user", "a\u2028b\u2029c\x85d\r\ne"),), {})
    line = line_of(request, first_form(Settings(model="m")))
    assert len(line.decode().splitlines()) == 1
    assert json.loads(line)["body"]["messages"][0]["content"] == request.messages[0].content


def test_parts_are_as_large_as_they_may_be(tmp_path: Path) -> None:
    """No larger in bytes, nor in requests, unless one request alone is."""
    with serving_batches(reads()) as server:
        ordered = order(server.base_url, tmp_path)
        submit(ordered, memos(range(10, 20)))
        (size,) = {part.size // part.requests for part in read_manifest(ordered.folder).parts}
        for name, limits, sizes in [
            ("bytes", Limits(most_bytes=4 * size), [4, 4, 2]),
            ("both", Limits(most_requests=3, most_bytes=4 * size + 1), [3, 3, 3, 1]),
            ("one", Limits(most_bytes=size - 1), [1] * 10),
        ]:
            other = replace(ordered, folder=tmp_path / name, limits=limits)
            submit(other, memos(range(10, 20)))
            parts = read_manifest(other.folder).parts
            assert [part.requests for part in parts] == sizes
            assert all(part.size <= limits.most_bytes for part in parts) or name == "one"


def test_documents_are_taken_as_parts_are_filled(tmp_path: Path) -> None:
    """A part is whole and counts before the documents after it are read; a list that breaks off loses what is in no part yet."""
    with serving_batches(reads()) as server:
        ordered = order(server.base_url, tmp_path, limits=Limits(most_requests=2))

        def documents() -> Iterator[tuple[str, str]]:
            yield from memos(range(1, 5))
            raise UsageError("the list is broken")

        with pytest.raises(UsageError, match="broken"):
            submit(ordered, documents())
        assert [part.requests for part in read_manifest(ordered.folder).parts] == [2]
        assert server.calls == []
        assert submit(ordered, memos(range(1, 6))) == Submitted(new=3, sent=3, running=5)
        assert len(set(server.asked())) == len(server.asked()) == 5


def test_what_is_known_is_not_sent(tmp_path: Path) -> None:
    """Not a document that comes twice, nor one that the cache answers, nor one that is under way; then nothing is asked."""
    with serving_batches(reads()) as server:
        ordered = order(server.base_url, tmp_path)
        extract(memos([1])[0][1], schema=Memo, engine="llm", settings=ordered.settings)
        assert submit(ordered, memos([1])) == IDLE
        assert server.batches == {}
        assert submit(ordered, [*memos([1, 2]), *memos([2])]).new == 1
        assert submit(ordered, memos([1, 2, 3])) == Submitted(new=1, sent=1, running=2)


def test_documents_that_cannot_be_read_are_left_to_the_run(tmp_path: Path) -> None:
    """An empty one, and one that makes a schema's own validator crash, stop nothing."""
    crash = ("crash", memos([6])[0][1].replace(OWNER, "Crash"))
    with serving_batches(lambda _: json.dumps({"owner": {"value": "Crash", "at": 1}, "pages": None})) as server:
        ordered = order(server.base_url, tmp_path)

        def crashing(*_: object) -> Iterator[Any]:
            raise KeyError("a check of somebody")

        documents: list[tuple[str, str | bytes]] = [("empty", ""), ("bytes", b"\x00\x01"), crash]
        reading = replace(ordered.reading, checks=(crashing,))
        checked = replace(ordered, reading=reading)
        assert submit(checked, documents).new == 1
        server.finish()
        assert collect(checked, documents).standing == IDLE


class Odd(BaseModel):
    """A schema that no model can be asked for."""

    anything: Any = None


def test_what_every_document_would_meet_is_raised(tmp_path: Path) -> None:
    """A batch of nothing would say that all is done."""
    ordered = order("http://127.0.0.1:9/v1", tmp_path)
    odd = replace(ordered, reading=replace(ordered.reading, schema=Odd))
    with pytest.raises(SchemaError):
        submit(odd, memos([1]))


def test_a_request_that_is_missing_is_no_failed_call(tmp_path: Path) -> None:
    """An engine goes on without a repair that failed: one that is missing has to come through."""
    assert not issubclass(Deferred, CallError)
    with closing(AnswerCache(tmp_path)) as store:
        ordered = order("http://127.0.0.1:9/v1", tmp_path)
        (first,) = requests_of(ordered, memos([3])).values()
        with pytest.raises(Deferred) as caught:
            Deferring(store).complete(first)
        assert caught.value.request is first
        text = reads(3)(sent_body(first, first_form(ordered.settings)))
        given: dict[str, Any] = {"model": "m", "requested_model": "m", "endpoint": "e", "created": "2026-01-01T00:00:00Z"}
        given |= {"input_tokens": 1, "cached_tokens": 0, "output_tokens": 1}
        assert store.add(KeyedEntry(key=first.key, version=1, text=text, **given))
        assert not store.add(KeyedEntry(key=first.key, version=1, text="{}", **given))
        assert Deferring(store).complete(first).text == text
        (repair,) = missing_requests(memos([3]), ordered.reading, store=store)
        assert "What was wrong" in repair.messages[-1].content

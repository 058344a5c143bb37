"""What batches bring, in whatever state it is: answers for the cache, and what goes out again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from batch_server import Body, Reply, answered, failed, not_run, ok, serving_batches
from provider_memos import Memo, entries, memos, numbered, order, read_alone, reads, replying, requests_of, rounds

from extract import extract
from extract.batch.provider.collecting import collect
from extract.batch.provider.submitting import Submitted, submit
from extract.errors import SettingsError

pytestmark = pytest.mark.block_network(allowed_hosts=["127.0.0.1"])


def test_failures_that_pass_are_tried_again_and_others_are_not(tmp_path: Path) -> None:
    """A 429 goes out in the next batch; a 400 is left to the run that follows, which asks it at its price."""
    seen: set[str] = set()

    def once(line: Body, answer: Any) -> Body:
        first = line["custom_id"] not in seen
        seen.add(line["custom_id"])
        return failed(line, 429, "rate_limit_exceeded") if first else answered(line, answer)

    reply = replying(
        _2=once, _3=lambda line, _: failed(line, 400, "context_length_exceeded"), _4=lambda line, _: failed(line, 400)
    )
    documents = memos(range(1, 6))
    with serving_batches(reads()) as server:
        ordered = order(server.base_url, tmp_path)
        first, second = rounds(ordered, server, documents, reply)
        assert first.came.answered == 2
        assert first.came.failed == {"context_length_exceeded": 1, "rate_limit_exceeded": 1, "scripted_error": 1}
        assert first.standing == Submitted(new=1, sent=1, running=1, left=2)
        assert (second.came.answered, second.total.answered, second.standing) == (1, 3, Submitted(left=2))
        assert second.standing.is_done
        assert submit(ordered, documents) == Submitted(left=2)
        assert read_alone(ordered, documents[1]).pages == 2
        assert extract(documents[2][1], schema=Memo, engine="llm", settings=ordered.settings).usage.calls == 1


@pytest.mark.parametrize(
    ("reply", "counted"),
    [
        (lambda line, _: failed(line, 503), {"failed": {"scripted_error": 1}}),
        (lambda line, _: not_run(line, "batch_expired"), {"expired": 1}),
        (lambda line, _: not_run(line, "odd"), {"failed": {"odd": 1}}),
        (lambda _, __: None, {"missing": 1}),
        (
            lambda line, _: ok(line, "x") | {"response": {"status_code": 200, "body": {"error": None}}},
            {"failed": {"no_answer": 1}},
        ),
        (
            lambda line, _: ok(line, "x") | {"response": {"status_code": 200, "body": {"error": {"code": 429, "message": "m"}}}},
            {"failed": {"429": 1}},
        ),
        (lambda line, _: ok(line, "x") | {"response": {"status_code": "200", "body": {}}}, {"failed": {"no_answer": 1}}),
    ],
    ids=["503", "expired", "odd", "missing", "no completion", "stated", "no status"],
)
def test_a_request_is_tried_in_three_batches(reply: Reply, counted: Body, tmp_path: Path) -> None:
    """Whatever it fails for: then it is left to the run, and nothing goes round for ever."""
    documents = memos([1, 2])
    with serving_batches(reads()) as server:
        ordered = order(server.base_url, tmp_path)
        collected = rounds(ordered, server, documents, replying(_2=reply))
        assert [each.standing.running for each in collected] == [1, 1, 0]
        assert collected[0].came.model_copy(update={"answered": 0, **counted}) == collected[0].came.model_copy(
            update={"answered": 0}
        )
        assert collected[-1].standing == Submitted(left=1)
        assert len(server.batches) == 3


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (lambda line, _: ok(line, "", refusal="I will not"), "refused"),
        (lambda line, _: ok(line, '{"owner": {"val', finish_reason="length"), "length"),
        (lambda line, _: ok(line, "Of course! It is"), "no_json"),
        (lambda line, _: ok(line, "{}", finish_reason="content_filter"), "filtered"),
        (lambda line, _: ok(line, ""), "empty"),
        (lambda line, _: ok(line, '{"a": "\ud800"}'), "no_json"),
    ],
    ids=["refused", "cut off", "prose", "filtered", "empty", "surrogate"],
)
def test_an_answer_that_is_no_record_is_left_to_the_run(reply: Reply, kind: str, tmp_path: Path) -> None:
    """It is paid for and counted, not kept, and not asked again in a batch: the run asks it, perhaps with more room."""
    documents = memos([1, 2])
    with serving_batches(reads()) as server:
        ordered = order(server.base_url, tmp_path)
        (only,) = rounds(ordered, server, documents, replying(_2=reply))
        assert (only.came.answered, only.came.unusable) == (1, {kind: 1})
        assert (only.came.input_tokens, only.standing) == (200, Submitted(left=1))
        assert len(entries(ordered)) == 1
        assert extract(documents[1][1], schema=Memo, engine="llm", settings=ordered.settings).record.pages == 2


def test_a_batch_that_expired_brings_what_it_has(tmp_path: Path) -> None:
    """The rest goes out again, whether lines speak of it or not."""
    documents = memos(range(1, 7))
    reply = replying(_2=lambda line, _: not_run(line, "batch_expired"), _3=lambda _, __: None)
    with serving_batches(reads()) as server:
        ordered = order(server.base_url, tmp_path)
        submit(ordered, documents)
        server.finish(status="expired", reply=reply)
        first = collect(ordered, documents)
        assert (first.came.answered, first.came.expired, first.standing.running) == (4, 2, 2)
        server.finish()
        assert collect(ordered, documents).total.answered == 6


def test_what_somebody_cancelled_waits_for_the_next_submit(tmp_path: Path) -> None:
    """Its answers come; collect sends nothing that was stopped on purpose, and submit does."""
    documents = memos(range(1, 5))
    reply = replying(_2=lambda line, _: not_run(line, "batch_cancelled"), _3=lambda _, __: None)
    with serving_batches(reads()) as server:
        ordered = order(server.base_url, tmp_path)
        submit(ordered, documents)
        server.finish(status="cancelled", reply=reply)
        first = collect(ordered, documents)
        assert (first.came.answered, first.came.cancelled, first.standing) == (2, 2, Submitted(left=2))
        assert submit(ordered, documents) == Submitted(new=2, sent=1, running=2)


def test_answers_that_are_counted_are_waited_for(tmp_path: Path) -> None:
    """A batch that is completed and names no output yet is not over: asking again would pay twice."""
    documents = memos([1])
    with serving_batches(reads()) as server:
        ordered = order(server.base_url, tmp_path)
        submit(ordered, documents)
        server.finish()
        (batch,) = server.batches.values()
        output, batch["output_file_id"] = batch["output_file_id"], None
        assert collect(ordered, documents).standing == Submitted(running=1)
        batch["output_file_id"] = output
        assert collect(ordered, documents).total.answered == 1


def test_lines_that_are_none_are_counted_and_told(tmp_path: Path) -> None:
    """Half a line, another request, the same twice, no JSON, no object, a line longer than any answer: none of them is fatal."""
    documents = memos(range(1, 6))
    unknown = json.dumps({"custom_id": "f" * 64, "response": {"status_code": 200, "body": {}}}).encode() + b"\n"

    def mangled(lines: list[bytes]) -> list[bytes]:
        rubbish = [
            b"not json\n",
            b"[1]\n",
            b"\xff\n",
            b"\n",
            b'{"custom_id": 7}\n',
            b"9" * 17 * 2**20 + b"\n",
            b"[" * 10**5 + b"\n",
        ]
        return [*rubbish, lines[0], *lines, unknown, lines[1].replace(b"Ada", b"Eve"), lines[-1][:40]]

    with serving_batches(reads()) as server:
        ordered = order(server.base_url, tmp_path)
        submit(ordered, documents)
        server.finish(mangle=mangled)
        came = collect(ordered, documents).came
    assert (came.answered, came.unknown, came.duplicates, came.broken) == (5, 1, 2, 7)
    assert sorted(entry["key"] for entry in entries(ordered)) == sorted(requests_of(ordered, documents))
    assert all("Eve" not in entry["text"] for entry in entries(ordered))


def test_half_a_line_is_a_request_without_an_answer(tmp_path: Path) -> None:
    """It goes out again."""
    documents = memos([1, 2])
    with serving_batches(reads()) as server:
        ordered = order(server.base_url, tmp_path)
        submit(ordered, documents)
        server.finish(mangle=lambda lines: [lines[0], lines[1][:-20]])
        first = collect(ordered, documents)
        assert (first.came.answered, first.came.broken, first.came.missing, first.standing.running) == (1, 1, 1, 1)


def test_an_answer_wins_over_a_failure_of_the_same_request(tmp_path: Path) -> None:
    """In whichever of the two files it stands first."""
    documents = memos([1, 2])
    with serving_batches(reads()) as server:
        ordered = order(server.base_url, tmp_path)
        submit(ordered, documents)
        (batch,) = server.batches.values()
        lines = server.sent(batch)
        server.finish(mangle=lambda found: [json.dumps(failed(lines[0], 500)).encode() + b"\n", *found])
        batch["error_file_id"] = server.add_file(json.dumps(failed(lines[1], 500)).encode() + b"\n")
        came = collect(ordered, documents).came
        assert (came.answered, came.failed, came.duplicates) == (2, {}, 2)


def test_entries_say_what_was_submitted(tmp_path: Path) -> None:
    """Whatever the endpoint calls the model; the tokens are those of the answer."""
    with serving_batches(reads()) as server:
        ordered = order(server.base_url, tmp_path)
        rounds(ordered, server, memos([1]))
    (entry,) = entries(ordered)
    assert (entry["requested_model"], entry["endpoint"], entry["model"]) == ("gpt-5.4-mini", server.base_url, "model-2026-01-01")
    assert (entry["input_tokens"], entry["cached_tokens"], entry["output_tokens"]) == (100, 64, 20)


@pytest.mark.parametrize(("model", "cost"), [("gpt-5.4-mini", (36 * 0.75 + 64 * 0.075 + 20 * 4.5) / 2e6), ("unknown", None)])
def test_answers_cost_half(model: str, cost: float | None, tmp_path: Path) -> None:
    """Only those that came; unknown where the price is."""
    reply = replying(_3=lambda _, __: None)
    with serving_batches(reads()) as server:
        ordered = order(server.base_url, tmp_path, model=model)
        submit(ordered, memos([1, 2, 3]))
        server.finish(reply=reply)
        came = collect(ordered, memos([1, 2, 3])).came
    assert (came.input_tokens, came.cached_tokens, came.output_tokens) == (200, 128, 40)
    assert came.cost == (None if cost is None else pytest.approx(2 * cost))


def test_a_batch_that_fails_as_a_whole_says_which_lines_are_wrong(tmp_path: Path) -> None:
    """Those are left to the run; the others go out again."""
    documents = memos([1, 2, 3])
    with serving_batches(reads()) as server:
        ordered = order(server.base_url, tmp_path)
        submit(ordered, documents)
        server.fail("invalid_request", line=2, message="line 2 is wrong")
        first = collect(ordered, documents)
        assert first.came.failed == {"invalid_request": 3}
        assert (first.came.told, first.standing) == (("line 2 is wrong",), Submitted(new=2, sent=1, running=2, left=1))
        assert numbered(server.sent(list(server.batches.values())[-1])[0]) == 1
        for _ in range(2):
            server.fail("server_error")
            last = collect(ordered, documents)
        assert last.standing == Submitted(left=3)


def test_costs_stay_below_the_limits(tmp_path: Path) -> None:
    """What could pass them waits until what is under way turns out to have taken less; then it goes out."""
    documents = memos(range(1, 5))
    with serving_batches(reads()) as server:
        ordered = order(server.base_url, tmp_path, max_tokens=9_500)
        first = submit(ordered, documents)
        assert (first.new, first.running) == (2, 2)
        assert "9,500 tokens" in first.limit
        more = order(server.base_url, tmp_path, max_tokens=15_000)
        assert collect(more, documents).standing.new == 1
        server.finish()
        assert collect(ordered, documents).standing.new == 1
        dear = order(server.base_url, tmp_path / "dear", max_cost=0.02)
        told = submit(dear, documents)
        assert (told.new, told.reasons) == (2, ())
        assert "$0.02" in told.limit
        with pytest.raises(SettingsError, match="price"):
            submit(order(server.base_url, tmp_path / "unknown", max_cost=1, model="unknown"), documents)

"""The folder of an order: who may use it, and what becomes of files in it that somebody else wrote."""

from __future__ import annotations

import json
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from batch_server import BatchServer, Body, failed, not_run, ok, serving_batches
from hypothesis import example, given
from hypothesis import settings as looking
from hypothesis import strategies as st
from provider_memos import memos, order, reads

from extract.batch.provider.arrivals import Arrivals
from extract.batch.provider.collecting import collect
from extract.batch.provider.endpoint import Batch
from extract.batch.provider.manifest import MANIFEST, read_manifest
from extract.batch.provider.order import Configuration, Order
from extract.batch.provider.status import status
from extract.batch.provider.submitting import Submitted, submit
from extract.batch.provider.tally import Tally
from extract.engines.llm.answer_cache import AnswerCache
from extract.engines.llm.openai_model import completion_of
from extract.engines.llm.seam import Completion, Finish
from extract.errors import EndpointUnavailable, UsageError
from extract.journal import open_journal
from extract.result import Usage
from extract.settings import Api

pytestmark = pytest.mark.block_network(allowed_hosts=["127.0.0.1"])
DOCUMENTS = memos([1, 2, 3])
posix = pytest.mark.skipif(sys.platform == "win32", reason="locks and modes are POSIX")


@pytest.fixture
def server() -> Iterator[BatchServer]:
    """An endpoint that reads memos right."""
    with serving_batches(reads()) as running:
        yield running


@pytest.fixture
def ordered(server: BatchServer, tmp_path: Path) -> Order:
    """An order that is submitted and not collected: one request failed, as a file of it will say."""
    placed = order(server.base_url, tmp_path)
    submit(placed, DOCUMENTS)
    return placed


def settings_of(ordered: Order, **changes: Any) -> Order:
    """The same order with other settings."""
    settings = ordered.settings.model_copy(update=changes)
    return replace(ordered, reading=replace(ordered.reading, settings=settings))


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (lambda ordered: settings_of(ordered, model="gpt-5.4"), "model"),
        (lambda ordered: settings_of(ordered, temperature=0.5, max_repairs=0), "settings"),
        (lambda ordered: settings_of(ordered, repeat=1), "repeat"),
        (lambda ordered: settings_of(ordered, base_url="http://127.0.0.1:9/v1"), "endpoint"),
        (lambda ordered: settings_of(ordered, api=Api.RESPONSES), "api, settings"),
        (lambda ordered: replace(ordered, reading=replace(ordered.reading, strict=False)), "strict"),
        (lambda ordered: replace(ordered, reading=replace(ordered.reading, input_format="text")), "input_format"),
        (lambda ordered: replace(ordered, reading=replace(ordered.reading, schema="invoice")), "task, schema_hash, prompt"),
    ],
    ids=["model", "settings", "repeat", "endpoint", "api", "strict", "format", "schema"],
)
def test_another_order_does_not_get_into_an_open_one(ordered: Order, changed: Callable[[Order], Order], told: str) -> None:
    """It is told what differs; what is open stays as it is."""
    before = (ordered.folder / MANIFEST).read_bytes()
    for call in (submit, collect):
        with pytest.raises(UsageError, match=told):
            call(changed(ordered), DOCUMENTS)
    assert (ordered.folder / MANIFEST).read_bytes() == before


def test_another_order_takes_the_folder_of_one_that_is_done(ordered: Order, server: BatchServer) -> None:
    """Key, time-outs and limits are no other order; the folder begins anew with another model, without files of the first."""
    server.finish(reply=lambda line, _: failed(line, 400))
    same = settings_of(ordered, timeout=5.0, max_attempts=2, concurrency=3)
    assert collect(same, DOCUMENTS).standing == Submitted(left=3)
    other = settings_of(ordered, model="gpt-5.4")
    assert submit(other, DOCUMENTS) == Submitted(new=3, sent=1, running=3)
    (part,) = read_manifest(ordered.folder).parts
    assert sorted(path.name for path in ordered.folder.iterdir()) == ["lock", MANIFEST, f"{part.name}.requests.jsonl"]


@posix
def test_one_process_at_a_time(ordered: Order) -> None:
    """The second is told so; looking is free."""
    with open_journal(ordered.folder / "lock"):
        for call in (submit, collect):
            with pytest.raises(UsageError, match="another process"):
                call(ordered, DOCUMENTS)
        assert [each.state for each in status(ordered.folder, ordered.settings)] == ["in_progress"]


@posix
def test_files_of_documents_are_for_their_user_alone(ordered: Order) -> None:
    """And they go when they are not needed any longer."""
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (ordered.folder, *ordered.folder.glob("part-*"))}
    assert modes == {ordered.folder.name: 0o700, "part-0001.requests.jsonl": 0o600}


def test_a_folder_without_an_order_is_told(tmp_path: Path) -> None:
    """Nothing is made in it."""
    nowhere = order("http://127.0.0.1:9/v1", tmp_path)
    for call in (lambda: collect(nowhere, DOCUMENTS), lambda: status(nowhere.folder, nowhere.settings)):
        with pytest.raises(UsageError, match="holds no batch: `extract batch submit`"):
            call()
    assert not nowhere.folder.exists()


def test_a_place_where_nobody_can_write_is_told(server: BatchServer, tmp_path: Path) -> None:
    """With its name."""
    (tmp_path / "file").write_text("x")
    placed = replace(order(server.base_url, tmp_path), folder=tmp_path / "file" / "out.batch")
    with pytest.raises(UsageError, match="cannot be made"):
        submit(placed, DOCUMENTS)


def edited(path: Path, **changes: object) -> None:
    """Change the manifest, or with ``part`` its first part."""
    content = json.loads(path.read_text("utf-8"))
    (content["parts"][0] if "batch" in changes or "name" in changes or "tally" in changes else content).update(changes)
    path.write_text(json.dumps(content), "utf-8")


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda path: path.write_bytes(path.read_bytes()[:-20]), "damaged"),
        (lambda path: path.write_bytes(b"\xff\x00"), "damaged"),
        (lambda path: path.write_bytes(b" " * 20_000_001), "longer than"),
        (lambda path: edited(path, version=2), "version"),
        (lambda path: edited(path, secret=1), "secret"),
        (lambda path: edited(path, name="../../etc/passwd"), "name"),
        (lambda path: edited(path, batch=7), "batch"),
        (lambda path: edited(path, batch=None, tally=json.loads(Tally().model_dump_json())), "without being sent"),
        (lambda path: edited(path, tally={"answered": -1}), "answered"),
        (lambda path: edited(path, tally={"cost": "NaN"}), "cost"),
        (lambda path: edited(path, most_bytes=0), "most_bytes"),
        (lambda path: edited(path, parts=json.loads(path.read_text("utf-8"))["parts"] * 2), "one name"),
    ],
    ids=["cut", "bytes", "long", "version", "key", "path", "type", "impossible", "negative", "nan", "zero", "twice"],
)
def test_a_manifest_of_somebody_else_is_not_believed(ordered: Order, spoil: Callable[[Path], object], told: str) -> None:
    """What is wrong with it is told, and what to do."""
    spoil(ordered.folder / MANIFEST)
    for call in (lambda: submit(ordered, DOCUMENTS), lambda: collect(ordered, DOCUMENTS)):
        with pytest.raises(UsageError, match=told) as caught:
            call()
        assert "submit again" in str(caught.value)


@pytest.mark.parametrize("name", ["..", "../files", "a?x=1", "", "a b"])
def test_a_manifest_leads_to_no_other_address(ordered: Order, server: BatchServer, name: str) -> None:
    """The name of a batch is no path."""
    edited(ordered.folder / MANIFEST, batch=name)
    server.calls.clear()
    with pytest.raises(UsageError, match="batch"):
        collect(ordered, DOCUMENTS)
    assert server.calls == []


@pytest.mark.parametrize("field", ["id", "output_file_id", "error_file_id"])
@pytest.mark.parametrize("name", ["..", "a/../../b", 7])
def test_nor_does_an_endpoint(ordered: Order, server: BatchServer, field: str, name: object) -> None:
    """What it calls a file is no path either."""
    server.finish()
    (batch,) = server.batches.values()
    batch[field] = name
    with pytest.raises(EndpointUnavailable, match=field):
        collect(ordered, DOCUMENTS)
    assert not [call for call in server.calls if call.startswith("GET /files")]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.unlink(),
        lambda path: path.write_bytes(path.read_bytes()[:-9]),
        lambda path: path.write_bytes(path.read_bytes().split(b"\n")[0] + b"\n"),
        lambda path: path.write_bytes(b"[]\n"),
        lambda path: path.write_bytes(b"\xff\n"),
    ],
    ids=["gone", "cut", "fewer", "list", "bytes"],
)
def test_requests_that_were_changed_are_not_believed(
    ordered: Order, server: BatchServer, spoil: Callable[[Path], object]
) -> None:
    """An answer is kept only under a key that was sent."""
    spoil(ordered.folder / "part-0001.requests.jsonl")
    server.finish()
    with pytest.raises(UsageError, match=r"part-0001\.requests\.jsonl"):
        collect(ordered, DOCUMENTS)


def test_requests_that_were_changed_are_not_sent(server: BatchServer, tmp_path: Path) -> None:
    """Before anything is uploaded."""
    placed = order(server.base_url, tmp_path, attempts=1)
    server.step = lambda: True
    with pytest.raises(EndpointUnavailable, match="could not be reached"):
        submit(placed, DOCUMENTS)
    server.step = lambda: None
    path = placed.folder / "part-0001.requests.jsonl"
    path.write_bytes(path.read_bytes().replace(b"Ada", b"Adam", 1))
    with pytest.raises(UsageError, match="part-0001"):
        submit(placed, DOCUMENTS)
    assert server.files == {}


def test_what_was_left_is_not_believed_either(ordered: Order, server: BatchServer) -> None:
    """A file that is damaged is told; without it, all is tried again."""
    server.finish(reply=lambda line, _: failed(line, 400))
    collect(ordered, DOCUMENTS)
    path = ordered.folder / "part-0001.unanswered.jsonl"
    path.write_text('{"key": "x"}\n')
    with pytest.raises(UsageError, match="remove the file"):
        submit(ordered, DOCUMENTS)
    path.unlink()
    assert submit(ordered, DOCUMENTS).new == 3


# Lines of anybody ------------------------------------------------------------------------------------------------------------

KEYS = ["a" * 64, "b" * 64]
_LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(['{"a": 1}', "x" * 3000])
)
_NAMES = st.sampled_from(
    "choices message content refusal finish_reason usage prompt_tokens completion_tokens model error code type output status "
    "arguments input_tokens output_tokens prompt_tokens_details cached_tokens _fields_set __cls reason text".split()
)
_VALUES = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=4), max_leaves=12
)
_MESSAGES = st.fixed_dictionaries({}, optional={"content": _VALUES, "refusal": _VALUES, "_fields_set": _VALUES})
_CHOICES = st.lists(
    _VALUES | st.fixed_dictionaries({"message": _MESSAGES | _VALUES}, optional={"finish_reason": _VALUES}), max_size=2
)
_CALLS = st.fixed_dictionaries({"type": st.sampled_from(["function_call", "message"]) | _VALUES}, optional={"arguments": _VALUES})
_BODIES = _VALUES | st.fixed_dictionaries(
    {},
    optional={
        "choices": _CHOICES | _VALUES,
        "output": st.lists(_CALLS, max_size=2),
        "usage": _VALUES,
        "error": _VALUES,
        "model": _VALUES,
    },
)
_LINES = st.fixed_dictionaries(
    {"custom_id": st.sampled_from(KEYS) | _VALUES},
    optional={
        "response": _VALUES | st.fixed_dictionaries({"status_code": st.sampled_from([200, 429, 400, "200"]), "body": _BODIES}),
        "error": _VALUES | st.fixed_dictionaries({"code": _VALUES}),
    },
)
_UNTYPED: Body = {"status_code": 200, "body": {"error": {"message": False}}}  # what the SDK's types say is text


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AnswerCache]:
    """A cache that many examples write to."""
    with closing(AnswerCache(tmp_path_factory.mktemp("answers"))) as opened:
        yield opened


def arrivals(cache: AnswerCache, base: Path, api: Api = Api.CHAT) -> Arrivals:
    """What has come of two requests: nothing."""
    configuration = Configuration.of(order("http://127.0.0.1:9/v1", base, api=api))
    return Arrivals(dict.fromkeys(KEYS, 4096), configuration, cache)


ENDED = Batch("b", "completed", 0, 0, None, None, None, ())


@looking(max_examples=400)
@given(lines=st.lists(_LINES, max_size=4), api=st.sampled_from(Api))
@example(lines=[{"custom_id": KEYS[0], "response": _UNTYPED}], api=Api.RESPONSES)
def test_no_line_is_fatal(lines: list[Body], api: Api, cache: AnswerCache, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whatever an endpoint writes into its files, each request is counted once, and nothing is kept that was not asked."""
    base = tmp_path_factory.getbasetemp()
    path = base / "lines.jsonl"
    path.write_bytes(b"".join(json.dumps(line).encode() + b"\n" for line in lines))
    found = arrivals(cache, base, api)
    found.read(path)
    found.close(ENDED)
    tally = found.tally(ENDED, None)
    lost = tally.missing + tally.expired + tally.cancelled
    assert tally.answered + sum(tally.unusable.values()) + sum(tally.failed.values()) + lost == len(KEYS)
    assert Tally.model_validate_json(tally.model_dump_json()) == tally
    assert all(each.model_validate_json(each.model_dump_json()) == each for each in found.unanswered.values())
    assert found.answered | set(found.unanswered) == set(KEYS)
    assert cache.info().entries <= len(KEYS)


@pytest.mark.parametrize("odd", [{"model": "m" * 3000}, {"usage": {"prompt_tokens": 10**17, "completion_tokens": 1}}])
def test_an_answer_that_the_cache_would_not_believe_is_none(odd: Body, cache: AnswerCache, tmp_path: Path) -> None:
    """It is counted, with no more tokens than an answer can have."""
    line = ok({"custom_id": "c" * 64, "url": "/v1/chat/completions"}, "{}")
    line["response"]["body"] |= odd
    path = tmp_path / "lines.jsonl"
    path.write_text(json.dumps(line))
    found = replace(arrivals(cache, tmp_path), rooms={"c" * 64: 4096})
    found.read(path)
    tally = found.tally(ENDED, None)
    assert (tally.answered, tally.unusable) == (0, {"not_kept": 1})
    assert tally.input_tokens <= 10**9
    assert cache.get("c" * 64) is None


def test_many_codes_are_told_as_few(cache: AnswerCache, tmp_path: Path) -> None:
    """An endpoint that makes up codes fills no manifest; a code is a word."""
    keys = [f"{number:064x}" for number in range(200)]
    lines = [not_run({"custom_id": key}, f"code\u2028 {number} {'x' * 500}") for number, key in enumerate(keys)]
    path = tmp_path / "lines.jsonl"
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    found = replace(arrivals(cache, tmp_path), rooms=dict.fromkeys(keys, 1))
    found.read(path)
    failures = found.tally(ENDED, 0.0).failed
    assert (len(failures), sum(failures.values()), failures["others"]) == (51, 200, 150)
    assert all(len(code) <= 80 and code.replace("_", "").isalnum() for code in failures)


def test_tallies_add_up() -> None:
    """Counts by code together, money unknown where one is, and what was told once."""
    one = Tally(answered=1, failed={"a": 1, "b": 2}, cost=0.5, told=("x",), input_tokens=7)
    other = Tally(answered=2, failed={"b": 1}, unusable={"c": 1}, cost=0.25, told=("x", "y"), missing=1)
    both = Tally(answered=3, failed={"a": 1, "b": 3}, unusable={"c": 1}, cost=0.75, told=("x", "y"), missing=1, input_tokens=7)
    assert one + other == both
    assert (one + Tally(cost=None)).cost is None


@pytest.mark.parametrize(("room", "finish"), [(20, Finish.LENGTH), (21, Finish.STOP)])
def test_a_body_is_read_as_the_answer_of_a_live_call(room: int, finish: Finish) -> None:
    """Half of a JSON text that took all its room is cut off, whatever the endpoint calls it."""
    usage = {"prompt_tokens": 5, "completion_tokens": 20}
    body = {"model": "m", "choices": [{"finish_reason": "stop", "message": {"content": '{"a'}}], "usage": usage}
    used = Usage(calls=1, input_tokens=5, output_tokens=20, cost=None)
    assert completion_of(body, Api.CHAT, room=room) == Completion('{"a', finish, used, "m")

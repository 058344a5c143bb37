"""The whole stack put together: who is asked, once, and what all callers share."""

from __future__ import annotations

import asyncio
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fault_server import Fault, Received, Step, chat_completion, serving
from pydantic import BaseModel
from waiting import until

from extract import Extraction, aextract, extract
from extract.cleaning.document import CleanDocument
from extract.engines.base import Draft, DraftValue, Origin, TextReference
from extract.engines.llm.stack import model_of
from extract.errors import (
    AccessDenied,
    BudgetExceeded,
    EndpointUnavailable,
    Filtered,
    IncompleteRecord,
    InvalidAnswer,
    Refused,
    SchemaError,
    SettingsError,
    Truncated,
)
from extract.result import Severity, Status
from extract.settings import Settings

pytestmark = pytest.mark.block_network(allowed_hosts=["127.0.0.1"])


class Cake(BaseModel):
    """A schema of a user, without any annotation."""

    name: str
    price: float | None = None


TEXT = "Our cake of the day: Sacher\n\nIt costs 4.50 a slice."
ANSWER = json.dumps({"name": {"value": "Sacher", "at": 0}, "price": {"value": 4.5, "at": 1}})


def settings(base_url: str, tmp_path: Path, **more: object) -> Settings:
    return Settings(base_url=base_url, model="gpt-4.1-mini", api_key="k", cache_dir=tmp_path / "answers", **more)


def test_any_schema_is_filled(tmp_path: Path) -> None:
    """A plain Pydantic model, with evidence for each leaf that points into the source."""
    with serving(answer=ANSWER) as server:
        result = extract(TEXT, schema=Cake, settings=settings(server.base_url, tmp_path))
    assert result.record == Cake(name="Sacher", price=4.5)
    assert result.evidence["name"].status is Status.QUOTED
    assert result.evidence["price"].status is Status.NORMALISED
    assert [TEXT[span.start : span.end] for span in result.evidence["name"].spans] == ["Sacher"]
    assert (result.usage.calls, result.usage.input_tokens, result.usage.output_tokens) == (1, 100, 20)
    assert result.provenance.prompt == "_default/v1"


def test_a_record_that_lacks_what_the_schema_requires_is_an_error(tmp_path: Path) -> None:
    """It names the field; nothing is made up for it."""
    with (
        serving(answer=json.dumps({"name": None, "price": None})) as server,
        pytest.raises(IncompleteRecord, match="name: Field required"),
    ):
        extract(TEXT, schema=Cake, settings=settings(server.base_url, tmp_path))


def test_a_schema_that_cannot_be_asked_is_an_error_before_any_call(tmp_path: Path) -> None:
    """The field is named, and no request leaves."""

    class Shelf(BaseModel):
        cakes: dict[str, float]

    with serving() as server, pytest.raises(SchemaError, match="cakes: a dict cannot be asked for"):
        extract(TEXT, schema=Shelf, settings=settings(server.base_url, tmp_path))
    assert server.requests == []


def test_one_answer_serves_sync_async_and_threads(tmp_path: Path) -> None:
    """What was asked once is not asked again: by another thread, from the event loop, or with another key."""
    with serving(answer=ANSWER) as server:
        used = settings(server.base_url, tmp_path)

        def once(_: int) -> Extraction[Cake]:
            return extract(TEXT, schema=Cake, settings=used)

        with ThreadPoolExecutor(16) as pool:
            found = list(pool.map(once, range(32)))
        other = Settings(base_url=server.base_url, model="gpt-4.1-mini", api_key="another", cache_dir=tmp_path / "answers")
        found.append(asyncio.run(aextract(TEXT, schema=Cake, settings=other)))
    assert {result.record.name for result in found} == {"Sacher"}
    assert len(server.requests) == 1
    assert sum(result.usage.calls for result in found) == 1
    assert sum(result.usage.cache_hits for result in found) == 32


def test_threads_share_one_pool_of_connections(tmp_path: Path) -> None:
    """64 documents from 8 threads need 8 connections at most, and each gets its own answer."""

    def echo(received: Received) -> str:
        number = received.json["messages"][-1]["content"].split("number ")[1].split()[0]
        return json.dumps({"name": {"value": f"number {number}", "at": 0}, "price": None})

    with serving(answer=echo) as server:
        used = settings(server.base_url, tmp_path)
        with ThreadPoolExecutor(8) as pool:
            texts = [f"This is number {n} of the cakes." for n in range(64)]
            found = list(pool.map(lambda text: extract(text, schema=Cake, settings=used).record.name, texts))
    assert found == [f"number {n}" for n in range(64)]
    assert server.connections <= 8


def test_a_refused_key_stops_the_run(tmp_path: Path) -> None:
    """After the first refusal no thread asks again."""
    with serving([Step(status=401)] * 99) as server:
        used = settings(server.base_url, tmp_path, concurrency=1)

        def ask(number: int) -> type[Exception] | None:
            try:
                extract(f"Cake number {number}", schema=Cake, settings=used)
            except AccessDenied as error:
                return type(error)
            return None

        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(ask, range(40))) == [AccessDenied] * 40
    assert len(server.requests) == 1


def test_a_refused_key_wakes_those_who_pause(tmp_path: Path) -> None:
    """A thread that was told to come back in a minute learns at once that it need not."""
    with serving([Step(status=503, headers={"retry-after": "60"}), *[Step(status=401)] * 2]) as server:
        used = settings(server.base_url, tmp_path)
        ended: list[type[Exception]] = []

        def ask() -> None:
            try:
                extract("Cake of one", schema=Cake, settings=used)
            except AccessDenied as error:
                ended.append(type(error))

        pausing = threading.Thread(target=ask, daemon=True)
        pausing.start()
        until(lambda: bool(server.requests))
        with pytest.raises(AccessDenied):
            extract("Cake of another", schema=Cake, settings=used)
        pausing.join(timeout=30)
    assert ended == [AccessDenied]


def test_faults_are_asked_again_and_counted(tmp_path: Path) -> None:
    """The record comes in the end, and its usage says how many attempts it took."""
    faults = [
        Step(status=503),
        Step(status=429, headers={"retry-after-ms": "1"}),
        Step(fault=Fault.DROPPED),
        Step(fault=Fault.HALF),
    ]
    with serving(faults, answer=ANSWER) as server:
        result = extract(TEXT, schema=Cake, settings=settings(server.base_url, tmp_path))
    assert result.usage.calls == len(server.requests) == 5


def test_the_deadline_holds_for_a_document(tmp_path: Path) -> None:
    """With all attempts: an endpoint that answers too late is given up in time, and not asked once more."""
    with serving([Step(delay=30)] * 9, answer=ANSWER) as server, pytest.raises(EndpointUnavailable, match="after 1 attempt in"):
        extract(TEXT, schema=Cake, settings=settings(server.base_url, tmp_path, deadline=2.0))
    assert len(server.requests) == 1


def test_a_budget_holds_for_all_documents_of_a_process(tmp_path: Path) -> None:
    """The call that could pass it is not made; what is in the cache is free."""
    with serving(answer=ANSWER) as server:
        used = settings(server.base_url, tmp_path, max_tokens=5000)
        extract(TEXT, schema=Cake, settings=used)
        with pytest.raises(BudgetExceeded):
            [extract(f"{TEXT} {number}", schema=Cake, settings=used) for number in range(50)]
        asked = len(server.requests)
        assert extract(TEXT, schema=Cake, settings=used).usage.cache_hits == 1
    assert 1 < asked < 50
    assert len(server.requests) == asked


def test_an_answer_that_is_cut_off_is_not_kept(tmp_path: Path) -> None:
    """A later run with more room asks again, and gets a whole answer."""
    with serving([Step(), Step()], answer=ANSWER) as server:
        server.steps = iter([cut(), cut()])
        with pytest.raises(Truncated) as error:
            extract(TEXT, schema=Cake, settings=settings(server.base_url, tmp_path))
        assert error.value.usage is not None
        assert error.value.usage.calls == 2
        assert extract(TEXT, schema=Cake, settings=settings(server.base_url, tmp_path)).record.name == "Sacher"


def cut() -> Step:
    return Step(body=chat_completion('{"name": ', finish_reason="length"))


def test_the_same_settings_are_the_same_model(tmp_path: Path) -> None:
    """All documents of a process share connections, limits, budget and cache, whatever is asked about them."""
    used = settings("http://127.0.0.1:9/v1", tmp_path)
    assert model_of(used) is model_of(settings("http://127.0.0.1:9/v1", tmp_path))
    assert model_of(used) is model_of(settings("http://127.0.0.1:9/v1", tmp_path, seed=1, prompt="v1", ask="all", repeat=2))
    assert model_of(used) is not model_of(settings("http://127.0.0.1:9/v1", tmp_path, max_tokens=1))


def test_an_engine_of_ones_own(tmp_path: Path) -> None:
    """Anything with a name, an origin and fill() takes the place of ours."""

    class First:
        """Takes the first word."""

        name = "first"
        origin = Origin()

        def fill(self, clean: CleanDocument) -> Draft:
            end = clean.segments[0].text.find(" ")
            return Draft({"name": DraftValue(clean.segments[0].text[:end], (TextReference(0, 0, end),))})

    result = extract(TEXT, schema=Cake, engine=First())
    assert (result.record.name, result.provenance.engine) == ("Our", "first")


def test_auto_says_which_engine_it_takes(caplog: pytest.LogCaptureFixture) -> None:
    """Without a model the rules read, and the log says what to set for a model; other schemas cannot be read then."""
    with caplog.at_level("INFO", "extract"):
        result = extract("Cook wanted", settings=Settings())
    assert result.provenance.engine == "rules"
    assert "EXTRACT_MODEL" in caplog.text
    with pytest.raises(SettingsError, match="no model can be asked for Cake: set EXTRACT_MODEL"):
        extract(TEXT, schema=Cake, settings=Settings())


def test_a_wrong_reference_costs_its_field_alone(tmp_path: Path) -> None:
    """What stands in another line is found there; what stands nowhere is an error, and what is right stays in the record."""
    answer = {"name": {"value": "Sacher", "at": 99}, "price": {"value": 4.5, "at": 1}}

    class Any(Cake):
        name: str | None = None  # type: ignore[assignment]  # it may be missing here

    with serving(answer=json.dumps(answer)) as server:
        result = extract(TEXT, schema=Any, settings=settings(server.base_url, tmp_path))
        assert result.record == Any(name="Sacher", price=4.5)
        assert [(issue.code, issue.path) for issue in result.issues] == [("reference_out_of_range", "name")]
        server.answer = lambda _: json.dumps({"name": {"value": "Sacher", "at": 0}, "price": {"value": 5.4, "at": 1}})
        result = extract(f"{TEXT} ", schema=Any, settings=settings(server.base_url, tmp_path, repeat=1))
    assert (result.record.name, result.record.price) == ("Sacher", None)
    assert [(issue.code, issue.path) for issue in result.issues if issue.severity is Severity.ERROR] == [("ungrounded", "price")]
    assert result.usage.calls == 2  # it was asked for once more


@pytest.mark.parametrize("answer", ["I cannot do that.", '{"name": {"value": "Sa', "[1, 2]", '{"name": NaN}'])
def test_an_answer_that_is_no_json_object_is_an_error_and_not_kept(tmp_path: Path, answer: str) -> None:
    """With what the call used; a later run asks again."""
    with serving(answer=answer) as server:
        used = settings(server.base_url, tmp_path)
        for asked in (1, 2):
            with pytest.raises(InvalidAnswer) as error:
                extract(TEXT, schema=Cake, settings=used)
            assert error.value.usage is not None
            assert (error.value.usage.calls, len(server.requests)) == (1, asked)


@pytest.mark.parametrize(
    ("said", "kind"), [({"refusal": "I will not."}, Refused), ({"finish_reason": "content_filter"}, Filtered)]
)
def test_a_refusal_is_an_error_and_not_kept(tmp_path: Path, said: dict[str, str], kind: type[Exception]) -> None:
    """A later run asks again, and may get an answer."""
    with serving([Step(body=chat_completion(None, **said))], answer=ANSWER) as server:
        used = settings(server.base_url, tmp_path)
        with pytest.raises(kind):
            extract(TEXT, schema=Cake, settings=used)
        assert extract(TEXT, schema=Cake, settings=used).record.name == "Sacher"
    assert len(server.requests) == 2

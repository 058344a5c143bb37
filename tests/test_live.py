"""What leaves and what comes back, with a real inference server at the other end: llama.cpp's own, on a model of random weights.

Its texts are gibberish, so nothing is said here about whether a record is right. What is real: the protocol, the grammar that
holds an answer to its schema, the limit on tokens, the counts, the errors, and requests that are answered at the same time.
Run them with ``pytest -m live``, with the extra ``live`` installed.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Annotated, Literal

import pytest
from jsonschema import Draft202012Validator
from pydantic import BaseModel, Field, create_model
from stated import unstated
from tiny_llm.relay import Exchange, Relay, relaying
from tiny_llm.serve import MODEL, running

from extract import aextract, extract
from extract.engines.llm.stack import model_of
from extract.errors import AccessDenied, ContextOverflow, InvalidAnswer, Truncated
from extract.evals.cases import shipped_cases
from extract.fields import Verbatim
from extract.result import Extraction
from extract.settings import Settings

pytestmark = [pytest.mark.live, pytest.mark.block_network(allowed_hosts=["127.0.0.1"])]
ROOT = Path(__file__).resolve().parent.parent
CASES = shipped_cases()
POSTING, INVOICE = CASES["fair_stagiaire"].source, CASES["invoice_plain_de"].source
KEY = "sk-right-1234567890"


class Kind(Enum):
    """How one pays."""

    CASH = "cash"
    CARD = "card"


class Cash(BaseModel):
    """A payment in coins and notes."""

    type: Literal["cash"] = "cash"
    coins: int | None = None


class Card(BaseModel):
    """A payment by card."""

    type: Literal["card"] = "card"
    holder: Annotated[str, Verbatim] | None = None


class Item(BaseModel):
    """An item that may hold others."""

    name: Annotated[str, Verbatim] | None = None
    price: Decimal | None = Field(default=None, ge=0)
    inside: list[Item] = []


class Receipt(BaseModel):
    """Every kind of field: text by reference and text, numbers, dates, enums, objects, lists, unions, recursion."""

    shop: Annotated[str, Verbatim] | None = None
    number: str | None = Field(default=None, pattern=r"^\d+$")
    paid: bool | None = None
    day: date | None = None
    moment: datetime | None = None
    ratio: float | None = None
    kind: Kind | None = None
    size: Literal["small", "large"] | None = None
    either: int | str | None = None
    payment: Annotated[Cash | Card, Field(discriminator="type")] | None = None
    top: Item | None = None
    items: list[Item] = []
    notes: list[Annotated[str, Verbatim]] = []
    rates: list[float] = []


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with running() as base_url:
        yield base_url


@pytest.fixture(scope="module")
def guarded() -> Iterator[str]:
    """A server that asks for a key, and reads little."""
    with running("--context", "1024", "--api-key", KEY) as base_url:
        yield base_url


@pytest.fixture
def relay(server: str) -> Iterator[Relay]:
    with relaying(server) as relay:
        yield relay


def settings_for(base_url: str, **values: object) -> Settings:
    """Settings with a seed, so that on one machine every run gets the same texts; nothing is kept or asked again by itself."""
    once: dict[str, object] = {"seed": 7, "cache": False, "max_attempts": 1, "max_repairs": 0, "timeout": 600, "deadline": 900}
    return Settings(**{"base_url": base_url, "model": MODEL, **once, **values})


def assert_fit(exchanges: Sequence[Exchange]) -> None:
    """There are answers, and each fits the schema that was sent with its request."""
    assert exchanges
    for exchange in exchanges:
        Draft202012Validator.check_schema(exchange.schema)
        Draft202012Validator(exchange.schema).validate(json.loads(exchange.answer))


@pytest.mark.parametrize("constraint", ["strict", "schema"])
@pytest.mark.parametrize("api", ["chat", "responses"])
@pytest.mark.parametrize(
    ("schema", "document", "asked"),
    [
        ("job_posting", POSTING, {"prompt": "v1", "ask": "missing"}),
        ("job_posting", POSTING, {"prompt": "v1", "ask": "all"}),
        ("job_posting", POSTING, {"prompt": "v2", "ask": "missing"}),
        ("job_posting", POSTING, {"prompt": "v2", "ask": "all"}),
        ("invoice", INVOICE, {}),
        (Receipt, INVOICE, {}),
    ],
    ids=["v1-missing", "v1-all", "v2-missing", "v2-all", "invoice", "every-kind-of-field"],
)
def test_answer_fits_the_schema_that_was_sent(
    schema: str | type[BaseModel], document: str, asked: dict[str, str], api: str, constraint: str, relay: Relay
) -> None:
    """Every form of request is taken, of a repair too; answers are held to the schema, grounded and validated."""
    settings = settings_for(relay.base_url, api=api, constraint=constraint, max_repairs=1, **asked)
    result = extract(document, schema=schema, engine="llm", settings=settings)
    assert_fit(relay.exchanges)
    assert result.usage.calls == len(relay.exchanges)
    assert unstated(result, document) == []
    assert type(result.record).model_validate_json(result.record.model_dump_json()) == result.record


@pytest.mark.parametrize("api", ["chat", "responses"])
def test_strict_is_kept_where_it_is_taken(api: str, relay: Relay, caplog: pytest.LogCaptureFixture) -> None:
    """Nothing that this server says is mistaken for a lack of strict schemas: no step down, and nothing to be told."""
    extract(INVOICE, schema=Receipt, engine="llm", settings=settings_for(relay.base_url, api=api))
    (exchange,) = relay.exchanges
    assert b'"strict":true' in exchange.sent
    assert "schema" not in caplog.text


@pytest.mark.parametrize("seed", range(20))
def test_many_answers_become_records(seed: int, relay: Relay) -> None:
    """Whatever fits the schema of every kind of field can be read: impossible days and lines that there are not are issues."""
    result = extract(INVOICE, schema=Receipt, engine="llm", settings=settings_for(relay.base_url, seed=seed, max_repairs=1))
    assert_fit(relay.exchanges)
    assert unstated(result, INVOICE) == []


def test_json_mode_gets_some_object(relay: Relay) -> None:
    """Without a schema the server promises JSON alone: what it answers fits nothing, and is told as issues."""
    result = extract(POSTING, engine="llm", settings=settings_for(relay.base_url, constraint="json", ask="all"))
    (exchange,) = relay.exchanges
    answered = json.loads(exchange.answer)
    assert json.loads(exchange.sent)["response_format"] == {"type": "json_object"}
    assert {issue.path for issue in result.issues} >= {name for name, value in answered.items() if value is not None}


def test_json_mode_of_responses_is_prose_here(relay: Relay) -> None:
    """llama.cpp does not know ``text.format``: what comes is no JSON, which is said, with the tokens that it took."""
    settings = settings_for(relay.base_url, api="responses", constraint="json")
    with pytest.raises(InvalidAnswer) as caught:
        extract(POSTING, engine="llm", settings=settings)
    (exchange,) = relay.exchanges
    assert caught.value.usage is not None
    assert (caught.value.usage.input_tokens, caught.value.usage.output_tokens) == exchange.usage


def test_answer_that_is_cut_off_twice(relay: Relay) -> None:
    """An answer at the limit is asked for once more with four times the room; cut off again, it is Truncated, and both count."""
    with pytest.raises(Truncated, match="room for 20 tokens") as caught:
        extract(POSTING, engine="llm", settings=settings_for(relay.base_url, max_output_tokens=5))
    assert caught.value.usage is not None
    assert (caught.value.usage.calls, caught.value.usage.output_tokens) == (2, 25)
    assert caught.value.usage.input_tokens == sum(exchange.usage[0] for exchange in relay.exchanges)


def test_half_a_call_of_a_tool(relay: Relay) -> None:
    """An answer that ends where its room does is cut off, also where the endpoint calls it completed, as this one does."""
    with pytest.raises(Truncated) as caught:
        extract(POSTING, engine="llm", settings=settings_for(relay.base_url, api="responses", max_output_tokens=5))
    assert caught.value.usage is not None
    assert caught.value.usage.output_tokens == sum(exchange.usage[1] for exchange in relay.exchanges)


def test_answer_that_is_whole_with_more_room(relay: Relay) -> None:
    """An answer that was cut off comes whole the second time, and the tokens of both are counted."""
    schema = create_model("Paid", paid=(bool | None, None))  # the shortest answer takes 13 tokens, the longest 46
    result = extract(INVOICE, schema=schema, engine="llm", settings=settings_for(relay.base_url, max_output_tokens=12))
    first, second = relay.exchanges
    assert_fit([second])
    assert result.usage.calls == 2
    assert result.usage.output_tokens == 12 + second.usage[1] == first.usage[1] + second.usage[1]


def test_document_beyond_the_context(guarded: str) -> None:
    """A prompt that the server has no room for is ContextOverflow, which says how long it is and how much room there is."""
    with pytest.raises(ContextOverflow, match=r"[\d,]+ tokens, room for 1,024") as caught:
        extract(POSTING, engine="llm", settings=settings_for(guarded, api_key=KEY))
    assert caught.value.usage is not None
    assert caught.value.usage.calls == 1


def test_wrong_key(guarded: str) -> None:
    """A key that the server refuses stops the run, and stands in no message."""
    with pytest.raises(AccessDenied) as caught:
        extract(POSTING, engine="llm", settings=settings_for(guarded, api_key="sk-wrong-1234567890"))
    assert "sk-wrong" not in str(caught.value)


def test_threads_get_their_own_answers(relay: Relay) -> None:
    """16 threads over one pool of connections: each gets the answer to its own schema, whose keys no other answer has."""
    schemas = [create_model(f"Form{n}", **{f"field_{n}": (int | None, None)}) for n in range(16)]  # type: ignore[call-overload]
    settings = settings_for(relay.base_url, temperature=1.0)

    def ask(number: int) -> Extraction[BaseModel]:
        document = f"This is form {number}.\n\nIt says {number}."
        return extract(document, schema=schemas[number], engine="llm", settings=settings)

    with ThreadPoolExecutor(16) as pool:
        results = list(pool.map(ask, range(16)))
    assert_fit(relay.exchanges)
    assert sorted(key for exchange in relay.exchanges for key in json.loads(exchange.answer)) == sorted(
        f"field_{number}" for number in range(16)
    )
    assert not [issue for result in results for issue in result.issues if issue.code in {"unasked_field", "malformed_answer"}]


def test_threads_keep_documents_apart(relay: Relay) -> None:
    """16 threads with whole documents: what is quoted in a record stands in the document of that record."""
    settings = settings_for(relay.base_url, max_repairs=1)
    cases = [*CASES.values(), *CASES.values()]
    with ThreadPoolExecutor(16) as pool:
        results = list(pool.map(lambda case: extract(case.source, schema=case.schema, engine="llm", settings=settings), cases))
    for case, result in zip(cases, results, strict=True):
        assert unstated(result, case.source) == []
    assert len(relay.exchanges) == sum(result.usage.calls for result in results) >= len(cases)


def test_second_run_asks_nothing(relay: Relay, tmp_path: Path) -> None:
    """What was answered is not asked again, repairs too: with another key, from async code, or in another process."""
    values: dict[str, object] = {"cache": True, "cache_dir": tmp_path, "max_repairs": 1}
    first = extract(POSTING, engine="llm", settings=settings_for(relay.base_url, api_key="one", **values))
    calls = len(relay.exchanges)
    assert (first.usage.calls, first.usage.cache_hits) == (calls, 0)
    other = settings_for(relay.base_url, api_key="two", **values)
    again = extract(POSTING, engine="llm", settings=other)
    awaited = asyncio.run(aextract(POSTING, engine="llm", settings=other))
    environment = {
        "OPENAI_BASE_URL": relay.base_url,
        "OPENAI_API_KEY": "three",
        "EXTRACT_MODEL": MODEL,
        "EXTRACT_SEED": "7",
        "EXTRACT_CACHE_DIR": str(tmp_path),
    }
    code = "import sys, extract; print(extract.extract(sys.stdin.buffer.read(), engine='llm').model_dump_json())"
    command = [sys.executable, "-c", code]
    elsewhere = subprocess.run(
        command, input=POSTING.encode(), capture_output=True, env={**os.environ, **environment}, cwd=ROOT, check=True
    )
    assert len(relay.exchanges) == calls
    for result in (again, awaited, type(first).model_validate_json(elsewhere.stdout)):
        assert (result.usage.calls, result.usage.cache_hits, result.usage.output_tokens) == (0, calls, 0)
        assert result.record == first.record


def test_answer_that_was_asked_for_again_is_asked(relay: Relay, tmp_path: Path) -> None:
    """The number of a repeat tells the same request apart in the cache."""
    for repeat in (0, 1, 1):
        extract(
            INVOICE,
            schema=Receipt,
            engine="llm",
            settings=settings_for(relay.base_url, cache=True, cache_dir=tmp_path, repeat=repeat),
        )
    assert len(relay.exchanges) == 2


@pytest.mark.parametrize("api", ["chat", "responses"])
def test_usage_is_that_of_the_server(api: str, relay: Relay) -> None:
    """The tokens of a result are those that the server counted, not ours."""
    result = extract(INVOICE, schema="invoice", engine="llm", settings=settings_for(relay.base_url, api=api))
    (exchange,) = relay.exchanges
    assert (result.usage.input_tokens, result.usage.output_tokens) == exchange.usage


def test_one_model_for_all_calls(server: str) -> None:
    """Calls with the same settings share one model, and so its connections, limits and counts."""
    assert model_of(settings_for(server)) is model_of(settings_for(server))

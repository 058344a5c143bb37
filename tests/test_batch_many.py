"""Many documents from Python: in order or as they are done, faults as values, and rows that are never errors."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from batches import posting

from extract import Outcome, extract, extract_many, extract_row
from extract.batch.reading import Reading
from extract.cleaning.document import CleanDocument
from extract.engines.base import Draft, Origin
from extract.errors import AccessDenied, UsageError
from extract.result import Fault, Usage
from extract.schemas.job_posting import JobPosting
from extract.source import open_source
from extract.threads import InFlight

NAMED = """
from pydantic import BaseModel, ConfigDict, Field, computed_field

from extract.engines.base import Draft, DraftValue, TextReference


class Named(BaseModel):
    model_config = ConfigDict(extra="forbid")
    heading: str = Field(alias="title")

    @computed_field
    @property
    def length(self) -> int:
        return len(self.heading)


class Titled:
    name, origin = "titled", {}

    def fill(self, clean):
        return Draft({"heading": DraftValue("Nurse 3", (TextReference(0, 0, 7),))})
"""


COSTLY = """
from extract.errors import Refused
from extract.result import Usage


class Costly:
    name, origin = "costly", {}

    def fill(self, clean):
        raise Refused("no", usage=Usage(calls=2, input_tokens=900, cost=0.5))
"""


class Gate:
    """An engine that fills nothing, and waits with the first document until others are done."""

    name = "gate"

    def __init__(self, others: int) -> None:
        self.origin: Origin = {}
        self.begun: list[str] = []
        self._others = threading.Semaphore(0)
        self._count = others

    def fill(self, clean: CleanDocument) -> Draft:
        self.begun.append(clean.source.name)
        if clean.source.name == "0":
            for _ in range(self._count):
                self._others.acquire(timeout=30)
        self._others.release()
        return Draft({})


def test_results_come_in_the_order_of_the_sources() -> None:
    """Each with its position, its id and a record; texts, bytes, paths and pairs with an id are sources."""
    sources: list[str | bytes | tuple[str, str]] = [posting(0), posting(1).encode(), ("mine", posting(2))]
    outcomes = list(extract_many(sources, engine="rules"))
    assert [(outcome.index, outcome.id) for outcome in outcomes] == [(0, "0"), (1, "1"), (2, "mine")]
    assert [outcome.record and outcome.record.title for outcome in outcomes] == ["Nurse 0", "Nurse 1", "Nurse 2"]
    assert outcomes[2].extraction == extract(posting(2), engine="rules", name="mine").model_copy(
        update={"usage": outcomes[2].usage}
    )


@pytest.mark.parametrize(("ordered", "first"), [(True, "0"), (False, "1")])
def test_a_slow_document_holds_back_only_the_order(ordered: bool, first: str) -> None:
    """Without an order, results come as they are done: the third, for which the first waits, begins when the second is out."""
    found = [outcome.id for outcome in extract_many([posting(n) for n in range(3)], engine=Gate(2), ordered=ordered)]
    assert sorted(found) == ["0", "1", "2"]
    assert found == ["0", "1", "2"] or not ordered
    assert found[0] == first


class Held:
    """An engine that fills nothing; each document waits until what it waits for is there, of which ``waited`` tells."""

    name = "held"

    def __init__(self, **waits: threading.Event) -> None:
        self.origin: Origin = {}
        self.begun: list[str] = []
        self.waited: dict[str, bool] = {}
        self.beginning: dict[str, threading.Event] = {}
        self._waits = {name.removeprefix("at_"): event for name, event in waits.items()}

    def fill(self, clean: CleanDocument) -> Draft:
        name = clean.source.name
        self.begun.append(name)
        if name in self.beginning:
            self.beginning[name].set()
        if name in self._waits:
            self.waited[name] = self._waits[name].wait(timeout=30)
        return Draft({})


def test_a_slow_document_does_not_fill_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight are begun where two are under way at once: then the first is waited for, however many there are."""
    alone = threading.Event()

    class Watched(InFlight[object, object]):
        def _begin(self) -> bool:
            begun = super()._begin()
            if self.under_way == 1:  # nothing more may be begun before the first is done
                alone.set()
            return begun

    monkeypatch.setattr("extract.batch.many.InFlight", Watched)
    taken: list[int] = []

    def sources() -> Iterator[str]:
        for number in range(40):
            taken.append(number)
            yield posting(number)

    engine = Held(at_0=alone)
    outcomes = extract_many(sources(), engine=engine)
    assert next(outcomes).id == "0"
    assert engine.waited == {"0": True}
    assert taken == list(range(9))  # the last waits for its turn
    assert [outcome.index for outcome in outcomes] == list(range(1, 40))


def test_a_late_document_holds_nothing_up_where_there_is_no_order() -> None:
    """The first is done when ten others are out; the next is begun at once, although one is still under way."""
    eleventh, twelfth = threading.Event(), threading.Event()
    engine = Held(at_0=eleventh, at_11=twelfth)
    engine.beginning = {"11": eleventh, "12": twelfth}
    found = [outcome.index for outcome in extract_many((posting(n) for n in range(20)), engine=engine, ordered=False)]
    assert sorted(found) == list(range(20))
    assert engine.waited == {"0": True, "11": True}


def test_a_document_that_fails_is_an_outcome(tmp_path: Path) -> None:
    """With the code and the cause; the others come."""
    (tmp_path / "a.txt").write_text(posting(1), "utf-8")
    found = list(extract_many([tmp_path / "a.txt", tmp_path / "gone.txt", "", posting(2)], engine="rules"))
    assert [outcome.fault and outcome.fault.code for outcome in found] == [None, "unreadable", "empty", None]
    assert [outcome.id for outcome in found[:2]] == [str(tmp_path / "a.txt"), str(tmp_path / "gone.txt")]
    assert found[1].record is None


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_a_failed_document_used_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: int) -> None:
    """Calls and money, here and in other processes: they were paid for."""
    (tmp_path / "costly.py").write_text(COSTLY, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    from costly import Costly  # type: ignore[import-not-found]  # it is written above

    (outcome,) = extract_many([posting(1)], engine=Costly(), jobs=jobs)
    assert outcome.fault == Fault(code="refused", message="no")
    assert outcome.usage == Usage(calls=2, input_tokens=900, cost=0.5)


def test_ids_are_texts_and_sources_keep_their_names() -> None:
    """A number is written as one; a source that is open is called what it is called."""
    opened = open_source(posting(1), name="mine.txt")
    found = list(extract_many([(7, posting(0)), opened, ("a\ud83d", posting(2))], engine="rules"))
    assert [outcome.id for outcome in found] == ["7", "mine.txt", "a\\ud83d"]
    assert [outcome.extraction and outcome.extraction.provenance.source for outcome in found] == ["7", "mine.txt", "a\\ud83d"]
    row = extract_row(7, posting(7), engine="rules")
    assert (row["id"], row["path"], row["status"]) == ("7", "7", "complete")


@pytest.mark.parametrize("jobs", [1, 2])
def test_nulls_are_outcomes(jobs: int) -> None:
    """With an id or without; those that have a text come."""
    sources: list[Any] = [None, ("a", float("nan")), posting(2)]
    found = list(extract_many(sources, engine="rules", jobs=jobs))
    assert [outcome.fault and outcome.fault.code for outcome in found] == ["empty", "empty", None]
    assert [outcome.id for outcome in found] == ["0", "a", "2"]
    assert found[1].fault
    assert found[1].fault.message.startswith("a has no text: there is a null in its place")


def test_an_unknown_keyword_is_told_at_the_call() -> None:
    """As ``extract`` does: whoever names a model and is read by the rules would not know."""
    options: dict[str, Any] = {"model": "gpt-9"}
    with pytest.raises(TypeError, match=r"extract_many\(\) has no keyword 'model'; it has schema, engine, .*jobs, ordered"):
        extract_many([posting(1)], **options)
    error = extract_row("a", posting(1), **options)["error"]
    told = "extract_row() has no keyword 'model'; it has schema, engine, settings, input_format, max_chars, strict, checks"
    assert error == {"code": "usage", "message": told}
    assert extract_row("a", posting(1), engine="rules", input_format="text", max_chars=999, strict=False)["error"] is None


def test_other_processes_give_the_same(tmp_path: Path) -> None:
    """Records of the schema, with their evidence."""
    sources = [("a", posting(1)), ("b", ""), ("c", posting(2))]
    here, there = (list(extract_many(sources, engine="rules", jobs=jobs)) for jobs in (1, 2))
    assert [_without_seconds(outcome) for outcome in here] == [_without_seconds(outcome) for outcome in there]
    assert isinstance(there[0].record, JobPosting)


def _without_seconds(outcome: Outcome[JobPosting]) -> object:
    told = outcome.extraction.model_dump() if outcome.extraction else None
    if told:
        told["usage"]["seconds"] = 0
    return told, outcome.fault


def test_other_processes_give_records_that_json_does_not_read_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An alias, and a value that is worked out."""
    (tmp_path / "named.py").write_text(NAMED, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    from named import Named, Titled  # type: ignore[import-not-found]  # it is written above

    for jobs in (1, 2):
        (outcome,) = extract_many([posting(3)], schema=Named, engine=Titled(), jobs=jobs)
        assert outcome.fault is None
        assert (outcome.record.heading, outcome.record.length) == ("Nurse 3", 7)


def test_what_no_document_would_fare_better_with_is_raised() -> None:
    """A refused key, and wrong use before anything is read."""

    class Refused:
        name = "refused"
        origin: Origin = {}  # noqa: RUF012  # an engine has one

        def fill(self, clean: CleanDocument) -> Draft:
            raise AccessDenied(f"no key for {clean.source.name}")

    with pytest.raises(AccessDenied):
        list(extract_many([posting(1)], engine=Refused()))
    with pytest.raises(UsageError, match="no engine"):
        extract_many([posting(1)], engine="nope")
    with pytest.raises(UsageError, match="jobs is 0"):
        extract_many([posting(1)], jobs=0)


def test_whoever_stops_in_the_middle_begins_no_more() -> None:
    """Nothing is read for nobody."""
    engine = Gate(0)
    outcomes = extract_many((posting(number) for number in range(1000)), engine=engine)
    next(outcomes)
    outcomes.close()  # type: ignore[attr-defined]  # it is a generator
    assert len(engine.begun) < 10


def test_a_document_as_a_row() -> None:
    """Plain JSON values, as a batch writes them."""
    row = extract_row("7", posting(7), engine="rules")
    assert json.loads(json.dumps(row)) == row
    assert (row["id"], row["status"], row["error"]) == ("7", "complete", None)
    assert isinstance(row["record"], dict)
    assert row["record"]["title"] == "Nurse 7"


@pytest.mark.parametrize("evidence", [True, False])
def test_all_rows_have_the_same_keys(evidence: bool) -> None:
    """With a record or without, with evidence or without: a data frame takes its columns from the first."""
    reader = Reading(engine="rules", evidence=evidence).reader()
    answered = [json.loads(reader.answer("7", text).body) for text in (posting(7), "")]
    keys = ["record", "status", "fields", "evidence", "issues", "usage", "provenance", "error"]
    assert [list(row) for row in answered] == [keys, keys]
    assert [bool(row["evidence"]) for row in answered] == [evidence, False]
    assert list(extract_row("7", posting(7), engine="rules")) == list(extract_row("7", "", engine="rules"))


@pytest.mark.parametrize(
    ("text", "options", "code"),
    [
        ("", {}, "empty"),
        (None, {}, "empty"),
        (float("nan"), {}, "empty"),
        (Decimal("NaN"), {}, "empty"),
        (7, {}, "crashed"),
        ("x", {"engine": "nope"}, "usage"),
        ("x", {"schema": "nothing"}, "usage"),
        ("x", {"engine": "llm"}, "settings"),
        ("\ud83d", {}, "undecodable"),
        ("x", {"max_chars": "many"}, "crashed"),
    ],
)
def test_a_row_is_never_an_error(text: str, options: dict[str, str], code: str) -> None:
    """Whatever a data frame holds, and however it is called: the row says why there is no record."""
    row = extract_row("7", text, **options)  # type: ignore[arg-type]  # that is the point
    assert isinstance(row["error"], dict)
    assert (row["record"], row["error"]["code"]) == (None, code)

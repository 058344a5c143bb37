"""Runs of a suite of notes as they are planned, with an endpoint that reads notes right, or an engine that crashes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from eval_suites import answer_memo, memo_suite
from fault_server import FaultServer, serving

from extract.cleaning.document import CleanDocument
from extract.engines.base import Draft, DraftValue, Engine, Origin
from extract.errors import InvalidAnswer
from extract.evals.extracting import Extracting
from extract.evals.planning import Plan, Variant, plan_run
from extract.evals.running import Progress
from extract.evals.suites import Suite
from extract.settings import Settings

COUNT = 12
LLM = Variant("llm", "gpt-4o", "")


@pytest.fixture
def suite(tmp_path: Path) -> Suite:
    return memo_suite(tmp_path, COUNT)


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with serving(answer=lambda received: answer_memo(received.body)) as server:
        yield server


@pytest.fixture
def settings(server: FaultServer, tmp_path: Path) -> Settings:
    return Settings(base_url=server.base_url, api_key="key", model="gpt-4o", cache_dir=tmp_path / "cache", concurrency=4)


def planned(suite: Suite, settings: Settings | None, folder: Path, *, repeats: int = 1) -> Plan:
    """A run of the model with the newest prompt, or of the rules."""
    return plan_run(suite, LLM if settings else Variant("rules"), folder=folder, repeats=repeats, settings=settings)


class Interrupting:
    """Presses Ctrl-C when so many documents are done."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.seen: list[int] = []

    def __call__(self, progress: Progress) -> None:
        self.seen.append(progress.kept + progress.done)
        if progress.done == self.at:
            raise KeyboardInterrupt


class Crashing:
    """An engine with a mistake in it, which shows in some documents."""

    name = "crashing"
    origin = Origin()

    def fill(self, clean: CleanDocument) -> Draft:
        number = int(clean.source.text[9:12])
        if number == 1:
            raise ZeroDivisionError("1 / 0")
        if number == 2:
            raise InvalidAnswer("no JSON")
        if number == 3:
            raise RecursionError
        return Draft({"owner": DraftValue("Ada Lovelace", inferred=True)})


def in_memory(suite: Suite, engine: Engine, folder: Path) -> Plan:
    """A run of an engine of our own."""
    plan = planned(suite, Settings(base_url="http://127.0.0.1:9/v1", model="m", cache=False), folder)
    return replace(plan, extracting=Extracting(suite, (engine,)))

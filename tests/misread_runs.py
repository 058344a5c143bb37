"""Runs of an engine that reads notes right, but for those that a test names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from eval_suites import OWNERS, TOPICS, memo_suite

from extract.cleaning.document import CleanDocument
from extract.engines.base import Draft, DraftValue, Origin, TextReference
from extract.errors import InvalidAnswer
from extract.evals.extracting import Extracting
from extract.evals.planning import Variant, plan_run
from extract.evals.running import make_run
from extract.evals.runs import Run
from extract.evals.suites import Suite
from extract.settings import Settings

Misreads = Callable[[int], str]


class Reader:
    """An engine that reads notes right, but for those of which ``wrong`` says how it goes wrong: owner, topic, nothing, fails."""

    name = "reader"
    origin = Origin()

    def __init__(self, wrong: Misreads = lambda _: "") -> None:
        self.wrong = wrong

    def fill(self, clean: CleanDocument) -> Draft:
        text = " ".join(segment.text for segment in clean.segments)
        number = int(text.partition("no. ")[2][:3])
        how = self.wrong(number)
        if how == "fails":
            raise InvalidAnswer("no JSON")
        values = {} if how == "nothing" else {"owner": OWNERS[number % 3], "topic": TOPICS[number % 3]}
        if how in values:
            values[how] = f"{number:03}"
        return Draft({path: DraftValue(value, _place(clean, value)) for path, value in values.items()})


def _place(clean: CleanDocument, value: str) -> tuple[TextReference, ...]:
    segment = next(each for each in clean.segments if value in each.text)
    start = segment.text.index(value)
    return (TextReference(segment.number, start, start + len(value)),)


def run_of(suite: Suite, *wrong: Misreads) -> Run:
    """A run of a reader, with a repeat for each way in which it goes wrong."""
    ways = wrong or (lambda _: "",)
    settings = Settings(base_url="http://127.0.0.1:9/v1", model="m", cache=False)
    folder = Path(suite.place).parent / "runs"
    plan = plan_run(suite, Variant("llm", "m"), folder=folder, repeats=len(ways), settings=settings)
    run = make_run(replace(plan, extracting=Extracting(suite, tuple(map(Reader, ways)))))
    plan.path.unlink()
    return run


def every(step: int, how: str = "owner") -> Misreads:
    """Wrong in every so many notes."""
    return lambda number: how if number % step == 0 else ""


@pytest.fixture
def suite(tmp_path: Path) -> Suite:
    return memo_suite(tmp_path, 20)

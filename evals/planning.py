"""What is to be run: a matrix of engines, models and prompts over a suite, each cell of it with a head that says what it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from extract.configuration import code_hash, unusual_settings
from extract.engines.base import Engine
from extract.evals.cases import Case
from extract.evals.extracting import Extracting, Priced
from extract.evals.runs import FORMAT, SUFFIX, Head
from extract.evals.suites import Suite
from extract.pipeline import engine_named, hash_of, package_version

if TYPE_CHECKING:
    from extract.settings import Settings  # a run of the rules reads none

RULES = "rules"
PART = ".part"
"""The end of the name of a run file that is being written."""
Job = tuple[Case, int]


@dataclass(frozen=True, slots=True)
class Variant:
    """One cell of the matrix: an engine, and for a model which one and with which prompt ("" = the newest)."""

    engine: str
    model: str = ""
    prompt: str = ""

    @property
    def name(self) -> str:
        """What its run file is called.

        >>> Variant("llm", "org/gpt-5.4 mini", "drafts/v3.md").name, Variant("rules").name
        ('org-gpt-5.4-mini.v3', 'rules')
        """
        if self.engine == RULES:
            return RULES
        parts = self.model, Path(self.prompt).stem if self.prompt else "newest"
        return ".".join("".join(c if c.isalnum() or c in "._-" else "-" for c in part) for part in parts)


def matrix(*, engines: Sequence[str] = (), models: Sequence[str] = (), prompts: Sequence[str] = ()) -> list[Variant]:
    """The variants that are asked for: the rules, if they are named, and each model with each prompt.

    >>> [variant.name for variant in matrix(engines=["rules"], models=["m"], prompts=["v1", "v2"])]
    ['rules', 'm.v1', 'm.v2']
    """
    rules = [Variant(RULES)] if RULES in engines else []
    asked = [Variant("llm", model, prompt) for model, prompt in product(models, prompts or [""])]
    return [*rules, *asked]


@dataclass(frozen=True)
class Plan:
    """A run that is about to be made: its head, its jobs in order, and how each is done."""

    head: Head
    path: Path
    extracting: Extracting
    jobs: tuple[Job, ...]
    at_once: int = 1

    @property
    def part(self) -> Path:
        return self.path.with_name(self.path.name + PART)


def plan_run(suite: Suite, variant: Variant, *, folder: Path, repeats: int = 1, settings: Settings | None = None) -> Plan:
    """The run of a variant; UsageError where it cannot be made, before anything is asked.

    The rules answer the same each time, so that they are asked once, whatever ``repeats`` says.
    """
    repeats = 1 if variant.engine == RULES else repeats
    engines, price, at_once = _engines(suite, variant, repeats=repeats, settings=settings)
    head = _head(suite, variant, engines, repeats=repeats, settings=settings)
    return Plan(
        head=head,
        path=folder / f"{suite.name}.{variant.name}{SUFFIX}",
        extracting=Extracting(suite, engines, price),
        jobs=tuple((case, repeat) for case in suite.cases for repeat in range(repeats)),
        at_once=at_once,
    )


def _engines(
    suite: Suite, variant: Variant, *, repeats: int, settings: Settings | None
) -> tuple[tuple[Engine, ...], Priced, int]:
    """The engine of each repeat, what tokens cost, and how many documents may be under way at once."""
    if variant.engine == RULES or settings is None:
        return (engine_named(RULES, suite.task),), lambda _: 0.0, 1
    asked = [settings.model_copy(update={"repeat": repeat}) for repeat in range(repeats)]
    engines = tuple(engine_named("llm", suite.task, each) for each in asked)
    from extract.engines.llm.stack import prices_of  # of the extra llm, which is there: the engines are

    prices = prices_of(settings)
    return engines, lambda used: prices.cost(settings.model, used), settings.concurrency


def _head(suite: Suite, variant: Variant, engines: Sequence[Engine], *, repeats: int, settings: Settings | None) -> Head:
    origin = engines[0].origin
    return Head(
        format=FORMAT,
        suite=suite.place,
        dataset=suite.name,
        cases=len(suite.cases),
        repeats=repeats,
        schema_name=suite.schema,
        engine="rules" if variant.engine == RULES else "llm",
        model=origin.get("model"),
        endpoint=origin.get("endpoint"),
        prompt=origin.get("prompt"),
        asked_prompt=variant.prompt,
        settings={} if settings is None or variant.engine == RULES else unusual_settings(settings),
        dataset_hash=suite.hash,
        inputs_hash=suite.inputs_hash,
        schema_hash=hash_of(suite.task),
        prompt_hash=origin.get("prompt_hash"),
        scorer_hash=suite.scorers.hash,
        scorers=suite.scorers.described,
        code_hash=code_hash(),
        version=package_version(),
    )

"""Where the time of our own path goes: its stages one after the other, each with the CPU time that it takes."""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from benchmarks.asking.gold import varied
from extract.checks import checks_of
from extract.cleaning import clean
from extract.cleaning.document import CleanDocument
from extract.engines.base import Draft, Origin
from extract.engines.llm.answers import answer_object, draft_of
from extract.engines.llm.engine import LlmEngine
from extract.engines.llm.openai_model import OpenAIModel
from extract.grounding import ground
from extract.injection import signs_of_injection
from extract.injection.distrust import distrusted
from extract.pipeline import engine_named
from extract.settings import Settings
from extract.source import open_source
from extract.tasks import task_named
from extract.validation import field_states, validate


@dataclass(frozen=True, slots=True)
class Filled:
    """An engine that has filled its document already."""

    draft: Draft
    name: str = "filled"
    origin: Origin = field(default_factory=Origin)

    def fill(self, _: CleanDocument) -> Draft:
        return self.draft


class Watch:
    """The CPU seconds of this process between calls of ``lap``, by the name of what was done in between."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = defaultdict(float)
        self._since = time.process_time()

    def lap(self, stage: str) -> None:
        """What was done since the last lap was that stage."""
        now = time.process_time()
        self.laps[stage] += now - self._since
        self._since = time.process_time()


def stages_of(texts: Sequence[str], settings: Settings, *, task: str, seconds: float) -> dict[str, float]:
    """The CPU seconds for a document that each stage takes: the median of rounds over all documents."""
    rounds: list[dict[str, float]] = []
    serials = count(10**6)
    until = time.perf_counter() + seconds
    with OpenAIModel(settings) as bare:
        while time.perf_counter() < until or len(rounds) < 5:
            watch = Watch()
            for text in texts:
                walk(varied(text, next(serials)), task, settings=settings, bare=bare, watch=watch)
            watch.laps["limits, counting"] -= watch.laps["client"]
            rounds.append({stage: spent / len(texts) for stage, spent in watch.laps.items() if stage})
    return {stage: statistics.median(of[stage] for of in rounds[2:]) for stage in rounds[0]}  # the first ones warm up


def walk(text: str, task: str, *, settings: Settings, bare: OpenAIModel, watch: Watch) -> None:
    """One document, from its text to its record, with a lap for each stage; asked for twice, without the wrappers and with."""
    watch.lap("")
    engine = engine_named("llm", task_named(task), settings)
    assert isinstance(engine, LlmEngine)
    schema = engine.task.schema
    watch.lap("prompt, engine")
    document = clean(open_source(text))
    watch.lap("open, clean")
    ruled = replace(engine, rules=Filled(engine.rules.fill(document))) if engine.rules else engine
    watch.lap("rules")
    plan = ruled.plan(document)
    watch.lap("plan, render")
    assert plan.request
    assert plan.request.key
    watch.lap("key of the cache")
    bare.complete(plan.request)
    watch.lap("client")
    completion = engine.model.complete(plan.request)
    watch.lap("limits, counting")
    answered = draft_of(answer_object(completion.text), plan.wire, plan.lines)
    draft = replace(answered, values={**plan.filled.values, **answered.values})
    watch.lap("parse, draft")
    distrust = distrusted(signs_of_injection(document), document)
    watch.lap("injection")
    grounding = ground(draft, document, schema, distrust=distrust)
    watch.lap("ground")
    validated = validate(grounding.values, schema, doubts=grounding.issues, document=document, checks=checks_of(schema))
    field_states(validated.record, validated.evidence, validated.issues, not_asked=draft.not_asked)
    watch.lap("validate, check")

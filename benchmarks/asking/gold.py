"""The answers that the gold records need: what a model that makes no mistake would send for each shipped document."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pydantic import JsonValue

from extract.cleaning import clean
from extract.engines.llm.answers import answer_object, draft_of
from extract.engines.llm.encoding import answer_of
from extract.engines.llm.engine import LlmEngine, Plan
from extract.evals.agreement import cell_matches, gold_cells
from extract.evals.cases import Case
from extract.grounding import ground
from extract.pipeline import engine_named
from extract.settings import Ask, Settings
from extract.source import open_source
from extract.tasks import task_named
from extract.validation import validate

_WORD = re.compile(r"\b[a-z]{6,}\b(?= [a-z])")


class WrongAnswer(AssertionError):
    """An answer that does not lead to the record that it was made from: what it costs would say nothing."""


@dataclass(frozen=True, slots=True)
class Way:
    """A way of asking: which prompt, and for what."""

    prompt: str
    ask: Ask

    @property
    def title(self) -> str:
        """What tables call it."""
        return f"{self.prompt}, {'facts first' if self.ask is Ask.MISSING else 'ask all'}"

    def settings(self, **others: object) -> Settings:
        """The settings that ask so, without a cache."""
        return Settings(
            **{"model": "gpt-4o", "api_key": "none", "cache": False, "prompt": self.prompt, "ask": self.ask, **others}
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """A document, what it would be asked, and the answer that its gold record needs, as compact JSON; empty = no call is made."""

    case: Case
    plan: Plan
    answer: str


def compact(value: object) -> str:
    """JSON without blanks, in the letters of the text: the fewest tokens that a model can write it with.

    >>> compact({"city": "Zürich", "at": [1, 2]})
    '{"city":"Zürich","at":[1,2]}'
    """
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def engine_for(case: Case, settings: Settings) -> LlmEngine:
    """The engine that asks a model for the case's task."""
    engine = engine_named("llm", task_named(case.schema), settings)
    assert isinstance(engine, LlmEngine)
    return engine


def asked(case: Case, settings: Settings) -> Asked:
    """What a case would be asked and answered; WrongAnswer where the answer does not lead to the gold record."""
    engine = engine_for(case, settings)
    plan = engine.plan(clean(open_source(case.source)))
    if plan.request is None:
        return Asked(case, plan, "")
    record = engine.task.schema.model_validate(case.expected)
    answer = compact(answer_of(record, plan.wire, plan.lines))
    check(case, plan, answer)
    return Asked(case, plan, answer)


def check(case: Case, plan: Plan, answer: str) -> None:
    """Nothing, if the answer leads to the gold record of the case; else WrongAnswer, which names the first cell that differs."""
    content = record_of(plan, answer, task=case.schema)
    for cell in gold_cells(case.expected, case.accept):
        matches, told = cell_matches(cell, content)
        if not matches:
            raise WrongAnswer(f"{case.name}: {told}")


def record_of(plan: Plan, answer: str, *, task: str) -> dict[str, JsonValue]:
    """The record, as JSON, that an answer leads to."""
    schema = task_named(task).schema
    answered = draft_of(answer_object(answer), plan.wire, plan.lines)
    draft = replace(answered, values={**plan.filled.values, **answered.values})
    return validate(ground(draft, plan.lines.clean, schema).values, schema).record.model_dump(mode="json")


def plain_json(record: Mapping[str, JsonValue]) -> str:
    """The record as a model writes it that answers in text."""
    return compact(dict(record))


def lean_json(case: Case) -> str:
    """The gold record without the fields that the schema fills in by itself: as little as a model may send without the wire."""
    record = task_named(case.schema).schema.model_validate(case.expected)
    return compact(record.model_dump(mode="json", exclude_defaults=True))


def varied(text: str, serial: int) -> str:
    """The document with the serial number at the end of one of its words, so that no two are the same.

    >>> varied("you will work together with teams across", 7)
    'you will work together7 with teams across'
    """
    word = _WORD.search(text, len(text) // 2) or _WORD.search(text)
    assert word, "a document has a word of six letters"
    return f"{text[: word.end()]}{serial}{text[word.end() :]}"


def telling_word(own: Sequence[str], others: Sequence[str]) -> str:
    """The first word of ASCII letters that stands in each text of the one kind, and in none of the other.

    >>> telling_word(["a pastry cook", "PASTRY: a cook"], ["a pastry"])
    'cook'
    """
    words: list[str] = re.findall(r"\b[A-Za-z]{4,}\b", own[0])
    return next(word for word in words if all(word in text for text in own) and not any(word in text for text in others))

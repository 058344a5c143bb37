"""From settings to an engine that is ready to ask; who answers is handed to it, so that it needs no packages for that."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel

from extract.engines.base import Engine, KnowsMarkup
from extract.engines.llm.engine import Asking, LlmEngine
from extract.engines.llm.prompts import prompt_for
from extract.engines.llm.seam import Model, Sampling
from extract.engines.llm.wire import wire_schema
from extract.settings import Ask, Settings
from extract.tasks import Task

T = TypeVar("T", bound=BaseModel)


def engine_of(task: Task[T], settings: Settings, *, model: Model, rules: Engine | None) -> LlmEngine:
    """The engine that asks a model for a task; PromptError where there is no such prompt, SchemaError where a field of the
    schema cannot be asked for.

    ``rules`` is the engine of the task whose certain values need no asking.
    """
    wire_schema(task.schema, None)  # what is wrong with it is so for any document
    return LlmEngine(
        task=Task(task.name, task.schema),
        prompt=prompt_for(task.name, settings.prompt),
        model=model,
        asking=Asking(
            model=settings.model,
            endpoint=settings.endpoint,
            sampling=Sampling(settings.temperature, settings.top_p, settings.seed, settings.reasoning_effort),
            max_output_tokens=settings.max_output_tokens,
            repeat=settings.repeat,
            deadline=settings.deadline,
            max_repairs=settings.max_repairs,
        ),
        rules=rules if settings.ask is Ask.MISSING else None,
        markup=rules if isinstance(rules, KnowsMarkup) else None,
    )

"""The engine: what is certain is filled in, the rest is asked for once, and the answer becomes a draft."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pydantic import BaseModel

from extract.cleaning.document import CleanDocument
from extract.engines.base import Draft, DraftValue, Engine, KnowsMarkup, Origin
from extract.engines.llm.answers import answer_object, draft_of
from extract.engines.llm.facts_first import certain_values, left_to_ask
from extract.engines.llm.lines import Lines, shown_facts
from extract.engines.llm.nodes import Wire
from extract.engines.llm.prompts import REPAIR, Prompt, prompt_for
from extract.engines.llm.rendering import messages_of, repair_messages
from extract.engines.llm.repair import merged, repair_of
from extract.engines.llm.seam import Completion, Finish, Message, Model, Request, Sampling
from extract.engines.llm.wire import askable, wire_schema
from extract.errors import CallError, EndpointUnavailable, Filtered, InvalidAnswer, Refused, SchemaError, Truncated
from extract.fields import is_within
from extract.result import Issue, Severity, Usage
from extract.tasks import Task

MORE_ROOM = 4
"""How many times the room for output tokens is given to an answer that was cut off."""
_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9_-]")  # OpenAI refuses names with anything else, or longer than 64


@dataclass(frozen=True, slots=True)
class Asking:
    """What all requests of an engine have in common.

    ``max_output_tokens`` and what of ``sampling`` is None: what the prompt says. ``deadline``: seconds for a document, with all
    that is asked about it; None = as long as each request may take. ``max_repairs``: how often fields that were wrong are asked
    for again.
    """

    model: str
    endpoint: str
    sampling: Sampling = field(default=Sampling())
    max_output_tokens: int | None = None
    repeat: int = 0
    deadline: float | None = None
    max_repairs: int = 1


@dataclass(frozen=True, slots=True)
class Plan:
    """What is known of a document without a call, and the request for the rest; no request where nothing is left to ask.

    ``not_asked``: the fields that no line can fill.
    """

    filled: Draft
    wire: Wire
    lines: Lines
    request: Request | None
    not_asked: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class LlmEngine:
    """Fills any schema by asking a model.

    ``rules``: the engine whose certain values are not asked for; None = everything is asked. ``markup``: the engine that
    holds the answer against what the markup states; None = the task has none. ``clock`` is there for tests.
    """

    task: Task[BaseModel]
    prompt: Prompt
    model: Model
    asking: Asking
    rules: Engine | None = None
    markup: KnowsMarkup | None = None
    name: str = "llm"
    clock: Callable[[], float] = time.monotonic

    @property
    def origin(self) -> Origin:
        return Origin(
            model=self.asking.model, endpoint=self.asking.endpoint, prompt=self.prompt.head.id, prompt_hash=self.prompt.hash
        )

    def plan(self, clean: CleanDocument) -> Plan:
        """What a document would be asked; SchemaError or PromptError where it cannot be."""
        known = self.rules.fill(clean) if self.rules else Draft({})
        filled = replace(known, values=certain_values(known))
        lines = Lines(clean, () if self.rules else shown_facts(clean))
        asked = left_to_ask(self.task.schema, filled, lines) if self.rules else None
        wire = wire_schema(self.task.schema, asked)
        not_asked = frozenset(askable(self.task.schema)) - asked - known.certain if asked is not None else frozenset[str]()
        request = None
        if wire.root.fields:
            messages = messages_of(self.prompt, wire, lines, schema=self.task.schema, filled=filled.values)
            request = self._asked(self.prompt, wire, messages)
        return Plan(filled, wire, lines, request, not_asked)

    def fill(self, clean: CleanDocument) -> Draft:
        """A draft of the record; CallError where no answer could be had."""
        plan = self.plan(clean)
        if plan.request is None:
            return replace(plan.filled, not_asked=plan.not_asked)
        deadline = None if self.asking.deadline is None else self.clock() + self.asking.deadline
        completion = self._complete(replace(plan.request, deadline=deadline))
        answered = self._answered(completion, plan.wire, plan.lines)
        return Draft(
            values={**plan.filled.values, **answered.values},
            issues=(*_about(plan.filled.issues, plan.filled.values), *answered.issues, *self._contradictions(answered, clean)),
            certain=plan.filled.certain,
            not_asked=plan.not_asked,
            usage=completion.usage,
        )

    @property
    def max_repairs(self) -> int:
        return self.asking.max_repairs

    def repair(self, clean: CleanDocument, draft: Draft, broken: Sequence[Issue], *, spent: float) -> Draft | None:
        """The draft with new answers for what was wrong with it; None where nothing of it can be asked again.

        A call that failed leaves the draft as it is, with an issue; ``spent`` seconds of the document's time are gone.
        """
        lines = Lines(clean, () if self.rules else shown_facts(clean))
        try:
            repair = repair_of(broken, draft, self.task.schema, lines)
        except SchemaError as error:
            return _unrepaired(draft, f"what was wrong cannot be asked again: {error}")
        if repair is None:
            return None
        left = None if self.asking.deadline is None else self.asking.deadline - spent
        prompt = prompt_for(REPAIR)
        request = self._asked(prompt, repair.wire, repair_messages(prompt, repair.wire, repair.lines, repair.problems))
        try:
            if left is not None and left <= 0:
                raise EndpointUnavailable(f"the {self.asking.deadline:g} seconds for a document are over")
            completion = self._complete(replace(request, deadline=None if left is None else self.clock() + left))
            answered = self._answered(completion, repair.wire, repair.lines)
        except CallError as error:
            message = f"{', '.join(repair.problems)}: not asked again: {error}"
            return _unrepaired(replace(draft, usage=draft.usage + (error.usage or Usage())), message)
        return merged(draft, answered, repair)

    def _answered(self, completion: Completion, wire: Wire, lines: Lines) -> Draft:
        """What a completion says; InvalidAnswer, with what it used, where it is no JSON object."""
        try:
            answered = draft_of(answer_object(completion.text), wire, lines)
        except InvalidAnswer as error:
            error.usage = completion.usage
            raise
        return replace(answered, usage=completion.usage)

    def _contradictions(self, answered: Draft, clean: CleanDocument) -> tuple[Issue, ...]:
        """Where the answer says something else than the markup."""
        return self.markup.contradictions(answered.values, clean) if self.markup else ()

    def _asked(self, prompt: Prompt, wire: Wire, messages: tuple[Message, ...]) -> Request:
        """The request with these messages for what a wire schema asks for."""
        defaults, sampling = prompt.head.defaults, self.asking.sampling
        return Request(
            model=self.asking.model,
            endpoint=self.asking.endpoint,
            messages=messages,
            schema=wire.schema,
            schema_name=_NOT_IN_A_NAME.sub("_", self.task.name)[:64],
            sampling=Sampling(
                temperature=defaults.temperature if sampling.temperature is None else sampling.temperature,
                top_p=defaults.top_p if sampling.top_p is None else sampling.top_p,
                seed=defaults.seed if sampling.seed is None else sampling.seed,
                reasoning_effort=sampling.reasoning_effort or defaults.reasoning_effort,
            ),
            repeat=self.asking.repeat,
            max_output_tokens=self.asking.max_output_tokens or defaults.max_output_tokens,
        )

    def _complete(self, request: Request) -> Completion:
        """A whole answer: one that was cut off is asked for once more, with more room."""
        first = self.model.complete(request)
        if first.finish is not Finish.LENGTH:
            return _whole(first, request)
        try:
            again = self.model.complete(replace(request, max_output_tokens=MORE_ROOM * request.max_output_tokens))
        except CallError as error:
            error.usage = first.usage + (error.usage or Usage())
            raise
        return _whole(replace(again, usage=first.usage + again.usage), request)


def _unrepaired(draft: Draft, message: str) -> Draft:
    """The draft as it was, with a word on why nothing of it was asked again."""
    issue = Issue(code="repair_failed", path="", message=message, severity=Severity.WARNING)
    return replace(draft, issues=(*draft.issues, issue))


def _whole(completion: Completion, request: Request) -> Completion:
    """The completion, if the model came to an end of its own."""
    room = f"{MORE_ROOM * request.max_output_tokens:,} tokens"
    match completion.finish:
        case Finish.STOP:
            return completion
        case Finish.LENGTH:
            way_out = "allow more (EXTRACT_MAX_OUTPUT_TOKENS) or cut the document"
            raise Truncated(
                f"{request.model}: the answer was cut off, also with room for {room}: {way_out}", usage=completion.usage
            )
        case Finish.REFUSED:
            raise Refused(f"{request.model} declined to answer: {completion.text[:200]!r}", usage=completion.usage)
        case Finish.FILTERED:
            raise Filtered(f"{request.model}: the provider's content filter stopped the answer", usage=completion.usage)
        case Finish.EMPTY:
            raise InvalidAnswer(f"{request.model} sent no answer at all", usage=completion.usage)


def _about(issues: tuple[Issue, ...], filled: Mapping[str, DraftValue]) -> tuple[Issue, ...]:
    """The issues about the document as a whole, and about what stays filled."""
    return tuple(issue for issue in issues if not issue.path or any(is_within(path, issue.path) for path in filled))

"""What an endpoint can do, found out by asking: which models it has, how it can be held to a schema, whether it counts tokens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import openai
from pydantic import JsonValue

from extract.engines.llm.answers import answer_object
from extract.engines.llm.connection import connected, secrets
from extract.engines.llm.faults import Target, fault_of
from extract.engines.llm.openai_model import OpenAIModel
from extract.engines.llm.seam import Completion, Finish, Message, Request
from extract.errors import AccessDenied, CallError, InvalidAnswer
from extract.settings import Api, Constraint, Settings

_SCHEMA: dict[str, JsonValue] = {
    "type": "object",
    "properties": {"blue": {"type": "boolean"}},
    "required": ["blue"],
    "additionalProperties": False,
}
_ROOM = 512  # tokens: a reasoning model thinks before it answers
_FORMS = (
    ("chat completions, strict schema", Api.CHAT, Constraint.STRICT),
    ("chat completions, schema", Api.CHAT, Constraint.SCHEMA),
    ("chat completions, JSON mode", Api.CHAT, Constraint.JSON),
    ("responses, strict schema", Api.RESPONSES, Constraint.STRICT),
)


class Verdict(StrEnum):
    """What a probe came to."""

    YES = "yes"
    NO = "no"
    PARTLY = "partly"  # it answers, but not as asked


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was tried."""

    tried: str
    verdict: Verdict
    detail: str = ""


def probe(settings: Settings) -> Iterator[Finding]:
    """What the endpoint of the settings can do, each finding as it comes; it takes six small requests.

    The model is asked for a line of a poem: an answer that fits the schema all the same was really held to it. After a refusal
    of the key nothing more is tried.
    """
    listed = _models(settings)
    yield listed
    if listed.verdict is Verdict.NO and listed.detail.startswith(AccessDenied.code):
        return
    for tried, api, constraint in _FORMS:
        yield _form(settings, tried, api=api, constraint=constraint)
    yield _stream(settings)


def usable(findings: tuple[Finding, ...]) -> bool:
    """Whether some way to ask works."""
    ways = {tried for tried, _, _ in _FORMS}
    return any(finding.verdict is not Verdict.NO for finding in findings if finding.tried in ways)


def _models(settings: Settings) -> Finding:
    tried = "list of models"
    try:
        with connected(settings, None) as client:
            names = [model.id for model in client.models.list(timeout=settings.timeout)]
    except openai.OpenAIError as error:
        fault = fault_of(error, _target(settings))
        return Finding(tried, Verdict.NO, f"{fault.code}: {fault}")
    except CallError as error:
        return Finding(tried, Verdict.NO, f"{error.code}: {error}")
    if settings.model in names:
        return Finding(tried, Verdict.YES, f"{len(names)} models, {settings.model} among them")
    return Finding(tried, Verdict.PARTLY, f"{len(names)} models, but not {settings.model}: {', '.join(sorted(names)[:8])}")


def _form(settings: Settings, tried: str, *, api: Api, constraint: Constraint) -> Finding:
    """Whether the endpoint takes a request of that form, and holds the answer to it."""
    wish = "Write one line of a poem." if constraint is not Constraint.JSON else "Is the sky blue?"
    request = Request(
        model=settings.model,
        endpoint=settings.endpoint,
        messages=(Message("user", wish),),
        schema=_SCHEMA,
        schema_name="probe",
        max_output_tokens=_ROOM,
    )
    try:
        with OpenAIModel(settings.model_copy(update={"api": api, "constraint": constraint})) as model:
            completion = model.complete(request)
    except CallError as error:
        return Finding(tried, Verdict.NO, f"{error.code}: {error}")
    return Finding(tried, *_judged(completion))


def _judged(completion: Completion) -> tuple[Verdict, str]:
    used = f"{completion.usage.input_tokens} + {completion.usage.output_tokens} tokens"
    if completion.finish is not Finish.STOP:
        return Verdict.PARTLY, f"the answer ended with {completion.finish} ({used})"
    try:
        answer = answer_object(completion.text)
    except InvalidAnswer as error:
        return Verdict.PARTLY, f"{error} ({used})"
    if isinstance(answer.get("blue"), bool) and len(answer) == 1:
        return Verdict.YES, used
    return Verdict.PARTLY, f"the answer is JSON that does not fit the schema ({used})"


def _stream(settings: Settings) -> Finding:
    """Whether a streamed answer ends with its usage."""
    tried = "streaming, with usage"
    limit = "max_completion_tokens" if settings.endpoint.startswith("https://api.openai.com") else "max_tokens"
    try:
        with connected(settings, None) as client:
            chunks = client.chat.completions.create(
                model=settings.model,
                messages=[{"role": "user", "content": "Say yes."}],
                stream=True,
                stream_options={"include_usage": True},
                extra_body={limit: _ROOM},
                timeout=settings.timeout,
            )
            usages = [chunk.usage for chunk in chunks if chunk.usage]
    except openai.OpenAIError as error:
        fault = fault_of(error, _target(settings))
        return Finding(tried, Verdict.NO, f"{fault.code}: {fault}")
    if not usages:
        return Finding(tried, Verdict.PARTLY, "it streams, and does not say what it used")
    return Finding(tried, Verdict.YES, f"{usages[-1].prompt_tokens} + {usages[-1].completion_tokens} tokens")


def _target(settings: Settings) -> Target:
    return Target(settings.endpoint, settings.model, secrets(settings))

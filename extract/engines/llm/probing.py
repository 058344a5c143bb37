"""What an endpoint can do, found out by asking: which models it has, how it can be held to a schema, whether it counts tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from json import JSONDecodeError

import httpx2
import openai
from pydantic import JsonValue

from extract.engines.llm.answers import answer_object
from extract.engines.llm.bodies import first_form
from extract.engines.llm.connection import connected, secrets
from extract.engines.llm.faults import NoAnswer, Target, fault_of
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
    is_denial: bool = False
    """Whether it is the key that is refused, or missing: whatever else is tried would end in the same way."""


def probe(settings: Settings) -> Iterator[Finding]:
    """What the endpoint of the settings can do, each finding as it comes; it takes six small requests.

    The model is asked for a line of a poem: an answer that fits the schema all the same was really held to it. After a refusal
    of the key nothing more is tried.
    """
    listed = _tried("list of models", settings, lambda: _models(settings))
    yield listed
    if listed.is_denial:
        return
    for tried, api, constraint in _FORMS:
        yield _tried(tried, settings, partial(_form, settings, api=api, constraint=constraint))
    yield _tried("streaming, with usage", settings, lambda: _stream(settings))


def usable(findings: Sequence[Finding]) -> bool:
    """Whether some way to ask works."""
    ways = {tried for tried, _, _ in _FORMS}
    return any(finding.verdict is not Verdict.NO for finding in findings if finding.tried in ways)


def _tried(what: str, settings: Settings, ask: Callable[[], tuple[Verdict, str]]) -> Finding:
    """What asking came to; whatever the endpoint does wrong is a no."""
    try:
        return Finding(what, *ask())
    except CallError as error:
        fault, cause = error, error.__cause__
    except (openai.OpenAIError, NoAnswer, JSONDecodeError, UnicodeDecodeError) as error:
        fault, cause = fault_of(error, _target(settings)), error
    except httpx2.HTTPError as error:  # while a stream is read, the SDK lets them through
        fault, cause = fault_of(NoAnswer(str(error)), _target(settings)), error
    denied = isinstance(fault, AccessDenied) and isinstance(
        cause, openai.AuthenticationError | openai.PermissionDeniedError | None
    )
    return Finding(what, Verdict.NO, f"{fault.code}: {fault}", is_denial=denied)


def _models(settings: Settings) -> tuple[Verdict, str]:
    with connected(settings, None) as client:
        answer: object = client.get("/models", cast_to=object, options={"timeout": settings.timeout})
    listed = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(listed, list):
        raise NoAnswer("it is no list of models")
    names = [name for entry in listed if isinstance(entry, dict) and isinstance(name := entry.get("id"), str)]
    if settings.model in names:
        return Verdict.YES, f"{len(names)} models, {settings.model} among them"
    others = _target(settings).shown(", ".join(sorted(names)[:8]))
    return Verdict.PARTLY, f"{len(names)} models, but not {settings.model}: {others}"


def _form(settings: Settings, *, api: Api, constraint: Constraint) -> tuple[Verdict, str]:
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
    with OpenAIModel(settings.model_copy(update={"api": api, "constraint": constraint})) as model:
        return _judged(model.complete(request))


def _judged(completion: Completion) -> tuple[Verdict, str]:
    used = f"{completion.usage.input_tokens} + {completion.usage.output_tokens} tokens"
    if completion.finish is Finish.EMPTY:
        return Verdict.NO, f"the answer is empty ({used})"
    if completion.finish is not Finish.STOP:
        return Verdict.PARTLY, f"the answer ended with {completion.finish} ({used})"
    try:
        answer = answer_object(completion.text)
    except InvalidAnswer as error:
        return Verdict.PARTLY, f"{error} ({used})"
    if isinstance(answer.get("blue"), bool) and len(answer) == 1:
        return Verdict.YES, used
    return Verdict.PARTLY, f"the answer is JSON that does not fit the schema ({used})"


def _stream(settings: Settings) -> tuple[Verdict, str]:
    """Whether a streamed answer ends with its usage."""
    limit = first_form(settings.model_copy(update={"api": Api.CHAT})).limits[0]
    with connected(settings, None) as client:
        chunks = client.chat.completions.create(
            model=settings.model,
            messages=[{"role": "user", "content": "Say yes."}],
            stream=True,
            stream_options={"include_usage": True},
            extra_body={limit: _ROOM},
            timeout=settings.timeout,
        )
        came = [chunk for chunk in chunks if isinstance(getattr(chunk, "choices", None), list)]  # a chunk is whatever came
    if not came:
        raise NoAnswer("it is no stream of chat completions")
    usages = [usage for chunk in came if (usage := getattr(chunk, "usage", None))]
    if not usages:
        return Verdict.PARTLY, "it streams, and does not say what it used"
    sent, answered = (getattr(usages[-1], name, None) for name in ("prompt_tokens", "completion_tokens"))
    return Verdict.YES, _target(settings).shown(f"{sent} + {answered} tokens")


def _target(settings: Settings) -> Target:
    return Target(settings.endpoint, settings.model, secrets(settings))

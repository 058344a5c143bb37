"""A model behind an OpenAI-compatible endpoint: instructor over the openai SDK, one attempt per call.

instructor shapes the request of each mode, and tells whole answers from others. What it cannot do is done between it and the
network (``bodies``): no mode for chat completions asks for strict answers, JSON mode speaks to the model in words of its own,
and our schema is not that of a Pydantic class. Nothing is validated here: the raw text is what the cache keeps.
"""

from __future__ import annotations

import json
import logging
import threading
import time
import weakref
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any, Self

import httpx2
import instructor
import openai
from instructor.v2.core.errors import IncompleteOutputException, InstructorRetryException
from openai.types.chat import ChatCompletion, ChatCompletionMessage
from openai.types.chat.chat_completion import Choice
from openai.types.responses import Response

from extract.engines.llm.bodies import Form, chat_body, first_form, message_body, responses_body
from extract.engines.llm.connection import connected, secrets, timeouts
from extract.engines.llm.faults import (
    Failure,
    NoAnswer,
    StatedFault,
    Target,
    fault_of,
    lacks_constraint,
    lacks_parameter,
    report_of,
)
from extract.engines.llm.seam import Completion, Finish, Request
from extract.errors import EndpointUnavailable
from extract.result import Usage
from extract.settings import Api, Constraint, Settings

_SAID = {
    Constraint.SCHEMA: "takes no strict schema: it is sent without that promise",
    Constraint.JSON: "takes no schema: it is part of the prompt from now on, and answers are checked here alone",
}
_LOG = logging.getLogger("extract")
_OURS = ContextVar("_OURS", default=False)


@dataclass(frozen=True, slots=True)
class _Call:
    """One request on its way through instructor to the network; ``seconds`` is how long it may take."""

    request: Request
    form: Form
    client: openai.OpenAI
    seconds: float
    came: list[ChatCompletion | Response] = field(default_factory=list)
    """The answer, once it is there: instructor does not hand over one that it stumbles over."""


class AnyAnswer(instructor.OpenAISchema):
    """For instructor, a response model that every answer fits: what it says is read above the seam."""

    @classmethod
    def model_json_schema(cls, *_: Any, **__: Any) -> dict[str, Any]:
        """Nothing: the wire schema of the request stands in its place before anything leaves."""
        return {}

    @classmethod
    def model_validate_json(cls, *_: Any, **__: Any) -> Self:
        """An instance, which instructor hangs the answer on."""
        return cls.model_construct()


class OpenAIModel:
    """A model that answers over the network; safe for threads, which share one pool of connections.

    With ``Constraint.AUTO`` it learns what the endpoint takes, and says once, as a warning, where that is less than strict.
    Close it, or use it in a ``with``. An ``http_client`` of the caller stays open.
    """

    def __init__(self, settings: Settings, *, http_client: httpx2.Client | None = None) -> None:
        self._settings = settings
        self._secrets = secrets(settings)
        self._given = http_client
        self._client: openai.OpenAI | None = None
        self._lock = threading.Lock()
        self._form = first_form(settings)
        self._creates: dict[instructor.Mode, Callable[..., Any]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections; the next call opens new ones."""
        with self._lock:
            client, self._client = self._client, None
        if client is not None and self._given is None:
            client.close()

    def complete(self, request: Request) -> Completion:
        """One attempt, and one more for each thing that the endpoint turns out not to know; usage counts them all."""
        target = Target(self._settings.endpoint, request.model, self._secrets)
        client = self._connect()
        calls = 0
        while True:  # each round is a step down, and there are four at most
            form, seconds = self._form, self._time_left(request)
            if seconds <= 0:
                message = f"no time was left to ask {target.endpoint}; allow more (EXTRACT_DEADLINE)"
                raise EndpointUnavailable(message, usage=Usage(calls=calls))
            outcome = self._outcome(_Call(request, form, client, seconds))
            if isinstance(outcome, Completion):
                return replace(outcome, usage=outcome.usage + Usage(calls=calls))
            calls += 1
            lower = self._lower(form, outcome)
            if lower is None:
                fault = fault_of(outcome, target)
                fault.usage = Usage(calls=calls)
                raise fault from outcome
            self._learn(form, lower)

    def _connect(self) -> openai.OpenAI:
        with self._lock:
            if self._client is None:
                self._client = connected(self._settings, self._given)
                if self._given is None:
                    weakref.finalize(self, self._client.close)  # whoever forgets to close, a process that ends among them
            return self._client

    def _time_left(self, request: Request) -> float:
        longest = self._settings.timeout
        return longest if request.deadline is None else min(longest, request.deadline - time.monotonic())

    def _outcome(self, call: _Call) -> Completion | Failure:
        """The completion, or why there is none."""
        create = self._create(_mode(call.form))
        messages = [message_body(message) for message in call.request.messages]
        ours = _OURS.set(True)
        try:
            answer = create(response_model=AnyAnswer, max_retries=0, model=call.request.model, messages=messages, call=call)
        except (IncompleteOutputException, InstructorRetryException) as error:
            if error.last_completion is not None:  # it came, cut off, or with nothing to unpack: a refusal, or nothing at all
                return _completion(error.last_completion, call.request.max_output_tokens)
            if isinstance(error.__cause__, Failure):
                return error.__cause__
            if call.came:
                return _none_of(call.form.api)
            raise (error.__cause__ or error) from None  # a fault of ours
        finally:
            _OURS.reset(ours)
        return _completion(answer._raw_response, call.request.max_output_tokens)  # noqa: SLF001  # the name under which instructor hands it over

    def _create(self, mode: instructor.Mode) -> Callable[..., Any]:
        with self._lock:
            if mode not in self._creates:
                self._creates[mode] = _shaping(mode)
            return self._creates[mode]

    def _lower(self, form: Form, failure: Failure) -> Form | None:
        """The form to try next, where the endpoint says that it does not know something of this one."""
        report = report_of(failure)
        if report is None:
            return None
        if lacks_parameter(report, form.limits[0]):
            return form.renamed()
        if self._settings.constraint is Constraint.AUTO and lacks_constraint(report):
            return form.looser()
        return None

    def _learn(self, form: Form, lower: Form) -> None:
        """Remembered for all calls; of many that find out at once, one says so."""
        with self._lock:
            if self._form != form:
                return
            self._form = lower
        if lower.constraint is not form.constraint:
            _LOG.warning("%s %s", self._settings.endpoint, _SAID[lower.constraint])


def _is_of_others(_: logging.LogRecord) -> bool:
    """Whether a record is not about a call of ours, of which the error says what is to be said."""
    return not _OURS.get()


def _mode(form: Form) -> instructor.Mode:
    if form.constraint is Constraint.JSON:
        return instructor.Mode.JSON
    return instructor.Mode.RESPONSES_TOOLS if form.api is Api.RESPONSES else instructor.Mode.JSON_SCHEMA


def _shaping(mode: instructor.Mode) -> Callable[..., Any]:
    """The way in which instructor asks in that mode; it ends in ``_sent``."""
    # Without it, instructor logs what the endpoint said, the key that it repeats included, and without a log to stderr.
    logging.getLogger("instructor.v2.retry").addFilter(_is_of_others)
    create: Callable[..., Any] = instructor.patch(create=_sent, mode=mode)
    return create


def _sent(*, call: _Call, **shaped: Any) -> ChatCompletion | Response:
    """The answer of the endpoint to a request that instructor has shaped."""
    # `post` and not `chat.completions.create`, which walks through the types of the whole request, schema and all: 0.4 ms.
    options: Any = {"timeout": timeouts(call.seconds), "security": {"bearer_auth": True}}
    answer: object
    if call.form.api is Api.RESPONSES:
        body = responses_body(call.request, call.form, shaped=shaped)
        answer = call.client.post("/responses", body=body, cast_to=Response, options=options)
        call.came.append(_checked_response(answer))
    else:
        body = chat_body(call.request, call.form, shaped=shaped)
        answer = call.client.post("/chat/completions", body=body, cast_to=ChatCompletion, options=options)
        call.came.append(_checked_chat(answer))
    return call.came[-1]


def _none_of(api: Api) -> NoAnswer:
    """What an answer is that another interface may have given, or none."""
    kind = "answer of the Responses API" if api is Api.RESPONSES else "chat completion"
    return NoAnswer(f"it is no {kind}: check EXTRACT_API")


def _checked_chat(answer: object) -> ChatCompletion:
    """The answer, if it has the form of one: the SDK builds one from whatever came."""
    if not isinstance(answer, ChatCompletion):
        raise NoAnswer("it is no JSON")
    stated = (answer.model_extra or {}).get("error")
    choices: object = getattr(answer, "choices", None)
    if stated and not choices:
        raise StatedFault(stated)
    if "choices" not in answer.model_fields_set:
        raise _none_of(Api.CHAT)
    if not choices:
        answer.choices = []
        return answer
    first = choices[0] if isinstance(choices, list) else None
    message: object = getattr(first, "message", None)
    if (
        not isinstance(first, Choice)
        or not isinstance(message, ChatCompletionMessage)
        or not isinstance(message.content, str | None)
    ):
        raise _none_of(Api.CHAT)
    return answer


def _checked_response(answer: object) -> Response:
    """As for chat completions; a response may have failed on the way."""
    if not isinstance(answer, Response):
        raise NoAnswer("it is no JSON")
    stated = getattr(answer, "error", None)
    if stated:
        raise StatedFault(stated.model_dump(warnings=False) if isinstance(stated, openai.BaseModel) else stated)
    output: object = getattr(answer, "output", None)
    if "output" not in answer.model_fields_set or not isinstance(output, list | None):
        raise _none_of(Api.RESPONSES)
    if output is None:
        answer.output = []
    return answer


def completion_of(body: Mapping[str, Any], api: Api, *, room: int) -> Completion:
    """What a chat completion or a response says that came as a part of something else; ``room`` is how many tokens it could have.

    Keys that begin with "_" are for the SDK to use, and must not be in it at any depth. Raises NoAnswer for what is no such
    thing, and StatedFault where it states an error.
    """
    if api is Api.RESPONSES:
        return _completion(_checked_response(Response.construct(**body)), room)
    return _completion(_checked_chat(ChatCompletion.construct(**body)), room)


def _completion(answer: ChatCompletion | Response, room: int) -> Completion:
    completion = _of_response(answer) if isinstance(answer, Response) else _of_chat(answer)
    return replace(completion, finish=Finish.LENGTH) if _is_cut(completion, room) else completion


def _is_cut(completion: Completion, room: int) -> bool:
    """Whether an answer that is said to be whole ends where its room did, in the middle of its JSON: llama.cpp's Responses do."""
    if completion.finish is not Finish.STOP or completion.usage.output_tokens < room:
        return False
    try:
        json.loads(completion.text)
    except (ValueError, RecursionError):
        return True
    return False


def _of_chat(answer: ChatCompletion) -> Completion:
    usage = _usage(answer, "prompt_tokens", "completion_tokens")
    if not answer.choices:
        return Completion("", Finish.EMPTY, usage, _name(answer))
    choice = answer.choices[0]
    text, refusal = choice.message.content or "", _text(getattr(choice.message, "refusal", None))
    finish = _finish(text, refusal=refusal, why=getattr(choice, "finish_reason", None))
    return Completion(refusal or text, finish, usage, _name(answer))


def _of_response(answer: Response) -> Completion:
    contents = [getattr(item, "content", None) for item in answer.output if _kind(item) == "message"]
    parts = [part for content in contents if isinstance(content, list) for part in content]
    refusal = next((text for part in parts if (text := _text(getattr(part, "refusal", None)))), "")
    calls = [getattr(item, "arguments", None) for item in answer.output if _kind(item) == "function_call"]
    texts = [getattr(part, "text", None) for part in parts if _kind(part) == "output_text"]  # an endpoint without tools
    text = "".join(text for text in (calls[:1] or texts) if isinstance(text, str))
    details = getattr(answer, "incomplete_details", None)
    finish = _finish(text, refusal=refusal, why=getattr(details, "reason", None))
    return Completion(refusal or text, finish, _usage(answer, "input_tokens", "output_tokens"), _name(answer))


def _kind(item: object) -> object:
    return getattr(item, "type", None)


def _text(said: object) -> str:
    """What is text of it: the SDK lets anything through."""
    return said if isinstance(said, str) else ""


def _finish(text: str, *, refusal: str, why: object) -> Finish:
    if refusal:
        return Finish.REFUSED
    if why == "content_filter":
        return Finish.FILTERED
    if why in ("length", "max_output_tokens"):  # no set: it may be anything, also what has no hash
        return Finish.LENGTH
    return Finish.STOP if text.strip() else Finish.EMPTY


def _usage(answer: ChatCompletion | Response, sent: str, answered: str) -> Usage:
    """The tokens of a call, out of the counts that go by these names."""
    usage = getattr(answer, "usage", None)
    counted = (
        getattr(usage, sent, 0),
        getattr(usage, answered, 0),
        getattr(getattr(usage, f"{sent}_details", None), "cached_tokens", 0),
    )
    counts = [count if isinstance(count, int) and count > 0 else 0 for count in counted]
    return Usage(calls=1, input_tokens=counts[0], output_tokens=counts[1], cached_tokens=counts[2], cost=None)


def _name(answer: ChatCompletion | Response) -> str:
    return _text(getattr(answer, "model", ""))

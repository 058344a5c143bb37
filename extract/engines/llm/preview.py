"""What would be sent for a document, and what it would cost: nothing is sent to find out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from extract.cleaning.document import CleanDocument
from extract.engines.llm.bodies import Form, chat_body, first_form, message_body, responses_body
from extract.engines.llm.counted import Quote, quote
from extract.engines.llm.engine import LlmEngine
from extract.engines.llm.seam import Request
from extract.engines.llm.stack import cache_of, prices_of
from extract.engines.llm.tokens import counting
from extract.settings import Api, Constraint, Settings


@dataclass(frozen=True, slots=True)
class Preview:
    """The request for a document: where it goes, its body as it leaves, what it uses; ``answered`` = it costs nothing.

    ``filled`` are the fields that need no asking. ``tokens_by`` says how tokens are counted.
    """

    url: str
    body: dict[str, Any]
    quote: Quote
    answered: bool
    filled: tuple[str, ...]
    prompt: str
    prompt_hash: str
    tokens_by: str


def preview_of(clean: CleanDocument, engine: LlmEngine, settings: Settings) -> Preview | None:
    """What would be sent for a document; None where nothing is left to ask.

    Raises SchemaError, PromptError or SettingsError where no request can be made.
    """
    plan = engine.plan(clean)
    if plan.request is None:
        return None
    form = first_form(settings)
    return Preview(
        url=settings.endpoint + ("/responses" if form.api is Api.RESPONSES else "/chat/completions"),
        body=sent_body(plan.request, form),
        quote=quote(plan.request, prices_of(settings)),
        answered=_is_answered(plan.request, settings),
        filled=tuple(plan.filled.values),
        prompt=engine.prompt.head.id,
        prompt_hash=engine.prompt.hash,
        tokens_by=counting(),
    )


def _is_answered(request: Request, settings: Settings) -> bool:
    return settings.cache and cache_of(settings).get(request.key) is not None


def sent_body(request: Request, form: Form) -> dict[str, Any]:
    """The body of a request as it leaves, without the client that shapes it (a test holds the two against each other)."""
    kind = "json_object" if form.constraint is Constraint.JSON else "json_schema"
    shaped: dict[str, Any] = {
        "model": request.model,
        "messages": [message_body(message) for message in request.messages],
        "response_format": {"type": kind},
    }
    write = responses_body if form.api is Api.RESPONSES else chat_body
    return write(request, form, shaped=shaped)

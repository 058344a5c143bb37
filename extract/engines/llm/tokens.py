"""How many tokens a text and a request come to: o200k_base, which OpenAI's models since gpt-4o read with.

Models of other makers cut texts differently. For them the figures are estimates, as they are where the package that holds the
vocabulary cannot be installed.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache, lru_cache

from extract.engines.llm.seam import Request

try:
    from rs_bpe.bpe import openai as _vocabularies
except ImportError:  # there is no wheel for this platform
    _vocabularies = None

PER_MESSAGE = 4
"""Tokens that a message takes beside its text: where it begins and ends, and its role."""


def counting() -> str:
    """How tokens are counted here: "o200k_base", or "estimate" where that vocabulary is not installed."""
    return "estimate" if _vocabularies is None else "o200k_base"


def count_tokens(text: str) -> int:
    """The tokens of a text; what looks like a control token counts as the text that it is.

    Without the vocabulary half of the bytes, rounded up: more than documents come to (2.7 to 7 bytes a token on those of the gold
    set). Threads may count at once.

    >>> count_tokens("Rust is a plus."), count_tokens(""), count_tokens("<|endoftext|>") > 1
    (5, 0, True)
    """
    try:
        return _counter()(text)
    except UnicodeEncodeError:  # half of a surrogate pair, which the JSON of an answer may spell
        return _counter()(text.encode("utf-8", "replace").decode())


def request_tokens(request: Request) -> int:
    """The tokens that a request sends: its messages, and its schema as compact JSON.

    Providers do not say how they render a schema, so their count differs by some tokens even for o200k_base.
    """
    messages = sum(_message_tokens(message.role, message.content) for message in request.messages)
    return messages + _repeated_tokens(json.dumps(dict(request.schema), separators=(",", ":"), ensure_ascii=False))


def _message_tokens(role: str, content: str) -> int:
    """Those of one message; instructions are the same for all documents, documents are not."""
    return PER_MESSAGE + (_repeated_tokens(content) if role == "system" else count_tokens(content))


@lru_cache(maxsize=64)
def _repeated_tokens(text: str) -> int:
    return count_tokens(text)


@cache
def _counter() -> Callable[[str], int]:
    """Loaded when the first text is counted: it takes 50 ms and 60 MB."""
    if _vocabularies is None:
        return _estimate
    count: Callable[[str], int] = _vocabularies.o200k_base().count
    return count


def _estimate(text: str) -> int:
    return (len(text.encode()) + 1) // 2

"""Tags of an HTML text with their offsets, read as browsers read them.

Nothing here looks back and every quantifier is possessive, so that time is linear in the input. A tag, a comment or a
quoted value that never ends would make a browser drop the rest of the page: here what opened it is text, and the reading
goes on behind it by simpler rules (tags without quoted values, no comments).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum, auto
from typing import NamedTuple


class Mark(Enum):
    """What a token is."""

    START = auto()
    END = auto()
    RAW = auto()  # the content of a script or style element, which holds no tags
    OTHER = auto()  # a comment, a doctype, a processing instruction


class Token(NamedTuple):
    """``[start, end)`` of the text is not text but markup; ``name`` is that of the tag, in lower case."""

    mark: Mark
    start: int
    end: int
    name: str


class Attribute(NamedTuple):
    """The value of an attribute and its ``[start, end)`` in the text, entities not yet undone."""

    value: str
    start: int
    end: int


RAW_ELEMENTS = frozenset({"script", "style", "iframe", "noembed", "noframes"})

# A name with "@" or ":/" is an address in angle brackets, which no browser shows but every reader means.
_NAME = r"(?P<name>[a-zA-Z](?:[^\s/>:@]|:(?!/))*+)(?![@:])"
_VALUE = r"""=\s*+(?:"[^"]*+"?+|'[^']*+'?+|[^\s>"'][^\s>]*+)?+"""
_COMMENT = r"(?P<comment><!--(?:(?=-?>)|(?:[^-]++|-(?!-!?>))*+-?)(?P<commented>-?-?!?>)?+)"
_BOGUS = r"(?P<other><(?:!(?!--)|\?|/(?![a-zA-Z]))[^>]*+(?P<ended>>)?+)"
_QUOTED_TAG = rf"<(?P<close>/?+){_NAME}(?:[^>=]++|{_VALUE})*+(?P<closed>>)?+"
_SIMPLE_TAG = rf"<(?P<close>/?+){_NAME}[^<>]*+(?P<closed>>)?+"

_PATTERNS = {
    (True, True): re.compile(f"{_QUOTED_TAG}|{_COMMENT}|{_BOGUS}"),
    (True, False): re.compile(f"{_QUOTED_TAG}|{_BOGUS}"),
    (False, True): re.compile(f"{_SIMPLE_TAG}|{_COMMENT}|{_BOGUS}"),
    (False, False): re.compile(f"{_SIMPLE_TAG}|{_BOGUS}"),
}
_RAW_END = {name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in RAW_ELEMENTS}
_ATTRIBUTE = re.compile(
    r"""[\s/]*+(?P<name>[^\s/>][^\s/>=]*+)(?:\s*+=\s*+(?:"(?P<double>[^"]*+)"?+|'(?P<single>[^']*+)'?+|(?P<bare>[^\s>]*+)))?+"""
)


def tokens(text: str) -> Iterator[Token]:
    """The markup of the text in order; what lies between two tokens is text.

    >>> [(token.mark.name, token.name, text[token.start : token.end]) for text in ["<p>a < b <3<br/>"] for token in tokens(text)]
    [('START', 'p', '<p>'), ('START', 'br', '<br/>')]
    >>> list(tokens("write to <jobs@example.com>, 1 <a href="))
    []
    """
    at: int | None = 0
    quotes = comments = True
    while at is not None:
        again: int | None = None
        for match in _PATTERNS[quotes, comments].finditer(text, at):
            start, end = match.span()
            if match["name"] is not None:
                if match["closed"] is None:
                    if not quotes:
                        continue
                    quotes, again = False, start
                    break
                name = match["name"].lower()
                yield Token(Mark.END if match["close"] else Mark.START, start, end, name)
                if name in RAW_ELEMENTS and not match["close"]:
                    closing = _RAW_END[name].search(text, end)
                    again = closing.start() if closing else len(text)
                    yield Token(Mark.RAW, end, again, name)
                    break
            elif comments and match["comment"] is not None:
                if match["commented"] is None:
                    comments, again = False, start
                    break
                yield Token(Mark.OTHER, start, end, "")
            elif match["ended"] is None:
                return  # there is no ">" in all the rest
            else:
                yield Token(Mark.OTHER, start, end, "")
        at = again


def attributes(text: str, token: Token) -> dict[str, Attribute]:
    """The attributes of a start tag by lower-case name; of two with one name the first counts.

    >>> tag = '<a href="/jobs?a=1" hidden title=x>'
    >>> {name: attribute.value for name, attribute in attributes(tag, next(tokens(tag))).items()}
    {'href': '/jobs?a=1', 'hidden': '', 'title': 'x'}
    """
    found: dict[str, Attribute] = {}
    for match in _ATTRIBUTE.finditer(text, token.start + 1 + len(token.name), token.end - 1):
        group = next((name for name in ("double", "single", "bare") if match[name] is not None), None)
        start, end = match.span(group) if group else (match.end(), match.end())
        found.setdefault(match["name"].lower(), Attribute(text[start:end], start, end))
    return found

"""The leaves of JSON with their places in the text, read leniently and without recursion.

The reader is our own because no kept-up JSON library tells where a value stands, and real pages hold raw control
characters, trailing commas and missing ends. It never fails: what it cannot place is a stray.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from extract.cleaning.document import Edit

MAX_DEPTH = 64
"""How deep objects may be nested; strings below that are strays."""

_TOKEN = re.compile(
    r"""(?sx) [\s,:]*+ (?: (?P<string> " [^"\\]*+ (?: \\. [^"\\]*+ )*+ (?P<shut> " | \\?\Z ) )
    | (?P<open> [{\[] ) | (?P<close> [}\]] ) | (?P<bare> [^\s,:"{}\[\]]++ ) )"""
)
_COLON = re.compile(r"\s*+:")
_BETWEEN = re.compile(r"[\s,:]*+")
_STRUCTURE = re.compile(r'[\s,:"{}\[\]]*+')
_MAX_STRAYS = 1000  # more is garbage, and is kept in one piece
_NAME = re.compile(r"[A-Za-z_$][\w$]*+\Z")
_ESCAPE = re.compile(r"(?s)\\(?:u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|([^u]))")
_SHORT_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_PROPERTY_OF = re.compile(r"(?:schema:|https?://schema\.org/)(?=\w)")
_WRAPPERS = frozenset({"@value", "@list", "@set"})  # they hold the value of the property that they are in


class Leaf(NamedTuple):
    """A string or a scalar: ``[start, end)`` without the quotes, ``path`` inside its node."""

    node: int
    path: tuple[str, ...]
    start: int
    end: int
    is_string: bool
    is_whole: bool = True


@dataclass(slots=True)
class Leaves:
    """What a text of JSON holds; ``strays`` are the ranges of it that are no JSON."""

    leaves: list[Leaf] = field(default_factory=list)
    strays: list[tuple[int, int]] = field(default_factory=list)
    nodes: int = 0
    is_cut: bool = False


@dataclass(slots=True)
class _Frame:
    """An open object or list; ``node`` is -1 for a list of nodes."""

    is_object: bool
    node: int
    path: tuple[str, ...]
    key: str | None = None
    index: int = 0

    def step(self) -> tuple[str, ...]:
        """The path of the value that comes now."""
        if not self.is_object:
            return (*self.path, str(self.index))
        key = _PROPERTY_OF.sub("", self.key or "", count=1)
        return self.path if key in _WRAPPERS else (*self.path, key)

    def done(self) -> None:
        """The value has been read."""
        self.key = None
        self.index += 1

    @property
    def holds_nodes(self) -> bool:
        """Whether an object that opens here is a node of its own."""
        return self.node < 0 or (self.is_object and self.key == "@graph" and not self.path)


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.found = Leaves()
        self._stack: list[_Frame] = []
        self._too_deep = 0

    def read(self) -> Leaves:
        position = 0
        while token := _TOKEN.match(self.text, position):
            position = token.end()
            kind = token.lastgroup
            if kind == "open":
                self._open(is_object=token["open"] == "{")
            elif kind == "close":
                self._close()
            else:
                position = self._value(token)
        self.found.is_cut = self.found.is_cut or bool(self._stack)
        return self.found

    def _open(self, *, is_object: bool) -> None:
        if len(self._stack) >= MAX_DEPTH:
            self._too_deep += 1
            return
        above = self._stack[-1] if self._stack else None
        if above and (not above.holds_nodes):
            self._stack.append(_Frame(is_object, above.node, above.step()))
        elif is_object:
            self._stack.append(_Frame(is_object=True, node=self.found.nodes, path=()))
            self.found.nodes += 1
        else:
            self._stack.append(_Frame(is_object=False, node=-1, path=()))

    def _close(self) -> None:
        if self._too_deep:
            self._too_deep -= 1
        elif self._stack:
            self._stack.pop()
            if self._stack:
                self._stack[-1].done()

    def _value(self, token: re.Match[str]) -> int:
        """Take in a string or a bare word, as a key, a value or a stray; where to go on."""
        text, position = self.text, token.end()
        start, end, is_string = token.start("bare"), position, token["bare"] is None
        if is_string:
            start, end = token.start("string") + 1, token.start("shut")
        is_whole = token["shut"] == '"' if is_string else position < len(text) or not self._stack
        frame = self._stack[-1] if self._stack and not self._too_deep else None
        if frame and frame.is_object and frame.key is None:
            colon = _COLON.match(text, position)
            if colon and (is_string or _NAME.match(text, start, end)):
                frame.key = json_text(text[start:end])
                return colon.end()
            frame = None
        if frame is None or frame.node < 0:
            self._stray(start, end)
        else:
            self.found.leaves.append(Leaf(frame.node, frame.step(), start, end, is_string, is_whole))
            frame.done()
        self.found.is_cut = self.found.is_cut or not is_whole
        return position

    def _stray(self, start: int, end: int) -> None:
        strays = self.found.strays
        between = _BETWEEN if len(strays) < _MAX_STRAYS else _STRUCTURE
        if strays and between.fullmatch(self.text, strays[-1][1], start):
            strays[-1] = (strays[-1][0], end)
        else:
            strays.append((start, end))


def json_leaves(text: str) -> Leaves:
    """The leaves of all JSON values in a text, in its order; objects at the top and in ``@graph`` are nodes.

    >>> found = json_leaves('{"title": "Intern", "jobLocation": [{"name": "Lyon"}], "salary": 12')
    >>> [(leaf.path, leaf.is_whole) for leaf in found.leaves], found.is_cut
    ([(('title',), True), (('jobLocation', '0', 'name'), True), (('salary',), False)], True)
    """
    return _Reader(text).read()


def json_edits(text: str) -> list[Edit]:
    r"""The edits that undo the escapes of a JSON string; half a surrogate pair is U+FFFD, control characters go.

    >>> [edit.text for edit in json_edits(r"caf\u00e9 \ud83d\ude00 \ud83d \"R\/D\"")]
    ['é', '😀', '�', '"', '/', '"']
    """
    return [Edit(match.start(), match.end(), _unescaped(match)) for match in _ESCAPE.finditer(text)] if "\\" in text else []


def json_text(text: str) -> str:
    """The text of a JSON string with its escapes undone."""
    return _ESCAPE.sub(_unescaped, text) if "\\" in text else text


def _unescaped(match: re.Match[str]) -> str:
    high, low, code, short = match.groups()
    if high:
        return chr(0x10000 + ((int(high, 16) - 0xD800) << 10) + int(low, 16) - 0xDC00)
    if short:
        return _SHORT_ESCAPES.get(short, short)
    number = int(code, 16)
    if 0xD800 <= number < 0xE000:
        return "\ufffd"
    return "" if number < 32 and chr(number) not in "\t\n\r\f\v" else chr(number)

r"""The repr of a Python string or of a list of strings, as scrapers leave it in columns: ``['<p>L\'équipe</p>']``."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace

from extract.cleaning.document import Block, Cleaned, Edit, Fact, MappedText
from extract.cleaning.mojibake import decode_utf8_runs, mend_mojibake
from extract.detection import is_python_repr, python_strings
from extract.errors import FormatError
from extract.source import MARGIN

_MAX_LAYERS = 3  # a repr of a repr of a repr
_MARGIN = " \t\r\n\f\v\ufeff\u200b"

_PAIR = r"u(?P<high>[dD][89abAB][0-9a-fA-F]{2})\\u(?P<low>[dD][c-fC-F][0-9a-fA-F]{2})"
_WIDE = rf"{_PAIR} | u(?P<u>[0-9a-fA-F]{{4}}) | U(?P<U>[0-9a-fA-F]{{8}}) | N\{{(?P<name>[^}}]{{1,200}})\}}"
_PLAIN = r"""x(?P<x>[0-9a-fA-F]{2}) | (?P<octal>[0-7]{1,3}) | (?P<joined>\r\n|[\r\n]) | (?P<simple>[abfnrtv\\'"])"""
_ESCAPE = re.compile(rf"(?x) \\(?: {_WIDE} | {_PLAIN} ) | \r\n?")
_BYTES_ESCAPE = re.compile(rf"(?x) \\(?: {_PLAIN} ) | \r\n?")
_RAW_ESCAPE = re.compile(r"\r\n?")
_SIMPLE = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}

_LEFT_ESCAPE = re.compile(
    rf"""(?x) \\(?: {_PAIR} | u(?P<u>[0-9a-fA-F]{{4}}) | x(?P<x>[0-9a-fA-F]{{2}}) | (?P<simple>[nrt\\'"/]) )"""
)
_PATH = re.compile(r"(?<![A-Za-z])[A-Za-z]:\\")  # "C:\new"


def clean_python_repr(body: MappedText, *, clean_inner: Callable[[MappedText], Cleaned]) -> Cleaned:
    r"""The blocks and facts of the strings in a repr, each cleaned by ``clean_inner``, in their order.

    Escapes, bytes, implicit concatenation, a repr in a repr, escapes that were escaped twice, and mojibake (recorded as
    repairs) are undone first, with an exact map. Nothing is ever evaluated but literals, to check that they are. Raises
    FormatError where the text is no such repr.

    >>> cleaned = clean_python_repr(
    ...     MappedText.of(r"['L\'\xe9quipe', b'Z\xc3\xbcrich']"), clean_inner=lambda text: Cleaned((Block(text),))
    ... )
    >>> [(block.body.text, block.body.spans) for block in cleaned.blocks]
    [("L'équipe", (Span(start=2, end=14),)), ('Zürich', (Span(start=19, end=32),))]
    """
    blocks: list[Block] = []
    facts: list[Fact] = []
    steps: dict[str, None] = {}
    for text, names in _inner_texts(body, layers=_MAX_LAYERS):
        cleaned = clean_inner(text)
        first = max((fact.node for fact in facts), default=-1) + 1
        facts += [replace(fact, node=fact.node + first) if fact.node >= 0 else fact for fact in cleaned.facts]
        blocks += cleaned.blocks
        steps.update(dict.fromkeys((*names, *cleaned.steps)))
    return Cleaned(tuple(blocks), tuple(facts), tuple(steps))


def repr_strings(body: MappedText) -> list[MappedText]:
    r"""The strings that a repr stands for, one layer of escapes undone: what ``ast.literal_eval`` gives, with a map.

    It differs where that gives half a surrogate pair (U+FFFD here; whole pairs are joined) or bytes (decoded as UTF-8,
    else as Windows-1252). Raises FormatError where the text is no repr of a string or of a flat list of strings.

    >>> [string.text for string in repr_strings(MappedText.of(r"['a\tb' 'c', '\u00e9']"))]
    ['a\tbc', 'é']
    """
    margin = MARGIN.match(body.text)  # as detection skips it
    body = (body[margin.end() :] if margin else body).strip(_MARGIN)
    found = python_strings(body.text) if is_python_repr(body.text) else None
    if found is None:
        raise FormatError(
            "the text is no Python repr of a string or of a list of strings that evaluates: "
            "leave the format out to have it detected, or pass it as text"
        )
    return [MappedText.join((_literal(body, part) for part in parts), separator="") for parts in found]


def _inner_texts(body: MappedText, *, layers: int) -> Iterator[tuple[MappedText, tuple[str, ...]]]:
    """The strings, all layers undone, each with the steps that changed something."""
    for string in repr_strings(body):
        if layers > 1 and is_python_repr(string.text.strip(_MARGIN)):
            yield from _inner_texts(string, layers=layers - 1)
            continue
        text = _with_escapes_undone(string, _LEFT_ESCAPE) if _is_escaped_twice(string.text) else string
        mended = mend_mojibake(text)
        changes = {"strings": True, "escaped_twice": text is not string, "mojibake": mended is not text}
        yield mended, tuple(f"python_repr:{name}" for name, happened in changes.items() if happened)


def _literal(body: MappedText, part: re.Match[str]) -> MappedText:
    """What one literal stands for; the group that matched last is its inside."""
    inside = body[part.start(str(part.lastgroup)) : part.end(str(part.lastgroup))]
    prefix = part["prefix"].lower()
    escape = _RAW_ESCAPE if "r" in prefix else _BYTES_ESCAPE if "b" in prefix else _ESCAPE
    text = _with_escapes_undone(inside, escape) if "\\" in inside.text or "\r" in inside.text else inside
    return decode_utf8_runs(text) if "b" in prefix else text


def _with_escapes_undone(body: MappedText, escape: re.Pattern[str]) -> MappedText:
    return body.edit(Edit(match.start(), match.end(), _unescaped(match)) for match in escape.finditer(body.text))


def _unescaped(match: re.Match[str]) -> str:
    kind = match.lastgroup
    if kind is None:
        return "\n"  # Python reads all line ends of its source as this one
    written = match[kind]
    if kind == "low":
        return chr(0x10000 + ((int(match["high"], 16) - 0xD800) << 10) + int(written, 16) - 0xDC00)
    if kind == "name":
        return unicodedata.lookup(written)
    if kind in ("simple", "joined"):
        return _SIMPLE.get(written, written) if kind == "simple" else ""
    code = int(written, 8 if kind == "octal" else 16)
    return "\ufffd" if 0xD800 <= code < 0xE000 else chr(code)


def _is_escaped_twice(text: str) -> bool:
    """Whether escapes are left that can only be a second layer: no line break, two of them, no other use of backslashes."""
    if "\\" not in text or "\n" in text or _PATH.search(text):
        return False
    count = sum(1 for _ in _LEFT_ESCAPE.finditer(text))
    return count >= 2 and "\\" not in _LEFT_ESCAPE.sub("", text)

"""What stands before the text of a Markdown page: front matter, the lines of a reader service, the address of the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from extract.cleaning.document import Fact, MappedText

PAGE = -1  # the node of facts about the page itself
_LINES_READ = 12  # how far down the lines of a reader service are looked for

_FENCE = re.compile(r"\s*+---[ \t]*+\r?+\n")
_FENCE_END = re.compile(r"^(?:---|\.\.\.)[ \t]*+\r?+$", re.MULTILINE)
_KEY = re.compile(r"(?P<key>[^\W\d][\w .-]{0,60}?)[ \t]*:(?:[ \t]++(?P<value>.*))?$")
_ENTRY = re.compile(r"[ \t]*+-[ \t]++(?P<value>\S.*)$")
_READER = re.compile(
    r"(?P<key>Title|URL Source|Published Time|Warning|Number of Pages|Markdown Content)[ \t]*+:[ \t]*+(?P<value>.*)$"
)
_URL = re.compile(r"(?:URL[ \t]*+:[ \t]*+)?+<?+(?P<value>[a-z]{3,5}://[^\s<>]++)>?+$", re.IGNORECASE)
_READER_PATHS = {"Title": "markdown.title", "URL Source": "markdown.url", "Published Time": "markdown.published_time"}


class Head(NamedTuple):
    """The facts before the text, and where the text begins."""

    facts: tuple[Fact, ...]
    end: int


def read_head(body: MappedText) -> Head:
    """The facts that a Markdown page opens with.

    >>> head = read_head(MappedText.of("---\\ntitle: Data analyst\\n---\\nhttps://jobs.example/7\\n# Data analyst"))
    >>> [(fact.path, fact.value) for fact in head.facts], head.end
    ([('markdown.front_matter.title', 'Data analyst'), ('markdown.url', 'https://jobs.example/7')], 50)
    """
    facts, end = _front_matter(body)
    more, end = _reader_lines(body, end)
    return Head((*facts, *more), end)


def _lines(text: str, start: int, stop: int | None = None) -> Iterator[tuple[int, int]]:
    """The ranges of the lines from ``start`` on, without their ends and the blanks before these."""
    stop = len(text) if stop is None else stop
    while start < stop:
        end = text.find("\n", start, stop)
        end = stop if end < 0 else end
        yield start, start + len(text[start:end].rstrip())
        start = end + 1


def _front_matter(body: MappedText) -> tuple[list[Fact], int]:
    text = body.text
    opening = _FENCE.match(text, 1 if text.startswith("\ufeff") else 0)
    closing = _FENCE_END.search(text, opening.end()) if opening else None
    if not opening or not closing:
        return [], 0
    facts: list[Fact] = []
    key, entries = "", 0
    for start, end in _lines(text, opening.end(), closing.start()):
        line = text[start:end]
        named, entry = _KEY.match(line), _ENTRY.match(line)
        if named:
            key, entries = named["key"], 0
            facts += _fact(f"markdown.front_matter.{key}", body, start + named.start("value") if named["value"] else end, end)
        elif entry and key:
            facts += _fact(f"markdown.front_matter.{key}.{entries}", body, start + entry.start("value"), end)
            entries += 1
        elif line and not line.startswith(("#", " ", "\t")):
            return [], 0  # two rules with text between them
    return (facts, closing.end()) if key else ([], 0)


def _reader_lines(body: MappedText, start: int) -> tuple[list[Fact], int]:
    """The lines of a reader service, or an address alone on the first line."""
    text = body.text
    facts: list[Fact] = []
    from_reader, done = False, start
    for number, (begin, last) in enumerate(_lines(text, start)):
        line = text[begin:last].strip("\ufeff \t")
        first = last - len(line)
        found = _READER.match(line)
        if line and not facts and not found and (address := _URL.match(line)):
            return _fact("markdown.url", body, first + address.start("value"), first + address.end("value")), last
        if number > _LINES_READ or (line and not found):
            break
        if found:
            from_reader = from_reader or found["key"] in ("URL Source", "Markdown Content")
            done = last if found["key"] != "Markdown Content" else first + found.start("value")
            if found["key"] in _READER_PATHS:
                facts += _fact(_READER_PATHS[found["key"]], body, first + found.start("value"), last)
            if found["key"] == "Markdown Content":
                break
    return (facts, done) if from_reader else ([], start)


def _fact(path: str, body: MappedText, start: int, end: int) -> list[Fact]:
    value = body[start:end].strip()
    if len(value) > 1 and value.text[0] == value.text[-1] and value.text[0] in "\"'":
        value = value[1:-1]
    return [Fact(path, value.text, value, PAGE)] if value.text else []

"""Saved pages, and the lines on them that a person marked as belonging to the posting."""

from __future__ import annotations

import json
import os
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

from pydantic import JsonValue

from extract.source import open_source

SUFFIXES = frozenset({".html", ".htm"})
LEAST = 8
"""Letters and digits that a gold line must have: "Sales" and "USD" stand on a page by chance, whatever a system keeps."""
UNSEEN = frozenset({"script", "style"})
_LINK_TARGET = re.compile(r"\]\([^()\s]*\)")  # of Markdown, which some systems write
_NO_WORD = re.compile(r"[\W_]+")


class NoPages(Exception):
    """There is nothing to measure, or a file of gold lines cannot be read."""


@dataclass(frozen=True, slots=True)
class Page:
    """A saved page: its name in tables, its HTML, and the gold lines that stand on it."""

    name: str
    html: str
    gold: tuple[str, ...] = ()


class _Texts(HTMLParser):
    """All texts of a page, seen or not, but for scripts and styles. Of the standard library, so that it is no system's own."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.unseen = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002  the signature is given
        self.unseen = tag in UNSEEN

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002  as above
        self.unseen = False

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            self.texts.append(data)


def fold(text: str) -> str:
    """The letters and digits of a text, in one case: entities, blanks, quotes, marks and addresses of links do not count.

    >>> fold("* **R&amp;D** – the\\xa0“Team”, see [our site](https://example.org)")
    'rdtheteamseeoursite'
    """
    return _NO_WORD.sub("", unicodedata.normalize("NFKC", _LINK_TARGET.sub("]", unescape(text))).casefold())


def strings(value: JsonValue) -> Iterator[str]:
    """The strings of a JSON value at any depth, without the keys of its objects.

    >>> list(strings({"title": "Cook", "pay": {"min": 10, "currency": "USD"}, "tasks": ["Cook", None]}))
    ['Cook', 'USD', 'Cook']
    """
    match value:
        case str():
            yield value
        case list():
            for inner in value:
                yield from strings(inner)
        case dict():
            for inner in value.values():
                yield from strings(inner)


def gold_lines(value: JsonValue) -> tuple[str, ...]:
    """The lines that are marked: each string, cut at line breaks; none twice, and none of under ``LEAST`` letters and digits."""
    lines = (line.strip() for text in strings(value) for line in text.splitlines())
    by_fold: dict[str, str] = {}
    for line in lines:
        by_fold.setdefault(fold(line), line)
    return tuple(line for folded, line in by_fold.items() if len(folded) >= LEAST)


def lost_lines(lines: Iterable[str], text: str) -> tuple[str, ...]:
    """Those of the lines that are not in the text, both folded."""
    folded = fold(text)
    return tuple(line for line in lines if fold(line) not in folded)


def standing_lines(lines: Sequence[str], html: str) -> tuple[str, ...]:
    """Those of the lines that stand on the page at all, shown or hidden: no system can keep others."""
    parser = _Texts()
    parser.feed(html)
    parser.close()
    lost = set(lost_lines(lines, " ".join(parser.texts)))
    return tuple(line for line in lines if line not in lost)


def find_pages(paths: Iterable[Path]) -> list[Path]:
    """The pages that are named, and those in the folders that are named, at any depth; in order, none twice."""
    found: set[Path] = set()
    for path in paths:
        if not path.exists():
            raise NoPages(f"{path} does not exist: name saved pages, or folders that hold some")
        inside = path.rglob("*") if path.is_dir() else [path]
        found.update(file.resolve() for file in inside if file.is_file() and (file == path or file.suffix.lower() in SUFFIXES))
    if not found:
        raise NoPages("no page found: name saved pages, or folders that hold *.html or *.htm files at any depth")
    return sorted(found)


def gold_file(page: Path) -> Path | None:
    """Where the gold lines of a page are: ``<page>.gold.json`` beside ``<page>.html``, else the ``gold.json`` of its folder."""
    beside = (page.with_suffix(".gold.json"), page.with_name("gold.json"))
    return next((file for file in beside if file.is_file()), None)


def read_pages(paths: Iterable[Path]) -> list[Page]:
    """The pages with their gold lines, named by their path below the folder that they share."""
    files = find_pages(paths)
    shared = os.path.commonpath([file.parent for file in files])
    return [_read_page(file, name=file.relative_to(shared).as_posix()) for file in files]


def _read_page(file: Path, *, name: str) -> Page:
    html = open_source(file).text
    marked = gold_file(file)
    if marked is None:
        return Page(name, html)
    try:
        value: JsonValue = json.loads(marked.read_text("utf-8"))
    except ValueError as error:
        raise NoPages(f"{marked} is no JSON in UTF-8 ({error}): a list of lines is wanted, or an object of strings") from error
    return Page(name, html, standing_lines(gold_lines(value), html))

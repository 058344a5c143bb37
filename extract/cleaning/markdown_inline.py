"""Inline Markdown: links, emphasis, code, escapes and tags taken off a line, with what they enclose kept."""

from __future__ import annotations

import re
from typing import NamedTuple

from extract.cleaning.document import Edit, MappedText
from extract.cleaning.entities import unescape_entities
from extract.cleaning.html_elements import TAGS
from extract.cleaning.html_tree import tags

_DESTINATION = (
    r"""\(\s*+(?:<[^<>\n]*+>|[^\s()<>]*+(?:\([^\s()]*+\)[^\s()<>]*+)*+)(?:\s++(?:"[^"]*+"|'[^']*+'|\([^()]*+\)))?+\s*+\)"""
)
_MARKUP = (
    r"(?P<escape>(?<!\\)\\++)[!-/:-@\[\]^`{-~_]"
    r"|(?P<ticks>(?<!`)`{1,3}+)(?!`)[^`]{1,500}+(?P=ticks)(?!`)"
    r"|(?P<address><(?:[a-z]{3,9}://[^\s<>]*+|[^\s<>@]++@[^\s<>@]++)>)"
    r"|(?P<angle><(?=[a-zA-Z/!?]))"
    r"|(?P<stars>\*++)"
    r"|(?P<underscores>_++)"
    r"|(?P<strike>~~)"
)
_LINKS = rf"|(?P<open>!?+\[)|(?P<close>\])(?:(?P<link>{_DESTINATION})|\[(?P<reference>[^\[\]\n]{{0,200}}+)\])?+"
_TOKEN = re.compile(_MARKUP)
_TOKEN_WITH_LINKS = re.compile(_MARKUP + _LINKS)
_ANY = re.compile(r"[\\`<\[*_~]")


class _Bracket(NamedTuple):
    """A bracket that is open, and how many edits there were before it."""

    start: int
    end: int
    edits: int


def read_inline(body: MappedText, *, references: frozenset[str] = frozenset()) -> MappedText:
    """The text as a reader sees it: links by their words, images gone, emphasis, escapes, tags and entities undone.

    ``references`` are the labels, in lower case, that the document defines for reference links.

    >>> read_inline(MappedText.of(r"Role Number:**2005** at [R&amp;D](https://x.example/a_(b)), \\\\$14\\\\.25, 2 * 3")).text
    'Role Number:2005 at R&D, $14.25, 2 * 3'
    """
    if _ANY.search(body.text):
        body = body.edit(_Reader(body.text, references).edits())
    return unescape_entities(body)


class _Reader:
    """The state of reading one text: what to take out of it, brackets and emphasis that are still open."""

    def __init__(self, text: str, references: frozenset[str]) -> None:
        self._text = text
        self._references = references
        self._edits: list[Edit] = []
        self._brackets: list[_Bracket] = []
        self._emphasis: dict[str, int] = {}
        self._strong = False  # whether bold is open: a blank before its closing mark does not count then

    def edits(self) -> list[Edit]:
        """The edits in order."""
        tags = _tags(self._text)
        done = 0
        links = self._references or "](" in self._text
        for match in (_TOKEN_WITH_LINKS if links else _TOKEN).finditer(self._text):
            if match.start() < done:
                continue
            group = match.lastgroup if match.lastgroup not in ("link", "reference") else "close"
            start, end = match.span()
            if group == "angle":
                done = tags.get(start, start)
                self._delete(start, done)
            elif group == "ticks":
                width = len(match["ticks"])
                self._delete(start, start + width)
                self._delete(end - width, end)
            elif group == "address":
                self._delete(start, start + 1)
                self._delete(end - 1, end)
            elif group == "open":
                self._brackets.append(_Bracket(start, end, len(self._edits)))
            elif group == "close":
                self._close(match)
            elif group == "escape":
                self._delete(start, end - 1)
            elif group is not None:
                self._mark(start, end)
        return sorted(self._edits)

    def _delete(self, start: int, end: int) -> None:
        if start < end:
            self._edits.append(Edit(start, end))

    def _close(self, match: re.Match[str]) -> None:
        """A closing bracket: of an image, which goes with its text, of a link, whose text stays, or just a bracket."""
        if not self._brackets:
            return
        opened = self._brackets.pop()
        label = match["reference"] or self._text[opened.end : match.start()]
        if match["link"] is None and (not self._references or label.strip().lower() not in self._references):
            return
        if opened.end - opened.start == 2:
            del self._edits[opened.edits :]
            self._emphasis = {mark: at for mark, at in self._emphasis.items() if at < opened.start}
            self._delete(opened.start, match.end())
        else:
            self._delete(opened.start, opened.end)
            self._delete(match.start(), match.end())

    def _mark(self, start: int, end: int) -> None:
        """A run of emphasis marks: taken out where it opens or closes something."""
        mark = self._text[start:end]
        before = self._text[start - 1] if start else " "
        after = self._text[end] if end < len(self._text) else " "
        if mark[0] == "~" or (mark[0] == "*" and len(mark) > 1):
            if self._strong or not (before.isspace() and after.isspace()):
                self._delete(start, end)
                self._strong = not self._strong
            return
        if len(mark) > 2 or (mark == "*" and before.isalpha() and after.islower()):
            return  # a line to fill in; or the star of "Kolleg*innen"
        inside = before.isalnum() and after.isalnum()
        if mark in self._emphasis and not before.isspace() and not (inside and mark[0] == "_"):
            opened = self._emphasis.pop(mark)
            self._delete(opened, opened + len(mark))
            self._delete(start, end)
        elif not after.isspace() and not before.isalnum():
            self._emphasis[mark] = start


def _tags(text: str) -> dict[int, int]:
    """Where the tags and comments of HTML begin and end."""
    if "<" not in text:
        return {}
    return {tag.start: tag.end for tag in tags(text) if not tag.name or tag.name in TAGS}

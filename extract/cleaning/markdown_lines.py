"""Lines of Markdown by what they are: headings, items, rules, rows of tables, and the ranges of their text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum, auto
from typing import NamedTuple

BLANKS = " \t\r\n\u00a0\u200b\u200c\u200d\u2060\ufeff"


class Shape(Enum):
    """What a line is."""

    BLANK = auto()
    TEXT = auto()
    HEADING = auto()  # "## Tasks"; of no text where that stands further down
    UNDERLINE = auto()  # the second line of a heading, or a rule
    RULE = auto()
    ITEM = auto()
    ROW = auto()  # of a table
    FENCE = auto()
    DEFINITION = auto()  # "[label]: address"


class MarkdownLine(NamedTuple):
    """A line: ``[start, end)`` is its text without marks, which begin at ``mark``.

    ``number`` is the level of a heading or the number of an item (0: a bullet); ``breaks``: two blanks or a backslash end it.
    """

    shape: Shape
    start: int
    end: int
    indent: int = 0
    number: int = 0
    breaks: bool = False
    mark: int = 0


_LINE = re.compile(r"(?P<blanks>(?:[ \t\r\u00a0]*+\n)++)|[^\n]++\n?+")
_QUOTE = re.compile(r"(?:[ \t]{0,3}>[ \t]?)++")
_HEADING = re.compile(r"(?P<marks>#{1,6}+)(?:[ \t\u00a0]++|(?=[\r\n]|$)|(?<=##)(?=[^\W\d_]|\*\*))")
_CLOSING_MARKS = re.compile(r"[ \t]#++$")
_UNDERLINE = re.compile(r"=++$|-++$")
_RULE = re.compile(r"(?P<mark>[-*_])(?:[ \t]*+(?P=mark)){2,}+$")
_ITEM = re.compile(r"(?:[-+*•·▪◦‣●○■□➢➤✓✔⚫]|(?P<number>[1-9]\d{0,2}+)[.)])(?:[ \t\u00a0]++|$)(?:\[[ xX]\][ \t]++)?+")
_FENCE = re.compile(r"(?:```++|~~~++)[^`]*+$")
_DEFINITION = re.compile(r"\[(?P<label>[^\[\]]{1,200}+)\]:[ \t]*+<?(?:[a-z]{3,9}:|/|#|\.)\S*+")
_ROW = re.compile(r"\|.*\|$")


def markdown_lines(text: str, start: int) -> Iterator[MarkdownLine]:
    """The lines of the text from ``start`` on, marks of quotations taken off; empty lines in a row are one.

    >>> [(line.shape.name, line.number, line.indent) for line in markdown_lines("## Tasks\\n\\n  - Plan  \\n  2. Do\\n----", 0)]
    [('HEADING', 2, 0), ('BLANK', 0, 0), ('ITEM', 0, 2), ('ITEM', 2, 2), ('UNDERLINE', 0, 0)]
    """
    for match in _LINE.finditer(text, start):
        if match["blanks"] is not None:
            yield MarkdownLine(Shape.BLANK, match.start(), match.start())
        else:
            yield _line(text, match.start(), match.end() - text.endswith("\n", match.start(), match.end()))


def definition_label(text: str, line: MarkdownLine) -> str:
    """The label that a line defines, in lower case; empty for any other line."""
    found = _DEFINITION.match(text, line.start, line.end)
    return found["label"].strip().lower() if found else ""


def _line(text: str, start: int, end: int) -> MarkdownLine:
    quote = _QUOTE.match(text, start, end)
    start = quote.end() if quote else start
    whole = text[start:end].rstrip("\r")
    read = whole.strip(BLANKS)
    if not read:
        return MarkdownLine(Shape.BLANK, start, start)
    at = start + whole.index(read[0])
    stop = at + len(read)
    indent = len(text[start:at].expandtabs(4))
    breaks = whole.endswith("  ") or (read.endswith("\\") and not read.endswith("\\\\"))
    stop -= read.endswith("\\") and breaks
    return _shaped(read, MarkdownLine(Shape.TEXT, at, stop, indent, 0, breaks, at))


def _shaped(read: str, line: MarkdownLine) -> MarkdownLine:
    """The line with its shape, and with the range of its text without marks."""
    first = read[0]
    if first == "#" and (heading := _HEADING.match(read)):
        closing = _CLOSING_MARKS.search(read, heading.end() - 1)
        end = line.start + closing.start() if closing else line.end
        start = min(line.start + heading.end(), end)
        return line._replace(shape=Shape.HEADING, start=start, end=end, number=len(heading["marks"]))
    if first in "=-" and _UNDERLINE.match(read):
        return line._replace(shape=Shape.UNDERLINE)
    if first in "-*_" and _RULE.match(read):
        return line._replace(shape=Shape.RULE)
    if first in "`~" and _FENCE.match(read):
        return line._replace(shape=Shape.FENCE)
    if first == "[" and _DEFINITION.match(read):
        return line._replace(shape=Shape.DEFINITION)
    if first == "|" and _ROW.match(read):
        return line._replace(shape=Shape.ROW)
    item = _ITEM.match(read)
    if item:
        return line._replace(shape=Shape.ITEM, start=line.start + item.end(), number=int(item["number"] or 0))
    return line

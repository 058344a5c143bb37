"""What a container says about its text, kept beside the text: where pages and documents begin, what a paragraph is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Style(StrEnum):
    """What a word processor calls a paragraph."""

    BODY = "body"
    HEADING = "heading"
    ITEM = "item"
    MARGIN = "margin"  # the header or footer of every page


class Paragraph(NamedTuple):
    """A paragraph of a word processor: the range ``[start, end)`` of the text, and its style.

    ``level`` is that of a heading (1 to 6), or how deep an item is nested (1 = not). ``bold``: all of its words are. ``row`` and
    ``cell`` number the row of a table that it stands in, through the document, and the cell of that row; -1: in none.
    """

    start: int
    end: int
    style: Style = Style.BODY
    level: int = 0
    bold: bool = False
    row: int = -1
    cell: int = -1


class PrintedLine(NamedTuple):
    """A line on a page: the range ``[start, end)`` of the text, and how it is printed.

    ``left``, ``right``, ``base`` (the line that letters stand on) and ``size`` (of the font) are in points; ``base`` counts from
    the bottom of the page, as PDF does, whose height is ``height``. ``page`` counts from 0. ``bold``: all of its words are.
    """

    start: int
    end: int
    page: int
    left: float
    right: float
    base: float
    size: float
    height: float
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """What stands where in the text of a container; empty where it has no such thing.

    ``documents`` and ``pages`` are the offsets at which each of them begins, in order.
    """

    documents: tuple[int, ...] = ()
    pages: tuple[int, ...] = ()
    paragraphs: tuple[Paragraph, ...] = ()
    lines: tuple[PrintedLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Content:
    """What a container holds: the decoded or rendered text, the encoding that it was in, and its layout."""

    text: str
    encoding: str
    layout: Layout

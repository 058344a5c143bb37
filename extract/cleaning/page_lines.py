"""The visible lines of a page, whatever format it is in, as a walk over it finds them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto

from extract.cleaning.document import Dropped

Ranges = list[tuple[int, int]]
"""Ranges of a text that follow on one another; an empty one stands for a blank that is seen and not written."""


class Role(Enum):
    """What an element says about the lines in it."""

    FLOW = auto()
    HEADING = auto()
    ITEM = auto()
    TERM = auto()
    DETAIL = auto()
    CELL = auto()


@dataclass(slots=True, eq=False)
class Row:
    """A row of a table; ``layout``: it holds tables, lists or headings and only places them on the page."""

    cells: int = 0
    layout: bool = False


@dataclass(slots=True, eq=False)
class Holder:
    """The element that gives lines their role.

    ``level`` is that of a heading or item, ``list`` the number of the outermost list that an item stands in.
    """

    role: Role
    level: int = 0
    row: Row | None = None
    header: bool = False
    list: int = 0


@dataclass(slots=True, eq=False)
class Box:
    """A block element: the lines ``[first, last)`` stand in it. ``fields`` counts the inputs in a form."""

    parent: Box | None
    tag: str
    first: int
    last: int = 0
    fields: int = 0


NOWHERE = Box(None, "", 0)
"""The box of lines whose document has no elements in each other."""


@dataclass(slots=True, eq=False)
class Line:
    """A visible line; ``bold``: all of its words are.

    ``size`` and ``linked`` count characters of the text: all, and those inside of links and buttons.
    """

    ranges: Ranges
    holder: Holder
    bold: bool
    box: Box
    size: int = 0
    linked: int = 0


@dataclass(slots=True)
class Region:
    """A box that its markup calls no part of the content, and why. ``sure``: by the element or its role, not by a class."""

    box: Box
    reason: Dropped
    sure: bool


@dataclass(slots=True)
class Walk:
    """What a walk over the tree finds.

    ``asides`` are stretches of text that stand in no line: hidden, or choices of a form. ``breaks`` counts what ends a line.
    """

    lines: list[Line] = field(default_factory=list)
    asides: list[tuple[int, int, Dropped]] = field(default_factory=list)
    regions: list[Region] = field(default_factory=list)
    breaks: int = 0
    hidden: int = 0
    aria_hidden: int = 0

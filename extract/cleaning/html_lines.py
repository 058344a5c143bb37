"""Visible lines of an HTML text, as a walk over its markup finds them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto

from extract.cleaning.html_tokens import Attribute

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
class Line:
    """A visible line; ``bold``: all of its words are."""

    ranges: Ranges
    holder: Holder
    bold: bool


@dataclass(slots=True)
class Walk:
    """What a walk over the markup finds.

    ``links`` are mailto: and tel: addresses with the place where their text begins, ``json_ld`` the ranges of such scripts.
    ``tags`` and ``breaks`` count tags, and those that end a line; ``aria_hidden`` is the length of the longest aria-hidden text.
    """

    lines: list[Line] = field(default_factory=list)
    title: Ranges = field(default_factory=list)
    metadata: list[tuple[str, dict[str, Attribute]]] = field(default_factory=list)
    links: list[tuple[Attribute, int]] = field(default_factory=list)
    json_ld: list[tuple[int, int]] = field(default_factory=list)
    aria_hidden: int = 0
    tags: int = 0
    breaks: int = 0
    hides: bool = False

"""The visible lines of an HTML text: which ranges of it make up each, and in which element they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import IntEnum
from typing import TYPE_CHECKING

from extract.cleaning.document import Dropped
from extract.cleaning.html_elements import (
    BLOCKS,
    BOLD,
    BREAKS,
    CELLS,
    CHOICES,
    FIELDS,
    GONE,
    HEADINGS,
    KEEPS_LINES,
    LISTS,
    REPLACED,
    UNSEEN,
)
from extract.cleaning.html_regions import region_of
from extract.cleaning.html_tree import Tree
from extract.cleaning.limits import MAX_PARTS, check_count
from extract.cleaning.page_lines import Box, Holder, Line, Ranges, Region, Role, Row, Walk

if TYPE_CHECKING:
    from turbohtml import Element, Node


class Sight(IntEnum):
    """How much counts as hidden: less and less, until there is a page to see."""

    ALL_HIDDEN = 0  # by attributes, styles, and from those who listen
    SHOWN_TO_ALL = 1  # not what is hidden from those who listen: a dialog stands open before the page
    NOTHING_HIDDEN = 2  # a page that only its scripts show


class _Open:
    """What holds for the text in an element that is open. ``depth``: how many lists it is in; ``list``: the outermost of them."""

    __slots__ = ("aria", "aside", "bold", "contact", "depth", "holder", "keeps_lines", "linked", "list")

    def __init__(self, *, keeps_lines: bool) -> None:
        self.holder = Holder(Role.FLOW)
        self.bold = self.linked = self.contact = self.aria = False
        self.aside: Dropped | None = None
        self.keeps_lines = keeps_lines
        self.depth = self.list = 0

    def inner(self) -> _Open:
        """The same for an element inside of it."""
        new = _Open.__new__(_Open)  # a page has thousands: nothing is set twice
        new.holder = self.holder
        new.bold = self.bold
        new.linked = self.linked
        new.contact = self.contact
        new.aria = self.aria
        new.aside = self.aside
        new.keeps_lines = self.keeps_lines
        new.depth = self.depth
        new.list = self.list
        return new


_Frame = tuple["Iterator[Node]", _Open, Box | None]

_STYLED = ",".join(
    [f'[style*="{name}" i]' for name in ("display", "visibility", "white-space", "font-weight")]
    + ["[hidden]", "[aria-hidden]", '[role="button" i]', '[role="link" i]']
)
_NOT_SHOWN = re.compile(r"(?:display\s{0,9}:\s{0,9}none|visibility\s{0,9}:\s{0,9}hidden)", re.IGNORECASE)
_PRE = re.compile(r"white-space\s{0,9}:\s{0,9}(?:pre|break-spaces)", re.IGNORECASE)
_HEAVY = re.compile(r"font-weight\s{0,9}:\s{0,9}(?:bold|[6-9]00)", re.IGNORECASE)
_HAS_WORD = re.compile(r"(?:&(?:#\w{1,8}|[a-zA-Z]\w{1,30});|[\W_])*+\w")
_LINE_BREAK = re.compile(r"\n|\r\n?")
_WRAPPED = 50  # characters that a line has at least which was broken for its length
_TYPED = frozenset("text email tel file password url number search date".split())

_PRESSED = frozenset({"button", "link"})  # roles of what acts like a button or a link
_ROOTS = frozenset({"html", "body"})
_BARE = frozenset("div section article p main aside header footer nav body html span form".split())  # these give no role
_PLAIN, _BLOCK, _SKIP, _CHOICE, _INLINE, _GONE, _DRAWN = range(7)  # plain: it changes nothing for the text in it
_KINDS = {
    **dict.fromkeys(BLOCKS, _BLOCK),
    **dict.fromkeys((*BOLD, "a"), _INLINE),
    **dict.fromkeys(GONE | UNSEEN, _GONE),
    **dict.fromkeys(BREAKS | REPLACED | FIELDS, _SKIP),
    **dict.fromkeys(CHOICES, _CHOICE),
    **dict.fromkeys(("svg", "foreignObject", "object", "annotation", "annotation-xml"), _DRAWN),
    "math": _PLAIN,
}


def walk(tree: Tree, *, keep_lines: bool, sight: Sight) -> Walk:
    """What there is to see in the tree. ``keep_lines``: line breaks of the text are ones."""
    walker = _Walker(tree, keep_lines=keep_lines, sight=sight)
    walker.run()
    return walker.found


def _follows_link(node: Element) -> bool:
    """Whether a link stands right behind another, with no text between them: menus draw them apart."""
    before = node.previous_sibling
    return before is not None and getattr(before, "tag", "") == "a"


def _is_hidden(node: Element) -> bool:
    """Whether an attribute hides an element: not one that a search in the page opens, nor a tab that another one covers."""
    if "hidden" not in node.attrs or (node.attr("hidden") or "").strip().lower() == "until-found":
        return False
    return (node.attr("role") or "").strip().lower() != "tabpanel"


def _is_contact(node: Element) -> bool:
    """Whether a link is an address to write to or a number to call: that leads nowhere else."""
    return (node.attr("href") or "").lstrip().lower().startswith(("mailto:", "tel:"))


class _Walker:
    """The state of a walk: the open elements, and the line that is being written."""

    def __init__(self, tree: Tree, *, keep_lines: bool, sight: Sight) -> None:
        from turbohtml import Element, Text  # noqa: PLC0415  as in Tree

        self._element, self._text_node = Element, Text
        self.found = Walk()
        self._text = tree.text
        self._starts, self._ends = tree.starts, tree.ends
        self._root = tree.root
        self._sight = sight
        self._styled = frozenset(tree.root.select(_STYLED))
        self._ranges: Ranges = []
        self._bold = True
        self._size = self._linked = self._contacts = 0
        self._aria_size = 0
        self._lists = 0
        self._box = Box(None, "", 0)
        self._top = _Open(keeps_lines=keep_lines)

    def run(self) -> None:
        """Walk the tree without recursion: a hostile page is nested as deep as it is long."""
        is_text, is_element = self._text_node, self._element
        frames: list[_Frame] = [(iter(self._root), self._top, None)]
        while frames:
            children, top, box = frames[-1]
            for node in children:
                if type(node) is is_text:
                    data = node.text
                    if ";" in data:
                        self._take(data, top)
                    elif self._ranges:
                        self._blank(data, top)
                elif type(node) is is_element and (opened := self._open(node, top)) is not None:
                    frames.append(opened)
                    break
            else:
                frames.pop()
                if box is not None:
                    self._close(box, top)
        self._end_line(self._top)
        self._box.last = len(self.found.lines)

    def _take(self, data: str, top: _Open) -> None:
        """Take in the numbers of runs."""
        for number in map(int, data.split(";")[:-1]):
            start, end = self._starts[number], self._ends[number]
            if top.aside is not None:
                self._aside(start, end, top)
            elif top.keeps_lines:
                self._kept_lines(start, end, top)
            else:
                self._add(start, end, top)

    def _blank(self, data: str, top: _Open) -> None:
        """White space alone: a blank between words, or the end of a line that is kept."""
        if top.aside is not None:
            return
        if top.keeps_lines and "\n" in data:
            self._end_line(top)
        elif self._ranges:
            end = self._ranges[-1][1]
            self._ranges.append((end, end))

    def _aside(self, start: int, end: int, top: _Open) -> None:
        if top.aside is None:
            return
        check_count(len(self.found.asides) + 1, MAX_PARTS, "hidden lines")
        self.found.asides.append((start, end, top.aside))
        if top.aside is Dropped.HIDDEN:
            self.found.hidden += end - start
            if top.aria:
                self._aria_size += end - start
                self.found.aria_hidden = max(self.found.aria_hidden, self._aria_size)

    def _kept_lines(self, start: int, end: int, top: _Open) -> None:
        for stop, after in (match.span() for match in _LINE_BREAK.finditer(self._text, start, end)):
            if start < stop and not self._text[start:stop].isspace():
                self._add(start, stop, top)
            if self._wrapped(stop, after):
                start = stop
            else:
                self._end_line(top)
                start = after
        if start < end:
            self._add(start, end, top)

    def _wrapped(self, stop: int, after: int) -> bool:
        """Whether the line break there only wraps a sentence: a long line, and a small letter goes on."""
        begin = self._ranges[0][0] if self._ranges else stop
        return stop - begin >= _WRAPPED and self._text[after : after + 1].islower() and self._text[stop - 1] not in ".:;!?"

    def _add(self, start: int, end: int, top: _Open) -> None:
        ranges = self._ranges
        if ranges and start < ranges[-1][1]:  # moved before what stands before it in the text
            self._end_line(top)
            ranges = self._ranges
        if self._bold and not top.bold and _HAS_WORD.match(self._text, start, end):
            self._bold = False
        size = end - start
        self._size += size
        if top.linked:
            self._linked += size
        elif top.contact:
            self._contacts += size
        if ranges and ranges[-1][1] == start and ranges[-1][0] < start:
            ranges[-1] = (ranges[-1][0], end)
        else:
            ranges.append((start, end))

    def _end_line(self, top: _Open) -> None:
        """What was written so far is a line."""
        ranges = self._ranges
        if not ranges:
            return
        if self._size:
            check_count(len(self.found.lines) + 1, MAX_PARTS, "lines")
            linked = self._linked and self._linked + self._contacts  # among other links an address is a part of a menu
            self.found.lines.append(Line(ranges, top.holder, self._bold, self._box, self._size, linked))
        self._ranges = []
        self._bold = True
        self._size = self._linked = self._contacts = 0

    def _open(self, node: Element, top: _Open) -> _Frame | None:
        """Go into an element, or take in one that has nothing to go into."""
        tag = node.tag
        kind = _KINDS.get(tag, _PLAIN)
        if kind == _GONE:
            return None
        if kind == _SKIP:
            self._empty(tag, node, top)
            return None
        if kind == _PLAIN:
            if node not in self._styled:
                return iter(node), top, None
            return iter(node), self._style(tag, node, top.inner()), None
        if kind == _BLOCK:
            return self._open_block(tag, node, top)
        if kind == _DRAWN:
            return self._open_drawn(tag, node, top)
        if kind == _CHOICE:
            self._empty(tag, node, top)
        elif tag == "a" and self._ranges and _follows_link(node):
            self._blank(" ", top)
        entry = self._inherit(tag, node, top.inner())
        return iter(node), self._style(tag, node, entry) if node in self._styled else entry, None

    def _open_drawn(self, tag: str, node: Element, top: _Open) -> _Frame | None:
        """Go into what is drawn in the line: the words of a drawing stand aside, but not the HTML in it."""
        self._empty(tag, node, top)
        if tag == "svg" and top.aside is not Dropped.DRAWING and ";" not in node.text:
            return None  # lines and circles
        entry = top.inner()
        if tag == "foreignObject":
            entry.aside = None if top.aside is Dropped.DRAWING else top.aside
        elif tag == "svg":
            entry.aside = top.aside or Dropped.DRAWING
        elif node.attr("data") is not None or node.namespace.name == "MATHML":
            entry.aside = top.aside or Dropped.HIDDEN  # shown only where the object or formula cannot be
        return iter(node), self._style(tag, node, entry) if node in self._styled else entry, None

    def _open_block(self, tag: str, node: Element, top: _Open) -> _Frame:
        if top.aside is None:
            self.found.breaks += tag not in _ROOTS
            if self._ranges:
                self._end_line(top)
        self._box = box = Box(self._box, tag, len(self.found.lines))
        entry = top
        if tag not in _BARE:
            entry = top.inner()
            entry.holder = self._holder(tag, top)
            self._inherit(tag, node, entry)
        if (region := region_of(tag, node)) is not None:
            self.found.regions.append(Region(box, *region))
        if node in self._styled:
            self._style(tag, node, entry := top.inner() if entry is top else entry)
        return iter(node), entry, box

    def _close(self, box: Box, entry: _Open) -> None:
        """The end of a block element."""
        if self._ranges and entry.aside is None:
            self._end_line(entry)
        box.last = len(self.found.lines)
        self._box = box.parent or box

    def _empty(self, tag: str, node: Element, top: _Open) -> None:
        """An element without text: a line break, something drawn in the line, a field of a form."""
        if tag in FIELDS and (tag != "input" or (node.attr("type") or "text").lower() in _TYPED):
            self._count_field(self._box)
        if top.aside is not None:
            return
        if tag in BREAKS:
            self.found.breaks += 1
            self._end_line(top)
        elif tag in REPLACED and self._ranges:
            end = self._ranges[-1][1]
            self._ranges.append((end, end))

    def _count_field(self, box: Box | None) -> None:
        while box is not None and box.tag != "form":
            box = box.parent
        if box is not None:
            box.fields += 1

    def _inherit(self, tag: str, node: Element, entry: _Open) -> _Open:
        """What the name of an element says about the text in it."""
        if tag in BOLD:
            entry.bold = True
        elif tag == "a" and _is_contact(node):
            entry.contact = True
        elif tag == "a" or (tag == "button" and node.attr("aria-expanded") is None):
            entry.linked = True
        elif tag in CHOICES:
            entry.aside = entry.aside or Dropped.FORM
        elif tag in LISTS:
            if not entry.depth:
                self._lists += 1
                entry.list = self._lists
            entry.depth += 1
        if tag in KEEPS_LINES:
            entry.keeps_lines = True
        elif tag == "dialog" and node.attr("open") is None and self._sight < Sight.NOTHING_HIDDEN:
            entry.aside = Dropped.HIDDEN
        return entry

    def _style(self, tag: str, node: Element, entry: _Open) -> _Open:
        """What the attributes of the tag say about its text."""
        style = node.attr("style") or ""
        if tag not in ("html", "body") and entry.aside is None:
            entry.aria = (node.attr("aria-hidden") or "").strip().lower() == "true"
            self._aria_size = 0 if entry.aria else self._aria_size
            hidden = _is_hidden(node) or _NOT_SHOWN.search(style) is not None
            aria = entry.aria and self._sight < Sight.SHOWN_TO_ALL
            if aria or (hidden and self._sight < Sight.NOTHING_HIDDEN):
                entry.aside = Dropped.HIDDEN
        entry.keeps_lines = entry.keeps_lines or _PRE.search(style) is not None
        entry.bold = entry.bold or _HEAVY.search(style) is not None
        entry.linked = entry.linked or (node.attr("role") or "").strip().lower() in _PRESSED
        return entry

    def _holder(self, tag: str, above: _Open) -> Holder:
        row = above.holder.row
        if row is not None and (tag in HEADINGS or tag in LISTS or tag in ("table", "dl")):
            row.layout = True
        if tag in HEADINGS:
            return Holder(Role.HEADING, int(tag[1]), row)
        if tag == "li":
            return Holder(Role.ITEM, max(1, above.depth), row, list=above.list)
        if tag in ("dt", "dd"):
            return Holder(Role.TERM if tag == "dt" else Role.DETAIL, row=row)
        if tag == "tr":
            return Holder(Role.FLOW, row=Row())
        if tag in CELLS:
            row = row or Row()
            row.cells += 1
            return Holder(Role.CELL, row=row, header=tag == "th")
        return Holder(Role.FLOW) if tag == "table" else above.holder

"""The visible lines of an HTML text: which ranges of it make up each, and in which element they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from extract.cleaning.html_elements import (
    BLOCKS,
    BOLD,
    CELLS,
    FORMATTING,
    HEADINGS,
    HIDDEN,
    IMPLIED_ENDS,
    IN_HEAD,
    KEEPS_LINES,
    LISTS,
    REPLACED,
    TABLE_PARTS,
    VOID,
)
from extract.cleaning.html_lines import Holder, Line, Ranges, Role, Row, Walk
from extract.cleaning.html_tokens import Mark, Token, attributes, tokens


@dataclass(slots=True, eq=False)
class _Open:
    """An element that is open: its name ("" once it was closed out of turn), and what holds for the text in it."""

    name: str
    holder: Holder
    bold: bool = False
    hidden: bool = False
    keeps_lines: bool = False
    depth: int = 0  # how many lists it is in
    list: int = 0  # the number of the outermost of these
    aria: bool = False
    heavy: bool = False  # bold by itself, not through what it stands in


_STYLED = re.compile(r"hidden|display|visibility|white-space|font-weight", re.IGNORECASE)
_NOT_SHOWN = re.compile(r"(?:display\s{0,9}:\s{0,9}none|visibility\s{0,9}:\s{0,9}hidden)", re.IGNORECASE)
_PRE = re.compile(r"white-space\s{0,9}:\s{0,9}(?:pre|break-spaces)", re.IGNORECASE)
_HEAVY = re.compile(r"font-weight\s{0,9}:\s{0,9}(?:bold|[6-9]00)", re.IGNORECASE)
_HAS_WORD = re.compile(r"(?:&(?:#\w{1,8}|[a-zA-Z]\w{1,30});|[\W_])*+\w")
_LINE_BREAK = re.compile(r"\n")
_WRAPPED = 50  # characters that a line has at least which was broken for its length
_LOOK_BACK = 64  # how many elements out of turn an end tag is looked for


def walk(text: str, *, keep_lines: bool, aria: bool) -> Walk:
    """What there is to see in the text. ``keep_lines``: line breaks of the text are ones; ``aria``: aria-hidden hides."""
    walker = _Walker(text, keep_lines=keep_lines, aria=aria)
    done = 0
    for token in tokens(text):
        if token.start > done:
            walker.text_range(done, token.start)
        done = token.end
        walker.read(token)
    if done < len(text):
        walker.text_range(done, len(text))
    walker.end_line()
    return walker.found


class _Walker:
    """The state of a walk: the open elements, and the line that is being written."""

    def __init__(self, text: str, *, keep_lines: bool, aria: bool) -> None:
        self.found = Walk()
        self._text = text
        self._aria = aria
        self._stack = [_Open("", Holder(Role.FLOW), keeps_lines=keep_lines)]
        self._places: dict[str, list[int]] = {}
        self._ranges: Ranges = []
        self._bold = True
        self._link_end = -1
        self._in_json_ld = False
        self._aria_size = 0
        self._lists = 0

    def text_range(self, start: int, end: int) -> None:
        """Take in a stretch of text."""
        top = self._stack[-1]
        if top.hidden:
            if top.name == "title" and not self._places.get("svg"):
                self.found.title = self.found.title or [(start, end)]
            elif top.aria:
                self._aria_size += len(self._text[start:end].strip())
                self.found.aria_hidden = max(self.found.aria_hidden, self._aria_size)
            elif top.name == "head" and not self._text[start:end].isspace():
                self._close_at(len(self._stack) - 1)  # text ends the head of a page that has no body tag
                self.text_range(start, end)
            return
        if not top.keeps_lines:
            self._add(start, end, top)
            return
        for stop in (match.start() for match in _LINE_BREAK.finditer(self._text, start, end)):
            self._add(start, stop, top)
            if self._wrapped(stop):
                start = stop
            else:
                self.end_line()
                start = stop + 1
        self._add(start, end, top)

    def _wrapped(self, stop: int) -> bool:
        """Whether the line break there only wraps a sentence: a long line, and a small letter goes on."""
        begin = self._ranges[0][0] if self._ranges else stop
        return stop - begin >= _WRAPPED and self._text[stop + 1 : stop + 2].islower() and self._text[stop - 1] not in ".:;!?"

    def _add(self, start: int, end: int, top: _Open) -> None:
        if start == end:
            return
        if self._bold and not top.bold and _HAS_WORD.match(self._text, start, end):
            self._bold = False
        if self._ranges and self._ranges[-1][1] == start and self._ranges[-1][0] < start:
            self._ranges[-1] = (self._ranges[-1][0], end)
        else:
            self._ranges.append((start, end))

    def end_line(self) -> None:
        """What was written so far is a line."""
        ranges = self._ranges
        if not ranges:
            return
        if any(start < end and not self._text[start:end].isspace() for start, end in ranges):
            self.found.lines.append(Line(ranges, self._stack[-1].holder, self._bold))
        self._ranges = []
        self._bold = True

    def read(self, token: Token) -> None:
        """Take in a piece of markup."""
        self.found.tags += token.mark is not Mark.OTHER
        if token.mark is Mark.START:
            self._start(token)
        elif token.mark is Mark.END:
            self._end(token)
        elif token.mark is Mark.RAW and self._in_json_ld:
            self.found.json_ld.append((token.start, token.end))

    def _start(self, token: Token) -> None:
        name = token.name
        if name in ("meta", "link", "html", "script"):
            self._take_metadata(token)
        for ended, barrier in self._implied_ends(name):
            self._close_within(ended, barrier)
        if name in VOID:
            self._void(token)
            return
        visible = not self._stack[-1].hidden
        if visible and name in BLOCKS:
            self.found.breaks += 1
            self.end_line()
        if visible and (name in REPLACED or (name == "a" and token.start == self._link_end)):
            self._ranges.append((token.start, token.start))
        self._open(token)
        if name == "a" and visible:
            self._take_link(token)
        if self._text[token.end - 2] == "/" and name not in ("script", "style", "iframe"):
            self._close_at(len(self._stack) - 1)

    def _implied_ends(self, name: str) -> Iterator[tuple[frozenset[str], frozenset[str]]]:
        """What the start tag of ``name`` ends: (elements, what keeps them open)."""
        if self._stack[-1].name == "head" and name not in IN_HEAD:
            yield frozenset({"head"}), frozenset()
        if name in IMPLIED_ENDS:
            yield IMPLIED_ENDS[name]
        if name in HEADINGS and self._stack[-1].name in HEADINGS:
            yield frozenset({self._stack[-1].name}), frozenset()

    def _void(self, token: Token) -> None:
        if self._stack[-1].hidden:
            return
        if token.name in ("br", "hr"):
            self.found.breaks += 1
            self.end_line()
        elif token.name in REPLACED:
            self._ranges.append((token.start, token.start))

    def _open(self, token: Token) -> None:
        """Put the element on the stack, with what it hands down to the text in it."""
        name, above = token.name, self._stack[-1]
        entry = _Open(
            name,
            self._holder(name, above),
            bold=above.bold or name in BOLD,
            hidden=above.hidden or name in HIDDEN or name == "title",
            keeps_lines=above.keeps_lines or name in KEEPS_LINES,
            depth=above.depth + (name in LISTS),
            list=self._list_number(name, above),
            aria=above.aria,
            heavy=name in BOLD,
        )
        if token.end - token.start > len(name) + 2:
            self._style(token, entry)
        self._places.setdefault(name, []).append(len(self._stack))
        self._stack.append(entry)

    def _list_number(self, name: str, above: _Open) -> int:
        if name not in LISTS or above.depth:
            return above.list
        self._lists += 1
        return self._lists

    def _style(self, token: Token, entry: _Open) -> None:
        """What the attributes of the tag say about its text."""
        if token.name == "dialog" and "open" not in attributes(self._text, token):
            entry.hidden = True
        if entry.hidden or not _STYLED.search(self._text, token.start, token.end):
            return
        said = attributes(self._text, token)
        style = said["style"].value if "style" in said else ""
        if token.name not in ("html", "body"):
            entry.aria = "aria-hidden" in said and said["aria-hidden"].value.strip().lower() == "true"
            self._aria_size = 0 if entry.aria else self._aria_size
            entry.hidden = "hidden" in said or bool(_NOT_SHOWN.search(style)) or (entry.aria and self._aria)
            self.found.hides = self.found.hides or entry.hidden
        entry.keeps_lines = entry.keeps_lines or bool(_PRE.search(style))
        entry.heavy = entry.heavy or bool(_HEAVY.search(style))
        entry.bold = entry.bold or entry.heavy

    def _holder(self, name: str, above: _Open) -> Holder:
        row = above.holder.row
        if row is not None and (name in HEADINGS or name in LISTS or name in ("table", "dl")):
            row.layout = True
        if name in HEADINGS:
            return Holder(Role.HEADING, int(name[1]), row)
        if name == "li":
            return Holder(Role.ITEM, max(1, above.depth), row, list=above.list)
        if name in ("dt", "dd"):
            return Holder(Role.TERM if name == "dt" else Role.DETAIL, row=row)
        if name == "tr":
            return Holder(Role.FLOW, row=Row())
        if name in CELLS:
            row = row or Row()
            row.cells += 1
            return Holder(Role.CELL, row=row, header=name == "th")
        return Holder(Role.FLOW) if name == "table" else above.holder

    def _end(self, token: Token) -> None:
        name = token.name
        places = self._places.get(name)
        if name in BLOCKS and not self._stack[-1].hidden:
            self.end_line()
        if name == "a":
            self._link_end = token.end
        if not places:
            return
        if name in FORMATTING:
            self._close_formatting(name)
        elif name not in BLOCKS and name not in HIDDEN and name != "title":
            self._close_at(places[-1])
        else:
            barrier = frozenset({"table"}) if name in TABLE_PARTS else TABLE_PARTS
            self._close_within(frozenset({name}), frozenset() if name == "table" else barrier)

    def _close_formatting(self, name: str) -> None:
        """Close the innermost open element of that name, and no block that was opened in it."""
        lowest = max(len(self._stack) - _LOOK_BACK, 1)
        for place in range(len(self._stack) - 1, lowest - 1, -1):
            entry = self._stack[place]
            if entry.name != name:
                if entry.name in TABLE_PARTS:
                    return
                continue
            hides = entry.hidden and not self._stack[place - 1].hidden
            blocks_in_it = any(inner.name in BLOCKS for inner in self._stack[place + 1 :])
            if place == len(self._stack) - 1 or (hides and not blocks_in_it):
                self._close_at(place)
            elif not hides:
                self._close_early(place)
            return

    def _close_early(self, place: int) -> None:
        """Close an element in which others stay open: these are bold no longer if they were so through it."""
        closed = self._stack[place]
        self._places[closed.name].pop()
        closed.name, closed.heavy = "", False
        for at in range(place, len(self._stack)):
            self._stack[at].bold = self._stack[at].heavy or self._stack[at - 1].bold

    def _close_within(self, names: frozenset[str], barrier: frozenset[str]) -> None:
        """Close the innermost open element of these names, and all in it, unless a barrier stands in between."""
        place = self._innermost(names)
        if place > 0 and place > self._innermost(barrier):
            if not self._stack[-1].hidden:
                self.end_line()
            self._close_at(place)

    def _innermost(self, names: frozenset[str]) -> int:
        """Where on the stack the innermost open element of these names is; -1 if none."""
        innermost = -1
        for name in names & self._places.keys():
            places = self._places[name]
            if places and places[-1] > innermost:
                innermost = places[-1]
        return innermost

    def _close_at(self, place: int) -> None:
        """Close the element at this place of the stack, and all in it."""
        while len(self._stack) > place:
            entry = self._stack.pop()
            if entry.name:
                self._places[entry.name].pop()

    def _take_metadata(self, token: Token) -> None:
        said = attributes(self._text, token)
        if token.name != "script":
            self.found.metadata.append((token.name, said))
        else:
            self._in_json_ld = "type" in said and "ld+json" in said["type"].value.lower()

    def _take_link(self, token: Token) -> None:
        if token.end - token.start > 10:
            href = attributes(self._text, token).get("href")
            if href and href.value[:7].lower().startswith(("mailto:", "tel:")):
                self.found.links.append((href, token.end))

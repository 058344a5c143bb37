"""The body of a Word file as text: paragraphs in the order in which they are read, each with its style."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from extract.containers.docx_styles import (
    ParagraphStyle,
    attribute,
    child,
    is_on,
    local_name,
    own_style,
    value,
)
from extract.containers.layout import Content, Layout, Paragraph, Style
from extract.errors import SourceTooLarge

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

# Text that is deleted, or that was moved and stands where it was; what says how something looks; phonetic readings.
_UNSEEN = frozenset({"del", "moveFrom", "pPr", "rPr", "tblPr", "tblGrid", "trPr", "tcPr", "sdtPr", "sdtEndPr", "rt"})
_CHARACTERS = {
    "tab": "\t",
    "ptab": "\t",
    "br": "\n",
    "cr": "\n",
    "noBreakHyphen": "\N{NON-BREAKING HYPHEN}",
    "softHyphen": "\N{SOFT HYPHEN}",
}
_SYMBOLS = range(0xF000, 0xF100)  # where fonts of symbols have their signs
_NOTES = {"footnoteReference": "footnotes", "endnoteReference": "endnotes"}
_SAME_PAGE = frozenset({"continuous", "nextColumn"})


@dataclass(frozen=True, slots=True)
class Story:
    """The parts of a document that are read: its body, and what stands above and below every page."""

    body: Element
    headers: Sequence[Element]
    footers: Sequence[Element]


@dataclass(slots=True)
class _Open:
    """The paragraph that is being read: its text so far and the length of that, the bold runs, and what follows behind it."""

    style: ParagraphStyle
    parts: list[str] = field(default_factory=list)
    size: int = 0
    bold: list[bool] = field(default_factory=list)
    behind: list[Element] = field(default_factory=list)


class DocxWriter:
    """Writes the text of a document, and notes what each paragraph is and where pages begin."""

    def __init__(
        self, styles: Mapping[str, ParagraphStyle], *, notes: Mapping[str, Sequence[Element]], name: str, max_chars: int
    ) -> None:
        self._styles = styles
        self._notes = {
            (kind, attribute(note, "id")): note
            for kind in _NOTES.values()
            for sheet in notes.get(kind, ())
            for note in sheet
            if attribute(note, "type") in (None, "normal")
        }
        self._name = name
        self._max_chars = max_chars
        self._parts: list[str] = []
        self._at = 0
        self._paragraphs: list[Paragraph] = []
        self._pages = [0]
        self._turned = False  # whether nothing stands behind the last page break of the author
        self._margin = False
        self._rows = 0
        self._cell = (-1, -1)
        self._turns = (0, 0)  # the page breaks that Word noted in the row so far, and in its cell

    def write(self, story: Story) -> Content:
        """The text of headers, body and footers, with its layout."""
        self._write_margins(story.headers)
        self._pages = [0]
        self._blocks(story.body)
        pages = tuple(self._pages) if len(self._pages) > 1 else ()
        self._write_margins(story.footers)
        layout = Layout(pages=pages, paragraphs=tuple(self._paragraphs))
        return Content("".join(self._parts), "docx", layout)

    def _write_margins(self, margins: Sequence[Element]) -> None:
        """Headers or footers, each text once: the first page and the left ones often repeat it."""
        self._margin = True
        seen: set[str] = set()
        for margin in margins:
            words = "".join(_text_of(text) for text in margin.iter() if local_name(text) == "t").strip()
            if words and words not in seen:
                seen.add(words)
                self._blocks(margin)
        self._margin = False

    def _blocks(self, elements: Iterable[Element]) -> None:
        for element in elements:
            match local_name(element):
                case "p":
                    self._paragraph(element)
                case "tbl":
                    self._table(element)
                case "AlternateContent":
                    self._blocks(_alternative(element))
                case name if name not in _UNSEEN:
                    self._blocks(element)  # content controls and the like

    def _table(self, table: Element) -> None:
        outer, turns = self._cell, self._turns
        for row in _inside(table, "tr"):
            if child(row, "trPr", "del") is not None:
                continue
            number, self._rows = self._rows, self._rows + 1
            self._turns = (0, 0)
            for at, cell in enumerate(_inside(row, "tc")):
                self._cell, self._turns = (number, at), (self._turns[0], 0)
                self._blocks(cell)
                if self._parts and self._parts[-1] == "\n" and self._paragraphs[-1].row == number:
                    self._parts[-1] = "\t"
            if self._parts and self._parts[-1] == "\t":
                self._parts[-1] = "\n"
        self._cell, self._turns = outer, turns

    def _paragraph(self, element: Element) -> None:
        properties = child(element, "pPr")
        if is_on(properties, "pageBreakBefore"):
            self._turn()
        opened = _Open(self._style_of(properties))
        self._inline(element, opened)
        self._close(opened)
        for note in opened.behind:
            self._blocks(note)
        section = child(properties, "sectPr")
        if section is not None and value(section, "type") not in _SAME_PAGE:
            self._turn()

    def _style_of(self, properties: Element | None) -> ParagraphStyle:
        named = self._styles.get(value(properties, "pStyle") or "", self._styles[""])
        own = own_style(properties)
        return ParagraphStyle(
            heading=named.heading if own.heading is None else own.heading,
            item=named.item if own.item is None else own.item,
            bold=named.bold,
        )

    def _inline(self, elements: Iterable[Element], opened: _Open) -> None:
        for element in elements:
            name = local_name(element)
            if name == "r":
                self._run(element, opened)
            elif name == "t":  # of a formula
                self._say(opened, _text_of(element))
            elif name == "AlternateContent":
                self._inline(_alternative(element), opened)
            elif name == "txbxContent":
                opened.behind.append(element)
            elif name in _NOTES:
                note = self._notes.pop((_NOTES[name], attribute(element, "id")), None)
                opened.behind += [] if note is None else [note]
            elif name not in _UNSEEN:
                self._inline(element, opened)

    def _run(self, run: Element, opened: _Open) -> None:
        properties = child(run, "rPr")
        if is_on(properties, "vanish"):
            return
        before = len(opened.parts)
        for element in run:
            name = local_name(element)
            text = _written(element)
            if text is not None:
                self._say(opened, text)
                if name == "br" and attribute(element, "type") == "page":
                    self._turn(opened.size)
            elif name == "lastRenderedPageBreak":
                self._turn_as_rendered(opened.size)
            elif name not in _UNSEEN:
                self._inline([element], opened)
        if "".join(opened.parts[before:]).strip():
            bold = is_on(properties, "b")
            opened.bold.append(bool(opened.style.bold if bold is None else bold))

    def _say(self, opened: _Open, text: str) -> None:
        opened.parts.append(text)
        opened.size += len(text)
        self._turned = self._turned and not text.strip()

    def _turn(self, offset: int = 0) -> None:
        """A page break of the author, so far into the paragraph that is open."""
        self._pages.append(self._at + offset)
        self._turned = True

    def _turn_as_rendered(self, offset: int) -> None:
        """A page break that Word noted; where nothing stands behind one of the author, it is the same.

        A row that goes over a page has it in each of its cells.
        """
        in_row, in_cell = self._turns[0], self._turns[1] + 1
        self._turns = (max(in_row, in_cell), in_cell)
        counted = self._cell[0] >= 0 and in_cell <= in_row
        if not self._turned and not counted:
            self._pages.append(self._at + offset)
        self._turned = False

    def _close(self, opened: _Open) -> None:
        """Write the paragraph, if it says anything."""
        text = "".join(opened.parts)
        if not text.strip():
            at = len(self._pages)
            while self._pages[at - 1] > self._at:  # the paragraph held a page break and nothing else
                at -= 1
                self._pages[at] = self._at
            return
        style, level = Style.BODY, 0
        if self._margin:
            style = Style.MARGIN
        elif opened.style.heading:
            style, level = Style.HEADING, opened.style.heading
        elif opened.style.item:
            style, level = Style.ITEM, opened.style.item
        end = self._at + len(text)
        row, cell = self._cell
        self._paragraphs.append(Paragraph(self._at, end, style, level, all(opened.bold), row, cell))
        self._parts += text, "\n"
        self._at = end + 1
        if self._at > self._max_chars + 1:
            raise SourceTooLarge.over(self._name, f"more than {self._at - 2:,} characters", self._max_chars)


def _inside(parent: Element, wanted: str) -> list[Element]:
    """The rows of a table or the cells of a row, also those in content controls; not those of a table inside of them."""
    found: list[Element] = []
    for element in parent:
        name = local_name(element)
        if name == wanted:
            found.append(element)
        elif name not in _UNSEEN and name not in ("tbl", "p", "tc"):
            found += _inside(element, wanted)
    return found


def _alternative(element: Element) -> Iterable[Element]:
    """What is in one of the ways in which the same content is written: the newest that has text."""
    choices = [found for found in element if local_name(found) in ("Choice", "Fallback")]
    return next((found for found in choices if next(found.iter("{*}t"), None) is not None), ())


def _text_of(element: Element) -> str:
    """The text of an element, also behind comments in it."""
    return "".join([str(element.text or ""), *(str(inner.tail or "") for inner in element)])


def _written(element: Element) -> str | None:
    """What an element of a run writes; None where it is no text."""
    name = local_name(element)
    if name == "t":
        return _text_of(element)
    if name == "sym":
        return _symbol(attribute(element, "char") or "")
    return _CHARACTERS.get(name)


def _symbol(code: str) -> str:
    """The sign of a font of symbols: bullets and ticks, mostly."""
    try:
        number = int(code, 16)
    except ValueError:
        return ""
    if number in range(0x20, 0x100):
        number += _SYMBOLS.start
    return chr(number) if number in _SYMBOLS or 0xA0 <= number < 0xD800 else ""

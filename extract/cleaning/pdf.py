"""PDF: printed lines put together to paragraphs, items, headings and rows; what every page repeats is kept apart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from extract.cleaning.document import Block, Cleaned, Dropped, MappedText
from extract.cleaning.page_blocks import as_it_is, to_blocks
from extract.cleaning.page_lines import NOWHERE, Holder, Line, Ranges, Role, Row
from extract.cleaning.pdf_lines import HYPHENED, LARGER, Typography, columns_of, goes_on, running_lines, typography
from extract.cleaning.pdf_rows import Piece, pieces_of
from extract.containers.layout import Layout, PrintedLine

_HEADING_LENGTH = 200
_WORD = re.compile(r"[^\W\d_]+")
_COMPOUND = re.compile(r"(?<![^\W\d_])[^\W\d_]++(?:-[^\W\d_]++)++")
_LINKING = frozenset("and or und oder bzw et ou y o e og och eller".split())  # "Ein- und Ausgabe"

_LONGEST = 60  # characters of a word


class Paragraph(NamedTuple):
    """Lines that follow on one another, or a cell of a row."""

    lines: list[PrintedLine]
    row: Row | None


def clean_pdf(body: MappedText, layout: Layout) -> Cleaned:
    """The blocks of the printed lines of a PDF.

    Lines are put together where the first was full; words that were parted at its end become one. Larger lines are headings,
    lines with bullets or numbers items, cells that stand below each other rows of a table. Headers, footers and page numbers
    are ``dropped`` blocks, and do not cut what goes on behind them.
    """
    running = running_lines(layout.lines, body.text, pages=len(layout.pages))
    kept = [line for at, line in enumerate(layout.lines) if at not in running]
    usual = typography(kept)
    paragraphs = _paragraphs(pieces_of(kept, body.text), body.text, usual)
    hyphens = _Hyphens(body.text)
    blocks = tuple(to_blocks(body, _lines(paragraphs, usual, hyphens), read=as_it_is))
    names = {"pdf:lines": len(blocks) < len(kept), "pdf:margins": bool(running), "pdf:hyphens": hyphens.undone > 0}
    return Cleaned(
        blocks,
        steps=tuple(name for name, happened in names.items() if happened),
        dropped=lambda: tuple(
            Block(body[line.start : line.end], dropped=Dropped.FOOTER) for at, line in enumerate(layout.lines) if at in running
        ),
    )


def _paragraphs(pieces: Sequence[Piece], text: str, usual: Typography) -> list[Paragraph]:
    """The lines of each paragraph; a cell of a row is one of its own."""
    columns = columns_of([piece.line for piece in pieces], usual)
    found: list[Paragraph] = []
    for at, (line, row) in enumerate(pieces):
        last = found[-1] if found else None
        if (
            last
            and not row
            and not last.row
            and goes_on(last.lines[0], last.lines[-1], line, text=text, column=columns[at - 1], usual=usual)
        ):
            last.lines.append(line)
        else:
            found.append(Paragraph([line], row))
    return found


def _lines(paragraphs: Sequence[Paragraph], usual: Typography, hyphens: _Hyphens) -> Iterator[Line]:
    """The paragraphs as lines of a page, each with what it is."""
    large = LARGER * usual.size
    sizes = sorted({round(lines[0].size) for lines, _ in paragraphs if lines[0].size >= large}, reverse=True)
    flow = Holder(Role.FLOW)
    for lines, row in paragraphs:
        first = lines[0]
        holder = flow if row is None else Holder(Role.CELL, row=row)
        if holder is flow and first.size >= large and lines[-1].end - first.start <= _HEADING_LENGTH:
            holder = Holder(Role.HEADING, min(1 + sizes.index(round(first.size)), 6))
        yield Line(hyphens.ranges(lines), holder, all(line.bold for line in lines), NOWHERE)


class _Hyphens:
    """Which hyphens at line ends belong to the word: those of compounds that the document also writes inside of a line."""

    def __init__(self, text: str) -> None:
        self.undone = 0
        self._text = text
        self._compounds = {compound.lower() for compound in _COMPOUND.findall(text)}

    def ranges(self, lines: Sequence[PrintedLine]) -> Ranges:
        """The lines one after the other: what stands between two of them is a blank, or nothing inside of a word."""
        found: Ranges = [(lines[0].start, lines[0].end)]
        for line, below in pairwise(lines):
            start, end = found[-1]
            if (cut := self._cut(line, below)) is not None:
                self.undone += cut
                found[-1] = (start, end - cut)
            elif self._text[end : below.start].isspace():  # nothing but the line end, perhaps that of the page
                found[-1] = (start, below.end)
                continue
            else:
                found.append((end, end))
            found.append((below.start, below.end))
        return found

    def _cut(self, line: PrintedLine, below: PrintedLine) -> int | None:
        """How many characters of its hyphen a line loses where its last word goes on below; None where it does not."""
        left = HYPHENED.search(self._text[max(line.start, line.end - _LONGEST) : line.end])
        right = _WORD.match(self._text, below.start, below.end)
        if left is None or right is None or right[0] in _LINKING:
            return None
        return int(right[0][0].islower() and f"{left[1]}-{right[0]}".lower() not in self._compounds)

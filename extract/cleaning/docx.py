"""Word: paragraphs with their styles as blocks; what stands above and below every page is kept apart."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from extract.cleaning.document import Block, Cleaned, Dropped, MappedText
from extract.cleaning.page_blocks import as_it_is, to_blocks
from extract.cleaning.page_lines import NOWHERE, Holder, Line, Role, Row
from extract.containers.layout import Layout, Paragraph, Style

_LINE = re.compile(r"[^\n]++")


def clean_docx(body: MappedText, layout: Layout) -> Cleaned:
    """The blocks of the paragraphs of a Word file: its headings and lists by their styles, its tables by rows.

    Headers and footers are ``dropped`` blocks. A line break begins a new block, but not in a heading or an item.
    """
    shown = [paragraph for paragraph in layout.paragraphs if paragraph.style is not Style.MARGIN]
    margins = [paragraph for paragraph in layout.paragraphs if paragraph.style is Style.MARGIN]
    names = {
        "docx:styles": any(paragraph.style is not Style.BODY for paragraph in shown),
        "docx:tables": any(paragraph.row >= 0 for paragraph in shown),
        "docx:margins": bool(margins),
    }
    return Cleaned(
        tuple(to_blocks(body, _lines(shown, body.text), read=as_it_is)),
        steps=tuple(name for name, happened in names.items() if happened),
        dropped=lambda: tuple(Block(body[margin.start : margin.end], dropped=Dropped.FOOTER) for margin in margins),
    )


def _lines(paragraphs: Sequence[Paragraph], text: str) -> Iterator[Line]:
    rows = _rows(paragraphs)
    cells: defaultdict[tuple[int, int], list[Holder]] = defaultdict(list)
    flow = Holder(Role.FLOW)
    lists = 0
    before = Style.BODY
    for paragraph in paragraphs:
        row = rows.get(paragraph.row)
        whole = [(paragraph.start, paragraph.end)]
        lists += paragraph.style is Style.ITEM and before is not Style.ITEM
        before = paragraph.style
        if paragraph.style is Style.HEADING:
            yield Line(whole, Holder(Role.HEADING, paragraph.level), paragraph.bold, NOWHERE)
        elif paragraph.style is Style.ITEM:
            yield Line(whole, Holder(Role.ITEM, paragraph.level, list=lists), paragraph.bold, NOWHERE)
        else:
            holder = flow
            if row is not None and not row.layout:
                held = cells[paragraph.row, paragraph.cell]
                held += [] if held else [Holder(Role.CELL, row=row)]
                holder = held[0]
            for match in _LINE.finditer(text, paragraph.start, paragraph.end):
                yield Line([match.span()], holder, paragraph.bold, NOWHERE)


def _rows(paragraphs: Sequence[Paragraph]) -> dict[int, Row]:
    """The rows of tables; one that holds headings or lists, or has a single cell, only places them on the page."""
    held: defaultdict[int, list[Paragraph]] = defaultdict(list)
    for paragraph in paragraphs:
        if paragraph.row >= 0:
            held[paragraph.row].append(paragraph)
    return {
        number: Row(
            cells=1 + max(paragraph.cell for paragraph in row),
            layout=len({paragraph.cell for paragraph in row}) < 2 or any(paragraph.style is not Style.BODY for paragraph in row),
        )
        for number, row in held.items()
    }

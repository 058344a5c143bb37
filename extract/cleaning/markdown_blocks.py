"""From the lines of a Markdown text to blocks: headings, items, paragraphs, fields and cells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from extract.cleaning.document import Block, Kind, MappedText
from extract.cleaning.markdown_inline import read_inline
from extract.cleaning.markdown_lines import BLANKS, MarkdownLine, Shape
from extract.cleaning.page_blocks import FIELD_LENGTH, LINE_HEADING, gathered
from extract.cleaning.page_shapes import bullet_width, is_blank, is_heading_line, is_label

PLAIN_HEADING_LENGTH = 120  # characters that the text of an empty heading may have
SHORT_LINE = 50  # characters; no text is wrapped as narrow as that
FIELD_LINE = 120

_MARKS = str.maketrans("", "", "*_`\\")
_BREAK = re.compile(r"<br\s*+/?>", re.IGNORECASE)
_FIELD = re.compile(r"(?=[^\W_a-z])[^:.!?|\n]{1,40}(?<=[^\s\d]):(?!//)(?:\s|$)")
_SENTENCES = re.compile(r"[.!?]\s++[^\W\d_a-z]")
_PIPE = re.compile(r"(?<!\\)\|")
_DELIMITER = re.compile(r"\|?[\s:|-]*+")
_OPEN_END = re.compile(r"[^\s.:;!?]$")


@dataclass(slots=True)
class Paragraph:
    """Lines that belong together: a paragraph, or the text of an item (``level`` > 0)."""

    lines: list[MarkdownLine] = field(default_factory=list)
    level: int = 0


def paragraph_blocks(body: MappedText, paragraph: Paragraph, *, references: frozenset[str]) -> Iterator[Block]:
    """The blocks of a paragraph: lines that are lines of their own are kept apart, wrapped ones are put together."""
    chunks = list(_chunks(body.text, _split(body.text, paragraph.lines)))
    if paragraph.level:
        yield from _item(body, chunks, paragraph.level, references)
        return
    for chunk in chunks:
        read = read_inline(_joined(body, chunk), references=references).strip()
        if is_blank(read.text):
            continue
        bold = is_bold(body.text, chunk)
        if is_bold(read.text, [MarkdownLine(Shape.TEXT, 0, len(read))]):
            read, bold = read[2:-2].strip("*_ "), True  # marks that were escaped on the way here
        width = bullet_width(read.text)
        if 0 < width < len(read):
            yield Block(read[width:], Kind.ITEM, 1)
        elif bold and is_heading_line(read.text):
            yield Block(read, Kind.HEADING, LINE_HEADING)
        else:
            yield Block(read)


def row_blocks(body: MappedText, line: MarkdownLine, *, references: frozenset[str]) -> Iterator[Block]:
    """The blocks of a row of a table; of the line below its head, none.

    >>> row = "| Location | Bern |"
    >>> line = MarkdownLine(Shape.ROW, 0, len(row))
    >>> [(block.kind.value, block.body.text) for block in row_blocks(MappedText.of(row), line, references=frozenset())]
    [('field', 'Location: Bern')]
    """
    text = body.text[line.start : line.end]
    if _DELIMITER.fullmatch(text):
        return
    pipes = [line.start + found.start() for found in _PIPE.finditer(text)]
    ranges = [(first + 1, last) for first, last in pairwise(pipes)]
    read = [read_inline(body[first:last], references=references).strip() for first, last in ranges]
    cells = [cell for cell in read if not is_blank(cell.text)]
    if len(cells) == len(read) == 2 and is_label(cells[0].text) and len(cells[1]) <= FIELD_LENGTH:
        yield Block(MappedText.join(cells, " " if cells[0].text.endswith(":") else ": "), Kind.FIELD)
    else:
        yield from (Block(cell, Kind.CELL if len(read) > 1 else Kind.SENTENCE) for cell in cells)


def continues(text: str, paragraph: Paragraph, line: MarkdownLine) -> bool:
    """Whether a line behind an empty one goes on with the sentence of the paragraph: a scraper doubled a line break."""
    last = paragraph.lines[-1]
    return last.breaks and text[line.start : line.start + 1].islower() and bool(_OPEN_END.search(text[last.start : last.end]))


def _item(body: MappedText, chunks: Sequence[list[MarkdownLine]], level: int, references: frozenset[str]) -> Iterator[Block]:
    """An item, and behind it those of its parts that are paragraphs: several sentences behind a break."""
    first: list[MappedText] = []
    later: list[MappedText] = []
    for chunk in chunks:
        read = read_inline(_joined(body, chunk), references=references).strip()
        if is_blank(read.text):
            continue
        labelled = chunk[0].indent == 0 and _is_field(read.text)  # "**Requirements:** …" below a list is none of its items
        paragraph = bool(first) and (bool(later) or labelled or _SENTENCES.search(read.text) is not None)
        (later if paragraph else first).append(read)
    if first:
        whole = first[0] if len(first) == 1 else MappedText.join(first)
        width = bullet_width(whole.text)
        yield Block(whole[width:] if 0 < width < len(whole) else whole, Kind.ITEM, level)
    yield from (Block(read) for read in later)


def _split(text: str, lines: Sequence[MarkdownLine]) -> Iterator[MarkdownLine]:
    """The lines, those with a break tag in them cut there."""
    for line in lines:
        start = line.start
        for found in _BREAK.finditer(text, line.start, line.end) if text.find("<", start, line.end) >= 0 else ():
            yield line._replace(start=start, end=found.start(), breaks=True)
            start = found.end()
        yield line._replace(start=start)


def _chunks(text: str, lines: Iterator[MarkdownLine]) -> Iterator[list[MarkdownLine]]:
    """Runs of lines that are one text, wrapped."""
    rows = list(lines)
    short = len(rows) > 2 and all(row.end - row.start < SHORT_LINE for row in rows)
    chunk: list[MarkdownLine] = []
    for row in rows:
        if chunk and _ends(text, chunk, row, short=short):
            yield chunk
            chunk = []
        chunk.append(row)
    if chunk:
        yield chunk


def _ends(text: str, chunk: Sequence[MarkdownLine], line: MarkdownLine, *, short: bool) -> bool:
    """Whether the line begins a text of its own."""
    last = chunk[-1]
    if text.startswith("](", line.start):
        return False  # a link whose text ends in a line break
    before, after = text[last.start : last.end].translate(_MARKS), text[line.start : line.end].translate(_MARKS)
    if last.breaks or is_bold(text, [last]) or is_bold(text, [line]) or _is_field(after):
        return True
    if after[:1].islower() or before.rstrip().endswith((":", ",")):
        return False
    return short or (len(chunk) <= 2 and _is_field(text[chunk[0].start : last.end].translate(_MARKS)))


def _is_field(text: str) -> bool:
    return len(text) <= FIELD_LINE and _FIELD.match(text) is not None


def is_bold(text: str, lines: Sequence[MarkdownLine]) -> bool:
    """Whether all words of the lines are bold."""
    whole = text[lines[0].start : lines[-1].end].strip(BLANKS)
    for mark in ("**", "__"):
        if whole.startswith(mark):
            parts = whole.split(mark)
            return len(parts) > 2 and all(is_blank(part) for part in parts[::2])
    return False


def _joined(body: MappedText, lines: Sequence[MarkdownLine]) -> MappedText:
    """The lines as one text, without the marks between them; their ends are the blanks between them."""
    ranges: list[tuple[int, int]] = []
    for line in lines:
        if ranges and body.text[ranges[-1][1] : line.start].isspace():
            ranges[-1] = (ranges[-1][0], line.end)
        else:
            ranges += [(line.start, line.start), (line.start, line.end)] if ranges else [(line.start, line.end)]
    return gathered(body, ranges)

"""Markdown as scrapers and reader services write it.

The reader is our own: Markdown libraries map blocks to lines (markdown-it-py gives a paragraph its line numbers, and its
inline tokens no place at all), and none gives the offsets of words inside a link or behind an escape, which the map to the
source needs. What scrapers write is also no Markdown in the strict sense: a heading may stand lines below its marks, escapes
are doubled, lines of fields are no wrapped paragraph, and text indented by four blanks is no code.
"""

from __future__ import annotations

from extract.cleaning.document import Block, Cleaned, Kind, MappedText
from extract.cleaning.html import clean_html
from extract.cleaning.html_elements import BLOCKS
from extract.cleaning.html_tree import tags
from extract.cleaning.markdown_blocks import PLAIN_HEADING_LENGTH, Paragraph, continues, is_bold, paragraph_blocks, row_blocks
from extract.cleaning.markdown_head import read_head
from extract.cleaning.markdown_inline import read_inline
from extract.cleaning.markdown_lines import MarkdownLine, Shape, definition_label, markdown_lines
from extract.cleaning.page_shapes import is_blank


def clean_markdown(body: MappedText) -> Cleaned:
    """The blocks of a Markdown text, and the facts that it opens with.

    Facts: ``markdown.url`` and ``markdown.title`` (lines of a reader service, or an address alone on the first line) and
    ``markdown.front_matter.<key>``. Links keep their words, images go, raw HTML is read as such. No input fails.

    >>> cleaned = clean_markdown(MappedText.of("https://jobs.example/7\\n\\n## \\n\\nYour tasks\\n\\n- Write **docs**"))
    >>> [(block.kind.value, block.body.text) for block in cleaned.blocks], cleaned.facts[0].value
    ([('heading', 'Your tasks'), ('item', 'Write docs')], 'https://jobs.example/7')
    """
    head = read_head(body)
    lines = list(markdown_lines(body.text, head.end))
    labels = {definition_label(body.text, line) for line in lines if line.shape is Shape.DEFINITION}
    builder = _Builder(body, frozenset(labels))
    builder.read(lines)
    names = {
        "markdown:head": bool(head.facts),
        "markdown:html": builder.html,
        "markdown:marks": _written("".join(block.body.text for block in builder.blocks)) < _written(body.text[head.end :]),
    }
    return Cleaned(tuple(builder.blocks), head.facts, tuple(name for name, happened in names.items() if happened))


class _Builder:
    """The state of reading lines: the paragraph and the lists that are open."""

    def __init__(self, body: MappedText, references: frozenset[str]) -> None:
        self.blocks: list[Block] = []
        self.html = False
        self._body = body
        self._references = references
        self._open = Paragraph()
        self._indents: list[int] = []  # of the lists that are open
        self._items = 0  # of the innermost, so far without an empty line between them
        self._counted = 0  # the number of the last item of a counted list
        self._blank = False
        self._comments = True  # whether one may still be closed
        self._heading = 0  # the level of a heading whose text is still to come

    def read(self, lines: list[MarkdownLine]) -> None:
        """Take in all lines."""
        at, next_numbers = 0, _next_numbers(lines)
        while at < len(lines):
            line = lines[at]
            if line.shape is Shape.FENCE:
                at = self._fence(lines, at)
            elif line.shape is Shape.TEXT and (end := self._html_end(lines, at)) > at:
                at = self._html(lines, at, end)
            else:
                counts = line.number == 0 or self._goes_on(line) or next_numbers[at] - line.number in (0, 1)
                self._line(line if line.shape is not Shape.ITEM or counts else line._replace(shape=Shape.TEXT, start=line.mark))
                self._blank = line.shape is Shape.BLANK
                at += 1
        self._close()

    def _line(self, line: MarkdownLine) -> None:
        shape = line.shape
        if shape is Shape.ITEM:
            self._item(line)
        elif shape is Shape.UNDERLINE:
            self._underline(line)
        elif shape is Shape.HEADING:
            self._end_lists()
            self._heading = line.number
            if line.start < line.end:
                self._write_heading(line)
        elif shape is Shape.ROW:
            self._end_lists()
            self.blocks += row_blocks(self._body, line, references=self._references)
        elif shape is Shape.TEXT:
            self._text(line)
        elif shape is not Shape.BLANK:
            self._end_lists()

    def _goes_on(self, line: MarkdownLine) -> bool:
        """Whether a counted item follows on one before it; "3. March" on a line of its own is no item."""
        return self._counted > 0 and line.number in (self._counted, self._counted + 1)

    def _item(self, line: MarkdownLine) -> None:
        self._close()
        while self._indents and line.indent < self._indents[-1]:
            self._indents.pop()
        if self._blank and self._items > 1 and len(self._indents) == 1 and not line.number:
            self._end_lists()
            self.blocks.append(Block(MappedText.of("")))  # a list without empty lines ends at one: keep the next apart
        if not self._indents or line.indent >= self._indents[-1] + 2:
            self._indents.append(line.indent)
        self._items = 0 if self._blank and self._items else self._items + 1
        self._counted = line.number
        if line.start < line.end:
            self._open = Paragraph([line], len(self._indents))

    def _underline(self, line: MarkdownLine) -> None:
        """The second line of a heading, if a short line stands right above it."""
        last = self._open.lines[-1] if self._open.lines else None
        if last is None or self._blank or self._open.level or last.end - last.start > PLAIN_HEADING_LENGTH:
            self._end_lists()
            return
        self._open.lines.pop()
        self._end_lists()
        self._heading = 1 if self._body.text[line.start] == "=" else 2
        self._write_heading(last)

    def _text(self, line: MarkdownLine) -> None:
        if self._heading:
            if line.end - line.start <= PLAIN_HEADING_LENGTH:
                self._write_heading(line)
                return
            self._heading = 0
        if self._open.lines and self._blank and continues(self._body.text, self._open, line):
            self._open.lines[-1] = self._open.lines[-1]._replace(breaks=False)
            self._open.lines.append(line)
            return
        if self._open.level and line.indent <= self._indents[0] and is_bold(self._body.text, [line]):
            self._end_lists()
        if self._blank or not self._open.lines:
            self._close()
            if self._indents and line.indent <= self._indents[0]:
                self._end_lists()
        self._open.lines.append(line)

    def _write_heading(self, line: MarkdownLine) -> None:
        read = read_inline(self._body[line.start : line.end], references=self._references).strip()
        if not is_blank(read.text):
            self.blocks.append(Block(read, Kind.HEADING, self._heading))
        self._heading = 0

    def _end_lists(self) -> None:
        self._close()
        self._indents = []
        self._items = self._heading = self._counted = 0

    def _close(self) -> None:
        """Write the paragraph that is open."""
        if self._open.lines:
            self.blocks += paragraph_blocks(self._body, self._open, references=self._references)
            self._open = Paragraph()

    def _fence(self, lines: list[MarkdownLine], at: int) -> int:
        """Fenced text as it stands, a line a block; the place behind it. A fence that is not closed is no fence."""
        mark = self._body.text[lines[at].start]
        ends = (end for end in range(at + 1, len(lines)) if lines[end].shape is Shape.FENCE)
        end = next((end for end in ends if self._body.text[lines[end].start] == mark), None)
        self._end_lists()
        for line in lines[at + 1 : end] if end is not None else ():
            self.blocks.append(Block(self._body[line.mark : line.end]))
        return at + 1 if end is None else end + 1

    def _html_end(self, lines: list[MarkdownLine], at: int) -> int:
        """Where the block of HTML ends that begins with this line: at an empty line; ``at`` if none begins here."""
        text = self._body.text
        if text[lines[at].start] != "<":
            return at
        if text.startswith("<!--", lines[at].start):
            closing = text.find("-->", lines[at].start) if self._comments else -1
            self._comments = closing >= 0
            return next((end for end in range(at, len(lines)) if lines[end].mark > closing), len(lines)) if closing >= 0 else at
        first = next(tags(text[lines[at].start : lines[at].end]), None)
        if first is None or first.start or first.name not in BLOCKS:
            return at
        return next((end for end in range(at, len(lines)) if lines[end].shape is Shape.BLANK), len(lines))

    def _html(self, lines: list[MarkdownLine], at: int, end: int) -> int:
        self._end_lists()
        cleaned = clean_html(self._body[lines[at].start : lines[end - 1].end])
        self.blocks += cleaned.blocks
        self.html = True
        return end


def _written(text: str) -> int:
    return sum(map(len, text.split()))


def _next_numbers(lines: list[MarkdownLine]) -> list[int]:
    """For each line the number of the next counted item behind it; 0 if there is none."""
    following, numbers = 0, []
    for line in reversed(lines):
        numbers.append(following)
        following = line.number if line.shape is Shape.ITEM and line.number else following
    return numbers[::-1]

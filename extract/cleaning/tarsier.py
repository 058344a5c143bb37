"""Cleans page text as Tarsier reads it off a screenshot: the layout kept by blanks, every element with a numbered mark."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from extract.cleaning.document import Block, Cleaned, Dropped, Edit, Kind, MappedText
from extract.cleaning.page_lines import Box, Holder, Line, Role, Walk
from extract.cleaning.page_selection import selected
from extract.cleaning.tarsier_columns import in_reading_order
from extract.cleaning.tarsier_layout import Element, find_elements
from extract.cleaning.tarsier_repairs import is_about_ai, repair
from extract.cleaning.tarsier_rows import Mark, Rows, Run, read_rows

_HEADING_WORDS = 8
_HEADING_LENGTH = 80
_PARAGRAPH = 60
_FIELD = re.compile(r"[^\W\d_][^\n:.,;!?]{0,34}+: ?+\S")
_FIELD_LENGTH = 120
_FIELD_WORDS = 4
_MARKED_PAGE = 5  # marks from which on a page counts as marked: what then has none is the text of an image
_NO_HEADING = re.compile(r"[,|@]|[.!?] ")
_INDENT = 2
_APART = 3  # blank rows above what no longer belongs to a heading
_LONGEST_WORD = 40
_WORD = re.compile(r"[^\W\d_]++")
_SPLIT_WORD = re.compile(r"-[ \r]*+\n")


def clean_tarsier(body: MappedText) -> Cleaned:
    """The blocks of a page that Tarsier read, in reading order.

    Borders, footers, marks, bold marks and bullets are taken out; columns side by side are read one after the other;
    wrapped lines are put together; what OCR did to words is put right and recorded as repair. Menus, footers, buttons and other
    openings are kept apart, as ``dropped`` blocks.

    >>> page = "---------------------\\n **[ 1 ] Cook**     [ @ 9 ] Apply\\n\\n [ 2 ] Duties\\n  • [ 3 ] Do top - tier\\n    work"
    >>> [(block.kind.name, block.body.text) for block in clean_tarsier(MappedText.of(page)).blocks]
    [('HEADING', 'Cook'), ('HEADING', 'Duties'), ('ITEM', 'Do top-tier work')]
    """
    text = body.text
    rows = read_rows(text)
    columns, aside = in_reading_order(find_elements(text, rows), rows)
    page = _Page.of(body)
    shown = [[_shown(page, element) for element in column] for column in columns]
    blocks = _blocks(shown, rows)
    reasons = _reasons(text, [one.element for column in shown for one in column], blocks)
    kept = tuple(block for block, reason in zip(blocks, reasons, strict=True) if reason is None)
    found = set(rows.found)
    if any(reasons):
        found.add("selection")
    if aside:
        found.add("columns")
    if any(one.element.lines > 1 for column in shown for one in column):
        found.add("lines")
    if any(block.body.repaired for block in blocks):
        found.add("repairs")
    names = ("borders", "footers", "marks", "bold", "bullets", "columns", "lines", "selection", "repairs")
    steps = tuple(f"tarsier:{name}" for name in names if name in found)
    return Cleaned(
        kept,
        (),
        steps,
        lambda: tuple(replace(block, dropped=reason) for block, reason in zip(blocks, reasons, strict=True) if reason),
    )


def _reasons(text: str, elements: Sequence[Element], blocks: Sequence[Block]) -> Sequence[Dropped | None]:
    """For each element why it is no part of the posting, as on the page that was read."""
    page = Box(None, "body", 0, len(blocks))
    lines = []
    for element, block in zip(elements, blocks, strict=True):
        size = len(block.body)
        role = Role.HEADING if block.kind is Kind.HEADING else Role.FLOW
        ranges = [(run.start, run.end) for run in element.runs]
        lines.append(Line(ranges, Holder(role, 2), element.bold, page, size, size * (element.mark is Mark.LINK)))
    return selected(text, Walk(lines), titles=())


class _Shown(NamedTuple):
    """An element with its cleaned text."""

    element: Element
    body: MappedText


class _Page(NamedTuple):
    """What is known of the page when the text of an element is put together."""

    body: MappedText
    words: frozenset[str]  # of the page, in lower case; empty where no line ends in a hyphen
    about_ai: bool

    @classmethod
    def of(cls, body: MappedText) -> _Page:
        text = body.text
        words = frozenset(_WORD.findall(text.lower())) if _SPLIT_WORD.search(text) else frozenset()
        return cls(body, words, is_about_ai(text))


def _shown(page: _Page, element: Element) -> _Shown:
    parts = [part for runs in _stretches(page.body.text, element.runs) if (part := _stretch(page, runs)).text]
    joined = parts[0] if len(parts) == 1 else MappedText.join(parts)
    return _Shown(element, repair(joined, about_ai=page.about_ai))


def _stretches(text: str, runs: Sequence[Run]) -> Iterator[Sequence[Run]]:
    """The runs in groups that nothing but blanks and marks lies between."""
    start = 0
    for index, (one, other) in enumerate(pairwise(runs), 1):
        between = text[one.raw_end : other.raw_start]
        if other.raw_start < one.raw_end or (between and not between.isspace()):
            yield runs[start:index]
            start = index
    yield runs[start:]


def _stretch(page: _Page, runs: Sequence[Run]) -> MappedText:
    """The text of runs behind each other: each run of white space between two is one blank, marks are cut out."""
    runs = _without_empty(runs)
    start, end = runs[0].start, runs[-1].end
    if len(runs) == 1 and not runs[0].cuts:
        return page.body[start:end]
    edits: list[Edit] = []
    for index, run in enumerate(runs):
        if index:
            edits.extend(_seam(page, runs[index - 1], run))
        edits.extend(Edit(first, last) for first, last in run.cuts)
    kept = (edit for edit in edits if edit.text or edit.end > edit.start)
    moved = [Edit(edit.start - start, edit.end - start, edit.text, edit.repair) for edit in kept]
    return page.body[start:end].edit(moved).strip()


def _without_empty(runs: Sequence[Run]) -> list[Run]:
    """The runs, where one of nothing but marks belongs to the one before it."""
    result: list[Run] = []
    for run in runs:
        if result and run.start == run.end:
            result[-1] = result[-1]._replace(raw_end=run.raw_end)
        else:
            result.append(run)
    return result


def _seam(page: _Page, before: Run, after: Run) -> Iterator[Edit]:
    """What puts two runs together: the marks at their ends deleted, the white space one blank, a split word joined."""
    text = page.body.text
    if before.end == before.raw_end and _is_split(text, before, after):
        first = _WORD.findall(text, max(before.start, before.end - _LONGEST_WORD), before.end - 1)[-1]
        last = _WORD.match(text, after.start, after.start + _LONGEST_WORD)
        known = last is not None and (first + last.group()).lower() in page.words
        yield Edit(before.end - 2, after.raw_start, text[before.end - 2] + ("" if known else "-"), repair=True)
    else:
        yield Edit(before.end, before.raw_end)
        yield Edit(before.raw_end, after.raw_start, " ")
    yield Edit(after.raw_start, after.start)


def _is_split(text: str, before: Run, after: Run) -> bool:
    """Whether a word goes on in the next line behind a hyphen."""
    if text[before.end - 1] != "-" or not text[after.start : after.start + 1].islower():
        return False
    whole = before.end - before.start > 1 and not (before.cuts and before.cuts[-1][1] > before.end - 2)
    return whole and text[before.end - 2].isalpha()


def _blocks(columns: Sequence[Sequence[_Shown]], rows: Rows) -> list[Block]:
    """The elements as blocks, told apart by how they look and by what stands around them in their column."""
    indents = _list_indents(shown.element for column in columns for shown in column)
    blocks: list[Block] = []
    for column in columns:
        gaps = [rows.blanks[after.element.first] - rows.blanks[before.element.last] for before, after in pairwise(column)]
        blocks.extend(_column_blocks(column, [_APART, *gaps, _APART], indents, rows))
    return blocks


def _column_blocks(column: Sequence[_Shown], gaps: Sequence[int], indents: frozenset[int], rows: Rows) -> list[Block]:
    marked = rows.marks >= _MARKED_PAGE
    items = _items(column, gaps, indents, marked=marked)
    blocks: list[Block] = []
    below: Kind | None = None
    for index in range(len(column) - 1, -1, -1):
        shown = column[index]
        if items[index]:
            block = Block(shown.body, Kind.ITEM, 1)
        elif shown.element.bold and (shown.element.mark or not marked):
            block = Block(shown.body, Kind.HEADING, 1)
        elif _is_field(shown):
            block = Block(shown.body, Kind.FIELD)
        elif _looks_like_heading(shown, marked=marked) and (
            (below not in (None, Kind.FIELD) and gaps[index + 1] < _APART) or _is_isolated(shown, gaps[index : index + 2], rows)
        ):
            block = Block(shown.body, Kind.HEADING, 2)
        else:
            block = Block(shown.body)
        below = _weight(block)
        blocks.append(block)
    return blocks[::-1]


def _weight(block: Block) -> Kind | None:
    """What a heading may stand above: a heading, an item, or a paragraph (not a short line)."""
    if block.kind is not Kind.SENTENCE:
        return block.kind
    text = block.body.text
    return Kind.SENTENCE if len(text) >= _PARAGRAPH or text[-1:] in ".!?" else None


def _list_indents(elements: Iterable[Element]) -> frozenset[int]:
    """The columns of the page in which the text of a list item begins whose bullet was not read."""
    bullets = {(element.x, element.text_x) for element in elements if element.bullet}
    texts = {text_x + jitter for _, text_x in bullets for jitter in (-1, 0, 1)}
    return frozenset(texts - {x + jitter for x, _ in bullets for jitter in (-1, 0, 1)})


def _items(column: Sequence[_Shown], gaps: Sequence[int], indents: frozenset[int], *, marked: bool) -> list[bool]:
    """Which elements are items of a list: those with a bullet, and their siblings whose bullet was not read.

    A sibling begins where the text behind the bullets begins, right below an item or a line that introduces a list.
    """
    result = [shown.element.bullet for shown in column]
    for index, shown in enumerate(column):
        element = shown.element
        if index == 0 or result[index] or element.bold or element.x not in indents or gaps[index] > 1:
            continue
        if element.mark is Mark.LINK or (marked and not element.mark):
            continue
        result[index] = result[index - 1] or _introduces(column[index - 1], element, marked=marked)
    return result


def _introduces(above: _Shown, element: Element, *, marked: bool) -> bool:
    """Whether a list that is set in from what stands above it begins with an element."""
    if element.x - above.element.x < _INDENT:
        return False
    return above.element.bold or above.body.text.endswith(":") or _looks_like_heading(above, marked=marked)


def _is_field(shown: _Shown) -> bool:
    """Whether it reads "Key: value": a short key, and a value of one line or so."""
    text = shown.body.text
    if len(text) > _FIELD_LENGTH or shown.element.mark is Mark.LINK:
        return False
    found = _FIELD.match(text)
    key = found.group().partition(":")[0] if found is not None else ""
    return key != "" and key.count(" ") < _FIELD_WORDS and not text.startswith("://", len(key))


def _looks_like_heading(shown: _Shown, *, marked: bool) -> bool:
    """Whether it is short, begins like a heading and ends like one; what has an icon, or stands in a line of others, is none."""
    text, element = shown.body.text, shown.element
    if len(text) > _HEADING_LENGTH or element.mark is Mark.LINK or (marked and not element.mark) or element.lines > 2:
        return False
    if element.leader is not None or element.tail is not None or element.x != element.text_x:
        return False
    if not (text[0].isupper() or text[0].isdigit()) or text[-1] in ".!,;" or text.count(" ") >= _HEADING_WORDS:
        return False
    return text[-1] == ":" or not _NO_HEADING.search(text)


def _is_isolated(shown: _Shown, gaps: Sequence[int], rows: Rows) -> bool:
    """Whether a few words stand alone: blank rows above and below, nothing at their sides; or are all in capitals."""
    text, element = shown.body.text, shown.element
    if text.isupper():
        return True
    alone = gaps[0] > 0 and gaps[1] > 0 and all(len(rows.runs[run.row]) == 1 for run in element.runs)
    return alone and element.mark is Mark.TEXT and " " in text and not text[-1].isdigit()

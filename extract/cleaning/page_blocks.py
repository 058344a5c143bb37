"""From the visible lines of a page to blocks: headings, items, fields, cells and paragraphs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from extract.cleaning.characters import fold_space
from extract.cleaning.document import Block, Dropped, Edit, Kind, MappedText
from extract.cleaning.entities import unescape_entities
from extract.cleaning.page_lines import Holder, Line, Ranges, Role, Row, Walk
from extract.cleaning.page_shapes import bullet_width, is_blank, is_heading_line, is_label, number_mark

FIELD_LENGTH = 200  # characters; what is longer beside a label is a section of its own
ITEM_LENGTH = 1500  # characters; what is longer, or has more lines, is a list that only lays a page out
ITEM_LINES = 6
BOLD_RUN = 3  # so many bold lines in a row may be headings: of a posting, of a section, of a part of it
LINE_HEADING = 6  # the level of a heading that is one by its looks alone


class Text(NamedTuple):
    """A line as it reads, entities undone; ``bold``: all of its words are."""

    body: MappedText
    bold: bool
    holder: Holder


class Group(NamedTuple):
    """Neighbouring lines of one element."""

    holder: Holder
    lines: list[Text]


def gathered(body: MappedText, ranges: Ranges) -> MappedText:
    """The ranges of a text put together; an empty range is read as a blank."""
    first, last = ranges[0][0], ranges[-1][1]
    if len(ranges) == 1:
        return body[first:last]
    edits: list[Edit] = []
    done = first
    for start, end in ranges:
        if start > done:
            edits.append(Edit(done - first, start - first))
        if start == end:
            edits.append(Edit(start - first, start - first, " "))
        done = end
    return body[first:last].edit(edits)


def to_blocks(
    body: MappedText, lines: Iterable[Line], *, read: Callable[[MappedText], MappedText] = unescape_entities
) -> Iterator[Block]:
    """The blocks of the page in reading order; ``read`` gives what the characters of a line stand for."""
    groups = [Group(key, list(members)) for key, members in groupby(_texts(body, lines, read), key=lambda text: text.holder)]
    sizes = Counter(group.holder.list for group in groups if group.holder.role is Role.ITEM)
    at = before = 0
    while at < len(groups):
        group = groups[at]
        number = group.holder.list
        if before and number and before != number and sizes[before] > 1 and sizes[number] > 1:
            yield Block(MappedText.of(""))  # nothing stands between two lists; an empty block keeps them apart
        before = number
        row = group.holder.row
        end = at + 1
        if group.holder.role is Role.CELL and row is not None and not row.layout:
            while end < len(groups) and groups[end].holder.row is row:
                end += 1
            yield from _row(row, groups[at:end])
        elif group.holder.role is Role.TERM:
            while end < len(groups) and groups[end].holder.role is Role.DETAIL:
                end += 1
            yield from _defined(group, groups[at + 1 : end])
        else:
            yield from _group(group)
        at = end


def as_it_is(body: MappedText) -> MappedText:
    """How lines read that were no markup."""
    return body


def dropped_blocks(body: MappedText, found: Walk, reasons: Sequence[Dropped | None]) -> tuple[Block, ...]:
    """The lines that are no part of the posting and what stands in no line, a block each, as they read."""
    left = [(line.ranges, reason) for line, reason in zip(found.lines, reasons, strict=True) if reason]
    left += [([(start, end)], reason) for start, end, reason in found.asides]
    read = ((fold_space(unescape_entities(gathered(body, ranges))), reason) for ranges, reason in left)
    return tuple(Block(text, dropped=reason) for text, reason in read if not is_blank(text.text))


def _texts(body: MappedText, lines: Iterable[Line], read: Callable[[MappedText], MappedText]) -> Iterator[Text]:
    """The lines as they read; an empty one is left out, and a bullet on a line of its own belongs to the next line."""
    bullet: MappedText | None = None
    for line in lines:
        words = read(gathered(body, line.ranges)).strip()
        if is_blank(words.text):
            bullet = words if bullet_width(words.text + " x") == len(words.text) + 1 else None
            continue
        yield Text(MappedText.join([bullet, words]) if bullet and len(bullet) == 1 else words, line.bold, line.holder)
        bullet = None


def _group(group: Group) -> Iterator[Block]:
    """The blocks of lines that are no part of a table or a list of definitions."""
    role = group.holder.role
    if role is Role.HEADING:
        yield Block(_together(group.lines), Kind.HEADING, group.holder.level)
    elif role is Role.ITEM:
        yield from _item(group)
    else:
        yield from _flow(group.lines)


def _item(group: Group) -> Iterator[Block]:
    lines, level = group.lines, group.holder.level
    marked = [bool(bullet_width(line.body.text)) for line in lines]
    if len(lines) > ITEM_LINES or sum(len(line.body) for line in lines) > ITEM_LENGTH:
        yield from _flow(lines, level=level)
    elif len(lines) > 1 and any(marked[1:]):
        first = marked.index(True)
        if first:
            yield Block(_together(lines[:first]), Kind.ITEM, level)
        yield from _flow(lines[first:], level=level + 1 if first else level)
    else:
        yield Block(_unmarked(_together(lines)), Kind.ITEM, level)


def _flow(lines: Sequence[Text], *, level: int = 1) -> Iterator[Block]:
    """The blocks of lines one below the other: an item where it has a mark, a heading where it stands out."""
    numbers = [number_mark(line.body.text) for line in lines]
    headings = _headings(lines)
    for at, line in enumerate(lines):
        number, width = numbers[at]
        counted = number and (
            (at > 0 and numbers[at - 1][0] == number - 1 > 0) or (at + 1 < len(lines) and numbers[at + 1][0] == number + 1)
        )
        width = width if counted else bullet_width(line.body.text)
        if width and width < len(line.body):
            yield Block(line.body[width:], Kind.ITEM, level)
        elif headings[at]:
            yield _as_heading(line.body)
        else:
            yield Block(line.body)


def _headings(lines: Sequence[Text]) -> list[bool]:
    """For each line whether it is a heading by its looks: not in a run of bold lines, where none stands out."""
    looks = [line.bold and is_heading_line(line.body.text) for line in lines]
    runs = [(bold, len(list(run))) for bold, run in groupby(looks)]
    return [bold and length <= BOLD_RUN for bold, length in runs for _ in range(length)]


def _defined(term: Group, details: Sequence[Group]) -> Iterator[Block]:
    """A term and what is said of it."""
    label = _together(term.lines)
    values = [line for detail in details for line in detail.lines]
    field = _field(label, values)
    if field:
        yield field
        return
    yield _as_heading(label) if is_heading_line(label.text) else Block(label)
    yield from _flow(values)


def _row(row: Row, cells: Sequence[Group]) -> Iterator[Block]:
    """The blocks of a row of a table."""
    fields = _paired(cells)
    if fields:
        yield from fields
        return
    section = len(cells) == 2 and _is_section(cells[0], cells[1])
    for at, cell in enumerate(cells):
        whole = _together(cell.lines)
        if (section and at == 0) or (len(cells) == 1 and cell.holder.header and is_heading_line(whole.text)):
            yield _as_heading(whole)
        elif row.cells > 1 and len(cell.lines) == 1 and not section and not bullet_width(whole.text):
            yield Block(whole, Kind.CELL)
        else:
            yield from _flow(cell.lines)


def _is_section(label: Group, text: Group) -> bool:
    """Whether a row of two cells is the heading of a section and the section."""
    length = sum(len(line.body) for line in text.lines)
    return len(label.lines) == 1 and is_label(label.lines[0].body.text) and (length > FIELD_LENGTH or len(text.lines) > 1)


def _paired(cells: Sequence[Group]) -> list[Block]:
    """The row as fields, if it is label and value, label and value; else nothing."""
    labels, values = cells[::2], cells[1::2]
    if len(labels) != len(values) or any(value.holder.header for value in values):
        return []
    sure = all(label.holder.header or label.lines[-1].body.text.endswith(":") for label in labels)
    if len(cells) != 2 and not sure:
        return []
    fields = [_field(_together(label.lines), value.lines) for label, value in zip(labels, values, strict=True)]
    return [field for field in fields if field] if all(fields) else []


def _field(label: MappedText, values: Sequence[Text]) -> Block | None:
    """Label and value as one block, if they are that short and plain."""
    length = sum(len(value.body) for value in values)
    if not values or length > FIELD_LENGTH or not is_label(label.text) or any(bullet_width(value.body.text) for value in values):
        return None
    if len(values) > 1 and any(value.body.text.endswith((".", "!", "?")) for value in values[:-1]):
        return None  # sentences
    value = MappedText.join([value.body for value in values], ", ")
    return Block(MappedText.join([label, value], " " if label.text.endswith(":") else ": "), Kind.FIELD)


def _as_heading(body: MappedText) -> Block:
    return Block(body, Kind.HEADING, LINE_HEADING)


def _together(lines: Sequence[Text]) -> MappedText:
    return lines[0].body if len(lines) == 1 else MappedText.join([line.body for line in lines])


def _unmarked(body: MappedText) -> MappedText:
    width = bullet_width(body.text)
    return body[width:] if 0 < width < len(body) else body

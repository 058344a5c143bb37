"""Plain text: lines become blocks; wrapped lines are joined, bullets and heading marks read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from extract.cleaning.characters import INVISIBLE
from extract.cleaning.document import Block, Cleaned, Kind, MappedText
from extract.cleaning.headings import field_key, is_heading
from extract.cleaning.limits import MAX_LINE_ENDS, bounded
from extract.cleaning.marks import is_rule, leading_mark, leading_number

_LINE = re.compile(r"(?P<line>[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]*+)(?:\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]|\Z)")
_INVISIBLE = re.compile(rf"[{INVISIBLE}]++")
_UNDERLINE = re.compile(r"[-=]{3,}+")
_SENTENCE_END = re.compile(r"[.!?:;…][\"'”’»)]*+$")

MIN_WIDTH = 50
"""Columns: mail programs wrap at 72 or thereabouts, none at less than this."""
MAX_WIDTH = 100
_SLACK = 4
_LONG = 40
_UNDERLINED = 80
_DASHES = "•·▪●○◦‣–—−"


class _Line(NamedTuple):
    """A line of the text: its range without the blanks around it, and what it reads as."""

    start: int
    end: int
    text: str
    indent: int


class _Draft(NamedTuple):
    """A block that is being gathered."""

    start: int
    end: int
    kind: Kind
    level: int
    last: _Line


def clean_text(body: MappedText) -> Cleaned:
    """The blocks of a plain text.

    A blank line, a bullet, a heading, a field or a line that ends before the margin begins a new block; a full line of a text
    that is wrapped at a margin goes on in the next. Rules drawn with dashes go; a line that they underline is a heading.
    ``CleanDocument.text`` is read back as it was.

    >>> cleaned = clean_text(MappedText.of("# Tasks\\n- Write\\n  tests\\n- Run them\\n\\nStart: May"))
    >>> [(block.kind.value, block.body.text) for block in cleaned.blocks]
    [('heading', 'Tasks'), ('item', 'Write\\n  tests'), ('item', 'Run them'), ('sentence', 'Start: May')]
    """
    lines = list(bounded(_lines(body.text), MAX_LINE_ENDS, "lines"))
    drafts = _drafts(body.text, lines, _margin(lines))
    blocks = tuple(Block(body[draft.start : draft.end], draft.kind, draft.level) for draft in drafts)
    return Cleaned(blocks, steps=("text:lines",) if len(blocks) > 1 else ())


def _lines(text: str) -> Iterator[_Line]:
    for match in _LINE.finditer(text):
        line = match["line"]
        visible = _INVISIBLE.sub("", line)
        stripped = visible.strip()
        start = match.start() + len(line) - len(line.lstrip())
        yield _Line(start, match.start() + len(line.rstrip()), stripped, len(visible) - len(visible.lstrip()))


def _margin(lines: list[_Line]) -> int | None:
    """The column that the text is wrapped at, or None: most long lines end shortly before it."""
    lengths = sorted(len(line.text) for line in lines if len(line.text) >= MIN_WIDTH)
    if len(lengths) < 2:
        return None
    wrapped = [length for length in lengths if length <= MAX_WIDTH]
    if len(wrapped) < 0.8 * len(lengths):
        return None
    return wrapped[int(len(wrapped) * 0.8)]


def _drafts(text: str, lines: list[_Line], margin: int | None) -> Iterator[_Draft]:
    draft: _Draft | None = None
    for line in lines:
        if not line.text or is_rule(line.text):
            if draft is not None:
                yield draft._replace(kind=Kind.HEADING, level=2) if _is_underlined(draft, line.text) else draft
            draft = None
        elif draft is not None and _goes_on(draft, line, margin):
            draft = draft._replace(end=line.end, last=line)
        else:
            if draft is not None:
                yield draft
            draft = _opened(line, text[line.start : line.end])
    if draft is not None:
        yield draft


def _is_underlined(draft: _Draft, rule: str) -> bool:
    """Whether a rule makes the block above it a heading: one short line, neither a sentence nor a field."""
    title = draft.last.text
    single = draft.kind is Kind.SENTENCE and draft.start == draft.last.start and len(title) <= _UNDERLINED
    return single and _UNDERLINE.fullmatch(rule) is not None and title[-1] not in ".,;" and field_key(title) is None


def _opened(line: _Line, raw: str) -> _Draft:
    """The block that a line begins, without its marks."""
    mark = leading_mark(raw)
    if not mark.end or mark.kind is None or (not raw[0].isascii() and raw[0] not in _DASHES):
        return _Draft(line.start, line.end, Kind.SENTENCE, 0, line)
    return _Draft(line.start + mark.end, line.end, mark.kind, mark.level, line)


def _goes_on(draft: _Draft, line: _Line, margin: int | None) -> bool:
    """Whether a line belongs to the block of the line before it."""
    last = draft.last.text
    if draft.kind is Kind.HEADING or _begins_block(line.text) or (draft.start == draft.last.start and is_heading(last)):
        return False
    if margin is not None and len(last) + 1 + len(line.text[:24].split(maxsplit=1)[0]) > margin - _SLACK:
        return True
    if _SENTENCE_END.search(last[-8:]) or not line.text[0].islower():
        return False
    return len(last) >= _LONG or (draft.kind is Kind.ITEM and line.indent > 0)


def _begins_block(text: str) -> bool:
    """Whether a line begins a block whatever is before it: a mark, a heading, a field."""
    if leading_mark(text).end or leading_number(text) or is_heading(text):
        return True
    key = field_key(text)
    return key is not None and (key.known or key.text.isupper())

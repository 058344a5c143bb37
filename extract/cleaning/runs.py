"""One cut of a text into parts: by marks, headings, fields, lost separators, sentences, whichever comes first."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from extract.cleaning.document import Kind
from extract.cleaning.headings import (
    Key,
    begins_with_about,
    field_key,
    heading_section,
    is_field,
    is_heading,
    opens_section,
    phrase_after,
)
from extract.cleaning.marks import inline_bullets, leading_mark, leading_number
from extract.cleaning.sentences import begins_with_date, sentence_starts
from extract.cleaning.separators import SETTLED_LENGTH, Cut, Loss, lost_separators

SHAPE_LEVEL = 6
"""The level of a heading that no markup shows."""
_HEADING_WORDS = 40
_HEADING_REST = 4
_REPEATED = re.compile(
    r"(?P<about>\w{2,8}+(?: \w{2,8}+)?) (?P<name>\w[\w&.’'-]{1,29}+(?: \w[\w&.’'-]{1,29}+)?) (?P=name)(?=[ ’'])"
)
_WORDED = frozenset({Kind.SENTENCE, Kind.FIELD, Kind.CELL})


class Part(NamedTuple):
    """``[start, end)`` of a text and what it is; ``joined``: it goes on in the block of the part before it.

    ``settled``: no separator is lost in it. That is so in a text that was looked at, and in the sentences of one that is not
    too long, because each test sees less of a shorter text; looking again would only take time.
    """

    start: int
    end: int
    kind: Kind
    level: int = 0
    joined: bool = False
    step: str = ""
    settled: bool = False


def parts_of(text: str, kind: Kind, level: int, *, settled: bool = False) -> list[Part]:
    """The parts of a folded text after one cut, or one part of another kind; nothing if it is to stay as it is.

    >>> parts_of("Benefits: free lunch, a bicycle and parental leave.", Kind.SENTENCE, 0)[0]
    Part(start=0, end=9, kind=<Kind.HEADING: 'heading'>, level=6, joined=False, step='', settled=False)
    """
    mark = leading_mark(text)
    if mark.end:
        if kind not in _WORDED:
            return [Part(mark.end, len(text), kind, level)]
        if mark.kind is Kind.ITEM and not text[0].isascii() and _names_itself(text[mark.end :]):
            return [Part(mark.end, len(text), Kind.SENTENCE)]
        return [Part(mark.end, len(text), mark.kind or kind, mark.level)]
    if kind is Kind.HEADING:
        return _heading_parts(text, level, settled=settled)
    if kind is Kind.ITEM:
        return _bullet_parts(text, kind, level) or _run_parts(text, lost_separators(text), kind, level)
    return _worded_parts(text, kind, settled=settled)


def _becomes(kind: Kind, text: str, level: int = 0) -> list[Part]:
    return [Part(0, len(text), kind, level, settled=True)]


def _names_itself(text: str) -> bool:
    """Whether a line after an emoji is a heading or a field that the vocabulary knows."""
    if not text or leading_mark(text).end:
        return False
    key = field_key(text)
    return key.known if key else heading_section(text) is not None


def _heading_parts(text: str, level: int, *, settled: bool) -> list[Part]:
    if text.count(" ") >= _HEADING_WORDS:
        return [Part(0, len(text), Kind.SENTENCE)]
    cuts = [] if settled else lost_separators(text)
    if not cuts:
        return []
    edges = [cut.at for cut in cuts]
    rest = [Part(start, end, Kind.SENTENCE) for start, end in zip(edges, [*edges[1:], len(text)], strict=True)]
    return [Part(0, edges[0], Kind.HEADING, level, step="separators"), *rest]


def _worded_parts(text: str, kind: Kind, *, settled: bool) -> list[Part]:
    number = leading_number(text)
    if number and heading_section(text) is None and not begins_with_date(text):
        return _numbered_parts(text)
    if not settled and (parts := _bullet_parts(text, Kind.SENTENCE, 0)):
        return parts
    key = field_key(text)
    cuts = [] if settled else lost_separators(text)
    before_key = key is not None and any(cut.at < key.end for cut in cuts)
    if key is not None and not before_key and opens_section(text, key):
        return [Part(0, key.end, Kind.HEADING, SHAPE_LEVEL), Part(key.end, len(text), Kind.SENTENCE)]
    if key is None and not cuts and is_heading(text):
        return _becomes(Kind.HEADING, text, SHAPE_LEVEL)
    parts = _run_parts(text, cuts, Kind.SENTENCE, 0)
    if not parts and key is None:
        parts = _opening_parts(text)
    if not parts and not settled:
        parts = _sentence_parts(text, kind)
    if not parts and (found := _worded_kind(text, kind, key)) is not kind:
        return _becomes(found, text)
    return parts


def _numbered_parts(text: str) -> list[Part]:
    """The items of "1. Write tests. 2. Run them.": an item for each number that begins a sentence."""
    edges = [0, *(start for start in sentence_starts(text) if leading_number(text, start)), len(text)]
    return [
        Part(leading_number(text, start), end, Kind.ITEM, 1, step="separators" if start else "") for start, end in pairwise(edges)
    ]


def _worded_kind(text: str, kind: Kind, key: Key | None) -> Kind:
    if kind is Kind.CELL:
        return kind
    if kind is Kind.FIELD and key_end(text):
        return kind
    return Kind.FIELD if key is not None and is_field(text, key) else Kind.SENTENCE


def key_end(text: str) -> int:
    """Where the name of a field ends, just after its colon."""
    key = field_key(text)
    return key.end if key is not None else text.find(":", 0, 120) + 1


def _opening_parts(text: str) -> list[Part]:
    """A heading that begins a paragraph without a colon: "Minimum Qualifications Currently has …", "About Acme Acme is …"."""
    end = phrase_after(text, 0)
    if end is None and begins_with_about(text):
        match = _REPEATED.match(text)
        end = match.end("name") if match and heading_section(match["about"] + " Us") else None
    if end is None or text.count(" ", end) <= _HEADING_REST or text[end : end + 2].lstrip().startswith(":"):
        return []
    return [Part(0, end, Kind.HEADING, SHAPE_LEVEL, step="separators"), Part(end, len(text), Kind.SENTENCE)]


def _bullet_parts(text: str, kind: Kind, level: int) -> list[Part]:
    bullets = inline_bullets(text, item=kind is Kind.ITEM)
    if not bullets:
        return []
    ends = [start for start, _ in bullets[1:]] + [len(text)]
    items = [Part(start, end, Kind.ITEM, max(level, 1)) for (_, start), end in zip(bullets, ends, strict=True)]
    return [Part(0, bullets[0][0], kind, level, step="separators"), *items]


def _sentence_parts(text: str, kind: Kind) -> list[Part]:
    starts = sentence_starts(text)
    if not starts:
        return []
    edges = [0, *starts, len(text)]
    cell = Kind.CELL if kind is Kind.CELL else Kind.SENTENCE
    settled = len(text) <= SETTLED_LENGTH
    return [Part(start, end, cell, joined=start > 0, step="sentences", settled=settled) for start, end in pairwise(edges)]


def _run_parts(text: str, cuts: list[Cut], kind: Kind, level: int) -> list[Part]:
    """The parts between lost separators; those that read as the items of a list are items."""
    if not cuts:
        return []
    edges = [0, *(cut.at for cut in cuts), len(text)]
    losses = [None, *(cut.loss for cut in cuts), None]
    parts: list[Part] = []
    for index, (start, end) in enumerate(pairwise(edges)):
        joined = losses[index] is Loss.STOP
        parts.append(Part(start, end, Kind.SENTENCE, joined=joined, step="separators"))
    if kind is Kind.ITEM:
        headings = [is_heading(text[part.start : part.end].strip()) for part in parts]
        return [part if heading else part._replace(kind=kind, level=level) for part, heading in zip(parts, headings, strict=True)]
    return _with_items(text, parts, losses)


def _with_items(text: str, parts: list[Part], losses: list[Loss | None]) -> list[Part]:
    """Two parts or more that follow each other and read as items are items; so is the first sentence of the part after them."""
    shapes = [_reads_as_item(text[part.start : part.end].strip(), losses[i], losses[i + 1]) for i, part in enumerate(parts)]
    done: list[Part] = []
    index = 0
    while index < len(parts):
        run = _run_length(shapes, losses, index)
        for part, shape in zip(parts[index : index + run], shapes[index : index + run], strict=True):
            cut = part.end if shape == _WHOLE else part.start + shape
            done.append(Part(part.start, cut, Kind.ITEM, 1, step="separators"))
            if cut < part.end:
                done.append(Part(cut, part.end, Kind.SENTENCE))
        if not run:
            done.append(parts[index])
        index += run or 1
    return done


def _run_length(shapes: list[int], losses: list[Loss | None], index: int) -> int:
    """How many parts from ``index`` on are the items of one list: at least two after a heading or a colon, else three."""
    end = index
    while end < len(shapes) and shapes[end] == _WHOLE:
        end += 1
    if index < end < len(shapes) and shapes[end]:
        end += 1
    least = 2 if losses[index] in (Loss.AFTER_HEADING, Loss.COLON) else 3
    return end - index if end - index >= least else 0


_WHOLE = -1


def _reads_as_item(text: str, left: Loss | None, right: Loss | None) -> int:
    """0: no item; -1: all of it; otherwise how much of it, up to the end of its first sentence."""
    if left is Loss.BEFORE_HEADING or right in (Loss.COLON, Loss.AFTER_HEADING) or not text:
        return 0
    key = field_key(text)
    if (key is not None and key.known) or is_heading(text):
        return 0
    starts = sentence_starts(text)
    if left in (None, Loss.STOP):
        return _WHOLE if right in (Loss.ITEM, Loss.BEFORE_HEADING) and not starts and text.count(" ") < 30 else 0
    return starts[0] if starts else _WHOLE

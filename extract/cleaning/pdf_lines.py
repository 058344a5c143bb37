"""The printed lines of a PDF: which are on every page, and which go on in the next one."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from extract.cleaning.headings import field_key
from extract.cleaning.marks import leading_mark
from extract.cleaning.page_shapes import bullet_width, number_mark
from extract.containers.layout import PrintedLine

_TOP, _BOTTOM = 0.87, 0.13  # of the height of a page: the margins that running lines stand in
_STEP = 8.0  # points: how closely a running line keeps its place
_SHARE = 0.4  # of the pages: a header may be another on the left pages than on the right ones
_CLOSE = 1.45  # of the size of a font: a header or footer keeps more distance from the text
_NUMBERS = re.compile(r"\d++")
_PAGE_NUMBER = re.compile(
    r"(?i)[ \t–—|.-]*+(?P<name>(?:page|seite|p[aá]gina|pagina|side|sida|strana|p|s)\b[ \t.:]*+)?+(?P<number>\d{1,4})"
    r"(?:[ \t]*+(?:of|von|de|sur|di|av|z|/)[ \t]*+(?P<most>\d{1,4}))?+[ \t–—|.-]*+"
)
_FEW_PAGES, _YEARS = 99, 1900
HYPHENED = re.compile(r"([^\W\d_]+)-\Z")
"""The end of a line that may part a word."""
_ENDS = re.compile(r"[.!?:;…][\"'”’»)]*+\Z")
LARGER = 1.15
"""How many times the size of the running text a heading has at least."""
_SAME_SIZE = 0.08
_NEARLY = (0.95, 0.9)  # how far the full lines of a column reach, where their ends are not flush
_SPREAD = 1.25  # how much more than usual two lines of a paragraph may be apart
_USUAL = 1.3  # of the size of the font, where there are no lines to measure
_INDENT = 40.0
_ALIGNED = 3.0
_LONG = 40  # characters: lines of lists of facts are shorter, and none of them is full


class Typography(NamedTuple):
    """How a document is set: the size of its running text, and how far apart its lines are, as a multiple of that."""

    size: float
    leading: float


class Column(NamedTuple):
    """Where the lines of a column begin and end, in points; ``right`` is infinity where no two lines end alike."""

    left: float
    right: float


def _is_page_number(words: str, pages: int) -> bool:
    """Whether a line at the margin of a page counts the pages: not a year, a salary or a workload.

    >>> [_is_page_number(words, 3) for words in ("Page 7", "- 2 -", "2 / 3", "2027", "80 - 100 %", "$18 - $25")]
    [True, True, True, False, False, False]
    """
    found = _PAGE_NUMBER.fullmatch(words)
    if found is None:
        return False
    number, most = int(found["number"]), int(found["most"] or max(pages, _FEW_PAGES))  # it may be a part of a longer document
    return found["name"] is not None or number <= most < _YEARS


def running_lines(lines: Sequence[PrintedLine], text: str, *, pages: int) -> frozenset[int]:
    """The numbers of the lines that stand apart at the same place of many pages, figures aside, and of page numbers."""
    places: defaultdict[tuple[str, int], set[int]] = defaultdict(set)
    marginal: list[tuple[int, str, int]] = []
    found: set[int] = set()
    for at, line in enumerate(lines):
        if line.height and _BOTTOM < line.base / line.height < _TOP:
            continue
        words = text[line.start : line.end]
        key = " ".join(_NUMBERS.sub("0", words).split())
        step = round(line.base / _STEP)
        marginal.append((at, key, step))
        places[key, step].add(line.page)
        if len(words) < _LONG and _is_page_number(words, pages):
            found.add(at)
    least = max(2.0, _SHARE * pages)
    for at, key, step in marginal:
        if len(set().union(*(places.get((key, near), ()) for near in (step - 1, step, step + 1)))) >= least:
            found.add(at)
    found -= _joined_to_the_text(lines, found)
    return frozenset(found) if len(found) < len(lines) else frozenset()


def _joined_to_the_text(lines: Sequence[PrintedLine], running: Collection[int]) -> set[int]:
    """Those lines that go on where the text of their page ends, as closely as its own lines do."""
    joined: set[int] = set()
    order = sorted(range(len(lines)), key=lambda at: (lines[at].page, lines[at].base))
    for way in (order, order[::-1]):  # from the text up to the top, and from the text down to the bottom
        for before, at in pairwise(way):
            inner, line = lines[before], lines[at]
            close = inner.page == line.page and abs(inner.base - line.base) < _CLOSE * line.size
            if at in running and close and (before not in running or before in joined):
                joined.add(at)
    return joined


def typography(lines: Iterable[PrintedLine]) -> Typography:
    """The size that most characters have, and the lower quarter of the distances between lines of that size."""
    lines = list(lines)
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(line.size, 1)] += line.end - line.start
    size = sizes.most_common(1)[0][0] if sizes else 10.0
    gaps = sorted(
        (upper.base - lower.base) / size
        for upper, lower in pairwise(lines)
        if upper.page == lower.page and size and 0.9 * size <= upper.base - lower.base <= 3 * size
    )
    return Typography(size, gaps[len(gaps) // 4] if gaps else _USUAL)


def columns_of(lines: Sequence[PrintedLine], usual: Typography) -> list[Column]:
    """For each line the column that it stands in: lines below each other, and those that begin alike on other pages."""
    runs: list[list[PrintedLine]] = []
    for line in lines:
        above = runs[-1][-1] if runs else None
        if above is None or above.page != line.page or line.base > above.base:
            runs.append([])
        runs[-1].append(line)
    lefts = [min(line.left for line in [line for line in run if _is_text(line, usual)] or run) for run in runs]
    reached: defaultdict[int, list[float]] = defaultdict(list)
    for left, run in zip(lefts, runs, strict=True):
        reached[round(left / _INDENT)] += [line.right for line in run if _is_text(line, usual)]
    edges = {near: _edge(sorted(rights)) for near, rights in reached.items()}
    return [Column(left, edges[round(left / _INDENT)]) for left, run in zip(lefts, runs, strict=True) for _ in run]


def _is_text(line: PrintedLine, usual: Typography) -> bool:
    return usual.size <= LARGER * line.size < LARGER * LARGER * usual.size


def _edge(rights: Sequence[float]) -> float:
    """The furthest place that a tenth of the lines reach, or nearly; infinity where not even two do."""
    least = max(2, len(rights) // 10)
    for share in _NEARLY:
        for at in range(len(rights) - 1, least - 2, -1):
            if at + 1 - bisect_left(rights, share * rights[at]) >= least:
                return rights[at]
    return float("inf")


def begins_item(text: str) -> bool:
    """Whether a line begins with a bullet or a number."""
    return bool(bullet_width(text) or number_mark(text)[0] or leading_mark(text).end)


def _begins_block(text: str) -> bool:
    """Whether a line begins something whatever is before it: an item, or a field of a known name."""
    key = field_key(text)
    return begins_item(text) or (key is not None and key.known)


def goes_on(opened: PrintedLine, last: PrintedLine, line: PrintedLine, *, text: str, column: Column, usual: Typography) -> bool:
    """Whether ``line`` belongs to the paragraph that ``opened`` begins and whose last line so far is ``last``.

    It does where it is set alike, right below or on the next page, and ``last`` is full: the first word of ``line`` would not
    have found room in the ``column``; or where ``last`` parts a word.
    """
    ended, words = text[last.start : last.end], text[line.start : line.end]
    if _begins_block(words) or last.bold != line.bold or abs(last.size - line.size) > _SAME_SIZE * last.size:
        return False
    open_end = _ENDS.search(ended[-8:]) is None
    below = last.page == line.page and last.base > line.base
    if below and last.base - line.base > _SPREAD * usual.leading * max(line.size, usual.size):
        return False
    if not below and not open_end and not words[:1].islower():
        return False
    width = (line.right - line.left) / len(words)
    word = (1 + len(words.split(maxsplit=1)[0])) * width  # with the blank before it
    if below and line.size >= LARGER * usual.size:  # a heading may be centred
        return last.right - last.left + word > column.right - column.left - width
    if below and not _aligned(opened, last, line, text):
        return False
    if HYPHENED.search(ended[-8:]) and words[:1].isalpha():
        return True
    full, long = last.right + word > column.right - width, last.end - last.start >= _LONG
    return (full and long) or (open_end and words[:1].islower() and (full or long))


def _aligned(opened: PrintedLine, last: PrintedLine, line: PrintedLine, text: str) -> bool:
    """Whether a line begins where the lines of the paragraph do; its first line may be indented, or hang out."""
    if begins_item(text[opened.start : opened.end]) and line.left < opened.left - _ALIGNED:
        return False
    return abs(line.left - last.left) <= (_INDENT if last is opened else _ALIGNED)

"""The elements of a Tarsier page: runs that belong together put together."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from operator import attrgetter
from typing import NamedTuple

from extract.cleaning.tarsier_rows import Mark, Rows, Run

_ASIDE = 6  # columns that the lines of one element may lie apart
_OPEN_ROWS = 3  # rows of other columns that may lie between two lines of an element
_LONG = 50  # characters of a line that is wrapped rather than short
_LINE = 25  # characters of a line that may hold a wide gap
_LABEL = 40
_LABEL_RUNS = 3
_VALUE_GAP = 30  # columns between a name and its value
_FULL = 0.7  # of the widest line of a column
_NARROW_GAP = 3
_TERMINAL = frozenset(".:;!?")


class Element:
    """A heading, paragraph, list item, link or cell in the making: runs in reading order, and where they stand.

    ``leader``: what it follows in the same line (of a menu, of facts); ``tail``: the last text that follows it so.
    """

    __slots__ = ("bold", "bullet", "first", "last", "leader", "line_end", "line_width", "line_x", "mark", "runs", "tail", "width")

    def __init__(self, run: Run) -> None:
        self.runs = [run]
        self.mark = run.mark
        self.bullet = run.bullet
        self.bold = run.bold
        self.first = self.last = run.row
        self.line_x = run.text_x
        self.line_end = run.x + run.width
        self.line_width = self.width = run.width
        self.leader: Element | None = None
        self.tail: Element | None = None

    def add(self, run: Run) -> None:
        """Go on with a run: in the same row, or as a new line."""
        if run.row != self.last:
            self.line_x, self.last = run.text_x, run.row
            self.line_width = 0
        self.line_end = run.x + run.width
        self.line_width += run.width
        self.width = max(self.width, self.line_width)
        self.runs.append(run)

    @property
    def x(self) -> int:
        return self.runs[0].x

    @property
    def text_x(self) -> int:
        return self.runs[0].text_x

    @property
    def lines(self) -> int:
        return self.last - self.first + 1


class _Page(NamedTuple):
    """What decides whether a run goes on with an element."""

    text: str
    rows: Rows
    widths: dict[int, int]  # the widest run by column, in steps of four columns

    def last_character(self, element: Element) -> str:
        run = element.runs[-1]
        return self.text[run.end - 1] if run.end > run.start else ""

    def is_full(self, element: Element) -> bool:
        """Whether the last line of an element is so long that it may have been wrapped."""
        return element.line_width >= max(_LONG * 0.8, self.widths.get(element.line_x // 4, 0) * _FULL)

    def gap(self, element: Element, run: Run) -> int:
        """How many rows without anything lie between an element and a run."""
        return self.rows.blanks[run.row] - self.rows.blanks[element.last]


def find_elements(text: str, rows: Rows) -> list[Element]:
    """The elements of a page in the order in which they begin: lines that were wrapped are put together."""
    widths: dict[int, int] = {}
    for row in rows.runs:
        for run in row:
            bucket = run.text_x // 4
            widths[bucket] = max(widths.get(bucket, 0), run.width)
    page = _Page(text, rows, widths)
    elements: list[Element] = []
    opened: list[Element] = []
    for row in rows.runs:
        if row:
            touched = _place(row, opened, elements, page)
            opened = _still_open(opened, touched, row[0].row)
    return _with_split_titles([element for element in elements if _has_words(element, text)], page)


def _has_words(element: Element, text: str) -> bool:
    return any(character.isalnum() for run in element.runs for character in text[run.start : run.end])


def _place(row: Sequence[Run], opened: list[Element], elements: list[Element], page: _Page) -> list[Element]:
    """The elements that the runs of a row belong to; new ones are added to ``elements``."""
    touched: list[Element] = []
    columns = [element.line_x for element in opened]
    for found in row:
        run = _without_false_bullet(found, opened, columns, page) if found.bullet else found
        element = _continued(run, touched[-1] if touched else None, opened, columns, page)
        if element is None:
            element = Element(run)
            elements.append(element)
            if run.follows and touched:
                element.leader = touched[-1].leader or touched[-1]
                if run.mark is Mark.TEXT:
                    element.leader.tail = element
        else:
            element.add(run)
        if not touched or touched[-1] is not element:
            touched.append(element)
    return touched


def _without_false_bullet(run: Run, opened: list[Element], columns: list[int], page: _Page) -> Run:
    """The run, where a dash at the begin of a wrapped line is no bullet but a dash of the sentence."""
    above = _nearest(run.x, opened, columns)
    if page.text[run.raw_start] not in "-–—" or run.mark or above is None or above.last == run.row or page.gap(above, run):
        return run
    if abs(above.line_x - run.x) > 1 or page.last_character(above) in _TERMINAL or not page.is_full(above):
        return run
    return run._replace(bullet=False, start=run.raw_start, text_x=run.x)


def _still_open(opened: list[Element], touched: list[Element], row: int) -> list[Element]:
    """The elements that a later row may go on with, by column: the newest of each column."""
    kept = list({id(element): element for element in touched}.values())
    columns = sorted(element.line_x for element in kept)
    for element in opened:
        if element.last < row and row - element.last < _OPEN_ROWS:
            index = bisect_left(columns, element.line_x - _ASIDE)
            if index == len(columns) or columns[index] > element.line_x + _ASIDE:
                kept.append(element)
    return sorted(kept, key=attrgetter("line_x"))


def _continued(run: Run, left: Element | None, opened: list[Element], columns: list[int], page: _Page) -> Element | None:
    """The element that a run goes on with, if any."""
    if run.bullet or run.follows:
        return None
    above = _nearest(run.text_x, opened, columns)
    wraps = above is not None and above.last < run.row and above.bold == run.bold and _wraps(above, run, page)
    if left is not None and (run.mark or not wraps) and run.x - left.line_end <= _VALUE_GAP and _is_label(left, page):
        return left
    if above is not None and wraps:
        return above.tail or above
    if run.mark:
        return None
    if left is None:
        return _overlapping(run, None, opened, columns, page)
    if above is None or above is left:
        return _overlapping(run, left, opened, columns, page) or _spread(run, left)
    return None


def _nearest(x: int, opened: list[Element], columns: list[int]) -> Element | None:
    """The open element whose last line begins nearest to a column, if near enough."""
    index = bisect_left(columns, x)
    best, nearest = None, _ASIDE + 1
    for at in (index - 1, index):
        if 0 <= at < len(columns) and abs(columns[at] - x) < nearest:
            best, nearest = opened[at], abs(columns[at] - x)
    return best


def _overlapping(run: Run, left: Element | None, opened: list[Element], columns: list[int], page: _Page) -> Element | None:
    """The marked element right above a run that begins somewhere under its last line (centred or set to the right)."""
    index = bisect_left(columns, run.text_x + 1) - 1
    above = opened[index] if index >= 0 else None
    if above is left and index > 0:
        above = opened[index - 1]
    if above is None or above is left or not above.mark or run.row - above.last != 1 or above.bold != run.bold:
        return None
    is_under = run.text_x < above.line_end and run.x + run.width <= above.line_end + _ASIDE
    return above if is_under and run.mark is Mark.NONE and page.last_character(above) not in _TERMINAL else None


def _spread(run: Run, left: Element) -> Element | None:
    """The element at the left in the same row, where a wide gap is but one between two words of a line."""
    if left.bold != run.bold:
        return None
    gap = run.x - left.line_end
    return left if left.bold or gap <= _NARROW_GAP or left.lines > 1 or left.line_width >= _LINE else None


def _is_label(element: Element, page: _Page) -> bool:
    """Whether an element is the name of what stands at its right: short, and ends in a colon."""
    if element.bullet or len(element.runs) > _LABEL_RUNS:
        return False
    width = sum(run.end - run.start for run in element.runs)
    return 1 < width <= _LABEL and page.last_character(element) == ":"


def _wraps(above: Element, run: Run, page: _Page) -> bool:
    """Whether a run is the next line of the element above it."""
    gap = page.gap(above, run)
    begins = page.text[run.start : run.start + 1]
    end = page.last_character(above)
    if gap > 1 or (gap and not above.mark):
        return False
    goes_on = end not in _TERMINAL and (begins.islower() or begins in "(,;&/)" or end in ",-–&/(")
    if run.mark is Mark.TEXT:
        inside = gap == 0 and begins.islower() and end not in _TERMINAL  # a word in bold type at the begin of a line
        return inside and above.mark is not Mark.NONE and page.is_full(above)
    if run.mark is Mark.LINK:
        full = above.lines > 1 and above.line_width >= above.width * 0.85
        return gap == 0 and above.line_width >= _LONG and (end not in _TERMINAL or full)
    if gap:
        return end not in _TERMINAL and end != "" and (goes_on or above.line_width >= _LONG)
    if above.mark:
        return True
    return goes_on or page.is_full(above)


def _with_split_titles(elements: list[Element], page: _Page) -> list[Element]:
    """The elements, where a bold one that only goes on with a bold one in a neighbouring row is put behind it.

    "- Platform" may stand on a row above "Engineer" where a large title was read in two pieces.
    """
    bold = [element for element in elements if element.bold]
    gone: set[int] = set()
    for index, element in enumerate(bold):
        run = element.runs[0]
        begins = page.text[run.start : run.start + 1]
        if element.mark or not (begins in "-–—+&,/(" or begins.islower()):
            continue
        before, after = bold[index - 1] if index else None, bold[index + 1] if index + 1 < len(bold) else None
        if before is not None and id(before) not in gone and element.first - before.last <= 1:
            head = before
        elif after is not None and after.first - element.last <= 1 and after.x < element.x:
            head = after
        else:
            continue
        head.runs.extend(element.runs)
        head.first, head.last = min(head.first, element.first), max(head.last, element.last)
        gone.add(id(element))
    return [element for element in elements if id(element) not in gone]

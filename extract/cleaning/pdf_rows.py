"""The printed lines of a PDF that stand beside each other: cells of a table, or one line with a wide blank in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from extract.cleaning.page_lines import Row
from extract.containers.layout import PrintedLine

_SAME_FOOT = 0.3  # of the size of a font
_ALIGNED = 3.0  # points
_APART = 3.0  # of the size of a font: what is further apart was put to the two sides of the page


class Piece(NamedTuple):
    """A line, or the cell of a row."""

    line: PrintedLine
    row: Row | None = None


def pieces_of(lines: Iterable[PrintedLine], text: str) -> list[Piece]:
    """The cells of tables, and the other lines as they read.

    A row is one of a table where its cells begin at the same places as those of a row next to it, or where its first cell is a
    label with a colon. Elsewhere what stands beside each other is one line, unless it is far apart.
    """
    rows = _rows(lines, text)
    alike = [False, *(_alike(upper, lower) for upper, lower in pairwise(rows)), False]
    found: list[Piece] = []
    for at, row in enumerate(rows):
        labelled = text[row[0].start : row[0].end].endswith(":")
        if len(row) > 1 and (labelled or alike[at] or alike[at + 1]):
            cells = Row(cells=len(row))
            found += [Piece(cell, cells) for cell in row]
        else:
            found += [Piece(line) for line in _put_together(row)]
    return found


def _rows(lines: Iterable[PrintedLine], text: str) -> list[list[PrintedLine]]:
    rows: list[list[PrintedLine]] = []
    for line in lines:
        # between the two may stand what is on every page, and was left out
        if rows and _beside(rows[-1][-1], line) and not text[rows[-1][-1].end : line.start].strip():
            rows[-1].append(line)
        else:
            rows.append([line])
    return rows


def _beside(left: PrintedLine, right: PrintedLine) -> bool:
    return left.page == right.page and abs(left.base - right.base) < _SAME_FOOT * left.size and right.left > left.right


def _alike(upper: Sequence[PrintedLine], lower: Sequence[PrintedLine]) -> bool:
    """Whether two rows have their cells at the same places."""
    if len(upper) != len(lower) or len(upper) < 2:
        return False
    return all(abs(a.left - b.left) <= _ALIGNED for a, b in zip(upper, lower, strict=True))


def _put_together(row: Sequence[PrintedLine]) -> Iterator[PrintedLine]:
    whole = row[0]
    for line in row[1:]:
        if line.left - whole.right > _APART * whole.size:
            yield whole
            whole = line
        else:
            whole = whole._replace(end=line.end, right=line.right, bold=whole.bold and line.bold)
    yield whole

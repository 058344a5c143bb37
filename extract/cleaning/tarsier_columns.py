"""The reading order of a Tarsier page: region by region, in each of them column by column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter

from extract.cleaning.tarsier_layout import Element
from extract.cleaning.tarsier_rows import Mark, Rows

_COLUMN_GAP = 10  # columns of the page between two columns of text
_COLUMN_JITTER = 25  # and that two parts of one column may lie apart, if they never stand side by side
_MATCH = 8
_FAR_BELOW = 8  # blank rows that end a region
_GRID = 4  # columns of a menu or footer: what follows with but one or two columns is no part of it
_FEW = 2
_MOST_COLUMNS = 12
_NAME = 40  # characters of a name in a table of names and values


class _Column:
    """Elements below each other, and the rows that they stand in."""

    __slots__ = ("elements", "high", "low", "rows")

    def __init__(self, element: Element) -> None:
        self.low = self.high = element.x
        self.elements = [element]
        self.rows = {run.row for run in element.runs}

    def merge(self, other: _Column) -> None:
        self.low, self.high = min(self.low, other.low), max(self.high, other.high)
        self.elements.extend(other.elements)
        self.rows |= other.rows


def in_reading_order(elements: Sequence[Element], rows: Rows) -> tuple[list[list[Element]], bool]:
    """The columns of a page in reading order, and whether there were columns side by side.

    A page is read region by region from the top; in a region, each column downwards before the next one.
    """
    kept = {id(element) for element in elements}
    riders: dict[int, list[Element]] = {}
    for element in elements:
        if element.leader is not None and id(element.leader) in kept:
            riders.setdefault(id(element.leader), []).append(element)
    gone = {id(rider) for group in riders.values() for rider in group}
    leads = [element for element in elements if id(element) not in gone]
    columns: list[list[Element]] = []
    aside = was_single = False
    for region in _regions(_bands(leads, rows), rows):
        found = _columns(region)
        ordered = [sorted(column.elements, key=attrgetter("first", "x")) for column in found]
        if len(found) == 2 and _is_table(ordered):
            ordered = [sorted(region, key=attrgetter("first", "x"))]
        aside = aside or len(ordered) > 1
        if len(ordered) == 1 and was_single:
            columns[-1].extend(ordered[0])
        else:
            columns.extend(ordered)
        was_single = len(ordered) == 1
    return [[one for lead in column for one in (lead, *riders.get(id(lead), ()))] for column in columns], aside


def _is_table(columns: list[list[Element]]) -> bool:
    """Whether two columns are names and values: as many elements, row by row, all of one line, no links."""
    left, right = columns
    return (
        len(left) == len(right) > 1
        and all(one.first == other.first for one, other in zip(left, right, strict=True))
        and all(element.lines == 1 and element.mark is not Mark.LINK and element.width <= _NAME for element in left)
        and all(element.mark is not Mark.LINK for element in right)
    )


def _bands(elements: Sequence[Element], rows: Rows) -> Iterator[list[Element]]:
    """The elements in bands that a blank row lies between."""
    band: list[Element] = []
    last = -1
    for element in sorted(elements, key=attrgetter("first", "x")):
        if band and element.first > last and rows.blanks[element.first] > rows.blanks[last]:
            yield band
            band = []
        band.append(element)
        last = max(last, element.last)
    if band:
        yield band


def _regions(bands: Iterable[list[Element]], rows: Rows) -> Iterator[list[Element]]:
    """Bands put together as long as they keep to the same columns."""
    region: list[Element] = []
    shape: list[tuple[int, int]] = []
    last = 0
    for band in bands:
        columns = _columns(band)
        spans = [(column.low, column.high) for column in columns]
        far = rows.blanks[band[0].first] - rows.blanks[last] >= _FAR_BELOW
        joined = None if far or not region else _joined(shape, spans)
        if joined is None:
            if region:
                yield region
            region, shape = list(band), spans
        else:
            region.extend(band)
            shape = joined
        last = max(element.last for element in band)
    if region:
        yield region


def _joined(shape: list[tuple[int, int]], band: list[tuple[int, int]]) -> list[tuple[int, int]] | None:
    """The columns of a region with a further band, or None where the band does not keep to them."""
    if len(shape) == 1 or max(len(shape), len(band)) > _MOST_COLUMNS or (len(shape) >= _GRID and len(band) <= _FEW):
        return None
    result = list(shape)
    fresh = 0
    for low, high in band:
        match = next((at for at, (left, right) in enumerate(result) if low <= right + _MATCH and high >= left - _MATCH), None)
        if match is None:
            fresh += 1
            result.append((low, high))
        else:
            result[match] = (min(low, result[match][0]), max(high, result[match][1]))
    allowed = 0 if len(band) == 1 or len(shape) >= _GRID else 1
    return sorted(result) if fresh <= allowed else None


def _columns(elements: Iterable[Element]) -> list[_Column]:
    """The elements by column, from left to right."""
    clusters: list[_Column] = []
    for element in sorted(elements, key=attrgetter("x")):
        if clusters and element.x - clusters[-1].high < _COLUMN_GAP:
            clusters[-1].merge(_Column(element))
        else:
            clusters.append(_Column(element))
    columns: list[_Column] = []
    seen: set[int] = set()
    for cluster in clusters:
        near = columns and cluster.low - columns[-1].high < _COLUMN_JITTER and columns[-1].rows.isdisjoint(cluster.rows)
        if near or (columns and seen.isdisjoint(cluster.rows)):
            columns[-1].merge(cluster)
        else:
            columns.append(cluster)
        seen |= cluster.rows
    return columns

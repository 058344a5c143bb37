"""Whether a record agrees with gold to the letter: for tests of an engine on gold that it is known to get right.

Stricter than ``scoring``, which measures: here lists have to have their order, and texts their punctuation.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pydantic import JsonValue

from extract.evals.normalising import normalised, token_f1
from extract.evals.scorers import MIN_F1

FREE_TEXT = frozenset({"description", "company.description"})
"""Fields whose edges are a matter of taste: they are right at a token-F1 of MIN_F1 and above."""
LENGTH = "length"
"""The last part of the path of a cell that counts the objects of a list ("locations.length")."""

_SHOWN = 120


@dataclass(frozen=True, slots=True)
class Cell:
    """One field of a gold record: what is expected, and what else is as good.

    ``free_text``: compared by shared words. A list of texts is one cell, an object that is null too.
    """

    path: str
    expected: JsonValue
    accepted: tuple[JsonValue, ...] = ()
    free_text: bool = False


def gold_cells(
    expected: Mapping[str, JsonValue],
    accept: Mapping[str, Sequence[JsonValue]],
    *,
    free_text: Collection[str] = FREE_TEXT,
) -> Iterator[Cell]:
    """The cells of a gold record, in its order.

    ``accept`` holds alternatives by path; for a list each alternative is a whole list. ValueError where it names a path
    that is no cell: a slip there would loosen nothing, unnoticed.

    >>> [cell.path for cell in gold_cells({"title": "Cook", "salary": None, "locations": [{"city": "Bern"}]}, {})]
    ['title', 'salary', 'locations.length', 'locations.0.city']
    """
    cells = [
        Cell(path, value, tuple(accept.get(path, ())), path in free_text)
        for name, field in expected.items()
        for path, value in _cells(name, field)
    ]
    unknown = set(accept) - {cell.path for cell in cells}
    if unknown:
        raise ValueError(f"accept names paths that are no cells: {', '.join(sorted(unknown))}")
    yield from cells


def cell_matches(cell: Cell, record: Mapping[str, JsonValue]) -> tuple[bool, str]:
    """Whether a record (as JSON) has what the cell asks for, and a line that says what was wanted and what is there."""
    found = _value_at(record, cell.path)
    right = [cell.expected, *cell.accepted]
    if any(_equal(found, wanted, free_text=cell.free_text) for wanted in right):
        return True, f"{cell.path}: {_show(found)}"
    score = f" (token-F1 {max(_f1(found, wanted) for wanted in right):.3f})" if cell.free_text else ""
    others = f" or one of {len(cell.accepted)} alternatives" if cell.accepted else ""
    return False, f"{cell.path}: expected {_show(cell.expected)}{others}, got {_difference(found, cell.expected)}{score}"


def _cells(path: str, value: JsonValue) -> Iterator[tuple[str, JsonValue]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _cells(f"{path}.{name}", inner)
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        yield f"{path}.{LENGTH}", len(value)
        for position, item in enumerate(value):
            yield from _cells(f"{path}.{position}", item)
    else:
        yield path, value


def _value_at(record: JsonValue | Mapping[str, JsonValue], path: str) -> JsonValue:
    """What stands at a path; null where there is nothing, also where an object above it is null."""
    value: JsonValue | Mapping[str, JsonValue] = record
    for part in path.split("."):
        if isinstance(value, list):
            if part == LENGTH:
                return len(value)
            value = value[int(part)] if part.isdecimal() and int(part) < len(value) else None
        else:
            value = value.get(part) if isinstance(value, Mapping) else None
    return dict(value) if isinstance(value, Mapping) else value


def _equal(found: JsonValue, wanted: JsonValue, *, free_text: bool = False) -> bool:
    if isinstance(found, str) and isinstance(wanted, str):
        return token_f1(found, wanted) >= MIN_F1 if free_text else normalised(found) == normalised(wanted)
    if isinstance(found, list) and isinstance(wanted, list):
        return len(found) == len(wanted) and all(map(_equal, found, wanted))
    if isinstance(found, dict) and isinstance(wanted, dict):
        return found.keys() == wanted.keys() and all(_equal(found[key], wanted[key]) for key in wanted)
    if isinstance(found, bool) or isinstance(wanted, bool):
        return found is wanted
    if isinstance(found, (int, float)) and isinstance(wanted, (int, float)):
        return Decimal(str(found)) == Decimal(str(wanted))
    return found is None and wanted is None


def _f1(found: JsonValue, wanted: JsonValue) -> float:
    return token_f1(found, wanted) if isinstance(found, str) and isinstance(wanted, str) else float(_equal(found, wanted))


def _difference(found: JsonValue, wanted: JsonValue) -> str:
    """What was found; of two lists only the first entry in which they differ, as the rest would hide it."""
    if not (isinstance(found, list) and isinstance(wanted, list)):
        return _show(found)
    for position, (ours, theirs) in enumerate(zip(found, wanted, strict=False)):
        if not _equal(ours, theirs):
            return f"{len(found)} entries, entry {position}: {_show(ours)} for {_show(theirs)}"
    shorter = min(len(found), len(wanted))
    beyond = f"{_show(found[shorter:])} too much" if len(found) > len(wanted) else f"{_show(wanted[shorter:])} missing"
    return f"{len(found)} entries, {beyond}"


def _show(value: JsonValue) -> str:
    shown = repr(value)
    return shown if len(shown) <= _SHOWN else shown[:_SHOWN] + "…"

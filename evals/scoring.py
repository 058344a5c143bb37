"""A record beside gold, cell by cell: what is right, wrong, missing, invented, or rightly null.

A cell is one thing that can be right or wrong: a leaf, an entry of a list of texts, a leaf of an object in a list. What gold does
not mention is not labelled and not scored; what it says is null is scored.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import ClassVar

from pydantic import ConfigDict, JsonValue

from extract.evals.matching import MAX_OBJECTS, pair_equal, pair_objects, pair_texts
from extract.evals.scorers import Scorer, Scorers
from extract.fields import below, path_pattern


class Outcome(StrEnum):
    """What became of a cell."""

    CORRECT = "correct"
    WRONG = "wrong"  # another value than gold: a false positive and a false negative
    MISSING = "missing"  # null where gold has a value: a false negative
    INVENTED = "invented"  # a value where gold is null: a false positive
    CORRECT_NULL = "correct_null"  # null, as gold says: no part of F1


RIGHT = frozenset({Outcome.CORRECT, Outcome.CORRECT_NULL})


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as it was scored.

    ``path`` is that of gold, or of the record for what gold does not have; ``at`` is where the record has ``found``, "" for what
    it lacks. ``absent`` is the path of what gold says is null there, "" where it has a value. ``counts``: is part of the F1 of
    the document; long texts and cells that are scored as a whole are not.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")  # run files hold cells, and may come from anybody

    path: str
    outcome: Outcome
    expected: JsonValue = None
    found: JsonValue = None
    at: str = ""
    absent: str = ""
    counts: bool = True

    @property
    def field(self) -> str:
        """The path with * for positions in lists."""
        return path_pattern(self.path)


def score_record(
    expected: Mapping[str, JsonValue],
    found: Mapping[str, JsonValue],
    scorers: Scorers,
    *,
    accept: Mapping[str, Sequence[JsonValue]] | None = None,
) -> tuple[Cell, ...]:
    """The cells of gold beside those of a record, both as JSON, in the order of gold.

    ``accept`` holds what is right too, by path of gold; for a list each alternative is a whole list, and the one that fits best
    counts. What a scorer of one's own raises comes through.

    >>> from extract.schemas.job_posting import JobPosting
    >>> from extract.evals.scorers import scorers_of
    >>> gold = {"title": "Cook", "job_id": None, "benefits": ["Meals", "A room"]}
    >>> record = {"title": "COOK", "job_id": "7", "benefits": ["a room", "Free parking"], "department": "Kitchen"}
    >>> for cell in score_record(gold, record, scorers_of(JobPosting)): print(cell.path, cell.outcome)
    title correct
    job_id invented
    benefits.0 missing
    benefits.1 correct
    benefits.1 invented
    """
    return tuple(_Comparison(scorers, accept or {}).object("", "", expected, found))


@dataclass(frozen=True, slots=True)
class _Comparison:
    scorers: Scorers
    accept: Mapping[str, Sequence[JsonValue]]

    def object(
        self, path: str, at: str, expected: Mapping[str, JsonValue], found: Mapping[str, JsonValue] | None
    ) -> Iterator[Cell]:
        """The cells of an object that gold has; of the record only the fields that gold mentions."""
        for name, value in expected.items():
            yield from self.value(below(path, name), below(at, name), value, None if found is None else found.get(name))

    def value(self, path: str, at: str, expected: JsonValue, found: JsonValue) -> Iterator[Cell]:
        """The cells of whatever stands under a path."""
        pattern = path_pattern(path)
        expected, found = _said(expected), _said(found, deep=True)
        if pattern in self.scorers.ignored:
            return
        if pattern in self.scorers.fields:
            yield self._leaf(path, at, expected, found)
        elif isinstance(expected, list) or (expected is None and isinstance(found, list)):
            yield from self._list(path, at, expected if isinstance(expected, list) else [], found)
        elif isinstance(expected, dict):
            cells = list(self.object(path, at, expected, found if isinstance(found, dict) else None))
            if not isinstance(found, dict) and found is not None:
                cells = [_misfit(cell, found, at) for cell in cells]
            yield from [*cells, *self._whole(path, at, expected, found, cells)]
        elif expected is None and isinstance(found, dict):
            parts = [_invented(self, below(path, name), below(at, name), value) for name, value in found.items()]
            cells = [replace(cell, absent=path) for part in parts for cell in part]
            yield from [*cells, *self._whole(path, at, None, found, cells)]
        elif expected is None and found is None and pattern in self.scorers.joint:
            yield from self._whole(path, at, expected, found, [])
        else:
            yield from [self._leaf(path, at, expected, found), *self._whole(path, at, expected, found, [])]

    def _leaf(self, path: str, at: str, expected: JsonValue, found: JsonValue) -> Cell:
        scorer = self.scorers.of(path_pattern(path), expected if expected is not None else found)
        right = [_said(value) for value in (expected, *self.accept.get(path, ()))]
        if found is None:
            outcome = Outcome.CORRECT_NULL if None in right else Outcome.MISSING
        elif any(value is not None and scorer.agree(value, found) for value in right):
            outcome = Outcome.CORRECT
        else:
            outcome = Outcome.INVENTED if expected is None else Outcome.WRONG
        place = "" if found is None else at
        return Cell(
            path,
            outcome,
            expected,
            found,
            place,
            absent=path if expected is None else "",
            counts=scorer.kind is not Scorer.LONG_TEXT,
        )

    def _whole(self, path: str, at: str, expected: JsonValue, found: JsonValue, cells: Sequence[Cell]) -> Iterator[Cell]:
        """An object as one cell, where it is scored so: right only if all of its cells are."""
        if path_pattern(path) not in self.scorers.joint:
            return
        expected = _said(expected, deep=True)
        if expected is None and all(cell.outcome is Outcome.CORRECT_NULL for cell in cells):
            found = None  # what gold does not label is not invented
        if found is None:
            outcome = Outcome.CORRECT_NULL if expected is None else Outcome.MISSING
        elif expected is None:
            outcome = Outcome.INVENTED
        else:
            outcome = Outcome.CORRECT if all(cell.outcome in RIGHT for cell in cells) else Outcome.WRONG
        yield Cell(
            path, outcome, expected, found, at if found is not None else "", absent=path if expected is None else "", counts=False
        )

    def _list(self, path: str, at: str, expected: list[JsonValue], found: JsonValue) -> Iterator[Cell]:
        """The cells of a list; of several lists that are right, of the one with the best F1."""
        entries = found if isinstance(found, list) else [] if found is None else [found]
        alternatives = [value if isinstance(value, list) else [] for value in self.accept.get(path, ())]
        scored = [tuple(self._entries(path, at, right, entries)) for right in (expected, *alternatives)]
        yield from max(scored, key=lambda cells: (f1(cells), sum(cell.outcome is Outcome.CORRECT for cell in cells)))

    def _entries(self, path: str, at: str, expected: Sequence[JsonValue], found: Sequence[JsonValue]) -> Iterator[Cell]:
        if not expected and not found:
            yield Cell(path, Outcome.CORRECT_NULL, [], [], absent=path, counts=self._counts(path, ""))
        elif (
            any(isinstance(entry, dict) for entry in (*expected, *found))
            and below(path_pattern(path), "*") not in self.scorers.fields
        ):
            yield from self._objects(path, at, expected, found)
        else:
            yield from self._scalars(path, at, expected, found)

    def _scalars(self, path: str, at: str, expected: Sequence[JsonValue], found: Sequence[JsonValue]) -> Iterator[Cell]:
        pairs = dict(self._paired(path, expected, found))
        counts = self._counts(path, next(iter((*expected, *found)), None))
        for position, value in enumerate(expected):
            own = below(path, str(position))
            if (partner := pairs.get(position)) is None:
                yield Cell(own, Outcome.MISSING, value, counts=counts)
            else:
                yield Cell(own, Outcome.CORRECT, value, found[partner], below(at, str(partner)), counts=counts)
        for position in sorted(set(range(len(found))) - set(pairs.values())):
            place = below(at, str(position))
            yield Cell(
                below(path, str(position)),
                Outcome.INVENTED,
                None,
                found[position],
                place,
                absent="" if expected else path,
                counts=counts,
            )

    def _paired(self, path: str, expected: Sequence[JsonValue], found: Sequence[JsonValue]) -> list[tuple[int, int]]:
        pattern = below(path_pattern(path), "*")
        if path_pattern(path) in self.scorers.ordered:
            return [(at, at) for at in range(min(len(expected), len(found))) if self._agree(path, expected[at], found[at])]
        scorer = self.scorers.of(pattern, next(iter((*expected, *found)), None))
        texts = [[entry for entry in side if isinstance(entry, str)] for side in (expected, found)]
        if (
            scorer.own is None
            and scorer.kind is not Scorer.EXACT
            and [len(side) for side in texts] == [len(expected), len(found)]
        ):
            return list(pair_texts(*texts))
        return pair_equal(expected, found, scorer.agree)  # type: ignore[arg-type]  # JSON values are objects

    def _agree(self, path: str, expected: JsonValue, found: JsonValue) -> bool:
        return self.scorers.of(below(path_pattern(path), "*"), expected).agree(expected, found)

    def _objects(self, path: str, at: str, expected: Sequence[JsonValue], found: Sequence[JsonValue]) -> Iterator[Cell]:
        labelled = dict.fromkeys(name for entry in expected if isinstance(entry, dict) for name in entry)
        if labelled:
            found = [{name: entry.get(name) for name in labelled} if isinstance(entry, dict) else entry for entry in found]

        def cells(position: int, partner: int) -> list[Cell]:
            places = below(path, str(position)), below(at, str(partner))
            return list(self.value(*places, expected[position], found[partner]))

        looked_at = range(min(len(expected), MAX_OBJECTS)), range(min(len(found), MAX_OBJECTS))
        scores = [[_right_and_wrong(cells(one, other)) for other in looked_at[1]] for one in looked_at[0]]
        pairs = dict(pair_objects(scores, expected, found))
        for position, value in enumerate(expected):
            if position in pairs:
                yield from cells(position, pairs[position])
            else:
                yield from self.value(below(path, str(position)), "", value, None)
        for position in sorted(set(range(len(found))) - set(pairs.values())):
            surplus = _invented(self, below(path, str(position)), below(at, str(position)), found[position])
            yield from (replace(cell, absent="" if expected else path) for cell in surplus)

    def _counts(self, path: str, value: JsonValue) -> bool:
        pattern = path_pattern(path)
        known = self.scorers.fields.get(pattern) or self.scorers.of(below(pattern, "*"), value)
        return known.kind is not Scorer.LONG_TEXT


def _said(value: JsonValue, *, deep: bool = False) -> JsonValue:
    """The value; None for what says nothing: a blank text, an empty list or object, and ``deep`` an object of nulls."""
    if isinstance(value, str):
        return value if value.strip() else None
    if deep and isinstance(value, dict) and all(_said(inner, deep=True) is None for inner in value.values()):
        return None
    return None if value in ([], {}) else value


def _invented(comparison: _Comparison, path: str, at: str, value: JsonValue) -> list[Cell]:
    """The cells of what the record has and gold does not; what is null in it is nothing."""
    return [cell for cell in comparison.value(path, at, None, value) if cell.outcome is not Outcome.CORRECT_NULL]


def _misfit(cell: Cell, found: JsonValue, at: str) -> Cell:
    """A cell of an object, in the place of which the record has something else."""
    wrong = Outcome.INVENTED if cell.expected is None else Outcome.WRONG
    return replace(cell, outcome=wrong, found=found, at=at)


def _right_and_wrong(cells: Sequence[Cell]) -> tuple[int, int]:
    counted = [cell.outcome for cell in cells if cell.counts]
    return counted.count(Outcome.CORRECT), sum(outcome not in RIGHT for outcome in counted)


def f1(cells: Sequence[Cell]) -> float:
    """2 x true positives / (2 x true positives + false positives + false negatives); 1 where there is nothing to find.

    >>> f1([Cell("a", Outcome.CORRECT), Cell("b", Outcome.WRONG), Cell("c", Outcome.CORRECT_NULL)])
    0.5
    """
    counted = [cell.outcome for cell in cells if cell.counts]
    right, wrong = counted.count(Outcome.CORRECT), counted.count(Outcome.WRONG)
    errors = 2 * wrong + counted.count(Outcome.MISSING) + counted.count(Outcome.INVENTED)
    return 2 * right / (2 * right + errors) if right or errors else 1.0

"""Which entry of a list belongs to which entry of the gold list: the best one-to-one assignment, whatever the order."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from rapidfuzz import fuzz, process
from scipy.optimize import linear_sum_assignment

from extract.evals.normalising import bare
from extract.finding import same_facts

SIMILAR = 0.8
"""Token sort ratio from which on two entries may be the same."""
MAX_ENTRIES = 2_000
"""Entries of a list that are looked at; those behind them have no partner."""
MAX_LENGTH = 20_000
"""Characters up to which texts are compared word by word; longer ones are equal or are not."""

Pairs = list[tuple[int, int]]


def pair_texts(expected: Sequence[str], found: Sequence[str]) -> dict[tuple[int, int], float]:
    """The pairs of entries that say the same, with their similarity: as many pairs as possible, then the most similar ones.

    Two entries may be a pair at a token sort ratio of SIMILAR, if they have the same figures, words that deny and signs:
    "3 years" is not "5 years", nor "required" "not required".

    >>> pair_texts(["Bake bread", "Keep ovens clean"], ["Keep the ovens clean", "Bake bread", "Bake bread"])
    {(0, 1): 1.0, (1, 0): 0.89}
    """
    weights = np.zeros((min(len(expected), MAX_ENTRIES), min(len(found), MAX_ENTRIES)))
    if not weights.size:
        return {}
    ours, theirs = ([bare(text) for text in side[:MAX_ENTRIES]] for side in (expected, found))
    shortened = [[text[:MAX_LENGTH] for text in side] for side in (ours, theirs)]
    ratios = process.cdist(*shortened, scorer=fuzz.token_sort_ratio, score_cutoff=100 * SIMILAR, dtype=np.float64)
    for row, column in np.argwhere(ratios > 0):
        if ours[row] == theirs[column]:
            weights[row, column] = 1.0
        elif max(len(ours[row]), len(theirs[column])) <= MAX_LENGTH and same_facts(expected[row], found[column]):
            weights[row, column] = ratios[row, column] / 100
    return {(row, column): round(float(weights[row, column]), 2) for row, column in _best(weights)}


def pair_equal(expected: Sequence[object], found: Sequence[object], agree: Callable[[object, object], bool]) -> Pairs:
    """As many pairs of entries that agree as possible.

    >>> pair_equal([1, 2, 2], [2, 3, 2, 2], lambda one, other: one == other)
    [(1, 0), (2, 2)]
    """
    ours, theirs = expected[:MAX_ENTRIES], found[:MAX_ENTRIES]
    weights = np.array([[float(agree(one, other)) for other in theirs] for one in ours]).reshape(len(ours), len(theirs))
    return _best(weights)


def pair_objects(right: Sequence[Sequence[int]]) -> Pairs:
    """The pairs of objects with the fewest wrong cells in all: those with the most right ones.

    ``right`` is, for each gold object, the number of cells that each object found has right. All objects get a partner, as far as
    there are any; of equal assignments the one that keeps the order is taken.

    >>> pair_objects([[0, 2], [1, 0], [0, 0]])
    [(0, 1), (1, 0)]
    """
    rows, columns = len(right), len(right[0]) if right else 0
    if not rows or not columns:
        return []
    return _assigned(np.asarray(right, dtype=float) - _apart(rows, columns))


def _best(weights: np.ndarray) -> Pairs:
    """As many pairs with a weight above nothing as possible, among these the heaviest, and of equal ones those in order."""
    if not weights.size:
        return []
    preferred = np.where(weights > 0, weights + min(weights.shape) + 1 - _apart(*weights.shape), 0.0)
    return [(row, column) for row, column in _assigned(preferred) if weights[row, column] > 0]


def _apart(rows: int, columns: int) -> np.ndarray:
    """How far from its place each pair is, so little that all pairs together weigh less than a hundredth."""
    return np.abs(np.subtract.outer(np.arange(rows), np.arange(columns))) / (100 * rows * columns * (rows + columns))


def _assigned(weights: np.ndarray) -> Pairs:
    rows, columns = linear_sum_assignment(weights, maximize=True)
    return [(int(row), int(column)) for row, column in zip(rows, columns, strict=True)]

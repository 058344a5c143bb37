"""Which entry of a list belongs to which entry of the gold list: the best one-to-one assignment, whatever the order."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

import numpy as np
from rapidfuzz import fuzz, process
from scipy.optimize import linear_sum_assignment

from extract.evals.alike import say_the_same
from extract.evals.normalising import bare

SIMILAR = 0.8
"""Token sort ratio from which on two entries may be the same."""
MAX_ENTRIES = 2_000
"""Entries of a list of texts that are looked at; those behind them have no partner."""
MAX_OBJECTS = 300
"""The same for objects, each of which is compared with each."""
MAX_LENGTH = 20_000
"""Characters up to which texts are compared word by word; longer ones are equal or are not."""

Pairs = list[tuple[int, int]]


def pair_texts(expected: Sequence[str], found: Sequence[str]) -> dict[tuple[int, int], float]:
    """The pairs of entries that say the same, with their similarity: as many pairs as possible, then the most similar ones.

    Two entries may be a pair at a token sort ratio of SIMILAR, if they make the same statement (``alike``). Neither the order of
    one list nor that of the other decides anything.

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
        elif max(len(ours[row]), len(theirs[column])) <= MAX_LENGTH and say_the_same(expected[row], found[column]):
            weights[row, column] = ratios[row, column] / 100
    return {(row, column): round(float(weights[row, column]), 2) for row, column in _best(weights, expected, found)}


def pair_equal(expected: Sequence[object], found: Sequence[object], agree: Callable[[object, object], bool]) -> Pairs:
    """As many pairs of entries that agree as possible.

    >>> pair_equal([1, 2], [2, 3, 1], lambda one, other: one == other)
    [(0, 2), (1, 0)]
    """
    ours, theirs = expected[:MAX_ENTRIES], found[:MAX_ENTRIES]
    weights = np.array([[float(agree(one, other)) for other in theirs] for one in ours]).reshape(len(ours), len(theirs))
    return _best(weights, expected, found)


def pair_objects(scores: Sequence[Sequence[tuple[int, int]]], expected: Sequence[object], found: Sequence[object]) -> Pairs:
    """The pairs of objects with the most right cells in all, and of these assignments the one with the fewest that are not.

    ``scores`` has for each gold object and each object found how many cells are right, and how many are wrong, missing or
    invented. All objects get a partner, as far as there are any.

    >>> pair_objects([[(0, 2), (2, 0)], [(1, 1), (0, 2)]], ["a", "b"], ["c", "d"])
    [(0, 1), (1, 0)]
    """
    if not scores or not scores[0]:
        return []
    right, wrong = (np.asarray([[pair[at] for pair in row] for row in scores], dtype=float) for at in (0, 1))
    return _assigned(right * (1 + min(wrong.shape) * wrong.max()) - wrong, expected, found)


def _best(weights: np.ndarray, expected: Sequence[object], found: Sequence[object]) -> Pairs:
    """As many pairs with a weight above nothing as possible, and among these the heaviest."""
    if not weights.size:
        return []
    preferred = np.where(weights > 0, weights + min(weights.shape) + 1, 0.0)
    return [(row, column) for row, column in _assigned(preferred, expected, found) if weights[row, column] > 0]


def _assigned(weights: np.ndarray, expected: Sequence[object], found: Sequence[object]) -> Pairs:
    """The heaviest assignment; of several, one that depends on what the entries are, and not on where they stand."""
    rows, columns = _by_content(expected, weights.shape[0]), _by_content(found, weights.shape[1])
    ordered = weights[np.ix_(rows, columns)]
    pairs = zip(*linear_sum_assignment(ordered, maximize=True), strict=True)
    return sorted((rows[row], columns[column]) for row, column in pairs)


def _by_content(entries: Sequence[object], count: int) -> list[int]:
    """The positions of entries in the order of what they say; those that say the same in their own order."""
    return sorted(range(count), key=lambda at: (json.dumps(entries[at], sort_keys=True, default=str), at))

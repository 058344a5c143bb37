"""How sure a difference between two runs is, and how sure a share or a mean: tests and intervals on plain numbers.

The unit is the document, not the cell: cells of one document are right or wrong together. Where documents come from few sites or
employers, the unit is the site: ``clusters`` names it for each document. docs/statistics.md says why each test was chosen, and
how often it raises a false alarm.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum, isfinite, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

MIN_UNITS = 6
"""With n units there are 2^n ways to flip signs, and the smallest two-sided p is 2 / 2^n: 0.0625 with 5, never below 5 %."""
EXACT_UNITS = 16
"""Up to so many units that differ, all ways to flip signs are gone through: 65,536 at most."""
FLIPS = 10_000
"""How many ways are drawn where there are more; also how often the bootstrap draws."""
LEVEL = 0.05
"""How often a test may take chance for a difference."""
POWER = 0.8
"""How often a difference of the size ``smallest`` would be found."""
MIN_BOOTSTRAP = 50
"""The percentile bootstrap of few units is narrower than Student's t (Hesterberg 2015): by 18 % for 10, by 3 % for 50."""
NOISE = 1e-9
"""Scores this close are the same score: 0.1 + 0.2 is 0.3, in whatever order repeats were averaged."""


class Interval(NamedTuple):
    """Where a figure lies, at 95 %."""

    low: float
    high: float


class _Unit(NamedTuple):
    """A document, or the documents of one cluster: the sum of their values, and how many they are."""

    total: float
    size: int


@dataclass(frozen=True, slots=True)
class PairedTest:
    """What a list of differences (new minus old, a document each) says about two runs.

    ``difference``: the mean over documents. ``interval``: its 95 % interval by Student's t, with clusters the cluster-robust
    one; None under 2 units. ``p``: how often flipping signs at random brings a mean as far from zero, on either side;
    ``p_worse``: as low or lower. ``exact``: all flips were gone through, and none drawn. ``smallest``: the difference that 80 %
    of comparisons like this would find at the two-sided level of 5 %, by Student's t and the spread of these data; None under 2
    units, and where all are alike, since no spread says nothing.
    """

    documents: int
    units: int
    difference: float
    interval: Interval | None
    p: float
    p_worse: float
    exact: bool
    smallest: float | None

    @property
    def too_few(self) -> bool:
        """Whether no result could be significant, because there are fewer than MIN_UNITS units."""
        return self.units < MIN_UNITS

    @property
    def differs(self) -> bool:
        """Whether the runs differ in either direction, at the level of 5 %."""
        return not self.too_few and self.p < LEVEL

    @property
    def is_worse(self) -> bool:
        """Whether the new run is worse, at the level of 5 %: what a gate asks.

        The p is one-sided. "The difference is below zero and the two-sided p below 5 %" would raise a false alarm in 2.5 % of
        comparisons, and not in 5 %: half of what is significant by chance is an improvement. A gate so strict misses more.
        """
        return not self.too_few and self.difference < 0 and self.p_worse < LEVEL


def paired(differences: Sequence[float], *, clusters: Sequence[str] | None = None, seed: int = 0) -> PairedTest:
    """The test of two runs on the same documents, from the difference of scores (in [0, 1]) of each document.

    If the runs do not differ, it is chance which score of a pair is whose, and signs can be flipped: with ``clusters`` (a name
    for each difference) those of a whole cluster at once. The order of the documents changes nothing, also where flips are
    drawn: the same differences and the same ``seed`` give the same p. Raises ValueError where there are no differences, where
    one is no finite number, or where ``clusters`` has another length.

    >>> test = paired([-0.25, -0.5, -0.125, -0.25, 0.0, -0.5, 0.125])
    >>> round(test.difference, 3), test.p, test.p_worse, test.differs, test.is_worse
    (-0.214, 0.09375, 0.046875, False, True)
    >>> paired([-0.25] * 5).too_few, paired([-0.25] * 6).p
    (True, 0.03125)
    >>> paired([-0.25] * 6, clusters=["Bern", "Bern", "Hull", "Hull", "Oslo", "Oslo"]).units
    3
    """
    if not differences:
        raise ValueError("there are no differences to test: the two runs have no document in common")
    units = _units([_without_noise(value) for value in differences], clusters)
    p, p_worse, exact = _chances([unit.total for unit in units], seed=seed)
    error = _standard_error(units)
    return PairedTest(
        documents=len(differences),
        units=len(units),
        difference=_without_noise(_mean(units)),
        interval=_t_interval(units),
        p=p,
        p_worse=p_worse,
        exact=exact,
        smallest=(_t(1 - LEVEL / 2, units) + _t(POWER, units)) * error if error else None,
    )


def mcnemar(gained: int, lost: int) -> float:
    """The exact two-sided p of McNemar's test: documents that one run alone has right, against those that the other alone has.

    Documents on which both are right or both wrong do not count; 1.0 where no others are left. Raises ValueError below zero.

    >>> mcnemar(5, 1), mcnemar(0, 0)
    (0.21875, 1.0)
    """
    if gained < 0 or lost < 0:
        raise ValueError(f"documents are counted from zero, not {gained} gained and {lost} lost")
    return float(stats.binomtest(gained, gained + lost, 0.5).pvalue) if gained + lost else 1.0


def holm(ps: Sequence[float]) -> list[float]:
    """The p values of several tests, adjusted (Holm 1979): of such lists, 5 % at most have a false alarm below 0.05.

    In the order given, and none above 1. Raises ValueError for what is no p value.

    >>> [round(p, 2) for p in holm([0.01, 0.04, 0.03])]
    [0.03, 0.06, 0.06]
    """
    wrong = [p for p in ps if not 0 <= p <= 1]
    if wrong:
        raise ValueError(f"a p value lies between 0 and 1: {wrong[0]}")
    adjusted, highest = [1.0] * len(ps), 0.0
    for rank, position in enumerate(sorted(range(len(ps)), key=lambda at: ps[at])):
        highest = max(highest, min(1.0, (len(ps) - rank) * ps[position]))
        adjusted[position] = highest
    return adjusted


def wilson(successes: int, n: int) -> Interval:
    """The 95 % interval of a share, after Wilson (1927); all of [0, 1] where nothing was counted. Raises ValueError for no share.

    >>> tuple(round(end, 3) for end in wilson(10, 20)), tuple(wilson(0, 0))
    ((0.299, 0.701), (0.0, 1.0))
    """
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} of {n} is no share")
    if not n:
        return Interval(0.0, 1.0)
    low, high = stats.binomtest(successes, n).proportion_ci(1 - LEVEL, method="wilson")
    return Interval(float(low), float(high))


def bootstrap(values: Sequence[float], *, clusters: Sequence[str] | None = None, seed: int = 0) -> Interval | None:
    """The 95 % interval of a mean by the percentile bootstrap, which asks for no shape of the values; None under 50 units.

    With ``clusters``, whole clusters are drawn. The order of the values does not matter. ValueErrors as ``mean_interval``.

    >>> bootstrap([0.25] * 50), bootstrap([0.25] * 49)
    (Interval(low=0.25, high=0.25), None)
    """
    units = _units(values, clusters)
    if len(units) < MIN_BOOTSTRAP:
        return None

    def mean(totals: NDArray[np.float64], sizes: NDArray[np.float64], axis: int = -1) -> NDArray[np.float64]:
        return np.asarray(totals.sum(axis) / sizes.sum(axis))

    drawn = stats.bootstrap(
        (np.array([unit.total for unit in units]), np.array([float(unit.size) for unit in units])),
        mean,
        n_resamples=FLIPS,
        batch=500,
        paired=True,
        vectorized=True,
        confidence_level=1 - LEVEL,
        method="percentile",
        rng=np.random.default_rng(seed),
    )
    return Interval(float(drawn.confidence_interval.low), float(drawn.confidence_interval.high))


def mean_interval(values: Sequence[float], *, clusters: Sequence[str] | None = None) -> Interval | None:
    """The 95 % interval of a mean by Student's t, with clusters the cluster-robust one; None under 2 units.

    It is not clipped: that of scores close to 1 may end above 1. Raises ValueError where a value is no finite number, or where
    ``clusters`` has another length.

    >>> [round(end, 3) for end in mean_interval([1, 2, 3, 4, 5]) or ()]
    [1.037, 4.963]
    """
    return _t_interval(_units(values, clusters))


def _units(values: Sequence[float], clusters: Sequence[str] | None) -> list[_Unit]:
    """The units in one order, whatever that of the documents was, so that what is drawn and rounded does not depend on it."""
    for position, value in enumerate(values):
        if not isfinite(value):
            raise ValueError(f"value {position} is {value}, not a finite number")
    if clusters is None:
        return sorted(_Unit(value, 1) for value in values)
    if len(clusters) != len(values):
        raise ValueError(f"{len(values)} values need as many clusters, not {len(clusters)}")
    groups: dict[str, list[float]] = {}
    for name, value in zip(clusters, values, strict=True):
        groups.setdefault(name, []).append(value)
    return sorted(_Unit(fsum(group), len(group)) for group in groups.values())


def _mean(units: Sequence[_Unit]) -> float:
    return fsum(unit.total for unit in units) / sum(unit.size for unit in units)


def _standard_error(units: Sequence[_Unit]) -> float | None:
    """That of a mean over documents which come in clusters: the root of C/(C-1) Σ (s - n·mean)² / N² (Cameron and Miller 2015).

    Of single documents it is the ordinary one, s/√N. None under 2 units.
    """
    if len(units) < 2:
        return None
    mean, count = _mean(units), len(units)
    squares = fsum((unit.total - unit.size * mean) ** 2 for unit in units)
    return sqrt(count / (count - 1) * squares) / sum(unit.size for unit in units)


def _t(share: float, units: Sequence[_Unit]) -> float:
    return float(stats.t.ppf(share, len(units) - 1))


def _t_interval(units: Sequence[_Unit]) -> Interval | None:
    error = _standard_error(units)
    if error is None:
        return None
    mean, half = _mean(units), _t(1 - LEVEL / 2, units) * error
    return Interval(mean - half, mean + half)


def _without_noise(value: float) -> float:
    return 0.0 if abs(value) < NOISE else value


def _chances(totals: Sequence[float], *, seed: int) -> tuple[float, float, bool]:
    """How often flipped signs bring a sum as far from zero as this one, how often one as low, and whether all flips were counted.

    This is what ``scipy.stats.permutation_test`` does to one sample, in a fiftieth of the time, and with a tolerance for equal
    sums that holds around zero too. To flip a zero changes nothing: units without a difference are left out. Where flips are
    drawn, the data count as one of them: p is (count + 1) / (FLIPS + 1), and never zero (Phipson and Smyth 2010).
    """
    # Sorted and without signs: neither the order of the documents nor which run is called the new one changes the draw.
    sizes = np.sort([abs(total) for total in totals if _without_noise(total)])
    exact = len(sizes) <= EXACT_UNITS
    sums = _flipped(sizes, _all_signs(len(sizes)) if exact else _drawn_signs(len(sizes), seed))
    observed, own = fsum(totals), 0 if exact else 1
    far = np.count_nonzero(np.abs(sums) >= abs(observed) - NOISE)
    low = np.count_nonzero(sums <= observed + NOISE)
    return (int(far) + own) / (len(sums) + own), (int(low) + own) / (len(sums) + own), exact


def _all_signs(count: int) -> NDArray[np.uint64]:
    return np.arange(2**count, dtype=np.uint64).reshape(-1, 1)


def _drawn_signs(count: int, seed: int) -> NDArray[np.uint64]:
    """A row for each flip, a bit for each sign. NumPy keeps this raw stream the same for good, and not what is made of it."""
    words = -(-count // 64)
    return np.asarray(np.random.PCG64(seed).random_raw(FLIPS * words), dtype=np.uint64).reshape(FLIPS, words)


def _flipped(sizes: NDArray[np.float64], signs: NDArray[np.uint64]) -> NDArray[np.float64]:
    """The sum of the sizes under each row of signs; 64 units at a time, so that memory does not grow with their number."""
    sums = np.full(len(signs), sizes.sum())
    for word, start in enumerate(range(0, len(sizes), 64)):
        part = sizes[start : start + 64]
        octets = signs[:, word].astype("<u8").view(np.uint8).reshape(-1, 8)
        sums -= 2 * (np.unpackbits(octets, axis=1, count=len(part), bitorder="little") @ part)
    return sums

"""Tests and intervals of two runs: values by hand, every flip counted one by one, and scipy's own test."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import product
from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from extract.evals.statistics import (
    FLIPS,
    bootstrap,
    holm,
    mcnemar,
    mean_interval,
    paired,
    wilson,
)

# Coarse steps, so that ties and zeros are frequent; a tenth is no binary fraction, so that equal sums come out unequal.
DIFFERENCES = st.lists(st.integers(-8, 8).map(lambda step: step / 10), min_size=1, max_size=9)
MANY = [math.sin(7 * at) / 2 + 0.02 for at in range(80)]
"""Differences without ties or zeros, more than are gone through one by one."""


def by_hand(differences: Sequence[float], clusters: Sequence[str] | None = None) -> tuple[float, float]:
    """Both p values: each flip of each unit, in whole tenths, where equal is equal."""
    tenths: dict[str, int] = {}
    for name, difference in zip(clusters or map(str, range(len(differences))), differences, strict=True):
        tenths[name] = tenths.get(name, 0) + round(10 * difference)
    observed, flips = sum(tenths.values()), product((1, -1), repeat=len(tenths))
    sums = [sum(sign * total for sign, total in zip(signs, tenths.values(), strict=True)) for signs in flips]
    far = sum(abs(total) >= abs(observed) for total in sums)
    low = sum(total <= observed for total in sums)
    return far / len(sums), low / len(sums)


def scipys(differences: Sequence[float], alternative: Literal["two-sided", "less"], *, flips: int) -> float:
    """The p of scipy's permutation test, which flips the signs of one sample."""

    def mean(sample: NDArray[np.float64], axis: int = -1) -> NDArray[np.float64]:
        return np.asarray(np.mean(sample, axis=axis))

    made = stats.permutation_test(
        (np.array(differences),),
        mean,
        permutation_type="samples",
        n_resamples=flips,
        alternative=alternative,
        vectorized=True,
        batch=2000,
        rng=np.random.default_rng(1),
    )
    return float(made.pvalue)


@pytest.mark.parametrize(
    ("differences", "p", "p_worse"),
    [
        ([0.3], 1.0, 1.0),  # + or -: both as far
        ([-0.3], 1.0, 1 / 2),
        ([-0.1, -0.2, -0.3], 2 / 8, 1 / 8),
        ([0.1, 0.2, -0.3], 1.0, 5 / 8),  # the mean is zero: -6 -4 -2 0 0 2 4 6, of which five are no higher
        ([-0.1, -0.2, 0.3], 1.0, 5 / 8),
        ([0.1, -0.2, -0.2], 4 / 8, 2 / 8),  # -5 -3 -1 -1 1 1 3 5
        ([-0.2] * 6, 2 / 64, 1 / 64),
        ([-0.2] * 6 + [0.0] * 4, 2 / 64, 1 / 64),  # flipping a zero changes nothing
        ([-0.2] * 7 + [0.2], 18 / 256, 9 / 256),
        ([0.0] * 8, 1.0, 1.0),
    ],
)
def test_p_by_hand(differences: list[float], p: float, p_worse: float) -> None:
    """The share of flips that is as far from zero, and the share that is as low."""
    test = paired(differences)
    assert (test.p, test.p_worse, test.exact) == (p, p_worse, True)


@given(DIFFERENCES)
def test_every_flip_is_counted(differences: list[float]) -> None:
    """Ties and zeros included, p is what counting all flips in whole numbers gives."""
    test = paired(differences)
    assert (test.p, test.p_worse) == by_hand(differences)


@given(DIFFERENCES, st.data())
def test_a_cluster_is_flipped_as_a_whole(differences: list[float], data: st.DataObject) -> None:
    """The documents of a site keep their signs to one another."""
    clusters = data.draw(st.lists(st.sampled_from("abcd"), min_size=len(differences), max_size=len(differences)))
    test = paired(differences, clusters=clusters)
    assert (test.p, test.p_worse) == by_hand(differences, clusters)
    assert (test.documents, test.units) == (len(differences), len(set(clusters)))


@pytest.mark.parametrize(
    ("size", "flips", "close"),
    [
        (12, 2**12, 0.0),  # all of them
        (40, 40_000, 0.02),  # four standard errors of two draws
        (80, 40_000, 0.02),
    ],
)
def test_scipy_says_the_same(size: int, flips: int, close: float) -> None:
    """The same where all flips are gone through, as close as two draws are elsewhere."""
    differences = MANY[:size]
    test = paired(differences)
    assert test.p == pytest.approx(scipys(differences, "two-sided", flips=flips), abs=close)
    assert test.p_worse == pytest.approx(scipys(differences, "less", flips=flips), abs=close)


@pytest.mark.parametrize(("differ", "exact"), [(16, True), (17, False)])
def test_exact_up_to_16_units_that_differ(differ: int, exact: bool) -> None:
    """Units without a difference make nothing longer, and nothing inexact."""
    assert paired([-0.1] * differ + [0.0] * 30).exact is exact
    assert paired([-0.1] * differ * 2, clusters=[str(at // 2) for at in range(differ * 2)]).exact is exact


@pytest.mark.parametrize(("differ", "seed"), [(17, 0), (64, 0), (65, 1), (200, 2)])
def test_a_drawn_p_is_never_zero(differ: int, seed: int) -> None:
    """The data count as one of the flips: a draw of 10,000 cannot say less than one in 10,001."""
    test = paired([-0.5] * differ, seed=seed)
    assert test.p_worse <= test.p <= 3 / (FLIPS + 1)
    assert test.p_worse >= 1 / (FLIPS + 1)
    assert paired([-0.5] * 100).p == 1 / (FLIPS + 1)


def test_every_unit_has_its_sign_drawn() -> None:
    """Also behind the 64th, where the next random number begins.

    The six large ones have to agree (2 in 64), and the 64 small ones may not pull back (0.5497): their sum is zero.
    """
    differences = [0.001, -0.001] * 32 + [0.5] * 6
    assert paired(differences).p == pytest.approx(0.5497 * 2 / 64, abs=0.005)  # four standard errors


@given(st.permutations(range(40)))
def test_the_order_of_documents_does_not_matter(order: list[int]) -> None:
    """Not a bit of the answer changes, though flips are drawn."""
    clusters = [str(at % 7) for at in range(40)]
    shuffled, theirs = [MANY[at] for at in order], [clusters[at] for at in order]
    assert paired(shuffled) == paired(MANY[:40])
    assert paired(shuffled, clusters=theirs) == paired(MANY[:40], clusters=clusters)


def test_a_seed_draws_other_flips() -> None:
    """Close to one another, and the same for the same seed."""
    first, again, other = paired(MANY, seed=1), paired(MANY, seed=1), paired(MANY, seed=2)
    assert first == again
    assert first.p != other.p == pytest.approx(first.p, abs=0.03)


@given(DIFFERENCES)
def test_the_runs_change_places(differences: list[float]) -> None:
    """The two-sided p stays; the one-sided ones count the sum that came out twice, and all others once."""
    test, turned = paired(differences), paired([-d for d in differences])
    assert turned.p == test.p
    assert turned.difference == -test.difference
    assert test.p_worse + turned.p_worse > 1


def test_drawn_flips_know_no_side() -> None:
    """Which run is called the new one does not change the two-sided p, and turns the one-sided one over."""
    differences = [d - 0.05 for d in MANY]
    test, turned = paired(differences), paired([-d for d in differences])
    assert test.p == turned.p
    assert test.p_worse + turned.p_worse == pytest.approx(1, abs=0.03)
    assert test.p_worse < 0.5 < turned.p_worse


@pytest.mark.parametrize(
    "differences",
    [
        [0.1 + 0.2 - 0.3] * 10,  # the same score, added up in two orders
        [1e-12, -3e-11] * 5,
        [0.0] * 30,
    ],
)
def test_noise_is_no_difference(differences: list[float]) -> None:
    """What floating point leaves over has neither a sign nor a size."""
    test = paired(differences)
    assert (test.difference, test.p, test.p_worse, test.differs, test.smallest) == (0.0, 1.0, 1.0, False, None)
    assert test.interval == (0.0, 0.0)
    assert math.copysign(1, test.difference) == 1


def test_a_site_that_cancels_out_is_no_difference() -> None:
    """0.1 + 0.2 - 0.3 within a site is nothing, though not for floating point."""
    test = paired([0.1, 0.2, -0.3] * 8, clusters=[str(at // 3) for at in range(24)])
    assert (test.units, test.p, test.p_worse, test.difference) == (8, 1.0, 1.0, 0.0)


@pytest.mark.parametrize(("units", "differs", "is_worse"), [(4, False, False), (5, False, False), (6, True, True)])
def test_under_six_units_nothing_is_decided(units: int, differs: bool, is_worse: bool) -> None:
    """However clear it looks; sites count, not their documents."""
    for test in (paired([-0.5] * units), paired([-0.5] * units * 3, clusters=[str(at // 3) for at in range(units * 3)])):
        assert (test.too_few, test.differs, test.is_worse) == (units < 6, differs, is_worse)


@pytest.mark.parametrize(
    ("differences", "p", "differs", "is_worse"),
    [
        ([-0.2] * 7 + [0.2], 18 / 256, False, True),  # one-sided 0.035
        ([0.2] * 7 + [-0.2], 18 / 256, False, False),
        ([-0.2] * 8, 2 / 256, True, True),
        ([0.2] * 8, 2 / 256, True, False),
        ([-0.2] * 6 + [0.2] * 2, 74 / 256, False, False),  # one-sided 0.145
    ],
)
def test_decisions(differences: list[float], p: float, differs: bool, is_worse: bool) -> None:
    """A difference is asked for on both sides, a loss on one."""
    test = paired(differences)
    assert (test.p, test.differs, test.is_worse) == (p, differs, is_worse)


def test_the_interval_and_the_smallest_difference() -> None:
    """By hand: mean -0.2, s² = 0.1/4, standard error √(0.025/5); t with 4 df is 2.776 at 97.5 % and 0.941 at 80 %."""
    test = paired([0.0, -0.1, -0.2, -0.3, -0.4])
    assert test.difference == pytest.approx(-0.2)
    assert test.interval == pytest.approx((-0.2 - 2.776 * math.sqrt(0.025 / 5), -0.2 + 2.776 * math.sqrt(0.025 / 5)), abs=1e-4)
    assert test.smallest == pytest.approx((2.776 + 0.941) * math.sqrt(0.025 / 5), abs=1e-4)


def test_with_sites_by_hand() -> None:
    """Sums 0.4, 0.1 and -0.2 of 2, 1 and 1 documents, mean 0.075: C/(C-1) of the squared 0.25, 0.025 and -0.275, over 4²."""
    clusters = ["Bern", "Hull", "Bern", "Oslo"]
    error = math.sqrt(3 / 2 * (0.25**2 + 0.025**2 + 0.275**2) / 16)
    test = paired([0.3, 0.1, 0.1, -0.2], clusters=clusters)
    assert test.difference == pytest.approx(0.075)
    assert test.interval == pytest.approx((0.075 - 4.3027 * error, 0.075 + 4.3027 * error), abs=1e-4)  # 2 df
    assert test.smallest == pytest.approx((4.3027 + 1.0607) * error, abs=1e-4)
    assert mean_interval([0.3, 0.1, 0.1, -0.2], clusters=clusters) == test.interval


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=30))
def test_sites_of_one_document_are_documents(differences: list[float]) -> None:
    """Naming each document changes nothing."""
    names = [str(at) for at in range(len(differences))]
    assert paired(differences, clusters=names) == paired(differences)
    assert mean_interval(differences, clusters=names) == mean_interval(differences)


def test_one_unit_has_no_interval() -> None:
    """A single document, and documents of a single site, show no spread."""
    for test in (paired([0.3]), paired([0.3, 0.1], clusters=["Bern", "Bern"])):
        assert (test.interval, test.smallest, test.units) == (None, None, 1)
    assert mean_interval([0.3]) is None
    assert mean_interval([]) is None


def test_student_s_t_as_scipy_has_it() -> None:
    """The interval of documents is the ordinary one of the paired t-test; of [1, 2, 3, 4, 5] it is 3 ± 2.776·√(2.5/5)."""
    theirs = stats.ttest_1samp(MANY, 0).confidence_interval(0.95)
    assert paired(MANY).interval == pytest.approx((theirs.low, theirs.high))
    assert mean_interval([1, 2, 3, 4, 5]) == pytest.approx((1.0368, 4.9632), abs=1e-4)
    assert (mean_interval([1.0, 1.0, 0.9]) or (0, 0))[1] > 1  # not clipped


@pytest.mark.parametrize(
    ("gained", "lost", "p"),
    [(5, 1, 0.21875), (1, 5, 0.21875), (0, 6, 0.03125), (0, 5, 0.0625), (3, 3, 1.0), (0, 0, 1.0), (10, 2, 2 * 79 / 4096)],
)
def test_mcnemar(gained: int, lost: int, p: float) -> None:
    """Twice the smaller tail of a fair coin."""
    assert mcnemar(gained, lost) == pytest.approx(p)


@pytest.mark.parametrize(
    ("ps", "adjusted"),
    [
        ([0.01, 0.04, 0.03], [0.03, 0.06, 0.06]),  # 3·0.01, then 2·0.03, then the largest so far
        ([0.04, 0.04], [0.08, 0.08]),
        ([0.6, 0.001, 0.5], [1.0, 0.003, 1.0]),
        ([0.2], [0.2]),
        ([], []),
    ],
)
def test_holm(ps: list[float], adjusted: list[float]) -> None:
    """Step-down, in the order given, never above 1."""
    assert holm(ps) == pytest.approx(adjusted)


@given(st.lists(st.floats(0, 1), max_size=20))
def test_holm_keeps_the_order(ps: list[float]) -> None:
    """No p gets smaller, none passes another, and none is adjusted by more than their number."""
    adjusted = holm(ps)
    assert all(p <= ours <= min(1.0, len(ps) * p) for p, ours in zip(ps, adjusted, strict=True))
    assert [ours for _, ours in sorted(zip(ps, adjusted, strict=True))] == sorted(adjusted)


@pytest.mark.parametrize(
    ("successes", "n", "interval"),
    [
        (81, 263, (0.2553, 0.3662)),  # Newcombe 1998, table I
        (15, 148, (0.0624, 0.1605)),
        (0, 20, (0.0, 0.1611)),
        (1, 29, (0.0061, 0.1718)),
        (0, 0, (0.0, 1.0)),
        (20, 20, (0.8389, 1.0)),
    ],
)
def test_wilson(successes: int, n: int, interval: tuple[float, float]) -> None:
    """The values of the paper that compared seven intervals."""
    assert wilson(successes, n) == pytest.approx(interval, abs=5e-5)


def test_the_bootstrap_agrees_with_t_where_it_should() -> None:
    """Of 80 well-behaved values, within a 25th of the width of the interval of Student's t; other seeds draw others."""
    ours, theirs = bootstrap(MANY), mean_interval(MANY)
    assert ours is not None
    assert theirs is not None
    assert ours == pytest.approx(theirs, abs=0.04 * (theirs.high - theirs.low))
    assert bootstrap(MANY, seed=1) != ours


def test_the_bootstrap_draws_sites() -> None:
    """Documents of a site that are alike are worth one: the interval is as wide as that of the sites, and not as documents'."""
    repeated, clusters = [value for value in MANY for _ in range(5)], [str(at // 5) for at in range(400)]
    told, untold, single = bootstrap(repeated, clusters=clusters), bootstrap(repeated), bootstrap(MANY)
    assert told is not None
    assert untold is not None
    assert told == pytest.approx(single)
    assert untold.high - untold.low < 0.55 * (told.high - told.low)  # 1/√5 = 0.45


def test_the_bootstrap_weighs_documents() -> None:
    """A site of many documents counts for as many of them, as in the mean."""
    values = [value for at in range(60) for value in ([1.0] * 9 if at % 2 else [0.0])]
    clusters = [str(at) for at in range(60) for _ in range(9 if at % 2 else 1)]
    drawn = bootstrap(values, clusters=clusters)
    assert drawn is not None
    assert 0.8 < drawn.low < 0.9 < drawn.high < 0.96


def test_the_bootstrap_needs_fifty_units() -> None:
    """Under 50 it is too narrow to be shown; sites count, not their documents."""
    assert bootstrap(MANY[:50]) is not None
    assert bootstrap(MANY[:49]) is None
    assert bootstrap(MANY, clusters=[str(at // 2) for at in range(80)]) is None
    assert bootstrap([]) is None


def test_the_bootstrap_knows_no_order() -> None:
    """The same documents in another order give the same interval."""
    assert bootstrap(MANY[::-1]) == bootstrap(sorted(MANY)) == bootstrap(MANY)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("call", [paired, bootstrap, mean_interval])
def test_what_is_no_number_is_refused(call: Callable[[Sequence[float]], object], bad: float) -> None:
    """With its place: it would silently become p = 0 or an empty interval."""
    with pytest.raises(ValueError, match="value 1 is"):
        call([0.1, bad])


@pytest.mark.parametrize("call", [paired, bootstrap, mean_interval])
@pytest.mark.parametrize("clusters", [["a"], ["a", "b", "c"]])
def test_a_name_for_each_document(call: Callable[..., object], clusters: list[str]) -> None:
    """Clusters of another length belong to other documents."""
    with pytest.raises(ValueError, match="2 values need as many clusters"):
        call([0.1, 0.2], clusters=clusters)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: paired([]), "no document in common"),
        (lambda: mcnemar(-1, 2), "-1 gained"),
        (lambda: mcnemar(1, -2), "-2 lost"),
        (lambda: holm([0.5, 1.5]), "1.5"),
        (lambda: holm([math.nan]), "nan"),
        (lambda: wilson(3, 2), "3 of 2"),
        (lambda: wilson(-1, 2), "-1 of 2"),
    ],
)
def test_impossible_counts_are_refused(call: Callable[[], object], told: str) -> None:
    """With what was wrong."""
    with pytest.raises(ValueError, match=told):
        call()

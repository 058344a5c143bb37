"""The two axes of the plot: where a figure stands, and at which ones there are ticks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from extract.evals.statistics import Interval

_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25)
_MOST_TICKS = 6
_NARROWEST = 0.1  # scores that lie closer together are no more apart on the page
_SPREAD = 20  # how many times the least the highest cost may be, for an axis that is not logarithmic
_BAND = 100  # how wide the place of what costs nothing, or has no price, is
_LEAST, _MOST = 1e-9, 1e6  # US dollars that a document costs, if that is what the figure means


@dataclass(frozen=True, slots=True)
class ScoreAxis:
    """Scores from ``low`` to ``high``, drawn between ``bottom`` and ``top``."""

    low: float
    high: float
    step: float
    bottom: float
    top: float

    def at(self, score: float) -> float:
        """How far down a score stands; what lies beyond an end stands at it."""
        inside = min(max(score, self.low), self.high)
        return self.bottom + (self.top - self.bottom) * (inside - self.low) / (self.high - self.low)

    @property
    def ticks(self) -> list[tuple[float, str]]:
        """Where there are ticks, and what stands there."""
        scores = [self.low + number * self.step for number in range(round((self.high - self.low) / self.step) + 1)]
        return [(self.at(score), f"{score:.2f}") for score in scores]


def score_axis(scores: Iterable[float], intervals: Iterable[Interval | None], *, bottom: float, top: float) -> ScoreAxis:
    """The axis that shows all scores with their intervals, as far as these lie from 0 to 1.

    >>> [told for _, told in score_axis([0.83], [Interval(0.78, 0.88)], bottom=100, top=0).ticks]
    ['0.78', '0.80', '0.82', '0.84', '0.86', '0.88']
    >>> [told for _, told in score_axis([1.0], [None], bottom=100, top=0).ticks]
    ['0.90', '0.92', '0.94', '0.96', '0.98', '1.00']
    """
    ends = [*scores, *(end for interval in intervals if interval is not None for end in interval)]
    low, high = max(min(ends), 0.0), min(max(ends), 1.0)
    wider = max(_NARROWEST - (high - low), 0) / 2
    low, high = min(max(low - wider, 0.0), 1 - _NARROWEST), max(min(high + wider, 1.0), _NARROWEST)
    step = next((step for step in _STEPS if (high - low) / step <= _MOST_TICKS - 1), _STEPS[-1])
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    return ScoreAxis(first * step, last * step, step, bottom, top)


@dataclass(frozen=True, slots=True)
class CostAxis:
    """Costs from ``low`` to ``high`` between ``left`` and ``right``, by their logarithm where they are far apart.

    ``free`` is where that stands which costs nothing, on an axis that has no zero; ``unknown`` where that stands which has no
    price. ``steps`` are the costs with a tick.
    """

    low: float
    high: float
    left: float
    right: float
    steps: tuple[float, ...] = ()
    logarithmic: bool = False
    free: float | None = None
    unknown: float | None = None

    def at(self, cost: float | None) -> float:
        """How far to the right a cost stands."""
        place = self.unknown if cost is None else self.free if not cost else None
        if cost is None or place is not None:
            return self.left if place is None else place
        share = log10(cost / self.low) / log10(self.high / self.low) if self.logarithmic else cost / self.high
        return self.left + (self.right - self.left) * share

    @property
    def ticks(self) -> list[tuple[float, str]]:
        """Where there are ticks, and what stands there."""
        beside = ((self.free, "$0"), (self.unknown, "no price"))
        return [*((self.at(cost), _written(cost)) for cost in self.steps), *((at, told) for at, told in beside if at is not None)]


def known_cost(cost: float | None) -> float | None:
    """A cost that an axis can show; None for what is no amount.

    >>> known_cost(0.25), known_cost(float("nan")), known_cost(-1.0), known_cost(1e-300)
    (0.25, None, None, 0.0)
    """
    if cost is None or not 0 <= cost <= _MOST:
        return None
    return cost if cost >= _LEAST else 0.0


def cost_axis(costs: Sequence[float | None], *, left: float, right: float) -> CostAxis:
    """The axis that shows all of these costs, as ``known_cost`` has them.

    >>> [told for _, told in cost_axis([0.0, 0.004, 0.011], left=0, right=100).ticks]
    ['$0', '$0.0025', '$0.005', '$0.0075', '$0.01', '$0.0125']
    >>> [told for _, told in cost_axis([0.0, 0.0004, 0.011, None], left=0, right=100).ticks]
    ['$0.0001', '$0.001', '$0.01', '$0.1', '$0', 'no price']
    >>> cost_axis([0.0, 0.0], left=0, right=100).ticks
    [(50.0, '$0')]
    """
    known = [cost for cost in costs if cost]
    is_free, is_unknown = 0.0 in costs, None in costs
    if not known:
        places = [left + (right - left) * share for share in ((0.25, 0.75) if is_free and is_unknown else (0.5, 0.5))]
        return CostAxis(0, 1, left, right, free=places[0] if is_free else None, unknown=places[1] if is_unknown else None)
    unknown = right - _BAND / 2 if is_unknown else None
    right -= _BAND if is_unknown else 0
    if max(known) <= _SPREAD * min(known):
        steps = _even_steps(max(known))
        return CostAxis(0, steps[-1], left, right, steps, unknown=unknown)
    free = left + _BAND / 2 if is_free else None
    left += _BAND if is_free else 0
    first, last = floor(log10(min(known))), ceil(log10(max(known)))
    apart = ceil((last - first) / _MOST_TICKS)
    powers = tuple(10.0**power for power in range(first, last + 1, apart))
    return CostAxis(10.0**first, 10.0**last, left, right, powers, logarithmic=True, free=free, unknown=unknown)


def _even_steps(highest: float) -> tuple[float, ...]:
    """Round amounts from zero to the first that is as high."""
    size = 10.0 ** floor(log10(highest))
    step = next(step * size for step in (0.1, 0.2, 0.25, 0.5, 1, 2, 2.5) if highest / (step * size) <= _MOST_TICKS - 1)
    return tuple(number * step for number in range(ceil(highest / step - 1e-9) + 1))


def _written(cost: float) -> str:
    return f"${cost:.9f}".rstrip("0").rstrip(".") if cost < 1 else f"${cost:,g}"

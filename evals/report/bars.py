"""Small drawings beside figures; they say nothing that the figures do not, so that screen readers pass over them."""

from __future__ import annotations

from extract.evals.statistics import Interval
from extract.review.markup import Markup, tag

_WIDTH = 104
_HEIGHT = 14


def score_bar(score: float, interval: Interval | None) -> Markup:
    """A score from 0 to 1 as a point on a line, with its interval as a band."""
    return _drawing(_band(interval, 0, 1), _point(_along(score, 0, 1)))


def difference_bar(difference: float, interval: Interval | None, *, reach: float) -> Markup:
    """A difference as a point beside or on the middle, which is zero; the ends are ``reach``."""
    middle = tag("line", x1=_WIDTH // 2, x2=_WIDTH // 2, y1=0, y2=_HEIGHT, class_="zero-line")
    return _drawing(_band(interval, -reach, reach), middle, _point(_along(difference, -reach, reach)))


def _drawing(*parts: Markup | None) -> Markup:
    line = tag("line", x1=0, x2=_WIDTH, y1=_HEIGHT // 2, y2=_HEIGHT // 2, class_="track")
    box = f"0 0 {_WIDTH} {_HEIGHT}"
    return tag("svg", line, *parts, class_="bar", aria_hidden="true", viewBox=box, width=_WIDTH, height=_HEIGHT)


def _band(interval: Interval | None, low: float, high: float) -> Markup | None:
    if interval is None:
        return None
    left, right = _along(interval.low, low, high), _along(interval.high, low, high)
    return tag("rect", x=f"{left:.1f}", y=3, width=f"{max(right - left, 1):.1f}", height=_HEIGHT - 6, rx=2, class_="band")


def _point(x: float) -> Markup:
    return tag("circle", cx=f"{x:.1f}", cy=_HEIGHT // 2, r=3, class_="point")


def _along(value: float, low: float, high: float) -> float:
    """Where a value stands on the line; what is beyond an end stands at it."""
    return 4 + (_WIDTH - 8) * (min(max(value, low), high) - low) / (high - low)

"""Cost beside quality: a point for each run, with the interval of its score."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extract.evals.report.axes import CostAxis, ScoreAxis, cost_axis, known_cost, score_axis
from extract.evals.report.figures import dollars, score_ends
from extract.evals.report.study import Study
from extract.evals.statistics import Interval
from extract.report import shorten
from extract.review.markup import Markup, tag

_WIDTH, _HEIGHT = 760, 340
_LEFT, _RIGHT, _TOP, _BOTTOM = 66, 716, 16, 284
_APART = 16  # between points of the same cost, and between labels
_LABEL = 32  # characters
_LETTER = 7.6  # about as wide as one is


@dataclass(frozen=True, slots=True)
class _Point:
    """A run in the plot; ``label`` is where its name is written, on the left of the point where ``turned``."""

    name: str
    cost: float | None
    score: float
    interval: Interval | None
    x: float
    y: float
    label: float
    turned: bool


def cost_plot(study: Study) -> Markup:
    """The plot, with a text that says the same."""
    costs = [known_cost(measures.cost) for measures in study.measures]
    across = cost_axis(costs, left=_LEFT, right=_RIGHT)
    scores = [measures.headline for measures in study.measures]
    intervals = [measures.interval for measures in study.measures]
    down = score_axis(scores, intervals, bottom=_BOTTOM, top=_TOP)
    points = _placed(study.labels, costs, scores, intervals, across=across, down=down)
    drawing = tag(
        "svg",
        tag("title", "F1 by cost of a document", id="plot-title"),
        tag("desc", *_described(points), id="plot-told"),
        *_axes(across, down),
        *(line for point in points for line in _lines(point, down)),
        *map(_named, points),
        *(tag("circle", cx=f"{point.x:.1f}", cy=f"{point.y:.1f}", r=5, class_="point") for point in points),
        role="img",
        aria_labelledby="plot-title plot-told",
        class_="plot",
        viewBox=f"0 0 {_WIDTH} {_HEIGHT}",
    )
    return tag("div", drawing, class_="table plot-pane", tabindex=0, role="region", aria_label="Cost and quality")


def _described(points: Sequence[_Point]) -> Iterator[str]:
    """A sentence for each run."""
    for point in points:
        cost = "cost unknown" if point.cost is None else f"{dollars(point.cost)} a document"
        interval = "" if point.interval is None else f" ({score_ends(point.interval)})"
        yield f"{point.name}: F1 {point.score:.3f}{interval}, {cost}. "


def _placed(
    names: Sequence[str],
    costs: Sequence[float | None],
    scores: Sequence[float],
    intervals: Sequence[Interval | None],
    *,
    across: CostAxis,
    down: ScoreAxis,
) -> list[_Point]:
    """The points beside each other where they cost the same, and their labels below each other where they would overlap."""
    taken: list[tuple[float, float, float]] = []
    points: list[_Point] = []
    for name, cost, score, interval in sorted(zip(names, costs, scores, intervals, strict=True), key=lambda run: -run[2]):
        same = sum(other == cost for other in costs)
        x = across.at(cost) + _APART * (sum(point.cost == cost for point in points) - (same - 1) / 2 * (same < 6))
        x = min(max(x, _LEFT + 8), _RIGHT - 8)
        turned = x > _WIDTH * 0.6
        width = _LETTER * min(len(name), _LABEL) + 12
        left, right = (x - width, x) if turned else (x, x + width)
        label = _free(down.at(score), left, right, taken)
        taken.append((left, right, label))
        points.append(_Point(name, cost, score, interval, x, down.at(score), label, turned))
    return points


def _free(y: float, left: float, right: float, taken: Sequence[tuple[float, float, float]]) -> float:
    """The nearest height below at which no other label is."""
    for own_left, own_right, height in sorted(taken, key=lambda label: label[2]):
        if own_left < right and left < own_right and abs(height - y) < _APART:
            y = height + _APART
    return y


def _axes(across: CostAxis, down: ScoreAxis) -> Iterator[Markup]:
    for y, told in down.ticks:
        yield tag("line", x1=_LEFT, x2=_RIGHT, y1=f"{y:.1f}", y2=f"{y:.1f}", class_="grid")
        yield tag("text", told, x=_LEFT - 8, y=f"{y + 4:.1f}", text_anchor="end")
    for x, told in across.ticks:
        yield tag("line", x1=f"{x:.1f}", x2=f"{x:.1f}", y1=_BOTTOM, y2=_BOTTOM + 5, class_="axis")
        yield tag("text", told, x=f"{x:.1f}", y=_BOTTOM + 19, text_anchor="middle")
    yield tag("line", x1=_LEFT, x2=_RIGHT, y1=_BOTTOM, y2=_BOTTOM, class_="axis")
    yield tag("line", x1=_LEFT, x2=_LEFT, y1=_TOP, y2=_BOTTOM, class_="axis")
    scale = " (logarithmic)" if across.logarithmic else ""
    told, middle = f"US dollars a document{scale}", (_LEFT + _RIGHT) // 2
    yield tag("text", told, x=middle, y=_HEIGHT - 12, text_anchor="middle", class_="title")
    turn = f"rotate(-90 14 {(_TOP + _BOTTOM) // 2})"
    yield tag("text", "F1", x=14, y=(_TOP + _BOTTOM) // 2, text_anchor="middle", transform=turn, class_="title")


def _lines(point: _Point, down: ScoreAxis) -> Iterator[Markup]:
    """The whisker of a point, and a line to its name where that stands apart."""
    yield from _whisker(point, down)
    if abs(point.label - point.y) > _APART / 2:
        x, y = f"{point.x:.1f}", f"{point.y:.1f}"
        yield tag("line", x1=x, x2=_label_x(point), y1=y, y2=f"{point.label:.1f}", class_="leader")


def _named(point: _Point) -> Markup:
    anchor = "end" if point.turned else "start"
    place = {"x": _label_x(point), "y": f"{point.label + 4:.1f}"}
    return tag("text", shorten(point.name, _LABEL), text_anchor=anchor, class_="name", **place)


def _label_x(point: _Point) -> str:
    return f"{point.x - 11 if point.turned else point.x + 11:.1f}"


def _whisker(point: _Point, down: ScoreAxis) -> Iterator[Markup]:
    """The interval of a score, as a line with ends; none where it has no length."""
    if point.interval is None or point.interval.low == point.interval.high:
        return
    high, low = (f"{down.at(end):.1f}" for end in (point.interval.high, point.interval.low))
    yield tag("line", x1=f"{point.x:.1f}", x2=f"{point.x:.1f}", y1=high, y2=low, class_="whisker")
    for end in (high, low):
        yield tag("line", x1=f"{point.x - 4:.1f}", x2=f"{point.x + 4:.1f}", y1=end, y2=end, class_="whisker")

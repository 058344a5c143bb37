"""A picture of the comparison: how many gold lines each system keeps, against how many tokens it writes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.cleaners.labels import MARGIN, MARKER, Box, Point, place_labels
from benchmarks.cleaners.measurement import Result
from benchmarks.cleaners.systems import OURS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, PALE, PAPER, ACCENT = "#24292f", "#d0d7de", "#ffffff", "#0b62d6"
POINTS_PER_INCH = 72  # so that a pixel of the layout is a point, in SVG as in PNG


def draw(results: Sequence[Result], file: Path) -> None:
    """Write the picture, in the format that the name of the file ends in; the same results give the same bytes."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with mpl.rc_context({"svg.hashsalt": OURS, "font.size": 10, "text.color": INK, "axes.labelcolor": INK}):
        figure = Figure(figsize=(8.6, 5.0), dpi=POINTS_PER_INCH, facecolor=PAPER, layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        _draw_axes(axes, results)
        _draw_systems(figure, axes, results=results)
        no_date = {"Date": None} if file.suffix == ".svg" else {}
        figure.savefig(file, dpi=POINTS_PER_INCH * 2, metadata=no_date)


def _draw_axes(axes: Axes, results: Sequence[Result]) -> None:
    from matplotlib.ticker import FixedLocator, LogLocator, NullLocator, PercentFormatter, StrMethodFormatter

    least, tokens = min(result.share for result in results), [_tokens(result) for result in results]
    room = max(0.02, 1 - least)
    axes.set_title("Lines of the posting that are kept, and the length of the text", loc="left", fontsize=12, pad=12)
    axes.set_xscale("log")
    axes.set_xlim(min(tokens) / 1.25, max(tokens) * 1.35)
    axes.set_ylim(least - room * 0.15, 1 + room * 0.3)  # labels need the room above 100 %
    axes.set_xlabel("tokens of all pages together, log scale (fewer is better)")
    axes.set_ylabel("gold lines kept (more is better)")
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 1.5, 2, 3, 5, 7)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    step = next(step for step in (0.01, 0.02, 0.05, 0.1, 0.2) if room / step <= 6 or step == 0.2)
    axes.yaxis.set_major_locator(FixedLocator([1 - step * count for count in range(int((room * 1.15) / step) + 1)]))
    axes.yaxis.set_major_formatter(PercentFormatter(xmax=1, decimals=0))
    axes.grid(color=PALE, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(PALE)
    axes.tick_params(color=PALE, labelcolor=INK)


def _draw_systems(figure: Figure, axes: Axes, *, results: Sequence[Result]) -> None:
    """The points, each with its name where there is room for it."""
    for result in results:
        color = ACCENT if result.name == OURS else INK
        axes.plot(_tokens(result), result.share, "o", markersize=2 * MARKER - 1, color=color)
    figure.draw_without_rendering()  # makes the layout, so that places on the page are known
    figure.set_layout_engine("none")
    styles = [{"color": ACCENT, "weight": "bold"} if result.name == OURS else {"color": INK} for result in results]
    points = [(float(x), float(y)) for x, y in axes.transData.transform([(_tokens(result), result.share) for result in results])]
    sizes = [_size(figure, result.name, style=style) for result, style in zip(results, styles, strict=True)]
    inner = axes.get_window_extent()
    frame = Box(float(inner.x0), float(inner.y0), float(inner.width), float(inner.height))
    for result, point, place, style in zip(results, points, place_labels(points, sizes, frame=frame), styles, strict=True):
        box = place.box
        start = ((point[0] - box.x - MARGIN) / (box.width - 2 * MARGIN), 0.0 if box.y > point[1] else 1.0)
        line = {"arrowstyle": "-", "linewidth": 0.7, "color": "#8c959f", "relpos": start, "shrinkA": 0, "shrinkB": MARKER}
        axes.annotate(
            result.name,
            xy=(_tokens(result), result.share),
            xytext=(box.x + box.width / 2 - point[0], box.y + box.height / 2 - point[1]),
            textcoords="offset points",
            ha="center",
            va="center",
            arrowprops=line if place.line else None,
            **style,
        )


def _tokens(result: Result) -> int:
    return max(1, result.tokens)  # a logarithm has no place for 0


def _size(figure: Figure, name: str, *, style: dict[str, str]) -> Point:
    """The size of a label with its margin."""
    label = figure.text(0, 0, name, **style)
    extent = label.get_window_extent()
    label.remove()
    return float(extent.width) + 2 * MARGIN, float(extent.height) + 2 * MARGIN

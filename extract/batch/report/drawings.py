"""Bars, legends and tables; a bar says nothing that the figures beside it do not, so that screen readers pass over it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from extract.batch.report.words import share
from extract.review.markup import Markup, classes, joined, tag

_WIDTH = 1_000
_HEIGHT = 10
_LEAST = 6
"""The width of what is there at all: one document of a million is seen too."""
Parts = Sequence[tuple[str, int]]
"""What a whole is made of: the names of the parts, which have colours by them, and how many are in each."""


def stacked_bar(parts: Parts) -> Markup:
    """The parts side by side, as wide as there is room."""
    whole = sum(count for _, count in parts)
    widths = [(name, max(_WIDTH * count / whole, _LEAST)) for name, count in parts if count]
    scale = _WIDTH / sum(width for _, width in widths) if widths else 0
    drawn, x = [], 0.0
    for name, width in widths:
        drawn.append(tag("rect", x=f"{x:.1f}", y=0, width=f"{width * scale:.1f}", height=_HEIGHT, class_=_class(name)))
        x += width * scale
    box = f"0 0 {_WIDTH} {_HEIGHT}"
    return tag("svg", *drawn, class_="stack", aria_hidden="true", viewBox=box, preserveAspectRatio="none")


def legend(parts: Parts) -> Markup:
    """The parts in words, each with its colour."""
    whole = sum(count for _, count in parts)
    items = (tag("li", swatch(name), name, " ", tag("b", f"{n:,}"), " ", small(share(n, whole))) for name, n in parts)
    return tag("ul", joined(items), class_="legend")


def key_of(names: Iterable[str]) -> Markup:
    """What the colours stand for."""
    return tag("ul", joined(tag("li", swatch(name), name) for name in names), class_="legend")


def swatch(name: str) -> Markup:
    """The colour of a part."""
    return tag("span", class_=f"swatch {_class(name)}")


def table_of(columns: Iterable[str], rows: Iterable[Markup], *, label: str, kind: str | None = None) -> Markup:
    """A table that scrolls on its own where it is wider than the page; ``kind`` is a class of its own."""
    heads = joined(tag("th", name, scope="col") for name in columns)
    table = tag("table", tag("thead", tag("tr", heads)), tag("tbody", joined(rows)))
    return tag("div", table, class_=classes("table", kind), tabindex=0, role="region", aria_label=label)


def number(count: int, *beside: str) -> Markup:
    """A cell with a count, which is pale where there is nothing."""
    return tag("td", f"{count:,}", *beside, class_="number" if count else "number zero")


def small(text: str) -> Markup:
    """What stands beside a figure."""
    return tag("small", text)


def hint(text: str) -> Markup:
    """What has to be known to read a table."""
    return tag("p", text, class_="hint")


def told(pairs: Iterable[tuple[str, str]]) -> Markup:
    """Terms and what there is to say of them; a term of which there is nothing is left out."""
    return joined(tag("div", tag("dt", term), tag("dd", said, dir="auto")) for term, said in pairs if said)


def _class(name: str) -> str:
    return f"is-{name.replace(' ', '-')}"

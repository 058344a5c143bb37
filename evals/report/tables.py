"""Tables that scroll on their own where they are wider than the page."""

from __future__ import annotations

from collections.abc import Iterable

from extract.review.markup import Markup, classes, joined, tag


def table_of(columns: Iterable[str], rows: Markup, *, label: str, kind: str | None = None) -> Markup:
    """A table with these headings; ``kind`` is a class of its own."""
    heads = joined(tag("th", name, scope="col", dir="auto") for name in columns)
    table = tag("table", tag("thead", tag("tr", heads)), tag("tbody", rows))
    return tag("div", table, class_=classes("table", kind), tabindex=0, role="region", aria_label=label)


def small(text: str) -> Markup:
    """What stands below a figure."""
    return tag("small", text)

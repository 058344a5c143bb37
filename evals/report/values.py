"""What was expected and what was found, one above the other, with the words that differ marked."""

from __future__ import annotations

import json
from collections.abc import Sequence

from pydantic import JsonValue

from extract.evals.report.words import Part, around_differences, compared, start_of
from extract.review.markup import Markup, joined, shown, tag
from extract.review.record_pane import LONG, folded_value

MAX_VALUE = 10_000
"""Characters of a value that the page holds."""


def both_sides(expected: JsonValue, found: JsonValue) -> Markup:
    """The two values of a cell with their names; of two texts, the words that the other does not have are marked."""
    texts = [None if value is None else written(value) for value in (expected, found)]
    parts = [None if text is None else [Part(text)] for text in texts]
    if isinstance(expected, str) and isinstance(found, str) and (differing := compared(expected, found)):
        parts = list(differing)
    sides = (("expected", "del", parts[0]), ("found", "ins", parts[1]))
    return joined(
        tag(
            "div",
            tag("span", name, class_="side-name"),
            tag("span", " ", class_="vh"),
            value_of(own, mark=mark),
            class_=f"side {name}",
        )
        for name, mark, own in sides
    )


def value_of(parts: Sequence[Part] | None, *, mark: str = "ins") -> Markup:
    """A value, whole where it is short, else a click away; None is null. ``mark`` is the element of what differs."""
    if parts is None:
        return tag("div", "nothing", class_="value none")
    length = sum(len(part.text) for part in parts)
    if length <= LONG:
        return tag("div", _marked(parts, mark), class_="value", dir="auto")
    start = around_differences(parts) if any(not part.same for part in parts) else parts
    whole = _marked(start_of(parts, MAX_VALUE), mark)
    more = f"all {length:,} characters" if length <= MAX_VALUE else f"the first {MAX_VALUE:,} of {length:,} characters"
    return folded_value(_marked(start_of(start, LONG), mark), whole, more=more)


def written(value: JsonValue) -> str:
    """A value as it is read: texts as they are, all else as JSON has it.

    >>> written("Zug"), written({"min": 12.5}), written(True)
    ('Zug', '{"min": 12.5}', 'true')
    """
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _marked(parts: Sequence[Part], mark: str) -> Markup:
    return joined(shown(part.text) if part.same else _differing(part.text, mark) for part in parts)


def _differing(text: str, mark: str) -> Markup:
    """Words that differ, without the blank before them."""
    words = text.lstrip()
    return joined([shown(text[: len(text) - len(words)]), tag(mark, words)])

"""The left side of the page: the source, line by line, with its pieces marked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from extract.review.markup import Markup, classes, joined, shown, tag
from extract.review.pieces import Piece, Stretch, stretches

_LINES = re.compile(r"[^\r\n]*+(?:\r\n|\r|\n)|[^\r\n]++")
_LINE_END = re.compile(r"\r\n|\r|\n")
_DEEPEST = 4  # tints that can be told apart
ANCHOR = "p"
"""What the ids of pieces begin with, before their numbers."""


def source_pane(source: str, pieces: Sequence[Piece], *, anchor: str = ANCHOR) -> Markup:
    """The source as HTML; without the summaries of its folds, its text is the source, character by character.

    ``anchor`` begins the ids of the pieces: on a page with several sources, each has its own.
    """
    lines = joined(_Lines(source, pieces, anchor).all())
    digits = len(str(source.count("\n") + source.count("\r") + 1))
    return tag("div", lines, class_=f"lines digits-{min(digits, 7)}")


class _Lines:
    """Walks through the stretches of a source, and hands out an element for each line and each fold."""

    def __init__(self, source: str, pieces: Sequence[Piece], anchor: str) -> None:
        self._source = source
        self._pieces = pieces
        self._anchor = anchor
        self._line: list[Markup] = []
        self._number = 1
        self._continued = False
        self._anchored: set[int] = set()

    def all(self) -> Iterator[Markup]:
        for stretch in stretches(self._source, self._pieces):
            text = self._source[stretch.start : stretch.end]
            if stretch.folded:
                yield from self._closed(ended=False)
                yield _fold(text)
                self._number += len(_LINE_END.findall(text))
                self._continued = not text.endswith(("\n", "\r"))
            else:
                yield from self._shown(text, stretch)
        yield from self._closed(ended=False)

    def _shown(self, text: str, stretch: Stretch) -> Iterator[Markup]:
        for part in _LINES.findall(text):
            self._line.append(shown(part) if stretch.piece is None else self._marked(part, stretch.piece))
            if part.endswith(("\n", "\r")):
                yield from self._closed(ended=True)

    def _marked(self, text: str, number: int) -> Markup:
        """A piece, or its part in one line. Its indentation is an element of its own: a tint there would say nothing."""
        margin = 0 if self._line else len(text) - len(text.lstrip(" \t\r\n"))
        if not margin:
            return self._mark(text, number)
        blank = self._mark(text[:margin], number, "blank")
        return joined([blank, self._mark(text[margin:], number)]) if text[margin:] else blank

    def _mark(self, text: str, number: int, kind: str | None = None) -> Markup:
        """A part of a piece; the first can be linked to."""
        piece, first = self._pieces[number], number not in self._anchored
        self._anchored.add(number)
        return tag(
            "mark",
            text,
            id=f"{self._anchor}{number}" if first else None,
            class_=classes(f"depth-{min(piece.depth, _DEEPEST)}", "opens" if piece.opens and first else None, kind),
            data_piece=number,
        )

    def _closed(self, *, ended: bool) -> Iterator[Markup]:
        """The line so far, if there is one. What goes on after a fold has no number of its own."""
        if self._line:
            yield tag("div", joined(self._line), class_="line", dir="auto", data_line=None if self._continued else self._number)
            self._line = []
        if ended:
            self._number += 1
            self._continued = False


def _fold(text: str) -> Markup:
    """A long stretch without evidence, closed."""
    summary = tag("summary", f"… {len(text):,} characters without evidence")
    return tag("details", summary, tag("div", text, class_="folded", dir="auto"), class_="fold")

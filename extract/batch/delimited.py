"""Rows of cells in text, as spreadsheets and Python's csv write them (RFC 4180); without a limit that a whole process shares."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TextIO

_LINE_ENDS = ("\n", "\r")


@dataclass(frozen=True, slots=True)
class Record:
    """The cells of a row, and the line that it begins on, counted from 1; ``cells`` is None for one that is too long to read."""

    line: int
    cells: tuple[str, ...] | None


class Unclosed(Exception):
    """The text ends inside of a quoted cell; the message says of which line."""


class TooLong(Exception):
    """A row has more characters than a row may have."""


def records(file: TextIO, delimiter: str, *, max_chars: int) -> Iterator[Record]:
    r"""The rows of an open file that keeps its line ends (``newline=""``), without empty lines.

    A row of more than ``max_chars`` is passed over up to the end of its line. Raises Unclosed. Like Python's csv otherwise.

    >>> from io import StringIO
    >>> [record.cells for record in records(StringIO('a,"b ""c""\r\nd"\r\n\r\ne,'), ",", max_chars=99)]
    [('a', 'b "c"\r\nd'), ('e', '')]
    """
    lines = _Lines(file, max_chars)
    plain = re.compile(rf"[^\r\n{re.escape(delimiter)}]*")
    while True:
        try:
            line = lines.first()
            if not line:
                return
            begun = lines.number
            cells = None if line.strip("\r\n") == "" else tuple(_cells(line, lines, delimiter, plain))
        except TooLong:
            yield Record(lines.begun, None)
            continue
        if cells is not None:
            yield Record(begun, cells)


class _Lines:
    """The lines of a file one by one; TooLong where a row of them, or one alone, has too many characters."""

    def __init__(self, file: TextIO, max_chars: int) -> None:
        self.number = 0
        self.begun = 0
        self._file = file
        self._max_chars = max_chars
        self._row = 0

    def first(self) -> str:
        """The next line, as the first one of a row; empty at the end."""
        self._row = 0
        self.begun = self.number + 1
        return self.following()

    def following(self) -> str:
        """The next line; empty at the end."""
        line = self._file.readline(self._max_chars + 1)
        self.number += bool(line)
        self._row += len(line)
        if self._row > self._max_chars:
            self._pass_over(line)
            raise TooLong
        return line

    def _pass_over(self, line: str) -> None:
        while line and not line.endswith(_LINE_ENDS):
            line = self._file.readline(self._max_chars + 1)


def _cells(line: str, lines: _Lines, delimiter: str, plain: re.Pattern[str]) -> Iterator[str]:
    """The cells of the row that begins with this line."""
    at = 0
    while True:
        cell = ""
        if line.startswith('"', at):
            parts, begun, at = [], lines.number, at + 1
            while (end := _closing(line, at)) < 0:
                parts.append(line[at:])
                line, at = lines.following(), 0
                if not line:
                    raise Unclosed(f"it ends inside of a quoted cell that begins in line {begun:,}")
            parts.append(line[at:end])
            cell, at = "".join(parts).replace('""', '"'), end + 1
        rest = plain.match(line, at)
        if rest is not None:  # it always is
            cell, at = cell + rest[0], rest.end()
        yield cell
        if not line.startswith(delimiter, at):
            return
        at += len(delimiter)


def _closing(line: str, at: int) -> int:
    """Where the quote stands that ends a cell; -1 where the cell goes on in the next line. A doubled one is part of it."""
    while (at := line.find('"', at)) >= 0 and line.startswith('""', at):
        at += 2
    return at

"""The rows of a Tarsier page, cut into runs: stretches of text with no wide gap in them, without marks and bullets."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from enum import IntEnum
from itertools import pairwise
from typing import NamedTuple

from extract.cleaning.limits import MAX_LINE_ENDS, MAX_PARTS, check_count


class Mark(IntEnum):
    """What Tarsier put before a run: nothing, the number of a text element, or that of a link, button or input."""

    NONE = 0
    TEXT = 1
    LINK = 2


class Run(NamedTuple):
    """A stretch of one row. All positions but ``x`` and ``text_x`` are offsets in the page.

    ``x`` is the column that it begins in, bullet included; ``text_x`` the one of its mark or text. ``[start, end)`` is
    the content, ``[raw_start, raw_end)`` the same with bullet and marks, ``cuts`` what is to be deleted inside.
    ``follows``: it was cut off the run at its left, as a further link of a menu or fact of a line of facts.
    """

    row: int
    x: int
    text_x: int
    raw_start: int
    start: int
    end: int
    raw_end: int
    mark: Mark = Mark.NONE
    bullet: bool = False
    bold: bool = False
    follows: bool = False
    cuts: tuple[tuple[int, int], ...] = ()

    @property
    def width(self) -> int:
        return self.raw_end - self.raw_start


class Rows(NamedTuple):
    """The runs of each row, how many blank rows stand above each row, and what was found on the way."""

    runs: tuple[tuple[Run, ...], ...]
    blanks: tuple[int, ...]
    found: frozenset[str]
    marks: int


_BORDER = re.compile(r"[ \t\r]*+-{20,}+[ \t\r]*+$")
_FOOTER = re.compile(r"[ \t\r]*+(?:Token count|Image timing|Page text timing): ?[\d.,]++(?: seconds)?[ \t\r]*+$")
_RUN = re.compile(r"\S++(?:[ \xa0]\S++)*+")
_MARK = re.compile(
    r"""
      (?<!\w)(?:\[\ ){1,2}(?:(?P<sign>[@$\#])\ ?)?\d{1,5}\ ?\]{1,2}(?:\ \])?+(?!\w)
    | (?<!\w)\[(?:(?P<tight>[@$\#])\ ?)?\d{1,5}\ \]
    | (?<!\w)\[\ (?P<open>[@$\#])\ ?\d{1,5}(?![\w.,%])
    | (?<!\w)\[\ \d{1,5}$
    """,
    re.VERBOSE,
)
_BROKEN_HEAD = re.compile(r"(?:(?P<sign>[@$#]) ?\d{0,5}|\d{1,5}) \](?: \])?+(?!\w)")
_PLAIN_HEAD = re.compile(r"(?P<bullet>[•⚫●·▪] )?+\[ (?P<sign>[@$#] )?+\d{1,5} \] (?=[\w$€(\"])")
_SPECIAL = re.compile(r"[\[\]*]")
_ONLY_BRACKETS = re.compile(r"[\[\] ]++$")
_BULLET = re.compile(r"(?:[•⚫●◦▪‣·○■□➢➤❖◆▶✔]|[\-–—*])++(?=\s|\[|$|\w)")
_LETTER_BULLET = re.compile(r"o [A-Z\d]")
_STRONG = frozenset("•⚫●◦▪‣·○■□➢➤❖◆▶✔")
_ICON = re.compile(r"[^\w\s\[\]$€£¥@#(+*]{1,3}+ (?=\[ )|[oO] (?=\[ )")
_INLINE_BULLET = re.compile(r"[ ]?[•⚫●·▪|] ?$")
_BOLD_TOKEN = re.compile(r"(?<![^\s*])\*\*(?=[^\s*])|(?<=[^\s*])\*\*(?![^\s*])")
_PUNCTUATION = frozenset(".,:;!?)]%")
_SHORT_PIECE = 40
_BULLET_GAP = 9
_FAR = 2


def read_rows(text: str) -> Rows:
    """The page as rows of runs.

    >>> rows = read_rows("[ 1 ] About us      [ @ 2 ] Jobs\\n\\n  • [ 3 ] Health")
    >>> [[(run.x, run.mark.name, run.bullet) for run in row] for row in rows.runs]
    [[(0, 'TEXT', False), (20, 'LINK', False)], [], [(2, 'TEXT', True)]]
    """
    found: set[str] = set()
    parsed: list[tuple[Run, ...]] = []
    blanks: list[int] = []
    marks = blank = offset = count = 0
    check_count(text.count("\n"), MAX_LINE_ENDS, "lines")
    for number, line in enumerate(text.split("\n")):
        runs: list[Run] = []
        if line and not line.isspace() and not _is_frame(line, found):
            for match in _RUN.finditer(line):
                runs.extend(_pieces(match.group(), offset + match.start(), match.start(), number))
            count += len(runs)
            check_count(count, MAX_PARTS, "pieces of text")
            marks += sum(run.mark > 0 for run in runs)
        blanks.append(blank)
        blank += not runs
        parsed.append(_with_bullets(runs))
        offset += len(line) + 1
    split = _split_at_columns(_with_letter_bullets(parsed, text), text)
    for name, present in (("marks", marks), ("bold", any(run.bold for row in split for run in row))):
        if present:
            found.add(name)
    if any(run.bullet for row in split for run in row):
        found.add("bullets")
    return Rows(split, tuple(blanks), frozenset(found), marks)


def _is_frame(line: str, found: set[str]) -> bool:
    """Whether a line is a dashed border or one of the footers; what it is goes into ``found``."""
    if "---" in line and _BORDER.match(line):
        found.add("borders")
        return True
    if ("timing" in line or "Token" in line) and _FOOTER.match(line):
        found.add("footers")
        return True
    return False


def _pieces(string: str, offset: int, x: int, row: int) -> list[Run]:
    """The runs in a string without wide gaps: one, or one for each link of a menu or fact of a line of facts."""
    head = _PLAIN_HEAD.match(string)
    begin = head.end() if head is not None else 0
    if _SPECIAL.search(string, begin) is None and (head is not None or string[0].isalpha()) and len(string) > begin + 1:
        end = offset + len(string)
        if head is None:
            return [Run(row, x, x, offset, offset, end, end)]
        bullet = 2 if head["bullet"] else 0
        mark = Mark.LINK if head["sign"] else Mark.TEXT
        return [Run(row, x, x + bullet, offset, offset + begin, end, end, mark, bullet > 0)]
    marks = [*_MARK.finditer(string)]
    if not marks and _ONLY_BRACKETS.match(string):
        return []
    places = _split_places(string, marks)
    if not places:
        return [_run(string, offset, x, row, marks)]
    runs: list[Run] = []
    for start, end in zip([0, *places], [*places, len(string)], strict=True):
        part = string[start:end].rstrip()
        cut = _INLINE_BULLET.search(part) if end < len(string) else None
        part = part[: cut.start()] if cut and cut.start() else part
        run = _run(part, offset + start, x + start, row, [*_MARK.finditer(part)])
        runs.append(run._replace(follows=True) if runs else run)
    return runs


def _split_places(string: str, marks: Sequence[re.Match[str]]) -> list[int]:
    """Where the further links of a menu, or facts of a line of facts, begin; empty for running text."""
    if len(marks) < 2 or marks[0].start() > 4:
        return _behind_bullets(string, [mark.start() for mark in marks if mark.start()])
    links = [_mark_of(mark) is Mark.LINK for mark in marks]
    if all(links):
        return [mark.start() for mark in marks[1:]]
    ends = [mark.start() for mark in marks[1:]]
    parts = [string[mark.end() : end].strip() for mark, end in zip(marks, [*ends, len(string)], strict=True)]
    if len(parts) >= 3 and all(_stands_alone(part) for part in parts) and not any(links):
        return ends
    return _behind_bullets(string, ends)


def _behind_bullets(string: str, places: Sequence[int]) -> list[int]:
    return [place for place in places if _INLINE_BULLET.search(string, max(0, place - 3), place)]


def _stands_alone(part: str) -> bool:
    return 0 < len(part) <= _SHORT_PIECE and (part[0].isupper() or part[0].isdigit()) and part[-1].isalnum()


def _mark_of(found: re.Match[str]) -> Mark:
    return Mark.LINK if found.lastgroup else Mark.TEXT


def _run(string: str, offset: int, x: int, row: int, marks: Sequence[re.Match[str]]) -> Run:
    """One run: its bullet, its bold marks and its Tarsier marks found, its content trimmed."""
    end = len(string)
    bold = len(string) > 4 and string.startswith("**") and string.endswith("**") and not string[2].isspace()
    cuts = [found.span() for found in _BOLD_TOKEN.finditer(string)] if "**" in string else []
    at, bullet = _bullet_end(string, bold=bold)
    text_at = at
    at, mark = _head_end(string, at, marks)
    cuts.extend(found.span() for found in marks if found.start() >= at)
    inner = _wider(string, [cut for cut in cuts if cut[1] > at])
    while inner and inner[-1][1] >= end:
        end = inner.pop()[0]
    end = max(at, len(string[:end].rstrip()))
    return Run(
        row,
        x,
        x + text_at,
        offset,
        offset + at,
        offset + end,
        offset + len(string),
        mark,
        bullet,
        bold,
        cuts=tuple((offset + first, offset + last) for first, last in inner if first >= at and last <= end),
    )


def _head_end(string: str, at: int, marks: Sequence[re.Match[str]]) -> tuple[int, Mark]:
    """Where the content begins behind the marks at the beginning of a run, and which kind the first of them is."""
    by_start = {found.start(): found for found in marks}
    mark = Mark.NONE
    while True:
        at = _after_blanks(string, at)
        head = by_start.get(at)
        if head is None and "]" in string[at : at + 10]:
            head = _BROKEN_HEAD.match(string, at)
        if head is None:
            return at, mark
        mark = mark or _mark_of(head)
        at = head.end()


def _after_blanks(string: str, at: int) -> int:
    """The next place that is neither a blank nor a bold mark."""
    while at < len(string) and (string[at].isspace() or string.startswith("**", at)):
        at += 1 if string[at].isspace() else 2
    return at


def _bullet_end(string: str, *, bold: bool) -> tuple[int, bool]:
    """Where the text begins behind a bullet or an icon, and whether it was a bullet."""
    if bold:
        return 0, False
    found = _BULLET.match(string)
    if found is not None:
        end = found.end()
        rest = string[end:].lstrip()
        strong = string[0] in _STRONG
        if strong or (end == 1 and string[end : end + 1] == " " and (rest[:1] == "[" or rest[:1].isalnum())):
            return len(string) - len(rest), True
        return 0, False
    if string in (".", "o"):
        return 1, True
    icon = _ICON.match(string)
    if icon is not None:
        return icon.end(), string[0] in "o."
    return 0, False


def _wider(string: str, cuts: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The cuts, each with one of the blanks beside it, in order and without overlaps."""
    result: list[tuple[int, int]] = []
    for start, end in sorted(cuts):
        if result and start < result[-1][1]:
            continue
        bold = string[start] == "*"
        if not bold and end < len(string) and string[end] == " " and (start == 0 or string[start - 1].isspace()):
            end += 1
        elif not bold and start and string[start - 1].isspace() and (end == len(string) or string[end] in _PUNCTUATION):
            start -= 1
        result.append((max(start, result[-1][1]) if result else start, end))
    return result


def _with_bullets(runs: list[Run]) -> tuple[Run, ...]:
    """The runs of a row, where a bullet that stands apart is given to the run behind it."""
    if len(runs) < 2:
        return tuple(runs)
    result: list[Run] = []
    for run in runs:
        last = result[-1] if result else None
        if last is not None and last.bullet and last.start == last.end and not last.mark and run.x - last.x <= _BULLET_GAP:
            result[-1] = run._replace(x=last.x, bullet=True, raw_start=last.raw_start)
        else:
            result.append(run)
    return tuple(result)


def _with_letter_bullets(rows: list[tuple[Run, ...]], text: str) -> list[tuple[Run, ...]]:
    """The rows, where an "o" is the bullet of a list that has more than one of them in a column ("o" is also a word)."""
    letters = [index for index, row in enumerate(rows) if row and _LETTER_BULLET.match(text, row[0].raw_start)]
    if len(letters) < 2:
        return rows
    columns = Counter(rows[index][0].x for index in letters)
    result = list(rows)
    for index in letters:
        run = rows[index][0]
        if columns[run.x] > 1 and not run.mark and not run.bold:
            fresh = run._replace(bullet=True, start=run.start + 2, text_x=run.x + 2)
            result[index] = (fresh, *rows[index][1:])
    return result


def _split_at_columns(rows: list[tuple[Run, ...]], text: str) -> tuple[tuple[Run, ...], ...]:
    """The rows, where a run that ran into the next column is cut at the mark that begins there."""
    filled = [index for index, row in enumerate(rows) if row]
    starts = {index: [run.text_x for run in rows[index][1:] if run.mark and not run.follows] for index in filled}
    result = list(rows)
    for order, index in enumerate(filled):
        if not any(run.cuts or run.follows for run in rows[index]):
            continue
        near = filled[max(0, order - _FAR) : order] + filled[order + 1 : order + 1 + _FAR]
        around = sorted({x for other in near for x in starts[other]})
        result[index] = tuple(piece for run in rows[index] for piece in _cut_at_columns(run, around, text))
    return tuple(result)


def _cut_at_columns(run: Run, around: list[int], text: str) -> list[Run]:
    origin = run.raw_start - run.x
    places = [start for start, _ in run.cuts if text[start] == "[" and _agrees(start - origin, around)]
    if run.follows and _agrees(run.text_x, around):
        run = run._replace(follows=False)
    if not places:
        return [run]
    bounds = [run.raw_start, *places, run.raw_end]
    pieces = []
    for start, end in pairwise(bounds):
        string = text[start:end].rstrip()
        pieces.append(_run(string, start, start - origin, run.row, [*_MARK.finditer(string)]))
    pieces[0] = pieces[0]._replace(bullet=run.bullet, x=run.x, follows=run.follows)
    return pieces


def _agrees(x: int, around: list[int]) -> bool:
    index = bisect_left(around, x - 1)
    return index < len(around) and around[index] <= x + 1

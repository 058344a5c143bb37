"""Marks at the start of a line, and bullets inside one: what shows a list or a heading without being part of its text."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from extract.cleaning.characters import LOWER, UPPER
from extract.cleaning.document import Kind

_ROUND = "•●○◦‣⁃▪▫■□◆◇◘◙❖➢➤➔➜➡►▶▸▹✓✔✅☑✗✦✧★☆⚫⚪⬤⏺∙⋅❑❒❏➣➥➧\uf0b7\uf0a7\uf0d8\uf076\uf0fc\uf02d\uf0e0👉🔹🔸🔷🔶🔵🔘🟢🟡🟣📌🚀"
_EMOJI = "\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff"
# One mark with what must follow it. Dashes, stars and the letter o are bullets only before a blank (a dash also right before
# a capital): "-5 °C", "*nix". An emoji of any kind counts at the start of a line.
_HASH = r"(?P<hash>#{1,6})(?:\s|$)"
_BULLET = rf"[{_ROUND}{_EMOJI}]++\s?|[-–—−‐‑*·](?:\s++|$)|[-–—](?=[{UPPER}])|\*(?=[{UPPER}][{LOWER}])|o\s++(?=[{UPPER}])"
_MARK = re.compile(rf"(?:{_HASH}|(?P<bullet>{_BULLET}))\s*+")
_NUMBER = re.compile(rf"(?:\(?\d{{1,2}}[.)]|\(?[a-z]\)|\(?[ivx]{{1,4}}\))\s++(?=[{UPPER}\"“«(])")
_RULE = re.compile(r"[-–—−_=*~#·•.…+|<>\s]*+")

# Bullets inside a run of text. Between two letters a bullet is none ("salarié•e").
_ANY_ROUND = re.compile("[" + "".join(mark for mark in _ROUND if mark <= "\uffff") + "\U00010000-\U0010ffff]")
_INLINE_ROUND = re.compile(rf"[{_ROUND}]++\s?")
_DASHES = re.compile(r"[-–—*·](?=\s|[^\W\d_])")
_LETTER_BULLET = re.compile(r"[).;:!?] ?o\s")
_INLINE_DASH = re.compile(rf"[-–—*·](?<=[\s:;.!?,][-–—*·])(?:\s(?=\S)|(?=[{UPPER}]))")
_GLUED_DASH = re.compile(rf"[-–o](?:(?<=[\w).;:!?][-–])|(?<=[).;:!?]o)|(?<=[).;:!?] o))\s(?=[{UPPER}])")
_OPENERS = frozenset(":;.!?")


class Mark(NamedTuple):
    """What the marks at the start of a line say; its text begins at ``end``."""

    end: int
    kind: Kind | None
    level: int = 0


_NO_MARK = Mark(0, None)


def leading_mark(text: str) -> Mark:
    """The marks that a line begins with: hashes of a heading, bullets of an item. They count only where text follows.

    >>> leading_mark("## Benefits"), leading_mark("-5 degrees")
    (Mark(end=3, kind=<Kind.HEADING: 'heading'>, level=2), Mark(end=0, kind=None, level=0))
    """
    if text[:1].isalnum() and not text.startswith("o "):
        return _NO_MARK
    kind: Kind | None = None
    level = end = 0
    while match := _MARK.match(text, end):
        if kind is None:
            hashes = match["hash"]
            kind, level = (Kind.HEADING, len(hashes)) if hashes else (Kind.ITEM, 1)
        end = match.end()
    return Mark(end, kind, level)


def leading_number(text: str, at: int = 0) -> int:
    """Where the text of a numbered item begins ("1. Write tests", "b) …") whose number is at ``at``; 0 if there is none."""
    match = _NUMBER.match(text, at) if not text[at : at + 1].isupper() else None
    return match.end() if match else 0


def is_rule(text: str) -> bool:
    """Whether a line is a drawn rule, or nothing at all: dashes, underscores, stars, dots."""
    return not text[:1].isalnum() and _RULE.fullmatch(text) is not None


def inline_bullets(text: str, *, item: bool) -> list[tuple[int, int]]:
    """The bullets inside a run of text, as ranges, that cut it into items.

    Round bullets always count. Dashes count after a colon or the end of a clause, and then all of them that have blanks on
    both sides; in what is an item already only where three or more parts of several words come apart.

    >>> inline_bullets("We offer: - free lunch - a bicycle", item=False)
    [(10, 12), (23, 25)]
    >>> inline_bullets("Sales - Marketing", item=False)
    []
    """
    if not text.isascii() and _ANY_ROUND.search(text) is not None:
        found = [match.span() for match in _INLINE_ROUND.finditer(text) if _is_bullet(text, *match.span())]
        if found:
            return found
    if _DASHES.search(text) is None and _LETTER_BULLET.search(text) is None:
        return []
    glued = [match.span() for match in _GLUED_DASH.finditer(text)]
    return glued if len(glued) > 1 else _inline_dashes(text, item=item)


def _inline_dashes(text: str, *, item: bool) -> list[tuple[int, int]]:
    dashes = [match.span() for match in _INLINE_DASH.finditer(text) if match.start() > 0]
    opened = [dash for dash in dashes if text[max(0, dash[0] - 2) : dash[0]].rstrip()[-1:] in _OPENERS]
    spaced = [dash for dash in dashes if dash[1] > dash[0] + 1]
    if item and not opened:
        edges = [0, *(start for start, _ in spaced), len(text)]
        parts = [text.count(" ", a, b) for a, b in pairwise(edges)]
        return spaced if len(spaced) >= 2 and min(parts) >= 3 else []
    return sorted({*opened, *(dash for dash in spaced if dash >= opened[0])}) if opened else []


def _is_bullet(text: str, start: int, end: int) -> bool:
    """Whether a round mark is a bullet: not at the start, and not between two letters ("salarié•e")."""
    return start > 0 and not (text[start - 1].isalnum() and end < len(text) and not text[end - 1].isspace())

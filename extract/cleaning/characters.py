"""Which characters are capitals, small letters, blanks or invisible, for the regular expressions of cleaning."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extract.cleaning.document import Edit, MappedText

_ALPHABETS = (range(0x41, 0x250), range(0x370, 0x530), range(0x1E00, 0x2000))  # Latin, Greek, Cyrillic and their extensions
UPPER = "".join(chr(code) for block in _ALPHABETS for code in block if chr(code).isupper())
"""Capital letters, for the inside of a character class."""
LOWER = "".join(chr(code) for block in _ALPHABETS for code in block if chr(code).islower())
"""Small letters, for the inside of a character class."""

# Zero-width and directional characters, soft hyphens, byte order marks, variation selectors, tags; C0 and C1 controls that are
# no white space; surrogates that stand alone, because they cannot be encoded again.
INVISIBLE = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""Characters that nobody sees, for the inside of a character class."""

_UNTIDY = re.compile(rf"[\s{INVISIBLE}](?:[\s{INVISIBLE}]++|(?<=[^ ]))")  # more than one blank
_INVISIBLE = re.compile(rf"[{INVISIBLE}]++")


def fold_space(body: MappedText) -> MappedText:
    """The text without invisible characters, every run of white space one blank, none at the ends.

    >>> fold_space(MappedText.of("\\ufeffFull\\u00a0\\u00a0time\\u200b,\\n remote ")).text
    'Full time, remote'
    """
    return (body if _UNTIDY.search(body.text) is None else body.edit(_space_edits(body))).strip()


def _space_edits(body: MappedText) -> Iterator[Edit]:
    for match in _UNTIDY.finditer(body.text):
        run = match[0]
        blanks = _INVISIBLE.sub("", run)
        if not blanks:
            yield Edit(match.start(), match.end())
            continue
        kept = run.find(" ")
        if kept < 0:
            yield from _as_one_blank(body, match.start(), match.end(), first=match.start() + run.index(blanks[0]))
            continue
        if kept:  # one blank of the source stays as it is, so that this is a deletion and no replacement
            yield Edit(match.start(), match.start() + kept)
        if match.start() + kept + 1 < match.end():
            yield Edit(match.start() + kept + 1, match.end())


def _as_one_blank(body: MappedText, start: int, end: int, *, first: int) -> Iterator[Edit]:
    """Replace a run by a blank: all of it, or its ``first`` one where the source holds something else between them."""
    if end - start == 1 or len(body[start:end].spans) == 1:
        yield Edit(start, end, " ")
        return
    if start < first:
        yield Edit(start, first)
    yield Edit(first, first + 1, " ")
    if first + 1 < end:
        yield Edit(first + 1, end)

"""Character references of HTML (``&amp;``, ``&#233;``), undone with an exact map back to the source."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from functools import lru_cache

from extract.cleaning.document import Edit, MappedText

MAX_PASSES = 4
"""How often at most a text is unescaped: three times happens in real postings, more is an attack."""

# The grammar of html.unescape, with bounds: it fails on a decimal number of more than 4,300 digits.
_REFERENCE = re.compile(r"&(?:#[0-9]{1,4000}+;?|#[xX][0-9a-fA-F]{1,4000}+;?|[^\t\n\f <&#;]{1,32}+;?)")
_CLOSED_REFERENCE = re.compile(r"&(?:#[0-9]{1,9}+|#[xX][0-9a-fA-F]{1,9}+|[A-Za-z][A-Za-z0-9]{1,31}+);")


def unescape(text: str) -> str:
    """The text with its character references undone, where the map to the source does not matter.

    >>> unescape("R&amp;D &#8211; AT&T")
    'R&D – AT&T'
    """
    return _REFERENCE.sub(lambda match: html.unescape(match[0]), text) if "&" in text else text


def unescape_entities(body: MappedText, *, passes: int = 1) -> MappedText:
    """The text with its character references undone, ``passes`` times (at most four) or until none is left.

    Reads references as browsers do: the semicolon may be missing where HTML allows it, and what is no reference stays.

    >>> unescape_entities(MappedText.of("R&amp;D &#8211; AT&T, caf&eacute")).text
    'R&D – AT&T, café'
    >>> unescape_entities(MappedText.of("&amp;lt;p&amp;gt;"), passes=2).text
    '<p>'
    """
    return _unescape(body, _REFERENCE, passes)


def unescape_closed_entities(body: MappedText, *, passes: int = 1) -> MappedText:
    """The text with those character references undone that end in a semicolon: safe for URLs.

    >>> unescape_closed_entities(MappedText.of("https://jobs.example/?id=7&amp;copy=1&reg=2")).text
    'https://jobs.example/?id=7&copy=1&reg=2'
    """
    return _unescape(body, _CLOSED_REFERENCE, passes)


def _unescape(body: MappedText, reference: re.Pattern[str], passes: int) -> MappedText:
    for _ in range(min(passes, MAX_PASSES)):
        edited = body.edit(_edits(body.text, reference)) if "&" in body.text else body
        if edited is body:
            break
        body = edited
    return body


def _edits(text: str, reference: re.Pattern[str]) -> Iterator[Edit]:
    for match in reference.finditer(text):
        read, width = _read(match[0])
        if width:
            yield Edit(match.start(), match.start() + width, read)


@lru_cache(maxsize=1024)
def _read(written: str) -> tuple[str, int]:
    """What a reference stands for, and how many of its characters do so: "&notit" is "¬" and then "it"."""
    read = html.unescape(written)
    if read == written:
        return "", 0
    kept = 0
    while kept < len(read) - 1 and read[-1 - kept] == written[-1 - kept]:
        kept += 1
    return read[: len(read) - kept], len(written) - kept

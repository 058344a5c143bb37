"""Drawings and formulas in an HTML text: inside of <svg> and <math> other rules hold, which a tokenizer does not know.

There <style> is an element like any other, "/>" closes it, and text may stand in CDATA. A tokenizer without a tree takes it for
raw text and reads on to an end tag that never comes. The parser knows where that is so; there it is written in another way.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from extract.cleaning.html_elements import RAW

if TYPE_CHECKING:
    from turbohtml import Element

_RAW = ",".join(sorted(RAW))
RAW_DRAWN = f":is({_RAW}):is(svg *,math *)"
"""The selector of elements that a tokenizer takes for raw text and that may be none, because they stand in a drawing."""
_SAME = re.compile(r"<(\w+)(?:\s[^<>/\"']*+(?:\"[^<>\"]*+\"[^<>/\"']*+)*+)?+>[^<]*+</\1\s*+>", re.IGNORECASE)
CDATA, _CDATA_END = "<![CDATA[", "]]>"
_PASSES = 5  # parses at most: what is written in another way may open what stood in it


def reads_otherwise(text: str, node: Element, start: int) -> bool:
    """Whether a tokenizer reads an element of a drawing, whose tag begins at ``start``, in another way than the parser."""
    return node.namespace.name != "HTML" and not _SAME.match(text, start)


def with_plain_drawings(text: str) -> str:
    """The text, as long as it is, in which raw elements and CDATA of drawings are written so that a tokenizer reads them right.

    >>> with_plain_drawings("<svg><style/><![CDATA[a<b]]></svg><style>c</style>")
    '<svg><styl_/><!--[]-->a_b<!></svg><style>c</style>'
    """
    if CDATA in text:
        text = _without_cdata(text)
    for _ in range(_PASSES):
        renamed = _renamed(text)
        if renamed == text:
            break
        text = renamed
    return text


def _renamed(text: str) -> str:
    """The text with other names for the raw elements that the parser finds in drawings."""
    from turbohtml import parse  # noqa: PLC0415  as in html_tree

    root = parse(text, source_locations=True, scripting=True)
    inside = [node for node in root.select(_RAW) if node.namespace.name != "HTML"]
    places = sorted(place for node in inside for place in _names(node))
    pieces: list[str] = []
    done = 0
    for start, name, other in places:
        pieces += (text[done:start], other)
        done = start + len(name)
    return "".join((*pieces, text[done:]))


def _names(node: Element) -> list[tuple[int, str, str]]:
    """Where the names of an element stand, and what to write instead: a <title> of a drawing holds HTML, as its <desc> does."""
    other = "desc " if (node.tag, node.namespace.name) == ("title", "SVG") else f"{node.tag[:-1]}_"
    found = node.source_location
    starts = [found.start_tag.start_offset + 1] if found and found.start_tag else []
    starts += [found.end_tag.start_offset + 2] if found and found.end_tag else []
    return [(start, node.tag, other) for start in starts]


def _without_cdata(text: str) -> str:
    """The text without the marks of CDATA where the parser takes them for that; comments stand in their places."""
    from turbohtml import parse  # noqa: PLC0415  as in html_tree

    sign = f"\ue000{hashlib.sha256(text.encode()).hexdigest()[:16]}:"  # no text holds its own
    parts = text.split(CDATA)
    tried = parts[0] + "".join(f"{CDATA}{sign}{number};{part}" for number, part in enumerate(parts[1:]))
    seen = parse(tried, positions=False, scripting=True).text
    shown = {int(found[2]) for found in re.finditer(rf"(<!\[CDATA\[)?{sign}(\d+);", seen) if not found[1]}
    pieces: list[str] = [parts[0]]
    inside = False
    for number, part in enumerate(parts[1:]):
        inner, end, rest = part.partition(_CDATA_END)
        if inside or number in shown:
            pieces += ("_![CDATA[" if inside else "<!--[]-->", inner.replace("<", "_"), "<!>" if end else "", rest)
            inside = not end
        else:
            pieces += (CDATA, part)
    return "".join(pieces)

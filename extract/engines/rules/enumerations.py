"""Benefits that a sentence lists: "Our benefits include paid leave, medical coverage, and a gym membership"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extract.cleaning.document import Segment
from extract.engines.base import TextReference

_OPENS = re.compile(
    r"\b(?:benefits?|perks|package)\b[^.:]{0,60}?\b(?:includ\w+|such as|like)\b:?\s*"
    r"|\b(?:role|position|you)\b[^.]{0,20}?\beligible for\s+"
    r"|\bparticipat(?:ion|ing) in (?:our |the )?(?:\w+['’]s )?"
    r"|\b(?:avantages|prestations)\b[^.:]{0,40}?:\s*"
    r"|\b(?:Leistungen|Vorteile|Benefits)\b[^.:]{0,40}?:\s*"
    r"|\b(?:beneficios|ventajas)\b[^.:]{0,40}?:\s*",
    re.IGNORECASE,
)
_BREAK = re.compile(r"\s*(?:,|;|\bas well as\b|\bund\b|\bet\b|\by\b)\s*(?:and\s+|or\s+)?", re.IGNORECASE)
_LAST_AND = re.compile(r"\s+and\s+(?=[^,]*$)")
_ADJUNCT = re.compile(r"(?:and |or )?(?:for|with|in|at|by|from|if|when|subject)\b", re.IGNORECASE)
_END = re.compile(r"[.!?](?:\s|$)|\.$")
FEWEST_PARTS = 2


def enumerated(segment: Segment) -> Iterator[tuple[str, list[TextReference]]]:
    """Each thing that a sentence lists as a benefit, with its place."""
    text = segment.text
    opening = _OPENS.search(text)
    if not opening:
        return
    single = opening[0].lower().startswith("participat")
    end = _END.search(text, opening.end())
    stop = end.start() if end else len(text)
    parts = list(pieces(text, opening.end(), stop))
    if single:
        parts = parts[:1]
    elif len(parts) < FEWEST_PARTS:
        return
    for start, finish in parts:
        if not _ADJUNCT.match(text[start:finish]):
            yield text[start:finish], [TextReference(segment.number, start, finish)]


def pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The parts between commas and the last "and", without blanks at their ends; brackets stay whole."""
    breaks = [
        m for m in _BREAK.finditer(text, start, end) if text.count("(", start, m.start()) == text.count(")", start, m.start())
    ]
    edges = [(start, start), *((m.start(), m.end()) for m in breaks), (end, end)]
    for (_, left), (right, _) in zip(edges, edges[1:], strict=False):
        while left < right and text[left].isspace():
            left += 1
        while right > left and text[right - 1].isspace():
            right -= 1
        if right > left:
            yield left, right

"""Benefits that a sentence lists: "Our benefits include paid leave, medical coverage, and a gym membership"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from extract.cleaning.document import Segment
from extract.engines.base import TextReference
from extract.once import once
from extract.readers.wording import wording

# What one takes part in or is eligible for is English wording of pay-transparency notes; no other language of the samples has it
_ELIGIBLE = r"\b(?:role|position|you)\b[^.]{0,20}?\beligible for\s"
_TAKES_PART = re.compile(r"\bparticipat(?:ion|ing) in (?:our |the )?(?:\w{1,40}['’]s )?", re.IGNORECASE)
_END = re.compile(r"[.!?](?:\s|$)")
_FEWEST = 2  # things that make a list


@once
def _opens() -> re.Pattern[str]:
    """What a list of benefits follows."""
    nouns, verbs = wording("benefit_nouns").expression, wording("benefit_verbs").expression
    return re.compile(rf"{nouns}[^.:]{{0,60}}?(?:{verbs}:?|:)\s?|{_ELIGIBLE}", re.IGNORECASE)


@once
def _breaks() -> re.Pattern[str]:
    """What stands between two things of a list; brackets, so that a list inside of them can be left alone."""
    joins, ends = wording("list_joins").expression, wording("list_ends").expression
    return re.compile(rf"[()]|(?:[,;]|\s{joins}(?=\s))\s?(?:{ends}\s)?", re.IGNORECASE)


@once
def _adjunct() -> re.Pattern[str]:
    ends, adjuncts = wording("list_ends").expression, wording("list_adjuncts").expression
    return re.compile(rf"(?:{ends}\s)?{adjuncts}", re.IGNORECASE)


def enumerated(segment: Segment) -> Iterator[tuple[str, list[TextReference]]]:
    """Each thing that a sentence lists as a benefit, with its place; nothing where it lists fewer than two."""
    opening, taken = _opens().search(segment.text), _TAKES_PART.search(segment.text)
    if taken and (opening is None or taken.start() < opening.start()):
        yield from islice(_things(segment, taken.end()), 1)  # "participation in our bonus program": what follows is no list
    elif opening:
        things = list(_things(segment, opening.end()))
        if len(things) >= _FEWEST:
            yield from things


def _things(segment: Segment, start: int) -> Iterator[tuple[str, list[TextReference]]]:
    """The parts of the sentence from a place on, but for what belongs to the part before it ("for your family")."""
    end = _END.search(segment.text, start)
    for left, right in pieces(segment.text, start, end.start() if end else len(segment.text)):
        if not _adjunct().match(segment.text, left):
            yield segment.text[left:right], [TextReference(segment.number, left, right)]


def pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The parts of ``[start, end)`` between commas and joining words, without blanks at their ends; brackets stay whole.

    >>> text = "paid leave (vacation, sick days), medical coverage, and a gym membership"
    >>> [text[left:right] for left, right in pieces(text, 0, len(text))]
    ['paid leave (vacation, sick days)', 'medical coverage', 'a gym membership']
    """
    depth = 0
    left = start
    for found in _breaks().finditer(text, start, end):
        depth += (found[0] == "(") - (found[0] == ")")
        if depth <= 0 and found[0] not in "()":
            yield from _stripped(text, left, found.start())
            left = found.end()
    yield from _stripped(text, left, end)


def _stripped(text: str, left: int, right: int) -> Iterator[tuple[int, int]]:
    """The range without blanks at its ends, if anything is left of it."""
    piece = text[left:right]
    left += len(piece) - len(piece.lstrip())
    right = left + len(piece.strip())
    if right > left:
        yield left, right

"""Two texts word by word: which words of each the other does not have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

_WORD = re.compile(r"\s*+(?:\w++|[^\w\s])")
MAX_WORDS = 3_000
"""Words in which two texts may differ: with their number squared grows how long it takes to compare them."""
_EDGE = 40  # characters that are kept beside a difference
_GAP = " … "


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a text; ``same`` where the other has it too."""

    text: str
    same: bool = True


def compared(expected: str, found: str) -> tuple[list[Part], list[Part]] | None:
    """Both texts in parts; None where they have no word in common, or are too long to be compared.

    >>> expected, found = compared("Senior cook, Bern", "cook in Bern") or ([], [])
    >>> [part.text for part in expected if not part.same], [part.text for part in found if not part.same]
    (['Senior', ','], [' in'])
    >>> compared("Zug", "Basel") is None
    True
    """
    sides = _WORD.findall(expected), _WORD.findall(found)
    words = [[word.strip() for word in side] for side in sides]
    head = _alike(words[0], words[1])
    rest = [side[head:] for side in words]
    tail = _alike(rest[0][::-1], rest[1][::-1])
    middle = [side[: len(side) - tail] for side in rest]
    if max(map(len, middle)) > MAX_WORDS or not any(word.isalnum() for word in set(words[0]) & set(words[1])):
        return None
    blocks = SequenceMatcher(None, middle[0], middle[1]).get_matching_blocks()
    known = [(0, 0, head), *((head + one, head + other, size) for one, other, size in blocks[:-1])]
    known.append((len(words[0]) - tail, len(words[1]) - tail, tail))
    ranges = [[(block[side], block[side] + block[2]) for block in known] for side in (0, 1)]
    return list(_parts(sides[0], ranges[0])), list(_parts(sides[1], ranges[1]))


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """How many words both begin with."""
    shortest = min(len(one), len(other))
    return next((at for at in range(shortest) if one[at] != other[at]), shortest)


def _parts(words: Sequence[str], same: Iterable[tuple[int, int]]) -> Iterator[Part]:
    """The words as parts; ``same`` are the ranges of those that both have, in order."""
    at, known = 0, ""
    for start, end in [*same, (len(words), len(words))]:
        if at < start:
            if known:
                yield Part(known)
            yield Part("".join(words[at:start]), same=False)
            known = ""
        known += "".join(words[start:end])
        at = end
    if known:
        yield Part(known)


def around_differences(parts: Sequence[Part]) -> list[Part]:
    """The parts with what both have shortened to what stands beside a difference.

    >>> [part.text for part in around_differences([Part("word " * 50), Part("new", same=False)])]
    [' … word word word word word word word word ', 'new']
    """
    last = len(parts) - 1
    return [Part(_edges(part.text, first=not at, last=at == last)) if part.same else part for at, part in enumerate(parts)]


def _edges(text: str, *, first: bool, last: bool) -> str:
    before, after = "" if first else text[:_EDGE], "" if last else text[-_EDGE:]
    shortened = f"{before.rstrip() if before else ''}{_GAP}{after.lstrip() if before else after}"
    return shortened if len(shortened) < len(text) else text


def start_of(parts: Iterable[Part], limit: int) -> list[Part]:
    """As many characters as that of the parts.

    >>> start_of([Part("one"), Part("two", same=False)], 4)
    [Part(text='one', same=True), Part(text='t', same=False)]
    """
    kept: list[Part] = []
    for part in parts:
        if limit <= 0:
            break
        kept.append(Part(part.text[:limit], part.same))
        limit -= len(part.text)
    return kept

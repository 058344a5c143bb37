"""What every reader of ``extract.readers`` answers with, and the promise that all of them keep.

A reader is a pure function of a cleaned text (a segment: one line, white space folded). The promise, on which grounding
rests: for each reading, reading ``text[start:end]`` alone states the same value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

MOST = 200  # things of one kind in one line: a line with more is a table of data, of which the rest is not read

_SENTENCE_END = re.compile(r"[.!?;]\s(?=[A-ZÀ-ÖØ-Þ])")
_WORD = re.compile(r"[^\W_][\w'’-]*")


@dataclass(frozen=True, slots=True)
class Reading(Generic[T_co]):
    """A value and where the text states it: [start, end)."""

    value: T_co
    start: int
    end: int


def alternation(words: Iterable[str]) -> str:
    """A pattern for any of the words, the longest first; a blank in a word is any one white-space character.

    Words with the same first letter stand together, so that a long list is tried quickly.

    >>> alternation(["per", "an", "per annum"])
    '(?:a(?:n)|p(?:er\\\\sannum|er))'
    """
    tails: dict[str, list[str]] = {}
    for word in sorted(set(words), key=lambda word: (-len(word), word)):
        tails.setdefault(word[0], []).append(r"\s".join(re.escape(part) for part in word[1:].split(" ")))
    return "(?:" + "|".join(f"{re.escape(first)}(?:{'|'.join(rest)})" for first, rest in sorted(tails.items())) + ")"


def spoken(text: str, start: int, end: int, *, pairs: Container[str]) -> Iterator[tuple[str, int, int]]:
    """The words of a stretch in lower case with their places, without French articles.

    A word of ``pairs`` comes a second time, together with the one behind it ("series a").
    """
    opening: tuple[str, int] | None = None
    for match in _WORD.finditer(text, start, end):
        at, stop = match.span()
        word = match[0].lower()
        if opening:
            yield f"{opening[0]} {word}", opening[1], stop
        if len(word) > 2 and word[1] in "'’":  # "l'indemnité"
            word, at = word[2:], at + 2
        yield word, at, stop
        opening = (word, at) if word in pairs else None


def openings(phrases: Iterable[str]) -> frozenset[str]:
    """The first words of the phrases of two words."""
    return frozenset(phrase.partition(" ")[0] for phrase in phrases if " " in phrase)


def sentence(text: str, start: int, end: int, *, reach: int) -> tuple[int, int]:
    """The part of the sentence around ``[start, end)`` that is at most ``reach`` characters away on either side."""
    low, high = max(0, start - reach), min(len(text), end + reach)
    for stop in _SENTENCE_END.finditer(text, low, min(len(text), start + 1)):
        low = stop.end()
    if stop_after := _SENTENCE_END.search(text, end, high):
        high = stop_after.start()
    return min(low, start), high


def _itself(value: object) -> object:
    return value


def proven(
    readings: Sequence[Reading[T]],
    text: str,
    read: Callable[[str], list[Reading[T]]],
    *,
    key: Callable[[T], object] = _itself,
) -> list[Reading[T]]:
    """The readings whose own words, read alone by ``read``, give the value again; ``key`` is what of it must be equal."""
    if not readings:
        return []
    return [r for r in readings if any(key(again.value) == key(r.value) for again in read(text[r.start : r.end]))]

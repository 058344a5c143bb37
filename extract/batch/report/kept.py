"""What is kept of many things, as little as there has to be: counts, and a few of them with the smallest keys."""

from __future__ import annotations

from bisect import insort
from collections import Counter
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from operator import itemgetter
from typing import Generic, TypeVar

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)
Key = tuple[float, float, bytes]
MOST_KINDS = 100
"""Kinds of issues and failures that are told apart; a check may invent a code for each document."""


def spread(path: str) -> bytes:
    """What a document is ordered by where any may stand for all: it depends on its path alone, and not on its neighbours."""
    return sha256(path.encode("utf-8", "surrogatepass")).digest()[:8]


class Chosen(Generic[T]):
    """As many of the values as ``most``, those with the smallest keys, whatever the order in which they come.

    >>> chosen = Chosen[str](2)
    >>> for number, value in enumerate(("c", "a", "b")):
    ...     chosen.add((-number, 0, b""), value)
    >>> list(chosen)
    ['b', 'a']
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: list[tuple[Key, T]] = []

    def __iter__(self) -> Iterator[T]:
        return (value for _, value in self._kept)

    def __len__(self) -> int:
        return len(self._kept)

    def add(self, key: Key, value: T) -> None:
        if len(self._kept) >= self._most:
            if not self._kept or key >= self._kept[-1][0]:
                return
            self._kept.pop()
        insort(self._kept, (key, value), key=itemgetter(0))


class Tally(Generic[K]):
    """How often each thing came up; ``others`` counts what came up first when there were ``most`` already."""

    def __init__(self, most: int) -> None:
        self.counts: Counter[K] = Counter()
        self.others = 0
        self._most = most

    def add(self, thing: K) -> bool:
        """Count it; whether it is one of those that are told apart."""
        known = thing in self.counts or len(self.counts) < self._most
        if known:
            self.counts[thing] += 1
        else:
            self.others += 1
        return known


@dataclass(frozen=True, slots=True)
class Example:
    """A document of a kind, and what was said of it."""

    path: str
    said: str


@dataclass(frozen=True, slots=True)
class Kind:
    """Documents with the same issue or failure; ``cause`` is what was said of the first that came."""

    cause: str
    examples: Chosen[Example]


@dataclass(slots=True)
class Kinds(Generic[K]):
    """Documents by kind, with a few examples of each: ``examples`` of them."""

    examples: int
    tally: Tally[K] = field(default_factory=lambda: Tally(MOST_KINDS))
    known: dict[K, Kind] = field(default_factory=dict)

    def add(self, kind: K, key: Key, example: Example) -> None:
        """Count a document, whose example is kept if its key is small."""
        if not self.tally.add(kind):
            return
        if kind not in self.known:
            self.known[kind] = Kind(example.said, Chosen(self.examples))
        self.known[kind].examples.add(key, example)

"""Which documents a run is about: what is named, what a list names, or a sample of these."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from extract.batch.inputs import Inputs, listed
from extract.batch.items import Content, Item, Skipped
from extract.batch.sampling import sampled
from extract.errors import UsageError

_BLOCK = 64 * 1024  # bytes
LIST = "-"
"""The name of the list of inputs."""


class Listing(Protocol):
    """An open file or pipe, of which what is there can be read without waiting for more."""

    def read1(self, size: int, /) -> bytes: ...


@dataclass(slots=True)
class Choice:
    """The documents of inputs by their names; ``-`` among them stands for those that ``listing`` names, one a line.

    ``sample``: only so many of them, chosen by ``seed``; None = all.
    """

    inputs: Inputs
    places: Sequence[str]
    listing: Listing | None = None
    sample: int | None = None
    seed: int = 0
    _names: list[str] | None = field(default=None, init=False)

    def items(self) -> Iterator[Item | Skipped]:
        """The documents; a list is read once, so that without a sample this can be asked for once. UsageError as of Inputs."""
        if self.sample is None:
            return self._all()
        return sampled(self._all, size=self.sample, seed=self.seed)

    def count(self) -> int | None:
        """How many there are, where that is known without reading them all."""
        if not self.places:
            raise UsageError(
                "no INPUT: name a folder, a file, a pattern in quotes, a table or an archive, or - for a list of them"
            )
        found = self.inputs.count(self._named)
        if LIST in self.places:
            return None
        return found if self.sample is None or found is None else min(self.sample, found)

    def contents(self, places: AbstractSet[str]) -> Iterator[tuple[str, Content]]:
        """The documents at these places once more, as far as they can be had; of a list that is gone, those that are files."""
        items = self.inputs.items((), listed=sorted(places)) if LIST in self.places and self._names is None else self._all()
        for item in items:
            if isinstance(item, Item) and item.place in places:
                content = item.content()
                if not isinstance(content, Exception):
                    yield item.place, content

    @property
    def _named(self) -> list[str]:
        return [place for place in self.places if place != LIST]

    def _all(self) -> Iterator[Item | Skipped]:
        return self.inputs.items(self._named, listed=self._listed() if LIST in self.places else ())

    def _listed(self) -> Iterable[str]:
        if self.listing is None:
            raise UsageError("no list of inputs on standard input: send one, or name the inputs")
        blocks = iter(partial(self.listing.read1, _BLOCK), b"")
        if self.sample is None:
            return listed(blocks)
        if self._names is None:  # a sample goes through them twice
            self._names = list(listed(blocks))
        return self._names

"""A sample of a batch, which depends on the names of its documents and on nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from heapq import nsmallest

from extract.batch.items import Item, Skipped
from extract.errors import UsageError


def sampled(items_factory: Callable[[], Iterable[Item | Skipped]], *, size: int, seed: int | str) -> Iterator[Item | Skipped]:
    """As many of the documents, each with the same chance whatever their order; in their order, with what is no document.

    Those with the smallest SHA-256 of seed, NUL and place: the same seed draws the same ones from the same places, and a larger
    sample holds the smaller one. The factory is called twice, and has to give the same items: once for the keys, of which
    ``size`` are kept, and once for the sample. Nothing is loaded.
    """
    if size < 0:
        raise UsageError(f"a sample has {size} documents: ask for 0 or more")
    return _drawn(items_factory, size=size, seed=seed)


def _drawn(items_factory: Callable[[], Iterable[Item | Skipped]], *, size: int, seed: int | str) -> Iterator[Item | Skipped]:
    keys = (_key(item.place, seed) for item in items_factory() if isinstance(item, Item))
    chosen = set(nsmallest(size, keys))
    for item in items_factory():
        if isinstance(item, Skipped) or _key(item.place, seed) in chosen:
            yield item


def _key(place: str, seed: int | str) -> bytes:
    return sha256(f"{seed}\0{place}".encode("utf-8", "surrogatepass")).digest()

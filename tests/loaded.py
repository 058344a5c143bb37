"""What comes of the documents of a batch when they are loaded, as tests compare it."""

from __future__ import annotations

from collections.abc import Iterable

from extract.batch.items import Content, Item, Skipped
from extract.errors import SourceError


def loaded(items: Iterable[Item | Skipped]) -> list[tuple[str, Content]]:
    """The place and the content of each document; where there is none, the name of its error, and its message."""
    return [(item.place, content_of(item)) for item in items if isinstance(item, Item)]


def content_of(item: Item) -> Content:
    """The content, which is the same each time; or "DamagedSource: a.zip is …"."""
    first, again = _content_of(item), _content_of(item)
    assert first == again
    return first


def _content_of(item: Item) -> Content:
    try:
        return item.load()
    except SourceError as error:
        return f"{type(error).__name__}: {error}"


def skipped(items: Iterable[Item | Skipped]) -> list[Skipped]:
    """What was found and is no document."""
    return [item for item in items if isinstance(item, Skipped)]

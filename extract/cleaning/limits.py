"""How much a document may hold: far more than any real one does, and little enough that a hostile one is refused in time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from extract.errors import SourceTooLarge

MAX_TAGS = 250_000
"""Tags, or what begins like one. The densest real pages have 70,000 in a megabyte."""
MAX_PARTS = 15_000
"""Lines of a page, segments (lines and sentences), or facts. The longest real postings have 500."""
MAX_LINE_ENDS = 100_000
"""Line ends of a plain text, empty lines among them."""

T = TypeVar("T")


def check_count(count: int, most: int, what: str) -> None:
    """Raises SourceTooLarge where there are more than ``most``; ``clean`` puts the name of the source before its message."""
    if count > most:
        raise SourceTooLarge(f"has more than {most:,} {what}: it is no single document; cut it, and pass its parts one by one")


def bounded(parts: Iterable[T], most: int, what: str) -> Iterator[T]:
    """The parts, until there are more than ``most``; then SourceTooLarge."""
    for count, part in enumerate(parts, start=1):
        check_count(count, most, what)
        yield part

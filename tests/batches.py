"""Documents and outputs for the tests of batches."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from extract.batch.items import Content, Item, Skipped
from extract.batch.reading import Answer, Reader, Reading
from extract.batch.results import Earlier, open_results
from extract.batch.rows import is_sound
from extract.batch.running import Conduct, run_batch
from extract.batch.totals import Totals
from extract.errors import SourceError, UnreadableSource

RULES = Reading(engine="rules", evidence=False)


def posting(number: int) -> str:
    """A posting like no other."""
    return f"Nurse {number}\n\nLocation: Basel, Switzerland\n\nRequirements\n- {number} years of experience\n"


def item(place: str, content: Content | SourceError) -> Item:
    """A document, or one that cannot be had."""

    def load() -> Content:
        if isinstance(content, SourceError):
            raise content
        return content

    return Item(place, place, load)


def postings(count: int, start: int = 0) -> list[Item]:
    """As many documents, all different."""
    return [item(f"{number}.txt", posting(number)) for number in range(start, start + count)]


def gone(place: str) -> Item:
    """A document that is not there any longer."""
    return item(place, UnreadableSource(f"{place} does not exist"))


class Reads:
    """Reads as the rules do, and keeps the names of what it has read."""

    def __init__(self, reader: Reader | None = None) -> None:
        self.reader = reader or RULES.reader()
        self.names: list[str] = []

    def __call__(self, name: str, content: Content) -> Answer:
        self.names.append(name)
        return self.reader.answer(name, content)


def batched(
    items: Iterable[Item | Skipped],
    output: Path,
    reads: Reads,
    *,
    conduct: Conduct | None = None,
    earlier: Earlier = Earlier.ASIDE,
    configuration: str = "",
) -> Totals:
    """What a run over these documents comes to."""
    with open_results(output, configuration or reads.reader.configuration, earlier=earlier) as results:
        return run_batch(items, results, answer=reads, conduct=conduct or Conduct())


def rows(output: Path) -> list[dict[str, Any]]:
    """The rows of an output, each of which has to be sound."""
    lines = output.read_bytes().splitlines()
    assert all(map(is_sound, lines))
    return [json.loads(line) for line in lines]


def paths(found: Sequence[dict[str, Any]]) -> list[str]:
    """The documents of rows, in order."""
    return sorted(row["path"] for row in found)

"""What a run would do, before it does it: which documents would be read and why, and what asking about them would cost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from extract.batch.batches import Batch
from extract.batch.items import Content, Item, Skipped
from extract.batch.reading import content_hash
from extract.batch.results import Results, Standing, known_results
from extract.batch.running import Conduct, standing_unread, wanted
from extract.errors import SourceError
from extract.quoting import Quotation
from extract.source import open_source


class Step(StrEnum):
    """What would be done with a document."""

    READ = "read"
    COPY = "copy"  # another one has the same content
    KEEP = "keep"  # it has a row
    LEAVE = "leave"  # it has none, and is not wanted
    FAIL = "fail"  # it cannot be read
    SKIP = "skip"  # it is no document


@dataclass(frozen=True, slots=True)
class Planned:
    """What would be done with a document, and why."""

    place: str
    step: Step
    why: str


def planned(batch: Batch, conduct: Conduct, *, quotation: Quotation) -> Iterator[Planned]:
    """What a run would do with each document; what is to be read is added to the quotation. Nothing is asked or written."""
    with known_results(None if batch.force else batch.journal, batch.reader.configuration) as results:
        for item in batch.items():
            if isinstance(item, Skipped):
                yield Planned(item.place, Step.SKIP, item.reason)
            elif results.take(item.place):
                yield _planned(item, results, batch=batch, conduct=conduct, quotation=quotation)


def without_record(items: Iterable[Item | Skipped], results: Results) -> Iterator[tuple[str, Content]]:
    """The documents that can be had and have no record yet, by their places: of the others a run makes rows, or keeps them."""
    for item in items:
        if isinstance(item, Skipped):
            continue
        content = item.content()
        if isinstance(content, Exception):
            continue
        if results.standing(item.place, content_hash(content), name=item.id) is not Standing.DONE:
            yield item.place, content


def _planned(item: Item, results: Results, *, batch: Batch, conduct: Conduct, quotation: Quotation) -> Planned:
    reading = batch.reader.reading
    content = item.content()
    if isinstance(content, Exception):
        standing = standing_unread(results, item)
        return Planned(item.place, Step.FAIL, str(content)) if wanted(standing, conduct) else _unwanted(item, standing)
    sha256 = content_hash(content)
    standing = results.standing(item.place, sha256, name=item.id)
    if not wanted(standing, conduct):
        return _unwanted(item, standing)
    if results.same(sha256) is not None or not results.meet(sha256):
        return Planned(item.place, Step.COPY, standing.value)
    try:
        source = open_source(content, max_chars=reading.max_chars, name=item.place)
    except SourceError as error:
        return Planned(item.place, Step.FAIL, str(error))
    quotation.add(source, batch.reader.engine, reading.settings, input_format=reading.input_format)
    return Planned(item.place, Step.READ, standing.value)


def _unwanted(item: Item, standing: Standing) -> Planned:
    return Planned(item.place, Step.LEAVE if standing is Standing.NEW else Step.KEEP, standing.value)

"""Our grounding, asked for one pair in each of the ways in which an engine can answer."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from grounding_pairs import Pair

from extract.cleaning import clean
from extract.cleaning.document import CleanDocument
from extract.engines.base import Draft, DraftValue
from extract.engines.llm.answers import place_in_line
from extract.engines.llm.lines import Lines, shown_facts
from extract.fields import leaf_annotations, path_pattern
from extract.grounding import ground
from extract.pipeline import Judging, judge
from extract.result import Status
from extract.schemas.job_posting import JobPosting
from extract.source import Format, open_source
from extract.tasks import task_named
from extract.validation import Validated

STATED = frozenset({Status.QUOTED, Status.NORMALISED, Status.REPAIRED, Status.FACT})
"""What counts as grounded. What is only inferred does not."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a pair: in any try, after validation and checks too, and when only the lines that state it are named."""

    grounded: bool
    validated: bool
    by_line: bool
    seconds: float
    """Of one look-up."""


def judged(pair: Pair) -> Verdict:
    """Look a pair up with each line of the document named in turn, and with none."""
    document = cleaned(pair.source, pair.format)
    lines = Lines(document, shown_facts(document))
    named = {number: list(_with_line(pair, lines, number)) for number in range(len(lines))}
    tries = [*(drafted for drafts in named.values() for drafted in drafts), *_without_line(pair)]
    started = time.perf_counter()
    stated = [_is_grounded(pair, drafted, document) for drafted in tries]
    seconds = (time.perf_counter() - started) / len(tries)
    right = [drafted for number in _stating(pair, lines) for drafted in named[number]]
    return Verdict(
        grounded=any(stated),
        validated=any(found and _is_kept(pair, drafted, document) for found, drafted in zip(stated, tries, strict=True)),
        by_line=any(_is_grounded(pair, drafted, document) for drafted in right),
        seconds=seconds,
    )


@lru_cache(maxsize=256)
def cleaned(source: str, format: Format) -> CleanDocument:
    """The document of a pair; cleaning it is no part of a look-up."""
    return clean(open_source(source), format=format)


def _with_line(pair: Pair, lines: Lines, number: int) -> Iterator[DraftValue]:
    """The whole line, and the place in it that the engine makes of its number where the value is printed there."""
    whole = lines.whole(number)
    yield DraftValue(pair.value, (whole,))
    place = place_in_line(pair.value, leaf_annotations(JobPosting)[path_pattern(pair.path)], lines, number)
    if place != whole:
        yield DraftValue(pair.value, (place,))


def _without_line(pair: Pair) -> Iterator[DraftValue]:
    yield DraftValue(pair.value)
    yield DraftValue(pair.value, inferred=True)


def _is_grounded(pair: Pair, drafted: DraftValue, document: CleanDocument) -> bool:
    found = ground(Draft({pair.path: drafted}), document, JobPosting).values.get(pair.path)
    return found is not None and found.evidence.status in STATED


def _is_kept(pair: Pair, drafted: DraftValue, document: CleanDocument) -> bool:
    """Whether the value stands in the record, where an entry of a list may have another number."""
    found = judge(Draft({pair.path: drafted}), document, task_named("job_posting"), Judging())
    evidence = found.evidence if isinstance(found, Validated) else {}
    pattern = path_pattern(pair.path)
    return any(path_pattern(path) == pattern and shown.status in STATED for path, shown in evidence.items())


def _stating(pair: Pair, lines: Lines) -> list[int]:
    """The lines that hold the words of the pair, or a part of them, wherever they stand in the source."""
    places = []
    at = pair.source.find(pair.claim)
    while at >= 0:
        places.append((at, at + len(pair.claim)))
        at = pair.source.find(pair.claim, at + 1)
    spans = [body.spans for body in lines.bodies()]
    return [
        number
        for number, held in enumerate(spans)
        if any(span.start < end and start < span.end for span in held for start, end in places)
    ]

"""Which postings a document holds, where its markup states more than one: only the first is read."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from extract.cleaning.document import CleanDocument, Fact
from extract.engines.rules.page import DraftBuilder
from extract.result import Severity

_POSTING = "JobPosting."


def posting_nodes(facts: Sequence[Fact]) -> tuple[int, ...]:
    """The nodes of all postings that the markup states, in their order."""
    return tuple(dict.fromkeys(fact.node for fact in facts if fact.path.startswith(_POSTING)))


def of_other_postings(clean: CleanDocument) -> frozenset[int]:
    """The numbers of the segments that were read from any posting but the first.

    A segment knows the property that it was read from, but not the node: that is the one whose facts stand around it.
    """
    others = frozenset(posting_nodes(clean.facts)[1:])
    if not others:
        return frozenset()
    places = sorted((fact.spans[0].start, fact.node) for fact in clean.facts if fact.spans)
    starts = [start for start, _ in places]
    found = []
    for segment in clean.segments:
        if segment.part_of and segment.part_of.startswith(_POSTING) and segment.spans:
            at = bisect_right(starts, segment.spans[0].start) - 1
            if at >= 0 and places[at][1] in others:
                found.append(segment.number)
    return frozenset(found)


def note_other_postings(clean: CleanDocument, draft: DraftBuilder) -> None:
    """Say so where a document holds more than one posting."""
    count = len(posting_nodes(clean.facts))
    if count > 1:
        message = f"the document holds {count} postings; only the first one is read"
        draft.note("several_postings", "", message, Severity.WARNING)

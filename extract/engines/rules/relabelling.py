"""What is put right in the labels of segments after the best way is found: where neighbours know better than scores."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from extract.cleaning.document import Kind, Segment
from extract.engines.rules.cues import Scores

_LISTED = frozenset(("responsibilities", "qualifications", "preferred_qualifications", "skills", "benefits"))
_ASKED = frozenset(("qualifications", "preferred_qualifications"))
_SHORT = 60  # characters of a line that is a label or a link where nothing in its wording speaks for its section


def relabelled(
    segments: Sequence[Segment], labels: Sequence[str], *, own: Sequence[Scores], headings: Sequence[str | None]
) -> tuple[str, ...]:
    """The labels after all corrections of the module, in their order.

    ``own`` is what the wording of each segment says, ``headings`` the known section of the heading above each.
    """
    found = ends_of_paragraphs(segments, labels, own=own)
    found = beside_lists(segments, found, own=own, headings=headings)
    return tuple(three_lists_in_order(segments, found, headings=headings))


def ends_of_paragraphs(segments: Sequence[Segment], labels: Sequence[str], *, own: Sequence[Scores]) -> list[str]:
    """A sentence that says nothing for its section goes with the sentence before it, not with the next paragraph."""
    found = list(labels)
    for (at, before), (index, segment) in pairwise(enumerate(segments)):
        if before.block == segment.block and not own[index].get(found[index]):
            found[index] = found[at]
    return found


def beside_lists(
    segments: Sequence[Segment], labels: Sequence[str], *, own: Sequence[Scores], headings: Sequence[str | None]
) -> list[str]:
    """Where a section has a list under its own heading, what else sounds like it is of the description, or nothing."""
    found = list(labels)
    listed = {over for segment, over in zip(segments, headings, strict=True) if segment.kind is Kind.ITEM}
    for index, (segment, over) in enumerate(zip(segments, headings, strict=True)):
        label = found[index]
        if label not in _LISTED or over == label or segment.kind is Kind.HEADING:
            continue
        if label == "responsibilities" and label in listed and segment.kind is Kind.SENTENCE:
            found[index] = "description"
        elif not own[index].get(label) and len(segment.text) <= _SHORT and (label in listed or segment.kind is not Kind.ITEM):
            found[index] = "meta"
    return found


def three_lists_in_order(segments: Sequence[Segment], labels: Sequence[str], *, headings: Sequence[str | None]) -> list[str]:
    """Three lists that follow each other without headings are what one does, what one must bring, what would be nice."""
    found = list(labels)
    runs = _unheaded_lists(segments, headings)
    for first, second, third in zip(runs, runs[1:], runs[2:], strict=False):
        touching = first.stop == second.start and second.stop == third.start
        asked = {found[n] for n in (*second, *third)} <= _ASKED
        if touching and asked and found[first.start] == "responsibilities":
            found[third.start : third.stop] = ["preferred_qualifications"] * len(third)
    return found


def _unheaded_lists(segments: Sequence[Segment], headings: Sequence[str | None]) -> list[range]:
    """The stretches of segments that are one list each, and stand under no known heading."""
    runs: list[range] = []
    for index, (segment, over) in enumerate(zip(segments, headings, strict=True)):
        if segment.list is None or over:
            continue
        if runs and runs[-1].stop == index and segments[index - 1].list == segment.list:
            runs[-1] = range(runs[-1].start, index + 1)
        else:
            runs.append(range(index, index + 1))
    return runs

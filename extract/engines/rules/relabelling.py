"""What is put right in the labels of segments after the best way is found: where neighbours know better than scores."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from extract.cleaning.document import Kind, Segment
from extract.cleaning.headings import heading_section
from extract.engines.rules.cues import Scores
from extract.readers.contacts import read_emails, read_phones
from extract.readers.field_names import paths_of
from extract.readers.wording import wording

_LISTED = frozenset(("responsibilities", "qualifications", "preferred_qualifications", "skills", "benefits"))
_ASKED = frozenset(("qualifications", "preferred_qualifications"))
_REQUIRED = frozenset(("experience_years_min", "education", "work_authorization"))  # fields whose lines are requirements, too
_APPLYING = frozenset(("contact.name", "contact.email", "contact.phone", "apply_url", "valid_through"))
_SAYS_HOW = 1.8  # points from which a sentence is one on applying: one telling phrase
_LONGEST_LABEL = 40  # characters before the colon of "Nice to have: Dutch"
_SHORT = 60  # characters of a line that is a label or a link where nothing in its wording speaks for its section


def relabelled(
    segments: Sequence[Segment], labels: Sequence[str], *, own: Sequence[Scores], headings: Sequence[str | None]
) -> tuple[str, ...]:
    """The labels after all corrections of the module, in their order.

    ``own`` is what the wording of each segment says, ``headings`` the known section of the heading above each.
    """
    found = ends_of_paragraphs(segments, labels, own=own)
    found = beside_lists(segments, found, own=own, headings=headings)
    found = three_lists_in_order(segments, found, headings=headings)
    found = outside_lists(segments, found, own=own)
    return tuple(_asked_or_not(segment, label) for segment, label in zip(segments, found, strict=True))


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


def outside_lists(segments: Sequence[Segment], labels: Sequence[str], *, own: Sequence[Scores]) -> list[str]:
    """A line that names another field is in no list, and neither is what says how to apply behind the items of one."""
    found = list(labels)
    behind_items = False
    for index, segment in enumerate(segments):
        label = found[index]
        if segment.kind is Kind.HEADING or segment.kind is Kind.ITEM:
            behind_items = segment.kind is Kind.ITEM
        elif label in _LISTED and segment.kind is Kind.FIELD and (paths := paths_of(segment.key)):
            if label not in _ASKED or _REQUIRED.isdisjoint(paths):
                found[index] = "meta" if _APPLYING.isdisjoint(paths) else "apply"
        elif label in _LISTED and behind_items and _says_how_to_apply(segment, own[index], label):
            found[index] = "apply"
    return found


def _says_how_to_apply(segment: Segment, own: Scores, label: str) -> bool:
    if own.get("apply", 0.0) >= max(_SAYS_HOW, own.get(label, 0.0)):
        return True
    return bool(read_emails(segment.text) or read_phones(segment.text, country=None))


def _asked_or_not(segment: Segment, label: str) -> str:
    """The section of a segment of the requirements, if it says by itself that it is none or only would be nice."""
    if label not in _ASKED or segment.kind is Kind.HEADING:
        return label
    if segment.kind is Kind.SENTENCE and wording("speaks_of_employer").pattern.match(segment.text):
        return "company"
    return "preferred_qualifications" if label == "qualifications" and is_labelled_preferred(segment.text) else label


def is_labelled_preferred(text: str) -> bool:
    """Whether a requirement begins with the name of a list of what would be nice, or with or ends with a word for it.

    >>> [is_labelled_preferred(text) for text in ("Nice to have: Dutch", "Englisch von Vorteil", "Dutch is nice to have")]
    [True, True, False]
    """
    colon = text.find(":", 0, _LONGEST_LABEL)
    if colon > 0 and heading_section(text[:colon]) == "preferred_qualifications":
        return True
    bare = text.rstrip(" .;,!)")
    return any(found.start() == 0 or found.end() == len(bare) for found in wording("preferred_marks").pattern.finditer(bare))

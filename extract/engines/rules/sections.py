"""Which section of the posting each segment belongs to: by headings where there are any, else by what it sounds like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from extract.cleaning.document import Kind, Segment
from extract.cleaning.headings import heading_section
from extract.engines.rules.cues import Scores, section_scores

# In the order in which postings usually have them: going back costs a little.
ORDER = (
    "meta",
    "company",
    "description",
    "responsibilities",
    "qualifications",
    "preferred_qualifications",
    "skills",
    "benefits",
    "apply",
    "legal",
    "related",
)
# Sections that a heading opens but that no list of the record holds: their values are read, their text is not kept.
READ_ONLY = frozenset(
    ("salary", "location", "duration", "start", "contract", "department", "contact", "work_authorization", "other", "title")
)
KEPT_AS = {"education": "qualifications", "experience": "qualifications"}

HEADED, HEADED_LOOSELY, HEADING_LEFT = 4.2, 2.2, 0.5
SAME_LIST, SAME_PARAGRAPH, NEW_BLOCK, NEW_HEADING, BACKWARDS = 5.0, 2.0, 0.7, 0.0, 2.5
CLOSED = frozenset(("skills", "related"))  # only a heading opens these
FADE, FADED = 0.02, 0.3  # a heading says less with each segment below it, down to this share
SHORT = 60  # characters: what a line of meta data has at most
LEGAL_FOR_SURE = 3.0


@dataclass(frozen=True, slots=True)
class Headed:
    """The heading that a segment stands under: its section, where known, and how much that says about the segment."""

    section: str | None
    heading: int | None
    weight: float


def headed(segments: Sequence[Segment], scores: Sequence[Scores]) -> list[Headed]:
    """For each segment, the heading above it."""
    found: list[Headed] = []
    section: str | None = None
    heading: int | None = None
    items = 0
    since = 0
    left = False  # a text on rights and privacy ends what a heading began
    for segment, own in zip(segments, scores, strict=True):
        if segment.kind is Kind.HEADING:
            section, heading, items, left = section_of_heading(segment.text), segment.number, 0, False
            since = 0
            found.append(Headed(section, heading, 0.0))
            continue
        items += segment.kind is Kind.ITEM
        since += 1
        left = left or own.get("legal", 0.0) >= LEGAL_FOR_SURE
        weight = HEADED_LOOSELY if section == "description" else HEADED
        if left or (segment.kind is not Kind.ITEM and items > 1):
            weight = HEADING_LEFT
        weight *= max(FADED, 1.0 - FADE * since)
        if section == "meta" and len(segment.text) > SHORT:
            weight = 0.0
        found.append(Headed(section, heading, weight))
    return found


def section_of_heading(text: str) -> str | None:
    """The section that a heading opens, "meta" for those whose text the record does not keep; None for an unknown heading."""
    section = heading_section(text)
    if section in READ_ONLY:
        return "meta"
    return KEPT_AS.get(section, section) if section else None


def label_sections(segments: Sequence[Segment], *, hints: Sequence[Scores] = ()) -> tuple[str, ...]:
    """The section of each segment: the cheapest way through the document (Viterbi) for what headings and wording say.

    ``hints`` are further scores for each segment.
    """
    own = [section_scores(s.text) if s.kind is not Kind.HEADING else {} for s in segments]
    above = headed(segments, own)
    emissions = [emission(segment, over, scores) for segment, over, scores in zip(segments, above, own, strict=True)]
    for scores, more in zip(emissions, hints, strict=False):
        for section, score in more.items():
            scores[section] = scores.get(section, 0.0) + score
    best: list[dict[str, float]] = []
    origin: list[dict[str, str]] = []
    for index, scores in enumerate(emissions):
        states = [s for s in ORDER if s not in CLOSED or above[index].section == s or s in scores]
        if not best:
            best.append({s: scores.get(s, 0.0) for s in states})
            origin.append({})
            continue
        change = change_cost(segments[index - 1], segments[index])
        row, back = step(best[-1], states, scores, change)
        best.append(row)
        origin.append(back)
    labels = ends_of_paragraphs(segments, own, backtrack(best, origin))
    labels = lists_under_their_headings(segments, above, own, labels)
    return tuple(three_lists_in_order(segments, above, labels))


def emission(segment: Segment, over: Headed, own: Scores) -> Scores:
    """What speaks for each section: the heading above, the wording, the shape."""
    if segment.kind is Kind.HEADING:
        return {over.section: HEADED} if over.section else {"meta": 0.3}
    scores = dict(own)
    if segment.kind is Kind.FIELD and not over.section:
        scores["meta"] = scores.get("meta", 0.0) + 2.0
    elif segment.kind is not Kind.ITEM and len(segment.text) <= SHORT and not segment.text.endswith((".", "!", "?", ":")):
        scores["meta"] = scores.get("meta", 0.0) + 0.6
    if over.section:
        scores[over.section] = scores.get(over.section, 0.0) + over.weight
    return scores


def change_cost(before: Segment, segment: Segment) -> float:
    if segment.kind is Kind.HEADING or before.kind is Kind.HEADING:
        return NEW_HEADING
    if segment.list is not None and segment.list == before.list:
        return SAME_LIST
    return SAME_PARAGRAPH if segment.block == before.block else NEW_BLOCK


def step(before: Scores, states: Sequence[str], scores: Scores, change: float) -> tuple[Scores, dict[str, str]]:
    row: Scores = {}
    back: dict[str, str] = {}
    leader = max(before, key=lambda s: before[s])
    for state in states:
        chosen, value = leader, before[leader] - change - (BACKWARDS if RANK[state] < RANK[leader] else 0.0)
        if state in before and before[state] >= value:
            chosen, value = state, before[state]
        row[state] = value + scores.get(state, 0.0)
        back[state] = chosen
    return row, back


RANK = {section: rank for rank, section in enumerate(ORDER)}


def backtrack(best: Sequence[Scores], origin: Sequence[dict[str, str]]) -> list[str]:
    labels: list[str] = []
    if best:
        state = max(best[-1], key=lambda s: best[-1][s])
        for back in reversed(origin):
            labels.append(state)
            state = back.get(state, state)
    return labels[::-1]


def ends_of_paragraphs(segments: Sequence[Segment], own: Sequence[Scores], labels: list[str]) -> list[str]:
    """A sentence that says nothing for its section goes with the sentence before it, not with the next paragraph."""
    for before, segment in zip(segments, segments[1:], strict=False):
        label = labels[segment.number]
        if before.block == segment.block and label != labels[before.number] and not own[segment.number].get(label):
            labels[segment.number] = labels[before.number]
    return labels


def lists_under_their_headings(
    segments: Sequence[Segment], above: Sequence[Headed], own: Sequence[Scores], labels: list[str]
) -> list[str]:
    """Where a section has a list under its own heading, what else sounds like it is of the description, or nothing."""
    listed = {over.section for segment, over in zip(segments, above, strict=True) if segment.kind is Kind.ITEM}
    for segment, over in zip(segments, above, strict=True):
        label = labels[segment.number]
        if label not in LISTED or over.section == label or segment.kind is Kind.HEADING:
            continue
        silent = not own[segment.number].get(label)
        if label == "responsibilities" and label in listed and segment.kind is Kind.SENTENCE:
            labels[segment.number] = "description"
        elif silent and len(segment.text) <= SHORT and (label in listed or segment.kind is not Kind.ITEM):
            labels[segment.number] = "meta"
    return labels


LISTED = frozenset(("responsibilities", "qualifications", "preferred_qualifications", "skills", "benefits"))


def three_lists_in_order(segments: Sequence[Segment], above: Sequence[Headed], labels: list[str]) -> list[str]:
    """Three lists that follow each other without headings are what one does, what one must bring, what would be nice."""
    runs: list[list[int]] = []
    for segment, over in zip(segments, above, strict=True):
        if segment.list is None or over.section:
            continue
        if runs and runs[-1][-1] == segment.number - 1 and segments[runs[-1][-1]].list == segment.list:
            runs[-1].append(segment.number)
        else:
            runs.append([segment.number])
    for first, second, third in zip(runs, runs[1:], runs[2:], strict=False):
        touching = first[-1] + 1 == second[0] and second[-1] + 1 == third[0]
        asked = {labels[n] for n in (*second, *third)} <= {"qualifications", "preferred_qualifications"}
        if touching and asked and labels[first[0]] == "responsibilities":
            for number in third:
                labels[number] = "preferred_qualifications"
    return labels

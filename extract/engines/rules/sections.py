"""Which section of the posting each segment belongs to: by headings where there are any, else by what it sounds like.

A label for each segment is chosen so that the whole document scores best (Viterbi's way through a lattice of segments and
sections): each segment speaks for sections by its wording, its shape and the heading above it, and each change of section
costs something, least where a heading stands and most in the middle of a list.

All weights are points on one scale, that of ``cues`` (a telling phrase is worth about 2). They were set by hand on real
postings, to trade two mistakes against each other: a segment that goes with its neighbours although it says something else
(changes too dear), and a section cut to pieces by single words (changes too cheap).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from extract.cleaning.document import Kind, Segment
from extract.cleaning.headings import heading_section
from extract.engines.rules.cues import Scores, section_scores
from extract.engines.rules.relabelling import relabelled

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
_RANK = {section: rank for rank, section in enumerate(ORDER)}
# Sections that a heading opens but that no list of the record holds: their values are read, their text is not kept.
_READ_ONLY = frozenset(
    ("salary", "location", "duration", "start", "contract", "department", "contact", "work_authorization", "other", "title")
)
_KEPT_AS = {"education": "qualifications", "experience": "qualifications"}
_CLOSED = frozenset(("skills", "related"))  # only a heading opens these: nothing but a heading tells them from others
_OPEN = tuple(section for section in ORDER if section not in _CLOSED)

# Where the texts of schema.org properties belong. Source: schema.org/JobPosting. Its description may hold any section, and is
# one of the job where it says nothing else.
_DESCRIPTION = "description"
_PREFERRED = "preferred_qualifications"
_PROPERTIES = {
    "description": _DESCRIPTION,
    "responsibilities": "responsibilities",
    "qualifications": "qualifications",
    "experienceRequirements": "qualifications",
    "educationRequirements": "qualifications",
    "skills": "skills",
    "jobBenefits": "benefits",
    "incentiveCompensation": "benefits",
    "hiringOrganization": "company",
}

# What a heading says of the segments below it. "Description" opens postings as a whole, so it says less. What follows the list
# under a heading without being an item of it, or follows a text on rights, has mostly left the section.
_HEADED, _HEADED_LOOSELY, _HEADING_LEFT = 4.2, 2.2, 0.5
_FADE, _FADED = 0.02, 0.3  # a heading says less with each segment below it, down to this share
_LEGAL_FOR_SURE = 3.0  # points from which a text is one on rights and privacy: more than one phrase
_OF_PROPERTY = 6.0  # a property of the markup says more than any wording
_DESCRIBED = 0.7  # but its description may hold anything: it says little, only more than the shape of a line
_MOST_OUTSIDE = 1  # items after which a paragraph no longer belongs to the heading

# What shapes say: a line that names a field and states it, a short line that is no sentence, a heading that nobody knows
_FIELD, _SHORT_LINE, _UNKNOWN_HEADING = 2.0, 0.6, 0.3
_SHORT = 60  # characters that a line of meta data has at most

# What a change of section costs between two segments, and what it costs more to go back in the usual order
_IN_LIST, _IN_PARAGRAPH, _BETWEEN_BLOCKS, _AT_HEADING, _BACKWARDS = 5.0, 2.0, 0.7, 0.0, 2.5


@dataclass(frozen=True, slots=True)
class Headed:
    """The section of the heading that a segment stands under, where known, and how much that says about the segment."""

    section: str | None
    weight: float


def label_sections(segments: Sequence[Segment], *, hints: Sequence[Scores] = ()) -> tuple[str, ...]:
    """The section of each segment, one of ``ORDER``. ``hints`` are further scores for each segment, or empty."""
    if not segments:
        return ()
    own = [section_scores(s.text) if s.kind is not Kind.HEADING else {} for s in segments]
    above = headed(segments, own)
    emissions = [_emission(segment, over, scores) for segment, over, scores in zip(segments, above, own, strict=True)]
    for scores, more in zip(emissions, hints, strict=bool(hints)):
        for section, score in more.items():
            scores[section] = scores.get(section, 0.0) + score
    sections = [over.section for over in above]
    labels = _best_way(segments, sections, emissions)
    return relabelled(segments, labels, own=own, headings=sections)


def section_of_heading(text: str) -> str | None:
    """The section that a heading opens, "meta" for those whose text the record does not keep; None for an unknown heading.

    >>> section_of_heading("What you bring"), section_of_heading("Salary"), section_of_heading("Once upon a time")
    ('qualifications', 'meta', None)
    """
    section = heading_section(text)
    if section in _READ_ONLY:
        return "meta"
    return _KEPT_AS.get(section, section) if section else None


def section_of_property(part_of: str | None) -> str | None:
    """The section of the property that a text was read from; None for what is no property, or can be anything.

    >>> section_of_property("JobPosting.jobBenefits.0"), section_of_property("Organization.slogan")
    ('benefits', None)
    """
    steps = part_of.split(".", 2) if part_of else []
    return _PROPERTIES.get(steps[1]) if len(steps) > 1 and steps[0] == "JobPosting" else None


def headed(segments: Sequence[Segment], scores: Sequence[Scores]) -> list[Headed]:
    """For each segment, the heading above it in the same property of the markup, or what the property says."""
    found: list[Headed] = []
    section: str | None = None
    part_of: str | None = None
    headless = True
    items = since = 0
    left = False  # a text on rights and privacy ends what a heading began
    for segment, own in zip(segments, scores, strict=True):
        if segment.part_of != part_of:
            part_of, section, headless = segment.part_of, None, True
            items, since, left = 0, 0, False
        if segment.kind is Kind.HEADING:
            section, headless, items, since, left = section_of_heading(segment.text), False, 0, 0, False
            found.append(Headed(section, _HEADED))
            continue
        if section is None and part_of and (stated := _stated(segment, headless=headless)):
            found.append(stated)
            continue
        items += segment.kind is Kind.ITEM
        since += 1
        left = left or own.get("legal", 0.0) >= _LEGAL_FOR_SURE
        outside = left or (segment.kind is not Kind.ITEM and items > _MOST_OUTSIDE)
        weight = _HEADING_LEFT if outside else _HEADED_LOOSELY if section == "description" else _HEADED
        if section == "meta" and len(segment.text) > _SHORT:
            weight = 0.0
        found.append(Headed(section, weight * max(_FADED, 1.0 - _FADE * since)))
    return found


def _stated(segment: Segment, *, headless: bool) -> Headed | None:
    """What the property says of a text that stands under no known heading of its own."""
    section = section_of_property(segment.part_of)
    if section != _DESCRIPTION:
        return Headed(section, _OF_PROPERTY) if section else None
    return Headed(section, _DESCRIBED) if headless and segment.kind is Kind.SENTENCE else None


def _emission(segment: Segment, over: Headed, own: Scores) -> Scores:
    """What speaks for each section: the heading above, the wording, the shape."""
    if segment.kind is Kind.HEADING:
        return {over.section: over.weight} if over.section else {"meta": _UNKNOWN_HEADING}
    scores = dict(own)
    if segment.kind is Kind.FIELD and not over.section:
        scores["meta"] = scores.get("meta", 0.0) + _FIELD
    elif segment.kind is not Kind.ITEM and len(segment.text) <= _SHORT and not segment.text.endswith((".", "!", "?", ":")):
        scores["meta"] = scores.get("meta", 0.0) + _SHORT_LINE
    if over.section:
        scores[over.section] = scores.get(over.section, 0.0) + over.weight
    if over.section == _PREFERRED and over.weight > _HEADING_LEFT:
        scores[_PREFERRED] += scores.pop("qualifications", 0.0)  # what sounds like a requirement is one that would be nice
    return scores


def _change_cost(before: Segment, segment: Segment) -> float:
    if segment.kind is Kind.HEADING or before.kind is Kind.HEADING or segment.part_of != before.part_of:
        return _AT_HEADING
    if segment.list is not None and segment.list == before.list:
        return _IN_LIST
    return _IN_PARAGRAPH if segment.block == before.block else _BETWEEN_BLOCKS


def _best_way(segments: Sequence[Segment], headings: Sequence[str | None], emissions: Sequence[Scores]) -> list[str]:
    """The sections of the best way through the document."""
    best: Scores = {}
    origins: list[dict[str, str]] = []
    before = segments[0]
    for segment, heading, scores in zip(segments, headings, emissions, strict=True):
        closed = [section for section in _CLOSED if section == heading or section in scores]
        best, origin = _step(best, (*_OPEN, *closed), scores, _change_cost(before, segment))
        origins.append(origin)
        before = segment
    state = max(best, key=lambda section: best[section])
    labels: list[str] = []
    for origin in reversed(origins):
        labels.append(state)
        state = origin[state]
    return labels[::-1]


def _step(before: Scores, states: Sequence[str], scores: Scores, change: float) -> tuple[Scores, dict[str, str]]:
    """The best score of a way that ends in each section, and the section that it comes from.

    A way stays in its section or comes from the leading one. That is an approximation where going back costs more than coming
    from a section behind the leader; it keeps a step at one look at each section.
    """
    if not before:
        return {state: scores.get(state, 0.0) for state in states}, {state: state for state in states}
    row: Scores = {}
    origin: dict[str, str] = {}
    leader = max(before, key=before.__getitem__)
    onwards, rank = before[leader] - change, _RANK[leader]
    for state in states:
        value = onwards - _BACKWARDS if _RANK[state] < rank else onwards
        stay = before.get(state)
        if stay is not None and stay >= value:
            value, origin[state] = stay, state
        else:
            origin[state] = leader
        row[state] = value + scores.get(state, 0.0)
    return row, origin

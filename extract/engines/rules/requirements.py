"""What one must bring, as figures: a level of education and years of experience."""

from __future__ import annotations

from collections.abc import Sequence

from extract.cleaning.document import Segment
from extract.engines.rules.page import DraftBuilder, Page, part, whole
from extract.engines.rules.relabelling import is_labelled_preferred
from extract.engines.rules.statements import Statement, stating
from extract.readers.experience import read_experience_years
from extract.readers.reading import Reading
from extract.readers.terms import in_progress_ok, lowest_education
from extract.readers.wording import wording

# Sections that state requirements, and those that may where no requirement does. What would only be nice is none of them.
_EDUCATION = (("qualifications",), ("skills", "description", "meta", "responsibilities"))
_EXPERIENCE = (("qualifications",), ("skills", "description", "meta"))
_LONGEST_WISH = 40  # characters at the end of a requirement that can say it is none


def fill_requirements(page: Page, draft: DraftBuilder, stated: Sequence[Statement]) -> None:
    """Everything of the module."""
    fill_education(page, draft)
    fill_experience(page, draft, stated)


def fill_education(page: Page, draft: DraftBuilder) -> None:
    """The first requirement that names a degree; the lowest that it names."""
    if draft.has("education.text"):
        return
    for sections in _EDUCATION:
        for segment in page.of(*sections):
            if level := lowest_education(segment.text):
                _put_education(draft, segment, level)
                return


def _put_education(draft: DraftBuilder, segment: Segment, level: Reading[str]) -> None:
    draft.put("education.level", level.value, part(segment, level))
    draft.put("education.text", segment.text, whole(segment))
    progress = in_progress_ok(segment.text)
    # a requirement that says nothing of studies that go on asks for the degree: that is ours to say, so it is inferred
    place = part(segment, progress) if progress else whole(segment)
    draft.put("education.in_progress_ok", progress is not None, place, inferred=progress is None)


def fill_experience(page: Page, draft: DraftBuilder, stated: Sequence[Statement]) -> None:
    """The years that a line on experience states, else those of the first requirement that names any and is no wish."""
    named = (s.segment for s in stating(stated, "experience_years_min") if page.section(s.segment) != "preferred_qualifications")
    for segments in (named, *(page.of(*sections) for sections in _EXPERIENCE)):
        for segment in segments:
            if is_wish(segment.text):
                continue
            for reading in read_experience_years(segment.text)[:1]:
                draft.put("experience_years_min", reading.value, part(segment, reading))
                return


def is_wish(text: str) -> bool:
    """Whether a requirement says of itself that nobody must meet it.

    >>> is_wish("5 years of experience would be an advantage."), is_wish("An advantage of 5 years")
    (True, False)
    """
    bare = text.rstrip(" .;,!)")
    last = bare[-_LONGEST_WISH:]
    return is_labelled_preferred(text) or any(f.end() == len(last) for f in wording("optional_ends").pattern.finditer(last))

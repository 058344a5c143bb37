"""The terms of the job: pay, dates, duration and kind of work."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from extract.cleaning.document import Kind, Segment
from extract.engines.base import TextReference
from extract.engines.rules.dates import fill_dates
from extract.engines.rules.page import DraftBuilder, Page, part, whole
from extract.engines.rules.statements import Statement, stating
from extract.readers.durations import Duration, read_durations
from extract.readers.money import Pay, is_legal_minimum, read_pay
from extract.readers.reading import Reading
from extract.readers.terms import read_employment_types, read_workplace
from extract.readers.wording import wording

ABOUT_THE_JOB = ("meta", "description", "responsibilities", "apply")

# What speaks for a sum being the pay of this job, in points: set on real postings. A line that says "Salary" outweighs all else
# but a full range with its unit elsewhere; a figure among the benefits is more often an allowance.
_NAMED, _RANGE, _UNIT, _CURRENCY, _BENEFIT = 2.0, 1.5, 1.0, 0.5, -0.5
# "An internship" among what one must bring is of another job; these words are of the job wherever they stand
_HOURS = frozenset(("FULL_TIME", "PART_TIME", "TEMPORARY", "CONTRACTOR"))


def fill_terms(page: Page, draft: DraftBuilder, stated: Sequence[Statement]) -> None:
    """Everything of the module, from lines that state a field first, from sentences second."""
    fill_pay(page, draft, stated)
    fill_dates(page, draft, stated)
    fill_duration(page, draft, stated)
    fill_employment_types(page, draft, stated)
    fill_workplace(page, draft, stated)
    fill_work_authorization(page, draft)


def fill_pay(page: Page, draft: DraftBuilder, stated: Sequence[Statement]) -> None:
    """The sum for which most speaks; the first of equals. What a legal note says counts only as a range, and last of all."""
    if draft.has("salary"):
        return
    named = {s.segment.number for s in stating(stated, "salary")}
    found = [
        (_pay_score(reading.value, page.section(segment), named=segment.number in named), segment, reading.value)
        for segment in page.outside("related")
        for reading in read_pay(segment.text)
        if reading.value.about == "pay" or (segment.number in named and reading.value.about != "other")
    ]
    offers = [scored for scored in found if not _is_note(page, scored[1], named)]
    notes = [scored for scored in found if scored[2].min and scored[2].max and not is_legal_minimum(scored[1].text)]
    if best := offers or notes:
        _, segment, pay = max(best, key=lambda scored: scored[0])
        _put_pay(draft, segment, pay)


def _is_note(page: Page, segment: Segment, named: Collection[int]) -> bool:
    """Whether a segment is a legal note; behind one, and in a line that names the pay, only if it is about the law's minimum."""
    if is_legal_minimum(segment.text):
        return "legal" in page.sections[max(0, segment.number - 1) : segment.number + 1]
    return page.section(segment) == "legal" and segment.number not in named


def _pay_score(pay: Pay, section: str, *, named: bool) -> float:
    score = _NAMED * named + _RANGE * bool(pay.min and pay.max) + _UNIT * bool(pay.unit) + _CURRENCY * bool(pay.currency)
    return score + _BENEFIT * (section == "benefits")


def _put_pay(draft: DraftBuilder, segment: Segment, pay: Pay) -> None:
    for name, amount in (("min", pay.min), ("max", pay.max)):
        if amount:
            draft.put(f"salary.{name}", str(amount.value), part(segment, amount))
    if pay.currency:
        draft.put("salary.currency", pay.currency.value, part(segment, pay.currency), inferred=not pay.currency_stated)
    if pay.unit:
        draft.put("salary.unit", pay.unit.value, part(segment, pay.unit))


def fill_duration(page: Page, draft: DraftBuilder, stated: Sequence[Statement]) -> None:
    """How long the job lasts: what a line states, else the first span of time that is said to be its length."""
    if draft.has("duration"):
        return
    for segment, reading, offset in _durations(page, stated):
        _put_duration(draft, segment, reading, offset=offset)
        return


def _durations(page: Page, stated: Sequence[Statement]) -> Iterator[tuple[Segment, Reading[Duration], int]]:
    for statement in stating(stated, "duration"):
        for reading in read_durations(statement.text)[:1]:
            yield statement.segment, reading, statement.start
    for segment in page.of(*ABOUT_THE_JOB):
        for reading in read_durations(segment.text):
            if reading.value.of_job:
                yield segment, reading, 0


def _put_duration(draft: DraftBuilder, segment: Segment, reading: Reading[Duration], *, offset: int) -> None:
    """Whole weeks; both ends rest on the whole phrase, since "16 to 24" alone states no weeks."""
    place = part(segment, reading, offset=offset)
    for name, weeks in (("min_weeks", reading.value.min_weeks), ("max_weeks", reading.value.max_weeks)):
        if weeks:
            draft.put(f"duration.{name}", round(weeks.value), place)


def fill_employment_types(page: Page, draft: DraftBuilder, stated: Sequence[Statement]) -> None:
    """All kinds of employment that something about the job itself states, those of lines that name them first."""
    if draft.has("employment_types"):
        return
    found = [
        (reading.value, [part(statement.segment, reading, offset=statement.start)])
        for statement in stating(stated, "employment_types")
        for reading in read_employment_types(statement.text)
    ]
    titled = _segments_of_title(draft)
    for segment in page.segments:
        in_title = segment.number in titled
        if in_title or (segment.kind is not Kind.HEADING and page.section(segment) not in ("related", "legal", "company")):
            about = in_title or page.section(segment) in (*ABOUT_THE_JOB, "benefits")
            readings = read_employment_types(segment.text)
            found += [(r.value, [part(segment, r)]) for r in readings if about or r.value in _HOURS]
    draft.put_each("employment_types", found)


def _segments_of_title(draft: DraftBuilder) -> frozenset[int]:
    title = draft.values.get("title")
    return frozenset(r.segment for r in title.references if isinstance(r, TextReference)) if title else frozenset()


def fill_workplace(page: Page, draft: DraftBuilder, stated: Sequence[Statement]) -> None:
    """Where the work is done: what lines on the place or the model of work say, else the first sentence on the job."""
    named = (s.segment for path in ("workplace_type", "locations") for s in stating(stated, path))
    for segments in (named, page.outside("related", "legal", "company", "responsibilities")):
        for segment in segments:
            if draft.has("workplace_type"):
                return
            for reading in read_workplace(segment.text)[:1]:
                draft.put("workplace_type", reading.value, part(segment, reading))


def fill_work_authorization(page: Page, draft: DraftBuilder) -> None:
    """The first sentence on permits and visas."""
    permits = wording("work_authorization")
    if not permits.may_stand_in(page.lowered):
        return
    for segment in page.outside("related", "company"):
        if segment.kind is not Kind.HEADING and permits.pattern.search(segment.text):
            draft.put("work_authorization", segment.text, whole(segment))
            return

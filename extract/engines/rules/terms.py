"""The terms of the job: pay, dates, duration, kind of contract, what one must bring in years and degrees."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from extract.cleaning.document import Kind, Segment
from extract.engines.base import TextReference
from extract.engines.rules.page import DraftBuilder, Page, part, whole
from extract.engines.rules.statements import Statement
from extract.readers.dates import read_dates
from extract.readers.durations import Duration, read_durations
from extract.readers.experience import read_experience_years
from extract.readers.money import Pay, read_pay
from extract.readers.reading import Reading
from extract.readers.terms import in_progress_ok, lowest_education, read_employment_types, read_workplace
from extract.result import Severity

ABOUT_THE_JOB = ("meta", "description", "responsibilities", "apply")
_DATES = {
    "valid_through": re.compile(
        r"deadline|clos(?:es|ing)|apply (?:by|before|until)|no later than|until|before|date limite|avant le|jusqu['’]au|clôture|bewerbungsfrist"
        r"|bis (?:zum|spätestens)|fecha límite|hasta el|antes del|senast|sista ansöknings|søknadsfrist|innen|frist|uzávěrk|nejpozději|last date",
        re.IGNORECASE,
    ),
    "start_date": re.compile(
        r"start(?:s|ing)?\b|commenc|begin|à partir du|dès le|prise de poste|démarrage|début|ab dem|zum|eintritt|beginn|a partir del|incorporación"
        r"|inicio|tillträde|oppstart|tiltredelse|nástup",
        re.IGNORECASE,
    ),
    "date_posted": re.compile(r"\bposted|publi(?:shed|é|cad|cer|ser)|veröffentlicht|opening date|date posted", re.IGNORECASE),
}
_NO_DATE = re.compile(
    r"until (?:it is |the position is )?filled|open until|ongoing|rolling basis|until further notice|bis auf weiteres|fortlaufend|löpande",
    re.IGNORECASE,
)
HOURS = frozenset(("FULL_TIME", "PART_TIME", "TEMPORARY", "CONTRACTOR"))
_DATE_REACH = 45  # characters between a date and the word that says what it is for
_PERMIT = re.compile(
    r"work (?:authori[sz]ation|permit)|authori[sz]ed to work|authori[sz]ation to work|right to work|eligible to work|eligibility to work|legally (?:authori[sz]ed|able|eligible)"
    r"|visa sponsorship|sponsor(?:ship)? (?:is|for|a |an |new |any )|sponsor .{0,30}visa|unable to sponsor|not sponsor|green card|(?:us|u\.s\.) citizen"
    r"|autorisation de travail|permis de travail|titre de séjour|arbeitserlaubnis|arbeitsgenehmigung|permiso de trabajo|arbetstillstånd|arbeidstillatelse",
    re.IGNORECASE,
)


def fill_terms(page: Page, draft: DraftBuilder, stated: Sequence[Statement]) -> None:
    """Everything of the module, from lines that state a field first, from sentences second."""
    fill_pay(page, draft, stated)
    fill_dates(page, draft, stated)
    fill_duration(page, draft, stated)
    fill_kind_of_work(page, draft, stated)
    fill_education(page, draft)
    fill_experience(page, draft, stated)
    for segment in page.outside("related", "company"):
        if (
            segment.kind is not Kind.HEADING
            and _PERMIT.search(segment.text)
            and draft.put("work_authorization", segment.text, whole(segment))
        ):
            break


def of(stated: Iterable[Statement], path: str) -> Iterator[Statement]:
    return (s for s in stated if s.path == path)


def fill_pay(page: Page, draft: DraftBuilder, stated: Sequence[Statement]) -> None:
    """The first range of pay, else the first figure; a line that is said to state the salary comes first."""
    if draft.has("salary"):
        return
    named = {s.segment.number for s in of(stated, "salary")}
    found: list[tuple[float, Segment, Reading[Pay]]] = []
    for segment in page.outside("related"):
        for reading in read_pay(segment.text):
            pay = reading.value
            if pay.about == "pay" or (segment.number in named and pay.about != "other"):
                score = (
                    2.0 * (segment.number in named) + 1.5 * bool(pay.min and pay.max) + bool(pay.unit) + 0.5 * bool(pay.currency)
                )
                found.append((score - 0.5 * (page.section(segment) == "benefits"), segment, reading))
    if found:
        _, segment, reading = max(found, key=lambda f: f[0])
        put_pay(draft, segment, reading.value)


def put_pay(draft: DraftBuilder, segment: Segment, pay: Pay) -> None:
    if pay.min:
        draft.put("salary.min", str(pay.min.value), part(segment, pay.min))
    if pay.max:
        draft.put("salary.max", str(pay.max.value), part(segment, pay.max))
    if pay.currency:
        draft.put("salary.currency", pay.currency.value, part(segment, pay.currency), inferred=not pay.currency_stated)
    if pay.unit:
        draft.put("salary.unit", pay.unit.value, part(segment, pay.unit))


def fill_dates(page: Page, draft: DraftBuilder, stated: Sequence[Statement]) -> None:
    """Dates of lines that name them, then dates in sentences with a word before them that says what they are."""
    for path in _DATES:
        for statement in of(stated, path):
            for reading in read_dates(statement.text, day_first=True)[:1]:
                start = statement.start + reading.start
                draft.put(
                    path,
                    reading.value.isoformat(),
                    TextReference(statement.segment.number, start, start + reading.end - reading.start),
                )
            if path == "valid_through" and not draft.has(path) and _NO_DATE.search(statement.text):
                draft.note("no_date", path, f'"{statement.text[:80]}" names no day', Severity.INFO)
    for segment in page.outside("related", "company", "legal"):
        for reading in read_dates(segment.text):
            before = segment.text[max(0, reading.start - _DATE_REACH) : reading.start]
            cues = [(m.end(), path) for path, cue in _DATES.items() for m in cue.finditer(before)]
            if cues:
                draft.put(max(cues)[1], reading.value.isoformat(), part(segment, reading))


def fill_duration(page: Page, draft: DraftBuilder, stated: Sequence[Statement]) -> None:
    if draft.has("duration"):
        return
    for statement in of(stated, "duration"):
        for reading in read_durations(statement.text)[:1]:
            put_duration(draft, statement.segment, reading, statement.start)
    for segment in page.of(*ABOUT_THE_JOB):
        for reading in read_durations(segment.text):
            if reading.value.of_job:
                put_duration(draft, segment, reading, 0)


def put_duration(draft: DraftBuilder, segment: Segment, reading: Reading[Duration], offset: int) -> None:
    """Both ends rest on the whole phrase: "16 to 24" alone states no weeks."""
    if draft.has("duration"):
        return
    for name, weeks in (("min_weeks", reading.value.min_weeks), ("max_weeks", reading.value.max_weeks)):
        if weeks:
            place = TextReference(segment.number, reading.start + offset, reading.end + offset)
            draft.put(f"duration.{name}", weeks.value, place)


def fill_kind_of_work(page: Page, draft: DraftBuilder, stated: Sequence[Statement]) -> None:
    """Kind of contract and place of work, where something about the job itself says so."""
    types = [(r.value, [shifted(s, r)]) for s in of(stated, "employment_types") for r in read_employment_types(s.text)]
    title = draft.values.get("title")
    for segment in page.segments:
        in_title = bool(title) and any(isinstance(r, TextReference) and r.segment == segment.number for r in title.references)
        if segment.kind is Kind.HEADING and not in_title:
            continue
        about = in_title or page.section(segment) in (*ABOUT_THE_JOB, "benefits")
        if about or page.section(segment) not in ("related", "legal", "company"):
            # "an internship" among what one must bring is of another job
            types += [(r.value, [part(segment, r)]) for r in read_employment_types(segment.text) if about or r.value in HOURS]
    draft.put_each("employment_types", types)
    for statement in (*of(stated, "workplace_type"), *of(stated, "locations")):
        for found in read_workplace(statement.segment.text)[:1]:
            draft.put("workplace_type", found.value, part(statement.segment, found))
    for segment in page.outside("related", "legal", "company", "responsibilities"):
        for found in read_workplace(segment.text)[:1]:
            draft.put("workplace_type", found.value, part(segment, found))


def shifted(statement: Statement, reading: Reading[str]) -> TextReference:
    return TextReference(statement.segment.number, statement.start + reading.start, statement.start + reading.end)


def fill_education(page: Page, draft: DraftBuilder) -> None:
    """The first requirement that names a degree; the lowest that it names."""
    for sections in (("qualifications",), ("skills", "description", "meta", "responsibilities")):
        for segment in page.of(*sections):
            level = lowest_education(segment.text)
            if level and not draft.has("education.text"):
                draft.put("education.level", level.value, part(segment, level))
                draft.put("education.text", segment.text, whole(segment))
                progress = in_progress_ok(segment.text)
                if progress:
                    draft.put("education.in_progress_ok", progress.value, part(segment, progress))
                else:  # the requirement asks for the degree and says nothing of studies that go on
                    draft.put("education.in_progress_ok", False, whole(segment), inferred=True)


def fill_experience(page: Page, draft: DraftBuilder, stated: Sequence[Statement]) -> None:
    for statement in of(stated, "experience_years_min"):
        for reading in read_experience_years(statement.segment.text)[:1]:
            draft.put("experience_years_min", reading.value, part(statement.segment, reading))
    for sections in (("qualifications",), ("skills", "description", "meta")):
        for segment in page.of(*sections):
            for reading in read_experience_years(segment.text)[:1]:
                draft.put("experience_years_min", reading.value, part(segment, reading))

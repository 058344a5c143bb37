"""What the fields of a job posting have to agree on, beyond what any record has: pay, places, addresses, labels of lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from extract.checks import Check, Checked
from extract.cleaning.document import Kind, Segment, Span
from extract.finding import find_folded, find_words
from extract.readers import locate
from extract.readers.contacts import is_accommodation_mailbox
from extract.readers.countries import country_has_regions, regions_of
from extract.readers.date_purposes import DATES, purpose_of
from extract.readers.field_names import paths_of
from extract.readers.gazetteer import find_city
from extract.readers.money import plausible_pay
from extract.readers.places import read_places
from extract.result import Issue, Severity, Status
from extract.vocabulary import fold, folded_words, load

if TYPE_CHECKING:
    from extract.schemas.job_posting import JobPosting

_AROUND = 1  # lines before an address that say what it is for
_NEAR_WORDS = 5  # words before a date in which it is said what happens on it
_CLAUSE = 80  # characters before a value that say what it is
_LABEL = re.compile(r"(?:^|[|·•;,.–—-]\s)\s*([^\W\d_][^|·•;:,.]{1,38}):\s*\Z")  # right before a value
_TOWN_BEFORE = re.compile(r"[^\W\d_a-z][\w'’.-]*,\s*\Z")  # before its region
_CAPITAL_BEFORE = re.compile(r"[^\W\d_a-z][\w'’.-]*\s\Z")
_LONGEST_LABEL = 40  # characters of a line that names the field below it
_LABELS = frozenset({"title", "company.name", "department", "job_id", "contact.name", *DATES})
"""Fields of which a line holds one only."""
_LABELLED = ("title", "contact.name", *DATES)
"""Those that are not part of another one: a department may stand in a title."""
_PROPERTIES: Mapping[str, str] = {
    "datePosted": "date_posted",
    "jobStartDate": "start_date",
    "maxValue": "salary.max",
    "minValue": "salary.min",
    "sameAs": "company.url",
    "validThrough": "valid_through",
}
"""Properties of schema.org that are one field and no other."""


def pay_is_plausible(checked: Checked[JobPosting]) -> Iterator[Issue]:
    """Pay is of a size that somebody is paid in that currency and period: 85,000 an hour is not."""
    salary = checked.record.salary
    if salary is None or salary.currency is None or salary.unit is None:
        return
    for name, amount in (("min", salary.min), ("max", salary.max)):
        if amount is not None and not plausible_pay(amount, salary.currency, salary.unit.value):
            message = f"{amount} {salary.currency} for a {salary.unit.value} is no usual pay: amount or period may be misread"
            yield checked.issue(f"salary.{name}", message, code="implausible_pay", severity=Severity.WARNING)


def region_is_in_country(checked: Checked[JobPosting]) -> Iterator[Issue]:
    """A region lies in the country beside it, where we know the regions of that country."""
    for number, place in enumerate(checked.record.locations):
        if place.region is None or place.country is None or not country_has_regions(place.country):
            continue
        known = regions_of(place.region)
        if known and all(region.country != place.country for region in known):
            others = ", ".join(sorted({region.country for region in known}))
            message = f"{place.region!r} is a region of {others}, not of {place.country}"
            path = f"locations.{number}.region"
            yield checked.issue(path, message, code="region_elsewhere", severity=Severity.WARNING)


def city_is_whole(checked: Checked[JobPosting]) -> Iterator[Issue]:
    """A city is no part of the name of another one: "San" in "San Jose"."""
    for number, place in enumerate(checked.record.locations):
        path = f"locations.{number}.city"
        for segment in checked.segments(path) if place.city else ():
            at = find_words(place.city or "", segment.text)
            whole = _larger_name(segment.text, *at) if at else ""
            if whole:
                yield checked.issue(path, f"{place.city!r} is a part of {whole!r}", code="cut_short")


def _larger_name(text: str, start: int, end: int) -> str:
    """The name of a city that a shorter name is a part of; empty where it is none."""
    if not _CAPITAL_BEFORE.search(text[max(0, start - _CLAUSE) : start]) and not text[end + 1 : end + 2].isupper():
        return ""  # a quick look: a part of a name stands beside another capital
    cities = [city for found in read_places(text) if (city := found.value.city)]
    larger = (text[c.start : c.end] for c in cities if c.start <= start and end <= c.end and c.end - c.start > end - start)
    return next((name for name in larger if find_city(name)), "")


def place_is_of_the_job(checked: Checked[JobPosting]) -> Iterator[Issue]:
    """A place is where the work is, not where one travels to or the company was founded."""
    for path, name in checked.below("locations"):
        for segment in checked.segments(path) if path.endswith((".city", ".region", ".raw")) else ():
            at = find_words(name, segment.text)
            between = load("elsewhere")["between"]
            before = _TOWN_BEFORE.sub("", segment.text[max(0, at[0] - _CLAUSE) : at[0]]) if at else ""
            words = folded_words(before)
            said = [word for word in words if not word.isdigit() and word not in between]
            if f" {' '.join(said)}".endswith(tuple(f" {phrase}" for phrase in load("elsewhere")["places"])):
                message = f"{name!r} is no place of work: {_quoted(segment)}"
                yield checked.issue(path, message, code="other_field", hint="it is no place of work")


def _quoted(segment: Segment) -> str:
    return repr(segment.text if len(segment.text) <= _CLAUSE else f"{segment.text[: _CLAUSE - 1]}…")


def line_is_of_this_opening(checked: Checked[JobPosting]) -> Iterator[Issue]:
    """Title, places and pay do not come from a sentence on other openings ("We also hire a driver in Lyon")."""
    for name in ("title", "locations", "salary"):
        for path, _ in checked.below(name):
            segments = checked.segments(path)
            if segments and all(_tells_of_others(segment) for segment in segments):
                message = f"it is about another opening: {_quoted(segments[0])}"
                yield checked.issue(path, message, code="other_opening", hint="it is about another opening")


def _tells_of_others(segment: Segment) -> bool:
    said = f" {fold(segment.text)} "
    return any(f" {phrase} " in said for phrase in load("elsewhere")["openings"])


def title_is_whole(checked: Checked[JobPosting]) -> Iterator[Issue]:
    """The title begins where it begins in the document: no "Librarian" of an "Assistant Librarian"."""
    title = checked.record.title
    for segment in checked.segments("title") if title else ():
        at = find_words(title or "", segment.text) or find_folded(title or "", segment.text)
        before = folded_words(segment.text[: at[0]])[-1:] if at and segment.text[: at[0]].endswith((" ", "-")) else []
        if before and before[0] in load("titles")["ranks"]["words"]:
            start = segment.text[: at[0]].split()[-1] if at else ""
            message = f"the title is longer: {start!r} stands right before {title!r}"
            yield checked.issue("title", message, code="cut_short")
        elif at and fold(segment.text[: at[0]]).endswith(tuple(load("titles")["superiors"]["words"])):
            yield checked.issue("title", f"{title!r} is who the job reports to", code="other_field")


def mailbox_is_for_applications(checked: Checked[JobPosting]) -> Iterator[Issue]:
    """The address is not one for accommodations, privacy and the like."""
    contact = checked.record.contact
    if contact is None or contact.email is None:
        return
    lines = checked.segments("contact.email")
    first = lines[0].number if lines else 0
    around = (*checked.document.segments[max(0, first - _AROUND) : first], *lines)
    if is_accommodation_mailbox(contact.email, " ".join(segment.text for segment in around)):
        message = f"{contact.email} is for accommodations, privacy or the like, not for applications"
        yield checked.issue("contact.email", message, code="other_mailbox")


def person_is_for_applications(checked: Checked[JobPosting]) -> Iterator[Issue]:
    """The person is not the founder, nor the one for the press."""
    name = checked.values.get("contact.name")
    for segment in checked.segments("contact.name") if name else ():
        at = find_words(str(name), segment.text)
        before = f" {fold(segment.text[max(0, at[0] - _CLAUSE) : at[0]])}" if at else ""
        if before.endswith(tuple(f" {word}" for word in load("elsewhere")["people"])):
            message = f"{name} is somebody else: {_quoted(segment)}"
            yield checked.issue("contact.name", message, code="other_field", hint="it is somebody to whom nobody applies")


def page_is_of_the_posting(checked: Checked[JobPosting]) -> Iterator[Issue]:
    """The address of the posting or of its form is not that of a note on privacy or on the law."""
    for path in ("apply_url", "source_url"):
        address = checked.values.get(path)
        words = set(fold(urlsplit(address).path).split()) if address else set()
        if words & set(load("addresses")["other_pages"]):
            yield checked.issue(path, f"{address} is a page on privacy or on the law", code="other_page")


def line_says_the_same(checked: Checked[JobPosting]) -> Iterator[Issue]:
    """A value does not stand in a line, or in a property of the markup, that says that it is another field."""
    for path in _LABELLED:
        lines = [] if checked.values.get(path) is None else [set(_labels(s, path, checked)) for s in checked.segments(path)]
        if lines and all(said and path not in said for said in lines):
            names = ", ".join(sorted(set.union(*lines)))
            yield checked.issue(path, f"the line says that it is {names}", code="other_field")
    stated = ((fact, _PROPERTIES.get(fact.path.rpartition(".")[2])) for fact in checked.document.facts)
    named = {fact.spans: field for fact, field in stated if field}
    for path in (*_PROPERTIES.values(), "source_url", "apply_url") if named else ():
        evidence = checked.evidence.get(path)
        spans = evidence.spans if evidence and evidence.status is Status.FACT else ()
        fields = [field for held, field in named.items() if spans and _holds(held, spans)]
        if fields and path not in fields:
            yield checked.issue(path, f"the markup says that it is {', '.join(fields)}", code="other_field")


def _purpose(text: str, start: int) -> str | None:
    """What a date is for, by the words before it: a field, or something that is none."""
    words = folded_words(text[max(0, start - _CLAUSE) : start])[-_NEAR_WORDS:]
    other = any(f" {phrase} " in f" {' '.join(words)} " for phrase in load("elsewhere")["days"])
    return "another day" if other else purpose_of(text, start)


def _holds(outer: Sequence[Span], inner: Sequence[Span]) -> bool:
    """Whether a stretch of the source lies in another one."""
    return bool(outer) and outer[0].start <= inner[0].start and inner[-1].end <= outer[-1].end


def _labels(segment: Segment, path: str, checked: Checked[JobPosting]) -> Iterator[str]:
    """The fields that a line says its value is, of those that one line holds one of."""
    if path in DATES:
        value = str(checked.values[path])
        places = [found.start for found in locate("date", segment.text) if found.value == value]
        if any(_LABEL.search(segment.text[:start]) for start in places):  # several fields may stand in one line
            labels = (label[1] for start in places if (label := _LABEL.search(segment.text[:start])))
            yield from (name for label in labels for name in paths_of(label) if name in DATES)
            return
    fields = DATES if path in DATES else _LABELS
    above = checked.document.segment(segment.number - 1)
    named = [name for name in paths_of(segment.key) if name in fields] if segment.kind is Kind.FIELD else []
    if not named and above and above.kind is not Kind.ITEM and len(above.text) <= _LONGEST_LABEL:
        named = [name for name in paths_of(above.text) if name in fields]
    if not named and path in DATES:
        named = [purpose for start in places if (purpose := _purpose(segment.text, start))]
    yield from named


JOB_CHECKS: tuple[Check, ...] = (
    pay_is_plausible,
    region_is_in_country,
    city_is_whole,
    place_is_of_the_job,
    line_is_of_this_opening,
    title_is_whole,
    mailbox_is_for_applications,
    person_is_for_applications,
    page_is_of_the_posting,
    line_says_the_same,
)
"""The checks of this module."""

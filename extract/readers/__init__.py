"""Typed readers: pure functions that say what a text states, and where.

Rules find values with them, grounding proves values with them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal

Read = str | float | Decimal | bool
_TIME = re.compile(
    r"(?<![\d:])(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?(?![\d:])"
    r"(?:\s?(?P<half>[AaPp])\.?[Mm]\b)?\s?(?P<zone>Z\b|UTC\b|GMT\b|[+-]\d\d:\d\d)?"
)


def read_as(name: str, text: str) -> Iterable[Read]:
    """All values that the reader of that name reads in a text; none for a name that no reader has.

    >>> set(read_as("date", "Posted: May 30, 2024"))
    {'2024-05-30'}
    """
    reader = _READERS.get(name)
    return reader(text) if reader else ()


# Each imports what it needs when it is first asked: their vocabularies are large, and most schemas need few of them.
def _amounts(text: str) -> Iterator[Decimal]:
    from extract.readers.money import read_pay
    from extract.readers.numbers import read_numbers

    yield from (reading.value for reading in read_numbers(text))
    for pay in read_pay(text):
        yield from (end.value for end in (pay.value.min, pay.value.max) if end)


def _currencies(text: str) -> Iterator[str]:
    from extract.readers.money import read_currencies

    yield from (reading.value for reading in read_currencies(text))


def _pay_units(text: str) -> Iterator[str]:
    from extract.readers.money import read_units

    yield from (reading.value for reading in read_units(text))


def _dates(text: str) -> Iterator[str]:
    """Both readings of "03/04/2026": which one is meant, a text that is quoted alone does not tell."""
    from extract.readers.dates import read_dates

    for day_first in (True, False):
        yield from (reading.value.isoformat() for reading in read_dates(text, day_first=day_first))


def _moments(text: str) -> Iterator[str]:
    """Each day with each time of day that stands beside it, in ISO 8601; the day alone is its midnight.

    A time that is stated with its zone is read with and without it.
    """
    times = [*_TIME.finditer(text)]
    for day in dict.fromkeys(_dates(text)):
        yield f"{day}T00:00:00"
        for time in times:
            hour = int(time["hour"]) % 12 + 12 * (time["half"] in "Pp") if time["half"] else int(time["hour"])
            moment = f"{day}T{hour:02}:{time['minute']}:{time['second'] or '00'}"
            yield moment
            if zone := time["zone"]:
                yield moment + ("+00:00" if zone.isalpha() else zone)


def _durations(text: str) -> Iterator[float]:
    from extract.readers.durations import read_durations

    for reading in read_durations(text):
        yield from (end.value for end in (reading.value.min_weeks, reading.value.max_weeks) if end)


def _numbers(text: str) -> Iterator[Read]:
    from extract.readers.denial import is_denied
    from extract.readers.experience import read_experience_years
    from extract.readers.numbers import read_numbers

    yield from (reading.value for reading in read_experience_years(text))
    yield from (r.value for r in read_numbers(text) if not is_denied(text, r.start, r.end))


def _figures(text: str) -> Iterator[Decimal]:
    from extract.readers.numbers import read_signed

    yield from (reading.value for reading in read_signed(text))


def _countries(text: str) -> Iterator[str]:
    from extract.readers.countries import find_countries, read_country

    if whole := read_country(text):
        yield whole.value
    yield from (reading.value for reading in find_countries(text))


def _regions(text: str) -> Iterator[str]:
    from extract.readers.countries import read_region

    if region := read_region(text):
        yield region.value
    yield text.strip()


def _employment_types(text: str) -> Iterator[str]:
    from extract.readers.terms import read_employment_types

    yield text.strip().upper().replace("-", "_").replace(" ", "_")
    yield from (reading.value for reading in read_employment_types(text))


def _workplaces(text: str) -> Iterator[str]:
    from extract.readers.terms import read_workplace

    if text.strip().upper() == "TELECOMMUTE":  # schema.org's word
        yield "REMOTE"
    yield from (reading.value for reading in read_workplace(text))


def _education(text: str) -> Iterator[str]:
    from extract.readers.terms import read_education

    yield from (reading.value for reading in read_education(text))


def _in_progress(text: str) -> Iterator[bool]:
    from extract.readers.terms import in_progress_ok

    if found := in_progress_ok(text):
        yield found.value


def _languages(text: str) -> Iterator[str]:
    from extract.readers.language import read_language

    if found := read_language(text):
        yield found.value


def _emails(text: str) -> Iterator[str]:
    from extract.readers.contacts import read_emails

    yield from (reading.value for reading in read_emails(text))


def _phones(text: str) -> Iterator[str]:
    from extract.readers.contacts import read_phones

    yield from (reading.value for reading in read_phones(text, country=None))


def _urls(text: str) -> Iterator[str]:
    from extract.readers.contacts import read_urls

    yield from (reading.value for reading in read_urls(text))


_READERS: Mapping[str, Callable[[str], Iterable[Read]]] = {
    "amount": _amounts,
    "country": _countries,
    "currency": _currencies,
    "date": _dates,
    "duration": _durations,
    "education": _education,
    "email": _emails,
    "employment_type": _employment_types,
    "figure": _figures,
    "in_progress": _in_progress,
    "language": _languages,
    "moment": _moments,
    "number": _numbers,
    "pay_unit": _pay_units,
    "phone": _phones,
    "region": _regions,
    "url": _urls,
    "workplace": _workplaces,
}

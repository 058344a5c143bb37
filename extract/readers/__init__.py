"""Typed readers: pure functions that say what a text states, and where.

Rules find values with them, grounding proves values with them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from extract.readers.reading import Reading

Read = str | float | Decimal | bool
_TIME = re.compile(
    r"(?<![\d:])(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?(?![\d:])"
    r"(?:\s?(?P<half>[AaPp])\.?[Mm]\b)?\s?(?P<zone>Z\b|UTC\b|GMT\b|[+-]\d\d:\d\d)?"
)
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Conventions:
    """What a document tells about how its figures are meant.

    ``day_first``: whether 03/04/2025 is the third of April (None: nothing tells). ``country``: that of telephone numbers
    without a country code.
    """

    day_first: bool | None = None
    country: str | None = None


_NONE = Conventions()
BY_CONVENTION = frozenset({"date", "moment", "phone"})
"""Readers that need to know the conventions of a document to be certain of some values."""


@dataclass(frozen=True, slots=True)
class Stated(Reading[Read]):
    """A value, where the text states it, and whether it states just that: "$" may be any dollar, "03/04/2026" two days."""

    certain: bool = True


Locate = Callable[[str, str, Conventions], Iterable[Stated]]
"""How a reader is asked: its name, the text, the conventions of the document."""


def read_as(name: str, text: str) -> Iterator[Read]:
    """All values that the reader of that name reads in a text; none for a name that no reader has.

    >>> set(read_as("date", "Posted: May 30, 2024"))
    {'2024-05-30'}
    """
    return (found.value for found in locate(name, text))


def locate(name: str, text: str, conventions: Conventions = _NONE) -> Iterator[Stated]:
    """The values that the reader of that name reads in a text, with their places; the same value may come more than once.

    >>> [(found.value, found.start, found.end) for found in locate("date", "Posted: May 30, 2024")]
    [('2024-05-30', 8, 20)]
    >>> [(str(found.value), found.certain) for found in locate("currency", "$5 or 4 EUR")]
    [('USD', False), ('EUR', True)]
    """
    reader = _READERS.get(name)
    return reader(text, conventions) if reader else iter(())


def remembering() -> Locate:
    """``locate`` that remembers what it read: for many values that are looked up in the same lines, as long as it is held."""

    @cache
    def located(name: str, text: str, conventions: Conventions) -> tuple[Stated, ...]:
        return tuple(locate(name, text, conventions))

    return located


# Each imports what it needs when it is first asked: their vocabularies are large, and most schemas need few of them.
def _amounts(text: str, _: Conventions) -> Iterator[Stated]:
    from extract.readers.money import read_pay
    from extract.readers.numbers import read_numbers

    yield from _plain(read_numbers(text))
    for pay in read_pay(text):
        yield from _plain(end for end in (pay.value.min, pay.value.max) if end)


def _least_pay(text: str, _: Conventions) -> Iterator[Stated]:
    from extract.readers.money import offered_pay

    yield from _plain(end for pay in offered_pay(text) if (end := pay.min))
    yield from _bare_pay(text)


def _most_pay(text: str, _: Conventions) -> Iterator[Stated]:
    """Upper ends; a sum that is no range stands at both ends, unless it is said to be the least."""
    from extract.readers.money import is_the_least, offered_pay

    yield from _plain(end for pay in offered_pay(text) if (end := pay.max or pay.min) and not is_the_least(text, pay))
    yield from _bare_pay(text)


def _bare_pay(text: str) -> Iterator[Stated]:
    """The numbers of a text that is nothing but numbers, as properties of the markup and cells of tables are."""
    from extract.readers.numbers import read_numbers

    numbers = read_numbers(text)
    ends = [0, *(end for number in numbers for end in (number.start, number.end)), len(text)]
    if not any(_LETTER.search(text, start, end) for start, end in zip(ends[::2], ends[1::2], strict=True)):
        yield from _plain(numbers)


def _currencies(text: str, _: Conventions) -> Iterator[Stated]:
    """Those of the pay where the text states pay, else all that it names; a sign that several share says none for certain."""
    from extract.readers.money import is_shared_sign, offered_pay, read_currencies

    pays = [(pay.currency, pay.currency_stated) for pay in offered_pay(text) if pay.currency]
    named = pays or [(found, not is_shared_sign(text[found.start : found.end])) for found in read_currencies(text)]
    yield from (Stated(found.value, found.start, found.end, certain) for found, certain in named)


def _pay_units(text: str, _: Conventions) -> Iterator[Stated]:
    """That of the pay where the text states pay with one, else all that it names."""
    from extract.readers.money import offered_pay, read_units

    yield from _plain([pay.unit for pay in offered_pay(text) if pay.unit] or read_units(text))


def _dates(text: str, conventions: Conventions) -> Iterator[Stated]:
    """A date in figures that has two readings is both, unless the conventions tell; neither is certain then."""
    from extract.readers.dates import read_ambiguous_dates, read_dates

    for day in read_dates(text, day_first=conventions.day_first):
        yield Stated(day.value.isoformat(), day.start, day.end)
    if conventions.day_first is None:
        for either in read_ambiguous_dates(text):
            yield from (Stated(day.isoformat(), either.start, either.end, certain=False) for day in either.value)


def _moments(text: str, conventions: Conventions) -> Iterator[Stated]:
    """Each day with the times of day that no other day is nearer to, in ISO 8601; the day alone is its midnight.

    A time that is stated with its zone is read with and without it.
    """
    times = [*_TIME.finditer(text)]
    days = [*_dates(text, conventions)]
    nearest = {time: min((_apart(day, time) for day in days), default=0) for time in times}
    for day in days:
        yield Stated(f"{day.value}T00:00:00", day.start, day.end, day.certain)
        for time in (time for time in times if _apart(day, time) == nearest[time]):
            start, end = min(day.start, time.start()), max(day.end, time.end())
            hour = int(time["hour"]) % 12 + 12 * (time["half"] in "Pp") if time["half"] else int(time["hour"])
            moment = f"{day.value}T{hour:02}:{time['minute']}:{time['second'] or '00'}"
            yield Stated(moment, start, end, day.certain)
            if zone := time["zone"]:
                yield Stated(moment + ("+00:00" if zone.isalpha() else zone), start, end, day.certain)


def _apart(day: Stated, time: re.Match[str]) -> int:
    """How many characters there are between a day and a time."""
    return max(day.start - time.end(), time.start() - day.end, 0)


def _durations(text: str, conventions: Conventions) -> Iterator[Stated]:
    yield from _shortest(text, conventions)
    yield from _longest(text, conventions)


def _shortest(text: str, _: Conventions) -> Iterator[Stated]:
    from extract.readers.durations import read_durations

    found = ((r, r.value.min_weeks) for r in read_durations(text))
    yield from (Stated(end.value, reading.start, reading.end) for reading, end in found if end)


def _longest(text: str, _: Conventions) -> Iterator[Stated]:
    from extract.readers.durations import read_durations

    found = ((r, r.value.max_weeks) for r in read_durations(text))
    yield from (Stated(end.value, reading.start, reading.end) for reading, end in found if end)


def _experience(text: str, _: Conventions) -> Iterator[Stated]:
    from extract.readers.experience import read_experience_years

    yield from _plain(read_experience_years(text))


def _numbers(text: str, _: Conventions) -> Iterator[Stated]:
    from extract.readers.denial import is_denied
    from extract.readers.numbers import read_numbers

    yield from _plain(r for r in read_numbers(text) if not is_denied(text, r.start, r.end))


def _figures(text: str, _: Conventions) -> Iterator[Stated]:
    from extract.readers.numbers import read_signed

    yield from _plain(read_signed(text))


def _countries(text: str, _: Conventions) -> Iterator[Stated]:
    from extract.readers.countries import find_countries, read_country

    if whole := read_country(text):
        yield Stated(whole.value, whole.start, whole.end)
    yield from _plain(find_countries(text))


def _regions(text: str, _: Conventions) -> Iterator[Stated]:
    from extract.readers.countries import read_region

    if region := read_region(text):
        yield Stated(region.value, region.start, region.end)
    yield _whole(text, text.strip())


def _employment_types(text: str, _: Conventions) -> Iterator[Stated]:
    from extract.readers.terms import read_employment_types

    yield _whole(text, text.strip().upper().replace("-", "_").replace(" ", "_"))
    yield from _plain(read_employment_types(text))


def _workplaces(text: str, _: Conventions) -> Iterator[Stated]:
    from extract.readers.terms import read_workplace

    if text.strip().upper() == "TELECOMMUTE":  # schema.org's word
        yield _whole(text, "REMOTE")
    yield from _plain(read_workplace(text))


def _education(text: str, _: Conventions) -> Iterator[Stated]:
    """The lowest level that is named, which is the one that is accepted."""
    from extract.readers.terms import lowest_education

    if found := lowest_education(text):
        yield Stated(found.value, found.start, found.end)


def _in_progress(text: str, _: Conventions) -> Iterator[Stated]:
    from extract.readers.terms import studies_may_go_on

    if found := studies_may_go_on(text):
        yield Stated(found.value, found.start, found.end)


def _languages(text: str, _: Conventions) -> Iterator[Stated]:
    from extract.readers.language import read_language

    if found := read_language(text):
        yield Stated(found.value, found.start, found.end)


def _emails(text: str, _: Conventions) -> Iterator[Stated]:
    from extract.readers.contacts import read_emails

    yield from _plain(read_emails(text))


def _phones(text: str, conventions: Conventions) -> Iterator[Stated]:
    from extract.readers.contacts import read_phones

    yield from _plain(read_phones(text, country=conventions.country))


def _urls(text: str, _: Conventions) -> Iterator[Stated]:
    from extract.readers.contacts import read_urls

    yield from _plain(read_urls(text))


def _plain(readings: Iterable[Reading[Decimal] | Reading[float] | Reading[str]]) -> Iterator[Stated]:
    return (Stated(reading.value, reading.start, reading.end) for reading in readings)


def _whole(text: str, value: Read) -> Stated:
    return Stated(value, 0, len(text))


_READERS: Mapping[str, Callable[[str, Conventions], Iterator[Stated]]] = {
    "amount": _amounts,
    "country": _countries,
    "currency": _currencies,
    "date": _dates,
    "duration": _durations,
    "education": _education,
    "email": _emails,
    "employment_type": _employment_types,
    "experience": _experience,
    "figure": _figures,
    "in_progress": _in_progress,
    "language": _languages,
    "longest": _longest,
    "least_pay": _least_pay,
    "moment": _moments,
    "most_pay": _most_pay,
    "number": _numbers,
    "pay_unit": _pay_units,
    "phone": _phones,
    "region": _regions,
    "shortest": _shortest,
    "url": _urls,
    "workplace": _workplaces,
}

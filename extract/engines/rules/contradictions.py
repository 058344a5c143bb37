"""Where the visible text of a page says something else than its markup: the markup is believed, and the doubt is told."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation

from extract.cleaning.document import CleanDocument
from extract.engines.base import DraftValue, FactReference, TextReference
from extract.engines.rules.dates import fill_dates
from extract.engines.rules.facts import fill_from_facts
from extract.engines.rules.locations import fill_locations
from extract.engines.rules.page import DraftBuilder, Page
from extract.engines.rules.statements import Statement
from extract.engines.rules.terms import fill_employment_types, fill_pay, fill_workplace
from extract.engines.rules.titles import fill_title
from extract.engines.rules.whereabouts import fill_job_id
from extract.readers.gazetteer import find_city
from extract.result import Issue, Severity
from extract.vocabulary import fold

_DATES = ("date_posted", "valid_through", "start_date")
_PAY = ("salary.min", "salary.max", "salary.currency")
_SINGLE = ("workplace_type",)
_NAMED = ("title", "job_id")
_KINDS = (frozenset({"FULL_TIME", "PART_TIME"}), frozenset({"INTERN", "CONTRACTOR", "TEMPORARY", "VOLUNTEER", "PER_DIEM"}))
_SMALL_WORDS = frozenset("a the and of in for at und in für et de du la le en y e i och og m w f d x h".split())
_TIME = re.compile(r"\d[T ]\d{2}:")
_SOUNDS = {"k": "c", "w": "v"}  # Köln and Cologne, Wien and Vienna
_SHOWN = 80  # characters of a value in a message

Values = Mapping[str, DraftValue]


def note_contradictions(page: Page, draft: DraftBuilder, stated: Sequence[Statement]) -> None:
    """A warning for each field that the markup has filled and that the visible text fills otherwise.

    What the markup states and the text says anywhere is no contradiction; nor are a city under two names, pay for another unit,
    a day more or less (the markup may count in another time zone), and two types of employment that one job can have.
    """
    if not draft.values:
        return
    said = f" {fold(' '.join(segment.text for segment in page.segments if segment.part_of is None))} "
    for path, fact, text in _differences(draft.values, _visible(page, stated), page.clean, said=said):
        message = f'the markup states "{fact[:_SHOWN]}", the text "{text[:_SHOWN]}": the record has what the markup states'
        draft.note("contradiction", path, message, Severity.WARNING)


def contradictions_of(values: Values, clean: CleanDocument) -> tuple[Issue, ...]:
    """A warning for each field that the markup fills otherwise than these values, which another engine has read."""
    markup = DraftBuilder()
    fill_from_facts(clean, markup)
    told = DraftBuilder()
    for path, fact, value in _differences(markup.values, values, clean):
        message = f'the markup states "{fact[:_SHOWN]}", the answer is "{value[:_SHOWN]}": the record has the answer'
        told.note("contradiction", path, message, Severity.WARNING)
    return tuple(told.issues)


def _differences(facts: Values, read: Values, clean: CleanDocument, *, said: str = "") -> Iterator[tuple[str, str, str]]:
    """The paths at which two fillings contradict each other, with what either says; what is ``said`` contradicts nothing."""
    same_unit = len({_value(values, "salary.unit") for values in (facts, read)} - {None}) < 2
    for path in (*_DATES, *_SINGLE, *_NAMED, *(_PAY if same_unit else ())):
        fact, text = facts.get(path), read.get(path)
        if fact and text and not _agree(path, fact, text, said, timed=_is_timed(clean, fact)):
            yield path, str(fact.value), str(text.value)
    if not same_unit and "salary.min" in read and _value(facts, "salary.min") == _value(read, "salary.min"):
        yield "salary.unit", str(_value(facts, "salary.unit")), str(_value(read, "salary.unit"))
    cities, others = list(_entries(facts, "locations", ".city")), list(_entries(read, "locations", ".city"))
    same = any(f" {fold(city)} " in said or any(_may_be_one(city, other) for other in others) for city in cities)
    if cities and others and not same:
        yield "locations", ", ".join(cities), ", ".join(others)
    types, shown = (set(_entries(values, "employment_types", ".")) for values in (facts, read))
    if any(types & kind and shown & kind and not types & shown & kind for kind in _KINDS):
        yield "employment_types", ", ".join(sorted(types)), ", ".join(sorted(shown))


def _visible(page: Page, stated: Sequence[Statement]) -> dict[str, DraftValue]:
    """What the text of the page says by itself: not that of the markup, nor what is concluded."""
    text = DraftBuilder()
    fill_title(page, text, stated)
    fill_pay(page, text, stated)
    fill_employment_types(page, text, stated)
    fill_workplace(page, text, stated)
    fill_dates(page, text, stated)
    fill_locations(page, text, stated)
    fill_job_id(page, text, stated)
    return {path: value for path, value in text.values.items() if _is_visible(page, value)}


def _is_visible(page: Page, value: DraftValue) -> bool:
    parts = [page.segments[part.segment] for part in value.references if isinstance(part, TextReference)]
    return len(parts) == len(value.references) and not value.inferred and all(segment.part_of is None for segment in parts)


def _agree(path: str, fact: DraftValue, text: DraftValue, said: str, *, timed: bool) -> bool:
    if path in _NAMED:
        one, other = _words(fact), _words(text)
        return f" {fold(str(fact.value))} " in said or one <= other or other <= one
    if path in _DATES and (days := _days_apart(fact, text)) is not None:
        return days <= timed
    number = _number(fact)
    return fact.value == text.value or (number is not None and number == _number(text))


def _is_timed(clean: CleanDocument, fact: DraftValue) -> bool:
    """Whether the markup states a date with the time of day, which may be that of another zone."""
    facts = [clean.facts[part.fact] for part in fact.references if isinstance(part, FactReference)]
    return any(_TIME.search(stated.body.text) for stated in facts)


def _words(value: DraftValue) -> set[str]:
    return set(fold(str(value.value)).split()) - _SMALL_WORDS


def _days_apart(one: DraftValue, other: DraftValue) -> int | None:
    try:
        return abs((date.fromisoformat(str(one.value)[:10]) - date.fromisoformat(str(other.value)[:10])).days)
    except ValueError:
        return None


def _value(values: Values, path: str) -> object:
    return values[path].value if path in values else None


def _may_be_one(one: str, other: str) -> bool:
    """Whether two entries may mean the same: one holds the other, or they may be a city in two languages.

    >>> _may_be_one("Genève", "Geneva"), _may_be_one("Zürich Altstetten", "Zurich"), _may_be_one("Geneva", "Zurich")
    (True, True, False)
    """
    a, b = fold(one), fold(other)
    if f" {a} " in f" {b} " or f" {b} " in f" {a} ":
        return True
    city, same = find_city(one), find_city(other)
    if city is None or same is None or _SOUNDS.get(a[:1], a[:1]) != _SOUNDS.get(b[:1], b[:1]):
        return False
    return city.size == same.size and city.countries[0] == same.countries[0]


def _number(value: DraftValue) -> Decimal | None:
    try:
        return Decimal(str(value.value))
    except InvalidOperation:
        return None


def _entries(values: Values, path: str, ending: str) -> Iterator[str]:
    return (str(value.value) for name, value in values.items() if name.startswith(f"{path}.") and ending in name)

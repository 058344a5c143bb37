"""Where the visible text of a page says something else than its markup: the markup is believed, and the doubt is told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation

from extract.engines.base import DraftValue, TextReference
from extract.engines.rules.dates import fill_dates
from extract.engines.rules.locations import fill_locations
from extract.engines.rules.page import DraftBuilder, Page
from extract.engines.rules.statements import Statement
from extract.engines.rules.terms import fill_employment_types, fill_pay, fill_workplace
from extract.engines.rules.titles import fill_title
from extract.engines.rules.whereabouts import fill_job_id
from extract.readers.gazetteer import find_city
from extract.result import Severity
from extract.vocabulary import fold

_SINGLE = (
    "date_posted",
    "valid_through",
    "start_date",
    "salary.min",
    "salary.max",
    "salary.currency",
    "salary.unit",
    "workplace_type",
)
_NAMED = ("title", "job_id")  # one may be a part of the other
_LISTED = {"employment_types.": "employment_types", ".city": "locations"}
_SHOWN = 80  # characters of a value in a message


def note_contradictions(page: Page, draft: DraftBuilder, stated: Sequence[Statement]) -> None:
    """A warning for each field that the markup has filled and that the visible text fills otherwise.

    Of names one may hold the other, and of lists it is enough that they share an entry; a city may bear two names.
    """
    if not draft.values:
        return
    read = _visible(page, stated)
    for path in (*_SINGLE, *_NAMED):
        fact, text = draft.values.get(path), read.get(path)
        if fact and text and not _agree(path, fact, text):
            _note(draft, path, str(fact.value), str(text.value))
    for ending, path in _LISTED.items():
        facts, texts = list(_entries(draft.values, path, ending)), list(_entries(read, path, ending))
        if facts and texts and not any(_may_be_one(entry, other) for entry in facts for other in texts):
            _note(draft, path, ", ".join(facts), ", ".join(texts))


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


def _agree(path: str, fact: DraftValue, text: DraftValue) -> bool:
    if path in _NAMED:
        one, other = f" {fold(str(fact.value))} ", f" {fold(str(text.value))} "
        return one in other or other in one
    number = _number(fact)
    return fact.value == text.value or (number is not None and number == _number(text))


def _may_be_one(one: str, other: str) -> bool:
    """Whether two entries may mean the same: one holds the other, or they may be a city in two languages.

    >>> _may_be_one("Genève", "Geneva"), _may_be_one("Zürich Altstetten", "Zurich"), _may_be_one("Geneva", "Zurich")
    (True, True, False)
    """
    a, b = fold(one), fold(other)
    if f" {a} " in f" {b} " or f" {b} " in f" {a} ":
        return True
    city, same = find_city(one), find_city(other)
    if city is None or same is None or a[:1] != b[:1]:
        return False
    return city.size == same.size and city.countries[0] == same.countries[0]


def _number(value: DraftValue) -> Decimal | None:
    try:
        return Decimal(str(value.value))
    except InvalidOperation:
        return None


def _entries(values: dict[str, DraftValue], path: str, ending: str) -> Iterator[str]:
    return (str(value.value) for name, value in values.items() if name.startswith(f"{path}.") and ending in name)


def _note(draft: DraftBuilder, path: str, fact: str, text: str) -> None:
    message = f'the markup states "{fact[:_SHOWN]}", the text "{text[:_SHOWN]}": the record has what the markup states'
    draft.note("contradiction", path, message, Severity.WARNING)

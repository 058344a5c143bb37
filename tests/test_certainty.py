"""Which values of the rules need no asking."""

from __future__ import annotations

import json

import pytest

from extract.cleaning import clean
from extract.cleaning.document import CleanDocument, Kind, MappedText, Segment
from extract.engines.base import DraftValue, FactReference, TextReference
from extract.engines.rules import RulesEngine
from extract.engines.rules.certainty import certain_absences, certain_paths
from extract.result import Issue, Severity
from extract.source import Format, open_source

KINDS = (Kind.HEADING, Kind.FIELD, Kind.SENTENCE, Kind.SENTENCE, Kind.FIELD, Kind.ITEM, Kind.HEADING)
TEXTS = ("Pastry Cook", "Title: Cook", "Acme Ltd", "We are Acme Ltd in Bern", "Mail: a@b.example", "Bern", "In Bern")
DOCUMENT = CleanDocument(
    open_source("x"),
    Format.TEXT,
    tuple(Segment(n, kind, MappedText.of(text), n) for n, (kind, text) in enumerate(zip(KINDS, TEXTS, strict=True))),
)


def at(segment: int, start: int = 0, end: int | None = None) -> DraftValue:
    """A value that stands in a segment: all of it, or a part."""
    return DraftValue("x", (TextReference(segment, start, len(TEXTS[segment]) if end is None else end),))


PAY = frozenset({"salary.min", "salary.max", "salary.currency", "salary.unit"})
ABSENT = PAY | {"date_posted", "valid_through"}
FACT = DraftValue("x", (FactReference(0, 0, 1),))


@pytest.mark.parametrize(
    ("path", "value", "certain"),
    [
        ("title", at(0), True),
        ("title", at(6), True),  # a heading anywhere
        ("title", at(1, 7), True),
        ("title", at(4), False),  # a field further down
        ("title", at(2), False),
        ("title", FACT, True),
        ("title", DraftValue("x"), False),
        ("title", DraftValue("x", inferred=True), False),
        ("title", DraftValue("x", (FactReference(0, 0, 1), TextReference(2, 0, 4))), False),
        ("title", DraftValue("x", (TextReference(99, 0, 4),)), False),
        ("company.name", at(2), True),
        ("company.name", at(2, 0, 4), False),
        ("company.name", at(3, 7, 15), False),
        ("company.name", at(6), False),
        ("company.name", FACT, True),
        ("locations.0.city", at(6, 3), True),
        ("locations.0.city", at(4), True),
        ("locations.0.city", at(2), True),
        ("locations.0.city", at(3, 19), False),
        ("locations.0.city", at(5), False),
        ("contact.email", at(4, 6), True),
        ("contact.email", at(3), False),
        ("contact.phone", at(4), True),
        ("contact.name", at(4), False),
        ("salary.min", at(3), True),
        ("date_posted", at(5), True),
        ("employment_types.0", at(3), True),
        ("description", at(3), False),
        ("responsibilities.0", at(5), False),
        ("industry.0", FACT, True),
    ],
)
def test_where_a_value_is_certain(path: str, value: DraftValue, certain: bool) -> None:
    """What the markup states and what typed readers read is; other values are where such values stand."""
    assert certain_paths({path: value}, DOCUMENT) == (frozenset({path}) if certain else frozenset())


def test_an_item_is_no_place_for_a_place_of_work() -> None:
    """Not even at the top, where any other line is."""
    kinds = (Kind.ITEM, Kind.SENTENCE)
    lines = CleanDocument(
        DOCUMENT.source, Format.TEXT, tuple(Segment(n, kind, MappedText.of("Bern"), n) for n, kind in enumerate(kinds))
    )
    places = [DraftValue("Bern", (TextReference(number, 0, 4),)) for number in (0, 1)]
    assert [bool(certain_paths({"locations.0.city": place}, lines)) for place in places] == [False, True]


def test_half_of_a_list_is_no_list() -> None:
    """One entry that is not certain makes all of its list uncertain, and no other."""
    values = {"locations.0.city": at(6), "locations.1.city": at(5), "locations.0.country": at(6), "title": at(0)}
    assert certain_paths(values, DOCUMENT) == {"title"}
    del values["locations.1.city"]
    assert certain_paths(values, DOCUMENT) == set(values)


@pytest.mark.parametrize(
    ("text", "certain", "uncertain"),
    [
        ("# Pastry Cook\n\nWe pay CHF 4500 per month.", {"title", "salary.min", "salary.unit", "salary.currency"}, set()),
        (
            "# Pastry Cook\n\n## Your tasks\n\n- Bake bread\n- Fry cakes\n",
            {"title"},
            {"responsibilities.0", "responsibilities.1"},
        ),
    ],
)
def test_the_rules_say_what_they_are_certain_of(text: str, certain: set[str], uncertain: set[str]) -> None:
    """A draft of the rules tells the two apart."""
    draft = RulesEngine().fill(clean(open_source(text), format=Format.MARKDOWN))
    assert certain <= draft.certain
    assert draft.certain <= draft.values.keys() | ABSENT
    assert uncertain <= draft.values.keys() - draft.certain


def test_what_the_markup_states_is_certain() -> None:
    """All that comes out of a JobPosting of schema.org."""
    stated = {"@context": "https://schema.org", "@type": "JobPosting", "title": "Cook", "hiringOrganization": {"name": "Acme"}}
    draft = RulesEngine().fill(clean(open_source(json.dumps(stated | {"jobLocation": {"address": {"addressLocality": "Bern"}}}))))
    assert {"title", "company.name", "locations.0.city"} <= draft.certain


@pytest.mark.parametrize(
    ("filled", "doubts", "absent"),
    [
        ([], [], ABSENT),
        (["title", "description"], [], ABSENT),
        (["date_posted"], [], ABSENT - {"date_posted"}),
        (["salary.min"], [], ABSENT - PAY),
        ([], [("date_posted", Severity.WARNING)], ABSENT - {"date_posted"}),
        ([], [("date_posted", Severity.INFO)], ABSENT),
        ([], [("salary", Severity.WARNING)], ABSENT - PAY),
        ([], [("salary.min", Severity.ERROR)], ABSENT - {"salary.min"}),
        ([], [("locations", Severity.WARNING)], ABSENT),
    ],
)
def test_what_is_absent_for_certain(filled: list[str], doubts: list[tuple[str, Severity]], absent: frozenset[str]) -> None:
    """Fields that the rules hardly ever miss need no asking where they are empty, unless the rules had doubts about them."""
    values = {path: DraftValue("x") for path in filled}
    issues = [Issue(code="doubt", path=path, message="", severity=severity) for path, severity in doubts]
    assert certain_absences(values, issues) == absent

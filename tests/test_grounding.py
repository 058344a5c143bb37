"""Grounding: a value stays only if the document states it in the place that the engine names."""

from __future__ import annotations

import pytest
from grounded_pages import drafted, page

from extract.cleaning.document import Scalar
from extract.engines.base import Draft, DraftValue, FactReference, TextReference
from extract.grounding import Grounding, ground
from extract.result import Evidence, Severity, Status
from extract.schemas.job_posting import JobPosting
from extract.source import Format


def grounded(path: str, text: str, quote: str, value: Scalar, *, format: Format = Format.TEXT) -> Grounding:
    """What becomes of one value."""
    document = page(text, format)
    return ground(Draft({path: drafted(document, quote, value)}), document, JobPosting)


@pytest.mark.parametrize(
    ("path", "text", "quote", "value", "status"),
    [
        ("title", "We need a Pastry Cook today.", "Pastry Cook", "Pastry Cook", Status.QUOTED),
        ("title", "Now open: pastry-cook", "pastry-cook", "Pastry Cook", Status.NORMALISED),
        ("title", "We hire a C++ Developer now.", "C++ Developer", "c++ developer", Status.NORMALISED),
        ("salary.min", "The salary is $85,000 to $119,000 a year.", "$85,000", "85000", Status.NORMALISED),
        ("salary.max", "The salary is $85,000 to $119,000 a year.", "$85,000 to $119,000", 119000, Status.NORMALISED),
        ("salary.unit", "The salary is $85,000 a year.", "a year", "YEAR", Status.NORMALISED),
        ("date_posted", "Posted on May 30, 2024.", "May 30, 2024", "2024-05-30", Status.NORMALISED),
        ("duration.min_weeks", "Ce stage dure 4 mois.", "Ce stage dure 4 mois", 17, Status.NORMALISED),
        ("locations.0.country", "Our office is in Bern, Switzerland.", "Switzerland", "CH", Status.NORMALISED),
        ("workplace_type", "This is a remote position.", "This is a remote position", "REMOTE", Status.NORMALISED),
        ("education.in_progress_ok", "You are pursuing a degree in law.", "pursuing a degree", True, Status.NORMALISED),
        ("experience_years_min", "At least 2+ years of experience in kitchens.", "2+ years of experience", 2, Status.NORMALISED),
        ("skills.0", "You know  dough\nand ovens.", "You know dough", "You know\ndough", Status.QUOTED),
    ],
)
def test_stated_values_stay(path: str, text: str, quote: str, value: Scalar, status: Status) -> None:
    """What stands there as it is is quoted, what a reader makes of it is normalised."""
    found = grounded(path, text, quote, value)
    assert found.issues == ()
    assert found.values[path].value == value
    assert found.values[path].evidence.status is status


@pytest.mark.parametrize(
    ("path", "text", "quote", "value"),
    [
        ("salary.min", "The salary is $85,000 a year.", "$85,000", "95000"),
        ("salary.min", "The salary is $85,000 a year.", "$85,000", "8500"),
        ("workplace_type", "This is not a remote position.", "This is not a remote position", "REMOTE"),
        ("title", "We hire a C++ Developer now.", "C++ Developer", "C Developer"),
        ("title", "We hire a Senior Cook now.", "Senior Cook", "Chief Cook"),
        ("job_id", "Reference 4711 applies.", "4711", 4712),
        ("responsibilities.0", "You do not bake at night.", "You do not bake at night.", "You do bake at night."),
        ("responsibilities.0", "You bake at night.", "You bake at night.", "you bake at night"),
        ("skills.0", "You are not able to sleep.", "not able", "notable"),
        ("date_posted", "Posted on 03/04/2025 or so.", "03/04/2025", "2025-05-04"),
        ("duration.min_weeks", "Ce stage dure 4 mois.", "Ce stage dure 4 mois", 16),
        ("education.in_progress_ok", "You hold a degree in law.", "You hold a degree", True),
        ("title", "!!! What a day it is !!!", "!!!", "???"),
    ],
)
def test_what_is_merely_near_is_refused(path: str, text: str, quote: str, value: Scalar) -> None:
    """Nothing fuzzy counts: other figures, negations, signs, a part of a name, white space that parts words."""
    found = grounded(path, text, quote, value)
    assert found.values == {}
    assert [(issue.code, issue.path) for issue in found.issues] == [("ungrounded", path)]


@pytest.mark.parametrize(
    ("path", "text", "quote", "value"),
    [
        ("salary.min", "The salary is $85,000 a year.", "5,000", "5000"),
        ("salary.min", "The salary is $85,000 a year.", "$85", "85"),
        ("salary.min", "The salary is $85,000 a year.", "000", "0"),
        ("title", "We rent an apartment.", "apart", "apart"),
        ("title", "We rent an apartment.", "part", "part"),
    ],
)
def test_half_a_word_states_nothing(path: str, text: str, quote: str, value: Scalar) -> None:
    """A reference that begins or ends inside of a word or a number could make a text say anything."""
    assert [issue.code for issue in grounded(path, text, quote, value).issues] == ["reference_out_of_range"]


def test_glued_words_can_be_told_apart() -> None:
    """Where a capital follows a small letter a separator may have been lost, so a reference may end there."""
    document = page("Ort BernStart sofort")
    found = ground(Draft({"locations.0.city": drafted(document, "Bern", "Bern")}), document, JobPosting)
    assert found.values["locations.0.city"].evidence.quote == "Bern"


@pytest.mark.parametrize(
    "reference",
    [
        TextReference(-1, 0, 1),
        TextReference(1, 0, 1),
        TextReference(10**30, 0, 1),
        TextReference(0, 0, 0),
        TextReference(0, 3, 2),
        TextReference(0, -1, 4),
        TextReference(0, 0, 10**30),
        FactReference(0, 0, 1),
        FactReference(-1, 0, 1),
    ],
)
def test_references_to_nothing_are_an_issue(reference: TextReference | FactReference) -> None:
    """A place that the document does not have, or an empty one, supports no value; what stands elsewhere is found there."""
    found = ground(Draft({"title": DraftValue("Baker", (reference,))}), page("Cook wanted"), JobPosting)
    assert (found.values, [issue.code for issue in found.issues]) == ({}, ["reference_out_of_range"])
    found = ground(Draft({"title": DraftValue("Cook", (reference,))}), page("Cook wanted"), JobPosting)
    assert found.values["title"].evidence.spans == ((0, 4),)
    assert [issue.code for issue in found.issues] == ["moved"]


@pytest.mark.parametrize("path", ["", ".", "titel", "title.0", "company", "locations", "locations.city", "locations.x.city", "0"])
def test_unknown_paths_are_an_issue(path: str) -> None:
    """A path that the schema has no leaf for is reported, not dropped in silence."""
    found = grounded(path, "Cook wanted", "Cook", "Cook")
    assert found.values == {}
    assert [(issue.code, issue.path) for issue in found.issues] == [("unknown_field", path)]


def test_a_value_without_a_place_is_refused_unless_inferred() -> None:
    """What the engine itself calls inferred stays as that; a claim without a place does not stay."""
    document = page("Cook wanted")
    draft = Draft({"title": DraftValue("Baker"), "company.name": DraftValue("Acme", inferred=True)})
    found = ground(draft, document, JobPosting)
    assert [(issue.code, issue.path, issue.severity) for issue in found.issues] == [
        ("ungrounded", "title", Severity.ERROR),
        ("inferred", "company.name", Severity.WARNING),
    ]
    assert list(found.values) == ["company.name"]
    assert found.values["company.name"].evidence == Evidence(status=Status.INFERRED)
    lenient = ground(draft, document, JobPosting, strict=False)
    assert lenient.values["title"].evidence == Evidence(status=Status.INFERRED)
    assert lenient.issues == found.issues


def test_several_references_are_one_quote_in_their_order() -> None:
    """The parts of a title on both sides of a mark make one value, and all of their spans."""
    document = page("Cook (m/f) Pastry wanted")
    text = document.segments[0].text
    parts = tuple(TextReference(0, text.find(word), text.find(word) + len(word)) for word in ("Cook", "Pastry"))
    found = ground(Draft({"title": DraftValue("Cook Pastry", parts)}), document, JobPosting).values["title"].evidence
    assert (found.status, found.quote, len(found.spans), found.segments) == (Status.QUOTED, "Cook Pastry", 2, (0,))


def pieced(path: str, value: Scalar, text: str, *quotes: str) -> Grounding:
    """What becomes of a value that an engine pieces together from several places."""
    document = page(text)
    places = tuple(reference for quote in quotes for reference in drafted(document, quote, value).references)
    return ground(Draft({path: DraftValue(value, places)}), document, JobPosting)


@pytest.mark.parametrize(
    ("path", "value", "text", "quotes"),
    [
        ("valid_through", "2024-05-30", "Apply by May 30 please. Founded in 2024 in Bern.", ("May 30", "2024")),
        ("valid_through", "2024-05-30", "Apply by May 30 please, founded in 2024", ("May 30", "2024")),
        ("salary.min", 12000, "We pay 12 a day.\n\nFounded by $000 agents.", ("12", "000")),
        ("title", "Bern please", "Apply by May 30 please. Founded in 2024 in Bern.", ("Bern", "please")),
        ("title", "Cook Pastry", "Pastry is what a Cook makes.", ("Cook", "Pastry")),
        ("title", "Head Cook", "Head of all kitchens and of what there is besides, with a Cook.", ("Head", "Cook")),
    ],
)
def test_what_is_pieced_together_nobody_has_said(path: str, value: Scalar, text: str, quotes: tuple[str, ...]) -> None:
    """Parts of several lines, in another order or far from each other are no statement of the document."""
    assert pieced(path, value, text, *quotes).values == {}


def test_markup_states_facts() -> None:
    """A value from a property of the markup has the status of a fact and the spans of the property."""
    source = '{"@type": "JobPosting", "title": "Pastry Cook", "datePosted": "2024-05-30T10:00"}'
    document = page(source, Format.JSON_LD)
    places = {fact.path: FactReference(number, 0, len(fact.body)) for number, fact in enumerate(document.facts)}
    draft = Draft(
        {
            "title": DraftValue("Pastry Cook", (places["JobPosting.title"],)),
            "date_posted": DraftValue("2024-05-30", (places["JobPosting.datePosted"],)),
        }
    )
    found = ground(draft, document, JobPosting).values
    assert [entry.evidence.status for entry in found.values()] == [Status.FACT, Status.FACT]
    span = found["title"].evidence.spans[0]
    assert source[span.start : span.end] == "Pastry Cook"


def test_codes_in_markup_may_be_small() -> None:
    """A currency in small letters is stated by markup; in a sentence the same letters are a word."""
    document = page('{"@type": "JobPosting", "salaryCurrency": "chf", "description": "Une ville de France"}', Format.JSON_LD)
    number = next(n for n, fact in enumerate(document.facts) if fact.path == "JobPosting.salaryCurrency")
    draft = Draft(
        {
            "salary.currency": DraftValue("CHF", (FactReference(number, 0, 3),)),
            "locations.0.country": drafted(document, "de", "DE"),
        }
    )
    found = ground(draft, document, JobPosting)
    assert list(found.values) == ["salary.currency"]
    assert [issue.path for issue in found.issues] == ["locations.0.country"]


def test_repairs_are_said() -> None:
    """A value that cleaning put right is never called quoted."""
    document = page("-----------------------\n[ 1 ] Research in Al and ML, top - tier labs , AI only\n" * 8, Format.TARSIER)
    repaired = next(segment for segment in document.segments if segment.body.repaired)
    value = DraftValue(repaired.text, (TextReference(repaired.number, 0, len(repaired.text)),))
    found = ground(Draft({"description": value}), document, JobPosting)
    assert found.values["description"].evidence.status is Status.REPAIRED

"""Grounding: a value stays only if the document states it in the place that the engine names."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from extract.cleaning import clean
from extract.cleaning.document import CleanDocument, Scalar
from extract.engines.base import Draft, DraftValue, FactReference, TextReference
from extract.fields import leaf_annotations, path_pattern
from extract.finding import alike, find_repaired
from extract.grounding import Grounding, ground
from extract.readers import read_as
from extract.readers.stating import same_value
from extract.result import Evidence, Severity, Status
from extract.schemas.job_posting import JobPosting
from extract.source import Format, open_source

LEAVES = leaf_annotations(JobPosting)


def page(text: str, format: Format = Format.TEXT) -> CleanDocument:
    """A document of which the first segment is a line of the text."""
    return clean(open_source(text), format=format)


def drafted(document: CleanDocument, quote: str, value: Scalar, *, inferred: bool = False) -> DraftValue:
    """The value with a reference to the first place of the quote."""
    for segment in document.segments:
        if (at := segment.text.find(quote)) >= 0:
            return DraftValue(value, (TextReference(segment.number, at, at + len(quote)),), inferred)
    raise AssertionError(f"{quote!r} stands in no segment")


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


def test_a_schema_without_annotations_is_grounded_by_spelling() -> None:
    """Without a reader a number must stand there as a number, a text as a text."""

    class Recipe(BaseModel):
        name: str | None = None
        eggs: int | None = None

    document = page("Pancakes take 3 eggs.")
    draft = Draft({"name": drafted(document, "Pancakes", "pancakes"), "eggs": drafted(document, "3", 3)})
    assert ground(draft, document, Recipe).issues == ()
    assert ground(Draft({"eggs": drafted(document, "3", 4)}), document, Recipe).values == {}


class Tone(StrEnum):
    LIGHT_BLUE = "LIGHT_BLUE"
    RED = "RED"


class Plain(BaseModel):
    """A schema of somebody who knows nothing of readers."""

    word: str | None = None
    count: int | None = None
    sum: Decimal | None = None
    share: float | None = None
    day: date | None = None
    moment: datetime | None = None
    sure: bool | None = None
    tone: Tone | None = None
    level: Literal[1, 2] | None = None
    number_or_word: int | str | None = None
    day_or_sum: date | Decimal | None = None


@pytest.mark.parametrize(
    ("path", "text", "value", "status"),
    [
        ("count", "Take 3 eggs or 12 of them", 12, Status.NORMALISED),
        ("count", "Take twelve eggs", 12, Status.NORMALISED),
        ("count", "Take 3 eggs", 4, None),
        ("count", "Take 13 eggs", 3, None),
        ("sum", "Summe: 1.249,50 €", "1249.50", Status.NORMALISED),
        ("sum", "Gutschrift: -19,90 €", "-19.90", Status.NORMALISED),
        ("sum", "Gutschrift: -19,90 €", "19.90", None),
        ("sum", "Summe: 19,90 €", "-19.90", None),
        ("share", "VAT 19 % of it", 19, Status.NORMALISED),
        ("share", "0,5 l", 0.5, Status.NORMALISED),
        ("day", "Due on May 30, 2024", "2024-05-30", Status.NORMALISED),
        ("day", "Due on May 30, 2024", "2024-05-31", None),
        ("moment", "May 30, 2024 at 10:15", "2024-05-30T10:15:00", Status.NORMALISED),
        ("moment", "May 30, 2024 at 10:15", "2024-05-30T10:15", Status.NORMALISED),
        ("moment", "May 30, 2024 at 10:15", "2024-05-30", Status.NORMALISED),
        ("moment", "May 30, 2024 at 10:15", "2024-05-30T10:16:00", None),
        ("moment", "May 30, 2024 at 10:15", "2024-05-30T10:15:00Z", None),
        ("moment", "May 30, 2024 at 10:15 UTC", "2024-05-30T10:15:00Z", Status.NORMALISED),
        ("moment", "May 30, 2024 at 10:15+02:00", "2024-05-30T10:15:00+02:00", Status.NORMALISED),
        ("moment", "May 30, 2024 at 10:15 pm", "2024-05-30T22:15:00", Status.NORMALISED),
        ("moment", "May 30, 2024 at 10:15 pm", "2024-05-30T10:15:00", None),
        ("moment", "May 30, 2024 at 12:15 am", "2024-05-30T00:15:00", Status.NORMALISED),
        ("moment", "May 30, 2024", "soon", None),
        ("sure", "You may come as you are", True, Status.INFERRED),
        ("sure", "You may come as you are", 1, None),
        ("tone", "A light blue coat", "LIGHT_BLUE", Status.NORMALISED),
        ("tone", "A coat like the sky", "LIGHT_BLUE", Status.INFERRED),
        ("tone", "A coat like the sky", "GREEN", None),
        ("level", "Level 2 of it", 2, Status.NORMALISED),
        ("level", "The upper level", 2, Status.INFERRED),
        ("level", "The upper level", 3, None),
        ("number_or_word", "It has 12 parts", 12, Status.NORMALISED),
        ("number_or_word", "It has 12 parts", 13, None),
        ("number_or_word", "Twelve", "twelve", Status.NORMALISED),
        ("day_or_sum", "On May 30, 2024", "2024-05-30", Status.NORMALISED),
        ("day_or_sum", "It costs 7,50 €", "7.50", Status.NORMALISED),
        ("word", "Pancakes!", "pancakes", Status.NORMALISED),
        ("word", "Pancakes", "Pancakes", Status.QUOTED),
        ("word", "Pancakes", "Waffles", None),
    ],
)
def test_leaves_without_a_reader_are_read_by_their_type(path: str, text: str, value: Scalar, status: Status | None) -> None:
    """Numbers, days and moments need no annotation; what nothing of ours can tell is inferred, and all else refused."""
    document = page(text)
    whole = DraftValue(value, (TextReference(0, 0, len(document.segments[0].text)),))
    found = ground(Draft({path: whole}), document, Plain)
    assert [entry.evidence.status for entry in found.values.values()] == ([status] if status else [])
    assert [issue.code for issue in found.issues] == ([] if status else ["ungrounded"])


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (DraftValue("Pan", (TextReference(0, 0, 3),)), "reference_out_of_range"),
        (DraftValue("Pan", (TextReference(1, 0, 3),)), "reference_out_of_range"),
        (DraftValue("Pan", (FactReference(0, 0, 3),)), "reference_out_of_range"),
        (DraftValue("Pancakes of old", (TextReference(0, 0, 8), TextReference(1, 0, 3))), "reference_out_of_range"),
        (DraftValue("Pan"), "ungrounded"),
    ],
)
def test_a_value_in_a_place_that_is_not_there_is_refused(value: DraftValue, code: str) -> None:
    """So is one whose place cuts a word, and one without a place."""
    found = ground(Draft({"word": value}), page("Pancakes"), Plain)
    assert (found.values, [issue.code for issue in found.issues]) == ({}, [code])


@pytest.mark.parametrize(
    ("read", "value", "same"),
    [
        ("7500.00", 7500, True),
        (date(2024, 5, 30), "2024-05-30", True),
        (True, True, True),
        (True, 1, False),
        ("true", True, False),
        ("NaN", float("nan"), False),
        ("7,5", 75, False),
    ],
)
def test_same_values(read: object, value: object, same: bool) -> None:
    """Values are the same as they are, as they are written or as numbers, whatever their size."""
    assert same_value(read, value) is same


def test_numbers_too_long_to_write_are_compared_too() -> None:
    """Python refuses to write out an integer of 5,000 figures, which is no reason to fail."""
    assert same_value(10**5000, 10**5000)
    assert not same_value(10**5000, 10**5000 + 1)


TEXT = (
    "Pastry Cook (m/f) wanted\n\nAcme Ltd, Bern, Switzerland. Remote work is not possible. The salary is "
    "$85,000 to $119,000 a year.\n\n- You hold a bachelor's degree\n- 3+ years of experience"
    "\n\nPosted: May 30, 2024. Stage de 4 à 6 mois."
)
DOCUMENT = page(TEXT)
PARTS = (
    "title",
    "company",
    "name",
    "locations",
    "city",
    "country",
    "salary",
    "min",
    "skills",
    "duration",
    "min_weeks",
    "",
    "0",
    "x",
)
paths = st.sampled_from([pattern.replace("*", "0") for pattern in LEAVES]) | st.lists(st.sampled_from(PARTS), max_size=4).map(
    ".".join
)
words = [segment.text[a:b] for segment in DOCUMENT.segments for a in range(0, 30, 7) for b in range(a + 1, 40, 9)]
values: st.SearchStrategy[Scalar] = st.one_of(
    st.sampled_from([*words, "REMOTE", "CH", "YEAR", "BACHELOR", "2024-05-30", "85000", "119000", "USD", "INTERN"]),
    st.sampled_from([17, 26, 3, 85000, True, False, 10**5000, -1, float("nan"), float("inf"), 17.3]),
    st.text(max_size=5),
)
numbers = st.integers(-2, 12)
offsets = st.integers(-2, 60)
references = st.builds(TextReference, numbers, offsets, offsets) | st.builds(FactReference, numbers, offsets, offsets)
wholes = st.sampled_from([TextReference(s.number, 0, len(s.text)) for s in DOCUMENT.segments])
drafts = st.dictionaries(
    paths, st.builds(DraftValue, values, st.lists(references | wholes, max_size=3).map(tuple), st.booleans()), max_size=8
).map(Draft)


@settings(max_examples=100, deadline=None)
@given(draft=drafts)
def test_nothing_unstated_is_called_stated(draft: Draft) -> None:
    """For any draft: no exception, an answer for each value, and quoted or normalised only where the quote says so."""
    found = ground(draft, DOCUMENT, JobPosting)
    errors = [issue.path for issue in found.issues if issue.severity is Severity.ERROR]
    assert sorted([*found.values, *errors]) == sorted(draft.values)
    for path, entry in found.values.items():
        evidence = entry.evidence
        source = " ".join("".join(TEXT[span.start : span.end]) for span in evidence.spans)
        assert all(0 <= span.start < span.end <= len(TEXT) for span in evidence.spans)
        if evidence.status is Status.QUOTED:
            assert alike(str(entry.value)).split() == alike(evidence.quote).split()
            assert sorted(evidence.quote.replace(" ", "")) == sorted("".join(source.split()))
        elif evidence.status is Status.NORMALISED:
            leaf = LEAVES[path_pattern(path)]
            read = list(read_as(leaf.reader, evidence.quote)) if leaf.reader else [entry.value]
            whole = [round(value) for value in read if isinstance(value, float)]
            assert any(same_value(value, entry.value) for value in (*read, *whole))
        elif evidence.status is Status.REPAIRED:
            assert find_repaired(str(entry.value), evidence.quote)
        else:
            assert evidence.status is Status.INFERRED
            assert draft.values[path].inferred or entry.value == "USD"  # which "$" does not say for certain


class Note(BaseModel):
    """Text that no reader knows, a choice and a moment."""

    text: str | None = None
    kind: Literal["paid", "vegan"] | None = None
    moment: datetime | None = None


@pytest.mark.parametrize(
    ("field", "text", "value", "stated"),
    [
        ("text", "Keep it at -5 °C.", "-5 °C", True),
        ("text", "Keep it at -5 °C.", "5 °C", False),
        ("text", "Keep it at 5 °C.", "-5 °C", False),
        ("text", "Load < 5 kg", "Load > 5 kg", False),
        ("text", "Tolerance ±5 mm", "Tolerance 5 mm", False),
        ("text", "Area: 10² cells", "102 cells", False),
        ("text", "Version 1.5 is out", "version 1.5", True),
        ("text", "Version 1.5 is out", "Version 1-5", False),
        ("text", "Grades 1-2 are taught", "Grades 12", False),
        ("text", "Pages 12-3 are out", "Pages 1-23", False),
        ("text", "Suite 1 23 Main Street", "Suite 12 3", False),
        ("text", "Skills: C++", "C+", False),
        ("text", "Blood group: AB-", "AB", False),
        ("text", "About 85 000 people", "85 000 people", True),
        ("text", "About 85 000 people", "000 people", False),
        ("text", "A rate of 5‰ here", "rate of 5", False),
        ("kind", "A paid internship", "paid", True),
        ("kind", "Un-paid internship", "paid", False),
        ("kind", "Vegan-free food", "vegan", False),
        ("kind", "It is hardly vegan", "vegan", False),
        ("moment", "Opens 2024-05-30, closes 2024-06-02 at 10:00.", "2024-06-02T10:00:00", True),
        ("moment", "Opens 2024-05-30, closes 2024-06-02 at 10:00.", "2024-05-30T10:00:00", False),
    ],
)
def test_another_figure_or_sign_is_another_value(field: str, text: str, value: str, *, stated: bool) -> None:
    """Wherever it is said to stand: in its line, in the very words where there are such, or nowhere."""
    document = page(text)
    at = text.find(value)
    places = [(TextReference(0, 0, len(document.segments[0].text)),), ()]
    places += [(TextReference(0, at, at + len(value)),)] if at >= 0 else []
    for references in places:
        found = ground(Draft({field: DraftValue(value, references)}), document, Note).values
        near_choice = field == "kind" and not references  # a choice is looked for only beside a line that is named
        expected = stated and not near_choice
        assert any(entry.evidence.status is not Status.INFERRED for entry in found.values()) is expected


def test_numbers_beyond_all_bounds_are_no_value() -> None:
    """A draft may hold what Python does not write out."""
    for field in ("text", "kind", "moment"):
        found = ground(Draft({field: DraftValue(10**5000, (TextReference(0, 0, 4),))}), page("Cook"), Note)
        assert found.values == {}
        assert [issue.path for issue in found.issues] == [field]

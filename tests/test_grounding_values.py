"""Grounding by the type of a field, where it has no reader of its own, and of any answer: no other value is called stated."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal

import pytest
from grounded_pages import drafted, page
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from extract.cleaning.document import Scalar
from extract.engines.base import Draft, DraftValue, FactReference, TextReference
from extract.fields import leaf_annotations, path_pattern
from extract.finding import alike, find_repaired
from extract.grounding import ground
from extract.readers import read_as
from extract.readers.stating import same_value
from extract.result import Severity, Status
from extract.schemas.job_posting import JobPosting

LEAVES = leaf_annotations(JobPosting)


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

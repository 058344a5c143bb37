"""Where a text stands in another one: nothing counts that could change what it says."""

from __future__ import annotations

from unicodedata import digit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.cleaning import clean
from extract.engines.base import Draft, DraftValue, FactReference, TextReference
from extract.finding import alike, find, find_folded, find_repaired, find_words
from extract.grounding import Grounding, ground
from extract.result import Severity, Status
from extract.schemas.job_posting import JobPosting
from extract.source import Format, open_source


@pytest.mark.parametrize(
    ("value", "text", "found"),
    [
        ("Pastry Cook", "PASTRY COOK (m/f)", "PASTRY COOK"),
        ("Île-de-France", "ILE DE FRANCE", "ILE DE FRANCE"),
        ("C++ Developer", "we want a c++ developer", "c++ developer"),
        ("C Developer", "C++ Developer", None),
        ("$5 Shop", "5 Shop", None),
        ("IT", "it is", None),
        ("IT", "IT Lead", "IT"),
        ("Pastry Cook", "pastry. Cook", None),
        ("Cook", "Cookie", None),
        ("", "Cook", None),
        ("!!!", "!!!", None),
        ("City", "in the city", None),
        ("Baker", "a baker", "baker"),
    ],
)
def test_other_spellings(value: str, text: str, found: str | None) -> None:
    """Capitals, accents and punctuation may differ; signs, short words and the ends of sentences may not."""
    place = find_folded(value, text)
    assert (text[slice(*place)] if place else None) == found


@pytest.mark.parametrize(
    ("value", "text", "found"),
    [
        ("AI Engineer", "Senior Al Engineer", "Al Engineer"),
        ("OpenAI", "at OpenAl today", "OpenAl"),
        ("top-tier", "a top - tier lab", "top - tier"),
        ("machine learning", "machine learn- ing", "machine learn- ing"),
        ("Software", "a S0ftware house", "S0ftware"),
        ("IT Lead", "lT Lead", "lT Lead"),
        ("Illinois", "lllinois", "lllinois"),
        ("AI Dente", "Al Dente", None),
        ("AI", "Al Gore", None),
        ("QuiIIfeather", "Quillfeather", None),
        ("lBM", "IBM", None),
        ("Level 11", "Level 1l", None),
        ("Level 10", "Level 1O", None),
        ("notable", "not able", None),
        ("nowhere", "no where", None),
        ("Cook", "Cooks", None),
        ("C", "C++", None),
        ("MODERN", "MODEM", None),
        ("123", "1 2 3", None),
        ("", "x", None),
    ],
)
def test_damage(value: str, text: str, found: str | None) -> None:
    """Letters that look alike, blanks and hyphens; never a figure, never a "not", and never the wrong way round."""
    place = find_repaired(value, text)
    assert (text[slice(*place)] if place else None) == found


@settings(max_examples=200)
@given(st.text(max_size=12), st.text(max_size=40))
def test_what_is_found_is_the_same_text(value: str, text: str) -> None:
    """Whatever is found has the letters that were looked for, and whole words are found wherever they stand."""
    for search in (find, find_words):
        if place := search(value, text):
            assert alike(text[slice(*place)]).split() == alike(value).split()
    if place := find_folded(value, text):
        figures = [[digit(letter) for letter in part if letter.isdigit()] for part in (value, text[slice(*place)])]
        assert figures[0] == figures[1]
    if place := find_repaired(value, text):
        assert 0 <= place[0] < place[1] <= len(text)


def looked_up(
    path: str, value: str | float, text: str, *lines: int, format: Format = Format.TEXT, inferred: bool = False
) -> Grounding:
    """What becomes of a value of which an engine names these lines, or none."""
    document = clean(open_source(text), format=format)
    references: tuple[TextReference | FactReference, ...] = tuple(
        TextReference(number, 0, len(document.segments[number].text)) for number in lines
    )
    return ground(Draft({path: DraftValue(value, references, inferred)}), document, JobPosting)


POSTING = (
    "# Cook\n\nWe bake in Bern.\n\nPosted: May 30, 2024. Applications to jobs@acme.example.\n\n## Pay\n\n"
    "The salary is $85,000 a year.\n\n## About us\n\nAcme has 12 bakeries, one of them in Geneva.\n\n"
    "We gave $95,000 to the school in Bern.\n\n## Similar jobs\n\n- Waiter in Basel, remote, apply by June 1, 2024\n"
)


@pytest.mark.parametrize(
    ("path", "value", "line", "found"),
    [
        ("locations.0.city", "Geneva", 1, 7),
        ("locations.0.city", "Bern", 7, 8),
        ("locations.0.city", "Bern", 0, 1),
        ("date_posted", "2024-05-30", 0, 2),
        ("contact.email", "jobs@acme.example", 0, 3),
        ("salary.min", 85000, 4, 5),
        ("salary.min", 85000, 0, None),
        ("salary.unit", "YEAR", 4, 5),
        ("salary.unit", "YEAR", 0, None),
        ("locations.0.city", "Basel", 1, None),
        ("workplace_type", "REMOTE", 1, None),
        ("valid_through", "2024-06-01", 1, None),
        ("title", "Waiter", 0, None),
    ],
)
def test_the_nearest_place_of_the_own_posting(path: str, value: str | float, line: int, found: int | None) -> None:
    """Names, days and addresses may stand anywhere, amounts and units only near the line that was named; other openings never."""
    result = looked_up(path, value, POSTING, line, format=Format.MARKDOWN)
    segments = [entry.evidence.segments for entry in result.values.values()]
    assert segments == ([] if found is None else [(found,)])
    assert ("moved" in [issue.code for issue in result.issues]) is (found is not None)


def test_a_date_is_found_far_down() -> None:
    """Lines that hold no such thing do not count; a value without a line is looked for in all that may hold it."""
    text = "\n\n".join(["We bake bread."] * 3000 + ["Posted: May 30, 2024"])
    assert looked_up("date_posted", "2024-05-30", text).values["date_posted"].evidence.segments == (3000,)


def test_very_many_values_are_not_looked_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """After so many characters the rest is not found."""
    text = "We bake bread in the town of Bern."
    monkeypatch.setattr("extract.searching.MOST_SEARCHED", 10 * len(text))
    document = clean(open_source(text))
    draft = Draft({f"skills.{number}": DraftValue("bread") for number in range(50)})
    assert len(ground(draft, document, JobPosting).values) == 10


def test_several_places_are_told() -> None:
    """One was taken, and which one stands in the issue; in one section it does not matter."""
    result = looked_up("locations.0.city", "Bern", POSTING, format=Format.MARKDOWN)
    assert [(issue.code, issue.severity) for issue in result.issues] == [("several_places", Severity.INFO)]
    assert "in line 1, under 'Cook'" in result.issues[0].message
    assert looked_up("locations.0.city", "Bern", "Bern and Bern").issues == ()


@pytest.mark.parametrize(
    ("value", "text", "status"),
    [
        ("EUR", "We pay 10 € an hour", Status.NORMALISED),
        ("USD", "We pay US$ 10 an hour", Status.NORMALISED),
        ("USD", "We pay $10 an hour", Status.INFERRED),
        ("CAD", "We pay $10 an hour", None),
    ],
)
def test_a_sign_of_several_currencies_states_none(value: str, text: str, status: Status | None) -> None:
    """The most usual one is an inference; any other has nothing to stand on."""
    found = looked_up("salary.currency", value, text, 0)
    assert [entry.evidence.status for entry in found.values.values()] == ([status] if status else [])


@pytest.mark.parametrize(
    ("text", "value", "status"),
    [
        ("Closing date 03/04/2026", "2026-04-03", Status.INFERRED),
        ("Closing date 03/04/2026", "2026-03-04", Status.INFERRED),
        ("Closing date 03/04/2026, start 25/12/2026", "2026-04-03", Status.NORMALISED),
        ("Closing date 03/04/2026, start 25/12/2026", "2026-03-04", None),
        ("Bewerbungsschluss für diese schöne Stelle in unserer Bäckerei ist der 03/04/2026", "2026-04-03", Status.NORMALISED),
    ],
)
def test_a_date_with_two_readings(text: str, value: str, status: Status | None) -> None:
    """Another date of the document, or its language, tells which is meant; else neither is stated."""
    found = looked_up("valid_through", value, text, 0)
    assert [entry.evidence.status for entry in found.values.values()] == ([status] if status else [])


@pytest.mark.parametrize(
    ("path", "value"), [("locations.0.city", "Berlin"), ("workplace_type", "REMOTE"), ("locations.0.country", "DE")]
)
@pytest.mark.parametrize("inferred", [True, False])
def test_what_is_denied_is_not_stated(path: str, value: str, *, inferred: bool) -> None:
    """Nor is the part of a sentence that leaves the "not" out."""
    text = "This is not a remote position, and not in Berlin. We work in Austria, not in Germany."
    document = clean(open_source(text))
    for word in ("remote position", "Berlin", "Germany"):
        segment = next(segment for segment in document.segments if word in segment.text)
        at = segment.text.find(word)
        for references in ((TextReference(segment.number, at, at + len(word)),), ()):
            found = ground(Draft({path: DraftValue(value, references, inferred)}), document, JobPosting)
            assert [entry.evidence.status for entry in found.values.values()] in ([], [Status.INFERRED])


def test_a_text_is_not_cut_out_of_its_denial() -> None:
    """A part of a line that is copied says something else than the line, where the words before it deny it."""
    document = clean(open_source("We offer no free bread, but a bicycle."))
    text = document.segments[0].text
    for quote, stays in (("free bread", False), ("a bicycle", True), (text, True)):
        at = text.find(quote)
        draft = Draft({"benefits.0": DraftValue(quote, (TextReference(0, at, at + len(quote)),))})
        assert bool(ground(draft, document, JobPosting).values) is stays


def test_the_words_of_the_document_are_kept() -> None:
    """A text to be copied that an engine gives without its place is that of the document, quotes and all."""
    found = looked_up("benefits.0", "It's  free", "Bread: it’s good. It’s free.")
    assert found.values["benefits.0"].value == "It’s free"


def test_a_fact_may_state_what_no_line_does() -> None:
    """The markup is looked at last."""
    source = '{"@type": "JobPosting", "identifier": "R-4711", "title": "Cook"}'
    found = looked_up("job_id", "R-4711", source, format=Format.JSON_LD)
    assert found.values["job_id"].evidence.status is Status.FACT


def test_the_language_is_read_from_the_longest_line() -> None:
    """A line in another language states nothing about the document."""
    text = "We bake bread since 1921.\n\nNous recherchons une personne qui aime le pain et qui se lève tôt le matin, à Lyon."
    assert looked_up("language", "fr", text, inferred=True).values["language"].evidence.segments == (1,)
    assert looked_up("language", "en", text, inferred=True).values["language"].evidence.status is Status.INFERRED

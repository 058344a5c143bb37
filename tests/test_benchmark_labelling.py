"""When a label counts as stated by a text, and what is as good: titles, companies, places, pay, terms, days, lists."""

from __future__ import annotations

import doctest
from importlib import import_module

import pytest
from pydantic import JsonValue

from benchmarks.labelling.cases import Label, Labelled, case_of, expected
from benchmarks.labelling.companies import company_labels
from benchmarks.labelling.dates import date_labels
from benchmarks.labelling.lists import BASE_PAY, ONLY_LIKED, list_labels, mail_entries
from benchmarks.labelling.pay import Pay, pay_labels
from benchmarks.labelling.places import read_place, working_place_labels
from benchmarks.labelling.terms import education_labels, employment_labels, remote_labels
from benchmarks.labelling.text import read_text
from benchmarks.labelling.titles import title_labels


@pytest.mark.parametrize(
    ("text", "announced"),
    [
        ("We are looking for a passionate Baker.", True),
        ("**Baker**", True),
        ("In this job:Baker (m/f/d)Location", True),
        ("As Baker you knead", True),
        ("We are looking for a baker to knead", True),
        ("Bread takes flour, baker and oven", False),
        ("You have experience as a Baker", False),
        ("You report to the Baker", False),
        ("We are looking for a Senior Baker", False),
        ("We are looking for a Baker Apprentice", False),
        ("The Oven met a Bakery", False),
        ("See https://bread.example/Baker", False),
    ],
)
def test_a_title_is_announced(text: str, announced: bool) -> None:
    """A title counts where it heads a line or a sentence hires by it, not as a wish, and not inside of a longer title."""
    assert bool(title_labels(read_text(text), "Baker")) is announced


def test_forms_of_a_title() -> None:
    """The schema's form comes first; the label as it is, and without the kind of contract before it, are as good."""
    [label] = title_labels(read_text("# Stage - Boulanger H/F"), "Stage - Boulanger H/F - CDD", places=[])
    assert label.value == "Stage - Boulanger"
    assert {"Stage - Boulanger H/F - CDD", "Stage - Boulanger H/F", "Boulanger"} <= set(label.others)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Crumb bakes.", True),
        ("At Crumb Group, bread is all.", True),
        ("Write to jobs@crumb.example or www.crumb.example", False),
        ("Write to ann@crumb", False),
        ("See https://bread.example/crumb/ for more", False),
        ("CrumbCo bakes.", False),
        ("We work for our client Crumb.", False),
        ("Crumb Investment Banking bakes.", False),
    ],
)
def test_a_company_is_named(text: str, named: bool) -> None:
    """A name in an address, in a longer name, or of somebody else is not the company's."""
    assert bool(company_labels(read_text(text), "Crumb")) is named


def test_forms_of_a_company() -> None:
    """The printed form is expected, with its accents; other legal forms, the acronym and the name alone are as good."""
    assert company_labels(read_text("Miéttes Ltd. bakes"), "MIETTES")[0].value == "Miéttes"
    [label] = company_labels(read_text("Groupe Miette SAS (GM) recrute."), "Groupe Miette (GM)")
    assert label.value == "Groupe Miette"
    assert {"Groupe Miette (GM)", "Groupe Miette SAS", "GM", "Miette"} <= set(label.others)


@pytest.mark.parametrize(
    ("text", "states"),
    [
        ("Location: Bern", True),
        ("Location:\nBern, Switzerland", True),
        ("You will join our office in Bern.", True),
        ("Bern is lovely.", False),
        ("Crumb was founded in Bern. You will join us.", False),
        ("Our head office, which you will join, is in Bern.", False),
        ("You will work in Bern or Thun, as the position asks.", False),
        ("Join us in Thun / Bern.", False),
        ("Join the City of Bern.", False),
        ("Join Bern Bread today.", False),
    ],
)
def test_a_place_of_work_is_stated(text: str, states: bool) -> None:
    """A city counts where a field or a sentence about the job has it, alone, and not as a part of a name or a story."""
    assert bool(working_place_labels(read_text(text), read_place("Bern"), company="Bern Bread")) is states


@pytest.mark.parametrize(
    ("text", "pay", "wanted"),
    [
        ("Pay: $20k - $30k", Pay(20000, 30000), {"min": 20000, "max": 30000}),
        (
            "Salaire : 1 200,50 € par mois",
            Pay(1200.5, 1200.5, "EUR", "MONTH"),
            {"min": 1200.5, "max": 1200.5, "currency": "EUR", "unit": "MONTH"},
        ),
        ("Salaire : à partir de 1 200 €", Pay(1200, 1200), {"min": 1200}),
        ("Pay up to $900", Pay(900, 900), {"max": 900}),
        ("Pay: $20 - $30 an hour", Pay(20, 30, None, "YEAR"), {"min": 20, "max": 30}),
        ("Pay: $20 - $30. In Thun the pay is $40 - $50.", Pay(20, 30), None),
        ("We have 20 to 30 ovens", Pay(20, 30), None),
        ("Upload at most 30 MB", Pay(30, 30, "USD"), None),
        ("Pay: $20. Bonus pay: $30", Pay(20, 30), None),
    ],
)
def test_pay(text: str, pay: Pay, wanted: dict[str, object] | None) -> None:
    """Amounts have to be pay, next to each other, the only pay in the text; the unit is that of the label and of the text."""
    record = expected(pay_labels(read_text(text), pay))
    assert record == ({"salary": wanted} if wanted else {})


@pytest.mark.parametrize(
    ("text", "kinds", "wanted"),
    [
        ("Full-time", ["fulltime"], (["FULL_TIME"], ())),
        ("Full time, temporary", ["Full-time"], (["FULL_TIME"], (["FULL_TIME", "TEMPORARY"],))),
        ("Praktikum in Vollzeit", ["Internship", "Vollzeit"], (["INTERN", "FULL_TIME"], ())),
        ("Full-time", ["Full-time", "Stage"], None),
        ("Full-time employees get bread", ["Full-time"], None),
        ("With a chance to transition into full-time", ["Full-time"], None),
        ("Contrat en CDI", ["CDI"], None),
    ],
)
def test_kinds_of_employment(text: str, kinds: list[str], wanted: tuple[JsonValue, tuple[JsonValue, ...]] | None) -> None:
    """The text has to say each kind of this job; what else it says may stand beside them."""
    labels = employment_labels(read_text(text), kinds)
    assert [(label.value, label.others) for label in labels] == ([wanted] if wanted else [])


@pytest.mark.parametrize(
    ("text", "level", "wanted"),
    [
        ("Bachelor's degree in baking", "Bachelor's Degree", "BACHELOR"),
        ("Bachelor's degree preferred", "Bachelor's Degree", None),
        ("A Bachelor or a PhD", "Bachelor's Degree", None),
        ("A relevant degree", "Bachelor's Degree", None),
        ("High school diploma", "Some College", None),
    ],
)
def test_level_of_schooling(text: str, level: str, wanted: str | None) -> None:
    """The level has to be named, alone, and asked for."""
    assert [label.value for label in education_labels(read_text(text), level)] == ([wanted] if wanted else [])


@pytest.mark.parametrize(
    ("text", "remote"), [("This is a remote position", True), ("Remote sensing", False), ("Fully remote, or hybrid", False)]
)
def test_remote_work(text: str, remote: bool) -> None:
    """Remote work has to be said plainly, without days in an office."""
    assert bool(remote_labels(read_text(text))) is remote


@pytest.mark.parametrize(
    ("text", "value", "wanted"),
    [
        ("by 9 March 2024", "2024-03-09", ["2024-03-09"]),
        ("by 10 March 2024", "2024-03-09", []),
        ("Open until filled", "Until filled\nNOTE", [None]),
        ("Come soon", "Until filled", []),
        ('"datePosted": "2024-03-09" and posted 3 days ago', "3 days ago", []),
    ],
)
def test_days(text: str, value: str, wanted: list[str | None]) -> None:
    """A day is looked up; none is named where the label says so, unless markup names it."""
    assert [label.value for label in date_labels(read_text(text), "date_posted", value)] == wanted


@pytest.mark.parametrize(
    ("lines", "entries"),
    [
        (["Knead", "Shape", "Bake"], ["Knead", "Shape", "Bake"]),
        (["Knead", "Shape and bake", "Bake"], None),
        (["Knead", "Shape"], None),
    ],
)
def test_lists_stand_line_by_line(lines: list[str], entries: list[str] | None) -> None:
    """Each of three entries or more has to be a line; a part of one is none."""
    labels = list_labels(read_text("\n".join(lines)), "responsibilities", ["Knead", "Shape", "Bake"][: len(lines)])
    assert [label.value for label in labels] == ([entries] if entries else [])


@pytest.mark.parametrize(
    ("block", "entries"),
    [
        ("He will:\n- Carry the flour from the mill to the bakery and from\nThe Hague to Delft;\n- Bake", 2),
        ("- Carry\nthe flour;\n- Bake\nSALARY: 1", 2),
        ("- Carry the flour from the mill to the bakery, and back again\nNice to have:\n- Bake", 0),
        ("- Carry.\nHe sings as well.", 0),
        ("- 1. Bake\n2. Carry the flour", 0),
        ("Bake and carry the flour", 0),
    ],
)
def test_bullets_of_a_mail(block: str, entries: int) -> None:
    """Wrapped lines belong to their bullet; another heading or paragraph between the bullets leaves the list out."""
    assert len(mail_entries(block)) == entries


def test_lists_of_two_fields_and_of_headings() -> None:
    """An entry that belongs half into another field, or heads a paragraph, leaves the list out."""
    entries = ["Knead", "Shape", "Bake", "Be strong. A horse is a plus"]
    assert not list_labels(read_text("\n".join(entries)), "qualifications", entries, apart=ONLY_LIKED)
    assert list_labels(read_text("\n".join(entries)), "qualifications", entries, apart=BASE_PAY)
    paragraphs = [
        "Oven",
        "You see to it that the oven is hot before the sun is up, and that it is cold when the moon is, come what may.",
        "Shop",
    ]
    assert not list_labels(read_text("\n".join(paragraphs)), "responsibilities", paragraphs)


def test_labels_that_the_schema_refuses() -> None:
    """An invalid label takes its field out and is named; an invalid alternative goes alone."""
    labels = (
        Label("title", "Baker"),
        Label("salary.min", -1),
        Label("salary.max", 2),
        Label("valid_through", "2024-03-09", ("soon",)),
    )
    case = case_of(Labelled("1", "", labels, (), ""), name="x")
    assert case.dropped == ("salary",)
    assert case.as_json()["expected"] == {"title": "Baker", "valid_through": "2024-03-09"}
    assert case.as_json()["accept"] == {}


@pytest.mark.parametrize(
    "name",
    ["cases", "companies", "dates", "feeds", "lists", "pages", "pay", "places", "records", "tables", "terms", "text", "titles"],
)
def test_examples(name: str) -> None:
    """The examples in the docstrings hold."""
    assert doctest.testmod(import_module(f"benchmarks.labelling.{name}")).failed == 0

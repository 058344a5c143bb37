"""The terms of the job, what one must bring, and what lines state, as the rules read them."""

from __future__ import annotations

import pytest

from extract.cleaning import clean
from extract.engines.base import Draft
from extract.engines.rules import RulesEngine
from extract.readers.field_names import paths_of
from extract.readers.phrases import triggers
from extract.readers.wording import wording
from extract.source import Format, open_source
from extract.vocabulary import load


def drafted(text: str, format: Format = Format.TEXT) -> Draft:
    """The draft of a document."""
    return RulesEngine().fill(clean(open_source(text), format=format))


def filled(text: str, format: Format = Format.TEXT) -> dict[str, object]:
    """The values of a draft by path."""
    return {path: value.value for path, value in drafted(text, format).values.items()}


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Salary: CHF 4500 - 5500 per month", {"min": "4500", "max": "5500", "currency": "CHF", "unit": "MONTH"}),
        ("The salary is $85,000 to $119,000 a year.", {"min": "85000", "max": "119000", "currency": "USD", "unit": "YEAR"}),
        ("Salaire : 30 000 € à 35 000 € par an", {"min": "30000", "max": "35000", "currency": "EUR", "unit": "YEAR"}),
        ("Gehalt: bis zu 50.000 € im Jahr", {"max": "50000", "currency": "EUR", "unit": "YEAR"}),
        ("Our revenue is $20 million a year.", {}),
        ("There is a $5,000 referral bonus.", {}),
        ("Salary: Not $50,000", {}),
        ("Stipend: £2,100 per month", {"min": "2100", "currency": "GBP", "unit": "MONTH"}),
        ("Meal stipend: £200 per month", {}),
    ],
)
def test_pay(text: str, values: dict[str, str]) -> None:
    """Pay is a sum that a word or a line says to be pay; other money is none."""
    assert {path.removeprefix("salary."): v for path, v in filled(text).items() if path.startswith("salary.")} == values


def test_the_line_that_states_pay_comes_first() -> None:
    """A range in a line on the salary is worth more than a sum in a sentence; that of another job is worth nothing."""
    related = "# Related jobs\n\n- Chef, $90 - $99 per hour\n"
    text = f"# Cook\n\nWages of $10 an hour are common.\n\nSalary: $15 - $20 per hour\n\n{related}"
    found = filled(text, Format.MARKDOWN)
    assert (found["salary.min"], found["salary.max"]) == ("15", "20")


_RIGHTS = "# Equal opportunity\n\nAcme is an equal opportunity employer, regardless of race, religion or gender.\n\n"


@pytest.mark.parametrize(
    ("text", "low"),
    [
        ("The pay range is $20 to $25 per hour.", "20"),
        ("The minimum salary in Colorado is $50,000 per year.", None),
        ("The minimum salary in Colorado is $50,000 to $60,000 per year.", None),
    ],
)
def test_pay_in_legal_notes(text: str, low: str | None) -> None:
    """In a legal note only a range is an offer, and never what the law says is the least."""
    assert filled(_RIGHTS + text, Format.MARKDOWN).get("salary.min") == low
    offer = f"# The job\n\nYou will bake bread.\n\nThe salary is $70,000 a year.\n\n{_RIGHTS}{text}"
    assert filled(offer, Format.MARKDOWN).get("salary.min") == "70000"


def test_whose_dollars_they_are_is_inferred() -> None:
    """A bare dollar sign means US dollars only by our own reckoning."""
    assert drafted("The salary is $85,000 a year.").values["salary.currency"].inferred
    assert not drafted("The salary is 85,000 USD a year.").values["salary.currency"].inferred


@pytest.mark.parametrize(
    ("text", "path", "day"),
    [
        ("Deadline: 1 June 2024", "valid_through", "2024-06-01"),
        ("Bewerbungsfrist: 01.06.2024", "valid_through", "2024-06-01"),
        ("Date limite : 1er juin 2024", "valid_through", "2024-06-01"),
        ("Please write to us no later than June 1, 2024.", "valid_through", "2024-06-01"),
        ("Søknadsfrist\n\n1. juni 2024", "valid_through", "2024-06-01"),
        ("Work begins on 1 September 2024 in Bern.", "start_date", "2024-09-01"),
        ("Eintritt: 01.09.2024", "start_date", "2024-09-01"),
        ("Prise de poste le 1er septembre 2024 à Lyon.", "start_date", "2024-09-01"),
        ("Fecha de inicio: 1 de septiembre de 2024", "start_date", "2024-09-01"),
        ("This was posted on May 30, 2024 in Bern.", "date_posted", "2024-05-30"),
        ("Publié le 30/05/2024", "date_posted", "2024-05-30"),
        ("Applications close on 13 February 2026.", "valid_through", "2026-02-13"),
        ("Please send applications by 13 February 2026.", "valid_through", "2026-02-13"),
        ("Deadline: 25/12/2026", "valid_through", "2026-12-25"),
        ("Bewerbungsfrist: 03/04/2026", "valid_through", "2026-04-03"),
        ("Deadline: 03/04/2026\n\nThe fair is on 25/12/2026.", "valid_through", "2026-04-03"),
        ("Deadline: 03/04/2026\n\nThe fair is on 12/25/2026.", "valid_through", "2026-03-04"),
        ("Location: Boston, MA, United States\n\nDeadline: 03/04/2026", "valid_through", "2026-03-04"),
        ("Location: Leeds, United Kingdom\n\nDeadline: 03/04/2026", "valid_through", "2026-04-03"),
    ],
)
def test_dates(text: str, path: str, day: str) -> None:
    """A date is what the line or the last word before it says that it is."""
    found = {name: value for name, value in filled(text).items() if name in ("valid_through", "start_date", "date_posted")}
    assert found == {path: day}


@pytest.mark.parametrize(
    "text",
    [
        "Acme was founded on 1 June 1900.",
        "Copyright 2024 Acme",
        "The fair is on 1 June 2024.",
        "The project begins with a review of data from 1 May 2024.",
    ],
)
def test_dates_that_nothing_explains(text: str) -> None:
    """A date without a word that says what it is for is none of the job's."""
    assert not {"valid_through", "start_date", "date_posted"} & set(filled(text))


@pytest.mark.parametrize("text", ["Deadline: 03/04/2026", "We take applications. The deadline for them is 03/04/2026."])
def test_dates_with_two_readings(text: str) -> None:
    """Where nothing tells whether the day comes first, the date is left out, and both readings are named."""
    draft = drafted(text)
    assert "valid_through" not in draft.values
    [issue] = draft.issues
    assert (issue.code, issue.path, issue.severity.value) == ("ambiguous_date", "valid_through", "warning")
    assert "2026-04-03" in issue.message
    assert "2026-03-04" in issue.message


@pytest.mark.parametrize(
    "text",
    [
        "Deadline: 30 February 2026",
        "The position is open until filled.",
        "Deadline: until filled",
        "Bewerbungsfrist: bis auf weiteres",
        "Closing date: ongoing",
    ],
)
def test_until_filled_is_no_date(text: str) -> None:
    """It is null with a note of severity info."""
    draft = drafted(text)
    assert "valid_through" not in draft.values
    assert [(issue.code, issue.path, issue.severity.value) for issue in draft.issues] == [("no_date", "valid_through", "info")]


@pytest.mark.parametrize(
    ("text", "weeks"),
    [
        ("Our internships are 16 to 24 weeks long.", (16, 24)),
        ("Ce stage dure 4 à 6 mois.", (17, 26)),
        ("Duration: 6 months", (26, 26)),
        ("Praktikum, mindestens 3 Monate", (13, None)),
        ("You have 6 months of experience.", (None, None)),
    ],
)
def test_durations_in_whole_weeks(text: str, weeks: tuple[int | None, int | None]) -> None:
    """Months are converted to whole weeks, and time spent elsewhere is none of the job's."""
    found = filled(text)
    assert (found.get("duration.min_weeks"), found.get("duration.max_weeks")) == weeks
    assert all(isinstance(value, int) for path, value in found.items() if path.startswith("duration."))


@pytest.mark.parametrize(
    ("text", "types"),
    [
        ("Job type: Full-time, part-time", ["FULL_TIME", "PART_TIME"]),
        ("Wir suchen einen Bäcker in Vollzeit.", ["FULL_TIME"]),
        ("Nous recherchons un boulanger en CDD à temps plein.", ["TEMPORARY", "FULL_TIME"]),
        ("# Internship, Bakery\n\nWe are looking for you.", ["INTERN"]),
        ("# Requirements\n\n- An internship in a bakery\n- Willing to work full time", ["FULL_TIME"]),
        ("# Related jobs\n\n- Baker, part-time", []),
        ("This role is neither full-time nor an internship.", []),
    ],
)
def test_employment_types(text: str, types: list[str]) -> None:
    """Hours and contracts count wherever the job is spoken of; an internship that one must bring is another job."""
    found = filled(text, Format.MARKDOWN)
    assert [value for path, value in found.items() if path.startswith("employment_types.")] == types


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Remote: hybrid", "HYBRID"),
        ("Location: Bern (Hybrid)", "HYBRID"),
        ("This is a remote position.", "REMOTE"),
        ("This is not a remote position.", "ON_SITE"),
        ("Fully remote is out of the question.", None),
        ("On-site only", "ON_SITE"),
        ("This job is fully on-site.", "ON_SITE"),
        ("Location: Home office", "REMOTE"),
        ("Location: London, UK or Remote", None),
        ("# Related jobs\n\n- This is a remote position", None),
    ],
)
def test_workplace(text: str, kind: str | None) -> None:
    """Only what is said of this job, and not what is denied."""
    assert filled(text, Format.MARKDOWN).get("workplace_type") == kind


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("You must be authorized to work in Switzerland.", True),
        ("Candidates must know that we do not sponsor visas.", True),
        ("Ein Arbeitserlaubnis ist nötig: Arbeitserlaubnis liegt vor.", True),
        ("Un permis de travail est exigé.", True),
        ("We work with authors and citizens.", False),
        ("Our sponsors are bakers.", False),
    ],
)
def test_work_authorization(text: str, stated: bool) -> None:
    """The sentence on permits or visas, whole."""
    assert (filled(text).get("work_authorization") == text) is stated


@pytest.mark.parametrize(
    ("text", "level", "years"),
    [
        ("# Requirements\n\n- Master's degree or PhD\n- 3+ years of experience", "MASTER", 3.0),
        ("# Profil\n\n- Bac+5 en physique\n- 2 ans d'expérience", "MASTER", 2.0),
        ("# Nice to have\n\n- A PhD in baking\n- 9 years of experience", None, None),
        ("Experience: 2 years", None, 2.0),
        ("# Requirements\n\n- No degree required", "NONE", None),
        ("# Profil\n\n- Kein Abschluss nötig", "NONE", None),
        ("# Profil\n\n- Débutant, sans diplôme", "NONE", None),
    ],
)
def test_requirements(text: str, level: str | None, years: float | None) -> None:
    """The lowest level of the first requirement, and the years that are required; what would be nice is not required."""
    found = filled(text, Format.MARKDOWN)
    assert (found.get("education.level"), found.get("experience_years_min")) == (level, years)


@pytest.mark.parametrize(
    "item",
    [
        "Nice to have: 5 years of experience",
        "5 years of experience is a plus",
        "5 years of experience would be an advantage.",
        "5 ans d'expérience est un plus",
        "5 Jahre Berufserfahrung sind von Vorteil",
        "5 años de experiencia, se valorará",
    ],
)
def test_years_that_only_would_be_nice(item: str) -> None:
    """The years of a wish are not required; those of the next requirement are."""
    draft = drafted(f"# Requirements\n\n- Flour\n- {item}\n")
    assert "experience_years_min" not in draft.values
    draft = drafted(f"# Requirements\n\n- {item}\n- 2 years of experience\n")
    assert draft.values["experience_years_min"].value == 2
    draft = drafted(f"# Nice to have\n\nExperience: 5 years\n\n- {item}\n")
    assert "experience_years_min" not in draft.values


def test_studies_that_go_on() -> None:
    """That they suffice must be said; that they do not is inferred from a requirement that does not say it."""
    draft = drafted("# Requirements\n\n- Pursuing a degree in physics (bachelor's)", Format.MARKDOWN)
    assert (draft.values["education.in_progress_ok"].value, draft.values["education.in_progress_ok"].inferred) == (True, False)
    draft = drafted("# Requirements\n\n- Bachelor's degree in physics", Format.MARKDOWN)
    assert (draft.values["education.in_progress_ok"].value, draft.values["education.in_progress_ok"].inferred) == (False, True)


@pytest.mark.parametrize(
    ("name", "paths"),
    [
        ("Location(s)", ("locations",)),
        ("JOB TITLE (m/f)", ("title",)),
        ("The salary", ("salary",)),
        ("Lieu de travail", ("locations",)),
        ("Contract", ("employment_types",)),
        ("Favourite bread", ()),
        ("", ()),
    ],
)
def test_names_of_fields(name: str, paths: tuple[str, ...]) -> None:
    """Names are known by the vocabulary, with and without brackets and articles."""
    assert paths_of(name) == paths


@pytest.mark.parametrize("name", list(load("wording")))
def test_every_phrase_is_found_with_its_hint(name: str) -> None:
    """Each phrase of a table matches itself, and the quick look at a page lets it through."""
    table = wording(name)
    for phrases in load("wording")[name].values():
        for phrase in phrases:
            said = phrase.replace("*", "x").upper()
            assert table.pattern.search(said), phrase
            assert table.may_stand_in(f"so {said} it".lower()), phrase


@pytest.mark.parametrize("text", ["Restart", "untilled", "zumal", "beforehand"])
def test_phrases_are_whole_words(text: str) -> None:
    """Part of another word is no phrase."""
    assert not wording("start_date").pattern.search(text)
    assert not wording("valid_through").pattern.search(text)


@pytest.mark.parametrize("name", ["workplace", "employment", "education"])
def test_no_sentence_is_searched_for_its_every_day_words(name: str) -> None:
    """A phrase is looked for where its rarest word stands: "office", and not "in the"."""
    table = load(name)
    looked_for = triggers([phrase for entry in table["entry"] for phrase in entry["words"]], table["common_words"])
    assert looked_for.isdisjoint("a an and at by de del der die du el en for i in is la le och of on or to un und with".split())

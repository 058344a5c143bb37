"""What a JobPosting in the markup states, as fields; and where text and markup both speak, the markup first."""

from __future__ import annotations

import json

import pytest

from extract.cleaning import clean
from extract.engines.base import Draft, FactReference
from extract.engines.rules import RulesEngine
from extract.engines.rules.facts import fill_from_facts
from extract.engines.rules.page import DraftBuilder
from extract.grounding import ground
from extract.schemas.job_posting import JobPosting
from extract.source import Format, open_source


def drafted(**properties: object) -> Draft:
    """The draft that the facts of a posting alone fill."""
    text = json.dumps({"@context": "https://schema.org", "@type": "JobPosting", **properties}, ensure_ascii=False)
    document = clean(open_source(text), format=Format.JSON_LD)
    draft = DraftBuilder()
    fill_from_facts(document, draft)
    grounding = ground(draft.draft(), document, JobPosting)
    assert grounding.issues == ()  # what the markup states, grounding accepts
    return draft.draft()


def values(draft: Draft) -> dict[str, object]:
    """The values by path."""
    return {path: value.value for path, value in draft.values.items()}


ADDRESS = {"streetAddress": "Main Street 1", "addressLocality": "Bern", "addressRegion": "BE", "postalCode": "3000"}


@pytest.mark.parametrize(
    ("properties", "found"),
    [
        ({"title": " Baker "}, {"title": "Baker"}),
        ({"title": "https://acme.example"}, {}),
        ({"title": "Cook (m/f/d)"}, {"title": "Cook"}),
        (
            {"applicationContact": {"name": "Jo Doe", "email": "jo@acme.example", "telephone": "+41 44 668 18 00"}},
            {"contact.name": "Jo Doe", "contact.email": "jo@acme.example", "contact.phone": "+41446681800"},
        ),
        ({"jobStartDate": "03/04/2026"}, {}),
        ({"url": "https://acme.example/1"}, {"source_url": "https://acme.example/1"}),
        ({"url": "see below"}, {}),
        ({"hiringOrganization": "Acme"}, {"company.name": "Acme"}),
        (
            {"hiringOrganization": {"name": "Acme", "sameAs": "https://acme.example", "department": {"name": "Pastry"}}},
            {"company.name": "Acme", "company.url": "https://acme.example", "department": "Pastry"},
        ),
        ({"identifier": {"@type": "PropertyValue", "name": "Acme", "value": "R-1"}}, {"job_id": "R-1"}),
        ({"identifier": "R-1"}, {"job_id": "R-1"}),
        ({"datePosted": "2024-05-30T08:00:00Z"}, {"date_posted": "2024-05-30"}),
        ({"validThrough": "soon"}, {}),
        ({"jobStartDate": "1 June 2024"}, {"start_date": "2024-06-01"}),
        ({"employmentType": "FULL_TIME"}, {"employment_types.0": "FULL_TIME"}),
        (
            {"employmentType": ["Full-time", "CONTRACTOR"]},
            {"employment_types.0": "FULL_TIME", "employment_types.1": "CONTRACTOR"},
        ),
        ({"employmentType": "full time, Praktikum"}, {"employment_types.0": "FULL_TIME", "employment_types.1": "INTERN"}),
        ({"jobLocationType": "TELECOMMUTE"}, {"workplace_type": "REMOTE"}),
        ({"jobLocationType": "nowhere"}, {}),
        ({"industry": "Baking, Catering"}, {"industry.0": "Baking", "industry.1": "Catering"}),
        ({"industry": ["Baking", "Baking"]}, {"industry.0": "Baking"}),
        ({"educationRequirements": {"credentialCategory": "bachelor degree"}}, {"education.level": "BACHELOR"}),
    ],
)
def test_properties(properties: dict[str, object], found: dict[str, object]) -> None:
    """Each property fills its field, in the spellings that publishers use; a value that is none of the kind fills nothing."""
    assert values(drafted(**properties)) == found


@pytest.mark.parametrize(
    ("places", "found"),
    [
        (
            {"@type": "Place", "address": {**ADDRESS, "addressCountry": "CH"}},
            {"0.street": "Main Street 1", "0.city": "Bern", "0.region": "BE", "0.postal_code": "3000", "0.country": "CH"},
        ),
        (
            {"address": {"addressLocality": "Bern", "addressCountry": {"name": "Switzerland"}}},
            {"0.city": "Bern", "0.country": "CH"},
        ),
        (
            [{"address": {"addressLocality": "Bern"}}, {"address": {}}, {"address": {"addressLocality": "Genf"}}],
            {"0.city": "Bern", "1.city": "Genf"},
        ),
        ("Bern, Switzerland", {"0.raw": "Bern, Switzerland", "0.city": "Bern", "0.country": "CH"}),
        ({"address": "Bern, Switzerland"}, {"0.raw": "Bern, Switzerland", "0.city": "Bern", "0.country": "CH"}),
        ([], {}),
    ],
)
def test_places(places: object, found: dict[str, object]) -> None:
    """Places are objects, lists or plain strings; one that says nothing leaves no gap."""
    assert {path.removeprefix("locations."): value for path, value in values(drafted(jobLocation=places)).items()} == found


@pytest.mark.parametrize(
    ("salary", "found"),
    [
        (
            {"currency": "chf", "value": {"minValue": 4500, "maxValue": 5500.5, "unitText": "month"}},
            {"min": "4500", "max": "5500.5", "currency": "CHF", "unit": "MONTH"},
        ),
        (
            {"currency": "CHF", "value": {"value": "90,000", "unitText": "YEARLY"}},
            {"min": "90000", "currency": "CHF", "unit": "YEAR"},
        ),
        (
            {"currency": "EUR", "value": {"minValue": "45.000", "maxValue": 60000, "unitText": "year"}},
            {"min": "45000", "max": "60000", "currency": "EUR", "unit": "YEAR"},
        ),
        (
            {"currency": "EUR", "value": {"minValue": "2.500,00", "unitText": "Month"}},
            {"min": "2500.00", "currency": "EUR", "unit": "MONTH"},
        ),
        (
            {"currency": "USD", "value": {"minValue": "$45,000", "maxValue": "55k"}},
            {"min": "45000", "max": "55000", "currency": "USD"},
        ),
        ({"currency": "USD", "value": {"minValue": "on request", "maxValue": 55.125}}, {"max": "55.125", "currency": "USD"}),
        ({"currency": "CHF", "value": {"minValue": 0, "maxValue": 0}}, {}),
        ({"currency": "CHF", "value": "competitive"}, {}),
    ],
)
def test_pay(salary: object, found: dict[str, object]) -> None:
    """Amounts are plain numbers; without one, a currency alone is no pay."""
    assert {path.removeprefix("salary."): value for path, value in values(drafted(baseSalary=salary)).items()} == found


def test_markup_comes_before_text() -> None:
    """A field that the markup states is not read from the text again."""
    posting = {
        "@type": "JobPosting",
        "title": "Baker",
        "datePosted": "2024-05-30",
        "description": "Job title: Cook. Posted: 2024-06-01",
    }
    found = RulesEngine().fill(clean(open_source(json.dumps(posting)), format=Format.JSON_LD)).values
    assert (found["title"].value, found["date_posted"].value) == ("Baker", "2024-05-30")
    assert all(isinstance(place, FactReference) for place in found["title"].references)


def test_only_the_first_posting_counts() -> None:
    """A second posting of the page is another job."""
    pair = [{"@type": "JobPosting", "title": "Baker"}, {"@type": "JobPosting", "title": "Cook", "identifier": "R-2"}]
    draft = DraftBuilder()
    fill_from_facts(clean(open_source(json.dumps(pair)), format=Format.JSON_LD), draft)
    assert values(draft.draft()) == {"title": "Baker"}


@pytest.mark.parametrize(
    ("properties", "issues"),
    [
        ({"baseSalary": {"value": {"minValue": "on request", "maxValue": 0}}}, [("unread_amount", "salary.min", "warning")]),
        ({"baseSalary": {"value": {"maxValue": "4 or 5"}}}, [("unread_amount", "salary.max", "warning")]),
        ({"validThrough": "03/04/2026"}, [("ambiguous_date", "valid_through", "warning")]),
        ({"baseSalary": {"value": 4500}, "validThrough": "2026-04-03"}, []),
    ],
)
def test_what_cannot_be_read_is_said(properties: dict[str, object], issues: list[tuple[str, str, str]]) -> None:
    """An amount that is none and a date with two readings are left out with a warning."""
    assert [(issue.code, issue.path, issue.severity.value) for issue in drafted(**properties).issues] == issues


def test_an_organisation_beside_the_posting() -> None:
    """The employer may be an object of its own that the posting refers to; another organisation is not the employer."""
    graph = [
        {"@type": "Organization", "@id": "#other", "name": "Other"},
        {"@type": "JobPosting", "title": "Baker", "hiringOrganization": {"@id": "#acme"}},
        {"@type": "Organization", "@id": "#acme", "name": "Acme"},
    ]
    draft = DraftBuilder()
    fill_from_facts(clean(open_source(json.dumps({"@graph": graph})), format=Format.JSON_LD), draft)
    assert values(draft.draft()) == {"title": "Baker", "company.name": "Acme"}

"""The schema.org form of a job posting."""

from __future__ import annotations

import json

import pytest
from pydantic import JsonValue

from extract.schemas.job_posting import Education, JobPosting

FULL: dict[str, JsonValue] = {
    "title": "Pastry Chef, Desserts",
    "company": {"name": "Lake & Sons", "url": "https://lake.example", "description": "A hotel <by> the lake."},
    "department": "Kitchen",
    "job_id": "K-17",
    "source_url": "https://lake.example/jobs/17",
    "apply_url": "https://lake.example/apply?id=17",
    "locations": [
        {
            "raw": "Quai 1, 1200 Genève",
            "street": "Quai 1",
            "city": "Genève",
            "region": "GE",
            "postal_code": "1200",
            "country": "CH",
        },
        {"raw": "By the lake"},
    ],
    "workplace_type": "ON_SITE",
    "employment_types": ["FULL_TIME", "TEMPORARY"],
    "salary": {"min": 4200.5, "max": 5000, "currency": "CHF", "unit": "MONTH"},
    "date_posted": "2024-03-01",
    "valid_through": "2024-03-31",
    "start_date": "2024-05-01",
    "duration": {"min_weeks": 12, "max_weeks": 24},
    "description": "You bake.\n\nYou & your team.",
    "responsibilities": ["Bake <b>cakes</b>", "Clean up"],
    "qualifications": ["A diploma"],
    "preferred_qualifications": ["French"],
    "skills": ["Sugar work"],
    "education": {"level": "ASSOCIATE", "in_progress_ok": False, "text": "A diploma"},
    "experience_years_min": 1.5,
    "work_authorization": "Swiss work permit",
    "benefits": ["Meals"],
    "contact": {"name": "Ms Lake", "email": "jobs@lake.example", "phone": "+41227000000"},
    "industry": ["Hotels"],
    "language": "en",
}


HTML = (
    "<p>You bake.</p><p>You &amp; your team.</p>"
    "<p>Responsibilities</p><ul><li>Bake &lt;b&gt;cakes&lt;/b&gt;</li><li>Clean up</li></ul>"
    "<p>Qualifications</p><ul><li>A diploma</li></ul>"
    "<p>Preferred qualifications</p><ul><li>French</li></ul>"
    "<p>Skills</p><ul><li>Sugar work</li></ul>"
    "<p>Benefits</p><ul><li>Meals</li></ul>"
    "<p>A hotel &lt;by&gt; the lake.</p>"
)
PROPERTIES: dict[str, JsonValue] = {
    "@context": "https://schema.org",
    "@type": "JobPosting",
    "title": "Pastry Chef, Desserts",
    "description": HTML,
    "url": "https://lake.example/jobs/17",
    "identifier": {"@type": "PropertyValue", "name": "Lake & Sons", "value": "K-17"},
    "datePosted": "2024-03-01",
    "validThrough": "2024-03-31",
    "jobStartDate": "2024-05-01",
    "jobDuration": {"@type": "QuantitativeValue", "minValue": 12, "maxValue": 24, "unitCode": "WEE"},
    "hiringOrganization": {
        "@type": "Organization",
        "name": "Lake & Sons",
        "sameAs": "https://lake.example",
        "description": "A hotel <by> the lake.",
    },
    "employmentUnit": {"@type": "Organization", "name": "Kitchen"},
    "employmentType": ["FULL_TIME", "TEMPORARY"],
    "jobLocation": [
        {
            "@type": "Place",
            "address": {
                "@type": "PostalAddress",
                "streetAddress": "Quai 1",
                "addressLocality": "Genève",
                "addressRegion": "GE",
                "postalCode": "1200",
                "addressCountry": "CH",
            },
        },
        {"@type": "Place", "address": "By the lake"},
    ],
    "baseSalary": {
        "@type": "MonetaryAmount",
        "currency": "CHF",
        "value": {"@type": "QuantitativeValue", "minValue": 4200.5, "maxValue": 5000, "unitText": "MONTH"},
    },
    "educationRequirements": {
        "@type": "EducationalOccupationalCredential",
        "credentialCategory": "associate degree",
        "description": "A diploma",
    },
    "experienceRequirements": {"@type": "OccupationalExperienceRequirements", "monthsOfExperience": 18},
    "eligibilityToWorkRequirement": "Swiss work permit",
    "responsibilities": ["Bake <b>cakes</b>", "Clean up"],
    "qualifications": ["A diploma"],
    "skills": ["Sugar work"],
    "jobBenefits": ["Meals"],
    "industry": ["Hotels"],
    "applicationContact": {"@type": "ContactPoint", "name": "Ms Lake", "email": "jobs@lake.example", "telephone": "+41227000000"},
    "potentialAction": {"@type": "ApplyAction", "target": "https://lake.example/apply?id=17"},
}


def test_schema_org_of_a_full_record() -> None:
    """Each property is the one of schema.org, of a type that it takes, and can be written as JSON."""
    assert json.loads(json.dumps(JobPosting.model_validate(FULL).to_schema_org())) == PROPERTIES


@pytest.mark.parametrize(
    ("values", "properties"),
    [
        ({}, {}),
        ({"employment_types": [], "company": {"description": "x"}}, {"hiringOrganization", "description"}),
        ({"salary": {"currency": "USD", "unit": "YEAR"}}, set()),
        ({"preferred_qualifications": ["French"]}, {"description"}),
        ({"language": "fr"}, set()),
    ],
)
def test_schema_org_leaves_out_what_is_not_known(values: dict[str, object], properties: set[str]) -> None:
    """No null, no empty list and nothing made up."""
    assert set(JobPosting.model_validate(values).to_schema_org()) == {"@context", "@type", *properties}


@pytest.mark.parametrize(
    ("values", "name", "value"),
    [
        (
            {"salary": {"min": 20, "max": 20}},
            "baseSalary",
            {"@type": "MonetaryAmount", "value": {"@type": "QuantitativeValue", "value": 20}},
        ),
        (
            {"salary": {"max": 30, "currency": "EUR", "unit": "HOUR"}},
            "baseSalary",
            {
                "@type": "MonetaryAmount",
                "currency": "EUR",
                "value": {"@type": "QuantitativeValue", "maxValue": 30, "unitText": "HOUR"},
            },
        ),
        ({"education": {"level": "NONE"}}, "educationRequirements", "no requirements"),
        ({"education": {"text": "A degree"}}, "educationRequirements", "A degree"),
        ({"experience_years_min": 0}, "experienceRequirements", "no requirements"),
        ({"job_id": "7"}, "identifier", {"@type": "PropertyValue", "value": "7"}),
        ({"language": "fr", "benefits": ["a", "b"]}, "description", "<ul><li>a</li><li>b</li></ul>"),
    ],
)
def test_schema_org_of_one_field(values: dict[str, object], name: str, value: JsonValue) -> None:
    """Single amounts, missing requirements and other languages have forms of their own."""
    assert JobPosting.model_validate(values).to_schema_org()[name] == value


@pytest.mark.parametrize(
    ("level", "category"),
    [
        ("HIGH_SCHOOL", "high school"),
        ("ASSOCIATE", "associate degree"),
        ("BACHELOR", "bachelor degree"),
        ("MASTER", "postgraduate degree"),
        ("DOCTORATE", "postgraduate degree"),
    ],
)
def test_schema_org_words_for_education(level: str, category: str) -> None:
    """Google has its own words for levels."""
    education = JobPosting(education=Education.model_validate({"level": level})).to_schema_org()["educationRequirements"]
    assert education == {"@type": "EducationalOccupationalCredential", "credentialCategory": category}


COUNTRY = {"@type": "Country", "name": "US"}
CITY = {"@type": "Place", "address": {"@type": "PostalAddress", "addressLocality": "Bend", "addressCountry": "US"}}


@pytest.mark.parametrize(
    ("workplace", "locations", "expected"),
    [
        ("REMOTE", [{"country": "US"}], {"jobLocationType": "TELECOMMUTE", "applicantLocationRequirements": [COUNTRY]}),
        (
            "REMOTE",
            [{"city": "Bend", "country": "US"}, {"country": "US"}],
            {"jobLocationType": "TELECOMMUTE", "applicantLocationRequirements": [COUNTRY], "jobLocation": [CITY]},
        ),
        ("REMOTE", [], {"jobLocationType": "TELECOMMUTE"}),
        ("HYBRID", [{"city": "Bend", "country": "US"}], {"jobLocation": [CITY]}),
        (None, [], {}),
    ],
)
def test_schema_org_of_remote_work(workplace: str | None, locations: list[JsonValue], expected: dict[str, JsonValue]) -> None:
    """Only wholly remote work is TELECOMMUTE; its country is where applicants may live."""
    posting = JobPosting.model_validate({"workplace_type": workplace, "locations": locations}).to_schema_org()
    assert {name: value for name, value in posting.items() if not name.startswith("@")} == expected

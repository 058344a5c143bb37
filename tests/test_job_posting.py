"""The conventions of a job posting record."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date, datetime
from decimal import Decimal

import pytest
from checking import doubted
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, JsonValue, ValidationError

from extract.fields import leaf_annotations
from extract.schemas.conventions import countries, currencies
from extract.schemas.job_posting import Company, Contact, Duration, JobPosting, Location, Salary

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


def errors(model: type[BaseModel], values: dict[str, object]) -> list[str]:
    """The dotted paths of what a model refuses."""
    try:
        model.model_validate(values)
    except ValidationError as refused:
        return [".".join(map(str, error["loc"])) for error in refused.errors()]
    return []


VALID: list[tuple[type[BaseModel], str, object]] = [
    *[(Location, "country", code) for code in ("CH", "US", "GB", "XK")],
    *[(Location, "city", city) for city in ("Zurich", "Remote, Oregon", "Anywhere, Texas", "Hybridstadt", "São Paulo", "東京")],
    *[(Salary, "currency", code) for code in ("USD", "EUR", "CHF", "AMD", "DEM")],
    *[(Salary, "min", amount) for amount in (0, 7500, 12.5, "12.50", Decimal("0.01"), 999999999999)],
    *[(Company, "url", url) for url in ("https://a.example", "HTTP://a.example:80/b?c=d#e", "https://例え.jp/求人")],
    *[(Contact, "email", mail) for mail in ("a@b.example", "first.last+jobs@sub-domain.b.co.uk", "o'neil@bücher.example")],
    *[
        (Contact, "phone", phone)
        for phone in ("+41440000000", "(044) 000-00 00", "0800.123.456", "555-0100 ext 12", "01 23/45 67")
    ],
    *[(JobPosting, "language", tag) for tag in ("en", "de-CH", "zh-Hant-TW", "es-419", "sl-rozaj", "gsw")],
    *[(JobPosting, "date_posted", day) for day in ("2024-02-29", date(2024, 2, 29))],
    *[(JobPosting, "experience_years_min", years) for years in (0, 0.5, 40)],
    *[(Duration, "min_weeks", weeks) for weeks in (1, 104)],
]
INVALID: list[tuple[type[BaseModel], str, object]] = [
    *[(Location, "country", code) for code in ("UK", "ch", "CHE", "Switzerland", "ZZ", "EU", "419")],
    *[
        (Location, field, value)
        for field in ("raw", "city", "region", "street")
        for value in (
            "Remote",
            "100% remote",
            "HYBRID",
            "Remote / Hybrid",
            "anywhere",
            "Worldwide",
            "télétravail",
            "Home-Office",
            "fully remote",
        )
    ],
    (Location, "city", "te\u0301le\u0301travail"),
    *[(Salary, "currency", code) for code in ("usd", "US$", "$", "Euro", "XXX", "XAU")],
    *[(Salary, "min", amount) for amount in (-1, float("nan"), float("inf"), "7,500", "7500 USD", 1234567890123456)],
    (Salary, "unit", "ANNUAL"),
    *[
        (Company, "url", url)
        for url in ("www.a.example", "/jobs", "ftp://a.example", "https://", "https://a b.example", "mailto:a@b.example")
    ],
    *[
        (Contact, "email", mail)
        for mail in ("a@b", "a b@c.example", "@b.example", "a@.example", "a@b..example", "a@b.example, c@d.example")
    ],
    *[(Contact, "phone", phone) for phone in ("call us", "+0441234567", "12", "+41440000000123456", "044 000 00 00 (Ms Lake)")],
    *[(JobPosting, "language", tag) for tag in ("English", "e", "en_US", "en-", "12")],
    *[
        (JobPosting, "date_posted", day)
        for day in ("2024-02-30", "01/02/2024", "2024", "2024-01-01T00:00:00", 1620000000, datetime(2024, 1, 1), True)
    ],
    *[(JobPosting, "experience_years_min", years) for years in (-1, 61, float("nan"), "two")],
    *[(Duration, "min_weeks", weeks) for weeks in (0, -4, 1.5)],
    *[(JobPosting, field, "x") for field in ("source_url", "apply_url", "workplace_type", "salary", "benefits")],
    (JobPosting, "employer", "Lake"),
    (Company, "logo", "https://a.example/logo.png"),
]


@pytest.mark.parametrize(("model", "field", "value"), VALID)
def test_kept(model: type[BaseModel], field: str, value: object) -> None:
    """What keeps its convention is taken as it is."""
    assert errors(model, {field: value}) == []
    kept = getattr(model.model_validate({field: value}), field)
    assert str(kept) == str(value) or kept == type(kept)(value)


@pytest.mark.parametrize(("model", "field", "value"), INVALID)
def test_refused(model: type[BaseModel], field: str, value: object) -> None:
    """What breaks its convention is refused, at its field."""
    assert errors(model, {field: value}) == [field]


def test_employment_types_are_checked_one_by_one() -> None:
    """The error names the position."""
    assert errors(JobPosting, {"employment_types": ["FULL_TIME", "CDI"]}) == ["employment_types.1"]


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"salary": {"min": 5000, "max": 4200}}, "salary"),
        ({"duration": {"min_weeks": 24, "max_weeks": 12}}, "duration"),
        ({"date_posted": "2024-03-02", "valid_through": "2024-03-01"}, "valid_through"),
    ],
)
def test_order_of_two_fields(values: dict[str, object], path: str) -> None:
    """A range upside down is wrong as a whole; of two days that do not fit, the later one."""
    assert doubted(JobPosting, values) == [path]


@pytest.mark.parametrize(
    "values",
    [
        {"salary": {"min": 5000, "max": 5000}},
        {"salary": {"max": 5000}},
        {"duration": {"min_weeks": 12}},
        {"date_posted": "2024-03-01", "valid_through": "2024-03-01"},
        {"valid_through": "2024-03-01"},
    ],
)
def test_order_of_equal_or_missing_fields(values: dict[str, object]) -> None:
    """Equal ends and open ranges are fine."""
    assert doubted(JobPosting, values) == []


@pytest.mark.parametrize(
    ("values", "same_as"),
    [
        ({}, {}),
        ({"title": "  Cook \n"}, {"title": "Cook"}),
        ({"title": " ", "job_id": ""}, {}),
        ({"date_posted": "", "workplace_type": " "}, {}),
        ({"benefits": None, "locations": None}, {}),
        ({"benefits": ["Meals ", "", " ", None, "Meals", "A room"]}, {"benefits": ["Meals", "A room"]}),
        ({"employment_types": ["INTERN", "INTERN"]}, {"employment_types": ["INTERN"]}),
        ({"locations": [{"city": "Bern"}, {"city": " "}, {}, {"city": "Bern"}]}, {"locations": [{"city": "Bern"}]}),
        ({"salary": {}, "company": {"name": ""}, "education": {"level": None}}, {}),
    ],
)
def test_what_says_nothing_is_nothing(values: dict[str, object], same_as: dict[str, object]) -> None:
    """Blank texts and empty objects are null; lists lose blanks and repetitions."""
    assert JobPosting.model_validate(values) == JobPosting.model_validate(same_as)


def test_nothing_is_required() -> None:
    """An empty record is nulls and empty lists."""
    assert all(value in (None, []) for value in JobPosting().model_dump().values())


def test_lists_are_not_shared() -> None:
    """Two records do not share their empty lists."""
    assert JobPosting().benefits is not JobPosting().benefits


def test_records_are_frozen() -> None:
    """No field can be set."""
    with pytest.raises(ValidationError):
        JobPosting.model_validate(FULL).title = "x"


def test_amounts_are_json_numbers() -> None:
    """Whole amounts are integers, others floats; in Python they are decimals."""
    salary = Salary.model_validate({"min": "17.50", "max": 20})
    assert json.loads(salary.model_dump_json()) == {"min": 17.5, "max": 20, "currency": None, "unit": None}
    assert '"max":20,' in salary.model_dump_json()
    assert salary.model_dump()["min"] == Decimal("17.5")


@given(st.decimals(min_value=0, max_value=10**9, places=4))
def test_amounts_survive_json(amount: Decimal) -> None:
    """What is written as JSON is read back as the same amount."""
    salary = Salary(min=amount)
    assert Salary.model_validate_json(salary.model_dump_json()) == salary


@pytest.mark.parametrize("values", [FULL, {}])
def test_json_round_trip(values: dict[str, JsonValue]) -> None:
    """A record written as JSON is read back as itself, and its JSON is what went in."""
    record = JobPosting.model_validate(values)
    assert JobPosting.model_validate_json(record.model_dump_json()) == record
    dumped = record.model_dump(mode="json", exclude_none=True)
    assert {name: dumped[name] for name in values if name != "locations"} == {k: v for k, v in values.items() if k != "locations"}


def test_code_lists() -> None:
    """The countries are the 249 of ISO 3166-1 and Kosovo; what is paid in is a currency."""
    assert len(countries()) == 250
    assert {"USD", "EUR", "JPY"} <= currencies()
    assert not currencies() & {"XXX", "XTS", "XAU"}


@pytest.mark.parametrize(
    ("path", "verbatim", "reader"),
    [
        ("title", False, None),
        ("company.description", True, None),
        ("responsibilities.*", True, None),
        ("education.text", True, None),
        ("locations.*.country", False, "country"),
        ("salary.max", False, "most_pay"),
        ("salary.unit", False, "pay_unit"),
        ("employment_types.*", False, "employment_type"),
        ("valid_through", False, "date"),
        ("duration.max_weeks", False, "longest"),
        ("contact.phone", False, "phone"),
    ],
)
def test_how_a_leaf_is_proved(path: str, verbatim: bool, reader: str | None) -> None:
    """Long texts are verbatim, typed values name their reader."""
    leaf = leaf_annotations(JobPosting)[path]
    assert (leaf.verbatim, leaf.reader) == (verbatim, reader)


def test_the_schema_needs_no_code_tables_before_it_is_used() -> None:
    """Importing the model does not load babel."""
    code = "import sys, extract.schemas.job_posting; sys.exit('babel' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

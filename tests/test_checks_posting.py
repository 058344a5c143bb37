"""The checks of a job posting: what its fields have to agree on, whoever filled them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest
from checking import doubted, doubts
from fixed_engine import Fixed, told

from extract import extract
from extract.checks import Checked, found_by, no_headings, not_left_out
from extract.cleaning import clean
from extract.cleaning.document import Scalar
from extract.result import Evidence, Extraction, FieldStatus, RecordStatus, Severity, Status
from extract.schemas.job_posting import JobPosting
from extract.source import Format, open_source


def result(text: str, values: Mapping[str, tuple[Scalar, str]], *, input_format: Format | None = None) -> Extraction[JobPosting]:
    """The result of a text of which an engine says these values."""
    return extract(text, engine=Fixed(values), input_format=input_format)


LINES = (
    "Assistant Librarian\n\nReporting to: Head of Library\n\n"
    "Applications close on 3 April 2026; interviews are on 17 April 2026.\n\n"
    "Start date: 1 June 2026\n\nPosted: 1 April 2026 | Closes: 5 May 2026 | Req ID 7\n\n"
    "San Jose, CA\n\nSalary: $85,000 an hour\n\n"
    "To request an accommodation write to access@library.example.\n\nRead https://library.example/privacy first."
)


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"title": ("Assistant Librarian", "Assistant")}, None),
        ({"title": ("Librarian", "Assistant")}, ("cut_short", "title")),
        ({"valid_through": ("2026-04-03", "Applications")}, None),
        ({"date_posted": ("2026-04-03", "Applications")}, ("other_field", "date_posted")),
        ({"start_date": ("2026-06-01", "Start date")}, None),
        ({"valid_through": ("2026-05-05", "Closes")}, None),
        ({"date_posted": ("2026-05-05", "Closes")}, ("other_field", "date_posted")),
        ({"date_posted": ("2026-04-01", "Closes")}, None),
        ({"start_date": ("2026-04-01", "Closes")}, ("other_field", "start_date")),
        ({"valid_through": ("2026-06-01", "Start date")}, ("other_field", "valid_through")),
        ({"locations.0.city": ("San Jose", "San Jose")}, None),
        ({"locations.0.city": ("San", "San Jose")}, ("cut_short", "locations")),
        ({"contact.email": ("access@library.example", "access@")}, ("other_mailbox", "contact.email")),
        ({"apply_url": ("https://library.example/privacy", "privacy")}, ("other_page", "apply_url")),
    ],
)
def test_a_line_is_read_as_what_it_is(values: dict[str, tuple[Scalar, str]], error: tuple[str, str] | None) -> None:
    """A value that its line states, but of something else, is taken out with an error."""
    found = result(LINES, values)
    assert told(found) == ([error] if error else [])
    (path,) = values
    assert (path in {p for p, e in found.evidence.items() if e.status is not Status.ABSENT}) is (error is None)


BESIDE = (
    "Cook in Bern\n\nReporting to the Head of Kitchens.\n\n"
    "You travel to Lyon once a month; Acme was founded in 1921 in Geneva.\n\n"
    "Our sister office is in Austin, Texas.\n\nWe also hire a Waiter in Basel for $20 an hour.\n\nPress: Tom Brandt\n\n"
    "Questions? Ask Ada Finch.\n\nApply by 3 April 2026; interviews take place on 17 April 2026.\n\n"
    "We have been present in Zurich since 2001."
)


@pytest.mark.parametrize(
    ("path", "value", "quote", "error"),
    [
        ("title", "Cook", "Cook in Bern", None),
        ("title", "Head of Kitchens", "Reporting", "other_field"),
        ("title", "Waiter", "Waiter", "other_opening"),
        ("locations.0.city", "Bern", "Cook in Bern", None),
        ("locations.0.city", "Zurich", "Zurich", None),
        ("locations.0.city", "Lyon", "Lyon", "other_field"),
        ("locations.0.city", "Geneva", "Geneva", "other_field"),
        ("locations.0.city", "Austin", "Austin", "other_field"),
        ("locations.0.region", "Texas", "Austin", "other_field"),
        ("locations.0.city", "Basel", "Basel", "other_opening"),
        ("salary.min", 20, "$20", "other_opening"),
        ("contact.name", "Ada Finch", "Ada Finch", None),
        ("contact.name", "Tom Brandt", "Tom Brandt", "other_field"),
        ("valid_through", "2026-04-03", "interviews", None),
        ("valid_through", "2026-04-17", "interviews", "other_field"),
    ],
)
def test_what_stands_beside_the_job_is_not_of_it(path: str, value: Scalar, quote: str, error: str | None) -> None:
    """Who the job reports to, where one travels to, other offices and openings, the press, days of interviews."""
    found = result(BESIDE, {path: (value, quote)})
    assert [code for code, _ in told(found)] == ([error] if error else [])


def test_a_heading_that_a_screen_reading_left_alone_still_ends_the_posting() -> None:
    """Lines are looked at where they are printed: what stands above the heading is of the posting, whatever column it is in."""
    text = (
        "**[ 2 ] Bread Baker**\n\n[ 3 ] Full - Time        [ 4 ] Villach, Austria\n\n"
        "[ 5 ] Pay is $20 an hour, and we bake at night\n\n[ 6 ] Similar jobs\n\n[ 7 ] Controller, Klagenfurt, $30 an hour\n"
        + "-"
        * 30
    )
    for city, error in (("Klagenfurt", True), ("Villach", False)):
        found = result(text, {"locations.0.city": (city, city)}, input_format=Format.TARSIER)
        assert bool(told(found)) is error, city


def test_pay_of_an_unlikely_size_is_told() -> None:
    """It stays: the posting may say so."""
    values = {"salary.min": ("85000", "Salary"), "salary.unit": ("HOUR", "Salary"), "salary.currency": ("USD", "Salary")}
    found = result(LINES, values)
    assert told(found, Severity.WARNING) == [("implausible_pay", "salary.min")]
    assert found.record.salary is not None
    assert (found.record.salary.min, found.status) == (Decimal(85000), RecordStatus.COMPLETE)


MARKUP = (
    '{"@type": "JobPosting", "title": "Cook", "datePosted": "2026-02-03", "validThrough": "2026-03-31", "hiringOrganization": '
    '{"@type": "Organization", "name": "Acme", "sameAs": "https://acme.example"}, "baseSalary": {"@type": "MonetaryAmount", '
    '"currency": "GBP", "value": {"@type": "QuantitativeValue", "minValue": 12.6, "maxValue": 14.25, "unitText": "HOUR"}}}'
)


@pytest.mark.parametrize(
    ("path", "value", "fact", "error"),
    [
        ("date_posted", "2026-02-03", "JobPosting.datePosted", False),
        ("date_posted", "2026-03-31", "JobPosting.validThrough", True),
        ("salary.min", "12.6", "JobPosting.baseSalary.value.minValue", False),
        ("salary.min", "14.25", "JobPosting.baseSalary.value.maxValue", True),
        ("source_url", "https://acme.example", "JobPosting.hiringOrganization.sameAs", True),
        ("company.url", "https://acme.example", "JobPosting.hiringOrganization.sameAs", False),
    ],
)
def test_a_property_is_its_own_field(path: str, value: str, fact: str, *, error: bool) -> None:
    """What the markup calls one thing is no other."""
    found = result(MARKUP, {path: (value, fact)})
    assert told(found) == ([("other_field", path)] if error else [])


def test_other_openings_state_nothing() -> None:
    """Neither those under a heading of the text, nor what cleaning left out of the page."""
    text = "# Cook\n\nWe bake in Bern.\n\n## Similar jobs\n\n- Waiter, Geneva\n"
    found = result(text, {"locations.0.city": ("Geneva", "Waiter"), "title": ("Cook", "Cook")}, input_format=Format.MARKDOWN)
    assert told(found) == [("other_opening", "locations")]
    assert found.record.locations == []
    page = "<html><body><nav><a href='/'>Geneva</a></nav><main><h1>Cook</h1><p>We bake in Bern.</p></main></body></html>"
    found = result(page, {"locations.0.city": ("Geneva", "Geneva")})
    assert told(found) == [("left_out", "locations")]


def test_a_region_of_another_country_is_told() -> None:
    """The pair stays, with a warning, where both are stated."""
    found = result("Munich, Bavaria, USA", {"locations.0.region": ("Bavaria", "Munich"), "locations.0.country": ("US", "Munich")})
    assert told(found, Severity.WARNING) == [("region_elsewhere", "locations.0.region")]
    assert doubts(JobPosting, {"locations": [{"region": "Bavaria", "country": "DE"}]}) == []
    assert doubts(JobPosting, {"locations": [{"region": "Catamarca", "country": "AR"}]}) == []


def test_an_entry_is_in_one_list() -> None:
    """Unless the document has it twice: "or equivalent experience" may stand in both."""
    lists = {"qualifications": ["You bake."], "preferred_qualifications": ["You  bake."]}
    assert doubted(JobPosting, lists) == ["preferred_qualifications.0"]
    evidence = {
        path: Evidence(status=Status.QUOTED, spans=(span,))  # type: ignore[arg-type]
        for path, span in {"qualifications.0": (0, 9), "preferred_qualifications.0": (20, 29)}.items()
    }
    assert doubts(JobPosting, lists, evidence=evidence) == []


def test_a_heading_is_no_entry() -> None:
    """An entry that is the heading of its list is taken out, and the next one takes its place."""
    found = result(
        "# Cook\n\n## Benefits\n\n- Free bread\n",
        {"benefits.0": ("Benefits", "Benefits"), "benefits.1": ("Free bread", "Free bread")},
        input_format=Format.MARKDOWN,
    )
    assert told(found) == [("heading", "benefits")]
    assert found.record.benefits == ["Free bread"]
    assert found.evidence["benefits.0"].quote == "Free bread"
    assert (found.fields["benefits.0"], found.fields["benefits"]) == (FieldStatus.FOUND, FieldStatus.INVALID)


def test_the_description_is_not_the_blurb() -> None:
    """The same text in both is an error of the description; a sentence in common is told."""
    text = "Acme bakes bread since 1921. You run the morning shift."
    document = clean(open_source(text))
    first, second = document.segments
    assert first.text.startswith("Acme")
    blurb = Evidence(status=Status.QUOTED, segments=(0,))
    record = {"description": first.text, "company": {"description": first.text}}
    for segments, severity in (((0,), Severity.ERROR), ((0, 1), Severity.WARNING), ((1,), None)):
        evidence = {"company.description": blurb, "description": Evidence(status=Status.QUOTED, segments=segments)}
        found = [i.severity for i in doubts(JobPosting, record, text=text, evidence=evidence) if i.code == "same_text"]
        assert found == ([severity] if severity else [])
    assert second.number == 1


LONG = "Nous recherchons une personne qui aime le pain et qui travaille volontiers en équipe dans notre boulangerie. " * 2


@pytest.mark.parametrize(("language", "wrong"), [("fr", False), ("fr-CH", False), ("en", True), ("de", True)])
def test_the_language_is_that_of_the_texts(language: str, *, wrong: bool) -> None:
    """A blurb in another language does not count; too short a text tells nothing."""
    record = {
        "language": language,
        "description": LONG,
        "company": {"description": "We bake bread for the whole town since 1921."},
    }
    assert [issue.code for issue in doubts(JobPosting, record)] == (["language"] if wrong else [])
    assert doubts(JobPosting, {"language": language, "description": "Du pain."}) == []


def test_entries_are_checked_against_their_own_line() -> None:
    """A check sees the segments of an entry, and of all entries below a path."""
    document = clean(open_source("# Cook\n\nBake.\n"), format=Format.MARKDOWN)
    evidence = {
        "skills.0": Evidence(status=Status.QUOTED, segments=(0,)),
        "skills.1": Evidence(status=Status.QUOTED, segments=(1,)),
    }
    checked = Checked(JobPosting(skills=["Cook", "Bake."]), evidence, document)
    assert [segment.number for segment in checked.segments("skills")] == [0, 1]
    assert [segment.number for segment in checked.segments("skills.1")] == [1]
    assert [issue.path for issue in found_by([no_headings("skills"), not_left_out], checked)] == ["skills.0"]

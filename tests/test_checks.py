"""Checks: what fields have to agree on, whoever filled them; an error takes the value out, a warning only tells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from threading import Lock
from typing import Any, ClassVar

import pytest
from checking import doubted, doubts
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, PrivateAttr

from extract import extract
from extract.checks import Check, Checked, checks_of, found_by, no_headings, not_left_out
from extract.cleaning import clean
from extract.cleaning.document import CleanDocument, Scalar
from extract.engines.base import Draft, DraftValue, FactReference, Origin, TextReference
from extract.errors import UsageError
from extract.fields import leaf_annotations
from extract.finding import find_words
from extract.pipeline import Judging, judge
from extract.result import Evidence, Extraction, FieldStatus, Issue, RecordStatus, Severity, Status
from extract.schemas.job_posting import JobPosting
from extract.source import Format, open_source
from extract.tasks import task_named
from extract.validation import Validated


class Fixed:
    """An engine that answers each value with the line that holds its quote, or with the fact of that path."""

    name, origin = "fixed", Origin()

    def __init__(self, values: Mapping[str, tuple[Scalar, str]]) -> None:
        self.values = values

    def fill(self, clean: CleanDocument) -> Draft:
        return Draft(
            {path: DraftValue(value, (self._place(value, quote, clean),)) for path, (value, quote) in self.values.items()}
        )

    @staticmethod
    def _place(value: Scalar, quote: str, clean: CleanDocument) -> TextReference | FactReference:
        for number, fact in enumerate(clean.facts):
            if fact.path == quote:
                return FactReference(number, 0, len(fact.body))
        segments = (*clean.segments, *clean.dropped)
        segment = next(segment for segment in segments if quote in segment.text)
        return TextReference(segment.number, *(find_words(str(value), segment.text) or (0, len(segment.text))))


def result(text: str, values: Mapping[str, tuple[Scalar, str]], *, input_format: Format | None = None) -> Extraction[JobPosting]:
    """The result of a text of which an engine says these values."""
    return extract(text, engine=Fixed(values), input_format=input_format)


def told(found: Extraction[Any], severity: Severity = Severity.ERROR) -> list[tuple[str, str]]:
    """Codes and paths of the issues of a severity."""
    return [(issue.code, issue.path) for issue in found.issues if issue.severity is severity]


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


class Order(BaseModel):
    total: float | None = None
    paid: float | None = None
    checks: ClassVar[tuple[Check, ...]] = ()


def paid_in_full(order: Checked[Order]) -> Iterator[Issue]:
    """A check as a user writes it."""
    if order.record.total != order.record.paid:
        yield order.issue("paid", f"{order.record.paid} is not the total", code="part_payment", related=["total"])


class Paid(Order):
    checks: ClassVar[tuple[Check, ...]] = (paid_in_full,)


ORDER = "The total is 9.50 euros.\n\nPaid: 5 euros."
VALUES: Mapping[str, tuple[Scalar, str]] = {"total": (9.5, "total"), "paid": (5, "Paid")}


@pytest.mark.parametrize(("schema", "checks"), [(Paid, []), (Order, [paid_in_full])])
def test_checks_of_a_schema_and_of_a_call(schema: type[Order], checks: Sequence[Check]) -> None:
    """Both are one function each; the value that an error is about is taken out."""
    found = extract(ORDER, schema=schema, engine=Fixed(VALUES), checks=checks)
    assert (found.record.total, found.record.paid) == (9.5, None)
    assert told(found) == [("part_payment", "paid")]
    assert (found.status, found.fields["paid"]) == (RecordStatus.PARTIAL, FieldStatus.INVALID)
    kept = extract(ORDER, schema=schema, engine=Fixed(VALUES), checks=checks, strict=False)
    assert (kept.record.paid, told(kept), kept.status) == (5, [("part_payment", "paid")], RecordStatus.PARTIAL)


def test_a_check_that_fails_says_so() -> None:
    """It costs neither the record nor what the other checks find."""

    def broken(order: Checked[Order]) -> Iterator[Issue]:
        raise ZeroDivisionError(order.record.total)

    found = extract(ORDER, schema=Order, engine=Fixed(VALUES), checks=[broken, paid_in_full])
    assert told(found) == [("part_payment", "paid")]
    assert [issue.message for issue in found.issues if issue.code == "check_failed"] == [
        "the check test_a_check_that_fails_says_so.<locals>.broken failed and says nothing: ZeroDivisionError: 9.5"
    ]


def test_what_the_schema_needs_stays() -> None:
    """A check cannot take out what there is no record without: the value stays with its error."""

    class Needed(BaseModel):
        total: float

    def never(needed: Checked[Needed]) -> Iterator[Issue]:
        yield needed.issue("total", "no", code="never")

    found = extract(ORDER, schema=Needed, engine=Fixed({"total": (9.5, "total")}), checks=[never])
    assert (found.record.total, told(found), found.status) == (9.5, [("never", "total")], RecordStatus.PARTIAL)


def test_a_field_of_that_name_is_no_check() -> None:
    """A schema may have a field that is called checks."""

    class Cheque(BaseModel):
        checks: list[str] = []

    assert checks_of(Cheque) == ()
    assert checks_of(JobPosting)


def test_the_model_is_told_the_hint() -> None:
    """People get the path before the message, a model the hint, or else the message."""
    document = clean(open_source("x"))
    checked = Checked(Order(), {}, document)
    assert checked.issue("paid", "no", code="c").hint == "no"
    assert checked.issue("paid", "no", code="c", hint="pay").hint == "pay"
    assert checked.issue("paid", "no", code="c").message == "paid: no"
    assert checked.issue("", "no", code="c").message == "no"


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


TEXT = (
    "Pastry Cook (m/f) wanted\n\nAcme Ltd, Bern, Switzerland. Remote work is not possible. "
    "The salary is $85,000 to $119,000 a year."
    "\n\n- You hold a bachelor's degree\n- 3+ years of experience\n\nPosted: May 30, 2024. Stage de 4 à 6 mois."
    "\n\n# Similar jobs\n\n- Chef"
)
DOCUMENT = clean(open_source(TEXT))
paths = st.sampled_from([pattern.replace("*", number) for pattern in leaf_annotations(JobPosting) for number in "012"]) | st.text(
    max_size=4
)
values: st.SearchStrategy[Scalar] = st.one_of(
    st.sampled_from(
        ["Bern", "CH", "REMOTE", "YEAR", "2024-05-30", "85000", "119000", "Chef", "en", "You hold a bachelor's degree"]
    ),
    st.sampled_from([17, 26, 3, True, 10**5000, -1, float("nan"), float("inf")]),
    st.text(max_size=5),
)
references = st.builds(TextReference, st.integers(-1, 12), st.integers(-1, 30), st.integers(-1, 60)) | st.sampled_from(
    [TextReference(segment.number, 0, len(segment.text)) for segment in DOCUMENT.segments]
)
drafts = st.dictionaries(
    paths, st.builds(DraftValue, values, st.lists(references, max_size=2).map(tuple), st.booleans()), max_size=8
).map(Draft)


@settings(max_examples=150, deadline=None)
@given(draft=drafts, strict=st.booleans())
def test_any_draft_is_judged(draft: Draft, *, strict: bool) -> None:
    """For any draft whatever: no exception, and no value is quoted or normalised but from characters of the source."""
    judged = judge(draft, DOCUMENT, task_named("job_posting"), Judging(strict=strict))
    assert isinstance(judged, Validated)
    for evidence in judged.evidence.values():
        if evidence.status in {Status.QUOTED, Status.NORMALISED, Status.REPAIRED}:
            covered = "".join(TEXT[span.start : span.end] for span in evidence.spans)
            assert "".join(evidence.quote.split()) == "".join(covered.split()) != ""


def nonsense(given: object) -> Check:
    """A check that gives what it likes."""
    return lambda _: given  # type: ignore[return-value]  # which is the point


class Unsayable(Exception):
    def __str__(self) -> str:
        raise ValueError


def raising(_: Checked[Order]) -> Iterator[Issue]:
    raise Unsayable


def forever(order: Checked[Order]) -> Iterator[Issue]:
    while True:
        yield order.issue("paid", "again", code="again", severity=Severity.INFO)


def half(order: Checked[Order]) -> Iterator[Issue]:
    yield order.issue("paid", "wrong", code="half")
    raise ZeroDivisionError


@pytest.mark.parametrize("given", [None, 7, "bad", [None], {"a": 1}, [("a", "bad")]])
def test_a_check_that_gives_nonsense_costs_nothing(given: object) -> None:
    """It is told, and the record stays."""
    found = extract(ORDER, schema=Order, engine=Fixed(VALUES), checks=[nonsense(given)])
    assert (found.record.total, found.record.paid) == (9.5, 5)
    assert [issue.code for issue in found.issues] == ["check_failed"]


@pytest.mark.parametrize("check", [raising, half])
def test_a_check_that_breaks_off_says_nothing(check: Check) -> None:
    """What it said before does not count, also where its error cannot be written."""
    found = extract(ORDER, schema=Order, engine=Fixed(VALUES), checks=[check])
    assert (found.record.paid, [issue.code for issue in found.issues]) == (5, ["check_failed"])


def test_a_check_comes_to_an_end() -> None:
    """One that never stops is cut off."""
    found = extract(ORDER, schema=Order, engine=Fixed(VALUES), checks=[forever])
    assert [issue.code for issue in found.issues] == ["again"]


def test_a_check_that_finds_another_error_each_time_comes_to_an_end() -> None:
    """It sees the smaller record a few times; the rest stays, with its error."""

    class Row(BaseModel):
        tags: list[str] = []

    def first(row: Checked[Row]) -> Iterator[Issue]:
        for path in list(row.values)[:1]:
            yield row.issue(path, f"no {row.values[path]}", code=f"no_{row.values[path]}")

    text = "\n\n".join(f"word{number}" for number in range(40))
    values: dict[str, tuple[Scalar, str]] = {f"tags.{number}": (f"word{number}", f"word{number}") for number in range(40)}
    found = extract(text, schema=Row, engine=Fixed(values), checks=[first])
    assert 0 < len(found.record.tags) < 40
    assert found.status is RecordStatus.PARTIAL


def test_what_the_schema_needs_does_not_save_the_rest() -> None:
    """Of two values that checks refuse, only the one that is required stays."""

    class Needed(BaseModel):
        total: float
        paid: float | None = None

    def never(needed: Checked[Needed]) -> Iterator[Issue]:
        yield from (needed.issue(path, "no", code="never") for path in ("total", "paid"))

    found = extract(ORDER, schema=Needed, engine=Fixed(VALUES), checks=[never])
    assert (found.record.total, found.record.paid) == (9.5, None)
    assert told(found) == [("never", "total"), ("never", "paid")]


def test_an_error_about_no_field_is_about_the_document() -> None:
    """A slip in a path neither makes up a field nor takes one out."""

    def slip(order: Checked[Order]) -> Iterator[Issue]:
        yield order.issue("totl", "no", code="slip")
        yield order.issue("total.0", "no", code="slip")

    found = extract(ORDER, schema=Order, engine=Fixed(VALUES), checks=[slip])
    assert set(found.fields) == {"total", "paid"}
    assert {issue.path for issue in found.issues} == {""}
    assert found.record.total == 9.5


def test_a_check_cannot_change_the_record() -> None:
    """It sees a copy, and evidence that is read-only."""

    def meddling(order: Checked[Order]) -> Iterator[Issue]:
        order.record.total = 1000.0
        order.evidence.clear()  # type: ignore[attr-defined]  # which is the point
        yield from ()

    found = extract(ORDER, schema=Order, engine=Fixed(VALUES), checks=[meddling])
    assert (found.record.total, list(found.evidence)) == (9.5, ["total", "paid"])


@pytest.mark.parametrize("given", [paid_in_full, None, {paid_in_full}, ["paid_in_full"], [7]])
def test_checks_are_a_list_of_functions(given: Any) -> None:
    """Anything else is wrong use, where it is declared and where it is given."""
    with pytest.raises(UsageError, match="checks is a list or tuple of functions"):
        extract(ORDER, schema=Order, engine=Fixed(VALUES), checks=given)
    wrong = type("Wrong", (BaseModel,), {"__annotations__": {"checks": ClassVar[object]}, "checks": given})
    if given is not paid_in_full:  # which is a method there
        with pytest.raises(UsageError, match=r"Wrong\.checks"):
            checks_of(wrong)


def test_messages_name_the_path_that_the_issue_has() -> None:
    """Also where entries before it are gone."""

    class Row(BaseModel):
        tags: list[str] = []

    class Two:
        name, origin = "two", Origin()

        def fill(self, clean: CleanDocument) -> Draft:
            line = TextReference(0, 0, len(clean.segments[0].text))
            return Draft({"tags.0": DraftValue("gone", (line,)), "tags.1": DraftValue("there", (line,))})

    found = extract("Nothing here.\n\nthere", schema=Row, engine=Two())
    assert found.record.tags == ["there"]
    assert [(issue.code, issue.path, issue.message.partition(":")[0]) for issue in found.issues] == [
        ("ungrounded", "tags", "tags"),
        ("moved", "tags.0", "tags.0"),
    ]


def test_a_default_is_nothing_found() -> None:
    """A record that the schema alone filled has failed."""

    class Kind(BaseModel):
        kind: str = "order"
        total: float | None = None

    assert extract(ORDER, schema=Kind, engine=Fixed({})).status is RecordStatus.FAILED
    assert extract(ORDER, schema=Kind, engine=Fixed({"total": (9.5, "total")})).status is RecordStatus.COMPLETE


class Held(BaseModel):
    """A record that cannot be copied."""

    total: str | None = None
    _lock: Any = PrivateAttr(default_factory=Lock)


def test_a_record_that_cannot_be_copied_is_checked() -> None:
    """What a schema keeps in its records besides fields costs no check and no record."""
    found = extract("In all: 9.50", schema=Held, engine=Fixed({"total": ("9.50", "9.50")}), checks=[lambda _: ()])
    assert found.record.total == "9.50"
    assert found.status is RecordStatus.COMPLETE

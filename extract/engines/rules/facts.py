"""What a JobPosting in the markup states: schema.org properties become fields. Source: schema.org/JobPosting."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from extract.cleaning.document import CleanDocument, Fact
from extract.engines.base import FactReference
from extract.engines.rules.dates import note_ambiguous
from extract.engines.rules.page import DraftBuilder
from extract.engines.rules.title_phrases import without_marks
from extract.readers.contacts import read_emails, read_phones
from extract.readers.dates import read_ambiguous_dates, read_dates
from extract.readers.money import read_units
from extract.readers.numbers import read_numbers
from extract.readers.places import read_country, read_places
from extract.readers.terms import lowest_education, read_employment_types, read_workplace
from extract.result import Severity
from extract.schemas.job_posting import EmploymentType, PayUnit

_POSTING = "JobPosting."
_UNITS = frozenset(unit.value for unit in PayUnit)
_TYPES = frozenset(kind.value for kind in EmploymentType)
_NAMES = {
    "hiringOrganization.name": "company.name",
    "hiringOrganization": "company.name",
    "hiringOrganization.description": "company.description",
    "hiringOrganization.department.name": "department",
    "identifier.value": "job_id",
    "identifier": "job_id",
    "applicationContact.name": "contact.name",
}
_URLS = {"url": "source_url", "hiringOrganization.sameAs": "company.url", "hiringOrganization.url": "company.url"}
_DATES = {"datePosted": "date_posted", "validThrough": "valid_through", "jobStartDate": "start_date"}
_PLACE_PARTS = {
    "address.streetAddress": "street",
    "address.addressLocality": "city",
    "address.addressRegion": "region",
    "address.postalCode": "postal_code",
}
_COUNTRIES = ("address.addressCountry", "address.addressCountry.name")
_PLACE_TEXTS = ("", "address", "name", "address.name")
_PAY = {
    "min": ("baseSalary.value.minValue", "baseSalary.minValue", "baseSalary.value.value", "baseSalary.value"),
    "max": ("baseSalary.value.maxValue", "baseSalary.maxValue"),
}
_CURRENCIES = ("baseSalary.currency", "salaryCurrency", "baseSalary.value.currency")
_PAY_UNITS = ("baseSalary.value.unitText", "baseSalary.unitText")
_EDUCATION = ("educationRequirements.credentialCategory", "educationRequirements")
_URL = re.compile(r"https?://\S+")
_NUMBER = re.compile(r"-?\d++(?:\.\d++)?")  # as JSON writes it
_SHOWN = 80  # characters of a value in a message
_LISTED = re.compile(r"[^,;\s](?:[^,;]*[^,;\s])?")
_INDEX = re.compile(r"\.\d++(?=\.|\Z)")
_ENTRY = re.compile(r"jobLocation(\.\d++)?+(?:\.(.+))?", re.DOTALL)

Placed = tuple[int, Fact]  # a fact with its position among the facts of the document


class Facts:
    """The facts of the first JobPosting of a document, by property path without list positions."""

    def __init__(self, clean: CleanDocument) -> None:
        posting = [(index, fact) for index, fact in enumerate(clean.facts) if fact.path.startswith(_POSTING)]
        self.all = [(i, f, f.path.removeprefix(_POSTING)) for i, f in posting if f.node == posting[0][1].node]
        self._by_path: dict[str, list[Placed]] = {}
        for index, fact, path in self.all:
            self._by_path.setdefault(_INDEX.sub("", path), []).append((index, fact))
        self._others = [(index, fact) for index, fact in enumerate(clean.facts) if not posting or fact.node != posting[0][1].node]

    def get(self, *paths: str) -> Iterator[Placed]:
        """The facts of these properties, the first property first."""
        return (placed for path in paths for placed in self._by_path.get(path, ()))

    def referred(self, path: str, name: str) -> Iterator[Placed]:
        """A property of the other object that this property names by its "@id"."""
        named = {fact.body.text for _, fact in self.get(f"{path}.@id")}
        nodes = {fact.node for _, fact in self._others if fact.path.endswith(".@id") and fact.body.text in named}
        return ((i, f) for i, f in self._others if f.node in nodes and f.path.partition(".")[2] == name)

    def places(self) -> Iterator[dict[str, Placed]]:
        """The facts of each jobLocation by path below it; "" where it is a plain string."""
        entries: dict[str, dict[str, Placed]] = {}
        for index, fact, path in self.all:
            if found := _ENTRY.fullmatch(path):
                below = _INDEX.sub("", f".{found[2] or ''}").removeprefix(".")
                entries.setdefault(found[1] or "", {}).setdefault(below, (index, fact))
        return iter(entries.values())


def _whole(index: int, fact: Fact) -> FactReference:
    return FactReference(index, 0, len(fact.body))


def fill_from_facts(clean: CleanDocument, draft: DraftBuilder) -> None:
    """Everything that a JobPosting of the markup states."""
    facts = Facts(clean)
    if not facts.all:
        return
    _fill_names(facts, draft)
    _fill_dates(facts, draft)
    _fill_contact(facts, draft)
    _fill_places(facts, draft)
    _fill_kind_of_work(facts, draft)
    _fill_pay(facts, draft)
    _fill_industry(facts, draft)
    for index, fact in facts.get(*_EDUCATION):
        if level := lowest_education(fact.body.text):
            draft.put("education.level", level.value, FactReference(index, level.start, level.end))


def _fill_dates(facts: Facts, draft: DraftBuilder) -> None:
    """Dates of the standard and of other notations; one that has two readings is left out."""
    for path, name in _DATES.items():
        for index, fact in facts.get(path):
            for reading in read_dates(fact.body.text)[:1]:
                draft.put(name, reading.value.isoformat(), _whole(index, fact))
            for either in read_ambiguous_dates(fact.body.text)[:1]:
                if not draft.has(name):
                    note_ambiguous(draft, name, fact.body.text, either)


def _fill_contact(facts: Facts, draft: DraftBuilder) -> None:
    """The mailbox and the number for applications."""
    for index, fact in facts.get("applicationContact.email"):
        for reading in read_emails(fact.body.text)[:1]:
            draft.put("contact.email", reading.value, FactReference(index, reading.start, reading.end))
    for index, fact in facts.get("applicationContact.telephone"):
        for reading in read_phones(fact.body.text, country=None)[:1]:
            draft.put("contact.phone", reading.value, FactReference(index, reading.start, reading.end))


def _fill_title(facts: Facts, draft: DraftBuilder) -> None:
    """The title without gender marks and requisition codes."""
    for index, fact in facts.get("title"):
        text = fact.body.text
        if not _URL.fullmatch(text.strip()) and (pieces := list(without_marks(text, *_bounds(text)))):
            title = " ".join(text[start:end] for start, end in pieces)
            draft.put("title", title, *(FactReference(index, start, end) for start, end in pieces))


def _bounds(text: str) -> tuple[int, int]:
    """Where a text without the blanks at its ends begins and ends."""
    end = len(text.rstrip())
    return end - len(text[:end].lstrip()), end


def _fill_names(facts: Facts, draft: DraftBuilder) -> None:
    """Names and addresses; some publishers write the address of an organisation where its name belongs."""
    _fill_title(facts, draft)
    for table, is_url in ((_NAMES, False), (_URLS, True)):
        for path, name in table.items():
            for index, fact in facts.get(path):
                text = fact.body.text.strip()
                if (_URL.fullmatch(text) is not None) == is_url:
                    draft.put(name, text, _whole(index, fact))
    for index, fact in facts.referred("hiringOrganization", "name"):
        draft.put("company.name", fact.body.text.strip(), _whole(index, fact))


def _fill_places(facts: Facts, draft: DraftBuilder) -> None:
    count = 0
    for entry in facts.places():
        base = f"locations.{count}"
        for key, name in _PLACE_PARTS.items():
            if key in entry:
                draft.put(f"{base}.{name}", entry[key][1].body.text.strip(), _whole(*entry[key]))
        for key in _COUNTRIES:
            if key in entry and (country := read_country(entry[key][1].body.text)):
                draft.put(f"{base}.country", country.value, _whole(*entry[key]))
        for key in _PLACE_TEXTS:
            if key in entry and not draft.has(base):
                _put_place_text(*entry[key], base, draft)
        count += draft.has(base)


def _put_place_text(index: int, fact: Fact, base: str, draft: DraftBuilder) -> None:
    """A place given as a plain string."""
    draft.put(f"{base}.raw", fact.body.text.strip(), _whole(index, fact))
    for place in read_places(fact.body.text)[:1]:
        for name in ("street", "city", "region", "postal_code", "country"):
            if found := getattr(place.value, name):
                draft.put(f"{base}.{name}", found.value, FactReference(index, found.start, found.end))


def _fill_kind_of_work(facts: Facts, draft: DraftBuilder) -> None:
    types: list[tuple[str, Sequence[FactReference]]] = []
    for index, fact in facts.get("employmentType"):
        for word in re.finditer(r"[^,;/|]+", fact.body.text):
            code = re.sub(r"[\s-]+|(?<=[a-z])(?=[A-Z])", "_", word[0].strip()).upper()  # "Full-time", "FullTime"
            known = [code] if code in _TYPES else [reading.value for reading in read_employment_types(word[0])]
            types += [(value, [FactReference(index, word.start(), word.end())]) for value in known]
    draft.put_each("employment_types", types)
    for index, fact in facts.get("jobLocationType"):
        remote = fact.body.text.strip().upper() == "TELECOMMUTE"  # the one value that schema.org knows
        read = read_workplace(fact.body.text)
        draft.put("workplace_type", "REMOTE" if remote else read[0].value if read else None, _whole(index, fact))


def _fill_pay(facts: Facts, draft: DraftBuilder) -> None:
    for name, paths in _PAY.items():
        for index, fact in facts.get(*paths):
            _put_amount(draft, f"salary.{name}", index, fact)
    if not draft.has("salary"):
        return
    for index, fact in facts.get(*_CURRENCIES):
        draft.put("salary.currency", fact.body.text.strip().upper(), _whole(index, fact))
    for index, fact in facts.get(*_PAY_UNITS):
        unit = fact.body.text.strip().upper()
        read = [reading.value for reading in read_units(fact.body.text)]
        draft.put("salary.unit", unit if unit in _UNITS else read[0] if read else None, _whole(index, fact))


def _put_amount(draft: DraftBuilder, path: str, index: int, fact: Fact) -> None:
    """A number of JSON as it is, a text as figures are written in texts ("45.000", "$45,000", "55k"); 0 states nothing."""
    text = fact.body.text.strip()
    if not isinstance(fact.value, str) and _NUMBER.fullmatch(text):
        amounts = [Decimal(text)]
    else:
        amounts = [reading.value for reading in read_numbers(text)]
    if len(amounts) == 1 and amounts[0] > 0:
        draft.put(path, f"{amounts[0]:f}", _whole(index, fact))
    elif text and amounts != [0] and not draft.has(path):
        draft.note("unread_amount", path, f'"{text[:_SHOWN]}" is no amount', Severity.WARNING)


def _fill_industry(facts: Facts, draft: DraftBuilder) -> None:
    found = [(index, word) for index, fact in facts.get("industry") for word in _LISTED.finditer(fact.body.text)]
    draft.put_each("industry", [(word[0], [FactReference(index, *word.span())]) for index, word in found])

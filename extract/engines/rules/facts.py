"""What a JobPosting in the markup states: schema.org properties become fields. Source: schema.org/JobPosting."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from extract.cleaning.document import CleanDocument, Fact
from extract.engines.base import FactReference
from extract.engines.rules.page import DraftBuilder
from extract.readers.dates import read_dates
from extract.readers.places import read_country, read_places
from extract.readers.terms import lowest_education, read_employment_types, read_workplace

POSTING = "JobPosting."
UNITS = {"HOUR", "DAY", "WEEK", "MONTH", "YEAR"}
TYPES = {"FULL_TIME", "PART_TIME", "CONTRACTOR", "TEMPORARY", "INTERN", "VOLUNTEER", "PER_DIEM", "OTHER"}
TEXTS = {
    "title": "title",
    "url": "source_url",
    "hiringOrganization.name": "company.name",
    "hiringOrganization": "company.name",
    "hiringOrganization.sameAs": "company.url",
    "hiringOrganization.url": "company.url",
    "hiringOrganization.description": "company.description",
    "hiringOrganization.department.name": "department",
    "identifier.value": "job_id",
    "identifier": "job_id",
}
DATES = {"datePosted": "date_posted", "validThrough": "valid_through", "jobStartDate": "start_date"}
_INDEX = re.compile(r"\.\d+(?=\.|$)")


class Facts:
    """The facts of the first JobPosting of a document, by property path without list positions."""

    def __init__(self, clean: CleanDocument) -> None:
        posting = [(i, f) for i, f in enumerate(clean.facts) if f.path.startswith(POSTING)]
        node = posting[0][1].node if posting else None
        self.all = [(i, f, f.path.removeprefix(POSTING)) for i, f in posting if f.node == node]

    def get(self, path: str) -> list[tuple[int, Fact]]:
        return [(i, f) for i, f, p in self.all if _INDEX.sub("", p) == path]

    def groups(self, prefix: str) -> Iterator[dict[str, tuple[int, Fact]]]:
        """The facts below a property, grouped by entry where it is a list."""
        entries: dict[str, dict[str, tuple[int, Fact]]] = {}
        for index, fact, path in self.all:
            if found := re.match(rf"{re.escape(prefix)}(\.\d+)?(?:\.(.+))?$", path):
                entries.setdefault(found[1] or "", {})[found[2] or ""] = (index, fact)
        return iter(entries.values())


def ref(index: int, fact: Fact) -> FactReference:
    return FactReference(index, 0, len(fact.body))


def fill_from_facts(clean: CleanDocument, draft: DraftBuilder) -> None:
    """Everything that a JobPosting of the markup states."""
    facts = Facts(clean)
    if not facts.all:
        return
    for path, name in TEXTS.items():
        for index, fact in facts.get(path):
            text = fact.body.text.strip()
            is_url = re.match(r"https?://\S+$", text) is not None
            if is_url == name.endswith("url"):
                draft.put(name, text, ref(index, fact))
    for path, name in DATES.items():
        for index, fact in facts.get(path):
            if found := read_dates(fact.body.text):
                draft.put(name, found[0].value.isoformat(), ref(index, fact))
    fill_places(facts, draft)
    fill_types(facts, draft)
    fill_pay(facts, draft)
    fill_rest(facts, draft)


ADDRESS = {
    "address.streetAddress": "street",
    "address.addressLocality": "city",
    "address.addressRegion": "region",
    "address.postalCode": "postal_code",
}


def fill_places(facts: Facts, draft: DraftBuilder) -> None:
    count = 0
    for entry in facts.groups("jobLocation"):
        base = f"locations.{count}"
        flat = {re.sub(r"\.\d+", "", key): value for key, value in entry.items()}
        for key, name in ADDRESS.items():
            if key in flat:
                draft.put(f"{base}.{name}", flat[key][1].body.text.strip(), ref(*flat[key]))
        for key in ("address.addressCountry", "address.addressCountry.name"):
            if key in flat and (country := read_country(flat[key][1].body.text)):
                draft.put(f"{base}.country", country.value, ref(*flat[key]))
        for key in ("", "address", "name", "address.name"):
            if key in flat and not draft.has(base):
                put_place_text(*flat[key], base, draft)
        count += draft.has(base)


def put_place_text(index: int, fact: Fact, base: str, draft: DraftBuilder) -> None:
    """A place given as a plain string."""
    text = fact.body.text.strip()
    draft.put(f"{base}.raw", text, ref(index, fact))
    for reading in read_places(fact.body.text)[:1]:
        for name in ("street", "city", "region", "postal_code", "country"):
            if found := getattr(reading.value, name):
                draft.put(f"{base}.{name}", found.value, FactReference(index, found.start, found.end))


def fill_types(facts: Facts, draft: DraftBuilder) -> None:
    types: list[tuple[str, Sequence[FactReference]]] = []
    for index, fact in facts.get("employmentType"):
        for word in re.finditer(r"[^,;/|]+", fact.body.text):
            code = re.sub(r"[\s-]+", "_", word[0].strip()).upper()
            known = [code] if code in TYPES else [r.value for r in read_employment_types(word[0])]
            types += [(value, [FactReference(index, word.start(), word.end())]) for value in known]
    draft.put_each("employment_types", types)
    for index, fact in facts.get("jobLocationType"):
        remote = fact.body.text.strip().upper() == "TELECOMMUTE"
        found = read_workplace(fact.body.text)
        draft.put("workplace_type", "REMOTE" if remote else found[0].value if found else None, ref(index, fact))


def fill_pay(facts: Facts, draft: DraftBuilder) -> None:
    for name, paths in (
        ("min", ("baseSalary.value.minValue", "baseSalary.minValue", "baseSalary.value.value", "baseSalary.value")),
        ("max", ("baseSalary.value.maxValue", "baseSalary.maxValue")),
    ):
        for path in paths:
            for index, fact in facts.get(path):
                text = fact.body.text.replace(",", "").strip()
                if re.fullmatch(r"\d+(?:\.\d+)?", text) and float(text) > 0:
                    draft.put(f"salary.{name}", text, ref(index, fact))
    if not draft.has("salary"):
        return
    for path in ("baseSalary.currency", "salaryCurrency", "baseSalary.value.currency"):
        for index, fact in facts.get(path):
            draft.put("salary.currency", fact.body.text.strip().upper(), ref(index, fact))
    for path in ("baseSalary.value.unitText", "baseSalary.unitText"):
        for index, fact in facts.get(path):
            unit = fact.body.text.strip().upper()
            draft.put("salary.unit", unit if unit in UNITS else None, ref(index, fact))


def fill_rest(facts: Facts, draft: DraftBuilder) -> None:
    industries: list[tuple[str, Sequence[FactReference]]] = []
    for index, fact in facts.get("industry"):
        for word in re.finditer(r"[^,;]+", fact.body.text):
            text = word[0].strip()
            start = word.start() + word[0].index(text) if text else word.start()
            industries.append((text, [FactReference(index, start, start + len(text))]))
    draft.put_each("industry", industries)
    for path in ("educationRequirements.credentialCategory", "educationRequirements"):
        for index, fact in facts.get(path):
            if level := lowest_education(fact.body.text):
                draft.put("education.level", level.value, FactReference(index, level.start, level.end))

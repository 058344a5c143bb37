"""A job posting as schema.org JSON-LD, in the shape that Google's job search asks for.

Sources: https://schema.org/JobPosting (properties and their types) and
https://developers.google.com/search/docs/appearance/structured-data/job-posting (required: title, description,
datePosted, hiringOrganization, jobLocation; recommended: applicantLocationRequirements, baseSalary, employmentType,
identifier, jobLocationType, validThrough, educationRequirements, experienceRequirements). What a record does not know
is left out, ``directApply`` always: nothing in a document says how a site applies.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import TYPE_CHECKING

from pydantic import JsonValue

from extract.schemas.conventions import json_number

if TYPE_CHECKING:  # names for the type checker alone: the models import this module, not the other way round
    from extract.schemas.job_posting import Company, Contact, Duration, Education, JobPosting, Location, Salary

Node = dict[str, JsonValue]

# Google's words for credentialCategory; it has one for all degrees above a bachelor's.
_CREDENTIALS: Mapping[str, str] = {
    "HIGH_SCHOOL": "high school",
    "ASSOCIATE": "associate degree",
    "BACHELOR": "bachelor degree",
    "MASTER": "postgraduate degree",
    "DOCTORATE": "postgraduate degree",
}
_NO_REQUIREMENTS = "no requirements"  # Google's words again, for education and experience
_WEEK = "WEE"  # UN/CEFACT Common Code, which schema.org wants in unitCode


def schema_org(posting: JobPosting) -> Node:
    """The posting as a JSON-LD object, ready for ``json.dumps``: dates ISO 8601, no nulls, no empty lists."""
    return _node(
        "JobPosting",
        context="https://schema.org",
        title=posting.title,
        description=description_html(posting) or None,
        url=posting.source_url,
        identifier=_identifier(posting),
        datePosted=posting.date_posted.isoformat() if posting.date_posted else None,
        validThrough=posting.valid_through.isoformat() if posting.valid_through else None,
        jobStartDate=posting.start_date.isoformat() if posting.start_date else None,
        jobDuration=_duration(posting.duration),
        hiringOrganization=_organization(posting.company),
        employmentUnit=_node("Organization", name=posting.department) if posting.department else None,
        employmentType=[kind.value for kind in posting.employment_types],
        **_where(posting),
        baseSalary=_salary(posting.salary),
        educationRequirements=_education(posting.education),
        experienceRequirements=_experience(posting.experience_years_min),
        eligibilityToWorkRequirement=posting.work_authorization,
        responsibilities=list(posting.responsibilities),
        qualifications=list(posting.qualifications),
        skills=list(posting.skills),
        jobBenefits=list(posting.benefits),
        industry=list(posting.industry),
        applicationContact=_contact(posting.contact),
        potentialAction=_node("ApplyAction", target=posting.apply_url) if posting.apply_url else None,
    )


def description_html(posting: JobPosting) -> str:
    """The whole posting as HTML of ``<p>``, ``<ul>`` and ``<li>``, the tags that Google reads, with all text escaped.

    Sections get a title in English postings only; in others it would mix languages.
    """
    english = posting.language is None or posting.language.split("-")[0].lower() == "en"
    parts = [_paragraph(posting.description)]
    for title, entries in _sections(posting):
        if entries:
            parts.append(_paragraph(title if english else None))
            parts.append("<ul>" + "".join(f"<li>{escape(entry, quote=False)}</li>" for entry in entries) + "</ul>")
    parts.append(_paragraph(posting.company.description if posting.company else None))
    return "".join(parts)


def _sections(posting: JobPosting) -> Iterator[tuple[str, list[str]]]:
    yield "Responsibilities", posting.responsibilities
    yield "Qualifications", posting.qualifications
    yield "Preferred qualifications", posting.preferred_qualifications
    yield "Skills", posting.skills
    yield "Benefits", posting.benefits


def _paragraph(text: str | None) -> str:
    """The text in ``<p>``, split where it has an empty line."""
    return "".join(f"<p>{escape(part.strip(), quote=False)}</p>" for part in (text or "").split("\n\n") if part.strip())


def _node(kind: str, /, *, context: str | None = None, **properties: JsonValue) -> Node:
    """An object of a type, without the properties that say nothing."""
    node: Node = {"@context": context} if context else {}
    node["@type"] = kind
    node.update({name: value for name, value in properties.items() if value is not None and value not in ([], {})})
    return node


def _identifier(posting: JobPosting) -> JsonValue:
    if posting.job_id is None:
        return None
    return _node("PropertyValue", name=posting.company.name if posting.company else None, value=posting.job_id)


def _organization(company: Company | None) -> JsonValue:
    if company is None or company.empty:
        return None
    return _node("Organization", name=company.name, sameAs=company.url, description=company.description)


def _where(posting: JobPosting) -> Node:
    """Where the work is done, or, for remote work, from which countries.

    Google wants TELECOMMUTE for jobs that are wholly remote alone, so hybrid ones do not say it. The country of a remote
    job is where applicants may live; a place in it is still a place of work.
    """
    if posting.workplace_type != "REMOTE":
        return {"jobLocation": [_place(location) for location in posting.locations]}
    countries = dict.fromkeys(location.country for location in posting.locations if location.country)
    places = [location for location in posting.locations if location.street or location.city or not location.country]
    return {
        "jobLocationType": "TELECOMMUTE",
        "applicantLocationRequirements": [_node("Country", name=country) for country in countries],
        "jobLocation": [_place(location) for location in places],
    }


def _place(location: Location) -> Node:
    """The place by its parts; where only its printed form is known, that is its address, as schema.org allows."""
    parts = {
        "streetAddress": location.street,
        "addressLocality": location.city,
        "addressRegion": location.region,
        "postalCode": location.postal_code,
        "addressCountry": location.country,
    }
    return _node("Place", address=_node("PostalAddress", **parts) if any(parts.values()) else location.raw)


def _salary(salary: Salary | None) -> JsonValue:
    if salary is None or (salary.min is None and salary.max is None):
        return None
    least = None if salary.min is None else json_number(salary.min)
    most = None if salary.max is None else json_number(salary.max)
    unit = salary.unit.value if salary.unit else None
    if least == most:
        amount = _node("QuantitativeValue", value=least, unitText=unit)
    else:
        amount = _node("QuantitativeValue", minValue=least, maxValue=most, unitText=unit)
    return _node("MonetaryAmount", currency=salary.currency, value=amount)


def _duration(duration: Duration | None) -> JsonValue:
    if duration is None or duration.empty:
        return None
    return _node("QuantitativeValue", minValue=duration.min_weeks, maxValue=duration.max_weeks, unitCode=_WEEK)


def _education(education: Education | None) -> JsonValue:
    if education is None:
        return None
    if education.level == "NONE":
        return _NO_REQUIREMENTS
    if education.level is None:
        return education.text
    return _node(
        "EducationalOccupationalCredential",
        credentialCategory=_CREDENTIALS[education.level],
        description=education.text,
    )


def _experience(years: float | None) -> JsonValue:
    if years is None:
        return None
    return _node("OccupationalExperienceRequirements", monthsOfExperience=round(years * 12)) if years else _NO_REQUIREMENTS


def _contact(contact: Contact | None) -> JsonValue:
    if contact is None or contact.empty:
        return None
    return _node("ContactPoint", name=contact.name, email=contact.email, telephone=contact.phone)

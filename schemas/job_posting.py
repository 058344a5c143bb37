"""A job posting as a typed record: the fields, their conventions and what null means.

The descriptions are written to be read by a model as well as by people.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field, JsonValue

from extract.checks import Check, another_text_than, disjoint, in_language, in_order, no_headings, not_before, not_left_out
from extract.fields import ReadAs, ScoredAs
from extract.schemas.conventions import (
    Country,
    Currency,
    Day,
    EmailAddress,
    Identifier,
    LanguageTag,
    LeastPay,
    LongText,
    MostPay,
    Part,
    PhoneNumber,
    Place,
    VerbatimText,
    WebAddress,
)
from extract.schemas.job_checks import JOB_CHECKS
from extract.schemas.schema_org import schema_org

Weeks = Annotated[int, Field(ge=1, le=2600)]


class EmploymentType(StrEnum):
    """The words of schema.org and of Google for kinds of employment."""

    FULL_TIME = "FULL_TIME"
    PART_TIME = "PART_TIME"
    CONTRACTOR = "CONTRACTOR"
    TEMPORARY = "TEMPORARY"
    INTERN = "INTERN"
    VOLUNTEER = "VOLUNTEER"
    PER_DIEM = "PER_DIEM"
    OTHER = "OTHER"


class WorkplaceType(StrEnum):
    """Where the work is done."""

    ON_SITE = "ON_SITE"
    HYBRID = "HYBRID"
    REMOTE = "REMOTE"


class PayUnit(StrEnum):
    """What an amount of pay is for."""

    HOUR = "HOUR"
    DAY = "DAY"
    WEEK = "WEEK"
    MONTH = "MONTH"
    YEAR = "YEAR"


class EducationLevel(StrEnum):
    """Levels of education, from none up."""

    NONE = "NONE"
    HIGH_SCHOOL = "HIGH_SCHOOL"
    ASSOCIATE = "ASSOCIATE"
    BACHELOR = "BACHELOR"
    MASTER = "MASTER"
    DOCTORATE = "DOCTORATE"


class Company(Part):
    """Who hires."""

    name: str | None = Field(
        default=None,
        description="Name of the employer as printed, legal form included if printed. Not the job board, and not the "
        "recruiting agency where the employer is named too. Null if only described ('our client').",
    )
    url: WebAddress | None = Field(default=None, description="Absolute URL of the employer, not of the posting or an image.")
    description: LongText | None = Field(
        default=None,
        description="The passages about the company itself (what it does, history, mission), and nothing about the role. "
        "Not the equal-opportunity statement, not the benefits.",
    )


class Location(Part):
    """One place of work."""

    raw: Place | None = Field(
        default=None,
        description="The place as printed in one piece, e.g. 'Zurich, Switzerland'. Null where the parts stand only in "
        "separate fields of markup.",
    )
    street: Place | None = Field(default=None, description="Street and number.")
    city: Place | None = Field(default=None, description="City or town as printed, without region and country.")
    region: Annotated[Place, ReadAs("region")] | None = Field(
        default=None,
        description="State, province or canton: the part of ISO 3166-2 after the hyphen ('CA') or as printed. Null if not "
        "printed: never work it out from the city.",
    )
    postal_code: Identifier | None = Field(default=None, description="Postal code as printed.")
    country: Country | None = Field(
        default=None,
        description="Country as ISO 3166-1 alpha-2 in capitals ('CH', 'GB'). Null unless the country itself is stated: a "
        "well-known city states none.",
    )


class Salary(Part):
    """Pay as stated, never converted to another period or currency."""

    min: LeastPay | None = Field(
        default=None,
        description="Lower end as a plain number: '$120k' is 120000, '1.250,50' is 1250.5. A single figure stands in min "
        "and max; 'from X' only in min. Not bonuses, equity or budgets.",
    )
    max: MostPay | None = Field(default=None, description="Upper end as a plain number; 'up to X' stands only here.")
    currency: Currency | None = Field(
        default=None,
        description="ISO 4217 code. '$' is USD unless something in the posting says otherwise; then say that it is inferred.",
    )
    unit: Annotated[PayUnit, ReadAs("pay_unit")] | None = Field(
        default=None, description="The period that the amounts are for, as stated. Null if not stated: never annualise."
    )


class Duration(Part):
    """How long an internship or a fixed term lasts, in weeks."""

    min_weeks: Annotated[Weeks, ReadAs("shortest")] | None = Field(
        default=None,
        description="Shortest duration in whole weeks: a month is 52/12 weeks, a year 52. 'At least 12 weeks' stands only "
        "here; a single figure stands in min_weeks and max_weeks.",
    )
    max_weeks: Annotated[Weeks, ReadAs("longest")] | None = Field(
        default=None, description="Longest duration in whole weeks; 'up to 24 weeks' stands only here."
    )


class Education(Part):
    """What schooling is asked for."""

    level: Annotated[EducationLevel, ReadAs("education")] | None = Field(
        default=None,
        description="The lowest level that is accepted as a requirement: 'PhD, Master or Bachelor' is BACHELOR. A degree "
        "that is only preferred does not count. NONE only if the posting says that no degree is needed.",
    )
    in_progress_ok: Annotated[bool, ReadAs("in_progress")] | None = Field(
        default=None,
        description="True if being enrolled suffices ('currently pursuing', 'in the process of obtaining'), false if the "
        "degree must be there. Null without a degree requirement.",
    )
    text: VerbatimText | None = Field(default=None, description="The requirement that states the level, whole.")


class Contact(Part):
    """Whom applicants write to or call."""

    name: str | None = Field(default=None, description="Name of the person or office, without titles of courtesy.")
    email: EmailAddress | None = Field(
        default=None, description="Address for applications or questions. A mailbox for disability accommodations is not one."
    )
    phone: PhoneNumber | None = Field(
        default=None, description="E.164 ('+41440000000') where the country is known, else as printed."
    )


class JobPosting(Part):
    """A job posting. Everything is optional: what the document does not state is null, or an empty list; nothing is guessed."""

    checks: ClassVar[tuple[Check, ...]] = (
        in_order("salary.min", "salary.max", path="salary"),
        in_order("duration.min_weeks", "duration.max_weeks", path="duration"),
        not_before("valid_through", "date_posted"),
        disjoint("preferred_qualifications", "qualifications"),
        no_headings("responsibilities", "qualifications", "preferred_qualifications", "skills", "benefits"),
        another_text_than("description", "company.description"),
        in_language("language", "description", "responsibilities", "qualifications"),
        not_left_out,
        *JOB_CHECKS,
    )

    title: str | None = Field(
        default=None,
        description="Title of the advertised job with its speciality ('Machine Learning Engineer, Augmented Reality'), in one "
        "line. Without gender marks such as (H/F) or (m/w/d), without requisition numbers, company or place. Titles of "
        "related openings do not count. It may stand only in a sentence that hires or in the URL.",
    )
    company: Company | None = Field(default=None, description="The employer.")
    department: str | None = Field(
        default=None,
        description="Team, unit or organisation inside the company that the job belongs to, as named in the posting.",
    )
    job_id: Identifier | None = Field(
        default=None, description="Requisition or reference number from the text, the markup or the URL of the posting."
    )
    source_url: WebAddress | None = Field(default=None, description="Absolute URL of this posting. Other links in it are not it.")
    apply_url: WebAddress | None = Field(
        default=None, description="Absolute URL of the application form. A research site or a privacy page is not it."
    )
    locations: list[Location] = Field(
        default_factory=list,
        description="All places of work of this job. 'Remote' is never a place. Not the places of related openings, of "
        "offices in the company's blurb or in privacy notes.",
    )
    workplace_type: Annotated[WorkplaceType, ReadAs("workplace")] | None = Field(
        default=None, description="Only if stated. Null otherwise: a city alone does not mean ON_SITE."
    )
    employment_types: list[Annotated[EmploymentType, ReadAs("employment_type")]] = Field(
        default_factory=list,
        description="All that are stated: CDI is FULL_TIME only if full time is said; CDD and fixed term are TEMPORARY; "
        "Vollzeit and Heltid FULL_TIME; stage and Praktikum INTERN; freelance CONTRACTOR.",
    )
    salary: Annotated[Salary, ScoredAs("joint")] | None = Field(
        default=None, description="Base pay. Null if no amount is stated."
    )
    date_posted: Day | None = Field(
        default=None,
        description="Day of publication, YYYY-MM-DD. Null for 'Posted 10 days ago' without a reference date, and for "
        "copyright years.",
    )
    valid_through: Day | None = Field(
        default=None, description="Last day for applications, YYYY-MM-DD. Null for 'until filled'; not before date_posted."
    )
    start_date: Day | None = Field(
        default=None, description="First day of work, YYYY-MM-DD. Null for 'immediately' and for a month or season without a day."
    )
    duration: Duration | None = Field(
        default=None, description="Length of an internship or fixed term. Not the probation period."
    )
    description: LongText | None = Field(
        default=None,
        description="The passages about the role: what it is about and what one will work on. Not the company's blurb, not "
        "the lists below, not the equal-opportunity text.",
    )
    responsibilities: list[VerbatimText] = Field(
        default_factory=list, description="What one will do, one entry a bullet, whole and in order."
    )
    qualifications: list[VerbatimText] = Field(
        default_factory=list,
        description="What is required, one entry a bullet, whole and in order; never mixed with what is only preferred.",
    )
    preferred_qualifications: list[VerbatimText] = Field(
        default_factory=list, description="What is a plus and not required, one entry a bullet, whole and in order."
    )
    skills: list[VerbatimText] = Field(
        default_factory=list,
        description="Entries of a section of its own for skills, in order. Empty if skills stand only among qualifications.",
    )
    education: Education | None = Field(default=None, description="Required schooling. Null if none is mentioned.")
    experience_years_min: Annotated[float, Field(ge=0, le=60, allow_inf_nan=False), ReadAs("experience")] | None = Field(
        default=None,
        description="Years of experience that are required at least: '2+ years' is 2, '6 months' is 0.5. Not preferred ones.",
    )
    work_authorization: VerbatimText | None = Field(
        default=None, description="The sentence on work permits, visas or citizenship, whole. Not the equal-opportunity text."
    )
    benefits: list[VerbatimText] = Field(
        default_factory=list,
        description="What the employer offers beside base pay, one entry a bullet or a member of an enumeration, in order.",
    )
    contact: Contact | None = Field(
        default=None, description="For applications. Null if only an accommodations mailbox is given."
    )
    industry: list[str] = Field(
        default_factory=list, description="Industries that the markup or a field names; a string with commas is split."
    )
    language: LanguageTag | None = Field(
        default=None,
        description="BCP 47 tag of the language that the posting's body is written in; a blurb in another does not count.",
    )

    def to_schema_org(self) -> dict[str, JsonValue]:
        """This posting as schema.org JobPosting JSON-LD, with what Google requires and recommends where it is known."""
        return schema_org(self)

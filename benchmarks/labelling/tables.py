"""Sets that are tables of postings: a row has the texts in some columns and the labels in others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from benchmarks.labelling.cases import Label, Labelled
from benchmarks.labelling.companies import company_labels
from benchmarks.labelling.dates import date_labels, length_labels
from benchmarks.labelling.lists import BASE_PAY, ONLY_LIKED, html_entries, list_labels, mail_entries, mail_paragraph
from benchmarks.labelling.pay import UNITS, Pay, pay_labels
from benchmarks.labelling.places import place_labels, read_place, working_place_labels
from benchmarks.labelling.records import Record, read_lines
from benchmarks.labelling.terms import education_labels, employment_labels
from benchmarks.labelling.text import Text, read_text
from benchmarks.labelling.titles import title_labels

_SECTIONS = ("company_profile", "description", "requirements", "benefits")
_REQUIREMENTS = re.compile(
    r"requirement|qualification|experience|skills|you have|who you are|looking for|must have", re.IGNORECASE
)
_BENEFITS = re.compile(r"benefit|we offer|perks|provides|we[’']ll bring|what you get|you[’']ll get", re.IGNORECASE)
_DUTIES = re.compile(r"dut(?:y|ies)|responsib|you[’']ll do|you will do", re.IGNORECASE)

_ANYBODY = re.compile(r"|every(?:one|body)|no restrictions|all [\w ]*candidates", re.IGNORECASE)
_NO_AMOUNT = re.compile(r"competitive|attractive|negotiable|depend[ae]nt on experience", re.IGNORECASE)
_PAY = re.compile(
    r"(?:starting from|minimum|equivalent of)?\s*(?P<sign>\$|USD)?\s?(?P<low>\d[\d,]*)"
    r"\s?(?:-\s?(?P<high>\d[\d,]*))?\s?(?P<behind>\$|USD)?(?![\s-]*k\b|\w)",
    re.IGNORECASE,
)


def emscad_html(folder: Path) -> Iterator[Labelled]:
    """Form fields with their HTML, each in a block of its own, in the order in which the site shows them."""
    for row in _rows(folder, variant="html"):
        source = "\n".join(f"<div>{row.document(name)}</div>" for name in _SECTIONS if row.text(name))
        text = read_text(source)
        labels = [*_form_labels(row, text), *_form_lists(row, text)]
        yield Labelled(row.text("id"), source, tuple(labels), ("en", "html fragments"), "emscad")


def emscad_glued(folder: Path) -> Iterator[Labelled]:
    """The same fields after their tags were cut out: nothing between the end of one line and the beginning of the next."""
    for row in _rows(folder, variant="glued"):
        source = "".join(row.document(name) for name in _SECTIONS)
        yield Labelled(row.text("id"), source, tuple(_form_labels(row, read_text(source))), ("en", "glued"), "emscad")


def _rows(folder: Path, *, variant: str) -> Iterator[Record]:
    return (row for row in read_lines(folder / "emscad.jsonl") if row.text("variant") == variant)


def _form_labels(row: Record, text: Text) -> Iterator[Label]:
    """What the form says and the text too. Left out: department, as a word such as Sales stands in any text."""
    seen = row.part("in_text")
    posting = read_text("\n".join(row.text(name) for name in _SECTIONS[1:]))  # without the company's story
    country, region, city = ([part.strip() for part in row.text("location").split(",")] + ["", "", ""])[:3]
    if seen.flag("city") is not False:
        yield from working_place_labels(text, read_place(", ".join(part for part in (city, region, country) if part)))
    yield from title_labels(text, row.text("title"), places=[city], in_text=seen.flag("title"))
    if seen.flag("employment_type") is not False:
        yield from employment_labels(posting, [row.text("employment_type")])
    if seen.flag("required_education") is not False:
        yield from education_labels(posting, row.text("required_education"))
    low, _, high = row.text("salary_range").partition("-")
    if low.isdecimal() and high.isdecimal():
        yield from pay_labels(text, Pay(float(low), float(high)))


def _form_lists(row: Record, text: Text) -> Iterator[Label]:
    """Requirements and benefits that are one list. A description that has such a list as well would make two of them."""
    rest, required, offered = (row.text(name) for name in ("description", "requirements", "benefits"))
    rest += row.text("company_profile")
    if not re.search(r"requirement|qualification|must have|skills", rest + offered, re.IGNORECASE):
        yield from list_labels(text, "qualifications", html_entries(required, heading=_REQUIREMENTS), apart=ONLY_LIKED)
    if not re.search(r"benefit|we offer|perks", rest + required, re.IGNORECASE) and not _DUTIES.search(offered):
        yield from list_labels(text, "benefits", html_entries(offered, heading=_BENEFITS), apart=BASE_PAY)


def armenian(folder: Path) -> Iterator[Labelled]:
    """Mails of a list for vacancies, in blocks with headers. Calls for workshops, prizes and grants are none, and left out."""
    for row in read_lines(folder / "armenian.jsonl"):
        source = row.document("jobpost")
        if row.text("RequiredQual") or row.text("JobRequirment"):
            labels = tuple(_mail_labels(row, read_text(source)))
            yield Labelled(row.text("id"), source, labels, ("en", "mail"), "careercenter.am")


def _mail_labels(row: Record, text: Text) -> Iterator[Label]:
    """What a column says and a block too. Left out: the description, which often holds duties, conditions or a story."""
    yield from title_labels(text, row.text("Title"), places=re.split(r"\s*[,\n]\s*", row.text("Location")))
    if "\n" not in (name := row.text("Company")) and len(name) < 90:  # a longer one runs on into the next block
        yield from company_labels(text, name)
    line = row.text("Location").split("\n")[0].strip()
    if re.fullmatch(r"[A-Z][\w'-]+(?: [A-Z][\w'-]+)?(?:, [A-Z]\w+(?: [A-Z]\w+){0,2})?\.?", line) and (place := read_place(line)):
        yield from place_labels(text, [place])
    yield from employment_labels(text, [row.text("Term")])
    for path, column in (("date_posted", "OpeningDate"), ("valid_through", "Deadline"), ("start_date", "StartDate")):
        yield from date_labels(text, path, row.text(column))
    yield from length_labels(text, row.text("Duration"))
    code = row.text("AnnouncementCode")
    if code and text.states(code):
        yield Label("job_id", code)
    yield from _mail_pay(row.text("Salary"), text)
    about = mail_paragraph(row.text("AboutC"))
    if about and text.has_lines(f"About company {about}"):
        yield Label("company.description", about)
    yield from list_labels(text, "responsibilities", mail_entries(row.text("JobRequirment")))
    if _ANYBODY.fullmatch(row.text("Eligibility")):  # or else more is asked for than stands in the list
        yield from list_labels(text, "qualifications", mail_entries(row.text("RequiredQual")), apart=ONLY_LIKED)


def _mail_pay(block: str, text: Text) -> Iterator[Label]:
    """Amounts in dollars that a block begins with; null for a block that is a word such as Competitive."""
    if _NO_AMOUNT.fullmatch(block) and text.states(block):
        yield Label("salary", None)
    elif (match := _PAY.match(block)) and (match["sign"] or match["behind"]):
        low, high = (float(match[end].replace(",", "")) if match[end] else None for end in ("low", "high"))
        unit = next((name for name, words in UNITS.items() if words.search(block)), None)
        yield from pay_labels(text, Pay(low, high or low, "USD", unit))


def skills_ml(folder: Path) -> Iterator[Labelled]:
    """Texts whose line ends were lost. Their lists were cut out by a program, and nothing in the text says where: left out."""
    for row in read_lines(folder / "skills_ml_50.jsonl"):
        record = row.part("record")
        text = read_text(source := record.document("jobDescription"))
        address = record.part("jobLocation").part("address")
        place = read_place(f"{address.text('locality')}, {address.text('regionCode')}")
        labels = [
            *title_labels(text, record.text("title"), places=[address.text("locality")]),
            *company_labels(text, record.part("hiringOrganization").text("organizationName")),
            *working_place_labels(text, place),
        ]
        yield Labelled(row.text("id"), source, tuple(labels), (row.text("lang") or "en", "flattened"), "my.jobs")

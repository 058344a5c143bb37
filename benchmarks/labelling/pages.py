"""Sets of saved web pages and of the markup in them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.labelling.cases import Label, Labelled
from benchmarks.labelling.companies import company_labels
from benchmarks.labelling.dates import date_labels
from benchmarks.labelling.lists import ONLY_LIKED, list_labels
from benchmarks.labelling.pay import Pay, pay_labels
from benchmarks.labelling.places import Place, place_labels, read_place
from benchmarks.labelling.records import Record, folders, read_lines, read_object, read_raw
from benchmarks.labelling.terms import employment_labels
from benchmarks.labelling.text import Text, folded, read_text, squashed
from benchmarks.labelling.titles import title_labels


def bananalyzer_html(folder: Path) -> Iterator[Labelled]:
    """Career pages as a browser saved them."""
    return _pages(folder, file="page.html", form="html page")


def bananalyzer_ocr(folder: Path) -> Iterator[Labelled]:
    """Screen readings of the same pages."""
    return _pages(folder, file="ocr.txt", form="screen reading")


def _pages(folder: Path, *, file: str, form: str) -> Iterator[Labelled]:
    for page in folders(folder):
        if (page / file).is_file():
            source = read_raw(page / file)
            host = urlsplit(read_object(page / "meta.json").text("url")).netloc
            labels = tuple(_page_labels(read_object(page / "gold.json"), read_text(source)))
            yield Labelled(page.name, source, labels, ("en", form), host or page.name)


def _page_labels(gold: Record, text: Text) -> Iterator[Label]:
    """Labels that people copied from the page. Left out: benefits, and job_description, of the role or the company."""
    places = [place for line in gold.text("location").split("\n") if (place := read_place(_swapped(line)))]
    yield from title_labels(text, gold.text("job_title"), places=re.split(r"\s*[,\n/]\s*", gold.text("location")))
    yield from company_labels(text, gold.text("company_name"))
    yield from place_labels(text, places)
    if (number := gold.text("job_id")) and re.search(rf"(?<![^\W_]){re.escape(number)}(?![^\W_])", text.source):
        yield Label("job_id", number)
    if (department := gold.text("department")) and text.has_lines(department) and not _is_trade(text, department):
        yield Label("department", department)
    pay = gold.part("salary_range")
    yield from pay_labels(text, Pay(pay.number("min"), pay.number("max"), pay.text("currency") or None))
    yield from employment_labels(text, [gold.text("employment_type")])
    yield from date_labels(text, "date_posted", gold.text("date_posted"))
    yield from date_labels(text, "valid_through", gold.text("application_deadline"))
    yield from _page_addresses(gold, text)
    yield from _page_lists(gold, text)


def _is_trade(text: Text, department: str) -> bool:
    """Whether it stands in a field for a line of work, and not for a part of the company."""
    return any(
        re.search(r"\b(?:discipline|profession)\s*$", text.plain[:start], re.IGNORECASE) for start, _ in text.find(department)
    )


def _page_addresses(gold: Record, text: Text) -> Iterator[Label]:
    if (url := gold.text("apply_url")) and f'"{url}"' in unescape(text.source):
        yield Label("apply_url", url)
    if (mail := gold.text("recruiter_email")) and mail.casefold() in text.plain.casefold():
        yield Label("contact.email", mail, (mail.casefold(),))


def _page_lists(gold: Record, text: Text) -> Iterator[Label]:
    lists = {
        name: [line.strip() for line in gold.text(name).split("\n") if line.strip()]
        for name in ("role", "qualifications", "preferred_qualifications")
    }
    yield from list_labels(text, "responsibilities", lists["role"])
    yield from list_labels(text, "qualifications", lists["qualifications"], apart=ONLY_LIKED)
    yield from list_labels(text, "preferred_qualifications", lists["preferred_qualifications"])


def _swapped(line: str) -> str:
    """A line with its street or its country before the city, as one that begins with the city."""
    parts = [part.strip() for part in line.partition("/")[0].split(",")]
    if len(parts) > 1 and re.fullmatch(r"[A-Z]{2}", parts[0]):
        return ", ".join([parts[1], parts[0]])
    return ", ".join(parts[1:] if len(parts) > 2 and re.match(r"\d+ ", parts[0]) else parts)


def jsonld_objects(folder: Path) -> Iterator[Labelled]:
    """JobPosting objects as they were scraped, without their pages."""
    for row in read_lines(folder / "objects.jsonl"):
        posting, site = row.part("jsonld"), row.text("site")
        labels = tuple(_posting_labels(posting, host=site))
        yield Labelled(row.text("id"), _written(posting), labels, (row.text("lang"), "json-ld object"), site)


def jsonld_pages(folder: Path) -> Iterator[Labelled]:
    """Web pages that have a JobPosting object in them."""
    for page in folders(folder):
        meta, source = read_object(page / "meta.json"), read_raw(page / "page.html")
        labels = tuple(_posting_labels(read_object(page / "gold.json").part("jsonld"), host=meta.text("site")))
        yield Labelled(page.name, source, labels, (meta.text("lang"), "html page"), meta.text("site"))


def _written(posting: Record) -> str:
    return json.dumps(posting.values, ensure_ascii=False, indent=1)


def _posting_labels(posting: Record, *, host: str) -> Iterator[Label]:
    """What the object says, which is the document or stands in it."""
    text = read_text(_written(posting))
    title, company = posting.text("title"), posting.part("hiringOrganization").text("name")
    yield from title_labels(text, title, places=[line.split(" län ")[-1] for line in _posting_lines(posting)])
    if squashed(company) not in squashed(host):  # a board that names itself
        yield from company_labels(text, company)
    if posting.text("jobLocationType") == "TELECOMMUTE":  # its address is that of the company
        yield Label("workplace_type", "REMOTE")
    else:
        yield from place_labels(text, _posting_places(posting))
    yield from employment_labels(text, [kind.split("(")[0] for kind in posting.texts("employmentType")])
    yield from date_labels(text, "date_posted", posting.text("datePosted"))
    yield from date_labels(text, "valid_through", posting.text("validThrough"))
    number = posting.part("identifier").text("value") or posting.text("identifier")
    if number and not set(re.findall(r"[a-z]{4,}", folded(number))) & set(folded(title).split()):  # the title, as in an address
        yield Label("job_id", number)
    if url := posting.text("url"):
        yield Label("source_url", url)


def _posting_places(posting: Record) -> list[Place]:
    """The cities of an object. None where a county has an entry of its own: whether that is one place or two is open."""
    lines = _posting_lines(posting)
    places = [read_place(re.sub(r"^.*\blän\b\s*", "", line)) for line in lines]
    return [place for place in places if place] if all(places) else []


def _posting_lines(posting: Record) -> list[str]:
    spots = posting.parts("jobLocation")
    return [spot.part("address").text("addressLocality") or spot.text("address") or spot.text("name") for spot in spots]

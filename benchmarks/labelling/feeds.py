"""Sets that came out of the feeds and listings of job boards: a body, and beside it what the board knows about the posting.

``in_text`` of a record says whether a value stands in the body as it is written. Where it does not, the value is left out; looked
up nevertheless are parts of it (the city of a line, a title without "(m/w/d)"), and what has many ways to be written (days, pay).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.labelling.cases import Label, Labelled
from benchmarks.labelling.companies import company_labels
from benchmarks.labelling.dates import date_labels
from benchmarks.labelling.pay import Pay, pay_labels
from benchmarks.labelling.places import read_place, working_place_labels
from benchmarks.labelling.records import Record, read_lines
from benchmarks.labelling.terms import employment_labels, remote_labels
from benchmarks.labelling.text import Text, folded, read_text
from benchmarks.labelling.titles import title_labels

_TITLES = ("roles", "title", "Title", "position", "intitule", "job_name", "job_title", "rubrik")
_COMPANIES = ("company", "Company", "company_name", "CompanyName", "startup", "job_company", "arbetsgivare")
_LINES = ("location", "Location", "locations", "cities", "place", "job_location", "lieuTravail")
_KINDS = ("job_types", "jobtypes", "job_type", "type", "TypeContrat", "dureeTravailLibelle", "workhours")
_DEADLINES = ("ApplicationDeadlineDate", "applicationdue", "sista_ansokningsdatum")
_MAILS = ("contact", "emails", "ApplicationRecipientEmail", "applicationemail")

_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_EUROS = re.compile(r"(\d+(?:[.,]\d+)?) Euros(?: à (\d+(?:[.,]\d+)?) Euros)?")
_EURO_RANGE = re.compile(r"([\d\s]+) €(?: - ([\d\s]+) €)?")
_UNITS = {
    "hourly": "HOUR", "yearly": "YEAR", "monthly": "MONTH", "daily": "DAY", "weekly": "WEEK",
    "horaire": "HOUR", "mensuel": "MONTH", "annuel": "YEAR", "par an": "YEAR", "par mois": "MONTH", "par heure": "HOUR",
}  # fmt: skip


def markdown(folder: Path) -> Iterator[Labelled]:
    """Postings as Markdown; those with front matter without it, as it holds the labels."""
    for row in read_lines(folder / "markdown.jsonl"):
        yield _labelled(row, row.document("body") or row.document("text"), form="markdown")


def strings(folder: Path) -> Iterator[Labelled]:
    """HTML fragments out of JSON and XML."""
    for row in read_lines(folder / "html_strings.jsonl"):
        yield _labelled(row, row.document("text"), form="html fragments")


def list_repr(folder: Path) -> Iterator[Labelled]:
    """Some of the same fragments as a list that Python printed."""
    for row in read_lines(folder / "list_repr_derived.jsonl"):
        yield _labelled(row, row.document("text"), form="python list")


def plain_text(folder: Path) -> Iterator[Labelled]:
    """Plain texts; those of some sources lost their separators."""
    for row in read_lines(folder / "text.jsonl"):
        glued = (row.number("glue_points") or 0) >= 3
        yield _labelled(row, row.document("text"), form="glued" if glued else "plain text")


def _labelled(row: Record, source: str, *, form: str) -> Labelled:
    name = row.text("id")
    labels = tuple(_feed_labels(row, read_text(source)))
    feed = re.sub(r"^(?:listrepr-)?(?:html|md|txt)-(?:glued-)?", "", name.rsplit("-", 1)[0])
    site = row.part("gold").text("site") or urlsplit(row.text("url")).netloc or feed
    return Labelled(name, source, labels, tuple(tag for tag in (row.text("lang"), form) if tag), site)


def _feed_labels(row: Record, text: Text) -> Iterator[Label]:
    """What the board's fields say and the text too; each board has its own names for them.

    Left out: dates of publication, which no text states, and what a board sorts by (industry, level, tags).
    """
    gold, seen = row.part("gold"), row.part("in_text")
    cities = _cities(gold)
    if key := _first(gold, _TITLES):
        title = gold.text(key).replace("\ufffd", "-")  # a dash that was decoded wrongly
        yield from title_labels(text, title, places=[line.split(",")[0] for line in cities], in_text=seen.flag(key))
    key = _first(gold, _COMPANIES)
    if key and not _is_product(row):
        yield from company_labels(text, gold.text(key), in_text=seen.flag(key))
    yield from _place(gold, seen, text=text)
    yield from _kinds(gold, seen, text=text)
    for key in _DEADLINES:
        yield from date_labels(text, "valid_through", gold.text(key))
    yield from pay_labels(text, _pay(gold))
    yield from _mail(gold, text)


def _first(gold: Record, keys: tuple[str, ...]) -> str:
    return next((key for key in keys if gold.text(key)), "")


def _is_product(row: Record) -> bool:
    """Whether the board's company is what the team makes, and not who hires."""
    return "betagouv" in row.text("id")


def _cities(gold: Record) -> list[str]:
    lines = [line for key in _LINES for line in gold.texts(key)]
    lines += [gold.part("Location").text("city"), gold.part("arbetsplatsadress").text("kommun")]
    return [line for line in lines if line]


def _place(gold: Record, seen: Record, *, text: Text) -> Iterator[Label]:
    lines = _cities(gold)
    if any(folded(line) == "remote" or folded(line).startswith("remote ") for line in lines):
        yield from remote_labels(text)
    elif len(lines) == 1 and (place := read_place(lines[0])):  # where a listing has several, texts name some of them
        alone = folded(place.spellings[0]) == folded(lines[0])
        if not alone or all(seen.flag(key) is not False for key in _LINES):
            yield from working_place_labels(text, place, company=gold.text(_first(gold, _COMPANIES)))


def _kinds(gold: Record, seen: Record, *, text: Text) -> Iterator[Label]:
    for key in _KINDS:
        kinds = [part.strip() for value in gold.texts(key) for part in re.split(r"[,/]", value.split(" - ")[0])]
        known = [kind for kind in kinds if kind]
        if len(known) > 1 or (known and seen.flag(key) is not False):
            yield from employment_labels(text, known)
            return


def _pay(gold: Record) -> Pay:
    written = f"{gold.text('interval')} {gold.text('salaire')} {gold.text('Salary')}".casefold()
    unit = next((unit for word, unit in _UNITS.items() if word in written), None)
    if match := _EUROS.search(gold.text("salaire")) or _EURO_RANGE.search(gold.text("Salary")):
        low, high = (float(re.sub(r"\s", "", part).replace(",", ".")) if part else None for part in match.groups())
        return Pay(low, high or low, "EUR", unit)
    low, high = gold.number("min_amount") or gold.number("salary_min"), gold.number("max_amount") or gold.number("salary_max")
    currency = gold.text("currency") or gold.text("salary_text").partition(" ")[0]
    return Pay(low, high, currency or None, unit)


def _mail(gold: Record, text: Text) -> Iterator[Label]:
    """An address to apply to, if it is the only one in the text, and not one for disabled applicants."""
    found = {match[0].casefold(): text.plain[max(0, match.start() - 300) : match.end()] for match in _MAIL.finditer(text.plain)}
    for key in _MAILS:
        mail = gold.text(key)
        if found.keys() == {mail.casefold()} and not re.search("accommodat|disabilit", found[mail.casefold()], re.IGNORECASE):
            yield Label("contact.email", mail, (mail.casefold(),))

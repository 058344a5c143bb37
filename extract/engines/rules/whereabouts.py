"""Whom to write to, under which number and address the posting stands, and in which language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from extract.cleaning.document import Fact
from extract.engines.base import FactReference, TextReference
from extract.engines.rules.dates import longest_passage
from extract.engines.rules.page import DraftBuilder, Page, part, whole
from extract.engines.rules.statements import Statement, stating
from extract.once import once
from extract.readers.contacts import is_accommodation_mailbox, read_emails, read_phones
from extract.readers.language import read_language
from extract.readers.wording import wording

_ADDRESSES = frozenset(("markdown.url", "html.canonical", "html.og:url"))  # facts that are the address of the page itself
_URL = re.compile(r"https?://\S+")
_LONGEST_URL = 2000  # characters: browsers cut longer ones
_PERSON = re.compile(r"(?:[A-ZÀ-Þ][\w'’.-]*+\s?){2,4}(?=$|[,;(–-])")
_LONGEST_PERSON = 100  # characters in which a name of four words ends
_CODE = re.compile(r"(?=[\w./-]*\d)[A-Z0-9][\w./-]{1,29}(?![\w/-])", re.IGNORECASE)
# A number as application systems give them, which says itself what it is: "R01128732", "JR-10023", "REQ_55512"
_REQUISITION = re.compile(r"(?:JR|REQ|RQ|R)[-_]?\d{5,12}", re.IGNORECASE)
# The number of the posting in its address: behind a folder of jobs, behind a key that means a number, or any long number
_URL_ID = re.compile(
    r"(?:/(?:details|jobs?|positions?|openings?|vacanc\w{1,4}|offres?|annonser?|req|posting|stellen?\w{0,20})/(?:[\w%-]*[-/_])?"
    r"|[?&](?:gh_jid|jk|job_?id|jid|id|req\w{0,20}|pid)=|[-_/])"
    r"((?:[A-Z]{1,4}[-_]?)?\d{5,}+(?:-\d++)?)(?=[/?&#_-]|$)"
)


def fill_whereabouts(page: Page, draft: DraftBuilder, stated: Sequence[Statement]) -> None:
    """Everything of the module."""
    fill_contact(page, draft, stated)
    fill_addresses(page, draft, stated)
    fill_job_id(page, draft, stated)
    fill_language(page, draft)


def fill_contact(page: Page, draft: DraftBuilder, stated: Sequence[Statement]) -> None:
    """The first mailbox that is for applications, with the name and number of lines that name them."""
    _fill_email(page, draft)
    _fill_phone(draft, stated)
    for statement in stating(stated, "contact.name"):
        if not statement.below and (name := _PERSON.match(statement.text[:_LONGEST_PERSON])):
            text = name[0].strip()
            end = statement.start + len(text)
            draft.put("contact.name", text, TextReference(statement.segment.number, statement.start, end))


def _fill_phone(draft: DraftBuilder, stated: Sequence[Statement]) -> None:
    """The number of a line on it, or beside the person; without its country code it is one of the country of the job."""
    countries = {str(v.value) for p, v in draft.values.items() if p.startswith("locations.") and p.endswith(".country")}
    country = countries.pop() if len(countries) == 1 else None
    for path in ("contact.phone", "contact.name"):
        for statement in stating(stated, path):
            for reading in read_phones(statement.text, country=country if path == "contact.phone" else None)[:1]:
                place = part(statement.segment, reading, offset=statement.start)
                national = "+" not in statement.text[reading.start : reading.end]
                draft.put("contact.phone", reading.value, place, inferred=national)


def _fill_email(page: Page, draft: DraftBuilder) -> None:
    for segment in page.outside("related"):
        for reading in read_emails(segment.text):
            around = " ".join(s.text for s in page.segments[max(0, segment.number - 1) : segment.number + 1])
            if not is_accommodation_mailbox(reading.value, around):
                draft.put("contact.email", reading.value, part(segment, reading))
                return


def fill_addresses(page: Page, draft: DraftBuilder, stated: Sequence[Statement]) -> None:
    """The address of the page as its markup says it, else as a line does; that of the form only as a line says it."""
    for index, fact in _own_addresses(page):
        if _URL.fullmatch(fact.body.text):
            draft.put("source_url", fact.body.text, FactReference(index, 0, len(fact.body)))
    for path in ("source_url", "apply_url"):
        for statement in stating(stated, path):
            if _URL.fullmatch(statement.text):
                draft.put(path, statement.text, statement.reference)


def _own_addresses(page: Page) -> Iterator[tuple[int, Fact]]:
    return ((index, fact) for index, fact in enumerate(page.clean.facts) if fact.path in _ADDRESSES)


def fill_job_id(page: Page, draft: DraftBuilder, stated: Sequence[Statement]) -> None:
    """The number of a line that names it, of a phrase in the text, in the address of the posting, or alone on a line."""
    for statement in stating(stated, "job_id"):
        if found := _CODE.match(statement.text):
            code = found[0].rstrip("./-")
            end = statement.start + len(code)
            draft.put("job_id", code, TextReference(statement.segment.number, statement.start, end))
    for segment in page.outside("related", "legal"):
        if draft.has("job_id"):
            return
        if found := _numbered().search(segment.text):
            draft.put("job_id", found["code"], TextReference(segment.number, *found.span("code")))
    for index, fact in _own_addresses(page):
        if numbers := list(_URL_ID.finditer(fact.body.text[:_LONGEST_URL])):
            draft.put("job_id", numbers[-1][1], FactReference(index, *numbers[-1].span(1)))
    alone = [segment for segment in page.outside("related", "legal") if _REQUISITION.fullmatch(segment.text)]
    if len({segment.text for segment in alone}) == 1 and not draft.has("job_id"):
        draft.put("job_id", alone[0].text, whole(alone[0]))


@once
def _numbered() -> re.Pattern[str]:
    """A number behind its name: "Job ID: R-1234", "Kennziffer: 4711", "ref. no.: 17-24"."""
    names, numbers = wording("job_number").expression, wording("numbers").expression
    code = r"(?P<code>(?=[\w-]{0,19}\d)[A-Z0-9][\w-]{2,19})(?![\w-])"
    return re.compile(rf"{names}\.?\s?{numbers}?\s?[.:#]{{1,2}}\s?{code}", re.IGNORECASE)


def fill_language(page: Page, draft: DraftBuilder) -> None:
    """The language of the longest passage on the job itself; the company's text on itself may be in another."""
    longest = longest_passage(page)
    if longest and (found := read_language(longest.text)):
        draft.put("language", found.value, whole(longest))

"""Addresses of mail and of pages, and telephone numbers."""

from __future__ import annotations

import re

from extract.once import once
from extract.readers.gazetteer import fold
from extract.readers.reading import Reading
from extract.vocabulary import load

# Found by what every one of them holds ("@", "://", "www."), and read outwards from there: linear on any text
_LOCAL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+'-]{0,63}\Z")
_DOMAIN = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})\.){1,8}[A-Za-z]{2,24}(?![A-Za-z0-9-]*@)")
_URL = re.compile(r"(?:https?://|www\.)[^\s<>\"'|\\^`{}\[\]()]++(?:\([^\s<>\"'()]*+\)[^\s<>\"'|\\^`{}\[\]()]*+)*+", re.IGNORECASE)
_SCHEME = re.compile(r"https?://", re.IGNORECASE)
# Enough figures near each other to be a telephone number
_DIGITS = re.compile(r"[+(]?\d[\d ()./\u00a0\u2011–-]{5,28}\d")
_MAX_PHONE_TEXT = 20_000


def read_emails(text: str) -> list[Reading[str]]:
    """The addresses of mail in a text, in lower-case domain, as they stand otherwise.

    >>> [found.value for found in read_emails("Write to Jobs@Example.ORG, or <hr@example.com>.")]
    ['Jobs@example.org', 'hr@example.com']
    """
    found: list[Reading[str]] = []
    done = 0
    at = text.find("@")
    while at >= 0:
        local = _LOCAL.search(text, max(done, at - 64), at)
        domain = _DOMAIN.match(text, at + 1)
        if local and domain:
            found.append(Reading(f"{local[0]}@{domain[0].lower()}", local.start(), domain.end()))
            done = domain.end()
        at = text.find("@", at + 1)
    return found


def read_urls(text: str) -> list[Reading[str]]:
    """The addresses of pages in a text, absolute ("www.…" as https), without the punctuation of the sentence around them.

    >>> [found.value for found in read_urls("See https://example.org/jobs?id=1. Or (www.example.org).")]
    ['https://example.org/jobs?id=1', 'https://www.example.org']
    """
    if "://" not in text and "www." not in text.lower():
        return []
    found: list[Reading[str]] = []
    for match in _URL.finditer(text):
        url = match[0].rstrip(".,;:!?*_~”’»…-")
        host = _SCHEME.sub("", url)
        if "." in host and host[0].isalnum() and len(host) > 4:
            found.append(Reading(url if _SCHEME.match(url) else f"https://{url}", match.start(), match.start() + len(url)))
    return found


def read_phones(text: str, *, country: str | None) -> list[Reading[str]]:
    """The telephone numbers of a text in E.164 form; ``country`` (alpha-2) is that of numbers written without a country code.

    Without a country only numbers with "+" are read. Reads at most the first 20,000 characters.

    >>> [found.value for found in read_phones("Tel. +41 44 668 18 00 or (650) 253-0000", country="US")]
    ['+41446681800', '+16502530000']
    """
    if not _DIGITS.search(text):
        return []
    import phonenumbers  # slow to import, and needed only where figures stand that could be a number

    found: list[Reading[str]] = []
    valid = phonenumbers.Leniency.VALID
    for match in phonenumbers.PhoneNumberMatcher(text[:_MAX_PHONE_TEXT], country, leniency=valid, max_tries=200):
        value = phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
        found.append(Reading(value, match.start, match.end))
    return found


@once
def _other_purposes() -> tuple[frozenset[str], tuple[str, ...]]:
    tables = load("mailboxes")
    return frozenset(tables["names"]), tuple(fold(phrase) for phrase in tables["contexts"])


def is_accommodation_mailbox(email: str, context: str) -> bool:
    """Whether a mailbox is for disability accommodations, privacy, equal opportunity and the like: no contact for applications.

    ``context`` is the text around the address, a sentence or two.

    >>> is_accommodation_mailbox("accommodations-ext@example.com", "")
    True
    >>> is_accommodation_mailbox("hr@example.com", "If you need a reasonable accommodation, write to hr@example.com.")
    True
    >>> is_accommodation_mailbox("hr@example.com", "Send your CV to hr@example.com.")
    False
    """
    names, contexts = _other_purposes()
    local = fold(email.partition("@")[0])
    if any(name in local for name in names):
        return True
    around = f" {fold(context)} "
    return any(f" {phrase}" in around for phrase in contexts)

"""The names in addresses: "acme" for jobs.acme.com or hr@acme.com."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extract.engines.rules.company_names import company_words
from extract.engines.rules.page import Page

_HOST = re.compile(r"(?:://|@|\bwww\.)([a-z0-9.-]+\.[a-z]{2,})", re.IGNORECASE)
_ADDRESSES = frozenset(("markdown.url", "html.canonical", "html.mailto"))
_SHORTEST = 3  # letters of a name in an address: shorter labels are countries and abbreviations


def employer_hosts(page: Page) -> frozenset[str]:
    """The names in the addresses of the posting and of its mailboxes, in small letters, without those of job boards.

    A label with hyphens counts as it is written together, and part by part ("acme-labs": acmelabs, acme, labs).
    """
    found: set[str] = set()
    for text in _texts(page):
        if "@" in text or "://" in text or "www." in text.lower():
            for host in _HOST.finditer(text):
                found.update(_host_names(host[1].lower()))
    return frozenset(found)


def _texts(page: Page) -> Iterator[str]:
    yield from (segment.text for segment in page.segments)
    yield from (fact.body.text for fact in page.clean.facts if fact.path in _ADDRESSES)


def _host_names(host: str) -> Iterator[str]:
    known = company_words()
    labels = host.split(".")
    if ".".join(labels[-2:]) in known.public_hosts or not known.public_hosts.isdisjoint(labels):
        return
    for label in labels[-3:-1]:
        for name in (label.replace("-", ""), *label.split("-")):
            if len(name) >= _SHORTEST and name not in known.common_labels:
                yield name

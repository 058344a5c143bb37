"""Which elements of a page hold something else than its content, by what their markup says."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from extract.cleaning.document import Dropped
from extract.once import once
from extract.vocabulary import load

if TYPE_CHECKING:
    from turbohtml import Element

Found = tuple[Dropped, bool]
"""The reason, and whether the element itself says so, not a class of the author's."""

_TAGS = {"nav": Dropped.NAVIGATION, "footer": Dropped.FOOTER, "form": Dropped.FORM}
_ROLES = {
    "navigation": Dropped.NAVIGATION,
    "menu": Dropped.NAVIGATION,
    "menubar": Dropped.NAVIGATION,
    "banner": Dropped.NAVIGATION,
    "search": Dropped.NAVIGATION,
    "tablist": Dropped.NAVIGATION,
    "contentinfo": Dropped.FOOTER,
    "form": Dropped.FORM,
}
_UNSURE_ROLES = frozenset({"banner", "form", "contentinfo", "tablist"})
_UNNAMED = frozenset("html body main article p li td th tr tbody h1 h2 h3 h4 h5 h6 option".split())
"""Elements whose classes say how they look: the page itself, and what holds a line of text."""
_WORD = re.compile(r"[A-Z]++(?![a-z])|[A-Z]?[a-z]++")  # "siteFooter", "site-footer", "SITE_FOOTER"
_LONGEST = 300  # characters of classes that are read


def region_of(tag: str, node: Element) -> Found | None:
    """What an element holds that is no content, if its markup says so."""
    if tag in _TAGS:
        return _TAGS[tag], tag == "nav"
    if tag in _UNNAMED:
        return None
    role = (node.attr("role") or "").strip().lower()
    if reason := _ROLES.get(role):
        return reason, role not in _UNSURE_ROLES
    named, number = node.attr("class"), node.attr("id")
    if named is None and number is None:
        return None
    reason = _named(f"{number or ''} {named or ''}"[:_LONGEST])
    return (reason, False) if reason else None


@lru_cache(maxsize=4096)
def _named(classes: str) -> Dropped | None:
    """What the classes and the id of an element name it: by the first word that says something.

    >>> _named("cookieBanner visible"), _named("c-jobShare"), _named("sharepoint navy footnote")
    (<Dropped.COOKIES: 'cookies'>, <Dropped.SHARE: 'share'>, None)
    >>> _named("advert-top"), _named("job-advert")
    (<Dropped.ADVERT: 'advert'>, None)
    """
    known, own = _words(), load("page_parts")["own"]
    before = ""
    for word in map(str.lower, _WORD.findall(classes)):
        reason = known.get(word) or known.get(before + word)
        if reason and not (reason is Dropped.ADVERT and before in own):
            return reason
        before = word
    return None


@once
def _words() -> dict[str, Dropped]:
    listed = load("page_parts")["classes"]
    return {form: Dropped(reason) for reason, words in listed.items() for word in words for form in (word, f"{word}s")}

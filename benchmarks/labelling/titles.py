"""Titles of jobs as labels: the form that the schema asks for, if the text announces the job, and forms that are as good."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from benchmarks.labelling.cases import Label
from benchmarks.labelling.text import Text, folded, unescaped

_LETTERS = r"[mwdfhx](?:\s?[/|,]\s?[mwdfhx]){1,3}"
_GENDER = re.compile(rf"[(\[]\s*(?:{_LETTERS}|all genders?|gn|a)\s*[)\]]|(?<![\w/]){_LETTERS}(?![\w/])", re.IGNORECASE)

_CONTRACT = (
    r"(?:(?:en|in|als)\s+)?(?:cdi|cdd|vdi|freelance|stage|alternance|temps plein|temps partiel|vollzeit|teilzeit|full[ -]?time"
    r"|part[ -]?time|on call|deltid|heltid)(?:\s+(?:ou|or|oder)\s+(?:cdi|cdd|vdi))?(?:\s+\d+\s?%)?"
)
_NOTE = rf"(?:{_CONTRACT}|part[ -]time, [^()]*|several positions|\d+ (?:posts?|positions?)|it|only local to [^()]*)"
_BEHIND = (
    re.compile(rf"\s*[(\[]\s*{_NOTE}\s*[)\]]\s*$", re.IGNORECASE),  # "(full time)", "(5 posts)"
    re.compile(rf"\s*[-–—/|]\s*{_NOTE}\s*$", re.IGNORECASE),  # "- CDI", "/ Freelance"
    re.compile(rf"\s+(?:{_CONTRACT}|\d\dh)\s*$", re.IGNORECASE),
    re.compile(r"\s*[(\[#]\s*[A-Z]{0,6}[- ]?\d+\s*[)\]]?\s*$"),  # "(QX3)", "#1204"
    re.compile(r"\s*[-–—]\s*(?:ref|réf|req|id)\b[.:\s]*[\w-]*\d[\w-]*\s*$", re.IGNORECASE),
    re.compile(r"\s+at [A-Z][\w&.-]*(?: [A-Z][\w&.-]*){0,2}(?: \([A-Z]\d+\))?\s*$"),  # the company
    re.compile(r"\s*[-–—]?\s*\$[\d.,]+.*$"),  # the pay
)
_BEFORE = (
    re.compile(r"^[(\[][A-Z]{2,}[)\]]\s*"),  # "(USA)", "[PARIS]"
    re.compile(r"^(?:we are |we're |currently )?(?:looking for|seeking|hiring|buscamos)(?: an?| una?)?\s+", re.IGNORECASE),
)
_SPOT = r"\s*(?:[-–—,|]|\b(?:à|in|en|till|i))\s*%s\b(?:,.*|\s+i sommar!?)?$"  # a place; in Swedish, with the season
_KIND = re.compile(
    r"^(?:stage|stagiaire|alternance|praktikum|internship|full remote|full-time|part-time)\s*[-–:]?\s+", re.IGNORECASE
)
_NO_JOB = re.compile(
    r"\b(?:recrute|recherche|cherche|söker|søker|sucht|is hiring|workshop|seminar|awards?|prize|competition|forum|grants?$)\b",
    re.IGNORECASE,
)

_HIRING = r"(?:looking for|looking to add|seeking|hiring|recrut\w+|recherch\w+|busca\w*|precisa|suchen|søker|söker)"
_AS_A = r"(?:as|for|the|an?|our|become|poste?|role|le|la|une?|un\.e|un\(e\)|en tant que|comme|como|als|som|en|nye?)"
_ANNOUNCES = re.compile(
    rf"(?:(?:^|\n|[.!?:|“\"«])[\W_]*|\b{_HIRING}\b[^.!?\n]{{0,60}}|\b{_AS_A}\s[\W_]*|\b[ld]['’])$",
    re.IGNORECASE,
)
_MENTIONS = re.compile(
    r"(?:(?:experience\b|expérience|similar|similaire|rattaché|report(?:s|ing)? |référence|reference)[^.!?\n]{0,60}"
    r"|known as an? |\bsi es un |[ée]quipe )$",
    re.IGNORECASE,
)
_LONGER_BEFORE = re.compile(
    r"\b(?:(?!(?:[Tt]he|As|AS|An?|[Ll][ea]|Our|OUR|Une?|En)\b)[A-ZÀ-Þ][\w-]*[ \u00a0]|(?:senior|junior|lead|concepteur)\s)$"
)
_NEXT = re.compile(r"[ \u00a0]+([^\W\d_]+)")
_MAY_FOLLOW = frozenset(
    "to for in on with who will at and that is are as or you from within based full pour en à a au aux dans chez sur qui afin et"
    " ou vous de du des cdi cdd h f m w d basé på til i med som har und für mit para con y responsible perform passionate".split()
)


def title_forms(title: str, *, places: Iterable[str] = ()) -> list[str]:
    """The title as the schema asks for it, and behind it what was taken off step by step, down to the title as it is labelled.

    >>> title_forms("Tech Lead, Web (m/w/d) - Bern, Schweiz", places=["Bern"])
    ['Tech Lead, Web', 'Tech Lead, Web - Bern, Schweiz', 'Tech Lead, Web (m/w/d)', 'Tech Lead, Web (m/w/d) - Bern, Schweiz']
    >>> title_forms("Data Engineer H/F - CDI")
    ['Data Engineer', 'Data Engineer - CDI', 'Data Engineer H/F', 'Data Engineer H/F - CDI']
    >>> title_forms("Translator (QX3)"), title_forms("Head of Bread at Arche Noah")
    (['Translator', 'Translator (QX3)'], ['Head of Bread', 'Head of Bread at Arche Noah'])
    """
    title = unescaped(title)
    whole = _tidy("".join(" " if unicodedata.category(c) in {"So", "Cs", "Co"} else c for c in title))
    without_mark = _tidy(_GENDER.sub(" ", whole))
    forms = (_cut(without_mark, places=places), without_mark, _cut(whole, places=places), whole, _tidy(title))
    return list(dict.fromkeys(form for form in forms if folded(form)))


def title_labels(text: Text, title: str, *, places: Iterable[str] = (), in_text: bool | None = None) -> list[Label]:
    """The title, if the text announces one of its forms; not as it is labelled where the source says that it is not ``in_text``.

    What is only asked for as experience, or is a part of a longer title, announces nothing. Left out are sentences that hire, and
    events, which are no jobs.
    """
    forms = title_forms(title, places=places)
    spans = [span for form in (forms[:-1] if in_text is False else forms) for span in text.find(form)]
    if _NO_JOB.search(title) or not any(_is_announced(text.plain, span) for span in spans):
        return []
    others = [*forms[1:], *(text.printed(span) for span in text.find(forms[0])), *(_KIND.sub("", form) for form in forms)]
    return [Label("title", forms[0], tuple(form for form in others if folded(form)))]


def _is_announced(plain: str, span: tuple[int, int]) -> bool:
    before = plain[max(0, span[0] - 100) : span[0]]
    if _MENTIONS.search(before) or _LONGER_BEFORE.search(before) or not _ANNOUNCES.search(before):
        return False
    following = _NEXT.match(plain, span[1])
    if not following or following[1].casefold() in _MAY_FOLLOW:
        return True
    return plain[span[0]].isupper() and following[1].islower()  # a title in capitals ends where they do


def _cut(title: str, *, places: Iterable[str]) -> str:
    """The title without what stands before and behind it: notes, codes, the company, the place."""
    spots = [re.compile(_SPOT % re.escape(place), re.IGNORECASE) for place in places if place]
    before = ""
    while before != title:
        before = title
        for pattern in (*_BEFORE, *_BEHIND, *spots):
            shorter = pattern.sub("", title).strip(" -–—/|,.:")
            title = shorter if len(folded(shorter)) > 2 else title
    return title


def _tidy(title: str) -> str:
    return " ".join(title.split()).strip(" -–—|")

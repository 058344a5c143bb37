"""The employer: the name for which most of the text speaks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from math import log2

from extract.cleaning.document import Kind, Segment
from extract.engines.base import FactReference, TextReference
from extract.engines.rules.page import DraftBuilder, Page, Reference
from extract.engines.rules.statements import paths_of
from extract.engines.rules.titles import names_a_job
from extract.vocabulary import fold, load

LEAST = 2.2  # the score that a name needs
ABOUT, FIRST_LINE, SUBJECT, SUBJECT_EARLY, AFTER_WORD, LEGAL_FORM, DOMAIN, SITE, OFTEN = (
    4.0,
    5.0,
    2.6,
    0.8,
    1.4,
    2.2,
    3.2,
    3.5,
    0.7,
)
IS, APPOSITION, SPELLED, INSIDE, KIND = 1.2, 2.0, 0.8, 2.2, 1.2
LONGEST = 6  # words
EARLY = 6  # segments among which items count too: some pages are one list

_NAME = re.compile(
    r"(?<![\w@/.#])(?:[A-ZÀ-ÖØ-Þ0-9][\w&+.’'-]*|[a-z]{1,2}[A-Z]\w+)"
    r"(?:\s(?:(?:of|de|du|des|d['’]|and|et|und|y|och|og|&|the|för|for|la|le|del)\s(?=[A-ZÀ-ÖØ-Þ]))*(?:[A-ZÀ-ÖØ-Þ0-9&][\w&+.’'-]*|\([A-Z]{2,8}\)))*+(?:\s(?:(?:fylkes)?kommune|gmbh))?"
)
_APPOSITION = re.compile(
    r"\s?[,(]\s?(?:an?|the|one of|une?|la|le|l['’]|eine?|der|die|das|empresa|société|entreprise|leader|líder|filiale|cabinet|agence|spécialis|expert|acteur|ett|en|et)\b",
    re.IGNORECASE,
)
_SPELLED = re.compile(r"\w[A-Z]|\d|[A-Z]{3}|[a-z]-[A-Z]")
_IS = re.compile(r"\s(?:is|has|was|are|offers|est|ist|es|är|er|har|je|provides|enables|allows)\s")
_HOST = re.compile(r"(?:https?://|@|\bwww\.)([a-z0-9.-]+\.[a-z]{2,})", re.IGNORECASE)
_PUBLIC_HOSTS = re.compile(
    r"google|gmail|hotmail|yahoo|outlook|linkedin|facebook|twitter|instagram|youtube|indeed|lever|greenhouse|workday|workable|bit\.ly|github"
    r"|eeoc|dol\.gov|arbeitnow|careercenter|infojobs|glassdoor|smartrecruiters|ashbyhq|bamboohr|icims|taleo|teamtailor|schema\.org|w3\.org|apple\.co$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Words:
    about: frozenset[str]
    before: frozenset[str]
    after: frozenset[str]
    inside: frozenset[str]
    never: frozenset[str]
    legal: frozenset[str]
    kinds: frozenset[str]


@cache
def words() -> Words:
    tables = load("companies")
    folded = {name: frozenset(fold(p) for lists in table.values() for p in lists) for name, table in tables.items()}
    return Words(
        folded["about"],
        folded["before"],
        folded["after"],
        folded["inside"],
        folded["never"],
        folded["legal_forms"],
        folded["kinds"],
    )


@dataclass(slots=True)
class Tally:
    """What speaks for a name, and where it stands."""

    score: float = 0.0
    places: list[tuple[float, str, tuple[Reference, ...]]] = field(default_factory=list)

    def add(self, score: float, text: str, *references: Reference) -> None:
        self.score += score
        self.places.append((score, text, references))


def fill_company(page: Page, draft: DraftBuilder) -> None:
    """The name with the highest score, as it stands in the place that speaks loudest for it."""
    if draft.has("company.name"):
        return
    tallies: dict[str, Tally] = {}
    for text, score, reference in mentions(page):
        key = key_of(text)
        if key and key not in words().never and not names_a_job(key) and re.search(r"[^\W\d_]", text):
            tallies.setdefault(key, Tally()).add(score, text, reference)
    if not tallies:
        return
    for key, tally in tallies.items():
        tally.score += OFTEN * min(3.0, log2(1 + len(tally.places)))
        tally.score += sum(
            0.5 * other.score
            for longer, other in tallies.items()
            if longer != key and f" {key} " in f" {longer} " and other.score < tally.score
        )
    best = max(tallies.values(), key=lambda t: t.score)
    if best.score >= LEAST:
        _, text, references = max(best.places, key=lambda place: place[0])
        draft.put("company.name", text, *references)


def key_of(name: str) -> str:
    """A name without its legal form, to count by."""
    known = fold(name).split()
    while len(known) > 1 and known[-1] in words().legal and len(known[-1]) <= 5:
        known.pop()
    return " ".join(known)


def mentions(page: Page) -> Iterator[tuple[str, float, Reference]]:
    """Each place where a name stands: the name, how much the place speaks for its being the employer's, and the place."""
    yield from site_names(page)
    hosts = employer_hosts(page)
    if first := first_line(page):
        yield first
    seen_sentences = 0
    for segment in page.outside("related"):
        legal = page.section(segment) == "legal"
        if segment.kind is Kind.HEADING:
            yield from about_heading(segment)
        if segment.kind is Kind.ITEM and segment.number > EARLY:
            continue
        seen_sentences += segment.kind is Kind.SENTENCE
        for start, end in names(segment.text):
            if score := mention_score(segment.text, start, end, hosts, early=seen_sentences <= 3):
                yield segment.text[start:end], score * (0.5 if legal else 1.0), TextReference(segment.number, start, end)


def site_names(page: Page) -> Iterator[tuple[str, float, Reference]]:
    for index, fact in enumerate(page.clean.facts):
        if fact.path == "html.og:site_name":
            text = fact.body.text.strip()
            yield text, SITE, FactReference(index, 0, len(fact.body))


def first_line(page: Page) -> tuple[str, float, Reference] | None:
    """A short line above a field is who posts: "Acme Ltd" over "JOB TITLE: …"."""
    if len(page.segments) > 1 and page.segments[1].kind is Kind.FIELD:
        first = page.segments[0]
        short = len(first.text.split()) <= 2 * LONGEST and len(first.text) <= 90 and first.kind in (Kind.HEADING, Kind.SENTENCE)
        name = all(w[:1].isupper() for w in first.text.split() if len(w) > 3)
        if (
            short
            and (name or not names_a_job(first.text))
            and not first.text.endswith((":", "!", "?"))
            and not paths_of(first.text)
        ):
            return first.text, FIRST_LINE, TextReference(first.number, 0, len(first.text))
    return None


def about_heading(segment: Segment) -> Iterator[tuple[str, float, Reference]]:
    """ "About Acme", "Why Acme?"."""
    tokens = list(re.finditer(r"\S+", segment.text))
    if not 1 < len(tokens) <= LONGEST + 3:
        return
    for size in (4, 3, 2, 1):
        if len(tokens) > size and fold(" ".join(t[0] for t in tokens[:size])) in words().about:
            start = tokens[size].start()
            text = segment.text[start:].rstrip(" ?!:.…")
            known = fold(text)
            if (
                text[:1].isupper()
                and known not in words().never
                and len(known.split()) <= LONGEST
                and known.split()[0] not in words().never
            ):
                yield text, ABOUT, TextReference(segment.number, start, start + len(text))
            return


def names(text: str) -> Iterator[tuple[int, int]]:
    """Runs of capitalised words, without sentence-openers and possessive endings.

    >>> [("At Acme Labs, we build").__getitem__(slice(*n)) for n in names("At Acme Labs, we build")]
    ['Acme Labs']
    """
    known = words()
    for found in _NAME.finditer(text):
        start, end = found.span()
        while True:
            first = re.match(r"[^\s]+\s", text[start:end])
            if first and (fold(first[0]) in known.never or fold(first[0]) in known.before or fold(first[0]) in known.inside):
                start += first.end()
            else:
                break
        name = text[start:end]
        name = re.sub(r"['’]s?$|[.’'-]+$", "", name)
        if name and len(name.split()) <= LONGEST and not name.isdigit() and len(name) > 1:
            yield start, start + len(name)


def mention_score(text: str, start: int, end: int, hosts: frozenset[str], *, early: bool) -> float:
    known = words()
    name = fold(text[start:end])
    before = fold(text[max(0, start - 40) : start]).split()
    after = fold(text[end : end + 40]).split()
    opens = (
        start == 0
        or text[:start].rstrip()[-1:] in ".!?:•"
        or not before
        or (len(before) <= 2 and before[-1] in ("the", "la", "le", "l", "die", "der", "das", "el"))
    )
    score = 0.0
    if any(" ".join(after[:n]) in known.after for n in (1, 2, 3)):
        score += SUBJECT + SUBJECT_EARLY * early if opens else 0.8
    elif opens and _APPOSITION.match(text, end):
        score += APPOSITION
    elif opens and _IS.match(text, end):
        score += IS
    leading = [" ".join(before[-n:]) for n in (1, 2, 3) if len(before) >= n]
    if any(words in known.inside for words in leading):
        score += INSIDE
    elif any(words in known.before for words in leading):
        score += AFTER_WORD
    last = name.rsplit(" ", 1)
    if len(last) == 2 and last[1] in known.legal:
        score += LEGAL_FORM
    elif len(last) == 2 and last[1] in known.kinds:
        score += KIND
    if name.replace(" ", "") in hosts or name.split(" ")[0] in hosts:
        score += DOMAIN
    return score + SPELLED if score and _SPELLED.search(text[start:end]) else score


COMMON_LABELS = frozenset(
    "com www jobs careers job gov org net edu career apply recruiting karriere group mail info app web the".split()
)


def employer_hosts(page: Page) -> frozenset[str]:
    """The names in the addresses of the posting and of its mailboxes: "acme" for jobs.acme.com."""
    texts = [s.text for s in page.segments] + [
        f.body.text for f in page.clean.facts if f.path in ("markdown.url", "html.canonical", "html.mailto")
    ]
    found: set[str] = set()
    for text in texts:
        if "." in text:
            for host in _HOST.finditer(text):
                if not _PUBLIC_HOSTS.search(host[1]):
                    parts = host[1].lower().split(".")
                    for label in parts[-3:-1]:
                        found.update(
                            p for p in (label.replace("-", ""), *label.split("-")) if len(p) > 2 and p not in COMMON_LABELS
                        )
    return frozenset(found)

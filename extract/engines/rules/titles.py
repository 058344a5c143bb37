"""The title of the job: from a field, a heading, a sentence that hires, or the address of the page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from extract.cleaning.document import Fact, Kind, Segment
from extract.cleaning.headings import heading_section
from extract.engines.base import FactReference, TextReference
from extract.engines.rules.page import DraftBuilder, Page, Reference
from extract.engines.rules.statements import LONGEST_BELOW, Statement
from extract.vocabulary import bare, fold, load

LONGEST = 14  # words
EARLY = 6  # segments in which an unmarked line may be the title
FIELD, FIRST_HEADING, MARKED, FIRST_LINE, ENDS_HEADING, HIRES, PAGE_TITLE, HEADING, ADDRESS = (
    10.0,
    7.0,
    7.0,
    5.5,
    6.5,
    6.0,
    5.0,
    3.0,
    2.5,
)
SUBJECT = 3.5  # "The Project Coordinator is responsible for …"
NAMES_A_JOB, AGAIN = 1.5, 1.0
SHORT = 5  # words of a title that no noun of the vocabulary proves

_GENDER = re.compile(
    r"\s*[(\[]?\s*(?<![\w/])(?:[hHmMfFwWdDxXgGkK]\s?[/|]\s?){1,3}[hHmMfFwWdDxXkK](?![\w/])\s*[)\]]?|\s*\((?:all genders?|gn|div(?:ers)?|H/F|[mwdfx])\)",
    re.IGNORECASE,
)
_MAYBE_MARKED = re.compile(r"[/|]\s?[hHmMfFwWdDxXkK](?!\w)|\((?:[mwdfxgMWDFXG]|all|div)")
_CODE = re.compile(
    r"\s*[(\[#]?\b(?:req(?:uisition)?|job|ref(?:erence|\.)?|id)\b[\s.:#-]*[A-Z]{0,4}\d[\w-]*[)\]]?\s*$", re.IGNORECASE
)
_CODE_FIRST = re.compile(r"\s*#?(?=\w*\d)[A-Z0-9]{4,}[A-Z0-9-]*\s*[,:–-]\s+")
_EDGE = " \t-–—|:;,.•·*_/"
_WORD = re.compile(r"[^\W_]+(?:[.+#&'’/*:][^\W_]+)*[+#]*|[,;.:!?()\[\]–—|]|-{1,2}(?=\s)")
_PUNCTUATION = frozenset(",;.:!?()[]–—|-")


@dataclass(frozen=True, slots=True)
class Words:
    """The words around titles of all languages."""

    nouns: frozenset[str]
    endings: tuple[str, ...]
    hiring: frozenset[tuple[str, ...]]
    skipped: frozenset[str]
    stops: frozenset[str]
    pronouns: frozenset[str]
    subjects: frozenset[str]
    naming: frozenset[tuple[str, ...]]
    sizes: Mapping[str, tuple[int, ...]]  # how many words hiring phrases have, longest first, by their first word


@cache
def words() -> Words:
    tables = load("titles")

    def every(name: str) -> list[str]:
        return [fold(word) for language in tables[name].values() for word in language]

    nouns = frozenset(every("nouns"))
    endings = tuple(n for n in nouns if len(n) >= 6)
    hiring, naming = ({tuple(p.split()) for p in every(name)} for name in ("hiring", "naming"))
    sizes: dict[str, set[int]] = {}
    for phrase in hiring | naming:
        sizes.setdefault(phrase[0], set()).add(len(phrase))
    return Words(
        nouns,
        endings,
        frozenset(hiring | naming),
        frozenset(every("skipped")),
        frozenset(every("stops")),
        frozenset(every("pronouns")),
        frozenset(every("subjects")),
        frozenset(naming),
        {word: tuple(sorted(found, reverse=True)) for word, found in sizes.items()},
    )


def names_a_job(text: str) -> bool:
    """Whether one of its words is a noun that names a job.

    >>> names_a_job("Senior Softwareentwickler"), names_a_job("What we offer")
    (True, False)
    """
    known = words()
    return any(
        word in known.nouns or word.removesuffix("s") in known.nouns or (len(word) > 8 and word.endswith(known.endings))
        for word in fold(text).split()
    )


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text that may be the title: its score, and the ranges of a segment or fact that it consists of."""

    value: str
    references: tuple[Reference, ...]
    score: float


def fill_title(page: Page, draft: DraftBuilder, stated: Sequence[Statement]) -> None:
    """The best candidate; one that is found in several places is better."""
    if draft.has("title"):
        return
    found = [*stated_titles(stated), *candidates(page)]
    if not found:  # some pages are one list
        found = [c for s in page.outside("related", "legal") if s.kind is Kind.ITEM for c in hired_titles(s)]
    if not found:
        return
    known = [fold(c.value) for c in found]

    def rank(index: int) -> float:
        mine = known[index]
        again = sum(f" {other} " in f" {mine} " for at, other in enumerate(known) if at != index)
        return found[index].score + AGAIN * min(again, 2) + NAMES_A_JOB * names_a_job(mine)

    best = found[max(range(len(found)), key=rank)]
    draft.put("title", best.value, *best.references)


def stated_titles(stated: Sequence[Statement]) -> Iterator[Candidate]:
    """What a line such as "Job title: …" states."""
    for statement in stated:
        if statement.path == "title" and len(statement.text) <= LONGEST_BELOW:
            yield from titled(statement.segment, statement.start, statement.end, HEADING if statement.below else FIELD)


def candidates(page: Page) -> Iterator[Candidate]:
    yield from page_titles(page)
    headings = 0
    for segment in page.outside("related", "legal"):
        early = segment.number < EARLY
        if segment.kind is Kind.HEADING:
            headings += 1
            yield from heading_titles(segment, first=headings == 1 or segment.level == 1, early=early)
            yield from hired_titles(segment)
        elif (
            early
            and segment.kind is Kind.SENTENCE
            and len(segment.text) < 100
            and not segment.text.rstrip().endswith((".", "!", "?", ":"))
        ):
            if names_a_job(segment.text):
                yield from titled(segment, 0, len(segment.text), FIRST_LINE - 0.3 * segment.number)
        if segment.kind is not Kind.HEADING and page.section(segment) not in ("apply", "benefits"):
            yield from marked_titles(segment)
            if segment.kind is not Kind.ITEM:
                yield from hired_titles(segment)
                yield from announced_titles(segment, page)


def titled(segment: Segment, start: int, end: int, score: float) -> Iterator[Candidate]:
    """The range as a title, without "(m/w/d)" and codes."""
    references = tuple(TextReference(segment.number, a, b) for a, b in without_marks(segment.text, start, end))
    value = " ".join(segment.text[r.start : r.end] for r in references)
    if (
        references
        and len(value.split()) <= LONGEST
        and len(value) > 1
        and fold(value) not in GENERIC
        and re.search(r"[^\W\d_]", value)
    ):
        yield Candidate(value, references, score)


GENERIC = frozenset(
    "personal staff member members team partner position sales support lead person owner host expert experts employees".split()
)


def without_marks(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The parts of a range that are no gender marks and no requisition codes.

    >>> list(without_marks("Ingénieur (H/F) Java", 0, 20))
    [(0, 9), (16, 20)]
    """
    part = text[start:end]
    codes = [m.span() for m in (_CODE.search(part), _CODE_FIRST.match(part)) if m]
    gaps = [m.span() for m in _GENDER.finditer(part) if m[0].strip()] + codes
    at = 0
    for left, right in [*sorted(gaps), (len(part), len(part))]:
        piece = part[at:left]
        stripped = piece.strip(_EDGE)
        if re.search(r"\w", stripped) and left > at:
            first = start + at + piece.index(stripped)
            last = first + len(stripped)
            if text[last : last + 1] == "." and stripped.endswith((" Jr", " Sr")):
                last += 1
            yield first, last
        at = max(at, right)


def heading_titles(segment: Segment, *, first: bool, early: bool) -> Iterator[Candidate]:
    """A heading may be the title, or end with the name of a section ("… Engineer Responsibilities")."""
    split = section_suffix(segment.text)
    if split and names_a_job(segment.text[:split]):
        yield from titled(segment, 0, split, ENDS_HEADING)
    elif heading_section(segment.text) is None and not speaks(segment.text):
        top = FIRST_HEADING if names_a_job(segment.text) else FIRST_HEADING - 2.0
        yield from titled(segment, 0, len(segment.text), top if first and early else HEADING + 1.5 * first)


def speaks(text: str) -> bool:
    """Whether it addresses the reader or speaks of us, as no title does ("What you bring")."""
    return text.rstrip().endswith(("?", "!", ":", "…")) or bool(words().pronouns.intersection(fold(text).split()))


def section_suffix(text: str) -> int | None:
    """Where the name of a section begins at the end of a heading that begins with something else.

    >>> section_suffix("Data Engineer (PhD) Responsibilities")
    19
    """
    for gap in re.finditer(r"\s+", text):
        if gap.start() and text[gap.end() : gap.end() + 1].isalpha() and heading_section(text[gap.end() :]):
            return gap.start()
    return None


def marked_titles(segment: Segment) -> Iterator[Candidate]:
    """What a gender mark stands behind: "Maçon (H/F)", "Developer (m/w/d)"."""
    if not _MAYBE_MARKED.search(segment.text):
        return
    for mark in _GENDER.finditer(segment.text):
        if not mark[0].strip():
            continue
        end = mark.start()
        tokens = [m for m in _WORD.finditer(segment.text, max(0, end - 120), end)]
        start = phrase_start(tokens, end)
        if start is not None:
            yield from titled(segment, start, end, MARKED)


def phrase_start(tokens: Sequence[re.Match[str]], end: int) -> int | None:
    """Where the phrase begins that leads up to ``end``: after punctuation, or after what stands before titles."""
    known = words()
    start: int | None = None
    for index in range(len(tokens) - 1, -1, -1):
        token = tokens[index]
        word = bare(token[0])
        if (word in _PUNCTUATION and word not in "-–()&/") or len(tokens) - index > LONGEST:
            break
        before = tuple(fold(t[0]) for t in tokens[max(0, index - 2) : index + 1])
        if start is not None and (any(before[-n:] in known.hiring for n in (1, 2, 3)) or word in ARTICLES):
            break
        if word not in _PUNCTUATION:
            start = token.start()
    return start


ARTICLES = frozenset("un une a an eine einen ein einer en ett des our notre nos unseren unsere el la los las als".split())


def hired_titles(segment: Segment) -> Iterator[Candidate]:
    """What a sentence hires: "We are looking for a Data Engineer to join us"."""
    known = words()
    tokens = list(_WORD.finditer(segment.text))
    folded = [fold(t[0]) for t in tokens]
    at = 0
    while at < len(tokens):
        size = next((n for n in known.sizes.get(folded[at], ()) if tuple(folded[at : at + n]) in known.hiring), 0)
        opens = at == 0 or tokens[at - 1][0] in ".!?:"
        subject = not size and opens and folded[at] in known.subjects
        if not size and not subject:
            at += 1
            continue
        opener = tuple(folded[at : at + size])
        if opener[:1] == ("as",) and not opens:  # "as a trusted partner" is no title, "As a Data Engineer, you" is one
            opener = ("as",)
        at += max(size, 1)
        if found := hired_phrase(tokens, folded, at, praise=not subject):
            text = segment.text[slice(*found)]
            score = subject_score(text) if subject else opener_score(text, opener)
            if score:
                yield from titled(segment, *found, score + CAPITALS * all_capitals(text) - LATER * min(segment.number, 20))


def announced_titles(segment: Segment, page: Page) -> Iterator[Candidate]:
    """The line below one that ends with words that hire: "We are currently looking for:"."""
    if segment.text.endswith((":", "…", "...")) and segment.number + 1 < len(page.segments):
        last = fold(segment.text[-40:]).split()
        below = page.segments[segment.number + 1]
        if any(tuple(last[-n:]) in words().hiring for n in (2, 3, 4)) and len(below.text) <= LONGEST_BELOW:
            yield from titled(below, 0, len(below.text), HIRES)


WEAK_OPENERS = frozenset({("als",), ("som",), ("como",), ("needs",), ("wants",), ("suchen",), ("pozice",), ("for",), ("as",)})
CAPITALS, LATER = 0.6, 0.06


def subject_score(text: str) -> float:
    """What speaks for the subject of a sentence being the title: it ends with the noun, or is written as a name."""
    return SUBJECT if names_a_job(text.rsplit(" ", 1)[-1]) or (all_capitals(text) and names_a_job(text)) else 0.0


def opener_score(text: str, opener: tuple[str, ...]) -> float:
    """What speaks for a phrase after words that hire."""
    weak = opener in WEAK_OPENERS
    if names_a_job(text):
        return HIRES - 2.0 * weak if not weak or text[:1].isupper() else 0.0
    named = opener in words().naming and (opener[0] not in ("as", "to") or all_capitals(text))
    several = len(text.split()) > 1 and all_capitals(text)
    return HIRES - 1.0 if (named or several) and not weak and len(text.split()) <= SHORT else 0.0


def all_capitals(text: str) -> bool:
    """Whether each of its longer words begins with a capital."""
    return all(word[:1].isupper() for word in text.split() if len(word) > 3) and text[:1].isupper()


def hired_phrase(tokens: Sequence[re.Match[str]], folded: Sequence[str], at: int, *, praise: bool) -> tuple[int, int] | None:
    """The range of the noun phrase that begins at a token; ``praise``: articles and praise before it are left out."""
    known = words()
    while (
        praise
        and at < len(tokens)
        and (folded[at] in known.skipped or tokens[at][0] in "(),:" or folded[at].isdigit())
        and not (tokens[at][0][:1].isupper() and folded[at] in known.nouns)
    ):
        at += 1
    first = at
    depth = 0
    while at < len(tokens) and at - first < LONGEST:
        word, text = folded[at], tokens[at][0]
        depth += (text == "(") - (text == ")")
        if (text in _PUNCTUATION and text not in "()-") or depth < 0:
            follows_title = (
                text == ","
                and at + 1 < len(tokens)
                and tokens[at + 1][0][:1].isupper()
                and all(t[0][:1].isupper() for t in tokens[first:at])
            )
            if not follows_title:
                break
        elif (
            word in known.stops and not text[:1].isupper() and tokens[at - 1][0] != "-" and not goes_on(tokens, folded, first, at)
        ):
            break
        at += 1
    while at > first and (
        tokens[at - 1][0] in _PUNCTUATION - {")"} or folded[at - 1] in ("and", "et", "und", "y", "or", "de", "of")
    ):
        at -= 1
    return (tokens[first].start(), tokens[at - 1].end()) if at > first else None


def goes_on(tokens: Sequence[re.Match[str]], folded: Sequence[str], first: int, at: int) -> bool:
    """Whether a small word stands inside a title: "Ruby on Rails Engineer"."""
    after = [(t[0], word) for t, word in zip(tokens[at + 1 : at + 4], folded[at + 1 : at + 4], strict=True)]
    named = any(word in words().nouns for word in folded[first:at])
    return (
        at > first
        and not named
        and bool(after)
        and after[0][0][:1].isupper()
        and any(t[:1].isupper() and w in words().nouns for t, w in after)
    )


def page_titles(page: Page) -> Iterator[Candidate]:
    """The title that the page has of itself, and the words of its address."""
    for index, fact in enumerate(page.clean.facts):
        if fact.path in ("html.title", "html.og:title", "markdown.title"):
            yield from title_parts(index, fact)
        elif fact.path == "markdown.front_matter.title":
            yield Candidate(fact.body.text.strip(), (FactReference(index, 0, len(fact.body)),), FIRST_HEADING)
        elif fact.path in ("markdown.url", "html.canonical"):
            yield from address_title(index, fact, page)


def title_parts(index: int, fact: Fact) -> Iterator[Candidate]:
    """The part of a page's title that names a job ("Data Engineer | Acme Careers")."""
    text = fact.body.text
    parts = [
        m for m in re.finditer(r"(?:(?!\s[-–—|·•»:]\s|\s[|»]|[|»]\s| at | bei | chez | hos ).)+", text, re.DOTALL) if m[0].strip()
    ]
    for rank, found in enumerate(parts):
        value = found[0].strip(_EDGE)
        if names_a_job(value) and value:
            start = found.start() + found[0].index(value)
            pieces = list(without_marks(text, start, start + len(value)))
            if pieces:
                references = tuple(FactReference(index, a, b) for a, b in pieces)
                yield Candidate(" ".join(text[a:b] for a, b in pieces), references, PAGE_TITLE - 0.5 * rank)


def address_title(index: int, fact: Fact, page: Page) -> Iterator[Candidate]:
    """The last part of the page's address that names a job, spelled as the text spells it."""
    path = re.sub(r"[?#].*$", "", fact.body.text)
    for found in reversed(list(re.finditer(r"[^/]+", path))):
        slug = re.sub(r"[-_+%20]+", " ", found[0]).strip()
        if names_a_job(slug) and len(slug.split()) > 1 and not re.search(r"https?:|\.", found[0]):
            yield Candidate(slug, (FactReference(index, found.start(), found.end()),), ADDRESS)
            return

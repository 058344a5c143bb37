"""The title of the job: from a field, a heading, a sentence that hires, or the address of the page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import nlargest

from extract.cleaning.document import Fact, Kind, Segment
from extract.cleaning.headings import MAX_HEADING, heading_section, phrases
from extract.engines.base import FactReference, TextReference
from extract.engines.rules.page import DraftBuilder, Page, Reference
from extract.engines.rules.statements import LONGEST_BELOW, Statement
from extract.engines.rules.title_phrases import (
    LONGEST,
    LONGEST_TEXT,
    Tokens,
    after_praise,
    all_capitals,
    marked_phrases,
    phrase_behind,
    speaks,
    title_within,
    tokens_of,
    without_marks,
)
from extract.engines.rules.title_words import Phrase, names_a_job, title_words
from extract.once import once
from extract.vocabulary import fold, load

# How much each place speaks for what stands there. Set on real postings; what counts is the order: a line that names the title
# is above all, then what no other text has the shape of, then sentences, then what only may be a title.
FIELD = 10.0  # "Job title: …"
FIRST_HEADING = 7.0
MARKED = 7.0  # "… (m/w/d)"
ENDS_HEADING = 6.5  # "Data Engineer Responsibilities"
HIRES = 6.0  # "We are looking for a …"
FIRST_LINE = 5.5
PAGE_TITLE = 5.0
SUBJECT = 3.5  # "The Project Coordinator is responsible for …"
HEADING = 3.0  # any other heading; also what stands below the words "Job title"
ADDRESS = 2.5

# What speaks for a candidate beside its place. Twice said and a noun that names a job outweigh the distance between two places.
NAMES_A_JOB = 1.5
AGAIN, MOST_AGAIN = 1.0, 2  # for each other candidate that it holds
CAPITALS = 0.6  # in a sentence titles are often written as names
TOP_HEADING = 1.5  # a heading of the highest level that does not stand first

# What speaks against it.
NO_JOB = 2.0  # a first heading without such a noun is often the name of the employer
WEAK = 2.0  # "as a …" hires less than "we are looking for a …"
UNPROVEN = 1.0  # behind words that hire, but without such a noun
LATER, LATEST = 0.06, 20  # a segment; from the twentieth on it makes no difference
LATER_LINE = 0.3  # a segment, among the first lines
LATER_PART = 0.5  # "Acme - Data Engineer": the title of a page mostly begins with that of the job

EARLY = 6  # segments in which an unmarked line may be the title
LONGEST_LINE = 100  # characters of such a line
SHORT = 5  # words of a title that no noun of the vocabulary proves
MOST = 100  # candidates that are compared with each other, best places first: a title stands in one of them or nowhere
_PART_OF_TITLE = (None, "company")  # "Engineer, Computer Vision" has no section at its end
_LAST_WORDS = 10  # of a heading, among which the name of a section may begin
_LONGEST_FACT = 400  # characters of an address or of a page's title that are read

_GAP = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text that may be the title: its score, and the ranges of a segment or fact that it consists of."""

    value: str
    references: tuple[Reference, ...]
    score: float


def fill_title(page: Page, draft: DraftBuilder, stated: Sequence[Statement]) -> None:
    """Fill "title" with the best candidate of the page, unless it is filled; one that is found in several places is better."""
    if not draft.has("title") and (best := best_title(page, stated)):
        draft.put("title", best.value, *best.references)


def best_title(page: Page, stated: Sequence[Statement]) -> Candidate | None:
    """The candidate with the highest score, the first of equals, in its best spelling."""
    found = list(_stated_titles(stated))
    if not any(candidate.score == FIELD and names_a_job(candidate.value) for candidate in found):
        found += _page_titles(page)
        found += _text_titles(page)
    if not found:  # some pages are one list
        found = [title for item in page.outside("related", "legal") if item.kind is Kind.ITEM for title in _hired_titles(item)]
    found = nlargest(MOST, found, key=lambda candidate: candidate.score)
    counts = Counter(fold(candidate.value) for candidate in found)
    best = max(found, key=lambda candidate: candidate.score + _support(fold(candidate.value), counts), default=None)
    return _as_a_name(best, found) if best else None


def _as_a_name(best: Candidate, found: Sequence[Candidate]) -> Candidate:
    """The title as it is written where it is written as a name, if it is in any of its places."""
    named = (other for other in found if all_capitals(other.value) and fold(other.value) == fold(best.value))
    return best if all_capitals(best.value) else next(named, best)


def _support(known: str, counts: Counter[str]) -> float:
    """What the words of a candidate add to the score of its place: a job's noun, and other candidates that are part of it."""
    words = known.split()[:LONGEST]
    parts = (" ".join(words[start:end]) for start in range(len(words)) for end in range(start + 1, len(words) + 1))
    again = sum(counts[part] for part in parts) - 1  # it holds itself
    return AGAIN * min(again, MOST_AGAIN) + NAMES_A_JOB * names_a_job(known)


def _titled(segment: Segment, start: int, end: int, score: float) -> Iterator[Candidate]:
    """The range as a title, without marks and codes, if it can be one."""
    if not 1 < end - start <= LONGEST_TEXT:
        return
    references = tuple(TextReference(segment.number, a, b) for a, b in without_marks(segment.text, start, end))
    value = " ".join(segment.text[reference.start : reference.end] for reference in references)
    fits = len(value) > 1 and value.count(" ") < LONGEST
    if fits and any(map(str.isalpha, value)) and fold(value) not in title_words().generic:
        yield Candidate(value, references, score)


def _stated_titles(stated: Sequence[Statement]) -> Iterator[Candidate]:
    """What a line such as "Job title: …" states."""
    for statement in stated:
        if statement.path == "title" and statement.end - statement.start <= LONGEST_BELOW:
            yield from _titled(statement.segment, statement.start, statement.end, HEADING if statement.below else FIELD)


def _text_titles(page: Page) -> Iterator[Candidate]:
    """The candidates of headings, first lines and sentences."""
    headings = 0
    for segment in page.outside("related", "legal"):
        if segment.kind is Kind.HEADING:
            headings += 1
            yield from _heading_titles(segment, first=headings == 1 or segment.level == 1)
            yield from _hired_titles(segment)
            yield from _announced_titles(segment, page)
            continue
        if segment.number < EARLY and segment.kind is Kind.SENTENCE:
            yield from _first_line(segment)
        if page.section(segment) not in ("apply", "benefits"):
            for start, end in marked_phrases(segment.text):
                yield from _titled(segment, start, end, MARKED)
            if segment.kind is not Kind.ITEM:
                yield from _hired_titles(segment)
                yield from _announced_titles(segment, page)


def _first_line(segment: Segment) -> Iterator[Candidate]:
    """A short line at the top that names a job and is no sentence."""
    if len(segment.text) >= LONGEST_LINE:
        return
    start, end = title_within(segment.text)
    text = segment.text[start:end]
    if not text.endswith(".") and names_a_job(text) and not speaks(text):
        yield from _titled(segment, start, end, FIRST_LINE - LATER_LINE * segment.number)


def _heading_titles(segment: Segment, *, first: bool) -> Iterator[Candidate]:
    """A heading may be the title, or end with the name of a section ("… Engineer Responsibilities")."""
    if len(segment.text) > MAX_HEADING:
        return
    start, end = title_within(segment.text)
    text = segment.text[start:end]
    split = section_suffix(text)
    if split and names_a_job(text[:split]):
        yield from _titled(segment, start, start + split, ENDS_HEADING)
    elif heading_section(text) is None and not speaks(text):
        named = names_a_job(text)
        if first and segment.number < EARLY:
            yield from _titled(segment, start, end, FIRST_HEADING - NO_JOB * (not named))
        elif named:
            yield from _titled(segment, start, end, HEADING + TOP_HEADING * first)


def section_suffix(text: str) -> int | None:
    """Where the name of a section begins at the end of a heading that begins with something else.

    >>> section_suffix("Data Engineer (PhD) Responsibilities")
    19
    """
    if fold(text.rpartition(" ")[2]) not in phrases().last:
        return None
    for gap in list(_GAP.finditer(text))[-_LAST_WORDS:]:
        if gap.start() and text[gap.end() : gap.end() + 1].isalpha() and heading_section(text[gap.end() :]) not in _PART_OF_TITLE:
            return gap.start()
    return None


def _hired_titles(segment: Segment) -> Iterator[Candidate]:
    """What a sentence hires ("We are looking for a Data Engineer to join us"), or what it begins with ("The Data Engineer …")."""
    known = title_words()
    tokens = tokens_of(segment.text)
    late = LATER * min(segment.number, LATEST)
    done = 0
    for at, word in enumerate(tokens.words):
        if at < done or not (word in known.openers or word in known.subjects):
            continue
        opener = _opener(tokens, at)
        subject = not opener and word in known.subjects and tokens.opens_sentence(at)
        if not opener and not subject:
            continue
        done = at + 1 if subject else after_praise(tokens, at + len(opener))
        found = None if _opener(tokens, done) else phrase_behind(tokens, done)
        if found and not _speaks_of_us(tokens, done, found[1]):
            text = segment.text[slice(*found)]
            score = _subject_score(text) if subject else _opener_score(text, opener, opens=tokens.opens_sentence(at))
            if score:
                yield from _titled(segment, *found, score + CAPITALS * all_capitals(text) - late)


def _speaks_of_us(tokens: Tokens, at: int, end: int) -> bool:
    """Whether the sentence goes on with "we" behind a phrase: "As a trusted partner, we …"."""
    while at < len(tokens) and tokens.spans[at][0] < end:
        at += 1
    return tokens.texts[at : at + 1] == [","] and not title_words().ourselves.isdisjoint(tokens.words[at + 1 : at + 3])


def _opener(tokens: Tokens, at: int) -> Phrase:
    """The longest phrase that hires or names and begins at a token; empty if there is none."""
    for phrase in title_words().openers.get(tokens.words[at], ()) if at < len(tokens) else ():
        if tuple(tokens.words[at : at + len(phrase)]) == phrase:
            return phrase
    return ()


def _subject_score(text: str) -> float:
    """What speaks for the subject of a sentence being the title: it ends with the noun, or is written as a name."""
    proven = names_a_job(text.rpartition(" ")[2]) or (all_capitals(text) and names_a_job(text))
    return SUBJECT if proven else 0.0


def _opener_score(text: str, opener: Phrase, *, opens: bool) -> float:
    """What speaks for a phrase behind words that hire."""
    known = title_words()
    aside = opener[0] == "as" and not opens  # "as a trusted partner" is no title, "As a Data Engineer, you …" is one
    weak = aside or opener in known.weak
    if names_a_job(text):
        return HIRES - WEAK * weak if not weak or text[:1].isupper() else 0.0
    if weak or len(text.split()) > SHORT:
        return 0.0
    named = any(opener[start:] in known.naming for start in range(len(opener))) and (
        opener[0] not in ("as", "to") or all_capitals(text)
    )
    return HIRES - UNPROVEN if named or (" " in text and all_capitals(text)) else 0.0


def _announced_titles(segment: Segment, page: Page) -> Iterator[Candidate]:
    """The line below one that ends with words that hire ("We are currently looking for:"), if it names a job."""
    if segment.text.endswith((":", "…", "...")) and segment.number + 1 < len(page.segments):
        last = fold(segment.text[-40:]).split()
        below = page.segments[segment.number + 1]
        announced = any(tuple(last[-size:]) in title_words().phrases for size in (1, 2, 3, 4))
        if announced and len(below.text) <= LONGEST_BELOW and names_a_job(below.text):
            yield from _titled(below, 0, len(below.text), HIRES)


def _page_titles(page: Page) -> Iterator[Candidate]:
    """The title that the page has of itself, and the words of its address."""
    for index, fact in enumerate(page.clean.facts):
        match fact.path:
            case "html.title" | "html.og:title" | "markdown.title":
                yield from _title_parts(index, fact)
            case "markdown.front_matter.title":
                yield from _fact_title(index, fact, 0, len(fact.body), FIRST_HEADING)
            case "markdown.url" | "html.canonical":
                yield from _address_title(index, fact)


def _fact_title(index: int, fact: Fact, start: int, end: int, score: float) -> Iterator[Candidate]:
    """A range of a fact as a title, without marks and codes."""
    if end - start <= _LONGEST_FACT:
        pieces = list(without_marks(fact.body.text, start, end))
        if pieces:
            value = " ".join(fact.body.text[a:b] for a, b in pieces)
            yield Candidate(value, tuple(FactReference(index, a, b) for a, b in pieces), score)


@once
def _between_parts() -> re.Pattern[str]:
    """What stands between the title and the employer in the title of a page: a mark between blanks, or " at "."""
    words = "|".join(re.escape(word) for words in load("titles")["page_joins"].values() for word in words)
    return re.compile(rf"\s[-–—|·•»:]\s|\s?[|»]\s|\s[|»]|\s(?:{words})\s")


def _title_parts(index: int, fact: Fact) -> Iterator[Candidate]:
    """The parts of a page's title that name a job ("Data Engineer | Acme Careers")."""
    text = fact.body.text[:_LONGEST_FACT]
    start = 0
    for rank, end_next in enumerate([*(gap.span() for gap in _between_parts().finditer(text)), (len(text), len(text))]):
        end, following = end_next
        if names_a_job(text[start:end]):
            yield from _fact_title(index, fact, start, end, PAGE_TITLE - LATER_PART * rank)
        start = following


_PART = re.compile(r"[^/]+")
_SLUG_WORD = re.compile(r"%2[0bB]|((?:[^\W_]|%(?!2[0bB])[0-9A-Fa-f]{2})++)")  # between words also an escaped blank or plus


def _address_title(index: int, fact: Fact) -> Iterator[Candidate]:
    """The last part of the page's address that names a job: its words, without numbers at the ends.

    A word with escaped letters cannot be quoted, so that a part that has one is no candidate.
    """
    path = re.split(r"[?#]", fact.body.text[:_LONGEST_FACT], maxsplit=1)[0]
    for part in reversed(list(_PART.finditer(path))):
        if "." in part[0] or part[0].endswith(":"):
            continue
        words = [word for word in _SLUG_WORD.finditer(path, part.start(), part.end()) if word[1]]
        while words and any(map(str.isdigit, words[-1][0])):
            words.pop()
        while words and words[0][0].isdigit():
            words.pop(0)
        value = " ".join(word[0] for word in words)
        if len(words) > 1 and "%" not in value and names_a_job(value):
            yield Candidate(value, tuple(FactReference(index, *word.span()) for word in words), ADDRESS)
            return

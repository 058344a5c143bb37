"""The employer: the name for which most of the text speaks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from heapq import nlargest
from math import log2
from typing import NamedTuple

from extract.cleaning.document import Kind, Segment
from extract.cleaning.headings import MAX_HEADING
from extract.engines.base import FactReference, TextReference
from extract.engines.rules.company_hosts import employer_hosts
from extract.engines.rules.company_names import LONGEST, company_words, key_of, names
from extract.engines.rules.page import DraftBuilder, Page, Reference
from extract.engines.rules.title_words import names_a_job
from extract.once import once
from extract.readers.field_names import paths_of
from extract.vocabulary import fold, folded_words, load

# How much each place speaks for the name that stands there being the employer's. Set on real postings: one place that only an
# employer's name stands in is enough, of others it takes two.
LEAST = 2.2  # below it no name is given: a higher threshold loses employers that are named once, a lower one takes customers
FIRST_LINE = 5.0  # "Acme Ltd" over "JOB TITLE: …"
ABOUT = 4.0  # "About Acme"
SITE = 3.5  # the page says what site it is of
DOMAIN = 3.2  # the name stands in the address of the page or of a mailbox; counts only beside another sign
SUBJECT, EARLY_SUBJECT = 2.6, 0.8  # "Acme is looking for …", and among the first sentences
SUBJECT_INSIDE = 0.8  # the same behind other words of the sentence
LEGAL_FORM = 2.2  # "Acme GmbH"
INSIDE = 2.2  # "Here at Acme"
APPOSITION = 2.0  # "Acme, a leading provider …"
AFTER_WORD = 1.4  # "with Acme"
COPULA = 1.2  # "Acme has …"
KIND = 1.2  # "Acme Bank"
SPELLED = 0.8  # "AcmeSoft", "ACME", "3A": no ordinary word
OFTEN, OFTENEST = 0.7, 3.0  # for each doubling of the places, at most so many
SHARE = 0.5  # what speaks for "Acme Labs" speaks half for "Acme", if the short name is the better known one
LEGAL_SECTION = 0.5  # what counts of a mention in a text on rights and privacy: those of authorities and of the group stand there

EARLY = 6  # segments among which items count too: some pages are one list
EARLY_SENTENCES = 3
LONGEST_LINE = 90  # characters of a line that says who posts
_MOST_WORDS = 12  # of a name that is compared with shorter ones
MOST_TRIED = 5  # names that are checked for being ordinary words, best first
_WINDOW = 40  # characters beside a name that are read

_APPOSITION = re.compile(r"(?:,|\s[,(])\s?(?=\w)")
_SPELLED = re.compile(r"\w[A-Z]|\d|[a-z]-[A-Z]")
_ENDS_SENTENCE = frozenset(".!?:•")
_WORD = re.compile(r"\S+")
_PHRASE_WORDS = 4  # of "Why work at", the longest phrase before a name in a heading, and room for one more


@once
def _determiners() -> str:
    """What stands before ordinary nouns, as an alternation."""
    return "|".join(re.escape(word) for words in load("companies")["determiners"].values() for word in words)


class Mention(NamedTuple):
    """A place where a name stands, and how much it speaks for the name's being the employer's."""

    text: str
    score: float
    reference: Reference


def fill_company(page: Page, draft: DraftBuilder) -> None:
    """Fill "company.name" with the name for which most speaks, as it stands where most speaks for it, unless it is filled."""
    if not draft.has("company.name") and (best := best_mention(page)):
        draft.put("company.name", best.text, best.reference)


def best_mention(page: Page) -> Mention | None:
    """The most telling mention of the employer's name; None where too little speaks for any name."""
    found: dict[str, list[Mention]] = {}
    hosts = employer_hosts(page)
    for mention in mentions(page, hosts):
        found.setdefault(key_of(mention.text), []).append(mention)
    scores = _scores({key: mentioned for key, mentioned in found.items() if _may_name(key)})
    enough = [key for key, score in scores.items() if score >= LEAST]
    for key in nlargest(MOST_TRIED, enough, key=lambda key: scores[key]):
        best = max(found[key], key=lambda mention: mention.score)
        if key in hosts or best.score >= SITE or not is_ordinary(best.text, page):
            return best
    return None


def _may_name(key: str) -> bool:
    return any(map(str.isalpha, key)) and key not in company_words().never and not names_a_job(key)


def _scores(found: Mapping[str, Sequence[Mention]]) -> dict[str, float]:
    """The score of each name: of its places, of their number, and of longer names that hold it."""
    own = {
        key: sum(mention.score for mention in mentioned) + OFTEN * min(OFTENEST, log2(1 + len(mentioned)))
        for key, mentioned in found.items()
    }
    scores = dict(own)
    for longer, score in own.items():
        for shorter in _parts(longer):
            if score < own.get(shorter, 0.0):
                scores[shorter] += SHARE * score
    return scores


def _parts(key: str) -> Iterator[str]:
    """The names that a longer one holds: "acme" and "labs" of "acme labs"."""
    words = key.split(" ", _MOST_WORDS)[:_MOST_WORDS]
    for size in range(1, len(words)):
        for start in range(len(words) - size + 1):
            yield " ".join(words[start : start + size])


def is_ordinary(name: str, page: Page) -> bool:
    """Whether a single word is an ordinary one that begins a sentence: the text has it in small letters too, or behind "deine".

    A word that is spelled as no ordinary word is ("AcmeSoft", "ACME") is none.
    """
    if " " in name or _SPELLED.search(name):
        return False
    word = re.escape(name)
    ordinary = re.compile(
        rf"(?<![\w.@/])(?:{re.escape(name[0].lower())}{word[1:]}(?![\w@]|\.\w)|(?i:{_determiners()})\s{word}(?!\w))"
    )
    return any(name[1:] in segment.text and ordinary.search(segment.text) for segment in page.segments)


def mentions(page: Page, hosts: frozenset[str]) -> Iterator[Mention]:
    """Each place that speaks for a name; ``hosts`` are the names in addresses."""
    yield from _site_names(page)
    yield from _first_line(page)
    sentences = 0
    for segment in page.outside("related"):
        if segment.kind is Kind.HEADING:
            yield from _about_heading(segment)
        if segment.kind is Kind.ITEM and segment.number > EARLY:
            continue
        sentences += segment.kind is Kind.SENTENCE
        weight = LEGAL_SECTION if page.section(segment) == "legal" else 1.0
        for start, end in names(segment.text):
            if score := mention_score(segment.text, start, end, hosts=hosts, early=sentences <= EARLY_SENTENCES):
                yield Mention(segment.text[start:end], score * weight, TextReference(segment.number, start, end))


def _site_names(page: Page) -> Iterator[Mention]:
    for index, fact in enumerate(page.clean.facts):
        if fact.path == "html.og:site_name":
            yield Mention(fact.body.text.strip(), SITE, FactReference(index, 0, len(fact.body)))


def _first_line(page: Page) -> Iterator[Mention]:
    """A short line above a field is who posts: "Acme Ltd" over "JOB TITLE: …"."""
    if len(page.segments) < 2 or page.segments[1].kind is not Kind.FIELD:
        return
    first = page.segments[0]
    text = first.text
    if first.kind not in (Kind.HEADING, Kind.SENTENCE) or len(text) > LONGEST_LINE or text.endswith((":", "!", "?")):
        return
    words = text.split()
    named = all(word[:1].isupper() for word in words if len(word) > 3) or not names_a_job(text)
    if named and len(words) <= 2 * LONGEST and not paths_of(text):
        yield Mention(text, FIRST_LINE, TextReference(first.number, 0, len(text)))


def _about_heading(segment: Segment) -> Iterator[Mention]:
    """The name in "About Acme", "Why Acme?"."""
    if len(segment.text) > MAX_HEADING:
        return
    tokens = list(_WORD.finditer(segment.text))
    if len(tokens) > LONGEST + _PHRASE_WORDS:
        return
    known = company_words()
    for size in range(min(_PHRASE_WORDS, len(tokens) - 1), 0, -1):
        if fold(segment.text[: tokens[size - 1].end()]) in known.about:
            start = tokens[size].start()
            text = segment.text[start:].rstrip(" ?!:.…")
            words = fold(text).split()
            if text[:1].isupper() and words and len(words) <= LONGEST and known.never.isdisjoint((words[0], " ".join(words))):
                yield Mention(text, ABOUT, TextReference(segment.number, start, start + len(text)))
            return


def mention_score(text: str, start: int, end: int, *, hosts: frozenset[str], early: bool) -> float:
    """How much the words around a name, and its own, speak for its being the employer's; 0 if nothing does.

    >>> text = "Acme Labs is looking for engineers who know Python."
    >>> mention_score(text, 0, 9, hosts=frozenset(), early=True) > 2, mention_score(text, 44, 50, hosts=frozenset(), early=True)
    (True, 0.0)
    """
    left = text[max(0, start - _WINDOW) : start]
    before = folded_words(left)
    score = _after_score(text, end, opens=_opens(text, start, before), early=early)
    score += _before_score(left, before) + _own_score(folded_words(text[start:end]), hosts)
    return score + SPELLED if score and _SPELLED.search(text, start, end) else score


def _opens(text: str, start: int, before: Sequence[str]) -> bool:
    """Whether a name begins its sentence, or has only an article before it."""
    if not before or text[max(0, start - 2) : start].rstrip()[-1:] in _ENDS_SENTENCE:
        return True
    return len(before) <= 2 and before[-1] in company_words().articles


def _after_score(text: str, end: int, *, opens: bool, early: bool) -> float:
    """What the words behind a name say; ``opens``: it begins the sentence."""
    known = company_words()
    after = folded_words(text[end : end + _WINDOW])
    if any(" ".join(after[:size]) in known.after for size in (1, 2, 3)):
        return SUBJECT + EARLY_SUBJECT * early if opens else SUBJECT_INSIDE
    if not opens or not after:
        return 0.0
    if after[0] in known.appositions and _APPOSITION.match(text, end):
        return APPOSITION
    return COPULA if after[0] in known.copulas and text[end].isspace() else 0.0


def _before_score(left: str, before: Sequence[str]) -> float:
    """What the last words before a name say; ``before`` are those of ``left``, folded."""
    known = company_words()
    leading = [" ".join(before[-size:]) for size in range(1, min(3, len(before)) + 1)]
    if not known.inside.isdisjoint(leading):
        return INSIDE
    opening = bool(before) and before[-1] in known.opening and left.rsplit(maxsplit=1)[-1][:1].isupper()
    return AFTER_WORD if opening or not known.before.isdisjoint(leading) else 0.0


def _own_score(words: Sequence[str], hosts: frozenset[str]) -> float:
    """What a name says itself: by how it ends, and by standing in an address."""
    known = company_words()
    score = 0.0
    if len(words) > 1 and words[-1] in known.legal_forms:
        score += LEGAL_FORM
    elif len(words) > 1 and words[-1] in known.kinds:
        score += KIND
    in_address = bool(words) and ("".join(words) in hosts or words[0] in hosts)
    return score + DOMAIN * in_address

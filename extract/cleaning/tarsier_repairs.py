"""Words that OCR took apart or misread, put right: every change is a repair and leads back to what was read."""

from __future__ import annotations

import re
from typing import NamedTuple

from extract.cleaning.document import Edit, MappedText
from extract.once import once
from extract.vocabulary import load


class Words(NamedTuple):
    """The words that decide whether a dash is a hyphen, and whether "Al" is "AI"."""

    bound: frozenset[str]
    left: frozenset[str]
    right: frozenset[str]
    measured: frozenset[str]
    whole: frozenset[str]
    links: frozenset[str]
    opens: frozenset[str]
    apart: frozenset[str]
    tied: frozenset[str]
    numbered: frozenset[str]


@once
def _words() -> Words:
    table: dict[str, list[str]] = load("ocr")["compound"]
    return Words(**{name: frozenset(table[name]) for name in Words._fields})


# One character or sign with blanks around it that the printed text does not have.
_SPACED = re.compile(
    r"""(?=\ [/()%+,'’.&\#]|[(\#$€£¥]\ )(?:                                    # seldom: decided by two characters
      (?<=\S)\ (?P<slash>/)\ (?=\S)
    | (?<=\d)\ (?P<letter>\()\ (?=[a-z]\ \))                                # 401 ( k )
    | (?P<open>\()\ (?=\S)
    | (?<=[^\s(])\ (?P<close>\))
    | (?<=\d)\ (?P<thousands>,)\ (?=\d{3}(?!\d))
    | (?<!\S)(?P<money>[$€£¥])\ (?=\d)
    | (?<=\d)\ (?P<percent>%)(?!\w)
    | (?<=\d|(?<=\d)[kKmM])\ (?P<plus>\+)(?!\S)
    | (?<!\S)(?P<number>\#)\ (?=\d)
    | (?<=\w)\ (?P<apostrophe>['’])\ (?=(?:s|t|re|ve|ll|d|m)\b)
    | (?<=\b[ldcjnmstLDCJNMST])\ (?P<elision>['’])\ (?=\w)
    | (?<=\w)\ (?P<dots>\.\.\.)
    | (?<=\w)\ (?P<comma>,)(?=\ )
    | (?<=\b[A-Z])\ (?P<ampersand>&)\ (?=[A-Z]\b)
    | (?<=\bC)\ (?P<language>\+\+|\#)(?!\w)
    )""",
    re.VERBOSE,
)
_WORD = re.compile(r"[^\s()\[\]\"“”,;:!?…]++")
_LONGEST_WORD = 40  # a dash between longer strings is left alone
_NUMBERS = re.compile(r"(?<![\w-])(\d{1,4}) - (\d{1,4}) - (\d{2,4})(?![\w-])")
_DATE = re.compile(r"(?<=\b[A-Z][a-z]{2}) - (?=\d{1,2}-\d{4}\b)")


def repair_spacing(body: MappedText) -> MappedText:
    """The text with the blanks taken out that OCR put around signs and inside brackets.

    >>> repair_spacing(MappedText.of("for CPU / GPU ( e.g. CUDA ), $ 95 , 000, Bachelor ' s, a 401 ( k ) plan")).text
    "for CPU/GPU (e.g. CUDA), $95,000, Bachelor's, a 401(k) plan"
    >>> repair_spacing(MappedText.of("Austin, TX / Remote")).text   # a place and a way to work are no compound
    'Austin, TX / Remote'
    """
    text = body.text
    edits = []
    for found in _SPACED.finditer(text):
        kind = found.lastgroup or ""
        if kind == "slash":
            after = _WORD.match(text, found.end())
            if after is not None and after.group().lower().rstrip(".") in _words().apart:
                continue
        edits.append(Edit(found.start(), found.end(), found[kind], repair=True))
    return body.edit(edits) if edits else body


def repair_hyphens(body: MappedText) -> MappedText:
    """The text with compounds put together, where a dash is the hyphen of a word and not one between phrases.

    >>> repair_hyphens(MappedText.of("Top - tier, end - to - end work on COVID - 19, full - time")).text
    'Top-tier, end-to-end work on COVID-19, full-time'
    >>> repair_hyphens(MappedText.of("Research Scientist - Generative AI, today - beyond, 2020 - 2024, $80 - $90")).text
    'Research Scientist - Generative AI, today - beyond, 2020 - 2024, $80 - $90'
    """
    text = body.text
    if " - " not in text:
        return body
    starts = {found.start() for found in _DATE.finditer(text)}
    for found in _NUMBERS.finditer(text):
        starts.update((found.end(1), found.end(2)))
    chained = -1
    for place in re.finditer(r"(?<=\S) - (?=\S)", text):
        at, end = place.span()
        if at in starts:
            continue
        left = _word_before(text, at)
        found_word = _WORD.match(text, end, end + _LONGEST_WORD)
        right = found_word.group() if found_word else ""
        chain_end = _chain(text, left, end)
        if at < chained or chain_end:
            chained = max(chained, chain_end)
            starts.add(at)
        elif _hyphenated(left, right):
            starts.add(at)
    return body.edit(Edit(at, at + 3, "-", repair=True) for at in sorted(starts))


def _word_before(text: str, at: int) -> str:
    words = _WORD.findall(text, max(0, at - _LONGEST_WORD), at)
    return words[-1] if words and text[at - 1] == words[-1][-1] else ""


_CHAIN = re.compile(r"([^\W\d_]{1,5})(?: - ([^\W\d_]{1,5}))? - (?=(\w++))")


def _chain(text: str, left: str, end: int) -> int:
    """Where the last dash of "end - to - end" stands, if the dash that ends at ``end`` is its first; else 0."""
    found = _CHAIN.match(text, end)
    words = _words()
    if found is None or not left[-1:].isalnum():
        return 0
    linked = [word for word in found.groups()[:2] if word]
    if not all(word.lower() in words.links for word in linked):
        return 0
    between_names = left[:1].isupper() and found[3][:1].isupper()  # "Lyon - en CDI - Bac": dashes between facts
    return 0 if between_names and linked[0] not in ("to", "of", "on", "in", "by") else found.end()


def _hyphenated(left: str, right: str) -> bool:
    """Whether the dash between two words is a hyphen.

    >>> [_hyphenated(*pair.split()) for pair in ("mid market", "Self Employed", "12 month", "kitchens use", "Zurich Remote")]
    [True, True, True, False, False]
    """
    words = _words()
    low, follower = left.lower(), right.lower().rstrip(".'’/").removesuffix("'s")
    head = low.rsplit("/", 1)[-1]
    if not follower or not head:
        return False
    if head in words.bound or f"{head}-{follower}" in words.whole:
        return follower not in ("and", "und", "et", "or")
    if head.endswith("ez") and follower in words.tied:
        return True
    if right[0].isdigit():
        return head in words.numbered and len(follower) <= 3 and left[-1:].isalpha()
    if head[-1].isdigit():
        return follower in words.measured and right[0].islower()
    if not right[0].islower() or "-" in follower or (follower in words.opens and follower != "based"):
        return False
    plain = re.split(r"[/_]", follower, maxsplit=1)[0]
    if plain in words.right or head in words.left:
        return True
    return plain.endswith("ed") and len(plain) > 4 and (left.islower() or left.isupper())  # "AI - powered"


_AL = re.compile(r"Al(?<![A-Z\d_.]Al)(?!\w)(?!['’]\w)")
_NEXT = re.compile(r"(?P<joint> ?[-/] ?| (?:and|&) | )?(?P<word>[^\W\d_]++)?")


def is_about_ai(text: str) -> bool:
    """Whether a page with an "Al" on it speaks of artificial intelligence, so that a bare "Al" is no first name.

    >>> is_about_ai("Al tooling and machine learning"), is_about_ai("Report to Al, our cook")
    (True, False)
    """
    if _AL.search(text) is None:
        return False
    low = text.lower()
    return any(re.search(rf"\b{word}\b", low) for word in load("ocr")["ai"]["topic"] if word in low)


def repair_ai(body: MappedText, *, about_ai: bool = False) -> MappedText:
    """The text with "Al" read as "AI" where the words around prove it (or the page does: ``about_ai``).

    >>> repair_ai(MappedText.of("Generative Al and Al models at OpenAl, not Al Gore or Al Jazeera")).text
    'Generative AI and AI models at OpenAI, not Al Gore or Al Jazeera'
    """
    text = body.text
    edits = [
        Edit(found.end() - 2, found.end(), "AI", repair=True)
        for found in _AL.finditer(text)
        if text[found.start() - 1 : found.start()].isalpha() or _is_ai(text, found.start(), found.end(), about_ai=about_ai)
    ]
    return body.edit(edits) if edits else body


def _is_ai(text: str, start: int, end: int, *, about_ai: bool) -> bool:
    words: dict[str, list[str]] = load("ocr")["ai"]
    before = _word_before(text, start - 1) if start else ""
    follows = _NEXT.match(text, end)
    joint, after = (follows["joint"] or "", follows["word"] or "") if follows else ("", "")
    if joint and after.lower() in words["after"]:
        return True
    if text[start - 2 : start] in ("/ ", "L/") and before.upper().endswith("ML"):
        return True
    named = bool(joint) and after[:1].isupper() and joint != " & "
    return before.lower() in words["before"] or (about_ai and not named and not before[:1].isupper())


def repair(body: MappedText, *, about_ai: bool = False) -> MappedText:
    """The text of a block with everything put right that OCR did to its words."""
    return repair_hyphens(repair_ai(repair_spacing(body), about_ai=about_ai))

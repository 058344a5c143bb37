"""What headings and fields look like: by the vocabulary of the languages, and by shape."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from extract.cleaning.characters import LOWER, UPPER
from extract.once import once
from extract.vocabulary import fold, folded_words, load

MAX_HEADING = 160
"""Characters: no line that is longer is a heading by its shape."""
_MAX_WORDS = 12
_MAX_PHRASE = 8

_PARENTHESIS = re.compile(r"\([^()]{0,40}+\)")
_SENTENCE_INSIDE = re.compile(r"[.!?…]\s+\S")
_TITLE_WORD = re.compile(r"[^\s/&–—|,-]+")
_HUMP = re.compile(rf"[{UPPER}]?[{LOWER}]+|[{UPPER}]+(?![{LOWER}])|[{UPPER}]|\d+")
_GAP = re.compile(r"[\W_]{0,3}")
_KEY = re.compile(r"([^\s:：][^:：\n]{0,44}?)\s?[:：]")
_KEY_REFUSED = re.compile(r"[.!?;,\"“”»«]|https?$|\d$")  # a comma may stand in a key that is known

FIELD_SECTIONS = frozenset(
    "salary location contract start duration department contact education experience skills work_authorization other".split()
)
"""Sections that one line can state in full."""
_LONG_VALUE = 200
_PROSE_WORDS = 12


class Phrases(NamedTuple):
    """The phrases of headings.toml, folded, with their sections; and how they may be built upon."""

    sections: dict[str, str]
    before: frozenset[str]
    after: frozenset[str]
    clauses: frozenset[str]
    joins: frozenset[str]
    endings: frozenset[str]
    company: frozenset[str]
    about: frozenset[str]
    small: frozenset[str]
    german: frozenset[str]
    beginnings: frozenset[str]
    last: frozenset[str]
    fields: frozenset[str]


@lru_cache(maxsize=8192)
def _folded(word: str) -> str:
    return fold(word).replace(" ", "")


@once
def phrases() -> Phrases:
    """The vocabulary of headings and fields, folded once a process."""
    sections: dict[str, str] = {}
    german: set[str] = set()
    for section, languages in load("headings").items():
        for language, listed in languages.items():
            folded = [fold(phrase) for phrase in listed]
            for phrase in folded:
                sections.setdefault(phrase, section)
            if language == "de":
                german.update(folded)
    shapes = {name: frozenset(fold(phrase) for phrase in listed) for name, listed in load("heading_shapes").items()}
    fields = frozenset(fold(key) for table in _leaf_lists(load("fields")) for key in table)
    return Phrases(
        sections=sections,
        before=shapes["before"],
        after=shapes["after"],
        clauses=shapes["clause_words"],
        joins=shapes["joins"],
        endings=shapes["endings"],
        company=shapes["company"],
        about=frozenset(phrase.partition(" ")[0] for phrase in shapes["company"]),
        small=shapes["small_words"],
        german=frozenset(german),
        beginnings=frozenset(beginning for phrase in sections for beginning in _beginnings(phrase)),
        last=frozenset(phrase.rpartition(" ")[2] for phrase in sections),
        fields=fields,
    )


def _beginnings(phrase: str) -> list[str]:
    """The first word of a phrase, its first two, and so on."""
    words = phrase.split()
    return [" ".join(words[:count]) for count in range(1, len(words) + 1)]


def _leaf_lists(table: dict[str, object]) -> list[list[str]]:
    found: list[list[str]] = []
    for value in table.values():
        if isinstance(value, dict):
            found.extend(_leaf_lists(value))
        elif isinstance(value, list):
            found.append([word for word in value if isinstance(word, str)])
    return found


@lru_cache(maxsize=8192)
def heading_section(text: str) -> str | None:
    """The section that a short line is the heading of, or None.

    Case, accents, apostrophes, leading numbers and emoji, a trailing colon and parentheses do not matter; a phrase may have
    words like "your" before it, "at Acme" after it, or a second phrase joined to it.

    >>> heading_section("What you’ll do:"), heading_section("3. VOS MISSIONS (H/F)"), heading_section("Skills & Experience")
    ('responsibilities', 'responsibilities', 'qualifications')
    >>> heading_section("We sell responsibilities.") is None
    True
    """
    if len(text) > MAX_HEADING or not (words := folded_words(text)):
        return None
    found = phrases().sections.get(fold(text.replace("&", " and "))) if "&" in text else None
    found = found or _section(words, text)
    if found is None and "(" in text:
        bare = _PARENTHESIS.sub(" ", text)
        words = folded_words(bare)
        found = _section(words, bare) if words else None
    return found


def _section(words: list[str], text: str) -> str | None:
    while len(words) > 1 and words[0].isdigit():
        words = words[1:]
    if len(words) > _MAX_WORDS:
        return None
    known = phrases()
    exact = known.sections.get(" ".join(words))
    if exact is not None:
        return exact
    if text.rstrip()[-1:] in ".;,":
        return None
    found = _led_in(words, known) or _company(words, text, known)
    if found is None and words[0] in known.beginnings:
        found = _joined(words, known) or _followed(words, text, known)
    return found


def _led_in(words: list[str], known: Phrases) -> str | None:
    """The section of "Your key responsibilities": all before the phrase are words that lead in."""
    for cut in range(1, min(4, len(words))):
        if words[cut - 1] not in known.before and " ".join(words[:cut]) not in known.before:
            return None
        if section := known.sections.get(" ".join(words[cut:])):
            return section
    return None


def _joined(words: list[str], known: Phrases) -> str | None:
    """The section of "Requirements and benefits": two phrases side by side, of which the first counts."""
    for cut in range(1, len(words)):
        right = words[cut + 1 :] if words[cut] in known.joins and cut + 1 < len(words) else words[cut:]
        first = known.sections.get(" ".join(words[:cut]))
        if first is not None and " ".join(right) in known.sections:
            return first
    return None


def _followed(words: list[str], text: str, known: Phrases) -> str | None:
    """The section of "What you will do at Acme": a phrase of two words or more, and what belongs to it."""
    capital = text[:1].isupper() or text.rstrip().endswith(":")
    for cut in range(min(len(words) - 1, _MAX_PHRASE), 1, -1):
        phrase = " ".join(words[:cut])
        if words[cut] in known.after and phrase in known.sections and capital:
            return known.sections[phrase] if cut > 2 or words[0] not in known.clauses else None
    return None


def _company(words: list[str], text: str, known: Phrases) -> str | None:
    """The section of "About Acme": a name in capitals after it."""
    for cut in range(min(3, len(words) - 1), 0, -1):
        if " ".join(words[:cut]) in known.company and len(words) - cut <= 4:
            rest = text.split()[-(len(words) - cut) :]
            return "company" if len(rest) == len(words) - cut and all(part[:1].isupper() for part in rest) else None
    return None


def is_heading(text: str) -> bool:
    """Whether a line that no mark shows to be a heading is one: known words, capitals throughout, or a colon at its end.

    >>> [is_heading(line) for line in ("Ihr Profil", "WHO WE ARE", "You will:", "Data Analyst Responsibilities", "Be kind.")]
    [True, True, True, True, False]
    """
    if len(text) > MAX_HEADING or text[-1] in ".;," or text[0] in "+&/=%$€£<>)],;.":
        return False
    words = text.count(" ") + 1
    if words <= _MAX_WORDS and not _SENTENCE_INSIDE.search(text):
        if text[-1] == ":":
            return words <= 10 and any(map(str.isalpha, text))
        if not text[0].islower() and heading_section(text) is not None:
            return True
        if words <= _PHRASE_CAPITALS and _is_shouted(text):
            return True
    return ends_as_heading(text)


_PHRASE_CAPITALS = 8


def _is_shouted(text: str) -> bool:
    """All capitals, more than an abbreviation."""
    return text.isupper() and sum(map(str.isalpha, text)) >= 5 and any(len(word) >= 4 and word.isalpha() for word in text.split())


def ends_as_heading(text: str) -> bool:
    """Whether a line is in title case and its last word is one that headings end with."""
    blank = text.rfind(" ")
    if blank < 0 or len(text) > MAX_HEADING or text[-1] == ".":
        return False
    return _folded(text[blank + 1 :]) in phrases().endings and is_title_case(text)


def is_title_case(text: str) -> bool:
    """Whether all words that carry meaning begin with a capital, as in a title: at most 20 words, no end of a sentence inside."""
    if text.count(" ") >= 20 or text.lstrip("([")[:1].islower() or _SENTENCE_INSIDE.search(text):
        return False
    small = phrases().small
    words = [word.strip("()[]:’'\"“”") for word in _TITLE_WORD.findall(text)]
    return all(not word[:1].islower() or word.casefold() in small for word in words)


class Key(NamedTuple):
    """The name that a line begins with: ``end`` is just after its colon; ``known`` if the vocabulary has it."""

    end: int
    text: str
    known: bool
    section: str | None


def field_key(text: str) -> Key | None:
    """The name in "Key: value", if the line is one: at most five words that begin with a capital, then a value.

    >>> field_key("Job type: Full-time").end
    9
    >>> field_key("https://acme.example"), field_key("10:30 to 12:00"), field_key("We do three things well and often: this")
    (None, None, None)
    """
    head = text[1:48]
    if ":" not in head and "：" not in head:
        return None
    match = _KEY.match(text)
    if match is None or match.end() == len(text):
        return None
    key, end = match[1], match.end()
    if key.count(" ") > 4 or text[end] == "/" or not text[end:].strip(" :"):
        return None
    section = heading_section(key)
    if _KEY_REFUSED.search(key) and (section is None or "," not in key):
        return None
    known = section is not None or fold(key) in phrases().fields
    if not known and (not key[0].isupper() or (not text[end].isspace() and (" " in key or text[end].islower()))):
        return None
    if text[end].isdigit() and not known:
        return None
    return Key(end, key, known, section)


def is_field(text: str, key: Key) -> bool:
    """Whether a line with a key is a field, and no heading that its section follows on the same line."""
    return not opens_section(text, key) and len(text) - key.end <= _LONG_VALUE


def opens_section(text: str, key: Key) -> bool:
    """Whether the key is a heading and what follows it on the line is the text of its section.

    >>> line = "JOB DESCRIPTION: Public outreach and strengthening of a growing network of environmental NGOs. Travel."
    >>> opens_section(line, field_key(line))
    True
    """
    value = text[key.end :].strip()
    words = value.count(" ") + 1
    if key.section is not None and key.section not in FIELD_SECTIONS:
        return words >= 6
    if key.known or key.text.isupper():
        return words >= _PROSE_WORDS and (value[-1] in ".!?" or _SENTENCE_INSIDE.search(value) is not None or words > 40)
    return False


def begins_with_about(text: str) -> bool:
    """Whether the first word is one that leads to the name of the employer: "About", "Über"."""
    return _folded(text.partition(" ")[0][:12]) in phrases().about


def states_field(phrase: str) -> bool:
    """Whether a heading phrase names what one line can state: "Date de démarrage : mai"."""
    return phrases().sections.get(fold(phrase)) in FIELD_SECTIONS


def names_field(text: str) -> bool:
    """Whether a text ends with one word that names a field: "…, Data EngineerLocation"."""
    humps = _HUMP.findall(text[-24:])
    return bool(humps) and text.endswith(humps[-1]) and _folded(humps[-1]) in phrases().fields


def phrase_before(text: str, end: int) -> int | None:
    """Where a known heading phrase begins that ends right at ``end`` and starts with a capital; the longest counts."""
    tail = _HUMP.findall(text, max(0, end - 26), end)
    if not tail or _folded(tail[-1]) not in phrases().last:
        return None
    window = max(0, end - 70)
    humps = [match.span() for match in _HUMP.finditer(text, window, end)]
    if text[humps[-1][1] : end].strip(" :"):
        return None
    for start, _ in humps[-_MAX_PHRASE:]:
        begins = start == 0 or not text[start - 1].isalnum() or (text[start - 1].islower() and text[start].isupper())
        if start >= window and begins and text[start].isupper() and is_strong(text[start:end]):
            return start
    return None


def phrase_after(text: str, start: int) -> int | None:
    """Where a known heading phrase ends that begins right at ``start`` and has something new after it; the longest counts."""
    known = phrases()
    found: int | None = None
    phrase = ""
    end = start
    while (match := _HUMP.match(text, end)) is not None:
        phrase = f"{phrase} {_folded(match[0])}" if phrase else _folded(match[0])
        if phrase not in known.beginnings:
            break
        end = match.end()
        if phrase in known.sections and _can_end(text, start, end):
            found = end
        gap = _GAP.match(text, end)
        end = gap.end() if gap else end
    return found


def _can_end(text: str, start: int, end: int) -> bool:
    named = text[end : end + 1] == ":" or text[end : end + 2] == " :"
    return named or (is_strong(text[start:end]) and _begins_anew(text, start, end))


def _begins_anew(text: str, start: int, end: int) -> bool:
    """Whether a heading can end here: at a colon, a capital without a blank, or (phrases of several words) any capital."""
    rest = text[end : end + 2]
    if not rest or (rest[0].isupper() and text[end - 1].islower()) or rest[0] in "•▪-–":
        return True
    if rest[0] != " " or len(rest) < 2 or not (rest[1].isupper() or rest[1].isdigit()):
        return False
    phrase = text[start:end]  # one word alone is a heading before a blank only where it is shouted and the next is not
    return " " in phrase or (phrase.isupper() and end - start > 6 and text[end + 2 : end + 3].islower())


@lru_cache(maxsize=8192)
def is_strong(phrase: str) -> bool:
    """Whether a phrase is a heading wherever it stands: one of two words or more, or a word that headings end with."""
    words = folded_words(phrase)
    joined = " ".join(words)
    known = phrases()
    if joined not in known.sections:
        return False
    return (len(words) > 1 and words[0] not in known.clauses and len(joined) > 7) or joined in known.endings


def is_german(phrase: str) -> bool:
    """Whether a phrase is a German heading: its capital says nothing in the middle of a sentence."""
    return fold(phrase) in phrases().german

"""Phrases that state a value, as data: how a vocabulary says them, and what beside them takes the value away.

A table (a TOML file of extract.vocabulary) has ``[[entry]]`` parts with these keys, all compared folded (lower case, no
accents, punctuation as blanks):

- ``value``: what the phrases state; ``words``: the phrases
- ``exact``: spellings, of which the text must show one as it is (for "BS", "MS", "Remote")
- ``near``, ``window``: one of these words must stand at most so many words away; it is part of what is read, since without it
  the phrase says nothing ("ce stage")
- ``alone = true``: nothing but punctuation on both sides ("Lyon (Remote)")
- ``no_before``, ``no_after``: words right before and right after that give the phrase another meaning ("scrum master")
- ``keeps_negation = true``: what negates is part of the phrases ("not remote")

and for all entries ``negation_before`` (right before) and ``negation_after`` (within six words), to which come those of
``phrases.toml``, and its negated verbs before the phrase ("we do not offer any").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from extract.once import once
from extract.readers.denial import is_not_offered
from extract.readers.gazetteer import fold
from extract.readers.reading import Reading
from extract.vocabulary import load

_WORD = re.compile(r"[^\W_]+")
# What may stand between the words of a phrase
_GAP = re.compile(r"[ .'’\-–—/:%+&()*]{1,4}")
# A hyphen that OCR has set apart: "on - site"
_TORN = re.compile(r"\s([-/])\s")
_STOP = re.compile(r"[.;!?•|\n](?=\s)|\n")


# No segment is as long; what stands beyond is not read, so that a document made to be slow is not
LONGEST = 100_000


class Token(NamedTuple):
    """A word of a text, folded, and where it stands."""

    word: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Entry:
    """Phrases that state one value, with their conditions; see the module."""

    value: str
    phrase: tuple[str, ...]
    exact: frozenset[str]
    near: frozenset[str]
    window: int
    alone: bool
    no_before: tuple[str, ...]
    no_after: tuple[str, ...]
    negated_before: tuple[str, ...]
    negated_after: tuple[str, ...]


@lru_cache(maxsize=256)
def words_of(text: str) -> frozenset[str]:
    """The different words of a text in lower case (cached: several readers scan the same segment one after the other)."""
    return frozenset(_WORD.findall(text[:LONGEST].lower()))


def triggers(phrases: Iterable[str], common: Iterable[str]) -> frozenset[str]:
    """The longest uncommon word of each phrase, with its accents and without: a text without any of them holds no phrase."""
    often = frozenset(common)
    longest = [max(_WORD.findall(phrase.lower()), key=lambda word: (word not in often, len(word))) for phrase in phrases]
    return frozenset(longest) | frozenset(map(fold, longest))


@lru_cache(maxsize=256)
def tokens(text: str) -> tuple[Token, ...]:
    """The words of a text (cached, as those of ``words_of``)."""
    return tuple([Token(fold(match[0]), match.start(), match.end()) for match in _WORD.finditer(text[:LONGEST])])


def _before(phrases: Iterable[str]) -> tuple[str, ...]:
    return tuple(f" {fold(phrase)} " for phrase in phrases)


@once
def table(name: str) -> dict[str, tuple[Entry, ...]]:
    """The entries of a vocabulary by the first word of their phrases, the most specific first."""
    source = load(name)
    found: dict[str, list[Entry]] = {}
    for part in source["entry"]:
        for entry in _entries(part, source):
            found.setdefault(entry.phrase[0], []).append(entry)
    return {first: tuple(sorted(entries, key=_specific)) for first, entries in found.items()}


@once
def _triggers(name: str) -> frozenset[str]:
    source = load(name)
    return triggers([phrase for part in source["entry"] for phrase in part["words"]], source["common_words"])


def _specific(entry: Entry) -> tuple[int, bool, bool]:
    return -len(entry.phrase), not entry.near, not entry.exact


def _entries(part: dict[str, Any], source: dict[str, Any]) -> Iterator[Entry]:
    keeps, everywhere = part.get("keeps_negation", False), load("phrases")["phrases"]
    for phrase in dict.fromkeys(fold(words) for words in part["words"]):
        yield Entry(
            value=part["value"],
            phrase=tuple(phrase.split()),
            exact=frozenset(part.get("exact", ())),
            near=frozenset(fold(word) for word in part.get("near", ())),
            window=part.get("window", 1),
            alone=part.get("alone", False),
            no_before=_before(part.get("no_before", ())),
            no_after=_before(part.get("no_after", ())),
            negated_before=() if keeps else _before([*source["negation_before"], *everywhere["before"]]),
            negated_after=() if keeps else _before([*source["negation_after"], *everywhere["after"]]),
        )


def find_phrases(text: str, name: str) -> list[Reading[str]]:
    """What the phrases of a vocabulary state in a text, in order; the longest phrase at a place counts.

    Reads at most the first 100,000 characters.

    >>> find_phrases("Vollzeit, not a part-time job", "employment")
    [Reading(value='FULL_TIME', start=0, end=8)]
    """
    if words_of(text).isdisjoint(_triggers(name)):
        return []
    words = tokens(text)
    entries = table(name)
    found: list[Reading[str]] = []
    done = 0
    for number, token in enumerate(words):
        candidates = entries.get(token.word)
        if candidates is None or number < done:
            continue
        for entry in candidates:
            last = number + len(entry.phrase)
            if not _is_phrase(text, words, number, entry.phrase):
                continue
            if reading := _read(text, words, number, last, entry):
                found.append(reading)
                done = last
                break
            if len(entry.phrase) > 1 and _is_denied(text, words, number, last, entry):
                done = last  # "not a remote position" says nothing of "remote" either
                break
    return found


def _is_phrase(text: str, words: tuple[Token, ...], first: int, phrase: tuple[str, ...]) -> bool:
    if first + len(phrase) > len(words):
        return False
    for number, word in enumerate(phrase):
        token = words[first + number]
        if token.word != word:
            return False
        if number:
            before = words[first + number - 1]
            gap = text[before.end : token.start]
            if not _GAP.fullmatch(gap) or (gap == ". " and before.end - before.start > 3):
                return False
    return True


def _read(text: str, words: tuple[Token, ...], first: int, last: int, entry: Entry) -> Reading[str] | None:
    start, end = words[first].start, words[last - 1].end
    if entry.exact and text[start:end] not in entry.exact and _TORN.sub(r"\1", text[start:end]) not in entry.exact:
        return None
    if entry.alone and not _is_alone(text, words, first, last):
        return None
    if _is_negated(text, words, first, last, entry):
        return None
    if entry.near:
        neighbour = _neighbour(text, words, first, last, entry)
        if neighbour is None:
            return None
        start, end = min(start, neighbour.start), max(end, neighbour.end)
    return Reading(entry.value, start, end)


def _is_negated(text: str, words: tuple[Token, ...], first: int, last: int, entry: Entry) -> bool:
    """Whether the words right before or after give the phrase another meaning, or the contrary one."""
    if first and (entry.no_before or entry.negated_before):
        before = _window(text, words, first - 1, -1, 6)
        if before.endswith(entry.no_before) or _is_denied_before(before, entry):
            return True
    if last < len(words) and (entry.no_after or entry.negated_after):
        after = _window(text, words, last, 1, 6)
        return after.startswith(entry.no_after) or _denies(after, entry)
    return False


def _is_denied(text: str, words: tuple[Token, ...], first: int, last: int, entry: Entry) -> bool:
    before = _window(text, words, first - 1, -1, 6) if first else ""
    return _is_denied_before(before, entry) or _denies(_window(text, words, last, 1, 6), entry)


def _is_denied_before(before: str, entry: Entry) -> bool:
    return bool(entry.negated_before) and (before.endswith(entry.negated_before) or is_not_offered(before))


def _denies(after: str, entry: Entry) -> bool:
    return any(phrase in after for phrase in entry.negated_after)


def _window(text: str, words: tuple[Token, ...], first: int, step: int, length: int) -> str:
    """The folded words from one on in a direction, up to the end of the sentence, with a blank at both ends."""
    found: list[str] = []
    number = first
    while 0 <= number < len(words) and len(found) < length:
        near = words[number - step]
        gap = text[near.end : words[number].start] if step > 0 else text[words[number].end : near.start]
        if _STOP.search(gap) or len(gap) > 8:
            break
        found.append(words[number].word)
        number += step
    return " " + " ".join(found if step > 0 else reversed(found)) + " "


def _neighbour(text: str, words: tuple[Token, ...], first: int, last: int, entry: Entry) -> Token | None:
    """The nearest word that makes the phrase say what it says."""
    for distance in range(1, entry.window + 1):
        for number in (first - distance, last - 1 + distance):
            if 0 <= number < len(words) and words[number].word in entry.near:
                low, high = min(number, first), max(number, last - 1)
                if not _STOP.search(text[words[low].start : words[high].end]):
                    return words[number]
    return None


def _is_alone(text: str, words: tuple[Token, ...], first: int, last: int) -> bool:
    left = text[words[first - 1].end if first else 0 : words[first].start]
    right = text[words[last - 1].end : words[last].start if last < len(words) else len(text)]
    joined = last < len(words) and (not right.strip() or right in ("-", "/", "'", "’"))
    return (not first or left.strip() != "") and not joined and "/" not in left

"""How much a sentence sounds like each section of a posting, by the phrases in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from extract.vocabulary import fold, load

# How far a phrase speaks for its section. Set on real postings so that no single word decides, but one telling phrase does.
BEGINS, STRONG, WEAK = 2.2, 1.8, 0.45
HIGHEST = 5.5
LONGEST_PHRASE = 7
NUMBER = "0"  # stands for any number in a phrase

Scores = dict[str, float]


@dataclass(frozen=True, slots=True)
class Phrases:
    """Phrases with the sections that they speak for: those of a beginning, those for anywhere, and how many words the latter
    have, by their first word.
    """

    begins: Mapping[str, tuple[tuple[str, float], ...]]
    anywhere: Mapping[str, tuple[tuple[str, float], ...]]
    sizes: Mapping[str, tuple[int, ...]]


@cache
def phrases() -> Phrases:
    begins: dict[str, list[tuple[str, float]]] = {}
    anywhere: dict[str, list[tuple[str, float]]] = {}
    for section, tables in load("cues").items():
        for table, weight, into in (("begins", BEGINS, begins), ("strong", STRONG, anywhere), ("weak", WEAK, anywhere)):
            for phrase in tables[table]:
                into.setdefault(fold(phrase), []).append((section, weight))
    sizes: dict[str, set[int]] = {}
    for phrase in anywhere:
        words = phrase.split()
        sizes.setdefault(words[0], set()).add(len(words))
    return Phrases(
        {phrase: tuple(found) for phrase, found in begins.items()},
        {phrase: tuple(found) for phrase, found in anywhere.items()},
        {word: tuple(sorted(found)) for word, found in sizes.items()},
    )


def section_scores(text: str) -> Scores:
    """The sections that a sentence or list item sounds like, each with a score from 0 to ``HIGHEST``.

    >>> scores = section_scores("Bachelor's degree in computer science or equivalent")
    >>> max(scores, key=scores.get)
    'qualifications'
    """
    known = phrases()
    words = [NUMBER if word.isdigit() else word for word in fold(text).split()]
    scores: Scores = {}
    for size in range(min(LONGEST_PHRASE, len(words)), 0, -1):
        if found := known.begins.get(" ".join(words[:size])):
            for section, weight in found:
                scores[section] = scores.get(section, 0.0) + weight
            break
    for at, word in enumerate(words):
        for size in known.sizes.get(word, ()):
            phrase = word if size == 1 else " ".join(words[at : at + size])
            for section, weight in known.anywhere.get(phrase, ()):
                scores[section] = scores.get(section, 0.0) + weight
    return {section: min(score, HIGHEST) for section, score in scores.items()}

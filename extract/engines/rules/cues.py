"""How much a sentence sounds like each section of a posting, by the phrases in it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from extract.vocabulary import fold, load

# How far a phrase speaks for its section. Set on real postings so that no single word decides, but one telling phrase does.
BEGINS, STRONG, WEAK = 2.2, 1.8, 0.45
HIGHEST = 5.5
LONGEST_PHRASE = 7
NUMBER = "0"  # stands for any number in a phrase

Scores = dict[str, float]


@cache
def phrases() -> tuple[Mapping[str, tuple[tuple[str, float], ...]], Mapping[str, tuple[tuple[str, float], ...]], frozenset[str]]:
    """Phrases for the beginning, phrases for anywhere (each with its sections and weights), and the first words of the latter."""
    begins: dict[str, list[tuple[str, float]]] = {}
    anywhere: dict[str, list[tuple[str, float]]] = {}
    for section, tables in load("cues").items():
        for table, weight, into in (("begins", BEGINS, begins), ("strong", STRONG, anywhere), ("weak", WEAK, anywhere)):
            for phrase in tables[table]:
                into.setdefault(fold(phrase), []).append((section, weight))
    first = frozenset(phrase.split(" ", 1)[0] for phrase in anywhere)
    return {k: tuple(v) for k, v in begins.items()}, {k: tuple(v) for k, v in anywhere.items()}, first


def section_scores(text: str) -> Scores:
    """The sections that a sentence or list item sounds like, each with a score from 0 to ``HIGHEST``.

    >>> scores = section_scores("Bachelor's degree in computer science or equivalent")
    >>> max(scores, key=scores.get)
    'qualifications'
    """
    begins, anywhere, first = phrases()
    words = [NUMBER if word.isdigit() else word for word in fold(text).split()]
    scores: Scores = {}
    for size in range(min(LONGEST_PHRASE, len(words)), 0, -1):
        if found := begins.get(" ".join(words[:size])):
            for section, weight in found:
                scores[section] = scores.get(section, 0.0) + weight
            break
    for at, word in enumerate(words):
        if word in first:
            for size in range(1, min(LONGEST_PHRASE, len(words) - at) + 1):
                for section, weight in anywhere.get(" ".join(words[at : at + size]), ()):
                    scores[section] = scores.get(section, 0.0) + weight
    return {section: min(score, HIGHEST) for section, score in scores.items()}

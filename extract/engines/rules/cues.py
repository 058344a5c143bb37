"""How much a sentence sounds like each section of a posting, by the phrases in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from extract.once import once
from extract.vocabulary import fold, load

# How far a phrase speaks for its section, in points. Set on real postings so that no single common word decides between two
# sections, but one telling phrase does; together never more than ``HIGHEST``, so that a heading can outweigh a long sentence.
_WEIGHTS = {"begins": 2.2, "strong": 1.8, "weak": 0.45}
HIGHEST = 5.5
_LONGEST_BEGINNING = 7  # words
_NUMBER = "0"  # stands for any number in a phrase

Scores = dict[str, float]
_Spoken = tuple[tuple[str, float], ...]  # the sections that a phrase speaks for, each with its points


@dataclass(frozen=True, slots=True)
class _Phrases:
    """Phrases with the sections that they speak for: those of a beginning, those for anywhere, and how many words the latter
    have, by their first word.
    """

    begins: Mapping[str, _Spoken]
    anywhere: Mapping[str, _Spoken]
    sizes: Mapping[str, tuple[int, ...]]


@once
def _phrases() -> _Phrases:
    found: dict[str, dict[str, dict[str, float]]] = {"begins": {}, "anywhere": {}}
    for section, tables in load("cues").items():
        for table, weight in _WEIGHTS.items():
            into = found["begins" if table == "begins" else "anywhere"]
            for phrase in map(fold, tables[table]):
                scores = into.setdefault(phrase, {})
                scores[section] = scores.get(section, 0.0) + weight
    begins, anywhere = ({phrase: tuple(s.items()) for phrase, s in table.items()} for table in found.values())
    sizes: dict[str, set[int]] = {}
    for phrase in anywhere:
        words = phrase.split()
        sizes.setdefault(words[0], set()).add(len(words))
    return _Phrases(begins, anywhere, {word: tuple(sorted(known)) for word, known in sizes.items()})


def section_scores(text: str) -> Scores:
    """The sections that a sentence or list item sounds like, each with a score of at most ``HIGHEST``.

    >>> scores = section_scores("Bachelor's degree in computer science or equivalent")
    >>> max(scores, key=scores.get)
    'qualifications'
    """
    known = _phrases()
    words = [_NUMBER if word.isdigit() else word for word in fold(text).split()]
    scores: Scores = {}
    for size in range(min(_LONGEST_BEGINNING, len(words)), 0, -1):
        if found := known.begins.get(" ".join(words[:size])):
            scores.update(found)
            break
    for at, word in enumerate(words):
        if sizes := known.sizes.get(word):
            for size in sizes:
                for section, weight in known.anywhere.get(" ".join(words[at : at + size]), ()):
                    scores[section] = scores.get(section, 0.0) + weight
    return {section: min(score, HIGHEST) for section, score in scores.items()}

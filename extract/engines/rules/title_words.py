"""The words around job titles in the languages that are read: nouns that name a job, and what stands before and after a title."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from extract.once import once
from extract.vocabulary import fold, folded_words, load

_SHORTEST_ENDING = 6  # letters of a noun that may end a compound: "koch" does not make a job of a "Bloch"
_SHORTEST_COMPOUND = 9

Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TitleWords:
    """The tables of titles.toml, folded. ``openers`` are the phrases that hire or name, longest first, by their first word."""

    nouns: frozenset[str]
    endings: frozenset[str]
    openers: Mapping[str, tuple[Phrase, ...]]
    phrases: frozenset[Phrase]
    naming: frozenset[Phrase]
    weak: frozenset[Phrase]
    generic: frozenset[str]
    articles: frozenset[str]
    subjects: frozenset[str]
    pronouns: frozenset[str]
    skipped: frozenset[str]
    stops: frozenset[str]
    dangling: frozenset[str]
    ourselves: frozenset[str]


@once
def title_words() -> TitleWords:
    """The words of all languages, read once a process."""
    tables = {name: frozenset(fold(word) for words in table.values() for word in words) for name, table in load("titles").items()}
    naming, weak = _phrases(tables["naming"]), _phrases(tables["weak"])
    phrases = _phrases(tables["hiring"]) | naming
    openers: dict[str, list[Phrase]] = {}
    for phrase in sorted(phrases, key=len, reverse=True):
        openers.setdefault(phrase[0], []).append(phrase)
    return TitleWords(
        nouns=tables["nouns"],
        endings=frozenset(noun for noun in tables["nouns"] if len(noun) >= _SHORTEST_ENDING),
        openers={first: tuple(found) for first, found in openers.items()},
        phrases=phrases,
        naming=naming,
        weak=weak,
        generic=tables["generic"],
        articles=tables["articles"],
        subjects=tables["subjects"],
        pronouns=tables["pronouns"],
        skipped=tables["skipped"],
        stops=tables["stops"],
        dangling=tables["dangling"],
        ourselves=tables["ourselves"],
    )


def _phrases(folded: Iterable[str]) -> frozenset[Phrase]:
    return frozenset(tuple(phrase.split()) for phrase in folded)


def names_a_job(text: str) -> bool:
    """Whether one of its words is a noun that names a job, or a compound that ends with one.

    >>> [names_a_job(text) for text in ("Senior Softwareentwickler", "Pflegefachkräfte und Köche", "What we offer")]
    [True, False, False]
    """
    return any(map(is_job_noun, folded_words(text)))


@lru_cache(maxsize=4096)
def is_job_noun(word: str) -> bool:
    """Whether a folded word is a noun that names a job.

    >>> is_job_noun("engineers"), is_job_noun("systemutvecklare"), is_job_noun("engine")
    (True, True, False)
    """
    known = title_words()
    if word in known.nouns or word.removesuffix("s") in known.nouns:
        return True
    if len(word) < _SHORTEST_COMPOUND:
        return False
    return any(word[start:] in known.endings for start in range(1, len(word) - _SHORTEST_ENDING + 1))

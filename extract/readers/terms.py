"""Words of employment, education and workplace, in the languages of their vocabularies.

Developed on postings in English, French, German, Spanish, Swedish, Norwegian and Czech. What each language says, and what it
means here (CDI is no type of employment, a Berufsausbildung is an upper-secondary level …), stands in the vocabularies.
"""

from __future__ import annotations

from extract.once import once
from extract.readers.denial import is_denied
from extract.readers.gazetteer import fold
from extract.readers.phrases import Token, find_phrases, tokens, triggers, words_of
from extract.readers.reading import Reading
from extract.vocabulary import load


def read_employment_types(text: str) -> list[Reading[str]]:
    """The types of employment that a text states, in order, in the words of schema.org (FULL_TIME, INTERN, …).

    Permanence ("CDI", "unbefristet") is none of them and says nothing of hours.

    >>> [found.value for found in read_employment_types("CDD à temps plein; ce stage dure 6 mois")]
    ['TEMPORARY', 'FULL_TIME', 'INTERN']
    >>> read_employment_types("early-stage start-up, not a full-time role, internal tools, full-time equivalent")
    []
    """
    return find_phrases(text, "employment")


def read_workplace(text: str) -> list[Reading[str]]:
    """Where the work is done (ON_SITE HYBRID REMOTE), only as far as a text states it.

    >>> [found.value for found in read_workplace("Lyon (Hybrid), 2 jours de télétravail")]
    ['HYBRID', 'HYBRID']
    >>> read_workplace("remote sensing for remote teams")
    []
    """
    return find_phrases(text, "workplace")


def read_education(text: str) -> list[Reading[str]]:
    """The levels of education that a text names, in order (HIGH_SCHOOL ASSOCIATE BACHELOR MASTER DOCTORATE).

    NONE is a level too, where the text says that none is needed.

    >>> [found.value for found in read_education("BS/MS in Computer Science or Ph.D.; Scrum Master, MS Office")]
    ['BACHELOR', 'DOCTORATE']
    """
    return find_phrases(text, "education")


def lowest_education(text: str) -> Reading[str] | None:
    """The lowest level of education that a text names, which is the one that is accepted.

    >>> lowest_education("Master's degree or PhD").value
    'MASTER'
    """
    levels: list[str] = load("education")["levels"]
    return min(read_education(text), key=lambda found: levels.index(found.value), default=None)


@once
def _sayings() -> dict[str, dict[str, tuple[tuple[str, ...], ...]]]:
    """The phrases of the tables that say something of studies, by their first words."""
    tables: dict[str, dict[str, tuple[tuple[str, ...], ...]]] = {}
    for name in ("in_progress", "completed"):
        found: dict[str, list[tuple[str, ...]]] = {}
        for phrase in load("education")[name]["words"]:
            words = tuple(fold(phrase).split())
            found.setdefault(words[0], []).append(words)
        tables[name] = {first: tuple(phrases) for first, phrases in found.items()}
    return tables


@once
def _saying_triggers() -> dict[str, frozenset[str]]:
    table = load("education")
    return {name: triggers(table[name]["words"], table["common_words"]) for name in ("in_progress", "completed")}


def in_progress_ok(text: str) -> Reading[bool] | None:
    """Whether a text says that studies need not be finished (True and where it says so, or None; None where it denies it).

    >>> found = in_progress_ok("Currently has, or is in the process of obtaining, a PhD")
    >>> found.value, found.start, found.end
    (True, 21, 48)
    """
    place = _said(text, "in_progress")
    return Reading(value=True, start=place[0], end=place[1]) if place else None


def studies_may_go_on(text: str) -> Reading[bool] | None:
    """Whether a text says that studies need not be finished (True), or that they have to be (False); None where it says neither.

    >>> found = [studies_may_go_on(text) for text in ("a completed degree", "pursuing a degree", "a degree")]
    >>> [reading and reading.value for reading in found]
    [False, True, None]
    """
    if found := in_progress_ok(text):
        return found
    place = _said(text, "completed")
    return Reading(value=False, start=place[0], end=place[1]) if place else None


def _said(text: str, name: str) -> tuple[int, int] | None:
    """Where a text holds the first phrase of a table that it does not deny."""
    if words_of(text).isdisjoint(_saying_triggers()[name]):
        return None
    words, sayings = tokens(text), _sayings()[name]
    for number, token in enumerate(words):
        for phrase in sayings.get(token.word, ()):
            last = number + len(phrase)
            if _same(words[number:last], phrase) and not is_denied(text, token.start, words[last - 1].end):
                return token.start, words[last - 1].end
    return None


def _same(words: tuple[Token, ...], phrase: tuple[str, ...]) -> bool:
    return len(words) == len(phrase) and all(word.word == part for word, part in zip(words, phrase, strict=True))

"""Names as they stand in a text: runs of capitalised words, what they are counted by, and the words around them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from extract.cleaning.characters import LOWER, UPPER
from extract.engines.rules.title_phrases import LONGEST_SEGMENT
from extract.once import once
from extract.vocabulary import fold, folded_words, load

LONGEST = 6  # words of a name
_LONGEST_LEGAL_FORM = 5  # letters: "GmbH" says nothing about who it is, "University" does

_FIRST_WORD = re.compile(r"\S++\s")
_END = re.compile(r"['’]s?\Z|[.’'-]+\Z")


@dataclass(frozen=True, slots=True)
class CompanyWords:
    """The tables of companies.toml, folded."""

    about: frozenset[str]
    before: frozenset[str]
    opening: frozenset[str]
    inside: frozenset[str]
    after: frozenset[str]
    copulas: frozenset[str]
    appositions: frozenset[str]
    articles: frozenset[str]
    never: frozenset[str]
    legal_forms: frozenset[str]
    kinds: frozenset[str]
    public_hosts: frozenset[str]
    common_labels: frozenset[str]


@once
def company_words() -> CompanyWords:
    """The words of all languages, read once a process."""
    tables = load("companies")

    def table(name: str) -> frozenset[str]:
        return frozenset(fold(word) for words in tables[name].values() for word in words)

    return CompanyWords(
        about=table("about"),
        before=table("before"),
        opening=table("opening"),
        inside=table("inside"),
        after=table("after"),
        copulas=table("copulas"),
        appositions=table("appositions"),
        articles=table("articles"),
        never=table("never"),
        legal_forms=table("legal_forms"),
        kinds=table("kinds"),
        public_hosts=frozenset(tables["public_hosts"]["any"]),
        common_labels=table("common_labels"),
    )


@once
def _name() -> re.Pattern[str]:
    """A capitalised word, and those that follow it, with the small words that names have inside ("Bank of Cyprus")."""
    tables = load("companies")
    joins = "|".join(re.escape(word) for words in tables["joins"].values() for word in words)
    small = "|".join(re.escape(word) for words in tables["small_endings"].values() for word in words)
    word = rf"[{UPPER}0-9][\w&+.’'-]*+"
    return re.compile(
        rf"(?<![\w@/.#])(?!(?:[LDJNSCM]|Qu)['’][{LOWER}])(?:{word}|[{LOWER}]{{1,2}}[{UPPER}]\w++)"
        rf"(?:\s(?:(?:{joins})\s(?=[{UPPER}]))*(?:{word}|&[\w&+.’'-]*+|\([A-Z]{{2,8}}\)))*+(?:\s(?:{small})\b)?"
    )


_NO_NAME = re.compile(r"\d+(?: [^\W\d]+\.? \d{4}| [^\W\d]+)?")  # "401", "13 February 2026", "30 Days"


def names(text: str) -> Iterator[tuple[int, int]]:
    """Where names stand: runs of capitalised words, without what opens a sentence, and without a possessive ending.

    >>> text = "At Acme Labs, we build Acme's tools with the Bank of Cyprus"
    >>> [text[slice(*found)] for found in names(text)]
    ['Acme Labs', 'Acme', 'Bank of Cyprus']
    """
    known = company_words()
    for found in _name().finditer(text, 0, LONGEST_SEGMENT):
        start, end = found.span()
        while first := _FIRST_WORD.match(text, start, end):
            word = fold(first[0])
            if word not in known.never and word not in known.before and word not in known.inside:
                break
            start = first.end()
        if text.count(" ", start, end) >= LONGEST:
            continue
        name = _END.sub("", text[start:end])
        if len(name) > 1 and not _NO_NAME.fullmatch(name) and (" " in name or fold(name) not in known.never):
            yield start, start + len(name)


def key_of(name: str) -> str:
    """What mentions of a name are counted by: its words without case, accents and legal form.

    >>> key_of("Société Générale SA"), key_of("Bindal kommune")
    ('societe generale', 'bindal kommune')
    """
    words = folded_words(name)
    legal = company_words().legal_forms
    while len(words) > 1 and words[-1] in legal and len(words[-1]) <= _LONGEST_LEGAL_FORM:
        words.pop()
    return " ".join(words)

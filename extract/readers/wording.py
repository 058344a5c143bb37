"""Phrases of ``vocabulary/wording.toml`` as patterns: what stands beside a value and says what it is."""

from __future__ import annotations

import re
from dataclasses import dataclass

from extract.once import once
from extract.readers.reading import alternation
from extract.vocabulary import load


@dataclass(frozen=True, slots=True)
class Wording:
    """The phrases of one table, of all languages together.

    ``expression`` is the pattern as text, to build others with; ``hints`` are stretches of lower-case text of which each
    phrase has one.
    """

    expression: str
    pattern: re.Pattern[str]
    hints: tuple[str, ...]

    def may_stand_in(self, lowered: str) -> bool:
        """Whether a text in lower case can hold a phrase at all: a quick look at a whole page before one at each segment."""
        return any(hint in lowered for hint in self.hints)


@once
def wording(name: str) -> Wording:
    """The phrases of a table, compiled once a process.

    >>> [found[0] for found in wording("valid_through").pattern.finditer("Bewerbungsfrist: 1.6., apply by 1 June, nobody")]
    ['Bewerbungsfrist', 'apply by']
    """
    listed = [phrase for phrases in load("wording")[name].values() for phrase in phrases]
    phrases = list(dict.fromkeys(form for phrase in listed for form in (phrase, phrase.replace("'", "’"))))
    kinds = {
        r"(?<!\w){}(?!\w)": [p for p in phrases if "*" not in p],
        r"(?<!\w){}\w*+": [p[:-1] for p in phrases if p.endswith("*")],
        r"(?<!\w)\w*{}(?!\w)": [p[1:] for p in phrases if p.startswith("*")],
    }
    expression = "|".join(kind.format(alternation(words)) for kind, words in kinds.items() if words)
    hints = tuple(sorted({phrase.strip("*").lower() for phrase in phrases}))
    return Wording(f"(?:{expression})", re.compile(expression, re.IGNORECASE), hints)

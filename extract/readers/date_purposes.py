"""What the dates of a posting are for, by the words before them: the end of applications, the first day, the publication."""

from __future__ import annotations

import re
from collections.abc import Mapping

from extract.once import once
from extract.readers.reading import alternation
from extract.readers.wording import wording
from extract.vocabulary import load

DATES = ("valid_through", "start_date", "date_posted")
"""The fields of dates, the one that is looked for first in front."""
_BESIDE = frozenset(("start_date",))  # their words are of everyday use, and count only right before the date
_REACH = 45  # characters between a date and the word that says what it is for: half a sentence


def purpose_of(text: str, start: int) -> str | None:
    """Which date of the job it is that a text states from ``start`` on, by the words before it; None where they do not say.

    >>> purpose_of("Apply by 3 April 2026", 9), purpose_of("Founded on 3 April 2026", 11)
    ('valid_through', None)
    """
    before = text[max(0, start - _REACH) : start]
    cues = [(found.end(), path) for path in DATES for found in wording(path).pattern.finditer(before)]
    if closes := _closes().search(before):
        cues.append((closes.end("cue"), "valid_through"))
    near = [(end, path) for end, path in cues if path not in _BESIDE or _between().fullmatch(before, end)]
    return max(near)[1] if near else None


@once
def _between() -> re.Pattern[str]:
    """What may stand between a date and the word right before it."""
    words = alternation(load("dates")["said"]["between"])
    return re.compile(rf"(?:[\s:,(–-]|(?<!\w){words}(?!\w))*+", re.IGNORECASE)


@once
def _closes() -> re.Pattern[str]:
    cues = alternation(flat(load("dates")["closes"]))
    return re.compile(rf"(?<!\w)(?P<cue>{cues})(?!\w){_between().pattern}\Z", re.IGNORECASE)


def flat(table: Mapping[str, list[str]]) -> list[str]:
    """The phrases of all languages of a table."""
    return [phrase for phrases in table.values() for phrase in phrases]

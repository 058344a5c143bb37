"""The document as the model sees it: numbered lines, one a segment, and behind them the facts that the markup states.

A line never holds a line break, so the text of a document can neither begin a line of its own nor close the fence around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import count, islice

from extract.cleaning.document import CleanDocument, Fact, Kind, MappedText
from extract.engines.base import FactReference, TextReference

MAX_FACTS = 200
"""Facts that are shown: a page may hold thousands."""
MAX_FACT = 400
"""Characters of a fact that are shown."""

_LONG, _ENDS = 9, 3
"""Words from which on a quote is long, and those that are kept of it at either end."""
_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")  # all that a reader may take for the end of a line, and other controls
_MARKS = {Kind.HEADING: "# ", Kind.ITEM: "- "}
_TYPE = re.compile(r"(?:^|\.)@")
_BLANK = re.compile(r"\s+")
_FENCES = re.compile(r"<\s*+/?\s*+document(?:-([0-9]{1,9}))?", re.IGNORECASE)
_ALIKE = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "‑": "-", "\xa0": " "})
"""Characters that models write for each other, one for one, so that offsets stay."""


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a document by number: its segments from 0 on, then the facts whose positions are in ``facts``."""

    clean: CleanDocument
    facts: tuple[int, ...] = ()

    def __len__(self) -> int:
        return len(self.clean.segments) + len(self.facts)

    def body(self, number: int) -> MappedText | None:
        """The text of a line, with its map; None where there is no such line."""
        if 0 <= number < len(self.clean.segments):
            return self.clean.segments[number].body
        fact = self._fact(number)
        return None if fact is None else fact[1].body

    def bodies(self) -> Iterator[MappedText]:
        """The text of each line with its map, in their order."""
        yield from (segment.body for segment in self.clean.segments)
        yield from (self.clean.facts[index].body for index in self.facts)

    def reference(self, number: int, start: int, end: int) -> TextReference | FactReference:
        """The reference to a part of a line that there is."""
        fact = self._fact(number)
        return TextReference(number, start, end) if fact is None else FactReference(fact[0], start, end)

    def whole(self, number: int) -> TextReference | FactReference:
        """The reference to all of a line that there is."""
        body = self.body(number)
        return self.reference(number, 0, len(body) if body else 0)

    def written(self) -> Iterator[str]:
        """Each line as it is sent: its number, a mark for headings ("#") and items ("-"), and its text."""
        for segment in self.clean.segments:
            yield f"{segment.number} {_MARKS.get(segment.kind, '')}{_BREAKS.sub(' ', segment.text)}"
        for number, index in enumerate(self.facts, start=len(self.clean.segments)):
            fact = self.clean.facts[index]
            text = fact.body.text
            shown = text if len(text) <= MAX_FACT else text[:MAX_FACT] + "…"
            yield f"{number} {_BREAKS.sub(' ', f'{fact.path} = {shown}')}"

    def _fact(self, number: int) -> tuple[int, Fact] | None:
        at = number - len(self.clean.segments)
        return (self.facts[at], self.clean.facts[self.facts[at]]) if 0 <= at < len(self.facts) else None


def shown_facts(clean: CleanDocument) -> tuple[int, ...]:
    """The positions of the facts that say more than the type of an object, and that are not segments already."""
    read = {segment.part_of for segment in clean.segments}
    shown = (at for at, fact in enumerate(clean.facts) if fact.path not in read and not _TYPE.search(fact.path))
    return tuple(islice(shown, MAX_FACTS))


def fenced(lines: Lines) -> str:
    """The lines between two fences that none of them can close."""
    text = "\n".join(lines.written())
    taken = {int(number or 1) for number in _FENCES.findall(text)}
    free = next(number for number in count(1) if number not in taken)
    name = "document" if free == 1 else f"document-{free}"
    return f"<{name}>\n{text}\n</{name}>"


def alike(text: str) -> str:
    """The text with the quotes, dashes and blanks that models write for each other in one form each; as long as before."""
    return text.translate(_ALIKE)


def find(quote: str, text: str) -> tuple[int, int] | None:
    """Where a quote stands in a text, whole words first; blanks, quotes and dashes are taken for each other.

    >>> find("Master's  degree", "A Master’s degree is asked for")
    (2, 17)
    >>> find("R", "Rust and R"), find("$85,000", "$95,000")
    ((9, 10), None)
    """
    if (pattern := _pattern(quote)) is None:
        return None
    return find_words(quote, text) or (found.span() if (found := re.search(pattern, alike(text))) else None)


def find_words(quote: str, text: str) -> tuple[int, int] | None:
    """Where a quote stands in a text as whole words.

    >>> find_words("R", "Rust and R"), find_words("IT", "UNIT")
    ((9, 10), None)
    """
    pattern = _pattern(quote)
    found = re.search(rf"(?<!\w){pattern}(?!\w)", alike(text)) if pattern else None
    return found.span() if found else None


@lru_cache(maxsize=128)  # one quote is looked for in line after line
def _pattern(quote: str) -> str | None:
    words = [re.escape(word) for word in _BLANK.split(alike(quote)) if word]
    return r"\s+".join(words) or None


def find_part(quote: str, text: str) -> tuple[int, int] | None:
    """Where a quote stands in a text that may leave out its middle: from its first words to the nearest of its last.

    >>> find_part("designing … needs", "Work on designing models for all needs.")
    (8, 38)
    """
    if whole := find(quote, text):
        return whole
    first, gap, last = quote.replace("...", "…").partition("…")
    start = find(first, text) if gap else None
    end = find(last, text[start[1] :]) if start else None
    return (start[0], start[1] + end[1]) if start and end else None


def shortened(quote: str, text: str) -> str:
    """The quote without its middle, if it is long and is found all the same."""
    words = quote.split(" ")
    short = f"{' '.join(words[:_ENDS])} … {' '.join(words[-_ENDS:])}"
    return short if len(words) > _LONG and find_part(short, text) == find(quote, text) else quote

"""The document as the model sees it: numbered lines, one a segment, and behind them the facts that the markup states.

A line never holds a line break, so the text of a document can neither begin a line of its own nor close the fence around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice

from extract.cleaning.characters import INVISIBLE
from extract.cleaning.document import CleanDocument, Fact, Kind, MappedText
from extract.engines.base import FactReference, TextReference

MAX_FACTS = 200
"""Facts that are shown: a page may hold thousands."""
MAX_FACT = 400
"""Characters of a fact that are shown."""

_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")  # all that a reader may take for the end of a line, and other controls
_UNSEEN = re.compile(rf"(?![\s\x00-\x1f\x7f-\x9f])[{INVISIBLE}]++")  # of facts: cleaning takes them out of segments
_MARKS = {Kind.HEADING: "# ", Kind.ITEM: "- "}
_TYPE = re.compile(r"(?:^|\.)@")
_FENCES = re.compile(r"<\s*+/?\s*+document(?:-([0-9]{1,9}))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a document by number: its segments from 0 on, then the facts whose positions are in ``facts``.

    Only those in ``shown`` are written, if there are any; all can be referred to.
    """

    clean: CleanDocument
    facts: tuple[int, ...] = ()
    shown: frozenset[int] = frozenset()

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
        """Each line as it is sent: its number, a mark for headings ("#") and items ("-"), and its text.

        Where lines are left out, "…" stands for them.
        """
        before = -1
        for number in sorted(self.shown) if self.shown else range(len(self)):
            if number > before + 1:
                yield "…"
            yield f"{number} {_BREAKS.sub(' ', _UNSEEN.sub('', self._text(number)))}"
            before = number
        if before + 1 < len(self):
            yield "…"

    def _text(self, number: int) -> str:
        if number < len(self.clean.segments):
            segment = self.clean.segments[number]
            return f"{_MARKS.get(segment.kind, '')}{segment.text}"
        fact = self.clean.facts[self.facts[number - len(self.clean.segments)]]
        text = fact.body.text
        return f"{fact.path} = {text if len(text) <= MAX_FACT else text[:MAX_FACT] + '…'}"

    def number_of(self, reference: TextReference | FactReference) -> int | None:
        """The line that a reference points into; None where it is none of these lines."""
        if isinstance(reference, TextReference):
            return reference.segment if 0 <= reference.segment < len(self.clean.segments) else None
        return len(self.clean.segments) + self.facts.index(reference.fact) if reference.fact in self.facts else None

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

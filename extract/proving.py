"""Whether the place that an engine names states a value: as it is there, or as a typed reader reads it there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from extract.cleaning.document import CleanDocument, MappedText, Scalar
from extract.engines.base import FactReference, TextReference
from extract.fields import Leaf
from extract.finding import find_folded, find_repaired, find_words, is_cut_out
from extract.readers import BY_CONVENTION, Conventions, Stated
from extract.readers.denial import is_denied
from extract.readers.stating import is_in_a_compound, reader_of, readings, same_value, says_the_same
from extract.result import Status
from extract.searching import is_printed

Reference = TextReference | FactReference
_IN_CONTEXT = frozenset({"experience", "shortest", "longest", "duration", "least_pay", "most_pay", "email", "url"})
"""Readers that need what stands around a value to tell what it is or where it ends: a part of a line proves nothing to them."""
_APART = 40
"""Characters between two parts of one text: a mark such as "(m/f/d)", or a number."""
_SHORT_WORD = 4
"""Characters of a text that is hardly ever a part of a longer word by chance."""
_INSIDE_NUMBERS = frozenset(".,'’")


class Proof(NamedTuple):
    """How the named place stands to a value, and the part of it that does."""

    status: Status
    references: tuple[Reference, ...]


@dataclass(frozen=True)
class Claim:
    """A value, and where an engine says that a document states it."""

    value: Scalar
    leaf: Leaf
    references: tuple[Reference, ...]
    clean: CleanDocument

    @cached_property
    def parts(self) -> tuple[MappedText, ...]:
        """The texts that are named, with their maps; none where one of them is no text or half a word."""
        return parts_of(self.references, self.clean)

    @cached_property
    def quoted(self) -> str:
        """The texts that are named, as one."""
        return " ".join(part.text for part in self.parts)

    @cached_property
    def is_fact(self) -> bool:
        """Whether the markup alone is named."""
        return bool(self.references) and all(isinstance(reference, FactReference) for reference in self.references)

    @cached_property
    def segments(self) -> tuple[int, ...]:
        """The lines that are named."""
        return tuple(dict.fromkeys(r.segment for r in self.references if isinstance(r, TextReference)))

    def proof(self, conventions: Callable[[], Conventions]) -> Proof | None:
        """How the place states the value; None where it does not.

        ``conventions`` of the document are asked for only where a reader is in doubt.
        """
        if not self.parts or self._is_part_of_a_word or not (self.leaf.verbatim or self._is_one_place):
            return None
        if status := self._copied(conventions):
            return Proof(status, self.references)
        if self.leaf.verbatim:
            return None
        read = Status.FACT if self.is_fact else Status.NORMALISED
        if found := self._read(conventions):
            return Proof(read if found[0].certain else Status.INFERRED, found[1])
        if says_the_same(self.quoted, self.value, self.leaf) and not self._is_denied:
            return Proof(read, self.references)
        return self._printed_inside() or (Proof(Status.INFERRED, self.references) if self._is_a_choice else None)

    def _printed_inside(self) -> Proof | None:
        """The part of the line that is named in which a text stands, in the strictest way in which it does."""
        if not (isinstance(self.value, str) and is_printed(self.leaf) and len(self.references) == 1) or self.is_fact:
            return None
        (reference,) = self.references
        body = body_of(reference, self.clean)
        for find, status in (
            (find_words, Status.QUOTED),
            (find_folded, Status.NORMALISED),
            (find_repaired, Status.REPAIRED),
        ):
            place = find(self.value, self.quoted)
            start, end = (reference.start + at for at in place) if place else (0, 0)
            if body and end and not is_denied(body.text, start, end):
                repaired = status is Status.QUOTED and body[start:end].repaired
                return Proof(Status.REPAIRED if repaired else status, (reference._replace(start=start, end=end),))
        return None

    @cached_property
    def _is_one_place(self) -> bool:
        """Whether what is named stands together: parts of one line, in its order and near each other, as a title around a mark.

        What is pieced together from several lines, nobody has said.
        """
        return all(
            type(one) is type(other) and one[0] == other[0] and one.end <= other.start <= one.end + _APART
            for one, other in pairwise(self.references)
        )

    def _copied(self, conventions: Callable[[], Conventions]) -> Status | None:
        """The status of a value that is the very text; a code by itself may be any word, so that a reader has to tell."""
        if not isinstance(self.value, str):
            return None
        if self.is_fact and self.quoted.strip().upper() == self.value:
            return Status.FACT  # codes in markup come in small letters too ("chf"); in a sentence "de" is no country
        if self.value.split() != self.quoted.split() or not self.quoted.strip():
            return None
        if self.is_fact:
            return Status.FACT
        if not (self.leaf.verbatim or is_printed(self.leaf)) and not self._read(conventions):
            return None
        if self._is_denied:
            return None
        return Status.REPAIRED if any(part.repaired for part in self.parts) else Status.QUOTED

    def _read(self, conventions: Callable[[], Conventions]) -> tuple[Stated, tuple[Reference, ...]] | None:
        """What a typed reader reads in the place, and where in it that stands."""
        found = self._read_by(Conventions())
        if (found and found[0].certain) or reader_of(self.leaf) not in BY_CONVENTION:
            return found
        return self._read_by(conventions())

    def _read_by(self, conventions: Conventions) -> tuple[Stated, tuple[Reference, ...]] | None:
        """In its line, if there is one: the words around belong to what is said.

        The place alone is read where the line as a whole says nothing to the reader: it may be a name in a sentence.
        """
        doubtful: tuple[Stated, tuple[Reference, ...]] | None = None
        for reference, found in self._in_their_lines(conventions):
            inside = found.start <= reference.start and reference.end <= found.end
            narrowed = self.references if inside else (reference._replace(start=found.start, end=found.end),)
            if found.certain:
                return found, narrowed
            doubtful = doubtful or (found, narrowed)
        is_a_line = len(self.parts) == 1 and self._is_whole(self.references[0])
        if doubtful or is_a_line or len(self.references) > 1 or self.leaf.reader in _IN_CONTEXT or self._is_denied:
            return doubtful
        alone = next(readings(self.quoted, self.value, self.leaf, conventions), None)
        return (alone, self.references) if alone else None

    def _in_their_lines(self, conventions: Conventions) -> Iterator[tuple[Reference, Stated]]:
        """The readings of the lines that are named which share a character with the place, and are not denied."""
        for reference in self.references:
            body = body_of(reference, self.clean)
            for found in readings(body.text, self.value, self.leaf, conventions) if body else ():
                shared = found.start < reference.end and reference.start < found.end
                stated = isinstance(reference, FactReference) or not (body and is_denied(body.text, found.start, found.end))
                if shared and stated:
                    yield reference, found

    def _is_whole(self, reference: Reference) -> bool:
        body = body_of(reference, self.clean)
        return body is not None and reference.end - reference.start == len(body)

    @cached_property
    def _is_denied(self) -> bool:
        """Whether the words around some place deny it; a whole line, and what the markup states, have none around them."""
        for reference in self.references:
            body = body_of(reference, self.clean) if isinstance(reference, TextReference) else None
            part = body is not None and reference.end - reference.start < len(body)
            if part and body and is_denied(body.text, reference.start, reference.end):
                return True
        return False

    @cached_property
    def _is_part_of_a_word(self) -> bool:
        """Whether a short word is named as a part of a compound, or a part of a figure: "R" of "R&D", "5 °C" of "-5 °C"."""
        if not isinstance(self.value, str):
            return False
        for reference in self.references:
            body = body_of(reference, self.clean)
            if body and self.leaf.choices and is_in_a_compound(body.text, reference.start, reference.end):
                return True
            if body and body.text[reference.start : reference.end] == self.value:
                place = (reference.start, reference.end)
                short = len(self.value) < _SHORT_WORD
                if is_cut_out(body.text, *place) or (short and find_words(self.value, body.text, place[0]) != place):
                    return True
        return False

    @cached_property
    def _is_a_choice(self) -> bool:
        """Whether no reader of ours can tell what stands for the value: a choice of a schema of its own, a truth value."""
        if self.leaf.annotation is bool:
            return self.value is False or (self.leaf.reader is None and self.value is True)
        return self.leaf.reader is None and any(same_value(choice, self.value) for choice in self.leaf.choices)


def body_of(reference: Reference, clean: CleanDocument) -> MappedText | None:
    """The whole line or fact that a reference points into; None where there is none."""
    if isinstance(reference, TextReference):
        segment = clean.segment(reference.segment)
        return segment.body if segment else None
    return clean.facts[reference.fact].body if 0 <= reference.fact < len(clean.facts) else None


def parts_of(references: Sequence[Reference], clean: CleanDocument) -> tuple[MappedText, ...]:
    """The texts that references name, with their maps; none where one of them is no text or half a word."""
    found = [_part(reference, clean) for reference in references]
    parts = tuple(part for part in found if part is not None)
    return parts if len(parts) == len(found) else ()


def _part(reference: Reference, clean: CleanDocument) -> MappedText | None:
    body = body_of(reference, clean)
    if body is None or not 0 <= reference.start < reference.end <= len(body):
        return None
    if _cuts(body.text, reference.start) or _cuts(body.text, reference.end):
        return None
    return body if reference.end - reference.start == len(body) else body[reference.start : reference.end]


def _cuts(text: str, at: int) -> bool:
    """Whether a place is inside of a word or of a number, so that what stands on one side of it says something else.

    Where a capital begins, two words may have been glued together; so they may between a letter and a figure.

    >>> [_cuts(text, at) for text, at in (("$85,000", 2), ("$85,000", 3), ("$85,000", 1), ("apartment", 1), ("LyonCDI", 4))]
    [True, True, False, True, False]
    >>> _cuts("EUR", 2), _cuts("CDILyon", 3)
    (True, False)
    """
    if not 0 < at < len(text):
        return False
    before, after = text[at - 1], text[at]
    if before.isalpha() and (after.islower() or (before.isupper() and after.isupper() and not text[at + 1 : at + 2].islower())):
        return True
    if before.isdigit():
        return after.isdigit() or (after in _INSIDE_NUMBERS and text[at + 1 : at + 2].isdigit())
    return before in _INSIDE_NUMBERS and after.isdigit() and text[max(0, at - 2)].isdigit()

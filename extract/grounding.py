"""From a draft to evidence: each value is looked up where the engine says that it stands, then where else it may stand.

Nothing fuzzy counts. A value is quoted as it is, or a typed reader turns the quoted text into exactly that value, or the two
differ by damage that OCR does; what the words around it deny is not stated. Else it is no value of the document: it is left
out with an error, or, where the engine itself calls it a conclusion, kept as inferred.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from pydantic import BaseModel

from extract.cleaning.document import CleanDocument, MappedText, Scalar, Span
from extract.engines.base import Draft, DraftValue, FactReference, TextReference
from extract.fields import Leaf, leaf_annotations, path_pattern
from extract.readers import Conventions, Stated
from extract.readers.denial import is_denied
from extract.readers.stating import readings, same_value, says_the_same
from extract.result import Evidence, Issue, Severity, Status
from extract.searching import Place, Search, body_of, conventions_of, is_printed

_NO_SUCH_PLACE = "the engine refers to a place that the document does not have, or that begins or ends inside of a word"
_SHOWN = 80  # characters of a value or a quote in a message
_LONGEST_NUMBER = 1000  # bits of a number in a message
_INSIDE_NUMBERS = frozenset(".,'’")
_TELLS_LANGUAGE = 60
"""Characters of a line that says what language a document is in."""
_IN_CONTEXT = frozenset({"experience", "shortest", "longest", "duration", "least_pay", "most_pay"})
"""Readers that need the words around a number to tell what it is: a part of a line proves nothing to them."""
Reference = TextReference | FactReference


@dataclass(frozen=True, slots=True)
class Grounded:
    """A value with its evidence."""

    value: Scalar
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Grounding:
    """The values of a draft that may stay, by path, and an issue for each that may not or that is doubtful."""

    values: Mapping[str, Grounded]
    issues: tuple[Issue, ...]


def ground(
    draft: Draft, clean: CleanDocument, schema: type[BaseModel], *, strict: bool = True, distrusted: frozenset[int] = frozenset()
) -> Grounding:
    """Look up every value of a draft; never raises, whatever the draft says.

    Lines that are ``distrusted`` state nothing, though text that is copied may be copied out of them. Not ``strict``: what the
    document does not state stays as inferred, and its error stays too.
    """
    leaves = leaf_annotations(schema)
    found: dict[str, Grounded | None] = {}
    issues: list[Issue] = []
    for path in draft.values:
        if path_pattern(path) not in leaves:
            issues.append(_error("unknown_field", path, "the schema has no such field"))
        else:
            found[path] = None
    grounder = _Grounder(draft, clean, leaves, distrusted)
    for path in found:
        found[path] = grounder.trusted(path)
    stated = {path: value for path, value in found.items() if value}
    for path in [path for path, value in found.items() if value is None]:
        found[path], told = grounder.elsewhere(path, stated)
        issues += told
        if found[path] is None and not strict:
            found[path] = Grounded(draft.values[path].value, Evidence(status=Status.INFERRED))
    return Grounding({path: value for path, value in found.items() if value}, tuple(issues))


@dataclass(frozen=True)
class _Grounder:
    draft: Draft
    clean: CleanDocument
    leaves: Mapping[str, Leaf]
    distrusted: frozenset[int]

    def leaf(self, path: str) -> Leaf:
        return self.leaves[path_pattern(path)]

    @cached_property
    def conventions(self) -> Conventions:
        """How the document means its figures: worked out only where a reader is in doubt."""
        drafted = ((v.value, self.leaves.get(path_pattern(path))) for path, v in self.draft.values.items())
        countries = [value for value, leaf in drafted if leaf and leaf.reader == "country" and isinstance(value, str)]
        return conventions_of(self.clean, countries)

    @cached_property
    def search(self) -> Search:
        return Search(self.clean, self.conventions, self.distrusted)

    def trusted(self, path: str) -> Grounded | None:
        """The value where the engine says that it stands, unless nothing that stands there can be believed."""
        found = self.by_reference(path)
        if found is None or self.leaf(path).verbatim or not self._is_distrusted(found.evidence.segments):
            return found
        return None

    def _is_distrusted(self, segments: Iterable[int]) -> bool:
        return bool(self.distrusted.intersection(segments))

    def by_reference(self, path: str) -> Grounded | None:
        """The value where the engine says that it stands; None where it does not stand there."""
        drafted = self.draft.values[path]
        parts = _parts(drafted.references, self.clean)
        if not parts:
            return None
        if drafted.inferred:
            return self._grounded(drafted.value, Status.INFERRED, parts, drafted.references)
        leaf = self.leaf(path)
        if leaf.reader == "language" and not _are_facts(drafted.references) and len(_joined(parts)) < _TELLS_LANGUAGE:
            return None  # the longest line tells better
        status = self._copied(drafted.value, leaf, parts, drafted.references)
        if status:
            return self._grounded(drafted.value, status, parts, drafted.references)
        if leaf.verbatim:
            return None
        is_fact = _are_facts(drafted.references)
        if found := self._read(drafted.value, leaf, parts, drafted.references):
            place, reference = found
            status = Status.INFERRED if not place.certain else Status.FACT if is_fact else Status.NORMALISED
            narrowed = drafted.references if reference is None else (reference,)
            return self._grounded(drafted.value, status, _parts(narrowed, self.clean), narrowed)
        quoted = _joined(parts)
        if says_the_same(quoted, drafted.value, leaf) and not self._is_denied(drafted.references):
            return self._grounded(drafted.value, Status.FACT if is_fact else Status.NORMALISED, parts, drafted.references)
        if _is_a_choice(drafted.value, leaf) or (drafted.value is False and leaf.annotation is bool):
            return self._grounded(drafted.value, Status.INFERRED, parts, drafted.references)
        return None

    def elsewhere(self, path: str, stated: Mapping[str, Grounded]) -> tuple[Grounded | None, list[Issue]]:
        """The value in another place than the engine says, and what there is to tell about it."""
        drafted, leaf = self.draft.values[path], self.leaf(path)
        cited = [r.segment for r in drafted.references if isinstance(r, TextReference)]
        near = cited or self._beside(path, stated)
        places = self.search.places(drafted.value, leaf, near)
        if places:
            references = (places[0].reference,)
            parts = _parts(references, self.clean)
            if parts:
                found = self._grounded(places[0].value, places[0].status, parts, references)
                return found, [*self._moved(path, drafted, places), *self._several(path, places)]
        if drafted.inferred and not self._is_distrusted(cited):
            told = () if leaf.is_constant else (_inferred(path, drafted.value),)
            return Grounded(drafted.value, self._concluded(path, stated)), list(told)
        return None, [self._refusal(path, drafted)]

    def _copied(self, value: Scalar, leaf: Leaf, parts: Sequence[MappedText], references: Sequence[Reference]) -> Status | None:
        """The status of a value that is the very text; a code by itself may be any word, so that a reader has to tell."""
        if not isinstance(value, str):
            return None
        quoted, is_fact = _joined(parts), _are_facts(references)
        if is_fact and quoted.strip().upper() == value:
            return Status.FACT  # codes in markup come in small letters too ("chf"); in a sentence "de" is no country
        if value.split() != quoted.split() or not quoted.strip():
            return None
        if is_fact:
            return Status.FACT
        if not (leaf.verbatim or is_printed(leaf)) and not self._read(value, leaf, parts, references):
            return None
        if self._is_denied(references):
            return None
        return Status.REPAIRED if any(part.repaired for part in parts) else Status.QUOTED

    def _read(
        self, value: Scalar, leaf: Leaf, parts: Sequence[MappedText], references: Sequence[Reference]
    ) -> tuple[Stated, Reference | None] | None:
        """What a typed reader reads in the place that is named, in its line if there is one, and where in it that stands.

        The place alone is read where the line as a whole says nothing to the reader: it may be a name in a sentence.
        """
        doubtful: tuple[Stated, Reference | None] | None = None
        for reference in references:
            body = body_of(reference, self.clean)
            for found in readings(body.text, value, leaf, self.conventions) if body else ():
                if found.start < reference.end and reference.start < found.end and not self._is_denied_at(reference, found):
                    inside = found.start <= reference.start and reference.end <= found.end
                    narrowed = reference if inside else reference._replace(start=found.start, end=found.end)
                    if found.certain:
                        return found, narrowed
                    doubtful = doubtful or (found, narrowed)
        whole = all(_is_whole(reference, self.clean) for reference in references)
        if doubtful or (whole and len(parts) == 1) or leaf.reader in _IN_CONTEXT or self._is_denied(references):
            return doubtful
        alone = next(readings(_joined(parts), value, leaf, self.conventions), None)
        return (alone, None) if alone else None

    def _is_denied_at(self, reference: Reference, found: Stated) -> bool:
        """Whether the words around a reading deny it; of what the markup states, there are no words around it."""
        body = body_of(reference, self.clean)
        return isinstance(reference, TextReference) and body is not None and is_denied(body.text, found.start, found.end)

    def _is_denied(self, references: Iterable[Reference]) -> bool:
        """Whether the words around some place deny it; a whole line has none around it."""
        bodies = ((r, body_of(r, self.clean)) for r in references if isinstance(r, TextReference))
        return any(body is not None and is_denied(body.text, r.start, r.end) for r, body in bodies)

    def _beside(self, path: str, stated: Mapping[str, Grounded]) -> list[int]:
        """The lines of what stands in the same object; of a field by itself, none."""
        return sorted({number for evidence in _siblings(path, stated) for number in evidence.segments})

    @staticmethod
    def _concluded(path: str, stated: Mapping[str, Grounded]) -> Evidence:
        """The evidence of a conclusion: what stands beside it in the same object, where there is anything to conclude it from."""
        beside = next((evidence for evidence in _siblings(path, stated) if evidence.spans), Evidence(status=Status.INFERRED))
        return beside.model_copy(update={"status": Status.INFERRED})

    def _grounded(self, value: Scalar, status: Status, parts: Sequence[MappedText], references: Sequence[Reference]) -> Grounded:
        segments = tuple(dict.fromkeys(r.segment for r in references if isinstance(r, TextReference)))
        quote = " ".join(part.quote(self.clean.source.text) for part in parts)
        spans = _spans(parts)
        pages = self.clean.source.pages_of(spans)
        return Grounded(value, Evidence(status=status, quote=quote, spans=spans, segments=segments, pages=pages))

    def _refusal(self, path: str, drafted: DraftValue) -> Issue:
        parts = _parts(drafted.references, self.clean)
        if drafted.references and not parts:
            return _error("reference_out_of_range", path, _NO_SUCH_PLACE)
        if self._is_distrusted(r.segment for r in drafted.references if isinstance(r, TextReference)):
            message = f"{_shown(drafted.value)} stands only in text that speaks to a model instead of to a reader"
            return _error("injected", path, message)
        where = f" in {_shown(_joined(parts))}" if parts else ""
        return _error("ungrounded", path, f"the document does not state {_shown(drafted.value)}{where}")

    def _moved(self, path: str, drafted: DraftValue, places: Sequence[Place]) -> Iterator[Issue]:
        """Say so where a value stands in another line than the engine said."""
        if drafted.references and self.leaf(path).reader != "language":
            message = f"{_shown(drafted.value)} does not stand where the engine says, but {self._named(places[0])}"
            yield Issue(code="moved", path=path, message=f"{path}: {message}", severity=Severity.INFO)

    def _several(self, path: str, places: Sequence[Place]) -> Iterator[Issue]:
        """Say so where a value stands under several headings, of which one had to be chosen."""
        lines = [place.reference.segment for place in places if isinstance(place.reference, TextReference)]
        headings = {self.search.heading(number) for number in lines}
        if len(headings) > 1:
            message = f"it stands in {len(lines)} places under different headings; the one taken is {self._named(places[0])}"
            yield Issue(code="several_places", path=path, message=f"{path}: {message}", severity=Severity.INFO)

    def _named(self, place: Place) -> str:
        if isinstance(place.reference, FactReference):
            return "in the markup"
        heading = self.search.heading(place.reference.segment)
        return f"in line {place.reference.segment}" + (f", under {_shown(heading)}" if heading else "")


def _siblings(path: str, stated: Mapping[str, Grounded]) -> Iterator[Evidence]:
    """The evidence of the other leaves of the object that a leaf is in."""
    above = path.rpartition(".")[0]
    return (value.evidence for other, value in stated.items() if above and other.rpartition(".")[0] == above)


def _are_facts(references: Sequence[Reference]) -> bool:
    return bool(references) and all(isinstance(reference, FactReference) for reference in references)


def _is_whole(reference: Reference, clean: CleanDocument) -> bool:
    body = body_of(reference, clean)
    return body is not None and reference.end - reference.start == len(body)


def _joined(parts: Sequence[MappedText]) -> str:
    return " ".join(part.text for part in parts)


def _shown(value: Scalar) -> str:
    """The value as a message shows it."""
    if isinstance(value, int) and value.bit_length() > _LONGEST_NUMBER:  # Python would refuse to write it out
        return "a number of very many figures"
    return repr(str(value)[:_SHOWN])


def _error(code: str, path: str, message: str) -> Issue:
    return Issue(code=code, path=path, message=f"{path}: {message}", severity=Severity.ERROR)


def _inferred(path: str, value: Scalar) -> Issue:
    message = f"{path}: no line states {_shown(value)}: it is what the model concluded"
    return Issue(code="inferred", path=path, message=message, severity=Severity.WARNING)


def _parts(references: Sequence[Reference], clean: CleanDocument) -> list[MappedText]:
    """The texts that references name, with their maps; none where one of them is no text or half a word."""
    found = [_part(reference, clean) for reference in references]
    parts = [part for part in found if part is not None]
    return parts if len(parts) == len(found) else []


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
    """
    if not 0 < at < len(text):
        return False
    before, after = text[at - 1], text[at]
    if before.isalpha() and after.islower():
        return True
    if before.isdigit():
        return after.isdigit() or (after in _INSIDE_NUMBERS and text[at + 1 : at + 2].isdigit())
    return before in _INSIDE_NUMBERS and after.isdigit() and text[max(0, at - 2)].isdigit()


def _spans(parts: Sequence[MappedText]) -> tuple[Span, ...]:
    return parts[0].spans if len(parts) == 1 else MappedText.join(parts, separator="").spans


def _is_a_choice(value: Scalar, leaf: Leaf) -> bool:
    """Whether a value is one of a few that a schema of its own names, so that no reader of ours can tell what stands for it."""
    if leaf.reader is not None:
        return False
    return isinstance(value, bool) if leaf.annotation is bool else any(same_value(choice, value) for choice in leaf.choices)

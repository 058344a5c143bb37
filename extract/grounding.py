"""From a draft to evidence: each value is looked up where the engine says that it stands, then where else it may stand.

Nothing fuzzy counts. A value is quoted as it is, or a typed reader turns the quoted text into exactly that value, or the two
differ by damage that OCR does; what the words around it deny is not stated. Else it is no value of the document: it is left
out with an error, or, where the engine itself calls it a conclusion, kept as inferred.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from pydantic import BaseModel

from extract.cleaning.document import CleanDocument, MappedText, Scalar
from extract.engines.base import Draft, FactReference
from extract.fields import Leaf, leaf_annotations, path_pattern
from extract.injection.distrust import EVERYTHING_BELIEVED, Distrust
from extract.proving import Claim, Proof, parts_of
from extract.readers import Conventions
from extract.result import Evidence, Issue, Severity, Status
from extract.searching import Place, Search, conventions_of

_NO_SUCH_PLACE = "the engine refers to a place that the document does not have, or that begins or ends inside of a word"
_SHOWN = 80  # characters of a value or a quote in a message
_LONGEST_NUMBER = 1000  # bits of a number in a message
_TELLS_LANGUAGE = 60
"""Characters of a line that says what language a document is in."""


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
    draft: Draft, clean: CleanDocument, schema: type[BaseModel], *, strict: bool = True, distrust: Distrust = EVERYTHING_BELIEVED
) -> Grounding:
    """Look up every value of a draft; never raises, whatever the draft says.

    What is in ``distrust`` states nothing; text may be copied out of it, with a warning. Not ``strict``: what the document does
    not state stays as inferred, and its error stays too, but never what only the distrusted parts say.
    """
    leaves = leaf_annotations(schema)
    known = [path for path in draft.values if path_pattern(path) in leaves]
    unknown = draft.values.keys() - set(known)
    issues = [_error("unknown_field", path, "the schema has no such field") for path in draft.values if path in unknown]
    grounder = _Grounder(draft, clean, leaves, distrust)
    found = {path: grounder.where_it_is_said_to_stand(path) for path in known}
    stated = _Stated({path: value for path, value in found.items() if value})
    for path in known:
        if found[path] is None:
            found[path], told = grounder.elsewhere(path, stated)
            issues += told
        elif warning := grounder.doubt(path):
            issues.append(warning)
        if found[path] is None and not strict and not grounder.is_injected(path):
            found[path] = Grounded(draft.values[path].value, Evidence(status=Status.INFERRED))
    return Grounding({path: value for path, value in found.items() if value}, tuple(issues))


@dataclass(frozen=True)
class _Grounder:
    draft: Draft
    clean: CleanDocument
    leaves: Mapping[str, Leaf]
    distrust: Distrust

    def where_it_is_said_to_stand(self, path: str) -> Grounded | None:
        """The value where the engine says that it stands; None where it does not, or where nothing can be believed."""
        claim = self._claim(path)
        if not claim.parts or (not claim.leaf.verbatim and self.is_distrusted(path)):
            return None
        if self.draft.values[path].inferred:
            if self.is_injected(path):
                return None
            return self._grounded(claim.value, Proof(Status.INFERRED, claim.references), claim.parts)
        if claim.leaf.reader == "language" and self._is_told_better_elsewhere(claim):
            return None
        proof = claim.proof(lambda: self._conventions)
        if proof is None or (proof.status is Status.INFERRED and self.is_injected(path)):
            return None
        parts = claim.parts if proof.references is claim.references else parts_of(proof.references, self.clean)
        return self._grounded(claim.value, proof, parts)

    def elsewhere(self, path: str, stated: _Stated) -> tuple[Grounded | None, list[Issue]]:
        """The value in another place than the engine says, and what there is to tell about it."""
        claim = self._claim(path)
        near = claim.segments or self._beside(path, stated)
        places = self._search.places(claim.value, claim.leaf, near)
        parts = parts_of((places[0].reference,), self.clean) if places else ()
        if parts:
            found = self._grounded(places[0].value, Proof(places[0].status, (places[0].reference,)), parts)
            return found, [*self._moved(path, claim, places), *self._several(path, places)]
        if self.draft.values[path].inferred and not self.is_injected(path):
            told = [] if claim.leaf.is_constant else [_inferred(path, claim.value)]
            return Grounded(claim.value, self._concluded(path, stated)), told
        return None, [self._refusal(path, claim)]

    def _claim(self, path: str) -> Claim:
        drafted = self.draft.values[path]
        return Claim(drafted.value, self.leaves[path_pattern(path)], drafted.references, self.clean)

    def is_distrusted(self, path: str) -> bool:
        """Whether some place that is named for a value speaks to a model."""
        return any(
            reference.fact in self.distrust.facts
            if isinstance(reference, FactReference)
            else reference.segment in self.distrust.segments
            for reference in self.draft.values[path].references
        )

    def is_injected(self, path: str) -> bool:
        """Whether a value comes from what speaks to a model: that is named for it, or says it, whatever else is named."""
        claim = self._claim(path)
        return self.is_distrusted(path) or self._search.is_said_by_the_distrusted(claim.value, claim.leaf)

    def doubt(self, path: str) -> Issue | None:
        """A warning for a text that was copied out of a line that speaks to a model."""
        if not self.is_distrusted(path):
            return None
        message = f"{path}: it is copied out of text that speaks to a model instead of to a reader"
        return Issue(code="injected", path=path, message=message, severity=Severity.WARNING)

    def _is_told_better_elsewhere(self, claim: Claim) -> bool:
        """Whether a short line is named for the language of a document, of which the longest line says the same."""
        short = not claim.is_fact and len(claim.quoted) < _TELLS_LANGUAGE
        return short and bool(self._search.places(claim.value, claim.leaf, ()))

    @cached_property
    def _conventions(self) -> Conventions:
        """How the document means its figures: worked out only where a reader is in doubt."""
        drafted = ((v.value, self.leaves.get(path_pattern(path))) for path, v in self.draft.values.items())
        countries = [value for value, leaf in drafted if leaf and leaf.reader == "country" and isinstance(value, str)]
        return conventions_of(self.clean, countries)

    @cached_property
    def _search(self) -> Search:
        return Search(self.clean, self._conventions, self.distrust)

    def _beside(self, path: str, stated: _Stated) -> tuple[int, ...]:
        """The lines of what stands in the same object; of a field by itself, none."""
        return tuple(sorted({number for evidence in stated.beside(path) for number in evidence.segments}))

    @staticmethod
    def _concluded(path: str, stated: _Stated) -> Evidence:
        """The evidence of a conclusion: what stands beside it in the same object, where there is anything to conclude it from."""
        beside = next((evidence for evidence in stated.beside(path) if evidence.spans), Evidence(status=Status.INFERRED))
        return beside.model_copy(update={"status": Status.INFERRED})

    def _grounded(self, value: Scalar, proof: Proof, parts: Sequence[MappedText]) -> Grounded:
        numbers = (reference.segment for reference in proof.references if not isinstance(reference, FactReference))
        quote = " ".join(part.quote(self.clean.source.text) for part in parts)
        spans = parts[0].spans if len(parts) == 1 else MappedText.join(parts, separator="").spans
        evidence = Evidence(
            status=proof.status,
            quote=quote,
            spans=spans,
            segments=tuple(dict.fromkeys(numbers)),
            pages=self.clean.source.pages_of(spans),
        )
        return Grounded(value, evidence)

    def _refusal(self, path: str, claim: Claim) -> Issue:
        if claim.references and not claim.parts:
            return _error("reference_out_of_range", path, _NO_SUCH_PLACE)
        if self.is_injected(path):
            message = f"{_shown(claim.value)} stands only in text that speaks to a model instead of to a reader"
            return _error("injected", path, message)
        where = f" in {_shown(claim.quoted)}" if claim.parts else ""
        hint = f"no line states {_shown(claim.value)}"  # without words of the document, which may speak to the model
        return _error("ungrounded", path, f"the document does not state {_shown(claim.value)}{where}", hint=hint)

    def _moved(self, path: str, claim: Claim, places: Sequence[Place]) -> Iterator[Issue]:
        """Say so where a value stands in another line than the engine said."""
        if claim.references and claim.leaf.reader != "language":
            message = f"{_shown(claim.value)} does not stand where the engine says, but {self._named(places[0])}"
            yield Issue(code="moved", path=path, message=f"{path}: {message}", severity=Severity.INFO)

    def _several(self, path: str, places: Sequence[Place]) -> Iterator[Issue]:
        """Say so where a value stands under several headings, of which one had to be chosen."""
        lines = [place.reference.segment for place in places if not isinstance(place.reference, FactReference)]
        headings = {self._search.heading(number) for number in lines}
        if len(headings) > 1:
            message = f"it stands in {len(lines)} places under different headings; the one taken is {self._named(places[0])}"
            yield Issue(code="several_places", path=path, message=f"{path}: {message}", severity=Severity.INFO)

    def _named(self, place: Place) -> str:
        if isinstance(place.reference, FactReference):
            return "in the markup"
        heading = self._search.heading(place.reference.segment)
        return f"in line {place.reference.segment}" + (f", under {_shown(heading)}" if heading else "")


class _Stated:
    """The values that were found where they were said to stand, by the object that they are in."""

    def __init__(self, values: Mapping[str, Grounded]) -> None:
        self._evidence: dict[str, list[Evidence]] = {}
        for path, value in values.items():
            self._evidence.setdefault(path.rpartition(".")[0], []).append(value.evidence)

    def beside(self, path: str) -> Sequence[Evidence]:
        """The evidence of the other leaves of the object that a leaf is in; an entry of a list is in none."""
        above, _, name = path.rpartition(".")
        return self._evidence.get(above, ()) if above and not name.isdecimal() else ()


def _shown(value: Scalar) -> str:
    """The value as a message shows it."""
    if isinstance(value, int) and value.bit_length() > _LONGEST_NUMBER:  # Python would refuse to write it out
        return "a number of very many figures"
    return repr(str(value)[:_SHOWN])


def _error(code: str, path: str, message: str, *, hint: str = "") -> Issue:
    return Issue(code=code, path=path, message=f"{path}: {message}", severity=Severity.ERROR, hint=hint)


def _inferred(path: str, value: Scalar) -> Issue:
    message = f"{path}: no line states {_shown(value)}: it is what the model concluded"
    return Issue(code="inferred", path=path, message=message, severity=Severity.WARNING)

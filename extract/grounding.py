"""From a draft to evidence: each value is looked up where the engine says that it stands, and stays only if it is stated there.

Nothing fuzzy counts. A value is quoted as it is, or a typed reader turns the quoted text into exactly that value; else it is
dropped with an issue.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from pydantic import BaseModel

from extract.cleaning.document import CleanDocument, MappedText, Scalar, Span
from extract.engines.base import Draft, DraftValue, FactReference, TextReference
from extract.fields import Leaf, leaf_annotations, path_pattern
from extract.readers import read_as
from extract.result import Evidence, Issue, Severity, Status
from extract.vocabulary import fold

_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Grounded:
    """A value that the source states, with its evidence."""

    value: Scalar
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Grounding:
    """The values of a draft that the source states, by path, and an issue for each that it does not."""

    values: Mapping[str, Grounded]
    issues: tuple[Issue, ...]


def ground(draft: Draft, clean: CleanDocument, schema: type[BaseModel]) -> Grounding:
    """Look up every value of a draft; never raises, whatever the draft says."""
    leaves = leaf_annotations(schema)
    kept: dict[str, Grounded] = {}
    issues: list[Issue] = []
    for path, drafted in draft.values.items():
        leaf = leaves.get(path_pattern(path))
        if leaf is None:
            issues.append(_refused("unknown_field", path, "the schema has no such field"))
        elif isinstance(found := _look_up(path, drafted, leaf, clean), Issue):
            issues.append(found)
        else:
            kept[path] = found
    return Grounding(kept, tuple(issues))


def _look_up(path: str, drafted: DraftValue, leaf: Leaf, clean: CleanDocument) -> Grounded | Issue:
    bodies = [_body(reference, clean) for reference in drafted.references]
    parts = [body for body in bodies if body is not None]
    if len(parts) != len(bodies):
        return _refused("reference_out_of_range", path, "the engine refers to a place that the document does not have")
    status = _status(drafted, leaf, parts)
    if status is None:
        quoted = " ".join(part.text for part in parts)[:_SHOWN]
        return _refused("ungrounded", path, f"the document does not state {str(drafted.value)[:_SHOWN]!r} in {quoted!r}")
    segments = tuple(dict.fromkeys(r.segment for r in drafted.references if isinstance(r, TextReference)))
    quote = " ".join(part.quote(clean.source.text) for part in parts)
    return Grounded(drafted.value, Evidence(status=status, quote=quote, spans=_spans(parts), segments=segments))


def _refused(code: str, path: str, message: str) -> Issue:
    return Issue(code=code, path=path, message=f"{path}: {message}", severity=Severity.ERROR)


def _body(reference: TextReference | FactReference, clean: CleanDocument) -> MappedText | None:
    """The text that a reference names, with its map; None where there is no such text."""
    held: Sequence[MappedText]
    if isinstance(reference, TextReference):
        held, number = [s.body for s in clean.segments[reference.segment : reference.segment + 1]], reference.segment
    else:
        held, number = [f.body for f in clean.facts[reference.fact : reference.fact + 1]], reference.fact
    if number < 0 or not held or not 0 <= reference.start < reference.end <= len(held[0]):
        return None
    whole = reference.start == 0 and reference.end == len(held[0])
    return held[0] if whole else held[0][reference.start : reference.end]


def _spans(parts: Sequence[MappedText]) -> tuple[Span, ...]:
    return parts[0].spans if len(parts) == 1 else MappedText.join(parts, separator="").spans


def _status(drafted: DraftValue, leaf: Leaf, parts: Sequence[MappedText]) -> Status | None:
    """How the value stands to the quoted text; None where the text does not state it."""
    if drafted.inferred:
        return Status.INFERRED
    if not parts:
        return None
    is_fact = all(isinstance(reference, FactReference) for reference in drafted.references)
    quoted = " ".join(part.text for part in parts)
    if isinstance(drafted.value, str) and _squeezed(drafted.value) == _squeezed(quoted):
        if is_fact:
            return Status.FACT
        return Status.REPAIRED if any(part.repaired for part in parts) else Status.QUOTED
    if leaf.verbatim or not _reads_as(quoted, drafted.value, leaf):
        return None
    return Status.FACT if is_fact else Status.NORMALISED


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _reads_as(quoted: str, value: Scalar, leaf: Leaf) -> bool:
    """Whether reading the quoted text gives the very value."""
    if leaf.reader:
        return any(_same(read, value) for read in read_as(leaf.reader, quoted))
    if isinstance(value, str) and not leaf.choices:
        return bool(fold(value)) and fold(value) == fold(quoted)
    return _same(quoted.strip(), value)


def _same(read: Scalar | Decimal, value: Scalar) -> bool:
    """Equal as they are, or as numbers."""
    if isinstance(read, bool) or isinstance(value, bool):
        return read is value
    if read == value:
        return True
    try:
        return Decimal(str(read)) == Decimal(str(value))
    except InvalidOperation:
        return False

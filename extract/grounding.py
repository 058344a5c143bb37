"""From a draft to evidence: each value is looked up where the engine says that it stands, and stays only if it is stated there.

Nothing fuzzy counts. A value is quoted as it is, or a typed reader turns the quoted text into exactly that value; else it is
dropped with an issue.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel

from extract.cleaning.document import CleanDocument, Fact, MappedText, Scalar, Segment, Span
from extract.engines.base import Draft, DraftValue, FactReference, TextReference
from extract.fields import Leaf, leaf_annotations, path_pattern
from extract.readers.stating import reads_as, same_value
from extract.result import Evidence, Issue, Severity, Status

_NO_SUCH_PLACE = "the engine refers to a place that the document does not have, or that begins or ends inside of a word"
_SHOWN = 80  # characters of a value or a quote in a message
_LONGEST_NUMBER = 1000  # bits of a number in a message
_INSIDE_NUMBERS = frozenset(".,'’")


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
        return _refused("reference_out_of_range", path, _NO_SUCH_PLACE)
    status = _status(drafted, leaf, parts)
    if status is None:
        return _refused("ungrounded", path, f"the document does not state {_shown(drafted.value)} in {_shown(_joined(parts))}")
    segments = tuple(dict.fromkeys(r.segment for r in drafted.references if isinstance(r, TextReference)))
    quote = " ".join(part.quote(clean.source.text) for part in parts)
    spans = _spans(parts)
    pages = clean.source.pages_of(spans)
    return Grounded(drafted.value, Evidence(status=status, quote=quote, spans=spans, segments=segments, pages=pages))


def _joined(parts: Sequence[MappedText]) -> str:
    return " ".join(part.text for part in parts)


def _shown(value: Scalar) -> str:
    """The value as a message shows it."""
    if isinstance(value, int) and value.bit_length() > _LONGEST_NUMBER:  # Python would refuse to write it out
        return "a number of very many figures"
    return repr(str(value)[:_SHOWN])


def _refused(code: str, path: str, message: str) -> Issue:
    return Issue(code=code, path=path, message=f"{path}: {message}", severity=Severity.ERROR)


def _body(reference: TextReference | FactReference, clean: CleanDocument) -> MappedText | None:
    """The text that a reference names, with its map; None where there is no such text or it is half a word."""
    held: Segment | Fact | None
    if isinstance(reference, TextReference):
        held = clean.segment(reference.segment)
    else:
        held = clean.facts[reference.fact] if 0 <= reference.fact < len(clean.facts) else None
    if held is None:
        return None
    body = held.body
    if not 0 <= reference.start < reference.end <= len(body):
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


def _status(drafted: DraftValue, leaf: Leaf, parts: Sequence[MappedText]) -> Status | None:
    """How the value stands to the quoted text; None where the text does not state it."""
    if drafted.inferred:
        return Status.INFERRED
    if not parts:
        return None
    is_fact = all(isinstance(reference, FactReference) for reference in drafted.references)
    quoted = _joined(parts)
    if is_fact and isinstance(drafted.value, str) and quoted.strip().upper() == drafted.value:
        return Status.FACT  # codes in markup come in small letters too ("chf"); in a sentence "de" is no country
    if isinstance(drafted.value, str) and drafted.value.split() == quoted.split() != []:
        if is_fact:
            return Status.FACT
        return Status.REPAIRED if any(part.repaired for part in parts) else Status.QUOTED
    if leaf.verbatim:
        return None
    if reads_as(quoted, drafted.value, leaf):
        return Status.FACT if is_fact else Status.NORMALISED
    return Status.INFERRED if _is_a_choice(drafted.value, leaf) else None


def _is_a_choice(value: Scalar, leaf: Leaf) -> bool:
    """Whether a value is one of a few that a schema of its own names, so that no reader of ours can tell what stands for it."""
    if leaf.reader is not None:
        return False
    return isinstance(value, bool) if leaf.annotation is bool else any(same_value(choice, value) for choice in leaf.choices)

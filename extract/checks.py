"""Checks: what the fields of a record have to agree on with each other and with the document; a task declares its own.

A check is a function that is given a record with its evidence and yields an issue for each thing that is wrong. A schema
declares those that always hold (``checks: ClassVar[tuple[Check, ...]]``), a caller adds others (``extract(…, checks=[…])``):

    def total_is_paid(order: Checked[Order]) -> Iterator[Issue]:
        if order.record.total == 0:
            yield order.issue("total", "an order costs something", code="free_order")

An error takes the value out of the record (or has it asked for again, where there is somebody to ask); a warning and an info do
not. What belongs to one field alone is better a Pydantic type: those are checked first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from types import FunctionType
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from extract.cleaning.document import CleanDocument, Kind, Segment
from extract.errors import UsageError
from extract.fields import leaf_paths
from extract.finding import alike
from extract.openings import other_openings
from extract.readers.language import read_language
from extract.result import Evidence, Issue, Severity, Status

T = TypeVar("T", bound=BaseModel)
MOST_ISSUES = 1000
"""Issues of one check that are looked at."""
_SHOWN = 60  # characters of a value in a message
_LEAST_LETTERS = 120  # of a text that tells its language for certain
_SAME_LANGUAGE = {"nb": "no", "nn": "no"}


@dataclass(frozen=True)
class Checked(Generic[T]):
    """A record as a check sees it: with the evidence for each leaf, and the document that it was read from."""

    record: T
    evidence: Mapping[str, Evidence]
    document: CleanDocument

    @cached_property
    def values(self) -> Mapping[str, Any]:
        """The leaves of the record by path that are not null."""
        return {path: value for path, value in leaf_paths(self.record) if value is not None}

    def below(self, path: str) -> Iterator[tuple[str, Any]]:
        """The leaf of that path, or the leaves below it."""
        if path in self.values:
            yield path, self.values[path]
        else:
            yield from ((place, value) for place, value in self.values.items() if place.startswith(f"{path}."))

    def segments(self, path: str) -> tuple[Segment, ...]:
        """The segments that the values of a field stand in."""
        if path in self.evidence:
            numbers: Iterable[int] = self.evidence[path].segments
        else:
            known = (self.evidence[place] for place, _ in self.below(path) if place in self.evidence)
            numbers = dict.fromkeys(number for evidence in known for number in evidence.segments)
        found = (self.document.segment(number) for number in numbers)
        return tuple(segment for segment in found if segment)

    @staticmethod
    def issue(
        path: str,
        message: str,
        *,
        code: str,
        severity: Severity = Severity.ERROR,
        hint: str = "",
        related: Sequence[str] = (),
    ) -> Issue:
        """An issue about a field, with what people are told (``message``) and what a model is told (``hint``).

        A hint quotes no more of the document than the value: its text may speak to the model.
        """
        told = f"{path}: {message}" if path else message
        return Issue(code=code, path=path, message=told, severity=severity, hint=hint or message, related=tuple(related))


Check = Callable[[Checked[Any]], Iterable[Issue]]


def checks_of(schema: type[BaseModel]) -> tuple[Check, ...]:
    """The checks that a schema declares; those of the models inside of it are not looked at.

    Raises UsageError where what is declared is no list or tuple of functions. A method or a field of that name declares none.
    """
    declared = getattr(schema, "checks", ())
    if isinstance(declared, (property, FunctionType)):
        return ()
    return as_checks(declared, f"{schema.__name__}.checks")


def as_checks(given: object, name: str) -> tuple[Check, ...]:
    """The checks in a list or tuple of functions; UsageError, with the name of what was given, for anything else."""
    if not isinstance(given, (list, tuple)) or not all(map(callable, given)):
        raise UsageError(f"{name} is a list or tuple of functions, each of which takes a Checked, not {given!r:.80}.")
    return tuple(given)


def found_by(checks: Iterable[Check], checked: Checked[Any]) -> list[Issue]:
    """What the checks find; one that fails is an issue itself, and the others go on."""
    found: list[Issue] = []
    for check in checks:
        try:
            told = [_issue(issue) for issue in islice(check(checked), MOST_ISSUES)]
        except Exception as error:  # noqa: BLE001 - a check of a user may raise anything, and must not cost the record
            name = getattr(check, "__qualname__", type(check).__name__)
            message = f"the check {name} failed and says nothing: {_told(error)}"
            found.append(Issue(code="check_failed", path="", message=message, severity=Severity.WARNING))
        else:
            found += told
    return found


def _issue(given: object) -> Issue:
    if not isinstance(given, Issue):
        raise TypeError(f"it gave a {type(given).__name__} and no issue")
    return given


def _told(error: Exception) -> str:
    """An error in a line; its class alone where it cannot say what it is."""
    try:
        return f"{type(error).__name__}: {error}"
    except Exception:  # noqa: BLE001 - as above: the text of an error is code of the user too
        return type(error).__name__


def in_order(low: str, high: str, *, path: str) -> Check:
    """The value of ``high`` is not below that of ``low``; else both, which stand below ``path``, are in doubt."""

    def check(checked: Checked[Any]) -> Iterator[Issue]:
        least, most = checked.values.get(low), checked.values.get(high)
        if least is not None and most is not None and most < least:
            message = f"{high} = {most} is below {low} = {least}: one of them was misread, or they were taken for each other"
            yield checked.issue(path, message, code="order")

    return check


def not_before(later: str, earlier: str) -> Check:
    """The day of ``later`` is not before that of ``earlier``; else it is in doubt."""

    def check(checked: Checked[Any]) -> Iterator[Issue]:
        first, last = checked.values.get(earlier), checked.values.get(later)
        if first is not None and last is not None and last < first:
            yield checked.issue(later, f"{last} is before {earlier} = {first}", code="order", related=[earlier])

    return check


def disjoint(fields: str, others: str) -> Check:
    """No entry of the list ``fields`` is one of the list ``others``, unless the document says it in two places."""

    def check(checked: Checked[Any]) -> Iterator[Issue]:
        entries = list(checked.below(fields))
        known = {_said(value): path for path, value in checked.below(others)} if entries else {}
        for path, value in entries if known else ():
            if (twin := known.get(_said(value))) and _in_one_place(checked, path, twin):
                message, hint = f"the same entry stands in {twin}: {_shown(value)}", f"the same entry stands in {twin}"
                yield checked.issue(path, message, code="in_both", hint=hint, related=[twin])

    return check


def no_headings(*lists: str) -> Check:
    """No entry of these lists is the heading of a section."""

    def check(checked: Checked[Any]) -> Iterator[Issue]:
        for path, value in (leaf for name in lists for leaf in checked.below(name)):
            segments = checked.segments(path)
            headings = segments and all(segment.kind is Kind.HEADING for segment in segments)
            if headings and all(_said(segment.text) == _said(value) for segment in segments):
                message = f"{_shown(value)} is a heading and no entry"
                yield checked.issue(path, message, code="heading", hint="it is a heading and no entry")

    return check


def another_text_than(field: str, other: str) -> Check:
    """The text of ``field`` is not that of ``other``; that they share some of it is a warning."""

    def check(checked: Checked[Any]) -> Iterator[Issue]:
        own, theirs = checked.segments(field), {segment.number for segment in checked.segments(other)}
        shared = [segment for segment in own if segment.number in theirs]
        if shared and len(shared) == len(own):
            yield checked.issue(field, f"it is the text of {other}", code="same_text", related=[other])
        elif shared:
            message = f"{_shown(shared[0].text)} is part of {other} too"
            yield checked.issue(field, message, code="same_text", severity=Severity.WARNING)

    return check


def in_language(field: str, *texts: str) -> Check:
    """The language of ``field`` is the one that the longest line of these texts is written in."""

    def check(checked: Checked[Any]) -> Iterator[Issue]:
        said = checked.values.get(field)
        lines = [segment.text for name in texts for segment in checked.segments(name)]
        text = max(lines or [str(value) for name in texts for _, value in checked.below(name)], key=len, default="")
        if said is None or sum(map(str.isalpha, text)) < _LEAST_LETTERS:
            return
        read = read_language(text)
        if read and _language(read.value) != _language(str(said)):
            yield checked.issue(field, f"the texts of the record are written in {read.value!r}, not in {said!r}", code="language")

    return check


def not_left_out(checked: Checked[Any]) -> Iterator[Issue]:
    """No value comes from a part of the document that is none of the record's: a menu, another opening."""
    others = other_openings(checked.document)
    for path in checked.values:
        evidence = checked.evidence.get(path)
        if evidence is None or not evidence.segments or evidence.status in {Status.FACT, Status.INFERRED}:
            continue
        segments = [s for number in evidence.segments if (s := checked.document.segment(number))]
        if gone := next((segment for segment in segments if segment.dropped), None):
            message = f"{_shown(gone.text)} was left out of the document: {gone.dropped}"
            yield checked.issue(path, message, code="left_out", hint="it stands in no part of the document that counts")
        elif all(segment.number in others for segment in segments):
            message = f"{_shown(segments[0].text)} belongs to another opening"
            yield checked.issue(path, message, code="other_opening", hint="it belongs to another opening")


def _in_one_place(checked: Checked[Any], path: str, other: str) -> bool:
    """Whether two values stand in the same characters, as far as anybody knows."""
    own, theirs = (checked.evidence[place].spans if place in checked.evidence else () for place in (path, other))
    return not (own and theirs) or any(a.start < b.end and b.start < a.end for a in own for b in theirs)


def _said(value: object) -> str:
    return " ".join(alike(str(value)).casefold().split())


def _shown(value: object) -> str:
    text = " ".join(str(value).split())
    return repr(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…")


def _language(tag: str) -> str:
    primary = tag.partition("-")[0].lower()
    return _SAME_LANGUAGE.get(primary, primary)

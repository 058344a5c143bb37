"""Whether a record may be believed: what its schema refuses, what checks find wrong, and what became of each field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Generic, TypeVar

from pydantic import BaseModel

from extract.building import Built, build, came_from
from extract.checks import Check, Checked, found_by
from extract.cleaning.document import CleanDocument
from extract.errors import IncompleteRecord
from extract.fields import empty_lists, is_within, leaf_annotations, path_pattern, paths_above
from extract.grounding import Grounded
from extract.records import POSITION
from extract.result import Evidence, FieldStatus, Issue, RecordStatus, Severity, Status

T = TypeVar("T", bound=BaseModel)
UNGROUNDED = frozenset({"ungrounded", "reference_out_of_range", "unknown_field", "injected"})
"""Codes of errors that say that the document does not state a value."""
_MOST_ROUNDS = 10
"""How often the checks look at a record that has become smaller because of them."""
_MOST_TRIED = 100
"""Errors whose values are left out one by one, where the schema does not allow to leave out all of them."""


@dataclass(frozen=True, slots=True)
class Validated(Generic[T]):
    """A record, the evidence for each of its leaves, and an issue for each thing that is wrong with it.

    The paths of ``issues`` are those of the record, those of ``broken`` are those of the values as they came in: the errors
    for which a value is left out, or that stays in doubt.
    """

    record: T
    evidence: Mapping[str, Evidence]
    issues: tuple[Issue, ...]
    broken: tuple[Issue, ...]
    status: RecordStatus


def validate(
    values: Mapping[str, Grounded],
    schema: type[T],
    *,
    doubts: tuple[Issue, ...] = (),
    document: CleanDocument | None = None,
    checks: Sequence[Check] = (),
    strict: bool = True,
) -> Validated[T]:
    """Build the record and check it; a value that its field or a check refuses is left out, and what is valid stays.

    ``doubts`` are the issues so far, with the paths that ``values`` have. The checks see the ``document``; without one none is
    made. Not ``strict``: what a check refuses stays, with its error. Raises IncompleteRecord where the schema requires what is
    not there, or refuses the record as a whole; what a check refuses and the schema requires stays, with its error.
    """
    built = build(values, schema, doubts=doubts)
    told: list[Issue] = []
    for _ in range(_MOST_ROUNDS if document is not None and checks else 0):
        known = {(issue.code, issue.path) for issue in told}  # of a value that is gone, a check may say the same again
        found = [issue for issue in _checked(built, schema, document, checks) if (issue.code, issue.path) not in known]
        smaller = _smaller(built, found, schema, doubts) if strict else None
        told += found if smaller is None else [issue for issue in found if issue.severity is Severity.ERROR]
        if smaller is None:
            break
        built = replace(smaller, issues=(*built.issues, *smaller.issues))
    issues = tuple(dict.fromkeys((*doubts, *built.issues, *told)))
    places = _places(built)
    broken = tuple(issue for issue in issues if issue.severity is Severity.ERROR)
    return Validated(
        record=built.record,
        evidence=built.evidence,
        issues=tuple(_of_record(issue, places) for issue in issues),
        broken=broken,
        status=RecordStatus.FAILED if not built.left else RecordStatus.PARTIAL if broken else RecordStatus.COMPLETE,
    )


def _checked(built: Built[T], schema: type[T], document: CleanDocument | None, checks: Sequence[Check]) -> Iterator[Issue]:
    """What the checks find, with the paths that the values came in with.

    They see a copy of a record that could be changed, if it can be copied. What is about no field of the schema is about the
    document.
    """
    if document is None:
        return
    record = _copy(built.record)
    back = came_from(built.places)
    patterns = {place for pattern in leaf_annotations(schema) for place in (pattern, *paths_above(pattern))}
    for issue in found_by(checks, Checked(record, MappingProxyType(dict(built.evidence)), document)):
        path = issue.path if path_pattern(issue.path) in patterns else ""
        related = tuple(back.get(other, other) for other in issue.related)
        yield issue.model_copy(update={"path": back.get(path, path), "related": related})


def _copy(record: T) -> T:
    """The record for checks, which must not change ours; itself where it cannot change, or holds what cannot be copied."""
    if record.model_config.get("frozen", False):
        return record
    try:
        return record.model_copy(deep=True)
    except Exception:  # noqa: BLE001  # a lock, a connection: whatever a schema keeps in its records
        return record


def _smaller(built: Built[T], found: Iterable[Issue], schema: type[T], doubts: tuple[Issue, ...]) -> Built[T] | None:
    """The record without what the errors are about, as far as the schema allows; None where nothing is left out."""
    wrong = {issue.path for issue in found if issue.severity is Severity.ERROR and issue.path}
    left = {path: value for path, value in built.left.items() if not wrong.intersection((path, *paths_above(path)))}
    if len(left) == len(built.left):
        return None
    try:
        return build(left, schema, doubts=doubts)
    except IncompleteRecord:
        return _without_one_by_one(built, sorted(wrong)[:_MOST_TRIED], schema, doubts)


def _without_one_by_one(built: Built[T], wrong: Iterable[str], schema: type[T], doubts: tuple[Issue, ...]) -> Built[T] | None:
    """The record without each of these values that the schema can do without."""
    left, smallest = built.left, None
    for unit in wrong:
        rest = {path: value for path, value in left.items() if not is_within(path, unit)}
        if len(rest) < len(left):
            try:
                left, smallest = rest, build(rest, schema, doubts=doubts)
            except IncompleteRecord:
                left = {**rest, **left}
    return smallest


def _places(built: Built[T]) -> dict[str, str]:
    """Where what came in under a path stands in the record: for the values that are left, and for all paths above them."""
    return {came: place for place, came in came_from(built.places).items()}


def _of_record(issue: Issue, places: Mapping[str, str]) -> Issue:
    """The issue with the paths of the record; about an entry that is not there any longer it has the path of its list."""
    path, inside = _moved_path(issue.path, places)
    related = tuple(_moved_path(other, places)[0] for other in issue.related)
    if (path, related) == (issue.path, issue.related):
        return issue
    said = issue.message.removeprefix(f"{issue.path}: ")
    about = ": ".join(part for part in (path, inside) if part)
    message = issue.message if said == issue.message else f"{about}: {said}" if about else said
    return issue.model_copy(update={"path": path, "related": related, "message": message})


def _moved_path(path: str, places: Mapping[str, str]) -> tuple[str, str]:
    """The path in the record, and what of it lies inside of an entry that is not there."""
    if path in places:
        return places[path], ""
    parts = path.split(".")
    known = next((n for n in range(len(parts) - 1, 0, -1) if ".".join(parts[:n]) in places), 0)
    rest = parts[known:]
    end = next((n for n, part in enumerate(rest) if POSITION.fullmatch(part)), len(rest))
    above = [places[".".join(parts[:known])]] if known else []
    return ".".join([*above, *rest[:end]]), ".".join(rest[end + 1 :])


def field_states(
    record: BaseModel, evidence: Mapping[str, Evidence], issues: Iterable[Issue], *, not_asked: frozenset[str] = frozenset()
) -> dict[str, FieldStatus]:
    """What became of each leaf of a record, of each of its empty lists, and of each field that an error is about."""
    errors = {issue.path: issue.code for issue in issues if issue.severity is Severity.ERROR and issue.path}
    states: dict[str, FieldStatus] = {}
    for path in dict.fromkeys((*evidence, *empty_lists(record), *errors)):
        code = next((errors[place] for place in _concerning(path) if place in errors), None) if errors else None
        status = evidence[path].status if path in evidence else Status.ABSENT
        if code is not None and (path in errors or status is not Status.ABSENT):
            states[path] = FieldStatus.UNGROUNDED if code in UNGROUNDED else FieldStatus.INVALID
        elif status is Status.ABSENT:
            left_out = any(place in not_asked for place in (path, *paths_above(path)))
            states[path] = FieldStatus.NOT_ASKED if left_out else FieldStatus.ABSENT
        else:
            states[path] = FieldStatus.UNGROUNDED if status is Status.INFERRED else FieldStatus.FOUND
    return states


def _concerning(path: str) -> Iterator[str]:
    """The path, and those of the objects above it: an error of a list is about an entry that it has no longer."""
    yield path
    for above in paths_above(path):
        if POSITION.fullmatch(path[len(above) + 1 :].partition(".")[0]):
            return
        yield above

"""From grounded values to a record: Pydantic has the last word on each leaf, and what it refuses is null with an issue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

from extract.checks import Check, Checked, found_by
from extract.cleaning.document import CleanDocument
from extract.errors import IncompleteRecord
from extract.fields import below, empty_lists, leaf_paths, paths_above, shape_of
from extract.grounding import Grounded
from extract.readers.stating import same_value
from extract.records import POSITION, assemble, completed, content_of, number_of, without_gaps
from extract.result import Evidence, FieldStatus, Issue, RecordStatus, Severity, Status

T = TypeVar("T", bound=BaseModel)
_ABSENT = Evidence(status=Status.ABSENT)
_CHANGED = Evidence(status=Status.INFERRED)
UNGROUNDED = frozenset({"ungrounded", "reference_out_of_range", "unknown_field", "injected"})
"""Codes of errors that say that the document does not state a value."""
_TOLD = 5  # fields that a message names


@dataclass(frozen=True, slots=True)
class Validated(Generic[T]):
    """A record, the evidence for each of its leaves, and an issue for each thing that is wrong with it.

    The paths of ``issues`` are those of the record, those of ``broken`` are those of the values as they came in: the errors
    for which a value is left out, or that stays in doubt.
    """

    record: T
    evidence: Mapping[str, Evidence]
    issues: tuple[Issue, ...]
    broken: tuple[Issue, ...] = ()


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
    made. Not ``strict``: what a check refuses stays, with its error.

    What the schema requires and nothing is known of is null or an empty list where it may be. Raises IncompleteRecord only
    where the schema requires a value that is not there, or refuses the record as a whole; pydantic's own error is its cause.
    """
    built = _built(values, schema, doubts)
    told: tuple[Issue, ...] = ()
    while document is not None:
        checked = Checked(built.record, built.evidence, document)
        known = {(issue.code, issue.path) for issue in told}  # of a value that is gone, a check may say the same again
        found = [_from_record(issue, built.places) for issue in found_by(checks, checked)]
        found = [issue for issue in found if (issue.code, issue.path) not in known]
        refused = _below_errors(found, built.left)
        left = {path: value for path, value in built.left.items() if path not in refused}
        smaller = _smaller(left, schema, doubts) if strict and refused else None
        if smaller is None:
            told = (*told, *found)
            break
        told = (*told, *(issue for issue in found if issue.severity is Severity.ERROR))
        built = replace(smaller, issues=(*built.issues, *smaller.issues))
    issues = tuple(dict.fromkeys((*doubts, *built.issues, *told)))
    places = _places(built)
    return Validated(
        record=built.record,
        evidence=built.evidence,
        issues=tuple(_of_record(issue, places) for issue in issues),
        broken=tuple(issue for issue in issues if issue.severity is Severity.ERROR),
    )


@dataclass(frozen=True, slots=True)
class _Built(Generic[T]):
    """A record that Pydantic accepts, from the values that are ``left``; ``places`` says where each of them stands in it."""

    record: T
    evidence: Mapping[str, Evidence]
    left: Mapping[str, Grounded]
    places: Mapping[str, str]
    issues: tuple[Issue, ...]


def _built(values: Mapping[str, Grounded], schema: type[T], doubts: tuple[Issue, ...]) -> _Built[T]:
    left = dict(values)
    shape = shape_of(schema)
    issues = [_invalid(path, "it is a value and holds others at once") for path in _clashes(values)]
    for issue in issues:
        del left[issue.path]
    while True:
        places = without_gaps(left)
        stated = {places[path]: grounded for path, grounded in left.items()}
        tree = assemble({path: grounded.value for path, grounded in stated.items()})
        try:
            content = completed(content_of(tree, schema), shape)
            # By name alone: an alias may be the name of another field. Not strict: in JSON, a day is a text.
            record = schema.model_validate(content, strict=False, by_name=True, by_alias=False)
        except ValidationError as error:
            refused = _refusals(error, places)
            if not refused:
                told = (*doubts, *issues)
                raise IncompleteRecord(_incomplete(error, schema, told), issues=(*told, *_missing(error, told))) from error
            for path, message in refused.items():
                del left[path]
                issues.append(_invalid(path, message))
        else:
            evidence, moved = _evidence(record, stated)
            stands = {path: moved.get(place, place) for path, place in places.items()}
            return _Built(record, evidence, left, stands, tuple(issues))


def _smaller(values: Mapping[str, Grounded], schema: type[T], doubts: tuple[Issue, ...]) -> _Built[T] | None:
    """The record without what a check refuses; None where the schema does not allow to leave it out: it stays, with its error."""
    try:
        return _built(values, schema, doubts)
    except IncompleteRecord:
        return None


def _below_errors(issues: Iterable[Issue], values: Iterable[str]) -> frozenset[str]:
    """The values that errors are about: those at their paths and below them."""
    wrong = [issue.path for issue in issues if issue.severity is Severity.ERROR and issue.path]
    return frozenset(path for path in values if any(f"{path}.".startswith(f"{above}.") for above in wrong))


def _places(built: _Built[T]) -> dict[str, str]:
    """Where what came in under a path stands in the record: for the values that are left, and for all paths above them."""
    places: dict[str, str] = {}
    for path, place in built.places.items():
        if place:
            above = zip(paths_above(path), paths_above(place), strict=True)
            places |= {path: place, **dict(above)}
    return places


def _of_record(issue: Issue, places: Mapping[str, str]) -> Issue:
    """The issue with the paths of the record; about an entry that is not there any longer it has the path of its list."""
    path = _moved_path(issue.path, places)
    related = tuple(_moved_path(other, places) for other in issue.related)
    return issue.model_copy(update={"path": path, "related": related})


def _moved_path(path: str, places: Mapping[str, str]) -> str:
    if path in places:
        return places[path]
    parts = path.split(".")
    known = next((n for n in range(len(parts) - 1, 0, -1) if ".".join(parts[:n]) in places), 0)
    rest = parts[known:]
    end = next((n for n, part in enumerate(rest) if POSITION.fullmatch(part)), len(rest))
    return ".".join([*([places[".".join(parts[:known])]] if known else []), *rest[:end]])


def _from_record(issue: Issue, places: Mapping[str, str]) -> Issue:
    """The issue of a check with the paths that the values came in with."""
    back = {place: path for path, place in places.items() if place}
    for path, place in list(back.items()):
        back |= {above: came for above, came in zip(paths_above(place), paths_above(path), strict=True) if above not in back}
    related = tuple(back.get(path, path) for path in issue.related)
    return issue.model_copy(update={"path": back.get(issue.path, issue.path), "related": related})


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


def record_status(evidence: Mapping[str, Evidence], issues: Iterable[Issue]) -> RecordStatus:
    """How much of a record can be relied on."""
    if all(found.status is Status.ABSENT for found in evidence.values()):
        return RecordStatus.FAILED
    return RecordStatus.PARTIAL if any(issue.severity is Severity.ERROR for issue in issues) else RecordStatus.COMPLETE


def _invalid(path: str, message: str) -> Issue:
    return Issue(code="invalid", path=path, message=f"{path}: {message}", severity=Severity.ERROR)


def _clashes(paths: Iterable[str]) -> list[str]:
    """The paths that lead on to another one: "company" beside "company.name"."""
    known = frozenset(paths)
    above = {beginning for path in known for beginning in paths_above(path)}
    return sorted(known & above)


def _incomplete(error: ValidationError, schema: type[BaseModel], issues: Sequence[Issue]) -> str:
    """What the schema asks for that is not there, or why what was there was refused."""
    reasons = {issue.path: issue.message for issue in issues if issue.severity is Severity.ERROR}
    details = error.errors(include_url=False, include_context=False, include_input=False)
    places = {".".join(map(str, detail["loc"])): detail["msg"] for detail in details[:_TOLD]}
    told = "; ".join(reasons.get(place) or f"{place or 'the record'}: {message}" for place, message in places.items())
    return f"the document gives no {schema.__name__} ({told}): skip it, or make these fields optional"


def _missing(error: ValidationError, issues: Sequence[Issue]) -> Iterator[Issue]:
    """An error for each field that the schema requires and nothing else was said about."""
    known = {issue.path for issue in issues if issue.severity is Severity.ERROR}
    for detail in error.errors(include_url=False, include_context=False, include_input=False):
        path = ".".join(map(str, detail["loc"]))
        if path and path not in known:
            message = f"{path}: the schema requires it, and nothing was found for it"
            yield Issue(code="missing", path=path, message=message, severity=Severity.ERROR)


def _refusals(error: ValidationError, places: Mapping[str, str]) -> dict[str, str]:
    """What the schema says against values, by path as it came in: a leaf, or all leaves below an object.

    An entry or an object that lacks something is refused whole.
    """
    held: dict[str, list[str]] = {}
    for path, place in places.items():
        for above in (place, *paths_above(place)):
            held.setdefault(above, []).append(path)
    details = error.errors(include_url=False, include_context=False, include_input=False)
    found: dict[str, str] = {}
    for detail in details:
        nearest, is_it = _nearest(detail["loc"], held)
        message = detail["msg"] if is_it else f"{'.'.join(map(str, detail['loc']))}: {detail['msg']}"
        for path in held.get(nearest, ()):
            found.setdefault(path, message)
    return found


def _nearest(location: Iterable[int | str], held: Mapping[str, object]) -> tuple[str, bool]:
    """The longest path on the way to a location that holds values, and whether it leads there.

    Between the names of fields, Pydantic names the member of a union that it tried, which is no part of a path.
    """
    place, is_it = "", False
    for part in map(str, location):
        inner = below(place, part)
        place, is_it = (inner, True) if inner in held else (place, False)
    return place, is_it


def _evidence(record: BaseModel, values: Mapping[str, Grounded]) -> tuple[dict[str, Evidence], dict[str, str]]:
    """Evidence for each leaf of the record, in its order: what was found, or that it is absent.

    And where values went whose entries the schema moved: to another path of the record, or to none ("").
    """
    leaves = dict(leaf_paths(record))
    moved = {} if values.keys() <= leaves.keys() else _moved(leaves, values)
    found: dict[str, Evidence] = {}
    for path, held in leaves.items():
        above = next((entry for entry in (path, *paths_above(path)) if entry in moved), None) if moved else None
        if held is None:
            found[path] = _ABSENT
        elif above is None:
            found[path] = values[path].evidence if path in values else _CHANGED  # the schema's own default
        else:
            came_from = moved[above] + path[len(above) :] if moved[above] else ""
            found[path] = values[came_from].evidence if came_from in values else _CHANGED
    return found, _went(values, moved)


def _went(values: Mapping[str, Grounded], moved: Mapping[str, str]) -> dict[str, str]:
    """Where each value went whose list the schema made shorter, by the path that it had."""
    lists = {entry.rpartition(".")[0] for entry in moved}
    to = {came_from: entry for entry, came_from in moved.items() if came_from}
    went: dict[str, str] = {}
    for path in values:
        entry = next((above for above in (path, *paths_above(path)) if above.rpartition(".")[0] in lists), None)
        if entry is not None and POSITION.fullmatch(entry.rpartition(".")[2]):
            went[path] = to[entry] + path[len(entry) :] if entry in to else ""
    return went


def _moved(leaves: Mapping[str, object], values: Mapping[str, Grounded]) -> dict[str, str]:
    """Where the entries of lists that the schema made shorter came from, by path of the entry; "" for one that it changed.

    A schema may drop an entry that is blank or there already; the next one then stands in its place, and must not get its
    evidence. Entries keep their order, so each one of the record is the next one that says the same.
    """
    stated, held = _entries({path: grounded.value for path, grounded in values.items()}), _entries(leaves)
    moved: dict[str, str] = {}
    for name, entries in held.items():
        if len(entries) == len(stated.get(name, {})):
            continue
        candidates = iter(stated.get(name, {}).items())
        for position, entry in entries.items():
            came_from = next((at for at, candidate in candidates if _says_the_same(entry, candidate)), None)
            moved[below(name, position)] = "" if came_from is None else below(name, came_from)
    return moved


def _entries(leaves: Mapping[str, object]) -> dict[str, dict[str, dict[str, object]]]:
    """The leaves by name of the outermost list, position in it, and path below the position."""
    found: dict[str, dict[str, dict[str, object]]] = {}
    for path, value in leaves.items():
        parts = path.split(".")
        at = next((n for n, part in enumerate(parts) if POSITION.fullmatch(part)), None)
        if at is not None:
            entries = found.setdefault(".".join(parts[:at]), {})
            entries.setdefault(parts[at], {})[".".join(parts[at + 1 :])] = value
    return {name: {at: entries[at] for at in sorted(entries, key=number_of)} for name, entries in found.items()}


def _says_the_same(entry: Mapping[str, object], candidate: Mapping[str, object]) -> bool:
    """Whether an entry of the record is what the schema makes of a candidate; nulls and blanks say nothing."""
    said = {path: value for path, value in candidate.items() if not (isinstance(value, str) and not value.strip())}
    held = {path: value for path, value in entry.items() if value is not None}
    return said.keys() == held.keys() and all(same_value(held[path], value) for path, value in said.items())

"""From grounded values to a record: Pydantic has the last word on each leaf, and what it refuses is left out with an issue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from extract.errors import IncompleteRecord
from extract.fields import below, leaf_paths, paths_above, shape_of
from extract.grounding import Grounded
from extract.readers.stating import same_value
from extract.records import POSITION, assemble, completed, content_of, number_of, without_gaps
from extract.result import Evidence, Issue, Severity, Status

T = TypeVar("T", bound=BaseModel)
_ABSENT = Evidence(status=Status.ABSENT)
_CHANGED = Evidence(status=Status.INFERRED)
_TOLD = 5  # fields that a message names


@dataclass(frozen=True, slots=True)
class Built(Generic[T]):
    """A record that Pydantic accepts, from the values that are ``left``; ``places`` says where each of them stands in it.

    ``issues`` are about what was left out, with the paths that the values came in with.
    """

    record: T
    evidence: Mapping[str, Evidence]
    left: Mapping[str, Grounded]
    places: Mapping[str, str]
    issues: tuple[Issue, ...]


class _Refusal(NamedTuple):
    """What the schema says against something: its path, and the values that are left out because of it."""

    path: str
    message: str
    values: Sequence[str]


def build(values: Mapping[str, Grounded], schema: type[T], *, doubts: tuple[Issue, ...] = ()) -> Built[T]:
    """The record of these values; what its field refuses is left out, and what is valid stays.

    What the schema requires and nothing is known of is null or an empty list where it may be. Raises IncompleteRecord only
    where the schema requires a value that is not there, or refuses the record as a whole; pydantic's own error is its cause,
    and ``doubts`` are the issues so far.
    """
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
            refused = list(_refusals(error, places))
            if not refused:
                told = (*doubts, *issues)
                raise IncompleteRecord(_incomplete(error, schema, told), issues=(*told, *_missing(error, told))) from error
            for refusal in refused:
                issues.append(_invalid(refusal.path, refusal.message))
                for path in refusal.values:
                    left.pop(path, None)
        else:
            evidence, moved = _evidence(record, stated)
            stands = {path: moved.get(place, place) for path, place in places.items()}
            return Built(record, evidence, left, stands, tuple(issues))


def came_from(places: Mapping[str, str]) -> dict[str, str]:
    """The paths that values came in with, by the places where they stand in a record; and those above them.

    >>> came_from({"tags.3": "tags.1", "tags.0": ""})
    {'tags.1': 'tags.3', 'tags': 'tags'}
    """
    back: dict[str, str] = {}
    for path, place in places.items():
        if place:
            back[place] = path
            for above, came in zip(paths_above(place), paths_above(path), strict=True):
                back.setdefault(above, came)
    return back


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


def _refusals(error: ValidationError, places: Mapping[str, str]) -> Iterator[_Refusal]:
    """What the schema says against values, by the paths that they came in with.

    An entry or an object that lacks something is left out whole; the refusal is about what it lacks.
    """
    back = came_from(places)
    held: dict[str, list[str]] = {}
    for path, place in places.items():
        for above in (place, *paths_above(place)):
            held.setdefault(above, []).append(path)
    for detail in error.errors(include_url=False, include_context=False, include_input=False):
        location = list(map(str, detail["loc"]))
        nearest, rest = _nearest(location, held)
        if nearest in held:
            path = ".".join([back.get(nearest, nearest), *rest])
            yield _Refusal(path, detail["msg"], held[nearest])


def _nearest(location: Sequence[str], held: Mapping[str, object]) -> tuple[str, Sequence[str]]:
    """The longest path on the way to a location that holds values, and what is left of the way.

    Between the names of fields, Pydantic names the member of a union that it tried, which is no part of a path.
    """
    place, rest = "", location
    for at, part in enumerate(location):
        if below(place, part) in held:
            place, rest = below(place, part), location[at + 1 :]
    return place, rest


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

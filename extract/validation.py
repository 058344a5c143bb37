"""From grounded values to a record: Pydantic has the last word on each leaf, and what it refuses is null with an issue."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

from extract.cleaning.document import Scalar
from extract.fields import leaf_paths
from extract.grounding import Grounded
from extract.result import Evidence, Issue, Severity, Status

T = TypeVar("T", bound=BaseModel)
Tree = dict[str, "Tree | Scalar"]
_POSITION = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Validated(Generic[T]):
    """A record, the evidence for each of its leaves, and an issue for each value that the schema refused."""

    record: T
    evidence: Mapping[str, Evidence]
    issues: tuple[Issue, ...]


def validate(values: Mapping[str, Grounded], schema: type[T]) -> Validated[T]:
    """Build the record; a value that its field refuses is left out, and what is valid stays.

    Raises pydantic.ValidationError where the schema requires a field that the document does not state.
    """
    left = dict(values)
    issues: list[Issue] = []
    while True:
        left = without_gaps(left)
        try:
            record = schema.model_validate(assemble({path: grounded.value for path, grounded in left.items()}))
        except ValidationError as error:
            refused = {path: message for path, message in _refusals(error, left) if path in left}
            if not refused:
                raise
            for path, message in refused.items():
                del left[path]
                issues.append(Issue(code="invalid", path=path, message=f"{path}: {message}", severity=Severity.ERROR))
            continue
        return Validated(record, _evidence(record, left), tuple(issues))


def _refusals(error: ValidationError, values: Mapping[str, Grounded]) -> Iterable[tuple[str, str]]:
    """The paths of the values that an error is about: a leaf, or all leaves below an object."""
    for detail in error.errors(include_url=False):
        where = ".".join(str(part) for part in detail["loc"])
        for path in values:
            if path == where or path.startswith(f"{where}."):
                yield path, detail["msg"]


def without_gaps(values: Mapping[str, Grounded]) -> dict[str, Grounded]:
    """The same values with list positions from 0 on, also where some were left out.

    >>> entry = Grounded("x", Evidence(status=Status.QUOTED))
    >>> list(without_gaps({"skills.1": entry, "places.2.city": entry, "places.2.region": entry, "places.4.city": entry}))
    ['skills.0', 'places.0.city', 'places.0.region', 'places.1.city']
    """
    numbers: dict[str, dict[str, int]] = {}
    renumbered: dict[str, Grounded] = {}
    for path, grounded in values.items():
        old: list[str] = []
        new: list[str] = []
        for part in path.split("."):
            if _POSITION.fullmatch(part):
                known = numbers.setdefault(".".join(old), {})
                new.append(str(known.setdefault(part, len(known))))
            else:
                new.append(part)
            old.append(part)
        renumbered[".".join(new)] = grounded
    return renumbered


def assemble(values: Mapping[str, Scalar]) -> object:
    """The nested form of values by dotted path; a part that is a number is a list position.

    >>> assemble({"title": "Cook", "places.0.city": "Bern", "places.1.city": "Genf"})
    {'title': 'Cook', 'places': [{'city': 'Bern'}, {'city': 'Genf'}]}
    """
    tree: Tree = {}
    for path, value in values.items():
        node = tree
        *above, last = path.split(".")
        for part in above:
            below = node.setdefault(part, {})
            if not isinstance(below, dict):
                raise ValueError(f"{path}: {part} is a value and an object at once")
            node = below
        node[last] = value
    return _lists(tree)


def _lists(node: Tree | Scalar) -> object:
    if not isinstance(node, dict):
        return node
    below = {key: _lists(value) for key, value in node.items()}
    if below and all(_POSITION.fullmatch(key) for key in below):
        return [below[key] for key in sorted(below, key=int)]
    return below


def _evidence(record: BaseModel, values: Mapping[str, Grounded]) -> dict[str, Evidence]:
    """Evidence for each leaf of the record, in its order: what was found, or that it is absent."""
    absent = Evidence(status=Status.ABSENT)
    return {
        path: values[path].evidence if path in values else absent
        for path, value in leaf_paths(record)
        if path in values or value is None
    }

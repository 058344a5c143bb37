"""From grounded values to a record: Pydantic has the last word on each leaf, and what it refuses is null with an issue."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel, RootModel, ValidationError

from extract.cleaning.document import Scalar
from extract.errors import IncompleteRecord
from extract.fields import Leaf, ListShape, ObjectShape, Shape, UnionShape, below, leaf_paths, paths_above, shape_of
from extract.grounding import Grounded
from extract.readers.stating import same_value
from extract.result import Evidence, Issue, Severity, Status

T = TypeVar("T", bound=BaseModel)
Tree = dict[str, "Tree | Scalar"]
_POSITION = re.compile(r"[0-9]+")
_ABSENT = Evidence(status=Status.ABSENT)
_CHANGED = Evidence(status=Status.INFERRED)
_TOLD = 5  # fields that a message names


@dataclass(frozen=True, slots=True)
class Validated(Generic[T]):
    """A record, the evidence for each of its leaves, and an issue for each value that the schema refused."""

    record: T
    evidence: Mapping[str, Evidence]
    issues: tuple[Issue, ...]


def validate(values: Mapping[str, Grounded], schema: type[T], *, doubts: tuple[Issue, ...] = ()) -> Validated[T]:
    """Build the record; a value that its field refuses is left out, and what is valid stays.

    ``doubts`` are the issues so far: where there is no record, they say why a value is missing.

    What the schema requires and nothing is known of is null or an empty list where it may be. The paths of issues are those
    of the values as they came in. Raises IncompleteRecord only where the schema requires a value that is not there, or
    refuses the record as a whole; pydantic's own error is its cause.
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
            content = completed(_content(tree, schema), shape)
            # By name alone: an alias may be the name of another field. Not strict: in JSON, a day is a text.
            record = schema.model_validate(content, strict=False, by_name=True, by_alias=False)
        except ValidationError as error:
            refused = _refusals(error, places)
            if not refused:
                told = (*doubts, *issues)
                raise IncompleteRecord(_incomplete(error, schema, told), issues=told) from error
            for path, message in refused.items():
                del left[path]
                issues.append(_invalid(path, message))
        else:
            return Validated(record, _evidence(record, stated), tuple(issues))


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


def completed(content: object, shape: Shape | None) -> object:
    """The content with what is required and not there: null where that is allowed, an empty list, the one value there is.

    >>> class Line(BaseModel):
    ...     text: str | None
    ...     tags: list[str]
    >>> completed({}, shape_of(Line))
    {'text': None, 'tags': []}
    """
    if isinstance(content, dict) and isinstance(shape, ObjectShape):
        for name, info in shape.model.model_fields.items():
            inner = shape.fields.get(name)
            if name in content:
                content[name] = completed(content[name], inner)
            elif info.is_required():
                for nothing in _nothing(inner):
                    content[name] = nothing
    elif isinstance(content, list) and isinstance(shape, ListShape):
        return [completed(item, shape.item) for item in content]
    elif isinstance(shape, UnionShape):
        return completed(content, _chosen(content, shape))
    return content


def _nothing(shape: Shape | None) -> Iterator[object]:
    """What stands for nothing in a required field; nothing at all where it needs a value."""
    if shape is None or isinstance(shape, ListShape):  # a model that contains itself ends in a list, or in null
        yield None if shape is not None and shape.optional else []
    elif shape.optional:
        yield None
    elif isinstance(shape, ObjectShape):
        yield completed({}, shape)
    elif isinstance(shape, Leaf) and shape.is_constant:
        yield shape.choices[0]


def _chosen(content: object, union: UnionShape) -> Shape | None:
    """The member of a union that an object is: the one with the constants that it has."""
    objects = [member for member in union.members if isinstance(member, ObjectShape)] if isinstance(content, dict) else []
    return next((member for member in objects if isinstance(content, dict) and _has_constants(content, member)), None)


def _has_constants(content: Mapping[str, object], shape: ObjectShape) -> bool:
    constants = [(name, leaf.choices) for name, leaf in shape.fields.items() if isinstance(leaf, Leaf) and leaf.is_constant]
    return all(content.get(name) in choices for name, choices in constants) and content.keys() <= shape.fields.keys()


def without_gaps(paths: Iterable[str]) -> dict[str, str]:
    """Each path with its list positions counted from 0 on in their order, also where some were left out.

    >>> without_gaps(["skills.7", "skills.3", "places.2.city", "places.2.region", "places.04.city"])
    {'skills.7': 'skills.1', 'skills.3': 'skills.0', 'places.2.city': 'places.0.city', 'places.2.region': 'places.0.region', \
'places.04.city': 'places.1.city'}
    """
    split = {path: path.split(".") for path in paths}
    positions: dict[tuple[str, ...], set[str]] = {}
    for parts in split.values():
        for at, part in enumerate(parts):
            if _POSITION.fullmatch(part):
                positions.setdefault(tuple(parts[:at]), set()).add(part)
    numbers = {above: {part: str(n) for n, part in enumerate(sorted(found, key=_number))} for above, found in positions.items()}
    return {
        path: ".".join(numbers.get(tuple(parts[:at]), {}).get(part, part) for at, part in enumerate(parts))
        for path, parts in split.items()
    }


def _number(position: str) -> tuple[int, str, str]:
    """The order of positions by number; without int(), which refuses to read thousands of figures."""
    significant = position.lstrip("0")
    return len(significant), significant, position


def assemble(values: Mapping[str, Scalar]) -> Tree:
    """The values by dotted path as a tree of dicts; ValueError where a path is a value and an object at once.

    >>> assemble({"title": "Cook", "places.0.city": "Bern", "places.1.city": "Genf"})
    {'title': 'Cook', 'places': {'0': {'city': 'Bern'}, '1': {'city': 'Genf'}}}
    """
    tree: Tree = {}
    for path, value in values.items():
        node = tree
        *above, last = path.split(".")
        for part in above:
            inner = node.setdefault(part, {})
            if not isinstance(inner, dict):
                raise ValueError(f"{path}: {part} is a value and an object at once")
            node = inner
        node[last] = value
    return tree


def _lists(node: Tree | Scalar) -> object:
    """The node with a list for each dict of which all keys are positions."""
    if isinstance(node, dict) and node and all(map(_POSITION.fullmatch, node)):
        return [_lists(node[key]) for key in sorted(node, key=_number)]
    return _below(node) if isinstance(node, dict) else node


def _content(tree: Tree, schema: type[BaseModel]) -> object:
    """What the schema is given: a record, or the list or value that it is the root of."""
    if not issubclass(schema, RootModel):
        return _below(tree)
    return tree[""] if tree.keys() == {""} else _lists(tree)


def _below(tree: Tree) -> dict[str, object]:
    """The tree with lists below its root: a record has names, also where all of them are numbers."""
    return {key: _lists(node) for key, node in tree.items()}


def _evidence(record: BaseModel, values: Mapping[str, Grounded]) -> dict[str, Evidence]:
    """Evidence for each leaf of the record, in its order: what was found, or that it is absent."""
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
    return found


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
        at = next((n for n, part in enumerate(parts) if _POSITION.fullmatch(part)), None)
        if at is not None:
            entries = found.setdefault(".".join(parts[:at]), {})
            entries.setdefault(parts[at], {})[".".join(parts[at + 1 :])] = value
    return {name: {at: entries[at] for at in sorted(entries, key=_number)} for name, entries in found.items()}


def _says_the_same(entry: Mapping[str, object], candidate: Mapping[str, object]) -> bool:
    """Whether an entry of the record is what the schema makes of a candidate; nulls and blanks say nothing."""
    said = {path: value for path, value in candidate.items() if not (isinstance(value, str) and not value.strip())}
    held = {path: value for path, value in entry.items() if value is not None}
    return said.keys() == held.keys() and all(same_value(held[path], value) for path, value in said.items())

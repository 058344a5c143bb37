"""Values by path as the tree that a schema is given: lists without gaps, and what is required and not there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from pydantic import BaseModel, RootModel

from extract.cleaning.document import Scalar
from extract.fields import Leaf, ListShape, ObjectShape, Shape, UnionShape

Tree = dict[str, "Tree | Scalar"]
POSITION = re.compile(r"[0-9]+")
"""A part of a path that is a position in a list."""


def completed(content: object, shape: Shape | None) -> object:
    """The content with what is required and not there: null where that is allowed, an empty list, the one value there is.

    >>> from extract.fields import shape_of
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
            if POSITION.fullmatch(part):
                positions.setdefault(tuple(parts[:at]), set()).add(part)
    numbers = {above: {part: str(n) for n, part in enumerate(sorted(found, key=number_of))} for above, found in positions.items()}
    return {
        path: ".".join(numbers.get(tuple(parts[:at]), {}).get(part, part) for at, part in enumerate(parts))
        for path, parts in split.items()
    }


def number_of(position: str) -> tuple[int, str, str]:
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
    if isinstance(node, dict) and node and all(map(POSITION.fullmatch, node)):
        return [_lists(node[key]) for key in sorted(node, key=number_of)]
    return _below(node) if isinstance(node, dict) else node


def content_of(tree: Tree, schema: type[BaseModel]) -> object:
    """What the schema is given: a record, or the list or value that it is the root of."""
    if not issubclass(schema, RootModel):
        return _below(tree)
    return tree[""] if tree.keys() == {""} else _lists(tree)


def _below(tree: Tree) -> dict[str, object]:
    """The tree with lists below its root: a record has names, also where all of them are numbers."""
    return {key: _lists(node) for key, node in tree.items()}

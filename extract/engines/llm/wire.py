"""The wire schema: what the provider sees of a Pydantic model, so that texts are answered by reference.

Text that is ``Verbatim`` is answered as a string that names lines of the document, or a line and words of it
(``references.py``), any other leaf as ``{"value": …, "at": line | null}``; objects and lists nest as in the model. Every key is
required; what is not stated is null, or an empty list. Nothing is additional, and no keyword stands in it that strict structured
output refuses or that an endpoint drops without a word: bounds, patterns, formats other than that of a day, and sets are left to
Pydantic. (In the format of a moment a time zone must stand, which documents seldom state.)
Models that contain themselves are written out to ``extract.fields.RECURSION_LIMIT``.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from types import MappingProxyType

from pydantic import BaseModel

from extract.engines.llm.nodes import ROOT, Either, Entries, Node, Passage, Record, Tag, Value, Wire
from extract.engines.llm.value_schema import WAY_OUT, value_schema
from extract.engines.llm.wire_writing import written_schema
from extract.errors import SchemaError
from extract.fields import Leaf, ListShape, ObjectShape, Shape, UnionShape, below, shape_of


def askable(schema: type[BaseModel]) -> tuple[str, ...]:
    """The paths that can be asked or left out one by one: leaves, and whole lists and unions, in the order of the schema.

    >>> class Job(BaseModel):
    ...     title: str
    ...     bonuses: list[float] = []
    >>> askable(Job)
    ('title', 'bonuses')
    """
    return tuple(_askable(shape_of(schema), ""))


@lru_cache(maxsize=256)  # documents of one source lack the same fields
def wire_schema(schema: type[BaseModel], asked: frozenset[str] | None = None) -> Wire:
    """The wire schema of a model, or of the part of it that is asked for: paths as ``askable`` lists them.

    Raises SchemaError, which names the field, for a type that no answer can have.
    """
    shape = shape_of(schema)
    node = _node(shape, "", frozenset(_askable(shape, "")) if asked is None else asked)
    wrapped = not isinstance(node, Record)
    root = node if isinstance(node, Record) else Record(MappingProxyType({} if node is None else {ROOT: node}))
    if not root.fields and asked is None:
        raise SchemaError(f"{schema.__name__} has no field that could be asked for: {WAY_OUT}")
    return Wire(root, written_schema(root), wrapped)


@lru_cache(maxsize=256)
def wire_of_parts(schema: type[BaseModel], paths: tuple[str, ...]) -> Wire:
    """The wire schema of single parts of a record: one flat object whose keys are their paths ("locations.2.city").

    A path that leads to nothing that can be asked for is left out; one that leads into one of several objects asks for all of it.

    >>> class Job(BaseModel):
    ...     bonuses: list[float] = []
    >>> list(wire_of_parts(Job, ("bonuses.3", "title")).root.fields)
    ['bonuses.3']
    """
    whole = wire_schema(schema)
    top = whole.root.fields[ROOT] if whole.wrapped else whole.root
    found = (_at(top, path) for path in paths)
    root = Record(MappingProxyType(dict(part for part in found if part)))
    return Wire(root, written_schema(root))


def _at(node: Node, path: str) -> tuple[str, Node] | None:
    """The node that a path leads to, and how far it leads."""
    place = ""
    for name in path.split("."):
        match node:
            case Record() if name in node.fields:
                node = node.fields[name]
            case Entries() if name.isdecimal():
                node = node.item
            case Either():
                break
            case _:
                return None
        place = below(place, name)
    return None if not place or isinstance(node, Tag) else (place, node)


def _askable(shape: Shape, path: str) -> Iterator[str]:
    if isinstance(shape, ObjectShape):
        for name, inner in shape.fields.items():
            yield from _askable(inner, below(path, name))
    elif not (isinstance(shape, Leaf) and shape.is_constant):
        yield path


def _node(shape: Shape, path: str, asked: frozenset[str]) -> Node | None:
    """The node of a shape; None where nothing of it is asked for."""
    if isinstance(shape, ObjectShape):
        fields = {name: _node(inner, below(path, name), asked) for name, inner in shape.fields.items()}
        kept = {name: node for name, node in fields.items() if node is not None}
        return Record(MappingProxyType(kept), shape.description) if kept else None
    return _whole(shape, path) if path in asked else None


def _whole(shape: Shape, path: str) -> Node | None:
    """The node of a shape with everything below it; None where a model that contains itself ends without a field."""
    match shape:
        case Leaf():
            return _leaf(shape, path)
        case ListShape():
            item = _whole(shape.item, below(path, "*"))
            return None if item is None else Entries(item, shape.description)
        case UnionShape():
            members = [node for member in shape.members if (node := _whole(member, path)) is not None]
            return Either(tuple(members), shape.description) if len(members) > 1 else next(iter(members), None)
        case ObjectShape():
            return _object(shape, path)


def _object(shape: ObjectShape, path: str) -> Node | None:
    if not shape.model.model_fields:
        raise SchemaError(f"{path}: {shape.model.__name__} has no field that could be asked for: {WAY_OUT}")
    nodes = {name: _whole(inner, below(path, name)) for name, inner in shape.fields.items()}
    fields = {name: node for name, node in nodes.items() if node is not None}
    return Record(MappingProxyType(fields), shape.description) if fields else None


def _leaf(leaf: Leaf, path: str) -> Node:
    if leaf.verbatim and leaf.annotation is str:
        return Passage(leaf)
    if leaf.is_constant:
        return Tag(leaf.choices[0])
    return Value(leaf, MappingProxyType(value_schema(leaf, path)))

"""The wire schema: what the provider sees of a Pydantic model, so that texts are answered by reference.

Text that is ``Verbatim`` is answered as a string that names lines of the document, or a line and words of it
(``references.py``), any other leaf as ``{"value": …, "at": line | null}``; objects and lists nest as in the model. Every key is
required; what is not stated is null, or an empty list. Nothing is additional, and no keyword stands in it that strict structured
output refuses or that an endpoint drops without a word: bounds, patterns, formats other than that of a day, and sets are left to
Pydantic. (In the format of a moment a time zone must stand, which documents seldom state.)
Models that contain themselves are written out to ``extract.fields.RECURSION_LIMIT``.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Annotated, cast

from pydantic import BaseModel, JsonValue, TypeAdapter
from pydantic.errors import PydanticInvalidForJsonSchema, PydanticSchemaGenerationError, PydanticUserError

from extract.errors import SchemaError
from extract.fields import Leaf, ListShape, ObjectShape, Shape, UnionShape, below, shape_of

MAX_DEPTH = 10
"""How deep objects may nest: what OpenAI's structured output allows."""
MAX_PROPERTIES = 5000
"""How many keys a schema may have there."""
MAX_CHOICES = 1000
"""How many values all enums of a schema may have there together."""
ROOT = "root"
"""The key under which the answer stands where the model itself is no object."""

_SCALARS = ("string", "number", "integer", "boolean")
_WAY_OUT = "use text, numbers, truth values, dates, enums, models, and lists of these"
Json = dict[str, JsonValue]
_NULL: Json = {"type": "null"}


@dataclass(frozen=True, slots=True)
class Passage:
    """Text of the document that is answered by reference."""

    leaf: Leaf


@dataclass(frozen=True, slots=True)
class Value:
    """A value with the line that states it; ``schema`` is that of the value alone."""

    leaf: Leaf
    schema: Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True)
class Tag:
    """The constant by which a member of a union is known; it needs no line."""

    value: str | int | float | bool


@dataclass(frozen=True, slots=True)
class Record:
    """An object of the answer."""

    fields: Mapping[str, Node]
    description: str = ""


@dataclass(frozen=True, slots=True)
class Entries:
    """A list of the answer."""

    item: Node
    description: str = ""


@dataclass(frozen=True, slots=True)
class Either:
    """One of several nodes."""

    members: tuple[Node, ...]
    description: str = ""


Node = Passage | Value | Tag | Record | Entries | Either


@dataclass(frozen=True, eq=False)
class Wire:
    """A wire schema: its nodes, and the JSON schema that is sent. ``wrapped``: the answer stands under ROOT.

    Two are equal only if they are the same object, so that what is made of one can be kept.
    """

    root: Record
    schema: Mapping[str, JsonValue] = field(repr=False)
    wrapped: bool = False


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
        raise SchemaError(f"{schema.__name__} has no field that could be asked for: {_WAY_OUT}")
    return Wire(root, _Writer().document(root), wrapped)


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
    return Wire(root, _Writer().document(root))


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


def leaves_of(node: Node) -> Iterator[Leaf]:
    """What the schema says about each leaf of a node that is asked for."""
    return (asked.leaf for asked in _asked(node))


def _asked(node: Node) -> Iterator[Passage | Value]:
    """The texts and values of a node, each as often as it comes."""
    match node:
        case Passage() | Value():
            yield node
        case Entries():
            yield from _asked(node.item)
        case Either():
            for member in node.members:
                yield from _asked(member)
        case Record():
            for part in node.fields.values():
                yield from _asked(part)


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
        raise SchemaError(f"{path}: {shape.model.__name__} has no field that could be asked for: {_WAY_OUT}")
    nodes = {name: _whole(inner, below(path, name)) for name, inner in shape.fields.items()}
    fields = {name: node for name, node in nodes.items() if node is not None}
    return Record(MappingProxyType(fields), shape.description) if fields else None


def _leaf(leaf: Leaf, path: str) -> Node:
    if leaf.verbatim and leaf.annotation is str:
        return Passage(leaf)
    if leaf.is_constant:
        return Tag(leaf.choices[0])
    return Value(leaf, MappingProxyType(value_schema(leaf, path)))


def value_schema(leaf: Leaf, path: str) -> Json:
    """The JSON schema of a leaf's value: its type, its choices, whether it is a date; SchemaError for anything else."""
    found = _types(_generated(leaf, path), path)
    types = [kind for kind in _SCALARS if kind in found]
    if leaf.choices:
        types = [kind for kind in _SCALARS if kind in {_type_of(choice, path) for choice in leaf.choices}]
        return {"type": types[0] if len(types) == 1 else [*types], "enum": list(leaf.choices)}
    if "number" in types:  # Pydantic writes Decimal as a number or a string with a pattern, and a float as both kinds of numbers
        pure = [kind for kind in types if kind not in {"string", "integer"}]
        types = pure if _is_number(leaf) else [kind for kind in types if kind != "integer"]
    written: Json = {"type": types[0] if len(types) == 1 else [*types]}
    is_day = types == ["string"] and found["string"] == {"date"}
    return written | {"format": "date"} if is_day else written


def _is_number(leaf: Leaf) -> bool:
    return isinstance(leaf.annotation, type)


def _generated(leaf: Leaf, path: str) -> Json:
    """What Pydantic itself writes for the type of a leaf."""
    try:
        annotated = Annotated[leaf.annotation, *leaf.marks] if leaf.marks else leaf.annotation
        return TypeAdapter(cast("type[object]", annotated)).json_schema()
    except (PydanticInvalidForJsonSchema, PydanticSchemaGenerationError, PydanticUserError) as error:
        raise SchemaError(f"{path}: {_named(leaf)} has no JSON schema, so no model can be asked for it: {_WAY_OUT}") from error


def _types(schema: JsonValue, path: str, definitions: Mapping[str, JsonValue] | None = None) -> dict[str, frozenset[str]]:
    """The scalar types that a schema allows, each with its formats."""
    if not isinstance(schema, dict):
        raise SchemaError(f"{path}: any value at all cannot be asked for: {_WAY_OUT}")
    definitions = cast("Mapping[str, JsonValue]", schema.get("$defs", definitions or {}))
    if isinstance(reference := schema.get("$ref"), str):
        return _types(definitions[reference.rpartition("/")[2]], path, definitions)
    parts = schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf")
    if isinstance(parts, list):
        merged: dict[str, frozenset[str]] = {}
        for part in parts:
            for name, formats in _types(part, path, definitions).items():
                merged[name] = merged.get(name, frozenset()) | formats
        return merged
    kind = schema.get("type")
    if kind is None and isinstance(values := schema.get("enum", [schema.get("const")]), list) and values != [None]:
        return {_type_of(value, path): frozenset({""}) for value in values if value is not None}
    if kind is None:
        raise SchemaError(f"{path}: any value at all cannot be asked for: {_WAY_OUT}")
    if kind not in _SCALARS or schema.get("format") in {"binary", "base64url"}:
        raise SchemaError(f"{path}: {_kind_named(kind, schema)} cannot be asked for: {_WAY_OUT}")
    return {str(kind): frozenset({str(schema.get("format", ""))})}


def _type_of(value: JsonValue, path: str) -> str:
    match value:
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case str():
            return "string"
        case _:
            raise SchemaError(f"{path}: any value at all cannot be asked for: {_WAY_OUT}")


def _kind_named(kind: JsonValue, schema: Json) -> str:
    names = {"object": "a dict", "array": "a set or an untyped list", "string": "bytes", "null": "nothing but null"}
    return names.get(str(kind), f"a value of type {schema.get('type')}")


def _named(leaf: Leaf) -> str:
    return getattr(leaf.annotation, "__name__", str(leaf.annotation))


class _Writer:
    """Writes nodes as JSON schema. Every word of it is paid for with each document: a value that comes twice is a definition."""

    def __init__(self) -> None:
        self._uses: Counter[str] = Counter()
        self._names: dict[str, str] = {}
        self._properties = 0

    def document(self, root: Record) -> Mapping[str, JsonValue]:
        """The whole schema."""
        for node in (asked for asked in _asked(root) if isinstance(asked, Value)):
            self._name_of(node)
        choices = sum(len(_choices(json.loads(written))) for written in self._names)
        if choices > MAX_CHOICES:
            raise SchemaError(
                f"the schema has more than {MAX_CHOICES:,} choices in its enums, more than an endpoint takes: use text"
            )
        schema = self._object({name: self._nullable(node, name, 1) for name, node in root.fields.items()}, "", 1)
        defined: Json = {name: json.loads(written) for written, name in self._names.items() if self._uses[written] > 1}
        return MappingProxyType(schema | {"$defs": defined} if defined else schema)

    def _write(self, node: Node, path: str, depth: int) -> Json:
        """The schema of a node; that of a leaf allows null, in a list too: one definition serves both."""
        match node:
            case Passage():
                return {"type": "string"}
            case Value():
                return self._value(node, path, depth + 1)
            case Tag():
                return {"type": _type_of(node.value, path), "enum": [node.value]}
            case Entries():
                return {"type": "array", "items": self._write(node.item, below(path, "*"), depth + 1)}
            case Either():
                return {"anyOf": [self._write(member, path, depth) for member in node.members]}
            case Record():
                inner = {name: self._nullable(part, below(path, name), depth + 1) for name, part in node.fields.items()}
                return self._object(inner, path, depth + 1)

    def _nullable(self, node: Node, path: str, depth: int) -> Json:
        """The schema of a field: null where nothing is stated; a list is empty then, which is shorter to ask for."""
        written = self._write(node, path, depth)
        match node:
            case Passage():
                return {"type": ["string", "null"]}
            case Record() | Either():
                options = written["anyOf"] if isinstance(node, Either) else [written]
                return {"anyOf": [*cast("list[JsonValue]", options), _NULL]}
            case _:
                return written

    def _value(self, node: Value, path: str, depth: int) -> Json:
        written = _stated(node)
        self._count(2, path, depth)
        return {"$ref": f"#/$defs/{self._names[written]}"} if self._uses[written] > 1 else cast("Json", json.loads(written))

    def _name_of(self, node: Value) -> None:
        """A name for the schema of a value; two that are equal have one."""
        written, name, count = _stated(node), _name(node), 1
        self._uses[written] += 1
        while written not in self._names:
            unique = name if count == 1 else f"{name}_{count}"
            if unique not in self._names.values():
                self._names[written] = unique
            count += 1

    def _object(self, properties: Mapping[str, Json], path: str, depth: int) -> Json:
        self._count(len(properties), path, depth)
        return {
            "type": "object",
            "properties": dict(properties),
            "required": list(properties),
            "additionalProperties": False,
        }

    def _count(self, keys: int, path: str, depth: int) -> None:
        """One more object with so many keys."""
        self._properties += keys
        if depth > MAX_DEPTH:
            raise SchemaError(
                f"{path}: objects nest deeper than {MAX_DEPTH} levels, more than an endpoint takes: make it flatter"
            )
        if self._properties > MAX_PROPERTIES:
            raise SchemaError(
                f"{path}: the schema has more than {MAX_PROPERTIES:,} keys, more than an endpoint takes: ask for less"
            )


def _choices(stated: Json) -> Sequence[JsonValue]:
    """The values that the schema of a value with its line allows; none where it may have any."""
    match stated:
        case {"anyOf": [{"properties": {"value": {"enum": list() as choices}}}, *_]}:
            return choices
        case _:
            return ()


def _stated(node: Value) -> str:
    """The schema of a value with the line that states it, or null, as JSON."""
    stated: Json = {
        "type": "object",
        "properties": {"value": dict(node.schema), "at": {"type": ["integer", "null"]}},
        "required": ["value", "at"],
        "additionalProperties": False,
    }
    return json.dumps({"anyOf": [stated, _NULL]})


def _name(node: Value) -> str:
    """What the definition of a value is called: its enum, or its type."""
    if node.leaf.choices:
        return re.sub(r"[^A-Za-z0-9_]", "", getattr(node.leaf.annotation, "__name__", "choice")) or "choice"
    kind = node.schema.get("format", node.schema["type"])
    return {"string": "text"}.get(str(kind), kind) if isinstance(kind, str) else "either"

"""The nodes of an answer, written as the JSON schema that is sent, within what endpoints take."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import cast

from pydantic import JsonValue

from extract.engines.llm.nodes import Either, Entries, Node, Passage, Record, Tag, Value, parts_of
from extract.engines.llm.value_schema import Json, type_of
from extract.errors import SchemaError
from extract.fields import below

MAX_DEPTH = 10
"""How deep objects may nest: what OpenAI's structured output allows."""
MAX_PROPERTIES = 5000
"""How many keys a schema may have there."""
MAX_CHOICES = 1000
"""How many values all enums of a schema may have there together."""
_NULL: Json = {"type": "null"}


def written_schema(root: Record) -> Mapping[str, JsonValue]:
    """The JSON schema of an answer; SchemaError, which names the field, where an endpoint would not take it."""
    return _Writer().document(root)


class _Writer:
    """Writes nodes as JSON schema. Every word of it is paid for with each document: a value that comes twice is a definition."""

    def __init__(self) -> None:
        self._uses: Counter[str] = Counter()
        self._names: dict[str, str] = {}
        self._properties = 0

    def document(self, root: Record) -> Mapping[str, JsonValue]:
        """The whole schema."""
        for node in (asked for asked in parts_of(root) if isinstance(asked, Value)):
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
                return {"type": type_of(node.value, path), "enum": [node.value]}
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

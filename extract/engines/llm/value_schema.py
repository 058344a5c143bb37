"""The JSON schema of a single value of an answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, cast

from pydantic import JsonValue, TypeAdapter
from pydantic.errors import PydanticInvalidForJsonSchema, PydanticSchemaGenerationError, PydanticUserError

from extract.errors import SchemaError
from extract.fields import Leaf

WAY_OUT = "use text, numbers, truth values, dates, enums, models, and lists of these"
_SCALARS = ("string", "number", "integer", "boolean")
Json = dict[str, JsonValue]


def value_schema(leaf: Leaf, path: str) -> Json:
    """The JSON schema of a leaf's value: its type, its choices, whether it is a date; SchemaError for anything else."""
    found = _types(_generated(leaf, path), path)
    types = [kind for kind in _SCALARS if kind in found]
    if leaf.choices:
        types = [kind for kind in _SCALARS if kind in {type_of(choice, path) for choice in leaf.choices}]
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
        raise SchemaError(f"{path}: {_named(leaf)} has no JSON schema, so no model can be asked for it: {WAY_OUT}") from error


def _types(schema: JsonValue, path: str, definitions: Mapping[str, JsonValue] | None = None) -> dict[str, frozenset[str]]:
    """The scalar types that a schema allows, each with its formats."""
    if not isinstance(schema, dict):
        raise SchemaError(f"{path}: any value at all cannot be asked for: {WAY_OUT}")
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
        return {type_of(value, path): frozenset({""}) for value in values if value is not None}
    if kind is None:
        raise SchemaError(f"{path}: any value at all cannot be asked for: {WAY_OUT}")
    if kind not in _SCALARS or schema.get("format") in {"binary", "base64url"}:
        raise SchemaError(f"{path}: {_kind_named(kind, schema)} cannot be asked for: {WAY_OUT}")
    return {str(kind): frozenset({str(schema.get("format", ""))})}


def type_of(value: JsonValue, path: str) -> str:
    """The JSON type of a scalar; SchemaError, which names the field, for anything else."""
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
            raise SchemaError(f"{path}: any value at all cannot be asked for: {WAY_OUT}")


def _kind_named(kind: JsonValue, schema: Json) -> str:
    names = {"object": "a dict", "array": "a set or an untyped list", "string": "bytes", "null": "nothing but null"}
    return names.get(str(kind), f"a value of type {schema.get('type')}")


def _named(leaf: Leaf) -> str:
    return getattr(leaf.annotation, "__name__", str(leaf.annotation))

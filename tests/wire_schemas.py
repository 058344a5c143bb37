"""What is strict in a schema, short ways to write one, and models of all kinds, for the tests of the wire schema."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from enum import Enum, IntEnum, StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, RootModel, create_model

from extract.engines.llm.wire import wire_schema
from extract.fields import Verbatim

KEYWORDS = {"type", "properties", "required", "additionalProperties", "items", "anyOf", "enum", "$ref", "$defs", "format"}
TYPES = {"object", "array", "string", "number", "integer", "boolean", "null"}


def faults(schema: object, whole: Mapping[str, object], place: str = "") -> Iterator[str]:
    """What in a schema strict structured output refuses, or drops without a word."""
    if not isinstance(schema, Mapping):
        yield f"{place}: no schema"
        return
    kinds = [schema["type"]] if isinstance(schema.get("type"), str) else schema.get("type", [])
    definitions = whole.get("$defs", {})
    assert isinstance(definitions, Mapping)
    wrong = {
        "unknown keyword": bool(schema.keys() - KEYWORDS),
        "dropped format": schema.get("format", "date") not in {"date", "date-time"},
        "unknown type": not set(kinds) <= TYPES,
        "any value at all": not kinds and not schema.keys() & {"anyOf", "$ref"},
        "reference to nowhere": "$ref" in schema and schema["$ref"].removeprefix("#/$defs/") not in definitions,
        "empty choice": not schema.get("enum", [1]) or not schema.get("anyOf", [1]),
        "list of anything": "array" in kinds and "items" not in schema,
        "open object": "object" in kinds and not is_closed(schema),
    }
    yield from (f"{place}: {name}" for name, found in wrong.items() if found)
    parts = [*schema.get("properties", {}).items(), *schema.get("$defs", {}).items()]
    parts += [("*", schema["items"])] if "items" in schema else []
    for name, inner in (*parts, *(("|", part) for part in schema.get("anyOf", ()))):
        yield from faults(inner, whole, f"{place}.{name}")


def is_closed(schema: Mapping[str, Any]) -> bool:
    """Whether an object has all of its keys and no other."""
    return schema.get("additionalProperties") is False and schema.get("required") == [*schema.get("properties", "?")]


def made(name: str = "Model", /, **fields: Any) -> type[BaseModel]:
    """A model with these fields, all of them required, as a class that nobody wrote out."""
    return create_model(name, **{key: field if isinstance(field, tuple) else (field, ...) for key, field in fields.items()})  # type: ignore[call-overload, no-any-return]


def written(schema: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema, after it was found to be strict, without definitions: each stands where it is referred to."""
    whole: dict[str, Any] = json.loads(json.dumps(dict(wire_schema(schema).schema)))
    assert list(faults(whole, whole)) == []
    found = resolved(whole, whole.pop("$defs", {}))
    assert isinstance(found, dict)
    return found


def resolved(schema: Any, definitions: Mapping[str, Any]) -> Any:
    """The schema with its definitions in place."""
    if isinstance(schema, dict):
        if "$ref" in schema:
            return resolved(definitions[schema["$ref"].rpartition("/")[2]], definitions)
        return {key: resolved(part, definitions) for key, part in schema.items()}
    return [resolved(part, definitions) for part in schema] if isinstance(schema, list) else schema


def stated(value: dict[str, Any]) -> dict[str, Any]:
    """The schema of a value with its line, or null."""
    at = {"type": ["integer", "null"]}
    pair = {
        "type": "object",
        "properties": {"value": value, "at": at},
        "required": ["value", "at"],
        "additionalProperties": False,
    }
    return {"anyOf": [pair, {"type": "null"}]}


def closed(**properties: dict[str, Any]) -> dict[str, Any]:
    """The schema of an object."""
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def listed(item: dict[str, Any]) -> dict[str, Any]:
    """A list of these."""
    return {"type": "array", "items": item}


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Size(IntEnum):
    SMALL = 1
    LARGE = 2


class Mixed(Enum):
    ONE = 1
    TWO = "two"


class Part(BaseModel):
    count: int


class Words(RootModel[list[Annotated[str, Verbatim]]]):
    pass


class Number(RootModel[int]):
    pass


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int


class Dog(BaseModel):
    kind: Literal["dog"]
    breed: str | None = None


TEXT, LINES = stated({"type": "string"}), {"type": ["string", "null"]}
WHOLE, NUMBER, TRUTH, DAY = (
    stated(kind) for kind in ({"type": "integer"}, {"type": "number"}, {"type": "boolean"}, {"type": "string", "format": "date"})
)
PART = closed(count=WHOLE)

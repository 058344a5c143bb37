"""The wire schema: any model becomes a strict schema, or an error that names the field."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Annotated, Any, Generic, Literal, NamedTuple, TypeVar
from uuid import UUID

import pytest
from pydantic import (
    AwareDatetime,
    BaseModel,
    Field,
    HttpUrl,
    JsonValue,
    RootModel,
    SecretStr,
    StrictInt,
    condecimal,
    confloat,
    conint,
    constr,
)
from wire_schemas import (
    DAY,
    LINES,
    NUMBER,
    PART,
    TEXT,
    TRUTH,
    WHOLE,
    Cat,
    Colour,
    Dog,
    Mixed,
    Number,
    Part,
    Size,
    Words,
    closed,
    faults,
    listed,
    made,
    stated,
    written,
)

from extract.engines.llm.nodes import ROOT
from extract.engines.llm.wire import wire_schema
from extract.errors import SchemaError
from extract.fields import ReadAs, Verbatim


@pytest.mark.parametrize(
    "schema",
    [
        {},
        {"type": "string", "pattern": "a"},
        {"type": "string", "format": "uri"},
        {"type": "object", "properties": {"a": {"type": "string"}}, "required": [], "additionalProperties": False},
        {"type": "object", "properties": {}, "required": []},
        {"type": "array"},
        {"$ref": "#/$defs/gone"},
        {"anyOf": [{"type": "array", "items": {}}]},
    ],
)
def test_what_is_not_strict_is_found(schema: dict[str, Any]) -> None:
    """The checker of these tests sees each fault that it is there for."""
    assert list(faults(schema, schema))


def or_null(*options: dict[str, Any]) -> dict[str, Any]:
    """One of these, or null."""
    return {"anyOf": [*options, {"type": "null"}]}


class Unset(Enum):
    GIVEN = "given"
    NOTHING = None


class Pairs(Enum):
    FIRST = "first"
    SECOND = (1, 2)


class Boxed(RootModel[Part]):
    pass


T = TypeVar("T")


class Pair(BaseModel, Generic[T]):
    first: T


class Point(NamedTuple):
    x: int


class Empty(BaseModel):
    pass


CAT = closed(kind={"type": "string", "enum": ["cat"]}, lives=WHOLE)
DOG = closed(kind={"type": "string", "enum": ["dog"]}, breed=TEXT)


@pytest.mark.parametrize(
    ("annotation", "schema"),
    [
        (str, TEXT),
        (int, WHOLE),
        (float, NUMBER),
        (bool, TRUTH),
        (Decimal, NUMBER),
        (Decimal | None, NUMBER),
        (date, DAY),
        (date | None, DAY),
        (datetime, TEXT),  # the format asks for a time zone, which would have to be invented
        (AwareDatetime, TEXT),
        (date | str, TEXT),
        (str | date, TEXT),
        (date | datetime, TEXT),
        (time, TEXT),
        (timedelta, TEXT),
        (UUID, TEXT),
        (HttpUrl, TEXT),
        (SecretStr, TEXT),
        (StrictInt, WHOLE),
        (constr(max_length=3, pattern="^a"), TEXT),
        (conint(ge=1, multiple_of=2), WHOLE),
        (confloat(gt=0), NUMBER),
        (condecimal(max_digits=5), NUMBER),
        (Annotated[str, Field(min_length=1)], TEXT),
        (Annotated[Decimal, ReadAs("amount")] | None, NUMBER),
        (Annotated[str, Verbatim], LINES),
        (Annotated[str, Verbatim()] | None, LINES),
        (Annotated[str | None, Verbatim], LINES),
        (Annotated[int, Verbatim], WHOLE),
        (Colour, stated({"type": "string", "enum": ["red", "blue"]})),
        (Size, stated({"type": "integer", "enum": [1, 2]})),
        (Mixed, stated({"type": ["string", "integer"], "enum": [1, "two"]})),
        (Unset, stated({"type": "string", "enum": ["given"]})),
        (Literal["a", 1, True], stated({"type": ["string", "integer", "boolean"], "enum": ["a", 1, True]})),
        (Literal["a"] | Literal["b"], stated({"type": "string", "enum": ["a", "b"]})),  # noqa: PYI030 - schemas of users are written so
        (Literal["a"] | None, stated({"type": "string", "enum": ["a"]})),
        (Literal["a", None], stated({"type": "string", "enum": ["a"]})),  # noqa: PYI061 - schemas of users are written so
        (Literal[Colour.RED, Colour.BLUE], stated({"type": "string", "enum": ["red", "blue"]})),
        (Literal["auto"] | int, stated({"type": ["string", "integer"]})),
        (int | str, stated({"type": ["string", "integer"]})),
        (int | bool | None, stated({"type": ["integer", "boolean"]})),
        (float | int, NUMBER),
        (list[str], listed(TEXT)),
        (list[str] | None, listed(TEXT)),
        (list[str | None], listed(TEXT)),
        (list[Annotated[str, Verbatim]], listed({"type": "string"})),
        (Annotated[list[str], Verbatim], listed({"type": "string"})),
        (list[list[int]], listed(listed(WHOLE))),
        (tuple[int, ...], listed(WHOLE)),
        (tuple[int, str], listed(stated({"type": ["string", "integer"]}))),
        (Sequence[date], listed(DAY)),
        (list[Part], listed(PART)),
        (Part, or_null(PART)),
        (Part | None, or_null(PART)),
        (Words, listed({"type": "string"})),
        (Number, WHOLE),
        (Boxed | None, or_null(PART)),
        (Pair[int], or_null(closed(first=WHOLE))),
        (Pair[list[Part]], or_null(closed(first=listed(PART)))),
        (Annotated[Cat | Dog, Field(discriminator="kind")], or_null(CAT, DOG)),
        (list[Annotated[Cat | Dog, Field(discriminator="kind")]], listed({"anyOf": [CAT, DOG]})),
        (Part | Dog | None, or_null(PART, DOG)),
        (list[int] | str, or_null(listed(WHOLE), TEXT)),
    ],
)
def test_schema_of_an_annotation(annotation: Any, schema: dict[str, Any]) -> None:
    """Each kind of annotation has its schema: strict, every key required, nothing but what endpoints keep to."""
    model = made(field=(annotation, ...))
    assert written(model) == closed(field=schema)


@pytest.mark.parametrize(
    ("annotation", "place"),
    [
        (dict[str, int], "field"),
        (Mapping[str, int], "field"),
        (set[str], "field"),
        (frozenset[int], "field"),
        (deque[int], "field"),
        (bytes, "field"),
        (Any, "field"),
        (object, "field"),
        (Callable[[], int], "field"),
        (None, "field"),
        (list, r"field\.\*"),
        (list[Any], r"field\.\*"),
        (list[dict[str, int]], r"field\.\*"),
        (JsonValue, r"field"),
        (Point, "field"),
        (type, "field"),
        (Pairs, "field"),
        (BaseModel, "field"),
        (list[Empty], r"field\.\*"),
        (made("Holder", inner=(list[set[int]], ...)), r"field\.inner\.\*"),
    ],
)
def test_what_cannot_be_asked_for_is_an_error(annotation: Any, place: str) -> None:
    """A type that no answer can have is refused at once, with the path of its field."""
    model = made(fine=(str, ...), field=(annotation, ...))
    with pytest.raises(SchemaError, match=rf"^{place}[:.]"):
        wire_schema(model)


@pytest.mark.parametrize("schema", [made("Nothing"), made("Fixed", kind=(Literal["a"], ...)), BaseModel])
def test_a_schema_without_anything_to_ask_is_an_error(schema: type[BaseModel]) -> None:
    """Where all is constant there is nothing to fill."""
    with pytest.raises(SchemaError, match="asked for: use text"):
        wire_schema(schema)


def test_a_name_that_is_nowhere_is_an_error() -> None:
    """A forward reference that nothing defines is told with its field."""
    model = made(field=("Nowhere", ...))
    with pytest.raises(SchemaError, match="field"):
        wire_schema(model)


def test_what_comes_twice_is_a_definition() -> None:
    """A value that several fields have is written once; two enums of one name are two definitions."""
    kinds: list[Any] = [StrEnum("Kind", {"A": value, "B": "b"}) for value in ("a", "other")]
    first, second = kinds
    model = made(a=(first, ...), b=(first, ...), c=(second, ...), d=(second, ...), e=(int, ...))
    schema = wire_schema(model).schema
    assert list(schema["$defs"]) == ["Kind", "Kind_2"]  # type: ignore[arg-type]
    assert schema["properties"]["b"] == {"$ref": "#/$defs/Kind"}  # type: ignore[index, call-overload]
    assert written(model)["properties"]["d"] == stated({"type": "string", "enum": ["other", "b"]})


@pytest.mark.parametrize(
    ("schema", "inner"),
    [(RootModel[list[int]], listed(WHOLE)), (RootModel[int], WHOLE), (RootModel[Annotated[Cat | Dog, ...]], or_null(CAT, DOG))],
)
def test_what_is_no_object_stands_under_a_key(schema: type[BaseModel], inner: dict[str, Any]) -> None:
    """An answer is always an object; a model that is none is wrapped."""
    assert wire_schema(schema).wrapped
    assert written(schema) == closed(**{ROOT: inner})


def test_a_root_that_is_an_object_is_not_wrapped() -> None:
    """A RootModel of a model is that model."""
    assert not wire_schema(Boxed).wrapped
    assert written(Boxed) == PART

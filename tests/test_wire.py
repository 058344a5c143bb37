"""The wire schema: any model becomes a strict schema, or an error that names the field."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from typing import Annotated, Any, Generic, Literal, NamedTuple, Optional, TypeVar
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import (
    AwareDatetime,
    BaseModel,
    Field,
    HttpUrl,
    JsonValue,
    PrivateAttr,
    RootModel,
    SecretStr,
    StrictInt,
    computed_field,
    condecimal,
    confloat,
    conint,
    constr,
    create_model,
)

from extract.engines.llm.nodes import ROOT
from extract.engines.llm.wire import askable, wire_schema
from extract.engines.llm.wire_writing import MAX_CHOICES, MAX_DEPTH, MAX_PROPERTIES
from extract.errors import SchemaError
from extract.fields import RECURSION_LIMIT, ReadAs, Verbatim
from extract.schemas.invoice import Invoice
from extract.schemas.job_posting import JobPosting

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


def or_null(*options: dict[str, Any]) -> dict[str, Any]:
    """One of these, or null."""
    return {"anyOf": [*options, {"type": "null"}]}


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


class Unset(Enum):
    GIVEN = "given"
    NOTHING = None


class Pairs(Enum):
    FIRST = "first"
    SECOND = (1, 2)


class Part(BaseModel):
    count: int


class Words(RootModel[list[Annotated[str, Verbatim]]]):
    pass


class Number(RootModel[int]):
    pass


class Boxed(RootModel[Part]):
    pass


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int


class Dog(BaseModel):
    kind: Literal["dog"]
    breed: str | None = None


T = TypeVar("T")


class Pair(BaseModel, Generic[T]):
    first: T


class Point(NamedTuple):
    x: int


class Empty(BaseModel):
    pass


TEXT, LINES = stated({"type": "string"}), {"type": ["string", "null"]}
WHOLE, NUMBER, TRUTH, DAY = (
    stated(kind) for kind in ({"type": "integer"}, {"type": "number"}, {"type": "boolean"}, {"type": "string", "format": "date"})
)
PART = closed(count=WHOLE)
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


class Comment(BaseModel):
    text: str
    answers: list[Comment] = []
    quoted: Optional[Later] = None  # noqa: UP045 - schemas of users are written like this too


class Later(BaseModel):
    when: date


class Tree(BaseModel):
    name: str
    kids: list[Tree]
    _hidden: int = PrivateAttr(default=0)

    @computed_field  # type: ignore[prop-decorator]  # as Pydantic's documentation has it
    @property
    def size(self) -> int:
        return len(self.kids)


def test_recursive_models_are_written_to_the_limit() -> None:
    """The last level has no field that leads on, and its list is left out; computed and private fields are no part of it."""
    levels, schema = 0, written(Tree)
    while "kids" in schema["properties"]:
        levels, schema = levels + 1, schema["properties"]["kids"]["items"]
    assert levels == RECURSION_LIMIT - 1
    assert schema == closed(name=TEXT)
    assert "when" in json.dumps(written(Comment))


class Chain(BaseModel):
    links: list[Chain]


def test_a_model_that_ends_without_a_field_is_left_out() -> None:
    """Of something that holds nothing but itself, nothing can be said."""
    assert written(made(name=str, chain=Chain, chains=list[Chain], either=Chain | int)) == closed(name=TEXT, either=WHOLE)


def test_models_that_hold_each_other_end() -> None:
    """Eight models that all hold all of them lead on to millions: an error, and not for minutes."""
    names = [f"Knot{number}" for number in range(8)]
    fields: dict[str, Any] = {name.lower(): (f"{name} | None", None) for name in names}
    models = {name: made(name, **fields) for name in names}
    for model in models.values():
        model.model_rebuild(_types_namespace=models)
    with pytest.raises(SchemaError, match="leave some fields out"):
        wire_schema(models["Knot0"])


def nested(depth: int, leaf: Any) -> type[BaseModel]:
    """Models inside each other."""
    model = made("Level", value=(leaf, ...))
    for _ in range(depth - 1):
        model = made("Level", inner=(model, ...))
    return model


def test_too_deep_is_an_error() -> None:
    """Objects nest as deep as endpoints allow, the one of a value with its line among them."""
    written(nested(MAX_DEPTH, Annotated[str, Verbatim]))
    written(nested(MAX_DEPTH - 1, int))
    for model in (nested(MAX_DEPTH + 1, Annotated[str, Verbatim]), nested(MAX_DEPTH, int)):
        with pytest.raises(SchemaError, match=r"inner.*deeper than"):
            wire_schema(model)


def test_too_many_keys_are_an_error() -> None:
    """More keys than an endpoint takes are refused before it is asked, those of values counted."""
    passages: dict[str, Any] = {f"field{n}": (Annotated[str, Verbatim], ...) for n in range(MAX_PROPERTIES)}
    written(made("Wide", **passages))
    for extra in (passages | {"more": (Annotated[str, Verbatim], ...)}, {f"field{n}": (int, ...) for n in range(1700)}):
        with pytest.raises(SchemaError, match="more than 5,000 keys"):
            wire_schema(made("Wider", **extra))


def test_too_many_choices_are_an_error() -> None:
    """More values of enums than an endpoint takes are refused before it is asked; an enum that comes twice is sent once."""
    words = [f"WORD_{n}" for n in range(MAX_CHOICES)]
    many = StrEnum("Many", words)  # type: ignore[misc]  # made at run time
    written(made("Full", one=(many, ...), other=(many, ...)))
    with pytest.raises(SchemaError, match="more than 1,000 choices"):
        wire_schema(made("Fuller", one=(many, ...), size=(Literal["S", "L"], ...)))


def test_names_are_those_of_the_fields() -> None:
    """Aliases stay out, and letters of any script come through."""

    class Größe(StrEnum):  # noqa: PLC2401 - a schema in the language of its users
        GROSS = "groß"
        KLEIN = "klein"

    model = made("Modell", größe=(Größe, Field(alias="Size")), 名前=(str, ...), andere=(Größe, ...))
    assert list(written(model)["properties"]) == ["größe", "名前", "andere"]
    assert all(name.isascii() for name in wire_schema(model).schema["$defs"])  # type: ignore[union-attr]


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


class Order(BaseModel):
    kind: Literal["order"]
    number: str
    parts: list[Part] = []
    buyer: Later | None = None
    either: Cat | Dog | None = None


def test_what_can_be_asked_for() -> None:
    """Leaves, and whole lists and unions, in the order of the schema; a constant is known."""
    assert askable(Order) == ("number", "parts", "buyer.when", "either")


def test_only_what_is_asked_for_is_written() -> None:
    """What is left out takes its object with it; a list is asked for whole; for nothing there is no key."""
    assert list(wire_schema(Order, frozenset({"parts", "number"})).schema["required"]) == ["number", "parts"]  # type: ignore[arg-type]
    assert wire_schema(Order, frozenset({"parts"})).schema["properties"] == {"parts": listed(PART)}
    assert wire_schema(Order, frozenset()).schema["properties"] == {}
    assert wire_schema(Order, frozenset({"parts"})) is wire_schema(Order, frozenset({"parts"}))


@pytest.mark.parametrize("schema", [JobPosting, Invoice])
def test_the_shipped_schemas_are_strict(schema: type[BaseModel]) -> None:
    """Whole, and each of their fields alone."""
    written(schema)
    for path in askable(schema):
        part = dict(wire_schema(schema, frozenset({path})).schema)
        assert list(faults(part, part)) == []


PRINTED = """
import json
from extract.engines.llm.wire import wire_schema
from extract.schemas.job_posting import JobPosting
print(json.dumps(dict(wire_schema(JobPosting).schema)))
"""


def test_the_schema_is_the_same_in_every_process() -> None:
    """The hash seed decides nothing: the schema is part of the key of the cache."""
    outputs = {
        subprocess.run(
            [sys.executable, "-c", PRINTED],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert outputs == {json.dumps(dict(wire_schema(JobPosting).schema)) + "\n"}


scalars: st.SearchStrategy[Any] = st.sampled_from(
    [
        str,
        int,
        float,
        bool,
        Decimal,
        date,
        datetime,
        Colour,
        Size,
        Mixed,
        Literal["x"],
        Literal["x", 2],
        HttpUrl,
        int | str,
        Annotated[str, Verbatim],
        Annotated[int, Field(ge=3)],
        Words,
        Number,
        Tree,
        Cat | Dog,
        Annotated[str, ReadAs("date")],
    ]
)
names = st.sampled_from(["a", "value", "at", "root", "type", "properties", "größe", "名前", "items", "enum"])


def fields_of(annotations: st.SearchStrategy[Any]) -> st.SearchStrategy[type[BaseModel]]:
    """Models of fields with these annotations."""
    fields = st.dictionaries(names, annotations, min_size=1, max_size=4)
    return fields.map(lambda found: made(**found))


trees: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: st.one_of(
        inner.map(lambda kind: Sequence[kind]),  # type: ignore[valid-type]
        inner.map(lambda kind: kind | None),
        inner.map(lambda kind: tuple[kind, ...]),  # type: ignore[valid-type]
        st.tuples(inner, inner).map(lambda pair: pair[0] | pair[1]),
        fields_of(inner),
    ),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(model=fields_of(trees))
def test_no_model_gives_a_schema_that_is_not_strict(model: type[BaseModel]) -> None:
    """Whatever the tree of models: a strict schema, or an error of ours."""
    try:
        wire = wire_schema(model)
    except SchemaError:
        return
    assert list(faults(wire.schema, wire.schema)) == []

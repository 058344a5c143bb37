"""Bounds of the wire schema: recursive and large models, parts of a schema, and that whatever comes of any model is strict."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal, Optional

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field, HttpUrl, PrivateAttr, computed_field
from wire_schemas import (
    PART,
    TEXT,
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
    written,
)

from extract.engines.llm.wire import askable, wire_schema
from extract.engines.llm.wire_writing import MAX_CHOICES, MAX_DEPTH, MAX_PROPERTIES
from extract.errors import SchemaError
from extract.fields import RECURSION_LIMIT, ReadAs, Verbatim
from extract.schemas.invoice import Invoice
from extract.schemas.job_posting import JobPosting


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

"""What the engine learns from a schema, and the leaves of a record."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, StrEnum
from typing import Annotated, Any, Literal, NamedTuple, Optional

import pytest
from pydantic import BaseModel, Field, RootModel, create_model

from extract.errors import SchemaError
from extract.fields import (
    MAX_MODELS,
    RECURSION_LIMIT,
    Leaf,
    ListShape,
    ObjectShape,
    ReadAs,
    UnionShape,
    Verbatim,
    leaf_annotations,
    leaf_paths,
    path_pattern,
    shape_of,
)
from extract.schemas.job_posting import JobPosting


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Maker(BaseModel):
    name: Annotated[str, Verbatim] = Field(description="As printed.")
    country: Annotated[str, ReadAs("country")] | None = None


class Point(NamedTuple):
    x: int
    y: int


class Notes(RootModel[list[Annotated[str, Verbatim()]]]):
    pass


class Thing(BaseModel):
    plain: int
    colour: Colour | None = None
    size: Literal["S", "L"] = "S"
    either: int | str | None = None
    maker: Maker | None = None
    makers: list[Maker] = []
    quotes: list[Annotated[str, Verbatim]] = []
    marked: Annotated[list[str], Verbatim] = []
    rows: list[list[float]] = []
    pair: tuple[int, str] = (1, "a")
    extra: dict[str, int] = {}
    names: set[str] = set()
    notes: Notes = Notes([])
    point: Point = Point(0, 0)
    mixed: Maker | list[str] | None = None


class Comment(BaseModel):
    text: str
    answers: list[Comment] = []
    quoted: Optional[Comment] = None  # noqa: UP045 - schemas of users are written like this too


THING = leaf_annotations(Thing)


@pytest.mark.parametrize(
    ("path", "leaf"),
    [
        ("plain", Leaf(int)),
        ("colour", Leaf(Colour, choices=("red", "blue"), optional=True)),
        ("size", Leaf(Literal["S", "L"], choices=("S", "L"))),
        ("either", Leaf(int | str, optional=True)),
        ("maker.name", Leaf(str, verbatim=True, description="As printed.")),
        ("maker.country", Leaf(str, reader="country", optional=True)),
        ("makers.*.name", Leaf(str, verbatim=True, description="As printed.")),
        ("makers.*.country", Leaf(str, reader="country", optional=True)),
        ("quotes.*", Leaf(str, verbatim=True)),
        ("marked.*", Leaf(str, verbatim=True)),
        ("rows.*.*", Leaf(float)),
        ("pair.*", Leaf(int | str)),
        ("extra", Leaf(dict[str, int])),
        ("names", Leaf(set[str])),
        ("notes.*", Leaf(str, verbatim=True)),
        ("point", Leaf(Point)),
        ("mixed.name", Leaf(str, verbatim=True, description="As printed.")),
        ("mixed.country", Leaf(str, reader="country", optional=True)),
        ("mixed.*", Leaf(str)),
    ],
)
def test_leaf_of_a_schema(path: str, leaf: Leaf) -> None:
    """Each kind of annotation is seen through, and what it says is kept."""
    assert THING[path] == leaf


def test_all_leaves_of_a_schema_are_listed_in_order() -> None:
    """Nothing else is a leaf, and the order is that of the fields."""
    listed = list(THING)
    assert len(listed) == 19
    assert listed[:5] == ["plain", "colour", "size", "either", "maker.name"]


def test_recursion_ends() -> None:
    """A model that contains itself is followed to the stated depth and no further."""
    paths = leaf_annotations(Comment)
    assert "answers.*.quoted.text" in paths
    assert max(path.count("answers") + path.count("quoted") for path in paths) == RECURSION_LIMIT - 1


RECORD = Thing(
    plain=1,
    makers=[Maker(name="A"), Maker(name="B", country="CH")],
    quotes=["x", "y"],
    rows=[[1.0], [], [2.0, 3.0]],
    extra={"k": 1},
    notes=Notes(["n"]),
    mixed=["m"],
)


def test_leaves_of_a_record() -> None:
    """Every leaf has its dotted path and its value as it is; nulls are leaves, empty lists have none."""
    assert list(leaf_paths(RECORD)) == [
        ("plain", 1),
        ("colour", None),
        ("size", "S"),
        ("either", None),
        ("maker", None),
        ("makers.0.name", "A"),
        ("makers.0.country", None),
        ("makers.1.name", "B"),
        ("makers.1.country", "CH"),
        ("quotes.0", "x"),
        ("quotes.1", "y"),
        ("rows.0.0", 1.0),
        ("rows.2.0", 2.0),
        ("rows.2.1", 3.0),
        ("pair.0", 1),
        ("pair.1", "a"),
        ("extra", {"k": 1}),
        ("names", set()),
        ("notes.0", "n"),
        ("point", Point(0, 0)),
        ("mixed.0", "m"),
    ]


def covered(path: str, leaves: Mapping[str, Leaf]) -> bool:
    """Whether a path is a leaf, or an object that may be null."""
    pattern = path_pattern(path)
    return pattern in leaves or any(name.startswith(pattern + ".") for name in leaves)


@pytest.mark.parametrize("record", [RECORD, JobPosting(), JobPosting.model_validate({"locations": [{"city": "Bern"}]})])
def test_a_record_has_no_leaf_that_its_schema_does_not_list(record: BaseModel) -> None:
    """The pattern of each leaf's path leads to its annotation."""
    leaves = leaf_annotations(type(record))
    assert [path for path, _ in leaf_paths(record) if not covered(path, leaves)] == []


@pytest.mark.parametrize(
    ("path", "pattern"),
    [("a", "a"), ("a.0", "a.*"), ("a.10.b", "a.*.b"), ("a.0.1", "a.*.*"), ("a1.b2", "a1.b2"), ("0.a", "*.a")],
)
def test_pattern_of_a_path(path: str, pattern: str) -> None:
    """Positions become "*"; digits in names stay."""
    assert path_pattern(path) == pattern


class Cat(BaseModel):
    kind: Literal["cat"]
    name: Annotated[str, Verbatim]
    lives: Annotated[int, ReadAs("number")]


class Dog(BaseModel):
    kind: Literal["dog"]
    name: str | None = None
    lives: str


class Gap(Enum):
    FULL = "full"
    NONE = None


class Odd(Enum):
    WORD = "word"
    PAIR = (1, 2)


class Zoo(BaseModel):
    pet: Cat | Dog | None = None
    pets: list[Cat | Dog | str] = Field(default=[], description="All of them.")
    one: Literal["x"]
    perhaps: Literal["x", None]  # noqa: PYI061 - schemas of users are written like this too
    gap: Gap
    odd: Odd
    several: Literal["a"] | Literal["b", "c"]  # noqa: PYI030 - schemas of users are written like this too
    any_model: BaseModel | None = None


def test_the_shape_of_a_schema() -> None:
    """Objects, lists and unions nest as the schema does, each with what its field says."""
    shape = shape_of(Zoo)
    assert isinstance(shape, ObjectShape)
    pet, pets = shape.fields["pet"], shape.fields["pets"]
    assert isinstance(pet, UnionShape)
    assert pet.optional
    assert [member.model for member in pet.members if isinstance(member, ObjectShape)] == [Cat, Dog]
    assert isinstance(pets, ListShape)
    assert (pets.optional, pets.description) == (False, "All of them.")
    assert isinstance(pets.item, UnionShape)
    assert pets.item.members[-1] == Leaf(str, description="All of them.")
    root = shape_of(Notes)
    assert isinstance(root, ListShape)
    assert root.item == Leaf(str, verbatim=True)


@pytest.mark.parametrize(
    ("name", "choices", "optional", "constant"),
    [
        ("one", ("x",), False, True),
        ("perhaps", ("x",), True, False),
        ("gap", ("full",), True, False),
        ("odd", (), False, False),
        ("several", ("a", "b", "c"), False, False),
    ],
)
def test_constants_and_choices(name: str, choices: tuple[str, ...], optional: bool, constant: bool) -> None:
    """A constant has one value and no null beside it; an enum of which a value is no JSON has no choices."""
    leaf = leaf_annotations(Zoo)[name]
    assert (leaf.choices, leaf.optional, leaf.is_constant) == (choices, optional, constant)


@pytest.mark.parametrize(
    ("path", "leaf"),
    [
        ("pet.kind", Leaf(Literal["cat"] | Literal["dog"], choices=("cat", "dog"))),  # noqa: PYI030 - as the members have it
        ("pet.name", Leaf(str, optional=True)),
        ("pet.lives", Leaf(int | str)),
    ],
)
def test_a_leaf_of_several_members_of_a_union(path: str, leaf: Leaf) -> None:
    """Under one path it is what either may be, and proved only in ways that both must be."""
    found = leaf_annotations(Zoo)[path]
    assert (found.choices, found.optional, found.verbatim, found.reader) == (leaf.choices, leaf.optional, False, None)
    assert found.annotation == leaf.annotation


def test_models_that_hold_each_other_are_bounded() -> None:
    """So many ways through a few models are an error that names one of them."""
    names = [f"Node{number}" for number in range(8)]
    fields: dict[str, Any] = {name.lower(): (f"{name} | None", None) for name in names}
    models = {name: create_model(name, **fields) for name in names}
    for model in models.values():
        model.model_rebuild(_types_namespace=models)
    with pytest.raises(SchemaError, match=rf"Node\d: models hold each other in more than {MAX_MODELS:,} ways"):
        shape_of(models["Node0"])

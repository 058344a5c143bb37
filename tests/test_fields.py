"""What the engine learns from a schema, and the leaves of a record."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Literal, NamedTuple, Optional

import pytest
from pydantic import BaseModel, Field, RootModel

from extract.fields import RECURSION_LIMIT, Leaf, ReadAs, Verbatim, leaf_annotations, leaf_paths, path_pattern
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

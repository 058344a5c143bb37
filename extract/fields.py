"""What a schema may say about its fields, and how an engine reads it; needs nothing but Pydantic and the errors.

A field says how its value is to be proved: ``Annotated[str, Verbatim]`` is copied out of the document character for
character, ``Annotated[Decimal, ReadAs("amount")]`` is what a typed reader makes of a quoted text. It may also say how evals
compare it with gold: ``Annotated[str, ScoredAs("exact")]``. A schema without any annotation works too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import lru_cache
from itertools import count
from types import MappingProxyType, UnionType
from typing import Annotated, Literal, Union, get_args, get_origin

from pydantic import BaseModel, RootModel

from extract.errors import SchemaError

RECURSION_LIMIT = 3
"""How often one model is entered on one path: a comment that holds comments is followed down to its third level."""
MAX_MODELS = 5000
"""How many models are entered in all: a few that hold each other may lead on to millions."""

_POSITION = re.compile(r"(?<![^.])[0-9]++(?![^.])")
_LISTS = (list, tuple, Sequence)
_ENTRIES = (list, tuple)  # and nothing that is made of them: a named tuple is one value


@dataclass(frozen=True, slots=True)
class Verbatim:
    """The text of the document as it stands there, to be answered by reference; the class itself is a marker too."""


@dataclass(frozen=True, slots=True)
class ReadAs:
    """The name of the typed reader that turns a quoted text into the value: "country", "amount", "date", …"""

    reader: str


@dataclass(frozen=True, slots=True)
class ScoredAs:
    """How evals compare the field with gold: the name of a scorer (see ``extract.evals.scorers``), or a function of your own.

    A function is called with the expected and the found value, as JSON and neither of them null, and says whether they agree.
    """

    scorer: str | Callable[[object, object], bool]


@dataclass(frozen=True, slots=True)
class Leaf:
    """What a schema says about one leaf.

    ``annotation`` is the bare type, without ``Annotated`` and without None; ``choices`` are the values of an enum or a
    Literal, as they stand in JSON; ``description`` is that of the field, also for the items of a list. ``marks`` are what
    stood in ``Annotated`` and in ``Field``: bounds, patterns, validators.
    """

    annotation: object
    verbatim: bool = False
    reader: str | None = None
    choices: tuple[str | int | float | bool, ...] = ()
    optional: bool = False
    description: str = ""
    marks: tuple[object, ...] = field(default=(), compare=False, repr=False)

    @property
    def is_constant(self) -> bool:
        """Whether there is one value that it can have, and not even null beside it."""
        return len(self.choices) == 1 and not self.optional


@dataclass(frozen=True, slots=True)
class ObjectShape:
    """A model, its fields by name, and what the field that holds it says about it.

    A RootModel is the shape of its root and no object. ``marks`` are what stood in ``Annotated`` around the model.
    """

    model: type[BaseModel]
    fields: Mapping[str, Shape]
    optional: bool = False
    description: str = ""
    marks: tuple[object, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ListShape:
    """A list, or a tuple, of items of one shape; ``fixed``: a tuple, in which each place has a meaning of its own."""

    item: Shape
    optional: bool = False
    description: str = ""
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class UnionShape:
    """One of several objects or lists, and at most one leaf beside them."""

    members: tuple[Shape, ...]
    optional: bool = False
    description: str = ""


Shape = Leaf | ObjectShape | ListShape | UnionShape


@dataclass(frozen=True, slots=True)
class _Place:
    """What the annotations and fields above said, and the models that the walk is inside of."""

    models: tuple[type[BaseModel], ...] = ()
    marks: tuple[object, ...] = ()
    optional: bool = False
    description: str = ""
    entered: Iterator[int] = field(default_factory=count)

    def down(self, *, marks: tuple[object, ...], description: str) -> _Place:
        return replace(self, marks=marks, optional=False, description=description)


@lru_cache(maxsize=64)  # it takes 1 ms, and every document of a task asks for it
def shape_of(model: type[BaseModel]) -> Shape:
    """The tree of a schema: objects, lists and leaves.

    A dict, a set and anything else that is neither a model, a list nor a tuple is a leaf. Models that contain themselves
    are followed to RECURSION_LIMIT: below it, the field that leads on is left out.
    """
    shape = _shape(model, _Place())
    return shape if shape is not None else ObjectShape(model, MappingProxyType({}))


@lru_cache(maxsize=64)
def leaf_annotations(model: type[BaseModel]) -> Mapping[str, Leaf]:
    """All leaves of a schema by path pattern, "*" for the position in a list ("locations.*.city"), in order of the fields.

    A union is followed into each of its members; what two of them hold under one path is one leaf of both types.
    See ``shape_of``.

    >>> class Person(BaseModel):
    ...     name: Annotated[str, Verbatim]
    ...     born: Annotated[int, ReadAs("number")] | None = None
    >>> leaves = leaf_annotations(Person)
    >>> leaves["name"].verbatim, leaves["born"].reader, leaves["born"].optional
    (True, 'number', True)
    """
    leaves: dict[str, Leaf] = {}
    for path, leaf in _leaves(shape_of(model), ""):
        leaves[path] = _both(leaves[path], leaf) if path in leaves else leaf
    return MappingProxyType(leaves)


def _both(one: Leaf, other: Leaf) -> Leaf:
    """The leaf that two members of a union have under one name: what either may be, and what both must be."""
    if one == other:
        return one
    return Leaf(
        annotation=_union([one.annotation, other.annotation]),
        verbatim=one.verbatim and other.verbatim,
        reader=one.reader if one.reader == other.reader else None,
        choices=tuple(dict.fromkeys((*one.choices, *other.choices))) if one.choices and other.choices else (),
        optional=one.optional or other.optional,
        description=one.description,
    )


def below(path: str, name: str) -> str:
    """The path of a part.

    >>> below("", "salary"), below("salary", "min")
    ('salary', 'salary.min')
    """
    return f"{path}.{name}" if path else name


def paths_above(path: str) -> Iterator[str]:
    """The paths above one, the longest first.

    >>> list(paths_above("locations.0.city"))
    ['locations.0', 'locations']
    """
    end = path.rfind(".")
    while end >= 0:
        yield path[:end]
        end = path.rfind(".", 0, end)


def is_within(path: str, unit: str) -> bool:
    """Whether a path is that of a field, or lies below it.

    >>> is_within("salary.min", "salary"), is_within("salary", "salary"), is_within("salaries", "salary")
    (True, True, False)
    """
    return path == unit or path.startswith(f"{unit}.")


def leaf_paths(record: BaseModel) -> Iterator[tuple[str, object]]:
    """Every leaf of a record with its dotted path ("locations.0.city") and its value as it is, nulls included.

    An optional object or list that is None is itself the leaf; an empty list has none.

    >>> class Tags(BaseModel):
    ...     names: list[str]
    ...     note: str | None = None
    >>> list(leaf_paths(Tags(names=["a", "b"])))
    [('names.0', 'a'), ('names.1', 'b'), ('note', None)]
    """
    return ((path, value) for path, value in _walked(record, "") if type(value) not in _ENTRIES)


def empty_lists(record: BaseModel) -> Iterator[str]:
    """The paths of the lists of a record that have no entry, which are no leaves.

    >>> class Tags(BaseModel):
    ...     names: list[str]
    >>> list(empty_lists(Tags(names=[]))), list(empty_lists(Tags(names=["a"])))
    (['names'], [])
    """
    return (path for path, value in _walked(record, "") if type(value) in _ENTRIES)


def path_pattern(path: str) -> str:
    """The pattern under which ``leaf_annotations`` lists the leaf of a record.

    >>> path_pattern("locations.0.city")
    'locations.*.city'
    """
    return _POSITION.sub("*", path)


def _walked(value: object, path: str) -> Iterator[tuple[str, object]]:
    """The leaves of a value, and its empty lists."""
    if isinstance(value, RootModel):
        yield from _walked(value.root, path)
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _walked(getattr(value, name), below(path, name))
    elif value and isinstance(value, (list, tuple)) and type(value) in _ENTRIES:
        for position, item in enumerate(value):
            yield from _walked(item, below(path, str(position)))
    else:
        yield path, value


def _leaves(shape: Shape, path: str) -> Iterator[tuple[str, Leaf]]:
    match shape:
        case Leaf():
            yield path, shape
        case ListShape():
            yield from _leaves(shape.item, below(path, "*"))
        case UnionShape():
            for member in shape.members:
                yield from _leaves(member, path)
        case ObjectShape():
            for name, inner in shape.fields.items():
                yield from _leaves(inner, below(path, name))


def _shape(annotation: object, place: _Place) -> Shape | None:
    """The shape of an annotation; None where a model contains itself too often."""
    annotation, place = _bare(annotation, place)
    origin = get_origin(annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel) and annotation is not BaseModel:
        return _model_shape(annotation, place)
    if origin in _LISTS or annotation in _LISTS:
        given = get_args(annotation)
        items = tuple(argument for argument in given if argument is not Ellipsis)
        inside = place.down(marks=place.marks, description=place.description)
        item = _shape(_union(items) if items else object, inside)
        fixed = origin is tuple and Ellipsis not in given
        return None if item is None else ListShape(item, place.optional, place.description, fixed)
    if origin in (Union, UnionType):
        return _union_shape(annotation, place)
    return _leaf(annotation, place)


def _model_shape(model: type[BaseModel], place: _Place) -> Shape | None:
    if place.models.count(model) >= RECURSION_LIMIT:
        return None
    if next(place.entered) >= MAX_MODELS:
        raise SchemaError(f"{model.__name__}: models hold each other in more than {MAX_MODELS:,} ways: leave some fields out")
    model.model_rebuild(raise_errors=False)  # a field may name a class that was written after its model
    inside = replace(place, models=(*place.models, model))
    if issubclass(model, RootModel):  # has no key of its own
        root = model.model_fields["root"]
        marks, description = (*place.marks, *root.metadata), root.description or place.description
        return _shape(root.annotation, replace(inside, marks=marks, description=description))
    fields: dict[str, Shape] = {}
    for name, info in model.model_fields.items():
        at = inside.down(marks=tuple(info.metadata), description=info.description or "")
        if (shape := _shape(info.annotation, at)) is not None:
            fields[name] = shape
    return ObjectShape(model, MappingProxyType(fields), place.optional, place.description, place.marks)


def _union_shape(annotation: object, place: _Place) -> Shape | None:
    """The objects and lists of a union, and what is left over of it as one leaf."""
    shapes: list[Shape | None] = []
    scalars: list[object] = []
    for member in get_args(annotation):
        bare, at = _bare(member, place)
        if get_origin(bare) in _LISTS or bare in _LISTS or (isinstance(bare, type) and issubclass(bare, BaseModel)):
            shapes.append(_shape(bare, at))
        else:
            scalars.append(member)
    if len(scalars) == 1:
        shapes.append(_shape(scalars[0], place))
    elif scalars:
        shapes.append(_leaf(_union(scalars), place))
    members = tuple(shape for shape in shapes if shape is not None)
    if len(members) <= 1:
        return members[0] if members else None
    return UnionShape(members, place.optional, place.description)


def _bare(annotation: object, place: _Place) -> tuple[object, _Place]:
    """The annotation without Annotated, alias and None around it; what these said moves to the place."""
    while True:
        members = get_args(annotation)
        if get_origin(annotation) is Annotated:
            annotation, marks = members[0], members[1:]
            place = replace(place, marks=(*place.marks, *marks))
        elif get_origin(annotation) in (Union, UnionType) and type(None) in members:
            place = replace(place, optional=True)
            annotation = _union([member for member in members if member is not type(None)])
        elif (aliased := getattr(annotation, "__value__", None)) is not None:  # type Name = …
            annotation = aliased
        else:
            return annotation, place


def _union(members: Sequence[object]) -> object:
    return Union[tuple(members)]  # noqa: UP007 - "X | Y" needs members that are known when the code is written


def _leaf(annotation: object, place: _Place) -> Leaf:
    readers = [mark.reader for mark in place.marks if isinstance(mark, ReadAs)]
    values = _constants(annotation)
    return Leaf(
        annotation=annotation,
        verbatim=any(mark is Verbatim or isinstance(mark, Verbatim) for mark in place.marks),
        reader=readers[-1] if readers else None,
        choices=_choices(values),
        optional=place.optional or None in values,
        description=place.description,
        marks=place.marks,
    )


def _constants(annotation: object) -> tuple[object, ...]:
    """The values of an enum or a Literal, or of several of them."""
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return tuple(member.value for member in annotation)
    if get_origin(annotation) is Literal:
        return tuple(value.value if isinstance(value, Enum) else value for value in get_args(annotation))
    if get_origin(annotation) in (Union, UnionType):
        parts = [_constants(member) for member in get_args(annotation)]
        return tuple(value for part in parts for value in part) if all(parts) else ()
    return ()


def _choices(values: Sequence[object]) -> tuple[str | int | float | bool, ...]:
    """The constants, beside null; none where one of them does not stand in JSON."""
    kept = tuple(value for value in values if isinstance(value, (str, int, float, bool)))
    return kept if len(kept) == len(values) - values.count(None) else ()

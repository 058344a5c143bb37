"""What a wire schema is made of: the parts of an answer, as ``wire.py`` makes them and everybody else goes through them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

from extract.fields import Leaf

ROOT = "root"
"""The key under which the answer stands where the model itself is no object."""


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


def leaves_of(node: Node) -> Iterator[Leaf]:
    """What the schema says about each leaf of a node that is asked for."""
    return (asked.leaf for asked in parts_of(node))


def parts_of(node: Node) -> Iterator[Passage | Value]:
    """The texts and values of a node, each as often as it comes."""
    match node:
        case Passage() | Value():
            yield node
        case Entries():
            yield from parts_of(node.item)
        case Either():
            for member in node.members:
                yield from parts_of(member)
        case Record():
            for part in node.fields.values():
                yield from parts_of(part)

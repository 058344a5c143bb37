"""How each field of a schema is compared with gold: declared on the schema, worked out from its types, or told by a suite.

``exact``: ids, addresses, codes, choices, days, numbers and money: equal as typed values; there is no "nearly" for a number.
``text``: equal words, whatever their case, white space and punctuation; in a list, entries that are similar and hold the same
figures, signs and words that deny. ``long_text``: by shared words, beside the headline. ``joint``, of an object: right only as a
whole, told beside its fields. ``ignored``: not compared at all.
"""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cached_property, partial

from pydantic import BaseModel, JsonValue, TypeAdapter, ValidationError
from pydantic.errors import PydanticUserError

from extract.errors import UsageError
from extract.evals.normalising import bare, canonical_url, identifier, token_f1
from extract.fields import (
    Leaf,
    ListShape,
    ObjectShape,
    ScoredAs,
    Shape,
    UnionShape,
    below,
    is_within,
    leaf_annotations,
    path_pattern,
    paths_above,
    shape_of,
)

SCORING_VERSION = 1
"""Goes up when the same names of scorers would score something else."""
MIN_F1 = 0.95
"""Shared words from which on a long text is right."""

_CODES = frozenset({"url", "email", "phone", "country", "currency", "language"})
"""Readers of texts of which every character counts."""


class Scorer(StrEnum):
    """The ways to compare a field."""

    EXACT = "exact"
    TEXT = "text"
    LONG_TEXT = "long_text"
    JOINT = "joint"
    IGNORED = "ignored"


Agree = Callable[[object, object], bool]


@dataclass(frozen=True)
class FieldScorer:
    """How the values of one leaf are compared; ``own`` is a function of the schema's author."""

    kind: Scorer
    leaf: Leaf | None = None
    own: Agree | None = None

    @property
    def name(self) -> str:
        """What run files call it; for a function, with its source, so that a change of it is seen."""
        if self.own is None:
            return self.kind.value
        if isinstance(self.own, partial):
            inner = FieldScorer(self.kind, self.leaf, self.own.func).name
            return f"{inner}{self.own.args!r}{sorted(self.own.keywords.items())!r}"
        name = f"{getattr(self.own, '__module__', '')}.{getattr(self.own, '__qualname__', repr(type(self.own)))}"
        try:
            source = inspect.getsource(self.own)
        except (OSError, TypeError):
            return name
        return f"{name}#{hashlib.sha256(source.encode()).hexdigest()[:12]}"

    def agree(self, expected: JsonValue, found: JsonValue) -> bool:
        """Whether two values, neither of them null, are the same. A function of one's own may raise what it likes."""
        if self.own is not None:
            return bool(self.own(expected, found))
        if isinstance(expected, str) and isinstance(found, str):
            match self.kind:
                case Scorer.LONG_TEXT:
                    return token_f1(expected, found) >= MIN_F1
                case Scorer.TEXT:
                    return bare(expected) == bare(found)
        return self._exactly(expected, found)

    def _exactly(self, expected: JsonValue, found: JsonValue) -> bool:
        if isinstance(expected, bool) or isinstance(found, bool):
            return expected is found
        if isinstance(expected, (dict, list)) or isinstance(found, (dict, list)):
            return _canonical(expected) == _canonical(found)
        if self._typed is not None:
            try:
                return bool(self._typed.validate_python(expected) == self._typed.validate_python(found))
            except (ValidationError, ArithmeticError):  # Decimal("sNaN") cannot be compared
                pass
        if isinstance(expected, str) and isinstance(found, str):
            return self._written(expected) == self._written(found)
        return _number(expected) is not None and _number(expected) == _number(found)

    def _written(self, text: str) -> str:
        if self.leaf is not None and self.leaf.reader == "url":
            return canonical_url(text)
        written = identifier(text)
        return written.casefold() if self.leaf is not None and self.leaf.reader == "email" else written

    @cached_property
    def _typed(self) -> TypeAdapter[object] | None:
        """Reads a value as what the schema declares: a day, an amount, a choice; None for texts."""
        if self.leaf is None or self.leaf.annotation in (str, object):
            return None
        try:
            return TypeAdapter(self.leaf.annotation)  # type: ignore[arg-type]  # an annotation has no type of its own
        except PydanticUserError:
            return None


@dataclass(frozen=True)
class Scorers:
    """The scorers of a schema by path pattern ("locations.*.city").

    ``joint`` are the objects that are scored as a whole too, ``ordered`` the tuples: each place is compared with its own.
    """

    fields: Mapping[str, FieldScorer]
    joint: frozenset[str] = field(default=frozenset())
    ordered: frozenset[str] = field(default=frozenset())

    def of(self, pattern: str, value: JsonValue) -> FieldScorer:
        """The scorer of a field; by the kind of value, for one that the schema does not know."""
        known = self.fields.get(pattern)
        return known or FieldScorer(Scorer.TEXT if isinstance(value, str) else Scorer.EXACT)

    @cached_property
    def ignored(self) -> frozenset[str]:
        """The patterns of what is not compared, with lists and objects of which nothing is."""
        compared = {path for path, scorer in self.fields.items() if scorer.kind is not Scorer.IGNORED}
        above = {path for known in compared for path in paths_above(known)}
        return frozenset({path for known in self.fields for path in (known, *paths_above(known))} - compared - above)

    @cached_property
    def described(self) -> dict[str, str]:
        """The name of the scorer of each field."""
        return {path: scorer.name for path, scorer in self.fields.items()} | dict.fromkeys(sorted(self.joint), Scorer.JOINT.value)

    @cached_property
    def hash(self) -> str:
        """SHA-256 of all that decides a score."""
        content = {"version": SCORING_VERSION, "fields": self.described, "ordered": sorted(self.ordered)}
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def scorers_of(schema: type[BaseModel], overrides: Mapping[str, str] | None = None) -> Scorers:
    """The scorers of a schema; ``overrides`` are names of scorers by path or path pattern, which also hold for all below.

    UsageError for a scorer that there is not, and for a path that the schema does not have.

    >>> class Order(BaseModel):
    ...     number: str
    ...     total: Decimal
    ...     notes: str
    >>> scorers_of(Order, {"notes": "long_text"}).described
    {'number': 'text', 'total': 'exact', 'notes': 'long_text'}
    """
    leaves = leaf_annotations(schema)
    scorers = {pattern: _declared(leaf) for pattern, leaf in leaves.items()}
    joint = set(_joint(shape_of(schema), ""))
    for path, name in (overrides or {}).items():
        pattern = path_pattern(path)
        kind = scorer_named(name)
        below_it = [known for known in leaves if is_within(known, pattern)]
        if not below_it:
            raise UsageError(f"{schema.__name__} has no field {path!r}, so no scorer can be chosen for it.")
        if kind is Scorer.JOINT:
            joint.add(pattern)
        else:
            scorers |= {known: FieldScorer(kind, leaves[known]) for known in below_it}
            joint -= {pattern} if kind is Scorer.IGNORED else set()
    return Scorers(scorers, frozenset(joint), frozenset(_ordered(shape_of(schema), "")))


def scorer_named(name: str) -> Scorer:
    """The scorer of that name; UsageError for any other."""
    try:
        return Scorer(name)
    except ValueError:
        raise UsageError(f"There is no scorer {name!r}. Scorers: {', '.join(Scorer)}.") from None


def _declared(leaf: Leaf) -> FieldScorer:
    """The scorer that the field names, the last that is said of it; else the one that goes with its type."""
    for mark in reversed(leaf.marks):
        if isinstance(mark, ScoredAs):
            return FieldScorer(scorer_named(mark.scorer), leaf) if isinstance(mark.scorer, str) else _own(leaf, mark.scorer)
    is_text = leaf.annotation is str and not leaf.choices and leaf.reader not in _CODES
    return FieldScorer(Scorer.TEXT if is_text else Scorer.EXACT, leaf)


def _own(leaf: Leaf, function: Agree) -> FieldScorer:
    return FieldScorer(Scorer.EXACT, leaf, function)


def _ordered(shape: Shape, path: str) -> list[str]:
    match shape:
        case ObjectShape():
            return [found for name, inner in shape.fields.items() for found in _ordered(inner, below(path, name))]
        case ListShape():
            return ([path] if shape.fixed else []) + _ordered(shape.item, below(path, "*"))
        case UnionShape():
            return [found for member in shape.members for found in _ordered(member, path)]
    return []


def _joint(shape: Shape, path: str) -> list[str]:
    match shape:
        case ObjectShape():
            own = [path] if any(isinstance(mark, ScoredAs) and mark.scorer == Scorer.JOINT for mark in shape.marks) else []
            return own + [found for name, inner in shape.fields.items() for found in _joint(inner, below(path, name))]
        case ListShape():
            return _joint(shape.item, below(path, "*"))
        case UnionShape():
            return [found for member in shape.members for found in _joint(member, path)]
    return []


def _number(value: JsonValue) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _canonical(value: JsonValue) -> str:
    return json.dumps(value, sort_keys=True)

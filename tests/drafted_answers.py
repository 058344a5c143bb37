"""A document, and what becomes of a model's answers about it, for the tests of answers."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from extract.cleaning import clean
from extract.engines.base import Draft
from extract.engines.llm.answers import answer_object, draft_of
from extract.engines.llm.lines import Lines
from extract.engines.llm.wire import wire_schema
from extract.fields import ReadAs, Verbatim
from extract.source import Format, open_source

TEXT = """Pastry Cook
Acme Bakery, Lyon
We have baked in Lyon since 1921.
- Bake croissants before dawn
- Keep the ovens clean
- Free bread, a company bicycle and
- good pay
The salary is 2.400 € per month, paid on May 30, 2024 at 10:00.
"""


def document(text: str = TEXT) -> Lines:
    """The lines of a text."""
    return Lines(clean(open_source(text), format=Format.TEXT))


LINES = document()


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Cat(BaseModel):
    kind: Literal["cat"]
    name: str | None = None
    lives: int | None = None


class Dog(BaseModel):
    kind: Literal["dog"]
    name: Annotated[str, Verbatim] | None = None
    born: date | None = None


class Thing(BaseModel):
    text: Annotated[str, Verbatim] | None = None
    texts: list[Annotated[str, Verbatim]] = []
    name: str | None = None
    count: int | None = None
    pay: Decimal | None = None
    share: float | None = None
    paid: date | None = None
    moment: datetime | None = None
    sure: bool | None = None
    colour: Colour | None = None
    pet: Annotated[Cat | Dog, Field(discriminator="kind")] | None = None
    either: Cat | int | None = None
    rows: list[list[int]] | list[str] = []
    marks: list[int] | list[str] = []
    mail: Annotated[str, ReadAs("email")] | None = None


def drafted(lines: Lines = LINES, schema: type[BaseModel] = Thing, **answer: object) -> Draft:
    """What becomes of an answer, by way of its JSON."""
    return draft_of(answer_object(json.dumps(answer)), wire_schema(schema), lines)


def texts(draft: Draft) -> dict[str, object]:
    """The values of a draft."""
    return {path: value.value for path, value in draft.values.items()}


def codes(draft: Draft) -> list[tuple[str, str]]:
    """What a draft has doubts about: code and path."""
    return [(issue.code, issue.path) for issue in draft.issues]

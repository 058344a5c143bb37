"""A schema with a field of each kind, and the outcomes of its cells, for the tests of scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, JsonValue

from extract.evals.scorers import scorers_of
from extract.evals.scoring import Cell, Outcome
from extract.fields import ReadAs, ScoredAs, Verbatim
from extract.schemas.conventions import Identifier, LongText, WebAddress

C, W, M, I, N = Outcome.CORRECT, Outcome.WRONG, Outcome.MISSING, Outcome.INVENTED, Outcome.CORRECT_NULL  # noqa: E741

Outcomes = Mapping[str, Outcome | Sequence[Outcome]]


class Kind(StrEnum):
    FULL = "FULL"
    PART = "PART"


class Pay(BaseModel):
    min: Decimal | None = None
    max: Decimal | None = None
    currency: str | None = None


class Place(BaseModel):
    city: str | None = None
    country: Annotated[str, ReadAs("country")] | None = None


def _same_length(expected: object, found: object) -> bool:
    return len(str(expected)) == len(str(found))


class Toy(BaseModel):
    """A field for each scorer."""

    title: str | None = None
    number: Identifier | None = None
    url: WebAddress | None = None
    mail: Annotated[str, ReadAs("email")] | None = None
    kind: Kind | None = None
    kinds: list[Kind] = []
    day: date | None = None
    moment: datetime | None = None
    years: float | None = None
    open: bool | None = None
    pay: Annotated[Pay, ScoredAs("joint")] | None = None
    amounts: list[Decimal] = []
    about: LongText | None = None
    tasks: list[Annotated[str, Verbatim]] = []
    places: list[Place] = []
    extras: dict[str, int] | None = None
    own: Annotated[str, ScoredAs(_same_length)] | None = None
    point: tuple[float, float] | None = None
    row: tuple[float, ...] = ()


TOY = scorers_of(Toy)

PAY: JsonValue = {"min": 85000, "max": 119000, "currency": "USD"}


def outcomes(cells: tuple[Cell, ...]) -> Outcomes:
    """The outcomes by path; a list where gold and what was invented have one path."""
    found: dict[str, list[Outcome]] = {}
    for cell in cells:
        found.setdefault(cell.path, []).append(cell.outcome)
    return {path: each[0] if len(each) == 1 else each for path, each in found.items()}

"""A tray of bread, and a model that reads it wrong, for the tests of asking again."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, Field
from scripted import Scripted, answer

from extract.checks import Check
from extract.engines.llm.engine import Asking, LlmEngine
from extract.engines.llm.prompts import prompt_for
from extract.engines.llm.seam import Completion
from extract.fields import Verbatim
from extract.pipeline import extract
from extract.result import Extraction, Severity
from extract.tasks import Task


class Tray(BaseModel):
    material: str | None = None
    price: float | None = None


class Oven(BaseModel):
    """A record with all kinds of parts."""

    name: str | None = None
    heat: Annotated[int, Field(le=300)] | None = None
    trays: list[Tray] = []
    steps: list[Annotated[str, Verbatim]] = []

    checks: ClassVar[tuple[Check, ...]] = ()


TEXT = "\n\n".join(
    [
        "Bakery oven Vesuvio",
        "It heats up to 280 degrees.",
        "It comes with trays.",
        "A steel tray is 30 euros.",
        "A clay tray is 45 euros.",
        *(f"Nothing of interest stands in the line on {thing}, nor near it." for thing in ("wood", "lamps", "dogs")),
        "Heat it before you bake.",
        "Clean it when it is cold.",
    ]
)
RIGHT = {
    "name": {"value": "Vesuvio", "at": 0},
    "heat": {"value": 280, "at": 1},
    "trays": [
        {"material": {"value": "steel", "at": 3}, "price": {"value": 30, "at": 3}},
        {"material": {"value": "clay", "at": 4}, "price": {"value": 45, "at": 4}},
    ],
    "steps": ["8-9"],
}


def run(
    *answers: Completion | Exception, schema: type[BaseModel] = Oven, text: str = TEXT, **more: Any
) -> tuple[Extraction[Any], Scripted]:
    """The result of a document with these answers of the model, and the model."""
    model = Scripted(*answers)  # type: ignore[arg-type]  # an error of a call is an answer too
    asking = Asking("m", "https://e", **more.pop("asking", {}))
    engine = LlmEngine(Task("oven", schema), prompt_for("oven"), model, asking)
    return extract(text, schema=schema, engine=engine, **more), model


def asked(model: Scripted) -> list[str]:
    """The fields that the second request asks for."""
    properties = model.requests[1].schema["properties"]
    assert isinstance(properties, dict)
    return sorted(properties)


def errors(result: Extraction[Any]) -> list[tuple[str, str]]:
    """Codes and paths of the errors of a result."""
    return [(issue.code, issue.path) for issue in result.issues if issue.severity is Severity.ERROR]


def wrong(**changed: object) -> Completion:
    """The right answer with some fields changed."""
    return answer(**{**RIGHT, **changed})

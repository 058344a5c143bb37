"""What the checks of a schema say about values: a check of the checks, without an engine."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel

from extract.checks import Checked, checks_of, found_by
from extract.cleaning import clean
from extract.result import Evidence, Issue
from extract.source import open_source


def doubts(
    schema: type[BaseModel], values: Mapping[str, object], *, text: str = "Cook", evidence: Mapping[str, Evidence] | None = None
) -> list[Issue]:
    """The issues of a record with these values, which was read from that text."""
    checked = Checked(schema.model_validate(values), evidence or {}, clean(open_source(text)))
    return found_by(checks_of(schema), checked)


def doubted(schema: type[BaseModel], values: Mapping[str, object]) -> list[str]:
    """The paths that the checks find wrong in these values."""
    return [issue.path for issue in doubts(schema, values)]

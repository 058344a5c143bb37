"""Pairs of a value and a source that states it for that field or does not: grounding_pairs_*.yaml, grounding_held_out.yaml.

Each entry of the files is a source. ``stated`` lists [path, value, quote]: the quote are the words of the source that state the
value. ``not_stated`` lists [path, value, claim] by kind: the claim are the words that an engine would give as its quote, which
may stand elsewhere in the source or nowhere. ``absent`` is such a list of fields of which the source says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, StrictBool, StrictFloat, StrictInt, StrictStr

from extract.cleaning.document import Scalar
from extract.source import Format

Triple = tuple[StrictStr, StrictStr | StrictInt | StrictFloat | StrictBool, StrictStr]
NOTHING = "nothing_stated"
"""The kind of the pairs under ``absent``."""


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")
    source: StrictStr
    format: Format = Format.TEXT
    stated: list[Triple] = []
    not_stated: dict[StrictStr, list[Triple]] = {}
    absent: list[Triple] = []


@dataclass(frozen=True, slots=True)
class Pair:
    """A value for a field, and whether the source states it; ``kind`` says what is wrong, and is empty where nothing is."""

    source: str
    format: Format
    path: str
    value: Scalar
    claim: str
    kind: str
    stated: bool


DEVELOPED, HELD_OUT = "grounding_pairs_*.yaml", "grounding_held_out.yaml"
"""The files of the pairs that grounding was developed on, and of those that were written by somebody who had not seen it."""


def load_pairs(files_named: str = DEVELOPED) -> tuple[Pair, ...]:
    """All pairs of these files, in the order of the files."""
    files = sorted(Path(__file__).parent.glob(files_named))
    return tuple(pair for file in files for entry in yaml.safe_load(file.read_text("utf-8")) for pair in _pairs(entry))


def _pairs(entry: object) -> Iterator[Pair]:
    found = _Entry.model_validate(entry)
    kinds = {"": found.stated, **found.not_stated, NOTHING: found.absent}
    for kind, triples in kinds.items():
        for path, value, claim in triples:
            yield Pair(found.source, found.format, path, value, claim, kind, stated=not kind)

"""The shipped gold cases: documents, each with the record that is right for it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from pydantic import JsonValue


@dataclass(frozen=True, slots=True)
class Case:
    """A document and the record that is right for it, as JSON.

    ``schema`` is the name of its task, ``source`` the document with its line ends as they are. ``accept`` holds what else is
    right, by path; ``unsolved`` are the paths that the rules cannot do yet.
    """

    name: str
    source: str
    schema: str
    format: str
    tags: Sequence[str]
    expected: Mapping[str, JsonValue]
    accept: Mapping[str, Sequence[JsonValue]]
    unsolved: Sequence[str] = ()


def shipped_cases(schema: str | None = None) -> dict[str, Case]:
    """The cases by name and in the order of their names: those of one task, or all of them.

    >>> "invoice_plain_de" in shipped_cases("invoice"), "invoice_plain_de" in shipped_cases("job_posting")
    (True, False)
    """
    folders = sorted(files("extract.evals").joinpath("gold").iterdir(), key=lambda folder: folder.name)
    names = [folder.name for folder in folders if folder.joinpath("expected.json").is_file()]
    cases = {name: _read(name) for name in names}
    return {name: case for name, case in cases.items() if schema is None or case.schema == schema}


def _read(name: str) -> Case:
    folder = files("extract.evals").joinpath("gold", name)
    source = folder.joinpath("input.txt").read_bytes().decode("utf-8")
    return Case(name=name, source=source, **json.loads(folder.joinpath("expected.json").read_text("utf-8")))

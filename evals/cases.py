"""A case: a document, and the record that is right for it. Gold is a folder a case, or a line of JSON a case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import as_file, files
from pathlib import Path
from typing import ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from extract.errors import DatasetError
from extract.evals.files import content_of, faults_in, first_faults
from extract.source import Source, open_source

Form = TypeVar("Form", bound=BaseModel)
EXPECTED = "expected.json"
MAX_GOLD_BYTES = 20_000_000
"""The longest expected.json that is read."""


@dataclass(frozen=True)
class Case:
    """A document and the record that is right for it, as JSON; ``source`` is its text, as it was received.

    ``document`` is the text itself, or the path of a file. ``schema`` is the name of its task. ``expected`` may be a part of a
    record: what it does not mention is not labelled. ``accept`` holds what else is right, by path; ``inferred`` are the paths of
    values that no text states; ``critical`` those that must not get worse; ``traps`` say in words what is hard about a field.
    ``cluster`` is what documents that resemble each other share: a site, an employer. ``unsolved`` are the paths that the rules
    cannot do yet. A ``draft`` was not corrected by anybody yet.
    """

    name: str
    document: str | Path
    schema: str
    expected: Mapping[str, JsonValue]
    accept: Mapping[str, Sequence[JsonValue]] = field(default_factory=dict)
    format: str = ""
    tags: Sequence[str] = ()
    cluster: str = ""
    critical: Sequence[str] = ()
    inferred: Sequence[str] = ()
    traps: Mapping[str, str] = field(default_factory=dict)
    unsolved: Sequence[str] = ()
    draft: bool = False

    @cached_property
    def opened(self) -> Source:
        """The document, decoded; SourceError where it cannot be read."""
        return open_source(self.document, name=self.name if isinstance(self.document, str) else None)

    @property
    def source(self) -> str:
        return self.opened.text


class GoldFile(BaseModel):
    """What an ``expected.json`` may say."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid", strict=True, frozen=True)

    schema_: str = Field(default="", alias="schema")
    expected: dict[str, JsonValue]
    accept: dict[str, list[JsonValue]] = {}
    format: str = ""
    tags: list[str] = []
    cluster: str = ""
    critical: list[str] = []
    inferred: list[str] = []
    traps: dict[str, str] = {}
    unsolved: list[str] = []
    draft: bool = False

    def case(self, name: str, document: str | Path) -> Case:
        """The case of a document that this is the gold of."""
        content = {key: getattr(self, key) for key in type(self).model_fields if key in Case.__dataclass_fields__}
        return Case(name=name, document=document, schema=self.schema_, **content)


class GoldLine(GoldFile):
    """A case as a line of JSON: with its name and its document."""

    id: str = Field(min_length=1)
    input: str

    def in_line(self) -> Case:
        """The case of the line."""
        return self.case(self.id, self.input)


def shipped_cases(schema: str | None = None) -> dict[str, Case]:
    """The cases by name and in the order of their names: those of one task, or all of them.

    >>> "invoice_plain_de" in shipped_cases("invoice"), "invoice_plain_de" in shipped_cases("job_posting")
    (True, False)
    """
    with as_file(files("extract.evals").joinpath("gold")) as folder:
        cases = {case.name: case for case in map(read_folder, case_folders(folder))}
    return {name: case for name, case in cases.items() if schema is None or case.schema == schema}


def case_folders(folder: Path) -> list[Path]:
    """The folders of cases below a folder, in the order of their names."""
    return sorted((path.parent for path in folder.glob(f"*/{EXPECTED}")), key=lambda path: path.name)


def read_folder(folder: Path) -> Case:
    """The case of a folder; DatasetError where its gold or its document cannot be read."""
    path = folder / EXPECTED
    try:
        folder.name.encode()
    except UnicodeEncodeError:
        raise DatasetError(f"{folder.name.encode(errors='replace')!r}: the name of a case has to be UTF-8") from None
    gold = _checked(GoldFile, content_of(path, limit=MAX_GOLD_BYTES, error=DatasetError), str(path))
    inputs = [found for found in sorted(folder.glob("input.*")) if found.is_file()]
    if len(inputs) != 1:
        raise DatasetError(f"{folder} holds {len(inputs)} files input.*: a case has one document, such as input.html")
    return gold.case(folder.name, inputs[0])


def read_line(line: str | bytes, place: str) -> Case:
    """The case of a line of JSON; ``place`` is what messages call it. DatasetError where it is none."""
    return _checked(GoldLine, line, place).in_line()


def _checked(form: type[Form], raw: str | bytes, place: str) -> Form:
    try:
        return form.model_validate_json(raw)
    except ValidationError as error:
        raise DatasetError(f"{place}: {first_faults(faults_in(error))}") from None

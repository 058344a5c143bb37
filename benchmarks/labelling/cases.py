"""A case as the eval harness reads it: a document, the part of a record that is known to be right, and what else is as good."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pydantic import JsonValue, ValidationError

from extract.schemas.job_posting import JobPosting

SCHEMA = "job_posting"


@dataclass(frozen=True, slots=True)
class Label:
    """What a field of the record has to be, by its dotted path ("locations.0.city"); ``others`` would be right too."""

    path: str
    value: JsonValue
    others: tuple[JsonValue, ...] = ()

    @property
    def field(self) -> str:
        """The field of the record that the path leads into."""
        return self.path.split(".", 1)[0]


@dataclass(frozen=True, slots=True)
class Labelled:
    """A document with its labels, before they were held against the schema. ``name`` is its id inside of its set."""

    name: str
    source: str
    labels: tuple[Label, ...]
    tags: tuple[str, ...]
    cluster: str


@dataclass(frozen=True, slots=True)
class Case:
    """A document with labels that fit the schema; ``dropped`` are the fields whose labels did not."""

    set: str
    document: Labelled
    labels: tuple[Label, ...]
    dropped: tuple[str, ...]

    @property
    def fields(self) -> Counter[str]:
        """How many labels there are of each field, the places of a list as one."""
        return Counter({path.replace(".0", ""): 1 for path in (label.path for label in self.labels) if not _is_later(path)})

    def as_json(self) -> dict[str, JsonValue]:
        """The line of the file."""
        return {
            "id": f"{self.set}/{self.document.name}",
            "input": self.document.source,
            "expected": expected(self.labels),
            "accept": {label.path: list(label.others) for label in self.labels if label.others},
            "tags": [self.set, *self.document.tags],
            "cluster": self.document.cluster,
            "schema": SCHEMA,
        }


def _is_later(path: str) -> bool:
    return any(part.isdecimal() and part != "0" for part in path.split("."))


def case_of(document: Labelled, *, name: str) -> Case:
    """The case of a document, in the set with that name, without the labels and the alternatives that the schema refuses."""
    refused = _refused(document.labels)
    kept = tuple(label for label in document.labels if label.field not in refused)
    return Case(name, document, tuple(_with_valid_others(label) for label in kept), tuple(sorted(refused)))


def expected(labels: Sequence[Label]) -> dict[str, JsonValue]:
    """The labels as the part of a record that they make up.

    >>> expected([Label("company.name", "Inn"), Label("locations.0.city", "Bern"), Label("locations.1.city", "Thun")])
    {'company': {'name': 'Inn'}, 'locations': [{'city': 'Bern'}, {'city': 'Thun'}]}
    """
    record: dict[str, JsonValue] = {}
    for label in labels:
        _put(record, label.path.split("."), label.value)
    return record


def _put(whole: dict[str, JsonValue], parts: Sequence[str], value: JsonValue) -> None:
    if len(parts) == 1:
        whole[parts[0]] = value
        return
    if parts[1].isdecimal():
        entries = whole.setdefault(parts[0], [])
        assert isinstance(entries, list)
        entries.extend({} for _ in range(len(entries), int(parts[1]) + 1))
        inner, rest = entries[int(parts[1])], parts[2:]
    else:
        inner, rest = whole.setdefault(parts[0], {}), parts[1:]
    assert isinstance(inner, dict)
    _put(inner, rest, value)


def _with_valid_others(label: Label) -> Label:
    others = (other for other in label.others if other != label.value and not _refused([Label(label.path, other)]))
    return Label(label.path, label.value, tuple(_once(others)))


def _once(values: Iterator[JsonValue]) -> list[JsonValue]:
    kept: list[JsonValue] = []
    for value in values:
        if value not in kept:
            kept.append(value)
    return kept


def _refused(labels: Sequence[Label]) -> set[str]:
    try:
        JobPosting.model_validate(expected(labels))
    except ValidationError as error:
        return {str(problem["loc"][0]) for problem in error.errors() if problem["loc"]}
    return set()

"""Whether gold can be trusted: each file is one, each value is allowed by the schema, and each stands in its document."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pydantic import BaseModel

from extract.cleaning import clean
from extract.cleaning.document import CleanDocument, Scalar
from extract.errors import DatasetError, ExtractError
from extract.evals.cases import Case
from extract.evals.evidence import Words, states, unescaped
from extract.evals.suites import faults_of, read_cases, suite_file, task_for
from extract.fields import Leaf, is_within, leaf_annotations, path_pattern
from extract.report import leaves
from extract.tasks import Task


@dataclass(frozen=True, slots=True)
class GoldFault:
    """Something that is wrong with gold; ``case`` and ``path`` are empty where a file could not be read."""

    case: str
    path: str
    told: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.case, self.path, self.told) if part)


@dataclass(frozen=True, slots=True)
class GoldCheck:
    """What was looked at, and what is wrong."""

    cases: int
    values: int
    faults: tuple[GoldFault, ...]


def check_gold(place: str, *, schema: str | None = None) -> GoldCheck:
    """All that is wrong with the cases at a place; DatasetError where there is nothing of that name."""
    given = (suite_file(Path(place)).schema_ if place.endswith(".toml") else "") or schema
    found = list(read_cases(place))
    cases = [case for case in found if isinstance(case, Case) and (given is None or case.schema in {given, ""})]
    faults = [GoldFault("", "", str(error)) for error in found if isinstance(error, DatasetError)]
    faults += [GoldFault(name, "", f"is there {n} times") for name, n in Counter(case.name for case in cases).items() if n > 1]
    values = 0
    for case in cases:
        task = task_for(case, given)
        values += sum(value is not None for _, value in leaves(dict(case.expected)))
        faults += [GoldFault(case.name, "", told) for told in faults_of(case, task)]
        faults += unstated(case, task)
    return GoldCheck(len(cases), values, tuple(faults))


def unstated(case: Case, task: Task[BaseModel]) -> Iterator[GoldFault]:
    """The values of gold that the document does not state, and that are not said to be inferred."""
    try:
        stated = _Stated(clean(case.opened), case.source)
    except ExtractError as error:
        yield GoldFault(case.name, "", str(error))
        return
    known = leaf_annotations(task.schema)
    inferred = [path_pattern(path) for path in case.inferred]
    for path, value in leaves(dict(case.expected)):
        leaf = known.get(path_pattern(path))
        if value is None or leaf is None or any(is_within(path_pattern(path), pattern) for pattern in inferred):
            continue
        if not stated.states(value, leaf):
            told = f"the document does not state {value!r:.80}: correct it, or name the path under inferred"
            yield GoldFault(case.name, path, told)


@dataclass(frozen=True)
class _Stated:
    """What a document says, line by line and as a whole."""

    clean: CleanDocument
    source: str

    def states(self, value: Scalar, leaf: Leaf) -> bool:
        if isinstance(value, str) and not leaf.choices and self._words.have(value):
            return True
        return any(states(value, leaf, [line]) for line in self._lines)

    @cached_property
    def _lines(self) -> Sequence[str]:
        """All lines, also those that are no part of the posting, and what the markup states."""
        segments = [segment.text for segment in (*self.clean.segments, *self.clean.dropped)]
        return [*segments, *(str(fact.value) for fact in self.clean.facts)]

    @cached_property
    def _words(self) -> Words:
        return Words.of("\n".join([*self._lines, unescaped(self.source), html.unescape(self.source)]))  # links are in tags

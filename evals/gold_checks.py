"""Whether gold can be trusted: each file is one, each value is allowed by the schema, and each stands in its document."""

from __future__ import annotations

import html
import re
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
from extract.evals.scorers import scorers_of
from extract.evals.suites import faults_of, read_cases, schema_named, suite_file, task_for, unknown_critical
from extract.fields import Leaf, is_within, leaf_annotations, path_pattern
from extract.report import leaves
from extract.tasks import Task, task_named

_SENTENCE_END = re.compile(r"(?<=[.!?:;])\s+|\n+")


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
    form = suite_file(Path(place)) if place.endswith(".toml") else None
    given = schema_named(form, schema)
    found = list(read_cases(place))
    cases = [case for case in found if isinstance(case, Case) and (given is None or case.schema in {given, ""})]
    faults = [GoldFault("", "", str(error)) for error in found if isinstance(error, DatasetError)]
    faults += [GoldFault(name, "", f"is there {n} times") for name, n in Counter(case.name for case in cases).items() if n > 1]
    if not cases and not faults:
        faults.append(GoldFault("", "", f"{place} holds no case"))
    values = 0
    if form is not None and given is not None:
        faults += [GoldFault("", "", fault) for fault in unknown_critical(form, task_named(given))]
        scorers_of(task_named(given).schema, form.scorers)
    for case in cases:
        try:
            task = task_for(case, given)
        except DatasetError as error:
            faults.append(GoldFault(case.name, "", str(error)))
            continue
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
    for path, value in leaves(dict(case.expected)):
        leaf = known.get(path_pattern(path))
        if value is None or leaf is None or _is_inferred(path, case):
            continue
        if not stated.states(value, leaf):
            told = f"the document does not state {value!r:.80}: correct it, or name the path under inferred"
            yield GoldFault(case.name, path, told)


def _passages(value: str, leaf: Leaf) -> list[str]:
    """The sentences of a text that is copied: the document may have something else between two of them."""
    return [part for part in _SENTENCE_END.split(value) if part.strip()] if leaf.verbatim else [value]


def _is_inferred(path: str, case: Case) -> bool:
    """Whether gold says so of a path: by itself, by what holds it, or by a pattern for all entries of a list."""
    return any(is_within(path_pattern(path) if "*" in said else path, said) for said in case.inferred)


@dataclass(frozen=True)
class _Stated:
    """What a document says, line by line and as a whole."""

    clean: CleanDocument
    source: str

    def states(self, value: Scalar, leaf: Leaf) -> bool:
        if isinstance(value, str) and not leaf.choices and all(map(self._words.have, _passages(value, leaf))):
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

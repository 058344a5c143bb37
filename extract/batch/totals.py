"""How far a batch is, and what came of it: counts that stay small however many documents there are."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from extract.batch.reading import Answer
from extract.result import RecordStatus, Usage

_MOST_CODES = 1000
"""Codes of issues that are counted: checks of a user may make any."""


@dataclass(slots=True)
class Totals:
    """Documents by what became of them in this run, and what it used.

    ``kept`` had their rows before, ``kept_failed`` of them rows of documents that failed; ``left`` have none, and were not
    wanted. ``copied`` have the content of another one, ``skipped`` are what is no document. ``faults`` counts documents by the
    code of their fault, ``causes`` has the first message of each; ``issues`` counts issues by code.
    """

    kept: int = 0
    kept_failed: int = 0
    left: int = 0
    skipped: int = 0
    copied: int = 0
    complete: int = 0
    partial: int = 0
    empty: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    causes: dict[str, str] = field(default_factory=dict)
    issues: Counter[str] = field(default_factory=Counter)
    usage: Usage = field(default_factory=Usage)

    @property
    def failed(self) -> int:
        """Documents without a record, and those whose record has no value at all."""
        return self.faults.total() + self.empty

    @property
    def met(self) -> int:
        """Documents that have come up, whatever became of them."""
        return self.kept + self.left + self.done

    @property
    def done(self) -> int:
        """Documents that got a row in this run."""
        return self.complete + self.partial + self.failed

    def add(self, answer: Answer) -> None:
        """Count a document that was read."""
        self.usage += answer.usage
        self._count(answer)

    def add_copy(self, answer: Answer) -> None:
        """Count a document whose content another one had: nothing was asked for it."""
        self.copied += 1
        self._count(answer)

    def _count(self, answer: Answer) -> None:
        for code in answer.issues:
            if code in self.issues or len(self.issues) < _MOST_CODES:
                self.issues[code] += 1
        if answer.fault is not None:
            self.faults[answer.fault.code] += 1
            self.causes.setdefault(answer.fault.code, answer.fault.message)
        elif answer.status is RecordStatus.FAILED:
            self.empty += 1
        elif answer.status is RecordStatus.PARTIAL:
            self.partial += 1
        else:
            self.complete += 1

"""What a batch writes itself, which is no document of it, wherever it lies: a run that read its own rows would never end."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from extract.batch.exports import journal_of
from extract.batch.folders import before_wildcards, is_glob
from extract.errors import UsageError

STATE = ".batch"
"""The end of the name of the folder with the state of batches at a provider."""


@dataclass(frozen=True, slots=True)
class Own:
    """The output, its journal, earlier ones that were put aside, the report, and the state of batches at a provider."""

    files: frozenset[str]
    folders: tuple[str, ...]
    aside: re.Pattern[str]

    @classmethod
    def of(cls, output: Path, report: Path | None) -> Own:
        """What a batch with that output and report writes; UsageError for an ending that no output has."""
        journal = journal_of(output)
        folders = [folder for path in (state_of(output), report) if path is not None for folder in _names(path)]
        earlier = "|".join(re.escape(name.removesuffix(journal.suffix)) for name in _names(journal))
        return cls(
            frozenset(name for path in (output, journal) for name in _names(path)),
            tuple(f"{folder}{os.sep}" for folder in folders),
            re.compile(rf"(?:{earlier})\.\d+{re.escape(journal.suffix)}"),
        )

    def holds(self, path: Path) -> bool:
        """Whether a path is that of something that the batch writes.

        >>> own = Own.of(Path("out/rows.csv"), Path("report"))
        >>> [own.holds(Path(name)) for name in ("x/../out/rows.csv", "out/rows.csv.1.jsonl", "report/a.html", "out/rows.txt")]
        [True, True, True, False]
        """
        name = os.path.realpath(path) if path.is_symlink() else os.path.normpath(path.absolute())
        return name in self.files or name.startswith(self.folders) or self.aside.fullmatch(name) is not None


def check_apart(report: Path, places: Iterable[str]) -> None:
    """UsageError where a report would be written to where documents are: nothing in its folder is a document."""
    folder = Path(os.path.realpath(report))
    for place in places:
        root = before_wildcards(place) if is_glob(place) else Path(place)
        if Path(os.path.realpath(root)).is_relative_to(folder):
            raise UsageError(f"the report would be written to {report}, where {place} is an input: choose another folder for it")


def state_of(output: Path) -> Path:
    """The folder that keeps the state of batches at a provider for an output."""
    return output.with_name(output.name + STATE)


def _names(path: Path) -> set[str]:
    """A path as it may come up: as it is, and where it leads to."""
    return {os.path.normpath(path.absolute()), os.path.realpath(path)}  # Path.resolve raises for a link to itself

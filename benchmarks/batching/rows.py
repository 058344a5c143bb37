"""What an output holds: a row for each document, one for some, none for others; and whether its records are those of the gold."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue

from benchmarks.batching.marks import unmarked
from extract.batch.rows import is_sound
from extract.evals.agreement import Cell, cell_matches


@dataclass(frozen=True, slots=True)
class Rows:
    """What became of so many documents.

    ``rows``: documents that have a row; ``again``: rows of documents that have one already; ``unsound``: lines that are no row
    of these documents; ``wrong``: records that are not those of the gold; ``causes``: the documents whose row has no record, by
    what it says.
    """

    documents: int
    rows: int
    again: int
    unsound: int
    wrong: int
    causes: Mapping[str, int]

    @property
    def whole(self) -> bool:
        """Whether there is one row for each document, and nothing else."""
        return self.rows == self.documents and not self.again and not self.unsound

    @property
    def lost(self) -> int:
        """Documents without a record."""
        return self.documents - self.rows + sum(self.causes.values())


def rows_of(
    file: Path,
    ids: Collection[str],
    *,
    gold: Mapping[str, Sequence[Cell]] | None = None,
    sound: Callable[[bytes], bool] = is_sound,
) -> Rows:
    """What an output says of the documents with these ids.

    ``gold`` is what records have to say, by what the ids begin with; None: they are not looked at. ``sound`` tells rows from
    other lines.
    """
    left, documents = set(ids), set(ids)
    causes = Counter[str]()
    again = unsound = wrong = 0
    with file.open("rb") as lines:
        for line in lines:
            row = json.loads(unmarked(line)) if sound(line.rstrip(b"\n")) else None
            if row is None or row["id"] not in documents:
                unsound += 1
            elif row["id"] not in left:
                again += 1
            else:
                left.remove(row["id"])
                if row["error"] is not None:
                    causes[row["error"]["code"]] += 1
                elif gold is not None:
                    wrong += not is_gold(row["record"], gold[row["id"].rpartition("-")[0]])
    return Rows(len(documents), len(documents) - len(left), again, unsound, wrong, dict(causes))


def is_gold(record: Mapping[str, JsonValue], cells: Sequence[Cell]) -> bool:
    """Whether a record says what the cells ask for."""
    return all(cell_matches(cell, record)[0] for cell in cells)

"""Any number of documents, all different, whose records are known: the shipped job postings with a mark in nearly each line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.asking.gold import Way, asked, engine_for, record_of
from benchmarks.batching.marks import Document, mark, unmarked
from benchmarks.batching.rows import is_gold
from extract.cleaning import clean
from extract.engines.llm.engine import Plan
from extract.evals.agreement import Cell, gold_cells
from extract.evals.cases import Case
from extract.settings import Ask
from extract.source import open_source

_WORD = re.compile(r"(?<= )[a-z]{5,}(?=[ ,.])")
"""What may be marked: a word in the middle of a line."""
WAY = Way("", Ask.MISSING)
"""How ``extract batch`` asks when nothing else is said."""


@dataclass(frozen=True, slots=True)
class Template:
    """A shipped document, cut at the ends of the words that are marked."""

    case: Case
    parts: Sequence[str]

    @property
    def marks(self) -> int:
        return len(self.parts) - 1

    def document(self, serial: int) -> Document:
        """The document with that number; its id begins with the name of its case."""
        return Document(f"{self.case.name}-{serial}", mark(serial).join(self.parts))

    def marked_share(self) -> float:
        """The share of its text, as it is read, that stands in lines like those of no other document."""
        lines = [segment.body.text for segment in clean(open_source(self.document(0).text)).segments]
        return sum(len(line) for line in lines if mark(0) in line) / sum(map(len, lines))


def template_of(case: Case) -> Template:
    """A case with a word marked in each line, where that changes neither what a model is asked, nor what its answer leads to."""
    given = asked(case, WAY.settings())
    engine = engine_for(case, WAY.settings())
    cells = tuple(gold_cells(case.expected, case.accept))

    def same(parts: Sequence[str]) -> bool:
        plan = engine.plan(clean(open_source(mark(0).join(parts))))
        if _messages(plan) != _messages(given.plan):
            return False
        record = json.dumps(record_of(plan, given.answer, task=case.schema))
        return is_gold(json.loads(unmarked(record.encode())), cells)

    def widened(base: Sequence[int], more: Sequence[int]) -> Sequence[int]:
        """The spots with those of the others that can be marked beside them: all at once, or else what goes of each half."""
        spots = sorted({*base, *more})
        if same(_parts(case.source, spots)):
            return spots
        middle = len(more) // 2
        return widened(widened(base, more[:middle]), more[middle:]) if middle else base

    template = Template(case, _parts(case.source, widened((), list(_spots(case.source)))))
    assert template.marks, f"{case.name}: no word can be marked"
    return template


def _spots(text: str) -> Iterator[int]:
    """Where the first word ends that may be marked in each line of the cleaned text, in the source."""
    for segment in clean(open_source(text)).segments:
        for word in _WORD.finditer(segment.body.text):
            end = segment.body[word.start() : word.end()].spans[-1].end
            if text[:end].endswith(word[0]):
                yield end
                break


def documents(templates: Sequence[Template], count: int) -> Iterator[Document]:
    """So many documents, the templates in turn."""
    return (templates[serial % len(templates)].document(serial) for serial in range(count))


def write_table(templates: Sequence[Template], count: int, file: Path) -> None:
    """Writes so many documents as a table that ``extract batch`` reads: lines of JSON with ``id`` and ``text``."""
    with file.open("w", encoding="utf-8") as table:
        table.writelines(json.dumps(document._asdict()) + "\n" for document in documents(templates, count))


def gold_of(templates: Sequence[Template]) -> dict[str, tuple[Cell, ...]]:
    """What each record has to say, by the name of its case."""
    return {template.case.name: tuple(gold_cells(template.case.expected, template.case.accept)) for template in templates}


def _parts(text: str, spots: Sequence[int]) -> list[str]:
    return [text[start:end] for start, end in zip([0, *spots], [*spots, len(text)], strict=True)]


def _messages(plan: Plan) -> bytes:
    """What a model is told, without marks."""
    messages = plan.request.messages if plan.request else ()
    return unmarked("\n".join(message.content for message in messages).encode())

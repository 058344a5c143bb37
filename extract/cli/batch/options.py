"""The options that the batch commands share: which documents, and where their rows go."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Annotated, cast

import typer

from extract.batch.choosing import Choice
from extract.batch.inputs import Inputs
from extract.batch.own import Own, check_apart
from extract.batch.reading import Reading
from extract.cli import options
from extract.cli.asking import Asked
from extract.cli.output import is_same
from extract.errors import UsageError
from extract.source import MAX_CHARS

_INPUT = "Which documents"
STREAM = "-"
InputNames = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="INPUT",
        help="Folders, files, patterns in quotes, tables (JSONL, CSV, TSV, Parquet), archives (zip, tar, tar.gz); - is a list of "
        "files and folders on standard input, one a line.",
        show_default=False,
    ),
]
OutputName = Annotated[
    str | None,
    typer.Option(
        "--output",
        "-o",
        help="Where the rows go: .jsonl; .csv and .parquet are made at the end, of rows that OUT.jsonl beside them keeps; - is a "
        "stream of JSON lines to standard output.",
        show_default=False,
    ),
]
Include = Annotated[
    list[str] | None,
    typer.Option(
        help="Only files of folders and archives that match, such as '*.html'; may be given several times.",
        show_default=False,
        rich_help_panel=_INPUT,
    ),
]
Exclude = Annotated[
    list[str] | None,
    typer.Option(help="No files that match; may be given several times.", show_default=False, rich_help_panel=_INPUT),
]
TextColumn = Annotated[str, typer.Option(help="The column of a table that holds the document.", rich_help_panel=_INPUT)]
IdColumn = Annotated[
    str | None,
    typer.Option(
        help="The column of a table with what documents are called. Default: file and line.",
        show_default=False,
        rich_help_panel=_INPUT,
    ),
]
Sample = Annotated[
    int | None,
    typer.Option(min=1, help="Only so many documents, chosen at random.", show_default=False, rich_help_panel=_INPUT),
]
Seed = Annotated[int, typer.Option(help="Another seed is another sample.", rich_help_panel=_INPUT)]


@dataclass(frozen=True, slots=True)
class Documents:
    """Which documents, and what is to be known of them."""

    inputs: InputNames = None
    output: OutputName = None
    include: Include = None
    exclude: Exclude = None
    text_column: TextColumn = "text"
    id_column: IdColumn = None
    sample: Sample = None
    seed: Seed = 0
    schema: options.Schema = "job_posting"
    input_format: options.InputFormat = None
    max_chars: options.MaxChars = MAX_CHARS
    lenient: options.Lenient = False

    def choice(self, report: Path | None = None) -> Choice:
        """The documents that are named, without what the batch writes; a list of them is read from standard input."""
        if report is not None:
            check_apart(report, [name for name in self.inputs or () if name not in {"", STREAM}])
        listing = None if sys.stdin is None or sys.stdin.isatty() else cast("BufferedReader", sys.stdin.buffer)
        inputs = Inputs(
            self.include or (),
            self.exclude or (),
            text_column=self.text_column,
            id_column=self.id_column,
            max_chars=self.max_chars,
            own=Own.of(Path(self.output), report) if self.output and not self.streams else None,
        )
        return Choice(inputs, self.inputs or [], listing=listing, sample=self.sample, seed=self.seed)

    def reading(self, asked: Asked, *, evidence: bool = True, **more: object) -> Reading:
        """How they are read; ``more`` are settings."""
        return Reading(
            schema=self.schema,
            engine=asked.chosen.value,
            settings=asked.settings(**more),
            input_format=self.input_format,
            max_chars=self.max_chars,
            strict=not self.lenient,
            evidence=evidence,
        )

    @property
    def streams(self) -> bool:
        """Whether rows go to standard output."""
        return self.output == STREAM

    @property
    def path(self) -> Path:
        """The file that the output goes to."""
        if not self.output or self.streams:
            raise UsageError("no output: name a file with -o (.jsonl, .csv, .parquet)")
        path = Path(self.output)
        if self.output.endswith(("/", os.sep)):
            raise UsageError(f"{self.output} is a folder: name a file in it with -o (.jsonl, .csv, .parquet)")
        if any(name and name != STREAM and is_same(Path(name), path) for name in self.inputs or ()):
            raise UsageError(f"{path} is an input, and would be lost: choose another output with -o")
        return path

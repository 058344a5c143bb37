"""The options of the batch commands: which documents, and who is asked."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from extract.batch.choosing import Choice
from extract.batch.inputs import Inputs
from extract.batch.own import Own
from extract.batch.reading import Reading
from extract.cli import options
from extract.cli.asking import asked_engine, given_settings
from extract.errors import UsageError
from extract.source import MAX_CHARS

if TYPE_CHECKING:
    from extract.settings import Settings  # the rules read none

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
        if any(name and name != STREAM and _is_same(Path(name), path) for name in self.inputs or ()):
            raise UsageError(f"{path} is an input, and would be lost: choose another output with -o")
        return path


@dataclass(frozen=True, slots=True)
class Asked:
    """Who fills the records."""

    engine: options.Engine = options.EngineName.AUTO
    model: options.Model = None
    base_url: options.BaseUrl = None
    prompt: options.Prompt = None
    ask: options.Ask = None
    max_cost: options.MaxCost = None
    max_tokens: options.MaxTokens = None
    max_repairs: options.MaxRepairs = None
    prices: options.Prices = None

    def reading(self, documents: Documents, *, evidence: bool = True, **more: object) -> Reading:
        """How documents are read; ``more`` are settings."""
        engine = asked_engine(self.engine, self.model or self.base_url)
        return Reading(
            schema=documents.schema,
            engine=engine.value,
            settings=None if engine is options.EngineName.RULES else self.settings(**more),
            input_format=documents.input_format,
            max_chars=documents.max_chars,
            strict=not documents.lenient,
            evidence=evidence,
        )

    def settings(self, **more: object) -> Settings:
        """The settings of the environment, and over them what was given here."""
        return given_settings(
            model=self.model,
            base_url=self.base_url,
            prompt=self.prompt,
            ask=self.ask,
            max_cost=self.max_cost,
            max_tokens=self.max_tokens,
            max_repairs=self.max_repairs,
            prices=self.prices,
            **more,
        )


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except (OSError, ValueError):
        return False

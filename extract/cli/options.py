"""The options that several commands have, each with its help."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from extract.source import Format


class EngineName(StrEnum):
    """Who fills the record."""

    AUTO = "auto"
    RULES = "rules"
    LLM = "llm"


class Asked(StrEnum):
    """What a model is asked for."""

    MISSING = "missing"
    ALL = "all"


class ListFormat(StrEnum):
    """How anything but a record is printed."""

    JSON = "json"
    TABLE = "table"


_MODEL = "Model"

File = Annotated[
    str | None,
    typer.Argument(help="The document: text, a page, MHTML, PDF or Word; - or nothing: standard input.", show_default=False),
]
InputFormat = Annotated[Format | None, typer.Option(help="What the document is. Default: found out.", show_default=False)]
MaxChars = Annotated[int, typer.Option(min=1, max=2**31 - 1, help="Refuse a document with more characters.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file.", show_default=False)]
Schema = Annotated[str, typer.Option(help="What the record is: job_posting, invoice, or FILE.py:Class.")]
FORMAT_HELP = "Default: table on a terminal, json in a pipe or a file."
OutputFormat = Annotated[ListFormat | None, typer.Option("--format", "-f", help=FORMAT_HELP, show_default=False)]

Engine = Annotated[
    EngineName,
    typer.Option(
        help="Who fills the record: rules (offline), llm (a model), auto (a model where one is configured).",
        rich_help_panel=_MODEL,
    ),
]
Model = Annotated[
    str | None, typer.Option(help="The model to ask. Default: EXTRACT_MODEL.", show_default=False, rich_help_panel=_MODEL)
]
BaseUrl = Annotated[
    str | None,
    typer.Option(
        help="The address of the endpoint. Default: OPENAI_BASE_URL, or OpenAI.", show_default=False, rich_help_panel=_MODEL
    ),
]
Prompt = Annotated[
    str | None,
    typer.Option(
        help="The version of a shipped prompt (v1), or a file. Default: the newest.", show_default=False, rich_help_panel=_MODEL
    ),
]
Ask = Annotated[
    Asked | None,
    typer.Option(
        help="What to ask for: only what markup and rules leave open (missing), or all.",
        show_default=False,
        rich_help_panel=_MODEL,
    ),
]
MaxCost = Annotated[
    float | None,
    typer.Option(help="Stop before a call that could pass this many US dollars.", show_default=False, rich_help_panel=_MODEL),
]
MaxTokens = Annotated[
    int | None,
    typer.Option(help="Stop before a call that could pass this many tokens.", show_default=False, rich_help_panel=_MODEL),
]
Prices = Annotated[
    Path | None, typer.Option(help="A price table of your own (TOML).", show_default=False, rich_help_panel=_MODEL)
]
MaxRepairs = Annotated[
    int | None,
    typer.Option(
        min=0,
        max=10,
        help="How often fields that were wrong are asked for again. Default: EXTRACT_MAX_REPAIRS, or once.",
        show_default=False,
        rich_help_panel=_MODEL,
    ),
]
Strict = Annotated[
    bool, typer.Option("--strict", help="Exit code 1 unless the record is complete: a field has an error, or none has a value.")
]
Lenient = Annotated[
    bool, typer.Option("--lenient", help="Keep values that the document does not state or a check refuses, with their errors.")
]
Repeat = Annotated[
    int | None,
    typer.Option(
        min=0,
        help="Ask the same again: each number has an answer of its own in the cache.",
        show_default=False,
        rich_help_panel=_MODEL,
    ),
]
NoCache = Annotated[
    bool, typer.Option("--no-cache", help="Neither take answers from the cache nor keep them.", rich_help_panel=_MODEL)
]
CacheDir = Annotated[Path | None, typer.Option(help="Where answers are kept. Default: EXTRACT_CACHE_DIR.", show_default=False)]

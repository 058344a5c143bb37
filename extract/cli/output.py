"""What all commands share: reading a document, printing a result, and ending the process with one line and a code."""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import NoReturn, TypeVar

import typer
from rich import box
from rich.console import Console, RenderableType
from rich.table import Table

from extract import report
from extract.cli.options import ListFormat
from extract.errors import ExtractError, UsageError
from extract.pipeline import without_extra, without_llm
from extract.source import read_bounded

Choice = TypeVar("Choice", bound=StrEnum)

WRONG_USE = 2  # also what typer answers to an unknown option
FAILED = 1
INTERRUPTED = 130
_EVALS = frozenset({"numpy", "rapidfuzz", "scipy"})
"""What the extra evals brings."""


def read_document(file: str | None, max_chars: int) -> tuple[str, bytes | Path]:
    """The name of the document, and its path, or its content where it can be read only once."""
    if file is None or file == "-":
        if sys.stdin is None or sys.stdin.isatty():
            fail("no document. Name a FILE, or send one to standard input: extract run - < FILE", WRONG_USE)
        return "<stdin>", read_bounded(sys.stdin.buffer, max_chars)
    if not file:
        fail("the name of the FILE is empty. Name a file, or - for standard input", WRONG_USE)
    path = Path(file)
    name = file.encode("utf-8", "surrogateescape").decode("utf-8", "replace")  # a file's name need not be text
    if not path.is_fifo():
        return name, path
    with path.open("rb") as pipe:
        return name, read_bounded(pipe, max_chars)


def keep_apart(source: bytes | Path, output: Path | None, *, option: str = "--output") -> None:
    """Ends the process where the result would overwrite the document."""
    if output is not None and isinstance(source, Path) and is_same(output, source):
        fail(f"{output} is the document itself, which would be lost. Choose another file with {option}.", WRONG_USE)


def is_same(one: Path, other: Path) -> bool:
    """Whether both are there, and are one file."""
    try:
        return one.samefile(other)
    except (OSError, ValueError):  # one of them is not there, or could not be
        return False


def check_writable(output: Path | None, *, option: str = "--output") -> None:
    """Ends the process where a result could not be written, before work is done or paid for."""
    if output is not None and (output.is_dir() or not output.absolute().parent.is_dir()):
        reason = "it is a folder" if output.is_dir() else "there is no such folder"
        fail(f"{output}: cannot be written: {reason}. Choose another file with {option}.", WRONG_USE)


def default_format(terminal: Choice, pipe: Choice, output: Path | None) -> Choice:
    """The first for a person at a terminal, the second for a pipe or a file."""
    return terminal if output is None and is_terminal() else pipe


def wants_json(chosen: ListFormat | None, output: Path | None = None) -> bool:
    """Whether a list goes out as JSON: because that was chosen, or because no person reads it."""
    return (chosen or default_format(ListFormat.TABLE, ListFormat.JSON, output)) is ListFormat.JSON


def is_terminal() -> bool:
    """Whether results go to a person; a process may also have no standard output at all."""
    return sys.stdout is not None and sys.stdout.isatty()


@contextmanager
def errors_of(name: str) -> Iterator[None]:
    """Ends the process with one line about the document, where reading it fails."""
    try:
        yield
    except ExtractError as error:
        message = report.printable(str(error))
        shown = report.printable(name)
        line = message if message.startswith(shown) else f"{shown}: {message}"
        fail(line, WRONG_USE if isinstance(error, UsageError) else FAILED)
    except ModuleNotFoundError as error:  # what a command loads by itself is of an extra
        missing = without_extra(error, "extract eval", "evals") if error.name in _EVALS else without_llm(error)
        fail(str(missing), WRONG_USE)


def finishing(count: int) -> str:
    """What there is to say at Ctrl-C, while documents are under way.

    >>> finishing(1), finishing(0)
    ('finishing 1 document; Ctrl-C again leaves it', 'stopping')
    """
    if count == 0:
        return "stopping"
    return f"finishing {count} {'document' if count == 1 else 'documents'}; Ctrl-C again leaves {'it' if count == 1 else 'them'}"


def fail(message: str, code: int) -> NoReturn:
    """Ends the process with a line on standard error."""
    typer.echo(f"extract: {message}", err=True)
    raise typer.Exit(code)


def notice(message: str) -> None:
    """For a person who watches; a log that collects stderr holds errors only."""
    if sys.stderr is not None and sys.stderr.isatty():
        typer.echo(f"extract: {message}", err=True)


def write(text: str, output: Path | None, *, option: str = "--output") -> None:
    """Prints a result, or writes it to a file; ends the process where that cannot be done."""
    try:
        if output is None and sys.stdout is None:
            fail("standard output is closed. Name a file with --output.", WRONG_USE)
        elif output is None:
            sys.stdout.write(text + "\n")
            sys.stdout.flush()
        else:
            output.write_text(text + "\n", encoding="utf-8")
    except BrokenPipeError:
        drop_output()
    except OSError as error:
        fail(f"{output or '<stdout>'}: cannot be written: {error.strerror}. Choose another file with {option}.", WRONG_USE)


def drop_output() -> None:
    """After a broken pipe: the reader has had enough, as `head` does, and what is left in the buffer has to go somewhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def table(*columns: str) -> Table:
    """An empty table with these columns; texts that are long are folded, names and places are not."""
    table = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False)
    for column in columns:
        short = column in {"segment", "kind", "status", "line:col", "page"}
        table.add_column(column, no_wrap=short, overflow="fold")
    return table


def rendered(parts: Iterable[RenderableType], output: Path | None) -> str:
    """The parts as text as wide as the terminal, coloured if they go to one."""
    terminal = output is None and is_terminal()
    console = Console(file=io.StringIO(), width=shutil.get_terminal_size((120, 40)).columns, force_terminal=terminal)
    with console.capture() as capture:
        for part in parts:
            console.print(part)
    return "\n".join(line.rstrip() for line in capture.get().splitlines()).strip("\n")

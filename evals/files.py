"""Files that may come from anybody, read within bounds, and what is wrong with them in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import ValidationError

from extract.errors import UsageError

MAX_LINE_BYTES = 100_000_000
"""The longest line of a data set or a run file that is read."""


def content_of(path: Path, *, limit: int, error: type[UsageError], way_out: str = "") -> bytes:
    """The content of a file of at most ``limit`` bytes; ``error`` is raised for what is longer, or cannot be read.

    ``way_out`` is what there is to do about a file that is not there.
    """
    try:
        if path.exists() and not path.is_file():  # a pipe that nobody writes to would be waited for
            raise error(f"{path} is no file")
        if path.stat().st_size > limit:
            raise error(f"{path} has more than {limit:,} bytes, which is far more than such a file has")
        return path.read_bytes()
    except OSError as failure:
        raise error(f"{path} cannot be read: {failure.strerror}{way_out and f'. {way_out}.'}") from failure


def lines_of(path: Path, *, error: type[UsageError]) -> Iterator[tuple[int, bytes]]:
    """The lines of a file with their numbers, without empty ones; ``error`` as for ``content_of``."""
    try:
        with path.open("rb") as file:
            for number, line in enumerate(iter(lambda: file.readline(MAX_LINE_BYTES + 1), b""), 1):
                if len(line) > MAX_LINE_BYTES:
                    raise error(f"{path}, line {number} has more than {MAX_LINE_BYTES:,} bytes, which no such line has")
                if line.strip():
                    yield number, line
    except OSError as failure:
        raise error(f"{path} cannot be read: {failure.strerror}") from failure


def faults_in(error: ValidationError, *, leave_out: str = "") -> list[str]:
    """What a schema refuses, with the path of each, and without the values; ``leave_out`` is a type of fault that is none."""
    details = error.errors(include_url=False, include_context=False, include_input=False)
    return [
        f"{'.'.join(str(part)[:40] for part in detail['loc'])}: {detail['msg']}".removeprefix(": ")
        for detail in details
        if detail["type"] != leave_out
    ]


def first_faults(faults: Iterable[str], limit: int = 3) -> str:
    """The first of many faults, and how many there are besides."""
    told = list(faults)
    more = f" (and {len(told) - limit} more)" if len(told) > limit else ""
    return "; ".join(told[:limit]) + more

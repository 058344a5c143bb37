"""What a review begins with: results as files hold them, one read at a time, and the document of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pydantic import ValidationError

from extract.errors import FormatError, SourceError, UnreadableSource
from extract.report import shorten
from extract.review.stored import StoredFailure, StoredResult
from extract.source import MAX_CHARS, Source, open_source

MAX_RESULT_BYTES = 64_000_000
"""Bytes that one result may have: a record of the longest document, with its evidence, has a fraction of that."""
_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class StoredAt:
    """The bytes of what should be a result, with its file and first line; ``size`` counts also those that were not kept."""

    name: str
    line: int
    raw: bytes
    size: int

    @property
    def place(self) -> str:
        return f"{self.name}:{self.line}"

    def read(self) -> StoredResult | StoredFailure:
        """The result, or the row of a document without one; FormatError where it is neither."""
        if self.size > len(self.raw):
            raise FormatError(f"more than {MAX_RESULT_BYTES:,} bytes, which no result has: take the line out")
        try:
            return StoredResult.model_validate_json(self.raw)
        except ValidationError as error:
            if (failed := self._failure()) is not None:
                return failed
            first = error.errors(include_url=False, include_context=False, include_input=False)[0]
            where = ".".join(map(str, first["loc"]))
            told = f"{where}: {first['msg']}" if where else first["msg"]
            way_out = "run extract on the document again, with --format json or jsonl"
            raise FormatError(f"no result that this version can read ({told}): {way_out}") from error

    def _failure(self) -> StoredFailure | None:
        try:
            return StoredFailure.model_validate_json(self.raw)
        except ValidationError:
            return None


def split_results(file: BinaryIO, name: str) -> Iterator[StoredAt]:
    r"""The results of a file, none of them read yet: JSON Lines, or indented JSON one after the other.

    One begins with a line that begins with a brace, as no other line of an indented one does but its last. So what is damaged
    does not reach into the next.

    >>> from io import BytesIO
    >>> [(found.line, found.raw) for found in split_results(BytesIO(b'{"a": 1}\n{\n  "a"\n{"a": 2}\n'), "results")]
    [(1, b'{"a": 1}\n'), (2, b'{\n  "a"\n'), (4, b'{"a": 2}\n')]
    """
    gathered = _Gathered(name)
    for number, (line, size) in enumerate(_lines(file), start=1):
        if line.startswith(b"{"):
            yield from gathered.taken()
        if gathered.parts or line.strip():
            gathered.add(number, line, size)
        if line.startswith(b"}") or (line.startswith(b"{") and line.rstrip().endswith(b"}")):
            yield from gathered.taken()
    yield from gathered.taken()


class _Gathered:
    """The lines of a result so far, as many bytes of them as a result may have."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._line = 0
        self._size = 0
        self.parts: list[bytes] = []

    def add(self, number: int, line: bytes, size: int) -> None:
        if not self.parts:
            self._line, self._size = number, 0
        self._size += size
        if self._size <= MAX_RESULT_BYTES or not self.parts:
            self.parts.append(line if size <= MAX_RESULT_BYTES else line[:1])

    def taken(self) -> Iterator[StoredAt]:
        if self.parts:
            yield StoredAt(self._name, self._line, b"".join(self.parts), self._size)
            self.parts = []


def _lines(file: BinaryIO) -> Iterator[tuple[bytes, int]]:
    """Each line, or as much of it as a result may have, and its whole size; a byte order mark does not count."""
    first = True
    while line := file.readline(MAX_RESULT_BYTES + 1):
        rest, size = line, len(line)
        while not rest.endswith(b"\n") and (rest := file.readline(MAX_RESULT_BYTES)):
            size += len(rest)
        if first and line.startswith(_MARK):
            line, size = line[len(_MARK) :], size - len(_MARK)
        first = False
        yield line, size


def source_of(result: StoredResult, *, folder: Path | None = None, max_chars: int = MAX_CHARS) -> Source:
    """The document of a result as its spans count it; SourceError where it is gone, or not what it was."""
    made = result.provenance
    path = _path_of(made.source, folder)
    opened = open_source(path, max_chars=max_chars)
    if opened.sha256 != made.source_sha256:
        raise SourceError(f"{path} is not what it was when the result was made: run extract on it again")
    codec = "utf-8" if made.encoding == "str" else made.encoding  # the hash of a str is that of its UTF-8
    if opened.encoding == codec or opened.format is not None:
        return opened
    return open_source(path, max_chars=max_chars, encoding=codec)


def _path_of(name: str, folder: Path | None) -> Path:
    """Where a document is: as the result says, or below a folder, there also by its name alone."""
    places = [Path(name)] if folder is None else [folder / name, folder / Path(name).name]
    for place in places:
        if _is_file(place):
            return place
    way_out = "name the folder that holds it with --sources, or run extract on a file"
    raise UnreadableSource(f"{shorten(name, 200) or 'a document without a name'} is not there: {way_out}")


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # no name that a file could have
        return False

"""The review pages beside a report: of each chosen document that can still be had as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

from extract.batch.items import Content
from extract.batch.reading import content_hash
from extract.batch.report.listing import Listed
from extract.batch.rows import Row, read_row
from extract.errors import SourceError, UsageError
from extract.result import Provenance
from extract.review import StoredResult, review_page
from extract.review.folder import PageNames, write_page
from extract.source import Source, open_source

INDEX = "index.html"
OPTION = "--report"
"""The option of the command line that names the folder."""
Lines = Callable[[], Iterable[bytes]]
"""The rows of a batch as lines of JSON: the same in the same order each time."""
Contents = Callable[[AbstractSet[str]], Iterable[tuple[str, Content]]]
"""The contents of those documents at these places that can still be had, in any order."""


def write_pages(documents: Sequence[Listed], folder: Path, *, lines: Lines, contents: Contents, max_chars: int) -> dict[str, str]:
    """Write a page for each of these documents whose content is what its row was made of; the answer are their names by path.

    UsageError where one cannot be written, or something else is in its place.
    """
    names = PageNames()
    named = {document.path: names.of(document.path) for document in documents}
    written: dict[str, str] = {}
    if not named:
        return written
    with _kept(lines(), documents) as rows:
        for path, content in contents(frozenset(named)):
            page = _page(rows.read(path), path, content, max_chars)
            if page is not None:
                write_page(folder / named[path], page, option=OPTION)
                written[path] = named[path]
    return written


class _Rows:
    """Lines in a file, by the paths of their documents: a hundred of them may be larger than memory."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._at: dict[str, tuple[int, int]] = {}

    def add(self, path: str, line: bytes) -> None:
        """Keep a line; UsageError where there is no room for it."""
        try:
            self._at[path] = (self._file.tell(), len(line))
            self._file.write(line)
            self._file.flush()
        except OSError as error:
            reason = f"rows for review pages cannot be kept in a temporary file: {error.strerror}"
            raise UsageError(f"{reason}. Make room, or set TMPDIR to another folder.") from error

    def read(self, path: str) -> bytes:
        """The line of a document; empty where there is none."""
        start, size = self._at.get(path, (0, 0))
        self._file.seek(start)
        return self._file.read(size)


@contextmanager
def _kept(lines: Iterable[bytes], documents: Iterable[Listed]) -> Iterator[_Rows]:
    """The lines of these documents."""
    wanted = {document.number: document.path for document in documents}
    with TemporaryFile() as file:
        rows = _Rows(file)
        for number, line in enumerate(lines):
            if number in wanted:
                rows.add(wanted[number], line)
        yield rows


def _page(line: bytes, path: str, content: Content, max_chars: int) -> str | None:
    """The page of a document; None where its content is not what the row was made of, or can no longer be read."""
    row = read_row(line, path) if line else None
    if row is None or row.provenance is None or (row.path, row.sha256) != (path, content_hash(content)):
        return None
    try:
        source = _opened(content, row.provenance, max_chars=max_chars)
    except SourceError:
        return None
    return review_page(_result(row, row.provenance), source.text, index=INDEX)


def _opened(content: Content, made: Provenance, *, max_chars: int) -> Source:
    """The document as the spans of its row count it: decoded as it was then, whatever another detection says today."""
    source = open_source(content, name=made.source, max_chars=max_chars)
    if isinstance(content, str) or source.format is not None or source.encoding == made.encoding:
        return source
    return open_source(content, name=made.source, max_chars=max_chars, encoding=made.encoding)


def _result(row: Row, made: Provenance) -> StoredResult:
    return StoredResult(
        record=row.record,
        status=row.status,
        fields=row.fields,
        evidence=row.evidence,
        issues=row.issues,
        usage=row.usage,
        provenance=made,
    )

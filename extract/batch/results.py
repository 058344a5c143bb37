"""The rows of an output, which are the journal of the run too: what is there already, and what is added as it comes."""

from __future__ import annotations

import json
import logging
import re
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from hashlib import sha256
from io import FileIO
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO, NamedTuple

from extract.batch.rows import is_sound
from extract.errors import RunStopped, UsageError
from extract.journal import LONGEST_LINE, Journal, open_journal, replacing
from extract.result import RecordStatus

_LOG = logging.getLogger("extract")
_TABLES = """
CREATE TABLE rows (place BLOB PRIMARY KEY, content BLOB, start INTEGER, failed INTEGER, current INTEGER, taken INTEGER)
    WITHOUT ROWID;
CREATE TABLE contents (content BLOB PRIMARY KEY, start INTEGER) WITHOUT ROWID;
BEGIN;
"""
_ADD = "INSERT OR REPLACE INTO rows VALUES (?, ?, ?, ?, ?, ?)"
_BEGINNING = re.compile(rb'\{"id":"(?:[^"\\]|\\.)*+","path":"(?:[^"\\]|\\.)*+","sha256":"')
_BEGINNING_BYTES = 64 * 1024
_NOWHERE = -1
"""The start of a row that is not there yet."""


class Standing(StrEnum):
    """How a document stands to the rows that are there."""

    NEW = "new"  # there is no row for it
    DONE = "done"  # there is its record
    FAILED = "failed"  # there is a row without a record, or with one that has no value
    CHANGED = "changed"  # its row is of another content, or was made another way


class Earlier(StrEnum):
    """What becomes of the rows that an output holds when a run begins."""

    ASIDE = "aside"  # rows of this configuration stay; a file of others gets another name
    KEEP = "keep"  # all stay until their documents are done again
    DROP = "drop"  # all go


@dataclass(slots=True)
class Found:
    """What an output held when it was opened: rows made this way and in others, and lines that are damaged.

    ``other`` is a row that was made in another way.
    """

    current: int = 0
    others: int = 0
    damaged: int = 0
    other: bytes = b""


class _Row(NamedTuple):
    content: bytes
    start: int
    failed: int
    current: int


class Results:
    """The rows of a journal, and which documents they are of.

    The index is a database of SQLite in a temporary file, made anew from the rows each time: nothing beside the output has to be
    kept or believed, and a million rows take no memory. ``echo`` is handed every row too. One thread at a time may use it.
    """

    def __init__(self, journal: Journal, configuration: str, *, echo: BinaryIO | None = None) -> None:
        self.configuration = configuration
        self.found = Found()
        self.earlier: Found | None = None
        """What was in the output before it was put away."""
        self.moved: Path | None = None
        """Where that is now."""
        self.superseded = 0
        self._other_is_made = False
        self._journal = journal
        self._echo = echo
        self._index = sqlite3.connect("", isolation_level=None)
        with _told():
            self._index.execute("PRAGMA journal_mode=OFF")
            self._index.executescript(_TABLES)
            for start, line in journal.lines():
                self._note(start, line)

    def close(self) -> None:
        self._index.close()

    def take(self, place: str) -> bool:
        """Whether a document comes up for the first time in this run."""
        key = _short(place)
        with _told():
            taken = self._index.execute("SELECT taken FROM rows WHERE place = ?", (key,)).fetchone()
            if taken is None:
                self._index.execute(_ADD, (key, b"", _NOWHERE, 0, 0, 1))
            elif not taken[0]:
                self._index.execute("UPDATE rows SET taken = 1 WHERE place = ?", (key,))
        return taken is None or not taken[0]

    def standing(self, place: str, content: str, *, name: str) -> Standing:
        """How the document with that SHA-256 and that id stands to its row; the hash is empty where it cannot be read."""
        row = self._row(place)
        if row is None:
            return Standing.NEW
        if row.content != _named(content, name) or not row.current:
            return Standing.CHANGED
        return Standing.FAILED if row.failed else Standing.DONE

    def has_record(self, place: str) -> bool:
        """Whether there is a row with a record, whatever the content, and however it was made."""
        row = self._row(place)
        return row is not None and not row.failed

    def same(self, content: str) -> bytes | None:
        """The row of a document with that SHA-256: one with a record, or of this run; None where there is none."""
        with _told():
            row = self._index.execute("SELECT start FROM contents WHERE content = ?", (_key(content),)).fetchone()
        return None if row is None or row[0] == _NOWHERE else self._journal.line_at(row[0])

    def meet(self, content: str) -> bool:
        """Whether a content comes up for the first time; there is no row of it yet."""
        with _told():
            added = self._index.execute("INSERT OR IGNORE INTO contents VALUES (?, ?)", (_key(content), _NOWHERE))
        return added.rowcount > 0

    def untouched(self) -> int:
        """How many rows are of documents that did not come up in this run."""
        with _told():
            count: int = self._index.execute("SELECT COUNT(*) FROM rows WHERE taken = 0").fetchone()[0]
        return count

    def add(self, line: bytes, *, path: str, name: str, content: str, failed: bool) -> None:
        """Write a row; RunStopped where that cannot be done. In this run, it stands for all documents with its content."""
        start = self._journal.append(line)
        self.superseded += self._row(path) is not None
        with _told():
            self._index.execute(_ADD, (_short(path), _named(content, name), start, failed, 1, 1))
            if content:
                self._index.execute("INSERT OR IGNORE INTO contents VALUES (?, ?)", (_key(content), start))
        if self._echo is not None:
            _send(self._echo, line)

    def stands_at(self, path: Path) -> bool:
        """Whether the rows are still what is found under that name."""
        return self._journal.stands_at(path)

    def lines(self) -> Iterator[bytes]:
        """The rows as they stand now, one a document, in the order in which they were written; damaged lines are left out."""
        for start, line in self._journal.lines():
            head = _head_of(line)
            row = None if head is None else self._row(head.path)
            if row is not None and row.start == start:
                yield line

    def _row(self, place: str) -> _Row | None:
        """What the index knows of the row at a place; None where there is none yet."""
        with _told():
            found = self._index.execute(
                "SELECT content, start, failed, current FROM rows WHERE place = ? AND start != ?", (_short(place), _NOWHERE)
            ).fetchone()
        return None if found is None else _Row(*found)

    def _note(self, start: int, line: bytes) -> None:
        head = _head_of(line)
        if head is None:
            self.found.damaged += 1
            return
        current = head.configuration == self.configuration
        if current:
            self.found.current += 1
        else:
            self.found.others += 1
            if not self.found.other or (head.is_made and not self._other_is_made):
                self.found.other, self._other_is_made = line, head.is_made
        self.superseded += self._row(head.path) is not None
        self._index.execute(_ADD, (_short(head.path), _named(head.sha256, head.name), start, head.failed, current, 0))
        if current and not head.failed:
            self._index.execute("INSERT OR IGNORE INTO contents VALUES (?, ?)", (_key(head.sha256), start))


@contextmanager
def open_results(path: Path, configuration: str, *, earlier: Earlier = Earlier.ASIDE) -> Iterator[Results]:
    """The rows of an output, made if it is not there, for this process alone; ``earlier`` says what becomes of those in it.

    At the end, rows that others have superseded and damaged lines are taken out: there is one row a document. UsageError where
    the file is no output of a batch, where another process writes it, and where nobody can.
    """
    _check_kind(path)
    _check_content(path)
    with ExitStack() as stack:
        results = stack.enter_context(_opened(path, configuration))
        found = results.found
        if earlier is Earlier.DROP or (earlier is Earlier.ASIDE and found.others and not found.current):
            moved = _put_away(path, earlier)
            results = stack.enter_context(_opened(path, configuration))
            results.earlier = found
            results.moved = moved
        elif found.damaged:
            _LOG.warning("%s: %d damaged lines are left out; their documents are done again", path, found.damaged)
        yield results
        if not results.stands_at(path):
            raise RunStopped(f"{path} was removed or replaced while its rows were written, and these are lost")
        if results.superseded or results.found.damaged:
            with replacing(path) as file:
                file.writelines(line + b"\n" for line in results.lines())


def _check_kind(path: Path) -> None:
    """UsageError for a folder, a pipe or a device."""
    try:
        wrong = path.exists() and not path.is_file()
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}. Choose another place with -o.") from error
    if wrong:
        raise UsageError(f"{path} is no file that rows could be kept in: choose another with -o, or - for standard output")


def _check_content(path: Path) -> None:
    """UsageError for a file that has something else in it than rows: opening it as a journal would cut its last line off."""
    try:
        if not path.exists() or path.stat().st_size == 0:
            return
        with path.open("rb") as file:
            lines = iter(partial(file.readline, LONGEST_LINE), b"")
            if any(is_sound(line.removesuffix(b"\n")) for line in lines):
                return
            file.seek(0)
            if _BEGINNING.match(file.read(_BEGINNING_BYTES)):  # of the first row, in the middle of which a run was killed
                return
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}. Choose another place with -o.") from error
    raise UsageError(f"{path} is no output of extract batch, and would be lost: choose another with -o")


@contextmanager
def _opened(path: Path, configuration: str) -> Iterator[Results]:
    with open_journal(path) as journal, closing(Results(journal, configuration)) as results:
        yield results


def _put_away(path: Path, earlier: Earlier) -> Path | None:
    """The name that the file has from now on; None where it is no more."""
    try:
        place = path.resolve() if path.is_symlink() else path  # the link goes on leading there
        if earlier is Earlier.DROP:
            place.unlink()
            return None
        return place.rename(aside(place))
    except OSError as error:
        raise UsageError(f"{path} cannot be replaced: {error.strerror}. Choose another place with -o.") from error


@contextmanager
def known_results(path: Path | None, configuration: str) -> Iterator[Results]:
    """The rows of an output as they are now, to look at; nothing is made or changed. None is an output without any."""
    if path is None or not path.exists():
        with _temporary() as nothing, closing(Results(Journal(nothing), configuration)) as results:
            yield results
        return
    _check_kind(path)
    _check_content(path)
    try:
        file = FileIO(path)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}. Choose another place with -o.") from error
    with file, closing(Results(Journal(file), configuration)) as results:
        yield results


@contextmanager
def streamed_results(stream: BinaryIO, configuration: str) -> Iterator[Results]:
    """Rows that go out as they come, and that no later run goes on with; a temporary file keeps them for documents that recur."""
    with _temporary() as file, closing(Results(Journal(file), configuration, echo=stream)) as results:
        yield results


def _temporary() -> FileIO:
    """A file that is gone when it is closed; UsageError where none can be made."""
    try:
        return TemporaryFile(buffering=0)
    except OSError as error:
        raise UsageError(f"no temporary file can be made: {error.strerror}. Set TMPDIR to a folder with room.") from error


def aside(path: Path) -> Path:
    """A name for an output that a new run takes the place of.

    >>> aside(Path("nowhere/rows.jsonl")).name
    'rows.1.jsonl'
    """
    number = 1
    while (other := path.with_name(f"{path.stem}.{number}{path.suffix}")).exists():
        number += 1
    return other


def _send(stream: BinaryIO, line: bytes) -> None:
    try:
        stream.write(line + b"\n")
        stream.flush()
    except OSError as error:
        raise RunStopped(f"standard output cannot be written: {error.strerror}") from error


@dataclass(frozen=True, slots=True)
class _Head:
    name: str
    path: str
    sha256: str
    configuration: str
    failed: bool
    is_made: bool


def _head_of(line: bytes) -> _Head | None:
    """What a row says of its document; None of a line that is damaged, or was never a row."""
    if not is_sound(line):
        return None
    try:
        row = json.loads(line)
        failed = row["status"] == RecordStatus.FAILED
        head = _Head(row["id"], row["path"], row["sha256"], row["configuration"], failed, row["provenance"] is not None)
        _named(head.sha256, head.name), _short(head.path)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return head


def _short(place: str) -> bytes:
    return sha256(place.encode("utf-8", "surrogatepass")).digest()[:16]


def _key(content: str) -> bytes:
    return bytes.fromhex(content)[:16]


def _named(content: str, name: str) -> bytes:
    """What a row is of: a content, and what its user calls it."""
    return _short(f"{bytes.fromhex(content).hex()}\0{name}")


@contextmanager
def _told() -> Iterator[None]:
    """What SQLite cannot do, said as what it is: a full disk."""
    try:
        yield
    except sqlite3.Error as error:
        raise RunStopped(f"the index of the output cannot be kept in a temporary file: {error}. Set TMPDIR.") from error

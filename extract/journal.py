"""A file that grows by a line for each thing that is done, so that whoever is interrupted goes on where they stopped."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from io import BufferedReader, BufferedWriter, FileIO
from pathlib import Path

from extract.errors import RunStopped, UsageError

try:
    import fcntl
except ImportError:  # Windows has no such lock: there, whoever starts two processes on one file is not stopped
    fcntl = None  # type: ignore[assignment]

LONGEST_LINE = 256 * 1024 * 1024
"""Bytes of a line that are read at once: no journal of ours has a longer one, and another file must not fill the memory."""
_BLOCK = 64 * 1024  # bytes that are looked through at once for the last line feed


class Journal:
    """The lines of an open file without a buffer of its own, and the file to add to. One thread at a time may use it."""

    def __init__(self, file: FileIO) -> None:
        self._file = file

    def append(self, line: str | bytes) -> int:
        """Add a line, which has no line feed in it; the answer is the offset that it begins at.

        It is on its way to the disk then, and survives the end of this process, also by SIGKILL. RunStopped where it cannot be
        written: nothing of it stays.
        """
        start = self._file.seek(0, os.SEEK_END)
        left = memoryview((line.encode() if isinstance(line, str) else line) + b"\n")
        try:
            while left:
                left = left[self._file.write(left) :]
        except BaseException as error:
            with suppress(OSError):  # the next that opens it cuts the rest off
                self._file.truncate(start)
            if isinstance(error, OSError):
                name = self._file.name if isinstance(self._file.name, (str, Path)) else "a temporary file (TMPDIR)"
                way_out = "make room, and give the same command again"
                raise RunStopped(f"{name} cannot be written: {error.strerror}: {way_out}") from error
            raise
        return start

    def stands_at(self, path: Path) -> bool:
        """Whether the file is still what is found under that name."""
        return path.exists() and os.path.samestat(os.fstat(self._file.fileno()), path.stat())

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """Each line with the offset that it begins at; none may be added or read meanwhile. A very long one comes in parts."""
        self._file.seek(0)
        offset = 0
        buffered = BufferedReader(self._file)
        try:
            for line in iter(partial(buffered.readline, LONGEST_LINE), b""):
                yield offset, line.removesuffix(b"\n")
                offset += len(line)
        finally:
            buffered.detach()  # it would close the file

    def line_at(self, offset: int) -> bytes:
        """The line that begins there."""
        self._file.seek(offset)
        buffered = BufferedReader(self._file)
        try:
            return buffered.readline().removesuffix(b"\n")
        finally:
            buffered.detach()


@contextmanager
def open_journal(path: Path) -> Iterator[Journal]:
    """The journal of that name, made if it is not there; what stands behind its last line feed was cut off, and is dropped.

    UsageError where another process writes it, or where nobody can.
    """
    try:
        file = FileIO(path, "a+")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
    with file:
        journal = Journal(file)
        if fcntl is not None:
            _lock(file, path)
        if not journal.stands_at(path):
            raise _busy(path)
        _cut_torn_line(file)
        yield journal


def _lock(file: FileIO, path: Path) -> None:
    """UsageError where another process holds the file."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise _busy(path) from None
    except OSError as error:
        raise UsageError(f"{path} cannot be locked there: {error.strerror}. Choose a local disk with -o.") from error


def _busy(path: Path) -> UsageError:
    return UsageError(f"{path} is being written by another process: wait for it, or choose another place with -o.")


def _cut_torn_line(file: FileIO) -> None:
    end = size = file.seek(0, os.SEEK_END)
    while end > 0:
        start = max(0, end - _BLOCK)
        file.seek(start)
        last = file.read(end - start).rfind(b"\n")
        if last >= 0:
            end = start + last + 1
            break
        end = start
    if end < size:
        file.truncate(end)


def replace_file(path: Path, content: str) -> None:
    """Write a file as a whole: whoever reads it finds the old one or the new one, and never a part."""
    with replacing(path) as file:
        file.write(content.encode())


@contextmanager
def replacing(path: Path) -> Iterator[BufferedWriter]:
    """A file to write to, which takes the place of that name when all is written; UsageError where it cannot be written.

    It may be read and written by whom the one that was there may; a link leads on to it. Where writing ends in an exception,
    what was there stays.
    """
    path = path.resolve()
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with beside.open("wb") as file:
            if path.exists():
                shutil.copymode(path, beside)
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
    finally:
        beside.unlink(missing_ok=True)

"""A file that grows by a line for each thing that is done, so that whoever is interrupted goes on where they stopped."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from extract.errors import RunStopped, UsageError

try:
    import fcntl
except ImportError:  # Windows has no such lock: there, whoever starts two processes on one file is not stopped
    fcntl = None  # type: ignore[assignment]


class Journal:
    """The lines of a file, and the file to add to; what stands behind the last line feed was cut off, and is dropped.

    A line is on its way to the disk when ``append`` returns: it survives the end of this process, also by SIGKILL. RunStopped
    where it cannot be written.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.lines = list(self._whole_lines())

    def append(self, line: str) -> None:
        """Add a line, which has no line feed in it."""
        try:
            self._file.write(line.encode() + b"\n")
            self._file.flush()
        except OSError as error:
            raise RunStopped(f"{self._file.name} cannot be written: {error.strerror}") from error

    def _whole_lines(self) -> Iterator[bytes]:
        whole = 0
        self._file.seek(0)
        for line in self._file:
            if not line.endswith(b"\n"):
                break
            whole += len(line)
            yield line[:-1]
        self._file.seek(whole)
        self._file.truncate()


@contextmanager
def open_journal(path: Path) -> Iterator[Journal]:
    """The journal of that name, made if it is not there; UsageError where another process writes it, or where nobody can."""
    try:
        file = path.open("a+b")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
    with file:
        if fcntl is not None:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise UsageError(f"{path} is being written by another process: wait for it, or choose another folder.") from None
        yield Journal(file)


def replace_file(path: Path, content: str) -> None:
    """Write a file as a whole: whoever reads it finds the old one or the new one, and never a part."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with beside.open("wb") as file:
            file.write(content.encode())
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error

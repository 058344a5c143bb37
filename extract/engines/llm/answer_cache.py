"""Answers of models, kept in the user's cache folder so that no request is paid for twice.

Kept are raw answers, under the key of their request: no key to an endpoint, no header, no document. The file is SQLite's, through
diskcache; whatever stands in it is taken as data of somebody else. Threads and processes share a folder, and what was put there
survives the end of a process, also by SIGKILL. Not for folders on a network (NFS, SMB): SQLite's locks do not hold there.
"""

from __future__ import annotations

import json
import logging
import os
import sqlite3
import stat
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Protocol, TextIO

import diskcache  # type: ignore[import-untyped]  # it publishes no types
import platformdirs
from pydantic import ValidationError

from extract.engines.llm.answer_entry import CacheInfo, Entry, Imported, KeyedEntry, first_fault, read_entry
from extract.engines.llm.seam import Completion, Request
from extract.errors import SettingsError
from extract.result import Usage

_LOG = logging.getLogger("extract")
_COUNTERS = frozenset(diskcache.core.METADATA)
_FILES = ("cache.db", "cache.db-wal", "cache.db-shm")
_FAILURES = (sqlite3.Error, diskcache.Timeout, OSError)
_SETTINGS: dict[str, int | str] = diskcache.DEFAULT_SETTINGS | {
    "eviction_policy": "none",  # answers cost money
    "cull_limit": 0,
    "size_limit": 2**62,
    "sqlite_mmap_size": 0,  # a mapped file that is cut short kills the process with SIGBUS
    "sqlite_secure_delete": 1,  # what was cleared cannot be read from the file
}


class AnswerStore(Protocol):
    """Where answers are kept between runs; neither method raises for what befalls the store itself."""

    def get(self, key: str) -> Completion | None: ...

    def put(self, request: Request, completion: Completion) -> None: ...


class _UnreadableEntry(Exception):
    """A row that this cache did not write, or that was damaged since."""


class _InlineDisk(diskcache.Disk):  # type: ignore[misc]  # it publishes no types
    """Keys and values that are text, in the row itself.

    The parent unpickles values (mode 4) and keys (raw 0), and reads and removes whatever file a row names (CVE-2025-69872, and
    paths that lead out of the folder). Nothing here does.
    """

    def put(self, key: object) -> tuple[str, bool]:
        if type(key) is not str:
            raise TypeError("the key of an answer is text")
        return key, True

    def get(self, key: object, raw: object) -> str:
        """The key of a row; empty for one of another kind, so that a listing goes on."""
        return key if type(key) is str and raw == 1 else ""

    def store(self, value: object, read: object, key: object = None) -> tuple[int, int, None, str]:  # noqa: ARG002  # diskcache's
        if read or type(value) is not str:
            raise TypeError("an answer is kept as text")
        return 0, diskcache.core.MODE_RAW, None, value

    def fetch(self, mode: object, filename: object, value: object, read: object) -> str:
        if read or mode != diskcache.core.MODE_RAW or filename is not None or type(value) is not str:
            raise _UnreadableEntry("not written by this cache")
        return value

    def remove(self, file_path: object) -> None:
        """Nothing: no row has a file, so the one that a row names belongs to somebody else."""


class AnswerCache:
    """The answers in a folder, which is made if it is not there and is for its user alone; ``~`` and ``$NAME`` are expanded.

    ``wait``: seconds that writers wait for each other. Each thread has its own connection, which ``close`` closes. Raises
    SettingsError for a folder of another user, and where the database cannot be used.
    """

    def __init__(self, directory: Path, *, wait: float = 30.0) -> None:
        self.directory = _own_folder(directory)
        self._wait = wait
        self._lock = threading.Lock()
        self._told: set[str] = set()
        self._cache = _opened(self.directory, wait)

    def get(self, key: str) -> Completion | None:
        """The answer to the request with that key, with ``usage`` of a hit; None where there is none that can be read."""
        try:
            entry = self._entry(key)
        except _UnreadableEntry as error:
            _LOG.warning("the cached answer %s… cannot be read (%s): it is asked for again and overwritten", key[:12], error)
            return None
        except _FAILURES as error:
            self._tell_once("read from", error)
            return None
        if entry is None:
            return None
        used = Usage(cache_hits=1, saved_input_tokens=entry.input_tokens, saved_output_tokens=entry.output_tokens)
        return Completion(text=entry.text, model=entry.model, usage=used)

    def put(self, request: Request, completion: Completion) -> None:
        """Keep an answer, in the place of the one that was there; where that fails, a warning says so."""
        try:
            self._cache.set(request.key, Entry.of(request, completion).model_dump_json())
        except ValidationError as error:
            _LOG.warning("the answer %s… is not kept: %s", request.key[:12], first_fault(error))
        except _FAILURES as error:
            self._tell_once("written to", error)

    def info(self) -> CacheInfo:
        """What is in the folder; SettingsError where the database cannot be read."""
        answers: Counter[str] = Counter()
        tokens: Counter[str] = Counter()
        moments: list[str] = []
        unreadable = 0
        for _, entry in self._entries():
            if entry is None:
                unreadable += 1
                continue
            answers[entry.requested_model] += 1
            tokens.update(input=entry.input_tokens, output=entry.output_tokens)
            moments.append(entry.created)
        return CacheInfo(
            directory=self.directory,
            entries=answers.total(),
            unreadable=unreadable,
            size=sum(path.stat().st_size for path in _files(self.directory)),
            oldest=datetime.fromisoformat(min(moments)) if moments else None,
            newest=datetime.fromisoformat(max(moments)) if moments else None,
            answers=dict(sorted(answers.items())),
            input_tokens=tokens["input"],
            output_tokens=tokens["output"],
        )

    def clear(self) -> int:
        """Remove all entries, and answer how many there were: 0 of a damaged database, of which the files are removed."""
        try:
            count = int(self._cache.clear())
            with closing(_connected(self.directory, self._wait)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        except _FAILURES as error:
            if _in_use(error):
                raise _unusable(self.directory, error) from error
        else:
            return count
        self._cache.close()
        _remove_files(self.directory)
        self._cache = _opened(self.directory, self._wait)
        return 0

    def export(self, file: TextIO) -> int:
        """Write all entries as JSONL in the order of their keys, and answer how many; those that cannot be read are left out."""
        count = 0
        for key, entry in self._entries():
            if entry is None:
                _LOG.warning("an entry of %s cannot be read and is left out: %s…", self.directory, key[:12])
                continue
            file.write(json.dumps({"key": key, **entry.model_dump()}, separators=(",", ":")) + "\n")
            count += 1
        return count

    def import_entries(self, lines: Iterable[str], name: str) -> Imported:
        """Add the entries of an export; ``name`` is what messages call it. Entries that are there already are kept.

        The answers are believed: nothing in a line says whether a model gave them. SettingsError where the database cannot be
        written.
        """
        known = added = 0
        refused: list[str] = []
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                entry = read_entry(line)
            except ValueError as error:
                refused.append(f"{name}, line {number}: {error}")
                continue
            if self.add(entry):
                added += 1
            else:
                known += 1
        return Imported(added=added, known=known, refused=tuple(refused))

    def add(self, entry: KeyedEntry) -> bool:
        """Keep an answer that came by another way, and answer whether it was new: one that is there already is kept.

        SettingsError where the database cannot be written.
        """
        value = entry.model_dump_json(exclude={"key"})
        with self._reported():
            if self._cache.add(entry.key, value):
                return True
            try:
                self._entry(entry.key)
            except _UnreadableEntry:
                return bool(self._cache.set(entry.key, value))
        return False

    def close(self) -> None:
        """Close the connection of this thread; it opens again when it is needed."""
        self._cache.close()

    def _entry(self, key: str) -> Entry | None:
        try:
            value: str | None = self._cache.get(key)
            return None if value is None else Entry.model_validate_json(value)
        except ValidationError as error:
            raise _UnreadableEntry(first_fault(error)) from None
        except sqlite3.OperationalError as error:
            if hasattr(error, "sqlite_errorcode"):
                raise
            raise _UnreadableEntry("it is not UTF-8") from error  # the one error that does not come from SQLite

    def _entries(self) -> Iterator[tuple[str, Entry | None]]:
        """All rows in the order of their keys, without an entry where it cannot be read."""
        with self._reported():
            for key in sorted(self._cache):
                try:
                    yield key, self._entry(key)
                except _UnreadableEntry:
                    yield key, None

    @contextmanager
    def _reported(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, diskcache.Timeout) as error:
            raise _unusable(self.directory, error) from error

    def _tell_once(self, what: str, error: Exception) -> None:
        with self._lock:
            known = what in self._told
            self._told.add(what)
        if not known:
            _LOG.warning("%s; answers are not %s it", _unusable(self.directory, error), what)


def default_directory() -> Path:
    """The folder for answers in the cache folder of the user."""
    return platformdirs.user_cache_path("extract-service", appauthor=False) / "answers"


def clear_answers(directory: Path, *, wait: float = 30.0) -> int:
    """Remove all entries of a folder, also where its database cannot be opened; the answer is how many could be counted.

    Raises SettingsError for a folder of another user, and where another process holds the database for longer than ``wait``.
    """
    folder = _own_folder(directory)
    try:
        cache = AnswerCache(folder, wait=wait)
    except SettingsError as error:
        if _in_use(error.__cause__):
            raise
        _remove_files(folder)
        return 0
    with closing(cache):
        return cache.clear()


def _own_folder(directory: Path) -> Path:
    """The folder, made if need be, with no access for others; the files in it are the cache's own."""
    try:
        folder = Path(os.path.expandvars(directory.expanduser())).absolute()  # as diskcache would, so that both mean one folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.stat()
        if hasattr(os, "geteuid") and {status.st_uid, folder.lstat().st_uid} != {os.geteuid()}:
            raise SettingsError(f"{folder} belongs to another user: set EXTRACT_CACHE_DIR to a folder of your own")
        if status.st_mode & 0o077:
            if not {path.name for path in folder.iterdir()} <= set(_FILES):  # a home, or /tmp: others would be locked out
                raise SettingsError(f"{folder} is open to others and holds other files: set EXTRACT_CACHE_DIR to an empty folder")
            folder.chmod(status.st_mode & 0o700)
        if linked := [path for path in _files(folder) if not stat.S_ISREG(path.lstat().st_mode)]:
            raise SettingsError(
                f"{linked[0]} is no file but a link or a folder: remove it, or set EXTRACT_CACHE_DIR to another folder"
            )
    except (OSError, RuntimeError) as error:  # RuntimeError: there is no home to expand ~ to
        raise _unusable(directory, error) from error
    return folder


def _opened(folder: Path, wait: float) -> diskcache.Cache:
    try:
        with closing(_connected(folder, wait)) as connection:
            _drop_foreign_settings(connection)
        return diskcache.Cache(str(folder), timeout=wait, disk=_InlineDisk, **_SETTINGS)
    except (*_FAILURES, ValueError) as error:  # ValueError: diskcache finds other rows in its tables than it expects
        raise _unusable(folder, error) from error


def _connected(folder: Path, wait: float) -> sqlite3.Connection:
    return sqlite3.connect(folder / _FILES[0], timeout=wait, isolation_level=None)


def _drop_foreign_settings(connection: sqlite3.Connection) -> None:
    """Leave no setting in the database that is not ours: diskcache makes them attributes of itself, and pragmas, unseen."""
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'Settings'").fetchone():
        return
    rows = connection.execute("SELECT rowid, key, value FROM Settings").fetchall()
    foreign = [(row,) for row, key, value in rows if not _is_ours(key, value)]
    if foreign:
        connection.executemany("DELETE FROM Settings WHERE rowid = ?", foreign)


def _is_ours(key: object, value: object) -> bool:
    return type(value) is int if key in _COUNTERS else key in _SETTINGS and _SETTINGS[str(key)] == value


def _files(folder: Path) -> list[Path]:
    return [path for name in _FILES if os.path.lexists(path := folder / name)]


def _remove_files(folder: Path) -> None:
    """Remove the files that a cache makes, and nothing else: the folder may be one that its user named."""
    try:
        for path in _files(folder):
            path.unlink()
    except OSError as error:
        raise _unusable(folder, error) from error


def _unusable(folder: Path, error: Exception) -> SettingsError:
    cause = str(_cause(error))
    mended = "" if "readonly" in cause or "full" in cause else "`extract cache clear` begins a new one, "
    ways = f"{mended}EXTRACT_CACHE_DIR names another folder, and `--no-cache` goes without"
    return SettingsError(f"the cache of answers in {folder} cannot be used ({cause}): {ways}")


def _cause(error: BaseException | None) -> BaseException | None:
    """What SQLite said; diskcache calls each of its errors in writing a Timeout, and that one again."""
    while isinstance(error, diskcache.Timeout) and error.__context__ is not None:
        error = error.__context__
    return error


def _in_use(error: BaseException | None) -> bool:
    """Whether another process holds the database, so that its files must not be removed."""
    code = getattr(_cause(error), "sqlite_errorcode", None)
    return code is not None and code & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}

"""Names that came up before, on the disk: however many there are, they take no memory."""

from __future__ import annotations

import sqlite3
from hashlib import blake2b
from types import TracebackType
from typing import Self

from extract.errors import RunStopped


class Names:
    """How often each name came up. A context: it ends with its temporary file. One thread at a time may use it."""

    def __init__(self) -> None:
        # Items may be gone through in another thread than that which began to.
        self._index = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._index.executescript(
            "PRAGMA journal_mode=OFF; CREATE TABLE names (name BLOB PRIMARY KEY, times INTEGER) WITHOUT ROWID; BEGIN;"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._index.close()

    def add(self, name: str) -> int:
        """How often a name came up, with this time.

        >>> with Names() as names:
        ...     names.add("a"), names.add("b"), names.add("a")
        (1, 1, 2)
        """
        key = blake2b(name.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        try:
            row = self._index.execute("SELECT times FROM names WHERE name = ?", (key,)).fetchone()
            times: int = 1 if row is None else row[0] + 1
            self._index.execute("INSERT OR REPLACE INTO names VALUES (?, ?)", (key, times))
        except sqlite3.Error as error:
            raise RunStopped(f"the names of documents cannot be kept in a temporary file: {error}. Set TMPDIR.") from error
        return times

    def distinct(self, name: str) -> str:
        """The name, with its number where it came up before.

        >>> with Names() as names:
        ...     [names.distinct(name) for name in ("a", "a", "a#2", "a")]
        ['a', 'a#2', 'a#2#2', 'a#3']
        """
        while (times := self.add(name)) > 1:
            name = f"{name}#{times}"
        return name

"""Reading a labelled folder: JSON of no fixed shape, of which only what has the expected type is taken."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue


class NotLabelled(Exception):
    """The folder, or a file in it, is not laid out as labelled data is. The message says which, and what was expected."""


@dataclass(frozen=True, slots=True)
class Record:
    """A JSON object; what is absent, null or of another type than the one asked for is empty."""

    values: Mapping[str, JsonValue]

    def text(self, key: str) -> str:
        """The string, or the number as one; nothing for the "NA" of tables."""
        value = self.values.get(key)
        if isinstance(value, bool) or not isinstance(value, (str, int, float)) or value == "NA":
            return ""
        return str(value).strip()

    def document(self, key: str) -> str:
        """The string with its blanks and line ends as they are."""
        value = self.values.get(key)
        return value if isinstance(value, str) else ""

    def texts(self, key: str) -> list[str]:
        """The strings of a list, or the string alone."""
        value = self.values.get(key)
        entries = value if isinstance(value, list) else [value]
        return [entry.strip() for entry in entries if isinstance(entry, str) and entry.strip()]

    def number(self, key: str) -> float | None:
        """The number, also of a string that is one."""
        try:
            return float(self.text(key))
        except ValueError:
            return None

    def flag(self, key: str) -> bool | None:
        """True, false, or None where neither is said."""
        value = self.values.get(key)
        return value if isinstance(value, bool) else None

    def part(self, key: str) -> Record:
        """The object inside; empty if there is none."""
        value = self.values.get(key)
        return Record(value if isinstance(value, dict) else {})

    def parts(self, key: str) -> list[Record]:
        """The objects of a list, or the object alone."""
        value = self.values.get(key)
        return [Record(entry) for entry in (value if isinstance(value, list) else [value]) if isinstance(entry, dict)]


def read_raw(path: Path) -> str:
    """The text of a file with its line ends as they are."""
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise NotLabelled(f"{path}: cannot be read as UTF-8 text: {error}") from error


def read_object(path: Path) -> Record:
    """The JSON object of a file."""
    return _object(read_raw(path), where=str(path))


def read_lines(path: Path) -> Iterator[Record]:
    """The JSON objects of a file that holds one a line."""
    for number, line in enumerate(read_raw(path).split("\n"), 1):
        if line.strip():
            yield _object(line, where=f"{path}:{number}")


def folders(path: Path) -> list[Path]:
    """The folders in a folder, by name."""
    return sorted(entry for entry in path.iterdir() if entry.is_dir())


def _object(text: str, *, where: str) -> Record:
    try:
        value: JsonValue = json.loads(text)
    except ValueError as error:
        raise NotLabelled(f"{where}: no JSON: {error}") from error
    if not isinstance(value, dict):
        raise NotLabelled(f"{where}: expected a JSON object")
    return Record(value)

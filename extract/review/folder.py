"""The files of pages: names that are safe on every system and never the same, and writing whole pages or none."""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePosixPath

from extract.errors import UsageError
from extract.review.page import GENERATOR

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]++")
_LONGEST = 80
_HEAD = 4_096  # bytes in which a page says that it is one
_RESERVED = {"index", "con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
"""The page that lists all, and what Windows takes for devices."""


class PageNames:
    """Hands out names; the same documents in the same order get the same ones.

    >>> names = PageNames()
    >>> names.of("gold/apple/input.txt"), names.of("gold/apple/input.txt"), names.of("<stdin>")
    ('apple-input.txt.html', 'apple-input.txt-2.html', 'stdin.html')
    >>> names.of("../../etc/passwd"), names.of("index"), names.of("求人.html")
    ('etc-passwd.html', 'document.html', 'document-2.html')
    """

    def __init__(self) -> None:
        self._next: dict[str, int] = {}
        self._taken: set[str] = set()

    def of(self, document: str) -> str:
        """A name for the page of a document: its folder and its own name, and a number where that is taken."""
        stem = _stem(document)
        number = self._next.get(stem.lower(), 1)
        name = stem
        while number > 1 or name.lower() in self._taken:
            number = max(number, 2)
            name = f"{stem}-{number}"
            if name.lower() not in self._taken:
                break
            number += 1
        self._next[stem.lower()] = number + 1
        self._taken.add(name.lower())
        return f"{name}.html"


def _stem(document: str) -> str:
    parts = [_UNSAFE.sub("-", part).strip("-.") for part in PurePosixPath(document.replace("\\", "/")).parts[-2:]]
    stem = "-".join(part for part in parts if part)[-_LONGEST:].strip("-.")
    return stem if stem and stem.split(".")[0].lower() not in _RESERVED and stem != "html" else "document"


def check_page(path: Path, *, option: str = "--output") -> None:
    """UsageError where something that is no page of ours is in the place of one."""
    if path.exists() and not _is_page(path):
        raise UsageError(f"{path} is no review page, and would be lost. Choose another place with {option}.")


def write_page(path: Path, page: str, *, option: str = "--output") -> None:
    """Writes a page whole or not at all; UsageError where something else is in its place, or nothing can be written."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        check_page(path, option=option)
        try:
            part.write_text(page, encoding="utf-8", newline="\n")
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}. Choose another place with {option}.") from error


def _is_page(path: Path) -> bool:
    """Whether a file is one of ours."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return GENERATOR.encode() in file.read(_HEAD)

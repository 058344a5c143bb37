"""A document of a batch before it is read: what it is called, where it stands, and how to get it."""

from __future__ import annotations

import lzma
import re
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from extract.errors import DamagedSource, SourceError
from extract.source import explained

Content = str | bytes
"""What ``extract`` takes: the text itself, or its bytes."""
_BROKEN = (
    EOFError,
    OSError,
    RuntimeError,  # locked, nested too deeply, or compressed in a way that is not known (NotImplementedError)
    UnicodeError,
    lzma.LZMAError,
    struct.error,
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What Python's readers of archives raise where one is broken."""
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]|\\(?=x[0-9a-f]{2}|u[0-9a-f]{4})")


@dataclass(frozen=True, slots=True)
class Item:
    """One document. ``place`` says where it stands and is unique in a batch ("data.jsonl:17", "old.zip!a.html").

    ``load`` gives its content, and raises a SourceError where it cannot be had; it may be called in any thread, and more than
    once. ``id`` is what its user calls it.
    """

    id: str
    place: str
    load: Callable[[], Content]

    def content(self) -> Content | Exception:
        """The content, or why there is none: also what a reader of archives stumbles over belongs to its document."""
        try:
            return self.load()
        except Exception as error:  # noqa: BLE001  # see above
            return error


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something that was found and is no document: a table or an archive inside of a folder; ``reason`` says what to do."""

    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class NoContent:
    """Why there is no content: a kind of SourceError, and its message. Without the frames that an exception keeps alive."""

    kind: type[SourceError]
    message: str

    @classmethod
    def of(cls, error: SourceError) -> NoContent:
        """What raises the like of an error."""
        return cls(type(error), str(error))


def until_broken(items: Iterable[Item | Skipped], *, place: str, kind: str) -> Iterator[Item | Skipped]:
    """What a file holds, up to where it breaks; that is the last Item, at the place of the file, and raises when it is loaded."""
    try:
        with explained(place), sound(place, kind):
            yield from items
    except SourceError as error:
        yield item_of(NoContent.of(error), place=place)


@contextmanager
def sound(place: str, kind: str) -> Iterator[None]:
    """Where something is unpacked: what says that it is broken is raised as a DamagedSource; what the system says passes."""
    try:
        yield
    except _BROKEN as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        reason = str(error) or type(error).__name__
        raise DamagedSource(f"{place} is a damaged {kind}, or none: {reason}; save or fetch it again") from error


def item_of(content: Content | NoContent, *, place: str, called: str | None = None) -> Item:
    """The document at that place, or one that raises why there is none; without a name it is called by its place."""
    return Item(place if called is None else called, place, partial(_given, content))


def _given(content: Content | NoContent) -> Content:
    if isinstance(content, NoContent):
        raise content.kind(content.message)
    return content


def printable(name: str) -> str:
    r"""A name of a file as one line of text: bytes that are no UTF-8, controls, and what reads like an escape, are escapes.

    >>> printable("caf\udce9\x1b[2J.html"), printable("日本\u3000語.html") == "日本\u3000語.html", printable("caf\\xe9")
    ('caf\\xe9\\x1b[2J.html', True, 'caf\\x5cxe9')
    """
    return _UNPRINTABLE.sub(_escape, name)


def place_of(path: Path) -> str:
    """The place of a file."""
    return printable(str(path))


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if 0xDC80 <= code <= 0xDCFF:  # what os.fsdecode makes of a byte that it cannot decode
        code -= 0xDC00
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"

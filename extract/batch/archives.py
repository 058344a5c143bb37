"""Documents inside of archives and compressed files: read one by one, never written to the disk, and with a bound on each."""

from __future__ import annotations

import gzip
import stat
import tarfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, cast

from extract.batch.items import Content, Item, NoContent, Skipped, item_of, place_of, printable, sound, until_broken
from extract.batch.naming import Names
from extract.batch.salvaging import Header, Member, headers
from extract.batch.tables import TABLES
from extract.errors import DamagedSource, SourceError, UnreadableSource
from extract.source import MAX_FILE_BYTES, explained, read_within

ZIP = ".zip"
ARCHIVES = (ZIP, ".tar.gz", ".tgz", ".tar")
GZIP = ".gz"
_GZIP_MARK = b"\x1f\x8b"
_PIECE_BYTES = 64 * 1024
_NESTED = "is a table or an archive inside of an archive: unpack it, and name it as an input of its own"
_LINK = "is a link or a device inside of an archive"
_MAC = "__MACOSX"
"""The folder in which macOS keeps what is no content of the files beside it."""
Wants = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class _Found:
    """A file of an archive: its name there, and what gives it as the document at a place, or why it is none."""

    name: str
    item: Callable[[str], Item] | None


def in_archive(path: Path, kind: str, *, wants: Wants, max_chars: int) -> Iterator[Item | Skipped]:
    """The files of an archive in its order, without hidden ones; a member "x.gz" is unpacked too.

    One that cannot be unpacked, or is longer than a document may be, raises its SourceError when it is loaded. Where the archive
    breaks, what stands before comes, and an Item at its own place that says so; of a zip archive without its directory too.
    A zip archive keeps its directory in memory, as Python reads it: 0.5 KB for each member. ``max_chars`` as in ``extract``.
    """
    place = place_of(path)
    members = _in_zip if kind == ZIP else _in_tar
    yield from until_broken(_wanted(members(path, max_chars), place, wants), place=place, kind=f"{kind[1:]} archive")


def count_members(path: Path, kind: str, *, wants: Wants) -> int | None:
    """How many Items an archive holds, where its directory says so; None where only reading it would."""
    if kind != ZIP:
        return None
    try:
        with sound(str(path), kind), zipfile.ZipFile(path) as archive:
            members = (_Found(info.filename, None if _is_link(info) else _nothing) for info in _files(archive))
            return sum(isinstance(each, Item) for each in _wanted(members, "", wants))
    except (OSError, DamagedSource):
        return None


def unpacked(path: Path, *, name: str, max_chars: int) -> bytes:
    """The content of a .gz file; a SourceError where it cannot be had, or is more than a document may have."""
    with explained(name), gzip.open(path) as file, sound(name, "gzip file"):
        return read_within(cast("BinaryIO", file), name=name, max_chars=max_chars)


def _wanted(members: Iterator[_Found], archive: str, wants: Wants) -> Iterator[Item | Skipped]:
    with Names() as names:
        for member in members:
            name = _plain(member.name)
            if not name or _is_hidden(name) or not wants(name):
                continue
            place = names.distinct(f"{archive}!{printable(name)}")
            if member.item is None:
                yield Skipped(place, _LINK)
            elif name.lower().endswith(ARCHIVES + TABLES):
                yield Skipped(place, _NESTED)
            else:
                yield member.item(place)


def _plain(name: str) -> str:
    """The name of a member as a path below the archive: without "./" and "/" at its beginning.

    >>> _plain("./a.html"), _plain("/etc/a.html"), _plain("../a.html"), _plain("./")
    ('a.html', 'etc/a.html', '../a.html', '')
    """
    while name.startswith(("./", "/")):
        name = name.removeprefix(".").lstrip("/")
    return name


def _is_hidden(name: str) -> bool:
    return any((part.startswith(".") and part not in {".", ".."}) or part == _MAC for part in name.split("/"))


def _in_zip(path: Path, max_chars: int) -> Iterator[_Found]:
    try:
        with sound(place_of(path), "zip archive"):
            archive = zipfile.ZipFile(path)  # closes itself when the last Item that may read from it is gone
    except DamagedSource:
        yield from _salvaged(path, max_chars)
        raise
    opened = _Opened(archive, threading.Lock(), max_chars)
    for info in _files(archive):
        yield _Found(info.filename, None if _is_link(info) else partial(opened.item, info))


def _files(archive: zipfile.ZipFile) -> Iterator[zipfile.ZipInfo]:
    return (info for info in archive.infolist() if not info.filename.endswith("/"))


def _is_link(info: zipfile.ZipInfo) -> bool:
    return stat.S_ISLNK(info.external_attr >> 16)


@dataclass(frozen=True, slots=True)
class _Opened:
    """A zip archive that is read from when its documents are loaded, one at a time: Python counts its readers without a lock."""

    archive: zipfile.ZipFile
    lock: threading.Lock
    max_chars: int

    def item(self, info: zipfile.ZipInfo, place: str) -> Item:
        return Item(place, place, partial(self._load, info, place))

    def _load(self, info: zipfile.ZipInfo, place: str) -> Content:
        if info.flag_bits & 1:
            raise _locked(place)
        with explained(place), self.lock, sound(place, "member of its archive"), self.archive.open(info) as file:
            raw = read_within(cast("BinaryIO", file), name=place, max_chars=self.max_chars)
        return _content(raw, info.filename, place, self.max_chars)


def _salvaged(path: Path, max_chars: int) -> Iterator[_Found]:
    """The members of a zip archive that lost its directory; what broke it is raised behind the last one."""
    with path.open("rb") as file:
        for header in headers(file):
            if header.name.endswith("/") and not header.size:
                continue
            start = file.tell()
            if header.readable:
                member = Member(file, header)
                yield _Found(header.name, partial(_salvage, member, header, max_chars=max_chars))
                member.skip()
            elif header.size is None:
                raise zipfile.BadZipFile(f"nothing says where {header.name} ends")
            else:
                yield _Found(header.name, partial(_unreadable, header))
                file.seek(start + header.size)


def _salvage(member: Member, header: Header, place: str, *, max_chars: int) -> Item:
    try:
        raw = read_within(cast("BinaryIO", member), name=place, max_chars=max_chars)
        if not member.sound:
            raise DamagedSource(f"{place} is damaged: its checksum is wrong")
        content: Content | NoContent = _content(raw, header.name, place, max_chars)
    except SourceError as error:
        content = NoContent.of(error)
    return item_of(content, place=place)


def _unreadable(header: Header, place: str) -> Item:
    error = _locked(place) if header.locked else DamagedSource(f"{place} is compressed by method {header.method}: pack it anew")
    return item_of(NoContent.of(error), place=place)


def _in_tar(path: Path, max_chars: int) -> Iterator[_Found]:
    with path.open("rb") as raw:
        packed = raw.read(2) == _GZIP_MARK
        raw.seek(0)
        stream: BinaryIO = cast("BinaryIO", gzip.GzipFile(fileobj=raw)) if packed else raw
        blocks = _Blocks(stream)
        with tarfile.TarFile(fileobj=cast("BinaryIO", blocks), encoding="utf-8") as archive:
            at = -1
            while (info := archive.next()) is not None:
                if info.size < 0 or archive.offset <= at:  # such a header leads back to itself
                    raise tarfile.ReadError(f"a header says that its member has {info.size:,} bytes")
                at = archive.offset
                vars(archive)["members"].clear()  # it keeps each one that it met
                if info.isfile():
                    yield _Found(info.name, partial(_read_member, archive, info, max_chars=max_chars))
                elif not info.isdir():
                    yield _Found(info.name, None)
        if blocks.last != bytes(tarfile.BLOCKSIZE):  # for tarfile, a header that is broken or cut off is the end too
            raise tarfile.ReadError(f"there is no member, and no end, where one should be: at byte {archive.offset:,}")
        while stream.read(_PIECE_BYTES):  # to the checksum of the gzip file
            continue


def _read_member(archive: tarfile.TarFile, info: tarfile.TarInfo, place: str, *, max_chars: int) -> Item:
    try:
        file = archive.extractfile(info)
        raw = read_within(cast("BinaryIO", file), name=place, max_chars=max_chars)
        content: Content | NoContent = _content(raw, info.name, place, max_chars)
    except SourceError as error:
        content = NoContent.of(error)
    return item_of(content, place=place)


class _Blocks:
    """What tarfile reads: ``last`` is the last piece; ReadError for one that no file may have, whatever a header claims."""

    def __init__(self, file: BinaryIO) -> None:
        self.last = b""
        self.seek = file.seek
        self.tell = file.tell
        self._file = file

    def read(self, size: int) -> bytes:
        if size > MAX_FILE_BYTES:
            raise tarfile.ReadError(f"a header says that it has {size:,} bytes")
        self.last = self._file.read(size)
        return self.last


def _content(raw: bytes, name: str, place: str, max_chars: int) -> bytes:
    """The content of a member, unpacked once more if it is a .gz file itself."""
    if not name.lower().endswith(GZIP):
        return raw
    with explained(place), sound(place, "gzip file"), gzip.GzipFile(fileobj=BytesIO(raw)) as file:
        return read_within(cast("BinaryIO", file), name=place, max_chars=max_chars)


def _locked(place: str) -> UnreadableSource:
    return UnreadableSource(f"{place} is locked with a password: unpack the archive, and name its folder")


def _nothing(place: str) -> Item:
    return item_of(b"", place=place)

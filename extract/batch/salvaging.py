"""The members of a zip archive whose directory is lost with its end, from the headers that stand before each of them.

Format: APPNOTE.TXT of PKWARE, 4.3.7 (local file header) and 4.3.9 (data descriptor).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile

_HEADER = struct.Struct("<4s5H3L2H")
_MARK = b"PK\x03\x04"
_DIRECTORY_MARK = b"PK\x01\x02"
_DESCRIPTOR_MARK = b"PK\x07\x08"
_SIZES_AFTER = 1 << 3
_LOCKED = 1
_UTF_8 = 1 << 11
_ZIP64 = 1
_ELSEWHERE = 0xFFFFFFFF
"""A size that stands in the extra field instead."""
_PIECE_BYTES = 16 * 1024


@dataclass(frozen=True, slots=True)
class Header:
    """What stands before a member. ``size`` is that of its compressed bytes; None where it stands behind them."""

    name: str
    flags: int
    method: int
    crc: int
    size: int | None

    @property
    def locked(self) -> bool:
        return bool(self.flags & _LOCKED)

    @property
    def readable(self) -> bool:
        """Whether the content can be read, which takes knowing where it ends."""
        return not self.locked and (self.method == ZIP_DEFLATED or (self.method == ZIP_STORED and self.size is not None))


class Member:
    """The content of a member, unpacked while it is read; BadZipFile where the archive ends in it.

    Once it is read to its end, the file stands behind it, and ``sound`` says whether its checksum is right.
    """

    def __init__(self, file: BinaryIO, header: Header) -> None:
        self.sound = False
        self._file = file
        self._header = header
        self._left = header.size
        self._crc = 0
        self._inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        self._ended = False

    def read(self, size: int, /) -> bytes:
        """At most that many bytes; none at the end."""
        if self._ended:
            return b""
        piece = self._packed(size) if self._header.method == ZIP_STORED else self._inflated(size)
        self._crc = zlib.crc32(piece, self._crc)
        if not piece:
            self._end()
        return piece

    def skip(self) -> None:
        """Read what is left of it."""
        while self.read(_PIECE_BYTES):
            continue

    def _packed(self, size: int) -> bytes:
        wanted = size if self._left is None else min(size, self._left)
        piece = self._file.read(wanted)
        if len(piece) < wanted and self._left is not None:
            raise BadZipFile(f"it ends in {self._header.name}")
        if self._left is not None:
            self._left -= len(piece)
        return piece

    def _inflated(self, size: int) -> bytes:
        piece = b""
        while not piece and not self._inflater.eof:
            packed = self._inflater.unconsumed_tail or self._packed(_PIECE_BYTES)
            piece = self._inflater.decompress(packed, size)
            if not packed and not piece:
                raise BadZipFile(f"it ends in {self._header.name}")
        return piece

    def _end(self) -> None:
        self._ended = True
        self._file.seek(-len(self._inflater.unused_data), 1)
        crc = self._header.crc if self._header.size is not None else self._descriptor()
        self.sound = self._crc == crc

    def _descriptor(self) -> int:
        """The checksum that stands behind a member, in front of its sizes."""
        mark = self._file.read(4)
        raw = self._file.read(4) if mark == _DESCRIPTOR_MARK else mark
        if len(raw) < 4:
            raise BadZipFile(f"it ends behind {self._header.name}")
        _find_header(self._file)
        return int.from_bytes(raw, "little")


def headers(file: BinaryIO) -> Iterator[Header]:
    """The headers of an archive in their order; whoever goes through them has the file stand behind the content of each.

    The directory at the end of an archive ends them; BadZipFile where something else stands there, or nothing.
    """
    while (raw := file.read(_HEADER.size)).startswith(_MARK) and len(raw) == _HEADER.size:
        _, _, flags, method, _, _, crc, size, whole, length, more = _HEADER.unpack(raw)
        name, extra = file.read(length), file.read(more)
        size = _real_size(size, whole, extra)
        yield Header(
            name.decode("utf-8" if flags & _UTF_8 else "cp437", "surrogateescape"),
            flags,
            method,
            crc,
            None if flags & _SIZES_AFTER and not size else size,
        )
    if not raw.startswith(_DIRECTORY_MARK):
        raise BadZipFile("there is no member where one should be" if len(raw) == _HEADER.size else "its end is missing")


def _real_size(size: int, whole: int, extra: bytes) -> int:
    """The size of the compressed bytes; of more than 4 GB it stands in the extra field, behind that of the content."""
    while size == _ELSEWHERE and len(extra) >= 4:
        kind, length = struct.unpack_from("<HH", extra)
        if kind == _ZIP64:
            return int(struct.unpack_from("<Q", extra, 12 if whole == _ELSEWHERE else 4)[0])
        extra = extra[4 + length :]
    return size


def _find_header(file: BinaryIO) -> None:
    """Has a file stand at the next header: behind two sizes of four bytes, or of eight in an archive of more than 4 GB."""
    behind = file.tell()
    for sizes in (8, 16):
        file.seek(behind + sizes)
        if file.read(4) in {_MARK, _DIRECTORY_MARK}:
            file.seek(behind + sizes)
            return
    file.seek(behind + 8)

"""MHTML: a page and what it shows in one file, as browsers save it (RFC 2557; .mhtml, .mht)."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesHeaderParser
from itertools import accumulate

from extract.containers.layout import Content, Layout
from extract.decoding import decode
from extract.errors import DamagedSource, SourceError, SourceTooLarge

MAX_PARTS = 20_000
"""Parts that a file may have; pages of news sites have a thousand."""
MAX_PAGES = 1000
"""HTML documents among them; each is cleaned on its own."""
_MAX_DEPTH = 4  # of parts that hold parts: browsers write one level, mail programs two
_HEAD = 64 * 1024
_LINE_FEED = ord("\n")
_LINE = 1000  # characters that a line of a message may have
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n|\A\r?\n")
_WANTED = re.compile(rb"(?i)text/html|application/xhtml\+xml|multipart/")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]++")
_PAGES = frozenset({"text/html", "application/xhtml+xml"})
_WAY_OUT = "save the page again, or pass its HTML"


@dataclass(frozen=True, slots=True)
class _Part:
    """The head of a part, and the range of its content in the file."""

    head: Message
    start: int
    end: int

    @property
    def is_page(self) -> bool:
        return self.head.get_content_type() in _PAGES


def read_mhtml(raw: bytes, *, name: str, max_chars: int, encoding: str | None = None) -> Content:
    """The HTML of the page, then that of each of its frames; the layout says where each document begins.

    The page is the part that ``start`` or ``Snapshot-Content-Location`` names, else the first. Each part is decoded on its own,
    by ``encoding`` where given. Of a file that is cut off what is there is read. Raises DamagedSource where there is no page,
    and SourceTooLarge over ``max_chars`` characters or ``MAX_PARTS`` parts.
    """
    message = _part(raw, 0, len(raw))
    pages = [part for part in _parts(raw, message, name) if part.is_page]
    if not pages:
        raise DamagedSource(f"{name} is MHTML without an HTML page in it: {_WAY_OUT}")
    if len(pages) > MAX_PAGES:
        raise SourceTooLarge(f"{name} is MHTML of {len(pages):,} pages and frames; {MAX_PAGES:,} are read: {_WAY_OUT}")
    pages.sort(key=_rank(message.head, pages).__getitem__)
    texts: list[str] = []
    encodings: list[str] = []
    size = 0
    for part in pages:
        try:
            text, used = _decoded(raw, part, name=name, encoding=encoding)
        except SourceError as error:
            if part is pages[0]:
                raise DamagedSource(f"{name} is MHTML whose page cannot be read ({error}): {_WAY_OUT}") from error
            continue  # a picture in a frame that is called a page, for instance: the page is still readable
        size += len(text) + 1
        if size - 1 > max_chars:
            raise SourceTooLarge.over(name, f"more than {size - 2:,} characters", max_chars)
        texts.append(text)
        encodings.append(used)
    starts = tuple(accumulate((len(text) + 1 for text in texts[:-1]), initial=0))
    return Content("\n".join(texts), encodings[0], Layout(documents=starts))


def _rank(head: Message, pages: list[_Part]) -> dict[_Part, int]:
    """For each page its place in the text: the one that the file is about comes first."""
    start = str(head.get_param("start", ""))
    location = str(head.get("Snapshot-Content-Location", "")).strip()
    named = [page for page in pages if start and str(page.head.get("Content-ID", "")).strip() == start]
    placed = [page for page in pages if location and str(page.head.get("Content-Location", "")).strip() == location]
    first = next(iter(named + placed), pages[0])
    return {page: -1 if page is first else at for at, page in enumerate(pages)}


def _part(raw: bytes, start: int, end: int) -> _Part:
    found = _END_OF_HEAD.search(raw, start, min(end, start + _HEAD))
    stop = found.start() if found else end
    head = BytesHeaderParser().parsebytes(raw[start : min(stop, start + _HEAD)].lstrip(b"\xef\xbb\xbf\r\n"))
    return _Part(head, found.end() if found else end, end)


def _parts(raw: bytes, part: _Part, name: str) -> Iterator[_Part]:
    """The parts that hold no other parts, in the order of the file."""
    left = [(part, _MAX_DEPTH)]
    count = 0
    while left:
        part, depth = left.pop()
        boundary = part.head.get_boundary()
        if part.head.get_content_maintype() != "multipart" or not boundary:
            yield part
            continue
        if not depth:
            continue
        inner: list[tuple[_Part, int]] = []
        for start, end in _ranges(raw, part, boundary):
            count += 1
            if count > MAX_PARTS:
                raise SourceTooLarge(f"{name} is MHTML of more than {MAX_PARTS:,} parts: {_WAY_OUT}")
            head = raw[start : min(end, start + _HEAD)]
            stop = _END_OF_HEAD.search(head)
            if _WANTED.search(head, 0, stop.start() if stop else len(head)):  # most parts are pictures
                inner.append((_part(raw, start, end), depth - 1))
        left += reversed(inner)


def _ranges(raw: bytes, part: _Part, boundary: str) -> Iterator[tuple[int, int]]:
    """Where each part begins and ends; the last one may lack its end."""
    mark = b"--" + boundary.encode("utf-8", "replace")
    begun = -1
    at = raw.find(mark, part.start, part.end)
    while at >= 0:
        after = raw[at + len(mark) : at + len(mark) + 2]
        alone = at == part.start or raw[at - 1] == _LINE_FEED
        if alone and (after in (b"\r\n", b"--", b"") or after[:1] in (b"\n", b"\r", b" ", b"\t")):
            if begun >= 0:
                yield begun, max(begun, at - (2 if raw[at - 2 : at] == b"\r\n" else 1))  # the line end is part of the mark
            line_end = raw.find(b"\n", at, min(at + len(mark) + _LINE, part.end))
            begun = -1 if after == b"--" or line_end < 0 else line_end + 1
            if after == b"--":
                break
        at = raw.find(mark, at + len(mark), part.end)
    if begun >= 0:
        yield begun, part.end


def _decoded(raw: bytes, part: _Part, *, name: str, encoding: str | None) -> tuple[str, str]:
    content = raw[part.start : part.end]
    match str(part.head.get("Content-Transfer-Encoding", "")).strip().lower():
        case "quoted-printable":
            content = binascii.a2b_qp(content)
        case "base64":
            content = _from_base64(content)
    return decode(content, name=name, encoding=encoding, declared=part.head.get_content_charset())


def _from_base64(content: bytes) -> bytes:
    """The bytes, up to the last that is whole."""
    digits = _NOT_BASE64.sub(b"", content)
    digits = digits[:-1] if len(digits) % 4 == 1 else digits
    return binascii.a2b_base64(digits + b"=" * (-len(digits) % 4))

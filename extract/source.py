"""The door: whatever the caller has becomes one decoded text, and a format."""

from __future__ import annotations

import hashlib
import re
import sys
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from extract import detection
from extract.containers.layout import Content, Layout
from extract.containers.signatures import is_docx, is_mhtml, is_pdf
from extract.decoding import decode
from extract.errors import BinarySource, EmptySource, SourceTooLarge, UndecodableSource, UnreadableSource, UsageError


class Format(StrEnum):
    """What a source is."""

    HTML = "html"
    JSON_LD = "json_ld"
    MARKDOWN = "markdown"
    TARSIER = "tarsier"
    PYTHON_REPR = "python_repr"
    TEXT = "text"
    MHTML = "mhtml"
    PDF = "pdf"
    DOCX = "docx"


CONTAINERS = frozenset({Format.MHTML, Format.PDF, Format.DOCX})
"""Formats that bytes are in, and no text: a source that was read from one of them says so."""


@dataclass(frozen=True, slots=True)
class Source:
    """A document exactly as received, decoded once. Spans everywhere count its code points.

    ``sha256`` is that of the bytes as received (of the UTF-8 bytes, where a ``str`` was handed over).
    ``encoding`` is the name of the Python codec that the bytes were decoded with ("str" where a ``str`` was handed over,
    "pdf" and "docx" for these).

    Of a file that holds its document inside of something else, ``format`` says which, ``text`` is the document: the decoded HTML
    of an MHTML file, the lines of a PDF, the paragraphs of a Word file; and ``layout`` is what the file says about that text.
    """

    text: str
    name: str
    sha256: str
    encoding: str
    format: Format | None = None
    layout: Layout = field(default=Layout(), repr=False)

    def pages_of(self, spans: Iterable[tuple[int, int]]) -> tuple[int, ...]:
        """The pages that ranges of the text stand on, counted from 1 and in order; nothing where the source has none."""
        starts = self.layout.pages
        if not starts:
            return ()
        found = {
            page
            for start, end in spans
            for page in range(bisect_right(starts, start), bisect_right(starts, max(start, end - 1)) + 1)
        }
        return tuple(sorted(found))


MAX_CHARS = 5_000_000
"""Characters that a document may have, where the caller does not say otherwise."""
MAX_FILE_BYTES = 100_000_000
"""Bytes that an MHTML, PDF or Word file may have, whatever its text: pictures and fonts weigh more than that."""
_SIGNS = {Format.MHTML: is_mhtml, Format.PDF: is_pdf, Format.DOCX: is_docx}
_HEAD_BYTES = 64 * 1024  # what shows that a file is such a one
_PIECE_BYTES = 16 * 1024
# C1 controls do not count: text that was decoded wrongly is full of them, and can be mended.
_CONTROLS = bytes((*range(1, 9), *range(14, 32), 127))
_BLANK = r"\s\x00-\x1f\x7f\u00ad\u034f\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufeff"
_WINDOW = 100_000
"""How many characters at the beginning are looked at where counts decide: what a document is shows early."""
_NOTHING = re.compile(rf"[{_BLANK}]*+\Z")
MARGIN = re.compile(rf"[{_BLANK}]++")
"""What nobody sees at the beginning of a document."""


def open_source(
    source: str | bytes | Path,
    *,
    max_chars: int = MAX_CHARS,
    encoding: str | None = None,
    name: str | None = None,
) -> Source:
    """The document as one decoded text: a ``str`` is the text itself, never a path; a ``Path`` is read; bytes are decoded.

    MHTML, PDF and Word files are known by their content, and read. ``encoding`` overrides the detection for bytes and files.
    ``name`` stands in messages and in the provenance. Line ends are kept as they are; a byte order mark is dropped. Raises a
    SourceError: EmptySource, BinarySource (an image, an archive, NUL characters, more than 1 % control characters),
    SourceTooLarge (over ``max_chars`` code points), UndecodableSource, UnreadableSource, DamagedSource, MissingExtra; or
    UsageError.

    >>> open_source(b"Research intern\\r\\nZ\\xc3\\xbcrich").text
    'Research intern\\r\\nZürich'
    """
    if max_chars < 1:
        raise UsageError(f"max_chars is {max_chars}; it must be at least 1")
    if isinstance(source, Path):
        name = name or str(source)
        raw = read_file(source, name=name, max_chars=max_chars)
    elif isinstance(source, str):
        return _open_text(source, name=name or "<text>", max_chars=max_chars)
    elif isinstance(source, bytes):
        name, raw = name or "<bytes>", source
    else:
        raise UsageError(f"a source is a str (the text itself), bytes or a Path, not {type(source).__name__}")
    container = _container_of(raw[:_HEAD_BYTES])
    if len(raw) > _max_bytes(container, max_chars):
        raise _too_many_bytes(name, f"{len(raw):,}", container, max_chars)
    if container is None:
        text, used = decode(raw, name=name, encoding=encoding)
        content = Content(text, used, Layout())
    else:
        content = _content(raw, container, name=name, max_chars=max_chars, encoding=encoding)
    return _source(content, container, raw, name=name, max_chars=max_chars)


def _open_text(text: str, *, name: str, max_chars: int) -> Source:
    raw = _check(text, name, max_chars)
    if is_mhtml(raw[:_HEAD_BYTES]):
        content = _content(raw, Format.MHTML, name=name, max_chars=max_chars, encoding=None)
        return _source(content, Format.MHTML, raw, name=name, max_chars=max_chars)
    return Source(text=text, name=name, sha256=hashlib.sha256(raw).hexdigest(), encoding="str")


def _source(content: Content, container: Format | None, raw: bytes, *, name: str, max_chars: int) -> Source:
    _check(content.text, name, max_chars)
    return Source(
        text=content.text,
        name=name,
        sha256=hashlib.sha256(raw).hexdigest(),
        encoding=content.encoding,
        format=container,
        layout=content.layout,
    )


def _container_of(head: bytes) -> Format | None:
    """What a file that begins with these bytes holds its document in, if in anything."""
    return next((container for container, is_such in _SIGNS.items() if is_such(head)), None)


def _content(raw: bytes, container: Format, *, name: str, max_chars: int, encoding: str | None) -> Content:
    """What a file of that kind holds; its reader is imported when it is first used, because few files are such ones."""
    match container:
        case Format.MHTML:
            from extract.containers.mhtml import read_mhtml

            return read_mhtml(raw, name=name, max_chars=max_chars, encoding=encoding)
        case Format.PDF:
            from extract.containers.pdf import read_pdf

            return read_pdf(raw, name=name, max_chars=max_chars)
        case _:
            from extract.containers.docx import read_docx

            return read_docx(raw, name=name, max_chars=max_chars)


def _max_bytes(container: Format | None, max_chars: int) -> int:
    if container is not None:
        return MAX_FILE_BYTES
    return min(4 * max_chars + 4, sys.maxsize - 1)  # no encoding takes more than four bytes for a character, and for its mark


def read_bounded(file: BinaryIO, max_chars: int = MAX_CHARS) -> bytes:
    """The content of an open file or pipe, or as much of it as shows that it is too large."""
    content = bytearray()
    _read_up_to(_HEAD_BYTES, file, content)
    _read_up_to(_max_bytes(_container_of(bytes(content)), max_chars) + 1, file, content)
    return bytes(content)


def _read_up_to(size: int, file: BinaryIO, content: bytearray) -> None:
    """Read on in small pieces: a file that is unpacked while it is read may make much more of a large one than was asked for."""
    while len(content) < size and (piece := file.read(min(_PIECE_BYTES, size - len(content)))):
        content += piece


def read_within(file: BinaryIO, *, name: str, max_chars: int = MAX_CHARS) -> bytes:
    """The content of an open file or pipe; SourceTooLarge where it has more bytes than a document may have."""
    raw = read_bounded(file, max_chars)
    container = _container_of(raw[:_HEAD_BYTES])
    if len(raw) > (most := _max_bytes(container, max_chars)):
        raise _too_many_bytes(name, f"more than {most:,}", container, max_chars)
    return raw


def read_file(path: Path, *, name: str, max_chars: int = MAX_CHARS) -> bytes:
    """The content of a file; UnreadableSource or SourceTooLarge where it cannot be had, in words for whoever named it."""
    with explained(name):
        size = path.stat().st_size
        with path.open("rb") as file:
            if path.is_file():
                container = _container_of(file.read(_HEAD_BYTES))
                if size > _max_bytes(container, max_chars):
                    raise _too_many_bytes(name, f"{size:,}", container, max_chars)
                file.seek(0)
            return read_bounded(file, max_chars)  # a device or a pipe has no size, and perhaps no end


@contextmanager
def explained(name: str) -> Iterator[None]:
    """Where a file is read: what the system says against it is raised as an UnreadableSource that says what to do."""
    try:
        yield
    except IsADirectoryError as error:
        raise UnreadableSource(f"{name} is a directory: pass the files in it one by one") from error
    except (FileNotFoundError, NotADirectoryError) as error:
        raise UnreadableSource(
            f"{name} does not exist: check the path (text itself is handed over as a str, or on standard input)"
        ) from error
    except PermissionError as error:
        raise UnreadableSource(f"{name} may not be read by this user: change its permissions, or pass its content") from error
    except (OSError, ValueError) as error:
        raise UnreadableSource(f"{name} cannot be read ({error}): check the path, or pass its content") from error


def _too_many_bytes(name: str, size: str, container: Format | None, max_chars: int) -> SourceTooLarge:
    if container is None:
        return SourceTooLarge.over(name, f"{size} bytes", max_chars)
    return SourceTooLarge(f"{name} has {size} bytes; {MAX_FILE_BYTES:,} are read: save it without pictures, or in parts")


def _check(text: str, name: str, max_chars: int) -> bytes:
    """The text in UTF-8; raises a SourceError where it is none that can be read."""
    if len(text) > max_chars:
        raise SourceTooLarge.over(name, f"{len(text):,} characters", max_chars)
    try:
        raw = text.encode()
    except UnicodeEncodeError as error:
        code = f"U+{ord(text[error.start]):04X}"
        way_out = 'decode the document with errors="replace" instead of "surrogateescape", or pass its bytes'
        raise UndecodableSource(f"{name} holds a lone surrogate ({code}) at character {error.start}: {way_out}") from error
    if (nul := text.find("\0")) >= 0:
        raise BinarySource(f"{name} holds a NUL character at character {nul}, so it is no text: pass the text alone")
    controls = len(raw) - len(raw.translate(None, _CONTROLS))
    if controls > max(2, len(text) // 100):  # real postings hold one here and there; cleaning drops it
        share = f"{controls:,} of {len(text):,} characters are control characters"
        raise BinarySource(f"{name} is no text ({share}): pass text, or the right encoding")
    if _NOTHING.match(text):
        raise EmptySource(f"{name} holds no visible character: check that it was saved or fetched completely")
    return raw


def detect_format(text: str) -> Format:
    """What a text is; the same text always gives the same answer, in time linear in its length.

    The first of these that holds:

    1. ``python_repr``: Python string literals, or a list of them, and nothing else; they must evaluate.
    2. ``json_ld``: JSON objects with "@type", "@context" or "@graph" at the top, or nothing but ``ld+json`` scripts. Raw
       control characters in strings, trailing commas and a missing end are let through; other JSON is text.
    3. ``tarsier``: its numbered marks, at least two with a dashed border, or eight.
    4. ``html``: begins as a page, or has more tags of HTML than marks of Markdown, and at least half as many as
       empty lines (a text that ends in one link is text). Tags count when they are closed (or the text begins with one),
       and outside of Markdown code only.
    5. ``markdown``: a heading, link, bold run, escaped mark, front matter, or a first line that is a URL.
       List marks alone are text.
    6. ``text``.

    >>> detect_format("['<p>Stage &agrave; Paris</p>']").value, detect_format("['<p>Stage &agrave; l'étranger</p>']").value
    ('python_repr', 'html')
    >>> detect_format('{"@type": "JobPosting", "title": "Engin').value, detect_format('{"title": "Engineer"}').value
    ('json_ld', 'text')
    >>> detect_format("Use `<b>` and `</b>` for **bold**.").value, detect_format("a < b, b > c").value
    ('markdown', 'text')
    >>> detect_format("---------------------\\n[ 1 ] Jobs   [ @ 2 ] Apply").value, detect_format("- CUDA\\n- C++").value
    ('tarsier', 'text')
    """
    if margin := MARGIN.match(text):
        text = text[margin.end() :]
    if detection.is_python_repr(text):
        return Format.PYTHON_REPR
    if detection.is_json_ld(text):
        return Format.JSON_LD
    window = text[:_WINDOW]
    if detection.is_tarsier(window):
        return Format.TARSIER
    if detection.is_page(window):
        return Format.HTML
    marks = detection.count_markdown(window)
    tags = detection.count_tags(window)
    if tags > marks and 2 * tags >= window.count("\n\n"):
        return Format.HTML
    return Format.MARKDOWN if marks else Format.TEXT

"""Word (.docx): the paragraphs of the document with their styles, read with python-docx (the extra ``docx``)."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Mapping
from io import BytesIO
from typing import TYPE_CHECKING

from extract.containers.docx_body import DocxWriter, Story
from extract.containers.docx_styles import paragraph_styles
from extract.containers.layout import Content
from extract.errors import BinarySource, DamagedSource, EmptySource, MissingExtra, SourceError, SourceTooLarge, UnreadableSource

if TYPE_CHECKING:
    from docx.opc.part import Part
    from lxml.etree import _Element as Element

MAX_UNPACKED = 400_000_000
"""Bytes that the file may unpack to, with its pictures."""
MAX_XML = 30_000_000
"""Bytes of its XML, of which an element takes many times its size in memory; a posting has a hundredth of that."""
MAX_MEMBERS = 20_000
MAX_TAGS = 600_000
"""Tags of one part of it; a posting has a thousand, a book of 300 pages 300,000."""
_DECLARES = re.compile(rb"<!(?:DOCTYPE|ENTITY)|<\?xml[^>]{0,200}encoding\s*+=\s*+[\"'](?!utf-8|utf-16|us-ascii)", re.IGNORECASE)
_LONGEST_MARK = 256
_CHUNK = 1 << 16
_MAIN = re.compile(r"word/document\d*+\.xml")
_BEFORE_MARKUP = b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"
_WAY_OUT = "save it again as .docx, or as PDF"


def read_docx(raw: bytes, *, name: str, max_chars: int) -> Content:
    """The paragraphs of the document, a line each, with their styles in the layout; the cells of a table row are tabbed.

    What Word shows is read: also text boxes, content controls, foot notes (behind the paragraph that refers to them) and tracked
    insertions; not what is deleted or hidden, nor comments. Headers stand first, footers last. Pages begin where the document
    breaks them, or where Word last did; none are known where neither is noted.

    Raises MissingExtra, BinarySource (no Word document), DamagedSource, UnreadableSource (locked), EmptySource, SourceTooLarge.
    """
    try:
        from docx.package import Package
    except ImportError as error:
        way_out = "pip install 'extract-service[docx]' (in a clone: pip install '.[docx]'), or save it as text"
        raise MissingExtra(f"{name} is a Word file, and the package that reads these is not installed: {way_out}") from error
    _check_archive(raw, name)
    try:
        package = Package.open(BytesIO(raw))
        main = next(rel.target_part for rel in package.rels.values() if rel.reltype.endswith("/officeDocument"))
        story = {kind: [_root_of(part) for part in parts] for kind, parts in _related(main).items()}
        writer = DocxWriter(paragraph_styles(story["styles"]), notes=story, name=name, max_chars=max_chars)
        content = writer.write(Story(_root_of(main), headers=story["header"], footers=story["footer"]))
    except SourceError:
        raise
    except Exception as error:  # what python-docx and lxml raise for damaged files is not documented, and of all kinds
        raise DamagedSource(f"{name} is a Word file that cannot be read ({error}): {_WAY_OUT}") from error
    if not content.layout.paragraphs:
        raise EmptySource(f"{name} is a Word file without any text: if it shows pictures of text, run OCR over them first")
    return content


def _related(main: Part) -> Mapping[str, list[Part]]:
    """The parts that the document refers to, by the last word of what they are to it."""
    found: dict[str, dict[str, Part]] = {}
    for relation in main.rels.values():
        if not relation.is_external:
            part = relation.target_part
            found.setdefault(relation.reltype.rsplit("/", 1)[-1], {})[str(part.partname)] = part
    kept = ("styles", "header", "footer", "footnotes", "endnotes")
    return {kind: [part for _, part in sorted(found.get(kind, {}).items())] for kind in kept}


def _root_of(part: Part) -> Element:
    """The markup of a part; python-docx parses those that it knows itself."""
    from docx.opc.part import XmlPart
    from docx.oxml.parser import parse_xml

    return part.element if isinstance(part, XmlPart) else parse_xml(part.blob)


def _check_archive(raw: bytes, name: str) -> None:
    """Raises where the archive is no Word document, or is more than can be read: before anything is parsed."""
    try:
        with zipfile.ZipFile(BytesIO(raw)) as archive:
            members = archive.infolist()
            _check_kind({member.filename for member in members}, name)
            _check_sizes(members, name)
            markup = sum(_markup_in(archive, member, name) for member in members)
            if markup > MAX_XML:
                raise SourceTooLarge(f"{name} holds {markup:,} bytes of markup; {MAX_XML:,} are read: save it in parts")
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise DamagedSource(f"{name} is a Word file that is damaged or cut off ({error}): fetch or save it again") from error


def _check_kind(names: set[str], name: str) -> None:
    if any(_MAIN.fullmatch(member) for member in names):
        return
    if any(member.startswith("xl/") for member in names):
        raise BinarySource(f"{name} is an Excel workbook (xlsx), not text: convert it to text or HTML first")
    if any(member.startswith("ppt/") for member in names):
        raise BinarySource(f"{name} is a PowerPoint presentation (pptx), not text: save it as PDF")
    raise BinarySource(f"{name} is a ZIP archive, not text: unpack it first")


def _check_sizes(members: list[zipfile.ZipInfo], name: str) -> None:
    unpacked = sum(member.file_size for member in members)
    if len(members) > MAX_MEMBERS or unpacked > MAX_UNPACKED:
        size = f"{len(members):,} parts of {unpacked:,} bytes"
        raise SourceTooLarge(f"{name} unpacks to {size}: save it without pictures, or in parts")
    if any(member.flag_bits & 1 for member in members):
        raise UnreadableSource(f"{name} is locked with a password: save a copy without one, and pass that")
    if any(member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for member in members):
        raise DamagedSource(f"{name} is packed in a way that Word does not write: {_WAY_OUT}")


def _markup_in(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> int:
    """Unpack a member bit by bit, and count its bytes if it is XML, whatever it is called.

    One that is larger than it declares fails here, where it takes no memory.
    """
    is_markup: bool | None = None  # not yet known: nothing but blanks so far
    before, tags = b"", 0
    with archive.open(member) as file:
        while chunk := file.read(_CHUNK):
            if is_markup is None and (begun := chunk.lstrip(_BEFORE_MARKUP)):
                is_markup = begun.startswith(b"<")
            if not is_markup:
                continue
            text = before + chunk.replace(b"\0", b"")  # UTF-16 has one in each sign of the markup
            if _DECLARES.search(text):
                raise DamagedSource(f"{name} declares entities in {member.filename}, which no Word file does: {_WAY_OUT}")
            tags += chunk.count(b"<")
            if tags > MAX_TAGS:
                raise SourceTooLarge(f"{name} holds more than {MAX_TAGS:,} tags in {member.filename}: save it in parts")
            before = text[-_LONGEST_MARK:]
    return 0 if is_markup is False else member.file_size

"""Word files that are damaged, locked, hostile or something else: each is refused with its reason, and nothing else is raised."""

from __future__ import annotations

import sys
import zipfile

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from source_maps import check
from word_files import packed, posting, replaced, saved, unpacked, with_member

from extract import extract
from extract.cleaning import clean
from extract.containers import docx as reader
from extract.errors import (
    BinarySource,
    DamagedSource,
    EmptySource,
    ExtractError,
    FormatError,
    MissingExtra,
    SourceTooLarge,
    UnreadableSource,
)
from extract.source import open_source

WHOLE = saved(posting())


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the file, and the command that installs what is missing."""
    for module in [name for name in sys.modules if name.split(".")[0] == "docx"]:
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtra, match=r"job\.docx is a Word file.*pip install 'extract-service\[docx\]'"):
        open_source(WHOLE, name="job.docx")


@pytest.mark.parametrize(
    ("members", "what"),
    [
        ({"word/a.txt": b"", "xl/workbook.xml": b""}, "Excel workbook .*convert"),
        ({"word/a.txt": b"", "ppt/presentation.xml": b""}, "PowerPoint presentation .*PDF"),
        ({"xl/workbook.xml": b""}, "Excel workbook"),
        ({"mimetype": b"application/vnd.oasis.opendocument.text"}, "OpenDocument"),
        ({"inner.docx": WHOLE}, "ZIP archive.*unpack it"),
    ],
)
def test_other_archives_are_named(members: dict[str, bytes], what: str) -> None:
    """A ZIP archive that is no Word file says what it is, and the way out."""
    with pytest.raises(BinarySource, match=f"(?s)upload 3 is an? {what}"):
        open_source(packed(members, zipfile.ZIP_STORED), name="upload 3")


def test_old_and_locked_files_are_named() -> None:
    """A .doc has to be saved anew; a .docx with a password is of that kind too."""
    old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
    with pytest.raises(BinarySource, match=r"cv\.doc is an old Office document.*save it as \.docx or PDF"):
        open_source(old, name="cv.doc")
    with pytest.raises(UnreadableSource, match=r"cv\.docx is locked with a password"):
        open_source(old + "EncryptedPackage".encode("utf-16-le"), name="cv.docx")


def test_no_text_is_no_document() -> None:
    """An empty file says so."""
    with pytest.raises(EmptySource, match=r"blank\.docx is a Word file without any text"):
        open_source(saved(docx.Document()), name="blank.docx")


@pytest.mark.parametrize("kept", [5000, 15_000, 30_000])
def test_a_file_that_is_cut_off_is_damaged(kept: int) -> None:
    """The list of an archive stands at its end: nothing of it can be read."""
    with pytest.raises(DamagedSource, match=r"half\.docx is a Word file that is damaged or cut off .*: fetch or save it again"):
        open_source((WHOLE + b"x" * 100_000)[:kept], name="half.docx")


@pytest.mark.parametrize(
    "entities",
    [
        b'<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        b'<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    ],
)
def test_entities_are_refused(entities: bytes) -> None:
    """Word writes none: they are there to fill the memory, or to read other files."""
    declaration = b"?>"
    raw = replaced(WHOLE, "word/document.xml", declaration, declaration + entities)
    with pytest.raises(DamagedSource, match=r"declares entities in word/document\.xml"):
        open_source(raw)
    disguised = with_member(WHOLE, "word/media/a.png", "\ufeff<!DOCTYPE d><d/>".encode("utf-16"))
    with pytest.raises(DamagedSource, match=r"declares entities in word/media/a\.png"):
        open_source(disguised)


def test_an_archive_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """By what it declares, before it is unpacked."""
    bomb = with_member(WHOLE, "word/media/image1.bin", bytes(5_000_000))
    assert open_source(bomb).text
    monkeypatch.setattr(reader, "MAX_UNPACKED", 4_000_000)
    with pytest.raises(SourceTooLarge, match=r"bomb unpacks to .* parts of 5,\d{3},\d{3} bytes"):
        open_source(bomb, name="bomb")
    monkeypatch.setattr(reader, "MAX_XML", 1000)
    with pytest.raises(SourceTooLarge):
        open_source(WHOLE)
    monkeypatch.setattr(reader, "MAX_MEMBERS", 3)
    with pytest.raises(SourceTooLarge):
        open_source(WHOLE)


def test_a_member_that_lies_about_its_size_is_damaged() -> None:
    """What it unpacks to is counted, whatever it declares."""
    raw = bytearray(packed(unpacked(WHOLE) | {"word/media/a.bin": bytes(3_000_000)}))
    size = (3_000_000).to_bytes(4, "little")
    while (at := raw.find(size)) >= 0:
        raw[at : at + 4] = (10).to_bytes(4, "little")
    with pytest.raises(DamagedSource, match="damaged"):
        open_source(bytes(raw))


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_ways_to_pack_are_refused(compression: int) -> None:
    """Word knows one; the others cannot be unpacked bit by bit."""
    with pytest.raises(DamagedSource, match="packed in a way that Word does not write"):
        open_source(packed(unpacked(WHOLE), compression))


def test_limits() -> None:
    """The characters of the text are bounded, not the bytes of the file."""
    assert len(WHOLE) > 4 * 300
    assert open_source(WHOLE, max_chars=300).text
    with pytest.raises(SourceTooLarge, match="max_chars=50"):
        open_source(WHOLE, max_chars=50)


def test_deep_nesting_is_damage() -> None:
    """Elements in elements in elements end in an error of ours."""
    deep = b"<w:sdt><w:sdtContent>" * 5000 + b"</w:sdtContent></w:sdt>" * 5000
    with pytest.raises(DamagedSource):
        open_source(replaced(WHOLE, "word/document.xml", b"<w:sectPr", deep + b"<w:sectPr"))


def test_templates_and_macro_files_are_read() -> None:
    """.docm and .dotx differ from .docx in the declared kind only."""
    kind = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    raw = replaced(WHOLE, "[Content_Types].xml", kind, b"application/vnd.ms-word.document.macroEnabled.main+xml")
    assert open_source(raw).text == open_source(WHOLE).text


def test_another_format_is_refused() -> None:
    """A Word file is not read as text, nor text as a Word file."""
    with pytest.raises(FormatError, match="is a docx file and cannot be read as html"):
        extract(WHOLE, input_format="html")
    with pytest.raises(FormatError, match="is no docx file"):
        extract("Engineer", input_format="docx")


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 40_000), st.binary(max_size=8)), max_size=4), st.integers(0, 40_000))
def test_damaged_bytes_raise_nothing_but_our_errors(patches: list[tuple[int, bytes]], cut: int) -> None:
    """Whatever is changed or cut: a document with an exact map, or an ExtractError."""
    raw = bytearray(WHOLE)
    for at, patch in patches:
        raw[at : at + len(patch)] = patch
    try:
        document = clean(open_source(bytes(raw[:cut] if cut % 4 == 0 else raw)))
    except ExtractError:
        return
    check(document)


@settings(max_examples=60)
@given(st.data())
def test_damaged_markup_raises_nothing_but_our_errors(data: st.DataObject) -> None:
    """Pieces of the body left out, doubled or swapped, as other programs write it."""
    members = unpacked(WHOLE)
    for name in ("word/document.xml", "word/styles.xml"):
        text = members[name]
        a, b, c = sorted(data.draw(st.tuples(*[st.integers(0, len(text))] * 3)))
        members[name] = data.draw(
            st.sampled_from([text, text[:a] + text[b:], text[:b] + text[a:], text[:a] + text[b:c] + text[a:b] + text[c:]])
        )
    try:
        document = clean(open_source(packed(members)))
    except ExtractError:
        return
    check(document)

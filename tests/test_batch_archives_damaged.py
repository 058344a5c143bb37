"""Zip and tar archives that are damaged, or that mean harm: what can be read of them, and what is told."""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
import zipfile
from pathlib import Path

import pytest
from archives import ENDINGS, PAGES, kinds, packed, read, zipped

# --- damaged archives ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_archive_that_is_cut_off(tmp_path: Path, ending: str) -> None:
    """Wherever that is: what stands before comes as it was, and the cut is a document that cannot be read."""
    whole = packed(tmp_path / f"whole{ending}", PAGES).read_bytes()
    enough = (len(whole.rstrip(b"\0")) // 512 + 2) * 512 if ending == ".tar" else len(whole)  # behind the mark of its end
    path = tmp_path / f"x{ending}"
    documents = set()
    for cut in [*range(0, len(whole), 311 if ending == ".tar" else 31), *range(len(whole) - 30, len(whole))]:
        path.write_bytes(whole[:cut])
        found = kinds(read(path))
        if cut < enough:
            assert found.pop() == (f"x{ending}", "DamagedSource"), cut
        assert found == [(f"x{ending}!{name}", content) for name, content in PAGES[: len(found)]]
        assert cut < enough or len(found) == len(PAGES)
        documents.add(len(found))
    assert documents == {0, 1, 2, 3}


def test_a_zip_archive_without_its_end_always_says_so(tmp_path: Path) -> None:
    """Also where each member is there: nobody knows whether it was all."""
    whole = packed(tmp_path / "whole.zip", PAGES).read_bytes()
    directory = whole.index(b"PK\x01\x02")
    for cut in (directory, directory + 4, directory + 60, len(whole) - 1):
        (tmp_path / "x.zip").write_bytes(whole[:cut])
        assert [place for place, _ in read(tmp_path / "x.zip")] == ["x.zip!a.html", "x.zip!sub/b.html", "x.zip!c.txt", "x.zip"]


class Stream(io.BytesIO):
    """A pipe, in which nobody goes back to write sizes."""

    def seekable(self) -> bool:
        return False

    def tell(self) -> int:
        raise io.UnsupportedOperation


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])
def test_a_cut_off_zip_archive_that_was_written_as_a_stream(tmp_path: Path, method: int, large: bool) -> None:
    """Sizes stand behind the content there: what is deflated shows its own end, and nothing else does."""
    stream = Stream()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in PAGES:
            with archive.open(name, "w", force_zip64=large) as file:
                file.write(content)
    whole = stream.getvalue()
    (tmp_path / "x.zip").write_bytes(whole[: whole.index(b"PK\x01\x02") + 9])
    found = kinds(read(tmp_path / "x.zip"))
    assert found[:-1] == ([(f"x.zip!{name}", content) for name, content in PAGES] if method == zipfile.ZIP_DEFLATED else [])
    assert found[-1] == ("x.zip", "DamagedSource")


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_cut_off_zip_archive_for_more_than_4_gb(tmp_path: Path, method: int) -> None:
    """Sizes stand in a field of their own there."""
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in PAGES:
            with archive.open(name, "w", force_zip64=True) as file:
                file.write(content)
    path.write_bytes(path.read_bytes()[:-9])
    assert kinds(read(path)) == [*((f"x.zip!{name}", content) for name, content in PAGES), ("x.zip", "DamagedSource")]


def test_a_zip_archive_that_is_cut_off_in_what_is_not_compressed(tmp_path: Path) -> None:
    """Half of a document is none."""
    zipped(tmp_path / "x.zip", PAGES, method=zipfile.ZIP_STORED)
    raw = (tmp_path / "x.zip").read_bytes()
    (tmp_path / "x.zip").write_bytes(raw[:5000])
    found = read(tmp_path / "x.zip")
    assert kinds(found) == [("x.zip!a.html", PAGES[0][1]), ("x.zip", "DamagedSource")]
    assert "it ends in sub/b.html" in str(found[1][1])


def test_a_cut_off_zip_archive_passes_over_what_it_cannot_read(tmp_path: Path) -> None:
    """Locked members, other methods and wrong checksums fail alone."""
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("1.txt", b"one" * 50, zipfile.ZIP_LZMA)
        archive.writestr("2.txt", b"two")
        archive.writestr("3.txt", b"three")
        archive.writestr("folder/", b"")
        archive.writestr("4.txt", bytes(25_000_000), zipfile.ZIP_DEFLATED)
        archive.writestr("5.txt.gz", gzip.compress(b"five"))
    raw = bytearray(path.read_bytes())
    raw[raw.index(b"2.txt") - 24] |= 1  # the flags of its header
    raw[raw.index(b"three")] ^= 1
    path.write_bytes(raw[: raw.index(b"PK\x01\x02")])
    found = read(path)
    errors = ["DamagedSource", "UnreadableSource", "DamagedSource", "SourceTooLarge"]
    assert [content for _, content in kinds(found)] == [*errors, b"five", "DamagedSource"]
    assert [place for place, _ in found] == [*(f"x.zip!{number}.txt" for number in range(1, 5)), "x.zip!5.txt.gz", "x.zip"]
    assert [content for _, content in kinds(read(path, include=["5*"]))] == [b"five", "DamagedSource"]


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("content", [b"", b"<html>no archive</html>" * 100, bytes(5000)])
def test_what_is_no_archive_says_so(tmp_path: Path, ending: str, content: bytes) -> None:
    """As a document of its name; but a tar archive that is nothing but its end is an empty one."""
    (tmp_path / f"x{ending}").write_bytes(content)
    found = read(tmp_path / f"x{ending}")
    if ending != ".zip" and content == bytes(5000):
        assert found == []
    else:
        ((place, message),) = found
        assert place == f"x{ending}"
        assert str(message).startswith(f"DamagedSource: x{ending} is a damaged {ending[1:]} archive, or none: ")


def test_a_member_of_a_zip_archive_that_is_damaged(tmp_path: Path) -> None:
    """It fails alone, as one that is locked does."""
    path = packed(tmp_path / "x.zip", PAGES)
    raw = bytearray(path.read_bytes())
    second = raw.index(b"PK\x03\x04", 10)
    raw[second + 60 : second + 90] = bytes(30)
    directory = raw.index(b"PK\x01\x02")
    raw[raw.index(b"PK\x01\x02", raw.index(b"PK\x01\x02", directory + 9) + 9) + 8] |= 1
    path.write_bytes(raw)
    found = read(path)
    assert kinds(found) == [
        ("x.zip!a.html", PAGES[0][1]),
        ("x.zip!sub/b.html", "DamagedSource"),
        ("x.zip!c.txt", "UnreadableSource"),
    ]
    assert "x.zip!sub/b.html is a damaged member of its archive" in str(found[1][1])
    assert "password" in str(found[2][1])


def test_a_zip_archive_with_names_that_are_no_utf_8(tmp_path: Path) -> None:
    """Python reads nothing of it: its members come all the same, and it is told."""
    path = packed(tmp_path / "x.zip", [("é.html", b"one"), ("b.html", b"two")])
    path.write_bytes(path.read_bytes().replace("é".encode(), b"\xff\xfe"))
    assert kinds(read(path)) == [(r"x.zip!\xff\xfe.html", b"one"), ("x.zip!b.html", b"two"), ("x.zip", "DamagedSource")]


@pytest.mark.parametrize("ending", [".tar", ".tar.gz"])
def test_a_tar_archive_with_a_broken_header(tmp_path: Path, ending: str) -> None:
    """Is not taken for one that ends there."""
    raw = bytearray(packed(tmp_path / "whole.tar", PAGES).read_bytes())
    raw[raw.index(b"c.txt")] ^= 1
    (tmp_path / f"x{ending}").write_bytes(raw if ending == ".tar" else gzip.compress(raw))
    found = read(tmp_path / f"x{ending}")
    assert [place for place, _ in found] == [f"x{ending}!a.html", f"x{ending}!sub/b.html", f"x{ending}"]
    assert f"at byte {raw.index(b'ustar', raw.index(b'.txt') - 1) - 257:,}" in str(found[2][1])


def test_a_tar_archive_whose_checksum_is_wrong(tmp_path: Path) -> None:
    """The documents come, and the fault with them."""
    raw = packed(tmp_path / "x.tar.gz", PAGES).read_bytes()
    (tmp_path / "x.tar.gz").write_bytes(raw[:-8] + bytes(4) + raw[-4:])
    found = kinds(read(tmp_path / "x.tar.gz"))
    assert [content for _, content in found] == [*(content for _, content in PAGES), "DamagedSource"]


# --- archives that mean harm ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_member_that_unpacks_to_too_much(tmp_path: Path, ending: str) -> None:
    """It says so, and the others come."""
    path = packed(tmp_path / f"x{ending}", [("a.txt", b"one"), ("bomb.txt", bytes(2_000_000)), ("c.txt", b"three")])
    found = read(path, max_chars=1000)
    assert kinds(found) == [
        (f"x{ending}!a.txt", b"one"),
        (f"x{ending}!bomb.txt", "SourceTooLarge"),
        (f"x{ending}!c.txt", b"three"),
    ]
    assert f"x{ending}!bomb.txt has more than 4,004 bytes, which is over max_chars=1,000" in str(found[1][1])


def test_a_member_that_says_that_it_is_small(tmp_path: Path) -> None:
    """What its header says is not believed."""
    path = packed(tmp_path / "x.zip", [("bomb.txt", bytes(2_000_000)), ("c.txt", b"three")])
    raw = bytearray(path.read_bytes())
    struct.pack_into("<L", raw, raw.index(b"PK\x01\x02") + 24, 10)
    path.write_bytes(raw)
    assert kinds(read(path, max_chars=1000)) == [("x.zip!bomb.txt", "DamagedSource"), ("x.zip!c.txt", b"three")]


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME])
def test_a_header_that_claims_gigabytes(tmp_path: Path, kind: bytes) -> None:
    """Is not read into memory."""
    info = tarfile.TarInfo("header")
    info.type, info.size = kind, 5_000_000_000
    first = packed(tmp_path / "first.tar", [("a.html", b"one")]).read_bytes()[:1024]
    (tmp_path / "x.tar").write_bytes(first + info.tobuf(tarfile.GNU_FORMAT) + bytes(10_240))
    found = read(tmp_path / "x.tar")
    assert found[0] == ("x.tar!a.html", b"one")
    assert "a header says that it has 5,000,000,000 bytes" in str(found[1][1])


def test_headers_without_an_end(tmp_path: Path) -> None:
    """Each is about the next one, deeper than Python calls functions: the archive is a damaged one."""
    info = tarfile.TarInfo("header")
    info.type, info.size = tarfile.XHDTYPE, 0
    (tmp_path / "x.tar.gz").write_bytes(gzip.compress(info.tobuf() * 5000))
    assert kinds(read(tmp_path / "x.tar.gz")) == [("x.tar.gz", "DamagedSource")]


@pytest.mark.parametrize("size", [-512, -1024])
def test_a_header_with_a_negative_size(tmp_path: Path, size: int) -> None:
    """It would lead the reader back to itself, for ever; what stands before it comes through."""
    header = bytearray(tarfile.TarInfo("evil").tobuf(tarfile.USTAR_FORMAT))
    header[124:136] = (256**12 + size).to_bytes(12, "big")
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    path = packed(tmp_path / "a.tar", [("good", b"one")])
    path.write_bytes(path.read_bytes()[: 2 * tarfile.BLOCKSIZE] + header + bytes(10 * tarfile.BLOCKSIZE))
    assert kinds(read(path)) == [("a.tar!good", b"one"), ("a.tar", "DamagedSource")]

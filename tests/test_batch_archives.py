"""Documents in zip and tar archives: what comes of whole ones, of damaged ones, and of those that mean harm."""

from __future__ import annotations

import gzip
import io
import os
import stat
import struct
import tarfile
import threading
import warnings
import zipfile
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loaded import content_of, loaded, skipped

from extract.batch.inputs import Inputs
from extract.batch.items import Content, Item, Skipped

Members = list[tuple[str, bytes]]
Pack = Callable[[Path, Members], None]
PAGES: Members = [("a.html", b"<p>one</p>" * 40), ("sub/b.html", bytes(range(256)) * 300), ("c.txt", b"three")]
ENDINGS = (".zip", ".tar", ".tar.gz", ".tgz")


def zipped(path: Path, members: Members, *, method: int = zipfile.ZIP_DEFLATED) -> None:
    """A zip archive, which may hold a name twice."""
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(path, "w", method) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content, method)


def tarred(path: Path, members: Members) -> None:
    """A tar archive, compressed if its name says so."""
    with tarfile.open(path, "w" if path.suffix == ".tar" else "w:gz") as archive:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))


def packed(path: Path, members: Members) -> Path:
    """The archive that the name says."""
    (zipped if path.suffix == ".zip" else tarred)(path, members)
    return path


def read(path: Path, **how: object) -> list[tuple[str, Content]]:
    """What comes of an archive; places without the folder that it is in."""
    found = loaded(Inputs(**how).items([str(path)]))  # type: ignore[arg-type]
    folder = f"{path.parent}{os.sep}"
    return [
        (place.removeprefix(folder), content.replace(folder, "") if isinstance(content, str) else content)
        for place, content in found
    ]


def kinds(found: list[tuple[str, Content]]) -> list[tuple[str, Content]]:
    """The same, with the name of an error instead of its message."""
    return [(place, content.partition(":")[0] if isinstance(content, str) else content) for place, content in found]


# --- whole archives ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_members_of_an_archive(tmp_path: Path, ending: str) -> None:
    """In its order, with their content; nothing is written to the disk."""
    path = packed(tmp_path / f"old{ending}", PAGES)
    assert read(path) == [(f"old{ending}!{name}", content) for name, content in PAGES]
    assert list(tmp_path.iterdir()) == [path]


NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="/\u2028\u2029"), min_size=1, max_size=9)


@given(members=st.lists(st.tuples(NAMES, st.binary(max_size=2000)), max_size=8), ending=st.sampled_from(ENDINGS))
def test_what_was_packed_comes_back(tmp_path_factory: pytest.TempPathFactory, members: Members, ending: str) -> None:
    """Each content in order, whatever the names; and the places of different ones differ."""
    members = [(f"n{name}.txt", content) for name, content in members]
    path = packed(tmp_path_factory.mktemp("packed") / f"x{ending}", members)
    found = read(path)
    assert [content for _, content in found] == [content for _, content in members]
    assert len({place for place, _ in found}) == len(members)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_of_zip(tmp_path: Path, method: int) -> None:
    """All that Python knows."""
    zipped(tmp_path / "x.zip", PAGES, method=method)
    assert [content for _, content in read(tmp_path / "x.zip")] == [content for _, content in PAGES]


def test_a_tar_archive_by_another_name(tmp_path: Path) -> None:
    """What a browser has unpacked, or what was packed and not said, is known by its first bytes."""
    (tmp_path / "x.tar.gz").write_bytes(packed(tmp_path / "1.tar", PAGES).read_bytes())
    (tmp_path / "x.tar").write_bytes(packed(tmp_path / "2.tgz", PAGES).read_bytes())
    for name in ("x.tar.gz", "x.tar"):
        assert [content for _, content in read(tmp_path / name)] == [content for _, content in PAGES]


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ({}, ["a.html", "../up.html", "etc/abs.html", "dot.html", "sub/b.html"]),
        ({"include": ["sub/*"]}, ["sub/b.html"]),
        ({"exclude": ["sub", "etc/*"]}, ["a.html", "../up.html", "dot.html"]),
    ],
)
def test_names_are_only_names(tmp_path: Path, ending: str, how: Mapping[str, object], expected: list[str]) -> None:
    """Those that lead out of the archive too; hidden files and folders are left out, and patterns choose."""
    names = [
        "a.html",
        "../up.html",
        "/etc/abs.html",
        "./dot.html",
        ".hidden/x.html",
        "sub/b.html",
        "sub/.b",
        "__MACOSX/sub/b.html",
    ]
    path = packed(tmp_path / f"x{ending}", [(name, name.encode()) for name in names])
    assert [place.partition("!")[2] for place, _ in read(path, **how)] == expected


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_name_that_is_there_twice(tmp_path: Path, ending: str) -> None:
    """Each has a place of its own, the same each time."""
    names = ["a", "a", "b", "a#2", "./a"]
    path = packed(tmp_path / f"x{ending}", [(name, str(at).encode()) for at, name in enumerate(names)])
    expected = [("a", b"0"), ("a#2", b"1"), ("b", b"2"), ("a#2#2", b"3"), ("a#3", b"4")]
    assert read(path) == read(path) == [(f"x{ending}!{name}", content) for name, content in expected]


def test_names_that_cannot_be_printed(tmp_path: Path) -> None:
    """Are written with escapes."""
    tarred(tmp_path / "x.tar", [("a\udcff.html", b"1"), ("b\x1b[2J\n.html", b"2")])
    assert read(tmp_path / "x.tar") == [(r"x.tar!a\xff.html", b"1"), (r"x.tar!b\x1b[2J\x0a.html", b"2")]


@pytest.mark.parametrize("ending", ENDINGS)
def test_compressed_members(tmp_path: Path, ending: str) -> None:
    """Are unpacked too; one that is damaged does no harm to the others."""
    whole = gzip.compress(b"<p>two</p>")
    members = [
        ("1.html.gz", whole),
        ("2.gz", whole[:-9]),
        ("3.gz", b"none"),
        ("4.gz", gzip.compress(bytes(30_000_000))),
        ("5", b"x"),
    ]
    found = read(packed(tmp_path / f"x{ending}", members))
    kind = ["DamagedSource", "DamagedSource", "SourceTooLarge"]
    assert [content for _, content in kinds(found)] == [b"<p>two</p>", *kind, b"x"]
    assert f"x{ending}!2.gz is a damaged gzip file" in str(found[1][1])


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_is_no_document_is_told(tmp_path: Path, ending: str) -> None:
    """Tables and archives inside of an archive, and links."""
    path = packed(tmp_path / f"x{ending}", [("t.jsonl", b"{}"), ("z.tar.gz", b""), ("t.csv.gz", b""), ("a.html", b"x")])
    if path.suffix == ".zip":
        info = zipfile.ZipInfo("link.html")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr(info, "a.html")
    else:
        with tarfile.open(path, "w" if path.suffix == ".tar" else "w:gz") as tar:
            for name in ("t.jsonl", "z.tar.gz", "t.csv.gz", "a.html"):
                tar.addfile(tarfile.TarInfo(name))
            for name, kind in (("link.html", tarfile.SYMTYPE), ("hard.html", tarfile.LNKTYPE), ("pipe", tarfile.FIFOTYPE)):
                link = tarfile.TarInfo(name)
                link.type, link.linkname = kind, "a.html"
                tar.addfile(link)
            folder = tarfile.TarInfo("folder")
            folder.type = tarfile.DIRTYPE
            tar.addfile(folder)
    found = list(Inputs().items([str(path)]))
    assert [item.place for item in found if isinstance(item, Item)] == [f"{path}!a.html"]
    links = ["link.html"] if path.suffix == ".zip" else ["link.html", "hard.html", "pipe"]
    nested = "is a table or an archive inside of an archive: unpack it, and name it as an input of its own"
    assert skipped(found) == [
        *(Skipped(f"{path}!{name}", nested) for name in ("t.jsonl", "z.tar.gz", "t.csv.gz")),
        *(Skipped(f"{path}!{name}", "is a link or a device inside of an archive") for name in links),
    ]


def test_members_are_loaded_in_any_thread(tmp_path: Path) -> None:
    """Many at once, after the archive was gone through, and also when its file is no longer there."""
    members = [(f"{number}.txt", str(number).encode() * 3000) for number in range(200)]
    for path in (packed(tmp_path / "x.zip", members), packed(tmp_path / "x.tar.gz", members)):
        items = list(Inputs().items([str(path)]))
        path.unlink()
        start = threading.Barrier(8)

        def load(item: Item | Skipped, start: threading.Barrier = start) -> Content:
            if item.place.endswith(tuple(f"!{number}.txt" for number in range(8))):
                start.wait()
            assert isinstance(item, Item)
            return content_of(item)

        with ThreadPoolExecutor(8) as threads:
            assert list(threads.map(load, items)) == [content for _, content in members]


def test_a_zip_archive_is_read_by_one_thread_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python counts who reads from one without a lock of its own, and would close it under the others."""

    class Watched:
        held = False

        def __enter__(self) -> None:
            Watched.held = True

        def __exit__(self, *_: object) -> None:
            Watched.held = False

    opened = zipfile.ZipFile.open

    def open_watched(archive: zipfile.ZipFile, name: zipfile.ZipInfo) -> IO[bytes]:
        assert Watched.held
        return opened(archive, name)

    path = packed(tmp_path / "x.zip", PAGES)
    monkeypatch.setattr("extract.batch.archives.threading.Lock", Watched)
    monkeypatch.setattr(zipfile.ZipFile, "open", open_watched)
    assert len(read(path)) == 3


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

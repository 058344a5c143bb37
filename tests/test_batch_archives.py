"""Documents in zip and tar archives: which members are documents, what they are called, and who reads them."""

from __future__ import annotations

import gzip
import stat
import tarfile
import threading
import zipfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import IO

import pytest
from archives import ENDINGS, PAGES, Members, kinds, packed, read, tarred, zipped
from hypothesis import given
from hypothesis import strategies as st
from loaded import content_of, skipped

from extract.batch.inputs import Inputs
from extract.batch.items import Content, Item, Skipped


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
                start.wait(30)
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
    monkeypatch.setattr("extract.batch.archives.threading", SimpleNamespace(Lock=Watched))
    monkeypatch.setattr(zipfile.ZipFile, "open", open_watched)
    assert len(read(path)) == 3

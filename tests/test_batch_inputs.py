"""What the inputs of a batch lead to: files, folders, globs and lists; how many documents, and a sample of them."""

from __future__ import annotations

import gzip
import inspect
import io
import json
import os
import stat
import sys
import tarfile
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from glob import iglob
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loaded import content_of, loaded, skipped

from extract.batch.inputs import Inputs, listed
from extract.batch.items import Item, NoContent, Skipped, item_of
from extract.batch.naming import Names
from extract.batch.sampling import sampled
from extract.errors import DamagedSource, RunStopped, UnreadableSource, UsageError

posix = pytest.mark.skipif(sys.platform == "win32", reason="links, and names that are no UTF-8, are POSIX")
TREE = (
    "a.html",
    "b/c.html",
    "b/c/d.html",
    "b/e.txt",
    "b/old/f.html",
    "g.html",
    ".h.html",
    "i/.j/k.html",
    "i/l[1].html",
    "i/m.txt",
)


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with files that hold their own names, and the working directory."""
    for name in TREE:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def places(inputs: Inputs, *named: str) -> list[str]:
    """Where the documents stand."""
    return [item.place for item in inputs.items(named) if isinstance(item, Item)]


# --- folders -------------------------------------------------------------------------------------------------------------


def test_a_folder_is_gone_through_in_the_order_of_names(tree: Path) -> None:
    """Hidden files and folders are left out; a document is called by its path, and holds the bytes of its file."""
    found = list(Inputs().items(["."]))
    visible = ["a.html", "b/c/d.html", "b/c.html", "b/e.txt", "b/old/f.html", "g.html", "i/l[1].html", "i/m.txt"]
    assert loaded(found) == [(name, name.encode()) for name in visible]
    assert [item.id for item in found if isinstance(item, Item)] == visible
    assert places(Inputs(), str(tree)) == [str(tree / name) for name in visible]


@pytest.mark.parametrize(
    ("include", "exclude", "expected"),
    [
        (["*.txt"], [], ["b/e.txt", "i/m.txt"]),
        (["b/*.txt", "g*"], [], ["b/e.txt", "g.html"]),
        ([], ["*.html"], ["b/e.txt", "i/m.txt"]),
        ([], ["b"], ["a.html", "g.html", "i/l[1].html", "i/m.txt"]),
        ([], ["b/*", "i/*"], ["a.html", "g.html"]),
        (["*.html"], ["old", "c", "i"], ["a.html", "b/c.html", "g.html"]),
        (["B/*"], [], []),
    ],
)
def test_patterns_choose_files(tree: Path, include: list[str], exclude: list[str], expected: list[str]) -> None:
    """Those with "/" are of the path, others of the name; what is left out may be a folder."""
    assert places(Inputs(include=include, exclude=exclude), ".") == expected


def test_what_is_named_is_taken_whatever_the_patterns(tree: Path) -> None:
    """They are about what is found below; a glob finds too."""
    inputs = Inputs(include=["*.txt"], exclude=["b"])
    assert places(inputs, "a.html", "b/c.html", "b") == ["a.html", "b/c.html", "b/e.txt"]
    assert places(inputs, "*/*") == ["i/m.txt"]


@posix
def test_links(tree: Path) -> None:
    """To files they are followed, to folders they are not; one that leads nowhere is a document that cannot be read."""
    for name, target in {"x1": "a.html", "x2": "b", "x3": "nowhere", "x4": "x4", "i/up": ".."}.items():
        (tree / name).symlink_to(target)
    found = list(Inputs(include=["x*"]).items(["."]))
    assert [place for place, _ in loaded(found)] == ["x1", "x3", "x4"]
    assert [place for place, content in loaded(found) if content == b"a.html"] == ["x1"]
    assert [content for place, content in loaded(found) if place == "x3"] == [said_of_missing("x3")]
    assert [(each.place, each.reason) for each in skipped(found)] == [
        ("i/up", "is a link to a folder: name it as an input of its own"),
        ("x2", "is a link to a folder: name it as an input of its own"),
    ]
    assert places(Inputs(), "x2/c") == ["x2/c/d.html"]


@posix
def test_a_pipe_in_a_folder_is_not_waited_for(tree: Path) -> None:
    """It is no file, and is told."""
    os.mkfifo(tree / "pipe")
    assert [each.place for each in skipped(Inputs(include=["pipe"]).items(["."]))] == ["pipe"]


def test_a_deep_tree(tree: Path) -> None:
    """Deeper than Python may call functions: no folder is one call deeper than the one that it is in."""
    deepest = Path(*"d" * 300) / "z.html"
    deepest.parent.mkdir(parents=True)
    deepest.write_text("deep")
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack(0)) + 150)
    try:
        found = [loaded(Inputs(include=["z.html"]).items([place])) for place in (".", "d", "**/z.html", "d/**")]
    finally:
        sys.setrecursionlimit(limit)
    assert found == [[(str(deepest), b"deep")]] * 4


@posix
def test_a_path_that_is_too_long(tree: Path) -> None:
    """For the system to open it: what stands above comes, and the folder is told."""
    here = os.open(tree, os.O_RDONLY)
    for depth in range(20):  # of 250 characters each, where 4,096 are a path
        os.mkdir("d" * 250, dir_fd=here)
        if depth == 10:
            os.close(os.open("z.html", os.O_CREAT | os.O_WRONLY, dir_fd=here))
        inner = os.open("d" * 250, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(here)
    for place in (".", "**/z.html"):
        cut, whole = loaded(Inputs(include=["z.html"]).items([place]))
        assert whole == (f"{'d' * 250}/" * 10 + "z.html", b"")
        assert str(cut[1]).startswith("UnreadableSource")


def said_of_missing(place: str) -> str:
    """What is said of a file that is gone."""
    way_out = "check the path (text itself is handed over as a str, or on standard input)"
    return f"UnreadableSource: {place} does not exist: {way_out}"


def test_a_folder_that_cannot_be_read_is_told(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a document of that name; the others come."""
    scan = os.scandir

    def refuse(folder: str | Path) -> object:
        if Path(folder).name == "b":
            raise PermissionError(13, "Permission denied", str(folder))
        return scan(folder)

    monkeypatch.setattr("extract.batch.folders.os.scandir", refuse)
    message = "UnreadableSource: b may not be read by this user: change its permissions, or pass its content"
    for place in (".", "**/*.html"):
        found = loaded(Inputs(include=["*.html"]).items([place]))
        assert found == [("a.html", b"a.html"), ("b", message), ("g.html", b"g.html"), ("i/l[1].html", b"i/l[1].html")]


@posix
def test_names_that_are_no_utf_8(tree: Path) -> None:
    """The file is opened; its place can be printed and encoded, and no two are the same."""
    names = [b"n\xff.html", b"n\xfe.html", b"n\x1b[2J\n.html", b"n\xff/x.html"]
    for name in names:
        (tree / os.fsdecode(name)).parent.mkdir(exist_ok=True)
        (tree / os.fsdecode(name)).write_bytes(name)
    expected = {r"n\xff.html", r"n\xfe.html", r"n\x1b[2J\x0a.html", r"n\xff/x.html"}
    for places in (["."], ["n*"], map(os.fsdecode, names)):
        found = loaded(Inputs(include=["n*", "x*"]).items(places))
        assert {place for place, _ in found} == expected
        assert sorted(content for _, content in found if isinstance(content, bytes)) == sorted(names)
    with pytest.raises(UsageError, match=r"^n\\xfd does not exist"):
        list(Inputs().items([os.fsdecode(b"n\xfd")]))


# --- globs ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*.html", ["a.html", "g.html"]),
        ("**/*.html", ["a.html", "b/c/d.html", "b/c.html", "b/old/f.html", "g.html", "i/l[1].html"]),
        ("b/**", ["b/c/d.html", "b/c.html", "b/e.txt", "b/old/f.html"]),
        ("b/**/*", ["b/c/d.html", "b/c.html", "b/e.txt", "b/old/f.html"]),
        ("**/c/**/d*", ["b/c/d.html"]),
        ("*/*.txt", ["b/e.txt", "i/m.txt"]),
        ("[!b]*", ["a.html", "g.html", "i/l[1].html", "i/m.txt"]),
        ("b*/c", ["b/c/d.html"]),
        ("b/*/", ["b/c/d.html", "b/old/f.html"]),
        ("**/old", ["b/old/f.html"]),
        (".h*", [".h.html"]),
        ("i/.*/k.html", ["i/.j/k.html"]),
        ("i/l[1].html", ["i/l[1].html"]),
        ("./b/?.html", ["b/c.html"]),
    ],
)
def test_globs(tree: Path, pattern: str, expected: list[str]) -> None:
    """As in shells, in order and each once; a folder that matches is gone through. A file of that very name comes first."""
    assert places(Inputs(), pattern) == expected
    assert places(Inputs(), f"{tree}/{pattern}") == [str(tree / name) for name in expected]


@given(parts=st.lists(st.sampled_from(["*", "**", "b", "c", "?", "*.html", "o*", "[a-c]", "c.html"]), min_size=1, max_size=5))
def test_globs_find_what_pythons_own_finds(tmp_path_factory: pytest.TempPathFactory, parts: list[str]) -> None:
    """The same files, with those below folders that match, and each once."""
    root = tmp_path_factory.getbasetemp() / "globbed"
    for name in TREE:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    pattern = str(root.joinpath(*parts))
    expected: set[str] = set()
    for match in iglob(pattern, recursive=True):  # noqa: PTH207  # whose "**" at the end is that of shells
        path = Path(match)
        if path.is_dir():
            expected |= {str(file) for file in path.rglob("*") if is_visible(file, path)}
        elif not match.endswith("/"):  # "a.html/**" matches a file there
            expected.add(match)
    try:
        found = places(Inputs(), pattern)
    except UsageError:
        found = []
    assert sorted(found) == sorted(expected)


def is_visible(file: Path, folder: Path) -> bool:
    return file.is_file() and not any(part.startswith(".") for part in file.relative_to(folder).parts)


@posix
def test_a_glob_does_not_go_round_in_circles(tree: Path) -> None:
    """Links to folders are followed where a part of a pattern names them, and not by "**"."""
    (tree / "b" / "up").symlink_to("..")
    assert places(Inputs(), "**/a.html") == ["a.html"]
    assert places(Inputs(), "b/u*/a.html") == ["b/up/a.html"]


# --- what is wrong -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("nowhere.html", "nowhere.html does not exist: name a file, a folder, a pattern, or - for a list of them"),
        ("nowhere/*", "nothing matches nowhere/*: check the pattern, --include and --exclude"),
        ("*.pdf", "nothing matches *.pdf"),
        ("", "an empty name does not exist"),
        ("a.html/b", "a.html/b cannot be read"),
        ("x" * 5000, "cannot be read"),
        ("t.csv", "t.csv has no column 'text'; it has a, b: choose with --text-column and --id-column"),
        ("t.csv.gz", "t.csv.gz has no column 'text'; it has a, b"),
    ],
)
def test_what_was_typed_wrongly_is_said_before_the_first_document(tree: Path, wrong: str, message: str) -> None:
    """The whole run is wrong, and not a document of it."""
    (tree / "t.csv").write_text("a,b\n1,2\n")
    (tree / "t.csv.gz").write_bytes(gzip.compress(b"a,b\n1,2\n"))
    with pytest.raises(UsageError) as caught:
        next(Inputs().items(["a.html", wrong]))
    assert message in str(caught.value)
    with pytest.raises(UsageError):
        Inputs().count(["a.html", wrong])


def test_a_file_that_is_gone_when_it_is_loaded(tree: Path) -> None:
    """Is a document that cannot be read."""
    for place in ("a.html", "a*", "."):
        item = next(item for item in Inputs().items([place]) if isinstance(item, Item))
        (tree / "a.html").unlink()
        assert content_of(item) == said_of_missing("a.html")
        (tree / "a.html").write_text("a.html")


def test_a_file_that_is_too_large_is_not_read(tree: Path) -> None:
    """It says how large it is, and what is allowed."""
    (tree / "large.txt").write_text("x" * 5000)
    (item,) = Inputs(max_chars=1000).items(["large.txt"])
    assert isinstance(item, Item)
    assert content_of(item).startswith("SourceTooLarge: large.txt has 5,000 bytes, which is over max_chars=1,000")  # type: ignore[arg-type]


# --- lists ---------------------------------------------------------------------------------------------------------------


def test_a_list_of_paths(tree: Path) -> None:
    """Files, folders and tables; what is not there fails as a document, and stars are no patterns."""
    (tree / "t.jsonl").write_text('{"text": "one"}\n')
    (tree / "t.csv").write_text("a,b\n1,2\n")
    lines = b"g.html\nnowhere\ni\n\n*.html\nnowhere.zip\nnowhere.csv\nt.csv\nt.jsonl\nb/c\n"
    assert loaded(Inputs().items(["a.html"], listed=listed(io.BytesIO(lines)))) == [
        ("a.html", b"a.html"),
        ("g.html", b"g.html"),
        ("nowhere", said_of_missing("nowhere")),
        ("i/l[1].html", b"i/l[1].html"),
        ("i/m.txt", b"i/m.txt"),
        ("*.html", said_of_missing("*.html")),
        ("nowhere.zip", said_of_missing("nowhere.zip")),
        ("nowhere.csv", said_of_missing("nowhere.csv")),
        ("t.csv", "DamagedSource: t.csv has no column 'text'; it has a, b: choose with --text-column and --id-column"),
        ("t.jsonl:1", "one"),
        ("b/c/d.html", b"b/c/d.html"),
    ]


def test_a_list_separated_by_nul(tree: Path) -> None:
    """As ``find -print0`` writes it; names may begin with spaces, and have line breaks in them."""
    assert list(listed(io.BytesIO(b" a.html\0b c\0"))) == [" a.html", "b c"]
    assert list(listed(io.BytesIO(b"a\0b\nc\n\0\0d\n"))) == ["a", "b\nc\n", "d"]
    assert list(listed([os.fsencode("é\udcff") + b"\r\n"])) == ["é\udcff"]
    assert list(Inputs().items([], listed=["", ""])) == []


@pytest.mark.parametrize(
    ("named", "more", "expected"),
    [
        (["b/c.html", "b/c.html"], [], ["b/c.html"]),
        (["b", "b/c.html", "./b//e.txt"], [], ["b/c/d.html", "b/c.html", "b/e.txt", "b/old/f.html"]),
        (["b/c.html", "b/*", "**/c.html"], [], ["b/c.html", "b/c/d.html", "b/e.txt", "b/old/f.html"]),
        ([], ["a.html", "i", "a.html", "i/m.txt"], ["a.html", "i/l[1].html", "i/m.txt"]),
        (["i", "t.jsonl"], ["i/m.txt", "t.jsonl"], ["i/l[1].html", "i/m.txt", "t.jsonl:1"]),
        (["i", "i-j"], [], ["i/l[1].html", "i/m.txt", "i-j"]),
    ],
)
def test_what_is_named_twice_comes_once(tree: Path, named: list[str], more: list[str], expected: list[str]) -> None:
    """A place is unique in a batch, and is counted once."""
    (tree / "t.jsonl").write_text('{"text": "one"}\n')
    (tree / "i-j").write_text("")
    assert [item.place for item in Inputs().items(named, listed=more or ()) if isinstance(item, Item)] == expected
    assert Inputs().count(named, listed=more or ()) == len(expected)


def test_names_are_kept_on_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no room, the run is stopped with what to do."""
    with Names() as names:
        names.add("a")
        names._index.execute("PRAGMA query_only=ON")  # noqa: SLF001  # as a full disk: nothing can be written
        with pytest.raises(RunStopped, match="TMPDIR"):
            names.add("b")


# --- files with something inside -----------------------------------------------------------------------------------------


def test_a_compressed_document(tree: Path) -> None:
    """It is unpacked; one that is damaged, cut off or grows too large says so, and the others come."""
    whole = gzip.compress(b"<p>text</p>")
    for name, raw in {
        "1.html.gz": whole,
        "2.html.GZ": whole + gzip.compress(b" more"),
        "3.gz": whole[:-9],
        "4.gz": b"text",
        "5.gz": gzip.compress(b"x" * 50_000_000),
        "6.gz": whole[:-8] + bytes(8),
    }.items():
        (tree / name).write_bytes(raw)
    found = loaded(Inputs(include=["*.[gG][zZ]"]).items([".", "nowhere*"][:1], listed=["nowhere.gz"]))
    assert [(place, content if isinstance(content, bytes) else content.partition(":")[0]) for place, content in found] == [
        ("1.html.gz", b"<p>text</p>"),
        ("2.html.GZ", b"<p>text</p> more"),
        ("3.gz", "DamagedSource"),
        ("4.gz", "DamagedSource"),
        ("5.gz", "SourceTooLarge"),
        ("6.gz", "DamagedSource"),
        ("nowhere.gz", "UnreadableSource"),
    ]
    assert dict(found)["4.gz"] == (
        "DamagedSource: 4.gz is a damaged gzip file, or none: Not a gzipped file (b'te'); save or fetch it again"
    )
    assert "5.gz has more than 20,000,004 bytes, which is over max_chars=5,000,000" in str(dict(found)["5.gz"])


def test_tables_and_archives_in_a_folder_are_told(tree: Path) -> None:
    """They are inputs where they are named, also by a glob."""
    (tree / "t.jsonl").write_text('{"text": "one"}\n')
    (tree / "b" / "t.csv").write_text("text\none\n")
    with zipfile.ZipFile(tree / "z.zip", "w") as archive:
        archive.writestr("a.txt", "one")
    reason = "is a table or an archive inside of a folder: name it as an input of its own"
    assert skipped(Inputs().items(["."])) == [Skipped(name, reason) for name in ("b/t.csv", "t.jsonl", "z.zip")]
    assert skipped(Inputs().items(["b*"])) == [Skipped("b/t.csv", reason)]
    assert skipped(Inputs(include=["*.txt"]).items(["."])) == []
    for globs in (["**/*.csv", "*.jsonl", "*.zip"], ["b/**", "[tz]*"], ["**/*"], ["**"]):
        found = places(Inputs(include=["*.txt"]), *globs)
        assert [place for place in found if "t." in place or "!" in place] == ["b/t.csv:2", "t.jsonl:1", "z.zip!a.txt"]


# --- counting and sampling -----------------------------------------------------------------------------------------------


def test_counts(tree: Path) -> None:
    """As many as there are, where that is known; a table or an archive that has to be read through for that is not."""
    (tree / "t.jsonl").write_text('\ufeff{"text": "one"}\n\n[]\n  \n{"text": "two"}')
    (tree / "t.csv").write_text("text\none\n")
    (tree / "t.jsonl.gz").write_bytes(gzip.compress(b'{"text": "one"}\n'))
    with zipfile.ZipFile(tree / "z.zip", "w") as archive:
        for name in ("a.html", "b/", "b/c.html", "b/.d.html", "e.csv", "f.txt"):
            archive.writestr(name, "x")
        link = zipfile.ZipInfo("l.html")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "a.html")
    with tarfile.open(tree / "t.tar", "w") as tar:
        tar.add("a.html")
    (tree / "broken.zip").write_bytes(b"PK")
    (tree / "broken.parquet").write_bytes(b"PAR1")
    for inputs in (Inputs(), Inputs(include=["*.html"]), Inputs(exclude=["b"])):
        for named in (["."], ["a.html", "b/*"], ["t.jsonl"], ["z.zip", "i"], ["i/*.[ht]*", "t.jsonl"], ["broken.parquet"]):
            assert inputs.count(named) == len(places(inputs, *named)), (inputs, named)
        for unknown in ("t.csv", "t.jsonl.gz", "t.tar", "broken.zip"):
            assert inputs.count(["a.html", unknown]) is None


def test_counting_opens_no_document(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder is counted by its names."""
    monkeypatch.setattr(Path, "open", lambda *_: pytest.fail("opened"))
    assert Inputs().count(["."]) == 8


def refusing(place: str) -> Item:
    """A document that must not be loaded."""
    return Item(place, place, lambda: pytest.fail("loaded"))


NAMES = st.lists(st.text(max_size=5), unique=True, max_size=30)


@given(names=NAMES, size=st.integers(0, 35), seed=st.integers(), data=st.data())
def test_a_sample(names: list[str], size: int, seed: int, data: st.DataObject) -> None:
    """Of that size, in the order of the documents, and the same documents in whatever order they come; none is loaded."""
    chosen = [item.place for item in sampled(lambda: map(refusing, names), size=size, seed=seed)]
    assert len(chosen) == min(size, len(names))
    assert chosen == [name for name in names if name in set(chosen)]
    shuffled = data.draw(st.permutations(names))
    assert {item.place for item in sampled(lambda: map(refusing, shuffled), size=size, seed=seed)} == set(chosen)
    larger = {item.place for item in sampled(lambda: map(refusing, names), size=size + 1, seed=seed)}
    assert set(chosen) <= larger


def test_samples_are_uniform_and_differ() -> None:
    """Each document has the same chance: over many seeds, each is drawn about as often."""
    drawn = [item.place for seed in range(1000) for item in sampled(lambda: map(refusing, "abcdefgh"), size=2, seed=seed)]
    assert len(drawn) == 2000
    assert all(190 < drawn.count(name) < 310 for name in "abcdefgh")  # four standard deviations around 250


def test_a_sample_says_what_was_skipped() -> None:
    """What is no document is no part of it, and is told all the same."""
    found: list[Item | Skipped] = [Skipped("t.csv", "…"), refusing("a"), refusing("b")]
    assert [item.place for item in sampled(lambda: found, size=0, seed="s")] == ["t.csv"]
    assert len(list(sampled(lambda: found, size=2, seed="s"))) == 3
    with pytest.raises(UsageError, match="-1"):
        sampled(lambda: found, size=-1, seed=0)


def test_a_sample_of_real_inputs(tree: Path) -> None:
    """Places are the same in each pass, damaged inputs among them."""
    (tree / "t.jsonl").write_text("".join(f'{{"text": "{number}"}}\n' for number in range(50)) + "{")
    inputs = Inputs()
    chosen = list(sampled(lambda: inputs.items(["t.jsonl", "b"]), size=20, seed=1))
    assert len(chosen) == 20
    assert [item.place for item in chosen] == [
        place for place in places(inputs, "t.jsonl", "b") if place in {i.place for i in chosen}
    ]


# --- memory --------------------------------------------------------------------------------------------------------------

DOCUMENT = "x" * 20_000
MANY = 500


def jsonl(path: Path) -> None:
    path.write_text(f"{json.dumps({'text': DOCUMENT})}\n" * MANY)


def jsonl_gz(path: Path) -> None:
    path.write_bytes(gzip.compress(f"{json.dumps({'text': DOCUMENT})}\n".encode() * MANY))


def csv_lines(path: Path) -> None:
    path.write_text("text\n" + f'"{DOCUMENT}\n"\n' * MANY)


def archived(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(MANY):
            archive.writestr(f"{number}.txt", DOCUMENT)


def cut_archive(path: Path) -> None:
    archived(path)
    path.write_bytes(path.read_bytes()[:-100])


def tarred(path: Path) -> None:
    with tarfile.open(path, "w:gz") as archive:
        for number in range(MANY):
            info = tarfile.TarInfo(f"{number}.txt")
            info.size = len(DOCUMENT)
            archive.addfile(info, io.BytesIO(DOCUMENT.encode()))


def crumbled(path: Path) -> None:
    content = DOCUMENT.encode()
    with tarfile.open(path, "w") as archive:
        for number in range(10 * MANY):
            info = tarfile.TarInfo(f"{number}.txt")
            info.size = len(content) // 10
            archive.addfile(info, io.BytesIO(content))


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("t.jsonl", jsonl),
        ("t.jsonl.gz", jsonl_gz),
        ("t.csv", csv_lines),
        ("z.zip", archived),
        ("cut.zip", cut_archive),
        ("t.tar.gz", tarred),
        ("t.tar", crumbled),
    ],
)
def test_memory_does_not_grow_with_the_documents(tmp_path: Path, name: str, write: Callable[[Path], None]) -> None:
    """Of ten megabytes of documents, one is in memory at a time."""
    write(tmp_path / name)
    tracemalloc.start()
    try:
        read = sum(len(content) for content in contents(tmp_path / name))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert read >= MANY * len(DOCUMENT)
    assert peak < 1_500_000


def contents(path: Path) -> Iterator[str | bytes]:
    for item in Inputs().items([str(path)]):
        assert isinstance(item, Item)
        yield content_of(item)


def test_a_fault_is_raised_anew_each_time() -> None:
    """The same words, and no exception that two threads share."""
    item = item_of(NoContent(DamagedSource, "broken"), place="a", called="b")
    raised = []
    for _ in range(2):
        with pytest.raises(DamagedSource, match=r"^broken$") as caught:
            item.load()
        raised.append(caught.value)
    assert raised[0] is not raised[1]
    assert (item.id, item.place) == ("b", "a")
    assert NoContent.of(UnreadableSource("gone")) == NoContent(UnreadableSource, "gone")

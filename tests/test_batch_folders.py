"""What folders and patterns lead to: order, links, names of all kinds, and what cannot be read."""

from __future__ import annotations

import inspect
import os
import sys
from glob import iglob
from pathlib import Path

import input_trees
import pytest
from hypothesis import given
from hypothesis import strategies as st
from input_trees import TREE, said_of_missing
from loaded import loaded, skipped

from extract.batch.inputs import Inputs
from extract.batch.items import Item
from extract.errors import UsageError

tree = input_trees.tree
places = input_trees.places  # not imported by its name, which a loop below has too

posix = pytest.mark.skipif(sys.platform == "win32", reason="links, and names that are no UTF-8, are POSIX")


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

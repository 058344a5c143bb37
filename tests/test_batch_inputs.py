"""What the inputs of a batch lead to: what is typed wrongly, lists of paths, what is named twice, and compressed files."""

from __future__ import annotations

import gzip
import io
import os
import zipfile
from pathlib import Path

import input_trees
import pytest
from input_trees import places, said_of_missing
from loaded import content_of, loaded, skipped

from extract.batch.inputs import Inputs, listed
from extract.batch.items import Item, Skipped
from extract.batch.naming import Names
from extract.errors import RunStopped, UsageError

tree = input_trees.tree


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

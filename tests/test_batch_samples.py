"""How many documents the inputs of a batch lead to, a sample of them, and memory that does not grow with them."""

from __future__ import annotations

import gzip
import io
import json
import stat
import tarfile
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import input_trees
import pytest
from hypothesis import given
from hypothesis import strategies as st
from input_trees import places
from loaded import content_of

from extract.batch.inputs import Inputs
from extract.batch.items import Item, NoContent, Skipped, item_of
from extract.batch.sampling import sampled
from extract.errors import DamagedSource, UnreadableSource, UsageError

tree = input_trees.tree


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

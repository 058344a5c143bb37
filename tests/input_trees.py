"""A folder with files for the tests of what inputs lead to, and what is found in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from extract.batch.inputs import Inputs
from extract.batch.items import Item

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


def said_of_missing(place: str) -> str:
    """What is said of a file that is gone."""
    way_out = "check the path (text itself is handed over as a str, or on standard input)"
    return f"UnreadableSource: {place} does not exist: {way_out}"

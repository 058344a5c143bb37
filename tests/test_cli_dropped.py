"""`extract clean --all`: what is no part of the posting is shown with its reason, on demand only."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from extract.cleaning import clean
from extract.cli import app
from extract.report import in_source_order
from extract.source import Format, Source

ROOT = Path(__file__).resolve().parent.parent
PAGE = """<html><head><title>Welder</title></head><body>
<nav><a href="/">Home</a></nav>
<div class="cookie-bar"><p>We use cookies.</p></div>
<h1>Welder</h1>
<span hidden>tracking</span>
<p>You weld the frames of our turbines, and you test each joint before it goes to sea. You teach others.</p>
<a href="/apply">Apply now</a>
<h3>Related jobs</h3><ul><li><a href="/d">Diver &amp; Rigger</a></li></ul>
<footer><a href="/i">Imprint</a></footer>
</body></html>
"""
KEPT = [
    "Welder",
    "You weld the frames of our turbines, and you test each joint before it goes to sea.",
    "You teach others.",
]
DROPPED = [
    ("navigation", "Home"),
    ("cookies", "We use cookies."),
    ("hidden", "tracking"),
    ("control", "Apply now"),
    ("related", "Related jobs"),
    ("related", "Diver & Rigger"),
    ("footer", "Imprint"),
]
ORDER = ["Home", "We use cookies.", "Welder", "tracking", *KEPT[1:], "Apply now", "Related jobs", "Diver & Rigger", "Imprint"]


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A page with something of each kind, in a folder of its own."""
    path = tmp_path / "page.html"
    path.write_text(PAGE, encoding="utf-8")
    return path


def cleaned(*arguments: str | Path) -> str:
    result = CliRunner().invoke(app, ["clean", *map(str, arguments)])
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


def segments(*arguments: str | Path) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = json.loads(cleaned(*arguments))["segments"]
    return listed


def test_without_all_only_the_posting_is_shown(page: Path) -> None:
    """By default neither JSON nor the table has anything of what was dropped; the key is there and null."""
    assert [(segment["text"], segment["dropped"]) for segment in segments(page)] == [(text, None) for text in KEPT]
    table = cleaned(page, "--format", "table")
    assert KEPT[1] in table
    assert not any(text in table for _, text in DROPPED)
    assert "dropped" not in table


def test_all_shows_everything_in_the_order_of_the_source(page: Path) -> None:
    """--all lists kept and dropped as a reader of the source meets them, each dropped one with its reason."""
    listed = segments(page, "--all")
    assert [segment["text"] for segment in listed] == ORDER
    assert [(segment["dropped"], segment["text"]) for segment in listed if segment["dropped"]] == DROPPED
    starts = [segment["spans"][0]["start"] for segment in listed]
    assert starts == sorted(starts)


def test_numbers_are_the_same_with_and_without_all(page: Path) -> None:
    """What is dropped is numbered on behind the posting, so that a number means one thing."""
    listed = segments(page, "--all")
    assert [segment for segment in listed if segment["dropped"] is None] == segments(page)
    assert [segment["number"] for segment in listed if segment["dropped"]] == list(range(len(KEPT), len(KEPT) + len(DROPPED)))
    assert sorted(segment["number"] for segment in listed) == list(range(len(ORDER)))


def test_spans_of_what_is_dropped_lead_to_the_source(page: Path) -> None:
    """Each dropped text is found at its span; --map adds its line and column."""
    written = {segment["text"]: segment["spans"] for segment in segments(page, "--all", "--map")}
    for _, text in DROPPED:
        (span,) = written[text]
        assert PAGE[span["start"] : span["end"]] == text.replace("&", "&amp;")
        assert PAGE.split("\n")[span["line"] - 1][span["column"] - 1 :].startswith(text.replace("&", "&amp;"))


def test_the_table_says_why_in_the_place_of_the_kind(page: Path) -> None:
    """In the table a dropped line shows its number and its reason, in the order of the source."""
    rows = [line.split() for line in cleaned(page, "--all", "--format", "table").splitlines()]
    found = [row[:3] for row in rows if row[1:2] == ["dropped:"]]
    assert found == [[str(number), "dropped:", reason] for number, (reason, _) in enumerate(DROPPED, len(KEPT))]


def test_documents_without_a_page_are_the_same_with_all(tmp_path: Path) -> None:
    """Of a format that drops nothing --all shows what is shown anyway."""
    path = tmp_path / "posting.txt"
    path.write_text("Welder\n\nLocation: Bristol\n\nYou weld frames.\n", encoding="utf-8")
    assert cleaned(path, "--all") == cleaned(path)


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        (PAGE, ORDER),
        ("<table><p>moved</p><tr><td>cell</table>", ["moved", "cell"]),
        (
            "<table><tr><td>cell</td></tr>moved</table>",
            ["cell", "moved"],
        ),  # before the table on the page, behind it in the source
        ("", []),
    ],
)
def test_order_of_the_source(source: str, texts: list[str]) -> None:
    """All segments come as they stand in the source, whatever their order on the page is."""
    document = clean(Source(text=source, name="test", sha256="", encoding="utf-8"), format=Format.HTML)
    assert [segment.text for segment in in_source_order(document)] == texts


def test_what_is_dropped_is_made_once_and_last() -> None:
    """Dropped segments are the same objects each time, have no list and no key, and each is a block of its own."""
    document = clean(Source(text=PAGE, name="test", sha256="", encoding="utf-8"), format=Format.HTML)
    assert document.dropped is document.dropped
    assert [(segment.dropped, segment.text) for segment in document.dropped] == DROPPED
    assert all(segment.list is None and segment.key == "" for segment in document.dropped)
    blocks = [segment.block for segment in (*document.segments, *document.dropped)]
    assert blocks[len(KEPT) :] == list(range(blocks[len(KEPT) - 1] + 1, blocks[len(KEPT) - 1] + 1 + len(DROPPED)))
    assert not any(text in document.text for _, text in DROPPED)


@pytest.mark.skipif(os.name == "nt", reason="terminals of POSIX")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [([], "3 segments, 7 left out (--all shows them), 1 facts"), (["--all"], "3 segments, 1 facts")],
    ids=["default", "all"],
)
def test_the_notice_counts_what_is_left_out(page: Path, arguments: list[str], said: str) -> None:
    """On a terminal one line says how much was left out and how to see it; with --all there is nothing to say."""
    import pty  # not there on Windows

    controller, terminal = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm", "COLUMNS": "140", "NO_COLOR": "1"}
    command = [sys.executable, "-c", "from extract.cli import main; main()", "clean", str(page), *arguments]
    with os.fdopen(controller, "rb", buffering=0) as screen:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=terminal, env=environment)
        os.close(terminal)
        with process:
            process.communicate(timeout=60)
        assert process.returncode == 0
        shown = screen.read(4096).decode()
    assert f"read as html, {said}" in shown

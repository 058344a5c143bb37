"""A file that grows by lines: what survives, who may write it, and what is said where nobody can."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from extract.errors import UsageError
from extract.journal import open_journal, replace_file

ROOT = Path(__file__).resolve().parent.parent
KILLED = """
import os, signal, sys
from pathlib import Path
from extract.journal import open_journal
with open_journal(Path(sys.argv[1])) as journal:
    journal.append("one")
    journal.append("two")
    os.kill(os.getpid(), signal.SIGKILL)
"""
posix = pytest.mark.skipif(sys.platform == "win32", reason="signals and locks are POSIX")


def written(path: Path, *lines: str) -> list[bytes]:
    """The lines that were there, to which these are added."""
    with open_journal(path) as journal:
        there = [line for _, line in journal.lines()]
        for line in lines:
            journal.append(line)
        return there


def test_lines_are_there_the_next_time(tmp_path: Path) -> None:
    """In order, and added to."""
    path = tmp_path / "j"
    assert written(path, "one", "zwölf") == []
    assert written(path, "three") == [b"one", "zwölf".encode()]
    assert path.read_bytes() == "one\nzwölf\nthree\n".encode()


@pytest.mark.parametrize(("raw", "kept"), [(b"one\ntw", [b"one"]), (b"one", []), (b"", []), (b"one\n\n", [b"one", b""])])
def test_a_torn_last_line_is_cut_off(tmp_path: Path, raw: bytes, kept: list[bytes]) -> None:
    """What is added next begins a line of its own."""
    path = tmp_path / "j"
    path.write_bytes(raw)
    assert written(path, "next") == kept
    assert path.read_bytes() == b"".join(line + b"\n" for line in [*kept, b"next"])


@posix
def test_what_was_appended_survives_sigkill(tmp_path: Path) -> None:
    """The moment that ``append`` returns, the line belongs to the system."""
    path = tmp_path / "j"
    process = subprocess.run([sys.executable, "-c", KILLED, str(path)], env=os.environ | {"PYTHONPATH": str(ROOT)}, check=False)
    assert process.returncode == -signal.SIGKILL
    assert written(path) == [b"one", b"two"]


@posix
def test_one_writer_at_a_time(tmp_path: Path) -> None:
    """The second is refused, and may write when the first is done."""
    path = tmp_path / "j"
    with open_journal(path), pytest.raises(UsageError, match="another process"), open_journal(path):
        pass
    assert written(path, "one") == []


def test_a_place_where_nobody_can_write_is_told(tmp_path: Path) -> None:
    """With its name."""
    with pytest.raises(UsageError, match="nowhere"), open_journal(tmp_path / "nowhere" / "j"):
        pass
    with pytest.raises(UsageError, match="nowhere"):
        replace_file(tmp_path / "nowhere" / "f", "x")


def test_a_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    """And nothing else is left beside it."""
    path = tmp_path / "f"
    replace_file(path, "old\n")
    replace_file(path, "new\n")
    assert [(each.name, each.read_text("utf-8")) for each in tmp_path.iterdir()] == [("f", "new\n")]


def test_what_cannot_be_replaced_leaves_nothing_behind(tmp_path: Path) -> None:
    """No half of a file lies about."""
    (tmp_path / "folder").mkdir()
    with pytest.raises(UsageError, match="folder cannot be written"):
        replace_file(tmp_path / "folder", "x")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]

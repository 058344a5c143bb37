"""What is seen of a batch while it runs: a bar that moves on a terminal, and a line now and then in a log."""

from __future__ import annotations

import io
import sys

import pytest

from extract.batch.totals import Totals
from extract.cli.batch.watching import Lines, watching


class Terminal(io.StringIO):
    """A terminal that keeps what it is sent."""

    def isatty(self) -> bool:
        return True


class Clock:
    """A clock that stands still until it is set; seconds."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock that is looked at for what is shown."""
    clock = Clock()
    monkeypatch.setattr(sys.modules["extract.cli.batch.watching"], "time", clock)
    return clock


def test_the_bar_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    """With documents that are done and those that had a row, and with what became of them."""
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with watching(total=9, quiet=False, log_json=False) as watch:
        watch.see(Totals(complete=3, partial=1, kept=2), None)
        watch.end(Totals())
    shown = terminal.getvalue()
    assert "6/9" in shown
    assert "3 ok, 1 partial, 0 failed" in shown


def test_a_log_gets_a_line_every_ten_seconds(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    """However many documents are done in between: how far the run is, and how long it will take."""
    lines = Lines(160, started=0.0, told=0.0)
    told = []
    for clock.now in (0.1, 9.9, 10.0, 10.1, 19.9, 20.0, 35.0, 44.9):
        lines.see(Totals(complete=round(4 * clock.now)), None)
        if line := capsys.readouterr().err:
            told.append((clock.now, line))
    assert told == [
        (10.0, "extract: 40 of 160 documents, 4.0/s, 0:00:30 left; 40 ok, 0 partial, 0 failed\n"),
        (20.0, "extract: 80 of 160 documents, 4.0/s, 0:00:20 left; 80 ok, 0 partial, 0 failed\n"),
        (35.0, "extract: 140 of 160 documents, 4.0/s, 0:00:05 left; 140 ok, 0 partial, 0 failed\n"),
    ]

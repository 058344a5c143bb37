"""A command that runs to its end, and what it took: time, work, memory."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.asking.server import ROOT

_PAUSE = 0.2
"""Seconds between two looks at the memory: what is looked at only grows."""
_PROCESSES = Path("/proc")
_HIGH_WATER = re.compile(r"^VmHWM:\s+(\d+) kB", re.MULTILINE)
_MAIN = "from extract.cli import main; main()"


class RunFailed(Exception):
    """A run that ended as it should not: what it took would say nothing."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What a run took, its start included: seconds by the clock, and CPU seconds of all its processes.

    ``own``: MB that the process that was started took at most; ``all_together``: the sum of the most that each process took,
    in which pages that they share count once for each.
    """

    seconds: float
    cpu: float
    own: float
    all_together: float


def environment(folder: Path) -> dict[str, str]:
    """The variables of this process without settings of a model; answers are kept in a new place below the folder."""
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith(("EXTRACT_", "OPENAI_"))}
    return {**kept, "EXTRACT_CACHE_DIR": str(folder / "answers"), "PYTHONPATH": str(ROOT)}


def batch_command(*options: str) -> list[str]:
    """``extract batch`` with these options, in this interpreter; it says only what goes wrong, and begins anew."""
    return [sys.executable, "-P", "-c", _MAIN, "batch", "--id-column", "id", "-q", "--force", *options]


def run(command: Sequence[str], folder: Path, *, codes: Sequence[int] = (0,)) -> Spent:
    """What a command took that was started in a folder; RunFailed where it ends with another code."""
    with (folder / "told").open("w+b") as told:
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, env=environment(folder), stdout=subprocess.DEVNULL, stderr=told)
        with watched(process.pid) as peaks:
            _, status, used = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in codes:
            told.seek(0)
            raise RunFailed(f"{' '.join(command)} ended with {process.returncode}: {told.read().decode(errors='replace')}")
    largest = used.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)  # of one process: all there is without /proc
    own, together = peaks.get(process.pid, largest), sum(peaks.values()) or largest
    return Spent(seconds, used.ru_utime + used.ru_stime, own, together)


@contextmanager
def watched(pid: int) -> Iterator[dict[int, float]]:
    """The MB that a process and all below it take at most, by their numbers, until the end of the block; empty without /proc."""
    peaks: dict[int, float] = {}
    over = threading.Event()

    def watch() -> None:
        while not over.wait(_PAUSE):
            peaks.update(peaks_of(pid))

    thread = threading.Thread(target=watch, name="memory")
    thread.start()
    try:
        yield peaks
    finally:
        over.set()
        thread.join()


def peaks_of(pid: int) -> Iterator[tuple[int, float]]:
    """The most MB that a process and each below it had in memory until now; one that ended has none."""
    with suppress(OSError):  # it has just ended
        found = _HIGH_WATER.search((_PROCESSES / str(pid) / "status").read_text())
        if found:
            yield pid, int(found[1]) / 1024
        children = [file.read_text() for file in (_PROCESSES / str(pid) / "task").glob("*/children")]
        for child in " ".join(children).split():
            yield from peaks_of(int(child))

"""How fast cleaning and the rules engine are on documents of the size of the shipped samples.

    python benchmarks/speed.py [--seconds 3]

Prints, for each sample and for all, the documents a second on one core, and the same for a peer in the same run:
``html.parser`` of the standard library collecting the text of the same document, which finds no field at all. The
ratio is what to compare between machines. Also the time of ``import extract`` in a fresh interpreter.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable
from html.parser import HTMLParser

from extract import extract
from extract.cleaning import clean
from extract.evals.cases import shipped_cases
from extract.source import open_source

LOADED = "import sys, time; t = time.perf_counter(); import extract; print(time.perf_counter() - t)"


class TextOnly(HTMLParser):
    """The peer: the text of a document, and nothing more."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def peer(text: str) -> None:
    parser = TextOnly()
    parser.feed(text)
    parser.close()


def rate(call: Callable[[str], object], texts: list[str], seconds: float) -> float:
    """Documents a second, after one round that warms up."""
    for text in texts:
        call(text)
    rounds, started = 0, time.perf_counter()
    while time.perf_counter() - started < seconds:
        for text in texts:
            call(text)
        rounds += 1
    return rounds * len(texts) / (time.perf_counter() - started)


def import_seconds(rounds: int = 5) -> float:
    """The median time that a fresh interpreter takes for ``import extract``."""
    times = [
        float(subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True).stdout)
        for _ in range(rounds)
    ]
    return sorted(times)[rounds // 2]


def samples() -> dict[str, str]:
    """The job postings among the shipped gold cases, by name: the rules read nothing else."""
    return {name: case.source for name, case in shipped_cases("job_posting").items()}


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--seconds", type=float, default=3.0, help="how long each figure is measured (default %(default)s)")
    seconds = parser.parse_args().seconds
    documents = samples()
    print(f"{'document':28} {'chars':>7} {'cleaning/s':>11} {'with rules/s':>13} {'peer/s':>9} {'peer/rules':>11}")
    for name, texts in [*((name, [text]) for name, text in documents.items()), ("all", list(documents.values()))]:
        cleaning = rate(lambda text: clean(open_source(text)), texts, seconds / 3)
        rules = rate(lambda text: extract(text, engine="rules"), texts, seconds)
        other = rate(peer, texts, seconds / 3)
        size = sum(map(len, texts)) // len(texts)
        print(f"{name:28} {size:7} {cleaning:11.0f} {rules:13.0f} {other:9.0f} {other / rules:11.1f}")
    print(f"import extract: {import_seconds():.3f} s")


if __name__ == "__main__":
    main()

"""Whether the time grows with the size of a hostile document, and no faster.

    python benchmarks/linearity.py [--engine rules|none] [--dense]

Each document is made at 100 kB and at 1 MB, and run in every format that it could be taken for. Wanted: ten times the
size takes at most sixteen times the time (the caches of the processor hold
the smaller one), and 1 MB takes under 2 s. ``--dense`` adds documents that fall into a segment
every ten characters or so; for these only the first holds, because each segment costs some 50 microseconds.
Exits 1 where what is wanted does not hold.
"""

from __future__ import annotations

import argparse
import sys
import time

from extract import ExtractError, Format, extract
from extract.cleaning import clean
from extract.source import open_source

SMALL, LARGE = 100_000, 1_000_000
MOST_RATIO, MOST_SECONDS = 16.0, 2.0
LEAST = 0.02  # seconds: what is quicker is taken for this long, for the ratio of two small numbers says little
WORDS = "We are looking for an engineer who knows Python and builds things with a team in Berlin "
DOCUMENTS = {
    "blanks": "x" + " " * 99,
    "brackets": "[" * 100,
    "less-than": "<" * 100,
    "open tags": "<a ",
    "open quotes": '<a b="',
    "comments": "<!--",
    "ampersands": "&amp;" + "amp;" * 19,
    "one line": WORDS,
    "digits": "1,000 ",
    "bullets": "- ",
    "quotes": "'\\'",
    "end tags": "</a><a>",
    "open drawings": "<svg><style/>",
    "code fences": "``` ",
    "images": "![",
    "looking for": "looking for ",
    "genders": "m/w/d ",
    "names": "Acme is a ",
    "addresses": "@a.1",
}
DENSE = {
    "marks": "[ @ 3 ] ",
    "glued words": "ResponsibilitiesResearch onFoo barBaz",
    "nested lists": "<ul><li>",
    "JSON": '{"@type": "JobPosting", "a": [',
    "fields": "Location: ",
    "lines": "Cook\n",
}


def seconds(text: str, format: Format | None, *, engine: str) -> float:
    """How long one document takes; a typed error is an answer too."""
    started = time.perf_counter()
    try:
        if engine == "none":
            clean(open_source(text), format=format)
        else:
            extract(text, engine=engine, input_format=format)
    except ExtractError:
        return time.perf_counter() - started
    return time.perf_counter() - started


def measured(unit: str, format: Format | None, *, engine: str) -> tuple[float, float]:
    """The best of two runs at each size: what else the machine does at the time should not count."""
    sizes = (SMALL, LARGE)
    texts = [(unit * (size // len(unit) + 1))[:size] for size in sizes]
    small, large = (min(seconds(text, format, engine=engine) for _ in range(2)) for text in texts)
    return small, large


def main() -> int:
    """Run the benchmark; the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument(
        "--engine", choices=("rules", "none"), default="rules", help="none: cleaning alone (default: %(default)s)"
    )
    parser.add_argument("--dense", action="store_true", help="add documents of very many segments")
    options = parser.parse_args()
    extract("Warm-up. We are looking for a cook in Bern for $10 an hour from 1 May 2024.")
    bad = 0
    print(f"{'document':14} {'format':12} {'100 kB s':>9} {'1 MB s':>8} {'ratio':>6}")
    for name, unit in (DOCUMENTS | (DENSE if options.dense else {})).items():
        for format in (None, Format.TEXT, Format.HTML, Format.MARKDOWN, Format.TARSIER):
            small, large = measured(unit, format, engine=options.engine)
            ratio = large / max(small, LEAST)
            wrong = ratio > MOST_RATIO or (large > MOST_SECONDS and name not in DENSE)
            bad += wrong
            mark = "  <-- too slow" if wrong else ""
            print(f"{name:14} {format or 'detected':12} {small:9.3f} {large:8.3f} {ratio:6.1f}{mark}", flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

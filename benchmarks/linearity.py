"""Whether the time grows with the size of a hostile document, and no faster.

    python benchmarks/linearity.py [--engine rules|none]

Each document is made at 100 kB and at 1 MB, and run in every format that it could be taken for. Wanted: the ratio of
the two times at most 12, and 1 MB under 2 s. Exits 1 where one is not.
"""

from __future__ import annotations

import argparse
import sys
import time

from extract import ExtractError, Format, extract
from extract.cleaning import clean
from extract.source import open_source

SMALL, LARGE = 100_000, 1_000_000
MOST_RATIO, MOST_SECONDS = 12.0, 2.0
WORDS = "We are looking for an engineer who knows Python and builds things with a team in Berlin "
DOCUMENTS = {
    "blanks": "x" + " " * 99,
    "brackets": "[" * 100,
    "marks": "[ @ 3 ] ",
    "less-than": "<" * 100,
    "open tags": "<a ",
    "open quotes": '<a b="',
    "comments": "<!--",
    "ampersands": "&amp;" + "amp;" * 19,
    "one line": WORDS,
    "glued words": "ResponsibilitiesResearch onFoo barBaz",
    "nested lists": "<ul><li>",
    "JSON": '{"@type": "JobPosting", "a": [',
    "bullets": "- ",
    "digits": "1,000 ",
    "colons": "Location: ",
    "quotes": "'\\'",
}


def seconds(text: str, format: Format | None, *, engine: str) -> float:
    started = time.perf_counter()
    try:
        if engine == "none":
            clean(open_source(text), format=format)
        else:
            extract(text, engine=engine, input_format=format)
    except ExtractError:
        pass  # a typed error is an answer too; its time counts
    return time.perf_counter() - started


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument(
        "--engine", choices=("rules", "none"), default="rules", help="none: cleaning alone (default: %(default)s)"
    )
    engine = parser.parse_args().engine
    extract("Warm-up. We are looking for a cook in Bern for $10 an hour from 1 May 2024.")
    bad = 0
    print(f"{'document':14} {'format':12} {'100 kB s':>9} {'1 MB s':>8} {'ratio':>6}")
    for name, unit in DOCUMENTS.items():
        for format in (None, Format.TEXT, Format.HTML, Format.MARKDOWN, Format.TARSIER):
            small = min(seconds((unit * (SMALL // len(unit) + 1))[:SMALL], format, engine=engine) for _ in range(2))
            large = seconds((unit * (LARGE // len(unit) + 1))[:LARGE], format, engine=engine)
            ratio = large / max(small, 0.001)
            wrong = large > MOST_SECONDS or (ratio > MOST_RATIO and large > 0.2)
            bad += wrong
            print(
                f"{name:14} {format or 'detected':12} {small:9.3f} {large:8.3f} {ratio:6.1f}{'  <-- too slow' if wrong else ''}",
                flush=True,
            )
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

"""How our HTML cleaner compares with its peers on saved pages: lines of the posting that are kept, tokens, speed.

    python benchmarks/cleaning.py PATH... [--repeat 5] [--pages] [--lost] [--table] [--json FILE] [--picture FILE] [--write docs]

Each PATH is a saved page, or a folder that holds some at any depth. Which lines belong to the posting says a file beside the
page, ``<page>.gold.json`` or else ``gold.json``: a list of lines, or an object whose strings are the lines. docs/cleaning.md
says what is measured, and is rewritten by ``--write docs``. Needs the peers: pip install -e '.[bench]'.
Exits 2 where there is nothing to measure.
"""

from __future__ import annotations

import argparse
import json
import logging
import platform
import sys
from collections.abc import Sequence
from pathlib import Path

# A script finds what lies beside it, not what lies beside its folder.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.cleaners.measurement import Result, measure
from benchmarks.cleaners.pages import NoPages, Page, read_pages
from benchmarks.cleaners.picture import draw
from benchmarks.cleaners.report import (
    as_json,
    lost_report,
    page_rows,
    pages_table,
    problems_report,
    rewritten,
    systems_table,
)
from benchmarks.cleaners.systems import TOKENIZER, missing, systems, tokenizer
from extract.errors import ExtractError

DOCUMENT, PICTURE = "cleaning.md", "cleaning.svg"
"""The names of what ``--write`` writes, in the folder that it is given."""


def options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The options of the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a saved page, or a folder that holds some")
    parser.add_argument("--repeat", type=int, default=5, metavar="N", help="the best of N times counts (default %(default)s)")
    parser.add_argument("--pages", action="store_true", help="a row for each system on each page as well")
    parser.add_argument("--lost", action="store_true", help="each gold line that was lost, and by which systems, as well")
    parser.add_argument("--table", action="store_true", help="the table alone, to be pasted")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures to a file")
    parser.add_argument("--picture", type=Path, metavar="FILE", help="write the picture to a file that ends in .svg or .png")
    parser.add_argument("--write", type=Path, metavar="FOLDER", help=f"rewrite the tables of {DOCUMENT} there, and {PICTURE}")
    chosen = parser.parse_args(arguments)
    if chosen.repeat < 1:
        parser.error("--repeat has to be 1 at least")
    if chosen.picture and chosen.picture.suffix not in {".svg", ".png"}:
        parser.error("--picture has to end in .svg or .png")
    if chosen.write and not (chosen.write / DOCUMENT).is_file():
        parser.error(f"--write needs a folder with a {DOCUMENT}, such as docs")
    return chosen


def progress(text: str) -> None:
    """Where the measurement is, on one line of a terminal."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)


def conditions(pages: Sequence[Page], repeat: int) -> str:
    """What was measured, in a line."""
    million = sum(len(page.html) for page in pages) / 1e6
    gold = sum(len(page.gold) for page in pages)
    return (
        f"{len(pages)} pages of {million:.2f} million characters with {gold} gold lines; tokens of {TOKENIZER}, as rs-bpe counts"
        f" them; best of {repeat} rounds, all systems in one run; Python {platform.python_version()}."
    )


def write_documentation(folder: Path, results: Sequence[Result], *, measured: str) -> None:
    """Rewrite what lies between the marks of the document, and the picture beside it."""
    file = folder / DOCUMENT
    text = rewritten(file.read_text("utf-8"), part="table", text=f"{measured}\n\n{systems_table(results)}")
    file.write_text(rewritten(text, part="pages", text=pages_table(results)), "utf-8")
    draw(results, folder / PICTURE)


def show(results: Sequence[Result], chosen: argparse.Namespace, *, measured: str) -> None:
    """Print what was asked for."""
    if chosen.table:
        print(systems_table(results))
        return
    parts = [measured, systems_table(results)]
    parts += [page_rows(results)] if chosen.pages else []
    parts += [lost_report(results)] if chosen.lost else []
    print("\n\n".join(parts))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the comparison; the exit code."""
    chosen = options(arguments)
    if absent := missing():
        print(f"not installed: {', '.join(absent)}; the peers come with: pip install -e '.[bench]'", file=sys.stderr)
        return 2
    try:
        pages = read_pages(chosen.paths)
    except (NoPages, ExtractError) as error:
        print(error, file=sys.stderr)
        return 2
    logging.disable(logging.CRITICAL)  # peers tell their log what they find odd about a page
    results = measure(systems(), pages, repeat=chosen.repeat, count_tokens=tokenizer(), progress=progress)
    measured = conditions(pages, chosen.repeat)
    show(results, chosen, measured=measured)
    if failed := problems_report(results):
        print(failed, file=sys.stderr)
    if chosen.json:
        chosen.json.write_text(json.dumps(as_json(results, measured), indent=2, ensure_ascii=False) + "\n", "utf-8")
    if chosen.picture:
        draw(results, chosen.picture)
    if chosen.write:
        write_documentation(chosen.write, results, measured=measured)
    return 0


if __name__ == "__main__":
    sys.exit(main())

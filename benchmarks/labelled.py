"""A folder of labelled job postings as cases for the evals, a JSON object a line.

    python benchmarks/labelled.py DIR [-o cases.jsonl] [--sets a,b]

DIR holds the sets that benchmarks/labelling/sets.py names, with a file or a folder each; what is missing is left out, with a line
that says so. Only what the text of a posting states goes in, as the listings that labels come from know more than that. Exits 2
where DIR is no such folder.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

# A script finds what lies beside it, not what lies beside its folder.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.labelling.cases import Case
from benchmarks.labelling.records import NotLabelled
from benchmarks.labelling.sets import SETS, LabelledSet


def options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The options of the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", type=Path, metavar="DIR", help="the folder of labelled postings")
    parser.add_argument("-o", "--output", default="-", metavar="FILE", help="where the cases go; - is the output (default)")
    parser.add_argument("--sets", metavar="A,B", help=f"only these: {', '.join(known.name for known in SETS)}")
    chosen = parser.parse_args(arguments)
    names = [name.strip() for name in chosen.sets.split(",")] if chosen.sets else [known.name for known in SETS]
    if unknown := set(names) - {known.name for known in SETS}:
        parser.error(f"--sets: no such set: {', '.join(sorted(unknown))}")
    chosen.sets = [known for known in SETS if known.name in names]
    return chosen


def read_cases(folder: Path, sets: Sequence[LabelledSet]) -> dict[str, list[Case]]:
    """The cases of each set that is there, by its name. NotLabelled if none is."""
    if not folder.is_dir():
        raise NotLabelled(f"{folder}: no folder")
    read = {known.name: known.cases(folder) for known in sets}
    if all(cases is None for cases in read.values()):
        raise NotLabelled(f"{folder}: none of the sets is there; expected {', '.join(sorted({known.place for known in sets}))}")
    for known in sets:
        if read[known.name] is None:
            print(f"{known.name}: left out, as {known.place} is missing", file=sys.stderr)
    return {name: cases for name, cases in read.items() if cases is not None}


def summary(read: Mapping[str, Sequence[Case]]) -> str:
    """How many cases and labels of each field there are in each set, and what was dropped."""
    rows = []
    for name, cases in read.items():
        labelled = [case for case in cases if case.labels]
        fields = sum((case.fields for case in cases), Counter[str]())
        dropped = sum(len(case.dropped) for case in cases)
        counts = ", ".join(f"{field} {number}" for field, number in fields.most_common())
        rows.append(
            f"{name}: {len(labelled)} cases, {fields.total()} labels ({counts})"
            f"; {len(cases) - len(labelled)} documents without a label left out, {dropped} fields dropped that the schema refuses"
        )
    return "\n".join(rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the cases; the exit code."""
    chosen = options(arguments)
    try:
        read = read_cases(chosen.folder, chosen.sets)
    except NotLabelled as error:
        print(error, file=sys.stderr)
        return 2
    lines = [json.dumps(case.as_json(), ensure_ascii=False) + "\n" for cases in read.values() for case in cases if case.labels]
    if chosen.output == "-":
        sys.stdout.writelines(lines)
    else:
        Path(chosen.output).write_text("".join(lines), "utf-8", newline="\n")
    print(summary(read), file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())

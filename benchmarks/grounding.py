"""How many false and true values are taken for stated: our grounding, instructor's citations, langextract's alignment.

    python benchmarks/grounding.py [--repeat 3] [--wrong] [--json FILE] [--write docs]

Goes through the hand-written pairs of tests/grounding_pairs_*.yaml, and through those of tests/grounding_held_out.yaml.
docs/grounding.md says how each system is asked, and is rewritten by ``--write docs``. A peer that is not installed is left out,
with a line that says so; docs/grounding.md says how to install them. Exits 1 where we misjudge one of the pairs that grounding
was developed on.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path

# A script finds what lies beside it, not what lies beside its folder; the pairs are those of the tests.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from grounding_pairs import DEVELOPED, HELD_OUT, Pair, load_pairs

from benchmarks.cleaners.report import markdown_table, ratio, rewritten
from benchmarks.grounders.ours import judged
from benchmarks.grounders.peers import Peer, peers
from extract.pipeline import package_version

DOCUMENT = "grounding.md"
GROUNDED, VALIDATED, BY_LINE = "**extract**, any way", "**extract**, and validated", "**extract**, by the right line"
OURS = (GROUNDED, VALIDATED, BY_LINE)
_Z = 1.96  # of the normal distribution, for 95 %


@dataclass(frozen=True, slots=True)
class Result:
    """What a system said of each pair, in their order, and how long it took for one; ``accepted`` = taken for stated."""

    name: str
    version: str
    accepted: tuple[bool, ...]
    seconds: float | None


def wilson(part: int, whole: int) -> tuple[float, float]:
    """The 95 % interval of a share, after Wilson (1927).

    >>> tuple(round(end, 3) for end in wilson(0, 200)), tuple(round(end, 3) for end in wilson(10, 20))
    ((0.0, 0.019), (0.299, 0.701))
    """
    if not whole:
        return 0.0, 1.0
    share, square = part / whole, _Z * _Z
    middle = share + square / (2 * whole)
    half = _Z * sqrt(share * (1 - share) / whole + square / (4 * whole * whole))
    low, high = ((middle + sign * half) / (1 + square / whole) for sign in (-1, 1))
    return max(0.0, low), min(1.0, high)


def our_results(pairs: Sequence[Pair], *, repeat: int) -> list[Result]:
    """Ours: in any way, after validation, and with the right line alone."""
    rounds = [[judged(pair) for pair in pairs] for _ in range(repeat)]
    verdicts = rounds[-1]
    seconds = min(sum(verdict.seconds for verdict in verdicts) for verdicts in rounds) / len(pairs)
    return [
        Result(GROUNDED, package_version(), tuple(verdict.grounded for verdict in verdicts), seconds),
        Result(VALIDATED, package_version(), tuple(verdict.validated for verdict in verdicts), None),
        Result(BY_LINE, package_version(), tuple(verdict.by_line for verdict in verdicts), None),
    ]


def peer_result(peer: Peer, pairs: Sequence[Pair], *, repeat: int) -> Result:
    """A peer, which is given the words that are claimed."""
    best = float("inf")
    for _ in range(repeat):
        started = time.perf_counter()
        accepted = tuple(peer.accepts(pair.source, pair.claim) for pair in pairs)
        best = min(best, (time.perf_counter() - started) / len(pairs))
    return Result(peer.name, peer.version, accepted, best if peer.timed else None)


def rate(result: Result, pairs: Sequence[Pair], chosen: Callable[[Pair], bool]) -> list[str]:
    """Two cells: how many of the chosen pairs were accepted, and the share with its interval."""
    said = [accepted for accepted, pair in zip(result.accepted, pairs, strict=True) if chosen(pair)]
    low, high = wilson(sum(said), len(said))
    share = sum(said) / len(said)
    return [f"{sum(said)} of {len(said)}", f"{100 * share:.1f} % [{100 * low:.1f}, {100 * high:.1f}]"]


def is_false(pair: Pair) -> bool:
    """Whether the source does not state the value for that field."""
    return not pair.stated


def is_invented(pair: Pair) -> bool:
    """Whether it is false, and the claimed words stand nowhere in the source: these a check of quotes alone can find."""
    return not pair.stated and pair.claim not in pair.source


def table(results: Sequence[Result], pairs: Sequence[Pair]) -> str:
    """A row a system: false and true pairs that it accepts, and the time against ours."""
    own = next(result.seconds for result in results if result.name == GROUNDED)
    rows = []
    for result in results:
        false, (invented, _) = rate(result, pairs, is_false), rate(result, pairs, is_invented)
        said = ["–", "–", "–"] if result.name == BY_LINE else [*false, invented]
        took = ratio(result.seconds, own) if result.seconds and own else "–"
        rows.append([result.name, result.version, *said, *rate(result, pairs, lambda pair: pair.stated), took])
    head = ["system", "version", "false grounded", "% [95 %]", "of invented words", "true grounded", "% [95 %]", "time"]
    return markdown_table(head, rows, texts=2)


def kinds_table(results: Sequence[Result], pairs: Sequence[Pair]) -> str:
    """A row a kind of false pair, and a column a system: how many of them it accepts."""
    shown = [result for result in results if result.name != BY_LINE]
    kinds: dict[str, list[int]] = {}
    for number, pair in enumerate(pairs):
        if not pair.stated:
            kinds.setdefault(pair.kind, []).append(number)
    rows = [
        [kind.replace("_", " "), str(len(numbers)), *(str(sum(result.accepted[at] for at in numbers)) for result in shown)]
        for kind, numbers in sorted(kinds.items(), key=lambda item: (-len(item[1]), item[0]))
    ]
    return markdown_table(["false pairs", "all", *(result.name for result in shown)], rows)


def wrong(results: Sequence[Result], pairs: Sequence[Pair]) -> str:
    """The false pairs that we ground and the true ones that we do not, with the line of the source that they come from."""
    said = {result.name: result.accepted for result in results}
    lines = []
    for number, pair in enumerate(pairs):
        if said[GROUNDED][number] is not pair.stated:
            fate = "not grounded" if pair.stated else "grounded, kept" if said[VALIDATED][number] else "grounded, then refused"
            told = f"{fate}: {pair.path} = {pair.value!r} ({pair.claim!r}) in {line_of(pair)!r}"
            lines.append((pair.kind, told))
    return "\n".join(f"{kind or 'true'}: {told}" for kind, told in sorted(lines, key=lambda line: line[0]))


def line_of(pair: Pair) -> str:
    """The line of the source that holds the claim, or else the first one."""
    lines = pair.source.splitlines()
    return next((line for line in lines if pair.claim in line), lines[0]).strip()


def conditions(pairs: Sequence[Pair], repeat: int) -> str:
    """What was asked, in a sentence."""
    true, sources = sum(pair.stated for pair in pairs), len({pair.source for pair in pairs})
    return (
        f"{len(pairs) - true} false and {true} true pairs on {sources} texts; times are those of one look-up against ours, best"
        f" of {repeat} rounds; Python {platform.python_version()}."
    )


def figures(results: Sequence[Result], pairs: Sequence[Pair]) -> Mapping[str, object]:
    """All that was measured, for a file."""
    named = [{"path": pair.path, "value": pair.value, "claim": pair.claim, "kind": pair.kind} for pair in pairs]
    systems = [{"name": r.name, "version": r.version, "accepted": r.accepted, "seconds": r.seconds} for r in results]
    return {"pairs": named, "systems": systems}


def options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The options of the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--repeat", type=int, default=3, metavar="N", help="the best time of N counts (default %(default)s)")
    parser.add_argument("--wrong", action="store_true", help="each pair that we judge wrongly as well")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures to a file")
    parser.add_argument("--write", type=Path, metavar="FOLDER", help=f"rewrite the tables of {DOCUMENT} in that folder")
    chosen = parser.parse_args(arguments)
    if chosen.repeat < 1:
        parser.error("--repeat has to be 1 at least")
    return chosen


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask all systems, and print the tables; the exit code."""
    chosen = options(arguments)
    others, absent = peers()
    print(*absent, sep="\n", end="\n" if absent else "")
    if chosen.write and absent:
        print(f"{DOCUMENT} stays as it is: its tables need all peers")
    measured: dict[str, object] = {}
    misjudged = False
    for part, files in (("grounding", DEVELOPED), ("held-out", HELD_OUT)):
        pairs = load_pairs(files)
        results = our_results(pairs, repeat=chosen.repeat) + [peer_result(peer, pairs, repeat=chosen.repeat) for peer in others]
        text = f"{conditions(pairs, chosen.repeat)}\n\n{table(results, pairs)}\n\n{kinds_table(results, pairs)}"
        print(f"{part}: {text}\n")
        if chosen.wrong:
            print(f"{wrong(results, pairs)}\n")
        if chosen.write and not absent:
            file = chosen.write / DOCUMENT
            file.write_text(rewritten(file.read_text("utf-8"), part=part, text=text), "utf-8")
        measured[part] = figures(results, pairs)
        misjudged = misjudged or (files == DEVELOPED and _misjudges(results, pairs))
    if chosen.json:
        chosen.json.write_text(json.dumps(measured, indent=1) + "\n", "utf-8")
    return int(misjudged)


def _misjudges(results: Sequence[Result], pairs: Sequence[Pair]) -> bool:
    """Whether a value that is not stated gets into a record, or one that is stated does not."""
    kept = next(result.accepted for result in results if result.name == VALIDATED)
    return any(accepted is not pair.stated for accepted, pair in zip(kept, pairs, strict=True))


if __name__ == "__main__":
    sys.exit(main())

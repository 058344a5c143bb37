"""How often the comparison of two runs raises a false alarm, and how often it finds a difference that is there.

    python benchmarks/false_alarms.py [--simulations 10000] [--jobs 2] [--seed 0] [--write docs]

Two runs are simulated on the same documents, and ``paired`` of ``extract.evals.statistics`` is asked whether they differ, and
whether the new one is worse. The model:

- A document has a difficulty, the probability that a cell is right: Beta(8.5, 1.5), 0.85 on average. Both runs share it.
- Of its 10 to 40 cells each is right with that probability; of the others half are wrong (an error of precision and of recall)
  and half are missing. A quarter as many cells have to stay empty; each is invented with half the probability that a cell is not
  right. The score is F1 = 2 right / (2 right + 2 wrong + missing + invented).
- A document that fails as a whole scores 0, in each run by itself. With repeats, the scores of a document are averaged.
- Sites have 1, 2, 3, 4, 5, 1, ... documents, which share their difficulty; and each run finds a site easier or harder, by a
  normal deviate of 0.05 in probability.

Given the difficulty of a document, its cells are independent. Real runs are wrong on the same cells more often than that: their
differences spread less, and smaller ones are found. Exits 1 where a rate of false alarms, with its 95 % interval, lies outside of
3 to 6 %.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import cycle, islice
from math import sqrt
from multiprocessing import get_context
from pathlib import Path
from statistics import fmean, median

# A script finds what lies beside it, not what lies beside its folder.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import scipy
from numpy.typing import NDArray

from benchmarks.cleaners.report import markdown_table, rewritten
from extract.evals.statistics import PairedTest, paired, wilson

DOCUMENT = "statistics.md"
SIZES = (10, 20, 50, 100)
"""How many documents are compared."""
LOWEST, HIGHEST = 0.03, 0.06
BLOCK = 250
"""How many comparisons are simulated at once: a task of the pool, with random numbers of its own."""
EASY, HARD = 8.5, 1.5
SITE_SPREAD = 0.05
Floats = NDArray[np.float64]
Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is simulated. ``change``: how much likelier a cell is right in the new run. ``failing``: the share of documents that
    fail as a whole. ``sites``: documents come from sites; ``told``: and the test is told from which.
    """

    name: str
    change: float = 0.0
    failing: float = 0.0
    repeats: int = 1
    sites: bool = False
    told: bool = False


SAME = (
    Scenario("all documents are read"),
    Scenario("5 % of documents fail", failing=0.05),
    Scenario("3 repeats", repeats=3),
    Scenario("3 repeats, 5 % fail", repeats=3, failing=0.05),
    Scenario("sites, as clusters", sites=True, told=True),
    Scenario("sites, not told", sites=True),
)
CHANGED = tuple(
    Scenario(f"{change:.2f}{name}".replace("-", "−"), change=change, failing=failing)
    for failing, name in ((0.0, ""), (0.05, ", 5 % fail"))
    for change in (-0.02, -0.05, -0.1)
)
Key = tuple[Scenario, int]


@dataclass(frozen=True, slots=True)
class Tally:
    """What came out of many comparisons: how many there were, how many had too few units, and in how many each rule decided.

    ``apart``: zero is outside of the interval. ``difference`` is the mean, ``smallest`` the median of what could have been shown.
    """

    comparisons: int
    too_few: int
    differs: int
    worse: int
    apart: int
    difference: float
    smallest: float


def site_of(documents: int) -> Counts:
    """The number of each document's site: sites of 1 to 5 documents in turn, the last one cut off.

    >>> site_of(10).tolist()
    [0, 1, 1, 2, 2, 2, 3, 3, 3, 3]
    """
    sizes = islice(cycle(range(1, 6)), documents)
    return np.repeat(np.arange(documents), list(sizes))[:documents]


def scores(right: Floats, cells: Counts, random: np.random.Generator) -> Floats:
    """The F1 of each document, from the probability that a cell is right, and the number of its cells."""
    found = random.binomial(cells, right)
    wrong = random.binomial(cells - found, 0.5)
    invented = random.binomial(cells // 4, (1 - right) / 2)
    return np.asarray(2 * found / (found + wrong + invented + cells))


def run_scores(scenario: Scenario, right: Floats, cells: Counts, random: np.random.Generator) -> Floats:
    """The scores of a run: failures are 0, repeats are averaged."""
    rounds = [scores(right, cells, random) * (random.random(right.shape) >= scenario.failing) for _ in range(scenario.repeats)]
    return np.asarray(np.mean(rounds, axis=0))


def differences(scenario: Scenario, documents: int, *, comparisons: int, random: np.random.Generator) -> Floats:
    """New minus old, a row for each comparison and a column for each document."""
    group = site_of(documents) if scenario.sites else np.arange(documents)
    units = (comparisons, int(group[-1]) + 1)
    difficulty = random.beta(EASY, HARD, units)[:, group]
    cells = random.integers(10, 41, (comparisons, documents))
    sides = []
    for change in (0.0, scenario.change):
        liking = random.normal(0, SITE_SPREAD, units)[:, group] if scenario.sites else 0.0
        sides.append(run_scores(scenario, np.clip(difficulty + change + liking, 0, 1), cells, random))
    return np.asarray(sides[1] - sides[0])


def compared(key: Key, block: int, *, comparisons: int, seed: int) -> list[PairedTest]:
    """What ``paired`` says of each comparison of a block; the same for the same seed, whoever computes which block."""
    scenario, documents = key
    # The name is part of the seed, so that a scenario which is added changes nothing in the others.
    random = np.random.default_rng([seed, documents, block, *scenario.name.encode()])
    clusters = [str(site) for site in site_of(documents)] if scenario.told else None
    simulated = differences(scenario, documents, comparisons=comparisons, random=random)
    return [paired(row, clusters=clusters) for row in simulated.tolist()]


def tally(results: Sequence[PairedTest]) -> Tally:
    """The counts of a cell of the table."""
    spans = [result.interval for result in results if result.interval is not None]
    return Tally(
        comparisons=len(results),
        too_few=sum(result.too_few for result in results),
        differs=sum(result.differs for result in results),
        worse=sum(result.is_worse for result in results),
        apart=sum(not span.low <= 0 <= span.high for span in spans),
        difference=fmean(result.difference for result in results),
        smallest=median(result.smallest or 0.0 for result in results),
    )


def simulated(keys: Sequence[Key], *, simulations: int, jobs: int, seed: int) -> dict[Key, Tally]:
    """All cells of the tables, computed by ``jobs`` processes."""
    blocks = [(key, at, min(BLOCK, simulations - at)) for key in keys for at in range(0, simulations, BLOCK)]
    results: dict[Key, list[PairedTest]] = {key: [] for key in keys}
    # One thread each: the products are small, and threads of several processes would wait for one another.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        waiting = [(key, pool.submit(compared, key, at, comparisons=count, seed=seed)) for key, at, count in blocks]
        for done, (key, future) in enumerate(waiting, start=1):
            results[key].extend(future.result())
            if sys.stderr.isatty():
                print(f"\r{done} of {len(waiting)}", end="" if done < len(waiting) else "\n", file=sys.stderr, flush=True)
    return {key: tally(found) for key, found in results.items()}


def rate(count: int, cell: Tally) -> str:
    """A share of comparisons in per cent; a dash where there were too few units to decide anything."""
    return "–" if cell.too_few else f"{100 * count / cell.comparisons:.1f}"


def alarms_table(cells: Mapping[Key, Tally]) -> str:
    """Three rows a scenario in which nothing differs: both decisions, and intervals that leave out the truth, in per cent."""
    rows = []
    for scenario in SAME:
        found = [cells[scenario, documents] for documents in SIZES]
        rows += [
            [scenario.name, "a difference", *(rate(cell.differs, cell) for cell in found)],
            ["", "worse", *(rate(cell.worse, cell) for cell in found)],
            ["", "interval without 0", *(rate(cell.apart, cell) for cell in found)],
        ]
    return markdown_table(["nothing differs", "said, in %", *(f"{documents} documents" for documents in SIZES)], rows, texts=2)


def power_table(cells: Mapping[Key, Tally]) -> str:
    """Three rows a true change: both decisions in per cent, and what the median comparison says it could have shown."""
    rows = []
    for scenario in CHANGED:
        found = [cells[scenario, documents] for documents in SIZES]
        rows += [
            [
                scenario.name,
                f"{found[-1].difference:.3f}".replace("-", "−"),
                "a difference",
                *(rate(cell.differs, cell) for cell in found),
            ],
            ["", "", "worse", *(rate(cell.worse, cell) for cell in found)],
            ["", "", "smallest to show", *(f"{cell.smallest:.3f}" for cell in found)],
        ]
    head = ["a cell is right by", "F1 differs by", "said, in %", *(f"{documents} documents" for documents in SIZES)]
    return markdown_table(head, rows, texts=3)


def strays(cells: Mapping[Key, Tally]) -> list[str]:
    """The false alarms that are too rare or too frequent by more than chance; sites that the test is not told of do not count."""
    told = [
        (scenario, documents, decision, count, cell)
        for (scenario, documents), cell in cells.items()
        if scenario in SAME and scenario.told == scenario.sites and not cell.too_few
        for decision, count in (("a difference", cell.differs), ("worse", cell.worse))
    ]
    return [
        f"{scenario.name}, {documents} documents: {decision} in {100 * count / cell.comparisons:.1f} %"
        for scenario, documents, decision, count, cell in told
        if (span := wilson(count, cell.comparisons)).high < LOWEST or span.low > HIGHEST
    ]


def conditions(simulations: int, seed: int) -> str:
    """What was done, in a sentence."""
    error = 100 * sqrt(0.05 * 0.95 / simulations)
    return (
        f"{simulations:,} comparisons a cell, so that 5 % has a standard error of {error:.2f} %; seed {seed};"
        f" Python {platform.python_version()}, NumPy {np.__version__}, SciPy {scipy.__version__}."
    )


def options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The options of the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--simulations", type=int, default=10_000, metavar="N", help="comparisons a cell (default %(default)s)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="processes (default %(default)s)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of all random numbers (default %(default)s)")
    parser.add_argument("--write", type=Path, metavar="FOLDER", help=f"rewrite the tables of {DOCUMENT} in that folder")
    chosen = parser.parse_args(arguments)
    if min(chosen.simulations, chosen.jobs) < 1 or chosen.seed < 0:
        parser.error("--simulations and --jobs have to be 1 at least, --seed 0 at least")
    return chosen


def main(arguments: Sequence[str] | None = None) -> int:
    """Simulate, and print the tables; the exit code."""
    chosen = options(arguments)
    keys = [(scenario, documents) for scenario in (*SAME, *CHANGED) for documents in SIZES]
    cells = simulated(keys, simulations=chosen.simulations, jobs=chosen.jobs, seed=chosen.seed)
    parts = {
        "false-alarms": f"{conditions(chosen.simulations, chosen.seed)}\n\n{alarms_table(cells)}",
        "power": power_table(cells),
    }
    print(*parts.values(), *strays(cells), sep="\n\n")
    if chosen.write:
        file = chosen.write / DOCUMENT
        for part, text in parts.items():
            file.write_text(rewritten(file.read_text("utf-8"), part=part, text=text), "utf-8")
    return int(bool(strays(cells)))


if __name__ == "__main__":
    sys.exit(main())

"""How fast many documents are read, in how much memory, and what becomes of them where an endpoint fails now and then.

    python benchmarks/batch.py rules [--documents 10000] [--memory 1000 10000 100000] [--json FILE] [--write docs]
    python benchmarks/batch.py faults [--documents 5000] [--concurrency 64] [--json FILE] [--write docs]

The documents are the five shipped job postings in turn, with a mark of its own in each line of each of them. What is measured is
``extract batch`` as users start it, in processes of its own, from its start to its end.

``rules``: documents a second with the rules, with one process that reads and with two, and the most memory for so many documents.
``faults``: a server in another process takes 200 ms for what the gold records need, and fails one request in eleven; beside it
the same documents through instructor. docs/batch.md holds the figures, and its parts are rewritten by ``--write docs``.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

# A script finds what lies beside it, not what lies beside its folder.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.asking.peer import versions
from benchmarks.asking.server import Answers
from benchmarks.batching.documents import Template, documents, gold_of, template_of, write_table
from benchmarks.batching.peer import peer_command
from benchmarks.batching.rows import Rows, rows_of
from benchmarks.batching.runs import Spent, batch_command, run
from benchmarks.batching.server import Counts, Script, counts_of, serving
from benchmarks.cleaners.report import markdown_table, rewritten
from benchmarks.llm_speed import PEER, answers_for
from extract.batch.batches import cores
from extract.batch.rows import is_sound
from extract.evals.cases import shipped_cases

TASK = "job_posting"
LATENCY = 0.2
JOBS = (1, 2)
"""The numbers of processes that read."""
FEW = 10
"""Documents of the run that shows how long a start takes."""
SOME_FAILED = 3
OURS, OURS_ALL = "missing", "all"
"""The parts of the server that answer what ``extract batch`` asks, by its ``--ask``."""
DOCUMENT = "batch.md"
TABLE, OUTPUT = "table.jsonl", "rows.jsonl"
CHECKED = "Each output was looked through: a sound row for each document, and none twice."


@dataclass(frozen=True, slots=True)
class RulesRun:
    """So many documents with the rules, and so many processes that read them."""

    documents: int
    jobs: int
    spent: Spent

    @property
    def rate(self) -> float:
        """Documents a second, the start included."""
        return self.documents / self.spent.seconds

    @property
    def cpu(self) -> float:
        """CPU milliseconds of all processes for a document."""
        return 1000 * self.spent.cpu / self.documents


@dataclass(frozen=True, slots=True)
class FaultsRun:
    """A system with an endpoint that fails: what it took, what the endpoint counted, and what it wrote."""

    system: str
    spent: Spent
    counts: Counts
    rows: Rows

    @property
    def rate(self) -> float:
        """Documents with a record a second, the start included."""
        return (self.rows.documents - self.rows.lost) / self.spent.seconds

    @property
    def calls(self) -> float:
        """Requests for each document."""
        return self.counts.requests / self.rows.documents


def rules_runs(templates: Sequence[Template], *, speed: int, memory: Sequence[int]) -> list[RulesRun]:
    """The runs with the rules: one of few documents and one for the speed with each number of jobs, those for the memory with the
    last of these. Asserts that each output has a row for each document, and nothing else.
    """
    wanted = {(count, jobs) for jobs in JOBS for count in (FEW, speed)} | {(count, JOBS[-1]) for count in memory}
    return [rules_run(templates, count, jobs=jobs) for count, jobs in sorted(wanted)]


def rules_run(templates: Sequence[Template], count: int, *, jobs: int) -> RulesRun:
    """A run of so many documents with the rules."""
    with prepared(templates, count) as folder:
        spent = run(batch_command(TABLE, "-o", OUTPUT, "--engine", "rules", "--jobs", str(jobs)), folder)
        rows = rows_of(folder / OUTPUT, ids(templates, count))
    assert rows.whole, f"not one row for each document: {rows}"
    return RulesRun(count, jobs, spent)


@dataclass(frozen=True, slots=True)
class System:
    """A way to read the documents: what tables call it, its part of the server, and its command for an address.

    ``sound`` tells its rows from other lines; ``codes`` are those that it may end with.
    """

    title: str
    part: str
    command: Callable[[str], list[str]]
    sound: Callable[[bytes], bool] = is_sound
    codes: Sequence[int] = (0, SOME_FAILED)


def systems(at_once: int) -> list[System]:
    """Ours with each number of jobs, with all of them also where everything is asked, and the peer."""
    named = ("--engine", "llm", "--model", "gpt-4o", "--concurrency", str(at_once))

    def ours(base_url: str, *, chosen: Sequence[str]) -> list[str]:
        return batch_command(TABLE, "-o", OUTPUT, *named, "--base-url", base_url, *chosen)

    def system(part: str, *chosen: str) -> System:
        return System(f"**extract**, `{' '.join(chosen)}`", part, partial(ours, chosen=chosen))

    own = [system(OURS, "--jobs", str(jobs)) for jobs in JOBS]
    own.append(system(OURS_ALL, "--jobs", str(JOBS[-1]), "--ask", OURS_ALL))
    peer = partial(peer_command, table=TABLE, output=OUTPUT, at_once=at_once)
    return [*own, System(PEER, PEER, peer, sound=bool, codes=(0,))]


def faults_run(system: System, templates: Sequence[Template], count: int, *, answers: Answers, script: Script) -> FaultsRun:
    """A run of so many documents with an endpoint of its own that fails now and then."""
    with prepared(templates, count) as folder, serving(answers, script) as address:
        spent = run(system.command(f"{address}/{system.part}/v1"), folder, codes=system.codes)
        rows = rows_of(folder / OUTPUT, ids(templates, count), gold=gold_of(templates), sound=system.sound)
        return FaultsRun(system.title, spent, counts_of(address), rows)


@contextmanager
def prepared(templates: Sequence[Template], count: int) -> Iterator[Path]:
    """A folder with the table of so many documents, for one run."""
    with TemporaryDirectory(prefix="batch-") as name:
        write_table(templates, count, Path(name) / TABLE)
        yield Path(name)


def ids(templates: Sequence[Template], count: int) -> set[str]:
    """What so many documents are called."""
    return {document.id for document in documents(templates, count)}


def rules_text(templates: Sequence[Template], runs: Sequence[RulesRun], memory: Sequence[int]) -> str:
    """The figures of the rules, as documentation has them."""
    told = [conditions(templates), rules_table([one for one in runs if one.documents != FEW])]
    starts = [f"{one.spent.seconds:.1f} s with `--jobs {one.jobs}`" for one in runs if one.documents == FEW]
    told.append(f"Times include the start: a run over {FEW} documents takes {' and '.join(starts)}. {CHECKED}")
    if len(memory) > 1:
        told.append(growth(runs, first=min(memory), last=max(memory)))
    return "\n\n".join(told)


def rules_table(runs: Sequence[RulesRun]) -> str:
    """A row a run: how fast, and in how much memory."""
    rows = [
        [
            f"{one.documents:,}",
            str(one.jobs),
            f"{one.spent.seconds:,.1f}",
            f"{one.rate:.1f}",
            f"{one.cpu:.1f}",
            f"{one.spent.own:.0f}",
            f"{one.spent.all_together:.0f}",
        ]
        for one in runs
    ]
    head = ["documents", "jobs", "seconds", "documents/s", "CPU ms each", "run process, MB", "all processes, MB"]
    return markdown_table(head, rows, texts=0)


def growth(runs: Sequence[RulesRun], *, first: int, last: int) -> str:
    """How much more memory the last of these numbers of documents takes than the first.

    >>> runs = [RulesRun(count, 2, Spent(9, 9, own, 400)) for count, own in ((10, 100), (1000, 108))]
    >>> growth(runs, first=10, last=1000)
    'Most memory from 10 to 1,000 documents: the run process +8 %, all processes +0 %.'
    """
    before, after = (
        next(one.spent for one in runs if one.documents == count and one.jobs == JOBS[-1]) for count in (first, last)
    )
    own, together = (100 * (new / old - 1) for old, new in ((before.own, after.own), (before.all_together, after.all_together)))
    told = f"the run process {own:+.0f} %, all processes {together:+.0f} %"
    return f"Most memory from {first:,} to {last:,} documents: {told}."


def faults_text(templates: Sequence[Template], runs: Sequence[FaultsRun], *, at_once: int, script: Script) -> str:
    """The figures of the endpoint that fails, as documentation has them."""
    faults = ", ".join(f"{100 * share:g} % {fault.value}" for fault, share in script.shares.items())
    served = (
        f"{at_once} requests at once; {1000 * script.latency:g} ms for each answer, that of a fault too. Faults: {faults}; no"
    )
    served += " Retry-After. Each system meets the same ones."
    told = [
        conditions(templates),
        f"{served} {versions()}, its retries as they are.",
        faults_table(runs, at_once / script.latency),
    ]
    told += [f"Lost by {one.system}: {causes}." for one in runs if (causes := _causes(one))]
    return "\n\n".join(told)


def faults_table(runs: Sequence[FaultsRun], bound: float) -> str:
    """A row a system: whether all documents came through, how often was asked for each, and how fast; ``bound`` is documents a
    second if nothing failed and nothing took time but the answers.
    """
    rows = [
        [
            one.system,
            f"{one.rows.rows:,} of {one.rows.documents:,}",
            f"{one.rows.again:,}",
            f"{one.rows.lost:,}",
            f"{one.rows.wrong:,}",
            f"{one.calls:.3f}",
            str(one.counts.at_once),
            f"{one.rate:.1f}",
            f"{100 * one.rate / bound:.0f} %",
            f"{one.spent.cpu:.1f}",
        ]
        for one in runs
    ]
    head = ["system", "rows", "twice", "lost", "wrong", "calls each", "at once", "documents/s", f"of {bound:.0f}/s", "CPU s"]
    return markdown_table(head, rows)


def _causes(one: FaultsRun) -> str:
    return ", ".join(f"{count} {cause}" for cause, count in one.rows.causes.items())


def conditions(templates: Sequence[Template]) -> str:
    """What was measured on, and what was read."""
    marks, shares = [one.marks for one in templates], [100 * one.marked_share() for one in templates]
    read = f"{len(templates)} job postings in turn, no two the same: {min(marks)} to {max(marks)} words of each have a mark"
    share = f"{min(shares):.0f} to {max(shares):.0f} % of the text stands in lines that no other document has"
    return f"{cores()} cores, Python {platform.python_version()}. {read} of their own, so that {share}."


def options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The options of the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parts = parser.add_subparsers(dest="part", required=True)
    rules, faults = (parts.add_parser(name) for name in ("rules", "faults"))
    rules.add_argument("--documents", type=int, default=10_000, help="for the speed (default %(default)s)")
    rules.add_argument("--memory", type=int, nargs="*", default=[1_000, 10_000, 100_000], help="for the memory, or none")
    faults.add_argument("--documents", type=int, default=5_000, help="(default %(default)s)")
    faults.add_argument("--concurrency", type=int, default=64, help="requests at once (default %(default)s)")
    for part in (rules, faults):
        part.add_argument("--json", type=Path, metavar="FILE", help="all figures")
        part.add_argument("--write", type=Path, metavar="FOLDER", help=f"rewrite the figures of {DOCUMENT} in that folder")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print the tables; the exit code."""
    chosen = options(arguments)
    templates = [template_of(case) for case in shipped_cases(TASK).values()]
    runs: Sequence[RulesRun | FaultsRun]
    if chosen.part == "rules":
        runs = rules = rules_runs(templates, speed=chosen.documents, memory=chosen.memory)
        told = rules_text(templates, rules, chosen.memory)
    else:
        script, answers = Script(LATENCY), answers_for([template.case for template in templates])
        runs = faults = [
            faults_run(system, templates, chosen.documents, answers=answers, script=script)
            for system in systems(chosen.concurrency)
        ]
        told = faults_text(templates, faults, at_once=chosen.concurrency, script=script)
    print(told)
    if chosen.json:
        chosen.json.write_text(json.dumps([asdict(one) for one in runs], indent=2) + "\n", "utf-8")
    if chosen.write:
        file = chosen.write / DOCUMENT
        file.write_text(rewritten(file.read_text("utf-8"), part=chosen.part, text=told), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

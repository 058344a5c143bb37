"""How much work asking a model is for this machine, beside instructor and the bare SDK; and where our time goes.

    python benchmarks/llm_speed.py [--seconds 10] [--json FILE] [--write docs]

A server in another process answers each of the job postings among the samples with what its gold record needs. Measured are the
CPU time of this process for a document, all systems in turn in one run; the documents a second of 64 threads where an answer
takes 200 ms, which bounds them at 320; and the stages of our own path. The ratios are what to compare between machines.
docs/llm.md says more, and is rewritten by ``--write docs``.
"""

from __future__ import annotations

import argparse
import gc
import json
import logging
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from threading import Barrier

# A script finds what lies beside it, not what lies beside its folder.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.asking.gold import Asked, Way, asked, plain_json, telling_word, varied
from benchmarks.asking.peer import Body, bare_caller, caller, client, completion, tool_call, versions
from benchmarks.asking.server import Answers, serving
from benchmarks.asking.stages import stages_of
from benchmarks.cleaners.report import markdown_table, ratio, rewritten
from extract import extract
from extract.evals.cases import Case, shipped_cases
from extract.settings import Ask
from extract.tasks import task_named

TASK = "job_posting"
LATENCY = 0.2
"""How many seconds an answer takes where many threads ask at once."""
WAYS = {"missing": Way("", Ask.MISSING), "all": Way("", Ask.ALL)}
"""The ways of asking, by the part of the server that answers them; "" is the default prompt."""
PEER = "instructor"
SYSTEMS = {"missing": "**extract**, facts first", "all": "**extract**, ask all", PEER: PEER, "openai": "openai alone"}
DOCUMENT = "llm.md"
Call = Callable[[str], object]


def answers_for(cases: Sequence[Case]) -> Answers:
    """What the server answers, for each way and for the peer."""
    ways = {part: [asked(case, way.settings()) for case in cases] for part, way in WAYS.items()}
    sent = {case.name: [case.source, *(_messages(plans[at]) for plans in ways.values())] for at, case in enumerate(cases)}
    words = {
        name: telling_word(own, [text for other in sent if other != name for text in sent[other]]) for name, own in sent.items()
    }
    ours = {
        part: [_pair(words[one.case.name], {"role": "assistant", "content": one.answer}) for one in plans]
        for part, plans in ways.items()
    }
    schema = task_named(TASK).schema
    peer = [_pair(words[case.name], tool_call(schema, plain_json(case.expected))) for case in cases]
    return {**ours, PEER: peer, "openai": peer}


def _messages(one: Asked) -> str:
    return "\n".join(message.content for message in one.plan.request.messages) if one.plan.request else ""


def _pair(word: str, message: Body) -> tuple[bytes, bytes]:
    return word.encode(), json.dumps(completion(message)).encode()


def calls(address: str) -> dict[str, Call]:
    """A function for each system, from a text to what the system makes of it."""
    schema = task_named(TASK).schema
    own = {part: _own(f"{address}/{part}/v1", way) for part, way in WAYS.items()}
    return {
        **own,
        PEER: caller(schema, TASK, client(f"{address}/{PEER}/v1")),
        "openai": bare_caller(schema, TASK, client(f"{address}/openai/v1")),
    }


def _own(base_url: str, way: Way) -> Call:
    settings = way.settings(base_url=base_url)
    return lambda text: extract(text, engine="llm", settings=settings)


def cpu_seconds(systems: Mapping[str, Call], texts: Sequence[str], seconds: float) -> dict[str, float]:
    """The CPU seconds of this process for a document: the median of rounds over all documents, the systems in turn."""
    serials = count(1)
    spent: dict[str, list[float]] = {name: [] for name in systems}
    until = time.perf_counter() + seconds
    while time.perf_counter() < until or len(next(iter(spent.values()))) < 5:
        round_of = [varied(text, next(serials)) for text in texts]
        for name, call in systems.items():
            started = time.process_time()
            for text in round_of:
                call(text)
            spent[name].append((time.process_time() - started) / len(texts))
    return {name: statistics.median(rounds[2:]) for name, rounds in spent.items()}  # the first ones warm up


@dataclass(frozen=True, slots=True)
class Crowd:
    """Who asks at once: threads in each of some processes; frozen = what is loaded then is left out of garbage collections."""

    processes: int
    threads: int
    frozen: bool = False

    @property
    def title(self) -> str:
        return f"{self.processes} × {self.threads}{', frozen' if self.frozen else ''}"


CROWDS = (Crowd(1, 64), Crowd(2, 32), Crowd(1, 64, frozen=True), Crowd(2, 32, frozen=True))


def through(call: Call, texts: Sequence[str], *, threads: int, until: float) -> tuple[int, float]:
    """How many documents threads put through until a moment of ``time.time()``, no two the same, and when the last one ended."""
    serials = count(1)

    def work(_: int) -> int:
        done = 0
        while time.time() < until:
            serial = next(serials)
            call(varied(texts[serial % len(texts)], serial))
            done += 1
        return done

    with ThreadPoolExecutor(threads) as pool:
        done = sum(pool.map(work, range(threads)))
    return done, time.time()


def in_process(name: str, address: str, *, crowd: Crowd, seconds: float, start: Barrier) -> tuple[int, float, float]:
    """How many documents a process puts through, and when it began and ended, after it has warmed up and all others have."""
    logging.disable(logging.CRITICAL)
    call, texts = calls(address)[name], [case.source for case in shipped_cases(TASK).values()]
    for text in texts:  # alone: threads that all begin at once would each load the vocabularies
        call(text)
    through(call, texts, threads=crowd.threads, until=time.time() + 1)
    if crowd.frozen:
        gc.collect()
        gc.freeze()
    start.wait(60)
    began = time.time()
    done, ended = through(call, texts, threads=crowd.threads, until=began + seconds)
    return done, began, ended


def rate(name: str, address: str, *, crowd: Crowd, seconds: float) -> float:
    """The documents a second of a crowd."""
    context = get_context("spawn")
    with context.Manager() as manager, ProcessPoolExecutor(crowd.processes, mp_context=context) as pool:
        start = manager.Barrier(crowd.processes)
        asking = partial(in_process, name, address, crowd=crowd, seconds=seconds, start=start)
        parts = [future.result() for future in [pool.submit(asking) for _ in range(crowd.processes)]]
    return sum(done for done, _, _ in parts) / (max(ended for _, _, ended in parts) - min(began for _, began, _ in parts))


@dataclass(frozen=True, slots=True)
class Figures:
    """All that was measured: CPU seconds for a document, documents a second by "processes x threads", seconds of each stage."""

    cpu: Mapping[str, float]
    rates: Mapping[str, Mapping[str, float]]
    stages: Mapping[str, Mapping[str, float]]


def measured(cases: Sequence[Case], seconds: float) -> Figures:
    """All figures, each from about so many seconds."""
    texts, answers = [case.source for case in cases], answers_for(cases)
    with serving(answers) as address:
        cpu = cpu_seconds(calls(address), texts, seconds)
        stages = {
            part: stages_of(texts, way.settings(base_url=f"{address}/{part}/v1"), task=TASK, seconds=seconds / 2)
            for part, way in WAYS.items()
        }
    with serving(answers, latency=LATENCY) as address:
        rates = {
            crowd.title: {name: rate(name, address, crowd=crowd, seconds=seconds / 2) for name in SYSTEMS} for crowd in CROWDS
        }
    return Figures(cpu, rates, stages)


def cpu_table(figures: Figures) -> str:
    """CPU time for a document of each system, and the rates of its crowds."""
    rows = [
        [title, f"{1000 * figures.cpu[name]:.1f}", ratio(figures.cpu[name], figures.cpu[PEER])]
        + [f"{rates[name]:.0f}" for rates in figures.rates.values()]
        for name, title in SYSTEMS.items()
    ]
    return markdown_table(["system", "CPU ms", "of instructor", *(f"docs/s, {crowd}" for crowd in figures.rates)], rows)


def stages_table(figures: Figures) -> str:
    """Where our time goes: a row a stage, and its share."""
    rows = [
        [stage] + [f"{1000 * stages[stage]:.2f}" for stages in figures.stages.values()]
        for stage in next(iter(figures.stages.values()))
    ]
    rows.append(["all", *(f"{1000 * sum(stages.values()):.2f}" for stages in figures.stages.values())])
    return markdown_table(["stage", *(f"{WAYS[part].title.split(', ')[1]}, ms" for part in figures.stages)], rows)


def conditions(seconds: float) -> str:
    """What was measured on, beside what."""
    return f"Beside {versions()}; {os.cpu_count()} cores, Python {platform.python_version()}, {seconds:g} s a round of figures."


def options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The options of the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--seconds", type=float, default=10.0, help="how long each figure is measured (default %(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="all figures")
    parser.add_argument("--write", type=Path, metavar="FOLDER", help=f"rewrite the tables of {DOCUMENT} in that folder")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print the tables; the exit code."""
    chosen = options(arguments)
    logging.disable(logging.CRITICAL)  # the SDK tells its log of each request
    figures = measured(list(shipped_cases(TASK).values()), chosen.seconds)
    told = f"{conditions(chosen.seconds)}\n\n{cpu_table(figures)}\n\nWhere the time goes\n\n{stages_table(figures)}"
    print(told)
    if chosen.json:
        chosen.json.write_text(json.dumps(asdict(figures), indent=2) + "\n", "utf-8")
    if chosen.write:
        file = chosen.write / DOCUMENT
        file.write_text(rewritten(file.read_text("utf-8"), part="speed", text=told), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

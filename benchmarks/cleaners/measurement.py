"""What each system does with each page: how long it takes, what it costs in tokens, which gold lines it loses."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.cleaners.pages import Page, lost_lines
from benchmarks.cleaners.systems import System

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One system on one page. ``problem`` says how it failed; its output counts as empty then."""

    page: Page
    seconds: float
    tokens: int
    lost: tuple[str, ...]
    problem: str | None = None

    @property
    def kept(self) -> int:
        return len(self.page.gold) - len(self.lost)


@dataclass(frozen=True, slots=True)
class Result:
    """One system on all pages."""

    name: str
    version: str
    outcomes: tuple[Outcome, ...]

    @property
    def speed(self) -> float:
        """Millions of characters of HTML a second."""
        return sum(len(outcome.page.html) for outcome in self.outcomes) / 1e6 / sum(outcome.seconds for outcome in self.outcomes)

    @property
    def tokens(self) -> int:
        return sum(outcome.tokens for outcome in self.outcomes)

    @property
    def gold(self) -> int:
        return sum(len(outcome.page.gold) for outcome in self.outcomes)

    @property
    def kept(self) -> int:
        return sum(outcome.kept for outcome in self.outcomes)

    @property
    def share(self) -> float:
        """The share of the gold lines that is kept; 0 where there are none."""
        return self.kept / self.gold if self.gold else 0.0


@dataclass(frozen=True, slots=True)
class _Attempt:
    seconds: float
    text: str
    problem: str | None = None


def _attempt(system: System, html: str) -> _Attempt:
    started = time.perf_counter()
    try:
        text, problem = system.text(html), None
    except Exception as error:  # noqa: BLE001  whatever a peer dies of, the others go on, and it is told
        text, problem = "", f"{type(error).__name__}: {error}"
    return _Attempt(time.perf_counter() - started, text, problem)


def measure(
    systems: Sequence[System],
    pages: Sequence[Page],
    *,
    repeat: int,
    count_tokens: Callable[[str], int],
    progress: Progress,
) -> list[Result]:
    """The result of each system, in their order.

    After a round that warms up, each page goes to all systems in turn, ``repeat`` times over, and the best time counts:
    whatever else the machine does meanwhile then falls on all of them alike.
    """
    best: dict[tuple[int, int], _Attempt] = {}
    for round_number in range(repeat + 1):
        for at, page in enumerate(pages):
            progress(f"round {round_number} of {repeat}, page {at + 1} of {len(pages)}")
            for which, system in enumerate(systems):
                attempt = _attempt(system, page.html)
                if round_number <= 1 or attempt.seconds < best[which, at].seconds:
                    best[which, at] = attempt
    progress("")
    return [
        Result(
            system.name,
            system.version,
            tuple(_outcome(best[which, at], page, count_tokens=count_tokens) for at, page in enumerate(pages)),
        )
        for which, system in enumerate(systems)
    ]


def _outcome(attempt: _Attempt, page: Page, *, count_tokens: Callable[[str], int]) -> Outcome:
    return Outcome(page, attempt.seconds, count_tokens(attempt.text), lost_lines(page.gold, attempt.text), attempt.problem)

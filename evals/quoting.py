"""What a run would ask and cost, before it does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from extract.evals.planning import Plan
from extract.evals.running import Conduct, done_jobs
from extract.quoting import Quotation

if TYPE_CHECKING:
    from extract.settings import Settings  # a run of the rules reads none


@dataclass(slots=True)
class RunQuote(Quotation):
    """What a run would use; ``done`` are documents that have their results already."""

    done: int = 0


def quote_run(plan: Plan, settings: Settings | None, conduct: Conduct | None = None) -> RunQuote:
    """The quote of a run; nothing is asked, and no file is written. UsageError where no request can be made at all."""
    done = done_jobs(plan, conduct)
    quote = RunQuote(done=len(done))
    for case, repeat in plan.jobs:
        if (case.name, repeat) not in done:
            quote.add(case.opened, plan.extracting.engines[repeat], settings)
    return quote

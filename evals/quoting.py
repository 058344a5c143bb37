"""What a run would ask and cost, before it does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from extract.cleaning import clean
from extract.errors import ExtractError, UsageError
from extract.evals.planning import Plan
from extract.evals.running import Conduct, done_jobs

if TYPE_CHECKING:
    from extract.settings import Settings  # a run of the rules reads none


@dataclass(frozen=True, slots=True)
class RunQuote:
    """What a run would use: documents that are done, answered from the cache, not askable, and left to ask.

    ``cost_low`` is without any answer, ``cost_high`` with the longest ones; None where the price of the model is not known.
    Repairs come on top: each is a call of a fraction of the first.
    """

    done: int = 0
    answered: int = 0
    failing: int = 0
    asked: int = 0
    input_tokens: int = 0
    cost_low: float | None = 0.0
    cost_high: float | None = 0.0


def quote_run(plan: Plan, settings: Settings | None, conduct: Conduct | None = None) -> RunQuote:
    """The quote of a run; nothing is asked, and no file is written. UsageError where no request can be made at all."""
    done = done_jobs(plan, conduct)
    left = [job for job in plan.jobs if (job[0].name, job[1]) not in done]
    if settings is None:
        return RunQuote(done=len(done), asked=len(left))
    from extract.engines.llm.engine import LlmEngine  # of the extra llm, which is there: the engines are
    from extract.engines.llm.preview import preview_of

    answered = failing = asked = tokens = 0
    low: float | None = 0.0
    high: float | None = 0.0
    for case, repeat in left:
        engine = plan.extracting.engines[repeat]
        try:
            shown = preview_of(clean(case.opened), engine, settings) if isinstance(engine, LlmEngine) else None
        except UsageError:
            raise
        except ExtractError:
            failing += 1
            continue
        if shown is None or shown.answered:
            answered += 1
            continue
        asked += 1
        tokens += shown.quote.input_tokens
        low = None if low is None or shown.quote.cost_low is None else low + shown.quote.cost_low
        high = None if high is None or shown.quote.cost_high is None else high + shown.quote.cost_high
    return RunQuote(len(done), answered, failing, asked, tokens, low, high)

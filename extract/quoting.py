"""What asking a model about documents would use and cost, before anybody is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from extract.errors import ExtractError, UsageError
from extract.pipeline import cleaned
from extract.source import Format, Source

if TYPE_CHECKING:
    from extract.engines.base import Engine
    from extract.settings import Settings  # a run of the rules reads none


@dataclass(slots=True)
class Quotation:
    """Documents that are answered from the cache or need no asking, that cannot be asked about, and that are left to ask.

    ``cost_low`` is without any answer, ``cost_high`` with the longest ones, in US dollars; None where the price of the model is
    not known. Repairs come on top: each is a call of a fraction of the first.
    """

    answered: int = 0
    failing: int = 0
    asked: int = 0
    input_tokens: int = 0
    cost_low: float | None = 0.0
    cost_high: float | None = 0.0

    def add(self, source: Source, engine: Engine, settings: Settings | None, *, input_format: str | Format | None = None) -> None:
        """Count a document; nothing is asked. UsageError where no request can be made at all."""
        if settings is None or "model" not in engine.origin:
            self.asked += 1  # of an engine that asks nobody
            return
        from extract.engines.llm.engine import LlmEngine  # of the extra llm, which is there: the engine is
        from extract.engines.llm.preview import preview_of

        try:
            clean = cleaned(source, input_format)
            shown = preview_of(clean, engine, settings) if isinstance(engine, LlmEngine) else None
        except UsageError:
            raise
        except ExtractError:
            self.failing += 1
            return
        if shown is None or shown.answered:
            self.answered += 1
            return
        self.asked += 1
        self.input_tokens += shown.quote.input_tokens
        self.cost_low = _sum(self.cost_low, shown.quote.cost_low)
        self.cost_high = _sum(self.cost_high, shown.quote.cost_high)


def _sum(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one + other

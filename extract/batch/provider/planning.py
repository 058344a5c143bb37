"""Which requests go out next: what documents still need, without what is under way, what was given up, and what is too dear."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass

from extract.batch.provider.deferring import Named, missing_requests
from extract.batch.provider.manifest import Ledger
from extract.batch.provider.order import Order
from extract.batch.provider.parts import Line, line_of, rooms_of, write_parts
from extract.batch.provider.unanswered import given_up
from extract.engines.llm.bodies import first_form
from extract.engines.llm.counted import quote
from extract.engines.llm.prices import PriceTable
from extract.engines.llm.seam import Request
from extract.engines.llm.stack import cache_of, prices_of
from extract.errors import SettingsError
from extract.settings import Settings

HALF = 0.5
"""What a request in a batch costs, of what it costs by itself."""


@dataclass(frozen=True, slots=True)
class Planned:
    """How many requests were written into new parts, and why there are not more of them, where a limit was met."""

    requests: int = 0
    reason: str = ""


def plan(order: Order, ledger: Ledger, *, documents: Iterable[Named]) -> Planned:
    """Write what is missing as new parts of the ledger.

    What a process had written that ended in the middle of it stays, and the rest is added.
    """
    settings, limits = order.settings, order.limits
    form = first_form(settings)
    allowance = _Allowance(settings, prices_of(settings), ledger)
    left_out = given_up(ledger, max_rounds=limits.max_rounds) | _under_way(ledger)
    with closing(cache_of(settings)) as store:
        missing = missing_requests(documents, order.reading, store=store)
        wanted = (request for request in missing if bytes.fromhex(request.key) not in left_out)
        requests = write_parts(
            (Line(line_of(request, form), cost, tokens) for request, cost, tokens in allowance.granted(wanted)),
            ledger,
            most_requests=limits.most_requests,
            most_bytes=min(limits.most_bytes, ledger.manifest.most_bytes or limits.most_bytes),
        )
    ledger.write(stale=bool(allowance.reason))
    return Planned(requests, allowance.reason)


def _under_way(ledger: Ledger) -> set[bytes]:
    """The keys of the requests in parts that are not collected; 100 bytes for each."""
    parts = (part for part in ledger.manifest.parts if part.tally is None)
    return {bytes.fromhex(key) for part in parts for key in rooms_of(ledger, part)}


class _Allowance:
    """What may still be spent: of the limits, without what was, and without the most that is under way could take."""

    def __init__(self, settings: Settings, prices: PriceTable, ledger: Ledger) -> None:
        self.reason = ""
        self._settings = settings
        self._prices = prices
        parts = ledger.manifest.parts
        self._cost = sum(part.most_cost if part.tally is None else part.tally.cost or 0.0 for part in parts)
        self._tokens = sum(
            part.most_tokens if part.tally is None else part.tally.input_tokens + part.tally.output_tokens for part in parts
        )
        if settings.max_cost is not None and prices.price(settings.model) is None:
            ways = "add it to a price file (--prices, EXTRACT_PRICES), or limit tokens instead (--max-tokens, EXTRACT_MAX_TOKENS)"
            raise SettingsError(f"--max-cost cannot be kept: the price of the model {settings.model!r} is not known; {ways}")

    def granted(self, requests: Iterable[Request]) -> Iterator[tuple[Request, float, int]]:
        """Each request with the most that it could cost and take, as long as that is allowed."""
        if self._settings.max_cost is None and self._settings.max_tokens is None:
            yield from ((request, 0.0, 0) for request in requests)
            return
        for request in requests:
            most = quote(request, self._prices)
            cost, tokens = (most.cost_high or 0.0) * HALF, most.input_tokens + most.max_output_tokens
            self._cost += cost
            self._tokens += tokens
            if self._is_passed():
                return
            yield request, cost, tokens

    def _is_passed(self) -> bool:
        """Whether the request that was added last could pass a limit; then ``reason`` says so."""
        if self._settings.max_cost is not None and self._cost > self._settings.max_cost:
            self.reason = f"more could cost over ${self._settings.max_cost:g}: raise --max-cost, or collect first"
        elif self._settings.max_tokens is not None and self._tokens > self._settings.max_tokens:
            self.reason = f"more could take over {self._settings.max_tokens:,} tokens: raise --max-tokens, or collect first"
        return bool(self.reason)

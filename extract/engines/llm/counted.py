"""What requests cost: counted after each attempt, quoted before any, and stopped before a budget is passed.

A budget holds by our own count of tokens (see ``tokens``), which the endpoint's figures replace when they are there. A model that
cuts texts into more tokens than we count can pass it by that difference, in the calls that are then under way.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, replace
from decimal import Decimal

from extract.engines.llm.prices import Price, PriceTable
from extract.engines.llm.seam import Completion, Model, Request
from extract.engines.llm.tokens import count_tokens, request_tokens
from extract.errors import BudgetExceeded, CallError, EndpointUnavailable, SettingsError
from extract.result import Usage

_LONGEST_WAIT = 1.0  # seconds: an interrupt is seen in between also where a lock cannot be interrupted


@dataclass(frozen=True, slots=True)
class Quote:
    """What a request would use: its tokens, and what it costs in US dollars without an answer and with the longest one.

    Both costs are None where the price of the model is not known.
    """

    input_tokens: int
    max_output_tokens: int
    cost_low: float | None
    cost_high: float | None


@dataclass(frozen=True, slots=True)
class Budget:
    """What all requests together may cost (US dollars) and use (tokens, sent and answered); None = any amount."""

    max_cost: float | None = None
    max_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """Money (US dollars) and tokens that are spent, or that a call could take."""

    cost: Decimal = Decimal(0)
    tokens: int = 0

    def __add__(self, other: Claim) -> Claim:
        return Claim(self.cost + other.cost, self.tokens + other.tokens)

    def __sub__(self, other: Claim) -> Claim:
        return Claim(self.cost - other.cost, self.tokens - other.tokens)


_ANY = Budget()


def quote(request: Request, prices: PriceTable) -> Quote:
    """What that request would use and cost, without making it."""
    sent = Usage(input_tokens=request_tokens(request))
    longest = sent + Usage(output_tokens=request.max_output_tokens)
    low, high = (prices.cost(request.model, usage) for usage in (sent, longest))
    return Quote(sent.input_tokens, request.max_output_tokens, low, high)


class Meter:
    """What all calls have used so far, for any number of threads and models.

    Calls that are under way stand in it with the most that they could take.
    """

    def __init__(self) -> None:
        self._usage = Usage()
        self._spent = Claim()
        self._reserved = Claim()
        self._changed = threading.Condition()

    @property
    def usage(self) -> Usage:
        """The sum of the calls that have ended."""
        with self._changed:
            return self._usage

    def reserve(self, claim: Claim, budget: Budget, *, deadline: float | None = None) -> None:
        """Set the claim of the next call aside.

        Where it fits into the budget only without the calls that are under way, it waits for them: most end far below their
        claims. Raises BudgetExceeded where it does not fit into what is left even so, and EndpointUnavailable when the deadline
        (a moment of ``time.monotonic()``) passes before that is known.
        """
        with self._changed:
            while excess := _excess(self._spent + self._reserved, claim, budget):
                if sure := _excess(self._spent, claim, budget):
                    raise BudgetExceeded(sure)
                left = _LONGEST_WAIT if deadline is None else deadline - time.monotonic()
                if left <= 0:
                    raise EndpointUnavailable(f"the calls under way have to end first, and did not before the deadline: {excess}")
                self._changed.wait(min(left, _LONGEST_WAIT))
            self._reserved += claim

    def settle(self, claim: Claim, usage: Usage) -> None:
        """That call has ended: what it used replaces its claim."""
        with self._changed:
            self._reserved -= claim
            self._usage += usage
            self._spent += Claim(Decimal(str(usage.cost or 0)), usage.input_tokens + usage.output_tokens)
            self._changed.notify_all()


def _excess(before: Claim, claim: Claim, budget: Budget) -> str:
    """The message for a claim that would pass the budget; empty = it fits."""
    after = before + claim
    if budget.max_cost is not None and after.cost > (limit := Decimal(str(budget.max_cost))):
        spent = f"{_dollars(before.cost)} of the budget of {_dollars(limit)} are spent"
        return f"{spent}, and the next call could cost {_dollars(claim.cost)}: raise it with --max-cost or EXTRACT_MAX_COST"
    if budget.max_tokens is not None and after.tokens > budget.max_tokens:
        spent = f"{before.tokens:,} of the budget of {budget.max_tokens:,} tokens are used"
        return f"{spent}, and the next call could take {claim.tokens:,}: raise it with --max-tokens or EXTRACT_MAX_TOKENS"
    return ""


def _dollars(amount: Decimal) -> str:
    """The amount to a millionth, without zeros that say nothing.

    >>> _dollars(Decimal("0.0123")), _dollars(Decimal("1250"))
    ('$0.0123', '$1,250.00')
    """
    whole, _, fraction = f"{amount:,.6f}".partition(".")
    return f"${whole}.{fraction.rstrip('0'):0<2}"


class Counted:
    """A model whose calls are counted in the meter and stop before the budget; it stands directly around the network.

    The usage of the completion, or of the error, comes back with ``calls`` and ``cost``; the cost is None where the price of the
    model is not known, which is said once. Where the endpoint reports no tokens with an answer, our own count stands for them. An
    error counts with the tokens that it brings; a provider may bill more, for a request that timed out.

    Raises BudgetExceeded before a call that could pass the budget, and SettingsError for a limit on money and a model without a
    price.
    """

    def __init__(self, model: Model, *, prices: PriceTable, meter: Meter, budget: Budget) -> None:
        self._model = model
        self._prices = prices
        self._meter = meter
        self._budget = budget
        self._lock = threading.Lock()
        self._unpriced: set[str] = set()

    def complete(self, request: Request) -> Completion:
        """The completion of the model, with what it cost."""
        price = self._price(request.model)
        claim = _claim(request, price) if self._budget != _ANY else Claim()
        self._meter.reserve(claim, self._budget, deadline=request.deadline)
        used = _priced(Usage(), price)
        try:
            completion = self._model.complete(request)
            used = _priced(_reported(completion, request), price)
        except CallError as error:
            error.usage = used = _priced(error.usage or Usage(), price)
            raise
        finally:
            self._meter.settle(claim, used)
        return replace(completion, usage=used)

    def _price(self, model: str) -> Price | None:
        price = self._prices.price(model)
        if price is None:
            self._say_unpriced(model)
        return price

    def _say_unpriced(self, model: str) -> None:
        if self._budget.max_cost is not None:
            ways = "add it to a price file (--prices, EXTRACT_PRICES), or limit tokens instead (--max-tokens, EXTRACT_MAX_TOKENS)"
            raise SettingsError(f"--max-cost cannot be kept: the price of the model {model!r} is not known; {ways}")
        with self._lock:
            if model in self._unpriced:
                return
            self._unpriced.add(model)
        logging.getLogger("extract").warning(
            "the price of the model %r is not known: tokens are counted, money is not; a price file adds it (--prices)",
            model,
        )


def _claim(request: Request, price: Price | None) -> Claim:
    worst = Usage(input_tokens=request_tokens(request), output_tokens=request.max_output_tokens)
    return Claim(Decimal(0) if price is None else price.of(worst), worst.input_tokens + worst.output_tokens)


def _reported(completion: Completion, request: Request) -> Usage:
    """The usage of the completion, with our count where the endpoint reports none."""
    usage = completion.usage
    return usage.model_copy(
        update={
            "input_tokens": usage.input_tokens or request_tokens(request),
            "output_tokens": usage.output_tokens or count_tokens(completion.text),
        }
    )


def _priced(usage: Usage, price: Price | None) -> Usage:
    """The usage of an attempt that left, with its cost."""
    cost = None if price is None else float(price.of(usage))
    return usage.model_copy(update={"calls": max(1, usage.calls), "cost": cost})

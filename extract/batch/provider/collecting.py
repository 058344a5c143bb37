"""``collect``: what finished batches brought goes into the cache, and what is missing then goes out again."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass

from extract.batch.provider.arrivals import Arrivals
from extract.batch.provider.deferring import Named
from extract.batch.provider.endpoint import Batch, Provider
from extract.batch.provider.manifest import Ledger, Part, resumed
from extract.batch.provider.order import Order
from extract.batch.provider.parts import rooms_of
from extract.batch.provider.planning import HALF, Planned, plan
from extract.batch.provider.submitting import Submitted, send, standing
from extract.batch.provider.tally import Tally
from extract.batch.provider.unanswered import write_unanswered
from extract.engines.llm.answer_cache import AnswerCache
from extract.engines.llm.stack import cache_of, prices_of

_FULL = "the queue of the provider is full: what waits is sent when a batch has ended, by the next collect"


@dataclass(frozen=True, slots=True)
class Collected:
    """What came in this call, from how many parts; what came in all; and how the order stands after it."""

    came: Tally
    parts: int
    total: Tally
    standing: Submitted


def collect(order: Order, documents: Iterable[Named]) -> Collected:
    """Put the answers of batches that have ended into the cache, and send what is missing then: repairs, and what failed.

    ``documents`` are those that were submitted; they are gone through only where something has come. The same call goes on where
    one ended in the middle, and asks nothing twice. Raises UsageError where nothing was submitted, or with other settings,
    SettingsError where the cache cannot be written, CallError where the endpoint cannot be reached.
    """
    with resumed(order) as ledger, Provider(order.settings, order.retry) as provider:
        collected = _collected(order, ledger, provider)
        full = _make_room(ledger, collected, fewest=order.limits.fewest_requests)
        planned = plan(order, ledger, documents=documents) if ledger.manifest.stale else Planned()
        if full:
            now = standing(order, ledger, planned=planned, reason=_FULL)
        else:
            now = send(order, ledger, planned=planned, provider=provider)
        total = _sum(part.tally for part in ledger.manifest.parts)
    return Collected(_sum(part.tally for part in collected), len(collected), total, now)


def _collected(order: Order, ledger: Ledger, provider: Provider) -> list[Part]:
    """The parts whose batches have ended, as they are when all that came is kept."""
    found = []
    with closing(cache_of(order.settings)) as cache:
        for part in [part for part in ledger.manifest.parts if part.is_running]:
            batch = provider.batch(part.batch or "")
            if not batch.is_finished:
                continue
            arrivals = _arrived(ledger, part, batch, provider=provider, cache=cache)
            full_price = prices_of(order.settings).cost(order.settings.model, arrivals.usage)
            tally = arrivals.tally(batch, None if full_price is None else full_price * HALF)
            write_unanswered(ledger, part.name, arrivals.unanswered.values())
            done = part.model_copy(update={"tally": tally})
            ledger.put(done, stale=True)  # last: until then, the same is done again
            found.append(done)
    return found


def _arrived(ledger: Ledger, part: Part, batch: Batch, *, provider: Provider, cache: AnswerCache) -> Arrivals:
    arrivals = Arrivals(rooms_of(ledger, part), ledger.manifest.configuration, cache)
    for file, path in ((batch.output, ledger.path(part.name, "output")), (batch.errors, ledger.path(part.name, "errors"))):
        if file is not None and provider.download(file, path):
            arrivals.read(path)
    arrivals.close(batch)
    return arrivals


def _make_room(ledger: Ledger, collected: list[Part], *, fewest: int) -> bool:
    """Whether a batch found no place in the queue beside others, so that it is better to wait.

    Where there were no others of ours, it was too large by itself: parts are half as large from now on.
    """
    refused = [part for part in collected if part.tally is not None and part.tally.queued]
    if not refused:
        return False
    if any(part.is_running for part in ledger.manifest.parts):
        return True
    if len(refused) == len(collected):
        size = min(part.size for part in refused)
        if all(part.requests <= fewest for part in refused):
            return True  # they are small already: somebody else fills the queue
        ledger.write(most_bytes=max(1, size // 2))
    return False


def _sum(tallies: Iterable[Tally | None]) -> Tally:
    return sum((tally for tally in tallies if tally is not None), Tally())

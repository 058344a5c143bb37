"""``submit``: what documents still need goes out in batches; whoever was interrupted does the same again, and goes on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from extract.batch.provider.deferring import Named
from extract.batch.provider.endpoint import Provider, QueueFull
from extract.batch.provider.manifest import Ledger, Part, begun
from extract.batch.provider.order import Order
from extract.batch.provider.planning import Planned, plan
from extract.batch.provider.unanswered import forget_cancelled, given_up
from extract.errors import UsageError


@dataclass(frozen=True, slots=True)
class Submitted:
    """What went out, and how the order stands.

    ``new``: requests that were not known before. ``sent``: parts that left in this call. ``running`` and ``waiting``: requests in
    parts that are at the endpoint, and that could not be sent. ``left``: requests that are left to the run that follows.
    ``reasons``: why some wait; ``limit``: why there are not more of them.
    """

    new: int = 0
    sent: int = 0
    running: int = 0
    waiting: int = 0
    left: int = 0
    reasons: tuple[str, ...] = ()
    limit: str = ""

    @property
    def is_done(self) -> bool:
        """Whether no batch will bring anything more: the run that follows has all that there is."""
        return not (self.running or self.waiting or self.reasons or self.limit)

    @property
    def is_stuck(self) -> bool:
        """Whether a limit keeps something from being sent, and no batch is under way whose end could change that."""
        return bool(self.limit) and not self.running


def submit(order: Order, documents: Iterable[Named]) -> Submitted:
    """Send what is not answered in the cache, in batches; nothing is sent twice, also where a process ended in the middle of it.

    Raises UsageError where the folder has a batch of other settings that is not collected, SettingsError where no batch can be
    made, CallError where the endpoint cannot be reached; then the same call goes on.
    """
    with begun(order) as ledger, Provider(order.settings, order.retry) as provider:
        forget_cancelled(ledger)
        planned = plan(order, ledger, documents=documents)
        return send(order, ledger, planned=planned, provider=provider)


def send(order: Order, ledger: Ledger, *, planned: Planned, provider: Provider) -> Submitted:
    """Send the parts that were not, as far as the endpoint takes them, and say how the order stands."""
    sent, reason = 0, ""
    for part in [part for part in ledger.manifest.parts if part.is_unsent]:
        try:
            _send(ledger, part, provider)
        except QueueFull as error:
            reason = str(error)
            break
        sent += 1
    return standing(order, ledger, planned=planned, sent=sent, reason=reason)


def standing(order: Order, ledger: Ledger, *, planned: Planned, sent: int = 0, reason: str = "") -> Submitted:
    """How the order stands."""
    parts = ledger.manifest.parts
    return Submitted(
        new=planned.requests,
        sent=sent,
        running=sum(part.requests for part in parts if part.is_running),
        waiting=sum(part.requests for part in parts if part.is_unsent),
        left=len(given_up(ledger, max_rounds=order.limits.max_rounds)),
        reasons=(reason,) if reason else (),
        limit=planned.reason,
    )


def _send(ledger: Ledger, part: Part, provider: Provider) -> None:
    file = part.file
    if file is None:
        path = ledger.path(part.name, "requests")
        if not path.is_file() or path.stat().st_size != part.size:
            raise UsageError(f"{path} is not as it was written: remove {ledger.folder}, and submit again")
        file = provider.upload(path)
        part = ledger.put(part.model_copy(update={"file": file}))
    batch = provider.begin(part, file)
    ledger.put(part.model_copy(update={"batch": batch.id}))

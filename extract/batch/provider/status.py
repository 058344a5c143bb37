"""``status``: how the parts of an order stand, as the endpoint says now; nothing is changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from extract.batch.provider.endpoint import Provider
from extract.batch.provider.manifest import Part, read_manifest
from extract.batch.provider.order import FEW
from extract.engines.llm.retrying import RetryPolicy
from extract.errors import UsageError
from extract.settings import Settings

WAITING = "waiting"
COLLECTED = "collected"


@dataclass(frozen=True, slots=True)
class PartStatus:
    """How a part stands: ``waiting`` to be sent, ``collected``, or in the word of the endpoint.

    ``completed`` and ``failed`` are requests; ``expires`` is when the endpoint gives up, where it says so.
    """

    part: str
    requests: int
    state: str
    completed: int = 0
    failed: int = 0
    expires: datetime | None = None


def status(folder: Path, settings: Settings, *, retry: RetryPolicy = FEW) -> list[PartStatus]:
    """How each part of the order in a folder stands; the endpoint is asked for those that are open.

    UsageError where there is no order, or one at another endpoint than the settings name.
    """
    manifest = read_manifest(folder)
    if manifest.configuration.endpoint != settings.endpoint:
        raise UsageError(f"{folder} was submitted to {manifest.configuration.endpoint}, and the settings say {settings.endpoint}")
    if not any(part.is_running for part in manifest.parts):
        return [_offline(part) for part in manifest.parts]
    with Provider(settings, retry) as provider:
        return [_asked(part, provider) if part.is_running else _offline(part) for part in manifest.parts]


def _offline(part: Part) -> PartStatus:
    if part.tally is None:
        return PartStatus(part.name, part.requests, WAITING)
    failed = part.requests - part.tally.answered
    return PartStatus(part.name, part.requests, COLLECTED, completed=part.tally.answered, failed=failed)


def _asked(part: Part, provider: Provider) -> PartStatus:
    batch = provider.batch(part.batch or "")
    state = batch.status[:40] or "unknown"
    return PartStatus(part.name, part.requests, state, completed=batch.completed, failed=batch.failed, expires=batch.expires)

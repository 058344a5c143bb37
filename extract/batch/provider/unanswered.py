"""Requests that a batch left without an answer: why, and whether they are tried in another one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field, ValidationError

from extract.batch.provider.manifest import Ledger
from extract.engines.llm.answer_entry import first_fault
from extract.errors import UsageError
from extract.journal import replace_file
from extract.result import Value


class Why(StrEnum):
    """Why a request has no answer."""

    UNUSABLE = "unusable"  # there was one, which is no record
    REJECTED = "rejected"  # the endpoint calls it wrong, and would again
    FAILED = "failed"  # a fault that may be over the next time
    EXPIRED = "expired"
    MISSING = "missing"  # no line speaks of it
    CANCELLED = "cancelled"  # somebody stopped the batch
    QUEUED = "queued"  # the batch found no place in the queue: it was not tried at all


_FINAL = frozenset({Why.UNUSABLE, Why.REJECTED})


class Unanswered(Value):
    """A request without an answer; ``code`` is the word for it of the endpoint, or ours."""

    model_config: ClassVar[ConfigDict] = ConfigDict(strict=True)

    key: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    why: Why
    code: Annotated[str, Field(max_length=100)] = ""


def write_unanswered(ledger: Ledger, name: str, requests: Iterable[Unanswered]) -> None:
    """Keep what a part left without an answer; not what was not tried."""
    lines = [f"{request.model_dump_json()}\n" for request in requests if request.why is not Why.QUEUED]
    path = ledger.path(name, "unanswered")
    if lines or path.exists():
        replace_file(path, "".join(lines))


def given_up(ledger: Ledger, *, max_rounds: int) -> set[bytes]:
    """The keys of the requests that are left to the run that follows: tried often enough, or for good.

    Those of a batch that was cancelled are among them, until somebody submits again.
    """
    tried: Counter[bytes] = Counter()
    final: set[bytes] = set()
    for request in _all(ledger):
        digest = bytes.fromhex(request.key)
        tried[digest] += 1
        if request.why in _FINAL or request.why is Why.CANCELLED:
            final.add(digest)
    return final | {digest for digest, count in tried.items() if count >= max_rounds}


def forget_cancelled(ledger: Ledger) -> None:
    """Let requests of batches that were cancelled be asked again."""
    for part in ledger.manifest.parts:
        if part.tally is not None and part.tally.cancelled:
            write_unanswered(ledger, part.name, [each for each in _of(ledger, part.name) if each.why is not Why.CANCELLED])


def _all(ledger: Ledger) -> Iterator[Unanswered]:
    for part in ledger.manifest.parts:
        if part.tally is not None:
            yield from _of(ledger, part.name)


def _of(ledger: Ledger, name: str) -> Iterator[Unanswered]:
    path = ledger.path(name, "unanswered")
    try:
        with path.open("rb") as file:
            for line in file:
                yield Unanswered.model_validate_json(line)
    except FileNotFoundError:  # somebody removed it: its requests may be tried again
        return
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    except ValidationError as error:
        raise UsageError(f"{path}: {first_fault(error)}; remove the file, so that all of it is tried again") from None

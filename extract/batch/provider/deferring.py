"""What is still to be asked about documents: the ordinary pipeline over the answers that are there, and nobody is asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from extract.batch.reading import Reader, Reading
from extract.engines.llm.seam import Completion, Request
from extract.errors import ExtractError, RunStopped, UsageError

if TYPE_CHECKING:
    from extract.batch.items import Content
    from extract.engines.llm.answer_cache import AnswerStore  # it loads diskcache

Named = tuple[str, "Content"]
"""A document: what it is called, and its content."""


class Deferred(ExtractError):
    """A request that has no answer yet. No CallError: an engine would take it for a call that failed, and go on without."""

    code = "deferred"

    def __init__(self, request: Request) -> None:
        super().__init__(f"the request {request.key[:12]}… has no answer yet")
        self.request = request


@dataclass(frozen=True, slots=True)
class Deferring:
    """A model that knows the answers of a store, and raises Deferred for what is not there."""

    store: AnswerStore

    def complete(self, request: Request) -> Completion:
        completion = self.store.get(request.key)
        if completion is None:
            raise Deferred(request)
        return completion


def missing_requests(documents: Iterable[Named], reading: Reading, *, store: AnswerStore) -> Iterator[Request]:
    """The next request of each document that has no answer in the store: its first one, or a repair; none of them twice.

    What is wrong with a document is not told: the run that follows makes a row of it. Raises only what each of them would meet:
    RunStopped, UsageError. It holds 100 bytes for each request.
    """
    reader = reading.reader(Deferring(store))
    seen: set[bytes] = set()
    for name, content in documents:
        request = _missing(name, content, reader)
        if request is not None and (digest := bytes.fromhex(request.key)) not in seen:
            seen.add(digest)
            yield request


def _missing(name: str, content: Content, reader: Reader) -> Request | None:
    try:
        reader.extraction(name, content)
    except Deferred as deferred:
        return deferred.request
    except (RunStopped, UsageError):
        raise
    except Exception:  # noqa: BLE001  # also a crash belongs to its document, and the run that follows tells it
        return None
    return None

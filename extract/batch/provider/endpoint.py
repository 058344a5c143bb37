"""The files and batches of an endpoint: five calls, each tried a few times, and what comes back as values of ours."""

from __future__ import annotations

import logging
import random
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Self, TypeVar, get_args

import httpx2
import openai
import tenacity
from openai.types import Batch as Answered

from extract.batch.provider.manifest import ID, Part
from extract.batch.provider.parts import ENDPOINTS
from extract.engines.llm.connection import LONGEST_CONNECT, connected, secrets, timeouts
from extract.engines.llm.faults import Failure, NoAnswer, Target, fault_of, report_of
from extract.engines.llm.retrying import RetryPolicy
from extract.errors import AccessDenied, EndpointUnavailable, ExtractError, QuotaExhausted, UsageError
from extract.settings import Settings

_LOG = logging.getLogger("extract")

T = TypeVar("T")
PART_ID = "extract_part"
"""The name under which a batch carries the id of its part."""
QUEUE_CODES = frozenset({"token_limit_exceeded", "batch_limit_exceeded"})
"""What an endpoint says that has too much of us waiting already."""
_FINISHED = frozenset({"completed", "expired", "cancelled", "failed"})
_FAILURES = get_args(Failure)
_MOST_FILE = 4 * 2**30  # bytes of an output: 50,000 answers of 80 KB
_FILE_SECONDS = 3600.0  # for a file of that size on a slow line
_PAGE = 100  # batches of a list at once, which is the most
_MOST_LISTED = 20_000
_CLOCKS = timedelta(days=1)  # by which ours and that of the endpoint may differ


class QueueFull(ExtractError):
    """The endpoint takes no further batch now; the message is in its words."""

    code = "queue_full"


@dataclass(frozen=True, slots=True)
class BatchFault:
    """Something wrong with a batch as a whole; ``line`` counts from 1 in the file that was sent."""

    code: str
    message: str
    line: int | None


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch as the endpoint sees it; ``completed`` and ``failed`` are requests."""

    id: str
    status: str
    completed: int
    failed: int
    expires: datetime | None
    output: str | None
    errors: str | None
    faults: tuple[BatchFault, ...]

    @property
    def is_finished(self) -> bool:
        """Whether nothing more will come: answers that are counted have a file by then."""
        return self.status in _FINISHED and not (self.completed and self.output is None)


class Provider:
    """An endpoint with files and batches, in a ``with``; it connects at the first call.

    Raises our errors, after a few attempts where another may help.
    """

    def __init__(self, settings: Settings, retry: RetryPolicy) -> None:
        self._settings = settings
        self._retry = retry
        self._target = Target(settings.endpoint, settings.model, secrets(settings))
        self._timeout = timeouts(settings.timeout)
        self._file_timeout = httpx2.Timeout(_FILE_SECONDS, connect=LONGEST_CONNECT)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for name in ("_client", "_files"):
            if (client := vars(self).get(name)) is not None:
                client.close()

    @cached_property
    def _client(self) -> openai.OpenAI:
        return connected(self._settings, None)

    @cached_property
    def _files(self) -> openai.OpenAI:
        """The same for files, which may be longer than any other answer."""
        return connected(self._settings, None, most_bytes=_MOST_FILE)

    def upload(self, path: Path) -> str:
        """The id of a file of requests that was uploaded; QueueFull where the endpoint takes none now."""

        def uploaded() -> str:
            with path.open("rb") as file:
                sent = (path.name, file, "application/jsonl")
                answer: object = self._files.files.create(file=sent, purpose="batch", timeout=self._file_timeout)
            return _id(answer, "id")

        with self._refusing():
            return self._tried(uploaded)

    def begin(self, part: Part, file: str) -> Batch:
        """The batch of a part: the one that is there already, or a new one; QueueFull where the endpoint takes none now.

        It is looked for before each attempt: one that broke off may have begun it.
        """

        def begun() -> Batch:
            found = self._found(part, file)
            if found is not None:
                return found
            answer: object = self._client.batches.create(
                completion_window="24h",
                endpoint=ENDPOINTS[self._settings.api],  # type: ignore[arg-type]  # one of the literals
                input_file_id=file,
                metadata={PART_ID: part.id},
                timeout=self._timeout,
            )
            return _batch(answer)

        with self._refusing():
            return self._tried(begun)

    def batch(self, name: str) -> Batch:
        """How a batch stands."""
        return self._tried(lambda: _batch(self._client.batches.retrieve(name, timeout=self._timeout)))

    def download(self, file: str, path: Path) -> bool:
        """Write a file of the endpoint to that path; whether it is still there: the endpoint removes files after some time."""

        def downloaded() -> None:
            call = self._files.files.with_streaming_response.content(file, timeout=self._file_timeout)
            with call as answer, path.open("wb") as out:
                try:
                    for piece in answer.iter_bytes():
                        out.write(piece)
                except (httpx2.TransportError, httpx2.DecodingError) as error:  # the SDK lets them through once it streams
                    raise openai.APIConnectionError(request=answer.http_request) from error

        try:
            self._tried(downloaded)
        except OSError as error:
            raise UsageError(f"{path} cannot be written: {error.strerror}") from error
        except AccessDenied as error:
            if not (isinstance(error.__cause__, openai.APIStatusError) and error.__cause__.status_code == 404):
                raise
            _LOG.warning("the file %s is not at the endpoint any longer: its answers are asked for again", file)
            return False
        return True

    def _found(self, part: Part, file: str) -> Batch | None:
        """The batch that was begun for a part, though we never heard of it."""
        since = (datetime.fromisoformat(part.written) - _CLOCKS).timestamp()
        for answer in self._listed(since):
            metadata = getattr(answer, "metadata", None)
            named = metadata.get(PART_ID) if isinstance(metadata, dict) else None
            if named == part.id or getattr(answer, "input_file_id", None) == file:
                return _batch(answer)
        return None

    def _listed(self, since: float) -> Iterator[object]:
        """The batches of the account from the newest on, back to a moment."""
        for count, answer in enumerate(self._answers()):
            created: object = getattr(answer, "created_at", None)
            if isinstance(created, int | float) and created < since:
                return
            if count >= _MOST_LISTED:
                raise NoAnswer(f"its list of batches has more than {_MOST_LISTED:,} of a day")
            yield answer

    def _answers(self) -> Iterator[object]:
        """All batches of the account, page by page: what is no page must not look like an account without batches."""
        try:
            page = self._client.batches.list(limit=_PAGE, timeout=self._timeout)
            for each in page.iter_pages():
                if not isinstance(getattr(each, "data", None), list):
                    raise NoAnswer("it is no list of batches")
                yield from each.data
        except AttributeError as error:  # the SDK takes any text for a page
            raise NoAnswer("it is no list of batches") from error

    def _tried(self, call: Callable[[], T]) -> T:
        """What a call answers, after as many attempts as it takes."""
        retrying = tenacity.Retrying(
            sleep=time.sleep,
            stop=self._is_over,
            wait=self._pause,
            retry=tenacity.retry_if_exception_type(EndpointUnavailable),
            reraise=True,
        )
        answer: T = retrying(self._attempt, call)
        return answer

    def _attempt(self, call: Callable[[], T]) -> T:
        try:
            return call()
        except _FAILURES as error:
            report = report_of(error)
            fault = fault_of(error, self._target)
            if report is not None and report.codes & QUEUE_CODES:
                raise QueueFull(str(fault)) from error
            raise fault from error

    @contextmanager
    def _refusing(self) -> Iterator[None]:
        """Tells an endpoint that has had enough, or that has no batches, from one that fails."""
        try:
            yield
        except QuotaExhausted:
            raise
        except ExtractError as error:
            if isinstance(error.__cause__, openai.RateLimitError):
                raise QueueFull(str(error)) from error
            if isinstance(error.__cause__, openai.APIStatusError) and error.__cause__.status_code in {404, 405, 501}:
                what = f"{self._target.endpoint} has no files and batches of OpenAI's kind"
                raise UsageError(f"{what}: `extract batch` without submit asks it now ({error})") from error
            raise

    def _pause(self, state: tenacity.RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.retry_after if isinstance(error, EndpointUnavailable) else None
        return self._retry.pause(state.attempt_number, retry_after=asked, uniform=random.uniform)

    def _is_over(self, state: tenacity.RetryCallState) -> bool:
        """Whether there is no attempt left, or the endpoint wants to be left alone for longer than anybody waits."""
        return state.attempt_number >= self._retry.max_attempts or state.upcoming_sleep >= self._retry.deadline


def _batch(answer: object) -> Batch:
    """The value of a batch, of which the SDK lets anything through."""
    if not isinstance(answer, Answered):
        raise NoAnswer("it is no batch")
    counts = getattr(answer, "request_counts", None)
    faults = getattr(getattr(answer, "errors", None), "data", None)
    return Batch(
        id=_id(answer, "id"),
        status=_text(getattr(answer, "status", None)),
        completed=_count(getattr(counts, "completed", None)),
        failed=_count(getattr(counts, "failed", None)),
        expires=_moment(getattr(answer, "expires_at", None)),
        output=_id(answer, "output_file_id") if getattr(answer, "output_file_id", None) else None,
        errors=_id(answer, "error_file_id") if getattr(answer, "error_file_id", None) else None,
        faults=tuple(_fault(fault) for fault in faults[:1000]) if isinstance(faults, list) else (),
    )


def _fault(fault: object) -> BatchFault:
    line: object = getattr(fault, "line", None)
    return BatchFault(
        code=_text(getattr(fault, "code", None)),
        message=_text(getattr(fault, "message", None)),
        line=line if type(line) is int else None,
    )


def _id(answer: object, field: str) -> str:
    """The name of a file or a batch, which becomes a part of an address."""
    name: object = getattr(answer, field, None)
    if not isinstance(name, str) or not re.fullmatch(ID, name):
        raise NoAnswer(f"its {field} is none")
    return name


def _text(said: object) -> str:
    """What is text of it, without what cannot be printed or written.

    >>> _text("in_progress"), _text(7), _text("a\\nb")
    ('in_progress', '', 'a b')
    """
    text = said[:2000] if isinstance(said, str) else ""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _count(said: object) -> int:
    return said if type(said) is int and 0 <= said <= 10**9 else 0


def _moment(said: object) -> datetime | None:
    return datetime.fromtimestamp(said, UTC) if type(said) is int and 0 < said < 10**11 else None

"""Everything that this package raises, told apart by what the caller should do.

ExtractError
├── SourceError            the document cannot be read: mend or skip that document
│   ├── EmptySource        nothing in it, or only pictures of text
│   ├── BinarySource       no text: an image, an archive, an old Office file, NUL characters
│   ├── SourceTooLarge     over max_chars; too many tags, lines or pages; a file that unpacks to too much
│   ├── UndecodableSource  the bytes fit no encoding, or the text holds lone surrogates
│   ├── UnreadableSource   no such file, a directory, no permission, a password
│   ├── DamagedSource      a file, a member of an archive or a row of a table that is cut off or broken
│   └── MissingExtra       a package that reads this kind of file is not installed
├── FormatError            the document is not what the caller said it was
├── IncompleteRecord       the document does not state what the schema requires: make the field optional, or skip it
├── MissingFields          a record lacks fields that the caller requires (`result.require`): look at it, or skip it
├── CallError              a call to a model failed; `usage` is what it used
│   ├── ModelError         the model gave no usable answer for that document; others are not concerned
│   │   ├── Refused              it declined to answer
│   │   ├── Filtered             the provider's content filter stopped it
│   │   ├── Truncated            its answer was cut off, with more room too
│   │   ├── InvalidAnswer        no JSON object, or nothing at all
│   │   ├── ContextOverflow      the document is longer than the model can read
│   │   ├── Abandoned            whoever asked was cancelled, so nobody asked again
│   │   ├── RequestRejected      the endpoint calls the request wrong (400)
│   │   └── EndpointUnavailable  no answer in time, after all attempts: try again later
│   └── RunStopped         no further call can succeed: stop the run and do what the message says
│       ├── AccessDenied         the key is wrong or may not do this, or there is no such model
│       ├── QuotaExhausted       the account has no money or quota left
│       ├── BudgetExceeded       the next call could pass the limit on money or tokens
│       └── TooManyFailures      more documents failed than the caller allows
└── UsageError             the call is wrong, whatever the document: an unknown schema, engine or format
    ├── SchemaError        a field of the schema cannot be asked of a model
    ├── PromptError        a prompt file cannot be used
    ├── SettingsError      a setting is wrong or missing
    ├── DatasetError       gold cannot be used: a file that is none, a value that the schema does not allow
    └── RunError           a run file or a baseline cannot be used, or two of them cannot be compared
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from extract.result import Issue, Usage  # result.py is built on modules that raise these errors


class ExtractError(Exception):
    """The root of the tree; ``code`` is stable and meant for machines."""

    code = "extract_error"


class SourceError(ExtractError):
    """The document cannot be read; other documents are not concerned."""

    code = "source"


class EmptySource(SourceError):
    """There is no character in the document that could be read."""

    code = "empty"


class BinarySource(SourceError):
    """The document is not text."""

    code = "binary"


class SourceTooLarge(SourceError):
    """The document has more characters than the caller allows, or falls into far more parts than a document has."""

    code = "too_large"

    @classmethod
    def over(cls, name: str, size: str, max_chars: int) -> SourceTooLarge:
        """The error for a document of that size ("1,001 characters"), with the way out."""
        way_out = f"allow more (max_chars=, or --max-chars) or cut the document; {max_chars:,} is what this call allows"
        return cls(f"{name} has {size}, which is over max_chars={max_chars:,}: {way_out}")


class UndecodableSource(SourceError):
    """The bytes could not be turned into text."""

    code = "undecodable"


class UnreadableSource(SourceError):
    """The file cannot be opened."""

    code = "unreadable"


class DamagedSource(SourceError):
    """The file begins as one of its kind (PDF, Word, MHTML, an archive, a table), and it, or this part of it, cannot be read."""

    code = "damaged"


class MissingExtra(SourceError):
    """A package that reads this kind of file is not installed; other documents are not concerned."""

    code = "missing_extra"


class FormatError(ExtractError):
    """The document cannot be read in the format that was asked for."""

    code = "format"


class UsageError(ExtractError):
    """The call itself is wrong and would be for any document."""

    code = "usage"


class SchemaError(UsageError):
    """A field of the schema has a type that no answer of a model can have; the message names it."""

    code = "schema"


class PromptError(UsageError):
    """A prompt file cannot be read, or one of its examples is not stated by its own document."""

    code = "prompt"


class SettingsError(UsageError):
    """A setting is wrong or missing; the message names the variable."""

    code = "settings"


class DatasetError(UsageError):
    """Gold cannot be used; the message names the file, the line or the case."""

    code = "dataset"


class RunError(UsageError):
    """A run file or a baseline cannot be used, or two of them cannot be compared; the message says why and what to do."""

    code = "run"


class IncompleteRecord(ExtractError):
    """The document does not state what the schema requires, so there is no record; the message names the fields.

    ``issues`` are what there was to say about its values, ``usage`` is what asking for them used.
    """

    code = "incomplete"

    def __init__(self, message: str, *, issues: tuple[Issue, ...] = (), usage: Usage | None = None) -> None:
        super().__init__(message)
        self.issues = issues
        self.usage = usage

    @property
    def broken(self) -> tuple[Issue, ...]:
        """The errors among the issues: what would have to be mended."""
        return tuple(issue for issue in self.issues if issue.severity == "error")


class MissingFields(ExtractError):
    """The record lacks fields that the caller requires; ``reasons`` says for each path why."""

    code = "missing_fields"

    def __init__(self, message: str, *, reasons: Mapping[str, str]) -> None:
        super().__init__(message)
        self.reasons = reasons


class CallError(ExtractError):
    """The base of what calls to a model end in; ``usage`` is what the attempts used."""

    code = "call"

    def __init__(self, message: str, *, usage: Usage | None = None) -> None:
        super().__init__(message)
        self.usage = usage


class ModelError(CallError):
    """The model gave no usable answer for this document; other documents are not concerned."""

    code = "model"


class Refused(ModelError):
    """The model declined to answer."""

    code = "refused"


class Filtered(ModelError):
    """The provider's content filter stopped the request or the answer."""

    code = "filtered"


class Truncated(ModelError):
    """The answer was cut off at the limit on output tokens, also with more room."""

    code = "truncated"


class InvalidAnswer(ModelError):
    """The answer is no JSON object."""

    code = "invalid_answer"


class ContextOverflow(ModelError):
    """The request is longer than the model's context."""

    code = "context_overflow"


class Abandoned(ModelError):
    """Whoever waited for the record was cancelled; no further attempt was made."""

    code = "abandoned"


class RequestRejected(ModelError):
    """The endpoint answered that the request is wrong; asking again would not help."""

    code = "request_rejected"


class EndpointUnavailable(ModelError):
    """The endpoint did not answer: no connection, a time-out, too many requests, a fault of its own.

    ``retry_after``: seconds after which the endpoint asked to be tried again, where it said so. ``throttled``: whether it asked
    for fewer requests.
    """

    code = "unavailable"

    def __init__(
        self, message: str, *, usage: Usage | None = None, retry_after: float | None = None, throttled: bool = False
    ) -> None:
        super().__init__(message, usage=usage)
        self.retry_after = retry_after
        self.throttled = throttled


class RunStopped(CallError):
    """No further call can succeed, whatever the document."""

    code = "run_stopped"


class AccessDenied(RunStopped):
    """The endpoint refuses the key, the model or the address (401, 403, 404)."""

    code = "access_denied"


class QuotaExhausted(RunStopped):
    """The account has no quota left; waiting does not help."""

    code = "quota_exhausted"


class BudgetExceeded(RunStopped):
    """The next call could pass the limit on money or tokens, so it was not made."""

    code = "budget_exceeded"


class TooManyFailures(RunStopped):
    """More documents of a batch failed than its caller allows."""

    code = "too_many_failures"

"""Everything that this package raises, told apart by what the caller should do.

ExtractError
├── SourceError            the document cannot be read: mend or skip that document
│   ├── EmptySource        nothing in it
│   ├── BinarySource       no text: an image, an archive, a PDF, NUL characters
│   ├── SourceTooLarge     over max_chars, or too many tags or lines
│   ├── UndecodableSource  the bytes fit no encoding, or the text holds lone surrogates
│   └── UnreadableSource   no such file, a directory, no permission
├── FormatError            the document is not what the caller said it was
└── UsageError             the call is wrong, whatever the document: an unknown schema, engine or format
"""

from __future__ import annotations


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


class UndecodableSource(SourceError):
    """The bytes could not be turned into text."""

    code = "undecodable"


class UnreadableSource(SourceError):
    """The file cannot be opened."""

    code = "unreadable"


class FormatError(ExtractError):
    """The document cannot be read in the format that was asked for."""

    code = "format"


class UsageError(ExtractError):
    """The call itself is wrong and would be for any document."""

    code = "usage"

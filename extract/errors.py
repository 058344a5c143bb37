"""Everything that this package raises, told apart by what the caller should do.

ExtractError
├── SourceError            the document cannot be read: mend or skip that document
│   ├── EmptySource        nothing in it, or only pictures of text
│   ├── BinarySource       no text: an image, an archive, an old Office file, NUL characters
│   ├── SourceTooLarge     over max_chars; too many tags, lines or pages; a file that unpacks to too much
│   ├── UndecodableSource  the bytes fit no encoding, or the text holds lone surrogates
│   ├── UnreadableSource   no such file, a directory, no permission, a password
│   ├── DamagedSource      a PDF, Word or MHTML file that is cut off or broken
│   └── MissingExtra       a package that reads this kind of file is not installed
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
    """The file begins as a PDF, Word or MHTML file, and cannot be read as one."""

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

"""Validated records out of messy documents, with every value pointing at the characters that it came from."""

from extract.batch.many import Outcome, extract_many, extract_row
from extract.errors import ExtractError
from extract.fields import ReadAs, Verbatim
from extract.pipeline import aextract, extract
from extract.result import Evidence, Extraction, Issue, Severity, Status
from extract.source import Format

__all__ = [
    "Evidence",
    "ExtractError",
    "Extraction",
    "Format",
    "Issue",
    "Outcome",
    "ReadAs",
    "Severity",
    "Status",
    "Verbatim",
    "aextract",
    "extract",
    "extract_many",
    "extract_row",
]

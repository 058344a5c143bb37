"""What shows that a file holds its document inside of something else; the readers are imported only for such files."""

from __future__ import annotations

import re

_FIELDS = re.compile(rb"(?:\xef\xbb\xbf)?+[\r\n]*+(?P<fields>(?:[!-9;-~]{1,80}+:[^\n]*+\n(?:[ \t]++[^\s][^\n]*+\n)*+){1,100}+)")
_RELATED = re.compile(rb"(?im)^Content-Type:\s*+multipart/related\b")
_LONE_PAGE = re.compile(rb"(?im)^Content-Type:\s*+text/html\b")
_VERSION = re.compile(rb"(?im)^MIME-Version:")
_PDF = re.compile(rb"(?:[^<]{0,1023}?[\r\n])??%PDF-\d")


def is_mhtml(head: bytes) -> bool:
    """Whether a file that begins with these bytes is MHTML: a MIME message that is ``multipart/related``, or one page.

    >>> is_mhtml(b"From: <Saved by Blink>\\r\\nContent-Type: multipart/related;\\r\\n boundary=b\\r\\n\\r\\n")
    True
    >>> is_mhtml(b"Content-Type: multipart/related is how such a file begins.")
    False
    """
    found = _FIELDS.match(head)
    if not found:
        return False
    fields = found["fields"]
    return bool(_RELATED.search(fields) or (_LONE_PAGE.search(fields) and _VERSION.search(fields)))


def is_pdf(head: bytes) -> bool:
    """Whether a file that begins with these bytes is a PDF; a kilobyte may stand before its mark."""
    return _PDF.match(head) is not None


def is_docx(head: bytes) -> bool:
    """Whether a file that begins with these bytes may be a Word document: a ZIP archive with a folder ``word``."""
    return head.startswith(b"PK\x03\x04") and b"word/" in head

"""The rows of a batch: one a document, a line of JSON each, with a checksum at its end that tells whether the line is whole.

A row has the keys of a result of ``extract run``, so that what reads these reads rows.
"""

from __future__ import annotations

import json
from typing import ClassVar
from zlib import crc32

from pydantic import ConfigDict, Field, JsonValue, ValidationError

from extract.errors import FormatError
from extract.result import Evidence, Fault, FieldStatus, Issue, Provenance, RecordStatus, Usage, Value

_CHECKSUM = b',"checksum":"'
_AROUND = {"id", "path", "sha256", "configuration"}
"""The keys of a row that its document has, and not what became of it."""
_TAIL = len(_CHECKSUM) + 10  # eight digits, the quote and the brace


class Row(Value):
    """What became of a document.

    ``path`` says where it stands and is unique in an output, ``id`` is what its user calls it. ``sha256`` is that of the source
    as it was received; empty where it could not be. Either there is a ``record``, or ``error`` says why there is none. Rows with
    the same ``configuration`` were made the same way. Without evidence, ``evidence`` is empty.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="ignore")

    id: str
    path: str
    sha256: str
    record: JsonValue
    status: RecordStatus
    fields: dict[str, FieldStatus] = Field(default={})
    evidence: dict[str, Evidence] = Field(default={})
    issues: tuple[Issue, ...] = ()
    usage: Usage = Usage()
    provenance: Provenance | None = None
    error: Fault | None = None
    configuration: str


def json_text(content: object) -> str:
    """JSON in as few characters as it takes, in the letters of the text."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def row_line(body: str, *, name: str, path: str, sha256: str, configuration: str) -> bytes:
    """The line of a row; ``body`` are its keys from ``record`` to ``error`` as a JSON object, ``name`` is its ``id``.

    >>> row_line('{"record":null}', name="7", path="a.txt", sha256="", configuration="c")[-56:]
    b'"record":null,"configuration":"c","checksum":"e723cda3"}'
    """
    head = json_text({"id": name, "path": path, "sha256": sha256})
    content = f'{head[:-1]},{body[1:-1]},"configuration":"{configuration}"'.encode("utf-8", "replace")
    return content + _CHECKSUM + f'{crc32(content):08x}"}}'.encode()


def is_sound(line: bytes) -> bool:
    """Whether a line is a row as it was written.

    >>> is_sound(b'{"id":"7"}'), is_sound(row_line('{"record":null}', name="7", path="a", sha256="", configuration="c"))
    (False, True)
    """
    content, tail = line[:-_TAIL], line[-_TAIL:]
    return tail == _CHECKSUM + f'{crc32(content):08x}"}}'.encode()


def read_row(line: bytes, place: str) -> Row:
    """The row of a line; FormatError where it is none."""
    try:
        return Row.model_validate_json(line)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise FormatError(f"{place} is no row of extract batch ({where}: {first['msg']})") from error


def copied(row: Row, *, name: str, path: str) -> Row:
    """The row of a document with the same content that stands somewhere else; nothing was asked for it."""
    provenance, error = row.provenance, row.error
    if provenance is not None:
        provenance = provenance.model_copy(update={"source": path})
    if error is not None and error.message.startswith(row.path):
        error = error.model_copy(update={"message": path + error.message[len(row.path) :]})
    changed = {"id": name, "path": path, "usage": Usage(), "provenance": provenance, "error": error}
    return row.model_copy(update=changed)


def line_of(row: Row) -> bytes:
    """The line of a row that was read from one."""
    body = row.model_dump_json(exclude=_AROUND)
    return row_line(body, name=row.id, path=row.path, sha256=row.sha256, configuration=row.configuration)

"""Results as people and programs read them: rows of a table, JSON, YAML, JSON-LD. Pure functions; nothing is printed here."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeVar, runtime_checkable

import yaml
from pydantic import BaseModel, JsonValue

from extract.cleaning.document import CleanDocument, Fact, Scalar, Segment, Span
from extract.errors import UsageError
from extract.result import Extraction, Status

T = TypeVar("T", bound=BaseModel)

_LINE_END = re.compile(r"\r\n|\r|\n")

# Control characters can rewrite what a terminal shows, and so can those that turn the direction of writing.
_STEERING = (*range(9), *range(14, 32), *range(127, 160), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_UNPRINTABLE = dict.fromkeys(_STEERING, "\N{REPLACEMENT CHARACTER}")


class Position(NamedTuple):
    """A place in a text as editors count it: lines and columns from 1, a column a code point."""

    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.line}:{self.column}"


class SourceLines:
    """Turns offsets of a text into lines and columns; a line ends with LF, CR or CR LF.

    >>> str(SourceLines("Fitter\\r\\nBasel").at(8))
    '2:1'
    """

    __slots__ = ("_length", "_starts")

    def __init__(self, text: str) -> None:
        self._length = len(text)
        self._starts = [0, *(match.end() for match in _LINE_END.finditer(text))]

    def at(self, offset: int) -> Position:
        """The place of an offset; the end of the text is a place too. Raises ValueError outside of the text."""
        if not 0 <= offset <= self._length:
            raise ValueError(f"offset {offset} is outside of a text of {self._length} characters")
        line = bisect_right(self._starts, offset)
        return Position(line, offset - self._starts[line - 1] + 1)

    def of(self, span: Span) -> str:
        """A span with its offsets and with its first and last place.

        >>> SourceLines("Fitter\\nBasel").of(Span(7, 12))
        '2:1-2:6 [7, 12)'
        """
        return f"{self.at(span.start)}-{self.at(span.end)} [{span.start}, {span.end})"


def page_numbers(pages: Sequence[int]) -> str:
    """Pages as people write them.

    >>> page_numbers([3]), page_numbers([3, 4]), page_numbers([])
    ('p. 3', 'p. 3, 4', '')
    """
    return f"p. {', '.join(map(str, pages))}" if pages else ""


@dataclass(frozen=True, slots=True)
class Row:
    """A leaf of a record that is not null. ``status`` and ``position`` are None for a leaf without evidence or spans.

    ``pages`` are those that it stands on, where the document has pages.
    """

    field: str
    value: str
    status: Status | None
    quote: str
    position: Position | None
    spans: tuple[Span, ...]
    segments: tuple[int, ...]
    pages: tuple[int, ...]


class ListedSegment(NamedTuple):
    """A segment or a fact as one line of a listing: its number or path, its kind or value, its text, where it stands."""

    name: str
    kind: str
    text: str
    where: str


@runtime_checkable
class SchemaOrg(Protocol):
    """A record that can be written as schema.org JSON-LD."""

    def to_schema_org(self) -> Mapping[str, JsonValue]: ...


def printable(text: str) -> str:
    r"""The text on one line, and without characters that would steer a terminal.

    >>> printable("red \x1b[31malert\n  now")
    'red �[31malert now'
    """
    return harmless(" ".join(text.split()))


def harmless(text: str) -> str:
    r"""The text with its lines as they are, and without characters that would steer a terminal.

    >>> harmless("red \x1b[31malert\n  now")
    'red �[31malert\n  now'
    """
    return text.translate(_UNPRINTABLE)


def shorten(text: str, limit: int) -> str:
    """The text, or its beginning and an ellipsis: at most ``limit`` characters.

    >>> shorten("You build and test pumps", 12)
    'You build a…'
    """
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def leaves(value: JsonValue, path: str = "") -> Iterator[tuple[str, Scalar | None]]:
    """The leaves of JSON data by dotted path, in order; an empty list or object is a leaf that is null.

    >>> dict(leaves({"title": "Fitter", "locations": [{"city": "Basel"}], "benefits": []}))
    {'title': 'Fitter', 'locations.0.city': 'Basel', 'benefits': None}
    """
    if value is None or isinstance(value, (str, int, float, bool)):
        yield path, value
        return
    children: Iterable[tuple[object, JsonValue]] = value.items() if isinstance(value, dict) else enumerate(value)
    found = False
    for key, child in children:
        found = True
        yield from leaves(child, f"{path}.{key}" if path else str(key))
    if not found:
        yield path, None


def rows(result: Extraction[T], lines: SourceLines) -> list[Row]:
    """A row for each leaf of the record that is not null, in the order of the schema."""
    return [_row(path, value, result, lines) for path, value in _leaves_of(result) if value is not None]


def absent(result: Extraction[T]) -> list[str]:
    """The paths of what the record does not have."""
    return [path for path, value in _leaves_of(result) if value is None]


def _leaves_of(result: Extraction[T]) -> Iterator[tuple[str, Scalar | None]]:
    """The leaves of a record by the paths that its evidence has, whatever the schema calls its fields in JSON."""
    return leaves(result.record.model_dump(mode="json", by_alias=False))


def _row(path: str, value: Scalar, result: Extraction[T], lines: SourceLines) -> Row:
    evidence = result.evidence.get(path)
    spans = evidence.spans if evidence else ()
    return Row(
        field=path,
        value=printable(str(value)),
        status=evidence.status if evidence else None,
        quote=printable(evidence.quote) if evidence else "",
        position=lines.at(spans[0].start) if spans else None,
        spans=spans,
        segments=evidence.segments if evidence else (),
        pages=evidence.pages if evidence else (),
    )


def as_json(result: Extraction[T]) -> str:
    """The whole result; ``Extraction[...].model_validate_json`` reads it back."""
    return result.model_dump_json(indent=2, by_alias=False)


def as_yaml(result: Extraction[T], *, keys: Sequence[str] = ("record", "issues")) -> str:
    """These parts of a result as YAML, in this order."""
    data = result.model_dump(mode="json", by_alias=False)
    return yaml.safe_dump({key: data[key] for key in keys}, sort_keys=False, allow_unicode=True, width=120).rstrip("\n")


def as_jsonld(record: BaseModel) -> str:
    """The record as schema.org JSON-LD that may be put into a ``<script>`` as it is.

    Raises UsageError for a schema that has no such form.
    """
    if not isinstance(record, SchemaOrg):
        raise UsageError(no_jsonld(type(record)))
    # An end tag inside of a string would end the script; "\/" is the same character for JSON.
    return json.dumps(record.to_schema_org(), ensure_ascii=False, indent=2).replace("</", r"<\/")


def no_jsonld(schema: type[BaseModel]) -> str:
    """Why records of a schema cannot be written as JSON-LD; empty where they can."""
    if hasattr(schema, "to_schema_org"):
        return ""
    return f"{schema.__name__} has no JSON-LD form: choose the format json, yaml or table"


def segment_listing(segments: Iterable[Segment], lines: SourceLines) -> list[ListedSegment]:
    """A line for each segment; where it was dropped, the reason stands in the place of its kind."""
    return [
        ListedSegment(
            str(segment.number),
            f"dropped: {segment.dropped}" if segment.dropped else segment.kind.value,
            printable(segment.text),
            _where(segment.spans, lines),
        )
        for segment in segments
    ]


def in_source_order(document: CleanDocument) -> list[Segment]:
    """All segments, with those that are no part of the posting, in the order of the source."""
    return sorted((*document.segments, *document.dropped), key=lambda segment: segment.spans[:1])


def fact_listing(document: CleanDocument, lines: SourceLines) -> list[ListedSegment]:
    """A line for each fact that the markup states."""
    return [ListedSegment(fact.path, "fact", printable(str(fact.value)), _where(fact.spans, lines)) for fact in document.facts]


def _where(spans: Iterable[Span], lines: SourceLines) -> str:
    return ", ".join(lines.of(span) for span in spans)


def document_json(document: CleanDocument, segments: Iterable[Segment], lines: SourceLines | None = None) -> str:
    """These segments of a document, and its facts; with ``lines``, each span also says its line and column."""
    data = {
        "source": document.source.name,
        "format": document.format,
        "cleaning": list(document.steps),
        "segments": [_segment(segment, lines) for segment in segments],
        "facts": [_fact(fact, lines) for fact in document.facts],
    }
    return json.dumps(data, ensure_ascii=False, indent=2)


def _segment(segment: Segment, lines: SourceLines | None) -> dict[str, object]:
    return {
        "number": segment.number,
        "kind": segment.kind.value,
        "level": segment.level,
        "block": segment.block,
        "list": segment.list,
        "key": segment.key or None,
        "dropped": segment.dropped.value if segment.dropped else None,
        "text": segment.text,
        "spans": [_span(span, lines) for span in segment.spans],
    }


def _fact(fact: Fact, lines: SourceLines | None) -> dict[str, object]:
    return {"path": fact.path, "value": fact.value, "node": fact.node, "spans": [_span(span, lines) for span in fact.spans]}


def _span(span: Span, lines: SourceLines | None) -> dict[str, int]:
    written = {"start": span.start, "end": span.end}
    if lines is None:
        return written
    first, last = lines.at(span.start), lines.at(span.end)
    return written | {"line": first.line, "column": first.column, "end_line": last.line, "end_column": last.column}

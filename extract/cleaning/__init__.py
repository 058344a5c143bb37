"""Deterministic cleaning: from a source in any format to numbered segments and facts, with an exact map back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from extract.cleaning.document import CleanDocument, Cleaned, MappedText
from extract.cleaning.limits import MAX_PARTS, MAX_TAGS, check_count
from extract.cleaning.segments import segment_blocks
from extract.containers.layout import Layout
from extract.errors import FormatError, SourceTooLarge
from extract.source import CONTAINERS, Format, Source, detect_format

__all__ = ["clean"]


def clean(source: Source, *, format: Format | None = None) -> CleanDocument:
    """The cleaned document: numbered segments, facts, and the steps that changed something.

    The format is detected where none is given. Every span of the answer counts code points of ``source.text``.
    Raises FormatError where the source cannot be read in the format that was asked for, SourceTooLarge where it falls into
    more parts than a document does (``limits``).
    """
    chosen = _format_of(source, format)
    try:
        check_count(source.text.count("<"), MAX_TAGS, "tags")
        cleaned = _cleaner(chosen, source.layout)(MappedText.of(source.text))
        check_count(len(cleaned.facts), MAX_PARTS, "facts")
        segmented = segment_blocks(cleaned.blocks)
    except SourceTooLarge as error:
        raise SourceTooLarge(f"{source.name} {error}") from None
    if format is Format.JSON_LD and "json_ld:malformed" in cleaned.steps and not cleaned.facts:
        raise FormatError(f"{source.name} is no JSON: leave the format out to have it found, or name another")
    return CleanDocument(
        source=source,
        format=chosen.value,
        segments=segmented.segments,
        facts=cleaned.facts,
        steps=cleaned.steps + segmented.steps,
        dropped_blocks=cleaned.dropped,
    )


def _format_of(source: Source, asked: Format | None) -> Format:
    """What the source is read as; a file that was opened as what it is cannot be read as anything else."""
    known = source.format or (asked if asked not in CONTAINERS else None)
    if asked not in (None, known):
        what = f"a {source.format} file" if source.format else f"no {asked} file"
        raise FormatError(f"{source.name} is {what} and cannot be read as {asked}: leave the format out to have it found")
    return known or detect_format(source.text)


def _cleaner(format: Format, layout: Layout) -> Callable[[MappedText], Cleaned]:
    """The function that cleans one format; imported when it is first used, because a process seldom needs them all."""
    match format:
        case Format.HTML:
            from extract.cleaning.html import clean_html

            return clean_html
        case Format.JSON_LD:
            from extract.cleaning.json_ld import clean_json_ld

            return clean_json_ld
        case Format.MARKDOWN:
            from extract.cleaning.markdown import clean_markdown

            return clean_markdown
        case Format.TARSIER:
            from extract.cleaning.tarsier import clean_tarsier

            return clean_tarsier
        case Format.PYTHON_REPR:
            return _clean_python_repr
        case Format.TEXT:
            from extract.cleaning.text import clean_text

            return clean_text
        case Format.MHTML:
            from extract.cleaning.mhtml import clean_mhtml

            return partial(clean_mhtml, starts=layout.documents)
        case Format.PDF:
            from extract.cleaning.pdf import clean_pdf

            return partial(clean_pdf, layout=layout)
        case Format.DOCX:
            from extract.cleaning.docx import clean_docx

            return partial(clean_docx, layout=layout)


def _clean_python_repr(body: MappedText) -> Cleaned:
    from extract.cleaning.python_repr import clean_python_repr

    return clean_python_repr(body, clean_inner=_clean_inner)


def _clean_inner(body: MappedText) -> Cleaned:
    """What a Python literal holds, cleaned by its own format; a literal inside a literal is text."""
    inner = detect_format(body.text)
    return _cleaner(Format.TEXT if inner is Format.PYTHON_REPR else inner, Layout())(body)

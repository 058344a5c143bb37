"""Pages with JSON-LD, cleaned, and what stands in them."""

from __future__ import annotations

import json

from extract.cleaning.document import Cleaned, MappedText, Origin, Scalar
from extract.cleaning.json_ld import clean_json_ld


def clean(text: str) -> Cleaned:
    """The cleaned text, after its map has been checked."""
    cleaned = clean_json_ld(MappedText.of(text))
    check_map(text, cleaned)
    return cleaned


def check_map(source: str, cleaned: Cleaned) -> None:
    """Spans lie in the source, are ordered, and cover exactly what was copied."""
    for body in [block.body for block in cleaned.blocks] + [fact.body for fact in cleaned.facts]:
        ends = [*(piece.at for piece in body.pieces), len(body.text)][1:]
        for piece, end in zip(body.pieces, ends, strict=True):
            assert 0 <= piece.source.start <= piece.source.end <= len(source)
            if piece.origin is Origin.COPY:
                assert source[piece.source.start : piece.source.end] == body.text[piece.at : end]
        assert list(body.spans) == sorted(body.spans)


def values(cleaned: Cleaned) -> dict[str, Scalar]:
    """The facts by path."""
    return {fact.path: fact.value for fact in cleaned.facts}


def texts(cleaned: Cleaned) -> list[str]:
    """The texts of the blocks, white space folded."""
    return [" ".join(block.body.text.split()) for block in cleaned.blocks]


def posting(**properties: object) -> str:
    """A JobPosting as JSON-LD."""
    return json.dumps({"@context": "https://schema.org", "@type": "JobPosting", **properties})

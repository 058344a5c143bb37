"""Pages as Tarsier gives them, and the blocks that they become."""

from __future__ import annotations

from extract.cleaning.document import MappedText
from extract.cleaning.tarsier import clean_tarsier

H1, H2, ITEM, FIELD, TEXT = "heading 1", "heading 2", "item", "field", "text"
BORDER = "-" * 60


def blocks(text: str) -> list[tuple[str, str]]:
    """What a page is cleaned to, and then what is dropped of it: kinds (with the level of headings) and texts."""
    names = {"sentence": TEXT}
    cleaned = clean_tarsier(MappedText.of(text))
    return [
        (f"heading {block.level}" if block.kind == "heading" else names.get(block.kind, block.kind.value), block.body.text)
        for block in (*cleaned.blocks, *cleaned.dropped())
    ]


def page(*lines: str) -> str:
    """The rows of a page."""
    return "\n".join(lines)

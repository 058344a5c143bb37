"""MHTML: the page and its frames, each cleaned as the document that it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from extract.cleaning.document import Block, Cleaned, Fact, MappedText
from extract.cleaning.html import clean_html
from extract.cleaning.html_facts import PAGE

_ADDRESSES = frozenset({"html.mailto", "html.tel"})  # each document may have its own


def clean_mhtml(body: MappedText, starts: Sequence[int]) -> Cleaned:
    """The blocks and facts of the documents that begin at ``starts``: the page, then its frames.

    What is left open in one ends with it. A frame that shows no text adds nothing. The objects of all documents are numbered
    through, and what a document states about itself (its title, its language) counts for the first that does.

    >>> page = "<p>Acme <script>left open"
    >>> cleaned = clean_mhtml(MappedText.of(page + "<p>Engineer"), [0, len(page)])
    >>> [block.body.text for block in cleaned.blocks]
    ['Acme', 'Engineer']
    """
    ranges = pairwise([*starts, len(body)])
    documents = [cleaned for at, (a, b) in enumerate(ranges) if _shows_text(cleaned := clean_html(body[a:b])) or not at]
    facts = tuple(_numbered_through(documents))
    return Cleaned(
        tuple(block for document in documents for block in document.blocks),
        facts,
        tuple(dict.fromkeys(step for document in documents for step in document.steps)),
        lambda: tuple(block for document in documents for block in document.dropped()),
    )


def _shows_text(document: Cleaned) -> bool:
    return any(_is_shown(block) for block in document.blocks)


def _is_shown(block: Block) -> bool:
    return block.part_of is None and any(map(str.isalnum, block.body.text))


def _numbered_through(documents: Iterable[Cleaned]) -> Iterator[Fact]:
    """The facts of all documents, no object of one with the number of another."""
    first = 0
    said: set[str] = set()  # what earlier documents state about themselves
    for document in documents:
        for fact in document.facts:
            if fact.node != PAGE:
                yield replace(fact, node=fact.node + first)
            elif fact.path not in said:
                yield fact
        first += max((fact.node for fact in document.facts), default=PAGE) + 1
        said |= {fact.path for fact in document.facts if fact.node == PAGE} - _ADDRESSES

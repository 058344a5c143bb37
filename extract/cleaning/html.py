"""HTML: fragments as postings carry them, and whole pages.

The tokeniser is our own because no HTML parser for Python tells where in the text each word of its tree came from.
"""

from __future__ import annotations

import re
from html import unescape

from extract.cleaning.document import Cleaned, Edit, MappedText
from extract.cleaning.entities import unescape_entities
from extract.cleaning.html_blocks import to_blocks
from extract.cleaning.html_elements import KNOWN
from extract.cleaning.html_facts import json_ld_parts, page_facts
from extract.cleaning.html_lines import Walk
from extract.cleaning.html_tokens import tokens
from extract.cleaning.html_walk import walk

_CDATA = re.compile(r"<!\[CDATA\[|\]\]>")
_ESCAPED_TAG = re.compile(r"&(?:amp;){0,3}(?:lt|#0{0,4}60|#x0{0,4}3c);/?[a-z][a-z0-9]{0,9}[\s/>&]", re.IGNORECASE)
_UNDONE_PASSES = 3  # how often at most the tags of a fragment were escaped
_ENTITY = re.compile(r"&(?:#[0-9a-fA-FxX]{1,8}|[a-zA-Z][a-zA-Z0-9]{1,31});?")
_WORD = re.compile(r"[^\W\d_]+")
_BEHIND_DIALOG = 3  # an aria-hidden element with so many times the text that is left is the page, and no closed menu
_FEW_LETTERS = 200  # a page with less text than this shows its posting by script only


def clean_html(body: MappedText) -> Cleaned:
    """The blocks and facts of an HTML fragment or page.

    Only what a reader sees becomes blocks: no scripts, styles, comments, templates, alternative texts or hidden elements.
    What the markup states about the page (``html.title``, ``html.lang``, ``html.canonical``, ``html.og:…``, addresses of
    links that show none) and what its JSON-LD says are facts. Markup is read as browsers do; there is no input that fails.

    >>> cleaned = clean_html(MappedText.of("<p><b>Your tasks</b></p><ul><li>Write R&amp;D reports</ul>"))
    >>> [(block.kind.value, block.body.text) for block in cleaned.blocks]
    [('heading', 'Your tasks'), ('item', 'Write R&D reports')]
    """
    steps: list[str] = []
    if "<![CDATA[" in body.text:
        body = body.edit(Edit(*match.span()) for match in _CDATA.finditer(body.text))
        steps.append("html:cdata")
    body, undone = _with_tags(body)
    found = _walk(body.text)
    blocks = list(to_blocks(body, found.lines))
    facts = list(page_facts(body, found))
    embedded, stated = json_ld_parts(body, found)
    if embedded and sum(len(word) for block in blocks for word in _WORD.findall(block.body.text)) < _FEW_LETTERS:
        blocks += embedded
    names = {
        "html:unescaped": undone,
        "html:tags": found.tags > 0,
        "html:entities": any(_has_entity(body.text, start, end) for start, end in _text_ranges(found)),
        "html:hidden": found.hides,
        "html:json_ld": bool(stated),
    }
    steps += [name for name, happened in names.items() if happened]
    return Cleaned(tuple(blocks), tuple(facts + stated), tuple(steps))


def _with_tags(body: MappedText) -> tuple[MappedText, bool]:
    """The text with its tags unescaped, if it has none but escaped ones; and whether that was so."""
    undone = False
    for _ in range(_UNDONE_PASSES):
        if not _ESCAPED_TAG.search(body.text) or any(token.name in KNOWN for token in tokens(body.text)):
            break
        body, undone = unescape_entities(body), True
    return body, undone


def _walk(text: str) -> Walk:
    """The walk that shows the page: aria-hidden hides unless most of the page is so, as it is behind an open dialog."""
    found = walk(text, keep_lines=False, aria=True)
    if not found.breaks and "\n" in text:
        found = walk(text, keep_lines=True, aria=True)
    shown = sum(len(text[start:end].strip()) for start, end in _text_ranges(found))
    return walk(text, keep_lines=False, aria=False) if found.aria_hidden > _BEHIND_DIALOG * shown else found


def _has_entity(text: str, start: int, end: int) -> bool:
    return text.find("&", start, end) >= 0 and any(unescape(found[0]) != found[0] for found in _ENTITY.finditer(text, start, end))


def _text_ranges(found: Walk) -> list[tuple[int, int]]:
    return [span for line in found.lines for span in line.ranges]

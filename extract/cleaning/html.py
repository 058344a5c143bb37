"""HTML: fragments as postings carry them, and whole pages.

A page walks through four steps: the tree that a browser would make of it (``html_tree``), its visible lines (``html_walk``),
which of them belong to the posting (``page_selection``), and what these are: headings, items, fields (``page_blocks``).
What the markup states in machine-readable form is read beside that (``html_facts``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from extract.cleaning.document import Block, Cleaned, Dropped, Edit, MappedText
from extract.cleaning.entities import unescape, unescape_entities
from extract.cleaning.html_elements import PAGE, TAGS
from extract.cleaning.html_facts import json_ld_parts, page_facts, title_ranges, with_microdata
from extract.cleaning.html_tree import Tree
from extract.cleaning.html_walk import Sight, walk
from extract.cleaning.limits import MAX_PARTS, bounded
from extract.cleaning.page_blocks import dropped_blocks, to_blocks
from extract.cleaning.page_lines import Role, Walk
from extract.cleaning.page_selection import selected

_CDATA = re.compile(r"<!\[CDATA\[|\]\]>")
_ESCAPED_TAG = re.compile(r"&(?:amp;){0,3}(?:lt|#0{0,4}60|#x0{0,4}3c);/?([a-z][a-z0-9]{0,9})[\s/>&]", re.IGNORECASE)
_TAG = re.compile(r"</?([a-zA-Z][\w.:-]*+)(?=[\s/>])", re.ASCII)
_SCRIPT = re.compile(r"<script\b", re.IGNORECASE)
_UNDONE_PASSES = 3  # how often at most the tags of a fragment were escaped
_ENTITY = re.compile(r"&(?:#[0-9a-fA-FxX]{1,8}|[a-zA-Z][a-zA-Z0-9]{1,31});?")
_WORD = re.compile(r"[^\W\d_]+")
_HIDDEN_MAIN = ",".join(f'[aria-hidden="true" i]{inside}:is(main,[role="main" i])' for inside in ("", " "))
_HIDDEN_TITLE = 'h1[aria-hidden="true" i],[aria-hidden="true" i] h1'
_DIALOG = '[role="dialog" i],[role="alertdialog" i],[aria-modal="true" i],dialog[open]'
_BEHIND_DIALOG = 3  # an aria-hidden element with so many times the text that is left is the page, and no closed menu
_FEW_LETTERS = 200  # a page with less text than this shows its posting by script only


def clean_html(body: MappedText) -> Cleaned:
    """The blocks and facts of an HTML fragment or page.

    Only what a reader sees becomes blocks: no scripts, styles, comments, templates or alternative texts. Of a page what is no
    part of a posting (menus, footers, forms, other openings) and what is hidden is kept apart, as ``dropped`` blocks.
    What the markup states about the page (``html.title``, ``html.lang``, ``html.canonical``, ``html.og:…``, addresses of
    links that show none) and what its JSON-LD says are facts. Markup is read as browsers do, however broken. Raises
    SourceTooLarge where there are more lines or facts than a page has.

    >>> cleaned = clean_html(MappedText.of("<p><b>Your tasks</b></p><ul><li>Write R&amp;D reports</ul>"))
    >>> [(block.kind.value, block.body.text) for block in cleaned.blocks]
    [('heading', 'Your tasks'), ('item', 'Write R&D reports')]
    """
    steps: list[str] = []
    if "<![CDATA[" in body.text and not _is_page(body.text):
        body = body.edit(Edit(*match.span()) for match in _CDATA.finditer(body.text))
        steps.append("html:cdata")
    body, undone = _with_tags(body)
    tree = Tree(body.text)
    found = _walk(tree)
    facts = list(bounded(page_facts(body, tree), MAX_PARTS, "addresses"))
    reasons = _reasons(tree, found)
    kept = [line for line, reason in zip(found.lines, reasons, strict=True) if reason is None] if any(reasons) else found.lines
    blocks = list(to_blocks(body, kept))
    embedded, stated = json_ld_parts(body, tree)
    stated = with_microdata(stated, body, tree)
    state = False
    if _is_empty(blocks):
        if not embedded and _SCRIPT.search(body.text):
            from extract.cleaning.app_state import state_posting  # noqa: PLC0415  JSON holds HTML that holds JSON: one imports late

            posting = state_posting(body, tree, node=max((fact.node for fact in stated), default=-1) + 1)
            embedded, state = list(posting.blocks), bool(posting.facts)
            stated += posting.facts
        blocks += embedded
    names = {
        "html:unescaped": undone,
        "html:tags": _TAG.search(body.text) is not None,
        "html:entities": any(_has_entity(body.text, start, end) for line in kept for start, end in line.ranges),
        "html:hidden": found.hidden > 0,
        "html:selection": any(reasons),
        "html:stated": bool(stated),
        "html:app_state": state,
    }
    steps += [name for name, happened in names.items() if happened]
    return Cleaned(tuple(blocks), tuple(facts + stated), tuple(steps), lambda: dropped_blocks(body, found, reasons))


def _is_empty(blocks: Sequence[Block]) -> bool:
    """Whether a page shows next to nothing until its scripts run."""
    return sum(len(word) for block in blocks for word in _WORD.findall(block.body.text)) < _FEW_LETTERS


def _is_page(text: str) -> bool:
    """Whether a text is a page with more on it than its content, or may be one."""
    return any(match[1].lower() in PAGE for match in _TAG.finditer(text))


def _reasons(tree: Tree, found: Walk) -> Sequence[Dropped | None]:
    """For each line why it is no part of the posting; a fragment is one from end to end."""
    if not _is_page(tree.text):
        return [None] * len(found.lines)
    titles = [tree.text[start:end] for start, end in title_ranges(tree)[:1]]
    titles += [node.attr("content") or "" for node in tree.root.select('meta[property="og:title"]')]
    return selected(tree.text, found, titles)


def _with_tags(body: MappedText) -> tuple[MappedText, bool]:
    """The text with its tags unescaped, if it has none but escaped ones; and whether that was so."""
    undone = False
    for _ in range(_UNDONE_PASSES):
        if not _names_tags(_ESCAPED_TAG, body.text) or _names_tags(_TAG, body.text):
            break
        body, undone = unescape_entities(body), True
    return body, undone


def _names_tags(pattern: re.Pattern[str], text: str) -> bool:
    return any(found[1].lower() in TAGS for found in pattern.finditer(text))


def _walk(tree: Tree) -> Walk:
    """The walk that shows the page: what is hidden counts as such unless most of the page is so."""
    found = walk(tree, keep_lines=False, sight=Sight.ALL_HIDDEN)
    kept = not found.breaks and "\n" in tree.text
    if kept:
        found = walk(tree, keep_lines=True, sight=Sight.ALL_HIDDEN)
    shown = sum(line.size for line in found.lines)
    if found.aria_hidden > _BEHIND_DIALOG * shown or (found.aria_hidden and _is_behind_dialog(tree)):
        return walk(tree, keep_lines=kept, sight=Sight.SHOWN_TO_ALL)
    titled = any(line.holder.role is Role.HEADING for line in found.lines)
    if shown < _FEW_LETTERS and not titled and found.hidden > _BEHIND_DIALOG * shown:
        return walk(tree, keep_lines=kept, sight=Sight.NOTHING_HIDDEN)
    return found


def _is_behind_dialog(tree: Tree) -> bool:
    """Whether the page itself is hidden from those who listen: its main part, or all of its headings of the first level."""
    if tree.root.select(_HIDDEN_MAIN):
        return True
    titles = tree.root.select(_HIDDEN_TITLE) if tree.root.select_one(_DIALOG) else []
    return bool(titles) and len(titles) == len(tree.root.select("h1"))


def _has_entity(text: str, start: int, end: int) -> bool:
    return text.find("&", start, end) >= 0 and any(unescape(found[0]) != found[0] for found in _ENTITY.finditer(text, start, end))

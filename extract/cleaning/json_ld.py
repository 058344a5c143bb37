"""JSON-LD: every property is a fact, and its long texts are the page."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from extract.cleaning.document import Block, Cleaned, Fact, Kind, MappedText, Scalar
from extract.cleaning.entities import MAX_PASSES, unescape_closed_entities, unescape_entities
from extract.cleaning.html import clean_html
from extract.cleaning.json_leaves import Leaf, json_edits, json_leaves, json_text
from extract.cleaning.limits import MAX_PARTS, check_count
from extract.cleaning.text import clean_text
from extract.detection import has_tags

LONG_TEXTS = frozenset(
    """description responsibilities qualifications skills experienceRequirements educationRequirements jobBenefits
    incentiveCompensation""".split()
)
"""Properties whose strings are texts to read, however short they are."""
_SHORT = 200

_ESCAPED_JSON = re.compile(r"[\s\[]*+\{\s*+&((?:amp;){0,3}+)(?:quot|#0{0,3}+34|#[xX]0{0,3}+22);")
_SCRIPT = re.compile(r"(?i)<script\b[^<>]*+>|</script\b[^<>]*+(?:>|\Z)")
_OPENING = re.compile(r"\s*+(?:(?://|/\*)\s*+)?(?:<!\[CDATA\[|<!--)(?:[ \t]*+\*/)?")
_CLOSING = re.compile(r"(?:(?://|/\*)\s*)?(?:\]\]>|-->)(?:[ \t]*\*/)?\s*\Z")
_URL = re.compile(r"(?:https?:)?//\S++\Z|www\.\S++\Z")
_NUMBER = re.compile(r"-?\d{1,40}+(?:(?P<real>\.\d{1,40}+)?(?P<power>[eE][-+]?\d{1,4}+)?)\Z")
_TYPE = re.compile(r"[\w-]{1,100}+\Z")
_WORD = re.compile(r"\w")
_ROOT_TYPE = "Thing"  # what schema.org calls the type of everything


class _Text(NamedTuple):
    """A text of a node that is read as part of the page."""

    node: int
    rank: int
    body: MappedText
    path: str | None
    in_list: bool


def clean_json_ld(body: MappedText) -> Cleaned:
    """The facts of JSON-LD, and its long texts as blocks that are ``part_of`` their fact.

    Reads an object, a list of objects, ``@graph``, several values one after another, and ``<script>`` elements around
    them (with CDATA or comments); quotes may be written as entities. Per node the description comes first, then the other
    texts in their order. Raw control characters, trailing commas and a missing end are let through ("json_ld:truncated");
    what is no JSON is kept as text ("json_ld:malformed"). There is no input that fails.

    >>> cleaned = clean_json_ld(MappedText.of('{"title": "R&amp;D intern", "@type": "JobPosting", "skills": "C++"}'))
    >>> [(fact.path, fact.value) for fact in cleaned.facts]
    [('JobPosting.title', 'R&D intern'), ('JobPosting.@type', 'JobPosting'), ('JobPosting.skills', 'C++')]
    >>> [(block.body.text, block.part_of) for block in cleaned.blocks]
    [('C++', 'JobPosting.skills')]
    """
    blocks: list[Block] = []
    facts: list[Fact] = []
    steps: dict[str, None] = {}
    nodes = 0
    for part, is_json in _parts(body):
        cleaned, nodes = _clean_value(part, nodes) if is_json else (clean_html(part), nodes)
        blocks.extend(cleaned.blocks)
        facts.extend(cleaned.facts)
        steps.update(dict.fromkeys(cleaned.steps))
    return Cleaned(tuple(blocks), tuple(facts), tuple(steps))


def _parts(body: MappedText) -> Iterator[tuple[MappedText, bool]]:
    """The contents of the script elements and what stands around them; or the text as it is."""
    text = body.text
    if not text.lstrip(" \t\r\n\f\v\ufeff").startswith("<") or "<script" not in text.lower():
        yield body, True
        return
    start, is_json = 0, False
    for tag in _SCRIPT.finditer(text):
        opens = not tag[0].startswith("</")
        if opens == is_json:
            continue  # a script tag inside of a script is a part of it
        if _WORD.search(text, start, tag.start()):
            yield body[start : tag.start()], is_json
        start, is_json = tag.end(), opens
    if _WORD.search(text, start):
        yield body[start:], is_json


def _clean_value(body: MappedText, first_node: int) -> tuple[Cleaned, int]:
    steps: list[str] = []
    if escaped := _ESCAPED_JSON.match(body.text):
        body = unescape_entities(body, passes=1 + escaped[1].count("amp;"))
        steps.append("json_ld:entities")
    opening = _OPENING.match(body.text)
    if opening:
        closing = _CLOSING.search(body.text, max(opening.end(), len(body.text) - 100))
        body = body[opening.end() : closing.start() if closing else len(body.text)]
    found = json_leaves(body.text)
    types = _types(body.text, found.leaves)
    facts: list[Fact] = []
    texts: list[_Text] = []
    in_lists = Counter((leaf.node, leaf.path[:-1]) for leaf in found.leaves if leaf.path[-1].isdigit())
    for leaf in found.leaves:
        fact = _fact(body, leaf, types.get(leaf.node, _ROOT_TYPE), first_node)
        if fact and leaf.is_whole:
            check_count(len(facts) + 1, MAX_PARTS, "facts")
            facts.append(fact)
        if fact and leaf.is_string and _is_text(leaf, fact.body.text):
            rank = 0 if leaf.path == ("description",) else 1
            texts.append(_Text(leaf.node, rank, fact.body, fact.path, in_lists[leaf.node, leaf.path[:-1]] > 1))
    texts.sort(key=lambda text: (text.node, text.rank))  # stable: the others stay in the order of the document
    strays = [body[start:end] for start, end in found.strays if _WORD.search(body.text, start, end)]
    texts += [_Text(found.nodes, 1, stray.edit(json_edits(stray.text)), None, in_list=False) for stray in strays]
    inner = _clean_texts(texts)
    steps += ["json_ld:values"] * bool(found.leaves)
    steps += ["json_ld:truncated"] * found.is_cut + ["json_ld:malformed"] * bool(strays)
    return Cleaned(inner.blocks, (*facts, *inner.facts), (*steps, *inner.steps)), first_node + found.nodes


def _types(text: str, leaves: Iterable[Leaf]) -> dict[int, str]:
    """The type of each node: the first one that it states, without its vocabulary."""
    types: dict[int, str] = {}
    for leaf in leaves:
        if leaf.path in (("@type",), ("@type", "0")) and leaf.is_string and leaf.is_whole:
            name = re.split(r"[/#:]", json_text(text[leaf.start : leaf.end]))[-1].strip()
            if _TYPE.match(name):
                types.setdefault(leaf.node, name)
    return types


def _fact(body: MappedText, leaf: Leaf, type_name: str, first_node: int) -> Fact | None:
    part = body[leaf.start : leaf.end]
    path = ".".join((type_name, *leaf.path))
    node = first_node + leaf.node
    if not leaf.is_string:
        value = _scalar(part.text)
        return None if value is None else Fact(path, value, part, node)
    part = leaf_text(body, leaf)
    return Fact(path, part.text, part, node) if part.text.strip() else None


def leaf_text(body: MappedText, leaf: Leaf) -> MappedText:
    """What a string of JSON says: its escapes undone, and its entities as often as they were written."""
    part = body[leaf.start : leaf.end]
    part = part.edit(json_edits(part.text))
    return unescape_closed_entities(part, passes=MAX_PASSES) if _URL.match(part.text.strip()) else _with_tags(part)


def _scalar(text: str) -> Scalar | None:
    """The value of a bare word; null gives None, and what is no JSON its text."""
    if text in ("null", "undefined", "NaN"):
        return None
    if text in ("true", "false"):
        return text == "true"
    number = _NUMBER.match(text)
    if not number:
        return text
    if number["real"] is None and number["power"] is None:
        return int(text)
    return value if math.isfinite(value := float(text)) else text


def _with_tags(body: MappedText) -> MappedText:
    """The text with its entities undone as often as they were written, but only until its tags are real."""
    for _ in range(MAX_PASSES):
        if "&" not in body.text or has_tags(body.text):
            break
        undone = unescape_entities(body)
        if undone is body:
            break
        body = undone
    return body


def _is_text(leaf: Leaf, value: str) -> bool:
    """Whether a string is to be read as part of the page."""
    name = next((step for step in reversed(leaf.path) if not step.isdigit()), "")
    if name.startswith("@") or _URL.match(value.strip()):
        return False
    is_long = len(value) > _SHORT and len(value.split(None, 3)) > 3  # data in one word is no text
    return name in LONG_TEXTS or is_long or not leaf.is_whole or has_tags(value)


def _clean_texts(texts: Iterable[_Text]) -> Cleaned:
    blocks: list[Block] = []
    facts: list[Fact] = []
    steps: dict[str, None] = {}
    for text in texts:
        cleaned = clean_texts(text.body, part_of=text.path)
        facts.extend(cleaned.facts)
        steps.update(dict.fromkeys(cleaned.steps))
        is_item = text.in_list and len(cleaned.blocks) == 1 and cleaned.blocks[0].kind is Kind.SENTENCE
        blocks += [replace(block, kind=Kind.ITEM, level=1) for block in cleaned.blocks] if is_item else cleaned.blocks
    return Cleaned(tuple(blocks), tuple(facts), tuple(steps))


def clean_texts(body: MappedText, *, part_of: str | None) -> Cleaned:
    """The blocks of a text that a property holds, HTML or not, as ``part_of`` it."""
    cleaned = clean_html(body) if has_tags(body.text) else clean_text(body)
    # "R&amp;amp;D" between real tags
    whole = (unescape_closed_entities(block.body, passes=MAX_PASSES) for block in cleaned.blocks)
    blocks = (Block(text, block.kind, block.level, part_of) for text, block in zip(whole, cleaned.blocks, strict=True))
    return Cleaned(tuple(blocks), cleaned.facts, cleaned.steps)

"""What microdata and RDFa say of a JobPosting. Sources: html.spec.whatwg.org (microdata), w3.org/TR/rdfa-lite, schema.org."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from extract.cleaning.characters import fold_space
from extract.cleaning.document import Fact, MappedText
from extract.cleaning.entities import unescape_closed_entities, unescape_entities
from extract.cleaning.html_elements import BLOCKS, BREAKS
from extract.cleaning.html_tree import Tree
from extract.cleaning.limits import MAX_PARTS, check_count

if TYPE_CHECKING:
    from turbohtml import Element

_POSTINGS = '[itemscope][itemtype*="JobPosting"],[typeof~="JobPosting"],[typeof$=":JobPosting"],[typeof$="/JobPosting"]'
_VALUED = frozenset({"data", "meter"})  # their value is that of an attribute of this name
_TERM = re.compile(
    r"[^\s/#:]{1,64}+\Z"
)  # what stands behind the vocabulary of a name: "schema:title", "https://schema.org/title"
_ADDRESS = re.compile(r"https?://\S+\Z")
_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*+)")
_PARTING = BLOCKS | BREAKS
_LONGEST = 300  # characters of a value: what is longer is a text, and text stands on the page
_MARK = 8  # characters that a run of text has in the tree: its number
_INNERMOST = 8  # items in items: "JobPosting.jobLocation.address" has two
_DEEPEST = 400  # elements: what is nested deeper is no posting, and time stays linear


class _Place(NamedTuple):
    """An element to be read, and the path of the item that it stands in."""

    node: Element
    path: str
    depth: int


def microdata_facts(body: MappedText, tree: Tree, *, first_node: int) -> list[Fact]:
    """The properties of each JobPosting that the attributes of elements state, one node each, from ``first_node`` on.

    Values are those of ``content``, ``datetime`` and ``value`` attributes, absolute addresses of links, else the words of
    the element. Texts of more than 300 characters are left out: they stand on the page anyway.

    >>> html = '<div itemscope itemtype="https://schema.org/JobPosting"><h1 itemprop="title">Cook <b>(m/f)</b></h1></div>'
    >>> [(fact.path, fact.value) for fact in microdata_facts(MappedText.of(html), Tree(html), first_node=0)]
    [('JobPosting.title', 'Cook (m/f)')]
    """
    facts: list[Fact] = []
    node = first_node
    inner: set[Element] = set()
    for posting in filter(_is_posting, tree.root.select(_POSTINGS)):
        if posting in inner:
            continue  # a property of the one around it
        stated = list(_properties(body, tree, posting, node, inner))
        facts += stated
        check_count(len(facts), MAX_PARTS, "facts")
        node += bool(stated)
    return facts


def _is_posting(node: Element) -> bool:
    """Whether the type is that of a posting, and no other that holds its name."""
    types = f"{node.attr('itemtype') or ''} {node.attr('typeof') or ''}".split()
    return any((term := _TERM.search(name.rstrip("/"))) is not None and term[0] == "JobPosting" for name in types)


def _properties(body: MappedText, tree: Tree, posting: Element, number: int, inner: set[Element]) -> Iterator[Fact]:
    """The properties of an item and of the items in it, which are added to ``inner``."""
    counts: Counter[str] = Counter()
    left = [_Place(child, "JobPosting", 0) for child in reversed(_children(posting))]
    while left:
        node, path, depth = left.pop()
        named = node.attr("itemprop") or node.attr("property")
        scope = node.attr("itemscope") is not None or node.attr("typeof") is not None
        if scope and (not named or path.count(".") >= _INNERMOST):
            continue  # another item, which says nothing of this one
        above = path
        for name in (named or "").split():
            term = _TERM.search(name)
            below = f"{above}.{term[0]}" if term else above
            counts[below] += 1
            below = f"{below}.{counts[below] - 1}" if counts[below] > 1 else below
            if scope:
                path = below
                inner.add(node)
            elif value := _value(body, tree, node):
                yield Fact(below, value.text, value, number)
        if depth < _DEEPEST:
            left += [_Place(child, path, depth + 1) for child in reversed(_children(node))]


def _children(node: Element) -> list[Element]:
    from turbohtml import Element  # noqa: PLC0415  as in html_tree

    return [child for child in node.children if isinstance(child, Element)]


def _value(body: MappedText, tree: Tree, node: Element) -> MappedText | None:
    said = tree.attributes(node)
    stated = said.get("content") or said.get("datetime") or (said.get("value") if node.tag in _VALUED else None)
    link = said.get("href") or said.get("resource")
    shows_text = node.tag != "link" and bool(node.text.strip())
    if stated is None and link is not None and not shows_text and _ADDRESS.match(link.value.strip()):
        stated = link
    if stated is not None:
        value = unescape_closed_entities(body[stated.start : stated.end]).strip()
    elif len(node.text) > _LONGEST * _MARK:
        return None
    else:
        value = fold_space(_shown(body, tree.ranges(node)))
    return value if 0 < len(value) <= _LONGEST else None


def _shown(body: MappedText, ranges: Sequence[tuple[int, int]]) -> MappedText:
    """The text of ranges as it reads: a blank where an element ends the line between them."""
    lines: list[list[MappedText]] = []
    before = 0
    for start, end in ranges:
        if not lines or any(tag.lower() in _PARTING for tag in _TAG.findall(body.text, before, start)):
            lines.append([])
        lines[-1].append(unescape_entities(body[start:end]))
        before = end
    return MappedText.join([MappedText.join(line, "") for line in lines])

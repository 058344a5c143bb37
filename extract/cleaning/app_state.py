"""The posting in the data of a page's own application, for pages that show nothing until their scripts run.

Such data has no standard: what is told apart is an object with a title and a long text beside it, whatever it is called
(``__NEXT_DATA__``, ``window.__INITIAL_STATE__``, …); its properties are read by the names that job boards give them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from extract.cleaning.document import Block, Fact, Kind, MappedText
from extract.cleaning.html_tree import Tree
from extract.cleaning.json_ld import clean_texts, leaf_text
from extract.cleaning.json_leaves import Leaf, json_edits, json_leaves
from extract.once import once
from extract.vocabulary import load

_SCRIPTS = 'script:not([src]):not([type*="ld+json" i])'
_VALUE = re.compile(r"""(?:=|\()\s*+(?:(?P<json>[{\[])|JSON\.parse\(\s*+(?P<quote>["']))""")
_LITERAL = {'"': re.compile(r'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL), "'": re.compile(r"[^'\\]*+(?:\\.[^'\\]*+)*+", re.DOTALL)}
_NAMES_TEXT = re.compile(r"""(?:description|content|body)[\w-]{0,12}+\\?["']""", re.IGNORECASE)
_JSON = re.compile(r"\s*+[{\[]")
_LONG = 200  # characters of a text that is the posting
_ASSIGNED = 4  # values of a script that are read
_POSTINGS = 8  # objects of a value that are looked at
_TITLE = 150  # characters that a title has at most
_NEAR = 3  # levels below the object that a property of it may stand
_SIGNS = re.compile(r"[_\-]")

Path = tuple[str, ...]


class _Posting(NamedTuple):
    """The object of a posting: where it stands in the data, and its title and longest text."""

    path: Path
    title: Leaf
    length: int


class StatePosting(NamedTuple):
    """What the data of an application says of the posting of its page."""

    blocks: tuple[Block, ...] = ()
    facts: tuple[Fact, ...] = ()


def state_posting(body: MappedText, tree: Tree, *, node: int) -> StatePosting:
    """The texts of the posting as blocks that are ``part_of`` "state", and its properties as facts of a JobPosting.

    The posting is the object with the longest text under a name such as "description" that has a title beside or above it, and
    says something more of a posting, such as a place or a date.
    """
    best: tuple[int, MappedText, Sequence[Leaf], tuple[Fact, ...]] | None = None
    for script in tree.root.select(_SCRIPTS):
        for data in (data for start, end in tree.ranges(script) for data in _values(body[start:end])):
            leaves = json_leaves(data.text).leaves
            for posting in _found(leaves):
                if best is not None and posting.length <= best[0]:
                    break
                own = [
                    leaf for leaf in leaves if leaf.node == posting.title.node and leaf.path[: len(posting.path)] == posting.path
                ]
                facts = tuple(_facts(data, own, posting, node))
                if len(facts) > 1:  # a title and a text alone may be about cookies
                    best = posting.length, data, own, facts
                    break
    return StatePosting(tuple(_blocks(best[1], best[2])), best[3]) if best else StatePosting()


def _values(script: MappedText) -> Iterator[MappedText]:
    """The JSON of a script: all of it, or each of the first things that it assigns."""
    text = script.text
    if not _NAMES_TEXT.search(text):
        return
    if _JSON.match(text):
        yield script
        return
    for found in islice(_VALUE.finditer(text), _ASSIGNED):
        if quote := found["quote"]:
            literal = _LITERAL[quote].match(text, found.end())
            inner = script[found.end() : literal.end() if literal else len(text)]
            yield inner.edit(json_edits(inner.text))
        else:
            yield script[found.start("json") :]


def _name(key: str) -> str:
    return _SIGNS.sub("", key).lower()


def _found(leaves: Iterable[Leaf]) -> list[_Posting]:
    """The objects with a text that have a title beside it, or up to two levels above it; the longest texts first."""
    titles: dict[tuple[int, Path], Leaf] = {}
    long: list[Leaf] = []
    names, texts = load("app_state")["title"], frozenset(load("app_state")["text"])
    for leaf in leaves:
        if not leaf.is_string or not leaf.path:
            continue
        name = _name(leaf.path[-1])
        held = titles.get((leaf.node, leaf.path[:-1]))
        if name in names and 0 < leaf.end - leaf.start <= _TITLE:
            if held is None or names.index(name) < names.index(_name(held.path[-1])):
                titles[leaf.node, leaf.path[:-1]] = leaf
        elif name in texts and leaf.end - leaf.start >= _LONG:
            long.append(leaf)
    best: dict[tuple[int, Path], _Posting] = {}
    for leaf in sorted(long, key=lambda leaf: leaf.start - leaf.end):
        for above in range(1, min(_NEAR, len(leaf.path)) + 1):
            path = leaf.path[:-above]
            if (leaf.node, path) in titles:
                best.setdefault((leaf.node, path), _Posting(path, titles[leaf.node, path], leaf.end - leaf.start))
                break
        if len(best) == _POSTINGS:
            break
    return list(best.values())


def _facts(data: MappedText, own: Sequence[Leaf], posting: _Posting, node: int) -> Iterator[Fact]:
    value = leaf_text(data, posting.title)
    if value.text.strip():
        yield Fact("JobPosting.title", value.text, value, node)
    named: dict[str, Leaf] = {}
    for leaf in own:
        below = [_name(step) for step in leaf.path[len(posting.path) :] if not step.isdigit()]
        if 0 < len(below) <= _NEAR:
            named.setdefault(below[-1] if len(below) == 1 else ".".join(below[-2:]), leaf)
    for term, keys in load("app_state")["properties"].items():
        found = next((named[key] for key in keys if key in named), None)
        if found is not None and found.end - found.start <= _LONG and data.text[found.start : found.end] != "null":
            value = leaf_text(data, found) if found.is_string else data[found.start : found.end]
            if value.text.strip():
                yield Fact(f"JobPosting.{term}", value.text, value, node)


def _blocks(data: MappedText, own: Sequence[Leaf]) -> Iterator[Block]:
    """The texts of the posting in the order of the data; a short name beside a text in a list is its heading."""
    seen: set[str] = set()
    for at, leaf in enumerate(own):
        if not leaf.is_string or _name(leaf.path[-1]) not in _text_names():
            continue
        value = leaf_text(data, leaf)
        if value.text in seen or len(value.text.split(None, 3)) < 3:
            continue
        seen.add(value.text)
        before = own[at - 1] if at else None
        if before and before.path[:-1] == leaf.path[:-1] and leaf.path[-2:-1] and leaf.path[-2].isdigit() and before.is_string:
            heading = leaf_text(data, before)
            if 0 < len(heading.text) <= _TITLE:
                yield Block(heading, Kind.HEADING, 2, "state")
        yield from clean_texts(value, part_of="state").blocks


@once
def _text_names() -> frozenset[str]:
    return frozenset(load("app_state")["text"])

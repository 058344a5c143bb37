"""What the markup of an HTML page states about it in machine-readable form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from extract.cleaning.document import Block, Cleaned, Fact, MappedText
from extract.cleaning.entities import unescape_closed_entities, unescape_entities
from extract.cleaning.html_microdata import microdata_facts
from extract.cleaning.html_tree import Attribute, Tree
from extract.cleaning.limits import MAX_PARTS, check_count

OPEN_GRAPH = frozenset({"og:title", "og:site_name", "og:url"})
PAGE = -1  # the node of facts about the page itself
_METADATA = 'html[lang],meta[property^="og:" i],meta[name^="og:" i],link[rel~="canonical" i]'
_ADDRESSES = 'a[href^="mailto:" i],a[href^="tel:" i]'
_JSON_LD = 'script[type*="ld+json" i]'


def page_facts(body: MappedText, tree: Tree) -> Iterator[Fact]:
    """Title, language, canonical address and Open Graph names of the page, and addresses that its text does not show."""
    for start, end in title_ranges(tree)[:1]:
        yield from _fact("html.title", unescape_entities(body[start:end]))
    for node in tree.root.select(_METADATA):
        yield from _metadata(body, node.tag, tree.attributes(node))
    for node in tree.root.select(_ADDRESSES):
        if href := tree.attributes(node).get("href"):
            yield from _address(body, href, "".join(body.text[start:end] for start, end in tree.ranges(node)))


def title_ranges(tree: Tree) -> list[tuple[int, int]]:
    """Where the head says what the page is called; the title of a drawing is none."""
    titles = (node for node in tree.root.select("title") if node.namespace.name == "HTML")
    return [span for node in titles for span in tree.ranges(node)]


def json_ld_parts(body: MappedText, tree: Tree) -> tuple[list[Block], list[Fact]]:
    """The blocks and facts of the JSON-LD that the page embeds; the nodes of its objects are numbered through."""
    scripts = tree.root.select(_JSON_LD)
    if not scripts:
        return [], []
    from extract.cleaning.json_ld import clean_json_ld  # noqa: PLC0415  JSON-LD holds HTML that holds JSON-LD: one imports late

    blocks: list[Block] = []
    facts: list[Fact] = []
    first = 0
    for start, end in (span for script in scripts for span in tree.ranges(script)):
        cleaned: Cleaned = clean_json_ld(body[start:end])
        facts += [replace(fact, node=fact.node + first) if fact.node >= 0 else fact for fact in cleaned.facts]
        check_count(len(facts), MAX_PARTS, "facts")
        first += max((fact.node for fact in cleaned.facts), default=-1) + 1
        blocks += [replace(block, part_of=block.part_of or "json_ld") for block in cleaned.blocks]
    return blocks, facts


def with_microdata(stated: list[Fact], body: MappedText, tree: Tree) -> list[Fact]:
    """The facts of JSON-LD and those of microdata and RDFa. Where both state one posting, it is the same."""
    first = max((fact.node for fact in stated), default=-1) + 1
    found = microdata_facts(body, tree, first_node=first)
    postings = {fact.node for fact in stated if fact.path.startswith("JobPosting.")}
    if len(postings) == len({fact.node for fact in found}) == 1:
        found = [replace(fact, node=min(postings)) for fact in found]
    return stated + found


def _fact(path: str, value: MappedText) -> Iterator[Fact]:
    value = value.strip()
    if value.text:
        yield Fact(path, value.text, value, PAGE)


def _metadata(body: MappedText, name: str, said: dict[str, Attribute]) -> Iterator[Fact]:
    if name == "html" and "lang" in said:
        yield from _fact("html.lang", _value(body, said["lang"]))
    elif name == "link" and "href" in said and "rel" in said and "canonical" in said["rel"].value.lower().split():
        yield from _fact("html.canonical", _value(body, said["href"]))
    elif name == "meta" and "content" in said:
        key = said.get("property") or said.get("name")
        if key and key.value.lower() in OPEN_GRAPH:
            unescape = unescape_closed_entities if key.value.lower() == "og:url" else unescape_entities
            yield from _fact(f"html.{key.value.lower()}", unescape(body[said["content"].start : said["content"].end]))


def _address(body: MappedText, link: Attribute, shown: str) -> Iterator[Fact]:
    """The address of a mailto: or tel: link, if its text does not show it."""
    scheme, _, address = link.value.partition(":")
    start = link.start + len(scheme) + 1
    address = address.split("?")[0]
    seen = _digits(address) in _digits(shown) if scheme.lower() == "tel" else address.lower() in shown.lower()
    if not seen or not address.strip():
        yield from _fact(f"html.{scheme.lower()}", unescape_closed_entities(body[start : start + len(address)]))


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit())


def _value(body: MappedText, attribute: Attribute) -> MappedText:
    return unescape_closed_entities(body[attribute.start : attribute.end])

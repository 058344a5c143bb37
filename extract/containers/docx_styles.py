"""The paragraph styles of a Word file: which are headings, which are lists, also where they only inherit it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

# Word keeps the English name of a built-in style in every language; other programs, and templates of firms, do not.
_HEADING = re.compile(
    r"(?i)(?:heading|überschrift|titre|título|titolo|kop|rubrik|overskrift|nadpis|nagłówek|otsikko|заголовок)\s*+([1-9])\b.*"
)
_TITLES = {"title": 1, "subtitle": 2}
_DEEPEST = 6
_LONGEST_CHAIN = 20  # of styles that inherit from each other; a circle ends there
_NO_OUTLINE = 9
OFF = frozenset({"0", "false", "off", "none"})


@dataclass(frozen=True, slots=True)
class ParagraphStyle:
    """What a style says of its paragraphs; None where it says nothing.

    ``heading`` is the level of a heading from 1, ``item`` how deep a list is nested from 1 (0: no list, whatever it inherits).
    """

    heading: int | None = None
    item: int | None = None
    bold: bool | None = None
    based_on: str | None = None


def local_name(element: Element) -> str:
    """The tag without its namespace: that of the strict format is another one. Comments and the like have none."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def attribute(element: Element, name: str) -> str | None:
    """The value of the attribute of that local name."""
    return next((str(value) for key, value in element.items() if str(key).rpartition("}")[2] == name), None)


def child(element: Element | None, *path: str) -> Element | None:
    """The first child of that local name, and so on down the path."""
    for name in path:
        element = next((found for found in element if local_name(found) == name), None) if element is not None else None
    return element


def value(element: Element | None, *path: str) -> str | None:
    """The ``val`` of what is at the end of the path; "1" where it has none, as an element that switches something on."""
    found = child(element, *path)
    return None if found is None else attribute(found, "val") or "1"


def is_on(element: Element | None, name: str) -> bool | None:
    """Whether a property is switched on; None where it is not mentioned."""
    said = value(element, name)
    return None if said is None else said.lower() not in OFF


def number(text: str | None) -> int | None:
    """The whole number that the text is, or None."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


def own_style(properties: Element | None, *, name: str = "") -> ParagraphStyle:
    """What the properties of a paragraph or style say, and its name."""
    outline = number(value(properties, "outlineLvl"))
    listed = number(value(properties, "numPr", "numId"))
    level = number(value(properties, "numPr", "ilvl")) or 0
    named = _HEADING.fullmatch(name.strip())
    heading = int(named[1]) if named else _TITLES.get(name.strip().lower())
    if outline is not None:
        heading = outline + 1 if outline < _NO_OUTLINE else 0
    return ParagraphStyle(
        heading=min(heading, _DEEPEST) if heading is not None else None,
        item=None if listed is None else level + 1 if listed else 0,
    )


def paragraph_styles(sheets: Iterable[Element]) -> Mapping[str, ParagraphStyle]:
    """Each paragraph style by its id, with what it inherits; that of the default style stands under ""."""
    own: dict[str, ParagraphStyle] = {}
    default = ""
    for style in (style for sheet in sheets for style in sheet if local_name(style) == "style"):
        identity = attribute(style, "styleId") or ""
        if attribute(style, "type") in (None, "paragraph"):
            said = own_style(child(style, "pPr"), name=value(style, "name") or "")
            bold = is_on(child(style, "rPr"), "b")
            own[identity] = replace(said, bold=bold, based_on=value(style, "basedOn"))
            if (attribute(style, "default") or "0") not in OFF:
                default = identity
    whole = {identity: _inherited(list(_chain(identity, own))) for identity in own}
    return whole | {"": whole.get(default, ParagraphStyle())}


def _chain(identity: str, own: Mapping[str, ParagraphStyle]) -> Iterator[ParagraphStyle]:
    for _ in range(_LONGEST_CHAIN):
        style = own.get(identity)
        if style is None:
            return
        yield style
        identity = style.based_on or ""


def _inherited(chain: list[ParagraphStyle]) -> ParagraphStyle:
    """What the nearest style of the chain says that says anything."""
    return ParagraphStyle(
        heading=next((style.heading for style in chain if style.heading is not None), None),
        item=next((style.item for style in chain if style.item is not None), None),
        bold=next((style.bold for style in chain if style.bold is not None), None),
    )

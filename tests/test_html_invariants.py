"""What holds for any HTML, however broken: exact maps, nothing lost without a word, kept and dropped apart."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from source_maps import check_segment
from turbohtml import Element, Node, Text, parse

from extract.cleaning import clean
from extract.cleaning.document import CleanDocument, Dropped, Origin, Segment
from extract.cleaning.html_elements import GONE
from extract.source import Format, Source, detect_format, open_source

GOLD = sorted((Path(__file__).parent.parent / "evals" / "gold").glob("*/input.txt"))
LETTERS = re.compile(r"[^\W\d_]+")
REFERENCE = re.compile(r"&\w+")  # in CDATA it is shown as it is written
WORD = re.compile(r"[^\W\d_]{2,}")  # a single letter may be a bullet

BLOCKS = "div p ul li table tr td th caption dl dt dd h1 h2 section article main header footer nav aside details summary".split()
INLINE = "a b i span em strong u font nobr label button".split()
OTHERS = "form fieldset select option optgroup template dialog pre center ruby rt datalist input br hr img body html".split()
RAW = "script style title textarea noscript iframe".split()
FOREIGN = "svg math g mi foreignObject desc".split()
ATTRIBUTES = (
    'class="x"|class=footer|id="cookie-bar"|class="related jobs"|class=share|role=navigation|role="Banner"|hidden|'
    "aria-hidden=true|style='display:none'|style=\"white-space:pre\"|href='a>b'|"
    'href="#"|title="it\'s"|data-x=<p>|a=\'1\'b="2"|=|\'|"|/|open|type=hidden|'
    "title=\"open|title='open|onclick='<b>'"
).split("|")
ODD = (
    "<style/>|0;|1;|"
    "<!-- hidden -->|<!--|-->|<!---->|<!-->|--!>|<!doctype html>|<?pi x?>|</ p>|<3|< |<|&|&#|&amp;|&nbsp;|&eacute|&#0;|"
    "&lt;|&notit;|<jo@x.example>|<https://x.example/a>|</p x='>'>|\r|\r\n|\t|\f|\u00a0|\u00a0 |\u200b|• |1. |Place: |"
    "Similar jobs|Apply now|Cookies"
).split("|")
CDATA = ["<![CDATA[", "]]>"]
SOME = ["", "one two", "uno", "Äpfel ", " käse", "日本語", "слово", "short. Long sentence here", "© 2030 Inn", "word " * 20]


@st.composite
def broken(draw: st.DrawFn, *, page: bool) -> str:
    """HTML whose tags are nested, cut and mixed up, with words between them that are never the same twice."""
    names = draw(
        st.sampled_from([BLOCKS + INLINE + OTHERS + RAW, BLOCKS + INLINE + RAW + FOREIGN, FOREIGN + RAW + ["p"], BLOCKS + INLINE])
    )
    tag = st.sampled_from(names)
    part = st.one_of(
        st.tuples(st.just("<"), tag, st.sampled_from(["", *ATTRIBUTES]), st.sampled_from([">", ">", " >", "\n>", ""])),
        st.tuples(st.just("</"), tag, st.just(""), st.sampled_from([">", ">", ">", " x>", ""])),
        st.tuples(st.just(""), st.sampled_from(ODD + CDATA * page), st.just(""), st.just("")),  # fragments have it undone
        st.tuples(st.just("w"), st.sampled_from(SOME), st.just(""), st.just("")),
    )
    parts = draw(st.lists(part, max_size=30))
    text = "".join(_written(number, *part) for number, part in enumerate(parts))
    return f"<html><body>{text}" if page else text


def _written(number: int, opening: str, name: str, attributes: str, closing: str) -> str:
    if opening == "w":
        return f" {name} {''.join(chr(97 + int(figure)) for figure in str(number))}xy "
    return f"{opening}{name}{' ' if attributes else ''}{attributes}{closing}"


def read(source: str) -> CleanDocument:
    return clean(Source(text=source, name="test", sha256="", encoding="utf-8"), format=Format.HTML)


def shown(node: Node) -> Iterator[str]:
    """The texts that a browser shows, by the parser alone: without the numbering that the cleaner puts in between."""
    left = [node]
    while left:
        node = left.pop()
        if isinstance(node, Text):
            yield node.text
        elif not isinstance(node, Element) or node.tag not in GONE | {"title"}:
            left += reversed(list(node))


def check_whole(segment: Segment, source: str) -> None:
    """Its map is right, it says something, and what was only copied is its spans and nothing else."""
    assert segment.text.strip()
    check_segment(segment, source)
    if all(piece.origin is Origin.COPY for piece in segment.body.pieces):
        assert segment.text == "".join(source[start:end] for start, end in segment.spans)


def check(document: CleanDocument) -> None:
    """The invariants that need no other parser."""
    source = document.source.text
    everything = (*document.segments, *document.dropped)
    for number, segment in enumerate(everything):
        check_whole(segment, source)
        assert segment.number == number
        assert document.segment(number) is segment
        assert (segment.dropped is None) == (number < len(document.segments))
    assert document.segment(len(everything)) is None
    assert document.segment(-1) is None
    starts = [segment.spans[0] for segment in document.dropped]
    assert starts == sorted(starts)
    ranges = sorted((*span, segment.number) for segment in everything if not segment.part_of for span in segment.spans)
    assert [(a, b) for a, b in pairwise(ranges) if b[0] < a[1]] == []


def rows(document: CleanDocument) -> list[object]:
    segments = [(s.number, s.text, s.spans, s.kind, s.level, s.dropped) for s in (*document.segments, *document.dropped)]
    return [*segments, *((f.path, f.value, f.spans, f.node) for f in document.facts), document.steps]


def lost_words(document: CleanDocument) -> list[str]:
    """The words that a browser shows and that stand nowhere. Words may be cut in two where a line break was lost."""
    everything = " ".join(segment.text for segment in (*document.segments, *document.dropped))
    found = "".join(LETTERS.findall(everything))
    texts = shown(parse(document.source.text, scripting=True))
    return [word for text in texts for word in WORD.findall(REFERENCE.sub("", text)) if word not in found]


@pytest.mark.parametrize("page", [False, True], ids=["fragment", "page"])
@settings(max_examples=150)
@given(data=st.data())
def test_maps_are_exact_and_kept_and_dropped_are_apart(page: bool, data: st.DataObject) -> None:
    """Spans, numbers, reasons and the order hold on any HTML, and no character is both kept and dropped."""
    check(read(data.draw(broken(page=page))))


@pytest.mark.parametrize("page", [False, True], ids=["fragment", "page"])
@settings(max_examples=150)
@given(data=st.data())
def test_no_word_that_a_browser_shows_is_lost(page: bool, data: st.DataObject) -> None:
    """Each word that the tree of the source shows is in a segment or in what was dropped."""
    assert lost_words(read(data.draw(broken(page=page)))) == []


@settings(max_examples=100)
@given(broken(page=True))
def test_the_same_page_gives_the_same_document(source: str) -> None:
    """Cleaning has no memory; and the cleaned text, read as text, stays as it is."""
    document = read(source)
    assert rows(document) == rows(read(source))
    again = clean(Source(text=document.text, name="test", sha256="", encoding="utf-8"), format=Format.TEXT)
    assert again.text == document.text


@settings(max_examples=100)
@given(broken(page=False))
def test_a_fragment_is_a_posting_from_end_to_end(source: str) -> None:
    """Where no tag of a page stands, nothing is dropped but what is hidden, the words of drawings and the choices of fields."""
    if re.search(r"</?(html|head|body|nav|main|header|footer)\b", source) is None:
        assert {segment.dropped for segment in read(source).dropped} <= {Dropped.HIDDEN, Dropped.DRAWING, Dropped.FORM}


@pytest.mark.parametrize("path", GOLD, ids=lambda path: path.parent.name)
def test_gold_documents_keep_to_it(path: Path) -> None:
    """The same on the shipped documents, each in its own format, and as the HTML that they hold or are not."""
    source = open_source(path)
    for format in {detect_format(source.text), Format.HTML}:
        document = clean(source, format=format)
        check(document)
        assert rows(document) == rows(clean(source, format=format))


def test_gold_html_loses_no_word() -> None:
    """Of the HTML in the shipped documents each word that a browser shows is in a segment or in what was dropped."""
    texts = [path.read_text("utf-8") for path in GOLD]
    pages = [page for text in texts if text.startswith("[") for page in ast.literal_eval(text)]
    assert pages
    assert [word for page in pages for word in lost_words(read(page))] == []

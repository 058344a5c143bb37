"""Elements, attributes and text of broken HTML lead back to where they stand in the source."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from turbohtml import Element

from extract.cleaning import clean
from extract.cleaning.document import CleanDocument
from extract.cleaning.html_tree import Tree
from extract.source import Format, Source

Found = tuple[str, dict[str, str], list[str]]
"""An element: how its tag begins in the source, its attributes, the words below it."""


def elements(source: str, selector: str) -> list[tuple[int | None, dict[str, str], list[str]]]:
    """The elements of a selector; attributes and words are cut out of the source by their offsets."""
    tree = Tree(source)
    return [
        (
            tree.offset(node),
            {name: source[found.start : found.end] for name, found in tree.attributes(node).items()},
            [source[start:end].strip() for start, end in tree.ranges(node)],
        )
        for node in tree.root.select(selector)
    ]


def read(source: str) -> CleanDocument:
    return clean(Source(text=source, name="test", sha256="", encoding="utf-8"), format=Format.HTML)


def texts(source: str) -> tuple[list[str], list[str]]:
    """What is kept, and what is dropped with its reason; each cut out of the source, so that the map is tested too."""
    document = read(source)

    def cut(spans: tuple[tuple[int, int], ...]) -> str:
        return "".join(source[start:end] for start, end in spans)

    return (
        [cut(segment.spans) for segment in document.segments],
        [f"{segment.dropped}: {cut(segment.spans)}" for segment in document.dropped],
    )


PLACES: list[tuple[str, str, list[Found]]] = [
    ("<p>one</p>\r\n<a href='x'>two</a>", "a", [("<a href='x'>", {"href": "x"}, ["two"])]),
    ("one\rtwo\r\n\r<a href=x>three</a>", "a", [("<a href=x>", {"href": "x"}, ["three"])]),
    ("one\ttwo\f<a\thref=x>three</a>", "a", [("<a\thref=x>", {"href": "x"}, ["three"])]),
    ("Ä🚀é<a href='ü🚀'>Ö</a>", "a", [("<a href='ü🚀'>", {"href": "ü🚀"}, ["Ö"])]),
    ("\ufeff<a href=x>one", "a", [("<a href=x>", {"href": "x"}, ["one"])]),
    ("<A HREF=X>one</A>", "a", [("<A HREF=X>", {"href": "X"}, ["one"])]),
    ("<a\r\nhref\n=\n'x\r\ny'>one", "a", [("<a\r\nhref", {"href": "x\r\ny"}, ["one"])]),
    ("<a href='x'\f title=y>one", "a", [("<a href='x'\f", {"href": "x", "title": "y"}, ["one"])]),
    ("<p a=1 a=2 A=3>one", "p", [("<p a=1", {"a": "1"}, ["one"])]),
    ("<p a='1'b=\"2\"c=3/>one", "p", [("<p a='1'b", {"a": "1", "b": "2", "c": "3/"}, ["one"])]),
    ("<p =a b==c 'd\" e>one", "p", [("<p =a", {"=a": "", "b": "=c", "'d\"": "", "e": ""}, ["one"])]),
    ("<p a=\"1>2\" b='<b>'>one", "p", [("<p a=", {"a": "1>2", "b": "<b>"}, ["one"])]),
    ("<p a='&amp;'>one", "p", [("<p a=", {"a": "&amp;"}, ["one"])]),
    ("<body a=1><p>one<body b=2>two", "body", [("<body a=1>", {"a": "1"}, ["one", "two"])]),
    ("<image src=x>one", "img", [("<image src=x>", {"src": "x"}, [])]),
    ("one<!-- <a href=1> --><a href=2>two</a>", "a", [("<a href=2>", {"href": "2"}, ["two"])]),
    ("<script>'<a href=1>'</script><a href=2>two</a>", "a", [("<a href=2>", {"href": "2"}, ["two"])]),
    ("<textarea><a href=1></textarea><a href=2>two</a>", "a", [("<a href=2>", {"href": "2"}, ["two"])]),
    ("<noscript><a href=1></noscript><a href=2>two</a>", "a", [("<a href=2>", {"href": "2"}, ["two"])]),
    ("<title><a href=1></title><a href=2>two</a>", "a", [("<a href=2>", {"href": "2"}, ["two"])]),
    ("1 < 2 <3 <a href=2>two</a>", "a", [("<a href=2>", {"href": "2"}, ["two"])]),
    ("<jo@x.example> <a href=2>two</a>", "a", [("<a href=2>", {"href": "2"}, ["two"])]),
    ("<a title='<b@c>' href=z>one", "a", [("<a title=", {"title": "<b@c>", "href": "z"}, ["one"])]),
    ("<table>one<tr><td>two</table>", "td", [("<td>", {}, ["two"])]),
    ("<table><a href=x>one</a><tr><td>two</table>", "a", [("<a href=x>", {"href": "x"}, ["one"])]),
    ("<b>one<p>two</b>three</p>", "p", [("<p>", {}, ["two", "three"])]),
    ("<b>one<p>two</b>three</p>", "b", [("<b>", {}, ["one"]), ("<b>", {}, ["two"])]),
    ("<form id=f><form id=g>one</form>two</form>", "form", [("<form id=f>", {"id": "f"}, ["one"])]),
    ("<svg><title>one</title><a href=x>two</a></svg>", "a", [("<a href=x>", {"href": "x"}, ["two"])]),
    ("<svg viewBox='0 0 1 1'><p id=x>one", "svg, p", [("<svg", {"viewbox": "0 0 1 1"}, []), ("<p", {"id": "x"}, ["one"])]),
    (
        "<template><i id=q>one</i></template><i id=r>two",
        "i",
        [("<i id=q>", {"id": "q"}, ["one"]), ("<i id=r>", {"id": "r"}, ["two"])],
    ),
    ("<p>one<!-- not ended <b id=x>two", "b", [("<b id=x>", {"id": "x"}, ["two"])]),
    ("<plaintext><a href=x>one", "plaintext", [("<plaintext>", {}, ["<a href=x>one"])]),
]


@pytest.mark.parametrize(("source", "selector", "expected"), PLACES)
def test_elements_are_found_where_they_stand(source: str, selector: str, expected: list[Found]) -> None:
    """Offsets, attributes and words of an element are those of the source, however it is broken."""
    found = elements(source, selector)
    assert [(attributes, words) for _, attributes, words in found] == [(attributes, words) for _, attributes, words in expected]
    for (offset, *_), (tag, *_) in zip(found, expected, strict=True):
        assert offset is not None
        assert source[offset : offset + len(tag)] == tag


def test_elements_that_the_parser_adds_have_no_place() -> None:
    """An element without a tag has no offset and no attributes; its words are those of the source."""
    assert elements("<table><tr><td>one</table>", "tbody") == [(None, {}, ["one"])]
    assert elements("one", "html, head, body") == [(None, {}, ["one"]), (None, {}, []), (None, {}, ["one"])]


ODDITIES: list[tuple[str, list[str], list[str]]] = [
    # unfinished tags, comments and quotes
    ("<p>one<", ["one<"], []),
    ("<p>one</", ["one</"], []),
    ("<p>one<!", ["one<!"], []),
    ("<p>one<b", ["one<b"], []),
    ("<p>one<b class", ["one<b class"], []),
    ("<p>one<!-- two", ["one<!-- two"], []),
    ("<p>one<b class='two>three <i>four", ["onethree four"], []),
    ("<p>one</p ", ["one</p"], []),
    ("<p>one<!-->two<!--->three<!-- x --!>four<!-- x -- > x -->five", ["onetwothreefourfive"], []),
    ("<p>one<?php echo 1 ?>two</ x>three<!x>four", ["onetwothreefour"], []),
    ('<p title="one>two</p>">three</p>', ["three"], []),
    # text that is raw to its end
    ("<title>one <b>two</b></title>three", ["three"], []),
    ("<script>one</script>two<script>three <p>four", ["two"], []),
    ("<script><!-- <script> one </script> two --></script>three", ["three"], []),
    ("<style>one</style>two<style>three", ["two"], []),
    ("one<textarea>two <b>three</b></textarea>four", ["onefour"], ["form: two <b>three</b>"]),
    ("one<noscript><p>two</noscript>three", ["onethree"], []),
    ("one<plaintext>two <b>three</b></plaintext>", ["one", "two <b>three</b></plaintext>"], []),
    ("one<xmp>two <b>three</b></xmp>four", ["one", "two <b>three</b>", "four"], []),
    # drawings and formulas
    ("one<svg><text>two</text></svg>three", ["onethree"], ["drawing: two"]),
    ("<svg><desc>one</desc><p>two</p>three", ["two", "three"], ["drawing: one"]),
    ("<math><mi>one</mi></math>two", ["onetwo"], []),
    # text that the parser moves
    ("<table><p>one</p><tr><td>two</td></tr>three</table>four", ["one", "three", "two", "four"], []),
    ("<table>one<caption>two</caption><tr><td>three</table>", ["one", "two", "three"], []),
    ("<select><option>one<p>two<option>three</select>four", ["four"], ["form: one", "form: two", "form: three"]),
    ("<table><tr><td>one<table><tr><td>two</table>three</table>", ["one", "two", "three"], []),
    ("<p>one<p>two</p></p>three<li>four<li>five", ["one", "two", "three", "four", "five"], []),
    ("<a href=1>one<a href=2>two</a>three", ["onetwothree"], []),
    ("<b><i>one</b>two</i>three", ["onetwothree"], []),
    ("<button>one<button>two</button>three", ["one", "two", "three"], []),
    ("<h1>one<h2>two</h1>three", ["one", "two", "three"], []),
    ("<dl><div><dt>Place</dt><dd>Bern</dd></div></dl>", ["PlaceBern"], []),
    # addresses in angle brackets
    ("<p>to <jo@x.example>, <a href=x>or</a>", ["to <jo@x.example>, or"], []),
    ("<p>at <https://x.example/a?b=c> and <HTTP://Y>", ["at <https://x.example/a?b=c> and <HTTP://Y>"], []),
    ("<o:p>one</o:p> <x-y>two</x-y>", ["onetwo"], []),
    # line ends, tabs, blanks
    ("one\r\ntwo\r\n<p>three\rfour</p>", ["one\r\ntwo", "three\rfour"], []),
    ("<p>\tone\ttwo\t</p>\f", ["one\ttwo"], []),
    ("<pre>\r\none\r\n  two\r\n</pre>", ["one", "two"], []),
    ("<p>one\u00a0<i hidden>two</i>\u00a0three", ["one\u00a0three"], ["hidden: two"]),
    ("<p>one&nbsp;<i hidden>two</i>&nbsp;three", ["one&nbsp;three"], ["hidden: two"]),
    ("<p>one\t<script>two</script>\tthree", ["one\tthree"], []),
    ("one<wbr>two&shy;three&#8203;four", ["onetwothreefour"], []),
    # what is not shown, and what only seems so
    ("<p style='DISPLAY : none !important'>one</p>two", ["two"], ["hidden: one"]),
    ("<div hidden=false>one</div>two", ["two"], ["hidden: one"]),
    ("<dialog>one</dialog><dialog open>two</dialog>", ["two"], ["hidden: one"]),
    ("<details><summary>one</summary>two</details>", ["one", "two"], []),
    ("<datalist><option>one</datalist>two", ["two"], ["form: one"]),
    ("<iframe>one</iframe><video>two</video><canvas>three</canvas>four", ["four"], []),
]


@pytest.mark.parametrize(("source", "kept", "dropped"), ODDITIES)
def test_text_is_what_a_browser_shows(source: str, kept: list[str], dropped: list[str]) -> None:
    """Each oddity of HTML is read as browsers do, and kept and dropped text is cut out of the source exactly."""
    assert texts(source) == (kept, dropped)


ENTITIES = [
    ("5 &lt; 6 &amp;&amp; 7 &gt; 3", "5 < 6 && 7 > 3"),
    ("caf&eacute &copy 2030 &euro;&#8364;&#x20AC;&#128;", "café © 2030 €€€€"),
    ("AT&T &unknown; &notin; &notit; R&D;", "AT&T &unknown; ∉ ¬it; R&D;"),
    ("no &#0;&#xD800;&#x110000;", "no \ufffd\ufffd\ufffd"),
    ("&amp;amp; &amp;lt;", "&amp; &lt;"),
]


@pytest.mark.parametrize(("written", "shown"), ENTITIES)
def test_entities_are_undone_once(written: str, shown: str) -> None:
    """A reference is read as browsers do, once, and the span covers how it is written."""
    source = f"<p>{written}</p>"
    (segment,) = read(source).segments
    assert segment.text == shown
    assert [source[start:end] for start, end in segment.spans] == [written]


TAGS = "p b i a table tr td ul li div select option svg template h1 button form title textarea".split()
PARTS = st.one_of(
    st.tuples(st.sampled_from(TAGS), st.sampled_from(["", " hidden", " b='x>y'", ' c="\r\n"', " d=1", "/"])).map(
        lambda part: (part[0], part[1])
    ),
    st.sampled_from(["text", " ä\t", "\r\n", "&amp;", "1 < 2 ", "<!-- c -->", *(f"</{tag}>" for tag in TAGS)]),
)


@settings(max_examples=150)
@given(st.lists(PARTS, max_size=20))
def test_every_element_has_the_place_of_its_own_tag(parts: list[str | tuple[str, str]]) -> None:
    """However tags are nested, the place of an element is that of the tag which bears its number."""
    source = "".join(
        part if isinstance(part, str) else f"<{part[0]} id=n{number}{' ' if part[1] == '/' else ''}{part[1]}>"
        for number, part in enumerate(parts)
    )
    tree = Tree(source)
    for node in tree.root.select("[id]"):
        assert isinstance(node, Element)
        offset = tree.offset(node)
        assert offset is not None
        assert re.match(rf"<\w+ id={node.attr('id')}\b", source[offset:])
        assert tree.attributes(node)["id"].value == node.attr("id")

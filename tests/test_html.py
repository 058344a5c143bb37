"""HTML to blocks and facts, with an exact map back to the source."""

from __future__ import annotations

import re
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.cleaning.document import Cleaned, Edit, Kind, MappedText, Origin
from extract.cleaning.html import clean_html
from extract.cleaning.html_tree import Tree
from extract.errors import SourceTooLarge

Blocks = list[tuple[str, str]]


def blocks(source: str) -> Blocks:
    """The blocks that are no separators, white space folded."""
    return [(b.kind.value, " ".join(b.body.text.split())) for b in clean_html(MappedText.of(source)).blocks if b.body.text]


def facts(source: str) -> dict[str, object]:
    return {fact.path: fact.value for fact in clean_html(MappedText.of(source)).facts}


def check_map(cleaned: Cleaned, source: str) -> None:
    """Spans lie in the source and are ordered; what was copied equals the source."""
    for block in cleaned.blocks:
        pieces = block.body.pieces
        assert all(0 <= piece.source.start <= piece.source.end <= len(source) for piece in pieces)
        assert all(a.source.end <= b.source.start for a, b in pairwise(pieces))
        if all(piece.origin is Origin.COPY for piece in pieces):
            assert block.body.text == "".join(source[piece.source.start : piece.source.end] for piece in pieces)
    assert all(0 <= span.start < span.end <= len(source) for fact in cleaned.facts for span in fact.spans)


STRUCTURE = [
    ("<h2>Your <i>tasks</i></h2><p>You write.", [("heading", "Your tasks"), ("sentence", "You write.")]),
    ("<p>One<p>Two<div>Three</div>Four", [("sentence", word) for word in ("One", "Two", "Three", "Four")]),
    ("First<br>second<br/><br />third", [("sentence", "First"), ("sentence", "second"), ("sentence", "third")]),
    ("wo<b>rd</b>s <a href='/x'>and</a> <span>more</span>", [("sentence", "words and more")]),
    ("<a href=a>Home</a><a href=b>Jobs</a> one<img alt=not>two", [("sentence", "Home Jobs one two")]),
    ("<pre>one\n  two</pre>", [("sentence", "one"), ("sentence", "two")]),
    ("<div style='white-space: pre-line'>one\ntwo</div>", [("sentence", "one"), ("sentence", "two")]),
    ("no tags\n\n- a\n- b", [("sentence", "no tags"), ("item", "a"), ("item", "b")]),
    ("<p>R&amp;D &lt;b&gt;&nbsp;caf&eacute;", [("sentence", "R&D <b> café")]),
    ("&lt;p&gt;Tom &amp;amp; Co&lt;/p&gt;&lt;p&gt;x&lt;/p&gt;", [("sentence", "Tom & Co"), ("sentence", "x")]),
    ("&amp;lt;ul&amp;gt;&amp;lt;li&amp;gt;one&amp;lt;/ul&amp;gt;", [("item", "one")]),
    ("<![CDATA[<p>in a feed</p>]]>", [("sentence", "in a feed")]),
]

LOOKS = [
    ("<p><b>Your profile</b></p>text", [("heading", "Your profile"), ("sentence", "text")]),
    ("<strong><u>What you do<br></u></strong><ul><li>a</ul>", [("heading", "What you do"), ("item", "a")]),
    ("<b>Tasks:</b><br>You help.", [("heading", "Tasks:"), ("sentence", "You help.")]),
    ("<strong>Tasks</strong>&nbsp;:<br>x", [("heading", "Tasks :"), ("sentence", "x")]),
    ("<p style='font-weight:700'>Offer</p>", [("heading", "Offer")]),
    ("<b>Lead-in:</b> and text", [("sentence", "Lead-in: and text")]),
    ("<b>Deadline: 1 May</b><br><b>We pay on time.</b>", [("sentence", "Deadline: 1 May"), ("sentence", "We pay on time.")]),
    ("<b><p>Label:</b> value</p>", [("sentence", "Label: value")]),
    ("".join(f"<p><b>Skill {n}</b></p>" for n in "abcd"), [("sentence", f"Skill {n}") for n in "abcd"]),
]

LISTS = [
    ("<ul><li>a<li>b</ul>", [("item", "a"), ("item", "b")]),
    ("<ul><li><b>a</b><p>more</p> and<br>more</li></ul>", [("item", "a more and more")]),
    ("<p>Intro<br>• one<br>&bull; two<br>- three</p>", [("sentence", "Intro"), *(("item", n) for n in ("one", "two", "three"))]),
    ("<p>· one</p><p>➢ two</p><p>-5 °C</p>", [("item", "one"), ("item", "two"), ("sentence", "-5 °C")]),
    ("<p>•</p><p>alone</p>", [("item", "alone")]),
    (
        "1. one<br>2. two<br>text<br>3. May 2030",
        [("item", "one"), ("item", "two"), ("sentence", "text"), ("sentence", "3. May 2030")],
    ),
    ("<ul><li>Intro:<br>- a<br>- b</ul>", [("item", "Intro:"), ("item", "a"), ("item", "b")]),
]

TABLES = [
    ("<table><tr><td>Location<td>Bern<tr><th>Pay:<td>90</table>", [("field", "Location: Bern"), ("field", "Pay: 90")]),
    ("<table><tr><td>a<td>b<td>c</table>", [("cell", "a"), ("cell", "b"), ("cell", "c")]),
    ("<table><tr><th>City<th>Pay</table>", [("cell", "City"), ("cell", "Pay")]),
    ("<table><tr><td>City:<td>Bern<td>Pay:<td>90</table>", [("field", "City: Bern"), ("field", "Pay: 90")]),
    ("<table><tr><td>Address<td>Road 1<br>Bern</table>", [("field", "Address: Road 1, Bern")]),
    ("<table><tr><td><ul><li>x</ul><td><p>y</table>", [("item", "x"), ("sentence", "y")]),
    ("<table><tr><td>Just<p>a layout</table>", [("sentence", "Just"), ("sentence", "a layout")]),
    (
        f"<table><tr><td>About us<td>{'We grow. ' * 30}</table>",
        [("heading", "About us"), ("sentence", ("We grow. " * 30).strip())],
    ),
    ("<dl><dt>Type<dd>Full time<dt>Skills<dd>a<dd>b</dl>", [("field", "Type: Full time"), ("field", "Skills: a, b")]),
    ("<dl><dt>Tasks<dd><ul><li>a<li>b</ul></dl>", [("heading", "Tasks"), ("item", "a"), ("item", "b")]),
]

HIDDEN = [
    (
        "a<!-- no --><script>no<b></script><style>no</style><template>no</template><noscript><p>no</noscript>b",
        [("sentence", "ab")],
    ),
    ("a<svg><title>no</title><path d=''/></svg>b", [("sentence", "a b")]),
    ("<div hidden>no<div>no</div>no</div>yes", [("sentence", "yes")]),
    ("<p style='display: none'>no<p>yes<i aria-hidden=true>no</i>", [("sentence", "yes")]),
    ("x <span style='display:none'>no<span>no</span>no</span>y", [("sentence", "x y")]),
    ("<div><p hidden>no</div>yes", [("sentence", "yes")]),
    ("<body style='display:none'>yes", [("sentence", "yes")]),
    (
        "<div aria-hidden=true>The page behind an open dialog</div>Cookies?",
        [("sentence", "The page behind an open dialog"), ("sentence", "Cookies?")],
    ),
    ("<html><head><title>T</title><meta name=a><style>no</style></head><body>yes", [("sentence", "yes")]),
    ("<head><title>T</title><p>yes", [("sentence", "yes")]),
]

BROKEN = [
    ("a < b, I <3 it, 1<2 and <", [("sentence", "a < b, I <3 it, 1<2 and <")]),
    ("<i>x</b></u> y</i></p> z", [("sentence", "x y"), ("sentence", "z")]),
    ("text <a href=", [("sentence", "text <a href=")]),
    ('<p class="x>kept</p>', [("sentence", "kept")]),
    ("a<!-- never closed <b>b</b>", [("sentence", "a<!-- never closed b")]),
    ("<p title='a>b'>c<p title=d>e", [("sentence", "c"), ("sentence", "e")]),
    ("write to <jo@example.com> or <https://example.com>", [("sentence", "write to <jo@example.com> or <https://example.com>")]),
    ("<td>cell</td><li>item", [("sentence", "cell"), ("item", "item")]),
    ("<table><tr><td>a</div></p></td><td>b</table>c", [("cell", "a"), ("cell", "b"), ("sentence", "c")]),
]


@pytest.mark.parametrize(("source", "expected"), STRUCTURE + LOOKS + LISTS + TABLES + HIDDEN + BROKEN)
def test_blocks(source: str, expected: Blocks) -> None:
    """Each construct of HTML gives the blocks that a reader sees, and its map holds."""
    assert blocks(source) == expected
    check_map(clean_html(MappedText.of(source)), source)


def test_levels_of_nested_lists() -> None:
    """Items know how deep their list is nested, also where lines with bullets stand in an item."""
    source = "<ul><li>a<ol><li>b<ul><li>c</ul></ol><li>d<br>- e<br>- f</ul>"
    levels = [(block.body.text, block.level) for block in clean_html(MappedText.of(source)).blocks]
    assert levels == [("a", 1), ("b", 2), ("c", 3), ("d", 1), ("e", 2), ("f", 2)]


def test_lists_without_text_between_stay_apart() -> None:
    """An empty block stands between two lists, and none inside one."""
    found = clean_html(MappedText.of("<ul><li>a<li>b<ul><li>c</ul></ul><div><ul><li>d<li>e</ul></div>")).blocks
    assert [(block.kind, block.body.text) for block in found] == [
        (Kind.ITEM, "a"),
        (Kind.ITEM, "b"),
        (Kind.ITEM, "c"),
        (Kind.SENTENCE, ""),
        (Kind.ITEM, "d"),
        (Kind.ITEM, "e"),
    ]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<html lang=de><head><title> A &amp; B </title></head>", {"html.lang": "de", "html.title": "A & B"}),
        ("<link rel='canonical' href='https://x.example/?a=1&amp;b=2'>", {"html.canonical": "https://x.example/?a=1&b=2"}),
        ("<meta property='og:title' content='A &amp; B'><meta name=og:type content=no>", {"html.og:title": "A & B"}),
        ("<a href='mailto:jo@x.example?subject=s'>Write</a>", {"html.mailto": "jo@x.example"}),
        ("<a href='mailto:jo@x.example'>Jo@x.example</a><a href='tel:+411'>+41 1</a>", {}),
        ("<a href='TEL:+41 1'>Call</a>", {"html.tel": "+41 1"}),
        ("<svg><title>icon</title></svg>", {}),
    ],
)
def test_facts(source: str, expected: dict[str, object]) -> None:
    """What the markup states about the page becomes facts with their spans."""
    assert facts(source) == expected
    check_map(clean_html(MappedText.of(source)), source)


def test_json_ld_gives_facts_and_its_text_only_where_the_page_shows_none() -> None:
    """The text of an embedded posting is read only if the page itself shows next to nothing."""
    script = (
        '<script type="application/ld+json">{"@type": "JobPosting", "title": "Cook", "description": "<p>You cook.</p>"}</script>'
    )
    empty, full = clean_html(MappedText.of(script)), clean_html(MappedText.of(script + f"<p>{'Words to read. ' * 20}</p>"))
    assert any(fact.value == "Cook" for fact in empty.facts)
    assert any(fact.value == "Cook" for fact in full.facts)
    assert [block.body.text for block in empty.blocks if block.part_of] == ["You cook."]
    assert not any(block.part_of for block in full.blocks)


def test_map_leads_through_another_layer() -> None:
    """Spans are those of the source also where the HTML is a part of it that was edited before."""
    source = "['<p>It\\'s <b>you</b></p>']"
    inner = MappedText.of(source)[2:-2].edit([Edit(5, 6)])
    (block,) = clean_html(inner).blocks
    assert block.body.text == "It's you"
    assert "".join(source[span.start : span.end] for span in block.body.spans) == "It's you"


def test_steps_name_what_changed() -> None:
    """Steps tell tags, entities, hidden text and undone escapes."""
    assert clean_html(MappedText.of("plain AT&T")).steps == ()
    assert clean_html(MappedText.of("<p hidden>a</p>b &amp; c")).steps == ("html:tags", "html:entities", "html:hidden")
    assert clean_html(MappedText.of("&lt;p&gt;a")).steps == ("html:unescaped", "html:tags")


def test_attributes_as_browsers_read_them() -> None:
    """Quoted, bare and empty values; the first of a name counts."""
    tag = "<a one='1>' TWO=2 three = \"3\" four one=5/>"
    tree = Tree(f"text {tag}")
    (node,) = tree.root.select("a")
    assert {name: found.value for name, found in tree.attributes(node).items()} == {
        "one": "1>",
        "two": "2",
        "three": "3",
        "four": "",
    }


FRAGMENTS = st.lists(
    st.sampled_from(
        "< <p> </p> <b> </b> <ul> <li> </ul> <table> <tr> <td> </td> </table> <br> <!-- --> <!x <script> </script> <svg> </svg> "
        '<div\u00a0hidden> </div> <a\u00a0href="mailto:x"> </a> <a\u00a0b=" &amp; &lt;p&gt; &#x41; <dl> <dt> <dd> '
        "• - 1. text Key: \" ' > "
        "<h1> </h1> <pre> </pre> <title> <head> <![CDATA[ ]]> / =".split(" ")
    ).map(lambda part: part.replace("\u00a0", " "))
    | st.text(max_size=4),
    max_size=25,
).map(" ".join)


@settings(max_examples=100, deadline=None)
@given(st.text() | FRAGMENTS)
def test_map_holds_on_anything(source: str) -> None:
    """No input fails, and every span is in the source, in order."""
    check_map(clean_html(MappedText.of(source)), source)


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet=st.characters(exclude_characters="<&", exclude_categories=["Cs"])))
def test_no_word_of_plain_text_is_lost(source: str) -> None:
    """Text without tags keeps all its words; numbers of counted items are marks."""
    words = re.findall(r"[^\W_]+", re.sub(r"(?m)^\s*\(?\d{1,2}[.)]\s", "", source))
    kept = re.findall(r"[^\W_]+", " ".join(block.body.text for block in clean_html(MappedText.of(source)).blocks))
    assert [word for word in words if word not in kept] == []


@pytest.mark.parametrize(
    "unit", ["<", "<a ", "<!--", '<a b="', "<!x", "</", "<script>", "[", " ", "<b><p>", "<td>", "<a b='\"", "</a><a>"]
)
def test_a_long_run_of_one_thing_is_read(unit: str) -> None:
    """Hostile input ends, and what is made of it lies inside of it; how long that takes is measured in benchmarks/."""
    text = unit * (160_000 // len(unit))
    with suppress(SourceTooLarge):
        for block in clean_html(MappedText.of(text)).blocks:
            assert all(0 <= start < end <= len(text) for start, end in block.body.spans)

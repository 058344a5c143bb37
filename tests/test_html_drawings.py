"""Drawings, formulas, objects and dialogs: no word of the page is lost to them."""

from __future__ import annotations

import pytest

from extract.cleaning import clean
from extract.cleaning.document import CleanDocument
from extract.cleaning.html_drawings import with_plain_drawings
from extract.cleaning.html_tree import Tree
from extract.source import Format, Source


def read(source: str) -> CleanDocument:
    return clean(Source(text=source, name="test", sha256="", encoding="utf-8"), format=Format.HTML)


def kept(source: str) -> list[str]:
    return [segment.text for segment in read(source).segments]


def dropped(source: str) -> list[str]:
    return [f"{segment.dropped}: {segment.text}" for segment in read(source).dropped]


@pytest.mark.parametrize("name", ["title", "style", "script", "textarea", "iframe", "noscript", "xmp", "plaintext"])
@pytest.mark.parametrize("drawing", ["svg", "math", "SVG width=1"])
def test_a_raw_element_that_is_closed_at_once_in_a_drawing_hides_nothing(name: str, drawing: str) -> None:
    """A tokenizer without a tree would read the rest of the page as its text."""
    assert kept(f"<p>one</p><{drawing}><{name}/></{drawing.split(maxsplit=1)[0]}><p>two</p>") == ["one", "two"]


PAGES = [
    ("<p>one</p><svg><style><p>two</p></style></svg>", ["one", "two"]),
    ("<p>one</p><svg><style>a > b</style></svg><p>two</p>", ["one", "two"]),
    ("<p>one</p><svg><style><![CDATA[ a > b { c: '<' } ]]></style></svg><p>two</p>", ["one", "two"]),
    ("<body><p>one</p><svg><![CDATA[ <p> 12; ]]></svg><p>two</p>", ["one", "two"]),
    ("<p>one</p><svg><!-- </svg><style> --></svg><p>two</p>", ["one", "two"]),
    ("<p>one</p><script>x = '<svg><style/>'</script><p>two</p>", ["one", "two"]),
    ("<p>one</p><svg><title>A b</title></svg><p>two</p>", ["one", "two"]),
    ("<p>one</p><svg title='</svg>'><style/></svg><p>two</p>", ["one", "two"]),
    ("<p>one</p><math><mi><style>a < b</style></mi></math><p>two</p>", ["one", "two"]),
    ("<div><svg><path></div><style>a > b</style><p>one</p>", ["one"]),
    ("<p>one &lt;Similar jobs<mi>two", ["one <Similar jobstwo"]),
    (
        "<p>one</p><svg><foreignObject><style>a < b</style><p>two</p></foreignObject><style/></svg><p>three</p>",
        ["one", "two", "three"],
    ),
    ("<p>one</p><svg/><style>a < b</style><p>two</p>", ["one", "two"]),
    ("<p>O(<math><mi>n</mi><annotation>n</annotation></math>) steps", ["O(n) steps"]),
    ("<p>one</p><object><p>two</p></object>", ["one", "two"]),
    ("<p>one<svg><path/></svg>two", ["one two"]),
]


@pytest.mark.parametrize(("source", "lines"), PAGES)
def test_what_stands_around_drawings_is_kept(source: str, lines: list[str]) -> None:
    """Styles, CDATA and comments in drawings end where browsers end them; HTML in them, and formulas, are text of the page."""
    assert kept(source) == lines


def test_words_of_drawings_stand_aside() -> None:
    """The words of a picture are no line of the page, and are not lost; what objects show in their place is hidden."""
    source = (
        "<p>one</p><svg><title>gone</title><text>two</text><g><text>three &amp; four</text></g></svg><object data=x>five</object>"
    )
    assert kept(source) == ["one"]
    assert dropped(source) == ["drawing: two", "drawing: three & four", "hidden: five"]
    (two, *_) = read(source).dropped
    assert [source[start:end] for start, end in two.spans] == ["two"]


def test_hidden_html_in_a_drawing_stays_hidden() -> None:
    """HTML in a drawing that is hidden is hidden, too."""
    assert kept("<p>one</p><div hidden><svg><foreignObject><p>two</p></foreignObject></svg></div>") == ["one"]


@pytest.mark.parametrize(
    "text", ["<svg><style/>", "<svg><![CDATA[", "<svg><title/><!--", "<math><script/>'", "<svg><style/><a '"]
)
def test_renaming_keeps_every_offset(text: str) -> None:
    """The text stays as long as it is, also where it ends within a drawing."""
    assert len(with_plain_drawings(text)) == len(text)
    assert with_plain_drawings(text) != text


@pytest.mark.parametrize("source", ['<p>x</p><a href="mailto:jo@x.example>Write</a> now', "<a\nhref='mailto:jo@x.example>Write"])
def test_an_attribute_whose_quote_never_ends_is_cut_where_the_tag_is(source: str) -> None:
    """The quote is read as a part of the value, as the tree reads it."""
    tree = Tree(source)
    (node,) = tree.root.select("a")
    assert tree.attributes(node)["href"].value[1:] == "mailto:jo@x.example"


def test_an_end_tag_without_a_name_is_not_shown() -> None:
    """Browsers drop it, and so do we."""
    assert kept("<p>one</>two</p>") == ["onetwo"]


POSTING = (
    "<h1>Control Engineer</h1><p>You plan and build the control software of our turbines.</p><ul><li>You test at sea.</li></ul>"
)
DIALOG = (
    "<h2>We value your privacy</h2><p>We use cookies to improve this site. Choose which you allow.</p><button>Accept</button>"
)


@pytest.mark.parametrize("page", [f"<main aria-hidden=true>{POSTING}</main>", f'<div aria-hidden="TRUE">{POSTING}</div>'])
def test_the_page_behind_a_dialog_is_the_posting_however_long_the_dialog_is(page: str) -> None:
    """A page that is hidden from those who listen, because a dialog stands before it, is the page."""
    dialog = f'<div role="dialog" aria-modal="true" class="cookie-dialog">{DIALOG}</div>'
    found = kept(f"<html><head><title>Control Engineer</title></head><body>{dialog}{page}</body></html>")
    assert found[:2] == ["Control Engineer", "You plan and build the control software of our turbines."]


def test_a_closed_menu_stays_hidden() -> None:
    """What else is hidden from those who listen stays so."""
    menu = "<div aria-hidden=true><h2>Teams</h2><a>Berlin</a></div>"
    assert "Teams" not in kept(f"<html><body>{menu}<main>{POSTING}</main></body></html>")


def test_sentences_of_a_cell_are_no_value() -> None:
    """A label and several sentences in one row are a heading and its text."""
    found = kept("<table><tr><td><b>Duties</b><td>You test the loops at sea.<br>You teach others.</table>")
    assert found == ["Duties", "You test the loops at sea.", "You teach others."]


def test_custom_elements_are_tags_too() -> None:
    """A text whose tags all have a hyphen in their name is told to have had tags."""
    assert "html:tags" in read("<x-card>one</x-card>").steps

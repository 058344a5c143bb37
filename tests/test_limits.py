"""Documents that fall into far more parts than a document has are refused in time, with a message that names them."""

import pytest

from extract import extract
from extract.cleaning import clean
from extract.cleaning.limits import MAX_LINE_ENDS, MAX_PARTS, MAX_TAGS, bounded
from extract.errors import SourceTooLarge
from extract.source import open_source

TOO_MANY = MAX_PARTS + 2

HOSTILE = {
    "tags": "<body>" + "<b>" * (MAX_TAGS + 1),
    "closing tags": "<body>x" + "</p>" * (MAX_TAGS + 1),
    "lines of a page": "<body>" + "<div>a" * TOO_MANY,
    "lines of a preformatted text": "<body><pre>" + "a\n" * TOO_MANY,
    "lines of a fragment": "<p>" + "a<br>" * TOO_MANY,
    "hidden elements": "<body>" + "<div hidden>a</div>" * TOO_MANY,
    "choices of a form": "<body><select>" + "<option>a" * TOO_MANY,
    "addresses": "<body>" + "<a href='mailto:a@b.example'>c</a> " * TOO_MANY,
    "JSON-LD scripts": "<body>" + '<script type="application/ld+json">{"@type":"Thing","a":1}</script>' * TOO_MANY,
    "sentences of one paragraph": "<p>" + "We do it. " * TOO_MANY,
    "values of JSON-LD": '{"@type": "JobPosting", "a": [' + "1," * TOO_MANY + "1]}",
    "lines of a text": "a\n\n" * TOO_MANY,
    "empty lines": "a" + "\n" * MAX_LINE_ENDS + "b",
    "strings of a list": "['a', " + "'b', " * TOO_MANY + "]",
    "headings of Markdown": "# a\n\n" * TOO_MANY,
    "marks of a page that was read by OCR": "---------------------\n" + "[ 1 ] a\n" * TOO_MANY,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_too_many_parts_are_refused(text: str) -> None:
    """The error is of the document, names it, and says the way out."""
    with pytest.raises(SourceTooLarge, match=r"bomb\.html has more than \d+,000 [a-z ]+: .*cut it"):
        clean(open_source(text, name="bomb.html"))


def test_other_documents_are_not_concerned() -> None:
    """A document that is refused leaves nothing behind."""
    with pytest.raises(SourceTooLarge):
        extract(HOSTILE["lines of a page"])
    assert extract("<h1>Cook</h1><p>Location: Paris").record.title == "Cook"


def test_as_many_as_allowed_are_read() -> None:
    """The limit itself is still allowed."""
    document = clean(open_source("<body>" + "<div>a" * MAX_PARTS))
    assert len(document.segments) == MAX_PARTS


def test_deeply_nested_elements_are_read() -> None:
    """A page nested 100,000 deep is a page."""
    document = clean(open_source("<body>" + "<div>" * 100_000 + "word" + "</div>" * 100_000))
    assert [segment.text for segment in document.segments] == ["word"]


def test_a_million_attributes_are_read() -> None:
    """A tag with a million attributes is a tag."""
    document = clean(open_source("<body><p " + "a " * 1_000_000 + ">word"))
    assert [segment.text for segment in document.segments] == ["word"]


def test_bounded_counts_what_it_hands_on() -> None:
    """As many parts as allowed come through before the error."""
    with pytest.raises(SourceTooLarge):
        list(bounded("abc", 2, "letters"))
    assert list(bounded("ab", 2, "letters")) == ["a", "b"]

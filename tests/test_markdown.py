"""Markdown to blocks and facts, with an exact map back to the source."""

from __future__ import annotations

import re
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.cleaning.document import Cleaned, MappedText, Origin
from extract.cleaning.markdown import clean_markdown
from extract.cleaning.markdown_inline import read_inline
from extract.errors import SourceTooLarge

Blocks = list[tuple[str, str]]


def blocks(source: str) -> Blocks:
    """The blocks that are no separators, white space folded."""
    return [(b.kind.value, " ".join(b.body.text.split())) for b in clean_markdown(MappedText.of(source)).blocks if b.body.text]


def check_map(cleaned: Cleaned, source: str) -> None:
    """Spans lie in the source and are ordered; what was copied equals the source."""
    for block in cleaned.blocks:
        pieces = block.body.pieces
        assert all(0 <= piece.source.start <= piece.source.end <= len(source) for piece in pieces)
        assert all(a.source.end <= b.source.start for a, b in pairwise(pieces))
        if all(piece.origin is Origin.COPY for piece in pieces):
            assert block.body.text == "".join(source[piece.source.start : piece.source.end] for piece in pieces)
    assert all(0 <= span.start < span.end <= len(source) for fact in cleaned.facts for span in fact.spans)


HEADINGS = [
    ("# Cook #\nText", [("heading", "Cook"), ("sentence", "Text")]),
    ("## \n\nKey skills\n\n- a", [("heading", "Key skills"), ("item", "a")]),
    ("##Tasks\n#1 in Bern", [("heading", "Tasks"), ("sentence", "#1 in Bern")]),
    ("Tasks\n=====\n\n**Offer**\n-------", [("heading", "Tasks"), ("heading", "Offer")]),
    ("City: Bern\n**Offer**\n-----", [("sentence", "City: Bern"), ("heading", "Offer")]),
    ("**Your pro****file:**\n\ntext", [("heading", "Your profile:"), ("sentence", "text")]),
    ("**The job: **\n\n\\*\\*The team\\*\\*", [("heading", "The job:"), ("heading", "The team")]),
    ("**We pay on time.**\n\n**City: Bern**", [("sentence", "We pay on time."), ("sentence", "City: Bern")]),
    ("a\n\n---\n\nb\n***\nc", [("sentence", "a"), ("sentence", "b"), ("sentence", "c")]),
]

LINES = [
    ("A paragraph that is\nwrapped.", [("sentence", "A paragraph that is wrapped.")]),
    ("one  \nTwo\\\nthree<br>four", [("sentence", word) for word in ("one", "Two", "three", "four")]),
    ("Job ID: 14\nCity:\nBern\nPay: 90", [("sentence", "Job ID: 14"), ("sentence", "City: Bern"), ("sentence", "Pay: 90")]),
    ("> quoted\n> text", [("sentence", "quoted text")]),
    ("```\n# not a *heading*\n```", [("sentence", "# not a *heading*")]),
    ("| City | Bern |\n|---|---|\n| a | b | c |", [("field", "City: Bern"), ("cell", "a"), ("cell", "b"), ("cell", "c")]),
    ("<div>\n<p>One</p><p>R&amp;D</p>\n</div>\n\n*two*", [("sentence", "One"), ("sentence", "R&D"), ("sentence", "two")]),
    ("<!-- a\n\nb -->\nc", [("sentence", "c")]),
    ("[l]: https://x.example\nSee [l].", [("sentence", "See l.")]),
]

LISTS = [
    ("- a\n* b\n+ c\n• d", [("item", letter) for letter in "abcd"]),
    ("1. a\n2. b\n\n3. May 2030 is late", [("item", "a"), ("item", "b"), ("item", "May 2030 is late")]),
    ("3. May 2030 is late", [("sentence", "3. May 2030 is late")]),
    ("1. a\n1. b", [("item", "a"), ("item", "b")]),
    ("- a  \n      \n    Second. Third.\n\n- b", [("item", "a"), ("sentence", "Second. Third."), ("item", "b")]),
    ("- wrapped\nlazily\n- b  \n  c", [("item", "wrapped lazily"), ("item", "b c")]),
    ("- a,  \n\nand the rest\n- b", [("item", "a, and the rest"), ("item", "b")]),
    ("- a\n**Offer**\n- b", [("item", "a"), ("heading", "Offer"), ("item", "b")]),
    ("- [x] a", [("item", "a")]),
]


@pytest.mark.parametrize(("source", "expected"), HEADINGS + LINES + LISTS)
def test_blocks(source: str, expected: Blocks) -> None:
    """Each construct of Markdown gives the blocks that a reader sees, and its map holds."""
    assert blocks(source) == expected
    check_map(clean_markdown(MappedText.of(source)), source)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Number:**2005** **bold**word ***both*** __too__", "Number:2005 boldword both too"),
        ("*a* _b_ snake_case 2 * 3 Kolleg*innen und Chef*in a_ ___", "a b snake_case 2 * 3 Kolleg*innen und Chef*in a_ ___"),
        (r"\- \\- \* \\\\$14\\\\.25 C:\temp", "- - * $14.25 C:\\temp"),
        ("[text](https://x.example/a_(b) 'title') ![no](y) [![no](a)](b) [x][y] [z]", "text   [x][y] [z]"),
        ("<https://x.example> <jo@x.example> <b>x</b> <unknown>", "https://x.example jo@x.example x <unknown>"),
        ("`a*b*` ``c`d`` R&amp;D OH\\\\&amp;S ~~old~~", "a*b* ``c`d`` R&D OH&S old"),
        ("[*a*](b) [**c](d)** ![*e](f)*g*", "a c g"),
    ],
)
def test_inline(source: str, expected: str) -> None:
    """Marks go and what they enclose stays, also where they touch words."""
    assert read_inline(MappedText.of(source)).text == expected


def test_levels_follow_indentation() -> None:
    """Items know how deep their list is nested."""
    found = clean_markdown(MappedText.of("- a\n  - b\n      - c\n  - d\n- e")).blocks
    assert [(block.body.text, block.level) for block in found] == [("a", 1), ("b", 2), ("c", 3), ("d", 2), ("e", 1)]


def test_lists_without_text_between_stay_apart() -> None:
    """A list without empty lines in it ends at one; a list with an empty line behind each item goes on."""
    assert [block.body.text for block in clean_markdown(MappedText.of("- a\n- b\n\n- c\n- d")).blocks] == ["a", "b", "", "c", "d"]
    assert [block.body.text for block in clean_markdown(MappedText.of("- a\n\n- b\n\n- c")).blocks] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("source", "expected", "text"),
    [
        ("\nhttps://x.example/1\n## A", {"url": "https://x.example/1"}, "A"),
        (
            "Title: Cook\n\nURL Source: https://x.example\n\nMarkdown Content:\nA",
            {"title": "Cook", "url": "https://x.example"},
            "A",
        ),
        ("---\ntitle: 'Cook'\ntags:\n  - a\n---\n\nA", {"front_matter.title": "Cook", "front_matter.tags.0": "a"}, "A"),
        ("Title: Cook", {}, "Title: Cook"),
        ("---\nA text between two rules\n---", {}, "A text between two rules"),
    ],
)
def test_facts(source: str, expected: dict[str, str], text: str) -> None:
    """What stands before the text is facts and no blocks; what only looks like it is text."""
    cleaned = clean_markdown(MappedText.of(source))
    assert {fact.path.removeprefix("markdown."): fact.value for fact in cleaned.facts} == expected
    assert [block.body.text for block in cleaned.blocks] == [text]
    check_map(cleaned, source)


FRAGMENTS = st.lists(
    st.sampled_from(
        "# ## - * + 1. 2. > ``` ~~~ ` ** __ _ [ ] ( ) ![ ]( | |---| --- === <b> </b> <div> <!-- --> <br> &amp; \\ \\\\- http://x "
        '<http://x> Key: word Word. Title: <a\u00a0b=" ~~'.split(" ")
    ).map(lambda part: part.replace("\u00a0", " "))
    | st.sampled_from(["\n", "\n\n", "  \n", "    ", " ", "\\\n", "\r\n"])
    | st.text(max_size=3),
    max_size=30,
).map("".join)


@settings(max_examples=100, deadline=None)
@given(st.text() | FRAGMENTS)
def test_map_holds_on_anything(source: str) -> None:
    """No input fails, and every span is in the source, in order."""
    check_map(clean_markdown(MappedText.of(source)), source)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["word", "Two words", "§5", "x.y", "Ünï", " ", "\n", "\n\n", "- ", "# ", "**", "A: b", "_c_", "| d", "\\"]
        )
    )
)
def test_no_word_is_lost(parts: list[str]) -> None:
    """Text without links, tags and front matter keeps its words in order."""
    source = "".join(parts)
    kept = "".join(re.findall(r"[^\W_]", " ".join(block.body.text for block in clean_markdown(MappedText.of(source)).blocks)))
    assert kept == "".join(re.findall(r"[^\W_]", source))


@pytest.mark.parametrize(
    "unit", ["[", "](", "![", "`", "``` ", "*", "_a ", "\\", "<!--", "<a ", '](a "', "\n", "> ", "| a |\n", "[a]: x\n"]
)
def test_a_long_run_of_one_thing_is_read(unit: str) -> None:
    """Hostile input ends, and what is made of it lies inside of it; how long that takes is measured in benchmarks/."""
    text = unit * (160_000 // len(unit))
    with suppress(SourceTooLarge):
        for block in clean_markdown(MappedText.of(text)).blocks:
            assert all(0 <= start < end <= len(text) for start, end in block.body.spans)


def test_a_labelled_line_below_a_list_is_none_of_its_items() -> None:
    """A bold label at the margin begins something else, though Markdown would go on with the item."""
    blocks = clean_markdown(
        MappedText.of("**Duties:**\n1. Care\n2. Document care\n**Requirements:** Registered nurse\n**Perks:** Gym")
    ).blocks
    texts = [block.body.text for block in blocks if block.body.text]
    assert texts[-3:] == ["Document care", "Requirements: Registered nurse", "Perks: Gym"]

"""The source map: edits of any kind, in any number of layers, lead back to the characters that they came from."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.cleaning.document import CleanDocument, Edit, Kind, MappedText, Origin, Segment, Span
from extract.source import open_source

SOURCE = "Tom &amp; Jerry Ltd. seeks a cat"


def cut_at(places: list[int], size: int) -> list[tuple[int, int]]:
    """Ranges that are in order and do not overlap, out of any numbers."""
    edges = sorted(place % (size + 1) for place in places)
    return list(zip(edges[::2], edges[1::2], strict=False))


@st.composite
def edited(draw: st.DrawFn) -> tuple[str, MappedText]:
    """A source, and a text that came from it through up to four layers of edits."""
    source = draw(st.text(max_size=60))
    body = MappedText.of(source)
    for _ in range(draw(st.integers(0, 4))):
        ranges = cut_at(draw(st.lists(st.integers(0, 100), max_size=8)), len(body))
        body = body.edit(
            Edit(start, end, draw(st.sampled_from(["", " ", "x", "long"])), repair=draw(st.booleans())) for start, end in ranges
        )
    return source, body


def test_text_as_it_stands_is_one_span() -> None:
    """Before any edit, the map is the identity."""
    body = MappedText.of(SOURCE, 7)
    assert body.spans == (Span(7, 7 + len(SOURCE)),)
    assert [piece.origin for piece in body.pieces] == [Origin.COPY]
    assert MappedText.of("").spans == ()


@pytest.mark.parametrize(
    ("edits", "text", "spans"),
    [
        ([Edit(4, 9, "&")], "Tom & Jerry Ltd. seeks a cat", [(0, 32)]),
        ([Edit(3, 15)], "Tom Ltd. seeks a cat", [(0, 3), (15, 32)]),
        ([Edit(0, 4), Edit(25, 32)], "&amp; Jerry Ltd. seek", [(4, 25)]),
        ([Edit(16, 16, "\n")], "Tom &amp; Jerry \nLtd. seeks a cat", [(0, 32)]),
        ([], SOURCE, [(0, 32)]),
    ],
)
def test_an_edit_leads_back(edits: list[Edit], text: str, spans: list[tuple[int, int]]) -> None:
    """Replaced text maps to what it replaced, deleted text to nothing, a separator to no character."""
    body = MappedText.of(SOURCE).edit(edits)
    assert body.text == text
    assert list(body.spans) == spans


@pytest.mark.parametrize(
    "edits",
    [[Edit(5, 9), Edit(8, 12)], [Edit(9, 5)], [Edit(0, 99)], [Edit(8, 9), Edit(0, 1)]],
    ids=["overlap", "back", "out", "order"],
)
def test_edits_out_of_order_are_refused(edits: list[Edit]) -> None:
    """An edit that overlaps the one before it, or leaves the text, is a mistake of the cleaner."""
    with pytest.raises(ValueError, match="overlaps the one before it"):
        MappedText.of(SOURCE).edit(edits)


def test_layers_compose() -> None:
    """An entity inside an escape inside a string leads to the outermost source."""
    source = "'Caf\\u00e9 &amp; Bar'"
    inner = MappedText.of(source)[1:-1].edit([Edit(3, 9, "é")])
    body = inner.edit([Edit(5, 10, "&")])
    assert body.text == "Café & Bar"
    assert body[5:6].spans == (Span(11, 16),)
    assert body.quote(source) == "Caf\\u00e9 &amp; Bar"


def test_a_repair_stays_a_repair() -> None:
    """What was damaged is known as such through later layers, and only where it is."""
    body = MappedText.of("Generative Al team").edit([Edit(11, 13, "AI", repair=True)]).edit([Edit(10, 11, "  ")])
    assert body.repaired
    assert not body[:5].repaired
    assert body.edit([Edit(12, 14, "A.I.")]).repaired


def test_joined_texts_keep_their_order_and_their_map() -> None:
    """Reading order may differ from the order of the source; spans are ordered all the same."""
    source = "- Research   Scientist"
    body = MappedText.join([MappedText.of(source)[13:], MappedText.of(source)[:10]])
    assert body.text == "Scientist - Research"
    assert body.spans == (Span(0, 10), Span(13, 22))
    assert body.quote(source) == "Scientist - Research"


@given(edited())
def test_every_piece_says_where_it_came_from(made: tuple[str, MappedText]) -> None:
    """Copied pieces equal the source, pieces cover the text without a gap, spans lie in the source, ordered and apart."""
    source, body = made
    assert [piece.at for piece in body.pieces[:1]] in ([], [0])
    for piece, stop in zip(body.pieces, body.stops, strict=True):
        assert piece.at < stop
        assert 0 <= piece.source.start <= piece.source.end <= len(source)
        if piece.origin is Origin.COPY:
            assert body.text[piece.at : stop] == source[slice(*piece.source)]
    spans = body.spans
    assert all(start < end for start, end in spans)
    assert all(left.end < right.start for left, right in pairwise(spans))


@given(edited(), st.integers(-70, 70), st.integers(-70, 70))
def test_a_slice_has_its_share_of_the_map(made: tuple[str, MappedText], start: int, end: int) -> None:
    """Slicing the text and slicing the map agree, and two halves together have the spans of the whole."""
    _, body = made
    part = body[start:end]
    assert part.text == body.text[start:end]
    middle = len(body) // 2
    whole = MappedText.join([body[:middle], body[middle:]], separator="")
    assert whole.text == body.text
    assert whole.spans == body.spans


@given(edited())
def test_strip_is_that_of_text(made: tuple[str, MappedText]) -> None:
    """Stripping strips text and map alike."""
    _, body = made
    assert body.strip().text == body.text.strip()
    assert body.strip("x").text == body.text.strip("x")


def document(*segments: Segment) -> CleanDocument:
    return CleanDocument(open_source("Al: yes"), "text", segments)


def test_cleaned_text_marks_headings_and_items() -> None:
    """A paragraph a segment, "# " before headings and "- " before items."""
    heading = Segment(0, Kind.HEADING, MappedText.of("Duties"), 0, level=2)
    item = Segment(1, Kind.ITEM, MappedText.of("Cook"), 1, list=0)
    assert document(heading, item).text == "# Duties\n\n- Cook"


def test_repairs_are_listed_with_their_places() -> None:
    """Each repair says what was damaged and what it was read as."""
    body = MappedText.of("Al: yes").edit([Edit(0, 2, "AI", repair=True)])
    assert document(Segment(0, Kind.FIELD, body, 0, key_end=3)).repairs == ((Span(0, 2), "AI"),)


@pytest.mark.parametrize(
    ("text", "key_end", "key", "value"),
    [("Location: Zurich", 9, "Location", "Zurich"), ("Role Number:2005", 12, "Role Number", "2005"), ("Zurich", 0, "", "Zurich")],
)
def test_fields_have_a_name_and_a_value(text: str, key_end: int, key: str, value: str) -> None:
    """The name is without its colon, the value without blanks before it."""
    segment = Segment(0, Kind.FIELD, MappedText.of(text), 0, key_end=key_end)
    assert segment.key == key
    assert segment.text[segment.value_start :] == value

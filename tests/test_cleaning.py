"""Cleaning as a whole: what holds for every format, on arbitrary text and on damaged documents."""

from __future__ import annotations

import json
import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.cleaning import clean
from extract.cleaning.characters import INVISIBLE
from extract.cleaning.document import CleanDocument, Kind, MappedText, Origin
from extract.errors import FormatError
from extract.source import Format, Source

HTML = (
    "<div><h2>Your tasks</h2><ul><li>Mend bicycles &amp; trams</li><li>Teach others<ul><li>twice a year</li></ul></li></ul>"
    "<p>We are <b>kind</b>.<br>Salary: 50&nbsp;000 &euro; a year.</p><table><tr><th>Place</th><td>Zurich</td></tr></table></div>"
)
MARKDOWN = (
    "https://jobs.example/bicycle-mechanic\n\n# Bicycle Mechanic\n\n**About the role** You mend *bicycles*.\n\n"
    "## Requirements\n\n* Two years of practice\n* A [driving licence](https://licence.example) \\- class B\n\n"
    "Location\\: Gyumri\u00a0\u200bNorth\n"
)
JSON_LD = json.dumps(
    {
        "@context": "https://schema.org",
        "@type": "JobPosting",
        "title": "Bicycle Mechanic",
        "datePosted": "2027-03-04",
        "description": "&lt;p&gt;You mend bicycles &amp;amp; trams.&lt;/p&gt;&lt;ul&gt;&lt;li&gt;Caf\u00e9&lt;/li&gt;&lt;/ul&gt;",
        "hiringOrganization": {"@type": "Organization", "name": "Velo \u201cBlue\u201d"},
    }
)
TARSIER = (
    "-----------------------------------------------\n"
    "  [ @ 1 ] Home        [ @ 2 ]  Jobs\n"
    "              Bicycle Mechanic\n"
    "  Gyumri , Armenia                 [ $ 3 ] Apply now\n"
    "   \u26ab mend top - tier bicycles\n"
    "   \u26ab teach ( in spring )\n"
    "-----------------------------------------------\n"
    "Token count: 123\n"
)
PYTHON_REPR = repr([HTML + "<p>It\u2019s \\ 'here'\n\tand\xa0there.</p>"])
TEXT = (
    "JOB TITLE:  Bicycle Mechanic\n\n"
    "You mend bicycles.Our shop is openMinimum QualificationsCurrently has a licence2+ years of practice\n"
    "\u2022 mend\n\u2022 teach\n\nLocation: Gyumri\n"
)
SAMPLES = {
    Format.HTML: HTML,
    Format.MARKDOWN: MARKDOWN,
    Format.JSON_LD: JSON_LD,
    Format.TARSIER: TARSIER,
    Format.PYTHON_REPR: PYTHON_REPR,
    Format.TEXT: TEXT,
}
UNPARSED = (Format.HTML, Format.MARKDOWN, Format.TARSIER, Format.TEXT)  # the others refuse what does not parse
BLANK = re.compile(rf"[\s{INVISIBLE}]*")


def source_of(text: str) -> Source:
    return Source(text=text, name="test", sha256="", encoding="utf-8")


@st.composite
def damaged(draw: st.DrawFn, text: str) -> str:
    """A text of which some slices are left out, doubled or swapped."""
    for _ in range(draw(st.integers(1, 4))):
        a, b, c = sorted(draw(st.tuples(*[st.integers(0, len(text))] * 3)))
        swapped = text[:a] + text[b:c] + text[a:b] + text[c:]
        text = draw(st.sampled_from([text[:a] + text[b:], text[:b] + text[a:], swapped, text[:a] + "\x07" + text[a:]]))
    return text


def check(document: CleanDocument) -> None:
    """The invariants of cleaning."""
    source = document.source.text
    for body in [segment.body for segment in document.segments] + [fact.body for fact in document.facts]:
        check_map(body, source)
    for number, segment in enumerate(document.segments):
        assert segment.number == number
        assert segment.text == " ".join(segment.text.split()) != ""
        assert re.search(f"[{INVISIBLE}]", segment.text) is None
        assert (segment.list is not None) == (segment.kind is Kind.ITEM)
        assert (segment.key_end > 0) == (segment.kind is Kind.FIELD)
    again = clean(source_of(document.text), format=Format.TEXT)
    assert again.text == document.text


def check_map(body: MappedText, source: str) -> None:
    """Spans lie in the source and are in order; what was not replaced is spelled as there."""
    assert all(0 <= span.start < span.end <= len(source) for span in body.spans)
    assert all(a.end < b.start for a, b in pairwise(body.spans))
    ends = [*(piece.at for piece in body.pieces[1:]), len(body.text)]
    for piece, end in zip(body.pieces, ends, strict=True):
        assert 0 <= piece.source.start <= piece.source.end <= len(source)
        if piece.origin is Origin.COPY:
            assert source[piece.source.start : piece.source.end] == body.text[piece.at : end]
    if all(piece.origin is Origin.COPY for piece in body.pieces):
        assert body.text == "".join(source[span.start : span.end] for span in body.spans)


@pytest.mark.parametrize("format", list(SAMPLES))
def test_samples_are_detected_and_cleaned(format: Format) -> None:
    """Each format is found without being told, and its words come out."""
    document = clean(source_of(SAMPLES[format]))
    check(document)
    assert document.format == format.value
    assert "icycle" in document.text
    assert document.steps


@pytest.mark.parametrize("format", list(SAMPLES))
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_invariants_hold_on_damaged_samples(format: Format, data: st.DataObject) -> None:
    """Spans, order, spelling and stability hold whatever happened to a document; only what cannot be parsed is refused."""
    text = data.draw(damaged(SAMPLES[format]))
    try:
        document = clean(source_of(text), format=format)
    except FormatError:
        assert format not in UNPARSED
        return
    check(document)


@pytest.mark.parametrize("format", list(SAMPLES))
@settings(max_examples=40, deadline=None)
@given(text=st.text(max_size=120))
def test_invariants_hold_on_any_text(format: Format, text: str) -> None:
    """The same on arbitrary text, in whatever format it is read."""
    try:
        document = clean(source_of(text), format=format)
    except FormatError:
        assert format not in UNPARSED
        return
    check(document)


@pytest.mark.parametrize("format", [Format.JSON_LD, Format.PYTHON_REPR])
@settings(max_examples=40, deadline=None)
@given(inner=st.one_of(st.text(max_size=80), damaged(HTML)))
def test_invariants_hold_through_layers(format: Format, inner: str) -> None:
    """The same on documents that parse and hold arbitrary text or damaged HTML."""
    held = json.dumps({"@type": "JobPosting", "description": inner}) if format is Format.JSON_LD else repr([inner])
    check(clean(source_of(held), format=format))


@settings(max_examples=40, deadline=None)
@given(st.one_of(*(damaged(sample) for sample in SAMPLES.values())))
def test_a_damaged_document_is_cleaned_as_what_it_is(text: str) -> None:
    """Whatever format is detected, cleaning in it does not fail."""
    check(clean(source_of(text)))


@pytest.mark.parametrize("format", [Format.TEXT, Format.MARKDOWN, Format.TARSIER, Format.HTML])
@settings(max_examples=40, deadline=None)
@given(words=st.lists(st.from_regex(r"[a-zà-ö]{3,9}", fullmatch=True), min_size=1, max_size=20))
def test_no_visible_word_is_lost(format: Format, words: list[str]) -> None:
    """Plain words come out of every format, in their order."""
    document = clean(source_of(" ".join(words)), format=format)
    assert " ".join(segment.text for segment in document.segments).split() == words


def test_a_format_that_is_told_is_not_detected() -> None:
    """The caller knows best: HTML read as text keeps its tags."""
    document = clean(source_of("<p>One</p>"), format=Format.TEXT)
    assert (document.format, document.text) == ("text", "<p>One</p>")


@pytest.mark.parametrize("format", [Format.PYTHON_REPR, Format.JSON_LD])
def test_a_text_that_is_not_in_a_format_is_refused(format: Format) -> None:
    """A format that the document is not in is an error that says so."""
    with pytest.raises(FormatError):
        clean(source_of("plain text, cook"), format=format)

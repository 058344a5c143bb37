"""Page text of Tarsier that is damaged or no part of a posting: what is repaired, what is dropped, and that the map is exact."""

from __future__ import annotations

import contextlib
import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tarsier_pages import BORDER, blocks, page

from extract.cleaning.document import MappedText, Origin
from extract.cleaning.tarsier import clean_tarsier
from extract.cleaning.tarsier_repairs import repair
from extract.errors import SourceTooLarge

REPAIRS = [
    ("papers in top - tier venues ( CVPR, NeurIPS ... )", "papers in top-tier venues (CVPR, NeurIPS...)"),
    ("for CPU / GPU, and / or mobile", "for CPU/GPU, and/or mobile"),
    ("$ 95 , 000 and € 5,000", "$95,000 and €5,000"),
    ("Bachelor ' s degree, you ' ll cook, l ' équipe", "Bachelor's degree, you'll cook, l'équipe"),
    ("the E - Verify_program", "the E-Verify_program"),
    ("401 ( k ) and three ( 3 ) days", "401(k) and three (3) days"),
    ("COVID - 19 on Mar - 14-2025, 03 - 14 - 2025", "COVID-19 on Mar-14-2025, 03-14-2025"),
    ("an end - to - end and state - of - the - art kitchen", "an end-to-end and state-of-the-art kitchen"),
    (
        "a fast - paced, team - oriented, internet - connected co - worker",
        "a fast-paced, team-oriented, internet-connected co-worker",
    ),
    ("12 - month contract, Full - Time, Front - End", "12-month contract, Full-Time, Front-End"),
    ("4m + users, the # 1 app, 50 % off, R & D in C ++", "4m+ users, the #1 app, 50% off, R&D in C++"),
    ("Generative Al, Al models, Al - powered tools at OpenAl", "Generative AI, AI models, AI-powered tools at OpenAI"),
    ("Al / ML and ML / Al", "AI/ML and ML/AI"),
]


@pytest.mark.parametrize(("damaged", "expected"), REPAIRS)
def test_repaired(damaged: str, expected: str) -> None:
    """What OCR did to words is put right, and the change is recorded as a repair."""
    body = repair(MappedText.of(damaged))
    assert body.text == expected
    assert body.repaired


@pytest.mark.parametrize(
    "text",
    [
        "Research Scientist - Generative AI",
        "makes possible today - beyond",
        "Zurich - Remote",
        "2020 - 2024",
        "$80 - $90",
        "Hundreds of kitchens - from the smallest to hotels - use it",
        "A careful writer - via letters",
        "German - preferred, driving licence - required",
        "Pastry Cook - Norway",
        "Austin, TX / Remote",
        "Al Gore, Al Pacino and Al Jazeera",
        "Report to Al, our cook",
        "a team of 5 - 10 people",
    ],
)
def test_left_alone(text: str) -> None:
    """A dash between phrases, a place with a way to work and a first name stay as they are."""
    body = repair(MappedText.of(text))
    assert body.text == text
    assert not body.repaired


def test_bare_al_on_a_page_about_ai() -> None:
    """Where the page speaks of machine learning, an "Al" that no name follows is AI; a name stays."""
    text = page(
        "[ 1 ] You know machine learning and use Al, every day, in all that you do for us.",
        "",
        "[ 2 ] Al Jazeera wrote about us in the year 2020, at length.",
    )
    assert [shown for _, shown in blocks(text)] == [
        "You know machine learning and use AI, every day, in all that you do for us.",
        "Al Jazeera wrote about us in the year 2020, at length.",
    ]


def test_wrap_is_one_span() -> None:
    """A wrapped paragraph is one stretch of the source; marks inside are no part of it."""
    text = "  [ 1 ] Bread and\n  butter and [ 2 ] more"
    body = clean_tarsier(MappedText.of(text)).blocks[0].body
    assert body.text == "Bread and butter and more"
    assert [text[start:end] for start, end in body.spans] == ["Bread and\n  butter and ", "more"]
    assert not body.repaired


def test_steps_name_what_changed() -> None:
    """Steps tell what was found; plain text needs none."""
    assert clean_tarsier(MappedText.of("Bread and butter")).steps == ()
    text = f"{BORDER}\n**[ 1 ] Cook**        [ @ 2 ] Apply ( now )\n{BORDER}\nToken count: 12"
    assert clean_tarsier(MappedText.of(text)).steps == tuple(
        f"tarsier:{name}" for name in ("borders", "footers", "marks", "bold", "columns", "selection", "repairs")
    )


def test_what_is_no_part_of_the_posting_is_dropped() -> None:
    """A menu before the posting, buttons, other openings and the footer go, each with its reason; the facts stay."""
    text = page(
        "[ @ 1 ] Jobs   [ @ 2 ] Internships   [ @ 3 ] Events   [ @ 4 ] How it works",
        "",
        "    [ 5 ] Pastry Cook at Blue Whale",
        "    [ 6 ] Oslo, Norway",
        "    [ @ 7 ] Apply now",
        "",
        "    [ 8 ] You bake bread and cakes for the guests of our house, and show three apprentices how that is done.",
        "",
        "",
        "    [ 9 ] Similar jobs",
        "    [ @ 10 ] Waiter",
        "    [ 11 ] Rome, Italy",
        "",
        "",
        "[ @ 12 ] Press   [ @ 13 ] Imprint   [ @ 14 ] Cookies",
    )
    cleaned = clean_tarsier(MappedText.of(text))
    assert [block.body.text for block in cleaned.blocks] == [
        "Pastry Cook at Blue Whale",
        "Oslo, Norway",
        "You bake bread and cakes for the guests of our house, and show three apprentices how that is done.",
    ]
    dropped = [(block.dropped.value, block.body.text) for block in cleaned.dropped() if block.dropped]
    assert [text for reason, text in dropped if reason == "navigation"] == ["Jobs", "Internships", "Events", "How it works"]
    assert [text for reason, text in dropped if reason == "control"] == ["Apply now"]
    assert [text for reason, text in dropped if reason == "related"][:3] == ["Similar jobs", "Waiter", "Rome, Italy"]
    assert {text for _, text in dropped} >= {"Press", "Imprint", "Cookies"}


def test_links_of_the_posting_stay() -> None:
    """Two links between sentences, a date among links, and a page of text alone lose nothing."""
    text = page(
        "[ 1 ] Cook",
        "[ 2 ] You bake bread and cakes for the guests of our house, and show three apprentices how that is done.",
        "[ @ 3 ] bluewhale.example",
        "[ 4 ] Date posted 2024-05-01",
        "[ @ 5 ] jobs@bluewhale.example",
    )
    cleaned = clean_tarsier(MappedText.of(text))
    assert [block.body.text for block in cleaned.blocks][2:] == [
        "bluewhale.example",
        "Date posted 2024-05-01",
        "jobs@bluewhale.example",
    ]


WORDS = st.text("bcdefghij", min_size=2, max_size=8)
MARKS = st.sampled_from(
    ["[ 1 ]", "[ @ 2 ]", "[ $ 33 ]", "[ # 4 ]", "[ 5 ] ]", "[ @ 601", "⚫", "•", "[", "-", "**", "(", ")", "/", ",", "."]
)
GAPS = st.sampled_from([" ", " ", " ", "  ", "     ", "\n", "\n\n", "\n    ", "\n" + " " * 30, " " * 40])
LAYOUT = st.lists(st.tuples(st.one_of(WORDS, WORDS, MARKS), GAPS), max_size=60).map(
    lambda parts: "".join(a + b for a, b in parts)
)
ARBITRARY = st.one_of(LAYOUT, st.text(max_size=200), st.text(" []@$#1*-⚫\n\tA.l", max_size=120))


@settings(max_examples=100, deadline=None)
@given(ARBITRARY)
def test_map_is_exact(text: str) -> None:
    """Spans lie in the source, and what is copied stands there as it is."""
    for block in clean_tarsier(MappedText.of(text)).blocks:
        pieces = block.body.pieces
        ends = [*(piece.at for piece in pieces[1:]), len(block.body.text)]
        assert block.body.text.strip()
        for piece, end in zip(pieces, ends, strict=True):
            assert 0 <= piece.source.start <= piece.source.end <= len(text)
            if piece.origin is Origin.COPY:
                assert block.body.text[piece.at : end] == text[piece.source.start : piece.source.end]


@settings(max_examples=100, deadline=None)
@given(LAYOUT)
def test_no_word_is_lost(text: str) -> None:
    """Every letter outside the marks is in the blocks as often as in the page, whatever the layout."""
    letters = Counter(re.findall("[a-j]", text))
    assert Counter(re.findall("[a-j]", " ".join(shown for _, shown in blocks(text)))) == letters


@pytest.mark.parametrize("unit", ["[", "[ ", " ", "\n", "word ", "[ 1 ] ", "] ", "( ", " - ", "a"])
def test_hostile_input_is_read(unit: str) -> None:
    """A long run of one thing is read or refused, not choked on."""
    with contextlib.suppress(SourceTooLarge):
        clean_tarsier(MappedText.of(unit * (100_000 // len(unit))))

"""Cleaning of page text as Tarsier gives it: marks, columns, wrapped lines, and words that OCR damaged."""

from __future__ import annotations

import contextlib
import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.cleaning.document import MappedText, Origin
from extract.cleaning.tarsier import clean_tarsier
from extract.cleaning.tarsier_repairs import repair
from extract.errors import SourceTooLarge

H1, H2, ITEM, FIELD, TEXT = "heading 1", "heading 2", "item", "field", "text"
BORDER = "-" * 60


def blocks(text: str) -> list[tuple[str, str]]:
    """What a page is cleaned to, and then what is dropped of it: kinds (with the level of headings) and texts."""
    names = {"sentence": TEXT}
    cleaned = clean_tarsier(MappedText.of(text))
    return [
        (f"heading {block.level}" if block.kind == "heading" else names.get(block.kind, block.kind.value), block.body.text)
        for block in (*cleaned.blocks, *cleaned.dropped())
    ]


def page(*lines: str) -> str:
    """The rows of a page."""
    return "\n".join(lines)


LAYOUTS = {
    "borders, footers and marks are taken out": (
        page(
            BORDER,
            "[ # 1 ]      [ @ 2 ] Our jobs    [ $ 3 ] Log in",
            BORDER,
            "Image timing: 1.08 seconds",
            "Page text timing: 0.93 seconds",
            "Token count: 135",
        ),
        [(TEXT, "Our jobs"), (TEXT, "Log in")],
    ),
    "broken and doubled marks are taken out": (
        page(
            "90 ] Pune      [ @ 601 Oslo     [ 48 ] ] Rome    [ 49 ]] Bonn",
            "",
            "",
            "",
            "@ 92 ] Meals for",
            "[",
            "kitchens       [ $ 36",
            "",
            "",
            "",
            "[ [ 30 ] ] Lunch",
        ),
        [(TEXT, "Pune"), (TEXT, "Oslo"), (TEXT, "Rome"), (TEXT, "Bonn"), (TEXT, "Meals for kitchens"), (TEXT, "Lunch")],
    ),
    "brackets of the text itself stay": (
        page(
            "[ 1 ] See [1] reference, [optional] and array[0] in the notes of the team.",
        ),
        [(TEXT, "See [1] reference, [optional] and array[0] in the notes of the team.")],
    ),
    "bold is a heading, its marks go": (
        page(
            " **[ 3 ] Pastry Cook**",
            "",
            " [ 4 ] We bake bread for the whole town, every morning, all year, and we like it.",
        ),
        [(H1, "Pastry Cook"), (TEXT, "We bake bread for the whole town, every morning, all year, and we like it.")],
    ),
    "a title read in two pieces is one heading, in reading order": (
        page(
            "                                **- Deep Sea**            [ $ 4 ]",
            "      **[ 3 ] Staff Diver**",
            "",
            "",
            "      [ 5 ] Bergen, Norway",
        ),
        [(H1, "Staff Diver - Deep Sea"), (TEXT, "Bergen, Norway")],
    ),
    "wrapped lines are one block, marks inside a line go": (
        page(
            "  [ 1 ] We look for a cook who likes to work with a [ 2 ] small team [ 3 ] in a big",
            "  kitchen. Write to [ @ 4 ] jobs@example.org [ 5 ].",
            "  [ 6 ] We answer every letter that we get within two weeks or so, for sure.",
        ),
        [
            (TEXT, "We look for a cook who likes to work with a small team in a big kitchen. Write to jobs@example.org."),
            (TEXT, "We answer every letter that we get within two weeks or so, for sure."),
        ],
    ),
    "a wide gap in a line is no column": (
        page(
            "  [ 1 ] The cook plans the meals of the week with the team and the farm.      Works",
            "  alone at night.             Reports to the chef.",
        ),
        [(TEXT, "The cook plans the meals of the week with the team and the farm. Works alone at night. Reports to the chef.")],
    ),
    "items keep their wrapped lines, also where a bullet was not read": (
        page(
            "  [ 1 ] Your tasks",
            "  ⚫ [ 2 ] Plan the meals and order what is",
            "    needed",
            "     [ 3 ] Wash up",
            "  •  [ 4 ] Train others",
            "  .  [ 5 ] Taste",
        ),
        [
            (H2, "Your tasks"),
            (ITEM, "Plan the meals and order what is needed"),
            (ITEM, "Wash up"),
            (ITEM, "Train others"),
            (ITEM, "Taste"),
        ],
    ),
    "a first item without bullet below its heading": (
        page(
            " [ 1 ] Must have",
            "    [ 2 ] A sharp knife",
            " ⚫  [ 3 ] A clean apron",
            "",
            " [ 4 ] Nice to have",
            "",
            "    [ 5 ] A hat",
        ),
        [(H2, "Must have"), (ITEM, "A sharp knife"), (ITEM, "A clean apron"), (H2, "Nice to have"), (ITEM, "A hat")],
    ),
    "items of a page without marks": (
        page(
            "Your tasks",
            "- Plan the meals of the week",
            "- Wash up",
            "* Train others",
            "",
            "",
            "",
            "",
            "o Taste the soup",
            "o Plate it",
        ),
        [
            (H2, "Your tasks"),
            (ITEM, "Plan the meals of the week"),
            (ITEM, "Wash up"),
            (ITEM, "Train others"),
            (ITEM, "Taste the soup"),
            (ITEM, "Plate it"),
        ],
    ),
    "a sidebar is read after the body": (
        page(
            "  [ 1 ] About us                                         [ 7 ] Location",
            "  [ 2 ] We are a family kitchen that cooks for schools   [ 8 ] Berlin, Germany",
            "                                                         [ 9 ] Team",
            "  and for hospitals in the north.",
            "",
            "  [ 3 ] What you do",
            "  [ 4 ] You cook what the children like and what is good for them, every day.",
        ),
        [
            (H2, "About us"),
            (TEXT, "We are a family kitchen that cooks for schools and for hospitals in the north."),
            (H2, "What you do"),
            (TEXT, "You cook what the children like and what is good for them, every day."),
            (TEXT, "Location"),
            (TEXT, "Berlin, Germany"),
            (TEXT, "Team"),
        ],
    ),
    "cards side by side are read one by one": (
        page(
            "  [ 1 ] Related jobs",
            "  [ @ 2 ]                           [ @ 4 ]",
            "  Kitchen Manager, Hot Dishes       Cook - Cold",
            "  and Soups                         Dishes",
            "  [ 3 ] Oslo, Norway                [ 5 ] Rome, Italy",
        ),
        [
            (TEXT, "Related jobs"),
            (TEXT, "Kitchen Manager, Hot Dishes and Soups"),
            (TEXT, "Oslo, Norway"),
            (TEXT, "Cook - Cold Dishes"),
            (TEXT, "Rome, Italy"),
        ],
    ),
    "a column that ran into the next one": (
        page(
            " [ @ 1 ] Company     [ @ 4 ] Phone",
            " [ @ 2 ] Careers and [ @ 5 ] Mail",
            " more",
            " [ @ 3 ] Press       [ @ 6 ] Chat",
        ),
        [(TEXT, "Company"), (TEXT, "Careers and more"), (TEXT, "Press"), (TEXT, "Phone"), (TEXT, "Mail"), (TEXT, "Chat")],
    ),
    "a menu on one line": (
        page(
            "[ @ 1 ] Jobs [ @ 2 ] Teams [ @ 3 ] Places",
        ),
        [(TEXT, "Jobs"), (TEXT, "Teams"), (TEXT, "Places")],
    ),
    "facts on one line": (
        page(
            "[ 1 ] Oslo, Norway [ 2 ] Full - time [ 3 ] 2+ years",
            "",
            "",
            "[ 4 ] $ 41K - $ 47K • [ 5 ] 0.50 %",
        ),
        [(TEXT, "Oslo, Norway"), (TEXT, "Full-time"), (TEXT, "2+ years"), (TEXT, "$41K - $47K"), (TEXT, "0.50%")],
    ),
    "a name with a colon and its value are a field": (
        page(
            " [ 2 ] Salary",
            " Range:             [ 1 ] $ 2,100 - $ 3,300 a week",
            " [ 4 ] Company [ 3 ]: Blue Whale",
            " [ 5 ] Skills: [ 6 ] Bread",
        ),
        [(FIELD, "Salary Range: $2,100 - $3,300 a week"), (FIELD, "Company: Blue Whale"), (FIELD, "Skills: Bread")],
    ),
    "names above their values are blocks of their own": (
        page(
            "Location",
            "Berlin, Germany",
            "",
            "Contract",
            "Permanent",
        ),
        [(TEXT, "Location"), (TEXT, "Berlin, Germany"), (TEXT, "Contract"), (TEXT, "Permanent")],
    ),
    "names and values in two columns are read row by row": (
        page(
            "[ 1 ] Location        [ 2 ] Berlin",
            "[ 3 ] Contract        [ 4 ] Permanent",
            "[ 5 ] Pay             [ 6 ] 3,000 a month",
        ),
        [(TEXT, "Location"), (TEXT, "Berlin"), (TEXT, "Contract"), (TEXT, "Permanent"), (TEXT, "Pay"), (TEXT, "3,000 a month")],
    ),
    "a word split at the end of a line": (
        page(
            "[ 1 ] You have strong multi-",
            "tasking skills and like vege-",
            "tables.",
            "",
            "[ 2 ] Our vegetables are fresh from the farm every day.",
        ),
        [
            (TEXT, "You have strong multi-tasking skills and like vegetables."),
            (TEXT, "Our vegetables are fresh from the farm every day."),
        ],
    ),
    "a blank row ends a paragraph of a page without marks": (
        page(
            "We cook for schools and for hospitals in the north of the",
            "country since 1990.",
            "",
            "Join us.",
        ),
        [(TEXT, "We cook for schools and for hospitals in the north of the country since 1990."), (TEXT, "Join us.")],
    ),
    "a dash at the begin of a wrapped line is no bullet": (
        page(
            "We cook for schools in the north, the south and the east of the country",
            "- and for hospitals in the west.",
            "- Cooks",
            "- Bakers",
        ),
        [
            (TEXT, "We cook for schools in the north, the south and the east of the country - and for hospitals in the west."),
            (ITEM, "Cooks"),
            (ITEM, "Bakers"),
        ],
    ),
    "a heading with a colon takes no value out of a sidebar": (
        page(
            "[ 1 ] Your tasks:                                             [ 3 ] Oslo",
            "[ 2 ] You cook for schools in the north and the south of the country, and for us.",
        ),
        [
            (H2, "Your tasks:"),
            (TEXT, "You cook for schools in the north and the south of the country, and for us."),
            (TEXT, "Oslo"),
        ],
    ),
    "nothing": (
        page(
            " ",
            "  ",
            "",
        ),
        [],
    ),
}


@pytest.mark.parametrize(("text", "expected"), LAYOUTS.values(), ids=LAYOUTS.keys())
def test_layout(text: str, expected: list[tuple[str, str]]) -> None:
    """A layout is read as its blocks, in reading order."""
    assert blocks(text) == expected


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


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 60), st.integers(1, 6))
def test_offset_of_the_page_does_not_matter(indent: int, rows: int) -> None:
    """A page that stands further right, or lower, is read the same."""
    text, expected = LAYOUTS["items keep their wrapped lines, also where a bullet was not read"]
    moved = "\n" * rows + "\n".join(" " * indent + line for line in text.split("\n"))
    assert blocks(moved) == expected


@pytest.mark.parametrize("unit", ["[", "[ ", " ", "\n", "word ", "[ 1 ] ", "] ", "( ", " - ", "a"])
def test_hostile_input_is_read(unit: str) -> None:
    """A long run of one thing is read or refused, not choked on."""
    with contextlib.suppress(SourceTooLarge):
        clean_tarsier(MappedText.of(unit * (100_000 // len(unit))))

"""Cleaning of page text as Tarsier gives it: what each layout becomes, with its columns and wrapped lines."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tarsier_pages import BORDER, FIELD, H1, H2, ITEM, TEXT, blocks, page

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


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 60), st.integers(1, 6))
def test_offset_of_the_page_does_not_matter(indent: int, rows: int) -> None:
    """A page that stands further right, or lower, is read the same."""
    text, expected = LAYOUTS["items keep their wrapped lines, also where a bullet was not read"]
    moved = "\n" * rows + "\n".join(" " * indent + line for line in text.split("\n"))
    assert blocks(moved) == expected

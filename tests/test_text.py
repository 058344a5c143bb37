"""Plain text: which lines are blocks of their own, and which go on."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.cleaning.document import Kind, MappedText
from extract.cleaning.segments import build_segments
from extract.cleaning.text import clean_text

H, L, S, F = Kind.HEADING, Kind.ITEM, Kind.SENTENCE, Kind.FIELD  # L: of a list


def blocks_of(text: str) -> list[tuple[Kind, str]]:
    return [(block.kind, re.sub(r"\s+", " ", block.body.text)) for block in clean_text(MappedText.of(text)).blocks]


def read(text: str) -> list[tuple[Kind, str]]:
    return [(segment.kind, segment.text) for segment in build_segments(clean_text(MappedText.of(text)).blocks)]


MAIL = """\
JOB TITLE:  Bicycle Mechanic
POSITION LOCATION: Gyumri, Armenia
JOB DESCRIPTION:   Care and repair of a growing fleet of bicycles, for
tourists, firms and public agencies. Will serve as the first contact of
the workshop. This is a full-time position.
JOB RESPONSIBILITIES:
- Working with the workshop manager to keep all of the bicycles in good
order throughout the season;
- Helping to order parts.
REMUNERATION:  According to experience.
----------------------------------
Please mention in your letter that you learned of this opening from our
newsletter.
"""


def test_a_mailing_list_posting_is_read() -> None:
    """Wrapped lines are joined, headers are fields or headings, dashes are items, drawn rules go."""
    assert read(MAIL) == [
        (F, "JOB TITLE: Bicycle Mechanic"),
        (F, "POSITION LOCATION: Gyumri, Armenia"),
        (H, "JOB DESCRIPTION:"),
        (S, "Care and repair of a growing fleet of bicycles, for tourists, firms and public agencies."),
        (S, "Will serve as the first contact of the workshop."),
        (S, "This is a full-time position."),
        (H, "JOB RESPONSIBILITIES:"),
        (L, "Working with the workshop manager to keep all of the bicycles in good order throughout the season;"),
        (L, "Helping to order parts."),
        (F, "REMUNERATION: According to experience."),
        (S, "Please mention in your letter that you learned of this opening from our newsletter."),
    ]


@pytest.mark.parametrize("bullet", ["•", "-", "–", "*", "·", "▪", "➢", "✓", "⚫", "o", "✅", "\uf0b7"])
def test_bullets_are_read(bullet: str) -> None:
    """A line that begins with a bullet is an item without it."""
    assert read(f"{bullet} Write tests\n{bullet}\tRun them") == [(L, "Write tests"), (L, "Run them")]


@pytest.mark.parametrize("lines", ["1. Write tests\n2. Run them", "a) Write tests\nb) Run them", "(1) Write tests\n(2) Run them"])
def test_numbers_are_read(lines: str) -> None:
    """A numbered line is an item without its number."""
    assert read(lines) == [(L, "Write tests"), (L, "Run them")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# Tasks\nWe write.", [(H, "Tasks"), (S, "We write.")]),
        ("Tasks of mine\n=====\nWe write.", [(H, "Tasks of mine"), (S, "We write.")]),
        ("short line\nanother one", [(S, "short line"), (S, "another one")]),
        ("one\n\n\ntwo", [(S, "one"), (S, "two")]),
        ("one\r\n\r\ntwo\u2028three", [(S, "one"), (S, "two"), (S, "three")]),
        ("- item goes\n  on here\n- next", [(L, "item goes on here"), (L, "next")]),
        ("Location: Zurich\nStart: May", [(S, "Location: Zurich"), (S, "Start: May")]),
        (
            "we look for somebody who likes to work with many\nother people",
            [(S, "we look for somebody who likes to work with many other people")],
        ),
        ("*****\ntext\n_____", [(S, "text")]),
        ("", []),
    ],
)
def test_lines_become_blocks(text: str, expected: list[tuple[Kind, str]]) -> None:
    """Line breaks after short lines are real; lines that were wrapped go on."""
    assert blocks_of(text) == expected


def test_dashes_inside_a_line_cut_it_into_items() -> None:
    """A run of items on one line after a colon comes apart."""
    assert read("Tasks: - write the tests - run them all - mend the code") == [
        (H, "Tasks:"),
        (L, "write the tests"),
        (L, "run them all"),
        (L, "mend the code"),
    ]


_LINES = st.lists(
    st.sampled_from(
        [
            "", "- item", "# Heading", "Key: value", "BENEFITS", "-----", "a line that is long enough to be wrapped at a margin",
            "and goes on", "o Bullet", "1. One", "• x • y", "  indented", "Your profile", "#", "- ", "end.", "We are. You are.",
            "ab.Cd efGh",
        ]
    ),
    max_size=12,
).map("\n".join)  # fmt: skip


@settings(max_examples=100)
@given(st.one_of(st.text(max_size=120), _LINES))
def test_blocks_are_slices_in_order(text: str) -> None:
    """Blocks are cut out of the source as they stand there, one after the other."""
    spans = [span for block in clean_text(MappedText.of(text)).blocks for span in block.body.spans]
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(a.end <= b.start for a, b in pairwise(spans))


@settings(max_examples=100)
@given(st.one_of(st.text(max_size=120), _LINES))
def test_only_marks_and_rules_are_left_out(text: str) -> None:
    """What stands between the blocks holds no word of two letters or more."""
    left, at = [], 0
    for span in (span for block in clean_text(MappedText.of(text)).blocks for span in block.body.spans):
        left.append(text[at : span.start])
        at = span.end
    left.append(text[at:])
    assert [part for part in left if re.search(r"[^\W\d_]{2}", part)] == []

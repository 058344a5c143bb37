"""What the gold copies out of its documents can be said by reference: it is made of segments, as cleaning hands them on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
from pydantic import JsonValue

from extract.cleaning import clean
from extract.evals.cases import Case, shipped_cases
from extract.fields import leaf_annotations, path_pattern
from extract.source import open_source
from extract.tasks import task_named

CASES = shipped_cases()
SEGMENTS = {name: [segment.text for segment in clean(open_source(case.source)).segments] for name, case in CASES.items()}


def leaves(value: JsonValue | Mapping[str, JsonValue], path: str = "") -> Iterator[tuple[str, str]]:
    """The texts of a record with their paths."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from leaves(item, f"{path}.{position}")
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from leaves(inner, f"{path}.{name}" if path else name)


def verbatim_texts(case: Case) -> Iterator[tuple[str, str]]:
    """The texts of a case that are answered by reference, with their paths."""
    annotations = leaf_annotations(task_named(case.schema).schema)
    return ((path, text) for path, text in leaves(case.expected) if annotations[path_pattern(path)].verbatim)


def made_of(text: str, segments: list[str]) -> bool:
    """Whether a text is part of one segment, or whole segments with a blank between them."""
    if any(text in segment for segment in segments):
        return True
    ends = [0]  # how far whole segments get; each place once, so that equal beginnings cost nothing
    for start in ends:
        for segment in segments:
            end = start + len(segment)
            if text.startswith(segment, start) and (end == len(text) or text[end] == " ") and end + 1 not in ends:
                ends.append(end + 1)
    return len(text) + 1 in ends


ITEMS = [pytest.param(name, text, id=f"{name} @ {path}") for name, case in CASES.items() for path, text in verbatim_texts(case)]


@pytest.mark.parametrize(("case", "text"), ITEMS)
def test_verbatim_text_comes_from_the_segments(case: str, text: str) -> None:
    """Each text that is copied is a part of one segment, or whole segments joined by blanks."""
    assert made_of(text, SEGMENTS[case])


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("You bake bread.", True),
        ("bake", True),
        ("You bake bread. You clean up.", True),
        ("You clean up. You bake bread.", True),
        ("bake bread. You clean up.", False),
        ("You bake bread.You clean up.", False),
        ("You bake bread. ", False),
        ("You bake cakes.", False),
    ],
)
def test_what_segments_make(text: str, right: bool) -> None:
    """Parts of one segment and whole segments do; parts of two do not."""
    assert made_of(text, ["You bake bread.", "You clean up."]) is right

"""From the blocks that a cleaner saw to numbered segments: one way for all formats.

A block is cut by one function, from text and kind to parts, that is applied again to each part until the part stays as it
is. What a part becomes depends on its own text and kind alone; therefore reading the cleaned text again, in which headings
and items are marked, changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from extract.cleaning.characters import fold_space
from extract.cleaning.document import Block, Kind, Segment
from extract.cleaning.limits import MAX_PARTS, check_count
from extract.cleaning.marks import is_rule
from extract.cleaning.runs import Part, key_end, parts_of

_MAX_DEPTH = 12
"""How often at most a part is cut again: real text needs four, and time stays linear in hostile text."""


class Segmented(NamedTuple):
    """Segments, and the names of the steps that changed something."""

    segments: tuple[Segment, ...]
    steps: tuple[str, ...]


def build_segments(blocks: Iterable[Block]) -> tuple[Segment, ...]:
    """The numbered segments of a document.

    White space is folded and invisible characters go; lost separators are found, headings, fields and items recognised,
    paragraphs cut into sentences. Blocks without a word are dropped; one that is no item ends a list all the same.

    >>> from extract.cleaning.document import MappedText
    >>> body = MappedText.of("We are kind.We also  offer:Free lunchA bicycleParental leave")
    >>> for segment in build_segments([Block(body)]):
    ...     print(segment.block, segment.list, segment.kind, segment.text)
    0 None sentence We are kind.
    1 None heading We also offer:
    2 0 item Free lunch
    3 0 item A bicycle
    4 0 item Parental leave
    """
    return segment_blocks(blocks).segments


def segment_blocks(blocks: Iterable[Block]) -> Segmented:
    """What ``build_segments`` gives, with the steps that changed something ("segments:separators", …)."""
    segments: list[Segment] = []
    steps: dict[str, None] = {}
    block_number, list_number = -1, -1
    in_list = False
    for block in blocks:
        body = fold_space(block.body)
        if body is not block.body:
            steps["segments:space"] = None
        fresh = True
        if block.kind is not Kind.ITEM and not body.text:
            in_list = False
        for leaf in _leaves(body.text, Part(0, len(body.text), block.kind, block.level)):
            check_count(len(segments) + 1, MAX_PARTS, "lines and sentences")
            if leaf.step:
                steps[f"segments:{leaf.step}"] = None
            if fresh or not leaf.joined or segments[-1].kind is not leaf.kind:
                block_number += 1
            fresh = False
            item = leaf.kind is Kind.ITEM
            if item and not in_list:
                list_number += 1
            in_list = item
            segments.append(
                Segment(
                    number=len(segments),
                    kind=leaf.kind,
                    body=body if leaf.end - leaf.start == len(body.text) else body[leaf.start : leaf.end],
                    block=block_number,
                    level=leaf.level,
                    list=list_number if item else None,
                    key_end=key_end(body.text[leaf.start : leaf.end]) if leaf.kind is Kind.FIELD else 0,
                    part_of=block.part_of,
                )
            )
    return Segmented(tuple(segments), tuple(steps))


def _leaves(text: str, part: Part, depth: int = 0) -> Iterator[Part]:
    """The parts of a part that are not cut any further, as ranges of ``text``."""
    piece = text[part.start : part.end]
    stripped = piece.strip()
    if is_rule(stripped):
        return
    start = part.start if piece[0] == stripped[0] else part.start + len(piece) - len(piece.lstrip())
    parts = parts_of(stripped, part.kind, part.level, settled=part.settled) if depth < _MAX_DEPTH else []
    if not parts:
        yield Part(start, start + len(stripped), part.kind, part.level, part.joined, part.step)
    for index, cut in enumerate(parts):
        joined = cut.joined if index else part.joined
        moved = Part(start + cut.start, start + cut.end, cut.kind, cut.level, joined, cut.step or part.step, cut.settled)
        yield from _leaves(text, moved, depth + 1)

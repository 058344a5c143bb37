"""Asking again for what was wrong: only the broken fields, only the lines that matter, and a word on each of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from itertools import islice

from pydantic import BaseModel

from extract.cleaning.document import CleanDocument
from extract.cleaning.headings import heading_section
from extract.engines.base import Draft
from extract.engines.llm.lines import Lines
from extract.engines.llm.nodes import Node, Wire, leaves_of
from extract.engines.llm.wire import wire_of_parts
from extract.fields import Leaf, is_within, paths_above
from extract.readers import Conventions, Locate, remembering
from extract.readers.phrases import words_of
from extract.readers.stating import reader_of
from extract.result import Issue, Severity

_AROUND = 1
"""Lines shown before and behind each line that matters."""
_READ = 5
"""Lines shown that hold something that could be the value."""
_ALIKE = 3
"""Lines shown that have words of a text that was not found."""
_MOST = 60
"""Lines shown in all; where more matter, the whole document is shown."""
_UNKNOWN = Conventions()
MOST_FIELDS = 100
"""Fields that are asked for again at once."""


@dataclass(frozen=True, slots=True)
class Repair:
    """The fields to be asked for again, by path with what was wrong, their wire schema, and the lines that are shown.

    ``related`` are those of them that may be right: they are asked for beside others that are wrong.
    """

    problems: Mapping[str, Sequence[str]]
    wire: Wire
    lines: Lines
    related: frozenset[str] = frozenset()


def repair_of(broken: Iterable[Issue], draft: Draft, schema: type[BaseModel], lines: Lines) -> Repair | None:
    """What to ask again because of these errors, the first of them where there are many; None where nothing can be asked."""
    told: dict[str, list[str]] = {}
    wrong: set[str] = set()
    for issue in broken:
        wrong.add(issue.path)
        for path in (issue.path, *issue.related):
            if path:
                told.setdefault(path, []).append(issue.hint or issue.message.removeprefix(f"{issue.path}: "))
    units = [path for path in told if not any(above in told for above in paths_above(path))]
    wire = wire_of_parts(schema, tuple(units[:MOST_FIELDS]))
    if not wire.root.fields:
        return None
    problems = {unit: [said for path in told if is_within(path, unit) for said in told[path]] for unit in wire.root.fields}
    right = frozenset(unit for unit in problems if not any(is_within(path, unit) for path in wrong))
    shown = _lines_that_matter(wire.root.fields, draft, lines)
    return Repair(problems, wire, replace(lines, shown=shown if len(shown) <= _MOST else frozenset()), right)


def merged(draft: Draft, answered: Draft, repair: Repair) -> Draft:
    """The draft with the new answers in the place of what was wrong; what was answered with null is taken back.

    A field that was only related stays as it was, unless there is another answer for it.
    """
    kept_as_it_was = {unit for unit in repair.related if not any(is_within(path, unit) for path in answered.values)}
    units = [unit for unit in repair.problems if unit not in kept_as_it_was]

    def is_asked(path: str) -> bool:
        return any(is_within(path, unit) for unit in units)

    notes = (
        Issue(code="asked_again", path=unit, message=f"{unit}: asked again, because {said[0]}", severity=Severity.INFO)
        for unit, said in repair.problems.items()
    )
    return replace(
        draft,
        values={**{path: value for path, value in draft.values.items() if not is_asked(path)}, **answered.values},
        issues=(
            *(issue for issue in draft.issues if not is_asked(issue.path)),
            *(issue for issue in answered.issues if not any(is_within(issue.path, unit) for unit in kept_as_it_was)),
            *notes,
        ),
        usage=draft.usage + answered.usage,
    )


def _lines_that_matter(fields: Mapping[str, Node], draft: Draft, lines: Lines) -> frozenset[int]:
    """The numbers of the lines to show with their neighbours; none where nothing tells, which shows all of them."""
    found: set[int] = set()
    locate = remembering()  # fields of one kind are read by the same reader
    for path, node in fields.items():
        matter = set(_for_field(path, node, draft, lines, locate))
        if not matter:
            return frozenset()
        found |= matter
    around = {number + step for number in found for step in range(-_AROUND, _AROUND + 1)}
    return frozenset(number for number in around if 0 <= number < len(lines))


def _for_field(path: str, node: Node, draft: Draft, lines: Lines, locate: Locate) -> Iterator[int]:
    """The lines that were named for a field, and those that could hold what belongs there."""
    cited = set(_cited(draft, path, lines)) | set(_cited(draft, path.rpartition(".")[0], lines))
    yield from cited
    leaves = list(leaves_of(node))
    for leaf in leaves:
        yield from _readable(leaf, cited, lines, locate)
    if any(reader_of(leaf) is None for leaf in leaves):
        yield from _with_words([str(value.value) for place, value in draft.values.items() if is_within(place, path)], lines)
    if any(leaf.verbatim for leaf in leaves):
        yield from _in_section(path.partition(".")[0], lines.clean)


def _cited(draft: Draft, path: str, lines: Lines) -> Iterator[int]:
    """The lines that values at a path or below it refer to."""
    if path:
        for place, value in draft.values.items():
            numbers = (lines.number_of(reference) for reference in value.references) if is_within(place, path) else ()
            yield from (number for number in numbers if number is not None)


def _readable(leaf: Leaf, cited: AbstractSet[int], lines: Lines, locate: Locate) -> Iterator[int]:
    """The lines in which the reader of a leaf reads anything, the nearest to those that were named first."""
    reader = reader_of(leaf)
    if reader is None:
        return
    near = sorted(range(len(lines)), key=lambda number: min((abs(number - other) for other in cited), default=number))
    bodies = list(lines.bodies())
    read = (
        number for number in near if any(_may_be(found.value, leaf) for found in locate(reader, bodies[number].text, _UNKNOWN))
    )
    yield from islice(read, _READ)


def _may_be(value: object, leaf: Leaf) -> bool:
    return not leaf.choices or value in leaf.choices


def _with_words(texts: Sequence[str], lines: Lines) -> Iterator[int]:
    """The lines that share most words with a text that was not found."""
    for text in texts:
        wanted = words_of(text)
        shared = Counter({number: len(wanted & words_of(body.text)) for number, body in enumerate(lines.bodies())})
        yield from (number for number, count in shared.most_common(_ALIKE) if count)


def _in_section(name: str, clean: CleanDocument) -> Iterator[int]:
    """The lines under the headings that a field has its name from."""
    section = ""
    for segment in clean.segments:
        section = (heading_section(segment.text) or "") if segment.kind == "heading" else section
        if section == name:
            yield segment.number

"""From a record to the answer on the wire that stands for it: the way back of ``answers.py``.

Worked examples of prompts are written with it, and it shows what an answer costs. Slow: it looks each value up in each line.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from pydantic import BaseModel, JsonValue

from extract.cleaning.document import Scalar
from extract.engines.llm.answers import fits, place_in_line
from extract.engines.llm.lines import Lines
from extract.engines.llm.nodes import ROOT, Either, Entries, Node, Passage, Record, Tag, Value, Wire
from extract.engines.llm.references import joined_reference, write_entries, write_reference
from extract.fields import Leaf, below
from extract.finding import alike, find, find_words, shortened
from extract.readers.stating import states


class NotStated(ValueError):
    """A text of the record is no lines of the document, nor a part of one; the message begins with its path."""


def answer_of(record: BaseModel, wire: Wire, lines: Lines) -> dict[str, JsonValue]:
    """The answer that says what a record says, as far as the wire schema asks for it; NotStated for a text that is not there.

    A value that no line states has "at": null.
    """
    content: JsonValue = record.model_dump(mode="json", by_alias=False)
    if wire.wrapped:
        return {ROOT: _Writer(lines).write(content, wire.root.fields[ROOT], "")}
    return _Writer(lines).record(content if isinstance(content, dict) else {}, wire.root, "")


@dataclass(frozen=True)
class _Writer:
    """Walks a record along the nodes of the wire schema."""

    lines: Lines

    @cached_property
    def _words(self) -> tuple[tuple[str, ...], ...]:
        return tuple(tuple(alike(body.text).split()) for body in self.lines.bodies())

    def write(self, content: JsonValue, node: Node, path: str) -> JsonValue:
        if content is None:
            return [] if isinstance(node, Entries) else None
        match node:
            case Passage():
                return self._passage(str(content), path)
            case Value():
                return self._value(_number(content) if _is_number(node) else content, node.leaf)
            case Tag():
                return content
            case Entries() if isinstance(content, list):
                return self._entries(content, node, path)
            case Record() if isinstance(content, dict):
                return self.record(content, node, path)
            case Either():
                return self.write(content, _fitting(content, node.members), path)
            case _:
                raise NotStated(f"{path}: {content!r} does not fit the wire schema")

    def record(self, content: Mapping[str, JsonValue], node: Record, path: str) -> dict[str, JsonValue]:
        return {name: self.write(content.get(name), inner, below(path, name)) for name, inner in node.fields.items()}

    def _entries(self, content: Sequence[JsonValue], node: Entries, path: str) -> JsonValue:
        if not isinstance(node.item, Passage):
            return [self.write(item, node.item, below(path, str(at))) for at, item in enumerate(content)]
        return list(_joined([self._found(str(item), below(path, str(at))) for at, item in enumerate(content)]))

    def _passage(self, text: str, path: str) -> JsonValue:
        found = self._found(text, path)
        return write_reference(found) if isinstance(found, tuple) else found

    def _found(self, text: str, path: str) -> tuple[int, ...] | str:
        """The lines that are the text, or a quote out of one line."""
        if numbers := _whole_lines(tuple(alike(text).split()), self._words):
            return numbers
        for searched in (find_words, find):  # a short word stands inside of others in earlier lines
            for number, body in enumerate(self.lines.bodies()):
                if place := searched(text, body.text):
                    return f"{number}: {shortened(body.text[slice(*place)], body.text)}"
        raise NotStated(f"{path}: {text[:80]!r} is neither whole lines of the document nor a part of one")

    def _value(self, content: JsonValue, leaf: Leaf) -> JsonValue:
        if not isinstance(content, (str, int, float, bool)):
            return {"value": content, "at": None}
        return {"value": content, "at": self._line(content, leaf)}

    def _line(self, value: Scalar, leaf: Leaf) -> int | None:
        """The first line that states the value."""
        for number, body in enumerate(self.lines.bodies()):
            place = place_in_line(value, leaf, self.lines, number)
            part = body.text[place.start : place.end]
            if find_words(part, body.text) and states(part, value, leaf):
                return number
        return None


def _joined(entries: Sequence[tuple[int, ...] | str]) -> Iterator[JsonValue]:
    """The entries of a list, with those that are one line each put together to ranges."""
    single: list[int] = []
    for entry in entries:
        if isinstance(entry, tuple) and len(entry) == 1:
            single += entry
            continue
        yield from write_entries(single)
        single = []
        yield joined_reference(entry) if isinstance(entry, tuple) else entry
    yield from write_entries(single)


def _is_number(node: Value) -> bool:
    return node.schema["type"] == "number"


def _number(content: JsonValue) -> JsonValue:
    """A Decimal, which Pydantic writes as a text, as the number that the answer has."""
    return json.loads(content) if isinstance(content, str) else content


def _fitting(content: JsonValue, members: Sequence[Node]) -> Node:
    """The member of a union that a part of a record is."""
    return max(members, key=lambda member: _likeness(content, member))


def _likeness(content: JsonValue, node: Node) -> tuple[int, int]:
    match node:
        case Record() if isinstance(content, dict):
            shared = len(content.keys() & node.fields.keys())
            return (2 if _has_tags(content, node) else 1), shared - len(node.fields)
        case Entries() if isinstance(content, list):
            return 1, max((_likeness(entry, node.item)[0] for entry in content[:1]), default=0)
        case Value() if not isinstance(content, (dict, list)):
            return (2 if fits(content, node) else 1), 0
        case Passage():
            return int(isinstance(content, str)), 0
        case _:
            return 0, 0


def _has_tags(content: Mapping[str, JsonValue], record: Record) -> bool:
    return all(content.get(name) == tag.value for name, tag in record.fields.items() if isinstance(tag, Tag))


def _whole_lines(text: tuple[str, ...], lines: Sequence[tuple[str, ...]]) -> tuple[int, ...]:
    """The lines that are the text, one after the other; lines in a row where there is a choice; () where there are none."""
    starting: dict[str, list[int]] = {}
    for number, words in enumerate(lines):
        if words:
            starting.setdefault(words[0], []).append(number)

    @cache
    def rest(at: int, previous: int) -> tuple[int, ...] | None:
        if at == len(text):
            return ()
        fitting = [n for n in starting.get(text[at], ()) if text[at : at + len(lines[n])] == lines[n]]
        for number in sorted(fitting, key=lambda n: (n != previous + 1, n < previous, n)):
            if (more := rest(at + len(lines[number]), number)) is not None:
                return (number, *more)
        return None

    try:
        return rest(0, -2) or ()
    except RecursionError:  # hundreds of lines that are one text
        return ()

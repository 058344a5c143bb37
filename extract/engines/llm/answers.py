"""From an answer on the wire to a draft: references become text and places, and whatever is wrong with it is an issue.

Nothing of an answer is taken on trust, and nothing is put right in silence: a value of the wrong type, a line that there is
not, a quote that does not stand there are left out with an issue; what was read in another way than asked for is an issue too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from math import isfinite
from reprlib import Repr

from extract.cleaning.document import MappedText, Scalar
from extract.decoding import encodable
from extract.engines.base import Draft, DraftValue, FactReference, TextReference
from extract.engines.llm.lines import Lines
from extract.engines.llm.nodes import ROOT, Either, Entries, Node, Passage, Record, Tag, Value, Wire
from extract.engines.llm.references import is_several, read_quote, read_reference
from extract.errors import InvalidAnswer
from extract.fields import Leaf, below
from extract.finding import find, find_part, find_words
from extract.readers.stating import is_read_by_type
from extract.result import Issue, Severity

MAX_LINES = 50_000
"""Lines that all references of an answer may name together."""
MAX_SEARCHED = 1_000_000
"""Lines that are looked through for the texts of an answer that names none: three seconds."""
_SHOWN = 80  # characters of an answer in a message
_FENCE = re.compile(r"```(?:json)?")
_PRINTED = frozenset({"email", "phone", "region", "url"})  # readers of values that mostly stand in the text as they are
_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "number": (int, float, Decimal),
    "integer": (int,),
    "boolean": (bool,),
}
_LARGEST = 40  # digits before and behind the point of a number: more is no amount, and would be long to write out


def answer_object(text: str) -> Mapping[str, object]:
    """The JSON object that an answer is, also where it stands between the marks of a code block; InvalidAnswer for anything else.

    Numbers with a point are Decimal, so that no digit is lost.

    >>> answer_object('{"pay": 17.50}')
    {'pay': Decimal('17.50')}
    """
    inner = text.strip()
    if (fence := _FENCE.match(inner)) and inner.endswith("```"):
        inner = inner[fence.end() : -3]
    try:
        found: object = json.loads(inner, parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError, ArithmeticError) as error:
        raise InvalidAnswer(f"the answer is no JSON ({_reason(error)}): {text[:_SHOWN]!r}") from error
    if not isinstance(found, dict):
        raise InvalidAnswer(f"the answer is JSON, but no object: {text[:_SHOWN]!r}")
    return found


def draft_of(answer: Mapping[str, object], wire: Wire, lines: Lines) -> Draft:
    """What an answer says: values with the places that state them, and an issue for each part that is unusable."""
    reader = _Reader(lines)
    if wire.wrapped:
        reader.read(answer.get(ROOT), wire.root.fields[ROOT], "")
    else:
        reader.record(answer, wire.root, "")
    return Draft(reader.values, tuple(reader.issues))


def place_in_line(value: Scalar, leaf: Leaf, lines: Lines, number: int) -> TextReference | FactReference:
    """Where a value stands in a line that there is: the text itself, where it is printed as it is, else all of the line."""
    body = lines.body(number)
    place = _printed(value, leaf, body.text) if body else None
    return lines.reference(number, *place) if place else lines.whole(number)


def fits(value: object, node: Value) -> bool:
    """Whether a value is of the type that a node asks for."""
    return _scalar(value, node) is not None


def _printed(value: Scalar, leaf: Leaf, text: str) -> tuple[int, int] | None:
    """Where a text stands in a line, if it is of a kind that is printed as it is."""
    as_it_is = leaf.reader in _PRINTED or (leaf.reader is None and not is_read_by_type(leaf))
    if isinstance(value, str) and not leaf.choices and as_it_is:
        return find(value, text)
    return None


def _no_number(word: str) -> object:
    raise ValueError(f"{word} is no number")


def _reason(error: Exception) -> str:
    return "it nests too deeply" if isinstance(error, RecursionError) else str(error)[:_SHOWN]


@dataclass(slots=True)
class _Reader:
    """Walks an answer along the nodes of the wire schema."""

    lines: Lines
    values: dict[str, DraftValue] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)
    named: int = 0  # lines that references have named so far
    searched: int = 0  # lines that texts were looked up in

    def read(self, found: object, node: Node, path: str) -> None:
        """One part of the answer; null says nothing."""
        if found is None or (isinstance(node, Record) and not found):
            return
        match node:
            case Passage():
                self._passage(found, path)
            case Value():
                self._value(found, node, path)
            case Tag():
                if found != node.value:
                    self._note("coerced", path, f"{_shown(found)} was read as {node.value!r}, the only value that there is")
                self.values[path] = DraftValue(node.value, inferred=True)
            case Entries() if isinstance(found, list):
                self._entries(found, node, path)
            case Either():
                self.read(found, _member(found, node.members), path)
            case Record() if isinstance(found, dict):
                self.record(found, node, path)
            case _:
                self._refuse("malformed_answer", path, f"{_kind(node)} was asked for, not {_shown(found)}")

    def record(self, found: Mapping[str, object], node: Record, path: str) -> None:
        """An object of the answer, and an issue for each key that is not asked for."""
        before = len(self.values)
        for name, inner in node.fields.items():
            self.read(found.get(name), inner, below(path, name))
        constants = [below(path, name) for name, inner in node.fields.items() if isinstance(inner, Tag)]
        if constants and len(constants) < len(node.fields) and len(self.values) - before <= len(constants):
            for place in constants:  # they must be answered, and say nothing by themselves
                self.values.pop(place, None)
        for name in found:
            if name not in node.fields and found[name] is not None:
                place = below(path, encodable(name[:_SHOWN]))
                self._note("unasked_field", place, f"it was answered and not asked for: {_shown(found[name])}")

    def _entries(self, found: Sequence[object], node: Entries, path: str) -> None:
        """The entries of a list: a bare range of lines is one entry a line."""
        position = 0
        for entry in found:
            parts = self._split(entry) if isinstance(node.item, Passage) else [entry]
            for part in parts:
                before = len(self.values)
                self.read(part, node.item, below(path, str(position)))
                position += len(self.values) > before

    def _split(self, entry: object) -> Sequence[object]:
        if not (isinstance(entry, str) and is_several(entry)):
            return [entry]
        try:
            (lines,) = read_reference(entry)
        except ValueError:
            return [entry]  # reported where it is read
        if self.named > MAX_LINES:
            return []  # reported already
        inside = range(lines.start, min(lines.stop, len(self.lines) + 1))  # the first line too many is reported, not the rest
        return [str(number) for number in inside] or [entry]

    def _passage(self, found: object, path: str) -> None:
        match found:
            case str():
                quoted = read_quote(found)
                self._quoted(*quoted, path=path) if quoted else self._referred(found, path)
            case bool():
                self._refuse("malformed_answer", path, f"lines were asked for, not {_shown(found)}")
            case int():
                self._note("coerced", path, f"the number {_shown(found)} was read as a line")
                self._referred(str(found), path)
            case {"at": int() as at, "quote": str() as quote} if not isinstance(at, bool):
                self._quoted(at, quote, path=path)
            case _:
                self._refuse("malformed_answer", path, f"lines were asked for, not {_shown(found)}")

    def _referred(self, text: str, path: str) -> None:
        """All of the lines that a reference names, as one text."""
        try:
            ranges = read_reference(text)
        except ValueError as error:
            self._written_out(text, path, str(error))
            return
        if any(part.stop > len(self.lines) for part in ranges):
            self._refuse("reference_out_of_range", path, f"{self._extent()}, not {_shown(text)}")
            return
        if self.named > MAX_LINES:
            return
        self.named += sum(map(len, ranges))
        if self.named > MAX_LINES:
            self._refuse("malformed_answer", path, f"the answer names more than {MAX_LINES:,} lines; the rest is left out")
        else:
            numbers = [number for part in ranges for number in part]
            said = " ".join(body.text for number in numbers if (body := self.lines.body(number)))
            self.values[path] = DraftValue(said, tuple(map(self.lines.whole, numbers)))

    def _written_out(self, text: str, path: str, reason: str) -> None:
        """A text that was written out where lines were asked for: taken if it stands in one line, word by word."""
        for number, body in self._searchable() if len(text.split()) > 1 else ():
            if place := find_words(text, body.text):
                self._note("coerced", path, f"text was answered where lines were asked for; it stands in line {number}")
                self.values[path] = DraftValue(body.text[slice(*place)], (self.lines.reference(number, *place),))
                return
        self._refuse("malformed_answer", path, reason)

    def _quoted(self, at: int, quote: str, *, path: str) -> None:
        """A part of a line: the words of the document, not those of the answer."""
        body = self.lines.body(at)
        if body is None:
            self._refuse("reference_out_of_range", path, f"{self._extent()}, not {_shown(at)}")
        elif place := find_part(quote, body.text):
            self.values[path] = DraftValue(body.text[slice(*place)], (self.lines.reference(at, *place),))
        else:
            self._refuse("ungrounded", path, f"line {at} does not hold the quote {_shown(quote)}")

    def _value(self, found: object, node: Value, path: str) -> None:
        """A value and the line that states it; one without its line is looked for, and else is the engine's own conclusion."""
        match found:
            case {"value": value, **rest}:
                at = rest.pop("at", None)
                if rest:
                    self._note("unasked_field", path, f"it was answered with more than a value and its line: {_shown(rest)}")
            case dict() | list():
                self._refuse("malformed_answer", path, f"a value with its line was asked for, not {_shown(found)}")
                return
            case _:
                self._note("coerced", path, f"{_shown(found)} was read as a value without a line")
                value, at = found, None
        if value is None:
            return
        scalar = _scalar(value, node)
        if scalar is None:
            self._refuse("malformed_answer", path, f"a value of type {node.schema['type']} was asked for, not {_shown(value)}")
            return
        if isinstance(at, str) and at.strip().isdecimal() and len(at) < 8:
            self._note("coerced", path, f"the text {_shown(at)} was read as the number of a line")
            at = int(at)
        self._placed(scalar, at, node.leaf, path)

    def _placed(self, value: Scalar, at: object, leaf: Leaf, path: str) -> None:
        """The value in the line that it names; where it names none, grounding looks for one."""
        if at is None:
            self.values[path] = DraftValue(value, inferred=True)
        elif isinstance(at, bool) or not isinstance(at, int) or self.lines.body(at) is None:
            self._note("reference_out_of_range", path, f"{self._extent()}, not {_shown(at)}")
            self.values[path] = DraftValue(value)
        else:
            self.values[path] = DraftValue(value, (place_in_line(value, leaf, self.lines, at),))

    def _searchable(self) -> Iterable[tuple[int, MappedText]]:
        """The lines to look a text up in, by number; none any longer when that has taken too much."""
        self.searched += len(self.lines)
        return enumerate(self.lines.bodies()) if self.searched <= MAX_SEARCHED else ()

    def _extent(self) -> str:
        return f"the document has lines 0 to {len(self.lines) - 1}" if len(self.lines) else "the document has no line"

    def _refuse(self, code: str, path: str, message: str) -> None:
        self.issues.append(Issue(code=code, path=path, message=f"{path}: {message}", severity=Severity.ERROR))

    def _note(self, code: str, path: str, message: str) -> None:
        self.issues.append(Issue(code=code, path=path, message=f"{path}: {message}", severity=Severity.WARNING))


def _member(found: object, members: Sequence[Node]) -> Node:
    """The member of a union that an answer is: known by its constant, else by its keys, else by its kind."""
    return max(members, key=lambda member: _likeness(found, member))


def _likeness(found: object, node: Node) -> tuple[int, int]:
    """How well an answer fits a node: its kind and constants first, then how many of its keys are there."""
    match node:
        case Record() if isinstance(found, dict):
            shared = len(found.keys() & node.fields.keys())
            tags = any(isinstance(inner, Tag) for inner in node.fields.values())
            return (3 if tags and _tagged(found, node) else 1 if shared else 0), shared - len(node.fields)
        case Value() if isinstance(found, dict):
            return (1 + fits(found["value"], node) if "value" in found else 0), -2
        case Passage() if isinstance(found, dict):
            return (2 if "quote" in found else 0), -2
        case Entries() if isinstance(found, list):
            return 2, max((_likeness(entry, node.item)[0] for entry in found[:1]), default=0)
        case Value():
            return 1 + fits(found, node), 0
        case Passage():
            return int(isinstance(found, str)), 0
        case _:
            return 0, 0


def _tagged(found: Mapping[str, object], record: Record) -> bool:
    tags = [(name, node.value) for name, node in record.fields.items() if isinstance(node, Tag)]
    return bool(tags) and all(found.get(name) == value for name, value in tags)


def _scalar(value: object, node: Value) -> Scalar | None:
    """The value, if it is of the type that was asked for and can be written out; a Decimal becomes text or a float."""
    kinds = node.schema["type"]
    allowed = tuple(kind for name in ([kinds] if isinstance(kinds, str) else _names(kinds)) for kind in _TYPES[name])
    if not isinstance(value, allowed) or (isinstance(value, bool) and bool not in allowed):
        return None
    if isinstance(value, str):
        return value if _is_text(value) else None
    if isinstance(value, Decimal):
        return _number(value, node.leaf)
    if isinstance(value, int):
        return value if abs(value) < 10**_LARGEST else None
    return value if isinstance(value, float) and isfinite(value) else None


def _names(kinds: object) -> Sequence[str]:
    return [str(kind) for kind in kinds] if isinstance(kinds, list) else []


def _number(value: Decimal, leaf: Leaf) -> Scalar | None:
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or abs(value.adjusted()) > _LARGEST or exponent < -_LARGEST:
        return None
    return f"{value:f}" if leaf.annotation is Decimal else float(value)


def _is_text(value: str) -> bool:
    """Whether a text can be written as UTF-8: JSON may hold half of a pair of surrogates."""
    return not any("\ud800" <= character <= "\udfff" for character in value)


def _kind(node: Node) -> str:
    return {Entries: "a list", Record: "an object"}.get(type(node), "something else")


def _shown(found: object) -> str:
    if isinstance(found, int) and abs(found) >= 10**_LARGEST:
        return "a number of very many figures"
    short = Repr()
    short.maxlevel, short.maxstring, short.maxother = 2, _SHOWN, _SHOWN
    return short.repr(found)[:_SHOWN]

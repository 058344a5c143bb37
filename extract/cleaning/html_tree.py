"""The tree that browsers make of an HTML text, in which each piece of text and each attribute leads back to its offsets.

The parser is turbohtml, which follows the WHATWG standard in C and tells line and column of every token. A tree builder moves
text about (out of tables, into reopened elements), and then no parser tells any longer where it stood. So each stretch of text
is replaced by its number before the tree is built, and the numbers are read off the tree: exact whatever the builder did.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import deque
from collections.abc import Iterator
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from extract.cleaning.html_drawings import CDATA, RAW_DRAWN, reads_otherwise, with_plain_drawings
from extract.cleaning.html_elements import RAW

if TYPE_CHECKING:
    from turbohtml import Document, Element, Node

_END = "end-of-text"
_BLANKS = " \t\n\f"  # white space of HTML; a no-break space is text
# A name with "@" or ":/" is an address in angle brackets, which no browser shows but every reader means.
_ADDRESS = re.compile(r"<(?=[a-zA-Z][^\s<>/@:]*+(?:@|:/))")
_DRAWING = re.compile(r"<(?:svg|math)[\s/>]", re.IGNORECASE)
_CLOSED_COMMENT = re.compile(r"<!--(?:-?>|.*?--!?>)", re.DOTALL)
_UNCLOSED = re.compile(r"<!--|[\"']")
_SCRIPTS = frozenset({"script", "style"})
_NAME = re.compile(r"</?+[^\s/>]++")
_ATTRIBUTE = re.compile(
    r"""[\s/]*+(?P<name>[^\s/>][^\s/>=]*+)(?:\s*+=\s*+(?:"(?P<double>[^"]*+)"?+|'(?P<single>[^']*+)'?+|(?P<bare>[^\s>]*+)))?+"""
)


class Attribute(NamedTuple):
    """The value of an attribute and its ``[start, end)`` in the text, entities not yet undone."""

    value: str
    start: int
    end: int


class Tree:
    """The tree of an HTML text. In its text nodes stand the numbers of runs of text ("12;") and white space, nothing else.

    ``starts`` and ``ends`` say where in the text each run lies, with the blanks around its words.
    """

    __slots__ = ("_lines", "_marked", "_marks", "_readable", "_words", "ends", "root", "starts", "text")

    def __init__(self, text: str) -> None:
        """The tree that a browser would make; what it would drop because a tag or comment never ends is kept."""
        readable = _readable(text)
        self.text = text
        self._build(readable)
        if _DRAWING.search(readable) and self._misread():
            self._build(with_plain_drawings(self._readable))

    def _build(self, readable: str) -> None:
        from turbohtml import parse  # noqa: PLC0415  a compiled package of 4 MB, which text and JSON do not need

        runs = _text_runs(readable)
        if runs is None:
            readable = _ended(readable)
            runs = _text_runs(readable) or []
        self._readable = readable
        self.starts: list[int] = []
        self.ends: list[int] = []
        self._marks: list[int] = []  # where in the marked text the number of each run ends
        self._words: list[int] = []  # where in the text its words end
        self._lines: list[int] = []
        self._marked = self._mark(readable, runs)
        self.root: Document = parse(self._marked, scripting=True)  # as for tokens: what stands in <noscript> is raw

    def _misread(self) -> bool:
        """Whether the tokenizer read something in a drawing in another way than the parser."""
        if CDATA in self._readable:
            return True  # its text may look like the number of a run
        inside = ((node, self.offset(node)) for node in self.root.select(RAW_DRAWN))
        return any(start is not None and reads_otherwise(self._readable, node, start) for node, start in inside)

    def _mark(self, text: str, runs: list[tuple[int, int]]) -> str:
        """The text with a number in the place of the words of each run."""
        starts, ends, marks, words = self.starts, self.ends, self._marks, self._words
        pieces: list[str] = []
        done = length = number = 0
        for start, end in runs:
            rest = text[start:end].lstrip(_BLANKS)
            if not rest:
                continue
            first = end - len(rest)
            mark = f"{number};"
            pieces += (text[done:first], mark)
            length += first - done + len(mark)
            done = first + len(rest.rstrip(_BLANKS))
            starts.append(start)
            ends.append(end)
            marks.append(length)
            words.append(done)
            number += 1
        pieces.append(text[done:])
        return "".join(pieces)

    def ranges(self, node: Node) -> list[tuple[int, int]]:
        """Where in the text the words below a node stand, with the blanks around them."""
        numbers = [int(number) for number in node.text.split(";")[:-1]]
        return [(self.starts[number], self.ends[number]) for number in numbers]

    def offset(self, node: Element) -> int | None:
        """Where in the text the start tag of an element begins; None for one that the parser added."""
        position = node.position
        if position is None:
            return None
        if not self._lines:
            self._lines = _line_starts(self._marked)
        marked = self._lines[position[0]] + position[1]
        before = bisect_right(self._marks, marked) - 1
        return marked if before < 0 else self._words[before] + marked - self._marks[before]

    def attributes(self, node: Element) -> dict[str, Attribute]:
        """The attributes of an element by lower-case name, with their places; of two with one name the first counts.

        >>> tree = Tree('<p>x <a href="/jobs?a=1" hidden title=y>')
        >>> {name: found.value for name, found in tree.attributes(tree.root.select("a")[0]).items()}
        {'href': '/jobs?a=1', 'hidden': '', 'title': 'y'}
        """
        start = self.offset(node)
        name = _NAME.match(self._readable, start) if start is not None else None
        return _attributes(self.text, self._readable, name.end()) if name else {}


def _attributes(text: str, readable: str, at: int) -> dict[str, Attribute]:
    """The attributes of a tag from behind its name on."""
    found: dict[str, Attribute] = {}
    while match := _ATTRIBUTE.match(readable, at):
        group = next((name for name in ("double", "single", "bare") if match[name] is not None), None)
        start, end = match.span(group) if group else (match.end(), match.end())
        found.setdefault(match["name"].lower(), Attribute(text[start:end], start, end))
        at = match.end()
    return found


class Tag(NamedTuple):
    """``[start, end)`` of a text is a tag, or a comment where ``name`` is empty; scripts and styles belong to their tag."""

    start: int
    end: int
    name: str


def tags(text: str) -> Iterator[Tag]:
    """The tags and comments of a text in which HTML is the exception, in order.

    >>> [(tag.name, text[tag.start : tag.end]) for text in ["a <b>c</b> < d<!-- e --><jobs@acme.example>"] for tag in tags(text)]
    [('b', '<b>'), ('b', '</b>'), ('', '<!-- e -->')]
    """
    from turbohtml import TokenType, tokenize  # noqa: PLC0415  as in Tree

    readable = _ended(_readable(text))
    starts = _line_starts(readable)
    open_tag: Tag | None = None
    for token in tokenize(readable, capture_attributes=False, resolve_references=False, capture_source=True):
        start = starts[token.line] + token.col
        end = start + len(token.source or "")
        if token.type is not TokenType.TEXT:
            if open_tag:
                yield open_tag
            open_tag = Tag(start, end, token.tag or "")
        elif open_tag and open_tag.name in _SCRIPTS:
            open_tag = open_tag._replace(end=end)
    if open_tag:
        yield open_tag


def _readable(text: str) -> str:
    """The text, as long as it is, with the line ends of HTML and without the brackets of addresses."""
    text = text.replace("\r\n", " \n").replace("\r", "\n").replace("</>", "<!>")  # which browsers do not show either
    return _ADDRESS.sub("_", text) if "@" in text or ":/" in text else text


def _line_starts(text: str) -> list[int]:
    """Where each line begins; lines count from 1."""
    return [0, *accumulate((len(line) + 1 for line in text.split("\n")), initial=0)]


def _text_runs(text: str) -> list[tuple[int, int]] | None:
    """The stretches of text between tags; None where a tag or a comment never ends."""
    from turbohtml import TokenType, tokenize  # noqa: PLC0415  as in Tree

    is_text = TokenType.TEXT
    runs: list[tuple[int, int]] = []
    begin = -1
    one_line = text.replace("\n", " ")  # the same tags, and the column of a token is its offset
    tokens = list(tokenize(f"{one_line}<{_END}>", capture_attributes=False))
    for token in tokens:
        if token.type is is_text:
            if begin < 0:
                begin = token.col
        elif begin >= 0:
            runs.append((begin, token.col))
            begin = -1
    if tokens and tokens[-1].tag == _END:
        return runs
    if begin >= 0 and tokens[-2:][0].tag in RAW:
        return [*runs, (begin, len(text))]  # a script that never ends, as browsers read it
    return None


def _ended(text: str) -> str:
    """The text, as long as it is, without what makes a browser drop its end: a quote, a comment or a tag that never ends."""
    tail = _tail(text)
    text = text[:tail] + _UNCLOSED.sub(lambda found: "_" + found[0][1:], text[tail:])
    tail = _tail(text)
    return text[:tail] + text[tail:].replace("<", "_")


def _tail(text: str) -> int:
    """Where a tag or comment begins that never ends; the length of the text where there is none."""
    from turbohtml import TokenType, tokenize  # noqa: PLC0415  as in Tree

    starts = _line_starts(text)
    tokens = tokenize(f"{text}<{_END}>", capture_attributes=False, resolve_references=False, capture_source=True)
    last = next(iter(deque(tokens, maxlen=1)), None)
    if last is None:
        return 0
    start = starts[last.line] + last.col
    if last.type is TokenType.COMMENT and not _CLOSED_COMMENT.fullmatch(text, start):
        return start
    end = start + len(last.source or "")
    return len(text) if last.tag == _END else start if end > len(text) else end

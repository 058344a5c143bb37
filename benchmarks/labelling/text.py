"""A document as labels are looked up in it: what a reader sees, in words and in lines, whatever it is written in."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

_UNSEEN = re.compile(r"<(script|style|noscript|template|svg)\b.*?</\1\s*>|<!--.*?-->", re.IGNORECASE | re.DOTALL)
_BREAK = re.compile(
    r"<(?:br|hr|/?(?:p|div|li|ul|ol|dl|dt|dd|h[1-6]|tr|td|th|table|section|article|header|footer|main|nav|aside"
    r"|form|button|label|option|blockquote|pre|body|title))\b[^<>]*>",
    re.IGNORECASE,
)
_TAG = re.compile(r"</?[a-zA-Z!][^<>]*>")
_MARK = re.compile(r"\[ ?[@$#]? ?\d{1,4} ?\]")  # how screen readings number what can be clicked or read
_ADDRESS = re.compile(r"https?://[^\s\"'<>)\]]+")
_ESCAPE = re.compile(r"\\+(?:u([0-9a-fA-F]{4})|([nrt])|(.))", re.DOTALL)
_WORD = re.compile(r"[^\W_]+")
_HUMP = re.compile(r"(?<=[a-zß-öø-ÿ])(?=[A-ZÀ-Þ])")


@dataclass(frozen=True, slots=True)
class _Words:
    """Folded words in one string with a blank around each, and which part of the text each one is."""

    joined: str
    spans: tuple[tuple[int, int], ...]

    def find(self, phrase: str) -> list[tuple[int, int]]:
        """The spans in which the phrase stands as whole words."""
        found = []
        at = self.joined.find(f" {phrase} ") if phrase else -1
        while at >= 0:
            first = self.joined.count(" ", 0, at)
            found.append((self.spans[first][0], self.spans[first + phrase.count(" ")][1]))
            at = self.joined.find(f" {phrase} ", at + 1)
        return found


@dataclass(frozen=True, slots=True)
class Text:
    """What can be read off a document.

    ``source`` is the document as it is, ``plain`` what a reader sees of it, without the addresses of links: a title in an
    address is not stated. ``squashed`` are its lines without blanks and marks, one behind the other, ``breaks`` where they begin.
    """

    source: str
    plain: str
    squashed: str
    breaks: frozenset[int]
    words: _Words
    parted: _Words  # as words, but "skillsBenefits" is two: separators get lost

    def find(self, phrase: str) -> list[tuple[int, int]]:
        """Where the phrase stands as whole words, whatever its case, accents and punctuation."""
        wanted = folded(phrase)
        spans = {*self.words.find(wanted), *self.parted.find(wanted), *self.parted.find(folded(_HUMP.sub(" ", phrase)))}
        return sorted(spans)

    def find_whole(self, phrase: str) -> list[tuple[int, int]]:
        """As find(), but "DeployCo" is one word: for names, of which the beginning is another name."""
        return self.words.find(folded(phrase))

    def printed(self, span: tuple[int, int]) -> str:
        """What stands in the span, in one line."""
        return " ".join(self.plain[slice(*span)].split())

    def states(self, phrase: str) -> bool:
        """Whether the phrase stands there as whole words."""
        return bool(self.find(phrase))

    def has_lines(self, entry: str) -> bool:
        """Whether the entry is a whole line, or several that follow each other, but for blanks and marks."""
        wanted = squashed(entry)
        at = self.squashed.find(wanted) if wanted else -1
        while at >= 0:
            if at in self.breaks and at + len(wanted) in self.breaks:
                return True
            at = self.squashed.find(wanted, at + 1)
        return False


def read_text(source: str) -> Text:
    """A document of any format as labels are looked up in it.

    >>> text = read_text("<p>Chef de projet&nbsp;H/F</p><p>Lieu: Saint-Étienne<br>VousAimez</p><script>'Nantes'</script>")
    >>> text.states("chef de PROJET"), text.states("Saint Etienne"), text.states("projets"), text.states("Nantes")
    (True, True, False, False)
    >>> text.states("aimez"), text.has_lines("Chef de projet (H/F)"), text.has_lines("Lieu: Saint-Étienne, vous aimez")
    (True, True, True)
    >>> text.has_lines("Lieu")
    False
    """
    broken = _ADDRESS.sub(" ", _MARK.sub(" ", unescaped(_TAG.sub("", _BREAK.sub("\n", _UNSEEN.sub(" ", source))))))
    plain = unescaped(_TAG.sub("", _BREAK.sub("\n", broken)))  # once more: markup that stood escaped in markup or JSON
    lines = [squashed(line) for line in plain.splitlines()]
    breaks = frozenset(accumulate((len(line) for line in lines), initial=0))
    whole = [match.span() for match in _WORD.finditer(plain)]
    parts = [part for span in whole for part in _parts(plain, span)]
    return Text(source, plain, "".join(lines), breaks, _words(plain, whole), _words(plain, parts))


def unescaped(text: str) -> str:
    r"""The text without entities, and without the escapes of a string literal.

    >>> unescaped(r"R&amp;D\nl\'\u00e9quipe")
    "R&D\nl'équipe"
    """
    if "\\" in text:
        text = _ESCAPE.sub(lambda m: chr(int(m[1], 16)) if m[1] else "\n" if m[2] else m[3], text)
    return html.unescape(text)


def folded(text: str) -> str:
    """The words of the text without case, accents and punctuation, one blank between them.

    >>> folded("Aide-Soignant(e), Équipe »Nord«")
    'aide soignant e equipe nord'
    """
    return " ".join(_bare(word) for word in _WORD.findall(text))


def squashed(text: str) -> str:
    """The letters and digits of the text alone: what is left of two lines that differ in blanks and marks.

    >>> squashed(" • Work, hard!") == squashed("work hard")
    True
    """
    return folded(text).replace(" ", "")


def _words(plain: str, spans: Sequence[tuple[int, int]]) -> _Words:
    return _Words(f" {' '.join(_bare(plain[start:end]) for start, end in spans)} ", tuple(spans))


def _parts(plain: str, span: tuple[int, int]) -> list[tuple[int, int]]:
    start, end = span
    cuts = [start, *(start + match.start() for match in _HUMP.finditer(plain[start:end])), end]
    return list(pairwise(cuts))


def _bare(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c)).casefold()

"""Whether the characters that evidence points at state the value, asked of the source alone and not of whoever grounded it."""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice, permutations

from pydantic import BaseModel

from extract.cleaning.document import Scalar
from extract.evals.normalising import normalised
from extract.fields import Leaf, leaf_annotations, path_pattern
from extract.finding import signs
from extract.readers import Conventions
from extract.readers.stating import readings, says_the_same
from extract.result import Evidence, Status

_TAG = re.compile(r"\[\s*[@#$]?\s*\d+\s*\]|<[^<>]*>")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_WRITTEN = {"n": "\n", "t": "\t", "r": "\r"}
_FIGURE = re.compile(r"\d+(?:[.,:/]\d+)*")
_LAYERS = 4  # of entities
_FEW = 4  # parts that are tried in every order
_ALIKE = str.maketrans("l1|0", "iiio")  # what a reader of a screen takes for each other, in small letters
_CLAIMS = frozenset({Status.QUOTED, Status.NORMALISED, Status.REPAIRED, Status.FACT})


@dataclass(frozen=True, slots=True)
class EvidenceScore:
    """Of the values of a record: how many claim to stand in the source, and how many of these are stated where they say."""

    claimed: int = 0
    stated: int = 0
    wrong: tuple[str, ...] = ()


def score_evidence(
    values: Mapping[str, Scalar], evidence: Mapping[str, Evidence], *, source: str, schema: type[BaseModel]
) -> EvidenceScore:
    """The evidence of a record looked up in the source; ``values`` are its leaves that are not null, by path.

    A value without evidence claims too: it says nothing about where it comes from. What is inferred claims nothing.
    """
    leaves = leaf_annotations(schema)
    known = ((path, value) for path, value in values.items() if path_pattern(path) in leaves)
    claims = {path: value for path, value in known if path not in evidence or evidence[path].status in _CLAIMS}
    wrong = [
        path
        for path, value in claims.items()
        if path not in evidence or not states(value, leaves[path_pattern(path)], pieces(evidence[path], source))
    ]
    return EvidenceScore(len(claims), len(claims) - len(wrong), tuple(wrong))


def pieces(evidence: Evidence, source: str) -> list[str]:
    """The parts of the source that evidence points at; none where a span leaves it."""
    spans = [(span.start, span.end) for span in evidence.spans]
    inside = all(0 <= start < end <= len(source) for start, end in spans)
    return [source[start:end] for start, end in spans] if inside else []


def states(value: Scalar, leaf: Leaf | None, parts: Sequence[str]) -> bool:
    r"""Whether parts of a source state a value: as a text, whatever its markup and escapes, or as a typed reader reads it.

    >>> states("R&D cook", None, ["R&amp;amp;D ", "\\n<b>Cook</b>"]), states("Cook", None, ["Cooper"])
    (True, False)
    >>> pay = Leaf(int, reader="least_pay")
    >>> states(85000, pay, ["$85,000 to $119,000"]), states(95000, pay, ["$85,000 to $119,000"])
    (True, False)
    """
    whole = [unescaped(joined) for joined in ("".join(parts), " ".join(parts)) if joined.strip()]
    if leaf is not None and not leaf.verbatim and any(_is_read(value, leaf, text) for text in whole):
        return True
    if not isinstance(value, str) or (leaf is not None and leaf.choices):
        return False
    if not letters(value):
        return any(value in text for text in whole)
    return any(Words.of(text).have(value) and _holds_figures(value, text) for text in (*whole, *_other_orders(parts)))


@dataclass(frozen=True, slots=True)
class Words:
    """The letters and digits of a text as one, and where its words begin and end in them."""

    joined: str
    edges: frozenset[int]

    @classmethod
    def of(cls, text: str) -> Words:
        """Those of a text; what markup and escapes it has is taken out before."""
        words = _words(text)
        return cls("".join(words), frozenset({0, *accumulate(map(len, words))}))

    def have(self, value: str) -> bool:
        """Whether a value stands in the text in whole words, wherever blanks and punctuation are.

        >>> Words.of("at our Top - tier bakery").have("top-tier"), Words.of("our bakery").have("baker")
        (True, False)
        """
        wanted = "".join(_words(unescaped(value)))
        at = self.joined.find(wanted) if wanted else -1
        while at >= 0:
            if at in self.edges and at + len(wanted) in self.edges:
                return True
            at = self.joined.find(wanted, at + 1)
        return False


def unescaped(text: str) -> str:
    """The text without tags and marks, and with the escapes of JSON and Python and up to four layers of entities undone."""
    text = _ESCAPE.sub(lambda found: chr(int(found[1], 16)) if found[1] else _WRITTEN.get(found[2], found[2]), text)
    for _ in range(_LAYERS):
        text = html.unescape(text)
    return _TAG.sub(" ", text)


def letters(text: str) -> str:
    """Only letters and digits, in lower case; what a reader of a screen takes for each other is the same.

    >>> letters("Top - tier AI"), letters("top-tier Al")
    ('toptierai', 'toptierai')
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(filter(str.isalnum, folded)).translate(_ALIKE)


def _holds_figures(value: str, text: str) -> bool:
    """Whether a text has the figures of a value as whole numbers, and its signs: "25" is not in "2.5", nor "C" in "C++"."""
    wanted, there = (Counter(_FIGURE.findall(normalised(unescaped(side)))) for side in (value, text))
    return not wanted - there and not Counter(signs(unescaped(value))) - Counter(signs(unescaped(text)))


def _other_orders(parts: Sequence[str]) -> Iterator[str]:
    """The parts as one text in each other order, where they are few: a heading of which the rows stand upside down."""
    if 2 <= len(parts) <= _FEW:
        yield from (unescaped(" ".join(order)) for order in islice(permutations(parts), 1, None))


def _words(text: str) -> list[str]:
    return [found for word in re.split(r"\W+", unicodedata.normalize("NFKC", text)) if (found := letters(word))]


def _is_read(value: Scalar, leaf: Leaf, text: str) -> bool:
    return next(readings(text, value, leaf, Conventions()), None) is not None or says_the_same(text, value, leaf)

"""Where a text stands in another one: as it is, in another spelling, or with the damage that OCR does. Nothing else counts.

Three ways, from the strictest to the loosest; each finds whole words only, and none can lose a figure or a "not":

- ``find_words``: the same characters, but for white space and the quotes and dashes that people and models write for each other;
- ``find_folded``: the same words with other capitals, accents or punctuation between them;
- ``find_repaired``: the same letters, where l, I, 1 and | or 0 and O were taken for each other (between letters), and blanks
  and hyphens were lost or put in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from extract.cleaning.document import MappedText
from extract.cleaning.tarsier_repairs import repair_ai
from extract.once import once
from extract.readers.gazetteer import fold
from extract.readers.phrases import LONGEST, tokens
from extract.vocabulary import load

_ALIKE = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "‑": "-", "\xa0": " "})
"""Characters that models write for each other, one for one, so that offsets stay."""
_BLANK = re.compile(r"\s+")
_LONG, _ENDS = 9, 3
"""Words from which on a quote is long, and those that are kept of it at either end."""
_SIGN = re.compile(
    r"[+#&%‰*@$€£¥₹<>≤≥=≠±⁰¹²³⁴⁵⁶⁷⁸⁹]"
    r"|(?<=\d) ?[.,:/-] ?(?=\d)"  # between figures
    r"|(?<!\w)[-−](?=\d)"  # before one
)
_ATTACHED = "+#%‰*⁰¹²³⁴⁵⁶⁷⁸⁹"
_LEADING = "@$€£¥₹#&±<>≤≥"
_GROUP = re.compile(r"\d{3}(?!\d)")  # of a longer figure, where another stands before it: "85 000"
_GROUP_BEFORE = re.compile(r"[0-9][ \xa0\u202f]\Z")
_CUT_BEFORE = re.compile(r"(?:[0-9][.,']|(?:\W|\A)[-−±])\Z")
_CUT_BEHIND = re.compile(r"[.,'][0-9]|[ \xa0\u202f]?[%‰]")
_SENTENCE_END = re.compile(r"[.!?;:|•]\s|\n")
_MINUS = re.compile(r"(?:\W|\A)[-−]\Z")
_MOST_BETWEEN = 4  # characters between two words of one text
_SHORT = 4  # letters: with so few, "IT" is not "it"
_LEFT_OUT = re.compile(r"[\s‐‑–—\xad-]")
_CONFUSED = str.maketrans("Il|O’‘“”", "iiio''\"\"")
_INSIDE = {"0": "o", "1": "i"}
_FIGURE_INSIDE = re.compile(r"(?<=[^\W\d_])[01](?=[^\W\d_])")  # a misread letter, where it stands between letters
_OUT_OF_PLACE = re.compile(r"(?<=[a-zà-ÿ])[IO]++(?=[a-zà-ÿ])|(?<=[^\W\d_])[01|]++(?=[^\W\d_])")
_NUMBER = re.compile(r"\d+")
_AI = re.compile(r"AI(?![^\W\d_])")
_AROUND = 40
"""Characters around a misread word that say what it is."""


def alike(text: str) -> str:
    """The text with the quotes, dashes and blanks that models write for each other in one form each; as long as before."""
    return text.translate(_ALIKE)


def find(quote: str, text: str) -> tuple[int, int] | None:
    """Where a quote stands in a text, whole words first; blanks, quotes and dashes are taken for each other.

    >>> find("Master's  degree", "A Master’s degree is asked for")
    (2, 17)
    >>> find("R", "Rust and R"), find("$85,000", "$95,000")
    ((9, 10), None)
    """
    if (pattern := _pattern(quote)) is None:
        return None
    return find_words(quote, text) or (found.span() if (found := re.search(pattern, alike(text))) else None)


def find_words(quote: str, text: str, start: int = 0) -> tuple[int, int] | None:
    """Where a quote stands in a text from ``start`` on as whole words; a figure is not a part of a longer one.

    Nor is a short word a part of a compound.

    >>> find_words("R", "Rust and R"), find_words("IT", "UNIT"), find_words("5,000", "$85,000"), find_words("85", "$85,000")
    ((9, 10), None, None, None)
    >>> find_words("R", "R&D"), find_words("Go", "a Go-getter"), find_words("C", "C++"), find_words("Go", "Go, Rust")
    (None, None, None, (0, 2))
    """
    pattern = _whole_words(quote)
    found = pattern.search(alike(text), start) if pattern else None
    return found.span() if found else None


def find_all_words(quote: str, text: str) -> Iterator[tuple[int, int]]:
    """All places at which a quote stands as whole words, as for ``find_words``, in a text that ``alike`` has written.

    >>> list(find_all_words("R", "R, Rust and R"))
    [(0, 1), (12, 13)]
    """
    pattern = _whole_words(quote)
    return (found.span() for found in pattern.finditer(text)) if pattern else iter(())


@lru_cache(maxsize=128)  # one quote is looked for in line after line
def _pattern(quote: str) -> str | None:
    words = [re.escape(word) for word in _BLANK.split(alike(quote)) if word]
    return r"\s+".join(words) or None


@lru_cache(maxsize=128)
def _whole_words(quote: str) -> re.Pattern[str] | None:
    pattern = _pattern(quote)
    if pattern is None:
        return None
    words = quote.strip()
    before = r"(?<![0-9][.,'])(?<!\W[-−±])(?<!\A[-−±])" if words[:1].isdigit() else ""
    if _GROUP.match(words):
        before += r"(?<![0-9][ \u202f])"
    behind = r"(?![.,'][0-9]| ?[%‰])" if words[-1:].isdigit() else r"(?![+#])" if words[-1:] in _ATTACHED else ""
    if words.isalpha() and len(words) < _SHORT:
        before, behind = r"(?<![&@#-])", r"(?![&-]\w|[+#]|-(?!\w))"
    return re.compile(rf"(?<!\w){before}{pattern}(?!\w){behind}")


def is_cut_out(text: str, start: int, end: int) -> bool:
    """Whether a place begins or ends with a figure that is only a part of a longer number, or stands without its sign.

    >>> is_cut_out("at -5 °C", 4, 8), is_cut_out("a rate of 5 %", 10, 11), is_cut_out("a rate of 5 %", 10, 13)
    (True, True, False)
    """
    if text[start : start + 1].isdigit():
        before = text[max(0, start - 2) : start]
        if _CUT_BEFORE.search(before) or (_GROUP.match(text, start) and _GROUP_BEFORE.search(before)):
            return True
    return text[max(0, end - 1) : end].isdigit() and _CUT_BEHIND.match(text, end) is not None


def find_part(quote: str, text: str) -> tuple[int, int] | None:
    """Where a quote stands in a text that may leave out its middle: from its first words to the nearest of its last.

    >>> find_part("designing … needs", "Work on designing models for all needs.")
    (8, 38)
    """
    if whole := find(quote, text):
        return whole
    first, gap, last = quote.replace("...", "…").partition("…")
    start = find(first, text) if gap else None
    end = find(last, text[start[1] :]) if start else None
    return (start[0], start[1] + end[1]) if start and end else None


def shortened(quote: str, text: str) -> str:
    """The quote without its middle, if it is long and is found all the same."""
    words = quote.split(" ")
    short = f"{' '.join(words[:_ENDS])} … {' '.join(words[-_ENDS:])}"
    return short if len(words) > _LONG and find_part(short, text) == find(quote, text) else quote


def signs(text: str) -> list[str]:
    """The signs that make another word or another amount of a text: "C" is not "C++", nor "-5" "5", nor "1.5" "1-5".

    >>> signs("C++, $5"), signs("-5 to 1.5")
    (['+', '+', '$'], ['-', '.'])
    """
    return [sign.strip() for sign in _SIGN.findall(alike(text))]


def find_folded(value: str, text: str) -> tuple[int, int] | None:
    """Where the words of a value stand in a text, whatever their capitals, accents and punctuation; signs must be the same.

    >>> find_folded("Pastry Cook", "NOW OPEN: PASTRY-COOK."), find_folded("C Developer", "C++ Developer")
    ((10, 21), None)
    >>> find_folded("IT", "it is fun"), find_folded("MSc", "a basic MSC.")
    (None, (8, 11))
    """
    wanted = tuple(fold(value).split())
    words = tokens(text) if wanted else ()
    for number, token in enumerate(words):
        if token.word != wanted[0] or number + len(wanted) > len(words):
            continue
        last = number + len(wanted) - 1
        if tuple(word.word for word in words[number : last + 1]) != wanted:
            continue
        start, end = _with_signs(text, token.start, words[last].end)
        joined = all(_go_together(text, before.end, behind.start) for before, behind in pairwise(words[number : last + 1]))
        found = text[start:end]
        if joined and signs(value) == signs(found) and _same_short_word(value, found):
            is_figure = found[:1].isdigit() or found[-1:].isdigit()
            return find_words(found, text, start) if is_figure or len(found) < _SHORT else (start, end)
    return None


def _go_together(text: str, start: int, end: int) -> bool:
    """Whether what stands between two words leaves them in one phrase."""
    return end - start <= _MOST_BETWEEN and not _SENTENCE_END.search(text, start, end)


def _with_signs(text: str, start: int, end: int) -> tuple[int, int]:
    """The place together with the signs that touch it: "C++", "$5"."""
    while start and text[start - 1] in _LEADING:
        start -= 1
    if text[start : start + 1].isdigit() and _MINUS.search(text, max(0, start - 2), start):
        start -= 1
    while end < len(text) and text[end] in _ATTACHED:
        end += 1
    return start, end


def _same_short_word(value: str, found: str) -> bool:
    """Whether a short word may be read with other capitals: "MSc" in capitals, but not "IT" in small letters."""
    return sum(map(str.isalpha, value)) > _SHORT or value == found or found.isupper()


def find_repaired(value: str, text: str) -> tuple[int, int] | None:
    """Where a value stands in a text that OCR has damaged in the ways that the module lists.

    Figures and signs are the same in both, and so are the words that deny: no repair makes "notable" of "not able".

    >>> find_repaired("AI Engineer", "Senior Al Engineer (m/f)"), find_repaired("top-tier labs", "in top - tier labs")
    ((7, 18), (3, 18))
    >>> find_repaired("notable", "not able"), find_repaired("Level 11", "Level 1l"), find_repaired("C", "C++")
    (None, None, None)
    """
    wanted = skeleton(value)
    if not any(map(str.isalpha, wanted)):
        return None
    text = text[:LONGEST]
    letters = skeleton(text)
    at = letters.find(wanted)
    places = _kept(text) if at >= 0 else []
    while at >= 0:
        start, end = _with_signs(text, places[at], places[at + len(wanted) - 1] + 1)
        found = text[start:end]
        same = denying(value) == denying(found) and _figures(value) == _figures(found) and signs(value) == signs(found)
        whole = not _word_goes_on(text, start, end) and (len(value) >= _SHORT or value != found)
        cut = found[:1].isdigit() and find_words(found, text, start) != (start, end)
        if same and whole and not cut and _is_put_right(value, text, start, end):
            return start, end
        at = letters.find(wanted, at + 1)
    return None


def _is_put_right(value: str, text: str, start: int, end: int) -> bool:
    """Whether the value is what was printed and the text the damage, and not the other way round.

    "Al" is "AI" only where the words around say so.
    """
    if any(map(_is_damaged, value.split())):
        return False
    if len(_AI.findall(value)) == len(_AI.findall(text[start:end])):
        return True
    around = text[max(0, start - _AROUND) : end + _AROUND]
    return len(_AI.findall(repair_ai(MappedText.of(around)).text)) > len(_AI.findall(around))


def _is_damaged(word: str) -> bool:
    """Whether a word has a letter that nobody prints in that place: "QuiIIt", "lBM", "S0ftware".

    >>> [_is_damaged(word) for word in ("QuiIIt", "lBM", "S0ftware", "OpenAI", "Illinois", "Al", "H1")]
    [True, True, True, False, False, False, False]
    """
    others = [letter for letter in word if letter.isalpha() and letter != "l"]
    if "l" in word and len(others) > 1 and all(map(str.isupper, others)):
        return True
    return _OUT_OF_PLACE.search(word) is not None


def skeleton(text: str) -> str:
    """What OCR leaves of a text: without blanks and hyphens, and letters that look alike as one.

    >>> skeleton("top - tier Al") == skeleton("top-tier AI")
    True
    """
    inside = _FIGURE_INSIDE.sub(lambda found: _INSIDE[found[0]], text)
    return _LEFT_OUT.sub("", inside).translate(_CONFUSED)


def _kept(text: str) -> list[int]:
    """Where the characters of a skeleton stand in its text."""
    return [at for at, character in enumerate(text) if not _LEFT_OUT.fullmatch(character)]


def _word_goes_on(text: str, start: int, end: int) -> bool:
    before, behind = text[max(0, start - 1) : start], text[end : end + 1]
    return before.isalnum() or behind.isalnum() or behind in set(_ATTACHED) or (text[start] == "|" and len(text[start:end]) == 1)


@once
def _denials() -> frozenset[str]:
    """The words that deny by themselves, and what is left of "n't": of "outside of" and "no longer", "of" and "longer" do not."""
    phrases = load("phrases")["before"]
    return frozenset({phrase for phrase in phrases if " " not in phrase} | {"t" for phrase in phrases if phrase.endswith(" t")})


def denying(text: str) -> list[str]:
    """The words of a text that deny, in order.

    >>> denying("It isn't far, and no licence is needed outside of town")
    ['t', 'no', 'outside']
    """
    return [token.word for token in tokens(text) if token.word in _denials()]


def _figures(text: str) -> list[str]:
    """The numbers of a text, but for misread letters: figures that stand between letters."""
    return _NUMBER.findall(_FIGURE_INSIDE.sub("", text))

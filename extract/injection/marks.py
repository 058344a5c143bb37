"""Characters that nobody sees, or that turn the order of others: where a source holds more of them than honest text does."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator

from extract.cleaning.document import Edit, MappedText
from extract.injection.phrases import MOST, merged

_UNSEEN = (
    "\xad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u2064\u206a-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e01ef"
)
_TURNING = "\u202a-\u202e\u2066-\u2069"
_RUN = re.compile(rf"[{_UNSEEN}]++")
_TAG = re.compile("[\U000e0000-\U000e007f]")
_SELECTOR = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_REGION = re.compile("[\U000e0020-\U000e007e]{1,6}\U000e007f")  # of a flag: "gbsct"
_FLAG = "\U0001f3f4"
_LETTER = re.compile("[A-Za-z\xc0-\u024f\u0370-\u052f]")  # of scripts that need no joiners
_WORD_AROUND = re.compile(rf"[\w{_UNSEEN}]{{1,60}}+")
_TURNED = re.compile(r"[\u202a\u202b\u202d\u202e\u2066-\u2068][^\n<>\"\u202c\u2069]{0,80}+[\u202c\u2069]?")
_TELEPHONE = re.compile(r"[\u202a\u2066\u2068][^\w\n]*+(?:\d[^\w\n]*+)++[\u202c\u2069]?")  # out of an address book
_REFERENCE = re.compile(
    r"&(?:#\d{2,7}+|#[xX][\da-fA-F]{2,6}+|zwj|zwnj|shy|ZeroWidthSpace|NoBreak);?"
    r"|\\u[dD][bB]40\\u[dD][cdCD][\da-fA-F]{2}|\\u[\da-fA-F]{4}|\\U[\da-fA-F]{8}|\\u\{[\da-fA-F]{4,6}\}"
)
_ANY = re.compile(rf"[{_UNSEEN}{_TURNING}]")
_FLOOD, _SELECTORS, _SPELLED, _WORDS = 8, 3, 3, 3
"""How many are too many: in a row; selectors in a row; soft hyphens around single letters; words that are cut."""


def with_marks(body: MappedText) -> MappedText:
    r"""The text in which invisible and directional characters that are written as references or escapes stand as themselves.

    >>> with_marks(MappedText.of(r"a&#x200b;b\u202e &amp; \u00e9")).text
    'a\u200bb\u202e &amp; \\u00e9'
    """
    text = body.text
    if not any(sign in text for sign in ("&#", "\\u", "\\U", "&zw", "&shy", "&Zero", "&NoB")):
        return body
    return body.edit(_undone(text))


def _undone(text: str) -> Iterator[Edit]:
    for match in _REFERENCE.finditer(text):
        written = match[0]
        if written[0] == "&":
            read = html.unescape(written)
        elif len(written) == 12:  # a pair of surrogates
            read = chr(0x10000 + ((int(written[2:6], 16) - 0xD800) << 10) + int(written[8:], 16) - 0xDC00)
        else:
            code = int(written[2:].strip("{}"), 16)
            read = chr(code) if code <= 0x10FFFF else ""
        if len(read) == 1 and _ANY.match(read):
            yield Edit(match.start(), match.end(), read)


def has_marks(text: str) -> bool:
    """Whether there is any such character: a quick look at a whole text."""
    return not text.isascii() and _ANY.search(text) is not None


def unseen(text: str) -> list[tuple[int, int]]:
    """Where invisible characters cut words, carry a text of their own, or flood a text; at most ``MOST`` places.

    No sign: joiners in emoji and in scripts that need them, one selector behind a character, soft hyphens where words are
    broken, a byte order mark, a few characters that an editor left behind.

    >>> text = "Sal\\u200bary and bo\\u200bn\\u200bus, \\u2764\\ufe0f"
    >>> [text[start:end].encode("ascii", "replace") for start, end in unseen(text)]
    [b'Sal?ary', b'bo?n?us']
    """
    cut: list[tuple[int, int]] = []
    found: list[tuple[int, int]] = []
    spelled: list[tuple[int, int]] = []
    for match in _RUN.finditer(text):
        place = match.span()
        if _is_hidden_text(text, *place):
            found.append(place)
        elif not _is_inside(text, *place):
            continue
        elif text[place[0]] == "\xad":
            spelled = [*spelled, place] if spelled and place[0] - spelled[-1][1] == 1 else [place]
            if len(spelled) >= _SPELLED:
                found.append((spelled[0][0], place[1]))
                spelled = spelled[-_SPELLED:]
        else:
            cut.append(_word(text, *place))
        if len(found) + len(cut) >= 2 * MOST:
            break
    return merged(sorted(found + (cut if len(cut) >= _WORDS else [])))[:MOST]


def _is_hidden_text(text: str, start: int, end: int) -> bool:
    """Whether a run of invisible characters can carry a text, or is a flood."""
    run = text[start:end]
    if _TAG.search(run):
        return start == 0 or text[start - 1] != _FLAG or _REGION.fullmatch(run) is None
    if end - start >= _FLOOD or run.startswith("\xad" * _SPELLED):
        return True
    return end - start >= _SELECTORS and len(_SELECTOR.findall(run)) >= _SELECTORS


def _is_inside(text: str, start: int, end: int) -> bool:
    """Whether a run stands between two letters of a word that needs none."""
    return start > 0 and end < len(text) and _LETTER.match(text, start - 1) is not None and _LETTER.match(text, end) is not None


def _word(text: str, start: int, end: int) -> tuple[int, int]:
    """The word around a run, as far as thirty characters on either side."""
    low = max(0, start - 30)
    around = [match.span() for match in _WORD_AROUND.finditer(text, low, min(len(text), end + 30))]
    return next(((first, last) for first, last in around if first <= start < last), (start, end))


def turned(text: str) -> list[tuple[int, int]]:
    """Where characters are shown in another order than they stand in, up to where that ends; at most ``MOST`` places.

    No sign: the plain marks of texts that run from right to left, and what address books put around telephone numbers.

    >>> turned("pay \\u202e000,01\\u202c, call \\u202a+41 44 123\\u202c")
    [(4, 12)]
    """
    return merged(_first(match.span() for match in _TURNED.finditer(text) if not _TELEPHONE.fullmatch(match[0])))


def _first(places: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    return (place for place, _ in zip(places, range(MOST), strict=False))

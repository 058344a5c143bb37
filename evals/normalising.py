"""Texts in one spelling, so that what nobody would call a mistake is none."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from urllib.parse import urlsplit, urlunsplit

_QUOTES_AND_DASHES = str.maketrans(dict.fromkeys("‘’‚‛ʼ′`´", "'") | dict.fromkeys("“”„‟«»″", '"') | dict.fromkeys("‐‑‒–—―−", "-"))
_WORD = re.compile(r"\w+")
_INSIDE = re.compile(r"\.(?=\w)|(?<=\w)\.")  # of words: "U.S."
_PUNCTUATION = re.compile(r"[^\w\s]|_")
_TELLING = re.compile(
    r"(?<=\d)[.,:/](?=\d)|(?<![\w.])\.(?=\d)|(?<=\d) ?- ?(?=\d)|(?<!\w)-(?=[$€£¥]?\.?\d)|(?<=\d)['\"]+"
    r"|[^\w\s\"(),;:!?/\\.'\[\]{}|*_•·…¿¡~-]"
)
"""Punctuation that makes another word or another number: "C++", "C#", "1,5", ".5", "1-5", "-$5", "5'11", "R&D", "> 5", "20 %"."""
_UNSEEN = re.compile("[\xad\u200b-\u200f\u2060\ufeff]")
_LOOSE = re.compile(r"(?<=\d) (?=[%‰€$£¥°])|(?<=[€$£¥<>≤≥]) (?=\d)|(?<=\w) (?=& \w)|(?<=\w &) (?=\w)")
"""Blanks that are set or left out before and behind signs."""
_DEFAULT_PORTS = {"http": 80, "https": 443}


def normalised(text: str) -> str:
    """The text in one spelling: Unicode NFKC, lower case, plain quotes and dashes, single blanks.

    >>> normalised("Master’s  Degree — PhD")
    "master's degree - phd"
    """
    folded = unicodedata.normalize("NFKC", text.translate(_QUOTES_AND_DASHES)).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())  # again: folding takes some letters apart


def bare(text: str) -> str:
    """The words of a text in one spelling, without the punctuation that makes no other word of them.

    A text of punctuation alone stays as ``normalised`` has it.

    >>> bare("Cook (m/w/d), full-time."), bare("Full time: cook m w d")
    ('cook m w d full time', 'full time cook m w d')
    >>> bare("C++ / C#; 1,5 years, -5 °C; U.S. R&D")
    'c++ c# 1,5 years -5°c us r&d'
    """
    folded = normalised(_UNSEEN.sub("", text)).replace("⁄", "/")
    return _words(_words(folded)) or _LOOSE.sub("", folded)  # once more: "0:°" and "0:-0" have their blanks only now


def _words(text: str) -> str:
    """The text without the punctuation that makes no other word of its words."""
    text = _LOOSE.sub("", text)
    parts: list[str] = []
    at = 0
    for kept in _TELLING.finditer(text):
        parts += [_without_punctuation(text[at : kept.start()]), kept[0].strip()]
        at = kept.end()
    return " ".join("".join([*parts, _without_punctuation(text[at:])]).split())


def _without_punctuation(text: str) -> str:
    return _PUNCTUATION.sub(" ", _INSIDE.sub("", text))


def identifier(text: str) -> str:
    """The text in one spelling of which every character counts but white space: NFKC, plain dashes.

    >>> identifier("REQ\u2011 123")
    'REQ-123'
    """
    return "".join(unicodedata.normalize("NFKC", text.translate(_QUOTES_AND_DASHES)).split())


def canonical_url(address: str) -> str:
    """The address with scheme and host in small letters, without a default port, and with a path.

    >>> canonical_url("HTTPS://Example.org:443"), canonical_url("https://example.org/Jobs/7/?q=A")
    ('https://example.org/', 'https://example.org/Jobs/7/?q=A')
    """
    text = address.strip()
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:  # no address at all
        return text
    if not host:
        return text
    user = f"{parts.netloc.rpartition('@')[0]}@" if "@" in parts.netloc else ""
    host = user + host
    shown = host if port is None or _DEFAULT_PORTS.get(parts.scheme) == port else f"{host}:{port}"
    return urlunsplit((parts.scheme, shown, parts.path or "/", parts.query, parts.fragment))


def token_f1(text: str, other: str) -> float:
    """How many words two texts share, counted with repetitions: 2 x shared / all, from 0 to 1.

    >>> round(token_f1("we build bridges", "We build roads"), 2)
    0.67
    """
    ours, theirs = (Counter(_WORD.findall(normalised(side))) for side in (text, other))
    total = ours.total() + theirs.total()
    return 2 * (ours & theirs).total() / total if total else 1.0

"""What a line of text is by its shape alone: an item with its mark, a heading, the label of a field."""

from __future__ import annotations

import re

# Marks that are nothing else need no blank behind them; dashes and the like do, or a letter at once ("-Driving licence").
_MARKS = "•▪▫◦‣⁃∙●○■□◆◇➢➣➤►▶✓✔✅☑⚫⚪❖✦✧➔➜❑❒\uf020-\uf0ff🔹🔸👉"
_BULLET = re.compile(
    rf"\s*+(?:(?P<mark>[{_MARKS}])\ufe0f?+(?!(?P=mark))"
    r"|[·»→★☆](?=\s*+[^\W_])"
    r"|[-–—](?=\s++\S|[^\W\d_])"
    r"|[*+~§¤\ufffd](?=\s++[^\W\d_])"
    r")\s*+"
)
_NUMBER = re.compile(r"\s*+\(?+(\d{1,2})[.)]\s++(?=\S)")
_SEPARATORS = re.compile(r"[\W_]*+")
_SIGNS = re.compile(r"[€$£¥]")
_STATES_SOMETHING = re.compile(r":\s*+[^\s:)]|@")
_WRITTEN = re.compile(r"[^\W_]")
_DIGIT = re.compile(r"\d")
_LETTER = re.compile(r"[^\W\d_]")
_SENTENCE_END = (".", ";", ",", "…", "。")

HEADING_LENGTH = 90
HEADING_WORDS = 12
EXCLAMATION_WORDS = 8
LABEL_LENGTH = 40
LABEL_WORDS = 6


def bullet_width(text: str) -> int:
    """How many characters of the line are its bullet and the blanks around it; 0 where it has none.

    >>> [bullet_width(line) for line in ("• Python", "- Go", "-Go", "-5 °C", "** all **", "Go - fast")]
    [2, 2, 1, 0, 0, 0]
    """
    found = _BULLET.match(text)
    return found.end() if found else 0


def number_mark(text: str) -> tuple[int, int]:
    """The number that the line begins with as an item of a list does, and the width of that mark; (0, 0) if none.

    >>> number_mark("2. Send us your CV"), number_mark("2.5 years")
    ((2, 3), (0, 0))
    """
    found = _NUMBER.match(text)
    return (int(found[1]), found.end()) if found else (0, 0)


def is_blank(text: str) -> bool:
    """Whether there is nothing to read: blanks, dashes, bars."""
    return _SEPARATORS.fullmatch(text) is not None and not _SIGNS.search(text)


def is_heading_line(text: str) -> bool:
    """Whether a line that stands out (bold, underlined) reads as a heading.

    >>> [is_heading_line(line) for line in ("Your profile", "What you'll do:", "Who are we?")]
    [True, True, True]
    >>> [is_heading_line(line) for line in ("Deadline: 20.11.2017", "We pay on time.", "$44 - $51 / hr")]
    [False, False, False]
    """
    text = text.strip()
    words = len(text.split(None, HEADING_WORDS))
    if not 2 <= len(text) <= HEADING_LENGTH or words > HEADING_WORDS or not _LETTER.search(text):
        return False
    if text.endswith(_SENTENCE_END) or (text.endswith("!") and words > EXCLAMATION_WORDS):
        return False
    return not _STATES_SOMETHING.search(text) and 2 * len(_DIGIT.findall(text)) < len(_WRITTEN.findall(text))


def is_label(text: str) -> bool:
    """Whether a text can name what stands beside it, as in the first column of a table.

    >>> [is_label(text) for text in ("Location", "Start date:", "We are a team of ten.", "2024")]
    [True, True, False, False]
    """
    text = text.strip()
    if not 2 <= len(text) <= LABEL_LENGTH or len(text.split(None, LABEL_WORDS)) > LABEL_WORDS:
        return False
    return bool(_LETTER.search(text)) and not text.endswith((*_SENTENCE_END, "!")) and not _STATES_SOMETHING.search(text)

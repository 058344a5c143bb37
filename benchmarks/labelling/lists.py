"""Lists as labels: responsibilities, qualifications and benefits whose entries stand one by one in the text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from benchmarks.labelling.cases import Label
from benchmarks.labelling.text import Text, unescaped

MIN_ENTRIES = 3
"""What is shorter is as often a paragraph that was cut as a list."""

ONLY_LIKED = re.compile(
    r"\bplus\b|prefer|desir|\bassets?\b|advantag|ideal|nice to have|bonus|beneficial|would be|not required|welcome|prerequisite",
    re.IGNORECASE,
)
BASE_PAY = re.compile(r"\bsalary\b|\bpay\b(?! rises)|full[ -]time|\blocation\b|\bcontract\b", re.IGNORECASE)
"""What qualifications and benefits are often mixed with: what is a plus, and what is pay, hours or place."""

_SENTENCES = re.compile(r"[.;] +[A-Z]")
_ITEM = re.compile(r"<li\b[^<>]*>(.*?)</li>", re.IGNORECASE | re.DOTALL)
_LIST = re.compile(
    r"\s*(?:<p>\s*(?:<(?:b|strong)>)?([^<>]{0,60})(?:</(?:b|strong)>)?\s*</p>\s*)?<ul>(.*)</ul>\s*(?:<p>\s*</p>\s*)*", re.DOTALL
)
_BULLET = re.compile(r"^[-*•·]\s*")
_HEADER = re.compile(r"^[A-Z][A-Z /&]{3,}(?:\([^()]*\))?:")
_SUBHEAD = re.compile(r":$|^\d+\.\s| \d+\. [A-Z]")
_FULL = 45  # characters: a shorter line of a mail was ended by its writer, a longer one may have been wrapped


def list_labels(text: Text, path: str, entries: Sequence[str], *, apart: re.Pattern[str] | None = None) -> list[Label]:
    """The entries, if each of them is a line of the text, or several lines that follow each other.

    Entries that match ``apart`` belong into another field of the record; a source that does not part them is right as it is, too.
    Left out are headings among paragraphs, and entries that belong into two fields.
    """
    kept = [entry for entry in entries if not (apart and apart.search(entry))]
    mixed = any(_SENTENCES.search(entry) for entry in entries if entry not in kept)
    if len(kept) < MIN_ENTRIES or mixed or _has_headings(entries) or not all(text.has_lines(entry) for entry in entries):
        return []
    return [Label(path, list(kept), (list(entries),))]


def html_entries(fragment: str, *, heading: re.Pattern[str]) -> list[str]:
    """The entries of a fragment that is one list, with no heading or one that says what it is; else nothing.

    >>> html_entries("<p><b>Duties:</b></p><ul><li>Cook</li> <li>Bake &amp; fry</li></ul>", heading=re.compile("(?i)duties"))
    ['Cook', 'Bake & fry']
    >>> html_entries("<ul><li>Cook</li></ul><p>Or else:</p><ul><li>Bake</li></ul>", heading=re.compile("x"))
    []
    """
    match = _LIST.fullmatch(fragment.strip())
    if not match or "<ul" in match[2] or (match[1] and match[1].strip() and not heading.search(match[1])):
        return []
    return [entry for entry in (_clean(item) for item in _ITEM.findall(match[2])) if entry]


def mail_entries(block: str) -> list[str]:
    r"""The bulleted entries of a block of a mail whose lines are wrapped; nothing where something else stands between or behind.

    >>> mail_entries("He will:\n- Cook for the guests of the inn and of the\nhouse;\n- Bake.\nREMUNERATION: 100")
    ['Cook for the guests of the inn and of the house;', 'Bake.']
    >>> mail_entries("- Cook;\n- Bake.\nVery beneficial:\n- Fry")
    []
    """
    entries: list[str] = []
    last = ""
    for line in (line.strip() for line in block.strip().splitlines()):
        if _HEADER.match(line):
            break
        if _BULLET.match(line):
            entries.append(_BULLET.sub("", line))
        elif entries and line:
            if not _continues(last, line) or _SUBHEAD.search(line):
                return []
            entries[-1] += f" {line}"
        last = line
    return [" ".join(entry.split()) for entry in entries]


def _has_headings(entries: Sequence[str]) -> bool:
    return max(map(len, entries), default=0) > 100 and any(len(entry.split()) < 3 for entry in entries)


def _continues(last: str, line: str) -> bool:
    return not line[0].isupper() or (len(last) >= _FULL and last[-1] not in ".;:")


def mail_paragraph(block: str) -> str:
    """The text of a block of a mail in one line, up to the header of the next one.

    >>> mail_paragraph("We have baked\\nsince 1900.\\nADDITIONAL NOTES: none")
    'We have baked since 1900.'
    """
    lines = takewhile(lambda line: not _HEADER.match(line), block.strip().splitlines())
    return " ".join(" ".join(lines).split())


def _clean(item: str) -> str:
    return " ".join(unescaped(re.sub(r"<[^<>]*>", "", item)).split())

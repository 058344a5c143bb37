"""Mojibake: UTF-8 that was read as Windows-1252 or Latin-1 (``Ã©`` for ``é``), put right and recorded as a repair.

Not done with ftfy: it gives no offsets, and its heuristics weigh whole texts. Here each run is decoded again by itself,
strictly, and only into characters that postings hold: ``CAFÉ”`` would be valid UTF-8 of a letter that nobody writes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from extract.cleaning.document import Edit, MappedText

_MAX_LAYERS = 3  # read wrongly, saved, and read wrongly again

_BYTE_OF = {chr(code): code for code in range(0x80, 0x100)}
for _code in range(0x80, 0xA0):
    _BYTE_OF[bytes([_code]).decode("cp1252", "replace")] = _code
_BYTE_OF.pop("\ufffd", None)
_TRAIL = "".join(re.escape(character) for character, code in _BYTE_OF.items() if code < 0xC0)
_SEQUENCE = rf"(?:[\xc2-\xdf][{_TRAIL}]|[\xe0-\xef][{_TRAIL}]{{2}}|[\xf0-\xf4][{_TRAIL}]{{3}})"
_RUN = re.compile(rf"{_SEQUENCE}++")
_ONE = re.compile(_SEQUENCE)
_BYTES_RUN = re.compile(r"[\x80-\xff]++")
_LOST_BLANK = re.compile(r"(?:(?<=[\s'’a-zà-ÿ])|\A)Ã(?= )")

# What a single sequence may stand for: Latin letters and signs, punctuation and symbols, ligatures, the private bullets of
# Word, a byte order mark, emoji. Other alphabets only in runs, where chance is excluded.
_PLAUSIBLE = re.compile(
    r"[\xa0-\u017f\u2000-\u214f\u2190-\u21ff\u2212\u2248\u2260-\u2265\u25a0-\u27bf\uf000-\uf0ff\ufb00-\ufb06\ufeff\ufffd\U0001f000-\U0001faff]"
)
_MIN_RUN = 3
_TYPOGRAPHIC = frozenset("‘’“”»›…–—")  # they follow a capital with an accent in sound text, too


def mend_mojibake(body: MappedText) -> MappedText:
    """The text with UTF-8 that was read as Windows-1252 or Latin-1 put right, each place as a repair.

    >>> mend_mojibake(MappedText.of("IngÃ©nieur dâ€™Ã©tude")).text, mend_mojibake(MappedText.of("« CAFÉ » – “DÉJÀ”")).text
    ('Ingénieur d’étude', '« CAFÉ » – “DÉJÀ”')
    """
    for _ in range(_MAX_LAYERS):
        mended = body.edit(_repairs(body.text))
        if mended is body:
            break
        body = mended
    return body


def decode_utf8_runs(body: MappedText) -> MappedText:
    """The text of bytes that were written as characters U+0080 to U+00FF, one a byte: UTF-8 where valid, else Windows-1252.

    >>> decode_utf8_runs(MappedText.of("caf\\xc3\\xa9 \\x96 \\xe9t\\xe9")).text
    'café – été'
    """
    return body.edit(_byte_edits(body.text))


def _byte_edits(text: str) -> Iterator[Edit]:
    for run in _BYTES_RUN.finditer(text):
        position = run.start()
        while position < run.end():
            sequence = _ONE.match(text, position, run.end())
            read = _decoded(sequence[0]) if sequence else None
            end = sequence.end() if sequence and read else position + 1
            read = read or bytes([ord(text[position])]).decode("cp1252", "replace")
            if read != text[position:end]:
                yield Edit(position, end, read)
            position = end


def _repairs(text: str) -> Iterator[Edit]:
    repairs = [edit for run in _RUN.finditer(text) for edit in _run_repairs(text, run)]
    if repairs:  # where text is known to be damaged, a lone "Ã" is an "à" whose second half became a blank
        taken = {edit.start for edit in repairs}
        lost = [Edit(match.start(), match.end(), "à", repair=True) for match in _LOST_BLANK.finditer(text)]
        repairs = sorted(repairs + [edit for edit in lost if edit.start not in taken])
    yield from repairs


def _run_repairs(text: str, run: re.Match[str]) -> Iterator[Edit]:
    sequences = list(_ONE.finditer(text, run.start(), run.end()))
    letters = [_decoded(sequence[0]) for sequence in sequences]
    in_run = len(letters) >= _MIN_RUN and all(letters)
    for sequence, letter in zip(sequences, letters, strict=True):
        if letter and (in_run or (_PLAUSIBLE.match(letter) and not _may_be_sound(text, sequence))):
            yield Edit(sequence.start(), sequence.end(), letter, repair=True)


def _may_be_sound(text: str, sequence: re.Match[str]) -> bool:
    """Whether the two characters may stand as they are: a word in capitals before a quotation mark or a dash."""
    if len(sequence[0]) > 2 or sequence[0][1] not in _TYPOGRAPHIC:
        return False
    before, after = text[sequence.start() - 1 : sequence.start()], text[sequence.end() : sequence.end() + 1]
    return not after.isalpha() and (not before.isalpha() or before.isupper())


def _decoded(sequence: str) -> str | None:
    try:
        return bytes(_BYTE_OF[character] for character in sequence).decode("utf-8")
    except UnicodeDecodeError:
        return None

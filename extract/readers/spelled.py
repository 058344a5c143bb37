"""Numbers that are written as words: small ones in the languages of ``numbers.toml``, up to 999 thousand in some of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import NamedTuple

from extract.once import once
from extract.readers.reading import MOST, alternation
from extract.vocabulary import load

_LETTERS = re.compile(r"(?<![\w-])[^\W\d_]++(?![\w-])")
_FIGURE = re.compile(r"[0-9]\s?\Z")
_TEENS_FOLLOW = (60, 80)  # in French eleven to nineteen may stand behind these


class Spelled(NamedTuple):
    """A number in words at ``[start, end)``; ``in_thousands`` if its last word is that for a thousand ("forty-four thousand")."""

    value: Decimal
    in_thousands: bool
    start: int
    end: int


class _Words(NamedTuple):
    values: Mapping[str, int]
    languages: Mapping[str, frozenset[str]]
    alone: frozenset[str]  # numbers also where no other word for a number stands beside them
    opening: frozenset[str]  # those of a hundred and more that a number may begin with
    token: re.Pattern[str]
    german: re.Pattern[str]
    whole: re.Pattern[str]
    cents: re.Pattern[str]


@once
def number_words() -> Mapping[str, int]:
    """The words for small numbers in lower case, those that are a number only before a unit of time included."""
    tables = load("numbers")
    return {word: value for name in ("bound", "words") for words in tables[name].values() for word, value in words.items()}


@once
def _words() -> _Words:
    tables = load("numbers")
    values = dict(number_words())
    languages: dict[str, set[str]] = {}
    for name in ("bound", "words"):
        for key, words in tables[name].items():
            for word in words:
                languages.setdefault(word, set()).add(key[:2])
    alone = {word for words in tables["words"].values() for word in words}
    opening: set[str] = set()
    for language, table in tables["compound"].items():
        alone |= {*table["tens"], *table["alone"]}
        opening |= {*table["opening"]}
        for word, value in {**table["tens"], **table["large"]}.items():
            values[word] = value
            languages.setdefault(word, set()).add(language)
    cents = tables["cents"]
    return _Words(
        values=values,
        languages={word: frozenset(spoken) for word, spoken in languages.items()},
        alone=frozenset(alone),
        opening=frozenset(opening),
        token=re.compile(rf"(?i)(?<!\w){alternation(values)}(?!\w)"),
        german=re.compile(_german()),
        whole=re.compile(rf"(?i)\s{alternation(cents['whole'])}\s(?:{alternation(cents['join'])}\s)?"),
        cents=re.compile(rf"(?i)\s{alternation(cents['part'])}(?!\w)"),
    )


def _german() -> str:
    """The one word that a German number is: "achtunddreißigtausendfünfhundert"."""
    tables = load("numbers")
    small = {**tables["bound"]["de"], **tables["words"]["de"]}
    units = alternation(word for word, value in small.items() if value < 10)
    below = rf"(?:{units}und{alternation(tables['german']['tens'])}|{alternation([*small, *tables['german']['tens']])})"
    triple = rf"(?:(?P<hundreds_{{0}}>{units})?(?P<hundred_{{0}}>hundert)(?:und)?)?(?P<below_{{0}}>{below})?"
    return rf"(?:{triple.replace('{0}', '1')}(?P<thousand>tausend)(?:und)?)?{triple.replace('{0}', '2')}"


@dataclass(slots=True)
class _Run:
    """Words for numbers that stand side by side, as far as they make one number: ``total`` thousands, and what follows them."""

    total: int
    current: int
    last: str
    languages: frozenset[str]
    count: int
    start: int
    end: int


def read_spelled(text: str) -> list[Spelled]:
    """The numbers that are written as words, in order; dollars with their cents are one number.

    >>> texts = "thirty-eight thousand five hundred", "deux cent quatre-vingt-dix mille", "treinta y ocho mil", "zweitausendfünf"
    >>> [int(found.value) for text in texts for found in read_spelled(text)]
    [38500, 290000, 38000, 2005]
    >>> [str(found.value) for found in read_spelled("eighteen dollars and fifty cents, two or three, one-time, a six-pack")]
    ['18.5', '2', '3']
    """
    found = sorted([*_runs(text), *_german_numbers(text)], key=lambda number: number.start)
    if len(found) < 2 or not any(_words().cents.match(text, number.end) for number in found):
        return found
    return list(_with_cents(text, found))


def _runs(text: str) -> Iterator[Spelled]:
    words = _words()
    run: _Run | None = None
    for match in islice(words.token.finditer(text), MOST):
        word = " ".join(match[0].lower().split())
        if run and _extend(run, word, text[run.end : match.start()], match.end()):
            continue
        if run and (number := _number(text, run)):
            yield number
        value, glued = words.values[word], text[max(0, match.start() - 1) : match.start()] == "-"
        opens = value < 100 or (word in words.opening and not _FIGURE.search(text[max(0, match.start() - 2) : match.start()]))
        total, current = (1000, 0) if value == 1000 else (0, value)
        run = _Run(total, current, word, words.languages[word], 1, match.start(), match.end()) if opens and not glued else None
    if run and (number := _number(text, run)):
        yield number


def _number(text: str, run: _Run) -> Spelled | None:
    """The number of a run; None for a word that is none by itself, and for a part of a longer word ("two-fold")."""
    if (run.count == 1 and run.last not in _words().alone) or text.startswith("-", run.end):
        return None
    return Spelled(Decimal(run.total + run.current), _words().values[run.last] == 1000, run.start, run.end)


def _extend(run: _Run, word: str, gap: str, end: int) -> bool:
    """Take a word into the number that the run is, if it goes on with it."""
    words = _words()
    value, last, languages = words.values[word], words.values[run.last], run.languages & words.languages[word]
    if not _is_linked(gap, last, languages):
        return False
    if value == 1000 and not run.total:
        run.total, run.current = (run.current or 1) * 1000, 0
    elif value == 100 and run.current < 10 and (run.current or last == 1000):
        run.current = (run.current or 1) * 100
    elif (100 < value < 1000 and not run.current) or (value < 100 and _has_room(run.current % 100, value, languages)):
        run.current += value
    else:
        return False
    run.last, run.languages, run.end = word, languages, end
    run.count += 1
    return True


def _has_room(tens: int, value: int, languages: frozenset[str]) -> bool:
    """Whether a number below a hundred may stand behind these tens."""
    most = 20 if tens in _TEENS_FOLLOW and "fr" in languages else 10
    return tens == 0 or (tens >= 20 and tens % 10 == 0 and value < most)


def _is_linked(gap: str, last: int, languages: frozenset[str]) -> bool:
    """Whether two words for numbers belong together by what stands between them."""
    tables = load("numbers")["compound"]
    building = languages & tables.keys()
    word = gap.strip(" -\u00a0\u2011").lower()
    if not word:
        return len(gap) == 1 and bool(building)
    return any(word == tables[language]["join"] and (last >= 100) == tables[language]["joins_large"] for language in building)


def _german_numbers(text: str) -> Iterator[Spelled]:
    small = text.lower()
    if "tausend" not in small and "hundert" not in small and "ßig" not in small and "zig" not in small:
        return
    for match in islice(_LETTERS.finditer(text), 20 * MOST):
        word = match[0].lower()
        if word in _words().values or not (found := _words().german.fullmatch(word)):
            continue
        if word not in ("tausend", "hundert") and not _FIGURE.search(text[max(0, match.start() - 2) : match.start()]):
            thousands = _german_value(found, "1") or 1 if found["thousand"] else 0
            value = thousands * 1000 + _german_value(found, "2")
            yield Spelled(Decimal(value), word.endswith("tausend"), match.start(), match.end())


def _german_value(found: re.Match[str], part: str) -> int:
    tables = load("numbers")
    small: dict[str, int] = {**tables["bound"]["de"], **tables["words"]["de"], **tables["german"]["tens"]}
    hundreds = 100 * small[found[f"hundreds_{part}"] or "ein"] if found[f"hundred_{part}"] else 0
    below = found[f"below_{part}"]
    if below is None or below in small:
        return hundreds + small.get(below or "", 0)
    unit, _, ten = below.partition("und")
    return hundreds + small[unit] + small[ten]


def _with_cents(text: str, numbers: list[Spelled]) -> Iterator[Spelled]:
    words = _words()
    taken = False
    for number, after in zip(numbers, [*numbers[1:], None], strict=True):
        if taken:
            taken = False
            continue
        cents = words.cents.match(text, after.end) if after and after.value < 100 else None
        if after and cents and words.whole.fullmatch(text, number.end, after.start):
            taken = True
            yield Spelled(number.value + after.value / 100, in_thousands=False, start=number.start, end=cents.end())
        else:
            yield number

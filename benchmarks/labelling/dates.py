"""Days and lengths of time as labels: read off a label, and looked up in the text in the ways in which they are written."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from math import ceil, floor

from pydantic import JsonValue

from benchmarks.labelling.cases import Label
from benchmarks.labelling.text import Text, folded

_MONTHS = tuple(
    frozenset(names.split())
    for names in (
        "january jan janvier janv januar januari enero",
        "february feb fevrier fevr februar februari febrero",
        "march mar mars marz maerz marzo",
        "april apr avril avr abril",
        "may mai maj mayo",
        "june jun juin juni junio",
        "july jul juillet juil juli julio",
        "august aug aout augusti agosto",
        "september sep sept septembre septiembre",
        "october oct octobre oktober okt octubre",
        "november nov novembre noviembre",
        "december dec decembre dezember dez desember diciembre",
    )
)
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?!\d)")
_DAY_FIRST = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?!\d)")
_NAMED = re.compile(r"(?:(\d{1,2})(?:st|nd|rd|th)? )?([a-z]{3,})(?: (\d{1,2})(?:st|nd|rd|th)?)? (\d{4}|\d\d)(?!\w)")
_NO_DAY = re.compile(
    r"(?:open(?: until filled)?|until filled|asap|as soon as possible|immediate(?:ly)?|end of \w+|mid \w+(?: \d{4})?"
    r"|(?:\w+ )?\d+ days ago)"
)

_WEEKS = {"week": 1.0, "month": 52 / 12, "year": 52.0}
_ONES = {name: number for number, name in enumerate("one two three four five six seven eight nine ten eleven twelve".split(), 1)}
_LENGTH = re.compile(r"(\d{1,2}|[a-z]+) (week|month|year)s?\b(?! (?:initial )?probation)")


def read_date(value: str) -> date | None:
    """The day that a label begins with; None where day and month cannot be told apart, or one is missing.

    >>> [str(read_date(label)) for label in ("2021-02-03T21:15:00-07:00", "27.10.2016", "Jun-07-2023", "2 May 04\\nSTART: June")]
    ['2021-02-03', '2016-10-27', '2023-06-07', '2004-05-02']
    >>> read_date("03/04/2004"), read_date("April 2004"), read_date("until filled")
    (None, None, None)
    """
    line = value.strip().split("\n")[0]
    if match := _ISO.match(line):
        return _day(int(match[1]), int(match[2]), int(match[3]))
    if match := _DAY_FIRST.match(line):
        return _day(int(match[3]), int(match[2]), int(match[1]))
    words = re.sub(r"^(?:mon|tues|wednes|thurs|fri|satur|sun)day ", "", folded(line))
    if (match := _NAMED.match(words)) and (match[1] or match[3]):
        month = next((number for number, names in enumerate(_MONTHS, 1) if match[2] in names), 0)
        year = int(match[4]) if len(match[4]) == 4 else 2000 + int(match[4])
        return _day(year, month, int(match[1] or match[3]))
    return None


def date_labels(text: Text, path: str, value: str) -> list[Label]:
    """The day, if the text writes it in some way; null where label and text say that no day is named, as in "until filled".

    A moment counts by its own clock, and by UTC as well.
    """
    line = value.strip().partition("\n")[0]
    if _NO_DAY.fullmatch(folded(line)):
        is_open = text.states(line) and "datePosted" not in text.source  # or else the markup names the day
        return [Label(path, None)] if is_open else []
    day = read_date(value)
    if day is None or not states_day(text, day):
        return []
    return [Label(path, day.isoformat(), tuple(_in_utc(value)))]


def states_day(text: Text, day: date) -> bool:
    """Whether the text writes the day: with figures, or with the month as a word in one of its languages.

    >>> from benchmarks.labelling.text import read_text
    >>> [states_day(read_text(t), date(2024, 3, 9)) for t in ("on 9 March 2024", "le 09/03/24", "Mar-09-2024", "frist 9. mars")]
    [True, True, True, True]
    >>> states_day(read_text("since 2024, 19 March"), date(2024, 3, 9))
    False
    """
    numeric = (
        f"{day:%Y-%m-%d}",
        rf"(?<!\d)0?{day.day}[./-] ?0?{day.month}[./-] ?(?:{day:%Y}|{day:%y})(?!\d)",
        rf"(?<!\d)0?{day.day}\. ?{day.month:02}\.(?!\d)",
        rf"(?<!\d)0?{day.month}/0?{day.day}/(?:{day:%Y}|{day:%y})(?!\d)",
    )
    if any(re.search(form, text.plain) for form in numeric):
        return True
    month = "|".join(sorted(_MONTHS[day.month - 1], key=len, reverse=True))
    named = rf" (?:0?{day.day}(?:st|nd|rd|th|er)? (?:of |de |du )?(?:{month})|(?:{month}) 0?{day.day}(?:st|nd|rd|th)?) "
    return re.search(named, text.words.joined) is not None


def length_labels(text: Text, value: str) -> list[Label]:
    """How long a job lasts, in whole weeks, from a label such as "Two months", if the text says so too.

    A month is no whole number of weeks: what is rounded up or down is as good.
    """
    length = _LENGTH.search(folded(value.partition("\n")[0]))
    number = int(length[1]) if length and length[1].isdecimal() else _ONES.get(length[1], 0) if length else 0
    if not length or not number or not text.states(length[0]):
        return []
    weeks = number * _WEEKS[length[2]]
    others: tuple[JsonValue, ...] = (floor(weeks), ceil(weeks))
    return [Label(f"duration.{end}_weeks", round(weeks), others) for end in ("min", "max")]


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _in_utc(value: str) -> list[JsonValue]:
    try:
        moment = datetime.fromisoformat(value.strip().replace(" UTC", "+00:00"))
    except ValueError:
        return []
    return [moment.astimezone(UTC).date().isoformat()] if moment.tzinfo else []

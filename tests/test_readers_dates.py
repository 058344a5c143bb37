"""The reader of dates."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.readers.dates import read_dates, read_months

DAY = date(2024, 5, 30)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-05-30", "2024-05-30"),
        ("2025-05-14T05:42:35.000Z", "2025-05-14"),
        ("2024/05/30", "2024-05-30"),
        ("2024年5月30日", "2024-05-30"),
        ("May 30, 2024", "2024-05-30"),
        ("Nov 03, 2023", "2023-11-03"),
        ("June 4 2004", "2004-06-04"),
        ("March 15th, 2004", "2004-03-15"),
        ("Sept. 1, 2024", "2024-09-01"),
        ("Jan-22-2024", "2024-01-22"),
        ("20 January 2004", "2004-01-20"),
        ("1 July, 2004", "2004-07-01"),
        ("the 3rd of May 2024", "2024-05-03"),
        ("01 May 2004", "2004-05-01"),
        ("22-Jan-2024", "2024-01-22"),
        ("14 May 04", "2004-05-14"),
        ("14 May '04", "2004-05-14"),
        ("1 May 98", "1998-05-01"),
        ("1er septembre 2024", "2024-09-01"),
        ("le 12 août 2024", "2024-08-12"),
        ("juillet 5, 2024", "2024-07-05"),
        ("1. Juni 2024", "2024-06-01"),
        ("ab dem 15. März 2025", "2025-03-15"),
        ("30 de abril de 2024", "2024-04-30"),
        ("1 de enero del 2025", "2025-01-01"),
        ("2 februari 2019", "2019-02-02"),
        ("3. desember 2018", "2018-12-03"),
        ("1. září 2024", "2024-09-01"),
        ("12. července 2024", "2024-07-12"),
        ("15 maggio 2026", "2026-05-15"),
        ("1° giugno 2026", "2026-06-01"),
        ("1 maart 2026", "2026-03-01"),
        ("30 de janeiro de 2026", "2026-01-30"),
        ("1º de março de 2026", "2026-03-01"),
        ("5 października 2026", "2026-10-05"),
        ("1. marts 2026", "2026-03-01"),
        ("1. kesäkuuta 2026", "2026-06-01"),
        ("03.02.2025", "2025-02-03"),
        ("1. 10. 2024", "2024-10-01"),
        ("15/03/2025", "2025-03-15"),
        ("03/15/2025", "2025-03-15"),
        ("04/04/2025", "2025-04-04"),
        ("15-03-2025", "2025-03-15"),
        ("17-18 April 2004", "2004-04-18"),
    ],
)
def test_full_dates(text: str, expected: str) -> None:
    """A full date is read in every notation and language, alone and inside a sentence."""
    assert [reading.value.isoformat() for reading in read_dates(text)] == [expected]
    assert [reading.value.isoformat() for reading in read_dates(f"Apply by {text}, please.")] == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "© 2023 Example Inc.",
        "Copyright 2019-2024",
        "February 2004",
        "March 15",
        "15 March",
        "03/04/2025",
        "30 February 2024",
        "32.01.2024",
        "2024-13-01",
        "99/99/2024",
        "2nd or 3rd week of June, 2004",
        "posted 3 days ago",
        "il y a 12 jours",
        "in 2024 we grew",
        "version 1.2.2024.7",
        "1 May 10 am",
        "12 May 30 people",
        "call 555 2024",
        "20240530123",
        "may 2024 be your year",
        "",
    ],
)
def test_what_is_no_full_date(text: str) -> None:
    """Years, months, impossible days, ambiguous figures and relative days without a reference are no dates."""
    assert read_dates(text) == []


@pytest.mark.parametrize(("day_first", "expected"), [(True, ["2025-04-03"]), (False, ["2025-03-04"]), (None, [])])
def test_ambiguous_figures(day_first: bool | None, expected: list[str]) -> None:
    """03/04/2025 is a date only for a caller who knows which comes first."""
    assert [reading.value.isoformat() for reading in read_dates("03/04/2025", day_first=day_first)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Posted 10 Days Ago", ["2024-05-20"]),
        ("il y a 12 jours", ["2024-05-18"]),
        ("vor 3 Tagen", ["2024-05-27"]),
        ("hace 2 semanas", ["2024-05-16"]),
        ("för 3 dagar sedan", ["2024-05-27"]),
        ("for 3 dager siden", ["2024-05-27"]),
        ("před 3 dny", ["2024-05-27"]),
        ("3 giorni fa", ["2024-05-27"]),
        ("3 dagen geleden", ["2024-05-27"]),
        ("há 3 dias", ["2024-05-27"]),
        ("3 dni temu", ["2024-05-27"]),
        ("Posted today", ["2024-05-30"]),
        ("Posted Yesterday", ["2024-05-29"]),
        ("Publiée à l'instant", ["2024-05-30"]),
        ("from 15 March", ["2024-03-15"]),
        ("December 28", ["2023-12-28"]),
        ("1. Juni", ["2024-06-01"]),
        ("30 May 2023", ["2023-05-30"]),
        ("il y a 30+ jours", []),
        ("2 months ago", []),
        ("today we are many", []),
    ],
)
def test_dates_from_a_reference(text: str, expected: list[str]) -> None:
    """With the day on which a text was current, relative days and days without a year are dates."""
    assert [reading.value.isoformat() for reading in read_dates(text, reference=DAY)] == expected


def test_places() -> None:
    """A reading covers the date alone: no weekday, no time of day, no word before it."""
    text = "Closing date: Friday, May 30, 2024 at 17:00, or 2024-06-01T10:00"
    assert [text[reading.start : reading.end] for reading in read_dates(text)] == ["May 30, 2024", "2024-06-01"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("February 2004", [(2004, 2)]),
        ("ab September 2024", [(2024, 9)]),
        ("septembre de 2024, enero 2025", [(2024, 9), (2025, 1)]),
        ("1 May 2004", []),
        ("May 1, 2004", []),
        ("in 2004", []),
    ],
)
def test_months(text: str, expected: list[tuple[int, int]]) -> None:
    """A month with its year and without a day is a month."""
    assert [reading.value for reading in read_months(text)] == expected


WORDS = (
    "1 01 1er 12 30 31. 2004 2024 '04 04 May mai Juni abril de of , - . / T 05: Posted days ago il y a jours vor Tagen today © "
    "2024-05-30 03/04/2025 İ"
).split(" ")
words = st.lists(st.sampled_from(WORDS), max_size=12)
messy = st.one_of(st.text(max_size=60), words.map(" ".join), words.map("".join), words.map("-".join))


@given(text=messy, day_first=st.sampled_from([True, False, None]), reference=st.sampled_from([DAY, None]))
@settings(max_examples=100, deadline=None)
def test_a_date_is_proven_by_its_own_words(text: str, day_first: bool | None, reference: date | None) -> None:
    """On any text: no exception, readings lie in it and in order, and the words of each alone give its value again."""
    readings = read_dates(text, day_first=day_first, reference=reference)
    assert [reading.start for reading in readings] == sorted(reading.start for reading in readings)
    for reading in readings:
        assert 0 <= reading.start < reading.end <= len(text)
        again = read_dates(text[reading.start : reading.end], day_first=day_first, reference=reference)
        assert reading.value in [other.value for other in again]

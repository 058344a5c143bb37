"""Readers of numbers, durations and years of experience, and the words that prove what each reader of amounts reads."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pay_ends import ends

from extract.readers.durations import read_durations
from extract.readers.experience import read_experience_years
from extract.readers.money import read_pay
from extract.readers.numbers import read_figures, read_numbers, read_signed
from extract.readers.reading import Reading

Values = Callable[[str], list[tuple[object, int, int]]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,234.56", ["1234.56"]),
        ("1.234,56", ["1234.56"]),
        ("1 234,56", ["1234.56"]),
        ("1\u00a0234,56", ["1234.56"]),
        ("45\u202f000", ["45000"]),
        ("1'234", ["1234"]),
        ("80’000.50", ["80000.50"]),
        ("12,00,000", ["1200000"]),
        ("1.234.567", ["1234567"]),
        ("0,475 and 0.475", ["0.475", "0.475"]),
        ("12.5, 12,5 and 3.200", ["12.5", "12.5", "3200"]),
        ("30000,00", ["30000.00"]),
        ("35k, 35 K and 95K", ["35000", "35000", "95000"]),
        ("35 tkr, 30 Tsd. Euro, 15tis. Kč, 30 mil euros", ["35000", "30000", "15000", "30000"]),
        ("80-95k", ["80000", "95000"]),
        ("80 to 95k", ["80000", "95000"]),
        ("$25-30 K", ["25000", "30000"]),
        ("500 - 1k", ["500", "1000"]),  # five hundred to a thousand
        ("2 million, 1.7B, 3 milliards", ["2000000", "1700000000.0", "3000000000"]),
        ("sixteen (16) to twenty-four (24)", ["16", "24"]),
        ("sixteen (17)", ["16", "17"]),
        ("vingt-quatre, douze", ["24", "12"]),
        ("einundzwanzig, fünf", ["21", "5"]),
        ("dieciséis, tres", ["16", "3"]),
        ("sexton, tjugofyra, femten", ["16", "24", "15"]),
        ("twenty-one, one hundred and two, ninety nine thousand five", ["21", "102", "99005"]),
        ("three hundred thousand, a thousand, thousand", ["300000", "1000"]),
        ("between thirty-eight and forty-four thousand", ["38000", "44000"]),
        ("cent vingt, quatre-vingt-onze, deux mille cinq cents, cent", ["120", "91", "2500"]),
        ("achtunddreißigtausend, hundertzwanzig, tausend", ["38000", "120"]),
        ("mil quinientos, treinta y dos, once mil", ["1500", "32", "11000"]),
        ("eighteen dollars and fifty cents", ["18.5"]),
        ("two and three, twenty twenty, one-time, a six-pack", ["2", "3", "20", "20"]),
        ("cinque, vijf, três, pięć", ["5", "5", "3", "5"]),
        ("USD119,600", ["119600"]),
        ("5 km and 4 kg", ["5", "4"]),
        ("401k", []),
        ("15 %, 20%", []),
        ("03.02.2025 or 192.168.0.1", []),
        ("B2B, H1B, mp3", []),
        ("once the results are in, apply to a one", []),
        ("", []),
    ],
)
def test_numbers(text: str, expected: list[str]) -> None:
    """Every notation of a number is read as its value, and what is no number is not."""
    assert [str(reading.value) for reading in read_numbers(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-12,50 €", ["-12.50"]),
        ("−12.50", ["-12.50"]),
        ("-€12.50 and −$3", ["-12.50", "-3"]),
        ("Gutschrift -12,50", ["-12.50"]),
        ("2 Stk -5,00", ["2", "-5.00"]),
        ("Total:-7", ["-7"]),
        ("(-7)", ["-7"]),
        ("Rabatt 10 % -12,50", ["10", "-12.50"]),
        ("- 7", ["7"]),
        ("total - 7", ["7"]),
        ("5-10", ["5", "10"]),
        ("5 - 10", ["5", "10"]),
        ("5 -10", ["5", "10"]),
        ("A-7", ["7"]),
        ("2024-05-30", ["2024", "5", "30"]),
        ("19 %, 7% and 0,5 %", ["19", "7", "0.5"]),
        ("no number", []),
    ],
)
def test_signed_numbers(text: str, expected: list[str]) -> None:
    """A dash that touches its number and no word or number before it is a sign; percentages are numbers."""
    assert [reading.value for reading in read_signed(text)] == [Decimal(number) for number in expected]


def test_both_ends_of_a_shared_thousand_are_proven_by_the_range() -> None:
    """The reading of "80" in "80-95k" covers the "k" that makes it thousands."""
    text = "pay 80-95k"
    assert [text[reading.start : reading.end] for reading in read_numbers(text)] == ["80-95k", "95k"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A 12 weeks internship", (12, 12)),
        ("Durée : quatre à six mois", (17.3, 26)),
        ("Seasonal, 20 weeks", (20, 20)),
        ("contratto di sei mesi", (26, 26)),
        ("contract van 12 maanden", (52, 52)),
        ("staż trwa trzy miesiące", (13, 13)),
        ("stage d'un an et demi", (78, 78)),
        ("befristet auf anderthalb Jahre", (78, 78)),
        ("two and a half years of history", None),
        ("Our internships are sixteen (16) to twenty-four (24) weeks long", (16, 24)),
        ("Ce stage a une durée minimale de 12 semaines.", (12, None)),
        ("Durée : 6 mois", (26, 26)),
        ("stage de 4 à 6 mois", (17.3, 26)),
        ("contrat de 6 mois à 1 an", (26, 52)),
        ("CDD de 18 mois renouvelable", (78, 78)),
        ("Praktikum von mindestens 3 Monaten", (13, None)),
        ("befristet für max. 6 Monate", (None, 26)),
        ("12-month fixed-term contract", (52, 52)),
        ("contract of one year", (52, 52)),
        ("internship, 3 months minimum", (13, None)),
        ("Contract length: 6+ months", (26, None)),
        ("contrato de 6 meses", (26, 26)),
        ("beca de tres meses", (13, 13)),
        ("vikariat i ett år", (52, 52)),
        ("engasjement på 6 måneder", (26, 26)),
        ("stáž na 3 měsíce", (13, 13)),
        ("5 months", (21.7, 21.7)),
        ("Two months (with possible prolongation)", (8.7, 8.7)),
        ("Contract of 28 months, with a probationary period of 8 weeks", (121.3, 121.3)),
        ("5 years of experience", None),
        ("2 ans d'expérience en contrat", None),
        ("within 3 months", None),
        ("after 6 months of employment", None),
        ("probation period of 3 months", None),
        ("Probezeit: 6 Monate", None),
        ("période d'essai de 4 mois", None),
        ("notice period: 3 months", None),
        ("5 weeks holiday", None),
        ("3 weeks of paid time off", None),
        ("5 týdnů dovolené", None),
        ("for the last 20 years", None),
        ("work one week-end in two", None),
        ("en mois de mai, to months of work", None),
        ("sprints of 2 weeks", None),
    ],
)
def test_durations(text: str, expected: tuple[float | None, float | None] | None) -> None:
    """The length of the job is read in weeks, and other spans of time are not taken for it."""
    found = [(r.value.min_weeks, r.value.max_weeks) for r in read_durations(text)]
    values = [(low.value if low else None, high.value if high else None) for low, high in found]
    assert values == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2+ years of experience", [2]),
        ("at least two years' experience", [2]),
        ("3-5 years experience in sales", [3]),
        ("Experience: 1 year", [1]),
        ("five or more years of relevant experience", [5]),
        ("6+ years of experience, including at least 3 years as a lead", [6, 3]),
        ("at least 3 years in a similar role", [3]),
        ("minimum 3 ans d'expérience", [3]),
        ("une expérience de 2 à 4 ans", [2]),
        ("Expérience: data analyst: 1 an (Souhaité)", [1]),
        ("mindestens 3 Jahre Berufserfahrung", [3]),
        ("3-jährige Berufserfahrung", [3]),
        ("al menos 2 años de experiencia", [2]),
        ("minst 2 års erfarenhet", [2]),
        ("minst tre års erfaring", [3]),
        ("alespoň 2 roky praxe", [2]),
        ("18 months of experience", [1.5]),
        ("0 - 2 years of experience", [0]),
        ("A minimum of two and a half years' experience", [2.5]),
        ("half a year of experience on snow", [0.5]),
        ("deux ans et demi d'expérience", [2.5]),
        ("ett och ett halvt års erfarenhet", [1.5]),
        ("Almeno quattro anni di esperienza; il lavoro da remoto non è previsto.", [4]),
        ("Minimaal twee jaar werkervaring", [2]),
        ("pelo menos dois anos de experiência", [2]),
        ("co najmniej 3 lata doświadczenia", [3]),
        ("- 7+ years in structural steel work", [7]),
        ("At least 3 years as a nurse", [3]),
        ("5 years in structural steel work", []),
        ("We are 7+ years in steel work", []),
        ("10+ years in business", []),
        ("5+ years of continuous growth", []),
        ("mehrjährige Berufserfahrung", []),
        ("30 years of experience in the market", []),
        ("we have 10 years of experience in logistics", []),
        ("10 years of history and experience", []),
        ("must be 18 years old, experience is a plus", []),
        ("up to 2 years of experience", []),
        ("a contract of 2 years", []),
        ("Founded 5 years ago. Experience counts.", []),
    ],
)
def test_experience(text: str, expected: list[float]) -> None:
    """The least years of experience are read where the sentence says that they are experience."""
    assert [reading.value for reading in read_experience_years(text)] == expected


def numbers(text: str) -> list[tuple[object, int, int]]:
    return [(r.value, r.start, r.end) for r in read_numbers(text)]


def pays(text: str) -> list[tuple[object, int, int]]:
    return [((*ends(r.value), r.value.currency_stated, r.value.about), r.start, r.end) for r in read_pay(text)]


def durations(text: str) -> list[tuple[object, int, int]]:
    found = [(r.value, r) for r in read_durations(text)]
    return [((d.min_weeks and d.min_weeks.value, d.max_weeks and d.max_weeks.value, d.of_job), r.start, r.end) for d, r in found]


def years(text: str) -> list[tuple[object, int, int]]:
    return [(r.value, r.start, r.end) for r in read_experience_years(text)]


WORDS = (
    "two thousand hundred mille cent forty-four fifty cents dollars euros half a and mil y dreißigtausend et demi "
    "1 12 1,234 1.234,56 45 000 80 95k 3.5 2024 16 (16) sixteen one un ein två to 6 $ € US$ kr Kč EUR USD CAD £ "
    "- – / to à bis a et entre between from up ab per month par an pro Jahr /h p.a. salary salaire Gehalt bonus revenue "
    "million k K % weeks mois Monate years ans år at least minimum max internship "
    "contract durée experience expérience probation within . , ; ( ) + : é İ \u00a0"
).split(" ")
messy = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join),
    st.lists(st.sampled_from(WORDS), max_size=14).map("".join),
)


@pytest.mark.parametrize("read", [numbers, pays, durations, years])
@given(text=messy)
@settings(max_examples=100, deadline=None)
def test_a_reading_is_proven_by_its_own_words(read: Values, text: str) -> None:
    """On any text: no exception, readings lie in it and in order, and the words of each alone give its value again."""
    readings = read(text)
    assert all(0 <= start < end <= len(text) for _, start, end in readings)
    if read is not pays:  # the word that says what a sum is may stand before an earlier one
        assert [start for _, start, _ in readings] == sorted(start for _, start, _ in readings)
    for value, start, end in readings:
        assert value in [again for again, _, _ in read(text[start:end])]


@given(text=messy)
@settings(max_examples=100, deadline=None)
def test_the_parts_of_pay_are_proven_by_their_own_words(text: str) -> None:
    """Each end of a range of pay is a number that its own words state, and lies in the reading."""
    for reading in read_pay(text):
        for end in (reading.value.min, reading.value.max):
            if end:
                assert reading.start <= end.start < end.end <= reading.end
                assert end.value in [again.value for again in read_numbers(text[end.start : end.end])]


@given(text=messy)
@settings(max_examples=100, deadline=None)
def test_the_ends_of_a_duration_are_proven_by_their_own_words(text: str) -> None:
    """Each end of a duration is read again from its own words, which say the number and the unit."""
    for reading in read_durations(text):
        for end in (reading.value.min_weeks, reading.value.max_weeks):
            if end:
                assert reading.start <= end.start < end.end <= reading.end
                again = [r.value for r in read_durations(text[end.start : end.end])]
                assert end.value in [e.value for d in again for e in (d.min_weeks, d.max_weeks) if e]


def test_readings_compare_by_value_and_place() -> None:
    """A reading is a plain value."""
    assert Reading(1, 0, 1) == Reading(1, 0, 1) != Reading(1, 1, 2)


@pytest.mark.parametrize("text", ["80&#8217;000", "80&#x2019;000", "80&nbsp;000", "CHF 80&rsquo;000"])
def test_figures_beside_an_undecoded_entity(text: str) -> None:
    """What an entity cuts in two is not read as its parts; an entity before a whole figure does no harm."""
    assert read_figures(text) == []
    assert [figure.value for figure in read_figures("Pay:&nbsp;80,000")] == [80000]

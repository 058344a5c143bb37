"""Readers of numbers, pay, durations and years of experience."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.readers.durations import read_durations
from extract.readers.experience import read_experience_years
from extract.readers.money import Pay, read_currencies, read_pay, read_units
from extract.readers.money_words import About
from extract.readers.numbers import read_figures, read_numbers, read_signed
from extract.readers.reading import Reading

Values = Callable[[str], list[tuple[object, int, int]]]
NOWHERE = (None, None, None, None)


def ends(pay: Pay) -> tuple[str | None, str | None, str | None, str | None]:
    """Both ends, the currency and the unit, without their places."""
    low, high = (str(end.value.normalize().__format__("f")) if end else None for end in (pay.min, pay.max))
    return low, high, pay.currency.value if pay.currency else None, pay.unit.value if pay.unit else None


def stated_pay(text: str) -> list[tuple[str | None, str | None, str | None, str | None]]:
    return [ends(reading.value) for reading in read_pay(text) if reading.value.about is not About.OTHER]


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
        ("$7,500/month to $11,333/month + bonus + benefits", ("7500", "11333", "USD", "MONTH")),
        ("Salary: $95K–$120K", ("95000", "120000", "USD", None)),
        ("£35k per annum", ("35000", None, "GBP", "YEAR")),
        ("Pay: $28.00 - $32.00 per hour", ("28", "32", "USD", "HOUR")),
        ("between $116,000 and $170,500 a year", ("116000", "170500", "USD", "YEAR")),
        ("from 60,000 to 70,000 EUR p.a.", ("60000", "70000", "EUR", "YEAR")),
        ("up to $120,000", (None, "120000", "USD", None)),
        ("starting at $18/hr", ("18", None, "USD", "HOUR")),
        ("USD $150,000 per year - USD $167,000 per year", ("150000", "167000", "USD", "YEAR")),
        ("96,000 USD - 161,000 USD", ("96000", "161000", "USD", None)),
        ("$80,000 - $90,000 CAD", ("80000", "90000", "CAD", None)),
        ("All figures are in AUD: $80,000 a year", ("80000", None, "AUD", "YEAR")),
        ("$25-30 K", ("25000", "30000", "USD", None)),
        ("£65k - £72.7k (Gross, annual)", ("65000", "72700", "GBP", "YEAR")),
        ("€4.2k - €4.7k (Gross 1, monthly)", ("4200", "4700", "EUR", "MONTH")),
        ("Wage: Rs. 45K to 70K", ("45000", "70000", "INR", None)),
        ("CHF 80'000 – 95'000", ("80000", "95000", "CHF", None)),
        ("R$ 5.000 por mês, R$ 5.000 al mes", ("5000", None, "BRL", "MONTH")),
        ("Salary: 85,000 - 119,000 per year", ("85000", "119000", None, "YEAR")),
        ("The annual salary range for this role is $143,000.00-$286,000.00", ("143000", "286000", "USD", "YEAR")),
        ("$140,000.00 - $219,700.00 annualized salary", ("140000", "219700", "USD", "YEAR")),
        ("45 000 € - 50 000 € par an", ("45000", "50000", "EUR", "YEAR")),
        ("45\u00a0000 € - 50\u00a0000 € par an", ("45000", "50000", "EUR", "YEAR")),
        ("Mensuel de 1802.00 Euros à 2000.00 Euros sur 12 mois", ("1802", "2000", "EUR", "MONTH")),
        ("Annuel de 30000,00 Euros à 40000,00 Euros", ("30000", "40000", "EUR", "YEAR")),
        ("Horaire de 11,88 Euros", ("11.88", None, "EUR", "HOUR")),
        ("Salaire brut annuel : entre 45 et 50 k€", ("45000", "50000", "EUR", "YEAR")),
        ("à partir de 55 K€/an", ("55000", None, "EUR", "YEAR")),
        ("taux horaire allant de 14€ à 18€ de l'heure", ("14", "18", "EUR", "HOUR")),
        ("un taux journalier, entre 250 et 600 euros / jour", ("250", "600", "EUR", "DAY")),
        ("jusqu'à 42 000 € brut annuel", (None, "42000", "EUR", "YEAR")),
        ("ab 3.200 € brutto", ("3200", None, "EUR", None)),
        ("32.000 – 48.000 € brutto/Jahr", ("32000", "48000", "EUR", "YEAR")),
        ("Jahresgehalt von 50.000 bis 60.000 Euro", ("50000", "60000", "EUR", "YEAR")),
        ("zwischen 400 € und 600 € monatlich", ("400", "600", "EUR", "MONTH")),
        ("bis zu 18,50 € pro Stunde", (None, "18.5", "EUR", "HOUR")),
        ("Salario: 15.000,00€-26.000,00€ al año", ("15000", "26000", "EUR", "YEAR")),
        ("1.100€/mes", ("1100", None, "EUR", "MONTH")),
        ("entre 24.000 y 30.000 € brutos anuales", ("24000", "30000", "EUR", "YEAR")),
        ("35 tkr i månaden", ("35000", None, "SEK", "MONTH")),
        ("30 000 - 35 000 kr/mån", ("30000", "35000", "SEK", "MONTH")),
        ("Timlön: 160 kr", ("160", None, "SEK", "HOUR")),
        ("Årslønn kr 550 000 - 620 000", ("550000", "620000", "NOK", "YEAR")),
        ("30 000 – 45 000 Kč měsíčně", ("30000", "45000", "CZK", "MONTH")),
        ("60 000 Kč/měsíc", ("60000", None, "CZK", "MONTH")),
        ("a wage of eighteen dollars and fifty cents an hour", ("18.5", None, "USD", "HOUR")),
        ("between thirty-eight and forty-four thousand euros a year", ("38000", "44000", "EUR", "YEAR")),
        ("Salaire : deux mille cinq cents euros par mois", ("2500", None, "EUR", "MONTH")),
        ("Gehalt: fünfunddreißigtausend Euro im Jahr", ("35000", None, "EUR", "YEAR")),
        ("treinta mil euros al año", ("30000", None, "EUR", "YEAR")),
        ("RAL: 24.500 € – 27.000 € lordi all'anno", ("24500", "27000", "EUR", "YEAR")),
        ("12 € all’ora", ("12", None, "EUR", "HOUR")),
        ("€ 2.650,- tot € 3.100,- bruto per maand", ("2650", "3100", "EUR", "MONTH")),
        ("tussen 2.500 en 3.000 euro per maand", ("2500", "3000", "EUR", "MONTH")),
        ("R$ 4.800,00 a R$ 5.650,00 por mês", ("4800", "5650", "BRL", "MONTH")),
        ("6 200 – 7 900 zł brutto miesięcznie", ("6200", "7900", "PLN", "MONTH")),
        ("$20/hour plus tips", ("20", None, "USD", "HOUR")),
        ("Salary: $60k base, $120k OTE", ("60000", None, "USD", None)),
    ],
)
def test_pay(text: str, expected: tuple[str | None, ...]) -> None:
    """The first sum of a text is read with its ends, its currency and its unit, in every language."""
    assert [*stated_pay(text), NOWHERE][0] == expected


@pytest.mark.parametrize(
    "text",
    [
        "2 billion users",
        "$20M Series A",
        "800 millions d'euros de chiffre d'affaires",
        "a 401k match",
        "a referral bonus of $1,500",
        "£500 recruitment referral bonus",
        "$5,000 tuition reimbursement",
        "a home office stipend of $750",
        "manages $79 billion of assets",
        "net sales of $18,900",
        "Tickets restaurant de 8€ par jour",
        "une prime de 150 €",
        "Weiterbildungsbudget: 30 Tage, Bonus: 1.500 €",
        "Tips average $60 per week",
        "On-target earnings of $110,000",
        "£45,000 OTE",
        "Night shift pay: $3 per hour",
        "Expenses of $35 per day are refunded",
        "a $3,000 signing bonus",
        "Nachtzuschlag: 3,50 € pro Stunde",
        "Trinkgeld: 20 € am Tag",
        "Plus de nocturnidad: 250 € al mes",
        "maggiorazione notturna: 3 € all'ora",
        "reiskosten: € 200 per maand",
        "two or three euros of tips",
        "ten of us, and no dollars",
        "0,45 €/h",
        "20 € / mois",
        "Jahresumsatz 20 Mio. €",
        "founded in 1998, 25 offices in 2024",
        "call +1 (555) 010-4477 or 0800 123 456",
        "pay attention to 100 details, 50% of the time",
        "grow 30% by 2027 - 2030",
        "Salary 2024 - 2025",
    ],
)
def test_other_money_is_not_pay(text: str) -> None:
    """Bonuses, revenue, funding, allowances, years, shares and telephone numbers are not taken for pay."""
    assert stated_pay(text) == []


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("Salary: $95,000", About.PAY),
        ("$95,000 base salary", About.PAY),
        ("18 € pro Stunde", About.PAY),
        ("Bonus: $95,000", About.OTHER),
        ("$95,000", About.UNSAID),
        ("base salary of $95,000 plus bonus", About.PAY),
        ("no salary, but a bonus of $95,000", About.OTHER),
    ],
)
def test_what_a_sum_is_about(text: str, about: About) -> None:
    """The nearest word says whether a sum is pay, those before it first."""
    assert [reading.value.about for reading in read_pay(text)] == [about]


@pytest.mark.parametrize(
    ("text", "stated"),
    [("$10/hour", False), ("US$10/hour", True), ("$10/hour (CAD)", True), ("150 kr/tim", False), ("€10/h", True)],
)
def test_a_shared_sign_does_not_state_its_currency(text: str, stated: bool) -> None:
    """A bare "$" or "kr" is read, and marked as not stated, unless the text says whose it is."""
    assert [reading.value.currency_stated for reading in read_pay(text)] == [stated]


def test_each_part_of_pay_has_its_own_place() -> None:
    """Ends, currency and unit point at their own words, and those words alone give the value."""
    text = "We pay between 45 and 50 k€ per year."
    (reading,) = read_pay(text)
    pay = reading.value
    parts = [text[part.start : part.end] for part in (pay.min, pay.max, pay.currency, pay.unit) if part]
    assert parts == ["45 and 50 k", "50 k", "€", "per year"]
    assert read_numbers(parts[0])[0].value == Decimal(45000)
    assert read_currencies(parts[2])[0].value == "EUR"
    assert read_units(parts[3])[0].value == "YEAR"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("per month", ["MONTH"]),
        ("/hr, al mese, pro Woche", ["HOUR", "MONTH", "WEEK"]),
        ("Salary: competitive, paid monthly", ["MONTH"]),
        ("$20 per hour", ["HOUR"]),
        ("Parttime, 24 uur per week", []),
        ("25 hours a week", []),
        ("Vous réparez douze vélos par jour", []),
        ("Car allowance: $400 a month", []),
        ("Tips average $60 per week", []),
        ("Salary for 24 hours per week", []),
    ],
)
def test_units_of_pay(text: str, expected: list[str]) -> None:
    """A unit of time is that of pay where it stands alone or the text speaks of pay, not where it counts hours or other money."""
    assert [reading.value for reading in read_units(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("USD 40 million of funding", []), ("€, 5 €, USD 20 per hour", ["EUR", "EUR", "USD"])]
)
def test_currencies_of_other_money(text: str, expected: list[str]) -> None:
    """The currency of money that is no pay says nothing of the pay."""
    assert [reading.value for reading in read_currencies(text)] == expected


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

"""Readers of pay: sums, their currencies and units, and money that is no pay."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pay_ends import ends

from extract.readers.money import read_currencies, read_pay, read_units
from extract.readers.money_words import About
from extract.readers.numbers import read_numbers

NOWHERE = (None, None, None, None)


def stated_pay(text: str) -> list[tuple[str | None, str | None, str | None, str | None]]:
    return [ends(reading.value) for reading in read_pay(text) if reading.value.about is not About.OTHER]


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

"""Scores worked out by hand: a row says what gold has, what a record has, each cell's outcome, and the F1 of the document."""

from __future__ import annotations

import pytest
from pydantic import JsonValue
from toy_records import PAY, TOY, C, I, M, N, Outcomes, W, outcomes

from extract.evals.scoring import f1, score_record

NINE = "one two three four five six seven eight nine"
HUNDRED = " ".join(f"word{number}" for number in range(100))

# name, gold, record, outcomes by path, F1
ROWS: list[tuple[str, dict[str, JsonValue], dict[str, JsonValue], Outcomes, float]] = [
    # null against a value
    ("right", {"title": "Cook"}, {"title": "Cook"}, {"title": C}, 1.0),
    ("another value counts twice", {"title": "Cook"}, {"title": "Baker"}, {"title": W}, 0.0),
    ("missing", {"title": "Cook"}, {"title": None}, {"title": M}, 0.0),
    ("missing key", {"title": "Cook"}, {}, {"title": M}, 0.0),
    ("invented", {"title": None}, {"title": "Cook"}, {"title": I}, 0.0),
    ("rightly null", {"title": None}, {"title": None}, {"title": N}, 1.0),
    ("blank is null", {"title": None}, {"title": "  "}, {"title": N}, 1.0),
    ("what gold does not mention is not scored", {"title": "Cook"}, {"title": "Cook", "number": "7"}, {"title": C}, 1.0),
    (
        "nulls are no part of F1: an empty answer scores nothing, whatever else is null",
        {"title": "Cook", "number": None, "url": None, "day": None},
        {},
        {"title": M, "number": N, "url": N, "day": N},
        0.0,
    ),
    (
        "one right, one wrong: 2/(2+2)",
        {"title": "Cook", "number": "7"},
        {"title": "Cook", "number": "8"},
        {"title": C, "number": W},
        0.5,
    ),
    ("one right, one missing: 2/(2+1)", {"title": "Cook", "number": "7"}, {"title": "Cook"}, {"title": C, "number": M}, 2 / 3),
    (
        "one right, one invented: 2/(2+1)",
        {"title": "Cook", "number": None},
        {"title": "Cook", "number": "7"},
        {"title": C, "number": I},
        2 / 3,
    ),
    # texts
    ("case", {"title": "Pastry Cook"}, {"title": "PASTRY COOK"}, {"title": C}, 1.0),
    ("white space", {"title": "Pastry Cook"}, {"title": " Pastry\u00a0 Cook\n"}, {"title": C}, 1.0),
    ("punctuation", {"title": "Cook, Pastry (Lyon)"}, {"title": "Cook - Pastry / Lyon."}, {"title": C}, 1.0),
    ("quotes and dashes", {"title": "Chef’s – aide"}, {"title": "Chef's - aide"}, {"title": C}, 1.0),
    ("unicode: composed", {"title": "Café"}, {"title": "Cafe\u0301"}, {"title": C}, 1.0),
    ("unicode: full width", {"title": "ＡＢ Co"}, {"title": "AB Co"}, {"title": C}, 1.0),
    ("unicode: ligature", {"title": "Office"}, {"title": "O\ufb03ce"}, {"title": C}, 1.0),
    ("unicode: sharp s", {"title": "Straße"}, {"title": "STRASSE"}, {"title": C}, 1.0),
    ("unicode: accents tell", {"title": "Cote"}, {"title": "Côté"}, {"title": W}, 0.0),
    ("a word more", {"title": "Cook"}, {"title": "Cook (m/w/d)"}, {"title": W}, 0.0),
    ("nearly is wrong", {"title": "Data Engineer"}, {"title": "Data Engineers"}, {"title": W}, 0.0),
    ("a sign makes another word", {"title": "C Developer"}, {"title": "C++ Developer"}, {"title": W}, 0.0),
    ("a not", {"title": "US citizenship required"}, {"title": "US citizenship not required"}, {"title": W}, 0.0),
    ("order of words", {"title": "Cook Pastry"}, {"title": "Pastry Cook"}, {"title": W}, 0.0),
    ("a decimal point", {"title": "Shift 1.5"}, {"title": "Shift 15"}, {"title": W}, 0.0),
    ("only punctuation", {"title": "—"}, {"title": "…"}, {"title": W}, 0.0),
    # exact
    ("id", {"number": "R-17 b"}, {"number": "R-17b"}, {"number": C}, 1.0),
    ("id: punctuation tells", {"number": "R-17"}, {"number": "R17"}, {"number": W}, 0.0),
    ("id: case tells", {"number": "a7"}, {"number": "A7"}, {"number": W}, 0.0),
    ("id: one figure", {"number": "200123456"}, {"number": "200123457"}, {"number": W}, 0.0),
    ("url: case of the host", {"url": "https://A.org/x"}, {"url": "HTTPS://a.org:443/x"}, {"url": C}, 1.0),
    ("url: no path", {"url": "https://a.org"}, {"url": "https://a.org/"}, {"url": C}, 1.0),
    ("url: case of the path", {"url": "https://a.org/x"}, {"url": "https://a.org/X"}, {"url": W}, 0.0),
    ("url: query", {"url": "https://a.org/?id=1"}, {"url": "https://a.org/?id=2"}, {"url": W}, 0.0),
    ("e-mail", {"mail": "Jobs@A.org"}, {"mail": "jobs@a.org"}, {"mail": C}, 1.0),
    ("choice", {"kind": "FULL"}, {"kind": "FULL"}, {"kind": C}, 1.0),
    ("another choice", {"kind": "FULL"}, {"kind": "PART"}, {"kind": W}, 0.0),
    ("choices in another order", {"kinds": ["FULL", "PART"]}, {"kinds": ["PART", "FULL"]}, {"kinds.0": C, "kinds.1": C}, 1.0),
    ("a choice too many", {"kinds": ["FULL"]}, {"kinds": ["PART", "FULL"]}, {"kinds.0": [C, I]}, 2 / 3),
    ("day", {"day": "2025-03-07"}, {"day": "2025-03-07"}, {"day": C}, 1.0),
    ("day and month for each other", {"day": "2025-03-07"}, {"day": "2025-07-03"}, {"day": W}, 0.0),
    ("no day at all", {"day": "2025-03-07"}, {"day": "7 March"}, {"day": W}, 0.0),
    ("a moment in another zone", {"moment": "2025-03-07T12:00:00Z"}, {"moment": "2025-03-07T13:00:00+01:00"}, {"moment": C}, 1.0),
    ("number", {"years": 2}, {"years": 2.0}, {"years": C}, 1.0),
    ("nearly the number", {"years": 2}, {"years": 2.001}, {"years": W}, 0.0),
    ("truth value", {"open": False}, {"open": False}, {"open": C}, 1.0),
    ("false is not null", {"open": False}, {"open": None}, {"open": M}, 0.0),
    ("true is no number", {"years": 1}, {"years": True}, {"years": W}, 0.0),
    ("null is not zero", {"years": None}, {"years": 0}, {"years": I}, 0.0),
    ("a table of one's own", {"extras": {"a": 1, "b": 2}}, {"extras": {"b": 2, "a": 1}}, {"extras": C}, 1.0),
    ("another table", {"extras": {"a": 1}}, {"extras": {"a": 2}}, {"extras": W}, 0.0),
    ("scorer of one's own", {"own": "abc"}, {"own": "xyz"}, {"own": C}, 1.0),
    ("scorer of one's own: wrong", {"own": "abc"}, {"own": "ab"}, {"own": W}, 0.0),
    # money, as cells and as a whole
    (
        "money is a number, however written",
        {"pay": PAY},
        {"pay": {"min": "85000.00", "max": 119000.0, "currency": "USD"}},
        {"pay.min": C, "pay.max": C, "pay.currency": C, "pay": C},
        1.0,
    ),
    (
        "a changed salary is wrong, and as a whole too: 2*2/(2*2+2)",
        {"pay": PAY},
        {"pay": {"min": 95000, "max": 119000, "currency": "USD"}},
        {"pay.min": W, "pay.max": C, "pay.currency": C, "pay": W},
        2 / 3,
    ),
    ("no number at all", {"pay": {"min": 1}}, {"pay": {"min": "sNaN"}}, {"pay.min": W, "pay": W}, 0.0),
    ("no pay", {"pay": PAY}, {"pay": None}, {"pay.min": M, "pay.max": M, "pay.currency": M, "pay": M}, 0.0),
    ("invented pay", {"pay": None}, {"pay": {"min": 1, "max": None}}, {"pay.min": I, "pay": I}, 0.0),
    ("rightly no pay", {"pay": None}, {"pay": None}, {"pay": N}, 1.0),
    (
        "half of a range",
        {"pay": {"min": 85000, "max": None}},
        {"pay": {"min": 85000, "max": 85000}},
        {"pay.min": C, "pay.max": I, "pay": W},
        2 / 3,
    ),
    ("text for an object", {"pay": PAY}, {"pay": "$85k"}, {"pay.min": W, "pay.max": W, "pay.currency": W, "pay": W}, 0.0),
    (
        "amounts: one-to-one",
        {"amounts": [1, 2, 2]},
        {"amounts": [2, 2, 3]},
        {"amounts.0": M, "amounts.1": C, "amounts.2": [C, I]},
        2 / 3,
    ),
    ("a tuple has places", {"point": [1.5, 2.5]}, {"point": [2.5, 1.5]}, {"point.0": [M, I], "point.1": [M, I]}, 0.0),
    ("a tuple of any length is a list", {"row": [1.5, 2.5]}, {"row": [2.5, 1.5]}, {"row.0": C, "row.1": C}, 1.0),
    ("an object of nulls is null", {"pay": None}, {"pay": {"min": None, "max": None}}, {"pay": N}, 1.0),
    ("so it is in gold", {"pay": {"min": None, "max": None}}, {"pay": None}, {"pay.min": N, "pay.max": N, "pay": N}, 1.0),
    (
        "what gold does not label is not invented",
        {"pay": {"min": None}},
        {"pay": {"min": None, "currency": "EUR"}},
        {"pay.min": N, "pay": N},
        1.0,
    ),
    # long texts
    ("long text: same words", {"about": NINE}, {"about": NINE.upper() + "!"}, {"about": C}, 1.0),
    ("long text: 2*99/(100+99) of the words", {"about": HUNDRED}, {"about": HUNDRED.removesuffix(" word99")}, {"about": C}, 1.0),
    ("long text: 2*91/(100+91) is enough", {"about": HUNDRED}, {"about": " ".join(HUNDRED.split()[:91])}, {"about": C}, 1.0),
    ("long text: 2*90/(100+90) is not", {"about": HUNDRED}, {"about": " ".join(HUNDRED.split()[:90])}, {"about": W}, 1.0),
    ("long text: 2*8/(9+8) is not enough", {"about": NINE}, {"about": NINE[:-5]}, {"about": W}, 1.0),
    (
        "long text: beside the headline",
        {"about": NINE, "title": "Cook"},
        {"about": "something else", "title": "Cook"},
        {"about": W, "title": C},
        1.0,
    ),
    # lists of texts
    ("list", {"tasks": ["Bake", "Clean"]}, {"tasks": ["Bake", "Clean"]}, {"tasks.0": C, "tasks.1": C}, 1.0),
    ("another order", {"tasks": ["Bake", "Clean"]}, {"tasks": ["Clean", "Bake"]}, {"tasks.0": C, "tasks.1": C}, 1.0),
    ("a duplicate is invented", {"tasks": ["Bake"]}, {"tasks": ["Bake", "Bake"]}, {"tasks.0": C, "tasks.1": I}, 2 / 3),
    ("a duplicate that gold has", {"tasks": ["Bake", "Bake"]}, {"tasks": ["Bake"]}, {"tasks.0": C, "tasks.1": M}, 2 / 3),
    ("one missing: 2*1/(2*1+1)", {"tasks": ["Bake", "Clean"]}, {"tasks": ["Clean"]}, {"tasks.0": M, "tasks.1": C}, 2 / 3),
    ("all missing", {"tasks": ["Bake", "Clean"]}, {"tasks": []}, {"tasks.0": M, "tasks.1": M}, 0.0),
    ("null for a list", {"tasks": ["Bake"]}, {"tasks": None}, {"tasks.0": M}, 0.0),
    ("rightly empty", {"tasks": []}, {"tasks": []}, {"tasks": N}, 1.0),
    ("null and empty are one", {"tasks": []}, {"tasks": None}, {"tasks": N}, 1.0),
    ("two invented", {"tasks": []}, {"tasks": ["Bake", "Clean"]}, {"tasks.0": I, "tasks.1": I}, 0.0),
    ("a word for a list", {"tasks": ["Bake"]}, {"tasks": "Bake"}, {"tasks.0": C}, 1.0),
    ("similar", {"tasks": ["Keep the ovens clean"]}, {"tasks": ["Keep ovens clean."]}, {"tasks.0": C}, 1.0),
    (
        "not similar enough",
        {"tasks": ["Keep the ovens clean"]},
        {"tasks": ["Keep the records of sales"]},
        {"tasks.0": [M, I]},
        0.0,
    ),
    (
        "not similar enough: a ratio of 0.71",
        {"tasks": ["Keep the ovens clean"]},
        {"tasks": ["Keep the big old ovens clean and dry"]},
        {"tasks.0": [M, I]},
        0.0,
    ),
    (
        "similar, but another number",
        {"tasks": ["3+ years of experience in baking"]},
        {"tasks": ["5+ years of experience in baking"]},
        {"tasks.0": [M, I]},
        0.0,
    ),
    (
        "similar, but denied",
        {"tasks": ["US citizenship is required"]},
        {"tasks": ["US citizenship is not required"]},
        {"tasks.0": [M, I]},
        0.0,
    ),
    (
        "similar, with another preposition",
        {"tasks": ["Knowledge of baking and pastry"]},
        {"tasks": ["Knowledge in baking and pastry"]},
        {"tasks.0": C},
        1.0,
    ),
    (
        "similar, but denied by an ending",
        {"tasks": ["Applicants need to have a driving licence"]},
        {"tasks": ["Applicants needn't have a driving licence"]},
        {"tasks.0": [M, I]},
        0.0,
    ),
    (
        "similar, but denied in German",
        {"tasks": ["Deutschkenntnisse sind erforderlich"]},
        {"tasks": ["Deutschkenntnisse sind nicht erforderlich"]},
        {"tasks.0": [M, I]},
        0.0,
    ),
    (
        "similar words in another order, with the same figures",
        {"tasks": ["C++: 3 years at least"]},
        {"tasks": ["At least 3 years C++"]},
        {"tasks.0": C},
        1.0,
    ),
    (
        "similar, but in another order of figures",
        {"tasks": ["From 80 to 95 hours a month"]},
        {"tasks": ["From 95 to 80 hours a month"]},
        {"tasks.0": [M, I]},
        0.0,
    ),
    (
        "similar, but a day and a month for each other",
        {"tasks": ["Apply before 03/04/2026 by mail"]},
        {"tasks": ["Apply before 04/03/2026 by mail"]},
        {"tasks.0": [M, I]},
        0.0,
    ),
    (
        "similar, but with figures of other decimals",
        {"tasks": ["Paid at grade 1.5 of the table"]},
        {"tasks": ["Paid at grade 5.1 of the table"]},
        {"tasks.0": [M, I]},
        0.0,
    ),
    (
        "similar, but what is denied is another thing",
        {"tasks": ["Java is required, Python is not required"]},
        {"tasks": ["Python is required, Java is not required"]},
        {"tasks.0": [M, I]},
        0.0,
    ),
    (
        "similar, but with another number in words",
        {"tasks": ["At least two years of experience"]},
        {"tasks": ["At least ten years of experience"]},
        {"tasks.0": [M, I]},
        0.0,
    ),
    ("similar, but a maximum", {"tasks": ["At least 40 hours"]}, {"tasks": ["At most 40 hours"]}, {"tasks.0": [M, I]}, 0.0),
    ("similar, but unpaid", {"tasks": ["Paid internship"]}, {"tasks": ["Unpaid internship"]}, {"tasks.0": [M, I]}, 0.0),
    ("similar, but needless", {"tasks": ["A visa is necessary"]}, {"tasks": ["A visa is unnecessary"]}, {"tasks.0": [M, I]}, 0.0),
    ("similar, but of another level", {"tasks": ["Cook Level II"]}, {"tasks": ["Cook Level III"]}, {"tasks.0": [M, I]}, 0.0),
    ("similar, but another class", {"tasks": ["Driving licence B"]}, {"tasks": ["Driving licence C"]}, {"tasks.0": [M, I]}, 0.0),
    (
        "similar, but denied in Russian",
        {"tasks": ["Опыт работы требуется"]},
        {"tasks": ["Опыт работы не требуется"]},
        {"tasks.0": [M, I]},
        0.0,
    ),
    (
        "a set of words would call these the same",
        {"tasks": ["Bread"]},
        {"tasks": ["Bread and butter and jam"]},
        {"tasks.0": [M, I]},
        0.0,
    ),
    (
        "two entries run together",
        {"tasks": ["Bake the bread", "Clean the ovens"]},
        {"tasks": ["Bake the bread Clean the ovens"]},
        {"tasks.0": [M, I], "tasks.1": M},
        0.0,
    ),
    (
        "the best assignment, not the first that fits",
        {"tasks": ["Clean the big ovens", "Clean the ovens"]},
        {"tasks": ["Clean the ovens", "Clean the big oven"]},
        {"tasks.0": C, "tasks.1": C},
        1.0,
    ),
    # lists of objects
    (
        "objects in another order",
        {"places": [{"city": "Bern", "country": "CH"}, {"city": "Rome", "country": "IT"}]},
        {"places": [{"city": "Rome", "country": "IT"}, {"city": "Bern", "country": "CH"}]},
        {"places.0.city": C, "places.0.country": C, "places.1.city": C, "places.1.country": C},
        1.0,
    ),
    (
        "the assignment with the fewest wrong cells: 2*3/(2*3+2)",
        {"places": [{"city": "Bern", "country": "CH"}, {"city": "Basel", "country": "CH"}]},
        {"places": [{"city": "Basel", "country": "DE"}, {"city": "Bern", "country": "CH"}]},
        {"places.0.city": C, "places.0.country": C, "places.1.city": C, "places.1.country": W},
        0.75,
    ),
    (
        "an object too many counts by its values: 2*1/(2*1+2)",
        {"places": [{"city": "Bern", "country": None}]},
        {"places": [{"city": "Bern", "country": None}, {"city": "Rome", "country": "IT"}]},
        {"places.0.city": C, "places.0.country": N, "places.1.city": I, "places.1.country": I},
        0.5,
    ),
    (
        "an object too few",
        {"places": [{"city": "Bern", "country": "CH"}, {"city": "Rome", "country": None}]},
        {"places": [{"city": "Bern", "country": "CH"}]},
        {"places.0.city": C, "places.0.country": C, "places.1.city": M, "places.1.country": N},
        0.8,
    ),
    (
        "only what is labelled of objects",
        {"places": [{"city": "Bern"}]},
        {"places": [{"city": "Bern", "country": "CH"}, {"city": None, "country": "IT"}]},
        {"places.0.city": C},
        1.0,
    ),
    (
        "a duplicate object",
        {"places": [{"city": "Bern"}]},
        {"places": [{"city": "Bern"}, {"city": "Bern"}]},
        {"places.0.city": C, "places.1.city": I},
        2 / 3,
    ),
    ("objects for none", {"places": []}, {"places": [{"city": "Bern", "country": None}]}, {"places.0.city": I}, 0.0),
]  # fmt: skip


@pytest.mark.parametrize(("gold", "record", "right", "score"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_score(gold: dict[str, JsonValue], record: dict[str, JsonValue], right: Outcomes, score: float) -> None:
    """Each cell has the outcome, and the document the F1, that a person worked out."""
    cells = score_record(gold, record, TOY)
    assert outcomes(cells) == right
    assert f1(cells) == pytest.approx(score)


def test_there_are_enough_rows() -> None:
    """The table is not cut down, and no row is there twice."""
    assert len({row[0] for row in ROWS}) == len(ROWS) >= 60

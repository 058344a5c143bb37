"""The employer's name: what speaks for a name, and what only begins with a capital."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from extract.cleaning import clean
from extract.engines.base import TextReference
from extract.engines.rules.companies import fill_company, is_ordinary, mention_score
from extract.engines.rules.company_hosts import employer_hosts
from extract.engines.rules.company_names import key_of, names
from extract.engines.rules.page import DraftBuilder, Page
from extract.engines.rules.sections import label_sections
from extract.source import Format, open_source


def page_of(text: str, format: Format = Format.TEXT) -> Page:
    document = clean(open_source(text), format=format)
    return Page(document, label_sections(document.segments))


def company_of(text: str, format: Format = Format.TEXT) -> str | None:
    draft = DraftBuilder()
    fill_company(page_of(text, format), draft)
    found = draft.values.get("company.name")
    return str(found.value) if found else None


EMPLOYERS = [
    ("Bluewidget is looking for a carpenter.", "Bluewidget"),
    ("Bluewidget, a leading maker of kites, hires.", "Bluewidget"),
    ("Life is good here at Bluewidget.", "Bluewidget"),
    ("You will report to the board of Bluewidget GmbH in Bonn.", "Bluewidget GmbH"),
    ("Bluewidget recrute un menuisier.", "Bluewidget"),
    ("Rejoindre Bluewidget, c'est choisir le large.", "Bluewidget"),
    ("L'aventure Bluewidget commence en mai.", "Bluewidget"),
    ("Bluewidget sucht einen Tischler.", "Bluewidget"),
    ("Wir von Bluewidget bauen Drachen.", "Bluewidget"),
    ("En BlueWidget buscamos carpinteros.", "BlueWidget"),
    ("Bluewidget busca un carpintero.", "Bluewidget"),
    ("Bluewidget söker en snickare.", "Bluewidget"),
    ("Nordvik kommune har ledig stilling.", "Nordvik kommune"),
    ("Bluewidget hledá truhláře.", "Bluewidget"),
    ("Škrabálek hledá truhláře.", "Škrabálek"),
    ("The Bank of Kites is hiring a teller.", "Bank of Kites"),
    ("You work with Kite Bank every day.", "Kite Bank"),
    ("Bluewidget is an equal opportunity employer and does not discriminate on the basis of race or age.", "Bluewidget"),
    ("We build kites. Mail hr@bluewidget.example, or ask with Bluewidget.", "Bluewidget"),
]


@pytest.mark.parametrize(("text", "name"), EMPLOYERS)
def test_sentences_that_name_the_employer(text: str, name: str) -> None:
    """The subject of a sentence that hires, an apposition, a legal form, words that stand before employers, an address."""
    assert company_of(text) == name


NO_EMPLOYER = [
    "We are looking for a carpenter.",
    "Experience with Python and Docker is required.",
    "Trabajo en STAND para una campaña.",
    "Poste en 9h par jour.",
    "You work with Kite Hall every day.",
    "Extraordinarily-Tall-Towers " * 4 + "\n\nTitle: Carpenter\n\nText here.",
    "\n".join(f"- Point {number}" for number in range(10)) + "\n- Bluewidget is looking for help",
    "Skončil(a) jsi právě školu?",
    "Umsatzziele, die nichts bedeuten, gibt es nicht.",
    "Wir beraten unsere Kunden bei der Werbeplatzierung.",
    "L'objectif est de grandir.",
    "Engineer is a title. Engineer is a job.",
    "Boating is a joy. We love boating.",
    "Leistung ist wichtig. Deine Leistung zählt.",
    "1234 is a number. 1234 has four digits.",
    "",
]


@pytest.mark.parametrize("text", NO_EMPLOYER)
def test_no_employer(text: str) -> None:
    """Ordinary words at the beginning of a sentence, techniques, jobs, numbers and prepositions name nobody."""
    assert company_of(text or "...") is None


PAGES = [
    ("# Carpenter\n\n## About Bluewidget\n\nKites and more.\n", "Bluewidget"),
    ("# Carpenter\n\n## Why Bluewidget?\n\nKites and more.\n", "Bluewidget"),
    ("# Carpenter\n\n## Über Bluewidget\n\nDrachen und mehr.\n", "Bluewidget"),
    ("# Carpenter\n\n## A propos de Bluewidget\n\nCerfs-volants.\n", "Bluewidget"),
    ("# Carpenter\n\n## About us\n\nKites and more.\n", None),
    ("# Carpenter\n\n## About our company and all the people who work in it today\n\nKites.\n", None),
]


@pytest.mark.parametrize(("text", "name"), PAGES)
def test_headings_that_name_the_employer(text: str, name: str | None) -> None:
    """The name in "About Acme", in several languages, but not "About us"."""
    assert company_of(text, Format.MARKDOWN) == name


def test_the_line_above_the_first_field() -> None:
    """A short line over "Title: …" is who posts, whatever its words; a label or a question is not."""
    assert company_of("Children of the Wind\n\nTitle: Carpenter\n\nText here.") == "Children of the Wind"
    assert company_of("Ready to fly?\n\nTitle: Carpenter\n\nText here.") is None


def test_the_name_of_the_site() -> None:
    """What site a page says that it is of counts like a heading."""
    head = '<head><meta property="og:site_name" content="Bluewidget"></head>'
    assert company_of(f"<html>{head}<body><p>You build kites here.</p></body></html>", Format.HTML) == "Bluewidget"


def test_the_better_known_short_name_wins() -> None:
    """What speaks for a longer name speaks for the short one that it holds, if that is the better known."""
    text = "Redgadget is looking for help. You play with Bluewidget. You fly with Bluewidget."
    assert company_of(text) == "Redgadget"
    assert company_of(text + " Bluewidget Hall has a garden.") == "Bluewidget"


def test_the_place_that_speaks_loudest_is_quoted() -> None:
    """The value is spelled as in the place that speaks most for it, with its legal form."""
    assert company_of("With Bluewidget you fly. BLUEWIDGET Ltd. is looking for pilots.") == "BLUEWIDGET Ltd"


def test_an_ordinary_word_makes_room_for_the_next_name() -> None:
    """A word that the text also has in small letters is passed over, unless it stands in an address."""
    text = "Boating is a joy and boating is life. Boating offers calm. Come and sail here at Bluewidget."
    assert company_of(text) == "Bluewidget"
    assert company_of(text + " Write to crew@boating.example.") == "Boating"


def test_related_openings_name_nobody() -> None:
    """The employers of other jobs below the posting do not count."""
    text = "# Carpenter\n\nYou build kites.\n\n## Similar jobs\n\nRedgadget is looking for a cook.\n"
    assert company_of(text, Format.MARKDOWN) is None


def test_a_filled_name_stays() -> None:
    """What markup states is not overwritten."""
    draft = DraftBuilder()
    draft.put("company.name", "Redgadget", TextReference(0, 0, 5))
    fill_company(page_of("Bluewidget is looking for a carpenter."), draft)
    assert draft.values["company.name"].value == "Redgadget"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("At Acme Labs, we build", ["Acme Labs"]),
        ("Acme's kites and the Bank of Kites’ money", ["Acme", "Bank of Kites"]),
        ("iRobot and eBay", ["iRobot", "eBay"]),
        ("L'Oréal et l'objectif. L'objectif", ["L'Oréal"]),
        ("Society for Kites (SFK)", ["Society for Kites (SFK)"]),
        ("Tom & Co", ["Tom & Co"]),
        ("mail@Acme.com #Acme www.Acme", []),
        ("The The The", []),
        ("Two Three Four Five Six Seven Eight", []),
        ("2024", []),
        ("no name here", []),
    ],
)
def test_names(text: str, expected: list[str]) -> None:
    """Runs of capitalised words with their small words inside, without sentence openers; no addresses, no endless runs."""
    assert [text[start:end] for start, end in names(text)] == expected


@pytest.mark.parametrize(
    ("name", "key"),
    [("Acme GmbH", "acme"), ("ACME", "acme"), ("Acmé Co Ltd", "acme"), ("Acme University", "acme university"), ("AG", "ag")],
)
def test_keys(name: str, key: str) -> None:
    """Names are counted without case, accents and short legal forms."""
    assert key_of(name) == key


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("see https://jobs.blue-widget.example/apply", {"bluewidget", "blue", "widget"}),
        ("mail hr@bluewidget.example", {"bluewidget"}),
        ("WWW.Bluewidget.example", {"bluewidget"}),
        ("mail bluewidget@gmail.com or https://www.linkedin.com/company/x", set()),
        ("https://jobs.lever.co/bluewidget", set()),
        ("mail hr@cleverkites.example", {"cleverkites"}),
        ("a.b.c and e.g. this", set()),
    ],
)
def test_names_in_addresses(text: str, hosts: set[str]) -> None:
    """The labels that name somebody, as written and part by part; job boards and mail services name nobody."""
    assert employer_hosts(page_of(text)) == hosts


def test_scores_of_mentions() -> None:
    """Each sign adds to the score, and without any there is none."""
    hosts = frozenset({"acme"})

    def score(text: str, hosts: frozenset[str] = frozenset()) -> float:
        start = text.index("Acme")
        return mention_score(text, start, start + 4, hosts=hosts, early=False)

    assert score("They use Acme daily") == 0.0
    assert 0.0 < score("They say that Acme is looking for help") < score("Acme is looking for help")
    assert 0.0 < score("They play with Acme daily") < score("They play here at Acme daily")
    assert score("Acme, a maker of kites") > score("Acme has kites") > 0.0
    assert score("They use Acme daily", hosts) > 0.0
    assert mention_score("with ACME", 5, 9, hosts=frozenset(), early=False) > score("with Acme")
    assert mention_score("Acme is looking", 0, 4, hosts=frozenset(), early=True) > score("Acme is looking")


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("Boating", "Boating is fun, boating is life", True),
        ("Leistung", "Leistung lohnt sich, deine Leistung zählt", True),
        ("Acme", "Acme is fun", False),
        ("Acme", "Acme and mail@acme.example", False),
        ("AcmeSoft", "AcmeSoft and acmeSoft", False),
        ("Acme Labs", "Acme Labs and acme labs", False),
    ],
)
def test_ordinary_words(name: str, text: str, expected: bool) -> None:
    """Small letters or a determiner elsewhere make a word ordinary; addresses, odd spellings and several words do not."""
    assert is_ordinary(name, page_of(text)) is expected


TABLES = tomllib.loads(files("extract.vocabulary").joinpath("companies.toml").read_text("utf-8"))


@pytest.mark.parametrize("table", sorted(TABLES))
def test_tables_hold_words(table: str) -> None:
    """No language of a table has an empty entry or one twice."""
    for words in TABLES[table].values():
        assert all(words)
        assert len(words) == len(set(words))


@pytest.mark.parametrize(
    "unit", ["The ", "Aa ", "A", "A of ", "@a.1", "www.", "Acme is a ", "L’", "\n\nAcme{} is looking\n\n", "# About Ab{}c\n\n"]
)
def test_a_long_run_of_one_thing_is_read(unit: str) -> None:
    """Hostile input ends, with a name of sensible length or none; how long that takes is measured in benchmarks/."""
    page = page_of("x " + "".join(unit.format(number) for number in range(40_000 // len(unit))), Format.MARKDOWN)
    draft = DraftBuilder()
    fill_company(page, draft)
    assert len(str(draft.values["company.name"].value) if draft.has("company.name") else "") < 300

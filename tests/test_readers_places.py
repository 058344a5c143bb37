"""Places: what a line states, what running text states, and what looks like a place and is none."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.readers.gazetteer import find_city
from extract.readers.places import Place, find_countries, find_places, read_country, read_places, read_region
from extract.readers.reading import Reading

PARTS = ("city", "region", "postal_code", "country", "street")


def stated(place: Reading[Place]) -> dict[str, str]:
    """What a place states, as plain values."""
    return {name: part.value for name in PARTS if (part := getattr(place.value, name))}


def city(name: str, region: str | None = None, country: str | None = None, **more: str) -> dict[str, str]:
    """An expected place."""
    return {"city": name} | ({"region": region} if region else {}) | ({"country": country} if country else {}) | more


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *[
            (name, "DE")
            for name in ("Germany", "Deutschland", "Allemagne", "Alemania", "Tyskland", "Německo", "GERMANY", "germany")
        ],
        *[
            (name, "US")
            for name in ("US", "USA", "U.S.", "U.S.A.", "United States",
                         "the United States", "États-Unis", "Etats-Unis", "EE.UU.")
        ],
        *[
            (name, "GB")
            for name in ("UK", "U.K.", "Great Britain", "United Kingdom", "Royaume-Uni", "Storbritannien", "GB", "GBR")
        ],
        ("Česko", "CZ"), ("Czech Republic", "CZ"), ("Schweiz", "CH"), ("Suisse", "CH"), ("CHE", "CH"), ("Norge", "NO"),
        ("Sverige", "SE"),
        ("España", "ES"), ("Espana", "ES"), ("the Netherlands", "NL"), (" Armenia.", "AM"), ("South Korea", "KR"),
        ("Hong Kong", "HK"), ("Česká republika", "CZ"), ("Repubblica Ceca", "CZ"), ("Republika Czeska", "CZ"),
        ("UAE", "AE"), ("Trinidad and Tobago", "TT"), ("Viet Nam", "VN"), ("Türkiye", "TR"), ("Turkey", "TR"), ("IN", "IN"),
    ],
)  # fmt: skip
def test_a_country_is_read_by_its_names_and_codes(text: str, code: str) -> None:
    """Names of many languages in any case, codes in capitals."""
    reading = read_country(text)
    assert reading is not None
    assert reading.value == code
    assert text[reading.start : reading.end] == text.strip(" ") if text != " Armenia." else "Armenia"


@pytest.mark.parametrize(
    "text",
    [
        "us",
        "uk",
        "in",
        "de",
        "no",
        "it",
        "Germny",
        "Zurich",
        "",
        ".",
        "EU",
        "European Union",
        "Remote",
        "Made in Germany",
        "XX",
        "A",
    ],
)
def test_what_is_no_country_is_not_made_one(text: str) -> None:
    """Nothing is matched loosely, and lower-case codes are words."""
    assert read_country(text) is None


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Offices in France, the UK and South Africa.", ["FR", "GB", "ZA"]),
        ("Candidates from the U.S. or Canada", ["US", "CA"]),
        ("Bosnia and Herzegovina", ["BA"]),
        ("New Jersey, New Mexico and Northern Ireland", []),
        ("join us, Michael Jordan, in Turkey", ["TR"]),
        ("send me, Turkey Hill Archives, a letter", []),
        ("Účetní – Olomouc, Česká republika", ["CZ"]),
        ("in der Tschechischen und der Slowakischen Republik", []),
        ("Arabie saoudite et France", ["SA", "FR"]),
        ("IT DE NO IN SE", []),
    ],
)
def test_countries_in_running_text(text: str, codes: list[str]) -> None:
    """Names, and the few codes of everyday use; names inside longer names of other things do not count."""
    assert [found.value for found in find_countries(text)] == codes


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("CA", "CA"), ("California", "CA"), ("DC", "DC"), ("D.C.", "DC"), ("ON", "ON"), ("Québec", "QC"), ("Bayern", "BY"),
        ("Bavaria", "BY"),
        ("Île-de-France", "IDF"), ("Ile de France", "IDF"), ("Ardèche", "07"), ("Cataluña", "CT"), ("Scotland", "SCT"),
        ("Vaud", "VD"),
        ("Skåne län", "M"), ("Castilla y León", "CL"),
    ],
)  # fmt: skip
def test_a_region_is_its_iso_part(text: str, code: str) -> None:
    """Names and codes of main regions."""
    reading = read_region(text)
    assert reading is not None
    assert reading.value == code


LINES: list[tuple[str, list[dict[str, str]]]] = [
    ("Zurich, Switzerland", [city("Zurich", country="CH")]),
    ("Cupertino", [city("Cupertino")]),
    ("San Francisco, CA", [city("San Francisco", "CA")]),
    ("Moorhead, MN, US, 56560", [city("Moorhead", "MN", "US", postal_code="56560")]),
    ("US, NY, New York", [city("New York", "NY", "US")]),
    ("New York, NY 10001", [city("New York", "NY", postal_code="10001")]),
    ("New York, New York", [city("New York", "NY")]),
    ("Buffalo, New York", [city("Buffalo", "NY")]),
    ("75002 Paris 2e", [city("Paris", postal_code="75002")]),
    ("Paris 15ème", [city("Paris")]),
    ("07 - CRUAS", [city("CRUAS", "07")]),
    ("Paris (75)", [city("Paris", "75")]),
    ("93400 Saint-Ouen", [city("Saint-Ouen", postal_code="93400")]),
    ("10115 Berlin", [city("Berlin", postal_code="10115")]),
    ("5020 Salzburg", [city("Salzburg", postal_code="5020")]),
    ("123 45 Stockholm", [city("Stockholm", postal_code="123 45")]),
    ("SW1A 1AA London", [city("London", postal_code="SW1A 1AA")]),
    ("Las Palmas de Gran Canaria", [city("Las Palmas de Gran Canaria")]),
    ("London, UK or Remote", [city("London", country="GB")]),
    ("London, England, United Kingdom", [city("London", "ENG", "GB")]),
    ("Berlin / München", [city("Berlin"), city("München")]),
    ("Chicago, or New York", [city("Chicago"), city("New York")]),
    ("Saint-Ouen (93) et La Défense (92)", [city("Saint-Ouen", "93"), city("La Défense", "92")]),
    ("Boston, MA; Austin, TX | Denver, CO", [city("Boston", "MA"), city("Austin", "TX"), city("Denver", "CO")]),
    ("London, Berlin, Paris", [city("London"), city("Berlin"), city("Paris")]),
    ("Yerevan, Armenia", [city("Yerevan", country="AM")]),
    ("Germany - Munich", [city("Munich", country="DE")]),
    ("Remote - US", [{"country": "US"}]),
    ("Singapore", [city("Singapore", country="SG")]),
    ("Berlin, DE", [city("Berlin", country="DE")]),
    ("Wilmington, DE", [city("Wilmington", "DE")]),
    ("Toronto, CA", [city("Toronto", country="CA")]),
    ("Toronto, Ontario, Canada", [city("Toronto", "ON", "CA")]),
    ("Atlanta, Georgia", [city("Atlanta", "GA")]),
    ("Tbilisi, Georgia", [city("Tbilisi", country="GE")]),
    ("Lebanon, NH", [city("Lebanon", "NH")]),
    ("Plano Texas", [city("Plano", "TX")]),
    ("Dallas, TX 75204", [city("Dallas", "TX", postal_code="75204")]),
    ("Washington, DC", [city("Washington", "DC")]),
    ("Greater New York City Area", [city("New York City")]),
    ("117 quai de Valmy - 75010 Paris", [city("Paris", postal_code="75010", street="117 quai de Valmy")]),
    ("Reading, UK", [city("Reading", country="GB")]),
    ("Guilherand-Granges", [city("Guilherand-Granges")]),
    ("Trinidad and Tobago", [{"country": "TT"}]),
    ("California", [{"region": "CA"}]),
    *[(text, []) for text in ("Remote", "remote", "Hybrid", "100% Remote", "Anywhere",
                                "Worldwide", "", "Full Time", "Sales Manager", "2024", "---", ",;|")],
]  # fmt: skip


@pytest.mark.parametrize(("text", "places"), LINES)
def test_place_lines(text: str, places: list[dict[str, str]]) -> None:
    """A line of places gives each of them, with what is written beside it and nothing that is not."""
    assert [stated(place) for place in read_places(text)] == places


FOUND: list[tuple[str, list[tuple[str, str]]]] = [
    ("You will be part of a team based in Cupertino.", [("Cupertino", "based")]),
    ("Our head office is located in Auckland, New Zealand.", [("Auckland", "based")]),
    ("Working out of the Denver office, you will plan.", [("Denver", "office")]),
    ("Our London Holborn office is bright.", [("Holborn", "office")]),
    ("We are hiring in Klamath Falls and beyond", [("Klamath Falls", "based")]),
    ("Headquartered in Memphis, we grow", [("Memphis", "seat")]),
    ("Offices in Lyon, Paris and Berlin", [("Lyon", "seat"), ("Paris", "seat"), ("Berlin", "seat")]),
    ("Poste basé à Dachstein-sur-Mer dans des locaux neufs", [("Dachstein-sur-Mer", "based")]),
    ("Le poste est à pourvoir à Lyon.", [("Lyon", "based")]),
    ("Standort Berlin", [("Berlin", "label")]),
    ("Standort: Hintertupfing", [("Hintertupfing", "label")]),
    ("Location: Yerevan, Armenia", [("Yerevan", "label")]),
    ("POSITION LOCATION: Yerevan, Armenia JOB DESCRIPTION", [("Yerevan", "label")]),
    ("Arbeiten in der Nähe von Köln", [("Köln", "based")]),
    ("Nuestra tienda está en Zaragoza.", [("Zaragoza", "preposition")]),
    ("Vi holder til i Bergen.", [("Bergen", "based")]),
    ("Kontoret ligger i Stockholm", [("Stockholm", "preposition")]),
    ("Zurich, Switzerland", [("Zurich", "country")]),
    ("Butler, WI", [("Butler", "region")]),
    ("Monteur (H/F) - Saint Priest (69)", [("Saint Priest", "postal")]),
    ("12 rue Haute, 75010 Paris", [("Paris", "postal")]),
    ("Recrute à Vesseaux-le-Petit (07200) un agent", [("Vesseaux-le-Petit", "postal")]),
    ("US - NY - New York - Main Building", [("New York", "region")]),
    ("a high-profile London based company", [("London", "adjective")]),
    ("The City of Rochester offers", [("Rochester", "municipality")]),
    ("Cupertino", [("Cupertino", "line")]),
    ("We met in Nice, France, and in Reading, UK", [("Nice", "country"), ("Reading", "country")]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "places"), FOUND)
def test_places_in_running_text(text: str, places: list[tuple[str, str]]) -> None:
    """A cue makes a place, and is named."""
    assert [(place.value.city.value, place.value.cue) for place in find_places(text) if place.value.city] == places


@pytest.mark.parametrize(
    "text",
    [
        "Reading and Mobile are Nice", "in Reading between the lines", "experience in Java and Swift", "in Python",
        "Manager in Sales",
        "Paris Hilton and Jackson Pollock", "University of Oxford graduates", "Most of the Police", "The Best Bar",
        "in Split seconds",
        "proficiency in Google Sheets", "ProCredit Bank, Georgia", "remote sensing in Orange fields",
        "Full Time or Part Time", "RN, MS, MD",
        "based in part on experience", "located in the office", "Salary: Union scale", "In August we move", "Bath & Shower",
        "Page 3",
        "Remote", "Hybrid", "Location: Remote", "work in Engineering or Design", "", "   ",
    ],
)  # fmt: skip
def test_no_places(text: str) -> None:
    """Everyday words, people, firms and ways of working are no cities."""
    assert [place.value.city for place in find_places(text) if place.value.city] == []


def test_a_region_is_not_guessed_from_its_city() -> None:
    """Only what stands there is answered."""
    (place,) = find_places("based in Cupertino")
    assert stated(place) == {"city": "Cupertino"}


def test_the_vocabulary_of_cities_is_sorted_and_well_formed() -> None:
    """Each line is a folded name, a size and countries."""
    path = Path(__file__).parents[1] / "extract/vocabulary/cities.txt"
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
    names = [line.split("|")[0] for line in lines]
    assert len(set(names)) == len(names) > 50_000
    assert all(line.split("|")[1][0] in "1234" for line in lines)
    known = find_city("Kongsvinger")
    assert known is not None
    assert known.countries == ("NO",)


WORDS = st.sampled_from(
    "in at à based located Berlin Paris New York London Germany UK US CA NY , . ; / ( ) - 75010 75 10001 or and "
    "Remote office area Location: Reading St. d'Annonay rue 12 Île-de-France Washington DC San José Georgia "
    "Bank Köln Singapore | – 2e".split()
)
TEXTS = st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=12).map(" ".join), st.lists(WORDS, max_size=8).map("".join))


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_every_part_of_a_place_is_provable(text: str) -> None:
    """Reading the quoted text of a part again gives its value, and that of a place the place; positions are in order."""
    for readings in (read_places(text), find_places(text)):
        end = 0
        for place in readings:
            assert end <= place.start < place.end <= len(text)
            end = place.end
            quoted = text[place.start : place.end]
            assert [stated(again) for again in read_places(quoted)] == [stated(place)]
            check_parts(text, place)


def check_parts(text: str, place: Reading[Place]) -> None:
    """Each part lies inside its place and can be read again from its own text."""
    for name in PARTS:
        part = getattr(place.value, name)
        if part is None:
            continue
        assert place.start <= part.start < part.end <= place.end
        quoted = text[part.start : part.end]
        if name == "country":
            again = read_country(quoted)
            assert again is not None
            assert again.value == part.value
        elif name == "region":
            region = read_region(quoted)
            assert part.value in (quoted, region and region.value)
        else:
            assert part.value == quoted


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_countries_are_provable(text: str) -> None:
    """Reading the quoted text of a country again gives its value."""
    for found in find_countries(text):
        again = read_country(text[found.start : found.end])
        assert again is not None
        assert again.value == found.value


@pytest.mark.parametrize(
    "text", ["(" * 200_000, "A " * 100_000, "Location: " * 20_000, "Paris, " * 30_000, "St. " * 50_000, "1" * 200_000]
)
def test_long_hostile_lines_end(text: str) -> None:
    """No text makes the readers run away; places are bounded in number."""
    assert len(find_places(text)) <= 500
    assert len(read_places(text)) <= 2_000

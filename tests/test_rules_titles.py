"""The title of the job: where it stands, where it begins and ends, and what only looks like one."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.cleaning import clean
from extract.engines.base import TextReference
from extract.engines.rules.companies import fill_company
from extract.engines.rules.page import DraftBuilder, Page
from extract.engines.rules.sections import label_sections
from extract.engines.rules.statements import statements
from extract.engines.rules.title_phrases import all_capitals, marked_phrases, speaks, without_marks
from extract.engines.rules.title_words import names_a_job
from extract.engines.rules.titles import fill_title, section_suffix
from extract.evals.cases import Case, shipped_cases
from extract.grounding import ground
from extract.schemas.job_posting import JobPosting
from extract.source import Format, open_source
from extract.vocabulary import fold


def page_of(text: str, format: Format = Format.TEXT) -> Page:
    document = clean(open_source(text), format=format)
    return Page(document, label_sections(document.segments))


def title_of(text: str, format: Format = Format.TEXT) -> str | None:
    page = page_of(text, format)
    draft = DraftBuilder()
    fill_title(page, draft, list(statements(page)))
    found = draft.values.get("title")
    return str(found.value) if found else None


HIRES = [
    ("We are looking for a Data Engineer to join our team.", "Data Engineer"),
    ("We are looking for two highly motivated and experienced Nurses.", "Nurses"),
    ("Acme is seeking a Ruby on Rails Engineer (Backend) with taste.", "Ruby on Rails Engineer (Backend)"),
    ("We are hiring a Director, Strategic Accounts for the region.", "Director, Strategic Accounts"),
    ("Acme is looking for a Baker (otherwise known as a bread artist).", "Baker"),
    ("Applications for the position of Falconer are welcome.", "Falconer"),
    ("We are looking for a Cook and, now and then, help.", "Cook"),
    ("As a Warehouse Operator, you load lorries.", "Warehouse Operator"),
    ("Nous recherchons un(e) développeur Python pour notre équipe.", "développeur Python"),
    ("Nous sommes à la recherche d'un ingénieur réseau basé à Lyon.", "ingénieur réseau"),
    ("Le poste d’assistant commercial est ouvert.", "assistant commercial"),
    ("Notre client recherche un/une comptable pour son siège.", "comptable"),
    ("Wir suchen zum nächstmöglichen Zeitpunkt einen erfahrenen Koch für unser Haus.", "Koch"),
    ("Als Softwareentwickler bist du nah am Kunden.", "Softwareentwickler"),
    ("Buscamos un/a camarero/a de pisos para hotel.", "camarero/a de pisos"),
    ("La empresa precisa incorporar un técnico de sistemas en Vigo.", "técnico de sistemas"),
    ("Vi söker en sjuksköterska till vår avdelning.", "sjuksköterska"),
    ("Fast stilling som fyrvokter ved kysten.", "fyrvokter"),
    ("Hledáme zkušeného programátora do našeho týmu.", "programátora"),
]


@pytest.mark.parametrize(("text", "title"), HIRES)
def test_sentences_that_hire(text: str, title: str) -> None:
    """What stands behind words that hire, without articles and praise, up to where the sentence goes on."""
    assert title_of(text) == title


NO_TITLE = [
    "As a trusted partner, we deliver parcels.",
    "We act as a trusted partner of our customers.",
    "We are looking for people who care about what happens.",
    "We are looking for staff.",
    "Our values are the same as ever.",
    "The engineer of today reads a lot, and so do we when it rains for weeks and nobody calls the office line.",
    "Vous êtes reconnu(e) pour votre calme.",
    "Il s'agit de contribuer au(x) projets.",
    "What you bring",
    "Commercial work is part of it.",
    "Bluewidget needs a painter.",
    "Applications for the position of Keeper Of Very Old Blue Kites are welcome.",
    "Painter of " + "extraordinarily-tall-towers " * 4,
    "Buscamos:\n\nMuchas ganas\n\nCarnet de conducir",
]


@pytest.mark.parametrize("text", NO_TITLE)
def test_no_title(text: str) -> None:
    """What sounds like a title and is none: ourselves, groups without a noun, inflections in brackets."""
    assert title_of(text) in (None, "engineer of today")


SHAPES = [
    ("Job title: Head of Beekeeping\n\nWe are looking for a Data Engineer.", "Head of Beekeeping"),
    ("Acme\n\nMaçon coffreur (H/F)\n\nVous montez des murs.", "Maçon coffreur"),
    ("Hier arbeitet man gern. Wir suchen einen Bäcker (m/w/d) in Bonn.", "Bäcker"),
    ("Senior Glass Blower and Trainer\n\nYou blow glass.", "Senior Glass Blower and Trainer"),
    ("We are currently looking for:\n\nHorse Trainer\n\nApply now.", "Horse Trainer"),
    ("IT Support Technician, US\n\nYou repair things.", "IT Support Technician, US"),
]


@pytest.mark.parametrize(("text", "title"), SHAPES)
def test_lines_that_are_titles(text: str, title: str) -> None:
    """Fields, marked lines, first lines that name a job, and the line below one that ends with words that hire."""
    assert title_of(text) == title


MARKDOWN = [
    ("# Data Engineer\n\n## What you do\n\nYou build pipelines.", "Data Engineer"),
    ("# Data Engineer Responsibilities\n\n- Build pipelines\n", "Data Engineer"),
    ("# Acme\n\nWe are looking for a Data Engineer.\n", "Data Engineer"),
    ("## About us\n\nAcme sells.\n\n## Data Engineer\n\nText.\n", "Data Engineer"),
    ("---\ntitle: Juriste (H/F)\n---\n\nTexte court.\n", "Juriste"),
    ("https://jobs.acme.example/careers/data-engineer-4711?utm=1\n\nYou build things here.\n", "data engineer"),
    ("https://jobs.acme.example/jobs/7-data%20engineer\n\nYou build things here.\n", "data engineer"),
    ("https://jobs.acme.example/jobs/ing%C3%A9nieur-data\n\nYou build things here.\n", None),
    ("https://jobs.acme.example/engineer\n\nYou build things here.\n", None),
]


@pytest.mark.parametrize(("text", "title"), MARKDOWN)
def test_titles_of_pages(text: str, title: str | None) -> None:
    """Headings, front matter and the words of the address, without numbers; escaped letters cannot be quoted."""
    assert title_of(text, Format.MARKDOWN) == title


PAGES = [
    ("Data Engineer | Acme Careers", "Data Engineer"),
    ("Acme - Data Engineer", "Data Engineer"),
    ("Data Engineer at Acme", "Data Engineer"),
    ("Ingénieur (H/F) chez Acme", "Ingénieur"),
    ("Front-end Developer (m/w/d) – Ref. 4711", "Front-end Developer"),
    ("Careers", None),
]


@pytest.mark.parametrize(("title", "expected"), PAGES)
def test_title_of_an_html_page(title: str, expected: str | None) -> None:
    """The part of a page's title that names a job, without the employer, marks and codes."""
    html = f"<html><head><title>{title}</title></head><body><p>You build things here.</p></body></html>"
    assert title_of(html, Format.HTML) == expected


FILLER = "Some text.\n\n"
BODY = "<p>Some text.</p>"
CONTESTS = [
    ("Job title: Falconer\n\nWe are looking for a Data Engineer.", "Falconer"),
    ("Job title: Falconer\n\n" + "We are looking for a painter.\n\n" * 5, "Falconer"),
    ("We are hiring a Data Engineer. We call it so: Puppet Engineer (m/w/d).", "Puppet Engineer"),
    ("We are hiring a painter. We are hiring a Plumber.", "Plumber"),
    ("We are hiring a painter.\n\n" + FILLER * 12 + "We are hiring a Plumber.", "painter"),
    ("Bluewidget needs a Painter. We are hiring a Plumber.", "Plumber"),
    ("Senior Painter\n\n## Data Engineer Responsibilities\n\nPipes.", "Data Engineer"),
    ("# Bluewidget\n\nSenior Painter\n\nText here.", "Senior Painter"),
    ("https://a.example/jobs/glass-painter\n\n" + FILLER * 8 + "## Data Engineer\n\nText.", "Data Engineer"),
    ("## Hello\n\n" + FILLER * 8 + "## Glass Painter\n\nText.\n\n# Data Engineer\n\nText.", "Data Engineer"),
    (f"<title>Plumber | A</title>{BODY}<p>Applications for the position of Falconer are welcome.</p>", "Plumber"),
    (f"<title>Plumber | A</title>{BODY * 40}<p>We are hiring a Painter.</p>", "Painter"),
    (f"<title>Plumber | A</title>{BODY * 3}<p>Senior Painter</p>{BODY}", "Plumber"),
    (f"<title>A | Plumber Hall</title>{BODY * 2}<p>Senior Painter</p>{BODY}", "Senior Painter"),
]


@pytest.mark.parametrize(("text", "title"), CONTESTS)
def test_which_place_wins(text: str, title: str) -> None:
    """Of two candidates the one whose place, wording and position speak more for it is the title."""
    assert title_of(text, Format.HTML if text.startswith("<") else Format.MARKDOWN) == title


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Nurse wanted in Lyon\n\nYou care for patients.", "Nurse"),
        ("# Krankenpfleger (m/w/d) gesucht\n\nWir pflegen.", "Krankenpfleger"),
        ("# We're hiring! Backend Developer\n\nCome and see us.", "Backend Developer"),
        ("# Help wanted: Line Cook\n\nCome and see us.", "Line Cook"),
        ("# Join us: Backend Developer\n\nCome and see us.", "Backend Developer"),
        ("# Security: Backend Developer\n\nCome and see us.", "Security: Backend Developer"),
        ("Ingeniero de Datos\n\nBuscamos un ingeniero de datos con experiencia.", "Ingeniero de Datos"),
        ("# Ingeniero de Datos\n\nBuscamos un ingeniero de datos.", "Ingeniero de Datos"),
    ],
)
def test_lines_that_hold_a_title(text: str, title: str) -> None:
    """A line may call before the title and hire behind it; where a title is a name, it is written as one."""
    assert title_of(text, Format.MARKDOWN) == title


def test_said_twice_wins() -> None:
    """Of two equal places the candidate that the page says again is the title, also as a part of a longer one."""
    text = "We are looking for a Painter. We are looking for a Plumber. The Plumber will mend pipes."
    assert title_of(text) == "Plumber"


def test_a_heading_without_a_job_is_no_title_below_the_top() -> None:
    """Behind the first lines only headings with a noun that names a job are candidates."""
    text = "# Acme\n\n" + "Some text.\n\n" * 8 + "## Puppets and strings\n\nMore.\n"
    assert title_of(text, Format.MARKDOWN) == "Acme"
    assert title_of(text.replace("# Acme\n", "Hello.\n", 1), Format.MARKDOWN) is None


def test_a_filled_title_stays() -> None:
    """What markup states is not overwritten."""
    draft = DraftBuilder()
    draft.put("title", "Baker", TextReference(0, 0, 5))
    fill_title(page_of("We are looking for a Data Engineer."), draft, [])
    assert draft.values["title"].value == "Baker"


def test_related_openings_are_no_titles() -> None:
    """The titles of other jobs below the posting do not count."""
    text = "# Puppeteer\n\nYou carve puppets.\n\n## Similar jobs\n\n- Data Engineer (m/w/d)\n- Data Analyst (m/w/d)\n"
    assert title_of(text, Format.MARKDOWN) == "Puppeteer"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Koch (m/w/d)", ["Koch"]),
        ("Koch m/w/d", ["Koch"]),
        ("Koch [w/m/x] in Bonn", ["Koch"]),
        ("Koch/Köchin (m/w/d) bei Acme", ["Koch/Köchin"]),
        ("Vendeur H/F à Lyon", ["Vendeur"]),
        ("Koch (m/w/d) in Teilzeit", ["Koch"]),
        ("Werkstudent (m/w/d) in Controlling", ["Werkstudent", "in Controlling"]),
        ("Koch (m/w/d) mit Herz", ["Koch", "mit Herz"]),
        ("Engineer (m/f) in charge", ["Engineer", "in charge"]),
        ("Engineer II, Payments (R12345)", ["Engineer II, Payments"]),
        ("Engineer [#2024-117]", ["Engineer"]),
        ("Summer Analyst (2024)", ["Summer Analyst (2024)"]),
        ("Koch (all genders)", ["Koch"]),
        ("Koch (gn)", ["Koch"]),
        ("Chef F/H de projet", ["Chef", "de projet"]),
        ("Technicien H / F", ["Technicien"]),
        ("Dir. (Req #R-1234)", ["Dir"]),
        ("R0012345 - Data Engineer", ["Data Engineer"]),
        ("Data Engineer, Ref. AB1234", ["Data Engineer"]),
        ("Data Engineer - Kennziffer 12", ["Data Engineer"]),
        ("Vendeur(x) de rue", ["Vendeur(x) de rue"]),
        ("Engineer (PhD)", ["Engineer (PhD)"]),
        ("and/or both", ["and/or both"]),
        ("Engineer, Sr.", ["Engineer, Sr."]),
        ("C++ / C# Developer", ["C++ / C# Developer"]),
        ("(m/w/d)", []),
        ("--", []),
    ],
)
def test_marks_and_codes_are_cut_out(text: str, parts: list[str]) -> None:
    """Gender marks and requisition codes go, brackets that belong to the title stay."""
    assert [text[start:end] for start, end in without_marks(text, 0, len(text))] == parts


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        ("Wir suchen einen Koch (m/w/d) und eine Leitung (m/w/d)", ["Koch ", "Leitung "]),
        ("En CDI : Maçon (H/F)", ["Maçon "]),
        ("Menschen (m/w/d) (m/w/x)", ["Menschen "]),
        ("and/or", []),
        ("x " * 70 + "Pferdewirt (m/w/d)", ["x " * 13 + "Pferdewirt "]),
    ],
)
def test_phrases_before_marks(text: str, phrases: list[str]) -> None:
    """A phrase before a mark begins after punctuation or an article, and never at a word cut in two."""
    assert [text[start:end] for start, end in marked_phrases(text)] == phrases


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("engineer", True), ("Engineers", True), ("Softwareentwickler", True), ("Bauleiterin", True), ("systemutvecklare", True),
        ("Ingénieure", True), ("INGENIERO", True), ("Köchin", True), ("vývojář", True), ("engineering", False), ("Bloch", False),
        ("Kuchenkoch", False), ("", False), ("42", False),
    ],
)  # fmt: skip
def test_nouns_that_name_a_job(word: str, expected: bool) -> None:
    """In any case, with or without accents, in the plural and at the end of a compound; short nouns end no compound."""
    assert names_a_job(word) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("What you bring", True), ("Wen wir suchen", True), ("WHO WE ARE", True), ("Join in!", True), ("IT Support US", False)],
)
def test_lines_that_speak(text: str, expected: bool) -> None:
    """Pronouns speak, abbreviations that are written like them do not."""
    assert speaks(text) is expected


def test_capitals_and_suffixes() -> None:
    """Small words may be small in a title; the name of a section at the end of a heading is found where it begins."""
    assert [all_capitals(text) for text in ("Head of Growth", "head of Growth", "Head of growth")] == [True, False, False]
    assert section_suffix("Responsibilities") is None
    assert section_suffix("Baker Requirements") == 5
    assert section_suffix("word " * 1000 + "Requirements") == 4999


SAMPLES = shipped_cases("job_posting")
TABLES = tomllib.loads(files("extract.vocabulary").joinpath("titles.toml").read_text("utf-8"))


@pytest.mark.parametrize("table", sorted(TABLES))
def test_tables_hold_words(table: str) -> None:
    """No language of a table has an empty entry or one twice."""
    for words in TABLES[table].values():
        folded = [fold(word) + "." * word.endswith(".") for word in words]
        assert all(folded)
        assert len(folded) == len(set(folded))


EMPLOYERS = [
    "Bluewidget GmbH, a leader, is hiring.",
    "En Bluewidget buscamos carpinteros.",
    "L’aventure Bluewidget (BW) est un rêve",
]
SENTENCES = st.sampled_from(EMPLOYERS + [text for text, _ in HIRES + SHAPES + PAGES] + [text for text, _ in MARKDOWN] + NO_TITLE)
PIECES = st.text(alphabet=st.sampled_from(list("aA é'’(/)mwd@.,:&-#1\n")), max_size=80)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.one_of(SENTENCES, PIECES, st.text(max_size=40)), min_size=1, max_size=5),
    st.sampled_from([Format.TEXT, Format.MARKDOWN, Format.HTML]),
)
def test_values_are_grounded(parts: list[str], format: Format) -> None:
    """Whatever the text, titles and names have references inside their segments, which state them."""
    text = "\n\n".join([*parts, "We"])
    page = page_of("".join(c for c in text if c.isprintable() or c == "\n"), format)
    draft = DraftBuilder()
    fill_title(page, draft, list(statements(page)))
    fill_company(page, draft)
    for found in draft.values.values():
        for reference in found.references:
            inside = isinstance(reference, TextReference)
            body = page.segments[reference[0]].body if inside else page.clean.facts[reference[0]].body
            assert 0 <= reference.start < reference.end <= len(body)
    assert not ground(draft.draft(), page.clean, JobPosting).issues


@pytest.mark.parametrize("case", SAMPLES.values(), ids=SAMPLES)
def test_samples_are_grounded(case: Case) -> None:
    """The samples that ship state their titles and employers."""
    document = clean(open_source(case.source))
    page = Page(document, label_sections(document.segments))
    draft = DraftBuilder()
    fill_title(page, draft, list(statements(page)))
    fill_company(page, draft)
    assert "title" in draft.values
    assert not ground(draft.draft(), document, JobPosting).issues


@pytest.mark.parametrize(
    "unit",
    ["as ", "m/w/d ", "(m/w/d) ", "looking for ", "(", "Ruby on Rails ", "d'", "A, ", "\n\nData Engineer\n\n", "# Cook\n\n"],
)
def test_a_long_run_of_one_thing_is_read(unit: str) -> None:
    """Hostile input ends, with a title of sensible length or none; how long that takes is measured in benchmarks/."""
    page = page_of("x " + unit * (40_000 // len(unit)), Format.MARKDOWN)
    draft = DraftBuilder()
    fill_title(page, draft, list(statements(page)))
    assert len(str(draft.values["title"].value) if draft.has("title") else "") < 300

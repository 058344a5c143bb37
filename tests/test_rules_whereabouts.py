"""Places, teams, contacts, numbers and addresses, as the rules find them."""

from __future__ import annotations

import pytest

from extract.cleaning import clean
from extract.engines.rules import RulesEngine
from extract.engines.rules.teams import team_hints
from extract.source import Format, open_source


def filled(text: str, format: Format = Format.MARKDOWN) -> dict[str, object]:
    """The values of a draft by path."""
    return {path: value.value for path, value in RulesEngine().fill(clean(open_source(text), format=format)).values.items()}


def cities(text: str) -> list[object]:
    """The cities of the places of work, in order."""
    return [value for path, value in filled(text).items() if path.startswith("locations.") and path.endswith(".city")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Location: Bern, Switzerland", ["Bern"]),
        ("Lieu de travail : Lyon", ["Lyon"]),
        ("Standort\n\nMünchen", ["München"]),
        ("You work in our Geneva office.", ["Geneva"]),
        ("# About us\n\nAcme has offices in Tokyo.\n\n# About the role\n\nThe job is based in Bern.", ["Bern"]),
        ("Location: Bern\n\nOur seat is in Paris, France.", ["Bern"]),
        ("# Baker\n\nThe job is based in Bern.\n\n# Related jobs\n\n- Baker in Paris, France", ["Bern"]),
        ("Location: Remote", []),
        ("Location: Wintermute", ["Wintermute"]),
        ("Location: Multiple locations", []),
        ("Location: Home office", []),
        ("Location: Georgia, USA", []),
        ("Location: London, UK or Remote", ["London"]),
        ("Locations\n\nWintermute", []),
        ("We bake bread and buns.", []),
    ],
)
def test_places(text: str, found: list[str]) -> None:
    """A line that says where comes first, then the place for which most speaks; a menu, a seat and other jobs do not count."""
    assert cities(text) == found


def test_a_company_called_like_a_city_is_no_place() -> None:
    """The name of the employer is not read as a place."""
    assert "Lausanne" not in cities("Company: Lausanne\n\nWe are Lausanne. You work in our Lausanne office in Bern.")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Department: Fine Pastry", "Fine Pastry"),
        ("Abteilung: Feinbäckerei", "Feinbäckerei"),
        ("We are looking for a baker for our Fine Pastry team.", "Fine Pastry"),
        ("Baker\n\nOffice of the Registrar\n\nBern", "Office of the Registrar"),
        ("Bäcker\n\nAbteilung Einkauf und Logistik", "Abteilung Einkauf und Logistik"),
        ("We are looking for a baker for our fine team.", None),
        ("We bake for the people.", None),
        ("Company: Acme\n\nWe are looking for a baker for the Acme team.", None),
    ],
)
def test_departments(text: str, name: str | None) -> None:
    """What a line states, a line that names a unit, or a name before the word for a team; not the company itself."""
    assert filled(text).get("department") == name


def test_a_sentence_on_the_team_that_hires_is_about_the_job() -> None:
    """Sentences that name the team get a hint; others, and lines that are no sentences, do not."""
    text = "We are hiring for the Fine Pastry team.\n\nFine Pastry was founded in 1900.\n\nAcme is old.\n\n- Fine Pastry"
    segments = clean(open_source(text), format=Format.MARKDOWN).segments
    assert [bool(hint) for hint in team_hints(segments)] == [True, True, False, False]


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("Write to jobs@acme.example today.", "jobs@acme.example"),
        ("If you need an accommodation because of a disability, write to help@acme.example.", None),
        ("Mail accommodations@acme.example. Or send your CV to jobs@acme.example.", "jobs@acme.example"),
    ],
)
def test_mailboxes(text: str, email: str | None) -> None:
    """A mailbox for applications; one for accommodations is none."""
    assert filled(text).get("contact.email") == email


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        ("Contact: Anna Meier", "contact.name", "Anna Meier"),
        ("Ansprechpartnerin: Anna Meier, Leiterin", "contact.name", "Anna Meier"),
        ("Contact: see below", "contact.name", None),
        ("Phone: +41 44 668 18 00", "contact.phone", "+41446681800"),
        ("Phone: ask us", "contact.phone", None),
    ],
)
def test_whom_to_call(text: str, path: str, value: str | None) -> None:
    """Names and numbers of lines that name them."""
    assert filled(text, Format.TEXT).get(path) == value


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Job ID: R-4711", "R-4711"),
        ("Kennziffer: 17/2024", "17/2024"),
        ("Please quote ref. no.: AB-1234 in your letter.", "AB-1234"),
        ("The requisition ID: 55512 is yours.", "55512"),
        ("Job ID: to be announced", None),
        ("This job is no. 1 for bakers.", None),
        ("https://acme.example/jobs/baker-4711234\n\n# Baker", "4711234"),
        ("https://acme.example/careers?gh_jid=61817860\n\n# Baker", "61817860"),
        ("https://acme.example/2024/baker\n\n# Baker", None),
        ("# Baker\n\nOslo\n\nJR-10023", "JR-10023"),
        ("# Baker\n\nJR-10023\n\nJR-10024", None),
        ("# Baker\n\nR2D2", None),
    ],
)
def test_numbers_of_postings(text: str, number: str | None) -> None:
    """A line or a phrase that names it, a long number in its address, else the only one of its kind alone on a line."""
    assert filled(text).get("job_id") == number


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        ("https://acme.example/jobs/baker\n\n# Baker", "source_url", "https://acme.example/jobs/baker"),
        ("URL: https://acme.example/jobs/1", "source_url", "https://acme.example/jobs/1"),
        ("Apply online: https://acme.example/form", "apply_url", "https://acme.example/form"),
        ("Apply online: on our site", "apply_url", None),
    ],
)
def test_addresses(text: str, path: str, value: str | None) -> None:
    """Absolute addresses of the posting and of its form, where a line or the page says what they are."""
    assert filled(text).get(path) == value


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (
            "# À propos\n\nNous cuisons du pain depuis longtemps.\n\n# Your tasks\n\n- You bake bread with us every night",
            "en",
        ),
        ("# Vos missions\n\n- Vous préparez la pâte et le pain chaque nuit avec nous", "fr"),
        ("# Deine Aufgaben\n\n- Du bereitest jede Nacht mit uns den Teig und das Brot zu", "de"),
        ("12345", None),
    ],
)
def test_language(text: str, language: str | None) -> None:
    """The language of what is said on the job, not of the company's text on itself."""
    assert filled(text).get("language") == language


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Location: Georgia, USA", {"raw": "Georgia, USA", "region": "GA", "country": "US"}),
        ("Location: Lyon (69003)", {"raw": "Lyon (69003)", "city": "Lyon", "postal_code": "69003"}),
    ],
)
def test_parts_of_a_place(text: str, parts: dict[str, str]) -> None:
    """A state that is called like a country is the state beside its country; a bracket that opens also closes."""
    found = {path: value for path, value in filled(text).items() if path.startswith("locations.")}
    assert found == {f"locations.0.{name}": value for name, value in parts.items()}


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("Contact: Jane Doe, +44 20 7946 0958", "+442079460958"),
        ("Location: London, UK\n\nTel: 020 7946 0958", "+442079460958"),
        ("Tel: 020 7946 0958", None),
    ],
)
def test_phones(text: str, phone: str | None) -> None:
    """A number beside a name counts too; without its country code it is one of the country of the job, if that is known."""
    assert filled(text).get("contact.phone") == phone


@pytest.mark.parametrize(
    "text",
    [
        "For adjustments to the interview, email jo@acme.example.",
        "If you need reasonable adjustments, write to jo@acme.example.",
        "Besoin d'un aménagement ? jo@acme.example",
        "Fragen zur Barrierefreiheit: jo@acme.example",
    ],
)
def test_mailboxes_for_adjustments(text: str) -> None:
    """Who arranges interviews for the disabled takes no applications."""
    assert "contact.email" not in filled(text)

"""Mail, telephone and page addresses, and the language of a text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.readers.contacts import is_accommodation_mailbox, read_emails, read_phones, read_urls
from extract.readers.language import read_language


@pytest.mark.parametrize(
    ("text", "emails"),
    [
        ("Write to jobs@example.org.", ["jobs@example.org"]),
        ("<a.b+c@mail.example.co.uk>, or HR@Example.COM", ["a.b+c@mail.example.co.uk", "HR@example.com"]),
        ("mailto:hr@example.com?subject=CV", ["hr@example.com"]),
        ("no mail @ all, @handle, x@y, a@b.", []),
        ("", []),
    ],
)
def test_addresses_of_mail(text: str, emails: list[str]) -> None:
    """Addresses without the punctuation around them."""
    assert [found.value for found in read_emails(text)] == emails


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        ("Visit https://research.example.com.", ["https://research.example.com"]),
        ("(see https://example.com/a_(b)/c?d=e&f=g#h), then", ["https://example.com/a_(b)/c?d=e&f=g#h"]),
        ("www.example.org/jobs!", ["https://www.example.org/jobs"]),
        ("[apply](https://example.com/apply)", ["https://example.com/apply"]),
        ("http://, https://x and www.", []),
        ("example.org alone", []),
    ],
)
def test_addresses_of_pages(text: str, urls: list[str]) -> None:
    """Absolute addresses; a bare domain may be anything."""
    assert [found.value for found in read_urls(text)] == urls


@pytest.mark.parametrize(
    ("text", "country", "phones"),
    [
        ("Tel: (650) 253-0000", "US", ["+16502530000"]),
        ("Tél. 01 44 13 22 22", "FR", ["+33144132222"]),
        ("Tel: (650) 253-0000", None, []),
        ("+41 44 668 18 00", None, ["+41446681800"]),
        ("Ref. 2024-01-15, salary 50 000 - 60 000, req 200526165", "US", []),
        ("", "US", []),
    ],
)
def test_telephone_numbers(text: str, country: str | None, phones: list[str]) -> None:
    """E.164; a national number needs its country, and dates, amounts and references are none."""
    assert [found.value for found in read_phones(text, country=country)] == phones


@pytest.mark.parametrize(
    ("email", "context", "expected"),
    [
        ("accommodations-ext@example.com", "", True),
        ("privacy@example.com", "", True),
        ("talent@example.com", "For reasonable accommodation write to talent@example.com", True),
        ("jobs@example.com", "candidates with disabilities may write to jobs@example.com", True),
        ("jobs@example.com", "Send your CV to jobs@example.com", False),
        ("anna.press@example.com", "", True),
        ("hr@example.com", "We are an employer with disabled-friendly offices", False),
    ],
)
def test_mailboxes_of_other_purposes(email: str, context: str, *, expected: bool) -> None:
    """A mailbox for accommodations, privacy or equal opportunity is no contact for applications."""
    assert is_accommodation_mailbox(email, context) is expected


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("We are looking for a software engineer to join our team.", "en"),
        ("Nous recherchons un ingénieur pour rejoindre notre équipe.", "fr"),
        ("Wir suchen einen Entwickler für unser Team in Berlin.", "de"),
        ("Buscamos un ingeniero para nuestro equipo de Madrid.", "es"),
        ("Vi söker en utvecklare till vårt kontor i Göteborg.", "sv"),
        ("Vi søker en dyktig selger til vår butikk i Bergen.", "no"),
        ("Hledáme vývojáře do našeho týmu v Praze.", "cs"),
        ("", None),
        ("12345 – 678", None),
        ("QA", None),
    ],
)
def test_the_language_of_a_text(text: str, language: str | None) -> None:
    """BCP 47, or nothing where the text is too short to tell."""
    found = read_language(text)
    assert (found and found.value) == language


def test_the_first_lines_decide_the_language() -> None:
    """An English blurb after French paragraphs changes nothing."""
    found = read_language("Nous recherchons une personne pour notre équipe de recherche. " * 12 + "We are a great company. " * 40)
    assert found is not None
    assert (found.value, found.end <= 600) == ("fr", True)


def test_what_the_language_is_read_from_ends_with_a_word() -> None:
    """The place can stand as evidence: it is not cut off inside of a word, but where there is none."""
    text = "Nous recherchons une personne expérimentée. " * 40
    found = read_language(text)
    assert found is not None
    assert text[: found.end].endswith("Nous recherchons une")
    whole = "Nous recherchons une personne"
    short = read_language(whole)
    assert short is not None
    assert short.end == len(whole)
    unbroken = read_language("データ分析を担当するエンジニアを募集しています" * 40)
    assert unbroken is not None
    assert unbroken.end == 600


PIECES = st.sampled_from(
    [
        "jobs@example.org",
        "https://example.org/a",
        "www.x.org",
        "+41 44 668 18 00",
        "(650) 253-0000",
        "@",
        ".",
        " ",
        "://",
        "www.",
        "(",
        ")",
        "a",
        "1",
    ]
)
TEXTS = st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=10).map("".join), st.lists(PIECES, max_size=10).map(" ".join))


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_contacts_are_provable(text: str) -> None:
    """Reading the quoted text again gives the very value; positions lie inside and in order."""
    for reader in (read_emails, read_urls, lambda part: read_phones(part, country="US")):
        end = 0
        for found in reader(text):
            assert end <= found.start < found.end <= len(text)
            end = found.end
            quoted = text[found.start : found.end]
            assert [one.value for one in reader(quoted)] == [found.value]


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=80))
def test_any_text_has_at_most_a_language(text: str) -> None:
    """The reader never raises, and answers with a position inside the text."""
    found = read_language(text)
    assert found is None or (0 <= found.start < found.end <= len(text))


@pytest.mark.parametrize(
    "text",
    ["@" * 100_000, "a@" * 50_000, "www." * 40_000, "https://" * 20_000, "1" * 100_000, "1 " * 50_000, "a." * 50_000 + "@"],
)
def test_hostile_text_ends(text: str) -> None:
    """No text makes the readers run away."""
    assert len(read_emails(text)) + len(read_urls(text)) + len(read_phones(text, country="US")) < 200_000

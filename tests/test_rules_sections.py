"""Which section each segment of a posting is given to, by headings, wording, shape and neighbours."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.cleaning import clean
from extract.cleaning.document import Segment
from extract.engines.rules.cues import HIGHEST, section_scores
from extract.engines.rules.relabelling import ends_of_paragraphs, relabelled
from extract.engines.rules.sections import ORDER, headed, label_sections, section_of_heading
from extract.errors import SourceError
from extract.source import Format, open_source


def segments_of(text: str, format: Format = Format.TEXT) -> tuple[Segment, ...]:
    """The segments of a document."""
    return clean(open_source(text), format=format).segments


def labelled(text: str, format: Format = Format.TEXT) -> dict[str, str]:
    """The section of each segment, by its text."""
    segments = segments_of(text, format)
    return {segment.text: label for segment, label in zip(segments, label_sections(segments), strict=True)}


POSTINGS = {
    "en": [
        ("# About us", "Acme bakes bread.", "company"),
        ("# Your tasks", "- Loaves", "responsibilities"),
        ("# Requirements", "- Flour", "qualifications"),
        ("# Nice to have", "- Rye", "preferred_qualifications"),
        ("# What we offer", "- Buns", "benefits"),
        ("# How to apply", "- By mail", "apply"),
        ("# Salary", "4,500 a month", "meta"),
        ("# Related jobs", "- Butcher in Paris", "related"),
    ],
    "fr": [
        ("# Qui sommes-nous ?", "Une boulangerie.", "company"),
        ("# Vos missions", "- Pain", "responsibilities"),
        ("# Votre profil", "- Farine", "qualifications"),
        ("# Avantages", "- Brioches", "benefits"),
        ("# Offres similaires", "- Boucher", "related"),
    ],
    "de": [
        ("# Über uns", "Eine Bäckerei.", "company"),
        ("# Deine Aufgaben", "- Brot", "responsibilities"),
        ("# Dein Profil", "- Mehl", "qualifications"),
        ("# Wir bieten", "- Brezeln", "benefits"),
        ("# Ähnliche Jobs", "- Metzger", "related"),
    ],
    "es": [
        ("# Quiénes somos", "Una panadería.", "company"),
        ("# Funciones", "- Pan", "responsibilities"),
        ("# Requisitos", "- Harina", "qualifications"),
        ("# Ofrecemos", "- Bollos", "benefits"),
    ],
}


@pytest.mark.parametrize("language", list(POSTINGS))
def test_headings_decide_where_wording_says_nothing(language: str) -> None:
    """What stands under a known heading is of its section, in each language."""
    found = labelled("\n\n".join(f"{heading}\n\n{text}" for heading, text, _ in POSTINGS[language]), Format.MARKDOWN)
    for _, text, section in POSTINGS[language]:
        assert found[text.removeprefix("- ")] == section, text


@pytest.mark.parametrize(
    ("text", "section"),
    [
        ("Bachelor's degree in physics or equivalent", "qualifications"),
        ("3 years of experience with ovens", "qualifications"),
        ("Vous justifiez d'une première expérience en boulangerie", "qualifications"),
        ("Abgeschlossene Ausbildung und Erfahrung in der Küche", "qualifications"),
        ("Experiencia mínima de 2 años y carnet de conducir", "qualifications"),
        ("French is an advantage, and cakes are a plus", "preferred_qualifications"),
        ("Coordinate the bakers and other duties as assigned", "responsibilities"),
        ("Vous serez en charge de la gestion du four", "responsibilities"),
        ("Health insurance and 25 days of vacation", "benefits"),
        ("Flexible Arbeitszeiten und 30 Tage Urlaub", "benefits"),
        ("Acme was founded in 1900 and is a leading bakery with offices in Bern", "company"),
        ("We are looking for a baker to join our team", "description"),
        ("Please send your resume and a cover letter by email", "apply"),
        ("Write to the bakery for more information", "apply"),
        ("All qualified applicants will be considered without regard to race, religion or gender", "legal"),
    ],
)
def test_sentences_sound_like_their_section(text: str, section: str) -> None:
    """The phrases in a sentence speak most for its own section."""
    scores = section_scores(text)
    assert max(scores, key=lambda name: scores[name]) == section


@pytest.mark.parametrize("text", ["", "Zzz.", "12 34", "ß" * 50])
def test_nothing_is_heard_in_nothing(text: str) -> None:
    """A text without known phrases speaks for no section."""
    assert section_scores(text) == {}


def test_scores_have_a_ceiling() -> None:
    """A sentence full of phrases cannot outweigh a heading without limit."""
    assert max(section_scores("experience degree knowledge skills " * 50).values()) == HIGHEST


@pytest.mark.parametrize(
    ("heading", "section"),
    [
        ("Responsibilities", "responsibilities"),
        ("Education", "qualifications"),
        ("Expérience", "qualifications"),
        ("Gehalt", "meta"),
        ("Job title", "meta"),
        ("Chapter one", None),
    ],
)
def test_sections_of_headings(heading: str, section: str | None) -> None:
    """Schooling is a qualification; what the record holds as values only is "meta"."""
    assert section_of_heading(heading) == section


def test_a_heading_fades() -> None:
    """It says less with each segment, little after its list has ended, and little behind a text on rights."""
    rights = "We consider all qualified applicants without regard to race, religion, gender or disability, as the law says."
    listed = "# Requirements\n\n- Flour\n- Salt\n\nThat is all.\n"
    segments = segments_of(f"{listed}\n# Requirements\n\n{rights}\n\nYou read well.", Format.MARKDOWN)
    weights = [over.weight for over in headed(segments, [section_scores(segment.text) for segment in segments])]
    first, second, after = weights[1:4]
    assert first > second > 4 * after > 0
    assert weights[-1] < second / 4


def test_lines_that_name_a_field_are_meta() -> None:
    """So are short lines that are no sentences; both may stand above all sections."""
    found = labelled("Pastry Baker\n\nLocation: Bern\n\nBrown bread is what we are known for in the whole valley and beyond it.")
    assert (found["Pastry Baker"], found["Location: Bern"]) == ("meta", "meta")


def test_only_a_heading_opens_related_openings_and_skills() -> None:
    """No wording does: the next job's title looks like that of this one."""
    assert not {"related", "skills"} & set(labelled("- Butcher in Paris\n- Baker in Rome\n\nSkills are good to have.").values())


def test_one_list_is_one_section() -> None:
    """An item that sounds like another section stays with its list."""
    items = ["Bachelor's degree", "Experience in bakeries", "Free coffee", "Ability to rise early", "Knowledge of flour"]
    found = labelled("".join(f"- {item}\n" for item in items))
    assert set(found.values()) == {"qualifications"}


def test_three_lists_without_headings() -> None:
    """They are what one does, what one must bring, and what would be nice, in this order."""
    tasks, needs = (
        "<li>Prepare the dough</li><li>Clean the ovens</li>",
        "<li>Experience in a bakery</li><li>Ability to rise early</li>",
    )
    nice = "<li>Knowledge of cakes</li><li>Experience abroad</li>"
    found = labelled(f"<ul>{tasks}</ul><ul>{needs}</ul><ul>{nice}</ul>", Format.HTML)
    assert list(found.values()) == ["responsibilities"] * 2 + ["qualifications"] * 2 + ["preferred_qualifications"] * 2
    apart = labelled(f"<ul>{tasks}</ul><ul>{needs}</ul><p>We like to read books.</p><ul>{nice}</ul>", Format.HTML)
    assert "preferred_qualifications" not in apart.values()


def test_ends_of_paragraphs_stay_with_them() -> None:
    """A sentence that says nothing goes with the one before it, not with the paragraph that follows."""
    segments = segments_of("You have a degree. Bern is lovely in June.\n\nWe offer health insurance.")
    labels = ["qualifications", "benefits", "benefits"]
    silent = ends_of_paragraphs(segments, labels, own=[{"qualifications": 1.0}, {}, {"benefits": 1.0}])
    assert silent == ["qualifications", "qualifications", "benefits"]
    wordy = segments_of("You have a degree. Bern is lovely in spring, and lovelier still in the long evenings of its June.")
    both = relabelled(wordy, labels[:2], own=[{"qualifications": 1.0}, {}], headings=[None, None])
    assert both == ("qualifications", "qualifications")
    telling = ends_of_paragraphs(segments, labels, own=[{"qualifications": 1.0}, {"benefits": 0.1}, {}])
    assert telling == labels


def test_sentences_beside_a_list_of_duties() -> None:
    """Where the duties are a list under a heading, a sentence elsewhere that sounds like them describes the role."""
    text = "You will be responsible for the bakers and work closely with the shop.\n\n# Responsibilities\n\n- Loaves\n- Buns\n"
    found = labelled(text, Format.MARKDOWN)
    assert found["You will be responsible for the bakers and work closely with the shop."] == "description"


def test_hints_count() -> None:
    """Further scores can turn a label."""
    segments = segments_of("Our products are bread and buns.")
    assert label_sections(segments) == ("company",)
    assert label_sections(segments, hints=[{"description": 9.0}]) == ("description",)


@settings(max_examples=60, deadline=None)
@given(
    lines=st.lists(
        st.sampled_from(
            [
                "# Requirements",
                "# Benefits",
                "# Zzz",
                "- Experience in x",
                "- Zzz",
                "Location: Bern",
                "You will bake. We are nice.",
            ]
        )
        | st.text(max_size=20),
        max_size=12,
    )
)
def test_every_segment_has_a_known_section(lines: list[str]) -> None:
    """Whatever the document, each segment gets one of the sections, and a known heading its own."""
    try:
        segments = segments_of("\n\n".join(lines) + "\n\nx", Format.MARKDOWN)
    except SourceError:  # control characters and the like
        return
    labels = label_sections(segments)
    assert len(labels) == len(segments)
    assert set(labels) <= set(ORDER)

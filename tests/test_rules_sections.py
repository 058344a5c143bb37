"""Which section each segment of a posting is given to, by headings, wording, shape and neighbours."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.cleaning import clean
from extract.cleaning.document import Segment
from extract.engines.rules.cues import HIGHEST, section_scores
from extract.engines.rules.relabelling import ends_of_paragraphs, is_labelled_preferred, relabelled
from extract.engines.rules.sections import ORDER, headed, label_sections, section_of_heading, section_of_property
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


def test_requirements_under_a_heading_of_what_would_be_nice() -> None:
    """What sounds like a requirement is one that would be nice, where the heading says so."""
    items = [
        "Bachelor's Degree in Computer Science AND 4+ years of experience with coding in Java or Python",
        "2+ years of experience in building Android applications",
        "Experience with continuous integration tools",
    ]
    found = labelled(
        "# Qualifications\n\n- Flour\n\n# Additional or Preferred Qualifications\n\n" + "\n".join(f"- {item}" for item in items)
    )
    assert [found[item] for item in items] == ["preferred_qualifications"] * 3


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


@pytest.mark.parametrize(
    ("name", "section"),
    [
        ("responsibilities", "responsibilities"),
        ("qualifications", "qualifications"),
        ("experienceRequirements", "qualifications"),
        ("educationRequirements", "qualifications"),
        ("skills", "skills"),
        ("jobBenefits", "benefits"),
        ("incentiveCompensation", "benefits"),
    ],
)
@pytest.mark.parametrize(
    "description", ["<h3>Requirements</h3><ul><li>Knife skills</li></ul>", "<p>You cook every single day.</p>"]
)
def test_properties_of_the_markup_are_sections(name: str, section: str, description: str) -> None:
    """A property has its own section, whatever headings the description has; one of its own headings counts more."""
    posting = {"@type": "JobPosting", "description": description, name: "Zzz"}
    assert labelled(json.dumps(posting), Format.JSON_LD)["Zzz"] == section
    posting[name] = "<p>Zzz</p><h3>Your tasks</h3><ul><li>Loaves</li></ul>"
    found = labelled(json.dumps(posting), Format.JSON_LD)
    assert (found["Zzz"], found["Loaves"]) == (section, "responsibilities")


@pytest.mark.parametrize(
    ("path", "section"),
    [
        ("JobPosting.skills.0", "skills"),
        ("JobPosting.hiringOrganization.description", "company"),
        ("JobPosting.salary", None),
        ("Organization.skills", None),
        ("json_ld", None),
        (None, None),
    ],
)
def test_sections_of_properties(path: str | None, section: str | None) -> None:
    """Only properties of a posting have a section."""
    assert section_of_property(path) == section


def test_a_description_says_what_it_is_if_nothing_else_does() -> None:
    """A plain sentence of the description describes the role; what sounds like another section is of that one."""
    found = labelled('{"@type": "JobPosting", "description": "<p>You cook our food every single day.</p>"}', Format.JSON_LD)
    assert set(found.values()) == {"description"}
    found = labelled('{"@type": "JobPosting", "description": "<p>Acme is a leading kitchen in the world.</p>"}', Format.JSON_LD)
    assert set(found.values()) == {"company"}


BEHIND_LISTS = [
    ("Salary: €2,000 per month", "meta"),
    ("Closing date: 3 May 2026", "apply"),
    ("Contact: Jo Bell, jo@acme.example", "apply"),
    ("Jo Bell knows more: jo@acme.example", "apply"),
    ("Jo Bell answers under +353 1 234 5678", "apply"),
]


@pytest.mark.parametrize(("line", "section"), BEHIND_LISTS)
@pytest.mark.parametrize("heading", ["Benefits", "Nice to have", "Requirements", "Your tasks"])
def test_what_follows_a_list_and_names_another_field(heading: str, line: str, section: str) -> None:
    """Pay, dates and addresses below a list are no entries of it."""
    assert labelled(f"# {heading}\n\n- Parking\n\n{line}\n", Format.MARKDOWN)[line] == section


def test_lines_on_experience_and_degrees_are_requirements() -> None:
    """Under requirements such a line is one of them; elsewhere it is not."""
    line = "Experience: 5 years"
    assert labelled(f"# Requirements\n\n{line}\n\n- Flour\n", Format.MARKDOWN)[line] == "qualifications"
    assert labelled(f"# Benefits\n\n{line}\n\n- Flour\n", Format.MARKDOWN)[line] != "benefits"


@pytest.mark.parametrize(
    ("item", "preferred"),
    [
        ("Nice to have: Dutch", True),
        ("Preferred: a degree", True),
        ("Bonus: Dutch", True),
        ("Wünschenswert: Französisch", True),
        ("Un plus : le néerlandais", True),
        ("Von Vorteil sind Englischkenntnisse", True),
        ("Englisch ist von Vorteil.", True),
        ("Valorable inglés", True),
        ("Se valorará inglés", True),
        ("Dutch is a plus", False),
        ("Required: Dutch", False),
        ("Vorteile erkennen", False),
    ],
)
def test_items_that_only_would_be_nice(item: str, preferred: bool) -> None:
    """An item of the requirements that bears the label of a wish is none; under the heading of wishes nothing changes."""
    assert is_labelled_preferred(item) == preferred
    expected = "preferred_qualifications" if preferred else "qualifications"
    assert labelled(f"# Requirements\n\n- Flour\n- {item}\n", Format.MARKDOWN)[item] == expected
    assert labelled(f"# Nice to have\n\n- Flour\n- {item}\n", Format.MARKDOWN)[item] == "preferred_qualifications"


@pytest.mark.parametrize("above", ["", "# Requirements\n\n"])
def test_the_employer_is_no_requirement(above: str) -> None:
    """Years of experience that the employer has of itself are its own; who is looked for is no matter of the employer."""
    ours = "We are a 50 year old firm with more than 5 years of experience in tax."
    assert labelled(above + ours, Format.MARKDOWN)[ours] == "company"
    asked = "We are asking for a degree and 5 years of experience."
    assert labelled("# Requirements\n\n" + asked, Format.MARKDOWN)[asked] == "qualifications"


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

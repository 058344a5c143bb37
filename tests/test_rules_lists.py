"""The verbatim fields that the rules fill: lists, enumerations, and texts on the role and the company."""

from __future__ import annotations

from itertools import pairwise

import pytest

from extract.cleaning import clean
from extract.engines.rules import RulesEngine
from extract.engines.rules.enumerations import enumerated, pieces
from extract.source import Format, open_source


def filled(text: str, format: Format = Format.MARKDOWN) -> dict[str, object]:
    """The values of a draft by path."""
    return {path: value.value for path, value in RulesEngine().fill(clean(open_source(text), format=format)).values.items()}


def entries(found: dict[str, object], path: str) -> list[object]:
    """The entries of a list field, in order."""
    return [value for name, value in found.items() if name.rpartition(".")[0] == path]


def listed(text: str) -> list[str]:
    """What the first segment of a text enumerates."""
    return [value for value, _ in enumerated(clean(open_source(text), format=Format.TEXT).segments[0])]


def test_one_entry_a_bullet() -> None:
    """Bullets are entries, whole and in order; equal ones are kept once, lead-ins are none."""
    lead_in = "As one of the bakers of our shop in the old town, you will with all of us:"
    found = filled(f"# Your tasks\n\n{lead_in}\n\n- Bake bread. And buns.\n- Clean\n- Clean\n\n# Requirements\n\n- Flour\n")
    assert entries(found, "responsibilities") == ["Bake bread. And buns.", "Clean"]
    assert entries(found, "qualifications") == ["Flour"]


def test_one_entry_a_sentence_without_bullets() -> None:
    """A section in prose has an entry for each sentence."""
    found = filled("# Requirements\n\nYou have a degree in baking. You have experience in bakeries.\n")
    assert entries(found, "qualifications") == ["You have a degree in baking.", "You have experience in bakeries."]


def test_required_and_preferred_are_never_mixed() -> None:
    """What would be nice stands in its own list."""
    found = filled("# Requirements\n\n- Flour\n\n# Nice to have\n\n- Rye\n")
    assert (entries(found, "qualifications"), entries(found, "preferred_qualifications")) == (["Flour"], ["Rye"])


def test_related_openings_and_rights_are_in_no_list() -> None:
    """What is not about this job is not kept."""
    found = filled(
        "# Requirements\n\n- Flour\n\n# Related jobs\n\n- Butcher\n\n# Equal opportunity\n\nWe hire all people alike.\n"
    )
    assert not {"Butcher", "We hire all people alike."} & set(map(str, found.values()))


@pytest.mark.parametrize(
    ("text", "things"),
    [
        ("Our benefits include paid leave, medical coverage, and a gym.", ["paid leave", "medical coverage", "a gym"]),
        ("Perks such as tea, coffee (hot, cold) as well as buns.", ["tea", "coffee (hot, cold)", "buns"]),
        ("You may be eligible for a bonus, stock, and leave.", ["a bonus", "stock", "leave"]),
        ("Our benefits include leave, insurance, for you and for all of your family.", ["leave", "insurance"]),
        (
            "Your package includes participation in our bonus plan, which is large.",
            ["participation in our bonus plan", "which is large"],
        ),
        ("There is participation in Acme's bonus plan, which is large.", ["bonus plan"]),
        ("Nos avantages : tickets restaurant, mutuelle et RTT.", ["tickets restaurant", "mutuelle", "RTT"]),
        ("Unsere Leistungen: Obst, Kaffee und Urlaub.", ["Obst", "Kaffee", "Urlaub"]),
        ("Beneficios: seguro, vacaciones y comida.", ["seguro", "vacaciones", "comida"]),
        ("Our benefits include paid leave.", []),
        ("We bake bread, buns, and cakes.", []),
        ("The benefits of bread, of which there are many, grow.", []),
    ],
)
def test_enumerations(text: str, things: list[str]) -> None:
    """A sentence that lists benefits has an entry for each of them; one thing is no list, and not each comma lists."""
    assert listed(text) == things


def test_enumerated_benefits_are_entries() -> None:
    """A sentence on benefits is taken apart, unless the benefits have a list of their own."""
    sentence = "Our benefits include paid leave, medical coverage, and a gym."
    assert entries(filled(f"# Benefits\n\n{sentence}\n"), "benefits") == ["paid leave", "medical coverage", "a gym"]
    assert entries(filled(f"# Benefits\n\n- {sentence}\n- Buns\n"), "benefits") == [sentence, "Buns"]


@pytest.mark.parametrize("text", ["(" * 2000 + "a, b" + ")" * 5, "a, " * 2000, ",;,;" * 500, ")" * 10 + "a, b"])
def test_pieces_lie_in_order(text: str) -> None:
    """Whatever the brackets, pieces do not overlap and have no blanks at their ends."""
    found = list(pieces(text, 0, len(text)))
    assert all(left < right and text[left:right].strip() == text[left:right] for left, right in found)
    assert all(a[1] <= b[0] for a, b in pairwise(found))


def test_texts_on_the_role_and_the_company() -> None:
    """Sentences of a paragraph are one line, paragraphs lines of their own; labels and links are no text."""
    found = filled(
        "# About us\n\nAcme bakes bread. It is old.\n\nMore on us\n\n"
        "# About the role\n\nYou bake at night for us.\n\nYou sleep by day as well.\n"
    )
    assert found["company.description"] == "Acme bakes bread. It is old."
    assert found["description"] == "You bake at night for us.\nYou sleep by day as well."

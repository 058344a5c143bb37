"""The rules engine as a whole: what holds for any document."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.cleaning import clean
from extract.cleaning.document import CleanDocument
from extract.engines.base import DraftValue, FactReference, TextReference
from extract.engines.rules import RulesEngine
from extract.engines.rules.page import DraftBuilder
from extract.errors import SourceError
from extract.evals.cases import shipped_cases
from extract.grounding import ground
from extract.result import Severity
from extract.schemas.job_posting import JobPosting
from extract.source import Format, open_source
from extract.validation import validate

CASES = {name: case.source for name, case in shipped_cases("job_posting").items()}
LINES = [
    "# Pastry Cook (m/f)",
    "# Your tasks",
    "# Vos missions",
    "## Anforderungen",
    "# What we offer",
    "# Related jobs",
    "# Equal opportunity",
    "Location: Bern, Switzerland or Lyon, France",
    "Lieu : 69003 Lyon (69)",
    "Salary: $85,000-$119,000 per year",
    "Gehalt: 3.200 € brutto im Monat",
    "Job ID: R-4711, Kennziffer: 17/2024",
    "Deadline: 1 June 2024. Start: 01.09.2024",
    "Stage de 4 à 6 mois à partir du 1er septembre 2024, CDD à temps plein.",
    "- Master's degree or PhD, or currently pursuing one",
    "- 3+ years of experience, ou 2 ans d'expérience",
    "- Our benefits include paid leave (sick days, too), medical coverage, and a gym.",
    "We are looking for a Senior Baker, Night Shift to join our Fine Pastry team.",
    "Acme GmbH sucht zum nächstmöglichen Zeitpunkt einen Bäcker (m/w/d) in Vollzeit, remote oder hybrid.",
    "Write to Anna.Meier@acme.example or call +41 44 668 18 00, see https://acme.example/jobs/4711234.",
    "You must be authorized to work in the US; we sponsor no visa.",
    "Office of the Registrar",
    "Bern",
    "demandéeDescription du posteBoulangerLieuLyonContratCDI35.000",
]


def check(document: CleanDocument) -> None:
    """No reference leaves its segment, nothing that the engine says is refused, and the record is made."""
    draft = RulesEngine().fill(document)
    for path, value in draft.values.items():
        assert value.references, path
        for reference in value.references:
            assert 0 <= reference.start < reference.end <= length_of(document, reference), path
    grounding = ground(draft, document, JobPosting)
    assert grounding.issues == ()
    found = validate(grounding.values, JobPosting)
    assert {issue.path.partition(".")[0] for issue in found.issues} <= {"locations", "salary", "valid_through"}


def length_of(document: CleanDocument, reference: TextReference | FactReference) -> int:
    """The length of the text that a reference points into."""
    if isinstance(reference, TextReference):
        return len(document.segments[reference.segment].text)
    return len(document.facts[reference.fact].body)


@pytest.mark.parametrize("case", sorted(CASES))
def test_samples_are_grounded(case: str) -> None:
    """Every value that the rules give for a shipped sample survives grounding."""
    check(clean(open_source(CASES[case])))


@settings(max_examples=60, deadline=None)
@given(lines=st.lists(st.sampled_from(LINES), max_size=14), separator=st.sampled_from(["\n\n", "\n", " ", ""]))
def test_mixtures_of_sentences_are_grounded(lines: list[str], separator: str) -> None:
    """So does every value for sentences in any order, on lines of their own, in one paragraph or glued together."""
    check(clean(open_source(separator.join([*lines, "x"])), format=Format.MARKDOWN))


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=200) | st.text(alphabet="aZ0 .:,-#*\n()/$€@&<>'’|", max_size=200))
def test_any_text_is_answered(text: str) -> None:
    """Whatever the text, the engine does not raise, and says nothing that the text does not state."""
    try:
        source = open_source(text)
    except SourceError:  # empty, or no text
        return
    for format in (Format.TEXT, Format.MARKDOWN, Format.HTML):
        check(clean(source, format=format))


@settings(max_examples=30, deadline=None)
@given(case=st.sampled_from(sorted(CASES)), data=st.data())
def test_damaged_samples_are_grounded(case: str, data: st.DataObject) -> None:
    """A stretch of a sample, cut anywhere, is read as its whole is."""
    text = CASES[case]
    start = data.draw(st.integers(0, len(text) - 1))
    piece = text[start : start + data.draw(st.integers(1, 3000))]
    try:
        check(clean(open_source(piece), format=Format.TEXT))
    except SourceError:
        return


def test_the_draft_keeps_what_came_first() -> None:
    """A filled path stays, nothing is filled without a place, and whatever is above a value counts as filled."""
    draft = DraftBuilder()
    place = TextReference(0, 0, 4)
    assert not draft.put("title", "Cook")
    assert not draft.put("title", "", place)
    assert draft.put("title", "Cook", place)
    assert not draft.put("title", "Chef", place)
    assert draft.put("a.0.b", "x", place)
    assert [draft.has(path) for path in ("title", "a", "a.0", "a.0.b", "a.1", "a.0.b.c", "ti")] == [True] * 4 + [False] * 3
    assert draft.draft().values["title"] == DraftValue("Cook", (place,))


COOK = '{"@type": "JobPosting", "title": "Cook", "description": "<p>You cook our food every day.</p>", "jobBenefits": "Meals"}'
BAKER = '{"description": "<p>You bake our bread every day.</p>", "jobBenefits": "Bread", "title": "Baker", "@type": "JobPosting"}'


@pytest.mark.parametrize("text", [f"[{COOK}, {BAKER}]", f'{{"@graph": [{COOK}, {BAKER}]}}', f"{COOK}\n{BAKER}"])
def test_only_the_first_of_several_postings_is_read(text: str) -> None:
    """Nothing of a second posting gets into the record of the first, and a warning says so."""
    draft = RulesEngine().fill(clean(open_source(text), format=Format.JSON_LD))
    found = {path: draft.values[path].value for path in ("title", "description", "benefits.0")}
    assert found == {"title": "Cook", "description": "You cook our food every day.", "benefits.0": "Meals"}
    assert "benefits.1" not in draft.values
    assert [(issue.code, issue.path, issue.severity) for issue in draft.issues] == [("several_postings", "", Severity.WARNING)]


def test_one_posting_is_no_doubt() -> None:
    """Another object of the markup is no second posting."""
    text = f'[{COOK}, {{"@type": "Organization", "name": "Acme"}}]'
    assert RulesEngine().fill(clean(open_source(text), format=Format.JSON_LD)).issues == ()


def test_lists_have_no_gaps() -> None:
    """Equal and unproved entries are left out, and a list that has entries is not filled again."""
    draft = DraftBuilder()
    place = TextReference(0, 0, 4)
    draft.put_each("skills", [("a", [place]), ("", [place]), ("a", [place]), ("b", []), ("c", [place])])
    draft.put_each("skills", [("d", [place])])
    assert {path: value.value for path, value in draft.draft().values.items()} == {"skills.0": "a", "skills.1": "c"}


HOSTILE: dict[str, Callable[[int], str]] = {
    "lines": lambda n: "\n\n".join(f"Line number {i} here" for i in range(n)),
    "items": lambda n: "\n".join(f"- ensure that item {i} is good" for i in range(n)),
    "headings": lambda n: "\n\n".join("## Location\n\nBern" for _ in range(n // 2)),
    "teams": lambda n: "\n\n".join(f"We are hiring for the X{i} team." for i in range(n)),
    "capitals": lambda n: "our " + "A" * 20 * n,
    "enumeration": lambda n: "Our benefits include " + "a thing (b, c), " * n + "x.",
    "brackets": lambda n: "Our benefits include " + "(" * n + "a, " * n,
}


@pytest.mark.parametrize("kind", sorted(HOSTILE))
def test_hostile_documents_are_read(kind: str) -> None:
    """A long run of one thing ends, with a draft that grounds; how long that takes is measured in benchmarks/."""
    document = clean(open_source(HOSTILE[kind](4000)), format=Format.MARKDOWN)
    draft = RulesEngine().fill(document)
    assert ground(draft, document, JobPosting).issues == ()

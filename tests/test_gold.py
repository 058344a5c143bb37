"""The gold: documents with a hand-checked record, a test a field, and the evidence of every value against the raw document.

The rules read job postings: what is found in a document is tested on these, what a gold case has to be on all of them.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from _pytest.mark import ParameterSet
from pydantic import JsonValue
from scripted import Scripted, answered

from extract import extract
from extract.cleaning import clean
from extract.engines.base import Engine
from extract.engines.llm.encoding import answer_of
from extract.engines.llm.engine import Asking, LlmEngine
from extract.engines.llm.prompts import prompt_for
from extract.engines.rules import RulesEngine
from extract.evals.agreement import Cell, cell_matches, gold_cells
from extract.evals.cases import shipped_cases
from extract.fields import leaf_paths, path_pattern
from extract.result import Evidence
from extract.schemas.job_posting import JobPosting
from extract.source import detect_format, open_source
from extract.tasks import task_named

if TYPE_CHECKING:
    from extract.result import Extraction

GOLD = Path(__file__).parent.parent / "evals" / "gold"
GOLD_CASES = shipped_cases()
ALL = list(GOLD_CASES)
CASES = list(shipped_cases("job_posting"))


@pytest.fixture(scope="session")
def extraction() -> Callable[[str], Extraction[JobPosting]]:
    """The extraction of a case, made once a session."""

    @cache
    def run(case: str) -> Extraction[JobPosting]:
        return extract(GOLD / case / "input.txt", schema="job_posting", engine="rules")

    return run


# The gold itself -----------------------------------------------------------------------------------------------------

_MARK = re.compile(r"\[\s*[@#$]?\s*\d+\s*\]|<[^<>]*>")
_ESCAPES = {"\\n": "\n", "\\t": "\t", "\\'": "'", '\\"': '"', "\\/": "/", "\\\\": "\\"}
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|.)", re.DOTALL)


def unescaped(text: str) -> str:
    """The text with the escapes of JSON and Python and up to four layers of entities undone."""
    text = _ESCAPE.sub(lambda found: chr(int(found[1], 16)) if found[1] else _ESCAPES.get(found[0], found[0]), text)
    for _ in range(4):
        text = html.unescape(text)
    return text


def letters(text: str) -> str:
    """Only letters and digits, in lower case; what OCR takes for each other is the same."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(filter(str.isalnum, folded)).translate(str.maketrans("l1|", "iii"))


def with_value(value: JsonValue | Mapping[str, JsonValue], path: Sequence[str], other: JsonValue) -> JsonValue:
    """The value with another one at a path."""
    if not path:
        return other
    if isinstance(value, list):
        return [with_value(item, path[1:], other) if str(at) == path[0] else item for at, item in enumerate(value)]
    assert isinstance(value, Mapping)
    return {name: with_value(inner, path[1:], other) if name == path[0] else inner for name, inner in value.items()}


def text_leaves(value: JsonValue, path: str = "") -> Iterator[tuple[str, JsonValue]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from text_leaves(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from text_leaves(inner, f"{path}.{position}")
    elif value is not None:
        yield path, value


@pytest.mark.parametrize("case", ALL)
def test_gold_is_a_record(case: str) -> None:
    """The expected record names every field, keeps all conventions, and comes out of the model as it went in."""
    expected, schema = GOLD_CASES[case].expected, task_named(GOLD_CASES[case].schema).schema
    assert set(expected) == set(schema.model_fields)
    assert schema.model_validate(expected).model_dump(mode="json") == expected


@pytest.mark.parametrize("case", ALL)
def test_alternatives_are_records_too(case: str) -> None:
    """What is accepted in the place of a value names a field, and keeps its conventions."""
    gold = GOLD_CASES[case]
    schema = task_named(gold.schema).schema
    assert list(gold_cells(gold.expected, gold.accept))
    for path, alternatives in gold.accept.items():
        for alternative in alternatives:
            schema.model_validate(with_value(gold.expected, path.split("."), alternative))


@pytest.mark.parametrize("case", ALL)
def test_gold_is_described(case: str) -> None:
    """A note says in words what is hard about the document."""
    assert (GOLD / case / "note.md").read_text("utf-8").startswith("# ")
    assert GOLD_CASES[case].tags


@pytest.mark.parametrize("case", ALL)
def test_gold_stands_in_its_document(case: str) -> None:
    """Every expected text is in the document word by word, and every other value is said there in its own way."""
    plain = letters(_MARK.sub("", unescaped(GOLD_CASES[case].source)))
    missing = [
        (path, value)
        for path, value in text_leaves(dict(GOLD_CASES[case].expected))
        if not (isinstance(value, str) and letters(value) in plain)
        and not said(path_pattern(path), value, GOLD_CASES[case].source)
    ]
    assert missing == []


# A test a field ------------------------------------------------------------------------------------------------------

CELLS = [(case, cell) for case in CASES for cell in gold_cells(GOLD_CASES[case].expected, GOLD_CASES[case].accept)]


def field_item(case: str, cell: Cell) -> ParameterSet:
    """One item a field; what is unsolved has to fail, so that nobody forgets to say that it is solved."""
    unsolved = cell.path in GOLD_CASES[case].unsolved
    marks = [pytest.mark.xfail(reason="the rules cannot do it yet", strict=True)] if unsolved else []
    return pytest.param(case, cell, id=f"{case} @ {cell.path}", marks=marks)


@pytest.mark.parametrize(("case", "cell"), [field_item(case, cell) for case, cell in CELLS])
def test_field(case: str, cell: Cell, extraction: Callable[[str], Extraction[JobPosting]]) -> None:
    """The rules find what the gold expects, or one of its alternatives."""
    right, message = cell_matches(cell, extraction(case).record.model_dump(mode="json"))
    assert right, message


@pytest.mark.parametrize("case", CASES)
def test_unsolved_fields_are_fields(case: str) -> None:
    """A slip in the list of what is unsolved would excuse nothing, unnoticed."""
    assert set(GOLD_CASES[case].unsolved) <= {cell.path for of, cell in CELLS if of == case}


@pytest.mark.parametrize("case", ALL)
def test_format(case: str) -> None:
    """The document is taken for what it is."""
    assert detect_format(GOLD_CASES[case].source) == GOLD_CASES[case].format


@pytest.mark.parametrize("case", CASES)
def test_format_of_the_extraction(case: str, extraction: Callable[[str], Extraction[JobPosting]]) -> None:
    """The extraction says in which format the document was read."""
    assert extraction(case).provenance.format == GOLD_CASES[case].format


# Evidence: an independent check against the raw document ----------------------------------------------------------------

# How a value is said in the languages of the gold: a stem that must begin a word of the quote, or a sign in it.
_SAID: Mapping[str, Mapping[JsonValue, str]] = {
    "employment_types.*": {
        "INTERN": r"\bintern|\bstag",
        "FULL_TIME": r"\bfull[\s_-]?time",
        "PART_TIME": r"\bpart[\s_-]?time",
    },
    "salary.currency": {"USD": r"\$|\bUSD\b|\bUS dollar"},
    "salary.unit": {"MONTH": r"\bmonth", "YEAR": r"\byear|\bannual"},
    "education.level": {
        "DOCTORATE": r"\bph\.?\s?d|\bdoctor",
        "MASTER": r"\bmaster|\bma[iî]trise",
        "BACHELOR": r"\bbachelor|\bbaccalaur|\blicence",
    },
    "education.in_progress_ok": {
        True: r"\bin the process|\bcurrently|\ben train\b|\bpoursuivre",
        False: r"\bph\.?\s?d|\bdoctor|\bmaster|\bbachelor",
    },
    "locations.*.country": {"CH": r"\bswitzerland|\bsuisse|\bCH\b", "US": r"\bunited states|\bUSA?\b"},
    "language": {
        "en": r"\b(?:the|and|of|with)\b",
        "en-US": r"\b(?:the|and|of|with)\b",
        "fr": r"\b(?:les|des|une|dans|pour)\b",
        "de": r"\b(?:und|für|bis|wir)\b",
    },
    "kind": {"INVOICE": r"\brechnung\b|\binvoice\b", "CREDIT_NOTE": r"\bavoir\b"},
    "currency": {"EUR": r"€|\bEUR\b", "GBP": r"£|\bGBP\b"},
    "buyer.country": {"GB": r"\bunited kingdom\b", "FR": r"\bfrance\b"},
}
_MONTHS = "jan feb|fév mar|mär apr|avr may|mai jun|juin jul|juil aug|aoû sep oct|okt nov dec|dez|déc".split()


def figures(text: str) -> set[Decimal]:
    """The numbers of a text; commas between digits group thousands."""
    return {Decimal(re.sub(r"[^\d.]", "", figure).strip(".")) for figure in re.findall(r"\d[\d,]*(?:\.\d+)?", text)}


def notations(value: Decimal) -> Iterator[str]:
    """How a number is printed: with as many decimals as it needs or more, and in the ways to part thousands and decimals."""
    for places in range(3):
        if value == round(value, places):
            printed = f"{value:,.{places}f}"
            yield from (printed.translate(str.maketrans(",.", marks)) for marks in (",.", ".,", " ,", "\u202f,"))


def printed(value: Decimal, text: str) -> bool:
    """Whether a number stands in a text on its own, with its sign and with no other one."""
    return any(re.search(rf"(?<![\d.,-]){re.escape(notation)}(?![.,]?\d)", text) for notation in notations(value))


def said(pattern: str, value: object, text: str) -> bool:
    """Whether a text says a value that is no text of its own: a number, a day, or a word of an enum or a code."""
    text = unescaped(text)
    if pattern in _SAID:
        cue = _SAID[pattern].get(value if isinstance(value, (str, bool)) else str(value))
        return cue is not None and re.search(cue, text, re.IGNORECASE) is not None
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        day = date.fromisoformat(value)
        written = re.search(_MONTHS[day.month - 1], text.casefold()) and {Decimal(day.year), Decimal(day.day)} <= figures(text)
        return bool(written) or value in text or f"{day:%d.%m.%Y}" in text
    if isinstance(value, (int, float, Decimal)):
        return Decimal(str(value)) in figures(text) or printed(Decimal(str(value)), text)
    return False


def supports(pattern: str, value: JsonValue, evidence: Evidence) -> bool:
    """Whether the quote of an evidence bears the value out, as strictly as its status claims.

    Quoted: equal, white space aside. A text that was repaired or normalised (a title in a URL): equal in letters and
    digits; a fact may be one of several between commas. Any other value: said in the quote.
    """
    quote = unescaped(evidence.quote)
    if isinstance(value, str):
        if "".join(value.split()) == "".join(quote.split()):
            return True
        if evidence.status == "quoted":
            return False
        parts = quote.split(",") if evidence.status == "fact" else []
        if letters(value) in map(letters, [quote, *parts]):
            return True
    if evidence.status == "inferred" and (pattern, value) == ("salary.unit", "YEAR"):
        return max(figures(quote), default=Decimal(0)) >= 10_000  # no word says it; such an amount is what it rests on
    return evidence.status != "quoted" and said(pattern, value, quote)


def faults(case: str, path: str, value: JsonValue, evidence: Evidence | None) -> Iterator[str]:
    """What is wrong with the evidence of a value."""
    if evidence is None or not evidence.spans:
        yield f"{path}: no evidence for {value!r}"
        return
    text = GOLD_CASES[case].source
    if not all(0 <= start < end <= len(text) for start, end in evidence.spans):
        yield f"{path}: spans {evidence.spans} leave the document of {len(text)} characters"
        return
    covered = [text[start:end] for start, end in evidence.spans]
    if Counter("".join("".join(covered).split())) != Counter("".join(evidence.quote.split())):
        yield f"{path}: the spans cover {covered!r}, not the quote {evidence.quote!r}"
    if not supports(path_pattern(path), value, evidence):
        yield f"{path}: {evidence.status} {evidence.quote!r} does not support {value!r}"


def gold(case: str) -> JobPosting:
    """The record that is right for a case."""
    return JobPosting.model_validate(GOLD_CASES[case].expected)


def by_model(case: str, *, rules: Engine | None) -> Extraction[JobPosting]:
    """The extraction of a case by a model that answers the gold: of all fields, or of those that the rules leave open.

    It answers each text with the numbers of its lines, and each value with the first line that states it.
    """
    model = Scripted()
    engine = LlmEngine(
        task_named("job_posting"), prompt_for("job_posting"), model, Asking("m", "https://e", max_repairs=0), rules
    )
    plan = engine.plan(clean(open_source(GOLD_CASES[case].source)))
    model.answers = [answered(answer_of(gold(case), plan.wire, plan.lines))]
    return extract(GOLD_CASES[case].source, schema=JobPosting, engine=engine)


@pytest.mark.parametrize("engine", ["rules", "llm", "llm alone"])
@pytest.mark.parametrize("case", CASES)
def test_every_value_has_evidence_in_the_document(
    case: str, engine: str, extraction: Callable[[str], Extraction[JobPosting]]
) -> None:
    """Each value of the record points at characters of the raw document that say the same, whoever filled it."""
    result = extraction(case) if engine == "rules" else by_model(case, rules=RulesEngine() if engine == "llm" else None)
    assert result.status == "complete"
    if engine != "rules":
        assert dict(leaf_paths(result.record)) == dict(leaf_paths(gold(case)))
    as_json = dict(text_leaves(result.record.model_dump(mode="json")))
    leaves = [path for path, value in leaf_paths(result.record) if value is not None]
    assert leaves == list(as_json)
    assert [fault for path in leaves for fault in faults(case, path, as_json[path], result.evidence.get(path))] == []


@pytest.mark.parametrize(
    ("pattern", "value", "status", "quote", "right"),
    [
        ("title", "Cook", "quoted", "Cook", True),
        ("title", "Cook & Baker", "quoted", "Cook &amp;amp; Baker", True),
        ("title", "l'été", "quoted", "l\\'\\u00e9t\\u00e9", True),
        ("title", "Cook", "quoted", "cook", False),
        ("title", "Cook", "quoted", "Cooks", False),
        ("title", "AI top-tier", "repaired", "Al top - tier", True),
        ("title", "AI top-tier", "quoted", "Al top - tier", False),
        ("title", "AI", "repaired", "AR", False),
        ("title", "Pastry Cook", "normalised", "pastry-cook", True),
        ("title", "Pastry Cook", "normalised", "cook", False),
        ("salary.min", 6400, "normalised", "$6,400/month", True),
        ("salary.min", 95000, "normalised", "$85,000 to $119,000", False),
        ("salary.unit", "MONTH", "normalised", "$6,400/month", True),
        ("salary.unit", "YEAR", "normalised", "$6,400/month", False),
        ("salary.unit", "YEAR", "inferred", "between $120,500 and $150,000", True),
        ("salary.unit", "YEAR", "normalised", "between $120,500 and $150,000", False),
        ("salary.unit", "YEAR", "inferred", "$6,400", False),
        ("salary.currency", "USD", "inferred", "$6,400", True),
        ("salary.currency", "EUR", "normalised", "$6,400", False),
        ("date_posted", "2025-03-07", "normalised", "Posted: March 7, 2025", True),
        ("date_posted", "2025-03-07", "fact", "2025-03-07T08:00:00Z", True),
        ("date_posted", "2025-03-07", "normalised", "Posted: June 7, 2025", False),
        ("date_posted", "2025-03-07", "normalised", "© 2025", False),
        ("lines.*.total", -1796.4, "normalised", "-1\u202f796,40 €", True),
        ("lines.*.total", 1796.4, "normalised", "-1\u202f796,40 €", False),
        ("lines.*.total", 2499, "normalised", "2.499,00", True),
        ("lines.*.total", 499, "normalised", "2.499,00", False),
        ("issued", "2025-03-11", "normalised", "11.03.2025", True),
        ("issued", "2025-11-03", "normalised", "11.03.2025", False),
        ("duration.min_weeks", 12, "normalised", "12 semaines", True),
        ("duration.min_weeks", 12, "normalised", "16 weeks", False),
        ("education.level", "DOCTORATE", "normalised", "A PhD in baking", True),
        ("education.level", "BACHELOR", "normalised", "A PhD in baking", False),
        ("locations.*.country", "CH", "normalised", "Switzerland", True),
        ("locations.*.country", "CH", "normalised", "Zurich", False),
        ("industry.*", "Hotels", "fact", "Food,Hotels", True),
        ("industry.*", "Hotels", "quoted", "Food,Hotels", False),
        ("industry.*", "Hot", "fact", "Food,Hotels", False),
    ],
)
def test_the_check_of_evidence_itself(pattern: str, value: JsonValue, status: str, quote: str, right: bool) -> None:
    """The check lets right evidence through and nothing else."""
    assert supports(pattern, value, Evidence.model_validate({"status": status, "quote": quote})) is right


@pytest.mark.parametrize(
    ("spans", "quote", "value", "complaint"),
    [
        ([], "", "x", "no evidence"),
        ([(0, 10**9)], "", "x", "leave the document"),
        ([(5, 5)], "", "x", "leave the document"),
        ([(0, 40)], "something else", "something else", "not the quote"),
        ([(0, 40)], None, "something else", "does not support"),
        ([(0, 40)], None, None, None),
    ],
)
def test_the_faults_that_are_told(
    spans: list[tuple[int, int]], quote: str | None, value: str | None, complaint: str | None
) -> None:
    """Missing evidence, spans outside the document, quotes that are not what the spans cover, and quotes of something else."""
    case = CASES[0]
    there = " ".join(GOLD_CASES[case].source[:40].split())
    evidence = Evidence.model_validate({"status": "quoted", "quote": there if quote is None else quote, "spans": spans})
    found = list(faults(case, "title", value or there, evidence))
    assert [complaint in fault for fault in found] == [True] if complaint else found == []

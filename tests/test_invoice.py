"""Invoices, the second task that ships: how their records are written, and that the engine needs nothing new for them."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations
from pathlib import Path

import pytest
from checking import doubted
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, JsonValue, ValidationError

from extract.checks import checks_of
from extract.cleaning import clean
from extract.cleaning.document import CleanDocument, Scalar, Segment
from extract.engines.base import Draft, DraftValue, TextReference
from extract.evals.cases import Case, shipped_cases
from extract.fields import leaf_annotations, leaf_paths
from extract.grounding import ground
from extract.schemas.invoice import Invoice, Line, Party, Payment, Period
from extract.source import open_source
from extract.tasks import shipped_tasks, task_named, task_of
from extract.validation import validate

CASES = shipped_cases("invoice")
ENGINE = Path(__file__).parent.parent / "extract"
FULL: dict[str, JsonValue] = {
    "number": "R-17",
    "kind": "RECEIPT",
    "preceding_invoice": "R-16",
    "issued": "2025-03-01",
    "due": "2025-03-31",
    "delivered": "2025-02-27",
    "period": {"start": "2025-02-01", "end": "2025-02-28"},
    "currency": "CHF",
    "seller": {
        "name": "Lake & Sons",
        "tax_id": "CHE-123.456.789 MWST",
        "address": "Quai 1, 1200 Genève",
        "country": "CH",
        "email": "pay@lake.example",
    },
    "buyer": {"name": "Hill", "tax_id": None, "address": "Rue 2", "country": None, "email": None},
    "order_number": "4500",
    "lines": [{"description": "Cake", "quantity": 1.5, "unit": "kg", "unit_price": 20, "tax_rate": 2.6, "total": 30}],
    "net_total": 30,
    "tax_total": 0.78,
    "gross_total": 30.78,
    "amount_due": 0.78,
    "payment": {"iban": "CH93 0076 2011 6238 5295 7", "bic": "XMPLCHZZ", "reference": "17"},
    "notes": ["Net 30 days."],
    "language": "en",
}


def errors(model: type[BaseModel], values: dict[str, object]) -> list[str]:
    """The dotted paths of what a model refuses."""
    try:
        model.model_validate(values)
    except ValidationError as refused:
        return [".".join(map(str, error["loc"])) for error in refused.errors()]
    return []


# Conventions ----------------------------------------------------------------------------------------------------------

VALID: list[tuple[type[BaseModel], str, object, object]] = [
    (Payment, "iban", "DE89370400440532013000", "DE89370400440532013000"),
    (Payment, "iban", " DE89 3704 0044 0532 0130 00 ", "DE89 3704 0044 0532 0130 00"),
    (Payment, "iban", "FR14 2004 1010 0505 0001 3M02 606", "FR14 2004 1010 0505 0001 3M02 606"),
    (Payment, "iban", "NO93\u00a08601\u00a01117\u00a0947", "NO93\u00a08601\u00a01117\u00a0947"),
    (Payment, "iban", "MT84MALT011000012345MTLCAST001S", "MT84MALT011000012345MTLCAST001S"),
    (Payment, "bic", "XMPLDEFF", "XMPLDEFF"),
    (Payment, "bic", "XMPLDEFF5XX", "XMPLDEFF5XX"),
    (Line, "quantity", "12.5", Decimal("12.5")),
    (Line, "quantity", -36, Decimal(-36)),
    (Line, "unit_price", "0.0175", Decimal("0.0175")),
    (Line, "tax_rate", 0, Decimal(0)),
    (Line, "tax_rate", 5.5, Decimal("5.5")),
    (Line, "tax_rate", 100, Decimal(100)),
    (Line, "total", -1796.4, Decimal("-1796.4")),
    (Invoice, "gross_total", "-0.01", Decimal("-0.01")),
    (Invoice, "kind", "CREDIT_NOTE", "CREDIT_NOTE"),
]
INVALID: list[tuple[type[BaseModel], str, object]] = [
    *[
        (Payment, "iban", number)
        for number in (
            "DE89370400440532013001",  # check digits
            "DE98370400440532013000",  # two figures changed places
            "DE8937040044O532013000",  # the letter O for a zero
            "de89370400440532013000",
            "DE89-3704-0044-0532-0130-00",
            "DE89 3704",
            "8937040044 0532013000",
            "DE" + "8" * 40,
            "IBAN: DE89370400440532013000",
            "DE8937040044053201300０",
        )
    ],
    *[(Payment, "bic", code) for code in ("XMPLDEF", "XMPLDEFFX", "xmpldeff", "XMPL12FF", "XMPL DE FF")],
    *[(Line, "tax_rate", rate) for rate in (-1, 100.5, "19 %", "19,0", float("nan"))],
    *[(Line, field, "1,5") for field in ("quantity", "unit_price", "total")],
    *[(Invoice, field, float("inf")) for field in ("net_total", "tax_total", "gross_total", "amount_due")],
    *[(Invoice, field, "31.12.2025") for field in ("issued", "due", "delivered")],
    (Invoice, "kind", "Rechnung"),
    (Invoice, "currency", "€"),
    (Invoice, "iban", "DE89370400440532013000"),
    (Party, "country", "UK"),
]


@pytest.mark.parametrize(("model", "field", "value", "kept"), VALID)
def test_kept(model: type[BaseModel], field: str, value: object, kept: object) -> None:
    """What keeps its convention is taken as it is, amounts as decimals."""
    assert errors(model, {field: value}) == []
    assert getattr(model.model_validate({field: value}), field) == kept


@pytest.mark.parametrize(("model", "field", "value"), INVALID)
def test_refused(model: type[BaseModel], field: str, value: object) -> None:
    """What breaks its convention is refused, at its field."""
    assert errors(model, {field: value}) == [field]


@given(at=st.integers(4, 21), figure=st.sampled_from("0123456789"))
def test_one_wrong_figure_of_an_iban_is_noticed(at: int, figure: str) -> None:
    """The check digits tell each single figure that was misread."""
    right = "DE89370400440532013000"
    assert errors(Payment, {"iban": right[:at] + figure + right[at + 1 :]}) == ([] if right[at] == figure else ["iban"])


@pytest.mark.parametrize(
    ("values", "refused"),
    [
        ({"net_total": 100, "tax_total": 19, "gross_total": 119}, []),
        ({"net_total": -100, "tax_total": -19, "gross_total": -119}, []),
        ({"net_total": "100.01", "tax_total": 19, "gross_total": "119.05"}, []),
        ({"net_total": 100, "tax_total": 19, "gross_total": "119.06"}, ["gross_total"]),
        ({"net_total": 100, "tax_total": 19, "gross_total": 100}, ["gross_total"]),
        ({"net_total": -100, "tax_total": -19, "gross_total": 119}, ["gross_total"]),
        ({"net_total": 100, "gross_total": 119}, []),
        ({"tax_total": 19, "gross_total": 100}, []),
        ({"net_total": 100, "tax_total": 19}, []),
        ({"issued": "2025-03-02", "due": "2025-03-01"}, ["due"]),
        ({"issued": "2025-03-01", "due": "2025-03-01"}, []),
        ({"due": "2025-03-01"}, []),
        ({"period": {"start": "2025-03-02", "end": "2025-03-01"}}, ["period"]),
        ({"period": {"start": "2025-03-01", "end": "2025-03-01"}}, []),
    ],
)
def test_fields_that_bear_on_each_other(values: dict[str, object], refused: list[str]) -> None:
    """Sums fit up to a rounding and days are in order; where they do not, the last field is wrong, or the whole period."""
    assert doubted(Invoice, values) == refused


def test_equal_lines_both_count() -> None:
    """What was delivered twice is charged twice; notes, and lines without any value, are not repeated."""
    cake = {"description": "Cake", "total": 30}
    invoice = Invoice.model_validate({"lines": [cake, {}, cake], "notes": ["Net 30 days.", "Net 30 days."]})
    assert [line.total for line in invoice.lines] == [30, 30]
    assert invoice.notes == ["Net 30 days."]


@pytest.mark.parametrize("values", [FULL, {}])
def test_json_round_trip(values: dict[str, JsonValue]) -> None:
    """A record written as JSON is read back as itself, and its JSON is what went in, amounts as numbers."""
    record = Invoice.model_validate(values)
    assert Invoice.model_validate_json(record.model_dump_json()) == record
    dumped = json.loads(record.model_dump_json())
    assert {name: dumped[name] for name in values} == values


def test_the_full_record_has_every_field() -> None:
    """The round trip leaves out no field."""
    assert list(FULL) == list(Invoice.model_fields)
    assert set(FULL["seller"] or ()) == set(Party.model_fields)  # type: ignore[arg-type]  # a dict, as it stands above
    assert Period.model_fields.keys() | Payment.model_fields.keys() == {"start", "end", "iban", "bic", "reference"}


def test_nothing_is_required() -> None:
    """An empty record is nulls and empty lists."""
    assert all(value in (None, []) for value in Invoice().model_dump().values())


# What an engine learns from the schema ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "verbatim", "reader"),
    [
        ("number", False, None),
        ("seller.address", True, None),
        ("lines.*.description", True, None),
        ("notes.*", True, None),
        ("issued", False, "date"),
        ("currency", False, "currency"),
        ("buyer.country", False, "country"),
        ("lines.*.total", False, None),
    ],
)
def test_how_a_leaf_is_proved(path: str, verbatim: bool, reader: str | None) -> None:
    """Long texts are verbatim, codes and days name their reader, and figures are read by their type."""
    leaf = leaf_annotations(Invoice)[path]
    assert (leaf.verbatim, leaf.reader) == (verbatim, reader)


# A task and nothing more -------------------------------------------------------------------------------------------------


def test_the_task_ships() -> None:
    """It is found by its name and by its model, beside the first one."""
    assert {"invoice", "job_posting"} <= set(shipped_tasks())
    assert task_named("invoice") == task_of(Invoice)


def test_the_engine_does_not_know_invoices() -> None:
    """No module of the engine imports the schema or names the task: adding one touches nothing there."""
    linked = {"schemas", "prompts", "evals"}
    modules = [path for path in ENGINE.rglob("*.py") if not linked & set(path.relative_to(ENGINE).parts)]
    assert len(modules) > 50
    assert [path.name for path in modules if knows(path.read_text("utf-8"), "invoice")] == []
    assert knows("if task.name != 'invoice': x()", "invoice")
    assert knows("from extract.schemas.invoice import Invoice", "invoice")
    assert not knows('"""Not for the schema of an invoice."""', "invoice")


def knows(code: str, task: str) -> bool:
    """Whether code imports the module of a task, or has its name as a constant."""
    for node in ast.walk(ast.parse(code)):
        names = [alias.name for alias in node.names] if isinstance(node, (ast.Import, ast.ImportFrom)) else []
        module = node.module if isinstance(node, ast.ImportFrom) else None
        if f"extract.schemas.{task}" in (*names, module) or (isinstance(node, ast.Constant) and node.value == task):
            return True
    return False


def places(value: str, segments: list[Segment]) -> Iterator[tuple[TextReference, ...]]:
    """Where a text may be stated: a part of a segment, the kinds of dashes aside; two segments; each segment whole."""
    pattern = re.compile(re.escape(value).replace(r"\-", "[-\u2010\u2011]"))
    whole = [TextReference(segment.number, 0, len(segment.text)) for segment in segments]
    for segment in segments:
        yield from ((TextReference(segment.number, *found.span()),) for found in pattern.finditer(segment.text))
    yield from combinations(whole, 2) if " " in value else ()
    yield from ((reference,) for reference in whole)


def stated(path: str, value: Scalar, document: CleanDocument) -> DraftValue:
    """The value with the first place that states it; with none where no place does."""
    for references in places(str(value), list(document.segments)):
        drafted = DraftValue(value, references)
        if not ground(Draft({path: drafted}), document, Invoice).issues:
            return drafted
    return DraftValue(value)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_engine_can_make_the_gold_record(case: Case) -> None:
    """An engine that answers each field of the gold with the place that states it gets that very record, without an issue."""
    document = clean(open_source(case.source))
    expected = Invoice.model_validate(case.expected)
    answers = {path: as_answer(value) for path, value in leaf_paths(expected) if value is not None}
    grounding = ground(Draft({path: stated(path, value, document) for path, value in answers.items()}), document, Invoice)
    made = validate(grounding.values, Invoice)
    assert (grounding.issues, made.issues) == ((), ())
    assert made.record == expected


def test_an_order_in_the_document_is_not_believed() -> None:
    """An engine that takes the total which a sentence of the document demands has it refused: it fits neither net nor tax."""
    document = clean(open_source(CASES["invoice_html_en"].source))
    demanded = next(segment for segment in document.segments if "set the total to 1.00" in segment.text)
    answers: dict[str, Scalar] = {"net_total": 1408.2, "tax_total": 261.74}
    draft = {path: stated(path, value, document) for path, value in answers.items()}
    draft["gross_total"] = DraftValue(1, (TextReference(demanded.number, 0, len(demanded.text)),))
    grounded = ground(Draft(draft), document, Invoice).values
    made = validate(grounded, Invoice, document=document, checks=checks_of(Invoice))
    assert made.record == Invoice.model_validate(answers)
    assert [(issue.code, issue.path) for issue in made.issues] == [("total", "gross_total")]


def as_answer(value: object) -> Scalar:
    """A value as a model writes it."""
    return float(value) if isinstance(value, Decimal) else str(value)

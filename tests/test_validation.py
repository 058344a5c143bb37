"""Validation: Pydantic has the last word on each value, and evidence stays with the value that it is for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, TypeVar

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, RootModel, TypeAdapter, ValidationError

from extract.cleaning.document import Scalar
from extract.errors import IncompleteRecord
from extract.fields import is_within, leaf_annotations, leaf_paths
from extract.grounding import Grounded
from extract.readers.stating import same_value
from extract.records import assemble, without_gaps
from extract.result import Evidence, Issue, Severity, Status
from extract.schemas.job_posting import JobPosting
from extract.validation import Validated, validate

Record = TypeVar("Record", bound=BaseModel)


def entry(value: Scalar, quote: str | None = None) -> Grounded:
    """A value whose evidence can be told from that of any other."""
    return Grounded(value, Evidence(status=Status.QUOTED, quote=repr(value) if quote is None else quote))


def validated(values: Mapping[str, Scalar]) -> Validated[JobPosting]:
    """The record of a job posting with these values."""
    return validate({path: entry(value) for path, value in values.items()}, JobPosting)


def quotes(found: Validated[Record]) -> dict[str, str]:
    """The quotes of the leaves that have one."""
    return {path: evidence.quote for path, evidence in found.evidence.items() if evidence.quote}


def test_values_become_a_record() -> None:
    """Leaves, objects and lists are put together, and each leaf has its evidence, null ones too."""
    found = validated({"title": "Cook", "locations.0.city": "Bern", "salary.min": "4500.50", "skills.0": "dough"})
    assert (found.record.title, found.record.locations[0].city, found.record.skills) == ("Cook", "Bern", ["dough"])
    assert quotes(found) == {"title": "'Cook'", "locations.0.city": "'Bern'", "salary.min": "'4500.50'", "skills.0": "'dough'"}
    assert found.evidence["company"].status is Status.ABSENT
    assert found.evidence["locations.0.region"].status is Status.ABSENT
    assert found.issues == ()


@pytest.mark.parametrize(
    ("values", "left", "refused"),
    [
        ({"title": "Cook", "date_posted": "soon"}, ["title"], ["date_posted"]),
        ({"salary.min": "9", "salary.max": "-5", "salary.unit": "YEAR"}, ["salary.min", "salary.unit"], ["salary.max"]),
        ({"locations.0.country": "ZZ", "locations.1.country": "CH"}, ["locations.0.country"], ["locations"]),
        ({"locations.2.country": "ZZ", "locations.2.city": "Bern"}, ["locations.0.city"], ["locations.0.country"]),
        ({"employment_types.0": "FULL_TIME", "employment_types.1": "SOMETIMES"}, ["employment_types.0"], ["employment_types"]),
        ({"locations.0.city": "Remote", "locations.0.raw": "Bern"}, ["locations.0.raw"], ["locations.0.city"]),
        ({"company": "Acme", "company.name": "Acme"}, ["company.name"], ["company"]),
        ({"company": "Acme"}, [], ["company"]),
        ({"company.0": "Acme"}, [], ["company"]),
        ({"locations.city": "Bern"}, [], ["locations"]),
        ({"title.0": "Cook", "skills.0": "dough"}, ["skills.0"], ["title"]),
        ({"0": "Cook", "1": "Chef"}, [], ["", ""]),
        ({"": "Cook", ".": "Cook", "a..b": "Cook"}, [], ["", "", "a"]),
        ({"skills.0.x": "a", "skills.1": "b"}, ["skills.0"], ["skills"]),
        ({"duration.min_weeks": 10**400}, [], ["duration.min_weeks"]),
        ({"experience_years_min": float("nan")}, [], ["experience_years_min"]),
    ],
)
def test_refused_values_are_left_out(values: dict[str, Scalar], left: list[str], refused: list[str]) -> None:
    """What a field refuses is an issue under its path in the record, or that of its list; all else stays."""
    found = validated(values)
    assert sorted(quotes(found)) == sorted(left)
    assert sorted(issue.path for issue in found.issues) == sorted(refused)
    assert {issue.code for issue in found.issues} == {"invalid"}
    assert all(any(is_within(path, issue.path) or is_within(issue.path, path) for path in values) for issue in found.broken)


@pytest.mark.parametrize(
    ("paths", "places"),
    [
        (["skills.3", "skills.1"], {"skills.3": "skills.1", "skills.1": "skills.0"}),
        (["skills.10", "skills.9"], {"skills.10": "skills.1", "skills.9": "skills.0"}),
        (["skills.01", "skills.1"], {"skills.01": "skills.0", "skills.1": "skills.1"}),
        (["a.5.b.7", "a.5.b.2"], {"a.5.b.7": "a.0.b.1", "a.5.b.2": "a.0.b.0"}),
        ([f"skills.{10**5}", "skills." + "9" * 5000], {f"skills.{10**5}": "skills.0", "skills." + "9" * 5000: "skills.1"}),
        (["skills.x", "skills.-1", "skills.²"], {"skills.x": "skills.x", "skills.-1": "skills.-1", "skills.²": "skills.²"}),
    ],
)
def test_list_positions_have_no_gaps(paths: list[str], places: dict[str, str]) -> None:
    """Positions are counted anew in the order of their numbers, however large; other parts are names."""
    assert without_gaps(paths) == places


def test_evidence_stays_with_its_entry_where_the_schema_drops_another() -> None:
    """Equal and blank entries are dropped by the record, and the next one keeps its own evidence."""
    cities = ["Bern", "Bern", "Genf"]
    found = validated({f"locations.{n}.city": city for n, city in enumerate(cities)} | {"skills.0": " ", "skills.1": " dough "})
    assert [place.city for place in found.record.locations] == ["Bern", "Genf"]
    assert found.record.skills == ["dough"]
    assert quotes(found) == {"locations.0.city": "'Bern'", "locations.1.city": "'Genf'", "skills.0": "' dough '"}


def test_entries_that_the_schema_changes_have_no_quote() -> None:
    """What no value of the draft says the same as is inferred: the evidence of its neighbour would be a lie."""

    class Basket(BaseModel):
        fruit: Annotated[list[str], AfterValidator(lambda fruit: [" and ".join(fruit)])]

    found = validate({"fruit.0": entry("pear"), "fruit.1": entry("plum")}, Basket)
    assert found.record.fruit == ["pear and plum"]
    assert found.evidence == {"fruit.0": Evidence(status=Status.INFERRED)}


def test_lists_at_the_root() -> None:
    """A schema that is a list has positions as first parts."""

    class Names(RootModel[list[str]]):
        pass

    found = validate({"1": entry("Bo"), "0": entry("Al")}, Names)
    assert found.record.root == ["Al", "Bo"]
    assert quotes(found) == {"0": "'Al'", "1": "'Bo'"}


def test_a_required_field_that_is_missing_raises() -> None:
    """No record can be made without it: the error names the field, and the schema's own error is its cause."""

    class Person(BaseModel):
        name: str
        age: Annotated[int, Field(ge=0)]

    with pytest.raises(IncompleteRecord, match="name: Field required") as error:
        validate({"age": entry(3)}, Person)
    assert isinstance(error.value.__cause__, ValidationError)
    with pytest.raises(IncompleteRecord, match="age"):
        validate({"name": entry("Al"), "age": entry(-3)}, Person)


class Item(BaseModel):
    """A required part, as users write them: null and lists have no default."""

    kind: Literal["item"]
    name: str
    note: str | None
    tags: list[str]
    parts: list[Item]


class Order(BaseModel):
    number: str = Field(alias="orderNumber")
    items: list[Item]
    first: Item | None
    buyer: Buyer
    either: Item | Buyer | None = None


class Buyer(BaseModel):
    city: str | None


def test_what_is_required_and_may_be_nothing_is_nothing() -> None:
    """Null and empty lists are filled in where a schema requires them, at every depth; so is the one value of a constant."""
    found = validate({"number": entry("7"), "items.0.name": entry("nut"), "items.0.parts.0.name": entry("thread")}, Order)
    assert found.record.model_dump() == {
        "number": "7",
        "items": [
            {
                "kind": "item",
                "name": "nut",
                "note": None,
                "tags": [],
                "parts": [{"kind": "item", "name": "thread", "note": None, "tags": [], "parts": []}],
            }
        ],
        "first": None,
        "buyer": {"city": None},
        "either": None,
    }
    assert found.issues == ()


def test_an_entry_that_lacks_what_it_needs_is_left_out() -> None:
    """A list loses the entry with an issue that names what is missing; the record and the other entries stay."""
    values = {"number": entry("7"), "items.0.note": entry("no name"), "items.1.name": entry("nut")}
    found = validate(values, Order)
    assert [item.name for item in found.record.items] == ["nut"]
    assert [(issue.path, issue.code) for issue in found.issues] == [("items", "invalid")]
    assert [issue.path for issue in found.broken] == ["items.0.name"]  # which is what has to be asked for
    assert found.issues[0].message == "items: name: Field required"


def test_a_member_of_a_union_is_completed_by_its_constant() -> None:
    """The object that has the constant of a member gets what that member requires."""
    values = {"number": entry("7"), "either.kind": entry("item"), "either.name": entry("nut")}
    assert isinstance(validate(values, Order).record.either, Item)


class Cat(BaseModel):
    kind: Literal["cat"]
    name: str | None = None
    born: Annotated[date, Field(lt=date(2020, 1, 1))] | None = None


class Dog(BaseModel):
    kind: Literal["dog"]
    size: Literal["S"] | None
    weight: Literal["S", None]  # noqa: PYI061 - schemas of users are written like this too


class Zoo(BaseModel):
    pets: list[Annotated[Cat | Dog, Field(discriminator="kind")]] = []


def test_a_value_inside_of_a_union_is_refused_alone() -> None:
    """The member and its other values stay: Pydantic's name of the member is no part of the path."""
    values = {"pets.0.kind": entry("cat"), "pets.0.name": entry("Tom"), "pets.0.born": entry("2024-05-30")}
    found = validate(values, Zoo)
    assert found.record.pets == [Cat(kind="cat", name="Tom")]
    assert [(issue.path, issue.message) for issue in found.issues] == [
        ("pets.0.born", "pets.0.born: Input should be less than 2020-01-01")
    ]


def test_a_constant_that_may_be_null_is_null() -> None:
    """Only what can have no other value is filled in."""
    record = validate({"pets.0.kind": entry("dog")}, Zoo).record
    assert record.pets == [Dog(kind="dog", size=None, weight=None)]


def test_values_go_by_the_names_of_fields() -> None:
    """An alias may be the name of another field, and takes nothing from it."""

    class Crossed(BaseModel):
        first: int | None = Field(default=None, alias="second")
        second: int | None = Field(default=None, alias="third")

    found = validate({"first": entry(1), "second": entry(2)}, Crossed)
    assert (found.record.first, found.record.second) == (1, 2)
    assert quotes(found) == {"first": "1", "second": "2"}


def test_strict_schemas_are_filled_too() -> None:
    """Days and amounts come as texts, as they do in JSON; bounds still hold."""

    class Strict(BaseModel):
        model_config = ConfigDict(strict=True)

        day: date | None = None
        sum: Annotated[Decimal, Field(gt=0)] | None = None

    values: dict[str, Scalar] = {"day": "2024-05-30", "sum": "-1.50"}
    found = validate({path: entry(value) for path, value in values.items()}, Strict)
    assert (found.record.day, found.record.sum) == (date(2024, 5, 30), None)
    assert [issue.path for issue in found.issues] == ["sum"]


def test_a_value_at_the_root() -> None:
    """A schema that is a single value has the empty path."""

    class Count(RootModel[int]):
        pass

    found = validate({"": entry(3)}, Count)
    assert (found.record.root, quotes(found)) == (3, {"": "3"})
    with pytest.raises(IncompleteRecord, match="the record"):
        validate({}, Count)


def test_assemble_says_which_path_clashes() -> None:
    """A path that is a value and an object cannot be put together."""
    with pytest.raises(ValueError, match="a value and an object"):
        assemble({"company": "Acme", "company.name": "Acme"})


PARTS = (
    "title",
    "company",
    "name",
    "locations",
    "city",
    "raw",
    "skills",
    "salary",
    "max",
    "0",
    "1",
    "2",
    "07",
    "9" * 5000,
    "-1",
    "",
    "x",
)
paths = st.sampled_from([p.replace("*", n) for p in leaf_annotations(JobPosting) for n in "012"]) | st.lists(
    st.sampled_from(PARTS), max_size=4
).map(".".join)
scalars: st.SearchStrategy[Scalar] = st.one_of(
    st.sampled_from(["Bern", " Bern ", "Genf", "", " ", "CH", "FULL_TIME", "INTERN", "2024-05-30", "remote", "5", "\x00"]),
    st.sampled_from([3, -3, 2.5, True, 10**5000, float("nan"), float("-inf")]),
    st.text(max_size=3),
)


def says(held: object, value: Scalar) -> bool:
    """Whether a leaf says what came in for it; Pydantic reads a truth value from some words and figures too."""
    if isinstance(held, bool) and not isinstance(value, bool):
        return TypeAdapter(bool).validate_python(value) is held
    return same_value(held, value) or held == value


@settings(max_examples=100, deadline=None)
@given(values=st.dictionaries(paths, scalars, max_size=10))
@example(values={"education.in_progress_ok": "0"})
def test_any_values_make_a_job_posting(values: dict[str, Scalar]) -> None:
    """For any values: no exception, and each leaf of the record has the evidence of a value that says the same."""
    numbered = {path: Grounded(value, Evidence(status=Status.QUOTED, quote=path)) for path, value in values.items()}
    found = validate(numbered, JobPosting)
    for path, held in leaf_paths(found.record):
        evidence = found.evidence[path]
        if held is None:
            assert evidence.status is Status.ABSENT
        else:
            assert says(held, values[evidence.quote])
    assert all(any(is_within(path, issue.path) or is_within(issue.path, path) for path in values) for issue in found.broken)
    assert len(found.broken) == len(found.issues)


def test_many_refusals_take_linear_time() -> None:
    """Thousands of refused entries are sorted out in one pass (the whole takes well under a second)."""
    values: dict[str, Scalar] = {f"employment_types.{n}": f"SORT {n}" for n in range(3000)}
    found = validated(values)
    assert (found.record.employment_types, len(found.issues)) == ([], 3000)


def test_the_reason_why_a_required_value_is_missing_is_told() -> None:
    """A value that was there and was refused is no value that was not there; the issues go with the error."""

    class Ticket(BaseModel):
        number: Annotated[int, Field(ge=10)]

    with pytest.raises(IncompleteRecord, match="number: Input should be greater than or equal to 10") as error:
        validate({"number": entry(7)}, Ticket)
    assert [issue.path for issue in error.value.issues] == ["number"]
    doubt = Issue(code="ungrounded", path="number", message="number: the document does not state '12'", severity=Severity.ERROR)
    with pytest.raises(IncompleteRecord, match="the document does not state '12'"):
        validate({}, Ticket, doubts=(doubt,))


def test_a_default_that_is_no_null_is_no_finding() -> None:
    """It has a status, and it is not that of a value that the document states."""

    class Ticket(BaseModel):
        number: int | None = None
        copies: int = 1
        tags: list[str] = ["new"]

    found = validate({"number": entry(7)}, Ticket)
    assert found.record == Ticket(number=7)
    assert {path: evidence.status for path, evidence in found.evidence.items() if path != "number"} == {
        "copies": Status.INFERRED,
        "tags.0": Status.INFERRED,
    }

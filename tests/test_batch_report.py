"""The report of a batch: what is counted, and how its index tells it."""

from __future__ import annotations

import json
import re

import pytest
from parsed_page import Page
from pydantic import BaseModel, RootModel
from reported_batches import COOK, FITTER, READER, Change, an_issue, asked, failed, line_of, page_of, partial, read, table, told

from extract.batch.reading import content_hash
from extract.batch.report.coverage import Coverage
from extract.batch.report.index import index_page
from extract.batch.report.kept import MOST_KINDS
from extract.batch.rows import json_text, row_line
from extract.errors import EmptySource, EndpointUnavailable, UnreadableSource
from extract.result import FieldStatus, RecordStatus, Severity, Status, Usage

NOTHING = "Nothing here."


def section(page: Page, title: str) -> str:
    """The text of a section; empty where there is none."""
    return "".join(text for has, text in page.all("section") if has.get("aria-labelledby") == title.lower())


class Range(BaseModel):
    low: int | None = None
    high: int | None = None


class Pay(BaseModel):
    unit: str | None = None
    range: Range | None = None


class Place(BaseModel):
    city: str | None = None
    country: str | None = None


class Advert(BaseModel):
    title: str | None = None
    pay: Pay | None = None
    places: list[Place] = []
    tags: list[str] = []


class Tags(RootModel[list[str]]):
    pass


FOUND, ABSENT, UNGROUNDED, INVALID, NOT_ASKED = (
    FieldStatus.FOUND,
    FieldStatus.ABSENT,
    FieldStatus.UNGROUNDED,
    FieldStatus.INVALID,
    FieldStatus.NOT_ASKED,
)


@pytest.mark.parametrize(
    ("fields", "states"),
    [
        ({"title": FOUND}, {"title": FOUND}),
        ({}, {}),
        ({"tags": ABSENT, "pay": NOT_ASKED}, {"pay.unit": NOT_ASKED, "pay.range.low": NOT_ASKED, "pay.range.high": NOT_ASKED}),
        ({"tags.0": FOUND, "tags.1": FOUND}, {"tags.*": FOUND}),
        ({"tags.0": FOUND, "tags": UNGROUNDED}, {"tags.*": UNGROUNDED}),
        ({"tags": INVALID}, {"tags.*": INVALID}),
        ({"places": INVALID}, {"places.*.city": INVALID, "places.*.country": INVALID}),
        ({"places": INVALID, "places.0.city": FOUND, "places.0.country": ABSENT}, {"places.*.city": FOUND}),
        ({"places.0.city": FOUND, "places.1.city": INVALID, "places.0.country": ABSENT}, {"places.*.city": INVALID}),
        ({"places.0.city": ABSENT, "places.1.city": FOUND, "places.2.city": NOT_ASKED}, {"places.*.city": FOUND}),
        ({"places.0.city": NOT_ASKED, "places.1.city": ABSENT}, {}),
        ({"pay": INVALID, "pay.range": ABSENT}, {"pay.unit": INVALID}),
        ({"pay.range": INVALID, "pay.unit": FOUND}, {"pay.unit": FOUND, "pay.range.low": INVALID, "pay.range.high": INVALID}),
        ({"pay.bonus": INVALID, "zip": FOUND, "places.0.zip": FOUND, "title.x": FOUND}, {}),
    ],
)  # fmt: skip
def test_a_document_counts_once_for_each_field(fields: dict[str, FieldStatus], states: dict[str, FieldStatus]) -> None:
    """As the first of invalid, ungrounded, found, absent, not asked; what is said of a list or object fills what is not said."""
    coverage = Coverage(Advert)
    coverage.add(fields)
    rows = {row.field: row.documents for row in coverage.rows()}
    assert list(rows) == ["title", "pay.unit", "pay.range.low", "pay.range.high", "places.*.city", "places.*.country", "tags.*"]
    assert {field: [state for state, count in counts.items() if count] for field, counts in rows.items()} == {
        field: [states.get(field, ABSENT)] for field in rows
    }
    assert all(sum(counts.values()) == 1 for counts in rows.values())


@pytest.mark.parametrize(
    ("fields", "state"), [({"0": FOUND, "1": FOUND}, FOUND), ({"": INVALID}, INVALID), ({"": ABSENT}, ABSENT)]
)
def test_a_list_may_be_the_whole_record(fields: dict[str, FieldStatus], state: FieldStatus) -> None:
    """Its entries are the field."""
    coverage = Coverage(Tags)
    coverage.add(fields)
    assert [(row.field, row.documents[state]) for row in coverage.rows()] == [("*", 1)]


def test_figures_are_those_of_the_rows() -> None:
    """Five documents: two complete, one partial, one without any value, one that could not be read."""
    lines = [
        read("a.txt", COOK),
        read("b.txt", FITTER),
        partial("c.txt"),
        read("d.txt", NOTHING),
        failed("e.txt", UnreadableSource("e.txt does not exist")),
    ]
    figures = told(*lines, pages=2)
    assert figures.documents == 5
    assert figures.statuses == {RecordStatus.COMPLETE: 2, RecordStatus.PARTIAL: 1, RecordStatus.FAILED: 2}
    counts = {
        row.field: [row.documents[state] for state in (FOUND, UNGROUNDED, INVALID, ABSENT)] for row in figures.coverage.rows()
    }
    assert counts["title"] == [3, 0, 0, 1]
    assert counts["salary.min"] == [2, 0, 0, 2]
    assert counts["salary.max"] == [1, 0, 1, 2]
    assert counts["responsibilities.*"] == [1, 0, 0, 3]
    assert counts["skills.*"] == [0, 1, 0, 3]
    # Cook twice: title, currency quoted; min, max, unit, language read. Fitter: title and two tasks quoted.
    assert {way: count for way, count in figures.evidence.items() if way is not Status.ABSENT} == {
        Status.QUOTED: 2 + 2 + 3,
        Status.NORMALISED: 4 + 4,
    }
    assert figures.issues.tally.counts == {(Severity.ERROR, "order"): 1, (Severity.ERROR, "ungrounded"): 1}
    assert figures.faults.tally.counts == {"no value": 1, "unreadable": 1}
    assert figures.spending.usage == Usage(seconds=2.0)
    assert [document.path for document in figures.listing.rows()] == ["d.txt", "e.txt", "c.txt", "a.txt", "b.txt"]
    assert "c.txt" in [document.path for document in figures.listing.paged()]


def test_index_tells_the_figures() -> None:
    """Counts with their shares, how the rows were made, and each table."""
    doubt: Change = {"issues": [an_issue("doubtful", severity="warning"), an_issue("doubtful", severity="warning")]}
    page = page_of(
        read("a.txt", COOK, change=doubt),
        partial("c.txt"),
        read("d.txt", NOTHING, change=doubt),
        failed("e.txt", UnreadableSource("e.txt: gone")),
    )
    assert [text for _, text in page.all("h1")] == ["Batch: 4 documents"]
    told_first = next(text for _, text in page.all("ul", class_="legend"))
    assert told_first == "complete 1 25.0%partial 1 25.0%failed 2 50.0%"
    ((_, facts),) = page.all("dl", class_="facts")
    assert facts.startswith("enginerulesschemajob_posting ")
    assert facts.endswith("work1.5 sa document0.375 s of work")
    fields = {row[0]: row[2:] for row in table(page, "Fields")}
    assert fields["salary.max"] == ["1 33.3%", "0", "1", "1", "0"]
    assert fields["skills.*"] == ["0 0%", "1", "0", "2", "0"]
    assert [row[0::2] for row in table(page, "Evidence")][:2] == [["quoted", "4"], ["normalised", "8"]]
    assert table(page, "Issues") == [
        ["order error", "1 25.0%", "c.txt salary.max: too small"],
        ["ungrounded error", "1 25.0%", "c.txt skills: it is wrong"],
        ["doubtful warning", "2 50.0%", "d.txt title: it is wronga.txt title: it is wrong"],
    ]
    assert table(page, "Failures") == [
        ["no value", "1 25.0%", "the record has no value", "d.txt"],
        ["unreadable", "1 25.0%", "e.txt: gone", "e.txt"],
    ]
    assert table(page, "Documents") == [
        ["d.txt ", "failed", "0", "0", "0", " 2 warnings"],
        ["e.txt ", "failed", "0", "0", "0", "unreadable "],
        ["c.txt ", "partial", "5", "1", "1", " 2 errors"],
        ["a.txt ", "complete", "6", "0", "0", " 2 warnings"],
    ]
    assert section(page, "Costs") == ""


def test_bars_are_as_long_as_the_shares() -> None:
    """And what is there at all is seen, however few."""
    lines = [read(f"{number}.txt", COOK) for number in range(3)]
    page = page_of(*lines, failed("x", EmptySource("x")))
    rects = [has for name, has, _ in page.elements if name == "rect"]
    assert [(has["class"], has["x"], has["width"]) for has in rects[:2]] == [
        ("is-complete", "0.0", "750.0"),
        ("is-failed", "750.0", "250.0"),
    ]
    figures = told(*lines)
    figures.statuses.update({RecordStatus.COMPLETE: 10**6, RecordStatus.FAILED: 1})
    rare = [has for name, has, _ in Page(index_page(figures, {})).elements if name == "rect"][:2]
    assert 4 < float(rare[1]["width"]) < 8
    assert sum(float(has["width"]) for has in rare) == pytest.approx(1000)
    assert rare[1]["x"] == rare[0]["width"]


def test_costs_are_told_where_something_was_asked() -> None:
    """Totals, the mean of a document, and the dearest ones first; answers from the cache have cost nothing."""
    lines = [asked(f"{number}.txt", number / 100) for number in range(12)]
    lines.append(asked("cached.txt", 0.0, calls=0, input_tokens=0, output_tokens=0, cache_hits=2))
    page = page_of(*lines, read("rules.txt", COOK))
    ((_, facts),) = page.all("dl", class_="facts")[:1]
    assert "calls12tokens1,200 + 120cost$0.660000from the cache2 answerswork7.0 s" in facts
    assert facts.endswith("a document0.86 calls, 86 + 9 tokens, $0.047143, 0.500 s of work")
    assert section(page, "Costs").startswith("Costsdocuments asked about13")
    rows = table(page, "Dearest documents")
    assert [row[0] for row in rows] == [f"{number}.txt" for number in range(11, 1, -1)]
    assert rows[0] == ["11.txt", "$0.110000", "1", "100", "10", "0.500 s"]


def test_an_unknown_price_is_called_that() -> None:
    """What is known is told beside it, and there is no mean; documents are ordered by tokens then."""
    page = page_of(asked("a.txt", 0.25), asked("b.txt", None), asked("c.txt", None, input_tokens=101))
    assert "cost$0.250000, price unknown for 2 documents" in section(page, "Costs")
    assert "mean cost" not in section(page, "Costs")
    ((_, facts),) = page.all("dl", class_="facts")[:1]
    assert "costprice unknown" in facts
    assert facts.endswith("1.00 calls, 100 + 10 tokens, 0.500 s of work")
    assert [row[:2] for row in table(page, "Dearest documents")] == [
        ["a.txt", "$0.250000"],
        ["c.txt", "price unknown"],
        ["b.txt", "price unknown"],
    ]


def test_without_evidence_nothing_is_said_of_it() -> None:
    """Rows of --no-evidence have none; fields are told as ever."""
    body = json.loads(READER.answer("a.txt", COOK).body)
    del body["evidence"]
    page = page_of(line_of(json_text(body), "a.txt"))
    assert section(page, "Evidence") == ""
    assert section(page, "Fields") != ""
    assert "Evidence" not in [text for _, text in page.all("a")]


def test_a_mixture_of_configurations_is_told() -> None:
    """How many rows were made in which way; one way stands in the head."""
    other: Change = {"provenance": {"engine": "llm", "model": "org/m", "prompt": "job_posting/v2", "prompt_hash": "ab" * 32}}
    page = page_of(read("a.txt", COOK), read("b.txt", FITTER), read("c.txt", FITTER, change=other, configuration="d"))
    assert "not all made the same way" in page.text
    rows = table(page, "Configurations")
    assert [row[:4] for row in rows] == [["c", "2", "rules", "–"], ["d", "1", "llm", "org/m"]]
    assert rows[1][4] == "job_posting/v2 abababababab"
    assert "engine" not in [text for _, text in page.all("dt")]
    same = page_of(read("a.txt", COOK), failed("b.txt", EmptySource("b.txt is empty")))
    assert "not all made" not in same.text
    assert section(same, "Configurations") == ""


def test_no_more_kinds_and_configurations_are_told_apart_than_a_reader_can_read() -> None:
    """A check may invent a code for each document: the first ones are told, and how many were left out."""
    lines = [
        read(f"{number}.txt", NOTHING, change={"issues": [an_issue(f"code-{number}")]}, configuration=str(number))
        for number in range(MOST_KINDS + 7)
    ]
    page = page_of(*lines)
    assert len(table(page, "Issues")) == MOST_KINDS
    assert "7 issues of further kinds are left out" in page.text
    assert [row[:2] for row in table(page, "Configurations")][-1] == ["others", "87"]


def test_what_cannot_be_read_is_told_and_left_out() -> None:
    """A line that is no row of this version is not the end of the report."""
    page = page_of(read("a.txt", COOK), b'{"id": "7"}', b"\xff")
    assert "2 rows cannot be read by this version, and are left out." in page.text
    assert [text for _, text in page.all("h1")] == ["Batch: 1 document"]


def test_a_batch_without_rows_has_a_page() -> None:
    """It says that there are none."""
    page = page_of()
    assert "There are no rows." in page.text
    assert page.all("table") == []


def test_examples_lead_to_pages_where_there_are_pages() -> None:
    """Up to three of an issue and five of a failure; what has no page is no link."""
    lines = [partial(f"{number}.txt") for number in range(5)]
    lines += [failed(f"{number}.html", EmptySource(f"{number}.html is empty")) for number in range(7)]
    page = page_of(*lines, links={f"{number}.txt": f"{number}.txt.html" for number in range(5)})
    named = [re.findall(r"\d\.txt|\d\.html", row[-1]) for row in (*table(page, "Issues"), *table(page, "Failures"))]
    assert [len(set(names)) for names in named] == [3, 3, 5]
    links = {has["href"]: text for has, text in page.all("a") if not has["href"].startswith("#")}
    assert links == {f"{number}.txt.html": f"{number}.txt" for number in range(5)}


def test_a_document_is_called_by_its_name_too_where_it_has_one() -> None:
    """The name that its user gave stands below its place."""
    body = READER.answer("t.csv:2", COOK).body
    page = page_of(row_line(body, name="job-7", path="t.csv:2", sha256=content_hash(COOK), configuration="c"))
    assert table(page, "Documents")[0][0] == "t.csv:2 job-7"


def test_what_a_failed_document_used_counts() -> None:
    """Its calls are among all, and it may be one of the dearest; what came from the cache is none of these."""
    error = EndpointUnavailable("no answer", usage=Usage(calls=3, input_tokens=30, seconds=2))
    page = page_of(failed("a.txt", error), asked("b.txt", 0.0, calls=0, cache_hits=1))
    assert table(page, "Dearest documents") == [["a.txt", "$0", "3", "30", "0", "2.0 s"]]

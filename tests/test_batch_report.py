"""The report of a batch: what is counted and told, which documents get a page, and that nothing grows or breaks out."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parsed_page import Page
from pydantic import BaseModel, JsonValue, RootModel

from extract.batch.items import Content
from extract.batch.reading import Reading, content_hash, failure
from extract.batch.report import Figures, check_report, figures_of, write_report
from extract.batch.report.coverage import Coverage
from extract.batch.report.index import index_page
from extract.batch.report.kept import MOST_KINDS, Chosen
from extract.batch.report.listing import LISTED
from extract.batch.rows import json_text, row_line
from extract.errors import EmptySource, EndpointUnavailable, UnreadableSource, UsageError
from extract.result import FieldStatus, RecordStatus, Severity, Status, Usage
from extract.schemas.job_posting import JobPosting
from extract.source import MAX_CHARS

READER = Reading(engine="rules").reader()
COOK = "Title: Cook\nSalary: CHF 60,000 - 70,000 per year\n"
FITTER = "# Fitter\n\n## Your tasks\n\n- Build pumps\n- Test pumps\n"
NOTHING = "Nothing here."
HOSTILE = '</section><x-evil onmouseover="y">\'"&amp;\u202e\x1b[31m</title></style><script>alert(1)</script>https://example.org/'
GONE = "gone, has changed or cannot be read"
Change = Mapping[str, JsonValue]


def read(path: str, content: Content, *, change: Change | None = None, configuration: str = "c") -> bytes:
    """The row that the rules write for a document, with these keys changed."""
    body = json.loads(READER.answer(path, content).body)
    body["usage"]["seconds"] = 0.5
    for key, value in (change or {}).items():
        body[key] = {**body[key], **value} if isinstance(value, dict) else value
    return line_of(json_text(body), path, sha256=content_hash(content), configuration=configuration)


def failed(path: str, error: Exception) -> bytes:
    """The row of a document that could not be read."""
    return line_of(failure(error).body, path)


def line_of(body: str, path: str, *, sha256: str = "", configuration: str = "c") -> bytes:
    return row_line(body, name=path, path=path, sha256=sha256, configuration=configuration)


def an_issue(code: str, path: str = "title", *, severity: str = "error", message: str = "it is wrong") -> JsonValue:
    return {"code": code, "path": path, "message": message, "severity": severity}


def partial(path: str, content: Content = COOK) -> bytes:
    """The row of a document with a field that a check refused, and a list that lost an entry."""
    issues = [an_issue("order", "salary.max", message="salary.max: too small"), an_issue("ungrounded", "skills")]
    fields: JsonValue = {"salary.max": "invalid", "skills": "ungrounded"}
    return read(path, content, change={"status": "partial", "fields": fields, "issues": issues})


def asked(path: str, cost: float | None, **used: int) -> bytes:
    """The row of a document about which a model was asked."""
    usage: dict[str, JsonValue] = {"calls": 1, "input_tokens": 100, "output_tokens": 10, "cost": cost, **used}
    return read(path, COOK, change={"usage": usage})


def told(*lines: bytes, pages: int = 0) -> Figures:
    return figures_of(lines, schema=JobPosting, pages=pages)


def page_of(*lines: bytes, links: Mapping[str, str] | None = None) -> Page:
    """The index of a report about these rows."""
    return Page(index_page(told(*lines), links or {}))


def having(contents: Mapping[str, Content]) -> Callable[[AbstractSet[str]], Iterator[tuple[str, Content]]]:
    """Gives those of the places that are among these, the last one first."""
    return lambda places: ((place, contents[place]) for place in sorted(places & contents.keys(), reverse=True))


def written(
    folder: Path, lines: Sequence[bytes], *, contents: Mapping[str, Content], pages: int = 100, max_chars: int = MAX_CHARS
) -> Page:
    """The index of a report that was written."""
    index = write_report(lambda: lines, folder, contents=having(contents), schema=JobPosting, max_chars=max_chars, pages=pages)
    assert index == folder / "index.html"
    return Page(index.read_text("utf-8"))


def table(page: Page, label: str) -> list[list[str]]:
    """The rows of a table below its heads, as the texts of their cells."""
    (start,) = [at for at, (_, has, _) in enumerate(page.elements) if has.get("aria-label") == label]
    rows: list[list[str]] = []
    for name, _, text in page.elements[start + 1 :]:
        if name == "section":
            break
        if name == "tr":
            rows.append([])
        elif name in {"th", "td"}:
            rows[-1].append("".join(text))
    return rows[1:]


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


def test_hostile_text_stays_text_wherever_it_stands(tmp_path: Path) -> None:
    """Names, paths, codes, messages, models and values bring no element and no attribute."""
    change: Change = {
        "status": "partial",
        "fields": {HOSTILE: "invalid"},
        "issues": [an_issue(HOSTILE, HOSTILE, message=HOSTILE)],
        "provenance": dict.fromkeys(("engine", "model", "prompt", "prompt_hash", "task", "version", "source"), HOSTILE),
        "usage": {"calls": 1},
    }
    hostile = json.loads(read(HOSTILE, COOK, change=change)) | {"id": f"id {HOSTILE}"}
    body = json_text(
        {key: value for key, value in hostile.items() if key not in {"id", "path", "sha256", "configuration", "checksum"}}
    )
    lines = [
        row_line(body, name=f"id {HOSTILE}", path=HOSTILE, sha256=content_hash(COOK), configuration="c"),
        failed(f"x{HOSTILE}", UnreadableSource(HOSTILE)),
    ]
    page = written(tmp_path, lines, contents={HOSTILE: COOK})
    for each in (page, page_of(*lines, read("a.txt", COOK, configuration=json.dumps(HOSTILE)[1:-1]))):
        assert each.all("x-evil") == each.all("script") == []
        assert not [name for _, has, _ in each.elements for name in has if name.startswith("on") or name == "style"]
        assert each.text.count("alert(1)") >= 12
        assert "\u202e" not in re.sub(r"<i hidden>[^<]*</i>", "", each.html)
    (name,) = {has["href"] for has, _ in page.all("a") if not has["href"].startswith("#")}
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([name, "index.html"])


def test_page_leads_nowhere_but_into_itself_and_to_its_pages(tmp_path: Path) -> None:
    """No address of the network stands in it, nothing is loaded, and no script may run."""
    lines = [partial("a.txt"), read("b.txt", FITTER), failed("c.txt", EmptySource("c.txt is empty"))]
    page = written(tmp_path, lines, contents={"a.txt": COOK, "b.txt": FITTER})
    assert not re.search(r"https?:|//|@import|url\(", re.sub(r"/\*.*?\*/|</", "", page.html))
    addresses = {has[name] for _, has, _ in page.elements for name in ("href", "src", "action", "srcset") if name in has}
    ids = {f"#{has['id']}" for _, has, _ in page.elements if "id" in has}
    assert addresses == {"data:,", "a.txt.html", "b.txt.html", *ids}
    (policy,) = [has["content"] for has, _ in page.all("meta") if has.get("http-equiv")]
    assert "default-src 'none'" in policy
    assert "script-src 'none'" in policy


def test_every_page_is_a_review_of_its_row(tmp_path: Path) -> None:
    """The document with the evidence marked, a link back, and a link to it for each."""
    lines = [read("one/a.txt", COOK), partial("two/a.txt"), read("b.txt", FITTER.encode()), failed("c", EmptySource("nothing"))]
    page = written(tmp_path / "new" / "report", lines, contents={"one/a.txt": COOK, "two/a.txt": COOK, "b.txt": FITTER.encode()})
    pages = {path.name: Page(path.read_text("utf-8")) for path in (tmp_path / "new" / "report").iterdir()}
    assert {has["href"] for has, _ in page.all("a") if has["href"].endswith(".html")} == pages.keys() - {"index.html"}
    review = pages["b.txt.html"]
    assert "".join(review.source) == FITTER
    assert [text for _, text in review.all("mark")] == ["Fitter", "Build pumps", "Test pumps"]
    assert [has["href"] for has, _ in review.all("a", class_="index")] == ["index.html"]
    assert "3 documents have a review page" in page.text
    assert GONE not in page.text


@pytest.mark.parametrize(
    "contents",
    [{}, {"a.txt": FITTER}, {"a.txt": COOK.encode() + b" "}, {"other.txt": COOK}],
    ids=["gone", "another", "longer", "of another place"],
)
def test_no_page_of_what_is_no_longer_what_it_was(tmp_path: Path, contents: dict[str, Content]) -> None:
    """It is told how many have none, and is no failure."""
    page = written(tmp_path, [read("a.txt", COOK), read("b.txt", FITTER)], contents={**contents, "b.txt": FITTER})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.txt.html", "index.html"]
    assert f"1 document would have one, but its content is {GONE}" in page.text


def test_no_page_of_what_cannot_be_read_any_more(tmp_path: Path) -> None:
    """There is another limit on characters than when the row was made."""
    page = written(tmp_path, [read("a.txt", COOK)], contents={"a.txt": COOK}, max_chars=len(COOK) - 1)
    assert [path.name for path in tmp_path.iterdir()] == ["index.html"]
    assert GONE in page.text


def test_documents_that_are_not_asked_for_are_passed_over(tmp_path: Path) -> None:
    """And one that comes twice is written once."""
    lines = [read("a.txt", COOK)]
    given = [("b.txt", FITTER), ("a.txt", COOK), ("a.txt", FITTER)]
    write_report(lambda: lines, tmp_path, contents=lambda _: given, schema=JobPosting, max_chars=MAX_CHARS)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.txt.html", "index.html"]


def test_a_document_is_decoded_as_it_was_when_its_row_was_made(tmp_path: Path) -> None:
    """The spans of a row count characters of that, whatever a detection finds today."""
    raw = "Title: Köchin\n".encode()
    line = read("a.txt", raw, change={"provenance": {"encoding": "cp1252"}})
    written(tmp_path, [line], contents={"a.txt": raw})
    assert "".join(Page((tmp_path / "a.txt.html").read_text("utf-8")).source) == "Title: KÃ¶chin\n"


def test_pages_are_of_what_needs_a_look_and_then_of_a_sample(tmp_path: Path) -> None:
    """Partial records and errors first; of the others any, the same ones in whatever order rows come."""
    lines = [read(f"fine-{number:02}.txt", COOK) for number in range(30)]
    lines += [partial(f"partial-{number}.txt") for number in range(3)]
    lines += [
        read("error.txt", COOK, change={"issues": [an_issue("odd")]}),
        read("warned.txt", COOK, change={"issues": [an_issue("odd", severity="warning")]}),
    ]
    lines += [failed(f"failed-{number}.txt", EmptySource("nothing")) for number in range(5)]
    asked_for: list[frozenset[str]] = []

    def contents(places: AbstractSet[str]) -> Iterable[tuple[str, Content]]:
        asked_for.append(frozenset(places))
        return ((place, COOK) for place in places)

    def report(name: str, rows: Sequence[bytes], *, pages: int) -> str:
        index = write_report(
            lambda: rows, tmp_path / name, contents=contents, schema=JobPosting, max_chars=MAX_CHARS, pages=pages
        )
        return index.read_text("utf-8")

    assert report("one", lines, pages=10) == report("other", lines[::-1], pages=10)
    assert asked_for[0] == asked_for[1]
    report("few", lines, pages=4)
    assert asked_for[2] == {"error.txt", "partial-0.txt", "partial-1.txt", "partial-2.txt"}
    sample = sorted(asked_for[0] - asked_for[2])
    assert len(sample) == 6
    assert all(name.startswith(("fine", "warned")) for name in sample)
    assert sample != [f"fine-{number:02}.txt" for number in range(6)]


@pytest.mark.parametrize("pages", [0, -1])
def test_there_may_be_no_pages(tmp_path: Path, pages: int) -> None:
    """Then nothing is asked for, and nothing is missing."""
    page = written(tmp_path, [partial("a.txt")], contents={"a.txt": COOK}, pages=pages)
    assert [path.name for path in tmp_path.iterdir()] == ["index.html"]
    assert "review page" not in page.text
    assert GONE not in page.text


def many(size: int) -> Iterator[bytes]:
    """Rows of as many documents; of ten, one is partial and two failed."""
    good = READER.answer("", COOK).body
    bad = json_text(json.loads(good) | {"status": "partial", "issues": [an_issue("odd", message="x" * 5000)]})
    none = failure(EndpointUnavailable("no answer " * 50)).body
    for number in range(size):
        body = {0: bad, 1: none, 2: none}.get(number % 10, good)
        yield row_line(body, name="n" * 5000, path=f"{number:05}.txt", sha256=content_hash(COOK), configuration="c")


def test_the_page_of_many_is_no_larger_than_that_of_some(tmp_path: Path) -> None:
    """Of 5,000 documents 1,000 are listed: the failed ones first, and each that has a page."""
    lines = list(many(5_000))
    page = written(tmp_path, lines, contents={f"{number:05}.txt": COOK for number in range(5_000)}, pages=20)
    rows = table(page, "Documents")
    assert len(rows) == LISTED == 1_000
    assert f"{LISTED:,} of 5,000 are listed" in page.text
    statuses = [row[1] for row in rows]
    assert statuses == ["failed"] * 980 + ["partial"] * 20
    names = {has["href"] for has, _ in page.all("a") if has["href"].endswith(".html")}
    assert names == {path.name for path in tmp_path.iterdir()} - {"index.html"}
    assert len(names) == 20
    assert [row[1] for row in table(page, "Issues")] == ["500 10.0%"]
    assert "x" * 301 not in page.html
    assert "n" * 201 not in page.html
    assert len(page.html) < 1_000_000
    assert len(index_page(told(*lines[:2_000]), {})) > 0.9 * len(page.html)


def test_there_are_no_more_pages_than_documents_in_the_list(tmp_path: Path) -> None:
    """Each page can be reached."""
    figures = told(*many(2_500), pages=10**6)
    assert len(figures.listing.paged()) == LISTED
    assert figures.listing.rows() == figures.listing.paged()


def test_a_file_cannot_be_the_folder(tmp_path: Path) -> None:
    """It says so, and what to do."""
    (tmp_path / "taken").write_text("mine")
    with pytest.raises(UsageError, match=r"taken is a file, and a report needs a folder\. Choose another with --report"):
        check_report(tmp_path / "taken")
    with pytest.raises(UsageError, match=r"no report can be written there.*--report"):
        check_report(tmp_path / "taken" / "below")


@pytest.mark.parametrize("name", ["index.html", "a.txt.html"])
def test_what_is_no_page_of_ours_is_not_lost(tmp_path: Path, name: str) -> None:
    """UsageError, and the file stays as it is."""
    (tmp_path / name).write_text("<p>mine</p>")
    with pytest.raises(UsageError, match=rf"{re.escape(name)} is no review page, and would be lost.*--report"):
        written(tmp_path, [read("a.txt", COOK)], contents={"a.txt": COOK})
    assert (tmp_path / name).read_text() == "<p>mine</p>"
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_an_index_that_would_be_lost_is_found_before_anything_is_read(tmp_path: Path) -> None:
    """The rows are not looked at."""
    (tmp_path / "index.html").write_text("<p>mine</p>")

    def lines() -> Iterator[bytes]:
        raise AssertionError

    with pytest.raises(UsageError):
        write_report(lines, tmp_path, contents=having({}), schema=JobPosting, max_chars=MAX_CHARS)


def test_a_report_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    """In the same folder, with the same names."""
    written(tmp_path, [read("a.txt", COOK)], contents={"a.txt": COOK})
    page = written(tmp_path, [read("a.txt", FITTER), read("b.txt", COOK)], contents={"a.txt": FITTER, "b.txt": COOK})
    assert [text for _, text in page.all("h1")] == ["Batch: 2 documents"]
    assert "Fitter" in (tmp_path / "a.txt.html").read_text("utf-8")


@given(st.lists(st.integers(-5, 5)), st.integers(0, 6))
def test_the_smallest_are_kept(numbers: list[int], most: int) -> None:
    """For any values in any order."""
    chosen: Chosen[int] = Chosen(most)
    for number in numbers:
        chosen.add((number, 0, b""), number)
    assert list(chosen) == sorted(numbers)[:most]
    assert len(chosen) == min(most, len(numbers))


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

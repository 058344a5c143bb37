"""The pages of a batch's report: which documents get one, that nothing breaks out of them, and that nothing is lost or grows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parsed_page import Page
from reported_batches import COOK, FITTER, READER, Change, an_issue, failed, having, page_of, partial, read, table, told, written

from extract.batch.items import Content
from extract.batch.reading import content_hash, failure
from extract.batch.report import check_report, write_report
from extract.batch.report.index import index_page
from extract.batch.report.kept import Chosen
from extract.batch.report.listing import LISTED
from extract.batch.rows import json_text, row_line
from extract.errors import EmptySource, EndpointUnavailable, UnreadableSource, UsageError
from extract.schemas.job_posting import JobPosting
from extract.source import MAX_CHARS

HOSTILE = '</section><x-evil onmouseover="y">\'"&amp;\u202e\x1b[31m</title></style><script>alert(1)</script>https://example.org/'
GONE = "gone, has changed or cannot be read"


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

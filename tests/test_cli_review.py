"""``extract review``, ``extract run --html`` and ``--format jsonl``."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from parsed_page import Page
from typer.testing import CliRunner, Result

from extract import extract
from extract.cli import app
from extract.review import GENERATOR, StoredResult, reading, review_page
from extract.source import open_source


def run(*arguments: str | Path, stdin: str | bytes | None = None) -> Result:
    """The command in this process; standard input is no terminal."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=stdin)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with two documents and the results of both."""
    monkeypatch.chdir(tmp_path)
    lines = []
    for name, town in (("one.txt", "Bern"), ("two.txt", "Zürich")):
        Path(name).write_text(f"Title: Pump Fitter\r\nLocation: {town} 🙂\r\n", encoding="utf-8", newline="")
        lines.append(extract(Path(name), engine="rules").model_dump_json())
    Path("results.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tmp_path


def pages(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def links() -> list[str]:
    """Where the index leads."""
    return [has["href"] for has, _ in Page(Path("out/index.html").read_text("utf-8")).all("a")]


def test_run_writes_a_page_beside_its_normal_output(folder: Path) -> None:
    """The page is that of the result, and standard output holds the result alone."""
    done = run("run", "two.txt", "--html", "page.html", "--format", "json")
    assert (done.exit_code, done.stderr) == (0, "")
    read = StoredResult.model_validate_json(done.stdout)
    page = Path("page.html").read_bytes().decode()
    assert page.rstrip("\n") == review_page(read, Path("two.txt").read_bytes().decode()).rstrip("\n")


def test_run_writes_json_lines(folder: Path) -> None:
    """One result is one line, so that results can be appended to a file."""
    done = run("run", "two.txt", "--format", "jsonl")
    assert (done.exit_code, len(done.stdout.splitlines())) == (0, 1)
    assert StoredResult.model_validate_json(done.stdout).provenance.source == "two.txt"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--html", "one.txt"], "one.txt is the document itself"),
        (["--html", "gone/page.html"], "there is no such folder"),
        (["--html", "."], "it is a folder"),
        (["--html", "x.html", "-o", "x.html"], "both the record and the page"),
    ],
)
def test_run_refuses_a_page_that_can_not_be_written(folder: Path, arguments: list[str], told: str) -> None:
    """Before any work is done, with a line that names the option; the document stays as it is."""
    before = Path("one.txt").read_bytes()
    done = run("run", "one.txt", "--engine", "llm", *arguments)  # no model is configured: the engine would say so first
    assert (done.exit_code, len(done.stderr.splitlines())) == (2, 1)
    assert told in done.stderr
    assert "--html" in done.stderr
    assert Path("one.txt").read_bytes() == before


def test_review_writes_a_page_for_each_result_and_an_index(folder: Path) -> None:
    """The pages hold the documents, the index leads to them, and its path is all that is printed."""
    done = run("review", "results.jsonl", "-o", "out")
    assert (done.exit_code, done.stderr, done.stdout) == (0, "", f"{Path('out', 'index.html')}\n")
    assert pages(folder / "out") == ["index.html", "one.txt.html", "two.txt.html"]
    page = Page(Path("out/two.txt.html").read_bytes().decode())
    assert "".join(page.source) == Path("two.txt").read_bytes().decode()
    assert "Zürich 🙂" in [text for _, text in page.all("mark")]
    assert links() == ["one.txt.html", "two.txt.html"]


def test_second_run_writes_the_same_files(folder: Path) -> None:
    """Pages of the run before are replaced, and nothing is left beside them."""
    run("review", "results.jsonl", "-o", "out")
    before = {path.name: path.read_bytes() for path in Path("out").iterdir()}
    assert run("review", "results.jsonl", "-o", "out").exit_code == 0
    assert {path.name: path.read_bytes() for path in Path("out").iterdir()} == before


def test_review_reads_indented_json_one_after_the_other(folder: Path) -> None:
    """Results that ``run --format json`` wrote, appended to one file, mixed with JSON Lines, and from standard input."""
    indented = "".join(run("run", name, "--format", "json").stdout for name in ("one.txt", "two.txt"))
    mixed = indented + Path("results.jsonl").read_text("utf-8")
    done = run("review", "-", "-o", "out", stdin=f"\ufeff{mixed}")
    assert (done.exit_code, done.stderr) == (0, "")
    assert pages(folder / "out") == ["index.html", "one.txt-2.html", "one.txt.html", "two.txt-2.html", "two.txt.html"]


def test_what_follows_a_whole_result_does_not_break_it(folder: Path) -> None:
    """A line that is none is said, and the result before it is shown, indented or not."""
    results = [run("run", "one.txt", "--format", "json").stdout, Path("results.jsonl").read_text("utf-8")]
    done = run("review", "-", "-o", "out", stdin="garbage\n".join([*results, ""]))
    assert (done.exit_code, len(done.stderr.splitlines())) == (1, 2)
    assert pages(folder / "out") == ["index.html", "one.txt-2.html", "one.txt.html", "two.txt.html"]


def test_review_finds_documents_in_a_folder(folder: Path) -> None:
    """With --sources a document is looked up below it, by its path or by its name alone."""
    Path("docs").mkdir()
    Path("one.txt").rename("docs/one.txt")
    Path("two.txt").rename("docs/two.txt")
    lines = Path("results.jsonl").read_text("utf-8").replace('"source":"two.txt"', '"source":"/elsewhere/two.txt"')
    Path("results.jsonl").write_text(lines, encoding="utf-8")
    done = run("review", "results.jsonl", "-o", "out", "--sources", "docs")
    assert (done.exit_code, done.stderr) == (0, "")
    assert pages(folder / "out") == ["elsewhere-two.txt.html", "index.html", "one.txt.html"]


BROKEN = {
    "cut off": (lambda good: good[: len(good) // 2], "no result that this version can read"),
    "not json": (lambda _: "garbage", "no result that this version can read"),
    "other json": (lambda _: '{"title": "Cook"}', "no result that this version can read"),
    "list": (lambda good: f"[{good}]", "no result that this version can read"),
    "deep": (lambda _: '{"record": ' + "[" * 100_000 + "]" * 100_000 + "}", "no result that this version can read"),
    "no utf-8": (lambda good: good.replace("Pump", "P\udcffmp"), "no result that this version can read"),
    "gone": (lambda good: with_source(good, source="gone.txt"), "gone.txt is not there"),
    "folder": (lambda good: with_source(good, source="."), "is not there"),
    "no name": (lambda good: with_source(good, source="a\0b" * 1000), "is not there"),
    "changed": (lambda good: with_source(good, source_sha256="0" * 64), "is not what it was"),
}


def with_source(good: str, **changes: str) -> str:
    """The line of a result that says something else of its document."""
    data = json.loads(good)
    data["provenance"].update(changes)
    return json.dumps(data)


@pytest.mark.parametrize(("damage", "told"), BROKEN.values(), ids=BROKEN)
def test_what_can_not_be_shown_is_said_and_the_rest_goes_on(folder: Path, damage: Callable[[str], str], told: str) -> None:
    """One line on stderr with file and line and a way out, the same in the index, exit code 1, and the others are there."""
    first, second = Path("results.jsonl").read_text("utf-8").splitlines()
    text = "\n".join([first, damage(first), second]) + "\n"
    Path("results.jsonl").write_bytes(text.encode("utf-8", "surrogateescape"))
    done = run("review", "results.jsonl", "-o", "out")
    (line,) = done.stderr.splitlines()
    assert done.exit_code == 1
    assert line.startswith("extract: results.jsonl:2: ")
    assert told in line
    assert "extract on" in line
    assert len(line) < 500
    assert pages(folder / "out") == ["index.html", "one.txt.html", "two.txt.html"]
    assert told in Page(Path("out/index.html").read_text("utf-8")).text


def test_line_that_is_too_long_is_not_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What has more bytes than any result is passed over, without being read into memory whole."""
    good = Path("results.jsonl").read_text("utf-8")
    monkeypatch.setattr(reading, "MAX_RESULT_BYTES", len(good))
    Path("results.jsonl").write_text('{"x": "' + "y" * 5 * len(good) + '"}\n{\n' + "  0,\n" * len(good) + good, encoding="utf-8")
    done = run("review", "results.jsonl", "-o", "out")
    assert [line.split(": ", 2)[1] for line in done.stderr.splitlines()] == ["results.jsonl:1", "results.jsonl:2"]
    assert done.stderr.count("which no result has") == 2
    assert pages(folder / "out") == ["index.html", "one.txt.html", "two.txt.html"]


def test_record_of_any_schema_is_shown(folder: Path) -> None:
    """A result whose schema nobody has at hand: its record is read as JSON."""
    data = json.loads(Path("results.jsonl").read_text("utf-8").splitlines()[0])
    data["record"] = {"order": {"lines": [{"total": 9.5, "paid": True}]}, "deep": [[[["x"]]]]}
    data["later"] = "a key that this version does not know"
    done = run("review", "-", "-o", "out", stdin=json.dumps(data))
    assert (done.exit_code, done.stderr) == (0, "")
    page = Page(Path("out/one.txt.html").read_text("utf-8"))
    values = {has["data-path"]: text for has, text in page.all("li", class_="field")}
    assert "9.5" in values["order.lines.0.total"]
    assert "true" in values["order.lines.0.paid"]
    assert "x" in values["deep.0.0.0.0"]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a person at a terminal is told."""
    lines: list[str] = []
    monkeypatch.setattr(sys.modules["extract.cli.review"], "notice", lines.append)
    return lines


def batch_of(*documents: str, options: tuple[str, ...] = ()) -> None:
    """The rows of a batch over these documents, in rows.jsonl."""
    run("batch", *documents, "-o", "rows.jsonl", "--engine", "rules", "--quiet", *options)


def test_rows_of_a_batch_without_a_record_are_passed_over(folder: Path, told: list[str]) -> None:
    """And counted, at the end and in the index: their error says why, and there is nothing that a page could show."""
    Path("empty.txt").write_bytes(b"")
    batch_of("one.txt", "empty.txt", "two.txt")
    done = run("review", "rows.jsonl", "-o", "out")
    assert (done.exit_code, done.stderr) == (0, "")
    assert pages(folder / "out") == ["index.html", "one.txt.html", "two.txt.html"]
    assert told == [f"2 pages in {Path('out')}", "rows without a record, and so without a page: 1 (their error says why)"]
    assert "2 documents, 1 without a record" in Page(Path("out/index.html").read_text("utf-8")).text
    assert "evidencenone was kept" not in Page(Path("out/one.txt.html").read_text("utf-8")).text


def test_a_batch_without_any_record_has_no_pages(folder: Path) -> None:
    """Which is told with the reason."""
    Path("empty.txt").write_bytes(b"")
    batch_of("empty.txt")
    done = run("review", "rows.jsonl", "-o", "out")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "no record in it. Rows that say in their error why there is none: 1" in done.stderr
    assert pages(folder / "out") == []


@pytest.mark.parametrize("left_out", [True, False])
def test_rows_without_evidence_are_shown_without_marks(folder: Path, told: list[str], left_out: bool) -> None:
    """Whether it is empty or not there; the page and the end say that none was kept."""
    batch_of("one.txt", options=("--no-evidence",))
    row = json.loads(Path("rows.jsonl").read_text("utf-8"))
    assert row.pop("evidence") == {}
    if left_out:
        Path("rows.jsonl").write_text(json.dumps(row), "utf-8")
    done = run("review", "rows.jsonl", "-o", "out")
    assert (done.exit_code, done.stderr) == (0, "")
    page = Page(Path("out/one.txt.html").read_text("utf-8"))
    assert "Pump Fitter" in page.text
    assert page.all("mark") == []
    assert "evidencenone was kept" in page.text
    assert told[1:] == ["results without evidence, so that nothing is marked on their pages: 1"]


def test_document_is_decoded_as_its_result_says(folder: Path) -> None:
    """Where the caller overrode the encoding, the spans count that text."""
    raw = "Title: Köchin\nLocation: Zürich\n".encode("cp1252")
    Path("old.txt").write_bytes(raw)
    opened = open_source(Path("old.txt"), encoding="cp437")
    assert opened.text != open_source(Path("old.txt")).text
    Path("old.json").write_text(extract(opened, engine="rules").model_dump_json(), encoding="utf-8")
    assert run("review", "old.json", "-o", "out").exit_code == 0
    assert "".join(Page(Path("out/old.txt.html").read_text("utf-8")).source) == opened.text


@pytest.mark.parametrize("name", ["index.html", "one.txt.html"])
def test_files_that_are_no_pages_of_ours_are_not_overwritten(folder: Path, name: str) -> None:
    """Whoever names the folder of a website keeps the website."""
    Path("out").mkdir()
    Path("out", name).write_text("<title>My site</title>")
    done = run("review", "results.jsonl", "-o", "out")
    assert done.exit_code == 2
    assert f"{name} is no review page" in done.stderr
    assert "--output" in done.stderr
    assert Path("out", name).read_text() == "<title>My site</title>"
    assert GENERATOR not in Path("out", name).read_text()


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["gone.jsonl", "-o", "out"], 2, "gone.jsonl does not exist"),
        ([".", "-o", "out"], 2, "is a folder"),
        (["results.jsonl", "-o", "one.txt"], 2, "one.txt is a file"),
        (["results.jsonl", "-o", "one.txt/out"], 2, "cannot be made"),
        (["results.jsonl", "-o", "out", "--sources", "gone"], 2, "gone is no folder"),
        (["-", "-o", "out"], 1, "no result in it"),
        (["results.jsonl"], 2, "--output"),
        (["-o", "out"], 2, "RESULTS"),
    ],
)
def test_wrong_use_is_said_in_a_line(folder: Path, arguments: list[str], code: int, told: str) -> None:
    """Nothing to read, nowhere to write, nothing named."""
    done = run("review", *arguments, stdin="")
    assert done.exit_code == code
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_ctrl_c_keeps_what_was_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages so far are whole, the index leads to them, and no half of a page is left."""
    made = iter([review_page])

    def interrupted(result: StoredResult, source: str, *, index: str) -> str:
        page = next(made, None)
        if page is None:
            raise KeyboardInterrupt
        return page(result, source, index=index)

    monkeypatch.setattr(sys.modules["extract.cli.review"], "review_page", interrupted)
    done = run("review", "results.jsonl", "-o", "out")
    assert done.exit_code == 130
    assert pages(folder / "out") == ["index.html", "one.txt.html"]
    assert links() == ["one.txt.html"]

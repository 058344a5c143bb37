"""Rows of a batch for the tests of its report, the report that is made of them, and what its index tells."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

from parsed_page import Page
from pydantic import JsonValue

from extract.batch.items import Content
from extract.batch.reading import Reading, content_hash, failure
from extract.batch.report import Figures, figures_of, write_report
from extract.batch.report.index import index_page
from extract.batch.rows import json_text, row_line
from extract.schemas.job_posting import JobPosting
from extract.source import MAX_CHARS

READER = Reading(engine="rules").reader()
COOK = "Title: Cook\nSalary: CHF 60,000 - 70,000 per year\n"
FITTER = "# Fitter\n\n## Your tasks\n\n- Build pumps\n- Test pumps\n"

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

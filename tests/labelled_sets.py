"""Made-up folders of labelled postings, and the cases that they become."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import JsonValue

from benchmarks import labelled

Row = dict[str, object]


def write_lines(folder: Path, place: str, *rows: Row) -> None:
    """A file of the folder with a JSON object a line."""
    file = folder / place
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows), "utf-8")


def write_page(folder: Path, place: str, *, files: dict[str, str], gold: Row, meta: Row) -> None:
    """A page of the folder with its labels."""
    page = folder / place
    page.mkdir(parents=True)
    for name, text in {**files, "gold.json": json.dumps(gold), "meta.json": json.dumps(meta)}.items():
        (page / name).write_text(text, "utf-8")


def cases(folder: Path, name: str) -> dict[str, dict[str, JsonValue]]:
    """The lines that the script writes for a set, by id."""
    target = folder / "cases.jsonl"
    assert labelled.main([str(folder), "-o", str(target), "--sets", name]) == 0
    lines = [json.loads(line) for line in target.read_text("utf-8").splitlines()]
    return {line["id"]: line for line in lines}


def only_case(folder: Path, name: str) -> dict[str, JsonValue]:
    """The one line that the script writes for a set."""
    [case] = cases(folder, name).values()
    return case


PAGE = """<title>Head Baker | Crumb</title><h1>Head Baker</h1><p>Crumb &amp; Sons<p>Night Bakery<p>12 Mill Lane, Bern, Switzerland
<p>Posted 3 Days Ago. Ref. BK-771. Full time. Pay: 5'100 to 6'300 CHF. Apply until 9 March 2024. Write to Ann@crumb.example
<a href="https://crumb.example/apply?id=1&amp;x=2">Apply</a><ul><li>Knead the dough<li>Shape the loaves<li>Mind the oven</ul>
<ul><li>You can bake<li>You rise early<li>You lift sacks<li>A driving licence is a plus</ul>
<ul><li>Speaks French<li>Knows rye<li>Likes salt</ul>"""

FORM: Row = {
    "id": "form-1",
    "variant": "html",
    "title": "Pastry Cook",
    "location": "US, OR, Salem",
    "company_profile": "<p>Crumb was founded in Boston. It has full-time jobs.</p>",
    "description": "<p>We are looking for a Pastry Cook to join our team in Salem, OR.</p><p>You work part time.</p>",
    "requirements": "<p><b>Requirements:</b></p><ul><li>Clean hands</li><li>High school diploma</li><li>Good taste</li></ul>",
    "benefits": "<ul><li>Free bread</li><li>Warm room</li><li>Long holidays</li><li>Good salary</li></ul>",
    "employment_type": "Part-time",
    "required_education": "High School or equivalent",
    "salary_range": "0-0",
    "in_text": {"title": True, "city": True, "employment_type": True, "required_education": True},
}

"""The comparison of cleaners: what counts as a gold line and as kept, the tables, and the places of labels. Needs no peer."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest

from benchmarks import cleaning
from benchmarks.cleaners.labels import Box, place_labels
from benchmarks.cleaners.measurement import Result, measure
from benchmarks.cleaners.pages import NoPages, Page, fold, gold_lines, lost_lines, read_pages, standing_lines
from benchmarks.cleaners.report import lost_report, markdown_table, percent, problems_report, rewritten, systems_table
from benchmarks.cleaners.systems import OURS, REFERENCE, System

ROOT = Path(__file__).resolve().parent.parent
LINE = "Cook for forty guests"


def results() -> list[Result]:
    """Three systems on a page of one gold line: one keeps it, one loses it, one fails."""

    def broken(html: str) -> str:
        raise ValueError(f"{len(html)} are too many")

    systems = [System(OURS, "1", str), System(REFERENCE, "2", lambda html: html[:4]), System("broken", "3", broken)]
    pages = [Page("inn.html", f"<p>{LINE}", (LINE,))]
    return measure(systems, pages, repeat=1, count_tokens=lambda text: len(text.split()), progress=lambda _: None)


@pytest.mark.parametrize(
    "other",
    [
        "Terms  and\nconditions: “R&D”",
        'terms and conditions: "R&amp;D"',
        "* **Terms** and [conditions](https://example.org/a?b=c): R&D",
        "Ｔｅｒｍｓ and condi\u00adtions – ’R&D’",
    ],
)
def test_what_does_not_count(other: str) -> None:
    """White space, quotes, entities, marks and the addresses of links make no difference."""
    assert fold(other) == fold("Terms and conditions: 'R&D'")


def test_words_count() -> None:
    """Another word or digit makes another line."""
    assert lost_lines(["Pay from 2,000", "Pay from 3,000"], "Pay: from 2,000 a month. Pay, from 2000!") == ("Pay from 3,000",)


def test_gold_lines_of_an_object_and_of_a_list() -> None:
    """Strings at any depth are cut into lines; what is short, said twice, or no string is left out."""
    lines = ("Cook for guests", "Clean the kitchen")
    assert gold_lines({"title": "Cook", "tasks": "Cook for guests\n\n Clean the kitchen", "pay": {"min": 10}, "x": None}) == lines
    assert gold_lines(["Cook for guests", ["Clean the kitchen", "cook for GUESTS."]]) == lines


def test_lines_that_stand_on_the_page() -> None:
    """What is hidden or divided by tags stands there; what only a script or a style says does not."""
    html = "<script>'In a script'</script><p hidden>Hidden <b>wo</b>rds</p><style>.in-a-style{}</style><p>Tom &amp; Jerry</p>"
    lines = ["In a script", "Hidden words", "in a style", "Tom & Jerry", "Nowhere at all"]
    assert standing_lines(lines, html) == ("Hidden words", "Tom & Jerry")


def test_pages_of_folders(tmp_path: Path) -> None:
    """Pages at any depth are named from the folder that they share; an own gold file goes before that of the folder."""
    (tmp_path / "a" / "deep").mkdir(parents=True)
    for name, text in {"a/one.html": "Chop the onions", "a/two.HTM": "Peel the carrots", "a/deep/three.html": "Stir"}.items():
        (tmp_path / name).write_text(f"<p>{text}</p>", "utf-8")
    (tmp_path / "a" / "gold.json").write_text(json.dumps(["Chop the onions", "<p>"]), "utf-8")
    (tmp_path / "a" / "two.gold.json").write_text(json.dumps({"task": "Peel the carrots", "tools": "Potato peeler"}), "utf-8")
    (tmp_path / "a" / "notes.txt").write_text("no page", "utf-8")
    pages = read_pages([tmp_path, tmp_path / "a" / "one.html"])
    assert [(page.name, page.gold) for page in pages] == [
        ("deep/three.html", ()),
        ("one.html", ("Chop the onions",)),
        ("two.HTM", ("Peel the carrots",)),
    ]


def test_what_cannot_be_measured_is_told(tmp_path: Path) -> None:
    """No path, no page and no JSON are told apart, with what to do."""
    with pytest.raises(NoPages, match="does not exist"):
        read_pages([tmp_path / "nowhere"])
    with pytest.raises(NoPages, match=r"no page found.*\*\.html"):
        read_pages([tmp_path])
    (tmp_path / "page.html").write_text("<p>Cook", "utf-8")
    (tmp_path / "gold.json").write_text("Cook", "utf-8")
    with pytest.raises(NoPages, match=r"gold\.json is no JSON"):
        read_pages([tmp_path])


def test_a_system_that_fails_counts_as_empty_and_is_told() -> None:
    """One failure neither ends the run nor keeps a line."""
    made = results()
    assert [(result.kept, result.gold, result.tokens) for result in made] == [(1, 1, 4), (0, 1, 1), (0, 1, 0)]
    assert problems_report(made) == "broken failed on inn.html, which counts as empty: ValueError: 24 are too many"
    assert f"{LINE}\n        lost by {REFERENCE}; broken" in lost_report(made)


def test_table_of_systems() -> None:
    """A row a system, ours in bold, the reference as fast as itself."""
    rows = systems_table(results()).splitlines()
    assert len({len(row) for row in rows}) == 1
    assert rows[2].startswith(f"| **{OURS}**")
    assert "1 of 1" in rows[2]
    assert rows[3].endswith(" 1.0× |")


def test_table_is_padded() -> None:
    """Names stand to the left, figures to the right."""
    assert markdown_table(["a", "b"], [["long", "1"]]).splitlines() == ["| a    |   b |", "| ---- | --: |", "| long |   1 |"]


def test_all_is_said_of_all_only() -> None:
    """A share is rounded down."""
    assert [percent(9999, 10000), percent(1, 1), percent(0, 0)] == ["99.9 %", "100.0 %", "–"]


def test_a_part_of_a_document_is_rewritten() -> None:
    """What stands between the marks is replaced, as often as one likes; marks that are missing are an error."""
    document = "a\n<!-- t:begin -->\nold\n<!-- t:end -->\nb\n"
    once = rewritten(document, part="t", text="new")
    assert once == "a\n<!-- t:begin -->\n\nnew\n\n<!-- t:end -->\nb\n"
    assert rewritten(once, part="t", text="new") == once
    with pytest.raises(ValueError, match="s:begin"):
        rewritten(document, part="s", text="new")


@pytest.mark.parametrize("apart", [9.0, 10.0, 25.0, 40.0])
def test_labels_do_not_overlap(apart: float) -> None:
    """Names of points that stand close together cover neither one another, nor a foreign point, nor the edge of the picture."""
    points = [(300 + apart * at, 150.0) for at in range(7)]
    frame = Box(0, 0, 700, 300)
    places = place_labels(points, [(110.0, 14.0)] * len(points), frame=frame)
    for one, other in itertools.combinations(places, 2):
        assert not one.box.overlaps(other.box)
    for number, place in enumerate(places):
        assert place.box.is_inside(frame)
        assert not any(place.box.overlaps(Box(x - 2, y - 2, 4, 4)) for x, y in points[:number] + points[number + 1 :])


def test_missing_peers_are_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Without the extra the script says how to get it."""
    monkeypatch.setattr(cleaning, "missing", lambda: ["inscriptis"])
    assert cleaning.main(["page.html"]) == 2
    assert capsys.readouterr().err == "not installed: inscriptis; the peers come with: pip install -e '.[bench]'\n"


def test_documentation_can_be_rewritten() -> None:
    """The marks that the script looks for stand in the document, and the picture beside it."""
    document = (ROOT / "docs" / cleaning.DOCUMENT).read_text("utf-8")
    for part in ("table", "pages"):
        assert "new" in rewritten(document, part=part, text="new")
    assert f"]({cleaning.PICTURE})" in document
    assert (ROOT / "docs" / cleaning.PICTURE).is_file()

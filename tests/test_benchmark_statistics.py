"""The simulation of false alarms: what it draws, what it counts, and its tables."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks import false_alarms
from benchmarks.false_alarms import (
    CHANGED,
    SAME,
    SIZES,
    Key,
    Scenario,
    Tally,
    alarms_table,
    compared,
    differences,
    power_table,
    scores,
    site_of,
    strays,
    tally,
)

READ, FAILING, *_, TOLD, UNTOLD = SAME
CELL = Tally(comparisons=1000, too_few=0, differs=50, worse=40, apart=45, difference=-0.05, smallest=0.06)


def table_cells(text: str) -> list[list[str]]:
    """The cells of a Markdown table, without its head."""
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines()[2:]]


def drawn(
    scenario: Scenario, documents: int = 30, *, comparisons: int = 400
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Differences of that scenario, always the same."""
    return differences(scenario, documents, comparisons=comparisons, random=np.random.default_rng(5))


def test_scores_are_f1() -> None:
    """All right is 1, nothing right is 0, and the mean lies where precision and recall of the model put it."""
    cells, random = np.full(4000, 20), np.random.default_rng(1)
    assert set(scores(np.ones(4000), cells, random)) == {1.0}
    assert set(scores(np.zeros(4000), cells, random)) == {0.0}
    # Right 16; wrong 2, missing 2; of 5 empty cells 0.1 each are invented: 2·16 / (2·16 + 2·2 + 2 + 0.5).
    assert float(scores(np.full(4000, 0.8), cells, random).mean()) == pytest.approx(32 / 38.5, abs=0.006)


def test_a_large_difference_is_found() -> None:
    """Few comparisons suffice, and nearly none is a false alarm where nothing differs."""
    found = tally(compared((Scenario("large", change=-0.3), 30), 0, comparisons=20, seed=0))
    assert (found.comparisons, found.differs, found.worse, found.apart) == (20, 20, 20, 20)
    assert found.difference == pytest.approx(-0.26, abs=0.04)
    assert 0.03 < found.smallest < 0.1
    better = tally(compared((Scenario("large", change=0.1), 100), 0, comparisons=20, seed=0))
    assert (better.differs, better.worse) == (20, 0)
    nothing = tally(compared((READ, 30), 0, comparisons=60, seed=0))
    assert nothing.differs + nothing.worse <= 16  # 6 expected; at 16 it would be wrong by far


def test_the_same_seed_draws_the_same() -> None:
    """Blocks and seeds draw apart from one another."""
    first, *others = (compared((READ, 10), at, comparisons=3, seed=seed) for at, seed in ((0, 0), (0, 0), (1, 0), (0, 1)))
    assert [other == first for other in others] == [True, False, False]


def test_scenarios_draw_what_they_say() -> None:
    """Failures spread the differences, repeats do the opposite, and the documents of a site move together."""
    plain, failing, repeated = (float(drawn(scenario).std()) for scenario in (READ, FAILING, replace(READ, repeats=3)))
    assert failing > 2 * plain
    assert repeated == pytest.approx(plain / 3**0.5, rel=0.1)
    for scenario, together in ((READ, 0.0), (UNTOLD, 0.25)):
        pair = drawn(scenario, 3)[:, 1:]  # the second and third document, which are those of one site
        assert float(np.asarray(np.corrcoef(pair.T))[0, 1]) == pytest.approx(together, abs=0.12)


def test_the_test_is_told_of_sites() -> None:
    """10 documents of 4 sites are too few; those of sites that it does not know of are not."""
    assert site_of(16).tolist() == [0, 1, 1, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 4, 5]
    told, untold = (tally(compared((scenario, 10), 0, comparisons=5, seed=0)) for scenario in (TOLD, UNTOLD))
    assert (told.too_few, untold.too_few) == (5, 0)


def test_tables_have_a_row_for_each_question() -> None:
    """Both decisions and the interval for each scenario; a dash where nothing can be decided."""
    cells: dict[Key, Tally] = {(scenario, documents): CELL for scenario in (*SAME, *CHANGED) for documents in SIZES}
    cells[TOLD, 10] = replace(CELL, too_few=1000)
    alarms, power = table_cells(alarms_table(cells)), table_cells(power_table(cells))
    assert [row[0] for row in alarms[::3]] == [scenario.name for scenario in SAME]
    assert [row[1:3] for row in alarms[:3]] == [["a difference", "5.0"], ["worse", "4.0"], ["interval without 0", "4.5"]]
    assert [row[2] for row in alarms[12:15]] == ["–", "–", "–"]
    assert [row[0] for row in power[::3]] == ["−0.02", "−0.05", "−0.10", "−0.02, 5 % fail", "−0.05, 5 % fail", "−0.10, 5 % fail"]
    assert power[0] == ["−0.02", "−0.050", "a difference", "5.0", "5.0", "5.0", "5.0"]
    assert [row[2:4] for row in power[1:3]] == [["worse", "4.0"], ["smallest to show", "0.060"]]


@pytest.mark.parametrize(
    ("cell", "scenario", "told"),
    [
        (CELL, READ, 0),
        (replace(CELL, differs=80), READ, 1),
        (replace(CELL, worse=10), FAILING, 1),
        (replace(CELL, differs=10, worse=90), TOLD, 2),
        (replace(CELL, differs=65), READ, 0),  # 6.5 % of 1,000 may be chance
        (replace(CELL, apart=200), READ, 0),  # the interval decides nothing
        (replace(CELL, differs=0, worse=0, too_few=1000), TOLD, 0),
        (replace(CELL, differs=150), UNTOLD, 0),  # what is expected of it
        (replace(CELL, differs=900), CHANGED[0], 0),  # no false alarm
    ],
)
def test_rates_that_are_off_are_named(cell: Tally, scenario: Scenario, told: int) -> None:
    """Only what chance does not explain, and only where nothing differs."""
    assert len(strays({(scenario, 20): cell})) == told


def test_the_document_is_rewritten(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Both tables, computed in another process; what stands around them stays."""
    few = {"SAME": SAME[:1], "CHANGED": CHANGED[2:3], "SIZES": (8,)}
    any_rate = {"LOWEST": 0.0, "HIGHEST": 1.0}  # four comparisons say nothing
    for name, value in (few | any_rate).items():
        monkeypatch.setattr(false_alarms, name, value)
    marks = "<!-- false-alarms:begin -->\n<!-- false-alarms:end -->\n\nand\n\n<!-- power:begin -->\n<!-- power:end -->\n"
    (tmp_path / "statistics.md").write_text(marks, "utf-8")
    assert false_alarms.main(["--simulations", "4", "--jobs", "1", "--write", str(tmp_path)]) == 0
    written = (tmp_path / "statistics.md").read_text("utf-8")
    assert written.count("| a difference ") == 2
    assert "4 comparisons a cell" in written
    assert "\n\nand\n\n" in written
    assert "8 documents" in capsys.readouterr().out


@pytest.mark.parametrize("wrong", [["--simulations", "0"], ["--jobs", "0"], ["--seed", "-1"]])
def test_options_are_checked(wrong: list[str]) -> None:
    """No comparison is no simulation."""
    with pytest.raises(SystemExit):
        false_alarms.options(wrong)

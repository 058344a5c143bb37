"""The comparison of groundings: intervals, tables, and what is said of a peer that is missing. Needs no peer."""

from __future__ import annotations

import pytest
from grounding_pairs import Pair

from benchmarks import grounding
from benchmarks.grounders import peers as peers_module
from benchmarks.grounders.ours import judged
from benchmarks.grounders.peers import peers
from benchmarks.grounding import BY_LINE, GROUNDED, VALIDATED, Result, kinds_table, line_of, table, wilson, wrong
from extract.source import Format

SOURCE = "Baker\nSalary: £30,000 a year\n\nSimilar jobs\nMiller, Hull"
PAIRS = (
    Pair(SOURCE, Format.TEXT, "salary.min", 30000, "£30,000", "", stated=True),
    Pair(SOURCE, Format.TEXT, "salary.min", 50000, "£50,000", "changed_digits", stated=False),
    Pair(SOURCE, Format.TEXT, "locations.0.city", "Hull", "Miller, Hull", "neighbour_posting", stated=False),
)


def results() -> list[Result]:
    """Ours grounds the neighbour's city and refuses it later; the peer accepts all."""
    return [
        Result(GROUNDED, "1", (True, False, True), 0.001),
        Result(VALIDATED, "1", (True, False, False), None),
        Result(BY_LINE, "1", (True, False, False), None),
        Result("peer", "2", (True, True, True), 0.004),
    ]


def test_intervals() -> None:
    """Wilson's interval of none of 200 ends at 1.9 %, and that of half of 20 is as wide as it should be."""
    assert wilson(0, 200) == pytest.approx((0, 0.0188), abs=1e-4)
    assert wilson(10, 20) == pytest.approx((0.299, 0.701), abs=1e-3)
    assert wilson(0, 0) == (0, 1)


def test_tables() -> None:
    """A row a system with both rates and the time against ours, and a row a kind of false pair."""
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table(results(), PAIRS).splitlines()]
    assert [cells[2][2], cells[2][4], cells[2][5], cells[2][7]] == ["1 of 2", "0 of 1", "1 of 1", "1.0×"]
    assert cells[4][2:5] == ["–", "–", "–"]
    assert [cells[5][2], cells[5][4], cells[5][7]] == ["2 of 2", "1 of 1", "4.0×"]
    assert "| neighbour posting |   1 |" in kinds_table(results(), PAIRS)


def test_wrong_pairs_are_shown_with_their_line() -> None:
    """Each pair that we judge wrongly, what became of it, and the line that it comes from."""
    told = "neighbour_posting: grounded, then refused: locations.0.city = 'Hull' ('Miller, Hull') in 'Miller, Hull'"
    assert wrong(results(), PAIRS) == told
    assert line_of(PAIRS[1]) == "Baker"


def test_our_side() -> None:
    """A stated amount is grounded by its line, another amount in no way."""
    stated, other = judged(PAIRS[0]), judged(PAIRS[1])
    assert (stated.grounded, stated.validated, stated.by_line) == (True, True, True)
    assert (other.grounded, other.validated, other.by_line) == (False, False, False)


def test_a_missing_peer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not installed is left out and said; looking for the very words needs nothing."""
    monkeypatch.setattr(peers_module, "find_spec", lambda _: None)
    found, told = peers()
    assert [peer.accepts("a b", "b") for peer in found] == [True]
    assert [line.split()[0] for line in told] == ["instructor", "langextract"]


def test_repeat_is_checked() -> None:
    """No round is no measurement."""
    with pytest.raises(SystemExit):
        grounding.options(["--repeat", "0"])

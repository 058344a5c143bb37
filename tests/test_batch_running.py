"""A batch as it runs: a row for each document, whatever happens, and going on where another run stopped."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest
from batches import RULES, Reads, batched, gone, item, paths, posting, postings, rows

from extract.batch.items import Content, Item, Skipped
from extract.batch.reading import Answer, Reading, content_hash
from extract.batch.results import Earlier
from extract.batch.rows import read_row
from extract.batch.running import Conduct, Failures, Only
from extract.cleaning.document import CleanDocument
from extract.engines.base import Draft, Origin
from extract.errors import AccessDenied, RunStopped, TooManyFailures, UsageError


def test_each_document_becomes_a_row(tmp_path: Path) -> None:
    """With its name, its place, the hash of what was received, its record, and who made it."""
    out = tmp_path / "rows.jsonl"
    totals = batched([Item("first", "a.txt", lambda: posting(1).encode())], out, Reads())
    [row] = rows(out)
    assert (row["id"], row["path"], row["sha256"]) == ("first", "a.txt", content_hash(posting(1)))
    assert (row["record"]["title"], row["status"], row["error"]) == ("Nurse 1", "complete", None)
    assert (row["provenance"]["source"], row["provenance"]["source_sha256"]) == ("a.txt", row["sha256"])
    assert (totals.complete, totals.done, totals.failed) == (1, 1, 0)
    assert read_row(out.read_bytes().strip(), "a").record == row["record"]


def test_what_cannot_be_read_is_a_row_with_the_cause(tmp_path: Path) -> None:
    """And the others come through: nothing ends for one document."""
    out = tmp_path / "rows.jsonl"
    bad: list[Item | Skipped] = [gone("gone.txt"), item("empty.txt", " "), item("binary.txt", b"\x89PNG\r\n\x1a\n")]
    totals = batched([*bad, *postings(2), Skipped("old.zip", "is an archive")], out, Reads())
    codes = {row["path"]: row["error"] and row["error"]["code"] for row in rows(out)}
    assert codes == {"gone.txt": "unreadable", "empty.txt": "empty", "binary.txt": "binary", "0.txt": None, "1.txt": None}
    assert (totals.failed, totals.complete, totals.skipped) == (3, 2, 1)
    assert totals.causes["unreadable"] == "gone.txt does not exist"
    assert {row["sha256"] for row in rows(out) if row["path"] == "gone.txt"} == {""}


def test_a_crash_belongs_to_its_document(tmp_path: Path) -> None:
    """An engine, a check or a schema with a mistake in it fails where it does, and says what it said."""

    class Breaking:
        name = "breaking"
        origin: ClassVar[Origin] = {}

        def fill(self, clean: CleanDocument) -> Draft:
            raise ZeroDivisionError(f"in {clean.source.name}")

    out = tmp_path / "rows.jsonl"
    totals = batched(postings(2), out, Reads(Reading(engine=Breaking()).reader()))
    assert rows(out)[0]["error"] == {"code": "crashed", "message": "ZeroDivisionError: in 0.txt"}
    assert totals.faults == {"crashed": 2}


def test_the_same_command_does_nothing_twice(tmp_path: Path) -> None:
    """Documents that have a row are not read, failed ones among them."""
    out = tmp_path / "rows.jsonl"
    batched([*postings(3), item("empty.txt", "")], out, Reads())
    before = out.read_bytes()
    reads = Reads()
    totals = batched([*postings(3), item("empty.txt", "")], out, reads)
    assert (reads.names, out.read_bytes()) == ([], before)
    assert (totals.kept, totals.kept_failed, totals.done) == (4, 1, 0)


def test_a_later_run_reads_what_is_new_and_what_changed(tmp_path: Path) -> None:
    """The new row takes the place of the old one: there is one a document."""
    out = tmp_path / "rows.jsonl"
    batched(postings(3), out, Reads())
    reads = Reads()
    batched([*postings(1), item("1.txt", posting(100)), *postings(2, start=2)], out, reads)
    assert sorted(reads.names) == ["1.txt", "3.txt"]
    assert paths(rows(out)) == ["0.txt", "1.txt", "2.txt", "3.txt"]
    assert {row["record"]["title"] for row in rows(out)} == {"Nurse 0", "Nurse 100", "Nurse 2", "Nurse 3"}


def test_failed_documents_are_read_again_when_that_is_asked_for(tmp_path: Path) -> None:
    """And their rows are replaced, whether they fail again or not."""
    out = tmp_path / "rows.jsonl"
    batched([gone("0.txt"), gone("x.txt"), *postings(1, start=1)], out, Reads())
    reads = Reads()
    batched([*postings(1), gone("x.txt"), *postings(1, start=1)], out, reads, conduct=Conduct(retry_failed=True))
    assert reads.names == ["0.txt"]
    assert {row["path"]: row["error"] is None for row in rows(out)} == {"0.txt": True, "1.txt": True, "x.txt": False}


def test_a_record_stays_when_its_document_is_gone(tmp_path: Path) -> None:
    """A file that vanished is no reason to lose what it said."""
    out = tmp_path / "rows.jsonl"
    batched(postings(1), out, Reads())
    totals = batched([gone("0.txt")], out, Reads())
    assert (totals.kept, rows(out)[0]["record"]["title"]) == (1, "Nurse 0")


def test_another_configuration_is_a_new_run_beside_the_old(tmp_path: Path) -> None:
    """Nothing is lost of the old one, and nothing of it is taken for the new one."""
    out = tmp_path / "rows.jsonl"
    batched(postings(2), out, Reads(), configuration="old")
    before = out.read_bytes()
    reads = Reads()
    batched(postings(2), out, reads)
    assert (sorted(reads.names), (tmp_path / "rows.1.jsonl").read_bytes()) == (["0.txt", "1.txt"], before)
    assert len(rows(out)) == 2


def test_only_changed_documents_are_read_in_place(tmp_path: Path) -> None:
    """Those of another content or configuration; new ones are left for another time."""
    out = tmp_path / "rows.jsonl"
    batched(postings(1), out, Reads(), configuration="old")
    batched(postings(2, start=1), out, Reads(), earlier=Earlier.KEEP)
    reads = Reads()
    given = [*postings(2), item("2.txt", posting(7)), *postings(1, start=3)]
    totals = batched(given, out, reads, conduct=Conduct(only=Only.CHANGED), earlier=Earlier.KEEP)
    assert (totals.kept, totals.left) == (1, 1)
    assert sorted(reads.names) == ["0.txt", "2.txt"]
    assert {row["path"]: row["configuration"] for row in rows(out)} == dict.fromkeys(
        ["0.txt", "1.txt", "2.txt"], reads.reader.configuration
    )


def test_force_begins_anew(tmp_path: Path) -> None:
    """The rows that were there are lost."""
    out = tmp_path / "rows.jsonl"
    batched(postings(2), out, Reads())
    reads = Reads()
    batched(postings(1), out, reads, earlier=Earlier.DROP)
    assert (reads.names, len(rows(out))) == (["0.txt"], 1)


@pytest.mark.parametrize("at_once", [1, 4])
def test_the_same_content_is_read_once(tmp_path: Path, at_once: int) -> None:
    """Whether the first is still being read or done; each gets a row of its own, which names its own place."""
    out = tmp_path / "rows.jsonl"
    reads = Reads()
    items = [item(f"{name}.txt", posting(1)) for name in "abcde"] + [item("x.txt", posting(2))]
    totals = batched(items, out, reads, conduct=Conduct(at_once=at_once))
    assert (len(reads.names), totals.copied, totals.complete) == (2, 4, 6)
    found = {row["path"]: row for row in rows(out)}
    assert {path: row["provenance"]["source"] for path, row in found.items()} == {path: path for path in found}
    assert len({json.dumps(found[f"{name}.txt"]["record"]) for name in "abcde"}) == 1
    later = Reads()
    batched([*items, item("new.txt", posting(2))], out, later)
    assert (later.names, paths(rows(out))[-2:]) == ([], ["new.txt", "x.txt"])


def test_a_failure_is_told_of_each_document_with_its_content(tmp_path: Path) -> None:
    """In words about itself."""
    out = tmp_path / "rows.jsonl"
    batched([item("a.txt", " "), item("b.txt", " ")], out, Reads(), conduct=Conduct(at_once=2))
    assert {row["path"]: row["error"]["message"].split()[0] for row in rows(out)} == {"a.txt": "a.txt", "b.txt": "b.txt"}


def test_a_document_that_is_named_twice_is_one(tmp_path: Path) -> None:
    """A folder and a file in it are often named together."""
    out = tmp_path / "rows.jsonl"
    reads = Reads()
    batched([*postings(2), *postings(2)], out, reads)
    assert (sorted(reads.names), len(rows(out))) == (["0.txt", "1.txt"], 2)


@pytest.mark.parametrize(
    ("failures", "stopped"),
    [(Failures(), False), (Failures(number=3), False), (Failures(number=2), True), (Failures(share=0.1), False)],
)
def test_a_run_that_goes_wrong_is_stopped(tmp_path: Path, failures: Failures, stopped: bool) -> None:
    """When more fail than is allowed; a share is judged only when enough were read. What is done is kept."""
    out = tmp_path / "rows.jsonl"
    items = [gone("a"), gone("b"), item("empty", ""), *postings(5)]
    conduct = Conduct(failures=failures)
    if not stopped:
        assert batched(items, out, Reads(), conduct=conduct).done == 8
        return
    with pytest.raises(TooManyFailures, match=r"3 of 3 documents failed.*--max-failures"):
        batched(items, out, Reads(), conduct=conduct)
    assert paths(rows(out)) == ["a", "b", "empty"]


def test_documents_that_are_gone_count_as_failures(tmp_path: Path) -> None:
    """A list of a million files on a disk that is not there any longer is not gone through to its end."""
    out = tmp_path / "rows.jsonl"
    with pytest.raises(TooManyFailures, match="21 of 21"):
        batched((gone(f"{number}") for number in range(10**6)), out, Reads(), conduct=Conduct(failures=Failures(number=20)))
    assert len(rows(out)) == 21


def test_whatever_loading_stumbles_over_is_a_row(tmp_path: Path) -> None:
    """Also a mistake in a reader of archives."""

    def load() -> str:
        raise RecursionError("too deep")

    out = tmp_path / "rows.jsonl"
    batched([Item("a", "a", load), *postings(1)], out, Reads())
    assert {row["path"]: row["error"] and row["error"]["code"] for row in rows(out)} == {"a": "crashed", "0.txt": None}


def test_a_record_without_any_value_has_failed(tmp_path: Path) -> None:
    """In the count, in the exit code of the same command later, and for who reads again what failed."""

    class Nothing:
        name = "nothing"
        origin: ClassVar[Origin] = {}

        def fill(self, _: CleanDocument) -> Draft:
            return Draft({})

    out, reads = tmp_path / "rows.jsonl", Reads(Reading(engine=Nothing()).reader())
    assert batched(postings(2), out, reads).failed == 2
    assert batched(postings(2), out, reads).kept_failed == 2
    batched(postings(2), out, reads, conduct=Conduct(retry_failed=True))
    assert (len(reads.names), len(rows(out))) == (4, 2)


def test_documents_with_the_content_of_one_that_failed_are_not_read(tmp_path: Path) -> None:
    """Not in this run: a thousand copies of a page that a model declines would be a thousand calls."""
    out, reads = tmp_path / "rows.jsonl", Reads()
    items = [item(f"{number}.txt", " ") for number in range(30)]
    assert batched(items, out, reads).faults == {"empty": 30}
    assert len(reads.names) == 1
    batched([*items, item("new.txt", " ")], out, reads)
    assert reads.names[1:] == ["new.txt"]


def test_too_large_a_share_of_failures_stops_a_run(tmp_path: Path) -> None:
    """After twenty documents it says something."""
    items = [item(f"e{number}", " " * number) for number in range(1, 60)]
    with pytest.raises(TooManyFailures, match="20 of 20"):
        batched(items, tmp_path / "rows.jsonl", Reads(), conduct=Conduct(failures=Failures(share=0.5)))


@pytest.mark.parametrize("error", [AccessDenied("the key is wrong"), UsageError("no such schema")])
def test_what_no_document_would_fare_better_with_ends_the_run(tmp_path: Path, error: RunStopped | UsageError) -> None:
    """Those that are done are kept, and the others have no row: the next run reads them."""

    class Refused(Reads):
        def __call__(self, name: str, content: Content) -> Answer:
            if name == "3.txt":
                raise error
            return super().__call__(name, content)

    out = tmp_path / "rows.jsonl"
    with pytest.raises(type(error), match=str(error)):
        batched(postings(6), out, Refused())
    assert paths(rows(out)) == ["0.txt", "1.txt", "2.txt"]
    batched(postings(6), out, Reads())
    assert len(rows(out)) == 6


def test_what_ends_the_list_of_documents_loses_none_that_were_read(tmp_path: Path) -> None:
    """Such as an input that does not exist, behind others that do."""

    def items() -> Iterator[Item]:
        yield from postings(3)
        raise UsageError("there is no folder x")

    out = tmp_path / "rows.jsonl"
    with pytest.raises(UsageError, match="folder x"):
        batched(items(), out, Reads(), conduct=Conduct(at_once=2))
    assert len(rows(out)) == 3


def test_ctrl_c_finishes_what_is_under_way(tmp_path: Path) -> None:
    """And says how much that is; the next run goes on."""
    told: list[int] = []

    def see(totals: object, event: object) -> None:
        if not told:
            raise KeyboardInterrupt

    out = tmp_path / "rows.jsonl"
    conduct = Conduct(at_once=3, watch=see, stopping=told.append)
    with pytest.raises(KeyboardInterrupt):
        batched(postings(30), out, Reads(), conduct=conduct)
    assert 1 <= len(rows(out)) <= 5
    assert told[0] <= 3
    batched(postings(30), out, Reads())
    assert len(rows(out)) == 30


def test_documents_wait_for_room_and_not_in_memory(tmp_path: Path) -> None:
    """A million of them is no list: only those under way were taken."""
    taken: list[int] = []

    def items() -> Iterator[Item]:
        for number in range(10**6):
            taken.append(number)
            yield item(f"{number}.txt", posting(1))

    class Stops(Reads):
        def __call__(self, name: str, content: Content) -> Answer:
            if name == "0.txt":
                raise AccessDenied("stop")
            return super().__call__(name, content)

    with pytest.raises(AccessDenied):
        batched(items(), tmp_path / "rows.jsonl", Stops())
    assert len(taken) < 3000


def test_what_decides_a_row_is_its_configuration() -> None:
    """Another schema, strictness or format, and without evidence; not the same again."""
    same = RULES.reader().configuration
    assert RULES.reader().configuration == same
    others = [replace(RULES, evidence=True), replace(RULES, strict=False), replace(RULES, input_format="text")]
    assert len({same, *(other.reader().configuration for other in others)}) == 4

"""The output of a batch is its journal: what is damaged, who may write it, and what is never lost."""

from __future__ import annotations

import errno
import json
import os
import resource
import subprocess
import sys
from io import FileIO
from pathlib import Path

import pytest
from batches import Reads, batched, item, paths, posting, postings, rows

from extract.batch.reading import Reading
from extract.batch.results import Earlier, known_results, open_results, streamed_results
from extract.batch.rows import copied, is_sound, line_of, read_row, row_line
from extract.batch.running import Conduct, Only
from extract.errors import FormatError, RunStopped, UsageError
from extract.journal import Journal

ROOT = Path(__file__).resolve().parent.parent
posix = pytest.mark.skipif(sys.platform == "win32", reason="limits and permissions are POSIX")


def line(path: str, **told: str) -> bytes:
    """A row that was never made."""
    body = '{"record":{},"status":"complete","provenance":null,"error":null}'
    return row_line(body, **{"name": path, "path": path, "sha256": "", "configuration": "c"} | told)


@pytest.mark.parametrize("damage", [b"}", b'"record":{}', b"c", b'"checksum"'])
def test_a_row_that_was_changed_is_not_sound(damage: bytes) -> None:
    """Whatever byte of it: the checksum is that of all before it."""
    sound = line("a.txt")
    assert is_sound(sound)
    at = sound.index(damage)
    assert not is_sound(sound[:at] + b"#" + sound[at + 1 :])
    assert not is_sound(sound[:-1])


def test_a_name_that_is_no_text_makes_a_row() -> None:
    """Half of a surrogate pair, as file names and JSON may hold it."""
    assert is_sound(line("a\udc80.txt"))


def test_a_row_of_something_else_is_told(tmp_path: Path) -> None:
    """With its place, and what is wrong with it."""
    with pytest.raises(FormatError, match=r"x:7 is no row of extract batch \(id: Field required\)"):
        read_row(b"{}", "x:7")


def test_a_torn_last_row_is_cut_off_and_its_document_read_again(tmp_path: Path) -> None:
    """As a process leaves it that was killed while it wrote, or a machine that lost its power."""
    out = tmp_path / "rows.jsonl"
    batched(postings(3), out, Reads())
    out.write_bytes(out.read_bytes()[:-40])
    reads = Reads()
    batched(postings(3), out, reads)
    assert (reads.names, paths(rows(out))) == (["2.txt"], ["0.txt", "1.txt", "2.txt"])


def test_a_first_row_that_is_torn_is_an_output_all_the_same(tmp_path: Path) -> None:
    """Of a run that was killed while it wrote it."""
    out = tmp_path / "rows.jsonl"
    batched(postings(1), out, Reads())
    out.write_bytes(out.read_bytes()[:150])
    batched(postings(1), out, Reads())
    assert paths(rows(out)) == ["0.txt"]


def test_a_row_that_is_replaced_leaves_file_and_link_as_they_were(tmp_path: Path) -> None:
    """Who may read it, and what a link leads to."""
    real, out = tmp_path / "real.jsonl", tmp_path / "rows.jsonl"
    out.symlink_to(real)
    batched(postings(2), out, Reads())
    real.chmod(0o600)
    batched([item("0.txt", posting(9)), *postings(1, start=1)], out, Reads())
    assert (len(rows(real)), out.is_symlink(), real.stat().st_mode & 0o777) == (2, True, 0o600)


def test_damaged_rows_are_told_and_their_documents_read_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """In the end none is left."""
    out = tmp_path / "rows.jsonl"
    batched(postings(3), out, Reads())
    out.write_bytes(out.read_bytes().replace(b"Nurse 1", b"Nurse 9"))
    reads = Reads()
    batched(postings(3), out, reads)
    assert (reads.names, paths(rows(out))) == (["1.txt"], ["0.txt", "1.txt", "2.txt"])
    assert "1 damaged lines are left out" in caplog.text


@pytest.mark.parametrize("earlier", list(Earlier))
@pytest.mark.parametrize(
    "content",
    [b'{"id": 7}\n', b"a,b\n1,2\n", b"a,b\n1,2", b"one line", b"\x00\n\x01", b'{"id":"7","path":"a"}', b'{"id":"7"'],
    ids=["json", "csv", "csv without an end", "a line without an end", "binary", "json without an end", "torn"],
)
def test_a_file_of_something_else_is_never_lost(tmp_path: Path, content: bytes, earlier: Earlier) -> None:
    """Also with --force: whoever mistypes an output keeps what is there."""
    out = tmp_path / "mine.jsonl"
    out.write_bytes(content)
    with pytest.raises(UsageError, match="no output of extract batch"):
        batched(postings(1), out, Reads(), earlier=earlier)
    assert out.read_bytes() == content


def test_rows_that_lie_about_their_form_are_damaged(tmp_path: Path) -> None:
    """A checksum can be forged; what is behind it is looked at all the same."""
    out = tmp_path / "rows.jsonl"
    forged = [row_line('{"record":{}}', name="a", path="a", sha256="", configuration="c"), line("b", sha256="xyz")]
    out.write_bytes(b"\n".join([*forged, line("c"), b""]))
    with open_results(out, "c") as results:
        assert (results.found.current, results.found.damaged) == (1, 2)


@posix
def test_a_second_process_is_refused(tmp_path: Path) -> None:
    """With the name of the file, and what to do; the first goes on."""
    out = tmp_path / "rows.jsonl"
    code = (
        "import sys\nfrom pathlib import Path\nfrom extract.batch.results import open_results\n"
        "with open_results(Path(sys.argv[1]), 'c'): pass"
    )
    with open_results(out, "c") as results:
        command = [sys.executable, "-c", code, str(out)]
        second = subprocess.run(command, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False)
        assert "rows.jsonl is being written by another process: wait for it" in second.stderr
        results.add(line("a"), path="a", name="a", content="", failed=False)
    assert paths(rows(out)) == ["a"]


@posix
def test_a_full_disk_leaves_whole_rows_and_says_so(tmp_path: Path) -> None:
    """A limit on the size of files does what a full disk does: the row that does not fit is not there at all."""
    out = tmp_path / "rows.jsonl"
    code = (
        "import resource, signal, sys\nfrom pathlib import Path\n"
        "sys.path.insert(0, sys.argv[2])\nfrom batches import Reads, batched, posting, postings\n"
        "from extract.readers.language import read_language\nread_language(posting(1))\n"  # unpacks a larger file
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\nresource.setrlimit(resource.RLIMIT_FSIZE, (3_000, 3_000))\n"
        "batched(postings(20), Path(sys.argv[1]), Reads())"
    )
    command = [sys.executable, "-c", code, str(out), str(ROOT / "tests")]
    run = subprocess.run(command, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False)
    assert f"RunStopped: {out} cannot be written: {os.strerror(errno.EFBIG)}" in run.stderr
    done = len(rows(out))
    assert 0 < done < 20
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 3_000
    reads = Reads()
    batched(postings(20), out, reads)
    assert (len(reads.names), len(rows(out))) == (20 - done, 20)


def test_a_place_where_nobody_can_write_is_told(tmp_path: Path) -> None:
    """Before anything is read: a folder, and a name below a file."""
    (tmp_path / "file").write_bytes(b"")
    for place in (tmp_path, tmp_path / "file" / "rows.jsonl"):
        with pytest.raises(UsageError, match=r"-o|cannot be written"), open_results(place, "c"):
            pass


@posix
def test_a_file_that_may_not_be_written_is_told(tmp_path: Path) -> None:
    """With its name; tried as somebody who is not root, for whom nothing is read-only."""
    out = tmp_path / "rows.jsonl"
    out.touch(mode=0o400)
    code = (
        "import os, sys\nfrom pathlib import Path\nfrom extract.batch.results import open_results\n"
        "if os.geteuid() == 0: os.seteuid(65534)\n"
        "with open_results(Path(sys.argv[1]), 'c'): pass"
    )
    command = [sys.executable, "-c", code, str(out)]
    run = subprocess.run(command, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False)
    assert f"UsageError: {out} cannot be written: {os.strerror(errno.EACCES)}" in run.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_a_disk_without_room_stops_the_run() -> None:
    """And is said as what it is."""
    with FileIO("/dev/full", "r+") as file, pytest.raises(RunStopped, match="/dev/full cannot be written: No space left"):
        Journal(file).append("one")


def test_looking_at_an_output_changes_nothing(tmp_path: Path) -> None:
    """Not even a torn line; and one that is not there is not made."""
    out = tmp_path / "rows.jsonl"
    with known_results(out, "c") as results:
        assert not list(results.lines())
    assert not out.exists()
    out.write_bytes(line("a") + b"\n" + line("b")[:-9])
    before = out.read_bytes()
    with known_results(out, "c") as results:
        assert [read_row(each, "").path for each in results.lines()] == ["a"]
    assert out.read_bytes() == before


def test_a_copy_names_its_own_place_and_asked_nothing() -> None:
    """Also in the words of a fault."""
    body = (
        '{"record":null,"status":"failed","usage":{"calls":3},"provenance":null,'
        '"error":{"code":"empty","message":"a.txt holds nothing"}}'
    )
    row = read_row(row_line(body, name="a", path="a.txt", sha256="", configuration="c"), "")
    copy = read_row(line_of(copied(row, name="b", path="b.txt")), "")
    assert (copy.id, copy.path, copy.usage.calls, copy.error and copy.error.message) == ("b", "b.txt", 0, "b.txt holds nothing")


@pytest.mark.parametrize("evidence", [True, False])
def test_a_row_that_was_read_is_written_as_it_was(evidence: bool) -> None:
    """So that a copy differs in nothing but what it is about: each number and each letter."""
    body = Reading(engine="rules", evidence=evidence).reader().answer("ä.txt", posting(1)).body
    unusual = '{"record":{"z":1.50,"a":[123456789012345678901234567890,1e-7,"\u2028é",null,-0.0]},'
    for each in (body, unusual + body[body.index('"status"') :]):
        line = row_line(each, name="1", path="ä.txt", sha256="0f", configuration="c")
        again = line_of(read_row(line, ""))
        assert json.loads(again[: again.rindex(b',"checksum"')] + b"}") == json.loads(line[: line.rindex(b',"checksum"')] + b"}")
        assert list(json.loads(again)) == list(json.loads(line))
        assert is_sound(again)


def test_a_line_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    """An interrupt in the middle of it, too."""

    class Interrupted:
        name = "rows"

        def __init__(self) -> None:
            self.content = bytearray(b"one\n")

        def seek(self, *_: int) -> int:
            return len(self.content)

        def write(self, raw: memoryview) -> int:
            if bytes(raw) == b"three\n":
                self.content += raw[:2]
                return 2
            if bytes(raw) == b"ree\n":
                raise KeyboardInterrupt
            self.content += raw
            return len(raw)

        def truncate(self, size: int) -> None:
            del self.content[size:]

    file = Interrupted()
    journal = Journal(file)  # type: ignore[arg-type]  # all that it uses of a file
    assert journal.append("two") == 4
    with pytest.raises(KeyboardInterrupt):
        journal.append("three")
    assert bytes(file.content) == b"one\ntwo\n"


def test_a_stream_that_nobody_reads_ends_the_run(tmp_path: Path) -> None:
    """As `head` does when it has enough."""
    reader, writer = os.pipe()
    os.close(reader)
    with (
        os.fdopen(writer, "wb", buffering=0) as stream,
        streamed_results(stream, "c") as results,
        pytest.raises(RunStopped, match="standard output"),
    ):
        results.add(line("a"), path="a", name="a", content="", failed=False)


def test_a_row_goes_out_when_it_is_made() -> None:
    """Whoever reads a stream has each row as its document is done, and not when a buffer is full."""
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    with (
        os.fdopen(reader, "rb", buffering=0) as received,
        os.fdopen(writer, "wb") as stream,
        streamed_results(stream, "c") as results,
    ):
        for name in ("a", "b"):
            results.add(line(name), path=name, name=name, content="", failed=False)
            assert received.read() == line(name) + b"\n"


def test_what_differs_is_told_of_a_row_that_was_made(tmp_path: Path) -> None:
    """One of a document that could not be read says nothing of that, and is told only where there is no other."""
    out = tmp_path / "rows.jsonl"
    unmade, again, made, later = line("a"), line("b"), _made_line("c"), _made_line("d")
    for lines, other in (([unmade, made, again, later], made), ([unmade, again], unmade), ([], b"")):
        out.write_bytes(b"".join(each + b"\n" for each in (*lines, line("e", configuration="now"))))
        with known_results(out, "now") as results:
            assert (results.found.other, results.found.others) == (other, len(lines))


def _made_line(path: str) -> bytes:
    body = '{"record":{},"status":"complete","provenance":{"engine":"rules"},"error":null}'
    return row_line(body, name=path, path=path, sha256="", configuration="c")


def test_a_document_comes_up_once_whatever_there_is_of_it(tmp_path: Path) -> None:
    """A second mention is none, with a row and without; rows of documents that did not come up are counted."""
    out = tmp_path / "rows.jsonl"
    out.write_bytes(b"".join(line(name) + b"\n" for name in "abc"))
    with known_results(out, "c") as results:
        assert results.untouched() == 3
        assert [results.take(name) for name in ("a", "new", "a", "new", "b")] == [True, True, False, False, True]
        assert results.untouched() == 1


def test_an_output_with_rows_of_this_configuration_stays_where_it_is(tmp_path: Path) -> None:
    """Also when it has others, as a run leaves it that replaced only a few: they are replaced as their documents come up."""
    out = tmp_path / "rows.jsonl"
    batched(postings(3), out, Reads(), configuration="old")
    batched([item("0.txt", posting(9))], out, Reads(), conduct=Conduct(only=Only.CHANGED), earlier=Earlier.KEEP)
    reads = Reads()
    batched([item("0.txt", posting(9)), *postings(1, start=1)], out, reads)
    assert ([path.name for path in tmp_path.iterdir()], reads.names) == (["rows.jsonl"], ["1.txt"])
    assert {row["path"]: row["configuration"] == "old" for row in rows(out)} == {"0.txt": False, "1.txt": False, "2.txt": True}

"""The benchmarks of batches: the documents, the endpoint that fails, what is looked for in an output, and the tables."""

from __future__ import annotations

import doctest
import http.client
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import ModuleType
from urllib.parse import urlsplit

import pytest

from benchmarks import batch
from benchmarks.asking.peer import messages
from benchmarks.batch import FaultsRun, RulesRun, faults_run, faults_table, ids, rules_table, systems
from benchmarks.batching import marks, server
from benchmarks.batching.documents import WAY, Template, documents, gold_of, template_of, write_table
from benchmarks.batching.marks import mark, serial_in, unmarked
from benchmarks.batching.rows import Rows, is_gold, rows_of
from benchmarks.batching.runs import RunFailed, Spent, environment, peaks_of, run
from benchmarks.batching.server import Counts, Fault, Script, Tally, counts_of, serving
from benchmarks.cleaners.report import rewritten
from benchmarks.llm_speed import PEER, answers_for
from extract import extract
from extract.batch.rows import json_text, row_line
from extract.evals.agreement import Cell
from extract.evals.cases import shipped_cases

pytestmark = pytest.mark.block_network(allowed_hosts=["127.0.0.1"])
DOCS = Path(__file__).resolve().parent.parent / "docs"
CASES = shipped_cases(batch.TASK)
ANSWERS = {"a": [(b"pastry", b"12345678")]}
FAULTLESS = Script(0.0, {})


@pytest.fixture(scope="module")
def templates() -> list[Template]:
    """The templates of the job postings, which take a second or two to find."""
    return [template_of(case) for case in CASES.values()]


@contextmanager
def posted(address: str, content: str) -> Iterator[http.client.HTTPResponse]:
    """The answer to a request about that content, read as far as its head."""
    parts = urlsplit(address)
    with closing(http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)) as connection:
        connection.request("POST", "/a/v1/chat/completions", body=content)
        with connection.getresponse() as response:
            yield response


def line(name: str, *, record: object = None, code: str | None = None) -> bytes:
    """A row of an output: of a document with a record, or with the cause why it has none."""
    error = None if code is None else {"code": code, "message": ""}
    body = json_text({"record": {} if record is None else record, "error": error})
    return row_line(body, name=name, path=name, sha256="", configuration="c") + b"\n"


@pytest.mark.parametrize("module", [batch, marks, server])
def test_examples(module: ModuleType) -> None:
    """The examples in docstrings are true."""
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize("serial", [0, 25, 26, 26**5 - 1])
def test_a_mark_tells_its_document(serial: int) -> None:
    """The serial number is read back from a text in which it stands, and nothing else is taken for a mark."""
    assert serial_in(f'"a pastry{mark(serial)} cook"'.encode()) == serial
    assert all(serial_in(case.source.encode()) is None for case in CASES.values())
    with pytest.raises(AssertionError):
        mark(26**5)


def test_documents_are_all_different(templates: list[Template], tmp_path: Path) -> None:
    """As many as are asked for, each with a name and a text of its own, and without its marks the posting that was shipped."""
    write_table(templates, 12, tmp_path / "table.jsonl")
    table = [json.loads(row) for row in (tmp_path / "table.jsonl").read_text("utf-8").splitlines()]
    assert len({row["id"] for row in table}) == len({row["text"] for row in table}) == 12
    assert {row["id"] for row in table} == ids(templates, 12)
    for row in table:
        assert unmarked(row["text"].encode()).decode() == CASES[row["id"].rpartition("-")[0]].source


def test_hardly_a_line_recurs(templates: list[Template]) -> None:
    """Nine tenths of the text of each document stand in lines that have a mark."""
    for template in templates:
        assert template.marked_share() > 0.9
        first, second = (set(template.document(serial).text.split("\n")) for serial in (1, 2))
        assert len(first & second) < len(first)


def test_marks_lead_to_the_same_record(templates: list[Template]) -> None:
    """Each of the documents is asked about once, the server finds its answer and its number, and its record is the gold."""
    gold = gold_of(templates)
    with serving(answers_for(list(CASES.values())), FAULTLESS) as address:
        settings = WAY.settings(base_url=f"{address}/{batch.OURS}/v1")
        for document in documents(templates, 10):
            found = extract(document.text, engine="llm", settings=settings).record.model_dump_json()
            assert is_gold(json.loads(unmarked(found.encode())), gold[document.id.rpartition("-")[0]])
        counts = counts_of(address)
    assert (counts.requests, counts.documents, counts.most, counts.strangers) == (10, 10, 1, 0)


def test_the_peer_is_answered_too(templates: list[Template]) -> None:
    """In the request of the peer stand the mark, and the telling word of one of the documents alone."""
    words = [word for word, _ in answers_for(list(CASES.values()))[PEER]]
    for serial, template in enumerate(templates):
        sent = json.dumps(messages(batch.TASK, template.document(serial).text)).encode()
        assert serial_in(sent) == serial
        assert [word in sent for word in words].count(True) == 1


def test_faults_come_as_often_as_the_script_says() -> None:
    """Of many requests each fault has its share; the same attempt meets the same one, and the next has a chance of its own."""
    script = Script(0.0)
    drawn = Counter(script.fault(serial, 0) for serial in range(20_000))
    for fault, share in script.shares.items():
        assert drawn[fault] == pytest.approx(20_000 * share, rel=0.15)
    assert [script.fault(serial, 0) for serial in range(100)] == [Script(0.0).fault(serial, 0) for serial in range(100)]
    failing = [serial for serial in range(20_000) if script.fault(serial, 0) is not Fault.NONE]
    again = sum(script.fault(serial, 1) is not Fault.NONE for serial in failing)
    assert 0 < again < len(failing) / 5


@pytest.mark.parametrize(("fault", "status"), [(Fault.NONE, 200), (Fault.BUSY, 429), (Fault.BROKEN, 500)])
def test_answers_with_a_status(fault: Fault, status: int) -> None:
    """A request is answered, or told in words that it is not; a 429 does not say when to come again."""
    with serving(ANSWERS, Script(0.0, {fault: 1.0})) as address, posted(address, f"pastry{mark(5)}") as response:
        assert response.status == status
        assert response.headers["retry-after"] is None
        assert (response.read() == b"12345678") is (fault is Fault.NONE)
        assert counts_of(address).faults == {fault: 1}


def test_a_connection_that_is_dropped() -> None:
    """It ends without a byte."""
    script = Script(0.0, {Fault.DROPPED: 1.0})
    with serving(ANSWERS, script) as address, pytest.raises(http.client.RemoteDisconnected), posted(address, mark(5)):
        pass


def test_half_a_body() -> None:
    """The head promises all of it, and the connection ends in the middle."""
    with serving(ANSWERS, Script(0.0, {Fault.HALF: 1.0})) as address, posted(address, f"pastry{mark(5)}") as response:
        assert response.status == 200
        with pytest.raises(http.client.IncompleteRead) as caught:
            response.read()
    assert caught.value.partial == b"1234"


def test_requests_are_counted() -> None:
    """For each document how often it was asked about, and over all how many were under way together."""
    tally = Tally(FAULTLESS)
    for serial in (1, 2, 1):
        tally.begin(mark(serial).encode())
    tally.end()
    tally.end()
    tally.begin(b"no document of ours")
    counts = tally.counts
    assert (counts.requests, counts.documents, counts.most, counts.at_once, counts.strangers) == (3, 2, 2, 3, 1)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([line("inn-0"), line("inn-1")], Rows(2, 2, 0, 0, 0, {})),
        ([line("inn-0")], Rows(2, 1, 0, 0, 0, {})),
        ([line("inn-0"), line("inn-1"), line("inn-0")], Rows(2, 2, 1, 0, 0, {})),
        ([line("inn-0"), line("inn-1")[:-9] + b"\n"], Rows(2, 1, 0, 1, 0, {})),
        ([line("inn-0"), line("inn-1"), line("inn-2")], Rows(2, 2, 0, 1, 0, {})),
        ([line("inn-0"), line("inn-1", code="refused")], Rows(2, 2, 0, 0, 0, {"refused": 1})),
    ],
    ids=["whole", "missing", "twice", "torn", "foreign", "failed"],
)
def test_rows(lines: list[bytes], expected: Rows, tmp_path: Path) -> None:
    """Rows are whole where each document has one; what is missing, there twice, torn or foreign is told apart."""
    (tmp_path / "rows.jsonl").write_bytes(b"".join(lines))
    found = rows_of(tmp_path / "rows.jsonl", {"inn-0", "inn-1"})
    assert found == expected
    assert found.whole is (expected.rows == 2 and not expected.again and not expected.unsound)
    assert found.lost == 2 - expected.rows + len(expected.causes)


def test_records_are_held_to_the_gold(tmp_path: Path) -> None:
    """A record is right whatever the marks in it, and wrong where it says something else."""
    rows = [line("inn-0", record={"title": f"Pastry{mark(0)} cook"}), line("inn-1", record={"title": "Baker"})]
    (tmp_path / "rows.jsonl").write_bytes(b"".join(rows))
    found = rows_of(tmp_path / "rows.jsonl", {"inn-0", "inn-1"}, gold={"inn": [Cell("title", "Pastry cook")]})
    assert found.wrong == 1


def test_no_setting_reaches_a_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Variables of a model are left out, whatever their case, and answers are kept below the folder of the run."""
    for name in ("EXTRACT_MODEL", "OPENAI_API_KEY", "openai_base_url"):
        monkeypatch.setenv(name, "x")
    kept = {name: value for name, value in environment(tmp_path).items() if name.upper().startswith(("EXTRACT_", "OPENAI_"))}
    assert kept == {"EXTRACT_CACHE_DIR": str(tmp_path / "answers")}


def test_a_run_that_fails(tmp_path: Path) -> None:
    """It is no figure: what it said is told. Another code may be expected."""
    command = [sys.executable, "-c", "import sys; sys.exit('no such table')"]
    with pytest.raises(RunFailed, match="ended with 1: no such table"):
        run(command, tmp_path)
    assert run(command, tmp_path, codes=(1,)).cpu > 0


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="without /proc there is the largest process alone")
def test_memory_of_all_processes() -> None:
    """The most memory of a process is told with that of each that it started, and of none that ended."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        before = dict(peaks_of(os.getpid()))
        child.communicate(b"\n")
    assert before.keys() >= {os.getpid(), child.pid}
    assert all(peak > 0 for peak in before.values())
    assert child.pid not in dict(peaks_of(os.getpid()))


@pytest.mark.parametrize("at", [0, -2, -1], ids=["extract", "everything asked", "instructor"])
def test_a_run_with_faults(at: int, templates: list[Template]) -> None:
    """With the real command each document becomes a row with the record of the gold, and each fault costs one more request."""
    system = systems(4)[at]
    answers = answers_for(list(CASES.values()))
    done = faults_run(system, templates, 10, answers=answers, script=Script(0.0, dict.fromkeys(server.SHARES, 0.08)))
    assert done.rows == Rows(10, 10, 0, 0, 0, {})
    assert (done.counts.documents, done.counts.strangers) == (10, 0)
    assert done.counts.faults[Fault.NONE] == 10
    assert done.counts.requests == sum(done.counts.faults.values()) > 10
    assert 0 < done.counts.at_once <= 4


def test_tables() -> None:
    """Rates are documents over seconds; those that are lost do not count."""
    spent = Spent(seconds=10.0, cpu=20.0, own=100.4, all_together=300.0)
    counts = Counts(requests=1100, documents=1000, most=3, at_once=64, strangers=0, faults={})
    lost = FaultsRun(PEER, spent, counts, Rows(1000, 1000, 0, 0, 0, {"APIError": 40}))
    row = "| 1,000 of 1,000 |     0 |   40 |     0 |      1.100 |      64 |        96.0 |     30 % |  20.0 |"
    assert row in faults_table([lost], 320.0)
    assert rules_table([RulesRun(1000, 2, spent)]).splitlines()[-1].split("|")[3:6] == [
        "    10.0 ",
        "       100.0 ",
        "        20.0 ",
    ]


@pytest.mark.parametrize("part", ["rules", "faults"])
def test_the_page_has_a_place_for_the_figures(part: str) -> None:
    """``--write docs`` finds its marks, once each."""
    assert "the figures" in rewritten((DOCS / batch.DOCUMENT).read_text("utf-8"), part=part, text="the figures")

"""The benchmarks of asking a model: what counts as sent, whose answers they are, and the tables. Nothing is timed."""

from __future__ import annotations

import doctest
import itertools
import json
import shutil
import threading
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from benchmarks import llm_cost, llm_speed
from benchmarks.asking import gold, server
from benchmarks.asking.gold import Way, WrongAnswer, asked, check
from benchmarks.asking.peer import Body, messages, own_body, peer_body
from benchmarks.llm_cost import Bill, Cost, cost_of, own_bill, sent_tokens, total, verdicts
from benchmarks.llm_speed import Figures, answers_for, cpu_table, stages_table, through
from extract.engines.llm.tokens import PER_MESSAGE, count_tokens
from extract.evals.cases import Case, shipped_cases
from extract.schemas.job_posting import JobPosting
from extract.settings import Ask

DOCS = Path(__file__).resolve().parent.parent / "docs"
POSTINGS = shipped_cases("job_posting")
DEFAULTS = {task: ways[0] for task, ways in llm_cost.WAYS.items()}


def cost(answer: int, request: int) -> Cost:
    """A document for which the peer sends 1,000 tokens and gets 100, and we what is given."""
    return Cost("inn", raw=500, ours={"default": Bill(request, answer)}, peer=Bill(1000, 100), lean=Bill(1000, 50))


@pytest.mark.parametrize("module", [gold, server])
def test_examples(module: ModuleType) -> None:
    """The examples in docstrings are true."""
    assert doctest.testmod(module).failed == 0


def test_what_is_sent() -> None:
    """Messages and whatever shapes the answer count; the name of the model and the limits do not."""
    body: Body = {
        "model": "a",
        "messages": [{"role": "user", "content": "Pastry Cook"}],
        "max_tokens": 9,
        "tools": [{"type": "x"}],
    }
    assert sent_tokens(body) == PER_MESSAGE + count_tokens("Pastry Cook") + count_tokens('[{"type":"x"}]')


def test_price() -> None:
    """A token of an answer costs four of a request, and bills add up."""
    assert (Bill(10, 5) + Bill(1, 1)).price == 11 + 4 * 6


@pytest.mark.parametrize(
    ("answer", "request_tokens", "met"),
    [(25, 460, [True, True]), (26, 456, [False, True]), (25, 461, [True, False])],
)
def test_targets(answer: int, request_tokens: int, met: list[bool]) -> None:
    """A quarter of the plain JSON and two fifths of the peer's price are enough, and not a token more."""
    assert [ok for _, ok in verdicts([cost(answer, request_tokens)])] == met


def test_total_is_the_sum() -> None:
    """All documents together are the sum of each figure."""
    whole = total([cost(10, 400), cost(20, 300)])
    assert (whole.ours["default"], whole.peer, whole.lean) == (Bill(700, 30), Bill(2000, 200), Bill(2000, 100))


@pytest.mark.parametrize("case", shipped_cases().values(), ids=lambda case: case.name)
def test_answers_are_those_of_the_gold_records(case: Case) -> None:
    """Each answer leads back to its gold record: ``asked`` checks it."""
    document = asked(case, DEFAULTS[case.schema].settings())
    assert json.loads(document.answer)
    assert own_bill(document, DEFAULTS[case.schema]).answer == count_tokens(document.answer)


def test_a_wrong_answer_does_not_count() -> None:
    """An answer that lost a list is refused: what it costs would say nothing."""
    case = POSTINGS["fair_stagiaire"]
    document = asked(case, DEFAULTS["job_posting"].settings())
    answer = json.loads(document.answer) | {"responsibilities": []}
    with pytest.raises(WrongAnswer, match="fair_stagiaire: responsibilities"):
        check(case, document.plan, json.dumps(answer))


def test_real_bodies() -> None:
    """What is counted are the requests that leave: ours strict, the peer's with the tool of its model class and the raw text."""
    case = POSTINGS["meta_research_scientist"]
    way = DEFAULTS["job_posting"]
    document = asked(case, way.settings())
    assert document.plan.request
    ours = json.dumps(own_body(document.plan.request, way.settings(), answer=document.answer))
    theirs = peer_body(JobPosting, "job_posting", case.source, record=gold.plain_json(case.expected))
    assert '"strict": true' in ours
    assert theirs["messages"] == messages("job_posting", case.source)
    assert '"name": "JobPosting"' in json.dumps(theirs["tools"])


def test_job_postings_meet_their_targets() -> None:
    """Asked with the defaults, the answers to the samples take a quarter of the tokens of plain JSON, and all two fifths of the
    peer's price, at most.
    """
    found = verdicts([cost_of(case) for case in POSTINGS.values()])
    assert [told for told, met in found if not met] == []
    assert len(found) == 2


def test_less_is_asked_facts_first() -> None:
    """Of each sample less is sent and answered than if everything is asked."""
    for case in POSTINGS.values():
        first, everything = (own_bill(asked(case, way.settings()), way) for way in (Way("v2", Ask.MISSING), Way("v2", Ask.ALL)))
        assert first.request < everything.request
        assert first.answer <= everything.answer


def test_cost_documentation(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``--write`` puts the tables that are printed between the marks of the page, and nothing else changes."""
    shutil.copy(DOCS / "llm.md", tmp_path)
    llm_cost.main(["--table", "--write", str(tmp_path)])
    printed = capsys.readouterr().out.strip()
    before, after = ((folder / "llm.md").read_text("utf-8") for folder in (DOCS, tmp_path))
    assert printed in after
    assert [text.partition("<!-- cost:begin -->")[0] for text in (before, after)] == [
        before.partition("<!-- cost:begin -->")[0]
    ] * 2
    assert before.partition("<!-- cost:end -->")[2] == after.partition("<!-- cost:end -->")[2]


def test_the_server_tells_documents_apart() -> None:
    """Each sample has a word of its own, by which the server finds its answer in our request and in the peer's."""
    answers = answers_for(list(POSTINGS.values()))
    assert set(answers) == set(llm_speed.SYSTEMS)
    for part, case in itertools.product(answers, POSTINGS.values()):
        words = [word for word, _ in answers[part] if word.decode() in case.source]
        assert len(words) == 1
    assert server.answer_to(b"/all/v1/chat/completions", b"no document", answers).startswith(b"HTTP/1.1 404 ")


def test_threads_put_documents_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """Until the time is over each thread takes one document after the other, and no two are the same."""
    texts: list[str] = []
    round_of_all = threading.Barrier(4)

    def call(text: str) -> None:
        texts.append(text)
        round_of_all.wait(30)

    monkeypatch.setattr(llm_speed, "time", SimpleNamespace(time=lambda: len(texts)))  # a second for each document
    done, ended = through(call, ["one bakers oven", "another of them"], threads=4, until=20)
    assert done == len(texts) == len(set(texts)) == 20
    assert ended == 20


def test_speed_tables() -> None:
    """Milliseconds, the ratio to the peer, the rates, and the sum of the stages."""
    cpu = dict.fromkeys(llm_speed.SYSTEMS, 0.005) | {"instructor": 0.01}
    figures = Figures(cpu, {"1 × 64": dict.fromkeys(cpu, 210.4)}, {"all": {"rules": 0.001, "client": 0.0025}})
    assert "| **extract**, ask all     |    5.0 |          0.5× |            210 |" in cpu_table(figures)
    assert stages_table(figures).splitlines()[-1] == "| all    |        3.50 |"

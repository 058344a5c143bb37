"""Two runs beside each other, and a gate: what is caught, what is not, and what is refused."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from eval_suites import OWNERS, TOPICS, answer_memo, lines, memo_suite, write_suite
from fault_server import Received, serving
from pydantic import JsonValue

from extract.cleaning.document import CleanDocument
from extract.engines.base import Draft, DraftValue, Origin, TextReference
from extract.errors import InvalidAnswer, RunError
from extract.evals.comparison import Comparison, compare, halves
from extract.evals.extracting import Extracting
from extract.evals.gate import Limits, as_json, baseline_of, judge_run, read_baseline
from extract.evals.gate_reports import as_junit, as_markdown
from extract.evals.measures import Measures
from extract.evals.planning import Variant, plan_run
from extract.evals.running import make_run, rescored
from extract.evals.runs import Result, Run
from extract.evals.scorers import scorers_of
from extract.evals.suites import Suite, open_suite
from extract.evals.summaries import comparison_summary, run_summary, verdict_summary
from extract.settings import Settings

Misreads = Callable[[int], str]
NOTHING = Limits()
pytestmark = pytest.mark.block_network(allowed_hosts=["127.0.0.1"])


class Reader:
    """An engine that reads notes right, but for those of which ``wrong`` says how it goes wrong: owner, topic, nothing, fails."""

    name = "reader"
    origin = Origin()

    def __init__(self, wrong: Misreads = lambda _: "") -> None:
        self.wrong = wrong

    def fill(self, clean: CleanDocument) -> Draft:
        text = " ".join(segment.text for segment in clean.segments)
        number = int(text.partition("no. ")[2][:3])
        how = self.wrong(number)
        if how == "fails":
            raise InvalidAnswer("no JSON")
        values = {} if how == "nothing" else {"owner": OWNERS[number % 3], "topic": TOPICS[number % 3]}
        if how in values:
            values[how] = f"{number:03}"
        return Draft({path: DraftValue(value, _place(clean, value)) for path, value in values.items()})


def _place(clean: CleanDocument, value: str) -> tuple[TextReference, ...]:
    segment = next(each for each in clean.segments if value in each.text)
    start = segment.text.index(value)
    return (TextReference(segment.number, start, start + len(value)),)


def run_of(suite: Suite, *wrong: Misreads) -> Run:
    """A run of a reader, with a repeat for each way in which it goes wrong."""
    ways = wrong or (lambda _: "",)
    settings = Settings(base_url="http://127.0.0.1:9/v1", model="m", cache=False)
    folder = Path(suite.place).parent / "runs"
    plan = plan_run(suite, Variant("llm", "m"), folder=folder, repeats=len(ways), settings=settings)
    run = make_run(replace(plan, extracting=Extracting(suite, tuple(map(Reader, ways)))))
    plan.path.unlink()
    return run


def every(step: int, how: str = "owner") -> Misreads:
    """Wrong in every so many notes."""
    return lambda number: how if number % step == 0 else ""


@pytest.fixture
def suite(tmp_path: Path) -> Suite:
    return memo_suite(tmp_path, 20)


def test_equal_runs_do_not_differ(suite: Suite) -> None:
    """All ties, p is 1, and no field changed."""
    comparison = compare(run_of(suite), run_of(suite))
    assert (comparison.wins, comparison.ties, comparison.losses) == (0, 20, 0)
    assert (comparison.test.p, comparison.test.difference, comparison.changed, comparison.fields) == (1.0, 0.0, [], [])
    assert comparison.verdict.startswith("no difference shown")


def test_a_worse_run_is_told_with_its_fields_and_documents(suite: Suite) -> None:
    """Every second owner wrong: F1 of ten documents falls from 1 to a half."""
    comparison = compare(run_of(suite), run_of(suite, every(2)))
    assert comparison.test.difference == pytest.approx(-0.25)
    assert (comparison.wins, comparison.ties, comparison.losses) == (0, 10, 10)
    assert comparison.test.p == pytest.approx(2 / 2**10)  # of ten units that differ, all in one direction
    assert comparison.verdict == f"B is worse than A (-0.250, p = {2 / 2**10:.3f})"
    (change,) = comparison.fields
    assert (change.name, change.gained, change.lost) == ("owner", 0, 10)
    assert change.p == pytest.approx(2 / 2**10)
    assert change.differs
    assert [pair.case for pair in comparison.changed] == [f"memo-{number:03}" for number in range(0, 20, 2)]


def test_the_other_way_round(suite: Suite) -> None:
    """What is a loss from A to B is a win from B to A."""
    comparison = compare(run_of(suite, every(2)), run_of(suite))
    assert (comparison.wins, comparison.losses, comparison.fields[0].gained) == (10, 0, 10)
    assert comparison.verdict.startswith("B is better")


@pytest.mark.parametrize(("count", "decides"), [(1, False), (5, False), (6, True)])
def test_few_documents(tmp_path: Path, count: int, decides: bool) -> None:
    """Under six nothing is decided, and the reason is said."""
    suite = memo_suite(tmp_path, count)
    comparison = compare(run_of(suite), run_of(suite, every(1)))
    assert comparison.test.too_few is not decides
    assert (comparison.smallest is None) is not decides or decides
    if not decides:
        told = f"too few documents to decide: with {count} there are {2**count} ways to flip signs"
        assert comparison.verdict.startswith(told)


def test_repeats_are_averaged_first(suite: Suite) -> None:
    """A document that is half right in one of two repeats has 0.75, and is one document."""
    one = compare(run_of(suite, every(2), every(40)), run_of(suite, every(40), every(40)))
    assert one.test.documents == 20
    assert {round(pair.before, 3) for pair in one.documents} == {0.5, 0.75, 1.0}


def test_a_field_is_right_in_most_repeats(suite: Suite) -> None:
    """One of three repeats wrong is right, two are not."""
    assert compare(run_of(suite, *[every(40, "")] * 3), run_of(suite, every(2), every(40, ""), every(40, ""))).fields == []
    (change,) = compare(run_of(suite, *[every(40, "")] * 3), run_of(suite, every(2), every(2), every(40, ""))).fields
    assert change.lost == 10
    (half,) = compare(run_of(suite, *[every(40, "")] * 2), run_of(suite, every(2), every(40, ""))).fields
    assert half.lost == 10  # in one of two is not in most


def test_repeats_that_fail_are_wrong_ones(suite: Suite) -> None:
    """Two failures of three are a failure, and one is none."""
    right = run_of(suite, *[every(40, "")] * 3)
    failing = compare(right, run_of(suite, every(2, "fails"), every(2, "fails"), every(40, "")))
    assert (failing.records.lost, failing.fields) == (10, [])
    (owner,) = compare(right, run_of(suite, every(2, "fails"), every(2), every(40, ""))).fields
    assert (owner.name, owner.lost) == ("owner", 10)  # one failed, one wrong, one right; the topic is right in two
    once = compare(right, run_of(suite, every(2, "fails"), every(40, ""), every(40, "")))
    assert (once.fields, once.records.lost, once.read_by_both) == ([], 0, None)


def test_clusters_are_what_chance_deals_with(tmp_path: Path) -> None:
    """Twenty notes of five people are five units, which are too few."""
    cases = [case | {"cluster": f"site-{n % 5}"} for n, case in enumerate(lines(20))]
    data, schema = write_suite(tmp_path, cases)
    suite = open_suite(data, schema=schema)
    comparison = compare(run_of(suite), run_of(suite, every(2)))
    assert (comparison.test.documents, comparison.test.units) == (20, 5)
    assert comparison.verdict.startswith("too few clusters to decide")
    both = compare(run_of(suite), run_of(suite, every(4, "fails"))).read_by_both
    assert both is not None
    assert (both.documents, both.units) == (15, 5)


def test_fields_are_compared_by_clusters_too(tmp_path: Path) -> None:
    """Ten documents of one site that change together are one observation, and no sure change of a field."""
    cases = [case | {"cluster": f"site-{n // 10}"} for n, case in enumerate(lines(70))]
    data, schema = write_suite(tmp_path, cases)
    suite = open_suite(data, schema=schema)
    (change,) = compare(run_of(suite), run_of(suite, lambda number: "owner" if number < 20 else "")).fields
    assert change.lost == 20
    assert change.p == pytest.approx(0.5)  # of the four ways to flip two sites, two are as far from none
    assert not change.differs


def test_repeats_make_no_rate_surer(suite: Suite) -> None:
    """The same answers three times are no more values than once."""
    once, thrice = Measures(run_of(suite)), Measures(run_of(suite, *[every(40, "")] * 3))
    assert thrice.evidence == once.evidence
    assert thrice.evidence.of == 2 * 20


def test_a_document_that_fails_scores_zero_and_is_counted_apart(suite: Suite) -> None:
    """It is not dropped; what both have read is compared beside the whole."""
    comparison = compare(run_of(suite), run_of(suite, every(4, "fails")))
    assert comparison.test.difference == pytest.approx(-5 / 20)
    assert (comparison.records.gained, comparison.records.lost) == (0, 5)
    assert comparison.records.p == pytest.approx(2 / 2**5)
    assert comparison.read_by_both is not None
    assert (comparison.read_by_both.documents, comparison.read_by_both.difference) == (15, 0.0)
    assert comparison.fields == []  # each of them would be a loss in every field


def test_resampling_needs_fifty_documents(tmp_path: Path, suite: Suite) -> None:
    """Under that its interval is too narrow, and there is none."""
    assert compare(run_of(suite), run_of(suite, every(2))).bootstrap is None
    (tmp_path / "many").mkdir()
    many = memo_suite(tmp_path / "many", 50)
    interval = compare(run_of(many), run_of(many, every(2))).bootstrap
    assert interval is not None
    assert -0.35 < interval.low < -0.25 < interval.high < -0.15
    of_sites = [case | {"cluster": f"site-{n % 10}"} for n, case in enumerate(lines(50))]
    (tmp_path / "sites").mkdir()
    data, schema = write_suite(tmp_path / "sites", of_sites)
    sites = open_suite(data, schema=schema)
    assert compare(run_of(sites), run_of(sites, every(2))).bootstrap is None  # ten sites, however many documents


def test_an_a_a_comparison(suite: Suite) -> None:
    """The even repeats beside the odd ones of one run; one repeat has no halves."""
    even, odd = halves(run_of(suite, every(2), every(3), every(2), every(3)))
    assert [len(part.results) for part in (even, odd)] == [40, 40]
    assert compare(even, odd).test.difference == pytest.approx(10 / 40 - 7 / 40)
    with pytest.raises(RunError, match="--repeats 2"):
        halves(run_of(suite))


def test_only_what_is_alike_is_compared(tmp_path: Path, suite: Suite) -> None:
    """Other documents, other gold and other scorers are refused, with the way out."""
    run = run_of(suite)
    (tmp_path / "b").mkdir()
    other_gold = [case | {"expected": {"owner": "Nobody", "topic": None}} for case in lines(20)]
    data, schema = write_suite(tmp_path / "b", other_gold)
    others = {
        "documents differ; run one of them again": memo_suite(tmp_path, 19),
        "gold differ": open_suite(data, schema=schema),
        "scorers differ": replace(suite, scorers=scorers_of(suite.task.schema, {"topic": "exact"})),
    }
    for told, other in others.items():
        with pytest.raises(RunError, match=told):
            compare(run, run_of(other))


def test_order_and_white_space_of_a_data_set_change_nothing(tmp_path: Path, suite: Suite) -> None:
    """The same cases in another order, and written otherwise, are the same data set."""
    (tmp_path / "b").mkdir()
    data, schema = write_suite(tmp_path / "b", list(reversed(lines(20))))
    spaced = "\n\n".join(
        json.dumps(json.loads(line), indent=None, separators=(" , ", " : ")) for line in Path(data).read_text().splitlines()
    )
    Path(data).write_text(spaced, encoding="utf-8")
    other = open_suite(data, schema=schema)
    assert other.hash == suite.hash
    assert [result.case for result in run_of(other).results] == [result.case for result in run_of(suite).results]
    assert compare(run_of(suite), run_of(other)).ties == 20


# The gate --------------------------------------------------------------------------------------------------------------


def verdict_of(suite: Suite, *wrong: Misreads, limits: Limits = NOTHING) -> list[str]:
    """The rules that a run breaks beside a baseline that is right throughout."""
    verdict = judge_run(run_of(suite, *wrong), baseline_of(run_of(suite), limits))
    assert verdict.passed is all(check.passed for check in verdict.checks)
    return [check.name for check in verdict.checks if not check.passed]


def uncritical(folder: Path, count: int = 20) -> Suite:
    """A suite in which no field is critical."""
    data, schema = write_suite(folder, [case | {"critical": []} for case in lines(count)])
    return open_suite(data, schema=schema)


def test_the_same_run_passes(suite: Suite) -> None:
    """No rule is broken by a run beside itself."""
    assert verdict_of(suite) == []


def test_a_lower_headline_that_is_hardly_chance_shuts_the_gate(tmp_path: Path) -> None:
    """Five wrong of twenty: one-sided p is 1 in 32. Four are 1 in 16, which may be chance."""
    suite = uncritical(tmp_path)
    assert verdict_of(suite, every(4)) == ["quality"]
    assert verdict_of(suite, every(5)) == []


def test_the_gate_deals_in_clusters_too(tmp_path: Path) -> None:
    """Twenty documents of five sites are five units: what is the same everywhere may still be chance."""
    cases = [case | {"cluster": f"site-{n % 5}", "critical": []} for n, case in enumerate(lines(20))]
    data, schema = write_suite(tmp_path, cases)
    assert verdict_of(open_suite(data, schema=schema), every(1)) == []


def test_a_better_run_passes(tmp_path: Path) -> None:
    """However surely it differs."""
    suite = uncritical(tmp_path)
    assert judge_run(run_of(suite), baseline_of(run_of(suite, every(2)), NOTHING)).passed


def test_one_critical_cell_is_enough(suite: Suite) -> None:
    """The owner is critical in each case, the topic is not."""
    assert verdict_of(suite, every(19)) == ["critical: memo-000: owner", "critical: memo-019: owner"]
    assert verdict_of(suite, every(19, "topic")) == []
    assert verdict_of(suite, every(19, "nothing")) == ["critical: memo-000: owner", "critical: memo-019: owner"]
    assert verdict_of(suite, every(19, "fails")) == ["critical: memo-000: owner", "critical: memo-019: owner"]


def test_few_documents_are_held_to_their_critical_cells(tmp_path: Path) -> None:
    """Where chance cannot be told, the critical rule still holds."""
    suite = memo_suite(tmp_path, 5)
    assert verdict_of(suite, every(1, "topic")) == []
    assert verdict_of(suite, every(4)) == ["critical: memo-000: owner", "critical: memo-004: owner"]


def reordered(value: JsonValue) -> JsonValue:
    """The value with each list turned round, and with other white space, capitals and punctuation in its texts."""
    if isinstance(value, dict):
        return {name: reordered(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [reordered(inner) for inner in reversed(value)]
    return value


def respaced(record: JsonValue) -> JsonValue:
    """The record with other white space, and with a full stop at the end of each text that is no code."""
    if isinstance(record, dict):
        return {name: respaced(inner) for name, inner in record.items()}
    if isinstance(record, list):
        return [respaced(inner) for inner in record]
    return f"  {record.replace(' ', '  ')}. " if isinstance(record, str) and " " in record and "://" not in record else record


@pytest.mark.parametrize("change", [reordered, respaced], ids=["reordered", "respaced"])
def test_another_order_or_spelling_passes(tmp_path: Path, change: Callable[[JsonValue], JsonValue]) -> None:
    """The shipped postings with lists turned round, or other blanks and full stops: all ties, and the gate is open."""
    suite = open_suite("job_posting")
    run = make_run(plan_run(suite, Variant("rules"), folder=tmp_path))
    changed = [result.model_copy(update={"record": change(result.record)}) for result in run.results]
    assert [result.record for result in changed] != [result.record for result in run.results]
    other = rescored(Run(run.head, changed, run.times), suite)
    assert judge_run(other, baseline_of(run, NOTHING)).passed
    assert (compare(run, other).ties, Measures(other).headline) == (5, 1.0)


def test_a_worse_prompt_is_caught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An endpoint that does what the prompt says: without the sentence on owners, it takes numbers for them."""
    monkeypatch.chdir(tmp_path)
    told = "The owner is the person who wrote the note."
    for name, sentence in (("good", told), ("bad", "")):
        text = f"---\nid: memo/{name}\nversion: 1\ndescription: d\n---\n<!-- system -->\n{sentence}\n{{{{fields}}}}\n"
        Path(f"{name}.md").write_text(f"{text}\n<!-- user -->\n{{{{document}}}}\n", encoding="utf-8")

    def answer(received: Received) -> str:
        return answer_memo(received.body, wrong=() if told in received.body.decode() else range(20))

    suite = uncritical(tmp_path)
    with serving(answer=answer) as server:
        settings = Settings(base_url=server.base_url, api_key="k", model="m", cache_dir=tmp_path / "cache")
        good, bad = (
            make_run(
                plan_run(
                    suite, Variant("llm", "m", prompt), folder=tmp_path, settings=settings.model_copy(update={"prompt": prompt})
                )
            )
            for prompt in ("good.md", "bad.md")
        )
    assert good.head.prompt_hash != bad.head.prompt_hash
    assert compare(good, bad).verdict.startswith("B is worse than A (-0.500")
    assert not judge_run(bad, baseline_of(good, NOTHING)).passed
    assert judge_run(good, baseline_of(bad, NOTHING)).passed


def test_what_was_wrong_may_stay_wrong(suite: Suite) -> None:
    """A flip is from right to wrong; the other way, and no change, pass."""
    baseline = baseline_of(run_of(suite, every(2)), NOTHING)
    assert judge_run(run_of(suite, every(2)), baseline).passed
    assert judge_run(run_of(suite), baseline).passed
    assert not judge_run(run_of(suite, every(3)), baseline).passed


def test_critical_cells_are_right_in_most_repeats(suite: Suite) -> None:
    """One repeat of three that is wrong flips nothing."""
    right = every(40, "")
    assert verdict_of(suite, every(19), right, right) == []
    broken = ["critical: memo-000: owner", "critical: memo-019: owner"]
    assert verdict_of(suite, every(19), every(19), right) == broken
    assert verdict_of(suite, every(19, "fails"), every(19, "fails"), right) == broken
    assert verdict_of(suite, every(19), right) == broken  # in one of two is not in most


def test_a_list_that_should_be_empty_is_watched(tmp_path: Path) -> None:
    """What is put into a critical list of which gold says that it is empty was not there before."""
    suite = open_suite("job_posting")
    run = make_run(plan_run(suite, Variant("rules"), folder=tmp_path))
    (case,) = [case for case in suite.cases if case.name == "meta_reality_labs_intern"]
    assert case.expected["locations"] == []
    changed = [_with_place(result) if result.case == case.name else result for result in run.results]
    verdict = judge_run(rescored(Run(run.head, changed, run.times), suite), baseline_of(run, NOTHING))
    assert [check.name for check in verdict.checks if not check.passed] == [f"critical: {case.name}: locations.+"]


def _with_place(result: Result) -> Result:
    return result.model_copy(update={"record": {**(result.record or {}), "locations": [{"city": "Sacramento"}]}})


@pytest.mark.parametrize(
    ("limits", "broken"),
    [
        (Limits(valid=0.9), []),
        (Limits(valid=0.95), []),
        (Limits(valid=0.96), ["valid"]),
        (Limits(cost=0.0), ["cost"]),
        (Limits(seconds=0.6), []),
        (Limits(seconds=0.4), ["seconds"]),
    ],
)
def test_limits(tmp_path: Path, limits: Limits, broken: list[str]) -> None:
    """On records, on cost (unknown is no way round it), and on time: one document of twenty fails here."""
    run = run_of(uncritical(tmp_path), every(30, "fails"))
    times = [time.model_copy(update={"seconds": 0.5}) for time in run.times]
    measured = Run(run.head, [_costing(result) for result in run.results], times)
    checks = judge_run(measured, baseline_of(run, limits)).checks
    assert [check.name for check in checks if not check.passed] == broken


def _costing(result: Result) -> Result:
    return result.model_copy(update={"spent": result.spent.model_copy(update={"cost": None})})


def test_another_data_set_is_refused(tmp_path: Path, suite: Suite) -> None:
    """Nothing can be said then; neither can it with other scorers."""
    baseline = baseline_of(run_of(suite), NOTHING)
    with pytest.raises(RunError, match="data set of the run"):
        judge_run(run_of(memo_suite(tmp_path, 19)), baseline)
    with pytest.raises(RunError, match="scorers of the run"):
        judge_run(run_of(replace(suite, scorers=scorers_of(suite.task.schema, {"topic": "exact"}))), baseline)


def test_a_baseline_is_kept(tmp_path: Path, suite: Suite) -> None:
    """What is written is read back, and judges the same."""
    baseline = baseline_of(run_of(suite, every(3)), Limits(valid=1.0))
    path = tmp_path / "baseline.json"
    path.write_text(as_json(baseline), encoding="utf-8")
    assert read_baseline(path) == baseline
    assert baseline.headline == pytest.approx(Measures(run_of(suite, every(3))).headline)


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"head": 1}', "[" * 100_000])
def test_a_file_that_is_no_baseline_is_refused(tmp_path: Path, content: str) -> None:
    """With its name, and how to make one."""
    path = tmp_path / "baseline.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(RunError, match=r"baseline\.json is no baseline.*extract eval baseline"):
        read_baseline(path)
    with pytest.raises(RunError, match="cannot be read"):
        read_baseline(tmp_path / "none.json")


def test_a_baseline_with_other_documents_is_refused(suite: Suite) -> None:
    """One that was edited by hand."""
    baseline = baseline_of(run_of(suite), NOTHING)
    documents = {f"{case}x": document for case, document in baseline.documents.items()}
    with pytest.raises(RunError, match="other documents"):
        judge_run(run_of(suite), baseline.model_copy(update={"documents": documents}))


def test_junit_and_markdown(suite: Suite) -> None:
    """A test a rule, failed where it is broken; nothing in names of documents can break out."""
    hostile = [case | {"id": f"a|b <img src=x> \x07 {n}"} for n, case in enumerate(lines(6))]
    data, schema = write_suite(Path(suite.place).parent, hostile)
    other = open_suite(data, schema=schema)
    verdict = judge_run(run_of(other, every(6)), baseline_of(run_of(other), NOTHING))
    root = ET.fromstring(as_junit(verdict))  # noqa: S314  # our own
    (tests,) = root
    assert (tests.get("tests"), tests.get("failures")) == ("2", "1")
    assert [case.find("failure") is not None for case in tests] == [False, True]
    markdown = as_markdown(verdict)
    assert markdown.startswith("## Eval gate: shut\n")
    assert "<img" not in markdown.replace("\\<img", "")
    assert all(line.replace("\\|", "").count("|") == 4 for line in markdown.splitlines() if line.startswith("|"))


def test_summaries_are_json(suite: Suite) -> None:
    """For programs: all figures of a run, of a comparison, and of a verdict."""
    run, other = run_of(suite), run_of(suite, every(2, "fails"))
    figures = json.loads(json.dumps(run_summary(other)))
    assert (figures["f1"], figures["valid"]["share"], figures["faults"]) == (0.5, 0.5, {"invalid_answer": 10})
    assert json.loads(json.dumps(run_summary(run)))["fields"]["owner"]["right"] == 1.0
    changed = json.loads(json.dumps(comparison_summary(compare(run, other))))
    assert (changed["differs"], changed["losses"], len(changed["changed"])) == (True, 10, 10)
    told = json.loads(json.dumps(verdict_summary(judge_run(other, baseline_of(run, NOTHING)))))
    assert (told["passed"], told["checks"][0]["name"]) == (False, "quality")


def test_invention_abstention_and_evidence(tmp_path: Path) -> None:
    """Gold says that no topic is stated: a reader that names one invents, and what it names does stand where it says."""
    cases = [case | {"expected": {"owner": OWNERS[n % 3], "topic": None}} for n, case in enumerate(lines(4))]
    data, schema = write_suite(tmp_path, cases)
    measures = Measures(run_of(open_suite(data, schema=schema), every(2, "nothing")))
    assert (measures.invented.share, measures.invented.of, measures.abstained.share) == (0.5, 4, 0.5)
    assert (measures.evidence.share, measures.evidence.of) == (1.0, 4)


def test_what_is_absent_is_counted_by_gold_alone(tmp_path: Path) -> None:
    """An invented salary is one thing too much, however many parts it has; a list is too."""
    suite = open_suite("job_posting")
    run = make_run(plan_run(suite, Variant("rules"), folder=tmp_path))
    before = Measures(run).invented
    salary: JsonValue = {"min": 1, "max": 2, "currency": "EUR", "unit": "HOUR"}
    added = [
        result.model_copy(update={"record": {**(result.record or {}), "salary": salary, "skills": ["a", "b"]}})
        if result.case == "meta_research_scientist"
        else result
        for result in run.results
    ]
    after = Measures(rescored(Run(run.head, added, run.times), suite)).invented
    assert (before.share, after.of) == (0.0, before.of)
    assert after.share == pytest.approx(2 / before.of)


def test_misplaced_evidence_is_told(suite: Suite) -> None:
    """A value that stands elsewhere than its evidence says counts against it."""
    run = run_of(suite)
    moved = [
        result.model_copy(update={"evidence": dict.fromkeys(result.evidence, run.results[0].evidence["topic"])})
        for result in run.results[:1]
    ]
    from extract.evals.extracting import scored

    result = scored(suite, moved[0])
    assert result.scores is not None
    assert (result.scores.claimed, result.scores.stated, result.scores.misplaced) == (2, 1, ("owner",))


def comparisons(runs: Sequence[Run]) -> list[Comparison]:
    return [compare(runs[0], run) for run in runs[1:]]


def test_a_comparison_says_the_same_each_time(suite: Suite) -> None:
    """Seeded, and independent of the order of results in a file."""
    runs = [run_of(suite), run_of(suite, every(2)), run_of(suite, every(3))]
    turned = [Run(run.head, list(reversed(run.results)), run.times) for run in runs]
    assert [comparison_summary(each) for each in comparisons(runs)] == [comparison_summary(each) for each in comparisons(turned)]

"""Gold and suites: what is read, what is refused with which words, and which values a document has to state."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from eval_suites import lines, write_suite

from extract.errors import DatasetError, UsageError
from extract.evals.cases import read_folder, read_line, shipped_cases
from extract.evals.drafting import draft_case
from extract.evals.evidence import letters, pieces, score_evidence, states
from extract.evals.gold_checks import check_gold
from extract.evals.suites import open_suite, tasks_with_gold
from extract.fields import Leaf
from extract.pipeline import extract
from extract.report import leaves
from extract.result import Evidence
from extract.schemas.job_posting import JobPosting

POSTING = "# Pastry Cook\n\nAcme Bakery, Lyon, France\n\n2.400 € per month\n\nStart: 3 March 2025\n"
GOLD: dict[str, Any] = {
    "schema": "job_posting",
    "expected": {"title": "Pastry Cook", "salary": {"min": 2400, "currency": "EUR", "unit": "MONTH"}, "start_date": "2025-03-03"},
}


def write_case(folder: Path, *, gold: object = GOLD, text: str = POSTING, name: str = "input.txt") -> Path:
    """A folder of a case."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    (folder / "expected.json").write_text(gold if isinstance(gold, str) else json.dumps(gold), encoding="utf-8")
    return folder


def with_gold(**changes: object) -> dict[str, Any]:
    return GOLD | changes


@pytest.mark.parametrize("task", tasks_with_gold())
def test_shipped_gold_is_sound(task: str) -> None:
    """Each file can be read, each value is allowed, and each stands in its document or is said to be inferred."""
    checked = check_gold(task)
    assert [str(fault) for fault in checked.faults] == []
    assert checked.cases == len(shipped_cases(task)) > 0
    assert checked.values > 100


@pytest.mark.parametrize("name", shipped_cases())
def test_shipped_gold_says_what_is_critical_and_hard(name: str) -> None:
    """Each case names fields that must not get worse, and says in words what is hard."""
    case = shipped_cases()[name]
    assert case.critical
    assert case.traps


def test_a_case_is_a_folder_or_a_line(tmp_path: Path) -> None:
    """Both say the same."""
    gold = with_gold(tags=["en"], critical=["title"])
    case = read_folder(write_case(tmp_path / "cook", gold=gold))
    line = read_line(json.dumps({"id": "cook", "input": POSTING, **gold}), "line")
    for read in (case, line):
        assert (read.name, read.source, read.expected) == ("cook", POSTING, GOLD["expected"])
        assert (read.tags, read.critical) == (["en"], ["title"])


def test_documents_of_any_kind(tmp_path: Path) -> None:
    """The input has the ending of what it is; there is one."""
    html = write_case(tmp_path / "page", text="<html><body><h1>Pastry Cook</h1></body></html>", name="input.html")
    assert read_folder(html).source.startswith("<html>")
    (html / "input.txt").write_text("x", encoding="utf-8")
    with pytest.raises(DatasetError, match=r"holds 2 files input\.\*"):
        read_folder(html)


def test_a_folder_of_cases_is_a_suite(tmp_path: Path) -> None:
    """In the order of names, whatever else lies there."""
    write_case(tmp_path / "b")
    write_case(tmp_path / "a")
    (tmp_path / "README.md").write_text("x", encoding="utf-8")
    suite = open_suite(str(tmp_path))
    assert [case.name for case in suite.cases] == ["a", "b"]
    assert (suite.name, suite.task.name) == (tmp_path.name, "job_posting")


def test_the_hash_of_a_suite(tmp_path: Path) -> None:
    """It changes with documents, gold, alternatives and critical fields; not with tags, traps or the folder."""
    first = open_suite(str(write_case(tmp_path / "one" / "a").parent))
    same = with_gold(tags=["x"], traps={"title": "none"})
    assert open_suite(str(write_case(tmp_path / "two" / "a", gold=same).parent)).hash == first.hash
    others = [
        write_case(tmp_path / "three" / "a", text=POSTING + "\n"),
        write_case(tmp_path / "four" / "a", gold=with_gold(accept={"title": ["Cook"]})),
        write_case(tmp_path / "five" / "a", gold=with_gold(critical=["title"])),
        write_case(tmp_path / "six" / "a", gold=with_gold(cluster="acme")),
    ]
    suites = [open_suite(str(each.parent)) for each in others]
    assert len({first.hash, *(suite.hash for suite in suites)}) == 5
    assert [suite.inputs_hash == first.inputs_hash for suite in suites] == [False, True, True, True]


def test_a_suite_file(tmp_path: Path) -> None:
    """It names data beside it, the schema, scorers and critical fields."""
    write_case(tmp_path / "gold" / "a")
    toml = tmp_path / "strict.toml"
    toml.write_text('data = "gold"\ncritical = ["title"]\n[scorers]\ntitle = "exact"\nsalary = "ignored"\n', encoding="utf-8")
    suite = open_suite(str(toml))
    assert (suite.name, [case.name for case in suite.cases]) == ("strict", ["a"])
    assert suite.scorers.described["title"] == "exact"
    assert suite.critical_of(suite.cases[0]) == {"title"}
    assert check_gold(str(toml)).faults == ()


@pytest.mark.parametrize(
    ("toml", "told"),
    [
        ("data = ", "is no TOML"),
        ("", "data: Field required"),
        ('data = "gold"\nscorer = 1', "scorer: Extra inputs"),
        ('data = "gold"\n[scorers]\ntitel = "exact"', "no field 'titel'"),
        ('data = "gold"\n[scorers]\ntitle = "fuzzy"', "no scorer 'fuzzy'"),
        ('data = "nowhere"', "There is no suite"),
        ('data = "s.toml"', "names another suite"),
        ('data = "gold"\ncritical = ["titel"]', "critical: JobPosting has no field titel"),
        ("data = " + "[" * 100_000, "is no TOML"),
        ('data = "gold"\nschema = "invoce"', "no task 'invoce'|no case"),
    ],
)
def test_a_suite_file_that_cannot_be_used(tmp_path: Path, toml: str, told: str) -> None:
    """The message names what is wrong."""
    write_case(tmp_path / "gold" / "a")
    path = tmp_path / "s.toml"
    path.write_text(toml, encoding="utf-8")
    with pytest.raises(UsageError, match=told):
        open_suite(str(path))


@pytest.mark.parametrize(
    ("gold", "told"),
    [
        ("{", "JSON"),
        ("[]", "Input should be an object"),
        (json.dumps({"expected": {}, "critcal": []}), "critcal: Extra inputs"),
        (json.dumps({"schema": "job_posting"}), "expected: Field required"),
        ('{"expected": ' + "[" * 100_000, "JSON"),
        (with_gold(expected={"titel": "Cook"}), "expected.titel"),
        (with_gold(expected={"start_date": "3 March"}), "expected.start_date"),
        (with_gold(accept={"titel": ["x"]}), "accept: JobPosting has no field titel"),
        (with_gold(accept={"department": ["x"]}), "accept: department is not in expected"),
        (with_gold(critical=["pay"]), "critical: JobPosting has no field pay"),
        (with_gold(inferred=["salary.sum"]), "inferred: JobPosting has no field salary.sum"),
        (with_gold(draft=True), "it is a draft"),
        (with_gold(accept={"salary": [None]}), "accept.salary: an object has no alternatives"),
        (with_gold(expected={"benefits": ["Meals"]}, accept={"benefits": ["Meals"]}), "is no list, and the field is one"),
        (with_gold(expected={"benefits": ["Meals"]}, accept={"benefits.0": ["Food"]}), "an entry of a list has no alternatives"),
        (with_gold(accept={"start_date": ["3 March"]}), "accept.start_date: start_date"),
    ],
)
def test_gold_that_cannot_be_used(tmp_path: Path, gold: object, told: str) -> None:
    """A run does not begin, and a check names the case and what is wrong."""
    write_case(tmp_path / "gold" / "good")
    write_case(tmp_path / "gold" / "bad", gold=gold)
    with pytest.raises(DatasetError) as caught:
        open_suite(str(tmp_path / "gold"))
    assert told in str(caught.value)
    assert "extract eval check" in str(caught.value)
    faults = [str(fault) for fault in check_gold(str(tmp_path / "gold")).faults]
    assert any(told in fault and "bad" in fault for fault in faults)


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda raw: raw + "{\n", "line 4"),
        (lambda raw: raw + raw.splitlines()[0] + "\n", "memo-000 is there 2 times"),
        (lambda raw: raw.replace('"id"', '"name"', 1), "line 1"),
        (lambda _: "\n\n", "holds no case"),
    ],
)
def test_lines_that_cannot_be_used(tmp_path: Path, damage: Callable[[str], str], told: str) -> None:
    """The message names the line."""
    data, schema = write_suite(tmp_path, lines(3))
    Path(data).write_text(damage(Path(data).read_text("utf-8")), encoding="utf-8")
    with pytest.raises(DatasetError, match=told):
        open_suite(data, schema=schema)


@pytest.mark.parametrize("where", ["line", "suite"])
def test_gold_cannot_have_code_run(tmp_path: Path, where: str) -> None:
    """A file of gold may come from anybody: a schema that is code is loaded only where its user names it."""
    (tmp_path / "evil.py").write_text(
        f"open({str(tmp_path / 'ran')!r}, 'w').close()\nfrom pydantic import BaseModel\n\n\nclass M(BaseModel):\n    a: int\n"
    )
    named = f"{tmp_path}/evil.py:M"
    line = {"id": "a", "input": "1", "expected": {"a": 1}} | ({"schema": named} if where == "line" else {})
    place = tmp_path / "data.jsonl"
    place.write_text(json.dumps(line) + "\n", encoding="utf-8")
    if where == "suite":
        place = tmp_path / "s.toml"
        place.write_text(f'data = "data.jsonl"\nschema = "{named}"\n', encoding="utf-8")
    with pytest.raises(DatasetError, match="is code: if you trust it"):
        open_suite(str(place))
    with pytest.raises(DatasetError, match="is code: if you trust it"):
        raise DatasetError(str(check_gold(str(place)).faults))
    assert not (tmp_path / "ran").exists()
    assert open_suite(str(place), schema=named).cases
    assert (tmp_path / "ran").exists()
    roundabout = f"{tmp_path}/../{tmp_path.name}/evil.py:M"  # another way to the same file
    assert len(open_suite(str(place), schema=roundabout).cases) == 1


def test_a_name_that_the_schema_does_not_have_is_a_fault(tmp_path: Path) -> None:
    """Also where the schema itself lets it through: it would be missing for ever."""
    data, schema = write_suite(tmp_path, [lines(1)[0] | {"expected": {"ownr": "Ada Lovelace"}}])
    with pytest.raises(DatasetError, match="Memo has no field ownr"):
        open_suite(data, schema=schema)


def test_nothing_to_check_is_a_fault(tmp_path: Path) -> None:
    """An empty folder is no sound gold."""
    assert [fault.told for fault in check_gold(str(tmp_path)).faults] == [f"{tmp_path} holds no case"]


def test_what_is_inferred_is_one_place_or_all(tmp_path: Path) -> None:
    """A path is that place; a pattern is each entry."""
    places = {"locations": [{"city": "Lyon", "country": "CH"}, {"city": "Lyon", "country": "DE"}]}
    for said, faults in (("locations.0.country", ["locations.1.country"]), ("locations.*.country", []), ("locations", [])):
        write_case(tmp_path / "a", gold={"expected": places, "inferred": [said]})
        assert [fault.path for fault in check_gold(str(tmp_path)).faults] == faults


def test_cases_of_several_schemas_are_chosen_from(tmp_path: Path) -> None:
    """With the name of one."""
    write_case(tmp_path / "a")
    write_case(tmp_path / "b", gold={"schema": "invoice", "expected": {"number": "7"}})
    with pytest.raises(DatasetError, match=r"invoice, job_posting.*--schema"):
        open_suite(str(tmp_path))
    assert [case.name for case in open_suite(str(tmp_path), schema="invoice").cases] == ["b"]
    assert check_gold(str(tmp_path), schema="job_posting").cases == 1


def test_an_unknown_suite_is_told_with_those_that_there_are() -> None:
    """A slip in a name leads on."""
    with pytest.raises(DatasetError, match=r"no suite 'job_postings'.*invoice, job_posting"):
        open_suite("job_postings")


@pytest.mark.parametrize(
    ("expected", "inferred", "faults"),
    [
        ({"title": "Pastry Cook"}, [], []),
        ({"title": "PASTRY-COOK"}, [], []),
        ({"title": "Baker"}, [], ["title"]),
        ({"title": "Baker"}, ["title"], []),
        ({"salary": {"min": 2400, "currency": "EUR"}}, [], []),
        ({"salary": {"min": 2500, "currency": "EUR"}}, [], ["salary.min"]),
        ({"salary": {"min": 2400, "currency": "USD"}}, ["salary"], []),
        ({"start_date": "2025-03-03"}, [], []),
        ({"start_date": "2025-03-04"}, [], ["start_date"]),
        ({"locations": [{"city": "Lyon", "country": "FR"}]}, [], []),
        ({"locations": [{"city": "Paris", "country": "FR"}]}, [], ["locations.0.city"]),
        ({"benefits": ["Free bread"]}, [], ["benefits.0"]),
        ({"benefits": ["Free bread"]}, ["benefits.*"], []),
        ({"education": {"in_progress_ok": False}}, [], ["education.in_progress_ok"]),
    ],
)
def test_gold_values_stand_in_the_document(tmp_path: Path, expected: object, inferred: list[str], faults: list[str]) -> None:
    """In the words of the document or as a reader reads them, or they are named as inferred."""
    write_case(tmp_path / "a", gold={"schema": "job_posting", "expected": expected, "inferred": inferred})
    assert [fault.path for fault in check_gold(str(tmp_path)).faults] == faults


def test_a_copied_text_may_be_put_together_from_sentences(tmp_path: Path) -> None:
    """Something else may stand between two of them; each has to be there."""
    text = "We bake bread. Ovens are hot.\n\nApply now!\n\nYou will run the morning shift.\n"
    said = {"We bake bread. You will run the morning shift.": [], "We bake bread. You will run the night shift.": ["description"]}
    for description, faults in said.items():
        write_case(tmp_path / "a", gold={"expected": {"description": description}}, text=text)
        assert [fault.path for fault in check_gold(str(tmp_path)).faults] == faults


def test_choices_are_read_and_not_looked_up_as_words(tmp_path: Path) -> None:
    """A word that is denied is not the choice."""
    text = POSTING + "\nRemote work is not possible.\n"
    write_case(tmp_path / "a", gold={"expected": {"workplace_type": "REMOTE"}}, text=text)
    assert [fault.path for fault in check_gold(str(tmp_path)).faults] == ["workplace_type"]


def test_values_may_stand_in_what_is_no_part_of_the_posting(tmp_path: Path) -> None:
    """A footer is part of the document."""
    page = "<html><main><h1>Pastry Cook</h1><p>We bake bread for Lyon.</p></main><footer>Start: 3 March 2025</footer></html>"
    write_case(tmp_path / "a", gold={"expected": {"start_date": "2025-03-03"}}, text=page, name="input.html")
    assert check_gold(str(tmp_path)).faults == ()


def test_gold_may_label_a_part_of_what_a_schema_requires(tmp_path: Path) -> None:
    """What is left out is not labelled, and no fault."""
    required = "from pydantic import BaseModel\n\n\nclass Order(BaseModel):\n    number: str\n    total: float\n"
    (tmp_path / "orders.py").write_text(required, encoding="utf-8")
    data = tmp_path / "orders.jsonl"
    data.write_text('{"id": "a", "input": "Order 7", "expected": {"number": "7"}}\n', encoding="utf-8")
    assert len(open_suite(str(data), schema=f"{tmp_path}/orders.py:Order").cases) == 1


def test_what_stands_in_a_link_is_stated(tmp_path: Path) -> None:
    """An address, or the number in it, may be in the markup alone."""
    page = '<html><body><a href="https://acme.example/apply?job=R-17&amp;x=1">Apply</a></body></html>'
    gold = {"expected": {"apply_url": "https://acme.example/apply?job=R-17&x=1", "job_id": "R-17", "title": "R-1"}}
    write_case(tmp_path / "a", gold=gold, text=page, name="input.html")
    assert [fault.path for fault in check_gold(str(tmp_path)).faults] == ["title"]


def test_a_document_that_cannot_be_read_is_a_fault(tmp_path: Path) -> None:
    """The others are checked."""
    write_case(tmp_path / "a", text="\x00\x01")
    write_case(tmp_path / "b")
    (fault,) = check_gold(str(tmp_path)).faults
    assert fault.case == "a"


def test_a_draft_is_marked_as_one(tmp_path: Path) -> None:
    """Document, record, note and page; no run measures it until a person took the mark out."""
    document = tmp_path / "posting.md"
    document.write_text(POSTING, encoding="utf-8")
    drafted = draft_case(document, tmp_path / "gold", name="cook", engine="rules")
    assert sorted(path.name for path in drafted.folder.iterdir()) == ["expected.json", "input.md", "note.md", "review.html"]
    assert (drafted.folder / "input.md").read_bytes() == document.read_bytes()
    gold = json.loads(drafted.gold.read_text("utf-8"))
    assert (gold["draft"], gold["expected"]["title"]) == (True, "Pastry Cook")
    with pytest.raises(DatasetError, match="it is a draft"):
        open_suite(str(tmp_path / "gold"))
    drafted.gold.write_text(json.dumps(gold | {"draft": False}), encoding="utf-8")
    assert [case.name for case in open_suite(str(tmp_path / "gold")).cases] == ["cook"]
    assert check_gold(str(tmp_path / "gold")).faults == ()


def test_a_draft_overwrites_nothing(tmp_path: Path) -> None:
    """A case of that name stays, and a name cannot lead out of the folder."""
    document = tmp_path / "posting.md"
    document.write_text(POSTING, encoding="utf-8")
    draft_case(document, tmp_path / "gold", name="cook", engine="rules")
    for name in ("cook", "../cook", "a/b", ".hidden", ""):
        with pytest.raises(UsageError, match="--name"):
            draft_case(document, tmp_path / "gold", name=name, engine="rules")


# Evidence --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "leaf", "parts", "right"),
    [
        ("Pastry Cook", None, ["Pastry Cook"], True),
        ("Pastry Cook", None, ["Pastry", "Cook"], True),
        ("Pastry Cook", None, ["Cook", "Pastry"], True),
        ("Cook", None, ["Cooper"], False),
        ("Cook", None, ["pastrycook"], False),
        ("R&D", None, ["R&amp;amp;D"], True),
        ("l'été", None, ["l\\'\\u00e9t\\u00e9"], True),
        ("Cook", None, ["<b>Cook</b>"], True),
        ("AI", None, ["Al"], True),
        ("—", None, ["a — b"], True),
        ("Cook", None, [], False),
        ("CH", Leaf(str, reader="country"), ["Switzerland"], True),
        ("CH", Leaf(str, reader="country"), ["Zurich"], False),
        (95000, Leaf(int, reader="least_pay"), ["$85,000"], False),
        (85000, Leaf(int, reader="least_pay"), ["$85,000"], True),
        ("REMOTE", Leaf(str, reader="workplace", choices=("REMOTE",)), ["fully remote"], True),
        ("REMOTE", Leaf(str, reader="workplace", choices=("REMOTE",)), ["on site"], False),
    ],
)
def test_whether_parts_of_a_source_state_a_value(value: str | int, leaf: Leaf | None, parts: list[str], right: bool) -> None:
    """As a text in whole words, whatever its markup, or as its reader reads it."""
    assert states(value, leaf, parts) is right


def test_evidence_of_the_shipped_postings_holds() -> None:
    """The spans of every value state it; moved by a few characters, hardly any do."""
    stated = shifted = claimed = 0
    for case in shipped_cases("job_posting").values():
        result = extract(case.source, engine="rules")
        values = {path: value for path, value in leaves(result.record.model_dump(mode="json")) if value is not None}
        score = score_evidence(values, result.evidence, source=case.source, schema=JobPosting)
        assert score.wrong == ()
        moved = {path: _moved(evidence, len(case.source)) for path, evidence in result.evidence.items()}
        claimed, stated = claimed + score.claimed, stated + score.stated
        shifted += score_evidence(values, moved, source=case.source, schema=JobPosting).stated
    assert stated == claimed > 100
    assert shifted < 0.2 * claimed


def _moved(evidence: Evidence, length: int) -> Evidence:
    """The evidence with its spans some characters further on."""
    spans = [{"start": min(span.start + 9, length - 1), "end": min(span.end + 9, length)} for span in evidence.spans]
    return Evidence.model_validate(evidence.model_dump(mode="json") | {"spans": spans})


def test_evidence_that_leaves_the_source_states_nothing() -> None:
    """A run file may come from anywhere."""
    evidence = Evidence.model_validate({"status": "quoted", "spans": [{"start": 0, "end": 99}]})
    assert pieces(evidence, "short") == []
    score = score_evidence({"title": "short"}, {"title": evidence}, source="short", schema=JobPosting)
    assert (score.claimed, score.stated, score.wrong) == (1, 0, ("title",))


def test_what_is_inferred_claims_nothing_and_what_has_no_evidence_does() -> None:
    """Silence about where a value comes from is no way to a good figure."""
    inferred = Evidence.model_validate({"status": "inferred"})
    score = score_evidence({"title": "a", "department": "b"}, {"title": inferred}, source="a b", schema=JobPosting)
    assert (score.claimed, score.stated, score.wrong) == (1, 0, ("department",))
    assert letters("Ä-1!") == "äi"

"""Labelled postings of feeds and job sites as cases: what each set maps to, and the script. The folders are made up here."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from labelled_sets import FORM, PAGE, Row, cases, only_case, write_lines, write_page

from benchmarks import labelled
from benchmarks.labelling.sets import SETS


def feed(number: int, text: str, gold: Row, **more: object) -> Row:
    """A record of a feed."""
    return {"id": f"html-crumbs-{number:03}", "lang": "de", "text": text, "gold": gold, **more}


POSTING: Row = {
    "@type": "JobPosting",
    "title": "Bagare till Lund i sommar!",
    "identifier": "4711",
    "url": "https://bread.example/jobs/4711",
    "hiringOrganization": {"name": "Smula AB"},
    "jobLocation": {"address": "Skåne län Lund"},
    "employmentType": ["Heltidsjobb (förstajobb)"],
    "datePosted": "2021-02-03T23:30:00-07:00",
    "validThrough": "2021-03-04",
}


def test_object_of_markup(tmp_path: Path) -> None:
    """The object is the document and its own label; a day may be that of the clock or of UTC."""
    write_lines(tmp_path, "jsonld/objects.jsonl", {"id": "o-1", "lang": "sv", "site": "bread.example", "jsonld": POSTING})
    case = only_case(tmp_path, "jsonld_objects")
    assert case["expected"] == {
        "title": "Bagare",
        "company": {"name": "Smula AB"},
        "locations": [{"city": "Lund"}],
        "employment_types": ["FULL_TIME"],
        "date_posted": "2021-02-03",
        "valid_through": "2021-03-04",
        "job_id": "4711",
        "source_url": "https://bread.example/jobs/4711",
    }
    accept = case["accept"]
    assert isinstance(accept, dict)
    assert (accept["date_posted"], accept["company.name"]) == (["2021-02-04"], ["Smula"])
    assert accept["title"] == ["Bagare till Lund i sommar!"]
    assert json.loads(str(case["input"])) == POSTING


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"hiringOrganization": {"name": "Bread"}}, "company"),  # the board that published it
        ({"identifier": "bagare-till-lund-i-sommar"}, "job_id"),  # the title once more
        ({"jobLocation": [{"address": "Skåne län"}, {"address": "Lund"}]}, "locations"),  # one place or two
    ],
)
def test_what_markup_means_otherwise(tmp_path: Path, change: Row, field: str) -> None:
    """Members of an object that do not hold what they are called are left out."""
    row: Row = {"id": "o-1", "lang": "sv", "site": "bread.example", "jsonld": {**POSTING, **change}}
    write_lines(tmp_path, "jsonld/objects.jsonl", row)
    found = only_case(tmp_path, "jsonld_objects")["expected"]
    assert isinstance(found, dict)
    assert field not in found


def test_page_with_markup(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A posting for any place is remote, not at the company's address; what the schema refuses is dropped, and counted."""
    gold: Row = {"jsonld": {**POSTING, "jobLocationType": "TELECOMMUTE", "url": "http://Smula AB"}}
    write_page(tmp_path, "jsonld/pages/p-1", files={"page.html": PAGE}, gold=gold, meta={"site": "bread", "lang": "sv"})
    case = only_case(tmp_path, "jsonld_pages")
    found = case["expected"]
    assert isinstance(found, dict)
    assert found["workplace_type"] == "REMOTE"
    assert not {"locations", "source_url"} & found.keys()
    assert (case["input"], case["tags"]) == (PAGE, ["jsonld_pages", "sv", "html page"])
    assert "1 fields dropped that the schema refuses" in capsys.readouterr().err


def test_flattened_text(tmp_path: Path) -> None:
    """A text without line ends has a title, a company and a place; lists that a program cut out of it are left out."""
    text = "Crumb, Inc is seeking a Night Baker to join our team in Salem. You knead. You shape. You bake."
    record: Row = {
        "title": "Night Baker - Salem",
        "hiringOrganization": {"organizationName": "Crumb"},
        "jobLocation": {"address": {"locality": "Salem", "regionCode": "OR"}},
        "responsibilities": ["You knead.", "You shape.", "You bake."],
        "jobDescription": text,
    }
    write_lines(tmp_path, "jsonld/skills_ml_50.jsonl", {"id": "s-1", "lang": "en", "record": record})
    case = only_case(tmp_path, "skills_ml")
    assert case["expected"] == {"title": "Night Baker", "company": {"name": "Crumb"}, "locations": [{"city": "Salem"}]}
    assert case["accept"] == {"title": ["Night Baker - Salem"], "company.name": ["Crumb, Inc"]}
    assert case["input"] == text


def test_markdown(tmp_path: Path) -> None:
    """Front matter is no part of the document; amounts that lost their cents are those of the text."""
    board = "# Oven Builder\n\nCrumb is hiring.\n\nLocation: Salem, OR, US\n\nPay: $21.25 - $24.50 per hour. Full-time."
    gold: Row = {
        "title": "Oven Builder",
        "company": "Crumb",
        "location": "Salem, OR, US",
        "job_type": "fulltime",
        "min_amount": "21.0",
        "max_amount": "24.0",
        "interval": "hourly",
        "currency": "USD",
        "site": "boards",
    }
    front: Row = {
        "id": "md-betagouv-1",
        "lang": "fr",
        "text": "---\nroles: x\n---\n# Boulanger",
        "body": "# Boulanger\nfour@pain.example",
    }
    labels: Row = {"roles": "Boulanger", "title": "On recrute", "startup": "Boulanger", "contact": "four@pain.example"}
    write_lines(
        tmp_path,
        "markdown/markdown.jsonl",
        {"id": "md-jobspy-1", "lang": "en", "text": board, "gold": gold, "in_text": {}},
        {**front, "gold": labels, "in_text": {}},
    )
    found = cases(tmp_path, "markdown")
    assert found["markdown/md-jobspy-1"]["expected"] == {
        "title": "Oven Builder",
        "company": {"name": "Crumb"},
        "locations": [{"city": "Salem", "region": "OR", "country": "US"}],
        "employment_types": ["FULL_TIME"],
        "salary": {"min": 21.25, "max": 24.5, "currency": "USD", "unit": "HOUR"},
    }
    other = found["markdown/md-betagouv-1"]
    assert other["expected"] == {"title": "Boulanger", "contact": {"email": "four@pain.example"}}
    assert other["input"] == "# Boulanger\nfour@pain.example"
    assert [case["cluster"] for case in found.values()] == ["boards", "betagouv"]


def test_fragments_and_lists_that_python_printed(tmp_path: Path) -> None:
    """The columns of a feed hold in both forms; alternatives are the gender mark, the legal form and the city's other name."""
    text = "<p>Wir suchen eine Bäckerin (m/w/d) für unseren Standort: München.</p><p>Krümel backt. Frist: 9.3.2024</p>"
    gold: Row = {
        "title": "Bäckerin (m/w/d)",
        "company_name": "Krümel GmbH",
        "location": "Munich, Bavaria, Germany",
        "ApplicationDeadlineDate": "2024-03-09T00:00:00",
    }
    row = feed(1, text, gold, in_text={"title": True, "company_name": False, "location": False})
    write_lines(tmp_path, "strings/html_strings.jsonl", row)
    write_lines(tmp_path, "strings/list_repr_derived.jsonl", {**row, "id": f"listrepr-{row['id']}", "text": repr([text])})
    fragment, printed = only_case(tmp_path, "strings"), only_case(tmp_path, "list_repr")
    assert fragment["expected"] == {
        "title": "Bäckerin",
        "company": {"name": "Krümel"},
        "locations": [{"city": "München"}],
        "valid_through": "2024-03-09",
    }
    assert fragment["accept"] == {
        "title": ["Bäckerin (m/w/d)"],
        "company.name": ["Krümel GmbH"],
        "locations.0.city": ["Munich"],
    }
    assert [printed[key] for key in ("expected", "accept", "cluster")] == [fragment["expected"], fragment["accept"], "crumbs"]
    assert printed["tags"] == ["list_repr", "de", "python list"]


def test_plain_text(tmp_path: Path) -> None:
    """Plain and glued texts are told apart by their tags; remote listings have no place, and single pay stands at both ends."""
    plain = "Nous recherchons un Boulanger H/F en CDD à temps plein. Lieu : Saint Clair. Salaire : 12,50 € /heure"
    gold: Row = {
        "intitule": "Boulanger H/F",
        "lieuTravail": "38 - ST CLAIR",
        "salaire": "Horaire de 12,50 Euros",
        "TypeContrat": "CDD, Temps plein",
    }
    remote: Row = {"title": "Baker", "location": "Remote", "type": "Full-time"}
    write_lines(
        tmp_path,
        "text/text.jsonl",
        {"id": "txt-pain-1", "lang": "fr", "text": plain, "gold": gold, "in_text": {}, "glue_points": 0},
        {"id": "txt-glued-pain-2", "lang": "en", "text": "As BakerFully remoteFull-time", "gold": remote, "glue_points": 3},
    )
    found = cases(tmp_path, "text")
    first, second = found["text/txt-pain-1"], found["text/txt-glued-pain-2"]
    assert first["expected"] == {
        "title": "Boulanger",
        "locations": [{"city": "Saint Clair"}],
        "employment_types": ["TEMPORARY", "FULL_TIME"],
        "salary": {"min": 12.5, "max": 12.5, "currency": "EUR", "unit": "HOUR"},
    }
    assert second["expected"] == {"title": "Baker", "workplace_type": "REMOTE", "employment_types": ["FULL_TIME"]}
    assert [case["tags"] for case in (first, second)] == [["text", "fr", "plain text"], ["text", "en", "glued"]]
    assert {case["cluster"] for case in (first, second)} == {"pain"}


def test_what_the_text_does_not_state_is_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What only the feed knows is no label, and a document without a label is no case."""
    gold: Row = {
        "title": "Baker",
        "company_name": "Crumb",
        "location": "Bern",
        "jobtypes": ["Full-time", "Internship"],
        "min_amount": 10,
        "max_amount": 20,
        "ApplicationDeadlineDate": "2024-03-09",
        "contact": "a@crumb.example",
    }
    write_lines(tmp_path, "strings/html_strings.jsonl", feed(1, "<p>Come and join us. We pay $11 - $21.</p>", gold))
    assert cases(tmp_path, "strings") == {}
    assert "strings: 0 cases, 0 labels" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "gold"),
    [
        ("If a disability needs accommodation, write to a@crumb.example", {"emails": "a@crumb.example"}),
        ("Write to a@crumb.example or b@crumb.example", {"emails": "a@crumb.example"}),
        ("Location: Bern", {"locations": ["Bern", "Thun"]}),
    ],
)
def test_what_a_feed_leaves_open(tmp_path: Path, text: str, gold: Row) -> None:
    """A mailbox for disabled applicants, one of two addresses and one of two places are no labels."""
    write_lines(tmp_path, "strings/html_strings.jsonl", feed(1, f"<h1>Baker</h1>{text}", {**gold, "title": "Baker"}))
    assert only_case(tmp_path, "strings")["expected"] == {"title": "Baker"}


def test_cluster_is_the_site(tmp_path: Path) -> None:
    """The site that the board names, else that of the address, else the feed."""
    rows = [
        feed(1, "# Baker", {"title": "Baker", "site": "boards"}),
        feed(2, "# Baker", {"title": "Baker"}, url="https://a.example/1"),
    ]
    write_lines(tmp_path, "markdown/markdown.jsonl", *rows, feed(3, "# Baker", {"title": "Baker"}))
    assert [case["cluster"] for case in cases(tmp_path, "markdown").values()] == ["boards", "a.example", "crumbs"]


@pytest.mark.parametrize(("flag", "found"), [(True, True), (None, True), (False, False)])
def test_flag_of_the_source_is_respected(tmp_path: Path, flag: bool | None, found: bool) -> None:
    """A value that the source says is not in the text is left out, even where one might find it there."""
    gold: Row = {"title": "Baker", "company_name": "Crumb", "location": "Bern", "type": "Full-time"}
    seen = {} if flag is None else dict.fromkeys(gold, flag)
    text = "<h1>Baker</h1><p>Crumb hires. Location: Bern</p><p>Full-time"
    write_lines(tmp_path, "strings/html_strings.jsonl", feed(1, text, gold, in_text=seen))
    everything: Row = {
        "title": "Baker",
        "company": {"name": "Crumb"},
        "locations": [{"city": "Bern"}],
        "employment_types": ["FULL_TIME"],
    }
    assert [case["expected"] for case in cases(tmp_path, "strings").values()] == ([everything] if found else [])


@pytest.mark.parametrize("name", ["title", "city", "employment_type", "required_education"])
def test_flags_of_a_form_are_respected(tmp_path: Path, name: str) -> None:
    """Each flag of the form takes its own label out."""
    write_lines(tmp_path, "emscad/emscad.jsonl", {**FORM, "in_text": {name: False}})
    found = only_case(tmp_path, "emscad_html")["expected"]
    fields = {"title": "title", "city": "locations", "employment_type": "employment_types", "required_education": "education"}
    assert isinstance(found, dict)
    assert fields.keys() - {key for key, field in fields.items() if field in found} == {name}


def test_no_such_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No folder, a folder without sets and a broken line exit with 2, and say where and what was expected."""
    assert labelled.main([str(tmp_path / "nowhere")]) == 2
    assert "nowhere: no folder" in capsys.readouterr().err
    assert labelled.main([str(tmp_path)]) == 2
    assert "none of the sets is there; expected armenian/armenian.jsonl, bananalyzer," in capsys.readouterr().err
    write_lines(tmp_path, "text/text.jsonl", {"id": "txt-a-1"})
    (tmp_path / "text/text.jsonl").write_text('{"id": "txt-a-1"}\n[1]\n{"id"', "utf-8")
    assert labelled.main([str(tmp_path), "--sets", "text"]) == 2
    assert "text.jsonl:2: expected a JSON object" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="2"):
        labelled.main([str(tmp_path), "--sets", "text,bread"])
    assert "no such set: bread" in capsys.readouterr().err


def test_sets_that_are_missing_are_skipped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is there goes to the output, a line a case; what is missing is told, and the summary counts labels."""
    write_lines(tmp_path, "strings/html_strings.jsonl", feed(1, "<h1>Baker</h1>", {"title": "Baker"}))
    assert labelled.main([str(tmp_path), "--sets", "strings, text"]) == 0
    captured = capsys.readouterr()
    assert [json.loads(line)["id"] for line in captured.out.splitlines()] == ["strings/html-crumbs-001"]
    assert "text: left out, as text/text.jsonl is missing" in captured.err
    assert "strings: 1 cases, 1 labels (title 1)" in captured.err


def test_every_set_has_its_place() -> None:
    """Names are told apart, so that ids are."""
    assert len({known.name for known in SETS}) == len(SETS) == 12

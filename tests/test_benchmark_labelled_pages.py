"""Saved pages, forms and mails with labels as cases: what each maps to. The folders are made up here."""

from __future__ import annotations

from pathlib import Path

import pytest
from labelled_sets import FORM, PAGE, Row, cases, only_case, write_lines, write_page

PAGE_GOLD: Row = {
    "job_id": "BK-771",
    "company_name": "Crumb & Sons",
    "department": "Night Bakery",
    "job_title": "Head Baker - Bern",
    "location": "12 Mill Lane, Bern, Switzerland",
    "salary_range": {"min": 5100.0, "max": 6300.0, "currency": "CHF"},
    "date_posted": "Posted 3 Days Ago",
    "application_deadline": "Mar-09-2024",
    "apply_url": "https://crumb.example/apply?id=1&x=2",
    "recruiter_email": "Ann@crumb.example",
    "employment_type": "Full Time",
    "role": "Knead the dough\nShape the loaves\nMind the oven",
    "qualifications": "You can bake\nYou rise early\nYou lift sacks\nA driving licence is a plus",
    "preferred_qualifications": "Speaks French\nKnows rye\nLikes salt",
}


def test_saved_page(tmp_path: Path) -> None:
    """Labels of a page, with what is as good: the title as labelled, and qualifications that do not part what is only liked."""
    files = {"page.html": PAGE}
    meta: Row = {"url": "https://jobs.crumb.example/771"}
    write_page(tmp_path, "bananalyzer/one", files=files, gold=PAGE_GOLD, meta=meta)
    assert only_case(tmp_path, "bananalyzer_html") == {
        "id": "bananalyzer_html/one",
        "input": PAGE,
        "expected": {
            "title": "Head Baker",
            "company": {"name": "Crumb & Sons"},
            "locations": [{"city": "Bern", "country": "CH"}],
            "job_id": "BK-771",
            "department": "Night Bakery",
            "salary": {"min": 5100, "max": 6300, "currency": "CHF"},
            "employment_types": ["FULL_TIME"],
            "date_posted": None,
            "valid_through": "2024-03-09",
            "apply_url": "https://crumb.example/apply?id=1&x=2",
            "contact": {"email": "Ann@crumb.example"},
            "responsibilities": ["Knead the dough", "Shape the loaves", "Mind the oven"],
            "qualifications": ["You can bake", "You rise early", "You lift sacks"],
            "preferred_qualifications": ["Speaks French", "Knows rye", "Likes salt"],
        },
        "accept": {
            "title": ["Head Baker - Bern"],
            "contact.email": ["ann@crumb.example"],
            "qualifications": [["You can bake", "You rise early", "You lift sacks", "A driving licence is a plus"]],
        },
        "tags": ["bananalyzer_html", "en", "html page"],
        "cluster": "jobs.crumb.example",
        "schema": "job_posting",
    }


def test_screen_reading_has_the_labels_that_it_shows(tmp_path: Path) -> None:
    """The same labels are held against another carrier of the page, which shows less; pages without one are left out."""
    reading = "[ @ 3 ] Head Baker\nBern\n[ 12 ] Speaks French\nKnows rye\nLikes salt\nKnead the dough and Shape the loaves"
    write_page(tmp_path, "bananalyzer/one", files={"page.html": PAGE, "ocr.txt": reading}, gold=PAGE_GOLD, meta={})
    write_page(tmp_path, "bananalyzer/two", files={"page.html": PAGE}, gold=PAGE_GOLD, meta={})
    case = only_case(tmp_path, "bananalyzer_ocr")
    assert case["expected"] == {
        "title": "Head Baker",
        "locations": [{"city": "Bern"}],
        "preferred_qualifications": ["Speaks French", "Knows rye", "Likes salt"],
    }
    assert (case["input"], case["tags"]) == (reading, ["bananalyzer_ocr", "en", "screen reading"])


@pytest.mark.parametrize(
    ("change", "page", "field"),
    [
        ({"location": "Bern, Switzerland\nOslo, Norway"}, PAGE, "locations"),
        ({}, PAGE.replace("<p>Night Bakery", "<p>Discipline<p>Night Bakery"), "department"),
        ({"role": "Knead the dough\nSing\nMind the oven"}, PAGE, "responsibilities"),
    ],
)
def test_what_a_page_leaves_open(tmp_path: Path, change: Row, page: str, field: str) -> None:
    """Places or entries of which one is missing, and a line of work as department, are left out."""
    write_page(tmp_path, "bananalyzer/one", files={"page.html": page}, gold={**PAGE_GOLD, **change}, meta={})
    found = only_case(tmp_path, "bananalyzer_html")["expected"]
    assert isinstance(found, dict)
    assert field not in found


def test_form_fields(tmp_path: Path) -> None:
    """Each field is a block; lists keep pay apart from benefits, and the company's story says nothing about this job."""
    write_lines(tmp_path, "emscad/emscad.jsonl", FORM)
    case = only_case(tmp_path, "emscad_html")
    assert case["expected"] == {
        "title": "Pastry Cook",
        "locations": [{"city": "Salem", "region": "OR"}],
        "employment_types": ["PART_TIME"],
        "education": {"level": "HIGH_SCHOOL"},
        "qualifications": ["Clean hands", "High school diploma", "Good taste"],
        "benefits": ["Free bread", "Warm room", "Long holidays"],
    }
    assert case["accept"] == {"benefits": [["Free bread", "Warm room", "Long holidays", "Good salary"]]}
    assert str(case["input"]).startswith("<div><p>Crumb was founded in Boston.")


def test_a_second_list_of_the_same_kind_leaves_the_first_out(tmp_path: Path) -> None:
    """Requirements and benefits that the description has too make another list than the labelled one."""
    more = {**FORM, "description": "<p>Qualifications: one eye. We offer cake.</p>"}
    write_lines(tmp_path, "emscad/emscad.jsonl", more)
    found = only_case(tmp_path, "emscad_html")["expected"]
    assert isinstance(found, dict)
    assert not {"qualifications", "benefits"} & found.keys()


def test_glued_form_fields(tmp_path: Path) -> None:
    """Nothing stands between the fields: what is looked up may touch its neighbours, and lists are left out."""
    profile, task = "We bake.", "As Pastry Cook you fill tarts."
    glued = {**FORM, "variant": "glued", "company_profile": profile, "description": task, "requirements": "Clean handsCareLove"}
    write_lines(tmp_path, "emscad/emscad.jsonl", FORM, {**glued, "id": "form-2", "benefits": "Part time workFree bread"})
    case = only_case(tmp_path, "emscad_glued")
    assert case["input"] == f"{profile}{task}Clean handsCareLovePart time workFree bread"
    assert case["expected"] == {"title": "Pastry Cook", "employment_types": ["PART_TIME"]}


MAIL = """"Crumb" Ltd.\r
TITLE:  Baker's Assistant (several positions)\r
TERM:  Full time\r
START DATE/ TIME:  As soon as possible\r
DURATION:  Two months\r
LOCATION:  Gyumri, Armenia\r
ANNOUNCEMENT CODE:  0815\r
JOB RESPONSIBILITIES:\r
- Carry the flour from the mill to the bakery and from\r
the bakery to the shop;\r
- Sweep;\r
- Sing.\r
REQUIRED QUALIFICATIONS:\r
- Strong arms;\r
- A clear voice;\r
- A broom;\r
- A horse is an asset.\r
REMUNERATION/ SALARY:  Starting from $310 a month\r
OPENING DATE:  1 July 2004\r
APPLICATION DEADLINE:  20 July 04\r
ABOUT COMPANY:  Crumb has baked in Gyumri\r
since 1900.\r
"""
MAIL_LABELS: Row = {
    "id": "mail-1",
    "jobpost": MAIL,
    "Title": "Baker's Assistant (several positions)",
    "Company": '"Crumb" Ltd.',
    "Term": "Full time",
    "StartDate": "As soon as possible",
    "Duration": "Two months",
    "Location": "Gyumri, Armenia",
    "AnnouncementCode": "0815",
    "JobRequirment": MAIL[MAIL.index("- Carry") : MAIL.index("REQUIRED")],
    "RequiredQual": MAIL[MAIL.index("- Strong") : MAIL.index("OPENING")],
    "Salary": "Starting from $310 a month",
    "OpeningDate": "1 July 2004",
    "Deadline": "20 July 04\r\nABOUT US: bread",
    "Eligibility": "NA",
    "AboutC": "Crumb has baked in Gyumri\r\nsince 1900.\r\nNOTES: bread",
}


def test_mail(tmp_path: Path) -> None:
    """Blocks with headers: wrapped lines are joined, values that run on are cut, what names no day is null."""
    write_lines(tmp_path, "armenian/armenian.jsonl", MAIL_LABELS)
    case = only_case(tmp_path, "armenian")
    carry = "Carry the flour from the mill to the bakery and from the bakery to the shop;"
    assert case["expected"] == {
        "title": "Baker's Assistant",
        "company": {"name": "Crumb Ltd.", "description": "Crumb has baked in Gyumri since 1900."},
        "locations": [{"city": "Gyumri", "country": "AM"}],
        "employment_types": ["FULL_TIME"],
        "date_posted": "2004-07-01",
        "valid_through": "2004-07-20",
        "start_date": None,
        "duration": {"min_weeks": 9, "max_weeks": 9},
        "job_id": "0815",
        "salary": {"min": 310, "currency": "USD", "unit": "MONTH"},
        "responsibilities": [carry, "Sweep;", "Sing."],
        "qualifications": ["Strong arms;", "A clear voice;", "A broom;"],
    }
    accept = case["accept"]
    assert isinstance(accept, dict)
    assert accept["title"] == ["Baker's Assistant (several positions)"]
    assert accept["duration.max_weeks"] == [8]
    assert (case["input"], case["cluster"]) == (MAIL, "careercenter.am")


@pytest.mark.parametrize(
    ("column", "value", "field"),
    [
        ("RequiredQual", "- Strong arms;\r\n- A clear voice;\r\n- A broom;\r\nVery welcome:\r\n- A horse", "qualifications"),
        ("Eligibility", "Women above 30", "qualifications"),
        ("Company", "An International Organization", "company.name"),
        ("AboutC", "A project of the village", "company.description"),
        ("Location", "Gyumri and various regions", "locations"),
        ("Title", "Workshop for Bakers", "title"),
        ("Duration", "Long-term (with 1 month probation)", "duration"),
    ],
)
def test_what_a_mail_leaves_open(tmp_path: Path, column: str, value: str, field: str) -> None:
    """Lists with a second part, conditions apart from the list, descriptions and events are no labels."""
    write_lines(tmp_path, "armenian/armenian.jsonl", {**MAIL_LABELS, "jobpost": f"{MAIL}{value}", column: value})
    found: object = only_case(tmp_path, "armenian")["expected"]
    *above, last = field.split(".")
    for name in above:
        found = found[name] if isinstance(found, dict) else None
    assert isinstance(found, dict)
    assert last not in found


def test_what_a_mail_does_not_state(tmp_path: Path) -> None:
    """Columns that the mail itself lacks are no labels, whatever they hold."""
    write_lines(tmp_path, "armenian/armenian.jsonl", {**MAIL_LABELS, "Salary": "Competitive", "jobpost": "Come and bake."})
    assert cases(tmp_path, "armenian") == {}


def test_mails_that_offer_no_job_are_left_out(tmp_path: Path) -> None:
    """A call for a contest asks for nothing and has no duties."""
    contest = {**MAIL_LABELS, "JobRequirment": "NA", "RequiredQual": "NA", "id": "mail-2"}
    write_lines(tmp_path, "armenian/armenian.jsonl", contest, MAIL_LABELS)
    assert list(cases(tmp_path, "armenian")) == ["armenian/mail-1"]

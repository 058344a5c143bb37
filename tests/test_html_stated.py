"""What the markup of a page states: facts with exact spans, the data of its application, and where its text says otherwise."""

from __future__ import annotations

import json

import pytest

from extract import Extraction, extract
from extract.cleaning import clean
from extract.cleaning.document import CleanDocument
from extract.result import Severity, Status
from extract.schemas.job_posting import JobPosting
from extract.source import Format, Source

Stated = tuple[str, object, str]
"""A fact: its path, its value, and how that is written in the source."""


def read(source: str) -> CleanDocument:
    return clean(Source(text=source, name="test", sha256="", encoding="utf-8"), format=Format.HTML)


def stated(source: str) -> list[Stated]:
    """The facts of a page; what is written is cut out of the source by their spans."""
    return [(f.path, f.value, "".join(source[start:end] for start, end in f.spans)) for f in read(source).facts]


def ld(content: str, attributes: str = 'type="application/ld+json"') -> str:
    return f"<script {attributes}>{content}</script>"


COOK = '{"@type": "JobPosting", "title": "Cook"}'
IS_COOK: list[Stated] = [("JobPosting.@type", "JobPosting", "JobPosting"), ("JobPosting.title", "Cook", "Cook")]

JSON_LD: list[tuple[str, list[Stated]]] = [
    (ld(COOK), IS_COOK),
    (ld(COOK, "TYPE='Application/LD+JSON; charset=utf-8'"), IS_COOK),
    (ld(COOK, "type=application/ld+json"), IS_COOK),
    (ld(f"\n//<![CDATA[\n{COOK}\n//]]>\n"), IS_COOK),
    (ld(f"<!-- {COOK} -->"), IS_COOK),
    (ld(COOK.replace('"', "&quot;")), IS_COOK),
    (ld(COOK[:-1] + ",}"), IS_COOK),
    (ld(COOK[:-1]), IS_COOK),
    (ld(COOK.replace(" ", "\r\n\t")), IS_COOK),
    (f"<svg>{ld(COOK)}</svg><template>{ld(COOK)}</template>", IS_COOK * 2),
    (f"<!-- {ld(COOK)} --><noscript>{ld(COOK)}</noscript>{ld(COOK, 'type=text/plain')}{ld('')}", []),
    (ld('{"@type": "Inn", "name": "Sea"}') + ld(COOK), [("Inn.@type", "Inn", "Inn"), ("Inn.name", "Sea", "Sea"), *IS_COOK]),
    (ld(f'{{"@graph": [{{"@type": "Inn", "name": "Sea"}}, {COOK}]}}'),
     [("Inn.@type", "Inn", "Inn"), ("Inn.name", "Sea", "Sea"), *IS_COOK]),
    (ld(f"[{COOK}, {COOK}]"), IS_COOK * 2),
    (ld(COOK + COOK), IS_COOK * 2),
    (ld('{"@type": "https://schema.org/JobPosting", "title": "Cook"}'),
     [("JobPosting.@type", "https://schema.org/JobPosting", "https://schema.org/JobPosting"), IS_COOK[1]]),
    (ld('{"title": "R&amp;D \\u0043ook\\n", "@type": "JobPosting"}'),
     [("JobPosting.title", "R&D Cook\n", "R&amp;D \\u0043ook\\n"), IS_COOK[0]]),
    (ld('{"title": "Co\r\nok\t", "@type": "JobPosting"}'), [("JobPosting.title", "Co\r\nok\t", "Co\r\nok\t"), IS_COOK[0]]),
    (ld('{"title": "Cook</b>", "n": [1, 2.5, true, null]}'),
     [("Thing.title", "Cook</b>", "Cook</b>"), ("Thing.n.0", 1, "1"), ("Thing.n.1", 2.5, "2.5"), ("Thing.n.2", True, "true")]),
    (ld("no JSON at all"), []),
]  # fmt: skip

MICRODATA: list[tuple[str, list[Stated]]] = [
    ("<h1 itemprop=title>Cook <b>(m/f)</b>\r\n</h1>", [("title", "Cook (m/f)", "Cook (m/f)")]),
    ("<b itemprop=title>Inn &amp; Sea</b>", [("title", "Inn & Sea", "Inn &amp; Sea")]),
    ("<meta itemprop=datePosted content='2030-01-02'>", [("datePosted", "2030-01-02", "2030-01-02")]),
    ("<i itemprop=datePosted content=2030-01-02>today</i>", [("datePosted", "2030-01-02", "2030-01-02")]),
    ("<time itemprop=validThrough datetime='2030-02-03'>3 Feb</time>", [("validThrough", "2030-02-03", "2030-02-03")]),
    ("<data itemprop=employmentType value=FULL_TIME>full</data>", [("employmentType", "FULL_TIME", "FULL_TIME")]),
    ("<input itemprop=title value=Cook><i itemprop=a value=b>c</i>", [("a", "c", "c")]),
    ("<a itemprop=url href='https://x.example/?a=1&amp;b=2'></a>",
     [("url", "https://x.example/?a=1&b=2", "https://x.example/?a=1&amp;b=2")]),
    ("<a itemprop=url href='/relative'></a>", []),
    ("<a itemprop=name href='https://x.example'>Sea Inn</a>", [("name", "Sea Inn", "Sea Inn")]),
    ("<link itemprop=sameAs href='https://x.example'>", [("sameAs", "https://x.example", "https://x.example")]),
    ("<div itemprop=jobLocation itemscope><p itemprop=address itemscope><b itemprop=addressLocality>Bern</b></div>",
     [("jobLocation.address.addressLocality", "Bern", "Bern")]),
    ("<div itemscope itemtype=Person><b itemprop=name>Ann</b></div>", []),
    ("<i itemprop='skills knowsAbout'>soup</i><i itemprop=skills>bread</i>",
     [("skills", "soup", "soup"), ("knowsAbout", "soup", "soup"), ("skills.1", "bread", "bread")]),
    ("<i itemprop='https://schema.org/title'>Cook</i>", [("title", "Cook", "Cook")]),
    ("<table><tr itemprop=a><td>one<td>two</table>", [("a", "one two", "onetwo")]),
    ("<p itemprop=a>one<b>two</b></p>", [("a", "onetwo", "onetwo")]),
    (f"<p itemprop=description>{'You cook. ' * 40}</p><i itemprop=a></i><meta itemprop=b content=''>", []),
]  # fmt: skip

RDFA: list[tuple[str, list[Stated]]] = [
    ("<h1 property=title>Cook</h1><i property=datePosted content=2030-01-02>today</i>",
     [("title", "Cook", "Cook"), ("datePosted", "2030-01-02", "2030-01-02")]),
    ("<div property=hiringOrganization typeof=Organization><b property=name>Sea</b></div>",
     [("hiringOrganization.name", "Sea", "Sea")]),
    ("<b property='s:title'>Cook</b>", [("title", "Cook", "Cook")]),
    ("<a property=url resource='https://x.example'></a>", [("url", "https://x.example", "https://x.example")]),
]  # fmt: skip

HEADS: list[tuple[str, list[Stated]]] = [
    ("<title>\n Cook\tat &quot;Sea&quot; </title>", [("html.title", 'Cook\tat "Sea"', "Cook\tat &quot;Sea&quot;")]),
    ("<title>One</title><body><title>Two</title><svg><title>Three</title></svg>", [("html.title", "One", "One")]),
    ("<title>Cook &lt;b> <b>", [("html.title", "Cook <b> <b>", "Cook &lt;b> <b>")]),
    ("<title> </title>", []),
    ("<svg><title>Icon</title></svg><title>One</title>", [("html.title", "One", "One")]),
    ("<html LANG=de-CH><p lang=fr>", [("html.lang", "de-CH", "de-CH")]),
    ("<html lang='' xml:lang=de><body lang=fr>", []),
    ("<link href='https://x.example/?a&amp;b' rel='Next Canonical'>",
     [("html.canonical", "https://x.example/?a&b", "https://x.example/?a&amp;b")]),
    ("<link rel=canonical><link rel=canonical href=''><a rel=canonical href=x>y</a>", []),
    ("<meta property='OG:Title' content='Sea &amp; Inn'>", [("html.og:title", "Sea & Inn", "Sea &amp; Inn")]),
    ("<meta content=Sea name=og:site_name><meta property=og:type content=x>", [("html.og:site_name", "Sea", "Sea")]),
    ("<meta property=og:title><meta property=og:title content=''>", []),
    ("<!-- <title>One</title> --><script>'<title>One</title>'</script>", []),
    ("<a href='mailto:a@x.example?subject=b'>Write</a>", [("html.mailto", "a@x.example", "a@x.example")]),
    ("<a href='mailto:a@x.example'>A@x.example</a><a href='tel:+41-1'>+41 1</a>", []),
]  # fmt: skip


@pytest.mark.parametrize(("source", "expected"), [*JSON_LD, *HEADS])
def test_what_a_page_states(source: str, expected: list[Stated]) -> None:
    """Each statement of JSON-LD and of the head is a fact, and its span is just how it is written."""
    assert stated(source) == expected


@pytest.mark.parametrize(("inner", "expected"), MICRODATA)
def test_microdata_of_a_posting(inner: str, expected: list[Stated]) -> None:
    """Properties in the scope of a posting are facts of it, with the words or the attribute that states them."""
    source = f"<div itemscope itemtype='https://schema.org/JobPosting'>{inner}</div><p itemprop=title>outside</p>"
    assert stated(source) == [(f"JobPosting.{path}", value, written) for path, value, written in expected]


@pytest.mark.parametrize("kind", ["JobPosting", "s:JobPosting", "Thing https://schema.org/JobPosting"])
@pytest.mark.parametrize(("inner", "expected"), RDFA)
def test_rdfa_of_a_posting(inner: str, expected: list[Stated], kind: str) -> None:
    """The same for RDFa, however the type is written."""
    source = f"<div vocab='https://schema.org/' typeof='{kind}'>{inner}</div>"
    assert stated(source) == [(f"JobPosting.{path}", value, written) for path, value, written in expected]


@pytest.mark.parametrize("kind", ["https://schema.org/JobPostings", "https://schema.org/Person", ""])
def test_other_items_are_no_postings(kind: str) -> None:
    """Only the type itself makes a posting, not a name that holds its name."""
    assert stated(f"<div itemscope itemtype='{kind}'><b itemprop=title>Cook</b></div>") == []


def test_nodes_tell_the_objects_of_a_page_apart() -> None:
    """Objects are numbered through; a posting in JSON-LD and in microdata is one, two in microdata are two."""
    item = "<div itemscope itemtype='http://schema.org/JobPosting'><b itemprop=title>Cook</b></div>"
    both = read(ld('{"@type": "Inn"}') + ld(COOK) + item).facts
    assert [(fact.path.partition(".")[0], fact.node) for fact in both] == [("Inn", 0), *[("JobPosting", 1)] * 3]
    assert [fact.node for fact in read(item + item).facts] == [0, 1]


TEXT = "You cook three meals a day for the guests of the inn, and for those who work there. You bake bread before dawn. " * 2
DATA = {
    "title": "Cook",
    "description": f"<p>{TEXT}</p><ul><li>Soup</li></ul>",
    "locationName": "Bern",
    "datePosted": "2030-01-02",
}
SAFE = json.dumps(DATA).replace("<", "\\u003c")


def script(content: str, attributes: str = "") -> str:
    return f"<html><head><title>Wait</title></head><body><div id=root></div><script{attributes}>{content}</script></body></html>"


STATES = {
    "a script of data": script(f'{{"props": {{"job": {SAFE}}}}}', ' id="__NEXT_DATA__" type="application/json"'),
    "an assignment": script(f"window.__STATE__ = {{\r\n\t\"job\": {SAFE}}};\nwindow.run = function () {{ return {{}}; }};"),
    "the second assignment": script(f'window.env = {{"a": 1}}; window.data = window.data || {{}}; window.data.job = {SAFE};'),
    "a string that is parsed": script(f"state = JSON.parse({json.dumps(json.dumps({'job': DATA}))});".replace("</", "<\\/")),
    "a string in single quotes": script("x = JSON.parse('" + SAFE.replace("\\", "\\\\").replace("'", "\\'") + "')"),
    "a call": script(f"start({{'job': {SAFE}}})"),
    "escaped twice": script(f"x = {json.dumps(DATA).replace('<', '&lt;').replace('>', '&gt;')}"),
    "another name for the text": script(f"x = {SAFE.replace('description', 'descriptionHtml')}"),
    "a name beside the title": script("x = " + SAFE.replace('"title"', '"name": "Kitchen", "title"')),
    "a name behind the title": script("x = " + SAFE.replace('"Cook"', '"Cook", "name": "Kitchen"')),
    "names with signs": script(f"x = {SAFE.replace('description', 'job_description').replace('title', 'job-title')}"),
}  # fmt: skip


@pytest.mark.parametrize("source", STATES.values(), ids=STATES)
def test_the_data_of_an_application_is_the_posting_of_an_empty_page(source: str) -> None:
    """Title, texts and properties are read from the data of a page that shows nothing, with exact spans."""
    document = read(source)
    assert [segment.text for segment in document.segments] == [*TEXT.replace(". ", ".|").strip("|").split("|"), "Soup"]
    assert {segment.part_of for segment in document.segments} == {"state"}
    assert all("".join(source[a:b] for a, b in segment.spans) == segment.text for segment in document.segments)
    facts = [fact for fact in stated(source) if fact[0].startswith("JobPosting.")]
    assert facts == [
        ("JobPosting.title", "Cook", "Cook"),
        ("JobPosting.jobLocation.address", "Bern", "Bern"),
        ("JobPosting.datePosted", "2030-01-02", "2030-01-02"),
    ]
    assert "html:app_state" in document.steps


NO_STATES = {
    "a page with text": script(f"x = {SAFE}").replace("<div id=root>", f"<div id=root><p>{TEXT}{TEXT}</p>"),
    "JSON-LD has the text": script(f"x = {SAFE}") + ld(json.dumps({"@type": "JobPosting", "description": "Wash up, every day."})),
    "no title": script(f"x = {SAFE.replace('title', 'other')}"),
    "a short text": script('x = {"title": "Cook", "description": "Soup"}'),
    "a file elsewhere": script(f"x = {SAFE}", " src=x.js"),
    "code": script('var description = "description"; if (a < b) { title({}) }'),
}


@pytest.mark.parametrize("source", NO_STATES.values(), ids=NO_STATES)
def test_other_data_is_no_posting(source: str) -> None:
    """Where the page has its own text, or the data has no posting, nothing is read from scripts."""
    assert not any(segment.part_of == "state" for segment in read(source).segments)
    assert "html:app_state" not in read(source).steps


def posting(facts: dict[str, object], shown: str) -> Extraction[JobPosting]:
    """A page that states facts about a cook in its markup, and shows something."""
    data = ld(json.dumps({"@type": "JobPosting", "title": "Cook", **facts}))
    return extract(
        f"<html><head>{data}</head><body><h1>Cook</h1><p>{shown}</p><h2>Your tasks</h2><ul><li>{TEXT}</ul></body></html>"
    )


PAY = {"currency": "CHF", "value": {"minValue": 80000, "maxValue": 90000.0, "unitText": "YEAR"}}
PLACE = {"address": {"addressLocality": "Genève", "addressCountry": "CH"}}
CONTRADICTIONS: list[tuple[dict[str, object], str, list[str]]] = [
    ({"title": "Pilot"}, "", ["title"]),
    ({"title": "Cook (m/f/d)"}, "", []),
    ({"title": "Cook at the Sea Inn"}, "", []),
    ({"datePosted": "2030-01-02"}, "Date posted: 3 January 2030", ["date_posted"]),
    ({"datePosted": "2030-01-02T08:00:00Z"}, "Date posted: 2 January 2030", []),
    ({"validThrough": "2030-03-01"}, "Application deadline: 15 March 2030", ["valid_through"]),
    ({"employmentType": "PART_TIME"}, "Job type: Full-time", ["employment_types"]),
    ({"employmentType": ["PART_TIME", "FULL_TIME"]}, "Job type: Full-time", []),
    ({"jobLocation": PLACE}, "Location: Zurich", ["locations"]),
    ({"jobLocation": PLACE}, "Location: Geneva, Switzerland", []),
    ({"baseSalary": PAY}, "Salary: CHF 80,000 - 90,000 per year", []),
    ({"baseSalary": PAY}, "Salary: CHF 70,000 - 90,000 per year", ["salary.min"]),
    ({"baseSalary": PAY}, "Salary: EUR 80,000 - 90,000 per year", ["salary.currency"]),
    ({"baseSalary": PAY}, "Salary: CHF 80,000 - 90,000 per month", ["salary.unit"]),
    ({"identifier": "R-77"}, "Job ID: R-78", ["job_id"]),
    ({"jobLocationType": "TELECOMMUTE"}, "Workplace: On-site", ["workplace_type"]),
    ({"datePosted": "2030-01-02"}, "<nav>Date posted: 3 January 2030</nav>", []),
    ({"datePosted": "2030-01-02"}, "<span hidden>Date posted: 3 January 2030</span>", []),
    ({}, "Date posted: 3 January 2030", []),
]


@pytest.mark.parametrize(("facts", "shown", "paths"), CONTRADICTIONS)
def test_where_the_text_says_otherwise(facts: dict[str, object], shown: str, paths: list[str]) -> None:
    """A visible statement that cannot be the same as the fact is a warning for its field; the record keeps the fact."""
    result = posting(facts, shown)
    assert [issue.path for issue in result.issues if issue.code == "contradiction"] == paths
    assert all(issue.severity is Severity.WARNING for issue in result.issues)
    assert all(result.evidence[path].status is Status.FACT for path in paths if path in result.evidence)

"""The review page as text: what is escaped, what is marked, what is said of each field."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from parsed_page import Page, policy_of, runs_only_its_own
from pydantic import JsonValue

from extract import extract
from extract.cleaning.document import Span
from extract.result import Evidence, FieldStatus, Issue, Provenance, RecordStatus, Severity, Status, Usage
from extract.review import IndexRow, StoredResult, index_page, review_page
from extract.review.folder import PageNames
from extract.review.markup import shown, tag
from extract.review.pieces import FOLDED, cut, stretches
from extract.review.rows import field_rows

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "evals/gold/apple_ml_researcher/input.txt"
HOSTILE = '</section><x-evil onmouseover="y">\'"&amp;\u202e\x1b[31m</title></style></script><script>alert(1)</script>'


def stored(
    record: JsonValue = None,
    spans: Mapping[str, Sequence[tuple[int, int]]] | None = None,
    *,
    source: str = "posting.txt",
    states: Mapping[str, FieldStatus] | None = None,
    issues: Sequence[Issue] = (),
    model: str | None = None,
) -> StoredResult:
    """A result with these spans, all of them quoted."""
    places = spans or {}
    return StoredResult(
        record=record if record is not None else dict.fromkeys(places, "x"),
        status=RecordStatus.COMPLETE,
        fields={**dict.fromkeys(places, FieldStatus.FOUND), **(states or {})},
        evidence={
            path: Evidence(status=Status.QUOTED, spans=tuple(Span(*span) for span in spans)) for path, spans in places.items()
        },
        issues=tuple(issues),
        usage=Usage(),
        provenance=Provenance(
            engine="rules",
            task="job_posting",
            format="text",
            cleaning=(),
            schema_hash="0",
            source=source,
            source_sha256="0",
            encoding="utf-8",
            version="0",
            model=model,
        ),
    )


def issue(path: str, message: str = "it is wrong", severity: Severity = Severity.ERROR) -> Issue:
    return Issue(code="invalid", path=path, message=message, severity=severity)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("R&D <b> \"x\" 'y'", "R&amp;D &lt;b&gt; \"x\" 'y'"),
        ("a\r\nb\rc", "a&#13;\nb&#13;c"),
        ("tab\tand 🙂", "tab\tand 🙂"),
        ("\u202e", '<span class="unseen" data-code="U+202E"><i hidden>\u202e</i></span>'),
        (
            "\u200b" * 4,
            '<span class="unseen" data-code="U+200B U+200B U+200B …4"><i hidden>\u200b\u200b\u200b\u200b</i></span>',
        ),
        ("\0\ud800", '<span class="unseen" data-code="U+0000 U+D800"><i hidden>\ufffd\ufffd</i></span>'),
    ],
)
def test_text_is_escaped_and_what_nobody_sees_is_shown(text: str, html: str) -> None:
    """Marks of HTML, line ends, invisible characters and what UTF-8 can not hold."""
    assert shown(text) == html


def test_attribute_cannot_be_left() -> None:
    """A quote ends no attribute, and what turns the direction of writing is written out."""
    assert tag("p", title='"> <b>\u202e') == '<p title="&quot;&gt; &lt;b&gt;[U+202E]"></p>'


def test_hostile_text_stays_text_wherever_it_stands() -> None:
    """Source, values, keys, paths, messages, codes, quotes, names of documents and models bring no element and no attribute."""
    hostile = stored(
        {HOSTILE: HOSTILE, "list": [{HOSTILE: HOSTILE}], "none": None},
        {HOSTILE: [(0, 5), (3, len(HOSTILE))]},
        source=HOSTILE,
        states={HOSTILE: FieldStatus.INVALID, f"x{HOSTILE}": FieldStatus.INVALID},
        issues=[Issue(code=HOSTILE, path=path, message=HOSTILE, severity=Severity.ERROR) for path in ("", HOSTILE, "gone")],
        model=HOSTILE,
    )
    evidence = {HOSTILE: Evidence(status=Status.NORMALISED, quote=HOSTILE, spans=(Span(0, 9),))}
    hostile = hostile.model_copy(update={"evidence": evidence})
    made = hostile.provenance.model_copy(update=dict.fromkeys(("task", "format", "prompt"), HOSTILE))
    hostile = hostile.model_copy(update={"provenance": made})
    index = index_page([IndexRow.of(hostile, "x.html")], refused=[HOSTILE])
    for page in (Page(review_page(hostile, HOSTILE, index="index.html")), Page(index)):
        assert page.all("x-evil") == []
        assert len(page.all("script")) == (1 if page.html != index else 0)
        assert not [name for _, has, _ in page.elements for name in has if name.startswith("on") or name == "style"]
        assert page.text.count("alert(1)") >= 3
        assert "\u202e" not in re.sub(r"<i hidden>[^<]*</i>", "", page.html)
    assert len(page.all("section")) == 1


@pytest.mark.parametrize(
    ("claims", "pieces", "ranges"),
    [
        ([[(0, 4)]], [(0, 4, 1)], [((0, 0),)]),
        ([[(0, 6)], [(2, 4)]], [(0, 2, 1), (2, 4, 2), (4, 6, 1)], [((0, 2),), ((1, 1),)]),
        ([[(0, 4)], [(2, 6)]], [(0, 2, 1), (2, 4, 2), (4, 6, 1)], [((0, 1),), ((1, 2),)]),
        ([[(0, 3)], [(3, 6)]], [(0, 3, 1), (3, 6, 1)], [((0, 0),), ((1, 1),)]),
        ([[(0, 3), (5, 7)]], [(0, 3, 1), (5, 7, 1)], [((0, 0), (1, 1))]),
        ([[(5, 7), (0, 6)]], [(0, 7, 1)], [((0, 0),)]),
        ([[(3, 3)], [(9, 2)], []], [], [(), (), ()]),
        ([[(-5, 2)], [(8, 99)], [(50, 60)]], [(0, 2, 1), (8, 10, 1)], [((0, 0),), ((1, 1),), ()]),
    ],
    ids=["one", "inside", "crossing", "adjacent", "two spans", "a field over itself", "empty", "outside"],
)
def test_spans_are_cut_into_pieces(
    claims: list[list[tuple[int, int]]], pieces: list[tuple[int, int, int]], ranges: list[tuple[tuple[int, int], ...]]
) -> None:
    """Overlapping spans become pieces that do not overlap, and each field knows its own; the source has ten characters."""
    found = cut([[Span(*span) for span in spans] for spans in claims], 10)
    assert [(piece.start, piece.end, piece.depth) for piece in found.pieces] == pieces
    assert list(found.ranges) == ranges


SPANS = st.lists(st.lists(st.tuples(st.integers(-3, 40), st.integers(-3, 40)), max_size=4), max_size=6)


@given(SPANS, st.integers(0, 36))
def test_pieces_of_a_field_are_its_characters(claims: list[list[tuple[int, int]]], length: int) -> None:
    """For any spans, the pieces of a field cover what its spans cover inside of the source, and depth counts the fields."""
    wanted = [{at for start, end in spans for at in range(max(start, 0), min(end, length))} for spans in claims]
    found = cut([[Span(*span) for span in spans] for spans in claims], length)
    for own, ranges in zip(wanted, found.ranges, strict=True):
        pieces = [piece for first, last in ranges for piece in found.pieces[first : last + 1]]
        assert [at for piece in pieces for at in range(piece.start, piece.end)] == sorted(own)
    for piece in found.pieces:
        assert {sum(at in own for own in wanted) for at in range(piece.start, piece.end)} == {piece.depth}


SOURCES = st.lists(
    st.one_of(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20),
        st.sampled_from(["\r\n", "\r", "\n", "\u2028", "🙂", "&amp;", "<b>", "</section>", " " * 4, "x" * 7000, "line\n" * 1500]),
    ),
    max_size=8,
).map("".join)


@given(SOURCES, st.data())
@example("\n\nfirst\r\n\rlast", None)
def test_text_of_the_source_pane_is_the_source(source: str, data: st.DataObject | None) -> None:
    """For any source and any spans, with the folds opened, and the marks of each field are its characters."""
    offsets = st.integers(-2, len(source) + 2)
    claims = [[(2, 9)]] if data is None else data.draw(st.lists(st.lists(st.tuples(offsets, offsets), max_size=3), max_size=3))
    page = Page(review_page(stored(spans={f"f{n}": spans for n, spans in enumerate(claims)}), source))
    assert "".join(page.source) == source
    marks: dict[int, str] = {}
    for has, text in page.all("mark"):
        marks[int(has["data-piece"])] = marks.get(int(has["data-piece"]), "") + text
    for spans, (has, _) in zip(claims, page.all("li", class_="field"), strict=True):
        ranges = [list(map(int, part.split("-"))) for part in has.get("data-pieces", "").split()]
        shown = "".join(marks[piece] for part in ranges for piece in range(part[0], part[-1] + 1))
        covered = {at for start, end in spans for at in range(max(start, 0), min(end, len(source)))}
        assert shown == "".join(source[at] for at in sorted(covered))


def test_offsets_count_code_points() -> None:
    """A character beyond the Basic Multilingual Plane is one, whatever a script would count."""
    page = Page(review_page(stored(spans={"city": [(2, 7)]}), "🙂🙂Basel🙂"))
    assert [text for _, text in page.all("mark")] == ["Basel"]


def test_lines_have_the_numbers_that_editors_show() -> None:
    """A line ends with LF, CR or CR LF; a mark over several lines has a part in each, and one can be linked to."""
    page = Page(review_page(stored(spans={"all": [(1, 10)]}), "ab\r\ncd\ref\n\ngh"))
    assert [(has["data-line"], text) for has, text in page.all("div", class_="line")] == [
        ("1", "ab\r\n"), ("2", "cd\r"), ("3", "ef\n"), ("4", "\n"), ("5", "gh"),
    ]  # fmt: skip
    assert [(has.get("id"), "opens" in has["class"], text) for has, text in page.all("mark")] == [
        ("p0", True, "b\r\n"), (None, False, "cd\r"), (None, False, "ef\n"),
    ]  # fmt: skip


def test_indentation_inside_of_a_mark_is_an_element_of_its_own() -> None:
    """Only what stands in a line is tinted; the margin still belongs to the field."""
    page = Page(review_page(stored(spans={"text": [(0, 12)]}), "one\n    two\n"))
    assert [("blank" in has["class"], text) for has, text in page.all("mark")] == [
        (False, "one\n"), (True, "    "), (False, "two\n"),
    ]  # fmt: skip


def test_long_stretches_without_evidence_are_folded() -> None:
    """From line to line, with what stands around the evidence in sight; shorter ones, and evidence, never are."""
    filler = "".join(f"line {n}\n" for n in range(2000))
    page = Page(review_page(stored(spans={"title": [(len(filler), len(filler) + 6)]}), filler + "Fitter" + "x" * FOLDED))
    (fold,) = page.all("div", class_="folded")
    (summary,) = [text for _, text in page.all("summary") if "evidence" in text]
    assert f"{len(fold[1]):,} characters" in summary
    assert fold[1].startswith("line ")
    assert fold[1].endswith("\n")
    assert len(fold[1]) > len(filler) - 2000
    assert int(page.all("mark")[0][0]["data-piece"]) == 0
    assert [has["data-line"] for has, text in page.all("div", class_="line") if text.startswith("Fitter")] == ["2001"]


@given(st.integers(0, 4 * FOLDED), st.lists(st.integers(0, 4 * FOLDED), max_size=4), st.sampled_from(["x", "\n", "ab\n"]))
def test_stretches_follow_each_other(length: int, at: list[int], filler: str) -> None:
    """For any pieces, the stretches cover the source without gap and overlap, and none is empty."""
    source = (filler * length)[:length]
    found = list(stretches(source, cut([[Span(start, start + 5)] for start in at], length).pieces))
    assert "".join(source[part.start : part.end] for part in found) == source
    assert all(part.start < part.end for part in found)
    assert all(part.end - part.start <= FOLDED for part in found if not part.folded and part.piece is None)


def test_page_grows_in_line_with_fields_that_all_claim_everything() -> None:
    """A thousand fields over each other make a page of a size that a browser opens."""
    spans = {f"f{n}": [(n, 3000 - n)] for n in range(1000)}
    half = {f"f{n}": [(n, 3000 - n)] for n in range(500)}
    assert len(review_page(stored(spans=spans), "x" * 3000)) < 2.5 * len(review_page(stored(spans=half), "x" * 3000))


def test_policy_lets_only_our_style_and_script_run() -> None:
    """The hashes are those of what stands in the page; nothing else may be loaded, run or sent."""
    page = Page(review_page(stored(spans={"title": [(0, 3)]}), "Cook"))
    runs_only_its_own(page)
    assert policy_of(Page(index_page([])))["script-src"] == ["'none'"]


def test_page_leads_nowhere_but_into_itself_and_to_the_index() -> None:
    """No address of another page or file stands in it, also where the document is full of them."""
    page = Page(
        review_page(stored({"url": "https://example.org/"}, {"url": [(0, 20)]}), "https://example.org/", index="index.html")
    )
    addresses = {has[name] for _, has, _ in page.elements for name in ("href", "src", "action", "srcset") if name in has}
    assert addresses == {"data:,", "index.html", "#p0"}


def test_rows_stand_as_the_record_nests() -> None:
    """Objects and entries of lists are groups under their name; positions count from 1, keys that are numbers stay."""
    record: JsonValue = {
        "title": "Cook",
        "places": [{"city": "Bern"}, {"city": "Genf"}],
        "tags": ["a", "b"],
        "sales": {"2024": 5},
    }
    spans = {"title": [(0, 4)], "places.1.city": [(10, 14)], "sales.2024": [(5, 6)]}
    page = Page(review_page(stored(record, spans), "Cook, 5 in Genf"))
    groups = [has["aria-label"] for has, _ in page.all("section", class_="group")]
    assert groups == ["record", "places 1", "places 2", "tags", "sales"]
    names = [text for _, text in page.all("button", class_="name")]
    assert names == ["title", "places 1 city", "places 2 city", "tags 1", "tags 2", "sales 2024"]
    pieces = {has["data-path"]: has["data-pieces"] for has, _ in page.all("li", class_="field") if "data-pieces" in has}
    assert pieces == {"title": "0", "places.1.city": "2", "sales.2024": "1"}


def test_not_quoted_is_what_needs_a_look() -> None:
    """All but what is quoted or a fact, and also these where something is wrong with them."""
    record: JsonValue = dict.fromkeys(("quoted", "fact", "inferred", "normalised", "broken", "unknown"), "x")
    evidence = {name: Evidence(status=Status(name)) for name in ("quoted", "fact", "inferred", "normalised")}
    evidence["broken"] = Evidence(status=Status.QUOTED)
    found = stored(record, states={"broken": FieldStatus.INVALID}).model_copy(update={"evidence": evidence})
    shown = [has["data-path"] for has, _ in Page(review_page(found, "x")).all("li", class_="not-quoted")]
    assert shown == ["inferred", "normalised", "broken", "unknown"]


def test_each_issue_is_shown_once_where_it_belongs() -> None:
    """At its field, at a list before its entries, on top for the document, and at the end where the record has no such place."""
    paths = ["", "title", "tags", "tags.1", "gone.0.x", "pay"]
    issues = [issue(path, f"message about {path or 'all'}!") for path in paths]
    found = stored({"title": None, "tags": ["a", "b"], "pay": {}}, issues=issues)
    page = Page(review_page(found, "x"))
    assert all(page.text.count(one.message) == 1 for one in issues)
    assert [row.path for row in field_rows(found)] == ["title", "tags", "tags.0", "tags.1", "pay", "gone.0.x"]
    assert "message about all!" in page.all("section", class_="about")[0][1]
    by_path = {has["data-path"]: text for has, text in page.all("li", class_="field")}
    assert all(one.message in by_path[one.path] for one in issues if one.path)


def test_absent_fields_are_closed_and_last_unless_something_is_wrong() -> None:
    """A null is listed by name; one that was refused is a row like any other."""
    found = stored({"title": None, "pay": None, "city": None}, states={"pay": FieldStatus.INVALID, "city": FieldStatus.NOT_ASKED})
    page = Page(review_page(found, "x"))
    assert [has["data-path"] for has, _ in page.all("li", class_="field")] == ["pay"]
    ((_, absent),) = page.all("details", class_="absent")
    assert absent.startswith("2 fields without a value")
    assert "city not asked" in absent


@pytest.mark.parametrize("word", [*Status, *FieldStatus, *Severity, *RecordStatus])
def test_statuses_are_words(word: str) -> None:
    """No status is told by colour alone."""
    found = stored({"title": "Cook"}, {"title": [(0, 4)]})
    if word in [*Status]:
        found = found.model_copy(update={"evidence": {"title": Evidence(status=Status(word), spans=(Span(0, 4),))}})
    if word in [*FieldStatus]:
        found = found.model_copy(update={"fields": {"title": FieldStatus(word)}})
    if word in [*Severity]:
        found = found.model_copy(update={"issues": (issue("title", severity=Severity(word)),)})
    if word in [*RecordStatus]:
        found = found.model_copy(update={"status": RecordStatus(word)})
    page = Page(review_page(found, "Cook"))
    shown = [text for _, text in page.all("span", class_="badge") + page.all("strong") + page.all("dd")]
    assert any(word.replace("_", " ") in text for text in shown) or (word == "absent" and "quoted" not in shown)


def test_long_value_is_shortened_and_whole_at_once() -> None:
    """Its beginning is in sight, and all of it one click away."""
    value = "word " * 200
    page = Page(review_page(stored({"text": value}), "x"))
    ((_, whole),) = page.all("details", class_="long")
    assert whole.endswith(value)
    assert "all 1,000 characters" in whole


def test_quote_is_shown_where_the_value_is_another() -> None:
    """What a parser read stands beside what it read it from; a value that stands in the source as it is, once."""
    evidence = {
        "day": Evidence(status=Status.NORMALISED, quote="1 May 2025", spans=(Span(0, 10),)),
        "city": Evidence(status=Status.QUOTED, quote="Bern", spans=(Span(11, 15),)),
    }
    found = stored({"day": "2025-05-01", "city": "Bern"}).model_copy(update={"evidence": evidence})
    assert [text for _, text in Page(review_page(found, "1 May 2025 Bern")).all("q")] == ["1 May 2025"]


def test_extraction_and_its_json_make_the_same_page() -> None:
    """What is read back without the schema shows what the result itself shows."""
    result = extract(SAMPLE, engine="rules")
    source = SAMPLE.read_bytes().decode()
    read = StoredResult.model_validate_json(result.model_dump_json())
    assert review_page(result, source) == review_page(read, source)


def test_usage_is_told_where_a_model_was_asked() -> None:
    """Calls, tokens and money stand in the head, and an unknown price is called that."""
    used = Usage(calls=2, input_tokens=1500, output_tokens=20, cost=None, seconds=1.5)
    page = Page(review_page(stored({"title": "Cook"}, model="gpt-5.4-mini").model_copy(update={"usage": used}), "Cook"))
    facts = next(text for _, text in page.all("dl", class_="facts"))
    assert "2 calls, 1,500 + 20 tokens, price unknown" in facts
    assert "gpt-5.4-mini" in facts


def test_index_lists_documents_and_what_was_not_shown() -> None:
    """A row with counts and a link for each, and a line for each that failed."""
    rows = [
        IndexRow.of(stored({"a": "x"}, {"a": [(0, 1)]}, source="a.txt", issues=[issue("a"), issue("")]), "a.txt.html"),
        IndexRow.of(stored({"a": None}, states={"a": FieldStatus.UNGROUNDED}, source="b.txt"), "b.txt.html"),
    ]
    page = Page(index_page(rows, refused=["r.jsonl:3: damaged"]))
    assert [(has["href"], text) for has, text in page.all("a")] == [("a.txt.html", "a.txt"), ("b.txt.html", "b.txt")]
    assert [text for _, text in page.all("tr")][1:] == [
        "a.txtcomplete1002 errorstextrules",
        "b.txtcomplete010nonetextrules",
    ]
    assert "2 documents, 1 not shown" in page.text
    assert "r.jsonl:3: damaged" in page.text


@given(
    st.lists(
        st.one_of(st.text(max_size=200), st.sampled_from(["a/b", "A/b", "a/b-2", "index", "con.txt", "..", ""])), max_size=30
    )
)
@example(["A/b-2", "a/b", "a/b"])
def test_names_of_pages_are_safe_and_never_the_same(documents: list[str]) -> None:
    """Whatever documents are called: no folder is left, no system trips over a name, upper and lower case are one."""
    names = PageNames()
    found = [names.of(document) for document in documents]
    assert len({name.lower() for name in found}) == len(found)
    assert all(re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}\.html", name) for name in found)
    assert not {"index.html", "con.txt.html", "con.html"} & {name.lower() for name in found}

"""JSON-LD: facts with their places, also of JSON that is sloppy, cut off or endless."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from json_ld_pages import clean, posting, texts, values

from extract.cleaning.document import MappedText, Scalar
from extract.cleaning.json_ld import clean_json_ld
from extract.cleaning.json_leaves import MAX_DEPTH, json_leaves

# --- facts -------------------------------------------------------------------------------------------------------------


def test_every_property_is_a_fact_with_its_place() -> None:
    """Types are kept, null and empty strings give none, lists are numbered and single values are not."""
    text = """{"title": "Intern", "jobLocation": [{"address": {"addressLocality": "Lyon"}}, {"address": "Paris"}],
        "baseSalary": {"value": {"minValue": 1200, "maxValue": 1350.50}}, "directApply": true, "remote": false,
        "industry": null, "skills": "", "employmentType": ["INTERN", "FULL_TIME"], "@type": "JobPosting"}"""
    cleaned = clean(text)
    assert values(cleaned) == {
        "JobPosting.title": "Intern",
        "JobPosting.jobLocation.0.address.addressLocality": "Lyon",
        "JobPosting.jobLocation.1.address": "Paris",
        "JobPosting.baseSalary.value.minValue": 1200,
        "JobPosting.baseSalary.value.maxValue": 1350.5,
        "JobPosting.directApply": True,
        "JobPosting.remote": False,
        "JobPosting.employmentType.0": "INTERN",
        "JobPosting.employmentType.1": "FULL_TIME",
        "JobPosting.@type": "JobPosting",
    }
    assert {type(value) for value in values(cleaned).values()} == {str, int, float, bool}
    for fact in cleaned.facts:
        (span,) = fact.spans
        assert text[span.start : span.end] == fact.body.text
    assert [fact.body.text for fact in cleaned.facts if fact.path.endswith("maxValue")] == ["1350.50"]
    assert cleaned.blocks == ()


@pytest.mark.parametrize(
    ("written", "value"),
    [
        (r"caf\u00e9 \"R\/D\"\n\tx\\n", 'café "R/D"\n\tx\\n'),
        (r"\ud83d\ude00 \uD83D\uDE00", "😀 😀"),
        (r"a\ud83d b\ude00\ud83d\u0041", "a\ufffd b\ufffd\ufffdA"),
        (r"a\u0000\u0007b", "ab"),
        (r"d\'une \q \u12", r"d'une q \u12"),
        ("raw\nline\tand \x07bell", "raw\nline\tand \x07bell"),
        ("R&amp;D", "R&D"),
        ("R&amp;amp;amp;D", "R&D"),
        ("R&D &copy; AT&T", "R&D © AT&T"),
        ("&#233;t&#xE9;", "été"),
        ("https://jobs.example/?a=1&amp;copy=2&reg=3", "https://jobs.example/?a=1&copy=2&reg=3"),
    ],
)
def test_strings_are_unescaped(written: str, value: str) -> None:
    """JSON escapes, then entities; addresses keep what only looks like an entity."""
    cleaned = clean('{"@type": "JobPosting", "title": "' + written + '"}')
    assert values(cleaned)["JobPosting.title"] == value


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("-0.5", -0.5),
        ("1e3", 1000.0),
        ("45000", 45000),
        ("1e999", "1e999"),
        ("9" * 5000, "9" * 5000),
        ("null", None),
        ("NaN", None),
        ("45k", "45k"),
    ],
)
def test_bare_words(written: str, value: Scalar | None) -> None:
    """Numbers that Python cannot hold stay text; null is nothing."""
    assert values(clean('{"@type": "Job", "a": ' + written + "}")).get("Job.a") == value


@pytest.mark.parametrize(
    ("stated", "type_name"),
    [
        ('"@type": "JobPosting"', "JobPosting"),
        ('"@type": ["JobPosting", "Thing"]', "JobPosting"),
        ('"@type": "http://schema.org/JobPosting"', "JobPosting"),
        ('"@type": "schema:JobPosting"', "JobPosting"),
        ('"@context": "https://schema.org"', "Thing"),
        ('"@type": "not a type"', "Thing"),
    ],
)
def test_the_type_begins_the_path(stated: str, type_name: str) -> None:
    """Whatever stands around its name, and wherever it is stated."""
    for text in ('{"title": "Intern", ' + stated + "}", "{" + stated + ', "title": "Intern"}'):
        assert values(clean(text))[f"{type_name}.title"] == "Intern"


def test_other_spellings_of_properties() -> None:
    """Vocabulary prefixes and value objects do not show in a path."""
    text = (
        '{"@type": "JobPosting", "schema:title": {"@value": "Intern", "@language": "en"}, "http://schema.org/url": "x.example"}'
    )
    found = values(clean(text))
    assert (found["JobPosting.title"], found["JobPosting.url"]) == ("Intern", "x.example")


@pytest.mark.parametrize(
    "text",
    [
        '[{"@type": "A", "x": 1}, {"@type": "B", "x": 2}]',
        '{"@type": "A", "x": 1}\n{"@type": "B", "x": 2}',
        '<script type="application/ld+json">{"@type": "A", "x": 1}</script>\n<script>{"@type": "B", "x": 2};</script>',
    ],
)
def test_objects_at_the_top_are_nodes(text: str) -> None:
    """A list, one after another, or a script each: nodes are numbered through."""
    assert [(fact.path, fact.value, fact.node) for fact in clean(text).facts if fact.path.endswith("x")] == [
        ("A.x", 1, 0),
        ("B.x", 2, 1),
    ]


def test_a_graph_holds_nodes() -> None:
    """The objects of @graph are told apart, and from the object around them."""
    text = (
        '{"@context": "https://schema.org", "@graph": [{"@type": "WebSite", "name": "a"}, {"@type": "JobPosting", "title": "b"}]}'
    )
    cleaned = clean(text)
    assert values(cleaned)["WebSite.name"] == "a"
    assert values(cleaned)["JobPosting.title"] == "b"
    assert len({fact.node for fact in cleaned.facts}) == 3
    assert values(clean('{"@graph": {"@type": "JobPosting", "title": "b"}}'))["JobPosting.title"] == "b"


# --- damage ------------------------------------------------------------------------------------------------------------


def test_a_missing_end_costs_what_it_cuts() -> None:
    """Facts before the cut are used, the cut one is not; a cut description is still read."""
    text = posting(title="Intern", validThrough="2024-05-01", description="<p>Build things.</p><p>Run them.</p>")
    cleaned = clean(text[: text.index("Run") + 3])
    assert "json_ld:truncated" in cleaned.steps
    assert values(cleaned)["JobPosting.title"] == "Intern"
    assert "JobPosting.description" not in values(cleaned)
    assert texts(cleaned) == ["Build things.", "Run"]
    cut = clean(text[: text.index("2024") + 6])
    assert "JobPosting.validThrough" not in values(cut)
    number = clean('{"@type": "JobPosting", "baseSalary": 12')
    assert "JobPosting.baseSalary" not in values(number)


@pytest.mark.parametrize("cut", range(0, 160, 3))
def test_any_cut_keeps_what_is_whole(cut: int) -> None:
    """Each fact of a cut document is one of the whole document, with its value."""
    text = posting(title='R&amp;D "x" \u00e9', skills=["Rust", "Go"], baseSalary={"value": [12, 34.5, True]}, remote=None)
    whole = values(clean(text))
    for path, value in values(clean(text[: len(text) - cut])).items():
        name = path.replace("Thing.", "JobPosting.", 1)  # the type may be cut off
        assert whole[name] == value


@pytest.mark.parametrize(
    "text",
    [
        '{"@type": "JobPosting", "title": "Intern", "skills": ["Rust",],}',
        '{\'@type\': 1, "@type": "JobPosting" "title": "Intern"}',
        '{"@type": "JobPosting", title: "Intern"}',
        '{"@type": "JobPosting",, "title": "Intern"}}}]',
        '{"@type": "JobPosting", "title": "Intern", "note": "he said "hello" to us"}',
    ],
)
def test_sloppy_json_still_states_its_facts(text: str) -> None:
    """Trailing and missing commas, bare names, brackets too many, quotes that end too early."""
    assert values(clean(text))["JobPosting.title"] == "Intern"


@pytest.mark.parametrize(
    "text",
    ["Engineer wanted in Lyon", "<p>Engineer wanted</p> in Lyon", '["Engineer wanted", "in Lyon"]', "{Engineer wanted in Lyon"],
)
def test_what_is_no_json_is_kept_as_text(text: str) -> None:
    """No word is lost, and a step says so."""
    cleaned = clean(text)
    assert " ".join(" ".join(texts(cleaned)).replace('"', " ").replace(",", " ").split()).endswith("in Lyon")
    assert "wanted" in " ".join(texts(cleaned))
    assert "json_ld:malformed" in cleaned.steps
    assert cleaned.facts == ()


def test_depth_bombs_are_flat() -> None:
    """Nesting neither overflows a stack nor makes paths without end; what is too deep is text."""
    deep = '{"@type":"J","a":1,"b":' + '{"c":' * 100_000 + '"secret word"' + "}" * 100_000 + ',"d":2}'
    cleaned = clean(deep)
    assert (values(cleaned)["J.a"], values(cleaned)["J.d"]) == (1, 2)
    assert any("secret word" in text for text in texts(cleaned))
    assert max(fact.path.count(".") for fact in cleaned.facts) <= MAX_DEPTH


@pytest.mark.parametrize(
    "bomb",
    [
        "[",
        '{"a":',
        '{"a":1,"b":',
        '"',
        "\\",
        "]",
        " ",
        "<",
        "<script ",
        "a ",
        '"a b",',
        r"\u00e9",
        r"\ud83d",
        "&amp;",
        "&amp;amp;",
        "&",
        ",",
        ":",
    ],
)
def test_endless_input_ends(bomb: str) -> None:
    """20 KB of anything, bare and inside of a string, a list and a script."""
    text = bomb * (20_000 // len(bomb))
    for begin in ("", '{"@type": "J", "description": "', '{"@type": "J", "skills": [', '<script type="application/ld+json">'):
        clean_json_ld(MappedText.of(begin + text))


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**9), 10**9)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "name", "skills"]), inner, max_size=3),
    max_leaves=8,
)


def flat(value: object, path: str) -> dict[str, Scalar]:
    """The leaves of a JSON value by path, as facts would state them."""
    if isinstance(value, dict):
        return {name: leaf for key, inner in value.items() for name, leaf in flat(inner, f"{path}.{key}").items()}
    if isinstance(value, list):
        return {name: leaf for place, inner in enumerate(value) for name, leaf in flat(inner, f"{path}.{place}").items()}
    if isinstance(value, str):
        return {path: value} if value.strip() else {}
    return {} if value is None else {path: value}  # type: ignore[dict-item]  # only scalars are left


@settings(max_examples=100)
@given(st.dictionaries(st.sampled_from(["x", "y", "z"]), JSON), st.booleans(), st.sampled_from([None, 1]))
def test_facts_agree_with_the_json_module(value: dict[str, object], ascii_only: bool, indent: int | None) -> None:
    """Whatever Python writes is read with the same paths and values."""
    text = json.dumps({"@type": "J", **value}, ensure_ascii=ascii_only, indent=indent)
    expected = flat(json.loads(text), "J")
    found = values(clean(text))
    assert found.keys() <= expected.keys()
    for path, leaf in expected.items():
        if not isinstance(leaf, str) or ("&" not in leaf and leaf.isprintable()):
            assert found[path] == leaf


@settings(max_examples=100)
@given(
    st.text(st.sampled_from('{}[]",:\\u0é<>&;pa1 \n\t\x07@type')) | st.text(),
    st.sampled_from(["", "{", '{"@type": "J", "description": "', "["]),
)
def test_the_map_holds_on_any_text(text: str, begin: str) -> None:
    """There is no input that fails, and no span that lies."""
    clean(begin + text)


@settings(max_examples=100)
@given(st.text(st.sampled_from('{}[]",:\\u0041 ab')))
def test_leaves_lie_in_order(text: str) -> None:
    """Leaves and strays are disjoint ranges of the text, in its order."""
    found = json_leaves(text)
    for ranges in ([(leaf.start, leaf.end) for leaf in found.leaves], found.strays):
        flat_ranges = [place for span in ranges for place in span]
        assert flat_ranges == sorted(flat_ranges)
        assert all(0 <= place <= len(text) for place in flat_ranges)

"""Texts in JSON-LD: long ones as blocks, entities undone as often as needed, and the text around scripts."""

from __future__ import annotations

import pytest
from json_ld_pages import clean, posting, texts, values

from extract.cleaning.document import Kind, MappedText, Origin
from extract.cleaning.entities import unescape_closed_entities, unescape_entities
from extract.cleaning.json_ld import clean_json_ld

# --- wrapping ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "around",
    [
        "{}",
        "\ufeff\n {} \n",
        "{};",
        '<script type="application/ld+json">{}</script>',
        '<!-- seo --><SCRIPT nonce="a" type="application/ld+json">\n{}\n</SCRIPT ><!-- end -->',
        '<script type="application/ld+json">//<![CDATA[\n{}\n//]]></script>',
        '<script type="application/ld+json">/* <![CDATA[ */ {} /* ]]> */</script>',
        '<script type="application/ld+json"><!-- {} --></script>',
        '<!-- <script type="application/ld+json">{}</script> -->',
        '<script type="application/ld+json">{}',
    ],
)
def test_what_stands_around_the_json(around: str) -> None:
    """Scripts, CDATA and comments are no part of it."""
    cleaned = clean(around.replace("{}", posting(title="Intern", description="<p>Build --> things ]]> here</p>")))
    assert values(cleaned)["JobPosting.title"] == "Intern"
    assert texts(cleaned) == ["Build --> things ]]> here"]
    assert not {"json_ld:truncated", "json_ld:malformed"} & set(cleaned.steps)


@pytest.mark.parametrize("quote", ["&quot;", "&#34;", "&#x22;", "&amp;quot;"])
def test_escaped_quotes_are_a_layer_of_their_own(quote: str) -> None:
    """JSON that was escaped as a whole is undone once more."""
    cleaned = clean(posting(title="R&D intern", description="Build").replace("&", "&amp;").replace('"', quote))
    assert values(cleaned)["JobPosting.title"] == "R&D intern"
    assert texts(cleaned) == ["Build"]
    assert "json_ld:entities" in cleaned.steps


def test_text_around_scripts_is_kept() -> None:
    """Visible words of a page are not lost, were it handed over as JSON-LD."""
    cleaned = clean("<p>Welcome</p><script type='application/ld+json'>" + posting(title="Intern") + "</script><p>Bye</p>")
    assert texts(cleaned) == ["Welcome", "Bye"]
    assert values(cleaned)["JobPosting.title"] == "Intern"


# --- texts -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("passes", [0, 1, 2, 3])
def test_descriptions_are_unescaped_until_their_tags_are_real(passes: int) -> None:
    """Escaped not at all, once, twice or three times: the same blocks."""
    markup = "<p>Build &amp; run R&amp;D</p><ul><li>C++</li><li>Salary &lt; 50k</li></ul>"
    for _ in range(passes):
        markup = markup.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    cleaned = clean(posting(description=markup))
    assert texts(cleaned) == ["Build & run R&D", "C++", "Salary < 50k"]
    assert [block.kind for block in cleaned.blocks[1:]] == [Kind.ITEM, Kind.ITEM]
    assert {block.part_of for block in cleaned.blocks} == {"JobPosting.description"}


def test_text_that_is_escaped_once_more_than_its_tags() -> None:
    """Between real tags, what was escaped twice is undone too."""
    assert texts(clean(posting(description="<p>R&amp;amp;D</p>"))) == ["R&D"]


def test_descriptions_without_tags_are_plain_text() -> None:
    """Lines are kept apart, and a comparison is no tag."""
    cleaned = clean(posting(description="Your tasks\n\nBuild things & run them.\n\nPay: a < b &amp; c > d"))
    assert texts(cleaned) == ["Your tasks", "Build things & run them.", "Pay: a < b & c > d"]


def test_which_texts_are_part_of_the_page() -> None:
    """The description first, then named, long or marked-up ones; short facts, addresses and data are not."""
    long = "We care about people and about the things that they make. " * 5
    cleaned = clean(
        posting(
            title="Intern",
            qualifications="A degree",
            hiringOrganization={"name": "Acme", "logo": "https://acme.example/" + "a" * 300, "slogan": long},
            image="x" * 400,
            description="The role",
            skills=["Rust", "Go"],
            disclaimer="<b>Equal</b> chances",
        )
    )
    assert [(text, block.part_of) for text, block in zip(texts(cleaned), cleaned.blocks, strict=True)] == [
        ("The role", "JobPosting.description"),
        ("A degree", "JobPosting.qualifications"),
        (long.strip(), "JobPosting.hiringOrganization.slogan"),
        ("Rust", "JobPosting.skills.0"),
        ("Go", "JobPosting.skills.1"),
        ("Equal chances", "JobPosting.disclaimer"),
    ]
    assert [block.kind for block in cleaned.blocks if "skills" in str(block.part_of)] == [Kind.ITEM, Kind.ITEM]


def test_blocks_lead_back_through_all_layers() -> None:
    """The span of a word under JSON escapes and two layers of entities is where it stands."""
    text = r'{"@type": "JobPosting", "description": "&lt;p&gt;L\u2019\u00e9t\u00e9 &amp;amp; vous&lt;/p&gt;"}'
    (block,) = clean(text).blocks
    at = block.body.text.index("vous")
    assert block.body.text == "L’été & vous"
    assert block.body[at : at + 4].spans[0] == (text.index("vous"), text.index("vous") + 4)
    assert block.body.quote(text) == r"L\u2019\u00e9t\u00e9 &amp;amp; vous"


def test_a_megabyte_of_description() -> None:
    """One long string is read whole."""
    cleaned = clean_json_ld(
        MappedText.of(posting(description="<p>" + "Build things and run them. " * 37_000 + "</p>", title="Intern"))
    )
    assert sum(len(block.body) for block in cleaned.blocks) > 990_000
    assert values(cleaned)["JobPosting.title"] == "Intern"


# --- entities ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "passes", "read"),
    [
        ("R&amp;D", 1, "R&D"),
        ("&amp;amp;", 1, "&amp;"),
        ("&amp;amp;", 2, "&"),
        ("&" + "amp;" * 9, 99, "&" + "amp;" * 5),  # four passes and no more
        ("&notit;", 1, "¬it;"),
        ("AT&T & co; &unknown;", 1, "AT&T & co; &unknown;"),
        ("&#0;&#1;&#xD800;", 1, "\ufffd\ufffd"),
        ("&#" + "9" * 5000 + ";", 1, "\ufffd" + "9" * 1000 + ";"),
        ("&nbsp;&eacute&#8364;", 1, "\u00a0é€"),
    ],
)
def test_entities(written: str, passes: int, read: str) -> None:
    """As browsers read them, a bounded number of times."""
    assert unescape_entities(MappedText.of(written), passes=passes).text == read


def test_entities_are_mapped_exactly() -> None:
    """What follows a reference without a semicolon is a copy of the source."""
    body = unescape_entities(MappedText.of("a &notit b"))
    assert body.text == "a ¬it b"
    assert body[3:5].spans[0] == (6, 8)
    assert [piece.origin for piece in body.pieces] == [Origin.COPY, Origin.REPLACE, Origin.COPY]
    unchanged = MappedText.of("AT&T")
    assert unescape_closed_entities(unchanged) is unchanged

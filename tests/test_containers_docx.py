"""Word files: styles become headings, items and rows; what Word shows is read, what it hides is not; pages as it notes them."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest
from docx.enum.section import WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_BREAK
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import given, settings
from hypothesis import strategies as st
from source_maps import check
from word_files import posting, replaced, saved, with_member

from extract import extract
from extract.cleaning import clean
from extract.cleaning.document import Kind
from extract.errors import ExtractError
from extract.source import Format, open_source

H, L, S, F, C = Kind.HEADING, Kind.ITEM, Kind.SENTENCE, Kind.FIELD, Kind.CELL
NAMESPACES = (
    nsdecls("w")
    + ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)


def with_markup(*markup: str) -> bytes:
    """A document whose body is this markup of WordprocessingML."""
    body = f"<w:body {NAMESPACES}>{''.join(markup)}</w:body>"
    document = docx.Document()
    document.element.body[:0] = list(parse_xml(body))
    return saved(document)


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def read(raw: bytes) -> list[tuple[Kind, str]]:
    return [(segment.kind, segment.text) for segment in clean(open_source(raw)).segments]


def text_of(*markup: str) -> str:
    return open_source(with_markup(*markup)).text


def test_styles_are_headings_and_items() -> None:
    """Title, headings and lists are what their styles say, also where a style inherits its list."""
    document = clean(open_source(saved(posting())))
    check(document)
    assert [(segment.kind, segment.level, segment.text) for segment in document.segments] == [
        (H, 1, "Pump Engineer"),
        (S, 0, "Acme builds pumps."),
        (S, 0, "It mends them too."),
        (H, 2, "Your tasks"),
        (L, 1, "Build pumps"),
        (L, 1, "Large ones"),
        (L, 1, "Mend pumps"),
    ]


def test_the_text_is_a_line_a_paragraph() -> None:
    """What spans count is the text of the paragraphs; headers stand first and footers last, and both are dropped."""
    document = clean(open_source(saved(posting())))
    source = document.source
    assert source.text.splitlines()[:3] == ["Acme careers", "Pump Engineer", "Acme builds pumps. It mends them too."]
    assert (source.format, source.encoding, source.layout.pages) == (Format.DOCX, "docx", ())
    assert [(segment.text, segment.dropped) for segment in document.dropped] == [
        ("Acme careers", "footer"),
        ("Confidential", "footer"),
    ]


@pytest.mark.parametrize(("name", "level"), [("Überschrift 2", 2), ("Titre 1", 1), ("heading 3", 3), ("Meine Abschnitte", 2)])
def test_styles_of_other_names(name: str, level: int) -> None:
    """A heading is known by its name in other languages, and by what its style is based on."""
    document = docx.Document()
    style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH) if name != "heading 3" else document.styles["Heading 3"]
    style.base_style = document.styles["Heading 2"] if name == "Meine Abschnitte" else style.base_style
    document.add_paragraph("Wir über uns", style=style)
    (segment,) = clean(open_source(saved(document))).segments
    assert (segment.kind, segment.level) == (H, level)


def test_properties_of_the_paragraph_win_over_its_style() -> None:
    """A list of its own, an outline level of its own, and a list that is switched off."""
    listed = "<w:numPr><w:ilvl w:val='1'/><w:numId w:val='3'/></w:numPr>"
    off = "<w:pStyle w:val='ListBullet'/><w:numPr><w:numId w:val='0'/></w:numPr>"
    raw = with_markup(
        f"<w:p><w:pPr>{listed}</w:pPr>{run('Build pumps')}</w:p>",
        f"<w:p><w:pPr><w:outlineLvl w:val='2'/></w:pPr>{run('Profile of yours')}</w:p>",
        f"<w:p><w:pPr>{off}</w:pPr>{run('We are a firm of ten.')}</w:p>",
    )
    paragraphs = open_source(raw).layout.paragraphs
    assert [(paragraph.style.value, paragraph.level) for paragraph in paragraphs] == [("item", 2), ("heading", 3), ("body", 0)]


def test_what_looks_like_markup_is_text() -> None:
    """Entities, tags, stars and bars are the characters that they are."""
    document = docx.Document()
    document.add_paragraph("You know &lt;p&gt;, <b>bold</b> and **stars** | bars at [here](https://acme.example).")
    assert read(saved(document)) == [(S, "You know &lt;p&gt;, <b>bold</b> and **stars** | bars at [here](https://acme.example).")]


def test_bold_lines_are_headings() -> None:
    """A paragraph in bold that reads as a heading is one; a bold word in a sentence is not."""
    document = docx.Document()
    document.add_paragraph().add_run("What we like about you").bold = True
    paragraph = document.add_paragraph("You are ")
    paragraph.add_run("kind").bold = True
    assert read(saved(document)) == [(H, "What we like about you"), (S, "You are kind")]


def test_tables_are_rows_in_their_place() -> None:
    """Label and value are a field; other rows are cells; a table that only lays out the page is none."""
    document = docx.Document()
    document.add_paragraph("Before.")
    table = document.add_table(3, 2)
    for row, cells in zip(table.rows, [("Location", "Basel"), ("Start:", "May 2027"), ("", "")], strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    layout = document.add_table(1, 2)
    layout.cell(0, 0).add_paragraph("Build pumps", style="List Bullet")
    layout.cell(0, 1).add_paragraph("Free lunch", style="List Bullet")
    document.add_paragraph("After.")
    raw = saved(document)
    assert read(raw) == [
        (S, "Before."),
        (F, "Location: Basel"),
        (F, "Start: May 2027"),
        (L, "Build pumps"),
        (L, "Free lunch"),
        (S, "After."),
    ]
    assert open_source(raw).text == "Before.\nLocation\tBasel\nStart:\tMay 2027\nBuild pumps\tFree lunch\nAfter.\n"


def test_a_row_with_a_list_only_places_it() -> None:
    """What stands beside a list is no cell of a table."""
    document = docx.Document()
    table = document.add_table(1, 2)
    table.cell(0, 0).text = "We like to mend pumps."
    table.cell(0, 1).add_paragraph("Build pumps", style="List Bullet")
    assert read(saved(document)) == [(S, "We like to mend pumps."), (L, "Build pumps")]


def test_a_table_in_a_table_is_read_in_its_place() -> None:
    """Inner rows stand where the inner table stands."""
    document = docx.Document()
    cell = document.add_table(1, 1).cell(0, 0)
    cell.text = "Facts"
    inner = cell.add_table(1, 2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "Location", "Basel"
    assert [text for _, text in read(saved(document))] == ["Facts", "Location: Basel"]


def test_line_breaks_begin_new_lines() -> None:
    """A break inside of a paragraph separates facts; inside of an item it does not end it."""
    document = docx.Document()
    paragraph = document.add_paragraph("Location: Basel")
    paragraph.add_run().add_break()
    paragraph.add_run("Start: May 2027")
    item = document.add_paragraph("Build", style="List Bullet")
    item.add_run().add_break()
    item.add_run("pumps")
    assert read(saved(document)) == [(F, "Location: Basel"), (F, "Start: May 2027"), (L, "Build pumps")]


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        (f"<w:ins w:id='1'>{run('added')}</w:ins><w:del w:id='2'><w:r><w:delText>gone</w:delText></w:r></w:del>", "added"),
        (f"<w:moveFrom w:id='1'>{run('old')}</w:moveFrom><w:moveTo w:id='2'>{run('new')}</w:moveTo>", "new"),
        (f"<w:del w:id='1'>{run('gone')}</w:del>{run('kept')}", "kept"),
        (run("seen") + run("secret", "<w:vanish/>") + run("!", "<w:vanish w:val='0'/>"), "seen!"),
        (run("one") + run(" ") + run("two"), "one two"),
        (f"<w:hyperlink w:anchor='x'>{run('apply here')}</w:hyperlink>", "apply here"),
        (f"<w:sdt><w:sdtPr/><w:sdtContent>{run('chosen')}</w:sdtContent></w:sdt>", "chosen"),
        (f"<w:smartTag w:element='place'>{run('Basel')}</w:smartTag>", "Basel"),
        (f"<w:fldSimple w:instr='DATE'>{run('today')}</w:fldSimple>", "today"),
        ("<w:r><w:fldChar w:fldCharType='begin'/><w:instrText>HYPERLINK</w:instrText></w:r>" + run("link"), "link"),
        (
            "<w:r><w:t>well</w:t><w:noBreakHyphen/><w:t>known soft</w:t><w:softHyphen/><w:t>ware</w:t></w:r>",
            "well\u2011known soft\xadware",
        ),
        ("<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:sym w:font='Wingdings' w:char='F0FC'/></w:r>", "a\tb\uf0fc"),
        (
            "<w:r><w:ruby><w:rt><w:r><w:t>read</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>word</w:t></w:r></w:rubyBase></w:ruby></w:r>",
            "word",
        ),
        ("<w:r><w:t>3</w:t></w:r><!-- a comment --><?what ever?>", "3"),
    ],
)
def test_what_word_shows_is_read(inside: str, text: str) -> None:
    """Insertions, links, controls, fields and signs are text; deletions, hidden text and instructions are not."""
    assert text_of(f"<w:p>{inside}</w:p>") == text + "\n"


def test_text_boxes_are_read_once() -> None:
    """A box is written in two ways, of which one is shown; its paragraphs follow the one that it hangs on."""
    new = f"<wps:txbx><w:txbxContent><w:p>{run('In a box')}</w:p><w:p>{run('too')}</w:p></w:txbxContent></wps:txbx>"
    old = f"<w:pict><v:textbox><w:txbxContent><w:p>{run('In a box')}</w:p></w:txbxContent></v:textbox></w:pict>"
    choice = f"<mc:Choice Requires='wps'><w:drawing>{new}</w:drawing></mc:Choice>"
    both = f"<mc:AlternateContent>{choice}<mc:Fallback>{old}</mc:Fallback></mc:AlternateContent>"
    assert text_of(f"<w:p>{run('Anchor')}<w:r>{both}</w:r></w:p>", f"<w:p>{run('Next')}</w:p>") == "Anchor\nIn a box\ntoo\nNext\n"
    assert text_of(f"<w:p><w:r>{old}</w:r></w:p>") == "In a box\n"


def test_controls_around_paragraphs_and_rows_are_read() -> None:
    """Forms put content controls around everything; a row that was deleted is gone."""
    cells = "".join(f"<w:tc><w:p>{run(text)}</w:p></w:tc>" for text in ("Location", "Basel"))
    gone = f"<w:tr><w:trPr><w:del w:id='1'/></w:trPr>{cells}</w:tr>"
    control = f"<w:sdt><w:sdtContent><w:tr>{cells}</w:tr></w:sdtContent></w:sdt>"
    paragraph = f"<w:sdt><w:sdtPr/><w:sdtContent><w:p>{run('Engineer')}</w:p></w:sdtContent></w:sdt>"
    assert text_of(paragraph, f"<w:tbl>{gone}{control}</w:tbl>") == "Engineer\nLocation\tBasel\n"


def test_foot_notes_stand_behind_their_paragraph() -> None:
    """What a note says is said of the paragraph that refers to it."""
    document = docx.Document()
    document.add_paragraph("Pay is good.").runs[0]._r.append(parse_xml(f"<w:footnoteReference {NAMESPACES} w:id='5'/>"))  # noqa: SLF001
    document.add_paragraph("The end.")
    line = f"<w:footnote w:id='0' w:type='separator'><w:p>{run('line')}</w:p></w:footnote>"
    note = f"<w:footnote w:id='5'><w:p>{run('CHF 90,000')}</w:p></w:footnote>"
    notes = f"<w:footnotes {NAMESPACES}>{line}{note}</w:footnotes>"
    raw = with_member(saved(document), "word/footnotes.xml", notes.encode())
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    raw = replaced(
        raw,
        "word/_rels/document.xml.rels",
        b"</Relationships>",
        f'<Relationship Id="n" Type="{kind}" Target="footnotes.xml"/></Relationships>'.encode(),
    )
    assert open_source(raw).text == "Pay is good.\nCHF 90,000\nThe end.\n"


# --- pages -------------------------------------------------------------------------------------------------------------

RENDERED = "<w:r><w:lastRenderedPageBreak/><w:t>%s</w:t></w:r>"
BREAK = "<w:r><w:br w:type='page'/></w:r>"


@pytest.mark.parametrize(
    ("paragraphs", "pages"),
    [
        ([run("One"), run("Two")], [(), ()]),
        ([run("One"), RENDERED % "Two"], [(1,), (2,)]),
        ([run("One"), BREAK, run("Two")], [(1,), (2,)]),
        ([run("One") + BREAK, RENDERED % "Two", RENDERED % "Three"], [(1,), (2,), (3,)]),
        ([run("One"), BREAK, BREAK, run("Three")], [(1,), (3,)]),
        ([run("One") + RENDERED % "more", run("Two")], [(1, 2), (2,)]),
        ([run("One"), "<w:pPr><w:pageBreakBefore/></w:pPr>" + RENDERED % "Two"], [(1,), (2,)]),
        ([run("One") + BREAK, run("Two"), RENDERED % "Three"], [(1,), (2,), (3,)]),
    ],
)
def test_pages_are_those_that_word_notes(paragraphs: list[str], pages: list[tuple[int, ...]]) -> None:
    """A break of the author and the note that Word made of it are one; without any break no page is known."""
    source = open_source(with_markup(*[f"<w:p>{paragraph}</w:p>" for paragraph in paragraphs]))
    assert [source.pages_of([(paragraph.start, paragraph.end)]) for paragraph in source.layout.paragraphs] == pages


def test_a_row_that_goes_over_a_page_turns_it_once() -> None:
    """Word notes the break in each cell; another row turns another page."""
    cell = f"<w:tc><w:p>{run('One')}{RENDERED % 'two'}</w:p></w:tc>"
    source = open_source(with_markup(f"<w:tbl>{f'<w:tr>{cell}{cell}</w:tr>' * 2}</w:tbl>", f"<w:p>{run('End')}</w:p>"))
    assert len(source.layout.pages) == 3
    assert source.pages_of([(source.text.index("End"), len(source.text))]) == (3,)


def test_a_section_begins_a_page() -> None:
    """Unless it goes on on the same one."""
    for kind, pages in ((WD_SECTION.NEW_PAGE, (0, 4)), (WD_SECTION.CONTINUOUS, ())):
        document = docx.Document()
        document.add_paragraph("One")
        document.add_section(kind)
        document.add_paragraph("Two")
        first = document.sections[0]
        first.start_type = kind
        assert open_source(saved(document)).layout.pages == pages


def test_evidence_names_the_page(tmp_path: Path) -> None:
    """From the file to the record: each value knows its page."""
    document = posting()
    document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    document.add_paragraph("Salary: CHF 90,000 per year")
    file = tmp_path / "posting.docx"
    document.save(str(file))
    result = extract(file)
    assert (result.provenance.format, result.record.title) == ("docx", "Pump Engineer")
    assert result.evidence["title"].pages == (1,)
    assert result.evidence["salary.min"].pages == (2,)
    assert result.evidence["responsibilities.0"].quote == "Build pumps"


# --- any document ------------------------------------------------------------------------------------------------------

STYLES = ["Normal", "Title", "Heading 1", "Heading 4", "List Bullet", "List Number 2", "Quote"]
TEXTS = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=60)


@settings(max_examples=60)
@given(st.lists(st.tuples(TEXTS, st.sampled_from(STYLES)), min_size=1, max_size=12))
def test_any_document_keeps_the_map_and_its_words(paragraphs: list[tuple[str, str]]) -> None:
    """Whatever paragraphs say, their letters come out, each in a segment that leads back to it."""
    document = docx.Document()
    for text, style in paragraphs:
        document.add_paragraph(text, style=style)
    try:
        cleaned = clean(open_source(saved(document)))
    except ExtractError:
        return
    check(cleaned)
    words = "".join(character for text, _ in paragraphs for character in text if character.isalpha() and character != "o")
    assert "".join(c for segment in cleaned.segments for c in segment.text if c.isalpha() and c != "o") == words


def test_paragraphs_of_the_toolkit_are_read_whole() -> None:
    """What python-docx itself says that a paragraph reads as stands in the text, line for line."""
    document = posting()
    lines = [paragraph.text for paragraph in document.paragraphs]
    assert open_source(saved(document)).text.splitlines()[1:-1] == lines

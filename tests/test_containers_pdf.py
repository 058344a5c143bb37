"""PDF: lines become paragraphs, items and headings again; what every page repeats is kept apart; evidence names pages."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from source_maps import check
from typer.testing import CliRunner

from extract import extract
from extract.cleaning import clean
from extract.cleaning.document import Kind
from extract.cli import app
from extract.containers import pdf
from extract.errors import DamagedSource, EmptySource, ExtractError, FormatError, MissingExtra, SourceTooLarge, UnreadableSource
from extract.source import Format, open_source

HEIGHT = 842.0
H, L, S, F = Kind.HEADING, Kind.ITEM, Kind.SENTENCE, Kind.FIELD


class Put(NamedTuple):
    """A line of text at a place of a page, in points from its lower left corner."""

    text: str
    y: float
    x: float = 72.0
    size: float = 10.0
    bold: bool = False


def written(*pages: list[Put], extra: bytes = b"") -> bytes:
    """A PDF of these pages."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /%s /Encoding /WinAnsiEncoding >>"
    objects += [font % name for name in (b"Helvetica", b"Helvetica-Bold")]
    kids = []
    for page in pages:
        drawn = [
            b"BT /F%d %.2f Tf %.2f %.2f Td (%s) Tj ET" % (2 if put.bold else 1, put.size, put.x, put.y, escaped(put.text))
            for put in page
        ]
        content = b"\n".join(drawn)
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
        box = b"[0 0 595 %d]" % HEIGHT
        fonts = b"<< /Font << /F1 3 0 R /F2 4 0 R >> >>"
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox %s /Resources %s /Contents %d 0 R >>" % (box, fonts, len(objects))
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), b" ".join(kids))
    file = b"%PDF-1.4\n"
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(file)
    size = len(objects) + 1
    return file + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R %s>>\nstartxref\n%d\n%%%%EOF\n" % (
        size,
        table,
        size,
        extra,
        start,
    )


def escaped(text: str) -> bytes:
    return re.sub(rb"([\\()])", rb"\\\1", text.encode("cp1252"))


def column(*lines: str, top: float = 760.0, x: float = 72.0, leading: float = 12.0) -> list[Put]:
    return [Put(line, top - leading * at, x) for at, line in enumerate(lines)]


def read(*pages: list[Put]) -> list[tuple[Kind, str]]:
    return [(segment.kind, segment.text) for segment in clean(open_source(written(*pages))).segments]


PROSE = (
    "We are looking for an engineer who likes to build things that last, and who",
    "wants to keep them simple. You will work with a team of ten people in three",
    "countries, and you will meet each of them twice a year.",
)


def test_lines_become_paragraphs_again() -> None:
    """A line that was full goes on in the next one, wherever a sentence ends; a short one does not."""
    assert read(column(*PROSE, "Apply by mail.")) == [
        (S, "We are looking for an engineer who likes to build things that last, and who wants to keep them simple."),
        (S, "You will work with a team of ten people in three countries, and you will meet each of them twice a year."),
        (S, "Apply by mail."),
    ]


def test_the_text_is_a_line_a_line_and_a_form_feed_a_page() -> None:
    """What spans count is the rendering: lines as printed, each page ended by a form feed."""
    source = open_source(written(column("One", "Two"), column("Three")))
    assert source.text == "One\nTwo\n\f\nThree\n\f\n"
    assert (source.format, source.encoding) == (Format.PDF, "pdf")
    assert [source.text[start:].split()[0] for start in source.layout.pages] == ["One", "Three"]


def test_a_paragraph_goes_on_over_pages() -> None:
    """Neither the page break nor the footers and headers between cut a sentence or a list."""

    def page(number: int, *lines: Put) -> list[Put]:
        return [Put("Acme Ltd careers", 800, size=8), Put(f"Page {number} of 3", 40, 270, size=8), *lines]

    pages = [
        page(1, *column(*PROSE[:2], top=100)),
        page(2, *column(PROSE[2], top=760), *column("• Write tests for all of the pumps that the firm builds, and for", top=90)),
        page(3, *column("those that it only mends", top=760, x=82), *column("• Run them", top=748)),
    ]
    document = clean(open_source(written(*pages)))
    check(document)
    assert [(segment.kind, segment.text) for segment in document.segments] == [
        (S, "We are looking for an engineer who likes to build things that last, and who wants to keep them simple."),
        (S, "You will work with a team of ten people in three countries, and you will meet each of them twice a year."),
        (L, "Write tests for all of the pumps that the firm builds, and for those that it only mends"),
        (L, "Run them"),
    ]
    assert {segment.text for segment in document.dropped} == {"Acme Ltd careers", *(f"Page {at} of 3" for at in (1, 2, 3))}
    assert {segment.dropped for segment in document.dropped} == {"footer"}
    assert document.source.pages_of(document.segments[1].spans) == (1, 2)


def test_what_is_near_the_edge_and_repeated_but_part_of_the_text_stays() -> None:
    """A line at the top of each page that goes on below it is no header; nor are pages that hold nothing else."""
    pages = [column("Location: Basel", f"Start: May 202{at}", "Pay: as agreed", top=800) for at in range(4)]
    assert len(read(*pages)) == 12
    longer = [[*page, *column(*["Apply by mail."] * 10, top=764)] for page in pages]
    assert [text for _, text in read(*longer)].count("Location: Basel") == 4


@pytest.mark.parametrize("number", ["3", "- 3 -", "Page 3", "Seite 3 von 7", "3/7", "p. 3"])
def test_a_page_number_is_dropped_on_a_single_page_too(number: str) -> None:
    """A number alone at the foot of a page is nobody's content; elsewhere it is."""
    assert read([*column("Engineer wanted"), Put(number, 40, 290)]) == [(S, "Engineer wanted")]
    assert len(clean(open_source(written([*column("Engineer wanted"), Put(number, 400, 290)]))).segments) > 1


@pytest.mark.parametrize("bullet", ["•", "-", "–", "*", "·"])
def test_bullets_are_items(bullet: str) -> None:
    """Each bullet begins an item, and its further lines hang below it."""
    lines = [
        *column(f"{bullet} Write tests for all of the pumps that the firm builds and for those that"),
        Put("it mends", 748, 82),
    ]
    lines += [Put(f"{bullet} Run them", 736)]
    items = ["Write tests for all of the pumps that the firm builds and for those that it mends", "Run them"]
    assert read(lines) == [(L, item) for item in items]


def test_numbers_are_items() -> None:
    """Numbered lines are items without their number."""
    assert read(column("1. Write tests", "2. Run them", "3. Mend them")) == [
        (L, "Write tests"),
        (L, "Run them"),
        (L, "Mend them"),
    ]


def test_headings_are_larger_or_bold() -> None:
    """The size gives the level; a bold line is a heading where it stands out."""
    page = [
        Put("Pump Engineer", 780, size=20),
        Put("Tasks", 750, size=14),
        *column(*PROSE, top=730),
        Put("What we like about you", 680, bold=True),
        *column("You are kind.", top=660),
    ]
    document = clean(open_source(written(page)))
    assert [(s.text, s.level) for s in document.segments if s.kind is H] == [
        ("Pump Engineer", 1),
        ("Tasks", 2),
        ("What we like about you", 6),
    ]


def test_a_heading_that_was_too_long_for_its_line_is_one() -> None:
    """Centred or not; two short ones below each other are two."""
    title = [
        Put("Senior Mechanical Engineer for Hydraulic", 780, 90, size=18),
        Put("Machines and their Controls", 758, 150, size=18),
    ]
    assert read([*title, *column(*PROSE, top=720)])[0] == (
        H,
        "Senior Mechanical Engineer for Hydraulic Machines and their Controls",
    )
    apart = [Put("Acme Hydro", 780, 72, size=18), Put("Mechanical Engineer", 758, 72, size=18)]
    assert [text for _, text in read([*apart, *column(*PROSE, top=720)])[:2]] == ["Acme Hydro", "Mechanical Engineer"]


def test_parted_words_are_put_together() -> None:
    """A hyphen at the end of a line goes where the word goes on; not that of a compound, nor before "and"."""
    text = " ".join(
        text
        for _, text in read(
            column(
                "We look for a soft-",
                "ware engineer for our well-",
                "known tools: those who have well-known",
                "ones. Ein-",
                "und Ausgabe, and the Anglo-",
                "American trade.",
            )
        )
    )
    assert "software engineer for our well-known tools" in text
    assert "Ein- und Ausgabe" in text
    assert "Anglo-American" in text


def test_short_lines_stay_apart() -> None:
    """Lines of facts are no paragraph, however alike their ends are; nor are paragraphs with a distance between them."""
    assert [text for _, text in read(column("Pumps of steel", "Pipes of brass", "Parts of glass"))] == [
        "Pumps of steel",
        "Pipes of brass",
        "Parts of glass",
    ]
    apart = [*column(PROSE[0], PROSE[1])]
    assert len(read([*column(*PROSE), *(put._replace(y=700 - 24 * at) for at, put in enumerate(apart))])) == 5


def test_bold_text_ends_a_paragraph() -> None:
    """A line in bold and the lines below it are two things, even where the first one is full."""
    label = Put("We build pumps for water plants in the Alps, and in the lands beyond the seas,", 772, bold=True)
    assert read([label, *column(*PROSE)])[0][1] == label.text


def test_cells_of_a_table_are_fields() -> None:
    """Cells that stand below each other are rows; a wide blank in one line is only that."""
    rows = [
        [Put(key, 700 - 14 * at), Put(said, 700 - 14 * at, 200)]
        for at, (key, said) in enumerate([("Location", "Basel"), ("Start", "May 2027")])
    ]
    assert read([put for row in rows for put in row]) == [(F, "Location: Basel"), (F, "Start: May 2027")]
    assert read([Put("You will build", 700), Put("pumps that last.", 700, 155)]) == [(S, "You will build pumps that last.")]
    assert read([Put("Pump Engineer", 700), Put("Basel, Switzerland", 700, 400)]) == [
        (S, "Pump Engineer"),
        (S, "Basel, Switzerland"),
    ]


def test_lines_are_read_from_top_to_bottom() -> None:
    """Whatever order the file draws them in, where no two stand beside each other; else column by column."""
    lines = column("First of all.", "Then this.", "At last that.")
    assert [text for _, text in read(lines[::-1])] == ["First of all.", "Then this.", "At last that."]
    right = column("Right one.", "Right two.", x=320)
    assert [text for _, text in read([*column("Left one.", "Left two."), *right])] == [
        "Left one.",
        "Left two.",
        "Right one.",
        "Right two.",
    ]


def test_evidence_names_the_page(tmp_path: Path) -> None:
    """From the file to the record: each value knows its page, in the result and on the command line."""
    file = tmp_path / "posting.pdf"
    file.write_bytes(
        written([Put("Pump Engineer", 780, size=20), *column(*PROSE)], column("Location: Basel", "Salary: CHF 90,000 per year"))
    )
    result = extract(file)
    assert (result.provenance.format, result.record.title) == ("pdf", "Pump Engineer")
    assert result.evidence["title"].pages == (1,)
    assert result.evidence["salary.min"].pages == (2,)
    assert extract("Pump Engineer\n\nSalary: CHF 90,000 per year").evidence["salary.min"].pages == ()
    table = CliRunner().invoke(app, ["run", str(file), "--format", "table"]).stdout
    assert re.search(r"salary\.min .*90,000 +p\. 2\n", table)
    assert re.search(
        r"salary\.min .*p\. 2\n",
        CliRunner().invoke(app, ["run", str(file), "--format", "table", "--evidence"], env={"COLUMNS": "200"}).stdout,
    )
    assert "Pump Engineer" in CliRunner().invoke(app, ["clean", str(file)]).stdout


def test_a_pdf_is_read_from_standard_input() -> None:
    """A pipe has no name and no size; what is in it is known all the same."""
    raw = written([Put("Pump Engineer", 780, size=20), *column(*PROSE)])
    done = CliRunner().invoke(app, ["run", "-", "--format", "json"], input=raw)
    assert (done.exit_code, done.stderr) == (0, "")
    assert '"format": "pdf"' in done.stdout
    refused = CliRunner().invoke(app, ["run", "-", "--input-format", "html"], input=raw)
    assert (refused.exit_code, refused.stderr.count("\n")) == (1, 1)
    assert "is a pdf file and cannot be read as html" in refused.stderr


# --- what cannot be read -----------------------------------------------------------------------------------------------


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the file, and the command that installs what is missing."""
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    with pytest.raises(MissingExtra, match=r"job\.pdf is a PDF.*pip install 'extract-service\[pdf\]'"):
        open_source(written(column("Engineer")), name="job.pdf")
    assert open_source("Engineer").text


def test_a_scan_needs_text_recognition() -> None:
    """Pages without text are no empty document: the way out is OCR."""
    with pytest.raises(EmptySource, match=r"scan\.pdf is a PDF of 2 pages without any text.*OCR"):
        open_source(written([], []), name="scan.pdf")


def test_a_password_is_asked_for() -> None:
    """A PDF that does not open without one says so."""
    keys = b"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >> /ID [<00> <00>] " % (b"41" * 32, b"42" * 32)
    with pytest.raises(UnreadableSource, match=r"locked\.pdf is locked with a password"):
        open_source(written(column("Engineer"), extra=keys), name="locked.pdf")


@pytest.mark.parametrize("raw", [b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", b"\n\n%PDF-1.4 ...", b"%PDF-1.4\n" + b"1 0 obj\n" * 1000])
def test_damage_is_named(raw: bytes) -> None:
    """What begins as a PDF and is none: the file, and the way out."""
    with pytest.raises(DamagedSource, match=r"upload 3 is a PDF .*: fetch or save it again"):
        open_source(raw, name="upload 3")


def test_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Characters, pages and seconds are bounded; the bytes of a file are not those of its text."""
    raw = written(column(*PROSE), column(*PROSE))
    assert open_source(raw, max_chars=450).text
    with pytest.raises(SourceTooLarge, match=r"max_chars=100"):
        open_source(raw, max_chars=100)
    monkeypatch.setattr(pdf, "MAX_SECONDS", -1.0)
    with pytest.raises(SourceTooLarge, match="0 pages took"):
        open_source(raw)
    monkeypatch.setattr(pdf, "MAX_PAGES", 1)
    with pytest.raises(SourceTooLarge, match="has 2 pages; 1 are read"):
        open_source(raw)


def test_another_format_is_refused() -> None:
    """A PDF is not read as text, nor text as a PDF."""
    with pytest.raises(FormatError, match="is a pdf file and cannot be read as text"):
        extract(written(column("Engineer")), input_format="text")
    with pytest.raises(FormatError, match="is no pdf file"):
        extract("Engineer", input_format="pdf")


def test_many_threads_read_at_once() -> None:
    """PDFium may be in one thread only; in another process, since a mistake would end this one."""
    check = """
import sys
from concurrent.futures import ThreadPoolExecutor
from extract.source import open_source
raw = sys.stdin.buffer.read()
with ThreadPoolExecutor(8) as pool:
    print({open_source(raw).text} == set(pool.map(lambda _: open_source(raw).text, range(200))))
"""
    done = subprocess.run(
        [sys.executable, "-c", check], input=written(column(*PROSE), column(*PROSE)), capture_output=True, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, b"True"), done.stderr


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 1500), st.binary(max_size=8)), max_size=4), st.integers(0, 1700))
def test_damaged_bytes_raise_nothing_but_our_errors(patches: list[tuple[int, bytes]], end: int) -> None:
    """Whatever is changed or cut: a document with an exact map, or an ExtractError."""
    raw = bytearray(written([Put("Pump Engineer", 780, size=20), *column(*PROSE)], column("• One", "• Two")))
    for at, patch in patches:
        raw[at : at + len(patch)] = patch
    try:
        document = clean(open_source(bytes(raw[:end])))
    except ExtractError:
        return
    check(document)


WORDS = st.text(st.sampled_from("abcdE -.:\u2022é"), min_size=1, max_size=90)
LINES = st.builds(Put, WORDS, st.integers(20, 820), st.integers(20, 400), st.sampled_from([8, 10, 18]), st.booleans())


@settings(max_examples=60)
@example([[Put(":E", 20)], [Put("E", 20), Put(":E", 32), Put(":", 20, 27)]])  # a running line between two that share a row
@given(st.lists(st.lists(LINES, max_size=12), min_size=1, max_size=4))
def test_any_page_keeps_the_map_and_its_words(pages: list[list[Put]]) -> None:
    """Wherever lines stand, nothing that is shown is lost: it is in a segment, or among the dropped."""
    try:
        document = clean(open_source(written(*pages)))
    except EmptySource:
        return
    check(document)
    shown = sorted("".join(segment.text for segment in (*document.segments, *document.dropped)))
    there = sorted(document.source.text)
    for letter in "abcdEé":
        assert shown.count(letter) == there.count(letter)

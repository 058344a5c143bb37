"""MHTML: the page and its frames as one text, each decoded and cleaned on its own."""

from __future__ import annotations

import base64
import quopri
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract import extract
from extract.cleaning import clean
from extract.containers import mhtml
from extract.containers.signatures import is_mhtml
from extract.errors import DamagedSource, ExtractError, FormatError, SourceTooLarge
from extract.source import Format, open_source, read_bounded

HEAD = (
    b"From: <Saved by Blink>\r\nSnapshot-Content-Location: https://acme.example/jobs/7\r\nSubject: =?utf-8?Q?Job=20?=\r\n"
    b'MIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\ttype="text/html";\r\n\tboundary="----B--7x----"\r\n\r\n\r\n'
)
PAGE = "<!DOCTYPE html><html><title>Acme careers</title><body><h1>Pump Engineer</h1><p>Zürich, 80 – 100 %</p></body></html>"
FRAME = "<html><title>Frame</title><body><h2>Your tasks</h2><ul><li>Build pumps</li><li>Test pumps</li></ul></body></html>"


def part(content: str | bytes, *fields: str, coding: str = "quoted-printable", charset: str = "utf-8") -> bytes:
    raw = content if isinstance(content, bytes) else content.encode(charset)
    written = {"quoted-printable": quopri.encodestring, "base64": base64.encodebytes}.get(coding, bytes)(raw)
    lines = [*(fields or ("Content-Type: text/html",)), f"Content-Transfer-Encoding: {coding}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + written


def saved(*parts: bytes, head: bytes = HEAD) -> bytes:
    mark = b"------B--7x----"
    return head + b"".join(mark + b"\r\n" + content + b"\r\n" for content in parts) + mark + b"--\r\n"


PICTURE = part(b"\x89PNG\0\1\2", "Content-Type: image/png", "Content-Location: https://acme.example/a.png", coding="base64")


def texts_of(raw: bytes | str) -> list[str]:
    return [segment.text for segment in clean(open_source(raw)).segments]


def test_page_and_frames_are_one_text() -> None:
    """The text is the HTML of the page, then of each frame; the source says what it is and where each begins."""
    source = open_source(saved(part(PAGE), PICTURE, part(FRAME)))
    assert source.format is Format.MHTML
    assert source.encoding == "utf-8"
    first, second = source.layout.documents
    assert source.text[first:second].strip() == PAGE
    assert source.text[second:].strip() == FRAME


@pytest.mark.parametrize("coding", ["quoted-printable", "base64", "8bit", "binary"])
def test_transfer_encodings(coding: str) -> None:
    """Each way to write a part reads the same."""
    assert open_source(saved(part(PAGE, coding=coding))).text.strip() == PAGE


@pytest.mark.parametrize(
    ("charset", "field"),
    [
        ("cp1252", 'Content-Type: text/html; charset="windows-1252"'),
        ("cp1252", 'Content-Type: text/html; charset="utf-8"'),  # not true
        ("utf-8", 'Content-Type: text/html; charset="iso-8859-1"'),  # not true
        ("cp1252", "Content-Type: text/html"),
        ("utf-8", "Content-Type: text/html; charset=no-such"),
        ("utf-16", "Content-Type: text/html"),
    ],
)
def test_charsets_of_parts(charset: str, field: str) -> None:
    """Each part is in its own encoding, whatever the head of the part says."""
    source = open_source(saved(part(PAGE, field, coding="base64", charset=charset), part(FRAME + "Genève", coding="8bit")))
    assert source.text.startswith(PAGE)
    assert source.text.endswith("Genève")


def test_a_charset_that_only_the_part_states_counts() -> None:
    """Bytes that could be in several encodings are read as the head of the part says."""
    raw = saved(part("<p>Программист</p>", "Content-Type: text/html; charset=koi8-r", charset="koi8-r"))
    assert "Программист" in open_source(raw).text


@pytest.mark.parametrize(
    "parts",
    [
        [part(FRAME), part(PAGE, "Content-Type: text/html", "Content-Location: https://acme.example/jobs/7")],
        [part(PAGE), part(FRAME)],
        [PICTURE, part(PAGE), part(FRAME)],
    ],
)
def test_the_page_comes_first(parts: list[bytes]) -> None:
    """It is the part that was saved, wherever it stands; without a name it is the first."""
    assert open_source(saved(*parts)).text.startswith(PAGE)


def test_start_names_the_page() -> None:
    """RFC 2387: ``start`` holds the Content-ID of the root."""
    head = b'MIME-Version: 1.0\nContent-Type: multipart/related; start="<p@b>"; boundary="----B--7x----"\n\n'
    raw = saved(part(FRAME), part(PAGE, "Content-Type: text/html", "Content-ID: <p@b>"), head=head)
    assert open_source(raw).text.startswith(PAGE)


def test_a_page_in_an_alternative_is_found() -> None:
    """Mail programs put the HTML one level deeper."""
    inner = b"--in\r\nContent-Type: text/plain\r\n\r\nplain\r\n--in\r\n" + part(PAGE) + b"\r\n--in--\r\n"
    raw = saved(b'Content-Type: multipart/alternative; boundary="in"\r\n\r\n' + inner)
    assert open_source(raw).text.strip() == PAGE


def test_a_single_page_without_parts() -> None:
    """Internet Explorer saved a page without pictures as a message of one part."""
    raw = b'From: "Saved by Windows"\r\nMIME-Version: 1.0\r\n' + part(PAGE, 'Content-Type: text/html;\r\n\tcharset="utf-8"')
    assert open_source(raw).text.strip() == PAGE


def test_a_str_is_recognised() -> None:
    """The text of such a file is one too, also where it was decoded already."""
    raw = saved(part(PAGE.replace("ü", "u").replace("–", "-"), 'Content-Type: text/html; charset="windows-1252"'))
    assert open_source(raw.decode()).format is Format.MHTML
    eight_bit = saved(part(PAGE, 'Content-Type: text/html; charset="windows-1252"', coding="8bit"))
    assert "Zürich, 80 – 100 %" in texts_of(eight_bit.decode())


def test_spans_lead_into_the_decoded_page(tmp_path: Path) -> None:
    """Evidence counts characters of the text; the hash is that of the file."""
    file = tmp_path / "saved.mht"
    file.write_bytes(saved(part(PAGE), part(FRAME)))
    source = open_source(file)
    result = extract(file)
    assert result.provenance.format == "mhtml"
    evidence = result.evidence["title"]
    assert evidence.pages == ()
    assert [source.text[start:end] for start, end in evidence.spans] == ["Pump Engineer"]
    assert {"Your tasks", "Build pumps", "Test pumps"} <= set(texts_of(file.read_bytes()))


@pytest.mark.parametrize("unclosed", ["<!--", "<script>", "<textarea>", "<title>", "<style>", "<div title='"])
def test_what_a_page_leaves_open_ends_with_it(unclosed: str) -> None:
    """A frame is read as the document that it is, whatever the page before it left open."""
    assert texts_of(saved(part(PAGE + unclosed), part(FRAME)))[-3:] == ["Your tasks", "Build pumps", "Test pumps"]


def test_facts_of_frames_do_not_collide() -> None:
    """Each posting in JSON-LD keeps a node of its own; the title of the page is that of the page."""
    stated = '<script type="application/ld+json">{"@type": "JobPosting", "title": "%s"}</script>'
    facts = clean(open_source(saved(part(PAGE + stated % "One"), part(FRAME + stated % "Two")))).facts
    titles = {fact.node: fact.value for fact in facts if fact.path == "JobPosting.title"}
    assert sorted(map(str, titles.values())) == ["One", "Two"]
    assert [fact.value for fact in facts if fact.path == "html.title"] == ["Acme careers"]


def test_a_frame_without_text_adds_nothing() -> None:
    """Neither segments nor facts come from a frame that shows nothing."""
    stated = '<script type="application/ld+json">{"@type": "JobPosting", "title": "Ad"}</script>'
    pixel = f'<html lang="xx"><title>ad</title>{stated}<img src="p.gif">'
    alone, beside = clean(open_source(saved(part(PAGE)))), clean(open_source(saved(part(PAGE), part(pixel))))
    assert [segment.text for segment in beside.segments] == [segment.text for segment in alone.segments]
    assert [fact.path for fact in beside.facts] == [fact.path for fact in alone.facts]


def test_what_frames_drop_is_kept_apart() -> None:
    """Hidden text of a frame stands among the dropped, with spans inside of that frame."""
    document = clean(open_source(saved(part(PAGE), part(FRAME + "<p hidden>secret words</p>"))))
    (secret,) = [segment for segment in document.dropped if segment.text == "secret words"]
    assert secret.spans[0].start > document.source.layout.documents[1]


@pytest.mark.parametrize("cut", [40, 150, 250])
def test_a_file_that_is_cut_off_is_read_as_far_as_it_goes(cut: int) -> None:
    """What is there is better than nothing; the end mark may be missing."""
    raw = saved(part(PAGE), part(FRAME))[:-cut]
    assert "Pump Engineer" in texts_of(raw)


def test_base64_that_is_cut_off_is_read() -> None:
    """A part that ends in the middle of four digits keeps the bytes before."""
    whole = saved(part(PAGE, coding="base64"))
    end = whole.rindex(b"\r\n------B")
    for cut in range(4, 9):
        assert open_source(whole[: end - cut]).text.startswith("<!DOCTYPE html><html><title>Acme")


def test_no_page_is_a_typed_error() -> None:
    """A file of pictures says what is missing, and the way out."""
    with pytest.raises(DamagedSource, match=r"shot\.mht is MHTML without an HTML page in it: save the page again"):
        open_source(saved(PICTURE), name="shot.mht")
    with pytest.raises(DamagedSource, match=r"shot\.mht .*PNG"):
        open_source(saved(part(b"\x89PNG\r\n\x1a\n\0", coding="base64")), name="shot.mht")


def test_a_part_that_is_no_page_is_left_out() -> None:
    """A picture that calls itself HTML costs nobody the page; in place of the page it is an error."""
    picture = part(b"\x89PNG\r\n\x1a\n\0", coding="base64")
    assert open_source(saved(part(PAGE), picture)).text == PAGE
    with pytest.raises(DamagedSource, match="whose page cannot be read"):
        open_source(saved(picture, part(PAGE)))


def test_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts are counted, and so are the characters of the decoded text; pictures do not count for them."""
    heavy = saved(part(PAGE), part(b"\xff" * 100_000, "Content-Type: image/png", coding="base64"))
    assert open_source(heavy, max_chars=1000).text.strip() == PAGE
    with pytest.raises(SourceTooLarge, match=r"big has more than .* max_chars=300"):
        open_source(saved(part(PAGE), part(FRAME), part(FRAME)), max_chars=300, name="big")
    monkeypatch.setattr(mhtml, "MAX_PAGES", 10)
    with pytest.raises(SourceTooLarge, match="11 pages and frames; 10 are read"):
        open_source(saved(*[part(FRAME)] * 11))
    monkeypatch.setattr(mhtml, "MAX_PARTS", 10)
    with pytest.raises(SourceTooLarge, match="more than 10 parts"):
        open_source(saved(*[PICTURE] * 11))


def test_a_large_file_is_read_from_a_pipe(tmp_path: Path) -> None:
    """How much is read of an open file depends on what it is: pictures may weigh more than text."""
    file = tmp_path / "saved.mht"
    file.write_bytes(saved(part(PAGE), part(b"\xff" * 100_000, "Content-Type: image/png", coding="base64")))
    with file.open("rb") as pipe:
        assert read_bounded(pipe, 1000) == file.read_bytes()
    file.write_bytes(b"x" * 100_000)
    with file.open("rb") as pipe:
        assert len(read_bounded(pipe, 1000)) < 100_000
    assert open_source(b"x" * 4000, max_chars=4000).text


@pytest.mark.parametrize("nested", [50, 5000])
def test_deep_nesting_ends(nested: int) -> None:
    """Parts in parts in parts are no page, and no recursion either."""
    raw = b"".join(b'Content-Type: multipart/related; boundary="b%d"\r\n\r\n--b%d\r\n' % (at, at) for at in range(nested))
    with pytest.raises(DamagedSource):
        open_source(b"MIME-Version: 1.0\r\n" + raw + part(PAGE))


@pytest.mark.parametrize("asked", ["html", "text", "pdf"])
def test_another_format_is_refused(asked: str) -> None:
    """A file that is known to be MHTML is not read as anything else."""
    with pytest.raises(FormatError, match=rf"saved\.mht is a mhtml file and cannot be read as {asked}"):
        extract(saved(part(PAGE)), input_format=asked, name="saved.mht")
    with pytest.raises(FormatError, match="is no mhtml file"):
        extract("a text", input_format="mhtml")
    assert extract(saved(part(PAGE)), input_format="mhtml").record.title == "Pump Engineer"


@pytest.mark.parametrize(
    "text",
    [
        "Content-Type: multipart/related is what MHTML begins with.",
        "Title: Engineer\nLocation: Zurich\n\nContent-Type: multipart/related; boundary=a\n\n",
        "From: hr@acme.example\nSubject: Job\nContent-Type: text/plain\n\nEngineer",
        "Content-Type: text/html\n\n<p>An answer of a server</p>",
        "",
    ],
)
def test_look_alikes_are_text(text: str) -> None:
    """Mail headers, and talk about them, make no MHTML."""
    assert not is_mhtml(text.encode())


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 3000), st.binary(max_size=6)), max_size=4), st.integers(0, 3000))
def test_damage_raises_nothing_but_our_errors(patches: list[tuple[int, bytes]], end: int) -> None:
    """Whatever bytes are changed or cut: a document whose spans are inside of its text and in order, or an ExtractError."""
    raw = bytearray(saved(part(PAGE), PICTURE, part(FRAME, coding="base64")))
    for at, patch in patches:
        raw[at : at + len(patch)] = patch
    try:
        document = clean(open_source(bytes(raw[: max(end, 300)])))
    except ExtractError:
        return
    starts = [span.start for segment in document.segments for span in segment.spans]
    assert all(0 <= start <= len(document.source.text) for start in starts)
    assert starts == sorted(starts)

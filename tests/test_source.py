"""The door: decoding, refusals that say why, and format detection."""

from __future__ import annotations

import codecs
import hashlib
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.errors import (
    BinarySource,
    EmptySource,
    SourceError,
    SourceTooLarge,
    UndecodableSource,
    UnreadableSource,
    UsageError,
)
from extract.source import Format, detect_format, open_source

FRENCH = "Développeur confirmé – l’équipe recherche un ingénieur à Paris, télétravail possible."
SPANISH = "Se busca diseñador gráfico con años de experiencia. Información: España, jornada completa."
RUSSIAN = "Программист с опытом работы в Москве. Требования: знание языка и желание учиться."
JAPANESE = "プログラマーを募集しています。東京の会社で働きませんか。"


# --- what comes in -----------------------------------------------------------------------------------------------------


def test_a_str_is_the_text_even_if_it_names_a_file(tmp_path: Path) -> None:
    """A str is never taken for a path."""
    file = tmp_path / "posting.txt"
    file.write_text("Engineer")
    assert open_source(str(file)).text == str(file)
    assert open_source(file).text == "Engineer"


def test_the_source_says_where_it_came_from(tmp_path: Path) -> None:
    """Name, encoding and the hash of the bytes as received."""
    raw = codecs.BOM_UTF8 + "Zürich".encode()
    file = tmp_path / "posting.txt"
    file.write_bytes(raw)
    source = open_source(file)
    assert (source.text, source.name, source.encoding) == ("Zürich", str(file), "utf-8")
    assert source.sha256 == hashlib.sha256(raw).hexdigest()
    assert open_source("Zürich").sha256 == hashlib.sha256("Zürich".encode()).hexdigest()
    assert open_source(raw, name="mail 7").name == "mail 7"


@pytest.mark.parametrize("text", ["a\r\nb", "a\rb", "a\nb\r\n", "a\u2028b\x0cc"])
def test_line_ends_are_kept(text: str) -> None:
    """Offsets count the document as it is."""
    assert open_source(text.encode()).text == open_source(text).text == text


@pytest.mark.parametrize(
    ("raw", "text", "encoding"),
    [
        (codecs.BOM_UTF8 + FRENCH.encode(), FRENCH, "utf-8"),
        (codecs.BOM_UTF16_LE + FRENCH.encode("utf-16-le"), FRENCH, "utf-16"),
        (codecs.BOM_UTF16_BE + FRENCH.encode("utf-16-be"), FRENCH, "utf-16"),
        (codecs.BOM_UTF32_LE + FRENCH.encode("utf-32-le"), FRENCH, "utf-32"),
        (FRENCH.encode("utf-16-le"), FRENCH, "utf-16-le"),
        (FRENCH.encode("utf-16-be"), FRENCH, "utf-16-be"),
        (FRENCH.encode(), FRENCH, "utf-8"),
        (FRENCH.encode("cp1252"), FRENCH, "cp1252"),
        (SPANISH.encode("cp1252"), SPANISH, "cp1252"),
        (RUSSIAN.encode("cp1251"), RUSSIAN, "cp1251"),
        (JAPANESE.encode("cp932"), JAPANESE, "cp932"),
        (b"plain", "plain", "utf-8"),
        ("café, Zür".encode() + b"\xc3", "café, Zür\ufffd", "utf-8"),
    ],
)
def test_bytes_without_a_declaration(raw: bytes, text: str, encoding: str) -> None:
    """Byte order mark, UTF-8, statistics; a cut in the last character does no harm."""
    source = open_source(raw)
    assert (source.text, source.encoding) == (text, encoding)


@pytest.mark.parametrize(
    ("head", "body", "codec", "encoding"),
    [
        ('<meta charset="windows-1251">', RUSSIAN, "cp1251", "cp1251"),
        ("<META CHARSET=koi8-r >", RUSSIAN, "koi8-r", "koi8-r"),
        ('<?xml version="1.0" encoding="ISO-8859-15"?>', "10 € l'heure, cœur", "iso8859-15", "iso8859-15"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=Shift_JIS">', JAPANESE, "cp932", "cp932"),
        ('<meta charset="iso-8859-1">', "l’été – 10 €", "cp1252", "cp1252"),
        ('<meta charset="latin1">', "l’été", "cp1252", "cp1252"),
        ('<meta charset="us-ascii">', "l’été", "cp1252", "cp1252"),
        ('<meta charset="iso-8859-1">', "l’été", "utf-8", "utf-8"),  # left over: the bytes are UTF-8
        ('<meta charset="utf-8">', FRENCH, "cp1252", "cp1252"),  # not true
        ('<meta charset="x-no-such-thing">', FRENCH, "cp1252", "cp1252"),  # unknown
        ('<meta charset="unicode_escape">', FRENCH + r" \ud800", "cp1252", "cp1252"),  # not for documents to choose
        ('<meta charset="utf-16">', FRENCH, "utf-8", "utf-8"),
        ("x" * 3000 + '<meta charset="koi8-r">', FRENCH, "cp1252", "cp1252"),  # too late to be one
        (f"<!doctype html><style>{'x' * 9000}</style><meta charset=koi8-r><body>", RUSSIAN, "koi8-r", "koi8-r"),
        (f"<html><head>{'x' * 9000}</head><body><meta charset=koi8-r>", FRENCH, "cp1252", "cp1252"),  # not in the head
        ('<!-- <meta charset="koi8-r"> --><meta charset="windows-1252">', FRENCH, "cp1252", "cp1252"),
        ('<?xml version="1.0" encoding="utf-16"?>', FRENCH, "cp1252", "cp1252"),
        ("<meta charset=x-cp1251>", RUSSIAN, "cp1251", "cp1251"),
        ("<meta charset=x-mac-cyrillic>", RUSSIAN, "mac-cyrillic", "mac-cyrillic"),
        ("<meta charset=iso-8859-8-i>", "דרוש מהנדס", "iso8859-8", "iso8859-8"),
        ("<meta charset=windows-949>", "개발자를 찾습니다", "cp949", "cp949"),
    ],
)
def test_declared_encodings(head: str, body: str, codec: str, encoding: str) -> None:
    """A declaration counts where it is known and true, and not against valid UTF-8."""
    source = open_source((head + body).encode(codec))
    assert (source.text, source.encoding) == (head + body, encoding)


@pytest.mark.parametrize(
    ("raw", "text", "encoding"),
    [
        (FRENCH.encode() + b" \xe9 " + FRENCH.encode(), f"{FRENCH} \ufffd {FRENCH}", "utf-8"),
        (codecs.BOM_UTF8 + b"caf\xe9 " + FRENCH.encode(), f"caf\ufffd {FRENCH}", "utf-8"),
        (codecs.BOM_UTF16_LE + FRENCH.encode("utf-16-le") + b"x", FRENCH + "\ufffd", "utf-16"),
        (b"<meta charset=latin1>" + FRENCH.encode() + b"\xff", f"<meta charset=latin1>{FRENCH}\ufffd", "utf-8"),
        (b"<meta charset=windows-1252>\x81 caf\xe9", "<meta charset=windows-1252>\x81 café", "cp1252"),
        (b"<meta charset=euc-jp>" + JAPANESE.encode("euc_jp") + b"\xff", f"<meta charset=euc-jp>{JAPANESE}\ufffd", "euc_jp"),
    ],
)
def test_a_broken_character_does_no_harm(raw: bytes, text: str, encoding: str) -> None:
    """One byte that was lost on the way neither refuses a document nor turns it into another encoding."""
    source = open_source(raw)
    assert (source.text, source.encoding) == (text, encoding)


def test_a_byte_order_mark_wins_over_what_is_declared() -> None:
    """A page in UTF-16 that was given a declaration of UTF-8 is in UTF-16."""
    head = "<meta charset=utf-8>"
    assert open_source((head + FRENCH).encode("utf-16")).text == head + FRENCH
    assert open_source(codecs.BOM_UTF8 + ("<meta charset=latin1>" + FRENCH).encode()).encoding == "utf-8"


def test_the_caller_may_state_the_encoding() -> None:
    """What the caller says is neither doubted nor widened."""
    assert open_source(b"\x96", encoding="latin-1").text == "\x96"
    assert open_source("é".encode(), encoding="cp1252").text == "Ã©"
    with pytest.raises(UsageError, match="'klingon'"):
        open_source(b"a", encoding="klingon")
    with pytest.raises(UndecodableSource, match=r"memo.*utf-8.*byte 3"):
        open_source(b"caf\xe9 x", encoding="utf-8", name="memo")


# --- what is refused ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        (b"PK\x03\x04\x14\0" + b"\0" * 30 + b"xl/workbook.xml", "Excel workbook.*convert it"),
        (b"PK\x03\x04\x14\0" + b"\0" * 30 + b"a.txt", "ZIP archive.*unpack"),
        (b"\x89PNG\r\n\x1a\n\0\0", "PNG image.*OCR"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "JPEG image"),
        (b"GIF89a\x01\0", "GIF image"),
        (b"\x1f\x8b\x08\0\0", "gzip.*unpack"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0", "old Office document"),
        (b"{\\rtf1\\ansi Job}", "RTF"),
        (b"RIFF\x24\0\0\0WEBPVP8 ", "WebP"),
        (b"text with \0 in it", "NUL character at character 10"),
        (zlib.compress(b"Engineer" * 50, 0)[:2] + bytes(range(1, 32)) * 4, "control characters|NUL"),
    ],
)
def test_binary_bytes_are_named(raw: bytes, what: str) -> None:
    """A file that is no text is refused with what it is and the way out."""
    with pytest.raises(BinarySource, match=f"(?s)upload 3 .*(?:{what})"):
        open_source(raw, name="upload 3")


def test_isolated_control_characters_pass() -> None:
    """Real postings hold one here and there; more than 1 % is no text."""
    assert open_source("Engineer\x0b\x0c\t\x02 wanted" + "x" * 100).text.startswith("Engineer")
    open_source("ab\x1fcd")
    with pytest.raises(BinarySource, match="control characters"):
        open_source("ab\x01\x02\x03cd" * 20)


def test_lone_surrogates_are_placed() -> None:
    """The message has the offset of the first one."""
    with pytest.raises(UndecodableSource, match=r"U\+D83D\) at character 4"):
        open_source("abc \ud83d def")
    assert open_source("abc \U0001f600").text == "abc 😀"


@pytest.mark.parametrize("empty", ["", " \r\n\t", "\u200b\ufeff\u00a0\u2060", b"", codecs.BOM_UTF8, b" \n", "\x01"])
def test_nothing_visible_is_empty(empty: str | bytes) -> None:
    """White space and invisible characters are no document."""
    with pytest.raises(EmptySource, match="mail 9"):
        open_source(empty, name="mail 9")


def test_size_has_a_limit(tmp_path: Path) -> None:
    """Both figures and the way out stand in the message; the limit itself is allowed."""
    assert len(open_source("é" * 50, max_chars=50).text) == 50
    assert len(open_source(("é" * 50).encode(), max_chars=50).text) == 50
    with pytest.raises(SourceTooLarge, match=r"1,001 characters.*max_chars=1,000.*allow more"):
        open_source("x" * 1001, max_chars=1000)
    with pytest.raises(SourceTooLarge, match=r"4,005 bytes.*max_chars=1,000"):
        open_source(b"x" * 4005, max_chars=1000)
    with pytest.raises(UsageError, match="max_chars"):
        open_source("x", max_chars=0)


def test_a_large_file_is_refused_unread(tmp_path: Path) -> None:
    """Its size and its beginning are enough: a file of a terabyte, most of it a hole."""
    file = tmp_path / "large.txt"
    with file.open("wb") as large:
        large.write(b"x" * 4005)
        large.truncate(10**12)
    with pytest.raises(SourceTooLarge, match=r"large\.txt has 1,000,000,000,000 bytes"):
        open_source(file, max_chars=1000)


def test_files_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Missing, a directory, a bad name, no permission: each with the path and the way out."""
    file = tmp_path / "a.txt"
    file.write_text("x")
    with pytest.raises(UnreadableSource, match=r"nowhere\.txt does not exist: check the path"):
        open_source(tmp_path / "nowhere.txt")
    with pytest.raises(UnreadableSource, match="does not exist"):
        open_source(file / "below.txt")
    with pytest.raises(UnreadableSource, match=f"{tmp_path.name} is a directory"):
        open_source(tmp_path)
    with pytest.raises(UnreadableSource, match="check the path"):
        open_source(tmp_path / "a\0b")

    def deny(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", deny)
    with pytest.raises(UnreadableSource, match=r"a\.txt may not be read.*permissions") as caught:
        open_source(file)
    assert isinstance(caught.value.__cause__, PermissionError)


def test_other_types_are_wrong_use() -> None:
    """What is neither text nor bytes nor a path is no document."""
    with pytest.raises(UsageError, match="not list"):
        open_source(["a"])  # type: ignore[arg-type]  # what a caller without a type checker may do


@settings(max_examples=100)
@given(st.text())
def test_any_text_is_opened_or_refused(text: str) -> None:
    """A str comes back as it is, or a SourceError says why not."""
    try:
        assert open_source(text).text == text
    except SourceError as error:
        refusal = str(error)
        assert "<text>" in refusal


@settings(max_examples=100)
@given(st.binary(max_size=300))
def test_any_bytes_are_opened_or_refused(raw: bytes) -> None:
    """Bytes become text that can be written as UTF-8, or a SourceError says why not."""
    try:
        open_source(raw).text.encode()
    except SourceError as error:
        refusal = str(error)
        assert "<bytes>" in refusal


@settings(max_examples=100)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(lambda text: any(map(str.isalpha, text))))
def test_utf8_is_read_as_utf8(text: str) -> None:
    """Valid UTF-8 never becomes anything else, whatever it declares."""
    raw = b'<meta charset="windows-1251">' + text.encode()
    assert open_source(raw).text == raw.decode()


# --- formats -----------------------------------------------------------------------------------------------------------

DASHES = "-" * 80
BODY = "We are looking for an engineer who likes to build things that last.\n"


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        # tarsier
        ("tarsier", f"{DASHES}\n[ # 93 ]      [ $ 9 ]\n   [ @ 3 ] Areas of Work   [ 10 ] Jobs"),
        ("tarsier", "\n".join(f"[ {number} ] Line" for number in range(12))),
        ("text", "As shown in [ 1 ] and in [ 2 ], engineers matter."),
        ("text", f"{DASHES}\nEngineer\n{DASHES}\nBuild things."),
        # python_repr
        ("python_repr", "['<p>Stage &agrave; Paris</p>']"),
        ("python_repr", "['a', \"b\", 'c',]"),
        ("python_repr", "\ufeff ['a'\n 'b'] \n"),
        ("python_repr", r"'L\'équipe\nrecherche'"),
        ("python_repr", r"[b'caf\xc3\xa9', u'x', r'\d', '''long\ntext''']"),
        ("python_repr", '["JSON too", "is one"]'),
        ("html", "['<p>l'équipe</p><p>a</p>']"),  # an apostrophe ends it too early
        ("text", "['l'équipe']"),
        ("text", "['a', 1]"),
        ("text", "[['a'], ['b']]"),
        ("text", "[]"),
        ("text", "['a', 'b'"),
        ("text", r"['\x4']"),
        ("text", r"['\N{NO SUCH LETTER}']"),
        ("text", "['a', b'b' 'c']"),
        ("text", '"Great place", said Ann. "Indeed"'),
        ("text", "['a'] + ['b']"),
        ("text", "__import__('os')"),
        ("text", "['a'.upper()]"),
        ("text", "[" * 5000 + "'a'" + "]" * 5000),
        ("text", "'" * 4),
        # json_ld
        ("json_ld", '{"@context": "https://schema.org", "@type": "JobPosting", "title": "Engineer"}'),
        ("json_ld", ' [ {"title": "Engineer", "@type": "JobPosting"}, ]'),
        ("json_ld", '{"@graph": [{"name": "a"}]}'),
        ("json_ld", '{"@type": "JobPosting",\n "description": "one\ntwo\x07", "skills": ["a",],}'),
        ("json_ld", '{"@type": "JobPosting", "title": "Engineer", "description": "We are loo'),
        ("json_ld", '{"@type": "JobPosting", "baseSalary": {"value": 12'),
        ("json_ld", '{"@type": "JobPosting"}\n{"@type": "JobPosting"}'),
        ("json_ld", '<script type="application/ld+json">{"@type": "JobPosting"}</script>'),
        ("json_ld", "<!-- seo -->\n<script nonce='a' type='application/ld+json'>\n{}\n</script >\n<!-- end -->"),
        ("json_ld", '<!-- <script type="application/ld+json">{"@type": "JobPosting"}</script> -->'),
        ("json_ld", "{&quot;@type&quot;: &quot;JobPosting&quot;, &quot;title&quot;: &quot;Engineer&quot;}"),
        ("text", '{"title": "Engineer", "company": "Acme"}'),
        ("text", '{"posting": {"@type": "JobPosting"}}'),
        ("text", '{"title": "what \\"@type\\": is"}'),
        ("text", '[1, 2, {"@type": "JobPosting"}]'),
        ("text", '{"@type": "JobPosting"} is how a posting begins.'),
        ("text", '{"@type": JobPosting and so on, "a": 1}'),
        ("text", "{'@type': 'JobPosting'}"),
        ("html", '<p>Job</p><script type="application/ld+json">{"@type": "JobPosting"}</script>'),
        # html
        ("html", "<!DOCTYPE html><html><head><title>Job</title></head><body>Job</body></html>"),
        ("html", "\n<html>Job"),
        ("html", "<p>One paragraph</p>"),
        ("html", "<p>One<p>Two<ul><li>Three"),
        ("html", "Lead the team<br>in Lyon<br/>from May"),
        ("html", f"<div>{BODY}<ul>\n\n<li>**really**</li>\n<li>`code`</li></ul></div>"),
        ("text", "Salary a < b and c > d, x<y, <3, <3k, i<j>k"),
        ("text", "Knows <p> and <div> and List<String>"),
        ("text", BODY * 3 + "\n\n".join([BODY] * 12) + 'Apply <a href="x">here</a>'),
        # markdown
        ("markdown", "https://jobs.example/7\n\nEngineer wanted."),
        ("markdown", "## Your role\n\nBuild things."),
        ("markdown", "# Engineer\n\nBuild things."),
        ("markdown", "Engineer\n========\n\nBuild things."),
        ("markdown", "Build **great** things."),
        ("markdown", "Apply [here](https://jobs.example/7)."),
        ("markdown", "- **Rust**\n- Go"),
        ("markdown", "---\ntitle: Engineer\ntags:\n  - a\n---\nBuild things."),
        ("markdown", "## HTML\n\n```html\n<ul><li>a</li></ul>\n<p>b</p><p>c</p>\n```\n\nYou know `<b>`, `</b>` and `<br>`."),
        ("markdown", "# Role\n\n**Pay**: 5<br>**Place**: Lyon\n\n[apply](https://jobs.example)"),
        ("markdown", "FULL\\-TIME \\(remote\\)"),
        # text
        ("text", "- Rust\n- Go\n* C"),
        ("text", "1. Rust\n2. Go"),
        ("text", "# of openings: 3\nApply by mail."),
        ("text", "See https://jobs.example/7"),
        ("text", "https://jobs.example/7"),
        ("text", "4 ** 2 ** 3 and snake__case__name"),
        ("text", "C# and F# at Acme #1"),
        ("text", "Engineer"),
    ],
)
def test_formats_and_their_look_alikes(expected: str, text: str) -> None:
    """Each format is told from what merely looks like it."""
    assert detect_format(text) is Format(expected)


@pytest.mark.parametrize(
    "bomb",
    [
        "[",
        '{"@type":',
        "['",
        '"',
        "\\",
        "<",
        "<p",
        "<!--",
        "<script ",
        "`",
        "```\n",
        "**",
        "](http:",
        "# \n",
        "-",
        "---\n",
        "[ 1",
        " ",
        "'',",
    ],
)
def test_a_megabyte_of_anything_has_a_format(bomb: str) -> None:
    """Deep nesting and endless marks neither fail nor hang."""
    text = (bomb * (1_000_000 // len(bomb))) + "x"
    for begin in ("", '{"@type": "x", "a": ', '<script type="application/ld+json">', "['"):
        assert detect_format(begin + text) in Format


@settings(max_examples=100)
@given(st.text(), st.sampled_from(["", "['", "{", '{"@type": "', "<p>", "# ", "[ @ 3 ]", DASHES + "\n"]))
def test_detection_never_fails_and_never_wavers(text: str, begin: str) -> None:
    """The same text gives the same format, whatever it is."""
    assert detect_format(begin + text) is detect_format(begin + text)


@settings(max_examples=100)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1))
def test_the_repr_of_strings_is_recognised(strings: list[str]) -> None:
    """What Python writes is what is recognised."""
    assert detect_format(repr(strings)) is Format.PYTHON_REPR

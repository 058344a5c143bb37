"""Python reprs: what the literals stand for with an exact map, second layers of escapes, and mojibake."""

from __future__ import annotations

import ast
import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.cleaning import clean
from extract.cleaning.document import Block, Cleaned, Fact, Kind, MappedText, Origin, Span
from extract.cleaning.mojibake import decode_utf8_runs, mend_mojibake
from extract.cleaning.python_repr import clean_python_repr, repr_strings
from extract.detection import is_python_repr
from extract.errors import FormatError
from extract.source import open_source


def one_block(body: MappedText) -> Cleaned:
    """An inner cleaner that changes nothing."""
    return Cleaned((Block(body),))


def inner_texts(text: str) -> list[str]:
    """What the inner cleaner is handed, after the map has been checked."""
    cleaned = clean_python_repr(MappedText.of(text), clean_inner=one_block)
    for block in cleaned.blocks:
        check_map(text, block.body)
    return [block.body.text for block in cleaned.blocks]


def check_map(source: str, body: MappedText) -> None:
    """Spans lie in the source, are ordered, and cover exactly what was copied."""
    ends = [*(piece.at for piece in body.pieces), len(body.text)][1:]
    done = 0
    for piece, end in zip(body.pieces, ends, strict=True):
        assert done <= piece.source.start <= piece.source.end <= len(source)
        done = piece.source.end
        if piece.origin is Origin.COPY:
            assert source[piece.source.start : piece.source.end] == body.text[piece.at : end]


@pytest.mark.parametrize(
    ("text", "strings"),
    [
        (r"['L\'équipe', 'Lyon']", ["L'équipe", "Lyon"]),
        ("\ufeff ['a',\n 'b' ,] \n", ["a", "b"]),
        ("'a' \"b\" '''c\nd'''", ["abc\nd"]),
        (r"['a' 'b', u'c']", ["ab", "c"]),
        (r"['\n\t\r\a\b\f\v\\\'\"']", ["\n\t\r\a\b\f\v\\'\""]),
        (r"['\xe9\u00e9\U000000e9\N{LATIN SMALL LETTER E WITH ACUTE}\351']", ["é" * 5]),
        (r"['\0 \01 \1234 \777']", ["\0 \x01 S4 ǿ"]),
        ("['a\\\nb\\\r\nc']", ["abc"]),
        ("['''a\r\nb\rc''']", ["a\nb\nc"]),
        (r"[r'\d \n', R'\'']", [r"\d \n", r"\'"]),
        (r"['\d \8 \q']", [r"\d \8 \q"]),
        (r"['\ud83d\ude00 \ud83d x \ude00']", ["😀 \ufffd x \ufffd"]),
        (r"[b'caf\xc3\xa9 \xe2\x80\x99 \x93\xe9\x94 \303\251', rb'\xc3']", ["café ’ “é” é", r"\xc3"]),
        ("['']", [""]),
        ('["a \\u00e9", "b"]', ["a é", "b"]),
    ],
)
def test_literals_are_undone(text: str, strings: list[str]) -> None:
    """All escapes, prefixes, quotes and concatenation, one layer."""
    found = repr_strings(MappedText.of(text))
    assert [string.text for string in found] == strings
    for string in found:
        check_map(text, string)


def test_escapes_are_mapped_exactly() -> None:
    """The place of a word behind escapes is where it stands in the source."""
    text = r"['<p>L\'\xe9quipe\n' 'Lyon']"
    (string,) = repr_strings(MappedText.of(text))
    at = string.text.index("quipe")
    assert string[at : at + 5].spans == (Span(text.index("quipe"), text.index("quipe") + 5),)
    assert string[-4:].spans == (Span(text.index("Lyon"), text.index("Lyon") + 4),)
    assert string[at - 1 : at].spans == (Span(8, 12),)
    assert string[at - 1 : at].pieces[0].origin is Origin.REPLACE


@pytest.mark.parametrize(
    "text",
    [
        "['l'équipe']",
        "['a', 'b'",
        "['a', 1]",
        "['a'].pop()",
        "__import__('os').system('true')",
        "['a' + 'b']",
        "[['a']]",
        r"['\x4']",
        r"['\N{NOBODY}']",
        "[f'{1}']",
        "['a' b'b']",
        "[b'é']",
        "('a', 'b')",
        "{'a': 'b'}",
        "",
        "Engineer",
        "[" * 100_000 + "]" * 100_000,
        "-" * 100_000 + "1",
    ],
)
def test_what_is_no_repr_is_refused(text: str) -> None:
    """Nothing is evaluated but literals of strings; the message says the way out."""
    assert not is_python_repr(text)
    with pytest.raises(FormatError, match="leave the format out"):
        clean_python_repr(MappedText.of(text), clean_inner=one_block)


def test_doubtful_escapes_do_not_warn() -> None:
    """Python warns of escapes that it does not know: that would reach the user."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert is_python_repr(r"['\d \8 \777 \+']")


@pytest.mark.parametrize(
    ("text", "inner"),
    [
        (r"['Line one\\nLine two\\n- caf\\u00e9']", "Line one\nLine two\n- café"),
        (r"['<p class=\\\"a\\\">d\\\'une</p>']", '<p class="a">d\'une</p>'),
        (r"['\\u00e9t\\u00e9 \\ud83d\\ude00']", "été 😀"),
        (r"['a\\nb']", r"a\nb"),  # one alone may be meant
        (r"['C:\\temp\\new']", r"C:\temp\new"),
        (r"['\\d+\\n\\t']", r"\d+\n\t"),  # a regular expression
        (r"['real\nand \\n and \\t']", "real\nand \\n and \\t"),
    ],
)
def test_escapes_that_were_escaped_twice(text: str, inner: str) -> None:
    """A second layer is undone only where it is clear that it is one."""
    assert inner_texts(text) == [inner]


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_a_repr_in_a_repr(depth: int) -> None:
    """Several layers of repr are undone one by one."""
    text = repr(['L\'équipe "Mobile"\nLyon', "b"])
    for _ in range(depth - 1):
        text = repr([text])
    assert inner_texts(text) == ['L\'équipe "Mobile"\nLyon', "b"]


def test_blocks_facts_and_steps_of_all_strings() -> None:
    """Strings are cleaned one after another; their nodes stay apart."""

    def state(body: MappedText) -> Cleaned:
        return Cleaned(
            (Block(body, Kind.ITEM, 1),), (Fact("A.x", body.text, body), Fact("html.lang", "en", body, -1)), ("inner",)
        )

    cleaned = clean_python_repr(MappedText.of("['Ã©tÃ©', 'b']"), clean_inner=state)
    assert [block.body.text for block in cleaned.blocks] == ["été", "b"]
    assert [fact.node for fact in cleaned.facts] == [0, -1, 1, -1]
    assert cleaned.steps == ("python_repr:strings", "python_repr:mojibake", "inner")


@pytest.mark.parametrize(
    ("inner", "words"),
    [
        ("<p>Stage &agrave; l'usine</p><ul><li>C++</li></ul>", ["Stage à l'usine", "C++"]),
        ("## Rôle\n\nBuild **great** things.", ["Rôle", "Build great things."]),
        ('{"@type": "JobPosting", "description": "&lt;p&gt;L\\u2019été&lt;/p&gt;"}', ["L’été"]),
        ("Rôle\n\nBuild things.", ["Rôle", "Build things."]),
    ],
)
def test_inner_formats_are_detected(inner: str, words: list[str]) -> None:
    """HTML, Markdown, JSON-LD or text in a literal is cleaned as such, and its spans lead into the literal."""
    source = open_source(repr([inner]))
    document = clean(source)
    assert document.format == "python_repr"
    assert [segment.text for segment in document.segments] == words
    for segment in document.segments:
        check_map(source.text, segment.body)


@settings(max_examples=100)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=4), st.booleans())
def test_strings_agree_with_python(strings: list[str], ascii_only: bool) -> None:
    """What Python writes is read as Python reads it, and nothing outside of the escapes is replaced."""
    text = ascii(strings) if ascii_only else repr(strings)
    found = repr_strings(MappedText.of(text))
    expected = [string.encode("utf-16", "surrogatepass").decode("utf-16", "replace") for string in ast.literal_eval(text)]
    assert [string.text for string in found] == expected
    for string in found:
        check_map(text, string)


ESCAPES = st.sampled_from(
    [r"\n", r"\'", r"\"", "\\\\", r"\x41", r"\u00e9", r"\101", r"\7", r"\N{BULLET}", "\\\n", "\\\r\n", "a", "é", " "]
)


@settings(max_examples=100)
@given(st.lists(ESCAPES, max_size=12), st.sampled_from(["'", '"', "'''", '"""']), st.sampled_from(["", "u", "r", "R"]))
def test_escapes_agree_with_python(escapes: list[str], quote: str, prefix: str) -> None:
    """Any mixture of escapes under any quotes."""
    text = prefix + quote + "".join(escapes) + "x" + quote
    (string,) = repr_strings(MappedText.of(text))
    assert string.text == ast.literal_eval(text)


@settings(max_examples=100)
@given(st.text(st.sampled_from("[]'\"\\\\,nxub41 é\n\r")) | st.text())
def test_only_what_python_reads_is_read(text: str) -> None:
    """Where a text passes for a repr, Python agrees that it is one."""
    if not is_python_repr(text):
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        value = ast.literal_eval(text.strip())
    found = [string.text for string in repr_strings(MappedText.of(text))]
    strings = value if isinstance(value, list) else [value]
    assert len(found) == len(strings)
    assert [text for text, string in zip(found, strings, strict=True) if isinstance(string, str)] == [
        string for string in strings if isinstance(string, str)
    ]


@pytest.mark.parametrize("bomb", [r"\'", r"\\", r"\n", "a", " ", "Ã©", "é", "'", "' '", "&amp;", r"\ud83d", "[", "', '"])
def test_endless_input_ends(bomb: str) -> None:
    """50 KB of anything inside of a literal is read or refused."""
    text = "['" + bomb * (50_000 // len(bomb)) + "']"
    try:
        clean_python_repr(MappedText.of(text), clean_inner=one_block)
    except FormatError:
        assert not is_python_repr(text)


def test_a_megabyte_in_one_literal() -> None:
    """A long text is read whole."""
    text = repr(["L'équipe recherche un ingénieur.\n" * 30_000])
    (inner,) = inner_texts(text)
    assert inner == ast.literal_eval(text)[0]


# --- mojibake ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sound",
    [
        "Ingénieur d’étude, à Paris – 35 k€ … “DÉJÀ VU”",
        "Mitarbeiter für Öffentlichkeitsarbeit in Düsseldorf • Größe",
        "Diseñador gráfico, 10 años",
        "Żółć, łódź, ąę",
        "R&D™ 10 °C ½ Â",
    ],
)
@pytest.mark.parametrize("codec", ["cp1252", "latin-1"])
def test_mojibake_is_mended(sound: str, codec: str) -> None:
    """UTF-8 read as Windows-1252 (its undefined bytes as they are) or as Latin-1 becomes what it was, as repairs."""
    damaged = "".join(_character(byte, codec) for byte in sound.encode())
    assert damaged != sound
    mended = mend_mojibake(MappedText.of(damaged))
    assert mended.text == sound
    assert mended.repaired
    check_map(damaged, mended)


def _character(byte: int, codec: str) -> str:
    try:
        return bytes([byte]).decode(codec)
    except UnicodeDecodeError:
        return chr(byte)


@pytest.mark.parametrize(
    ("damaged", "mended"),
    [
        ("ÃƒÂ©tÃƒÂ©", "été"),  # read wrongly twice
        ("IngÃ©nieur Ã Paris, Ã  Lyon", "Ingénieur à Paris, à  Lyon"),  # the second half of the last one became a blank
        ("ÐŸÑ€Ð¸Ð²ÐµÑ‚", "Привет"),
        ("â€¢ Rust ðŸš€", "• Rust 🚀"),
        ("ï‚· Go", "\uf0b7 Go"),
    ],
)
def test_more_mojibake(damaged: str, mended: str) -> None:
    """Two layers, lost blanks, other alphabets in runs, bullets and emoji."""
    assert mend_mojibake(MappedText.of(damaged)).text == mended


@pytest.mark.parametrize(
    "sound",
    [
        "« CAFÉ » – “DÉJÀ” et né…”",
        "MANHÃ” e “NÃO”",
        "SPAß–WOCHE, „Ä“, ÜBER“",
        "Ã ser",
        "Â la carte, pâté, voilà…",
        "Île-de-France : ingénieur·e",
        "São Paulo, naïve façade",
        "Привет",
    ],
)
def test_sound_text_is_left_alone(sound: str) -> None:
    """Letters with accents before quotation marks and dashes are no damage."""
    body = MappedText.of(sound)
    assert mend_mojibake(body) is body


@settings(max_examples=100)
@given(
    st.text(st.sampled_from("Ã©Â â€™ÐŸð…”aB \u0153\u0090\u00a0") | st.characters(max_codepoint=0x2122, exclude_categories=["Cs"]))
)
def test_mending_keeps_the_map(text: str) -> None:
    """On any text: exact, and nothing but the marked repairs differs."""
    mended = mend_mojibake(MappedText.of(text))
    check_map(text, mended)
    assert mended.repaired == (mended.text != text)


@settings(max_examples=100)
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_bytes_are_read_as_utf8(text: str) -> None:
    """Bytes that are UTF-8, written one character a byte, give their text."""
    assert decode_utf8_runs(MappedText.of(text.encode().decode("latin-1"))).text == text

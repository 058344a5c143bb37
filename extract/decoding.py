"""From bytes to text: what is no text at all, and which encoding the rest is in."""

from __future__ import annotations

import codecs
import re

from extract.errors import BinarySource, UndecodableSource, UnreadableSource, UsageError

_BOMS = (  # UTF-32 first: its little-endian mark begins with that of UTF-16
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_AS_TEXT = "convert it to text or HTML first"
_AS_IMAGE = "run a text recognition (OCR) over it first"
_AS_ARCHIVE = "unpack it first"
_OLE = rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED = "EncryptedPackage".encode("utf-16-le")  # a new Office document with a password is packed into an old one
_SIGNATURES = (
    (re.compile(rb"PK(?:\x03\x04|\x05\x06|\x07\x08)"), "a ZIP archive", _AS_ARCHIVE),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "a PNG image", _AS_IMAGE),
    (re.compile(rb"\xff\xd8\xff"), "a JPEG image", _AS_IMAGE),
    (re.compile(rb"GIF8[79]a"), "a GIF image", _AS_IMAGE),
    (re.compile(rb"(?s)RIFF.{4}WEBP"), "a WebP image", _AS_IMAGE),
    (re.compile(rb"II\*\0|MM\0\*"), "a TIFF image", _AS_IMAGE),
    (re.compile(rb"\x1f\x8b\x08"), "a gzip file", _AS_ARCHIVE),
    (re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)"), "a bzip2 file", _AS_ARCHIVE),
    (re.compile(rb"\xfd7zXZ\0"), "an xz file", _AS_ARCHIVE),
    (re.compile(rb"\x28\xb5\x2f\xfd"), "a Zstandard file", _AS_ARCHIVE),
    (re.compile(rb"7z\xbc\xaf\x27\x1c"), "a 7-Zip archive", _AS_ARCHIVE),
    (re.compile(rb"Rar!\x1a\x07"), "a RAR archive", _AS_ARCHIVE),
    (re.compile(_OLE), "an old Office document (doc, xls, ppt, msg)", "save it as .docx or PDF"),
    (re.compile(rb"\{\\rtf"), "a Rich Text document (RTF)", _AS_TEXT),
    (re.compile(rb"SQLite format 3\0"), "an SQLite database", "export its texts first"),
    (re.compile(rb"\x7fELF|MZ\x90\0"), "a program", "hand over the document itself"),
    (re.compile(rb"(?s).{4}ftyp|ID3[\x02-\x04]|OggS\0"), "a sound or a film", "transcribe it first"),
)
_IN_ZIP = (  # the name of a member says what the archive is
    (b"xl/workbook.xml", "an Excel workbook (xlsx)"),
    (b"ppt/presentation.xml", "a PowerPoint presentation (pptx)"),
    (b"application/epub+zip", "an e-book (EPUB)"),
    (b"application/vnd.oasis.opendocument", "an OpenDocument file (odt, ods, odp)"),
)

_DECLARATION = re.compile(
    rb"""(?ix) <meta\s [^>]{0,500}? charset \s*=\s* ["']? \s* ([\w.:+-]{2,40})
    | <\?xml\s [^>]{0,500}? encoding \s*=\s* ["'] \s* ([\w.:+-]{2,40})"""
)
_COMMENT = re.compile(rb"<!--(?:(?!-->)[\s\S])*+(?:-->|\Z)")
_PAGE = re.compile(rb"(?i)\s*+(?:<!--(?:(?!-->)[\s\S])*+-->\s*+)*+<(?:!doctype|html|head)\b")
_BODY = re.compile(rb"(?i)<body\b")
_DECLARED_WITHIN = 2048
_LONGEST_HEAD = 256 * 1024  # of a page: scripts and styles may stand before the declaration
# Labels of the Encoding Standard that Python does not know, also without their "x-".
_LABELS = {
    "iso-8859-8-i": "iso8859-8",
    "logical": "iso8859-8",
    "dos-874": "cp874",
    "koi": "koi8-r",
    "koi8": "koi8-r",
    "koi8-ru": "koi8-u",
    "mac": "mac-roman",
    "mac-ukrainian": "mac-cyrillic",
    "chinese": "gb18030",
    "gb_2312": "gb18030",
    "gb_2312-80": "gb18030",
    "cn-big5": "big5hkscs",
    "x-big5": "big5hkscs",
    "windows-949": "cp949",
    "ks_c_5601-1989": "cp949",
    "unicode11utf8": "utf-8",
    "unicode20utf8": "utf-8",
}
_UNDEFINED = {0xDC00 + byte: byte for byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D)}  # browsers read these of cp1252 as controls
_PERCENT = 100
_GOOD_FOR_BAD = 4
"""So many characters beyond ASCII have to be right for each that is broken: text in another encoding has nearly none."""
# Browsers read these labels as the larger set, because pages that carry them hold its characters
# (WHATWG Encoding Standard, section 4.2). "latin-1" bytes 0x80-0x9F are typographic quotes in every real page.
_SUPERSETS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
# What a document may say of itself. Python has codecs that must not be reached from a document: "punycode" and "idna"
# take quadratic time, "unicode_escape" makes lone surrogates. UTF-16 cannot be declared in bytes that read as ASCII.
_DECLARABLE = frozenset(
    """utf-8 cp866 cp874 cp932 cp949 cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 iso8859-2 iso8859-3
    iso8859-4 iso8859-5 iso8859-6 iso8859-7 iso8859-8 iso8859-10 iso8859-13 iso8859-14 iso8859-15 iso8859-16 koi8-r koi8-u
    mac-roman mac-cyrillic gb18030 big5hkscs euc_jp iso2022_jp""".split()
)
_DETECTABLE = ["cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp932", "euc_jp", "cp949"]
_DETECTABLE += ["gb18030", "big5hkscs", "koi8_r", "cp874", "cp1258", "mac_roman", "cp866", "utf_8"]
_BEYOND_ASCII = bytes(range(0x80, 0x100))
_NOT_WESTERN = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")  # in Windows-1252
_FEW = 4  # letters beyond ASCII from which on statistics say something
_WAY_OUT = "pass its encoding (encoding=...), or convert it to UTF-8"


def decode(raw: bytes, *, name: str, encoding: str | None = None, declared: str | None = None) -> tuple[str, str]:
    """The text of the bytes without a byte order mark, and the name of the encoding that was used.

    In this order: ``encoding`` if given; the byte order mark; UTF-8 that is (nearly) valid and not plain ASCII; what is
    ``declared`` beside the document, and what it declares itself, by the labels that browsers know; UTF-8; statistics. A
    character that cannot be read becomes U+FFFD. Raises BinarySource, UndecodableSource, UnreadableSource (locked) or
    UsageError (no such encoding).

    >>> decode("café".encode("cp1252"), name="a.txt", encoding="cp1252")
    ('café', 'cp1252')
    >>> decode(b'<meta charset="latin1">caf\\xe9 \\x96 bar', name="a.html")
    ('<meta charset="latin1">café – bar', 'cp1252')
    """
    mark = next((codec for bom, codec in _BOMS if raw.startswith(bom)), None)
    if mark is None:
        _refuse_signature(raw, name)
    if encoding:
        text, used = _decode_as(raw, encoding, name)
    elif mark:
        text, used = _decode_marked(raw, mark, name)
    else:
        text, used = _decode_unmarked(raw, name, declared)
    return text.removeprefix("\ufeff"), used


def _refuse_signature(raw: bytes, name: str) -> None:
    if re.match(_OLE, raw) and _LOCKED in raw:
        raise UnreadableSource(f"{name} is locked with a password: save a copy without one, and pass that")
    for signature, what, way_out in _SIGNATURES:
        if signature.match(raw):
            inside = next((kind for member, kind in _IN_ZIP if member in raw), None) if raw.startswith(b"PK") else None
            raise BinarySource(f"{name} is {inside or what}, not text: {_AS_TEXT if inside else way_out}")


def _decode_as(raw: bytes, encoding: str, name: str) -> tuple[str, str]:
    """The bytes in an encoding that the caller or a byte order mark states: nothing else is tried."""
    try:
        codec = codecs.lookup(encoding).name
        return raw.decode(codec), codec
    except LookupError as error:
        raise UsageError(f"{name}: there is no text encoding {encoding!r}; pass a name that Python knows, or none") from error
    except UnicodeError as error:
        at = f" at byte {error.start}" if isinstance(error, UnicodeDecodeError) else ""
        message = f"{name} is not valid {encoding}{at}: pass another encoding, or none and it is detected"
        raise UndecodableSource(message) from error


def _decode_marked(raw: bytes, codec: str, name: str) -> tuple[str, str]:
    """The bytes as their byte order mark says, whatever they declare; a broken character here and there does no harm."""
    text = raw.decode(codec, "replace")
    if _PERCENT * text.count("\ufffd") > len(text) + _PERCENT:
        return _decode_as(raw, codec, name)
    return text, codec


def _decode_unmarked(raw: bytes, name: str, beside: str | None) -> tuple[str, str]:
    if b"\0" in raw[:4096] and (wide := _decode_wide(raw)):
        return wide
    # Valid UTF-8 with characters beyond ASCII is not valid by chance, while declarations are often left over from a
    # template or from before a site was converted: so it wins over a declaration that says otherwise.
    unicode = None if raw.isascii() else _decode_utf8(raw)
    labels = [] if unicode else [label for label in (beside, _label_in(raw)) if label]
    declared = next(filter(None, (_decode_labelled(raw, label) for label in labels)), None)
    if found := unicode or declared or _decode_utf8(raw):
        return found
    import charset_normalizer  # slow to import (30 ms) and rarely needed

    # Of encodings that fit equally well it names the first of the alphabet; Windows-1252 is by far the likeliest.
    matches = charset_normalizer.from_bytes(raw, cp_isolation=_DETECTABLE, preemptive_behaviour=False)
    ranked = sorted((match.chaos, -match.coherence, "cp1252" not in match.could_be_from_charset, match) for match in matches)
    if not ranked:
        raise UndecodableSource(f"{name} is in no encoding that could be detected: {_WAY_OUT}")
    *_, not_western, best = ranked[0]
    few = len(raw) - len(raw.translate(None, _BEYOND_ASCII)) <= _FEW and not _NOT_WESTERN.search(raw)
    codec = best.encoding if not_western and not few else "cp1252"  # too few to tell: what browsers take
    return raw.decode(codec), codec


def _decode_wide(raw: bytes) -> tuple[str, str] | None:
    """UTF-16 without a mark: of each two bytes of Western text one is NUL, always the same one."""
    head = raw[:4096]
    even, odd = head[::2].count(0), head[1::2].count(0)
    codec = "utf-16-le" if odd > 8 * even else "utf-16-be" if even > 8 * odd else None
    if codec is None or 4 * max(even, odd) < len(head):
        return None
    try:
        return raw.decode(codec), codec
    except UnicodeDecodeError:
        return None


def _label_in(raw: bytes) -> str | None:
    """The encoding that the document declares itself: near its beginning, or in the head of a page however long that is."""
    head = raw[:_DECLARED_WITHIN]
    if _PAGE.match(head):
        body = _BODY.search(raw, 0, _LONGEST_HEAD)
        head = raw[: body.start() if body else _LONGEST_HEAD]
    found = _DECLARATION.search(_COMMENT.sub(b"", head))
    return (found[1] or found[2]).decode("ascii") if found else None


def _decode_labelled(raw: bytes, label: str) -> tuple[str, str] | None:
    """The text, if the label is known and true: a broken character here and there does not make it false."""
    codec = _codec_of(label)
    if codec not in _DECLARABLE or codec == "utf-8":  # UTF-8 is looked at whatever is declared
        return None
    if codec == "cp1252":
        return raw.decode(codec, "surrogateescape").translate(_UNDEFINED), codec
    try:
        return raw.decode(codec), codec
    except UnicodeError:
        text = raw.decode(codec, "replace")
        return (text, codec) if _is_mostly_right(text, raw) else None


def _codec_of(label: str) -> str | None:
    label = label.strip().lower()
    short = label.removeprefix("x-")
    for name in (label, short, _LABELS.get(label), _LABELS.get(short)):
        try:
            codec = codecs.lookup(name).name if name else None
        except (LookupError, ValueError):
            continue
        if codec:
            return _SUPERSETS.get(codec, codec)
    return None


def _decode_utf8(raw: bytes) -> tuple[str, str] | None:
    """The text in UTF-8, if it is that: also where it was cut inside of a character, or a few are broken."""
    try:
        return raw.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        cut = error.reason == "unexpected end of data" and len(raw) - error.start < 4 and not raw[: error.start].isascii()
        text = raw.decode("utf-8", "replace")
        return (text, "utf-8") if cut or _is_mostly_right(text, raw) else None


def _is_mostly_right(text: str, raw: bytes) -> bool:
    """Whether few of the characters beyond ASCII stand for bytes that could not be read."""
    broken = text.count("\ufffd") - raw.count(b"\xef\xbf\xbd")
    beyond = len(text) - len(text.encode("ascii", "ignore"))
    return beyond - broken >= _GOOD_FOR_BAD * broken


def encodable(text: str) -> str:
    r"""A text as it can be written out: halves of characters become escapes.

    >>> encodable("a\ud83d"), encodable("é")
    ('a\\ud83d', 'é')
    """
    return text.encode("utf-8", "backslashreplace").decode()

"""PDF: the lines of each page as they are printed, read with PDFium (the extra ``pdf``)."""

from __future__ import annotations

import ctypes
import math
import re
import statistics
import time
from collections.abc import Iterable, Iterator
from itertools import pairwise
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from extract.containers.layout import Content, Layout, PrintedLine
from extract.errors import DamagedSource, EmptySource, MissingExtra, SourceTooLarge, UnreadableSource

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfTextPage

MAX_PAGES = 1000
"""Pages that a document may have; a posting has three."""
MAX_SECONDS = 60.0
"""How long reading may take. PDFium cannot be stopped inside of a page: the clock is looked at between pages."""
_PASSWORD = (4, 5)  # FPDF_ERR_PASSWORD, FPDF_ERR_SECURITY
_LINE_ENDS = frozenset({10, 13})
_HYPHEN = 2  # what PDFium makes of a hyphen that parts a word at the end of a line; no line end follows it
_NO_CHARACTERS = (0xFFFE, 0xFFFF)
_BOLD = re.compile(r"(?i)bold|black|heavy|demi|medi\Z")
_HEAVY = 600
_GAP = 1.2  # of a font's size: a wider one may lie between the cells of a row
_SAMPLES = 5  # letters that show how a line is printed
_BAND = 0.5  # of a font's size: lines whose feet are closer stand beside each other
_HIGH, _LOW = range(0xD800, 0xDC00), range(0xDC00, 0xE000)

# PDFium may not be called by two threads at once, not even for two documents.
_PDFIUM = Lock()


class _Cell(NamedTuple):
    """A stretch of a line without a wide gap in it."""

    text: str
    left: float
    right: float
    base: float
    size: float
    bold: bool


class _Page(NamedTuple):
    height: float
    rows: list[list[_Cell]]
    overfull: bool = False


def read_pdf(raw: bytes, *, name: str, max_chars: int) -> Content:
    """The lines of all pages, in reading order; each page ends with a form feed, and wide gaps in a line are tabs.

    The layout says where each page begins, and how each line is printed. Raises MissingExtra, DamagedSource, UnreadableSource
    (locked), EmptySource (a scan) and SourceTooLarge (over ``max_chars`` characters, ``MAX_PAGES`` or ``MAX_SECONDS``).
    """
    try:
        import pypdfium2
    except ImportError as error:
        way_out = "pip install 'extract-service[pdf]' (in a clone: pip install '.[pdf]'), or convert it to text"
        raise MissingExtra(f"{name} is a PDF, and the package that reads these is not installed: {way_out}") from error
    with _PDFIUM:
        try:
            document = pypdfium2.PdfDocument(raw)
        except pypdfium2.PdfiumError as error:
            if getattr(error, "err_code", None) in _PASSWORD:
                raise UnreadableSource(f"{name} is locked with a password: save a copy without one, and pass that") from error
            raise DamagedSource(f"{name} is a PDF that cannot be opened ({error}): fetch or save it again") from error
        try:  # closed inside of the lock: the collector of garbage could do it in any thread
            pages = list(_pages(document, name, max_chars))
        finally:
            document.close()
    return _content(pages, name)


def _pages(document: PdfDocument, name: str, max_chars: int) -> Iterator[_Page]:
    started = time.monotonic()
    chars = 0
    if not len(document):
        raise DamagedSource(f"{name} is a PDF without a page that could be read: fetch or save it again")
    if len(document) > MAX_PAGES:
        raise SourceTooLarge(f"{name} has {len(document):,} pages; {MAX_PAGES:,} are read: pass the pages with the text")
    for number in range(len(document)):
        if time.monotonic() - started > MAX_SECONDS:
            raise SourceTooLarge(f"{name}: {number} pages took {MAX_SECONDS:.0f} s; pass fewer pages, or convert it to text")
        page = _page(document, number, most=2 * max_chars)  # the ends of lines count twice there
        chars += sum(len(cell.text) + 1 for row in page.rows for cell in row)
        if chars > max_chars + 1 or page.overfull:
            raise SourceTooLarge.over(name, f"more than {max(chars - 2, max_chars):,} characters", max_chars)
        yield page


def _page(document: PdfDocument, number: int, *, most: int) -> _Page:
    """A page with at most so many characters; one that is broken is empty, since the others may be whole."""
    from pypdfium2 import PdfiumError

    try:
        page = document[number]
    except PdfiumError:
        return _Page(0.0, [])
    try:  # what is opened of a page is closed with it
        text = page.get_textpage()
        if text.count_chars() > most:
            return _Page(0.0, [], overfull=True)
        printed = _Print(text)
        return _Page(page.get_height(), _in_reading_order([_cells(line, printed) for line in _lines(printed.codes())]))
    except PdfiumError:
        return _Page(0.0, [])
    finally:
        page.close()


def _content(pages: list[_Page], name: str) -> Content:
    parts: list[str] = []
    starts: list[int] = []
    lines: list[PrintedLine] = []
    at = 0
    for number, page in enumerate(pages):
        starts.append(at)
        for row in page.rows:
            for cell in row:
                place = (number, cell.left, cell.right, cell.base, cell.size, page.height, cell.bold)
                lines.append(PrintedLine(at, at + len(cell.text), *place))
                parts += cell.text, "\n" if cell is row[-1] else "\t"
                at += len(cell.text) + 1
        parts.append("\f\n")
        at += 2
    if not lines:
        way_out = "run a text recognition (OCR) over it first, for example ocrmypdf"
        raise EmptySource(f"{name} is a PDF of {len(pages)} pages without any text, perhaps a scan: {way_out}")
    return Content("".join(parts), "pdf", Layout(pages=tuple(starts), lines=tuple(lines)))


class _Glyph(NamedTuple):
    """A character of a page, and its number there."""

    text: str
    number: int


class _Print:
    """How the characters of a page are printed, by their numbers."""

    def __init__(self, page: PdfTextPage) -> None:
        from pypdfium2 import raw

        self._raw = raw
        self._page = page
        self._rectangle, self._matrix = raw.FS_RECTF(), raw.FS_MATRIX()
        self._across, self._up = ctypes.c_double(), ctypes.c_double()
        self._font, self._flags = ctypes.create_string_buffer(128), ctypes.c_int()

    def codes(self) -> Iterator[int]:
        """The code of each character."""
        return (self._raw.FPDFText_GetUnicode(self._page, number) for number in range(self._page.count_chars()))

    def edges(self, glyph: _Glyph) -> tuple[float, float]:
        """Where it begins and ends on its line."""
        self._raw.FPDFText_GetLooseCharBox(self._page, glyph.number, self._rectangle)
        return float(self._rectangle.left), float(self._rectangle.right)

    def base(self, glyph: _Glyph) -> float:
        self._raw.FPDFText_GetCharOrigin(self._page, glyph.number, self._across, self._up)
        return self._up.value

    def size(self, glyph: _Glyph) -> float:
        """The size of its font as it is printed; a file may write letters of one point, a hundred times enlarged."""
        found = self._raw.FPDFText_GetMatrix(self._page, glyph.number, self._matrix)
        scale = math.hypot(self._matrix.c, self._matrix.d) if found else 1.0
        return float(self._raw.FPDFText_GetFontSize(self._page, glyph.number)) * (scale or 1.0)

    def bold(self, glyph: _Glyph) -> bool:
        self._raw.FPDFText_GetFontInfo(self._page, glyph.number, self._font, len(self._font), self._flags)
        heavy: bool = self._raw.FPDFText_GetFontWeight(self._page, glyph.number) >= _HEAVY
        return heavy or _BOLD.search(self._font.value.decode("utf-8", "replace")) is not None


def _lines(codes: Iterable[int]) -> Iterator[list[_Glyph]]:
    """The characters of each line, in the order in which the file draws them."""
    line: list[_Glyph] = []
    high = 0
    for number, code in enumerate(codes):
        if code in _LINE_ENDS or code == _HYPHEN:
            if code == _HYPHEN:
                line.append(_Glyph("-", number))
            yield line
            line = []
        elif code in _HIGH:
            high = code
        elif code in _LOW:
            line.append(_Glyph(chr(0x10000 + ((high - 0xD800) << 10) + code - 0xDC00) if high else "\ufffd", number))
            high = 0
        elif code >= 0x20 and not 0x7F <= code < 0xA0 and code not in _NO_CHARACTERS:
            line.append(_Glyph(chr(code), number))
    yield line


def _cells(line: list[_Glyph], printed: _Print) -> list[_Cell]:
    """The line cut where a wide gap is, as between the columns of a table; not behind a bullet."""
    shown = [at for at, glyph in enumerate(line) if not glyph.text.isspace()]
    cells: list[_Cell] = []
    begun = letters = 0
    for at, (left, right) in enumerate(pairwise(shown), start=1):
        letters += line[left].text.isalnum()
        if right - left == 1 or letters < 2:
            continue
        gap = printed.edges(line[right])[0] - printed.edges(line[left])[1]
        if gap > _GAP * printed.size(line[left]):
            cells.append(_cell(line[shown[begun] : left + 1], printed))
            begun, letters = at, 0
    return [*cells, _cell(line[shown[begun] : shown[-1] + 1], printed)] if shown else []


def _cell(glyphs: list[_Glyph], printed: _Print) -> _Cell:
    """How the letters are printed, whatever the bullet before them is."""
    letters = [glyph for glyph in glyphs if glyph.text.isalnum()] or [glyph for glyph in glyphs if not glyph.text.isspace()]
    samples = [letters[at * (len(letters) - 1) // (_SAMPLES - 1)] for at in range(_SAMPLES)]
    return _Cell(
        text="".join(glyph.text for glyph in glyphs),
        left=printed.edges(glyphs[0])[0],
        right=printed.edges(glyphs[-1])[1],
        base=printed.base(samples[_SAMPLES // 2]),
        size=statistics.median(map(printed.size, samples)),
        bold=all(map(printed.bold, samples)),
    )


def _in_reading_order(rows: list[list[_Cell]]) -> list[list[_Cell]]:
    """From the top to the bottom where no two lines stand beside each other; else as the file draws them, column by column."""
    rows = [row for row in rows if row]
    falling = sorted(rows, key=lambda row: -row[0].base)
    beside = any(upper[0].base - lower[0].base < _BAND * lower[0].size for upper, lower in pairwise(falling))
    return rows if beside else falling

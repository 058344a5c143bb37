"""The cleaner and its peers, each as a function from the HTML of a page to its text. Peers are imported when they are made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec

OURS = "extract"
REFERENCE = "trafilatura, recall"
"""The system that the speed of the others is compared with: the one that is taken where no line may be lost."""
TOKENIZER = "o200k_base"
NEEDED = {
    "trafilatura": "trafilatura",
    "lxml-html-clean": "lxml_html_clean",
    "selectolax": "selectolax",
    "lxml": "lxml",
    "html-to-markdown": "html_to_markdown",
    "inscriptis": "inscriptis",
    "resiliparse": "resiliparse",
    "rs-bpe": "rs_bpe",
    "matplotlib": "matplotlib",
}
"""What the `bench` extra brings: the name of each distribution, and what it is imported as."""

Cleaner = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class System:
    """One column of the comparison: its name, the distribution and version that it is, and what it does."""

    name: str
    version: str
    text: Cleaner


def missing() -> list[str]:
    """The distributions of the `bench` extra that are not installed."""
    return [name for name, module in NEEDED.items() if find_spec(module) is None]


def systems() -> list[System]:
    """All systems, ours first."""
    made: list[tuple[str, str, Callable[[], Cleaner]]] = [
        (OURS, "extract-service", _extract),
        ("selectolax", "selectolax", _selectolax),
        ("lxml", "lxml", _lxml),
        ("resiliparse", "resiliparse", _resiliparse),
        ("resiliparse, main content", "resiliparse", _resiliparse_main_content),
        ("html-to-markdown", "html-to-markdown", _html_to_markdown),
        ("html-to-markdown, plain", "html-to-markdown", _html_to_markdown_plain),
        ("inscriptis", "inscriptis", _inscriptis),
        ("trafilatura", "trafilatura", _trafilatura),
        (REFERENCE, "trafilatura", _trafilatura_recall),
        ("trafilatura, html2txt", "trafilatura", _trafilatura_html2txt),
    ]
    return [System(name, version(distribution), make()) for name, distribution, make in made]


def tokenizer() -> Callable[[str], int]:
    """How many tokens a text is, in the vocabulary that TOKENIZER names; rs-bpe carries it, so that nothing is downloaded."""
    from rs_bpe.bpe import openai

    encoding = openai.o200k_base()
    return lambda text: int(encoding.count(text))


def _extract() -> Cleaner:
    from extract.cleaning import clean
    from extract.source import Format, open_source

    return lambda html: clean(open_source(html), format=Format.HTML).text


def _selectolax() -> Cleaner:
    from selectolax.lexbor import LexborHTMLParser

    def text(html: str) -> str:
        tree = LexborHTMLParser(html)
        tree.strip_tags(["script", "style"])
        return str(tree.body.text(separator="\n", strip=True)) if tree.body else ""

    return text


def _lxml() -> Cleaner:
    from lxml import etree
    from lxml.html import HTMLParser, document_fromstring

    def text(html: str) -> str:
        # Bytes: a str that declares its encoding is refused.
        tree = document_fromstring(html.encode(), parser=HTMLParser(encoding="utf-8"))
        etree.strip_elements(tree, "script", "style", with_tail=False)
        return str(tree.text_content())

    return text


def _resiliparse() -> Cleaner:
    from resiliparse.extract.html2text import extract_plain_text

    return lambda html: str(extract_plain_text(html))


def _resiliparse_main_content() -> Cleaner:
    from resiliparse.extract.html2text import extract_plain_text

    return lambda html: str(extract_plain_text(html, main_content=True))


def _html_to_markdown() -> Cleaner:
    from html_to_markdown import ConversionOptions, convert

    options = ConversionOptions(skip_images=True)  # as the others do; the data of images would be most of the text
    return lambda html: str(convert(html, options).content or "")


def _html_to_markdown_plain() -> Cleaner:
    from html_to_markdown import ConversionOptions, convert

    options = ConversionOptions(output_format="plain")
    return lambda html: str(convert(html, options).content or "")


def _inscriptis() -> Cleaner:
    from inscriptis import get_text

    return lambda html: str(get_text(html))


def _trafilatura() -> Cleaner:
    from trafilatura import extract

    return lambda html: str(extract(html) or "")


def _trafilatura_recall() -> Cleaner:
    from trafilatura import extract

    return lambda html: str(extract(html, favor_recall=True) or "")


def _trafilatura_html2txt() -> Cleaner:
    from trafilatura import html2txt

    return lambda html: str(html2txt(html) or "")

"""HTML that is safe by construction: what is no ``Markup`` is text, and is escaped when it is put into a tag.

Characters that nobody sees, or that turn the direction of writing, are shown by their code point and taken out of the layout, so
that a hostile text can not rearrange the page. In the text of the document (``textContent``) they stay what they are.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from typing import Final

_UNSEEN: Final = re.compile(
    "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff\ud800-\udfff]++"
)
_ENDS: Final = re.compile(r"\r")
_NAMED = 3  # code points that the mark for a run of them names
_UNPARSED: Final = dict.fromkeys((0, *range(0xD800, 0xE000)), "\N{REPLACEMENT CHARACTER}")
"""What no parser of HTML takes as it is, and UTF-8 can not hold."""
_VOID = frozenset({"br", "input", "link", "meta", "wbr"})


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def shown(text: str) -> Markup:
    r"""The text as HTML, with what nobody sees made visible.

    >>> shown("R&D <b>")
    'R&amp;D &lt;b&gt;'
    >>> shown("a\u202eb")
    'a<span class="unseen" data-code="U+202E"><i hidden>\u202e</i></span>b'
    """
    parts, at = [], 0
    for match in _UNSEEN.finditer(text):
        parts += [_plain(text[at : match.start()]), _unseen(match[0])]
        at = match.end()
    return Markup("".join([*parts, _plain(text[at:])]))


def _plain(text: str) -> str:
    """A bare CR would be read as a line feed."""
    return _ENDS.sub("&#13;", html.escape(text, quote=False))


def _unseen(run: str) -> str:
    label = " ".join(map(_code, run[:_NAMED])) + (f" …{len(run)}" if len(run) > _NAMED else "")
    return f'<span class="unseen" data-code="{label}"><i hidden>{run.translate(_UNPARSED)}</i></span>'


def _code(character: str) -> str:
    return f"U+{ord(character):04X}"


def visible(text: str) -> str:
    r"""The text for an attribute or a title, where no tag can stand: what nobody sees is written as its code point.

    >>> visible("posting\u202etxt.html")
    'posting[U+202E]txt.html'
    """
    return _UNSEEN.sub(lambda match: f"[{' '.join(map(_code, match[0][:_NAMED]))}]", text)


def tag(name: str, *children: str | None, **attributes: str | int | bool | None) -> Markup:
    """An element; children that are plain text are escaped, those that are None are left out.

    Names of attributes have underscores for hyphens, and may end in one. An attribute that is None or False is left out, one
    that is True has no value.

    >>> tag("p", "a < b ", tag("b", "!"), class_="note", data_at=3, hidden=False)
    '<p class="note" data-at="3">a &lt; b <b>!</b></p>'
    """
    opening = "".join([name, *_attributes(attributes.items())])
    if name in _VOID:
        return Markup(f"<{opening}>")
    inner = "".join(child if isinstance(child, Markup) else shown(child) for child in children if child)
    return Markup(f"<{opening}>{inner}</{name}>")


def _attributes(pairs: Iterable[tuple[str, str | int | bool | None]]) -> Iterator[str]:
    for name, value in pairs:
        if value is None or value is False:
            continue
        written = name.rstrip("_").replace("_", "-")
        yield f" {written}" if value is True else f' {written}="{html.escape(visible(str(value)))}"'


def breakable(path: str) -> Markup:
    """The name of a document, which may go on in the next line after each slash.

    >>> breakable("docs/a.txt")
    'docs/<wbr>a.txt'
    """
    return Markup(tag("wbr").join(map(shown, re.split("(?<=/)", path))))


def joined(parts: Iterable[Markup]) -> Markup:
    """Elements one after the other."""
    return Markup("".join(parts))


def classes(*names: str | None) -> str | None:
    """The names of classes that apply, as an attribute has them."""
    return " ".join(name for name in names if name) or None

"""A review page as a browser reads it, as far as the tests ask."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"br", "input", "link", "meta", "wbr"}


@dataclass
class Page(HTMLParser):
    """Elements with their attributes and text, in order; ``source`` is the text of the source pane with its folds opened."""

    html: str
    elements: list[tuple[str, dict[str, str], list[str]]] = field(default_factory=list)
    source: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[tuple[str, dict[str, str], list[str]]] = []
        self.feed(self.html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element: tuple[str, dict[str, str], list[str]] = (tag, {name: value or "" for name, value in attrs}, [])
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        for _, _, text in self._open:
            text.append(data)
        names = {name for name, _, _ in self._open}
        if any(attributes.get("class") == "source" for _, attributes, _ in self._open) and "summary" not in names:
            self.source.append(data)

    def all(self, tag: str, **attributes: str) -> list[tuple[dict[str, str], str]]:
        """The elements of that name that have these classes or attributes."""
        return [
            (has, "".join(text))
            for name, has, text in self.elements
            if name == tag and all(value in has.get(key.rstrip("_"), "").split() for key, value in attributes.items())
        ]

    @property
    def text(self) -> str:
        return "".join("".join(text) for name, _, text in self.elements if name == "html")


def policy_of(page: Page) -> dict[str, list[str]]:
    """What a page allows itself, by directive."""
    (content,) = [has["content"] for has, _ in page.all("meta") if has.get("http-equiv") == "Content-Security-Policy"]
    return {name: values for name, *values in (part.split() for part in content.split(";"))}


def hash_of(text: str) -> str:
    """What a policy calls a style or a script by."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def runs_only_its_own(page: Page) -> None:
    """Asserts that the one style and the one script of a page are all that it lets be loaded, run or sent."""
    ((_, style),), ((_, script),) = page.all("style"), page.all("script")
    assert policy_of(page) == {
        "default-src": ["'none'"],
        "style-src": [hash_of(style)],
        "script-src": [hash_of(script)],
        "img-src": ["data:"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
    }
    assert len(script) > 1000
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|fetch\(|XMLHttp", script)

"""Words of the languages that are read, as data: one TOML file a subject, a table a language."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

_WORD = re.compile(r"[^\W_]+")


@cache
def load(name: str) -> dict[str, Any]:
    """The tables of ``name``.toml, read once a process."""
    return tomllib.loads(files("extract.vocabulary").joinpath(f"{name}.toml").read_text("utf-8"))


def bare(text: str) -> str:
    """The text in lower case without accents."""
    if text.isascii():
        return text.lower()
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).casefold()


def fold(text: str) -> str:
    """How phrases are compared: words in lower case without accents and punctuation, one blank between.

    >>> fold("What you’ll do :"), fold("À propos de l'équipe")
    ('what you ll do', 'a propos de l equipe')
    """
    return _fold_phrase(text) if len(text) <= LONGEST_PHRASE else _fold(text)


LONGEST_PHRASE = 120
"""Characters: longer texts hardly recur, and would fill the memory of a long run."""


def _fold(text: str) -> str:
    return " ".join(_WORD.findall(bare(text)))


_fold_phrase = lru_cache(maxsize=4096)(_fold)

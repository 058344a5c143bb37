"""Words of the languages that are read, as data: one TOML file a subject, a table a language."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import lru_cache
from importlib.resources import files
from typing import Any

from extract.once import once

_WORD = re.compile(r"[^\W_]+")
_ACCENTS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")  # the blocks of combining marks


@once
def load(name: str) -> dict[str, Any]:
    """The tables of ``name``.toml, read once a process."""
    return tomllib.loads(files("extract.vocabulary").joinpath(f"{name}.toml").read_text("utf-8"))


def bare(text: str) -> str:
    """The text in lower case without accents."""
    if text.isascii():
        return text.lower()
    return _ACCENTS.sub("", unicodedata.normalize("NFKD", text)).casefold()


def fold(text: str) -> str:
    """How phrases are compared: words in lower case without accents and punctuation, one blank between.

    >>> fold("What you’ll do :"), fold("À propos de l'équipe")
    ('what you ll do', 'a propos de l equipe')
    """
    return _fold_short(text) if len(text) <= LONGEST_KEPT else _fold(text)


LONGEST_KEPT = 1000
"""Characters: what is longer is folded anew each time, so that long documents do not fill the memory."""


def _fold(text: str) -> str:
    return " ".join(_WORD.findall(bare(text)))


_fold_short = lru_cache(maxsize=2048)(_fold)


def folded_words(text: str) -> list[str]:
    """The words of a text as phrases are compared.

    >>> folded_words("Votre rôle / What you’ll do:")
    ['votre', 'role', 'what', 'you', 'll', 'do']
    """
    return fold(text).split()

"""The language of a text."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from extract.errors import RunStopped
from extract.once import once
from extract.readers.reading import Reading

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

# The languages that are told apart, as the model names them. "no" is BCP 47 too: the macrolanguage, since a posting in Bokmål
# and one in Danish-influenced Norwegian are not told apart any further; Nynorsk ("nn") is.
LANGUAGES = ("en", "fr", "de", "es", "sv", "no", "nn", "da", "fi", "nl", "it", "pt", "pl", "cs", "ja")
# A posting says in a few lines what language it is in; the model reads about 5 characters a microsecond
SAMPLE = 600
_LEAST_LETTERS = 12
_LEAST_CONFIDENCE = 0.35


@once
def _identifier() -> LanguageIdentifier:
    # 0.5 s and numpy, nearly all of it unpacking the model: on first use only, and once a process
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    try:
        identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    except OSError as error:  # of the temporary file that it is unpacked into: no document fares better
        way_out = "set TMPDIR to a folder with room"
        raise RunStopped(f"the model that tells languages cannot be unpacked: {error.strerror}: {way_out}") from error
    identifier.set_languages(LANGUAGES)
    return identifier


@lru_cache(maxsize=256)  # grounding reads again what a rule has read
def read_language(text: str) -> Reading[str] | None:
    """The language (BCP 47) of a text, judged by its first 600 characters; None where they are too few to tell.

    The position is that of the whole words that were looked at. Norwegian is "no", unless it is Nynorsk ("nn").

    >>> read_language("Nous recherchons un ingénieur pour rejoindre notre équipe à Lyon.").value
    'fr'
    >>> read_language("R&D") is None
    True
    """
    start = len(text) - len(text.lstrip())
    sample = text[start : start + SAMPLE]
    if len(text) > start + SAMPLE and (blanks := list(re.finditer(r"\s", sample))):
        sample = sample[: blanks[-1].start()]  # evidence does not end inside of a word
    sample = sample.rstrip()
    if sum(map(str.isalpha, sample)) < _LEAST_LETTERS and sample.isascii():
        return None
    language, confidence = _identifier().classify(sample)
    return Reading(language, start, start + len(sample)) if sample and confidence >= _LEAST_CONFIDENCE else None

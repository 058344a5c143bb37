"""Countries and their main regions, by name and by code. Names are never matched loosely."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from extract.once import once
from extract.readers.denial import is_denied
from extract.readers.gazetteer import fold
from extract.readers.reading import Reading, alternation
from extract.vocabulary import load

# CLDR's keys that are no countries: European Union, euro zone, United Nations, unknown, outlying Oceania, pseudo-accents
_NO_COUNTRIES = frozenset({"EU", "EZ", "UN", "ZZ", "QO", "XA", "XB"})
# ISO 3166-1 alpha-3 codes that postings use; the rest are words more often than countries
_ALPHA_3: dict[str, str] = dict(
    pair.split(":")
    for pair in (
        "USA:US GBR:GB DEU:DE FRA:FR ESP:ES ITA:IT CHE:CH AUT:AT NLD:NL BEL:BE SWE:SE NOR:NO DNK:DK FIN:FI "
        "POL:PL CZE:CZ PRT:PT IRL:IE IND:IN CHN:CN JPN:JP AUS:AU NZL:NZ MEX:MX BRA:BR SGP:SG ISR:IL ARE:AE "
        "ROU:RO HUN:HU UKR:UA TUR:TR ZAF:ZA PHL:PH KOR:KR TWN:TW HKG:HK MYS:MY IDN:ID THA:TH VNM:VN ARG:AR "
        "CHL:CL COL:CO PER:PE EGY:EG NGA:NG KEN:KE LUX:LU GRC:GR "
    ).split()
)
_ARTICLE = re.compile(r"^(?:the|la|le|les|l|die|der|el|los) ")
_EDGES = " \t,;:.()[]\"'"
_UPPER = "A-ZÀ-ÖØ-ÞŠŽČŘĚŤĎŇŁŚŻŹĆŐŰİ"
_WORD = re.compile(r"[^\s]+")
# Names of countries that are names of people, of states or of things too
_BEFORE_PLACES = (",", " in", " from", "In", " of", "(", " and", " en", " i")
_DOUBTFUL = frozenset({"georgia", "jordan", "chad", "jersey", "guernsey", "turkey", "china", "man", "togo", "cuba", "guinea"})


@once
def _run() -> re.Pattern[str]:
    """Runs of capitalised words, with the words in small letters that stand inside and at the end of names of countries."""
    ends = alternation(load("places")["country_ends"])
    return re.compile(
        rf"\b(?:U\.S\.A\.|U\.S\.|U\.K\.|(?:[{_UPPER}][\w'’.-]*+)"
        rf"(?: (?:(?:and|of|the|y|et|und|de|&) ){{0,2}}[{_UPPER}][\w'’-]*+){{0,5}}(?: {ends}(?!\w)){{0,1}})"
    )


class Region(NamedTuple):
    """A main region: its country and its ISO 3166-2 subdivision part."""

    country: str
    code: str


@once
def _countries() -> dict[str, str]:
    from babel import localedata  # 0.03 s, and each language some more: only when a country is looked up

    names: dict[str, str] = {}
    vocabulary = load("places")
    for language in vocabulary["languages"]:
        for code, name in localedata.load(language)["territories"].items():
            if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES:
                names.setdefault(fold(name), code)
    for code, aliases in vocabulary["countries"].items():
        names |= dict.fromkeys(aliases, code)
    return {name: code for name, code in names.items() if name}


@once
def _codes() -> frozenset[str]:
    return frozenset(_countries().values())


@once
def _regions() -> dict[str, tuple[Region, ...]]:
    found: dict[str, tuple[Region, ...]] = {}
    for country, regions in load("regions").items():
        for code, names in regions.items():
            for name in names:
                found[fold(name)] = (*found.get(fold(name), ()), Region(country, code))
    return found


@once
def _region_codes() -> dict[str, tuple[Region, ...]]:
    found: dict[str, tuple[Region, ...]] = {}
    for country in load("places")["codes"]:
        for code in load("regions")[country]:
            found[code] = (*found.get(code, ()), Region(country, code))
    return found


def country_of(name: str) -> str | None:
    """The alpha-2 code of a country by its name alone, not by a code (aliases such as "UK" are names)."""
    folded = fold(name)
    code = _countries().get(folded) or _countries().get(_ARTICLE.sub("", folded))
    # "us" and "uk" are words in lower case
    return None if code and len(folded.replace(" ", "")) <= 3 and not name.isupper() else code


def code_of(text: str) -> str | None:
    """The alpha-2 code that an upper-case alpha-2 or alpha-3 code states."""
    if len(text) == 2 and text.isupper() and text in _codes():
        return text
    return _ALPHA_3.get(text)


def regions_of(text: str) -> tuple[Region, ...]:
    """The regions that a name, or an upper-case code of a country whose codes are in use, can mean.

    >>> regions_of("Bayern"), regions_of("CA"), regions_of("ca")
    ((Region(country='DE', code='BY'),), (Region(country='US', code='CA'),), ())
    """
    return _regions().get(fold(text), ()) or _region_codes().get(text.replace(".", ""), ())


def country_has_regions(country: str) -> bool:
    """Whether the main regions of a country are known here."""
    return country in load("regions")


def bounds(text: str) -> tuple[int, int]:
    """Where the text without blanks and punctuation at its ends begins and ends."""
    right = len(text.rstrip(_EDGES))
    left = right - len(text[:right].lstrip(_EDGES))
    return (left, right + 1) if text[right : right + 1] == "." and text[left:right].count(".") else (left, right)


def read_country(text: str) -> Reading[str] | None:
    """The country (ISO 3166-1 alpha-2) that a short text consists of.

    Names in the languages of places.toml in any case, codes in upper case only.

    >>> read_country("Deutschland").value, read_country(" the United States.").value, read_country("UK").value
    ('DE', 'US', 'GB')
    >>> read_country("us"), read_country("Zurich"), read_country("Switzerlnd")
    (None, None, None)
    """
    start, end = bounds(text)
    name = text[start:end]
    code = (country_of(name) or code_of(name)) if 1 < len(name) <= 60 else None
    return Reading(code, start, end) if code else None


def read_region(text: str) -> Reading[str] | None:
    """The main region (its ISO 3166-2 subdivision part) that a short text consists of.

    >>> read_region("California").value, read_region("NSW").value, read_region("Île-de-France").value, read_region("Zurich")
    ('CA', 'NSW', 'IDF', None)
    """
    start, end = bounds(text)
    regions = regions_of(text[start:end]) if end - start <= 60 else ()
    return Reading(regions[0].code, start, end) if regions else None


def find_countries(text: str) -> list[Reading[str]]:
    """The countries that a running text names, in order; of codes only those that are in everyday use (US, USA, UK, UAE).

    A country that the text denies ("Germany is not served") is not named.

    >>> find_countries("Sales in the UK, Sweden and New Jersey")
    [Reading(value='GB', start=13, end=15), Reading(value='SE', start=17, end=23)]
    """
    found: list[Reading[str]] = []
    for run in _run().finditer(text):
        tokens = [(run.start() + word.start(), run.start() + word.end()) for word in _WORD.finditer(run[0])]
        found += _in_run(text, tokens)
    return [country for country in found if not is_denied(text, country.start, country.end, reach=2)]


@lru_cache(maxsize=16384)
def _opens(word: str) -> bool:
    """Whether the name of a country or of a region can begin with this word."""
    folded = fold(word)
    return folded.partition(" ")[0] in _first_words()


@once
def _first_words() -> frozenset[str]:
    return frozenset(name.partition(" ")[0] for name in [*_countries(), *_regions(), "the x"])


def _in_run(text: str, tokens: list[tuple[int, int]]) -> list[Reading[str]]:
    """The longest names in a run of words, from the left."""
    found: list[Reading[str]] = []
    first = 0
    while first < len(tokens):
        if not _opens(text[tokens[first][0] : tokens[first][1]]):
            first += 1
            continue
        for last in range(len(tokens), first, -1):
            start, end = tokens[first][0], tokens[last - 1][1]
            name = text[start:end].rstrip(".-'’") if text[start:end].count(".") < 2 else text[start:end]
            code = country_of(name)
            if code and not _doubtful(text, start, name, in_name=last < len(tokens) and name == text[start:end]):
                found.append(Reading(code, start, start + len(name)))
            if code or regions_of(name):
                first = last
                break
        else:
            first += 1
    return found


def _doubtful(text: str, start: int, name: str, *, in_name: bool) -> bool:
    """A name with another meaning counts where it follows a preposition or a comma and no other name goes on with it."""
    before = text[:start].rstrip() if start < 40 else text[start - 40 : start].rstrip()
    return fold(name) in _DOUBTFUL and (in_name or not before.endswith(_BEFORE_PLACES))

"""One part of a place line, between two commas: what it can be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from extract.once import once
from extract.readers.countries import Region, bounds, code_of, country_of, regions_of
from extract.readers.gazetteer import City, find_city, fold, words
from extract.vocabulary import load

UPPER = "A-ZÀ-ÖØ-ÞŠŽČŘĚŤĎŇŁŚŻŹĆŐŰİ"
# A capitalised word, with what is joined to it; then small words that stand inside names ("Las Palmas de Gran Canaria")
WORD = rf"(?:(?:St|Ste|Sta|Mt|Ft|Bad)\. )?(?:[dlDL]['’])?[{UPPER}][\w'’]*+(?:-[\w'’]++)*+"
SMALL = (
    r"(?:de la|de los|de las|de|la|le|les|los|las|del|der|den|am|an der|im|in der|sur|sous|en|lès|el|du|des"
    r"|of|upon|bei|ob|on|y|nad|i|da|do|di)"
)
NAME = rf"{WORD}(?: (?:{SMALL} )?{WORD}){{0,4}}"
POSTAL = (
    r"(?:[A-Z]{1,2}-)?\d{5}(?:-\d{4})?|\d{6}|\d{3} \d{2}|\d{4}(?: ?[A-Z]{2})?"
    r"|[A-Z]\d[A-Z] ?\d[A-Z]\d|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}"
)
_NAME = re.compile(NAME)
_POSTAL_FIRST = re.compile(rf"(?P<postal>{POSTAL})(?=[ ,]|$)")
_POSTAL_LAST = re.compile(rf"(?<= )(?P<postal>{POSTAL})$")
_DEPARTMENT = re.compile(r"\d[\dAB]|97\d")
_DISTRICT = re.compile(r" (?:\d{1,2}(?:er|ère|ème|eme|e|è|st|nd|rd|th)?|[IVX]{1,4}e?)(?: arrondissement| arr\.?)?$")
_DIGIT = re.compile(r"\d")
# Four figures are a postal code in few countries only; elsewhere a year or a number of a house
_FOUR_FIGURES = frozenset({"AT", "CH", "NO", "DK", "BE", "NL", "LU", "HU", "AU", "NZ", "SI", "ZA", "AM"})


class Part(NamedTuple):
    """What a stretch of a line can be: several of these at once ("New York" is a city and a state)."""

    start: int
    end: int
    text: str
    city: City | None = None
    shape: bool = False  # looks like a name, and no list knows it
    regions: tuple[Region, ...] = ()
    country: str | None = None
    postal: bool = False
    street: bool = False


def read_part(text: str, start: int, end: int) -> Iterator[Part]:
    """What ``text[start:end]`` is made of; nothing where it is no part of a place."""
    if end - start <= 80 and fold(text[start:end]) in words("not_places"):  # before "office" goes: "Home office"
        return
    start, end = _trimmed(text, start, end)
    name = text[start:end]
    if not name or end - start > 80 or fold(name) in words("not_places"):
        return
    known = _known(start, end, name)
    if known is not None:
        yield known
    elif _DEPARTMENT.fullmatch(name):
        yield Part(start, end, name, regions=(Region("FR", name),))
    else:
        yield from _split(text, start, end)


@once
def _ends() -> tuple[tuple[str, ...], tuple[str, ...]]:
    tables = load("places")
    prefixes: list[str] = sorted(tables["prefixes"], key=len, reverse=True)
    suffixes: list[str] = sorted(tables["suffixes"], key=len, reverse=True)
    return tuple(prefixes), tuple(suffixes)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Without blanks, punctuation and words such as "Greater … Area" at the ends."""
    left, right = bounds(text[start:end])
    start, end = start + left, start + right
    prefixes, suffixes = _ends()
    low = text[start:end].lower()
    if len(low) != end - start or low in suffixes:
        return start, end
    prefix = next((word for word in prefixes if low.startswith(word + " ")), "")
    suffix = next((word for word in suffixes if low.endswith(" " + word)), "")
    if (prefix or suffix) and not find_city(low) and len(prefix) + len(suffix) + 2 < len(low):
        start, end = start + len(prefix) + bool(prefix), end - len(suffix) - bool(suffix)
    return start, end


def _known(start: int, end: int, name: str) -> Part | None:
    """A name or a code that one of the lists holds."""
    country = country_of(name) or code_of(name)
    regions = regions_of(name)
    city = None if name.islower() or len(name) < 3 else find_city(name)
    return Part(start, end, name, city=city, regions=regions, country=country) if country or regions or city else None


def _split(text: str, start: int, end: int) -> Iterator[Part]:
    """A postal code before or after, an arrondissement, a state written behind the city; or a street, or a name by its shape."""
    if (first := _POSTAL_FIRST.match(text, start, end)) and _is_postal(text, first.end(), end, first["postal"]):
        yield Part(start, first.end(), first["postal"], postal=True)
        yield from read_part(text, first.end(), end)
        return
    if _is_street(text[start:end]):
        yield Part(start, end, text[start:end], street=True)
        return
    last = _POSTAL_LAST.search(text[:end], max(start, end - 10))
    if last and len(last["postal"]) > 4:
        yield from read_part(text, start, last.start())
        yield Part(last.start(), end, last["postal"], postal=True)
        return
    if district := _DISTRICT.search(text[:end], max(start, end - 20)):
        city = find_city(text[start : district.start()])
        if city and city.size > 2:
            yield Part(start, district.start(), text[start : district.start()], city=city)
        return
    yield from _with_region(text, start, end)


def _with_region(text: str, start: int, end: int) -> Iterator[Part]:
    """A region right behind its city ("Dallas TX", "Plano Texas"); else a capitalised name."""
    for cut in (text.rfind(" ", start, end), text.rfind(" ", start, max(start, text.rfind(" ", start, end)))):
        if cut > start and (regions := regions_of(text[cut + 1 : end])):
            city = find_city(text[start:cut])
            if city and any(region.country in city.countries for region in regions):
                yield Part(start, cut, text[start:cut], city=city)
                yield Part(cut + 1, end, text[cut + 1 : end], regions=regions)
                return
    name = text[start:end]
    if not _DIGIT.search(name) and len(name) > 2 and looks_like_name(name):
        yield Part(start, end, name, shape=True)


def looks_like_name(name: str) -> bool:
    """Capitalised words, none of which is one of office life.

    >>> looks_like_name("Guilherand-Granges"), looks_like_name("Sales Manager"), looks_like_name("the city")
    (True, False, False)
    """
    return _NAME.fullmatch(name) is not None and words("stop_words").isdisjoint(fold(name).split())


def _is_postal(text: str, start: int, end: int, code: str) -> bool:
    """Whether figures at the beginning of a part are a postal code: alone, or before the name of a city."""
    left, right = bounds(text[start:end])
    name = text[start + left : start + right]
    if len(code) == 4:
        city = find_city(name) if name else None
        return city is not None and not _FOUR_FIGURES.isdisjoint(city.countries)
    return not name or (name[0].isupper() and not _is_street(name))


@once
def _street_words() -> tuple[frozenset[str], tuple[str, ...]]:
    tables = load("places")
    return frozenset(fold(word) for word in tables["streets"]), tuple(fold(word) for word in tables["street_ends"])


def _is_street(name: str) -> bool:
    if not _DIGIT.search(name):
        return False
    whole, ends = _street_words()
    folded = fold(name)
    return any(word in whole or word.endswith(ends) for word in folded.split()) or "an der " in folded

"""Places in running text, by what stands around them; and the readers of place lines, of countries and of regions.

A city is answered only where a cue speaks for it: a known city after "in", followed by its region or country, in "our … office";
any capitalised name only after what can announce nothing but a place ("based in", "Location:"). The cue is handed over, so
that a caller can choose the place of work among the places that a posting names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from extract.once import once
from extract.readers.countries import code_of, country_of, find_countries, read_country, read_region, regions_of
from extract.readers.gazetteer import City, find_city, fold, is_common, words, words_from
from extract.readers.place_lines import Cue, Place, moved, read_places
from extract.readers.place_parts import NAME, POSTAL, SMALL, UPPER, WORD, looks_like_name
from extract.readers.reading import Reading
from extract.vocabulary import load

__all__ = ["Cue", "Place", "find_countries", "find_places", "read_country", "read_places", "read_region"]

# Begins with a set of characters, which the engine of regular expressions searches for quickest
_RUN = re.compile(rf"[{UPPER}][\w'’]*+(?:-[\w'’]++)*+(?:(?<=St)\.|(?<=Ste)\.)?(?: (?:{SMALL} )?{WORD}){{0,4}}")
_LINK = re.compile(r"\s?(?:,|/|;)\s?|,?\s(?:or|and|&|ou|et|oder|und|eller|og|och|o|y|e|ou à|et à|or in|and in|y en|o en)\s")
_TOKEN = re.compile(r"[^ ]+")
# What may follow a city: ", CA 94105", ", Switzerland", " (75)", " – Bayern, Deutschland"
_TAIL = re.compile(
    rf"(?P<comma>, ?| ?\(| [-–—/] | )"
    rf"(?P<name>{WORD}(?: (?:and |of |de |y )?{WORD}){{0,3}}|\d{{5}}|\d[\dAB]|97\d)(?:,? (?:{POSTAL})\b)?"
)
_POSTAL_BEFORE = re.compile(rf"(?<![\w,.])\(?(?:{POSTAL}|\d[\dAB])\)?(?: | - )$")
_CODE_BEFORE = re.compile(r"(?:[A-Z]{2,3}(?: - |, ))?(?P<code>[A-Z]{2})(?: - |, )$")
_POSTAL_AFTER = re.compile(r" ?\((\d\d(?:\d{3})?)\)")
_ADJECTIVE = re.compile(r"-| based\b")
_AFTER = re.compile(r"['’]?s? ?(\w+)")
_EXPRESSION = re.compile(
    rf"(?:(?:{POSTAL}|\d{{2}}) (?:- )?)?{NAME}"
    r"(?:(?:, ?| ?\(| - | – | ?/ ?| or | and | et | und | ou | oder )"
    rf"(?:{POSTAL}|\d[\dAB](?=\))|{NAME})(?: (?:{POSTAL}))?\)?){{0,6}}"
)
# Codes of US states that stand after the names of people and of degrees ("RN, MS", "John Smith, MD")
_TITLES = frozenset({"MD", "MA", "MS", "PA", "OR", "IN", "ME", "OK", "HI", "AL", "CO", "DE", "ID", "LA", "DC", "CT", "VA"})


# What one city of a list has beside it says nothing of the next one: "Paris, France, Excel"
_BESIDE = frozenset({Cue.REGION, Cue.COUNTRY, Cue.POSTAL, Cue.LINE, Cue.MUNICIPALITY, Cue.ADJECTIVE})


# No posting names as many places, and no segment is as long; a document made to be slow does and is
MAX_PLACES = 500
LONGEST = 100_000


class _Found(NamedTuple):
    start: int
    end: int
    cue: Cue


def find_places(text: str) -> list[Reading[Place]]:
    """The places with a city that a running text names with a cue (and whatever a label such as "Location:" states), in order.

    Reads at most the first 100,000 characters and answers at most 500 places.

    >>> [(p.value.city.value, p.value.cue.value) for p in find_places("We are based in Lyon, with an office in Berlin, Germany.")]
    [('Lyon', 'based'), ('Berlin', 'based')]
    >>> find_places("Reading and Mobile are nice; Paris Hilton likes Nice.")
    []
    """
    text = text[:LONGEST]
    found: list[Reading[Place]] = []
    done = 0
    for start, end, cue in sorted(set(islice(_candidates(text), MAX_PLACES)), key=_order):
        if start < done:
            continue
        for place in read_places(text[start:end]):
            if place.value.city or cue is Cue.LABEL:
                value = replace(moved(place.value, start), cue=cue)
                found.append(Reading(value, place.start + start, place.end + start))
                done = place.end + start
    return found


def _order(found: _Found) -> tuple[int, bool, int]:
    return found.start, found.cue is not Cue.LABEL, -found.end


def _candidates(text: str) -> Iterator[_Found]:
    """What may be a place, in order; a known city after "or", "and", "/" or a comma shares the cue of the one before it."""
    before = _Found(0, -1, Cue.SHAPE)
    for run in _RUN.finditer(text):
        start, end = run.span()
        tokens = _tokens(text, start, end)
        if start and (text[start - 1].isalnum() or text[start - 1] in ".@/#_-"):
            tokens = tokens[1:]
        first = 0
        while first < len(tokens):
            if not _opens(text[tokens[first][0] : tokens[first][1]]):
                first += 1
                continue
            found, first = _at(text, tokens, first, before)
            if found:
                before = found
                yield found
        if tokens and (unknown := _unknown(text, tokens[0][0], end)):
            before = unknown
            yield unknown


@lru_cache(maxsize=16384)
def _opens(word: str) -> bool:
    """Whether a label or the name of a city can begin with this word: most words end here."""
    return words_from(word) > 0 or fold(word).partition(" ")[0] in _label_words()


def _at(text: str, tokens: list[tuple[int, int]], first: int, before: _Found) -> tuple[_Found | None, int]:
    """What begins with a token of a run of capitalised words, and the number of the token to go on with."""
    start, stop = tokens[first]
    word = text[start:stop]
    if fold(word).partition(" ")[0] in _label_words() and (labelled := _labelled(text, start)):
        return labelled, first + 1
    known = _longest(text, tokens, first)
    if known is None:
        return None, first + 1
    end, city, following = known
    found = _judge(text, start, end, city, in_run=first > 0)
    link = _LINK.fullmatch(text, before.end, start) if found is None and before.end >= 0 else None
    if link and (before.cue not in _BESIDE or link[0].strip(" ,").isalpha()) and not is_common(text[start:end]):
        found = _Found(start, end, before.cue)
    return found, following


# Labels -------------------------------------------------------------------------------------------


def _alternatives(names: list[str]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


@once
def _label() -> re.Pattern[str]:
    tables = load("places")
    # capitalised or in capitals: a label begins something
    labels = [form for label in tables["labels"] for form in (label.capitalize(), label.title(), label.upper())]
    bare = [form for label in tables["bare_labels"] for form in (label.capitalize(), label.title(), label.upper())]
    return re.compile(rf"(?:{_alternatives(labels)}) ?[:：]\s*|(?:{_alternatives(bare)})(?: [-–—] | (?=[{UPPER}\d]))")


@once
def _label_words() -> frozenset[str]:
    return frozenset(fold(label).split()[0] for label in load("places")["labels"])


def _labelled(text: str, start: int) -> _Found | None:
    label = _label().match(text, start)
    expression = _EXPRESSION.match(text, label.end()) if label else None
    if label is None or expression is None or _names_no_place(text, expression.start(), expression.end()):
        return None
    # after a bare word only a place that is known: "Location Scout wanted"
    if label[0].rstrip()[-1] in ":：" or _states_place(text, expression.start(), expression.end()):
        return _Found(expression.start(), _until_known(text, expression.start(), expression.end()), Cue.LABEL)
    return None


@once
def _no_place() -> re.Pattern[str]:
    return re.compile(rf"(?:{_alternatives(load('places')['not_places'])})(?!\w)", re.IGNORECASE)


def _names_no_place(text: str, start: int, end: int) -> bool:
    """Whether it is, or begins, words that stand where a place could: "Multiple" in "Multiple locations"."""
    found = _no_place().match(text, start)
    return found is not None and found.end() >= end


def _states_place(text: str, start: int, end: int) -> bool:
    """Whether it begins with a known city, or names a country or a region beside a city."""
    found = _longest(text, _tokens(text, start, end), 0)
    if found is not None:
        return not is_common(text[start : found[0]])
    return any(place.value.city and (place.value.country or place.value.region) for place in read_places(text[start:end]))


def _until_known(text: str, start: int, end: int) -> int:
    """Cut what runs on behind a known city: "Paris Contract type" names Paris."""
    tokens = _tokens(text, start, end)
    first = _longest(text, tokens, 0)
    if first is None:
        return end
    city_end = first[0]
    if city_end >= end or text[city_end : city_end + 2].strip(" ")[:1] in (",", "(", "-", "–", "/", ")"):
        return end
    tail = _tail(text, city_end, first[1])
    return tail[0] if tail else city_end


# Names in prose -----------------------------------------------------------------------------------


def _tokens(text: str, start: int, end: int) -> list[tuple[int, int]]:
    return [(token.start(), token.end()) for token in _TOKEN.finditer(text, start, end)]


def _longest(text: str, tokens: list[tuple[int, int]], first: int) -> tuple[int, City, int] | None:
    """The longest known city that begins with a token: where it ends, the city, the number of the token after it."""
    length = words_from(text[tokens[first][0] : tokens[first][1]])
    for last in range(min(first + length, len(tokens)), first, -1):
        name = text[tokens[first][0] : tokens[last - 1][1]]
        end = tokens[last - 1][1] - (len(name) - len(name.rstrip("'’.,;:!?)")))
        if name.endswith(("'s", "’s")):
            end = tokens[last - 1][1] - 2
        if end - tokens[first][0] > 2 and (city := find_city(text[tokens[first][0] : end])):
            return end, city, last
    return None


def _judge(text: str, start: int, end: int, city: City, *, in_run: bool) -> _Found | None:
    """Whether what stands around a known city speaks for it."""
    before = text[max(0, start - 40) : start].lower()
    common = is_common(text[start:end])
    if common and in_run:
        return None
    if tail := _tail(text, end, city):
        cue = _cue_before(before) if not common else None
        return _Found(_with_postal(text, start), tail[0], cue if cue in (Cue.BASED, Cue.SEAT) else tail[1])
    if (postal := _with_postal(text, start)) < start:
        return _Found(postal, end, Cue.POSTAL)
    if common:
        return None
    if (coded := _with_code(text, start, city)) < start:
        return _Found(coded, end, Cue.REGION)
    if start == 0 and not text[end:].strip(" ."):
        return _Found(start, end, Cue.LINE)
    cue = _cue_after(text, end) or _cue_before(before)
    if cue is None or (cue in (Cue.PREPOSITION, Cue.BASED) and _runs_on(text, end)):
        return None
    return _Found(start, end, cue)


def _runs_on(text: str, end: int) -> bool:
    """Whether the name goes on: "in Paris Business School" is about a school."""
    word = _AFTER.match(text, end)
    return word is not None and fold(word[1]) in words("institutions")


def _with_code(text: str, start: int, city: City) -> int:
    """Where "US - NY - " before its city begins; the city's own start where nothing of the kind stands there."""
    near = max(0, start - 12)
    code = _CODE_BEFORE.search(text[near:start])
    fits = code is not None and any(region.country in city.countries for region in regions_of(code["code"]))
    return near + code.start() if code and fits else start


def _with_postal(text: str, start: int) -> int:
    found = _POSTAL_BEFORE.search(text[max(0, start - 12) : start]) if start and text[start - 1] == " " else None
    return start - len(found[0]) if found and not (len(found[0].rstrip()) == 4 and found[0][:2] in ("19", "20")) else start


def _tail(text: str, end: int, city: City | None) -> tuple[int, Cue] | None:
    """The end of the region and the country that follow a city, if any do, and which it was."""
    step = _tail_step(text, end, city)
    if step is None:
        return None
    further = _tail_step(text, step[0], None) if text[step[0] : step[0] + 1] in (",", " ") else None
    return (further[0], step[1]) if further and further[1] is Cue.COUNTRY else step


def _tail_step(text: str, end: int, city: City | None) -> tuple[int, Cue] | None:
    match = _TAIL.match(text, end) if text[end : end + 1] in (" ", ",", "(") else None
    if match is None:
        return None
    at, name = match.start("name"), match["name"]
    if name[0].isdigit():
        closed = match["comma"].strip() == "(" and text[match.end("name") : match.end("name") + 1] == ")"
        return (match.end("name") + 1, Cue.POSTAL) if closed else None
    for stop in (len(name), *(found.start() for found in reversed(list(re.finditer(" ", name))))):
        if cue := _kind(name[:stop], match["comma"], city):
            whole = stop == len(name)
            after = match.end() if whole else at + stop
            return after + (match["comma"].strip() == "(" and text[after : after + 1] == ")"), cue
    return None


def _kind(name: str, comma: str, city: City | None) -> Cue | None:
    """Whether a name is the region or the country of the city before it (of any, where the city is not known)."""
    regions = regions_of(name)
    if city is None:
        return Cue.COUNTRY if country_of(name) else Cue.REGION if regions and comma != " " and name not in _TITLES else None
    if any(region.country in city.countries for region in regions):
        return Cue.REGION
    if comma == " ":
        return None
    country = country_of(name) or code_of(name)
    return Cue.COUNTRY if country and (country in city.countries or country_of(name)) else None


@once
def _phrase(table: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_alternatives(load('places')[table])})(?: |(?<=['’]))$")


@once
def _weak() -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    tables = load("places")
    municipality = tuple(f"{word} " for word in tables["municipality_before"])
    return (
        tuple(f" {word} " for word in tables["weak_before"]),
        tuple({word.rsplit(" ", 1)[-1][-1] + " " for word in [*tables["strong_before"], *tables["seat_before"]]} | {"'", "’"}),
        municipality,
    )


def _cue_before(before: str) -> Cue | None:
    weak, last, municipality = _weak()
    if before.endswith(municipality):
        return Cue.MUNICIPALITY
    if before.endswith(last):
        if _phrase("seat_before").search(before):
            return Cue.SEAT
        if _phrase("strong_before").search(before):
            return Cue.BASED
    return Cue.PREPOSITION if f" {before}".endswith(weak) else None


@once
def _after() -> dict[str, Cue]:
    tables = load("places")
    cues = {fold(word): Cue.OFFICE for word in tables["after_office"]} | {fold(word): Cue.AREA for word in tables["after_area"]}
    return cues | {fold(word): Cue.MUNICIPALITY for word in tables["municipality_after"]}


def _cue_after(text: str, end: int) -> Cue | None:
    if _ADJECTIVE.match(text, end):
        return Cue.ADJECTIVE if text[end : end + 6].lower().endswith("based") else None
    word = _AFTER.match(text, end)
    return _after().get(fold(word[1])) if word and text[end : end + 1] in (" ", "'", "’") else None


@once
def _placed() -> tuple[str, ...]:
    return tuple(f"{phrase} " for phrase in load("places")["place_before"])


def _unknown(text: str, start: int, end: int) -> _Found | None:
    """A name that no list knows, after a cue that can announce nothing else."""
    if text[end : end + 1] not in ("", " ", "(") and text[start - 1 : start] != " ":
        return None
    name = text[start:end]
    if text[end : end + 2] in ("(0", "(1", "(2", " (") and (postal := _POSTAL_AFTER.match(text, end)):
        told = len(postal[1]) == 5 or text[max(0, start - 4) : start].endswith((" à ", " sur ", " de ", " - ", " – "))
        return _Found(start, postal.end(), Cue.POSTAL) if told and looks_like_name(name) and not find_city(name) else None
    if text[start - 3 : start] not in ("in ", " à ", "en ") or not text[max(0, start - 14) : start].lower().endswith(_placed()):
        return None
    if country_of(name) or regions_of(name) or _longest(text, _tokens(text, start, end), 0) or not looks_like_name(name):
        return None
    tail = _tail(text, end, None)
    return _Found(start, tail[0] if tail else end, Cue.BASED)

"""Place lines: "Zurich, Switzerland", "US, NY, New York", "75002 Paris 2e", "London, UK or Remote"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum

from extract.readers.countries import Region, country_of, regions_of
from extract.readers.gazetteer import fold, is_common, words
from extract.readers.place_parts import Part, read_part
from extract.readers.reading import Reading
from extract.vocabulary import load


class Cue(StrEnum):
    """What speaks for a place, from the strongest to the weakest."""

    LABEL = "label"  # "Location: X"
    BASED = "based"  # "based in X", "situé à X", "mit Sitz in X"
    OFFICE = "office"  # "our X office"
    POSTAL = "postal"  # a postal code or the number of a département stands beside it
    REGION = "region"  # followed by its region
    COUNTRY = "country"  # followed by its country, or a country itself
    LINE = "line"  # a line that is nothing else
    AREA = "area"  # "the X area"
    MUNICIPALITY = "municipality"  # "City of X", often the employer
    ADJECTIVE = "adjective"  # "X-based", often the employer
    SEAT = "seat"  # "headquartered in X", "offices in X": of the employer
    PREPOSITION = "preposition"  # "in X", where X is a city
    GAZETTEER = "gazetteer"  # a known city, in a place line
    SHAPE = "shape"  # capitalised words, in a place line


@dataclass(frozen=True, slots=True)
class Place:
    """What a text states of one place; positions are those of the whole text.

    ``city``, ``postal_code`` and ``street`` are as printed, ``region`` an ISO 3166-2 subdivision part, ``country`` ISO
    3166-1 alpha-2. Nothing is concluded from a city. ``cue`` (one of ``Cue``) does not enter the comparison of places.
    """

    city: Reading[str] | None = None
    region: Reading[str] | None = None
    postal_code: Reading[str] | None = None
    country: Reading[str] | None = None
    street: Reading[str] | None = None
    cue: str = field(default=Cue.SHAPE, compare=False)

    @property
    def readings(self) -> tuple[Reading[str], ...]:
        """Whatever is stated."""
        return tuple(part for part in (self.city, self.region, self.postal_code, self.country, self.street) if part)


_BREAKS = re.compile(
    r"[;|\n•·]|(?<=\s)/|/(?=\s)|(?<=\w)/(?=[A-ZÀ-Þ]\w)|\s(?:or|and|oder|und|ou|et|y|o|och|eller|og|nebo|OR|AND|&)(?=\s)"
)
_COMMAS = re.compile(r"[,()\[\]>:]|\s[-–—](?=\s)|[-–—](?=\s[A-Z])")
_HARD = ",;|/()[]:\n"
MAX_LINE = 2_000


def read_places(text: str) -> list[Reading[Place]]:
    """The places of a line that states nothing but places; "remote", "hybrid" and their like are none.

    Reads at most the first 2,000 characters. A capitalised name that no list knows is taken for a city (cue "shape").

    >>> [(p.value.city.value, p.value.region and p.value.region.value, p.value.country and p.value.country.value)
    ...  for p in read_places("London, UK or Remote; US, NY, New York / Paris (75)")]
    [('London', None, 'GB'), ('New York', 'NY', 'US'), ('Paris', '75', None)]
    >>> read_places("Remote - US")[0].value.country.value
    'US'
    """
    return [place for place in _parse(text) if _is_stable(text, place)]


def moved(place: Place, offset: int) -> Place:
    """The same place in a text that has ``offset`` more characters before it."""

    def move(part: Reading[str] | None) -> Reading[str] | None:
        return part and Reading(part.value, part.start + offset, part.end + offset)

    return Place(
        move(place.city), move(place.region), move(place.postal_code), move(place.country), move(place.street), cue=place.cue
    )


def _is_stable(text: str, place: Reading[Place]) -> bool:
    """Whether its own stretch of the text states that place alone: what is found must be provable."""
    if place.start == 0 and place.end == len(text):
        return True
    again = _parse(text[place.start : place.end])
    return len(again) == 1 and moved(again[0].value, place.start) == place.value


def _parse(text: str) -> list[Reading[Place]]:
    found: list[Reading[Place]] = []
    for start, end in _chunks(text):
        for place in _Group.of(text, start, end):
            parts = place.readings
            found.append(Reading(place, min(part.start for part in parts), max(part.end for part in parts)))
    return found


def _chunks(text: str) -> Iterator[tuple[int, int]]:
    """The stretches between "or", "/", ";" and their like."""
    start = 0
    length = min(len(text), MAX_LINE)
    for match in _BREAKS.finditer(text, 0, length):
        if match[0].strip().isalpha() and _is_one_name(text, match.start(), match.end()):
            continue
        yield start, match.start()
        start = match.end()
    yield start, length


def _is_one_name(text: str, start: int, end: int) -> bool:
    """Whether the word between belongs to a name ("Trinidad and Tobago", "Castilla y León")."""
    left = max(text.rfind(mark, max(0, start - 60), start) for mark in _HARD) + 1 or max(0, start - 60)
    right = min((at for mark in _HARD if (at := text.find(mark, end, end + 60)) >= 0), default=min(len(text), end + 60))
    name = text[left:right].strip()
    return country_of(name) is not None or bool(regions_of(name))


def _cut(text: str, start: int, end: int) -> Iterator[Part]:
    for match in _COMMAS.finditer(text, start, end):
        yield from read_part(text, start, match.start())
        start = match.end()
    yield from read_part(text, start, end)


class _Group:
    """Puts parts together: what follows a city and fits it belongs to it, what stands before belongs to the next one."""

    def __init__(self) -> None:
        self.places: list[Place] = []
        self.current = Place()
        self.homes: tuple[str, ...] = ()  # the countries in which the current city can lie

    @classmethod
    def of(cls, text: str, start: int, end: int) -> list[Place]:
        group = cls()
        parts = list(_cut(text, start, end))
        listed = any(part.city or part.postal for part in parts)
        for number, part in enumerate(parts):
            following = parts[number + 1] if number + 1 < len(parts) else None
            # beside a city that is known, a name that is not is a district or a building
            doubtful = part.shape or (part.city is not None and not part.regions and is_common(part.text))
            if not (doubtful and (group.current.city or (part.shape and listed))):
                group.add(part, following)
        if parts and listed and not any(place.city for place in [*group.places, group.current]):
            shapes = [part for part in parts if part.shape]
            if shapes and group.current.readings:
                group.current = replace(group.current, city=_reading(shapes[0], shapes[0].text))
        group.close()
        return group.places

    def add(self, part: Part, following: Part | None) -> None:
        if part.postal:
            self._put("postal_code", _reading(part, part.text), Cue.POSTAL)
        elif part.street:
            self._put("street", _reading(part, part.text), Cue.SHAPE)
        elif region := self._as_region(part, following):
            self._put("region", _reading(part, region.code), Cue.POSTAL if region.code[0].isdigit() else Cue.REGION)
        elif part.country and not self._is_city(part, following):
            self._put("country", _reading(part, part.country), Cue.COUNTRY)
            if part.city and not self.current.city and part.country in load("places")["city_states"]:
                self.current = replace(self.current, city=_reading(part, part.text))
        elif part.city or part.shape:
            self._put("city", _reading(part, part.text), Cue.SHAPE if part.shape or is_common(part.text) else Cue.GAZETTEER)
            self.homes = part.city.countries if part.city else ()

    def _as_region(self, part: Part, following: Part | None) -> Region | None:
        """The region that the part is, here; None where it is the city or the country of that name."""
        if not part.regions or self.current.region:
            return None
        fits = [region for region in part.regions if region.country in self.homes]
        if self.current.city:
            return self._beside_city(part, fits)
        if part.city and part.city.size > 2 and fold(part.text) not in words("region_first"):
            return None
        if inside := [region for region in part.regions if following and region.country == following.country]:
            return inside[0]  # "Georgia, USA" is the state
        if part.country and not (following and following.city):
            return None
        return part.regions[0]

    def _beside_city(self, part: Part, fits: list[Region]) -> Region | None:
        if part.city and part.city.size > 2 and not (fits and self.homes[:1] == (fits[0].country,)):
            return None
        if part.country and self.homes:
            order = [country for country in self.homes if country == part.country or any(fit.country == country for fit in fits)]
            if order and order[0] == part.country and not (fits and fits[0].country == order[0]):
                return None
            return fits[0] if fits else None
        return (fits or part.regions)[0]

    def _is_city(self, part: Part, following: Part | None) -> bool:
        """Peru, IL and Lebanon, NH: a country's name before a state that has a city of that name."""
        homes = part.city.countries if part.city else ()
        return following is not None and not following.city and any(region.country in homes for region in following.regions)

    def _put(self, name: str, value: Reading[str], cue: Cue) -> None:
        city = self.current.city
        if getattr(self.current, name):
            self.close()
            city = None
        beside = bool(city) and cue in (Cue.REGION, Cue.COUNTRY, Cue.POSTAL)
        stronger = beside or not self.current.readings or (name == "city" and self.current.cue == Cue.SHAPE)
        self.current = replace(self.current, **{name: value}, cue=cue if stronger else self.current.cue)

    def close(self) -> None:
        """End the place that is being put together."""
        place = self.current
        repeats = place.city is None and any(_says(other, place) for other in self.places)
        if (place.city or place.region or place.country) and not repeats:
            self.places.append(place)
        self.current, self.homes = Place(), ()


def _says(other: Place, place: Place) -> bool:
    """Whether the other place has all that a place without a city states."""
    pairs = ((other.region, place.region), (other.country, place.country))
    return all(mine is None or (theirs is not None and theirs.value == mine.value) for theirs, mine in pairs)


def _reading(part: Part, value: str) -> Reading[str]:
    return Reading(value, part.start, part.end)

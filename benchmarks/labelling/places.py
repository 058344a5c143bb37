"""Places of work as labels: the cities that a line of a listing names, if the text says that the work is there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.labelling.cases import Label
from benchmarks.labelling.text import Text, folded

Span = tuple[int, int]

_COUNTRIES = {
    name: code
    for code, names in {
        "AE": "united arab emirates", "AM": "armenia", "AU": "australia", "CA": "canada", "CH": "switzerland,schweiz",
        "CN": "china", "CZ": "czech republic,cesko", "DE": "germany,deutschland", "FR": "france", "GB": "united kingdom,uk",
        "GE": "georgia", "GR": "greece", "IN": "india", "JP": "japan", "MX": "mexico", "MY": "malaysia", "NO": "norway,norge",
        "NZ": "new zealand", "PH": "philippines", "PL": "poland", "RU": "russia", "SE": "sweden,sverige",
        "US": "united states,united states of america,usa,us",
    }.items()
    for name in names.split(",")
}  # fmt: skip
_STATES = frozenset(
    "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD"
    " TN TX UT VT VA WA WV WI WY DC ON QC BC AB MB NS NB".split()
)
_NO_CITY = re.compile(
    r"remote|virtual|flexible.*|worldwide|anywhere.*|hybrid|ardeche|.*\b(?:alpes|marz|marzes|lan|region|county|province)\b.*"
    r"|.*\b(?:headquarters|different|various|central asia)\b.*|vayots dzor|[a-z]{2}|\d+"
)
_EXONYMS = tuple(
    tuple(names.split(","))
    for names in (
        "Munich,München", "Cologne,Köln", "Nuremberg,Nürnberg", "Hanover,Hannover", "Frankfurt,Frankfurt am Main", "Vienna,Wien",
        "Prague,Praha", "Geneva,Genève,Genf", "Milan,Milano", "Rome,Roma", "Gothenburg,Göteborg", "Copenhagen,København",
        "Brussels,Bruxelles", "Lisbon,Lisboa", "Warsaw,Warszawa", "Moscow,Moskva", "New York,New York City",
        "Freiburg,Freiburg im Breisgau",
    )
)  # fmt: skip
_SAINT = (re.compile(r"\bST(E?)\b\.?", re.IGNORECASE), re.compile(r"\bSaint(e?)\b", re.IGNORECASE))

_WORK = re.compile(
    r"\b(?:position|role|vacancy|candidates?|join|seeking|looking for|searching|hiring|working (?:out of|in|at|from)|work will be"
    r"|will be based|reside|our \w+(?: \w+)? office|our (?:\w+ ){0,3}hotels?"
    r"|recrut\w*|recherch\w*|poste|basée?s?(?:\(e\))? (?:à|sur)|agence|alternance|locaux|contrat|lieu|mission|équipe|cdi"
    r"|busca\w*|selecciona\w*|precisa\w*|trabajar|puesto|empresa (?:\w+ )?ubicada|con ubicación"
    r"|suchen|standort|unternehmenssitz|büro|søker|søkes|arbeidssted|söker|arbetsort)\b",
    re.IGNORECASE,
)
_FIELD = re.compile(
    r"\b(?:location\(?s?\)?|lieu(?: \w+){0,2}|localisation(?: du poste)?|standort|arbeitsort|arbeidssted|arbetsort|ubicación|city"
    r"|location and work hours)[\W_]{0,4}?(?::|\n|\|| {3,})[^\n:]{0,60}\n*[^\n:]{0,40}$",
    re.IGNORECASE,
)
_STORY = re.compile(
    r"headquarter(?:ed|s are)|head office|siège|offices (?:worldwide|in\b)|present in|présent|founded|fondé|backed|incubator"
    r"|(?:startup|start-up|studio|company|companies|provider|services),? (?:is )?(?:based|located)|\bsites\b|répart|master of",
    re.IGNORECASE,
)
_OTHER = r"(?:or|and|et|ou|und|oder|eller|og|och|y|/|&)"
_BESIDE = (
    re.compile(rf"[A-ZÀ-Þ][\w-]+(?:,? [A-Z]{{2}})?(?: \(\d+\))?,?\s*{_OTHER}\s*$"),
    re.compile(rf"(?:,? [A-Z]{{2}})?(?: \(\d+\))?,?\s*{_OTHER}\s+(?:(?:de|à|in|i|en) )?[A-ZÀ-Þ]"),
    re.compile(r",\s[A-ZÀ-Þ][\w-]{3,},\s[A-ZÀ-Þ][\w-]{3,},"),
)
_NAME = (
    re.compile(r"\b(?:[Cc]ity|University|Université|greater)(?: of)? $|\bprovincia de $|-$"),
    re.compile(r"['’]?s?\s(?:kommune|School|University|Metropole)\b"),
)
_SENTENCE = re.compile(r"[.!?]\s|\n")


@dataclass(frozen=True, slots=True)
class Place:
    """A city in its spellings, that of the label first, with what the label says about it: a state as its code, a country."""

    spellings: tuple[str, ...]
    region: str | None = None
    country: str | None = None


def read_place(line: str) -> Place | None:
    """The city that a line of a listing begins with; None where it begins with something else.

    >>> read_place("New York, NY, US")
    Place(spellings=('New York', 'New York City'), region='NY', country='US')
    >>> read_place("38110 Saint-Clair").spellings, read_place("38 - ST CLAIR").spellings, read_place("Lyon 2e (69)").spellings
    (('Saint-Clair', 'St-Clair'), ('ST CLAIR', 'Saint CLAIR'), ('Lyon',))
    >>> read_place("Remote, US"), read_place("Gyumri, Armenia").country
    (None, 'AM')
    """
    parts = [" ".join(part.split()).strip(".") for part in line.strip().split("\n")[0].split(",")]
    bare = re.sub(r"\s*\([^()]*\)", "", parts[0])
    city = re.sub(r"^\d{5}\s+|^\d{3} \d\d\s+|^\d\d - |\s+\d{1,2}(?:e|er|è)?$", "", bare).strip()
    name = folded(city)
    if not name or _NO_CITY.fullmatch(name) or (name in _COUNTRIES and name != "singapore"):
        return None
    region = parts[1] if len(parts) > 1 and parts[1] in _STATES else None
    country = _COUNTRIES.get(folded(parts[-1])) if len(parts) > 1 and not (len(parts) == 2 and region) else None
    return Place(_spellings(city), region, country)


def place_labels(text: Text, places: Sequence[Place]) -> list[Label]:
    """All places, if the text names each of them; for documents that have a field for them."""
    spots = [_at(text, place, [span for spelling in place.spellings for span in text.find(spelling)]) for place in places]
    if not all(spots):
        return []
    return [Label(f"locations.{number}.{x.path}", x.value, x.others) for number, spot in enumerate(spots) for x in spot]


def working_place_labels(text: Text, place: Place | None, *, company: str = "") -> list[Label]:
    """The place of a listing, if the text says that the work is there and names no second place beside it.

    A place in the company's name or in its story (where it was founded, where else it has offices) is none of work.
    """
    if place is None:
        return []
    names = text.find(company)
    spans = [span for spelling in place.spellings for span in text.find(spelling) if not _is_inside(span, names)]
    of_work = [span for span in spans if _is_of_work(text.plain, span)]
    if any(_has_another(text.plain, span) for span in of_work):
        return []
    return [Label(f"locations.0.{label.path}", label.value, label.others) for label in _at(text, place, of_work)]


def _at(text: Text, place: Place, spans: Sequence[Span]) -> list[Label]:
    """The city as the text prints it in the first of the spans; state and country where they stand behind it in one of them."""
    if not spans:
        return []
    printed = [text.printed(span) for span in spans]
    labels = [Label("city", next((city for city in printed if city[0].isupper()), place.spellings[0]), place.spellings)]
    tails = [text.plain[end : end + 60] for _, end in spans]
    if place.region and any(re.match(rf",?\s+{place.region}\b", tail) for tail in tails):
        labels.append(Label("region", place.region))
    names = "|".join(name for name, code in _COUNTRIES.items() if code == place.country)
    if names and any(re.match(rf"(?:,\s*[\w -]+?)?,?\s*\(?(?:{names})\b", tail, re.IGNORECASE) for tail in tails):
        labels.append(Label("country", place.country))
    return labels


def _is_of_work(plain: str, span: Span) -> bool:
    start, end = span
    if _FIELD.search(plain[max(0, start - 130) : start]):
        return True
    before = _SENTENCE.split(plain[max(0, start - 120) : start])[-1]
    after = _SENTENCE.split(plain[end : end + 60])[0]
    if _NAME[0].search(before) or _NAME[1].match(after):
        return False
    return _WORK.search(before + plain[start:end] + after) is not None and _STORY.search(before + after) is None


def _has_another(plain: str, span: Span) -> bool:
    before, after = plain[max(0, span[0] - 50) : span[0]], plain[span[1] : span[1] + 60]
    return _BESIDE[0].search(before) is not None or any(pattern.match(after) for pattern in _BESIDE[1:])


def _is_inside(span: Span, names: Sequence[Span]) -> bool:
    return any(start <= span[0] and span[1] <= end and (start, end) != span for start, end in names)


def _spellings(city: str) -> tuple[str, ...]:
    others = [name for names in _EXONYMS if city in names for name in names]
    saints = [_SAINT[0].sub(r"Saint\1", city), _SAINT[1].sub(r"St\1", city)]
    return tuple(dict.fromkeys([city, *others, *(saint for saint in saints if saint != city)]))

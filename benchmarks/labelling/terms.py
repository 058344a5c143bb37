"""Kinds of employment, remote work and levels of schooling as labels: the words of listings, and how texts say the same."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import combinations

from pydantic import JsonValue

from benchmarks.labelling.cases import Label
from benchmarks.labelling.text import Text, folded

_TYPES = {
    folded(word): name
    for name, words in {
        "FULL_TIME": "full time,fulltime,full-time work,temps plein,temps complet,vollzeit,heltid,heltidsjobb",
        "PART_TIME": "part time,parttime,temps partiel,teilzeit,deltid",
        "CONTRACTOR": "freelance,indépendant,freelance indépendant",
        "TEMPORARY": "temporary,cdd,intérim,tidsbegränsad anställning,säsongsarbete,vikariat",
        "INTERN": "intern,internship,stage,praktikum",
    }.items()
    for word in words.split(",")
}
"""What a listing calls a kind of employment. Left out: what has no word in the schema (CDI, Fast, Tillsvidare, apprenticeships),
and "contract", which is fixed-term work to some sites and freelance work to others."""
_STATED = {
    name: tuple(folded(word) for word in words.split(","))
    for name, words in {
        "FULL_TIME": "full time,fulltime,temps plein,plein temps,temps complet,vollzeit,heltid,heltidsjobb,jornada completa,"
        "tiempo completo",
        "PART_TIME": "part time,parttime,temps partiel,mi-temps,teilzeit,deltid,jornada parcial,media jornada",
        "CONTRACTOR": "freelance,freelancer,independent contractor,indépendant,1099,w2 contract,c2c,corp to corp,selbstständig",
        "TEMPORARY": "temporary,fixed term,fixed-term,cdd,intérim,interim,befristet,befristete,temporaire,tidsbegränsad,vikariat,"
        "säsongsarbete,engasjement,temporal,seasonal",
        "INTERN": "intern,internship,stage,stagiaire,praktikum,praktikant",
    }.items()
}
_OF_PEOPLE = re.compile(r"[\s-]+(?:regular )?(?:employees?|associates|students?|staff|team members|equivalent)\b", re.IGNORECASE)
_NOT_YET = re.compile(r"(?:transition(?:ing)? (?:in)?to|less[- ]than|up to|all|our)\s*$", re.IGNORECASE)
_REMOTE = re.compile(
    r"(?:100 ?%|fully|completely|full)[ -]remote|remote (?:position|role|job)\b|location[^\n]{0,12}remote\b|- remote\s*$"
    r"|#li-remote|\(remote\b|remote[ -]first|work(?:ing)? remotely from anywhere",
    re.IGNORECASE | re.MULTILINE,
)
_PARTLY = re.compile(r"hybrid|on-?site|in[ -]office|days? (?:a|per) week in", re.IGNORECASE)

_LEVELS = {
    "Bachelor's Degree": "BACHELOR",
    "Master's Degree": "MASTER",
    "Doctorate": "DOCTORATE",
    "High School or equivalent": "HIGH_SCHOOL",
    "Associate Degree": "ASSOCIATE",
}
_LEVEL_WORDS = {
    "HIGH_SCHOOL": r"high[ -]?school|\bGED\b|secondary school",
    "ASSOCIATE": r"associate'?s?[’']?s? degree|\bAA\b",
    "BACHELOR": r"bachelor|\bB\.?S\.?c?\b(?! ?&)|\bB\.?A\.?\b|undergraduate degree|(?:4|four)[- ]year degree",
    "MASTER": r"master[’']?s?\b(?! data)|\bM\.?S\.?c\b|\bMBA\b",
    "DOCTORATE": r"\bph\.?d|doctora",
}
_ONLY_LIKED = re.compile(
    r"prefer|plus\b|desir|ideal|advantage|asset\b|bonus|nice to have|equivalent (?:\w+ )?experience|in lieu", re.IGNORECASE
)


def employment_labels(text: Text, kinds: Iterable[str]) -> list[Label]:
    """The kinds of employment that a listing names, if the text says each of them too.

    What else the text says of the kind of work may stand beside them: a listing that says Full-time is silent on the contract.
    """
    types = dict.fromkeys(_TYPES[folded(kind)] for kind in kinds if folded(kind) in _TYPES)
    said = [name for name, words in _STATED.items() if any(_is_of_job(text, span) for word in words for span in text.find(word))]
    kept: list[JsonValue] = [name for name in types if name in said]
    if not kept or len(kept) < len(types):
        return []
    more = [name for name in said if name not in kept]
    others = tuple([*kept, *added] for size in range(1, len(more) + 1) for added in combinations(more, size))
    return [Label("employment_types", kept, others)]


def _is_of_job(text: Text, span: tuple[int, int]) -> bool:
    is_far = _NOT_YET.search(text.plain[max(0, span[0] - 20) : span[0]])
    return not is_far and _OF_PEOPLE.match(text.plain, span[1]) is None


def remote_labels(text: Text) -> list[Label]:
    """REMOTE, for a listing that says so, if the text says it plainly and speaks of no day in an office."""
    plainly = _REMOTE.search(text.plain) and not _PARTLY.search(text.plain)
    return [Label("workplace_type", "REMOTE")] if plainly else []


def education_labels(text: Text, level: str) -> list[Label]:
    """The level of schooling of a form, if the text names this level alone, and asks for it."""
    name = _LEVELS.get(level)
    if name is None:
        return []
    said = {other: list(re.finditer(words, text.plain, re.IGNORECASE)) for other, words in _LEVEL_WORDS.items()}
    named = {other for other, found in said.items() if found}
    sentences = [_sentence(text.plain, match.start()) for match in said[name]]
    if named != {name} or any(_ONLY_LIKED.search(sentence) for sentence in sentences):
        return []
    return [Label("education.level", name)]


def _sentence(plain: str, at: int) -> str:
    start = max(plain.rfind("\n", 0, at), plain.rfind(". ", 0, at)) + 1
    ends = [end for end in (plain.find("\n", at), plain.find(". ", at)) if end >= 0]
    return plain[start : min(ends, default=len(plain))]

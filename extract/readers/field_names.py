"""Which fields of a posting the names in its lines stand for: "Location", "Closing date"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from extract.once import once
from extract.vocabulary import fold, load

_QUALIFIER = re.compile(r"\s?\([^()]*+\)")
_ARTICLE = re.compile(r"^(?:the|your|our|le|la|votre|die|der|das|dein|ihr|el|tu)\s", re.IGNORECASE)


@once
def _fields_by_name() -> Mapping[str, tuple[str, ...]]:
    """The fields that each name stands for; a few names stand for several ("Contract")."""
    found: dict[str, list[str]] = {}
    for path, names in _names(load("fields")):
        for name in map(fold, names):
            if path not in found.setdefault(name, []):
                found[name].append(path)
    return {name: tuple(paths) for name, paths in found.items()}


def _names(table: Mapping[str, object], path: str = "") -> Iterator[tuple[str, list[str]]]:
    """The lists of a nested table, each with the path of the table that it stands in."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _names(value, f"{path}.{key}" if path else key)
        elif isinstance(value, list):
            yield path, value


def paths_of(name: str) -> tuple[str, ...]:
    """The fields that a name stands for; what stands in brackets and an article before it do not matter.

    >>> paths_of("Job Title (m/f)"), paths_of("Your location"), paths_of("Favourite colour")
    (('title',), ('locations',), ())
    """
    known = _fields_by_name()
    for form in (name, _QUALIFIER.sub("", name), _ARTICLE.sub("", name)):
        if found := known.get(fold(form)):
            return found
    return ()

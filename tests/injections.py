"""The documents of ``injections.yaml``, typed: those that speak to the model that reads them, and those that only look so."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

Value = str | int | float
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))")
_INJECTED = re.compile("⟦(.*)⟧", re.DOTALL)


@dataclass(frozen=True)
class Injected:
    """A posting with one injection: ``text`` with it, ``honest`` without, ``injection`` alone.

    ``kinds`` must be flagged; ``demands`` is what the injection wants in the record, by path, ``true`` what an honest one has.
    """

    name: str
    format: str
    language: str
    where: str
    kinds: frozenset[str]
    demands: Mapping[str, Value]
    true: Mapping[str, Value]
    text: str
    honest: str
    injection: str


@dataclass(frozen=True)
class LookAlike:
    """A posting that nobody should be warned of."""

    name: str
    format: str
    text: str


_CORPUS = yaml.safe_load(Path(__file__).with_name("injections.yaml").read_text("utf-8"))


def _text(entry: Mapping[str, Any]) -> str:
    """The text of an entry, its escapes undone where it says so."""
    if "text" in entry:
        return str(entry["text"])
    return _ESCAPE.sub(lambda found: chr(int(found[1] or found[2], 16)), str(entry["escaped"]))


def _injected(entry: Mapping[str, Any]) -> Injected:
    written = _text(entry)
    found = _INJECTED.search(written)
    assert found, entry["name"]
    return Injected(
        name=entry["name"],
        format=entry["format"],
        language=entry["language"],
        where=entry["where"],
        kinds=frozenset(entry["kinds"]),
        demands=entry["demands"],
        true=entry["states"],
        text=_INJECTED.sub(lambda match: match[1], written),
        honest=_INJECTED.sub("", written),
        injection=found[1],
    )


INJECTED = [_injected(entry) for entry in _CORPUS["injected"]]
LOOK_ALIKES = [LookAlike(entry["name"], entry["format"], _text(entry)) for entry in _CORPUS["look_alikes"]]

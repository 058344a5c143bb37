"""The peers, each as a function from a source and a claim to whether it takes the claim for a quote. Imported when made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec

Accepts = Callable[[str, str], bool]


@dataclass(frozen=True, slots=True)
class Peer:
    """A row of the comparison: its name, the version of its package, what it accepts, and whether its time says anything."""

    name: str
    version: str
    accepts: Accepts
    timed: bool = True


def peers() -> tuple[list[Peer], list[str]]:
    """The peers that are installed, and a line about each package that is not."""
    made: list[tuple[str, str, Callable[[], Accepts]]] = [
        ("instructor, CitationMixin", "instructor", _citation),
        ("langextract, exact only", "langextract", _exact_alignment),
        ("langextract, as it is", "langextract", _alignment),
    ]
    found = [Peer(name, version(package), make()) for name, package, make in made if find_spec(package)]
    absent = sorted({package for _, package, _ in made if not find_spec(package)})
    told = [f"{package} is not installed: it is left out (pip install {package})" for package in absent]
    return [Peer("the very words", "–", _contains, timed=False), *found], told


def _contains(source: str, claim: str) -> bool:
    """What looking for the very words does; no package."""
    return claim in source


def _citation() -> Accepts:
    from instructor.dsl.citation import CitationMixin

    def accepts(source: str, claim: str) -> bool:
        cited = CitationMixin.model_validate({"substring_quotes": [claim]}, context={"context": source})
        return bool(cited.substring_quotes)

    return accepts


def _alignment() -> Accepts:
    from langextract.core.data import Extraction
    from langextract.resolver import Resolver

    resolver = Resolver()

    def accepts(source: str, claim: str) -> bool:
        (aligned,) = resolver.align([Extraction("value", claim)], source, token_offset=0)
        return aligned.char_interval is not None

    return accepts


def _exact_alignment() -> Accepts:
    from langextract.core.data import Extraction
    from langextract.resolver import Resolver

    resolver = Resolver()

    def accepts(source: str, claim: str) -> bool:
        (aligned,) = resolver.align(
            [Extraction("value", claim)], source, token_offset=0, enable_fuzzy_alignment=False, accept_match_lesser=False
        )
        return aligned.char_interval is not None

    return accepts

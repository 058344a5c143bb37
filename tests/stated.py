"""Whether the evidence of a result holds: a check of our own, against the source alone."""

from __future__ import annotations

from pydantic import BaseModel

from extract.result import Evidence, Extraction, Status


def unstated(result: Extraction[BaseModel], source: str) -> list[str]:
    """The paths whose quote is not what the source says in that place, and of what counts as quoted those without a place."""
    return [path for path, evidence in result.evidence.items() if not _stands(evidence, source)]


def _stands(evidence: Evidence, source: str) -> bool:
    """Whether the quote is made of the parts, in any order, and of no other word: a mark that cleaning set may be left."""
    left = "".join(evidence.quote.split())
    parts = ["".join(source[span.start : span.end].split()) for span in evidence.spans]
    if evidence.status is Status.QUOTED and not parts:
        return False
    for part in parts:
        if part not in left:
            return False
        left = left.replace(part, "", 1)
    return not any(character.isalnum() for character in left)
